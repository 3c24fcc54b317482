//! An index finds what is said of a place without asking every statement: a large template may have thousands of both.

use rustc_hash::FxHashMap;

use crate::source::{FileId, Location};

use super::{Reach, Spot, Statement};

/// Statements by where they hold; each is its place in their list.
#[derive(Debug, Default)]
pub(crate) struct Index {
    lines: FxHashMap<(FileId, u32), Vec<usize>>,
    files: FxHashMap<FileId, Vec<usize>>,
    templates: FxHashMap<FileId, Vec<usize>>,
    /// In the order of the places, which are equal or apart.
    within: Vec<(Location, usize)>,
}

impl Index {
    /// The index of a list of statements.
    pub(crate) fn of(statements: &[Statement]) -> Self {
        let mut index = Self::default();
        for (number, statement) in statements.iter().enumerate() {
            match statement.reach {
                Reach::Line(file, line) => index.lines.entry((file, line)).or_default().push(number),
                Reach::File(file) => index.files.entry(file).or_default().push(number),
                Reach::Template(file) => index.templates.entry(file).or_default().push(number),
                Reach::Within(place) => index.within.push((place, number)),
            }
        }
        index.within.sort_unstable();
        index
    }

    /// The statements that hold at a place, the narrowest first.
    pub(crate) fn at(&self, spot: Spot) -> Vec<usize> {
        let Spot { location, lines: [own, key], template } = spot;
        let mut found = Vec::new();
        let mut add = |some: Option<&Vec<usize>>| found.extend(some.into_iter().flatten().copied());
        add(self.lines.get(&(location.file, own)));
        if key != own {
            add(self.lines.get(&(location.file, key)));
        }
        found.extend(self.within_reach_of(location));
        let mut add = |some: Option<&Vec<usize>>| found.extend(some.into_iter().flatten().copied());
        add(self.files.get(&location.file));
        add(self.templates.get(&template));
        found
    }

    fn within_reach_of(&self, location: Location) -> impl Iterator<Item = usize> {
        let start = (location.file, location.span.start);
        let after = self.within.partition_point(|(place, _)| (place.file, place.span.start) <= start);
        let nearest = after.checked_sub(1).map(|last| self.within[last].0);
        let holding =
            nearest.filter(|place| place.file == location.file && place.span.contains(location.span));
        let same = self.within[..after].iter().rev().take_while(move |(place, _)| Some(*place) == holding);
        same.map(|(_, number)| *number)
    }
}

//! Things by the places that they take up, so that what stands around a place is found without asking each of them.

use std::cmp::Reverse;

use crate::source::Location;

/// Places that lie in or beside one another, as constructs of a document do, with the indices of what stands there.
pub(super) struct Surroundings(Vec<Surrounding>);

struct Surrounding {
    location: Location,
    things: Vec<usize>,
    /// The index of the next around it.
    outer: Option<usize>,
}

impl Surroundings {
    pub(super) fn of(things: impl Iterator<Item = (Location, usize)>) -> Self {
        let mut things: Vec<(Location, usize)> = things.collect();
        things.sort_unstable_by_key(|(location, thing)| {
            (location.file, location.span.start, Reverse(location.span.end), *thing)
        });
        let mut known: Vec<Surrounding> = Vec::new();
        for (location, thing) in things {
            if let Some(same) = known.last_mut().filter(|last| last.location == location) {
                same.things.push(thing);
                continue;
            }
            let mut outer = known.len().checked_sub(1);
            while let Some(index) = outer.filter(|index| !known[*index].location.holds(location)) {
                outer = known[index].outer;
            }
            known.push(Surrounding { location, things: vec![thing], outer });
        }
        Self(known)
    }

    /// What is around a place, the narrowest first; what takes up the same place stands together.
    pub(super) fn around(&self, place: Location) -> impl Iterator<Item = &[usize]> {
        let begins = (place.file, place.span.start);
        let begun =
            self.0.partition_point(|known| (known.location.file, known.location.span.start) <= begins);
        let outwards = std::iter::successors(begun.checked_sub(1), |index| self.0[*index].outer);
        let known = outwards.map(|index| &self.0[index]);
        known.filter(move |known| known.location.holds(place)).map(|known| known.things.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn place(start: u32, end: u32) -> Location {
        Location { file: FileId::TEMPLATE, span: Span { start, end } }
    }

    #[test]
    fn what_is_around_a_place_comes_narrowest_first() {
        let places = [place(0, 50), place(10, 20), place(10, 20), place(10, 12), place(30, 40)];
        let known = Surroundings::of(places.into_iter().zip(0..));
        let around = |start, end| known.around(place(start, end)).map(<[usize]>::to_vec).collect::<Vec<_>>();
        assert_eq!(around(11, 12), [vec![3], vec![1, 2], vec![0]]);
        assert_eq!(around(10, 20), [vec![1, 2], vec![0]]);
        assert_eq!(around(15, 25), [vec![0]]);
        assert_eq!(around(35, 36), [vec![4], vec![0]]);
        assert_eq!(around(60, 61), [[0; 0]; 0]);
        let elsewhere = Location { file: FileId(1), ..place(11, 12) };
        assert_eq!(known.around(elsewhere).count(), 0);
    }
}

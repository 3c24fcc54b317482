//! A selection says which rules run: those of a profile, or those that are named.

use super::catalogue::Catalogue;
use super::page::{Page, Profile, Scope};

/// Which rules run.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The profile; it decides only where nothing is selected by name.
    pub profile: Profile,
    /// What runs, whatever the profile; empty for "what the profile says".
    pub select: Vec<Selector>,
    /// What runs besides.
    pub extend: Vec<Selector>,
    /// What does not run.
    pub ignore: Vec<Selector>,
}

/// A rule, a family or everything, as named on the command line or in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `ALL`: every rule of every profile.
    All,
    /// One rule, by id.
    Rule(String),
    /// A family by its hundred: `SLP2`.
    Hundred(String),
    /// A family by its folder: `queues`.
    Folder(String),
}

/// A name that no rule and no family has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// What was named.
    pub name: String,
    /// The rule or family whose name is nearest.
    pub nearest: Option<String>,
}

impl Selector {
    /// Reads `ALL`, an id or a slug, a hundred or a folder, whatever its case.
    ///
    /// # Errors
    ///
    /// No rule and no family has that name.
    pub fn read(name: &str, catalogue: &Catalogue) -> Result<Self, UnknownRule> {
        let unknown = || UnknownRule { name: name.to_owned(), nearest: catalogue.nearest(name) };
        Self::known(name, catalogue).ok_or_else(unknown)
    }

    /// The same where nobody wants to know what an unknown name was meant to be, which takes long to find out.
    pub(crate) fn known(name: &str, catalogue: &Catalogue) -> Option<Self> {
        if name.eq_ignore_ascii_case("all") {
            return Some(Self::All);
        }
        if let Some(page) = catalogue.page(name).or_else(|| catalogue.renamed(name)) {
            return Some(Self::Rule(page.id.clone()));
        }
        let upper = name.to_ascii_uppercase();
        if upper.len() == "SLP2".len() && catalogue.pages.iter().any(|page| page.id.starts_with(&upper)) {
            return Some(Self::Hundred(upper));
        }
        let page = catalogue.pages.iter().find(|page| page.family.eq_ignore_ascii_case(name))?;
        Some(Self::Folder(page.family.clone()))
    }

    /// Whether it names a rule.
    pub fn names(&self, page: &Page) -> bool {
        match self {
            Self::All => true,
            Self::Rule(id) => page.id == *id,
            Self::Hundred(start) => page.id.starts_with(start.as_str()),
            Self::Folder(family) => page.family == *family,
        }
    }
}

impl Selection {
    /// Whether a rule runs. The linter's own findings run unless they are ignored: that a file could not be
    /// read matters to whatever was selected.
    pub fn includes(&self, page: &Page) -> bool {
        let is_selected = if page.scope == Scope::Tool {
            true
        } else if self.select.is_empty() {
            page.profile <= self.profile || self.is_extended_by(page)
        } else {
            self.select.iter().any(|selector| selector.names(page)) || self.is_extended_by(page)
        };
        is_selected && !self.ignore.iter().any(|selector| selector.names(page))
    }

    /// The profile that a rule's grades are held against: what is selected by name runs with all of its grades.
    pub fn grades_of(&self, page: &Page) -> Profile {
        if self.select.is_empty() && !self.is_extended_by(page) { self.profile } else { Profile::Pedantic }
    }

    fn is_extended_by(&self, page: &Page) -> bool {
        self.extend.iter().any(|selector| selector.names(page))
    }
}

//! The catalogue is all the rules of a run, found by id, slug or family.

use std::fmt;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::spelling;

use super::logic::Parsed;
use super::page::{Page, Scope};

/// The rules of a run.
#[derive(Debug)]
pub struct Catalogue {
    /// In the order of their ids.
    pub pages: Vec<Page>,
}

/// Family, file name, text and parsed logic of every page, gathered by the build script.
const PAGES: &[(&str, &str, &str, Option<Parsed>)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

impl Catalogue {
    /// The rules that lenslint carries.
    ///
    /// # Panics
    ///
    /// Never in a released program: a test reads every page.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Catalogue> = OnceLock::new();
        BUILT_IN.get_or_init(|| Self { pages: built_in_pages() })
    }

    /// The rules that lenslint carries and a user's own.
    ///
    /// # Errors
    ///
    /// Two files have rules with one id, whatever its case.
    pub fn with(own: Vec<Page>) -> Result<Self, DuplicateId> {
        let mut pages = built_in_pages();
        let mut ids = Ids::default();
        for page in pages.iter().chain(&own) {
            ids.claim(page)?;
        }
        pages.extend(own);
        pages.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { pages })
    }

    /// One rule, and what the linter itself has to say.
    pub fn of_one(page: Page) -> Self {
        let own = built_in_pages().into_iter().filter(|own| own.scope == Scope::Tool && own.id != page.id);
        let mut pages: Vec<Page> = own.collect();
        pages.push(page);
        Self { pages }
    }

    /// The page of an id or a slug, whatever its case.
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id.eq_ignore_ascii_case(id) || page.slug.eq_ignore_ascii_case(id))
    }

    /// The page that had an id or a slug before, whatever its case.
    pub fn renamed(&self, former: &str) -> Option<&Page> {
        let had = |page: &&Page| page.formerly.iter().any(|name| name.eq_ignore_ascii_case(former));
        self.pages.iter().find(had).filter(|_| self.page(former).is_none())
    }

    /// The id, slug or family that is spelt most like `name`, if any is near.
    pub fn nearest(&self, name: &str) -> Option<String> {
        let known = self.pages.iter().flat_map(|page| [&page.id, &page.slug, &page.family]);
        spelling::nearest(name, known.map(String::as_str)).map(str::to_owned)
    }
}

fn built_in_pages() -> Vec<Page> {
    let pages =
        PAGES.iter().map(|(family, stem, text, logic)| Page::built_in(family, stem, text, logic.as_ref()));
    pages.collect::<Result<_, _>>().expect("a test reads every page that is built in")
}

/// The ids that are taken, whatever their case, each with the file of its rule.
#[derive(Debug, Default)]
pub struct Ids(FxHashMap<String, Option<String>>);

impl Ids {
    /// Takes the id of a rule, and those that it had before.
    ///
    /// # Errors
    ///
    /// Another rule has one of them, or had it.
    pub fn claim(&mut self, page: &Page) -> Result<(), DuplicateId> {
        for id in std::iter::once(&page.id).chain(&page.formerly) {
            if let Some(first) = self.0.insert(id.to_ascii_lowercase(), page.file.clone()) {
                let again = page.file.clone().unwrap_or_default();
                return Err(DuplicateId { id: id.clone(), first, again });
            }
        }
        Ok(())
    }
}

/// Two rules that could not be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateId {
    /// The id that both have.
    pub id: String,
    /// The file of the one; `None` for a rule that lenslint carries.
    pub first: Option<String>,
    /// The file of the other.
    pub again: String,
}

impl fmt::Display for DuplicateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, first, .. } = self;
        match first {
            None => write!(f, "lenslint itself has a rule '{id}': give yours another id"),
            Some(first) => write!(f, "{first} has a rule '{id}' too: give one of them another id"),
        }?;
        f.write_str(" (a page by its file's name, a Guard rule by `#@ id: …` above it)")
    }
}

impl std::error::Error for DuplicateId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_that_is_built_in_reads_and_its_logic_parses() {
        for page in &Catalogue::built_in().pages {
            if let Some(Err(error)) = page.rules() {
                panic!("{error}");
            }
        }
    }

    #[test]
    fn no_name_that_a_rule_had_before_is_one_that_a_rule_has() {
        let catalogue = Catalogue::built_in();
        let mut ids = Ids::default();
        for page in &catalogue.pages {
            assert_eq!(ids.claim(page), Ok(()));
            for former in &page.formerly {
                assert!(catalogue.renamed(former).is_some_and(|now| now.id == page.id), "{former}");
                assert!(catalogue.pages.iter().all(|page| page.family != *former), "{former}");
            }
        }
    }
}

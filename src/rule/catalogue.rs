//! The catalogue is all the rules of a run, found by id, slug or family.

use std::sync::OnceLock;

use super::page::Page;

/// The rules of a run.
#[derive(Debug)]
pub struct Catalogue {
    /// In the order of their ids.
    pub pages: Vec<Page>,
}

/// Family, file name and text of every page, gathered by the build script.
const PAGES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

impl Catalogue {
    /// The rules that lenslint carries.
    ///
    /// # Panics
    ///
    /// Never in a released program: a test reads every page.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Catalogue> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let pages = PAGES.iter().map(|(family, stem, text)| Page::read(family, stem, text));
            Self { pages: pages.collect::<Result<_, _>>().expect("a test reads every page that is built in") }
        })
    }

    /// The page of an id or a slug, whatever its case.
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id.eq_ignore_ascii_case(id) || page.slug.eq_ignore_ascii_case(id))
    }

    /// The id, slug or family that is spelt most like `name`, if any is near.
    pub fn nearest(&self, name: &str) -> Option<String> {
        let name = name.to_ascii_lowercase();
        let known = self.pages.iter().flat_map(|page| [&page.id, &page.slug, &page.family]);
        known
            .map(|known| (strsim::levenshtein(&name, &known.to_ascii_lowercase()), known))
            .filter(|(edits, known)| *edits <= 1 + known.len() / 4)
            .min()
            .map(|(_, known)| known.clone())
    }
}

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
}

//! A rule is a Markdown page: front matter, prose, logic in Guard, and examples that are its tests.

mod catalogue;
mod markdown;
mod page;
mod selection;

pub use catalogue::Catalogue;
pub use page::{Absence, Example, Page, PageError, Profile, Remedy, Scope};
pub use selection::{Selection, Selector, UnknownRule};

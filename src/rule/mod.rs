//! A rule is a Markdown page (front matter, prose, logic in Guard, and examples that are its tests), or a rule of a
//! plain Guard file.

mod catalogue;
mod guard_file;
mod lens;
mod logic;
mod markdown;
mod misfenced;
mod page;
mod selection;

pub use catalogue::{Catalogue, DuplicateId, Ids};
pub use guard_file::{GuardFile, GuardFileError};
pub use lens::{BestPractice, PERF_1, Recommendation, best_practice};
pub use misfenced::Misfenced;
pub use page::{Absence, Example, Page, PageError, Profile, Remedy, Scope};
pub use selection::{Selection, Selector, UnknownRule};

//! A configuration is what a project has decided once for all of its runs: the `lenslint.toml` nearest to a template,
//! with the files that it extends. Everything in it is checked when it is read, and told at its place.

mod files;
mod key;
mod layer;
mod pattern;
mod problem;
mod reader;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod values;

pub use files::{ConfigId, Files};
pub use layer::{Application, Choices, Deployment, FileIgnore, Layer, Named, NamedPath};
pub use pattern::{FilePattern, without_dots};
pub use problem::Problem;
pub use schema::schema;
pub use settings::Settings;

/// A configuration to begin with: every key, commented out. It changes nothing.
pub const STARTER: &str = include_str!("starter.toml");

/// The name of the file that [`STARTER`] is meant for.
pub const FILE_NAME: &str = files::NAMES[0];

//! Why what is given cannot be read: one line, which starts with the place where there is one.

use std::fmt;
use std::path::Path;

use crate::shown;
use crate::source::{ColumnUnit, Position, Source, Span};

/// Why what is given cannot be read. Its text never has a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    /// An error without a place, or one whose message says it.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// An error at a place of a file.
    pub(super) fn at(source: &Source, span: Span, message: &str) -> Self {
        let Position { line, column } = source.position(span.start, ColumnUnit::CodePoints);
        Self(format!("{}:{line}:{column}: {message}", source.path()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A path as its user knows it: below the folder in which we run without that, and joined by `/`.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    shown::joined(path.strip_prefix(&here).unwrap_or(path))
}

//! A problem is what is wrong at one place of a configuration file.

use std::ops::Range;

use crate::finding::Severity;
use crate::source::Span;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// An error stops the run; a warning does not.
    pub severity: Severity,
    /// What was expected and what was found, in one line.
    pub message: String,
    /// A few words for the margin: `did you mean 'select'?`; often none.
    pub label: String,
    /// What can be written instead.
    pub help: Option<String>,
    /// The place.
    pub at: Span,
}

/// What helps where a path leads nowhere.
pub(super) const FROM_FOLDER: &str = "Paths start from the folder of the configuration.";

impl Problem {
    pub(super) fn error(at: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            label: String::new(),
            help: None,
            at: Span::new(at),
        }
    }

    /// The same with the name that was probably meant, if there is one near.
    pub(super) fn near(mut self, near: Option<&str>) -> Self {
        if let Some(near) = near {
            self.label = format!("did you mean '{near}'?");
        }
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

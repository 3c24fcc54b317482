//! A verdict is what one Guard rule says of one document.

use crate::finding::RunError;
use crate::guard::Status;
use crate::source::Position;

/// What all rules say of one document.
#[derive(Debug)]
pub struct Verdicts {
    /// The document's path as reports show it.
    pub data: String,
    /// In the order of the rules files, and of the rules in each.
    pub rules: Vec<Verdict>,
    /// Rules files that could not be evaluated over this document, or the document that could not be read.
    pub errors: Vec<RunError>,
}

/// What one rule says.
#[derive(Debug)]
pub struct Verdict {
    /// The path of its file.
    pub file: String,
    /// Its name; `default` for the clauses that stand outside of rules.
    pub rule: String,
    /// The verdict.
    pub status: Status,
    /// The clauses that fail; empty unless the verdict is FAIL.
    pub checks: Vec<FailedCheck>,
}

/// A clause that fails, at the value for which it does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FailedCheck {
    /// The keys that lead to the value: `/Resources/Queue/Properties`. Of what is missing, those that exist.
    pub path: String,
    /// Its line and column, from 1, in code points.
    pub position: Position,
    /// What the clause says of it.
    pub message: String,
}

impl Verdicts {
    /// Of a document that could not be read.
    pub fn unread(error: RunError) -> Self {
        Self { data: error.path.clone(), rules: Vec::new(), errors: vec![error] }
    }
}

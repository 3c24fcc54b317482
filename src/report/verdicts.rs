//! `json` of Guard mode: the verdict of every rule on every document.

use std::io::{self, Write};

use serde::Serialize;

use super::inert::write_json;
use crate::finding::RunError;
use crate::verdict::{FailedCheck, Verdict, Verdicts};

/// Writes the document.
pub(crate) fn write(results: &[Verdicts], out: &mut dyn Write) -> io::Result<()> {
    write_json(&Document { results: results.iter().map(Result::of).collect() }, out)
}

// The shapes below are frozen copies: a field that is renamed inside must not change what is printed.

#[derive(Serialize)]
struct Document<'a> {
    results: Vec<Result<'a>>,
}

#[derive(Serialize)]
struct Result<'a> {
    data: &'a str,
    rules: Vec<Rule<'a>>,
    errors: Vec<Failure<'a>>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the document")]
struct Rule<'a> {
    file: &'a str,
    rule: &'a str,
    status: &'static str,
    checks: Vec<Check<'a>>,
}

#[derive(Serialize)]
struct Check<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    message: &'a str,
}

#[derive(Serialize)]
struct Failure<'a> {
    file: &'a str,
    message: &'a str,
}

impl<'a> Result<'a> {
    fn of(verdicts: &'a Verdicts) -> Self {
        let failure = |error: &'a RunError| Failure { file: &error.path, message: &error.message };
        Self {
            data: &verdicts.data,
            rules: verdicts.rules.iter().map(Rule::of).collect(),
            errors: verdicts.errors.iter().map(failure).collect(),
        }
    }
}

impl<'a> Rule<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let check = |check: &'a FailedCheck| Check {
            path: &check.path,
            line: check.position.line,
            column: check.position.column,
            message: &check.message,
        };
        Self {
            file: &verdict.file,
            rule: &verdict.rule,
            status: verdict.status.as_str(),
            checks: verdict.checks.iter().map(check).collect(),
        }
    }
}

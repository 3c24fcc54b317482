//! What is suppressed, for the formats that list it: a line each, with what suppresses it.

use std::io::{self, Write};

use super::inert::inert;
use super::line::line;
use super::{LONGEST_LABEL, Style, cut};
use crate::finding::{Checked, Report, Suppressed, Suppression};

/// Every suppressed finding with the file that it was found in.
pub(super) fn suppressed(report: &Report) -> impl Iterator<Item = (&Checked, &Suppressed)> {
    report.checked.iter().flat_map(|checked| checked.suppressed.iter().map(move |one| (checked, one)))
}

/// `path:line:col: suppressed[ID] message (comment: reason)`, if they are wanted.
pub(super) fn write_lines(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if !style.shows_suppressed {
        return Ok(());
    }
    for (checked, Suppressed { finding, by }) in suppressed(report) {
        writeln!(out, "{} ({})", line(checked, finding, "suppressed"), inert(&told(by)))?;
    }
    Ok(())
}

/// The form, and the reason if there is one: `comment: the consumer is idempotent`.
pub(super) fn told(by: &Suppression) -> String {
    let form = by.kind.as_str();
    match &by.reason {
        Some(reason) => format!("{form}: {}", cut(reason, LONGEST_LABEL)),
        None => form.to_owned(),
    }
}

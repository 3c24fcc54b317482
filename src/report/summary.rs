//! The summary of a run: how many findings there are, in how many templates, and how many are not told.

use super::{counted, findings, suppressed};
use crate::finding::{FileKind, Report, Severity, SuppressionKind};

/// `3 findings (1 error, 2 warnings) in 2 templates`
pub(super) fn summary(report: &Report) -> String {
    let count = |severity| findings(report).filter(|(_, finding)| finding.severity == severity).count();
    let grades: Vec<_> = [
        (count(Severity::Error), "error"),
        (count(Severity::Warning), "warning"),
        (count(Severity::Info), "info"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, grade)| if grade == "info" { format!("{number} info") } else { counted(number, grade) })
    .collect();
    let templates = report.checked.iter().map(|checked| checked.templates).sum();
    let unreadable = report.checked.iter().filter(|checked| checked.templates == 0).count();
    let noun = match report.kind {
        FileKind::Template => "template",
        FileKind::Document => "document",
    };
    let templates = (templates > 0).then(|| counted(templates, noun));
    let unreadable = (unreadable > 0).then(|| format!("{} that cannot be read", counted(unreadable, "file")));
    let places = templates.into_iter().chain(unreadable).collect::<Vec<_>>().join(" and ");
    let ignored = suppressed::suppressed(report).filter(|(_, one)| !one.by.kind.is_known()).count();
    let ignored = if ignored > 0 { format!("; {ignored} suppressed") } else { String::new() };
    let found = match findings(report).count() {
        0 => format!("No findings in {places}{ignored}."),
        number => format!("{} ({}) in {places}{ignored}.", counted(number, "finding"), grades.join(", ")),
    };
    found + &known(report)
}

/// ` 3 more are in the baseline.`
fn known(report: &Report) -> String {
    [(SuppressionKind::Baseline, "the baseline"), (SuppressionKind::Revision, "that revision")]
        .into_iter()
        .map(|(kind, place)| {
            (suppressed::suppressed(report).filter(|(_, one)| one.by.kind == kind).count(), place)
        })
        .filter(|(number, _)| *number > 0)
        .map(|(number, place)| {
            format!(" {number} more {} in {place}.", if number == 1 { "is" } else { "are" })
        })
        .collect::<Vec<_>>()
        .concat()
}

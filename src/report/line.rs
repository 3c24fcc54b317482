//! The line of a finding, as editors and `grep` take it apart.

use super::inert::inert;
use super::{message_with_condition, source};
use crate::finding::{Checked, Finding};
use crate::source::ColumnUnit;

/// `path:line:col: level[ID] message`
pub(super) fn line(checked: &Checked, finding: &Finding, level: &str) -> String {
    let source = source(checked, &finding.primary);
    let start = source.position(finding.primary.location.span.start, ColumnUnit::CodePoints);
    format!(
        "{path}:{line}:{column}: {level}[{rule}] {message}",
        path = inert(source.path()),
        line = start.line,
        column = start.column,
        rule = inert(&finding.rule),
        message = inert(&message_with_condition(finding)),
    )
}

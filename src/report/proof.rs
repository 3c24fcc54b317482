//! A proof is what stands below a finding's message where there is room for lines of plain text: the other places,
//! what to write, and where to read on.

use super::address::Address;
use super::counted;
use super::inert::{inert, inert_lines};
use super::{LONGEST_HELP, LONGEST_LABEL, RELATED, REPOSITORY, Style, cut, docs, source};
use crate::finding::{Checked, Finding, Label};
use crate::rule::Catalogue;
use crate::source::ColumnUnit;

/// The lines; all of them inert.
pub(super) fn lines(
    checked: &Checked,
    finding: &Finding,
    catalogue: &Catalogue,
    style: &Style,
) -> Vec<String> {
    let mut lines: Vec<_> =
        finding.related.iter().take(RELATED).map(|label| line(checked, label, style)).collect();
    lines.extend(more(finding));
    if let Some(help) = &finding.help {
        let help = cut(help, LONGEST_HELP);
        for (i, line) in inert_lines(&help).enumerate() {
            lines.push(if i == 0 { format!("help: {line}") } else { line.into_owned() });
        }
    }
    lines.extend(page(finding, catalogue).map(|page| format!("docs: {}", inert(&page))));
    lines
}

/// `infra/template.yaml:5:16: the consumer's timeout`
pub(super) fn line(checked: &Checked, label: &Label, style: &Style) -> String {
    let place = inert(&place(checked, label, style)).into_owned();
    match label.message.as_str() {
        "" => place,
        message => format!("{place}: {}", inert(&cut(message, LONGEST_LABEL))),
    }
}

/// `infra/template.yaml:5:16`, as it is.
pub(super) fn place(checked: &Checked, label: &Label, style: &Style) -> String {
    let source = source(checked, label);
    let start = source.position(label.location.span.start, ColumnUnit::CodePoints);
    format!("{}:{}:{}", Address::of(source.path(), style), start.line, start.column)
}

/// `and 35 more places`, if not all of them are shown.
pub(super) fn more(finding: &Finding) -> Option<String> {
    match finding.related.len().saturating_sub(RELATED) {
        0 => None,
        hidden => Some(format!("and {}", counted(hidden, "more place"))),
    }
}

/// The address of the rule's page.
pub(super) fn page(finding: &Finding, catalogue: &Catalogue) -> Option<String> {
    catalogue.page(&finding.rule).and_then(|page| docs(page, REPOSITORY))
}

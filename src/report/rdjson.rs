//! `rdjson`: reviewdog's Diagnostic Format, which becomes comments on a pull request.

use std::io::{self, Write};

use serde::Serialize;

use super::inert::write_json;
use super::quoted::quoted;
use super::{
    LONGEST_LABEL, REPOSITORY, Style, cut, findings, markdown, message_with_condition, proof, source,
};
use crate::finding::{Checked, Finding, Label, Report, Severity};
use crate::rule::Catalogue;
use crate::source::{ColumnUnit, Source};

/// Writes the result. Paths stay as they are: reviewdog runs in the same folder.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    _: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let url = (!REPOSITORY.is_empty()).then_some(REPOSITORY);
    let diagnostics =
        findings(report).map(|(checked, finding)| Diagnostic::of(checked, finding, catalogue)).collect();
    write_json(&Outcome { source: Tool { name: env!("CARGO_PKG_NAME"), url }, diagnostics }, out)
}

#[derive(Serialize)]
struct Outcome<'a> {
    source: Tool,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    /// A comment is Markdown.
    message: String,
    location: Place<'a>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
}

impl<'a> Diagnostic<'a> {
    fn of(checked: &'a Checked, finding: &'a Finding, catalogue: &Catalogue) -> Self {
        let mut lines = vec![quoted(&message_with_condition(finding))];
        lines.extend(markdown::help(finding));
        Self {
            message: lines.join("\n\n"),
            location: Place::of(checked, &finding.primary),
            severity: match finding.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info => "INFO",
            },
            code: Code { value: &finding.rule, url: proof::page(finding, catalogue) },
            related_locations: finding.related.iter().map(|label| Related::of(checked, label)).collect(),
        }
    }
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: String,
    location: Place<'a>,
}

impl<'a> Related<'a> {
    fn of(checked: &'a Checked, label: &Label) -> Self {
        Self { message: quoted(&cut(&label.message, LONGEST_LABEL)), location: Place::of(checked, label) }
    }
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    range: Range,
}

impl<'a> Place<'a> {
    fn of(checked: &'a Checked, label: &Label) -> Self {
        let source = source(checked, label);
        let span = label.location.span;
        let range = Range { start: Position::of(source, span.start), end: Position::of(source, span.end) };
        Self { path: source.path(), range }
    }
}

#[derive(Serialize)]
struct Range {
    start: Position,
    /// Exclusive.
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    /// In bytes.
    column: u32,
}

impl Position {
    fn of(source: &Source, offset: u32) -> Self {
        let position = source.position(offset, ColumnUnit::Bytes);
        Self { line: position.line, column: position.column }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::Value;

    use super::*;
    use crate::report::{Format, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Rdjson, report, &sample::documented(), &Style::default())
    }

    fn parsed(report: &Report) -> Value {
        serde_json::from_str(&written(report)).unwrap()
    }

    #[test]
    fn the_result_holds_what_reviewdog_reads() {
        assert_snapshot!(written(&sample::mixed()));
    }

    #[test]
    fn columns_are_bytes() {
        for case in sample::COLUMNS {
            let result = parsed(&case.report());
            let range = &result["diagnostics"][0]["location"]["range"];
            let expected = serde_json::json!({
                "start": {"line": case.line, "column": case.bytes},
                "end": {"line": case.line, "column": case.bytes + 1},
            });
            assert_eq!(range, &expected, "{}", case.text);
        }
    }

    #[test]
    fn a_comment_shows_what_a_template_says_and_does_nothing() {
        let mut report = sample::one("a: 1\n", "1");
        report.checked[0].findings[0].message =
            "Queue 'x\n```suggestion\n- evil\n```\n@admins [y](http://evil.example)' is slow".to_owned();
        assert_eq!(
            parsed(&report)["diagnostics"][0]["message"],
            "Queue '`x\\n` ``` `` ``` `suggestion\\n- evil\\n` ``` `` ``` `\\n@admins` `[y](http://evil.example`)' is slow"
        );
    }
}

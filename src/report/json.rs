//! `json`: the whole report as one document for programs. `docs/report.schema.json` describes it.

use std::io::{self, Write};

use serde::Serialize;

use super::inert::write_json;
use super::suppressed::suppressed;
use super::undecided::undecided;
use super::{REPOSITORY, Style, docs, findings, source, source_of};
use crate::finding::{Checked, Confidence, Finding, Label, Reason, Report, Severity, Suppressed, Undecided};
use crate::rule::Catalogue;
use crate::source::{ColumnUnit, Location, Source};

/// Changes when a reader of the old shape would misread the new one.
const SCHEMA: &str = "lenslint/1";

/// Writes the document.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        summary: Summary::of(report),
        findings: findings(report).map(|(checked, finding)| Entry::of(checked, finding, catalogue)).collect(),
        suppressed: suppressed(report)
            .map(|(checked, suppressed)| SuppressedEntry::of(checked, suppressed, catalogue))
            .collect(),
        undecided: style
            .shows_undecided
            .then(|| undecided(report).map(|(checked, check)| UndecidedEntry::of(checked, check)).collect()),
        errors: report
            .errors
            .iter()
            .map(|error| Failure { path: &error.path, message: &error.message })
            .collect(),
    };
    write_json(&document, out)
}

// The shapes below are frozen copies: a field that is renamed inside must not change what is printed.

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    summary: Summary,
    findings: Vec<Entry<'a>>,
    suppressed: Vec<SuppressedEntry<'a>>,
    /// `null` unless they are asked for: there may be many more than findings.
    undecided: Option<Vec<UndecidedEntry<'a>>>,
    errors: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    templates: usize,
    error: usize,
    warning: usize,
    info: usize,
    suppressed: usize,
    undecided: usize,
}

impl Summary {
    fn of(report: &Report) -> Self {
        let count = |severity| findings(report).filter(|(_, finding)| finding.severity == severity).count();
        Self {
            files: report.checked.iter().map(|checked| checked.templates.max(1)).sum(),
            templates: report.checked.iter().map(|checked| checked.templates).sum(),
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            info: count(Severity::Info),
            suppressed: suppressed(report).count(),
            undecided: undecided(report).count(),
        }
    }
}

/// A finding, in this document and on a line of `jsonl`.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    rule: &'a str,
    name: &'a str,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    path: &'a str,
    resource: Option<&'a str>,
    construct: Option<&'a str>,
    logical_path: &'a str,
    range: Range,
    condition: Option<&'a str>,
    related: Vec<Related<'a>>,
    help: Option<&'a str>,
    docs: Option<String>,
    /// `null` as long as no rule has an edit.
    fix: (),
    fingerprint: &'a str,
}

impl<'a> Entry<'a> {
    pub(super) fn of(checked: &'a Checked, finding: &'a Finding, catalogue: &Catalogue) -> Self {
        let source = source(checked, &finding.primary);
        Self {
            rule: &finding.rule,
            name: &finding.name,
            severity: finding.severity,
            confidence: finding.confidence,
            message: &finding.message,
            path: source.path(),
            resource: finding.resource.as_deref(),
            construct: finding.construct.as_deref(),
            logical_path: &finding.logical_path,
            range: Range::of(source, finding.primary.location),
            condition: finding.condition.as_deref(),
            related: finding.related.iter().map(|label| Related::of(checked, label)).collect(),
            help: finding.help.as_deref(),
            docs: catalogue.page(&finding.rule).and_then(|page| docs(page, REPOSITORY)),
            fix: (),
            fingerprint: &finding.fingerprint,
        }
    }
}

#[derive(Serialize)]
struct SuppressedEntry<'a> {
    #[serde(flatten)]
    finding: Entry<'a>,
    suppression: By<'a>,
}

#[derive(Serialize)]
struct By<'a> {
    kind: &'static str,
    reason: Option<&'a str>,
}

impl<'a> SuppressedEntry<'a> {
    fn of(checked: &'a Checked, suppressed: &'a Suppressed, catalogue: &Catalogue) -> Self {
        Self {
            finding: Entry::of(checked, &suppressed.finding, catalogue),
            suppression: By { kind: suppressed.by.kind.as_str(), reason: suppressed.by.reason.as_deref() },
        }
    }
}

#[derive(Serialize)]
struct UndecidedEntry<'a> {
    rule: &'a str,
    name: &'a str,
    path: &'a str,
    resource: Option<&'a str>,
    range: Range,
    reasons: Vec<ReasonEntry<'a>>,
}

impl<'a> UndecidedEntry<'a> {
    fn of(checked: &'a Checked, check: &'a Undecided) -> Self {
        let source = source_of(checked, check.location);
        Self {
            rule: &check.rule,
            name: &check.name,
            path: source.path(),
            resource: check.resource.as_deref(),
            range: Range::of(source, check.location),
            reasons: check.reasons().map(|reason| ReasonEntry::of(checked, reason)).collect(),
        }
    }
}

#[derive(Serialize)]
struct ReasonEntry<'a> {
    kind: &'static str,
    text: &'a str,
    path: &'a str,
    range: Range,
}

impl<'a> ReasonEntry<'a> {
    fn of(checked: &'a Checked, reason: &'a Reason) -> Self {
        let source = source_of(checked, reason.location);
        Self {
            kind: reason.kind.as_str(),
            text: &reason.text,
            path: source.path(),
            range: Range::of(source, reason.location),
        }
    }
}

#[derive(Serialize)]
struct Related<'a> {
    path: &'a str,
    range: Range,
    message: &'a str,
}

impl<'a> Related<'a> {
    fn of(checked: &'a Checked, label: &'a Label) -> Self {
        let source = source(checked, label);
        Self { path: source.path(), range: Range::of(source, label.location), message: &label.message }
    }
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

impl Range {
    fn of(source: &Source, location: Location) -> Self {
        let span = location.span;
        Self { start: Place::of(source, span.start), end: Place::of(source, span.end) }
    }
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
    offset: u32,
}

impl Place {
    fn of(source: &Source, offset: u32) -> Self {
        let position = source.position(offset, ColumnUnit::CodePoints);
        Self { line: position.line, column: position.column, offset }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    path: &'a str,
    message: &'a str,
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use insta::assert_snapshot;
    use serde_json::Value;

    use crate::finding::{ReasonKind, SuppressionKind};
    use crate::report::schema::breaks;
    use crate::report::{Format, Style, sample};

    fn written(report: &super::Report) -> String {
        sample::written(Format::Json, report, &sample::catalogue(), &Style::default())
    }

    fn parsed(report: &super::Report) -> Value {
        serde_json::from_str(&written(report)).unwrap()
    }

    #[test]
    fn the_document_has_the_shape_that_programs_read() {
        assert_snapshot!(sample::without_version(&written(&sample::mixed())));
    }

    #[test]
    fn columns_are_code_points_and_offsets_are_bytes() {
        for case in sample::COLUMNS {
            let start = &parsed(&case.report())["findings"][0]["range"]["start"];
            let expected = serde_json::json!({
                "line": case.line, "column": case.code_points, "offset": case.offset()
            });
            assert_eq!(start, &expected, "{}", case.text);
        }
    }

    #[test]
    fn a_program_reads_the_very_text_of_the_template() {
        let document = parsed(&sample::hostile());
        assert_eq!(document["findings"][0]["path"], sample::HOSTILE_PATH);
        assert_eq!(document["findings"][0]["message"], sample::HOSTILE_TEXT);
    }

    #[test]
    fn the_schema_in_docs_describes_every_document() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        for report in [sample::mixed(), sample::clean(), sample::hostile(), super::Report::default()] {
            assert_eq!(breaks(&schema, &parsed(&report)), Vec::<String>::new());
        }
        assert_eq!(breaks(&schema, &with_undecided()), Vec::<String>::new());
    }

    /// The document with its undecided checks.
    fn with_undecided() -> Value {
        let style = Style { shows_undecided: true, ..Style::default() };
        let text = sample::written(Format::Json, &sample::undecided(), &sample::catalogue(), &style);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn undecided_checks_are_counted_always_and_listed_when_asked_for() {
        let silent = parsed(&sample::undecided());
        assert_eq!((&silent["summary"]["undecided"], &silent["undecided"]), (&3.into(), &Value::Null));
        let listed = with_undecided();
        let kinds: Vec<&Value> = listed["undecided"][0]["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reason| &reason["kind"])
            .collect();
        assert_eq!(kinds, ["import", "parameter", "parameter"]);
        assert_eq!(listed["undecided"][0]["reasons"][2]["path"], "infra/nested stäck.yaml");
    }

    #[test]
    fn the_schema_has_every_kind_of_reason() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let kinds =
            &schema["$defs"]["undecided"]["properties"]["reasons"]["items"]["properties"]["kind"]["enum"];
        assert_eq!(*kinds, serde_json::json!(ReasonKind::ALL.map(ReasonKind::as_str)));
    }

    #[test]
    fn the_schema_has_every_form_of_suppression() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let kinds = &schema["$defs"]["suppressed"]["properties"]["suppression"]["properties"]["kind"]["enum"];
        assert_eq!(*kinds, serde_json::json!(SuppressionKind::ALL.map(SuppressionKind::as_str)));
    }

    #[test]
    fn the_schema_refuses_what_is_missing_unknown_or_of_another_type() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let spoilt = |spoil: fn(&mut Value)| {
            let mut document = parsed(&sample::mixed());
            spoil(&mut document);
            breaks(&schema, &document)
        };
        let missing = spoilt(|document| {
            document["findings"][0].as_object_mut().unwrap().remove("fingerprint");
        });
        assert_eq!(missing, ["/findings/0: fingerprint is missing"]);
        let unknown = spoilt(|document| document["findings"][0]["range"]["length"] = 3.into());
        assert_eq!(unknown, ["/findings/0/range: length is unknown"]);
        let other = spoilt(|document| document["findings"][0]["severity"] = "fatal".into());
        assert_eq!(other, ["/findings/0/severity: \"fatal\" is not allowed"]);
        let text = spoilt(|document| document["summary"]["files"] = "1".into());
        assert_eq!(text, ["/summary/files: \"1\" is no [\"integer\"]"]);
    }
}

//! `gitlab`: the Code Quality report of GitLab, a part of Code Climate's format.

use std::io::{self, Write};

use rustc_hash::FxHashMap;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use super::address::Address;
use super::inert::{inert, write_json};
use super::{Style, findings, markdown, message_with_condition, source};
use crate::finding::{Checked, Finding, Label, Report, Severity};
use crate::rule::Catalogue;
use crate::source::ColumnUnit;

/// Writes the array, also an empty one: without a report GitLab has nothing to compare the next one with.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let issues: Vec<_> = findings(report)
        .map(|(checked, finding)| Issue::of(checked, finding, catalogue, style, &mut fingerprints))
        .collect();
    write_json(&issues, out)
}

#[derive(Serialize)]
struct Issue<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'a str,
    description: String,
    /// Not for GitLab: other readers of Code Climate's format fail without it.
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Place,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_locations: Vec<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
}

impl<'a> Issue<'a> {
    fn of(
        checked: &Checked,
        finding: &'a Finding,
        catalogue: &Catalogue,
        style: &Style,
        fingerprints: &mut Fingerprints,
    ) -> Self {
        let location = Place::of(checked, &finding.primary, style);
        let details = markdown::details(checked, finding, style);
        let follows_lens = catalogue.page(&finding.rule).is_some_and(|page| page.lens.starts_with("PERF"));
        Self {
            kind: "issue",
            check_name: &finding.rule,
            // GitLab shows the description alone.
            description: format!("{}: {}", inert(&finding.rule), inert(&message_with_condition(finding))),
            categories: [if follows_lens { "Performance" } else { "Bug Risk" }],
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            fingerprint: fingerprints.next(&location.path, &finding.fingerprint),
            location,
            other_locations: finding.related.iter().map(|label| Place::of(checked, label, style)).collect(),
            content: (!details.is_empty()).then(|| Content { body: details.join("\n\n") }),
        }
    }
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

impl Place {
    fn of(checked: &Checked, label: &Label, style: &Style) -> Self {
        let source = source(checked, label);
        let line = |offset| source.position(offset, ColumnUnit::Bytes).line;
        let span = label.location.span;
        Self {
            path: Address::of(source.path(), style).to_string(),
            lines: Lines { begin: line(span.start), end: line(span.end) },
        }
    }
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

#[derive(Serialize)]
struct Content {
    /// Markdown.
    body: String,
}

/// Of two issues with one fingerprint GitLab keeps one, so those of a run are all different.
#[derive(Default)]
struct Fingerprints {
    seen: FxHashMap<String, u32>,
}

impl Fingerprints {
    fn next(&mut self, path: &str, finding: &str) -> String {
        let key = format!("v1\n{path}\n{finding}");
        let ordinal = self.seen.entry(key.clone()).or_default();
        let hash = xxh3_128(format!("{key}\n{ordinal}").as_bytes());
        *ordinal += 1;
        format!("{hash:032x}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use insta::assert_snapshot;
    use serde_json::Value;

    use super::*;
    use crate::report::{Format, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Gitlab, report, &sample::documented(), &Style::default())
    }

    fn parsed(report: &Report) -> Value {
        serde_json::from_str(&written(report)).unwrap()
    }

    #[test]
    fn the_report_holds_what_gitlab_asks_for() {
        assert_snapshot!(written(&sample::mixed()));
    }

    #[test]
    fn a_clean_run_is_an_empty_array() {
        assert_eq!(written(&sample::clean()), "[]\n");
        assert!(written(&sample::mixed()).starts_with('['), "GitLab drops a report with a byte-order mark");
    }

    #[test]
    fn no_two_issues_have_one_fingerprint() {
        let mut report = sample::mixed();
        let again = report.checked[0].findings.clone();
        report.checked[0].findings.extend(again);
        let issues = parsed(&report);
        let all: BTreeSet<_> =
            issues.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(all.len(), 5, "the sample gives all of them the same");
    }

    #[test]
    fn a_fingerprint_stays_while_the_finding_moves() {
        let of = |text: &str| parsed(&sample::one(text, "1"))[0]["fingerprint"].clone();
        assert_eq!(of("a: 1\n"), of("# moved\n\na:   1\n"));
    }

    #[test]
    fn paths_start_from_the_root_of_the_project() {
        let style = Style {
            working_folder: "/builds/shop/infra".into(),
            repository_root: "/builds/shop".into(),
            ..Style::default()
        };
        let text = sample::written(Format::Gitlab, &sample::one("a: 1\n", "1"), &sample::catalogue(), &style);
        assert!(text.contains("\"path\": \"infra/t.yaml\""), "{text}");
    }

    #[test]
    fn a_description_is_one_line_whatever_a_template_says() {
        for text in sample::attacks() {
            let issue = &parsed(&sample::attack(&text))[0];
            let description = issue["description"].as_str().unwrap();
            assert!(!description.contains(char::is_control), "{description:?}");
            assert_eq!(issue["location"]["path"], sample::address(&text).as_str());
        }
    }
}

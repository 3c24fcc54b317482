//! `sarif`: SARIF 2.1.0 for code-scanning services, with all that GitHub, GitLab and Azure DevOps ask for and
//! nothing that changes from run to run.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::inert::write_json;
use super::line_hash::LineHashes;
use super::suppressed::suppressed;
use super::{LONGEST_LABEL, Style, cut, findings, message_with_condition, source};
use crate::finding::{Checked, Finding, Label, Report, Severity, Suppression};
use crate::rule::{Catalogue, Page};

use flow::CodeFlow;
use invocation::Invocation;
use location::{Location, LogicalLocation};
use message::{Text, prose, sentence};
use tool::Tool;

mod address;
mod flow;
mod invocation;
mod location;
mod message;
mod tool;

/// The address in GitHub's own examples.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Related places that a message links to; all of them are in `relatedLocations`.
const LINKS: usize = 5;
/// Characters of such a link. GitLab drops a result whose message has more than 2048 in all.
const LONGEST_LINK: usize = 60;

/// Writes the log.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let pages = pages_of(report, catalogue, style);
    let mut results = Vec::new();
    for checked in &report.checked {
        let mut hashes = FxHashMap::default();
        let heard = checked.findings.iter().map(|finding| (finding, None));
        // Services show what is suppressed as open: it is only there for whoever asks.
        let hidden = checked.suppressed.iter().filter(|_| style.shows_suppressed);
        for (finding, by) in heard.chain(hidden.map(|one| (&one.finding, Some(&one.by)))) {
            let primary = &finding.primary;
            let hashes = hashes
                .entry(primary.location.file)
                .or_insert_with(|| LineHashes::of(source(checked, primary).text()));
            let is_known = by.is_some_and(|by| by.kind.is_known());
            // All results of a run have each of these properties, or none.
            let mut result = SarifResult::of(checked, finding, &pages, hashes.as_ref(), style);
            result.baseline_state = report.is_compared.then_some(if is_known { "unchanged" } else { "new" });
            result.suppressions = style.shows_suppressed.then(|| {
                let by = by.into_iter().filter(|_| !is_known);
                by.map(|by| SarifSuppression::of(checked, by, style)).collect()
            });
            results.push(result);
        }
    }
    // Services keep so many thousand results of a log.
    results.sort_by_key(|result| Reverse(result.level));
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool::of(&pages),
            column_kind: "utf16CodeUnits",
            original_uri_base_ids: BTreeMap::from([(
                address::ROOT,
                Described { description: Text::of("The root of the repository.") },
            )]),
            invocations: [Invocation::of(&report.errors, style)],
            results,
        }],
    };
    write_json(&log, out)
}

/// The rules that ran, and those of the tool itself that have a finding without having been selected.
fn pages_of<'a>(report: &Report, catalogue: &'a Catalogue, style: &Style) -> Vec<&'a Page> {
    let is_part = |page: &&Page| {
        let has_finding = |finding: &Finding| finding.rule == page.id;
        report.rules.contains(&page.id)
            || findings(report).any(|(_, finding)| has_finding(finding))
            || style.shows_suppressed && suppressed(report).any(|(_, one)| has_finding(&one.finding))
    };
    catalogue.pages.iter().filter(is_part).collect()
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    original_uri_base_ids: BTreeMap<&'static str, Described>,
    invocations: [Invocation; 1],
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Described {
    description: Text,
}

/// In the order of their weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Note,
    Warning,
    Error,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Note,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: Level,
    /// `None` where nothing was compared; a log has it for all results or for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    message: Text,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_flows: Option<[CodeFlow<'a>; 1]>,
    partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<SarifSuppression<'a>>>,
}

impl<'a> SarifResult<'a> {
    fn of(
        checked: &Checked,
        finding: &'a Finding,
        pages: &[&Page],
        hashes: Option<&LineHashes>,
        style: &Style,
    ) -> Self {
        let mut location = Location::of(checked, &finding.primary, style);
        if !finding.logical_path.is_empty() {
            location
                .logical_locations
                .push(LogicalLocation { fully_qualified_name: &finding.logical_path, kind: None });
        }
        if let Some(construct) = &finding.construct {
            let construct = LogicalLocation { fully_qualified_name: construct, kind: Some("construct") };
            location.logical_locations.push(construct);
        }
        let line = location.physical_location.region.start_line;
        let related = finding.related.iter().enumerate().map(|(i, label)| Location {
            id: Some(i + 1),
            message: (!label.message.is_empty())
                .then(|| Text::of(prose(&cut(&label.message, LONGEST_LABEL)))),
            ..Location::of(checked, label, style)
        });
        Self {
            rule_id: &finding.rule,
            rule_index: pages.iter().position(|page| page.id == finding.rule),
            level: finding.severity.into(),
            baseline_state: None,
            message: Text::of(message_with_links(finding)),
            locations: [location],
            related_locations: related.collect(),
            code_flows: CodeFlow::of(checked, finding, style).map(|flow| [flow]),
            partial_fingerprints: Fingerprints {
                primary_location_line_hash: hashes.and_then(|hashes| hashes.line(line)),
                lenslint: &finding.fingerprint,
            },
            suppressions: None,
        }
    }
}

/// What holds a result back: it stands in the template.
#[derive(Serialize)]
struct SarifSuppression<'a> {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location<'a>>,
}

impl SarifSuppression<'_> {
    fn of(checked: &Checked, by: &Suppression, style: &Style) -> Self {
        let location = by.location.map(|location| Label { location, message: String::new() });
        Self {
            kind: "inSource",
            status: "accepted",
            justification: by.reason.as_deref().map(|reason| prose(&cut(reason, LONGEST_LABEL))),
            location: location.map(|label| Location::of(checked, &label, style)),
        }
    }
}

/// GitHub shows a related place only where the message links to it.
fn message_with_links(finding: &Finding) -> String {
    let message = sentence(&prose(&message_with_condition(finding)));
    let links: Vec<_> = finding
        .related
        .iter()
        .enumerate()
        .filter(|(_, label)| !label.message.is_empty())
        .take(LINKS)
        .map(|(i, label)| {
            let text = prose(&cut(&label.message, LONGEST_LINK)).replace('[', "\\[").replace(']', "\\]");
            format!("[{text}]({})", i + 1)
        })
        .collect();
    if links.is_empty() { message } else { format!("{message} See {}.", links.join(", ")) }
}

#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "primaryLocationLineHash", skip_serializing_if = "Option::is_none")]
    primary_location_line_hash: Option<String>,
    #[serde(rename = "lenslint/v1")]
    lenslint: &'a str,
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::Value;

    use super::*;
    use crate::report::{Format, Style, sample};

    fn parsed(report: &Report) -> Value {
        let text = sample::written(Format::Sarif, report, &sample::catalogue(), &Style::default());
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_log_holds_what_services_ask_for() {
        let text = sample::written(Format::Sarif, &sample::mixed(), &sample::catalogue(), &Style::default());
        assert_snapshot!(sample::without_version(&text));
    }

    #[test]
    fn columns_are_utf16() {
        for case in sample::COLUMNS {
            let log = parsed(&case.report());
            let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
            let expected = serde_json::json!({
                "startLine": case.line, "startColumn": case.utf16,
                "endLine": case.line, "endColumn": case.utf16 + 1,
            });
            assert_eq!(region, &expected, "{}", case.text);
            assert_eq!(log["runs"][0]["columnKind"], "utf16CodeUnits");
        }
    }

    #[test]
    fn rules_that_ran_are_listed_without_a_finding_and_others_are_not() {
        let log = parsed(&sample::clean());
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["SLP202"]);
    }

    #[test]
    fn an_index_names_the_rule_of_the_result() {
        let log = parsed(&sample::mixed());
        let rules = &log["runs"][0]["tool"]["driver"]["rules"];
        for result in log["runs"][0]["results"].as_array().unwrap() {
            match result["ruleIndex"].as_u64() {
                Some(index) => assert_eq!(rules[index as usize]["id"], result["ruleId"]),
                None => assert_eq!(result["ruleId"], "SLP001", "the only one without a page"),
            }
        }
    }

    #[test]
    fn a_file_that_could_not_be_read_does_not_fail_the_run() {
        let log = parsed(&sample::mixed());
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], true);
        assert_eq!(invocation["toolExecutionNotifications"][0]["message"]["text"], "Permission denied.");
    }

    #[test]
    fn a_template_cannot_put_links_into_a_message() {
        let mut report = sample::one("a: 1\n", "1");
        report.checked[0].findings[0].message = "Queue '[x](http://evil.example)' is slow".to_owned();
        let message = parsed(&report)["runs"][0]["results"][0]["message"]["text"].clone();
        assert_eq!(message, "Queue '[x] (http://evil.example)' is slow.");
    }

    #[test]
    fn a_message_stays_below_the_limit_of_the_services() {
        let mut report = sample::one("a: 1\n", "1");
        let finding = &mut report.checked[0].findings[0];
        finding.message = "é".repeat(5000);
        finding.related = vec![Label { message: "x".repeat(5000), ..finding.primary.clone() }; 300];
        let log = parsed(&report);
        let result = &log["runs"][0]["results"][0];
        assert!(result["message"]["text"].as_str().unwrap().chars().count() < 2048);
        assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 300);
    }

    #[test]
    fn a_file_that_is_no_utf8_gets_its_line_hash_from_github() {
        let log = parsed(&sample::one("a: \u{fffd}!\n", "!"));
        let fingerprints = log["runs"][0]["results"][0]["partialFingerprints"].as_object().unwrap();
        assert_eq!(fingerprints.keys().collect::<Vec<_>>(), ["lenslint/v1"]);
    }
}

//! `junit`: the XML of the test framework, for the test pages of GitLab, Jenkins and Azure Pipelines. A template is a
//! suite, a finding a test that fails.

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::address::Address;
use super::inert::{inert, inert_lines};
use super::suppressed::told;
use super::xml::Element;
use super::{LONGEST_LABEL, Style, cut, message_with_condition, proof};
use crate::finding::{Checked, Finding, Report, RunError, Suppressed};
use crate::rule::Catalogue;

/// Writes the document. Times are left out, so that equal input gives equal bytes.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let checked = report.checked.iter().flat_map(|checked| Suite::all_of(checked, catalogue, style));
    // Of one path there may be several errors, one after the other.
    let errors = report
        .errors
        .chunk_by(|a, b| a.path == b.path)
        .map(|errors| Suite::of_errors(&errors[0].path, errors, style));
    let suites: Vec<_> = checked.chain(errors).collect();
    let count = |outcome| suites.iter().map(|suite| suite.count(outcome)).sum::<usize>();
    Element::new("testsuites")
        .with("name", "lenslint")
        .with("tests", &suites.iter().map(|suite| suite.cases.len()).sum::<usize>())
        .with("failures", &count(Outcome::Failure))
        .with("errors", &count(Outcome::Error))
        .around(suites.iter().map(Suite::element).collect())
        .write_document(out)
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Failure,
    /// It could not be run.
    Error,
    Skipped,
}

/// The tests of one file.
struct Suite {
    path: String,
    cases: Vec<Case>,
}

struct Case {
    /// Different from all others of the suite and without a line: services follow a test by its name.
    name: String,
    outcome: Outcome,
    kind: &'static str,
    message: String,
    body: String,
}

impl Suite {
    /// One for the template, and one for each other file that something was found in.
    fn all_of(checked: &Checked, catalogue: &Catalogue, style: &Style) -> Vec<Self> {
        let files = checked.sources.iter().enumerate();
        let suites = files.map(|(index, source)| {
            let mut names = Names::default();
            let is_here = |finding: &&Finding| finding.primary.location.file.0 as usize == index;
            let findings = checked.findings.iter().filter(is_here).map(|finding| Case {
                name: names.next(finding),
                // A file that cannot be read has no rules that fail over it.
                outcome: if checked.templates > 0 { Outcome::Failure } else { Outcome::Error },
                kind: finding.severity.as_str(),
                message: inert(&message_with_condition(finding)).into_owned(),
                body: body(checked, finding, catalogue, style),
            });
            let mut cases: Vec<_> = findings.collect();
            let suppressed = checked.suppressed.iter().filter(|one| is_here(&&one.finding));
            cases.extend(suppressed.map(|Suppressed { finding, by }| Case {
                name: names.next(finding),
                outcome: Outcome::Skipped,
                kind: finding.severity.as_str(),
                message: inert(&format!("suppressed by {}", told(by))).into_owned(),
                body: String::new(),
            }));
            if cases.is_empty() && index == 0 {
                cases.push(Case::all_well());
            }
            Self { path: Address::of(source.path(), style).to_string(), cases }
        });
        suites.filter(|suite| !suite.cases.is_empty()).collect()
    }

    fn of_errors(path: &str, errors: &[RunError], style: &Style) -> Self {
        let messages = errors.iter().flat_map(|error| inert_lines(&error.message));
        let messages = messages.collect::<Vec<_>>().join("\n");
        let case = Case {
            name: "lenslint".to_owned(),
            outcome: Outcome::Error,
            kind: "error",
            message: messages.lines().next().unwrap_or_default().to_owned(),
            body: messages,
        };
        Self { path: Address::of(path, style).to_string(), cases: vec![case] }
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.cases.iter().filter(|case| case.outcome == outcome).count()
    }

    fn element(&self) -> Element {
        Element::new("testsuite")
            .with("name", &self.path)
            .with("tests", &self.cases.len())
            .with("failures", &self.count(Outcome::Failure))
            .with("errors", &self.count(Outcome::Error))
            .with("skipped", &self.count(Outcome::Skipped))
            .around(self.cases.iter().map(|case| case.element(&self.path)).collect())
    }
}

impl Case {
    /// A template without findings is a test that passes: a suite without tests reads as one that did not run.
    fn all_well() -> Self {
        Self {
            name: "lenslint".to_owned(),
            outcome: Outcome::Success,
            kind: "",
            message: String::new(),
            body: String::new(),
        }
    }

    fn element(&self, path: &str) -> Element {
        let told = |name| {
            let element = Element::new(name).with("type", self.kind).with("message", &self.message);
            vec![element.saying(self.body.clone())]
        };
        Element::new("testcase").with("classname", path).with("name", &self.name).around(match self.outcome {
            Outcome::Success => Vec::new(),
            Outcome::Failure => told("failure"),
            Outcome::Error => told("error"),
            Outcome::Skipped => vec![Element::new("skipped").with("message", &self.message)],
        })
    }
}

fn body(checked: &Checked, finding: &Finding, catalogue: &Catalogue, style: &Style) -> String {
    let mut lines = vec![proof::line(checked, &finding.primary, style)];
    lines.extend(proof::lines(checked, finding, catalogue, style));
    lines.join("\n")
}

/// The names that a suite has given away.
#[derive(Default)]
struct Names {
    given: FxHashMap<String, u32>,
}

impl Names {
    /// `SLP202 OrdersQueue`, and `SLP202 OrdersQueue (2)` for the next.
    fn next(&mut self, finding: &Finding) -> String {
        let rule = &finding.rule;
        let name = match &finding.resource {
            Some(id) => format!("{rule} {}", cut(id, LONGEST_LABEL)),
            None => rule.clone(),
        };
        let number = self.given.entry(name.clone()).or_default();
        *number += 1;
        if *number == 1 { name } else { format!("{name} ({number})") }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::finding::{Suppression, SuppressionKind};
    use crate::report::{Format, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Junit, report, &sample::documented(), &Style::default())
    }

    #[test]
    fn a_template_is_a_suite_and_a_finding_a_test_that_fails() {
        assert_snapshot!(written(&sample::mixed()));
    }

    #[test]
    fn a_template_without_findings_is_a_test_that_passes() {
        assert_snapshot!(written(&sample::clean()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="lenslint" tests="1" failures="0" errors="0">
          <testsuite name="t.yaml" tests="1" failures="0" errors="0" skipped="0">
            <testcase classname="t.yaml" name="lenslint"/>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn columns_are_code_points() {
        for case in sample::COLUMNS {
            let text = written(&case.report());
            let document = roxmltree::Document::parse(&text).unwrap();
            let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
            let place = format!("t.yaml:{}:{}", case.line, case.code_points);
            assert!(failure.text().unwrap().lines().next().unwrap().starts_with(&place), "{text}");
        }
    }

    #[test]
    fn a_suppressed_finding_is_skipped() {
        let mut report = sample::one("a: 1\n", "1");
        let finding = report.checked[0].findings.remove(0);
        report.checked[0].suppressed =
            vec![Suppressed { finding, by: Suppression::of(SuppressionKind::GuardMetadata) }];
        let text = written(&report);
        assert!(text.contains(r#"<testsuite name="t.yaml" tests="1" failures="0" errors="0" skipped="1">"#));
        assert!(text.contains(r#"<skipped message="suppressed by guard-metadata"/>"#), "{text}");
    }

    #[test]
    fn no_two_tests_of_a_suite_have_one_name() {
        let mut report = sample::mixed();
        let again = report.checked[0].findings[0].clone();
        report.checked[0].findings.push(again);
        let text = written(&report);
        assert!(text.contains(r#"name="SLP301 Orders">"#) && text.contains(r#"name="SLP301 Orders (2)">"#));
    }

    #[test]
    fn a_reader_gets_two_tests_and_their_words_whatever_a_template_says() {
        for text in sample::attacks() {
            let written = written(&sample::attack(&text));
            let document = roxmltree::Document::parse(&written).unwrap();
            let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
            assert_eq!(cases.len(), 2, "{written}");
            let failure = cases[0].first_element_child().unwrap();
            let message = failure.attribute("message").unwrap();
            assert!(message.starts_with(&*inert(&text)), "{message}");
            assert!(failure.first_element_child().is_none());
            let error = cases[1].first_element_child().unwrap();
            assert_eq!(error.attribute("message").unwrap(), inert(text.lines().next().unwrap()));
        }
    }
}

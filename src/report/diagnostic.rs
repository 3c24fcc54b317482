//! A diagnostic is a finding, or a mistake in a configuration, as miette shows it.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, SourceCode};

use super::inert::{inert, inert_lines};
use super::snippet::Snippet;
use super::{LONGEST_HELP, LONGEST_MESSAGE, RELATED, REPOSITORY, cut, docs, message_with_condition, source};
use crate::config::Problem;
use crate::finding::{Checked, Finding, Label, Severity};
use crate::rule::Catalogue;
use crate::source::{FileId, Location, Source};

/// Columns that line numbers and frame take from a line of source.
const FRAME: usize = 12;

/// What miette shows. All its text is inert.
#[derive(Debug)]
pub(super) struct Shown {
    message: String,
    code: String,
    severity: Severity,
    pub(super) help: Option<String>,
    docs: Option<String>,
    snippet: Snippet,
}

impl Shown {
    pub(super) fn of(checked: &Checked, finding: &Finding, catalogue: &Catalogue, width: usize) -> Self {
        let labels = std::iter::once(&finding.primary).chain(finding.related.iter().take(RELATED));
        let labels: Vec<Label> = labels.map(|label| numbered(finding, label)).collect();
        let labels: Vec<_> = labels.iter().map(|label| (source(checked, label), label)).collect();
        Self {
            message: inert(&message_with_condition(finding)).into_owned(),
            code: format!("{}[{}]", finding.severity, inert(&finding.rule)),
            severity: finding.severity,
            help: finding.help.as_deref().map(shown_help),
            docs: catalogue.page(&finding.rule).and_then(|page| docs(page, REPOSITORY)),
            snippet: Snippet::of(&labels, width - FRAME),
        }
    }

    pub(super) fn of_problem(source: &Source, problem: &Problem, width: usize) -> Self {
        let location = Location { file: FileId::TEMPLATE, span: problem.at };
        let label = Label { location, message: problem.label.clone() };
        Self {
            message: inert(&cut(&problem.message, LONGEST_MESSAGE)).into_owned(),
            code: format!("{}[configuration]", problem.severity),
            severity: problem.severity,
            help: problem.help.as_deref().map(shown_help),
            docs: None,
            snippet: Snippet::of(&[(source, &label)], width - FRAME),
        }
    }
}

/// A label with its number on the path, if it is a step: the snippets stand in the order of their lines.
fn numbered(finding: &Finding, label: &Label) -> Label {
    let step = finding.path.iter().position(|step| step.location == label.location);
    let Some(step) = step.filter(|_| finding.path.len() > 1) else { return label.clone() };
    let words = [&label.message, &finding.path[step].message].into_iter().find(|words| !words.is_empty());
    let message = format!("{}. {}", step + 1, words.map_or("", String::as_str));
    Label { message, ..label.clone() }
}

fn shown_help(help: &str) -> String {
    let help = cut(help, LONGEST_HELP);
    inert_lines(&help).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.docs.as_ref().map(|docs| Box::new(docs) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.snippet.labels()))
    }
}

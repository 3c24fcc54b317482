//! Test files of rules, as cfn-guard has them: documents with the verdicts that rules are expected to give.

use rustc_hash::FxHashMap;

use super::load::{Loaded, Typing};
use super::{Evaluator, Failure, Plain, RuleIndex, Rules, RunError, Status, Trap};
use crate::document::{self, Document, Kind, Parsed};
use crate::names::Names;
use crate::source::{ColumnUnit, Position, Source, Span};

/// A test file: `[{name, input, expectations: {rules: {RULE: PASS}}}]`.
pub struct TestFile {
    source: Source,
    document: Document,
    cases: Vec<Case>,
}

struct Case {
    name: Option<String>,
    input: document::NodeId,
    expectations: Vec<Expectation>,
}

struct Expectation {
    rule: String,
    status: Status,
    span: Span,
}

/// Why a file is no test file: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFileError {
    /// Line and column, from 1.
    pub position: Position,
    /// What was expected and what was found.
    pub message: String,
}

/// What came of one case.
#[derive(Debug)]
pub struct CaseResult {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Expectations that are not met; none if it passes.
    pub differences: Vec<Difference>,
    /// Rules that are expected to say something and do not exist.
    pub unknown: Vec<(String, Position)>,
}

/// An expectation that is not met.
#[derive(Debug)]
pub struct Difference {
    /// The rule.
    pub rule: String,
    /// Where the expectation stands.
    pub position: Position,
    /// What is expected.
    pub expected: Status,
    /// What the rule says; several of that name may differ.
    pub found: Vec<Status>,
    /// Why it cannot be evaluated: then whatever it says is no answer.
    pub error: Option<RunError>,
    /// Where it fails, and what it says there.
    pub failures: Vec<(Position, String)>,
}

impl TestFile {
    /// Reads a test file.
    ///
    /// # Errors
    ///
    /// The text is no YAML or JSON, has a key twice in one map, or is no list of cases.
    pub fn read(path: &str, text: &str) -> Result<Self, TestFileError> {
        let source = Source::new(path, text);
        let fail = |span: Span, message: String| TestFileError {
            position: source.position(span.start, ColumnUnit::CodePoints),
            message,
        };
        let Parsed { document, errors } = Document::parse(path, text);
        if let Some(error) = errors.into_iter().next() {
            return Err(fail(error.span, error.message));
        }
        let document = document.ok_or_else(|| fail(Span::default(), LIST_OF_CASES.to_owned()))?;
        if let Some(twice) = document.duplicate_keys().first() {
            return Err(fail(twice.again, "this key stands twice in one map".to_owned()));
        }
        let root = document.root();
        if document.kind(root) != Kind::Sequence {
            return Err(fail(document.span(root), LIST_OF_CASES.to_owned()));
        }
        let cases = document.items(root).map(|item| Case::read(&document, item));
        let cases = cases.collect::<Result<_, _>>().map_err(|(span, message)| fail(span, message))?;
        Ok(Self { source, document, cases })
    }

    /// Evaluates every rule over every case; and the traps that some case went into.
    #[must_use]
    pub fn run(&self, rules: &Rules) -> (Vec<CaseResult>, Vec<Trap>) {
        let mut traps = Vec::new();
        let results = self.cases.iter().map(|case| self.run_case(rules, case, &mut traps)).collect();
        (results, traps)
    }

    fn run_case(&self, rules: &Rules, case: &Case, traps: &mut Vec<Trap>) -> CaseResult {
        let names = Names::default();
        let loaded = Loaded::at(&self.document, case.input, &names, Typing::Test);
        let mut evaluator = Evaluator::new(rules, &loaded.tree, &names);
        let mut verdicts: FxHashMap<&str, Vec<(Status, Vec<Failure>)>> = FxHashMap::default();
        for (index, rule) in rules.rules().enumerate() {
            let mut failures = Vec::new();
            let status = evaluator.status(RuleIndex(index), &mut Plain, &mut failures);
            verdicts.entry(&rule.name).or_default().push((status, failures));
        }
        traps.append(&mut evaluator.respelt());
        let mut result = CaseResult { name: case.name.clone(), differences: Vec::new(), unknown: Vec::new() };
        for Expectation { rule, status, span } in &case.expectations {
            let position = self.position(*span);
            match verdicts.get(rule.as_str()) {
                None => result.unknown.push((rule.clone(), position)),
                Some(found) if is_met(*status, found) && error_of(found).is_none() => {}
                Some(found) => result.differences.push(Difference {
                    rule: rule.clone(),
                    position,
                    expected: *status,
                    found: found.iter().map(|(status, _)| *status).collect(),
                    error: error_of(found),
                    failures: found
                        .iter()
                        .flat_map(|(_, failures)| failures)
                        .map(|failure| self.told(rules, &loaded, &names, failure))
                        .collect(),
                }),
            }
        }
        result
    }

    fn told(&self, rules: &Rules, loaded: &Loaded, names: &Names, failure: &Failure) -> (Position, String) {
        let span = self.document.span(loaded.node(failure.at.place));
        let path = loaded.path(failure.at.place, names);
        let path = if path.is_empty() { "/" } else { &path };
        (self.position(span), format!("{path}: {}", failure.in_words(rules, None)))
    }

    fn position(&self, span: Span) -> Position {
        self.source.position(span.start, ColumnUnit::CodePoints)
    }
}

/// Of rules with one name one has to say PASS or FAIL, and all have to say SKIP.
fn is_met(expected: Status, found: &[(Status, Vec<Failure>)]) -> bool {
    match expected {
        Status::Skip => found.iter().all(|(status, _)| *status == Status::Skip),
        Status::Pass | Status::Fail | Status::Unknown => found.iter().any(|(status, _)| *status == expected),
    }
}

/// Why one of the rules cannot be evaluated.
fn error_of(found: &[(Status, Vec<Failure>)]) -> Option<RunError> {
    found.iter().flat_map(|(_, failures)| failures).find_map(|failure| failure.error.clone())
}

const LIST_OF_CASES: &str = "expected a list of cases, each with `input` and `expectations`";

impl Case {
    fn read(document: &Document, item: document::NodeId) -> Result<Self, (Span, String)> {
        if document.kind(item) != Kind::Mapping {
            return Err((document.span(item), LIST_OF_CASES.to_owned()));
        }
        let span = document.span(item);
        let missing = |key: &str| (span, format!("expected `{key}` in this case"));
        let input = document.value(item, "input").ok_or_else(|| missing("input"))?;
        let expectations = document.value(item, "expectations").ok_or_else(|| missing("expectations"))?;
        let rules = document.value(expectations, "rules");
        let rules = rules.filter(|rules| document.kind(*rules) == Kind::Mapping).ok_or_else(|| {
            (document.span(expectations), "expected a map `rules` below `expectations`".to_owned())
        })?;
        let expectations = document.entries(rules).map(|entry| {
            let word = document.scalar(entry.value).text;
            let status = status(word).ok_or_else(|| {
                (document.span(entry.value), format!("expected PASS, FAIL or SKIP, found `{word}`"))
            })?;
            let rule = document.scalar(entry.key).text.to_owned();
            Ok(Expectation { rule, status, span: document.span(entry.key) })
        });
        let name = document.value(item, "name").map(|name| document.scalar(name).text.to_owned());
        Ok(Self { name, input, expectations: expectations.collect::<Result<_, _>>()? })
    }
}

fn status(word: &str) -> Option<Status> {
    match word {
        "PASS" => Some(Status::Pass),
        "FAIL" => Some(Status::Fail),
        "SKIP" => Some(Status::Skip),
        _ => None,
    }
}

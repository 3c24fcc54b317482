//! Our own engine, strict.

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use lenslint::document::Document;
use lenslint::guard::load::{Loaded, Typing, rejection};
use lenslint::guard::{Dialect, Evaluator, Plain, RuleIndex, Rules, Status};
use lenslint::names::Names;

use crate::answer::{Answer, Verdict, resource};

/// Whether a text is a rules file.
pub(crate) fn accepts(rules: &str) -> bool {
    Rules::parse(rules, Dialect::Guard).is_ok()
}

/// Our answer for each of the documents.
pub(crate) fn answers(rules: &str, documents: &[String]) -> Vec<Answer> {
    let rules = Rules::parse(rules, Dialect::Guard);
    let answer = |document: &String| {
        catch_unwind(|| answer(rules.as_ref().ok(), document))
            .unwrap_or_else(|_| Answer::Error("we panic".to_owned()))
    };
    documents.iter().map(answer).collect()
}

fn answer(rules: Option<&Rules>, document: &str) -> Answer {
    let parsed = Document::parse("t.yaml", document);
    let Some(document) = parsed.document.filter(|_| parsed.errors.is_empty()) else { return Answer::Refused };
    if rejection(&document).is_some() {
        return Answer::Refused;
    }
    let Some(rules) = rules else { return Answer::ParseError };
    let names = Names::default();
    let loaded = Loaded::new(&document, &names, Typing::Validate);
    let mut evaluator = Evaluator::new(rules, &loaded.tree, &names).strict();
    let mut verdicts: BTreeMap<String, Verdict> = BTreeMap::new();
    for (index, rule) in rules.rules().enumerate() {
        let mut failures = Vec::new();
        let status = evaluator.status(RuleIndex(index), &mut Plain, &mut failures);
        if let Some(error) = failures.iter().find_map(|failure| failure.error.as_ref()) {
            return Answer::Error(error.to_string());
        }
        let verdict = verdicts.entry(rule.name.clone()).or_default();
        match status {
            Status::Pass => verdict.passes = true,
            Status::Skip => verdict.skips = true,
            Status::Fail => verdict.fails += 1,
            Status::Unknown => return Answer::Error("a document without doubts has none".to_owned()),
        }
        verdict
            .resources
            .extend(failures.iter().filter_map(|failure| resource(&loaded.path(failure.at.place, &names))));
    }
    Answer::Verdicts(verdicts)
}

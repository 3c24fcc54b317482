//! What cfn-guard 3.2.1 said of some four hundred small rules files, and what we say.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::load::{Loaded, Typing};
use super::{Dialect, Evaluator, Failure, Plain, RuleIndex, Rules, Status};
use crate::document::Document;
use crate::names::Names;

#[derive(Deserialize)]
struct Probes {
    documents: Vec<String>,
    probes: Vec<Probe>,
}

#[derive(Deserialize)]
struct Probe {
    id: String,
    name: String,
    data: usize,
    rules: String,
    #[serde(default)]
    verdicts: BTreeMap<String, String>,
    error: Option<String>,
}

fn probes() -> Probes {
    serde_json::from_str(include_str!("../../tests/data/guard_probes.json")).unwrap()
}

/// Verdicts by rule, or the kind of the error.
fn answer(rules: &str, data: &str, is_strict: bool) -> Result<BTreeMap<String, String>, &'static str> {
    let rules = Rules::parse(rules, Dialect::Guard).map_err(|_| "parse-error")?;
    let names = Names::default();
    let document = Document::parse("t.yaml", data).document.unwrap();
    let loaded = Loaded::new(&document, &names, Typing::Validate);
    let mut evaluator = Evaluator::new(&rules, &loaded.tree, &names);
    if is_strict {
        evaluator = evaluator.strict();
    }
    let mut verdicts: BTreeMap<String, String> = BTreeMap::new();
    let mut failures: Vec<Failure> = Vec::new();
    for (index, rule) in rules.rules().enumerate() {
        let verdict = match evaluator.status(RuleIndex(index), &mut Plain, &mut failures) {
            Status::Pass => "PASS",
            Status::Fail => "FAIL",
            Status::Skip => "SKIP",
            Status::Unknown => "UNKNOWN",
        };
        // Of rules with one name the recording kept the worst.
        let rank = |verdict: &str| ["PASS", "SKIP", "FAIL"].iter().position(|known| *known == verdict);
        let known = verdicts.entry(rule.name.clone()).or_insert_with(|| verdict.to_owned());
        if rank(verdict) > rank(known) {
            verdict.clone_into(known);
        }
    }
    if verdicts.is_empty() {
        return Err("no-rules");
    }
    if failures.iter().any(|failure| failure.error.is_some()) {
        return Err("error");
    }
    Ok(verdicts)
}

fn disagreements(is_strict: bool) -> Vec<String> {
    let Probes { documents, probes } = probes();
    let mut disagreements = Vec::new();
    for probe in probes {
        let wanted = match probe.error.as_deref() {
            Some("parse-error") => Err("parse-error"),
            Some("no-rules") => Err("no-rules"),
            Some(_) => Err("error"),
            None => Ok(probe.verdicts),
        };
        let found = answer(&probe.rules, &documents[probe.data], is_strict);
        if found != wanted {
            disagreements.push(format!("{} {}: {found:?}, not {wanted:?}", probe.id, probe.name));
        }
    }
    disagreements
}

#[test]
fn strict_verdicts_are_those_of_cfn_guard() {
    let disagreements = disagreements(true);
    assert!(disagreements.is_empty(), "{}:\n{}", disagreements.len(), disagreements.join("\n"));
}

/// Where we say something else on purpose.
const DEVIATIONS: &[(&str, &str)] = &[
    ("p2-134", "a filter behind a filter is evaluated; cfn-guard crashes"),
    ("p2-135", "a filter behind a filter is evaluated; cfn-guard crashes"),
    ("p2-138", "a filter behind `[*]` is about the element, not about what stands around the query"),
    ("p2-139", "a filter behind an index is evaluated; cfn-guard crashes"),
    ("p3-175", "a filter behind `[*]` is about the element, not about what stands around the query"),
    ("p3-176", "a filter behind `[*]` is about the element, not about what stands around the query"),
    ("p5-407", "a filter behind a `keys` filter is evaluated; cfn-guard crashes"),
    ("p8-523", "an error on the right of a comparison fails the clause, as one on the left does"),
    ("p8-524", "a failing test of a literal is told; cfn-guard crashes over its report"),
    ("p8-526", "a failing test of a literal is told; cfn-guard crashes over its report"),
    ("p8-527", "any step may come behind a key from a variable; here the variable is no key"),
];

#[test]
fn our_deviations_are_those_that_are_documented() {
    let found: Vec<String> =
        disagreements(false).iter().filter_map(|line| line.split(' ').next().map(str::to_owned)).collect();
    let documented: Vec<&str> = DEVIATIONS.iter().map(|(id, _)| *id).collect();
    assert_eq!(found, documented);
}

//! The laws of rule pages, one test for each page: its examples are its tests.

use std::fmt::Write as _;
use std::process::ExitCode;

use lenslint::document::Document;
use lenslint::guard::load::{Loaded, Typing};
use lenslint::guard::{Evaluator, Plain, RuleIndex, Status};
use lenslint::lint::run_example;
use lenslint::names::Names;
use lenslint::rule::{Catalogue, Example, Page, Scope};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let trials = Catalogue::built_in().pages.iter().map(|page| {
        let name = format!("{}-{}", page.id, page.slug);
        Trial::test(name, move || obeys_the_laws(page))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn obeys_the_laws(page: &'static Page) -> Result<(), Failed> {
    let mut breaks = String::new();
    if let Some(Err(error)) = page.rules() {
        return Err(error.to_string().into());
    }
    // What is about no template has nothing to show.
    let has_examples = page.scope != Scope::Tool || !page.examples().is_empty();
    for (what, is_missing) in [
        ("a title", page.title.is_empty()),
        ("a lead that says why it hurts", page.why().is_empty()),
        ("a section `Fix`", page.fix().is_empty()),
        ("the best practice (`lens`)", page.lens.is_empty()),
        ("the release that brought it (`since`)", page.since.is_empty()),
        (
            "an example that fails",
            has_examples && !page.examples().iter().any(|example| !example.fires.is_empty()),
        ),
        (
            "an example that passes",
            has_examples && !page.examples().iter().any(|example| example.fires.is_empty()),
        ),
    ] {
        if is_missing {
            let _ = writeln!(breaks, "the page lacks {what}");
        }
    }
    if page.title.ends_with('.') {
        breaks.push_str("the title ends with a full stop\n");
    }
    if page.scope != Scope::Tool {
        both_spellings(page, &mut breaks);
        every_type_is_shown(page, &mut breaks);
    }
    names_its_facts(page, &mut breaks);
    for it in page.misfenced() {
        let _ = writeln!(breaks, "line {}: {}", it.line, it.message);
    }
    for example in &page.examples() {
        fires_where_it_is_marked(page, example, &mut breaks);
    }
    says_nothing_of_nothing(page, &mut breaks);
    if breaks.is_empty() { Ok(()) } else { Err(breaks.into()) }
}

/// Any implementation of Guard can run a page's rules over the view that `expand --graph` prints. `.*` of an empty map
/// is a missing value there, and a block about it fails.
fn says_nothing_of_nothing(page: &Page, breaks: &mut String) {
    let Some(Ok(rules)) = page.rules() else { return };
    let view = "{\"Resources\": {}, \"Graph\": {\"Limits\": {}, \"Runtimes\": {}, \"Nodes\": {}, \"Edges\": [], \"SyncPaths\": [], \"Cycles\": [], \"StateMachines\": {}}}";
    let document = Document::parse("view.json", view).document.expect("the view is a document");
    let names = Names::default();
    let loaded = Loaded::new(&document, &names, Typing::Validate);
    let mut evaluator = Evaluator::new(rules, &loaded.tree, &names).strict();
    for (index, rule) in rules.rules().enumerate() {
        if evaluator.status(RuleIndex(index), &mut Plain, &mut Vec::new()) == Status::Fail {
            let _ = writeln!(breaks, "rule {} fails on a template without resources", rule.name);
        }
    }
}

/// A rule that holds for SAM and for plain CloudFormation shows both.
fn both_spellings(page: &Page, breaks: &mut String) {
    let examples = page.examples();
    let failing = || examples.iter().filter(|example| !example.fires.is_empty());
    let is_sam = |example: &Example| example.text.contains("AWS::Serverless");
    if !failing().any(is_sam) || failing().all(is_sam) {
        breaks.push_str("the failing examples do not show SAM and plain CloudFormation\n");
    }
}

/// The front matter names each fact that the logic asks for. That there is such a fact is seen when the page is read.
fn names_its_facts(page: &Page, breaks: &mut String) {
    for asked in logic(page).split("Graph.Limits.").skip(1) {
        let end = asked.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(asked.len());
        if !page.facts.iter().any(|fact| fact.key == &asked[..end]) {
            let _ = writeln!(breaks, "`facts` does not name the fact {}", &asked[..end]);
        }
    }
}

fn logic(page: &Page) -> &str {
    page.text.split("```guard").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default()
}

/// A resource type that the logic names occurs in an example that fails.
fn every_type_is_shown(page: &Page, breaks: &mut String) {
    for name in logic(page).split(['\'', '"', ' ', '\n']).filter(|word| word.starts_with("AWS::")) {
        if !page.examples().iter().any(|example| !example.fires.is_empty() && example.text.contains(name)) {
            let _ = writeln!(breaks, "no failing example has a resource of type {name}");
        }
    }
}

fn fires_where_it_is_marked(page: &Page, example: &Example, breaks: &mut String) {
    let result = run_example(Catalogue::built_in(), page, example);
    if !result.is_template {
        let _ = writeln!(breaks, "line {}: the example is no template", example.line);
        return;
    }
    for (_, finding) in &result.others {
        let _ =
            writeln!(breaks, "line {}: the example has {}: {}", example.line, finding.rule, finding.message);
    }
    // What is not there is shown as a question mark; a reader takes '?' for a name.
    for (line, said) in result.said.iter().filter(|(_, said)| said.contains("'?'")) {
        let _ = writeln!(breaks, "line {}: on line {line} of the example it says: {said}", example.line);
    }
    if result.fired != example.fires {
        let _ = writeln!(
            breaks,
            "line {}: the example fires on its lines {:?}, and is marked on {:?}",
            example.line, result.fired, example.fires
        );
    }
}

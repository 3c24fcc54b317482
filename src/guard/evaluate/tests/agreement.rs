//! What a look tells beside what an evaluation finds: many clauses, each asked of many members in every scenario.

use std::sync::Arc;

use super::{
    Candidates, Dialect, Evaluator, GuardId, NodeId, Place, Plain, RuleIndex, Rules, Scenario, Shortlist,
    Status, World, parsed,
};
use crate::guard::evaluate::{Applies, Index, Survey, Vocabulary};

/// Clauses about a member, some with variables of its own before them.
const CLAUSES: &[(&str, &str)] = &[
    ("", "Value exists"),
    ("", "Value !exists"),
    ("", "not Value exists"),
    ("", "Value empty"),
    ("", "Value !empty"),
    ("", "Value == 'a'"),
    ("", "Value != 'a'"),
    ("", "not Value == 'a'"),
    ("", "Value in ['a', 'b']"),
    ("", "Value not in ['a', 'b']"),
    ("", "Value in []"),
    ("", "Value == /^a/"),
    ("", "Value != /^a/"),
    ("", "Value == true"),
    ("", "Value != true"),
    ("", "Value == 2"),
    ("", "Value != 2"),
    ("", "Value > 1"),
    ("", "Value <= 2.5"),
    ("", "Value <= %limit"),
    ("", "Value > %limit"),
    ("", "Value <= %word"),
    ("", "Value <= %nowhere"),
    ("", "Value.Inner == 'a'"),
    ("", "Value.Inner !exists"),
    ("", "Value[*] == 'a'"),
    ("", "Value[*] != 'a'"),
    ("", "some Value[*] == 'a'"),
    ("", "some Value[*] != 'a'"),
    ("", "Value[*] in ['a', 'b']"),
    ("", "Value[*] not in ['a', 'b']"),
    ("", "some Value[*] == /^a/"),
    ("", "Value[ this == 'a' ] empty"),
    ("", "Value[ this == 'a' ] !empty"),
    ("", "Value[ this != 'a' ] empty"),
    ("", "Value[ this == null ] empty"),
    ("", "Value[ Inner exists ] empty"),
    ("", "Value[ Inner == 'a' or Inner == 'b' ] !empty"),
    ("", "Value[ Inner !exists ] !empty"),
    ("let own = Value[ Inner exists ]", "%own empty"),
    ("let own = Value[ Inner exists ]", "%own !empty"),
    ("let own = Value[ this == 'a' ]", "%own empty"),
    ("let own = Value[ Inner exists ]", "%own { Inner is_string }"),
    ("", "Value[ this exists ] !empty"),
    ("", "Value[ Inner empty  Inner == 'a' ] empty"),
    ("let all = Value.*", "%all empty"),
    ("let all = Value.*", "%all { Inner is_string }"),
    ("let own = Value.*[ Inner exists ]", "%own empty"),
    ("let own = Value.*[ Inner exists ]", "%own !empty"),
    ("let own = Value[ Inner exists ][ Inner == 'a' ]", "%own empty"),
    ("", "Value.* { Inner is_string }"),
    ("", "Value[*] { Inner is_string }"),
    ("", "Value[ Inner exists ] { Inner is_string }"),
    ("", "Value.*[ Inner exists ] { Inner is_string }"),
    ("", "this[ Is exists ] { Inner is_string }"),
    ("let links = Links[ On == true ]", "Value[ %links !empty ] empty"),
    ("let links = Links[ On == true ]", "Value[ %links empty ] { Inner is_string }"),
    ("", "when Value empty  Is is_list { Never exists }"),
    ("", "when Value empty { Is exists }"),
    ("", "when Value == 'a' { Is exists }"),
    ("", "when Value empty  Is == 'other' { Never exists }"),
    ("", "%odd empty"),
    ("", "%nested empty"),
    ("let mine = %others[ Kind == Value ]", "%mine empty"),
    ("let mine = %nobody[ Kind == Value ]", "%mine empty"),
    ("let mine = %nobody[ Kind == Value ]", "%mine !empty"),
    ("let mine = %nobody[ Kind == Value ]", "%mine { Kind is_list }"),
    ("let limit = Value", "Value <= %limit"),
    ("", "%others empty"),
    ("", "%others !empty"),
    ("", "%nobody empty"),
    ("", "%nobody !empty"),
    ("", "%perhaps empty"),
    ("", "%unlisted empty"),
    ("", "%unlisted !empty"),
    ("", "Value == 'a' or Value > 1"),
    ("", "Value !exists or Value[*] == 'a'"),
    ("", "Value exists or %nobody empty"),
];

/// What a member may have as its value.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "1",
    "2",
    "2.5",
    "7",
    "''",
    "a",
    "b",
    "ab",
    "c",
    "[]",
    "[a]",
    "[c]",
    "[a, b]",
    "[b, c]",
    "[1]",
    "[a, 1]",
    "[null]",
    "[[a]]",
    "[[a], c]",
    "[{}]",
    "[{Inner: a}]",
    "[{Inner: c}, {Inner: b}]",
    "[{Inner: a}, c]",
    "[[{Inner: a}]]",
    "{X: [a]}",
    "{X: [{Inner: a}]}",
    "[{Inner: []}, {Inner: 5}]",
    "[!If [7, a]]",
    "[!If [7, a], b]",
    "[a, !If [7, c]]",
    "[!If [7, {Inner: a}]]",
    "[!Unknown '']",
    "[a, !Unknown '']",
    "[{Inner: !Unknown ''}]",
    "{}",
    "{Inner: a}",
    "{Inner: c}",
    "{Inner: {Inner: a}}",
    "{X: {Inner: a}}",
    "{X: {Inner: !If [7, a]}}",
    "{Inner: !If [7, a]}",
    "!Open {}",
    "!Open {Inner: a}",
    "!Unknown ''",
    "!If [7, a]",
    "!If [7, [a]]",
    "!Choice [[7, a], [8, c]]",
    "!Choice [[7, 1], [8, 9]]",
    "!OneOf [a, c]",
    "!OneOf [1, 9]",
    "!Between [1, 9]",
    "!Between [6, 9]",
    "!Ends [a, z]",
    "!Items 1",
];

/// One way in which everything turns out.
struct Way {
    holds: fn(u32) -> bool,
    is_last: bool,
}

impl Scenario for Way {
    fn holds(&mut self, guard: GuardId) -> bool {
        (self.holds)(guard.0)
    }

    fn pick(&mut self, _node: NodeId, count: usize) -> usize {
        if self.is_last { count - 1 } else { 0 }
    }

    fn read(&mut self, _place: Place) {}

    fn doubt(&mut self, _place: Place) {}
}

const WAYS: [Way; 4] = [
    Way { holds: |guard| guard == 7, is_last: false },
    Way { holds: |guard| guard == 7, is_last: true },
    Way { holds: |guard| guard == 8, is_last: false },
    Way { holds: |guard| guard == 8, is_last: true },
];

/// A rule whose first item is about `Graph.Members`.
fn rule(item: &str) -> Rules {
    parsed(&format!("{LETS}rule r {{ {item} }}"), Dialect::Page)
}

/// Whether a look leaves a member with which there is something to say.
fn is_left(rules: &Rules, world: &World) -> bool {
    let mut vocabulary = Vocabulary::default();
    let survey = Survey::of(rules, &mut vocabulary);
    let index = Index::new(&world.tree, &world.names, Arc::new(vocabulary));
    !survey.shortlist(RuleIndex(0), 0, &index).is_empty()
}

/// What an evaluation says of the member in every scenario.
fn judged(rules: &Rules, world: &World) -> [Status; 4] {
    let mut evaluator = Evaluator::new(rules, &world.tree, &world.names);
    let candidates = match evaluator.candidates(RuleIndex(0), 0, Shortlist::Open, &mut Plain) {
        Candidates::Each(candidates) => candidates,
        other => panic!("the item is about each member, not {other:?}"),
    };
    WAYS.map(|mut way| evaluator.judge(RuleIndex(0), 0, candidates.first(), &mut way, &mut None))
}

#[test]
fn a_look_agrees_with_an_evaluation() {
    let values = VALUES.iter().map(|value| format!("Value: {value}")).chain([String::new()]);
    let worlds: Vec<(String, World)> = values.map(|value| (value.clone(), world(&value))).collect();
    let (mut turned_away, mut content) = (0, 0);
    for (lets, clause) in CLAUSES {
        let assertion = rule(&format!("Graph.Members.* {{ {lets}\n{clause} }}"));
        // Blocks are no conditions.
        let as_condition =
            || rule(&format!("Graph.Members.* {{ {lets}\nwhen {clause} {{ Never exists }} }}"));
        let condition = (!clause.ends_with('}')).then(as_condition);
        // A variable of a member is none of a filter's.
        let as_filter = || rule(&format!("Graph.Members[ {clause} ] {{ Is is_list }}"));
        let filter = (condition.is_some() && lets.is_empty()).then(as_filter);
        for (value, world) in &worlds {
            let is_content = !is_left(&assertion, world);
            if is_content {
                content += 1;
                let statuses = judged(&assertion, world);
                let is_silent = |status: &Status| matches!(status, Status::Pass | Status::Skip);
                assert!(statuses.iter().all(is_silent), "a block {clause} of {value}: {statuses:?}");
            }
            let Some(condition) = &condition else { continue };
            let statuses = judged(condition, world);
            if is_content {
                assert_eq!(statuses, [Status::Fail; 4], "a condition {clause} of {value}");
            }
            if !is_left(condition, world) {
                assert_eq!(statuses, [Status::Skip; 4], "a condition {clause} of {value}");
            }
            if filter.as_ref().is_some_and(|filter| !is_left(filter, world)) {
                turned_away += 1;
                assert_eq!(statuses, [Status::Skip; 4], "a filter {clause} of {value}");
            }
        }
    }
    assert!(turned_away > 500 && content > 400, "{turned_away} and {content}: a look tells next to nothing");
}

#[test]
fn a_look_leaves_nobody_out_whom_filters_of_several_clauses_keep() {
    let worlds: Vec<World> = VALUES.iter().map(|value| world(&format!("Value: {value}"))).collect();
    for first in ["Value empty", "Value !exists or Value empty", "Value[ Inner empty ] empty", "Value == 'a'"]
    {
        for second in ["Is == 'other'", "Is == 'member'", "Value exists", "Value > 1", "%nobody !empty"] {
            for filter in [format!("{first}\n{second}"), format!("{second}\n{first}")] {
                for body in ["Is is_list", "Is exists", "when Value empty { Is is_list }"] {
                    let rules = rule(&format!("Graph.Members[ {filter} ] {{ {body} }}"));
                    for (world, value) in worlds.iter().zip(VALUES) {
                        if !is_left(&rules, world) {
                            let is_silent = |status: &Status| matches!(status, Status::Pass | Status::Skip);
                            let statuses = judged(&rules, world);
                            assert!(statuses.iter().all(is_silent), "[ {filter} ] {{ {body} }} of {value}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_look_at_the_conditions_of_a_rule_agrees_with_an_evaluation() {
    let worlds: Vec<World> = VALUES.iter().map(|value| root(&format!("Value: {value}"))).collect();
    let mut settled = 0;
    for (lets, clause) in CLAUSES {
        // Blocks and variables of members are none of a rule's conditions.
        if !lets.is_empty() || clause.ends_with('}') {
            continue;
        }
        let text = format!("{LETS}rule r when {clause} {{ Graph.Members.* {{ Is is_list }} }}");
        let rules = parsed(&text, Dialect::Page);
        for (world, value) in worlds.iter().zip(VALUES) {
            let mut vocabulary = Vocabulary::default();
            let survey = Survey::of(&rules, &mut vocabulary);
            let index = Index::new(&world.tree, &world.names, Arc::new(vocabulary));
            let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names);
            let gates = WAYS.map(|mut way| evaluator.gate(RuleIndex(0), &mut way, &mut None));
            match survey.applies(RuleIndex(0), &index) {
                Applies::Always => assert_eq!(gates, [Status::Pass; 4], "{clause} of {value}"),
                Applies::Never => {
                    let is_shut = |gate: &Status| matches!(gate, Status::Fail | Status::Skip);
                    assert!(gates.iter().all(is_shut), "{clause} of {value}: {gates:?}");
                }
                Applies::Depends => continue,
            }
            settled += 1;
        }
    }
    assert!(settled > 500, "{settled}: a look tells next to nothing");
}

/// A document that has the value itself.
fn root(value: &str) -> World {
    World::new(&format!("Is: member\nLinks: [{{On: true}}]\n{value}\n{GRAPH}"))
}

/// A document with a member that has the value.
fn world(value: &str) -> World {
    World::new(&format!("{GRAPH}  Members: [{{Is: member, Links: [{{On: true}}], {value}}}]\n"))
}

const GRAPH: &str = "Graph:
  Limit: 5
  Word: text
  Others: [{Kind: a}, {Kind: b}]
  Perhaps: [!If [7, {Kind: a}]]
  Odd: [{N: !If [7, x]}]
  Nested: [[{Kind: a}]]
";

/// Variables of the document.
const LETS: &str = "let limit = Graph.Limit
let word = Graph.Word
let nowhere = Graph.Nowhere
let others = Graph.Others[ Kind == 'a' ]
let nobody = Graph.Others[ Kind == 'z' ]
let perhaps = Graph.Perhaps[ Kind == 'a' ]
let unlisted = Graph.Unlisted[ Kind == 'a' ]
let odd = Graph.Odd[ Kind !exists ]
let nested = Graph.Nested.*[ Kind == 'a' ]
";

//! What rules need to have subjects.

use super::{Dialect, RuleIndex, World, parsed};
use crate::guard::evaluate::{Index, Needs};

const GRAPH: &str = "Graph:
  Edges:
    - {Kind: poll}
    - {Kind: send}
  Conditional:
    - {Kind: poll}
    - !If [7, {Kind: send}]
  Nodes:
    - {Kind: queue}
    - {Kind: !Unknown ''}
  Cycles: []
";

/// Whether a rule about these values may have subjects in that document.
fn are_met(query: &str, document: &str) -> bool {
    let world = World::new(document);
    let rules = parsed(&format!("rule r {{ {query} {{ Size == 1 }} }}"), Dialect::Page);
    Needs::of(&rules).are_met(RuleIndex(0), &rules, &Index::new(&world.tree, &world.names))
}

#[test]
fn a_rule_needs_a_member_that_its_first_clause_may_keep() {
    assert!(are_met("Graph.Edges[ Kind == 'poll' ]", GRAPH));
    assert!(are_met("Graph.Edges[ Kind in ['start', 'poll'] Size exists ]", GRAPH));
    assert!(!are_met("Graph.Edges[ Kind == 'start' ]", GRAPH));
    assert!(!are_met("Graph.Edges[ Kind in ['start', 'stop'] ].Inner[ Size exists ]", GRAPH));
    assert!(!are_met("Graph.Cycles[ Kind == 'poll' ]", GRAPH));
    assert!(!are_met("Graph.Paths[ Kind == 'poll' ]", GRAPH));
}

#[test]
fn what_a_condition_decides_may_be_what_a_rule_needs() {
    assert!(are_met("Graph.Conditional[ Kind == 'send' ]", GRAPH));
    assert!(are_met("Graph.Conditional[ Kind == 'publish' ]", GRAPH));
    assert!(are_met("Graph.Edges[ Kind == 'start' ]", "Graph: !If [7, {Edges: [{Kind: start}]}]"));
}

#[test]
fn what_is_not_known_may_be_what_a_rule_needs() {
    assert!(are_met("Graph.Nodes[ Kind == 'topic' ]", GRAPH));
}

#[test]
fn another_clause_at_the_head_of_a_filter_needs_a_member_of_any_kind() {
    for query in [
        "Graph.Edges[ Kind != 'poll' ]",
        "Graph.Edges[ Kind == 'start' or Kind == 'stop' ]",
        "Graph.Edges[ Size > 1 ]",
        "Graph.Edges.*",
    ] {
        assert!(are_met(query, GRAPH), "{query}");
        assert!(!are_met(&query.replace("Edges", "Cycles"), GRAPH), "{query}");
    }
}

#[test]
fn what_is_about_the_document_is_asked_in_any_case() {
    let world = World::new("Graph: {}");
    let rules =
        parsed("rule r { Graph.Edges[ Kind == 'poll' ] { Size == 1 }\n Graph exists }", Dialect::Page);
    let index = Index::new(&world.tree, &world.names);
    assert!(Needs::of(&rules).are_met(RuleIndex(0), &rules, &index));
}

//! Who rules may be about, at a glance.

use std::sync::Arc;

use super::{Dialect, RuleIndex, World, parsed};
use crate::guard::evaluate::{Index, Shortlist, Survey, Vocabulary};

const GRAPH: &str = "Graph:
  Edges:
    - {Kind: poll, Size: 1}
    - {Kind: send}
  Conditional:
    - {Kind: poll}
    - !If [7, {Kind: send}]
  Either:
    - !Choice [[7, {Kind: poll}], [8, {Kind: send}]]
  Nodes:
    - {Kind: queue}
    - {Kind: !Unknown ''}
  Cycles: []
";

/// Who a rule about these values may be about in that document.
fn shortlist(query: &str, document: &str) -> Shortlist {
    let world = World::new(document);
    let rules = parsed(&format!("rule r {{ {query} {{ Size == 1 }} }}"), Dialect::Page);
    let mut vocabulary = Vocabulary::default();
    let survey = Survey::of(&rules, &mut vocabulary);
    survey.shortlist(RuleIndex(0), 0, &Index::new(&world.tree, &world.names, Arc::new(vocabulary)))
}

/// Whether it may be about anybody.
fn may_have_subjects(query: &str, document: &str) -> bool {
    !shortlist(query, document).is_empty()
}

#[test]
fn a_rule_is_about_members_that_its_filters_may_keep() {
    assert!(may_have_subjects("Graph.Edges[ Kind == 'poll' ]", GRAPH));
    assert!(may_have_subjects("Graph.Edges[ Kind in ['start', 'poll'] Size exists ]", GRAPH));
    assert!(!may_have_subjects("Graph.Edges[ Kind == 'start' ]", GRAPH));
    assert!(!may_have_subjects("Graph.Edges[ Kind in ['start', 'stop'] ].Inner[ Size exists ]", GRAPH));
    assert!(!may_have_subjects("Graph.Cycles[ Kind == 'poll' ]", GRAPH));
    assert!(!may_have_subjects("Graph.Paths[ Kind == 'poll' ]", GRAPH));
}

#[test]
fn what_a_condition_decides_may_be_what_a_rule_is_about() {
    assert!(may_have_subjects("Graph.Conditional[ Kind == 'send' ]", GRAPH));
    assert!(!may_have_subjects("Graph.Conditional[ Kind == 'publish' ]", GRAPH));
    assert!(may_have_subjects("Graph.Either[ Kind == 'publish' ]", GRAPH));
    assert!(may_have_subjects("Graph.Edges[ Kind == 'start' ]", "Graph: !If [7, {Edges: [{Kind: start}]}]"));
}

#[test]
fn what_is_not_known_may_be_what_a_rule_is_about() {
    assert!(may_have_subjects("Graph.Nodes[ Kind == 'topic' ]", GRAPH));
}

#[test]
fn a_clause_that_takes_an_evaluation_turns_nobody_away() {
    for query in
        ["Graph.Edges[ Kind == 'start' or Kind == 'stop' ]", "Graph.Edges[ Kind is_list ]", "Graph.Edges.*"]
    {
        assert!(may_have_subjects(query, GRAPH), "{query}");
        assert!(!may_have_subjects(&query.replace("Edges", "Cycles"), GRAPH), "{query}");
    }
}

/// How many members a look leaves of these that a filter is asked of.
fn left(filter: &str, members: &str) -> usize {
    match shortlist(&format!("Graph.Edges[ {filter} ]"), &format!("Graph: {{Edges: [{members}]}}")) {
        Shortlist::Among(members) => members.len(),
        Shortlist::Open => panic!("a list of members is no open question"),
    }
}

#[test]
fn a_look_compares_what_is_plainly_there() {
    for (filter, members, kept) in [
        ("Size > 1", "{Size: 1}, {Size: 2}, {Size: 1.5}, {}", 2),
        ("Size != 1", "{Size: 1}, {Size: 2}, {}", 1),
        ("Size exists", "{Size: 1}, {Size: {}}, {}", 2),
        ("Size !exists", "{Size: 1}, {Other: 1}", 1),
        ("In.Size !exists", "{In: {Size: 1}}, {In: {}}, {In: 1}, {}", 3),
        ("Size empty", "{Size: []}, {Size: [1]}, {Size: {a: 1}}, {Size: ''}, {}", 3),
        ("Name == /^a/", "{Name: ab}, {Name: ba}, {}", 1),
        ("Name not in ['a', 'b']", "{Name: a}, {Name: c}, {}", 1),
        ("On == false", "{On: true}, {On: false}, {}", 1),
        ("Size > 1", "!If [7, {Size: 2}], !If [7, {Size: 1}]", 1),
    ] {
        assert_eq!(left(filter, members), kept, "{filter}");
    }
}

#[test]
fn what_depends_or_is_not_known_stays() {
    for (filter, members) in [
        ("Size > 1", "{Size: !If [7, 1, 2]}"),
        ("Size exists", "{Size: !If [7, 1]}"),
        ("Size exists", "{Size: !Unknown ''}"),
        ("Size > 1", "{Size: !Unknown ''}"),
        ("Size empty", "{Size: [!If [7, 1]]}"),
        ("Size == 1", "{Size: text}"),
        ("Size > 1", "!Choice [[7, {Size: 1}], [8, {Size: 0}]]"),
    ] {
        assert_eq!(left(filter, members), 1, "{filter} of {members}");
    }
}

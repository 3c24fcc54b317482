//! Who rules may be about, at a glance.

use std::sync::Arc;

use super::{Dialect, RuleIndex, World, parsed};
use crate::guard::evaluate::{Applies, Index, Shortlist, Survey, Vocabulary};

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

/// What a look tells of the first rule and its first item in that document.
fn look(rules: &str, document: &str) -> (Applies, Shortlist) {
    let world = World::new(document);
    let rules = parsed(rules, Dialect::Page);
    let mut vocabulary = Vocabulary::default();
    let survey = Survey::of(&rules, &mut vocabulary);
    let index = Index::new(&world.tree, &world.names, Arc::new(vocabulary));
    (survey.applies(RuleIndex(0), &index), survey.shortlist(RuleIndex(0), 0, &index))
}

/// Who a rule about these values may be about in that document, whatever it asks of them.
fn shortlist(query: &str, document: &str) -> Shortlist {
    look(&format!("rule r {{ {query} {{ Size is_int }} }}"), document).1
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
        ["Graph.Edges[ Kind == 'start' or Kind is_list ]", "Graph.Edges[ Kind is_list ]", "Graph.Edges.*"]
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
        ("Size !exists or Size == 1", "{}, {Size: 1}, {Size: 2}", 2),
        // Scalars of two types can be compared with nothing, and are no members.
        ("Size == 1", "{Size: text}, {Size: 1}", 1),
        ("Name != 'a'", "{Name: 1}, {Name: b}", 1),
        ("Name not in ['a']", "{Name: 1}, {Name: a}", 1),
        ("Name in ['a', 'b'] or Size > 1", "{Name: b}, {Name: c, Size: 2}, {Name: c}, {Name: 1}", 2),
        // Of the items of a list.
        ("Tags[*] != 'a'", "{Tags: [b, c]}, {Tags: [a, b]}, {Tags: []}, {Tags: b}, {}", 2),
        ("some Tags[*] == /^a/", "{Tags: [b, ab]}, {Tags: [b]}, {Tags: []}, {}", 1),
        ("Tags[ this == 'a' ] empty", "{Tags: [b]}, {Tags: [b, a]}, {Tags: []}, {Tags: b}, {}", 4),
        ("Tags[ this == 'a' ] !empty", "{Tags: [b]}, {Tags: [b, a]}, {Tags: []}, {}", 1),
        ("In[ Size > 1  Name exists ] empty", "{In: [{Size: 2}]}, {In: [{Size: 2, Name: a}]}, {}", 2),
    ] {
        assert_eq!(left(filter, members), kept, "{filter}");
    }
}

#[test]
fn what_depends_or_is_not_known_stays() {
    for (filter, members) in [
        ("Size > 1", "{Size: !If [7, 1, 2]}"),
        ("Size in []", "{Size: !Unknown ''}"),
        ("Size exists", "{Size: !If [7, 1]}"),
        ("Size exists", "{Size: !Unknown ''}"),
        ("Size > 1", "{Size: !Unknown ''}"),
        ("Size empty", "{Size: [!If [7, 1]]}"),
        ("Size !exists or Size > 1", "{Size: !If [7, 1, 2]}"),
        ("Tags[*] == 'a'", "{Tags: [!If [7, a]]}"),
        ("Tags[*] == 'a'", "{Tags: [!Unknown '']}"),
        ("Tags[ this == 'a' ] empty", "{Tags: [!If [7, a]]}"),
        ("Tags[ this == null ] empty", "{Tags: [null]}"),
        ("Name != 'a'", "{Name: {}}"),
        ("Size > 1", "!Choice [[7, {Size: 1}], [8, {Size: 0}]]"),
    ] {
        assert_eq!(left(filter, members), 1, "{filter} of {members}");
    }
}

/// How many members a look leaves of these of which something is asked.
fn left_by(rules: &str, members: &str) -> usize {
    match look(rules, &format!("Graph: {{Most: 5, Edges: [{members}], Others: [{{Kind: a}}]}}")).1 {
        Shortlist::Among(members) => members.len(),
        Shortlist::Open => panic!("a list of members is no open question"),
    }
}

#[test]
fn of_whom_all_that_is_asked_holds_there_is_nothing_to_say() {
    for (body, members, left) in [
        ("Size == 1", "{Size: 1}, {Size: 2}, {Size: !If [7, 1, 2]}, {}", 3),
        ("Size == 1 or Name exists", "{Size: 1}, {Size: 2, Name: a}, {}", 1),
        ("Size == 1\nName exists", "{Size: 1}, {Size: 1, Name: a}", 1),
        ("Size is_int", "{Size: 1}", 1),
        ("when On == true { Size == 1 }", "{On: true, Size: 2}, {On: true, Size: 1}, {On: false}, {}", 1),
        ("when On == true\nSize is_int { Size == 1 }", "{On: false, Size: 2}, {On: true, Size: 2}", 1),
        ("let most = 2\nSize <= %most", "{Size: 2}, {Size: 3}", 1),
        ("let own = Size\nSize <= %own", "{Size: 2}", 1),
        ("let tags = Tags[ this == /^a/ ]\n%tags empty", "{}, {Tags: []}, {Tags: [b]}, {Tags: [a]}", 1),
        (
            "let tags = Tags[ On == true ]\n%tags { Size is_int }",
            "{Tags: [{On: false}]}, {Tags: [{On: true}]}",
            1,
        ),
        // A block fails where the way to what it is about ends before.
        ("let tags = Tags[ On == true ]\n%tags { Size is_int }", "{}, {Tags: a}", 2),
    ] {
        let rules = format!("rule r {{ Graph.Edges[ Kind !exists ] {{ {body} }} }}");
        assert_eq!(left_by(&rules, members), left, "{body} of {members}");
    }
}

#[test]
fn a_look_knows_what_stands_in_the_document_and_what_a_variable_selects() {
    let rules =
        |lets: &str, body: &str| format!("{lets}\nrule r {{ Graph.Edges[ Kind !exists ] {{ {body} }} }}");
    let most = "let most = Graph.Most";
    assert_eq!(left_by(&rules(most, "Size <= %most"), "{Size: 5}, {Size: 6}, {Size: text}, {}"), 3);
    // Two queries are equal as sets.
    assert_eq!(left_by(&rules(most, "Size == %most"), "{Size: 5}"), 1);
    for (lets, body, left) in [
        ("let others = Graph.Others[ Kind == 'b' ]", "%others empty", 0),
        ("let others = Graph.Others[ Kind == 'a' ]", "%others empty", 1),
        ("let others = Graph.Others[ Kind == 'b' ]", "let mine = %others[ Of == Id ]\n%mine empty", 0),
        ("let others = Graph.Others[ Kind == 'a' ]", "let mine = %others[ Of == Id ]\n%mine empty", 1),
        ("let others = Graph.Others[ Kind == 'b' ]", "%others[ Of == Id ] { Size is_int }", 0),
        ("let others = Graph.Others[ Kind == 'a' ]", "%others[ Of == Id ] { Size is_int }", 1),
        ("let others = Graph.Others[ Kind == 'a' ]", "when %others empty { Size is_int }", 0),
        ("let others = Graph.Others[ Kind is_list ]", "%others empty", 1),
    ] {
        assert_eq!(left_by(&rules(lets, body), "{Size: 1}"), left, "{lets}\n{body}");
    }
}

#[test]
fn a_look_tells_of_many_a_rule_whether_it_applies() {
    let applies = |condition: &str| {
        look(&format!("rule r when {condition} {{ Graph.Edges.* {{ Size is_int }} }}"), GRAPH).0
    };
    assert_eq!(applies("Graph.Paths empty"), Applies::Always);
    assert_eq!(applies("Graph.Edges empty"), Applies::Never);
    assert_eq!(applies("Graph.Edges[ Kind == 'start' ] empty"), Applies::Always);
    assert_eq!(applies("Graph.Edges[ Kind == 'start' ] !empty"), Applies::Never);
    assert_eq!(applies("Graph.Conditional[ Kind == 'poll' ] !empty"), Applies::Depends);
    // What is read here is assumed, which the rule has to be told of.
    assert_eq!(applies("Graph.Edges !empty"), Applies::Depends);
    assert_eq!(applies("Graph.Edges is_list"), Applies::Depends);
    assert_eq!(applies("Graph.Edges is_list\nGraph.Edges empty"), Applies::Never);
    // It may be an error, which comes first.
    assert_eq!(applies("%unknown empty\nGraph.Edges empty"), Applies::Depends);
}

#[test]
fn variables_that_need_themselves_end_no_survey() {
    for lets in [
        "let a = Graph.Edges[ %a empty ]",
        "let a = Graph.Edges[ %b empty ]\nlet b = Graph.Edges[ %a empty ]",
    ] {
        assert_eq!(
            look(&format!("{lets}\nrule r when %a empty {{ Graph exists }}"), GRAPH).0,
            Applies::Depends
        );
    }
}

#[test]
fn who_has_a_key_that_nobody_writes_is_not_known_of_those_that_are_not_seen() {
    for members in ["!Unknown ''", "!Open {}"] {
        assert_eq!(left("Colour == 'a'", members), 1, "{members}");
    }
    assert_eq!(left("Colour == 'a'", "{}"), 0);
}

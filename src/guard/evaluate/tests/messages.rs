//! Messages, where they are rendered and what they point at.

use super::{Dialect, Failure, Plain, World, parsed};
use crate::guard::{ParseError, RenderedPiece, Rules};

const DOCUMENT: &str = "Queues:\n- {Id: Q, Timeout: 30}\nNeed: 360\nU: !Unknown ''\n";

fn failures(world: &World, rules: &str, dialect: Dialect) -> Vec<Failure> {
    world.run(rules, dialect, &mut Plain).1
}

fn text(pieces: &[RenderedPiece]) -> String {
    let piece = |piece: &RenderedPiece| match piece {
        RenderedPiece::Text(text) | RenderedPiece::Value { text, .. } => text.clone(),
        RenderedPiece::SourceOf(place) => format!("<{}>", place.0),
        RenderedPiece::Count => "#".to_owned(),
    };
    pieces.iter().map(piece).collect()
}

#[test]
fn a_plain_message_is_split_at_the_words_of_the_registry() {
    let world = World::new(DOCUMENT);
    let rules = "rule r { Need == 1 <<\n  Violation: it is\n  wrong {here}\n  Fix: mend it\n>> }";
    let message = failures(&world, rules, Dialect::Guard).remove(0).message.unwrap();
    assert_eq!((text(&message.text), text(&message.fix)), ("it is wrong {here}".into(), "mend it".into()));
}

#[test]
fn a_page_message_is_answered_where_it_fails() {
    let world = World::new(DOCUMENT);
    let rules = "let need = Need\nrule r { Queues[*] {
        let id = Id
        Timeout >= %need <<
            Queue '{%id}' waits {Timeout} s{Timeout:source},
            not {%need} s, {{}} {#} {U} {Gone}
            Fix: Set `Timeout: {%need}`
              on it
            At: Id
            Label: waits {Timeout} s
            Also: %need - the need of {Id}
            Also: Gone.Away - never shown
        >> } }";
    let failure = failures(&world, rules, Dialect::Page).remove(0);
    let message = failure.message.unwrap();
    let source = text(&message.text).replace(|c: char| c.is_ascii_digit(), "");
    assert!(source.starts_with("Queue 'Q' waits  s<>, not  s, {} # ? ?"), "{source}");
    assert_eq!(text(&message.fix), "Set `Timeout: 360`\non it");
    assert_eq!(text(&message.label), "waits 30 s");
    assert_eq!(world.at(failure.at.place), "Q");
    let also: Vec<_> = message
        .also
        .iter()
        .map(|(anchor, pieces)| (world.at(anchor.place), anchor.is_missing, text(pieces)))
        .collect();
    assert_eq!(also[0], ("360", false, "the need of Q".to_owned()));
    assert!(also[1].1);
}

#[test]
fn a_path_is_every_place_that_its_queries_find_in_order_and_its_words_start_there() {
    let world = World::new(
        "Me: C\nEnds: [{Id: A, To: [B]}, {Id: B, To: []}, {Id: C}]\nSteps: [{From: A}, {From: B}]\n",
    );
    let rules = "rule r {
        let me = Me
        Ends empty <<
            It is far
            Path: Ends[ Id != %me ] - '{Id}' comes before '{%me}'
            Path: Steps[*].From - {this}
            Path: Ends[ Id == 'D' ] - never shown
            Path: Ends[2].Gone - never shown
        >> }";
    let failure = failures(&world, rules, Dialect::Page).remove(0);
    let path = failure.message.unwrap().path;
    let told: Vec<_> = path.iter().map(|(at, words)| (world.at(at.place), text(words))).collect();
    let expected = [
        ("{Id: A, To: [B]}", "'A' comes before 'C'"),
        ("{Id: B, To: []}", "'B' comes before 'C'"),
        ("A", "A"),
        ("B", "B"),
    ];
    assert_eq!(told, expected.map(|(at, words)| (at, words.to_owned())));
}

#[test]
fn a_failure_is_at_the_value_or_at_the_last_one_before_it() {
    let world = World::new(DOCUMENT);
    let at = |clause: &str| {
        let failure = failures(&world, &format!("rule r {{\n{clause}\n}}"), Dialect::Page).remove(0);
        (world.at(failure.at.place).to_owned(), failure.at.is_missing)
    };
    assert_eq!(at("Queues[0].Timeout > 30"), ("30".to_owned(), false));
    assert_eq!(at("Queues[0].Policy.Count exists"), ("{Id: Q, Timeout: 30}".to_owned(), true));
    assert_eq!(at("Queues[*] { let n = count(Id)\n%n == 2 }"), ("{Id: Q, Timeout: 30}".to_owned(), false));
}

#[test]
fn a_failure_names_its_clause_and_each_value_has_one() {
    let world = World::new("L: [1, 2, 3]\n");
    let rules = "rule r {\n  L[*] < 2 << too many >>\n}";
    let failures = failures(&world, rules, Dialect::Guard);
    let told: Vec<_> = failures.iter().map(|f| (&rules[f.clause.range()], world.at(f.at.place))).collect();
    assert_eq!(told, [("L[*] < 2", "2"), ("L[*] < 2", "3")]);
}

#[test]
fn what_an_alternative_passes_is_not_told() {
    let world = World::new(DOCUMENT);
    assert_eq!(failures(&world, "rule r { Need == 1 or Need == 360 }", Dialect::Guard), []);
    assert_eq!(failures(&world, "rule r { some Queues[*].Timeout > 3 }", Dialect::Guard), []);
}

#[test]
fn a_bad_query_in_a_message_is_an_error_at_its_place() {
    let error = |message: &str| -> ParseError {
        Rules::parse(&format!("rule r {{\n  N == 1 <<{message}>>\n}}"), Dialect::Page).unwrap_err()
    };
    let place = |message: &str| (error(message).position.line, error(message).position.column);
    assert_eq!(place("a {N"), (2, 16));
    assert_eq!(place("a {N:sauce}"), (2, 16));
    assert_eq!(place("a {9}"), (2, 15));
    assert_eq!(place("a } b"), (2, 14));
    assert_eq!(place("a\nAlso: N, the number"), (3, 8));
    assert_eq!(place("a\nAt: N N"), (3, 7));
    assert_eq!(place("a\nLabel: b\nmore"), (4, 1));
    parsed("rule r { N == 1 <<a {N}>> }", Dialect::Page);
}

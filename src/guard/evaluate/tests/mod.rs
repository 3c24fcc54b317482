//! Evaluations over small documents, whose tags say what is unknown, conditional or open.

mod agreement;
mod bounds;
mod doubts;
mod index;
mod messages;
mod semantics;
mod shortlist;
mod strict;
mod subjects;

use crate::document::{self, Document, Kind, Typed};
use crate::guard::{
    Bounds, Candidate, Candidates, Dialect, Evaluator, Failure, GuardId, Node, NodeId, Place, Plain,
    RuleIndex, Rules, Scenario, Shortlist, Status, Tree,
};
use crate::names::Names;

/// A document in YAML with tags of our own: `!Unknown ''`, `!Open {a: 1}`, `!If [7, value]` (there if condition 7
/// holds), `!Choice [[1, value], [2, value]]`, `!OneOf [value, value]`, `!Between [1, 9]`, `!Ends [start, end]`,
/// `!Items 1` (a list of at least one).
struct World {
    text: String,
    document: Document,
    places: Vec<document::NodeId>,
    tree: Tree,
    names: Names,
}

impl World {
    fn new(text: &str) -> Self {
        let parsed = Document::parse("t.yaml", text);
        assert_eq!(parsed.errors, []);
        let mut world = Self {
            text: text.to_owned(),
            document: parsed.document.unwrap(),
            places: Vec::new(),
            tree: Tree::default(),
            names: Names::default(),
        };
        let root = world.node(world.document.root());
        world.tree.set_root(root);
        world
    }

    fn node(&mut self, node: document::NodeId) -> NodeId {
        let place = Place(self.places.len() as u32);
        self.places.push(node);
        // Whatever is read is told of.
        self.tree.assume(place);
        let tag = self.document.tag(node).map(|(tag, _)| tag.to_owned());
        let items: Vec<document::NodeId> = self.document.items(node).collect();
        let value = match (tag.as_deref(), self.document.kind(node)) {
            (Some("!Unknown"), _) => Node::Unknown,
            (Some("!Between"), _) => {
                let end =
                    |at: usize| items.get(at).and_then(|end| self.document.scalar(*end).text.parse().ok());
                let (low, high) = (end(0).unwrap_or(f64::NEG_INFINITY), end(1).unwrap_or(f64::INFINITY));
                Node::Bounded(Bounds::Number { low, high })
            }
            (Some("!Ends"), _) => {
                let text = |at: usize| items.get(at).map_or("", |item| self.document.scalar(*item).text);
                let (starts, ends) = (self.names.intern(text(0)), self.names.intern(text(1)));
                let least = text(2).parse().unwrap_or(text(0).len() + text(1).len());
                Node::Bounded(Bounds::Text { starts, ends, least })
            }
            (Some("!Items"), _) => {
                let least = self.document.scalar(node).text.parse().unwrap();
                Node::Bounded(Bounds::List { least })
            }
            (Some("!If"), _) => Node::Choice(vec![self.alternative(&items)]),
            (Some("!Choice"), _) => {
                let alternatives: Vec<Vec<_>> =
                    items.iter().map(|item| self.document.items(*item).collect()).collect();
                Node::Choice(alternatives.iter().map(|alternative| self.alternative(alternative)).collect())
            }
            (Some("!OneOf"), _) => Node::OneOf(items.iter().map(|item| self.node(*item)).collect()),
            (_, Kind::Sequence) => Node::List(items.iter().map(|item| self.node(*item)).collect()),
            (tag, Kind::Mapping) => {
                let is_open = tag == Some("!Open");
                let entries: Vec<_> = self.document.entries(node).collect();
                let entry = |entry: &document::Entry| {
                    let key = self.names.intern(self.document.scalar(entry.key).text);
                    (key, self.node(entry.value))
                };
                Node::Map { entries: entries.iter().map(entry).collect(), is_open }
            }
            (_, Kind::Scalar) => match self.document.scalar(node).typed() {
                Typed::Null => Node::Null,
                Typed::Bool(value) => Node::Bool(value),
                Typed::Int(value) => Node::Int(value),
                Typed::Float(value) => Node::Float(value),
                Typed::Text(text) => Node::Text(self.names.intern(text)),
            },
        };
        self.tree.add(value, place)
    }

    fn alternative(&mut self, items: &[document::NodeId]) -> (GuardId, Option<NodeId>) {
        let guard = GuardId(self.document.scalar(items[0]).text.parse().unwrap());
        (guard, items.get(1).map(|item| self.node(*item)))
    }

    /// What is written at a place.
    fn at(&self, place: Place) -> &str {
        &self.text[self.document.span(self.places[place.0 as usize]).range()]
    }

    /// The status of the first rule, and its failures.
    fn run(&self, rules: &str, dialect: Dialect, scenario: &mut dyn Scenario) -> (Status, Vec<Failure>) {
        let rules = parsed(rules, dialect);
        let mut failures = Vec::new();
        let mut evaluator = Evaluator::new(&rules, &self.tree, &self.names);
        let status = evaluator.status(RuleIndex(0), scenario, &mut failures);
        (status, failures)
    }

    /// The status of these clauses, in any case.
    fn status(&self, clauses: &str) -> Status {
        self.run(&format!("rule r {{\n{clauses}\n}}\n"), Dialect::Page, &mut Plain).0
    }
}

fn parsed(rules: &str, dialect: Dialect) -> Rules {
    Rules::parse(rules, dialect).unwrap_or_else(|error| panic!("{error}"))
}

/// A case in which the named conditions do not hold, and which remembers what it was asked.
#[derive(Default)]
struct Case {
    false_guards: Vec<u32>,
    pick: usize,
    asked: Vec<u32>,
    picked: usize,
    read: Vec<Place>,
    doubted: Vec<Place>,
}

impl Case {
    fn without(false_guards: &[u32]) -> Self {
        Self { false_guards: false_guards.to_vec(), ..Self::default() }
    }
}

impl Scenario for Case {
    fn holds(&mut self, guard: GuardId) -> bool {
        self.asked.push(guard.0);
        !self.false_guards.contains(&guard.0)
    }

    fn pick(&mut self, _node: NodeId, count: usize) -> usize {
        self.picked += 1;
        self.pick.min(count - 1)
    }

    fn read(&mut self, place: Place) {
        self.read.push(place);
    }

    fn doubt(&mut self, place: Place) {
        self.doubted.push(place);
    }
}

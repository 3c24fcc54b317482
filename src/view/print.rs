//! The view as JSON: the document that `expand --graph` prints and that any Guard implementation can query.
//! What is not known, or depends on a condition, stays as its intrinsic; what the linter cannot conclude, and
//! nobody wrote, is left out.

use serde_json::{Map, Value, json};

use crate::guard::{Node, NodeId};
use crate::template::{Resolver, Template};

use super::expanded::value_to_json;
use super::lower::is_too_many;
use super::{View, guard_of};

impl View {
    /// The whole view.
    pub(crate) fn to_json(&self, template: &Template) -> Value {
        let printer = Printer { view: self, template };
        self.tree.root().map_or(Value::Null, |root| printer.node(root))
    }

    /// What is known of each vertex of the graph, the settings of each edge, and what is known of the states of each
    /// workflow, all in the graph's order. What is there under a condition is printed as if it held.
    pub(crate) fn facts_to_json(&self, template: &Template) -> Facts {
        let printer = Printer { view: self, template };
        let graph = self.tree.root().and_then(|root| printer.member(root, "Graph"));
        let section = |name| graph.and_then(|graph| printer.member(graph, name));
        let vertices = match section("Nodes").map(|nodes| self.tree.node(nodes)) {
            Some(Node::Map { entries, .. }) => entries.iter().map(|(_, node)| *node).collect(),
            Some(_) | None => Vec::new(),
        };
        let edges = match section("Edges").map(|edges| self.tree.node(edges)) {
            Some(Node::List(items)) => items.clone(),
            Some(_) | None => Vec::new(),
        };
        let vertices = vertices.into_iter().map(|vertex| printer.node(printer.whatever_holds(vertex)));
        let edges = edges.into_iter().map(|edge| {
            let settings = printer.member(printer.whatever_holds(edge), "Settings");
            settings.map_or(Value::Null, |settings| printer.node(settings))
        });
        let workflows = match section("StateMachines").map(|machines| self.tree.node(machines)) {
            Some(Node::Map { entries, .. }) => entries.iter().map(|(_, node)| *node).collect(),
            Some(_) | None => Vec::new(),
        };
        let workflows = workflows.into_iter().map(|workflow| {
            let states = printer.member(printer.whatever_holds(workflow), "States");
            let Some(Node::List(states)) = states.map(|states| self.tree.node(states)) else {
                return Vec::new();
            };
            states.iter().map(|state| printer.state(printer.whatever_holds(*state))).collect()
        });
        Facts { vertices: vertices.collect(), edges: edges.collect(), states: workflows.collect() }
    }
}

/// What is known of the parts of a graph, as JSON.
pub(crate) struct Facts {
    /// Of each vertex.
    pub(crate) vertices: Vec<Value>,
    /// Of each edge.
    pub(crate) edges: Vec<Value>,
    /// Of each state of each workflow, without its state machine.
    pub(crate) states: Vec<Vec<Value>>,
}

struct Printer<'a> {
    view: &'a View,
    template: &'a Template,
}

impl Printer<'_> {
    fn node(&self, id: NodeId) -> Value {
        match self.view.tree.node(id) {
            Node::Null => Value::Null,
            Node::Bool(value) => json!(value),
            Node::Int(value) => json!(value),
            Node::Float(value) => json!(value),
            Node::Text(text) => json!(self.template.names.text(*text)),
            Node::List(items) => items.iter().map(|item| self.node(*item)).collect(),
            Node::Map { entries, is_open } => {
                let entries =
                    entries.iter().map(|(key, node)| (self.template.names.text(*key).to_owned(), *node));
                let entries = entries.filter(|(_, node)| self.is_told(*node));
                let mut printed: Map<_, _> = entries.map(|(key, node)| (key, self.node(node))).collect();
                let written = self.view.sight_of(id).value.filter(|_| *is_open);
                for entry in written.map_or(&[][..], |map| self.template.values.entries(map)) {
                    let val = Resolver::new(self.template).resolve(entry.value);
                    if val.alternatives.iter().any(|(_, alt)| is_too_many(alt)) {
                        let key = self.template.names.text(entry.key).to_owned();
                        printed.insert(key, value_to_json(self.template, entry.value));
                    }
                }
                printed.into()
            }
            Node::Choice(alternatives) => self.written(id).unwrap_or_else(|| {
                alternatives.iter().rev().fold(json!({"Ref": "AWS::NoValue"}), |otherwise, (guard, node)| {
                    let then = node.map_or_else(|| json!({"Ref": "AWS::NoValue"}), |node| self.node(node));
                    let words = self.template.guards.words(&self.template.names, (guard_of(*guard), true));
                    json!({"Fn::If": [words, then, otherwise]})
                })
            }),
            Node::OneOf(members) => {
                let members: Vec<Value> = members.iter().map(|member| self.node(*member)).collect();
                self.written(id).unwrap_or_else(|| json!({"OneOf": members}))
            }
            Node::Bounded(_) | Node::Unknown => {
                self.written(id).unwrap_or_else(|| json!({"Ref": "AWS::NoValue"}))
            }
        }
    }

    /// A state; the machine that each of its states has would be printed as often as there are states.
    fn state(&self, state: NodeId) -> Value {
        let Node::Map { entries, .. } = self.view.tree.node(state) else { return Value::Null };
        let name = |key| self.template.names.text(key);
        let entries = entries.iter().filter(|(key, _)| name(*key) != "Machine");
        let entries = entries.filter(|(_, node)| self.is_told(*node));
        entries.map(|(key, node)| (name(*key).to_owned(), self.node(*node))).collect::<Map<_, _>>().into()
    }

    /// Whether there is something to print: what the linter cannot conclude, and nobody wrote, is not.
    fn is_told(&self, node: NodeId) -> bool {
        !matches!(self.view.tree.node(node), Node::Bounded(_) | Node::Unknown) || self.written(node).is_some()
    }

    fn member(&self, map: NodeId, key: &str) -> Option<NodeId> {
        let Node::Map { entries, .. } = self.view.tree.node(map) else { return None };
        let key = self.template.names.find(key)?;
        entries.iter().find_map(|(name, node)| (*name == key).then_some(*node))
    }

    /// What stands there where its condition holds.
    fn whatever_holds(&self, node: NodeId) -> NodeId {
        match self.view.tree.node(node) {
            Node::Choice(alternatives) => alternatives.first().and_then(|(_, node)| *node).unwrap_or(node),
            _ => node,
        }
    }

    /// The value as the transform leaves it.
    fn written(&self, id: NodeId) -> Option<Value> {
        self.view.sight_of(id).value.map(|value| value_to_json(self.template, value))
    }
}

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

    /// What is known of each vertex of the graph, and the settings of each edge, both in the graph's order. Vertices and
    /// edges that are there under a condition are printed as if it held.
    pub(crate) fn facts_to_json(&self, template: &Template) -> (Vec<Value>, Vec<Value>) {
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
        (vertices.collect(), edges.collect())
    }
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
                let is_told = |node: &NodeId| {
                    !matches!(self.view.tree.node(*node), Node::Bounded(_) | Node::Unknown)
                        || self.written(*node).is_some()
                };
                let entries = entries.filter(|(_, node)| is_told(node));
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

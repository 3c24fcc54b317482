//! Makes a drawing of a graph: names and conditions in words, facts as JSON, places as lines and columns.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use crate::graph::{self, Graph, VertexKind};
use crate::source::{ColumnUnit, Location, Source};
use crate::template::{Guard, Resolver, Template};
use crate::view::{Facts, View};

use super::kind::{Kind, Link};
use super::workflow::StatesByPlace;
use super::{Drawing, Edge, Place, Vertex};

/// What the view tells of a vertex that the drawing has in other places.
const TOLD_ELSEWHERE: [&str; 4] = ["Id", "Kind", "Type", "Stated"];

impl Drawing {
    /// Of a template's graph, with nothing found in it.
    pub(crate) fn of(path: &str, resolver: Resolver<'_>, graph: &Graph, view: &View) -> Self {
        let template = resolver.template();
        let Facts { vertices: facts_of_vertices, edges: facts_of_edges, states: facts_of_states } =
            view.facts_to_json(template);
        let reader = Reader { template, graph };
        let vertices = graph.vertices.iter().zip(facts_of_vertices);
        let mut vertices: Vec<Vertex> =
            vertices.map(|(vertex, facts)| reader.vertex(vertex, facts)).collect();
        let mut can_be: Vec<bool> = graph.vertices.iter().map(|vertex| reader.can_be(vertex.guard)).collect();
        let entries = entries(&mut vertices);
        let mut flow = Vec::new();
        let mut states = StatesByPlace::default();
        for (workflow, facts) in graph.machines.iter().zip(facts_of_states) {
            flow.extend(reader.workflow(workflow, &facts, (&mut vertices, &mut can_be), &mut states));
        }
        let edges = graph.edges.iter().zip(facts_of_edges);
        let edges = edges.filter(|(edge, _)| reader.can_be(edge.guard));
        let wired = edges.map(|(edge, facts)| {
            let from = states.caller(edge).unwrap_or(edge.from.0 as usize);
            Edge { from, ..reader.edge(edge, facts) }
        });
        let edges = entries.into_iter().chain(flow).chain(wired).collect();
        Self { templates: vec![path.to_owned()], vertices, edges, findings: Vec::new() }.only(&can_be)
    }
}

pub(super) struct Reader<'t> {
    pub(super) template: &'t Template,
    graph: &'t Graph,
}

impl Reader<'_> {
    fn vertex(&self, vertex: &graph::Vertex, facts: Value) -> Vertex {
        let names = &self.template.names;
        let id = names.text(vertex.id);
        let (stacks, label) = match vertex.kind {
            VertexKind::External => (Vec::new(), id),
            _ => without_stacks(id),
        };
        let (facts, defaults) = facts_and_defaults(facts);
        Vertex {
            label: label.to_owned(),
            kind: Kind::Node(vertex.kind),
            type_name: names.text(vertex.type_name).to_owned(),
            template: 0,
            stacks: stacks.into_iter().map(str::to_owned).collect(),
            within: None,
            condition: self.condition(vertex.guard),
            place: self.place(vertex.origin.at_key()),
            facts,
            defaults,
            states: Vec::new(),
            is_folded: false,
            findings: Vec::new(),
            origin: vertex.origin,
            id: id.to_owned(),
        }
    }

    fn edge(&self, edge: &graph::Edge, facts: Value) -> Edge {
        let (facts, defaults) = facts_and_defaults(facts);
        let mut evidence: Vec<&'static str> =
            edge.evidence.iter().map(|proof| proof.class.as_str()).collect();
        evidence.dedup();
        Edge {
            from: edge.from.0 as usize,
            to: edge.to.0 as usize,
            link: Link::Wired(edge.kind),
            certainty: edge.certainty,
            condition: self.condition(edge.guard),
            via: edge.via.map(|via| self.template.names.text(via).to_owned()),
            evidence,
            facts,
            defaults,
            place: self.place(edge.origin.at_key()),
            findings: Vec::new(),
            origin: edge.origin,
            proofs: edge.evidence.iter().map(|proof| proof.origin).collect(),
        }
    }

    pub(super) fn can_be(&self, guard: Guard) -> bool {
        guard == Guard::ALWAYS || self.template.guards.can_hold(&[(guard, true)])
    }

    pub(super) fn condition(&self, guard: Guard) -> Option<String> {
        let words = || self.template.guards.words(&self.template.names, (guard, true));
        (guard != Guard::ALWAYS).then(words)
    }

    pub(super) fn place(&self, location: Location) -> Place {
        let file = location.file.0 as usize;
        let own = self.template.sources.len();
        let source = if file < own { &self.template.sources[file] } else { &self.graph.sources[file - own] };
        place(source, location)
    }
}

/// A place as people read it.
pub(super) fn place(source: &Source, location: Location) -> Place {
    let position = source.position(location.span.start, ColumnUnit::CodePoints);
    Place { path: source.path().to_owned(), line: position.line, column: position.column }
}

/// From each API and user pool to the entry points that it has, which do not repeat its name then.
fn entries(vertices: &mut [Vertex]) -> Vec<Edge> {
    let by_id: FxHashMap<&str, usize> =
        vertices.iter().enumerate().map(|(index, vertex)| (vertex.id.as_str(), index)).collect();
    let owner = |vertex: &Vertex| {
        let owner = ["Api", "UserPool"].into_iter().find_map(|fact| vertex.facts.get(fact)?.as_str())?;
        by_id.get(owner).copied()
    };
    let pairs: Vec<(usize, usize)> =
        vertices.iter().enumerate().filter_map(|(to, vertex)| Some((owner(vertex)?, to))).collect();
    let pairs = pairs.into_iter().filter(|(from, to)| from != to);
    pairs
        .map(|(from, to)| {
            let rest = vertices[to].id.strip_prefix(vertices[from].id.as_str()).map(str::trim_start);
            if let Some(rest) = rest.filter(|rest| !rest.is_empty()).map(str::to_owned) {
                vertices[to].label = rest;
            }
            Edge {
                from,
                to,
                link: Link::Entry,
                certainty: graph::Certainty::Certain,
                condition: vertices[to].condition.clone(),
                via: None,
                evidence: Vec::new(),
                facts: Map::new(),
                defaults: Vec::new(),
                place: vertices[to].place.clone(),
                findings: Vec::new(),
                origin: vertices[from].origin,
                proofs: Vec::new(),
            }
        })
        .collect()
}

/// `Orders/Api GET /items` is `Api GET /items` in the stack `Orders`: logical ids have no slash, paths do.
fn without_stacks(id: &str) -> (Vec<&str>, &str) {
    let end = id.find(' ').unwrap_or(id.len());
    match id[..end].rfind('/') {
        Some(slash) => (id[..slash].split('/').collect(), &id[slash + 1..]),
        None => (Vec::new(), id),
    }
}

/// What is known, and the names of what is left to the service's defaults.
pub(super) fn facts_and_defaults(facts: Value) -> (Map<String, Value>, Vec<String>) {
    let Value::Object(mut facts) = facts else { return (Map::new(), Vec::new()) };
    let stated = facts.get("Stated").and_then(Value::as_object);
    let is_left_out = |(_, stated): &(&String, &Value)| **stated == Value::Bool(false);
    let defaults = stated.into_iter().flatten().filter(is_left_out).map(|(name, _)| name.clone());
    let mut defaults: Vec<String> = defaults.filter(|name| facts.contains_key(name)).collect();
    defaults.sort_unstable();
    facts.retain(|name, _| !TOLD_ELSEWHERE.contains(&name.as_str()));
    (facts, defaults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_stacks_are_told_from_those_of_resources_and_paths() {
        assert_eq!(without_stacks("Queue"), (vec![], "Queue"));
        assert_eq!(without_stacks("Api GET /a/b"), (vec![], "Api GET /a/b"));
        assert_eq!(without_stacks("A/B/Api GET /a"), (vec!["A", "B"], "Api GET /a"));
    }

    #[test]
    fn what_is_left_out_is_a_default() {
        let facts =
            serde_json::json!({"Id": "Q", "Timeout": 30, "Stated": {"Timeout": false, "Gone": false}});
        let (facts, defaults) = facts_and_defaults(facts);
        assert_eq!(Value::Object(facts), serde_json::json!({"Timeout": 30}));
        assert_eq!(defaults, ["Timeout"]);
    }
}

//! Makes vertices of the states of a workflow, and edges of what leads from one to the next.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

use crate::asl::{Machine, StateKind};
use crate::graph::{self, Certainty, Workflow};
use crate::source::Location;
use crate::template::Origin;

use super::kind::{Kind, Link};
use super::read::{Reader, facts_and_defaults};
use super::{Edge, Vertex};

/// The vertices of states, by the places of the states: what a state calls is an edge that stands there.
#[derive(Default)]
pub(super) struct StatesByPlace(FxHashMap<(usize, Location), Vec<Caller>>);

struct Caller {
    vertex: usize,
    /// Where it says what it calls.
    calls_at: Vec<Location>,
}

impl StatesByPlace {
    /// The vertex of the state that an edge of its state machine belongs to.
    pub(super) fn caller(&self, edge: &graph::Edge) -> Option<usize> {
        let callers = self.0.get(&(edge.from.0 as usize, edge.origin.at_key()))?;
        let proof = edge.evidence.first().map(|proof| proof.origin.at_value());
        // Of two states that stand in one place, under two conditions, the one that makes this call.
        let exact = callers.iter().find(|caller| proof.is_some_and(|proof| caller.calls_at.contains(&proof)));
        exact.or_else(|| callers.first()).map(|caller| caller.vertex)
    }
}

impl Reader<'_> {
    /// Adds the states of a workflow inside of its vertex, and tells what leads where.
    pub(super) fn workflow(
        &self,
        workflow: &Workflow,
        facts: &[Value],
        (vertices, can_be): (&mut Vec<Vertex>, &mut Vec<bool>),
        states: &mut StatesByPlace,
    ) -> Vec<Edge> {
        let machine = &workflow.machine;
        let owner = workflow.vertex.0 as usize;
        let first = vertices.len();
        let text = |name| self.template.names.text(name);
        vertices[owner].states = machine.states.iter().map(|state| text(state.name).to_owned()).collect();
        let around = around(machine);
        let mut known = FxHashSet::default();
        for (index, state) in machine.states.iter().enumerate() {
            let name = text(state.name);
            let mut id = format!("{} {name}", vertices[owner].id);
            // A definition that depends on a condition may have a state twice.
            let mut count = 1;
            while !known.insert(id.clone()) {
                count += 1;
                id = format!("{} {name} ({count})", vertices[owner].id);
            }
            let (mut facts, defaults) = facts_and_defaults(facts.get(index).cloned().unwrap_or_default());
            facts.retain(|fact, _| fact != "Name");
            let condition = self.condition(state.guard);
            vertices.push(Vertex {
                id,
                label: name.to_owned(),
                kind: Kind::State,
                type_name: state.kind.as_str().unwrap_or_default().to_owned(),
                template: 0,
                stacks: vertices[owner].stacks.clone(),
                within: Some(around[index].map_or(owner, |around| first + around)),
                condition: condition
                    .filter(|condition| vertices[owner].condition.as_ref() != Some(condition)),
                place: self.place(state.origin.at_key()),
                facts,
                defaults,
                states: Vec::new(),
                is_folded: false,
                findings: Vec::new(),
                origin: state.origin,
            });
            can_be.push(self.can_be(state.guard));
            let caller = Caller { vertex: first + index, calls_at: calls_at(&state.kind) };
            states.0.entry((owner, state.origin.at_key())).or_default().push(caller);
        }
        let levels = machine.definitions.iter().map(|level| (owner, *level));
        let inner = (0..machine.states.len())
            .flat_map(|state| machine.levels_of(state).iter().map(move |level| (first + state, *level)));
        let mut edges = Vec::new();
        for (container, level) in levels.chain(inner) {
            for transition in machine.transitions(&machine.levels[level], &self.template.guards) {
                let from = transition.from.map_or(container, |from| first + from);
                edges.push(Edge {
                    from,
                    to: first + transition.to,
                    link: Link::Flow(transition.way),
                    certainty: Certainty::Certain,
                    condition: self.condition(transition.guard),
                    via: None,
                    evidence: Vec::new(),
                    facts: Map::new(),
                    defaults: Vec::new(),
                    place: vertices[from].place.clone(),
                    findings: Vec::new(),
                    // It is a part of that, and nothing is found at it itself.
                    origin: vertices[from].origin,
                    proofs: Vec::new(),
                });
            }
        }
        edges
    }
}

/// For each state the map or the parallel state directly around it.
fn around(machine: &Machine) -> Vec<Option<usize>> {
    let mut around = vec![None; machine.states.len()];
    for state in 0..machine.states.len() {
        for level in machine.levels_of(state) {
            for inner in &machine.levels[*level].states {
                around[*inner] = Some(state);
            }
        }
    }
    around
}

fn calls_at(kind: &StateKind) -> Vec<Location> {
    let origins: Vec<Origin> = match kind {
        StateKind::Task(task) => vec![task.origin],
        StateKind::Map(map) => map.reader.iter().chain(&map.writer).map(|(_, origin)| *origin).collect(),
        StateKind::Parallel(_)
        | StateKind::Choice { .. }
        | StateKind::Wait(_)
        | StateKind::Pass
        | StateKind::Succeed
        | StateKind::Fail
        | StateKind::Unknown => Vec::new(),
    };
    origins.into_iter().map(Origin::at_value).collect()
}

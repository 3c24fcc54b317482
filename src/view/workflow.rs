//! The workflows of the view: each state machine with its states, and what of them is known.

use std::iter::successors;

use crate::asl::{
    BACKOFF_RATE, Case, Field, Language, Listed, MAX_ATTEMPTS, MAX_CONCURRENCY, RETRY_INTERVAL, Retrier,
    State, StateKind, Task,
};
use crate::graph::{Default, Fact, Plain, Shape, Vertex, Workflow, stated};
use crate::guard::{Node, NodeId};
use crate::names::Name;
use crate::template::Origin;

use super::lower::Lowering;
use super::section::facts;
use super::{Sight, Unseen};

/// A state machine: the facts of its vertex, and its states, each of which knows the vertex.
pub(super) fn node(
    lowering: &mut Lowering<'_>,
    workflow: &Workflow,
    (owner, vertex): (&Vertex, NodeId),
) -> NodeId {
    let machine = &workflow.machine;
    let mut plain: Vec<NodeId> = Vec::with_capacity(machine.states.len());
    for state in &machine.states {
        let around: Vec<usize> = successors(state.inside, |index| machine.states[*index].inside).collect();
        let name = around.first().map(|index| machine.states[*index].name);
        let around: Vec<NodeId> = around.into_iter().map(|index| plain[index]).collect();
        plain.push(state_node(lowering, state, (name, around), vertex));
    }
    let states = machine.states.iter().zip(&plain);
    let states = states.map(|(state, node)| lowering.under(state.guard, *node)).collect();
    let complete = lowering.add(Node::Bool(machine.is_complete), Sight::construct(owner.origin));
    let mut entries = vec![
        ("Id", lowering.name(owner.id, owner.origin)),
        ("States", lowering.list(states, owner.origin)),
        ("Complete", complete),
    ];
    for (name, cases) in [
        ("MaximumStates", &workflow.durations.maximum),
        ("MinimumStates", &workflow.durations.minimum),
        ("UnavoidableTaskStates", &workflow.durations.unavoidable),
    ] {
        let states = contributing(lowering, cases, &plain);
        entries.push((name, lowering.list(states, owner.origin)));
    }
    facts(lowering, &owner.facts, &mut entries, owner.origin);
    lowering.map(entries, owner.origin)
}

/// The states that make a sum, in the cases in which they do.
fn contributing(lowering: &mut Lowering<'_>, cases: &[Case], states: &[NodeId]) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    for case in cases {
        nodes.extend(case.states.iter().map(|state| lowering.under(case.amount.guard, states[*state])));
    }
    nodes
}

/// A map in the making, about a construct of the definition.
struct Entries<'l, 't> {
    lowering: &'l mut Lowering<'t>,
    made: Vec<(&'static str, NodeId)>,
    owner: Origin,
}

/// A state: its machine, and what is around it, by the name of the nearest and from there to the outermost.
fn state_node(
    lowering: &mut Lowering<'_>,
    state: &State,
    (inside, around): (Option<Name>, Vec<NodeId>),
    vertex: NodeId,
) -> NodeId {
    let name = lowering.name(state.name, state.origin);
    let mut entries =
        Entries { lowering, made: vec![("Name", name), ("Machine", vertex)], owner: state.origin };
    entries.words("Type", state.kind.as_str(), state.origin);
    entries.words("QueryLanguage", state.language.map(Language::as_str), state.origin);
    entries.bool("InExpressChild", state.is_in_express_child, Sight::construct(state.origin));
    for (name, text) in [("Inside", inside), ("Loop", state.in_loop)] {
        entries.optional(name, text);
    }
    if !around.is_empty() {
        let around = entries.lowering.list(around, state.origin);
        entries.made.push(("Around", around));
    }
    entries.text("Next", &state.next.state);
    if state.next.is_end {
        entries.bool("End", true, Sight::construct(state.origin));
    }
    match &state.kind {
        StateKind::Task(task) => entries.task(task),
        StateKind::Map(map) => {
            entries.bool("Distributed", map.is_distributed, Sight::written(map.mode_at, None));
            entries.text("ExecutionType", &map.execution_type);
            entries.integer("MaxConcurrency", &map.concurrency, Some(MAX_CONCURRENCY));
        }
        StateKind::Choice { rules, default } => {
            entries.list("Choices", rules, |entries, next| {
                entries.owner = next.origin;
                entries.text("Next", next);
            });
            entries.text("Default", default);
        }
        StateKind::Wait(seconds) => entries.integer("Seconds", seconds, None),
        StateKind::Parallel(_)
        | StateKind::Pass
        | StateKind::Succeed
        | StateKind::Fail
        | StateKind::Unknown => {}
    }
    if let StateKind::Task(_) | StateKind::Map(_) | StateKind::Parallel(_) = &state.kind {
        entries.list("Retry", &state.retriers, retrier);
        entries.list("Catch", &state.catchers, |entries, catcher| {
            entries.owner = catcher.origin;
            entries.texts("ErrorEquals", &catcher.errors);
            entries.text("Next", &catcher.next);
        });
    }
    let Entries { lowering, made, owner } = entries;
    lowering.map(made, owner)
}

fn retrier(entries: &mut Entries<'_, '_>, retrier: &Retrier) {
    entries.owner = retrier.origin;
    entries.texts("ErrorEquals", &retrier.errors);
    entries.integer("IntervalSeconds", &retrier.interval, Some(RETRY_INTERVAL));
    entries.integer("MaxAttempts", &retrier.attempts, Some(MAX_ATTEMPTS));
    let rate = Default::Value(Plain::Int(BACKOFF_RATE));
    entries.stated(&stated("BackoffRate", &retrier.rate, Shape::AsWritten, rate));
    entries.integer("MaxDelaySeconds", &retrier.longest, None);
}

impl Entries<'_, '_> {
    fn task(&mut self, task: &Task) {
        let written = Lowering::scalar_sight(task.origin, task.through, Sight::written(task.origin, None));
        let integration =
            task.integration.as_str().map(|word| self.lowering.resolver().template().names.intern(word));
        for (name, text) in [("Resource", task.resource), ("Integration", integration)] {
            let node = match text {
                Some(text) => self.lowering.add(Node::Text(text), written),
                None => self.lowering.unknown(&[Unseen::Conclusion(name)], written),
            };
            self.made.push((name, node));
        }
        match (task.call.action, integration) {
            (Some(action), _) => {
                let node = self.lowering.add(Node::Text(action), written);
                self.made.push(("Action", node));
            }
            // What a worker of an activity does is no action of a service.
            (None, Some(_))
                if task.call.targets.is_empty() && task.integration.as_str() == Some("activity") => {}
            (None, _) => {
                let node = self.lowering.unknown(&[Unseen::Conclusion("Action")], written);
                self.made.push(("Action", node));
            }
        }
        self.integer("TimeoutSeconds", &task.timeout, None);
        self.integer("HeartbeatSeconds", &task.heartbeat, None);
    }

    fn words(&mut self, name: &'static str, words: Option<&str>, origin: Origin) {
        let node = match words {
            Some(words) => self.lowering.text(words, origin),
            None => self.lowering.unknown(&[Unseen::Conclusion(name)], Sight::construct(origin)),
        };
        self.made.push((name, node));
    }

    fn bool(&mut self, name: &'static str, holds: bool, sight: Sight) {
        let node = self.lowering.add(Node::Bool(holds), sight);
        self.made.push((name, node));
    }

    fn optional(&mut self, name: &'static str, text: Option<Name>) {
        if let Some(text) = text {
            let node = self.lowering.name(text, self.owner);
            self.made.push((name, node));
        }
    }

    fn text(&mut self, name: &'static str, field: &Field) {
        self.stated(&stated(name, field, Shape::Text, Default::Missing));
    }

    fn integer(&mut self, name: &'static str, field: &Field, default: Option<i64>) {
        let default = default.map_or(Default::Missing, |default| Default::Value(Plain::Int(default)));
        self.stated(&stated(name, field, Shape::Integer, default));
    }

    fn stated(&mut self, fact: &Fact) {
        let nodes = self.lowering.fact(fact);
        self.made.extend(nodes.node.map(|node| (nodes.name, node)));
    }

    /// A list of maps; nothing where there is no such list.
    fn list<T>(&mut self, name: &'static str, listed: &Listed<T>, item: impl Fn(&mut Entries<'_, '_>, &T)) {
        let written = Sight::written(listed.origin, None);
        if !listed.is_known {
            let node = self.lowering.unknown(&[Unseen::Conclusion(name)], written);
            self.made.push((name, node));
            return;
        }
        if listed.items.is_empty() {
            return;
        }
        let mut nodes = Vec::new();
        for (guard, of) in &listed.items {
            let mut entries = Entries { lowering: self.lowering, made: Vec::new(), owner: listed.origin };
            item(&mut entries, of);
            let Entries { lowering, made, owner } = entries;
            let node = lowering.map(made, owner);
            nodes.push(lowering.under(*guard, node));
        }
        let node = self.lowering.add(Node::List(nodes), written);
        self.made.push((name, node));
    }

    fn texts(&mut self, name: &'static str, listed: &Listed<Field>) {
        let mut nodes = Vec::new();
        for (guard, text) in &listed.items {
            let node = self.lowering.fact(&stated(name, text, Shape::Text, Default::Unknown)).node;
            nodes.extend(node.map(|node| self.lowering.under(*guard, node)));
        }
        let written = Sight::written(listed.origin, None);
        let node = if listed.is_known { Node::List(nodes) } else { Node::Unknown };
        let node = match node {
            Node::Unknown => self.lowering.unknown(&[Unseen::Conclusion(name)], written),
            node => self.lowering.add(node, written),
        };
        self.made.push((name, node));
    }
}

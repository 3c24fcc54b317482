//! The flow of a level: which states may follow which, and which go round in a loop.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::Alt;

use super::{Field, Level, Machine, State};

/// The states of a level, each with those that may follow it. States are told by their place in the level.
pub(super) struct Flow {
    /// For each state.
    pub(super) steps: Vec<Step>,
    /// For each state, the strongly connected states that it belongs to; what follows a component has a lower number.
    pub(super) component: Vec<usize>,
    /// The states of each component, those that come last first.
    pub(super) components: Vec<Vec<usize>>,
    /// The first state.
    pub(super) start: Option<usize>,
}

/// Where a state leads.
pub(super) struct Step {
    /// The states that may follow.
    pub(super) followers: Vec<usize>,
    /// Whether the level may end well here.
    pub(super) may_end: bool,
    /// Whether nothing else can follow.
    pub(super) is_known: bool,
}

impl Flow {
    pub(super) fn of(machine: &Machine, level: &Level) -> Self {
        let states: Vec<&State> = level.states.iter().map(|state| &machine.states[*state]).collect();
        let by_name: FxHashMap<Name, usize> =
            states.iter().enumerate().map(|(place, state)| (state.name, place)).collect();
        let is_plain = by_name.len() == states.len() && states.iter().all(|state| state.guard == level.guard);
        let steps: Vec<Step> = states.iter().map(|state| step(state, &by_name, is_plain)).collect();
        let start = level.start.and_then(|start| by_name.get(&start)).copied();
        let components = components(&steps);
        let mut component = vec![0; steps.len()];
        for (index, states) in components.iter().enumerate() {
            for state in states {
                component[*state] = index;
            }
        }
        Self { steps, component, components, start }
    }

    /// Whether the states of a component go round.
    pub(super) fn is_loop(&self, component: usize) -> bool {
        let states = &self.components[component];
        states.len() > 1 || states.iter().any(|state| self.steps[*state].followers.contains(state))
    }
}

fn step(state: &State, by_name: &FxHashMap<Name, usize>, is_plain: bool) -> Step {
    let out = state.ways_out();
    let mut step = Step { followers: Vec::new(), may_end: out.may_end, is_known: is_plain && out.is_known };
    for (_, field, _) in out.ways {
        match only_name(field).and_then(|name| by_name.get(&name)) {
            Some(follower) => step.followers.push(*follower),
            None => step.is_known = false,
        }
    }
    step.followers.sort_unstable();
    step.followers.dedup();
    step
}

/// The name that a field is in every case.
fn only_name(field: &Field) -> Option<Name> {
    let Alt::Scalar { text, .. } = field.val.as_ref()?.only()? else { return None };
    Some(*text)
}

/// Marks the states that are in a loop, in time that grows with the states and with what leads from one to another.
pub(super) fn mark_loops(machine: &mut Machine) {
    let mut marks: Vec<(usize, Name)> = Vec::new();
    for level in &machine.levels {
        let flow = Flow::of(machine, level);
        for (component, states) in flow.components.iter().enumerate() {
            let first = states.iter().min().map(|first| machine.states[level.states[*first]].name);
            if let Some(first) = first.filter(|_| flow.is_loop(component)) {
                marks.extend(states.iter().map(|state| (level.states[*state], first)));
            }
        }
    }
    for (state, first) in marks {
        machine.states[state].in_loop = Some(first);
    }
}

/// The strongly connected components (Tarjan), those that nothing else follows first. A stack of its own: a workflow
/// may have ten thousand states in a row.
fn components(steps: &[Step]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; steps.len()];
    let mut low = vec![0; steps.len()];
    let mut is_open = vec![false; steps.len()];
    let (mut count, mut open, mut found) = (0, Vec::new(), Vec::new());
    for root in 0..steps.len() {
        if order[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((state, next)) = calls.pop() {
            if next == 0 {
                order[state] = count;
                low[state] = count;
                count += 1;
                open.push(state);
                is_open[state] = true;
            }
            if let Some(&follower) = steps[state].followers.get(next) {
                calls.push((state, next + 1));
                if order[follower] == UNSEEN {
                    calls.push((follower, 0));
                } else if is_open[follower] {
                    low[state] = low[state].min(order[follower]);
                }
            } else {
                if low[state] == order[state] {
                    let first = open.iter().rposition(|known| *known == state).unwrap_or(0);
                    let component = open.split_off(first);
                    for member in &component {
                        is_open[*member] = false;
                    }
                    found.push(component);
                }
                if let Some((parent, _)) = calls.last() {
                    low[*parent] = low[*parent].min(low[state]);
                }
            }
        }
    }
    found
}

//! What leads from one state to another, way by way: for those who show a workflow.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Alt, Guard, Guards};

use super::{Level, Machine, StateKind, Way};

/// One way out of a state, or into a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transition {
    /// An index into [`Machine::states`]; none for the way in.
    pub from: Option<usize>,
    /// An index into [`Machine::states`].
    pub to: usize,
    /// What is done for it.
    pub way: Way,
    /// When it is a part of the definition.
    pub guard: Guard,
}

impl Machine {
    /// The levels that a map or a parallel state runs.
    pub(crate) fn levels_of(&self, state: usize) -> &[usize] {
        match &self.states[state].kind {
            StateKind::Map(map) => &map.levels,
            StateKind::Parallel(levels) => levels,
            StateKind::Task(_)
            | StateKind::Choice { .. }
            | StateKind::Wait(_)
            | StateKind::Pass
            | StateKind::Succeed
            | StateKind::Fail
            | StateKind::Unknown => &[],
        }
    }

    /// The ways of a level, in the order of its states.
    pub(crate) fn transitions(&self, level: &Level, guards: &Guards) -> Vec<Transition> {
        let mut by_name: FxHashMap<Name, Vec<usize>> = FxHashMap::default();
        for state in &level.states {
            by_name.entry(self.states[*state].name).or_default().push(*state);
        }
        let mut ways = Ways { machine: self, guards, by_name, found: Vec::new() };
        if let Some(name) = level.start {
            ways.add(name, (None, Way::Start, level.guard), 0);
        }
        for from in &level.states {
            let state = &self.states[*from];
            let first = ways.found.len();
            for (way, field, when) in state.ways_out().ways {
                let when = guards.and(state.guard, when);
                for (own, alt) in field.val.iter().flat_map(|val| &val.alternatives) {
                    if let Alt::Scalar { text, .. } = alt {
                        ways.add(*text, (Some(*from), way, guards.and(when, *own)), first);
                    }
                }
            }
        }
        ways.found
    }
}

/// The ways of a level in the making.
struct Ways<'m> {
    machine: &'m Machine,
    guards: &'m Guards,
    by_name: FxHashMap<Name, Vec<usize>>,
    found: Vec<Transition>,
}

impl Ways<'_> {
    /// Adds a way to each state of this name; `first` is the first way from the same state.
    fn add(&mut self, name: Name, (from, way, when): (Option<usize>, Way, Guard), first: usize) {
        for to in self.by_name.get(&name).into_iter().flatten() {
            let guard = self.guards.and(when, self.machine.states[*to].guard);
            let transition = Transition { from, to: *to, way, guard };
            // Two rules of a choice may lead to one state.
            let is_known = self.found[first..].contains(&transition);
            if !is_known && self.guards.can_hold(&[(guard, true)]) {
                self.found.push(transition);
            }
        }
    }
}

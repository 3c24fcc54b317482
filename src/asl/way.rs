//! A way leads from a state to the one that its definition names.

use crate::template::{Alt, Guard};

use super::{Field, State, StateKind};

/// What has to happen for a state to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `StartAt`.
    Start,
    /// `Next`.
    Next,
    /// A rule of a choice.
    Choice,
    /// `Default`: no rule of the choice.
    Default,
    /// `Catch`: the state fails.
    Catch,
}

/// The ways out of a state.
pub(super) struct WaysOut<'s> {
    /// Each with what it names, and when it is a part of the state.
    pub(super) ways: Vec<(Way, &'s Field, Guard)>,
    /// Whether the level may end well here.
    pub(super) may_end: bool,
    /// Whether these are all.
    pub(super) is_known: bool,
}

impl State {
    /// The ways out, in the order in which they are told: what goes well before what fails.
    pub(super) fn ways_out(&self) -> WaysOut<'_> {
        let mut ways = Vec::new();
        match &self.kind {
            StateKind::Choice { rules, default } => {
                ways.extend(rules.items.iter().map(|(when, rule)| (Way::Choice, rule, *when)));
                if !is_absent(default) {
                    ways.push((Way::Default, default, Guard::ALWAYS));
                }
                WaysOut { ways, may_end: false, is_known: rules.is_known }
            }
            StateKind::Succeed | StateKind::Fail => {
                let may_end = matches!(self.kind, StateKind::Succeed);
                WaysOut { ways, may_end, is_known: true }
            }
            StateKind::Task(_)
            | StateKind::Map(_)
            | StateKind::Parallel(_)
            | StateKind::Wait(_)
            | StateKind::Pass
            | StateKind::Unknown => {
                if !self.next.is_end {
                    ways.push((Way::Next, &self.next.state, Guard::ALWAYS));
                }
                let catchers = self.catchers.items.iter();
                ways.extend(catchers.map(|(when, catcher)| (Way::Catch, &catcher.next, *when)));
                let is_known = self.catchers.is_known && !matches!(self.kind, StateKind::Unknown);
                WaysOut { ways, may_end: self.next.is_end, is_known }
            }
        }
    }
}

fn is_absent(field: &Field) -> bool {
    field.val.as_ref().is_some_and(|val| matches!(val.only(), Some(Alt::Absent { .. })))
}

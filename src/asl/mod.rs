//! A state machine's definition in the Amazon States Language, with the place of every state.

mod definition;
mod read;
mod substitution;
#[cfg(test)]
mod tests;

use crate::names::Name;
use crate::template::{Guard, Origin, Resolver, Val};

/// A state machine's definition as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    /// Every state of every level, in the order of the definition.
    pub states: Vec<State>,
    /// Whether every part could be read: no substitution stands where a state or a resource should be.
    pub is_complete: bool,
}

/// One state.
#[derive(Debug)]
pub(crate) struct State {
    /// Its name.
    pub name: Name,
    /// What it does.
    pub kind: StateKind,
    /// Whether it runs inside an Express child of a distributed map, whatever the machine's own type.
    pub is_in_express_child: bool,
    /// When it is a part of the definition.
    pub guard: Guard,
    /// The state's name as key, its body as value, wherever the definition stands.
    pub origin: Origin,
}

/// What a state does.
#[derive(Debug)]
pub(crate) enum StateKind {
    /// Does work.
    Task {
        /// The resource as written, with `*` for a piece that is not known; `None` where it is a reference to a
        /// resource, or not known at all.
        resource: Option<Name>,
        /// How it is called.
        integration: Integration,
        /// What it calls, where that is a part of the definition.
        call: Option<Call>,
        /// Where `Resource` stands.
        origin: Origin,
    },
    /// A map; a distributed one starts a child workflow for every item.
    Map {
        /// `ProcessorConfig.Mode: DISTRIBUTED`.
        is_distributed: bool,
        /// Where that is written, or the state.
        origin: Origin,
    },
    /// `Choice`, `Parallel`, `Pass`, `Wait`, `Succeed`, `Fail` and what is not known.
    Other,
}

/// How a task is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integration {
    /// Calls and goes on with the answer.
    RequestResponse,
    /// `.sync`, `.sync:2`: waits for the job.
    Sync,
    /// `.waitForTaskToken`: waits for a callback.
    Callback,
    /// An activity's worker asks for it.
    Activity,
    /// Not known.
    Unknown,
}

impl Integration {
    /// The name that rules use: `callback`. `None` where it is not known.
    pub(crate) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::RequestResponse => Some("request-response"),
            Self::Sync => Some("sync"),
            Self::Callback => Some("callback"),
            Self::Activity => Some("activity"),
            Self::Unknown => None,
        }
    }
}

/// What a task calls.
#[derive(Debug)]
pub(crate) struct Call {
    /// The service's action without its suffix: `lambda:invoke`, `aws-sdk:sfn:startSyncExecution`; none where
    /// the task names a function or an activity directly.
    pub action: Option<Name>,
    /// What the action is on: a function, a state machine, a queue.
    pub target: Val,
}

impl Machine {
    /// The definition of an `AWS::StepFunctions::StateMachine`, once the template's definitions are read. `None`
    /// where there is nothing that can be read.
    pub(crate) fn read(resolver: Resolver<'_>, id: Name) -> Option<Self> {
        read::machine(resolver, id)
    }
}

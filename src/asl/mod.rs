//! A state machine's definition in the Amazon States Language: every state with its place, what it does, what it
//! calls, and what may follow it.

mod call;
mod definition;
mod duration;
mod flow;
mod limits;
mod read;
mod retry;
mod substitution;
#[cfg(test)]
mod tests;
mod transition;
mod way;

use crate::names::Name;
use crate::template::{Guard, Origin, Resolver, Through, Val};

pub(crate) use duration::{Amount, Case, Durations};
pub(crate) use limits::{BACKOFF_RATE, MAX_ATTEMPTS, MAX_CONCURRENCY, RETRY_INTERVAL};
pub(crate) use way::Way;

/// A state machine's definition as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    /// Every state of every level, in the order of the definition.
    pub states: Vec<State>,
    /// The workflow itself, and what its maps and parallel states run: each is a graph of states of its own.
    pub levels: Vec<Level>,
    /// What the definition can be, and when: the levels that are the workflow itself.
    pub definitions: Vec<usize>,
    /// Whether every part could be read: no substitution stands where a state or a resource should be.
    pub is_complete: bool,
}

/// States that follow one another.
#[derive(Debug)]
pub(crate) struct Level {
    /// When it is a part of the definition.
    pub guard: Guard,
    /// The state that is first, by its name.
    pub start: Option<Name>,
    /// Its states: indices into [`Machine::states`].
    pub states: Vec<usize>,
    /// After how many seconds it is given up; only of the workflow itself.
    pub timeout: Field,
}

/// One state.
#[derive(Debug)]
pub(crate) struct State {
    /// Its name.
    pub name: Name,
    /// What it does.
    pub kind: StateKind,
    /// How its values are written.
    pub language: Option<Language>,
    /// What comes next.
    pub next: Next,
    /// What is tried again; of tasks, maps and parallel states.
    pub retriers: Listed<Retrier>,
    /// Where failures lead; of tasks, maps and parallel states.
    pub catchers: Listed<Catcher>,
    /// The first state, in the order of the definition, of the loop that it is in.
    pub in_loop: Option<Name>,
    /// Whether it runs inside an Express child of a distributed map, whatever the machine's own type.
    pub is_in_express_child: bool,
    /// The map or the parallel state that it is inside of, an index into [`Machine::states`]; it stands before this one.
    pub inside: Option<usize>,
    /// When it is a part of the definition.
    pub guard: Guard,
    /// The state's name as key, its body as value, wherever the definition stands.
    pub origin: Origin,
}

/// A value of a definition.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// What it can be, its placeholders filled; `None` where only the input of an execution tells.
    pub val: Option<Val>,
    /// Where it stands, or the construct that it would stand in.
    pub origin: Origin,
}

/// A list of a definition.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    /// What it holds, each when it does.
    pub items: Vec<(Guard, T)>,
    /// Whether it holds nothing else.
    pub is_known: bool,
    /// Where it stands, or the construct that it would stand in.
    pub origin: Origin,
}

/// Which state is next.
#[derive(Debug)]
pub(crate) struct Next {
    /// `Next`.
    pub state: Field,
    /// `End`: the execution, or the branch, ends here.
    pub is_end: bool,
}

/// How the values of a state are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Paths into the input; the default.
    JsonPath,
    /// Expressions: `{% $states.input.id %}`.
    Jsonata,
}

impl Language {
    /// The name that definitions and rules use.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }

    fn named(text: &str) -> Option<Self> {
        [Self::JsonPath, Self::Jsonata].into_iter().find(|language| language.as_str() == text)
    }
}

/// What a state does.
#[derive(Debug)]
pub(crate) enum StateKind {
    /// Does work.
    Task(Box<Task>),
    /// Runs its states for every item.
    Map(Box<Map>),
    /// Runs its branches at the same time: levels of the machine.
    Parallel(Vec<usize>),
    /// Goes one way or another.
    Choice {
        /// Where each rule leads.
        rules: Listed<Field>,
        /// Where it leads if no rule holds.
        default: Field,
    },
    /// Waits so many seconds.
    Wait(Field),
    /// Hands on what it is given, or makes something of it.
    Pass,
    /// Ends the execution well.
    Succeed,
    /// Ends it badly.
    Fail,
    /// Not known.
    Unknown,
}

impl StateKind {
    /// The name that definitions and rules use. `None` where it is not known.
    pub(crate) fn as_str(&self) -> Option<&'static str> {
        match self {
            Self::Task(_) => Some("Task"),
            Self::Map(_) => Some("Map"),
            Self::Parallel(_) => Some("Parallel"),
            Self::Choice { .. } => Some("Choice"),
            Self::Wait(_) => Some("Wait"),
            Self::Pass => Some("Pass"),
            Self::Succeed => Some("Succeed"),
            Self::Fail => Some("Fail"),
            Self::Unknown => None,
        }
    }
}

/// A task.
#[derive(Debug)]
pub(crate) struct Task {
    /// The resource as written, with `*` for a piece that is not known; `None` where it is a reference to a
    /// resource, or not known at all.
    pub resource: Option<Name>,
    /// How it is called.
    pub integration: Integration,
    /// What it calls.
    pub call: Call,
    /// After how many seconds it is given up.
    pub timeout: Field,
    /// For how many seconds it may be silent.
    pub heartbeat: Field,
    /// Where `Resource` stands.
    pub origin: Origin,
    /// The parameter that `Resource` comes through.
    pub through: Option<Through>,
}

/// A map.
#[derive(Debug)]
pub(crate) struct Map {
    /// What it runs for every item: levels of the machine.
    pub levels: Vec<usize>,
    /// `ProcessorConfig.Mode: DISTRIBUTED`: every item has a child workflow.
    pub is_distributed: bool,
    /// Where that is written, or the state.
    pub mode_at: Origin,
    /// The type of the child workflows: `STANDARD` or `EXPRESS`.
    pub execution_type: Field,
    /// How many items it takes at once; 0 is as many as can be.
    pub concurrency: Field,
    /// What reads its items.
    pub reader: Option<(Call, Origin)>,
    /// What its results go to.
    pub writer: Option<(Call, Origin)>,
}

/// A rule about trying again.
#[derive(Debug)]
pub(crate) struct Retrier {
    /// The errors that it is about.
    pub errors: Listed<Field>,
    /// Seconds before the first time.
    pub interval: Field,
    /// How often.
    pub attempts: Field,
    /// By what each interval is longer than the one before.
    pub rate: Field,
    /// Seconds that no interval is longer than.
    pub longest: Field,
    /// Where it stands.
    pub origin: Origin,
}

/// A rule about where a failure leads.
#[derive(Debug)]
pub(crate) struct Catcher {
    /// The errors that it is about.
    pub errors: Listed<Field>,
    /// The state that is next.
    pub next: Field,
    /// Where it stands.
    pub origin: Origin,
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    /// The service's action without its suffix: `lambda:invoke`, `aws-sdk:sfn:startSyncExecution`. A function that
    /// the task names directly is invoked as well. `None` for an activity, and where it is not known.
    pub action: Option<Name>,
    /// What the action is on, where that is a part of the definition: a function, a state machine, a queue.
    pub targets: Vec<(Guard, Val)>,
    /// The `InvocationType` of a function that is invoked: with `Event` nobody waits for it.
    pub invocations: Vec<(Guard, Val)>,
}

impl Machine {
    /// The definition of an `AWS::StepFunctions::StateMachine`, once the template's definitions are read. `None`
    /// where there is nothing that can be read.
    pub(crate) fn read(resolver: Resolver<'_>, id: Name) -> Option<Self> {
        let mut machine = read::machine(resolver, id)?;
        flow::mark_loops(&mut machine);
        Some(machine)
    }
}

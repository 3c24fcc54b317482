//! Evidence from handler source: which calls of a function's code wait for another function or a workflow, and how sure
//! it is that there is no such call. Source is read and never run.

mod bindings;
mod definition;
mod entry;
mod expression;
mod field;
mod language;
mod mode;
mod modules;
mod packages;
mod program;
mod reach;
mod reading;
mod request;
mod token;
mod tree;

use crate::source::Span;

pub(crate) use language::Language;
pub(crate) use program::Program;
pub(crate) use tree::{CodeTree, Reserve};

/// Whether the code of functions is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HandlerCode {
    /// It is read where it decides a question.
    #[default]
    Read,
    /// The templates alone count.
    LeftAlone,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Callee {
    /// A Lambda function.
    Function,
    /// A Step Functions workflow.
    StateMachine,
}

/// What ties a call to what is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tie {
    /// The name of an environment variable that is read.
    Variable(String),
    /// A text: a name or an ARN.
    Literal(String),
}

/// Whether a tie leads to the callee that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tied {
    /// It does.
    Here,
    /// It leads somewhere else.
    Elsewhere,
    /// It cannot be told.
    Unclear,
}

/// A place in one of a program's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallPlace {
    /// The index of the file.
    pub file: usize,
    /// The call's own word: `invoke`, `InvokeCommand`.
    pub span: Span,
}

/// What a program says of calls to one callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It calls and waits.
    Waits {
        /// Where.
        place: CallPlace,
        /// The call names the callee; otherwise there is no other that it could be for.
        is_named: bool,
    },
    /// It calls and does not wait.
    Passes {
        /// Where.
        place: CallPlace,
    },
    /// All of the code was read, and there is no such call.
    NoCall,
    /// It calls, and whether it waits is decided as it runs, or by which of its functions are used.
    Either,
    /// The code does not tell.
    Open,
}

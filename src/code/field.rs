//! The fields of a request that tell what is called, and how: `FunctionName`, `stateMachineArn`, `InvocationType`.

use std::ops::Range;

use super::expression::{Code, Region};
use super::token::Kind;

/// What a request says.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) function: Option<Region>,
    pub(super) workflow: Option<Region>,
    pub(super) modes: Vec<Region>,
    /// Whether some of it is handed over by a name that nothing is assigned to.
    pub(super) is_open: bool,
    /// Whether the invocation type is set on a name where a condition holds, and nowhere else.
    pub(super) is_conditional: bool,
    pub(super) looks: usize,
}

impl Fields {
    /// From a name to what it is assigned, and on.
    pub(super) const MOST_STEPS: usize = 4;
    /// Tokens that are looked at for one request.
    pub(super) const MOST_LOOKS: usize = 2000;

    pub(super) fn put(&mut self, field: Field, region: Region) {
        match field {
            Field::Function => drop(self.function.get_or_insert(region)),
            Field::Workflow => drop(self.workflow.get_or_insert(region)),
            Field::Mode => self.modes.push(region),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Function,
    Workflow,
    Mode,
}

impl Field {
    /// `FunctionName`, `function_name`, `withFunctionName` …
    pub(super) fn of(word: &str) -> Option<Self> {
        if word.len() > MOST_OF_KEY {
            return None;
        }
        let plain: String = word.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
        let name = plain.strip_prefix("with").or_else(|| plain.strip_prefix("set")).unwrap_or(&plain);
        match name {
            "functionname" => Some(Self::Function),
            "statemachinearn" => Some(Self::Workflow),
            "invocationtype" => Some(Self::Mode),
            _ => None,
        }
    }
}

/// `set_state_machine_arn` is the longest.
const MOST_OF_KEY: usize = 24;

/// The field that a key names, and its value.
pub(super) fn field(code: &Code, at: usize) -> Option<(Field, Range<usize>)> {
    let field = match code.kind(at)? {
        Kind::Word | Kind::Text => Field::of(code.at(at))?,
        Kind::Piece | Kind::Sign | Kind::Newline => return None,
    };
    let next = code.at(at + 1);
    match next {
        "(" => Some((field, code.inside(at + 1))),
        "=" | ":" | "=>" => Some((field, code.expression(at + 2))),
        // `{ FunctionName, Payload }`
        "," | "}" | ")" | "\n" | "" if code.is_word(at) && !code.follows(at, &[".", "::"]) => {
            Some((field, at..at + 1))
        }
        _ => None,
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Language;

    #[test]
    fn a_field_is_known_by_its_name_however_a_language_spells_it() {
        for (word, is_known) in [
            ("FunctionName", Field::of("FunctionName") == Some(Field::Function)),
            ("function_name", Field::of("function_name") == Some(Field::Function)),
            ("withFunctionName", Field::of("withFunctionName") == Some(Field::Function)),
            ("set_state_machine_arn", Field::of("set_state_machine_arn") == Some(Field::Workflow)),
            ("setInvocationType", Field::of("setInvocationType") == Some(Field::Mode)),
        ] {
            assert!(is_known, "{word}");
        }
        for word in ["Payload", "FunctionNames", "MyFunctionName", "____________________FunctionName"] {
            assert!(Field::of(word).is_none(), "{word}");
        }
    }

    /// The value of the first field in a text.
    fn value(language: Language, text: &str) -> Option<String> {
        let code = Code::new(text.to_owned(), language);
        let (_, range) = (0..code.len()).find_map(|at| field(&code, at))?;
        Some(range.map(|at| code.at(at)).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_value_is_what_the_key_is_given() {
        for (language, text, expected) in [
            (Language::Python, "c.invoke(FunctionName='a', Payload=p)", Some("a")),
            (Language::Python, "{'FunctionName': names['a']}", Some("names [ a ]")),
            (Language::JavaScript, "({ FunctionName: env.A, Payload })", Some("env . A")),
            (Language::JavaScript, "({ FunctionName, Payload })", Some("FunctionName")),
            (Language::Ruby, "l.invoke('function_name' => name)", Some("name")),
            (Language::Java, "b.functionName(name).build()", Some("name")),
            (Language::Rust, "c.invoke().function_name(name).send()", Some("name")),
            // It is read there, and given nothing.
            (Language::JavaScript, "f(request.FunctionName, 1)", None),
            (Language::Python, "c.invoke(Payload=p)", None),
        ] {
            assert_eq!(value(language, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn of_a_field_that_is_set_twice_the_first_counts_and_of_modes_all_do() {
        let mut fields = Fields::default();
        for start in [1, 2] {
            for field in [Field::Function, Field::Mode] {
                fields.put(field, Region { file: 0, range: start..start + 1 });
            }
        }
        assert_eq!(fields.function.map(|region| region.range.start), Some(1));
        assert_eq!(fields.modes.len(), 2);
    }
}

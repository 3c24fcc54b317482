//! The functions of the language, in one table: what they are called and how many arguments they take. What they
//! compute is in `evaluate/functions.rs`.

use serde::{Deserialize, Serialize};

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Function {
    /// How many values a query found.
    Count,
    /// Texts joined by a separator.
    Join,
    /// Seconds since 1970.
    Now,
    /// The expanded replacements of all matches, one after the other.
    RegexReplace,
    /// The characters between two offsets.
    Substring,
    /// All the numbers that a query found, added. It is ours, as calculations are.
    Sum,
    /// Each value made into another.
    Convert(Conversion),
    /// Two numbers made into one.
    Calculate(Calculation),
}

/// A function from one value to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Conversion {
    /// The value that a JSON text holds.
    JsonParse,
    /// A truth value from a text.
    ParseBoolean,
    /// A character from a digit or a text of one character.
    ParseChar,
    /// Seconds since 1970 from an RFC 3339 text.
    ParseEpoch,
    /// A fraction from a number or a text.
    ParseFloat,
    /// An integer from a number or a text.
    ParseInt,
    /// A text from a scalar.
    ParseString,
    /// The text in small letters.
    ToLower,
    /// The text in capitals.
    ToUpper,
    /// The text without percent escapes.
    UrlDecode,
}

/// A function of two numbers. These are ours: cfn-guard refuses a file that uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Calculation {
    /// a + b
    Add,
    /// a - b
    Subtract,
    /// a * b
    Multiply,
    /// a / b: an integer where it comes out even, else a fraction; nothing for zero
    Divide,
    /// The greater one.
    Max,
    /// The smaller one.
    Min,
}

/// Name, function, number of arguments.
const FUNCTIONS: &[(&str, Function, usize)] = &[
    ("count", Function::Count, 1),
    ("join", Function::Join, 2),
    ("now", Function::Now, 0),
    ("regex_replace", Function::RegexReplace, 3),
    ("substring", Function::Substring, 3),
    ("json_parse", Function::Convert(Conversion::JsonParse), 1),
    ("parse_boolean", Function::Convert(Conversion::ParseBoolean), 1),
    ("parse_char", Function::Convert(Conversion::ParseChar), 1),
    ("parse_epoch", Function::Convert(Conversion::ParseEpoch), 1),
    ("parse_float", Function::Convert(Conversion::ParseFloat), 1),
    ("parse_int", Function::Convert(Conversion::ParseInt), 1),
    ("parse_string", Function::Convert(Conversion::ParseString), 1),
    ("to_lower", Function::Convert(Conversion::ToLower), 1),
    ("to_upper", Function::Convert(Conversion::ToUpper), 1),
    ("url_decode", Function::Convert(Conversion::UrlDecode), 1),
    ("sum", Function::Sum, 1),
    ("add", Function::Calculate(Calculation::Add), 2),
    ("subtract", Function::Calculate(Calculation::Subtract), 2),
    ("multiply", Function::Calculate(Calculation::Multiply), 2),
    ("divide", Function::Calculate(Calculation::Divide), 2),
    ("max", Function::Calculate(Calculation::Max), 2),
    ("min", Function::Calculate(Calculation::Min), 2),
];

impl Function {
    /// The function of that name, and how many arguments it takes.
    pub(super) fn named(name: &str) -> Option<(Self, usize)> {
        FUNCTIONS.iter().find(|(known, ..)| *known == name).map(|(_, function, arity)| (*function, *arity))
    }
}

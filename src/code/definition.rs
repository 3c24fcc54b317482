//! Definitions: the functions of a program, by how each language declares them.

use std::ops::Range;

use super::Language;
use super::expression::Code;
use super::token::Kind;

/// A function, by its tokens.
pub(super) struct Definition {
    pub(super) file: usize,
    /// The token that names it.
    pub(super) name: usize,
    pub(super) body: Range<usize>,
    /// A decorator, a library or the language itself calls it, or may.
    pub(super) is_called: bool,
}

/// The functions of a file; nothing in a language whose functions are not told apart.
pub(super) fn definitions(file: usize, code: &Code) -> Option<Vec<Definition>> {
    let all = 0..code.len();
    match code.language {
        Language::Python => Some(all.filter_map(|at| python(file, code, at)).collect()),
        Language::JavaScript => Some(all.filter_map(|at| java_script(file, code, at)).collect()),
        Language::Java | Language::CSharp => {
            let types = Types::of(code)?;
            Some(all.filter_map(|at| method(file, code, at, &types)).collect())
        }
        Language::Go => Some(all.filter_map(|at| go(file, code, at)).collect()),
        Language::Rust => {
            let implementations = implementations(code);
            Some(all.filter_map(|at| rust(file, code, at, &implementations)).collect())
        }
        Language::Ruby => None,
    }
}

/// `def name(…):` and the deeper lines below it.
fn python(file: usize, code: &Code, at: usize) -> Option<Definition> {
    if code.word(at) != "def" || !code.is_word(at + 1) || !code.is(at + 2, "(") {
        return None;
    }
    let is_async = at > 0 && code.word(at - 1) == "async";
    let first = if is_async { at - 1 } else { at };
    let depth = column(code, first);
    let start = code.after(at + 2);
    let is_outside = |token: &usize| {
        code.kind(*token) != Some(Kind::Newline) && starts_line(code, *token) && column(code, *token) <= depth
    };
    let end = (start..code.len()).find(is_outside).unwrap_or(code.len());
    // The line before, whatever it ends in.
    let line = (0..first).rev().find(|token| starts_line(code, *token));
    let is_called = code.at(at + 1).starts_with("__") || line.is_some_and(|line| code.is(line, "@"));
    Some(Definition { file, name: at + 1, body: start..end, is_called })
}

/// `function name(…) {…}`, `name = (…) => …`, `name = function (…) {…}`, and the method `name(…) {…}`.
fn java_script(file: usize, code: &Code, at: usize) -> Option<Definition> {
    if !code.is_word(at) {
        return None;
    }
    let name = at;
    let mut next = at + 1;
    let is_assigned = code.is(next, "=") || code.is(next, ":");
    if is_assigned {
        next += 1;
        next += usize::from(code.word(next) == "async");
        if code.word(next) == "function" {
            next += 1;
        }
    }
    let is_control = ["if", "for", "while", "switch", "catch", "function", "return", "with", "await"];
    if is_control.contains(&code.at(at)) {
        return None;
    }
    let after = if code.is(next, "(") {
        code.after(next)
    } else if is_assigned && code.is_word(next) && code.is(next + 1, "=>") {
        next + 1
    } else {
        return None;
    };
    let body = if code.is(after, "=>") {
        if !is_assigned {
            return None;
        }
        if code.is(after + 1, "{") { after + 1..code.after(after + 1) } else { code.expression(after + 1) }
    } else if code.is(after, "{") {
        after..code.after(after)
    } else {
        return None;
    };
    Some(Definition { file, name, body, is_called: code.at(at) == "constructor" })
}

/// `func name(…) … {…}`, and of a type `func (s *Service) name(…) … {…}`.
fn go(file: usize, code: &Code, at: usize) -> Option<Definition> {
    if code.word(at) != "func" {
        return None;
    }
    let is_of_type = code.is(at + 1, "(");
    let name = if is_of_type { code.after(at + 1) } else { at + 1 };
    let is_declared = code.is_word(name) && (code.is(name + 1, "(") || code.is(name + 1, "["));
    let body = body(code, name + 1).filter(|_| is_declared)?;
    // What a library knows of a type is what is exported; no call names `init`.
    let is_exported = code.at(name).starts_with(|c: char| c.is_uppercase());
    let is_called = is_of_type && is_exported || code.at(name) == "init";
    Some(Definition { file, name, body, is_called })
}

/// `fn name(…) … {…}`. `implementations` are the blocks of what traits declare, which libraries may call.
fn rust(file: usize, code: &Code, at: usize, implementations: &[Range<usize>]) -> Option<Definition> {
    let name = at + 1;
    if code.word(at) != "fn" || !code.is_word(name) {
        return None;
    }
    let body = body(code, name + 1)?;
    let mut before = (at.saturating_sub(MOST_MODIFIERS)..at).rev();
    let end = before.find(|index| matches!(code.at(*index), "]" | ";" | "{" | "}"));
    let has_attribute = end.is_some_and(|end| code.is(end, "]"));
    // `$name` is what a macro puts there.
    let is_called = has_attribute
        || code.at(name).starts_with('$')
        || implementations.iter().any(|block| block.contains(&at));
    Some(Definition { file, name, body, is_called })
}

/// The blocks of `impl Trait for Type {…}` and of `trait Name {…}`, and those of macros.
fn implementations(code: &Code) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in 0..code.len() {
        if !matches!(code.word(at), "impl" | "trait" | "macro_rules") {
            continue;
        }
        let head = at + 1..(at + MOST_OF_HEAD).min(code.len());
        let Some(open) = head.clone().find(|index| matches!(code.at(*index), "{" | ";")) else { continue };
        let is_of_trait = code.word(at) != "impl" || (at..open).any(|index| code.word(index) == "for");
        if is_of_trait && code.is(open, "{") {
            found.push(open..code.after(open));
        }
    }
    found
}

/// Tokens of the head of a type or a function.
const MOST_OF_HEAD: usize = 128;

/// Tokens before a function's name.
const MOST_MODIFIERS: usize = 24;

/// The braces of a function whose name ends before `start`: what stands between them and its brackets is its type.
fn body(code: &Code, start: usize) -> Option<Range<usize>> {
    let mut at = start;
    for _ in 0..MOST_OF_HEAD {
        let is_of_type = matches!(code.word(at.wrapping_sub(1)), "interface" | "struct");
        match code.kind(at)? {
            Kind::Newline if code.language == Language::Go => return None,
            Kind::Sign if code.is(at, "{") && !is_of_type => return Some(at..code.after(at)),
            Kind::Sign if code.is(at, ";") || code.is(at, "}") => return None,
            Kind::Sign | Kind::Word | Kind::Text | Kind::Piece | Kind::Newline => {}
        }
        at = code.after(at);
    }
    None
}

/// The types that a file of Java or C# declares, and the braces that its tokens stand in.
struct Types {
    /// The brace around each token.
    around: Vec<Option<usize>>,
    /// The braces of types, and whether the type is one of another as well.
    braces: Vec<(usize, bool)>,
}

impl Types {
    /// Nothing where brackets do not match.
    fn of(code: &Code) -> Option<Self> {
        if !code.tokens.is_sound {
            return None;
        }
        let mut types = Self { around: Vec::with_capacity(code.len()), braces: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        for at in 0..code.len() {
            if code.is(at, "}") {
                open.pop();
            }
            types.around.push(open.last().copied());
            if code.is(at, "{") {
                open.push(at);
            }
            let is_type = matches!(code.word(at), "class" | "interface" | "enum" | "record" | "struct");
            if is_type && code.is_word(at + 1) {
                let head = at + 2..(at + MOST_OF_HEAD).min(code.len());
                let brace = head.clone().find(|index| code.is(*index, "{"))?;
                // What a partial type is one of may stand with another part of it.
                let is_of_another = at > 0 && code.word(at - 1) == "partial"
                    || (at + 2..brace)
                        .any(|index| matches!(code.at(index), "extends" | "implements" | ":" | "permits"));
                types.braces.push((brace, is_of_another));
            }
        }
        Some(types)
    }

    /// Of the type whose member a token is, whether it is one of another as well.
    fn around(&self, at: usize) -> Option<bool> {
        let brace = self.around.get(at).copied().flatten()?;
        self.braces.iter().find(|(open, _)| *open == brace).map(|(_, is_of_another)| *is_of_another)
    }
}

/// Words before a name that are no type of it.
const NO_TYPE: [&str; 16] = [
    "new", "return", "else", "await", "throw", "case", "in", "is", "when", "and", "or", "not", "record",
    "class", "struct", "yield",
];

/// Words before brackets that are no name.
const CONTROL: [&str; 16] = [
    "if",
    "for",
    "foreach",
    "while",
    "switch",
    "catch",
    "synchronized",
    "using",
    "lock",
    "fixed",
    "try",
    "when",
    "return",
    "super",
    "this",
    "base",
];

/// `private String name(…) throws Exception {…}`, `private Task Name(…) => …;`.
fn method(file: usize, code: &Code, at: usize, types: &Types) -> Option<Definition> {
    if !code.is_word(at) || !code.is(at + 1, "(") || at == 0 {
        return None;
    }
    let follows_type =
        code.is_word(at - 1) && !NO_TYPE.contains(&code.at(at - 1)) || code.follows(at, &[">", "]", "?"]);
    if !follows_type || CONTROL.contains(&code.at(at)) {
        return None;
    }
    let mut after = code.after(at + 1);
    if code.word(after) == "throws" {
        after = (after..code.len()).take(MOST_OF_HEAD).find(|it| matches!(code.at(*it), "{" | ";"))?;
    }
    let body = if code.is(after, "{") {
        after..code.after(after)
    } else if code.is(after, "=>") && code.language == Language::CSharp {
        code.expression(after + 1)
    } else {
        return None;
    };
    let before = (at.saturating_sub(MOST_MODIFIERS)..at).rev();
    let modifiers: Vec<&str> =
        before.map(|it| code.at(it)).take_while(|it| !matches!(*it, ";" | "{" | "}")).collect();
    // An annotation or an attribute gives it to a framework; what overrides is called by another name's owner.
    let is_given = modifiers.iter().any(|it| matches!(*it, "@" | "[" | ")" | "override"));
    let is_private = modifiers.contains(&"private");
    let may_be_called = types.around(at).is_none_or(|is_of_another| is_of_another && !is_private);
    Some(Definition { file, name: at, body, is_called: is_given || may_be_called })
}

/// Whether nothing but blanks stands before a token in its line. Only those are looked at: a line may be a whole file.
pub(super) fn starts_line(code: &Code, at: usize) -> bool {
    let Some(token) = code.token(at) else { return false };
    let before = &code.text[..token.span.start as usize];
    let before = before.trim_end_matches(|blank: char| blank != '\n' && blank.is_whitespace());
    before.is_empty() || before.ends_with('\n')
}

fn column(code: &Code, at: usize) -> usize {
    let start = code.token(at).map_or(0, |token| token.span.start as usize);
    start - code.text[..start].rfind('\n').map_or(0, |newline| newline + 1)
}

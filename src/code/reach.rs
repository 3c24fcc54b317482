//! Which functions of a program are used, by the names that its handler's code mentions and those that theirs does.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::expression::Code;
use super::token::Kind;
use super::{CallPlace, Language};

/// The functions of a program that its handler may come to.
pub(super) struct Reach<'c> {
    files: &'c [Code],
    definitions: Vec<Definition>,
    names: FxHashSet<String>,
}

/// A function, by its tokens.
struct Definition {
    file: usize,
    /// The token that names it.
    name: usize,
    body: Range<usize>,
    /// A decorator, or the language itself, calls it.
    is_called: bool,
}

/// Functions of one program that are told apart; in a larger one a name says less.
const MOST_DEFINITIONS: usize = 300;
/// Tokens of such a program.
const MOST_TOKENS: usize = 30_000;

impl<'c> Reach<'c> {
    /// What a handler comes to; nothing where its function is not found, or in a language whose functions are not told
    /// apart.
    pub(super) fn of(files: &'c [Code], handler: &str) -> Option<Self> {
        let words = |code: &Code, word: &str| (0..code.len()).filter(|at| code.word(*at) == word).count();
        let is_large = files.iter().map(Code::len).sum::<usize>() > MOST_TOKENS
            || files.iter().map(|code| words(code, "def")).sum::<usize>() > MOST_DEFINITIONS;
        if is_large || files.iter().all(|code| words(code, handler) == 0) {
            return None;
        }
        let mut definitions = Vec::new();
        for (file, code) in files.iter().enumerate() {
            definitions.extend(definitions_of(file, code)?);
        }
        let mut reach = Self { files, definitions, names: FxHashSet::default() };
        let is_found = reach.definitions.iter().any(|it| files[it.file].at(it.name) == handler);
        if !is_found || reach.definitions.len() > MOST_DEFINITIONS {
            return None;
        }
        reach.names.insert(handler.to_owned());
        for (file, code) in files.iter().enumerate() {
            reach.mention(file, 0..code.len(), true);
        }
        let mut passed = vec![false; reach.definitions.len()];
        while let Some(index) = (0..passed.len()).find(|index| !passed[*index] && reach.is_reached(*index)) {
            passed[index] = true;
            let Definition { file, body, .. } = &reach.definitions[index];
            reach.mention(*file, body.clone(), false);
        }
        Some(reach)
    }

    /// Whether a place is in the code that runs: of a used function, or of none.
    pub(super) fn has(&self, place: CallPlace) -> bool {
        let code = &self.files[place.file];
        let at = (0..code.len()).find(|at| code.token(*at).is_some_and(|token| token.span == place.span));
        at.and_then(|at| self.innermost(place.file, at)).is_none_or(|index| self.is_reached(index))
    }

    fn is_reached(&self, index: usize) -> bool {
        let Definition { file, name, is_called, .. } = &self.definitions[index];
        *is_called || self.names.contains(self.files[*file].at(*name))
    }

    fn innermost(&self, file: usize, at: usize) -> Option<usize> {
        let around = self.definitions.iter().enumerate();
        let around = around.filter(|(_, it)| it.file == file && it.body.contains(&at));
        around.min_by_key(|(_, it)| it.body.len()).map(|(index, _)| index)
    }

    /// Adds the words of a part of a file, without those of the functions in it, of imports and of exports.
    fn mention(&mut self, file: usize, range: Range<usize>, is_top: bool) {
        let code = &self.files[file];
        let mut at = range.start;
        while at < range.end {
            let inner = self.definitions.iter().find(|it| {
                it.file == file && it.body.start == at && (is_top || it.body != range) && !it.body.is_empty()
            });
            if let Some(inner) = inner {
                at = inner.body.end;
                continue;
            }
            if let Some(end) = hand_over(code, at) {
                at = end.max(at + 1);
                continue;
            }
            let is_name = self.definitions.iter().any(|it| it.file == file && it.name == at);
            if code.is_word(at) && !is_name {
                self.names.insert(code.at(at).to_owned());
            }
            at += 1;
        }
    }
}

/// The end of an import or an export that starts at a token: what it names is not used by that.
fn hand_over(code: &Code, at: usize) -> Option<usize> {
    let is_start = at == 0 || starts_line(code, at);
    match (code.language, code.word(at)) {
        (Language::Python, "import" | "from") if is_start => {
            (at..code.len()).find(|end| *end > at && starts_line(code, *end)).or(Some(code.len()))
        }
        (Language::JavaScript, "import") if is_start && code.is(at + 1, "{") => Some(code.after(at + 1)),
        (Language::JavaScript, "export") if code.is(at + 1, "{") => Some(code.after(at + 1)),
        (Language::JavaScript, "exports") if code.is(at + 1, "=") && code.is(at + 2, "{") => {
            Some(code.after(at + 2))
        }
        (Language::JavaScript, "const" | "let" | "var") if code.is(at + 1, "{") => {
            let end = code.after(at + 1);
            (code.word(end + 1) == "require").then_some(end)
        }
        _ => None,
    }
}

fn starts_line(code: &Code, at: usize) -> bool {
    let Some(token) = code.token(at) else { return false };
    let before = &code.text[..token.span.start as usize];
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    before[line..].trim().is_empty()
}

fn column(code: &Code, at: usize) -> usize {
    let start = code.token(at).map_or(0, |token| token.span.start as usize);
    start - code.text[..start].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The functions of a file; nothing in a language whose functions are not told apart.
fn definitions_of(file: usize, code: &Code) -> Option<Vec<Definition>> {
    match code.language {
        Language::Python => Some((0..code.len()).filter_map(|at| python(file, code, at)).collect()),
        Language::JavaScript => Some((0..code.len()).filter_map(|at| java_script(file, code, at)).collect()),
        Language::Java | Language::CSharp | Language::Go | Language::Ruby | Language::Rust => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the calls `invoke` in a file run.
    fn reached(language: Language, handler: &str, text: &str) -> Option<Vec<bool>> {
        let files = [Code::new(text.to_owned(), language)];
        let reach = Reach::of(&files, handler)?;
        let calls = (0..files[0].len()).filter(|at| files[0].word(*at) == "invoke");
        let places = calls.filter_map(|at| Some(CallPlace { file: 0, span: files[0].token(at)?.span }));
        Some(places.map(|place| reach.has(place)).collect())
    }

    #[test]
    fn a_python_function_is_used_where_the_handler_comes_to_its_name() {
        let text = "from shared import later\n\ndef now(p):\n    c.invoke(p)\n\ndef later(p):\n    c.invoke(p)\n\n\
                    def step(p):\n    return now(p)\n\ndef handler(event, context):\n    step(event)\n";
        assert_eq!(reached(Language::Python, "handler", text), Some(vec![true, false]));
        assert_eq!(reached(Language::Python, "main", text), None);
        let routed =
            "@app.post('/x')\ndef create():\n    c.invoke(p)\n\ndef handler(e, c):\n    return app(e)\n";
        assert_eq!(reached(Language::Python, "handler", routed), Some(vec![true]));
    }

    #[test]
    fn a_java_script_function_is_used_where_the_handler_comes_to_its_name() {
        let text = "const now = (p) => c.invoke(p);\nfunction later(p) { c.invoke(p); }\n\
                    class Api { send(p) { return c.invoke(p); } }\n\
                    module.exports = { now, later };\n\
                    exports.handler = async (event) => { if (event.x) { return new Api().send(event); } };\n";
        assert_eq!(reached(Language::JavaScript, "handler", text), Some(vec![false, false, true]));
    }

    #[test]
    fn the_functions_of_other_languages_are_not_told_apart() {
        assert_eq!(reached(Language::Ruby, "handler", "def handler(event:, context:)\nend"), None);
    }
}

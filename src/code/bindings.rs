//! Bindings are what names are assigned: which variables of the environment and which texts a value may come from,
//! through the assignments of all files.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::expression::{Code, Name, Region};
use super::token::Kind;
use super::{Language, Tie};

/// What all the files of a program assign to names.
#[derive(Default)]
pub(super) struct Bindings {
    by_name: FxHashMap<String, Vec<Region>>,
    /// Names that are variables of the environment: `const { INVOICE } = process.env`.
    variables: FxHashMap<String, Vec<String>>,
    /// What stands in the brackets after the names of functions, by file and in order.
    parameters: FxHashMap<usize, Vec<Range<usize>>>,
}

impl Bindings {
    /// Assignments to one name: one with more is a field of many things.
    const MOST_OF_ONE_NAME: usize = 32;

    pub(super) fn add(&mut self, file: usize, code: &Code) {
        for index in 0..code.len() {
            self.add_destructured(code, index);
            if let Some(parameters) = parameters_at(code, index) {
                self.parameters.entry(file).or_default().push(parameters);
            }
            let name = match code.kind(index) {
                Some(Kind::Word) => code.at(index),
                // A key in quotes.
                Some(Kind::Text) if code.follows(index, &["{", ",", "["]) || follows_newline(code, index) => {
                    code.at(index)
                }
                Some(Kind::Text | Kind::Piece | Kind::Sign | Kind::Newline) | None => continue,
            };
            // `params['FunctionName'] = …`
            let after = index + 1 + usize::from(code.is(index + 1, "]"));
            if !(code.is(after, "=") || code.is(after, ":=") || code.is(after, ":") || code.is(after, "=>")) {
                continue;
            }
            if name.len() < 2 && !code.is(after, "=") && !code.is(after, ":=") {
                continue;
            }
            let regions = self.by_name.entry(name.to_owned()).or_default();
            if regions.len() == Self::MOST_OF_ONE_NAME {
                continue;
            }
            let mut range = code.expression(after + 1);
            // `name: string = value`
            if code.is(after, ":")
                && let Some(equals) = range.clone().take(MOST_OF_HEAD).find(|at| code.is(*at, "="))
                && !range.clone().take_while(|at| *at < equals).any(|at| code.is(at, "("))
            {
                range.start = equals + 1;
            }
            if !range.is_empty() {
                regions.push(Region { file, range });
            }
        }
        // The head of an arrow function is known at its arrow, after those in it.
        if let Some(parameters) = self.parameters.get_mut(&file) {
            parameters.sort_by_key(|parameters| parameters.start);
        }
    }

    /// `const { INVOICE, PRICE: price } = process.env`
    fn add_destructured(&mut self, code: &Code, close: usize) {
        let is_of_environment = code.language == Language::JavaScript
            && code.is(close, "}")
            && code.is(close + 1, "=")
            && code.word(close + 2) == "process"
            && code.word(close + 4) == "env"
            && !code.is(close + 5, ".")
            && !code.is(close + 5, "[");
        let open = code.token(close).map_or(close, |token| token.partner as usize);
        if !is_of_environment || open >= close {
            return;
        }
        let mut at = open + 1;
        while at < close {
            if code.is_word(at) && (code.follows(at, &["{", ","]) || follows_newline(code, at)) {
                let variable = code.at(at).to_owned();
                let is_renamed = code.is(at + 1, ":");
                let name = if is_renamed { code.at(at + 2).to_owned() } else { variable.clone() };
                self.variables.entry(name).or_default().push(variable);
                at += if is_renamed { 3 } else { 1 };
            } else {
                at += 1;
            }
        }
    }

    /// What is assigned to the name that stands at `at`, as far as it can be seen from there; nothing for what a
    /// function is handed.
    pub(super) fn seen_from(&self, file: usize, code: &Code, at: usize) -> Vec<&Region> {
        let all = self.by_name.get(code.at(at)).map_or(&[][..], Vec::as_slice);
        let here: Vec<&Region> = all.iter().filter(|region| region.file == file).collect();
        let is_member = code.follows(at, &[".", "?.", "@", "::"]);
        if is_member {
            return if here.is_empty() { all.iter().collect() } else { here };
        }
        let functions = self.parameters.get(&file).map_or(&[][..], Vec::as_slice);
        let around = functions.partition_point(|parameters| parameters.start < at).checked_sub(1);
        let start = around.map_or(0, |index| functions[index].end);
        let own: Vec<&Region> =
            here.iter().copied().filter(|it| (start..at).contains(&it.range.start)).collect();
        if !own.is_empty() {
            return own;
        }
        if around.is_some_and(|index| is_parameter(code, functions[index].clone(), code.at(at))) {
            return Vec::new();
        }
        if let Some(nearest) = here.iter().rev().find(|region| region.range.start < at) {
            return vec![*nearest];
        }
        if here.is_empty() { all.iter().collect() } else { here }
    }

    /// All variables that are taken out of the environment by name.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.values().flatten().map(String::as_str)
    }

    /// The text of a constant, where it is only one.
    pub(super) fn constant<'c>(&self, name: &str, files: &'c [Code]) -> Option<&'c str> {
        let [Region { file, range }] = self.by_name.get(name)?.as_slice() else { return None };
        let code = &files[*file];
        (range.len() == 1 && code.kind(range.start) == Some(Kind::Text)).then(|| code.at(range.start))
    }

    /// What a value comes from.
    pub(super) fn value(&self, region: &Region, files: &[Code]) -> Value {
        let mut value = Value::default();
        let mut seen = FxHashSet::default();
        self.collect(region, files, &mut seen, &mut value, Self::MOST_STEPS);
        value
    }

    /// From a name to what it is assigned, and on.
    const MOST_STEPS: usize = 8;
    /// Tokens that are looked at for one value.
    const MOST_LOOKS: usize = 2000;

    fn collect<'c>(
        &'c self,
        region: &Region,
        files: &'c [Code],
        seen: &mut FxHashSet<&'c Region>,
        value: &mut Value,
        steps: usize,
    ) {
        let code = &files[region.file];
        let mut at = region.range.start;
        while at < region.range.end {
            if value.looks == Self::MOST_LOOKS {
                value.is_open = true;
                return;
            }
            value.looks += 1;
            if let Some((name, next)) = code.variable_read(at) {
                match name {
                    Name::Text(name) => value.ties.push(Tie::Variable(name)),
                    Name::Constant(name) => match self.constant(&name, files) {
                        Some(text) => value.ties.push(Tie::Variable(text.to_owned())),
                        None => value.is_open = true,
                    },
                }
                at = next;
                continue;
            }
            match code.kind(at) {
                Some(Kind::Text) if !code.at(at).is_empty() => {
                    let text = code.at(at);
                    value.is_open |= text.contains(['%', '{']);
                    // A key of a map says nothing of what it holds.
                    if !code.is(at + 1, ":") && !code.is(at + 1, "=>") {
                        value.ties.push(Tie::Literal(text.to_owned()));
                    }
                }
                // `${name}:live` is the function still.
                Some(Kind::Piece) => {
                    value.is_open |= !code.at(at).is_empty() && !code.at(at).starts_with(':');
                }
                Some(Kind::Sign) => value.is_open |= matches!(code.at(at), "+" | "%"),
                Some(Kind::Word) => self.collect_name((region.file, at), files, seen, value, steps),
                Some(Kind::Text | Kind::Newline) | None => {}
            }
            at += 1;
        }
    }

    fn collect_name<'c>(
        &'c self,
        (file, at): (usize, usize),
        files: &'c [Code],
        seen: &mut FxHashSet<&'c Region>,
        value: &mut Value,
        steps: usize,
    ) {
        let code = &files[file];
        let name = code.at(at);
        let is_first_of_several = [".", "?.", "::", "->"].iter().any(|sign| code.is(at + 1, sign));
        let is_called = code.is(at + 1, "(") || code.is(at + 1, "!");
        let is_key = code.is(at + 1, ":") && code.follows(at, &["{", ","]);
        if is_first_of_several
            || is_called
            || is_key
            || KEYWORDS.contains(&name)
            || name.as_bytes()[0].is_ascii_digit()
        {
            return;
        }
        if let Some(variables) = self.variables.get(name) {
            value.ties.extend(variables.iter().cloned().map(Tie::Variable));
            return;
        }
        let regions = self.seen_from(file, code, at);
        value.is_open |= regions.is_empty() || steps == 0;
        for region in regions {
            if steps > 0 && seen.insert(region) {
                self.collect(region, files, seen, value, steps - 1);
            }
        }
    }
}

/// What a function is handed, if the head of one ends at `at`: `def invoke(name)`, `(name) =>`.
fn parameters_at(code: &Code, at: usize) -> Option<Range<usize>> {
    if code.is(at, "=>") && code.follows(at, &[")"]) {
        let open = code.token(at - 1)?.partner as usize;
        return (open < at).then(|| open + 1..at);
    }
    if !matches!(code.word(at), "def" | "function" | "func" | "fn") {
        return None;
    }
    let last = (at + 1..at + MOST_OF_HEAD).find(|index| matches!(code.at(*index), "{" | ":" | "=" | ""));
    let open = (at + 1..last?).find(|index| code.is(*index, "("))?;
    // The receiver of a method of Go is handed too.
    let close = code.inside(open).end;
    let end = if code.language == Language::Go && code.is(close + 2, "(") {
        code.inside(close + 2).end
    } else {
        close
    };
    Some(open + 1..end)
}

/// Tokens between `def` and the bracket.
const MOST_OF_HEAD: usize = 40;

/// Whether a name is one of those that a function is handed.
fn is_parameter(code: &Code, mut parameters: Range<usize>, name: &str) -> bool {
    parameters.any(|at| code.word(at) == name && !code.is(at + 1, "."))
}

fn follows_newline(code: &Code, index: usize) -> bool {
    index.checked_sub(1).and_then(|before| code.kind(before)) == Some(Kind::Newline)
}

/// Words of an expression that stand for no value.
const KEYWORDS: [&str; 23] = [
    "await",
    "new",
    "as",
    "string",
    "String",
    "str",
    "or",
    "and",
    "if",
    "else",
    "not",
    "None",
    "null",
    "nil",
    "undefined",
    "unwrap",
    "expect",
    "lambda",
    "const",
    "static",
    "var",
    "let",
    "true",
];

/// What a value may come from.
#[derive(Debug, Default)]
pub(super) struct Value {
    /// What is known of that.
    pub(super) ties: Vec<Tie>,
    /// Whether there is more to it than that.
    pub(super) is_open: bool,
    looks: usize,
}

impl Value {
    /// A value that nothing is known of.
    pub(super) fn open() -> Self {
        Self { is_open: true, ..Self::default() }
    }
}

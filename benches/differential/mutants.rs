//! Rules files with a few tokens deleted, doubled, swapped or replaced: half of them are none any more.

use crate::random::Random;

const TOKENS: &[&str] = &[
    "rule",
    "let",
    "when",
    "some",
    "this",
    "not",
    "!",
    "in",
    "exists",
    "empty",
    "keys",
    "or",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "=",
    ":=",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ".",
    "*",
    "%",
    "|",
    "::",
    ":",
    "#",
    "<<x>>",
    "<<",
    "'s'",
    "\"s\"",
    "/x/",
    "/",
    "r[1,2]",
    "r(",
    "5",
    "-5",
    "1.5",
    "1e3",
    "null",
    "true",
    "is_string",
    "IS_LIST",
    "A::B::C",
    "x",
    "\n",
    " ",
    "\t",
    "\r\n",
    "count(x)",
    "\\",
    "$",
    "@",
    "é",
    "-",
    "_",
    "99999999999999999999",
    ">>",
    "OR",
    "NOT",
    "WHEN",
    "join(a, ',')",
];

/// A mutant.
pub(crate) fn mutant(random: &mut Random, text: &str) -> String {
    let mut tokens = tokens(text);
    for _ in 0..random.between(1, 2) {
        let at = random.below(tokens.len());
        match random.below(5) {
            _ if tokens.is_empty() => {}
            0 => drop(tokens.remove(at)),
            1 => {
                let token = tokens[at].clone();
                tokens.insert(at, token);
            }
            2 => {
                let other = (at + 1).min(tokens.len() - 1);
                tokens.swap(at, other);
            }
            3 => random.word(TOKENS).clone_into(&mut tokens[at]),
            _ => {
                let other = random.below(tokens.len());
                let token = tokens[other].clone();
                tokens[at] = token;
            }
        }
    }
    tokens.concat()
}

/// Words, numbers, quoted texts, blanks and single signs.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut quote = None;
    let mut last = None;
    for letter in text.chars() {
        let kind = match letter {
            _ if letter.is_alphanumeric() || letter == '_' => 'w',
            ' ' => ' ',
            _ => letter,
        };
        let is_same = last == Some(kind) && (kind == 'w' || kind == ' ' || "=<>:".contains(kind));
        match tokens.last_mut() {
            Some(token) if quote.is_some() || is_same => token.push(letter),
            _ => tokens.push(letter.to_string()),
        }
        match quote {
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            None | Some(_) => {}
        }
        last = if quote.is_none() && matches!(letter, '\'' | '"') { None } else { Some(kind) };
    }
    tokens
}

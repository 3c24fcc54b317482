//! A file of code as its tokens, and where in them expressions begin and end.

use std::ops::Range;

use super::Language;
use super::token::{Kind, Token, Tokens, tokens};

/// A file and its tokens.
pub(super) struct Code {
    pub(super) text: String,
    pub(super) language: Language,
    pub(super) tokens: Tokens,
}

/// Some tokens of one file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Region {
    pub(super) file: usize,
    pub(super) range: Range<usize>,
}

impl Code {
    pub(super) fn new(text: String, language: Language) -> Self {
        let tokens = tokens(&text, language);
        Self { text, language, tokens }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.all.len()
    }

    pub(super) fn token(&self, index: usize) -> Option<Token> {
        self.tokens.all.get(index).copied()
    }

    /// The text of a token; nothing beyond the end.
    pub(super) fn at(&self, index: usize) -> &str {
        self.token(index).map_or("", |token| &self.text[token.span.range()])
    }

    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.token(index).map(|token| token.kind)
    }

    /// Whether a sign stands there.
    pub(super) fn is(&self, index: usize, sign: &str) -> bool {
        self.kind(index) == Some(Kind::Sign) && self.at(index) == sign
    }

    pub(super) fn is_word(&self, index: usize) -> bool {
        self.kind(index) == Some(Kind::Word)
    }

    /// The word there; an empty text for anything else.
    pub(super) fn word(&self, index: usize) -> &str {
        if self.is_word(index) { self.at(index) } else { "" }
    }

    /// The token before, if it is a sign among these.
    pub(super) fn follows(&self, index: usize, signs: &[&str]) -> bool {
        index
            .checked_sub(1)
            .is_some_and(|before| self.kind(before) == Some(Kind::Sign) && signs.contains(&self.at(before)))
    }

    /// What is in the brackets that open at `index`.
    pub(super) fn inside(&self, index: usize) -> Range<usize> {
        match self.token(index) {
            Some(token) if token.partner as usize > index => index + 1..token.partner as usize,
            Some(_) | None => index..index,
        }
    }

    /// The token after one, or after the brackets that open there.
    pub(super) fn after(&self, index: usize) -> usize {
        self.token(index).map_or(index, |token| (token.partner as usize).max(index)) + 1
    }

    /// The expression that starts at `start`: up to a comma, the end of its brackets or of its statement.
    pub(super) fn expression(&self, start: usize) -> Range<usize> {
        let mut at = start;
        for _ in 0..Self::MOST_PARTS {
            let Some(token) = self.token(at) else { break };
            let text = self.at(at);
            match token.kind {
                Kind::Sign if matches!(text, "," | ";" | ")" | "]" | "}") => break,
                Kind::Newline if at > start && !self.goes_on(at) => break,
                Kind::Sign | Kind::Newline | Kind::Word | Kind::Text | Kind::Piece => {}
            }
            at = self.after(at);
        }
        start..at.min(self.len())
    }

    /// Tokens and brackets of one expression: what is longer is not written by hand, and read over and over it would
    /// take long.
    const MOST_PARTS: usize = 256;

    /// Whether an expression goes on beyond the end of a line.
    fn goes_on(&self, newline: usize) -> bool {
        let is_open = |index: usize| {
            self.kind(index) == Some(Kind::Sign)
                && !matches!(self.at(index), "(" | ")" | "[" | "]" | "{" | "}" | "!" | ";" | "@" | "#")
        };
        let next = (newline..self.len()).find(|index| self.kind(*index) != Some(Kind::Newline));
        is_open(newline - 1) || next.is_some_and(|next| is_open(next) && self.at(next) != "...")
    }

    /// A variable of the environment that is read at `index`, and the token after it. A name that is not written there
    /// is none.
    pub(super) fn variable_read(&self, index: usize) -> Option<(Name, usize)> {
        let arguments = |open: usize| {
            let first = open + 1;
            let name = match self.kind(first)? {
                Kind::Text => Name::Text(self.at(first).to_owned()),
                Kind::Word => Name::Constant(self.at(first).to_owned()),
                Kind::Piece | Kind::Sign | Kind::Newline => return None,
            };
            let is_alone = matches!(self.at(first + 1), ")" | "]" | ",");
            is_alone.then(|| (name, self.after(open)))
        };
        let called = |at: usize, names: &[&str]| {
            (self.is(at, ".") && names.contains(&self.word(at + 1)) && self.is(at + 2, "("))
                .then(|| arguments(at + 2))
                .flatten()
        };
        match self.word(index) {
            "environ" | "ENV" if self.is(index + 1, "[") => arguments(index + 1),
            "environ" | "ENV" => called(index + 1, &["get", "fetch"]),
            "env" if self.language == Language::JavaScript => {
                if self.is(index + 1, "[") {
                    return arguments(index + 1);
                }
                let is_member = self.is(index + 1, ".") || self.is(index + 1, "?.");
                (is_member && self.is_word(index + 2))
                    .then(|| (Name::Text(self.at(index + 2).to_owned()), index + 3))
            }
            "getenv" if self.is(index + 1, "(") && self.is(index + 2, ")") => {
                called(index + 3, &["get", "getOrDefault"])
            }
            "getenv" | "Getenv" | "LookupEnv" | "GetEnvironmentVariable" => {
                self.is(index + 1, "(").then(|| arguments(index + 1)).flatten()
            }
            "var" | "var_os" if self.language == Language::Rust => {
                self.is(index + 1, "(").then(|| arguments(index + 1)).flatten()
            }
            "env" | "option_env" if self.language == Language::Rust && self.is(index + 1, "!") => {
                self.is(index + 2, "(").then(|| arguments(index + 2)).flatten()
            }
            _ => None,
        }
    }
}

/// What a variable is called where it is read.
pub(super) enum Name {
    /// As it stands there.
    Text(String),
    /// By a constant.
    Constant(String),
}

//! Values written in a rules file.

use std::sync::OnceLock;

use fancy_regex::Regex;
use serde::{Deserialize, Serialize};

use super::ast::TextId;

/// A value written in a rules file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Literal {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `5`
    Int(i64),
    /// `5.0`
    Float(f64),
    /// `'text'`
    Text(TextId),
    /// `/regex/`
    Pattern(Box<Pattern>),
    /// `r[1, 5]`
    IntRange(Range<i64>),
    /// `r[1.0, 5.0]`
    FloatRange(Range<f64>),
    /// `r[a, z]`
    CharRange(Range<char>),
    /// `[1, 2]`
    List(Vec<Literal>),
    /// `{a: 1}`, each key once.
    Map(Vec<(TextId, Literal)>),
}

/// A regular expression that compiles.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pattern {
    text: String,
    /// Compiling takes longer than all else that is done with most of them, and few are asked anything.
    #[serde(skip)]
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// The expression of this text.
    ///
    /// # Errors
    ///
    /// It does not compile.
    pub(super) fn new(text: String) -> Result<Self, Box<fancy_regex::Error>> {
        let compiled = OnceLock::from(Regex::new(&text)?);
        Ok(Self { text, compiled })
    }

    /// As written, without the slashes.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it occurs in a text; `None` if it would try too many ways to match it.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        let compile = || Regex::new(&self.text).expect("a pattern is made of a text that compiles");
        self.compiled.get_or_init(compile).is_match(text).ok()
    }
}

/// `r[low, high)`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Range<T> {
    pub(super) low: T,
    pub(super) high: T,
    pub(super) has_low: bool,
    pub(super) has_high: bool,
}

//! Values written in a rules file.

use super::ast::TextId;

/// A value written in a rules file.
#[derive(Debug)]
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

/// A regular expression, compiled when the file was parsed.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) regex: fancy_regex::Regex,
}

/// `r[low, high)`.
#[derive(Debug, PartialEq)]
pub(super) struct Range<T> {
    pub(super) low: T,
    pub(super) high: T,
    pub(super) has_low: bool,
    pub(super) has_high: bool,
}

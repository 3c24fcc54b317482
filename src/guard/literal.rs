//! Values written in a rules file.

use std::sync::OnceLock;

use fancy_regex::Regex;
use regex_syntax::hir::Look;
use regex_syntax::hir::literal::Extractor;
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
    /// The bytes that a text begins with in which it occurs, one of these; none where it may occur anywhere.
    beginnings: Vec<Box<[u8]>>,
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
        Ok(Self { beginnings: beginnings(&text).unwrap_or_default(), text, compiled })
    }

    /// As written, without the slashes.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it occurs in a text; `None` if it would try too many ways to match it.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        let mut beginnings = self.beginnings.iter();
        let is_elsewhere = !beginnings.any(|beginning| text.as_bytes().starts_with(beginning));
        if is_elsewhere && !self.beginnings.is_empty() {
            return Some(false);
        }
        let compile = || Regex::new(&self.text).expect("a pattern is made of a text that compiles");
        self.compiled.get_or_init(compile).is_match(text).ok()
    }
}

/// The bytes that a text begins with in which an expression occurs, where it is one that occurs at the beginning alone.
/// Most texts begin otherwise, and the expression need not be compiled for them.
///
/// `None` also where another parser may understand an expression otherwise: with lookaround, backreferences, and flags
/// that are not one for all of it.
fn beginnings(pattern: &str) -> Option<Vec<Box<[u8]>>> {
    /// So many bytes tell most texts apart, and few expressions that ignore case have more beginnings than are listed.
    const LENGTHS: [usize; 3] = [3, 2, 1];
    let rest = pattern.strip_prefix("(?i)").unwrap_or(pattern);
    if rest.replace("(?:", "").contains("(?") {
        return None;
    }
    let expression = regex_syntax::parse(pattern).ok()?;
    if !expression.properties().look_set_prefix().contains(Look::Start) {
        return None;
    }
    LENGTHS.iter().find_map(|length| {
        let found = Extractor::new().limit_literal_len(*length).extract(&expression);
        let found = found.literals()?.iter().map(|literal| literal.as_bytes().into());
        Some(found.collect()).filter(|found: &Vec<Box<[u8]>>| !found.iter().any(|bytes| bytes.is_empty()))
    })
}

/// `r[low, high)`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Range<T> {
    pub(super) low: T,
    pub(super) high: T,
    pub(super) has_low: bool,
    pub(super) has_high: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(pattern: &str) -> Vec<String> {
        let pattern = Pattern::new(pattern.to_owned()).expect("it compiles");
        let mut starts: Vec<_> =
            pattern.beginnings.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        starts.sort();
        starts
    }

    #[test]
    fn what_occurs_at_the_beginning_alone_has_few_beginnings() {
        assert_eq!(starts("^(java|dotnet)"), ["dot", "jav"]);
        assert_eq!(starts("^a$|^bc"), ["a", "bc"]);
        assert_eq!(starts("(?i)^x"), ["X", "x"]);
    }

    #[test]
    fn what_may_occur_anywhere_has_none() {
        for pattern in
            ["java", "^a|b", "(?m)^a", "^", "^a?", "^.b", "^(?=a)a", r"^(a)\1", "^(x|)", "^((?i)a)b"]
        {
            assert_eq!(starts(pattern), [""; 0], "{pattern}");
        }
    }

    #[test]
    fn beginnings_change_no_answer() {
        let texts =
            ["", "a", "A", "abc", "s3:GetObject", "S3:getobject", "\u{17f}3:GetObject", "ab", "xab", "\nab"];
        for pattern in [
            "^ab",
            "(?i)^s3:get",
            "^(a|s3)",
            "(?i)^(?:[a-z]|s)3",
            "^[^a]",
            "(?m)^ab",
            "^$",
            "\\Aab",
            "^((?i)a)b",
            "(?x)^[a ]b",
        ] {
            let plain = Regex::new(pattern).expect("it compiles");
            let pattern = Pattern::new(pattern.to_owned()).expect("it compiles");
            for text in texts {
                assert_eq!(pattern.is_match(text), plain.is_match(text).ok(), "{} {text:?}", pattern.text);
            }
        }
    }
}

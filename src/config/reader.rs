//! Reads TOML values as what a key takes, and keeps what is wrong with them: one mistake hides no other.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::source::Span;
use crate::spelling::nearest;

use super::layer::Named;
use super::pattern::FilePattern;
use super::problem::Problem;

/// A value and its place.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// What is wrong with the values of one file.
pub(super) struct Reader<'f> {
    /// Where the file lies: its patterns and paths start from there.
    pub(super) folder: &'f Path,
    pub(super) problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn text<'v>(&mut self, key: &str, value: &'v Value<'_>) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            _ => self.unexpected(key, "text", value),
        }
    }

    /// Text with something in it.
    pub(super) fn full_text<'v>(&mut self, key: &str, value: &'v Value<'_>) -> Option<&'v str> {
        let text = self.text(key, value)?;
        if text.trim().is_empty() {
            self.problems.push(Problem::error(value.span(), format!("`{key}` is empty")));
            return None;
        }
        Some(text)
    }

    pub(super) fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.unexpected(key, "true or false", value),
        }
    }

    /// One of some words; `named` knows each of them.
    pub(super) fn word<T>(
        &mut self,
        key: &str,
        value: &Value<'_>,
        known: &[&'static str],
        named: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(key, value)?;
        let found = named(text);
        if found.is_none() {
            let problem = Problem::error(value.span(), format!("`{key}` cannot be '{text}'"));
            let near = nearest(text, known.iter().copied());
            self.problems.push(problem.near(near).help(format!("It is one of {}.", known.join(", "))));
        }
        found
    }

    pub(super) fn list<'v, 'i>(&mut self, key: &str, wanted: &str, value: &'v Value<'i>) -> &'v [Value<'i>] {
        match value.get_ref() {
            DeValue::Array(items) => items,
            _ => self.unexpected(key, wanted, value).unwrap_or_default(),
        }
    }

    pub(super) fn table<'v, 'i>(
        &mut self,
        key: &str,
        wanted: &str,
        value: &'v Value<'i>,
    ) -> Option<&'v DeTable<'i>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => self.unexpected(key, wanted, value),
        }
    }

    /// The members of a list of text, each with its place.
    pub(super) fn texts<'v>(
        &mut self,
        key: &str,
        wanted: &str,
        value: &'v Value<'_>,
    ) -> Vec<(&'v str, &'v Value<'v>)> {
        let mut texts = Vec::new();
        for item in self.list(key, wanted, value) {
            match item.get_ref() {
                DeValue::String(text) if !text.trim().is_empty() => texts.push((text.as_ref(), item)),
                DeValue::String(_) => {
                    self.problems.push(Problem::error(item.span(), format!("A member of `{key}` is empty")));
                }
                _ => {
                    self.unexpected::<()>(key, "a list of text only", item);
                }
            }
        }
        texts
    }

    pub(super) fn selectors(&mut self, key: &str, value: &Value<'_>) -> Vec<Named> {
        let texts = self.texts(key, "a list of rules and families", value);
        texts
            .into_iter()
            .map(|(text, item)| Named { text: text.to_owned(), at: Span::new(item.span()) })
            .collect()
    }

    pub(super) fn patterns(&mut self, key: &str, value: &Value<'_>) -> Vec<FilePattern> {
        let texts = self.texts(key, "a list of patterns", value);
        texts.into_iter().filter_map(|(text, item)| self.pattern(text, item.span())).collect()
    }

    pub(super) fn pattern(&mut self, text: &str, at: std::ops::Range<usize>) -> Option<FilePattern> {
        let read = FilePattern::read(text, self.folder);
        read.map_err(|wrong| self.problems.push(Problem::error(at, format!("Pattern '{text}' {wrong}")))).ok()
    }

    /// Says that the value of a key is of the wrong kind; gives nothing, whatever is wanted.
    pub(super) fn unexpected<T>(&mut self, key: &str, wanted: &str, value: &Value<'_>) -> Option<T> {
        let found = match value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{key}` takes {wanted}, not {found}");
        self.problems.push(Problem::error(value.span(), message));
        None
    }
}

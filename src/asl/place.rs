//! Places of states in a definition that is a text of the template.
//!
//! A text goes through escapes, folding and substitutions before it is JSON, so its own offsets say nothing about
//! the template's. But states are read in the order of the text: the place of a state is the next one where its
//! name opens a map.

use std::cell::Cell;
use std::ops::Range;

use crate::source::Span;
use crate::template::Origin;

/// The text of a definition as it stands in its file.
pub(super) struct Places<'t> {
    text: &'t str,
    /// The whole text's place.
    origin: Origin,
    /// Where the last state's body starts and ends.
    body: Cell<(usize, usize)>,
}

impl<'t> Places<'t> {
    /// The places of the definition `text`, which stands at `origin`.
    pub(super) fn new(text: &'t str, origin: Origin) -> Self {
        Self { text, origin, body: Cell::new((0, text.len())) }
    }

    /// The place of the next state, by its name; of the whole text where it is not to be found. What comes after
    /// such a state is not looked for, so that a text which only looks like a definition costs one search.
    pub(super) fn state(&self, name: &str) -> Origin {
        let end = self.text.len();
        let found = self.member(name, end, |rest| rest.starts_with('{'));
        let place =
            found.and_then(|(key, body)| Some((key, body, body + closing_brace(&self.text[body..])?)));
        let Some((key, start, stop)) = place else {
            self.body.set((end, end));
            return self.origin;
        };
        self.body.set((start + 1, stop));
        self.origin_of(key..key + name.len() + 2, start..stop)
    }

    /// The place of a setting of the state that was found last, by its key.
    pub(super) fn setting(&self, key: &str) -> Option<Origin> {
        let (_, stop) = self.body.get();
        let (start, value) = self.member(key, stop, |rest| rest.starts_with(['"', '\\']))?;
        let rest = &self.text[value..];
        let opening = rest.find('"')? + 1;
        let closing = opening + rest[opening..].find('"')? + 1;
        Some(self.origin_of(start..start + key.len() + 2, value..value + closing))
    }

    /// Where a key before `stop` starts, with its quote, and where its value does.
    fn member(&self, key: &str, stop: usize, is_value: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
        let (mut from, _) = self.body.get();
        while let Some(found) = self.text.get(from..stop)?.find(key) {
            let start = from + found;
            from = start + key.chars().next()?.len_utf8();
            let rest = &self.text[start + key.len()..];
            let is_key = self.text[..start].ends_with('"');
            let value = rest.strip_prefix('\\').unwrap_or(rest).strip_prefix('"').map(past_space);
            let value = value.and_then(|rest| rest.strip_prefix(':')).map(past_space);
            if let Some(value) = value.filter(|value| is_key && is_value(value)) {
                return Some((start - 1, self.text.len() - value.len()));
            }
        }
        None
    }

    fn origin_of(&self, key: Range<usize>, value: Range<usize>) -> Origin {
        let base = self.origin.value.start as usize;
        let span = |range: Range<usize>| Span::new(base + range.start..base + range.end.min(self.text.len()));
        Origin { key: span(key), value: span(value), ..self.origin }
    }
}

/// A text without the space at its start; in a quoted text, space may be spelled with escapes.
fn past_space(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(tail) = ["\\n", "\\r", "\\t"].iter().find_map(|escape| rest.strip_prefix(escape)) {
        rest = tail.trim_start();
    }
    rest
}

/// The length of the map at the start of a text. Braces inside of texts come in pairs: `${Name}`, `{% … %}`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

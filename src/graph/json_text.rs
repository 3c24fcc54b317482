//! A JSON text in a property, of which pieces may not be known: a redrive policy, the pattern of a filter.

use serde_json::Value;

use crate::template::{Alt, TextPart};

use super::branch::Branch;
use super::draft::Draft;

/// What stands for a piece that is not known. In a string it is a part of that; elsewhere it is a value of its own,
/// and may be anything.
const HOLE: &str = "${?}";

/// Stands on both sides of a hole's number; a character that is nobody's.
const MARK: char = '\u{e000}';

impl Draft<'_> {
    /// The JSON that a value is as a text: an error where it is none, nothing where it is no text or nobody knows it.
    pub(super) fn json_text(&self, alt: &Alt) -> Option<serde_json::Result<Value>> {
        let text = match alt {
            Alt::Scalar { text, .. } => self.text(*text).to_owned(),
            Alt::Text(parts) => masked(parts.iter().map(|part| self.known_piece(part)), |_| HOLE.to_owned()),
            Alt::Absent { .. }
            | Alt::OneOf { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Unknown(_) => return None,
        };
        Some(serde_json::from_str(&text))
    }

    /// The JSON that `Fn::ToJsonString` makes of a tree. A text, a number and a truth value are all told as texts.
    pub(super) fn json_tree(&self, branch: Branch) -> Value {
        match self.alternatives(branch).as_slice() {
            [(_, Alt::Map(_))] => {
                let entries = self.entries(branch).into_iter();
                entries.map(|(key, value)| (self.text(key).to_owned(), self.json_tree(value))).collect()
            }
            [(_, Alt::List(_))] => {
                self.branches(branch, &["*"]).into_iter().map(|item| self.json_tree(item)).collect()
            }
            [(_, Alt::Scalar { text, .. })] => Value::String(self.text(*text).to_owned()),
            _ => Value::String(HOLE.to_owned()),
        }
    }

    /// The JSON that a value is as a text, with what stands in its holes; nothing where it is none.
    pub(super) fn json_with_mentions(&self, alt: &Alt) -> Option<JsonText> {
        let parts: &[TextPart] = match alt {
            Alt::Scalar { text, .. } => &[TextPart::Known(*text)],
            Alt::Text(parts) => parts,
            Alt::Absent { .. }
            | Alt::OneOf { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Unknown(_) => return None,
        };
        let pieces = || parts.iter().map(|part| self.known_piece(part));
        // A text that has the mark itself could not be taken apart again.
        if pieces().flatten().any(|piece| piece.contains(MARK)) {
            return None;
        }
        let text = masked(pieces(), |hole| format!("{MARK}{hole}{MARK}"));
        let holes = parts.iter().filter(|part| self.known_piece(part).is_none()).cloned().collect();
        Some(JsonText { value: serde_json::from_str(&text).ok()?, holes })
    }

    fn known_piece(&self, part: &TextPart) -> Option<&str> {
        match part {
            TextPart::Known(text) => Some(self.text(*text)),
            TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => None,
        }
    }
}

/// A JSON text that was read, each hole of which is its number between two marks.
pub(super) struct JsonText {
    value: Value,
    holes: Vec<TextPart>,
}

impl JsonText {
    /// The string under a key of the object, with what it mentions.
    pub(super) fn string(&self, draft: &Draft<'_>, key: &str) -> Option<Alt> {
        let text = self.value.get(key)?.as_str()?;
        let parts = text.split(MARK).enumerate().filter_map(|(index, piece)| {
            let is_hole = index % 2 == 1;
            if is_hole {
                return self.holes.get(piece.parse::<usize>().ok()?).cloned();
            }
            (!piece.is_empty()).then(|| TextPart::Known(draft.names().intern(piece)))
        });
        Some(Alt::Text(parts.collect()))
    }

    /// Whether the object has a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }
}

/// Whether a value, or something in it, is not known.
pub(super) fn has_hole(value: &Value) -> bool {
    match value {
        Value::String(text) => text == HOLE,
        Value::Array(items) => items.iter().any(has_hole),
        Value::Object(entries) => entries.iter().any(|(key, value)| key == HOLE || has_hole(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The text with something in each hole that leaves it JSON if it is.
fn masked<'p>(pieces: impl Iterator<Item = Option<&'p str>>, hole: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut holes = 0;
    let mut is_in_string = false;
    for piece in pieces {
        if let Some(piece) = piece {
            is_in_string = ends_in_string(piece, is_in_string);
            text.push_str(piece);
        } else {
            let quote = if is_in_string { "" } else { "\"" };
            text.push_str(quote);
            text.push_str(&hole(holes));
            text.push_str(quote);
            holes += 1;
        }
    }
    text
}

fn ends_in_string(piece: &str, starts_in_string: bool) -> bool {
    let mut is_in_string = starts_in_string;
    let mut is_escaped = false;
    for character in piece.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_in_string,
            '"' => is_in_string = !is_in_string,
            _ => {}
        }
    }
    is_in_string
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[Option<&str>]) -> Value {
        serde_json::from_str(&masked(pieces.iter().copied(), |_| HOLE.to_owned()))
            .expect("the test's text is JSON")
    }

    #[test]
    fn a_hole_is_a_part_of_its_string_or_a_value_of_its_own() {
        let within = read(&[Some(r#"{"a": "x\"-"#), None, Some(r#"-y", "b": 5}"#)]);
        assert_eq!(within["b"], 5);
        assert!(!has_hole(&within), "{within}");
        let alone = read(&[Some(r#"{"a": "#), None, Some("}")]);
        assert!(has_hole(&alone), "{alone}");
    }

    #[test]
    fn a_string_that_is_one_hole_is_not_known() {
        assert!(has_hole(&read(&[Some(r#"["x", ""#), None, Some(r#""]"#)])));
    }
}

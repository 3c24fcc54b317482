//! Text in a picture: its width, what is left out of it, and nothing of it markup.

use std::fmt::Write as _;

use crate::report::inert::inert;

/// How wide a text is at most, in its own height: the reader's font is not known, so that of the widest counts.
pub(super) fn width(text: &str) -> f64 {
    let widths = text.chars().map(|c| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | 'I' | ' ' | '(' | ')' | '/' | 'f' | 't' | 'r' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.0,
        'A'..='Z' => 0.74,
        _ if c.is_ascii() || ('\u{80}'..'\u{2000}').contains(&c) => 0.64,
        _ => 1.1,
    });
    widths.sum()
}

/// A number of lines or characters, of which there are few.
pub(super) fn number(count: usize) -> f64 {
    f64::from(count as u32)
}

/// The beginning and the end of a long text.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    let text = inert(text);
    let count = text.chars().count();
    if count <= longest {
        return text.into_owned();
    }
    let start: String = text.chars().take(longest * 2 / 3).collect();
    let end: String = text.chars().skip(count - longest / 3 + 1).collect();
    format!("{start}…{end}")
}

/// The beginning and the end of a text that is too wide for the room there is, in its own height.
pub(super) fn fitting(text: &str, room: f64) -> String {
    let whole = text.chars().count();
    let tries = (4..=whole).rev().map(|longest| shortened(text, longest));
    let mut fits = tries.filter(|text| width(text) <= room);
    fits.next().unwrap_or_else(|| shortened(text, 4))
}

/// A name in one line or two that are about equally wide: `OrderDead`, `Letters`. It is folded between its words, if it has any.
pub(super) fn folded(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let is_word = (c.is_uppercase() && !before.is_uppercase() && before.is_alphanumeric())
            || " -_.:".contains(before)
            || c == '/';
        if at > 0 && is_word {
            words.push(at);
        }
        before = c;
    }
    let widest = |at: &usize| width(text[..*at].trim_end()).max(width(text[*at..].trim_start()));
    match words.iter().min_by(|a, b| widest(a).total_cmp(&widest(b))) {
        Some(at) => vec![text[..*at].trim_end().to_owned(), text[*at..].trim_start().to_owned()],
        None => vec![text.to_owned()],
    }
}

/// Text in which nothing is markup, and that XML can hold: control characters are written out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in inert(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

pub(super) fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

pub(super) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes all text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_markup() {
        assert_eq!(escaped("<b>'\"&\u{202e}\u{ffff}"), r"&lt;b&gt;&#39;&quot;&amp;\u{202e}\u{ffff}");
    }

    #[test]
    fn a_name_is_folded_between_its_words() {
        assert_eq!(folded("OrderDeadLetters"), ["OrderDead", "Letters"]);
        assert_eq!(folded("POST /orders/{id}"), ["POST", "/orders/{id}"]);
        assert_eq!(folded("HTTPApi"), ["HTTPApi"]);
        assert_eq!(folded("ship"), ["ship"]);
        assert_eq!(folded(""), [""]);
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        assert_eq!(shortened("short", 9), "short");
        assert_eq!(shortened("abcdefghijklmnop", 9), "abcdef…op");
        assert_eq!(fitting("abcdefghijklmnop", 6.0), "abcdef…op");
        assert_eq!(fitting("short", 6.0), "short");
        assert_eq!(fitting("", 6.0), "");
    }
}

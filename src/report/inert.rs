//! Inert text shows what a template's author wrote and does nothing: it drives no terminal and no build log.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

/// `text` on one line, with each character that could act written out as `\u{1b}`.
///
/// What acts: control characters; those that turn the direction of writing; line separators; `##[` and
/// `##vso[`, which GitHub's runner and Azure's agent obey anywhere in a line; `::`, which the runner obeys
/// at the start of one. The last three lose their second character and not a zero-width space put in
/// between: older agents search by the rules of a culture, to which such a space is not there.
pub(crate) fn inert(text: &str) -> Cow<'_, str> {
    if text.char_indices().all(|(at, c)| !acts(text, at, c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        push(&mut out, text, at, c);
    }
    Cow::Owned(out)
}

/// The lines of `text`, each of them [`inert`].
pub(super) fn inert_lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.lines().map(inert)
}

/// Appends the character `c` of `text` at the offset `at` to `out`, written out if it could act.
pub(super) fn push(out: &mut String, text: &str, at: usize, c: char) {
    if !acts(text, at, c) {
        out.push(c);
    } else if c.is_control() {
        out.extend(c.escape_default());
    } else {
        out.extend(c.escape_unicode());
    }
}

/// Writes `value` as indented JSON with a final newline. Parsers read exactly the values; the raw text is inert.
pub(crate) fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_inert_json(&serde_json::to_string_pretty(value)?, out)
}

/// Writes `value` as JSON on one line, inert as that of [`write_json`].
pub(super) fn write_json_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_inert_json(&serde_json::to_string(value)?, out)
}

fn write_inert_json(plain: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::with_capacity(plain.len() + 1);
    for (c, acts) in characters(plain) {
        // Whatever acts in JSON stands inside a string, save for the line breaks of its layout.
        if c != '\n' && acts {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(text, "\\u{unit:04x}").expect("a String takes all text");
            }
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    out.write_all(text.as_bytes())
}

/// Each character of `text`, and whether it could act where it stands: for formats that can write a character
/// in another way.
pub(super) fn characters(text: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    text.char_indices().map(|(at, c)| (c, acts(text, at, c)))
}

/// Whether `c` turns the direction of the text that follows it.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the character `c` of `text` at the offset `at` could act in a terminal or a build log.
fn acts(text: &str, at: usize, c: char) -> bool {
    match c {
        '#' => text[..at].ends_with('#') && opens_a_command(&text.as_bytes()[at + 1..]),
        // After a word it is a name of AWS's: `AWS::SQS::Queue`, `arn:aws:states:::sqs:sendMessage`.
        ':' => text[..at].strip_suffix(':').is_some_and(|before| {
            !before.trim_end_matches(':').ends_with(|c: char| c.is_alphanumeric() || c == '_')
        }),
        '\u{2028}' | '\u{2029}' => true,
        _ => c.is_control() || is_bidi_control(c),
    }
}

/// Whether `rest`, after `##`, makes it a command.
fn opens_a_command(rest: &[u8]) -> bool {
    rest.starts_with(b"[") || rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"vso["))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "Queue 'Q' of AWS::SQS::Queue",
            "arn:aws:states:::sqs:sendMessage",
            "# a comment ## here",
            "é 漢字 👩\u{200d}💻 [x](1)",
            "",
        ] {
            assert!(matches!(inert(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn terminal_controls_are_written_out() {
        assert_eq!(inert("a\u{1b}[2Jb\0\u{7f}\u{9b}31m"), r"a\u{1b}[2Jb\u{0}\u{7f}\u{9b}31m");
        assert_eq!(inert("one\r\ntwo\tthree\u{2028}"), r"one\r\ntwo\tthree\u{2028}");
    }

    #[test]
    fn text_cannot_turn_its_direction() {
        assert_eq!(inert("a\u{202e}b\u{2066}c\u{61c}"), r"a\u{202e}b\u{2066}c\u{61c}");
    }

    #[test]
    fn log_commands_are_broken_wherever_they_stand() {
        assert_eq!(inert("x ##[group]"), r"x #\u{23}[group]");
        assert_eq!(inert("###[x"), r"##\u{23}[x");
        assert_eq!(inert("x##vso[task"), r"x#\u{23}vso[task");
        assert_eq!(inert("##VSO[task"), r"#\u{23}VSO[task");
    }

    #[test]
    fn two_colons_are_broken_where_a_wrapped_line_could_start() {
        assert_eq!(inert("::error::x"), r":\u{3a}error::x");
        assert_eq!(inert("a ::error -::x"), r"a :\u{3a}error -:\u{3a}x");
        assert_eq!(inert(":::"), r":\u{3a}\u{3a}");
    }

    #[test]
    fn json_on_one_line_is_as_inert() {
        let mut raw = Vec::new();
        write_json_line(&["##[x]\n ::y", "z"], &mut raw).unwrap();
        assert_eq!(String::from_utf8(raw).unwrap(), "[\"#\\u0023[x]\\n :\\u003ay\",\"z\"]\n");
    }

    #[test]
    fn json_is_inert_and_still_says_the_same() {
        let value = ["##[x] ##vso[y] \u{1b}\u{9b}\u{202e}\u{7f} ::z é\n", "plain"];
        let mut raw = Vec::new();
        write_json(&value, &mut raw).unwrap();
        let raw = String::from_utf8(raw).unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(&raw).unwrap(), value);
        assert_eq!(
            raw,
            "[\n  \"#\\u0023[x] #\\u0023vso[y] \\u001b\\u009b\\u202e\\u007f :\\u003az é\\n\",\n  \"plain\"\n]\n"
        );
    }
}

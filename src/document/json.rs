//! A reader of JSON as RFC 8259 has it, that names what is wrong and goes on behind it.

use std::ops::Range;
use std::sync::Arc;

use super::builder::{Builder, Collection, DEPTH_LIMIT};
use super::{BYTE_ORDER_MARK, ERROR_LIMIT, Read, SyntaxError, shortened};
use crate::source::Span;

/// Reads a JSON text. One pass whatever is wrong with it.
pub(super) fn read(text: &Arc<str>) -> Read {
    let at = text.len() - text.trim_start_matches(BYTE_ORDER_MARK).len();
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at,
        builder: Builder::new(Arc::clone(text)),
        before: Before::Nothing,
        last: at,
        quiet: 0..0,
        is_done: false,
    };
    reader.document();
    reader.builder.finish(reader.at)
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    builder: Builder,
    /// What came before, in the innermost open collection.
    before: Before,
    /// The end of the last value or key.
    last: usize,
    /// From the last error to the end of its line: what else is wrong there is mostly its echo.
    quiet: Range<usize>,
    is_done: bool,
}

#[derive(Clone, Copy)]
enum Before {
    Nothing,
    Comma(usize),
    Child,
}

impl Reader<'_> {
    fn document(&mut self) {
        self.skip_blanks();
        self.value();
        while let Some((collection, start)) = self.builder.innermost()
            && !self.is_done
        {
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.never_closed(start);
                    return;
                }
                Some(b',') => self.comma(),
                Some(b'}') => self.closing(collection, Collection::Mapping, start),
                Some(b']') => self.closing(collection, Collection::Sequence, start),
                Some(_) => self.child(collection),
            }
        }
        self.skip_blanks();
        if self.at < self.bytes.len() && !self.is_done {
            let rest = self.at..self.at + self.char_len();
            self.error(
                rest,
                "Text follows the end of the template".to_owned(),
                "Remove it, or the bracket that closes too early",
            );
        }
    }

    fn comma(&mut self) {
        if !matches!(self.before, Before::Child) {
            let stray = self.at..self.at + 1;
            self.error(stray, "A comma stands where a value is expected".to_owned(), "Remove the comma");
        }
        self.before = Before::Comma(self.at);
        self.at += 1;
    }

    /// A closing bracket of the kind `closed` where `open`, begun at `start`, is to be closed.
    fn closing(&mut self, open: Collection, closed: Collection, start: usize) {
        let bracket = char::from(self.bytes[self.at]);
        if let Before::Comma(comma) = self.before {
            let message = format!("A comma stands before the closing `{bracket}`");
            self.error(comma..comma + 1, message, "Remove it: in JSON, commas only stand between entries");
        }
        if open == closed {
            self.at += 1;
        } else if self.builder.is_within(closed) {
            self.never_closed(start);
        } else {
            let wanted = if open == Collection::Mapping { '}' } else { ']' };
            let opened = char::from(self.bytes[start]);
            let message = format!("`{bracket}` closes what `{opened}` opened");
            self.error(self.at..self.at + 1, message, &format!("Write `{wanted}`"));
            self.at += 1;
        }
        self.builder.close(self.at);
        self.last = self.at;
        self.before = Before::Child;
    }

    fn child(&mut self, collection: Collection) {
        if matches!(self.before, Before::Child) {
            let place = self.last..self.last;
            self.error(place, "A comma is missing after this".to_owned(), "Write `,` between two entries");
        }
        if collection == Collection::Mapping && !self.key() {
            return;
        }
        self.value();
    }

    /// Reads a key and its colon; false if there is none.
    fn key(&mut self) -> bool {
        if matches!(self.peek(), Some(b'"' | b'\'')) {
            self.string();
        } else if !self.unquoted_key() {
            return false;
        }
        let key_end = self.at;
        self.skip_blanks();
        if self.peek() == Some(b':') {
            self.at += 1;
            self.skip_blanks();
        } else {
            self.error(
                key_end..key_end,
                "A colon is missing after this key".to_owned(),
                "Write `:` and the value",
            );
            if self.bytes[key_end..self.at].iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
                // What stands on the next line is an entry of its own.
                self.plain(key_end..key_end);
                self.at = key_end;
                return false;
            }
        }
        true
    }

    fn unquoted_key(&mut self) -> bool {
        let word = self.word();
        if word.is_empty() {
            let odd = self.at..self.at + self.char_len();
            let message = format!("`{}` stands where a key is expected", &self.text[odd.clone()]);
            self.error(odd.clone(), message, "Write a key in double quotes, a colon and a value");
            self.at = odd.end;
            return false;
        }
        let text = shortened(&self.text[word.clone()]);
        self.error(word.clone(), format!("Key `{text}` is not quoted"), &format!("Write `\"{text}\"`"));
        self.plain(word);
        true
    }

    fn value(&mut self) {
        match self.peek() {
            Some(b'"' | b'\'') => self.string(),
            Some(b'{') => self.open(Collection::Mapping),
            Some(b'[') => self.open(Collection::Sequence),
            None | Some(b',' | b'}' | b']') => {
                self.error(
                    self.last..self.last,
                    "A value is missing after this".to_owned(),
                    "Write the value, or `null`",
                );
                self.plain(self.at..self.at);
            }
            Some(_) => {
                let word = self.word();
                if word.is_empty() {
                    let odd = self.at..self.at + self.char_len();
                    let message = format!("`{}` stands where a value is expected", &self.text[odd.clone()]);
                    self.error(odd.clone(), message, "Write a value; texts are in double quotes");
                    self.plain(odd);
                } else {
                    self.check_word(word.clone());
                    self.plain(word);
                }
            }
        }
    }

    fn open(&mut self, opened: Collection) {
        if self.builder.depth() as u32 == DEPTH_LIMIT {
            self.error(
                self.at..self.at + 1,
                format!("More than {DEPTH_LIMIT} levels are nested here"),
                "Nest less",
            );
            self.plain(self.at..self.at);
            self.is_done = true;
            return;
        }
        self.builder.open(self.at, opened);
        self.at += 1;
        self.before = Before::Nothing;
    }

    /// Writes `range` as a plain scalar and goes on behind it.
    fn plain(&mut self, range: Range<usize>) {
        let span = Span::new(range);
        self.builder.written_scalar(span, span, true);
        self.after_scalar(span);
    }

    fn after_scalar(&mut self, span: Span) {
        self.at = span.end as usize;
        self.last = self.at;
        self.before = Before::Child;
    }

    /// The run of characters that can only be a number, a literal or an unquoted text.
    fn word(&self) -> Range<usize> {
        let is_end = |byte: &u8| {
            matches!(byte, b',' | b':' | b'"' | b'\'' | b'{' | b'}' | b'[' | b']' | b'/' | b'#')
                || *byte <= b' '
        };
        let rest = &self.bytes[self.at..];
        self.at..self.at + rest.iter().position(is_end).unwrap_or(rest.len())
    }

    fn check_word(&mut self, word: Range<usize>) {
        let text = &self.text[word.clone()];
        if matches!(text, "true" | "false" | "null") || is_number(text) {
            return;
        }
        let lower = text.to_ascii_lowercase();
        let text = shortened(text);
        let (message, help) = match &*lower {
            "true" | "false" | "null" => (format!("`{text}` is no word of JSON"), format!("Write `{lower}`")),
            "none" => (format!("`{text}` is no word of JSON"), "Write `null`".to_owned()),
            _ if text
                .starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) =>
            {
                (
                    format!("`{text}` is no number of JSON"),
                    "Write a decimal number without leading zeros, or quote it".to_owned(),
                )
            }
            _ => (format!("Text `{text}` is not quoted"), format!("Write `\"{text}\"`")),
        };
        self.error(word, message, &help);
    }

    /// Reads a string, of which the next byte is the opening quote.
    fn string(&mut self) {
        let start = self.at;
        let quote = self.bytes[start];
        if quote == b'\'' {
            let message = "Text is in single quotes".to_owned();
            self.error(start..start + 1, message, "Write double quotes, the only ones that JSON has");
        }
        let decoded_from = self.builder.decoded().len();
        let mut is_decoded = false;
        // What stands between here and `at` is still to be copied, if anything is.
        let mut copied = start + 1;
        let mut at = start + 1;
        let end = loop {
            let rest = &self.bytes[at..];
            at += rest
                .iter()
                .position(|byte| *byte == quote || *byte == b'\\' || *byte < b' ')
                .unwrap_or(rest.len());
            match self.bytes.get(at) {
                Some(byte) if *byte == quote => break at + 1,
                Some(b'\\') => {
                    is_decoded = true;
                    self.builder.decoded().push_str(&self.text[copied..at]);
                    at = self.escape(at);
                    copied = at;
                }
                None | Some(b'\n' | b'\r') => {
                    let message = "Text has no closing quote in its line".to_owned();
                    self.error(
                        start..start + 1,
                        message,
                        "Close the quote; a line break inside a text is `\\n`",
                    );
                    break at;
                }
                Some(_) => {
                    let message = "Text holds a control character".to_owned();
                    self.error(at..at + 1, message, "Write it as an escape; a tab is `\\t`");
                    at += 1;
                }
            }
        };
        let is_closed = end > at;
        let span = Span::new(start..end);
        if is_decoded {
            self.builder.decoded().push_str(&self.text[copied..at]);
            self.builder.decoded_scalar(span, decoded_from, false);
        } else {
            self.builder.written_scalar(
                span,
                Span::new(start + 1..if is_closed { end - 1 } else { end }),
                false,
            );
        }
        self.after_scalar(span);
    }

    /// Decodes the escape at the backslash `at`; the offset behind it.
    fn escape(&mut self, at: usize) -> usize {
        let simple = match self.bytes.get(at + 1) {
            Some(byte @ (b'"' | b'\\' | b'/')) => Some(char::from(*byte)),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            _ => None,
        };
        if let Some(char) = simple {
            self.builder.decoded().push(char);
            return at + 2;
        }
        let Some(unit) = self.code_unit(at) else {
            let end = at + 1 + self.text[at + 1..].chars().next().map_or(0, char::len_utf8);
            let shown = self.text[at..end].trim_end_matches(char::is_control);
            let message = format!("`{shown}` is no escape of JSON");
            self.error(at..at + shown.len(), message, "Write `\\\\` for a backslash");
            self.builder.decoded().push('\\');
            return at + 1;
        };
        let pair = self.code_unit(at + 6).and_then(|low| char::decode_utf16([unit, low]).next()?.ok());
        match pair {
            Some(char) if char.len_utf16() == 2 => {
                self.builder.decoded().push(char);
                at + 12
            }
            Some(_) | None => {
                let char = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.builder.decoded().push(char);
                at + 6
            }
        }
    }

    /// The UTF-16 unit that `\uXXXX` at `at` stands for.
    fn code_unit(&self, at: usize) -> Option<u16> {
        let escape = self.bytes.get(at..at + 6)?;
        let digits = escape.strip_prefix(b"\\u")?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }

    /// Goes past blanks and, naming them, comments.
    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.bytes[self.at..];
            let length = match rest {
                [b' ' | b'\t' | b'\n' | b'\r', ..] => {
                    self.at += 1;
                    continue;
                }
                [b'/', b'/', ..] | [b'#', ..] => memchr::memchr2(b'\n', b'\r', rest),
                [b'/', b'*', ..] => memchr::memmem::find(&rest[2..], b"*/").map(|length| length + 4),
                _ => return,
            };
            let comment = self.at..self.at + length.unwrap_or(rest.len());
            self.at = comment.end;
            self.builder.comment(Span::new(comment.clone()));
            self.error(
                comment,
                "JSON has no comments".to_owned(),
                "Remove it, or write the template in YAML",
            );
        }
    }

    fn never_closed(&mut self, start: usize) {
        let bracket = char::from(self.bytes[start]);
        let wanted = if bracket == '{' { '}' } else { ']' };
        let message = format!("`{bracket}` is never closed");
        self.error(start..start + 1, message, &format!("Write `{wanted}` where it ends"));
    }

    fn error(&mut self, range: Range<usize>, message: String, help: &str) {
        if self.quiet.contains(&range.start) {
            return;
        }
        let line_end = memchr::memchr2(b'\n', b'\r', &self.bytes[range.end..]);
        self.quiet = range.start..range.end + line_end.unwrap_or(self.bytes.len() - range.end) + 1;
        self.builder.error(SyntaxError { span: Span::new(range), message, help: Some(help.to_owned()) });
        self.is_done = self.builder.error_count() >= ERROR_LIMIT;
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn char_len(&self) -> usize {
        self.text[self.at..].chars().next().map_or(0, char::len_utf8)
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole)
        && is_digits(fraction)
        && is_digits(exponent)
        && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_the_standard_are_numbers() {
        for number in ["0", "-0", "10", "-1.5", "1e5", "1E-05", "0.0e+0"] {
            assert!(is_number(number), "{number}");
        }
        for other in
            ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1_0", "NaN", "1.2.3", "--1"]
        {
            assert!(!is_number(other), "{other}");
        }
    }

    #[test]
    fn a_pair_of_escapes_is_one_character_and_half_a_pair_a_replacement() {
        for (text, expected) in [
            (r#"["\ud83d\ude00"]"#, "\u{1f600}"),
            (r#"["\ud83d-"]"#, "\u{fffd}-"),
            (r#"["\ude00\ud83d"]"#, "\u{fffd}\u{fffd}"),
            (r#"["\ud83d\u0041"]"#, "\u{fffd}A"),
            (r#"["\"\\\/\b\f\n\r\t"]"#, "\"\\/\u{8}\u{c}\n\r\t"),
        ] {
            let (tape, errors) = read(&text.into());
            assert_eq!(errors, []);
            let tape = tape.unwrap();
            let item = tape.items(super::super::NodeId(0)).next().unwrap();
            assert_eq!(tape.scalar_text(item), Some(expected));
        }
    }

    #[test]
    fn the_second_error_of_a_line_is_not_told() {
        let (_, errors) = read(&"[a b c,\n d]".into());
        let places: Vec<u32> = errors.iter().map(|error| error.span.start).collect();
        assert_eq!(places, [1, 9]);
    }
}

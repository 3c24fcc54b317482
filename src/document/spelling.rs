//! A spelling is how a scalar's text is written in its source: which bytes stand for which part of the text, behind
//! YAML's and JSON's quotes, escapes, folds and indentation.

use std::ops::Range;

use crate::source::Span;

/// A scalar's text, and for every part of it the bytes that it is written with.
#[derive(Debug)]
pub struct Spelling {
    text: String,
    /// In order and without gaps.
    runs: Vec<Run>,
}

/// A stretch of text that is written as it is, or one character that is not.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Where it starts in the text.
    text: u32,
    /// Where it starts in the source, and how long it is there.
    source: u32,
    source_len: u32,
}

impl Spelling {
    /// Reads a scalar as it is written, with its tag if it has one. `None` for what is not one scalar, and for the
    /// little that cannot be told from these bytes alone: an escape that there is not.
    ///
    /// The white space that ends a block is no part of its bytes as documents have them, and so not of the text: see
    /// [`Spelling::of`].
    pub fn read(written: &str) -> Option<Self> {
        Self::read_indented(written, 0)
    }

    /// The spelling of `text`, if that is what stands there.
    pub fn of(written: &str, text: &str) -> Option<Self> {
        let mut spelling = Self::read_indented(written, least_indentation(text))?;
        spelling.end_with_blank_of(text, written.len());
        (spelling.text == text).then_some(spelling)
    }

    /// Reads a scalar; of a block, every line of the text starts with as much space.
    fn read_indented(written: &str, indentation: usize) -> Option<Self> {
        let mut reader = Reader { written, at: 0, spelling: Self { text: String::new(), runs: Vec::new() } };
        reader.skip_properties();
        match reader.rest().chars().next() {
            Some('"') => reader.double_quoted()?,
            Some('\'') => reader.single_quoted()?,
            Some(header @ ('|' | '>')) => reader.block(header == '>', indentation)?,
            Some(_) | None => reader.plain(),
        }
        Some(reader.spelling)
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes that a part of the text is written with, from the start of what was read. An escape is never cut.
    pub fn source_of(&self, part: Range<usize>) -> Span {
        let start = self.run_at(part.start).map_or(0, |(run, len)| {
            let offset = part.start as u32 - run.text;
            run.source + if run.source_len == len { offset } else { 0 }
        });
        let last = part.end.checked_sub(1).filter(|_| part.end > part.start);
        let end = last.and_then(|last| self.run_at(last)).map_or(start, |(run, len)| {
            let offset = part.end as u32 - run.text;
            run.source + if run.source_len == len { offset } else { run.source_len }
        });
        Span { start, end }
    }

    /// The run that holds a byte of the text, or the last one, with its length in the text.
    fn run_at(&self, at: usize) -> Option<(Run, u32)> {
        let index = self.runs.partition_point(|run| run.text as usize <= at).checked_sub(1)?;
        let after = self.runs.get(index + 1).map_or(self.text.len() as u32, |next| next.text);
        Some((self.runs[index], after - self.runs[index].text))
    }

    fn push(&mut self, text: &str, source: Range<usize>) {
        let run = Run {
            text: self.text.len() as u32,
            source: source.start as u32,
            source_len: source.len() as u32,
        };
        if !text.is_empty() {
            self.runs.push(run);
            self.text.push_str(text);
        }
    }

    /// Takes over the white space at the end of `text`, which is written behind the scalar.
    fn end_with_blank_of(&mut self, text: &str, end: usize) {
        if let Some(blank) = text.strip_prefix(self.text.as_str())
            && blank.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
        {
            self.push(blank, end..end);
        }
    }
}

struct Reader<'w> {
    written: &'w str,
    at: usize,
    spelling: Spelling,
}

impl<'w> Reader<'w> {
    fn rest(&self) -> &'w str {
        &self.written[self.at..]
    }

    /// Goes past tag and anchor.
    fn skip_properties(&mut self) {
        while self.rest().starts_with(['!', '&']) {
            let rest = self.rest();
            let property = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let behind = &rest[property..];
            self.at += property + (behind.len() - behind.trim_start().len());
        }
    }

    fn double_quoted(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\', ' ', '\t', '\n', '\r'])?;
            self.copy(plain);
            match self.rest().as_bytes()[0] {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                _ => self.blank(),
            }
        }
    }

    fn single_quoted(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let rest = self.rest();
            let plain = rest.find(['\'', ' ', '\t', '\n', '\r'])?;
            self.copy(plain);
            if self.rest().starts_with("''") {
                self.spelling.push("'", self.at..self.at + 2);
                self.at += 2;
            } else if self.rest().starts_with('\'') {
                return Some(());
            } else {
                self.blank();
            }
        }
    }

    fn plain(&mut self) {
        while !self.rest().is_empty() {
            let rest = self.rest();
            self.copy(rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len()));
            if !self.rest().is_empty() {
                self.blank();
            }
        }
    }

    /// Takes the next bytes as they are.
    fn copy(&mut self, len: usize) {
        let (start, end) = (self.at, self.at + len);
        self.spelling.push(&self.written[start..end], start..end);
        self.at = end;
    }

    /// White space: in a line it stands for itself, around line breaks it folds.
    fn blank(&mut self) {
        let rest = self.rest();
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if !rest[spaces..].starts_with(['\n', '\r']) {
            return self.copy(spaces);
        }
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        let breaks = breaks_in(&rest[..blank]);
        let folded = if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks - 1) };
        self.spelling.push(&folded, self.at..self.at + blank);
        self.at += blank;
    }

    fn escape(&mut self) -> Option<()> {
        let start = self.at;
        let escape = self.rest()[1..].chars().next()?;
        self.at += 1 + escape.len_utf8();
        let c = match escape {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            ' ' | '"' | '/' | '\\' => escape,
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            'x' => char::from_u32(self.hexadecimal(2)?)?,
            'u' => self.utf16()?,
            'U' => char::from_u32(self.hexadecimal(8)?)?,
            // A line that goes on: the break and the space behind it are nothing.
            '\n' | '\r' => {
                self.at = past_break(self.written, start + 1);
                let rest = self.rest();
                let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
                let breaks = "\n".repeat(breaks_in(&rest[..blank]));
                self.spelling.push(&breaks, self.at..self.at + blank);
                self.at += blank;
                return Some(());
            }
            _ => return None,
        };
        self.spelling.push(c.encode_utf8(&mut [0; 4]), start..self.at);
        Some(())
    }

    /// A character outside of the basic plane is a pair of escapes.
    fn utf16(&mut self) -> Option<char> {
        let first = self.hexadecimal(4)?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.rest().strip_prefix("\\u")?;
        self.at += 2;
        let second = self.hexadecimal(4)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let digits = self.rest().get(..digits)?;
        self.at += digits.len();
        u32::from_str_radix(digits, 16).ok()
    }

    /// `|` keeps the lines, `>` folds them. The line that has the least indentation is the first one, save where the
    /// header (`|2`) leaves space to every line of the text.
    fn block(&mut self, folds: bool, left: usize) -> Option<()> {
        let rest = self.rest();
        let header = rest.find(['\n', '\r'])?;
        let is_header =
            |word: &str| word.chars().skip(1).all(|c| c.is_ascii_digit() || matches!(c, '+' | '-'));
        if !is_header(rest[..header].split([' ', '\t']).next()?) {
            return None;
        }
        let lines = lines_of(self.written, self.at + header);
        let deep = least_indentation(self.written.get(past_break(self.written, self.at + header)..)?);
        let deep = deep.checked_sub(left)?;
        let mut before = Before { end: self.at + header, blank: 0, keeps_break: true, is_first: true };
        for line in lines {
            let content = (line.start + deep).min(line.end)..line.end;
            if content.is_empty() {
                before.blank += 1;
                continue;
            }
            let is_deeper = self.written[content.clone()].starts_with([' ', '\t']);
            let keeps_break = !folds || is_deeper || before.keeps_break;
            let breaks = before.blank + usize::from(keeps_break && !before.is_first);
            let between = if breaks == 0 && !before.is_first { " ".to_owned() } else { "\n".repeat(breaks) };
            self.spelling.push(&between, before.end..content.start);
            self.spelling.push(&self.written[content.clone()], content.clone());
            before = Before { end: content.end, blank: 0, keeps_break: is_deeper, is_first: false };
        }
        self.at = self.written.len();
        Some(())
    }
}

/// The space that all lines of a text start with; empty ones do not count.
fn least_indentation(text: &str) -> usize {
    let lines = text.split(['\n', '\r']).filter(|line| !line.trim_matches(' ').is_empty());
    lines.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0)
}

/// The line of a block that was read last.
struct Before {
    end: usize,
    /// Empty lines since.
    blank: usize,
    /// It is indented deeper, so that the break behind it is not folded.
    keeps_break: bool,
    is_first: bool,
}

/// The lines behind the line break at `from`, without their breaks.
fn lines_of(written: &str, from: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut at = past_break(written, from);
    while at < written.len() {
        let end = written[at..].find(['\n', '\r']).map_or(written.len(), |end| at + end);
        lines.push(at..end);
        at = past_break(written, end);
    }
    lines
}

/// Where the line behind the break at `at` starts.
fn past_break(written: &str, at: usize) -> usize {
    let rest = &written[at..];
    at + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
}

/// The line breaks in white space; `\r\n` is one.
fn breaks_in(blank: &str) -> usize {
    let pairs = blank.matches("\r\n").count();
    blank.matches(['\n', '\r']).count() - pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    /// The scalar under `A` as it is written, and its text.
    fn scalar(source: &str) -> (String, String) {
        let document = Document::parse("t", source).document.expect("the test's text is sound");
        let value = document.value(document.root(), "A").expect("the test's scalar is A");
        (source[document.span(value).range()].to_owned(), document.scalar(value).text.to_owned())
    }

    /// How a word of the text of the scalar under `A` is written.
    fn written(source: &str, word: &str) -> String {
        let (written, text) = scalar(source);
        let spelling = Spelling::of(&written, &text).unwrap_or_else(|| panic!("{written:?} spells {text:?}"));
        let start = text.find(word).expect("the word stands in the text");
        written[spelling.source_of(start..start + word.len()).range()].to_owned()
    }

    #[test]
    fn a_word_is_found_in_every_style() {
        for source in [
            "A: one word\n",
            "A: one\n  word and\n\n  more\n",
            "A: 'it''s one word'\n",
            "A: 'one\n  word'\n",
            "A: \"\\x41\\u00e9\\U0001f600\\L\\_one\\\n   word\"\n",
            "A: \"\\ud83d\\ude00 one \\\n\n\n  word\"\n",
            "A: \"tab\\tone\n\n\n   word\"\n",
            "A: |\n  one\n    word\n\n  more\n",
            "A: |-\n\n\n  one\n  word",
            "A: |+ # a comment\n  one\n  word\n\n\n",
            "A: >\n  one\n  folded\n    deeper\n  word\n\n  more\n",
            "A: >2-\n    deeper\n  word\n",
            "A: |\r\n  one\r\n  word\r\n",
            "A: !Sub |\n  one\n  word\n",
            "A: !Sub\n  |\n  one\n  word\n",
            "A: &x !!str 'one word'\n",
            "{\"A\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00 word\"}",
            "A: äöü word",
        ] {
            let source = if source.contains(['!', '&']) && !source.contains("!!") {
                // What the tag stands for is read without it.
                let (before, after) = source.split_once("!Sub").expect("it is tagged");
                assert_eq!(
                    Spelling::read(&format!("!Sub{after}")).map(|it| it.text),
                    Spelling::read(after.trim_start()).map(|it| it.text)
                );
                format!("{before}{}", after.trim_start())
            } else {
                source.to_owned()
            };
            assert_eq!(written(&source, "word"), "word", "{source}");
        }
    }

    #[test]
    fn what_is_escaped_is_whole_and_with_its_escapes() {
        let source = r#"{"A": "{\"Start\": \"\u0041b\\n\"}"}"#;
        assert_eq!(written(source, "\"Start\""), "\\\"Start\\\"");
        assert_eq!(written(source, "Ab\\n"), "\\u0041b\\\\n");
        assert_eq!(written("A: 'it''s'\n", "t's"), "t''s");
        assert_eq!(written("A: one\n  word\n", "e w"), "e\n  w");
    }

    #[test]
    fn what_spells_another_text_is_none() {
        for (written, text) in
            [("'a'", "b"), ("a", "a b"), ("'a", "a"), ("\"\\q\"", "q"), ("\"\\ud83d\"", "x"), ("|", "")]
        {
            assert!(Spelling::of(written, text).is_none(), "{written}");
        }
    }

    #[test]
    fn every_scalar_of_the_corpus_is_spelled() {
        let Some(templates) = crate::corpus::templates() else { return };
        let (mut spelled, mut others) = (0, Vec::new());
        for path in templates {
            let Ok(source) = std::fs::read_to_string(&path) else { continue };
            let Some(document) = Document::parse("t", &source).document else { continue };
            let mut open = vec![document.root()];
            while let Some(node) = open.pop() {
                if document.is_alias(node) {
                    continue;
                }
                open.extend(document.items(node));
                open.extend(document.entries(node).flat_map(|entry| [entry.key, entry.value]));
                if document.kind(node) == crate::document::Kind::Scalar {
                    let written = &source[document.span(node).range()];
                    match Spelling::of(written, document.scalar(node).text) {
                        Some(_) => spelled += 1,
                        None => others.push(format!("{}: {written}", path.display())),
                    }
                }
            }
        }
        assert!(spelled > 10_000);
        assert!(others.is_empty(), "{}", others[..others.len().min(5)].join("\n"));
    }
}

//! A source is the text of one file and the means to name a place in it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A stretch of bytes in one source; `start <= end`, both on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte, from 0; a byte-order mark counts.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `range`.
    pub fn new(range: Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }

    /// As a range for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// No bytes: a place between two others.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies inside this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// Which of the sources read for one template: the template itself is [`FileId::TEMPLATE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The file that the user named.
    pub const TEMPLATE: Self = Self(0);
}

/// A place in one of a template's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

impl Location {
    /// Whether `other` lies inside this place.
    pub fn holds(self, other: Self) -> bool {
        self.file == other.file && self.span.contains(other.span)
    }
}

/// What a column counts. Every report format has a reader that expects one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnUnit {
    /// UTF-8 bytes (reviewdog).
    Bytes,
    /// UTF-16 code units (SARIF, editors).
    Utf16,
    /// Unicode code points (people, and our own JSON).
    CodePoints,
}

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line number; `\n`, `\r\n` and a lone `\r` each end a line.
    pub line: u32,
    /// Column in the unit that was asked for; a byte-order mark does not count.
    pub column: u32,
}

/// The text of one file under the path that reports show.
#[derive(Debug)]
pub struct Source {
    path: String,
    text: String,
    /// Offset of each line's first byte.
    lines: Vec<u32>,
    /// Every column is a byte then: no line needs to be read to count them, however long it is.
    is_ascii: bool,
}

/// U+FEFF in UTF-8: counts as bytes, never as a column.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Source {
    /// A source of `text`, shown as `path` (joined by `/`; `-` for an unnamed standard input).
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let bytes = text.as_bytes();
        let mut lines = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                lines.push(at as u32 + 1);
            }
        }
        let is_ascii = text.is_ascii();
        Self { path: path.into(), text, lines, is_ascii }
    }

    /// The path as reports print it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text, byte-order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The position of a byte offset. Costs the length of its line where the text is not ASCII.
    pub fn position(&self, offset: u32, unit: ColumnUnit) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset) - 1;
        if self.is_ascii {
            return Position { line: line as u32 + 1, column: offset - self.lines[line] + 1 };
        }
        let before = &self.text[self.lines[line] as usize..offset as usize];
        let before = if line == 0 { before.trim_start_matches(BYTE_ORDER_MARK) } else { before };
        let column = match unit {
            ColumnUnit::Bytes => before.len(),
            ColumnUnit::Utf16 => before.chars().map(char::len_utf16).sum(),
            ColumnUnit::CodePoints => before.chars().count(),
        };
        Position { line: line as u32 + 1, column: column as u32 + 1 }
    }

    /// The span of a line without its line break; lines count from 1.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.lines.get(index)? as usize;
        let end = self.lines.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        Some(Span::new(start..start + text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_in_the_unit_that_is_asked_for() {
        let source = Source::new("t.yaml", "a: 1\nkey: 😀é!\n");
        let bang = source.text().find('!').unwrap() as u32;
        let column = |unit| source.position(bang, unit).column;
        assert_eq!(column(ColumnUnit::CodePoints), 8);
        assert_eq!(column(ColumnUnit::Utf16), 9);
        assert_eq!(column(ColumnUnit::Bytes), 12);
    }

    #[test]
    fn every_kind_of_line_break_ends_a_line() {
        let source = Source::new("t.yaml", "a\nb\r\nc\rd");
        let line = |c: char| source.position(source.text().find(c).unwrap() as u32, ColumnUnit::Bytes).line;
        assert_eq!([line('a'), line('b'), line('c'), line('d')], [1, 2, 3, 4]);
        assert_eq!(source.slice(source.line_span(2).unwrap()), "b");
        assert_eq!(source.line_span(5), None);
    }

    #[test]
    fn a_byte_order_mark_is_bytes_but_no_column() {
        let source = Source::new("t.yaml", "\u{feff}a: 1");
        let position = source.position(3, ColumnUnit::CodePoints);
        assert_eq!((position.line, position.column), (1, 1));
    }
}

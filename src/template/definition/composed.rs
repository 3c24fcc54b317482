//! The text of a definition, with the place of every byte of it. What is not known of it is a hole, which stands in
//! the text as a placeholder of its own (`${#0}`), so that the text parses.

use std::ops::Range;
use std::rc::Rc;

use crate::document::Spelling;
use crate::names::Names;
use crate::source::{FileId, Location, Span};
use crate::template::value::SubPart;

/// A text in the making, or made.
#[derive(Clone, Default)]
pub(super) struct Composed {
    text: String,
    /// In order and without gaps.
    runs: Vec<Run>,
    holes: Vec<SubPart>,
    /// Whether the text is JSON; not known before its first character.
    is_json: Option<bool>,
    is_in_string: bool,
    is_escaped: bool,
}

/// A stretch of the text and where it is written.
#[derive(Clone)]
struct Run {
    /// Where it starts in the text.
    at: usize,
    place: Place,
}

/// Where a piece of a text is written.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) file: FileId,
    pub(super) bytes: Bytes,
}

/// How the bytes of a piece and those of its place belong together.
#[derive(Clone)]
pub(super) enum Bytes {
    /// All of them stand for all of it.
    Whole(Span),
    /// One for one from here on.
    From(u32),
    /// As a scalar spells them that starts at `base`; the piece starts at `from` in the scalar's text.
    Spelled { spelling: Rc<Spelling>, base: u32, from: usize },
}

impl Place {
    /// The bytes of a part of the piece.
    fn span(&self, part: Range<usize>) -> Span {
        match &self.bytes {
            Bytes::Whole(span) => *span,
            Bytes::From(start) => Span { start: start + part.start as u32, end: start + part.end as u32 },
            Bytes::Spelled { spelling, base, from } => {
                let span = spelling.source_of(from + part.start..from + part.end);
                Span { start: base + span.start, end: base + span.end }
            }
        }
    }

    /// The place of a part of the piece.
    fn part(&self, part: Range<usize>) -> Self {
        let bytes = match &self.bytes {
            Bytes::Whole(_) => return self.clone(),
            Bytes::From(start) => Bytes::From(start + part.start as u32),
            Bytes::Spelled { spelling, base, from } => {
                Bytes::Spelled { spelling: Rc::clone(spelling), base: *base, from: from + part.start }
            }
        };
        Self { file: self.file, bytes }
    }

    /// The place of a part of the piece that is not taken apart.
    fn whole(&self, part: Range<usize>) -> Self {
        Self { file: self.file, bytes: Bytes::Whole(self.span(part)) }
    }
}

impl Composed {
    /// The text of a file.
    pub(super) fn of_file(file: FileId, text: &str) -> Self {
        let mut composed = Self::default();
        composed.push(text, &Place { file, bytes: Bytes::From(0) });
        composed
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether what comes next stands inside of a string of JSON.
    pub(super) fn is_in_string(&self) -> bool {
        self.is_in_string
    }

    /// Appends what is not known.
    pub(super) fn push_hole(&mut self, part: SubPart, place: &Place) {
        let placeholder = format!("{HOLE}{}}}", self.holes.len());
        self.holes.push(part);
        self.push(&placeholder, &place.whole(0..0));
    }

    /// Appends a piece. In JSON a placeholder that stands for a whole value (`"Seconds": ${Wait}`) is put in quotes,
    /// so that it parses.
    pub(super) fn push(&mut self, piece: &str, place: &Place) {
        let opening = || piece.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).chars().next();
        if self.is_json.is_none() {
            self.is_json = opening().map(|c| c == '{');
        }
        let bytes = piece.as_bytes();
        let mut from = 0;
        let mut at = 0;
        while at < bytes.len() {
            if self.is_json == Some(true)
                && !self.is_in_string
                && let Some(len) = placeholder_at_start(&piece[at..])
            {
                self.keep(&piece[from..at], place.part(from..at));
                self.keep(&format!("\"{}\"", &piece[at..at + len]), place.whole(at..at + len));
                at += len;
                from = at;
                continue;
            }
            let is_escaped = std::mem::take(&mut self.is_escaped);
            match bytes[at] {
                b'"' if !is_escaped => self.is_in_string = !self.is_in_string,
                b'\\' if !is_escaped => self.is_escaped = self.is_in_string,
                _ => {}
            }
            at += 1;
            while !piece.is_char_boundary(at) {
                at += 1;
            }
        }
        self.keep(&piece[from..], place.part(from..piece.len()));
    }

    fn keep(&mut self, text: &str, place: Place) {
        if !text.is_empty() {
            self.runs.push(Run { at: self.text.len(), place });
            self.text.push_str(text);
        }
    }

    /// Where a part of the text is written: from its first piece to its last; only the first where that ends behind
    /// the last, or in another file.
    pub(super) fn location(&self, part: Span) -> Location {
        let Range { start, end } = part.range();
        let Some((first, file)) = self.in_run(start, end) else { return Location::default() };
        let last = self.in_run(end.saturating_sub(1).max(start), end);
        let last = last.filter(|(last, of_last)| *of_last == file && last.end >= first.end);
        Location { file, span: Span { end: last.map_or(first.end, |(last, _)| last.end), ..first } }
    }

    /// Where the text from `at` to `end` is written, as far as the run goes that holds `at`.
    fn in_run(&self, at: usize, end: usize) -> Option<(Span, FileId)> {
        let index = self.runs.partition_point(|run| run.at <= at).checked_sub(1)?;
        let Run { at: start, place } = &self.runs[index];
        let after = self.runs.get(index + 1).map_or(self.text.len(), |next| next.at);
        let at = at.min(after);
        Some((place.span(at - start..end.clamp(at, after) - start), place.file))
    }

    /// A scalar of the text taken apart at its holes; `None` where there is none.
    pub(super) fn parts(&self, names: &Names, scalar: &str) -> Option<Vec<SubPart>> {
        let mut parts = Vec::new();
        let mut known = 0;
        for (at, _) in scalar.match_indices(HOLE) {
            let Some((index, _)) = scalar[at + HOLE.len()..].split_once('}') else { break };
            let Some(hole) = index.parse::<usize>().ok().and_then(|index| self.holes.get(index)) else {
                continue;
            };
            if at > known {
                parts.push(SubPart::Text(names.intern(&scalar[known..at])));
            }
            parts.push(*hole);
            known = at + HOLE.len() + index.len() + 1;
        }
        if parts.is_empty() {
            return None;
        }
        if known < scalar.len() {
            parts.push(SubPart::Text(names.intern(&scalar[known..])));
        }
        Some(parts)
    }
}

/// How a hole's placeholder starts; a name starts with a letter.
const HOLE: &str = "${#";

/// The length of the placeholder at the start of a text.
fn placeholder_at_start(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("${")?;
    let end = inner.find(['}', '$', '"', '\n'])?;
    inner[end..].starts_with('}').then_some(end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_that_is_a_whole_value_is_quoted_and_keeps_its_place() {
        let text = "{\"Wait\": ${Wait}, \"Said\": \"${Wait}\", \"é\": 1}";
        let composed = Composed::of_file(FileId(3), text);
        assert_eq!(composed.text(), "{\"Wait\": \"${Wait}\", \"Said\": \"${Wait}\", \"é\": 1}");
        for word in ["\"Wait\"", "\"Said\"", "\"é\""] {
            let at = composed.text().find(word).unwrap();
            let Location { file, span } = composed.location(Span::new(at..at + word.len()));
            assert_eq!((file, &text[span.range()]), (FileId(3), word));
        }
        let at = composed.text().find("\"${Wait}\"").unwrap();
        assert_eq!(&text[composed.location(Span::new(at..at + 9)).span.range()], "${Wait}");
        assert_eq!(&text[composed.location(Span::new(0..composed.text().len())).span.range()], text);
    }

    #[test]
    fn yaml_and_what_is_no_placeholder_stay_as_they_are() {
        for text in ["Seconds: ${Wait}", "{\"a\": ${", "{\"a\": ${x\n}", "", "{\"a\\\\\": \"\\\"${x}\"}"] {
            assert_eq!(Composed::of_file(FileId(0), text).text(), text);
        }
    }

    #[test]
    fn placeholders_that_never_end_cost_no_more_than_their_length() {
        let text = format!("{{{}", "${".repeat(500_000));
        let start = std::time::Instant::now();
        assert_eq!(Composed::of_file(FileId(0), &text).text(), text);
        assert!(start.elapsed() < std::time::Duration::from_secs(2));
    }
}

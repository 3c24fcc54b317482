//! A snippet is the few lines of source that one finding shows: inert, cut to the width of a terminal, with the
//! labels moved along. It stands between templates of any size and a renderer that would read all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::inert::{self, inert};
use super::{LONGEST_LABEL, cut};
use crate::finding::Label;
use crate::source::{ColumnUnit, Source, Span};

/// Lines of one or several files, one below the other.
#[derive(Debug, Default)]
pub(super) struct Snippet {
    text: String,
    lines: Vec<Line>,
    marks: Vec<Mark>,
}

/// A line of the snippet, and which line of which file it shows.
#[derive(Debug)]
struct Line {
    path: String,
    number: u32,
    /// Its bytes in the snippet, with the line break.
    range: Range<usize>,
}

/// A label in the snippet.
#[derive(Debug)]
struct Mark {
    is_primary: bool,
    message: Option<String>,
    /// Its bytes in the snippet.
    range: Range<usize>,
    /// Where it stands in its file, in code points from 1.
    column: u32,
}

impl Snippet {
    /// The lines of `labels` with their neighbours, none much longer than `width` characters. The first label
    /// is the primary one: what surrounds it comes first.
    pub(super) fn of(labels: &[(&Source, &Label)], width: usize) -> Self {
        let mut blocks: Vec<Vec<Row>> = Vec::new();
        for row in rows(labels, width) {
            match blocks.last_mut() {
                Some(block) if block.last().is_some_and(|last| row.continues(last)) => block.push(row),
                Some(_) | None => blocks.push(vec![row]),
            }
        }
        blocks.sort_by_key(|block| !block.iter().flat_map(|row| &row.places).any(|place| place.is_primary));
        let mut snippet = Self::default();
        for row in blocks.iter().flatten() {
            snippet.push(row);
        }
        snippet
    }

    /// The labels as miette wants them.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> {
        self.marks.iter().map(|mark| {
            let (message, span) = (mark.message.clone(), SourceSpan::from(mark.range.clone()));
            if mark.is_primary {
                LabeledSpan::new_primary_with_span(message, span)
            } else {
                LabeledSpan::new_with_span(message, span)
            }
        })
    }

    fn push(&mut self, row: &Row) {
        let Row { source, line, shown, .. } = *row;
        let start = self.text.len();
        if line.start < shown.start {
            self.text.push('…');
        }
        // Where each character of the source has gone.
        let mut moved = Vec::with_capacity(shown.range().len() + 1);
        let text = source.slice(shown);
        for (at, c) in text.char_indices() {
            let offset = shown.start + at as u32;
            moved.push((offset, self.text.len()));
            match c {
                // The renderer turns tabs into blanks.
                '\t' => self.text.push(c),
                '\u{feff}' if offset == 0 => {}
                _ => inert::push(&mut self.text, text, at, c),
            }
        }
        moved.push((shown.end, self.text.len()));
        let new = |offset: u32| {
            let offset = offset.clamp(shown.start, shown.end);
            moved[moved.partition_point(|(old, _)| *old < offset)].1
        };
        self.marks.extend(row.places.iter().map(|place| Mark {
            is_primary: place.is_primary,
            message:
                (!place.message.is_empty()).then(|| inert(&cut(place.message, LONGEST_LABEL)).into_owned()),
            range: new(place.span.start)..new(place.span.end),
            column: source.position(place.span.start, ColumnUnit::CodePoints).column,
        }));
        if shown.end < line.end {
            self.text.push('…');
        }
        self.text.push('\n');
        let path = inert(source.path()).into_owned();
        self.lines.push(Line { path, number: row.number, range: start..self.text.len() });
    }

    /// Whether the line at an index continues the one before it in the same file.
    fn continues(&self, index: usize) -> bool {
        match (index.checked_sub(1).and_then(|before| self.lines.get(before)), self.lines.get(index)) {
            (Some(before), Some(line)) => before.path == line.path && before.number + 1 == line.number,
            (None, _) | (_, None) => false,
        }
    }

    /// The index of the line that holds an offset.
    fn line_at(&self, offset: usize) -> Result<usize, MietteError> {
        let index = self.lines.partition_point(|line| line.range.end <= offset);
        if index < self.lines.len() { Ok(index) } else { Err(MietteError::OutOfBounds) }
    }
}

impl SourceCode for Snippet {
    /// miette shows two labels in one frame if it can read them in one piece: it can if no line of the file is
    /// left out between them.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let mut first = self.line_at(span.offset())?;
        let mut last = self.line_at(span.offset() + span.len().saturating_sub(1))?;
        if !(first + 1..=last).all(|index| self.continues(index)) {
            return Err(MietteError::OutOfBounds);
        }
        // Without lines around it, miette asks where a label is, to print it above the frame.
        let column = match lines_before {
            0 => self
                .marks
                .iter()
                .find(|mark| mark.range.start == span.offset())
                .map_or(0, |mark| mark.column - 1),
            _ => 0,
        };
        for _ in 0..lines_before {
            first -= usize::from(self.continues(first));
        }
        for _ in 0..lines_after {
            last += usize::from(self.continues(last + 1));
        }
        let range = self.lines[first].range.start..self.lines[last].range.end;
        Ok(Box::new(MietteSpanContents::new_named(
            self.lines[first].path.clone(),
            &self.text.as_bytes()[range.clone()],
            range.into(),
            self.lines[first].number as usize - 1,
            column as usize,
            last - first + 1,
        )))
    }
}

/// A line of a file that is to be shown, or a stretch of it.
struct Row<'a> {
    source: &'a Source,
    number: u32,
    line: Span,
    shown: Span,
    places: Vec<Place<'a>>,
}

impl Row<'_> {
    fn continues(&self, before: &Self) -> bool {
        std::ptr::eq(self.source, before.source) && before.number + 1 == self.number
    }
}

/// The lines of `labels` and those around them, by file and number; the primary label's file is the first.
fn rows<'a>(labels: &[(&'a Source, &'a Label)], width: usize) -> Vec<Row<'a>> {
    let mut files: Vec<&Source> = Vec::new();
    let mut wanted: BTreeMap<(usize, u32), Vec<Place>> = BTreeMap::new();
    for (i, (source, label)) in labels.iter().enumerate() {
        let file = files.iter().position(|known| std::ptr::eq(*known, *source)).unwrap_or_else(|| {
            files.push(source);
            files.len() - 1
        });
        let place = Place::of(source, label, i == 0);
        for line in place.line.saturating_sub(1)..=place.line + 1 {
            wanted.entry((file, line)).or_default();
        }
        wanted.entry((file, place.line)).or_default().push(place);
    }
    let mut rows = Vec::with_capacity(wanted.len());
    for ((file, number), places) in wanted {
        let source = files[file];
        let Some(line) = source.line_span(number) else { continue };
        let row = |focus: u32, places: Vec<Place<'a>>| {
            let shown = window(source, line, focus, width);
            Row { source, number, line, shown, places }
        };
        let is_after_the_last_break = line.is_empty() && line.range().end == source.text().len();
        if places.is_empty() && is_after_the_last_break {
            continue;
        }
        if places.is_empty() || !is_longer(source.slice(line), width) {
            rows.push(row(line.start, places));
        } else {
            // Labels on one long line may be megabytes apart, so each shows its own stretch of it.
            rows.extend(places.into_iter().map(|place| row(place.span.start, vec![place])));
        }
    }
    rows
}

/// The part of a label that lies on its first line: a whole resource would drown the rest.
struct Place<'a> {
    line: u32,
    span: Span,
    message: &'a str,
    is_primary: bool,
}

impl<'a> Place<'a> {
    fn of(source: &Source, label: &'a Label, is_primary: bool) -> Self {
        let span = label.location.span;
        let line = source.position(span.start, ColumnUnit::Bytes).line;
        let end_of_line = source.line_span(line).map_or(span.end, |line| line.end.max(span.start));
        let span = Span { start: span.start, end: span.end.min(end_of_line) };
        let trimmed = source.slice(span).trim_end().len() as u32;
        let span = Span { start: span.start, end: span.start + trimmed };
        Self { line, span, message: &label.message, is_primary }
    }
}

/// Whether `text` has more than `width` characters; looks at no more of it than that.
fn is_longer(text: &str, width: usize) -> bool {
    text.chars().nth(width).is_some()
}

/// The stretch of `line` to show for what stands at the offset `focus`: `width` characters, a third of them
/// before it.
fn window(source: &Source, line: Span, focus: u32, width: usize) -> Span {
    let text = source.slice(line);
    let focus = focus.clamp(line.start, line.end) as usize - line.start as usize;
    let start = text[..focus].char_indices().rev().take(width / 3).last().map_or(focus, |(at, _)| at);
    let end = text[start..].char_indices().nth(width).map_or(text.len(), |(at, _)| start + at);
    let base = line.start as usize;
    Span::new(base + start..base + end)
}

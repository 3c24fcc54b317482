//! Messages: `<<text … >>`. On rule pages their lines have meanings (`Fix:`, `At:`, `Label:`, `Path:`, `Also:`) and their
//! texts have queries in braces; in plain files the registry's `Violation: … Fix: …` is all there is.

use pest::Parser;
use pest::iterators::Pair;

use super::{Builder, Built, Fault, GuardParser, Rule as Grammar, nesting};
use crate::guard::ast::{Dialect, Query};
use crate::guard::message::{Message, Piece};

/// A line of a message, trimmed, and its offset in the file.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    at: usize,
}

/// What the current line of a page's message continues.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    Fix,
    Closed,
}

impl Builder {
    /// The message in `<<…>>`.
    pub(super) fn message(&mut self, pair: &Pair<'_, Grammar>) -> Built<Message> {
        let written = pair.as_str();
        let inner = &written[2..written.len() - 2];
        match self.dialect {
            Dialect::Guard => Ok(plain(inner)),
            Dialect::Page => self.page_message(inner, self.offset(pair) + 2),
        }
    }

    fn page_message(&mut self, inner: &str, at: usize) -> Built<Message> {
        let mut message = Message::default();
        let mut part = Part::Text;
        for line in lines(inner, at) {
            if let Some(fix) = line.after("Fix:") {
                part = Part::Fix;
                self.pieces(fix, &mut message.fix)?;
            } else if let Some(query) = line.after("At:") {
                part = Part::Closed;
                message.at = Some(self.whole_query(query)?);
            } else if let Some(label) = line.after("Label:") {
                part = Part::Closed;
                self.pieces(label, &mut message.label)?;
            } else if let Some(also) = line.after("Also:") {
                part = Part::Closed;
                let also = self.place(also)?;
                message.also.push(also);
            } else if let Some(step) = line.after("Path:") {
                part = Part::Closed;
                let step = self.place(step)?;
                message.path.push(step);
            } else {
                self.continued(line, part, &mut message)?;
            }
        }
        Ok(message)
    }

    /// A line without a keyword belongs to what is above it: the text becomes one line, a fix keeps its lines.
    fn continued(&mut self, line: Line<'_>, part: Part, message: &mut Message) -> Built<()> {
        match part {
            Part::Text => {
                if !message.text.is_empty() {
                    message.text.push(Piece::Text(" ".to_owned()));
                }
                self.pieces(line, &mut message.text)
            }
            Part::Fix => {
                if !message.fix.is_empty() {
                    message.fix.push(Piece::Text("\n".to_owned()));
                }
                self.pieces(line, &mut message.fix)
            }
            Part::Closed => {
                let message = "a line of its own stands before `At:`, `Label:`, `Path:` and `Also:`, or continues `Fix:`";
                Err(Fault { at: line.at, message: message.to_owned() })
            }
        }
    }

    /// `QUERY - words`.
    fn place(&mut self, line: Line<'_>) -> Built<(Query, Vec<Piece>)> {
        let (query, rest) = self.leading_query(line)?;
        let Some(text) = rest.after("- ") else {
            let message = "expected ` - ` and a few words after the query".to_owned();
            return Err(Fault { at: rest.at, message });
        };
        let mut pieces = Vec::new();
        self.pieces(text, &mut pieces)?;
        Ok((query, pieces))
    }

    /// The texts and queries of a line.
    fn pieces(&mut self, line: Line<'_>, pieces: &mut Vec<Piece>) -> Built<()> {
        let mut text = String::new();
        let mut rest = line;
        while let Some(brace) = rest.text.find(['{', '}']) {
            text.push_str(&rest.text[..brace]);
            let tail = rest.skip(brace);
            if tail.text.starts_with("{{") || tail.text.starts_with("}}") {
                text.push_str(&tail.text[..1]);
                rest = tail.skip(2);
                continue;
            }
            if tail.text.starts_with('}') {
                let message = "a brace that is meant as one is written twice: `}}`".to_owned();
                return Err(Fault { at: tail.at, message });
            }
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            let (piece, after) = self.interpolation(tail.skip(1))?;
            pieces.push(piece);
            rest = after;
        }
        text.push_str(rest.text);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(())
    }

    /// What stands after an opening brace, and the rest of the line after the closing one.
    fn interpolation<'t>(&mut self, line: Line<'t>) -> Built<(Piece, Line<'t>)> {
        if line.text.starts_with("#}") {
            return Ok((Piece::Count, line.skip(2)));
        }
        let (query, rest) = self.leading_query(line)?;
        if rest.text.starts_with(":source}") {
            return Ok((Piece::Source(query), rest.skip(":source}".len())));
        }
        if rest.text.starts_with('}') {
            return Ok((Piece::Value(query), rest.skip(1)));
        }
        let message =
            "expected `}` or `:source}` after the query; a brace that is meant as one is written twice";
        Err(Fault { at: rest.at, message: message.to_owned() })
    }

    /// The query that stands at an offset of the file, and nothing else.
    pub(super) fn query_at(&mut self, text: &str, at: usize) -> Built<Query> {
        self.whole_query(Line { text, at })
    }

    fn whole_query(&mut self, line: Line<'_>) -> Built<Query> {
        let (query, rest) = self.leading_query(line)?;
        if rest.text.is_empty() {
            return Ok(query);
        }
        Err(Fault { at: rest.at, message: "expected nothing after the query".to_owned() })
    }

    /// The query at the start of a line, and what comes after it.
    fn leading_query<'t>(&mut self, line: Line<'t>) -> Built<(Query, Line<'t>)> {
        if let Some(deep) = nesting::first_too_deep(line.text) {
            let message = format!("more than {} brackets inside one another", nesting::LIMIT);
            return Err(Fault { at: line.at + deep, message });
        }
        let outer = std::mem::replace(&mut self.base, line.at);
        let parsed = GuardParser::parse(Grammar::query, line.text).map_err(|error| self.fault(error));
        let result = parsed.and_then(|mut pairs| {
            let pair = pairs.next().expect("a parsed query is one pair");
            let end = pair.as_span().end();
            Ok((self.query(pair)?, line.skip(end).trimmed_start()))
        });
        self.base = outer;
        result
    }
}

impl Line<'_> {
    fn skip(self, bytes: usize) -> Self {
        Self { text: &self.text[bytes..], at: self.at + bytes }
    }

    fn trimmed_start(self) -> Self {
        self.skip(self.text.len() - self.text.trim_start().len())
    }

    fn after(self, keyword: &str) -> Option<Self> {
        self.text.starts_with(keyword).then(|| self.skip(keyword.len()).trimmed_start())
    }
}

fn lines(text: &str, at: usize) -> impl Iterator<Item = Line<'_>> {
    let mut offset = at;
    text.split_inclusive('\n').filter_map(move |whole| {
        let line = Line { text: whole.trim_end(), at: offset }.trimmed_start();
        offset += whole.len();
        (!line.text.is_empty()).then_some(line)
    })
}

/// The message of a plain file: words joined by single spaces, `Fix:` split off.
fn plain(inner: &str) -> Message {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let piece = |text: String| if text.is_empty() { Vec::new() } else { vec![Piece::Text(text)] };
    let (text, fix) = inner.split_once("Fix:").unwrap_or((inner, ""));
    let text = text.trim();
    let text = text.strip_prefix("Violation:").unwrap_or(text);
    Message { text: piece(words(text)), fix: piece(words(fix)), ..Message::default() }
}

//! What a failing clause says, where it fails: texts with values in them, and places.

use super::value::{Made, Reached, Shape, Value, What};
use super::{Failure, Run, RunError, Wanted};
use crate::guard::ast::Query;
use crate::guard::message::{Message, Piece};
use crate::guard::tree::{Bounds, Place};
use crate::source::Span;

/// A message with its queries answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// What is wrong, in one line.
    pub text: Vec<RenderedPiece>,
    /// What to write; may have several lines. Empty if the message says nothing about it.
    pub fix: Vec<RenderedPiece>,
    /// A few words for the margin; may be empty.
    pub label: Vec<RenderedPiece>,
    /// Other places, with a few words for each.
    pub also: Vec<(Anchor, Vec<RenderedPiece>)>,
    /// The places on the way that leads to the failure, in order, with a few words for each.
    pub path: Vec<(Anchor, Vec<RenderedPiece>)>,
}

impl Rendered {
    /// What is wrong, for a message without queries: that of a plain file.
    #[must_use]
    pub fn plain_text(&self) -> String {
        joined(&self.text)
    }

    /// What to write, likewise.
    #[must_use]
    pub fn plain_fix(&self) -> String {
        joined(&self.fix)
    }
}

fn joined(pieces: &[RenderedPiece]) -> String {
    let text = |piece: &RenderedPiece| match piece {
        RenderedPiece::Text(text) | RenderedPiece::Value { text, .. } => text.clone(),
        RenderedPiece::SourceOf(_) | RenderedPiece::Count => String::new(),
    };
    pieces.iter().map(text).collect()
}

/// A part of a rendered text.
#[derive(Clone, Debug, PartialEq)]
pub enum RenderedPiece {
    /// As it stands in the message.
    Text(String),
    /// What a query found; `?` if that is not known or not there.
    Value {
        /// The value: several are joined by commas.
        text: String,
        /// Where it stands.
        place: Option<Place>,
    },
    /// Where the value at this place comes from, in the caller's words.
    SourceOf(Place),
    /// How many members were gathered: the caller knows.
    Count,
}

impl RenderedPiece {
    /// What stands for a value that is not known or not there.
    pub const UNKNOWN: &str = "?";
}

/// A place that a failure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Anchor {
    /// The value's place; if it is missing, that of the last value on the way to it.
    pub place: Place,
    /// Whether the value is missing there.
    pub is_missing: bool,
}

/// Members and levels of a list or map that a message shows.
const SHOWN: usize = 8;
const SHOWN_DEPTH: usize = 4;

/// Places of one query that a finding points at beside its own.
const MOST_PLACES: usize = 20;

impl<'a> Run<'_, 'a> {
    /// Notes that a clause fails, if anyone wants to know. Without a value, it is about the current root.
    pub(super) fn describe(
        &mut self,
        clause: Span,
        message: Option<&'a Message>,
        about: Option<Reached<'a>>,
    ) {
        self.describe_apart(clause, message, about, 0.0);
    }

    /// Notes that a clause fails over two numbers that are so far apart.
    pub(super) fn describe_apart(
        &mut self,
        clause: Span,
        message: Option<&'a Message>,
        about: Option<Reached<'a>>,
        apart: f64,
    ) {
        let is_wanted = match self.wanted {
            Wanted::None => false,
            // `a or b << message >>`: the message stands behind the last alternative and speaks for all of them.
            Wanted::First => {
                let is_silent = |first: &Failure| first.message.is_none() && message.is_some();
                self.failures.first().is_none_or(is_silent)
            }
            Wanted::All => true,
        };
        if !is_wanted {
            return;
        }
        let reads = (self.reads.len(), self.shared_reads.len());
        let at = message.and_then(|message| message.at.as_ref()).or(self.points_at);
        let pointed = at.and_then(|at| self.place_of(at));
        let at = pointed
            .or_else(|| about.and_then(|about| self.anchor(about)))
            .unwrap_or_else(|| self.root_anchor());
        let rendered = message.map(|message| self.rendered(message));
        let seen = about.filter(|about| message.is_none() && about.found().is_some());
        let seen = seen.map(|about| self.shown(about));
        // Telling of a failure is not what it rests on.
        self.reads.truncate(reads.0);
        self.shared_reads.truncate(reads.1);
        if self.wanted == Wanted::First {
            self.failures.clear();
        }
        self.failures.push(Failure { clause, message: rendered, at, seen, either: None, apart, error: None });
    }

    /// Notes that cfn-guard crashes where it would tell of this failure.
    pub(super) fn describe_crash(&mut self, clause: Span) {
        self.describe_end(clause, RunError::Crash);
    }

    /// Notes that a rule is broken; nothing else that it said counts.
    pub(super) fn describe_error(&mut self, clause: Span, error: RunError) {
        self.failures.clear();
        self.describe_end(clause, error);
    }

    fn describe_end(&mut self, clause: Span, error: RunError) {
        if self.wanted != Wanted::None {
            let at = self.root_anchor();
            let error = Some(error);
            self.failures.push(Failure {
                clause,
                message: None,
                at,
                seen: None,
                either: None,
                apart: 0.0,
                error,
            });
        }
    }

    fn rendered(&mut self, message: &'a Message) -> Rendered {
        let mut also = Vec::new();
        for (query, pieces) in &message.also {
            for anchor in self.places_of(query) {
                also.push((anchor, self.pieces(pieces)));
            }
        }
        Rendered {
            text: self.pieces(&message.text),
            fix: self.pieces(&message.fix),
            label: self.pieces(&message.label),
            also,
            path: self.path(message),
        }
    }

    /// Every place that the queries of a path find, each with words that start from it.
    fn path(&mut self, message: &'a Message) -> Vec<(Anchor, Vec<RenderedPiece>)> {
        let mut path = Vec::new();
        for (query, pieces) in &message.path {
            for reached in &self.results_of(query) {
                let Some((value, anchor)) = reached.found().zip(self.anchor(*reached)) else { continue };
                path.push((anchor, self.about(value, |run| run.pieces(pieces))));
            }
        }
        path
    }

    fn pieces(&mut self, pieces: &'a [Piece]) -> Vec<RenderedPiece> {
        let mut rendered = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Text(text) => rendered.push(RenderedPiece::Text(text.clone())),
                Piece::Value(query) => {
                    let results = self.results_of(query);
                    let place = results.iter().find_map(|reached| self.place(reached.found()?));
                    let shown: Vec<String> =
                        results.iter().take(SHOWN).map(|reached| self.shown(*reached)).collect();
                    let text =
                        if shown.is_empty() { RenderedPiece::UNKNOWN.to_owned() } else { shown.join(", ") };
                    rendered.push(RenderedPiece::Value { text, place });
                }
                Piece::Source(query) => {
                    let results = self.results_of(query);
                    let place = results.iter().find_map(|reached| self.place(reached.found()?));
                    rendered.extend(place.map(RenderedPiece::SourceOf));
                }
                Piece::Count => rendered.push(RenderedPiece::Count),
            }
        }
        rendered
    }

    /// What a message's query finds; nothing where it cannot be answered.
    fn results_of(&mut self, query: &'a Query) -> super::value::Results<'a> {
        self.silently(|run| run.query(query)).unwrap_or_default()
    }

    /// The places of all that a query finds, or of what it misses.
    fn places_of(&mut self, query: &'a Query) -> Vec<Anchor> {
        let results = self.results_of(query);
        let found = results.iter().filter(|reached| reached.found().is_some()).take(MOST_PLACES);
        let found: Vec<Anchor> = found.filter_map(|reached| self.anchor(*reached)).collect();
        if found.is_empty() { self.place_of(query).into_iter().collect() } else { found }
    }

    fn place_of(&mut self, query: &'a Query) -> Option<Anchor> {
        let results = self.results_of(query);
        let found = results.iter().find(|reached| reached.found().is_some()).or_else(|| results.first());
        found.and_then(|reached| self.anchor(*reached))
    }

    fn anchor(&self, reached: Reached<'a>) -> Option<Anchor> {
        let is_missing = !matches!(reached.what, What::Value(_) | What::Literal(_));
        self.place(reached.last_value()).map(|place| Anchor { place, is_missing })
    }

    fn place(&self, value: Value<'a>) -> Option<Place> {
        match value {
            Value::Node(node) => Some(self.tree().place(node)),
            Value::Parsed(_) | Value::Literal(_) | Value::Made(_) => None,
        }
    }

    /// The innermost value of the document that the clause is about.
    fn root_anchor(&self) -> Anchor {
        let place = self.frames[..=self.scope].iter().rev().find_map(|frame| self.place(frame.root));
        Anchor { place: place.unwrap_or(Place(0)), is_missing: false }
    }

    fn shown(&mut self, reached: Reached<'a>) -> String {
        let mut text = String::new();
        match reached.found() {
            Some(value) => self.show(value, 0, &mut text),
            None => text.push_str(RenderedPiece::UNKNOWN),
        }
        text
    }

    fn show(&mut self, value: Value<'a>, depth: usize, text: &mut String) {
        match self.shape(value) {
            Shape::Null => text.push_str("null"),
            Shape::Bool(value) => text.push_str(&value.to_string()),
            Shape::Int(value) => text.push_str(&value.to_string()),
            Shape::Float(value) => text.push_str(&value.to_string()),
            Shape::Char(value) => text.push(value),
            Shape::Text(value) => text.push_str(self.text(value)),
            Shape::Pattern(pattern) => text.push_str(pattern.text()),
            Shape::Unknown => match self.bounds(value) {
                Some(Bounds::Number { low, high }) => text.push_str(&shown_between(low, high)),
                Some(Bounds::Text { .. } | Bounds::List { .. }) | None => {
                    text.push_str(RenderedPiece::UNKNOWN);
                }
            },
            Shape::IntRange(_) | Shape::FloatRange(_) | Shape::CharRange(_) => {
                text.push_str(RenderedPiece::UNKNOWN);
            }
            Shape::List | Shape::Map { .. } if depth >= SHOWN_DEPTH => text.push('…'),
            Shape::List => {
                text.push('[');
                self.show_members(value, depth, text);
                text.push(']');
            }
            Shape::Map { .. } => {
                text.push('{');
                self.show_members(value, depth, text);
                text.push('}');
            }
        }
    }

    fn show_members(&mut self, value: Value<'a>, depth: usize, text: &mut String) {
        let members = self.members(value);
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            if index == SHOWN {
                text.push('…');
                return;
            }
            if let Some(key) = member.key {
                text.push_str(self.text(key));
                text.push_str(": ");
            }
            let value = self.settled_content(member.content).unwrap_or(Value::Made(Made::Unknown));
            self.show(value, depth + 1, text);
        }
    }
}

/// `60 to 900`, `at least 60`.
fn shown_between(low: f64, high: f64) -> String {
    match (low.is_finite(), high.is_finite()) {
        (true, true) if low >= high => low.to_string(),
        (true, true) => format!("{low} to {high}"),
        (true, false) => format!("at least {low}"),
        (false, true) => format!("at most {high}"),
        (false, false) => RenderedPiece::UNKNOWN.to_owned(),
    }
}

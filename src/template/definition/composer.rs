//! Putting a definition's text together from the scalars of `Fn::Join` and `Fn::Sub`, case by case.

use std::ops::Range;
use std::rc::Rc;

use crate::document::Spelling;
use crate::names::{Name, Names};
use crate::source::{Location, Span};
use crate::template::intrinsic::{Piece, each_piece};
use crate::template::value::{Call, Data, SubPart, ValueId};
use crate::template::{Guard, Template, Val};

use super::composed::{Bytes, Composed, Place};

/// What is left to the texts of one template.
pub(super) struct Budget {
    /// Bytes of text.
    pub(super) bytes: usize,
    /// Values that are looked at: a variable that is nothing costs no bytes.
    pub(super) steps: usize,
}

/// Composes the texts that a value can be.
pub(super) struct Composer<'t, 'b> {
    template: &'t Template,
    budget: &'b mut Budget,
    texts: Vec<(Guard, Composed)>,
    is_too_much: bool,
}

impl<'t, 'b> Composer<'t, 'b> {
    /// The texts that a value can be where `under` holds; `None` for more than is followed.
    pub(super) fn texts(
        template: &'t Template,
        value: ValueId,
        under: Guard,
        budget: &'b mut Budget,
    ) -> Option<Vec<(Guard, Composed)>> {
        let texts = vec![(under, Composed::default())];
        let mut composer = Self { template, budget, texts, is_too_much: false };
        composer.add(value);
        (!composer.is_too_much).then_some(composer.texts)
    }

    /// A text that is known, and stands at a place.
    pub(super) fn known(template: &Template, text: &str, at: Location) -> Composed {
        let mut composed = Composed::default();
        composed.push(text, &place_of_scalar(template, text, at));
        composed
    }

    fn add(&mut self, value: ValueId) {
        let values = &self.template.values;
        let at = values.origin(value).at_value();
        if self.budget.steps == 0 || self.is_too_much {
            self.is_too_much = true;
            return;
        }
        self.budget.steps -= 1;
        match values.data(value) {
            Data::Scalar { text, .. } => {
                let text = self.template.names.text(*text);
                self.push(text, &place_of_scalar(self.template, text, at));
            }
            Data::Call(call) => match &**call {
                Call::Sub { parts, text } => self.add_sub(parts, *text, at),
                Call::Join { separator, items } if matches!(values.data(*items), Data::List(_)) => {
                    let separator = self.template.names.text(*separator);
                    let template = self.template;
                    let items = values.items(*items).iter().filter(|item| !is_no_value(template, **item));
                    for (index, item) in items.enumerate() {
                        if index > 0 {
                            self.push(separator, &whole(at));
                        }
                        self.add(*item);
                    }
                }
                Call::If { condition, then, otherwise } if !self.is_in_string() => {
                    self.split(*condition, *then, *otherwise);
                }
                Call::Ref(_) if is_no_value(self.template, value) => {}
                Call::Ref(_)
                | Call::GetAtt(..)
                | Call::Join { .. }
                | Call::Select { .. }
                | Call::Split { .. }
                | Call::If { .. }
                | Call::FindInMap { .. }
                | Call::ImportValue(_)
                | Call::Base64(_)
                | Call::ToJsonString(_)
                | Call::Equals(..)
                | Call::And(_)
                | Call::Or(_)
                | Call::Not(_)
                | Call::Condition(_)
                | Call::Transform(_)
                | Call::Other { .. } => self.push_hole(value, at),
            },
            Data::List(_) | Data::Map(_) => self.push_hole(value, at),
        }
    }

    fn add_sub(&mut self, parts: &[SubPart], text: Option<Span>, at: Location) {
        let names = &self.template.names;
        let spelled = text.and_then(|span| Spelled::read(self.template, parts, Location { span, ..at }));
        for (index, part) in parts.iter().enumerate() {
            let pieces = spelled.as_ref().map(|spelled| (spelled, &spelled.parts[index]));
            let place = pieces.map_or_else(|| whole(at), |(spelled, pieces)| spelled.whole(pieces));
            match (*part, pieces) {
                (SubPart::Text(_), Some((spelled, pieces))) => {
                    for piece in pieces {
                        self.push(&spelled.spelling.text()[piece.clone()], &spelled.place(piece));
                    }
                }
                (SubPart::Text(text), None) => self.push(names.text(text), &place),
                (SubPart::Bound(_, value), _) if !self.is_in_string() => self.add(value),
                (SubPart::Ref(_) | SubPart::GetAtt(..) | SubPart::Bound(..), _) => {
                    for (_, text) in &mut self.texts {
                        text.push_hole(*part, &place);
                    }
                }
            }
        }
    }

    /// Goes on with both branches of `Fn::If`.
    fn split(&mut self, condition: Name, then: ValueId, otherwise: ValueId) {
        let guards = &self.template.guards;
        let condition = guards.condition(condition);
        let texts = std::mem::take(&mut self.texts);
        let mut split = Vec::new();
        for (guard, branch) in [(condition, then), (guards.not(condition), otherwise)] {
            let under = texts.iter().map(|(known, text)| (guards.and(*known, guard), text));
            let can_hold = under.filter(|(guard, _)| guards.can_hold(&[(*guard, true)]));
            self.texts = can_hold.map(|(guard, text)| (guard, text.clone())).collect();
            self.spend(self.texts.iter().map(|(_, text)| text.text().len()).sum());
            self.add(branch);
            split.append(&mut self.texts);
        }
        self.is_too_much |= split.len() > Val::MOST_ALTERNATIVES;
        self.texts = split;
    }

    fn push(&mut self, text: &str, place: &Place) {
        self.spend(text.len() * self.texts.len());
        if !self.is_too_much {
            for (_, composed) in &mut self.texts {
                composed.push(text, place);
            }
        }
    }

    fn push_hole(&mut self, value: ValueId, at: Location) {
        let part = SubPart::Bound(self.template.names.intern(""), value);
        for (_, composed) in &mut self.texts {
            composed.push_hole(part, &whole(at));
        }
    }

    fn spend(&mut self, bytes: usize) {
        let left = self.budget.bytes.checked_sub(bytes);
        self.is_too_much |= left.is_none();
        self.budget.bytes = left.unwrap_or(0);
    }

    /// Whether what comes next is a piece of a string in every case: whatever it says, the text stays JSON.
    fn is_in_string(&self) -> bool {
        self.texts.iter().all(|(_, text)| text.is_in_string())
    }
}

fn is_no_value(template: &Template, value: ValueId) -> bool {
    let Data::Call(call) = template.values.data(value) else { return false };
    matches!(**call, Call::Ref(name) if template.names.text(name) == "AWS::NoValue")
}

fn whole(at: Location) -> Place {
    Place { file: at.file, bytes: Bytes::Whole(at.span) }
}

/// The place of a scalar's text; where it is not spelled there (a loop's variable stood in it), it is all in one.
fn place_of_scalar(template: &Template, text: &str, at: Location) -> Place {
    let written = template.sources[at.file.0 as usize].slice(at.span);
    match Spelling::of(written, text) {
        Some(spelling) => Place {
            file: at.file,
            bytes: Bytes::Spelled { spelling: Rc::new(spelling), base: at.span.start, from: 0 },
        },
        None => whole(at),
    }
}

/// The text of `Fn::Sub` with the bytes of its parts.
struct Spelled {
    spelling: Rc<Spelling>,
    at: Location,
    /// For each part the pieces that it is made of.
    parts: Vec<Vec<Range<usize>>>,
}

impl Spelled {
    /// `None` where other parts are written there.
    fn read(template: &Template, parts: &[SubPart], at: Location) -> Option<Self> {
        let written = template.sources[at.file.0 as usize].slice(at.span);
        let mut text = Spelling::read(written)?.text().to_owned();
        // White space at the end of a block is not among its bytes.
        if let Some(SubPart::Text(last)) = parts.last() {
            let last = template.names.text(*last);
            text.truncate(text.trim_end().len());
            text.push_str(&last[last.trim_end().len()..]);
        }
        let spelling = Spelling::of(written, &text)?;
        let parts = pieces_of(&template.names, parts, spelling.text())?;
        Some(Self { spelling: Rc::new(spelling), at, parts })
    }

    fn place(&self, piece: &Range<usize>) -> Place {
        let bytes = Bytes::Spelled {
            spelling: Rc::clone(&self.spelling),
            base: self.at.span.start,
            from: piece.start,
        };
        Place { file: self.at.file, bytes }
    }

    /// The place of all pieces of a part as one.
    fn whole(&self, pieces: &[Range<usize>]) -> Place {
        let (start, end) =
            (pieces.first().map_or(0, |piece| piece.start), pieces.last().map_or(0, |piece| piece.end));
        let span = self.spelling.source_of(start..end);
        let base = self.at.span.start;
        whole(Location { span: Span { start: base + span.start, end: base + span.end }, ..self.at })
    }
}

/// The pieces of a text that the parts of `Fn::Sub` are made of; `None` where the text has other parts.
fn pieces_of(names: &Names, parts: &[SubPart], text: &str) -> Option<Vec<Vec<Range<usize>>>> {
    let mut pieces = Vec::new();
    each_piece(text, &mut |piece| {
        let is_nothing = matches!(&piece, Piece::Text(range) if range.is_empty());
        if !is_nothing {
            pieces.push(piece);
        }
    });
    let mut pieces = pieces.into_iter().peekable();
    let mut found = Vec::with_capacity(parts.len());
    for part in parts {
        let mut of_part = Vec::new();
        match part {
            SubPart::Text(known) => {
                let mut rest = names.text(*known);
                while let Some(Piece::Text(range)) = pieces.next_if(|piece| matches!(piece, Piece::Text(_))) {
                    rest = rest.strip_prefix(&text[range.clone()])?;
                    of_part.push(range);
                }
                if !rest.is_empty() {
                    return None;
                }
            }
            SubPart::Ref(_) | SubPart::GetAtt(..) | SubPart::Bound(..) => match pieces.next()? {
                Piece::Variable { range, .. } => of_part.push(range),
                Piece::Text(_) => return None,
            },
        }
        found.push(of_part);
    }
    pieces.next().is_none().then_some(found)
}

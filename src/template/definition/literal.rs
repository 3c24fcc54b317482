//! Values that are what they say: no intrinsics, only text with holes in it.

use crate::document::{Document, Kind, NodeId};
use crate::names::Names;
use crate::source::Span;
use crate::template::read::Reader as TemplateReader;
use crate::template::value::{Call, Data, Entry, SubPart, ValueId, Values};
use crate::template::{Origin, OriginKind};

use super::composed::Composed;

/// Makes values of a text's document, each with the place where the author wrote it.
pub(super) struct Reader<'a> {
    pub(super) composed: &'a Composed,
    pub(super) document: &'a Document,
    pub(super) names: &'a Names,
    pub(super) values: &'a mut Values,
    /// How many values there may still be.
    pub(super) left: &'a mut usize,
    pub(super) depth: usize,
}

impl Reader<'_> {
    /// The value of the whole document.
    pub(super) fn root(&mut self) -> ValueId {
        self.value(self.document.root(), None)
    }

    /// The value of a node; `key` is the place that names it, or nothing for a list's item, which names itself.
    fn value(&mut self, node: NodeId, key: Option<Span>) -> ValueId {
        let span = self.document.span(node);
        let origin = self.origin(key.unwrap_or(span), span);
        if self.depth == TemplateReader::MOST_DEPTH || *self.left == 0 {
            let unknown = self.unknown(origin, node);
            return self.values.add(origin, unknown);
        }
        *self.left -= 1;
        self.depth += 1;
        let (origin, data) = self.data(node, key, origin);
        self.depth -= 1;
        self.values.add(origin, data)
    }

    fn data(&mut self, node: NodeId, key: Option<Span>, origin: Origin) -> (Origin, Data) {
        let document = self.document;
        // `!Sub`, which nobody follows here: it is not what it says.
        if document.tag(node).is_some_and(|(tag, _)| !tag.starts_with("!!")) {
            return (origin, self.unknown(origin, node));
        }
        match document.kind(node) {
            Kind::Scalar => self.scalar(node, key, origin),
            Kind::Sequence => {
                let items = document.items(node).map(|item| self.value(item, None)).collect();
                (origin, Data::List(items))
            }
            Kind::Mapping => {
                let entries = document.entries(node).map(|entry| {
                    let key = self.names.intern(&self.known_of_key(document.scalar(entry.key).text));
                    Entry { key, value: self.value(entry.value, Some(document.span(entry.key))) }
                });
                let entries = entries.collect();
                (origin, Data::Map(entries))
            }
        }
    }

    fn scalar(&mut self, node: NodeId, key: Option<Span>, origin: Origin) -> (Origin, Data) {
        let scalar = self.document.scalar(node);
        let Some(parts) = self.composed.parts(self.names, scalar.text) else {
            let text = self.names.intern(scalar.text);
            return (origin, Data::Scalar { text, is_plain: scalar.is_plain });
        };
        // The quotes around what is one hole may be pieces of their own.
        let span = self.document.span(node);
        let inner = Span { start: span.start + 1, end: span.end.saturating_sub(1) };
        let is_quoted = inner.range().len() == scalar.text.len();
        let origin = if is_quoted && matches!(parts[..], [_]) {
            self.origin(key.unwrap_or(inner), inner)
        } else {
            origin
        };
        (origin, Data::Call(Box::new(Call::Sub { parts, text: None })))
    }

    /// A key with `*` for what is not known of it.
    fn known_of_key(&self, key: &str) -> String {
        let Some(parts) = self.composed.parts(self.names, key) else { return key.to_owned() };
        let known = parts.iter().map(|part| match part {
            SubPart::Text(text) => self.names.text(*text),
            SubPart::Ref(_) | SubPart::GetAtt(..) | SubPart::Bound(..) => "*",
        });
        known.collect()
    }

    fn unknown(&mut self, origin: Origin, node: NodeId) -> Data {
        let function = self.names.intern(self.document.tag(node).map_or("", |(tag, _)| tag));
        let nothing = Data::Scalar { text: self.names.intern(""), is_plain: true };
        let argument = self.values.add(origin, nothing);
        Data::Call(Box::new(Call::Other { function, argument }))
    }

    fn origin(&self, key: Span, value: Span) -> Origin {
        let (key, value) = (self.composed.location(key), self.composed.location(value));
        // A place has one file: a key from another cannot be told of.
        let key = if key.file == value.file { key.span } else { value.span };
        Origin { file: value.file, key, value: value.span, kind: OriginKind::Written }
    }
}

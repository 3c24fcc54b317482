//! What an evaluation works with: values, wherever they come from, and what queries reach.

use smallvec::SmallVec;

use super::Run;
use super::basis::Basis;
use crate::guard::ast::{Literal, Pattern, Range, TextId};
use crate::guard::tree::{Node, NodeId};
use crate::names::Name;

/// A value: of the document, of the rules file, or computed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    /// In the document's tree.
    Node(NodeId),
    /// In the tree of what `json_parse` has read.
    Parsed(NodeId),
    /// Written in the rules file.
    Literal(&'a Literal),
    /// Computed.
    Made(Made),
}

/// A computed scalar.
#[derive(Clone, Copy, Debug)]
pub(super) enum Made {
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// A text.
    Text(Name),
    /// A character.
    Char(char),
    /// A number that was computed from one that is not known, and its bounds.
    Between {
        /// It is not less.
        low: f64,
        /// It is not more.
        high: f64,
    },
    /// Computed from something that is not known.
    Unknown,
}

/// One result of a query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reached<'a> {
    pub(super) what: What<'a>,
    /// A filter could not tell whether it belongs to the results.
    pub(super) is_possible: bool,
    /// Of a variable's value: the assumed values that were read to find it.
    pub(super) basis: Basis,
}

/// What one way through the document led to.
#[derive(Clone, Copy, Debug)]
pub(super) enum What<'a> {
    /// A value.
    Value(Value<'a>),
    /// A value that the rules file itself gives, by a lone variable or in place.
    Literal(&'a Literal),
    /// Nothing: the way ends after this value.
    Missing(Value<'a>),
    /// Nobody knows whether there is something beyond this value.
    Undetermined(Value<'a>),
}

/// The results of a query. Most queries have one.
pub(super) type Results<'a> = SmallVec<[Reached<'a>; 1]>;

impl<'a> Reached<'a> {
    /// Where a way through the document led to.
    pub(super) fn new(what: What<'a>, is_possible: bool) -> Self {
        Self { what, is_possible, basis: Basis::default() }
    }

    /// A value without doubt.
    pub(super) fn value(value: Value<'a>) -> Self {
        Self::new(What::Value(value), false)
    }

    /// A literal.
    pub(super) fn literal(literal: &'a Literal) -> Self {
        Self::new(What::Literal(literal), false)
    }

    /// The value, if it is one.
    pub(super) fn found(self) -> Option<Value<'a>> {
        match self.what {
            What::Value(value) => Some(value),
            What::Literal(literal) => Some(Value::Literal(literal)),
            What::Missing(_) | What::Undetermined(_) => None,
        }
    }

    /// The value, or the last one before the way ended.
    pub(super) fn last_value(self) -> Value<'a> {
        match self.what {
            What::Value(value) | What::Missing(value) | What::Undetermined(value) => value,
            What::Literal(literal) => Value::Literal(literal),
        }
    }
}

/// A text: interned with the document's, or written in the rules file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
    /// In the table of names.
    Named(Name),
    /// In the rules' table of texts.
    Written(TextId),
}

/// What a value is, whichever tree it stands in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape<'a> {
    /// Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// A character.
    Char(char),
    /// A text.
    Text(Text),
    /// A regular expression of the rules file.
    Pattern(&'a Pattern),
    /// A range of integers.
    IntRange(&'a Range<i64>),
    /// A range of fractions.
    FloatRange(&'a Range<f64>),
    /// A range of characters.
    CharRange(&'a Range<char>),
    /// A list; its items are asked for.
    List,
    /// A map; its entries are asked for.
    Map {
        /// Whether unseen keys may exist.
        is_open: bool,
    },
    /// Not known.
    Unknown,
}

impl Shape<'_> {
    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::List)
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Self::Map { .. })
    }

    /// Neither a list nor a map; what is not known is not taken for either.
    pub(super) fn is_scalar(&self) -> bool {
        !self.is_list() && !self.is_map()
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// A number as a fraction. Beyond 2^53 the nearest one: what else `parse_float` could mean.
    #[expect(clippy::cast_precision_loss, reason = "the nearest fraction is what is asked for")]
    pub(super) fn fraction(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn shape(&self, value: Value<'a>) -> Shape<'a> {
        match value {
            Value::Node(node) => node_shape(self.tree().node(node)),
            Value::Parsed(node) => node_shape(self.evaluator.parsed.node(node)),
            Value::Literal(literal) => literal_shape(literal),
            Value::Made(Made::Bool(value)) => Shape::Bool(value),
            Value::Made(Made::Int(value)) => Shape::Int(value),
            Value::Made(Made::Float(value)) => Shape::Float(value),
            Value::Made(Made::Text(name)) => Shape::Text(Text::Named(name)),
            Value::Made(Made::Char(value)) => Shape::Char(value),
            Value::Made(Made::Between { .. } | Made::Unknown) => Shape::Unknown,
        }
    }

    pub(super) fn text(&self, text: Text) -> &'a str {
        match text {
            Text::Named(name) => self.evaluator.names.text(name),
            Text::Written(id) => self.rules().text(id),
        }
    }

    pub(super) fn same_text(&self, a: Text, b: Text) -> bool {
        match (a, b) {
            (Text::Named(a), Text::Named(b)) => a == b,
            (Text::Written(a), Text::Written(b)) => a == b,
            (Text::Named(_), Text::Written(_)) | (Text::Written(_), Text::Named(_)) => {
                self.text(a) == self.text(b)
            }
        }
    }
}

pub(super) fn node_shape<'a>(node: &Node) -> Shape<'a> {
    match node {
        Node::Null => Shape::Null,
        Node::Bool(value) => Shape::Bool(*value),
        Node::Int(value) => Shape::Int(*value),
        Node::Float(value) => Shape::Float(*value),
        Node::Text(name) => Shape::Text(Text::Named(*name)),
        Node::List(_) => Shape::List,
        Node::Map { is_open, .. } => Shape::Map { is_open: *is_open },
        Node::Choice(_) | Node::OneOf(_) | Node::Bounded(_) | Node::Unknown => Shape::Unknown,
    }
}

pub(super) fn literal_shape(literal: &Literal) -> Shape<'_> {
    match literal {
        Literal::Null => Shape::Null,
        Literal::Bool(value) => Shape::Bool(*value),
        Literal::Int(value) => Shape::Int(*value),
        Literal::Float(value) => Shape::Float(*value),
        Literal::Text(text) => Shape::Text(Text::Written(*text)),
        Literal::Pattern(pattern) => Shape::Pattern(pattern),
        Literal::IntRange(range) => Shape::IntRange(range),
        Literal::FloatRange(range) => Shape::FloatRange(range),
        Literal::CharRange(range) => Shape::CharRange(range),
        Literal::List(_) => Shape::List,
        Literal::Map(_) => Shape::Map { is_open: false },
    }
}

//! The tape is a document's nodes in the order of the text, each collection with the place where it ends, and the
//! tables beside them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Comment, DuplicateKey, Entry, NodeId};
use crate::source::Span;

/// A node on the tape. Its children, if any, follow it directly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    /// The index after the last node of its subtree; 0 while it is open.
    pub(super) after: u32,
    pub(super) form: Form,
}

/// What stands at a node's place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// `text` are bytes of the source, or of [`Tape::decoded`].
    Scalar {
        text: Span,
        is_decoded: bool,
        is_plain: bool,
    },
    Sequence {
        len: u32,
    },
    /// A mapping that is listed has its entries in [`Tape::listings`], since they are not just its children.
    Mapping {
        len: u32,
        is_listed: bool,
    },
    /// The target is no alias, stands before the alias, and does not hold it. `None` reads as null.
    Alias {
        target: Option<NodeId>,
    },
}

/// All that a text holds.
#[derive(Debug)]
pub(super) struct Tape {
    pub(super) text: Arc<str>,
    pub(super) nodes: Vec<Node>,
    /// The texts of scalars that are not bytes of the source: escapes, folded lines, blocks.
    pub(super) decoded: String,
    /// In the order of their nodes.
    pub(super) tags: Vec<(NodeId, Span)>,
    /// In the order of their nodes.
    pub(super) anchors: Vec<(NodeId, Span)>,
    pub(super) comments: Vec<Comment>,
    pub(super) duplicates: Vec<DuplicateKey>,
    pub(super) listings: FxHashMap<NodeId, Box<[Entry]>>,
}

impl Tape {
    /// An empty tape for `text`.
    pub(super) fn new(text: Arc<str>) -> Self {
        Self {
            nodes: Vec::with_capacity(text.len() / 16 + 8),
            text,
            decoded: String::new(),
            tags: Vec::new(),
            anchors: Vec::new(),
            comments: Vec::new(),
            duplicates: Vec::new(),
            listings: FxHashMap::default(),
        }
    }

    /// Whether both have the same nodes, with the same texts and properties: only their places may differ.
    pub(super) fn holds_the_same_as(&self, other: &Self) -> bool {
        let properties = |tape: &Self, table: &[(NodeId, Span)]| -> Vec<(NodeId, String)> {
            table.iter().map(|(node, span)| (*node, tape.text[span.range()].to_owned())).collect()
        };
        let is_same_node = |(index, (a, b)): (usize, (&Node, &Node))| {
            let node = NodeId(index as u32);
            a.after == b.after
                && match (a.form, b.form) {
                    (Form::Scalar { is_plain: a, .. }, Form::Scalar { is_plain: b, .. }) => {
                        a == b && self.scalar_text(node) == other.scalar_text(node)
                    }
                    (Form::Sequence { len: a }, Form::Sequence { len: b })
                    | (Form::Mapping { len: a, .. }, Form::Mapping { len: b, .. }) => a == b,
                    (Form::Alias { target: a }, Form::Alias { target: b }) => a == b,
                    (
                        Form::Scalar { .. }
                        | Form::Sequence { .. }
                        | Form::Mapping { .. }
                        | Form::Alias { .. },
                        _,
                    ) => false,
                }
        };
        self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).enumerate().all(is_same_node)
            && properties(self, &self.tags) == properties(other, &other.tags)
            && properties(self, &self.anchors) == properties(other, &other.anchors)
    }

    /// The node as it stands on the tape, an alias as an alias.
    pub(super) fn written(&self, node: NodeId) -> &Node {
        &self.nodes[node.0 as usize]
    }

    /// The node or, for an alias, what it stands for; `None` if that is nothing.
    pub(super) fn resolved(&self, node: NodeId) -> Option<NodeId> {
        match self.written(node).form {
            Form::Alias { target } => target,
            Form::Scalar { .. } | Form::Sequence { .. } | Form::Mapping { .. } => Some(node),
        }
    }

    /// The text of a scalar or of an alias to one.
    pub(super) fn scalar_text(&self, node: NodeId) -> Option<&str> {
        match self.written(self.resolved(node)?).form {
            Form::Scalar { text, is_decoded: false, .. } => Some(&self.text[text.range()]),
            Form::Scalar { text, is_decoded: true, .. } => Some(&self.decoded[text.range()]),
            Form::Sequence { .. } | Form::Mapping { .. } | Form::Alias { .. } => None,
        }
    }

    /// The direct children as they stand on the tape; a mapping's alternate between keys and values.
    pub(super) fn children(&self, parent: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let after = self.written(parent).after;
        let mut next = parent.0 + 1;
        std::iter::from_fn(move || {
            let child = (next < after).then_some(NodeId(next))?;
            next = self.nodes[next as usize].after;
            Some(child)
        })
    }

    /// A mapping's keys and values as they stand on the tape.
    pub(super) fn pairs(&self, mapping: NodeId) -> impl Iterator<Item = Entry> + '_ {
        let mut children = self.children(mapping);
        std::iter::from_fn(move || Some(Entry { key: children.next()?, value: children.next()? }))
    }

    /// A mapping's entries, merged and without overridden duplicates; aliases followed.
    pub(super) fn entries(&self, node: NodeId) -> impl Iterator<Item = Entry> + '_ {
        let mapping = self.resolved(node);
        let (plain, listed) = match mapping.map(|mapping| (mapping, self.written(mapping).form)) {
            Some((mapping, Form::Mapping { is_listed: false, .. })) => (Some(mapping), None),
            Some((mapping, Form::Mapping { is_listed: true, .. })) => (None, self.listings.get(&mapping)),
            Some((_, Form::Scalar { .. } | Form::Sequence { .. } | Form::Alias { .. })) | None => {
                (None, None)
            }
        };
        plain
            .into_iter()
            .flat_map(|mapping| self.pairs(mapping))
            .chain(listed.into_iter().flat_map(|entries| entries.iter().copied()))
    }

    /// A sequence's items; aliases followed.
    pub(super) fn items(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.resolved(node)
            .filter(|node| matches!(self.written(*node).form, Form::Sequence { .. }))
            .into_iter()
            .flat_map(|sequence| self.children(sequence))
    }
}

//! The builder writes a tape from left to right. Every reader of a syntax fills one, so that keys are looked at and
//! aliases are bounded in one place.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::tape::{Form, Node, Tape};
use super::{Comment, ERROR_LIMIT, NodeId, SyntaxError, keys};
use crate::source::Span;

/// How deep a tree may be, aliases followed: whoever walks it may recurse.
pub(super) const DEPTH_LIMIT: u32 = 512;

/// How many nodes all aliases of a document may stand for together. Walking the whole tree from its root with
/// every alias followed costs at most this much more than walking the tape, which is what stops a billion laughs.
pub(super) const EXPANSION_LIMIT: u32 = 250_000;

/// A tape that is being written. What is opened must be closed; keys and values of a mapping alternate.
#[derive(Debug)]
pub(super) struct Builder {
    tape: Tape,
    errors: Vec<SyntaxError>,
    open: Vec<Open>,
    /// Nodes so far, each alias counted as all that it stands for.
    expanded: u32,
    /// What aliases may refer to.
    targets: FxHashMap<NodeId, Extent>,
}

/// A collection that is not closed yet.
#[derive(Debug)]
struct Open {
    node: NodeId,
    len: u32,
    /// Levels below it so far, aliases followed.
    height: u32,
    expanded_before: u32,
}

/// How large an anchored node is, aliases followed.
#[derive(Clone, Copy, Debug)]
struct Extent {
    nodes: u32,
    height: u32,
}

/// Why an alias reads as null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AliasFault {
    /// It stands inside what it refers to.
    IsCyclic,
    /// The document would be too large or too deep with it.
    ExpandsTooFar,
}

impl Builder {
    /// A tape for `text`; all spans are its bytes.
    pub(super) fn new(text: Arc<str>) -> Self {
        Self {
            tape: Tape::new(text),
            errors: Vec::new(),
            open: Vec::new(),
            expanded: 0,
            targets: FxHashMap::default(),
        }
    }

    /// A scalar whose text stands at `text` in the source.
    pub(super) fn written_scalar(&mut self, span: Span, text: Span, is_plain: bool) -> NodeId {
        self.leaf(span, Form::Scalar { text, is_decoded: false, is_plain })
    }

    /// A scalar whose text is what [`Self::decoded`] has grown by since its length was `from`.
    pub(super) fn decoded_scalar(&mut self, span: Span, from: usize, is_plain: bool) -> NodeId {
        let text = Span::new(from..self.tape.decoded.len());
        self.leaf(span, Form::Scalar { text, is_decoded: true, is_plain })
    }

    /// Where decoded texts are collected.
    pub(super) fn decoded(&mut self) -> &mut String {
        &mut self.tape.decoded
    }

    /// Opens a sequence or a mapping.
    pub(super) fn open(&mut self, start: usize, opened: Collection) -> NodeId {
        let form = match opened {
            Collection::Sequence => Form::Sequence { len: 0 },
            Collection::Mapping => Form::Mapping { len: 0, is_listed: false },
        };
        let expanded_before = self.expanded;
        let node = self.push(Span::new(start..start), 0, form);
        self.open.push(Open { node, len: 0, height: 0, expanded_before });
        node
    }

    /// Closes the innermost open collection.
    pub(super) fn close(&mut self, end: usize) {
        let Some(closed) = self.open.pop() else { return };
        let after = self.tape.nodes.len() as u32;
        let node = &mut self.tape.nodes[closed.node.0 as usize];
        node.span.end = node.span.start.max(end as u32);
        node.after = after;
        match &mut node.form {
            Form::Sequence { len } => *len = closed.len,
            Form::Mapping { len, .. } => {
                *len = closed.len / 2;
                if let Some(listing) = keys::listing(&self.tape, closed.node) {
                    self.list(closed.node, listing);
                }
            }
            Form::Scalar { .. } | Form::Alias { .. } => {}
        }
        if let Some(extent) = self.targets.get_mut(&closed.node) {
            *extent = Extent { nodes: self.expanded - closed.expanded_before, height: closed.height };
        }
        if let Some(parent) = self.open.last_mut() {
            parent.height = parent.height.max(closed.height + 1);
        }
    }

    fn list(&mut self, mapping: NodeId, listing: keys::Listing) {
        self.tape.duplicates.extend(listing.duplicates);
        listing.errors.into_iter().for_each(|error| self.error(error));
        self.tape.listings.insert(mapping, listing.entries.into());
        if let Form::Mapping { is_listed, .. } = &mut self.tape.nodes[mapping.0 as usize].form {
            *is_listed = true;
        }
    }

    /// An alias; on a fault it reads as null.
    pub(super) fn alias(&mut self, span: Span, target: NodeId) -> (NodeId, Option<AliasFault>) {
        let extent = self.targets.get(&target).copied().unwrap_or(Extent { nodes: 1, height: 0 });
        let added = self.expanded - self.tape.nodes.len() as u32;
        if self.tape.written(target).after == 0 {
            (self.broken_alias(span), Some(AliasFault::IsCyclic))
        } else if added.saturating_add(extent.nodes) > EXPANSION_LIMIT
            || self.open.len() as u32 + extent.height > DEPTH_LIMIT
        {
            (self.broken_alias(span), Some(AliasFault::ExpandsTooFar))
        } else {
            let alias = self.leaf(span, Form::Alias { target: Some(target) });
            self.expanded += extent.nodes;
            if let Some(parent) = self.open.last_mut() {
                parent.height = parent.height.max(extent.height + 1);
            }
            (alias, None)
        }
    }

    /// An alias to nothing: it reads as null.
    pub(super) fn broken_alias(&mut self, span: Span) -> NodeId {
        self.leaf(span, Form::Alias { target: None })
    }

    /// Gives a node its tag.
    pub(super) fn tag(&mut self, node: NodeId, span: Span) {
        self.tape.tags.push((node, span));
    }

    /// Gives a node its anchor; aliases may refer to it from here on.
    pub(super) fn anchor(&mut self, node: NodeId, span: Span) {
        self.tape.anchors.push((node, span));
        self.targets.insert(node, Extent { nodes: 1, height: 0 });
    }

    /// A comment.
    pub(super) fn comment(&mut self, span: Span) {
        self.tape.comments.push(Comment { span });
    }

    /// Something wrong that reading goes on after; forgotten past the limit.
    pub(super) fn error(&mut self, error: SyntaxError) {
        if self.errors.len() < ERROR_LIMIT {
            self.errors.push(error);
        }
    }

    /// The bytes of a node; of an open collection, the place where it starts.
    pub(super) fn span(&self, node: NodeId) -> Span {
        self.tape.written(node).span
    }

    /// How many errors there are so far.
    pub(super) fn error_count(&self) -> usize {
        self.errors.len()
    }

    /// How many collections are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What the innermost open collection is, and where it starts.
    pub(super) fn innermost(&self) -> Option<(Collection, usize)> {
        let node = self.tape.written(self.open.last()?.node);
        let start = node.span.start as usize;
        match node.form {
            Form::Sequence { .. } => Some((Collection::Sequence, start)),
            Form::Mapping { .. } => Some((Collection::Mapping, start)),
            Form::Scalar { .. } | Form::Alias { .. } => None,
        }
    }

    /// Whether a collection of that kind is open around the innermost one.
    pub(super) fn is_within(&self, collection: Collection) -> bool {
        let outer = self.open.split_last().map_or(&[][..], |(_, outer)| outer);
        outer.iter().any(|open| match self.tape.written(open.node).form {
            Form::Mapping { .. } => collection == Collection::Mapping,
            Form::Sequence { .. } => collection == Collection::Sequence,
            Form::Scalar { .. } | Form::Alias { .. } => false,
        })
    }

    /// What the next node will be in the innermost open collection.
    pub(super) fn place(&self) -> Place {
        match (self.innermost(), self.open.last()) {
            (Some((Collection::Sequence, _)), _) => Place::Item,
            (Some((Collection::Mapping, _)), Some(open)) if open.len % 2 == 0 => Place::Key,
            (Some((Collection::Mapping, _)), _) => Place::Value,
            (None, _) => Place::Root,
        }
    }

    /// The tape, if anything was written, and what was wrong. All that is open is closed at `end`.
    pub(super) fn finish(mut self, end: usize) -> (Option<Tape>, Vec<SyntaxError>) {
        while !self.open.is_empty() {
            if self.place() == Place::Value {
                let nothing = Span::new(end..end);
                self.written_scalar(nothing, nothing, true);
            }
            self.close(end);
        }
        self.tape.comments.sort_by_key(|comment| comment.span);
        self.tape.duplicates.sort_by_key(|duplicate| duplicate.again);
        self.errors.sort_by_key(|error| error.span);
        ((!self.tape.nodes.is_empty()).then_some(self.tape), self.errors)
    }

    fn leaf(&mut self, span: Span, form: Form) -> NodeId {
        let after = self.tape.nodes.len() as u32 + 1;
        if let Some(parent) = self.open.last_mut() {
            parent.height = parent.height.max(1);
        }
        self.push(span, after, form)
    }

    fn push(&mut self, span: Span, after: u32, form: Form) -> NodeId {
        let node = NodeId(self.tape.nodes.len() as u32);
        self.tape.nodes.push(Node { span, after, form });
        self.expanded += 1;
        if let Some(parent) = self.open.last_mut() {
            parent.len += 1;
        }
        node
    }
}

/// The kinds of node that have children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    Sequence,
    Mapping,
}

/// What a node is to the one that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Item,
    Key,
    Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: Span = Span { start: 0, end: 0 };

    fn builder() -> Builder {
        Builder::new("".into())
    }

    /// An anchored sequence of `len` items.
    fn target(builder: &mut Builder, len: u32) -> NodeId {
        let target = builder.open(0, Collection::Sequence);
        builder.anchor(target, NOWHERE);
        for _ in 0..len {
            builder.written_scalar(NOWHERE, NOWHERE, true);
        }
        builder.close(0);
        target
    }

    #[test]
    fn aliases_stand_for_no_more_nodes_than_the_limit() {
        let mut builder = builder();
        builder.open(0, Collection::Sequence);
        let target = target(&mut builder, EXPANSION_LIMIT / 2);
        assert_eq!(builder.alias(NOWHERE, target).1, None);
        assert_eq!(builder.alias(NOWHERE, target).1, Some(AliasFault::ExpandsTooFar));
    }

    #[test]
    fn aliases_lead_no_deeper_than_the_limit() {
        let mut builder = builder();
        let target = target(&mut builder, 1);
        let mut faults = Vec::new();
        for _ in 0..DEPTH_LIMIT {
            builder.open(0, Collection::Sequence);
            faults.push(builder.alias(NOWHERE, target).1);
        }
        assert_eq!(faults.pop(), Some(Some(AliasFault::ExpandsTooFar)));
        assert!(faults.iter().all(Option::is_none));
    }

    #[test]
    fn what_is_left_open_is_closed_and_a_key_left_alone_has_a_null() {
        let mut builder = builder();
        builder.open(0, Collection::Sequence);
        builder.open(0, Collection::Mapping);
        builder.written_scalar(NOWHERE, NOWHERE, true);
        let tape = builder.finish(0).0.unwrap();
        assert_eq!(tape.pairs(NodeId(1)).count(), 1);
        assert_eq!(tape.nodes.len(), 4);
    }
}

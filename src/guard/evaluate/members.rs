//! What lists and maps hold, in this scenario: members, entries under a key, elements by an index.

use smallvec::SmallVec;

use super::Run;
use super::value::{Made, Text, Value};
use crate::guard::ast::{Literal, TextId};
use crate::guard::tree::{Node, NodeId, Tree};
use crate::names::Name;

/// A member of a list or map, before it is asked whether it exists.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) key: Option<Text>,
    pub(super) content: Content<'a>,
}

/// What a [`Member`] holds.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    /// A node that may be conditional.
    Node(NodeId),
    /// A value.
    Value(Value<'a>),
}

/// What a map says to a key.
pub(super) enum Entry<'a> {
    /// The value.
    Present(Value<'a>),
    /// In this scenario nothing stands there.
    Vanished,
    /// There is no such key.
    Absent,
}

impl Member<'_> {
    /// The value of an entry of the document.
    pub(super) fn of_entry(key: Name, value: NodeId) -> Self {
        Self { key: Some(Text::Named(key)), content: Content::Node(value) }
    }

    /// An item of a list of the document.
    pub(super) fn of_item(item: NodeId) -> Self {
        Self { key: None, content: Content::Node(item) }
    }
}

impl<'a> Run<'_, 'a> {
    /// What stands at a node in this scenario; `None` if nothing does.
    pub(super) fn settled(&mut self, node: NodeId) -> Option<Value<'a>> {
        let tree = self.tree();
        let mut node = node;
        for _ in 0..Tree::CHOICE_DEPTH {
            node = match tree.node(node) {
                Node::Choice(alternatives) => {
                    self.asked += 1;
                    alternatives.iter().find(|(guard, _)| self.scenario.holds(*guard))?.1?
                }
                Node::OneOf(members) => {
                    self.asked += 1;
                    *members.get(self.scenario.pick(node, members.len()))?
                }
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Text(_)
                | Node::List(_)
                | Node::Map { .. }
                | Node::Bounded(_)
                | Node::Unknown => return Some(Value::Node(node)),
            };
        }
        Some(Value::Made(Made::Unknown))
    }

    /// What a node would be if it is there at all, where that is certain.
    pub(super) fn if_present(&self, node: NodeId) -> Option<Value<'a>> {
        self.tree().if_present(node).map(Value::Node)
    }

    /// The entry of a map under a text of the rules.
    pub(super) fn entry_of(&mut self, map: Value<'a>, key: TextId) -> Entry<'a> {
        match map {
            Value::Node(_) => {
                let name = self.evaluator.text_name(key);
                name.map_or(Entry::Absent, |name| self.entry_named(map, Text::Named(name)))
            }
            Value::Parsed(_) | Value::Literal(_) | Value::Made(_) => {
                self.entry_named(map, Text::Written(key))
            }
        }
    }

    /// The entry of a map under a text, wherever that comes from.
    pub(super) fn entry_named(&mut self, map: Value<'a>, key: Text) -> Entry<'a> {
        if let Value::Node(node) = map
            && let Node::Map { entries, .. } = self.tree().node(node)
        {
            let name = match key {
                Text::Named(name) => Some(name),
                Text::Written(text) => self.evaluator.text_name(text),
            };
            let child = name.and_then(|name| self.evaluator.index.entry(node, entries, name));
            return match child.map(|child| self.settled(child)) {
                Some(Some(value)) => Entry::Present(value),
                Some(None) => Entry::Vanished,
                None => Entry::Absent,
            };
        }
        let members = self.members(map);
        let found = members.iter().find(|member| member.key.is_some_and(|known| self.same_text(known, key)));
        match found.map(|member| self.settled_content(member.content)) {
            Some(Some(value)) => Entry::Present(value),
            Some(None) => Entry::Vanished,
            None => Entry::Absent,
        }
    }

    pub(super) fn by_index(&mut self, value: Value<'a>, index: i64) -> Option<Value<'a>> {
        if !self.shape(value).is_list() {
            return None;
        }
        let items = self.items(value);
        offset(index, items.len()).map(|offset| items[offset])
    }

    /// The members of a list or map; none of other values.
    pub(super) fn members(&self, value: Value<'a>) -> SmallVec<[Member<'a>; 4]> {
        match value {
            Value::Node(node) => members_of(self.tree().node(node), Content::Node),
            Value::Parsed(node) => {
                members_of(self.evaluator.parsed.node(node), |child| Content::Value(Value::Parsed(child)))
            }
            Value::Literal(Literal::List(items)) => {
                let member = |item| Member { key: None, content: Content::Value(Value::Literal(item)) };
                items.iter().map(member).collect()
            }
            Value::Literal(Literal::Map(entries)) => entries
                .iter()
                .map(|(key, item)| Member {
                    key: Some(Text::Written(*key)),
                    content: Content::Value(Value::Literal(item)),
                })
                .collect(),
            Value::Literal(_) | Value::Made(_) => SmallVec::new(),
        }
    }

    /// The items of a list (or values of a map) that exist in this scenario.
    pub(super) fn items(&mut self, value: Value<'a>) -> SmallVec<[Value<'a>; 4]> {
        self.members(value).iter().filter_map(|member| self.settled_content(member.content)).collect()
    }

    pub(super) fn settled_content(&mut self, content: Content<'a>) -> Option<Value<'a>> {
        match content {
            Content::Node(node) => self.settled(node),
            Content::Value(value) => Some(value),
        }
    }

    pub(super) fn content_if_present(&self, content: Content<'a>) -> Option<Value<'a>> {
        match content {
            Content::Node(node) => self.if_present(node),
            Content::Value(value) => Some(value),
        }
    }
}

fn members_of<'a>(node: &Node, content: impl Fn(NodeId) -> Content<'a>) -> SmallVec<[Member<'a>; 4]> {
    match node {
        Node::List(items) => items.iter().map(|item| Member { key: None, content: content(*item) }).collect(),
        Node::Map { entries, .. } => entries
            .iter()
            .map(|(key, item)| Member { key: Some(Text::Named(*key)), content: content(*item) })
            .collect(),
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Text(_)
        | Node::Choice(_)
        | Node::OneOf(_)
        | Node::Bounded(_)
        | Node::Unknown => SmallVec::new(),
    }
}

/// The offset that an index means; a negative one counts from the end.
pub(super) fn offset(index: i64, length: usize) -> Option<usize> {
    let magnitude = usize::try_from(index.unsigned_abs()).ok()?;
    let offset = if index < 0 { length.checked_sub(magnitude)? } else { magnitude };
    (offset < length).then_some(offset)
}

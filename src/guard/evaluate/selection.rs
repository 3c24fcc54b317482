//! Members of a list or map that clauses select, and whether there are any, as far as a look at plain values tells.

use super::glance::{Glance, Keys, is_empty};
use super::index::Index;
use super::vocabulary::{Answer, Grounds, Path, Question, Standing};
use crate::guard::tree::{Node, NodeId};

/// The members of a list or map of which all of this holds.
pub(super) struct Selection<'a> {
    pub(super) clauses: Vec<Glance<'a>>,
    /// Whether that is all that is asked of them. Otherwise it is only certain who is not selected.
    pub(super) is_all: bool,
    pub(super) by: By,
    /// Whether they are asked behind `.*`, which goes into lists inside of lists and has nothing of scalars.
    pub(super) is_of_values: bool,
}

/// What selects members.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// A filter: what it keeps is there, unless it is null.
    Filter,
    /// A variable: it is empty also where its values are.
    Variable,
    /// What a block is about: it fails where the way to that ends before.
    Block,
}

/// Selected members, and where they stand.
pub(super) enum Chosen<'a> {
    /// In what stands at a path of the document.
    OfDocument(Path, Question, Selection<'a>),
    /// In what keys lead to from the member that a clause is about.
    OfMember(Keys, Selection<'a>),
}

impl<'a> Selection<'a> {
    /// What a filter behind a key keeps that asks all of this.
    pub(super) fn by_filter(clauses: Vec<Glance<'a>>) -> Self {
        Self { clauses, is_all: true, by: By::Filter, is_of_values: false }
    }

    /// Whether nothing of what stands at a path of the document is selected.
    pub(super) fn of_document(&self, index: &Index<'_>, path: Path) -> Answer {
        let mut grounds = Grounds::new();
        let is_empty = match index.standing(path) {
            Standing::Nothing => self.is_empty_of_nothing(),
            Standing::Unclear => None,
            Standing::At(node) => match self.likely(index, node) {
                Some(members) => self.is_none_of(index, members.into_iter(), &mut grounds),
                None => self.is_empty(index, node, &mut grounds),
            },
        };
        is_empty.map(|is_empty| (is_empty, grounds))
    }

    /// The members of a list or map without those that the first clause turns away, where an index tells.
    fn likely(&self, index: &Index<'_>, node: NodeId) -> Option<Vec<NodeId>> {
        let (key, texts) = self.clauses.first()?.wanted(index)?;
        let is_collection = index.members(node).is_some();
        let (members, are_certain) = is_collection.then(|| index.members_with(node, key, &texts))?;
        // What is turned away is a map then, like all others.
        (are_certain || !self.is_of_values).then_some(members)
    }

    /// Whether nothing of what a value holds is selected; what decides that is added to `grounds`. `None` where it takes
    /// more than a look.
    pub(super) fn is_empty(&self, index: &Index<'_>, node: NodeId, grounds: &mut Grounds) -> Option<bool> {
        if let Some(members) = index.members(node) {
            return self.is_none_of(index, members, grounds);
        }
        match index.tree.node(node) {
            // A filter behind a key keeps nothing of a scalar; `.*` has it itself.
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Text(_)
                if !self.is_of_values =>
            {
                self.is_empty_of_nothing()
            }
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Text(_)
            | Node::List(_)
            | Node::Map { .. }
            | Node::Choice(_)
            | Node::OneOf(_)
            | Node::Bounded(_)
            | Node::Unknown => None,
        }
    }

    /// Whether nothing is selected where there is no list or map.
    pub(super) fn is_empty_of_nothing(&self) -> Option<bool> {
        match self.by {
            By::Filter | By::Variable => Some(true),
            By::Block => None,
        }
    }

    /// Whether none of these members is selected. What was read of those that are not is no ground.
    fn is_none_of(
        &self,
        index: &Index<'_>,
        members: impl Iterator<Item = NodeId>,
        grounds: &mut Grounds,
    ) -> Option<bool> {
        let (mut is_none, mut has_members) = (true, false);
        'members: for member in members {
            has_members = true;
            let here = index.tree.if_present(member)?;
            let node = index.tree.node(here);
            if matches!(node, Node::List(_)) || self.is_of_values && !matches!(node, Node::Map { .. }) {
                return None;
            }
            let mut read = Grounds::new();
            for clause in &self.clauses {
                if !clause.holds(index, here, &mut read)? {
                    continue 'members;
                }
            }
            if here != member || !self.is_all || !self.counts(index, here) {
                return None;
            }
            is_none = false;
            grounds.append(&mut read);
            grounds.push(here);
        }
        // A block about all members of nothing has nothing to be about.
        if self.is_of_values && !has_members { self.is_empty_of_nothing() } else { Some(is_none) }
    }

    /// Whether a member that is selected certainly counts as one.
    fn counts(&self, index: &Index<'_>, member: NodeId) -> bool {
        match self.by {
            By::Filter => !matches!(index.tree.node(member), Node::Null | Node::Unknown | Node::Bounded(_)),
            By::Variable | By::Block => is_empty(index, member) == Some(false),
        }
    }
}

//! What rules look up in a tree again and again, found once: entries by key, members by a text in them.

use std::sync::Arc;

use elsa::FrozenMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

use super::vocabulary::{
    Answer, Dictionary, Group, Grouped, Need, Path, Question, Standing, Vocabulary, Word,
};
use crate::guard::tree::{Node, NodeId, Tree};
use crate::names::{Name, Names};

/// A tree, and what was looked up in its large maps so far. Evaluators of many rules files over one tree share it.
pub struct Index<'a> {
    pub(super) tree: &'a Tree,
    pub(super) names: &'a Names,
    dictionary: Dictionary<'a>,
    entries: FrozenMap<NodeId, Box<FxHashMap<Name, NodeId>>, FxBuildHasher>,
    by_text: FrozenMap<(NodeId, Name), Box<ByText>, FxBuildHasher>,
}

/// Members by the text that they have under some key: places among them.
pub(super) struct ByText {
    /// In the order of the texts, then of the members.
    places: Vec<(Name, usize)>,
    /// Of which no such text is known: what is no map, depends on a condition, or has something else there.
    others: Vec<usize>,
}

impl ByText {
    /// The places of members that may have one of these texts, in order.
    pub(super) fn places_of(&self, wanted: &[Name]) -> Vec<usize> {
        let mut places = self.others.clone();
        for text in wanted {
            let first = self.places.partition_point(|(other, _)| other < text);
            let with = self.places[first..].iter().take_while(|(other, _)| other == text);
            places.extend(with.map(|(_, place)| *place));
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The texts, each once.
    fn texts(&self) -> impl Iterator<Item = Name> {
        self.places.chunk_by(|a, b| a.0 == b.0).map(|alike| alike[0].0)
    }
}

/// A map with more entries than this is indexed when it is first searched.
pub(super) const LARGE: usize = 48;

impl<'a> Index<'a> {
    /// An index of this tree, whose texts are in `names`, for rules that have this vocabulary.
    pub fn new(tree: &'a Tree, names: &'a Names, vocabulary: Arc<Vocabulary<'a>>) -> Self {
        Self {
            tree,
            names,
            dictionary: Dictionary::of(vocabulary),
            entries: FrozenMap::default(),
            by_text: FrozenMap::default(),
        }
    }

    /// The name of a word, if the tree has it.
    pub(super) fn name(&self, word: Word) -> Option<Name> {
        self.dictionary.name(word, self.names)
    }

    /// What stands under a key of a map that has these entries.
    pub(super) fn entry(&self, map: NodeId, entries: &[(Name, NodeId)], key: Name) -> Option<NodeId> {
        if entries.len() <= LARGE {
            return entries.iter().find(|entry| entry.0 == key).map(|entry| entry.1);
        }
        let by_key = match self.entries.get(&map) {
            Some(known) => known,
            None => self.entries.insert(map, Box::new(entries.iter().copied().collect())),
        };
        by_key.get(&key).copied()
    }

    /// The entries of a large map in their order, without those whose value certainly has another text under `key`
    /// than `wanted`. `None` where the map is not large enough for this to pay.
    pub(super) fn entries_with(
        &self,
        map: NodeId,
        entries: &'a [(Name, NodeId)],
        key: Name,
        wanted: &[Name],
    ) -> Option<impl Iterator<Item = &'a (Name, NodeId)> + use<'a>> {
        if entries.len() <= LARGE {
            return None;
        }
        let places = self.sorted(map, key).places_of(wanted);
        Some(places.into_iter().map(|place| &entries[place]))
    }

    /// The members of a list or map in their order, without those that certainly have another text under `key` than
    /// `wanted`; and whether all of these certainly have that.
    pub(super) fn members_with(&self, collection: NodeId, key: Name, wanted: &[Name]) -> (Vec<NodeId>, bool) {
        let by_text = self.sorted(collection, key);
        let places = by_text.places_of(wanted).into_iter();
        let members = match self.tree.node(collection) {
            Node::List(items) => places.map(|place| items[place]).collect(),
            Node::Map { entries, .. } => places.map(|place| entries[place].1).collect(),
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Text(_)
            | Node::Choice(_)
            | Node::OneOf(_)
            | Node::Bounded(_)
            | Node::Unknown => Vec::new(),
        };
        (members, by_text.others.is_empty())
    }

    /// The members of a list or map by the text under a key.
    fn sorted(&self, collection: NodeId, key: Name) -> &ByText {
        if let Some(known) = self.by_text.get(&(collection, key)) {
            return known;
        }
        let by_text = match self.tree.node(collection) {
            Node::Map { entries, .. } => self.by_text(key, entries.iter().map(|(_, member)| Some(*member))),
            Node::List(items) => self.by_text(key, items.iter().copied().map(Some)),
            Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Text(_)
            | Node::Choice(_)
            | Node::OneOf(_)
            | Node::Bounded(_)
            | Node::Unknown => self.by_text(key, std::iter::empty()),
        };
        self.by_text.insert((collection, key), Box::new(by_text))
    }

    /// Members by the text under a key; of one that is no node of the tree no such text is known.
    pub(super) fn by_text(&self, key: Name, members: impl Iterator<Item = Option<NodeId>>) -> ByText {
        let (mut places, mut others) = (Vec::new(), Vec::new());
        for (place, member) in members.enumerate() {
            match member.and_then(|member| self.text_under(key, member)) {
                Some(text) => places.push((text, place)),
                None => others.push(place),
            }
        }
        places.sort_unstable();
        ByText { places, others }
    }

    /// The text that certainly stands under a key of what is certainly a map; no map is asked twice.
    fn text_under(&self, key: Name, map: NodeId) -> Option<Name> {
        let Node::Map { entries, .. } = self.tree.node(map) else { return None };
        self.text_at(entries.iter().find(|entry| entry.0 == key)?.1)
    }

    /// The text that certainly stands at a node.
    pub(super) fn text_at(&self, node: NodeId) -> Option<Name> {
        if let Node::Text(text) = self.tree.node(node) { Some(*text) } else { None }
    }

    /// What a path leads to.
    pub(super) fn standing(&self, path: Path) -> Standing {
        self.dictionary.standing(path, |keys| self.standing_at(keys))
    }

    /// The members of a list, or the values of a map that has no others.
    pub(super) fn members(&self, collection: NodeId) -> Option<impl Iterator<Item = NodeId> + use<'a>> {
        let (items, entries) = match self.tree.node(collection) {
            Node::List(items) => (items.as_slice(), [].as_slice()),
            Node::Map { entries, is_open: false } => ([].as_slice(), entries.as_slice()),
            Node::Map { is_open: true, .. }
            | Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Float(_)
            | Node::Text(_)
            | Node::Choice(_)
            | Node::OneOf(_)
            | Node::Bounded(_)
            | Node::Unknown => return None,
        };
        Some(items.iter().copied().chain(entries.iter().map(|entry| entry.1)))
    }

    /// Whether all of these are maps that have no other keys than are seen.
    fn are_closed_maps(&self, mut members: impl Iterator<Item = NodeId>) -> bool {
        members.all(|member| matches!(self.tree.node(member), Node::Map { is_open: false, .. }))
    }

    /// Who belongs to a group, in the list or map at the end of its path.
    pub(super) fn group(&self, group: Group, collection: NodeId) -> &Grouped {
        self.dictionary.group(group, |key, texts| {
            let texts: SmallVec<[Name; 4]> = texts.iter().filter_map(|text| self.name(*text)).collect();
            let (members, are_certain) = if let Some(key) = self.name(key) {
                self.members_with(collection, key, &texts)
            } else {
                // No map of the document has this key, as far as is seen.
                let members: Vec<NodeId> = self.members(collection).into_iter().flatten().collect();
                let is_nobody = self.are_closed_maps(members.iter().copied());
                (if is_nobody { Vec::new() } else { members }, is_nobody)
            };
            Grouped { members: members.into(), are_certain }
        })
    }

    /// The answer to a question about the document; `find` is asked for it once.
    pub(super) fn answer(
        &self,
        question: Question,
        find: impl FnOnce() -> Answer,
    ) -> Option<(bool, &[NodeId])> {
        let answer = self.dictionary.answer(question, find).as_ref();
        answer.map(|(answer, grounds)| (*answer, grounds.as_slice()))
    }

    /// Whether a member that is needed may be there.
    #[must_use]
    pub fn may_have(&self, need: Need) -> bool {
        self.dictionary.may_have(need, |path, key| self.texts_at(path, key))
    }

    /// The texts that members of a list or map have under a key; `None` where that is not known of all of them.
    fn texts_at(&self, path: Path, key: Word) -> Option<Vec<&'a str>> {
        let collection = match self.standing(path) {
            Standing::Nothing => return Some(Vec::new()),
            Standing::At(collection) => collection,
            Standing::Unclear => return None,
        };
        let members = self.members(collection)?;
        let Some(key) = self.name(key) else { return self.are_closed_maps(members).then(Vec::new) };
        let by_text = self.sorted(collection, key);
        let texts = by_text.texts().map(|text| self.names.text(text));
        by_text.others.is_empty().then(|| texts.collect())
    }

    /// What keys lead to; one that no text of the tree is leads to nothing.
    fn standing_at(&self, keys: &[Word]) -> Standing {
        let Some(mut at) = self.tree.root() else { return Standing::Nothing };
        for key in keys {
            let Node::Map { entries, is_open } = self.tree.node(at) else { return Standing::Unclear };
            match self.name(*key).and_then(|key| self.entry(at, entries, key)) {
                Some(value) => at = value,
                None if *is_open => return Standing::Unclear,
                None => return Standing::Nothing,
            }
        }
        let is_settled = !matches!(self.tree.node(at), Node::Choice(_) | Node::OneOf(_));
        if is_settled { Standing::At(at) } else { Standing::Unclear }
    }
}

//! What rules look up in a tree again and again, found once: entries by key, members by a text in them.

use std::sync::Arc;

use elsa::FrozenMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::vocabulary::{Dictionary, Need, Path, Standing, Vocabulary, Word};
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
#[derive(Default)]
pub(super) struct ByText {
    places: FxHashMap<Name, Vec<usize>>,
    /// Of which no such text is known: what is no map, depends on a condition, or has something else there.
    others: Vec<usize>,
}

impl ByText {
    /// The places of members that may have one of these texts, in order.
    pub(super) fn places_of(&self, wanted: &[Name]) -> Vec<usize> {
        let mut places = self.others.clone();
        for text in wanted {
            places.extend(self.places.get(text).into_iter().flatten());
        }
        places.sort_unstable();
        places.dedup();
        places
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
        let node = self.tree.node(collection);
        let by_text = if let Node::Map { entries, .. } = node {
            self.by_text(key, entries.iter().map(|(_, member)| Some(*member)))
        } else if let Node::List(items) = node {
            self.by_text(key, items.iter().copied().map(Some))
        } else {
            ByText::default()
        };
        self.by_text.insert((collection, key), Box::new(by_text))
    }

    /// Members by the text under a key; of one that is no node of the tree no such text is known.
    pub(super) fn by_text(&self, key: Name, members: impl Iterator<Item = Option<NodeId>>) -> ByText {
        let mut by_text = ByText::default();
        for (place, member) in members.enumerate() {
            match member.and_then(|member| self.text_under(key, member)) {
                Some(text) => by_text.places.entry(text).or_default().push(place),
                None => by_text.others.push(place),
            }
        }
        by_text
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

    /// Whether a member that is needed may be there.
    #[must_use]
    pub fn may_have(&self, need: Need) -> bool {
        self.dictionary.may_have(need, |path, key| self.texts_at(path, key))
    }

    /// The texts that members of a list or map have under a key; `None` where that is not known of all of them.
    fn texts_at(&self, path: Path, key: Word) -> Option<Vec<&'a str>> {
        let collection = match self.standing(path) {
            Standing::Nothing => return Some(Vec::new()),
            Standing::Collection(collection) => collection,
            Standing::Other => return None,
        };
        let Some(key) = self.name(key) else { return Some(Vec::new()) };
        let by_text = self.sorted(collection, key);
        let texts = by_text.places.keys().map(|text| self.names.text(*text));
        by_text.others.is_empty().then(|| texts.collect())
    }

    /// What keys lead to; one that no text of the tree is leads to nothing.
    fn standing_at(&self, keys: &[Word]) -> Standing {
        let Some(mut at) = self.tree.root() else { return Standing::Nothing };
        for key in keys {
            let Node::Map { entries, .. } = self.tree.node(at) else { return Standing::Other };
            match self.name(*key).and_then(|key| self.entry(at, entries, key)) {
                Some(value) => at = value,
                None => return Standing::Nothing,
            }
        }
        if let Node::List(_) | Node::Map { .. } = self.tree.node(at) {
            Standing::Collection(at)
        } else {
            Standing::Other
        }
    }
}

//! What rules look up in a tree again and again, found once: entries by key, members by a text in them.

use elsa::FrozenMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::guard::tree::{Node, NodeId, Tree};
use crate::names::{Name, Names};

/// A tree, and what was looked up in its large maps so far. Evaluators of many rules files over one tree share it.
pub struct Index<'a> {
    pub(super) tree: &'a Tree,
    pub(super) names: &'a Names,
    entries: FrozenMap<NodeId, Box<FxHashMap<Name, NodeId>>, FxBuildHasher>,
    by_text: FrozenMap<(NodeId, Name), Box<ByText>, FxBuildHasher>,
}

/// The entries of a map by the text that their values have under some key: places among the entries.
#[derive(Default)]
struct ByText {
    places: FxHashMap<Name, Vec<usize>>,
    /// Of which no such text is known: what is no map, depends on a condition, or has something else there.
    others: Vec<usize>,
}

/// A map with more entries than this is indexed when it is first searched.
const LARGE: usize = 24;

impl<'a> Index<'a> {
    /// An index of this tree, whose texts are in `names`.
    pub fn new(tree: &'a Tree, names: &'a Names) -> Self {
        Self { tree, names, entries: FrozenMap::default(), by_text: FrozenMap::default() }
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
        let by_text = match self.by_text.get(&(map, key)) {
            Some(known) => known,
            None => self.by_text.insert((map, key), Box::new(self.texts_under(key, entries))),
        };
        let mut places = by_text.others.clone();
        for text in wanted {
            places.extend(by_text.places.get(text).into_iter().flatten());
        }
        places.sort_unstable();
        places.dedup();
        Some(places.into_iter().map(|place| &entries[place]))
    }

    fn texts_under(&self, key: Name, entries: &[(Name, NodeId)]) -> ByText {
        let mut by_text = ByText::default();
        for (place, (_, member)) in entries.iter().enumerate() {
            match self.text_under(key, *member) {
                Some(text) => by_text.places.entry(text).or_default().push(place),
                None => by_text.others.push(place),
            }
        }
        by_text
    }

    /// The text that certainly stands under a key of what is certainly a map.
    fn text_under(&self, key: Name, map: NodeId) -> Option<Name> {
        let Node::Map { entries, .. } = self.tree.node(map) else { return None };
        let child = self.entry(map, entries, key)?;
        if let Node::Text(text) = self.tree.node(child) { Some(*text) } else { None }
    }
}

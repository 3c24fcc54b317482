//! What rules look up in a tree again and again, found once: entries by key, members by a text in them.

use elsa::FrozenMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::guard::tree::{Node, NodeId, Tree};
use crate::names::{Name, Names};

/// A tree, and what was looked up in its large maps so far. Evaluators of many rules files over one tree share it.
pub struct Index<'a> {
    pub(super) tree: &'a Tree,
    pub(super) names: &'a Names,
    entries: FrozenMap<NodeId, Box<FxHashMap<Name, NodeId>>, FxBuildHasher>,
    by_text: FrozenMap<(NodeId, Name), Box<ByText>, FxBuildHasher>,
    texts: FrozenMap<(NodeId, Name), Box<Texts>, FxBuildHasher>,
}

/// Members by the text that they have under some key: places among them.
#[derive(Default)]
pub(super) struct ByText {
    places: FxHashMap<Name, Vec<usize>>,
    /// Of which no such text is known: what is no map, depends on a condition, or has something else there.
    others: Vec<usize>,
}

/// The texts that members have under some key, whatever the scenario.
#[derive(Default)]
struct Texts {
    found: FxHashSet<Name>,
    /// Whether a member may have another one.
    are_some_unknown: bool,
}

/// What stands at the end of a path.
enum Standing<'a> {
    Nothing,
    Members(NodeId, Vec<&'a NodeId>),
    /// It depends on the scenario, or is no list or map.
    Other,
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
pub(super) const LARGE: usize = 24;

impl<'a> Index<'a> {
    /// An index of this tree, whose texts are in `names`.
    pub fn new(tree: &'a Tree, names: &'a Names) -> Self {
        let (entries, by_text, texts) = (FrozenMap::default(), FrozenMap::default(), FrozenMap::default());
        Self { tree, names, entries, by_text, texts }
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
        let sorted = || Box::new(self.by_text(key, entries.iter().map(|(_, member)| Some(*member))));
        let by_text = match self.by_text.get(&(map, key)) {
            Some(known) => known,
            None => self.by_text.insert((map, key), sorted()),
        };
        Some(by_text.places_of(wanted).into_iter().map(|place| &entries[place]))
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

    /// The text that certainly stands under a key of what is certainly a map.
    fn text_under(&self, key: Name, map: NodeId) -> Option<Name> {
        self.text_at(self.child(map, key)?)
    }

    /// The text that certainly stands at a node.
    pub(super) fn text_at(&self, node: NodeId) -> Option<Name> {
        if let Node::Text(text) = self.tree.node(node) { Some(*text) } else { None }
    }

    /// What stands under a key of what is certainly a map.
    fn child(&self, map: NodeId, key: Name) -> Option<NodeId> {
        let Node::Map { entries, .. } = self.tree.node(map) else { return None };
        self.entry(map, entries, key)
    }

    /// Whether the list or map at the end of a path has members.
    pub(super) fn has_members(&self, path: &[Name]) -> bool {
        match self.standing_at(path) {
            Standing::Nothing => false,
            Standing::Members(_, members) => !members.is_empty(),
            Standing::Other => true,
        }
    }

    /// Whether a member of the list or map at the end of a path may have one of these texts under `key`, in any
    /// scenario.
    pub(super) fn may_have_member(
        &self,
        path: &[Name],
        key: Name,
        mut wanted: impl Iterator<Item = Name>,
    ) -> bool {
        let (collection, members) = match self.standing_at(path) {
            Standing::Nothing => return false,
            Standing::Members(collection, members) => (collection, members),
            Standing::Other => return true,
        };
        let texts = match self.texts.get(&(collection, key)) {
            Some(known) => known,
            None => self.texts.insert((collection, key), Box::new(self.texts_of(&members, key))),
        };
        texts.are_some_unknown || wanted.any(|text| texts.found.contains(&text))
    }

    fn standing_at(&self, path: &[Name]) -> Standing<'a> {
        let Some(mut at) = self.tree.root() else { return Standing::Nothing };
        for key in path {
            let Node::Map { entries, .. } = self.tree.node(at) else { return Standing::Other };
            match self.entry(at, entries, *key) {
                Some(value) => at = value,
                None => return Standing::Nothing,
            }
        }
        let node = self.tree.node(at);
        if let Node::List(items) = node {
            Standing::Members(at, items.iter().collect())
        } else if let Node::Map { entries, .. } = node {
            Standing::Members(at, entries.iter().map(|(_, value)| value).collect())
        } else {
            Standing::Other
        }
    }

    fn texts_of(&self, members: &[&NodeId], key: Name) -> Texts {
        let mut texts = Texts::default();
        for member in members {
            self.for_each_alternative(**member, &mut |member| {
                let Some(child) = self.child(member, key) else {
                    texts.are_some_unknown = true;
                    return;
                };
                self.for_each_alternative(child, &mut |child| {
                    if let Node::Text(text) = self.tree.node(child) {
                        texts.found.insert(*text);
                    } else {
                        texts.are_some_unknown = true;
                    }
                });
            });
        }
        texts
    }

    /// What may stand at a node.
    fn for_each_alternative(&self, node: NodeId, each: &mut dyn FnMut(NodeId)) {
        let alternatives = self.tree.node(node);
        if let Node::Choice(alternatives) = alternatives {
            alternatives.iter().filter_map(|(_, alternative)| *alternative).for_each(each);
        } else if let Node::OneOf(alternatives) = alternatives {
            alternatives.iter().copied().for_each(each);
        } else {
            each(node);
        }
    }
}

//! The tree that rules query: plain data, with room for what is not known and for what depends on a condition.

use rustc_hash::FxHashSet;

use crate::names::Name;

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

/// Where a node comes from: an index into a table that the tree's maker keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(pub u32);

/// A condition that decides between alternatives: an index into a table that the tree's maker keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GuardId(pub u32);

/// What is certain of a value that is not known before deployment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// A number.
    Number {
        /// It is not less; negative infinity if nothing says so.
        low: f64,
        /// It is not more; infinity if nothing says so.
        high: f64,
    },
    /// A text.
    Text {
        /// It starts so.
        starts: Name,
        /// It ends so, behind the start.
        ends: Name,
        /// It has at least so many characters.
        least: usize,
    },
    /// A list.
    List {
        /// It has at least so many items.
        least: usize,
    },
}

/// What a node is. A document read from a file has none of the last four.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// A text.
    Text(Name),
    /// A list.
    List(Vec<NodeId>),
    /// A map. In an open map a key that is not there may still be there after deployment (a macro writes it).
    Map {
        /// In the author's order, each key once.
        entries: Vec<(Name, NodeId)>,
        /// Whether unseen keys may exist.
        is_open: bool,
    },
    /// What stands here depends on conditions. The first alternative whose guard holds is meant; where none
    /// does, nothing stands here: as a map's value the key is missing, as a list's item it vanishes.
    Choice(Vec<(GuardId, Option<NodeId>)>),
    /// One of these, at the deployer's choice: only what is true of all of them is proved.
    OneOf(Vec<NodeId>),
    /// Something whose value is not known before deployment, within bounds: what is true of all values within
    /// them is proved.
    Bounded(Bounds),
    /// Something whose value is not known before deployment.
    Unknown,
}

/// A document, or the view of a template. Nodes may be shared: the same node can stand in several places.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<(Node, Place)>,
    root: Option<NodeId>,
    assumed: FxHashSet<Place>,
}

impl Tree {
    /// Alternatives inside alternatives that are followed.
    pub(super) const CHOICE_DEPTH: usize = 32;

    /// Keeps a node.
    pub fn add(&mut self, node: Node, place: Place) -> NodeId {
        self.nodes.push((node, place));
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// Notes that what stands at a place rests on an assumption: evaluations tell that they read it.
    pub fn assume(&mut self, place: Place) {
        self.assumed.insert(place);
    }

    /// Whether what stands at a place rests on an assumption.
    #[must_use]
    pub fn is_assumed(&self, place: Place) -> bool {
        self.assumed.contains(&place)
    }

    /// Makes `node` the document itself.
    pub fn set_root(&mut self, node: NodeId) {
        self.root = Some(node);
    }

    /// The document itself.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// The node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize].0
    }

    /// What a node would be if it is there at all, where that is certain: conditional nodes with one alternative
    /// can be looked at before it is asked whether they exist.
    pub(super) fn if_present(&self, id: NodeId) -> Option<NodeId> {
        let mut id = id;
        for _ in 0..Self::CHOICE_DEPTH {
            match self.node(id) {
                Node::Choice(alternatives) => {
                    let mut present = alternatives.iter().filter_map(|alternative| alternative.1);
                    id = present.next().filter(|_| present.next().is_none())?;
                }
                Node::OneOf(_) => return None,
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Text(_)
                | Node::List(_)
                | Node::Map { .. }
                | Node::Bounded(_)
                | Node::Unknown => return Some(id),
            }
        }
        None
    }

    /// Its place.
    #[must_use]
    pub fn place(&self, id: NodeId) -> Place {
        self.nodes[id.0 as usize].1
    }
}

/// The case under which an evaluation runs. It answers every question in one way for the whole run, and
/// remembers what it was asked, so that the other answers can be tried in other runs.
pub trait Scenario {
    /// Whether the condition holds in this case.
    fn holds(&mut self, guard: GuardId) -> bool;

    /// Which of the `count` members of a [`Node::OneOf`] is meant in this case.
    fn pick(&mut self, node: NodeId, count: usize) -> usize;

    /// A value that rests on an assumption was compared, tested or counted.
    fn read(&mut self, place: Place);

    /// What stands here is not known, and if the status is UNKNOWN, that is why.
    fn doubt(&mut self, place: Place);
}

//! Lowering turns values and facts into nodes: what is known becomes plain data, what depends on a condition
//! becomes a choice, and the rest is unknown.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::graph::Shape;
use crate::guard::{Bounds, Node, NodeId, Place, Tree};
use crate::names::{Name, Names};
use crate::template::{Alt, Guard, Origin, Resolver, Through, Unknown, Val, ValueId};

use super::{Sight, Stated, Unseen, View, guard_id};
use crate::document::{Scalar, Typed};

/// A parameter that allows more values than this is not followed into each of them.
const MOST_CHOICES: usize = 32;

/// A tree in the making.
pub(super) struct Lowering<'t> {
    resolver: Resolver<'t>,
    tree: Tree,
    sights: Vec<Sight>,
    unseen: Vec<(Place, Unseen)>,
    /// Values that several properties share (what `Globals` lends) are lowered once.
    lowered: FxHashMap<ValueId, Option<NodeId>>,
    /// Nodes of which nobody knows whether they are there at all.
    doubtful: FxHashSet<NodeId>,
    /// What was said last of whether something is so, and where: facts that say the same share it.
    pub(super) last_claim: Option<(bool, Origin, NodeId)>,
}

impl<'t> Lowering<'t> {
    pub(super) fn new(resolver: Resolver<'t>) -> Self {
        Self {
            resolver,
            tree: Tree::default(),
            sights: Vec::new(),
            unseen: Vec::new(),
            lowered: FxHashMap::default(),
            doubtful: FxHashSet::default(),
            last_claim: None,
        }
    }

    pub(super) fn finish(mut self, root: NodeId) -> View {
        self.tree.set_root(root);
        View { tree: self.tree, sights: self.sights, unseen: self.unseen }
    }

    pub(super) fn resolver(&self) -> Resolver<'t> {
        self.resolver
    }

    pub(super) fn names(&self) -> &'t Names {
        &self.resolver.template().names
    }

    fn place(&mut self, sight: Sight) -> Place {
        let place = Place(self.sights.len() as u32);
        self.sights.push(sight);
        if sight.stated.is_assumed() {
            self.tree.assume(place);
        }
        place
    }

    pub(super) fn add(&mut self, node: Node, sight: Sight) -> NodeId {
        let place = self.place(sight);
        self.tree.add(node, place)
    }

    /// Something that is not known, and why.
    pub(super) fn unknown(&mut self, reasons: &[Unseen], sight: Sight) -> NodeId {
        self.marked(Node::Unknown, reasons, sight)
    }

    /// A map; why unseen keys may exist, if they may.
    pub(super) fn map_of_names(
        &mut self,
        entries: Vec<(Name, NodeId)>,
        open: Option<Unseen>,
        sight: Sight,
    ) -> NodeId {
        let node = Node::Map { entries, is_open: open.is_some() };
        self.marked(node, open.as_slice(), sight)
    }

    fn marked(&mut self, node: Node, reasons: &[Unseen], sight: Sight) -> NodeId {
        let place = self.place(sight);
        self.unseen.extend(reasons.iter().map(|reason| (place, *reason)));
        self.tree.add(node, place)
    }

    /// A map of the linter's own making, shown by the key of `origin`.
    pub(super) fn map(&mut self, entries: Vec<(&str, NodeId)>, origin: Origin) -> NodeId {
        let entries = entries.into_iter().map(|(key, node)| (self.names().intern(key), node)).collect();
        self.add(Node::Map { entries, is_open: false }, Sight::construct(origin))
    }

    /// A list of the linter's own making.
    pub(super) fn list(&mut self, items: Vec<NodeId>, origin: Origin) -> NodeId {
        self.add(Node::List(items), Sight::construct(origin))
    }

    /// A text of the linter's own.
    pub(super) fn text(&mut self, text: &str, origin: Origin) -> NodeId {
        let name = self.names().intern(text);
        self.name(name, origin)
    }

    /// A text of the template, told about a construct.
    pub(super) fn name(&mut self, name: Name, origin: Origin) -> NodeId {
        self.add(Node::Text(name), Sight::construct(origin))
    }

    /// `node` where `guard` holds, and nothing elsewhere.
    pub(super) fn under(&mut self, guard: Guard, node: NodeId) -> NodeId {
        if guard == Guard::ALWAYS {
            return node;
        }
        let place = self.tree.place(node);
        self.tree.add(Node::Choice(vec![(guard_id(guard), Some(node))]), place)
    }

    /// A value as rules see it; nothing for `AWS::NoValue`.
    pub(super) fn value(&mut self, value: ValueId) -> Option<NodeId> {
        if let Some(node) = self.lowered.get(&value) {
            return *node;
        }
        let val = self.resolver.resolve(value);
        let origin = self.resolver.template().values.origin(value);
        let sight = Sight::written(origin, Some(value));
        let node = self.alternatives(val, sight, |lowering, alt| lowering.as_written(&alt, sight));
        self.lowered.insert(value, node);
        node
    }

    /// The value that stands at a path as it is written, where no intrinsic is on the way: what is not known
    /// is printed as it.
    pub(super) fn written_at(&self, base: Option<ValueId>, path: &[&str]) -> Option<ValueId> {
        let template = self.resolver.template();
        path.iter().try_fold(base?, |value, key| match key.parse::<usize>() {
            Ok(index) => template.values.items(value).get(index).copied(),
            Err(_) => template.values.get(value, template.names.find(key)?),
        })
    }

    /// One alternative is itself; several are a choice; nothing in any case is nothing.
    pub(super) fn alternatives(
        &mut self,
        val: Val,
        sight: Sight,
        mut lower: impl FnMut(&mut Self, Alt) -> Option<NodeId>,
    ) -> Option<NodeId> {
        let is_doubtful = val.alternatives.iter().any(|(_, alt)| is_too_many(alt));
        let mut choices = Vec::new();
        for (guard, alt) in val.alternatives {
            let node = lower(self, alt);
            if guard == Guard::ALWAYS {
                self.doubtful.extend(node.filter(|_| is_doubtful));
                return node;
            }
            choices.push((guard_id(guard), node));
        }
        let is_there = choices.iter().any(|(_, node)| node.is_some());
        let node = is_there.then(|| self.add(Node::Choice(choices), sight));
        self.doubtful.extend(node.filter(|_| is_doubtful));
        node
    }

    /// `None` is nothing at all: the property is as good as not written.
    pub(super) fn as_written(&mut self, alt: &Alt, sight: Sight) -> Option<NodeId> {
        match alt {
            Alt::Absent { .. } => None,
            Alt::Scalar { text, is_plain, origin, through } => {
                let sight = Self::scalar_sight(*origin, *through, sight);
                let node = self.scalar_node(*text, *is_plain);
                Some(self.add(node, sight))
            }
            Alt::List(list) => {
                let template = self.resolver.template();
                let items = template.values.items(*list).iter().filter_map(|item| self.value(*item));
                let items: Vec<NodeId> = items.collect();
                let origin = template.values.origin(*list);
                let sight = match template.values.through(*list) {
                    through @ Some(_) => Self::scalar_sight(origin, through, sight),
                    None => Sight::written(origin, Some(*list)),
                };
                let is_sure = items.iter().all(|item| !self.doubtful.contains(item));
                Some(self.add(if is_sure { Node::List(items) } else { Node::Unknown }, sight))
            }
            Alt::Map(map) => {
                let template = self.resolver.template();
                let entries = template.values.entries(*map);
                let entries = entries.iter().filter_map(|entry| Some((entry.key, self.value(entry.value)?)));
                let mut entries: Vec<(Name, NodeId)> = entries.collect();
                let count = entries.len();
                entries.retain(|(_, node)| !self.doubtful.contains(node));
                let is_sure = entries.len() == count;
                let origin = template.values.origin(*map);
                let is_open = template.values.is_open(*map) || template.stack_at(origin.file).is_open();
                let too_many = Unseen::Value(Unknown::TooMany);
                let open = is_open.then_some(Unseen::Macro).or((!is_sure).then_some(too_many));
                Some(self.map_of_names(entries, open, Sight::written(origin, Some(*map))))
            }
            Alt::OneOf { .. } | Alt::Resource { .. } | Alt::Text(_) | Alt::Unknown(_) => {
                Some(self.in_part(alt, Shape::AsWritten, sight))
            }
        }
    }

    /// What is known in part: one of several, or within bounds.
    pub(super) fn in_part(&mut self, alt: &Alt, shape: Shape, sight: Sight) -> NodeId {
        let choices = match alt {
            Alt::OneOf { parameter, values } => Some((*parameter, values.clone(), true)),
            Alt::Text(parts) => {
                self.resolver.listed(parts).map(|(parameter, texts)| (parameter, texts, false))
            }
            Alt::Absent { .. }
            | Alt::Scalar { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Unknown(_) => None,
        };
        if let Some((parameter, values, is_plain)) = choices.filter(|(_, it, _)| it.len() <= MOST_CHOICES) {
            let sight = Sight { stated: Stated::AllowedValue(parameter), ..sight };
            // They stand in one place: what fails there fails whichever is chosen.
            let place = self.place(sight);
            let mut members = Vec::new();
            for text in values {
                let node = self.shaped_node(text, is_plain, shape);
                if matches!(node, Node::Unknown) {
                    self.unseen.push((place, Unseen::Form));
                }
                members.push(self.tree.add(node, place));
            }
            return self.tree.add(Node::OneOf(members), place);
        }
        let reasons = Unseen::in_alternative(alt);
        match self.bounds(alt, shape) {
            Some((bounds, None)) => self.marked(Node::Bounded(bounds), &reasons, sight),
            Some((bounds, Some(parameter))) => {
                let sight = Sight { stated: Stated::AllowedValue(parameter), ..sight };
                self.marked(Node::Bounded(bounds), &reasons, sight)
            }
            None => self.unknown(&reasons, sight),
        }
    }

    /// What is certain of a value that is not known, and the parameter whose declaration says it.
    fn bounds(&self, alt: &Alt, shape: Shape) -> Option<(Bounds, Option<Name>)> {
        let names = self.names();
        let is_text = matches!(shape, Shape::Text | Shape::AsWritten);
        let is_number = matches!(shape, Shape::Integer | Shape::AsWritten);
        match alt {
            Alt::Text(parts) if is_text => {
                let ends = self.resolver.ends(parts);
                let (starts, ends, least) = (names.intern(ends.start), names.intern(ends.end), ends.least);
                Some((Bounds::Text { starts, ends, least }, None))
            }
            Alt::Unknown(Unknown::Parameter(parameter)) => {
                let bounds = self.resolver.template().bounds(*parameter)?;
                let (low, high) = (bounds.least, bounds.most);
                let bounds = match bounds.min_length {
                    _ if is_number && (low.is_some() || high.is_some()) => Bounds::Number {
                        low: low.unwrap_or(f64::NEG_INFINITY),
                        high: high.unwrap_or(f64::INFINITY),
                    },
                    Some(least) if is_text => {
                        let nothing = names.intern("");
                        Bounds::Text { starts: nothing, ends: nothing, least }
                    }
                    Some(_) | None => return None,
                };
                Some((bounds, Some(*parameter)))
            }
            Alt::Unknown(Unknown::Zones) if shape == Shape::AsWritten => {
                Some((Bounds::List { least: 1 }, None))
            }
            Alt::Absent { .. }
            | Alt::Scalar { .. }
            | Alt::OneOf { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Text(_)
            | Alt::Unknown(_) => None,
        }
    }

    pub(super) fn scalar_sight(origin: Origin, through: Option<Through>, sight: Sight) -> Sight {
        let written = Sight { value: sight.value, ..Sight::written(origin, None) };
        match through {
            Some(through) => Sight { stated: Stated::Parameter(through), ..written },
            None => written,
        }
    }

    /// A scalar's node; why it is unknown, if it is.
    pub(super) fn formed(&mut self, node: Node, sight: Sight) -> NodeId {
        match node {
            Node::Unknown => self.unknown(&[Unseen::Form], sight),
            node => self.add(node, sight),
        }
    }

    fn scalar_node(&self, text: Name, is_plain: bool) -> Node {
        let scalar = Scalar { text: self.names().text(text), is_plain };
        match scalar.typed() {
            Typed::Null => Node::Null,
            Typed::Bool(value) => Node::Bool(value),
            Typed::Int(value) => Node::Int(value),
            Typed::Float(value) => Node::Float(value),
            Typed::Text(_) => Node::Text(text),
        }
    }

    /// CloudFormation reads `"30"` as 30 where it wants an integer; what cannot be read so is not known.
    pub(super) fn shaped_node(&self, text: Name, is_plain: bool, shape: Shape) -> Node {
        let written = self.names().text(text);
        match shape {
            Shape::AsWritten => self.scalar_node(text, is_plain),
            Shape::Text => Node::Text(text),
            Shape::Integer => whole_number(written).map_or(Node::Unknown, Node::Int),
            Shape::Boolean => match written {
                _ if written.eq_ignore_ascii_case("true") => Node::Bool(true),
                _ if written.eq_ignore_ascii_case("false") => Node::Bool(false),
                _ => Node::Unknown,
            },
        }
    }
}

/// Whether there are more alternatives than are followed, of which some may be `AWS::NoValue`.
pub(super) fn is_too_many(alt: &Alt) -> bool {
    matches!(alt, Alt::Unknown(Unknown::TooMany))
}

/// `30`, `"30"`, `30.0`, `3e1`: whatever spelling, a whole number.
fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    // Beyond 2^53 a fraction no longer tells whole numbers apart.
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_read_in_every_spelling() {
        for text in ["30", " 30 ", "30.0", "3e1"] {
            assert_eq!(whole_number(text), Some(30), "{text}");
        }
        for text in ["", "30s", "1.5", "1e300", "NaN"] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }
}

//! Facts as nodes: a setting with its default, a conclusion, and what is one or the other case by case.

use crate::graph::{Default as Fallback, Fact, Item, Plain, Shape};
use crate::guard::{Node, NodeId};
use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Unknown, Val};

use super::lower::{Lowering, is_too_many};
use super::{Sight, Stated, Unseen, guard_id};

/// A fact as nodes.
pub(super) struct FactNodes {
    pub(super) name: &'static str,
    /// `None` for a setting that no case has.
    pub(super) node: Option<NodeId>,
    /// Whether the template states it; `None` when it always does, and for conclusions.
    pub(super) stated: Option<NodeId>,
}

/// What a setting is asked for as.
#[derive(Clone, Copy)]
struct Asked<'f> {
    name: &'static str,
    shape: Shape,
    default: &'f Fallback,
}

impl Lowering<'_> {
    /// A fact as an entry of its owner's map, and whether the template states it.
    pub(super) fn fact(&mut self, fact: &Fact) -> FactNodes {
        match fact {
            Fact::Derived { name, value, origin } => FactNodes {
                name,
                node: Some(self.plain(name, value, Sight::construct(*origin))),
                stated: None,
            },
            Fact::Claim { name, holds, fails, origin } => FactNodes {
                name,
                node: Some(self.case_by_case(name, (*holds, *fails), Sight::construct(*origin))),
                stated: None,
            },
            Fact::Words { name, words, origin } => {
                FactNodes { name, node: Some(self.words(name, words.as_deref(), *origin)), stated: None }
            }
            Fact::Resolved { name, val, shape, default, origin } => {
                let sight = Sight::written(*origin, None);
                let asked = Asked { name, shape: *shape, default };
                let setting = |lowering: &mut Self, alt| lowering.setting(&alt, asked, sight);
                FactNodes { name, node: self.alternatives(val.clone(), sight, setting), stated: None }
            }
            Fact::List { name, items, origin } => {
                let items = items.iter().map(|item| self.item(item)).collect();
                FactNodes { name, node: Some(self.list(items, *origin)), stated: None }
            }
            Fact::Setting { name, base, path, shape, default, origin } => {
                let val = self.resolver().follow(*base, path, *origin);
                let stated = self.stated(&val, *origin);
                let sight = match self.written_at(*base, path) {
                    Some(value) => {
                        Sight::written(self.resolver().template().values.origin(value), Some(value))
                    }
                    None => Sight::written(*origin, None),
                };
                let asked = Asked { name, shape: *shape, default };
                let node =
                    self.alternatives(val, sight, |lowering, alt| lowering.setting(&alt, asked, sight));
                FactNodes { name, node, stated }
            }
        }
    }

    /// One of several things, as a map of its facts.
    fn item(&mut self, item: &Item) -> NodeId {
        let mut entries = Vec::new();
        for fact in &item.facts {
            let FactNodes { name, node, .. } = self.fact(fact);
            entries.extend(node.map(|node| (name, node)));
        }
        let node = self.map(entries, item.origin);
        self.under(item.guard, node)
    }

    fn setting(&mut self, alt: &Alt, asked: Asked<'_>, sight: Sight) -> Option<NodeId> {
        let Asked { name, shape, default } = asked;
        match alt {
            // What a macro over the resources may write is not known to be absent.
            Alt::Absent { at } if self.resolver().template().stack_at(at.file).has_open_resources() => {
                Some(self.unknown(&[Unseen::Macro], sight))
            }
            Alt::Absent { at } => {
                let sight = Sight { origin: *at, stated: Stated::Default, value: None };
                match default {
                    Fallback::Value(plain) => Some(self.plain(name, plain, sight)),
                    Fallback::Elsewhere => Some(self.unknown(&[Unseen::OtherFile], sight)),
                    Fallback::Unknown => Some(self.unknown(&[Unseen::Conclusion(name)], sight)),
                    Fallback::Missing => None,
                }
            }
            Alt::Scalar { text, is_plain, origin, through } => {
                let sight = Self::scalar_sight(*origin, *through, sight);
                let node = self.shaped_node(*text, *is_plain, shape);
                Some(self.formed(node, sight))
            }
            Alt::List(_) | Alt::Map(_) if shape != Shape::AsWritten => {
                Some(self.unknown(&[Unseen::Form], sight))
            }
            Alt::List(_) | Alt::Map(_) => self.as_written(alt, sight),
            Alt::OneOf { .. } | Alt::Resource { .. } | Alt::Text(_) | Alt::Unknown(_) => {
                Some(self.in_part(alt, shape, sight))
            }
        }
    }

    fn plain(&mut self, name: &'static str, plain: &Plain, sight: Sight) -> NodeId {
        let node = match plain {
            Plain::Bool(value) => Node::Bool(*value),
            Plain::Int(value) => Node::Int(*value),
            Plain::Text(text) => Node::Text(self.names().intern(text)),
            Plain::Name(name) => Node::Text(*name),
            Plain::Unknown => return self.unknown(&[Unseen::Conclusion(name)], sight),
        };
        self.add(node, sight)
    }

    /// True where the first guard holds, false where the second does, and unknown elsewhere.
    fn case_by_case(&mut self, name: &'static str, (holds, fails): (Guard, Guard), sight: Sight) -> NodeId {
        let guards = &self.resolver().template().guards;
        let rest = guards.not(guards.or(holds, fails));
        let mut choices = Vec::new();
        for (guard, plain) in
            [(holds, Plain::Bool(true)), (fails, Plain::Bool(false)), (rest, Plain::Unknown)]
        {
            if guard == Guard::NEVER {
                continue;
            }
            let node = self.plain(name, &plain, sight);
            if guard == Guard::ALWAYS {
                return node;
            }
            choices.push((guard_id(guard), Some(node)));
        }
        self.add(Node::Choice(choices), sight)
    }

    /// A list of texts, each where its guard holds.
    fn words(
        &mut self,
        name: &'static str,
        words: Option<&[(Guard, Name, Origin)]>,
        origin: Origin,
    ) -> NodeId {
        let Some(words) = words else {
            return self.unknown(&[Unseen::Conclusion(name)], Sight::construct(origin));
        };
        let mut items = Vec::with_capacity(words.len());
        for (guard, word, at) in words {
            let node = self.name(*word, *at);
            items.push(self.under(*guard, node));
        }
        self.list(items, origin)
    }

    /// Whether the template states a setting, case by case; `None` when it states it in every case.
    fn stated(&mut self, val: &Val, origin: Origin) -> Option<NodeId> {
        let is_stated = |alt: &Alt| !matches!(alt, Alt::Absent { .. });
        let may_be_written_elsewhere = self.resolver().template().stack_at(origin.file).has_open_resources();
        let is_sure = |alt: &Alt| is_stated(alt) && !is_too_many(alt);
        if may_be_written_elsewhere || val.alternatives.iter().all(|(_, alt)| is_sure(alt)) {
            return None;
        }
        let mut choices = Vec::new();
        for (guard, alt) in &val.alternatives {
            let node = match alt {
                Alt::Unknown(Unknown::TooMany) => self.add(Node::Unknown, Sight::construct(origin)),
                Alt::Absent { at } => self.claim(false, *at),
                _ => self.claim(true, origin),
            };
            if *guard == Guard::ALWAYS {
                return Some(node);
            }
            choices.push((guard_id(*guard), Some(node)));
        }
        Some(self.add(Node::Choice(choices), Sight::construct(origin)))
    }

    /// That something is so, or not. Most settings of a construct are left out, and that all of them are is said
    /// at one place: they share a node.
    fn claim(&mut self, is_so: bool, at: Origin) -> NodeId {
        match self.last_claim {
            Some((said, place, node)) if said == is_so && place == at => node,
            _ => {
                let node = self.add(Node::Bool(is_so), Sight::construct(at));
                self.last_claim = Some((is_so, at, node));
                node
            }
        }
    }
}

//! A branch is a value under a condition; a path of keys leads from one branch to others.

use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Resource, Stack, Val, ValueId};

use super::draft::Draft;
use super::{Fact, Plain};

/// A value, and the condition under which it stands where it was looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Branch {
    pub(super) guard: Guard,
    pub(super) value: ValueId,
}

impl Branch {
    /// A value that stands there in every case.
    pub(super) fn always(value: ValueId) -> Self {
        Self { guard: Guard::ALWAYS, value }
    }

    /// The `Properties` of a resource.
    pub(super) fn properties(resource: &Resource) -> Option<Self> {
        resource.properties.map(Self::always)
    }
}

/// When something is written, and when it is not.
#[derive(Clone, Copy)]
pub(super) struct Presence {
    pub(super) present: Guard,
    pub(super) absent: Guard,
}

impl Presence {
    /// The claim that it is written.
    pub(super) fn claim(self, name: &'static str, origin: Origin) -> Fact {
        Fact::Claim { name, holds: self.present, fails: self.absent, origin }
    }
}

impl<'t> Draft<'t> {
    /// Every value at the end of a path of keys, list indices and `*` for each member. Conditions on the way are
    /// followed; the value at the end is left as it is written.
    pub(super) fn branches(&self, start: Branch, path: &[&str]) -> Vec<Branch> {
        let mut reached = vec![start];
        for step in path {
            let mut next = Vec::new();
            for branch in reached {
                self.members(branch, step, &mut next);
            }
            reached = next;
        }
        reached
    }

    /// The maps and lists that a value can be.
    pub(super) fn collections(&self, branch: Branch) -> Vec<Branch> {
        self.alternatives(branch)
            .into_iter()
            .filter_map(|(guard, alt)| match alt {
                Alt::Map(value) | Alt::List(value) => Some(Branch { guard, value }),
                Alt::Absent { .. }
                | Alt::Scalar { .. }
                | Alt::OneOf { .. }
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => None,
            })
            .collect()
    }

    /// The keys and values of the maps that a value can be.
    pub(super) fn entries(&self, branch: Branch) -> Vec<(Name, Branch)> {
        let mut found = Vec::new();
        for map in self.collections(branch) {
            for entry in self.values().entries(map.value) {
                found.push((entry.key, Branch { guard: map.guard, value: entry.value }));
            }
        }
        found
    }

    /// The items of a value that may be a list or a single one.
    pub(super) fn one_or_many(&self, branch: Branch) -> Vec<Branch> {
        let mut found = Vec::new();
        for (guard, alt) in self.alternatives(branch) {
            match alt {
                Alt::List(list) => {
                    found.extend(self.values().items(list).iter().map(|&value| Branch { guard, value }));
                }
                Alt::Absent { .. } => {}
                Alt::Scalar { .. }
                | Alt::OneOf { .. }
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => found.push(Branch { guard, value: branch.value }),
            }
        }
        found
    }

    /// What a value can be, each under its own guard and the branch's.
    pub(super) fn alternatives(&self, branch: Branch) -> Vec<(Guard, Alt)> {
        let Val { alternatives } = self.resolver.resolve(branch.value);
        alternatives
            .into_iter()
            .map(|(guard, alt)| (self.and(branch.guard, guard), alt))
            .filter(|(guard, _)| *guard != Guard::NEVER)
            .collect()
    }

    /// The text that a value is in every case.
    pub(super) fn known_text(&self, branch: Branch) -> Option<&'t str> {
        let Val { alternatives } = self.resolver.resolve(branch.value);
        let [(_, Alt::Scalar { text, .. })] = alternatives.as_slice() else { return None };
        Some(self.text(*text))
    }

    /// The text at the end of a path, if it is the same in every case.
    pub(super) fn known_text_at(&self, start: Branch, path: &[&str]) -> Option<&'t str> {
        let [branch] = self.branches(start, path)[..] else { return None };
        self.known_text(branch)
    }

    /// Whether anything stands at the end of a path in a resource's properties, whatever the conditions.
    pub(super) fn presence(&self, resource: &Resource, path: &[&str]) -> Plain {
        match self.presences(resource, path) {
            Presence { present: Guard::ALWAYS, .. } => Plain::Bool(true),
            Presence { absent: Guard::ALWAYS, .. } => Plain::Bool(false),
            Presence { .. } => Plain::Unknown,
        }
    }

    /// When anything stands at the end of a path in a resource's properties, and when nothing does. In the other
    /// cases it is not known.
    pub(super) fn presences(&self, resource: &Resource, path: &[&str]) -> Presence {
        let guards = &self.template().guards;
        let mut presence = Presence { present: Guard::NEVER, absent: Guard::NEVER };
        for (guard, alt) in self.resolver.follow(resource.properties, path, resource.origin).alternatives {
            match alt {
                Alt::Absent { .. } if self.may_be_unseen() => {}
                Alt::Absent { .. } => presence.absent = guards.or(presence.absent, guard),
                Alt::Unknown(_) => {}
                Alt::Scalar { .. }
                | Alt::OneOf { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_) => presence.present = guards.or(presence.present, guard),
            }
        }
        presence
    }

    /// Whether a macro may write what is not to be seen: then nothing is known to be absent.
    pub(super) fn may_be_unseen(&self) -> bool {
        self.template().stacks().any(Stack::is_open)
    }

    /// When a link is not definitely switched off by the text at `path`.
    pub(super) fn switched_on(&self, start: Branch, path: &[&str], off: &str) -> Guard {
        let guards = &self.template().guards;
        let mut disabled = Guard::NEVER;
        for branch in self.branches(start, path) {
            for (guard, alt) in self.alternatives(branch) {
                if let Alt::Scalar { text, .. } = alt
                    && self.text(text).eq_ignore_ascii_case(off)
                {
                    disabled = guards.or(disabled, guard);
                }
            }
        }
        self.and(start.guard, guards.not(disabled))
    }

    fn members(&self, branch: Branch, step: &str, found: &mut Vec<Branch>) {
        for collection in self.collections(branch) {
            let guard = collection.guard;
            let mut keep = |value: ValueId| found.push(Branch { guard, value });
            let items = self.values().items(collection.value);
            let entries = self.values().entries(collection.value);
            if step == "*" {
                for value in items.iter().copied().chain(entries.iter().map(|entry| entry.value)) {
                    keep(value);
                }
            } else if let Some(item) = step.parse::<usize>().ok().and_then(|index| items.get(index)) {
                keep(*item);
            } else if let Some(value) =
                self.names().find(step).and_then(|key| self.values().get(collection.value, key))
            {
                keep(value);
            }
        }
    }
}

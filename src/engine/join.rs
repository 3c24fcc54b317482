//! Joining makes one finding of what one rule says several times of one place: five routes to one slow function,
//! both branches of a condition.

use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::{Finding, fingerprint};
use crate::guard::NodeId;
use crate::source::Location;
use crate::template::Guard;

use super::check::Checking;

/// A finding, when it is true, and what it is about.
pub(super) struct Placed {
    pub(super) finding: Finding,
    pub(super) when: Guard,
    /// `None` where the rule is about the document.
    pub(super) subject: Option<NodeId>,
}

/// The findings, each place once, in the order in which the places first came up.
pub(super) fn join(checking: Checking<'_>, findings: Vec<Placed>) -> Vec<Finding> {
    let mut joined: Vec<Joined> = Vec::with_capacity(findings.len());
    let mut by_location: FxHashMap<Location, usize> = FxHashMap::default();
    for placed in findings.into_iter().filter(|placed| placed.when != Guard::NEVER) {
        match by_location.entry(placed.finding.primary.location) {
            Entry::Occupied(first) => joined[*first.get()].add(checking, placed),
            Entry::Vacant(first) => {
                first.insert(joined.len());
                joined.push(Joined::of(placed));
            }
        }
    }
    joined.into_iter().map(|joined| joined.finding(checking)).collect()
}

/// All that was said of one place; the worst of it has the word.
struct Joined {
    placed: Placed,
    subjects: FxHashSet<Option<NodeId>>,
    related: FxHashSet<Location>,
}

impl Joined {
    fn of(placed: Placed) -> Self {
        let related = placed.finding.related.iter().map(|label| label.location).collect();
        Self { subjects: FxHashSet::from_iter([placed.subject]), related, placed }
    }

    fn add(&mut self, checking: Checking<'_>, other: Placed) {
        let when = checking.template.guards.or(self.placed.when, other.when);
        // The other branch of one subject has other numbers: what is said of the first is true in its own case.
        let is_other_branch =
            !self.subjects.insert(other.subject) && other.finding.message != self.placed.finding.message;
        let is_worse = other.finding.severity > self.placed.finding.severity;
        let other = if is_worse { std::mem::replace(&mut self.placed, other) } else { other };
        if !is_other_branch {
            self.placed.when = when;
        }
        for label in other.finding.related {
            if self.related.insert(label.location) {
                self.placed.finding.related.push(label);
            }
        }
    }

    /// Says when it is true, if that is not always, and that it is true of more than one subject.
    fn finding(self, checking: Checking<'_>) -> Finding {
        let (guards, names) = (&checking.template.guards, &checking.template.names);
        let Placed { mut finding, when, .. } = self.placed;
        let is_conditional = when != Guard::ALWAYS && guards.can_hold(&[(when, false)]);
        finding.condition = is_conditional.then(|| guards.words(names, (when, true)));
        let more = self.subjects.len() - 1;
        if more > 0 {
            finding.message.push_str(&format!(" (and {more} more like it here)"));
        }
        // The other resources that it rests on: neither lines nor words, which change while the defect stays.
        let related = finding.related.iter().map(|label| (checking.path_to)(label.location));
        let mut subjects: Vec<String> = related.filter_map(|path| path.into_iter().nth(1)).collect();
        subjects.sort();
        subjects.dedup();
        finding.fingerprint = fingerprint(&finding.rule, &finding.logical_path, &subjects);
        finding
    }
}

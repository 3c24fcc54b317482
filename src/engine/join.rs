//! Joining makes one finding of what one rule says several times of one place: five routes to one slow function,
//! both branches of a condition.

use std::cmp::Ordering;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::finding::{Finding, Label, fingerprint};
use crate::guard::NodeId;
use crate::rule::Page;
use crate::source::Location;
use crate::template::Guard;

use super::check::Checking;

/// A finding, when it is true, and what it is about.
pub(super) struct Placed {
    pub(super) finding: Finding,
    pub(super) when: Guard,
    /// By how much a number misses what it is held to; what mends the greatest miss mends the others.
    pub(super) apart: f64,
    /// `None` where the rule is about the document.
    pub(super) subject: Option<Subject>,
}

/// What a rule is asked about. `Globals` and a loop write several of them at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) node: NodeId,
    /// Where it stands.
    pub(super) at: Location,
}

impl Placed {
    fn how_bad(&self, other: &Self) -> Ordering {
        let severity = self.finding.severity.cmp(&other.finding.severity);
        let apart = severity.then(self.apart.total_cmp(&other.apart));
        apart.then((self.when == Guard::ALWAYS).cmp(&(other.when == Guard::ALWAYS)))
    }
}

/// The findings, each place once, in the order in which the places first came up.
pub(super) fn join(checking: Checking<'_>, page: &Page, findings: Vec<Placed>) -> Vec<Finding> {
    let mut by_location: IndexMap<Location, Vec<Placed>, FxBuildHasher> = IndexMap::default();
    for placed in findings.into_iter().filter(|placed| placed.when != Guard::NEVER) {
        by_location.entry(placed.finding.primary.location).or_default().push(placed);
    }
    by_location.into_values().filter_map(|placed| joined(checking, page, placed)).collect()
}

/// How many subjects something is said of. Two that stand at one place and are never there together are one: an event whose
/// source a condition chooses.
fn how_many(checking: Checking<'_>, all: &[Placed]) -> usize {
    let guards = &checking.template.guards;
    let mut counted: FxHashSet<Option<NodeId>> = FxHashSet::default();
    let mut cases: FxHashMap<Location, FxHashSet<Guard>> = FxHashMap::default();
    for placed in all {
        let Some(Subject { node, at }) = placed.subject else {
            counted.insert(None);
            continue;
        };
        if counted.contains(&Some(node)) {
            continue;
        }
        let there = cases.entry(at).or_default();
        let is_there_with = |other: &Guard| guards.can_hold(&[(*other, true), (placed.when, true)]);
        // A loop writes many in few cases, so each case is asked about once.
        if there.contains(&placed.when) || there.iter().all(is_there_with) {
            there.insert(placed.when);
            counted.insert(Some(node));
        }
    }
    counted.len()
}

/// All that was said of one place: the worst of it has the word, in its own case, and the others are related.
fn joined(checking: Checking<'_>, page: &Page, mut all: Vec<Placed>) -> Option<Finding> {
    // Of equals, the first.
    let worst = (0..all.len()).rev().max_by(|&a, &b| all[a].how_bad(&all[b]))?;
    let more = how_many(checking, &all) - 1;
    let Placed { mut finding, mut when, apart, .. } = all.remove(worst);
    let guards = &checking.template.guards;
    let mut likewise = Guard::NEVER;
    let mut labelled: FxHashSet<Location> = finding.related.iter().map(|label| label.location).collect();
    labelled.insert(finding.primary.location);
    for mut other in all {
        finding.members.append(&mut other.finding.members);
        let is_the_same = other.finding.message == finding.message;
        if is_the_same {
            when = guards.or(when, other.when);
        } else if other.finding.severity == finding.severity && other.apart.total_cmp(&apart).is_eq() {
            likewise = guards.or(likewise, other.when);
        }
        for Label { location, message } in other.finding.related {
            if labelled.insert(location) {
                let message = if is_the_same { message } else { checking.in_its_case(message, other.when) };
                finding.related.push(Label { location, message });
            }
        }
    }
    finding.condition = checking.condition(when);
    if more > 0 {
        finding.message.push_str(&format!(" (and {more} more like it here)"));
    } else if guards.can_hold(&[(likewise, true), (when, false)])
        && let Some(own) = &finding.condition
        && let Some(other) = checking.condition(likewise)
    {
        // The same of another value: who mends it for the one case alone has not mended it. With its own case the message
        // is one sentence, and no reporter adds that again.
        finding.message.push_str(&format!(" (when {own}, and likewise when {other})"));
    }
    // The other resources that it rests on: neither lines nor words, which change while the defect stays.
    let related = finding.related.iter().map(|label| (checking.path_to)(label.location));
    let mut resources: Vec<String> = related.filter_map(|path| path.into_iter().nth(1)).collect();
    resources.sort();
    resources.dedup();
    finding.fingerprint = match finding.first_member() {
        Some(member) => member.fingerprint.clone(),
        None => fingerprint(page.first_id(), &finding.logical_path, &resources),
    };
    Some(finding)
}

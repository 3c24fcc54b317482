//! A scenario is one way in which the conditions of a template can turn out; exploring tries those that a
//! question depends on, and no others.

use rustc_hash::FxHashSet;

use crate::guard::{Failure, GuardId, NodeId, Place, Scenario, Status};
use crate::template::{Guards, Literal};
use crate::view::guard_of;

/// Past this many runs of one check on one subject the rest stays undecided: conditions that a check touches
/// are few, and an answer after seconds is none.
const MOST_RUNS: usize = 64;

/// A check, run once in one case.
pub(super) type Check<'a> = dyn FnMut(&mut dyn Scenario) -> (Status, Option<Failure>) + 'a;

/// A case in which a check fails.
#[derive(Debug)]
pub(super) struct Fired {
    /// What has to hold, and what not; nothing for a failure in every case.
    pub claims: Vec<Literal>,
    /// The failing clause, with its message.
    pub failure: Failure,
    /// Places of the values that were read on the way.
    pub read: Vec<Place>,
}

/// Runs a check in every case that it tells apart. Conditions are *some*: a failure in one branch is a
/// failure under that branch's condition. A choice that the deployer has (`AllowedValues`) is *all*: only
/// what fails whatever is chosen fails.
pub(super) fn explore(guards: &Guards, run: &mut Check<'_>) -> Vec<Fired> {
    let mut explorer = Explorer { guards, run, runs: 0 };
    let mut fired = explorer.explore(Vec::new());
    merge_opposites(&mut fired);
    fired
}

struct Explorer<'a, 'c> {
    guards: &'a Guards,
    run: &'a mut Check<'c>,
    runs: usize,
}

/// A question that both answers fit, and the answer that this case gives.
#[derive(Clone, Debug)]
enum Decision {
    Claim(Literal),
    Pick { node: NodeId, index: usize, count: usize },
}

impl Explorer<'_, '_> {
    /// The failing ones of all cases that begin with `prefix`. The check is run once with the first answer to
    /// every further question; then each of those questions is answered otherwise, the last one first.
    fn explore(&mut self, prefix: Vec<Decision>) -> Vec<Fired> {
        if self.runs == MOST_RUNS {
            return Vec::new();
        }
        self.runs += 1;
        let known = prefix.len();
        let mut case = Case { guards: self.guards, decisions: prefix, read: FxHashSet::default() };
        let (status, failure) = (self.run)(&mut case);
        let mut fired: Vec<Fired> = case.fired(status, failure).into_iter().collect();
        let decisions = case.decisions;
        for at in (known..decisions.len()).rev() {
            let otherwise = |next: Decision| {
                let mut prefix = decisions[..at].to_vec();
                prefix.push(next);
                prefix
            };
            match decisions[at] {
                Decision::Claim((guard, holds)) => {
                    fired.extend(self.explore(otherwise(Decision::Claim((guard, !holds)))));
                }
                Decision::Pick { node, count, .. } => {
                    for index in 1..count {
                        if fired.is_empty() {
                            break;
                        }
                        let others = self.explore(otherwise(Decision::Pick { node, index, count }));
                        fired = self.in_both(fired, &others);
                    }
                }
            }
        }
        fired
    }

    /// Of failures under one choice of the deployer's, those that remain under another: both have to hold.
    fn in_both(&self, fired: Vec<Fired>, others: &[Fired]) -> Vec<Fired> {
        let mut both: Vec<Fired> = Vec::new();
        for one in fired {
            for other in others {
                let mut claims = one.claims.clone();
                claims.extend(other.claims.iter().filter(|claim| !one.claims.contains(claim)));
                let is_new = |known: &Fired| known.claims != claims || known.failure != one.failure;
                if self.guards.can_hold(&claims) && both.iter().all(is_new) && both.len() < MOST_RUNS {
                    both.push(Fired { claims, failure: one.failure.clone(), read: one.read.clone() });
                }
            }
        }
        both
    }
}

/// One case, as an evaluation sees it.
struct Case<'a> {
    guards: &'a Guards,
    decisions: Vec<Decision>,
    read: FxHashSet<Place>,
}

impl Case<'_> {
    fn claims(&self) -> Vec<Literal> {
        let claim = |decision: &Decision| match decision {
            Decision::Claim(claim) => Some(*claim),
            Decision::Pick { .. } => None,
        };
        self.decisions.iter().filter_map(claim).collect()
    }

    fn fired(&self, status: Status, failure: Option<Failure>) -> Option<Fired> {
        let failure = failure.filter(|_| status == Status::Fail)?;
        let mut read: Vec<Place> = self.read.iter().copied().collect();
        read.sort_unstable();
        Some(Fired { claims: self.claims(), failure, read })
    }
}

impl Scenario for Case<'_> {
    fn holds(&mut self, guard: GuardId) -> bool {
        let guard = guard_of(guard);
        let mut claims = self.claims();
        // The branches of `Fn::If` are a guard and its opposite. Past its bound, what can hold is only guessed:
        // two guesses must not make both branches impossible.
        let opposite = self.guards.not(guard);
        for (claimed, holds) in &claims {
            if *claimed == guard {
                return *holds;
            }
            if *claimed == opposite {
                return !*holds;
            }
        }
        claims.push((guard, true));
        if !self.guards.can_hold(&claims) {
            return false;
        }
        let last = claims.len() - 1;
        claims[last].1 = false;
        if self.guards.can_hold(&claims) {
            self.decisions.push(Decision::Claim((guard, true)));
        }
        true
    }

    fn pick(&mut self, node: NodeId, count: usize) -> usize {
        for decision in &self.decisions {
            match decision {
                Decision::Pick { node: picked, index, .. } if *picked == node => return *index,
                Decision::Pick { .. } | Decision::Claim(_) => {}
            }
        }
        self.decisions.push(Decision::Pick { node, index: 0, count });
        0
    }

    fn read(&mut self, place: Place) {
        self.read.insert(place);
    }

    fn doubt(&mut self, _place: Place) {}
}

/// Joins cases that say the same of the same place and differ in one answer only: the condition that they
/// disagree on does not matter.
fn merge_opposites(fired: &mut Vec<Fired>) {
    while let Some((keep, drop, claim)) = opposites(fired) {
        fired.remove(drop);
        fired[keep].claims.remove(claim);
    }
}

fn opposites(fired: &[Fired]) -> Option<(usize, usize, usize)> {
    for (keep, a) in fired.iter().enumerate() {
        for (drop, b) in fired.iter().enumerate().skip(keep + 1) {
            if a.failure == b.failure && a.claims.len() == b.claims.len() {
                let mut differing = (0..a.claims.len()).filter(|at| a.claims[*at] != b.claims[*at]);
                if let (Some(at), None) = (differing.next(), differing.next())
                    && a.claims[at].0 == b.claims[at].0
                {
                    return Some((keep, drop, at));
                }
            }
        }
    }
    None
}

//! A scenario is one way in which the conditions of a template can turn out; exploring tries those that a
//! question depends on, and no others.

use rustc_hash::FxHashSet;

use crate::guard::{Failure, GuardId, NodeId, Place, Scenario, Status};
use crate::template::{Guards, Literal};
use crate::view::guard_of;

/// Past this many runs of one check on one subject the rest stays undecided: conditions that a check touches
/// are few, and an answer after seconds is none.
const MOST_RUNS: usize = 64;

/// Past this many conditions in one case nobody reads on, and whatever they decide is not explored: it would take a
/// run for each, and of those each asks all others again.
const MOST_CLAIMS: usize = 32;

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

/// A case in which nobody knows whether a check fails.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// What has to hold, and what not.
    pub claims: Vec<Literal>,
    /// Places of what is not known.
    pub doubts: Vec<Place>,
    /// Places of the values that were read on the way.
    pub read: Vec<Place>,
}

/// What came of a check.
#[derive(Debug, Default)]
pub(super) struct Explored {
    pub fired: Vec<Fired>,
    pub open: Vec<Open>,
    /// There are more cases than were tried.
    pub is_cut_off: bool,
}

/// Runs a check in every case that it tells apart. Conditions are *some*: a failure in one branch is a
/// failure under that branch's condition. A choice that the deployer has (`AllowedValues`) is *all*: only
/// what fails whatever is chosen fails.
pub(super) fn explore(guards: &Guards, run: &mut Check<'_>) -> Explored {
    let mut explorer = Explorer { guards, run, runs: 0, open_runs: 0 };
    let mut all = explorer.explore(Vec::new(), false);
    merge_opposites(&mut all.fired);
    all
}

struct Explorer<'a, 'c> {
    guards: &'a Guards,
    run: &'a mut Check<'c>,
    runs: usize,
    /// Runs that can only tell whether a check stays undecided: they are bounded for themselves, so that no failure is
    /// missed for them.
    open_runs: usize,
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
    /// With `is_open` another choice of the deployer's is undecided already, and nothing can fail for certain.
    fn explore(&mut self, prefix: Vec<Decision>, is_open: bool) -> Explored {
        let runs = if is_open { &mut self.open_runs } else { &mut self.runs };
        if *runs == MOST_RUNS {
            return Explored { is_cut_off: true, ..Explored::default() };
        }
        *runs += 1;
        let known = prefix.len();
        let mut case = Case::of(self.guards, prefix);
        let (status, failure) = (self.run)(&mut case);
        if case.asks_too_much {
            return Explored { is_cut_off: true, ..Explored::default() };
        }
        let mut explored = case.explored(status, failure);
        let decisions = case.decisions;
        for at in (known..decisions.len()).rev() {
            let otherwise = |next: Decision| {
                let mut prefix = decisions[..at].to_vec();
                prefix.push(next);
                prefix
            };
            match decisions[at] {
                Decision::Claim((guard, holds)) => {
                    explored.add(self.explore(otherwise(Decision::Claim((guard, !holds))), is_open));
                }
                Decision::Pick { node, count, .. } => {
                    for index in 1..count {
                        if explored.fired.is_empty() && explored.open.is_empty() {
                            break;
                        }
                        let is_open = is_open || explored.fired.is_empty();
                        let others = self.explore(otherwise(Decision::Pick { node, index, count }), is_open);
                        explored = self.in_both(explored, &others);
                    }
                }
            }
        }
        explored
    }

    /// Of what came of one choice of the deployer's, what remains under another.
    fn in_both(&self, one: Explored, other: &Explored) -> Explored {
        let is_cut_off = one.is_cut_off && other.is_undone() || other.is_cut_off && one.is_undone();
        let open = self.open_in_both(&one, other);
        let fired = self.fired_in_both(one.fired, &other.fired);
        Explored { fired, open, is_cut_off }
    }

    /// Failures: both have to hold.
    fn fired_in_both(&self, fired: Vec<Fired>, others: &[Fired]) -> Vec<Fired> {
        let mut both: Vec<Fired> = Vec::new();
        for one in fired {
            for other in others {
                let claims = joined(&one.claims, &other.claims);
                let is_new = |known: &Fired| known.claims != claims || known.failure != one.failure;
                if self.guards.can_hold(&claims) && both.iter().all(is_new) && both.len() < MOST_RUNS {
                    both.push(Fired { claims, failure: one.failure.clone(), read: one.read.clone() });
                }
            }
        }
        both
    }

    /// Undecided cases: neither choice decides, or one fails and the other does not decide.
    fn open_in_both(&self, one: &Explored, other: &Explored) -> Vec<Open> {
        let mut both: Vec<Open> = Vec::new();
        for left in one.cases() {
            for right in other.cases() {
                let claims = joined(left.claims, right.claims);
                let is_open = left.is_open || right.is_open;
                let is_new = |known: &Open| known.claims != claims;
                if is_open
                    && both.len() < MOST_RUNS
                    && both.iter().all(is_new)
                    && self.guards.can_hold(&claims)
                {
                    let doubts = joined(left.doubts, right.doubts);
                    both.push(Open { claims, doubts, read: left.read.to_vec() });
                }
            }
        }
        both
    }
}

/// A case that fails, or one that is open.
#[derive(Clone, Copy)]
struct Undone<'c> {
    claims: &'c [Literal],
    doubts: &'c [Place],
    read: &'c [Place],
    is_open: bool,
}

impl Explored {
    fn add(&mut self, other: Self) {
        self.fired.extend(other.fired);
        self.open.extend(other.open);
        self.is_cut_off |= other.is_cut_off;
    }

    /// Whether it does not pass in every case.
    pub(super) fn is_undone(&self) -> bool {
        !self.fired.is_empty() || !self.open.is_empty() || self.is_cut_off
    }

    fn cases(&self) -> impl Iterator<Item = Undone<'_>> {
        let fired = self.fired.iter().map(|case| Undone {
            claims: &case.claims,
            doubts: &[],
            read: &case.read,
            is_open: false,
        });
        let open = self.open.iter().map(|case| Undone {
            claims: &case.claims,
            doubts: &case.doubts,
            read: &case.read,
            is_open: true,
        });
        fired.chain(open)
    }
}

/// Both lists, what stands in both once.
fn joined<T: Copy + PartialEq>(one: &[T], other: &[T]) -> Vec<T> {
    let mut both = one.to_vec();
    both.extend(other.iter().filter(|item| !one.contains(item)));
    both
}

/// One case, as an evaluation sees it.
struct Case<'a> {
    guards: &'a Guards,
    decisions: Vec<Decision>,
    read: FxHashSet<Place>,
    doubts: Vec<Place>,
    /// The check depends on more conditions than are followed.
    asks_too_much: bool,
}

impl<'a> Case<'a> {
    fn of(guards: &'a Guards, decisions: Vec<Decision>) -> Self {
        Self { guards, decisions, read: FxHashSet::default(), doubts: Vec::new(), asks_too_much: false }
    }

    fn claims(&self) -> Vec<Literal> {
        let claim = |decision: &Decision| match decision {
            Decision::Claim(claim) => Some(*claim),
            Decision::Pick { .. } => None,
        };
        self.decisions.iter().filter_map(claim).collect()
    }

    fn explored(&self, status: Status, failure: Option<Failure>) -> Explored {
        let mut explored = Explored::default();
        match (status, failure) {
            (Status::Fail, Some(failure)) => {
                explored.fired.push(Fired { claims: self.claims(), failure, read: self.places_read() });
            }
            (Status::Unknown, _) => explored.open.push(Open {
                claims: self.claims(),
                doubts: self.doubts.clone(),
                read: self.places_read(),
            }),
            (Status::Fail | Status::Pass | Status::Skip, _) => {}
        }
        explored
    }

    fn places_read(&self) -> Vec<Place> {
        let mut read: Vec<Place> = self.read.iter().copied().collect();
        read.sort_unstable();
        read
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
        if self.asks_too_much || claims.len() == MOST_CLAIMS {
            self.asks_too_much = true;
            return true;
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

    fn doubt(&mut self, place: Place) {
        if !self.doubts.contains(&place) {
            self.doubts.push(place);
        }
    }
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

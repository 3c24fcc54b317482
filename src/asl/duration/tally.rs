//! A tally is a sum of seconds in one case, with the states that make it.

use smallvec::{SmallVec, smallvec};

use crate::template::{Guard, Guards, Through, Val};

use super::super::limits::LONGEST;

/// Tallies whose guards exclude each other.
pub(super) type Cases = SmallVec<[Tally; 1]>;

/// So long takes what does not end well.
pub(super) const NEVER: i64 = i64::MAX;

/// States that are told of one sum.
const MOST_STATES: usize = 100;

/// A sum in one case.
#[derive(Clone, Copy)]
pub(super) struct Tally {
    pub(super) guard: Guard,
    /// `None` where it is not known.
    pub(super) seconds: Option<i64>,
    pub(super) through: Option<Through>,
    /// The first of the states that make it.
    pub(super) link: Option<u32>,
}

impl Tally {
    pub(super) fn always(seconds: Option<i64>) -> Self {
        Self { guard: Guard::ALWAYS, seconds, through: None, link: None }
    }

    pub(super) fn through_too(self, other: Self) -> Self {
        Self { through: self.through.or(other.through), ..self }
    }
}

/// A state that contributes, and what contributes after it. Whole sums share their ends, so that a workflow of many
/// states takes no more room than it has states.
#[derive(Clone, Copy)]
enum Link {
    State(usize, Option<u32>),
    /// What contributes inside of a state, and after it.
    Inside(u32, Option<u32>),
}

/// The sums of one machine.
pub(super) struct Tallies<'a> {
    pub(super) guards: &'a Guards,
    links: Vec<Link>,
    /// How many more times two cases may be held against each other.
    left: usize,
}

/// Past so many cases of one machine the sums are not known: definitions of thousands of states have few conditions.
const MOST_CASES: usize = 50_000;

impl<'a> Tallies<'a> {
    pub(super) fn new(guards: &'a Guards) -> Self {
        Self { guards, links: Vec::new(), left: MOST_CASES }
    }

    /// What two sums make, case by case; not known where there are too many cases.
    pub(super) fn combine(
        &mut self,
        a: &Cases,
        b: &Cases,
        mut both: impl FnMut(&mut Self, Tally, Tally) -> Tally,
    ) -> Cases {
        let mut cases = Cases::new();
        for one in a {
            for other in b {
                let guard = self.guards.and(one.guard, other.guard);
                if guard == Guard::NEVER {
                    continue;
                }
                let is_new = guard != one.guard && guard != other.guard;
                self.left = self.left.saturating_sub(usize::from(is_new));
                if cases.len() == Val::MOST_ALTERNATIVES || self.left == 0 {
                    return smallvec![Tally::always(None)];
                }
                if is_new && !self.guards.can_hold(&[(guard, true)]) {
                    continue;
                }
                let tally = both(self, *one, *other);
                cases.push(Tally { guard, ..tally });
            }
        }
        cases
    }

    /// A sum that a state makes, if it is one.
    pub(super) fn of_state(&mut self, tally: Tally, state: usize) -> Tally {
        if tally.seconds.is_none_or(|seconds| seconds == 0) {
            return tally;
        }
        Tally { link: Some(self.link(Link::State(state, None))), ..tally }
    }

    /// One sum after another.
    pub(super) fn plus(&mut self, a: Tally, b: Tally) -> Tally {
        let sum = a.seconds.zip(b.seconds).map(|(a, b)| a.saturating_add(b));
        let sum = sum.filter(|sum| *sum <= LONGEST || *sum == NEVER);
        let link = match a.link.map(|link| (link, self.links[link as usize])) {
            None => b.link,
            Some((_, Link::State(state, None))) => Some(self.link(Link::State(state, b.link))),
            Some((link, _)) => Some(self.link(Link::Inside(link, b.link))),
        };
        Tally { seconds: sum, link, ..a.through_too(b) }
    }

    /// The states that make a sum, in their order.
    pub(super) fn states(&self, tally: Tally) -> Vec<usize> {
        let mut states = Vec::new();
        let mut open: Vec<u32> = tally.link.into_iter().collect();
        while let Some(link) = open.pop() {
            if states.len() == MOST_STATES {
                break;
            }
            match self.links[link as usize] {
                Link::State(state, next) => {
                    states.push(state);
                    open.extend(next);
                }
                Link::Inside(first, next) => {
                    open.extend(next);
                    open.push(first);
                }
            }
        }
        states
    }

    fn link(&mut self, link: Link) -> u32 {
        self.links.push(link);
        self.links.len() as u32 - 1
    }
}

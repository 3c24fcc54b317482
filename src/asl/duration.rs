//! How long a workflow can take, at most and at least, of what the definition states: waits, timeouts and retries.

mod tally;

use smallvec::smallvec;

use crate::names::Names;
use crate::template::{Alt, Guard, Guards, Through, Val};

use super::flow::{Flow, Step};
use super::limits::LONGEST;
use super::{BACKOFF_RATE, Field, Listed, MAX_ATTEMPTS, Machine, RETRY_INTERVAL, Retrier, State, StateKind};
use tally::{Cases, NEVER, Tallies, Tally};

/// Seconds in one case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    /// The case.
    pub guard: Guard,
    /// How many; `None` where it is not known.
    pub seconds: Option<i64>,
    /// The parameter that they come through.
    pub through: Option<Through>,
}

/// A sum of seconds in one case, and the states that make it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// How many seconds, and when.
    pub amount: Amount,
    /// The states that contribute to it, in their order: indices into [`Machine::states`].
    pub states: Vec<usize>,
}

/// How long an execution can take, case by case.
#[derive(Debug, Default)]
pub(crate) struct Durations {
    /// At most: the longest way, each task for its whole timeout as often as it is tried, and each map for one item.
    /// Not known where a loop is on a way, or a state of which nothing says how long it takes.
    pub maximum: Vec<Case>,
    /// At least, if it succeeds: the waits on the way that has the fewest of them.
    pub minimum: Vec<Case>,
    /// The timeout of the task that no way to success avoids; of several the longest.
    pub unavoidable: Vec<Case>,
}

impl Durations {
    /// How long executions of a machine take; `task` tells after how many seconds a task, which is the state at this
    /// index, is given up.
    pub(crate) fn of(
        machine: &Machine,
        (guards, names): (&Guards, &Names),
        task: &dyn Fn(usize) -> Vec<Amount>,
    ) -> Self {
        let mut meter = Meter { machine, names, task, tallies: Tallies::new(guards) };
        let mut durations = Self::default();
        for index in &machine.definitions {
            let level = &machine.levels[*index];
            let all = meter.level(*index);
            let timeout = cases(&seconds(names, &level.timeout, None));
            let maximum =
                meter.tallies.combine(&all.maximum, &timeout, |_, path, timeout| match timeout.seconds {
                    Some(most) if path.seconds.is_some_and(|seconds| seconds > most) => {
                        Tally { seconds: Some(most), through: timeout.through, ..path }
                    }
                    Some(_) | None => path,
                });
            durations.maximum.extend(meter.told(&maximum, level.guard));
            durations.minimum.extend(meter.told(&all.minimum, level.guard));
            durations.unavoidable.extend(meter.told(&all.unavoidable, level.guard));
        }
        durations
    }
}

/// The three durations of a state and what follows, of a state alone, or of a level.
#[derive(Clone, Default)]
struct All {
    maximum: Cases,
    minimum: Cases,
    unavoidable: Cases,
}

struct Meter<'a> {
    machine: &'a Machine,
    names: &'a Names,
    task: &'a dyn Fn(usize) -> Vec<Amount>,
    tallies: Tallies<'a>,
}

impl Meter<'_> {
    /// From the start of a level to its end. Components come with those that follow them already told.
    fn level(&mut self, index: usize) -> All {
        let machine = self.machine;
        let level = &machine.levels[index];
        let flow = Flow::of(machine, level);
        let Some(start) = flow.start else { return Self::unknown() };
        let mut told: Vec<All> = vec![All::default(); flow.steps.len()];
        for (component, states) in flow.components.iter().enumerate() {
            let is_loop = flow.is_loop(component);
            let mut after = Self::failed();
            for state in states {
                let then = self.after(&flow.steps[*state], (&flow, component), &told);
                after = self.either(&after, &then);
            }
            for state in states {
                let own = self.own(level.states[*state]);
                let maximum =
                    if is_loop { Self::nothing_known() } else { self.sum(&own.maximum, &after.maximum) };
                told[*state] = All {
                    maximum,
                    minimum: self.sum(&own.minimum, &after.minimum),
                    unavoidable: self.tallies.combine(&own.unavoidable, &after.unavoidable, longer),
                };
            }
        }
        std::mem::take(&mut told[start])
    }

    /// What may follow a state, outside of its loop.
    fn after(&mut self, step: &Step, (flow, component): (&Flow, usize), told: &[All]) -> All {
        let mut after = if step.may_end || !step.is_known { Self::at_once() } else { Self::failed() };
        for follower in step.followers.iter().filter(|follower| flow.component[**follower] != component) {
            after = self.either(&after, &told[*follower]);
        }
        if !step.is_known {
            after.maximum = Self::nothing_known();
        }
        after
    }

    /// One of two ways.
    fn either(&mut self, a: &All, b: &All) -> All {
        All {
            maximum: self.tallies.combine(&a.maximum, &b.maximum, longer),
            minimum: self.tallies.combine(&a.minimum, &b.minimum, shorter),
            unavoidable: self.tallies.combine(&a.unavoidable, &b.unavoidable, shorter),
        }
    }

    /// One after the other.
    fn sum(&mut self, a: &Cases, b: &Cases) -> Cases {
        self.tallies.combine(a, b, Tallies::plus)
    }

    /// A state alone.
    fn own(&mut self, index: usize) -> All {
        let machine = self.machine;
        let state = &machine.states[index];
        let mut own = match &state.kind {
            StateKind::Task(_) => {
                let timeout = self.counted(&(self.task)(index), index);
                All { unavoidable: at_least(&timeout), maximum: timeout, minimum: nothing() }
            }
            StateKind::Wait(seconds_of) => {
                let wait = self.counted(&seconds(self.names, seconds_of, None), index);
                All { minimum: at_least(&wait), maximum: wait, unavoidable: nothing() }
            }
            StateKind::Parallel(levels) => {
                let mut all = Self::at_once();
                for level in levels {
                    let branch = self.level(*level);
                    all = All {
                        maximum: self.tallies.combine(&all.maximum, &branch.maximum, longer),
                        minimum: self.tallies.combine(&all.minimum, &branch.minimum, longer),
                        unavoidable: self.tallies.combine(&all.unavoidable, &branch.unavoidable, longer),
                    };
                }
                all
            }
            // There may be no item, and then it takes no time; else at least one.
            StateKind::Map(map) => {
                let mut maximum = if map.levels.is_empty() { Self::nothing_known() } else { nothing() };
                for level in &map.levels {
                    let item = self.level(*level);
                    maximum = self.tallies.combine(&maximum, &item.maximum, longer);
                }
                All { maximum, ..Self::at_once() }
            }
            StateKind::Choice { .. } | StateKind::Pass | StateKind::Succeed | StateKind::Fail => {
                Self::at_once()
            }
            StateKind::Unknown => Self::unknown(),
        };
        own.maximum = self.with_retries(state, index, own.maximum);
        own
    }

    /// As often as a state is tried, with what is waited between.
    fn with_retries(&mut self, state: &State, index: usize, once: Cases) -> Cases {
        let Listed { items, is_known, .. } = &state.retriers;
        if !is_known || items.iter().any(|(guard, _)| *guard != Guard::ALWAYS) {
            return Self::nothing_known();
        }
        let mut tries = nothing();
        let mut backoffs = nothing();
        for (_, retrier) in items {
            let attempts = cases(&seconds(self.names, &retrier.attempts, Some(MAX_ATTEMPTS)));
            let interval = cases(&seconds(self.names, &retrier.interval, Some(RETRY_INTERVAL)));
            let pauses = pauses(self.names, retrier);
            let backoff = self.tallies.combine(&attempts, &interval, |_, attempts, interval| {
                let known = attempts.seconds.zip(interval.seconds).zip(pauses);
                let sum = known.and_then(|((attempts, interval), pauses)| pauses.sum(interval, attempts));
                Tally { seconds: sum, ..attempts }
            });
            tries = self.sum(&tries, &attempts);
            backoffs = self.sum(&backoffs, &backoff);
        }
        if items.is_empty() {
            return once;
        }
        let all = self.tallies.combine(&once, &tries, |_, once, tries| {
            let times =
                |seconds: i64| tries.seconds.map(|more| seconds.saturating_mul(more.saturating_add(1)));
            Tally {
                seconds: once.seconds.and_then(times).filter(|all| *all <= LONGEST),
                ..once.through_too(tries)
            }
        });
        self.tallies.combine(&all, &backoffs, |tallies, all, backoff| {
            let sum = all.seconds.zip(backoff.seconds).map(|(all, backoff)| all.saturating_add(backoff));
            let sum = sum.filter(|sum| *sum <= LONGEST);
            let sum = Tally { seconds: sum, ..all.through_too(backoff) };
            if all.link.is_some() { sum } else { tallies.of_state(sum, index) }
        })
    }

    fn counted(&mut self, amounts: &[Amount], state: usize) -> Cases {
        let cases = cases(amounts);
        cases.into_iter().map(|tally| self.tallies.of_state(tally, state)).collect()
    }

    /// What came out in each case; what never ends well takes no time that could be told.
    fn told(&self, cases: &Cases, guard: Guard) -> Vec<Case> {
        let told = cases.iter().map(|tally| {
            let seconds = if tally.seconds == Some(NEVER) { Some(0) } else { tally.seconds };
            let states = seconds.map_or_else(Vec::new, |_| self.tallies.states(*tally));
            let guard = self.tallies.guards.and(guard, tally.guard);
            Case { amount: Amount { guard, seconds, through: tally.through }, states }
        });
        told.collect()
    }

    /// Nothing is known: it may be over at once, or go on for ever.
    fn unknown() -> All {
        All { maximum: Self::nothing_known(), minimum: nothing(), unavoidable: nothing() }
    }

    fn at_once() -> All {
        All { maximum: nothing(), minimum: nothing(), unavoidable: nothing() }
    }

    /// There is no way to success.
    fn failed() -> All {
        let never = Cases::from([Tally::always(Some(NEVER))]);
        All { maximum: nothing(), minimum: never.clone(), unavoidable: never }
    }

    fn nothing_known() -> Cases {
        smallvec![Tally::always(None)]
    }
}

/// No time at all.
fn nothing() -> Cases {
    smallvec![Tally::always(Some(0))]
}

/// What is not known takes no time at least.
fn at_least(cases: &Cases) -> Cases {
    cases.iter().map(|tally| Tally { seconds: tally.seconds.or(Some(0)), ..*tally }).collect()
}

/// The longer of two; what is not known may be longer than anything.
fn longer(_: &mut Tallies<'_>, a: Tally, b: Tally) -> Tally {
    if a.seconds.is_none() || b.seconds.is_some_and(|b| a.seconds.is_some_and(|a| a >= b)) { a } else { b }
}

fn shorter(_: &mut Tallies<'_>, a: Tally, b: Tally) -> Tally {
    if a.seconds <= b.seconds { a } else { b }
}

fn cases(amounts: &[Amount]) -> Cases {
    let tally = |amount: &Amount| Tally {
        guard: amount.guard,
        through: amount.through,
        ..Tally::always(amount.seconds.filter(|seconds| (0..=LONGEST).contains(seconds)))
    };
    amounts.iter().map(tally).collect()
}

/// The whole seconds that a field states, case by case; `default` where it states none.
fn seconds(names: &Names, field: &Field, default: Option<i64>) -> Vec<Amount> {
    let Some(val) = &field.val else {
        return vec![Amount { guard: Guard::ALWAYS, seconds: None, through: None }];
    };
    Amount::of(names, val, default)
}

impl Amount {
    /// The whole seconds that a value is, case by case; `default` where it is absent.
    pub(crate) fn of(names: &Names, val: &Val, default: Option<i64>) -> Vec<Self> {
        let amount = |(guard, alt): &(Guard, Alt)| {
            let (seconds, through) = match alt {
                Alt::Absent { .. } => (default, None),
                Alt::Scalar { text, through, .. } => (whole(names.text(*text)), *through),
                Alt::OneOf { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => (None, None),
            };
            Self { guard: *guard, seconds, through }
        };
        val.alternatives.iter().map(amount).collect()
    }
}

fn whole(text: &str) -> Option<i64> {
    let number: f64 = text.trim().parse().ok()?;
    (number.fract() == 0.0 && number.abs() <= float(LONGEST)).then_some(number as i64)
}

/// A number that is no greater than [`LONGEST`].
fn float(number: i64) -> f64 {
    i32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// How the pauses between attempts grow.
#[derive(Clone, Copy)]
struct Pauses {
    rate: f64,
    longest: Option<i64>,
}

fn pauses(names: &Names, retrier: &Retrier) -> Option<Pauses> {
    let rate = match retrier.rate.val.as_ref()?.only()? {
        Alt::Absent { .. } => float(BACKOFF_RATE),
        Alt::Scalar { text, .. } => names.text(*text).trim().parse().ok()?,
        _ => return None,
    };
    let longest = match retrier.longest.val.as_ref()?.only()? {
        Alt::Absent { .. } => None,
        Alt::Scalar { text, .. } => Some(whole(names.text(*text))?),
        _ => return None,
    };
    (rate.is_finite() && rate >= 1.0).then_some(Pauses { rate, longest })
}

impl Pauses {
    /// All pauses together, the first of which is `interval`. `None` beyond what is told of.
    fn sum(self, interval: i64, attempts: i64) -> Option<i64> {
        let (first, count) = (float(interval), float(attempts));
        let most = self.longest.map_or(f64::INFINITY, float);
        let sum = if first >= most {
            count * most
        } else if self.rate <= 1.0 || first == 0.0 {
            count * first
        } else {
            // So many pauses grow; those after them are the longest.
            let growing = ((most / first).ln() / self.rate.ln()).ceil().min(count);
            let grown = first * (self.rate.powf(growing) - 1.0) / (self.rate - 1.0);
            if growing < count { grown + (count - growing) * most } else { grown }
        };
        (sum <= float(LONGEST)).then_some(sum.round() as i64)
    }
}

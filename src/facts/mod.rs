//! A fact is a number of AWS that rules rest on, with its unit, its source and the day on which it was checked; beside
//! them stand the dates of Lambda's runtimes. `facts.toml` holds them all, and the build makes constants of it.

use std::collections::BTreeMap;

use crate::date::Date;
use crate::spelling;

#[expect(clippy::unreadable_literal, reason = "a program has written them")]
mod table {
    //! What the build has made of `facts.toml`.

    use super::{Fact, Runtime};
    use crate::date::Date;

    include!(concat!(env!("OUT_DIR"), "/facts.rs"));
}

/// A number of AWS.
#[derive(Debug, PartialEq, Eq)]
pub struct Fact {
    /// `lambda-timeout-default`.
    pub name: &'static str,
    /// The same as rules write it: `LambdaTimeoutDefault`.
    pub key: &'static str,
    /// What it is a number of.
    pub about: &'static str,
    /// The number.
    pub value: i64,
    /// `s`, `MB`, `records`.
    pub unit: &'static str,
    /// The page of AWS that says so.
    pub source: &'static str,
    /// The day on which somebody last looked.
    pub checked: Date,
    /// Whether an account can have it raised.
    pub is_raisable: bool,
}

/// A runtime of Lambda, and the days on which it ends.
#[derive(Debug, PartialEq, Eq)]
pub struct Runtime {
    /// `python3.9`.
    pub id: &'static str,
    /// `python`.
    pub family: &'static str,
    /// The family's newest runtime.
    pub newest: &'static str,
    /// From that day on it gets no security patches.
    pub deprecated: Date,
    /// From that day on no function can be created with it.
    pub blocks_create: Date,
    /// From that day on no function with it can be updated.
    pub blocks_update: Date,
}

/// How far a runtime has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is patched.
    Supported,
    /// It is patched no more.
    Deprecated,
    /// And no function can be created with it.
    CreateBlocked,
    /// And no function with it can be updated.
    UpdateBlocked,
}

/// The page of AWS that has the dates of the runtimes.
pub const RUNTIMES_SOURCE: &str = table::RUNTIMES_SOURCE;

/// All facts, in the order of the file.
pub fn all() -> &'static [Fact] {
    table::FACTS
}

/// All runtimes, family by family.
pub fn runtimes() -> &'static [Runtime] {
    table::RUNTIMES
}

/// The day on which the table was checked as a whole.
pub fn checked() -> Date {
    table::CHECKED
}

/// The fact of that name.
///
/// # Errors
///
/// There is none; the name that is spelt most like it, if any is near.
pub fn named(name: &str) -> Result<&'static Fact, Option<&'static str>> {
    nearest_of(name, all().iter())
}

/// The fact of that name that an account can have raised.
///
/// # Errors
///
/// As [`named`].
pub fn raisable(name: &str) -> Result<&'static Fact, Option<&'static str>> {
    nearest_of(name, all().iter().filter(|fact| fact.is_raisable))
}

fn nearest_of(
    name: &str,
    known: impl Iterator<Item = &'static Fact> + Clone,
) -> Result<&'static Fact, Option<&'static str>> {
    let found = known.clone().find(|fact| fact.name == name);
    found.ok_or_else(|| spelling::nearest(name, known.map(|fact| fact.name)))
}

/// The number of the fact of that name, for constants: a name that is not in the table ends the build.
pub(crate) const fn number(name: &str) -> i64 {
    let mut at = 0;
    while at < table::FACTS.len() {
        if is_same(table::FACTS[at].name, name) {
            return table::FACTS[at].value;
        }
        at += 1;
    }
    panic!("facts.toml has no fact of that name")
}

// `==` of texts is not for constants yet.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

impl Runtime {
    /// How far it has come on a day.
    pub fn phase(&self, day: Date) -> Phase {
        // Of some old ones creation was blocked before they were deprecated.
        if day >= self.blocks_update {
            Phase::UpdateBlocked
        } else if day >= self.blocks_create {
            Phase::CreateBlocked
        } else if day >= self.deprecated {
            Phase::Deprecated
        } else {
            Phase::Supported
        }
    }
}

impl Phase {
    /// The name that rules use: `create-blocked`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Deprecated => "deprecated",
            Self::CreateBlocked => "create-blocked",
            Self::UpdateBlocked => "update-blocked",
        }
    }
}

/// The facts as they hold for an account: those of the table, but for the quotas that it has had raised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits(BTreeMap<&'static str, i64>);

impl Limits {
    /// Has a quota raised.
    pub fn raise(&mut self, fact: &'static Fact, value: i64) {
        self.0.insert(fact.name, value);
    }

    /// Takes over what `nearer` has raised.
    pub fn extend(&mut self, nearer: &Self) {
        self.0.extend(&nearer.0);
    }

    /// What holds for the account.
    pub fn of(&self, fact: &Fact) -> i64 {
        self.0.get(fact.name).copied().unwrap_or(fact.value)
    }
}

/// What a run takes for granted: the day, and what the account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The day that dates are held against.
    pub as_of: Date,
    /// The quotas of the account.
    pub limits: Limits,
}

impl Default for Circumstances {
    /// The day of the table, so that no report depends on the clock.
    fn default() -> Self {
        Self { as_of: checked(), limits: Limits::default() }
    }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::*;

    #[test]
    fn every_fact_has_a_name_of_its_own_a_unit_and_a_source() {
        let mut names = FxHashSet::default();
        for fact in all() {
            assert!(names.insert(fact.name), "{} is there twice", fact.name);
            assert!(!fact.about.is_empty() && !fact.unit.is_empty() && !fact.source.is_empty(), "{fact:?}");
            assert!(fact.value >= 0, "{fact:?}");
        }
        assert!(names.len() > 50);
    }

    #[test]
    fn a_fact_is_found_by_its_name_or_the_nearest_is_told() {
        assert_eq!(named("lambda-timeout-default").map(|fact| fact.value), Ok(3));
        assert_eq!(named("lambda-timeout-max").map(|fact| fact.key), Ok("LambdaTimeoutMax"));
        assert_eq!(named("lambda-timout-max"), Err(Some("lambda-timeout-max")));
        assert_eq!(named("nothing"), Err(None));
        assert!(raisable("lambda-timeout-max").is_err() && raisable("rest-integration-timeout").is_ok());
        assert_eq!(number("lambda-memory-default"), 128);
    }

    #[test]
    fn every_familys_newest_runtime_is_one_that_is_supported() {
        for runtime in runtimes() {
            let newest = runtimes().iter().find(|other| other.id == runtime.newest).unwrap();
            assert_eq!(newest.phase(checked()), Phase::Supported, "{runtime:?}");
            assert_eq!(newest.family, runtime.family);
        }
    }

    #[test]
    fn a_runtime_goes_from_phase_to_phase() {
        let runtime = runtimes().iter().find(|runtime| runtime.id == "nodejs22.x").unwrap();
        for (day, phase) in [
            ("2027-04-29", "supported"),
            ("2027-04-30", "deprecated"),
            ("2027-06-01", "create-blocked"),
            ("2027-07-01", "update-blocked"),
        ] {
            assert_eq!(runtime.phase(day.parse().unwrap()).as_str(), phase, "{day}");
        }
    }

    #[test]
    fn what_an_account_has_raised_holds_in_place_of_the_tables() {
        let fact = named("rest-integration-timeout").unwrap();
        let mut limits = Limits::default();
        assert_eq!(limits.of(fact), 29_000);
        let mut nearer = Limits::default();
        nearer.raise(fact, 60_000);
        limits.extend(&nearer);
        assert_eq!(limits.of(fact), 60_000);
    }
}

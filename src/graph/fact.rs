//! A fact is something that rules ask of a vertex or an edge: a property, or what was worked out from several places.

use crate::names::Name;
use crate::template::{Guard, Origin, Val, ValueId};

use super::{Edge, Vertex};

/// Something that rules ask of a vertex or an edge.
pub(crate) enum Fact {
    /// A property of the resource, with the service's default where it is absent.
    Setting {
        /// The name that rules use.
        name: &'static str,
        /// The map that the path starts in; `None` when there is not even that.
        base: Option<ValueId>,
        /// Keys and list indices from there.
        path: &'static [&'static str],
        /// What the value is read as.
        shape: Shape,
        /// What it is where it is absent.
        default: Default,
        /// Where an absent value would be written.
        origin: Origin,
    },
    /// A value that is resolved already: one of a definition, whose placeholders are filled.
    Resolved {
        /// The name that rules use.
        name: &'static str,
        /// What it can be.
        val: Val,
        /// What the value is read as.
        shape: Shape,
        /// What it is where it is absent.
        default: Default,
        /// Where it stands.
        origin: Origin,
    },
    /// Worked out from several places.
    Derived {
        /// The name that rules use.
        name: &'static str,
        /// The value.
        value: Plain,
        /// The place that shows it best.
        origin: Origin,
    },
    /// Worked out from several places, case by case; unknown in the cases that neither guard has.
    Claim {
        /// The name that rules use.
        name: &'static str,
        /// When it is so.
        holds: Guard,
        /// When it is not.
        fails: Guard,
        /// The place that shows it best.
        origin: Origin,
    },
    /// A list of texts, worked out from several places.
    Words {
        /// The name that rules use.
        name: &'static str,
        /// When each is in it, and the place that shows it; `None` where the list cannot be told.
        words: Option<Vec<(Guard, Name, Origin)>>,
        /// The place of the list.
        origin: Origin,
    },
    /// Several things of one sort: the filters of a mapping.
    List {
        /// The name that rules use.
        name: &'static str,
        /// Each with facts of its own.
        items: Vec<Item>,
        /// The place that shows all of them.
        origin: Origin,
    },
}

/// One thing in a list of facts.
pub(crate) struct Item {
    /// When it is one of them.
    pub guard: Guard,
    /// The place that shows it best.
    pub origin: Origin,
    /// What rules ask of it.
    pub facts: Vec<Fact>,
}

/// What a setting's value is read as: CloudFormation takes `"30"` for 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An integer.
    Integer,
    /// A truth value.
    Boolean,
    /// A text.
    Text,
    /// Whatever is written, collections included.
    AsWritten,
}

/// What a setting is where the template leaves it out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Default {
    /// The service's default.
    Value(Plain),
    /// There is none: the setting is missing.
    Missing,
    /// `Globals` of a template that this is a part of may set it.
    Elsewhere,
    /// It depends on something that is not to be seen here: the service that a mapping reads from.
    Unknown,
}

/// A value that the graph knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plain {
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text of the linter's own.
    Text(&'static str),
    /// A text of the template.
    Name(Name),
    /// It cannot be told.
    Unknown,
}

impl Plain {
    /// What every case says; unknown where one does not tell, or two differ.
    pub(super) fn agreed(cases: impl IntoIterator<Item = Option<bool>>) -> Self {
        let mut cases = cases.into_iter();
        let first = cases.next().flatten();
        first.filter(|_| cases.all(|case| case == first)).map_or(Self::Unknown, Self::Bool)
    }
}

impl Fact {
    /// The name that rules use.
    fn name(&self) -> &'static str {
        match self {
            Self::Setting { name, .. }
            | Self::Resolved { name, .. }
            | Self::Derived { name, .. }
            | Self::Claim { name, .. }
            | Self::Words { name, .. }
            | Self::List { name, .. } => name,
        }
    }

    /// The fact of a name, where there is one.
    pub(super) fn named<'f>(facts: &'f [Self], wanted: &str) -> Option<&'f Self> {
        facts.iter().find(|fact| fact.name() == wanted)
    }

    /// What was concluded under a name, where something was.
    fn concluded<'f>(facts: &'f [Self], wanted: &str) -> Option<&'f Plain> {
        match Self::named(facts, wanted)? {
            Self::Derived { value, .. } => Some(value),
            Self::Setting { .. }
            | Self::Resolved { .. }
            | Self::Claim { .. }
            | Self::Words { .. }
            | Self::List { .. } => None,
        }
    }
}

impl Vertex {
    /// What was concluded of it under a name, where something was.
    pub(super) fn concluded(&self, wanted: &str) -> Option<&Plain> {
        Fact::concluded(&self.facts, wanted)
    }

    /// The text of the template that a conclusion is.
    pub(super) fn name_in(&self, wanted: &str) -> Option<Name> {
        match self.concluded(wanted)? {
            Plain::Name(text) => Some(*text),
            Plain::Bool(_) | Plain::Int(_) | Plain::Text(_) | Plain::Unknown => None,
        }
    }

    /// When a claim holds, and when it does not.
    pub(super) fn claim(&self, wanted: &str) -> Option<(Guard, Guard)> {
        match Fact::named(&self.facts, wanted)? {
            Fact::Claim { holds, fails, .. } => Some((*holds, *fails)),
            Fact::Derived { .. }
            | Fact::Setting { .. }
            | Fact::Resolved { .. }
            | Fact::Words { .. }
            | Fact::List { .. } => None,
        }
    }
}

impl Edge {
    /// What was concluded of it under a name, where something was.
    pub(super) fn concluded(&self, wanted: &str) -> Option<&Plain> {
        Fact::concluded(&self.facts, wanted)
    }
}

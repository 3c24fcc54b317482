//! What a value can be, once it is resolved.

use smallvec::{SmallVec, smallvec};

use crate::names::Name;

use crate::source::Location;

use super::Origin;
use super::condition::Guard;
use super::value::ValueId;

/// A value as guarded alternatives. The guards exclude each other and cover all cases; one alternative under
/// [`Guard::ALWAYS`] is the normal case.
#[derive(Clone, Debug)]
pub(crate) struct Val {
    /// At most [`Val::MOST_ALTERNATIVES`]; a value with more is unknown.
    pub alternatives: SmallVec<[(Guard, Alt); 1]>,
}

impl Val {
    /// Past this many alternatives a value is unknown.
    pub(crate) const MOST_ALTERNATIVES: usize = 16;

    /// One alternative that always holds.
    pub(crate) fn always(alt: Alt) -> Self {
        Self { alternatives: smallvec![(Guard::ALWAYS, alt)] }
    }

    /// The alternative, where there is only one.
    pub(crate) fn only(&self) -> Option<&Alt> {
        match &self.alternatives[..] {
            [(_, alt)] => Some(alt),
            _ => None,
        }
    }
}

/// One alternative. Collections are resolved one level at a time: their members are values again.
#[derive(Clone, Debug)]
pub(crate) enum Alt {
    /// Not there: `AWS::NoValue`, or a key that is not written.
    Absent {
        /// The property whose branch is `AWS::NoValue`, or the narrowest construct that the key belongs in.
        at: Origin,
    },
    /// A known scalar.
    Scalar {
        /// Its text.
        text: Name,
        /// Whether its spelling decides its type (plain) or it is a text.
        is_plain: bool,
        /// Where the text stands: the property, or the mapping's row. That of a parameter, or of another stack, stands
        /// where it is referred to.
        origin: Origin,
        /// The parameter that this comes through.
        through: Option<Through>,
    },
    /// One of a parameter's `AllowedValues`; which one is the deployer's choice.
    OneOf {
        /// The parameter.
        parameter: Name,
        /// The texts.
        values: Vec<Name>,
    },
    /// A list, whose items are to be resolved.
    List(ValueId),
    /// A map, whose values are to be resolved.
    Map(ValueId),
    /// A reference to a resource of this template: `Ref` has no attribute.
    Resource {
        /// Logical id.
        id: Name,
        /// `Arn`.
        attribute: Option<Name>,
    },
    /// A text of which some pieces are known: an ARN around a resource, a name with the stack's name in it.
    Text(Vec<TextPart>),
    /// Not known before deployment.
    Unknown(Unknown),
}

/// The parameter that a value comes through. `AWS::Region` is one, also for what it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Through {
    /// The parameter.
    pub parameter: Name,
    /// What sets it.
    pub by: SetBy,
    /// Whether it decides what the value is and is not the value itself: it chooses a mapping's row, or as the
    /// region the partition.
    pub decides: bool,
    /// Where a stack that nests the one at hand hands it down.
    pub passed: Option<Passed>,
}

/// Where a stack hands a value down to one that it nests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Passed {
    /// The nested stack's parameter.
    pub parameter: Name,
    /// The value, or what decides it.
    pub at: Location,
}

/// What sets a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SetBy {
    /// Its `Default`, which a deployment may override.
    Default,
    /// What is given for the deployment: that is how it will be.
    Given,
    /// The stack that nests the one that has the parameter.
    Parent,
    /// Its `Default`, where the stack that nests the one that has it passes nothing: that is how it will be.
    Unpassed,
}

impl SetBy {
    /// Whether the deployment may have another value.
    pub(crate) fn is_overridable(self) -> bool {
        match self {
            Self::Default => true,
            Self::Given | Self::Parent | Self::Unpassed => false,
        }
    }
}

impl Through {
    /// The value of a parameter, or a part of it.
    pub(super) fn value(parameter: Name, by: SetBy) -> Self {
        Self { parameter, by, decides: false, passed: None }
    }

    /// What a parameter decides.
    pub(super) fn decided(self) -> Self {
        Self { decides: true, ..self }
    }

    /// What a value rests on that rests on both: rather what may be overridden, and the first of two alike.
    pub(super) fn both(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        let is_overridable = |through: &Self| through.by.is_overridable();
        a.filter(is_overridable).or(b.filter(is_overridable)).or(a).or(b)
    }
}

/// A piece of a partly known text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextPart {
    /// Known.
    Known(Name),
    /// `${Resource}` or `${Resource.Attribute}`.
    Resource {
        /// Logical id.
        id: Name,
        /// Attribute.
        attribute: Option<Name>,
    },
    /// A pseudo parameter: `AWS::Region`.
    Pseudo(Name),
    /// Anything else.
    Unknown(Unknown),
}

/// Why a value is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// A parameter without a default, or one that SSM fills.
    Parameter(Name),
    /// Another stack's export.
    Import,
    /// `{{resolve:…}}`.
    DynamicReference,
    /// A pseudo parameter.
    Pseudo(Name),
    /// Something cut from a parameter or pseudo parameter, or made of it.
    PartOf(Name),
    /// A mapping's row that depends on something unknown.
    Mapping,
    /// A row that the mapping does not have: where it is asked for nothing is deployed.
    NoRow,
    /// A macro writes here.
    Macro,
    /// The availability zones of a region, a list of at least one: `Fn::GetAZs` names those with a default
    /// subnet.
    Zones,
    /// A name that nothing in this file defines.
    Undefined(Name),
    /// A function that nothing here evaluates, or one with arguments of the wrong shape.
    Function,
    /// More alternatives than are followed.
    TooMany,
    /// Stacks that hand it to one another in a circle.
    Circular,
}

impl Unknown {
    /// Why a part of this is unknown: a part of a parameter is not that parameter.
    pub(super) fn in_part(self) -> Self {
        match self {
            Self::Parameter(name) | Self::Pseudo(name) => Self::PartOf(name),
            Self::Zones => Self::Function,
            Self::PartOf(_)
            | Self::Import
            | Self::DynamicReference
            | Self::Mapping
            | Self::NoRow
            | Self::Circular
            | Self::Macro
            | Self::Undefined(_)
            | Self::Function
            | Self::TooMany => self,
        }
    }
}

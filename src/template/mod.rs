//! A template is a CloudFormation document understood: its sections, its intrinsics in one spelling, its
//! parameters, mappings and conditions, and every value with the place where the author wrote it.

mod alternative;
mod condition;
mod equality;
mod evaluate;
mod folder;
mod follow;
mod fragment;
mod include;
mod intrinsic;
mod known;
mod lookup;
mod loops;
mod origin;
mod read;
mod resolve;
mod search;
mod section;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod words;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

pub(crate) use alternative::{Alt, TextPart, Unknown, Val};
pub(crate) use condition::{Guard, Guards, Literal};
pub(crate) use folder::Folder;
pub(crate) use origin::{Origin, OriginKind};
pub(crate) use resolve::Resolver;
pub(crate) use value::{Call, Data, Entry, SubPart, ValueId, Values};

use crate::document::Document;
use crate::names::{Name, Names};
use crate::source::Source;

/// A map that keeps the author's order.
pub(crate) type NameMap<T> = IndexMap<Name, T, FxBuildHasher>;

/// A template's sections, still with intrinsics, before or after the SAM transform: both have this one shape.
pub(crate) struct Template {
    /// The files it was read from; the first is the template, the rest were named by it.
    pub sources: Vec<Source>,
    /// Where files that the template names are read from.
    pub folder: Folder,
    /// Every string.
    pub names: Names,
    /// Every value.
    pub values: Values,
    /// The interned condition formulas.
    pub guards: Guards,
    /// The `Transform` section's names, in order; a transform given as a map has its `Name` here.
    pub transforms: Vec<Name>,
    /// The `Globals` section.
    pub globals: Option<ValueId>,
    /// The `Parameters` section.
    pub parameters: NameMap<Parameter>,
    /// The `Mappings` section: map, top-level key, second-level key, value.
    pub mappings: NameMap<NameMap<NameMap<ValueId>>>,
    /// The `Conditions` section.
    pub conditions: NameMap<ValueId>,
    /// The `Resources` section.
    pub resources: NameMap<Resource>,
    /// The `Outputs` section.
    pub outputs: Option<ValueId>,
    /// Loops and includes that could not be expanded and stay as they are.
    pub unexpanded: Vec<Flaw>,
    has_open_resources: bool,
    is_open: bool,
    is_fragment: bool,
}

/// One entry of `Resources`.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// `AWS::SQS::Queue`.
    pub type_name: Name,
    /// The `Properties` map, if there is one.
    pub properties: Option<ValueId>,
    /// The name in `Condition`.
    pub condition: Option<Name>,
    /// Every other attribute as written: `DependsOn`, `DeletionPolicy`, `Metadata`, `IgnoreGlobals` …
    pub attributes: NameMap<ValueId>,
    /// Where the author would act on this resource: its logical id as key, its body as value.
    pub origin: Origin,
    /// The resource that the author wrote, when the SAM transform made this one from it.
    pub made_by: Option<Name>,
    /// The type that the author wrote: a SAM type where the transform put this resource in its place.
    pub written_as: Name,
    /// Whether `Globals` lends to it: a SAM resource that does not ignore them.
    pub takes_globals: bool,
    /// The type of the SAM event that made it (`Kinesis`): what it reads from, even where the source itself is
    /// defined elsewhere.
    pub event: Option<Name>,
}

/// One entry of `Parameters`.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// `String`, `Number`, `CommaDelimitedList`, `AWS::SSM::Parameter::Value<String>` …
    pub type_name: Name,
    /// `Default`.
    pub default: Option<ValueId>,
    /// `AllowedValues`, as their texts; empty when there is none.
    pub allowed: Vec<Name>,
    /// `NoEcho: true`: its value is never printed.
    pub is_secret: bool,
    /// The entry.
    pub origin: Origin,
}

/// Why a document is not a template that can be read; each is a finding at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// The place.
    pub location: crate::source::Location,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
}

impl Template {
    /// Understands a document. A section of the wrong shape is a flaw, and counts as empty.
    pub(crate) fn read(source: Source, document: &Document, folder: Folder) -> (Self, Vec<Flaw>) {
        section::read(source, document, folder)
    }

    /// Whether the file is a part of an application and not a whole template (`rules.md` T10): it has SAM
    /// resources but no SAM transform, or refers to a logical id that nothing defines. Decided once, on the
    /// template as it was written.
    pub(crate) fn is_fragment(&self) -> bool {
        self.is_fragment
    }

    /// Whether a transform that we cannot follow runs over the whole template, so that nothing in it is
    /// known to be absent.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether there may be resources that are not in [`Template::resources`]: a transform runs over the whole
    /// template, or a macro or a loop (`Fn::ForEach`) stands in `Resources`. That nobody uses a resource is
    /// not known then; what a resource itself lacks is.
    pub(crate) fn has_open_resources(&self) -> bool {
        self.is_open || self.has_open_resources
    }
}

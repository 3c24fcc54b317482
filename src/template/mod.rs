//! A template is a CloudFormation document understood: its sections, its intrinsics in one spelling, its
//! parameters, mappings and conditions, and every value with the place where the author wrote it.

mod alternative;
mod bounds;
mod cdk;
mod condition;
mod cut;
mod declaration;
mod definition;
mod deployment;
mod equality;
mod evaluate;
mod folder;
mod follow;
mod fragment;
mod handed;
mod include;
mod intrinsic;
mod known;
mod lookup;
mod loops;
mod origin;
mod piecewise;
mod read;
mod resolve;
mod search;
mod section;
mod sequence;
mod stack;
mod take_in;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod words;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

pub(crate) use alternative::{Alt, SetBy, TextPart, Through, Unknown, Val};
pub(crate) use bounds::Bounds;
pub(crate) use cdk::construct_of_path;
pub(crate) use condition::{Guard, Guards, Literal};
pub(crate) use definition::{Definition, DefinitionFile};
pub(crate) use deployment::{Deployment, shortened};
pub(crate) use evaluate::{is_filled_by_ssm, is_list};
use folder::shown_beside;
pub(crate) use folder::{Folder, Named};
pub(crate) use fragment::Lack;
use handed::Handovers;
pub(crate) use origin::{Origin, OriginKind};
pub(crate) use resolve::Resolver;
pub(crate) use stack::{Nested, Stack};
pub(crate) use take_in::Beside;
pub(crate) use value::{Call, Data, Entry, SubPart, ValueId, Values};

use deployment::Pseudo;

use crate::document::Document;
use crate::names::{Name, Names};
use crate::source::{FileId, Location, Source};

/// A map that keeps the author's order.
pub(crate) type NameMap<T> = IndexMap<Name, T, FxBuildHasher>;

/// A template's sections, still with intrinsics, before or after the SAM transform: both have this one shape.
pub(crate) struct Template {
    /// The files it was read from: the template, or its parts; what these include; the same for each stack that was
    /// taken in; then the files that are definitions.
    pub sources: Vec<Source>,
    /// Where what each of the files names is read from.
    folders: Vec<Folder>,
    /// For each of the files the template's own file that names it, which is itself for those.
    named_by: Vec<FileId>,
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
    /// The `Conditions` section.
    pub conditions: NameMap<ValueId>,
    /// The `Rules` section.
    pub rules: NameMap<ValueId>,
    /// The `Resources` section.
    pub resources: NameMap<Resource>,
    /// What else the template says, and what is true of it as a whole.
    pub own: Stack,
    /// The stacks of other templates that were taken in, in the order of their files.
    taken_in: Vec<Stack>,
    /// What the stacks hand to one another.
    handovers: Handovers,
    /// Resources that two files of one application both define: the place that counts for nothing, and the other.
    pub redefined: Vec<(Location, Location)>,
    /// Loops and includes that could not be expanded and stay as they are.
    pub unexpanded: Vec<Flaw>,
    pseudo: Pseudo,
    /// The definitions of state machines and APIs, once they are read.
    definitions: NameMap<Vec<Definition>>,
    definition_files: Vec<DefinitionFile>,
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
    /// The SAM event that made it.
    pub event: Option<SamEvent>,
}

/// An entry of `Events`: what a function reads from, or is called by, even where that itself is defined elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SamEvent {
    /// What the author calls it.
    pub name: Name,
    /// `Kinesis`.
    pub type_name: Name,
    /// The `Properties` map, if there is one.
    pub properties: Option<ValueId>,
}

/// One entry of `Parameters`.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// `String`, `Number`, `CommaDelimitedList`, `AWS::SSM::Parameter::Value<String>` …
    pub type_name: Name,
    /// `Default`.
    pub default: Option<ValueId>,
    /// What is given for it; never for a secret, nor for what SSM fills in.
    pub given: Option<ValueId>,
    /// `AllowedValues`, as their texts; empty when there is none.
    pub allowed: Vec<Name>,
    /// What else is certain of its values.
    pub bounds: Bounds,
    /// `NoEcho: true`: its value is never printed.
    pub is_secret: bool,
    /// What the stack that nests this one hands down for it: its own `Default` where that is nothing.
    pub passed: Option<ValueId>,
    /// The entry.
    pub origin: Origin,
}

impl Parameter {
    /// What it is set to, and by whom: what is given beats `Default`.
    pub(crate) fn setting(&self) -> Option<(ValueId, SetBy)> {
        let given = self.given.map(|value| (value, SetBy::Given));
        given.or(self.default.map(|value| (value, SetBy::Default)))
    }
}

/// A file of a template.
pub(crate) struct Part<'d> {
    /// The file.
    pub source: Source,
    /// What is in it.
    pub document: &'d Document,
    /// Where what it names is read from.
    pub folder: Folder,
}

/// Why a document is not a template that can be read; each is a finding at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// The place.
    pub location: Location,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
}

impl Template {
    /// Understands a document, as it will be deployed. A section of the wrong shape is a flaw, and counts as empty.
    pub(crate) fn read(
        source: Source,
        document: &Document,
        folder: Folder,
        deployment: &Deployment,
    ) -> (Self, Vec<Flaw>) {
        Self::merge(vec![Part { source, document, folder }], deployment)
    }

    /// The same for one application that is kept in several files, of which there is one at least, as the one
    /// template that is made of them: the sections are joined, and what two files define is the later one's.
    pub(crate) fn merge(parts: Vec<Part<'_>>, deployment: &Deployment) -> (Self, Vec<Flaw>) {
        section::read(parts, deployment)
    }

    /// Where the files are read from that one of the sources names. What the template includes names files as the
    /// template itself does.
    pub(crate) fn folder_of(&self, file: FileId) -> &Folder {
        &self.folders[file.0 as usize]
    }

    /// The path that reports show of a file that one of the sources names.
    pub(crate) fn shown_beside(&self, file: FileId, location: &str) -> String {
        let by = self.named_by[file.0 as usize];
        shown_beside(self.sources[by.0 as usize].path(), location)
    }
}

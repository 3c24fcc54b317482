//! A stack is what one template deploys. A template that nests others, or shares exports with them, describes
//! several: its own, and those that it has taken in.

use crate::names::Name;
use crate::source::FileId;

use super::{Lack, NameMap, Origin, Template, ValueId};

/// What is true of one stack as a whole, and of no other in the same [`Template`].
pub(crate) struct Stack {
    /// The first of its files: its template. Those that follow, up to the next stack's, were named by it.
    pub file: FileId,
    /// The `Mappings` section: map, top-level key, second-level key, value.
    pub mappings: NameMap<NameMap<NameMap<ValueId>>>,
    /// The `Outputs` section.
    pub outputs: Option<ValueId>,
    /// The resource that deploys it, for a nested stack.
    pub nested: Option<Nested>,
    /// A transform that we cannot follow runs over the whole template, so that nothing in it is known to be absent.
    pub(super) is_open: bool,
    pub(super) has_open_resources: bool,
    pub(super) lack: Option<Lack>,
}

/// The resource that deploys a nested stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nested {
    /// Its logical id, as the template that took it in knows it.
    pub id: Name,
    /// Where it stands in the parent's template.
    pub origin: Origin,
}

impl Stack {
    /// Whether the file is a part of an application and not a whole template (`rules.md` T10): it has SAM
    /// resources but no SAM transform, or refers to a logical id that nothing defines. Decided once, on the
    /// template as it was written.
    pub(crate) fn is_fragment(&self) -> bool {
        self.lack.is_some()
    }

    /// What makes it one.
    pub(crate) fn lack(&self) -> Option<Lack> {
        self.lack
    }

    /// Whether a transform that we cannot follow runs over the whole template, so that nothing in it is
    /// known to be absent.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether there may be resources that the template does not show: a transform runs over the whole of it, or
    /// a macro or a loop (`Fn::ForEach`) stands in `Resources`. That nobody uses a resource is not known then;
    /// what a resource itself lacks is.
    pub(crate) fn has_open_resources(&self) -> bool {
        self.is_open || self.has_open_resources
    }
}

impl Template {
    /// The stack that a file belongs to.
    pub(crate) fn stack_at(&self, file: FileId) -> &Stack {
        // Definitions are read when all stacks are there: their files come last.
        let file = self.definition_file(file).map_or(file, |definition| definition.named_at.file);
        let later = self.taken_in.partition_point(|stack| stack.file <= file);
        later.checked_sub(1).map_or(&self.own, |index| &self.taken_in[index])
    }

    /// All stacks, the template's own first.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &Stack> {
        std::iter::once(&self.own).chain(&self.taken_in)
    }
}

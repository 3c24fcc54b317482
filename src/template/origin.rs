//! An origin is the place where the author can act on a value.

use crate::source::{FileId, Location, Span};

/// Where a value stands in what the author wrote. Every value has one, generated values too: theirs is the
/// place of what made them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The file.
    pub file: FileId,
    /// The narrowest construct whose key names this value: where a finding points when something inside is
    /// missing. For a property, its key; for `Properties` and for the resource, the logical id; for what a
    /// SAM event makes, the event's name; for a list item, the item itself.
    pub key: Span,
    /// The value's own bytes.
    pub value: Span,
    /// How the value came to be there.
    pub kind: OriginKind,
}

/// How a value came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginKind {
    /// The author wrote it there.
    Written,
    /// It was merged in from `Globals`.
    Globals,
    /// The SAM transform made it.
    Generated,
}

impl Origin {
    /// The value's bytes as a location.
    pub(crate) fn at_value(self) -> Location {
        Location { file: self.file, span: self.value }
    }

    /// The key's bytes as a location.
    pub(crate) fn at_key(self) -> Location {
        Location { file: self.file, span: self.key }
    }

    /// From the key to the end of the value.
    pub(crate) fn whole(self) -> Location {
        let span = Span { start: self.key.start.min(self.value.start), end: self.value.end };
        Location { file: self.file, span }
    }

    /// The same place, for what is made from it.
    #[must_use]
    pub(crate) fn generated(self) -> Self {
        Self { kind: OriginKind::Generated, ..self }
    }
}

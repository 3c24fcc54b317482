//! A location is a place as SARIF has it: a region of a file, with the names that it goes by.

use serde::Serialize;

use super::address::ArtifactLocation;
use super::message::Text;
use super::{Style, source};
use crate::finding::{Checked, Label};
use crate::source::ColumnUnit;

/// A place, and by which names it goes.
#[expect(clippy::struct_field_names, reason = "the names are SARIF's")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<usize>,
    pub(super) physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) logical_locations: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Text>,
}

impl Location<'_> {
    /// The place of a label, without its words.
    pub(super) fn of(checked: &Checked, label: &Label, style: &Style) -> Self {
        let source = source(checked, label);
        let span = label.location.span;
        let start = source.position(span.start, ColumnUnit::Utf16);
        let end = source.position(span.end, ColumnUnit::Utf16);
        Self {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation::of(source.path(), style),
                region: Region {
                    start_line: start.line,
                    start_column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                },
            },
            logical_locations: Vec::new(),
            message: None,
        }
    }
}

/// A place in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    pub(super) region: Region,
}

/// A part of a text; columns are UTF-16.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: u32,
    start_column: u32,
    end_line: u32,
    /// Exclusive.
    end_column: u32,
}

/// The name of a place: the path of keys, or a construct.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation<'a> {
    pub(super) fully_qualified_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
}

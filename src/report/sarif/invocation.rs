//! An invocation is the run itself, with what kept it from reading a file.

use serde::Serialize;

use super::address::ArtifactLocation;
use super::message::{Text, prose, sentence};
use super::{Level, Style};
use crate::finding::RunError;

/// A run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    /// GitHub refuses the whole log if this is `false`, and with it the findings in all the other files.
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

impl Invocation {
    /// The run in which these errors happened.
    pub(super) fn of(errors: &[RunError], style: &Style) -> Self {
        let tool_execution_notifications =
            errors.iter().map(|error| Notification::of(error, style)).collect();
        Self { execution_successful: true, tool_execution_notifications }
    }
}

#[derive(Serialize)]
struct Notification {
    level: Level,
    message: Text,
    locations: [NotificationLocation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NotificationLocation {
    physical_location: WholeFile,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WholeFile {
    artifact_location: ArtifactLocation,
}

impl Notification {
    fn of(error: &RunError, style: &Style) -> Self {
        let artifact_location = ArtifactLocation::of(&error.path, style);
        Self {
            level: Level::Error,
            message: Text::of(sentence(&prose(error.message.lines().next().unwrap_or_default()))),
            locations: [NotificationLocation { physical_location: WholeFile { artifact_location } }],
        }
    }
}

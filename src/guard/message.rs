//! The message of a clause: what a reader is told when it fails, with queries in it that are answered where it fails.

use serde::{Deserialize, Serialize};

use super::ast::Query;

/// What `<<…>>` says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Message {
    /// What is wrong, in one line.
    pub(super) text: Vec<Piece>,
    /// What to write; may have several lines.
    pub(super) fix: Vec<Piece>,
    /// What the finding points at, if not at the failing value.
    pub(super) at: Option<Query>,
    /// A few words for the margin at that place.
    pub(super) label: Vec<Piece>,
    /// Other places, with a few words for each.
    pub(super) also: Vec<(Query, Vec<Piece>)>,
    /// The places on the way that leads to the failure, in order. Each query may find several; the words are about each.
    pub(super) path: Vec<(Query, Vec<Piece>)>,
}

/// A part of a message's text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Piece {
    /// As written.
    Text(String),
    /// `{query}`: the value.
    Value(Query),
    /// `{query:source}`: where the value comes from, in the caller's words.
    Source(Query),
    /// `{#}`: how many members were gathered.
    Count,
}

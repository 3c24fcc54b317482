//! A linter for the performance pillar of the AWS Serverless Applications Lens.
//!
//! Data flows one way: bytes become a [`source::Source`], a spanned [`document::Document`], a template with
//! guarded values, its expansion by the SAM transform, a graph, the view that rules query,
//! [`finding::Finding`]s, and at last a report. [`lint`] alone knows that order.

pub(crate) mod asl;
pub(crate) mod baseline;
pub mod cli;
pub(crate) mod code;
pub mod config;
#[cfg(test)]
pub(crate) mod corpus;
pub mod date;
pub mod discover;
pub mod document;
pub(crate) mod draw;
pub(crate) mod engine;
pub mod facts;
pub(crate) mod file;
pub mod finding;
pub(crate) mod graph;
pub mod guard;
pub mod lint;
pub mod names;
pub mod parameters;
pub(crate) mod report;
pub(crate) mod revision;
pub mod rule;
pub(crate) mod sam;
pub(crate) mod shown;
pub mod source;
pub(crate) mod spelling;
pub(crate) mod suppress;
pub(crate) mod template;
pub mod verdict;
pub(crate) mod view;

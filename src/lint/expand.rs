//! What the SAM transform makes of a template, and what rules query, as JSON: the stages up to the view.

use std::fmt;

use crate::code::HandlerCode;
use crate::document::{Document, SyntaxError};
use crate::facts::Circumstances;
use crate::graph::Graph;
use crate::source::{ColumnUnit, Location, Position, Source, Span};
use crate::template::Resolver;
use crate::view::{Resources, View, expanded_to_json, provenance};

use super::Input;
use super::assembly::Assembly;
use super::reading::{Reading, Undecodable, read};

/// A template expanded, or its graph, as JSON.
#[derive(Default)]
pub struct Expanded {
    /// `None` for a file that is no template.
    pub json: Option<serde_json::Value>,
    /// The parameters that it declares, by name.
    pub parameters: Vec<String>,
    /// What could not be understood or expanded, with its file and place: the first is left out, the second stays
    /// as it is. And what is odd about the values that are given.
    pub notes: Vec<String>,
}

/// Why a file cannot be expanded: the first thing in it that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it is.
    pub position: Position,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position: Position { line, column }, message, help } = self;
        write!(f, "{line}:{column}: {message}")?;
        match help {
            Some(help) => write!(f, ". {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Unreadable {}

/// What the SAM transform makes of a template.
///
/// # Errors
///
/// A file that looks like a template cannot be read as one.
pub fn expand(input: &Input<'_>) -> Result<Expanded, Unreadable> {
    expanded(input, Assembly::alone, |assembly| expanded_to_json(&assembly.template))
}

/// As [`expand`], with a section `Provenance`: for each resource, where it and its properties come from.
///
/// # Errors
///
/// As [`expand`].
pub fn expand_with_provenance(input: &Input<'_>) -> Result<Expanded, Unreadable> {
    expanded(input, Assembly::alone, |assembly| {
        let mut json = expanded_to_json(&assembly.template);
        let path_to = |location| assembly.documents.path_to(&assembly.template, location);
        json["Provenance"] = provenance(&assembly.template, &path_to);
        json
    })
}

/// What rules query: the expanded resources, resolved where they are known, and the graph; with those of the nested
/// stacks whose templates are at hand.
///
/// # Errors
///
/// As [`expand`].
pub fn graph(input: &Input<'_>, code: HandlerCode) -> Result<Expanded, Unreadable> {
    expanded(input, Assembly::of, |assembly| {
        let resolver = Resolver::new(&assembly.template);
        let graph = Graph::build(resolver, code);
        let circumstances = Circumstances::default();
        View::build(resolver, &graph, Resources::Included, &circumstances).to_json(&assembly.template)
    })
}

fn expanded(
    input: &Input<'_>,
    assemble: impl FnOnce(&Input<'_>, &str, Document) -> Assembly,
    to_json: impl FnOnce(&Assembly) -> serde_json::Value,
) -> Result<Expanded, Unreadable> {
    let position = |source: &Source, span: Span| source.position(span.start, ColumnUnit::CodePoints);
    let (text, parsed) = match read(input) {
        Reading::NoTemplate => return Ok(Expanded::default()),
        Reading::Undecodable(Undecodable { text, span, message, help }) => {
            let position = position(&Source::new(input.path, text), span);
            return Err(Unreadable { position, message, help: Some(help) });
        }
        Reading::Parsed { text, parsed } => (text, parsed),
    };
    if let Some(SyntaxError { span, message, help }) = parsed.errors.into_iter().next() {
        return Err(Unreadable { position: position(&Source::new(input.path, text), span), message, help });
    }
    let Some(document) = parsed.document else { return Ok(Expanded::default()) };
    let mut all = assemble(input, text, document);
    all.read_definitions();
    let told = all.flaws.iter().map(|flaw| (flaw.location, &flaw.message));
    let told = told.chain(all.told.iter().map(|left| (left.location, &left.message)));
    let note = |(location, message): (Location, &String)| {
        let source = &all.template.sources[location.file.0 as usize];
        let Position { line, column } = position(source, location.span);
        format!("{}:{line}:{column}: {message}", source.path())
    };
    let refused = all.refused.iter().map(|note| format!("{}: {note}", input.path));
    let notes = told.map(note).chain(refused).collect();
    Ok(Expanded { json: Some(to_json(&all)), parameters: all.parameters.clone(), notes })
}

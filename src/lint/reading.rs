//! From bytes to a document: UTF-8 or a complaint, a template or none.

use crate::document::{Document, Parsed};
use crate::source::Span;
use crate::template::{Deployment, Folder, Template};

use super::Input;

/// What the bytes of a file are.
pub(super) enum Reading<'i> {
    NoTemplate,
    Undecodable(Undecodable),
    /// A template, or what looks like one and does not parse.
    Parsed {
        text: &'i str,
        parsed: Parsed,
    },
}

pub(super) fn read<'i>(input: &Input<'i>) -> Reading<'i> {
    let text = match decode(input.bytes) {
        Ok(text) => text,
        Err(undecodable) => return Reading::Undecodable(undecodable),
    };
    let parsed = Document::parse(input.path, text);
    let is_sound_and_no_template =
        parsed.errors.is_empty() && !parsed.document.as_ref().is_some_and(is_template);
    if is_sound_and_no_template { Reading::NoTemplate } else { Reading::Parsed { text, parsed } }
}

/// The folder of a template, for the files that it names.
pub(super) fn folder_of(input: &Input<'_>) -> Folder {
    input.on_disk.map_or_else(Folder::none, Folder::of)
}

/// What is given for its deployment.
pub(super) fn deployment_of(input: &Input<'_>) -> Deployment {
    input.given.map_or_else(Deployment::default, |given| {
        Deployment::new(given.parameters.clone(), given.region.clone())
    })
}

/// The names of its parameters.
pub(super) fn parameters_of(template: &Template) -> Vec<String> {
    template.parameters.keys().map(|name| template.names.text(*name).to_owned()).collect()
}

/// Bytes that are no UTF-8 text.
pub(super) struct Undecodable {
    /// What could be made of them, with U+FFFD for the rest; the same up to the place.
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: String,
}

pub(super) fn decode(bytes: &[u8]) -> Result<&str, Undecodable> {
    let (found, at) = if is_utf16(bytes) {
        ("UTF-16", 0)
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(text),
            Err(error) => ("a byte that is not UTF-8", error.valid_up_to()),
        }
    };
    Err(Undecodable {
        text: String::from_utf8_lossy(bytes).into_owned(),
        span: Span::new(at..at),
        message: format!("Expected text in UTF-8, found {found}"),
        help: "Save the file as UTF-8.".to_owned(),
    })
}

/// By its byte-order mark, or by the zero that is half of each ASCII letter, and that no template in UTF-8 starts
/// with.
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        [] | [_] => false,
    }
}

/// Whether a document is a template: a `Resources` map in which something has a type. What only looked like
/// one to the sniffer is left alone.
pub(super) fn is_template(document: &Document) -> bool {
    document.value(document.root(), "Resources").is_some_and(|resources| {
        document.entries(resources).any(|resource| document.value(resource.value, "Type").is_some())
            || document.entries(resources).any(|entry| document.scalar(entry.key).text.starts_with("Fn::"))
    })
}

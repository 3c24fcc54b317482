//! A message is plain text as code-scanning services show it: whole sentences without anyone else's links.

use serde::Serialize;

use crate::report::inert::inert;

/// SARIF's wrapping of a text.
#[derive(Serialize)]
pub(super) struct Text {
    text: String,
}

impl Text {
    /// A message of this text.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// Text of a template for a message. A link in it is taken apart: only we may point elsewhere.
pub(super) fn prose(text: &str) -> String {
    inert(text).replace("](", "] (")
}

/// Markdown as one line of plain text.
pub(super) fn one_line(markdown: &str) -> String {
    markdown.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// With a full stop, unless it ends already.
pub(super) fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_once() {
        assert_eq!(sentence("It is slow"), "It is slow.");
        assert_eq!(sentence("Is it slow?"), "Is it slow?");
    }
}

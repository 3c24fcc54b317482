//! XML as our reports need it: elements, attributes and text. Readers get exactly what they are given, but for
//! the characters that XML 1.0 cannot hold, which are spelt `\u{1b}`; the raw text is inert.
//!
//! Writers from elsewhere escape the five characters of XML's own and write the others as they come: control
//! characters that make the document unreadable, and commands to build servers.

use std::io::{self, Write};

use super::inert::characters;

/// Opens every document.
pub(super) const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// An element.
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

enum Content {
    Elements(Vec<Element>),
    Text(String),
}

impl Element {
    /// An empty element.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), content: Content::Elements(Vec::new()) }
    }

    /// With one more attribute.
    pub(super) fn with(mut self, attribute: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.attributes.push((attribute, value.to_string()));
        self
    }

    /// Around these elements.
    pub(super) fn around(mut self, elements: Vec<Self>) -> Self {
        self.content = Content::Elements(elements);
        self
    }

    /// Around this text.
    pub(super) fn saying(mut self, text: String) -> Self {
        self.content = Content::Text(text);
        self
    }

    /// Writes the document of which this is the root.
    pub(super) fn write_document(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{DECLARATION}")?;
        self.write(0, out)
    }

    fn write(&self, depth: usize, out: &mut dyn Write) -> io::Result<()> {
        let (indent, name) = ("  ".repeat(depth), self.name);
        write!(out, "{indent}<{name}")?;
        for (attribute, value) in &self.attributes {
            write!(out, r#" {attribute}="{}""#, escaped(value, Place::Attribute))?;
        }
        match &self.content {
            Content::Elements(elements) if elements.is_empty() => writeln!(out, "/>"),
            Content::Elements(elements) => {
                writeln!(out, ">")?;
                for element in elements {
                    element.write(depth + 1, out)?;
                }
                writeln!(out, "{indent}</{name}>")
            }
            Content::Text(text) => writeln!(out, ">{}</{name}>", escaped(text, Place::Text)),
        }
    }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Attribute,
    /// Line breaks are layout here.
    Text,
}

fn escaped(value: &str, place: Place) -> String {
    let mut out = String::with_capacity(value.len());
    for (c, acts) in characters(value) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' if place == Place::Text => out.push(c),
            _ if !is_xml(c) => out.extend(c.escape_unicode()),
            _ if acts => out.push_str(&format!("&#x{:x};", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}

/// Whether XML 1.0 has the character at all, be it as a reference.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(element: &Element) -> String {
        let mut out = Vec::new();
        element.write_document(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn elements_are_indented_and_text_is_not() {
        let inner = Element::new("b").with("x", &1).saying("one\ntwo".to_owned());
        assert_eq!(
            written(&Element::new("a").around(vec![inner, Element::new("c")])),
            format!("{DECLARATION}\n<a>\n  <b x=\"1\">one\ntwo</b>\n  <c/>\n</a>\n")
        );
    }

    #[test]
    fn a_reader_gets_what_was_given_and_what_xml_cannot_hold_is_spelt() {
        let value =
            "]]> <!-- & \" ' \r\t ##[x] ##vso[y] ::z \u{202e} \u{85} \u{2028} é 😀 \u{1b}\0\u{ffff}\n";
        let text = written(&Element::new("a").with("x", value).saying(value.to_owned()));
        let expected = value.replace("\u{1b}\0\u{ffff}", r"\u{1b}\u{0}\u{ffff}");
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("x"), Some(expected.as_str()));
        assert_eq!(root.text(), Some(expected.as_str()));
    }
}

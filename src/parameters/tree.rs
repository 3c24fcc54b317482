//! A tree of settings, whichever language they are written in: JSON, YAML or TOML.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::document::{Document, Kind, NodeId, Typed};
use crate::source::{Source, Span};

use super::{Error, Pair};

/// A setting and its place.
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) data: Data,
}

/// What a setting is. Numbers and truth values are texts to CloudFormation.
pub(super) enum Data {
    Nothing,
    Text(String),
    List(Vec<Node>),
    /// In the order of the file, or in TOML of the keys.
    Map(Vec<(String, Node)>),
}

/// Far more than any file of settings has; a small one with aliases may pretend to have them.
const MOST_NODES: usize = 100_000;

impl Node {
    /// Reads JSON or YAML, whichever it is.
    pub(super) fn of_json_or_yaml(source: &Source) -> Result<Self, Error> {
        let parsed = Document::parse(source.path(), source.text());
        if let Some(error) = parsed.errors.first() {
            // What is wrong would be said with the text around it, which may be a secret.
            return Err(Error::at(source, error.span, "this cannot be read as JSON or YAML"));
        }
        match parsed.document {
            None => Ok(Self { span: Span::default(), data: Data::Nothing }),
            Some(document) => Walk { source, document: &document, left: MOST_NODES }.node(document.root()),
        }
    }

    /// Reads TOML.
    pub(super) fn of_toml(source: &Source) -> Result<Self, Error> {
        let table = DeTable::parse(source.text()).map_err(|error| {
            let span = error.span().map_or(Span::default(), Span::new);
            // The parser's own words are about its grammar, and show nothing of the file.
            Error::at(source, span, &format!("this cannot be read as TOML: {}", error.message()))
        })?;
        Ok(of_table(table.span(), table.get_ref()))
    }

    /// The value of a map under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The entries of a map; nothing for other settings.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.data {
            Data::Map(entries) => entries,
            Data::Nothing | Data::Text(_) | Data::List(_) => &[],
        }
    }

    /// The text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            Data::Nothing | Data::List(_) | Data::Map(_) => None,
        }
    }

    /// What a parameter is given: a text, or the texts of a list between commas.
    pub(super) fn value(&self, source: &Source) -> Result<String, Error> {
        let expected = || Error::at(source, self.span, "a parameter's value is a text, or a list of texts");
        match &self.data {
            Data::Text(text) => Ok(text.clone()),
            Data::List(items) => {
                let texts: Option<Vec<&str>> = items.iter().map(Self::text).collect();
                texts.map(|texts| texts.join(",")).ok_or_else(expected)
            }
            Data::Nothing | Data::Map(_) => Err(expected()),
        }
    }

    /// The entries of a map as parameters.
    pub(super) fn pairs(&self, source: &Source) -> Result<Vec<Pair>, Error> {
        let pairs = self.entries().iter();
        pairs.map(|(name, value)| Ok((name.clone(), value.value(source)?))).collect()
    }
}

/// Turns a document into a tree. Aliases are followed, and counted.
struct Walk<'d> {
    source: &'d Source,
    document: &'d Document,
    left: usize,
}

impl Walk<'_> {
    /// The recursion goes as deep as the document, which is bounded.
    fn node(&mut self, id: NodeId) -> Result<Node, Error> {
        let span = self.document.span(id);
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Error::at(self.source, span, "there is more here than any file of parameters has"));
        };
        self.left = left;
        let document = self.document;
        let data = match document.kind(id) {
            Kind::Scalar => match document.scalar(id).typed() {
                Typed::Null => Data::Nothing,
                Typed::Bool(truth) => Data::Text(truth.to_string()),
                // The spelling counts: 1.10 is not 1.1.
                Typed::Int(_) | Typed::Float(_) | Typed::Text(_) => {
                    Data::Text(document.scalar(id).text.to_owned())
                }
            },
            Kind::Sequence => {
                Data::List(document.items(id).map(|item| self.node(item)).collect::<Result<_, _>>()?)
            }
            Kind::Mapping => {
                let entries = document
                    .entries(id)
                    .map(|entry| Ok((document.scalar(entry.key).text.to_owned(), self.node(entry.value)?)));
                Data::Map(entries.collect::<Result<_, Error>>()?)
            }
        };
        Ok(Node { span, data })
    }
}

/// The recursion goes as deep as the parser lets tables lie in one another, which is bounded.
fn of_table(range: Range<usize>, table: &DeTable<'_>) -> Node {
    let entries = table.iter();
    let entries =
        entries.map(|(key, value)| (key.get_ref().to_string(), of_value(value.span(), value.get_ref())));
    Node { span: Span::new(range), data: Data::Map(entries.collect()) }
}

fn of_value(range: Range<usize>, value: &DeValue<'_>) -> Node {
    let data = match value {
        DeValue::String(text) => Data::Text(text.to_string()),
        DeValue::Integer(integer) => {
            Data::Text(match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => integer.to_string(),
                Err(_) => integer.as_str().to_owned(),
            })
        }
        DeValue::Float(float) => Data::Text(float.as_str().to_owned()),
        DeValue::Boolean(truth) => Data::Text(truth.to_string()),
        DeValue::Datetime(time) => Data::Text(time.to_string()),
        DeValue::Array(items) => {
            Data::List(items.iter().map(|item| of_value(item.span(), item.get_ref())).collect())
        }
        DeValue::Table(table) => return of_table(range, table),
    };
    Node { span: Span::new(range), data }
}

//! A reference is what a text or an intrinsic says before it is known what it stands for: the resources that it
//! mentions, and what is written around them.

use std::fmt::Write as _;
use std::ops::Range;

use smallvec::SmallVec;

use crate::names::Name;
use crate::template::{Alt, Guard, TextPart, Unknown};

use super::branch::Branch;
use super::draft::Draft;

/// What a text or a reference says, before it is known what it stands for.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The resources that it mentions.
    pub(super) resources: SmallVec<[Mention; 1]>,
    /// The text: pseudo parameters, parameters and resources stand in it as `${…}`, what is not known as `${?}`.
    pub(super) text: String,
}

impl Reference {
    /// A text that mentions no resource.
    pub(super) fn by_name(text: &str) -> Self {
        Self { resources: SmallVec::new(), text: text.to_owned() }
    }

    /// Whether every piece of the text is known or is the same wherever it is written in this template.
    pub(super) fn is_fully_named(&self) -> bool {
        self.resources.is_empty() && !self.text.is_empty() && !self.text.contains(UNKNOWN)
    }

    /// Whether nothing of it is known here: neither a resource nor the whole of its text.
    pub(super) fn is_unknown(&self) -> bool {
        self.resources.is_empty() && self.text.contains("${")
    }

    /// Of a bucket: the objects that the text is about, `out/*` of `${Bucket.Arn}/out/*` and of `arn:aws:s3:::name/out/*`.
    pub(super) fn key_pattern(&self) -> Option<&str> {
        match self.resources.first() {
            Some(bucket) => self.text[bucket.place.end..].strip_prefix('/'),
            None => Some(self.text.split_once(":::")?.1.split_once('/')?.1),
        }
    }

    /// Of a bucket: whether the text is about the bucket alone and none of its objects: `${Bucket.Arn}`.
    pub(super) fn is_bucket_alone(&self) -> bool {
        let rest = self.resources.first().map_or(self.text.as_str(), |bucket| &self.text[bucket.place.end..]);
        !rest.contains(['/', '*', '?'])
    }

    /// Of a table: whether the text is about its stream, `${Table.Arn}/stream/*`.
    pub(super) fn is_on_stream(&self, draft: &Draft<'_>) -> bool {
        let Some(table) = self.resources.first() else { return false };
        table.attribute.is_some_and(|attribute| draft.text(attribute) == "StreamArn")
            || self.text[table.place.end..].starts_with("/stream/")
    }

    /// The last segment of an ARN or a path: `orders` of `arn:aws:sqs:eu-west-1:1:orders`.
    pub(super) fn last_segment(&self) -> &str {
        self.text.rsplit([':', '/']).next().unwrap_or_default()
    }

    /// The service that the ARN is of.
    pub(super) fn service(&self) -> Option<&'static str> {
        let service = self.text.strip_prefix("arn:")?.split(':').nth(1)?;
        SERVICES.iter().find(|(segment, _)| *segment == service).map(|(_, name)| *name)
    }
}

/// A resource in a reference.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    /// Logical id.
    pub(super) id: Name,
    /// Attribute; a `Ref` has none.
    pub(super) attribute: Option<Name>,
    /// Where it stands in the reference's text.
    place: Range<usize>,
}

impl Mention {
    /// Whether the resource's own name stands here, and not a part of a longer one: `${Bucket}-logs` is
    /// another bucket.
    pub(super) fn is_whole(&self, text: &str) -> bool {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '$' | '}');
        !text[..self.place.start].ends_with(is_name) && !text[self.place.end..].starts_with(is_name)
    }

    /// Whether a version or an alias follows: `${Function.Arn}:live`.
    pub(super) fn is_qualified(&self, text: &str) -> bool {
        let rest = text[self.place.end..].strip_prefix(':').unwrap_or_default();
        rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '$' | '-' | '_'))
            && !rest.starts_with("$LATEST")
    }
}

/// What is not known.
pub(super) const UNKNOWN: &str = "${?}";

/// The service segment of an ARN, and what rules call it.
const SERVICES: &[(&str, &str)] = &[
    ("sqs", "sqs"),
    ("kinesis", "kinesis"),
    ("dynamodb", "dynamodb"),
    ("kafka", "kafka"),
    ("mq", "mq"),
    ("rds", "documentdb"),
    ("docdb", "documentdb"),
    ("lambda", "lambda"),
    ("states", "states"),
    ("sns", "sns"),
    ("s3", "s3"),
    ("events", "events"),
];

impl Draft<'_> {
    /// What a value refers to, case by case.
    pub(super) fn references(&self, branch: Branch) -> Vec<(Guard, Reference)> {
        self.alternatives(branch)
            .into_iter()
            .filter_map(|(guard, alt)| Some((guard, self.reference(&alt)?)))
            .collect()
    }

    /// What one alternative refers to; nothing for what is absent or a collection.
    pub(super) fn reference(&self, alt: &Alt) -> Option<Reference> {
        let mut reference = Reference { resources: SmallVec::new(), text: String::new() };
        match alt {
            Alt::Absent { .. } | Alt::List(_) | Alt::Map(_) => return None,
            Alt::Scalar { text, .. } => reference.text.push_str(self.text(*text)),
            Alt::OneOf { parameter, .. } => self.write_variable(*parameter, None, &mut reference.text),
            Alt::Resource { id, attribute } => {
                self.write_resource(*id, *attribute, &mut reference);
            }
            Alt::Text(parts) => {
                for part in parts {
                    match part {
                        TextPart::Known(text) => reference.text.push_str(self.text(*text)),
                        TextPart::Resource { id, attribute } => {
                            self.write_resource(*id, *attribute, &mut reference);
                        }
                        TextPart::Pseudo(name) => self.write_variable(*name, None, &mut reference.text),
                        TextPart::Unknown(unknown) => self.write_unknown(*unknown, &mut reference.text),
                    }
                }
            }
            Alt::Unknown(unknown) => self.write_unknown(*unknown, &mut reference.text),
        }
        Some(reference)
    }

    fn write_resource(&self, id: Name, attribute: Option<Name>, reference: &mut Reference) {
        let start = reference.text.len();
        self.write_variable(id, attribute, &mut reference.text);
        reference.resources.push(Mention { id, attribute, place: start..reference.text.len() });
    }

    fn write_variable(&self, name: Name, attribute: Option<Name>, text: &mut String) {
        let name = self.text(name);
        // Without the colons of `AWS::Region`, an ARN still falls apart at its own.
        let name = name.strip_prefix("AWS::").unwrap_or(name);
        let _ = match attribute {
            Some(attribute) => write!(text, "${{{name}.{}}}", self.text(attribute)),
            None => write!(text, "${{{name}}}"),
        };
    }

    fn write_unknown(&self, unknown: Unknown, text: &mut String) {
        match unknown {
            Unknown::Parameter(name)
            | Unknown::Pseudo(name)
            | Unknown::PartOf(name)
            | Unknown::Undefined(name) => {
                self.write_variable(name, None, text);
            }
            Unknown::Import
            | Unknown::DynamicReference
            | Unknown::Mapping
            | Unknown::NoRow
            | Unknown::Macro
            | Unknown::Zones
            | Unknown::Function
            | Unknown::TooMany
            | Unknown::Circular => text.push_str(UNKNOWN),
        }
    }
}

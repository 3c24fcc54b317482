//! A sniff tells a template from other YAML and JSON by its bytes: its top-level keys, and the resource types
//! that it names. It is linear, and it does not mind when the rest of the file is broken.

use std::borrow::Cow;

use memchr::memmem;

use super::{outline, placeholder};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A CloudFormation or SAM template, whether or not it parses.
    Template,
    /// The makings of a template that Jinja, cookiecutter or the like has yet to fill in.
    TemplateOfTemplates,
    /// Anything else.
    Other,
}

/// What `bytes` are. A template in UTF-16 is a template: that it must be saved as UTF-8 is for its author to
/// know, so it is not passed over in silence here.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Kind {
    let text = narrowed(bytes);
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    if !may_be_template(text) || !is_template(text) {
        Kind::Other
    } else if placeholder::is_unfilled(text) {
        Kind::TemplateOfTemplates
    } else {
        Kind::Template
    }
}

/// UTF-16 without its zero bytes: its ASCII, which is all that a sniff reads, then reads as it does in UTF-8.
fn narrowed(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => without_zeros(rest),
        [first, second, ..] if (*first == 0) != (*second == 0) => without_zeros(bytes),
        _ => Cow::Borrowed(bytes),
    }
}

fn without_zeros(bytes: &[u8]) -> Cow<'_, [u8]> {
    Cow::Owned(bytes.iter().copied().filter(|byte| *byte != 0).collect())
}

const FORMAT_VERSION: &[u8] = b"AWSTemplateFormatVersion";

/// One search at memory speed that nearly all other YAML and JSON fails.
fn may_be_template(text: &[u8]) -> bool {
    memmem::find(text, b"::").is_some() || memmem::find(text, FORMAT_VERSION).is_some()
}

fn is_template(text: &[u8]) -> bool {
    let mut is_marked = false;
    let mut has_resources = false;
    let mut has_transform = false;
    let is_mapping = outline::each_key(text, |key, value| match key {
        FORMAT_VERSION | b"Fn::Transform" => is_marked = true,
        b"Resources" => has_resources |= !is_sequence(value),
        // Proves nothing alone: some tool has left `"Transform": "AWS::Serverless-2016-10-31"` in the
        // package.json of projects in the wild.
        b"Transform" => has_transform = true,
        _ => {}
    });
    is_mapping && (is_marked || has_resources && (has_transform || names_resource_type(text)))
}

/// Whether the value that `text` opens with is a list, on the key's own line or below it.
fn is_sequence(text: &[u8]) -> bool {
    let mut text = text.trim_ascii_start();
    while text.starts_with(b"#") {
        let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
        text = text[end..].trim_ascii_start();
    }
    matches!(text, [b'[', ..] | [b'-', b' ' | b'\n' | b'\r', ..])
}

/// Whether some `Type` is a resource type: `AWS::SQS::Queue`, `Custom::Thing`, `Alexa::ASK::Skill`,
/// `Acme::Team::Widget::MODULE`.
fn names_resource_type(text: &[u8]) -> bool {
    memmem::find_iter(text, b"::").any(|colons| {
        let before = &text[..colons];
        let vendor = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (before, vendor) = before.split_at(colons - vendor);
        vendor.first().is_some_and(u8::is_ascii_uppercase)
            && text.get(colons + 2).is_some_and(u8::is_ascii_alphanumeric)
            && ends_with_type_key(before)
    })
}

/// Whether `text` ends with `Type:`, `"Type" : "` or the like; not with `ResourceType:`, nor with a comment or a
/// sentence that says `Type:`.
fn ends_with_type_key(text: &[u8]) -> bool {
    let Some(text) = without_quote(text).trim_ascii_end().strip_suffix(b":") else { return false };
    let Some(text) = without_quote(text.trim_ascii_end()).strip_suffix(b"Type") else { return false };
    let before = without_quote(text).iter().rfind(|byte| !matches!(byte, b' ' | b'\t'));
    matches!(before, None | Some(b'\n' | b'\r' | b'{' | b','))
}

fn without_quote(text: &[u8]) -> &[u8] {
    match text {
        [text @ .., b'"' | b'\''] => text,
        _ => text,
    }
}

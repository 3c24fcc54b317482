//! What `cfn-guard validate` refuses in a document that we read.

use super::{SCALAR_TAGS, declared, of_template, of_yaml, plain};
use crate::document::{Document, Kind, NodeId};

/// Why `cfn-guard validate` would not read a document that we read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What it stumbles over.
    pub at: NodeId,
    /// What is wrong for it there, in one sentence without a full stop.
    pub message: String,
}

/// The first thing in a document that `cfn-guard validate` refuses.
#[must_use]
pub fn rejection(document: &Document) -> Option<Rejection> {
    rejection_at(document, document.root())
}

/// A document is never deeper than the bound that it states.
fn rejection_at(document: &Document, node: NodeId) -> Option<Rejection> {
    let refused = |at, message: &str| Some(Rejection { at, message: message.to_owned() });
    if document.is_alias(node) {
        return refused(node, "cfn-guard reads no aliases");
    }
    let tag = document.tag(node).and_then(|(tag, _)| of_yaml(tag));
    match document.kind(node) {
        Kind::Scalar => {
            let text = document.scalar(node).text;
            let is_no_number = match tag {
                Some("int") => text.parse::<i64>().is_err(),
                Some("float") => text.parse::<f64>().is_err(),
                Some(_) | None => false,
            };
            if is_no_number {
                refused(node, "cfn-guard reads no number here, and its tag says so")
            } else {
                None
            }
        }
        Kind::Sequence => document.items(node).find_map(|item| rejection_at(document, item)),
        Kind::Mapping => document.entries(node).find_map(|entry| {
            // What a merge key brought in stands elsewhere, behind an alias.
            if !document.span(node).range().contains(&document.span(entry.key).range().start) {
                return refused(node, "cfn-guard reads no aliases");
            }
            if !is_text(document, entry.key) {
                return refused(entry.key, "cfn-guard reads no keys but texts");
            }
            rejection_at(document, entry.value)
        }),
    }
}

fn is_text(document: &Document, key: NodeId) -> bool {
    let scalar = document.scalar(key);
    match document.tag(key) {
        Some((tag, _)) => {
            let is_call = of_template(tag).is_some_and(|name| SCALAR_TAGS.contains(&name));
            !is_call && of_yaml(tag).and_then(|tag| declared(tag, scalar.text)).is_none()
        }
        None => !scalar.is_plain || !scalar.text.is_empty() && plain(scalar.text).is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cfn_guard_refuses_has_a_place_and_a_reason() {
        let refused = |text: &str| {
            let document = Document::parse("t.yaml", text).document.unwrap();
            rejection(&document).map(|found| (document.span(found.at).start, found.message))
        };
        for (text, at) in [
            ("a: &x 1\nb: *x\n", 11),
            ("a: &x {k: 1}\nb:\n  <<: *x\n", 18),
            ("a: 1\n200: b\n", 5),
            ("yes: a\n", 0),
            ("a:\n  !Ref b: 1\n", 10),
            ("a: !!int x\n", 9),
        ] {
            assert_eq!(refused(text).map(|(at, _)| at), Some(at), "{text}");
        }
        for text in ["a: &x 1\n", "True: a\n", "'200': a\n", "a: 1\na: 2\n", "a: !!bool x\n", "[5]", "5"] {
            assert_eq!(refused(text), None, "{text}");
        }
    }
}

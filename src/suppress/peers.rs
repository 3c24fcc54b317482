//! Suppressions in the `Metadata` of other linters, of their rules that are rules of ours. What else stands there is
//! for them.

use crate::document::{Kind, NodeId};
use crate::finding::SuppressionKind;
use crate::rule::Catalogue;

use super::alias::{Alias, Peer};
use super::{File, Meaning, Named, Statement, Suppressions};

/// Where another linter keeps its suppressions: the keys below `Metadata`.
struct Form {
    peer: Peer,
    keys: &'static [&'static str],
    kind: SuppressionKind,
}

const FORMS: [Form; 2] = [
    Form {
        peer: Peer::CfnLint,
        keys: &["cfn-lint", "config", "ignore_checks"],
        kind: SuppressionKind::CfnLintMetadata,
    },
    Form {
        peer: Peer::CdkNag,
        keys: &["cdk_nag", "rules_to_suppress"],
        kind: SuppressionKind::CdkNagMetadata,
    },
];

/// Reads what a file has of it.
pub(super) fn read(all: &mut Suppressions, file: File<'_>, catalogue: &Catalogue) {
    let document = file.document;
    for form in FORMS.iter().filter(|form| file.source.text().contains(form.keys[0])) {
        for (metadata, reach) in file.metadata() {
            let list = form.keys.iter().try_fold(metadata, |map, key| document.value(map, key));
            for item in list.into_iter().flat_map(|list| document.items(list)) {
                // An id alone, or one with a reason.
                let id = if document.kind(item) == Kind::Mapping {
                    document.value(item, "id")
                } else {
                    Some(item)
                };
                let Some(id) = id else { continue };
                let text = document.scalar(id).text;
                let Some(alias) = Alias::of(text).filter(|alias| alias.peer == form.peer) else { continue };
                let is_there = catalogue.pages.iter().any(|page| alias.selector().names(page));
                if !is_there {
                    continue;
                }
                let names = vec![Named {
                    text: text.to_owned(),
                    at: file.at(id),
                    means: Meaning::Theirs(alias.selector(), alias),
                }];
                let reason = reason(file, item);
                all.statements.push(Statement { kind: form.kind, names, reason, expires: None, reach });
            }
        }
    }
}

/// The reason beside an id, unless it is encoded.
fn reason(file: File<'_>, item: NodeId) -> Option<String> {
    let document = file.document;
    let is_encoded = document
        .value(item, "is_reason_encoded")
        .is_some_and(|encoded| document.scalar(encoded).text.eq_ignore_ascii_case("true"));
    let reason = document.value(item, "reason").filter(|_| !is_encoded)?;
    let text = document.scalar(reason).text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

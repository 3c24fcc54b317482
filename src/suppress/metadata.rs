//! Suppressions in `Metadata`, where there are no comments: `Metadata: {lenslint: {ignore: [{id: SLP202, reason: …}]}}`
//! of a resource or of the template.

use crate::date::Date;
use crate::document::{Kind, NodeId};
use crate::finding::SuppressionKind;
use crate::rule::Catalogue;

use super::{Complaint, File, Meaning, Named, OURS, Reach, Statement, Suppressions};

const HELP: &str = "Write `Metadata: {lenslint: {ignore: [{id: SLP202, reason: why}]}}`, with `expires: 2027-06-30` if \
                    it is for a time.";

/// Reads what a file has of it.
pub(super) fn read(all: &mut Suppressions, file: File<'_>, catalogue: &Catalogue) {
    for (metadata, reach) in file.metadata() {
        let mut reader = Reader { all, file, reach, catalogue };
        reader.other_cases(metadata);
        let Some(ours) = file.document.value(metadata, OURS) else { continue };
        let entries: Vec<_> = file.document.entries(ours).collect();
        if file.document.kind(ours) != Kind::Mapping {
            reader.garbled(ours, "expected a map with the key `ignore`");
        }
        for entry in entries {
            match file.document.scalar(entry.key).text {
                "ignore" => reader.ignore(entry.value),
                other => {
                    reader.garbled(entry.key, &format!("expected `ignore`, found '{}'", shortened(other)));
                }
            }
        }
    }
}

struct Reader<'r, 'f> {
    all: &'r mut Suppressions,
    file: File<'f>,
    reach: Reach,
    catalogue: &'r Catalogue,
}

impl Reader<'_, '_> {
    /// Tells of suppressions below our name in other letters, which hold nothing back.
    fn other_cases(&mut self, metadata: NodeId) {
        let document = self.file.document;
        let entries: Vec<_> = document.entries(metadata).collect();
        for entry in entries {
            let name = document.scalar(entry.key).text;
            let is_other = name != OURS && name.eq_ignore_ascii_case(OURS);
            if is_other && document.value(entry.value, "ignore").is_some() {
                self.garbled(entry.key, &format!("expected `{OURS}`, found '{name}'"));
            }
        }
    }

    /// One entry, or a list of them.
    fn ignore(&mut self, node: NodeId) {
        match self.file.document.kind(node) {
            Kind::Sequence => {
                let items: Vec<NodeId> = self.file.document.items(node).collect();
                for item in items {
                    self.entry(item);
                }
            }
            Kind::Scalar | Kind::Mapping => self.entry(node),
        }
    }

    fn entry(&mut self, node: NodeId) {
        let document = self.file.document;
        let (mut id, mut reason, mut expires) = (None, None, None);
        match document.kind(node) {
            Kind::Scalar => id = Some(node),
            Kind::Sequence => return self.garbled(node, "expected a rule, found a list in a list"),
            Kind::Mapping => {
                for entry in document.entries(node) {
                    match document.scalar(entry.key).text {
                        "id" => id = Some(entry.value),
                        "reason" => reason = Some(entry.value),
                        "expires" => expires = Some(entry.value),
                        other => {
                            let found =
                                format!("expected `id`, `reason` or `expires`, found '{}'", shortened(other));
                            return self.garbled(entry.key, &found);
                        }
                    }
                }
            }
        }
        let Some(id) = id else { return self.garbled(node, "expected an `id`") };
        let Some(text) = self.text(id).filter(|text| !text.is_empty()) else {
            return self.garbled(id, "expected the name of a rule");
        };
        let expires = match expires.map(|expires| document.scalar(expires).text.parse::<Date>()) {
            None => None,
            Some(Ok(date)) => Some(date),
            Some(Err(error)) => return self.garbled(expires.unwrap_or(node), &error.to_string()),
        };
        let reason = reason.and_then(|reason| self.text(reason)).filter(|reason| !reason.trim().is_empty());
        let name = Named { at: self.file.at(id), means: Meaning::of(&text, self.catalogue), text };
        let kind = match self.reach {
            Reach::Template(_) => SuppressionKind::TemplateMetadata,
            Reach::Within(_) | Reach::Line(..) | Reach::File(_) => SuppressionKind::ResourceMetadata,
        };
        self.all.statements.push(Statement { kind, names: vec![name], reason, expires, reach: self.reach });
    }

    /// The text of a scalar without a tag.
    fn text(&self, node: NodeId) -> Option<String> {
        let document = self.file.document;
        let is_text = document.kind(node) == Kind::Scalar && document.tag(node).is_none();
        is_text.then(|| document.scalar(node).text.trim().to_owned())
    }

    fn garbled(&mut self, node: NodeId, what: &str) {
        self.all.garbled.push(Complaint {
            at: self.file.at(node),
            message: format!("Suppression cannot be read: {what}"),
            help: Some(HELP.to_owned()),
        });
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

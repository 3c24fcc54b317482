//! What the linter finds without a rule's logic: what cannot be read or expanded, and what is written twice.

use crate::document::{Document, DuplicateKey};
use crate::finding::{Checked, Finding, Label};
use crate::source::{FileId, Location, Source, Span};
use crate::template::Template;

use super::reading::Undecodable;
use super::{Input, Linter};

/// The linter's own findings, by what they are about.
pub(super) const UNREADABLE: &str = "SLP001";
const DUPLICATE_KEY: &str = "SLP002";
pub(super) const UNEXPANDED: &str = "SLP006";

/// Duplicate keys that are told of one file: one with more is not written by hand.
const MOST_DUPLICATES: usize = 100;

impl Linter<'_> {
    /// One of the linter's own findings, unless it is ignored.
    pub(super) fn own(
        &self,
        rule: &str,
        location: Location,
        message: String,
        help: Option<String>,
    ) -> Option<Finding> {
        let page = self.catalogue.page(rule).filter(|page| self.settings.selection.includes(page))?;
        Some(Finding {
            rule: page.id.clone(),
            name: page.slug.clone(),
            severity: page.severity,
            confidence: page.confidence,
            message,
            primary: Label { location, message: String::new() },
            related: Vec::new(),
            path: Vec::new(),
            members: Vec::new(),
            resource: None,
            construct: None,
            logical_path: String::new(),
            condition: None,
            help,
            fingerprint: String::new(),
        })
    }

    /// The keys that stand twice in one map.
    pub(super) fn duplicate_keys(&self, file: FileId, document: &Document) -> Vec<Finding> {
        let duplicates = document.duplicate_keys().iter().take(MOST_DUPLICATES);
        duplicates.filter_map(|duplicate| self.duplicate_key(file, document, *duplicate)).collect()
    }

    fn duplicate_key(
        &self,
        file: FileId,
        document: &Document,
        DuplicateKey { first, again }: DuplicateKey,
    ) -> Option<Finding> {
        let key = document.path_to(again).pop().unwrap_or_default();
        let message = format!("Key '{key}' stands twice in one map: the last one wins");
        let help = Some("Remove one of the two.".to_owned());
        let mut finding = self.own(DUPLICATE_KEY, Location { file, span: again }, message, help)?;
        let location = Location { file, span: first };
        finding.related.push(Label { location, message: "this value is lost".to_owned() });
        Some(finding)
    }

    /// A resource that two files of an application define.
    pub(super) fn redefined(&self, template: &Template, known: Location, again: Location) -> Option<Finding> {
        let id = template.sources[again.file.0 as usize].slice(again.span);
        let message = format!("Resource '{id}' is defined in two files of the application: the later wins");
        let help = Some("Give one of the two another name.".to_owned());
        let mut finding = self.own(DUPLICATE_KEY, again, message, help)?;
        finding.related.push(Label { location: known, message: "this one is lost".to_owned() });
        Some(finding)
    }

    /// What there is to say of a file that is no text.
    pub(super) fn unreadable(&self, input: &Input<'_>, undecodable: Undecodable) -> Checked {
        let Undecodable { text, span, message, help } = undecodable;
        let findings = self.own(UNREADABLE, in_template(span), message, Some(help)).into_iter().collect();
        let sources = vec![Source::new(input.path, text)];
        self.finished(Checked { sources, findings, ..Checked::default() }, |_| None)
    }
}

/// A place in the template itself.
pub(super) fn in_template(span: Span) -> Location {
    Location { file: FileId::TEMPLATE, span }
}

//! `Metadata.guard.SuppressedRules` of a resource names rules that are not to speak of it.

use rustc_hash::FxHashMap;

use crate::document::{Document, Entry, Kind};
use crate::finding::{Finding, Suppressed, Suppression};

/// What the resources of one document suppress: rule ids and names, by logical id.
pub(super) struct Suppressions(FxHashMap<String, Vec<String>>);

impl Suppressions {
    /// Nothing is suppressed.
    pub(super) fn none() -> Self {
        Self(FxHashMap::default())
    }

    /// What the resources of a document say.
    pub(super) fn of_resources(document: &Document) -> Self {
        let mut suppressed = FxHashMap::default();
        let Some(resources) = document.value(document.root(), "Resources") else { return Self::none() };
        let mut open: Vec<Entry> = document.entries(resources).collect();
        while let Some(resource) = open.pop() {
            if document.scalar(resource.key).text.starts_with("Fn::ForEach::") {
                // A loop's body has resources, under keys with its variable in them.
                open.extend(
                    document.items(resource.value).nth(2).into_iter().flat_map(|body| document.entries(body)),
                );
                continue;
            }
            let keys = ["Metadata", "guard", "SuppressedRules"];
            let rules = keys.iter().try_fold(resource.value, |map, key| document.value(map, key));
            let Some(rules) = rules else { continue };
            // The filter that rules of the registry have for it takes one text for a list of one.
            let lone = (document.kind(rules) == Kind::Scalar).then_some(rules);
            let named = document.items(rules).chain(lone);
            let named = named.map(|rule| document.scalar(rule).text.to_owned()).collect();
            suppressed.insert(document.scalar(resource.key).text.to_owned(), named);
        }
        Self(suppressed)
    }

    /// Whether anything is suppressed.
    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// The findings that are to be heard, and those that are not.
    pub(super) fn sorted_out(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Suppressed>) {
        let is_hidden = |finding: &Finding| {
            finding.resource.as_deref().is_some_and(|resource| {
                self.hide(resource, &finding.rule) || self.hide(resource, &finding.name)
            })
        };
        let (hidden, heard): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(is_hidden);
        let suppressed =
            hidden.into_iter().map(|finding| Suppressed { finding, by: Suppression::GuardMetadata });
        (heard, suppressed.collect())
    }

    /// Whether a resource wants to hear nothing of a rule.
    pub(super) fn hide(&self, resource: &str, rule: &str) -> bool {
        self.0.get(resource).is_some_and(|rules| rules.iter().any(|named| named == rule))
    }
}

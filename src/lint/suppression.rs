//! `Metadata.guard.SuppressedRules` of a resource names rules that are not to speak of it.

use rustc_hash::FxHashMap;

use crate::document::{Document, Kind};
use crate::finding::{Finding, Suppressed, Suppression, SuppressionKind};
use crate::source::{FileId, Location, Span};
use crate::template::{Template, ValueId};

/// The keys that lead from a resource to the rules that it suppresses.
const KEYS: [&str; 3] = ["Metadata", "guard", "SuppressedRules"];

/// What the resources of a document that is judged as it is written suppress: rule ids and names, by logical id.
pub(super) struct ById(FxHashMap<String, Vec<String>>);

impl ById {
    /// Nothing is suppressed.
    pub(super) fn none() -> Self {
        Self(FxHashMap::default())
    }

    /// What the resources of a document say.
    pub(super) fn of(document: &Document) -> Self {
        let mut suppressed = FxHashMap::default();
        let Some(resources) = document.value(document.root(), "Resources") else { return Self::none() };
        for resource in document.entries(resources) {
            let rules = KEYS.iter().try_fold(resource.value, |map, key| document.value(map, key));
            let Some(rules) = rules else { continue };
            // The filter that rules of the registry have for it takes one text for a list of one.
            let lone = (document.kind(rules) == Kind::Scalar).then_some(rules);
            let named = document.items(rules).chain(lone);
            let named = named.map(|rule| document.scalar(rule).text.to_owned()).collect();
            suppressed.insert(document.scalar(resource.key).text.to_owned(), named);
        }
        Self(suppressed)
    }

    /// Whether a resource wants to hear nothing of a rule.
    pub(super) fn hide(&self, resource: &str, rule: &str) -> bool {
        self.0.get(resource).is_some_and(|rules| rules.iter().any(|named| named == rule))
    }

    /// What suppresses a finding that its resource wants to hear nothing of.
    pub(super) fn hides(&self, finding: &Finding) -> Option<Suppression> {
        let resource = finding.resource.as_deref()?;
        let is_hidden = self.hide(resource, &finding.rule) || self.hide(resource, &finding.name);
        is_hidden.then(|| Suppression::of(SuppressionKind::GuardMetadata))
    }
}

/// What the resources of a template suppress, each where it stands: what SAM, a loop or an included file makes of one
/// has its place there.
pub(super) struct ByPlace(Vec<(Location, Vec<String>)>);

impl ByPlace {
    /// What the author's resources say, before any of them is expanded.
    pub(super) fn of(template: &Template) -> Self {
        let [metadata, keys @ ..] = &KEYS;
        let mut suppressed = Vec::new();
        for resource in template.resources.values() {
            let metadata = template.names.find(metadata).and_then(|key| resource.attributes.get(&key));
            let rules = metadata.and_then(|metadata| {
                keys.iter()
                    .try_fold(*metadata, |map, key| template.values.get(map, template.names.find(key)?))
            });
            let Some(rules) = rules else { continue };
            let lone = template.values.text(rules).map(|_| rules);
            let named = template.values.items(rules).iter().copied().chain(lone);
            let text = |rule: ValueId| Some(template.names.text(template.values.text(rule)?).to_owned());
            suppressed.push((resource.origin.whole(), named.filter_map(text).collect()));
        }
        Self(suppressed)
    }

    /// And what another template's resources say, whose files are others here.
    pub(super) fn extend(&mut self, other: Self, moved: impl Fn(FileId) -> FileId) {
        let places = other.0.into_iter();
        let places = places.map(|(place, rules)| (Location { file: moved(place.file), ..place }, rules));
        self.0.extend(places);
    }

    /// A resource speaks also for the file that is its definition.
    pub(super) fn add_definitions(&mut self, template: &Template) {
        for file in template.definition_files() {
            let named_at = file.named_at.at_value();
            let text = template.sources[file.file.0 as usize].text();
            let location = Location { file: file.file, span: Span::new(0..text.len()) };
            let of_owner = self.0.iter().find(|(place, _)| place.holds(named_at));
            let rules = of_owner.map(|(_, rules)| (location, rules.clone()));
            self.0.extend(rules);
        }
    }

    /// Whether nothing is suppressed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a place stands in a resource that wants to hear nothing of a rule, which has an id and a name.
    pub(super) fn hide(&self, at: Location, id: &str, name: &str) -> bool {
        self.0
            .iter()
            .any(|(place, rules)| place.holds(at) && rules.iter().any(|named| named == id || named == name))
    }
}

/// The findings that are to be heard, and those that are not.
pub(super) fn sorted_out(
    findings: Vec<Finding>,
    hides: impl Fn(&Finding) -> Option<Suppression>,
) -> (Vec<Finding>, Vec<Suppressed>) {
    let (mut heard, mut suppressed) = (Vec::new(), Vec::new());
    for finding in findings {
        match hides(&finding) {
            None => heard.push(finding),
            Some(by) => suppressed.push(Suppressed { finding, by }),
        }
    }
    (heard, suppressed)
}

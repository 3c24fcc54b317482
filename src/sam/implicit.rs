//! The APIs that events call for without naming one: `ServerlessRestApi` and `ServerlessHttpApi`.

use crate::names::Name;
use crate::template::{Entry, NameMap, Origin, ValueId};

use super::shared::{Orders, common_conditions};
use super::{Expansion, Kind, Subject};

/// The implicit REST API.
pub(super) const REST_API: &str = "ServerlessRestApi";
/// The implicit HTTP API.
pub(super) const HTTP_API: &str = "ServerlessHttpApi";

/// A kind of implicit API.
struct Implicit {
    kind: Kind,
    written_as: &'static str,
    id: &'static str,
    event: &'static str,
    api_property: &'static str,
    /// The condition under which it exists, when its events stand under several.
    condition: &'static str,
    stage: Option<&'static str>,
}

const IMPLICIT: &[Implicit] = &[
    Implicit {
        kind: Kind::Api,
        written_as: "AWS::Serverless::Api",
        id: REST_API,
        event: "Api",
        api_property: "RestApiId",
        condition: "ServerlessRestApiCondition",
        stage: Some("Prod"),
    },
    Implicit {
        kind: Kind::HttpApi,
        written_as: "AWS::Serverless::HttpApi",
        id: HTTP_API,
        event: "HttpApi",
        api_property: "ApiId",
        condition: "ServerlessHttpApiCondition",
        stage: None,
    },
];

/// Attributes of an implicit API, and what wins when its events' resources disagree.
const POLICIES: Orders =
    &[("DeletionPolicy", &["Retain", "Delete"]), ("UpdateReplacePolicy", &["Retain", "Snapshot", "Delete"])];

impl Expansion<'_> {
    /// Adds the implicit APIs that events call for. They come before `Globals`, which apply to them too. One takes
    /// the place of whatever the author gave its id to, without a word, as with the transform.
    pub(super) fn add_implicit_apis(&mut self) {
        for implicit in IMPLICIT {
            let id = self.name(implicit.id);
            let callers = self.callers(implicit, id);
            let Some((caller, at)) = callers.first().copied() else {
                continue;
            };
            let author = self.subjects[caller].1.id;
            let mut properties = Vec::new();
            if let Some(stage) = implicit.stage {
                let stage = self.text(at, stage);
                self.put(&mut properties, "StageName", stage);
            }
            if let Some(tags) = self.callers_tags(at, &callers) {
                let yes = self.plain(at, "true");
                self.put(&mut properties, "Tags", tags);
                self.put(&mut properties, "PropagateTags", yes);
            }
            let properties = self.map_of(at, properties);
            let condition = self.common_condition(implicit, &callers);
            let attributes = self.common_policies(&callers);
            let subject = Subject {
                id,
                properties: Some(properties),
                condition,
                attributes,
                origin: at,
                author,
                written_as: self.name(implicit.written_as),
                takes_globals: true,
            };
            match self.places.get(&id) {
                Some(place) => self.subjects[*place] = (implicit.kind, subject),
                None => self.add_subject(implicit.kind, subject),
            }
        }
    }

    /// The resources whose events name no API, each with the place of its event.
    fn callers(&self, implicit: &Implicit, id: Name) -> Vec<(usize, Origin)> {
        let mut callers = Vec::new();
        for (place, (kind, subject)) in self.subjects.iter().enumerate() {
            if !matches!(kind, Kind::Function | Kind::StateMachine) || subject.id == id {
                continue;
            }
            let Some(events) = self.property(subject.properties, "Events") else {
                continue;
            };
            for entry in self.template.values.entries(events) {
                let properties = self.property(Some(entry.value), "Properties");
                if self.scalar(self.property(Some(entry.value), "Type")) == Some(implicit.event)
                    && self.property(properties, implicit.api_property).is_none()
                {
                    callers.push((place, self.template.values.origin(entry.value).generated()));
                }
            }
        }
        callers
    }

    /// The condition that holds wherever one of the callers exists: none when one always does.
    fn common_condition(&mut self, implicit: &Implicit, callers: &[(usize, Origin)]) -> Option<Name> {
        let conditions =
            common_conditions(callers.iter().map(|(place, _)| self.subjects[*place].1.condition))?;
        let at = callers.first()?.1;
        match conditions.as_slice() {
            [only] => Some(*only),
            _ => Some(self.any_of(at, implicit.condition, &conditions)),
        }
    }

    /// The tags that the callers hand on.
    fn callers_tags(&mut self, at: Origin, callers: &[(usize, Origin)]) -> Option<ValueId> {
        let mut entries: Vec<Entry> = Vec::new();
        for (place, _) in callers {
            let (kind, subject) = &self.subjects[*place];
            let section = if *kind == Kind::Function { "Function" } else { "StateMachine" };
            let section = self.property(self.template.globals, section);
            let said = |key| self.property(subject.properties, key).or_else(|| self.property(section, key));
            let propagates = said("PropagateTags").is_some_and(|propagates| !self.is_false(Some(propagates)));
            let tags = said("Tags").filter(|_| propagates);
            for tag in tags.map_or(&[][..], |tags| self.template.values.entries(tags)) {
                match entries.iter_mut().find(|entry| entry.key == tag.key) {
                    Some(entry) => entry.value = tag.value,
                    None => entries.push(*tag),
                }
            }
        }
        (!entries.is_empty()).then(|| self.map_of(at, entries))
    }

    fn common_policies(&self, callers: &[(usize, Origin)]) -> NameMap<ValueId> {
        let attributes = callers.iter().map(|(place, _)| &self.subjects[*place].1.attributes);
        self.common_attributes(&attributes.collect::<Vec<_>>(), POLICIES, false)
    }
}

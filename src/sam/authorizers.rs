//! The names of authorizers: what the transform refuses of an API or an event that names one.

use crate::names::Name;
use crate::template::{Data, ValueId};

use super::{Expansion, Kind, Subject};

/// The authorizer that stands for none.
const NONE: &str = "NONE";
/// The authorizer that needs no definition.
const IAM: &str = "AWS_IAM";

impl Expansion<'_> {
    /// Tells of a `DefaultAuthorizer` that the API does not define.
    pub(super) fn check_default_authorizer(&mut self, kind: Kind, subject: &Subject) {
        let auth = self.property(subject.properties, "Auth");
        let Some(default) = self.property(auth, "DefaultAuthorizer") else {
            return;
        };
        // A REST API without any authorizers does not look at it.
        if kind == Kind::Api && self.property(auth, "Authorizers").is_none() {
            return;
        }
        if self.property(subject.properties, "DefinitionUri").is_none() {
            self.check_authorizer(kind, subject, self.resolved(default));
        }
    }

    /// Tells of an event's `Authorizer` that the event's API does not define.
    pub(super) fn check_event_authorizer(&mut self, event: Option<ValueId>, api: Name) {
        let Some((kind, subject)) = self.subject(api).map(|(kind, subject)| (kind, subject.clone())) else {
            return;
        };
        let Some(authorizer) = self.property(self.property(event, "Auth"), "Authorizer") else {
            return;
        };
        let has = |key| self.property(subject.properties, key).is_some();
        let merges = self.is_true(self.property(subject.properties, "MergeDefinitions"));
        // Where events do not change the body, nobody looks at what they say.
        let is_fixed = has("DefinitionUri") || kind == Kind::Api && has("DefinitionBody") && !merges;
        if !is_fixed && self.scalar(Some(authorizer)) != Some(NONE) {
            self.check_authorizer(kind, &subject, authorizer);
        }
    }

    fn check_authorizer(&mut self, kind: Kind, subject: &Subject, authorizer: ValueId) {
        let Some(name) = self.template.values.text(authorizer) else {
            return;
        };
        let auth = self.property(subject.properties, "Auth");
        let authorizers = self.property(auth, "Authorizers");
        let is_iam = self.text_of(name) == IAM
            && (kind == Kind::Api || self.is_true(self.property(auth, "EnableIamAuthorizer")));
        let is_unknown = [auth, authorizers].into_iter().flatten().any(|map| {
            self.template.values.is_open(map) || matches!(self.template.values.data(map), Data::Call(_))
        });
        let is_defined =
            authorizers.is_some_and(|authorizers| self.template.values.get(authorizers, name).is_some());
        if is_iam || is_unknown || is_defined {
            return;
        }
        let message =
            format!("{} is not among the Authorizers of {}", self.text_of(name), self.text_of(subject.id));
        let location = self.template.values.origin(authorizer).at_value();
        self.tell(location, message);
    }

    /// Tells of an HTTP API's Lambda authorizer that does not say how it wants to be called.
    pub(super) fn check_payload_format(&mut self, authorizers: Option<ValueId>) {
        for entry in authorizers.map_or_else(Vec::new, |map| self.template.values.entries(map).to_vec()) {
            let authorizer = Some(entry.value);
            if self.property(authorizer, "FunctionArn").is_some()
                && self.property(authorizer, "AuthorizerPayloadFormatVersion").is_none()
                && !self.template.values.is_open(entry.value)
            {
                let message = format!("{} has no AuthorizerPayloadFormatVersion", self.text_of(entry.key));
                let location = self.template.values.origin(entry.value).at_key();
                self.tell(location, message);
            }
        }
    }
}

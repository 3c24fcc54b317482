//! An end of a connector: the resource that an `Id` names, or what the author says of one that is elsewhere.

use crate::document::Typed;
use crate::names::Name;
use crate::template::{Call, Data, Entry, Origin, Resource, ValueId};

use super::super::{Expansion, PREFIX};
use super::Refusal;

/// What a connector needs to know of one of its ends.
pub(super) struct End {
    /// The logical id, where the end is a resource of this template.
    pub(super) id: Option<Name>,
    /// The type after the transform.
    pub(super) type_name: Name,
    /// The type as its author wrote it.
    pub(super) written_as: Name,
    /// `Source` or `Destination`.
    pub(super) role_in_connector: &'static str,
    /// The map in the connector.
    pub(super) at: Origin,
    /// A macro writes into the end or into its resource, so that what is missing is only unknown.
    is_open: bool,
    said: Vec<(&'static str, ValueId)>,
}

impl End {
    /// What the end says: `Arn`, `Name`, `ResourceId`, `Qualifier`, `QueueUrl` or `RoleName`.
    pub(super) fn say(&self, what: &str) -> Result<ValueId, Refusal> {
        match self.said.iter().find(|(said, _)| *said == what) {
            Some((_, value)) => Ok(*value),
            None if self.is_open => Err(Refusal::Unknown),
            None => {
                let end = self.role_in_connector;
                let message = match (what, self.id) {
                    ("RoleName", Some(_)) => {
                        format!("its {end} has no role that is given by Ref or Fn::GetAtt")
                    }
                    _ => format!("its {end} has no {what}"),
                };
                Err(Refusal::Told(self.at.at_value(), message))
            }
        }
    }
}

/// The properties that an end without an `Id` may have beside its `Type`.
const SAID: &[&str] = &["Arn", "Name", "ResourceId", "Qualifier", "QueueUrl", "RoleName"];

/// What a SAM type becomes.
const BECOMES: &[(&str, &str)] = &[
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
    ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"),
    ("AWS::Serverless::Api", "AWS::ApiGateway::RestApi"),
    ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
];

/// The property that holds the role of a resource.
const ROLES: &[(&str, &str)] = &[
    ("AWS::Lambda::Function", "Role"),
    ("AWS::StepFunctions::StateMachine", "RoleArn"),
    ("AWS::AppSync::DataSource", "ServiceRoleArn"),
];

/// What refers to a resource.
#[derive(Clone, Copy)]
enum By {
    Ref,
    Attribute(&'static str),
}

/// What can be said of every resource of a type.
const REFERENCES: &[(&str, &str, By)] = &[
    ("AWS::Lambda::Function", "Arn", By::Attribute("Arn")),
    ("AWS::StepFunctions::StateMachine", "Arn", By::Ref),
    ("AWS::StepFunctions::StateMachine", "Name", By::Attribute("Name")),
    ("AWS::AppSync::GraphQLApi", "ResourceId", By::Attribute("ApiId")),
    ("AWS::AppSync::GraphQLApi", "Arn", By::Ref),
    ("AWS::AppSync::DataSource", "Arn", By::Ref),
    ("AWS::Events::Rule", "Arn", By::Attribute("Arn")),
    ("AWS::SQS::Queue", "Arn", By::Attribute("Arn")),
    ("AWS::SQS::Queue", "QueueUrl", By::Ref),
    ("AWS::SNS::Topic", "Arn", By::Ref),
    ("AWS::DynamoDB::Table", "Arn", By::Attribute("Arn")),
    ("AWS::S3::Bucket", "Arn", By::Attribute("Arn")),
    ("AWS::Location::PlaceIndex", "Arn", By::Attribute("Arn")),
    ("AWS::ApiGatewayV2::Api", "Arn", By::Attribute("Arn")),
    ("AWS::ApiGatewayV2::Api", "ResourceId", By::Ref),
    ("AWS::ApiGateway::RestApi", "Arn", By::Attribute("Arn")),
    ("AWS::ApiGateway::RestApi", "ResourceId", By::Ref),
    ("AWS::Events::EventBus", "Arn", By::Attribute("Arn")),
];

/// The types of which a connector is for all routes unless it has a `Qualifier`.
const APIS: &[&str] = &["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];

/// How many targets of a rule are looked at; EventBridge allows fewer.
const MOST_TARGETS: usize = 100;
/// Values that an ARN is put together from, at most, to be compared with another.
const LONGEST_ARN: usize = 100;

impl Expansion<'_> {
    /// Reads the end `written`; `other` is the other one.
    pub(super) fn connector_end(
        &mut self,
        role_in_connector: &'static str,
        written: ValueId,
        other: ValueId,
    ) -> Result<End, Refusal> {
        let at = self.template.values.origin(written);
        let told = |message: String| Refusal::Told(at.at_value(), message);
        if self.template.values.is_open(written) {
            return Err(Refusal::Unknown);
        }
        if !self.is_map(written) {
            return Err(told(format!("its {role_in_connector} is not a map with an Id or a Type")));
        }
        let (mut id, mut others) = (None, false);
        for entry in self.template.values.entries(written) {
            match self.text_of(entry.key) {
                "Id" => id = Some(entry.value),
                "Qualifier" => {}
                _ => others = true,
            }
        }
        match id {
            Some(id) if !others => self.own_end(role_in_connector, written, id, other),
            None if others => self.foreign_end(role_in_connector, written),
            Some(_) | None => {
                let message =
                    format!("its {role_in_connector} takes either an Id or a Type with what else is needed");
                Err(told(message))
            }
        }
    }

    /// A resource of this template.
    fn own_end(
        &mut self,
        role_in_connector: &'static str,
        written: ValueId,
        id_value: ValueId,
        other: ValueId,
    ) -> Result<End, Refusal> {
        let told = |expansion: &Self, message: String| {
            Err(Refusal::Told(expansion.template.values.origin(id_value).at_value(), message))
        };
        let reason = format!("the Id of its {role_in_connector} is not the text of a logical id");
        let id = self.plain_text(id_value, &reason)?;
        let Some(resource) = self.template.resources.get(&id) else {
            if self.is_elsewhere(id) || self.template.own.has_open_resources() {
                return Err(Refusal::Unknown);
            }
            let message = format!("its {role_in_connector} {} is not in this template", self.text_of(id));
            return told(self, message);
        };
        let Resource { type_name, properties, made_by, written_as, .. } = *resource;
        let type_text = self.text_of(type_name);
        // What could not be expanded is told already, or is a macro's.
        if type_text.starts_with(PREFIX) && type_text != super::CONNECTOR {
            return Err(Refusal::Unknown);
        }
        if type_text.is_empty() {
            return told(self, format!("its {role_in_connector} {} has no Type", self.text_of(id)));
        }
        // An implicit API counts as written.
        let is_own = made_by.is_none() || self.subject(id).is_some();
        let at = self.template.values.origin(written);
        let mut end = End {
            id: Some(id),
            type_name,
            written_as: if is_own { written_as } else { type_name },
            role_in_connector,
            at,
            is_open: properties.is_some_and(|properties| self.template.values.is_open(properties)),
            said: Vec::new(),
        };
        let place = self.place_of(written);
        let type_text = self.text_of(type_name).to_owned();
        for (_, what, by) in REFERENCES.iter().filter(|(of, ..)| *of == type_text) {
            let value = match by {
                By::Ref => self.reference(place, id),
                By::Attribute(attribute) => self.attribute(place, id, attribute),
            };
            end.said.push((what, value));
        }
        if let Some(role) = self.role_of(type_name, properties, other) {
            end.said.push(("RoleName", self.reference(place, role)));
        }
        match self.property(Some(written), "Qualifier") {
            Some(qualifier) => end.said.push(("Qualifier", qualifier)),
            None if APIS.contains(&type_text.as_str()) => {
                end.said.push(("Qualifier", self.text(place, "*")));
            }
            None => {}
        }
        Ok(end)
    }

    /// Something of which the connector itself says what it needs to know.
    fn foreign_end(&mut self, role_in_connector: &'static str, written: ValueId) -> Result<End, Refusal> {
        let at = self.template.values.origin(written);
        let reason = format!("its {role_in_connector} has neither an Id nor a Type that is a text");
        let type_name = match self.property(Some(written), "Type") {
            Some(type_name) => self.plain_text(type_name, &reason)?,
            None => return Err(Refusal::Told(at.at_value(), reason)),
        };
        let becomes = BECOMES.iter().find(|(sam, _)| *sam == self.text_of(type_name));
        let type_name = becomes.map_or(type_name, |(_, type_name)| self.name(type_name));
        let said =
            SAID.iter().filter_map(|what| Some((*what, self.property(Some(written), what)?))).collect();
        Ok(End { id: None, type_name, written_as: type_name, role_in_connector, at, is_open: false, said })
    }

    /// The role under which a resource acts on the other end.
    fn role_of(&self, type_name: Name, properties: Option<ValueId>, other: ValueId) -> Option<Name> {
        let type_name = self.text_of(type_name);
        if type_name == "AWS::Events::Rule" {
            return self.role_of_target(properties, other);
        }
        let (_, property) = ROLES.iter().find(|(of, _)| *of == type_name)?;
        self.named_resource(self.property(properties, property)?)
    }

    /// A rule has a role for each of its targets.
    fn role_of_target(&self, rule: Option<ValueId>, other: ValueId) -> Option<Name> {
        let targets = self.property(rule, "Targets")?;
        let id = self.property(Some(other), "Id").and_then(|id| self.plain_text(id, "").ok());
        let arn = self.property(Some(other), "Arn");
        let targets = self.template.values.items(targets);
        let target = targets.iter().take(MOST_TARGETS).find(|target| {
            let Some(target_arn) = self.property(Some(**target), "Arn") else { return false };
            let is_by_id = id.is_some() && self.named_resource(target_arn) == id;
            let mut steps = LONGEST_ARN;
            is_by_id || arn.is_some_and(|arn| self.is_written_alike(arn, target_arn, &mut steps))
        })?;
        self.named_resource(self.property(Some(*target), "RoleArn")?)
    }

    /// The resource in a `Ref` or an `Fn::GetAtt`.
    pub(super) fn named_resource(&self, value: ValueId) -> Option<Name> {
        let Data::Call(call) = self.template.values.data(value) else {
            return None;
        };
        if let Call::Ref(id) | Call::GetAtt(id, _) = call.as_ref() { Some(*id) } else { None }
    }

    /// The text of a value that is one and not blank: `42` is a number. Anything else is refused, for `reason`.
    pub(super) fn plain_text(&self, value: ValueId, reason: &str) -> Result<Name, Refusal> {
        // The language extensions put in what a parameter says, which may be given only on deployment.
        let parameter = self.reference_in(value).filter(|_| self.has_language_extensions());
        let value = match parameter.and_then(|parameter| self.template.parameters.get(&parameter)) {
            Some(parameter) => parameter.setting().ok_or(Refusal::Unknown)?.0,
            None => value,
        };
        let is_text = matches!(self.typed(value), Some(Typed::Text(text)) if !text.is_empty());
        self.template
            .values
            .text(value)
            .filter(|_| is_text)
            .ok_or_else(|| Refusal::Told(self.template.values.origin(value).at_value(), reason.to_owned()))
    }

    /// A map of the source `id` with what an embedded connector adds in its `SourceReference`.
    pub(super) fn embedded_source(&mut self, at: Origin, id: Name, reference: Option<ValueId>) -> ValueId {
        let value = self.text_named(at, id);
        let mut entries = vec![Entry { key: self.name("Id"), value }];
        if let Some(reference) = reference {
            entries.extend_from_slice(self.template.values.entries(reference));
        }
        let at = reference.map_or(at, |reference| self.place_of(reference));
        self.map_of(at, entries)
    }
}

//! `AWS::Serverless::StateMachine`: the state machine, its role, its version and alias, and its events.

use crate::names::Name;
use crate::template::ValueId;

use super::make::{PropertyTable, Target};
use super::policies::{Role, RoleSettings};
use super::{Expansion, Subject};

const STATE_MACHINE: PropertyTable = PropertyTable {
    renamed: &[
        ("Definition", "DefinitionString"),
        ("DefinitionUri", "DefinitionS3Location"),
        ("Logging", "LoggingConfiguration"),
        ("Name", "StateMachineName"),
        ("Role", "RoleArn"),
        ("Tracing", "TracingConfiguration"),
        ("Type", "StateMachineType"),
    ],
    consumed: &[
        "AutoPublishAlias",
        "DeploymentPreference",
        "Events",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "RolePath",
        "Tags",
        "UseAliasAsEventTarget",
    ],
};

impl Expansion<'_> {
    /// The state machine `<S>` and everything that it stands for.
    pub(super) fn expand_state_machine(&mut self, subject: &Subject) {
        let at = subject.origin.generated();
        let properties = subject.properties;
        let has_definition =
            ["Definition", "DefinitionUri"].iter().any(|key| self.property(properties, key).is_some());
        if !has_definition {
            let message = format!("{} has neither Definition nor DefinitionUri", self.text_of(subject.id));
            self.tell(at.at_key(), message);
        }
        let mut entries = self.carried(properties, &STATE_MACHINE);
        let has_own_role = self.property(properties, "Role").is_some();
        if !has_own_role {
            let role = self.id_after(subject.id, "Role");
            let role = self.attribute(at, role, "Arn");
            self.put(&mut entries, "RoleArn", role);
        }
        let tags = self.property(properties, "Tags");
        let tags = self.tags(at, tags, Some("stateMachine:createdBy"));
        self.put_some(&mut entries, "Tags", tags);
        self.replace(subject, "AWS::StepFunctions::StateMachine", entries);
        if !has_own_role {
            self.make_state_machine_role(subject, tags);
        }
        let alias = self.make_state_machine_alias(subject);
        let uses_alias = self.is_true(self.property(properties, "UseAliasAsEventTarget"));
        let target = alias.filter(|_| uses_alias).unwrap_or(subject.id);
        self.expand_state_machine_events(subject, Target::StateMachine(target));
    }

    fn make_state_machine_role(&mut self, subject: &Subject, tags: Option<ValueId>) {
        let properties = subject.properties;
        let mut role = Role::default();
        if let Some(policies) = self.property(properties, "Policies") {
            self.add_written_policies(&mut role, policies);
        }
        let tracing = self.property(properties, "Tracing");
        if self.is_true(self.property(tracing, "Enabled")) {
            self.add_managed_policy(&mut role, subject.origin.generated(), "AWSXrayWriteOnlyAccess");
        }
        let settings = RoleSettings {
            assumed: None,
            path: self.property(properties, "RolePath"),
            boundary: self.property(properties, "PermissionsBoundary"),
            tags,
        };
        self.make_role(subject, "states.amazonaws.com", role, &settings, subject.condition);
    }

    /// The version `<S>Version` and the alias `<S>Alias<name>` of `AutoPublishAlias`.
    fn make_state_machine_alias(&mut self, subject: &Subject) -> Option<Name> {
        let properties = subject.properties;
        let name = self.property(properties, "AutoPublishAlias")?;
        let at = self.place_of(name);
        let suffix = self.resolved_scalar(name).or_else(|| self.referred(name))?;

        let version = self.id_after(subject.id, "Version");
        let machine = self.reference(at, subject.id);
        let revision = self.attribute(at, subject.id, "StateMachineRevisionId");
        let mut entries = Vec::new();
        self.put(&mut entries, "StateMachineArn", machine);
        self.put(&mut entries, "StateMachineRevisionId", revision);
        let retain = self.text(at, "Retain");
        let keys = ["DeletionPolicy", "UpdateReplacePolicy"].map(|key| self.name(key));
        let made = self.make(subject, at, version, "AWS::StepFunctions::StateMachineVersion", entries);
        for key in keys {
            made.attributes.entry(key).or_insert(retain);
        }

        let alias = self.id(&[self.text_of(subject.id), "Alias", self.text_of(suffix)]);
        let version = self.reference(at, version);
        let preference = self.property(properties, "DeploymentPreference");
        let preference = if preference.is_some() {
            self.with_entry(preference, at, "StateMachineVersionArn", version)
        } else {
            let kind = self.text(at, "ALL_AT_ONCE");
            self.map(at, &[("Type", kind), ("StateMachineVersionArn", version)])
        };
        let mut entries = Vec::new();
        self.put(&mut entries, "Name", name);
        self.put(&mut entries, "DeploymentPreference", preference);
        self.make(subject, at, alias, "AWS::StepFunctions::StateMachineAlias", entries);
        Some(alias)
    }
}

//! Execution roles: what SAM adds to them, and the author's `Policies` as they are written.

use crate::names::Name;
use crate::template::{Data, Entry, Origin, ValueId};

use super::{Expansion, Subject};

/// An execution role while the function or state machine that it serves is expanded.
#[derive(Default)]
pub(super) struct Role {
    managed: Vec<ValueId>,
    /// The texts of `managed`, each once.
    managed_names: Vec<Name>,
    policies: Vec<ValueId>,
    /// The names of what events added to `policies`, each once.
    policy_names: Vec<Name>,
}

impl Role {
    fn add_policy(&mut self, name: Name, policy: ValueId) {
        if !self.policy_names.contains(&name) {
            self.policy_names.push(name);
            self.policies.push(policy);
        }
    }
}

/// What a role may do at a destination of each type.
const DESTINATION_ACTIONS: &[(&str, &str)] = &[
    ("SQS", "sqs:SendMessage"),
    ("SNS", "sns:publish"),
    ("Lambda", "lambda:InvokeFunction"),
    ("EventBridge", "events:PutEvents"),
    ("S3", "s3:PutObject"),
    ("S3Bucket", "s3:PutObject"),
];

/// What a role may do at a source that no managed policy covers.
const SOURCE_ACTIONS: &[(&str, &[&str])] = &[
    ("MQ", &["mq:DescribeBroker", "secretsmanager:GetSecretValue"]),
    ("SelfManagedKafka", &["secretsmanager:GetSecretValue"]),
    ("DocumentDB", &["rds:DescribeDBClusters", "secretsmanager:GetSecretValue"]),
];

impl Expansion<'_> {
    /// Adds one of AWS's managed policies.
    pub(super) fn add_managed_policy(&mut self, role: &mut Role, at: Origin, policy: &str) {
        let arn = self.id(&["arn:", self.template.partition(), ":iam::aws:policy/", policy]);
        if !role.managed_names.contains(&arn) {
            role.managed_names.push(arn);
            let arn = self.text_named(at, arn);
            role.managed.push(arn);
        }
    }

    /// Adds the permission to send to a destination.
    pub(super) fn add_destination_policy(
        &mut self,
        role: &mut Role,
        id: Name,
        kind: &str,
        destination: ValueId,
    ) {
        let Some((_, action)) = DESTINATION_ACTIONS.iter().find(|(of, _)| *of == kind) else {
            return;
        };
        let name = self.id(&[self.text_of(id), kind, "Policy"]);
        self.add_permission_to(role, name, action, destination);
    }

    /// Adds a policy that allows one action on one resource.
    pub(super) fn add_permission_to(&mut self, role: &mut Role, name: Name, action: &str, resource: ValueId) {
        let at = self.place_of(resource);
        let policy = self.allowing(at, name, &[action], Some(resource));
        role.add_policy(name, policy);
    }

    /// Adds the permission to read from a source.
    pub(super) fn add_source_policy(
        &mut self,
        role: &mut Role,
        at: Origin,
        name: &str,
        kind: &str,
        source: Option<ValueId>,
    ) {
        let Some((_, actions)) = SOURCE_ACTIONS.iter().find(|(of, _)| *of == kind) else {
            return;
        };
        let name = self.name(name);
        let policy = self.allowing(at, name, actions, source);
        role.add_policy(name, policy);
    }

    /// `{PolicyName, PolicyDocument: {Statement: [{Action, Effect: Allow, Resource}]}}`.
    pub(super) fn allowing(
        &mut self,
        at: Origin,
        name: Name,
        actions: &[&str],
        resource: Option<ValueId>,
    ) -> ValueId {
        let actions = actions.iter().map(|action| self.text(at, action)).collect();
        let actions = self.list(at, actions);
        let effect = self.text(at, "Allow");
        let resource = resource.unwrap_or_else(|| self.text(at, "*"));
        let statement = self.map(at, &[("Action", actions), ("Effect", effect), ("Resource", resource)]);
        let statements = self.list(at, vec![statement]);
        let document = self.map(at, &[("Statement", statements)]);
        let name = self.text_named(at, name);
        self.map(at, &[("PolicyName", name), ("PolicyDocument", document)])
    }

    /// Adds the author's `Policies`: managed ones by name, the others as they are written.
    pub(super) fn add_written_policies(&mut self, role: &mut Role, policies: ValueId) {
        match self.template.values.data(policies).clone() {
            Data::List(items) => items.into_iter().for_each(|item| self.add_written_policy(role, item)),
            Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => self.add_written_policy(role, policies),
        }
    }

    fn add_written_policy(&mut self, role: &mut Role, policy: ValueId) {
        match self.template.values.data(policy) {
            Data::Scalar { text, .. } => {
                let text = *text;
                if !self.is_null(policy) && !role.managed_names.contains(&text) {
                    role.managed_names.push(text);
                    role.managed.push(policy);
                }
            }
            Data::Map(_) | Data::List(_) => role.policies.push(policy),
            // A policy that depends on a condition may be of either kind; the kind of its branches tells.
            Data::Call(_) => match self.branches(policy) {
                Some((_, then, otherwise)) if self.is_map(then) || self.is_map(otherwise) => {
                    role.policies.push(policy);
                }
                Some(_) | None => role.managed.push(policy),
            },
        }
    }

    /// The role `<resource>Role` with what was gathered.
    pub(super) fn make_role(
        &mut self,
        subject: &Subject,
        service: &str,
        role: Role,
        settings: &RoleSettings,
        condition: Option<Name>,
    ) {
        let at = subject.origin.generated();
        let mut entries = Vec::new();
        let assumed = match settings.assumed {
            Some(document) => document,
            None => self.assumed_by(at, service),
        };
        self.put(&mut entries, "AssumeRolePolicyDocument", assumed);
        if !role.managed.is_empty() {
            let managed = self.list(at, role.managed);
            self.put(&mut entries, "ManagedPolicyArns", managed);
        }
        if !role.policies.is_empty() {
            let policies = self.list(at, role.policies);
            self.put(&mut entries, "Policies", policies);
        }
        self.put_some(&mut entries, "Path", settings.path);
        self.put_some(&mut entries, "PermissionsBoundary", settings.boundary);
        self.put_some(&mut entries, "Tags", settings.tags);
        let id = self.id_after(subject.id, "Role");
        self.make(subject, at, id, "AWS::IAM::Role", entries).condition = condition;
    }

    /// The policy by which a service takes on a role.
    pub(super) fn assumed_by(&mut self, at: Origin, service: &str) -> ValueId {
        let service = self.text(at, service);
        let services = self.list(at, vec![service]);
        let principal = self.map(at, &[("Service", services)]);
        let action = self.text(at, "sts:AssumeRole");
        let actions = self.list(at, vec![action]);
        let effect = self.text(at, "Allow");
        let statement = self.map(at, &[("Action", actions), ("Effect", effect), ("Principal", principal)]);
        let statements = self.list(at, vec![statement]);
        let version = self.text(at, "2012-10-17");
        self.map(at, &[("Version", version), ("Statement", statements)])
    }

    /// A role that lets a service start or invoke the target of an event.
    pub(super) fn make_event_role(
        &mut self,
        event: &super::events::Event<'_>,
        service: &str,
        boundary: Option<ValueId>,
        policies: Vec<ValueId>,
    ) -> ValueId {
        let id = self.id_after(event.id, "Role");
        let assumed = self.assumed_by(event.at, service);
        let policies = self.list(event.at, policies);
        let mut entries: Vec<Entry> = Vec::new();
        self.put(&mut entries, "AssumeRolePolicyDocument", assumed);
        self.put(&mut entries, "Policies", policies);
        self.put_some(&mut entries, "PermissionsBoundary", boundary);
        self.make(event.subject, event.at, id, "AWS::IAM::Role", entries);
        self.attribute(event.at, id, "Arn")
    }
}

/// What the author says of a role that SAM makes.
#[derive(Default)]
pub(super) struct RoleSettings {
    /// `AssumeRolePolicyDocument`.
    pub(super) assumed: Option<ValueId>,
    /// `RolePath`.
    pub(super) path: Option<ValueId>,
    /// `PermissionsBoundary`.
    pub(super) boundary: Option<ValueId>,
    /// The tags, as the role takes them.
    pub(super) tags: Option<ValueId>,
}

//! `AWS::Serverless::Function`: the function, its role, its version and alias, its URL and its events.

use crate::names::Name;
use crate::template::{Call, Data, Entry, Origin, ValueId};

use super::make::{PropertyTable, Target};
use super::policies::{Role, RoleSettings};
use super::{Expansion, Subject};

const FUNCTION: PropertyTable = PropertyTable {
    renamed: &[],
    consumed: &[
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CapacityProviderConfig",
        "CodeUri",
        "DeadLetterQueue",
        "DeploymentPreference",
        "EventInvokeConfig",
        "Events",
        "FunctionUrlConfig",
        "ImageUri",
        "InlineCode",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "ProvisionedConcurrencyConfig",
        "Role",
        "RolePath",
        "SourceKMSKeyArn",
        "Tags",
        "Tracing",
        "VersionDeletionPolicy",
        "VersionDescription",
    ],
};

/// The names of a code's place in S3.
const CODE: PropertyTable = PropertyTable {
    renamed: &[
        ("Bucket", "S3Bucket"),
        ("Key", "S3Key"),
        ("Version", "S3ObjectVersion"),
        ("StorageMode", "S3ObjectStorageMode"),
    ],
    consumed: &[],
};

const CAPACITY_PROVIDER: PropertyTable =
    PropertyTable { renamed: &[("Arn", "CapacityProviderArn")], consumed: &[] };

/// What a dead-letter queue or topic takes.
const DEAD_LETTER_ACTIONS: &[(&str, &str)] = &[("SQS", "sqs:SendMessage"), ("SNS", "sns:Publish")];

impl Expansion<'_> {
    /// The function `<F>` and everything that it stands for.
    pub(super) fn expand_function(&mut self, subject: &Subject) {
        self.tell_about_instances(subject);
        let mut role = self.function_role(subject);
        self.make_function(subject);
        let target = match self.make_alias(subject) {
            Some(alias) => Target::Alias(alias),
            None => Target::Function(subject.id),
        };
        self.make_url(subject, target);
        self.make_invoke_config(subject, target, &mut role);
        self.expand_function_events(subject, target, &mut role);
        self.make_function_role(subject, role);
    }

    fn make_function(&mut self, subject: &Subject) {
        let at = subject.origin.generated();
        let properties = subject.properties;
        let mut entries = self.carried(properties, &FUNCTION);
        let code = self.code(properties);
        self.put_some(&mut entries, "Code", code);
        let role = self.role_reference(subject);
        self.put(&mut entries, "Role", role);
        if let Some(mode) = self.active_tracing(properties) {
            let config = self.inside("Mode", mode);
            self.put(&mut entries, "TracingConfig", config);
        }
        let queue = self.property(properties, "DeadLetterQueue");
        if let Some(target) = self.property(queue, "TargetArn") {
            let config = self.inside("TargetArn", target);
            self.put(&mut entries, "DeadLetterConfig", config);
        }
        if let Some(provider) = self.property(properties, "CapacityProviderConfig") {
            let provider = self.capacity_provider(provider);
            self.put(&mut entries, "CapacityProviderConfig", provider);
        }
        let is_whole = !self.template.own.is_fragment();
        if is_whole && self.property(properties, "AutoPublishAlias").is_none() {
            // The transform rejects it without an alias. It stays where it is written, for rules to see.
            self.put_same(&mut entries, properties, &["ProvisionedConcurrencyConfig"]);
        }
        let tags = self.function_tags(at, properties);
        self.put_some(&mut entries, "Tags", tags);
        self.replace(subject, "AWS::Lambda::Function", entries);
    }

    /// A map of one entry, at the place of what is in it.
    fn inside(&mut self, key: &str, value: ValueId) -> ValueId {
        let at = self.place_of(value);
        self.map(at, &[(key, value)])
    }

    fn code(&mut self, properties: Option<ValueId>) -> Option<ValueId> {
        if let Some(text) = self.property(properties, "InlineCode") {
            return Some(self.inside("ZipFile", text));
        }
        if let Some(image) = self.property(properties, "ImageUri") {
            return Some(self.inside("ImageUri", image));
        }
        let code = self.property(properties, "CodeUri")?;
        if !self.is_map(code) {
            return Some(code);
        }
        let entries = self.carried(Some(code), &CODE);
        let origin = self.template.values.origin(code);
        Some(self.map_of(origin, entries))
    }

    /// `Tracing` unless it is off: `Disabled` is the same as nothing.
    fn active_tracing(&self, properties: Option<ValueId>) -> Option<ValueId> {
        let tracing = self.property(properties, "Tracing")?;
        let is_off = self.resolved_scalar(tracing).is_some_and(|mode| self.text_of(mode) == "Disabled");
        (!is_off).then_some(tracing)
    }

    fn capacity_provider(&mut self, provider: ValueId) -> ValueId {
        let at = self.place_of(provider);
        let inner = if self.is_map(provider) {
            let entries = self.carried(Some(provider), &CAPACITY_PROVIDER);
            self.map_of(at, entries)
        } else {
            provider
        };
        self.map(at, &[("LambdaManagedInstancesCapacityProviderConfig", inner)])
    }

    /// The function's tags; where they are handed on to all that is made of it, SAM's own tag is left out.
    fn function_tags(&mut self, at: Origin, properties: Option<ValueId>) -> Option<ValueId> {
        let tags = self.property(properties, "Tags");
        let is_handed_on = tags.is_some() && self.is_true(self.property(properties, "PropagateTags"));
        self.tags(at, tags, (!is_handed_on).then_some("lambda:createdBy"))
    }

    /// The author's role, or the one that is made; where the author's depends on a condition, one per branch.
    fn role_reference(&mut self, subject: &Subject) -> ValueId {
        let written = self.property(subject.properties, "Role");
        let Some(written) = written else {
            return self.own_role(subject, subject.origin.generated());
        };
        let Some((condition, then, otherwise)) = self.branches(written) else {
            return written;
        };
        let origin = self.template.values.origin(written);
        match (self.is_no_value(then), self.is_no_value(otherwise)) {
            (true, true) => self.own_role(subject, origin),
            (true, false) => {
                let then = self.own_role(subject, origin);
                self.call(origin, Call::If { condition, then, otherwise })
            }
            (false, true) => {
                let otherwise = self.own_role(subject, origin);
                self.call(origin, Call::If { condition, then, otherwise })
            }
            (false, false) => written,
        }
    }

    fn own_role(&mut self, subject: &Subject, at: Origin) -> ValueId {
        let role = self.id_after(subject.id, "Role");
        self.attribute(at, role, "Arn")
    }

    /// What the role needs before events are looked at.
    fn function_role(&mut self, subject: &Subject) -> Role {
        let at = subject.origin.generated();
        let properties = subject.properties;
        let mut role = Role::default();
        let base = if self.property(properties, "DurableConfig").is_some() {
            "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
        } else {
            "service-role/AWSLambdaBasicExecutionRole"
        };
        self.add_managed_policy(&mut role, at, base);
        if let Some(tracing) = self.active_tracing(properties) {
            let at = self.place_of(tracing);
            self.add_managed_policy(&mut role, at, "AWSXrayWriteOnlyAccess");
        }
        if let Some(network) = self.property(properties, "VpcConfig") {
            let at = self.place_of(network);
            self.add_managed_policy(&mut role, at, "service-role/AWSLambdaVPCAccessExecutionRole");
        }
        let queue = self.property(properties, "DeadLetterQueue");
        let kind = self.scalar(self.property(queue, "Type"));
        let action = DEAD_LETTER_ACTIONS.iter().find(|(of, _)| Some(*of) == kind).map(|(_, action)| *action);
        if let (Some(action), Some(target)) = (action, self.property(queue, "TargetArn")) {
            let name = self.name("DeadLetterQueuePolicy");
            self.add_permission_to(&mut role, name, action, target);
        }
        if let Some(policies) = self.property(properties, "Policies") {
            self.add_written_policies(&mut role, policies);
        }
        role
    }

    fn make_function_role(&mut self, subject: &Subject, role: Role) {
        let properties = subject.properties;
        let mut condition = subject.condition;
        if let Some(written) = self.property(properties, "Role") {
            // A role of the author's under `Fn::If` leaves the branch without one to the role that is made,
            // which then stands under that branch's condition and no longer under the function's.
            let Some((of_branch, then, otherwise)) = self.branches(written) else {
                return;
            };
            match (self.is_no_value(then), self.is_no_value(otherwise)) {
                (true, true) => {}
                (true, false) => condition = Some(of_branch),
                (false, true) => {
                    let at = self.place_of(written);
                    condition = Some(self.opposite(at, of_branch, ""));
                }
                (false, false) => return,
            }
        }
        let settings = RoleSettings {
            assumed: self.property(properties, "AssumeRolePolicyDocument"),
            path: self.property(properties, "RolePath"),
            boundary: self.property(properties, "PermissionsBoundary"),
            tags: self.function_tags(subject.origin.generated(), properties),
        };
        self.make_role(subject, "lambda.amazonaws.com", role, &settings, condition);
    }

    /// The version `<F>Version<digits>` and the alias `<F>Alias<name>` of `AutoPublishAlias`.
    fn make_alias(&mut self, subject: &Subject) -> Option<Name> {
        let properties = subject.properties;
        let written = self.property(properties, "AutoPublishAlias")?;
        let at = self.place_of(written);
        // A parameter without a default leaves the alias's name open; the parameter's own stands in for it.
        let name = self.resolved_scalar(written).or_else(|| self.referred(written));
        let Some(name) = name else {
            let message = "AutoPublishAlias is neither a text nor a Ref to a parameter".to_owned();
            self.tell(at.at_value(), message);
            return None;
        };

        let version = self.hashed(subject.id, "Version");
        let function = self.reference(at, subject.id);
        let mut entries = Vec::new();
        self.put(&mut entries, "FunctionName", function);
        let description = self.property(properties, "VersionDescription");
        self.put_some(&mut entries, "Description", description);
        if self.property(properties, "CapacityProviderConfig").is_some() {
            self.put_same(&mut entries, properties, &["FunctionScalingConfig"]);
        }
        let policy = match self.property(properties, "VersionDeletionPolicy") {
            Some(policy) => policy,
            None if self.property(properties, "CapacityProviderConfig").is_some() => self.text(at, "Delete"),
            None => self.text(at, "Retain"),
        };
        let key = self.name("DeletionPolicy");
        let made = self.make(subject, at, version, "AWS::Lambda::Version", entries);
        made.attributes.entry(key).or_insert(policy);
        self.refer(subject.id, "Version", version);

        let alias = self.alias_id(subject.id, self.text_of(name));
        let name = match self.template.values.data(written) {
            Data::Scalar { .. } => written,
            Data::List(_) | Data::Map(_) | Data::Call(_) => {
                let origin = self.template.values.origin(written);
                self.text_named(origin, name)
            }
        };
        let number = self.attribute(at, version, "Version");
        let mut entries: Vec<Entry> = Vec::new();
        self.put(&mut entries, "Name", name);
        self.put(&mut entries, "FunctionName", function);
        self.put(&mut entries, "FunctionVersion", number);
        self.put_same(&mut entries, properties, &["ProvisionedConcurrencyConfig"]);
        let update = self.deployment_of(subject);
        let key = self.name("UpdatePolicy");
        let made = self.make(subject, at, alias, "AWS::Lambda::Alias", entries);
        if let Some(update) = update {
            made.attributes.insert(key, update);
        }
        self.refer(subject.id, "Alias", alias);
        Some(alias)
    }

    /// The URL `<F>Url`; without authorization, the permissions by which anyone may call it.
    fn make_url(&mut self, subject: &Subject, target: Target) {
        let Some(config) = self.property(subject.properties, "FunctionUrlConfig") else {
            return;
        };
        let at = self.place_of(config);
        let function = self.function_name(at, target);
        let mut entries = Vec::new();
        self.put_same(&mut entries, Some(config), &["AuthType", "Cors", "InvokeMode"]);
        self.put(&mut entries, "TargetFunctionArn", function);
        let id = self.id_after(subject.id, "Url");
        self.make(subject, at, id, "AWS::Lambda::Url", entries);

        if self.scalar(self.property(Some(config), "AuthType")) != Some("NONE") {
            return;
        }
        let everyone = self.text(at, "*");
        let none = self.text(at, "NONE");
        let yes = self.plain(at, "true");
        let permissions = [
            ("UrlPublicPermissions", "lambda:InvokeFunctionUrl", ("FunctionUrlAuthType", none)),
            ("URLInvokeAllowPublicAccess", "lambda:InvokeFunction", ("InvokedViaFunctionUrl", yes)),
        ];
        for (suffix, action, (key, value)) in permissions {
            let action = self.text(at, action);
            let mut entries = Vec::new();
            self.put(&mut entries, "Action", action);
            self.put(&mut entries, "FunctionName", function);
            self.put(&mut entries, "Principal", everyone);
            self.put(&mut entries, key, value);
            let id = self.id_after(subject.id, suffix);
            self.make(subject, at, id, "AWS::Lambda::Permission", entries);
        }
    }
}

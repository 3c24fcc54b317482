//! `AWS::Serverless::CapacityProvider`: instances that functions run on, and the role that manages them.

use crate::template::{Call, Entry, Origin, ValueId};

use super::make::PropertyTable;
use super::{Expansion, Subject};

const CAPACITY_PROVIDER: PropertyTable = PropertyTable {
    renamed: &[],
    consumed: &[
        "InstanceRequirements",
        "LoggingConfig",
        "ManagedResourceTags",
        "OperatorRole",
        "PropagateTags",
        "ScalingConfig",
        "Tags",
    ],
};

const INSTANCE_REQUIREMENTS: PropertyTable = PropertyTable {
    renamed: &[("AllowedTypes", "AllowedInstanceTypes"), ("ExcludedTypes", "ExcludedInstanceTypes")],
    consumed: &[],
};

const SCALING: PropertyTable = PropertyTable { renamed: &[], consumed: &["AverageCPUUtilization"] };

/// The tag that tells that SAM made a resource.
const CREATED_BY: &str = "lambda:createdBy";

/// What a function that runs on instances cannot have: the instances have a network and are there already.
const EXCLUDED_BY_INSTANCES: &[&str] = &["ProvisionedConcurrencyConfig", "VpcConfig"];

impl Expansion<'_> {
    /// The capacity provider `<C>`, and its role unless the author has one.
    pub(super) fn expand_capacity_provider(&mut self, subject: &Subject) {
        let at = subject.origin.generated();
        let properties = subject.properties;
        self.tell_about_capacity_provider(subject);
        let mut entries = self.carried(properties, &CAPACITY_PROVIDER);
        let role = match self.property(properties, "OperatorRole") {
            Some(role) => role,
            None => self.make_operator_role(subject),
        };
        let role_at = self.place_of(role);
        let permissions = self.map(role_at, &[("CapacityProviderOperatorRoleArn", role)]);
        self.put(&mut entries, "PermissionsConfig", permissions);
        if let Some(requirements) = self.property(properties, "InstanceRequirements") {
            let requirements = self.in_each_branch(requirements, Self::instance_requirements);
            self.put(&mut entries, "InstanceRequirements", requirements);
        }
        if let Some(scaling) = self.property(properties, "ScalingConfig") {
            let scaling = self.in_each_branch(scaling, Self::scaling);
            self.put(&mut entries, "CapacityProviderScalingConfig", scaling);
        }
        if let Some(logging) = self.property(properties, "LoggingConfig") {
            let at = self.place_of(logging);
            let telemetry = self.map(at, &[("LoggingConfig", logging)]);
            self.put(&mut entries, "TelemetryConfig", telemetry);
        }
        let managed = self.property(properties, "ManagedResourceTags");
        if let Some(tags) = self.property(managed, "Tags") {
            let at = self.place_of(tags);
            let mode = self.text(at, "Explicit");
            let tags = self.tags(at, Some(tags), None);
            let mut propagated = Vec::new();
            self.put(&mut propagated, "Mode", mode);
            self.put_some(&mut propagated, "ExplicitTags", tags);
            let propagated = self.map_of(at, propagated);
            self.put(&mut entries, "PropagateTags", propagated);
        }
        let tags = self.property(properties, "Tags");
        let tags = self.tags(at, tags, Some(CREATED_BY));
        self.put_some(&mut entries, "Tags", tags);
        self.replace(subject, "AWS::Lambda::CapacityProvider", entries);
    }

    /// The role `<C>OperatorRole`, by which Lambda starts and stops the instances.
    fn make_operator_role(&mut self, subject: &Subject) -> ValueId {
        let at = subject.origin.generated();
        let assumed = self.assumed_by(at, "lambda.amazonaws.com");
        let partition = self.template.partition();
        let policy = ["arn:", partition, ":iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"].concat();
        let policy = self.text(at, &policy);
        let policies = self.list(at, vec![policy]);
        let is_handed_on = self.hands_tags_on(subject.properties);
        let tags = self.property(subject.properties, "Tags").filter(|_| is_handed_on);
        let tags = self.tags(at, tags, Some(CREATED_BY));
        let mut entries: Vec<Entry> = Vec::new();
        self.put(&mut entries, "AssumeRolePolicyDocument", assumed);
        self.put(&mut entries, "ManagedPolicyArns", policies);
        self.put_some(&mut entries, "Tags", tags);
        let id = self.id_after(subject.id, "OperatorRole");
        self.make(subject, at, id, "AWS::IAM::Role", entries);
        self.attribute(at, id, "Arn")
    }

    fn instance_requirements(&mut self, at: Origin, requirements: ValueId) -> ValueId {
        let entries = self.carried(Some(requirements), &INSTANCE_REQUIREMENTS);
        self.map_of(at, entries)
    }

    /// Scaling that follows a policy where a utilization is given, and Lambda's own judgement where none is.
    fn scaling(&mut self, at: Origin, scaling: ValueId) -> ValueId {
        let mut entries = self.carried(Some(scaling), &SCALING);
        if let Some(target) = self.property(Some(scaling), "AverageCPUUtilization") {
            let at = self.place_of(target);
            let mode = self.text(at, "Manual");
            let metric = self.text(at, "LambdaCapacityProviderAverageCPUUtilization");
            let policy = self.map(at, &[("PredefinedMetricType", metric), ("TargetValue", target)]);
            let policies = self.list(at, vec![policy]);
            self.put(&mut entries, "ScalingMode", mode);
            self.put(&mut entries, "ScalingPolicies", policies);
        } else if !self.template.values.is_open(scaling) {
            let mode = self.text(at, "Auto");
            self.put(&mut entries, "ScalingMode", mode);
        }
        self.map_of(at, entries)
    }

    /// A map made anew, in each branch of an `Fn::If`; what is no map stays. The recursion goes as deep as the
    /// template was read, which is bounded.
    fn in_each_branch(&mut self, value: ValueId, make: fn(&mut Self, Origin, ValueId) -> ValueId) -> ValueId {
        let origin = self.template.values.origin(value);
        if let Some((condition, then, otherwise)) = self.branches(value) {
            let then = self.in_each_branch(then, make);
            let otherwise = self.in_each_branch(otherwise, make);
            return self.call(origin, Call::If { condition, then, otherwise });
        }
        if self.is_map(value) { make(self, origin, value) } else { value }
    }

    /// What the transform rejects in a function that runs on instances, or that only speaks of it.
    pub(super) fn tell_about_instances(&mut self, subject: &Subject) {
        let properties = subject.properties;
        let id = self.text_of(subject.id).to_owned();
        let Some(config) = self.property(properties, "CapacityProviderConfig") else {
            let scaling = self.property(properties, "FunctionScalingConfig");
            let is_open = properties.is_some_and(|properties| self.template.values.is_open(properties));
            if let Some(scaling) = scaling.filter(|_| !is_open) {
                let location = self.template.values.origin(scaling).at_key();
                self.tell(location, format!("{id} has FunctionScalingConfig but no CapacityProviderConfig"));
            }
            return;
        };
        let location = self.template.values.origin(config).at_key();
        let is_read = self.is_map(config) && !self.template.values.is_open(config);
        if is_read && self.property(Some(config), "Arn").is_none() {
            self.tell(location, format!("The CapacityProviderConfig of {id} has no Arn"));
        }
        for other in EXCLUDED_BY_INSTANCES {
            if self.property(properties, other).is_some() {
                self.tell(
                    location,
                    format!("{id} has both CapacityProviderConfig and {other}; it can have one"),
                );
            }
        }
    }

    /// What the transform rejects in a capacity provider.
    fn tell_about_capacity_provider(&mut self, subject: &Subject) {
        let properties = subject.properties;
        let id = self.text_of(subject.id).to_owned();
        match self.property(properties, "VpcConfig") {
            None => {
                if !properties.is_some_and(|properties| self.template.values.is_open(properties)) {
                    self.tell(subject.origin.at_key(), format!("{id} has no VpcConfig"));
                }
            }
            Some(network) => {
                let is_without = self.is_map(network)
                    && !self.template.values.is_open(network)
                    && self.property(Some(network), "SubnetIds").is_none();
                if is_without {
                    let location = self.template.values.origin(network).at_key();
                    self.tell(location, format!("The VpcConfig of {id} has no SubnetIds"));
                }
            }
        }
        let requirements = self.property(properties, "InstanceRequirements");
        let allowed = self.property(requirements, "AllowedTypes");
        if let (Some(allowed), Some(_)) = (allowed, self.property(requirements, "ExcludedTypes")) {
            let location = self.template.values.origin(allowed).at_key();
            self.tell(location, format!("{id} has both AllowedTypes and ExcludedTypes; it can have one"));
        }
    }
}

//! `DeploymentPreference`: the `CodeDeploy` resources that shift traffic to a new version.

use crate::names::Name;
use crate::template::{Call, Data, Entry, Origin, SubPart, ValueId};

use super::{Expansion, Subject};

/// A function whose deployments `CodeDeploy` shifts.
pub(super) struct Deployment {
    subject: Subject,
    at: Origin,
    /// The function's condition, where the preference hands it on.
    condition: Option<Name>,
    has_own_role: bool,
}

const APPLICATION: &str = "ServerlessDeploymentApplication";
const SERVICE_ROLE: &str = "CodeDeployServiceRole";
const CONDITION: &str = "ServerlessCodeDeployCondition";

/// The deployment types that `CodeDeploy` has a configuration for; any other names one of the author's.
const PREDEFINED: &[&str] = &[
    "AllAtOnce",
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
];

impl Expansion<'_> {
    /// The deployment group `<F>DeploymentGroup`, and the update policy by which the alias uses it.
    pub(super) fn deployment_of(&mut self, subject: &Subject) -> Option<ValueId> {
        let preference = self.property(subject.properties, "DeploymentPreference")?;
        let setting = |key: &str| {
            let value = self.property(Some(preference), key)?;
            self.resolved_scalar(value).or_else(|| self.known_text(value))
        };
        let (enabled, passes) = (setting("Enabled"), setting("PassthroughCondition"));
        if enabled.is_some_and(|enabled| self.text_of(enabled).eq_ignore_ascii_case("false")) {
            return None;
        }
        let at = self.place_of(preference);
        let own_role = self.property(Some(preference), "Role");
        let is_conditional = passes.is_some_and(|value| self.text_of(value).eq_ignore_ascii_case("true"));
        let condition = subject.condition.filter(|_| is_conditional);

        let application = self.name(APPLICATION);
        let application = self.reference(at, application);
        let group = self.id_after(subject.id, "DeploymentGroup");
        let entries = self.deployment_group(at, preference, application, own_role);
        let made = self.make(subject, at, group, "AWS::CodeDeploy::DeploymentGroup", entries);
        made.condition = condition;
        made.attributes.clear();
        let deployment =
            Deployment { subject: subject.clone(), at, condition, has_own_role: own_role.is_some() };
        self.deployments.push(deployment);

        let group = self.reference(at, group);
        let hooks = self.property(Some(preference), "Hooks");
        let mut update = Vec::new();
        self.put(&mut update, "ApplicationName", application);
        self.put(&mut update, "DeploymentGroupName", group);
        self.put_some(&mut update, "BeforeAllowTrafficHook", self.property(hooks, "PreTraffic"));
        self.put_some(&mut update, "AfterAllowTrafficHook", self.property(hooks, "PostTraffic"));
        let update = self.map_of(at, update);
        Some(self.map(at, &[("CodeDeployLambdaAliasUpdate", update)]))
    }

    fn deployment_group(
        &mut self,
        at: Origin,
        preference: ValueId,
        application: ValueId,
        own_role: Option<ValueId>,
    ) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.put(&mut entries, "ApplicationName", application);
        if let Some(alarms) = self.property(Some(preference), "Alarms") {
            let alarms = self.alarm_configuration(alarms);
            self.put(&mut entries, "AlarmConfiguration", alarms);
        }
        let yes = self.plain(at, "true");
        let events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
        let events = events.map(|event| self.text(at, event)).to_vec();
        let events = self.list(at, events);
        let rollback = self.map(at, &[("Enabled", yes), ("Events", events)]);
        self.put(&mut entries, "AutoRollbackConfiguration", rollback);
        if let Some(kind) = self.property(Some(preference), "Type") {
            let kind = self.deployment_config(kind);
            self.put(&mut entries, "DeploymentConfigName", kind);
        }
        let (kind, option) = (self.text(at, "BLUE_GREEN"), self.text(at, "WITH_TRAFFIC_CONTROL"));
        let style = self.map(at, &[("DeploymentType", kind), ("DeploymentOption", option)]);
        self.put(&mut entries, "DeploymentStyle", style);
        let shared_role = self.name(SERVICE_ROLE);
        let role = own_role.unwrap_or_else(|| self.attribute(at, shared_role, "Arn"));
        self.put(&mut entries, "ServiceRoleArn", role);
        self.put_same(&mut entries, Some(preference), &["TriggerConfigurations"]);
        entries
    }

    /// `{Enabled: true, Alarms: [{Name: …}]}`, for each branch of an `Fn::If`.
    fn alarm_configuration(&mut self, alarms: ValueId) -> ValueId {
        let at = self.place_of(alarms);
        if let Some((condition, then, otherwise)) = self.branches(alarms) {
            let then = self.alarm_configuration(then);
            let otherwise = self.alarm_configuration(otherwise);
            return self.call(at, Call::If { condition, then, otherwise });
        }
        if self.is_no_value(alarms) {
            return alarms;
        }
        let listed = match self.template.values.data(alarms) {
            Data::List(names) => {
                let mut alarms_by_name = Vec::new();
                for name in names.clone() {
                    let at = self.template.values.origin(name);
                    alarms_by_name.push(self.map(at, &[("Name", name)]));
                }
                let origin = self.template.values.origin(alarms);
                self.list(origin, alarms_by_name)
            }
            Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => alarms,
        };
        let yes = self.plain(at, "true");
        self.map(at, &[("Enabled", yes), ("Alarms", listed)])
    }

    /// `CodeDeployDefault.Lambda<Type>` for a predefined type, in each branch of an `Fn::If`.
    fn deployment_config(&mut self, kind: ValueId) -> ValueId {
        let origin = self.template.values.origin(kind);
        if let Some((condition, then, otherwise)) = self.branches(kind) {
            let then = self.deployment_config(then);
            let otherwise = self.deployment_config(otherwise);
            return self.call(origin, Call::If { condition, then, otherwise });
        }
        let Some(name) = self.resolved_scalar(kind).or_else(|| self.known_text(kind)) else {
            return kind;
        };
        let name_value = self.text_named(origin, name);
        if !PREDEFINED.contains(&self.text_of(name)) {
            return name_value;
        }
        let parts =
            vec![self.part("CodeDeployDefault.Lambda"), SubPart::Bound(self.name("ConfigName"), name_value)];
        self.sub(origin, parts)
    }

    /// The application and the role that all deployment groups share.
    pub(super) fn make_deployments(&mut self) {
        let deployments = std::mem::take(&mut self.deployments);
        let Some(Deployment { subject, at, .. }) = deployments.first() else {
            return;
        };
        let at = *at;
        let mut conditions = Vec::new();
        for deployment in &deployments {
            if deployment.condition.is_none_or(|condition| !conditions.contains(&condition)) {
                conditions.extend(deployment.condition);
            }
        }
        let condition = match conditions.as_slice() {
            _ if deployments.iter().any(|deployment| deployment.condition.is_none()) => None,
            [only] => Some(*only),
            several => Some(self.any_of(at, CONDITION, several)),
        };
        let platform = self.text(at, "Lambda");
        let mut entries = Vec::new();
        self.put(&mut entries, "ComputePlatform", platform);
        let id = self.name(APPLICATION);
        let made = self.make(subject, at, id, "AWS::CodeDeploy::Application", entries);
        made.condition = condition;
        made.attributes.clear();

        if deployments.iter().all(|deployment| deployment.has_own_role) {
            return;
        }
        let assumed = self.assumed_by(at, "codedeploy.amazonaws.com");
        let partition = self.template.partition();
        let policy =
            self.id(&["arn:", partition, ":iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"]);
        let policy = self.text_named(at, policy);
        let policies = self.list(at, vec![policy]);
        let mut entries = Vec::new();
        self.put(&mut entries, "AssumeRolePolicyDocument", assumed);
        self.put(&mut entries, "ManagedPolicyArns", policies);
        let id = self.name(SERVICE_ROLE);
        let made = self.make(subject, at, id, "AWS::IAM::Role", entries);
        made.condition = condition;
        made.attributes.clear();
    }
}

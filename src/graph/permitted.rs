//! What a function's role permits: the actions, whatever they are on.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Resource, TextPart, Unknown};

use super::branch::Branch;
use super::draft::Draft;
use super::grant::{matches_wildcard, mentions, roles_of_policy};
use super::{Fact, Plain, VertexId, VertexKind};

/// States of every function which actions its role permits, and whether its environment holds an address.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let policies = Policies::of(draft);
    for (vertex, resource) in draft.resources_of(VertexKind::Function) {
        let origin = resource.origin;
        let words = permissions(draft, vertex, resource, &policies);
        draft.add_facts(vertex, [Fact::Words { name: "Permissions", words, origin }]);
        let claim = holds_address(draft, resource);
        draft.add_claim_unless(vertex, "HoldsAddress", claim, origin);
    }
}

/// The policies beside roles.
pub(super) struct Policies<'t> {
    by_role: FxHashMap<Name, Vec<(Name, &'t Resource)>>,
}

impl<'t> Policies<'t> {
    pub(super) fn of(draft: &Draft<'t>) -> Self {
        let mut by_role: FxHashMap<Name, Vec<(Name, &'t Resource)>> = FxHashMap::default();
        for (&id, resource) in &draft.template().resources {
            let is_policy = matches!(
                draft.text(resource.type_name),
                "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy"
            );
            let Some(properties) = Branch::properties(resource).filter(|_| is_policy) else { continue };
            for role in roles_of_policy(draft, properties) {
                by_role.entry(role).or_default().push((id, resource));
            }
        }
        Self { by_role }
    }

    /// Whether what the policies of a role say can be read; those that are elsewhere are not asked.
    pub(super) fn are_readable(&self, draft: &Draft<'_>, role: Name) -> bool {
        Reader::new(draft, usize::MAX).role(role, Guard::ALWAYS, self).is_some()
    }
}

/// Every action that the function's role permits, without what every function needs; `None` where a part of it is not
/// to be seen.
fn permissions(
    draft: &Draft<'_>,
    function: VertexId,
    resource: &Resource,
    policies: &Policies<'_>,
) -> Option<Vec<(Guard, Name, Origin)>> {
    let is_opaque =
        draft.vertex(function).concluded("OpaqueRole").is_some_and(|value| *value != Plain::Bool(false));
    if is_opaque || draft.may_be_unseen() {
        return None;
    }
    let mut reader = Reader::new(draft, MOST_ACTIONS);
    for role in draft.branches(Branch::properties(resource)?, &["Role"]) {
        for (guard, role) in mentions(draft, role) {
            reader.role(role, guard, policies)?;
        }
    }
    (!reader.is_denied_any()).then_some(reader.found)
}

struct Reader<'d, 't> {
    draft: &'d Draft<'t>,
    found: Vec<(Guard, Name, Origin)>,
    /// The actions that are forbidden, and when.
    denied: Vec<(Guard, &'t str)>,
    seen: FxHashSet<(Guard, Name)>,
    most: usize,
}

/// A role that permits more than this is not one of which it matters what else it permits.
const MOST_ACTIONS: usize = 200;

impl<'d, 't> Reader<'d, 't> {
    fn new(draft: &'d Draft<'t>, most: usize) -> Self {
        Self { draft, found: Vec::new(), denied: Vec::new(), seen: FxHashSet::default(), most }
    }

    fn role(&mut self, role: Name, guard: Guard, policies: &Policies<'_>) -> Option<()> {
        let properties = Branch::properties(self.draft.resource(role)?)?;
        let properties = Branch { guard, ..properties };
        for policy in self.draft.branches(properties, &["Policies", "*"]) {
            if !self.draft.branches(policy, &["Statement"]).is_empty()
                || !self.draft.branches(policy, &["PolicyDocument"]).is_empty()
            {
                self.policy(policy)?;
                continue;
            }
            // A policy template of SAM, by its name.
            for (template, parameters) in self.draft.entries(policy) {
                self.keep(self.draft.text(template), parameters.guard, parameters)?;
            }
        }
        for policy in self.draft.branches(properties, &["ManagedPolicyArns", "*"]) {
            for (own, policy) in mentions(self.draft, policy) {
                self.resource(policy, self.draft.resource(policy)?, own)?;
            }
        }
        for &(id, policy) in policies.by_role.get(&role).into_iter().flatten() {
            self.resource(id, policy, guard)?;
        }
        Some(())
    }

    fn resource(&mut self, id: Name, policy: &Resource, guard: Guard) -> Option<()> {
        let properties = Branch::properties(policy)?;
        let guard = self.draft.and(self.draft.resolver.guard_of(id), guard);
        self.policy(Branch { guard, ..properties })
    }

    fn policy(&mut self, policy: Branch) -> Option<()> {
        let written = [["PolicyDocument", "Statement"].as_slice(), &["Statement"]];
        for statements in written.iter().flat_map(|path| self.draft.branches(policy, path)) {
            for statement in self.draft.one_or_many(statements) {
                match self.draft.known_text_at(statement, &["Effect"])? {
                    "Deny" => {
                        self.deny(statement);
                        continue;
                    }
                    _ if !self.draft.branches(statement, &["NotAction"]).is_empty() => return None,
                    _ => {}
                }
                for actions in self.draft.branches(statement, &["Action"]) {
                    for action in self.draft.one_or_many(actions) {
                        let text = self.draft.known_text(action)?;
                        self.keep(text, action.guard, action)?;
                    }
                }
            }
        }
        Some(())
    }

    /// A denial that depends on the request leaves requests that are permitted.
    fn deny(&mut self, statement: Branch) {
        if !self.draft.branches(statement, &["Condition"]).is_empty() {
            return;
        }
        for actions in self.draft.branches(statement, &["Action"]) {
            for action in self.draft.one_or_many(actions) {
                self.denied.extend(self.draft.known_text(action).map(|text| (action.guard, text)));
            }
        }
    }

    /// Whether an action is permitted and forbidden as well: what is left of it depends on what each is on.
    fn is_denied_any(&self) -> bool {
        self.found.iter().any(|&(when, action, _)| {
            let action = self.draft.text(action);
            self.denied.iter().any(|&(guard, denied)| {
                matches_wildcard(denied, action) && self.draft.can_hold(self.draft.and(when, guard))
            })
        })
    }

    fn keep(&mut self, action: &str, guard: Guard, at: Branch) -> Option<()> {
        if is_needed_by_lambda(action) {
            return Some(());
        }
        let name = self.draft.names().intern(action);
        if self.seen.insert((guard, name)) {
            self.found.push((guard, name, self.draft.values().origin(at.value)));
        }
        (self.found.len() <= self.most).then_some(())
    }
}

/// What Lambda does with a function's role: it writes logs and traces, makes network interfaces and polls. A name
/// without a colon is that of a policy template of SAM.
fn is_needed_by_lambda(action: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else {
        return matches!(
            action,
            "SQSPollerPolicy" | "KinesisStreamReadPolicy" | "DynamoDBStreamReadPolicy" | "VPCAccessPolicy"
        );
    };
    match service.to_ascii_lowercase().as_str() {
        "logs" | "xray" => true,
        "ec2" => name.contains("NetworkInterface"),
        "sqs" => matches!(
            name,
            "ReceiveMessage"
                | "DeleteMessage"
                | "DeleteMessageBatch"
                | "ChangeMessageVisibility"
                | "GetQueueAttributes"
                | "GetQueueUrl"
        ),
        "kinesis" => {
            name.starts_with("Get")
                || name.starts_with("Describe")
                || name.starts_with("List")
                || name == "SubscribeToShard"
        }
        "dynamodb" => {
            matches!(
                name,
                "GetRecords" | "GetShardIterator" | "DescribeStream" | "ListStreams" | "ListShards"
            )
        }
        _ => false,
    }
}

/// When a variable of the environment holds an address of the web, and when one may: its value is for the deployment to
/// say.
fn holds_address(draft: &Draft<'_>, function: &Resource) -> (Guard, Guard) {
    let guards = &draft.template().guards;
    let (mut found, mut unsure) = (Guard::NEVER, Guard::NEVER);
    let Some(properties) = Branch::properties(function) else { return (found, unsure) };
    for value in draft.branches(properties, &["Environment", "Variables", "*"]) {
        for (guard, alt) in draft.alternatives(value) {
            let is_address = match &alt {
                Alt::Scalar { text, .. } => draft.text(*text).contains("://"),
                Alt::OneOf { values, .. } => values.iter().any(|text| draft.text(*text).contains("://")),
                Alt::Text(parts) => parts.iter().any(|part| match part {
                    TextPart::Known(text) => draft.text(*text).contains("://"),
                    TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => false,
                }),
                Alt::Unknown(Unknown::Pseudo(_) | Unknown::Zones | Unknown::NoRow)
                | Alt::Absent { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. } => false,
                Alt::Unknown(_) => {
                    unsure = guards.or(unsure, guard);
                    false
                }
            };
            if is_address {
                found = guards.or(found, guard);
            }
        }
    }
    (found, unsure)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources, template};

    fn permits(role: &str, rest: &str) -> String {
        let template = resources(&format!(
            "  F: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn}}}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{{role}}}}}
{rest}"
        ));
        fact(&template, "F", "Permissions")
    }

    fn statement(action: &str) -> String {
        format!(
            "Policies: [{{PolicyDocument: {{Statement: [{{Effect: Allow, Action: {action}, Resource: '*'}}]}}}}]"
        )
    }

    #[test]
    fn a_function_is_permitted_what_its_roles_policies_say() {
        assert_eq!(permits(&statement("['sqs:SendMessage', 'logs:PutLogEvents']"), ""), "sqs:SendMessage");
        assert_eq!(permits(&statement("'*'"), ""), "*");
        assert_eq!(
            permits("Policies: [{SNSPublishMessagePolicy: {TopicName: t}}]", ""),
            "SNSPublishMessagePolicy"
        );
        assert_eq!(
            permits(
                "Path: /",
                "  P:
    Type: AWS::IAM::Policy
    Properties: {Roles: [!Ref R], PolicyDocument: {Statement: {Effect: Allow, Action: 'sns:Publish', Resource: '*'}}}
"
            ),
            "sns:Publish"
        );
    }

    #[test]
    fn a_policy_that_is_there_under_a_condition_permits_under_it() {
        let template = template(
            "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1']}
Resources:
  F: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R.Arn}}
  R: {Type: 'AWS::IAM::Role', Properties: {Path: /}}
  P:
    Type: AWS::IAM::Policy
    Condition: Prod
    Properties: {Roles: [!Ref R], PolicyDocument: {Statement: {Effect: Allow, Action: 'sns:Publish', Resource: '*'}}}
",
        );
        assert_eq!(fact(&template, "F", "Permissions"), "sns:Publish when Prod is true");
    }

    #[test]
    fn what_cannot_be_read_leaves_the_permissions_unknown() {
        assert_eq!(permits(&statement("!Ref Action"), ""), "unknown");
        assert_eq!(
            permits("ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']", ""),
            "unknown"
        );
    }

    #[test]
    fn an_action_that_is_forbidden_as_well_leaves_the_permissions_unknown() {
        let with = |denied: &str| {
            permits(
                &format!(
                    "Policies: [{{PolicyDocument: {{Statement: [{{Effect: Allow, Action: 'dynamodb:Scan', Resource: '*'}}, {{Effect: Deny, Resource: '*', {denied}}}]}}}}]"
                ),
                "",
            )
        };
        assert_eq!(with("Action: 'dynamodb:Scan'"), "unknown");
        assert_eq!(with("Action: ['dynamodb:S*']"), "unknown");
        assert_eq!(with("Action: 'dynamodb:Query'"), "dynamodb:Scan");
        assert_eq!(with("Action: '*', Condition: {Bool: {'aws:SecureTransport': 'false'}}"), "dynamodb:Scan");
    }

    #[test]
    fn an_environment_holds_an_address_where_a_variable_does() {
        for (variable, holds) in [
            ("'https://example.com'", "true"),
            ("!Sub 'https://${Host}/orders'", "true"),
            ("!Ref Queue", "false"),
            ("!Ref AWS::Region", "false"),
            ("!Ref Address", "unknown"),
            ("!ImportValue address", "unknown"),
            ("'{{resolve:ssm:address}}'", "unknown"),
        ] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function', Properties: {{Environment: {{Variables: {{A: {variable}}}}}}}}}
  Queue: {{Type: 'AWS::SQS::Queue'}}
"
            ));
            assert_eq!(fact(&template, "F", "HoldsAddress"), holds, "{variable}");
        }
    }
}

//! Roles: whether the template shows all that a function is allowed to do, and whether others may do the same.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Alt, Guard, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::grant::mentions;
use super::permitted::Policies;
use super::{Plain, VertexId, VertexKind};

/// States of every function whether its role holds permissions that are not to be seen here, and whether another
/// function has the same role.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let functions = draft.resources_of(VertexKind::Function);
    let mut owners: FxHashMap<Name, FxHashSet<VertexId>> = FxHashMap::default();
    for &(vertex, function) in &functions {
        for role in roles(draft, function) {
            owners.entry(role).or_default().insert(vertex);
        }
    }
    for (vertex, function) in functions {
        let is_opaque = is_opaque(draft, function);
        draft.add_fact(vertex, "OpaqueRole", Plain::Bool(is_opaque), function.origin);
        let is_shared =
            roles(draft, function).iter().any(|role| owners.get(role).is_some_and(|owners| owners.len() > 1));
        draft.add_fact(vertex, "SharesRole", Plain::Bool(is_shared), function.origin);
    }
}

/// The roles of this template that a function has, in one case or another.
fn roles(draft: &Draft<'_>, function: &Resource) -> Vec<Name> {
    let roles = Branch::properties(function)
        .map_or_else(Vec::new, |properties| draft.branches(properties, &["Role"]));
    roles.into_iter().flat_map(|role| mentions(draft, role)).map(|(_, id)| id).collect()
}

fn is_opaque(draft: &Draft<'_>, function: &Resource) -> bool {
    let Some(properties) = Branch::properties(function) else { return true };
    let roles = draft.branches(properties, &["Role"]);
    roles.is_empty() || roles.into_iter().any(|role| hidden(draft, role) != Guard::NEVER)
}

/// What functions, tasks and workflows may do that is not to be seen here: a role or a policy of it is elsewhere, or
/// what a policy says cannot be read.
pub(super) struct HiddenPermissions<'t> {
    policies: Policies<'t>,
    /// The roles that were asked about.
    readable: FxHashMap<Name, bool>,
}

impl<'t> HiddenPermissions<'t> {
    pub(super) fn of(draft: &Draft<'t>) -> Self {
        Self { policies: Policies::of(draft), readable: FxHashMap::default() }
    }

    /// When the owner of a role has such permissions. A task without a role has none at all.
    pub(super) fn when(&mut self, draft: &Draft<'_>, owner: VertexId) -> Guard {
        let owner = draft.vertex(owner);
        let is_task = owner.kind == VertexKind::TaskDefinition;
        let property = if is_task {
            "TaskRoleArn"
        } else if owner.kind == VertexKind::StateMachine {
            "RoleArn"
        } else {
            "Role"
        };
        let properties = draft.resource(owner.id).and_then(Branch::properties);
        let roles = properties.map_or_else(Vec::new, |properties| draft.branches(properties, &[property]));
        if roles.is_empty() && !is_task {
            return Guard::ALWAYS;
        }
        let guards = &draft.template().guards;
        let mut found = Guard::NEVER;
        for role in roles {
            found = guards.or(found, hidden(draft, role));
            for (guard, id) in mentions(draft, role) {
                let is_readable =
                    *self.readable.entry(id).or_insert_with(|| self.policies.are_readable(draft, id));
                if !is_readable {
                    found = guards.or(found, guard);
                }
            }
        }
        found
    }
}

/// When a role, or a policy of it, is elsewhere.
fn hidden(draft: &Draft<'_>, role: Branch) -> Guard {
    let guards = &draft.template().guards;
    draft.references(role).into_iter().fold(Guard::NEVER, |found, (guard, reference)| {
        let role = reference.resources.first().and_then(|mention| draft.resource(mention.id));
        let role = role.filter(|role| draft.text(role.type_name) == "AWS::IAM::Role");
        let policies = role.and_then(Branch::properties).map(|role| hidden_policies(draft, role));
        guards.or(found, draft.and(guard, policies.unwrap_or(Guard::ALWAYS)))
    })
}

fn hidden_policies(draft: &Draft<'_>, role: Branch) -> Guard {
    // The expansion keeps the managed policies that an author names beside the inline ones.
    let policies = ["ManagedPolicyArns", "Policies"].iter().flat_map(|key| draft.branches(role, &[key]));
    policies
        .fold(Guard::NEVER, |found, policies| draft.template().guards.or(found, elsewhere(draft, policies)))
}

/// When a policy, or one of a list, is elsewhere, or the list is that only the deployment tells.
fn elsewhere(draft: &Draft<'_>, policies: Branch) -> Guard {
    let guards = &draft.template().guards;
    draft.alternatives(policies).into_iter().fold(Guard::NEVER, |found, (guard, alt)| {
        let own = match alt {
            Alt::List(value) | Alt::Map(value) if draft.values().is_open(value) => guard,
            Alt::List(list) => draft.values().items(list).iter().fold(Guard::NEVER, |found, &value| {
                guards.or(found, elsewhere(draft, Branch { guard, value }))
            }),
            // What it says is for others to read.
            Alt::Map(_) | Alt::Absent { .. } => Guard::NEVER,
            Alt::Scalar { .. }
            | Alt::OneOf { .. }
            | Alt::Resource { .. }
            | Alt::Text(_)
            | Alt::Unknown(_) => {
                let policy = draft.reference(&alt);
                let is_seen = policy.is_some_and(|policy| {
                    let is_here = |id| draft.resource_type(id) == "AWS::IAM::ManagedPolicy";
                    policy.resources.first().is_some_and(|mention| is_here(mention.id))
                        || is_for_the_service(&policy.text)
                });
                if is_seen { Guard::NEVER } else { guard }
            }
        };
        guards.or(found, own)
    })
}

/// Managed policies that allow what the service does for a function or a task: logs, traces, network interfaces,
/// polling, images.
fn is_for_the_service(policy: &str) -> bool {
    let name = policy.rsplit('/').next().unwrap_or_default();
    name.starts_with("AWSLambda") && name.contains("ExecutionRole")
        || matches!(
            name,
            "AWSXrayWriteOnlyAccess" | "AWSXRayDaemonWriteAccess" | "AmazonECSTaskExecutionRolePolicy"
        )
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources};

    #[test]
    fn a_role_is_opaque_where_it_or_one_of_its_policies_is_elsewhere() {
        for (role, policies, opaque) in [
            ("!GetAtt R.Arn", "[]", "false"),
            ("!ImportValue role", "[]", "true"),
            (
                "!GetAtt R.Arn",
                "['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']",
                "false",
            ),
            ("!GetAtt R.Arn", "['arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess']", "true"),
            ("!GetAtt R.Arn", "[!Ref Policy]", "true"),
            ("!GetAtt R.Arn", "[!Ref Own]", "false"),
            ("!GetAtt R.Arn", "[!GetAtt Nested.Outputs.Policy]", "true"),
            ("!GetAtt R.Arn", "!Ref ListOfPolicies", "true"),
            ("!GetAtt R.Arn", "!Split [',', !ImportValue policies]", "true"),
            ("!GetAtt R.Arn", "!If [A, [!Ref Own], !Ref ListOfPolicies]", "true"),
            ("!GetAtt R.Arn", "!If [A, [!Ref Own], !Ref 'AWS::NoValue']", "false"),
        ] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function', Properties: {{Role: {role}}}}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{ManagedPolicyArns: {policies}}}}}
  Own: {{Type: 'AWS::IAM::ManagedPolicy'}}
  Nested: {{Type: 'AWS::CloudFormation::Stack'}}
"
            ));
            assert_eq!(fact(&template, "F", "OpaqueRole"), opaque, "{role} {policies}");
        }
    }

    #[test]
    fn a_role_whose_own_policies_only_the_deployment_tells_is_opaque() {
        for (policies, opaque) in [
            ("[{PolicyName: p, PolicyDocument: {Statement: []}}]", "false"),
            ("!Ref Policies", "true"),
            ("[!Ref Policy]", "true"),
            ("{'Fn::Transform': {Name: Company, Parameters: {}}}", "true"),
        ] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn}}}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: {policies}}}}}
"
            ));
            assert_eq!(fact(&template, "F", "OpaqueRole"), opaque, "{policies}");
        }
    }

    #[test]
    fn a_role_is_shared_where_another_function_has_it_too() {
        let template = resources(
            "  A: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R.Arn}}
  B: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R.Arn}}
  C: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt S.Arn}}
  D: {Type: 'AWS::Lambda::Function', Properties: {Role: !ImportValue role}}
  E: {Type: 'AWS::Lambda::Function', Properties: {Role: !ImportValue role}}
  R: {Type: 'AWS::IAM::Role'}
  S: {Type: 'AWS::IAM::Role'}
",
        );
        for (function, is_shared) in [("A", "true"), ("B", "true"), ("C", "false"), ("D", "false")] {
            assert_eq!(fact(&template, function, "SharesRole"), is_shared, "{function}");
        }
    }
}

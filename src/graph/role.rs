//! Roles: whether the template shows all that a function is allowed to do.

use crate::template::Resource;

use super::branch::Branch;
use super::draft::Draft;
use super::{Plain, VertexKind};

/// States of every function whether its role holds permissions that are not to be seen here.
pub(super) fn mark(draft: &mut Draft<'_>) {
    for (&id, resource) in &draft.template().resources {
        let Some(vertex) = draft.vertex_of(id).filter(|&v| draft.vertex(v).kind == VertexKind::Function)
        else {
            continue;
        };
        let is_opaque = is_opaque(draft, resource);
        draft.add_fact(vertex, "OpaqueRole", Plain::Bool(is_opaque), resource.origin);
    }
}

fn is_opaque(draft: &Draft<'_>, function: &Resource) -> bool {
    let Some(properties) = Branch::properties(function) else { return true };
    let roles = draft.branches(properties, &["Role"]);
    roles.is_empty() || roles.into_iter().any(|role| is_opaque_role(draft, role))
}

fn is_opaque_role(draft: &Draft<'_>, role: Branch) -> bool {
    draft.references(role).into_iter().any(|(_, reference)| {
        let role = reference.resources.first().and_then(|mention| draft.resource(mention.id));
        let role = role.filter(|role| draft.text(role.type_name) == "AWS::IAM::Role");
        let Some(properties) = role.and_then(Branch::properties) else { return true };
        // The expansion keeps the managed policies that an author names beside the inline ones.
        [["ManagedPolicyArns", "*"], ["Policies", "*"]]
            .iter()
            .flat_map(|path| draft.branches(properties, path))
            .flat_map(|policy| draft.references(policy))
            .any(|(_, policy)| policy.resources.is_empty() && !is_for_lambda_itself(&policy.text))
    })
}

/// Managed policies that allow a function what Lambda does for it: logs, traces, network interfaces, polling.
fn is_for_lambda_itself(policy: &str) -> bool {
    let name = policy.rsplit('/').next().unwrap_or_default();
    name.starts_with("AWSLambda") && name.contains("ExecutionRole")
        || matches!(name, "AWSXrayWriteOnlyAccess" | "AWSXRayDaemonWriteAccess")
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
        ] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function', Properties: {{Role: {role}}}}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{ManagedPolicyArns: {policies}}}}}
"
            ));
            assert_eq!(fact(&template, "F", "OpaqueRole"), opaque, "{role} {policies}");
        }
    }
}

//! Cognito user pools: a sign-up or a sign-in waits for the function that its trigger names.

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::{Caller, Draft};
use super::{EdgeKind, Fact, Plain, Vertex, VertexId, VertexKind, limits};

/// Triggers that hand a message to a function and do not wait for it.
const SENDERS: &[&str] = &["CustomEmailSender", "CustomSMSSender"];

/// Adds the triggers of an `AWS::Cognito::UserPool`, each an entry point of its own.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((pool, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for config in draft.branches(properties, &["LambdaConfig"]) {
        for (trigger, value) in draft.entries(config) {
            // Some triggers are a map that holds the function beside its version.
            let nested = draft.branches(value, &["LambdaArn"]);
            let arn = nested.first().copied().unwrap_or(value);
            if draft.targets_inside(arn, &[VertexKind::Function]).is_empty() {
                continue;
            }
            let waits = !SENDERS.contains(&draft.text(trigger));
            let from = if waits { entry(draft, (id, resource), trigger, value) } else { pool };
            let kind = if waits { EdgeKind::InvokeSync } else { EdgeKind::InvokeAsync };
            let origin = draft.values().origin(value.value);
            draft.call_functions(Caller { kind, ..Caller::waiting(from, id, origin) }, arn);
        }
    }
}

fn entry(draft: &mut Draft<'_>, (id, pool): (Name, &Resource), trigger: Name, value: Branch) -> VertexId {
    let origin = draft.values().origin(value.value);
    let name = draft.names().intern(&format!("{} {}", draft.text(id), draft.text(trigger)));
    let guard = draft.and(value.guard, draft.resolver.guard_of(id));
    draft.add_vertex(Vertex {
        id: name,
        kind: VertexKind::UserPoolTrigger,
        type_name: pool.type_name,
        guard,
        origin,
        facts: vec![
            Fact::Derived { name: "UserPool", value: Plain::Name(id), origin },
            Fact::Derived { name: "Trigger", value: Plain::Name(trigger), origin },
            Fact::Derived {
                name: "TimeoutInMillis",
                value: Plain::Int(limits::USER_POOL_TRIGGER_TIMEOUT),
                origin,
            },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, fact, resources};

    #[test]
    fn a_trigger_waits_for_its_function_and_a_sender_does_not() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      LambdaConfig:
        PreSignUp: !GetAtt F.Arn
        PreTokenGenerationConfig: {LambdaArn: !GetAtt F.Arn, LambdaVersion: V2_0}
        CustomEmailSender: {LambdaArn: !GetAtt F.Arn, LambdaVersion: V1_0}
        KMSKeyID: key
",
        );
        assert_eq!(
            edges(&template),
            [
                "invoke.sync Pool PreSignUp -> F [certain]",
                "invoke.sync Pool PreTokenGenerationConfig -> F [certain]",
                "invoke.async Pool -> F [certain]"
            ]
        );
        assert_eq!(fact(&template, "Pool PreSignUp", "TimeoutInMillis"), "5000");
        assert_eq!(fact(&template, "Pool PreSignUp", "Trigger"), "PreSignUp");
    }
}

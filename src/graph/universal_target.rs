//! Universal targets of EventBridge Scheduler: a schedule calls an action of a service's API, and the input says on what.

use crate::names::Name;
use crate::template::{Guard, Origin, Resource};

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::json_text::JsonText;
use super::mention::Reference;
use super::{EdgeKind, Fact, Plain, VertexId, VertexKind};

/// An action that reaches something which a template can define.
struct Action {
    name: &'static str,
    /// What of the input names it, one or the other.
    keys: &'static [&'static str],
    reaches: VertexKind,
    kind: EdgeKind,
}

const ACTIONS: &[Action] = &[
    Action {
        name: "lambda:invoke",
        keys: &["FunctionName"],
        reaches: VertexKind::Function,
        kind: EdgeKind::Invoke,
    },
    Action { name: "sqs:sendMessage", keys: &["QueueUrl"], reaches: VertexKind::Queue, kind: EdgeKind::Send },
    Action {
        name: "sns:publish",
        keys: &["TopicArn", "TargetArn"],
        reaches: VertexKind::Topic,
        kind: EdgeKind::Publish,
    },
    Action {
        name: "sfn:startExecution",
        keys: &["StateMachineArn"],
        reaches: VertexKind::StateMachine,
        kind: EdgeKind::StartAsync,
    },
];

/// The action that a universal target's ARN names: `sqs:sendMessage` of `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`.
pub(super) fn action(arn: &Reference) -> Option<&str> {
    arn.text.strip_prefix("arn:")?.split_once(":scheduler:::aws-sdk:").map(|(_, action)| action)
}

/// Adds the edges of an `AWS::Scheduler::Schedule` that calls an action.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    let enabled = draft.switched_on(properties, &["State"], "DISABLED");
    let schedule = Schedule { id, from, origin: resource.origin };
    for target in draft.branches(Branch { guard: enabled, ..properties }, &["Target"]) {
        for arn in draft.branches(target, &["Arn"]) {
            for (guard, reference) in draft.references(arn) {
                let named = action(&reference);
                if let Some(action) = ACTIONS.iter().find(|action| Some(action.name) == named) {
                    schedule.call(draft, action, Branch { guard, ..target });
                }
            }
        }
    }
}

struct Schedule {
    id: Name,
    from: VertexId,
    origin: Origin,
}

impl Schedule {
    fn call(&self, draft: &mut Draft<'_>, action: &Action, target: Branch) {
        for input in draft.branches(target, &["Input"]) {
            let proof = draft.values().origin(input.value);
            for (guard, alt) in draft.alternatives(input) {
                if let Some(json) = draft.json_with_mentions(&alt) {
                    self.call_with(draft, action, &json, (guard, proof));
                }
            }
        }
    }

    fn call_with(
        &self,
        draft: &mut Draft<'_>,
        action: &Action,
        input: &JsonText,
        (guard, proof): (Guard, Origin),
    ) {
        let Some(kind) = kind(draft, action, input) else { return };
        let Some(named) = action.keys.iter().find_map(|key| input.string(draft, key)) else { return };
        let Some(reference) = draft.reference(&named) else { return };
        for (own, target) in draft.inside(&reference, &[action.reaches]) {
            let wiring = Wiring {
                kind,
                from: self.from,
                to: target.vertex,
                via: Some(self.id),
                guard: draft.and(guard, own),
                origin: self.origin,
                proof,
            };
            let qualified = Plain::Bool(target.is_qualified || input.has("Qualifier"));
            let fact = Fact::Derived { name: "Qualified", value: qualified, origin: proof };
            let is_of_function = action.reaches == VertexKind::Function;
            draft.wire(wiring, is_of_function.then_some(fact).into_iter().collect());
        }
    }
}

/// How the action reaches what it names. Of a function, only `Event` says that nobody waits, and a dry run calls
/// nothing.
fn kind(draft: &Draft<'_>, action: &Action, input: &JsonText) -> Option<EdgeKind> {
    if action.reaches != VertexKind::Function {
        return Some(action.kind);
    }
    let stated = input.string(draft, "InvocationType");
    match stated.and_then(|stated| draft.reference(&stated)).as_ref().map(|stated| stated.text.as_str()) {
        Some("Event") => Some(EdgeKind::InvokeAsync),
        Some("DryRun") => None,
        Some(_) | None => Some(action.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edge_fact, edges, resources};
    use super::*;

    fn schedule(action: &str, input: &str) -> crate::template::Template {
        resources(&format!(
            "  F: {{Type: 'AWS::Lambda::Function', Properties: {{FunctionName: work}}}}
  Q: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: sendMessage}}}}
  T: {{Type: 'AWS::SNS::Topic'}}
  M: {{Type: 'AWS::StepFunctions::StateMachine'}}
  S:
    Type: AWS::Scheduler::Schedule
    Properties: {{Target: {{Arn: 'arn:aws:scheduler:::aws-sdk:{action}', Input: {input}}}}}
"
        ))
    }

    #[test]
    fn an_action_reaches_what_its_input_names() {
        for (action, input, edge) in [
            (
                "sqs:sendMessage",
                r#"!Sub '{"QueueUrl": "${Q}", "MessageBody": "x"}'"#,
                "send S -> Q [certain]",
            ),
            ("sns:publish", r#"!Sub '{"TopicArn": "${T}", "Message": "x"}'"#, "publish S -> T [certain]"),
            ("sfn:startExecution", r#"!Sub '{"StateMachineArn": "${M}"}'"#, "start.async S -> M [certain]"),
            ("lambda:invoke", r#"!Sub '{"FunctionName": "${F.Arn}"}'"#, "invoke S -> F [certain]"),
            ("lambda:invoke", r#"'{"FunctionName": "work"}'"#, "invoke S -> F [certain]"),
            (
                "lambda:invoke",
                r#"!Join ['', ['{"InvocationType": "Event", "FunctionName": "', !Ref F, '"}']]"#,
                "invoke.async S -> F [certain]",
            ),
        ] {
            assert_eq!(edges(&schedule(action, input)), [edge], "{action} {input}");
        }
    }

    #[test]
    fn what_cannot_be_read_calls_nothing_that_is_known() {
        for (action, input) in [
            ("sqs:sendMessage", "!Ref Elsewhere"),
            ("sqs:sendMessage", r#"!Sub '{"QueueUrl": "${Q}'"#),
            ("sqs:sendMessage", r#"!Sub '{"QueueUrl": "${Q}-other"}'"#),
            ("sqs:purgeQueue", r#"!Sub '{"QueueUrl": "${Q}"}'"#),
            ("lambda:invoke", r#"!Sub '{"FunctionName": "${F}", "InvocationType": "DryRun"}'"#),
        ] {
            assert_eq!(edges(&schedule(action, input)), [""; 0], "{action} {input}");
        }
    }

    #[test]
    fn a_qualifier_is_a_version_or_an_alias() {
        for (rest, qualified) in [("", "false"), (r#", "Qualifier": "live""#, "true")] {
            let input = format!(r#"!Sub '{{"FunctionName": "${{F}}", "InvocationType": "Event"{rest}}}'"#);
            let template = schedule("lambda:invoke", &input);
            assert_eq!(edge_fact(&template, EdgeKind::InvokeAsync, "Qualified"), qualified);
        }
    }
}

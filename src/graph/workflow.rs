//! Workflows: what the states of a state machine call.

use crate::asl::{Call, Integration, Machine, StateKind};
use crate::names::Name;
use crate::template::{Guard, Origin};

use super::draft::{Draft, Wiring};
use super::{EdgeKind, Fact, Plain, VertexId, VertexKind};

/// Reads an `AWS::StepFunctions::StateMachine`'s definition and adds the edges of its tasks.
pub(super) fn read(draft: &mut Draft<'_>, id: Name) {
    let Some(from) = draft.vertex_of(id) else { return };
    let Some(machine) = Machine::read(draft.resolver, id) else { return };
    for state in &machine.states {
        if let StateKind::Task { call: Some(call), integration, origin, .. } = &state.kind {
            let task = Task { from, via: id, guard: state.guard, origin: state.origin, proof: *origin };
            task.wire(draft, call, *integration);
        }
    }
    draft.graph.machines.push((from, machine));
}

struct Task {
    from: VertexId,
    via: Name,
    guard: Guard,
    origin: Origin,
    proof: Origin,
}

impl Task {
    fn wire(&self, draft: &mut Draft<'_>, call: &Call, integration: Integration) {
        let action = call.action.map(|action| draft.text(action));
        let Some((kind, wanted)) = edge_of(action, integration) else { return };
        for (guard, alt) in &call.target.alternatives {
            let Some(reference) = draft.reference(alt) else { continue };
            for (own, target) in draft.inside(&reference, &[wanted]) {
                let guard = draft.and(draft.and(self.guard, *guard), own);
                let wiring = Wiring {
                    kind,
                    from: self.from,
                    to: target.vertex,
                    via: Some(self.via),
                    guard,
                    origin: self.origin,
                    proof: self.proof,
                };
                draft.wire(wiring, facts(kind, call.action, target.is_qualified, self.proof));
            }
        }
    }
}

fn facts(kind: EdgeKind, action: Option<Name>, is_qualified: bool, origin: Origin) -> Vec<Fact> {
    match kind {
        EdgeKind::Step => vec![Fact::Derived { name: "Qualified", value: Plain::Bool(is_qualified), origin }],
        EdgeKind::StartSync | EdgeKind::StartAsync => {
            let value = action.map_or(Plain::Unknown, Plain::Name);
            vec![Fact::Derived { name: "Action", value, origin }]
        }
        EdgeKind::InvokeSync
        | EdgeKind::InvokeAsync
        | EdgeKind::Invoke
        | EdgeKind::Poll
        | EdgeKind::Publish
        | EdgeKind::Send
        | EdgeKind::Write
        | EdgeKind::Read
        | EdgeKind::DeadLetter
        | EdgeKind::Authorize
        | EdgeKind::Front
        | EdgeKind::Connect
        | EdgeKind::Qualify => Vec::new(),
    }
}

/// What a task's action makes, and what it can be on.
fn edge_of(action: Option<&str>, integration: Integration) -> Option<(EdgeKind, VertexKind)> {
    Some(match action {
        None | Some("lambda:invoke" | "aws-sdk:lambda:invoke") => (EdgeKind::Step, VertexKind::Function),
        Some("states:startExecution") if integration == Integration::Sync => {
            (EdgeKind::StartSync, VertexKind::StateMachine)
        }
        Some("states:startExecution" | "aws-sdk:sfn:startExecution") => {
            (EdgeKind::StartAsync, VertexKind::StateMachine)
        }
        Some("aws-sdk:sfn:startSyncExecution") => (EdgeKind::StartSync, VertexKind::StateMachine),
        Some("sqs:sendMessage" | "aws-sdk:sqs:sendMessage") => (EdgeKind::Send, VertexKind::Queue),
        Some("sns:publish" | "aws-sdk:sns:publish") => (EdgeKind::Publish, VertexKind::Topic),
        Some("dynamodb:getItem" | "aws-sdk:dynamodb:query" | "aws-sdk:dynamodb:scan") => {
            (EdgeKind::Read, VertexKind::Table)
        }
        Some("dynamodb:putItem" | "dynamodb:updateItem" | "dynamodb:deleteItem") => {
            (EdgeKind::Write, VertexKind::Table)
        }
        Some(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edge_fact, edges, resources};
    use super::*;

    const NEIGHBOURS: &str = "  F: {Type: 'AWS::Lambda::Function'}
  Live: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F}}
  Child: {Type: 'AWS::StepFunctions::StateMachine'}
  T: {Type: 'AWS::DynamoDB::Table'}
";

    fn task(task: &str) -> Vec<String> {
        edges(&resources(&format!(
            "{NEIGHBOURS}  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionSubstitutions: {{Arn: !GetAtt F.Arn, Name: !Ref Live, Machine: !Ref Child}}
      Definition: {{StartAt: A, States: {{A: {{Type: Task, {task}}}}}}}
"
        )))
    }

    #[test]
    fn a_task_is_a_step_to_its_function_however_it_is_named() {
        for state in [
            "Resource: !GetAtt F.Arn",
            "Resource: '${Arn}'",
            "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !Ref F}",
            "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: '${Name}'}",
            "Resource: !Sub 'arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken', Arguments: {FunctionName: !Ref F}",
        ] {
            assert_eq!(task(state), ["step M -> F [certain]"], "{state}");
        }
    }

    #[test]
    fn a_function_that_the_input_names_is_not_known() {
        assert_eq!(
            task("Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName.$: $.name}"),
            [""; 0]
        );
    }

    #[test]
    fn a_nested_workflow_is_waited_for_by_the_suffix_or_the_action() {
        for (resource, edge) in [
            ("arn:aws:states:::states:startExecution.sync:2", "start.sync M -> Child [certain]"),
            ("arn:aws:states:::states:startExecution", "start.async M -> Child [certain]"),
            ("arn:aws:states:::aws-sdk:sfn:startSyncExecution", "start.sync M -> Child [certain]"),
        ] {
            let state = format!("Resource: '{resource}', Parameters: {{StateMachineArn: '${{Machine}}'}}");
            assert_eq!(task(&state), [edge]);
        }
    }

    #[test]
    fn a_workflow_that_starts_another_says_so_in_its_definition() {
        let template = resources(&format!(
            "{NEIGHBOURS}  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        States: {{A: {{Type: Task, Resource: 'arn:aws:states:::aws-sdk:sfn:startSyncExecution', Arguments: {{StateMachineArn: !Ref Child}}}}}}
"
        ));
        assert_eq!(edge_fact(&template, EdgeKind::StartSync, "Action"), "aws-sdk:sfn:startSyncExecution");
    }

    #[test]
    fn a_workflow_reads_and_writes_tables() {
        assert_eq!(
            task("Resource: 'arn:aws:states:::dynamodb:putItem', Parameters: {TableName: !Ref T}"),
            ["write M -> T [certain]"]
        );
    }
}

//! Workflows: what the states of a state machine call.

use crate::asl::{Call, Durations, Field, Integration, Machine, State, StateKind, Task};
use crate::names::Name;
use crate::template::{Alt, Guard, Origin};

use super::draft::{Draft, Wiring};
use super::{Default, EdgeKind, Fact, Plain, Shape, VertexId, VertexKind};

/// A state machine whose definition could be read.
pub(crate) struct Workflow {
    /// The state machine.
    pub vertex: VertexId,
    /// What its definition says.
    pub machine: Machine,
    /// How long it can take; with what the functions say that its tasks call.
    pub durations: Durations,
    /// The functions that the task at an index calls, and when.
    pub(super) functions: Vec<(usize, Guard, VertexId)>,
}

/// Reads an `AWS::StepFunctions::StateMachine`'s definition and adds the edges of its tasks.
pub(super) fn read(draft: &mut Draft<'_>, id: Name) {
    let Some(from) = draft.vertex_of(id) else { return };
    let Some(machine) = Machine::read(draft.resolver, id) else { return };
    let mut functions = Vec::new();
    for (index, state) in machine.states.iter().enumerate() {
        let by = |proof| Caller { from, via: id, state, proof };
        match &state.kind {
            StateKind::Task(task) => {
                let called = by(task.origin).wire(draft, &task.call, Some(task));
                functions.extend(called.into_iter().map(|(guard, function)| (index, guard, function)));
            }
            StateKind::Map(map) => {
                for (call, origin) in map.reader.iter().chain(&map.writer) {
                    by(*origin).wire(draft, call, None);
                }
            }
            StateKind::Parallel(_)
            | StateKind::Choice { .. }
            | StateKind::Wait(_)
            | StateKind::Pass
            | StateKind::Succeed
            | StateKind::Fail
            | StateKind::Unknown => {}
        }
    }
    draft.graph.machines.push(Workflow { vertex: from, machine, durations: Durations::default(), functions });
}

/// A value of a definition as a fact.
pub(crate) fn stated(name: &'static str, field: &Field, shape: Shape, default: Default) -> Fact {
    let Field { val, origin } = field;
    match val {
        Some(val) => Fact::Resolved { name, val: val.clone(), shape, default, origin: *origin },
        None => Fact::Derived { name, value: Plain::Unknown, origin: *origin },
    }
}

/// A state that calls something.
#[derive(Clone, Copy)]
struct Caller<'m> {
    from: VertexId,
    via: Name,
    state: &'m State,
    proof: Origin,
}

impl Caller<'_> {
    /// Adds the edges of a call, and tells which functions it calls.
    fn wire(self, draft: &mut Draft<'_>, call: &Call, task: Option<&Task>) -> Vec<(Guard, VertexId)> {
        let mut functions = Vec::new();
        let Some(action) = call.action else { return functions };
        let integration = task.map_or(Integration::RequestResponse, |task| task.integration);
        let Some((kind, wanted)) = edge_of(draft.text(action), integration) else { return functions };
        let kinds = match kind {
            // What is called back for is waited for in any case.
            EdgeKind::Step if integration == Integration::RequestResponse => invocations(draft, call),
            _ => vec![(Guard::ALWAYS, kind)],
        };
        for (under, val) in &call.targets {
            for (guard, alt) in &val.alternatives {
                let Some(reference) = draft.reference(alt) else { continue };
                for (own, target) in draft.inside(&reference, &[wanted]) {
                    let here = draft.and(draft.and(*under, *guard), own);
                    for &(when, kind) in &kinds {
                        let guard = draft.and(here, when);
                        if kind == EdgeKind::Step {
                            functions.push((guard, target.vertex));
                        }
                        let wiring = Wiring {
                            kind,
                            from: self.from,
                            to: target.vertex,
                            via: Some(self.via),
                            guard: draft.and(self.state.guard, guard),
                            origin: self.state.origin,
                            proof: self.proof,
                        };
                        let mut facts = self.facts(action, task);
                        if wanted == VertexKind::Function {
                            let value = Plain::Bool(target.is_qualified);
                            facts.push(Fact::Derived { name: "Qualified", value, origin: self.proof });
                        }
                        draft.wire(wiring, facts);
                    }
                }
            }
        }
        functions
    }

    fn facts(self, action: Name, task: Option<&Task>) -> Vec<Fact> {
        let fact = |name, value| Fact::Derived { name, value, origin: self.proof };
        let mut facts = vec![
            Fact::Derived { name: "State", value: Plain::Name(self.state.name), origin: self.state.origin },
            fact("Action", Plain::Name(action)),
            Fact::Derived {
                name: "InExpressChild",
                value: Plain::Bool(self.state.is_in_express_child),
                origin: self.state.origin,
            },
        ];
        if let Some(task) = task {
            facts.push(fact("Integration", task.integration.as_str().map_or(Plain::Unknown, Plain::Text)));
            facts.push(stated("TimeoutSeconds", &task.timeout, Shape::Integer, Default::Missing));
        }
        facts
    }
}

/// How a task calls its function: it waits, unless `InvocationType` says that nobody does, or that nothing is to be run.
/// One that only the deployment or the input tells says neither.
fn invocations(draft: &Draft<'_>, call: &Call) -> Vec<(Guard, EdgeKind)> {
    let guards = &draft.template().guards;
    let [mut events, mut dry_runs, mut unknown] = [Guard::NEVER; 3];
    for (under, val) in &call.invocations {
        for (guard, alt) in &val.alternatives {
            let says = match alt {
                Alt::Absent { .. } => "RequestResponse",
                Alt::Scalar { text, .. } => draft.text(*text),
                Alt::OneOf { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => "",
            };
            let cases = match says {
                "RequestResponse" => continue,
                "Event" => &mut events,
                "DryRun" => &mut dry_runs,
                // A path into the input and an expression are texts too.
                _ => &mut unknown,
            };
            *cases = guards.or(*cases, draft.and(*under, *guard));
        }
    }
    let waits = guards.not(guards.or(guards.or(events, dry_runs), unknown));
    let mut kinds =
        vec![(waits, EdgeKind::Step), (events, EdgeKind::InvokeAsync), (unknown, EdgeKind::Invoke)];
    kinds.retain(|(when, _)| *when != Guard::NEVER);
    kinds
}

/// What a task's action makes, and what it can be on. The AWS SDK integrations do what the others do.
fn edge_of(action: &str, integration: Integration) -> Option<(EdgeKind, VertexKind)> {
    Some(match action.strip_prefix("aws-sdk:").unwrap_or(action) {
        "lambda:invoke" => (EdgeKind::Step, VertexKind::Function),
        "states:startExecution" if integration == Integration::Sync => {
            (EdgeKind::StartSync, VertexKind::StateMachine)
        }
        "states:startExecution" | "sfn:startExecution" => (EdgeKind::StartAsync, VertexKind::StateMachine),
        "sfn:startSyncExecution" => (EdgeKind::StartSync, VertexKind::StateMachine),
        "sqs:sendMessage" | "sqs:sendMessageBatch" => (EdgeKind::Send, VertexKind::Queue),
        "sqs:receiveMessage" => (EdgeKind::Read, VertexKind::Queue),
        "sns:publish" | "sns:publishBatch" => (EdgeKind::Publish, VertexKind::Topic),
        "events:putEvents" | "eventbridge:putEvents" => (EdgeKind::Publish, VertexKind::EventBus),
        "dynamodb:getItem" | "dynamodb:query" | "dynamodb:scan" => (EdgeKind::Read, VertexKind::Table),
        "dynamodb:putItem" | "dynamodb:updateItem" | "dynamodb:deleteItem" => {
            (EdgeKind::Write, VertexKind::Table)
        }
        "kinesis:putRecord" | "kinesis:putRecords" => (EdgeKind::Write, VertexKind::Stream),
        "s3:getObject" | "s3:listObjectsV2" => (EdgeKind::Read, VertexKind::Bucket),
        "s3:putObject" | "s3:copyObject" | "s3:deleteObject" => (EdgeKind::Write, VertexKind::Bucket),
        _ => return None,
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
  Q: {Type: 'AWS::SQS::Queue'}
  P: {Type: 'AWS::SNS::Topic'}
  B: {Type: 'AWS::Events::EventBus'}
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
    fn a_task_waits_for_no_function_that_it_invokes_with_an_event() {
        for (invocation, edge) in [
            ("Event", "invoke.async M -> F [certain]"),
            ("RequestResponse", "step M -> F [certain]"),
            ("'{% $states.input.how %}'", "invoke M -> F [certain]"),
            ("!Ref How", "invoke M -> F [certain]"),
        ] {
            for action in ["lambda:invoke", "aws-sdk:lambda:invoke"] {
                let state = format!(
                    "Resource: 'arn:aws:states:::{action}', Arguments: {{FunctionName: !Ref F, InvocationType: {invocation}}}"
                );
                assert_eq!(task(&state), [edge], "{state}");
            }
        }
        let by_input = "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !Ref F, InvocationType.$: $.how}";
        assert_eq!(task(by_input), ["invoke M -> F [certain]"]);
        let back = "Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Parameters: {FunctionName: !Ref F, InvocationType: Event}";
        assert_eq!(task(back), ["step M -> F [certain]"]);
        let dry = "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !Ref F, InvocationType: DryRun}";
        assert_eq!(task(dry), [""; 0]);
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
    fn a_workflow_reads_writes_sends_and_publishes_by_either_kind_of_integration() {
        for (state, edge) in [
            ("dynamodb:putItem', Parameters: {TableName: !Ref T}", "write M -> T [certain]"),
            ("aws-sdk:dynamodb:updateItem', Arguments: {TableName: !Ref T}", "write M -> T [certain]"),
            ("aws-sdk:dynamodb:query', Arguments: {TableName: !Ref T}", "read M -> T [certain]"),
            ("sqs:sendMessage.waitForTaskToken', Parameters: {QueueUrl: !Ref Q}", "send M -> Q [certain]"),
            ("aws-sdk:sqs:sendMessage', Parameters: {QueueUrl: !Ref Q}", "send M -> Q [certain]"),
            ("sns:publish', Parameters: {TopicArn: !Ref P}", "publish M -> P [certain]"),
            (
                "events:putEvents', Parameters: {Entries: [{EventBusName: !Ref B}, {EventBusName: default}]}",
                "publish M -> B [certain]",
            ),
        ] {
            assert_eq!(task(&format!("Resource: 'arn:aws:states:::{state}")), [edge], "{state}");
        }
    }

    #[test]
    fn a_distributed_map_reads_its_items_from_a_bucket() {
        let template = resources(
            "  S: {Type: 'AWS::S3::Bucket'}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        StartAt: A
        States:
          A:
            Type: Map
            ItemReader: {Resource: 'arn:aws:states:::s3:getObject', Parameters: {Bucket: !Ref S}}
            ItemProcessor: {StartAt: B, States: {B: {Type: Pass, End: true}}}
",
        );
        assert_eq!(edges(&template), ["read M -> S [certain]"]);
        assert_eq!(edge_fact(&template, EdgeKind::Read, "State"), "A");
    }

    #[test]
    fn a_call_says_which_state_makes_it_and_how_long_it_may_take() {
        let template = resources(&format!(
            "{NEIGHBOURS}  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionSubstitutions: {{Seconds: 20}}
      Definition: {{States: {{A: {{Type: Task, Resource: !GetAtt F.Arn, TimeoutSeconds: '${{Seconds}}'}}}}}}
"
        ));
        for (name, value) in [
            ("State", "A"),
            ("Action", "lambda:invoke"),
            ("Integration", "request-response"),
            ("TimeoutSeconds", "20"),
        ] {
            assert_eq!(edge_fact(&template, EdgeKind::Step, name), value);
        }
    }
}

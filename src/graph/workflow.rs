//! Workflows: what the states of a state machine call, and how long it can take.

use crate::asl::{Amount, Call, Case, Durations, Field, Integration, Machine, State, StateKind, Task};
use crate::names::Name;
use crate::template::{Alt, Guard, Guards, Origin, Unknown, Val};

use super::draft::{Draft, Wiring};
use super::path::is_plain;
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
    functions: Vec<(usize, Guard, VertexId)>,
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

/// States of every workflow after how long it is given up, and how long it can take: once what is known of the
/// functions is known.
pub(super) fn measure(draft: &mut Draft<'_>) {
    for index in 0..draft.graph.machines.len() {
        let workflow = &draft.graph.machines[index];
        let (guards, names) = (&draft.template().guards, draft.names());
        let durations =
            Durations::of(&workflow.machine, (guards, names), &|state| limit(draft, workflow, state));
        let origin = draft.vertex(workflow.vertex).origin;
        let mut facts = vec![timeout(guards, &workflow.machine, origin)];
        for (name, cases) in [
            ("MaximumSeconds", &durations.maximum),
            ("MinimumSeconds", &durations.minimum),
            ("UnavoidableTaskSeconds", &durations.unavoidable),
        ] {
            let val = told(draft, cases, origin);
            facts.push(Fact::Resolved {
                name,
                val,
                shape: Shape::Integer,
                default: Default::Unknown,
                origin,
            });
        }
        let workflow = &mut draft.graph.machines[index];
        workflow.durations = durations;
        let vertex = workflow.vertex;
        draft.add_facts(vertex, facts);
    }
}

/// After how many seconds a task is given up: its own timeout, or that of the function that it calls.
fn limit(draft: &Draft<'_>, workflow: &Workflow, index: usize) -> Vec<Amount> {
    let StateKind::Task(task) = &workflow.machine.states[index].kind else { return Vec::new() };
    let guards = &draft.template().guards;
    let stated = match &task.timeout.val {
        Some(val) => Amount::of(draft.names(), val, None),
        None => vec![Amount { guard: Guard::ALWAYS, seconds: None, through: None }],
    };
    if task.integration != Integration::RequestResponse {
        return stated;
    }
    let mut limits = Vec::new();
    let mut other = Guard::ALWAYS;
    for (_, when, function) in workflow.functions.iter().filter(|(state, ..)| *state == index) {
        for of_function in timeout_of(draft, *function) {
            for own in &stated {
                let guard = guards.and(guards.and(*when, of_function.guard), own.guard);
                let is_shorter =
                    own.seconds.is_some_and(|own| of_function.seconds.is_none_or(|most| own < most));
                let shorter = if is_shorter { own } else { &of_function };
                limits.push(Amount { guard, ..*shorter });
                other = guards.and(other, guards.not(guard));
            }
        }
    }
    if draft.can_hold(other) {
        limits.extend(stated.iter().map(|own| Amount { guard: guards.and(other, own.guard), ..*own }));
    }
    limits.retain(|limit| limit.guard != Guard::NEVER);
    limits
}

/// After how many seconds a function is given up. A durable one goes on after that.
fn timeout_of(draft: &Draft<'_>, function: VertexId) -> Vec<Amount> {
    let unknown = || vec![Amount { guard: Guard::ALWAYS, seconds: None, through: None }];
    if !is_plain(draft, function) {
        return unknown();
    }
    match Fact::named(&draft.vertex(function).facts, "Timeout") {
        Some(Fact::Setting { base, path, default, origin, .. }) => {
            let default =
                if let Default::Value(Plain::Int(seconds)) = default { Some(*seconds) } else { None };
            Amount::of(draft.names(), &draft.resolver.follow(*base, path, *origin), default)
        }
        Some(
            Fact::Derived { .. }
            | Fact::Claim { .. }
            | Fact::Words { .. }
            | Fact::Resolved { .. }
            | Fact::List { .. },
        )
        | None => unknown(),
    }
}

/// After how many seconds executions are given up, whichever the definition is.
fn timeout(guards: &Guards, machine: &Machine, origin: Origin) -> Fact {
    let levels = machine.definitions.iter().map(|level| &machine.levels[*level]);
    let mut val = Val {
        alternatives: levels
            .flat_map(|level| {
                let own =
                    level.timeout.val.clone().unwrap_or_else(|| Val::always(Alt::Unknown(Unknown::Function)));
                own.alternatives.into_iter().map(|(guard, alt)| (guards.and(level.guard, guard), alt))
            })
            .collect(),
    };
    if val.alternatives.len() > Val::MOST_ALTERNATIVES {
        val = Val::always(Alt::Unknown(Unknown::TooMany));
    }
    Fact::Resolved { name: "TimeoutSeconds", val, shape: Shape::Integer, default: Default::Missing, origin }
}

/// What came out, as a value that stands at the state machine; what is not known has no value.
fn told(draft: &Draft<'_>, cases: &[Case], origin: Origin) -> Val {
    let guards = &draft.template().guards;
    // A conclusion about a construct is shown by its key.
    let at = Origin { value: origin.key, ..origin };
    let mut other = Guard::ALWAYS;
    let mut val = Val {
        alternatives: cases
            .iter()
            .filter_map(|case| {
                let Amount { guard, seconds, through } = case.amount;
                let text = draft.names().intern(&seconds?.to_string());
                other = guards.and(other, guards.not(guard));
                Some((guard, Alt::Scalar { text, is_plain: true, origin: at, through }))
            })
            .collect(),
    };
    if draft.can_hold(other) {
        val.alternatives.push((other, Alt::Absent { at: origin }));
    }
    val
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
        for (under, val) in &call.targets {
            for (guard, alt) in &val.alternatives {
                let Some(reference) = draft.reference(alt) else { continue };
                for (own, target) in draft.inside(&reference, &[wanted]) {
                    let guard = draft.and(draft.and(*under, *guard), own);
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
                    if kind == EdgeKind::Step {
                        let value = Plain::Bool(target.is_qualified);
                        facts.push(Fact::Derived { name: "Qualified", value, origin: self.proof });
                    }
                    draft.wire(wiring, facts);
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
    use super::super::tests::{edge_fact, edges, fact, resources, template};
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

    #[test]
    fn how_long_a_workflow_can_take_counts_the_timeouts_of_its_functions() {
        let measured = |state: &str, timeout: &str| {
            let template = template(&format!(
                "Parameters: {{P: {{Type: String}}}}
Conditions: {{C: !Equals [!Ref P, x]}}
Resources:
  F: {{Type: 'AWS::Lambda::Function', Properties: {{Timeout: {timeout}}}}}
  D: {{Type: 'AWS::Lambda::Function', Properties: {{DurableConfig: {{ExecutionTimeout: 9000}}}}}}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition: {{StartAt: A, States: {{A: {{Type: Task, {state}, End: true}}}}}}
"
            ));
            fact(&template, "M", "MaximumSeconds")
        };
        assert_eq!(measured("Resource: !GetAtt F.Arn", "60"), "60");
        assert_eq!(measured("Resource: !GetAtt F.Arn", "!Ref AWS::NoValue"), "3");
        assert_eq!(measured("Resource: !GetAtt F.Arn, TimeoutSeconds: 20", "60"), "20");
        assert_eq!(measured("Resource: !GetAtt F.Arn, TimeoutSecondsPath: $.x", "60"), "60");
        assert_eq!(measured("Resource: !GetAtt F.Arn", "!Ref P"), "unknown");
        assert_eq!(
            measured("Resource: !GetAtt F.Arn", "!If [C, 60, 5]"),
            "60 when C is true, 5 when C is false"
        );
        assert_eq!(measured("Resource: !GetAtt D.Arn", "60"), "unknown");
        assert_eq!(measured("Resource: 'arn:aws:states:::sqs:sendMessage'", "60"), "unknown");
        assert_eq!(
            measured(
                "Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Parameters: {FunctionName: !Ref F}",
                "60"
            ),
            "unknown"
        );
    }
}

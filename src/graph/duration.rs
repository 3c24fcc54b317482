//! Durations: how long a workflow can take, by what its definition says and by the timeouts of the functions it calls.

use crate::asl::{Amount, Case, Durations, Integration, Machine, StateKind};
use crate::template::{Alt, Guard, Guards, Origin, Unknown, Val};

use super::draft::Draft;
use super::path::is_plain;
use super::workflow::Workflow;
use super::{Default, Fact, Plain, Shape, VertexId};

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

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, template};

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

//! EventBridge rules and schedules: an event or a point in time calls a target, which nobody waits for.

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::{Plain, VertexKind, universal_target};

/// What a rule or a schedule can hand its event to and this template can define.
const TARGETS: &[VertexKind] = &[
    VertexKind::Function,
    VertexKind::StateMachine,
    VertexKind::Queue,
    VertexKind::Topic,
    VertexKind::Stream,
    VertexKind::EventBus,
];

/// Adds the edges of an `AWS::Events::Rule`.
pub(super) fn read_rule(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    read(draft, id, resource, &["Targets", "*", "Arn"]);
    let Some((rule, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for name in draft.branches(properties, &["EventBusName"]) {
        if let [(_, bus)] = draft.targets_inside(name, &[VertexKind::EventBus]).as_slice() {
            let value = Plain::Name(draft.vertex(bus.vertex).id);
            draft.add_fact(rule, "EventBus", value, draft.values().origin(name.value));
        }
    }
}

/// Adds the edges of an `AWS::Scheduler::Schedule`.
pub(super) fn read_schedule(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    read(draft, id, resource, &["Target", "Arn"]);
    universal_target::read(draft, id, resource);
}

fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource, path: &[&str]) {
    let Some(properties) = Branch::properties(resource) else { return };
    let Some(from) = draft.vertex_of(id) else { return };
    let enabled = draft.switched_on(properties, &["State"], "DISABLED");
    for arn in draft.branches(properties, path) {
        for (guard, target) in draft.targets_inside(arn, TARGETS) {
            // The action of a universal target may be spelt like something's own name.
            if target.is_by_name
                && draft.references(arn).iter().any(|(_, named)| universal_target::action(named).is_some())
            {
                continue;
            }
            let Some(kind) = draft.vertex(target.vertex).kind.delivery() else { continue };
            let wiring = Wiring {
                kind,
                from,
                to: target.vertex,
                via: Some(id),
                guard: draft.and(guard, enabled),
                origin: resource.origin,
                proof: draft.values().origin(arn.value),
            };
            let facts = target.qualified(kind, wiring.proof).into_iter().collect();
            draft.wire(wiring, facts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, fact, resources};

    #[test]
    fn a_rule_calls_functions_and_starts_workflows_and_nobody_waits() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  M: {Type: 'AWS::StepFunctions::StateMachine'}
  Q: {Type: 'AWS::SQS::Queue'}
  R:
    Type: AWS::Events::Rule
    Properties:
      Targets: [{Arn: !GetAtt F.Arn, Id: a}, {Arn: !Ref M, Id: b}, {Arn: !GetAtt Q.Arn, Id: c}]
",
        );
        assert_eq!(
            edges(&template),
            ["invoke.async R -> F [certain]", "start.async R -> M [certain]", "send R -> Q [certain]"]
        );
    }

    #[test]
    fn a_rule_knows_its_bus() {
        let template = resources(
            "  Bus: {Type: 'AWS::Events::EventBus', Properties: {Name: orders}}
  R: {Type: 'AWS::Events::Rule', Properties: {EventBusName: !Ref Bus}}
  S: {Type: 'AWS::Events::Rule', Properties: {EventBusName: orders}}
",
        );
        assert_eq!(["R", "S"].map(|rule| fact(&template, rule, "EventBus")), ["Bus", "Bus"]);
    }

    #[test]
    fn a_disabled_rule_or_schedule_is_no_edge() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  R: {Type: 'AWS::Events::Rule', Properties: {State: DISABLED, Targets: [{Arn: !GetAtt F.Arn, Id: a}]}}
  S: {Type: 'AWS::Scheduler::Schedule', Properties: {State: DISABLED, Target: {Arn: !GetAtt F.Arn}}}
  On: {Type: 'AWS::Scheduler::Schedule', Properties: {Target: {Arn: !GetAtt F.Arn}}}
",
        );
        assert_eq!(edges(&template), ["invoke.async On -> F [certain]"]);
    }
}

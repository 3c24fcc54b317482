//! EventBridge pipes: a poller reads from a source, may ask an enrichment, and hands over to a target.

use crate::names::Name;
use crate::template::{Guard, Origin, Resource};

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::mapping::{SOURCES, reader_facts, service_of};
use super::settings::{self, Setting};
use super::target::Target;
use super::{EdgeKind, Fact, Plain, VertexId, VertexKind, filter};

const TARGETS: &[VertexKind] = &[
    VertexKind::Function,
    VertexKind::StateMachine,
    VertexKind::Queue,
    VertexKind::Topic,
    VertexKind::Stream,
    VertexKind::EventBus,
    VertexKind::Other,
];

/// Adds the edges of an `AWS::Pipes::Pipe`.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let Some(vertex) = draft.vertex_of(id) else { return };
    let running = draft.switched_on(properties, &["DesiredState"], "STOPPED");
    let pipe = Pipe { id, vertex, resource, properties, running };
    let targets = pipe.ends(draft, "Target", TARGETS);
    for source in pipe.ends(draft, "Source", SOURCES) {
        for target in &targets {
            pipe.poll(draft, source, *target);
        }
    }
    for target in targets {
        pipe.hand_over(draft, target);
    }
    for enrichment in pipe.ends(draft, "Enrichment", TARGETS) {
        pipe.enrich(draft, enrichment);
    }
}

struct Pipe<'r> {
    id: Name,
    vertex: VertexId,
    resource: &'r Resource,
    properties: Branch,
    running: Guard,
}

/// One end of a pipe, and the value that names it.
#[derive(Clone, Copy)]
struct End {
    value: Branch,
    guard: Guard,
    target: Target,
}

impl Pipe<'_> {
    fn ends(&self, draft: &mut Draft<'_>, role: &str, wanted: &[VertexKind]) -> Vec<End> {
        let mut ends = Vec::new();
        for value in draft.branches(self.properties, &[role]) {
            for (guard, target) in draft.targets(value, wanted, (self.id, &role.to_lowercase())) {
                ends.push(End { value, guard: draft.and(guard, self.running), target });
            }
        }
        ends
    }

    fn poll(&self, draft: &mut Draft<'_>, source: End, target: End) {
        let origin = self.resource.origin;
        let service = service_of(draft, source.target.vertex);
        let mut facts = settings::facts(source_settings(service), Some(self.properties.value), origin);
        facts.extend(reader_facts(service, source.target, "pipe", origin));
        facts.push(filter::facts(draft, self.properties, &["SourceParameters", "FilterCriteria"], origin));
        // One that is stopped has no edge.
        facts.push(Fact::Derived { name: "Enabled", value: Plain::Bool(true), origin });
        let wiring = Wiring {
            kind: EdgeKind::Poll,
            from: source.target.vertex,
            to: target.target.vertex,
            via: Some(self.id),
            guard: draft.and(source.guard, target.guard),
            origin,
            proof: draft.values().origin(source.value.value),
        };
        draft.wire(wiring, facts);
    }

    fn hand_over(&self, draft: &mut Draft<'_>, end: End) {
        let to = end.target.vertex;
        let kind = draft.vertex(to).kind;
        let Some(going_on) = kind.delivery() else { return };
        let Some(waits) = kind.call() else {
            self.wire(draft, going_on, end, self.resource.origin, Vec::new());
            return;
        };
        let (invocation, settings) = if kind == VertexKind::Function {
            (FUNCTION_INVOCATION, settings::PIPE_FUNCTION)
        } else {
            (WORKFLOW_INVOCATION, settings::PIPE_STATE_MACHINE)
        };
        let facts = || settings::facts(settings, Some(self.properties.value), self.resource.origin);
        let properties = Branch { guard: end.guard, value: self.properties.value };
        let waiting = draft.switched_on(properties, invocation, "FIRE_AND_FORGET");
        let forgetting = draft.and(end.guard, draft.template().guards.not(waiting));
        let origin = self.resource.origin;
        self.wire(draft, waits, End { guard: waiting, ..end }, origin, facts());
        self.wire(draft, going_on, End { guard: forgetting, ..end }, origin, facts());
    }

    fn enrich(&self, draft: &mut Draft<'_>, end: End) {
        let Some(kind) = draft.vertex(end.target.vertex).kind.call() else { return };
        let origin = draft.values().origin(end.value.value);
        let fact = Fact::Derived { name: "Enrichment", value: Plain::Bool(true), origin };
        self.wire(draft, kind, end, origin, vec![fact]);
    }

    /// An edge from the pipe itself.
    fn wire(&self, draft: &mut Draft<'_>, kind: EdgeKind, end: End, origin: Origin, facts: Vec<Fact>) {
        let wiring = Wiring {
            kind,
            from: self.vertex,
            to: end.target.vertex,
            via: Some(self.id),
            guard: end.guard,
            origin,
            proof: draft.values().origin(end.value.value),
        };
        draft.wire(wiring, facts);
    }
}

const WORKFLOW_INVOCATION: &[&str] =
    &["TargetParameters", "StepFunctionStateMachineParameters", "InvocationType"];
const FUNCTION_INVOCATION: &[&str] = &["TargetParameters", "LambdaFunctionParameters", "InvocationType"];

fn source_settings(service: Option<&str>) -> &'static [Setting] {
    match service {
        Some("sqs") => settings::PIPE_QUEUE,
        Some("kinesis") => settings::PIPE_KINESIS,
        Some("dynamodb") => settings::PIPE_DYNAMODB,
        Some(_) | None => settings::PIPE_OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edge_fact, edges, resources};
    use super::*;
    use crate::template::Template;

    fn pipe(rest: &str) -> Template {
        resources(&format!(
            "  Clicks: {{Type: 'AWS::Kinesis::Stream'}}
  Flow: {{Type: 'AWS::StepFunctions::StateMachine'}}
  Enrich: {{Type: 'AWS::Lambda::Function'}}
  P:
    Type: AWS::Pipes::Pipe
    Properties:
      Source: !GetAtt Clicks.Arn
      Target: !Ref Flow
{rest}"
        ))
    }

    #[test]
    fn a_pipe_reads_for_its_target_and_waits_for_a_workflow_unless_told_otherwise() {
        let template = pipe(
            "      SourceParameters: {KinesisStreamParameters: {BatchSize: 7, StartingPosition: LATEST}}\n",
        );
        assert_eq!(edges(&template), ["poll Clicks -> Flow [certain]", "start.sync P -> Flow [certain]"]);
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "BatchSize"), "7");
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "MaximumRetryAttempts"), "missing");
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "Reader"), "pipe");
        assert_eq!(
            edge_fact(&template, EdgeKind::StartSync, "InvocationType"),
            "REQUEST_RESPONSE by default"
        );
    }

    #[test]
    fn a_pipe_that_forgets_does_not_wait() {
        let template = pipe(
            "      TargetParameters: {StepFunctionStateMachineParameters: {InvocationType: FIRE_AND_FORGET}}\n",
        );
        assert_eq!(edges(&template), ["poll Clicks -> Flow [certain]", "start.async P -> Flow [certain]"]);
        assert_eq!(edge_fact(&template, EdgeKind::StartAsync, "InvocationType"), "FIRE_AND_FORGET");
    }

    #[test]
    fn a_pipe_waits_for_its_enrichment() {
        let template = pipe("      Enrichment: !GetAtt Enrich.Arn\n");
        assert!(edges(&template).contains(&"invoke.sync P -> Enrich [certain]".to_owned()));
    }

    #[test]
    fn a_stopped_pipe_does_nothing() {
        assert_eq!(edges(&pipe("      DesiredState: STOPPED\n")), [""; 0]);
    }
}

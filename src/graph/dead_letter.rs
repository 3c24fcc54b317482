//! Dead letters: where an event goes that could not be handled, and which queues are there for that alone.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Guard, OriginKind, Resource};

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::settings::{self, Setting};
use super::{Edge, EdgeKind, Fact, Item, Plain, VertexId, VertexKind};

const RECEIVERS: &[VertexKind] =
    &[VertexKind::Queue, VertexKind::Topic, VertexKind::Bucket, VertexKind::Function, VertexKind::EventBus];

/// Where a redrive policy names its target: a policy may also be a text of JSON, and then it names nothing else.
const REDRIVE_TARGETS: [&[&str]; 2] = [&["RedrivePolicy", "deadLetterTargetArn"], &["RedrivePolicy"]];

/// Where an IoT rule names what takes the messages that an action of it could not hand over.
const IOT_ERRORS: [[&str; 4]; 4] = [
    ["TopicRulePayload", "ErrorAction", "Sqs", "QueueUrl"],
    ["TopicRulePayload", "ErrorAction", "Sns", "TargetArn"],
    ["TopicRulePayload", "ErrorAction", "S3", "BucketName"],
    ["TopicRulePayload", "ErrorAction", "Lambda", "FunctionArn"],
];

/// Of an edge by which Lambda tells that a call has succeeded.
const ON_SUCCESS: &str = "OnSuccess";

/// Whether Lambda, and not the function's code, sends this: for each asynchronous call that has succeeded, and for no call
/// that is waited for.
pub(super) fn is_on_success(edge: &Edge) -> bool {
    Fact::named(&edge.facts, ON_SUCCESS).is_some()
}

/// Adds the edges to a resource's dead-letter queues and failure destinations, and to where its successes go.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let letters = Letters { id, resource, properties };
    match draft.text(resource.type_name) {
        "AWS::Lambda::Function" => letters.of_itself(draft, &["DeadLetterConfig", "TargetArn"]),
        "AWS::Lambda::EventInvokeConfig" => {
            letters.of_function(draft, &["DestinationConfig", "OnFailure", "Destination"]);
            letters.successes(draft);
        }
        "AWS::Lambda::EventSourceMapping" => {
            letters.of_function(draft, &["DestinationConfig", "OnFailure", "Destination"]);
        }
        "AWS::SQS::Queue" => {
            for path in REDRIVE_TARGETS {
                letters.of_itself(draft, path);
            }
        }
        "AWS::SNS::Subscription" => {
            let topics = letters.named(draft, &["TopicArn"], VertexKind::Topic);
            for path in REDRIVE_TARGETS {
                letters.send(draft, &topics, path, Outcome::Failure);
            }
        }
        "AWS::Events::Rule" => letters.of_itself(draft, &["Targets", "*", "DeadLetterConfig", "Arn"]),
        "AWS::Scheduler::Schedule" => letters.of_itself(draft, &["Target", "DeadLetterConfig", "Arn"]),
        "AWS::Pipes::Pipe" => {
            letters.of_itself(draft, &["SourceParameters", "*", "DeadLetterConfig", "Arn"]);
        }
        "AWS::Events::EventBus" => letters.of_itself(draft, &["DeadLetterConfig", "Arn"]),
        "AWS::IoT::TopicRule" => {
            for path in IOT_ERRORS {
                letters.of_itself(draft, &path);
            }
        }
        _ => {}
    }
}

/// States of every queue whether anything in the template sends its failures there.
pub(super) fn mark_queues(draft: &mut Draft<'_>) {
    let receivers = draft.guards_by(EdgeKind::DeadLetter, |edge| edge.to);
    let may_be_unseen = draft.may_be_unseen();
    for (queue, resource) in draft.resources_of(VertexKind::Queue) {
        let holds = receivers.get(&queue).copied().unwrap_or(Guard::NEVER);
        draft.add_claim(queue, "DeadLetter", (holds, may_be_unseen), resource.origin);
    }
}

/// States of every function where its asynchronous calls go that fail: its own dead-letter queue, and the destinations
/// of its configurations for a version, an alias or neither.
pub(super) fn mark_functions(draft: &mut Draft<'_>) {
    let mut found: FxHashMap<VertexId, Vec<Item>> = FxHashMap::default();
    for (&id, resource) in &draft.template().resources {
        let Some(properties) = Branch::properties(resource) else { continue };
        let (functions, destination) = match draft.text(resource.type_name) {
            "AWS::Lambda::Function" => {
                (draft.vertex_of(id).into_iter().collect(), settings::DEAD_LETTER_TARGET)
            }
            "AWS::Lambda::EventInvokeConfig" => {
                let names = draft.branches(properties, &["FunctionName"]).into_iter();
                let functions = names.flat_map(|name| draft.functions_named(name));
                (functions.collect(), settings::FAILURE_DESTINATION)
            }
            _ => continue,
        };
        let functions: Vec<VertexId> = functions;
        for function in functions {
            found.entry(function).or_default().extend(destination_of(draft, (id, resource), destination));
        }
    }
    for (function, resource) in draft.resources_of(VertexKind::Function) {
        let items = found.remove(&function).unwrap_or_default();
        let list = Fact::List { name: "FailureDestinations", items, origin: resource.origin };
        draft.add_facts(function, [list]);
    }
}

fn destination_of(
    draft: &Draft<'_>,
    (id, resource): (Name, &Resource),
    destination: &[Setting],
) -> Option<Item> {
    let properties = Branch::properties(resource)?;
    let mut facts = settings::facts(destination, Some(properties.value), resource.origin);
    let Some(Fact::Setting { path, .. }) = Fact::named(&facts, "Destination") else { return None };
    let written = *draft.branches(properties, path).first()?;
    let origin = draft.values().origin(written.value);
    let is_shared = Plain::Bool(origin.kind == OriginKind::Globals);
    facts.push(Fact::Derived { name: "FromGlobals", value: is_shared, origin });
    facts.push(Fact::Derived { name: "Via", value: Plain::Name(id), origin: resource.origin });
    Some(Item { guard: draft.resolver.guard_of(id), origin, facts })
}

#[derive(Clone, Copy)]
enum Outcome {
    Failure,
    Success,
}

struct Letters<'r> {
    id: Name,
    resource: &'r Resource,
    properties: Branch,
}

impl Letters<'_> {
    fn of_itself(&self, draft: &mut Draft<'_>, path: &[&str]) {
        let Some(vertex) = draft.vertex_of(self.id) else { return };
        self.send(draft, &[(Guard::ALWAYS, vertex)], path, Outcome::Failure);
    }

    fn of_function(&self, draft: &mut Draft<'_>, path: &[&str]) {
        let functions = self.named(draft, &["FunctionName"], VertexKind::Function);
        self.send(draft, &functions, path, Outcome::Failure);
    }

    fn successes(&self, draft: &mut Draft<'_>) {
        let functions = self.named(draft, &["FunctionName"], VertexKind::Function);
        self.send(draft, &functions, &["DestinationConfig", "OnSuccess", "Destination"], Outcome::Success);
    }

    fn named(&self, draft: &Draft<'_>, path: &[&str], kind: VertexKind) -> Vec<(Guard, VertexId)> {
        draft
            .branches(self.properties, path)
            .into_iter()
            .flat_map(|branch| draft.targets_inside(branch, &[kind]))
            .map(|(guard, target)| (guard, target.vertex))
            .collect()
    }

    fn send(&self, draft: &mut Draft<'_>, senders: &[(Guard, VertexId)], path: &[&str], outcome: Outcome) {
        for arn in draft.branches(self.properties, path) {
            for (guard, target) in draft.targets_inside(arn, RECEIVERS) {
                let kind = match outcome {
                    Outcome::Failure => Some(EdgeKind::DeadLetter),
                    Outcome::Success => draft.vertex(target.vertex).kind.delivery(),
                };
                let Some(kind) = kind else { continue };
                for &(own, from) in senders {
                    let proof = draft.values().origin(arn.value);
                    let wiring = Wiring {
                        kind,
                        from,
                        to: target.vertex,
                        via: Some(self.id),
                        guard: draft.and(guard, own),
                        origin: self.resource.origin,
                        proof,
                    };
                    let facts = match outcome {
                        Outcome::Failure => Vec::new(),
                        Outcome::Success => {
                            vec![Fact::Derived { name: ON_SUCCESS, value: Plain::Bool(true), origin: proof }]
                        }
                    };
                    draft.wire(wiring, facts);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, fact, resources};

    #[test]
    fn a_queue_is_a_dead_letter_queue_by_whoever_sends_its_failures_there() {
        for (name, sender) in [
            (
                "RedrivePolicy",
                "{Type: 'AWS::SQS::Queue', Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}}",
            ),
            (
                "DeadLetterConfig",
                "{Type: 'AWS::Lambda::Function', Properties: {DeadLetterConfig: {TargetArn: !GetAtt Dead.Arn}}}",
            ),
            (
                "Targets",
                "{Type: 'AWS::Events::Rule', Properties: {Targets: [{Arn: x, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}]}}",
            ),
            (
                "Target",
                "{Type: 'AWS::Scheduler::Schedule', Properties: {Target: {DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}}",
            ),
            (
                "SourceParameters",
                "{Type: 'AWS::Pipes::Pipe', Properties: {SourceParameters: {KinesisStreamParameters: {DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}}}",
            ),
        ] {
            let template = resources(&format!("  Dead: {{Type: 'AWS::SQS::Queue'}}\n  Sender: {sender}\n"));
            assert_eq!(edges(&template), ["deadletter Sender -> Dead [certain]"], "{name}");
            assert_eq!(fact(&template, "Dead", "DeadLetter"), "true", "{name}");
        }
    }

    #[test]
    fn a_redrive_policy_may_be_a_text_of_json() {
        for policy in [
            "!Sub '{\"deadLetterTargetArn\": \"${Dead.Arn}\", \"maxReceiveCount\": 5}'",
            "!Join ['', ['{\"maxReceiveCount\": 5, \"deadLetterTargetArn\": \"', !GetAtt Dead.Arn, '\"}']]",
            "!ToJsonString {deadLetterTargetArn: !GetAtt Dead.Arn}",
        ] {
            let template = resources(&format!(
                "  Dead: {{Type: 'AWS::SQS::Queue'}}
  Orders: {{Type: 'AWS::SQS::Queue', Properties: {{RedrivePolicy: {policy}}}}}
  Topic: {{Type: 'AWS::SNS::Topic'}}
  S: {{Type: 'AWS::SNS::Subscription', Properties: {{TopicArn: !Ref Topic, RedrivePolicy: {policy}}}}}
"
            ));
            assert_eq!(
                edges(&template),
                ["deadletter Orders -> Dead [certain]", "deadletter Topic -> Dead [certain]"],
                "{policy}"
            );
        }
    }

    #[test]
    fn a_failure_destination_belongs_to_the_function_and_its_successes_are_delivered() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  Dead: {Type: 'AWS::SQS::Queue'}
  Next: {Type: 'AWS::Lambda::Function'}
  C:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: !Ref F
      Qualifier: $LATEST
      DestinationConfig: {OnFailure: {Destination: !GetAtt Dead.Arn}, OnSuccess: {Destination: !GetAtt Next.Arn}}
",
        );
        assert_eq!(edges(&template), ["deadletter F -> Dead [certain]", "invoke.async F -> Next [certain]"]);
        assert_eq!(fact(&template, "F", "HasFailureDestination"), "true");
        assert_eq!(fact(&template, "F", "HasSuccessDestination"), "true");
        assert_eq!(fact(&template, "Next", "HasFailureDestination"), "false");
        assert_eq!(fact(&template, "Next", "HasSuccessDestination"), "false");
        assert_eq!(fact(&template, "F", "FailureDestinations"), "1");
        assert_eq!(fact(&template, "Next", "FailureDestinations"), "0");
    }

    #[test]
    fn what_an_iot_rule_could_not_hand_over_goes_where_its_error_action_says() {
        for (action, receiver) in [
            ("Sqs: {QueueUrl: !Ref Dead}", "Dead"),
            ("Sns: {TargetArn: !Ref News}", "News"),
            ("S3: {BucketName: !Ref Lost}", "Lost"),
            ("Lambda: {FunctionArn: !GetAtt F.Arn}", "F"),
        ] {
            let template = resources(&format!(
                "  Dead: {{Type: 'AWS::SQS::Queue'}}
  News: {{Type: 'AWS::SNS::Topic'}}
  Lost: {{Type: 'AWS::S3::Bucket'}}
  F: {{Type: 'AWS::Lambda::Function'}}
  I: {{Type: 'AWS::IoT::TopicRule', Properties: {{TopicRulePayload: {{ErrorAction: {{{action}}}}}}}}}
"
            ));
            assert_eq!(edges(&template), [format!("deadletter I -> {receiver} [certain]")]);
            assert_eq!(fact(&template, "Dead", "DeadLetter"), (receiver == "Dead").to_string());
        }
    }

    #[test]
    fn a_queue_with_a_redrive_policy_of_its_own_is_no_dead_letter_queue() {
        let template = resources(
            "  Dead: {Type: 'AWS::SQS::Queue'}
  Orders: {Type: 'AWS::SQS::Queue', Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}}
",
        );
        assert_eq!(fact(&template, "Orders", "DeadLetter"), "false");
    }
}

//! Event source mappings: a poller of Lambda's own reads from a queue or a stream and calls a function.

use crate::names::Name;
use crate::template::{Guard, Origin, Resource, Stack};

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::settings::{self, Setting};
use super::source_settings::{beyond_queues, unsupported};
use super::target::{Outside, Target};
use super::{EdgeKind, Fact, Plain, VertexId, VertexKind, filter};

/// What a mapping or a pipe can read from and this template can define. A broker is a resource that no rule
/// looks at, and of the databases it is clusters of DocumentDB.
pub(super) const SOURCES: &[VertexKind] = &[
    VertexKind::Queue,
    VertexKind::Stream,
    VertexKind::Table,
    VertexKind::Topic,
    VertexKind::Database,
    VertexKind::Other,
];

/// Adds the edges of an `AWS::Lambda::EventSourceMapping`.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let enabled = draft.switched_on(properties, &["Enabled"], "false");
    let functions: Vec<(Guard, Target)> = draft
        .branches(properties, &["FunctionName"])
        .into_iter()
        .flat_map(|name| draft.targets(name, &[VertexKind::Function], (id, "function")))
        .collect();
    for (source_guard, source) in sources(draft, id, resource.origin, properties) {
        let service = service_of(draft, source.vertex)
            .or_else(|| service_of_event(draft, resource))
            .or_else(|| service_by_settings(draft, properties));
        for (function_guard, function) in &functions {
            let guard = draft.and(draft.and(source_guard, *function_guard), enabled);
            let origin = resource.origin;
            let mut facts = settings::facts(batch_settings(service), Some(properties.value), origin);
            facts.extend(settings::facts(settings::MAPPING, Some(properties.value), origin));
            facts.extend(reader_facts(service, source, "mapping", origin));
            facts.push(filter::facts(draft, properties, &["FilterCriteria"], origin));
            facts.push(unsupported(draft, properties, service, origin));
            facts.push(Fact::Derived {
                name: "Qualified",
                value: Plain::Bool(function.is_qualified),
                origin,
            });
            let wiring = Wiring {
                kind: EdgeKind::Poll,
                from: source.vertex,
                to: function.vertex,
                via: Some(id),
                guard,
                origin,
                proof: origin,
            };
            draft.wire(wiring, facts);
        }
    }
}

/// What a reader of a queue or a stream has beside its settings.
pub(super) fn reader_facts(
    service: Option<&'static str>,
    source: Target,
    reader: &'static str,
    origin: Origin,
) -> [Fact; 3] {
    [
        Fact::Derived { name: "Service", value: service.map_or(Plain::Unknown, Plain::Text), origin },
        Fact::Derived { name: "EnhancedFanOut", value: Plain::Bool(source.is_fanned_out), origin },
        Fact::Derived { name: "Reader", value: Plain::Text(reader), origin },
    ]
}

/// The service that a source belongs to, from what it is or from its ARN.
pub(super) fn service_of(draft: &Draft<'_>, source: VertexId) -> Option<&'static str> {
    let vertex = draft.vertex(source);
    match vertex.kind {
        VertexKind::Queue => Some("sqs"),
        VertexKind::Stream | VertexKind::StreamConsumer => Some("kinesis"),
        VertexKind::Table => Some("dynamodb"),
        VertexKind::Other | VertexKind::Database => {
            let type_name = draft.text(vertex.type_name);
            OTHER_SOURCES
                .iter()
                .find(|(prefix, _)| type_name.starts_with(prefix))
                .map(|(_, service)| *service)
        }
        VertexKind::External => match vertex.concluded("Service")? {
            Plain::Text(service) => Some(*service),
            Plain::Bool(_) | Plain::Int(_) | Plain::Name(_) | Plain::Unknown => None,
        },
        VertexKind::Function
        | VertexKind::Topic
        | VertexKind::Bucket
        | VertexKind::EventBus
        | VertexKind::Rule
        | VertexKind::Schedule
        | VertexKind::Pipe
        | VertexKind::RestApi
        | VertexKind::HttpApi
        | VertexKind::WebSocketApi
        | VertexKind::StateMachine
        | VertexKind::Qualifier
        | VertexKind::Stage
        | VertexKind::Distribution
        | VertexKind::MethodSetting
        | VertexKind::CacheBehavior
        | VertexKind::TableIndex
        | VertexKind::DeliveryStream
        | VertexKind::GraphQlApi
        | VertexKind::GraphQlCache
        | VertexKind::GraphQlResolver
        | VertexKind::UserPool
        | VertexKind::DatabaseProxy
        | VertexKind::Cache
        | VertexKind::TaskDefinition
        | VertexKind::Route
        | VertexKind::FunctionUrl
        | VertexKind::UserPoolTrigger
        | VertexKind::GraphQlField
        | VertexKind::TargetGroup => None,
    }
}

/// Types of sources that are no vertices of their own kind.
const OTHER_SOURCES: &[(&str, &str)] = &[
    ("AWS::MSK::", "kafka"),
    ("AWS::AmazonMQ::", "mq"),
    ("AWS::DocDB::", "documentdb"),
    ("AWS::DynamoDB::GlobalTable", "dynamodb"),
];

fn sources(draft: &mut Draft<'_>, id: Name, origin: Origin, properties: Branch) -> Vec<(Guard, Target)> {
    let arns = draft.branches(properties, &["EventSourceArn"]);
    let mut found = Vec::new();
    for arn in arns {
        for (guard, target) in draft.targets(arn, SOURCES, (id, "source")) {
            // A nested stack's output or a custom resource's attribute is a name for something else.
            let is_source = draft.vertex(target.vertex).kind != VertexKind::Other
                || service_of(draft, target.vertex).is_some();
            found.push(if is_source { (guard, target) } else { (guard, behind_output(draft, arn, id)) });
        }
    }
    if found.is_empty() {
        let name = draft.names().intern(&format!("{} source", draft.text(id)));
        let is_kafka = !draft.branches(properties, &["SelfManagedEventSource"]).is_empty();
        let vertex = draft.outside(Outside { name, service: is_kafka.then_some("kafka") }, origin);
        found.push((Guard::ALWAYS, Target::of(vertex)));
    }
    found
}

fn behind_output(draft: &mut Draft<'_>, arn: Branch, id: Name) -> Target {
    let text = draft.references(arn).into_iter().next().map(|(_, reference)| reference.text);
    let name = draft.names().intern(&text.unwrap_or_else(|| format!("{} source", draft.text(id))));
    let origin = draft.values().origin(arn.value);
    Target::of(draft.outside(Outside { name, service: None }, origin))
}

/// The service that a SAM event reads from, wherever its source is defined.
fn service_of_event(draft: &Draft<'_>, resource: &Resource) -> Option<&'static str> {
    match draft.text(resource.event?.type_name) {
        "SQS" => Some("sqs"),
        "Kinesis" => Some("kinesis"),
        "DynamoDB" => Some("dynamodb"),
        "MSK" | "SelfManagedKafka" => Some("kafka"),
        "MQ" => Some("mq"),
        "DocumentDB" => Some("documentdb"),
        _ => None,
    }
}

/// The service that only these settings go with. Each of the streaming sources needs a `StartingPosition`, and
/// Amazon MQ needs its `Queues`: what has neither, nor anything else that a queue does not take, reads from SQS.
fn service_by_settings(draft: &Draft<'_>, properties: Branch) -> Option<&'static str> {
    let has = |key: &str| !draft.branches(properties, &[key]).is_empty();
    if has("DocumentDBEventSourceConfig") {
        Some("documentdb")
    } else if has("Topics")
        || has("AmazonManagedKafkaEventSourceConfig")
        || has("SelfManagedKafkaEventSourceConfig")
    {
        Some("kafka")
    } else if has("Queues") {
        Some("mq")
    } else if beyond_queues().any(has) || draft.template().stacks().any(Stack::is_open) {
        None
    } else {
        Some("sqs")
    }
}

fn batch_settings(service: Option<&str>) -> &'static [Setting] {
    match service {
        Some("sqs") => settings::QUEUE_BATCH,
        Some("kinesis" | "dynamodb") => settings::STREAM_BATCH,
        Some("kafka" | "mq" | "documentdb") => settings::BROKER_BATCH,
        Some(_) | None => settings::UNKNOWN_BATCH,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edge_fact, edges_of, resources, template};
    use super::*;

    const WORKER: &str = "  Worker: {Type: 'AWS::Lambda::Function'}\n  Orders: {Type: 'AWS::SQS::Queue'}\n";

    fn mapping(properties: &str) -> String {
        format!("{WORKER}  M: {{Type: 'AWS::Lambda::EventSourceMapping', Properties: {{{properties}}}}}\n")
    }

    fn polls(properties: &str) -> Vec<String> {
        edges_of(&resources(&mapping(properties)), EdgeKind::Poll)
    }

    #[test]
    fn a_mapping_polls_its_queue_for_its_function() {
        let template = resources(&mapping("EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Worker"));
        assert_eq!(edges_of(&template, EdgeKind::Poll), ["poll Orders -> Worker [certain]"]);
        let fact = |name| edge_fact(&template, EdgeKind::Poll, name);
        assert_eq!(fact("Service"), "sqs");
        assert_eq!(fact("BatchSize"), "10 by default");
        assert_eq!(fact("MaximumBatchingWindowInSeconds"), "0 by default");
        assert_eq!(fact("Enabled"), "true by default");
        assert_eq!(fact("Reader"), "mapping");
        assert_eq!(fact("Qualified"), "false");
    }

    #[test]
    fn a_mapping_that_is_switched_off_is_no_edge() {
        let polls = |enabled| {
            polls(&format!(
                "EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Worker, Enabled: {enabled}"
            ))
        };
        assert_eq!(polls("false"), [""; 0]);
        assert_eq!(polls("'False'"), [""; 0]);
        assert_eq!(polls("true"), ["poll Orders -> Worker [certain]"]);
        assert_eq!(polls("!Ref Anything"), ["poll Orders -> Worker [certain]"]);
    }

    #[test]
    fn a_mapping_that_is_switched_off_by_a_condition_is_an_edge_where_it_is_on() {
        let text = format!(
            "Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}\nResources:\n{}",
            mapping(
                "EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Worker, Enabled: !If [Prod, true, false]"
            )
        );
        assert_eq!(
            edges_of(&template(&text), EdgeKind::Poll),
            ["poll Orders -> Worker [certain] when Prod is true"]
        );
    }

    #[test]
    fn every_way_to_qualify_a_function_is_still_that_function() {
        for function in [
            "!Ref Live",
            "!Ref Version",
            "!Sub '${Worker.Arn}:live'",
            "!Sub '${Worker}:live'",
            "!Join [':', [!GetAtt Worker.Arn, live]]",
        ] {
            let template = resources(&format!(
                "{}  Live: {{Type: 'AWS::Lambda::Alias', Properties: {{FunctionName: !GetAtt Version.FunctionArn}}}}
  Version: {{Type: 'AWS::Lambda::Version', Properties: {{FunctionName: !Ref Worker}}}}
",
                mapping(&format!("EventSourceArn: !GetAtt Orders.Arn, FunctionName: {function}"))
            ));
            assert_eq!(
                edges_of(&template, EdgeKind::Poll),
                ["poll Orders -> Worker [certain]"],
                "{function}"
            );
            assert_eq!(edge_fact(&template, EdgeKind::Poll, "Qualified"), "true", "{function}");
        }
    }

    #[test]
    fn a_literal_arn_finds_the_resource_that_has_the_name() {
        let template = resources(
            "  Worker: {Type: 'AWS::Lambda::Function', Properties: {FunctionName: work}}
  Orders: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${AWS::StackName}-orders'}}
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:work:live'
      EventSourceArn: !Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-orders'
",
        );
        assert_eq!(edges_of(&template, EdgeKind::Poll), ["poll Orders -> Worker [certain]"]);
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "Qualified"), "true");
    }

    #[test]
    fn a_name_that_only_begins_with_a_resource_is_another_name() {
        let polls = polls(
            "EventSourceArn: !Sub 'arn:aws:sqs:eu-west-1:1:${Orders.QueueName}-other', FunctionName: !Ref Worker",
        );
        assert_eq!(polls, ["poll arn:aws:sqs:eu-west-1:1:${Orders.QueueName}-other -> Worker [certain]"]);
    }

    #[test]
    fn a_consumer_of_a_stream_stands_for_the_stream_and_is_fanned_out() {
        let template = resources(
            "  Worker: {Type: 'AWS::Lambda::Function'}
  Clicks: {Type: 'AWS::Kinesis::Stream'}
  Consumer: {Type: 'AWS::Kinesis::StreamConsumer', Properties: {StreamARN: !GetAtt Clicks.Arn}}
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Worker, EventSourceArn: !Ref Consumer, StartingPosition: LATEST}
",
        );
        assert_eq!(edges_of(&template, EdgeKind::Poll), ["poll Clicks -> Worker [certain]"]);
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "EnhancedFanOut"), "true");
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "Service"), "kinesis");
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "BatchSize"), "100 by default");
        assert_eq!(edge_fact(&template, EdgeKind::Poll, "Qualified"), "false");
    }

    #[test]
    fn a_source_that_depends_on_a_condition_is_an_edge_for_each_case() {
        let text = format!(
            "Parameters: {{Elsewhere: {{Type: String}}}}\nConditions: {{Own: !Equals [!Ref Elsewhere, '']}}\nResources:\n{}",
            mapping(
                "EventSourceArn: !If [Own, !GetAtt Orders.Arn, !Ref Elsewhere], FunctionName: !Ref Worker"
            )
        );
        assert_eq!(
            edges_of(&template(&text), EdgeKind::Poll),
            [
                "poll Orders -> Worker [certain] when Own is true",
                "poll ${Elsewhere} -> Worker [certain] when Own is false"
            ]
        );
    }

    #[test]
    fn ends_that_exclude_each_other_make_no_edge() {
        let text = "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1'], Dev: !Not [Condition: Prod]}
Resources:
  Worker: {Type: 'AWS::Lambda::Function', Condition: Prod}
  Orders: {Type: 'AWS::SQS::Queue', Condition: Dev}
  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Worker}}
";
        assert_eq!(edges_of(&template(text), EdgeKind::Poll), [""; 0]);
    }

    #[test]
    fn the_service_of_a_source_elsewhere_is_told_by_its_arn_or_by_what_only_it_takes() {
        for (properties, service, batch) in [
            (
                "EventSourceArn: 'arn:aws:kinesis:eu-west-1:1:stream/x', StartingPosition: LATEST",
                "kinesis",
                "100 by default",
            ),
            ("EventSourceArn: !ImportValue q", "sqs", "10 by default"),
            ("EventSourceArn: !ImportValue s, StartingPosition: LATEST", "unknown", "unknown"),
            ("EventSourceArn: !ImportValue s, ParallelizationFactor: 2", "unknown", "unknown"),
            (
                "EventSourceArn: !ImportValue c, StartingPosition: LATEST, Topics: [t]",
                "kafka",
                "100 by default",
            ),
            ("EventSourceArn: !ImportValue b, Queues: [q]", "mq", "100 by default"),
            ("SelfManagedEventSource: {}, Topics: [t], StartingPosition: LATEST", "kafka", "100 by default"),
        ] {
            let template = resources(&mapping(&format!("FunctionName: !Ref Worker, {properties}")));
            assert_eq!(edge_fact(&template, EdgeKind::Poll, "Service"), service, "{properties}");
            assert_eq!(edge_fact(&template, EdgeKind::Poll, "BatchSize"), batch, "{properties}");
        }
    }

    #[test]
    fn an_output_of_a_nested_stack_is_something_outside() {
        let template = resources(&format!(
            "{}  Nested: {{Type: 'AWS::CloudFormation::Stack'}}\n",
            mapping("EventSourceArn: !GetAtt Nested.Outputs.QueueArn, FunctionName: !Ref Worker")
        ));
        assert_eq!(
            edges_of(&template, EdgeKind::Poll),
            ["poll ${Nested.Outputs.QueueArn} -> Worker [certain]"]
        );
    }
}

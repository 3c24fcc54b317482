//! What an event source mapping may set for which of the services that it can read from
//! (`CreateEventSourceMapping` reference).

use crate::template::{Alt, Guard, Origin};

use super::branch::Branch;
use super::draft::Draft;
use super::{Fact, Item, Plain};

const SQS: &str = "sqs";
const KINESIS: &str = "kinesis";
const DYNAMODB: &str = "dynamodb";
const KAFKA: &str = "kafka";
const MQ: &str = "mq";
const DOCUMENTDB: &str = "documentdb";

/// A property that only some services take.
struct Restricted {
    property: &'static str,
    services: &'static [&'static str],
    /// A value that asks for nothing, and so is no matter.
    idle: Option<&'static str>,
}

const fn only(property: &'static str, services: &'static [&'static str]) -> Restricted {
    Restricted { property, services, idle: None }
}

const RESTRICTED: &[Restricted] = &[
    Restricted { idle: Some("false"), ..only("BisectBatchOnFunctionError", &[KINESIS, DYNAMODB, KAFKA]) },
    only("DestinationConfig", &[KINESIS, DYNAMODB, KAFKA]),
    only("FunctionResponseTypes", &[KINESIS, DYNAMODB, KAFKA, SQS]),
    only("MaximumRecordAgeInSeconds", &[KINESIS, DYNAMODB, KAFKA]),
    only("MaximumRetryAttempts", &[KINESIS, DYNAMODB, KAFKA]),
    only("ParallelizationFactor", &[KINESIS, DYNAMODB]),
    Restricted { idle: Some("0"), ..only("TumblingWindowInSeconds", &[KINESIS, DYNAMODB]) },
    only("StartingPosition", &[KINESIS, DYNAMODB, KAFKA, DOCUMENTDB]),
    only("StartingPositionTimestamp", &[KINESIS, KAFKA, DOCUMENTDB]),
    only("ScalingConfig", &[SQS]),
    // Of brokers the API reference says nothing yet, and the CDK's does since May 2026.
    only("ProvisionedPollerConfig", &[SQS, KAFKA, MQ]),
    only("Queues", &[MQ]),
    only("Topics", &[KAFKA]),
    only("SelfManagedEventSource", &[KAFKA]),
    only("AmazonManagedKafkaEventSourceConfig", &[KAFKA]),
    only("SelfManagedKafkaEventSourceConfig", &[KAFKA]),
    only("DocumentDBEventSourceConfig", &[DOCUMENTDB]),
    only("SourceAccessConfigurations", &[KAFKA, MQ, DOCUMENTDB]),
];

/// The properties that no queue's mapping takes.
pub(super) fn beyond_queues() -> impl Iterator<Item = &'static str> {
    RESTRICTED
        .iter()
        .filter(|restricted| !restricted.services.contains(&SQS))
        .map(|restricted| restricted.property)
}

/// What a mapping sets that its source does not take. Of a source that is not known, nothing is.
pub(super) fn unsupported(
    draft: &Draft<'_>,
    properties: Branch,
    service: Option<&str>,
    origin: Origin,
) -> Fact {
    let mut items = Vec::new();
    let foreign = service.into_iter().flat_map(|service| {
        RESTRICTED.iter().filter(move |restricted| !restricted.services.contains(&service))
    });
    for restricted in foreign {
        for value in draft.branches(properties, &[restricted.property]) {
            let guard = set(draft, value, restricted);
            if guard != Guard::NEVER {
                let origin = draft.values().origin(value.value);
                let name = Plain::Text(restricted.property);
                let facts = vec![Fact::Derived { name: "Property", value: name, origin }];
                items.push(Item { guard, origin, facts });
            }
        }
    }
    Fact::List { name: "Unsupported", items, origin }
}

/// When a property is certainly there, and asks for something.
fn set(draft: &Draft<'_>, value: Branch, restricted: &Restricted) -> Guard {
    let guards = &draft.template().guards;
    let mut set = Guard::NEVER;
    for (guard, alt) in draft.alternatives(value) {
        let is_set = match alt {
            Alt::Scalar { text, .. } => {
                restricted.idle.is_none_or(|idle| !draft.text(text).eq_ignore_ascii_case(idle))
            }
            Alt::List(list) => !draft.values().items(list).is_empty(),
            Alt::Map(map) => !draft.values().entries(map).is_empty(),
            Alt::OneOf { .. } | Alt::Resource { .. } | Alt::Text(_) => restricted.idle.is_none(),
            Alt::Absent { .. } | Alt::Unknown(_) => false,
        };
        if is_set {
            set = guards.or(set, guard);
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, resources};

    fn unsupported(source: &str, properties: &str) -> String {
        let template = resources(&format!(
            "  F: {{Type: 'AWS::Lambda::Function'}}
  Q: {{Type: 'AWS::SQS::Queue'}}
  S: {{Type: 'AWS::Kinesis::Stream'}}
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{FunctionName: !Ref F, EventSourceArn: {source}, {properties}}}
"
        ));
        edge_fact(&template, EdgeKind::Poll, "Unsupported")
    }

    #[test]
    fn a_property_goes_with_some_sources_only() {
        for (source, properties, count) in [
            ("!GetAtt Q.Arn", "ParallelizationFactor: 2, StartingPosition: LATEST", "2"),
            ("!GetAtt Q.Arn", "ScalingConfig: {MaximumConcurrency: 2}, FunctionResponseTypes: [x]", "0"),
            ("!GetAtt S.Arn", "ScalingConfig: {MaximumConcurrency: 2}, StartingPosition: LATEST", "1"),
            ("!GetAtt Q.Arn", "BisectBatchOnFunctionError: false, TumblingWindowInSeconds: 0", "0"),
            ("!GetAtt Q.Arn", "DestinationConfig: {}, ParallelizationFactor: !Ref AWS::NoValue", "0"),
            ("!ImportValue s", "ParallelizationFactor: 2, StartingPosition: LATEST", "0"),
        ] {
            assert_eq!(unsupported(source, properties), count, "{source} {properties}");
        }
    }
}

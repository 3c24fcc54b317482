//! Notifications: topics, buckets, log groups and IoT rules push what happens to whoever subscribed.

use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Resource};

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::settings::{self, Setting};
use super::target::Outside;
use super::{Fact, VertexId, VertexKind};

/// What a topic can send to and this template can define.
const SUBSCRIBERS: &[VertexKind] = &[VertexKind::Function, VertexKind::Queue, VertexKind::DeliveryStream];

/// Adds the edge of an `AWS::SNS::Subscription`.
pub(super) fn read_subscription(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    for topic in draft.branches(properties, &["TopicArn"]) {
        for (guard, topic) in draft.targets(topic, &[VertexKind::Topic], (id, "topic")) {
            for endpoint in draft.branches(properties, &["Endpoint"]) {
                let filter = Some((settings::SUBSCRIPTION, properties));
                let push = Push { from: topic.vertex, via: id, guard, origin: resource.origin, filter };
                push.to(draft, endpoint, SUBSCRIBERS);
            }
        }
    }
}

/// Adds the edges of the subscriptions that an `AWS::SNS::Topic` lists itself.
pub(super) fn read_topic(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for subscription in draft.branches(properties, &["Subscription", "*"]) {
        for endpoint in draft.branches(subscription, &["Endpoint"]) {
            let filter = Some((settings::SUBSCRIPTION, subscription));
            let origin = draft.values().origin(endpoint.value);
            let push = Push { from, via: id, guard: Guard::ALWAYS, origin, filter };
            push.to(draft, endpoint, SUBSCRIBERS);
        }
    }
}

/// Adds the edges of an `AWS::S3::Bucket`'s notifications.
pub(super) fn read_bucket(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    let lists = [
        ("LambdaConfigurations", "Function", VertexKind::Function),
        ("QueueConfigurations", "Queue", VertexKind::Queue),
        ("TopicConfigurations", "Topic", VertexKind::Topic),
    ];
    notify(draft, (id, from, Guard::ALWAYS), properties, lists);
}

/// Adds the edges of the custom resource by which the CDK tells a bucket what to notify. It speaks as the API of S3
/// does, and not as CloudFormation.
pub(super) fn read_bucket_notifications(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let lists = [
        ("LambdaFunctionConfigurations", "LambdaFunctionArn", VertexKind::Function),
        ("QueueConfigurations", "QueueArn", VertexKind::Queue),
        ("TopicConfigurations", "TopicArn", VertexKind::Topic),
    ];
    for name in draft.branches(properties, &["BucketName"]) {
        for (guard, bucket) in draft.targets_inside(name, &[VertexKind::Bucket]) {
            notify(draft, (id, bucket.vertex, guard), properties, lists);
        }
    }
}

/// Adds an edge for each receiver in the lists of a notification configuration: a list's key, that of a receiver in
/// it, and what it is.
fn notify(
    draft: &mut Draft<'_>,
    (via, from, guard): (Name, VertexId, Guard),
    properties: Branch,
    lists: [(&str, &str, VertexKind); 3],
) {
    for (list, key, kind) in lists {
        for configuration in draft.branches(properties, &["NotificationConfiguration", list, "*"]) {
            for receiver in draft.branches(configuration, &[key]) {
                let filter = Some((settings::NOTIFICATION, configuration));
                let origin = draft.values().origin(receiver.value);
                Push { from, via, guard, origin, filter }.to(draft, receiver, &[kind]);
            }
        }
    }
}

/// Adds the edge of an `AWS::Logs::SubscriptionFilter`: a log group pushes its lines.
pub(super) fn read_log_subscription(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let from = log_group(draft, id, resource, properties);
    for receiver in draft.branches(properties, &["DestinationArn"]) {
        let push = Push { from, via: id, guard: Guard::ALWAYS, origin: resource.origin, filter: None };
        push.to(draft, receiver, &[VertexKind::Function, VertexKind::Stream]);
    }
}

/// Adds the edges of an `AWS::IoT::TopicRule`'s actions.
pub(super) fn read_iot_rule(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    let payload = &["TopicRulePayload", "Actions", "*"];
    for (path, kind) in IOT_ACTIONS {
        for action in draft.branches(properties, payload) {
            for receiver in draft.branches(action, path) {
                Push { from, via: id, guard: Guard::ALWAYS, origin: resource.origin, filter: None }.to(
                    draft,
                    receiver,
                    &[*kind],
                );
            }
        }
    }
}

/// Where an action of an IoT rule names what it hands its message to.
const IOT_ACTIONS: &[(&[&str], VertexKind)] = &[
    (&["Lambda", "FunctionArn"], VertexKind::Function),
    (&["Sqs", "QueueUrl"], VertexKind::Queue),
    (&["Sns", "TargetArn"], VertexKind::Topic),
    (&["Kinesis", "StreamName"], VertexKind::Stream),
    (&["Firehose", "DeliveryStreamName"], VertexKind::DeliveryStream),
    (&["DynamoDB", "TableName"], VertexKind::Table),
    (&["DynamoDBv2", "PutItem", "TableName"], VertexKind::Table),
    (&["S3", "BucketName"], VertexKind::Bucket),
    (&["StepFunctions", "StateMachineName"], VertexKind::StateMachine),
];

/// The type of the vertex that log lines come from.
const LOG_GROUP: &str = "AWS::Logs::LogGroup";

/// The log group of a subscription; one that Lambda makes is outside of the template.
fn log_group(draft: &mut Draft<'_>, id: Name, resource: &Resource, properties: Branch) -> VertexId {
    for name in draft.branches(properties, &["LogGroupName"]) {
        for (_, group) in draft.targets_inside(name, &[VertexKind::Other]) {
            if draft.text(draft.vertex(group.vertex).type_name) == LOG_GROUP {
                return group.vertex;
            }
        }
    }
    let name = draft.names().intern(&format!("{} log group", draft.text(id)));
    draft.outside(Outside { name, service: Some("logs") }, resource.origin)
}

/// One thing that pushes.
#[derive(Clone, Copy)]
struct Push {
    from: VertexId,
    via: Name,
    guard: Guard,
    origin: Origin,
    /// What it says of which events it lets through, and the map that says it.
    filter: Option<(&'static [Setting], Branch)>,
}

impl Push {
    fn to(self, draft: &mut Draft<'_>, receiver: Branch, wanted: &[VertexKind]) {
        for (guard, target) in draft.targets_inside(receiver, wanted) {
            let Some(kind) = draft.vertex(target.vertex).kind.delivery() else { continue };
            let wiring = Wiring {
                kind,
                from: self.from,
                to: target.vertex,
                via: Some(self.via),
                guard: draft.and(self.guard, guard),
                origin: self.origin,
                proof: draft.values().origin(receiver.value),
            };
            let filter =
                self.filter.map(|(filter, start)| settings::facts(filter, Some(start.value), self.origin));
            let events = self.filter.filter(|_| draft.vertex(self.from).kind == VertexKind::Bucket);
            let events = events.map(|(_, notification)| events_of(draft, notification));
            let facts =
                filter.into_iter().flatten().chain(events).chain(target.qualified(kind, wiring.proof));
            let facts = facts.collect();
            draft.wire(wiring, facts);
        }
    }
}

/// What a bucket's notification is about: `s3:ObjectCreated:*`. CloudFormation takes one event, the API of S3 several.
fn events_of(draft: &Draft<'_>, notification: Branch) -> Fact {
    let mut words = Some(Vec::new());
    let written = [["Event"].as_slice(), &["Events", "*"]];
    for event in written.iter().flat_map(|path| draft.branches(notification, path)) {
        for (guard, alt) in draft.alternatives(event) {
            match alt {
                Alt::Scalar { text, origin, .. } => {
                    if let Some(words) = &mut words {
                        words.push((guard, text, origin));
                    }
                }
                Alt::Absent { .. } => {}
                Alt::OneOf { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => words = None,
            }
        }
    }
    let words = words.filter(|words| !words.is_empty());
    Fact::Words { name: "Events", words, origin: draft.values().origin(notification.value) }
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, edges, resources};

    #[test]
    fn a_subscription_pushes_to_a_function_or_sends_to_a_queue() {
        let template = resources(
            "  T: {Type: 'AWS::SNS::Topic', Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}}
  F: {Type: 'AWS::Lambda::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  S: {Type: 'AWS::SNS::Subscription', Properties: {TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn}}
  D: {Type: 'AWS::KinesisFirehose::DeliveryStream'}
  Lake: {Type: 'AWS::SNS::Subscription', Properties: {TopicArn: !Ref T, Protocol: firehose, Endpoint: !GetAtt D.Arn}}
",
        );
        let expected = ["send T -> Q [certain]", "invoke.async T -> F [certain]", "write T -> D [certain]"];
        assert_eq!(edges(&template), expected);
    }

    #[test]
    fn a_notification_knows_what_it_is_about() {
        let told = |events: &str| {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  B:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration: {{LambdaConfigurations: [{{{events}, Function: !GetAtt F.Arn}}]}}
"
            ));
            edge_fact(&template, EdgeKind::InvokeAsync, "Events")
        };
        assert_eq!(told("Event: 's3:ObjectCreated:*'"), "s3:ObjectCreated:*");
        assert_eq!(told("Event: !Ref Event"), "unknown");
    }

    #[test]
    fn a_topic_elsewhere_is_a_placeholder() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  S:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: 'arn:aws:sns:eu-west-1:1:news', Protocol: lambda, Endpoint: !GetAtt F.Arn}
",
        );
        assert_eq!(edges(&template), ["invoke.async arn:aws:sns:eu-west-1:1:news -> F [certain]"]);
    }

    #[test]
    fn a_bucket_notifies_functions_queues_and_topics() {
        let template = resources(
            "  B:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn}]
        QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Q.Arn}]
        TopicConfigurations: [{Event: 's3:ObjectCreated:*', Topic: !Ref T}]
  F: {Type: 'AWS::Lambda::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  T: {Type: 'AWS::SNS::Topic'}
",
        );
        assert_eq!(
            edges(&template),
            ["invoke.async B -> F [certain]", "send B -> Q [certain]", "publish B -> T [certain]"]
        );
    }

    #[test]
    fn a_bucket_notifies_whom_the_cdk_tells_it_to() {
        let template = resources(
            "  B: {Type: 'AWS::S3::Bucket'}
  N:
    Type: Custom::S3BucketNotifications
    Properties:
      ServiceToken: arn:x
      BucketName: !Ref B
      NotificationConfiguration:
        LambdaFunctionConfigurations: [{Events: ['s3:ObjectCreated:*'], LambdaFunctionArn: !GetAtt F.Arn}]
        QueueConfigurations: [{Events: ['s3:ObjectCreated:*'], QueueArn: !GetAtt Q.Arn}]
        TopicConfigurations: [{Events: ['s3:ObjectCreated:*'], TopicArn: !Ref T}]
  F: {Type: 'AWS::Lambda::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  T: {Type: 'AWS::SNS::Topic'}
",
        );
        assert_eq!(
            edges(&template),
            ["invoke.async B -> F [certain]", "send B -> Q [certain]", "publish B -> T [certain]"]
        );
    }

    #[test]
    fn a_filter_is_a_fact_of_the_edge_that_it_guards() {
        let template = resources(
            "  B:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn, Filter: raw/}]
  F: {Type: 'AWS::Lambda::Function'}
",
        );
        assert_eq!(edge_fact(&template, EdgeKind::InvokeAsync, "Filter"), "raw/");
    }

    #[test]
    fn log_groups_and_iot_rules_push_to_functions() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  G: {Type: 'AWS::Logs::LogGroup'}
  L: {Type: 'AWS::Logs::SubscriptionFilter', Properties: {LogGroupName: !Ref G, DestinationArn: !GetAtt F.Arn}}
  I:
    Type: AWS::IoT::TopicRule
    Properties: {TopicRulePayload: {Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}}
",
        );
        assert_eq!(edges(&template), ["invoke.async G -> F [certain]", "invoke.async I -> F [certain]"]);
    }

    #[test]
    fn an_iot_rule_hands_its_message_to_whatever_its_actions_name() {
        for (action, expected) in [
            ("Sqs: {QueueUrl: !Ref Q}", "send I -> Q [certain]"),
            ("Sns: {TargetArn: !Ref P}", "publish I -> P [certain]"),
            ("Kinesis: {StreamName: !Ref S}", "write I -> S [certain]"),
            ("Firehose: {DeliveryStreamName: !Ref D}", "write I -> D [certain]"),
            ("DynamoDB: {TableName: !Ref T}", "write I -> T [certain]"),
            ("DynamoDBv2: {PutItem: {TableName: !Ref T}}", "write I -> T [certain]"),
            ("S3: {BucketName: !Ref B}", "write I -> B [certain]"),
            ("StepFunctions: {StateMachineName: !GetAtt M.Name}", "start.async I -> M [certain]"),
        ] {
            let template = resources(&format!(
                "  I: {{Type: 'AWS::IoT::TopicRule', Properties: {{TopicRulePayload: {{Actions: [{{{action}}}]}}}}}}
  Q: {{Type: 'AWS::SQS::Queue'}}
  P: {{Type: 'AWS::SNS::Topic'}}
  S: {{Type: 'AWS::Kinesis::Stream'}}
  D: {{Type: 'AWS::KinesisFirehose::DeliveryStream'}}
  T: {{Type: 'AWS::DynamoDB::Table'}}
  B: {{Type: 'AWS::S3::Bucket'}}
  M: {{Type: 'AWS::StepFunctions::StateMachine'}}
"
            ));
            assert_eq!(edges(&template), [expected], "{action}");
        }
    }
}

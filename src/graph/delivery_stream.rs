//! Delivery streams of Firehose: one more reader of a stream, which may wait for a function on the way.

use rustc_hash::FxHashSet;

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::{Caller, Draft, Wiring};
use super::{EdgeKind, Fact, Plain, VertexKind, settings};

/// The property with the bucket that is the stream's destination, in its two forms.
const BUCKET_DESTINATIONS: [&str; 2] = ["ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"];

/// Adds the edges of an `AWS::KinesisFirehose::DeliveryStream`.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    let origin = resource.origin;
    for destination in BUCKET_DESTINATIONS {
        if let [destination] = draft.branches(properties, &[destination])[..] {
            let place = draft.values().origin(destination.value);
            let facts = settings::facts(settings::BUCKET_DESTINATION, Some(destination.value), place);
            draft.add_facts(from, facts);
            break;
        }
    }
    for arn in draft.branches(properties, &["KinesisStreamSourceConfiguration", "KinesisStreamARN"]) {
        for (guard, stream) in draft.targets_inside(arn, &[VertexKind::Stream]) {
            let wiring = Wiring {
                kind: EdgeKind::Read,
                from,
                to: stream.vertex,
                via: Some(id),
                guard,
                origin,
                proof: draft.values().origin(arn.value),
            };
            draft
                .wire(wiring, vec![Fact::Derived { name: "Reader", value: Plain::Text("firehose"), origin }]);
        }
    }
    let parameters = draft.branches(properties, &["*", "ProcessingConfiguration"]).into_iter();
    let parameters: Vec<Branch> = parameters
        .flat_map(|processing| {
            let guard = draft.switched_on(processing, &["Enabled"], "false");
            let running = Branch { guard, value: processing.value };
            draft.branches(running, &["Processors", "*", "Parameters", "*"])
        })
        .filter(|parameter| draft.can_hold(parameter.guard))
        .collect();
    for parameter in parameters {
        if draft.known_text_at(parameter, &["ParameterName"]) == Some("LambdaArn") {
            for arn in draft.branches(parameter, &["ParameterValue"]) {
                draft.call_functions(Caller::waiting(from, id, origin), arn);
            }
        }
    }
}

/// States of every delivery stream whether a log group sends it what it logs, which comes compressed.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let mut takes_logs = FxHashSet::default();
    for resource in draft.template().resources.values() {
        if draft.text(resource.type_name) == "AWS::Logs::SubscriptionFilter"
            && let Some(properties) = Branch::properties(resource)
        {
            for arn in draft.branches(properties, &["DestinationArn"]) {
                let streams = draft.targets_inside(arn, &[VertexKind::DeliveryStream]);
                takes_logs.extend(streams.into_iter().map(|(_, stream)| stream.vertex));
            }
        }
    }
    for (stream, resource) in draft.resources_of(VertexKind::DeliveryStream) {
        draft.add_fact(stream, "TakesLogs", Plain::Bool(takes_logs.contains(&stream)), resource.origin);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, fact, resources};

    #[test]
    fn a_delivery_stream_says_how_it_writes_to_its_bucket() {
        let template = resources(
            "  Zipped: {Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: {ExtendedS3DestinationConfiguration: {BucketARN: b, CompressionFormat: GZIP}}}
  Plain: {Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: {S3DestinationConfiguration: {BucketARN: b}}}
  Search: {Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: {AmazonopensearchserviceDestinationConfiguration: {S3Configuration: {BucketARN: b}}}}
  L: {Type: 'AWS::Logs::SubscriptionFilter', Properties: {DestinationArn: !GetAtt Plain.Arn}}
",
        );
        let format = |id| fact(&template, id, "CompressionFormat");
        assert_eq!(
            ["Zipped", "Plain", "Search"].map(format),
            ["GZIP", "UNCOMPRESSED by default", "no such fact"]
        );
        let takes_logs = |id| fact(&template, id, "TakesLogs");
        assert_eq!(["Zipped", "Plain", "Search"].map(takes_logs), ["false", "true", "false"]);
    }

    #[test]
    fn a_delivery_stream_reads_its_stream_and_waits_for_its_processor() {
        let template = resources(
            "  Clicks: {Type: 'AWS::Kinesis::Stream'}
  F: {Type: 'AWS::Lambda::Function'}
  D:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Clicks.Arn}
      ExtendedS3DestinationConfiguration:
        ProcessingConfiguration:
          Processors: [{Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: !GetAtt F.Arn}]}]
",
        );
        assert_eq!(edges(&template), ["read D -> Clicks [certain]", "invoke.sync D -> F [certain]"]);
    }

    #[test]
    fn a_processor_that_is_switched_off_is_not_called() {
        for (enabled, edge) in [("true", Some("invoke.sync D -> F [certain]")), ("false", None)] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  D:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        ProcessingConfiguration:
          Enabled: {enabled}
          Processors: [{{Type: Lambda, Parameters: [{{ParameterName: LambdaArn, ParameterValue: !GetAtt F.Arn}}]}}]
"
            ));
            assert_eq!(edges(&template), edge.into_iter().collect::<Vec<_>>(), "{enabled}");
        }
    }
}

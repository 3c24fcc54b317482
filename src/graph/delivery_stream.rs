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
    for (name, destination) in draft.entries(properties) {
        let usual = match draft.text(name) {
            "SplunkDestinationConfiguration" | "SnowflakeDestinationConfiguration" => "0.25",
            _ => "1",
        };
        for processing in draft.branches(destination, &["ProcessingConfiguration"]) {
            let guard = draft.switched_on(processing, &["Enabled"], "false");
            let running = Branch { guard, value: processing.value };
            for processor in draft.branches(running, &["Processors", "*"]) {
                let before = draft.graph.edges.len();
                call_processor(draft, Caller::waiting(from, id, origin), processor);
                if let Some(size) = buffer_size(draft, processor, usual) {
                    for edge in &mut draft.graph.edges[before..] {
                        edge.facts.push(Fact::Derived {
                            name: "BufferSizeInMBs",
                            value: size.clone(),
                            origin,
                        });
                    }
                }
            }
        }
    }
}

/// The values of a processor's parameter.
fn parameters(draft: &Draft<'_>, processor: Branch, name: &str) -> Vec<Branch> {
    let all = draft.branches(processor, &["Parameters", "*"]).into_iter();
    let own = all.filter(|parameter| {
        draft.can_hold(parameter.guard) && draft.known_text_at(*parameter, &["ParameterName"]) == Some(name)
    });
    own.flat_map(|parameter| draft.branches(parameter, &["ParameterValue"])).collect()
}

fn call_processor(draft: &mut Draft<'_>, caller: Caller, processor: Branch) {
    for arn in parameters(draft, processor, "LambdaArn") {
        draft.call_functions(caller, arn);
    }
}

/// How much is handed to a processor at once, by what it says or by what is usual; `None` where that is not known.
fn buffer_size(draft: &Draft<'_>, processor: Branch, usual: &'static str) -> Option<Plain> {
    match parameters(draft, processor, "BufferSizeInMBs")[..] {
        [] => Some(Plain::Text(usual)),
        [size] if size.guard == processor.guard => {
            draft.known_text(size).map(|size| Plain::Name(draft.names().intern(size)))
        }
        _ => None,
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
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, edges, fact, resources};

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
    fn a_processor_is_handed_as_much_as_it_says_or_as_is_usual() {
        let size = |destination: &str, parameter: &str| {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  D:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      {destination}:
        ProcessingConfiguration:
          Processors: [{{Type: Lambda, Parameters: [{{ParameterName: LambdaArn, ParameterValue: !GetAtt F.Arn}}{parameter}]}}]
"
            ));
            edge_fact(&template, EdgeKind::InvokeSync, "BufferSizeInMBs")
        };
        let bucket = "ExtendedS3DestinationConfiguration";
        let stated = |value: &str| format!(", {{ParameterName: BufferSizeInMBs, ParameterValue: {value}}}");
        assert_eq!(size(bucket, ""), "1");
        assert_eq!(size("SplunkDestinationConfiguration", ""), "0.25");
        assert_eq!(size(bucket, &stated("'0.5'")), "0.5");
        assert_eq!(size(bucket, &stated("3")), "3");
        assert_eq!(size(bucket, &stated("!Ref Size")), "no such fact");
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

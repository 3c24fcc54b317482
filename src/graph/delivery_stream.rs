//! Delivery streams of Firehose: one more reader of a stream, which may wait for a function on the way.

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::{Caller, Draft, Wiring};
use super::{EdgeKind, Fact, Plain, VertexKind};

/// Adds the edges of an `AWS::KinesisFirehose::DeliveryStream`.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    let origin = resource.origin;
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
    for parameter in
        draft.branches(properties, &["*", "ProcessingConfiguration", "Processors", "*", "Parameters", "*"])
    {
        if draft.known_text_at(parameter, &["ParameterName"]) == Some("LambdaArn") {
            for arn in draft.branches(parameter, &["ParameterValue"]) {
                draft.call_functions(Caller::waiting(from, id, origin), arn);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, resources};

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
}

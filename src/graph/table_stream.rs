//! Tables that hand what changes in them to a stream of Kinesis.

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::{EdgeKind, VertexKind};

const STREAM: &[&str] = &["KinesisStreamSpecification", "StreamArn"];
/// Of a table in several regions, the stream of each.
const STREAM_OF_REPLICA: &[&str] = &["Replicas", "*", "KinesisStreamSpecification", "StreamArn"];

/// Adds the edges of an `AWS::DynamoDB::Table`.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    wire(draft, id, resource, STREAM);
}

/// Adds the edges of an `AWS::DynamoDB::GlobalTable`.
pub(super) fn read_global(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    wire(draft, id, resource, STREAM_OF_REPLICA);
}

fn wire(draft: &mut Draft<'_>, id: Name, resource: &Resource, path: &[&str]) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for arn in draft.branches(properties, path) {
        for (guard, stream) in draft.targets_inside(arn, &[VertexKind::Stream]) {
            // In another region, a stream of the same name is another one.
            if stream.is_by_name && path == STREAM_OF_REPLICA {
                continue;
            }
            let proof = draft.values().origin(arn.value);
            draft.wire(
                Wiring {
                    kind: EdgeKind::Write,
                    from,
                    to: stream.vertex,
                    via: None,
                    guard,
                    origin: proof,
                    proof,
                },
                Vec::new(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, resources};

    #[test]
    fn a_table_writes_what_changes_to_its_stream() {
        let template = resources(
            "  Clicks: {Type: 'AWS::Kinesis::Stream', Properties: {Name: clicks}}
  A: {Type: 'AWS::DynamoDB::Table', Properties: {KinesisStreamSpecification: {StreamArn: !GetAtt Clicks.Arn}}}
  B: {Type: 'AWS::DynamoDB::Table', Properties: {KinesisStreamSpecification: {StreamArn: !ImportValue other}}}
  C: {Type: 'AWS::DynamoDB::Table', Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
",
        );
        assert_eq!(edges(&template), ["write A -> Clicks [certain]"]);
    }

    #[test]
    fn a_replica_writes_to_the_stream_of_its_region() {
        let template = resources(
            "  Clicks: {Type: 'AWS::Kinesis::Stream', Properties: {Name: clicks}}
  G:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      Replicas:
        - {Region: eu-west-1, KinesisStreamSpecification: {StreamArn: !GetAtt Clicks.Arn}}
        - {Region: us-east-1, KinesisStreamSpecification: {StreamArn: 'arn:aws:kinesis:us-east-1:1:stream/clicks'}}
",
        );
        assert_eq!(edges(&template), ["write G -> Clicks [certain]"]);
    }
}

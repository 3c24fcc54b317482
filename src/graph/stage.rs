//! Stages of APIs: which API each is of.

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::Draft;
use super::{Plain, VertexKind};

const APIS: &[VertexKind] = &[VertexKind::RestApi, VertexKind::HttpApi, VertexKind::WebSocketApi];

/// States of an `AWS::ApiGateway::Stage` or an `AWS::ApiGatewayV2::Stage` which API it is of.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((stage, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    let apis: Vec<Name> = ["RestApiId", "ApiId"]
        .iter()
        .flat_map(|key| draft.branches(properties, &[key]))
        .flat_map(|api| draft.targets_inside(api, APIS))
        .map(|(_, api)| draft.vertex(api.vertex).id)
        .collect();
    let api = match apis[..] {
        [api] => Plain::Name(api),
        _ => Plain::Unknown,
    };
    draft.add_fact(stage, "Api", api, resource.origin);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources};

    #[test]
    fn a_stage_is_of_the_api_that_it_names() {
        let template = resources(
            "  Api: {Type: 'AWS::ApiGateway::RestApi'}
  Http: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP}}
  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, StageName: prod}}
  H: {Type: 'AWS::ApiGatewayV2::Stage', Properties: {ApiId: !Ref Http, StageName: $default}}
  E: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !ImportValue api, StageName: prod}}
",
        );
        assert_eq!(["S", "H", "E"].map(|id| fact(&template, id, "Api")), ["Api", "Http", "unknown"]);
    }
}

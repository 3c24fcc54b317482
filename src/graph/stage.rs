//! Stages of APIs: which API each is of, and what decides whether it has a cache.

use crate::names::Name;
use crate::template::{Alt, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::{Plain, VertexKind, method_setting};

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
    method_setting::read(draft, id, resource, &api);
    draft.add_fact(stage, "Api", api, resource.origin);
    let is_switched = is_switched(draft, resource);
    draft.add_fact(stage, "CacheClusterSwitched", Plain::Bool(is_switched), resource.origin);
}

/// Whether a condition or a parameter turns the cache of a stage on and off.
fn is_switched(draft: &Draft<'_>, resource: &Resource) -> bool {
    let cluster = draft.resolver.follow(resource.properties, &["CacheClusterEnabled"], resource.origin);
    !matches!(cluster.alternatives.as_slice(), [(_, Alt::Absent { .. } | Alt::Scalar { through: None, .. })])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources, template};

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

    #[test]
    fn a_cache_is_switched_by_a_condition_or_a_parameter() {
        for (cluster, is_switched) in [
            ("", "false"),
            ("CacheClusterEnabled: false", "false"),
            ("CacheClusterEnabled: !If [Prod, true, false]", "true"),
            ("CacheClusterEnabled: !If [Prod, true, !Ref 'AWS::NoValue']", "true"),
            ("CacheClusterEnabled: !Ref Cache", "true"),
        ] {
            let template = template(&format!(
                "Parameters: {{Cache: {{Type: String, Default: false}}}}
Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  S: {{Type: 'AWS::ApiGateway::Stage', Properties: {{{cluster}}}}}
"
            ));
            assert_eq!(fact(&template, "S", "CacheClusterSwitched"), is_switched, "{cluster}");
        }
    }
}

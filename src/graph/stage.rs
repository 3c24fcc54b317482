//! Stages of APIs: which API each is of, and what decides whether it has a cache. A REST API's may have no resource of
//! its own: a deployment that names a stage makes it, and describes it.

use crate::names::Name;
use crate::template::{Alt, Origin, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::method_setting::{self, Settled};
use super::{Plain, Vertex, VertexId, VertexKind, logging, settings};

const APIS: &[VertexKind] = &[VertexKind::RestApi, VertexKind::HttpApi, VertexKind::WebSocketApi];

/// Adds to an `AWS::ApiGateway::Stage` or an `AWS::ApiGatewayV2::Stage` what it is of and what it does for which method.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((vertex, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    let api = api_of(draft, properties);
    // SAM makes a stage of an API: its author knows it by the API.
    let written_in = if resource.made_by.is_some() { api.clone() } else { Plain::Name(id) };
    let is_switched = is_switched(draft, resource, &["CacheClusterEnabled"]);
    let stage = Stage { vertex, properties, api, written_in, is_switched, origin: resource.origin };
    state(draft, &stage);
}

/// Adds the stage that an `AWS::ApiGateway::Deployment` describes.
pub(super) fn read_described(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    if draft.branches(properties, &["StageName"]).is_empty() {
        return;
    }
    let api = api_of(draft, properties);
    let is_switched = is_switched(draft, resource, &["StageDescription", "CacheClusterEnabled"]);
    for description in draft.branches(properties, &["StageDescription"]) {
        for properties in draft.collections(description) {
            let origin = draft.values().origin(properties.value);
            let vertex = draft.add_vertex(Vertex {
                id: draft.names().intern(&format!("{} stage", draft.text(id))),
                kind: VertexKind::Stage,
                type_name: resource.type_name,
                guard: draft.and(properties.guard, draft.resolver.guard_of(id)),
                origin,
                facts: settings::facts(settings::of_kind(VertexKind::Stage), Some(properties.value), origin),
            });
            let written_in = Plain::Name(id);
            let stage = Stage { vertex, properties, api: api.clone(), written_in, is_switched, origin };
            state(draft, &stage);
        }
    }
}

/// A stage, and what says how it is set.
struct Stage {
    vertex: VertexId,
    properties: Branch,
    api: Plain,
    written_in: Plain,
    is_switched: bool,
    origin: Origin,
}

fn state(draft: &mut Draft<'_>, stage: &Stage) {
    let Stage { vertex, properties, ref api, ref written_in, is_switched, origin } = *stage;
    method_setting::read(draft, &Settled { stage: vertex, properties, api, origin });
    draft.add_fact(vertex, "Api", api.clone(), origin);
    draft.add_fact(vertex, "WrittenIn", written_in.clone(), origin);
    draft.add_fact(vertex, "CacheClusterSwitched", Plain::Bool(is_switched), origin);
    logging::mark_stage(draft, vertex, properties);
}

/// The API that a stage or a deployment is of.
fn api_of(draft: &Draft<'_>, properties: Branch) -> Plain {
    let apis: Vec<Name> = ["RestApiId", "ApiId"]
        .iter()
        .flat_map(|key| draft.branches(properties, &[key]))
        .flat_map(|api| draft.targets_inside(api, APIS))
        .map(|(_, api)| draft.vertex(api.vertex).id)
        .collect();
    match apis[..] {
        [api] => Plain::Name(api),
        _ => Plain::Unknown,
    }
}

/// Whether a condition or a parameter turns the cache of a stage on and off.
fn is_switched(draft: &Draft<'_>, resource: &Resource, path: &[&str]) -> bool {
    let cluster = draft.resolver.follow(resource.properties, path, resource.origin);
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
    fn a_deployment_describes_the_stage_that_it_names() {
        let description = "{CacheClusterEnabled: true, CachingEnabled: true, CacheTtlInSeconds: 60, DataTraceEnabled: true, MethodSettings: [{HttpMethod: GET, ResourcePath: '/~1a', CachingEnabled: false}]}";
        let template = resources(&format!(
            "  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  D: {{Type: 'AWS::ApiGateway::Deployment', Properties: {{RestApiId: !Ref Api, StageName: prod, StageDescription: {description}}}}}
"
        ));
        let stage = |name| fact(&template, "D stage", name);
        let told = ["Api", "WrittenIn", "CacheClusterEnabled", "CacheClusterSwitched", "TracesData"];
        assert_eq!(told.map(stage), ["Api", "D", "true", "false", "true"]);
        let all = |name| fact(&template, "D stage * /*", name);
        let told = ["Stage", "Api", "CachingEnabled", "CacheTtlInSeconds", "CacheClusterEnabled"];
        assert_eq!(told.map(all), ["D stage", "Api", "true", "60", "true"]);
        assert_eq!(fact(&template, "D stage GET /a", "CachingEnabled"), "false");
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

//! APIs: their routes and authorizers that are resources, and their endpoint type.

use crate::names::Name;
use crate::template::{Origin, Resource};

use super::body;
use super::branch::Branch;
use super::draft::{Caller, Draft, Wiring, leave_to_globals};
use super::route::{self, Answer, Api, Form, Key};
use super::settings::{self, Setting};
use super::{Default, EdgeKind, Plain, VertexId, VertexKind, api_settings};

/// The bound on the depth of a REST API's tree of resources.
const MOST_SEGMENTS: usize = 64;

/// Adds the edge of an `AWS::Lambda::Url`, which is an entry point itself.
pub(super) fn read_function_url(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for arn in draft.branches(properties, &["TargetFunctionArn"]) {
        let is_qualified = !draft.branches(properties, &["Qualifier"]).is_empty();
        let caller = Caller { is_qualified, ..Caller::waiting(from, id, resource.origin) };
        draft.call_functions(caller, arn);
    }
}

/// Adds the routes and authorizers of an `AWS::ApiGateway::RestApi`'s body, and states whether SAM makes it for an event, its
/// endpoint type and what it compresses.
pub(super) fn read_rest_api(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(vertex) = draft.vertex_of(id) else { return };
    // What an event of a function asks for is made by the function.
    let is_implicit = resource.made_by.is_some_and(|maker| maker != id);
    draft.add_fact(vertex, "Implicit", Plain::Bool(is_implicit), resource.origin);
    state_endpoint(draft, vertex, resource);
    state_compression(draft, id, vertex, resource);
    body::read(draft, Api { id, vertex, form: Form::RestBody });
}

/// Adds the routes and authorizers of an `AWS::ApiGatewayV2::Api`'s body, and the route that it makes itself.
pub(super) fn read_http_api(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(vertex) = draft.vertex_of(id) else { return };
    draft.add_fact(vertex, "EndpointType", Plain::Text("REGIONAL"), resource.origin);
    body::read(draft, Api { id, vertex, form: Form::HttpBody });
    let Some(properties) = Branch::properties(resource) else { return };
    for target in draft.branches(properties, &["Target"]) {
        if draft.targets_inside(target, &[VertexKind::Function]).is_empty() {
            continue;
        }
        let route_key = draft.known_text_at(properties, &["RouteKey"]).unwrap_or("$default");
        let api = Api { id, vertex, form: Form::HttpIntegration };
        let origin = draft.values().origin(target.value);
        // A quick-created integration has no settings of its own, and an API none by the same names.
        let answer = Answer { integration: properties, via: id, origin };
        let from = route::add(draft, api, key_of(route_key), answer);
        draft.call_functions(Caller::waiting(from, id, origin), target);
    }
}

/// Adds the route of an `AWS::ApiGateway::Method`.
pub(super) fn read_method(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let Some(api) = api_of(draft, properties, "RestApiId", &[VertexKind::RestApi]) else { return };
    let method = draft.known_text_at(properties, &["HttpMethod"]);
    let path = draft.branches(properties, &["ResourceId"]).first().and_then(|parent| path_of(draft, *parent));
    for integration in draft.branches(properties, &["Integration"]) {
        for integration in draft.collections(integration) {
            let answer = Answer { integration, via: id, origin: resource.origin };
            let (api_id, vertex) = api;
            let api = Api { id: api_id, vertex, form: Form::RestMethod };
            route::add(draft, api, Key { method, path: path.as_deref() }, answer);
        }
    }
}

/// Adds the route of an `AWS::ApiGatewayV2::Route`.
pub(super) fn read_route(draft: &mut Draft<'_>, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let kinds = [VertexKind::HttpApi, VertexKind::WebSocketApi];
    let Some((api_id, vertex)) = api_of(draft, properties, "ApiId", &kinds) else { return };
    let form = if draft.vertex(vertex).kind == VertexKind::WebSocketApi {
        Form::WebSocketIntegration
    } else {
        Form::HttpIntegration
    };
    let route_key = draft.known_text_at(properties, &["RouteKey"]);
    let key = route_key.map_or(Key { method: None, path: None }, key_of);
    for target in draft.branches(properties, &["Target"]) {
        for (guard, integration) in draft.targets_inside(target, &[VertexKind::Other]) {
            let integration_id = draft.vertex(integration.vertex).id;
            let Some(made) = draft.resource(integration_id) else { continue };
            let Some(settings) = Branch::properties(made) else { continue };
            let integration = Branch { guard, value: settings.value };
            let answer = Answer { integration, via: integration_id, origin: resource.origin };
            route::add(draft, Api { id: api_id, vertex, form }, key, answer);
        }
    }
}

/// Adds the edge of an `AWS::ApiGateway::Authorizer` or an `AWS::ApiGatewayV2::Authorizer`.
pub(super) fn read_authorizer(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let kinds = [VertexKind::RestApi, VertexKind::HttpApi, VertexKind::WebSocketApi];
    let api =
        api_of(draft, properties, "RestApiId", &kinds).or_else(|| api_of(draft, properties, "ApiId", &kinds));
    let Some((_, api)) = api else { return };
    let is_rest = draft.text(resource.type_name) == "AWS::ApiGateway::Authorizer";
    let settings = if is_rest { api_settings::REST_AUTHORIZER } else { api_settings::HTTP_AUTHORIZER };
    let authorizer = Authorizer { start: properties, via: id, origin: Some(resource.origin), settings };
    authorizer.decide(draft, api, &["AuthorizerUri"]);
    authorizer.decide(draft, api, &["ProviderARNs", "*"]);
}

/// States where a REST API's endpoint is: its property says so, or else a parameter of the import.
fn state_endpoint(draft: &mut Draft<'_>, vertex: VertexId, resource: &Resource) {
    let by_property = draft.presence(resource, api_settings::ENDPOINT);
    let by_parameter = draft.presence(resource, api_settings::ENDPOINT_PARAMETER);
    let is_by_parameter = by_property == Plain::Bool(false) && by_parameter != Plain::Bool(false);
    let place = if is_by_parameter { api_settings::ENDPOINT_PARAMETER } else { api_settings::ENDPOINT };
    let setting = api_settings::endpoint(place, api_settings::usual_endpoint(draft));
    let mut facts = settings::facts(&[setting], resource.properties, resource.origin);
    if draft.may_have_globals(resource) {
        leave_to_globals(&mut facts);
    }
    draft.add_facts(vertex, facts);
}

/// States from which size on a REST API compresses: its property says so, or else its definition.
fn state_compression(draft: &mut Draft<'_>, id: Name, vertex: VertexId, resource: &Resource) {
    let is_by_property = draft.presence(resource, api_settings::COMPRESSION) != Plain::Bool(false);
    let definitions = draft.template().definitions_of(id);
    let by_definition = definitions.iter().find_map(|definition| {
        let body = Branch { guard: definition.guard, value: definition.content? };
        draft.branches(body, api_settings::BODY_COMPRESSION).first().map(|_| body.value)
    });
    let is_seen = definitions.iter().all(|definition| definition.content.is_some());
    let default = if is_seen { Default::Missing } else { Default::Unknown };
    let (base, path) = match by_definition.filter(|_| !is_by_property) {
        Some(body) => (Some(body), api_settings::BODY_COMPRESSION),
        None => (resource.properties, api_settings::COMPRESSION),
    };
    let mut facts = settings::facts(&[api_settings::compression(path, default)], base, resource.origin);
    if draft.may_have_globals(resource) {
        leave_to_globals(&mut facts);
    }
    draft.add_facts(vertex, facts);
}

/// What an API asks whether a call may pass.
#[derive(Clone, Copy)]
pub(super) struct Authorizer {
    /// The map that describes it.
    pub(super) start: Branch,
    /// The resource that makes the link.
    pub(super) via: Name,
    /// Where the author acts on it, if not where the function is named.
    pub(super) origin: Option<Origin>,
    /// What the map says of it.
    pub(super) settings: &'static [Setting],
}

impl Authorizer {
    /// Adds an edge from an API to what the values at `path` name.
    pub(super) fn decide(self, draft: &mut Draft<'_>, api: VertexId, path: &[&str]) {
        let Self { start, via, origin, settings } = self;
        for value in draft.branches(start, path) {
            let proof = draft.values().origin(value.value);
            let origin = origin.unwrap_or(proof);
            for (guard, target) in draft.targets_inside(value, &[VertexKind::Function, VertexKind::UserPool])
            {
                let wiring = Wiring {
                    kind: EdgeKind::Authorize,
                    from: api,
                    to: target.vertex,
                    via: Some(via),
                    guard,
                    origin,
                    proof,
                };
                draft.wire(wiring, settings::facts(settings, Some(start.value), origin));
            }
        }
    }
}

/// The API that a route, a method or an authorizer belongs to.
fn api_of(draft: &Draft<'_>, start: Branch, key: &str, kinds: &[VertexKind]) -> Option<(Name, VertexId)> {
    let value = *draft.branches(start, &[key]).first()?;
    let (_, api) = *draft.targets_inside(value, kinds).first()?;
    Some((draft.vertex(api.vertex).id, api.vertex))
}

/// The path of an `AWS::ApiGateway::Resource` from the root of its API.
fn path_of(draft: &Draft<'_>, resource: Branch) -> Option<String> {
    let mut segments = Vec::new();
    let mut at = resource;
    for _ in 0..MOST_SEGMENTS {
        let (_, reference) = draft.references(at).into_iter().next()?;
        let mention = reference.resources.first()?;
        let resource = draft.resource(mention.id)?;
        if draft.text(resource.type_name) != "AWS::ApiGateway::Resource" {
            segments.reverse();
            return Some(format!("/{}", segments.join("/")));
        }
        let properties = Branch::properties(resource)?;
        segments.push(draft.known_text_at(properties, &["PathPart"])?);
        at = *draft.branches(properties, &["ParentId"]).first()?;
    }
    None
}

/// The method and path of a route key: `GET /orders`, `$default`, `$connect`.
fn key_of(route_key: &str) -> Key<'_> {
    match route_key.split_once(' ') {
        Some((method, path)) => Key { method: Some(method), path: Some(path) },
        None => Key { method: Some("ANY"), path: Some(route_key) },
    }
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, edges, fact, resources};

    const FUNCTION: &str = "  F: {Type: 'AWS::Lambda::Function'}\n";

    #[test]
    fn a_method_finds_its_path_through_its_parents() {
        let template = resources(&format!(
            "{FUNCTION}  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  Orders: {{Type: 'AWS::ApiGateway::Resource', Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}}}}
  Order: {{Type: 'AWS::ApiGateway::Resource', Properties: {{RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: '{{id}}'}}}}
  Read:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Order
      HttpMethod: GET
      Integration:
        Type: AWS_PROXY
        TimeoutInMillis: 3000
        Uri: !Sub 'arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{F.Arn}}/invocations'
"
        ));
        assert_eq!(edges(&template), ["invoke.sync Api GET /orders/{id} -> F [certain]"]);
        assert_eq!(fact(&template, "Api GET /orders/{id}", "TimeoutInMillis"), "3000");
        assert_eq!(fact(&template, "Api GET /orders/{id}", "Write"), "false");
    }

    #[test]
    fn resources_in_a_ring_have_no_path_and_do_no_harm() {
        let template = resources(
            "  Api: {Type: 'AWS::ApiGateway::RestApi'}
  A: {Type: 'AWS::ApiGateway::Resource', Properties: {ParentId: !Ref B, PathPart: a}}
  B: {Type: 'AWS::ApiGateway::Resource', Properties: {ParentId: !Ref A, PathPart: b}}
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !Ref A, HttpMethod: GET, Integration: {Type: MOCK}}
",
        );
        assert_eq!(fact(&template, "Api GET ?", "Path"), "unknown");
    }

    #[test]
    fn a_route_of_an_http_api_goes_through_its_integration() {
        let template = resources(&format!(
            "{FUNCTION}  Api: {{Type: 'AWS::ApiGatewayV2::Api', Properties: {{ProtocolType: HTTP}}}}
  I: {{Type: 'AWS::ApiGatewayV2::Integration', Properties: {{ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn}}}}
  R: {{Type: 'AWS::ApiGatewayV2::Route', Properties: {{ApiId: !Ref Api, RouteKey: 'PUT /orders', Target: !Sub 'integrations/${{I}}'}}}}
"
        ));
        assert_eq!(edges(&template), ["invoke.sync Api PUT /orders -> F [certain]"]);
        assert_eq!(fact(&template, "Api PUT /orders", "TimeoutInMillis"), "30000 by default");
        assert_eq!(fact(&template, "Api PUT /orders", "ApiKind"), "HTTP");
        assert_eq!(fact(&template, "Api", "EndpointType"), "REGIONAL");
    }

    #[test]
    fn an_http_api_starts_a_workflow_by_its_subtype() {
        let template = resources(
            "  Flow: {Type: 'AWS::StepFunctions::StateMachine'}
  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP}}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationSubtype: StepFunctions-StartSyncExecution
      RequestParameters: {StateMachineArn: !Ref Flow}
  R: {Type: 'AWS::ApiGatewayV2::Route', Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Join ['/', [integrations, !Ref I]]}}
",
        );
        assert_eq!(edges(&template), ["start.sync Api ANY $default -> Flow [certain]"]);
    }

    #[test]
    fn a_websocket_api_is_known_by_its_protocol() {
        let template = resources(&format!(
            "{FUNCTION}  Api: {{Type: 'AWS::ApiGatewayV2::Api', Properties: {{ProtocolType: WEBSOCKET}}}}
  I: {{Type: 'AWS::ApiGatewayV2::Integration', Properties: {{ApiId: !Ref Api, IntegrationUri: !Sub 'arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{F.Arn}}/invocations'}}}}
  R: {{Type: 'AWS::ApiGatewayV2::Route', Properties: {{ApiId: !Ref Api, RouteKey: $connect, Target: !Sub 'integrations/${{I}}'}}}}
"
        ));
        assert_eq!(fact(&template, "Api ANY $connect", "ApiKind"), "WEBSOCKET");
        assert_eq!(fact(&template, "Api ANY $connect", "TimeoutInMillis"), "29000 by default");
    }

    #[test]
    fn an_endpoint_type_is_edge_until_it_is_stated() {
        for (properties, endpoint) in [
            ("", "EDGE by default"),
            ("EndpointConfiguration: {Types: [REGIONAL]}", "REGIONAL"),
            ("Parameters: {endpointConfigurationTypes: PRIVATE}", "PRIVATE"),
        ] {
            let template = resources(&format!(
                "  Api: {{Type: 'AWS::ApiGateway::RestApi', Properties: {{{properties}}}}}\n"
            ));
            assert_eq!(fact(&template, "Api", "EndpointType"), endpoint);
        }
    }

    #[test]
    fn an_api_compresses_by_its_property_or_by_its_body() {
        let by_body = "x-amazon-apigateway-minimum-compression-size: 512";
        for (properties, size) in [
            (String::new(), "missing"),
            ("MinimumCompressionSize: 1024".to_owned(), "1024"),
            (format!("Body: {{{by_body}}}"), "512"),
            (format!("MinimumCompressionSize: 0, Body: {{{by_body}}}"), "0"),
            ("BodyS3Location: {Bucket: b, Key: k}".to_owned(), "unknown"),
        ] {
            let template = resources(&format!(
                "  Api: {{Type: 'AWS::ApiGateway::RestApi', Properties: {{{properties}}}}}\n"
            ));
            assert_eq!(fact(&template, "Api", "MinimumCompressionSize"), size);
        }
    }

    #[test]
    fn an_authorizer_says_how_long_its_answer_is_kept() {
        for (authorizer, api) in [
            ("ApiGateway::Authorizer', Properties: {RestApiId: !Ref Api, Type", "ApiGateway::RestApi"),
            ("ApiGatewayV2::Authorizer', Properties: {ApiId: !Ref Api, AuthorizerType", "ApiGatewayV2::Api"),
        ] {
            let template = resources(&format!(
                "{FUNCTION}  Api: {{Type: 'AWS::{api}'}}
  A: {{Type: 'AWS::{authorizer}: REQUEST, AuthorizerUri: !GetAtt F.Arn, AuthorizerResultTtlInSeconds: '0'}}}}
"
            ));
            let fact = |name| edge_fact(&template, EdgeKind::Authorize, name);
            assert_eq!(["AuthorizerType", "AuthorizerResultTtlInSeconds"].map(fact), ["REQUEST", "0"]);
        }
    }

    #[test]
    fn a_function_url_is_an_entry_point_of_its_own() {
        let template = resources(&format!(
            "{FUNCTION}  U: {{Type: 'AWS::Lambda::Url', Properties: {{TargetFunctionArn: !GetAtt F.Arn, AuthType: NONE}}}}\n"
        ));
        assert_eq!(edges(&template), ["invoke.sync U -> F [certain]"]);
        assert_eq!(fact(&template, "U", "InvokeMode"), "BUFFERED by default");
    }

    #[test]
    fn a_quick_created_api_calls_its_target() {
        let template = resources(&format!(
            "{FUNCTION}  Api: {{Type: 'AWS::ApiGatewayV2::Api', Properties: {{ProtocolType: HTTP, Target: !GetAtt F.Arn}}}}\n"
        ));
        assert_eq!(edges(&template), ["invoke.sync Api ANY $default -> F [certain]"]);
        assert_eq!(fact(&template, "Api ANY $default", "TimeoutInMillis"), "30000 by default");
    }
}

//! A route is a method and a path of an API, with the integration that answers it.

use crate::names::Name;
use crate::template::{Guard, Origin};

use super::action::{edge_of_action, kinds_of, named_targets, service_action};
use super::branch::Branch;
use super::draft::{Caller, Draft, Wiring};
use super::settings::{self, Setting};
use super::{EdgeKind, Fact, Plain, Vertex, VertexId, VertexKind, api_settings, rest_only, streaming};

/// Which API a route belongs to, and the form in which its integration is written.
#[derive(Clone, Copy)]
pub(super) struct Api {
    pub(super) id: Name,
    pub(super) vertex: VertexId,
    pub(super) form: Form,
}

/// The form of an integration: an OpenAPI body and a resource name the same things differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `Integration` of an `AWS::ApiGateway::Method`.
    RestMethod,
    /// `x-amazon-apigateway-integration` in the body of a REST API.
    RestBody,
    /// An `AWS::ApiGatewayV2::Integration` of an HTTP API.
    HttpIntegration,
    /// `x-amazon-apigateway-integration` in the body of an HTTP API.
    HttpBody,
    /// An `AWS::ApiGatewayV2::Integration` of a WebSocket API.
    WebSocketIntegration,
}

impl Form {
    fn api_kind(self) -> &'static str {
        match self {
            Self::RestMethod | Self::RestBody => "REST",
            Self::HttpIntegration | Self::HttpBody => "HTTP",
            Self::WebSocketIntegration => "WEBSOCKET",
        }
    }

    fn limit(self) -> &'static [Setting] {
        match self {
            Self::RestMethod => api_settings::REST_LIMIT,
            Self::RestBody => api_settings::REST_BODY_LIMIT,
            Self::HttpIntegration => api_settings::HTTP_LIMIT,
            Self::HttpBody => api_settings::HTTP_BODY_LIMIT,
            Self::WebSocketIntegration => api_settings::WEBSOCKET_LIMIT,
        }
    }

    pub(super) fn uri(self) -> &'static str {
        match self {
            Self::RestMethod => "Uri",
            Self::RestBody | Self::HttpBody => "uri",
            Self::HttpIntegration | Self::WebSocketIntegration => "IntegrationUri",
        }
    }

    fn subtype(self) -> &'static str {
        match self {
            Self::RestMethod | Self::HttpIntegration | Self::WebSocketIntegration => "IntegrationSubtype",
            Self::RestBody | Self::HttpBody => "integrationSubtype",
        }
    }

    pub(super) fn transfer_mode(self) -> &'static str {
        match self {
            Self::RestMethod | Self::HttpIntegration | Self::WebSocketIntegration => "ResponseTransferMode",
            Self::RestBody | Self::HttpBody => "responseTransferMode",
        }
    }

    /// Where an integration has templates for what it answers: for each answer, by its type.
    pub(super) fn response_templates(self) -> &'static [&'static str] {
        match self {
            Self::RestMethod | Self::HttpIntegration | Self::WebSocketIntegration => {
                &["IntegrationResponses", "*", "ResponseTemplates", "*"]
            }
            Self::RestBody | Self::HttpBody => &["responses", "*", "responseTemplates", "*"],
        }
    }

    /// Where an integration without a target of its own says what it acts on.
    fn requests(self) -> [&'static str; 2] {
        match self {
            Self::RestMethod | Self::HttpIntegration | Self::WebSocketIntegration => {
                ["RequestParameters", "RequestTemplates"]
            }
            Self::RestBody | Self::HttpBody => ["requestParameters", "requestTemplates"],
        }
    }
}

/// A method and a path; `None` is what cannot be told.
#[derive(Clone, Copy)]
pub(super) struct Key<'k> {
    pub(super) method: Option<&'k str>,
    pub(super) path: Option<&'k str>,
}

/// Adds a route as an entry point, and an edge to what its integration calls.
pub(super) fn add(draft: &mut Draft<'_>, api: Api, key: Key<'_>, answer: Answer) -> VertexId {
    let entry = add_entry(draft, api, key, answer);
    let route = Route { entry, form: api.form, answer };
    for uri in draft.branches(answer.integration, &[api.form.uri()]) {
        route.call(draft, uri);
    }
    if let Some(subtype) = draft.known_text_at(answer.integration, &[api.form.subtype()]) {
        route.act(draft, &subtype.replace('-', ":"), Guard::ALWAYS);
    }
    entry
}

/// What answers a route.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    /// The map that describes the integration.
    pub(super) integration: Branch,
    /// The resource that makes the link.
    pub(super) via: Name,
    /// Where the author acts on the route.
    pub(super) origin: Origin,
}

fn add_entry(draft: &mut Draft<'_>, api: Api, key: Key<'_>, answer: Answer) -> VertexId {
    let Answer { integration, origin, .. } = answer;
    let mut facts = settings::facts(api.form.limit(), Some(integration.value), origin);
    facts.push(streaming::of_integration(draft, api.form, integration, origin));
    facts.push(streaming::templated(draft, api.form, integration, origin));
    if matches!(api.form, Form::RestMethod | Form::RestBody) {
        facts.push(rest_only::integration(draft, api.form, integration, key.method));
    }
    declare(draft, api, key, Declared { guard: integration.guard, origin, facts })
}

/// A route whose key is known, and what is known of its integration.
pub(super) struct Declared {
    pub(super) guard: Guard,
    pub(super) origin: Origin,
    /// What is known of the integration.
    pub(super) facts: Vec<Fact>,
}

/// Adds the entry point alone.
pub(super) fn declare(draft: &mut Draft<'_>, api: Api, key: Key<'_>, declared: Declared) -> VertexId {
    let Declared { guard, origin, facts: more } = declared;
    let names = draft.names();
    let method = key.method.map(str::to_uppercase);
    let shown =
        format!("{} {} {}", draft.text(api.id), method.as_deref().unwrap_or("?"), key.path.unwrap_or("?"));
    let known = |text: Option<&str>| text.map_or(Plain::Unknown, |text| Plain::Name(names.intern(text)));
    let is_write = method.as_deref().map(|method| !matches!(method, "GET" | "HEAD" | "OPTIONS"));
    let mut facts = vec![
        Fact::Derived { name: "Api", value: Plain::Name(api.id), origin },
        Fact::Derived { name: "ApiKind", value: Plain::Text(api.form.api_kind()), origin },
        Fact::Derived { name: "Method", value: known(method.as_deref()), origin },
        Fact::Derived { name: "Path", value: known(key.path), origin },
        Fact::Derived { name: "Write", value: is_write.map_or(Plain::Unknown, Plain::Bool), origin },
    ];
    facts.extend(more);
    draft.add_vertex(Vertex {
        id: names.intern(&shown),
        kind: VertexKind::Route,
        type_name: draft.vertex(api.vertex).type_name,
        guard: draft.and(guard, draft.vertex(api.vertex).guard),
        origin,
        facts,
    })
}

/// A route that is an entry point already.
struct Route {
    entry: VertexId,
    form: Form,
    answer: Answer,
}

impl Route {
    fn call(&self, draft: &mut Draft<'_>, uri: Branch) {
        let proof = draft.values().origin(uri.value);
        let Answer { via, origin, .. } = self.answer;
        let kind = self.waiting(draft);
        draft.call_functions(Caller { kind, ..Caller::waiting(self.entry, via, origin) }, uri);
        for (guard, reference) in draft.references(uri) {
            let Some(action) = service_action(&reference.text) else { continue };
            let inside = draft.inside(&reference, kinds_of(&action));
            if inside.is_empty() {
                self.act(draft, &action, guard);
            }
            let Some(kind) = edge_of_action(&action) else { continue };
            for (own, target) in inside {
                let guard = draft.and(guard, own);
                draft.wire(self.wiring(draft, kind, target.vertex, guard, proof), Vec::new());
            }
        }
    }

    /// Whether the route waits for its function: an integration that is no proxy can ask Lambda not to make it.
    fn waiting(&self, draft: &Draft<'_>) -> EdgeKind {
        let [parameters, _] = self.form.requests();
        let header = |name: &str| {
            let path = [parameters, name];
            (!draft.branches(self.answer.integration, &path).is_empty())
                .then(|| draft.known_text_at(self.answer.integration, &path))
        };
        match INVOCATION_TYPE.iter().find_map(|name| header(name)) {
            None | Some(Some("'RequestResponse'")) => EdgeKind::InvokeSync,
            Some(Some("'Event'")) => EdgeKind::InvokeAsync,
            Some(_) => EdgeKind::Invoke,
        }
    }

    /// The edge of an integration that acts on a service: what it acts on stands in the request that it makes.
    fn act(&self, draft: &mut Draft<'_>, action: &str, guard: Guard) {
        let Some(kind) = edge_of_action(action) else { return };
        for key in self.form.requests() {
            for value in draft.branches(self.answer.integration, &[key, "*"]) {
                let proof = draft.values().origin(value.value);
                let mut targets = draft.targets_inside(value, kinds_of(action));
                if targets.is_empty() {
                    targets = named_targets(draft, value, action);
                }
                for (own, target) in targets {
                    let guard = draft.and(guard, own);
                    let wiring = self.wiring(draft, kind, target.vertex, guard, proof);
                    if draft.wire(wiring, Vec::new()).is_some() {
                        return;
                    }
                }
            }
        }
    }

    /// An action is changed where the integration is described, which may be far from the route.
    fn wiring(&self, draft: &Draft<'_>, kind: EdgeKind, to: VertexId, guard: Guard, proof: Origin) -> Wiring {
        let Answer { via, integration, .. } = self.answer;
        let origin = draft.values().origin(integration.value);
        Wiring { kind, from: self.entry, to, via: Some(via), guard, origin, proof }
    }
}

/// The header that says whether Lambda makes the caller wait, as an integration's parameter.
const INVOCATION_TYPE: &[&str] = &[
    "integration.request.header.X-Amz-Invocation-Type",
    "integration.request.header.x-amz-invocation-type",
    "integration.request.header.InvocationType",
];

#[cfg(test)]
mod tests {
    use super::super::tests::{edge_fact, edges, fact, resources};
    use super::*;
    use crate::template::Template;

    fn rest_body(integration: &str) -> Template {
        resources(&format!(
            "  F: {{Type: 'AWS::Lambda::Function'}}
  Live: {{Type: 'AWS::Lambda::Alias', Properties: {{FunctionName: !Ref F}}}}
  Flow: {{Type: 'AWS::StepFunctions::StateMachine'}}
  Q: {{Type: 'AWS::SQS::Queue'}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        paths:
          /orders:
            parameters: []
            post:
              x-amazon-apigateway-integration: {integration}
"
        ))
    }

    #[test]
    fn an_integration_that_asks_lambda_not_to_wait_is_asynchronous() {
        let integration = |parameters: &str| {
            rest_body(&format!(
                "{{uri: !Sub 'arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{F.Arn}}/invocations', \
                 requestParameters: {{integration.request.header.X-Amz-Invocation-Type: {parameters}}}}}"
            ))
        };
        let kind = |template: &Template| edges(template)[0].split(' ').next().unwrap().to_owned();
        assert_eq!(kind(&integration("\"'Event'\"")), "invoke.async");
        assert_eq!(kind(&integration("\"'RequestResponse'\"")), "invoke.sync");
        assert_eq!(kind(&integration("method.request.header.Kind")), "invoke");
    }

    #[test]
    fn a_route_in_a_body_is_an_entry_point_that_waits_for_its_function() {
        let template = rest_body(
            "{uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}",
        );
        assert_eq!(edges(&template), ["invoke.sync Api POST /orders -> F [certain]"]);
        let fact = |name| fact(&template, "Api POST /orders", name);
        assert_eq!(
            ["Api", "ApiKind", "Method", "Path", "Write"].map(fact),
            ["Api", "REST", "POST", "/orders", "true"]
        );
        assert_eq!(["Streaming", "TimeoutInMillis"].map(fact), ["false", "29000 by default"]);
        assert_eq!(edge_fact(&template, EdgeKind::InvokeSync, "Qualified"), "false");
    }

    #[test]
    fn a_route_to_an_alias_is_qualified_and_a_stated_limit_is_read() {
        let template = rest_body(
            "{timeoutInMillis: 5000, uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Live}/invocations'}",
        );
        assert_eq!(edge_fact(&template, EdgeKind::InvokeSync, "Qualified"), "true");
        assert_eq!(fact(&template, "Api POST /orders", "TimeoutInMillis"), "5000");
    }

    #[test]
    fn a_route_streams_by_its_transfer_mode_or_its_uri() {
        for integration in [
            "{responseTransferMode: STREAM, uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}",
            "{uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2021-11-15/functions/${F.Arn}/response-streaming-invocations'}",
        ] {
            let template = rest_body(integration);
            assert_eq!(fact(&template, "Api POST /orders", "Streaming"), "true", "{integration}");
            assert_eq!(edges(&template), ["invoke.sync Api POST /orders -> F [certain]"], "{integration}");
        }
    }

    #[test]
    fn whether_a_route_streams_is_unknown_where_its_mode_is() {
        for (mode, streaming) in [
            ("STREAM", "true"),
            ("BUFFERED", "false"),
            ("!Ref Mode", "unknown"),
            ("!If [Prod, STREAM, BUFFERED]", "true when Prod is true"),
            ("!If [Prod, STREAM, !Ref 'AWS::NoValue']", "true when Prod is true"),
            ("!If [Prod, BUFFERED, !Ref 'AWS::NoValue']", "false"),
        ] {
            let template = rest_body(&format!("{{uri: !GetAtt F.Arn, responseTransferMode: {mode}}}"));
            assert_eq!(fact(&template, "Api POST /orders", "Streaming"), streaming, "{mode}");
        }
    }

    #[test]
    fn a_template_for_an_answer_transforms_it() {
        for (responses, is_templated) in [
            ("{}", "false"),
            ("{default: {statusCode: 200}}", "false"),
            ("{default: {responseTemplates: {application/json: $input.body}}}", "true"),
            (
                "!If [Prod, {default: {responseTemplates: {application/json: x}}}, {}]",
                "true when Prod is true",
            ),
        ] {
            let template = rest_body(&format!("{{uri: !GetAtt F.Arn, responses: {responses}}}"));
            assert_eq!(fact(&template, "Api POST /orders", "ResponseTemplates"), is_templated, "{responses}");
        }
    }

    #[test]
    fn a_route_starts_the_workflow_that_its_request_names() {
        for (action, kind) in [("StartSyncExecution", "start.sync"), ("StartExecution", "start.async")] {
            let template = rest_body(&format!(
                "{{uri: !Sub 'arn:aws:apigateway:${{AWS::Region}}:states:action/{action}', \
                 requestTemplates: {{application/json: !Sub '{{\"input\": \"{{}}\", \"stateMachineArn\": \"${{Flow}}\"}}'}}}}"
            ));
            assert_eq!(edges(&template), [format!("{kind} Api POST /orders -> Flow [certain]")]);
        }
    }

    #[test]
    fn a_route_writes_to_the_delivery_stream_that_its_request_names() {
        for name in ["${D}", "clicks"] {
            let template = resources(&format!(
                "  D: {{Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: {{DeliveryStreamName: clicks}}}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        paths:
          /clicks:
            post:
              x-amazon-apigateway-integration:
                uri: !Sub 'arn:aws:apigateway:${{AWS::Region}}:firehose:action/PutRecord'
                requestTemplates: {{application/json: !Sub '{{\"DeliveryStreamName\": \"{name}\"}}'}}
"
            ));
            assert_eq!(edges(&template), ["write Api POST /clicks -> D [certain]"], "{name}");
        }
    }

    #[test]
    fn a_route_sends_to_the_queue_in_its_path() {
        let template = rest_body(
            "{uri: !Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Q.QueueName}'}",
        );
        assert_eq!(edges(&template), ["send Api POST /orders -> Q [certain]"]);
    }
}

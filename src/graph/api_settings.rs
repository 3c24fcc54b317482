//! What the APIs of API Gateway and `AppSync` are set to: their endpoints, compression and authorizers, and how long they
//! wait. An OpenAPI body and a resource name the same things differently.

use super::draft::Draft;
use super::settings::{Setting, integer, optional_integer, optional_text, setting, text};
use super::{Default, Shape, limits};

/// Where a REST API states its endpoint type, and a custom domain its own.
pub(super) const ENDPOINT: &[&str] = &["EndpointConfiguration", "Types", "0"];

/// The other place where it may.
pub(super) const ENDPOINT_PARAMETER: &[&str] = &["Parameters", "endpointConfigurationTypes"];

/// Where an endpoint is: where the one place or the other says, or else at `default`.
pub(super) const fn endpoint(path: &'static [&'static str], default: &'static str) -> Setting {
    text("EndpointType", path, default)
}

/// Of which type an endpoint is that says nothing of it.
pub(super) fn usual_endpoint(draft: &Draft<'_>) -> &'static str {
    if draft.template().has_edge_endpoints() { "EDGE" } else { "REGIONAL" }
}

/// Where a REST API says from which size on it compresses, and where its body may.
pub(super) const COMPRESSION: &[&str] = &["MinimumCompressionSize"];
pub(super) const BODY_COMPRESSION: &[&str] = &["x-amazon-apigateway-minimum-compression-size"];

/// From which size on a REST API compresses what it answers: the one place or the other says.
pub(super) const fn compression(path: &'static [&'static str], default: Default) -> Setting {
    setting("MinimumCompressionSize", path, Shape::Integer, default)
}

/// How an `AWS::ApiGateway::Authorizer` decides, and how long its answer is kept.
pub(super) const REST_AUTHORIZER: &[Setting] =
    &[optional_text("AuthorizerType", &["Type"]), optional_integer(AUTHORIZER_TTL, &[AUTHORIZER_TTL])];

/// How an `AWS::ApiGatewayV2::Authorizer` decides, and how long its answer is kept.
pub(super) const HTTP_AUTHORIZER: &[Setting] = &[
    optional_text("AuthorizerType", &["AuthorizerType"]),
    optional_integer(AUTHORIZER_TTL, &[AUTHORIZER_TTL]),
];

/// The same of a security scheme of an OpenAPI body.
pub(super) const BODY_AUTHORIZER: &[Setting] = &[
    optional_text("AuthorizerType", &["x-amazon-apigateway-authorizer", "type"]),
    optional_integer(AUTHORIZER_TTL, &["x-amazon-apigateway-authorizer", "authorizerResultTtlInSeconds"]),
];

/// How long AppSync keeps the answer of a function that it asks.
pub(super) const GRAPH_QL_AUTHORIZER: &[Setting] = &[optional_integer(AUTHORIZER_TTL, &[AUTHORIZER_TTL])];

const AUTHORIZER_TTL: &str = "AuthorizerResultTtlInSeconds";

/// How long a REST API waits, from a method's `Integration`.
pub(super) const REST_LIMIT: &[Setting] =
    &[integer("TimeoutInMillis", &["TimeoutInMillis"], limits::REST_INTEGRATION_TIMEOUT)];

/// How long a REST API waits, from its OpenAPI body.
pub(super) const REST_BODY_LIMIT: &[Setting] =
    &[integer("TimeoutInMillis", &["timeoutInMillis"], limits::REST_INTEGRATION_TIMEOUT)];

/// How long an HTTP API waits, from an integration.
pub(super) const HTTP_LIMIT: &[Setting] =
    &[integer("TimeoutInMillis", &["TimeoutInMillis"], limits::HTTP_INTEGRATION_TIMEOUT)];

/// How long an HTTP API waits, from its OpenAPI body.
pub(super) const HTTP_BODY_LIMIT: &[Setting] =
    &[integer("TimeoutInMillis", &["timeoutInMillis"], limits::HTTP_INTEGRATION_TIMEOUT)];

/// How long an API waits whose integrations are not to be seen.
pub(super) const UNKNOWN_LIMIT: &[Setting] =
    &[setting("TimeoutInMillis", &["TimeoutInMillis"], Shape::Integer, Default::Unknown)];

/// How long a WebSocket API waits.
pub(super) const WEBSOCKET_LIMIT: &[Setting] =
    &[integer("TimeoutInMillis", &["TimeoutInMillis"], limits::WEBSOCKET_INTEGRATION_TIMEOUT)];

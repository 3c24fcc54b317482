//! Whether a REST API uses something that only REST APIs have: if not, an HTTP API could take its place.

use rustc_hash::FxHashSet;

use crate::names::Name;
use crate::template::{Alt, Guard, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::route::Form;
use super::{Fact, Vertex, VertexId, VertexKind, api_settings, export, limits};

/// Paths of properties, of which any that is written and not switched off counts.
type Features = &'static [&'static [&'static str]];

/// Of an `AWS::ApiGateway::RestApi`.
const OF_API: Features = &[
    &["ApiKeySourceType"],
    &["BinaryMediaTypes"],
    &["CloneFrom"],
    &["EndpointAccessMode"],
    &["MinimumCompressionSize"],
    &["Policy"],
    &["SecurityPolicy"],
    &["EndpointConfiguration", "VpcEndpointIds"],
];

/// Of its definition.
const OF_BODY: Features = &[
    &["x-amazon-apigateway-api-key-source"],
    &["x-amazon-apigateway-binary-media-types"],
    &["x-amazon-apigateway-documentation"],
    &["x-amazon-apigateway-endpoint-configuration"],
    &["x-amazon-apigateway-gateway-responses"],
    &["x-amazon-apigateway-minimum-compression-size"],
    &["x-amazon-apigateway-policy"],
    &["x-amazon-apigateway-request-validator"],
    &["x-amazon-apigateway-request-validators"],
    &["definitions", "*"],
    &["components", "schemas", "*"],
    &["paths", "*", "*", "x-amazon-apigateway-request-validator"],
];

/// A resource that is there for an API: where it names the API, and what of it only REST APIs have. Without any such
/// property it is there for REST APIs alone.
struct Companion {
    type_name: &'static str,
    api: &'static [&'static str],
    features: Features,
}

const fn companion(type_name: &'static str, api: &'static [&'static str], features: Features) -> Companion {
    Companion { type_name, api, features }
}

const COMPANIONS: &[Companion] = &[
    companion("AWS::ApiGateway::ApiKey", &["StageKeys", "*", "RestApiId"], &[]),
    companion("AWS::ApiGateway::DocumentationPart", &["RestApiId"], &[]),
    companion("AWS::ApiGateway::DocumentationVersion", &["RestApiId"], &[]),
    companion("AWS::ApiGateway::GatewayResponse", &["RestApiId"], &[]),
    companion("AWS::ApiGateway::Model", &["RestApiId"], &[]),
    companion("AWS::ApiGateway::RequestValidator", &["RestApiId"], &[]),
    companion("AWS::ApiGateway::UsagePlan", &["ApiStages", "*", "ApiId"], &[]),
    companion("AWS::WAFRegional::WebACLAssociation", &["ResourceArn"], &[]),
    companion("AWS::WAFv2::WebACLAssociation", &["ResourceArn"], &[]),
    companion(
        "AWS::ApiGateway::Method",
        &["RestApiId"],
        &[&["ApiKeyRequired"], &["RequestModels"], &["RequestValidatorId"]],
    ),
    companion(
        "AWS::ApiGateway::Stage",
        &["RestApiId"],
        &[
            &["CacheClusterEnabled"],
            &["CanarySetting"],
            &["ClientCertificateId"],
            &["DocumentationVersion"],
            &["TracingEnabled"],
            &["MethodSettings", "*", "CachingEnabled"],
            &["MethodSettings", "*", "DataTraceEnabled"],
            &["MethodSettings", "*", "LoggingLevel"],
        ],
    ),
    companion(
        "AWS::ApiGateway::Deployment",
        &["RestApiId"],
        &[
            &["DeploymentCanarySettings"],
            &["StageDescription", "CacheClusterEnabled"],
            &["StageDescription", "CachingEnabled"],
            &["StageDescription", "CanarySetting"],
            &["StageDescription", "ClientCertificateId"],
            &["StageDescription", "DataTraceEnabled"],
            &["StageDescription", "DocumentationVersion"],
            &["StageDescription", "LoggingLevel"],
            &["StageDescription", "TracingEnabled"],
            &["StageDescription", "MethodSettings", "*", "CachingEnabled"],
            &["StageDescription", "MethodSettings", "*", "DataTraceEnabled"],
            &["StageDescription", "MethodSettings", "*", "LoggingLevel"],
        ],
    ),
];

/// When something is used, and when it is not known whether it is.
#[derive(Clone, Copy)]
struct Use {
    holds: Guard,
    unsure: Guard,
}

impl Use {
    const NEVER: Self = Self { holds: Guard::NEVER, unsure: Guard::NEVER };

    fn or(self, draft: &Draft<'_>, other: Self) -> Self {
        let guards = &draft.template().guards;
        Self { holds: guards.or(self.holds, other.holds), unsure: guards.or(self.unsure, other.unsure) }
    }

    fn under(self, draft: &Draft<'_>, guard: Guard) -> Self {
        Self { holds: draft.and(self.holds, guard), unsure: draft.and(self.unsure, guard) }
    }

    /// Whether what stands at a path is used, by its alternatives: `says` tells of a text.
    fn of(draft: &Draft<'_>, start: Branch, path: &[&str], says: &impl Fn(&str) -> bool) -> Self {
        let star = path.iter().position(|step| *step == "*");
        let (head, rest) = star.map_or((path, None), |at| (&path[..at], Some(&path[at + 1..])));
        let origin = draft.values().origin(start.value);
        let mut found = Self::NEVER;
        for (guard, alt) in draft.resolver.follow(Some(start.value), head, origin).alternatives {
            let guard = draft.and(start.guard, guard);
            let certain = Self { holds: guard, unsure: Guard::NEVER };
            let one = match (alt, rest) {
                (Alt::Absent { .. }, _) => Self::NEVER,
                (Alt::Scalar { text, .. }, None) => {
                    if says(draft.text(text)) {
                        certain
                    } else {
                        Self::NEVER
                    }
                }
                (Alt::List(value) | Alt::Map(value), None) => {
                    let is_empty =
                        draft.values().items(value).is_empty() && draft.values().entries(value).is_empty();
                    if is_empty { Self::NEVER } else { certain }
                }
                (Alt::List(value) | Alt::Map(value), Some(rest)) => {
                    let items = draft.values().items(value).iter().copied();
                    let entries = draft.values().entries(value).iter().map(|entry| entry.value);
                    items.chain(entries).fold(Self::NEVER, |so_far, value| {
                        so_far.or(draft, Self::of(draft, Branch { guard, value }, rest, says))
                    })
                }
                (Alt::Resource { .. } | Alt::Text(_), None) => certain,
                (
                    Alt::Scalar { .. }
                    | Alt::OneOf { .. }
                    | Alt::Resource { .. }
                    | Alt::Text(_)
                    | Alt::Unknown(_),
                    _,
                ) => Self { holds: Guard::NEVER, unsure: guard },
            };
            found = found.or(draft, one);
        }
        found
    }

    fn of_any(draft: &Draft<'_>, start: Branch, features: Features) -> Self {
        let is_on = |text: &str| !["false", "OFF"].iter().any(|off| text.eq_ignore_ascii_case(off));
        features
            .iter()
            .fold(Self::NEVER, |so_far, path| so_far.or(draft, Self::of(draft, start, path, &is_on)))
    }
}

/// The claim of a route that its integration is one that only REST APIs have: no proxy, a template, a key of the cache,
/// a stream, or more time than an HTTP API waits. What answers a browser's question before a request (`OPTIONS`, by no
/// integration at all) does not count: an HTTP API answers it itself.
pub(super) fn integration(draft: &Draft<'_>, form: Form, integration: Branch, method: Option<&str>) -> Fact {
    let origin = draft.values().origin(integration.value);
    let is_no_proxy =
        |text: &str| !["AWS_PROXY", "HTTP_PROXY"].iter().any(|it| text.eq_ignore_ascii_case(it));
    let is_mock = |text: &str| text.eq_ignore_ascii_case("MOCK");
    let keys = if form == Form::RestMethod { METHOD } else { BODY };
    let guards = &draft.template().guards;
    let preflight = match method {
        Some(method) if method.eq_ignore_ascii_case("OPTIONS") => {
            Use::of(draft, integration, &[keys.kind], &is_mock).holds
        }
        Some(_) | None => Guard::NEVER,
    };
    let is_long = |text: &str| text.parse::<i64>().is_ok_and(|it| it > limits::HTTP_INTEGRATION_TIMEOUT);
    let used = Use::of(draft, integration, &[keys.kind], &is_no_proxy)
        .or(draft, Use::of(draft, integration, &[keys.timeout], &is_long))
        .or(draft, Use::of_any(draft, integration, keys.features))
        .under(draft, guards.not(preflight));
    let fails = guards.not(guards.or(used.holds, used.unsure));
    Fact::Claim { name: "RestOnly", holds: used.holds, fails, origin }
}

/// How an integration names what is asked of it.
struct Keys {
    kind: &'static str,
    timeout: &'static str,
    features: Features,
}

const METHOD: Keys = Keys {
    kind: "Type",
    timeout: "TimeoutInMillis",
    features: &[
        &["CacheKeyParameters"],
        &["CacheNamespace"],
        &["ContentHandling"],
        &["RequestTemplates"],
        &["IntegrationResponses", "*", "ResponseTemplates"],
    ],
};

const BODY: Keys = Keys {
    kind: "type",
    timeout: "timeoutInMillis",
    features: &[
        &["cacheKeyParameters"],
        &["cacheNamespace"],
        &["contentHandling"],
        &["requestTemplates"],
        &["responses", "*", "responseTemplates"],
    ],
};

/// States of every REST API whether something is used that only REST APIs have.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let exported = export::exported(draft);
    for (api, resource) in draft.resources_of(VertexKind::RestApi) {
        let used = used_by(draft, api, &exported);
        draft.add_claim_unless(api, "RestOnly", (used.holds, used.unsure), resource.origin);
    }
}

fn used_by(draft: &Draft<'_>, api: VertexId, exported: &FxHashSet<VertexId>) -> Use {
    let id = draft.vertex(api).id;
    let unseen = Use { holds: Guard::NEVER, unsure: Guard::ALWAYS };
    // Another stack may hold what belongs to it: a usage plan, a firewall.
    let mut used = if exported.contains(&api) || draft.may_be_unseen() { unseen } else { Use::NEVER };
    if let Some(properties) = draft.resource(id).and_then(Branch::properties) {
        let is_no_regional = |text: &str| text != "REGIONAL";
        for place in [api_settings::ENDPOINT, api_settings::ENDPOINT_PARAMETER] {
            used = used.or(draft, Use::of(draft, properties, place, &is_no_regional));
        }
        used = used.or(draft, Use::of_any(draft, properties, OF_API));
    }
    for definition in draft.template().definitions_of(id) {
        used = used.or(
            draft,
            match definition.content {
                Some(value) => {
                    let body = Branch { guard: definition.guard, value };
                    Use::of_any(draft, body, OF_BODY).or(draft, asks_for_keys(draft, body))
                }
                None => Use { unsure: definition.guard, ..Use::NEVER },
            },
        );
    }
    for route in draft.graph.vertices.iter().filter(|vertex| vertex.kind == VertexKind::Route) {
        used = used.or(draft, by_route(draft, route, id));
    }
    for (&companion, resource) in &draft.template().resources {
        let guard = draft.resolver.guard_of(companion);
        used = used.or(draft, by_companion(draft, resource, api).under(draft, guard));
    }
    used
}

/// A scheme of a body that is a key of a usage plan, and not what an authorizer is asked about; or a method for which
/// SAM asks for one.
fn asks_for_keys(draft: &Draft<'_>, body: Branch) -> Use {
    let mut used = Use::NEVER;
    for key in draft.branches(body, &["paths", "*", "*", "security", "*", "api_key"]) {
        used = used.or(draft, Use { holds: key.guard, ..Use::NEVER });
    }
    for schemes in [["securityDefinitions", "*"].as_slice(), &["components", "securitySchemes", "*"]] {
        for scheme in draft.branches(body, schemes) {
            let is_key = |text: &str| text.eq_ignore_ascii_case("x-api-key");
            if draft.branches(scheme, &["x-amazon-apigateway-authorizer"]).is_empty() {
                used = used.or(draft, Use::of(draft, scheme, &["name"], &is_key));
            }
        }
    }
    used
}

fn by_route(draft: &Draft<'_>, route: &Vertex, api: Name) -> Use {
    if route.name_in("Api") != Some(api) {
        return Use::NEVER;
    }
    let guards = &draft.template().guards;
    let mut used = Use::NEVER;
    for (holds, fails) in ["RestOnly", "Streaming"].iter().filter_map(|claim| route.claim(claim)) {
        used = used.or(draft, Use { holds, unsure: guards.not(guards.or(holds, fails)) });
    }
    used.under(draft, route.guard)
}

/// What a resource that is there for the API uses; of a custom resource that is handed it nobody knows.
fn by_companion(draft: &Draft<'_>, resource: &Resource, api: VertexId) -> Use {
    let type_name = draft.text(resource.type_name);
    let Some(properties) = Branch::properties(resource) else { return Use::NEVER };
    let named_at = |path: &[&str]| {
        let guards = &draft.template().guards;
        draft
            .branches(properties, path)
            .into_iter()
            .flat_map(|value| draft.targets_inside(value, &[VertexKind::RestApi]))
            .filter(|(_, target)| target.vertex == api)
            .fold(Guard::NEVER, |so_far, (guard, _)| guards.or(so_far, guard))
    };
    if type_name.starts_with("Custom::") || type_name == "AWS::CloudFormation::CustomResource" {
        return Use { holds: Guard::NEVER, unsure: named_at(&["*"]) };
    }
    let Some(companion) = COMPANIONS.iter().find(|companion| companion.type_name == type_name) else {
        return Use::NEVER;
    };
    let named = named_at(companion.api);
    match companion.features {
        [] => Use { holds: named, unsure: Guard::NEVER },
        features => Use::of_any(draft, properties, features).under(draft, named),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, template};

    fn rest_only(api: &str, others: &str) -> String {
        let template = template(&format!(
            "Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  Api: {{Type: 'AWS::ApiGateway::RestApi', Properties: {{{api}}}}}
{others}
"
        ));
        fact(&template, "Api", "RestOnly")
    }

    #[test]
    fn an_api_without_anything_special_could_be_another() {
        assert_eq!(rest_only("Name: a", ""), "false");
        assert_eq!(rest_only("EndpointConfiguration: {Types: [REGIONAL]}", ""), "false");
        let proxy = "Body: {paths: {/a: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: u}}, \
                     options: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {a: b}}}}}}";
        assert_eq!(rest_only(proxy, ""), "false");
    }

    #[test]
    fn what_the_api_says_itself_can_be_special() {
        for api in [
            "EndpointConfiguration: {Types: [PRIVATE]}",
            "Parameters: {endpointConfigurationTypes: EDGE}",
            "BinaryMediaTypes: ['*/*']",
            "Policy: {Statement: []}",
            "Body: {x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {}}}",
            "Body: {securityDefinitions: {key: {type: apiKey, name: x-api-key, in: header}}}",
        ] {
            assert_eq!(rest_only(api, ""), "true", "{api}");
        }
        assert_eq!(
            rest_only("MinimumCompressionSize: !If [Prod, 1024, !Ref 'AWS::NoValue']", ""),
            "true when Prod is true"
        );
    }

    #[test]
    fn an_integration_can_be_special() {
        let with = |integration: &str| {
            rest_only(
                &format!(
                    "Body: {{paths: {{/a: {{get: {{x-amazon-apigateway-integration: {integration}}}}}}}}}"
                ),
                "",
            )
        };
        for integration in [
            "{type: mock}",
            "{type: aws}",
            "{type: aws_proxy, requestTemplates: {a: b}}",
            "{type: aws_proxy, responseTransferMode: STREAM}",
            "{type: http_proxy, timeoutInMillis: 60000}",
        ] {
            assert_eq!(with(integration), "true", "{integration}");
        }
        assert_eq!(with("{type: http_proxy, timeoutInMillis: 29000}"), "false");
        assert_eq!(with("{type: !Ref Type}"), "unknown");
    }

    #[test]
    fn what_is_there_for_the_api_can_be_special() {
        for (other, says) in [
            (
                "  P: {Type: 'AWS::ApiGateway::UsagePlan', Properties: {ApiStages: [{ApiId: !Ref Api, Stage: a}]}}",
                "true",
            ),
            (
                "  P: {Type: 'AWS::ApiGateway::UsagePlan', Properties: {ApiStages: [{ApiId: !Ref Other, Stage: a}]}}",
                "false",
            ),
            (
                "  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, TracingEnabled: false}}",
                "false",
            ),
            (
                "  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, TracingEnabled: 'true'}}",
                "true",
            ),
            (
                "  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, MethodSettings: !Ref All}}",
                "unknown",
            ),
            (
                "  W: {Type: 'AWS::WAFv2::WebACLAssociation', Properties: {ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/a'}}",
                "true",
            ),
            ("  C: {Type: 'Custom::Firewall', Properties: {ServiceToken: t, Api: !Ref Api}}", "unknown"),
        ] {
            assert_eq!(rest_only("Name: a", other), says, "{other}");
        }
    }

    #[test]
    fn what_is_not_to_be_seen_leaves_it_open() {
        assert_eq!(rest_only("BodyS3Location: {Bucket: b, Key: k}", ""), "unknown");
        assert_eq!(rest_only("Name: a", "Outputs: {Api: {Value: !Ref Api, Export: {Name: api}}}"), "unknown");
    }
}

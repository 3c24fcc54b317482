//! `AWS::Serverless::Api`: a REST API with its deployment, its stage and the permissions of its authorizers.

use crate::names::Name;
use crate::template::{Data, Entry, SubPart, ValueId};

use super::body::{Clash, Language};
use super::make::PropertyTable;
use super::{Expansion, Kind, Subject};

const REST_API: PropertyTable = PropertyTable {
    renamed: &[("DefinitionUri", "BodyS3Location")],
    consumed: &[
        "AccessLogSetting",
        "AlwaysDeploy",
        "Auth",
        "CacheClusterEnabled",
        "CacheClusterSize",
        "CanarySetting",
        "Cors",
        "DefinitionBody",
        "DisableExecuteApiEndpoint",
        "Domain",
        "EndpointConfiguration",
        "GatewayResponses",
        "MergeDefinitions",
        "MethodSettings",
        "Models",
        "OpenApiVersion",
        "PropagateTags",
        "StageName",
        "Tags",
        "TracingEnabled",
        "Variables",
    ],
};

/// The properties that are the stage's.
const STAGE: &[&str] = &[
    "CacheClusterEnabled",
    "CacheClusterSize",
    "Variables",
    "MethodSettings",
    "AccessLogSetting",
    "CanarySetting",
    "TracingEnabled",
];

/// The properties that need a body in the template.
const BODY_ONLY: &[&str] = &[
    "Auth",
    "Cors",
    "DefinitionBody",
    "DisableExecuteApiEndpoint",
    "GatewayResponses",
    "MergeDefinitions",
    "Models",
];

impl Expansion<'_> {
    /// The REST API `<A>`, its deployment `<A>Deployment<digits>` and its stage.
    pub(super) fn expand_api(&mut self, subject: &Subject) {
        let at = subject.origin.generated();
        let properties = subject.properties;
        self.check_body_only(subject, BODY_ONLY);
        let mut entries = self.carried(properties, &REST_API);
        if let Some(body) = self.rest_body(subject) {
            self.put(&mut entries, "Body", body);
        }
        let endpoint = match self.property(properties, "EndpointConfiguration") {
            None if !self.template.has_edge_endpoints() => Some(self.text(at, "REGIONAL")),
            written => written,
        };
        if let Some(endpoint) = endpoint {
            let parameters = self.endpoint_parameters(endpoint);
            self.put_some(&mut entries, "Parameters", parameters);
            let endpoint = self.endpoint(endpoint);
            self.put(&mut entries, "EndpointConfiguration", endpoint);
        }
        let tags = self.propagated_tags(subject);
        self.put_some(&mut entries, "Tags", tags);
        self.replace(subject, "AWS::ApiGateway::RestApi", entries);

        let api = self.reference(at, subject.id);
        let deployment = self.hashed(subject.id, "Deployment");
        let mut entries = Vec::new();
        self.put(&mut entries, "RestApiId", api);
        if self.property(properties, "OpenApiVersion").is_none() {
            let stage = self.text(at, "Stage");
            self.put(&mut entries, "StageName", stage);
        }
        self.make(subject, at, deployment, "AWS::ApiGateway::Deployment", entries);
        self.refer(subject.id, "Deployment", deployment);
        let stage = self.make_stage(subject, api, deployment);
        self.make_authorizer_permissions(subject, api);
        self.check_default_authorizer(Kind::Api, subject);
        if let Some(stage) = stage {
            self.make_rest_domain(subject, stage);
            self.make_usage_plan(subject, stage);
        }
    }

    fn make_stage(&mut self, subject: &Subject, api: ValueId, deployment: Name) -> Option<Name> {
        let at = subject.origin.generated();
        let Some(stage_name) = self.property(subject.properties, "StageName") else {
            let message = format!("{} has no StageName, so that it has no stage", self.text_of(subject.id));
            self.tell(at.at_key(), message);
            return None;
        };
        let deployment = self.reference(at, deployment);
        let mut entries = Vec::new();
        self.put(&mut entries, "RestApiId", api);
        self.put(&mut entries, "DeploymentId", deployment);
        self.put(&mut entries, "StageName", stage_name);
        self.put_same(&mut entries, subject.properties, STAGE);
        let tags = self.property(subject.properties, "Tags");
        let tags = self.tags(at, tags, None);
        self.put_some(&mut entries, "Tags", tags);
        let stage = self.stage_id(subject.id, stage_name);
        self.make(subject, at, stage, "AWS::ApiGateway::Stage", entries);
        self.refer(subject.id, "Stage", stage);
        Some(stage)
    }

    /// The author's body, or the one that SAM manages; none where the definition is a file.
    fn rest_body(&mut self, subject: &Subject) -> Option<ValueId> {
        let properties = subject.properties;
        let routes = self.routes.swap_remove(&subject.id).unwrap_or_default();
        let schemes = self.security_schemes(properties);
        let language = match self.property(properties, "OpenApiVersion") {
            Some(_) => Language::OpenApi,
            None => Language::Swagger,
        };
        let at = subject.origin.generated();
        if let Some(body) = self.property(properties, "DefinitionBody") {
            let body = if self.is_true(self.property(properties, "MergeDefinitions")) {
                self.extended_body(body, routes, Clash::Merge)
            } else {
                // Without `MergeDefinitions` the author's body is the whole truth, whatever events say.
                body
            };
            let body = match schemes {
                Some(schemes) => self.with_schemes(body, at, language, schemes),
                None => body,
            };
            return Some(self.with_extensions(body, properties));
        }
        if self.property(properties, "DefinitionUri").is_some() {
            return None;
        }
        let body = self.managed_body(at, language, routes, schemes);
        Some(self.with_extensions(body, properties))
    }

    /// A body with what its API says beside routes and authorizers, in the author's form: the transform's own tells no
    /// more than that it is there.
    fn with_extensions(&mut self, body: ValueId, properties: Option<ValueId>) -> ValueId {
        let auth = self.property(properties, "Auth");
        let asks_for_key = self.property(auth, "ApiKeyRequired");
        let asks_for_key = asks_for_key.filter(|asks| self.is_true(Some(*asks)));
        let key_source = asks_for_key.map(|asks| {
            let at = self.place_of(asks);
            self.text(at, "HEADER")
        });
        let mut extended = body;
        for (key, value) in [
            ("x-amazon-apigateway-api-key-source", key_source),
            ("x-amazon-apigateway-policy", self.property(auth, "ResourcePolicy")),
            ("x-amazon-apigateway-gateway-responses", self.property(properties, "GatewayResponses")),
            ("definitions", self.property(properties, "Models")),
        ] {
            if let Some(value) = value.filter(|_| self.is_map(extended)) {
                let at = self.place_of(value);
                extended = self.with_entry(Some(extended), at, key, value);
            }
        }
        extended
    }

    /// The endpoint's type as a parameter of the import, which the transform adds.
    fn endpoint_parameters(&mut self, endpoint: ValueId) -> Option<ValueId> {
        let kind = if self.is_map(endpoint) { self.property(Some(endpoint), "Type")? } else { endpoint };
        let at = self.place_of(kind);
        Some(self.map(at, &[("endpointConfigurationTypes", kind)]))
    }

    /// `{Types: […], VpcEndpointIds, IpAddressType}` of the shorter forms that SAM accepts.
    fn endpoint(&mut self, endpoint: ValueId) -> ValueId {
        let at = self.place_of(endpoint);
        match self.template.values.data(endpoint) {
            Data::Map(_) => {
                let mut entries: Vec<Entry> = Vec::new();
                if let Some(kind) = self.property(Some(endpoint), "Type") {
                    let at = self.place_of(kind);
                    let kinds = self.list(at, vec![kind]);
                    self.put(&mut entries, "Types", kinds);
                }
                self.put_same(&mut entries, Some(endpoint), &["Types"]);
                let hosts = self.property(Some(endpoint), "VPCEndpointIds");
                self.put_some(&mut entries, "VpcEndpointIds", hosts);
                self.put_same(&mut entries, Some(endpoint), &["VpcEndpointIds", "IpAddressType"]);
                let origin = self.template.values.origin(endpoint);
                self.map_of(origin, entries)
            }
            Data::Scalar { .. } | Data::List(_) | Data::Call(_) => {
                let kinds = self.list(at, vec![endpoint]);
                self.map(at, &[("Types", kinds)])
            }
        }
    }

    fn make_authorizer_permissions(&mut self, subject: &Subject, api: ValueId) {
        let authorizers = self.property(self.property(subject.properties, "Auth"), "Authorizers");
        let Some(authorizers) = authorizers else {
            return;
        };
        for entry in self.template.values.entries(authorizers).to_vec() {
            if self.is_true(self.property(Some(entry.value), "DisableFunctionDefaultPermissions")) {
                continue;
            }
            if let Some(function) = self.property(Some(entry.value), "FunctionArn") {
                let partition = [self.part(self.template.partition())];
                self.make_authorizer_permission(subject, api, &partition, entry, function);
            }
        }
    }

    /// The permission `<api><authorizer>AuthorizerPermission`.
    pub(super) fn make_authorizer_permission(
        &mut self,
        subject: &Subject,
        api: ValueId,
        partition: &[SubPart],
        authorizer: Entry,
        function: ValueId,
    ) {
        let at = self.place_of(authorizer.value);
        let mut source = self.arn_of_account(partition, "execute-api");
        source.extend([
            self.part(":"),
            SubPart::Bound(self.name("__ApiId__"), api),
            self.part("/authorizers/*"),
        ]);
        let source = self.sub(at, source);
        let action = self.text(at, "lambda:InvokeFunction");
        let principal = self.text(at, "apigateway.amazonaws.com");
        let mut entries = Vec::new();
        self.put(&mut entries, "Action", action);
        self.put(&mut entries, "FunctionName", function);
        self.put(&mut entries, "Principal", principal);
        self.put(&mut entries, "SourceArn", source);
        let id = self.id(&[self.text_of(subject.id), self.text_of(authorizer.key), "AuthorizerPermission"]);
        self.make(subject, at, id, "AWS::Lambda::Permission", entries);
    }
}

//! `AWS::Serverless::WebSocketApi`: a WebSocket API with what each of its `Routes` stands for, its authorizer,
//! its stage and its domain.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::names::Name;
use crate::template::{Call, Data, Entry, Origin, SubPart, ValueId};

use super::make::{PropertyTable, is_macro};
use super::web_socket_auth::Authorization;
use super::{Expansion, Subject};

const WEB_SOCKET_API: PropertyTable = PropertyTable {
    renamed: &[],
    consumed: &[
        "AccessLogSettings",
        "Auth",
        "DefaultRouteSettings",
        "Domain",
        // Accepted, and used by nothing.
        "FailOnWarnings",
        "PropagateTags",
        "RouteSettings",
        "Routes",
        "StageName",
        "StageVariables",
        "Tags",
    ],
};

/// The properties that are the stage's.
const STAGE: &[&str] = &["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables"];

/// The properties of an entry of `Routes` that are the route's.
const ROUTE: &[&str] = &[
    "ApiKeyRequired",
    "ModelSelectionExpression",
    "OperationName",
    "RequestModels",
    "RequestParameters",
    "RouteResponseSelectionExpression",
];

/// The route that a client takes when it connects: the only one that asks who it is.
pub(super) const CONNECT: &str = "$connect";

/// The route keys that are no plain words.
const SPECIAL_ROUTES: &[&str] = &[CONNECT, "$disconnect", "$default"];

/// The name of the stage that a WebSocket API has unless its author says otherwise.
const DEFAULT_STAGE: &str = "default";

/// Attributes that the transform hands on for every other type.
const DROPPED: &[&str] = &["DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy"];

/// Tags, as API Gateway takes them.
#[derive(Clone, Copy)]
struct Tags {
    /// Those of the API.
    of_api: ValueId,
    /// Those of its stage and its domain.
    of_others: ValueId,
}

/// One entry of `Routes`.
struct Route {
    key: Name,
    settings: ValueId,
    function: ValueId,
    /// The key's place.
    at: Origin,
}

impl Expansion<'_> {
    /// The API `<W>` and everything that it stands for.
    pub(super) fn expand_web_socket_api(&mut self, written: &Subject) {
        let subject = &self.without_dropped_attributes(written);
        let at = subject.origin.generated();
        let properties = subject.properties;
        let tags = self.web_socket_tags(at, properties);
        self.tell_about_web_socket_api(subject);

        let mut entries = self.carried(properties, &WEB_SOCKET_API);
        if self.property(properties, "Name").is_none() {
            let name = self.text_named(at, subject.id);
            self.put(&mut entries, "Name", name);
        }
        let protocol = self.text(at, "WEBSOCKET");
        self.put(&mut entries, "ProtocolType", protocol);
        self.put(&mut entries, "Tags", tags.of_api);
        self.replace(subject, "AWS::ApiGatewayV2::Api", entries);

        let api = self.reference(at, subject.id);
        let stage_name = match self.property(properties, "StageName") {
            Some(name) => name,
            None => self.text(at, DEFAULT_STAGE),
        };
        let routes = self.web_socket_routes(subject);
        let has_connect = routes.iter().any(|route| self.text_of(route.key) == CONNECT);
        let authorization = self.authorization(subject, has_connect);
        let mut route_ids = Vec::with_capacity(routes.len());
        for route in &routes {
            let is_connect = self.text_of(route.key) == CONNECT;
            let authorization = authorization.filter(|_| is_connect);
            route_ids.push(self.make_route(subject, api, route, authorization));
            self.make_route_permission(subject, route, stage_name);
        }
        let stage = self.make_web_socket_stage(subject, api, stage_name, tags, &route_ids);
        if let Some(authorization) = authorization {
            self.make_authorizer(subject, api, authorization);
        }
        self.make_http_domain(subject, stage, tags.of_others);
    }

    /// The transform hands on nothing but `DependsOn`: the API exists and is replaced whatever its author says.
    fn without_dropped_attributes(&mut self, written: &Subject) -> Subject {
        let mut subject = written.clone();
        subject.condition = None;
        for attribute in DROPPED {
            let name = self.name(attribute);
            subject.attributes.shift_remove(&name);
        }
        subject
    }

    /// What the transform rejects in the API's own properties.
    fn tell_about_web_socket_api(&mut self, subject: &Subject) {
        let properties = subject.properties;
        let is_open = properties.is_some_and(|properties| self.template.values.is_open(properties));
        for required in ["RouteSelectionExpression", "Routes"] {
            if !is_open && self.property(properties, required).is_none() {
                let message = format!("{} has no {required}", self.text_of(subject.id));
                self.tell(subject.origin.at_key(), message);
            }
        }
        if let Some(kind) = self.property(properties, "IpAddressType")
            && self.scalar(Some(kind)).is_some_and(|kind| !matches!(kind, "ipv4" | "dualstack"))
        {
            let location = self.template.values.origin(kind).at_value();
            self.tell(location, "IpAddressType is neither ipv4 nor dualstack".to_owned());
        }
        let trust = self.property(self.property(properties, "Domain"), "MutualTlsAuthentication");
        if let Some(trust) = trust.filter(|trust| !self.template.values.entries(*trust).is_empty()) {
            let location = self.template.values.origin(trust).at_key();
            self.tell(location, "A WebSocket API cannot have MutualTlsAuthentication".to_owned());
        }
        if let Some(name) = self.property(properties, "StageName")
            && let Some(text) = self.scalar(Some(name))
            && !text.chars().all(char::is_alphanumeric)
        {
            let message =
                format!("The stage of a WebSocket API cannot be named {text}: only letters and digits");
            let location = self.template.values.origin(name).at_value();
            self.tell(location, message);
        }
    }

    /// SAM's tag and the author's; only the API has the author's, unless they are handed on.
    fn web_socket_tags(&mut self, at: Origin, properties: Option<ValueId>) -> Tags {
        let by_sam = self.text(at, "SAM");
        let own = self.map(at, &[("websocketapi:createdBy", by_sam)]);
        let Some(tags) = self.property(properties, "Tags") else {
            return Tags { of_api: own, of_others: own };
        };
        let of_api = match self.template.values.data(tags) {
            Data::Map(written) => {
                let by_sam = self.template.values.entries(own);
                let is_authors = |tag: &&Entry| by_sam.iter().all(|own| own.key != tag.key);
                let entries = written.iter().filter(is_authors).chain(by_sam).copied().collect();
                let origin = self.template.values.origin(tags);
                self.map_of(origin, entries)
            }
            Data::Scalar { .. } | Data::List(_) | Data::Call(_) => tags,
        };
        let is_handed_on = self.hands_tags_on(properties);
        Tags { of_api, of_others: if is_handed_on { of_api } else { own } }
    }

    /// The entries of `Routes`; what cannot be one is told.
    fn web_socket_routes(&mut self, subject: &Subject) -> Vec<Route> {
        let Some(written) = self.property(subject.properties, "Routes") else {
            return Vec::new();
        };
        if !self.is_map(written) {
            if !self.template.values.is_open(written) {
                let location = self.template.values.origin(written).at_value();
                self.tell(location, "Routes is not a map of routes".to_owned());
            }
            return Vec::new();
        }
        let mut routes: IndexMap<String, Route, FxBuildHasher> = IndexMap::default();
        for Entry { key, value } in self.template.values.entries(written).to_vec() {
            let text = self.text_of(key).to_owned();
            if is_macro(&text) {
                continue;
            }
            let at = self.place_of(value);
            let Some(function) = self.property(Some(value), "FunctionArn") else {
                if !self.template.values.is_open(value) {
                    self.tell(at.at_key(), format!("The route {text} has no FunctionArn"));
                }
                continue;
            };
            self.tell_about_route(at, &text, value);
            let route = Route { key, settings: value, function, at };
            if let Some(other) = routes.insert(id_part(&text), route) {
                let other = self.text_of(other.key);
                let message =
                    format!("The route {text} replaces {other}, since SAM names both of them alike");
                self.tell(at.at_key(), message);
            }
        }
        routes.into_values().collect()
    }

    fn tell_about_route(&mut self, at: Origin, key: &str, settings: ValueId) {
        let is_word = !key.is_empty() && key.chars().all(char::is_alphanumeric);
        if !is_word && !SPECIAL_ROUTES.contains(&key) {
            let message = format!(
                "SAM has no name for the route {key}: only $connect, $disconnect, $default and keys of letters \
                 and digits are accepted"
            );
            self.tell(at.at_key(), message);
        }
        if key != CONNECT && self.property(Some(settings), "RequestParameters").is_some() {
            let message = format!("The route {key} has RequestParameters, which only {CONNECT} can have");
            self.tell(at.at_key(), message);
        }
    }

    /// The route `<W><Key>Route` and its integration `<W><Key>Integration`.
    fn make_route(
        &mut self,
        subject: &Subject,
        api: ValueId,
        route: &Route,
        authorization: Option<Authorization>,
    ) -> Name {
        let Route { key, settings, function, at } = *route;
        let integration = self.id_of_route(subject, key, "Integration");
        let integrations = self.text(at, "integrations");
        let made = self.reference(at, integration);
        let items = self.list(at, vec![integrations, made]);
        let target = self.call(at, Call::Join { separator: self.name("/"), items });
        let key_value = self.text_named(at, key);
        let mut entries = Vec::new();
        self.put(&mut entries, "ApiId", api);
        self.put(&mut entries, "RouteKey", key_value);
        self.put_same(&mut entries, Some(settings), ROUTE);
        if let Some(Authorization { kind, function, settings }) = authorization {
            self.put(&mut entries, "AuthorizationType", kind);
            if function.is_some() {
                let id = self.authorizer_id(subject);
                let at = self.place_of(settings);
                let authorizer = self.reference(at, id);
                self.put(&mut entries, "AuthorizerId", authorizer);
            }
        }
        self.put(&mut entries, "Target", target);
        let id = self.id_of_route(subject, key, "Route");
        self.make(subject, at, id, "AWS::ApiGatewayV2::Route", entries);

        let kind = self.text(at, "AWS_PROXY");
        let function_at = self.place_of(function);
        let called = SubPart::Bound(self.name("FunctionArn"), function);
        let uri = self.invocation_uri(function_at, called, false);
        let mut entries = Vec::new();
        self.put(&mut entries, "ApiId", api);
        self.put(&mut entries, "IntegrationType", kind);
        self.put(&mut entries, "IntegrationUri", uri);
        let timeout = self.property(Some(settings), "IntegrationTimeout");
        self.put_some(&mut entries, "TimeoutInMillis", timeout);
        self.make(subject, at, integration, "AWS::ApiGatewayV2::Integration", entries);
        id
    }

    /// The permission `<W><Key>Permission`, for the route in its stage.
    fn make_route_permission(&mut self, subject: &Subject, route: &Route, stage_name: ValueId) {
        let at = route.at;
        let stage = match self.stage_name(Some(stage_name)) {
            Some(name) => self.part(name),
            None => SubPart::Bound(self.name("__StageName__"), stage_name),
        };
        let mut source = self.arn_of_account(&[SubPart::Ref(self.name("AWS::Partition"))], "execute-api");
        source.extend([
            self.part(":"),
            SubPart::GetAtt(subject.id, self.name("ApiId")),
            self.part("/"),
            stage,
            self.part("/"),
            SubPart::Text(route.key),
        ]);
        let source = self.sub(at, source);
        let action = self.text(at, "lambda:InvokeFunction");
        let principal = self.text(at, "apigateway.amazonaws.com");
        let mut entries = Vec::new();
        self.put(&mut entries, "Action", action);
        self.put(&mut entries, "FunctionName", route.function);
        self.put(&mut entries, "Principal", principal);
        self.put(&mut entries, "SourceArn", source);
        let id = self.id_of_route(subject, route.key, "Permission");
        self.make(subject, at, id, "AWS::Lambda::Permission", entries);
    }

    /// `<W><Key><kind>`.
    fn id_of_route(&self, subject: &Subject, key: Name, kind: &str) -> Name {
        self.id(&[self.text_of(subject.id), &id_part(self.text_of(key)), kind])
    }

    /// The stage, `<W>DefaultStage` for the default one. Settings for single routes need the routes first.
    fn make_web_socket_stage(
        &mut self,
        subject: &Subject,
        api: ValueId,
        stage_name: ValueId,
        tags: Tags,
        routes: &[Name],
    ) -> Name {
        let at = subject.origin.generated();
        let stage = if self.stage_name(Some(stage_name)) == Some(DEFAULT_STAGE) {
            self.id_after(subject.id, "DefaultStage")
        } else {
            self.stage_id(subject.id, stage_name)
        };
        let deploys = self.plain(at, "true");
        let mut entries = Vec::new();
        self.put(&mut entries, "ApiId", api);
        self.put(&mut entries, "StageName", stage_name);
        self.put_same(&mut entries, subject.properties, STAGE);
        self.put(&mut entries, "AutoDeploy", deploys);
        self.put(&mut entries, "Tags", tags.of_others);
        let settings = self.property(subject.properties, "RouteSettings");
        let is_empty =
            |settings: &ValueId| self.is_map(*settings) && self.template.values.entries(*settings).is_empty();
        let needed = settings.filter(|settings| !is_empty(settings)).map(|settings| {
            let at = self.place_of(settings);
            let routes = routes.iter().map(|route| self.text_named(at, *route)).collect();
            self.list(at, routes)
        });
        let depends_on = self.name("DependsOn");
        let made = self.make(subject, at, stage, "AWS::ApiGatewayV2::Stage", entries);
        if let Some(needed) = needed {
            made.attributes.insert(depends_on, needed);
        }
        self.refer(subject.id, "Stage", stage);
        stage
    }
}

/// What ids have of a route key: `Connect` of `$connect`, `Sendmessage` of `sendMessage`.
fn id_part(key: &str) -> String {
    let mut letters = key.chars().filter(|letter| letter.is_alphanumeric());
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let rest: String = letters.collect();
    first.chain(rest.to_lowercase().chars()).collect()
}

//! The part of an API's body that events add: paths, their integrations, and who authorizes a call.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::names::Name;
use crate::template::{Data, Entry, Origin, SubPart, ValueId};

use super::{Expansion, Subject};

/// The key under which a method's integration stands.
pub(super) const INTEGRATION: &str = "x-amazon-apigateway-integration";
/// The key under which an integration's timeout stands.
pub(super) const TIMEOUT: &str = "timeoutInMillis";
/// The key under which a security scheme's authorizer stands.
const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
/// The method that stands for all.
pub(super) const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

/// One method of one path.
pub(super) struct Route {
    /// `/orders/{id}` or `$default`.
    pub(super) path: Name,
    /// Lower case, or [`ANY_METHOD`].
    pub(super) method: Name,
    /// `{x-amazon-apigateway-integration: …, security: …}`.
    pub(super) operation: ValueId,
    /// Settings of the stage for this route alone, under their key.
    pub(super) settings: Option<(Name, ValueId)>,
    /// The event.
    pub(super) at: Origin,
}

/// What happens to a route whose method the body has already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    /// The one in the body stays.
    Keep,
    /// What the body says of the method is kept where the event says nothing.
    Merge,
}

/// The two languages of a body, and what differs between them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Swagger 2.0, of REST APIs.
    Swagger,
    /// OpenAPI 3.0, of HTTP APIs, and of REST APIs that ask for it.
    OpenApi,
}

impl Expansion<'_> {
    /// Tells of what an API says that belongs into its body, where the body is a file that is not read here.
    pub(super) fn check_body_only(&mut self, subject: &Subject, keys: &[&str]) {
        if self.property(subject.properties, "DefinitionUri").is_none() {
            return;
        }
        for key in keys {
            let Some(value) =
                self.property(subject.properties, key).filter(|value| !self.is_false(Some(*value)))
            else {
                continue;
            };
            let api = self.text_of(subject.id);
            let message = if *key == "DefinitionBody" {
                format!("{api} has both DefinitionBody and DefinitionUri")
            } else {
                format!("{key} of {api} does not go with DefinitionUri: it needs a DefinitionBody")
            };
            let location = self.template.values.origin(value).at_key();
            self.tell(location, message);
        }
    }

    /// The body that SAM manages for an API: a new one with the routes of its events.
    pub(super) fn managed_body(
        &mut self,
        at: Origin,
        language: Language,
        routes: Vec<Route>,
        schemes: Option<ValueId>,
    ) -> ValueId {
        let (key, version) = match language {
            Language::Swagger => ("swagger", "2.0"),
            Language::OpenApi => ("openapi", "3.0.1"),
        };
        let version = self.text(at, version);
        let paths = self.with_routes(None, at, routes, Clash::Keep);
        let body = self.map(at, &[(key, version), ("paths", paths)]);
        match schemes {
            Some(schemes) => self.with_schemes(body, at, language, schemes),
            None => body,
        }
    }

    /// A body of the author's with the routes of events added.
    pub(super) fn extended_body(&mut self, body: ValueId, routes: Vec<Route>, clash: Clash) -> ValueId {
        if routes.is_empty() || !self.is_map(body) {
            return body;
        }
        let at = self.place_of(body);
        let paths = self.property(Some(body), "paths");
        let paths = self.with_routes(paths, at, routes, clash);
        self.with_entry(Some(body), at, "paths", paths)
    }

    /// A body with the authorizers that its API defines.
    pub(super) fn with_schemes(
        &mut self,
        body: ValueId,
        at: Origin,
        language: Language,
        schemes: ValueId,
    ) -> ValueId {
        if !self.is_map(body) {
            return body;
        }
        match language {
            Language::Swagger => self.with_entry(Some(body), at, "securityDefinitions", schemes),
            Language::OpenApi => {
                let components = self.property(Some(body), "components");
                let components = self.with_entry(components, at, "securitySchemes", schemes);
                self.with_entry(Some(body), at, "components", components)
            }
        }
    }

    fn with_routes(
        &mut self,
        paths: Option<ValueId>,
        at: Origin,
        routes: Vec<Route>,
        clash: Clash,
    ) -> ValueId {
        let mut items: IndexMap<Name, ValueId, FxBuildHasher> = IndexMap::default();
        for entry in paths.map_or(&[][..], |paths| self.template.values.entries(paths)) {
            items.insert(entry.key, entry.value);
        }
        let mut added: IndexMap<Name, Vec<Route>, FxBuildHasher> = IndexMap::default();
        for route in routes {
            added.entry(route.path).or_default().push(route);
        }
        for (path, routes) in added {
            let item = items.get(&path).copied();
            if item.is_some_and(|item| !self.is_map(item) && !self.is_null(item)) {
                continue;
            }
            let at = match (item, routes.first()) {
                (Some(item), _) => self.template.values.origin(item),
                (None, Some(route)) => route.at,
                (None, None) => at,
            };
            let item = self.with_methods(item, at, routes, clash);
            items.insert(path, item);
        }
        let at = paths.map_or(at, |paths| self.template.values.origin(paths));
        let items = items.into_iter().map(|(key, value)| Entry { key, value }).collect();
        self.map_of(at, items)
    }

    fn with_methods(
        &mut self,
        item: Option<ValueId>,
        at: Origin,
        routes: Vec<Route>,
        clash: Clash,
    ) -> ValueId {
        let mut methods = item.map_or_else(Vec::new, |item| self.template.values.entries(item).to_vec());
        for route in routes {
            let any = self.text_of(route.method) == ANY_METHOD;
            let same = |entry: &Entry| entry.key == route.method || any && self.text_of(entry.key) == "any";
            match methods.iter().position(same) {
                Some(place) if self.is_null(methods[place].value) => methods[place].value = route.operation,
                Some(place) => match clash {
                    Clash::Merge => {
                        methods[place].value = self.merged_operation(methods[place].value, route.operation);
                    }
                    Clash::Keep if item.is_none() => {
                        let message = format!(
                            "{} {} has more than one event",
                            self.text_of(route.method).to_uppercase(),
                            self.text_of(route.path)
                        );
                        self.tell(route.at.at_key(), message);
                    }
                    Clash::Keep => {
                        let written = methods[place].value;
                        methods[place].value = match self.property(Some(written), INTEGRATION) {
                            Some(integration) => self.with_timeout_of(route.operation, written, integration),
                            None => self.merged_operation(written, route.operation),
                        };
                    }
                },
                None => methods.push(Entry { key: route.method, value: route.operation }),
            }
        }
        self.map_of(at, methods)
    }

    /// What the author's body says of a method, whose integration stays save that it takes the event's timeout.
    fn with_timeout_of(&mut self, added: ValueId, written: ValueId, integration: ValueId) -> ValueId {
        let timeout = self.property(self.property(Some(added), INTEGRATION), TIMEOUT);
        let Some(timeout) = timeout.filter(|_| self.is_map(integration)) else {
            return written;
        };
        let at = self.place_of(timeout);
        let integration = self.with_entry(Some(integration), at, TIMEOUT, timeout);
        self.with_entry(Some(written), at, INTEGRATION, integration)
    }

    /// What the author's body says of a method, with the event's keys in front of its own.
    fn merged_operation(&mut self, written: ValueId, added: ValueId) -> ValueId {
        if !self.is_map(written) || !self.is_map(added) {
            return added;
        }
        let mut entries = self.template.values.entries(added).to_vec();
        for entry in self.template.values.entries(written) {
            if entries.iter().all(|added| added.key != entry.key) {
                entries.push(*entry);
            }
        }
        let origin = self.template.values.origin(written);
        self.map_of(origin, entries)
    }

    /// `arn:…:apigateway:${AWS::Region}:lambda:path/<version>/functions/<function>/<invocations>`.
    pub(super) fn invocation_uri(&mut self, at: Origin, function: SubPart, streams: bool) -> ValueId {
        let (version, invocations) = if streams {
            ("2021-11-15", "/response-streaming-invocations")
        } else {
            ("2015-03-31", "/invocations")
        };
        let parts = vec![
            self.part("arn:"),
            SubPart::Ref(self.name("AWS::Partition")),
            self.part(":apigateway:"),
            SubPart::Ref(self.name("AWS::Region")),
            self.part(":lambda:path/"),
            self.part(version),
            self.part("/functions/"),
            function,
            self.part(invocations),
        ];
        self.sub(at, parts)
    }

    /// `[{<authorizer>: []}]` for a method of an API: the event's own authorizer, else the API's default.
    pub(super) fn security(&mut self, event: Option<ValueId>, api: Option<ValueId>) -> Option<ValueId> {
        let authorizer = self
            .property(self.property(event, "Auth"), "Authorizer")
            .or_else(|| self.property(self.property(api, "Auth"), "DefaultAuthorizer"))?;
        let name = self.template.values.text(authorizer).filter(|name| self.text_of(*name) != "NONE")?;
        let at = self.place_of(authorizer);
        let scopes = self.list(at, Vec::new());
        let requirement = self.map_of(at, vec![Entry { key: name, value: scopes }]);
        Some(self.list(at, vec![requirement]))
    }

    /// What a method asks of a caller, and the key of a usage plan where its event asks for one.
    pub(super) fn with_key(&mut self, event: Option<ValueId>, security: Option<ValueId>) -> Option<ValueId> {
        let Some(asks) = self
            .property(self.property(event, "Auth"), "ApiKeyRequired")
            .filter(|asks| self.is_true(Some(*asks)))
        else {
            return security;
        };
        let at = self.place_of(asks);
        let scopes = self.list(at, Vec::new());
        let requirement = self.map(at, &[("api_key", scopes)]);
        let mut requirements =
            security.map_or_else(Vec::new, |list| self.template.values.items(list).to_vec());
        requirements.push(requirement);
        Some(self.list(at, requirements))
    }

    /// The security schemes of an API's `Auth.Authorizers`.
    pub(super) fn security_schemes(&mut self, api: Option<ValueId>) -> Option<ValueId> {
        let authorizers = self.property(self.property(api, "Auth"), "Authorizers")?;
        let Data::Map(authorizers_written) = self.template.values.data(authorizers) else {
            return None;
        };
        let mut schemes = Vec::new();
        for entry in authorizers_written.clone() {
            let at = self.place_of(entry.value);
            let authorizer = self.authorizer(at, entry.value);
            let kind = self.text(at, "apiKey");
            let scheme = self.map(at, &[("type", kind), (AUTHORIZER, authorizer)]);
            schemes.push(Entry { key: entry.key, value: scheme });
        }
        let at = self.place_of(authorizers);
        Some(self.map_of(at, schemes))
    }

    fn authorizer(&mut self, at: Origin, written: ValueId) -> ValueId {
        let function = self.property(Some(written), "FunctionArn");
        let pool = self.property(Some(written), "UserPoolArn");
        let jwt = self.property(Some(written), "JwtConfiguration");
        let asks_for_request = self.scalar(self.property(Some(written), "FunctionPayloadType"))
            == Some("REQUEST")
            || self.property(Some(written), "AuthorizerPayloadFormatVersion").is_some();
        let kind = match (function, pool) {
            (Some(_), _) if asks_for_request => "request",
            (Some(_), _) => "token",
            (None, Some(_)) => "cognito_user_pools",
            (None, None) => "jwt",
        };
        let kind = self.text(at, kind);
        let mut entries = Vec::new();
        self.put(&mut entries, "type", kind);
        if let Some(function) = function {
            let function = SubPart::Bound(self.name("__FunctionArn__"), function);
            let uri = self.invocation_uri(at, function, false);
            self.put(&mut entries, "authorizerUri", uri);
        }
        if let Some(pool) = pool {
            let pools = match self.template.values.data(pool) {
                Data::List(_) => pool,
                Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => self.list(at, vec![pool]),
            };
            self.put(&mut entries, "providerARNs", pools);
        }
        self.put_some(&mut entries, "jwtConfiguration", jwt);
        let format = self.property(Some(written), "AuthorizerPayloadFormatVersion");
        self.put_some(&mut entries, "authorizerPayloadFormatVersion", format);
        let lifetime = self.property(self.property(Some(written), "Identity"), "ReauthorizeEvery");
        self.put_some(&mut entries, "authorizerResultTtlInSeconds", lifetime);
        self.map_of(at, entries)
    }
}

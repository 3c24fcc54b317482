//! `Api` and `HttpApi` events: a permission for the function, and a route in the API's body.

use crate::names::Name;
use crate::template::{Call, Entry, SubPart, ValueId};

use super::body::{ANY_METHOD, INTEGRATION, Route, TIMEOUT};
use super::events::Event;
use super::implicit::{HTTP_API, REST_API};
use super::make::Target;
use super::{Expansion, Kind};

/// The API that an event belongs to.
struct EventApi {
    id: Name,
    /// What the event says of it, or a `Ref` to the implicit one.
    reference: ValueId,
    /// Its properties, `Globals` merged.
    properties: Option<ValueId>,
    /// It is in another part of the application, as what is written in it is.
    is_elsewhere: bool,
}

const PRINCIPAL: &str = "apigateway.amazonaws.com";

impl Expansion<'_> {
    /// A permission `<function><event>Permission<stage>`, and a route.
    pub(super) fn expand_api_event(&mut self, event: &Event<'_>) {
        let (Some(path), Some(method)) =
            (self.required_text(event, "Path"), self.required_text(event, "Method"))
        else {
            return;
        };
        let Some(api) = self.api_of(event, "RestApiId", REST_API, Some(Kind::HttpApi)) else {
            return;
        };
        let method_text = self.text_of(method).to_lowercase();
        let resource = permitted(&method_text, &starred(self.text_of(path), true));
        let mut source = self.arn_of_account(&[self.part(self.template.partition())], "execute-api");
        self.add_execution(event, &mut source, &api, &resource);
        let source = self.sub(event.at, source);
        // The permission of an API whose stage's name is not known is told apart by the word `Stage`.
        let stage = self.stage_name(self.property(api.properties, "StageName")).unwrap_or("Stage").to_owned();
        let permission = self.suffixed(event.id, "Permission", &stage);
        self.make_permission_named(event, permission, PRINCIPAL, &[("SourceArn", source)]);

        let mode = self.property(event.properties, "ResponseTransferMode");
        let streams = self.scalar(mode) == Some("RESPONSE_STREAM");
        let uri = self.invocation_uri(event.at, self.arn_part(event.target), streams);
        let mut integration = self.proxy_integration(event, uri);
        let mode = mode.and_then(|mode| self.transfer_mode(mode));
        self.put_some(&mut integration, "responseTransferMode", mode);
        self.add_route(event, &api, path, &method_text, integration, None);
    }

    /// A permission `<function><event>Permission`, and a route; without path and method, the default route.
    pub(super) fn expand_http_api_event(&mut self, event: &Event<'_>, siblings: &[Event<'_>]) {
        let Some(api) = self.api_of(event, "ApiId", HTTP_API, None) else {
            return;
        };
        let is_default = self.is_default_route(event);
        let (path, method) = if is_default {
            (self.name(DEFAULT_PATH), self.name(ANY_METHOD))
        } else {
            let path = self.required_text(event, "Path");
            let (Some(path), Some(method)) = (path, self.required_text(event, "Method")) else {
                return;
            };
            (path, method)
        };
        let method_text = self.text_of(method).to_lowercase();
        let path_text = self.text_of(path);
        // The permission of a function's default route covers its other routes.
        let is_covered = path_text != DEFAULT_PATH
            && matches!(event.target, Target::Function(_))
            && siblings.iter().any(|other| {
                other.kind == "HttpApi"
                    && self.is_default_route(other)
                    && self.api_id(other, "ApiId", HTTP_API) == Some(api.id)
            });
        if !is_covered {
            let permitted_path =
                if path_text == DEFAULT_PATH { String::new() } else { starred(path_text, false) };
            let resource = if permitted_path == "/$default" && is_any(&method_text) {
                permitted_path
            } else {
                permitted(&method_text, &permitted_path)
            };
            let mut source = self.arn_of_account(&[SubPart::Ref(self.name("AWS::Partition"))], "execute-api");
            self.add_execution(event, &mut source, &api, &resource);
            let source = self.sub(event.at, source);
            self.make_permission(event, PRINCIPAL, &[("SourceArn", source)]);
        }

        let settings = self.property(event.properties, "RouteSettings").map(|settings| {
            let path = self.text_of(path);
            let key = if method_text == ANY_METHOD {
                self.name(path)
            } else {
                self.id(&[&method_text.to_uppercase(), " ", path])
            };
            (key, settings)
        });
        let uri = self.invocation_uri(event.at, self.arn_part(event.target), false);
        let mut integration = self.proxy_integration(event, uri);
        let format = match self.property(event.properties, "PayloadFormatVersion") {
            Some(format) => format,
            None => self.text(event.at, "2.0"),
        };
        self.put(&mut integration, "payloadFormatVersion", format);
        self.add_route(event, &api, path, &method_text, integration, settings);
    }

    /// A role `<machine><event>Role`, and a route that starts an execution.
    pub(super) fn expand_state_machine_api_event(&mut self, event: &Event<'_>) {
        let (Some(path), Some(method)) =
            (self.required_text(event, "Path"), self.required_text(event, "Method"))
        else {
            return;
        };
        let api = self.api_of(event, "RestApiId", REST_API, Some(Kind::HttpApi));
        let Some(api) = api.filter(|api| !api.is_elsewhere) else {
            return;
        };
        let boundary = self.property(event.subject.properties, "PermissionsBoundary");
        let start = self.start_execution_policy(event);
        let role = self.make_event_role(event, PRINCIPAL, boundary, vec![start]);

        let at = event.at;
        let kind = self.text(at, "aws");
        let verb = self.text(at, "POST");
        let uri = vec![
            self.part("arn:"),
            SubPart::Ref(self.name("AWS::Partition")),
            self.part(":apigateway:"),
            SubPart::Ref(self.name("AWS::Region")),
            self.part(":states:action/StartExecution"),
        ];
        let uri = self.sub(at, uri);
        let request = vec![
            self.part(r#"{"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": ""#),
            self.arn_part(event.target),
            self.part("\"}"),
        ];
        let request = self.sub(at, request);
        let templates = self.map(at, &[("application/json", request)]);
        let mut integration = Vec::new();
        self.put(&mut integration, "type", kind);
        self.put(&mut integration, "httpMethod", verb);
        self.put(&mut integration, "uri", uri);
        self.put(&mut integration, "credentials", role);
        self.put(&mut integration, "requestTemplates", templates);
        let method = self.text_of(method).to_lowercase();
        self.add_route(event, &api, path, &method, integration, None);
    }

    /// The mode in an integration's words. One that stays for the deployment to tell is kept; a buffered answer
    /// needs no word.
    fn transfer_mode(&mut self, mode: ValueId) -> Option<ValueId> {
        if let Some((condition, then, otherwise)) = self.branches(mode) {
            let [then, otherwise] = [then, otherwise].map(|branch| self.translated_mode(branch));
            let origin = self.template.values.origin(mode);
            return Some(self.call(origin, Call::If { condition, then, otherwise }));
        }
        match self.scalar(Some(mode)) {
            Some("RESPONSE_STREAM") | None => Some(self.translated_mode(mode)),
            Some(_) => None,
        }
    }

    fn translated_mode(&mut self, mode: ValueId) -> ValueId {
        if self.scalar(Some(mode)) != Some("RESPONSE_STREAM") {
            return mode;
        }
        let origin = self.template.values.origin(mode);
        self.text(origin, "STREAM")
    }

    fn proxy_integration(&mut self, event: &Event<'_>, uri: ValueId) -> Vec<Entry> {
        let kind = self.text(event.at, "aws_proxy");
        let verb = self.text(event.at, "POST");
        let mut entries = Vec::new();
        self.put(&mut entries, "type", kind);
        self.put(&mut entries, "httpMethod", verb);
        self.put(&mut entries, "uri", uri);
        let timeout = self.property(event.properties, "TimeoutInMillis");
        self.put_some(&mut entries, TIMEOUT, timeout);
        entries
    }

    fn add_route(
        &mut self,
        event: &Event<'_>,
        api: &EventApi,
        path: Name,
        method: &str,
        integration: Vec<Entry>,
        settings: Option<(Name, ValueId)>,
    ) {
        if api.is_elsewhere {
            return;
        }
        let integration = self.map_of(event.at, integration);
        let mut operation = Vec::new();
        self.put(&mut operation, INTEGRATION, integration);
        self.check_event_authorizer(event.properties, api.id);
        let security = self.security(event.properties, api.properties);
        let security = self.with_key(event.properties, security);
        self.put_some(&mut operation, "security", security);
        let operation = self.map_of(event.at, operation);
        let operation = self.when(event.subject.condition, operation);
        let settings = settings.map(|(key, settings)| (key, self.when(event.subject.condition, settings)));
        let method = self.name(if is_any(method) { ANY_METHOD } else { method });
        self.routes.entry(api.id).or_default().push(Route {
            path,
            method,
            operation,
            settings,
            at: event.at,
        });
    }

    /// `:<api>/<any stage><resource>`.
    fn add_execution(&mut self, event: &Event<'_>, arn: &mut Vec<SubPart>, api: &EventApi, resource: &str) {
        let stage = self.text(event.at, "*");
        arn.extend([
            self.part(":"),
            SubPart::Bound(self.name("__ApiId__"), api.reference),
            self.part("/"),
            SubPart::Bound(self.name("__Stage__"), stage),
            self.part(resource),
        ]);
    }

    fn is_default_route(&self, event: &Event<'_>) -> bool {
        let path = self.property(event.properties, "Path");
        self.scalar(path) == Some(DEFAULT_PATH)
            || path.is_none() && self.property(event.properties, "Method").is_none()
    }

    /// The id of the API that an event belongs to.
    fn api_id(&self, event: &Event<'_>, key: &str, implicit: &str) -> Option<Name> {
        match self.property(event.properties, key) {
            Some(api) => self.referred(api),
            None => Some(self.name(implicit)),
        }
    }

    /// The API that an event belongs to: one of this template or of another part of it, and not of the kind that the
    /// transform refuses.
    fn api_of(
        &mut self,
        event: &Event<'_>,
        key: &str,
        implicit: &str,
        refused: Option<Kind>,
    ) -> Option<EventApi> {
        let id = self.api_id(event, key, implicit);
        let implicit = self.name(implicit);
        let written = self.property(event.properties, key);
        let reference = written.unwrap_or_else(|| self.reference(event.at, implicit));
        let found = id.and_then(|id| match self.subject(id) {
            Some((kind, _)) if Some(kind) == refused => None,
            Some((_, api)) => Some((id, api.properties)),
            None => Some((id, self.template.resources.get(&id)?.properties)),
        });
        if let Some((id, properties)) = found {
            return Some(EventApi { id, reference, properties, is_elsewhere: false });
        }
        if let Some(id) = id.filter(|id| self.is_elsewhere(*id)) {
            return Some(EventApi { id, reference, properties: None, is_elsewhere: true });
        }
        let message = format!("{key} does not name an API of this template that such an event can belong to");
        let location = self.template.values.origin(reference).at_value();
        self.tell(location, message);
        None
    }

    fn required_text(&mut self, event: &Event<'_>, key: &str) -> Option<Name> {
        let value = self.required(event, key)?;
        let text = self.template.values.text(value);
        if text.is_none() {
            let location = self.template.values.origin(value).at_value();
            self.tell(location, format!("{key} of an event of type {} is not a text", event.kind));
        }
        text
    }
}

/// The path of an HTTP API's default route.
const DEFAULT_PATH: &str = "$default";

/// `/<METHOD or *><path>`.
fn permitted(method: &str, path: &str) -> String {
    let method = if is_any(method) { "*".to_owned() } else { method.to_uppercase() };
    format!("/{method}{path}")
}

fn is_any(method: &str) -> bool {
    method == "any" || method == ANY_METHOD
}

/// A path as a permission has it: without a slash at its end, with a star for each parameter. HTTP APIs know
/// one greedy parameter only, `{proxy+}`.
fn starred(path: &str, any_greedy: bool) -> String {
    let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
    let mut starred = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else {
            break;
        };
        let name = &rest[open + 1..open + length];
        let bare = if any_greedy || name == "proxy+" { name.strip_suffix('+').unwrap_or(name) } else { name };
        let is_parameter =
            !bare.is_empty() && bare.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        starred.push_str(&rest[..open]);
        starred.push_str(if is_parameter { "*" } else { &rest[open..=open + length] });
        rest = &rest[open + length + 1..];
    }
    starred.push_str(rest);
    starred
}

#[cfg(test)]
mod tests {
    use super::{permitted, starred};

    #[test]
    fn a_permission_has_a_star_for_each_parameter_of_the_path() {
        assert_eq!(starred("/orders/{id}/items/{item-id}/", true), "/orders/*/items/*");
        assert_eq!(starred("/{greedy+}", true), "/*");
        assert_eq!(starred("/{greedy+}/{proxy+}", false), "/{greedy+}/*");
        assert_eq!(starred("/", true), "/");
        assert_eq!(starred("/{unclosed", true), "/{unclosed");
    }

    #[test]
    fn a_permission_for_any_method_has_a_star() {
        assert_eq!(permitted("any", "/orders"), "/*/orders");
        assert_eq!(permitted("get", "/orders"), "/GET/orders");
    }
}

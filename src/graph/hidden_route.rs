//! Routes of APIs whose definition is in a file that is not to be seen, and routes of which only the file is: each
//! needs a permission for its function, which names the method and the path. SAM makes one of every event, also of one
//! whose API is in another part of the application.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::source::FileId;
use crate::template::{Guard, Origin, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::mention::Reference;
use super::route::{self, Api, Declared, Form, Key};
use super::target::{Outside, Target};
use super::{
    Certainty, Edge, EdgeKind, Evidence, EvidenceClass, Fact, Plain, Vertex, VertexId, VertexKind,
    api_settings, settings,
};

const APIS: &[VertexKind] = &[VertexKind::RestApi, VertexKind::HttpApi];

/// Every method of a path, and the path of whatever no other route is for.
const ANY: &str = "ANY";
const DEFAULT_PATH: &str = "$default";

/// The routes that permissions alone declare, or connect.
pub(super) struct HiddenRoutes {
    /// The APIs whose own routes say what they call.
    shown: FxHashSet<Name>,
    /// Routes that lead nowhere: a file, in which nothing is filled in, does not tell the function.
    loose: FxHashMap<RouteKey, VertexId>,
    /// What was added: API, method with path, and function.
    added: FxHashSet<(VertexId, Name, VertexId)>,
}

/// API, method, and path with `*` for its parameters, as permissions have it.
type RouteKey = (Name, String, String);

impl HiddenRoutes {
    /// Nothing yet; the routes that can be seen are in the draft.
    pub(super) fn of(draft: &Draft<'_>) -> Self {
        let connected: FxHashSet<VertexId> = draft.graph.edges.iter().map(|edge| edge.from).collect();
        let mut routes =
            Self { shown: FxHashSet::default(), loose: FxHashMap::default(), added: FxHashSet::default() };
        let is_route = |(_, vertex): &(usize, &Vertex)| vertex.kind == VertexKind::Route;
        for (index, vertex) in draft.graph.vertices.iter().enumerate().filter(is_route) {
            let id = VertexId(index as u32);
            let Some(api) = vertex.name_in("Api") else { continue };
            if connected.contains(&id) || !is_in_file(draft, api) {
                routes.shown.insert(api);
            }
            if let Some((method, path)) = vertex.name_in("Method").zip(vertex.name_in("Path"))
                && !connected.contains(&id)
            {
                let key = (api, draft.text(method).to_owned(), without_parameters(draft.text(path)));
                routes.loose.insert(key, id);
            }
        }
        routes
    }

    /// Adds the route of a permission; false where it is not of one.
    pub(super) fn read(&mut self, draft: &mut Draft<'_>, id: Name, resource: &Resource) -> bool {
        let Some(properties) = Branch::properties(resource) else { return false };
        let mut is_route = false;
        for source in draft.branches(properties, &["SourceArn"]) {
            for (guard, reference) in draft.references(source) {
                let Some((_, call)) = reference.text.split_once(":execute-api:") else { continue };
                // `eu-west-1:123456789012:${Api}/stage/POST/orders`
                let mut segments = call.splitn(4, '/').skip(1);
                let (stage, method, path) = (segments.next(), segments.next(), segments.next());
                if stage == Some("authorizers") {
                    continue;
                }
                // An event tells all of its methods by a star, and the default route by no path.
                let is_event = resource.event.is_some();
                let default = is_event.then(|| DEFAULT_PATH.to_owned());
                for (own, vertex, form) in apis(draft, resource, &reference) {
                    let api_id = draft.vertex(vertex).id;
                    let method = method.filter(|method| *method != "*").or(is_event.then_some(ANY));
                    let path = path.map(|path| format!("/{path}")).or(default.clone());
                    let key = path.clone().map(|path| (api_id, method.unwrap_or(ANY).to_owned(), path));
                    let entry = key.and_then(|key| self.loose.get(&key).copied());
                    if entry.is_none() && self.shown.contains(&api_id) {
                        continue;
                    }
                    is_route = true;
                    let route = Route {
                        event: resource.event.and_then(|event| event.properties).map(Branch::always),
                        api: Api { id: api_id, vertex, form },
                        entry,
                        method,
                        path,
                        guard: draft.and(guard, own),
                        origin: resource.origin,
                        proof: draft.values().origin(source.value),
                    };
                    for name in draft.branches(properties, &["FunctionName"]) {
                        for (own, function) in draft.targets_inside(name, &[VertexKind::Function]) {
                            self.add(draft, &route, (id, own, function));
                        }
                    }
                }
            }
        }
        is_route
    }

    fn add(&mut self, draft: &mut Draft<'_>, route: &Route<'_>, (via, own, function): (Name, Guard, Target)) {
        let shown = format!("{:?} {:?}", route.method, route.path);
        if !self.added.insert((route.api.vertex, draft.names().intern(&shown), function.vertex)) {
            return;
        }
        let Route { origin, proof, .. } = *route;
        let guard = draft.and(route.guard, own);
        let from = route.entry.unwrap_or_else(|| declare(draft, route, guard));
        draft.add_edge(Edge {
            kind: EdgeKind::InvokeSync,
            from,
            to: function.vertex,
            via: Some(via),
            guard,
            certainty: Certainty::Likely,
            evidence: vec![Evidence { class: EvidenceClass::Permission, origin: proof }],
            origin,
            facts: vec![Fact::Derived {
                name: "Qualified",
                value: Plain::Bool(function.is_qualified),
                origin: proof,
            }],
        });
    }
}

/// The APIs that the source of a permission names: those of the template, or else the one of another part of the
/// application that an event belongs to, whose type the event's tells.
fn apis(draft: &mut Draft<'_>, permission: &Resource, source: &Reference) -> Vec<(Guard, VertexId, Form)> {
    let inside = draft.inside(source, APIS).into_iter();
    let inside = inside.map(|(guard, api)| {
        let is_rest = draft.vertex(api.vertex).kind == VertexKind::RestApi;
        (guard, api.vertex, if is_rest { Form::RestBody } else { Form::HttpBody })
    });
    let inside: Vec<(Guard, VertexId, Form)> = inside.collect();
    let event = permission.event.map_or("", |event| draft.text(event.type_name));
    let form = match event {
        "Api" => Form::RestBody,
        "HttpApi" => Form::HttpBody,
        _ => return inside,
    };
    let named = source.text.split_once(":execute-api:").and_then(|(_, call)| call.split('/').next());
    let named = named.and_then(|api| api.rsplit_once(":${")?.1.strip_suffix('}'));
    match named.map(|api| draft.names().intern(api)) {
        Some(name) if inside.is_empty() && draft.vertex_of(name).is_none_or(|it| is_outside(draft, it)) => {
            let outside = Outside { name, service: Some("apigateway") };
            vec![(Guard::ALWAYS, draft.outside(outside, permission.origin), form)]
        }
        Some(_) | None => inside,
    }
}

fn is_outside(draft: &Draft<'_>, vertex: VertexId) -> bool {
    draft.vertex(vertex).kind == VertexKind::External
}

/// Whether the definition of an API is in a file of its own.
fn is_in_file(draft: &Draft<'_>, api: Name) -> bool {
    let contents = draft.template().definitions_of(api).iter().filter_map(|definition| definition.content);
    let files: Vec<FileId> = contents.map(|content| draft.values().origin(content).file).collect();
    draft.template().definition_files().iter().any(|known| files.contains(&known.file))
}

fn declare(draft: &mut Draft<'_>, route: &Route<'_>, guard: Guard) -> VertexId {
    let origin = route.origin;
    // Of an API of this template, its own definition has the last word, which is not to be seen.
    let event = route.event.filter(|_| is_outside(draft, route.api.vertex));
    let mut facts = settings::facts(api_settings::UNKNOWN_LIMIT, event.map(|event| event.value), origin);
    let is_whole = event.is_some_and(|event| draft.branches(event, &["ResponseTransferMode"]).is_empty());
    let streaming = if is_whole { Plain::Bool(false) } else { Plain::Unknown };
    facts.push(Fact::Derived { name: "Streaming", value: streaming, origin });
    let path = event.and_then(|event| draft.known_text_at(event, &["Path"]));
    let key = Key { method: route.method, path: path.or(route.path.as_deref()) };
    route::declare(draft, route.api, key, Declared { guard, origin, facts })
}

/// `/orders/*` of `/orders/{id}`.
fn without_parameters(path: &str) -> String {
    let steps = path.split('/').map(|step| if step.starts_with('{') { "*" } else { step });
    steps.collect::<Vec<&str>>().join("/")
}

/// A route as a permission names it: the path has `*` for its parameters.
struct Route<'r> {
    /// What the event says that it belongs to.
    event: Option<Branch>,
    api: Api,
    /// The route, where it can be seen.
    entry: Option<VertexId>,
    method: Option<&'r str>,
    path: Option<String>,
    guard: Guard,
    origin: Origin,
    proof: Origin,
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, expanded, expanded_in_part, fact, resources};
    use crate::template::Template;

    const PERMISSION: &str = "  F: {Type: 'AWS::Lambda::Function'}
  P:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref F
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/POST/orders'
";

    #[test]
    fn a_permission_declares_the_route_of_an_api_that_is_defined_elsewhere() {
        let template = resources(&format!(
            "{PERMISSION}  Api: {{Type: 'AWS::ApiGateway::RestApi', Properties: {{BodyS3Location: api.yaml}}}}\n"
        ));
        assert_eq!(edges(&template), ["invoke.sync Api POST /orders -> F [likely]"]);
        assert_eq!(fact(&template, "Api POST /orders", "TimeoutInMillis"), "unknown");
    }

    #[test]
    fn a_permission_of_an_api_whose_routes_are_there_declares_none() {
        let template = resources(&format!(
            "{PERMISSION}  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {{Body: {{paths: {{/a: {{get: {{x-amazon-apigateway-integration: {{uri: !GetAtt F.Arn}}}}}}}}}}}}
"
        ));
        assert_eq!(edges(&template), ["invoke.sync Api GET /a -> F [certain]"]);
    }

    /// A function with an event, in a template that names an API of another part of the application.
    fn part(event: &str) -> Template {
        expanded(&format!(
            "  F:
    Type: AWS::Serverless::Function
    Properties: {{Handler: a.b, Runtime: python3.13, CodeUri: ., Events: {{E: {event}}}}}
"
        ))
    }

    #[test]
    fn an_event_is_a_route_of_the_api_that_another_part_of_the_application_defines() {
        for (event, route, kind) in [
            (
                "{Type: Api, Properties: {RestApiId: !Ref Orders, Path: '/a/{id}', Method: post}}",
                "Orders POST /a/{id}",
                "REST",
            ),
            (
                "{Type: HttpApi, Properties: {ApiId: !Ref Orders, Path: /a, Method: any}}",
                "Orders ANY /a",
                "HTTP",
            ),
            ("{Type: HttpApi, Properties: {ApiId: !Ref Orders}}", "Orders ANY $default", "HTTP"),
        ] {
            let template = part(event);
            assert_eq!(edges(&template), [format!("invoke.sync {route} -> F [likely]")]);
            let known = ["ApiKind", "Api", "TimeoutInMillis"].map(|name| fact(&template, route, name));
            assert_eq!(known, [kind, "Orders", "unknown"]);
        }
    }

    #[test]
    fn an_event_says_how_long_an_api_that_is_not_to_be_seen_waits() {
        let route = |more: &str| {
            let properties = format!("RestApiId: !Ref Orders, Path: /a, Method: get{more}");
            let template = part(&format!("{{Type: Api, Properties: {{{properties}}}}}"));
            ["TimeoutInMillis", "Streaming"].map(|name| fact(&template, "Orders GET /a", name))
        };
        assert_eq!(route(""), ["unknown", "false"]);
        assert_eq!(route(", TimeoutInMillis: 5000"), ["5000", "false"]);
        assert_eq!(route(", ResponseTransferMode: RESPONSE_STREAM"), ["unknown", "unknown"]);
    }

    #[test]
    fn an_event_whose_api_nobody_can_define_is_no_route() {
        for api in ["!ImportValue orders", "!Ref Stage"] {
            let template = expanded_in_part(&format!(
                "Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {{Handler: a.b, Events: {{E: {{Type: Api, Properties: {{RestApiId: {api}, Path: /a, Method: get}}}}}}}}
Parameters: {{Stage: {{Type: String}}}}
"
            ));
            assert_eq!(edges(&template), [""; 0], "{api}");
        }
    }
}

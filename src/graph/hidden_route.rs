//! Routes of APIs whose definition is in a file that is not to be seen, and routes of which only the file is: each
//! needs a permission for its function, which names the method and the path. SAM makes one of every event.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::source::FileId;
use crate::template::{Guard, Origin, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::route::{self, Api, Declared, Form, Key};
use super::target::Target;
use super::{
    Certainty, Edge, EdgeKind, Evidence, EvidenceClass, Fact, Plain, Vertex, VertexId, VertexKind,
    api_settings, settings,
};

const APIS: &[VertexKind] = &[VertexKind::RestApi, VertexKind::HttpApi];

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
                for (own, api) in draft.inside(&reference, APIS) {
                    let api_id = draft.vertex(api.vertex).id;
                    let method = method.filter(|method| *method != "*");
                    let path = path.map(|path| format!("/{path}"));
                    let key = path.clone().map(|path| (api_id, method.unwrap_or("ANY").to_owned(), path));
                    let entry = key.and_then(|key| self.loose.get(&key).copied());
                    if entry.is_none() && self.shown.contains(&api_id) {
                        continue;
                    }
                    is_route = true;
                    let route = Route {
                        api: api.vertex,
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
        if !self.added.insert((route.api, draft.names().intern(&shown), function.vertex)) {
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

/// Whether the definition of an API is in a file of its own.
fn is_in_file(draft: &Draft<'_>, api: Name) -> bool {
    let contents = draft.template().definitions_of(api).iter().filter_map(|definition| definition.content);
    let files: Vec<FileId> = contents.map(|content| draft.values().origin(content).file).collect();
    draft.template().definition_files().iter().any(|known| files.contains(&known.file))
}

fn declare(draft: &mut Draft<'_>, route: &Route<'_>, guard: Guard) -> VertexId {
    let vertex = draft.vertex(route.api);
    let form = if vertex.kind == VertexKind::RestApi { Form::RestBody } else { Form::HttpBody };
    let api = Api { id: vertex.id, vertex: route.api, form };
    let origin = route.origin;
    let mut facts = settings::facts(api_settings::UNKNOWN_LIMIT, None, origin);
    facts.push(Fact::Derived { name: "Streaming", value: Plain::Unknown, origin });
    let key = Key { method: route.method, path: route.path.as_deref() };
    route::declare(draft, api, key, Declared { guard, origin, facts })
}

/// `/orders/*` of `/orders/{id}`.
fn without_parameters(path: &str) -> String {
    let steps = path.split('/').map(|step| if step.starts_with('{') { "*" } else { step });
    steps.collect::<Vec<&str>>().join("/")
}

/// A route as a permission names it: the path has `*` for its parameters.
struct Route<'r> {
    api: VertexId,
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
    use super::super::tests::{edges, fact, resources};

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
}

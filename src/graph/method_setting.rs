//! What a stage of a REST API does for a method and a path, and whether what it is for streams.

use crate::names::Name;
use crate::template::{Guard, Origin};

use super::branch::Branch;
use super::draft::Draft;
use super::streaming::{self, RestRoute};
use super::{Fact, Plain, Vertex, VertexId, VertexKind, settings};

/// A setting stands for all methods, or for all paths.
const ALL_METHODS: &str = "*";
const ALL_PATHS: &str = "/*";

/// A stage whose methods are set.
pub(super) struct Settled<'a> {
    pub(super) stage: VertexId,
    /// What says how it is set: the properties of a stage, or the description of one.
    pub(super) properties: Branch,
    pub(super) api: &'a Plain,
    /// Where an absent value of the stage would be written.
    pub(super) origin: Origin,
}

/// Adds the method settings of a stage as vertices.
pub(super) fn read(draft: &mut Draft<'_>, stage: &Settled<'_>) {
    for setting in draft.branches(stage.properties, &["MethodSettings", "*"]) {
        for setting in draft.collections(setting) {
            let method = draft.known_text_at(setting, &["HttpMethod"]).map(str::to_uppercase);
            let path = draft.known_text_at(setting, &["ResourcePath"]).map(decoded);
            add(draft, stage, setting, method.as_deref(), path.as_deref());
        }
    }
    // Only the description of a stage says so itself, and then of all methods.
    if !draft.branches(stage.properties, &["CachingEnabled"]).is_empty() {
        add(draft, stage, stage.properties, Some(ALL_METHODS), Some(ALL_PATHS));
    }
}

fn add(
    draft: &mut Draft<'_>,
    &Settled { stage, properties, api, origin: stage_origin }: &Settled<'_>,
    setting: Branch,
    method: Option<&str>,
    path: Option<&str>,
) {
    let origin = draft.values().origin(setting.value);
    let names = draft.names();
    let Vertex { id: stage, type_name, guard, .. } = *draft.vertex(stage);
    let shown = format!("{} {} {}", draft.text(stage), method.unwrap_or("?"), path.unwrap_or("?"));
    let known = |text: Option<&str>| text.map_or(Plain::Unknown, |text| Plain::Name(names.intern(text)));
    let mut facts = settings::facts(settings::METHOD_SETTING, Some(setting.value), origin);
    facts.extend(settings::facts(settings::STAGE_CACHE, Some(properties.value), stage_origin));
    facts.extend([
        Fact::Derived { name: "Stage", value: Plain::Name(stage), origin },
        Fact::Derived { name: "Api", value: api.clone(), origin },
        Fact::Derived { name: "HttpMethod", value: known(method), origin },
        Fact::Derived { name: "ResourcePath", value: known(path), origin },
    ]);
    draft.add_vertex(Vertex {
        id: names.intern(&shown),
        kind: VertexKind::MethodSetting,
        type_name,
        guard: draft.and(setting.guard, guard),
        origin,
        facts,
    });
}

/// The path as a route has it: `/orders/{id}` of `/~1orders~1{id}`.
fn decoded(written: &str) -> String {
    match written.strip_prefix("/~1") {
        Some(rest) => format!("/{}", rest.replace("~1", "/")),
        None => written.replace("~1", "/"),
    }
}

/// A setting among the others of its stage.
#[derive(Clone, Copy)]
struct MethodSetting {
    vertex: VertexId,
    stage: Name,
    api: Option<Name>,
    method: Option<Name>,
    path: Option<Name>,
}

impl MethodSetting {
    fn of(draft: &Draft<'_>, vertex: VertexId) -> Option<Self> {
        let setting = draft.vertex(vertex);
        Some(Self {
            vertex,
            stage: setting.name_in("Stage")?,
            api: setting.name_in("Api"),
            method: setting.name_in("HttpMethod"),
            path: setting.name_in("ResourcePath"),
        })
    }

    /// Whether this names the route itself.
    fn names(&self, route: &RestRoute) -> bool {
        self.method.is_some() && self.method == route.method && self.path == route.path
    }

    /// Whether this is, as far as caching goes, for the route: of all methods that is `GET` alone.
    fn is_for(&self, draft: &Draft<'_>, route: &RestRoute) -> bool {
        let is = |name: Option<Name>, text: &str| name.is_some_and(|name| draft.text(name) == text);
        let is_path = is(self.path, ALL_PATHS) || self.path == route.path;
        let is_method = if is(self.method, ALL_METHODS) {
            route.method.is_none_or(|method| matches!(draft.text(method), "GET" | "ANY"))
        } else {
            self.method == route.method
        };
        is_path && is_method
    }
}

/// States of every method setting whether all the routes that it is for stream. What another setting of the same
/// stage names is that one's.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let settings: Vec<MethodSetting> = (0..draft.graph.vertices.len() as u32)
        .map(VertexId)
        .filter(|&id| draft.vertex(id).kind == VertexKind::MethodSetting)
        .filter_map(|id| MethodSetting::of(draft, id))
        .collect();
    if settings.is_empty() {
        return;
    }
    let routes = streaming::routes(draft);
    for setting in &settings {
        let is_anothers = |route: &RestRoute| {
            settings.iter().any(|other| {
                other.vertex != setting.vertex
                    && other.stage == setting.stage
                    && draft.vertex(other.vertex).guard == draft.vertex(setting.vertex).guard
                    && other.names(route)
            })
        };
        let own: Vec<&RestRoute> = routes
            .iter()
            .filter(|route| Some(route.api) == setting.api)
            .filter(|route| setting.names(route) || setting.is_for(draft, route) && !is_anothers(route))
            .collect();
        let is_told = setting.method.is_some() && setting.path.is_some();
        let is_seen = setting.api.is_some_and(|api| {
            draft.template().definitions_of(api).iter().all(|definition| definition.content.is_some())
        });
        let claim = if is_told && is_seen {
            streaming::all_stream(draft, &own)
        } else {
            (Guard::NEVER, Guard::ALWAYS)
        };
        let origin = draft.vertex(setting.vertex).origin;
        draft.add_claim_unless(setting.vertex, "Streams", claim, origin);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources};
    use super::decoded;
    use crate::template::Template;

    fn stage(settings: &str) -> Template {
        resources(&format!(
            "  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        paths:
          /:
            get: {{x-amazon-apigateway-integration: {{type: aws_proxy}}}}
          /chat/{{id}}:
            get: {{x-amazon-apigateway-integration: {{responseTransferMode: STREAM}}}}
            post: {{x-amazon-apigateway-integration: {{type: aws_proxy}}}}
  S: {{Type: 'AWS::ApiGateway::Stage', Properties: {{RestApiId: !Ref Api, StageName: prod, MethodSettings: {settings}}}}}
"
        ))
    }

    #[test]
    fn a_path_is_decoded_into_that_of_the_route() {
        for (written, path) in
            [("/~1orders~1{id}", "/orders/{id}"), ("/orders/{id}", "/orders/{id}"), ("/", "/"), ("/*", "/*")]
        {
            assert_eq!(decoded(written), path);
        }
    }

    #[test]
    fn a_setting_is_about_the_route_that_it_names() {
        let template = stage(
            "[{HttpMethod: GET, ResourcePath: '/~1chat~1{id}', CachingEnabled: 'true'}, {HttpMethod: post, ResourcePath: '/chat/{id}'}]",
        );
        let get = |name| fact(&template, "S GET /chat/{id}", name);
        assert_eq!(
            ["Stage", "Api", "HttpMethod", "ResourcePath", "Streams"].map(get),
            ["S", "Api", "GET", "/chat/{id}", "true"]
        );
        assert_eq!(
            ["CachingEnabled", "CacheTtlInSeconds", "CacheClusterEnabled"].map(get),
            ["true", "300 by default", "false by default"]
        );
        assert_eq!(fact(&template, "S POST /chat/{id}", "Streams"), "false");
    }

    #[test]
    fn a_setting_for_all_is_about_what_is_read_and_no_other_setting_names() {
        let all = "{HttpMethod: '*', ResourcePath: '/*', CachingEnabled: true}";
        assert_eq!(fact(&stage(&format!("[{all}]")), "S * /*", "Streams"), "false");
        let template = stage(&format!("[{all}, {{HttpMethod: GET, ResourcePath: /}}]"));
        assert_eq!(fact(&template, "S * /*", "Streams"), "true");
        let template = stage("[{HttpMethod: !Ref Method, ResourcePath: /}]");
        assert_eq!(fact(&template, "S ? /", "Streams"), "unknown");
    }
}

//! Which routes stream what they answer, or transform it, and what follows for a REST API as a whole.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Alt, Guard, Origin};

use super::branch::Branch;
use super::draft::Draft;
use super::route::Form;
use super::{Fact, Vertex, VertexKind};

/// The claim of a route that its answer is streamed, which lifts the limits on time and size. It is made where that is written, and
/// where nothing is, at `origin`.
pub(super) fn of_integration(draft: &Draft<'_>, form: Form, integration: Branch, origin: Origin) -> Fact {
    let guards = &draft.template().guards;
    let (mut holds, mut unsure, mut written) = (Guard::NEVER, Guard::NEVER, None);
    for uri in draft.branches(integration, &[form.uri()]) {
        for (guard, reference) in draft.references(uri) {
            if reference.text.contains("response-streaming-invocations") {
                holds = guards.or(holds, guard);
                written = Some(draft.values().origin(uri.value));
            }
        }
    }
    let modes = draft.branches(integration, &[form.transfer_mode()]);
    if modes.is_empty() && draft.may_be_unseen() {
        unsure = Guard::ALWAYS;
    }
    for (guard, alt) in modes.into_iter().flat_map(|mode| draft.alternatives(mode)) {
        match alt {
            // SAM's own word stays where a parameter holds it.
            Alt::Scalar { text, origin: here, .. }
                if matches!(draft.text(text), "STREAM" | "RESPONSE_STREAM") =>
            {
                holds = guards.or(holds, guard);
                written = Some(here);
            }
            Alt::Scalar { .. } | Alt::Absent { .. } => {}
            Alt::OneOf { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Text(_)
            | Alt::Unknown(_) => unsure = guards.or(unsure, guard),
        }
    }
    let fails = guards.not(guards.or(holds, unsure));
    Fact::Claim { name: "Streaming", holds, fails, origin: written.unwrap_or(origin) }
}

/// The claim of a route that what its integration answers is put through a template, made at the first of them.
pub(super) fn templated(draft: &Draft<'_>, form: Form, integration: Branch, origin: Origin) -> Fact {
    let guards = &draft.template().guards;
    let (mut holds, mut written) = (Guard::NEVER, None);
    for template in draft.branches(integration, form.response_templates()) {
        for (guard, alt) in draft.alternatives(template) {
            if !matches!(alt, Alt::Absent { .. }) {
                holds = guards.or(holds, guard);
                written.get_or_insert(draft.values().origin(template.value));
            }
        }
    }
    let fails = if draft.may_be_unseen() { Guard::NEVER } else { guards.not(holds) };
    Fact::Claim { name: "ResponseTemplates", holds, fails, origin: written.unwrap_or(origin) }
}

/// A route of a REST API.
#[derive(Clone, Copy)]
pub(super) struct RestRoute {
    pub(super) api: Name,
    /// `None` where it cannot be told.
    pub(super) method: Option<Name>,
    /// `None` where it cannot be told.
    pub(super) path: Option<Name>,
    pub(super) guard: Guard,
    /// When it streams.
    pub(super) streams: Guard,
    /// When it does not.
    pub(super) buffers: Guard,
}

/// The routes of the template's REST APIs whose integration is to be seen.
pub(super) fn routes(draft: &Draft<'_>) -> Vec<RestRoute> {
    let is_route = |vertex: &&Vertex| vertex.kind == VertexKind::Route;
    draft.graph.vertices.iter().filter(is_route).filter_map(|route| rest_route(draft, route)).collect()
}

fn rest_route(draft: &Draft<'_>, route: &Vertex) -> Option<RestRoute> {
    let api = route.name_in("Api").filter(|&api| draft.resource_type(api) == "AWS::ApiGateway::RestApi")?;
    // What only a permission tells of has no such claim: nothing is seen of its integration.
    let (streams, buffers) = route.claim("Streaming")?;
    let (method, path) = (route.name_in("Method"), route.name_in("Path"));
    Some(RestRoute { api, method, path, guard: route.guard, streams, buffers })
}

/// When some of the routes stream, and when it is not known whether one does.
pub(super) fn some_stream(draft: &Draft<'_>, routes: &[&RestRoute]) -> (Guard, Guard) {
    some(draft, routes, |route| (route.streams, route.buffers))
}

/// When there are routes and all of them stream, and when it is not known whether all do.
pub(super) fn all_stream(draft: &Draft<'_>, routes: &[&RestRoute]) -> (Guard, Guard) {
    let guards = &draft.template().guards;
    let (buffers, unsure) = some(draft, routes, |route| (route.buffers, route.streams));
    let exists = routes.iter().fold(Guard::NEVER, |so_far, route| guards.or(so_far, route.guard));
    let holds = guards.and(exists, guards.not(guards.or(buffers, unsure)));
    (holds, guards.and(unsure, guards.not(buffers)))
}

/// When something holds of some of the routes, and when that is not known.
fn some(
    draft: &Draft<'_>,
    routes: &[&RestRoute],
    claim: impl Fn(&RestRoute) -> (Guard, Guard),
) -> (Guard, Guard) {
    let guards = &draft.template().guards;
    let (mut held, mut unsure) = (Guard::NEVER, Guard::NEVER);
    for route in routes {
        let (holds, fails) = claim(route);
        held = guards.or(held, guards.and(route.guard, holds));
        unsure = guards.or(unsure, guards.and(route.guard, guards.not(guards.or(holds, fails))));
    }
    (held, unsure)
}

/// States of every REST API whether some of the routes that are to be seen stream, and whether all do. What browsers ask before a
/// request (`OPTIONS`) has no content that could be streamed, and does not count.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let routes = routes(draft);
    let mut by_api: FxHashMap<Name, Vec<&RestRoute>> = FxHashMap::default();
    for route in &routes {
        if route.method.is_none_or(|method| draft.text(method) != "OPTIONS") {
            by_api.entry(route.api).or_default().push(route);
        }
    }
    for (api, resource) in draft.resources_of(VertexKind::RestApi) {
        let origin = resource.origin;
        let own = by_api.get(&draft.vertex(api).id).map(Vec::as_slice).unwrap_or_default();
        let some = some_stream(draft, own);
        let all = all_stream(draft, own);
        draft.add_claim_unless(api, "Streams", some, origin);
        draft.add_claim_unless(api, "OnlyStreams", all, origin);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, template};

    fn api(methods: &str) -> [String; 2] {
        let template = template(&format!(
            "Parameters: {{Mode: {{Type: String}}}}
Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        paths:
          /a: {{{methods}}}
"
        ));
        ["Streams", "OnlyStreams"].map(|name| fact(&template, "Api", name))
    }

    #[test]
    fn an_api_streams_if_a_route_does_and_only_streams_if_all_do() {
        let streaming = "post: {x-amazon-apigateway-integration: {responseTransferMode: STREAM}}";
        let buffered = "get: {x-amazon-apigateway-integration: {type: aws_proxy}}";
        let preflight = "options: {x-amazon-apigateway-integration: {type: mock}}";
        assert_eq!(api(buffered), ["false", "false"]);
        assert_eq!(api(streaming), ["true", "true"]);
        assert_eq!(api(&format!("{streaming}, {preflight}")), ["true", "true"]);
        assert_eq!(api(&format!("{streaming}, {buffered}")), ["true", "false"]);
        assert_eq!(api(preflight), ["false", "false"]);
    }

    #[test]
    fn a_mode_that_is_not_known_leaves_it_open_and_one_under_a_condition_does_not() {
        let route = |method: &str, mode: &str| {
            format!("{method}: {{x-amazon-apigateway-integration: {{responseTransferMode: {mode}}}}}")
        };
        assert_eq!(api(&route("get", "!Ref Mode")), ["unknown", "unknown"]);
        let both = format!("{}, {}", route("get", "!Ref Mode"), route("post", "BUFFERED"));
        assert_eq!(api(&both), ["unknown", "false"]);
        let prod = "true when Prod is true";
        assert_eq!(api(&route("get", "!If [Prod, STREAM, BUFFERED]")), [prod, prod]);
    }
}

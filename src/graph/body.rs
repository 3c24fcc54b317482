//! The OpenAPI body of an API, wherever it stands: routes with their integrations, and authorizers.

use crate::names::Name;
use crate::template::Definition;

use super::api::Authorizer;
use super::api_settings;
use super::branch::Branch;
use super::draft::Draft;
use super::route::{self, Answer, Api, Key};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", ANY_METHOD];
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
const INTEGRATION: &str = "x-amazon-apigateway-integration";
const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";

/// How often a reference to a reference is followed.
const MOST_HOPS: usize = 4;

/// Adds the routes and authorizers of an API's definition.
pub(super) fn read(draft: &mut Draft<'_>, api: Api) {
    for Definition { guard, content } in draft.template().definitions_of(api.id) {
        let Some(value) = *content else { continue };
        let body = Branch { guard: *guard, value };
        for paths in draft.branches(body, &["paths"]) {
            for (path, item) in draft.entries(paths) {
                for item in referred(draft, body, item) {
                    for (method, operation) in draft.entries(item) {
                        read_operation(draft, api, body, (path, method, operation));
                    }
                }
            }
        }
        for schemes in [["securityDefinitions", "*"].as_slice(), &["components", "securitySchemes", "*"]] {
            for scheme in draft.branches(body, schemes) {
                for scheme in referred(draft, body, scheme) {
                    let settings = api_settings::BODY_AUTHORIZER;
                    let authorizer = Authorizer { start: scheme, via: api.id, origin: None, settings };
                    authorizer.decide(draft, api.vertex, &[AUTHORIZER, "authorizerUri"]);
                    authorizer.decide(draft, api.vertex, &[AUTHORIZER, "providerARNs", "*"]);
                }
            }
        }
    }
}

fn read_operation(
    draft: &mut Draft<'_>,
    api: Api,
    body: Branch,
    (path, method, operation): (Name, Name, Branch),
) {
    let method = draft.text(method);
    if !METHODS.contains(&method.to_lowercase().as_str()) {
        return;
    }
    let method = if method == ANY_METHOD { "ANY" } else { method };
    let path = draft.text(path);
    let path = if path == "/$default" { "$default" } else { path };
    for integration in draft.branches(operation, &[INTEGRATION]) {
        for integration in referred(draft, body, integration) {
            let origin = draft.values().origin(operation.value);
            let key = Key { method: Some(method), path: Some(path) };
            route::add(draft, api, key, Answer { integration, via: api.id, origin });
        }
    }
}

/// The maps that a value can be; what stands elsewhere in the same body and is only referred to
/// (`$ref: '#/components/x-amazon-apigateway-integrations/orders'`) is followed.
fn referred(draft: &Draft<'_>, body: Branch, start: Branch) -> Vec<Branch> {
    let mut found = Vec::new();
    let mut open = vec![(start, 0)];
    while let Some((branch, hops)) = open.pop() {
        for map in draft.collections(branch) {
            let pointer = draft.known_text_at(map, &["$ref"]).and_then(|pointer| pointer.strip_prefix("#/"));
            let Some(pointer) = pointer.filter(|_| hops < MOST_HOPS) else {
                found.push(map);
                continue;
            };
            let steps: Vec<String> =
                pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
            let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
            let from = Branch { guard: draft.and(map.guard, body.guard), ..body };
            open.extend(draft.branches(from, &steps).into_iter().map(|branch| (branch, hops + 1)));
        }
    }
    found
}

#[cfg(test)]
mod tests;

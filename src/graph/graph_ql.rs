//! GraphQL APIs of AppSync: a field waits for the function that resolves it.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Alt, Guard, Resource, Stack};

use super::api::Authorizer;
use super::branch::Branch;
use super::draft::{Caller, Draft};
use super::{Fact, Plain, Vertex, VertexId, VertexKind, api_settings, export, limits, settings};

/// Adds an edge from an `AWS::AppSync::GraphQLApi` to each function that decides whether a request may pass.
pub(super) fn read_api(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((api, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for path in [
        ["LambdaAuthorizerConfig"].as_slice(),
        &["AdditionalAuthenticationProviders", "*", "LambdaAuthorizerConfig"],
    ] {
        for config in draft.branches(properties, path) {
            for start in draft.collections(config) {
                let origin = Some(resource.origin);
                let authorizer =
                    Authorizer { start, via: id, origin, settings: api_settings::GRAPH_QL_AUTHORIZER };
                authorizer.decide(draft, api, &["AuthorizerUri"]);
            }
        }
    }
}

/// Adds the field of an `AWS::AppSync::Resolver` as an entry point, if functions resolve it.
pub(super) fn read_resolver(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let mut sources = draft.branches(properties, &["DataSourceName"]);
    for step in draft.branches(properties, &["PipelineConfig", "Functions", "*"]) {
        for step in resources_of(draft, step, "AWS::AppSync::FunctionConfiguration") {
            sources.extend(draft.branches(step, &["DataSourceName"]));
        }
    }
    let mut entry = None;
    for source in sources {
        for source in resources_of(draft, source, "AWS::AppSync::DataSource") {
            for arn in draft.branches(source, &["LambdaConfig", "LambdaFunctionArn"]) {
                if draft.targets_inside(arn, &[VertexKind::Function]).is_empty() {
                    continue;
                }
                let from = *entry.get_or_insert_with(|| add_field(draft, id, resource, properties));
                draft.call_functions(Caller::waiting(from, id, resource.origin), arn);
            }
        }
    }
}

fn add_field(draft: &mut Draft<'_>, id: Name, resource: &Resource, properties: Branch) -> VertexId {
    let names = draft.names();
    let part = |key| draft.known_text_at(properties, &[key]);
    let (type_name, field) = (part("TypeName"), part("FieldName"));
    let api = draft
        .branches(properties, &["ApiId"])
        .into_iter()
        .flat_map(|api| draft.references(api))
        .find_map(|(_, reference)| reference.resources.first().map(|mention| mention.id));
    let shown =
        format!("{} {}.{}", draft.text(api.unwrap_or(id)), type_name.unwrap_or("?"), field.unwrap_or("?"));
    let origin = resource.origin;
    let known = |text: Option<&str>| text.map_or(Plain::Unknown, |text| Plain::Name(names.intern(text)));
    let is_write = type_name.map_or(Plain::Unknown, |name| Plain::Bool(name == "Mutation"));
    let mut facts = settings::facts(settings::GRAPH_QL_FIELD, resource.properties, origin);
    facts.extend([
        Fact::Derived { name: "Api", value: api.map_or(Plain::Unknown, Plain::Name), origin },
        Fact::Derived { name: "TypeName", value: known(type_name), origin },
        Fact::Derived { name: "Field", value: known(field), origin },
        Fact::Derived { name: "Write", value: is_write, origin },
        Fact::Derived { name: "TimeoutInMillis", value: Plain::Int(limits::GRAPH_QL_TIMEOUT), origin },
        Fact::Derived { name: "BatchInvoke", value: batch_invoke(draft, properties), origin },
    ]);
    draft.add_vertex(Vertex {
        id: names.intern(&shown),
        kind: VertexKind::GraphQlField,
        type_name: resource.type_name,
        guard: draft.resolver.guard_of(id),
        origin,
        facts,
    })
}

/// Where a resolver says what it asks of its data source: in the resolver itself, or in a file.
const REQUESTS: [&str; 2] = ["RequestMappingTemplate", "Code"];
const REQUEST_FILES: [&str; 2] = ["RequestMappingTemplateS3Location", "CodeS3Location"];

/// Whether a resolver's request puts the calls for several items together itself.
fn batch_invoke(draft: &Draft<'_>, properties: Branch) -> Plain {
    if REQUEST_FILES.iter().any(|file| !draft.branches(properties, &[file]).is_empty()) {
        return Plain::Unknown;
    }
    let requests = REQUESTS.iter().flat_map(|key| draft.branches(properties, &[key]));
    let mut says = Some(false);
    for request in requests {
        for (_, reference) in draft.references(request) {
            if reference.text.contains("BatchInvoke") {
                return Plain::Bool(true);
            }
            if !reference.is_fully_named() {
                says = None;
            }
        }
    }
    says.map_or(Plain::Unknown, Plain::Bool)
}

/// What of an API's caching is to be seen.
#[derive(Clone, Copy)]
struct Caching {
    cache: Guard,
    resolver: Guard,
    has_resolvers: bool,
}

/// States of every cache whether a resolver of its API uses one, and of every resolver whether its API has one.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let resources = &draft.template().resources;
    let mut by_api: FxHashMap<VertexId, Caching> = FxHashMap::default();
    let mut parts = Vec::new();
    for (&id, resource) in resources {
        let Some((part, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else {
            continue;
        };
        let kind = draft.vertex(part).kind;
        if !matches!(kind, VertexKind::GraphQlCache | VertexKind::GraphQlResolver) {
            continue;
        }
        let apis = draft.branches(properties, &["ApiId"]).into_iter();
        let apis: Vec<_> =
            apis.flat_map(|api| draft.targets_inside(api, &[VertexKind::GraphQlApi])).collect();
        let [(_, api)] = apis[..] else {
            parts.push((part, None));
            continue;
        };
        parts.push((part, Some(api.vertex)));
        let guards = &draft.template().guards;
        let caching = by_api.entry(api.vertex).or_insert(Caching {
            cache: Guard::NEVER,
            resolver: Guard::NEVER,
            has_resolvers: false,
        });
        if kind == VertexKind::GraphQlCache {
            caching.cache = guards.or(caching.cache, draft.vertex(part).guard);
        } else {
            caching.has_resolvers = true;
            for (guard, alt) in
                draft.resolver.follow(resource.properties, &["CachingConfig"], resource.origin).alternatives
            {
                if !matches!(alt, Alt::Absent { .. }) {
                    let guard = guards.and(guard, draft.vertex(part).guard);
                    caching.resolver = guards.or(caching.resolver, guard);
                }
            }
        }
    }
    let exported = export::exported(draft);
    let is_open = draft.template().stacks().any(Stack::has_open_resources);
    for (part, api) in parts {
        let origin = draft.vertex(part).origin;
        let caching = api.and_then(|api| by_api.get(&api).copied());
        let may_be_unseen = is_open || api.is_none_or(|api| exported.contains(&api));
        let is_cache = draft.vertex(part).kind == VertexKind::GraphQlCache;
        let (name, holds, may_be_unseen) = match (is_cache, caching) {
            (true, Some(caching)) => ("Used", caching.resolver, may_be_unseen || !caching.has_resolvers),
            (true, None) => ("Used", Guard::NEVER, true),
            (false, Some(caching)) => ("ApiHasCache", caching.cache, may_be_unseen),
            (false, None) => ("ApiHasCache", Guard::NEVER, true),
        };
        draft.add_claim(part, name, (holds, may_be_unseen), origin);
        if !is_cache {
            let guards = &draft.template().guards;
            let own = draft.vertex(part).guard;
            let is_switched = holds != Guard::NEVER && guards.can_hold(&[(own, true), (holds, false)]);
            draft.add_fact(part, "ApiCacheSwitched", Plain::Bool(is_switched), origin);
        }
    }
}

/// The properties of the resources of a type that a value refers to.
fn resources_of(draft: &Draft<'_>, value: Branch, type_name: &str) -> Vec<Branch> {
    draft
        .references(value)
        .into_iter()
        .filter_map(|(guard, reference)| {
            let resource = draft.resource(reference.resources.first()?.id)?;
            let properties =
                Branch::properties(resource).filter(|_| draft.text(resource.type_name) == type_name)?;
            Some(Branch { guard, ..properties })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, edges, fact, resources, template};

    #[test]
    fn a_field_waits_for_the_functions_of_its_pipeline() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  Api: {Type: 'AWS::AppSync::GraphQLApi'}
  Source:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Api.ApiId, Name: s, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}}
  Step: {Type: 'AWS::AppSync::FunctionConfiguration', Properties: {DataSourceName: !GetAtt Source.Name}}
  Direct:
    Type: AWS::AppSync::Resolver
    Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: order, DataSourceName: !GetAtt Source.Name}
  Piped:
    Type: AWS::AppSync::Resolver
    Properties:
      ApiId: !GetAtt Api.ApiId
      TypeName: Mutation
      FieldName: place
      Kind: PIPELINE
      PipelineConfig: {Functions: [!GetAtt Step.FunctionId]}
",
        );
        assert_eq!(
            edges(&template),
            ["invoke.sync Api Query.order -> F [certain]", "invoke.sync Api Mutation.place -> F [certain]"]
        );
        assert_eq!(fact(&template, "Api Mutation.place", "Write"), "true");
        assert_eq!(fact(&template, "Api Query.order", "TimeoutInMillis"), "30000");
        assert_eq!(fact(&template, "Api Query.order", "MaxBatchSize"), "0 by default");
        assert_eq!(fact(&template, "Api Mutation.place", "ResolverKind"), "PIPELINE");
    }

    #[test]
    fn an_api_asks_the_functions_that_decide_whether_a_request_may_pass() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  G: {Type: 'AWS::Lambda::Function'}
  Api:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt F.Arn, AuthorizerResultTtlInSeconds: 0}
      AdditionalAuthenticationProviders: [{LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt G.Arn}}]
",
        );
        assert_eq!(edges(&template), ["authorize Api -> F [certain]", "authorize Api -> G [certain]"]);
        assert_eq!(edge_fact(&template, EdgeKind::Authorize, "AuthorizerResultTtlInSeconds"), "0");
    }

    #[test]
    fn a_request_may_put_calls_together_itself() {
        let batched = |request: &str| {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  Source: {{Type: 'AWS::AppSync::DataSource', Properties: {{LambdaConfig: {{LambdaFunctionArn: !GetAtt F.Arn}}}}}}
  R: {{Type: 'AWS::AppSync::Resolver', Properties: {{TypeName: Order, FieldName: lines, DataSourceName: !GetAtt Source.Name, {request}}}}}
"
            ));
            fact(&template, "R Order.lines", "BatchInvoke")
        };
        assert_eq!(batched("Kind: UNIT"), "false");
        assert_eq!(batched("RequestMappingTemplate: '{\"operation\": \"Invoke\"}'"), "false");
        assert_eq!(batched("RequestMappingTemplate: '{\"operation\": \"BatchInvoke\"}'"), "true");
        assert_eq!(batched("RequestMappingTemplateS3Location: s3://b/k"), "unknown");
    }

    #[test]
    fn a_cache_is_used_by_a_resolver_of_its_api_that_caches() {
        let states = |resolver: &str, cache: &str| {
            let template = resources(&format!(
                "  Api: {{Type: 'AWS::AppSync::GraphQLApi'}}
  Cache: {{Type: 'AWS::AppSync::ApiCache', Properties: {{ApiId: {cache}, ApiCachingBehavior: PER_RESOLVER_CACHING}}}}
  R: {{Type: 'AWS::AppSync::Resolver', Properties: {{ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: a{resolver}}}}}
"
            ));
            [fact(&template, "Cache", "Used"), fact(&template, "R", "ApiHasCache")]
        };
        let own = "!GetAtt Api.ApiId";
        assert_eq!(states(", CachingConfig: {Ttl: 60}", own), ["true", "true"]);
        assert_eq!(states("", own), ["false", "true"]);
        assert_eq!(states("", "!ImportValue api"), ["unknown", "false"]);
    }

    #[test]
    fn a_cache_under_a_condition_is_switched_by_it() {
        for (condition, is_switched) in [("", "false"), ("Condition: Prod,", "true")] {
            let template = template(&format!(
                "Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  Api: {{Type: 'AWS::AppSync::GraphQLApi'}}
  Cache: {{Type: 'AWS::AppSync::ApiCache', {condition} Properties: {{ApiId: !GetAtt Api.ApiId}}}}
  R: {{Type: 'AWS::AppSync::Resolver', Properties: {{ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: a}}}}
"
            ));
            assert_eq!(fact(&template, "R", "ApiCacheSwitched"), is_switched, "{condition}");
        }
    }
}

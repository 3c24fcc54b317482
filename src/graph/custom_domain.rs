//! Custom domains of APIs: a distribution whose origin is one stands in front of the APIs that are mapped to it, and
//! what comes by one passes its endpoint and not the API's own.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Alt, Guard, Resource};

use super::branch::Branch;
use super::distribution::{FetchedFrom, origins, stand_in_front};
use super::draft::Draft;
use super::{Fact, Plain, VertexId, VertexKind, api_settings, settings};

/// The resources that map a domain to an API, with the properties that name the two.
const MAPPINGS: &[(&str, &str, &str)] = &[
    ("AWS::ApiGateway::BasePathMapping", "DomainName", "RestApiId"),
    ("AWS::ApiGateway::BasePathMappingV2", "DomainNameArn", "RestApiId"),
    ("AWS::ApiGatewayV2::ApiMapping", "DomainName", "ApiId"),
];

/// The resources that are domains.
const DOMAINS: &[&str] =
    &["AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2", "AWS::ApiGatewayV2::DomainName"];

const APIS: &[VertexKind] = &[VertexKind::RestApi, VertexKind::HttpApi, VertexKind::WebSocketApi];

/// More mappings than one domain can have (API Gateway quotas, "API mappings per custom domain name").
const MOST_MAPPINGS: usize = 200;

/// The APIs behind each domain, under its logical id or the text of its name, each with the case in which it is.
type Mapped = FxHashMap<Name, Vec<(Guard, VertexId)>>;

/// Adds an edge from every distribution to the APIs behind the custom domains that are its origins.
pub(super) fn read(draft: &mut Draft<'_>) {
    let template = draft.template();
    let mapped = mapped(draft);
    if mapped.is_empty() {
        return;
    }
    let named = named(draft);
    for (&id, resource) in &template.resources {
        if draft.text(resource.type_name) != "AWS::CloudFront::Distribution" {
            continue;
        }
        let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else {
            continue;
        };
        let mut seen = FxHashSet::default();
        for origin in origins(draft, properties) {
            for (guard, name) in names_of(draft, origin.domain) {
                for &(own, api) in mapped.get(&name).into_iter().flatten() {
                    for (case, domain) in domains_of(draft, &named, name) {
                        let guard = draft.and(draft.and(guard, own), case);
                        if seen.insert((api, domain, guard)) {
                            let endpoint = endpoint_of(draft, domain, origin);
                            stand_in_front(draft, (id, from), api, origin.when(guard), Some(endpoint));
                        }
                    }
                }
            }
        }
    }
}

/// The resources that are domains, under the text of their names, each with the case in which it has that name.
fn named(draft: &Draft<'_>) -> FxHashMap<Name, Vec<(Guard, Name)>> {
    let mut named: FxHashMap<Name, Vec<(Guard, Name)>> = FxHashMap::default();
    for (&id, resource) in &draft.template().resources {
        if !is_domain(draft, Some(resource)) {
            continue;
        }
        let texts = Branch::properties(resource).map(|of| draft.branches(of, &["DomainName"]));
        for (guard, name) in texts.into_iter().flatten().flat_map(|name| texts_of(draft, name)) {
            named.entry(name).or_default().push((draft.and(guard, draft.resolver.guard_of(id)), id));
        }
    }
    named
}

/// The resources that a logical id or the text of a name may stand for; `None` for a domain elsewhere.
fn domains_of(
    draft: &Draft<'_>,
    named: &FxHashMap<Name, Vec<(Guard, Name)>>,
    name: Name,
) -> Vec<(Guard, Option<Name>)> {
    if is_domain(draft, draft.resource(name)) {
        return vec![(Guard::ALWAYS, Some(name))];
    }
    let guards = &draft.template().guards;
    let here = named.get(&name).map(Vec::as_slice).unwrap_or_default();
    let elsewhere = guards.not(here.iter().fold(Guard::NEVER, |either, (case, _)| guards.or(either, *case)));
    let mut domains: Vec<_> = here.iter().map(|&(case, id)| (case, Some(id))).collect();
    domains.push((elsewhere, None));
    domains.retain(|(case, _)| draft.can_hold(*case));
    domains
}

/// Of which type the endpoint of a domain is.
fn endpoint_of(draft: &Draft<'_>, domain: Option<Name>, fetched: FetchedFrom) -> Fact {
    let name = "EndpointType";
    let Some(resource) = domain.and_then(|id| draft.resource(id)) else {
        let origin = draft.values().origin(fetched.domain.value);
        return Fact::Derived { name, value: Plain::Unknown, origin };
    };
    let always = |text| Fact::Derived { name, value: Plain::Text(text), origin: resource.origin };
    match draft.text(resource.type_name) {
        "AWS::ApiGatewayV2::DomainName" => always("REGIONAL"),
        "AWS::ApiGateway::DomainNameV2" => always("PRIVATE"),
        _ => {
            let setting = api_settings::endpoint(api_settings::ENDPOINT, api_settings::usual_endpoint(draft));
            settings::facts(&[setting], resource.properties, resource.origin).remove(0)
        }
    }
}

/// States of every REST API whether a custom domain that is not edge-optimized leads to it.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let mut by_api: FxHashMap<VertexId, (Guard, Guard)> = FxHashMap::default();
    let guards = &draft.template().guards;
    for Mapping { guard, apis, domains } in mappings(draft) {
        for domain in domains {
            let (regional, unsure) = regional(draft, domain);
            for &(own, api) in &apis {
                let case = draft.and(guard, own);
                let known = by_api.entry(api).or_insert((Guard::NEVER, Guard::NEVER));
                known.0 = guards.or(known.0, draft.and(case, regional));
                known.1 = guards.or(known.1, draft.and(case, unsure));
            }
        }
    }
    for (api, resource) in draft.resources_of(VertexKind::RestApi) {
        let claim = by_api.get(&api).copied().unwrap_or((Guard::NEVER, Guard::NEVER));
        draft.add_claim_unless(api, "RegionalDomain", claim, resource.origin);
    }
}

/// When a domain is certainly not edge-optimized, and when that is not known: a domain elsewhere is not.
fn regional(draft: &Draft<'_>, domain: Branch) -> (Guard, Guard) {
    let guards = &draft.template().guards;
    let (mut regional, mut edge) = (Guard::NEVER, Guard::NEVER);
    for (guard, reference) in draft.references(domain) {
        let mentioned = reference.resources.iter().filter_map(|mention| draft.resource(mention.id));
        for resource in mentioned.filter(|resource| is_domain(draft, Some(resource))) {
            // The domains of other types are never edge-optimized.
            if draft.text(resource.type_name) != "AWS::ApiGateway::DomainName" {
                regional = guards.or(regional, guard);
                continue;
            }
            let kind = draft.resolver.follow(resource.properties, api_settings::ENDPOINT, resource.origin);
            for (own, alt) in kind.alternatives {
                let case = draft.and(guard, own);
                match alt {
                    Alt::Absent { .. } => edge = guards.or(edge, case),
                    Alt::Scalar { text, .. } if draft.text(text) == "EDGE" => edge = guards.or(edge, case),
                    Alt::Scalar { .. } => regional = guards.or(regional, case),
                    Alt::OneOf { .. }
                    | Alt::List(_)
                    | Alt::Map(_)
                    | Alt::Resource { .. }
                    | Alt::Text(_)
                    | Alt::Unknown(_) => {}
                }
            }
        }
    }
    let known = guards.or(regional, edge);
    (draft.and(domain.guard, regional), draft.and(domain.guard, guards.not(known)))
}

/// A resource that maps a domain to APIs.
struct Mapping {
    guard: Guard,
    apis: Vec<(Guard, VertexId)>,
    domains: Vec<Branch>,
}

fn mappings(draft: &Draft<'_>) -> Vec<Mapping> {
    let mut mappings = Vec::new();
    for (&id, resource) in &draft.template().resources {
        let type_name = draft.text(resource.type_name);
        let Some((_, domain, api)) = MAPPINGS.iter().find(|(mapping, ..)| *mapping == type_name) else {
            continue;
        };
        let Some(properties) = Branch::properties(resource) else { continue };
        let guard = draft.resolver.guard_of(id);
        let apis: Vec<(Guard, VertexId)> = draft
            .branches(properties, &[api])
            .into_iter()
            .flat_map(|api| draft.targets_inside(api, APIS))
            .map(|(own, api)| (own, api.vertex))
            .collect();
        mappings.push(Mapping { guard, apis, domains: draft.branches(properties, &[domain]) });
    }
    mappings
}

fn mapped(draft: &Draft<'_>) -> Mapped {
    let mut mapped = Mapped::default();
    for Mapping { guard, apis, domains } in mappings(draft) {
        for domain in domains {
            for (case, name) in names_of(draft, domain) {
                let behind = mapped.entry(name).or_default();
                let room = MOST_MAPPINGS.saturating_sub(behind.len());
                let case = draft.and(guard, case);
                behind.extend(apis.iter().take(room).map(|(own, api)| (draft.and(case, *own), *api)));
            }
        }
    }
    mapped
}

/// What a domain may be called: the logical id of its resource, and the text of its name.
fn names_of(draft: &Draft<'_>, domain: Branch) -> Vec<(Guard, Name)> {
    let mut names = Vec::new();
    for (guard, reference) in draft.references(domain) {
        let mentioned =
            reference.resources.iter().find(|mention| is_domain(draft, draft.resource(mention.id)));
        match mentioned {
            Some(mention) => {
                names.push((guard, mention.id));
                let resource = draft.resource(mention.id).and_then(Branch::properties);
                for name in resource.map_or_else(Vec::new, |of| draft.branches(of, &["DomainName"])) {
                    let guard = draft.and(guard, name.guard);
                    names.extend(texts_of(draft, Branch { guard, ..name }));
                }
            }
            None if reference.is_fully_named() => names.push((guard, draft.names().intern(&reference.text))),
            None => {}
        }
    }
    names
}

fn texts_of(draft: &Draft<'_>, name: Branch) -> Vec<(Guard, Name)> {
    draft
        .references(name)
        .into_iter()
        .filter(|(_, reference)| reference.is_fully_named())
        .map(|(guard, reference)| (guard, draft.names().intern(&reference.text)))
        .collect()
}

fn is_domain(draft: &Draft<'_>, resource: Option<&Resource>) -> bool {
    resource.is_some_and(|resource| DOMAINS.contains(&draft.text(resource.type_name)))
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, edges_of, fact, resources};

    /// Two APIs at one domain, and a distribution with this origin.
    fn with_origin(origin: &str) -> crate::template::Template {
        resources(&format!(
            "  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  Other: {{Type: 'AWS::ApiGatewayV2::Api'}}
  Name: {{Type: 'AWS::ApiGateway::DomainName', Properties: {{DomainName: api.example.com}}}}
  A: {{Type: 'AWS::ApiGateway::BasePathMapping', Properties: {{DomainName: !Ref Name, RestApiId: !Ref Api}}}}
  B: {{Type: 'AWS::ApiGatewayV2::ApiMapping', Properties: {{DomainName: api.example.com, ApiId: !Ref Other}}}}
  D: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{Origins: [{{Id: a, DomainName: {origin}}}]}}}}}}
"
        ))
    }

    #[test]
    fn a_distribution_stands_in_front_of_the_apis_at_its_origin() {
        for origin in ["!GetAtt Name.RegionalDomainName", "!Ref Name", "api.example.com"] {
            let template = with_origin(origin);
            let expected = ["front D -> Api [certain]", "front D -> Other [certain]"];
            assert_eq!(edges_of(&template, EdgeKind::Front), expected, "{origin}");
            assert_eq!(fact(&template, "Api", "Fronted"), "true", "{origin}");
            assert_eq!(edge_fact(&template, EdgeKind::Front, "CustomDomain"), "true", "{origin}");
        }
    }

    #[test]
    fn a_domain_in_front_of_an_api_says_of_which_type_it_is() {
        for (domain, mapped, kind) in [
            (
                "{Type: 'AWS::ApiGateway::DomainName', Properties: {DomainName: a.example.com}}",
                "!Ref Name",
                "EDGE by default",
            ),
            (
                "{Type: 'AWS::ApiGateway::DomainName', Properties: {DomainName: a.example.com, EndpointConfiguration: {Types: [REGIONAL]}}}",
                "a.example.com",
                "REGIONAL",
            ),
            (
                "{Type: 'AWS::ApiGatewayV2::DomainName', Properties: {DomainName: a.example.com}}",
                "!Ref Name",
                "REGIONAL",
            ),
            (
                "{Type: 'AWS::ApiGateway::DomainName', Properties: {DomainName: b.example.com}}",
                "a.example.com",
                "unknown",
            ),
        ] {
            // Another domain of the API, which no distribution fetches from.
            let template = resources(&format!(
                "  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  Name: {domain}
  Other: {{Type: 'AWS::ApiGateway::DomainName', Properties: {{DomainName: c.example.com, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  A: {{Type: 'AWS::ApiGateway::BasePathMapping', Properties: {{DomainName: {mapped}, RestApiId: !Ref Api}}}}
  B: {{Type: 'AWS::ApiGateway::BasePathMapping', Properties: {{DomainName: !Ref Other, RestApiId: !Ref Api}}}}
  D: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{Origins: [{{Id: a, DomainName: a.example.com}}]}}}}}}
"
            ));
            assert_eq!(edge_fact(&template, EdgeKind::Front, "EndpointType"), kind, "{domain}");
        }
    }

    #[test]
    fn a_domain_that_is_regional_leads_to_its_api() {
        for (domain, is_regional) in [
            (
                "{Type: 'AWS::ApiGateway::DomainName', Properties: {EndpointConfiguration: {Types: [REGIONAL]}}}",
                "true",
            ),
            (
                "{Type: 'AWS::ApiGateway::DomainName', Properties: {EndpointConfiguration: {Types: [EDGE]}}}",
                "false",
            ),
            ("{Type: 'AWS::ApiGateway::DomainName'}", "false"),
            (
                "{Type: 'AWS::ApiGateway::DomainName', Properties: {EndpointConfiguration: {Types: [!Ref Kind]}}}",
                "unknown",
            ),
            ("{Type: 'AWS::ApiGatewayV2::DomainName'}", "true"),
        ] {
            let template = resources(&format!(
                "  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  Other: {{Type: 'AWS::ApiGateway::RestApi'}}
  Elsewhere: {{Type: 'AWS::ApiGateway::RestApi'}}
  Name: {domain}
  A: {{Type: 'AWS::ApiGateway::BasePathMapping', Properties: {{DomainName: !Ref Name, RestApiId: !Ref Api}}}}
  B: {{Type: 'AWS::ApiGateway::BasePathMapping', Properties: {{DomainName: api.example.com, RestApiId: !Ref Elsewhere}}}}
"
            ));
            let regional = |id| fact(&template, id, "RegionalDomain");
            assert_eq!(
                ["Api", "Other", "Elsewhere"].map(regional),
                [is_regional, "false", "unknown"],
                "{domain}"
            );
        }
    }

    #[test]
    fn a_distribution_before_another_domain_stands_in_front_of_no_api() {
        let template = with_origin("www.example.com");
        assert_eq!(edges_of(&template, EdgeKind::Front), [""; 0]);
        assert_eq!(fact(&template, "Api", "Fronted"), "false");
    }
}

//! CloudFront distributions: which origins they stand in front of.

use crate::names::Name;
use crate::template::{Call, Data, Guard, Resource};

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::{EdgeKind, Fact, Plain, VertexId, VertexKind, cache_behavior};

const ORIGINS: &[VertexKind] =
    &[VertexKind::RestApi, VertexKind::HttpApi, VertexKind::FunctionUrl, VertexKind::Bucket];

/// Where a distribution names functions that run at its edge locations.
const EDGE_FUNCTIONS: [&[&str]; 2] = [
    &["DistributionConfig", "DefaultCacheBehavior", "LambdaFunctionAssociations", "*", "LambdaFunctionARN"],
    &["DistributionConfig", "CacheBehaviors", "*", "LambdaFunctionAssociations", "*", "LambdaFunctionARN"],
];

/// Adds the edges of an `AWS::CloudFront::Distribution`.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for origin in origins(draft, properties) {
        for (guard, target) in draft.targets_inside(host_of(draft, origin.domain), ORIGINS) {
            stand_in_front(draft, (id, from), target.vertex, origin.when(guard), None);
        }
    }
    cache_behavior::read(draft, id, properties);
}

/// Something that a distribution fetches from.
#[derive(Clone, Copy)]
pub(super) struct FetchedFrom {
    /// What the behaviours of the distribution call it.
    id: Option<Name>,
    /// Its host.
    pub(super) domain: Branch,
}

impl FetchedFrom {
    /// The same in fewer cases.
    pub(super) fn when(self, guard: Guard) -> Self {
        Self { domain: Branch { guard, ..self.domain }, ..self }
    }
}

/// What a distribution fetches from.
pub(super) fn origins(draft: &Draft<'_>, properties: Branch) -> Vec<FetchedFrom> {
    let origins = draft.branches(properties, &["DistributionConfig", "Origins", "*"]);
    let mut found = Vec::new();
    for origin in origins.into_iter().flat_map(|origin| draft.collections(origin)) {
        let id = draft.known_text_at(origin, &["Id"]).map(|id| draft.names().intern(id));
        let domains = draft.branches(origin, &["DomainName"]).into_iter();
        found.extend(domains.map(|domain| FetchedFrom { id, domain }));
    }
    found
}

/// Adds the edge from a distribution to what it fetches from. Behind a custom domain of an API it is
/// the domain's endpoint that a request passes, and not the API's own: `endpoint` says of which type that is.
pub(super) fn stand_in_front(
    draft: &mut Draft<'_>,
    (id, from): (Name, VertexId),
    to: VertexId,
    FetchedFrom { id: called, domain }: FetchedFrom,
    endpoint: Option<Fact>,
) {
    let origin = draft.values().origin(domain.value);
    let wiring =
        Wiring { kind: EdgeKind::Front, from, to, via: Some(id), guard: domain.guard, origin, proof: origin };
    let called = called.map_or(Plain::Unknown, Plain::Name);
    let stated = [("CustomDomain", Plain::Bool(endpoint.is_some())), ("OriginId", called)];
    let stated = stated.map(|(name, value)| Fact::Derived { name, value, origin }).into_iter();
    draft.wire(wiring, stated.chain(endpoint).collect());
}

/// Says of every REST API whether a distribution of this template stands in front of it.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let fronted = draft.guards_by(EdgeKind::Front, |edge| edge.to);
    for (api, resource) in draft.resources_of(VertexKind::RestApi) {
        let holds = fronted.get(&api).copied().unwrap_or(Guard::NEVER);
        draft.add_claim(api, "Fronted", (holds, false), resource.origin);
    }
}

/// The address that a host is cut out of: `Fn::Select` of `Fn::Split` at the slashes of a function URL.
fn host_of(draft: &Draft<'_>, domain: Branch) -> Branch {
    let call = |value| match draft.values().data(value) {
        Data::Call(call) => Some(call.as_ref()),
        Data::Scalar { .. } | Data::List(_) | Data::Map(_) => None,
    };
    if let Some(Call::Select { items, .. }) = call(domain.value)
        && let Some(Call::Split { text, .. }) = call(*items)
    {
        return Branch { value: *text, ..domain };
    }
    domain
}

/// The functions that run at a distribution's edge locations.
pub(super) fn edge_functions(draft: &Draft<'_>, resource: &Resource) -> Vec<VertexId> {
    let Some(properties) = Branch::properties(resource) else { return Vec::new() };
    EDGE_FUNCTIONS
        .iter()
        .flat_map(|path| draft.branches(properties, path))
        .flat_map(|arn| draft.functions_named(arn))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, edges, fact, resources};

    #[test]
    fn a_distribution_stands_in_front_of_the_api_whose_domain_it_names() {
        for domain in [
            "!Sub '${Api}.execute-api.${AWS::Region}.amazonaws.com'",
            "!Join ['', [!Ref Api, '.execute-api.', !Ref 'AWS::Region', '.amazonaws.com']]",
        ] {
            let template = resources(&format!(
                "  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  D: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{Origins: [{{Id: a, DomainName: {domain}}}]}}}}}}
"
            ));
            assert_eq!(edges(&template), ["front D -> Api [certain]"], "{domain}");
            assert_eq!(edge_fact(&template, EdgeKind::Front, "CustomDomain"), "false", "{domain}");
            assert_eq!(edge_fact(&template, EdgeKind::Front, "OriginId"), "a", "{domain}");
        }
    }

    #[test]
    fn a_distribution_stands_in_front_of_a_function_url_by_the_host_in_it() {
        let template = resources(
            "  U: {Type: 'AWS::Lambda::Url'}
  D:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{Id: a, DomainName: !Select [2, !Split ['/', !GetAtt U.FunctionUrl]]}]
",
        );
        assert_eq!(edges(&template), ["front D -> U [certain]"]);
    }

    #[test]
    fn a_function_at_an_edge_location_is_there_for_that() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  V: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref F}}
  D:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultCacheBehavior:
          LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Ref V}]
",
        );
        assert_eq!(fact(&template, "F", "Purpose"), "edge");
    }
}

//! Versions and aliases of functions: what is published, and what has its environments provisioned.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Alt, Guard, Resource, Stack};

use super::branch::Branch;
use super::capacity::Scaled;
use super::draft::{Draft, Wiring};
use super::{EdgeKind, VertexId, VertexKind};

/// Adds the edge from an `AWS::Lambda::Alias` or an `AWS::Lambda::Version` to its function.
pub(super) fn read(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for name in draft.branches(properties, &["FunctionName"]) {
        let proof = draft.values().origin(name.value);
        for (guard, function) in draft.targets_inside(name, &[VertexKind::Function]) {
            let wiring = Wiring {
                kind: EdgeKind::Qualify,
                from,
                to: function.vertex,
                via: None,
                guard,
                origin: resource.origin,
                proof,
            };
            draft.wire(wiring, Vec::new());
        }
    }
}

/// When a function has what makes it ready before it is called.
#[derive(Clone, Copy)]
struct Readiness {
    published: Guard,
    provisioned: Guard,
    /// It may be provisioned where it is not known to be.
    may_be_provisioned: bool,
}

/// States of every function whether a version or an alias of it is published, and whether one has provisioned
/// concurrency, which may be scaled.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let mut found: FxHashMap<VertexId, Readiness> = FxHashMap::default();
    let qualifiers = draft.graph.edges.iter().filter(|edge| edge.kind == EdgeKind::Qualify);
    for edge in qualifiers {
        let Some(resource) = draft.resource(draft.vertex(edge.from).id) else { continue };
        let guards = &draft.template().guards;
        let readiness = found.entry(edge.to).or_insert(Readiness {
            published: Guard::NEVER,
            provisioned: Guard::NEVER,
            may_be_provisioned: false,
        });
        let published = draft.and(edge.guard, guards.not(unpublished(draft, resource)));
        readiness.published = guards.or(readiness.published, published);
        let (provisioned, may_be) = provisioned(draft, resource);
        readiness.provisioned = guards.or(readiness.provisioned, draft.and(edge.guard, provisioned));
        readiness.may_be_provisioned |= may_be;
    }
    let scaled =
        Scaled::by_dimension(draft, "lambda:function:ProvisionedConcurrency", &[VertexKind::Function]);
    let is_open = draft.template().stacks().any(Stack::has_open_resources);
    for (function, resource) in draft.resources_of(VertexKind::Function) {
        let origin = resource.origin;
        let of = found.get(&function);
        let published = of.map_or(Guard::NEVER, |of| of.published);
        let provisioned = of.map_or(Guard::NEVER, |of| of.provisioned);
        let may_be_provisioned = is_open || of.is_some_and(|of| of.may_be_provisioned);
        draft.add_claim(function, "Published", (published, is_open), origin);
        draft.add_claim(function, "Provisioned", (provisioned, may_be_provisioned), origin);
        let when = scaled.found.get(&function).map_or(Guard::NEVER, |(when, _)| *when);
        draft.add_claim(function, "ConcurrencyScaled", (when, scaled.may_be_any), origin);
    }
}

/// When an alias stands for the function's code as it is, and for no version of it.
fn unpublished(draft: &Draft<'_>, alias: &Resource) -> Guard {
    let version = draft.resolver.follow(alias.properties, &["FunctionVersion"], alias.origin);
    let guards = &draft.template().guards;
    version.alternatives.iter().fold(Guard::NEVER, |so_far, (guard, alt)| match alt {
        Alt::Scalar { text, .. } if draft.text(*text) == "$LATEST" => guards.or(so_far, *guard),
        _ => so_far,
    })
}

/// When a version or an alias has provisioned concurrency, and whether it may have it besides.
fn provisioned(draft: &Draft<'_>, qualifier: &Resource) -> (Guard, bool) {
    let path = ["ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"];
    let mut when = Guard::NEVER;
    let mut may_be = false;
    for (guard, alt) in draft.resolver.follow(qualifier.properties, &path, qualifier.origin).alternatives {
        match alt {
            Alt::Absent { .. } => {}
            Alt::Scalar { text, through: None, .. } if draft.text(text) == "0" => {}
            Alt::Scalar { through: None, .. } => when = draft.template().guards.or(when, guard),
            // What a parameter has by default need not stay.
            Alt::Scalar { through: Some(_), .. }
            | Alt::OneOf { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Text(_)
            | Alt::Unknown(_) => may_be = true,
        }
    }
    (when, may_be)
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edges_of, fact, resources, template};

    #[test]
    fn a_version_and_an_alias_stand_for_their_function() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  V: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref F}}
  A: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !GetAtt F.Arn, Name: live, FunctionVersion: !GetAtt V.Version}}
",
        );
        assert_eq!(
            edges_of(&template, EdgeKind::Qualify),
            ["qualify V -> F [certain]", "qualify A -> F [certain]"]
        );
        assert_eq!(fact(&template, "F", "Published"), "true");
        assert_eq!(fact(&template, "F", "Provisioned"), "false");
    }

    #[test]
    fn an_alias_of_the_latest_code_publishes_nothing() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  A: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F, Name: dev, FunctionVersion: $LATEST}}
",
        );
        assert_eq!(fact(&template, "F", "Published"), "false");
    }

    #[test]
    fn a_target_scales_the_concurrency_of_the_function_that_it_names() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  G: {Type: 'AWS::Lambda::Function'}
  T:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {ResourceId: !Sub 'function:${F}:live', ScalableDimension: 'lambda:function:ProvisionedConcurrency'}
",
        );
        assert_eq!(["F", "G"].map(|id| fact(&template, id, "ConcurrencyScaled")), ["true", "false"]);
    }

    #[test]
    fn concurrency_is_provisioned_in_the_cases_in_which_an_alias_says_so() {
        let provisioned = |config: &str| {
            let template = template(&format!(
                "Parameters: {{Number: {{Type: Number}}}}
Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  F: {{Type: 'AWS::Lambda::Function'}}
  A:
    Type: AWS::Lambda::Alias
    Properties: {{FunctionName: !Ref F, Name: live, ProvisionedConcurrencyConfig: {config}}}
"
            ));
            fact(&template, "F", "Provisioned")
        };
        assert_eq!(provisioned("{ProvisionedConcurrentExecutions: 5}"), "true");
        assert_eq!(provisioned("{ProvisionedConcurrentExecutions: 0}"), "false");
        assert_eq!(provisioned("{ProvisionedConcurrentExecutions: !Ref Number}"), "unknown");
        assert_eq!(
            provisioned("!If [Prod, {ProvisionedConcurrentExecutions: 5}, !Ref 'AWS::NoValue']"),
            "true when Prod is true"
        );
    }
}

//! What a distribution does with the paths that a pattern names, and whether it keeps what it has fetched.

use crate::names::Name;
use crate::template::{Alt, Guard};

use super::branch::Branch;
use super::draft::Draft;
use super::{Fact, Plain, Vertex, VertexKind, settings};

/// Adds the behaviours of an `AWS::CloudFront::Distribution` as vertices.
pub(super) fn read(draft: &mut Draft<'_>, distribution: Name, properties: Branch) {
    for path in [
        ["DistributionConfig", "DefaultCacheBehavior"].as_slice(),
        &["DistributionConfig", "CacheBehaviors", "*"],
    ] {
        for behavior in draft.branches(properties, path) {
            for behavior in draft.collections(behavior) {
                add(draft, distribution, behavior);
            }
        }
    }
}

fn add(draft: &mut Draft<'_>, distribution: Name, behavior: Branch) {
    let origin = draft.values().origin(behavior.value);
    let pattern = draft.known_text_at(behavior, &["PathPattern"]);
    let shown = format!("{} {}", draft.text(distribution), pattern.unwrap_or("*"));
    let (holds, fails) = caches_compressed(draft, behavior);
    let mut facts = settings::facts(settings::CACHE_BEHAVIOR, Some(behavior.value), origin);
    facts.push(Fact::Derived { name: "Distribution", value: Plain::Name(distribution), origin });
    facts.push(Fact::Claim { name: "CachesCompressed", holds, fails, origin });
    draft.add_vertex(Vertex {
        id: draft.names().intern(&shown),
        kind: VertexKind::CacheBehavior,
        type_name: draft.names().intern("AWS::CloudFront::Distribution"),
        guard: draft.and(behavior.guard, draft.resolver.guard_of(distribution)),
        origin,
        facts,
    });
}

/// CloudFront's own policies, and whether objects are kept under them that CloudFront has compressed (CloudFront
/// guide, "Use managed cache policies"). The one for media does not count: they are compressed already.
const MANAGED_POLICIES: &[(&str, bool)] = &[
    ("658327ea-f89d-4fab-a63d-7e88639e58f6", true), // CachingOptimized
    ("2e54312d-136d-493c-8eb9-b001f22f67d2", true), // Amplify
    ("83da9c7e-98b4-4e11-a168-04f0df8e2c65", true), // UseOriginCacheControlHeaders
    ("4cc15a8a-d715-48a4-82b8-cc0b614638fe", true), // UseOriginCacheControlHeaders-QueryStrings
    ("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", false), // CachingDisabled
    ("b2884449-e4de-46a7-ac36-70bc7f1ddd6d", false), // CachingOptimizedForUncompressedObjects
    ("08627262-05a9-4f76-9ded-b50ca2e3a84f", false), // Elemental-MediaPackage
];

/// When objects are kept that CloudFront could compress, and when they are not.
fn caches_compressed(draft: &Draft<'_>, behavior: Branch) -> (Guard, Guard) {
    let guards = &draft.template().guards;
    let origin = draft.values().origin(behavior.value);
    let (mut holds, mut fails) = (Guard::NEVER, Guard::NEVER);
    let policy = draft.resolver.follow(Some(behavior.value), &["CachePolicyId"], origin);
    for (guard, alt) in policy.alternatives {
        let says = match alt {
            Alt::Absent { .. } => by_own_settings(draft, behavior),
            Alt::Scalar { text, .. } => {
                let id = draft.text(text);
                MANAGED_POLICIES.iter().find(|(managed, _)| *managed == id).map(|(_, says)| *says)
            }
            Alt::Resource { id, .. } => by_policy(draft, id),
            Alt::OneOf { .. } | Alt::List(_) | Alt::Map(_) | Alt::Text(_) | Alt::Unknown(_) => None,
        };
        match says {
            Some(true) => holds = guards.or(holds, guard),
            Some(false) => fails = guards.or(fails, guard),
            None => {}
        }
    }
    (holds, fails)
}

/// What an `AWS::CloudFront::CachePolicy` says: how long objects are kept, and in which encodings.
fn by_policy(draft: &Draft<'_>, id: Name) -> Option<bool> {
    let config = [draft.resource(id)?].into_iter().filter_map(Branch::properties);
    let config: Vec<Branch> = config.flat_map(|it| draft.branches(it, &["CachePolicyConfig"])).collect();
    let [config] = config[..] else { return None };
    let encodings = ["EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"];
    let mut is_any = false;
    for encoding in encodings {
        let path = ["ParametersInCacheKeyAndForwardedToOrigin", encoding];
        if !draft.branches(config, &path).is_empty() {
            is_any |= draft.known_text_at(config, &path)?.eq_ignore_ascii_case("true");
        }
    }
    if !is_any {
        return Some(false);
    }
    keeps(draft, config)
}

/// What the older form says, which has no policy.
fn by_own_settings(draft: &Draft<'_>, behavior: Branch) -> Option<bool> {
    let [forwarded] = draft.branches(behavior, &["ForwardedValues"])[..] else { return None };
    let headers = draft.branches(forwarded, &["Headers", "*"]);
    // With every header in its key nothing is kept.
    if headers.into_iter().any(|header| draft.known_text(header) == Some("*")) {
        return Some(false);
    }
    keeps(draft, behavior)
}

/// Whether objects are kept; not known where the default is to keep none and the origin may say otherwise.
fn keeps(draft: &Draft<'_>, settings: Branch) -> Option<bool> {
    for (setting, if_none) in [("MaxTTL", Some(false)), ("DefaultTTL", None)] {
        if !draft.branches(settings, &[setting]).is_empty() {
            let seconds: f64 = draft.known_text_at(settings, &[setting])?.parse().ok()?;
            if seconds <= 0.0 {
                return if_none;
            }
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, template};

    fn caches(behavior: &str) -> String {
        let template = template(&format!(
            "Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  Keep:
    Type: AWS::CloudFront::CachePolicy
    Properties:
      CachePolicyConfig:
        {{DefaultTTL: 60, MaxTTL: 600, ParametersInCacheKeyAndForwardedToOrigin: {{EnableAcceptEncodingGzip: true}}}}
  Raw:
    Type: AWS::CloudFront::CachePolicy
    Properties:
      CachePolicyConfig:
        {{DefaultTTL: 60, ParametersInCacheKeyAndForwardedToOrigin: {{EnableAcceptEncodingGzip: false}}}}
  D: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{DefaultCacheBehavior: {{{behavior}}}}}}}}}
"
        ));
        fact(&template, "D *", "CachesCompressed")
    }

    #[test]
    fn a_policy_says_whether_objects_are_kept_that_cloudfront_compresses() {
        assert_eq!(caches("CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6"), "true");
        assert_eq!(caches("CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad"), "false");
        assert_eq!(caches("CachePolicyId: !Ref Keep"), "true");
        assert_eq!(caches("CachePolicyId: !Ref Raw"), "false");
        assert_eq!(caches("CachePolicyId: !ImportValue policy"), "unknown");
        assert_eq!(
            caches(
                "CachePolicyId: !If [Prod, 658327ea-f89d-4fab-a63d-7e88639e58f6, 4135ea2d-6df8-44a3-9df3-4b5a84be39ad]"
            ),
            "true when Prod is true"
        );
    }

    #[test]
    fn without_a_policy_the_behaviour_says_it_itself() {
        assert_eq!(caches("ForwardedValues: {QueryString: false}"), "true");
        assert_eq!(caches("ForwardedValues: {QueryString: false}, MaxTTL: 0"), "false");
        assert_eq!(caches("ForwardedValues: {QueryString: false}, DefaultTTL: 0"), "unknown");
        assert_eq!(caches("ForwardedValues: {QueryString: false, Headers: ['*']}"), "false");
        assert_eq!(caches("TargetOriginId: a"), "unknown");
    }
}

//! Permissions on functions: a service that may call one, though nothing in this template makes it do so.

use rustc_hash::FxHashSet;

use crate::template::{Guard, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::hidden_route::HiddenRoutes;
use super::target::Outside;
use super::{Certainty, Edge, EdgeKind, Evidence, EvidenceClass, VertexId, VertexKind};

/// Adds an edge for every `AWS::Lambda::Permission` that no wiring of the template explains: the bucket, the
/// topic or the rule is elsewhere.
pub(super) fn read(draft: &mut Draft<'_>) {
    let mut known: FxHashSet<(&'static str, VertexId)> =
        draft.graph.edges.iter().filter_map(|edge| Some((service_of(draft, edge)?, edge.to))).collect();
    let mut hidden = HiddenRoutes::of(draft);
    for (&id, resource) in &draft.template().resources {
        if draft.text(resource.type_name) != "AWS::Lambda::Permission" {
            continue;
        }
        if hidden.read(draft, id, resource) {
            continue;
        }
        let Some((principal, kind)) = principal(draft, resource) else { continue };
        let Some(properties) = Branch::properties(resource) else { continue };
        let used = when_used(draft, properties);
        if !draft.can_hold(used) {
            continue;
        }
        for name in draft.branches(properties, &["FunctionName"]) {
            for (guard, function) in draft.targets_inside(name, &[VertexKind::Function]) {
                let guard = draft.and(guard, used);
                if !known.insert((principal, function.vertex)) {
                    continue;
                }
                let name = draft.names().intern(principal);
                let service = principal.split('.').next();
                let from = draft.outside(Outside { name, service }, resource.origin);
                draft.add_edge(Edge {
                    kind,
                    from,
                    to: function.vertex,
                    via: Some(id),
                    guard,
                    certainty: Certainty::Possible,
                    evidence: vec![Evidence { class: EvidenceClass::Permission, origin: resource.origin }],
                    origin: resource.origin,
                    facts: Vec::new(),
                });
            }
        }
    }
}

/// When a permission may be used: not where it is for a rule of this template that is switched off.
fn when_used(draft: &Draft<'_>, properties: Branch) -> Guard {
    let guards = &draft.template().guards;
    let mut unused = Guard::NEVER;
    for source in draft.branches(properties, &["SourceArn"]) {
        for (guard, rule) in draft.targets_inside(source, &[VertexKind::Rule]) {
            let rule = draft.resource(draft.vertex(rule.vertex).id).and_then(Branch::properties);
            let Some(rule) = rule else { continue };
            let off = guards.not(draft.switched_on(rule, &["State"], "DISABLED"));
            unused = guards.or(unused, draft.and(guard, off));
        }
    }
    guards.not(unused)
}

/// Functions that a permission allows somebody to call whom no certain edge shows: an account, a service whose part is
/// elsewhere, a principal that is not known.
pub(super) fn unexplained(draft: &Draft<'_>) -> FxHashSet<VertexId> {
    let mut known: FxHashSet<(&str, VertexId)> = FxHashSet::default();
    for edge in draft.graph.edges.iter().filter(|edge| edge.certainty == Certainty::Certain) {
        known.extend(service_of(draft, edge).map(|service| (service, edge.to)));
        if draft.vertex(edge.from).kind == VertexKind::FunctionUrl {
            known.insert(("*", edge.to));
        }
    }
    let mut found = FxHashSet::default();
    for resource in draft.template().resources.values() {
        if draft.text(resource.type_name) != "AWS::Lambda::Permission" {
            continue;
        }
        let Some(properties) = Branch::properties(resource) else { continue };
        let principal = draft.known_text_at(properties, &["Principal"]);
        for name in draft.branches(properties, &["FunctionName"]) {
            for function in draft.functions_named(name) {
                if principal.is_none_or(|principal| !known.contains(&(principal, function))) {
                    found.insert(function);
                }
            }
        }
    }
    found
}

/// Services that call functions, and whether they wait.
const PRINCIPALS: &[(&str, EdgeKind)] = &[
    ("s3.amazonaws.com", EdgeKind::InvokeAsync),
    ("sns.amazonaws.com", EdgeKind::InvokeAsync),
    ("events.amazonaws.com", EdgeKind::InvokeAsync),
    ("logs.amazonaws.com", EdgeKind::InvokeAsync),
    ("iot.amazonaws.com", EdgeKind::InvokeAsync),
    ("ses.amazonaws.com", EdgeKind::InvokeAsync),
    ("config.amazonaws.com", EdgeKind::InvokeAsync),
    ("codecommit.amazonaws.com", EdgeKind::InvokeAsync),
    ("apigateway.amazonaws.com", EdgeKind::Invoke),
    ("cognito-idp.amazonaws.com", EdgeKind::Invoke),
    ("elasticloadbalancing.amazonaws.com", EdgeKind::Invoke),
    ("alexa-appkit.amazon.com", EdgeKind::Invoke),
    ("lex.amazonaws.com", EdgeKind::Invoke),
    ("lexv2.amazonaws.com", EdgeKind::Invoke),
];

fn principal(draft: &Draft<'_>, resource: &Resource) -> Option<(&'static str, EdgeKind)> {
    let text = draft.known_text_at(Branch::properties(resource)?, &["Principal"])?;
    PRINCIPALS.iter().find(|(principal, _)| *principal == text).copied()
}

/// The principal that a wired call of a function comes from.
fn service_of(draft: &Draft<'_>, edge: &Edge) -> Option<&'static str> {
    let from = draft.vertex(edge.from);
    match from.kind {
        VertexKind::Bucket => Some("s3.amazonaws.com"),
        VertexKind::Topic => Some("sns.amazonaws.com"),
        VertexKind::Rule => Some("events.amazonaws.com"),
        VertexKind::RestApi | VertexKind::HttpApi | VertexKind::WebSocketApi | VertexKind::Route => {
            Some("apigateway.amazonaws.com")
        }
        VertexKind::TargetGroup => Some("elasticloadbalancing.amazonaws.com"),
        VertexKind::UserPool | VertexKind::UserPoolTrigger => Some("cognito-idp.amazonaws.com"),
        VertexKind::External | VertexKind::Other => match draft.resource_type(edge.via?) {
            "AWS::Logs::SubscriptionFilter" => Some("logs.amazonaws.com"),
            "AWS::SNS::Subscription" => Some("sns.amazonaws.com"),
            "AWS::IoT::TopicRule" => Some("iot.amazonaws.com"),
            _ => None,
        },
        VertexKind::Function
        | VertexKind::Queue
        | VertexKind::Stream
        | VertexKind::StreamConsumer
        | VertexKind::Table
        | VertexKind::EventBus
        | VertexKind::Schedule
        | VertexKind::Pipe
        | VertexKind::StateMachine
        | VertexKind::Qualifier
        | VertexKind::Stage
        | VertexKind::Distribution
        | VertexKind::Database
        | VertexKind::DatabaseProxy
        | VertexKind::Cache
        | VertexKind::TaskDefinition
        | VertexKind::MethodSetting
        | VertexKind::CacheBehavior
        | VertexKind::TableIndex
        | VertexKind::DeliveryStream
        | VertexKind::GraphQlApi
        | VertexKind::GraphQlCache
        | VertexKind::GraphQlResolver
        | VertexKind::FunctionUrl
        | VertexKind::GraphQlField => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, resources};

    fn permitted(principal: &str, rest: &str) -> Vec<String> {
        edges(&resources(&format!(
            "  F: {{Type: 'AWS::Lambda::Function'}}
  P:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !GetAtt F.Arn, Action: 'lambda:InvokeFunction', Principal: {principal}}}
{rest}"
        )))
    }

    #[test]
    fn a_service_that_may_call_a_function_possibly_does() {
        assert_eq!(permitted("s3.amazonaws.com", ""), ["invoke.async s3.amazonaws.com -> F [possible]"]);
        assert_eq!(
            permitted("apigateway.amazonaws.com", ""),
            ["invoke apigateway.amazonaws.com -> F [possible]"]
        );
        assert_eq!(permitted("'123456789012'", ""), [""; 0]);
    }

    #[test]
    fn a_permission_for_what_is_wired_says_nothing_new() {
        let rule = "  R: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !GetAtt F.Arn}]}}\n";
        assert_eq!(permitted("events.amazonaws.com", rule), ["invoke.async R -> F [certain]"]);
    }

    #[test]
    fn a_rule_that_is_switched_off_calls_nobody() {
        let told = |state: &str, source: &str| {
            let rest = format!(
                "  R: {{Type: 'AWS::Events::Rule', Properties: {{State: {state}, ScheduleExpression: rate(1 day)}}}}\n"
            );
            permitted(&format!("events.amazonaws.com, SourceArn: {source}"), &rest)
        };
        let called = ["invoke.async events.amazonaws.com -> F [possible]"];
        assert_eq!(told("DISABLED", "!GetAtt R.Arn"), [""; 0]);
        assert_eq!(told("DISABLED", "!Sub 'arn:aws:events:eu-west-1:1:rule/${R}'"), [""; 0]);
        assert_eq!(told("DISABLED", "'arn:aws:events:eu-west-1:1:rule/other'"), called);
        assert_eq!(told("ENABLED", "!GetAtt R.Arn"), called);
    }
}

//! Whether a function is in a network of its owner's, and whether its environment says what for.

use crate::names::Name;
use crate::template::{Alt, Guard, Resource, TextPart, Unknown};

use super::VertexKind;
use super::branch::Branch;
use super::draft::Draft;

/// States of every function whether it is in a VPC, and whether a variable of its environment may hold the address of
/// something there.
pub(super) fn mark(draft: &mut Draft<'_>) {
    for (vertex, resource) in draft.resources_of(VertexKind::Function) {
        let origin = resource.origin;
        let is_inside = is_inside(draft, resource);
        draft.add_claim(vertex, "InVpc", (is_inside, draft.may_be_unseen()), origin);
        let told = told(draft, resource);
        draft.add_claim_unless(vertex, "HoldsHost", told, origin);
    }
}

/// When there are subnets. A list that is only known at deployment has an item: Lambda takes no subnet that is not
/// there, and whoever wants none leaves the property out.
fn is_inside(draft: &Draft<'_>, function: &Resource) -> Guard {
    let path = ["VpcConfig", "SubnetIds"];
    let guards = &draft.template().guards;
    let subnets = draft.resolver.follow(function.properties, &path, function.origin).alternatives;
    let inside = subnets.into_iter().filter(|(_, subnets)| match subnets {
        Alt::Absent { .. } => false,
        Alt::List(list) => !draft.values().items(*list).is_empty(),
        Alt::Scalar { text, .. } => !draft.text(*text).is_empty(),
        Alt::OneOf { .. } | Alt::Map(_) | Alt::Resource { .. } | Alt::Text(_) | Alt::Unknown(_) => true,
    });
    inside.fold(Guard::NEVER, |found, (guard, _)| guards.or(found, guard))
}

/// When a variable holds a host, and when one holds what nobody knows here.
fn told(draft: &Draft<'_>, function: &Resource) -> (Guard, Guard) {
    let guards = &draft.template().guards;
    let (mut holds, mut unsure) = (Guard::NEVER, Guard::NEVER);
    let environments = Branch::properties(function)
        .map_or_else(Vec::new, |properties| draft.branches(properties, &["Environment"]));
    for environment in environments {
        if draft.collections(environment).is_empty() {
            unsure = guards.or(unsure, environment.guard);
        }
        for variables in draft.branches(environment, &["Variables"]) {
            if draft.collections(variables).is_empty() {
                unsure = guards.or(unsure, variables.guard);
            }
            for (name, value) in draft.entries(variables) {
                let is_named_for_it = is_named_for_a_host(draft.text(name));
                for (guard, alt) in draft.alternatives(value) {
                    match host(draft, &alt, is_named_for_it) {
                        Some(true) => holds = guards.or(holds, guard),
                        Some(false) => {}
                        None => unsure = guards.or(unsure, guard),
                    }
                }
            }
        }
    }
    (holds, unsure)
}

/// Whether a value is the address of something in a network; `None` if nobody knows.
fn host(draft: &Draft<'_>, alt: &Alt, is_named_for_it: bool) -> Option<bool> {
    let of_text = |text: Name| match draft.text(text) {
        "" => None,
        text => Some(is_named_for_it || is_host(text)),
    };
    match alt {
        Alt::Absent { .. } | Alt::Unknown(Unknown::Pseudo(_)) => Some(false),
        Alt::Scalar { text, .. } => of_text(*text),
        Alt::OneOf { values, .. } => any(values.iter().map(|text| of_text(*text))),
        Alt::Resource { id, .. } => of_resource(draft, *id),
        Alt::Text(parts) => any(parts.iter().map(|part| match part {
            TextPart::Known(text) => Some(is_host(draft.text(*text))),
            TextPart::Resource { id, .. } => of_resource(draft, *id),
            TextPart::Pseudo(_) => Some(false),
            TextPart::Unknown(_) => None,
        })),
        Alt::List(_) | Alt::Map(_) | Alt::Unknown(_) => None,
    }
}

/// Whether one of several is; `None` if only one that nobody knows may be.
fn any(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut is_known = true;
    for one in each {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => is_known = false,
        }
    }
    is_known.then_some(false)
}

/// Services that a function calls by an address that everybody has: what names one of their resources names no host. Of
/// others (a database, a load balancer, a secret, a nested stack) it is not known.
const PUBLIC: &[&str] = &[
    "AWS::ApplicationInsights::",
    "AWS::AppConfig::",
    "AWS::CloudFront::",
    "AWS::CloudWatch::",
    "AWS::Cognito::",
    "AWS::DynamoDB::",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::Events::",
    "AWS::IAM::",
    "AWS::IoT::",
    "AWS::KMS::",
    "AWS::Kinesis::",
    "AWS::KinesisFirehose::",
    "AWS::Lambda::",
    "AWS::Logs::",
    "AWS::S3::",
    "AWS::SES::",
    "AWS::SNS::",
    "AWS::SQS::",
    "AWS::Scheduler::",
    "AWS::StepFunctions::",
];

fn of_resource(draft: &Draft<'_>, id: Name) -> Option<bool> {
    let type_name = draft.resource_type(id);
    let is_public =
        type_name != "AWS::EC2::VPCEndpoint" && PUBLIC.iter().any(|service| type_name.starts_with(service));
    is_public.then_some(false)
}

/// What the names of variables have in them that hold a host, whatever that looks like: `DB_HOST: orders`.
const WORDS: [&str; 12] = [
    "HOST",
    "ENDPOINT",
    "ADDRESS",
    "SERVER",
    "DATABASE",
    "REDIS",
    "BROKER",
    "BOOTSTRAP",
    "DSN",
    "JDBC",
    "PROXY",
    "CONNECTION",
];

fn is_named_for_a_host(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    WORDS.iter().any(|word| variable.contains(word)) || variable.split('_').any(|word| word == "DB")
}

/// Ends of names of hosts.
const DOMAINS: [&str; 12] = [
    ".com",
    ".net",
    ".org",
    ".io",
    ".dev",
    ".cloud",
    ".aws",
    ".local",
    ".internal",
    ".corp",
    ".lan",
    ".intra",
];

/// An address of the web, a name with a domain, four numbers, or a port.
fn is_host(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let (before, port) = text.rsplit_once(':').unwrap_or((&text, ""));
    let has_port = (2..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let name = if has_port { before } else { &text };
    let is_dotted = |piece: &str| {
        let numbers = piece.split('.').filter(|part| part.parse::<u8>().is_ok()).count();
        piece.split('.').count() == 4 && numbers == 4
    };
    text.contains("://")
        || text.contains(".amazonaws.com")
        || text.contains("{{resolve:")
        || (has_port && !before.is_empty() && !text.starts_with("arn:"))
        || DOMAINS.iter().any(|domain| name.ends_with(domain))
        || name.split([',', '/', ' ']).any(is_dotted)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources, template};

    fn holds(variable: &str) -> String {
        let template = template(&format!(
            "Parameters:
  Host: {{Type: String}}
  Level: {{Type: String, Default: INFO}}
  None: {{Type: String, Default: ''}}
  Stage: {{Type: String, AllowedValues: [dev, prod]}}
Conditions: {{IsProd: !Equals [!Ref Stage, prod]}}
Resources:
  F: {{Type: 'AWS::Lambda::Function', Properties: {{Environment: {{Variables: {{{variable}}}}}}}}}
  Queue: {{Type: 'AWS::SQS::Queue'}}
  Group: {{Type: 'AWS::EC2::SecurityGroup'}}
  Balancer: {{Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}}
"
        ));
        fact(&template, "F", "HoldsHost")
    }

    #[test]
    fn a_host_is_known_by_its_form_or_by_the_name_of_its_variable() {
        for variable in [
            "A: 'https://example.com'",
            "A: orders.example.internal",
            "A: 'cache:6379'",
            "A: '10.0.0.7'",
            "DB_HOST: orders",
            "A: !Sub 'http://${Host}/'",
        ] {
            assert_eq!(holds(variable), "true", "{variable}");
        }
    }

    #[test]
    fn what_names_a_resource_of_a_public_service_or_says_how_much_is_no_host() {
        for variable in [
            "A: '200'",
            "A: 'arn:aws:sns:eu-west-1:123456789012:orders'",
            "A: !Ref Queue",
            "A: !GetAtt Queue.Arn",
            "A: !Ref Group",
            "A: !Ref AWS::StackName",
            "A: !Ref Level",
            "A: !Ref Stage",
            "A: !Sub '${AWS::StackName}-${Queue}'",
            "A: !Sub '${Queue}/in'",
        ] {
            assert_eq!(holds(variable), "false", "{variable}");
        }
    }

    #[test]
    fn what_the_deployment_tells_may_be_a_host() {
        for variable in [
            "A: !Ref Host",
            "A: !Ref None",
            "A: !ImportValue host",
            "A: '{{resolve:ssm:/orders/host}}'",
            "A: !GetAtt Balancer.DNSName",
            "A: !GetAtt Elsewhere.Address",
            "A: !Sub '${Host}-orders'",
        ] {
            let told = holds(variable);
            assert!(told == "unknown" || told == "true", "{variable}: {told}");
        }
        assert_eq!(holds("A: !If [IsProd, 'http://a', none]"), "true when IsProd is true");
    }

    #[test]
    fn a_function_is_in_a_vpc_where_it_has_subnets() {
        let inside = |config: &str| {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function', Properties: {{{config}}}}}
"
            ));
            fact(&template, "F", "InVpc")
        };
        assert_eq!(inside("VpcConfig: {SubnetIds: [!Ref SubnetA]}"), "true");
        assert_eq!(inside("VpcConfig: {SubnetIds: !Ref Subnets}"), "true");
        assert_eq!(inside("VpcConfig: {SubnetIds: []}"), "false");
        assert_eq!(inside("Timeout: 3"), "false");
    }
}

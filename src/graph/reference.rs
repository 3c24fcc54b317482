//! References: what a function, a task or a workflow is told the name of, where nothing shows whether it may use it.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::template::Guard;

use super::database;
use super::draft::Draft;
use super::role::HiddenPermissions;
use super::variable::{self, Mentions, Variable};
use super::{Certainty, Edge, EdgeKind, Evidence, EvidenceClass, VertexId, VertexKind};

/// Adds the edges that a variable alone makes possible: to what needs no permission, and to what needs one where the
/// permissions are not to be seen. Where they are, and none is for what the variable names, it is the permission that
/// is missing, and there is no edge.
pub(super) fn read(draft: &mut Draft<'_>, mentions: &Mentions) {
    read_own_apis(draft, mentions);
    database::read_connections(draft, mentions);
    let mut permissions = HiddenPermissions::of(draft);
    let linked = linked(draft);
    let mut edges = 0;
    for (&(from, to), variables) in mentions.iter().chain(&variable::of_unread_workflows(draft)) {
        let kinds = draft.vertex(to).kind.uses().usual;
        if kinds.is_empty() || from == to {
            continue;
        }
        let hidden = permissions.when(draft, from);
        let told: Vec<&Variable> = variables
            .iter()
            .filter(|it| names(draft, it) && draft.can_hold(draft.and(hidden, it.guard)))
            .collect();
        let guards = &draft.template().guards;
        let guard = told.iter().fold(Guard::NEVER, |guard, variable| guards.or(guard, variable.guard));
        let guard = draft.and(hidden, guard);
        let is_linked =
            |ends| linked.get(&ends).is_some_and(|known| draft.can_hold(draft.and(*known, guard)));
        // What a queue feeds is told its name to delete what it has read.
        let is_fed = draft.vertex(to).kind == VertexKind::Queue && is_linked((to, from));
        if told.is_empty() || is_linked((from, to)) || is_fed {
            continue;
        }
        for &kind in kinds {
            if edges == MOST_EDGES {
                return;
            }
            edges += 1;
            add(draft, (from, to, kind), guard, &told);
        }
    }
}

/// Hundreds of functions that are all told of hundreds of resources say little of any of them.
const MOST_EDGES: usize = 5_000;

fn add(
    draft: &mut Draft<'_>,
    (from, to, kind): (VertexId, VertexId, EdgeKind),
    guard: Guard,
    told: &[&Variable],
) {
    let evidence =
        told.iter().map(|variable| Evidence { class: EvidenceClass::Reference, origin: variable.origin });
    draft.add_edge(Edge {
        kind,
        from,
        to,
        via: None,
        guard,
        certainty: Certainty::Possible,
        evidence: evidence.collect(),
        origin: draft.vertex(from).origin,
        facts: told.first().map(|variable| variable.fact()).into_iter().collect(),
    });
}

/// When one resource is known to lead to another, in whatever way.
fn linked(draft: &Draft<'_>) -> FxHashMap<(VertexId, VertexId), Guard> {
    let mut found = FxHashMap::default();
    for edge in &draft.graph.edges {
        let guard = found.entry((edge.from, edge.to)).or_insert(Guard::NEVER);
        *guard = draft.template().guards.or(*guard, edge.guard);
    }
    found
}

/// The attributes by which an SDK is told what to use; others are a website's address, a stream's ARN.
const NAMES: [&str; 8] =
    ["Arn", "Name", "QueueName", "QueueUrl", "TopicArn", "TopicName", "EventBusName", "DeliveryStreamName"];

/// Whether a variable hands its resource on by name, to its owner. A name that is merely spelt like it may be another
/// stack's, and the address of a website is for a browser.
fn names(draft: &Draft<'_>, variable: &Variable) -> bool {
    let is_name = variable.attribute.is_none_or(|attribute| NAMES.contains(&draft.text(attribute)));
    let is_website = variable.text.starts_with("http") && !variable.text.starts_with("https://sqs.");
    is_name && !is_website && !variable.is_by_name && !variable.is_of_globals()
}

/// Variables with these words hold an API's address for someone else: a browser, an identity provider.
const ADDRESSES_FOR_OTHERS: [&str; 3] = ["CALLBACK", "REDIRECT", "ORIGIN"];

/// A function that is told the address of an API of its own template may call it: that needs no permission.
fn read_own_apis(draft: &mut Draft<'_>, mentions: &Mentions) {
    let granted: FxHashSet<(VertexId, VertexId)> = draft
        .graph
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Invoke)
        .map(|edge| (edge.from, edge.to))
        .collect();
    for (&(from, to), variables) in mentions {
        let is_api = matches!(draft.vertex(to).kind, VertexKind::RestApi | VertexKind::HttpApi);
        if !is_api || granted.contains(&(from, to)) {
            continue;
        }
        let Some(variable) = variables.iter().find(|variable| is_address(draft, variable)) else { continue };
        let edge = Edge {
            kind: EdgeKind::Invoke,
            from,
            to,
            via: None,
            guard: variable.guard,
            certainty: Certainty::Possible,
            evidence: vec![Evidence { class: EvidenceClass::Reference, origin: variable.origin }],
            origin: draft.vertex(from).origin,
            facts: vec![variable.fact()],
        };
        draft.add_edge(edge);
    }
}

fn is_address(draft: &Draft<'_>, variable: &Variable) -> bool {
    let name = draft.text(variable.name).to_uppercase();
    let is_endpoint = variable.attribute.is_some_and(|attribute| draft.text(attribute) == "ApiEndpoint");
    (is_endpoint || variable.text.contains(".execute-api."))
        && !ADDRESSES_FOR_OTHERS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edge_fact, edges, expanded, fact, resources, template};
    use super::*;
    use crate::code::HandlerCode;
    use crate::graph::Graph;
    use crate::template::{Resolver, Template};

    /// A function `A` whose role is a parameter, and what it may be told of.
    fn told(variables: &str) -> Vec<String> {
        edges(&with_role("!Ref RoleArn", variables))
    }

    fn with_role(role: &str, variables: &str) -> Template {
        template(&format!(
            "Parameters: {{RoleArn: {{Type: String}}}}
Conditions: {{IsProd: !Equals [!Ref Stage, prod]}}
Resources:
  A: {{Type: 'AWS::Lambda::Function', Properties: {{Role: {role}, Environment: {{Variables: {{{variables}}}}}}}}}
  B: {{Type: 'AWS::Lambda::Function', Properties: {{FunctionName: billing}}}}
  Live: {{Type: 'AWS::Lambda::Alias', Properties: {{FunctionName: !Ref B}}}}
  Q: {{Type: 'AWS::SQS::Queue'}}
  P: {{Type: 'AWS::SNS::Topic'}}
  Bus: {{Type: 'AWS::Events::EventBus'}}
  S: {{Type: 'AWS::Kinesis::Stream'}}
  T: {{Type: 'AWS::DynamoDB::Table'}}
  X: {{Type: 'AWS::S3::Bucket'}}
  D: {{Type: 'AWS::KinesisFirehose::DeliveryStream'}}
  Flow: {{Type: 'AWS::StepFunctions::StateMachine'}}
  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  R:
    Type: AWS::IAM::Role
    Properties: {{Policies: [{{PolicyDocument: {{Statement: [{{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Q.Arn}}]}}}}]}}
  Odd: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{{PolicyDocument: {{Statement: [{{Effect: Allow, NotAction: 'iam:*', Resource: '*'}}]}}}}]}}}}
"
        ))
    }

    #[test]
    fn a_variable_is_a_possible_use_where_the_role_is_not_to_be_seen() {
        for (variable, expected) in [
            ("!Ref B", &["invoke A -> B [possible]"][..]),
            ("!Ref Live", &["invoke A -> B [possible]"]),
            ("!Ref Q", &["send A -> Q [possible]"]),
            (
                "!Sub 'https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/${Q.QueueName}'",
                &["send A -> Q [possible]"],
            ),
            ("!Ref P", &["publish A -> P [possible]"]),
            ("!GetAtt Bus.Name", &["publish A -> Bus [possible]"]),
            ("!Ref S", &["read A -> S [possible]", "write A -> S [possible]"]),
            ("!GetAtt T.Arn", &["read A -> T [possible]", "write A -> T [possible]"]),
            ("!Sub 's3://${X}/in'", &["read A -> X [possible]", "write A -> X [possible]"]),
            ("!Ref D", &["write A -> D [possible]"]),
            ("!Ref Flow", &["start.async A -> Flow [possible]"]),
            ("!If [IsProd, !Ref Q, none]", &["send A -> Q [possible] when IsProd is true"]),
        ] {
            assert_eq!(told(&format!("NAME: {variable}")), expected, "{variable}");
        }
        let queue = with_role("!Ref RoleArn", "NAME: !Ref Q");
        assert_eq!(edge_fact(&queue, EdgeKind::Send, "Variable"), "NAME");
    }

    #[test]
    fn what_is_no_name_for_its_owner_is_no_use() {
        for variable in [
            "!GetAtt T.StreamArn",
            "!GetAtt X.WebsiteURL",
            "!Sub 'https://${X}.s3.amazonaws.com'",
            "!Sub '${X}-logs'",
            "!GetAtt Flow.Name",
            "!Ref Api",
            // Spelt like the name of `B`, which another stack may have as well.
            "billing",
        ] {
            let expected: &[&str] =
                if variable.contains("Flow") { &["start.async A -> Flow [possible]"] } else { &[] };
            assert_eq!(told(&format!("NAME: {variable}")), expected, "{variable}");
        }
    }

    #[test]
    fn where_the_permissions_are_to_be_seen_it_is_they_that_count() {
        let edges = |role: &str, variables: &str| edges(&with_role(role, variables));
        assert_eq!(edges("!GetAtt R.Arn", "A: !Ref Q, B: !Ref T"), ["send A -> Q [likely]"]);
        assert_eq!(edges("!GetAtt Odd.Arn", "B: !Ref P"), ["publish A -> P [possible]"]);
        assert_eq!(
            edges("!If [IsProd, !GetAtt R.Arn, !Ref RoleArn]", "B: !Ref P"),
            ["send A -> Q [possible] when IsProd is true", "publish A -> P [possible] when IsProd is false"]
        );
        // A permission that can be seen says more than the variable.
        assert_eq!(
            edges("!If [IsProd, !GetAtt R.Arn, !Ref RoleArn]", "A: !If [IsProd, !Ref Q, none]"),
            ["send A -> Q [likely] when IsProd is true"]
        );
    }

    #[test]
    fn a_queue_that_feeds_its_reader_is_named_to_delete_from_it() {
        let template = resources(
            "  A: {Type: 'AWS::Lambda::Function', Properties: {Role: !ImportValue r, Environment: {Variables: {Q: !Ref Q}}}}
  Q: {Type: 'AWS::SQS::Queue'}
  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref A, EventSourceArn: !GetAtt Q.Arn}}
",
        );
        assert_eq!(edges(&template), ["poll Q -> A [certain]"]);
    }

    #[test]
    fn what_globals_tell_all_functions_is_no_use_of_one_of_them() {
        let template = expanded(
            "  A:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: python3.13, CodeUri: ., Role: !ImportValue r, Environment: {Variables: {OWN: !Ref Q}}}
  Q: {Type: 'AWS::SQS::Queue'}
  P: {Type: 'AWS::SNS::Topic'}
Globals: {Function: {Environment: {Variables: {TOPIC: !Ref P}}}}
",
        );
        assert_eq!(edges(&template), ["send A -> Q [possible]"]);
    }

    #[test]
    fn a_task_is_told_names_and_one_without_a_role_may_do_nothing() {
        let task = |role: &str| {
            edges(&resources(&format!(
                "  T:
    Type: AWS::ECS::TaskDefinition
    Properties:
      {role}
      ContainerDefinitions: [{{Environment: [{{Name: QUEUE, Value: !Ref Q}}]}}]
  Q: {{Type: 'AWS::SQS::Queue'}}
"
            )))
        };
        assert_eq!(task("TaskRoleArn: !ImportValue role"), ["send T -> Q [possible]"]);
        assert_eq!(task("ExecutionRoleArn: !ImportValue role"), [""; 0]);
    }

    #[test]
    fn a_workflow_uses_what_it_is_told_where_its_definition_is_not_at_hand() {
        let workflow = |definition: &str| {
            edges(&resources(&format!(
                "  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !ImportValue role
      DefinitionSubstitutions: {{Pay: !GetAtt F.Arn, Orders: !Ref T}}
      {definition}
  F: {{Type: 'AWS::Lambda::Function'}}
  T: {{Type: 'AWS::DynamoDB::Table'}}
"
            )))
        };
        assert_eq!(
            workflow("DefinitionS3Location: {Bucket: b, Key: k}"),
            ["invoke M -> F [possible]", "read M -> T [possible]", "write M -> T [possible]"]
        );
        assert_eq!(
            workflow("Definition: {StartAt: A, States: {A: {Type: Task, Resource: '${Pay}'}}}"),
            ["step M -> F [certain]"]
        );
    }

    #[test]
    fn a_variable_alone_makes_no_path_no_cycle_and_no_purpose() {
        let template = resources(
            "  Url: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref A}}
  A: {Type: 'AWS::Lambda::Function', Properties: {Role: !ImportValue r, Environment: {Variables: {B: !Ref B, T: !Ref T}}}}
  B: {Type: 'AWS::Lambda::Function'}
  Logs: {Type: 'AWS::Logs::SubscriptionFilter', Properties: {LogGroupName: x, DestinationArn: !GetAtt B.Arn}}
  T: {Type: 'AWS::DynamoDB::Table', Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref A, EventSourceArn: !GetAtt T.StreamArn}}
",
        );
        let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
        assert!(edges(&template).contains(&"invoke A -> B [possible]".to_owned()));
        assert!(edges(&template).contains(&"write A -> T [possible]".to_owned()));
        assert!(graph.sync_paths.iter().all(|path| path.edges.len() == 1));
        assert!(graph.cycles.is_empty());
        assert_eq!(fact(&template, "B", "Purpose"), "log-forwarder");
        assert_eq!(fact(&template, "B", "InvokedElsewhere"), "true");
    }

    #[test]
    fn a_function_that_is_told_its_own_apis_address_may_call_it() {
        let with_policy = |variables: &str, policy: &str| {
            edges(&resources(&format!(
                "  A: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn, Environment: {{Variables: {{{variables}}}}}}}}}
  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{policy}]}}}}
"
            )))
        };
        let address = "!Sub 'https://${Api}.execute-api.${AWS::Region}.amazonaws.com/Prod'";
        let none = "{PolicyDocument: {Statement: []}}";
        assert_eq!(with_policy(&format!("URL: {address}"), none), ["invoke A -> Api [possible]"]);
        assert_eq!(with_policy(&format!("CALLBACK_URL: {address}"), none), [""; 0]);
        assert_eq!(with_policy("API_ID: !Ref Api", none), [""; 0]);
        let grant = "{PolicyDocument: {Statement: {Effect: Allow, Action: 'execute-api:Invoke', Resource: !Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*'}}}";
        assert_eq!(with_policy(&format!("URL: {address}"), grant), ["invoke A -> Api [likely]"]);
    }
}

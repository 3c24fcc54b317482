//! What connectors say, before and after the transform.

use super::super::tests::{edges, resources, shown};
use super::super::{EvidenceClass, Graph};
use crate::code::HandlerCode;
use crate::sam;
use crate::template::{Resolver, Template};

fn transformed(text: &str) -> Template {
    let mut template = resources(text);
    let told = sam::expand(&mut template);
    assert_eq!(told, [], "all of the test's template expands");
    template
}

/// The edges after the transform.
fn expanded(text: &str) -> Vec<String> {
    edges(&transformed(text))
}

#[test]
fn the_proof_of_an_edge_is_the_connector_in_either_form() {
    let template = transformed(
        "  A:
    Type: AWS::Serverless::Function
    Connectors: {ToB: {Properties: {Destination: {Id: B}, Permissions: [Write]}}}
  B: {Type: 'AWS::Serverless::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  Topic: {Type: 'AWS::SNS::Topic'}
  ToQ: {Type: 'AWS::Serverless::Connector', Properties: {Source: {Id: B}, Destination: [{Id: Q}], Permissions: [Write]}}
  ToA: {Type: 'AWS::Serverless::Connector', Properties: {Source: {Id: Topic}, Destination: {Id: A}, Permissions: [Write]}}
",
    );
    let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
    let text = template.sources[0].text();
    let mut found = Vec::new();
    for edge in &graph.edges {
        assert!(edge.evidence.iter().all(|evidence| evidence.class == EvidenceClass::Connector));
        let proofs: Vec<&str> =
            edge.evidence.iter().map(|evidence| &text[evidence.origin.key.range()]).collect();
        let author = &text[edge.origin.key.range()];
        found.push(format!("{} by {} of {author}", shown(&template, &graph, edge), proofs.join(", ")));
    }
    found.sort();
    assert_eq!(
        found,
        [
            "invoke A -> B [likely] by ToB of A",
            "invoke Topic -> A [likely] by ToA of Topic",
            "send B -> Q [likely] by ToQ of B",
        ]
    );
}

#[test]
fn what_a_function_may_do_by_a_connector_is_likely() {
    assert_eq!(
        expanded(
            "  A:
    Type: AWS::Serverless::Function
    Connectors: {ToB: {Properties: {Destination: {Id: B}, Permissions: [Write]}}}
  B: {Type: 'AWS::Serverless::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  T: {Type: 'AWS::Serverless::SimpleTable'}
  Flow: {Type: 'AWS::Serverless::StateMachine', Properties: {DefinitionUri: flow.json, Role: !GetAtt BRole.Arn}}
  C:
    Type: AWS::Serverless::Connector
    Properties:
      Source: {Id: B}
      Destination: [{Id: Q}, {Id: T}, {Id: Flow}, {Type: AWS::SNS::Topic, Arn: 'arn:aws:sns:::t'}]
      Permissions: [Write]
"
        ),
        [
            "send B -> Q [likely]",
            "write B -> T [likely]",
            "start.async B -> Flow [likely]",
            "invoke A -> B [likely]"
        ]
    );
}

#[test]
fn what_others_do_by_a_connector_is_likely_unless_it_is_wired() {
    assert_eq!(
        expanded(
            "  Flow:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: flow.json}
    Connectors: {ToT: {Properties: {Destination: {Id: T}, Permissions: [Read]}}}
  F: {Type: 'AWS::Serverless::Function'}
  T: {Type: 'AWS::DynamoDB::Table'}
  Q: {Type: 'AWS::SQS::Queue'}
  Topic:
    Type: AWS::SNS::Topic
    Connectors: {ToAll: {Properties: {Destination: [{Id: Q}, {Id: F}], Permissions: [Write]}}}
  Wired:
    Type: AWS::Events::Rule
    Properties: {Targets: [{Id: a, Arn: !Ref Topic}]}
    Connectors: {ToTopic: {Properties: {Destination: {Id: Topic}, Permissions: [Write]}}}
"
        ),
        [
            "publish Wired -> Topic [certain]",
            "read Flow -> T [likely]",
            "send Topic -> Q [likely]",
            "invoke Topic -> F [likely]",
        ]
    );
}

#[test]
fn the_policy_for_polling_a_queue_is_a_way_into_the_function_and_none_out_of_it() {
    let template = |mapping: &str| {
        expanded(&format!(
            "  Q: {{Type: 'AWS::SQS::Queue', Connectors: {{ToF: {{Properties: {{Destination: {{Id: F}}, Permissions: [Read, Write]}}}}}}}}
  F: {{Type: 'AWS::Serverless::Function'}}
{mapping}"
        ))
    };
    assert_eq!(template(""), ["invoke Q -> F [likely]"]);
    let mapping = "  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn}}\n";
    assert_eq!(template(mapping), ["poll Q -> F [certain]"]);
}

#[test]
fn a_connector_speaks_of_its_own_source_where_others_share_the_role() {
    assert_eq!(
        expanded(
            "  A:
    Type: AWS::Serverless::Function
    Properties: {Role: !GetAtt R.Arn}
    Connectors: {ToB: {Properties: {Destination: {Id: B}, Permissions: [Write]}}}
  Other: {Type: 'AWS::Serverless::Function', Properties: {Role: !GetAtt R.Arn}}
  B: {Type: 'AWS::Serverless::Function', Properties: {Role: arn}}
  R: {Type: 'AWS::IAM::Role'}
"
        ),
        ["invoke A -> B [likely]", "invoke Other -> B [possible]"]
    );
}

#[test]
fn a_connector_beside_a_wired_link_adds_nothing() {
    let template = resources(
        "  R: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !Ref Flow}]}}
  Flow: {Type: 'AWS::StepFunctions::StateMachine'}
  C: {Type: 'AWS::Serverless::Connector', Properties: {Source: {Id: R}, Destination: {Id: Flow}, Permissions: [Write]}}
",
    );
    assert_eq!(edges(&template), ["start.async R -> Flow [certain]"]);
}

#[test]
fn a_connector_makes_a_call_likely_in_either_form() {
    let template = resources(
        "  A: {Type: 'AWS::Lambda::Function', Connectors: {ToB: {Properties: {Destination: {Id: B}, Permissions: [Write]}}}}
  B: {Type: 'AWS::Lambda::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  C:
    Type: AWS::Serverless::Connector
    Properties: {Source: {Id: A}, Destination: [{Id: B}, {Id: Q}], Permissions: [Write]}
",
    );
    assert_eq!(edges(&template), ["invoke A -> B [likely]", "send A -> Q [likely]"]);
}

#[test]
fn a_template_that_was_transformed_elsewhere_says_the_same() {
    let template = resources(
        "  F: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R.Arn}}
  R: {Type: 'AWS::IAM::Role'}
  T: {Type: 'AWS::DynamoDB::Table'}
  Topic: {Type: 'AWS::SNS::Topic'}
  ToTPolicy:
    Type: AWS::IAM::ManagedPolicy
    Metadata: {'aws:sam:connectors': {ToT: {Source: {Type: AWS::Serverless::Function}, Destination: {Type: AWS::DynamoDB::Table}}}}
    Properties:
      Roles: [!Ref R]
      PolicyDocument: {Statement: [{Effect: Allow, Action: ['dynamodb:PutItem'], Resource: [!GetAtt T.Arn]}]}
  ToFWriteLambdaPermission:
    Type: AWS::Lambda::Permission
    Metadata: {'aws:sam:connectors': {ToF: {Source: {Type: AWS::SNS::Topic}, Destination: {Type: AWS::Serverless::Function}}}}
    Properties: {FunctionName: !GetAtt F.Arn, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: !Ref Topic}
",
    );
    assert_eq!(edges(&template), ["invoke Topic -> F [likely]", "write F -> T [likely]"]);
}

#[test]
fn a_route_of_an_api_is_open_to_the_function_of_its_connector() {
    let api = "  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {BodyS3Location: {Bucket: b, Key: k}}
    Connectors: {ToF: {Properties: {Destination: {Id: F}, Permissions: [Write]}}}
  F: {Type: 'AWS::Lambda::Function'}
";
    let found = expanded(api);
    assert!(found.contains(&"invoke Api -> F [likely]".to_owned()), "{found:?}");
    assert!(found.iter().all(|edge| !edge.contains("apigateway.amazonaws.com")), "{found:?}");
}

//! What the other types become, and what is told instead of expanded.

use crate::template::OriginKind;

use super::expanded;

#[test]
fn a_state_machine_keeps_its_definition_as_a_tree_and_its_events_start_it() {
    let template = expanded(
        "
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Type: EXPRESS
      Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt F.Arn, End: true}}}
      Events:
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}
        Post: {Type: Api, Properties: {Path: /run, Method: post}}
  File:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: flow.asl.json, Role: arn, Policies: []}
",
    );
    let task = template.origin("Flow", "DefinitionString.States.A.Resource");
    assert_eq!((template.texts(task), task.kind), (("Resource", "!GetAtt F.Arn"), OriginKind::Written));
    assert_eq!(template.texts(template.origin("Flow", "StateMachineType")), ("Type", "EXPRESS"));
    assert_eq!(template.show("File", "DefinitionS3Location"), "flow.asl.json");
    assert!(!template.ids().contains(&"FileRole"));
    assert_eq!(template.show("FlowNightly", "Targets.0.RoleArn"), "!GetAtt FlowNightlyRole.Arn");
    assert_eq!(
        template.show("FlowNightly", "Targets.0.DeadLetterConfig.Arn"),
        "!GetAtt FlowNightlyQueue.Arn"
    );
    assert_eq!(template.type_of("FlowNightlyQueuePolicy"), "AWS::SQS::QueuePolicy");
    let integration = "Body.paths./run.post.x-amazon-apigateway-integration";
    let start = template.show("ServerlessRestApi", &format!("{integration}.uri"));
    assert!(start.ends_with(":states:action/StartExecution"), "{start}");
    let request = template.show("ServerlessRestApi", &format!("{integration}.requestTemplates"));
    assert!(request.contains("${Flow}"), "{request}");
}

#[test]
fn small_types_become_what_they_stand_for() {
    let template = expanded(
        "
Resources:
  Table: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: pk, Type: Number}}}
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer/}}
  F: {Type: AWS::Serverless::Function, DependsOn: [Layer], Properties: {Layers: [!Ref Layer]}}
",
    );
    assert_eq!(template.show("Table", "KeySchema"), "[{AttributeName: pk, KeyType: HASH}]");
    assert_eq!(template.show("Table", "AttributeDefinitions"), "[{AttributeName: pk, AttributeType: N}]");
    assert_eq!(template.show("Table", "BillingMode"), "PAY_PER_REQUEST");
    let layer = template.ids()[1].to_owned();
    assert!(layer.len() == "Layer".len() + 10 && layer.starts_with("Layer"), "{layer}");
    assert_eq!(template.show(&layer, "Content"), "layer/");
    assert_eq!(template.show("F", "Layers"), format!("[!Ref {layer}]"));
    let depends_on = template.template.names.find("DependsOn").unwrap();
    assert_eq!(template.write(template.resource("F").attributes[&depends_on]), format!("[{layer}]"));
}

#[test]
fn what_cannot_be_expanded_is_told_at_its_place_and_the_rest_expands() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Fax: {Type: Fax}
        Empty: {Type: SQS}
        Lost: {Type: Api, Properties: {Path: /, Method: get, RestApiId: !Ref Http}}
        Elsewhere: {Type: Api, Properties: {Path: /, Method: get, RestApiId: !Ref OfAnotherFile}}
        Good: {Type: SQS, Properties: {Queue: arn}}
  Odd: {Type: AWS::Serverless::Thing}
  Http: {Type: AWS::Serverless::HttpApi}
  Flow: {Type: AWS::Serverless::Application, Properties: {Location: app.yaml}}
",
    );
    let source = &template.template.sources[0];
    let places: Vec<_> = template.told.iter().map(|told| source.slice(told.location.span)).collect();
    assert_eq!(places, ["Odd", "Fax", "Empty", "!Ref Http"]);
    let made = ["FElsewherePermissionStage", "FGood", "FRole"];
    let left = ["Odd", "Http", "HttpApiGatewayDefaultStage", "Flow"];
    assert_eq!(template.ids(), [&["F"][..], &made, &left].concat());
    assert_eq!(template.type_of("Odd"), "AWS::Serverless::Thing");
}

#[test]
fn what_a_macro_may_write_is_neither_missing_nor_absent() {
    let template = expanded(
        "
Globals:
  Function: {Fn::Transform: {Name: M}, Timeout: 20}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: SQS, Properties: {Fn::Transform: {Name: M}}}
        B: {Type: SQS, Properties: {Queue: arn, 'Fn::Transform': {Name: M}}}
  G: {Type: AWS::Serverless::Function, Properties: {Fn::Transform: {Name: M}}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: dev, 'Fn::Transform': {Name: M}}}
",
    );
    assert_eq!(template.told, []);
    for id in ["F", "FB", "ApidevStage"] {
        assert!(template.template.values.is_open(template.find(id, "").unwrap()), "{id}");
    }
    assert_eq!(template.type_of("G"), "AWS::Serverless::Function");
}

#[test]
fn a_resource_of_the_authors_is_not_replaced_by_one_that_is_made() {
    let template = expanded(
        "
Resources:
  F: {Type: AWS::Serverless::Function}
  FRole: {Type: AWS::SQS::Queue}
",
    );
    assert_eq!(template.type_of("FRole"), "AWS::SQS::Queue");
    assert_eq!(template.told.len(), 1);
}

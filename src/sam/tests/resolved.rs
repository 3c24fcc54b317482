//! What the transform looks up, hands on and replaces in functions, layers and buckets.

use super::expanded;

#[test]
fn a_deployment_is_of_the_type_that_a_mapping_or_a_text_gives() {
    let group = |kind: &str| {
        let template = expanded(&format!(
            "
Parameters: {{Env: {{Type: String, Default: prod}}, Kind: {{Type: String, Default: AllAtOnce}}}}
Mappings: {{Kinds: {{prod: {{type: Linear10PercentEvery1Minute}}, test: {{type: AllAtOnce}}}}}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {{AutoPublishAlias: live, DeploymentPreference: {{Type: {kind}}}}}
"
        ));
        template.show("FDeploymentGroup", "DeploymentConfigName")
    };
    assert_eq!(
        group("!FindInMap [Kinds, !Ref Env, type]"),
        "CodeDeployDefault.Lambda<Linear10PercentEvery1Minute>"
    );
    assert_eq!(group("!Sub '${Kind}'"), "CodeDeployDefault.Lambda<AllAtOnce>");
    assert_eq!(group("!Ref Unknown"), "!Ref Unknown");
}

#[test]
fn a_parameter_is_looked_up_unless_it_is_a_secret_or_may_be_several() {
    let name = |parameter: &str| {
        let template = expanded(&format!(
            "
Parameters: {{P: {{{parameter}}}}}
Resources:
  L: {{Type: AWS::Serverless::LayerVersion, Properties: {{ContentUri: ., LayerName: !Ref P}}}}
"
        ));
        let layer = template.ids()[0].to_owned();
        template.show(&layer, "LayerName")
    };
    assert_eq!(name("Type: String, Default: shared"), "shared");
    assert_eq!(name("Type: String"), "!Ref P");
    assert_eq!(name("Type: String, Default: shared, NoEcho: true"), "!Ref P");
    assert_eq!(name("Type: String, Default: a, AllowedValues: [a, b]"), "!Ref P");
}

#[test]
fn a_destination_is_looked_up_in_each_branch() {
    let template = expanded(
        "
Parameters: {Arn: {Type: String, Default: 'arn:aws:sqs:eu-west-1:1:failed'}}
Conditions: {IsProd: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      EventInvokeConfig:
        DestinationConfig: {OnFailure: {Type: SQS, Destination: !If [IsProd, !Ref AWS::NoValue, !Ref Arn]}}
",
    );
    assert_eq!(
        template.show("FEventInvokeConfig", "DestinationConfig.OnFailure.Destination"),
        "!If [IsProd, !GetAtt FEventInvokeConfigOnFailureQueue.Arn, arn:aws:sqs:eu-west-1:1:failed]"
    );
}

#[test]
fn a_notification_that_the_bucket_has_already_is_not_added_again() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Same: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*', Filter: {S3Key: {Rules: [a]}}}}
        Other: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectRemoved:*'}}
  B:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations:
          - {Filter: {S3Key: {Rules: [a]}}, Function: !GetAtt F.Arn, Event: 's3:ObjectCreated:*'}
",
    );
    assert_eq!(
        template.show("B", "NotificationConfiguration.LambdaConfigurations.1.Event"),
        "s3:ObjectRemoved:*"
    );
    assert_eq!(template.find("B", "NotificationConfiguration.LambdaConfigurations.2"), None);
}

#[test]
fn tags_that_are_handed_on_replace_those_of_sam() {
    let template = expanded(
        "
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      PropagateTags: true
      Tags: {team: a}
      DefinitionUri: a
      Events: {Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}}
",
    );
    for id in ["Flow", "FlowRole", "FlowNightlyRole", "FlowNightlyQueue"] {
        assert_eq!(template.show(id, "Tags"), "[{Key: team, Value: a}]", "{id}");
    }
    assert_eq!(template.show("FlowNightly", "Tags"), "nothing");
}

#[test]
fn the_implicit_api_takes_the_place_of_a_resource_of_its_id() {
    let template = expanded(
        "
Resources:
  ServerlessRestApi: {Type: AWS::Serverless::Function}
  F:
    Type: AWS::Serverless::Function
    Properties: {Events: {Get: {Type: Api, Properties: {Path: /a, Method: get}}}}
",
    );
    assert_eq!(template.type_of("ServerlessRestApi"), "AWS::ApiGateway::RestApi");
    assert_eq!(template.type_of("FGetPermissionProd"), "AWS::Lambda::Permission");
    assert!(!template.ids().contains(&"ServerlessRestApiRole"));
    let alone = expanded("Resources:\n  ServerlessRestApi: {Type: AWS::Serverless::Function}\n");
    assert_eq!(alone.type_of("ServerlessRestApi"), "AWS::Lambda::Function");
}

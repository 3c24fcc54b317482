//! What capacity providers become, and what functions say of them.

use super::expanded;

#[test]
fn a_capacity_provider_has_a_role_unless_its_author_gives_one() {
    let template = expanded(
        "
Globals:
  CapacityProvider: {OperatorRole: role, Tags: {team: a}, PropagateTags: true}
Resources:
  Shared: {Type: AWS::Serverless::CapacityProvider, Properties: {VpcConfig: {SubnetIds: [s]}}}
  Own:
    Type: AWS::Serverless::CapacityProvider
    IgnoreGlobals: [OperatorRole]
    DeletionPolicy: Retain
    Properties: {VpcConfig: {SubnetIds: [s]}}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.ids(), ["Shared", "OwnOperatorRole", "Own"]);
    let arn = "PermissionsConfig.CapacityProviderOperatorRoleArn";
    assert_eq!(template.show("Shared", arn), "role");
    assert_eq!(template.show("Own", arn), "!GetAtt OwnOperatorRole.Arn");
    assert_eq!(template.show("Own", "VpcConfig"), "{SubnetIds: [s]}");
    assert_eq!(
        template.show("OwnOperatorRole", "ManagedPolicyArns"),
        "[arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator]"
    );
    let tags = "[{Key: lambda:createdBy, Value: SAM}, {Key: team, Value: a}]";
    assert_eq!(template.show("OwnOperatorRole", "Tags"), tags);
    let retain = template.template.names.find("DeletionPolicy").unwrap();
    assert_eq!(template.write(template.resource("OwnOperatorRole").attributes[&retain]), "Retain");
}

#[test]
fn a_utilization_makes_scaling_manual_in_each_branch() {
    let template = expanded(
        "
Conditions: {IsProd: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  C:
    Type: AWS::Serverless::CapacityProvider
    Properties:
      VpcConfig: {SubnetIds: [s]}
      InstanceRequirements: {Architectures: [arm64], AllowedTypes: [m8g.large]}
      ScalingConfig: !If [IsProd, {MaxVCpuCount: 40, AverageCPUUtilization: 70}, {MaxVCpuCount: 4}]
      LoggingConfig: {LogGroup: g}
      ManagedResourceTags: {Tags: {a: b}}
",
    );
    assert_eq!(
        template.show("C", "InstanceRequirements"),
        "{Architectures: [arm64], AllowedInstanceTypes: [m8g.large]}"
    );
    assert_eq!(
        template.show("C", "CapacityProviderScalingConfig"),
        "!If [IsProd, {MaxVCpuCount: 40, ScalingMode: Manual, ScalingPolicies: [{PredefinedMetricType: \
         LambdaCapacityProviderAverageCPUUtilization, TargetValue: 70}]}, {MaxVCpuCount: 4, ScalingMode: Auto}]"
    );
    assert_eq!(template.show("C", "TelemetryConfig"), "{LoggingConfig: {LogGroup: g}}");
    assert_eq!(template.show("C", "PropagateTags"), "{Mode: Explicit, ExplicitTags: [{Key: a, Value: b}]}");
}

#[test]
fn a_function_names_its_provider_by_the_longer_words_of_lambda() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CapacityProviderConfig: {Arn: !GetAtt C.Arn, PerExecutionEnvironmentMaxConcurrency: 10}
      FunctionScalingConfig: {MinExecutionEnvironments: 3}
  C: {Type: AWS::Serverless::CapacityProvider, Properties: {VpcConfig: {SubnetIds: [s]}}}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(
        template.show("F", "CapacityProviderConfig"),
        "{LambdaManagedInstancesCapacityProviderConfig: {CapacityProviderArn: !GetAtt C.Arn, \
         PerExecutionEnvironmentMaxConcurrency: 10}}"
    );
    assert_eq!(template.show("F", "FunctionScalingConfig"), "{MinExecutionEnvironments: 3}");
}

#[test]
fn what_the_transform_rejects_is_told() {
    let template = expanded(
        "
Resources:
  None: {Type: AWS::Serverless::CapacityProvider}
  Both:
    Type: AWS::Serverless::CapacityProvider
    Properties:
      VpcConfig: {SecurityGroupIds: [s]}
      InstanceRequirements: {AllowedTypes: [a], ExcludedTypes: [b]}
  F:
    Type: AWS::Serverless::Function
    Properties: {CapacityProviderConfig: {}, VpcConfig: {SubnetIds: [s]}}
  G: {Type: AWS::Serverless::Function, Properties: {FunctionScalingConfig: {MinExecutionEnvironments: 3}}}
",
    );
    let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "The CapacityProviderConfig of F has no Arn",
            "F has both CapacityProviderConfig and VpcConfig; it can have one",
            "G has FunctionScalingConfig but no CapacityProviderConfig",
            "None has no VpcConfig",
            "The VpcConfig of Both has no SubnetIds",
            "Both has both AllowedTypes and ExcludedTypes; it can have one",
        ]
    );
}

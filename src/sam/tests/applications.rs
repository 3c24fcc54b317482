//! What nested applications become.

use crate::template::OriginKind;

use super::{Expanded, expanded};

/// The texts at the places of what is told.
fn told(template: &Expanded) -> Vec<&str> {
    let source = &template.template.sources[0];
    template.told.iter().map(|told| source.slice(told.location.span)).collect()
}

#[test]
fn an_application_is_a_nested_stack_whose_template_is_where_its_author_says() {
    let template = expanded(
        "
Resources:
  App:
    Type: AWS::Serverless::Application
    Condition: IsProd
    DependsOn: Topic
    DeletionPolicy: Retain
    Properties:
      Location: ./child/template.yaml
      Parameters: {Arn: !GetAtt Topic.TopicArn}
      Tags: {team: orders}
      TimeoutInMinutes: 5
      NotificationARNs: [!Ref Topic]
  Topic: {Type: AWS::SNS::Topic}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.ids(), ["App", "Topic"]);
    assert_eq!(template.type_of("App"), "AWS::CloudFormation::Stack");
    assert_eq!(template.condition("App"), Some("IsProd"));
    let attributes: Vec<_> =
        template.resource("App").attributes.keys().map(|name| template.template.names.text(*name)).collect();
    assert_eq!(attributes, ["DependsOn", "DeletionPolicy"]);
    let url = template.origin("App", "TemplateURL");
    assert_eq!((template.texts(url), url.kind), (("Location", "./child/template.yaml"), OriginKind::Written));
    assert_eq!(template.show("App", "Parameters.Arn"), "!GetAtt Topic.TopicArn");
    assert_eq!(template.show("App", "NotificationARNs"), "[!Ref Topic]");
    assert_eq!(template.show("App", "TimeoutInMinutes"), "5");
    assert_eq!(
        template.show("App", "Tags"),
        "[{Key: lambda:createdBy, Value: SAM}, {Key: team, Value: orders}]"
    );
}

#[test]
fn an_application_of_the_repository_keeps_its_location_and_is_tagged_with_it() {
    let template = expanded(
        "
Resources:
  App:
    Type: AWS::Serverless::Application
    Properties:
      Location: {ApplicationId: !Ref Id, SemanticVersion: !FindInMap [Versions, !Ref AWS::Region, App]}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.show("App", "TemplateURL.ApplicationId"), "!Ref Id");
    assert_eq!(template.show("App", "Tags.1"), "{Key: serverlessrepo:applicationId, Value: !Ref Id}");
    assert_eq!(template.show("App", "Tags.2.Key"), "serverlessrepo:semanticVersion");
    assert_eq!(template.show("App", "Tags.3"), "nothing");
}

#[test]
fn what_the_repository_cannot_look_up_is_told() {
    let template = expanded(
        "
Resources:
  Nowhere: {Type: AWS::Serverless::Application, Properties: {TimeoutInMinutes: 5}}
  Macro: {Type: AWS::Serverless::Application, Properties: {'Fn::Transform': {Name: M}}}
  Computed: {Type: AWS::Serverless::Application, Properties: {Location: !Sub '${Base}/a.yaml'}}
  Secret:
    Type: AWS::Serverless::Application
    Properties: {Location: {ApplicationId: '{{resolve:ssm:id}}', SemanticVersion: 1.0.0}}
  Any: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a}}}
  Tagged: {Type: AWS::Serverless::Application, Properties: {Location: a, Tags: {'lambda:createdBy': me}}}
",
    );
    let expected =
        ["Nowhere", "!Sub '${Base}/a.yaml'", "'{{resolve:ssm:id}}'", "Location", "'lambda:createdBy'"];
    assert_eq!(told(&template), expected);
    assert_eq!(template.show("Computed", "TemplateURL"), "${Base}/a.yaml");
    assert!(template.resource("Macro").properties.is_some_and(|map| template.template.values.is_open(map)));
}

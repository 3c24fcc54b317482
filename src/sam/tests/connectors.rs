//! What connectors become, and why some stay as they are.

use crate::template::OriginKind;

use super::{Expanded, expanded};

fn attribute(template: &Expanded, id: &str, name: &str) -> String {
    let name = template.template.names.find(name);
    let value = name.and_then(|name| template.resource(id).attributes.get(&name));
    value.map_or_else(|| "nothing".to_owned(), |value| template.write(*value))
}

#[test]
fn a_connector_becomes_a_policy_for_the_role_of_its_source() {
    let template = expanded(
        "
Resources:
  F: {Type: AWS::Serverless::Function}
  Table: {Type: AWS::Serverless::SimpleTable}
  ToTable:
    Type: AWS::Serverless::Connector
    Condition: IsProd
    DeletionPolicy: Retain
    DependsOn: Table
    Metadata: {Own: 1}
    Properties: {Source: {Id: F}, Destination: {Id: Table}, Permissions: [Write]}
Conditions: {IsProd: !Equals [!Ref AWS::Region, eu-west-1]}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.ids(), ["F", "FRole", "Table", "ToTablePolicy"]);
    assert_eq!(template.type_of("ToTablePolicy"), "AWS::IAM::ManagedPolicy");
    assert_eq!(template.show("ToTablePolicy", "Roles"), "[!Ref FRole]");
    let statement = "PolicyDocument.Statement.0";
    assert_eq!(
        template.show("ToTablePolicy", &format!("{statement}.Resource")),
        "[!GetAtt Table.Arn, <!GetAtt Table.Arn>/index/*]"
    );
    assert!(
        template.show("ToTablePolicy", &format!("{statement}.Action")).starts_with("[dynamodb:PutItem, ")
    );
    assert_eq!(template.condition("ToTablePolicy"), Some("IsProd"));
    assert_eq!(attribute(&template, "ToTablePolicy", "DeletionPolicy"), "Retain");
    assert_eq!(attribute(&template, "ToTablePolicy", "DependsOn"), "Table");
    assert_eq!(
        attribute(&template, "ToTablePolicy", "Metadata"),
        "{Own: 1, aws:sam:connectors: {ToTable: {Source: {Type: AWS::Serverless::Function}, \
         Destination: {Type: AWS::Serverless::SimpleTable}}}}"
    );
    let origin = template.resource("ToTablePolicy").origin;
    assert_eq!((template.texts(origin).0, origin.kind), ("ToTable", OriginKind::Generated));
    let origin = template.origin("ToTablePolicy", statement);
    assert_eq!(template.texts(origin), ("Destination", "{Id: Table}"));
}

#[test]
fn a_resource_loses_the_connectors_that_it_carries() {
    let template = expanded(
        "
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsProd
    Connectors:
      ToQueue: {Properties: {Destination: {Id: Queue}, Permissions: [Write]}}
      ToAll:
        Condition: IsTest
        Properties: {Destination: [{Id: Queue}, {Id: F}], Permissions: [Write, Write]}
  Queue: {Type: AWS::SQS::Queue, DependsOn: [TopicToAll, F]}
  F: {Type: AWS::Lambda::Function, DependsOn: TopicToQueue, Connectors: {}}
Conditions: {IsProd: !Equals [!Ref AWS::Region, eu-west-1], IsTest: !Equals [!Ref AWS::Region, eu-west-2]}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(
        template.ids(),
        [
            "Topic",
            "Queue",
            "F",
            "TopicToQueueQueuePolicy",
            "TopicToAllQueuePolicyDestination0",
            "TopicToAllWriteLambdaPermissionDestination1"
        ]
    );
    for carrier in ["Topic", "F"] {
        assert_eq!(attribute(&template, carrier, "Connectors"), "nothing");
    }
    assert_eq!(attribute(&template, "F", "DependsOn"), "[TopicToQueueQueuePolicy]");
    assert_eq!(
        attribute(&template, "Queue", "DependsOn"),
        "[TopicToAllQueuePolicyDestination0, TopicToAllWriteLambdaPermissionDestination1, F]"
    );
    assert_eq!(template.condition("TopicToQueueQueuePolicy"), None);
    assert_eq!(template.condition("TopicToAllQueuePolicyDestination0"), Some("IsTest"));
    assert_eq!(template.show("TopicToQueueQueuePolicy", "Queues"), "[!Ref Queue]");
    assert_eq!(
        template.show("TopicToQueueQueuePolicy", "PolicyDocument.Statement.0"),
        "{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, \
         Resource: !GetAtt Queue.Arn, Condition: {ArnEquals: {aws:SourceArn: !Ref Topic}}}"
    );
    assert_eq!(
        template.show("TopicToAllWriteLambdaPermissionDestination1", ""),
        "{Action: lambda:InvokeFunction, FunctionName: !GetAtt F.Arn, Principal: sns.amazonaws.com, \
         SourceArn: !Ref Topic}"
    );
    let origin = template.resource("TopicToQueueQueuePolicy").origin;
    assert_eq!(template.texts(origin).0, "ToQueue");
}

#[test]
fn an_end_may_be_told_in_place_of_named() {
    let template = expanded(
        "
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Connectors:
      C:
        Properties:
          SourceReference: {Qualifier: Prod/GET/orders}
          Destination: {Type: AWS::Serverless::Function, Arn: !ImportValue function}
          Permissions: [Write]
  ToQueue:
    Type: AWS::Serverless::Connector
    Properties:
      Source: {Type: AWS::SNS::Topic, Arn: !Ref Arn}
      Destination: {Type: AWS::SQS::Queue, Arn: arn, QueueUrl: !If [IsProd, a, b]}
      Permissions: [Write]
",
    );
    assert_eq!(template.told, []);
    assert_eq!(
        template.show("ApiCWriteLambdaPermission", "SourceArn"),
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:<!Ref Api>/<Prod/GET/orders>"
    );
    assert_eq!(template.show("ToQueueQueuePolicy", "Queues"), "[!If [IsProd, a, b]]");
    assert_eq!(
        attribute(&template, "ApiCWriteLambdaPermission", "Metadata"),
        "{aws:sam:connectors: {ApiC: {Source: {Type: AWS::ApiGateway::RestApi}, \
         Destination: {Type: AWS::Lambda::Function}}}}"
    );
}

#[test]
fn what_polls_or_waits_depends_on_the_policy() {
    let template = expanded(
        "
Resources:
  Queue: {Type: AWS::SQS::Queue}
  F:
    Type: AWS::Serverless::Function
    Properties: {Events: {Orders: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}}}
  ToF:
    Type: AWS::Serverless::Connector
    Properties: {Source: {Id: Queue}, Destination: {Id: F}, Permissions: [Write, Read]}
  Outer:
    Type: AWS::Serverless::StateMachine
    DependsOn: F
    Properties: {DefinitionUri: outer.json}
    Connectors: {ToInner: {Properties: {Destination: {Id: Inner}, Permissions: [Read]}}}
  Inner: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: inner.json}}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.show("ToFPolicy", "Roles"), "[!Ref FRole]");
    assert_eq!(attribute(&template, "FOrders", "DependsOn"), "[ToFPolicy]");
    assert_eq!(template.show("OuterToInnerPolicy", "Roles"), "[!Ref OuterRole]");
    assert_eq!(attribute(&template, "Outer", "DependsOn"), "[F, OuterToInnerPolicy]");
}

#[test]
fn a_rule_acts_under_the_role_of_its_target() {
    let template = expanded(
        "
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Targets:
        - {Id: a, Arn: !GetAtt Bus.Arn, RoleArn: !GetAtt BusRole.Arn}
        - {Id: b, Arn: !Ref Flow, RoleArn: !GetAtt FlowRole.Arn}
        - {Id: c, Arn: !ImportValue flow, RoleArn: !GetAtt ImportedRole.Arn}
    Connectors:
      ToFlow: {Properties: {Destination: {Id: Flow}, Permissions: [Write]}}
      ToImported:
        Properties:
          Destination: {Type: AWS::Serverless::StateMachine, Arn: !ImportValue flow}
          Permissions: [Write]
  Flow: {Type: AWS::StepFunctions::StateMachine}
  Bus: {Type: AWS::Events::EventBus}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.show("RuleToFlowPolicy", "Roles"), "[!Ref FlowRole]");
    assert_eq!(template.show("RuleToImportedPolicy", "Roles"), "[!Ref ImportedRole]");
}

#[test]
fn what_the_transform_refuses_is_told_where_it_is_wrong_and_stays() {
    let template = expanded(
        "
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Connectors:
      Text: text
      Bare: {Condition: C}
      Good: {Properties: {Destination: {Id: Queue}, Permissions: [Read]}}
  Queue: {Type: AWS::SQS::Queue}
  Roleless: {Type: AWS::Lambda::Function}
  Missing: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: {Id: None}, Permissions: [Read]}}
  Chosen: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: !If [C, {Id: F}, {Id: Queue}], Permissions: [Read]}}
  Number: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: {Id: 42}, Permissions: [Read]}}
  Both: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F, Arn: a}, Destination: {Id: F}, Permissions: [Read]}}
  Pair: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Queue}, Destination: {Id: Queue}, Permissions: [Read]}}
  Access: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: {Id: F}, Permissions: [Read]}}
  Half: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Queue}, Destination: {Id: F}, Permissions: [Read]}}
  NoRole: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Roleless}, Destination: {Id: F}, Permissions: [Write]}}
  NoList: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: {Id: F}, Permissions: !Ref P}}
  Empty: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: [], Permissions: [Write]}}
  Extra: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: {Id: Queue}, Permissions: [Read], Permission: Read}}
  Second: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: [{Id: F}, {Id: Roleless}, {Id: Queue, Name: n}], Permissions: [Write]}}
Conditions: {C: !Equals [!Ref AWS::Region, eu-west-1]}
Parameters: {P: {Type: CommaDelimitedList}}
",
    );
    let source = &template.template.sources[0];
    let told: Vec<(&str, &str)> = template
        .told
        .iter()
        .map(|told| (source.slice(told.location.span), told.message.split(' ').next().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("Text", "FText"),
            ("None", "Missing"),
            ("!If [C, {Id: F}, {Id: Queue}]", "Chosen"),
            ("42", "Number"),
            ("{Id: F, Arn: a}", "Both"),
            ("{Id: Queue}", "Pair"),
            ("[Read]", "Access"),
            ("[Read]", "Half"),
            ("{Id: Roleless}", "NoRole"),
            ("!Ref P", "NoList"),
            ("Empty", "Empty"),
            ("Permission", "Extra"),
            ("{Id: Queue, Name: n}", "Second"),
            ("Bare", "FBare"),
        ]
    );
    assert_eq!(template.type_of("Half"), "AWS::Serverless::Connector");
    assert_eq!(attribute(&template, "F", "Connectors"), "{Text: text, Bare: {Condition: C}}");
    assert_eq!(template.type_of("FGoodPolicy"), "AWS::IAM::ManagedPolicy");
    assert!(!template.ids().contains(&"SecondPolicyDestination0"));
}

#[test]
fn what_a_macro_may_write_into_a_connector_leaves_it_as_it_is() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Connectors:
      Fn::Transform: {Name: M}
      A: {Properties: {Fn::Transform: {Name: M}}}
  Open: {Type: AWS::Serverless::Function, Properties: {Fn::Transform: {Name: M}}}
  B: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Open}, Destination: {Id: F}, Permissions: [Write]}}
  C: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: OfAnotherFile}, Destination: {Id: F}, Permissions: [Write]}}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.ids(), ["F", "FRole", "Open", "B", "C"]);
}

#[test]
fn the_language_extensions_put_in_what_a_parameter_says() {
    let template = expanded(
        "
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Known: {Type: String, Default: Queue}, Given: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  F:
    Type: AWS::Serverless::Function
    Connectors:
      A: {Properties: {Destination: {Id: !Ref Known}, Permissions: [Write]}}
      B: {Properties: {Destination: {Id: !Ref Given}, Permissions: [Write]}}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.ids(), ["Queue", "F", "FRole", "FAPolicy"]);
}

#[test]
fn connectors_make_no_more_than_a_stack_can_hold() {
    let connectors = |count: usize| {
        (0..count).fold(String::new(), |text, at| {
            text + &format!(
                "      C{at}: {{Properties: {{Destination: [{{Id: Queue}}, {{Id: Queue}}], Permissions: [Write]}}}}\n"
            )
        })
    };
    let template = expanded(&format!(
        "Resources:\n  Queue: {{Type: AWS::SQS::Queue}}\n  F:\n    Type: AWS::Serverless::Function\n    \
         Connectors:\n{}",
        connectors(260)
    ));
    let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
    assert_eq!(told.len(), 10);
    assert_eq!(told[0], "FC250 does not expand: connectors make more resources than a stack can have");
    assert_eq!(template.ids().len(), 3 + 500);
}

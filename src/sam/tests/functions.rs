//! What functions and their events become.

use crate::template::OriginKind;

use super::{CONSUMER, expanded};

#[test]
fn a_mapping_points_at_its_event_and_its_properties_at_their_own() {
    let template = expanded(CONSUMER);
    assert_eq!(template.ids(), ["Consumer", "ConsumerOrders", "ConsumerRole", "Queue"]);
    assert_eq!(template.type_of("ConsumerOrders"), "AWS::Lambda::EventSourceMapping");
    let mapping = template.resource("ConsumerOrders");
    assert_eq!((template.texts(mapping.origin).0, mapping.origin.kind), ("Orders", OriginKind::Generated));
    assert_eq!(mapping.made_by, template.template.names.find("Consumer"));
    let properties = template.origin("ConsumerOrders", "");
    assert_eq!((template.texts(properties).0, properties.kind), ("Orders", OriginKind::Generated));

    let batch_size = template.origin("ConsumerOrders", "BatchSize");
    assert_eq!((template.texts(batch_size), batch_size.kind), (("BatchSize", "5"), OriginKind::Written));
    let source = template.origin("ConsumerOrders", "EventSourceArn");
    assert_eq!(template.texts(source), ("Queue", "!GetAtt Queue.Arn"));
}

#[test]
fn a_condition_and_the_deletion_policies_reach_all_that_is_made() {
    let template = expanded(CONSUMER);
    let names = &template.template.names;
    for id in ["Consumer", "ConsumerOrders", "ConsumerRole"] {
        assert_eq!(template.condition(id), Some("IsProd"));
        assert!(template.resource(id).attributes.contains_key(&names.find("DeletionPolicy").unwrap()));
    }
    let depends_on = names.find("DependsOn").unwrap();
    assert!(template.resource("Consumer").attributes.contains_key(&depends_on));
    assert!(!template.resource("ConsumerOrders").attributes.contains_key(&depends_on));
}

#[test]
fn a_role_has_what_events_and_settings_need_and_the_policies_as_written() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Tracing: Active
      Policies:
        - AWSLambda_ReadOnlyAccess
        - DynamoDBCrudPolicy: {TableName: !Ref Table}
        - Statement: [{Effect: Allow, Action: s3:GetObject, Resource: '*'}]
      Events:
        Changes:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST}
",
    );
    assert_eq!(
        template.show("FRole", "ManagedPolicyArns"),
        "[arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole, \
         arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess, AWSLambda_ReadOnlyAccess, \
         arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole]"
    );
    assert_eq!(
        template.show("FRole", "Policies"),
        "[{DynamoDBCrudPolicy: {TableName: !Ref Table}}, \
         {Statement: [{Effect: Allow, Action: s3:GetObject, Resource: *}]}]"
    );
    let role = template.resource("FRole").origin;
    assert_eq!((template.texts(role).0, role.kind), ("F", OriginKind::Generated));
    assert_eq!(template.show("F", "Role"), "!GetAtt FRole.Arn");
}

#[test]
fn a_role_of_the_authors_under_a_condition_leaves_the_other_branch_to_a_made_one() {
    let template = expanded(
        "
Conditions:
  Own: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Role: !If [Own, !GetAtt R.Arn, !Ref AWS::NoValue]}}
  G: {Type: AWS::Serverless::Function, Properties: {Role: !GetAtt R.Arn}}
",
    );
    assert_eq!(template.show("F", "Role"), "!If [Own, !GetAtt R.Arn, !GetAtt FRole.Arn]");
    assert_eq!(template.condition("FRole"), Some("NOTOwn"));
    let opposite = template.template.names.find("NOTOwn").unwrap();
    assert_eq!(template.write(template.template.conditions[&opposite]), "!Not [!Condition Own]");
    assert_eq!(template.ids(), ["F", "FRole", "G"]);
}

#[test]
fn events_call_the_alias_where_there_is_one() {
    let template = expanded(
        "
Parameters: {Stage: {Type: String, Default: blue-green_1}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: !Ref Stage
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 5}
      EventInvokeConfig: {MaximumRetryAttempts: 0}
      FunctionUrlConfig: {AuthType: AWS_IAM}
      Events:
        Orders: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}
  Caller:
    Type: AWS::Lambda::Permission
    DependsOn: FAliasblueDgreenU1
    Properties: {FunctionName: !Ref F.Alias, SourceArn: !Sub '${F.Alias}:x', Principal: !GetAtt F.Version.Version}
",
    );
    let alias = "FAliasblueDgreenU1";
    assert_eq!(template.type_of(alias), "AWS::Lambda::Alias");
    assert_eq!(template.show(alias, "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions"), "5");
    let alias_ref = format!("!Ref {alias}");
    assert_eq!(template.show("FOrders", "FunctionName"), alias_ref);
    assert_eq!(template.show("FNightly", "Targets.0.Arn"), alias_ref);
    assert_eq!(template.show("FNightly", "State"), "DISABLED");
    assert_eq!(template.texts(template.origin("FNightly", "State")), ("Enabled", "false"));
    assert_eq!(template.show("FNightlyPermission", "FunctionName"), alias_ref);
    assert_eq!(template.show("FUrl", "TargetFunctionArn"), alias_ref);
    assert_eq!(template.show("FEventInvokeConfig", "Qualifier"), "blue-green_1");

    assert_eq!(template.show("Caller", "FunctionName"), alias_ref);
    assert_eq!(template.show("Caller", "SourceArn"), format!("${{{alias}}}:x"));
    let version = template.ids().into_iter().find(|id| id.starts_with("FVersion")).unwrap();
    assert_eq!(template.show("Caller", "Principal"), format!("!GetAtt {version}.Version"));
}

#[test]
fn a_topic_reaches_the_function_through_a_queue_that_its_event_makes() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        News: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
        Own:
          Type: SNS
          Properties:
            Topic: !Ref Topic
            SqsSubscription: {QueueArn: !GetAtt Q.Arn, QueueUrl: !Ref Q, BatchSize: 7}
        Direct: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: false}}
",
    );
    assert_eq!(template.type_of("FNewsQueue"), "AWS::SQS::Queue");
    assert!(template.resource("FNewsQueue").properties.is_none());
    assert_eq!(template.texts(template.resource("FNewsQueue").origin).0, "News");
    assert_eq!(template.show("FNews", "Endpoint"), "!GetAtt FNewsQueue.Arn");
    assert_eq!(template.show("FNewsEventSourceMapping", "EventSourceArn"), "!GetAtt FNewsQueue.Arn");
    assert_eq!(template.show("FNewsEventSourceMapping", "BatchSize"), "10");

    assert_eq!(template.show("FOwnEventSourceMapping", "EventSourceArn"), "!GetAtt Q.Arn");
    assert_eq!(template.show("FOwnEventSourceMapping", "BatchSize"), "7");
    assert!(!template.ids().contains(&"FOwnQueue"));

    assert_eq!(template.show("FDirect", "Protocol"), "lambda");
    assert_eq!(template.show("FDirectPermission", "SourceArn"), "!Ref Topic");
}

#[test]
fn buckets_and_user_pools_learn_of_the_functions_that_their_events_call() {
    let template = expanded(
        "
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DependsOn: Other
    Properties: {BucketName: b}
  Users: {Type: AWS::Cognito::UserPool}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Upload:
          Type: S3
          Properties: {Bucket: !Ref Bucket, Events: ['s3:ObjectCreated:*'], Filter: {S3Key: {Rules: []}}}
        SignUp: {Type: Cognito, Properties: {UserPool: !Ref Users, Trigger: PreSignUp}}
        Stray: {Type: S3, Properties: {Bucket: !GetAtt Bucket.Arn, Events: x}}
",
    );
    assert_eq!(
        template.show("Bucket", "NotificationConfiguration"),
        "{LambdaConfigurations: [{Event: s3:ObjectCreated:*, Function: !GetAtt F.Arn, Filter: {S3Key: {Rules: []}}}]}"
    );
    let notification = template.origin("Bucket", "NotificationConfiguration.LambdaConfigurations.0");
    assert_eq!(template.texts(notification).0, "Upload");
    let depends_on = template.template.names.find("DependsOn").unwrap();
    assert_eq!(
        template.write(template.resource("Bucket").attributes[&depends_on]),
        "[Other, FUploadPermission]"
    );
    assert_eq!(template.show("Users", "LambdaConfig"), "{PreSignUp: !GetAtt F.Arn}");
    assert_eq!(template.type_of("FCognitoPermission"), "AWS::Lambda::Permission");
    assert_eq!(template.told.len(), 1, "{:?}", template.told);
}

#[test]
fn a_destination_without_a_place_gets_one() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: A
    Properties:
      EventInvokeConfig:
        DestinationConfig:
          OnFailure: {Type: SQS}
          OnSuccess: {Type: SNS, Destination: !If [B, !Ref AWS::NoValue, !Ref Topic]}
Outputs:
  Failed: {Value: !GetAtt F.DestinationQueue.Arn}
",
    );
    let config = "FEventInvokeConfig";
    assert_eq!(
        template.show(config, "DestinationConfig.OnFailure"),
        "{Destination: !GetAtt FEventInvokeConfigOnFailureQueue.Arn}"
    );
    assert_eq!(
        template.show(config, "DestinationConfig.OnSuccess.Destination"),
        "!If [B, !Ref FEventInvokeConfigOnSuccessTopic, !Ref Topic]"
    );
    assert!(template.condition("FEventInvokeConfigOnSuccessTopic").unwrap().starts_with("AANDB"));
    assert_eq!(
        template.write(template.template.own.outputs.unwrap()),
        "{Failed: {Value: !GetAtt FEventInvokeConfigOnFailureQueue.Arn}}"
    );
}

#[test]
fn a_mapping_takes_over_what_its_source_needs() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Topic:
          Type: MSK
          Properties:
            Stream: arn
            Topics: [t]
            ConsumerGroupId: g
            StartingPosition: LATEST
            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failed.Arn}}
        Own: {Type: SelfManagedKafka, Properties: {KafkaBootstrapServers: [a:9092], Topics: [t]}}
        Documents: {Type: DocumentDB, Properties: {Cluster: arn, DatabaseName: d}}
",
    );
    assert_eq!(template.show("FTopic", "AmazonManagedKafkaEventSourceConfig"), "{ConsumerGroupId: g}");
    assert_eq!(
        template.show("FTopic", "DestinationConfig"),
        "{OnFailure: {Destination: !GetAtt Failed.Arn}}"
    );
    assert_eq!(template.texts(template.origin("FTopic", "DestinationConfig")).0, "DestinationConfig");
    assert!(template.show("FRole", "Policies").contains("[sqs:SendMessage]"));
    assert_eq!(
        template.show("FOwn", "SelfManagedEventSource"),
        "{Endpoints: {KafkaBootstrapServers: [a:9092]}}"
    );
    assert_eq!(template.show("FDocuments", "DocumentDBEventSourceConfig"), "{DatabaseName: d}");
}

#[test]
fn services_that_call_a_function_get_what_they_call_it_by() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Logs: {Type: CloudWatchLogs, Properties: {LogGroupName: !Ref Group, FilterPattern: ''}}
        Things: {Type: IoTRule, Properties: {Sql: select}}
        Skill: {Type: AlexaSkill}
        Later: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour), DeadLetterConfig: {Type: SQS}}}
        Bus:
          Type: EventBridgeRule
          Properties:
            EventBusName: !Ref Bus
            Pattern: {source: [a]}
            RetryPolicy: {MaximumRetryAttempts: 3}
            DeadLetterConfig: {Type: SQS, QueueLogicalId: Dead}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.show("FLogs", "DestinationArn"), "!GetAtt F.Arn");
    assert_eq!(
        template.show("FThings", "TopicRulePayload.Actions"),
        "[{Lambda: {FunctionArn: !GetAtt F.Arn}}]"
    );
    assert_eq!(template.show("FSkillPermission", "Principal"), "alexa-appkit.amazon.com");
    assert_eq!(template.show("FLater", "Name"), "FLater");
    assert_eq!(template.show("FLater", "Target.DeadLetterConfig"), "{Arn: !GetAtt FLaterQueue.Arn}");
    assert!(!template.ids().contains(&"FLaterQueuePolicy"), "a schedule sends by its role");
    assert_eq!(template.show("FBus", "EventPattern"), "{source: [a]}");
    assert_eq!(template.show("FBus", "Targets.0.RetryPolicy"), "{MaximumRetryAttempts: 3}");
    assert_eq!(template.type_of("Dead"), "AWS::SQS::Queue");
    assert_eq!(template.show("FBusQueuePolicy", "Queues"), "[!Ref Dead]");
}

#[test]
fn a_gradual_deployment_is_wired_to_the_alias() {
    let template = expanded(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: A
    Properties:
      AutoPublishAlias: live
      DeploymentPreference:
        Type: Canary10Percent5Minutes
        Alarms: [!Ref Errors]
        Hooks: {PreTraffic: !Ref Check}
        PassthroughCondition: true
  G:
    Type: AWS::Serverless::Function
    Properties: {AutoPublishAlias: live, DeploymentPreference: {Enabled: false, Type: AllAtOnce}}
",
    );
    let update = template.template.names.find("UpdatePolicy").unwrap();
    assert_eq!(
        template.write(template.resource("FAliaslive").attributes[&update]),
        "{CodeDeployLambdaAliasUpdate: {ApplicationName: !Ref ServerlessDeploymentApplication, \
         DeploymentGroupName: !Ref FDeploymentGroup, BeforeAllowTrafficHook: !Ref Check}}"
    );
    assert_eq!(
        template.show("FDeploymentGroup", "AlarmConfiguration"),
        "{Enabled: true, Alarms: [{Name: !Ref Errors}]}"
    );
    assert_eq!(
        template.show("FDeploymentGroup", "DeploymentConfigName"),
        "CodeDeployDefault.Lambda<Canary10Percent5Minutes>"
    );
    for id in ["FDeploymentGroup", "ServerlessDeploymentApplication", "CodeDeployServiceRole"] {
        assert_eq!(template.condition(id), Some("A"), "{id}");
    }
    assert!(!template.ids().contains(&"GDeploymentGroup"));
}

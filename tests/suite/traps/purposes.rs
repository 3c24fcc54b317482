//! Resources that a rule is not about, though they look like it.

use super::Trap;

/// A function without a memory size, which may be there for something else than traffic.
const PURPOSE: &str = "\
Transform: SAM
Parameters:
  Role: {Type: String}
Resources:
  Worker: # fires
    UNSIZED
      TWIN
";

/// A queue that may be where something sends its failures, and its consumer.
macro_rules! dead_letters {
    ($resources:literal) => {
        &[(
            "template.yaml",
            concat!(
                "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires
  Others: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  WORKER
",
                $resources
            ),
        )]
    };
}

/// An API that a function is behind, which calls another.
const CHAIN: &str = "\
Transform: SAM
Resources:
  Order: # fires
    FUNCTION
      TWIN
      Environment: {Variables: {INVOICE: !Ref Invoice}}
      Events: {Post: {Type: Api, Properties: {Path: /order, Method: post}}}
  Invoice:
    FUNCTION
";

/// A function behind a REST API, which runs for longer than that waits.
const STREAMED: &str = "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      Timeout: 60 # fires
      Events: {Post: {Type: Api, Properties: {Path: /, Method: post, TWIN}}}
";

/// The same, written out.
const INTEGRATION: &str = "\
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 60 # fires
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        TWIN
";

pub(super) const ROWS: &[Trap] = &[
    Trap {
        code: "T13",
        says: "an event that is disabled reads nothing",
        rule: "SLP202",
        firing: "true",
        silent: "false",
        told: "Queue 'Orders' hides messages for 60 s",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires
  Worker:
    FUNCTION
      Timeout: 30
      Events: {Order: {Type: SQS, Properties: {Queue: ORDERS, BatchSize: 1, Enabled: TWIN}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T13",
        says: "a pipe that is stopped reads nothing",
        rule: "SLP213",
        firing: "RUNNING",
        silent: "STOPPED",
        told: "Pipe 'Pipe' retries a failing record of 'Clicks' until it expires",
        files: &[(
            "template.yaml",
            "\
Resources:
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Archive: {Type: AWS::SQS::Queue}
  Pipe: # fires
    Type: AWS::Pipes::Pipe
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/pipe
      DesiredState: TWIN
      Source: !GetAtt Clicks.Arn
      Target: !GetAtt Archive.Arn
",
        )],
        options: &[],
    },
    Trap {
        code: "T13",
        says: "a rule that is disabled calls nothing",
        rule: "called",
        firing: "ENABLED",
        silent: "DISABLED",
        told: "a clock calls a function",
        files: &[
            (
                "template.yaml",
                "\
Resources:
  Worker: {Type: AWS::Lambda::Function}
  Nightly: # fires
    Type: AWS::Events::Rule
    Properties:
      State: TWIN
      ScheduleExpression: rate(1 day)
      Targets: [{Id: worker, Arn: !GetAtt Worker.Arn}]
",
            ),
            CALLED,
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T13",
        says: "a schedule that is disabled calls nothing",
        rule: "called",
        firing: "ENABLED",
        silent: "DISABLED",
        told: "a clock calls a function",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      Events:
        Nightly: # fires
          Type: ScheduleV2
          Properties: {ScheduleExpression: rate(1 day), State: TWIN}
",
            ),
            CALLED,
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T14",
        says: "an image has no runtime, and what no runtime is was not left out",
        rule: "runtimes",
        firing: "CodeUri: src/, Handler: app.handler, Runtime: python3.8",
        silent: "PackageType: Image, ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker:1",
        told: "it does not run on a runtime of ours",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties: {TWIN} # fires
",
            ),
            (
                "own.guard",
                "\
rule runtimes when Graph exists {
    Graph.Nodes.*[ Kind == 'function'  PackageType == 'Zip' ] {
        Runtime == 'python3.13' << it does not run on a runtime of ours >>
    }
}
",
            ),
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T15",
        says: "managed instances are sized otherwise",
        rule: "SLP301",
        firing: "Description: on its own",
        silent: "CapacityProviderConfig: {Arn: 'arn:aws:lambda:eu-west-1:123456789012:capacity-provider:large'}",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[("template.yaml", PURPOSE)],
        options: &[],
    },
    Trap {
        code: "T15",
        says: "a durable function is sized otherwise",
        rule: "SLP301",
        firing: "Description: runs through",
        silent: "DurableConfig: {ExecutionTimeout: 3600}",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[("template.yaml", PURPOSE)],
        options: &[],
    },
    Trap {
        code: "T15",
        says: "a function with tenants is sized otherwise",
        rule: "SLP301",
        firing: "Description: for all",
        silent: "TenancyConfig: {TenantIsolationMode: PER_TENANT}",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[("template.yaml", PURPOSE)],
        options: &[],
    },
    Trap {
        code: "T15",
        says: "a durable function may call another and wait",
        rule: "SLP101",
        firing: "Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Invoice}}]",
        silent: "Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Invoice}}]\n      DurableConfig: {ExecutionTimeout: 60}",
        told: "'Order' calls 'Invoice' and waits",
        files: &[("template.yaml", CHAIN)],
        options: &[],
    },
    Trap {
        code: "T16",
        says: "a custom resource has no traffic",
        rule: "SLP301",
        firing: "!GetAtt Other.Arn",
        silent: "!GetAtt Worker.Arn",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker: # fires
    UNSIZED
  Other:
    FUNCTION
  Tables: {Type: Custom::Tables, Properties: {ServiceToken: TWIN}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T16",
        says: "a hook of a deployment has no traffic",
        rule: "SLP301",
        firing: "Other",
        silent: "Worker",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker: # fires
    UNSIZED
  Other:
    FUNCTION
  Main:
    FUNCTION
      AutoPublishAlias: live
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref TWIN}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T16",
        says: "a function at the edge is sized otherwise",
        rule: "SLP301",
        firing: "!Ref Other.Version",
        silent: "!Ref Worker.Version",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker: # fires
    UNSIZED
      AutoPublishAlias: live
  Other:
    FUNCTION
      AutoPublishAlias: live
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: site, DomainName: example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior:
          TargetOriginId: site
          ViewerProtocolPolicy: redirect-to-https
          LambdaFunctionAssociations: [{EventType: origin-request, LambdaFunctionARN: TWIN}]
",
        )],
        options: &[],
    },
    Trap {
        code: "T16",
        says: "what only forwards logs has no traffic of its own",
        rule: "SLP301",
        firing: "!GetAtt Other.Arn",
        silent: "!GetAtt Worker.Arn",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker: # fires
    UNSIZED
  Other:
    FUNCTION
  Logs: {Type: AWS::Logs::LogGroup}
  Subscription:
    Type: AWS::Logs::SubscriptionFilter
    Properties: {LogGroupName: !Ref Logs, FilterPattern: '', DestinationArn: TWIN}
",
        )],
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a queue sends its failures",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Main: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: TWIN, maxReceiveCount: 3}}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a function sends its failures",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Main: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: TWIN}}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a function of SAM sends its failures",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Main:\n    FUNCTION\n      DeadLetterQueue: {Type: SQS, TargetArn: TWIN}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a function's invocations go that fail",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Main:\n    FUNCTION\n      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: TWIN}}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a mapping sends the records that fail",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Clicks: {Type: AWS::Kinesis::Stream}\n  Main: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Worker, StartingPosition: LATEST, EventSourceArn: !GetAtt Clicks.Arn, DestinationConfig: {OnFailure: {Destination: TWIN}}}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a rule sends its failures",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Main: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: topic, Arn: !Ref Topic, DeadLetterConfig: {Arn: TWIN}}]}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a schedule sends its failures",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Main: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day), FlexibleTimeWindow: {Mode: 'OFF'}, Target: {Arn: !Ref Topic, RoleArn: 'arn:aws:iam::123456789012:role/schedule', DeadLetterConfig: {Arn: TWIN}}}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "where a topic sends its failures",
        rule: "SLP210",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' feeds 'Worker' and has no dead-letter queue",
        files: dead_letters!("  Main: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Worker.Arn, RedrivePolicy: {deadLetterTargetArn: TWIN}}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "nor is such a queue asked for six timeouts",
        rule: "SLP202",
        firing: "!GetAtt Others.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "Queue 'Orders' hides messages for 60 s, but its consumer 'Worker' may run for 30 s",
        files: dead_letters!("  Main: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: TWIN, maxReceiveCount: 3}}}\n"),
        options: &[],
    },
    Trap {
        code: "T17",
        says: "but Lambda refuses its mapping whatever the queue is for",
        rule: "SLP201",
        firing: "29",
        silent: "30",
        told: "Queue 'Orders' hides messages for 29 s, less than the 30 s that its consumer 'Worker' may run",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Main: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: ORDERS, maxReceiveCount: 3}}}
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: TWIN}} # fires
  WORKER
",
        )],
        options: &[],
    },
    Trap {
        code: "T21",
        says: "in China no endpoint is edge-optimized, whatever is stated",
        rule: "SLP313",
        firing: "eu-west-2",
        silent: "cn-north-1",
        told: "REST API 'Api' does not state its endpoint type: it will be edge-optimized",
        files: &[(
            "template.yaml",
            "\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}} # fires
",
        )],
        options: &["--region", "TWIN"],
    },
    Trap {
        code: "T21",
        says: "nor in GovCloud, for an API of SAM, where the region is that of an environment",
        rule: "SLP313",
        firing: "us-east-1",
        silent: "us-gov-west-1",
        told: "REST API 'Api' does not state its endpoint type: it will be edge-optimized",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Resources:
  Api: # fires
    Type: AWS::Serverless::Api
    Properties: {StageName: live}
",
            ),
            ("samconfig.toml", "version = 0.1\n[live.deploy.parameters]\nregion = \"TWIN\"\n"),
        ],
        options: &["--env", "live"],
    },
    Trap {
        code: "T22",
        says: "in a folder of stubs advice is not given",
        rule: "SLP102",
        firing: "payments-api",
        silent: "payments-stub",
        told: "'Worker' may run for 30 s, a little longer than the 29 s",
        files: &[(
            "TWIN/template.yaml",
            "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      Timeout: 30 # fires
      Events: {Post: {Type: Api, Properties: {Path: /, Method: post}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T23",
        says: "an answer of an event that is streamed is not held to 29 s",
        rule: "SLP102",
        firing: "ResponseTransferMode: BUFFERED",
        silent: "ResponseTransferMode: RESPONSE_STREAM",
        told: "'Worker' may run for 60 s, but",
        files: &[("template.yaml", STREAMED)],
        options: &[],
    },
    Trap {
        code: "T23",
        says: "an answer of an integration that is streamed is not held to 29 s",
        rule: "SLP102",
        firing: "ResponseTransferMode: BUFFERED\n        Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations",
        silent: "ResponseTransferMode: STREAM\n        Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations",
        told: "'Worker' may run for 60 s, but 'Api POST /' waits for 29 s",
        files: &[("template.yaml", INTEGRATION)],
        options: &[],
    },
    Trap {
        code: "T23",
        says: "an address for streams is not held to 29 s",
        rule: "SLP102",
        firing: "Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations",
        silent: "Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2021-11-15/functions/${Worker.Arn}/response-streaming-invocations",
        told: "'Worker' may run for 60 s, but",
        files: &[("template.yaml", INTEGRATION)],
        options: &[],
    },
    Trap {
        code: "T23",
        says: "OpenAPI may say that an answer is streamed",
        rule: "SLP102",
        firing: "BUFFERED",
        silent: "STREAM",
        told: "'Worker' may run for 60 s, but",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      Timeout: 60 # fires
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /chat:
            post:
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                responseTransferMode: TWIN
                uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations
",
        )],
        options: &[],
    },
    Trap {
        code: "T23",
        says: "a function's own address streams if it says so",
        rule: "buffered",
        firing: "BUFFERED",
        silent: "RESPONSE_STREAM",
        told: "it answers at once",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      FunctionUrlConfig: {AuthType: AWS_IAM, InvokeMode: TWIN} # fires
",
            ),
            (
                "own.guard",
                "\
rule buffered when Graph exists {
    Graph.Edges[ FromKind == 'function-url' ] {
        Source.InvokeMode == 'RESPONSE_STREAM' << it answers at once >>
    }
}
",
            ),
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T24",
        says: "a permission for everything is no call",
        rule: "SLP101",
        firing: "Policies: [{Statement: [{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !GetAtt Invoice.Arn}]}]",
        silent: "Policies: [{Statement: [{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: '*'}]}]",
        told: "'Order' calls 'Invoice' and waits: the client waits for both functions [medium]",
        files: &[("template.yaml", CHAIN)],
        options: &[],
    },
    Trap {
        code: "T24",
        says: "a permission alone is no proof",
        rule: "SLP101",
        firing: "!GetAtt Invoice.Arn",
        silent: "'*'",
        told: "'Order' may call 'Invoice': if it waits",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Order: # fires
    FUNCTION
      Policies: [{Statement: [{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: TWIN}]}]
      Events: {Post: {Type: Api, Properties: {Path: /order, Method: post}}}
  Invoice:
    FUNCTION
",
        )],
        options: &[],
    },
    Trap {
        code: "T24",
        says: "what a role elsewhere allows is not known",
        rule: "only_sends",
        firing: "Policies: [{SQSSendMessagePolicy: {QueueName: !GetAtt Orders.QueueName}}]",
        silent: "Role: !ImportValue role",
        told: "it only sends",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Worker: # fires
    FUNCTION
      TWIN
",
            ),
            (
                "own.guard",
                "\
rule only_sends when Graph exists {
    Graph.Nodes.*[ Kind == 'function' ] {
        OpaqueRole == true << it only sends >>
    }
}
",
            ),
        ],
        options: &["--rules", "own.guard"],
    },
];

/// A rule about what is called by a clock.
const CALLED: (&str, &str) = (
    "own.guard",
    "\
#@ at: this
rule called when Graph exists {
    Graph.Edges[ FromKind in ['rule', 'schedule'] ] {
        ToKind != 'function' << a clock calls a function >>
    }
}
",
);

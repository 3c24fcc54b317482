//! What SAM makes of a template: globals, generated resources, qualifiers; and templates that are only parts.

use super::Trap;

/// A function behind an API, which waits for 29 s.
const GLOBALS: &str = "\
Transform: SAM
Globals:
  Function:
    Tracing: Active
    Timeout: 60 # fires
Resources:
  Worker:
    TWIN
    FUNCTION
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
";

/// Two functions under one roof: what both lack is said once.
const ONCE: &str = "\
Transform: SAM
Globals:
  Function: # fires
    TWIN
Resources:
  First:
    UNSIZED
  Second:
    UNSIZED
";

/// A mapping names its function by way of a qualifier.
const QUALIFIED: &str = "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires
  Slow:
    FUNCTION
      AutoPublishAlias: live
      Timeout: 30
  Quick:
    FUNCTION
      AutoPublishAlias: live
      Timeout: 10
  SlowVersion: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Slow}}
  QuickVersion: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Quick}}
  SlowAlias: {Type: AWS::Lambda::Alias, Properties: {Name: a, FunctionName: !Ref Slow, FunctionVersion: !GetAtt SlowVersion.Version}}
  QuickAlias: {Type: AWS::Lambda::Alias, Properties: {Name: a, FunctionName: !Ref Quick, FunctionVersion: !GetAtt QuickVersion.Version}}
  Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {BatchSize: 1, EventSourceArn: ORDERS, FunctionName: TWIN}}
";

/// A function without a memory size, in what may be a part of a template.
const PART: &str = "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Worker: # fires
    DependsOn: TWIN
    UNSIZED
";

/// A queue that is made in a loop.
const LOOP: &str = "\
Transform: [AWS::LanguageExtensions, SAM]
Parameters:
  Names: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Queues:
    - Name
    - TWIN
    - ${Name}: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires
  WORKER
";

pub(super) const ROWS: &[Trap] = &[
    Trap {
        code: "T5",
        says: "a value of Globals is pointed at there, and overridden by the function's own",
        rule: "SLP102",
        firing: "Description: as all are",
        silent: "Timeout: 10",
        told: "'Worker' may run for 60 s (from Globals), but 'ServerlessRestApi GET /' waits for 29 s",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Globals:
  Function:
    Timeout: 60 # fires
Resources:
  Worker:
    FUNCTION
      TWIN
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T5",
        says: "IgnoreGlobals leaves out all",
        rule: "SLP102",
        firing: "IgnoreGlobals: []",
        silent: "IgnoreGlobals: '*'",
        told: "may run for 60 s (from Globals)",
        files: &[("template.yaml", GLOBALS)],
        options: &[],
    },
    Trap {
        code: "T5",
        says: "IgnoreGlobals leaves out what it lists",
        rule: "SLP102",
        firing: "IgnoreGlobals: [Tracing]",
        silent: "IgnoreGlobals: [Timeout]",
        told: "may run for 60 s (from Globals)",
        files: &[("template.yaml", GLOBALS)],
        options: &[],
    },
    Trap {
        code: "T5",
        says: "what belongs in Globals is said there, once for all",
        rule: "SLP301",
        firing: "Timeout: 10",
        silent: "MemorySize: 512",
        told: "MemorySize is stated nowhere for 'First' and 1 more",
        files: &[("template.yaml", ONCE)],
        options: &[],
    },
    Trap {
        code: "T5",
        says: "maps of Globals and of a resource are merged",
        rule: "SLP313",
        firing: "IPAddressType: ipv4",
        silent: "Type: REGIONAL",
        told: "REST API 'Orders' does not state its endpoint type",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Globals:
  Api:
    EndpointConfiguration: {TWIN}
Resources:
  Orders:
    Type: AWS::Serverless::Api
    Properties: {StageName: live, EndpointConfiguration: {IPAddressType: dualstack}} # fires
",
        )],
        options: &[],
    },
    Trap {
        code: "T5",
        says: "lists are put together, those of Globals first",
        rule: "first_layer",
        firing: "[]",
        silent: "[Layers]",
        told: "the first layer is the one of all",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Globals:
  Function:
    Layers: [arn:aws:lambda:eu-west-1:123456789012:layer:global:1] # fires
Resources:
  Worker:
    IgnoreGlobals: TWIN
    FUNCTION
      Layers: [arn:aws:lambda:eu-west-1:123456789012:layer:local:1]
",
            ),
            (
                "own.guard",
                "\
rule first_layer when Resources.Worker exists {
    Resources.Worker.Properties.Layers[0] != /layer:global/ << the first layer is the one of all >>
}
",
            ),
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T5",
        says: "not every property may stand in Globals",
        rule: "SLP006",
        firing: "Policies: []",
        silent: "Timeout: 10",
        told: "Policies",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Globals:
  Function:
    TWIN # fires
Resources:
  Worker:
    FUNCTION
",
        )],
        options: &[],
    },
    Trap {
        code: "T6",
        says: "an API that SAM makes is there, and is spoken of at what it is made of",
        rule: "SLP314",
        firing: "EDGE",
        silent: "REGIONAL",
        told: "stands in front of REST API 'ServerlessRestApi', which is edge-optimized (from Globals)",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Globals:
  Api:
    EndpointConfiguration: {Type: TWIN} # fires
Resources:
  Worker:
    FUNCTION
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        DefaultCacheBehavior: {TargetOriginId: api, ViewerProtocolPolicy: redirect-to-https}
        Origins:
          - Id: api
            DomainName: !Sub ${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com
            CustomOriginConfig: {OriginProtocolPolicy: https-only}
",
        )],
        options: &[],
    },
    Trap {
        code: "T6",
        says: "what a mapping lacks is said at its event",
        rule: "SLP217",
        firing: "BatchSize: 10",
        silent: "BatchSize: 1",
        told: "No batch window for 'Worker' on queue 'Orders'",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Worker:
    FUNCTION
      Events:
        Order: # fires
          Type: SQS
          Properties: {Queue: ORDERS, TWIN}
",
        )],
        options: &[],
    },
    Trap {
        code: "T6",
        says: "what SAM makes of an event is called as the author calls the event",
        rule: "SLP104",
        firing: "MaximumRetryAttempts: 1",
        silent: "DestinationConfig: {OnFailure: {Type: SQS}}",
        told: "'Worker' is called by 'Paid', which does not wait",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker: # fires
    FUNCTION
      EventInvokeConfig: {TWIN}
      Events: {Paid: {Type: EventBridgeRule, Properties: {Pattern: {source: [shop]}}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T6",
        says: "a name that SAM generates is defined",
        rule: "SLP301",
        firing: "WorkerRole",
        silent: "OtherRole",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker: # fires
    UNSIZED
Outputs:
  Role: {Value: !GetAtt TWIN.Arn}
",
        )],
        options: &[],
    },
    Trap {
        code: "T6",
        says: "the queue of a subscription cannot be set, so that another is asked for",
        rule: "SLP202",
        firing: "30",
        silent: "5",
        told: "Declare an `AWS::SQS::Queue` with `VisibilityTimeout: 180`",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Worker:
    FUNCTION
      Timeout: TWIN
      Events:
        Order: # fires
          Type: SNS
          Properties: {Topic: !Ref Topic, SqsSubscription: true}
",
        )],
        options: &[],
    },
    Trap {
        code: "T9",
        says: "SAM's alias is the function",
        rule: "SLP202",
        firing: "!Ref Slow.Alias",
        silent: "!Ref Quick.Alias",
        told: "its consumer 'Slow' may run for 30 s",
        files: &[("template.yaml", QUALIFIED)],
        options: &[],
    },
    Trap {
        code: "T9",
        says: "SAM's version is the function",
        rule: "SLP202",
        firing: "!Ref Slow.Version",
        silent: "!Ref Quick.Version",
        told: "its consumer 'Slow' may run for 30 s",
        files: &[("template.yaml", QUALIFIED)],
        options: &[],
    },
    Trap {
        code: "T9",
        says: "an alias of CloudFormation is the function",
        rule: "SLP202",
        firing: "!Ref SlowAlias",
        silent: "!Ref QuickAlias",
        told: "its consumer 'Slow' may run for 30 s",
        files: &[("template.yaml", QUALIFIED)],
        options: &[],
    },
    Trap {
        code: "T9",
        says: "an ARN with a qualifier is the function",
        rule: "SLP202",
        firing: "!Sub '${Slow.Arn}:live'",
        silent: "!Sub '${Quick.Arn}:live'",
        told: "its consumer 'Slow' may run for 30 s",
        files: &[("template.yaml", QUALIFIED)],
        options: &[],
    },
    Trap {
        code: "T9",
        says: "a name with a qualifier is the function",
        rule: "SLP202",
        firing: "!Sub '${Slow}:live'",
        silent: "!Sub '${Quick}:live'",
        told: "its consumer 'Slow' may run for 30 s",
        files: &[("template.yaml", QUALIFIED)],
        options: &[],
    },
    Trap {
        code: "T10",
        says: "without the transform it is a part, and what it lacks may stand elsewhere",
        rule: "SLP301",
        firing: "Transform: SAM",
        silent: "Description: the orders",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[(
            "template.yaml",
            "\
TWIN
Resources:
  Worker: # fires
    UNSIZED
",
        )],
        options: &[],
    },
    Trap {
        code: "T10",
        says: "what names a resource of another file is a part",
        rule: "SLP301",
        firing: "Orders",
        silent: "Payments",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[("template.yaml", PART)],
        options: &[],
    },
    Trap {
        code: "T10",
        says: "values count in a part",
        rule: "SLP202",
        firing: "60",
        silent: "180",
        told: "Queue 'Orders' hides messages for 60 s",
        files: &[(
            "template.yaml",
            "\
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: TWIN}} # fires
  WORKER
",
        )],
        options: &[],
    },
    Trap {
        code: "T10",
        says: "that nobody consumes it is not known in a part",
        rule: "unread",
        firing: "Transform: SAM",
        silent: "Description: the orders",
        told: "nobody reads it in this template",
        files: &[
            (
                "template.yaml",
                "\
TWIN
Resources:
  Orders: {Type: AWS::SQS::Queue} # fires
  Worker:
    FUNCTION
",
            ),
            UNREAD,
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T10",
        says: "parts that are merged lack nothing",
        rule: "SLP301",
        firing: "Timeout: 10",
        silent: "MemorySize: 512",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[
            (
                "main.yaml",
                "\
Transform: SAM
Globals:
  Function: # fires
    TWIN
Resources:
  Topic: {Type: AWS::SNS::Topic}
",
            ),
            (
                "worker.yaml",
                "\
Resources:
  Worker:
    UNSIZED
",
            ),
        ],
        options: &["--merge", "worker.yaml"],
    },
    Trap {
        code: "T11",
        says: "a loop over what is written is run",
        rule: "SLP202",
        firing: "[Orders, Payments]",
        silent: "!Ref Names",
        told: "Queue 'Orders' hides messages for 60 s",
        files: &[("template.yaml", LOOP)],
        options: &[],
    },
    Trap {
        code: "T11",
        says: "an included file is read if it is at hand",
        rule: "SLP202",
        firing: "queues.yaml",
        silent: "s3://templates/queues.yaml",
        told: "Queue 'Orders' hides messages for 60 s",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Resources:
  WORKER
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: TWIN}}
",
            ),
            ("queues.yaml", "Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires\n"),
        ],
        options: &[],
    },
    Trap {
        code: "T11",
        says: "a macro may write what is missing",
        rule: "SLP301",
        firing: "AWS::SecretsManager-2020-07-23",
        silent: "Acme::Sizes",
        told: "MemorySize is stated nowhere for 'Worker'",
        files: &[(
            "template.yaml",
            "\
Transform: [TWIN, SAM]
Resources:
  Worker: # fires
    UNSIZED
",
        )],
        options: &[],
    },
    Trap {
        code: "T11",
        says: "a macro of a part may write what is missing there, and nowhere else",
        rule: "SLP301",
        firing: "Description: takes orders",
        silent: "Fn::Transform: {Name: AcmeSizes}",
        told: "MemorySize is stated nowhere for 'First': ",
        files: &[(
            "template.yaml",
            "\
Resources:
  First: # fires
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      TWIN
  Second:
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      Fn::Transform: {Name: AcmeSizes}
",
        )],
        options: &[],
    },
    Trap {
        code: "T11",
        says: "what a module holds is not known",
        rule: "SLP202",
        firing: "AWS::SQS::Queue",
        silent: "Acme::Queues::Queue::MODULE",
        told: "Queue 'Orders' hides messages for 60 s",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Orders: {Type: TWIN, Properties: {VisibilityTimeout: 60}} # fires
  WORKER
",
        )],
        options: &[],
    },
];

/// A rule about what is missing: a queue that nobody reads.
pub(super) const UNREAD: (&str, &str) = (
    "own.guard",
    "\
let readers = Graph.Edges[ Kind == 'poll' ]

#@ absence: elsewhere
rule unread when Graph exists {
    Graph.Nodes.*[ Kind == 'queue'  Exported == false ] {
        let me = Id
        let mine = %readers[ From == %me ]
        let number = count(%mine)
        %number > 0 << nobody reads it in this template >>
    }
}
",
);

//! Values: intrinsics, conditions, parameters, and how YAML writes numbers.

use super::Trap;

/// A queue and its consumer, which may run for 30 s: 180 s is enough.
const QUEUE: &str = "\
Transform: SAM
Parameters:
  Name: {Type: String}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: TWIN}} # fires
  WORKER
";

/// Two sizes of such a queue.
const MAPPED: &str = "\
Transform: SAM
Parameters:
  Size: {Type: String}
Mappings:
  Sizes:
    small: {Hide: 60} # fires
    large: {Hide: 300}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: TWIN}}
  WORKER
";

/// What is not known before deployment.
const PARAMETER: &str = "\
Transform: SAM
Parameters:
  Hide: {TWIN}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hide}} # fires
  WORKER
";

pub(super) const ROWS: &[Trap] = &[
    Trap {
        code: "T1",
        says: "a literal Join is evaluated",
        rule: "SLP202",
        firing: "!Join ['', [6, '0']]",
        silent: "!Join ['', [!Ref Name, '0']]",
        told: "hides messages for 60 s, but its consumer 'Worker'",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "a Sub with variables of its own is evaluated",
        rule: "SLP202",
        firing: "!Sub ['${Tens}0', {Tens: 6}]",
        silent: "!Sub ['${Tens}0', {Tens: !Ref Name}]",
        told: "hides messages for 60 s, but its consumer 'Worker'",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "Select and Split are evaluated",
        rule: "SLP202",
        firing: "!Select [1, !Split ['/', '300/60']]",
        silent: "!Select [0, !Split ['/', '300/60']]",
        told: "hides messages for 60 s",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "what is split and not known stays unknown",
        rule: "SLP202",
        firing: "!Select [0, !Split ['/', '60/300']]",
        silent: "!Select [0, !Split ['/', !Ref Name]]",
        told: "hides messages for 60 s",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "FindInMap is looked up by keys that are known",
        rule: "SLP202",
        firing: "!FindInMap [Sizes, small, Hide]",
        silent: "!FindInMap [Sizes, large, Hide]",
        told: "hides messages for 60 s",
        files: &[("template.yaml", MAPPED)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "a map that is not there holds nothing",
        rule: "SLP202",
        firing: "!FindInMap [Sizes, small, Hide]",
        silent: "!FindInMap [Others, small, Hide]",
        told: "hides messages for 60 s",
        files: &[("template.yaml", MAPPED)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "an import is unknown, and not 30 s",
        rule: "SLP202",
        firing: "!Ref AWS::NoValue",
        silent: "!ImportValue hide",
        told: "hides messages for 30 s (the default)",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "an attribute of a resource is unknown",
        rule: "SLP202",
        firing: "60",
        silent: "!GetAtt Worker.Hide",
        told: "hides messages for 60 s",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "a dynamic reference is unknown",
        rule: "SLP202",
        firing: "'60'",
        silent: "'{{resolve:ssm:/orders/hide:1}}'",
        told: "hides messages for 60 s",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "Length counts a list, and tells another length from it",
        rule: "SLP203",
        firing: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
        silent: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]",
        told: "A batch of 11 messages from queue 'Orders'",
        files: &[(
            "template.yaml",
            "\
Transform: [AWS::LanguageExtensions, SAM]
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Worker:
    FUNCTION
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: ORDERS
            BatchSize: {Fn::Length: TWIN} # fires
",
        )],
        options: &[],
    },
    Trap {
        code: "T1",
        says: "ToJsonString of a definition is read",
        rule: "SLP701",
        firing: "arn:aws:states:::batch:submitJob.sync",
        silent: "arn:aws:states:::batch:submitJob",
        told: "Express workflow 'Flow' has states that wait",
        files: &[(
            "template.yaml",
            "\
Transform: AWS::LanguageExtensions
Resources:
  Flow:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/flow
      StateMachineType: EXPRESS # fires
      DefinitionString:
        Fn::ToJsonString:
          StartAt: Work
          States: {Work: {Type: Task, Resource: 'TWIN', End: true}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T2",
        says: "a branch that is wrong is told with its condition",
        rule: "SLP202",
        firing: "60",
        silent: "180",
        told: "hides messages for 60 s, but its consumer 'Worker' may run for 30 s: six times that is 180 s (when IsProd is false)",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, production]}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !If
        - IsProd
        - 300
        - TWIN # fires
  WORKER
",
        )],
        options: &[],
    },
    Trap {
        code: "T2",
        says: "branches that exclude each other are never put together",
        rule: "SLP202",
        firing: "IsLarge",
        silent: "IsProd",
        told: "(when IsLarge is true and IsProd is false)",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters: {Env: {Type: String}, Size: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, production], IsLarge: !Equals [!Ref Size, large]}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !If [IsProd, 300, 60]}} # fires
  Worker:
    FUNCTION
      Timeout: !If [TWIN, 30, 5]
      Events: {Order: {Type: SQS, Properties: {Queue: ORDERS, BatchSize: 1}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T2",
        says: "a resource is held to the case in which it exists",
        rule: "SLP202",
        firing: "IsTest",
        silent: "IsProd",
        told: "(when IsProd is false)",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, production], IsTest: !Not [!Condition IsProd]}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !If [IsProd, 300, 60]}} # fires
  Worker:
    Condition: TWIN
    FUNCTION
      Timeout: 30
      Events: {Order: {Type: SQS, Properties: {Queue: ORDERS, BatchSize: 1}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T2",
        says: "conditions made of others exclude as they do",
        rule: "SLP202",
        firing: "!Or [!Condition IsProd, !Condition IsLarge]",
        silent: "!And [!Condition IsProd, !Condition IsLarge]",
        told: "may run for 30 s",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters: {Env: {Type: String}, Size: {Type: String}}
Conditions:
  IsProd: !Equals [!Ref Env, production]
  IsLarge: !Equals [!Ref Size, large]
  IsSlow: TWIN
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !If [IsProd, 300, 60]}} # fires
  Worker:
    FUNCTION
      Timeout: !If [IsSlow, 30, 5]
      Events: {Order: {Type: SQS, Properties: {Queue: ORDERS, BatchSize: 1}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T2",
        says: "rows of mappings that exclude each other are never put together",
        rule: "SLP202",
        firing: "30",
        silent: "10",
        told: "(when Env is 'dev')",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters: {Env: {Type: String, AllowedValues: [dev, production]}}
Mappings:
  Sizes:
    dev: {Hide: 60, Run: TWIN} # fires
    production: {Hide: 300, Run: 30}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !FindInMap [Sizes, !Ref Env, Hide]}}
  Worker:
    FUNCTION
      Timeout: !FindInMap [Sizes, !Ref Env, Run]
      Events: {Order: {Type: SQS, Properties: {Queue: ORDERS, BatchSize: 1}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T3",
        says: "the only value that is allowed is as good as written",
        rule: "SLP202",
        firing: "Type: Number, AllowedValues: [60]",
        silent: "Type: Number, AllowedValues: [180]",
        told: "hides messages for 60 s, but its consumer 'Worker' may run for 30 s: six times that is 180 s [high]",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters:
  Hide: {TWIN} # fires
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hide}}
  WORKER
",
        )],
        options: &[],
    },
    Trap {
        code: "T3",
        says: "of several values all have to be wrong",
        rule: "SLP202",
        firing: "Type: Number, AllowedValues: [60, 90]",
        silent: "Type: Number, AllowedValues: [60, 180]",
        told: "Queue 'Orders' hides messages for",
        files: &[("template.yaml", PARAMETER)],
        options: &[],
    },
    Trap {
        code: "T3",
        says: "several values count, and the default among them does not",
        rule: "SLP202",
        firing: "Type: Number, Default: 60, AllowedValues: [60, 90]",
        silent: "Type: Number, Default: 60, AllowedValues: [60, 180]",
        told: "Queue 'Orders' hides messages for",
        files: &[("template.yaml", PARAMETER)],
        options: &[],
    },
    Trap {
        code: "T3",
        says: "a default is likely, and named",
        rule: "SLP202",
        firing: "Type: Number, Default: 60",
        silent: "Type: Number",
        told: "hides messages for 60 s (the default of parameter 'Hide'), but its consumer 'Worker' may run for 30 s: six times that is 180 s [medium]",
        files: &[("template.yaml", PARAMETER)],
        options: &[],
    },
    Trap {
        code: "T3",
        says: "a default is named that decides what a task does",
        rule: "SLP701",
        firing: "arn:aws:states:::batch:submitJob.sync",
        silent: "arn:aws:states:::batch:submitJob",
        told: "Express does not support that (with the default of parameter 'Work')",
        files: &[(
            "template.yaml",
            "\
Parameters:
  Work: {Type: String, Default: 'TWIN'}
Resources:
  Flow:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/flow
      StateMachineType: EXPRESS # fires
      DefinitionSubstitutions: {Work: !Ref Work}
      Definition: {StartAt: Work, States: {Work: {Type: Task, Resource: '${Work}', End: true}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T3",
        says: "the default of a parameter of Systems Manager is a name",
        rule: "SLP202",
        firing: "Type: String, Default: '60'",
        silent: "Type: 'AWS::SSM::Parameter::Value<String>', Default: '60'",
        told: "hides messages for 60 s (the default of parameter 'Hide')",
        files: &[("template.yaml", PARAMETER)],
        options: &[],
    },
    Trap {
        code: "T3",
        says: "what is given counts, and not the default",
        rule: "SLP202",
        firing: "60",
        silent: "180",
        told: "hides messages for 60 s",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters:
  Hide: {Type: Number, Default: 90}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hide}} # fires
  WORKER
",
        )],
        options: &["--parameter", "Hide=TWIN"],
    },
    Trap {
        code: "T4",
        says: "NoValue is absence, in its branch",
        rule: "SLP202",
        firing: "!Ref AWS::NoValue",
        silent: "180",
        told: "hides messages for 30 s (the default), but its consumer 'Worker' may run for 30 s: six times that is 180 s (when IsProd is false)",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, production]}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !If [IsProd, 300, TWIN] # fires
  WORKER
",
        )],
        options: &[],
    },
    Trap {
        code: "T4",
        says: "NoValue in a list is no entry of it",
        rule: "SLP209",
        firing: "!Ref AWS::NoValue",
        silent: "ReportBatchItemFailures",
        told: "does not report which of them failed",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Worker:
    FUNCTION
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: ORDERS
            FunctionResponseTypes: [TWIN] # fires
",
        )],
        options: &[],
    },
    Trap {
        code: "T4",
        says: "a number that only its parameter tells has the parameter's name in a message",
        rule: "SLP308",
        firing: "PROVISIONED",
        silent: "PAY_PER_REQUEST",
        told: "Table 'Orders' has a provisioned capacity of 50 for reads and ${Units} for writes",
        files: &[(
            "template.yaml",
            "\
Parameters:
  Units: {Type: Number}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: TWIN # fires
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      ProvisionedThroughput: {ReadCapacityUnits: 50, WriteCapacityUnits: !Ref Units}
",
        )],
        options: &[],
    },
    Trap {
        code: "T4",
        says: "a property that is NoValue has its default",
        rule: "SLP308",
        firing: "!Ref AWS::NoValue",
        silent: "PAY_PER_REQUEST",
        told: "Table 'Orders' has a provisioned capacity of 50",
        files: &[(
            "template.yaml",
            "\
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: TWIN # fires
      ProvisionedThroughput: {ReadCapacityUnits: 50, WriteCapacityUnits: 5}
",
        )],
        options: &[],
    },
    Trap {
        code: "T20",
        says: "a number in quotes is a number",
        rule: "SLP202",
        firing: "'60'",
        silent: "'180'",
        told: "hides messages for 60 s",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T20",
        says: "scientific notation is a number",
        rule: "SLP202",
        firing: "6e+1",
        silent: "1.8e+2",
        told: "hides messages for 60 s",
        files: &[("template.yaml", QUEUE)],
        options: &[],
    },
    Trap {
        code: "T20",
        says: "a truth value in quotes is one",
        rule: "SLP204",
        firing: "'true'",
        silent: "'false'",
        told: "A batch window of 5 s is not supported on FIFO queue 'Orders'",
        files: &[("template.yaml", WINDOW)],
        options: &[],
    },
    Trap {
        code: "T20",
        says: "an anchor is what it stands for, and a merge lends what is not said",
        rule: "SLP202",
        firing: "MessageRetentionPeriod: 86400",
        silent: "VisibilityTimeout: 180",
        told: "Queue 'Orders' hides messages for 60 s",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Other: {Type: AWS::SQS::Queue, Properties: &queue {VisibilityTimeout: 60}} # fires
  Orders: {Type: AWS::SQS::Queue, Properties: {<<: *queue, TWIN}}
  WORKER
",
        )],
        options: &[],
    },
    Trap {
        code: "T8",
        says: "a queue is FIFO that says so",
        rule: "SLP204",
        firing: "true",
        silent: "!Ref IsOrdered",
        told: "is not supported on FIFO queue 'Orders'",
        files: &[("template.yaml", WINDOW)],
        options: &[],
    },
    Trap {
        code: "T8",
        says: "a queue is FIFO by the end of its name",
        rule: "SLP204",
        firing: "orders.fifo",
        silent: "orders",
        told: "is not supported on FIFO queue 'Orders'",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${AWS::StackName}-TWIN'}}
  Worker:
    FUNCTION
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: ORDERS
            MaximumBatchingWindowInSeconds: 5 # fires
",
        )],
        options: &[],
    },
    Trap {
        code: "T8",
        says: "a queue of another stack is FIFO by the end of its ARN",
        rule: "SLP204",
        firing: ".fifo",
        silent: "",
        told: "is not supported on FIFO queue",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !Sub arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:ordersTWIN
            MaximumBatchingWindowInSeconds: 5 # fires
",
        )],
        options: &[],
    },
    Trap {
        code: "T8",
        says: "a queue that may be FIFO is asked for no window",
        rule: "SLP203",
        firing: "!GetAtt Standard.Arn",
        silent: "!ImportValue orders-arn",
        told: "A batch of 100 messages",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Standard: {Type: AWS::SQS::Queue}
  Worker:
    FUNCTION
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: TWIN
            BatchSize: 100 # fires
",
        )],
        options: &[],
    },
];

/// A mapping with a batch window, on a queue that may be FIFO.
const WINDOW: &str = "\
Transform: SAM
Parameters:
  IsOrdered: {Type: String}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {FifoQueue: TWIN}}
  Worker:
    FUNCTION
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: ORDERS
            MaximumBatchingWindowInSeconds: 5 # fires
";

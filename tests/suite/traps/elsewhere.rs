//! What stands in another file, another stack, or nowhere before deployment.

use super::Trap;
use super::sam_forms::UNREAD;

/// A workflow whose definition is a file.
const WORKFLOW: &str = "\
Transform: SAM
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Type: EXPRESS # fires
      DefinitionUri: TWIN
";

/// A workflow that is told what it calls.
const SUBSTITUTED: &str = "\
Transform: SAM
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Type: EXPRESS # fires
      DefinitionUri: flow.asl.yaml
      DefinitionSubstitutions: {Task: 'TWIN'}
";

/// A queue in a stack of its own, whose consumer is in the stack around it.
const PARENT: &str = "\
Transform: SAM
Resources:
  Queues:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: TWIN
  Worker:
    FUNCTION
      Timeout: 30
      Events: {Order: {Type: SQS, Properties: {Queue: !GetAtt Queues.Outputs.Arn, BatchSize: 1}}}
";

pub(super) const ROWS: &[Trap] = &[
    Trap {
        code: "T7",
        says: "an event's type tells what is read, wherever it is",
        rule: "SLP209",
        firing: "10",
        silent: "1",
        told: "'Worker' takes up to 10 messages of queue",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      Events:
        Order: # fires
          Type: SQS
          Properties: {Queue: !ImportValue orders-arn, BatchSize: TWIN}
",
        )],
        options: &[],
    },
    Trap {
        code: "T7",
        says: "an ARN tells the service that is read",
        rule: "SLP213",
        firing: "!Sub 'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${Name}'",
        silent: "!Ref Name",
        told: "'Worker' retries a failing record",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Parameters: {Name: {Type: String}}
Resources:
  Worker:
    FUNCTION
  Mapping: # fires
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Worker, StartingPosition: LATEST, EventSourceArn: TWIN}
",
        )],
        options: &[],
    },
    Trap {
        code: "T7",
        says: "what a queue elsewhere is like is not known",
        rule: "SLP202",
        firing: "!GetAtt Orders.Arn",
        silent: "!FindInMap [Queues, !Ref AWS::AccountId, Orders]",
        told: "Queue 'Orders' hides messages for 60 s",
        files: &[(
            "template.yaml",
            "\
Transform: SAM
Mappings:
  Queues: {'111111111111': {Orders: 'arn:aws:sqs:eu-west-1:111111111111:orders'}}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires
  Worker:
    FUNCTION
      Timeout: 30
      Events: {Order: {Type: SQS, Properties: {BatchSize: 1, Queue: TWIN}}}
",
        )],
        options: &[],
    },
    Trap {
        code: "T12",
        says: "a definition in a file is read, and one in a bucket is not known",
        rule: "SLP701",
        firing: "flow.asl.json",
        silent: "s3://definitions/flow.asl.json",
        told: "Express workflow 'Flow' has states that wait for a job, a callback, an activity or a distributed map (Ask): Express does not support that",
        files: &[
            ("template.yaml", WORKFLOW),
            (
                "flow.asl.json",
                r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true}}}"#,
            ),
        ],
        options: &[],
    },
    Trap {
        code: "T12",
        says: "DefinitionSubstitutions are substituted, also in YAML",
        rule: "SLP701",
        firing: "arn:aws:states:::batch:submitJob.sync",
        silent: "arn:aws:states:::batch:submitJob",
        told: "Express workflow 'Flow' has states that wait",
        files: &[
            ("template.yaml", SUBSTITUTED),
            (
                "flow.asl.yaml",
                "\
StartAt: Work
States:
  Work: {Type: Task, Resource: '${Task}', End: true}
",
            ),
        ],
        options: &[],
    },
    Trap {
        code: "T12",
        says: "a definition in the text of a Sub is read",
        rule: "SLP701",
        firing: "batch:submitJob.sync",
        silent: "batch:submitJob",
        told: "Express workflow 'Flow' has states that wait",
        files: &[(
            "template.yaml",
            r#"
Resources:
  Flow:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/flow
      StateMachineType: EXPRESS # fires
      DefinitionString: !Sub |
        {"StartAt": "Work", "States": {"Work": {
          "Type": "Task", "Resource": "arn:${AWS::Partition}:states:::TWIN", "End": true}}}
"#,
        )],
        options: &[],
    },
    Trap {
        code: "T12",
        says: "an OpenAPI file that is included is read, and one in a bucket is not known",
        rule: "SLP102",
        firing: "openapi.yaml",
        silent: "s3://definitions/openapi.yaml",
        told: "'Worker' may run for 60 s, but 'Api POST /orders' waits for 29 s",
        files: &[
            (
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
      DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: TWIN}}}
",
            ),
            (
                "openapi.yaml",
                "\
openapi: 3.0.1
paths:
  /orders:
    post:
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: {Fn::Sub: 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations'}
",
            ),
        ],
        options: &[],
    },
    Trap {
        code: "T18",
        says: "an export may have readers elsewhere",
        rule: "unread",
        firing: "",
        silent: ", Export: {Name: orders}",
        told: "nobody reads it in this template",
        files: &[
            (
                "template.yaml",
                "\
Resources:
  Orders: {Type: AWS::SQS::Queue} # fires
Outputs:
  Arn: {Value: !GetAtt Orders.ArnTWIN}
",
            ),
            UNREAD,
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T18",
        says: "what a nested stack is handed may have readers there",
        rule: "unread",
        firing: "!GetAtt Payments.Arn",
        silent: "!GetAtt Orders.Arn",
        told: "nobody reads it in this template",
        files: &[
            (
                "template.yaml",
                "\
Resources:
  Orders: {Type: AWS::SQS::Queue} # fires
  Payments: {Type: AWS::SNS::Topic}
  Readers:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.amazonaws.com/templates/readers.yaml
      Parameters: {Source: TWIN}
",
            ),
            UNREAD,
        ],
        options: &["--rules", "own.guard"],
    },
    Trap {
        code: "T18",
        says: "an import is what the other template exports, if that is at hand",
        rule: "SLP202",
        firing: "orders-arn",
        silent: "payments-arn",
        told: "Queue 'Orders' hides messages for 60 s, but its consumer 'Worker' may run for 30 s",
        files: &[
            (
                "queue.yaml",
                "\
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires
Outputs:
  Arn: {Value: !GetAtt Orders.Arn, Export: {Name: orders-arn}}
",
            ),
            (
                "worker.yaml",
                "\
Transform: SAM
Resources:
  Worker:
    FUNCTION
      Timeout: 30
      Events: {Order: {Type: SQS, Properties: {BatchSize: 1, Queue: !ImportValue TWIN}}}
",
            ),
        ],
        options: &["worker.yaml"],
    },
    Trap {
        code: "T19",
        says: "a nested stack is read if it is a file, and its outputs come up",
        rule: "SLP202",
        firing: "stacks/queue.yaml",
        silent: "https://s3.amazonaws.com/templates/queue.yaml",
        told: "Queue 'Queues/Orders' hides messages for 60 s, but its consumer 'Worker' may run for 30 s",
        files: &[
            ("template.yaml", PARENT),
            (
                "stacks/queue.yaml",
                "\
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}} # fires
Outputs:
  Arn: {Value: !GetAtt Orders.Arn}
",
            ),
        ],
        options: &[],
    },
    Trap {
        code: "T19",
        says: "parameters go down, and are as known as the template that hands them",
        rule: "SLP202",
        firing: "60",
        silent: "180",
        told: "Queue 'Queues/Orders' hides messages for 60 s (passed for parameter 'Queues/Hide'), but its consumer 'Queues/Worker' may run for 30 s: six times that is 180 s [high]",
        files: &[
            (
                "template.yaml",
                "\
Transform: SAM
Resources:
  Queues:
    Type: AWS::Serverless::Application
    Properties:
      Location: stacks/queue.yaml
      Parameters: {Hide: TWIN}
",
            ),
            (
                "stacks/queue.yaml",
                "\
Transform: SAM
Parameters:
  Hide: {Type: Number, Default: 30}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hide}} # fires
  WORKER
",
            ),
        ],
        options: &[],
    },
];

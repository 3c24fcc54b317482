//! An action is what an API's integration does on a service that is not Lambda.

use crate::template::Guard;

use super::branch::Branch;
use super::draft::Draft;
use super::mention::Reference;
use super::target::Target;
use super::{EdgeKind, VertexKind};

/// `states:StartSyncExecution` of `arn:aws:apigateway:eu-west-1:states:action/StartSyncExecution`, and
/// `sqs:path` of `…:sqs:path/123456789012/orders`.
pub(super) fn service_action(uri: &str) -> Option<String> {
    let rest = uri.split_once(":apigateway:")?.1;
    let mut parts = rest.splitn(3, ':');
    let (_, service, action) = (parts.next()?, parts.next()?, parts.next()?);
    let action = match action.split_once('/') {
        Some(("action", name)) => name,
        Some(("path", _)) => "path",
        Some(_) | None => return None,
    };
    (service != "lambda").then(|| format!("{service}:{action}"))
}

/// The edge that an action makes.
pub(super) fn edge_of_action(action: &str) -> Option<EdgeKind> {
    match action {
        "states:StartSyncExecution" | "StepFunctions:StartSyncExecution" => Some(EdgeKind::StartSync),
        "states:StartExecution" | "StepFunctions:StartExecution" => Some(EdgeKind::StartAsync),
        "sqs:SendMessage" | "SQS:SendMessage" | "sqs:path" => Some(EdgeKind::Send),
        "sns:Publish" | "sns:path" | "events:PutEvents" | "EventBridge:PutEvents" => Some(EdgeKind::Publish),
        "kinesis:PutRecord"
        | "kinesis:PutRecords"
        | "Kinesis:PutRecord"
        | "firehose:PutRecord"
        | "firehose:PutRecordBatch" => Some(EdgeKind::Write),
        "dynamodb:GetItem" | "dynamodb:Query" | "dynamodb:Scan" | "dynamodb:BatchGetItem" => {
            Some(EdgeKind::Read)
        }
        "dynamodb:PutItem" | "dynamodb:UpdateItem" | "dynamodb:DeleteItem" | "dynamodb:BatchWriteItem" => {
            Some(EdgeKind::Write)
        }
        _ => None,
    }
}

/// What a request that is a text names by its own name: `{"TableName": "Orders", …}`.
pub(super) fn named_targets(draft: &Draft<'_>, request: Branch, action: &str) -> Vec<(Guard, Target)> {
    let key = match kinds_of(action) {
        [VertexKind::StateMachine] => "stateMachineArn",
        [VertexKind::Topic] => "TopicArn",
        [VertexKind::Stream] => "StreamName",
        [VertexKind::Table] => "TableName",
        [VertexKind::DeliveryStream] => "DeliveryStreamName",
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    for (guard, reference) in draft.references(request) {
        let named = reference.text.split_once(&format!("\"{key}\"")).and_then(|(_, rest)| {
            let (name, _) =
                rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split_once('"')?;
            Some(Reference::by_name(name))
        });
        let named = named.map_or_else(Vec::new, |named| draft.inside(&named, kinds_of(action)));
        found.extend(named.into_iter().map(|(own, target)| (draft.and(guard, own), target)));
    }
    found
}

/// What an action on a service acts on.
pub(super) fn kinds_of(action: &str) -> &'static [VertexKind] {
    match action.split(':').next().unwrap_or_default() {
        "states" | "StepFunctions" => &[VertexKind::StateMachine],
        "sqs" | "SQS" => &[VertexKind::Queue],
        "sns" => &[VertexKind::Topic],
        "events" | "EventBridge" => &[VertexKind::EventBus],
        "kinesis" | "Kinesis" => &[VertexKind::Stream],
        "firehose" => &[VertexKind::DeliveryStream],
        "dynamodb" => &[VertexKind::Table],
        _ => &[VertexKind::Other],
    }
}

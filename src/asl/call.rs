//! What a task calls: its resource taken apart, and the argument that names what the action is on.

use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Resolver, TextPart, Through, Val, ValueId};

use super::definition::Definition;
use super::{Call, Integration};

/// What a `Resource` says.
pub(super) struct Called {
    /// The text, with `*` for a piece that is not known.
    pub(super) resource: Option<Name>,
    pub(super) integration: Integration,
    pub(super) call: Call,
    /// Where it stands.
    pub(super) origin: Origin,
    /// The parameter that it comes through.
    pub(super) through: Option<Through>,
    /// Whether it could be read.
    pub(super) is_known: bool,
}

impl Call {
    /// Of a function that the task names directly.
    fn of_function(invoke: Name, function: Val) -> Self {
        Self { action: Some(invoke), targets: vec![(Guard::ALWAYS, function)], invocations: Vec::new() }
    }
}

impl Called {
    fn unknown(origin: Origin) -> Self {
        let call = Call::default();
        let integration = Integration::Unknown;
        Self { resource: None, integration, call, origin, through: None, is_known: false }
    }
}

/// The `Resource` of a task, or of what reads or writes a map's items, and its arguments.
pub(super) fn read(
    resolver: Resolver<'_>,
    definition: &Definition<'_>,
    holder: ValueId,
    owner: Origin,
) -> Called {
    let Some(node) = definition.get(holder, "Resource") else { return Called::unknown(owner) };
    let origin = definition.origin(node);
    let names = &resolver.template().names;
    let val = definition.val(node);
    let unknown = Called::unknown(origin);
    let [(_, alt)] = &val.alternatives[..] else {
        // Whichever function it is, it is called: only another kind of call would matter.
        let is_function = |alt: &Alt| matches!(alt, Alt::Resource { id, .. } if !is_activity(resolver, *id));
        if !val.alternatives.iter().all(|(_, alt)| is_function(alt)) {
            return unknown;
        }
        let call = Call::of_function(names.intern(INVOKE), val);
        return Called { call, integration: Integration::RequestResponse, is_known: true, ..unknown };
    };
    let through = if let Alt::Scalar { through, .. } = alt { *through } else { None };
    let unknown = Called { through, ..unknown };
    let (resource, text) = match alt {
        Alt::Scalar { text, .. } => (Some(*text), names.text(*text).to_owned()),
        Alt::Text(parts) => (None, shown(resolver, parts)),
        Alt::Resource { id, .. } if is_activity(resolver, *id) => {
            return Called { integration: Integration::Activity, is_known: true, ..unknown };
        }
        Alt::Resource { .. } => {
            let call = Call::of_function(names.intern(INVOKE), val);
            return Called { call, integration: Integration::RequestResponse, is_known: true, ..unknown };
        }
        Alt::Absent { .. } | Alt::OneOf { .. } | Alt::List(_) | Alt::Map(_) | Alt::Unknown(_) => {
            return unknown;
        }
    };
    let Some((_, action)) = text.split_once(":states:::") else {
        if text.contains(":activity:") {
            return Called { resource, integration: Integration::Activity, is_known: true, ..unknown };
        }
        let call = Call::of_function(names.intern(INVOKE), val);
        return Called {
            resource,
            call,
            integration: Integration::RequestResponse,
            is_known: true,
            ..unknown
        };
    };
    let (action, integration) = match action.split_once('.') {
        None if action.ends_with('*') => (action, Integration::Unknown),
        None => (action, Integration::RequestResponse),
        Some((action, suffix)) if suffix.starts_with("sync") => (action, Integration::Sync),
        Some((action, "waitForTaskToken")) => (action, Integration::Callback),
        Some((action, _)) => (action, Integration::Unknown),
    };
    let resource = resource.or_else(|| Some(names.intern(&text)));
    let targets = targets(definition, holder, action);
    let invocations = if is_of_service(action, INVOKE) {
        arguments(definition, holder, &[&["InvocationType"], &["InvocationType.$"]])
    } else {
        Vec::new()
    };
    let action = (!action.contains('*')).then(|| names.intern(action));
    let is_known = integration != Integration::Unknown;
    Called { resource, integration, call: Call { action, targets, invocations }, is_known, ..unknown }
}

/// What a task that names a function does to it.
const INVOKE: &str = "lambda:invoke";

fn is_activity(resolver: Resolver<'_>, id: Name) -> bool {
    let template = resolver.template();
    let type_name = template.resources.get(&id).map(|resource| template.names.text(resource.type_name));
    type_name == Some("AWS::StepFunctions::Activity")
}

/// A text with `*` for what is not known: enough to tell a service's action and its suffix.
fn shown(resolver: Resolver<'_>, parts: &[TextPart]) -> String {
    let piece = |part: &TextPart| match part {
        TextPart::Known(text) => resolver.template().names.text(*text),
        TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => "*",
    };
    parts.iter().map(piece).collect()
}

/// What an action is on, from the task's arguments. A path into the input (`FunctionName.$`) is not known.
fn targets(definition: &Definition<'_>, holder: ValueId, action: &str) -> Vec<(Guard, Val)> {
    match ARGUMENTS.iter().find(|(name, _)| is_of_service(action, name)) {
        Some((_, paths)) => arguments(definition, holder, paths),
        None => Vec::new(),
    }
}

/// Whether an action is one of a service, by its own integration or by that of the AWS SDK.
fn is_of_service(action: &str, name: &str) -> bool {
    action.strip_prefix("aws-sdk:").unwrap_or(action) == name
}

/// The values of a task's arguments at the ends of some paths.
fn arguments(definition: &Definition<'_>, holder: ValueId, paths: &[&[&str]]) -> Vec<(Guard, Val)> {
    let arguments = definition.get(holder, "Parameters").or_else(|| definition.get(holder, "Arguments"));
    let Some(arguments) = arguments else { return Vec::new() };
    let mut found = Vec::new();
    for keys in paths {
        definition.at(arguments, keys, Guard::ALWAYS, &mut found);
    }
    let found = found.into_iter().filter(|(_, value)| !definition.is_null(*value));
    found.map(|(guard, value)| (guard, definition.val(value))).collect()
}

/// The paths of keys, and `*` for each item, to the arguments that name what an action is on. Those of the AWS SDK
/// integrations are called alike.
const ARGUMENTS: &[(&str, &[&[&str]])] = &[
    ("lambda:invoke", &[&["FunctionName"]]),
    ("states:startExecution", &[&["StateMachineArn"]]),
    ("sfn:startExecution", &[&["StateMachineArn"]]),
    ("sfn:startSyncExecution", &[&["StateMachineArn"]]),
    ("sqs:sendMessage", &[&["QueueUrl"]]),
    ("sqs:sendMessageBatch", &[&["QueueUrl"]]),
    ("sqs:receiveMessage", &[&["QueueUrl"]]),
    ("sns:publish", &[&["TopicArn"], &["TargetArn"]]),
    ("sns:publishBatch", &[&["TopicArn"]]),
    ("events:putEvents", &[&["Entries", "*", "EventBusName"]]),
    ("eventbridge:putEvents", &[&["Entries", "*", "EventBusName"]]),
    ("dynamodb:getItem", &[&["TableName"]]),
    ("dynamodb:query", &[&["TableName"]]),
    ("dynamodb:scan", &[&["TableName"]]),
    ("dynamodb:putItem", &[&["TableName"]]),
    ("dynamodb:updateItem", &[&["TableName"]]),
    ("dynamodb:deleteItem", &[&["TableName"]]),
    ("kinesis:putRecord", &[&["StreamName"], &["StreamARN"], &["StreamArn"]]),
    ("kinesis:putRecords", &[&["StreamName"], &["StreamARN"], &["StreamArn"]]),
    ("s3:getObject", &[&["Bucket"]]),
    ("s3:listObjectsV2", &[&["Bucket"]]),
    ("s3:putObject", &[&["Bucket"]]),
    ("s3:copyObject", &[&["Bucket"]]),
    ("s3:deleteObject", &[&["Bucket"]]),
];

//! What a drawing calls things, in words that people use.

use serde_json::Value;

use crate::asl::Way;
use crate::graph::{EdgeKind, VertexKind};

use super::Vertex;
use super::kind::{Kind, Link};

/// `Lambda function`; for what rules do not look at, its type; for a state what it does.
pub(super) fn kind(vertex: &Vertex) -> &str {
    let kind = match vertex.kind {
        Kind::Node(kind) => kind,
        Kind::State if vertex.type_name.is_empty() => return "State",
        Kind::State => return &vertex.type_name,
    };
    match kind {
        VertexKind::Function => "Lambda function",
        VertexKind::Queue => "SQS queue",
        VertexKind::Topic => "SNS topic",
        VertexKind::Stream => "Kinesis stream",
        VertexKind::StreamConsumer => "Stream consumer",
        VertexKind::Table => "DynamoDB table",
        VertexKind::TableIndex => "Index of a table",
        VertexKind::Bucket => "S3 bucket",
        VertexKind::EventBus => "Event bus",
        VertexKind::Rule => "EventBridge rule",
        VertexKind::Schedule => "Schedule",
        VertexKind::Pipe => "EventBridge pipe",
        VertexKind::RestApi => "REST API",
        VertexKind::HttpApi => "HTTP API",
        VertexKind::WebSocketApi => "WebSocket API",
        VertexKind::StateMachine => "State machine",
        VertexKind::Distribution => "CloudFront distribution",
        VertexKind::MethodSetting => "Method settings",
        VertexKind::CacheBehavior => "Cache behavior",
        VertexKind::Qualifier => "Version or alias",
        VertexKind::Stage => "API stage",
        VertexKind::DeliveryStream => "Firehose stream",
        VertexKind::GraphQlApi => "GraphQL API",
        VertexKind::GraphQlCache => "Cache of a GraphQL API",
        VertexKind::GraphQlResolver => "GraphQL resolver",
        VertexKind::UserPool => "User pool",
        VertexKind::Database => "Database",
        VertexKind::DatabaseProxy => "Database proxy",
        VertexKind::Cache => "Cache",
        VertexKind::TaskDefinition => "ECS task",
        VertexKind::Route => "Route",
        VertexKind::FunctionUrl => "Function URL",
        VertexKind::UserPoolTrigger => "User pool trigger",
        VertexKind::GraphQlField => "GraphQL field",
        VertexKind::TargetGroup => "Target group",
        VertexKind::External => "Outside of the template",
        VertexKind::Other => vertex.type_name.strip_prefix("AWS::").unwrap_or(&vertex.type_name),
    }
}

/// What the one does with the other; nothing where it just has it.
pub(super) fn verb(link: Link) -> Option<&'static str> {
    let kind = match link {
        Link::Wired(kind) => kind,
        Link::Flow(Way::Default) => return Some("otherwise"),
        Link::Flow(Way::Catch) => return Some("on failure"),
        Link::Entry | Link::Flow(Way::Start | Way::Next | Way::Choice) => return None,
    };
    Some(match kind {
        EdgeKind::InvokeSync => "invokes",
        EdgeKind::InvokeAsync => "invokes async",
        EdgeKind::Invoke => "invokes, may wait",
        EdgeKind::Poll => "polled by",
        EdgeKind::StartSync => "starts, waits",
        EdgeKind::StartAsync => "starts",
        EdgeKind::Publish => "publishes to",
        EdgeKind::Send => "sends to",
        EdgeKind::Write => "writes",
        EdgeKind::Read => "reads",
        EdgeKind::DeadLetter => "failures go to",
        EdgeKind::Authorize => "authorized by",
        EdgeKind::Front => "stands before",
        EdgeKind::Step => "runs",
        EdgeKind::Connect => "connects to",
        EdgeKind::Qualify => "stands for",
    })
}

/// Facts that a card shows beside the kind, with the words around the value.
const ON_CARDS: [(Kind, &str, [&str; 2]); 8] = [
    (Kind::Node(VertexKind::Function), "MemorySize", ["", " MB"]),
    (Kind::Node(VertexKind::Function), "Timeout", ["", " s"]),
    (Kind::Node(VertexKind::Queue), "VisibilityTimeout", ["visibility ", " s"]),
    (Kind::Node(VertexKind::StateMachine), "WorkflowType", ["", ""]),
    (Kind::Node(VertexKind::RestApi), "EndpointType", ["", ""]),
    (Kind::State, "Action", ["", ""]),
    (Kind::State, "Seconds", ["", " s"]),
    (Kind::State, "TimeoutSeconds", ["at most ", " s"]),
];

/// The kind, and the numbers that these checks are mostly about, where they are known: `Lambda function · 128 MB · 3 s`.
pub(super) fn subtitle(vertex: &Vertex) -> String {
    let mut text = kind(vertex).to_owned();
    for (_, name, [before, after]) in ON_CARDS.iter().filter(|(kind, ..)| *kind == vertex.kind) {
        match vertex.facts.get(*name) {
            Some(Value::Number(number)) => text.push_str(&format!(" · {before}{number}{after}")),
            Some(Value::String(word)) => text.push_str(&format!(" · {before}{word}{after}")),
            Some(_) | None => {}
        }
    }
    match vertex.states.len() {
        _ if !vertex.is_folded => {}
        1 => text.push_str(" · 1 state"),
        count => text.push_str(&format!(" · {count} states")),
    }
    text
}

/// A value in one line: what depends on a condition says on which.
pub(super) fn fact(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(fact).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let only = map.iter().next().filter(|_| map.len() == 1);
            match only.map(|(key, inner)| (key.as_str(), inner)) {
                Some(("Ref", Value::String(name))) if name == "AWS::NoValue" => "nothing".to_owned(),
                Some(("Ref", Value::String(name))) => format!("what {name} is"),
                Some(("Fn::If", Value::Array(parts))) => match parts.as_slice() {
                    [condition, then, otherwise] => {
                        format!("{} when {}, else {}", fact(then), fact(condition), fact(otherwise))
                    }
                    _ => value.to_string(),
                },
                Some(("Fn::FindInMap", Value::Array(parts))) => {
                    let parts: Vec<String> = parts.iter().map(fact).collect();
                    format!("from the mapping {}", parts.join(", "))
                }
                Some(("Fn::Sub", Value::String(text))) => text.clone(),
                Some(("Fn::GetAtt", Value::Array(parts))) => {
                    parts.iter().map(fact).collect::<Vec<_>>().join(".")
                }
                Some(("OneOf", Value::Array(items))) => {
                    items.iter().map(fact).collect::<Vec<_>>().join(" or ")
                }
                Some((key, _)) if key == "Condition" || key.starts_with("Fn::") => value.to_string(),
                Some(_) | None => {
                    let members = map.iter().map(|(key, value)| format!("{key}: {}", fact(value)));
                    members.collect::<Vec<_>>().join(", ")
                }
            }
        }
    }
}

/// Whether a fact is worth a line where people read: not what a resource is not, as most are.
pub(super) fn is_worth_a_line(value: &Value) -> bool {
    *value != Value::Bool(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_depends_says_on_what() {
        let depends = serde_json::json!({"Fn::If": ["IsProd", 300, {"Ref": "Timeout"}]});
        assert_eq!(fact(&depends), "300 when IsProd, else what Timeout is");
        assert_eq!(fact(&serde_json::json!(["a", 1, true])), "a, 1, yes");
        assert_eq!(fact(&serde_json::json!([])), "none");
        let variables = serde_json::json!({"TABLE": {"Ref": "Orders"}, "LEVEL": "info"});
        assert_eq!(fact(&variables), "TABLE: what Orders is, LEVEL: info");
        let unknown = serde_json::json!({"Fn::Split": [",", "a"]});
        assert_eq!(fact(&unknown), r#"{"Fn::Split":[",","a"]}"#);
        assert_eq!(fact(&serde_json::json!({"OneOf": [1, 2]})), "1 or 2");
        let mapped = serde_json::json!({"Fn::FindInMap": ["Times", {"Ref": "Stage"}, "api"]});
        assert_eq!(fact(&mapped), "from the mapping Times, what Stage is, api");
    }
}

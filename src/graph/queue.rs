//! What a queue is beyond its own properties: FIFO by name, or made behind a subscription.

use rustc_hash::FxHashSet;
use serde_json::Value;

use crate::names::Name;
use crate::template::{Alt, Origin, Resource, TextPart, Unknown};

use super::branch::Branch;
use super::draft::Draft;
use super::{EdgeKind, Fact, Plain, VertexId, VertexKind, settings};

/// States of every queue whether it is FIFO, and whether a SAM event made it.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let subscribed: FxHashSet<VertexId> = draft
        .graph
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Send && draft.vertex(edge.from).kind == VertexKind::Topic)
        .map(|edge| edge.to)
        .collect();
    for (vertex, resource) in draft.resources_of(VertexKind::Queue) {
        let fifo = fifo(draft, resource);
        let receives = max_receive_count(draft, resource);
        draft.add_facts(vertex, [fifo, receives]);
        let is_own = resource.made_by.is_none_or(|maker| maker == draft.vertex(vertex).id);
        let is_implicit = subscribed.contains(&vertex) && !is_own;
        draft.add_fact(vertex, "Implicit", Plain::Bool(is_implicit), resource.origin);
    }
}

/// How often a queue hands out a message before it counts as dead. A redrive policy may also be a text of JSON.
fn max_receive_count(draft: &Draft<'_>, queue: &Resource) -> Fact {
    let properties = Branch::properties(queue);
    let policies = properties.into_iter().flat_map(|start| draft.branches(start, &["RedrivePolicy"]));
    let policies: Vec<(Branch, Alt)> = policies
        .flat_map(|policy| draft.alternatives(policy).into_iter().map(move |(_, alt)| (policy, alt)))
        .collect();
    if let [(policy, alt)] = policies.as_slice()
        && let Some(Ok(text)) = draft.json_text(alt)
    {
        let origin = draft.values().origin(policy.value);
        return Fact::Derived { name: "MaxReceiveCount", value: receives(&text), origin };
    }
    settings::facts(settings::MAX_RECEIVE_COUNT, properties.map(|start| start.value), queue.origin).remove(0)
}

fn receives(policy: &Value) -> Plain {
    let count = match &policy["maxReceiveCount"] {
        Value::Number(count) => count.as_i64(),
        Value::String(count) => count.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    count.map_or(Plain::Unknown, Plain::Int)
}

/// Whether a queue elsewhere is FIFO, by its ARN, in which what is not known stands as `${…}`.
pub(super) fn fifo_by_arn(arn: &str) -> Plain {
    if arn.ends_with('}') { Plain::Unknown } else { Plain::Bool(is_fifo(arn)) }
}

/// A queue's own word, or the end of its name: SQS takes `.fifo` for FIFO queues alone.
fn fifo(draft: &Draft<'_>, resource: &Resource) -> Fact {
    let properties = Branch::properties(resource);
    let has = |key: &str| properties.into_iter().flat_map(|start| draft.branches(start, &[key])).next();
    match (has("FifoQueue"), has("QueueName")) {
        (None, Some(name)) => Fact::Derived {
            name: "Fifo",
            value: fifo_by_name(draft, name),
            origin: draft.values().origin(name.value),
        },
        (Some(_), _) | (None, None) => own_word(resource.origin, properties),
    }
}

fn own_word(origin: Origin, properties: Option<Branch>) -> Fact {
    settings::facts(settings::FIFO, properties.map(|start| start.value), origin).remove(0)
}

/// SQS takes `.fifo` at the end of a FIFO queue's name alone, and for every FIFO queue.
fn fifo_by_name(draft: &Draft<'_>, name: Branch) -> Plain {
    Plain::agreed(draft.alternatives(name).into_iter().map(|(_, alt)| match alt {
        // A made-up name has no such end, and no region, account or stack is called so.
        Alt::Absent { .. } | Alt::Unknown(Unknown::Pseudo(_)) => Some(false),
        Alt::Scalar { text, .. } => Some(is_fifo(draft.text(text))),
        Alt::OneOf { values, .. } => are_fifo(draft, &values),
        Alt::Text(parts) => match parts.last()? {
            TextPart::Known(text) => Some(is_fifo(draft.text(*text))),
            TextPart::Pseudo(_) => Some(false),
            TextPart::Resource { .. } | TextPart::Unknown(_) => {
                draft.resolver.listed(&parts).and_then(|(_, texts)| are_fifo(draft, &texts))
            }
        },
        Alt::List(_) | Alt::Map(_) | Alt::Resource { .. } | Alt::Unknown(_) => None,
    }))
}

/// What every name says.
fn are_fifo(draft: &Draft<'_>, names: &[Name]) -> Option<bool> {
    let mut verdicts = names.iter().map(|name| is_fifo(draft.text(*name)));
    let first = verdicts.next()?;
    verdicts.all(|verdict| verdict == first).then_some(first)
}

fn is_fifo(name: &str) -> bool {
    name.strip_suffix(".fifo").is_some()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources, template};
    use super::super::{Graph, Vertex, VertexKind};
    use crate::code::HandlerCode;
    use crate::template::Resolver;

    #[test]
    fn a_queue_is_fifo_by_its_own_word_or_by_its_name() {
        for (properties, fifo) in [
            ("", "false by default"),
            ("FifoQueue: true", "true"),
            ("QueueName: orders.fifo", "true"),
            ("QueueName: orders", "false"),
            ("QueueName: !Sub '${AWS::StackName}.fifo'", "true"),
            ("QueueName: !Sub 'orders-${AWS::Region}'", "false"),
            ("QueueName: !Ref 'AWS::StackName'", "false"),
            ("QueueName: !Sub '${Name}-orders'", "false"),
            ("QueueName: !If [A, orders, !Ref 'AWS::NoValue']", "false"),
        ] {
            let template =
                resources(&format!("  Q: {{Type: 'AWS::SQS::Queue', Properties: {{{properties}}}}}\n"));
            assert_eq!(fact(&template, "Q", "Fifo"), fifo, "{properties}");
        }
    }

    #[test]
    fn a_queue_is_fifo_if_every_name_that_it_may_have_says_so() {
        for (values, fifo) in
            [("[dev, prod]", "false"), ("[a.fifo, b.fifo]", "true"), ("[a, b.fifo]", "unknown")]
        {
            let template = template(&format!(
                "Parameters: {{Stage: {{Type: String, AllowedValues: {values}}}}}
Resources:
  Q: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: !Sub 'orders-${{Stage}}'}}}}
"
            ));
            assert_eq!(fact(&template, "Q", "Fifo"), fifo, "{values}");
        }
    }

    #[test]
    fn a_queue_whose_name_may_end_in_fifo_may_be_fifo() {
        for name in ["!Ref Name", "!Sub 'orders${End}'", "!If [A, orders.fifo, orders]", "!ImportValue name"]
        {
            let template =
                resources(&format!("  Q: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: {name}}}}}\n"));
            assert_eq!(fact(&template, "Q", "Fifo"), "unknown", "{name}");
        }
    }

    #[test]
    fn a_redrive_policy_says_how_often_in_a_map_or_a_text() {
        for (policy, count) in [
            ("{deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: 3}", "3"),
            ("!Sub '{\"deadLetterTargetArn\": \"${D.Arn}\", \"maxReceiveCount\": 3}'", "3"),
            ("'{\"maxReceiveCount\": \"4\"}'", "4"),
            ("!Sub '{\"maxReceiveCount\": ${Max}}'", "unknown"),
            ("{deadLetterTargetArn: !GetAtt D.Arn}", "missing"),
            ("!ToJsonString {maxReceiveCount: 2}", "2"),
        ] {
            let template = resources(&format!(
                "  D: {{Type: 'AWS::SQS::Queue'}}
  Q: {{Type: 'AWS::SQS::Queue', Properties: {{RedrivePolicy: {policy}}}}}
"
            ));
            assert_eq!(fact(&template, "Q", "MaxReceiveCount"), count, "{policy}");
        }
    }

    #[test]
    fn a_queue_elsewhere_is_fifo_by_the_end_of_its_arn() {
        for (arn, fifo) in [
            ("arn:aws:sqs:eu-west-1:123456789012:orders.fifo", "true"),
            ("!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Name}.fifo'", "true"),
            ("!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders'", "false"),
            ("!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Name}'", "unknown"),
        ] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  M: {{Type: 'AWS::Lambda::EventSourceMapping', Properties: {{FunctionName: !Ref F, EventSourceArn: {arn}}}}}
"
            ));
            let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
            let is_external = |vertex: &&Vertex| vertex.kind == VertexKind::External;
            let queue = graph.vertices.iter().find(is_external).expect("the queue is elsewhere");
            assert_eq!(fact(&template, template.names.text(queue.id), "Fifo"), fifo, "{arn}");
        }
    }
}

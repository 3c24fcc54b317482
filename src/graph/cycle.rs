//! Cycles: ways by which what a function writes calls it again.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Guard, Origin, ValueId};

use super::branch::Branch;
use super::draft::Draft;
use super::{Certainty, Cycle, Edge, EdgeId, EdgeKind, Fact, VertexId, VertexKind};

/// Edges in one cycle.
const MOST_HOPS: usize = 4;
/// Cycles in one graph.
const MOST_CYCLES: usize = 1_000;
/// Edges that are followed in one graph; a role that hundreds of functions share makes no more.
const MOST_STEPS: usize = 200_000;

/// Lists every cycle once, from the first of its functions.
pub(super) fn read(draft: &mut Draft<'_>) {
    let mut search = Search { draft, next: Next::of(draft), trail: Vec::new(), found: Vec::new(), steps: 0 };
    for (function, _) in draft.resources_of(VertexKind::Function) {
        search.follow(function, function, Guard::ALWAYS);
    }
    let cycles = search.found;
    draft.graph.cycles = cycles;
}

/// What each vertex makes happen next.
struct Next {
    edges: FxHashMap<VertexId, Vec<EdgeId>>,
}

impl Next {
    fn of(draft: &Draft<'_>) -> Self {
        let buses = buses(draft);
        let mut edges: FxHashMap<VertexId, Vec<EdgeId>> = FxHashMap::default();
        for (index, edge) in draft.graph.edges.iter().enumerate() {
            // An event of the bus passes the rule.
            let is_of_rule = draft.vertex(edge.from).kind == VertexKind::Rule;
            let from = if is_of_rule { buses.get(&edge.from).copied() } else { Some(edge.from) };
            let Some(from) = from else { continue };
            if is_followed(draft, edge) {
                edges.entry(from).or_default().push(EdgeId(index as u32));
            }
        }
        Self { edges }
    }
}

/// What takes what is written and hands it on, or calls for it.
const CARRIERS: &[VertexKind] = &[
    VertexKind::Queue,
    VertexKind::Topic,
    VertexKind::Stream,
    VertexKind::Table,
    VertexKind::Bucket,
    VertexKind::Rule,
];

/// Whether an edge hands on what is written: a function writes, or what is written calls or is handed on.
fn is_followed(draft: &Draft<'_>, edge: &Edge) -> bool {
    let hands_on = matches!(edge.kind, EdgeKind::Send | EdgeKind::Publish | EdgeKind::Write);
    let calls = matches!(edge.kind, EdgeKind::Poll | EdgeKind::InvokeAsync);
    let from = draft.vertex(edge.from).kind;
    let writes = hands_on && !edge.is_by_reference_alone();
    from == VertexKind::Function && writes || CARRIERS.contains(&from) && (hands_on || calls)
}

/// The bus of every rule that listens to one of this template.
fn buses(draft: &Draft<'_>) -> FxHashMap<VertexId, VertexId> {
    let mut found = FxHashMap::default();
    for (index, vertex) in draft.graph.vertices.iter().enumerate() {
        if vertex.kind == VertexKind::Rule
            && let Some(bus) = vertex.name_in("EventBus").and_then(|bus| draft.vertex_of(bus))
        {
            found.insert(VertexId(index as u32), bus);
        }
    }
    found
}

struct Search<'d, 't> {
    draft: &'d Draft<'t>,
    next: Next,
    trail: Vec<EdgeId>,
    found: Vec<Cycle>,
    steps: usize,
}

impl Search<'_, '_> {
    fn follow(&mut self, start: VertexId, at: VertexId, guard: Guard) {
        let next = self.next.edges.get(&at).cloned().unwrap_or_default();
        for id in next {
            self.steps += 1;
            if self.steps > MOST_STEPS || self.found.len() == MOST_CYCLES {
                return;
            }
            let edge = &self.draft.graph.edges[id.0 as usize];
            // A cycle of two functions is listed from the first of them.
            let is_later_function =
                self.draft.vertex(edge.to).kind != VertexKind::Function || edge.to > start;
            let is_passed = self.trail.iter().any(|step| self.edge(*step).to == edge.to);
            let to = edge.to;
            let guard = self.draft.and(guard, edge.guard);
            self.trail.push(id);
            if to == start {
                self.keep(guard);
            } else if is_later_function && !is_passed && self.trail.len() < MOST_HOPS {
                self.follow(start, to, guard);
            }
            self.trail.pop();
        }
    }

    fn edge(&self, id: EdgeId) -> &Edge {
        &self.draft.graph.edges[id.0 as usize]
    }

    fn keep(&mut self, guard: Guard) {
        if !self.draft.can_hold(guard) {
            return;
        }
        let certainty = self.trail.iter().map(|id| self.edge(*id).certainty).min();
        let is_apart =
            self.trail.windows(2).any(|pair| is_apart(self.draft, self.edge(pair[0]), self.edge(pair[1])));
        self.found.push(Cycle {
            edges: self.trail.clone(),
            certainty: certainty.unwrap_or(Certainty::Certain),
            guard,
            is_apart,
        });
    }
}

/// Whether none of the objects that may be written to a bucket is one that its notification is for.
fn is_apart(draft: &Draft<'_>, write: &Edge, notification: &Edge) -> bool {
    let (granted, filter) = (Fact::named(&write.facts, "Keys"), Fact::named(&notification.facts, "Filter"));
    let (
        Some(Fact::Words { words: Some(granted), .. }),
        Some(Fact::Setting { base: Some(configuration), .. }),
    ) = (granted, filter)
    else {
        return false;
    };
    let configuration = *configuration;
    let filters = key_filters(draft, configuration);
    !granted.is_empty() && granted.iter().all(|key| filters.exclude(draft, *key))
}

/// The start and the end that a notification demands of an object's key.
#[derive(Default)]
struct KeyFilters {
    prefix: String,
    suffix: String,
}

impl KeyFilters {
    /// Whether no key of the pattern passes. What stands between wildcards and references may be anything.
    fn exclude(&self, draft: &Draft<'_>, (_, pattern, _): (Guard, Name, Origin)) -> bool {
        let is_open = |c: char| matches!(c, '*' | '?' | '$');
        let pattern = draft.text(pattern);
        let start = pattern.split(is_open).next().unwrap_or_default();
        let end = pattern.rsplit(['*', '?', '}']).next().unwrap_or_default();
        let differs = |a: &str, b: &str| !a.starts_with(b) && !b.starts_with(a);
        let ends_otherwise = |a: &str, b: &str| !a.ends_with(b) && !b.ends_with(a);
        differs(start, &self.prefix) || ends_otherwise(end, &self.suffix)
    }
}

/// A filter that is not the same in every case demands nothing.
fn key_filters(draft: &Draft<'_>, configuration: ValueId) -> KeyFilters {
    let mut filters = KeyFilters::default();
    let rules = draft.branches(Branch::always(configuration), &["Filter", "S3Key", "Rules", "*"]);
    for rule in rules.into_iter().filter(|rule| rule.guard == Guard::ALWAYS) {
        let told = |key| draft.known_text_at(rule, &[key]).map(str::to_owned);
        match (told("Name").as_deref().map(str::to_ascii_lowercase).as_deref(), told("Value")) {
            (Some("prefix"), Some(value)) => filters.prefix = value,
            (Some("suffix"), Some(value)) => filters.suffix = value,
            _ => {}
        }
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::super::tests::{resources, template};
    use super::*;
    use crate::code::HandlerCode;
    use crate::graph::Graph;
    use crate::template::{Resolver, Template};

    fn cycles(template: &Template) -> Vec<String> {
        let graph = Graph::build(Resolver::new(template), HandlerCode::LeftAlone);
        let id = |vertex: VertexId| template.names.text(graph.vertices[vertex.0 as usize].id);
        let shown = |cycle: &Cycle| {
            let hops = cycle.edges.iter().map(|edge| &graph.edges[edge.0 as usize]);
            let hops: Vec<&str> = hops.map(|hop| id(hop.from)).collect();
            let apart = if cycle.is_apart { " apart" } else { "" };
            format!("{} [{}]{apart}", hops.join(" > "), cycle.certainty.as_str())
        };
        graph.cycles.iter().map(shown).collect()
    }

    /// A function `F` with a role that allows an action on a resource.
    fn with(action: &str, on: &str, rest: &str) -> Vec<String> {
        cycles(&resources(&format!(
            "  F: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn}}}}
  R:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{{PolicyDocument: {{Statement: {{Effect: Allow, Action: '{action}', Resource: {on}}}}}}}]
{rest}"
        )))
    }

    const QUEUE: &str = "  Q: {Type: 'AWS::SQS::Queue'}
  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn}}
";

    #[test]
    fn a_function_that_sends_to_the_queue_it_reads_goes_round() {
        assert_eq!(with("sqs:SendMessage", "!GetAtt Q.Arn", QUEUE), ["F > Q [possible]"]);
        assert_eq!(with("sqs:ReceiveMessage", "!GetAtt Q.Arn", QUEUE), [""; 0]);
    }

    #[test]
    fn a_queue_for_what_failed_is_no_way_round() {
        let failed =
            QUEUE.replace("Arn}}", "Arn, DestinationConfig: {OnFailure: {Destination: !GetAtt Q.Arn}}}}");
        assert_eq!(with("sqs:SendMessage", "!GetAtt Q.Arn", &failed), [""; 0]);
    }

    #[test]
    fn a_topic_may_stand_before_the_queue_and_a_rule_behind_the_bus() {
        let topic = format!(
            "{QUEUE}  T: {{Type: 'AWS::SNS::Topic', Properties: {{Subscription: [{{Protocol: sqs, Endpoint: !GetAtt Q.Arn}}]}}}}\n"
        );
        assert_eq!(with("sns:Publish", "!Ref T", &topic), ["F > T > Q [possible]"]);
        let bus = "  B: {Type: 'AWS::Events::EventBus'}
  L:
    Type: AWS::Events::Rule
    Properties: {EventBusName: !Ref B, EventPattern: {source: [a]}, Targets: [{Arn: !GetAtt F.Arn, Id: a}]}
";
        assert_eq!(with("events:PutEvents", "!GetAtt B.Arn", bus), ["F > L [possible]"]);
    }

    #[test]
    fn two_functions_that_feed_each_other_go_round_once() {
        let rest = format!(
            "{QUEUE}  G: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt S.Arn}}}}
  P: {{Type: 'AWS::SQS::Queue'}}
  N: {{Type: 'AWS::Lambda::EventSourceMapping', Properties: {{FunctionName: !Ref G, EventSourceArn: !GetAtt P.Arn}}}}
  S: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{{SQSSendMessagePolicy: {{QueueName: !GetAtt Q.QueueName}}}}]}}}}
"
        );
        assert_eq!(with("sqs:SendMessage", "!GetAtt P.Arn", &rest), ["F > P > G > Q [possible]"]);
    }

    #[test]
    fn objects_under_another_prefix_call_nobody() {
        let bucket = |rule: &str| {
            format!(
                "  B:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations: [{{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn, Filter: {{S3Key: {{Rules: [{rule}]}}}}}}]
"
            )
        };
        let wrote = |keys: &str, rule: &str| {
            with("s3:PutObject", &format!("!Sub '${{B.Arn}}/{keys}'"), &bucket(rule))
        };
        assert_eq!(wrote("out/*", "{Name: prefix, Value: in/}"), ["F > B [possible] apart"]);
        assert_eq!(wrote("*", "{Name: prefix, Value: in/}"), ["F > B [possible]"]);
        assert_eq!(wrote("in/done/*", "{Name: prefix, Value: in/}"), ["F > B [possible]"]);
        assert_eq!(wrote("*.png", "{Name: suffix, Value: .jpg}"), ["F > B [possible] apart"]);
        assert_eq!(wrote("*", "{Name: suffix, Value: .jpg}"), ["F > B [possible]"]);
        assert_eq!(wrote("${Where}/*", "{Name: prefix, Value: in/}"), ["F > B [possible]"]);
    }

    #[test]
    fn parts_that_exclude_each_other_are_no_way_round() {
        let template = template(
            "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1'], Dev: !Not [Condition: Prod]}
Resources:
  F: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R.Arn}}
  Q: {Type: 'AWS::SQS::Queue'}
  M:
    Type: AWS::Lambda::EventSourceMapping
    Condition: Prod
    Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn}
  R: {Type: 'AWS::IAM::Role'}
  P:
    Type: AWS::IAM::Policy
    Condition: Dev
    Properties:
      Roles: [!Ref R]
      PolicyDocument: {Statement: {Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Q.Arn}}
",
        );
        assert_eq!(cycles(&template), [""; 0]);
    }
}

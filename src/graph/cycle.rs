//! Cycles: ways by which what a function writes calls it again.

use rustc_hash::FxHashMap;

use crate::template::{Guard, ValueId};

use super::branch::Branch;
use super::draft::Draft;
use super::mention::UNKNOWN;
use super::{Certainty, Cycle, Edge, EdgeId, EdgeKind, Fact, VertexId, VertexKind, dead_letter};

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

/// What each vertex makes happen next, and when.
struct Next {
    edges: FxHashMap<VertexId, Vec<(EdgeId, Guard)>>,
}

impl Next {
    fn of(draft: &Draft<'_>) -> Self {
        let buses = buses(draft);
        let mut edges: FxHashMap<VertexId, Vec<(EdgeId, Guard)>> = FxHashMap::default();
        for (index, edge) in draft.graph.edges.iter().enumerate() {
            // An event of the bus passes the rule.
            let is_of_rule = draft.vertex(edge.from).kind == VertexKind::Rule;
            let from = if is_of_rule { buses.get(&edge.from).copied() } else { Some(edge.from) };
            let Some(from) = from else { continue };
            let guard = draft.and(edge.guard, when_created(draft, edge));
            if is_followed(draft, edge) && draft.can_hold(guard) {
                edges.entry(from).or_default().push((EdgeId(index as u32), guard));
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

/// When a notification of a bucket is for objects that are written, and not for those that are removed or tagged; for
/// any other edge, always. Where it is not known what it is for, it may be.
fn when_created(draft: &Draft<'_>, edge: &Edge) -> Guard {
    let Some(Fact::Words { words: Some(events), .. }) = Fact::named(&edge.facts, "Events") else {
        return Guard::ALWAYS;
    };
    let created = events.iter().filter(|(_, event, _)| is_of_creation(draft.text(*event)));
    created.fold(Guard::NEVER, |all, (guard, ..)| draft.template().guards.or(all, *guard))
}

/// Whether an event of S3 is one that `PutObject` raises.
fn is_of_creation(event: &str) -> bool {
    event.starts_with("s3:ObjectCreated") || event == "s3:*"
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
        for (id, own) in next {
            self.steps += 1;
            if self.steps > MOST_STEPS || self.found.len() == MOST_CYCLES {
                return;
            }
            let edge = self.edge(id);
            if self.trail.last().is_some_and(|call| is_never_raised(self.draft, self.edge(*call), edge)) {
                continue;
            }
            // A cycle of two functions is listed from the first of them.
            let is_later_function =
                self.draft.vertex(edge.to).kind != VertexKind::Function || edge.to > start;
            let is_passed = self.trail.iter().any(|step| self.edge(*step).to == edge.to);
            let to = edge.to;
            let guard = self.draft.and(guard, own);
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
        let [first, .., last] = self.trail[..] else { return };
        if !self.draft.can_hold(guard) || is_never_raised(self.draft, self.edge(last), self.edge(first)) {
            return;
        }
        let certainty = self.trail.iter().map(|id| self.edge(*id).certainty).min();
        let pairs = self.trail.windows(2);
        let are_apart: Vec<Option<bool>> =
            pairs.map(|pair| is_apart(self.draft, self.edge(pair[0]), self.edge(pair[1]))).collect();
        let is_apart = if are_apart.contains(&Some(true)) {
            Some(true)
        } else if are_apart.contains(&None) {
            None
        } else {
            Some(false)
        };
        self.found.push(Cycle {
            edges: self.trail.clone(),
            certainty: certainty.unwrap_or(Certainty::Certain),
            guard,
            is_apart,
        });
    }
}

/// Whether what goes out of a function is sent for asynchronous calls alone, and this one is waited for: what polls waits,
/// but for a pipe that is told not to.
fn is_never_raised(draft: &Draft<'_>, call: &Edge, then: &Edge) -> bool {
    let forgets =
        |edge: &Edge| edge.kind == EdgeKind::InvokeAsync && edge.via == call.via && edge.to == call.to;
    call.kind == EdgeKind::Poll && dead_letter::is_on_success(then) && !draft.graph.edges.iter().any(forgets)
}

/// Whether none of the objects that may be written to a bucket is one that its notification is for; `None` where that
/// is for the deployment to say.
fn is_apart(draft: &Draft<'_>, write: &Edge, notification: &Edge) -> Option<bool> {
    if let Some(Fact::Words { words: None, .. }) = Fact::named(&notification.facts, "Events") {
        return None;
    }
    let (granted, filter) = (Fact::named(&write.facts, "Keys"), Fact::named(&notification.facts, "Filter"));
    let (
        Some(Fact::Words { words: Some(granted), .. }),
        Some(Fact::Setting { base: Some(configuration), .. }),
    ) = (granted, filter)
    else {
        return Some(false);
    };
    let filters = KeyFilters::of(draft, *configuration);
    let mut is_apart = Some(!granted.is_empty());
    for (_, pattern, _) in granted {
        match filters.let_pass(draft.text(*pattern)) {
            Some(true) => return Some(false),
            Some(false) => {}
            None => is_apart = None,
        }
    }
    is_apart
}

/// A piece of the key of an object, of a pattern of keys, or of what a filter demands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Char(char),
    /// `*` and `?` of a permission.
    Wildcard,
    /// What the deployment fills in: `${Name}`.
    Hole(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let hole = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'));
        let (piece, after) = match (hole, next) {
            (Some((name, after)), _) => (Piece::Hole(name), after),
            (None, '*' | '?') => (Piece::Wildcard, &rest[1..]),
            (None, _) => (Piece::Char(next), &rest[next.len_utf8()..]),
        };
        found.push(piece);
        rest = after;
    }
    found
}

/// The start and the end that a notification demands of an object's key.
#[derive(Default)]
struct KeyFilters {
    prefix: String,
    suffix: String,
}

impl KeyFilters {
    /// What cannot be told, or is not the same in every case, is a hole.
    fn of(draft: &Draft<'_>, configuration: ValueId) -> Self {
        let mut filters = Self::default();
        for rule in draft.branches(Branch::always(configuration), &["Filter", "S3Key", "Rules", "*"]) {
            let value = match draft.branches(rule, &["Value"])[..] {
                [value] if rule.guard == Guard::ALWAYS => match draft.references(value).as_slice() {
                    [(Guard::ALWAYS, value)] => value.text.clone(),
                    _ => UNKNOWN.to_owned(),
                },
                _ => UNKNOWN.to_owned(),
            };
            match draft.known_text_at(rule, &["Name"]).map(str::to_ascii_lowercase).as_deref() {
                Some("prefix") => filters.prefix = value,
                Some("suffix") => filters.suffix = value,
                _ => {}
            }
        }
        filters
    }

    /// Whether some key of the pattern passes.
    fn let_pass(&self, pattern: &str) -> Option<bool> {
        let (pattern, prefix, suffix) = (pieces(pattern), pieces(&self.prefix), pieces(&self.suffix));
        let start = agree(pattern.iter(), prefix.iter());
        let end = agree(pattern.iter().rev(), suffix.iter().rev());
        match (start, end) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            (None, _) | (_, None) => None,
        }
    }
}

/// Whether a pattern agrees with what is demanded, as far as its first wildcard.
fn agree<'a>(
    pattern: impl Iterator<Item = &'a Piece<'a>>,
    demanded: impl Iterator<Item = &'a Piece<'a>>,
) -> Option<bool> {
    for (piece, demanded) in pattern.take_while(|piece| **piece != Piece::Wildcard).zip(demanded) {
        match (piece, demanded) {
            (Piece::Hole("?"), _) | (_, Piece::Hole("?")) => return None,
            (piece, demanded) if piece == demanded => {}
            (Piece::Hole(_), _) | (_, Piece::Hole(_)) => return None,
            _ => return Some(false),
        }
    }
    Some(true)
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
            let apart = cycle.is_apart.map_or(" unsure", |apart| if apart { " apart" } else { "" });
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
    fn what_lambda_tells_of_a_success_leads_round_from_asynchronous_calls_alone() {
        let told = |rest: &str, destination: &str| {
            let config = format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  C:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {{FunctionName: !Ref F, DestinationConfig: {{OnSuccess: {{Destination: {destination}}}}}}}
"
            );
            cycles(&resources(&format!("{config}{rest}")))
        };
        let topic = |protocol: &str, endpoint: &str| {
            format!(
                "  T: {{Type: 'AWS::SNS::Topic', Properties: {{Subscription: [{{Protocol: {protocol}, Endpoint: !GetAtt {endpoint}.Arn}}]}}}}\n"
            )
        };
        assert_eq!(told(QUEUE, "!GetAtt Q.Arn"), [""; 0]);
        assert_eq!(told(&topic("lambda", "F"), "!Ref T"), ["F > T [certain]"]);
        assert_eq!(told(&format!("{QUEUE}{}", topic("sqs", "Q")), "!Ref T"), [""; 0]);
        let pipe = |invocation: &str| {
            format!(
                "  Q: {{Type: 'AWS::SQS::Queue'}}
  I:
    Type: AWS::Pipes::Pipe
    Properties:
      Source: !GetAtt Q.Arn
      Target: !GetAtt F.Arn
      TargetParameters: {{LambdaFunctionParameters: {{InvocationType: {invocation}}}}}
"
            )
        };
        assert_eq!(told(&pipe("REQUEST_RESPONSE"), "!GetAtt Q.Arn"), [""; 0]);
        assert_eq!(told(&pipe("FIRE_AND_FORGET"), "!GetAtt Q.Arn"), ["F > Q [certain]"]);
        // A second function that is polled: what it sends itself leads on, and what Lambda tells of it does not.
        let second = |sends: &str| {
            format!(
                "{}  P: {{Type: 'AWS::SQS::Queue'}}
  N: {{Type: 'AWS::Lambda::EventSourceMapping', Properties: {{FunctionName: !Ref G, EventSourceArn: !GetAtt P.Arn}}}}
  G: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt S.Arn}}}}
{sends}",
                topic("lambda", "F")
            )
        };
        let by_itself = "  S: {Type: 'AWS::IAM::Role', Properties: {Policies: [{SNSPublishMessagePolicy: {TopicName: !GetAtt T.TopicName}}]}}\n";
        let by_lambda = "  D:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {FunctionName: !Ref G, DestinationConfig: {OnSuccess: {Destination: !Ref T}}}
";
        assert_eq!(told(&second(by_itself), "!GetAtt P.Arn"), ["F > P > G > T [possible]"]);
        assert_eq!(told(&second(by_lambda), "!GetAtt P.Arn"), [""; 0]);
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
        assert_eq!(wrote("${Where}/*", "{Name: prefix, Value: in/}"), ["F > B [possible] unsure"]);
        assert_eq!(wrote("out/*", "{Name: prefix, Value: !Ref In}"), ["F > B [possible] unsure"]);
        assert_eq!(wrote("*", "{Name: prefix, Value: !Ref In}"), ["F > B [possible]"]);
        assert_eq!(wrote("${In}/*", "{Name: prefix, Value: !Ref In}"), ["F > B [possible]"]);
        assert_eq!(
            wrote("${In}/out/*", "{Name: prefix, Value: !Sub '${In}/in'}"),
            ["F > B [possible] apart"]
        );
    }

    #[test]
    fn only_a_notification_of_written_objects_leads_round() {
        let told = |events: &str| {
            let bucket = format!(
                "  B:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        QueueConfigurations: [{{Event: {events}, Queue: !GetAtt Q.Arn}}]
{QUEUE}"
            );
            with("s3:PutObject", "!Sub '${B.Arn}/*'", &bucket)
        };
        for event in ["s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:*"] {
            assert_eq!(told(&format!("'{event}'")), ["F > B > Q [possible]"], "{event}");
        }
        for event in ["s3:ObjectRemoved:*", "s3:ObjectTagging:Put", "s3:ObjectRestore:Completed"] {
            assert_eq!(told(&format!("'{event}'")), [""; 0], "{event}");
        }
        assert_eq!(told("!Ref Event"), ["F > B > Q [possible] unsure"]);
    }

    #[test]
    fn the_arn_of_a_bucket_is_no_object_that_could_be_written() {
        let bucket = "  B:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: in
      NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn}]}
";
        for bare in ["!GetAtt B.Arn", "'arn:aws:s3:::in'", "!Sub 'arn:aws:s3:::${B}'"] {
            assert_eq!(with("s3:PutObject", bare, bucket), [""; 0], "{bare}");
        }
        for objects in ["!Sub '${B.Arn}/*'", "!Sub '${B.Arn}*'", "'arn:aws:s3:::in/*'"] {
            assert_eq!(with("s3:PutObject", objects, bucket), ["F > B [possible]"], "{objects}");
        }
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

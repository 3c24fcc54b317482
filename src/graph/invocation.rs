//! Invocation: in which ways functions are called, and what becomes of the calls that nobody waits for.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Guard, Origin, Resource, ValueId};

use super::branch::{Branch, Presence};
use super::draft::Draft;
use super::{Certainty, Edge, EdgeKind, Fact, Plain, VertexId, VertexKind, permission, settings};

/// States of every function in which ways it is called and whether its failures go anywhere, and of every call that
/// nobody waits for what becomes of it.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let failures = Failures::of(draft);
    mark_calls(draft, &failures);
    let mut callers: FxHashMap<VertexId, Vec<(Guard, &'static str, Origin)>> = FxHashMap::default();
    for edge in &draft.graph.edges {
        if let Some(mode) = mode(draft, edge) {
            callers.entry(edge.to).or_default().push((edge.guard, mode, edge.origin));
        }
    }
    let elsewhere = called_from_elsewhere(draft);
    for (vertex, resource) in draft.resources_of(VertexKind::Function) {
        let origin = resource.origin;
        let words = words(draft, callers.get(&vertex).map(Vec::as_slice).unwrap_or_default());
        let stack = draft.template().stack_at(origin.file);
        let may_be_unseen = stack.is_fragment() || draft.may_be_unseen();
        let holds = if elsewhere.contains(&vertex) { Guard::ALWAYS } else { Guard::NEVER };
        draft.add_facts(vertex, [Fact::Words { name: "Invocations", words: Some(words), origin }]);
        draft.add_claim(vertex, "InvokedElsewhere", (holds, may_be_unseen), origin);
        let fact = failures.of_function(draft, vertex, None).claim("HasFailureDestination", origin);
        let successes = failures.successes_of(draft, vertex).claim("HasSuccessDestination", origin);
        draft.add_facts(vertex, [fact, successes]);
    }
}

/// In which way an edge calls its function, if that is certain.
fn mode(draft: &Draft<'_>, edge: &Edge) -> Option<&'static str> {
    if edge.certainty < Certainty::Certain || draft.vertex(edge.to).kind != VertexKind::Function {
        return None;
    }
    match edge.kind {
        EdgeKind::InvokeSync | EdgeKind::Authorize => Some("synchronous"),
        EdgeKind::InvokeAsync if is_schedule(draft, edge.from) => Some("scheduled"),
        EdgeKind::InvokeAsync => Some("asynchronous"),
        EdgeKind::Poll => Some("polled"),
        EdgeKind::Step => Some("workflow"),
        EdgeKind::Invoke
        | EdgeKind::StartSync
        | EdgeKind::StartAsync
        | EdgeKind::Publish
        | EdgeKind::Send
        | EdgeKind::Write
        | EdgeKind::Read
        | EdgeKind::DeadLetter
        | EdgeKind::Front
        | EdgeKind::Connect
        | EdgeKind::Qualify => None,
    }
}

/// Whether points in time, and no events, call what this calls.
fn is_schedule(draft: &Draft<'_>, from: VertexId) -> bool {
    let vertex = draft.vertex(from);
    if vertex.kind == VertexKind::Schedule {
        return true;
    }
    draft.resource(vertex.id).filter(|_| vertex.kind == VertexKind::Rule).is_some_and(|rule| {
        draft.presence(rule, &["ScheduleExpression"]) == Plain::Bool(true)
            && draft.presence(rule, &["EventPattern"]) == Plain::Bool(false)
    })
}

/// Each mode once, where any of its calls exists.
fn words(draft: &Draft<'_>, calls: &[(Guard, &'static str, Origin)]) -> Vec<(Guard, Name, Origin)> {
    let mut found: Vec<(Guard, Name, Origin)> = Vec::new();
    for &(guard, mode, origin) in calls {
        let mode = draft.names().intern(mode);
        match found.iter_mut().find(|(_, word, _)| *word == mode) {
            Some(known) => known.0 = draft.template().guards.or(known.0, guard),
            None => found.push((guard, mode, origin)),
        }
    }
    found
}

/// Functions that something may call which the template does not show to do so: they are exported, a permission says
/// so, or something else may call them, or does, and it is not known how.
fn called_from_elsewhere(draft: &Draft<'_>) -> FxHashSet<VertexId> {
    let mut found: FxHashSet<VertexId> = FxHashSet::default();
    for (index, vertex) in draft.graph.vertices.iter().enumerate() {
        let is_exported = vertex.concluded("Exported").is_some_and(|value| *value != Plain::Bool(false));
        if is_exported {
            found.insert(VertexId(index as u32));
        }
    }
    for edge in &draft.graph.edges {
        let is_of_known_kind = matches!(edge.kind, EdgeKind::InvokeSync | EdgeKind::InvokeAsync);
        if edge.kind == EdgeKind::Invoke || is_of_known_kind && edge.certainty < Certainty::Certain {
            found.insert(edge.to);
        }
    }
    found.extend(permission::unexplained(draft));
    found
}

/// States of every call that nobody waits for whether its failures go anywhere, and how often it is tried again.
fn mark_calls(draft: &mut Draft<'_>, failures: &Failures) {
    for index in 0..draft.graph.edges.len() {
        let edge = &draft.graph.edges[index];
        if edge.kind != EdgeKind::InvokeAsync || draft.vertex(edge.to).kind != VertexKind::Function {
            continue;
        }
        let is_qualified = match edge.concluded("Qualified") {
            Some(Plain::Bool(value)) => Some(*value),
            Some(Plain::Int(_) | Plain::Text(_) | Plain::Name(_) | Plain::Unknown) | None => None,
        };
        let presence = failures.of_function(draft, edge.to, is_qualified);
        let mut facts = vec![presence.claim("HasFailureDestination", edge.origin)];
        let value = Plain::Name(caller(draft, edge));
        facts.push(Fact::Derived { name: "Caller", value, origin: edge.origin });
        facts.extend(failures.retries(draft, edge, is_qualified));
        draft.graph.edges[index].facts.extend(facts);
    }
}

/// Who calls, by the name that the template has for it. The id of what an event of the function makes stands nowhere there.
fn caller(draft: &Draft<'_>, edge: &Edge) -> Name {
    let [from, to] = [edge.from, edge.to].map(|end| draft.vertex(end).id);
    let made_by = |id: Name| draft.resource(id).and_then(|resource| resource.made_by);
    let event = draft.resource(from).and_then(|rule| rule.event).filter(|_| made_by(from) == made_by(to));
    event.map_or(from, |event| event.name)
}

/// What every function does with the calls that fail and that nobody waited for.
struct Failures {
    dead_letters: FxHashMap<VertexId, Presence>,
    configurations: FxHashMap<VertexId, Vec<Configuration>>,
}

/// An `AWS::Lambda::EventInvokeConfig` of a function.
#[derive(Clone, Copy)]
struct Configuration {
    guard: Guard,
    /// Whether it is of a version or an alias; `None` if that is not known.
    is_qualified: Option<bool>,
    /// When it has a destination for failures; in the cases without one it says nothing of a dead-letter queue.
    destination: Presence,
    /// When it has a destination for successes.
    success: Presence,
    properties: ValueId,
    origin: Origin,
}

const NOWHERE: Presence = Presence { present: Guard::NEVER, absent: Guard::ALWAYS };

/// What is there by itself, or by a configuration that is there under a guard.
fn either(draft: &Draft<'_>, own: Presence, (guard, other): (Guard, Presence)) -> Presence {
    let guards = &draft.template().guards;
    Presence {
        present: guards.or(own.present, guards.and(guard, other.present)),
        absent: guards.and(own.absent, guards.or(guards.not(guard), other.absent)),
    }
}

impl Failures {
    fn of(draft: &Draft<'_>) -> Self {
        let mut failures = Self { dead_letters: FxHashMap::default(), configurations: FxHashMap::default() };
        for (&id, resource) in &draft.template().resources {
            match draft.text(resource.type_name) {
                "AWS::Lambda::Function" => {
                    if let Some(vertex) = draft.vertex_of(id) {
                        let letters = draft.presences(resource, &["DeadLetterConfig", "TargetArn"]);
                        failures.dead_letters.insert(vertex, letters);
                    }
                }
                "AWS::Lambda::EventInvokeConfig" => {
                    let guard = draft.resolver.guard_of(id);
                    failures.learn(draft, guard, resource);
                }
                _ => {}
            }
        }
        failures
    }

    fn learn(&mut self, draft: &Draft<'_>, guard: Guard, resource: &Resource) {
        let Some(properties) = Branch::properties(resource) else { return };
        let is_qualified = match draft.branches(properties, &["Qualifier"])[..] {
            [qualifier] => match draft.known_text(qualifier) {
                Some(text) => Some(text != "$LATEST"),
                None => (!draft.targets_inside(qualifier, &[]).is_empty()).then_some(true),
            },
            _ => None,
        };
        let [destination, success] = ["OnFailure", "OnSuccess"]
            .map(|outcome| draft.presences(resource, &["DestinationConfig", outcome, "Destination"]));
        for name in draft.branches(properties, &["FunctionName"]) {
            for (own, function) in draft.targets_inside(name, &[VertexKind::Function]) {
                self.configurations.entry(function.vertex).or_default().push(Configuration {
                    guard: draft.and(guard, own),
                    is_qualified,
                    destination,
                    success,
                    properties: properties.value,
                    origin: resource.origin,
                });
            }
        }
    }

    /// The configurations that may be those of a call: Lambda takes that of the alias or the version that is called.
    fn of_call(
        &self,
        function: VertexId,
        is_qualified: Option<bool>,
    ) -> impl Iterator<Item = &Configuration> {
        let all = self.configurations.get(&function).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(move |it| it.is_qualified.zip(is_qualified).is_none_or(|(own, call)| own == call))
    }

    /// When what fails goes somewhere, and when it does not.
    fn of_function(&self, draft: &Draft<'_>, function: VertexId, is_qualified: Option<bool>) -> Presence {
        let own = self.dead_letters.get(&function).copied().unwrap_or(NOWHERE);
        let all = self.of_call(function, is_qualified);
        all.fold(own, |all, it| either(draft, all, (it.guard, it.destination)))
    }

    /// When what succeeds goes somewhere, whichever version or alias is called, and when it does not.
    fn successes_of(&self, draft: &Draft<'_>, function: VertexId) -> Presence {
        let all = self.of_call(function, None);
        all.fold(NOWHERE, |all, it| either(draft, all, (it.guard, it.success)))
    }

    /// How often a call is tried again, where one configuration says so in every case, or none does.
    fn retries(&self, draft: &Draft<'_>, edge: &Edge, is_qualified: Option<bool>) -> Vec<Fact> {
        let mut own = self.of_call(edge.to, is_qualified);
        match (own.next(), own.next()) {
            (None, _) => settings::facts(settings::RETRIES, None, edge.origin),
            (Some(only), None)
                if !draft.template().guards.can_hold(&[(edge.guard, true), (only.guard, false)]) =>
            {
                settings::facts(settings::RETRIES, Some(only.properties), only.origin)
            }
            (Some(_), _) => {
                let (name, value) = ("MaximumRetryAttempts", Plain::Unknown);
                vec![Fact::Derived { name, value, origin: edge.origin }]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, fact, resources, template};

    #[test]
    fn a_function_knows_in_which_ways_it_is_called() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  G: {Type: 'AWS::Lambda::Function'}
  Url: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref F}}
  Q: {Type: 'AWS::SQS::Queue'}
  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn}}
  R: {Type: 'AWS::Events::Rule', Properties: {EventPattern: {source: [a]}, Targets: [{Arn: !GetAtt F.Arn, Id: a}]}}
  S: {Type: 'AWS::Events::Rule', Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !GetAtt G.Arn, Id: a}]}}
",
        );
        assert_eq!(fact(&template, "F", "Invocations"), "synchronous, polled, asynchronous");
        assert_eq!(fact(&template, "G", "Invocations"), "scheduled");
        assert_eq!(fact(&template, "F", "InvokedElsewhere"), "false");
    }

    #[test]
    fn a_way_of_being_called_has_the_conditions_of_its_callers() {
        let template = template(
            "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1']}
Resources:
  F: {Type: 'AWS::Lambda::Function'}
  T: {Type: 'AWS::SNS::Topic', Condition: Prod}
  S: {Type: 'AWS::SNS::Subscription', Condition: Prod, Properties: {TopicArn: !Ref T, Endpoint: !GetAtt F.Arn}}
",
        );
        assert_eq!(fact(&template, "F", "Invocations"), "asynchronous when Prod is true");
    }

    #[test]
    fn what_is_exported_or_permitted_to_others_may_be_called_from_elsewhere() {
        for (rest, elsewhere) in [
            ("", "false"),
            (
                "  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Principal: '123456789012'}}",
                "true",
            ),
            (
                "  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Principal: s3.amazonaws.com}}",
                "true",
            ),
            (
                "  R: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Arn: !GetAtt F.Arn, Id: a}]}}
  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Principal: events.amazonaws.com}}",
                "false",
            ),
            (
                "  U: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref F}}
  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Principal: '*', FunctionUrlAuthType: NONE}}",
                "false",
            ),
        ] {
            let template = resources(&format!("  F: {{Type: 'AWS::Lambda::Function'}}\n{rest}\n"));
            assert_eq!(fact(&template, "F", "InvokedElsewhere"), elsewhere, "{rest}");
        }
    }

    #[test]
    fn a_task_that_may_wait_or_not_calls_in_a_way_that_is_not_to_be_seen() {
        for (how, elsewhere) in [("Event", "false"), ("!Ref How", "true")] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        States: {{A: {{Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Parameters: {{FunctionName: !Ref F, InvocationType: {how}}}}}}}
"
            ));
            assert_eq!(fact(&template, "F", "InvokedElsewhere"), elsewhere, "{how}");
        }
    }

    #[test]
    fn a_failure_goes_where_the_configuration_of_the_called_alias_says() {
        let called = |target: &str, qualifier: &str| {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  A: {{Type: 'AWS::Lambda::Alias', Properties: {{FunctionName: !Ref F, Name: live}}}}
  R: {{Type: 'AWS::Events::Rule', Properties: {{Targets: [{{Arn: {target}, Id: a}}]}}}}
  C:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: !Ref F
      Qualifier: {qualifier}
      MaximumRetryAttempts: 0
      DestinationConfig: {{OnFailure: {{Destination: 'arn:aws:sqs:eu-west-1:1:failed'}}}}
"
            ));
            let told = |name| edge_fact(&template, EdgeKind::InvokeAsync, name);
            [told("HasFailureDestination"), told("MaximumRetryAttempts")]
        };
        assert_eq!(called("!GetAtt F.Arn", "$LATEST"), ["true", "0"]);
        assert_eq!(called("!Ref A", "live"), ["true", "0"]);
        assert_eq!(called("!GetAtt F.Arn", "live"), ["false", "2 by default"]);
        assert_eq!(called("!Ref A", "$LATEST"), ["false", "2 by default"]);
        assert_eq!(called("!Ref A", "!Ref Stage"), ["true", "0"]);
    }

    #[test]
    fn a_dead_letter_queue_under_a_condition_is_there_in_its_cases() {
        let template = template(
            "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1']}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {DeadLetterConfig: !If [Prod, {TargetArn: 'arn:aws:sqs:eu-west-1:1:dead'}, !Ref 'AWS::NoValue']}
  R: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Arn: !GetAtt F.Arn, Id: a}]}}
",
        );
        assert_eq!(
            edge_fact(&template, EdgeKind::InvokeAsync, "HasFailureDestination"),
            "true when Prod is true"
        );
    }
}

//! `Schedule`, `CloudWatchEvent` and `EventBridgeRule` events: EventBridge rules.

use crate::names::Name;
use crate::template::{Entry, Origin, ValueId};

use super::Expansion;
use super::events::Event;
use super::make::{PropertyTable, Target};

const RULE: PropertyTable = PropertyTable {
    renamed: &[("Schedule", "ScheduleExpression"), ("Pattern", "EventPattern")],
    consumed: &[
        "DeadLetterConfig",
        "Enabled",
        "Input",
        "InputPath",
        "InputTransformer",
        "RetryPolicy",
        "RoleArn",
        "RuleName",
        "Target",
    ],
};

/// A target id is no longer than this.
const MOST_TARGET_ID: usize = 64;

impl Expansion<'_> {
    /// A rule `<resource><event>`, and what lets it reach its target: a permission for a function, a role for a
    /// state machine.
    pub(super) fn expand_rule_event(&mut self, event: &Event<'_>) {
        let is_schedule = event.kind == "Schedule";
        if is_schedule && self.required(event, "Schedule").is_none() {
            return;
        }
        let mut entries = self.carried(event.properties, &RULE);
        if !is_schedule {
            // A schedule's `RuleName` is accepted and forgotten.
            self.put_some(&mut entries, "Name", self.property(event.properties, "RuleName"));
        }
        if let Some(enabled) = self.property(event.properties, "Enabled") {
            let origin = self.template.values.origin(enabled);
            let state = if self.is_false(Some(enabled)) { "DISABLED" } else { "ENABLED" };
            let state = self.text(origin, state);
            self.put(&mut entries, "State", state);
        }
        let target = self.rule_target(event);
        let targets = self.list(event.at, vec![target]);
        self.put(&mut entries, "Targets", targets);
        let made_by = self.made_by(event);
        self.make(event.subject, event.at, event.id, "AWS::Events::Rule", entries).event = Some(made_by);
        if let Target::Function(_) | Target::Alias(_) = event.target {
            let source = self.attribute(event.at, event.id, "Arn");
            self.make_permission(event, "events.amazonaws.com", &[("SourceArn", source)]);
        }
    }

    fn rule_target(&mut self, event: &Event<'_>) -> ValueId {
        let suffix = match event.target {
            Target::Function(_) | Target::Alias(_) => "LambdaTarget",
            Target::StateMachine(_) => "StepFunctionsTarget",
        };
        let written = self.property(self.property(event.properties, "Target"), "Id");
        let id = written.unwrap_or_else(|| {
            let id = self.target_id(event, suffix);
            self.text(event.at, &id)
        });
        let arn = self.arn(event.at, event.target);
        let mut entries = Vec::new();
        self.put(&mut entries, "Arn", arn);
        self.put(&mut entries, "Id", id);
        if let Target::StateMachine(_) = event.target {
            let role = match self.property(event.properties, "RoleArn") {
                Some(role) if event.kind == "Schedule" => role,
                _ => {
                    let boundary = self.property(event.subject.properties, "PermissionsBoundary");
                    let start = self.start_execution_policy(event);
                    self.make_event_role(event, "events.amazonaws.com", boundary, vec![start])
                }
            };
            self.put(&mut entries, "RoleArn", role);
        }
        self.put_same(&mut entries, event.properties, &["Input", "InputPath", "InputTransformer"]);
        if let Some(queue) = self.dead_letter_queue(event, true) {
            self.put(&mut entries, "DeadLetterConfig", queue);
        }
        self.put_same(&mut entries, event.properties, &["RetryPolicy"]);
        self.map_of(event.at, entries)
    }

    /// `<resource><event><suffix>`, its first part cut to what a target id may hold.
    fn target_id(&self, event: &Event<'_>, suffix: &str) -> String {
        let id = self.text_of(event.id);
        let room = MOST_TARGET_ID.saturating_sub(suffix.len());
        let cut = id.char_indices().nth(room).map_or(id, |(end, _)| &id[..end]);
        [cut, suffix].concat()
    }

    pub(super) fn start_execution_policy(&mut self, event: &Event<'_>) -> ValueId {
        let machine = self.arn(event.at, event.target);
        let name = self.id_after(event.id, "RoleStartExecutionPolicy");
        self.allowing(event.at, name, &["states:StartExecution"], Some(machine))
    }

    /// The `DeadLetterConfig` of a target, `{Arn}`; a `Type` without an `Arn` makes a queue, and for a rule a
    /// policy by which it may send there.
    pub(super) fn dead_letter_queue(&mut self, event: &Event<'_>, needs_policy: bool) -> Option<ValueId> {
        let config = self.property(event.properties, "DeadLetterConfig")?;
        let at = self.place_of(config);
        if let Some(arn) = self.property(Some(config), "Arn") {
            return Some(self.map(at, &[("Arn", arn)]));
        }
        if self.property(Some(config), "Type").is_none() {
            let location = self.template.values.origin(config).at_key();
            self.tell(location, "DeadLetterConfig needs either Arn or Type".to_owned());
            return None;
        }
        let queue = match self.scalar(self.property(Some(config), "QueueLogicalId")) {
            Some(id) => self.name(id),
            None => self.id_after(event.id, "Queue"),
        };
        self.make(event.subject, at, queue, "AWS::SQS::Queue", Vec::new());
        self.refer(event.subject.id, "DestinationQueue", queue);
        if needs_policy {
            let id = self.id_after(event.id, "QueuePolicy");
            let source = self.attribute(at, event.id, "Arn");
            let url = self.reference(at, queue);
            let arn = self.attribute(at, queue, "Arn");
            let service = self.text(at, "events.amazonaws.com");
            let principal = self.map(at, &[("Service", service)]);
            self.make_queue_policy(event, at, id, principal, QueueAccess { source, url, arn });
        }
        let arn = self.attribute(at, queue, "Arn");
        Some(self.map(at, &[("Arn", arn)]))
    }

    /// The policy by which a rule or a topic may send to a queue.
    pub(super) fn make_queue_policy(
        &mut self,
        event: &Event<'_>,
        at: Origin,
        id: Name,
        principal: ValueId,
        access: QueueAccess,
    ) {
        let action = self.text(at, "sqs:SendMessage");
        let effect = self.text(at, "Allow");
        let source = self.map(at, &[("aws:SourceArn", access.source)]);
        let condition = self.map(at, &[("ArnEquals", source)]);
        let statement = self.map(
            at,
            &[
                ("Effect", effect),
                ("Principal", principal),
                ("Action", action),
                ("Resource", access.arn),
                ("Condition", condition),
            ],
        );
        let statements = self.list(at, vec![statement]);
        let document = self.map(at, &[("Statement", statements)]);
        let queues = self.list(at, vec![access.url]);
        let mut entries: Vec<Entry> = Vec::new();
        self.put(&mut entries, "PolicyDocument", document);
        self.put(&mut entries, "Queues", queues);
        self.make(event.subject, at, id, "AWS::SQS::QueuePolicy", entries);
    }
}

/// Who sends to which queue.
#[derive(Clone, Copy)]
pub(super) struct QueueAccess {
    /// The sender's ARN.
    pub(super) source: ValueId,
    /// The queue's URL.
    pub(super) url: ValueId,
    /// The queue's ARN.
    pub(super) arn: ValueId,
}

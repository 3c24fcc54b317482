//! `ScheduleV2` events: schedules of EventBridge Scheduler.

use crate::template::ValueId;

use super::Expansion;
use super::events::Event;
use super::make::{PropertyTable, Target};

const SCHEDULE: PropertyTable = PropertyTable {
    renamed: &[],
    consumed: &[
        "DeadLetterConfig",
        "Input",
        "Name",
        "OmitName",
        "PermissionsBoundary",
        "RetryPolicy",
        "RoleArn",
    ],
};

impl Expansion<'_> {
    /// A schedule `<resource><event>`, and the role by which it reaches its target.
    pub(super) fn expand_schedule_event(&mut self, event: &Event<'_>) {
        if self.required(event, "ScheduleExpression").is_none() {
            return;
        }
        let mut entries = self.carried(event.properties, &SCHEDULE);
        if !self.is_true(self.property(event.properties, "OmitName")) {
            let name = match self.property(event.properties, "Name") {
                Some(name) => name,
                None => self.text_named(event.at, event.id),
            };
            self.put(&mut entries, "Name", name);
        }
        if self.property(event.properties, "FlexibleTimeWindow").is_none() {
            let off = self.text(event.at, "OFF");
            let window = self.map(event.at, &[("Mode", off)]);
            self.put(&mut entries, "FlexibleTimeWindow", window);
        }

        let dead_letters = self.dead_letter_queue(event, false);
        let written = self.property(event.properties, "RoleArn");
        let role = written.unwrap_or_else(|| self.schedule_role(event, dead_letters));
        let arn = self.arn(event.at, event.target);
        let mut target = Vec::new();
        self.put(&mut target, "Arn", arn);
        self.put(&mut target, "RoleArn", role);
        self.put_same(&mut target, event.properties, &["Input"]);
        self.put_some(&mut target, "DeadLetterConfig", dead_letters);
        self.put_same(&mut target, event.properties, &["RetryPolicy"]);
        let target = self.map_of(event.at, target);
        self.put(&mut entries, "Target", target);
        let made_by = self.made_by(event);
        self.make(event.subject, event.at, event.id, "AWS::Scheduler::Schedule", entries).event =
            Some(made_by);
    }

    /// The role by which a schedule reaches its target and its dead-letter queue.
    fn schedule_role(&mut self, event: &Event<'_>, dead_letters: Option<ValueId>) -> ValueId {
        let mut policies = vec![match event.target {
            Target::Function(_) | Target::Alias(_) => {
                let function = self.arn(event.at, event.target);
                let name = self.id_after(event.id, "LambdaPolicy");
                self.allowing(event.at, name, &["lambda:InvokeFunction"], Some(function))
            }
            Target::StateMachine(_) => self.start_execution_policy(event),
        }];
        if let Some(queue) = self.property(dead_letters, "Arn") {
            let name = self.id_after(event.id, "SQSPolicy");
            policies.push(self.allowing(event.at, name, &["sqs:SendMessage"], Some(queue)));
        }
        let boundary = self.property(event.properties, "PermissionsBoundary");
        self.make_event_role(event, "scheduler.amazonaws.com", boundary, policies)
    }
}

//! The events of a function or a state machine: what triggers it.

use crate::names::Name;
use crate::template::{Origin, SamEvent, ValueId};

use super::make::{Target, is_macro};
use super::policies::Role;
use super::{Expansion, Subject};

/// One entry of `Events`.
pub(super) struct Event<'s> {
    /// The function or state machine.
    pub(super) subject: &'s Subject,
    /// Its key in `Events`.
    pub(super) name: Name,
    /// `<resource><event>`: the id of the mapping, rule, schedule or subscription that it makes.
    pub(super) id: Name,
    /// `SQS`.
    pub(super) kind: String,
    /// Its `Properties`.
    pub(super) properties: Option<ValueId>,
    /// The event's name as key, its body as value: what it makes points here.
    pub(super) at: Origin,
    /// The function, alias or state machine that it triggers.
    pub(super) target: Target,
}

impl Expansion<'_> {
    /// What a resource says of the event that made it.
    pub(super) fn made_by(&mut self, event: &Event<'_>) -> SamEvent {
        SamEvent { name: event.name, type_name: self.name(&event.kind), properties: event.properties }
    }

    /// The events of a resource; entries that are no events are told.
    pub(super) fn events<'s>(&mut self, subject: &'s Subject, target: Target) -> Vec<Event<'s>> {
        let Some(events) = self.property(subject.properties, "Events") else {
            return Vec::new();
        };
        if !self.is_map(events) {
            if !self.template.values.is_open(events) {
                let location = self.template.values.origin(events).at_value();
                self.tell(location, "Events is not a map of events".to_owned());
            }
            return Vec::new();
        }
        let mut found = Vec::new();
        for entry in self.template.values.entries(events).to_vec() {
            if is_macro(self.text_of(entry.key)) {
                continue;
            }
            let at = self.template.values.origin(entry.value).generated();
            let Some(kind) = self.scalar(self.property(Some(entry.value), "Type")).map(str::to_owned) else {
                let message = format!("The event {} has no Type", self.text_of(entry.key));
                self.tell(at.at_key(), message);
                continue;
            };
            found.push(Event {
                subject,
                name: entry.key,
                id: self.id_after(subject.id, self.text_of(entry.key)),
                kind,
                properties: self.property(Some(entry.value), "Properties"),
                at,
                target,
            });
        }
        found
    }

    /// Expands the events of a function, whose role learns what they need.
    pub(super) fn expand_function_events(&mut self, subject: &Subject, target: Target, role: &mut Role) {
        let events = self.events(subject, target);
        for event in &events {
            match event.kind.as_str() {
                "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => self.expand_rule_event(event),
                "ScheduleV2" => self.expand_schedule_event(event),
                "S3" => self.expand_s3_event(event),
                "SNS" => self.expand_sns_event(event, role),
                "CloudWatchLogs" => self.expand_logs_event(event),
                "IoTRule" => self.expand_iot_event(event),
                "Cognito" => self.expand_cognito_event(event),
                "AlexaSkill" => self.expand_alexa_event(event),
                "Api" => self.expand_api_event(event),
                "HttpApi" => self.expand_http_api_event(event, &events),
                _ => self.expand_pull_event(event, role),
            }
        }
    }

    /// Expands the events of a state machine.
    pub(super) fn expand_state_machine_events(&mut self, subject: &Subject, target: Target) {
        for event in self.events(subject, target) {
            match event.kind.as_str() {
                "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => self.expand_rule_event(&event),
                "ScheduleV2" => self.expand_schedule_event(&event),
                "Api" => self.expand_state_machine_api_event(&event),
                _ => self.tell_unknown_event(&event),
            }
        }
    }

    pub(super) fn tell_unknown_event(&mut self, event: &Event<'_>) {
        let message =
            format!("{} is not an event that can trigger {}", event.kind, self.text_of(event.subject.id));
        self.tell(event.at.at_key(), message);
    }

    /// A property without which the event cannot be expanded; its absence is told, unless a macro may write it.
    pub(super) fn required(&mut self, event: &Event<'_>, key: &str) -> Option<ValueId> {
        let value = self.property(event.properties, key);
        let is_open = event.properties.is_some_and(|properties| self.template.values.is_open(properties));
        if value.is_none() && !is_open {
            self.tell(event.at.at_key(), format!("An event of type {} needs {key}", event.kind));
        }
        value
    }
}

//! `EventInvokeConfig`: what becomes of asynchronous calls, with queues and topics made for their results.

use crate::names::Name;
use crate::template::{Call, Entry, Origin, ValueId};

use super::ids::ten_digits;
use super::make::Target;
use super::policies::Role;
use super::{Expansion, Subject};

/// The destinations that are made when the author names a type alone: type, resource type, suffix of its id,
/// and the name under which templates refer to it.
const MADE: &[(&str, &str, &str, &str)] = &[
    ("SQS", "AWS::SQS::Queue", "Queue", "DestinationQueue"),
    ("SNS", "AWS::SNS::Topic", "Topic", "DestinationTopic"),
];

impl Expansion<'_> {
    /// The configuration `<F>EventInvokeConfig`.
    pub(super) fn make_invoke_config(&mut self, subject: &Subject, target: Target, role: &mut Role) {
        let Some(config) = self.property(subject.properties, "EventInvokeConfig") else {
            return;
        };
        let at = self.place_of(config);
        let id = self.id_after(subject.id, "EventInvokeConfig");
        let function = self.reference(at, subject.id);
        let mut entries: Vec<Entry> = Vec::new();
        self.put(&mut entries, "FunctionName", function);
        let (qualifier, alias) = self.qualifier(subject, at, target);
        self.put(&mut entries, "Qualifier", qualifier);
        self.put_same(&mut entries, Some(config), &["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]);

        let written = self.property(Some(config), "DestinationConfig");
        let mut destinations = Vec::new();
        for outcome in ["OnSuccess", "OnFailure"] {
            let Some(written) = self.property(written, outcome) else {
                continue;
            };
            if let Some(destination) = self.invoke_destination(subject, id, outcome, written, role) {
                let at = self.template.values.origin(written);
                let map = self.map(at, &[("Destination", destination)]);
                self.put(&mut destinations, outcome, map);
            }
        }
        let origin = written.map_or(at, |written| self.template.values.origin(written));
        let destinations = self.map_of(origin, destinations);
        self.put(&mut entries, "DestinationConfig", destinations);

        let key = self.name("DependsOn");
        let depends_on = alias.map(|alias| {
            let alias = self.text_named(at, alias);
            self.list(at, vec![alias])
        });
        let made = self.make(subject, at, id, "AWS::Lambda::EventInvokeConfig", entries);
        if let Some(depends_on) = depends_on {
            made.attributes.insert(key, depends_on);
        }
    }

    /// The alias's name, or `$LATEST`; and the alias.
    fn qualifier(&mut self, subject: &Subject, at: Origin, target: Target) -> (ValueId, Option<Name>) {
        match target {
            Target::Alias(alias) => {
                let written = self.property(subject.properties, "AutoPublishAlias");
                let name = written
                    .and_then(|written| self.resolved_scalar(written).or_else(|| self.referred(written)));
                let name = match name {
                    Some(name) => self.text_named(at, name),
                    None => self.reference(at, alias),
                };
                (name, Some(alias))
            }
            Target::Function(_) | Target::StateMachine(_) => (self.text(at, "$LATEST"), None),
        }
    }

    /// The author's destination; where there is none, or a branch without one, that of a new queue or topic.
    fn invoke_destination(
        &mut self,
        subject: &Subject,
        config: Name,
        outcome: &str,
        written: ValueId,
        role: &mut Role,
    ) -> Option<ValueId> {
        let at = self.place_of(written);
        let destination = self.property(Some(written), "Destination");
        let destination = destination.map(|destination| self.looked_up(destination));
        let kind = self.scalar(self.property(Some(written), "Type")).map(str::to_owned);
        let Some(kind) = kind else {
            self.tell(at.at_key(), format!("The destination {outcome} of EventInvokeConfig has no Type"));
            return destination;
        };
        let id = self.id_after(config, outcome);
        let branch = destination.and_then(|destination| self.branch_without_value(at, config, destination));
        let destination = match (destination, branch) {
            (Some(destination), None) => destination,
            (_, branch) => {
                let made =
                    self.make_destination(subject, at, id, &kind, branch.map(|branch| branch.condition))?;
                match branch {
                    Some(branch) => {
                        let call =
                            Call::If { condition: branch.condition, then: made, otherwise: branch.written };
                        self.call(at, call)
                    }
                    None => made,
                }
            }
        };
        self.add_destination_policy(role, id, &kind, destination);
        Some(destination)
    }

    fn make_destination(
        &mut self,
        subject: &Subject,
        at: Origin,
        id: Name,
        kind: &str,
        branch: Option<Name>,
    ) -> Option<ValueId> {
        let Some((_, type_name, suffix, referred)) = MADE.iter().find(|(of, ..)| *of == kind) else {
            self.tell(at.at_key(), format!("A destination of type {kind} needs a Destination"));
            return None;
        };
        let id = self.id_after(id, suffix);
        let condition = match (subject.condition, branch) {
            (Some(own), Some(branch)) => Some(self.both(subject, at, own, branch)),
            (own, branch) => own.or(branch),
        };
        self.make(subject, at, id, type_name, Vec::new()).condition = condition;
        self.refer(subject.id, referred, id);
        Some(match *suffix {
            "Queue" => self.attribute(at, id, "Arn"),
            _ => self.reference(at, id),
        })
    }

    /// The branch of an `Fn::If` in which the author leaves the destination to be made.
    fn branch_without_value(&mut self, at: Origin, config: Name, destination: ValueId) -> Option<Branch> {
        let (condition, then, otherwise) = self.branches(destination)?;
        match (self.is_no_value(then), self.is_no_value(otherwise)) {
            (true, false) => Some(Branch { condition, written: otherwise }),
            (false, true) => {
                let digits = ten_digits(self.text_of(config));
                let condition = self.opposite(at, condition, &digits);
                Some(Branch { condition, written: then })
            }
            (true, true) | (false, false) => None,
        }
    }
}

/// The case in which a destination is made, and what the author wrote for the other.
#[derive(Clone, Copy)]
struct Branch {
    condition: Name,
    written: ValueId,
}

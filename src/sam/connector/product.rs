//! What a connector becomes: a policy for a role, a topic or a queue, or permissions on a function.

use crate::names::Name;
use crate::source::Location;
use crate::template::{Entry, Origin, SubPart, ValueId};

use super::super::{Expansion, Subject};
use super::Refusal;
use super::end::End;
use super::profile::{Output, Profile, Waiting, profiles};

/// All that a connector becomes.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) products: Vec<Product>,
    /// What must wait for which policy.
    pub(super) waits: Vec<(Waiter, Name)>,
}

/// A resource that a connector makes.
pub(super) struct Product {
    pub(super) id: Name,
    pub(super) type_name: &'static str,
    pub(super) entries: Vec<Entry>,
    pub(super) metadata: ValueId,
}

/// Something that waits for a policy.
#[derive(Clone, Copy)]
pub(super) enum Waiter {
    /// The event source mapping from a source to a function.
    Mapping(Name, Name),
    /// A resource.
    Resource(Name),
}

/// The source of a connector and one of its destinations.
pub(super) struct Link {
    pub(super) source: End,
    pub(super) destination: End,
    /// What the products' ids end with: the place in a list of destinations.
    pub(super) suffix: String,
}

impl Link {
    /// The end to which the policy is given.
    fn holder(&self, output: Output) -> &End {
        match output {
            Output::SourcePolicy => &self.source,
            Output::DestinationPolicy | Output::Permission | Output::TopicPolicy | Output::QueuePolicy => {
                &self.destination
            }
        }
    }

    /// What `Source.Arn` says.
    fn say(&self, variable: &str) -> Result<ValueId, Refusal> {
        let (end, what) = variable.split_once('.').unwrap_or((variable, ""));
        if end == "Source" { self.source.say(what) } else { self.destination.say(what) }
    }
}

impl Expansion<'_> {
    /// Adds what one source and one destination call for.
    pub(super) fn add_products(
        &mut self,
        outcome: &mut Outcome,
        subject: &Subject,
        link: &Link,
        (accesses, permissions): (&[Name], ValueId),
    ) -> Result<(), Refusal> {
        let place = self.template.values.origin(permissions).at_value();
        let profiles = self.profiles(link, accesses, place)?;
        let metadata = self.connector_metadata(subject, link);
        let Some(first) = profiles.first().copied() else { return Ok(()) };
        if first.output == Output::Permission {
            for profile in profiles {
                let entries = self.permission_of(link, profile)?;
                let kind = [profile.access, "LambdaPermission"].concat();
                let id = self.product_id(subject, &kind, link);
                let type_name = "AWS::Lambda::Permission";
                outcome.products.push(Product { id, type_name, entries, metadata });
            }
            return Ok(());
        }
        let (kind, type_name, holders, holder) = match first.output {
            Output::SourcePolicy | Output::DestinationPolicy | Output::Permission => {
                ("Policy", "AWS::IAM::ManagedPolicy", "Roles", "RoleName")
            }
            Output::TopicPolicy => ("TopicPolicy", "AWS::SNS::TopicPolicy", "Topics", "Arn"),
            Output::QueuePolicy => ("QueuePolicy", "AWS::SQS::QueuePolicy", "Queues", "QueueUrl"),
        };
        let at = link.destination.at.generated();
        let holder = link.holder(first.output).say(holder)?;
        let holder = self.list(at, vec![holder]);
        let document = self.document_of(link, &profiles)?;
        let mut entries = Vec::new();
        self.put(&mut entries, "PolicyDocument", document);
        self.put(&mut entries, holders, holder);
        let id = self.product_id(subject, kind, link);
        outcome.products.push(Product { id, type_name, entries, metadata });
        let waiter = match (first.waiting, link.source.id, link.destination.id) {
            (Some(Waiting::Mapping), Some(source), Some(function)) => Some(Waiter::Mapping(source, function)),
            (Some(Waiting::Source), Some(source), _) => Some(Waiter::Resource(source)),
            (Some(_) | None, ..) => None,
        };
        outcome.waits.extend(waiter.map(|waiter| (waiter, id)));
        Ok(())
    }

    /// The profiles that a link calls for.
    fn profiles(&self, link: &Link, accesses: &[Name], at: Location) -> Result<Vec<Profile>, Refusal> {
        let (source, destination) = (link.source.type_name, link.destination.type_name);
        let pair = format!("from {} to {}", self.text_of(source), self.text_of(destination));
        let known = profiles(self.text_of(source), self.text_of(destination));
        if known.is_empty() {
            let message = format!("there are no connectors {pair}");
            return Err(Refusal::Told(link.destination.at.at_value(), message));
        }
        let is_asked =
            |profile: &Profile| accesses.iter().any(|access| self.text_of(*access) == profile.access);
        let is_known = |access: &Name| known.iter().any(|profile| profile.access == self.text_of(*access));
        let list = |wanted: &dyn Fn(&Profile) -> bool| {
            let mut texts: Vec<&str> = Vec::new();
            for profile in known.iter().filter(|profile| wanted(profile)) {
                if !texts.contains(&profile.access) {
                    texts.push(profile.access);
                }
            }
            texts.sort_unstable();
            texts.join(" and ")
        };
        if accesses.is_empty() || !accesses.iter().all(is_known) {
            let message = format!("the Permissions of a connector {pair} can be {}", list(&|_| true));
            return Err(Refusal::Told(at, message));
        }
        if known.iter().any(|profile| profile.is_required && !is_asked(profile)) {
            let required = list(&|profile| profile.is_required);
            return Err(Refusal::Told(at, format!("a connector {pair} needs the Permissions {required}")));
        }
        Ok(known.into_iter().filter(is_asked).collect())
    }

    fn product_id(&self, subject: &Subject, kind: &str, link: &Link) -> Name {
        self.id(&[self.text_of(subject.id), kind, &link.suffix])
    }

    /// The properties of a permission of the destination.
    fn permission_of(&mut self, link: &Link, profile: Profile) -> Result<Vec<Entry>, Refusal> {
        let at = link.destination.at.generated();
        let mut entries = Vec::new();
        for action in profile.actions() {
            let action = self.text(at, action);
            self.put(&mut entries, "Action", action);
        }
        let function = link.destination.say("Arn")?;
        self.put(&mut entries, "FunctionName", function);
        let principal = self.text(at, profile.principal);
        self.put(&mut entries, "Principal", principal);
        let caller = self.filled(at, link, profile.caller)?;
        self.put(&mut entries, "SourceArn", caller);
        if profile.source == "AWS::S3::Bucket" {
            // The ARN of a bucket does not tell whose it is.
            let account = self.sub(at, vec![SubPart::Ref(self.name("AWS::AccountId"))]);
            self.put(&mut entries, "SourceAccount", account);
        }
        Ok(entries)
    }

    fn document_of(&mut self, link: &Link, profiles: &[Profile]) -> Result<ValueId, Refusal> {
        let at = link.destination.at.generated();
        let mut statements = Vec::new();
        for profile in profiles {
            let effect = self.text(at, "Allow");
            let mut statement = Vec::new();
            self.put(&mut statement, "Effect", effect);
            let actions: Vec<ValueId> = profile.actions().map(|action| self.text(at, action)).collect();
            let mut resources = Vec::new();
            for resource in profile.resources() {
                resources.push(self.filled(at, link, resource)?);
            }
            match profile.output {
                Output::SourcePolicy | Output::DestinationPolicy | Output::Permission => {
                    let (actions, resources) = (self.list(at, actions), self.list(at, resources));
                    self.put(&mut statement, "Action", actions);
                    self.put(&mut statement, "Resource", resources);
                }
                Output::TopicPolicy | Output::QueuePolicy => {
                    let service = self.text(at, profile.principal);
                    let principal = self.map(at, &[("Service", service)]);
                    self.put(&mut statement, "Principal", principal);
                    self.put_some(&mut statement, "Action", actions.first().copied());
                    self.put_some(&mut statement, "Resource", resources.first().copied());
                    let caller = self.filled(at, link, profile.caller)?;
                    let caller = self.map(at, &[("aws:SourceArn", caller)]);
                    let condition = self.map(at, &[("ArnEquals", caller)]);
                    self.put(&mut statement, "Condition", condition);
                }
            }
            statements.push(self.map_of(at, statement));
        }
        let (version, statements) = (self.text(at, "2012-10-17"), self.list(at, statements));
        Ok(self.map(at, &[("Version", version), ("Statement", statements)]))
    }

    /// An ARN of the table of profiles, with what the ends say in the place of `{Source.Arn}` and the like.
    fn filled(&mut self, at: Origin, link: &Link, text: &str) -> Result<ValueId, Refusal> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, (variable, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            rest = after;
            if let Some(before) = before.strip_suffix('$') {
                parts.extend([self.part(before), SubPart::Ref(self.name(variable))]);
                continue;
            }
            let value = link.say(variable)?;
            if before.is_empty() && after.is_empty() && parts.is_empty() {
                return Ok(value);
            }
            let bound = self.name(&variable.replace('.', ""));
            parts.extend([self.part(before), SubPart::Bound(bound, value)]);
        }
        if !rest.is_empty() {
            parts.push(self.part(rest));
        }
        Ok(self.sub(at, parts))
    }

    /// The connector's own `Metadata`, and under `aws:sam:connectors` the types of its ends.
    fn connector_metadata(&mut self, subject: &Subject, link: &Link) -> ValueId {
        let at = subject.origin.generated();
        let mut ends = Vec::new();
        for end in [&link.source, &link.destination] {
            let type_name = self.text_named(at, end.written_as);
            let end_map = self.map(at, &[("Type", type_name)]);
            self.put(&mut ends, end.role_in_connector, end_map);
        }
        let ends = self.map_of(at, ends);
        let connectors = self.map_of(at, vec![Entry { key: subject.id, value: ends }]);
        let written = subject.attributes.get(&self.name("Metadata")).copied();
        self.with_entry(written, at, "aws:sam:connectors", connectors)
    }
}

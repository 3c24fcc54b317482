//! `SNS`, `CloudWatchLogs`, `IoTRule` and `AlexaSkill` events, whose service calls the function, and the
//! permission to call.

use crate::names::Name;
use crate::template::{Call, Data, Entry, SubPart, ValueId};

use super::Expansion;
use super::events::Event;
use super::policies::Role;
use super::rule::QueueAccess;

impl Expansion<'_> {
    /// The permission `<function><event>Permission` by which a service may invoke the function.
    pub(super) fn make_permission(
        &mut self,
        event: &Event<'_>,
        principal: &str,
        settings: &[(&str, ValueId)],
    ) {
        let id = self.id_after(event.id, "Permission");
        self.make_permission_named(event, id, principal, settings);
    }

    /// The same under an id of its own.
    pub(super) fn make_permission_named(
        &mut self,
        event: &Event<'_>,
        id: Name,
        principal: &str,
        settings: &[(&str, ValueId)],
    ) {
        let at = event.at;
        let action = self.text(at, "lambda:InvokeFunction");
        let function = self.function_name(at, event.target);
        let principal = self.text(at, principal);
        let mut entries = Vec::new();
        self.put(&mut entries, "Action", action);
        self.put(&mut entries, "FunctionName", function);
        self.put(&mut entries, "Principal", principal);
        for (key, value) in settings {
            self.put(&mut entries, key, *value);
        }
        let made_by = self.made_by(event);
        self.make(event.subject, at, id, "AWS::Lambda::Permission", entries).event = Some(made_by);
    }

    /// A subscription `<function><event>`; with `SqsSubscription`, a queue in between that Lambda polls.
    pub(super) fn expand_sns_event(&mut self, event: &Event<'_>, role: &mut Role) {
        let Some(topic) = self.required(event, "Topic") else {
            return;
        };
        let through =
            self.property(event.properties, "SqsSubscription").filter(|value| !self.is_false(Some(*value)));
        let Some(through) = through else {
            self.make_permission(event, "sns.amazonaws.com", &[("SourceArn", topic)]);
            let function = self.arn(event.at, event.target);
            self.make_subscription(event, topic, "lambda", function);
            return;
        };
        // What could be wrong with the queue or the mapping is mended by another kind of event.
        let at = event.at;
        let written = match self.template.values.data(through) {
            Data::Map(_) => Some(through),
            Data::Scalar { .. } => None,
            Data::List(_) | Data::Call(_) => {
                let place = self.place_of(through).at_value();
                self.tell(place, "SqsSubscription is neither a truth value nor a map".to_owned());
                return;
            }
        };
        let access = if let Some(queue) = written {
            let (arn, url) = (self.property(Some(queue), "QueueArn"), self.property(Some(queue), "QueueUrl"));
            let (Some(arn), Some(url)) = (arn, url) else {
                let place = self.place_of(through).at_key();
                self.tell(place, "SqsSubscription needs both QueueArn and QueueUrl".to_owned());
                return;
            };
            QueueAccess { source: topic, url, arn }
        } else {
            let id = self.id_after(event.id, "Queue");
            let mut entries = Vec::new();
            self.put_some(&mut entries, "FifoQueue", self.fifo_topic(topic));
            self.make(event.subject, at, id, "AWS::SQS::Queue", entries);
            self.refer(event.subject.id, "DestinationQueue", id);
            QueueAccess { source: topic, url: self.reference(at, id), arn: self.attribute(at, id, "Arn") }
        };
        let queue = access.arn;
        let policy = match self.scalar(self.property(written, "QueuePolicyLogicalId")) {
            Some(id) => self.name(id),
            None => self.id_after(event.id, "QueuePolicy"),
        };
        // Anyone may send, as long as it is for the topic.
        let principal = self.text(at, "*");
        self.make_queue_policy(event, at, policy, principal, access);
        self.make_subscription(event, topic, "sqs", queue);

        let function = self.function_name(at, event.target);
        let batch_size = match self.property(written, "BatchSize") {
            Some(size) => size,
            None => self.plain(at, "10"),
        };
        // The transform reads `Enabled` of `SqsSubscription` and then enables the mapping whatever it says.
        let enabled = self.plain(at, "true");
        let mut entries = Vec::new();
        self.put(&mut entries, "FunctionName", function);
        self.put(&mut entries, "EventSourceArn", queue);
        self.put(&mut entries, "BatchSize", batch_size);
        self.put(&mut entries, "Enabled", enabled);
        let id = self.id_after(event.id, "EventSourceMapping");
        self.make(event.subject, at, id, "AWS::Lambda::EventSourceMapping", entries);
        self.add_managed_policy(role, at, "service-role/AWSLambdaSQSQueueExecutionRole");
    }

    fn make_subscription(&mut self, event: &Event<'_>, topic: ValueId, protocol: &str, endpoint: ValueId) {
        let protocol = self.text(event.at, protocol);
        let mut entries: Vec<Entry> = Vec::new();
        self.put(&mut entries, "Protocol", protocol);
        self.put(&mut entries, "Endpoint", endpoint);
        self.put(&mut entries, "TopicArn", topic);
        let same = ["Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"];
        self.put_same(&mut entries, event.properties, &same);
        self.make(event.subject, event.at, event.id, "AWS::SNS::Subscription", entries);
    }

    /// The `FifoTopic` of a topic in this template, if it is true.
    fn fifo_topic(&self, topic: ValueId) -> Option<ValueId> {
        let Data::Call(call) = self.template.values.data(topic) else {
            return None;
        };
        let (Call::Ref(id) | Call::GetAtt(id, _)) = call.as_ref() else {
            return None;
        };
        let fifo = self.property(self.template.resources.get(id)?.properties, "FifoTopic")?;
        self.is_true(Some(fifo)).then_some(fifo)
    }

    /// A subscription filter `<function><event>`.
    pub(super) fn expand_logs_event(&mut self, event: &Event<'_>) {
        let (Some(group), Some(pattern)) =
            (self.required(event, "LogGroupName"), self.required(event, "FilterPattern"))
        else {
            return;
        };
        let mut source = self.arn_of_account(&[self.part(self.template.partition())], "logs");
        source.push(self.part(":log-group:"));
        source.push(SubPart::Bound(self.name("__LogGroupName__"), group));
        source.push(self.part(":*"));
        let source = self.sub(event.at, source);
        self.make_permission(event, "logs.amazonaws.com", &[("SourceArn", source)]);
        let function = self.arn(event.at, event.target);
        let mut entries = Vec::new();
        self.put(&mut entries, "LogGroupName", group);
        self.put(&mut entries, "FilterPattern", pattern);
        self.put(&mut entries, "DestinationArn", function);
        let permission = self.id_after(event.id, "Permission");
        let permission = self.text_named(event.at, permission);
        let depends_on = self.list(event.at, vec![permission]);
        let key = self.name("DependsOn");
        let filter = self.make(event.subject, event.at, event.id, "AWS::Logs::SubscriptionFilter", entries);
        filter.attributes.insert(key, depends_on);
    }

    /// A topic rule `<function><event>`.
    pub(super) fn expand_iot_event(&mut self, event: &Event<'_>) {
        let Some(sql) = self.required(event, "Sql") else {
            return;
        };
        let at = event.at;
        let rule = self.reference(at, event.id);
        let mut source = self.arn_of_account(&[self.part(self.template.partition())], "iot");
        source.push(self.part(":rule/"));
        source.push(SubPart::Bound(self.name("RuleName"), rule));
        let source = self.sub(at, source);
        let account = self.sub(at, vec![SubPart::Ref(self.name("AWS::AccountId"))]);
        self.make_permission(
            event,
            "iot.amazonaws.com",
            &[("SourceArn", source), ("SourceAccount", account)],
        );

        let function = self.arn(at, event.target);
        let function = self.map(at, &[("FunctionArn", function)]);
        let action = self.map(at, &[("Lambda", function)]);
        let actions = self.list(at, vec![action]);
        let disabled = self.plain(at, "false");
        let mut payload = Vec::new();
        self.put(&mut payload, "Sql", sql);
        self.put_same(&mut payload, event.properties, &["AwsIotSqlVersion"]);
        self.put(&mut payload, "RuleDisabled", disabled);
        self.put(&mut payload, "Actions", actions);
        let payload = self.map_of(at, payload);
        let mut entries = Vec::new();
        self.put(&mut entries, "TopicRulePayload", payload);
        let made_by = self.made_by(event);
        self.make(event.subject, at, event.id, "AWS::IoT::TopicRule", entries).event = Some(made_by);
    }

    /// A permission for a skill.
    pub(super) fn expand_alexa_event(&mut self, event: &Event<'_>) {
        let skill = self.property(event.properties, "SkillId").map(|skill| ("EventSourceToken", skill));
        self.make_permission(event, "alexa-appkit.amazon.com", skill.as_slice());
    }
}

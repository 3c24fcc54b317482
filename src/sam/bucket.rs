//! `S3` and `Cognito` events: they write into the author's own bucket or user pool.

use crate::names::Name;
use crate::template::{Data, Entry, Origin, Resource, ValueId};

use super::Expansion;
use super::events::Event;
use super::make::Target;

/// How many values are compared to find out whether a bucket has a configuration already.
const MOST_STEPS: usize = 1000;

/// What an S3 event adds to its bucket.
pub(super) struct Notification {
    /// The entries of `LambdaConfigurations`.
    configurations: Vec<ValueId>,
    /// The permission that must be there first; one under a condition cannot be depended on.
    permission: Option<Name>,
    at: Origin,
}

/// What a Cognito event adds to its user pool.
pub(super) struct Trigger {
    /// `PreSignUp`.
    name: Name,
    function: ValueId,
    at: Origin,
}

impl Expansion<'_> {
    /// A permission, and notifications of the bucket.
    pub(super) fn expand_s3_event(&mut self, event: &Event<'_>) {
        let (Some(bucket), Some(kinds)) = (self.required(event, "Bucket"), self.required(event, "Events"))
        else {
            return;
        };
        let Some(bucket) =
            self.own_resource(event, bucket, "an S3 event names a bucket of the same template by Ref")
        else {
            return;
        };
        let at = event.at;
        let account = self.name("AWS::AccountId");
        let account = self.reference(at, account);
        self.make_permission(event, "s3.amazonaws.com", &[("SourceAccount", account)]);

        let function = self.arn(at, event.target);
        let kinds = match self.template.values.data(kinds) {
            Data::List(kinds) => kinds.clone(),
            Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => vec![kinds],
        };
        let mut configurations = Vec::new();
        for kind in kinds {
            let mut entries: Vec<Entry> = Vec::new();
            self.put(&mut entries, "Event", kind);
            self.put(&mut entries, "Function", function);
            self.put_same(&mut entries, event.properties, &["Filter"]);
            let configuration = self.map_of(at, entries);
            configurations.push(self.when(event.subject.condition, configuration));
        }
        let permission = event.subject.condition.is_none().then(|| self.id_after(event.id, "Permission"));
        self.buckets.entry(bucket).or_default().push(Notification { configurations, permission, at });
    }

    /// A permission `<function>CognitoPermission`, and triggers of the user pool.
    pub(super) fn expand_cognito_event(&mut self, event: &Event<'_>) {
        let (Some(pool), Some(triggers)) =
            (self.required(event, "UserPool"), self.required(event, "Trigger"))
        else {
            return;
        };
        let Some(pool) =
            self.own_resource(event, pool, "a Cognito event names a user pool of the same template by Ref")
        else {
            return;
        };
        let (Target::Function(id) | Target::Alias(id) | Target::StateMachine(id)) = event.target;
        let permission = self.id_after(id, "CognitoPermission");
        let source = self.attribute(event.at, pool, "Arn");
        self.make_permission_named(event, permission, "cognito-idp.amazonaws.com", &[("SourceArn", source)]);
        let function = self.arn(event.at, event.target);
        let names = match self.template.values.data(triggers) {
            Data::List(names) => names.clone(),
            Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => vec![triggers],
        };
        for name in names {
            if let Some(name) = self.template.values.text(name) {
                self.pools.entry(pool).or_default().push(Trigger { name, function, at: event.at });
            }
        }
    }

    /// The resource of this template that a `Ref` names; anything else is told.
    fn own_resource(&mut self, event: &Event<'_>, value: ValueId, expected: &str) -> Option<Name> {
        let named = self.reference_in(value);
        let id = named.filter(|id| self.template.resources.contains_key(id));
        if id.is_none() && !named.is_some_and(|id| self.is_elsewhere(id)) {
            let message = format!("{} does not expand: {expected}", self.text_of(event.id));
            let location = self.template.values.origin(value).at_value();
            self.tell(location, message);
        }
        id
    }

    /// Writes what S3 and Cognito events gathered into the buckets and user pools.
    pub(super) fn wire_buckets_and_pools(&mut self) {
        for (bucket, notifications) in std::mem::take(&mut self.buckets) {
            self.wire_bucket(bucket, notifications);
        }
        for (pool, triggers) in std::mem::take(&mut self.pools) {
            let Some(properties) = self.template.resources.get(&pool).map(|pool| pool.properties) else {
                continue;
            };
            let Some(at) = triggers.first().map(|trigger| trigger.at) else {
                continue;
            };
            let config = self.property(properties, "LambdaConfig");
            let mut entries =
                config.map_or_else(Vec::new, |config| self.template.values.entries(config).to_vec());
            for trigger in triggers {
                if entries.iter().all(|entry| entry.key != trigger.name) {
                    entries.push(Entry { key: trigger.name, value: trigger.function });
                }
            }
            let config = self.rewritten(config, at, Data::Map(entries));
            self.set_property(pool, "LambdaConfig", config);
        }
    }

    fn wire_bucket(&mut self, bucket: Name, notifications: Vec<Notification>) {
        let Some(resource) = self.template.resources.get(&bucket) else {
            return;
        };
        let properties = resource.properties;
        let depends_on_key = self.name("DependsOn");
        let depends_on = resource.attributes.get(&depends_on_key).copied();
        let Some(at) = notifications.first().map(|first| first.at) else {
            return;
        };
        let notification = self.property(properties, "NotificationConfiguration");
        let lambdas = self.property(notification, "LambdaConfigurations");
        let mut items = lambdas.map_or_else(Vec::new, |lambdas| self.template.values.items(lambdas).to_vec());
        let mut needed = match depends_on.map(|value| (value, self.template.values.data(value))) {
            Some((_, Data::List(items))) => items.clone(),
            Some((value, Data::Scalar { .. } | Data::Map(_) | Data::Call(_))) => vec![value],
            None => Vec::new(),
        };
        for addition in notifications {
            for configuration in addition.configurations {
                let mut steps = MOST_STEPS;
                if !items.iter().any(|item| self.is_written_alike(*item, configuration, &mut steps)) {
                    items.push(configuration);
                }
            }
            if let Some(permission) = addition.permission {
                needed.push(self.text_named(addition.at, permission));
            }
        }
        let lambdas = self.rewritten(lambdas, at, Data::List(items));
        let notification = self.with_entry(notification, at, "LambdaConfigurations", lambdas);
        self.set_property(bucket, "NotificationConfiguration", notification);
        if !needed.is_empty() {
            let needed = self.rewritten(depends_on, at, Data::List(needed));
            if let Some(resource) = self.template.resources.get_mut(&bucket) {
                resource.attributes.insert(depends_on_key, needed);
            }
        }
    }

    /// New data in the place of a value, or at `at` where there was none.
    fn rewritten(&mut self, value: Option<ValueId>, at: Origin, data: Data) -> ValueId {
        let origin = value.map_or(at, |value| self.template.values.origin(value));
        self.template.values.add(origin, data)
    }

    /// The map with another value for one key; a new map where there was none.
    pub(super) fn with_entry(
        &mut self,
        map: Option<ValueId>,
        at: Origin,
        key: &str,
        value: ValueId,
    ) -> ValueId {
        let key = self.name(key);
        let mut entries = map.map_or_else(Vec::new, |map| self.template.values.entries(map).to_vec());
        match entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.value = value,
            None => entries.push(Entry { key, value }),
        }
        self.rewritten(map, at, Data::Map(entries))
    }

    fn set_property(&mut self, resource: Name, key: &str, value: ValueId) {
        let Some(Resource { properties, origin, .. }) = self.template.resources.get(&resource) else {
            return;
        };
        let (properties, at) = (*properties, origin.generated());
        let properties = self.with_entry(properties, at, key, value);
        if let Some(resource) = self.template.resources.get_mut(&resource) {
            resource.properties = Some(properties);
        }
    }
}

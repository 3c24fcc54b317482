//! `AWS::Serverless::GraphQLApi`: an API of AppSync with its schema, log role, keys, cache and domain name.

use crate::names::Name;
use crate::source::Location;
use crate::template::{Data, Entry, Origin, Resource, SubPart, ValueId};

use super::make::{PropertyTable, is_macro};
use super::{Expansion, Subject};

const API: PropertyTable = PropertyTable {
    renamed: &[],
    consumed: &[
        "ApiKeys",
        "Auth",
        "Cache",
        "DataSources",
        "DomainName",
        "Functions",
        "Logging",
        "Name",
        "Resolvers",
        "SchemaInline",
        "SchemaUri",
        "Tags",
    ],
};

const KEY: PropertyTable = PropertyTable { renamed: &[("ExpiresOn", "Expires")], consumed: &[] };

/// What is made of a map that has AppSync's own names.
const AS_WRITTEN: PropertyTable = PropertyTable { renamed: &[], consumed: &[] };

const LOGGING: PropertyTable = PropertyTable { renamed: &[], consumed: &["FieldLogLevel"] };

/// What a cache cannot do without.
const CACHE_NEEDS: &[&str] = &["ApiCachingBehavior", "Ttl", "Type"];

/// What a domain name cannot do without.
const DOMAIN_NEEDS: &[&str] = &["CertificateArn", "DomainName"];

/// Properties that SAM wants written out: it takes no intrinsic for them.
const WRITTEN_OUT: &[&str] = &["SchemaInline", "SchemaUri", "XrayEnabled"];

/// The attributes that all parts of the API have from it, beside what every made resource has.
const COPIED: &[&str] = &["DependsOn", "Metadata", "UpdatePolicy"];

/// An entry of a map in which the author names parts of the API: a key, a function, a data source.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// Its name.
    pub(super) name: Name,
    /// What is said of it, a map.
    pub(super) properties: ValueId,
    /// The name as key, the map as value: what is made of it points here.
    pub(super) at: Origin,
}

impl Expansion<'_> {
    /// The API `<G>` and everything that it stands for.
    pub(super) fn expand_graph_ql_api(&mut self, subject: &Subject) {
        let at = subject.origin.generated();
        let properties = subject.properties;
        for key in WRITTEN_OUT {
            if let Some(value) = self.property(properties, key)
                && matches!(self.template.values.data(value), Data::Call(_))
            {
                let location = self.template.values.origin(value).at_value();
                self.tell_unless_open(Some(value), location, &format!("SAM takes no intrinsic for {key}"));
            }
        }
        let mut entries = self.carried(properties, &API);
        let name = match self.property(properties, "Name") {
            Some(name) => name,
            None => self.text_named(at, subject.id),
        };
        self.put(&mut entries, "Name", name);
        let authorizers = self.put_graph_ql_auth(subject, &mut entries);
        let log_role = self.put_logging(subject, &mut entries);
        let by_sam = self.text(at, "SAM");
        let by_sam = self.map(at, &[("graphqlapi:createdBy", by_sam)]);
        let tags = self.property(properties, "Tags");
        let tags = self.joined_tags(at, [tags, Some(by_sam)]);
        self.put(&mut entries, "Tags", tags);
        self.replace(subject, "AWS::AppSync::GraphQLApi", entries);

        self.make_schema(subject);
        self.make_graph_ql_permissions(subject, &authorizers);
        if let Some(at) = log_role {
            self.make_log_role(subject, at);
        }
        for key in self.parts(subject, properties, "ApiKeys") {
            let id = self.part_id(subject, key);
            let mut entries = self.carried(Some(key.properties), &KEY);
            self.put_api_id(subject, key.at, &mut entries);
            self.make_part(subject, key.at, id, "AWS::AppSync::ApiKey", entries);
        }
        if let Some((cache, mut entries)) = self.setting(subject, "Cache", CACHE_NEEDS) {
            self.put_api_id(subject, cache, &mut entries);
            let id = self.id_after(subject.id, "ApiCache");
            self.make_part(subject, cache, id, "AWS::AppSync::ApiCache", entries);
        }
        self.make_data_sources(subject);
        if let Some((domain, entries)) = self.setting(subject, "DomainName", DOMAIN_NEEDS) {
            let id = self.id_after(subject.id, "DomainName");
            self.make_part(subject, domain, id, "AWS::AppSync::DomainName", entries);
            let name = self.reference(domain, id);
            let mut entries = Vec::new();
            self.put_api_id(subject, domain, &mut entries);
            self.put(&mut entries, "DomainName", name);
            let id = self.id_after(id, "ApiAssociation");
            self.make_part(subject, domain, id, "AWS::AppSync::DomainNameApiAssociation", entries);
        }
        self.make_pipeline_functions(subject);
        self.make_resolvers(subject);
        self.make_none_data_source(subject);
    }

    /// Adds `LogConfig`, unless `Logging` is false. The place that calls for a role, where the author has none.
    fn put_logging(&mut self, subject: &Subject, entries: &mut Vec<Entry>) -> Option<Origin> {
        let written = self.property(subject.properties, "Logging");
        if self.is_false(written) {
            return None;
        }
        let settings = written.filter(|written| self.is_map(*written));
        if let Some(written) = written.filter(|written| settings.is_none() && !self.is_true(Some(*written))) {
            self.tell_unless_open(
                Some(written),
                self.template.values.origin(written).at_value(),
                "Logging is neither a map of settings nor true or false",
            );
        }
        let at = written.map_or(subject.origin.generated(), |written| self.place_of(written));
        let mut config = self.carried(settings, &LOGGING);
        let level = match self.property(settings, "FieldLogLevel") {
            Some(level) => level,
            None => self.text(at, "ALL"),
        };
        self.put(&mut config, "FieldLogLevel", level);
        let needs_role = self.property(settings, "CloudWatchLogsRoleArn").is_none();
        if needs_role {
            let role = self.id_after(subject.id, "CloudWatchRole");
            let role = self.attribute(at, role, "Arn");
            self.put(&mut config, "CloudWatchLogsRoleArn", role);
        }
        let config = self.map_of(at, config);
        self.put(entries, "LogConfig", config);
        needs_role.then_some(at)
    }

    /// The role `<G>CloudWatchRole` with which AppSync writes its logs.
    fn make_log_role(&mut self, subject: &Subject, at: Origin) {
        let assumed = self.assumed_by(at, "appsync.amazonaws.com");
        let parts = vec![
            self.part("arn:"),
            SubPart::Ref(self.name("AWS::Partition")),
            self.part(":iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs"),
        ];
        let policy = self.sub(at, parts);
        let policies = self.list(at, vec![policy]);
        let mut entries = Vec::new();
        self.put(&mut entries, "AssumeRolePolicyDocument", assumed);
        self.put(&mut entries, "ManagedPolicyArns", policies);
        let id = self.id_after(subject.id, "CloudWatchRole");
        self.make_part(subject, at, id, "AWS::IAM::Role", entries);
    }

    /// The schema `<G>Schema`, from the one of two properties that the author must choose.
    fn make_schema(&mut self, subject: &Subject) {
        let properties = subject.properties;
        let inline = self.property(properties, "SchemaInline");
        let file = self.property(properties, "SchemaUri");
        let id = self.text_of(subject.id);
        match (inline, file) {
            (None, None) => {
                let message = format!("{id} has neither SchemaInline nor SchemaUri");
                self.tell_unless_open(properties, subject.origin.at_key(), &message);
            }
            (Some(_), Some(file)) => {
                let message = format!("{id} has both SchemaInline and SchemaUri");
                self.tell(self.template.values.origin(file).at_key(), message);
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
        let at = inline.or(file).map_or(subject.origin.generated(), |schema| self.place_of(schema));
        let mut entries = Vec::new();
        self.put_api_id(subject, at, &mut entries);
        self.put_some(&mut entries, "Definition", inline);
        self.put_some(&mut entries, "DefinitionS3Location", file);
        let id = self.schema_id(subject);
        self.make_part(subject, at, id, "AWS::AppSync::GraphQLSchema", entries);
    }

    /// The id of the API's schema.
    pub(super) fn schema_id(&self, subject: &Subject) -> Name {
        self.id_after(subject.id, "Schema")
    }

    /// The place and the entries of a setting that is a map; what it lacks is told.
    fn setting(&mut self, subject: &Subject, key: &str, needs: &[&str]) -> Option<(Origin, Vec<Entry>)> {
        let setting = self.property(subject.properties, key)?;
        let origin = self.template.values.origin(setting);
        if !self.is_map(setting) {
            self.tell_unless_open(Some(setting), origin.at_value(), &format!("{key} is not a map"));
            return None;
        }
        for need in needs {
            self.tell_missing(setting, need, key);
        }
        Some((origin.generated(), self.carried(Some(setting), &AS_WRITTEN)))
    }

    /// Tells that a map lacks what it needs.
    pub(super) fn tell_missing(&mut self, map: ValueId, need: &str, name: &str) {
        if self.property(Some(map), need).is_none() {
            let location = self.template.values.origin(map).at_key();
            self.tell_unless_open(Some(map), location, &format!("{name} has no {need}"));
        }
    }

    /// The named parts under a key; what is none is told.
    pub(super) fn parts(&mut self, subject: &Subject, map: Option<ValueId>, key: &str) -> Vec<Part> {
        let Some(map) = self.property(map, key) else {
            return Vec::new();
        };
        self.parts_of(subject, map, key)
    }

    /// The same for the map itself, called `key`.
    pub(super) fn parts_of(&mut self, subject: &Subject, map: ValueId, key: &str) -> Vec<Part> {
        if !self.is_map(map) {
            let location = self.template.values.origin(map).at_value();
            let message = format!("{key} of {} is not a map", self.text_of(subject.id));
            self.tell_unless_open(Some(map), location, &message);
            return Vec::new();
        }
        let mut parts = Vec::new();
        for entry in self.template.values.entries(map).to_vec() {
            let name = self.text_of(entry.key);
            if is_macro(name) {
                continue;
            }
            if self.is_map(entry.value) {
                let at = self.place_of(entry.value);
                parts.push(Part { name: entry.key, properties: entry.value, at });
            } else {
                let message = format!("{name}, in {key} of {}, is not a map", self.text_of(subject.id));
                let location = self.template.values.origin(entry.value).at_key();
                self.tell_unless_open(Some(entry.value), location, &message);
            }
        }
        parts
    }

    /// `<G><part>`.
    pub(super) fn part_id(&self, subject: &Subject, part: Part) -> Name {
        self.id_after(subject.id, self.text_of(part.name))
    }

    /// Adds the API's own id.
    pub(super) fn put_api_id(&mut self, subject: &Subject, at: Origin, entries: &mut Vec<Entry>) {
        let id = self.attribute(at, subject.id, "ApiId");
        self.put(entries, "ApiId", id);
    }

    /// A resource that is a part of the API, which lends it more attributes than SAM resources do elsewhere.
    pub(super) fn make_part(
        &mut self,
        subject: &Subject,
        at: Origin,
        id: Name,
        type_name: &str,
        entries: Vec<Entry>,
    ) -> &mut Resource {
        let copied: Vec<(Name, ValueId)> = subject
            .attributes
            .iter()
            .filter(|(name, _)| COPIED.contains(&self.text_of(**name)))
            .map(|(name, value)| (*name, *value))
            .collect();
        let made = self.make(subject, at, id, type_name, entries);
        made.attributes.extend(copied);
        made
    }

    /// A resource that the transform makes by way of a connector of its own: it bears the connector's sign, and
    /// nothing that the author says of the API itself.
    pub(super) fn make_of_connector(
        &mut self,
        subject: &Subject,
        at: Origin,
        (connector, id): (Name, Name),
        type_name: &str,
        entries: Vec<Entry>,
        ends: [&str; 2],
    ) {
        let [source, destination] = ends.map(|end| {
            let end = self.text(at, end);
            self.map(at, &[("Type", end)])
        });
        let ends = self.map(at, &[("Source", source), ("Destination", destination)]);
        let connectors = self.map_of(at, vec![Entry { key: connector, value: ends }]);
        let metadata = self.map(at, &[("aws:sam:connectors", connectors)]);
        let key = self.name("Metadata");
        let made = self.make(subject, at, id, type_name, entries);
        made.condition = None;
        made.attributes.clear();
        made.attributes.insert(key, metadata);
    }

    /// Tells what is wrong with a part, unless a macro writes into it and may set it right.
    pub(super) fn tell_unless_open(&mut self, part: Option<ValueId>, location: Location, message: &str) {
        if !part.is_some_and(|part| self.template.values.is_open(part)) {
            self.tell(location, message.to_owned());
        }
    }
}

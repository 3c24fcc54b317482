//! `DataSources` of a GraphQL API: what its functions read and write, each with a role that lets AppSync do so.

use crate::names::Name;
use crate::template::{Data, Entry, Origin, SubPart, ValueId};

use super::connector::{Profile, profiles};
use super::graph_ql::Part;
use super::make::{PropertyTable, is_macro};
use super::{Expansion, Subject};

/// The kinds of data sources: SAM's name, and the part of the id. Of two sources of one name, the later kind's
/// is meant.
const KINDS: &[(&str, &str)] = &[("DynamoDb", "DynamoDB"), ("Lambda", "Lambda")];

const TABLE_SOURCE: PropertyTable = PropertyTable {
    renamed: &[],
    consumed: &[
        "DeltaSync",
        "Name",
        "Permissions",
        "Region",
        "ServiceRoleArn",
        "TableArn",
        "TableName",
        "UseCallerCredentials",
        "Versioned",
    ],
};

const FUNCTION_SOURCE: PropertyTable =
    PropertyTable { renamed: &[], consumed: &["FunctionArn", "Name", "ServiceRoleArn"] };

/// The transform lets a data source use what is behind it as a connector from this type would.
const SOURCE: &str = "AWS::AppSync::DataSource";
const TABLE: &str = "AWS::DynamoDB::Table";
const FUNCTION: &str = "AWS::Lambda::Function";

/// The policy by which a data source's role may use what is behind it.
struct Policy<'a> {
    /// `ToTable`, `ToLambda`.
    suffix: &'a str,
    /// The type of what is behind it.
    type_name: &'a str,
    /// Its ARN.
    arn: ValueId,
    /// What follows the ARN in the second resource.
    beneath: &'a str,
    /// The actions of each statement.
    statements: Vec<Profile>,
}

impl Expansion<'_> {
    /// The data sources `<G><name>DynamoDBDataSource` and `<G><name>LambdaDataSource`.
    pub(super) fn make_data_sources(&mut self, subject: &Subject) {
        let Some(sources) = self.property(subject.properties, "DataSources") else {
            return;
        };
        if !self.is_map(sources) {
            let location = self.template.values.origin(sources).at_value();
            self.tell_unless_open(Some(sources), location, "DataSources is not a map");
        }
        for source in self.template.values.entries(sources).to_vec() {
            let kind = self.text_of(source.key);
            if !is_macro(kind) && KINDS.iter().all(|(key, _)| kind != *key) {
                let message = format!("{kind} is not a kind of data source that SAM knows");
                self.tell(self.template.values.origin(source.value).at_key(), message);
            }
        }
        for part in self.parts(subject, Some(sources), "DynamoDb") {
            self.make_table_source(subject, part);
        }
        for part in self.parts(subject, Some(sources), "Lambda") {
            self.make_function_source(subject, part);
        }
    }

    fn make_table_source(&mut self, subject: &Subject, part: Part) {
        let properties = Some(part.properties);
        let at = part.at;
        let id = self.source_id(subject, part.name, "DynamoDB");
        let table = self.property(properties, "TableName");
        self.tell_missing(part.properties, "TableName", &self.source_words(part));
        let region = match self.property(properties, "Region") {
            Some(region) => region,
            None => self.reference(at, self.name("AWS::Region")),
        };
        let mut config = Vec::new();
        self.put(&mut config, "AwsRegion", region);
        self.put_some(&mut config, "TableName", table);
        self.put_same(&mut config, properties, &["UseCallerCredentials", "Versioned"]);
        let sync = self.property(properties, "DeltaSync");
        self.put_some(&mut config, "DeltaSyncConfig", sync);
        let config = self.map_of(at, config);
        let mut entries = self.carried(properties, &TABLE_SOURCE);
        self.put_source(subject, part, "AMAZON_DYNAMODB", &mut entries);
        self.put(&mut entries, "DynamoDBConfig", config);
        let makes_role = self.put_source_role(part, id, &mut entries);
        self.make_part(subject, at, id, "AWS::AppSync::DataSource", entries);
        if !makes_role {
            return;
        }
        self.make_source_role(subject, at, id);
        let arn = match (self.property(properties, "TableArn"), table) {
            (Some(arn), _) => arn,
            (None, Some(table)) => self.table_arn(table, region),
            (None, None) => return,
        };
        let statements = self.table_statements(properties);
        let policy = Policy { suffix: "ToTable", type_name: TABLE, arn, beneath: "/index/*", statements };
        self.make_source_policy(subject, at, id, &policy);
    }

    fn make_function_source(&mut self, subject: &Subject, part: Part) {
        let properties = Some(part.properties);
        let at = part.at;
        let id = self.source_id(subject, part.name, "Lambda");
        let function = self.property(properties, "FunctionArn");
        let mut entries = self.carried(properties, &FUNCTION_SOURCE);
        self.put_source(subject, part, "AWS_LAMBDA", &mut entries);
        self.tell_missing(part.properties, "FunctionArn", &self.source_words(part));
        if let Some(function) = function {
            let origin = self.template.values.origin(function);
            let config = self.map(origin, &[("LambdaFunctionArn", function)]);
            self.put(&mut entries, "LambdaConfig", config);
        }
        let makes_role = self.put_source_role(part, id, &mut entries);
        self.make_part(subject, at, id, "AWS::AppSync::DataSource", entries);
        if !makes_role {
            return;
        }
        self.make_source_role(subject, at, id);
        let Some(arn) = function else { return };
        let policy = Policy {
            suffix: "ToLambda",
            type_name: FUNCTION,
            arn,
            beneath: ":*",
            statements: profiles(SOURCE, FUNCTION),
        };
        self.make_source_policy(subject, at, id, &policy);
    }

    /// The data source `<G>NoneDataSource`, for the functions that ask for none.
    pub(super) fn make_none_data_source(&mut self, subject: &Subject) {
        let functions = self.property(subject.properties, "Functions");
        let functions = functions.map_or(&[][..], |functions| self.template.values.entries(functions));
        let source = functions
            .iter()
            .filter(|function| self.property(Some(function.value), "Id").is_none())
            .filter_map(|function| self.property(Some(function.value), "DataSource"))
            .find(|source| self.is_none_source(*source));
        let Some(source) = source else {
            return;
        };
        let at = self.place_of(source);
        let id = self.none_source_id(subject);
        let name = self.text_named(at, id);
        let kind = self.text(at, "NONE");
        let mut entries = Vec::new();
        self.put_api_id(subject, at, &mut entries);
        self.put(&mut entries, "Name", name);
        self.put(&mut entries, "Type", kind);
        self.make_part(subject, at, id, "AWS::AppSync::DataSource", entries);
    }

    /// The data source that a plain name means.
    pub(super) fn source_named(&self, subject: &Subject, source: ValueId) -> Option<Name> {
        let name = self.template.values.text(source)?;
        if self.is_none_source(source) {
            return Some(self.none_source_id(subject));
        }
        let sources = self.property(subject.properties, "DataSources");
        let is_there = |key: &str| {
            let kind = self.property(sources, key);
            kind.is_some_and(|kind| self.template.values.get(kind, name).is_some())
        };
        let (_, kind) = KINDS.iter().rev().find(|(key, _)| is_there(key))?;
        Some(self.source_id(subject, name, kind))
    }

    /// Whether there may be data sources that are not to be seen, since a macro writes them.
    pub(super) fn has_open_sources(&self, subject: &Subject) -> bool {
        let sources = self.property(subject.properties, "DataSources");
        let of_kinds = KINDS.iter().map(|(key, _)| self.property(sources, key));
        of_kinds
            .chain([subject.properties, sources])
            .flatten()
            .any(|sources| self.template.values.is_open(sources))
    }

    fn is_none_source(&self, source: ValueId) -> bool {
        self.scalar(Some(source)).is_some_and(|source| source.eq_ignore_ascii_case("none"))
    }

    fn none_source_id(&self, subject: &Subject) -> Name {
        self.id_after(subject.id, "NoneDataSource")
    }

    fn source_id(&self, subject: &Subject, name: Name, kind: &str) -> Name {
        self.id(&[self.text_of(subject.id), self.text_of(name), kind, "DataSource"])
    }

    fn source_words(&self, part: Part) -> String {
        format!("The data source {}", self.text_of(part.name))
    }

    /// Adds what all data sources have.
    fn put_source(&mut self, subject: &Subject, part: Part, kind: &str, entries: &mut Vec<Entry>) {
        let name = match self.property(Some(part.properties), "Name") {
            Some(name) => name,
            None => self.text_named(part.at, part.name),
        };
        let kind = self.text(part.at, kind);
        self.put_api_id(subject, part.at, entries);
        self.put(entries, "Name", name);
        self.put(entries, "Type", kind);
    }

    /// Adds the author's role, or the one that is made then: whether it is.
    fn put_source_role(&mut self, part: Part, id: Name, entries: &mut Vec<Entry>) -> bool {
        let written = self.property(Some(part.properties), "ServiceRoleArn");
        let role = match written {
            Some(role) => role,
            None => self.attribute(part.at, self.source_role_id(id), "Arn"),
        };
        self.put(entries, "ServiceRoleArn", role);
        written.is_none()
    }

    fn source_role_id(&self, source: Name) -> Name {
        self.id_after(source, "Role")
    }

    fn make_source_role(&mut self, subject: &Subject, at: Origin, source: Name) {
        let assumed = self.assumed_by(at, "appsync.amazonaws.com");
        let mut entries = Vec::new();
        self.put(&mut entries, "AssumeRolePolicyDocument", assumed);
        self.make_part(subject, at, self.source_role_id(source), "AWS::IAM::Role", entries);
    }

    /// The policy `<source>ToTableConnectorPolicy` or `<source>ToLambdaConnectorPolicy`.
    fn make_source_policy(&mut self, subject: &Subject, at: Origin, source: Name, policy: &Policy<'_>) {
        let bound = SubPart::Bound(self.name("DestinationArn"), policy.arn);
        let beneath = self.sub(at, vec![bound, self.part(policy.beneath)]);
        let resources = self.list(at, vec![policy.arn, beneath]);
        let mut statements = Vec::new();
        for profile in &policy.statements {
            let actions = profile.actions().map(|action| self.text(at, action)).collect();
            let actions = self.list(at, actions);
            let effect = self.text(at, "Allow");
            let statement = [("Effect", effect), ("Action", actions), ("Resource", resources)];
            statements.push(self.map(at, &statement));
        }
        let statements = self.list(at, statements);
        let version = self.text(at, "2012-10-17");
        let document = self.map(at, &[("Version", version), ("Statement", statements)]);
        let role = self.reference(at, self.source_role_id(source));
        let roles = self.list(at, vec![role]);
        let mut entries = Vec::new();
        self.put(&mut entries, "PolicyDocument", document);
        self.put(&mut entries, "Roles", roles);
        let connector = self.id(&[self.text_of(source), policy.suffix, "Connector"]);
        let id = self.id_after(connector, "Policy");
        let ends = [SOURCE, policy.type_name];
        self.make_of_connector(subject, at, (connector, id), "AWS::IAM::ManagedPolicy", entries, ends);
    }

    /// A table's ARN, from its name and its region.
    fn table_arn(&mut self, table: ValueId, region: ValueId) -> ValueId {
        let at = self.place_of(table);
        let parts = vec![
            self.part("arn:"),
            SubPart::Ref(self.name("AWS::Partition")),
            self.part(":dynamodb:"),
            SubPart::Bound(self.name("__Region__"), region),
            self.part(":"),
            SubPart::Ref(self.name("AWS::AccountId")),
            self.part(":table/"),
            SubPart::Bound(self.name("__TableName__"), table),
        ];
        self.sub(at, parts)
    }

    /// What may be done with a table: all, unless the author chooses. What is no permission is told.
    fn table_statements(&mut self, properties: Option<ValueId>) -> Vec<Profile> {
        let mut statements = profiles(SOURCE, TABLE);
        let Some(written) = self.property(properties, "Permissions") else {
            return statements;
        };
        let Data::List(permissions) = self.template.values.data(written) else {
            let location = self.template.values.origin(written).at_value();
            self.tell_unless_open(Some(written), location, "Permissions is not a list");
            return statements;
        };
        let permissions = permissions.clone();
        for permission in &permissions {
            if statements.iter().all(|statement| self.scalar(Some(*permission)) != Some(statement.access)) {
                let location = self.template.values.origin(*permission).at_value();
                let message = "A permission on a table is neither Read nor Write";
                self.tell_unless_open(Some(*permission), location, message);
            }
        }
        // An empty list chooses nothing, which the transform takes for no choice.
        if !permissions.is_empty() {
            let is_chosen = |access| permissions.iter().any(|one| self.scalar(Some(*one)) == Some(access));
            statements.retain(|statement| is_chosen(statement.access));
        }
        statements
    }
}

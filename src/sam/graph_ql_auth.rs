//! `Auth` of a GraphQL API: who may call it, and the permissions to call the functions that decide.

use crate::template::{Data, Entry, SubPart, ValueId};

use super::make::PropertyTable;
use super::{Expansion, Subject};

/// The types that need a configuration: the type, SAM's name of the configuration, and AppSync's.
const CONFIGURED: &[(&str, &str, &str)] = &[
    ("AMAZON_COGNITO_USER_POOLS", "UserPool", "UserPoolConfig"),
    ("AWS_LAMBDA", "LambdaAuthorizer", "LambdaAuthorizerConfig"),
    ("OPENID_CONNECT", "OpenIDConnect", "OpenIDConnectConfig"),
];

/// The types that need none.
const PLAIN: &[&str] = &["API_KEY", "AWS_IAM"];

/// A user pool has an action by default only where it is the API's first provider.
const ADDITIONAL: PropertyTable = PropertyTable { renamed: &[], consumed: &["DefaultAction"] };

impl Expansion<'_> {
    /// Adds the providers of `Auth`. The result is the functions among them.
    pub(super) fn put_graph_ql_auth(&mut self, subject: &Subject, entries: &mut Vec<Entry>) -> Vec<ValueId> {
        let mut functions = Vec::new();
        let Some(auth) = self.property(subject.properties, "Auth") else {
            let message = format!("{} has no Auth", self.text_of(subject.id));
            self.tell_unless_open(subject.properties, subject.origin.at_key(), &message);
            return functions;
        };
        self.put_provider(auth, entries, &mut functions);
        let Some(written) = self.property(Some(auth), "Additional") else {
            return functions;
        };
        let origin = self.template.values.origin(written);
        let Data::List(items) = self.template.values.data(written) else {
            self.tell_unless_open(Some(written), origin.at_value(), "Auth.Additional is not a list");
            return functions;
        };
        let mut providers = Vec::new();
        for item in items.clone() {
            let mut provider = Vec::new();
            self.put_provider(item, &mut provider, &mut functions);
            self.without_default_action(&mut provider);
            let origin = self.template.values.origin(item);
            providers.push(self.map_of(origin, provider));
        }
        let providers = self.list(origin, providers);
        self.put(entries, "AdditionalAuthenticationProviders", providers);
        functions
    }

    /// Adds one provider: its type, and the configuration that the type needs.
    fn put_provider(&mut self, auth: ValueId, entries: &mut Vec<Entry>, functions: &mut Vec<ValueId>) {
        let place = self.template.values.origin(auth);
        let Some(kind) = self.property(Some(auth), "Type") else {
            self.tell_unless_open(Some(auth), place.at_key(), "Auth has a provider without a Type");
            return;
        };
        self.put(entries, "AuthenticationType", kind);
        let configs: Vec<(&str, ValueId)> = CONFIGURED
            .iter()
            .filter_map(|(_, key, _)| Some((*key, self.property(Some(auth), key)?)))
            .collect();
        if let [(first, _), (second, config), ..] = configs[..] {
            let location = self.template.values.origin(config).at_key();
            self.tell(location, format!("Auth has both {first} and {second} for one provider"));
        }
        let type_name = self.scalar(Some(kind)).unwrap_or_default();
        if PLAIN.contains(&type_name) {
            return;
        }
        let Some((type_name, key, config_key)) = CONFIGURED.iter().find(|(name, ..)| *name == type_name)
        else {
            let types: Vec<&str> =
                CONFIGURED.iter().map(|(name, ..)| *name).chain(PLAIN.iter().copied()).collect();
            let location = self.template.values.origin(kind).at_value();
            self.tell(location, format!("The Type of Auth is none of {}", types.join(", ")));
            return;
        };
        let Some((_, config)) = configs.iter().find(|(of, _)| of == key) else {
            let message = format!("Auth of type {type_name} needs {key}");
            self.tell_unless_open(Some(auth), place.at_key(), &message);
            return;
        };
        if !self.is_map(*config) {
            let location = self.template.values.origin(*config).at_value();
            self.tell_unless_open(Some(*config), location, &format!("{key} is not a map"));
        }
        self.put(entries, config_key, *config);
        if *type_name == "AWS_LAMBDA" {
            functions.extend(self.property(Some(*config), "AuthorizerUri"));
        }
    }

    fn without_default_action(&mut self, provider: &mut [Entry]) {
        for entry in provider {
            if self.text_of(entry.key) == "UserPoolConfig" && self.is_map(entry.value) {
                let origin = self.template.values.origin(entry.value);
                let config = self.carried(Some(entry.value), &ADDITIONAL);
                entry.value = self.map_of(origin, config);
            }
        }
    }

    /// The permissions `<G>ToLambdaAuthConnector<N>WriteLambdaPermission`.
    pub(super) fn make_graph_ql_permissions(&mut self, subject: &Subject, functions: &[ValueId]) {
        for (place, function) in functions.iter().enumerate() {
            let at = self.place_of(*function);
            let api = self.attribute(at, subject.id, "ApiId");
            let mut source = self.arn_of_account(&[SubPart::Ref(self.name("AWS::Partition"))], "appsync");
            source.extend([self.part(":apis/"), SubPart::Bound(self.name("SourceResourceId"), api)]);
            let source = self.sub(at, source);
            let action = self.text(at, "lambda:InvokeFunction");
            let principal = self.text(at, "appsync.amazonaws.com");
            let mut entries = Vec::new();
            self.put(&mut entries, "Action", action);
            self.put(&mut entries, "FunctionName", *function);
            self.put(&mut entries, "Principal", principal);
            self.put(&mut entries, "SourceArn", source);
            let number = (place + 1).to_string();
            let connector = self.id(&[self.text_of(subject.id), "ToLambdaAuthConnector", &number]);
            let id = self.id_after(connector, "WriteLambdaPermission");
            let ends = ["AWS::AppSync::GraphQLApi", "AWS::Lambda::Function"];
            self.make_of_connector(subject, at, (connector, id), "AWS::Lambda::Permission", entries, ends);
        }
    }
}

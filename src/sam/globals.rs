//! The `Globals` section: properties that every resource of a type starts from.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Call, Data, Entry, Origin, OriginKind, ValueId};

use super::make::is_macro;
use super::{Expansion, Kind, Subject};

/// The sections of `Globals` and the properties that each may set.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "Function",
        &[
            "Architectures",
            "AssumeRolePolicyDocument",
            "AutoPublishAlias",
            "AutoPublishAliasAllProperties",
            "CapacityProviderConfig",
            "CodeSigningConfigArn",
            "CodeUri",
            "DeadLetterQueue",
            "DeploymentPreference",
            "Description",
            "DurableConfig",
            "Environment",
            "EphemeralStorage",
            "EventInvokeConfig",
            "FileSystemConfigs",
            "FunctionScalingConfig",
            "FunctionUrlConfig",
            "Handler",
            "KmsKeyArn",
            "Layers",
            "LoggingConfig",
            "MemorySize",
            "PermissionsBoundary",
            "PropagateTags",
            "ProvisionedConcurrencyConfig",
            "PublishToLatestPublished",
            "RecursiveLoop",
            "ReservedConcurrentExecutions",
            "RolePath",
            "Runtime",
            "RuntimeManagementConfig",
            "SnapStart",
            "SourceKMSKeyArn",
            "Tags",
            "TenancyConfig",
            "Timeout",
            "Tracing",
            "VersionDeletionPolicy",
            "VpcConfig",
        ],
    ),
    (
        "Api",
        &[
            "AccessLogSetting",
            "AlwaysDeploy",
            "Auth",
            "BinaryMediaTypes",
            "CacheClusterEnabled",
            "CacheClusterSize",
            "CanarySetting",
            "Cors",
            "DefinitionUri",
            "Domain",
            "EndpointAccessMode",
            "EndpointConfiguration",
            "GatewayResponses",
            "MergeDefinitions",
            "MethodSettings",
            "MinimumCompressionSize",
            "Name",
            "OpenApiVersion",
            "PropagateTags",
            "SecurityPolicy",
            "TracingEnabled",
            "Variables",
        ],
    ),
    (
        "HttpApi",
        &[
            "AccessLogSettings",
            "Auth",
            "CorsConfiguration",
            "DefaultRouteSettings",
            "Domain",
            "FailOnWarnings",
            "PropagateTags",
            "RouteSettings",
            "StageVariables",
            "Tags",
        ],
    ),
    (
        "WebSocketApi",
        &[
            "AccessLogSettings",
            "ApiKeySelectionExpression",
            "DefaultRouteSettings",
            "DisableExecuteApiEndpoint",
            "DisableSchemaValidation",
            "Domain",
            "FailOnWarnings",
            "IpAddressType",
            "PropagateTags",
            "RouteSelectionExpression",
            "RouteSettings",
            "StageVariables",
            "Tags",
        ],
    ),
    ("SimpleTable", &["SSESpecification"]),
    ("StateMachine", &["PropagateTags"]),
    ("LayerVersion", &["PublishLambdaVersion"]),
    (
        "CapacityProvider",
        &[
            "InstanceRequirements",
            "KmsKeyArn",
            "LoggingConfig",
            "ManagedResourceTags",
            "OperatorRole",
            "PropagateTags",
            "ScalingConfig",
            "Tags",
            "VpcConfig",
        ],
    ),
];

/// Sections that are known and whose resources are not expanded here.
const OTHER_SECTIONS: &[&str] = &["MicrovmImage", "NetworkConnector"];

/// Properties whose local value replaces the global one although both are lists.
const REPLACED: &[&str] = &["Architectures"];

impl Expansion<'_> {
    /// Merges `Globals` into every SAM resource.
    pub(super) fn merge_globals(&mut self) {
        let sections = self.global_sections();
        for place in 0..self.subjects.len() {
            let (kind, subject) = &self.subjects[place];
            let Some((_, entries)) = sections.iter().find(|(of, _)| of == kind) else {
                continue;
            };
            let subject = subject.clone();
            let entries = self.without_ignored(&subject, entries);
            if !entries.is_empty() {
                self.subjects[place].1.properties = Some(self.merged_properties(&subject, &entries));
            }
        }
    }

    /// The entries of each section, marked as coming from `Globals`.
    fn global_sections(&mut self) -> Vec<(Kind, Vec<Entry>)> {
        let Some(globals) = self.template.globals else {
            return Vec::new();
        };
        if !self.is_map(globals) && !self.template.values.is_open(globals) {
            let location = self.template.values.origin(globals).at_value();
            self.tell(location, "Globals is not a map of sections".to_owned());
        }
        let mut sections: Vec<(Kind, Vec<Entry>)> = Vec::new();
        let mut macros = Vec::new();
        let mut marked = FxHashMap::default();
        for section in self.template.values.entries(globals).to_vec() {
            let location = self.template.values.origin(section.value).at_key();
            let name = self.text_of(section.key).to_owned();
            if is_macro(&name) {
                macros.push(section);
                continue;
            }
            let Some((_, allowed)) = SECTIONS.iter().find(|(of, _)| *of == name) else {
                if !OTHER_SECTIONS.contains(&name.as_str()) {
                    self.tell(location, format!("Globals has no section {name}"));
                }
                continue;
            };
            let Some(kind) = Kind::of(&name) else {
                continue;
            };
            if !self.is_map(section.value) && !self.is_null(section.value) {
                self.tell(location, format!("Globals.{name} is not a map of properties"));
            }
            let mut entries = Vec::new();
            for entry in self.template.values.entries(section.value).to_vec() {
                let property = self.text_of(entry.key);
                if allowed.contains(&property) || is_macro(property) {
                    entries.push(Entry { value: self.marked(entry.value, &mut marked), ..entry });
                } else {
                    let message = format!("{property} cannot be set in Globals.{name}");
                    let location = self.template.values.origin(entry.value).at_key();
                    self.tell(location, message);
                }
            }
            sections.push((kind, entries));
        }
        // What a macro writes into `Globals` may be a property of any resource.
        for kind in SECTIONS.iter().filter_map(|(name, _)| Kind::of(name)).filter(|_| !macros.is_empty()) {
            match sections.iter_mut().find(|(of, _)| *of == kind) {
                Some((_, entries)) => entries.extend_from_slice(&macros),
                None => sections.push((kind, macros.clone())),
            }
        }
        sections
    }

    /// A copy of a value, and of all inside, whose origin says that it is lent by `Globals`. The recursion
    /// goes as deep as the template was read, which is bounded.
    fn marked(&mut self, value: ValueId, seen: &mut FxHashMap<ValueId, ValueId>) -> ValueId {
        if let Some(marked) = seen.get(&value) {
            return *marked;
        }
        let origin = Origin { kind: OriginKind::Globals, ..self.template.values.origin(value) };
        let data = match self.template.values.data(value).clone() {
            Data::List(items) => Data::List(items.into_iter().map(|item| self.marked(item, seen)).collect()),
            Data::Map(entries) => Data::Map(
                entries
                    .into_iter()
                    .map(|entry| Entry { value: self.marked(entry.value, seen), ..entry })
                    .collect(),
            ),
            Data::Call(call) => Data::Call(Box::new(match *call {
                Call::If { condition, then, otherwise } => Call::If {
                    condition,
                    then: self.marked(then, seen),
                    otherwise: self.marked(otherwise, seen),
                },
                other => other,
            })),
            scalar @ Data::Scalar { .. } => scalar,
        };
        let marked = self.template.values.add(origin, data);
        seen.insert(value, marked);
        marked
    }

    /// A section's entries without those that the resource's `IgnoreGlobals` names.
    fn without_ignored(&mut self, subject: &Subject, entries: &[Entry]) -> Vec<Entry> {
        let ignored = self.template.names.find("IgnoreGlobals").and_then(|key| subject.attributes.get(&key));
        let Some(ignored) = ignored.copied() else {
            return entries.to_vec();
        };
        if self.scalar(Some(ignored)) == Some("*") {
            return Vec::new();
        }
        let mut names: Vec<Name> = Vec::new();
        for item in self.template.values.items(ignored).to_vec() {
            match self.template.values.text(item) {
                Some(name) if entries.iter().any(|entry| entry.key == name) => names.push(name),
                name => {
                    let name = name.map_or("This", |name| self.text_of(name));
                    let message = format!("{name} in IgnoreGlobals is not set in Globals");
                    let location = self.template.values.origin(item).at_value();
                    self.tell(location, message);
                }
            }
        }
        entries.iter().filter(|entry| !names.contains(&entry.key)).copied().collect()
    }

    fn merged_properties(&mut self, subject: &Subject, globals: &[Entry]) -> ValueId {
        let Some(local) = subject.properties.filter(|local| !self.is_null(*local)) else {
            return self.map_of(subject.origin, globals.to_vec());
        };
        if !self.is_map(local) {
            return local;
        }
        let mut entries = self.template.values.entries(local).to_vec();
        for global in globals {
            match entries.iter_mut().find(|entry| entry.key == global.key) {
                Some(local) if !REPLACED.contains(&self.text_of(global.key)) => {
                    local.value = self.merged(global.value, local.value);
                }
                Some(_) => {}
                None => entries.push(*global),
            }
        }
        let origin = self.template.values.origin(local);
        self.map_of(origin, entries)
    }

    /// Maps merge key by key, lists follow one another, global first; of anything else, the local value stands.
    fn merged(&mut self, global: ValueId, local: ValueId) -> ValueId {
        let origin = self.template.values.origin(local);
        match (self.template.values.data(global), self.template.values.data(local)) {
            (Data::Map(globals), Data::Map(locals)) => {
                let (globals, mut entries) = (globals.clone(), locals.clone());
                let written = entries.len();
                for global in globals {
                    match entries[..written].iter_mut().find(|entry| entry.key == global.key) {
                        Some(local) => local.value = self.merged(global.value, local.value),
                        None => entries.push(global),
                    }
                }
                self.map_of(origin, entries)
            }
            (Data::List(globals), Data::List(locals)) => {
                let items = globals.iter().chain(locals).copied().collect();
                self.list(origin, items)
            }
            (Data::Scalar { .. } | Data::List(_) | Data::Map(_) | Data::Call(_), _) => local,
        }
    }
}

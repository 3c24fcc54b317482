//! The SAM transform, with the origin of everything that it makes.
//!
//! [`expand`] does what the transform does for what a graph and its rules need, and leaves out what would only
//! destroy places or hide the author's intent. Where the result differs from the transform's own:
//!
//! - A state machine's `DefinitionString` is the `Definition` itself, a map with intrinsics inside.
//! - A local `CodeUri`, `ContentUri` or `DefinitionUri` stays the scalar that the author wrote, as `Code`,
//!   `Content`, `BodyS3Location` or `DefinitionS3Location`.
//! - A role's `Policies` keep what the author wrote: an inline policy is the map with its `Statement`, a policy
//!   template is a map of one entry, `{DynamoDBCrudPolicy: {TableName: …}}`; managed policies stay names. What
//!   events add is a policy with a `PolicyName` and a `PolicyDocument`.
//! - An API's `Body` has paths, integrations and authorizers; no models, responses or CORS methods.
//! - An application of the Serverless Application Repository has its `Location` as `TemplateURL`: only the
//!   repository knows the other one.
//! - A bucket has no tag `sam:ConditionalDependsOn:…` for the permission of a conditional function, a function no digest
//!   of its source in its `Description`.
//! - `WebFunction`, `MicrovmImage` and `NetworkConnector` stay as they are, and so do connectors beyond the 500 resources
//!   that a stack can hold.
//! - Ids that carry a hash of a body or of packaged code carry ten digits that are stable, but not the
//!   transform's.
//! - What several APIs share, the records of a hosted zone or a usage plan, follows the order of the template: the
//!   last API says what the plan is like. The transform's order is that of a hash.
//! - What an author gives as an intrinsic stays one, also where the transform puts in a parameter's value.
//! - A property that the tables here do not know is taken for a new one and carried over.

mod api;
mod api_event;
mod application;
mod authorizers;
mod body;
mod bucket;
mod canonical;
mod capacity_provider;
mod conditions;
mod connector;
mod data_source;
mod deployment;
mod domain;
mod events;
mod function;
mod globals;
mod graph_ql;
mod graph_ql_auth;
mod http_api;
mod ids;
mod implicit;
mod invoke_config;
mod layer_version;
mod make;
mod policies;
mod propagated_tags;
mod pull;
mod push;
mod read;
mod record_sets;
mod references;
mod resolver;
mod rule;
mod schedule;
mod shared;
mod simple_table;
mod state_machine;
#[cfg(test)]
mod tests;
mod usage_plan;
mod web_socket_api;
mod web_socket_auth;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::names::Name;
use crate::source::Location;
use crate::template::{Flaw, NameMap, Origin, Resource, Template, ValueId};

/// A part of a template that could not be expanded and stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unexpanded {
    /// The place.
    pub location: Location,
    /// What, and why, in one sentence without a full stop.
    pub message: String,
}

/// Whether any resource has a SAM type or connectors: decided by them, since many templates that are packaged
/// elsewhere leave `Transform` out.
pub(crate) fn is_sam(template: &Template) -> bool {
    template.resources.values().any(|resource| template.names.text(resource.type_name).starts_with(PREFIX))
        || connector::has_embedded(template)
}

/// Replaces every SAM resource by what the transform makes of it. Never fails: what cannot be expanded stays
/// as it is and is told.
pub(crate) fn expand(template: &mut Template) -> Vec<Unexpanded> {
    let left = std::mem::take(&mut template.unexpanded).into_iter();
    let mut told: Vec<Unexpanded> =
        left.map(|Flaw { location, message }| Unexpanded { location, message }).collect();
    if !is_sam(template) {
        return told;
    }
    let mut expansion = Expansion::new(template);
    expansion.add_implicit_apis();
    expansion.merge_globals();
    // Functions and state machines put their routes into the APIs, so that APIs come after them.
    for kind in [
        Kind::Function,
        Kind::StateMachine,
        Kind::Api,
        Kind::HttpApi,
        Kind::WebSocketApi,
        Kind::SimpleTable,
        Kind::LayerVersion,
        Kind::CapacityProvider,
        Kind::GraphQlApi,
        Kind::Application,
    ] {
        expansion.expand_all(kind);
    }
    expansion.make_deployments();
    expansion.make_record_set_groups();
    expansion.make_shared_usage_plan();
    expansion.splice();
    expansion.expand_connectors();
    expansion.wire_buckets_and_pools();
    expansion.rewrite_references();
    told.append(&mut expansion.told);
    told
}

/// What all SAM types begin with.
const PREFIX: &str = "AWS::Serverless::";

/// The SAM types that are expanded here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Function,
    StateMachine,
    Api,
    HttpApi,
    WebSocketApi,
    SimpleTable,
    LayerVersion,
    GraphQlApi,
    Application,
    CapacityProvider,
}

/// Connectors are expanded after all others.
const CONNECTOR: &str = "Connector";

/// SAM types that are known and stay as they are.
const NOT_YET: &[&str] = &["MicrovmImage", "NetworkConnector", "WebFunction"];

impl Kind {
    /// The kind of a type without its prefix.
    fn of(type_name: &str) -> Option<Self> {
        match type_name {
            "Function" => Some(Self::Function),
            "StateMachine" => Some(Self::StateMachine),
            "Api" => Some(Self::Api),
            "HttpApi" => Some(Self::HttpApi),
            "WebSocketApi" => Some(Self::WebSocketApi),
            "SimpleTable" => Some(Self::SimpleTable),
            "LayerVersion" => Some(Self::LayerVersion),
            "GraphQLApi" => Some(Self::GraphQlApi),
            "Application" => Some(Self::Application),
            "CapacityProvider" => Some(Self::CapacityProvider),
            _ => None,
        }
    }
}

/// A resource of the author's while it is expanded.
#[derive(Clone)]
struct Subject {
    id: Name,
    properties: Option<ValueId>,
    condition: Option<Name>,
    attributes: NameMap<ValueId>,
    origin: Origin,
    /// Itself, or for an implicit API the resource whose event called for it first.
    author: Name,
    /// The SAM type.
    written_as: Name,
    takes_globals: bool,
}

impl Subject {
    /// A resource as it is written.
    fn of(id: Name, resource: &Resource, takes_globals: bool) -> Self {
        Self {
            id,
            properties: resource.properties,
            condition: resource.condition,
            attributes: resource.attributes.clone(),
            origin: resource.origin,
            author: id,
            written_as: resource.type_name,
            takes_globals,
        }
    }
}

/// One template's expansion under way.
struct Expansion<'t> {
    template: &'t mut Template,
    /// The SAM resources in the author's order, with what is made of each; implicit APIs last.
    made: NameMap<Vec<(Name, Resource)>>,
    /// The SAM resources of each kind; an entry stays after its resource is expanded, since events ask for it.
    subjects: Vec<(Kind, Subject)>,
    /// Where each SAM resource is in `subjects`.
    places: IndexMap<Name, usize, FxBuildHasher>,
    /// For each API, what events add to its body and to its settings.
    routes: NameMap<Vec<body::Route>>,
    /// For each bucket, what S3 events add to it.
    buckets: NameMap<Vec<bucket::Notification>>,
    /// For each user pool, what Cognito events add to it.
    pools: NameMap<Vec<bucket::Trigger>>,
    /// The functions whose deployments `CodeDeploy` shifts.
    deployments: Vec<deployment::Deployment>,
    /// The records of custom domains that belong to groups for a hosted zone.
    record_sets: Vec<record_sets::RecordSets>,
    /// The APIs that share a usage plan.
    shared_plans: Vec<usage_plan::SharedPlan>,
    /// For a resource and a name like `Alias`, the resource that is meant.
    referable: IndexMap<(Name, Name), Name, FxBuildHasher>,
    /// Resources whose id changes: layers.
    renamed: NameMap<Name>,
    told: Vec<Unexpanded>,
}

impl<'t> Expansion<'t> {
    fn new(template: &'t mut Template) -> Self {
        let mut expansion = Self {
            template,
            made: NameMap::default(),
            subjects: Vec::new(),
            places: IndexMap::default(),
            routes: NameMap::default(),
            buckets: NameMap::default(),
            pools: NameMap::default(),
            deployments: Vec::new(),
            record_sets: Vec::new(),
            shared_plans: Vec::new(),
            referable: IndexMap::default(),
            renamed: NameMap::default(),
            told: Vec::new(),
        };
        expansion.gather();
        expansion
    }

    /// Finds the SAM resources.
    fn gather(&mut self) {
        let mut found = Vec::new();
        let ignores = self.template.names.find("IgnoreGlobals");
        for (id, resource) in &self.template.resources {
            let Some(type_name) = self.template.names.text(resource.type_name).strip_prefix(PREFIX) else {
                continue;
            };
            match Kind::of(type_name) {
                Some(kind) => {
                    let takes_globals = !ignores.is_some_and(|key| resource.attributes.contains_key(&key));
                    found.push((kind, Subject::of(*id, resource, takes_globals)));
                }
                None if type_name == CONNECTOR => {}
                None if NOT_YET.contains(&type_name) => self.told.push(Unexpanded {
                    location: resource.origin.at_key(),
                    message: format!(
                        "{PREFIX}{type_name} is not expanded here: no rule sees what it becomes"
                    ),
                }),
                None => self.told.push(Unexpanded {
                    location: resource.origin.at_key(),
                    message: format!("{PREFIX}{type_name} is not a type that the SAM transform knows"),
                }),
            }
        }
        for (kind, subject) in found {
            self.add_subject(kind, subject);
        }
    }

    fn add_subject(&mut self, kind: Kind, subject: Subject) {
        self.places.insert(subject.id, self.subjects.len());
        self.subjects.push((kind, subject));
    }

    /// A SAM resource that is expanded here.
    fn subject(&self, id: Name) -> Option<(Kind, &Subject)> {
        let (kind, subject) = &self.subjects[*self.places.get(&id)?];
        Some((*kind, subject))
    }

    fn expand_all(&mut self, kind: Kind) {
        for place in 0..self.subjects.len() {
            if self.subjects[place].0 != kind {
                continue;
            }
            let subject = self.subjects[place].1.clone();
            if let Some(properties) = subject.properties.filter(|properties| !self.is_map(*properties)) {
                // What a macro writes is not known here, so that nothing can be made of it.
                if !self.template.values.is_open(properties) {
                    let message = format!("The Properties of {} are not a map", self.text_of(subject.id));
                    self.tell(subject.origin.at_key(), message);
                }
                continue;
            }
            match kind {
                Kind::Function => {
                    self.expand_function(&subject);
                    self.propagate_tags(&subject);
                }
                Kind::StateMachine => {
                    self.expand_state_machine(&subject);
                    self.propagate_tags(&subject);
                }
                Kind::Api => self.expand_api(&subject),
                Kind::HttpApi => self.expand_http_api(&subject),
                Kind::WebSocketApi => self.expand_web_socket_api(&subject),
                Kind::SimpleTable => self.expand_simple_table(&subject),
                Kind::LayerVersion => self.expand_layer_version(&subject),
                Kind::GraphQlApi => self.expand_graph_ql_api(&subject),
                Kind::Application => self.expand_application(&subject),
                Kind::CapacityProvider => self.expand_capacity_provider(&subject),
            }
        }
    }

    /// Puts what was made into the places of the SAM resources; what implicit APIs became comes last.
    fn splice(&mut self) {
        let written = std::mem::take(&mut self.template.resources);
        for (id, resource) in &written {
            match self.made.get_mut(id) {
                Some(made) => {
                    let made = std::mem::take(made);
                    self.add_made(&written, *id, made);
                }
                None => {
                    // What was made may have taken its place.
                    self.template.resources.entry(*id).or_insert_with(|| resource.clone());
                }
            }
        }
        for (owner, made) in std::mem::take(&mut self.made) {
            self.add_made(&written, owner, made);
        }
    }

    /// Adds what was made of a resource, save where the author has a resource of the same id: it stays, unless
    /// the transform takes it for the same thing.
    fn add_made(&mut self, written: &NameMap<Resource>, owner: Name, made: Vec<(Name, Resource)>) {
        for (id, resource) in made {
            let is_taken = written.get(&id).is_some_and(|other| {
                let is_same = other.type_name == resource.type_name;
                !is_same || !domain::REPLACING.contains(&self.text_of(resource.type_name))
            });
            if id != owner && is_taken {
                let id = self.text_of(id);
                let message = format!("The transform makes a resource {id}, which the template already has");
                self.tell(resource.origin.at_key(), message);
            } else {
                self.template.resources.insert(id, resource);
            }
        }
    }

    /// Whether a logical id may be defined in another part of the application: this file is one part, and does
    /// not define it.
    fn is_elsewhere(&self, id: Name) -> bool {
        let is_here = |defined: &NameMap<Resource>| defined.contains_key(&id);
        self.template.own.is_fragment()
            && !is_here(&self.template.resources)
            && !self.template.parameters.contains_key(&id)
    }

    fn tell(&mut self, location: Location, message: String) {
        self.told.push(Unexpanded { location, message });
    }
}

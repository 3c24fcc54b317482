//! The resource graph: what calls, feeds and fronts what, and on what evidence.

mod access;
mod action;
mod api;
mod api_settings;
mod archive;
mod body;
mod branch;
mod cache_behavior;
mod capacity;
mod connector;
mod custom_domain;
mod cycle;
mod database;
mod dead_letter;
mod delivery_stream;
mod distribution;
mod draft;
mod duration;
mod event;
mod export;
mod fact;
mod filter;
mod function;
mod grant;
mod graph_ql;
mod handler;
mod hidden_route;
mod index;
mod invocation;
mod json_text;
mod kind;
mod limits;
mod load_balancer;
mod logging;
mod mapping;
mod mention;
mod method_setting;
mod network;
mod notification;
mod path;
mod permission;
mod permitted;
mod pipe;
mod qualifier;
mod queue;
mod reference;
mod rest_only;
mod role;
mod route;
mod settings;
mod source_settings;
mod stage;
mod streaming;
mod table_stream;
mod target;
#[cfg(test)]
mod tests;
mod universal_target;
mod user_pool;
mod variable;
mod workflow;

use crate::code::HandlerCode;
use crate::names::Name;
use crate::source::Source;
use crate::template::{Guard, Origin, Resolver, Resource};

use draft::Draft;
pub(crate) use fact::{Default, Fact, Item, Plain, Shape};
pub(crate) use kind::{EdgeKind, VertexKind};
pub(crate) use workflow::{Workflow, stated};

/// A vertex of one graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct VertexId(pub u32);

/// An edge of one graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EdgeId(pub u32);

/// The graph of one expanded template.
#[derive(Default)]
pub(crate) struct Graph {
    /// Resources, entry points, and placeholders for what lies outside of the template.
    pub vertices: Vec<Vertex>,
    /// Edges, in the order of the template.
    pub edges: Vec<Edge>,
    /// Every way from a synchronous entry point through functions that wait for one another.
    pub sync_paths: Vec<SyncPath>,
    /// Every way by which what a function writes calls it again.
    pub cycles: Vec<Cycle>,
    /// State machines whose definition could be read.
    pub machines: Vec<Workflow>,
    /// The files of code that evidence stands in; their ids go on after those of the template's files.
    pub sources: Vec<Source>,
}

/// A resource, an entry point or something outside.
pub(crate) struct Vertex {
    /// The logical id; for an entry point a name made of its parts (`OrdersApi POST /orders`).
    pub id: Name,
    /// What it is to the rules.
    pub kind: VertexKind,
    /// `AWS::SQS::Queue`; for an entry point, the type of the resource that it belongs to.
    pub type_name: Name,
    /// When it exists.
    pub guard: Guard,
    /// Where the author acts on it.
    pub origin: Origin,
    /// What rules ask of it.
    pub facts: Vec<Fact>,
}

/// One thing reaching another.
pub(crate) struct Edge {
    /// How.
    pub kind: EdgeKind,
    /// From.
    pub from: VertexId,
    /// To.
    pub to: VertexId,
    /// The resource that makes the link: an event source mapping, a subscription, a permission.
    pub via: Option<Name>,
    /// When it exists: the conditions of both ends, of `via`, and of the branch that names the end.
    pub guard: Guard,
    /// How sure it is.
    pub certainty: Certainty,
    /// What proves it; never empty.
    pub evidence: Vec<Evidence>,
    /// Where the author acts on it: a SAM event's name, a mapping's logical id.
    pub origin: Origin,
    /// What rules ask of it.
    pub facts: Vec<Fact>,
}

/// How sure an edge is; a path is as sure as its weakest edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Certainty {
    /// A permission, or a reference, alone.
    Possible,
    /// A permission and a reference together, or a connector.
    Likely,
    /// The template wires it, or the caller's code names what it calls.
    Certain,
}

impl Certainty {
    /// The name that rules use: `certain`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// What proves an edge.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    /// Which kind of proof.
    pub class: EvidenceClass,
    /// The place.
    pub origin: Origin,
}

/// Kinds of proof, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EvidenceClass {
    /// EV1: the template wires it.
    Wiring,
    /// EV2: a SAM connector.
    Connector,
    /// EV3: a permission and a reference to the same resource.
    PermissionAndReference,
    /// EV4: a permission alone.
    Permission,
    /// EV5: a variable alone: of something that is called without a permission (an API, a database), or where the
    /// permissions are not to be seen.
    Reference,
    /// EV7: the call in the caller's code.
    Code,
}

impl EvidenceClass {
    /// The name that rules use: `EV1`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Wiring => "EV1",
            Self::Connector => "EV2",
            Self::PermissionAndReference => "EV3",
            Self::Permission => "EV4",
            Self::Reference => "EV5",
            Self::Code => "EV7",
        }
    }
}

impl Edge {
    /// Whether a variable alone says so: enough to show the edge, and too little to conclude anything from it.
    fn is_by_reference_alone(&self) -> bool {
        self.evidence.iter().all(|proof| proof.class == EvidenceClass::Reference)
    }
}

/// A way from an entry point through functions, each waiting for the next.
pub(crate) struct SyncPath {
    /// The route, function URL or trigger.
    pub entry: VertexId,
    /// The edges, the entry's own first.
    pub edges: Vec<EdgeId>,
    /// That of the weakest edge.
    pub certainty: Certainty,
    /// All edges' guards together.
    pub guard: Guard,
}

/// A way by which what a function writes calls it again, through other functions or not.
pub(crate) struct Cycle {
    /// The edges, that from the first function first and that back to it last.
    pub edges: Vec<EdgeId>,
    /// That of the weakest edge.
    pub certainty: Certainty,
    /// All edges' guards together.
    pub guard: Guard,
    /// What is written to a bucket is none of the objects that the notification is for; `None` where that is not known.
    pub is_apart: Option<bool>,
}

impl Graph {
    /// Builds the graph of an expanded template, and of the code of its functions where that decides a question.
    pub(crate) fn build(resolver: Resolver<'_>, code: HandlerCode) -> Self {
        let mut draft = Draft::of_resources(resolver);
        for (&id, resource) in &resolver.template().resources {
            wire(&mut draft, id, resource);
            dead_letter::read(&mut draft, id, resource);
        }
        connector::read_made(&mut draft);
        permission::read(&mut draft);
        let mentions = variable::of_environments(&draft);
        access::read(&mut draft, &mentions);
        connector::read(&mut draft);
        reference::read(&mut draft, &mentions);
        dead_letter::mark_queues(&mut draft);
        dead_letter::mark_functions(&mut draft);
        queue::mark(&mut draft);
        capacity::mark(&mut draft);
        index::read(&mut draft);
        function::mark(&mut draft);
        qualifier::mark(&mut draft);
        logging::mark(&mut draft);
        graph_ql::mark(&mut draft);
        delivery_stream::mark(&mut draft);
        role::mark(&mut draft);
        duration::measure(&mut draft);
        archive::mark(&mut draft);
        export::mark(&mut draft);
        custom_domain::read(&mut draft);
        custom_domain::mark(&mut draft);
        distribution::mark(&mut draft);
        streaming::mark(&mut draft);
        method_setting::mark(&mut draft);
        rest_only::mark(&mut draft);
        path::read(&mut draft, code);
        permitted::mark(&mut draft);
        network::mark(&mut draft);
        invocation::mark(&mut draft);
        cycle::read(&mut draft);
        draft.graph
    }
}

/// Adds the edges that a resource's own properties wire.
fn wire(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    match draft.text(resource.type_name) {
        "AWS::Lambda::EventSourceMapping" => mapping::read(draft, id, resource),
        "AWS::Lambda::Alias" | "AWS::Lambda::Version" => qualifier::read(draft, id, resource),
        "AWS::Lambda::Url" => api::read_function_url(draft, id, resource),
        "AWS::ApiGateway::RestApi" => api::read_rest_api(draft, id, resource),
        "AWS::ApiGateway::Method" => api::read_method(draft, id, resource),
        "AWS::ApiGatewayV2::Api" => api::read_http_api(draft, id, resource),
        "AWS::ApiGateway::Stage" | "AWS::ApiGatewayV2::Stage" => stage::read(draft, id, resource),
        "AWS::ApiGateway::Deployment" => stage::read_described(draft, id, resource),
        "AWS::ApiGatewayV2::Route" => api::read_route(draft, resource),
        "AWS::ApiGateway::Authorizer" | "AWS::ApiGatewayV2::Authorizer" => {
            api::read_authorizer(draft, id, resource);
        }
        "AWS::Events::Rule" => event::read_rule(draft, id, resource),
        "AWS::Scheduler::Schedule" => event::read_schedule(draft, id, resource),
        "AWS::DynamoDB::Table" => table_stream::read(draft, id, resource),
        "AWS::DynamoDB::GlobalTable" => table_stream::read_global(draft, id, resource),
        "AWS::SNS::Subscription" => notification::read_subscription(draft, id, resource),
        "AWS::SNS::Topic" => notification::read_topic(draft, id, resource),
        "AWS::S3::Bucket" => notification::read_bucket(draft, id, resource),
        "Custom::S3BucketNotifications" => notification::read_bucket_notifications(draft, id, resource),
        "AWS::Logs::SubscriptionFilter" => notification::read_log_subscription(draft, id, resource),
        "AWS::IoT::TopicRule" => notification::read_iot_rule(draft, id, resource),
        "AWS::Pipes::Pipe" => pipe::read(draft, id, resource),
        "AWS::StepFunctions::StateMachine" => workflow::read(draft, id),
        "AWS::CloudFront::Distribution" => distribution::read(draft, id, resource),
        "AWS::Cognito::UserPool" => user_pool::read(draft, id, resource),
        "AWS::KinesisFirehose::DeliveryStream" => delivery_stream::read(draft, id, resource),
        "AWS::AppSync::GraphQLApi" => graph_ql::read_api(draft, id, resource),
        "AWS::AppSync::Resolver" => graph_ql::read_resolver(draft, id, resource),
        "AWS::RDS::DBProxyTargetGroup" => database::read_proxy_targets(draft, id, resource),
        "AWS::ElasticLoadBalancingV2::TargetGroup" => load_balancer::read_target_group(draft, id, resource),
        _ => {}
    }
}

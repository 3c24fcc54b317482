//! The resource graph: what calls, feeds and fronts what, and on what evidence.

mod access;
mod action;
mod api;
mod api_settings;
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
mod event;
mod export;
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
mod method_setting;
mod notification;
mod path;
mod permission;
mod permitted;
mod pipe;
mod qualifier;
mod queue;
mod rest_only;
mod role;
mod route;
mod settings;
mod source_settings;
mod stage;
mod streaming;
mod target;
#[cfg(test)]
mod tests;
mod user_pool;
mod workflow;

use crate::code::HandlerCode;
use crate::names::Name;
use crate::source::Source;
use crate::template::{Guard, Origin, Resolver, Resource, Val, ValueId};

use draft::Draft;
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

impl Vertex {
    /// The text of the template that a conclusion is.
    fn name_in(&self, wanted: &str) -> Option<Name> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::Derived { name, value: Plain::Name(text), .. } if *name == wanted => Some(*text),
            Fact::Derived { .. }
            | Fact::Setting { .. }
            | Fact::Resolved { .. }
            | Fact::Claim { .. }
            | Fact::Words { .. }
            | Fact::List { .. } => None,
        })
    }

    /// When a claim holds, and when it does not.
    fn claim(&self, wanted: &str) -> Option<(Guard, Guard)> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::Claim { name, holds, fails, .. } if *name == wanted => Some((*holds, *fails)),
            Fact::Derived { .. }
            | Fact::Setting { .. }
            | Fact::Resolved { .. }
            | Fact::Claim { .. }
            | Fact::Words { .. }
            | Fact::List { .. } => None,
        })
    }
}

/// What a vertex is to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum VertexKind {
    /// A Lambda function.
    Function,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A Kinesis data stream.
    Stream,
    /// A registered consumer of a stream (enhanced fan-out).
    StreamConsumer,
    /// A DynamoDB table.
    Table,
    /// A global secondary index of a table.
    TableIndex,
    /// An S3 bucket.
    Bucket,
    /// An EventBridge bus.
    EventBus,
    /// An EventBridge rule.
    Rule,
    /// A schedule.
    Schedule,
    /// An EventBridge pipe.
    Pipe,
    /// A REST API.
    RestApi,
    /// An HTTP API.
    HttpApi,
    /// A WebSocket API.
    WebSocketApi,
    /// A Step Functions state machine.
    StateMachine,
    /// A version or an alias of a Lambda function.
    Qualifier,
    /// A stage of an API.
    Stage,
    /// What a stage of a REST API does for a method and a path.
    MethodSetting,
    /// A CloudFront distribution.
    Distribution,
    /// What a distribution does with the paths that a pattern names.
    CacheBehavior,
    /// A delivery stream of Firehose.
    DeliveryStream,
    /// A GraphQL API of AppSync.
    GraphQlApi,
    /// The cache of a GraphQL API.
    GraphQlCache,
    /// What resolves a field of a GraphQL API.
    GraphQlResolver,
    /// A Cognito user pool.
    UserPool,
    /// A database that clients keep connections to.
    Database,
    /// A proxy that keeps connections to a database for many clients.
    DatabaseProxy,
    /// A cache that clients keep connections to.
    Cache,
    /// What a container of ECS runs: it may call what a function may.
    TaskDefinition,
    /// A method and path of an API: an entry point.
    Route,
    /// A function's own URL: an entry point.
    FunctionUrl,
    /// A user pool's trigger: an entry point.
    UserPoolTrigger,
    /// A field of a GraphQL API that a function resolves: an entry point.
    GraphQlField,
    /// A load balancer's target group that holds a function: an entry point.
    TargetGroup,
    /// Something that the template refers to and does not define.
    External,
    /// A resource that no rule looks at.
    Other,
}

/// Something that rules ask of a vertex or an edge.
pub(crate) enum Fact {
    /// A property of the resource, with the service's default where it is absent.
    Setting {
        /// The name that rules use.
        name: &'static str,
        /// The map that the path starts in; `None` when there is not even that.
        base: Option<ValueId>,
        /// Keys and list indices from there.
        path: &'static [&'static str],
        /// What the value is read as.
        shape: Shape,
        /// What it is where it is absent.
        default: Default,
        /// Where an absent value would be written.
        origin: Origin,
    },
    /// A value that is resolved already: one of a definition, whose placeholders are filled.
    Resolved {
        /// The name that rules use.
        name: &'static str,
        /// What it can be.
        val: Val,
        /// What the value is read as.
        shape: Shape,
        /// What it is where it is absent.
        default: Default,
        /// Where it stands.
        origin: Origin,
    },
    /// Worked out from several places.
    Derived {
        /// The name that rules use.
        name: &'static str,
        /// The value.
        value: Plain,
        /// The place that shows it best.
        origin: Origin,
    },
    /// Worked out from several places, case by case; unknown in the cases that neither guard has.
    Claim {
        /// The name that rules use.
        name: &'static str,
        /// When it is so.
        holds: Guard,
        /// When it is not.
        fails: Guard,
        /// The place that shows it best.
        origin: Origin,
    },
    /// A list of texts, worked out from several places.
    Words {
        /// The name that rules use.
        name: &'static str,
        /// When each is in it, and the place that shows it; `None` where the list cannot be told.
        words: Option<Vec<(Guard, Name, Origin)>>,
        /// The place of the list.
        origin: Origin,
    },
    /// Several things of one sort: the filters of a mapping.
    List {
        /// The name that rules use.
        name: &'static str,
        /// Each with facts of its own.
        items: Vec<Item>,
        /// The place that shows all of them.
        origin: Origin,
    },
}

/// One thing in a list of facts.
pub(crate) struct Item {
    /// When it is one of them.
    pub guard: Guard,
    /// The place that shows it best.
    pub origin: Origin,
    /// What rules ask of it.
    pub facts: Vec<Fact>,
}

/// What a setting's value is read as: CloudFormation takes `"30"` for 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An integer.
    Integer,
    /// A truth value.
    Boolean,
    /// A text.
    Text,
    /// Whatever is written, collections included.
    AsWritten,
}

/// What a setting is where the template leaves it out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Default {
    /// The service's default.
    Value(Plain),
    /// There is none: the setting is missing.
    Missing,
    /// `Globals` of a template that this is a part of may set it.
    Elsewhere,
    /// It depends on something that is not to be seen here: the service that a mapping reads from.
    Unknown,
}

/// A value that the graph knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plain {
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text of the linter's own.
    Text(&'static str),
    /// A text of the template.
    Name(Name),
    /// It cannot be told.
    Unknown,
}

impl Plain {
    /// What every case says; unknown where one does not tell, or two differ.
    fn agreed(cases: impl IntoIterator<Item = Option<bool>>) -> Self {
        let mut cases = cases.into_iter();
        let first = cases.next().flatten();
        first.filter(|_| cases.all(|case| case == first)).map_or(Self::Unknown, Self::Bool)
    }
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

/// How one thing reaches another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EdgeKind {
    /// Calls and waits.
    InvokeSync,
    /// Calls and does not wait.
    InvokeAsync,
    /// Calls; the template does not say whether it waits.
    Invoke,
    /// A Lambda poller or a pipe reads from it: source to function.
    Poll,
    /// Starts a workflow and waits.
    StartSync,
    /// Starts a workflow and does not wait.
    StartAsync,
    /// Publishes to a topic or a bus.
    Publish,
    /// Sends to a queue.
    Send,
    /// Writes to a table, a bucket or a stream.
    Write,
    /// Reads from a table, a bucket or a stream.
    Read,
    /// Failed events go there.
    DeadLetter,
    /// Asks a function or a user pool whether a call may pass.
    Authorize,
    /// A distribution stands in front.
    Front,
    /// A workflow's task.
    Step,
    /// Keeps a connection to a database or a cache.
    Connect,
    /// A version or an alias stands for its function.
    Qualify,
}

impl EdgeKind {
    /// The name that rules use: `invoke.sync`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvokeSync => "invoke.sync",
            Self::InvokeAsync => "invoke.async",
            Self::Invoke => "invoke",
            Self::Poll => "poll",
            Self::StartSync => "start.sync",
            Self::StartAsync => "start.async",
            Self::Publish => "publish",
            Self::Send => "send",
            Self::Write => "write",
            Self::Read => "read",
            Self::DeadLetter => "deadletter",
            Self::Authorize => "authorize",
            Self::Front => "front",
            Self::Step => "step",
            Self::Connect => "connect",
            Self::Qualify => "qualify",
        }
    }
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
    /// EV5: an environment variable alone, of something that is called without a permission: an API, a database.
    Reference,
    /// EV6: the call in the caller's code.
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
            Self::Code => "EV6",
        }
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
    /// What is written to a bucket is certainly none of the objects that the notification is for.
    pub is_apart: bool,
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
        access::read(&mut draft);
        connector::read(&mut draft);
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
        workflow::measure(&mut draft);
        export::mark(&mut draft);
        custom_domain::read(&mut draft);
        custom_domain::mark(&mut draft);
        distribution::mark(&mut draft);
        streaming::mark(&mut draft);
        method_setting::mark(&mut draft);
        rest_only::mark(&mut draft);
        path::read(&mut draft, code);
        permitted::mark(&mut draft);
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
        "AWS::ApiGatewayV2::Route" => api::read_route(draft, resource),
        "AWS::ApiGateway::Authorizer" | "AWS::ApiGatewayV2::Authorizer" => {
            api::read_authorizer(draft, id, resource);
        }
        "AWS::Events::Rule" => event::read_rule(draft, id, resource),
        "AWS::Scheduler::Schedule" => event::read_schedule(draft, id, resource),
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

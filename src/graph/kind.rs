//! The kinds of vertices and edges: what rules call them, and which CloudFormation type is which kind of vertex.

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

impl VertexKind {
    /// The name that rules use: `function`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Stream => "stream",
            Self::StreamConsumer => "stream-consumer",
            Self::Table => "table",
            Self::TableIndex => "table-index",
            Self::Bucket => "bucket",
            Self::EventBus => "event-bus",
            Self::Rule => "rule",
            Self::Schedule => "schedule",
            Self::Pipe => "pipe",
            Self::RestApi => "rest-api",
            Self::HttpApi => "http-api",
            Self::WebSocketApi => "websocket-api",
            Self::StateMachine => "state-machine",
            Self::Qualifier => "qualifier",
            Self::Stage => "stage",
            Self::MethodSetting => "method-setting",
            Self::Distribution => "distribution",
            Self::CacheBehavior => "cache-behavior",
            Self::DeliveryStream => "delivery-stream",
            Self::GraphQlApi => "graphql-api",
            Self::GraphQlCache => "graphql-cache",
            Self::GraphQlResolver => "graphql-resolver",
            Self::UserPool => "user-pool",
            Self::Database => "database",
            Self::DatabaseProxy => "database-proxy",
            Self::Cache => "cache",
            Self::TaskDefinition => "task-definition",
            Self::Route => "route",
            Self::FunctionUrl => "function-url",
            Self::UserPoolTrigger => "user-pool-trigger",
            Self::GraphQlField => "graphql-field",
            Self::TargetGroup => "target-group",
            Self::External => "external",
            Self::Other => "other",
        }
    }

    /// The kind of a resource of this type. An API of `AWS::ApiGatewayV2` is taken for an HTTP API; its
    /// protocol says more.
    pub(super) fn of_type(type_name: &str) -> Self {
        match type_name {
            "AWS::Lambda::Function" => Self::Function,
            "AWS::Lambda::Url" => Self::FunctionUrl,
            "AWS::SQS::Queue" => Self::Queue,
            "AWS::SNS::Topic" => Self::Topic,
            "AWS::Kinesis::Stream" => Self::Stream,
            "AWS::Kinesis::StreamConsumer" => Self::StreamConsumer,
            "AWS::DynamoDB::Table" => Self::Table,
            "AWS::S3::Bucket" => Self::Bucket,
            "AWS::Events::EventBus" => Self::EventBus,
            "AWS::Events::Rule" => Self::Rule,
            "AWS::Scheduler::Schedule" => Self::Schedule,
            "AWS::Pipes::Pipe" => Self::Pipe,
            "AWS::ApiGateway::RestApi" => Self::RestApi,
            "AWS::ApiGatewayV2::Api" => Self::HttpApi,
            "AWS::StepFunctions::StateMachine" => Self::StateMachine,
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => Self::Qualifier,
            "AWS::ApiGateway::Stage" | "AWS::ApiGatewayV2::Stage" => Self::Stage,
            "AWS::CloudFront::Distribution" => Self::Distribution,
            "AWS::KinesisFirehose::DeliveryStream" => Self::DeliveryStream,
            "AWS::AppSync::GraphQLApi" => Self::GraphQlApi,
            "AWS::AppSync::ApiCache" => Self::GraphQlCache,
            "AWS::AppSync::Resolver" => Self::GraphQlResolver,
            "AWS::Cognito::UserPool" => Self::UserPool,
            "AWS::RDS::DBInstance"
            | "AWS::RDS::DBCluster"
            | "AWS::DocDB::DBCluster"
            | "AWS::DocDB::DBInstance"
            | "AWS::Neptune::DBCluster"
            | "AWS::Neptune::DBInstance" => Self::Database,
            "AWS::RDS::DBProxy" => Self::DatabaseProxy,
            "AWS::ElastiCache::CacheCluster"
            | "AWS::ElastiCache::ReplicationGroup"
            | "AWS::ElastiCache::ServerlessCache"
            | "AWS::MemoryDB::Cluster"
            | "AWS::DAX::Cluster" => Self::Cache,
            "AWS::ECS::TaskDefinition" => Self::TaskDefinition,
            "AWS::ElasticLoadBalancingV2::TargetGroup" => Self::TargetGroup,
            _ => Self::Other,
        }
    }

    /// The property that gives a resource of this kind its name, by which text may refer to it.
    pub(super) fn name_property(self) -> Option<&'static str> {
        match self {
            Self::Function => Some("FunctionName"),
            Self::Queue => Some("QueueName"),
            Self::Topic => Some("TopicName"),
            Self::Stream | Self::EventBus => Some("Name"),
            Self::Table => Some("TableName"),
            Self::Bucket => Some("BucketName"),
            Self::StateMachine => Some("StateMachineName"),
            Self::DeliveryStream => Some("DeliveryStreamName"),
            Self::StreamConsumer
            | Self::Rule
            | Self::Schedule
            | Self::Pipe
            | Self::RestApi
            | Self::HttpApi
            | Self::WebSocketApi
            | Self::Qualifier
            | Self::Stage
            | Self::MethodSetting
            | Self::Distribution
            | Self::CacheBehavior
            | Self::TableIndex
            | Self::GraphQlApi
            | Self::GraphQlCache
            | Self::GraphQlResolver
            | Self::UserPool
            | Self::Database
            | Self::DatabaseProxy
            | Self::Cache
            | Self::TaskDefinition
            | Self::Route
            | Self::FunctionUrl
            | Self::UserPoolTrigger
            | Self::GraphQlField
            | Self::TargetGroup
            | Self::External
            | Self::Other => None,
        }
    }

    /// How something that does not wait hands an event to a resource of this kind; nothing where none can.
    pub(super) fn delivery(self) -> Option<EdgeKind> {
        match self {
            Self::Function => Some(EdgeKind::InvokeAsync),
            Self::StateMachine => Some(EdgeKind::StartAsync),
            Self::Queue => Some(EdgeKind::Send),
            Self::Topic | Self::EventBus => Some(EdgeKind::Publish),
            Self::Stream | Self::Table | Self::Bucket | Self::DeliveryStream => Some(EdgeKind::Write),
            Self::StreamConsumer
            | Self::Rule
            | Self::Schedule
            | Self::Pipe
            | Self::RestApi
            | Self::HttpApi
            | Self::WebSocketApi
            | Self::Qualifier
            | Self::Stage
            | Self::MethodSetting
            | Self::Distribution
            | Self::CacheBehavior
            | Self::TableIndex
            | Self::GraphQlApi
            | Self::GraphQlCache
            | Self::GraphQlResolver
            | Self::UserPool
            | Self::Database
            | Self::DatabaseProxy
            | Self::Cache
            | Self::TaskDefinition
            | Self::Route
            | Self::FunctionUrl
            | Self::UserPoolTrigger
            | Self::GraphQlField
            | Self::TargetGroup
            | Self::External
            | Self::Other => None,
        }
    }

    /// How something that waits calls a resource of this kind; nothing where none can.
    pub(super) fn call(self) -> Option<EdgeKind> {
        match self {
            Self::Function => Some(EdgeKind::InvokeSync),
            Self::StateMachine => Some(EdgeKind::StartSync),
            Self::Queue
            | Self::Topic
            | Self::Stream
            | Self::StreamConsumer
            | Self::Table
            | Self::Bucket
            | Self::EventBus
            | Self::Rule
            | Self::Schedule
            | Self::Pipe
            | Self::RestApi
            | Self::HttpApi
            | Self::WebSocketApi
            | Self::Qualifier
            | Self::Stage
            | Self::MethodSetting
            | Self::Distribution
            | Self::CacheBehavior
            | Self::TableIndex
            | Self::DeliveryStream
            | Self::GraphQlApi
            | Self::GraphQlCache
            | Self::GraphQlResolver
            | Self::UserPool
            | Self::Database
            | Self::DatabaseProxy
            | Self::Cache
            | Self::TaskDefinition
            | Self::Route
            | Self::FunctionUrl
            | Self::UserPoolTrigger
            | Self::GraphQlField
            | Self::TargetGroup
            | Self::External
            | Self::Other => None,
        }
    }

    /// What may be done with a resource of this kind, as permissions allow it.
    pub(super) fn uses(self) -> Uses {
        let uses = |usual, rare| Uses { usual, rare };
        match self {
            Self::Function => uses(&[EdgeKind::Invoke], &[EdgeKind::InvokeAsync]),
            // What calls an API knows its address.
            Self::RestApi | Self::HttpApi | Self::WebSocketApi => uses(&[], &[EdgeKind::Invoke]),
            // A workflow that is waited for has an action of its own.
            Self::StateMachine => uses(&[EdgeKind::StartAsync], &[EdgeKind::StartSync]),
            // A queue is read by its mapping.
            Self::Queue => uses(&[EdgeKind::Send], &[EdgeKind::Read]),
            Self::Topic | Self::EventBus => uses(&[EdgeKind::Publish], &[]),
            Self::Stream | Self::Table | Self::Bucket => uses(&[EdgeKind::Read, EdgeKind::Write], &[]),
            Self::DeliveryStream => uses(&[EdgeKind::Write], &[]),
            Self::StreamConsumer
            | Self::Rule
            | Self::Schedule
            | Self::Pipe
            | Self::Qualifier
            | Self::Stage
            | Self::MethodSetting
            | Self::Distribution
            | Self::CacheBehavior
            | Self::TableIndex
            | Self::GraphQlApi
            | Self::GraphQlCache
            | Self::GraphQlResolver
            | Self::UserPool
            | Self::Database
            | Self::DatabaseProxy
            | Self::Cache
            | Self::TaskDefinition
            | Self::Route
            | Self::FunctionUrl
            | Self::UserPoolTrigger
            | Self::GraphQlField
            | Self::TargetGroup
            | Self::External
            | Self::Other => uses(&[], &[]),
        }
    }

    /// Whether this is a place at which a caller waits for an answer.
    pub(super) fn is_sync_entry(self) -> bool {
        matches!(
            self,
            Self::Route | Self::FunctionUrl | Self::UserPoolTrigger | Self::GraphQlField | Self::TargetGroup
        )
    }
}

/// What may be done with a resource.
pub(super) struct Uses {
    /// What who knows its name is taken to do with it, if he may do all.
    pub(super) usual: &'static [EdgeKind],
    /// What it takes a permission of its own to tell.
    rare: &'static [EdgeKind],
}

impl Uses {
    /// Whether a permission of this kind can be on such a resource.
    pub(super) fn contain(&self, kind: EdgeKind) -> bool {
        self.usual.contains(&kind) || self.rare.contains(&kind)
    }
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

//! The properties that rules ask for, per kind: name, path, and what the service takes where they are absent.

use crate::template::{Origin, ValueId};

use super::limits;
use super::{Default, Fact, Plain, Shape, VertexKind};

/// One property that rules ask for.
pub(super) struct Setting {
    name: &'static str,
    path: &'static [&'static str],
    shape: Shape,
    default: Default,
}

/// The settings of a resource of this kind.
pub(super) fn of_kind(kind: VertexKind) -> &'static [Setting] {
    match kind {
        VertexKind::Function => FUNCTION,
        VertexKind::Queue => QUEUE,
        VertexKind::Stream => STREAM,
        VertexKind::Table => TABLE,
        VertexKind::StateMachine => STATE_MACHINE,
        VertexKind::FunctionUrl => FUNCTION_URL,
        VertexKind::Rule => RULE,
        VertexKind::Schedule => SCHEDULE,
        VertexKind::Pipe => PIPE,
        VertexKind::Database => DATABASE,
        VertexKind::Qualifier => QUALIFIER,
        VertexKind::Stage => STAGE,
        VertexKind::GraphQlApi => GRAPH_QL_API,
        VertexKind::GraphQlCache => GRAPH_QL_CACHE,
        VertexKind::GraphQlResolver => GRAPH_QL_RESOLVER,
        VertexKind::Topic
        | VertexKind::TableIndex
        | VertexKind::StreamConsumer
        | VertexKind::Bucket
        | VertexKind::EventBus
        | VertexKind::RestApi
        | VertexKind::HttpApi
        | VertexKind::WebSocketApi
        | VertexKind::Distribution
        | VertexKind::CacheBehavior
        | VertexKind::MethodSetting
        | VertexKind::DeliveryStream
        | VertexKind::UserPool
        | VertexKind::DatabaseProxy
        | VertexKind::Cache
        | VertexKind::TaskDefinition
        | VertexKind::Route
        | VertexKind::UserPoolTrigger
        | VertexKind::GraphQlField
        | VertexKind::TargetGroup
        | VertexKind::External
        | VertexKind::Other => &[],
    }
}

/// The facts that a table of settings states of the map `base`; an absent value would be written at `origin`.
pub(super) fn facts(settings: &[Setting], base: Option<ValueId>, origin: Origin) -> Vec<Fact> {
    settings
        .iter()
        .map(|setting| Fact::Setting {
            name: setting.name,
            base,
            path: setting.path,
            shape: setting.shape,
            default: setting.default.clone(),
            origin,
        })
        .collect()
}

pub(super) const fn setting(
    name: &'static str,
    path: &'static [&'static str],
    shape: Shape,
    default: Default,
) -> Setting {
    Setting { name, path, shape, default }
}

pub(super) const fn integer(name: &'static str, path: &'static [&'static str], default: i64) -> Setting {
    setting(name, path, Shape::Integer, Default::Value(Plain::Int(default)))
}

pub(super) const fn optional_integer(name: &'static str, path: &'static [&'static str]) -> Setting {
    setting(name, path, Shape::Integer, Default::Missing)
}

pub(super) const fn text(
    name: &'static str,
    path: &'static [&'static str],
    default: &'static str,
) -> Setting {
    setting(name, path, Shape::Text, Default::Value(Plain::Text(default)))
}

pub(super) const fn optional_text(name: &'static str, path: &'static [&'static str]) -> Setting {
    setting(name, path, Shape::Text, Default::Missing)
}

pub(super) const fn as_written(name: &'static str, path: &'static [&'static str]) -> Setting {
    setting(name, path, Shape::AsWritten, Default::Missing)
}

const PROVISIONED: &[&str] = &["ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"];

const FUNCTION: &[Setting] = &[
    integer("Timeout", &["Timeout"], limits::FUNCTION_TIMEOUT),
    integer("MemorySize", &["MemorySize"], limits::FUNCTION_MEMORY),
    optional_text("Runtime", &["Runtime"]),
    text("PackageType", &["PackageType"], "Zip"),
    optional_integer("ReservedConcurrentExecutions", &["ReservedConcurrentExecutions"]),
    as_written("Architectures", &["Architectures"]),
    as_written("Layers", &["Layers"]),
    text("SnapStart", &["SnapStart", "ApplyOn"], "None"),
    integer("EphemeralStorage", &["EphemeralStorage", "Size"], limits::FUNCTION_EPHEMERAL_STORAGE),
    text("Tracing", &["TracingConfig", "Mode"], "PassThrough"),
    optional_integer("ProvisionedConcurrentExecutions", PROVISIONED),
    as_written("FileSystemConfigs", &["FileSystemConfigs"]),
    as_written("VpcConfig", &["VpcConfig"]),
    as_written("Environment", &["Environment", "Variables"]),
    text("RecursiveLoop", &["RecursiveLoop"], "Terminate"),
    optional_integer("ExecutionTimeout", &["DurableConfig", "ExecutionTimeout"]),
];

const QUALIFIER: &[Setting] = &[
    optional_text("FunctionVersion", &["FunctionVersion"]),
    optional_integer("ProvisionedConcurrentExecutions", PROVISIONED),
];

/// Whether a stage of a REST API pays for a cache.
pub(super) const STAGE_CACHE: &[Setting] = &[CACHE_CLUSTER];

const CACHE_CLUSTER: Setting = setting(
    "CacheClusterEnabled",
    &["CacheClusterEnabled"],
    Shape::Boolean,
    Default::Value(Plain::Bool(false)),
);

/// What a stage of a REST API does for a method and a path.
pub(super) const METHOD_SETTING: &[Setting] = &[
    setting("CachingEnabled", &["CachingEnabled"], Shape::Boolean, Default::Value(Plain::Bool(false))),
    integer("CacheTtlInSeconds", &["CacheTtlInSeconds"], limits::API_CACHE_TTL),
];

const STAGE: &[Setting] = &[
    CACHE_CLUSTER,
    setting("TracingEnabled", &["TracingEnabled"], Shape::Boolean, Default::Value(Plain::Bool(false))),
    as_written("MethodSettings", &["MethodSettings"]),
    as_written("DefaultRouteSettings", &["DefaultRouteSettings"]),
    as_written("RouteSettings", &["RouteSettings"]),
];

/// What a delivery stream writes to a bucket, from the configuration of that destination.
pub(super) const BUCKET_DESTINATION: &[Setting] = &[
    optional_text("BucketARN", &["BucketARN"]),
    text("CompressionFormat", &["CompressionFormat"], "UNCOMPRESSED"),
    as_written("DataFormatConversionConfiguration", &["DataFormatConversionConfiguration"]),
];

/// What a behaviour of a distribution says of the paths that it is for.
pub(super) const CACHE_BEHAVIOR: &[Setting] = &[
    text("PathPattern", &["PathPattern"], "*"),
    optional_text("TargetOriginId", &["TargetOriginId"]),
    setting("Compress", &["Compress"], Shape::Boolean, Default::Value(Plain::Bool(false))),
];

/// How a field is resolved.
pub(super) const GRAPH_QL_FIELD: &[Setting] = &[
    text("ResolverKind", &["Kind"], "UNIT"),
    integer("MaxBatchSize", &["MaxBatchSize"], limits::GRAPH_QL_BATCH_SIZE),
];

const GRAPH_QL_API: &[Setting] =
    &[setting("XrayEnabled", &["XrayEnabled"], Shape::Boolean, Default::Value(Plain::Bool(false)))];

const GRAPH_QL_CACHE: &[Setting] = &[optional_text("ApiCachingBehavior", &["ApiCachingBehavior"])];

const GRAPH_QL_RESOLVER: &[Setting] = &[
    optional_text("TypeName", &["TypeName"]),
    optional_text("FieldName", &["FieldName"]),
    as_written("CachingConfig", &["CachingConfig"]),
];

const QUEUE: &[Setting] = &[
    integer("VisibilityTimeout", &["VisibilityTimeout"], limits::QUEUE_VISIBILITY_TIMEOUT),
    integer("MessageRetentionPeriod", &["MessageRetentionPeriod"], limits::QUEUE_RETENTION),
    as_written("RedrivePolicy", &["RedrivePolicy"]),
    as_written("RedriveAllowPolicy", &["RedriveAllowPolicy"]),
];

/// How often a queue hands out a message before it counts as dead, where its redrive policy is a map.
pub(super) const MAX_RECEIVE_COUNT: &[Setting] =
    &[optional_integer("MaxReceiveCount", &["RedrivePolicy", "maxReceiveCount"])];

/// Where a function's own dead letters go.
pub(super) const DEAD_LETTER_TARGET: &[Setting] =
    &[as_written("Destination", &["DeadLetterConfig", "TargetArn"])];

/// Where asynchronous calls go that fail, by a configuration of their own.
pub(super) const FAILURE_DESTINATION: &[Setting] = &[
    as_written("Destination", &["DestinationConfig", "OnFailure", "Destination"]),
    optional_text("Qualifier", &["Qualifier"]),
];

/// Where a global table is, and how it is paid for.
pub(super) const GLOBAL_TABLE: &[Setting] =
    &[text("BillingMode", &["BillingMode"], "PROVISIONED"), as_written("Replicas", &["Replicas"])];

/// What a subscription lets through, from an `AWS::SNS::Subscription` or a topic's own list.
pub(super) const SUBSCRIPTION: &[Setting] = &[as_written("Filter", &["FilterPolicy"])];

/// What a bucket's notification lets through.
pub(super) const NOTIFICATION: &[Setting] = &[as_written("Filter", &["Filter"])];

/// Whether a queue says itself that it is FIFO; where it does not, its name does.
pub(super) const FIFO: &[Setting] =
    &[setting("Fifo", &["FifoQueue"], Shape::Boolean, Default::Value(Plain::Bool(false)))];

const STREAM: &[Setting] = &[
    optional_integer("ShardCount", &["ShardCount"]),
    optional_text("StreamMode", &["StreamModeDetails", "StreamMode"]),
    integer("RetentionPeriodHours", &["RetentionPeriodHours"], limits::STREAM_RETENTION),
];

/// What a global secondary index says of itself.
pub(super) const TABLE_INDEX: &[Setting] = &[
    optional_text("IndexName", &["IndexName"]),
    optional_integer("ReadCapacityUnits", &["ProvisionedThroughput", "ReadCapacityUnits"]),
    optional_integer("WriteCapacityUnits", &["ProvisionedThroughput", "WriteCapacityUnits"]),
];

const TABLE: &[Setting] = &[
    text("BillingMode", &["BillingMode"], "PROVISIONED"),
    optional_integer("ReadCapacityUnits", &["ProvisionedThroughput", "ReadCapacityUnits"]),
    optional_integer("WriteCapacityUnits", &["ProvisionedThroughput", "WriteCapacityUnits"]),
];

const STATE_MACHINE: &[Setting] = &[
    text("WorkflowType", &["StateMachineType"], "STANDARD"),
    setting(
        "Tracing",
        &["TracingConfiguration", "Enabled"],
        Shape::Boolean,
        Default::Value(Plain::Bool(false)),
    ),
    text("LoggingLevel", &["LoggingConfiguration", "Level"], "OFF"),
];

const FUNCTION_URL: &[Setting] = &[text("InvokeMode", &["InvokeMode"], "BUFFERED")];

const RULE: &[Setting] = &[
    text("State", &["State"], "ENABLED"),
    optional_text("ScheduleExpression", &["ScheduleExpression"]),
    as_written("EventPattern", &["EventPattern"]),
];

const SCHEDULE: &[Setting] =
    &[text("State", &["State"], "ENABLED"), optional_text("ScheduleExpression", &["ScheduleExpression"])];

/// How often Lambda tries an asynchronous call again, from an `AWS::Lambda::EventInvokeConfig`.
pub(super) const RETRIES: &[Setting] =
    &[integer("MaximumRetryAttempts", &["MaximumRetryAttempts"], limits::ASYNCHRONOUS_RETRIES)];

const DATABASE: &[Setting] = &[
    optional_text("Engine", &["Engine"]),
    setting("PubliclyAccessible", &["PubliclyAccessible"], Shape::Boolean, Default::Missing),
    setting(
        "EnableHttpEndpoint",
        &["EnableHttpEndpoint"],
        Shape::Boolean,
        Default::Value(Plain::Bool(false)),
    ),
];

const PIPE: &[Setting] = &[text("DesiredState", &["DesiredState"], "RUNNING")];

/// What every event source mapping may set, whatever it reads from.
pub(super) const MAPPING: &[Setting] = &[
    optional_integer("MaximumRetryAttempts", &["MaximumRetryAttempts"]),
    optional_integer("MaximumRecordAgeInSeconds", &["MaximumRecordAgeInSeconds"]),
    setting("BisectBatchOnFunctionError", &["BisectBatchOnFunctionError"], Shape::Boolean, Default::Missing),
    optional_integer("ParallelizationFactor", &["ParallelizationFactor"]),
    optional_integer("TumblingWindowInSeconds", &["TumblingWindowInSeconds"]),
    as_written("FunctionResponseTypes", &["FunctionResponseTypes"]),
    as_written("FilterCriteria", &["FilterCriteria"]),
    setting("Enabled", &["Enabled"], Shape::Boolean, Default::Value(Plain::Bool(true))),
    optional_integer("MaximumConcurrency", &["ScalingConfig", "MaximumConcurrency"]),
    as_written("ProvisionedPollers", &["ProvisionedPollerConfig"]),
    optional_integer("MinimumPollers", &["ProvisionedPollerConfig", "MinimumPollers"]),
    optional_integer("MaximumPollers", &["ProvisionedPollerConfig", "MaximumPollers"]),
    as_written("OnFailure", &["DestinationConfig", "OnFailure", "Destination"]),
    optional_text("StartingPosition", &["StartingPosition"]),
];

/// One of the filters of a mapping or a pipe.
pub(super) const FILTER: &[Setting] = &[as_written("Pattern", &["Pattern"])];

/// How much a mapping hands over at once, where the service that it reads from is not known.
pub(super) const UNKNOWN_BATCH: &[Setting] = &[
    setting("BatchSize", &["BatchSize"], Shape::Integer, Default::Unknown),
    setting(
        "MaximumBatchingWindowInSeconds",
        &["MaximumBatchingWindowInSeconds"],
        Shape::Integer,
        Default::Unknown,
    ),
];

/// How much a mapping on a queue hands over at once.
pub(super) const QUEUE_BATCH: &[Setting] = &[
    integer("BatchSize", &["BatchSize"], limits::QUEUE_BATCH_SIZE),
    integer("MaximumBatchingWindowInSeconds", &["MaximumBatchingWindowInSeconds"], limits::BATCHING_WINDOW),
];

/// How much a mapping on a Kinesis or DynamoDB stream hands over at once.
pub(super) const STREAM_BATCH: &[Setting] = &[
    integer("BatchSize", &["BatchSize"], limits::STREAM_BATCH_SIZE),
    integer("MaximumBatchingWindowInSeconds", &["MaximumBatchingWindowInSeconds"], limits::BATCHING_WINDOW),
];

/// How much a mapping on Kafka, Amazon MQ or DocumentDB hands over at once.
pub(super) const BROKER_BATCH: &[Setting] = &[
    integer("BatchSize", &["BatchSize"], limits::STREAM_BATCH_SIZE),
    optional_integer("MaximumBatchingWindowInSeconds", &["MaximumBatchingWindowInSeconds"]),
];

/// What a pipe says of the way in which it reads from a queue.
pub(super) const PIPE_QUEUE: &[Setting] = &[
    integer("BatchSize", &["SourceParameters", "SqsQueueParameters", "BatchSize"], limits::QUEUE_BATCH_SIZE),
    integer(
        "MaximumBatchingWindowInSeconds",
        &["SourceParameters", "SqsQueueParameters", "MaximumBatchingWindowInSeconds"],
        limits::BATCHING_WINDOW,
    ),
    as_written("FilterCriteria", &["SourceParameters", "FilterCriteria"]),
];

/// What a pipe says of the way in which it reads from a Kinesis stream.
pub(super) const PIPE_KINESIS: &[Setting] = &[
    integer(
        "BatchSize",
        &["SourceParameters", "KinesisStreamParameters", "BatchSize"],
        limits::STREAM_BATCH_SIZE,
    ),
    integer(
        "MaximumBatchingWindowInSeconds",
        &["SourceParameters", "KinesisStreamParameters", "MaximumBatchingWindowInSeconds"],
        limits::BATCHING_WINDOW,
    ),
    optional_integer(
        "MaximumRetryAttempts",
        &["SourceParameters", "KinesisStreamParameters", "MaximumRetryAttempts"],
    ),
    optional_integer(
        "MaximumRecordAgeInSeconds",
        &["SourceParameters", "KinesisStreamParameters", "MaximumRecordAgeInSeconds"],
    ),
    optional_integer(
        "ParallelizationFactor",
        &["SourceParameters", "KinesisStreamParameters", "ParallelizationFactor"],
    ),
    optional_text("StartingPosition", &["SourceParameters", "KinesisStreamParameters", "StartingPosition"]),
    as_written("OnFailure", &["SourceParameters", "KinesisStreamParameters", "DeadLetterConfig", "Arn"]),
    optional_text(
        "OnPartialBatchItemFailure",
        &["SourceParameters", "KinesisStreamParameters", "OnPartialBatchItemFailure"],
    ),
    as_written("FilterCriteria", &["SourceParameters", "FilterCriteria"]),
];

/// What a pipe says of the way in which it reads from a table's stream.
pub(super) const PIPE_DYNAMODB: &[Setting] = &[
    integer(
        "BatchSize",
        &["SourceParameters", "DynamoDBStreamParameters", "BatchSize"],
        limits::STREAM_BATCH_SIZE,
    ),
    integer(
        "MaximumBatchingWindowInSeconds",
        &["SourceParameters", "DynamoDBStreamParameters", "MaximumBatchingWindowInSeconds"],
        limits::BATCHING_WINDOW,
    ),
    optional_integer(
        "MaximumRetryAttempts",
        &["SourceParameters", "DynamoDBStreamParameters", "MaximumRetryAttempts"],
    ),
    optional_integer(
        "MaximumRecordAgeInSeconds",
        &["SourceParameters", "DynamoDBStreamParameters", "MaximumRecordAgeInSeconds"],
    ),
    optional_integer(
        "ParallelizationFactor",
        &["SourceParameters", "DynamoDBStreamParameters", "ParallelizationFactor"],
    ),
    optional_text("StartingPosition", &["SourceParameters", "DynamoDBStreamParameters", "StartingPosition"]),
    as_written("OnFailure", &["SourceParameters", "DynamoDBStreamParameters", "DeadLetterConfig", "Arn"]),
    optional_text(
        "OnPartialBatchItemFailure",
        &["SourceParameters", "DynamoDBStreamParameters", "OnPartialBatchItemFailure"],
    ),
    as_written("FilterCriteria", &["SourceParameters", "FilterCriteria"]),
];

/// What a pipe says of any other source.
pub(super) const PIPE_OTHER: &[Setting] =
    &[as_written("FilterCriteria", &["SourceParameters", "FilterCriteria"])];

/// Whether a pipe waits for the workflow that it starts.
pub(super) const PIPE_STATE_MACHINE: &[Setting] = &[text(
    "InvocationType",
    &["TargetParameters", "StepFunctionStateMachineParameters", "InvocationType"],
    "REQUEST_RESPONSE",
)];

/// Whether a pipe waits for the function that it calls.
pub(super) const PIPE_FUNCTION: &[Setting] = &[text(
    "InvocationType",
    &["TargetParameters", "LambdaFunctionParameters", "InvocationType"],
    "REQUEST_RESPONSE",
)];

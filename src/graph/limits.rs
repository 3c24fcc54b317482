//! The services' defaults and limits that the graph rests on, each with its unit and its source.

/// Seconds: a function's `Timeout` where it is not set (`AWS::Lambda::Function` reference).
pub(super) const FUNCTION_TIMEOUT: i64 = 3;
/// MB: a function's `MemorySize` where it is not set (Lambda guide, "Configure function memory").
pub(super) const FUNCTION_MEMORY: i64 = 128;
/// MB: a function's `/tmp` where it is not set (`AWS::Lambda::Function EphemeralStorage` reference).
pub(super) const FUNCTION_EPHEMERAL_STORAGE: i64 = 512;

/// Seconds: a queue's `VisibilityTimeout` where it is not set (`AWS::SQS::Queue` reference).
pub(super) const QUEUE_VISIBILITY_TIMEOUT: i64 = 30;

/// Records: a mapping's `BatchSize` for a queue (`CreateEventSourceMapping` reference).
pub(super) const QUEUE_BATCH_SIZE: i64 = 10;
/// Records: a mapping's `BatchSize` for streams, Kafka, Amazon MQ and DocumentDB (same page).
pub(super) const STREAM_BATCH_SIZE: i64 = 100;
/// Seconds: a mapping's `MaximumBatchingWindowInSeconds` for queues, Kinesis and DynamoDB (same page). The other
/// sources wait 500 milliseconds, which no value of the property can say.
pub(super) const BATCHING_WINDOW: i64 = 0;

/// Milliseconds: a REST API's integration timeout, most and default (`PutIntegration` reference).
pub(super) const REST_INTEGRATION_TIMEOUT: i64 = 29_000;
/// Milliseconds: an HTTP API's integration timeout, most and default (API Gateway V2 `CreateIntegration` reference).
pub(super) const HTTP_INTEGRATION_TIMEOUT: i64 = 30_000;
/// Milliseconds: a WebSocket API's integration timeout, most and default (same page).
pub(super) const WEBSOCKET_INTEGRATION_TIMEOUT: i64 = 29_000;
/// Milliseconds: how long Cognito waits for a trigger (Cognito guide, "Customizing user pool workflows with
/// Lambda triggers"). Nothing raises it.
pub(super) const USER_POOL_TRIGGER_TIMEOUT: i64 = 5_000;
/// Milliseconds: how long AppSync takes over a request (AppSync quotas, "Request execution time").
pub(super) const GRAPH_QL_TIMEOUT: i64 = 30_000;
/// Requests: how many a resolver hands to its function at once where it is not set (`AWS::AppSync::Resolver`
/// reference): none are put together.
pub(super) const GRAPH_QL_BATCH_SIZE: i64 = 0;

//! The facts that the graph rests on as the services' defaults and limits: numbers, units and sources are theirs.

use crate::facts::number;

/// Seconds.
pub(super) const FUNCTION_TIMEOUT: i64 = number("lambda-timeout-default");
/// MB.
pub(super) const FUNCTION_MEMORY: i64 = number("lambda-memory-default");
/// MB.
pub(super) const FUNCTION_EPHEMERAL_STORAGE: i64 = number("lambda-ephemeral-storage-default");
/// Calls.
pub(super) const ASYNCHRONOUS_RETRIES: i64 = number("lambda-async-retries-default");

/// Seconds.
pub(super) const QUEUE_VISIBILITY_TIMEOUT: i64 = number("sqs-visibility-timeout-default");
/// Seconds.
pub(super) const QUEUE_RETENTION: i64 = number("sqs-retention-default");
/// Hours.
pub(super) const STREAM_RETENTION: i64 = number("kinesis-retention-default");

/// Records.
pub(super) const QUEUE_BATCH_SIZE: i64 = number("sqs-batch-size-default");
/// Records.
pub(super) const STREAM_BATCH_SIZE: i64 = number("stream-batch-size-default");
/// Seconds, of queues, Kinesis and DynamoDB. The other sources wait 500 milliseconds, which no value of the property
/// can say.
pub(super) const BATCHING_WINDOW: i64 = number("batching-window-default");

/// Milliseconds.
pub(super) const REST_INTEGRATION_TIMEOUT: i64 = number("rest-integration-timeout-default");
/// Milliseconds.
pub(super) const HTTP_INTEGRATION_TIMEOUT: i64 = number("http-integration-timeout");
/// Milliseconds.
pub(super) const WEBSOCKET_INTEGRATION_TIMEOUT: i64 = number("websocket-integration-timeout");
/// Seconds.
pub(super) const API_CACHE_TTL: i64 = number("api-cache-ttl-default");
/// Milliseconds.
pub(super) const USER_POOL_TRIGGER_TIMEOUT: i64 = number("cognito-trigger-timeout");
/// Milliseconds.
pub(super) const GRAPH_QL_TIMEOUT: i64 = number("appsync-request-timeout");
/// Requests.
pub(super) const GRAPH_QL_BATCH_SIZE: i64 = number("appsync-batch-default");

//! What Step Functions takes where a definition says nothing, and the bounds on what is read.

use crate::facts::number;

/// Seconds.
pub(crate) const RETRY_INTERVAL: i64 = number("sfn-retry-interval-default");
/// Times.
pub(crate) const MAX_ATTEMPTS: i64 = number("sfn-retry-attempts-default");
/// By what each pause is longer than the one before.
pub(crate) const BACKOFF_RATE: i64 = number("sfn-retry-backoff-default");
/// Items at one time; 0 is no limit.
pub(crate) const MAX_CONCURRENCY: i64 = number("map-concurrency-default");

/// The bound on maps in maps.
pub(super) const MOST_LEVELS: usize = 32;
/// The bound on one machine's states; Step Functions takes a definition of 1 MB.
pub(super) const MOST_STATES: usize = 10_000;
/// The bound on items of one list of a state: rules of a choice, retriers, errors of one.
pub(super) const MOST_ITEMS: usize = 1_000;
/// Seconds: a sum beyond this is not told. An execution has ended before.
pub(super) const LONGEST: i64 = number("standard-duration-max");

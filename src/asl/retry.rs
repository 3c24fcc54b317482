//! Reading what a state does about failures: its retriers and catchers.

use crate::template::{Origin, ValueId};

use super::definition::Definition;
use super::{Catcher, Listed, Retrier};

/// `Retry` of a state.
pub(super) fn retriers(definition: &Definition<'_>, state: ValueId, owner: Origin) -> Listed<Retrier> {
    definition.listed(state, "Retry", owner, |retrier| {
        let origin = definition.origin(retrier);
        let field = |key| definition.field(retrier, key, None, origin);
        Retrier {
            errors: definition.texts(retrier, "ErrorEquals", origin),
            interval: field("IntervalSeconds"),
            attempts: field("MaxAttempts"),
            rate: field("BackoffRate"),
            longest: field("MaxDelaySeconds"),
            origin,
        }
    })
}

/// `Catch` of a state.
pub(super) fn catchers(definition: &Definition<'_>, state: ValueId, owner: Origin) -> Listed<Catcher> {
    definition.listed(state, "Catch", owner, |catcher| {
        let origin = definition.origin(catcher);
        Catcher {
            errors: definition.texts(catcher, "ErrorEquals", origin),
            next: definition.field(catcher, "Next", None, origin),
            origin,
        }
    })
}

//! What a look at plain values tells of a block before it is evaluated: whether it can fail. Most blocks hold for most
//! members, and of what holds there is nothing to say.

use super::glance::Glance;
use super::index::Index;
use crate::guard::tree::NodeId;

/// What a look can tell of one statement of a block.
pub(super) enum Forecast<'a> {
    /// Clauses joined by `or`, all of which a look settles.
    Clause(Glance<'a>),
    /// A `when` block.
    When {
        /// Those of its conditions that a look settles, up to the first that may be an error.
        conditions: Vec<Glance<'a>>,
        /// Whether none of them is one.
        is_harmless: bool,
        statements: Vec<Forecast<'a>>,
    },
    /// Nothing.
    Open,
}

impl Forecast<'_> {
    /// Whether the statement, about a member, certainly does not fail.
    pub(super) fn cannot_fail(&self, index: &Index<'_>, member: NodeId) -> bool {
        match self {
            Self::Clause(glance) => glance.says(index, member) == Some(true),
            Self::When { conditions, is_harmless, statements } => match hold(conditions, index, member) {
                Some(true) => {
                    *is_harmless && statements.iter().all(|statement| statement.cannot_fail(index, member))
                }
                Some(false) => true,
                None => false,
            },
            Self::Open => false,
        }
    }
}

/// Whether conditions hold, one after the other: one that takes more than a look may be an error, which comes before what
/// the others say.
pub(super) fn hold(conditions: &[Glance<'_>], index: &Index<'_>, member: NodeId) -> Option<bool> {
    let mut said = conditions.iter().map(|condition| condition.says(index, member));
    said.find(|says| *says != Some(true)).unwrap_or(Some(true))
}

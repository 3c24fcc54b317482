//! Where we and cfn-guard differ on purpose. Nothing here is a verdict against another verdict.

use crate::answer::Answer;

/// A difference that is as it should be.
pub(crate) struct Known {
    /// Why.
    pub(crate) reason: &'static str,
    /// A part of what cfn-guard says as it ends.
    their_error: &'static str,
}

/// The whole list.
const KNOWN: &[Known] = &[
    Known {
        reason: "cfn-guard has the verdict and cannot write it down: JSON has no infinity",
        their_error: "to serde::Value::Number",
    },
    Known {
        reason: "`json_parse` of an integer below all of 64 bits is the nearest fraction; cfn-guard reads no YAML there",
        their_error: "as i128, expected any YAML value",
    },
    Known {
        reason: "cfn-guard crashes over its report where a filter asked a literal about a scalar",
        their_error: "eval_context.rs:2443:",
    },
];

impl Known {
    /// The difference that two answers show, if it is on the list: we have verdicts where cfn-guard ends so.
    pub(crate) fn of(ours: &Answer, theirs: &Answer) -> Option<&'static Self> {
        let (Answer::Verdicts(_), Answer::Error(error)) = (ours, theirs) else { return None };
        KNOWN.iter().find(|known| error.contains(known.their_error))
    }
}

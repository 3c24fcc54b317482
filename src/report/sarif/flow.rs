//! A code flow is the way that leads to a result, step by step, as code-scanning services unfold it.

use serde::Serialize;

use super::message::{Text, prose};
use super::{LONGEST_LABEL, Location, Style, cut};
use crate::finding::{Checked, Finding};

/// One way, through one thread.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow<'a> {
    thread_flows: [ThreadFlow<'a>; 1],
}

impl CodeFlow<'_> {
    /// The way of a finding that rests on one.
    pub(super) fn of(checked: &Checked, finding: &Finding, style: &Style) -> Option<Self> {
        let steps = finding.path.iter().enumerate().map(|(index, step)| Step {
            location: Location {
                message: (!step.message.is_empty())
                    .then(|| Text::of(prose(&cut(&step.message, LONGEST_LABEL)))),
                ..Location::of(checked, step, style)
            },
            importance: if step.location == finding.primary.location { "essential" } else { "important" },
            execution_order: index + 1,
        });
        let thread_flows = [ThreadFlow { locations: steps.collect() }];
        (!finding.path.is_empty()).then_some(Self { thread_flows })
    }
}

#[derive(Serialize)]
struct ThreadFlow<'a> {
    locations: Vec<Step<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    location: Location<'a>,
    importance: &'static str,
    /// From 1.
    execution_order: usize,
}

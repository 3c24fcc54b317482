//! A line is what is drawn between two vertices: edges that look the same are one.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::asl::Way;
use crate::finding::Severity;
use crate::graph::{Certainty, EdgeKind};

use super::kind::Link;
use super::words::verb;
use super::{Drawing, Edge};

/// One or several edges from one vertex to another.
pub(super) struct Line<'d> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) stroke: Stroke,
    pub(super) certainty: Certainty,
    pub(super) condition: Option<&'d str>,
    pub(super) edges: Vec<&'d Edge>,
}

/// How a line is drawn: the question of these drawings is who waits for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Stroke {
    /// It belongs to the other.
    Part,
    /// It waits for the other.
    Waits,
    /// It goes on.
    GoesOn,
    /// The template does not say whether it waits.
    MayWait,
    /// The other is polled for.
    Polls,
    /// Data is read or written.
    Data,
    /// What failed goes there.
    DeadLetter,
    /// It comes next.
    Next,
    /// It comes next after a failure.
    Caught,
}

impl Stroke {
    pub(super) fn of(link: Link) -> Self {
        match link {
            Link::Entry => Self::Part,
            Link::Flow(Way::Catch) => Self::Caught,
            Link::Flow(Way::Start | Way::Next | Way::Choice | Way::Default) => Self::Next,
            Link::Wired(kind) => match kind {
                EdgeKind::Qualify => Self::Part,
                EdgeKind::InvokeSync
                | EdgeKind::StartSync
                | EdgeKind::Authorize
                | EdgeKind::Front
                | EdgeKind::Step => Self::Waits,
                EdgeKind::InvokeAsync | EdgeKind::StartAsync | EdgeKind::Publish | EdgeKind::Send => {
                    Self::GoesOn
                }
                EdgeKind::Invoke => Self::MayWait,
                EdgeKind::Poll => Self::Polls,
                EdgeKind::Read | EdgeKind::Write | EdgeKind::Connect => Self::Data,
                EdgeKind::DeadLetter => Self::DeadLetter,
            },
        }
    }
}

impl Line<'_> {
    /// Whether it leads from state to state, or from a workflow to its first.
    pub(super) fn is_flow(&self) -> bool {
        matches!(self.stroke, Stroke::Next | Stroke::Caught)
    }

    /// What it says: `reads, writes`, `invokes?` where that rests on a permission or a variable alone; nothing for a part.
    pub(super) fn label(&self) -> String {
        let mut verbs: Vec<&str> = self.edges.iter().filter_map(|edge| verb(edge.link)).collect();
        verbs.dedup();
        verbs.join(", ") + self.doubt()
    }

    /// Whether it rests on a permission or a variable alone.
    pub(super) fn doubt(&self) -> &'static str {
        match self.certainty {
            Certainty::Possible => "?",
            Certainty::Likely | Certainty::Certain => "",
        }
    }

    /// When it is there: `when IsProd is true`. Nothing where that goes without saying, since an end is there then only.
    pub(super) fn when(&self, drawing: &Drawing) -> Option<String> {
        let condition = self.condition?;
        let is_that_of = |end: usize| drawing.vertices[end].condition.as_deref() == Some(condition);
        let goes_without_saying = is_that_of(self.from) || is_that_of(self.to);
        (!goes_without_saying).then(|| format!("when {condition}"))
    }

    /// The rules that found something at it itself, each once; what an end is blamed for stands there.
    pub(super) fn rules<'d>(&self, drawing: &'d Drawing) -> impl Iterator<Item = &'d str> {
        let of_ends = |finding: &usize| {
            [self.from, self.to].iter().any(|end| drawing.vertices[*end].findings.contains(finding))
        };
        let mut found: Vec<usize> =
            self.edges.iter().flat_map(|edge| edge.findings.iter().copied()).collect();
        found.retain(|finding| !of_ends(finding));
        drawing.rules(&found)
    }

    /// The worst of what was found on it.
    pub(super) fn worst(&self, drawing: &Drawing) -> Option<Severity> {
        self.edges.iter().filter_map(|edge| drawing.worst(&edge.findings)).max()
    }
}

impl Drawing {
    /// Its lines, in the order of their first edges.
    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        let mut lines: IndexMap<_, Vec<&Edge>, FxBuildHasher> = IndexMap::default();
        for edge in &self.edges {
            let Edge { from, to, link, certainty, condition, .. } = edge;
            let look = (*from, *to, Stroke::of(*link), *certainty, condition.as_deref());
            lines.entry(look).or_default().push(edge);
        }
        let lines = lines.into_iter();
        lines
            .map(|((from, to, stroke, certainty, condition), edges)| Line {
                from,
                to,
                stroke,
                certainty,
                condition,
                edges,
            })
            .collect()
    }
}

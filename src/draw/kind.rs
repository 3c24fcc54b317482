//! What vertices and edges of a drawing are: those of the graph, and what is drawn besides.

use crate::asl::Way;
use crate::graph::{EdgeKind, VertexKind};

/// What a vertex is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A vertex of the graph.
    Node(VertexKind),
    /// A state of a workflow.
    State,
}

impl Kind {
    /// The name that programs use.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Node(kind) => kind.as_str(),
            Self::State => "state",
        }
    }
}

/// How one thing belongs to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// An edge of the graph.
    Wired(EdgeKind),
    /// An API, a user pool has this entry point.
    Entry,
    /// A state follows, or a workflow begins with it.
    Flow(Way),
}

impl Link {
    /// The name that programs use.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Wired(kind) => kind.as_str(),
            Self::Entry => "entry",
            Self::Flow(way) => match way {
                Way::Start => "flow.start",
                Way::Next => "flow.next",
                Way::Choice => "flow.choice",
                Way::Default => "flow.default",
                Way::Catch => "flow.catch",
            },
        }
    }
}

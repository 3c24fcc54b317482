//! A family is what a vertex is at first sight: what comes in, works, carries, keeps, or lies outside.

use crate::graph::VertexKind;

use super::kind::Kind;

/// What decides shape and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Calls come in there.
    Entry,
    /// Entry points belong to it, or it stands before them.
    Api,
    /// Runs code.
    Compute,
    /// Holds messages until somebody takes them.
    Queue,
    /// Passes messages on.
    Topic,
    /// Keeps data.
    Store,
    /// Orders the work of others.
    Workflow,
    /// A step of such work.
    State,
    /// The template does not define it.
    Outside,
    /// Everything else: what rules do not look at, and what only sets something for others.
    Other,
}

impl Family {
    pub(super) fn of(kind: Kind) -> Self {
        let Kind::Node(kind) = kind else { return Self::State };
        match kind {
            VertexKind::Route
            | VertexKind::FunctionUrl
            | VertexKind::UserPoolTrigger
            | VertexKind::GraphQlField
            | VertexKind::TargetGroup
            | VertexKind::Schedule => Self::Entry,
            VertexKind::RestApi
            | VertexKind::HttpApi
            | VertexKind::WebSocketApi
            | VertexKind::GraphQlApi
            | VertexKind::Distribution
            | VertexKind::UserPool => Self::Api,
            VertexKind::Function | VertexKind::Qualifier | VertexKind::TaskDefinition => Self::Compute,
            VertexKind::Queue
            | VertexKind::Stream
            | VertexKind::StreamConsumer
            | VertexKind::DeliveryStream
            | VertexKind::Pipe => Self::Queue,
            VertexKind::Topic | VertexKind::EventBus | VertexKind::Rule => Self::Topic,
            VertexKind::Table
            | VertexKind::Bucket
            | VertexKind::Database
            | VertexKind::DatabaseProxy
            | VertexKind::Cache => Self::Store,
            VertexKind::StateMachine => Self::Workflow,
            VertexKind::External => Self::Outside,
            VertexKind::Stage
            | VertexKind::TableIndex
            | VertexKind::MethodSetting
            | VertexKind::CacheBehavior
            | VertexKind::GraphQlCache
            | VertexKind::GraphQlResolver
            | VertexKind::Other => Self::Other,
        }
    }
}

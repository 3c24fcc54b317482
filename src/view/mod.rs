//! The view is the document that rules query: the graph, and where a rule asks for them the expanded
//! resources, as one plain tree whose nodes remember where they come from.

mod circumstances;
mod expanded;
mod fact;
mod lower;
mod print;
mod provenance;
mod section;
mod unseen;
mod workflow;

use crate::facts::Circumstances;
use crate::graph::Graph;
use crate::guard::{GuardId, NodeId, Place, Tree};
use crate::names::Name;
use crate::source::Location;
use crate::template::{Guard, Origin, OriginKind, Resolver, Through, ValueId};

pub(crate) use expanded::to_json as expanded_to_json;
use lower::Lowering;
pub(crate) use print::Facts;
pub(crate) use provenance::provenance;
pub(crate) use unseen::Unseen;

/// What rules query, and where each part of it stands in what the author wrote.
pub(crate) struct View {
    /// The document: `Graph`, and `Resources` if they were asked for.
    pub(crate) tree: Tree,
    sights: Vec<Sight>,
    /// Why what is not known is not, in the order of the places.
    unseen: Vec<(Place, Unseen)>,
}

/// What is known of the place of a node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    /// Where the author acts on it.
    pub(crate) origin: Origin,
    /// How the value came to be.
    pub(crate) stated: Stated,
    /// The value in the expanded template, for printing what is not known as it was written.
    value: Option<ValueId>,
}

/// How a value came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    /// The author wrote it there, or in a mapping.
    Written,
    /// It comes from `Globals`.
    Globals,
    /// It is written nowhere: the service's default.
    Default,
    /// A parameter has it or decides it.
    Parameter(Through),
    /// One of the values that a parameter allows.
    AllowedValue(Name),
    /// A construct (a resource, an event, a route) or a conclusion about one: it is shown by its key.
    Construct,
}

impl Stated {
    /// Whether another deployment may have another value there.
    pub(crate) fn is_assumed(self) -> bool {
        match self {
            Self::Parameter(_) | Self::AllowedValue(_) => true,
            Self::Written | Self::Globals | Self::Default | Self::Construct => false,
        }
    }
}

impl View {
    /// The view of a template and its graph, under what a run takes for granted.
    pub(crate) fn build(
        resolver: Resolver<'_>,
        graph: &Graph,
        resources: Resources,
        circumstances: &Circumstances,
    ) -> Self {
        let mut lowering = Lowering::new(resolver);
        let root = section::root(&mut lowering, graph, resources, circumstances);
        lowering.finish(root)
    }

    /// What is known of a place.
    pub(crate) fn sight(&self, place: Place) -> Sight {
        self.sights[place.0 as usize]
    }

    /// Why what stands at a place, or may stand in it, is not known; none of a place where all is.
    pub(crate) fn unseen(&self, place: Place) -> impl Iterator<Item = Unseen> + '_ {
        let first = self.unseen.partition_point(|(known, _)| *known < place);
        let here = self.unseen[first..].iter().take_while(move |(known, _)| *known == place);
        here.map(|(_, unseen)| *unseen)
    }

    /// What is known of a node's place.
    pub(crate) fn sight_of(&self, node: NodeId) -> Sight {
        self.sight(self.tree.place(node))
    }
}

/// Whether a view holds the `Resources` section: lowering it costs as much as all the rest, and most rules
/// look at the graph alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resources {
    /// With `Resources`.
    Included,
    /// The graph alone.
    LeftOut,
}

impl Sight {
    /// Where a finding about this value points: at the value, or at the key of a construct or of what is missing.
    pub(crate) fn location(self) -> Location {
        match self.stated {
            Stated::Default | Stated::Construct => self.origin.at_key(),
            Stated::Written | Stated::Globals | Stated::Parameter(_) | Stated::AllowedValue(_) => {
                self.origin.at_value()
            }
        }
    }

    fn construct(origin: Origin) -> Self {
        Self { origin, stated: Stated::Construct, value: None }
    }

    fn written(origin: Origin, value: Option<ValueId>) -> Self {
        let stated = match origin.kind {
            OriginKind::Globals => Stated::Globals,
            OriginKind::Written | OriginKind::Generated => Stated::Written,
        };
        Self { origin, stated, value }
    }
}

/// The guard of the template that a guard of the tree stands for: they share their numbers.
pub(crate) fn guard_of(guard: GuardId) -> Guard {
    Guard::from_index(guard.0)
}

fn guard_id(guard: Guard) -> GuardId {
    GuardId(guard.index())
}

//! A draft is a graph that the families of links are still adding to.

use rustc_hash::FxHashMap;

use crate::names::{Name, Names};
use crate::template::{Guard, Origin, Resolver, Resource, Template, Values};

use super::branch::Branch;
use super::target::Outside;
use super::{
    Certainty, Default, Edge, EdgeId, EdgeKind, Evidence, EvidenceClass, Fact, Graph, Plain, Vertex,
    VertexId, VertexKind, queue, settings,
};

/// The graph so far.
pub(super) struct Draft<'t> {
    pub(super) resolver: Resolver<'t>,
    pub(super) graph: Graph,
    by_id: FxHashMap<Name, VertexId>,
    by_name: FxHashMap<(VertexKind, Name), VertexId>,
}

impl<'t> Draft<'t> {
    /// A draft with a vertex for every resource and no edges.
    pub(super) fn of_resources(resolver: Resolver<'t>) -> Self {
        let mut draft = Self {
            resolver,
            graph: Graph::default(),
            by_id: FxHashMap::default(),
            by_name: FxHashMap::default(),
        };
        for (&id, resource) in &draft.template().resources {
            let kind = draft.kind_of(resource);
            let mut facts = settings::facts(settings::of_kind(kind), resource.properties, resource.origin);
            if draft.text(resource.type_name) == GLOBAL_TABLE {
                facts.extend(settings::facts(settings::GLOBAL_TABLE, resource.properties, resource.origin));
            }
            if matches!(kind, VertexKind::Function | VertexKind::Stage) && draft.may_have_globals(resource) {
                leave_to_globals(&mut facts);
            }
            if let Some(construct) = draft.template().construct_of(resource) {
                let value = Plain::Name(draft.names().intern(construct));
                facts.push(Fact::Derived { name: "Construct", value, origin: resource.origin });
            }
            let vertex = draft.add_vertex(Vertex {
                id,
                kind,
                type_name: resource.type_name,
                guard: resolver.guard_of(id),
                origin: resource.origin,
                facts,
            });
            draft.learn_name(kind, resource, vertex);
        }
        draft
    }

    pub(super) fn template(&self) -> &'t Template {
        self.resolver.template()
    }

    pub(super) fn names(&self) -> &'t Names {
        &self.template().names
    }

    pub(super) fn values(&self) -> &'t Values {
        &self.template().values
    }

    pub(super) fn text(&self, name: Name) -> &'t str {
        self.names().text(name)
    }

    pub(super) fn resource(&self, id: Name) -> Option<&'t Resource> {
        self.template().resources.get(&id)
    }

    pub(super) fn resource_type(&self, id: Name) -> &'t str {
        self.resource(id).map_or("", |resource| self.text(resource.type_name))
    }

    pub(super) fn vertex(&self, id: VertexId) -> &Vertex {
        &self.graph.vertices[id.0 as usize]
    }

    /// The vertex of a resource.
    pub(super) fn vertex_of(&self, id: Name) -> Option<VertexId> {
        self.by_id.get(&id).copied()
    }

    /// The resources of one kind, each with its vertex.
    pub(super) fn resources_of(&self, kind: VertexKind) -> Vec<(VertexId, &'t Resource)> {
        let resources = self.template().resources.iter();
        resources
            .filter_map(|(id, resource)| Some((self.vertex_of(*id)?, resource)))
            .filter(|(vertex, _)| self.vertex(*vertex).kind == kind)
            .collect()
    }

    /// The vertex whose own name (`FunctionName`, `QueueName` …) is this text.
    pub(super) fn named(&self, kind: VertexKind, name: Name) -> Option<VertexId> {
        self.by_name.get(&(kind, name)).copied()
    }

    /// Adds a vertex; one whose id is taken gets a number.
    pub(super) fn add_vertex(&mut self, mut vertex: Vertex) -> VertexId {
        let id = VertexId(self.graph.vertices.len() as u32);
        if self.by_id.contains_key(&vertex.id) {
            vertex.id = self.names().intern(&format!("{} #{}", self.text(vertex.id), id.0));
        }
        self.by_id.insert(vertex.id, id);
        self.graph.vertices.push(vertex);
        id
    }

    /// The placeholder for something that this template does not define: one for each distinct name.
    pub(super) fn outside(&mut self, outside: Outside, origin: Origin) -> VertexId {
        if let Some(&known) = self.by_id.get(&outside.name)
            && self.vertex(known).kind == VertexKind::External
        {
            return known;
        }
        let service = outside.service.map_or(Plain::Unknown, Plain::Text);
        let type_name = self.names().intern("External");
        let mut facts = vec![Fact::Derived { name: "Service", value: service, origin }];
        if outside.service == Some("sqs") {
            let value = queue::fifo_by_arn(self.text(outside.name));
            facts.push(Fact::Derived { name: "Fifo", value, origin });
        }
        self.add_vertex(Vertex {
            id: outside.name,
            kind: VertexKind::External,
            type_name,
            guard: Guard::ALWAYS,
            origin,
            facts,
        })
    }

    /// Adds an edge under its own guard and those of both ends and of the resource that makes it; an edge that
    /// can never exist is left out.
    pub(super) fn add_edge(&mut self, mut edge: Edge) -> Option<EdgeId> {
        for end in [edge.from, edge.to] {
            edge.guard = self.and(edge.guard, self.vertex(end).guard);
        }
        if let Some(via) = edge.via {
            edge.guard = self.and(edge.guard, self.resolver.guard_of(via));
        }
        if !self.can_hold(edge.guard) {
            return None;
        }
        let id = EdgeId(self.graph.edges.len() as u32);
        self.graph.edges.push(edge);
        Some(id)
    }

    /// Adds an edge that the template wires at `origin`, where `proof` stands.
    pub(super) fn wire(&mut self, wiring: Wiring, facts: Vec<Fact>) -> Option<EdgeId> {
        let Wiring { kind, from, to, via, guard, origin, proof } = wiring;
        let evidence = vec![Evidence { class: EvidenceClass::Wiring, origin: proof }];
        self.add_edge(Edge {
            kind,
            from,
            to,
            via,
            guard,
            certainty: Certainty::Certain,
            evidence,
            origin,
            facts,
        })
    }

    /// Adds an edge to every function that `arn` names, and says of each whether a version or an alias is meant.
    pub(super) fn call_functions(&mut self, caller: Caller, arn: Branch) {
        let Caller { kind, from, via, origin, is_qualified } = caller;
        let proof = self.values().origin(arn.value);
        for (guard, function) in self.targets_inside(arn, &[VertexKind::Function]) {
            let wiring = Wiring { kind, from, to: function.vertex, via: Some(via), guard, origin, proof };
            let value = Plain::Bool(is_qualified || function.is_qualified);
            self.wire(wiring, vec![Fact::Derived { name: "Qualified", value, origin: proof }]);
        }
    }

    /// When each vertex has an edge of a kind, by the end of it that `end` names.
    pub(super) fn guards_by(
        &self,
        kind: EdgeKind,
        end: impl Fn(&Edge) -> VertexId,
    ) -> FxHashMap<VertexId, Guard> {
        let mut found = FxHashMap::default();
        for edge in self.graph.edges.iter().filter(|edge| edge.kind == kind) {
            let guard = found.entry(end(edge)).or_insert(Guard::NEVER);
            *guard = self.template().guards.or(*guard, edge.guard);
        }
        found
    }

    /// States facts of a vertex.
    pub(super) fn add_facts(&mut self, vertex: VertexId, facts: impl IntoIterator<Item = Fact>) {
        self.graph.vertices[vertex.0 as usize].facts.extend(facts);
    }

    pub(super) fn add_fact(&mut self, vertex: VertexId, name: &'static str, value: Plain, origin: Origin) {
        self.add_facts(vertex, [Fact::Derived { name, value, origin }]);
    }

    /// States of a vertex what holds under a guard. Elsewhere it does not, unless something that is not to be seen
    /// may make it so.
    pub(super) fn add_claim(
        &mut self,
        vertex: VertexId,
        name: &'static str,
        (holds, may_be_unseen): (Guard, bool),
        origin: Origin,
    ) {
        let unsure = if may_be_unseen { Guard::ALWAYS } else { Guard::NEVER };
        self.add_claim_unless(vertex, name, (holds, unsure), origin);
    }

    /// States of a vertex what holds under a guard. Elsewhere it does not, but under the second guard it is not known.
    pub(super) fn add_claim_unless(
        &mut self,
        vertex: VertexId,
        name: &'static str,
        (holds, unsure): (Guard, Guard),
        origin: Origin,
    ) {
        let own = self.vertex(vertex).guard;
        let guards = &self.template().guards;
        let is_always = !guards.can_hold(&[(own, true), (holds, false)]);
        let holds = match guards.can_hold(&[(own, true), (holds, true)]) {
            _ if is_always => Guard::ALWAYS,
            true => holds,
            false => Guard::NEVER,
        };
        let fails = if unsure == Guard::ALWAYS { Guard::NEVER } else { guards.not(guards.or(holds, unsure)) };
        self.add_facts(vertex, [Fact::Claim { name, holds, fails, origin }]);
    }

    pub(super) fn and(&self, a: Guard, b: Guard) -> Guard {
        self.template().guards.and(a, b)
    }

    pub(super) fn can_hold(&self, guard: Guard) -> bool {
        guard != Guard::NEVER && (guard == Guard::ALWAYS || self.template().guards.can_hold(&[(guard, true)]))
    }

    /// Whether `Globals` elsewhere may set what this resource leaves out: it comes from SAM, in a part of an
    /// application.
    pub(super) fn may_have_globals(&self, resource: &Resource) -> bool {
        self.template().stack_at(resource.origin.file).is_fragment() && resource.made_by.is_some()
    }

    fn kind_of(&self, resource: &Resource) -> VertexKind {
        match VertexKind::of_type(self.text(resource.type_name)) {
            VertexKind::HttpApi => {
                let protocol = Branch::properties(resource)
                    .and_then(|properties| self.known_text_at(properties, &["ProtocolType"]));
                if protocol == Some("WEBSOCKET") { VertexKind::WebSocketApi } else { VertexKind::HttpApi }
            }
            kind => kind,
        }
    }

    fn learn_name(&mut self, kind: VertexKind, resource: &Resource, vertex: VertexId) {
        let Some(property) = kind.name_property() else { return };
        let Some(properties) = Branch::properties(resource) else { return };
        let branches = self.branches(properties, &[property]);
        let [branch] = branches.as_slice() else { return };
        if let [(_, reference)] = self.references(*branch).as_slice()
            && reference.is_fully_named()
        {
            let name = self.names().intern(&reference.text);
            self.by_name.entry((kind, name)).or_insert(vertex);
        }
    }
}

/// A table in several regions, which is no vertex of its own kind.
pub(super) const GLOBAL_TABLE: &str = "AWS::DynamoDB::GlobalTable";

/// Something that calls functions.
#[derive(Clone, Copy)]
pub(super) struct Caller {
    pub(super) kind: EdgeKind,
    pub(super) from: VertexId,
    /// The resource that makes the link.
    pub(super) via: Name,
    /// Where the author acts on it.
    pub(super) origin: Origin,
    /// Whether a version or an alias is named beside the function.
    pub(super) is_qualified: bool,
}

impl Caller {
    /// One that waits for its function.
    pub(super) fn waiting(from: VertexId, via: Name, origin: Origin) -> Self {
        Self { kind: EdgeKind::InvokeSync, from, via, origin, is_qualified: false }
    }
}

/// An edge that the template wires.
#[derive(Clone, Copy)]
pub(super) struct Wiring {
    pub(super) kind: EdgeKind,
    pub(super) from: VertexId,
    pub(super) to: VertexId,
    /// The resource that makes the link.
    pub(super) via: Option<Name>,
    pub(super) guard: Guard,
    /// Where the author acts on it.
    pub(super) origin: Origin,
    /// Where the wiring is written.
    pub(super) proof: Origin,
}

/// Leaves what is absent to `Globals` that are not to be seen. They hold no `PackageType`.
pub(super) fn leave_to_globals(facts: &mut [Fact]) {
    for fact in facts {
        if let Fact::Setting { name, default, .. } = fact
            && *name != "PackageType"
        {
            *default = Default::Elsewhere;
        }
    }
}

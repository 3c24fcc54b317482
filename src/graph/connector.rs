//! Connectors of SAM: what the transform makes of them, and those that it leaves.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Guard, Origin, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::grant::{Permission, mentions, read_statements, roles_of_policy};
use super::{Certainty, Edge, EdgeKind, Evidence, EvidenceClass, VertexId, VertexKind};

/// What the SAM transform says in a resource that it makes of a connector.
#[derive(Clone, Copy)]
pub(super) struct Signature<'t> {
    source_type: Option<&'t str>,
    /// The source, where it carries the connector.
    carrier: Option<VertexId>,
}

impl Signature<'_> {
    /// Whether a function is the source.
    pub(super) fn is_of_function(&self) -> bool {
        self.is_of(&["AWS::Lambda::Function", "AWS::Serverless::Function"])
    }

    /// Whether the connector's source may be this one among those that share its role.
    pub(super) fn speaks_of(&self, source: VertexId) -> bool {
        self.carrier.is_none_or(|carrier| carrier == source)
    }

    fn is_of(&self, types: &[&str]) -> bool {
        self.source_type.is_none_or(|source| types.contains(&source))
    }
}

/// The transform's signature, where a resource is made of a connector.
pub(super) fn made_of_connector<'t>(draft: &Draft<'t>, resource: &Resource) -> Option<Signature<'t>> {
    let metadata = *resource.attributes.get(&draft.names().find("Metadata")?)?;
    let connectors = draft.values().get(metadata, draft.names().find("aws:sam:connectors")?)?;
    let connector = draft.values().entries(connectors).first()?;
    let source_type = draft.known_text_at(Branch::always(connector.value), &["Source", "Type"]);
    let maker = resource.made_by.filter(|maker| draft.resource(*maker).is_some());
    Some(Signature { source_type, carrier: maker.and_then(|maker| draft.vertex_of(maker)) })
}

/// A connector's policy allows both ways of calling a function and of starting a workflow: whether this is the
/// usual one.
pub(super) fn is_usual(kind: EdgeKind) -> bool {
    !matches!(kind, EdgeKind::InvokeAsync | EdgeKind::StartSync)
}

/// Adds the edges of what the transform made of connectors, save for what functions do: that is access.
pub(super) fn read_made(draft: &mut Draft<'_>) {
    let holders = holders(draft);
    let mut found = Vec::new();
    for (&id, resource) in &draft.template().resources {
        let Some(signature) = made_of_connector(draft, resource) else { continue };
        let Some(properties) = Branch::properties(resource) else { continue };
        let mut links = Links { made: id, proof: resource.origin, found: &mut found };
        match draft.text(resource.type_name) {
            "AWS::Lambda::Permission" => {
                links.add_calls(draft, properties, (&["SourceArn"], &["FunctionName"]), EdgeKind::Invoke);
            }
            "AWS::SQS::QueuePolicy" => {
                links.add_calls(draft, properties, (CALLERS, &["Queues", "*"]), EdgeKind::Send);
            }
            "AWS::SNS::TopicPolicy" => {
                links.add_calls(draft, properties, (CALLERS, &["Topics", "*"]), EdgeKind::Publish);
            }
            "AWS::IAM::ManagedPolicy" if !signature.is_of_function() => {
                links.add_uses(draft, properties, signature, &holders);
            }
            _ => {}
        }
    }
    let mut linked = linked(draft);
    for Link { from, to, kind, guard, made, proof } in found {
        if linked.insert((from, to, None)) {
            add(draft, (from, to, kind), guard, (made, proof));
        }
    }
}

/// A connector links two resources, which may share a role with others; past this many links, the rest says
/// little.
const MOST_LINKS: usize = 20_000;

/// Where the policy of a topic or a queue names the resource that may use it.
const CALLERS: &[&str] = &["PolicyDocument", "Statement", "*", "Condition", "ArnEquals", "aws:SourceArn"];

/// Who acts under a role, beside what it is granted.
const HOLDERS: &[(&str, &str)] = &[
    ("AWS::Lambda::Function", "Role"),
    ("AWS::StepFunctions::StateMachine", "RoleArn"),
    ("AWS::AppSync::DataSource", "ServiceRoleArn"),
];

/// Two resources that a connector links.
struct Link {
    from: VertexId,
    to: VertexId,
    kind: EdgeKind,
    guard: Guard,
    /// What the transform made of the connector.
    made: Name,
    /// The connector.
    proof: Origin,
}

/// Adds the links of one resource that the transform made.
struct Links<'l> {
    made: Name,
    proof: Origin,
    found: &'l mut Vec<Link>,
}

impl Links<'_> {
    /// Links every one that calls with every one that is called.
    fn add_calls(
        &mut self,
        draft: &Draft<'_>,
        properties: Branch,
        (callers, called): (&[&str], &[&str]),
        kind: EdgeKind,
    ) {
        let targets = |path: &[&str]| -> Vec<_> {
            let branches = draft.branches(properties, path).into_iter();
            branches.flat_map(|branch| draft.targets_inside(branch, &[])).collect()
        };
        let called = targets(called);
        for (guard, from) in targets(callers) {
            if self.found.len() >= MOST_LINKS {
                return;
            }
            for (own, to) in &called {
                self.add(draft, (from.vertex, to.vertex, kind), (guard, *own));
            }
        }
    }

    /// Links a workflow or a data source with what its role may use, or a queue with the function whose role may
    /// read it.
    fn add_uses(
        &mut self,
        draft: &Draft<'_>,
        policy: Branch,
        signature: Signature<'_>,
        holders: &FxHashMap<Name, Vec<(Guard, VertexId)>>,
    ) {
        let mut permissions = Vec::new();
        read_statements(draft, policy, &mut permissions);
        let is_polled = signature.is_of(&["AWS::SQS::Queue"]);
        for role in roles_of_policy(draft, policy) {
            for &(guard, holder) in holders.get(&role).into_iter().flatten() {
                if self.found.len() >= MOST_LINKS {
                    return;
                }
                let is_function = draft.vertex(holder).kind == VertexKind::Function;
                for Permission { target, kind, guard: own, .. } in &permissions {
                    let (from, to, kind) = match (is_function, is_polled) {
                        (true, true) => (*target, holder, EdgeKind::Invoke),
                        (false, false) if is_usual(*kind) => (holder, *target, *kind),
                        (true | false, _) => continue,
                    };
                    if signature.speaks_of(from) {
                        self.add(draft, (from, to, kind), (guard, *own));
                    }
                }
            }
        }
    }

    fn add(
        &mut self,
        draft: &Draft<'_>,
        (from, to, kind): (VertexId, VertexId, EdgeKind),
        (a, b): (Guard, Guard),
    ) {
        if self.found.len() < MOST_LINKS {
            let Self { made, proof, .. } = *self;
            self.found.push(Link { from, to, kind, guard: draft.and(a, b), made, proof });
        }
    }
}

/// Who acts under each role.
fn holders(draft: &Draft<'_>) -> FxHashMap<Name, Vec<(Guard, VertexId)>> {
    let mut found: FxHashMap<Name, Vec<(Guard, VertexId)>> = FxHashMap::default();
    for (&id, resource) in &draft.template().resources {
        let type_name = draft.text(resource.type_name);
        let Some((_, property)) = HOLDERS.iter().find(|(of, _)| *of == type_name) else { continue };
        let Some((properties, vertex)) = Branch::properties(resource).zip(draft.vertex_of(id)) else {
            continue;
        };
        for role in draft.branches(properties, &[property]) {
            for (guard, role) in mentions(draft, role) {
                found.entry(role).or_default().push((guard, vertex));
            }
        }
    }
    found
}

fn add(
    draft: &mut Draft<'_>,
    (from, to, kind): (VertexId, VertexId, EdgeKind),
    guard: Guard,
    (via, proof): (Name, Origin),
) {
    let origin = draft.vertex(from).origin;
    draft.add_edge(Edge {
        kind,
        from,
        to,
        via: Some(via),
        guard,
        certainty: Certainty::Likely,
        evidence: vec![Evidence { class: EvidenceClass::Connector, origin: proof }],
        origin,
        facts: Vec::new(),
    });
}

/// Adds the edges of every connector that was left and says something new.
pub(super) fn read(draft: &mut Draft<'_>) {
    let mut linked = linked(draft);
    for (&id, resource) in &draft.template().resources {
        read_connectors(draft, (id, resource), &mut linked);
    }
}

/// Two ends that are linked; between a function and what it uses, in which way.
type Linked = (VertexId, VertexId, Option<EdgeKind>);

/// What is linked already. A connector beside a wired link only gives it the permission.
fn linked(draft: &Draft<'_>) -> FxHashSet<Linked> {
    draft
        .graph
        .edges
        .iter()
        .map(|edge| {
            let is_access = draft.vertex(edge.from).kind == VertexKind::Function;
            (edge.from, edge.to, is_access.then_some(edge.kind))
        })
        .collect()
}

fn read_connectors(draft: &mut Draft<'_>, (id, resource): (Name, &Resource), linked: &mut FxHashSet<Linked>) {
    if draft.text(resource.type_name) == "AWS::Serverless::Connector" {
        let Some(properties) = Branch::properties(resource) else { return };
        let source =
            draft.known_text_at(properties, &["Source", "Id"]).and_then(|text| draft.names().find(text));
        let Some(source) = source.and_then(|source| draft.vertex_of(source)) else { return };
        Connector { from: source, via: id, origin: resource.origin }.add(draft, properties, linked);
    }
    let embedded = draft.names().find("Connectors").and_then(|key| resource.attributes.get(&key));
    if let Some((&value, source)) = embedded.zip(draft.vertex_of(id)) {
        for connector in draft.branches(Branch::always(value), &["*"]) {
            let origin = draft.values().origin(connector.value);
            for properties in draft.branches(connector, &["Properties"]) {
                Connector { from: source, via: id, origin }.add(draft, properties, linked);
            }
        }
    }
}

struct Connector {
    from: VertexId,
    via: Name,
    origin: Origin,
}

impl Connector {
    fn add(&self, draft: &mut Draft<'_>, properties: Branch, linked: &mut FxHashSet<Linked>) {
        let permissions: Vec<&str> = draft
            .branches(properties, &["Permissions", "*"])
            .into_iter()
            .filter_map(|permission| draft.known_text(permission))
            .collect();
        let is_access = draft.vertex(self.from).kind == VertexKind::Function;
        for destinations in draft.branches(properties, &["Destination"]) {
            for destination in draft.one_or_many(destinations) {
                let id = draft.known_text_at(destination, &["Id"]).and_then(|text| draft.names().find(text));
                let Some(to) = id.and_then(|id| draft.vertex_of(id)) else { continue };
                for permission in &permissions {
                    let Some(kind) = connection(draft.vertex(to).kind, permission) else { continue };
                    if !linked.insert((self.from, to, is_access.then_some(kind))) {
                        continue;
                    }
                    let proof = (self.via, self.origin);
                    add(draft, (self.from, to, kind), destination.guard, proof);
                }
            }
        }
    }
}

fn connection(to: VertexKind, permission: &str) -> Option<EdgeKind> {
    let is_read =
        matches!(to, VertexKind::Queue | VertexKind::Table | VertexKind::Bucket | VertexKind::Stream);
    match permission {
        "Write" if to == VertexKind::Function => Some(EdgeKind::Invoke),
        "Write" => to.delivery(),
        "Read" => is_read.then_some(EdgeKind::Read),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

//! Connectors of SAM that the transform left: resources of their own, and those that a resource carries.

use rustc_hash::FxHashSet;

use crate::names::Name;
use crate::template::{Origin, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::{Certainty, Edge, EdgeKind, Evidence, EvidenceClass, VertexId, VertexKind};

/// Adds the edges of every connector that says something new.
pub(super) fn read(draft: &mut Draft<'_>) {
    let mut linked = linked(draft);
    for (&id, resource) in &draft.template().resources {
        read_connectors(draft, (id, resource), &mut linked);
    }
}

/// Two ends that are linked; between a function and what it uses, in which way.
type Link = (VertexId, VertexId, Option<EdgeKind>);

/// What is linked already. A connector beside a wired link only gives it the permission.
fn linked(draft: &Draft<'_>) -> FxHashSet<Link> {
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

fn read_connectors(draft: &mut Draft<'_>, (id, resource): (Name, &Resource), linked: &mut FxHashSet<Link>) {
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
    fn add(&self, draft: &mut Draft<'_>, properties: Branch, linked: &mut FxHashSet<Link>) {
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
                    let edge = Edge {
                        kind,
                        from: self.from,
                        to,
                        via: Some(self.via),
                        guard: destination.guard,
                        certainty: Certainty::Likely,
                        evidence: vec![Evidence { class: EvidenceClass::Connector, origin: self.origin }],
                        origin: draft.vertex(self.from).origin,
                        facts: Vec::new(),
                    };
                    draft.add_edge(edge);
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
mod tests {
    use super::super::tests::{edges, resources};

    #[test]
    fn a_connector_beside_a_wired_link_adds_nothing() {
        let template = resources(
            "  R: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Id: a, Arn: !Ref Flow}]}}
  Flow: {Type: 'AWS::StepFunctions::StateMachine'}
  C: {Type: 'AWS::Serverless::Connector', Properties: {Source: {Id: R}, Destination: {Id: Flow}, Permissions: [Write]}}
",
        );
        assert_eq!(edges(&template), ["start.async R -> Flow [certain]"]);
    }

    #[test]
    fn a_connector_makes_a_call_likely_in_either_form() {
        let template = resources(
            "  A: {Type: 'AWS::Lambda::Function', Connectors: {ToB: {Properties: {Destination: {Id: B}, Permissions: [Write]}}}}
  B: {Type: 'AWS::Lambda::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  C:
    Type: AWS::Serverless::Connector
    Properties: {Source: {Id: A}, Destination: [{Id: B}, {Id: Q}], Permissions: [Write]}
",
        );
        assert_eq!(edges(&template), ["invoke A -> B [likely]", "send A -> Q [likely]"]);
    }
}

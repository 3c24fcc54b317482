//! Puts what was found where it belongs: at the narrowest thing that is drawn around it, and on the edges that it rests
//! on.

use rustc_hash::FxHashMap;

use crate::finding::{Checked, Finding};
use crate::graph::VertexKind;
use crate::source::Location;
use crate::template::Origin;

use super::kind::Kind;
use super::state::Nesting;
use super::surroundings::Surroundings;
use super::{Drawing, Edge, Noted, Vertex, read};

const OTHER: Kind = Kind::Node(VertexKind::Other);

impl Drawing {
    /// With what was found in its template.
    pub(crate) fn attach(&mut self, checked: &Checked) {
        let places = Places::of(self);
        let homes: Vec<Placed> = checked.findings.iter().map(|finding| places.of_finding(finding)).collect();
        for (finding, Placed { vertices, edges, steps }) in checked.findings.iter().zip(homes) {
            let noted = self.findings.len();
            let source = &checked.sources[finding.primary.location.file.0 as usize];
            self.findings.push(Noted {
                rule: finding.rule.clone(),
                name: finding.name.clone(),
                severity: finding.severity,
                confidence: finding.confidence,
                message: finding.message.clone(),
                help: finding.help.clone(),
                condition: finding.condition.clone(),
                fingerprint: finding.fingerprint.clone(),
                place: read::place(source, finding.primary.location),
                steps,
            });
            for vertex in vertices {
                self.vertices[vertex].findings.push(noted);
            }
            for edge in edges {
                self.edges[edge].findings.push(noted);
            }
        }
    }
}

/// Where a finding is shown: indices of vertices and edges.
struct Placed {
    vertices: Vec<usize>,
    edges: Vec<usize>,
    /// The vertices that its path names.
    steps: Vec<usize>,
}

/// What stands where in a drawing.
struct Places<'d> {
    drawing: &'d Drawing,
    nesting: Nesting,
    vertices: Surroundings,
    edges: Surroundings,
    vertices_by_id: FxHashMap<&'d str, usize>,
    /// Of several at one key the one that a rule looks at.
    vertices_by_key: FxHashMap<Location, usize>,
    /// By the keys and values of what makes or proves them.
    edges_by_proof: FxHashMap<Location, Vec<usize>>,
    /// By the resources at both ends: a path names the state machine, and not its states.
    edges_by_ends: FxHashMap<(usize, usize), Vec<usize>>,
}

impl<'d> Places<'d> {
    fn of(drawing: &'d Drawing) -> Self {
        let vertices = drawing.vertices.iter().enumerate();
        let inside = vertices.clone().filter(|(_, vertex)| vertex.kind != Kind::Node(VertexKind::External));
        let mut places = Self {
            drawing,
            nesting: Nesting::of(&drawing.vertices),
            vertices: Surroundings::of(inside.clone().map(|(index, vertex)| (vertex.origin.whole(), index))),
            edges: Surroundings::of(
                drawing.edges.iter().enumerate().map(|(index, edge)| (edge.origin.whole(), index)),
            ),
            vertices_by_id: FxHashMap::default(),
            vertices_by_key: FxHashMap::default(),
            edges_by_proof: FxHashMap::default(),
            edges_by_ends: FxHashMap::default(),
        };
        for (index, vertex) in vertices {
            places.vertices_by_id.entry(&vertex.id).or_insert(index);
        }
        for (index, vertex) in inside {
            let known = places.vertices_by_key.entry(vertex.origin.at_key()).or_insert(index);
            if drawing.vertices[*known].kind == OTHER && drawing.vertices[index].kind != OTHER {
                *known = index;
            }
        }
        for (index, edge) in drawing.edges.iter().enumerate() {
            let ends = [edge.from, edge.to].map(|end| places.nesting.home[end]);
            places.edges_by_ends.entry(ends.into()).or_default().push(index);
            for origin in edge.origins() {
                for place in [origin.at_key(), origin.at_value()] {
                    places.edges_by_proof.entry(place).or_default().push(index);
                }
            }
        }
        places
    }

    fn of_finding(&self, finding: &Finding) -> Placed {
        let mut edges = self.edges_of(finding);
        let mut vertices = Vec::new();
        for vertex in self.vertices_of(finding) {
            let made = self.edges_made_by(vertex);
            if made.is_empty() {
                vertices.push(vertex);
            }
            edges.extend(made);
        }
        let path = finding.path.iter();
        let steps: Vec<usize> =
            path.filter_map(|step| self.vertices_by_key.get(&step.location).copied()).collect();
        let home = |step: usize| self.nesting.home[step];
        let hops = steps.windows(2).map(|hop| (home(hop[0]), home(hop[1])));
        let hops = hops.filter_map(|hop| self.edges_by_ends.get(&hop));
        edges.extend(hops.flatten());
        edges.sort_unstable();
        edges.dedup();
        Placed { vertices, edges, steps }
    }

    /// The vertices that a finding is about: at its place, and at those of all that it speaks for.
    fn vertices_of(&self, finding: &Finding) -> Vec<usize> {
        let places = std::iter::once(finding.primary.location)
            .chain(finding.members.iter().map(|member| member.location));
        let mut vertices: Vec<usize> = places.filter_map(|place| self.vertex_at(place, finding)).collect();
        if vertices.is_empty() {
            // In another file, which a resource names; or in `Globals`, on behalf of those that it relates.
            vertices.extend(finding.resource.as_deref().and_then(|named| self.vertices_by_id.get(named)));
        }
        if vertices.is_empty() {
            let related = finding.related.iter().map(|label| label.location);
            vertices.extend(related.filter_map(|place| self.vertex_at(place, finding)));
        }
        vertices.sort_unstable();
        vertices.dedup();
        vertices
    }

    /// The narrowest vertex around a place. What the transform has made of a resource stands where that does: of
    /// several the one that a rule looks at is meant. Of the states of a definition that several workflows share, those
    /// of the workflow that is named.
    fn vertex_at(&self, place: Location, finding: &Finding) -> Option<usize> {
        let narrowest = self.vertices.around(place).next()?.iter().copied();
        let is_named = |index: usize| {
            let home = &self.drawing.vertices[self.nesting.home[index]];
            finding.resource.as_deref() == Some(&home.id)
        };
        narrowest.min_by_key(|index| (self.drawing.vertices[*index].kind == OTHER, !is_named(*index), *index))
    }

    /// The edges that a resource is no more than: a mapping, a subscription. What was found at it is shown there.
    fn edges_made_by(&self, vertex: usize) -> Vec<usize> {
        let Vertex { id, kind, origin, .. } = &self.drawing.vertices[vertex];
        if *kind != OTHER {
            return Vec::new();
        }
        let made = self.edges_by_proof.get(&origin.at_key()).into_iter().flatten().copied();
        let edge = |index: usize| &self.drawing.edges[index];
        made.filter(|index| edge(*index).via.as_deref() == Some(id) && edge(*index).origin.key == origin.key)
            .collect()
    }

    /// The edges that a finding rests on: what it points at is what makes or proves them.
    fn edges_of(&self, finding: &Finding) -> Vec<usize> {
        let primary = finding.primary.location;
        let pointed_at = std::iter::once(primary).chain(finding.related.iter().map(|label| label.location));
        let proven = pointed_at.flat_map(|place| {
            let edges = self.edges_by_proof.get(&place).into_iter().flatten().copied();
            edges.filter(move |edge| {
                let is_there = |origin: &&Origin| place == origin.at_key() || place == origin.at_value();
                self.own_origins(*edge).any(|origin| is_there(&origin))
            })
        });
        let around = self.edges.around(primary).flatten().copied();
        let around = around.filter(|edge| {
            let origin = &self.drawing.edges[*edge].origin;
            self.own_origins(*edge).any(|own| own == origin)
        });
        proven.chain(around).collect()
    }

    /// What makes and proves an edge; a place that is a whole resource says nothing of its edges.
    fn own_origins(&self, edge: usize) -> impl Iterator<Item = &'d Origin> {
        let Edge { from, to, .. } = self.drawing.edges[edge];
        let ends = [from, to].map(|end| self.drawing.vertices[end].origin.key);
        self.drawing.edges[edge].origins().filter(move |origin| !ends.contains(&origin.key))
    }
}

impl Edge {
    /// The places of what makes it and of what proves it.
    fn origins(&self) -> impl Iterator<Item = &Origin> {
        std::iter::once(&self.origin).chain(&self.proofs)
    }
}

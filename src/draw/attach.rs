//! Puts what was found where it belongs: at the narrowest thing that is drawn around it, and on the edges that it rests
//! on.

use crate::finding::{Checked, Finding};
use crate::graph::VertexKind;
use crate::source::Location;
use crate::template::Origin;

use super::{Drawing, Noted, Vertex, read};

impl Drawing {
    /// With what was found in its template.
    pub(crate) fn attach(&mut self, checked: &Checked) {
        for finding in &checked.findings {
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
            });
            let mut edges = self.edges_of(finding);
            for vertex in self.vertices_of(finding) {
                let made = self.edges_made_by(vertex);
                if made.is_empty() {
                    self.vertices[vertex].findings.push(noted);
                }
                edges.extend(made);
            }
            edges.sort_unstable();
            edges.dedup();
            for edge in edges {
                self.edges[edge].findings.push(noted);
            }
        }
    }

    /// The vertices that a finding is about: at its place, and at those of all that it speaks for.
    fn vertices_of(&self, finding: &Finding) -> Vec<usize> {
        let places = std::iter::once(finding.primary.location)
            .chain(finding.members.iter().map(|member| member.location));
        let mut vertices: Vec<usize> = places.filter_map(|place| self.vertex_at(place)).collect();
        if vertices.is_empty() {
            // In another file, which a resource names; or in `Globals`, on behalf of those that it relates.
            let named = finding.resource.as_deref();
            vertices.extend(self.vertices.iter().position(|vertex| Some(vertex.id.as_str()) == named));
        }
        if vertices.is_empty() {
            let related = finding.related.iter().map(|label| label.location);
            vertices.extend(related.filter_map(|place| self.vertex_at(place)));
        }
        vertices.sort_unstable();
        vertices.dedup();
        vertices
    }

    /// The narrowest vertex around a place. What the transform has made of a resource stands where that does: of
    /// several the one that a rule looks at is meant.
    fn vertex_at(&self, place: Location) -> Option<usize> {
        let around =
            self.vertices.iter().enumerate().filter(|(_, vertex)| {
                vertex.kind != VertexKind::External && vertex.origin.whole().holds(place)
            });
        let narrowest = around
            .min_by_key(|(index, vertex)| (length(vertex.origin), vertex.kind == VertexKind::Other, *index));
        narrowest.map(|(index, _)| index)
    }

    /// The edges that a resource is no more than: a mapping, a subscription. What was found at it is shown there.
    fn edges_made_by(&self, vertex: usize) -> Vec<usize> {
        let Vertex { id, kind, origin, .. } = &self.vertices[vertex];
        if *kind != VertexKind::Other {
            return Vec::new();
        }
        let edges = self.edges.iter().enumerate();
        let made = edges.filter(|(_, edge)| edge.via.as_deref() == Some(id) && edge.origin.key == origin.key);
        made.map(|(index, _)| index).collect()
    }

    /// The edges that a finding rests on: what it points at is what makes or proves them.
    fn edges_of(&self, finding: &Finding) -> Vec<usize> {
        let primary = finding.primary.location;
        let rests_on = |origin: &Origin| {
            let is = |place: Location| place == origin.at_key() || place == origin.at_value();
            is(primary) || finding.related.iter().any(|label| is(label.location))
        };
        let edges = self.edges.iter().enumerate().filter(|(_, edge)| {
            let ends = [&self.vertices[edge.from], &self.vertices[edge.to]];
            // A place that is a whole resource says nothing of its edges.
            let is_own = |origin: &&Origin| ends.iter().all(|end| end.origin.key != origin.key);
            let mut proofs = std::iter::once(&edge.origin).chain(&edge.proofs).filter(is_own);
            proofs.any(|origin| rests_on(origin) || origin == &edge.origin && origin.whole().holds(primary))
        });
        edges.map(|(index, _)| index).collect()
    }
}

fn length(origin: Origin) -> u32 {
    let span = origin.whole().span;
    span.end - span.start
}

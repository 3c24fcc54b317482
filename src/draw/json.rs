//! A drawing as JSON, for programs: `docs/graph.md` describes it.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::finding::{Confidence, Severity};
use crate::report::inert::write_json;

use super::{Drawing, Edge, Noted, Place, Vertex};

/// Its number grows when something that was there means something else or is gone.
const SCHEMA: &str = "lenslint-graph/1";

#[derive(Serialize)]
struct Document<'d> {
    schema: &'static str,
    templates: &'d [String],
    vertices: Vec<JsonVertex<'d>>,
    edges: Vec<JsonEdge<'d>>,
    /// Those of no vertex and no edge that is drawn.
    findings: Vec<JsonFinding<'d>>,
}

#[derive(Serialize)]
struct JsonVertex<'d> {
    id: &'d str,
    template: &'d str,
    kind: &'static str,
    r#type: &'d str,
    label: &'d str,
    stacks: &'d [String],
    within: Option<&'d str>,
    condition: Option<&'d str>,
    place: JsonPlace<'d>,
    facts: &'d Map<String, Value>,
    defaults: &'d [String],
    states: &'d [String],
    findings: Vec<JsonFinding<'d>>,
}

#[derive(Serialize)]
struct JsonEdge<'d> {
    from: &'d str,
    to: &'d str,
    template: &'d str,
    kind: &'static str,
    certainty: &'static str,
    condition: Option<&'d str>,
    via: Option<&'d str>,
    evidence: &'d [&'static str],
    place: JsonPlace<'d>,
    facts: &'d Map<String, Value>,
    defaults: &'d [String],
    findings: Vec<JsonFinding<'d>>,
}

#[derive(Serialize)]
struct JsonFinding<'d> {
    rule: &'d str,
    name: &'d str,
    severity: Severity,
    confidence: Confidence,
    message: &'d str,
    help: Option<&'d str>,
    condition: Option<&'d str>,
    place: JsonPlace<'d>,
    fingerprint: &'d str,
}

#[derive(Serialize)]
struct JsonPlace<'d> {
    path: &'d str,
    line: u32,
    column: u32,
}

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    let mut is_placed = vec![false; drawing.findings.len()];
    let placed = drawing.vertices.iter().map(|vertex| &vertex.findings);
    for index in placed.chain(drawing.edges.iter().map(|edge| &edge.findings)).flatten() {
        is_placed[*index] = true;
    }
    let unplaced: Vec<usize> = (0..is_placed.len()).filter(|index| !is_placed[*index]).collect();
    let document = Document {
        schema: SCHEMA,
        templates: &drawing.templates,
        vertices: drawing.vertices.iter().map(|vertex| json_vertex(drawing, vertex)).collect(),
        edges: drawing.edges.iter().map(|edge| json_edge(drawing, edge)).collect(),
        findings: json_findings(drawing, &unplaced),
    };
    write_json(&document, out)
}

fn json_vertex<'d>(drawing: &'d Drawing, vertex: &'d Vertex) -> JsonVertex<'d> {
    JsonVertex {
        id: &vertex.id,
        template: &drawing.templates[vertex.template],
        kind: vertex.kind.as_str(),
        r#type: &vertex.type_name,
        label: &vertex.label,
        stacks: &vertex.stacks,
        within: vertex.within.map(|around| drawing.vertices[around].id.as_str()),
        condition: vertex.condition.as_deref(),
        place: json_place(&vertex.place),
        facts: &vertex.facts,
        defaults: &vertex.defaults,
        states: &vertex.states,
        findings: json_findings(drawing, &vertex.findings),
    }
}

fn json_edge<'d>(drawing: &'d Drawing, edge: &'d Edge) -> JsonEdge<'d> {
    let from = &drawing.vertices[edge.from];
    JsonEdge {
        from: &from.id,
        to: &drawing.vertices[edge.to].id,
        template: &drawing.templates[from.template],
        kind: edge.link.as_str(),
        certainty: edge.certainty.as_str(),
        condition: edge.condition.as_deref(),
        via: edge.via.as_deref(),
        evidence: &edge.evidence,
        place: json_place(&edge.place),
        facts: &edge.facts,
        defaults: &edge.defaults,
        findings: json_findings(drawing, &edge.findings),
    }
}

fn json_findings<'d>(drawing: &'d Drawing, findings: &[usize]) -> Vec<JsonFinding<'d>> {
    let findings = findings.iter().map(|index| &drawing.findings[*index]);
    findings
        .map(|finding| {
            let Noted {
                rule, name, severity, confidence, message, help, condition, fingerprint, place, ..
            } = finding;
            JsonFinding {
                rule,
                name,
                severity: *severity,
                confidence: *confidence,
                message,
                help: help.as_deref(),
                condition: condition.as_deref(),
                place: json_place(place),
                fingerprint,
            }
        })
        .collect()
}

fn json_place(place: &Place) -> JsonPlace<'_> {
    JsonPlace { path: &place.path, line: place.line, column: place.column }
}

//! A drawing is what is shown of a graph and of what was found in it: Mermaid, DOT, SVG, a page of HTML, or JSON.

mod attach;
mod bounds;
mod boxes;
mod card;
mod dot;
mod family;
mod html;
mod json;
mod kind;
mod layout;
mod line;
mod mermaid;
mod part;
mod read;
mod state;
mod surroundings;
mod svg;
mod text;
mod words;
mod workflow;

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::finding::{Confidence, Severity};
use crate::graph::Certainty;
use crate::template::Origin;

use kind::{Kind, Link};

/// Cards that a screen shows beside one another with all that is on them.
const MOST_AT_EASE: usize = 40;

/// What is drawn of one template, or of several side by side.
#[derive(Default)]
pub(crate) struct Drawing {
    /// Their paths.
    pub(crate) templates: Vec<String>,
    vertices: Vec<Vertex>,
    edges: Vec<Edge>,
    findings: Vec<Noted>,
}

/// A resource, an entry point, something outside or a state of a workflow, as it is shown.
struct Vertex {
    /// Unique in its template.
    id: String,
    /// Without the names of the stacks before it, and for a route without its API.
    label: String,
    kind: Kind,
    /// Of a state, what it does: `Task`.
    type_name: String,
    /// The index of its template.
    template: usize,
    /// The nested stacks that it is in, the outermost first.
    stacks: Vec<String>,
    /// What a state is inside of: its state machine, or the map or the parallel state around it, which come before it.
    within: Option<usize>,
    /// What must hold for it to be there.
    condition: Option<String>,
    place: Place,
    facts: Map<String, Value>,
    /// The facts that are the service's defaults.
    defaults: Vec<String>,
    /// The states of a state machine.
    states: Vec<String>,
    /// Whether they are not drawn.
    is_folded: bool,
    /// Indices of what was found at it.
    findings: Vec<usize>,
    origin: Origin,
}

/// One thing reaching another, as it is shown.
struct Edge {
    from: usize,
    to: usize,
    link: Link,
    certainty: Certainty,
    /// What must hold for it to be there.
    condition: Option<String>,
    /// The resource that makes the link.
    via: Option<String>,
    /// The kinds of proof: `EV1`.
    evidence: Vec<&'static str>,
    facts: Map<String, Value>,
    defaults: Vec<String>,
    place: Place,
    /// Indices of what was found at it.
    findings: Vec<usize>,
    origin: Origin,
    proofs: Vec<Origin>,
}

/// A finding as it is shown.
struct Noted {
    rule: String,
    name: String,
    severity: Severity,
    confidence: Confidence,
    message: String,
    help: Option<String>,
    condition: Option<String>,
    fingerprint: String,
    place: Place,
    /// Indices of the vertices that its path names.
    steps: Vec<usize>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    path: String,
    line: u32,
    column: u32,
}

/// How a drawing is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A flowchart of Mermaid, which GitHub and GitLab draw where they find one in Markdown.
    Mermaid,
    /// The language of Graphviz.
    Dot,
    /// A picture.
    Svg,
    /// A page to explore the picture in.
    Html,
    /// Everything that is known, for programs.
    Json,
}

impl Drawing {
    /// Writes it down.
    pub(crate) fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Mermaid => mermaid::write(self, out),
            Format::Dot => dot::write(self, out),
            Format::Svg => svg::write(self, out),
            Format::Html => html::write(self, out),
            Format::Json => json::write(self, out),
        }
    }

    /// Why it cannot be drawn in a format, if it cannot: a picture of too much takes long and shows nothing.
    pub(crate) fn refused(&self, format: Format) -> Option<String> {
        let excess = match format {
            Format::Svg | Format::Html => self.excess(&self.lines()),
            Format::Mermaid | Format::Dot | Format::Json => None,
        };
        excess.map(|excess| {
            format!(
                "{excess} are too much for a picture: draw a part of it (--around ID), fewer templates, no \
                 states (--states none), or another format (mermaid, dot, json)"
            )
        })
    }

    /// Whether a screen cannot show all of it as large as it is read best: what is told elsewhere makes room then.
    fn is_crowded(&self) -> bool {
        self.vertices.iter().filter(|vertex| vertex.kind != Kind::State).count() > MOST_AT_EASE
    }

    /// What it is of, in one line.
    fn title(&self) -> String {
        match self.templates.as_slice() {
            [first] => format!("Graph of {first}"),
            several => format!("Graph of {} templates", several.len()),
        }
    }

    /// What is on it, for those who do not see it.
    fn description(&self) -> String {
        let states = self.vertices.iter().filter(|vertex| vertex.kind == Kind::State).count();
        let resources = self.vertices.len() - states;
        let with_states = if states > 0 { format!(" with {states} states") } else { String::new() };
        format!("{resources} resources{with_states} and {} findings.", self.findings.len())
    }

    /// Both, side by side.
    pub(crate) fn beside(mut self, other: Self) -> Self {
        let (vertices, templates, findings) =
            (self.vertices.len(), self.templates.len(), self.findings.len());
        let moved = |indices: Vec<usize>| indices.into_iter().map(|index| index + findings).collect();
        self.templates.extend(other.templates);
        self.vertices.extend(other.vertices.into_iter().map(|vertex| Vertex {
            template: vertex.template + templates,
            within: vertex.within.map(|within| within + vertices),
            findings: moved(vertex.findings),
            ..vertex
        }));
        self.edges.extend(other.edges.into_iter().map(|edge| Edge {
            from: edge.from + vertices,
            to: edge.to + vertices,
            findings: moved(edge.findings),
            ..edge
        }));
        self.findings.extend(other.findings.into_iter().map(|finding| Noted {
            steps: finding.steps.into_iter().map(|step| step + vertices).collect(),
            ..finding
        }));
        self
    }

    /// The worst of what was found at something.
    fn worst(&self, findings: &[usize]) -> Option<Severity> {
        findings.iter().map(|index| self.findings[*index].severity).max()
    }

    /// The rules that found something, each once.
    fn rules(&self, findings: &[usize]) -> impl Iterator<Item = &str> + use<'_> {
        let mut rules: Vec<&str> = findings.iter().map(|index| self.findings[*index].rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        rules.into_iter()
    }
}

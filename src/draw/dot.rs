//! A drawing in the language of Graphviz.

use std::io::{self, Write};

use crate::finding::Severity;
use crate::graph::Certainty;
use crate::report::inert::inert;

use super::Drawing;
use super::boxes::Boxed;
use super::family::Family;
use super::line::{Line, Stroke};
use super::state::Nesting;
use super::words::subtitle;

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph lenslint {{")?;
    writeln!(out, "  rankdir=LR;")?;
    writeln!(out, "  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11];")?;
    writeln!(out, "  edge [fontname=\"Helvetica\", fontsize=9];")?;
    let nesting = Nesting::of(&drawing.vertices);
    let several = drawing.templates.len() > 1;
    for (template, path) in drawing.templates.iter().enumerate() {
        if several {
            writeln!(out, "  subgraph cluster_t{template} {{")?;
            writeln!(out, "  label={};", quoted(path))?;
        }
        write_vertices(drawing, &nesting, template, out)?;
        if several {
            writeln!(out, "  }}")?;
        }
    }
    for line in drawing.lines() {
        writeln!(out, "  v{} -> v{} [{}];", line.from, line.to, look(&line, drawing))?;
    }
    writeln!(out, "}}")
}

fn write_vertices(
    drawing: &Drawing,
    nesting: &Nesting,
    template: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut depth = 0;
    for next in drawing.boxed(template) {
        match next {
            Boxed::Open(stack, first) => {
                depth += 1;
                writeln!(out, "  subgraph cluster_v{first}_{depth} {{")?;
                writeln!(out, "  label={};", quoted(stack))?;
            }
            Boxed::Vertex(index) => write_vertex(drawing, nesting, index, out)?,
            Boxed::Close => {
                depth -= 1;
                writeln!(out, "  }}")?;
            }
        }
    }
    Ok(())
}

/// A vertex; one that others are inside of stands in a frame with them.
fn write_vertex(drawing: &Drawing, nesting: &Nesting, index: usize, out: &mut dyn Write) -> io::Result<()> {
    let inside = &nesting.inside[index];
    if !inside.is_empty() {
        writeln!(out, "  subgraph cluster_w{index} {{")?;
        writeln!(out, "  label=\"\"; style=\"rounded,filled\"; color=\"#c4ccd4\"; fillcolor=\"#f6f8fa\";")?;
    }
    let vertex = &drawing.vertices[index];
    let mut text = vec![vertex.label.clone(), subtitle(vertex)];
    text.extend(vertex.condition.as_ref().map(|condition| format!("when {condition}")));
    text.extend(drawing.rules(&vertex.findings).map(str::to_owned));
    let mut look = vec![format!("label={}", quoted_lines(&text))];
    look.extend(shape(Family::of(vertex.kind)).map(|shape| format!("shape={shape}")));
    if let Some(severity) = drawing.worst(&vertex.findings) {
        look.push(format!("color=\"{}\", penwidth=2", colour(severity)));
    }
    writeln!(out, "  v{index} [{}];", look.join(", "))?;
    for inner in inside {
        write_vertex(drawing, nesting, *inner, out)?;
    }
    if !inside.is_empty() {
        writeln!(out, "  }}")?;
    }
    Ok(())
}

fn shape(family: Family) -> Option<&'static str> {
    match family {
        Family::Entry => Some("oval"),
        Family::Queue => Some("cds"),
        Family::Topic => Some("hexagon"),
        Family::Store => Some("cylinder"),
        Family::Workflow => Some("component"),
        Family::Outside => Some("note"),
        Family::Api | Family::Compute | Family::State | Family::Other => None,
    }
}

fn look(line: &Line<'_>, drawing: &Drawing) -> String {
    let mut label = vec![line.label()];
    label.extend(line.when(drawing));
    label.extend(line.rules(drawing).map(str::to_owned));
    label.retain(|text| !text.is_empty());
    let mut look = Vec::new();
    if !label.is_empty() {
        look.push(format!("label={}", quoted_lines(&label)));
    }
    look.push(format!(
        "style={}",
        match line.stroke {
            Stroke::Part | Stroke::Waits | Stroke::Data | Stroke::Next => "solid",
            Stroke::GoesOn | Stroke::MayWait | Stroke::Polls => "dashed",
            Stroke::DeadLetter | Stroke::Caught => "dotted",
        }
    ));
    if line.stroke == Stroke::Part {
        look.push("arrowhead=none".to_owned());
    }
    match (line.worst(drawing), line.certainty) {
        (Some(severity), _) => look.push(format!("color=\"{}\", penwidth=2", colour(severity))),
        (None, Certainty::Possible) => look.push("color=\"gray60\"".to_owned()),
        (None, Certainty::Likely | Certainty::Certain) => {}
    }
    look.join(", ")
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "#d1242f",
        Severity::Warning => "#bf6a02",
        Severity::Info => "#0969da",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn quoted_lines(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    format!("\"{}\"", lines.join("\\n"))
}

/// Graphviz reads `\N`, and entities of HTML, in every label.
fn escaped(text: &str) -> String {
    inert(text).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_graphviz_own() {
        assert_eq!(quoted(r#"a"b\N &lt; <b>"#), r#""a\"b\\N &amp;lt; <b>""#);
        assert_eq!(quoted("a\nb"), r#""a\\nb""#);
    }
}

//! A drawing as a flowchart of Mermaid.

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
    writeln!(out, "flowchart LR")?;
    let nesting = Nesting::of(&drawing.vertices);
    let several = drawing.templates.len() > 1;
    for (template, path) in drawing.templates.iter().enumerate() {
        if several {
            writeln!(out, "  subgraph t{template} [\"{}\"]", escaped(path))?;
        }
        write_vertices(drawing, &nesting, template, out)?;
        if several {
            writeln!(out, "  end")?;
        }
    }
    let lines = drawing.lines();
    for line in &lines {
        writeln!(out, "  v{} {} v{}", line.from, arrow(line, drawing), line.to)?;
    }
    let framed = (0..nesting.inside.len()).filter(|index| !nesting.inside[*index].is_empty());
    let framed: Vec<String> = framed.map(|index| format!("w{index}")).collect();
    if !framed.is_empty() {
        writeln!(out, "  classDef frame fill:none,stroke:#9e2f63")?;
        writeln!(out, "  class {} frame", framed.join(","))?;
    }
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        write_findings(drawing, &lines, severity, out)?;
    }
    Ok(())
}

/// The vertices of a template, each in its stacks.
fn write_vertices(
    drawing: &Drawing,
    nesting: &Nesting,
    template: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    // The names of the boxes that are open.
    let mut names = vec![format!("t{template}")];
    for next in drawing.boxed(template) {
        match next {
            Boxed::Open(stack, first) => {
                let name = format!("{}_{first}", names.last().map_or("t", String::as_str));
                writeln!(out, "  subgraph {name} [\"{}\"]", escaped(stack))?;
                names.push(name);
            }
            Boxed::Vertex(index) => write_vertex(drawing, nesting, index, out)?,
            Boxed::Close => {
                names.pop();
                writeln!(out, "  end")?;
            }
        }
    }
    Ok(())
}

/// A vertex; one that others are inside of stands in a frame with them, its own card before theirs.
fn write_vertex(drawing: &Drawing, nesting: &Nesting, index: usize, out: &mut dyn Write) -> io::Result<()> {
    let inside = &nesting.inside[index];
    if !inside.is_empty() {
        writeln!(out, "  subgraph w{index} [\" \"]")?;
    }
    let vertex = &drawing.vertices[index];
    let mut text = format!("{}<br><small>{}</small>", escaped(&vertex.label), escaped(&subtitle(vertex)));
    if let Some(condition) = &vertex.condition {
        text.push_str(&format!("<br><small>when {}</small>", escaped(condition)));
    }
    for rule in drawing.rules(&vertex.findings) {
        text.push_str(&format!("<br>⚠ {}", escaped(rule)));
    }
    let (left, right) = brackets(Family::of(vertex.kind));
    writeln!(out, "  v{index}{left}\"{text}\"{right}")?;
    for inner in inside {
        write_vertex(drawing, nesting, *inner, out)?;
    }
    if !inside.is_empty() {
        writeln!(out, "  end")?;
    }
    Ok(())
}

fn brackets(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Entry => ("([", "])"),
        Family::Queue => ("[[", "]]"),
        Family::Topic => ("{{", "}}"),
        Family::Store => ("[(", ")]"),
        Family::Workflow => ("[/", "/]"),
        Family::State => ("(", ")"),
        Family::Outside => (">", "]"),
        Family::Api | Family::Compute | Family::Other => ("[", "]"),
    }
}

fn arrow(line: &Line<'_>, drawing: &Drawing) -> String {
    let arrow = match line.stroke {
        Stroke::Part => "---",
        Stroke::Waits | Stroke::Data | Stroke::Next => "-->",
        Stroke::GoesOn | Stroke::MayWait | Stroke::Polls | Stroke::DeadLetter | Stroke::Caught => "-.->",
    };
    let label = [Some(line.label()).filter(|label| !label.is_empty()), line.when(drawing)];
    let mut label: Vec<String> = label.into_iter().flatten().map(|text| escaped(&text)).collect();
    label.extend(line.rules(drawing).map(|rule| format!("⚠ {}", escaped(rule))));
    if label.is_empty() { arrow.to_owned() } else { format!("{arrow}|\"{}\"|", label.join("<br>")) }
}

/// Colours what was found, the line of a weak edge lighter.
fn write_findings(
    drawing: &Drawing,
    lines: &[Line<'_>],
    severity: Severity,
    out: &mut dyn Write,
) -> io::Result<()> {
    let colour = match severity {
        Severity::Error => "#d1242f",
        Severity::Warning => "#bf6a02",
        Severity::Info => "#0969da",
    };
    let vertices = drawing.vertices.iter().enumerate();
    let vertices = vertices.filter(|(_, vertex)| drawing.worst(&vertex.findings) == Some(severity));
    let vertices: Vec<String> = vertices.map(|(index, _)| format!("v{index}")).collect();
    if !vertices.is_empty() {
        writeln!(out, "  classDef {severity} stroke:{colour},stroke-width:3px")?;
        writeln!(out, "  class {} {severity}", vertices.join(","))?;
    }
    let found = lines.iter().enumerate();
    let found = found.filter(|(_, line)| line.worst(drawing) == Some(severity));
    let found: Vec<String> = found.map(|(index, _)| index.to_string()).collect();
    if !found.is_empty() {
        writeln!(out, "  linkStyle {} stroke:{colour},stroke-width:3px", found.join(","))?;
    }
    if severity == Severity::Info {
        let weak = lines.iter().enumerate();
        let weak = weak.filter(|(_, line)| line.certainty == Certainty::Possible);
        let weak: Vec<String> = weak.map(|(index, _)| index.to_string()).collect();
        if !weak.is_empty() {
            writeln!(out, "  linkStyle {} opacity:0.5", weak.join(","))?;
        }
    }
    Ok(())
}

/// Text in quotes, in which nothing is Mermaid's or HTML's: what is no letter, digit or plain mark is written by its
/// number. Not even `:` and `%` stay, by which Mermaid looks for directives and styles in the raw text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in inert(text).chars() {
        let is_plain = !c.is_ascii() || c.is_ascii_alphanumeric() || " _-.,/()'*+=?".contains(c);
        if is_plain {
            out.push(c);
        } else {
            out.push_str(&format!("#{};", u32::from(c)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_mermaids_own() {
        assert_eq!(escaped("GET /orders/{id}"), "GET /orders/#123;id#125;");
        let hostile = "\"]; click v0 href \"javascript:alert(1)\" %%{init: {}}%% <b>`x` #quot; & \u{202e}\n";
        let text = escaped(hostile);
        for mark in ["\"", "<", "%", ":", "{", "`", "&", "]", "\n", "\u{202e}"] {
            assert!(!text.contains(mark), "{mark:?} in {text}");
        }
        // Each `#` and `;` is that of a number.
        assert!(text.split('#').skip(1).all(|code| code[..code.find(';').unwrap()].parse::<u32>().is_ok()));
    }
}

//! A drawing as one page of HTML that needs nothing else: no server, no network, no other file.

use std::io::{self, Write};

use rustc_hash::FxHashSet;
use serde::Serialize;

use crate::finding::Severity;
use crate::graph::VertexKind;
use crate::report::inert::{inert, write_json};

use super::family::Family;
use super::kind::Kind;
use super::line::{Line, Stroke};
use super::svg::{self, STYLE, family_class, stroke_class};
use super::text::escaped;
use super::words::{fact, is_worth_a_line, kind};
use super::{Drawing, Noted, Place};

const PAGE_STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// The hash of the script, so that a browser runs it and no other.
const SCRIPT_HASH: &str = "NAbrjZsWtp4q0asSA8/d7DRBtSxDSXEwPBZKBEK1aC8=";

/// What the page's script shows of a card or a line.
#[derive(Serialize)]
struct Shown<'d> {
    name: String,
    kind: String,
    place: String,
    /// Names, values, and whether the value is the service's default.
    facts: Vec<(&'d str, String, bool)>,
    findings: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<[usize; 2]>,
}

#[derive(Serialize)]
struct ShownFinding<'d> {
    rule: &'d str,
    name: &'d str,
    severity: Severity,
    message: String,
    help: Option<String>,
    when: Option<String>,
    place: String,
    /// The cards that it is about or that its path leads through, and the lines that it rests on.
    cards: Vec<usize>,
    lines: Vec<usize>,
}

#[derive(Serialize)]
struct Data<'d> {
    cards: Vec<Shown<'d>>,
    lines: Vec<Shown<'d>>,
    findings: Vec<ShownFinding<'d>>,
}

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    let lines = drawing.lines();
    let mut picture = String::new();
    svg::push(drawing, &lines, false, &mut picture);
    let title = escaped(&drawing.title());
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'sha256-{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{PAGE_STYLE}</style>\n</head>\n<body>\n\
         <header><h1>{title}</h1>\
         <input id=\"search\" type=\"search\" placeholder=\"Search ( / )\" aria-label=\"Search the resources\">\
         <output id=\"matches\"></output>\
         <label><input id=\"only-findings\" type=\"checkbox\"> Only findings</label>\
         <span class=\"zoom\"><button id=\"out\" title=\"Smaller ( - )\">−</button>\
         <button id=\"fit\" title=\"All ( 0 )\">Fit</button>\
         <button id=\"in\" title=\"Larger ( + )\">+</button></span></header>\n<main>\n<div id=\"stage\">\n"
    )?;
    out.write_all(picture.as_bytes())?;
    writeln!(out, "</div>\n<aside>\n<section id=\"panel\" aria-live=\"polite\"></section>")?;
    out.write_all(legend(drawing, &lines).as_bytes())?;
    let mut json = Vec::new();
    write_json(&data(drawing, &lines), &mut json)?;
    let data = String::from_utf8_lossy(&json);
    // Nothing in it ends the element, nor begins another.
    let data = data.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    writeln!(out, "</aside>\n</main>\n<script type=\"application/json\" id=\"data\">{data}</script>")?;
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")
}

fn data<'d>(drawing: &'d Drawing, lines: &'d [Line<'d>]) -> Data<'d> {
    Data {
        cards: drawing
            .vertices
            .iter()
            .map(|vertex| {
                let mut facts = facts(&vertex.facts, &vertex.defaults);
                if vertex.kind == Kind::Node(VertexKind::Other) {
                    facts.insert(0, ("Type", told(&vertex.type_name), false));
                }
                if !vertex.states.is_empty() {
                    facts.push(("States", told(&vertex.states.join(", ")), false));
                }
                facts.extend(vertex.condition.iter().map(|when| ("There when", told(when), false)));
                Shown {
                    name: told(&vertex.id),
                    kind: told(kind(vertex)),
                    place: shown_place(&vertex.place),
                    facts,
                    findings: vertex.findings.clone(),
                    ends: None,
                }
            })
            .collect(),
        lines: lines.iter().map(|line| shown_line(drawing, line)).collect(),
        findings: shown_findings(drawing, lines),
    }
}

fn shown_findings<'d>(drawing: &'d Drawing, lines: &[Line<'d>]) -> Vec<ShownFinding<'d>> {
    let findings = drawing.findings.iter().map(|finding| {
        let Noted { rule, name, severity, message, help, condition, place, steps, .. } = finding;
        ShownFinding {
            rule,
            name,
            severity: *severity,
            message: told(message),
            help: help.as_deref().map(told),
            // A message that tells of several cases says itself which is its own.
            when: condition.as_deref().filter(|condition| !message.contains(condition)).map(told),
            place: shown_place(place),
            cards: steps.clone(),
            lines: Vec::new(),
        }
    });
    let mut findings: Vec<ShownFinding<'d>> = findings.collect();
    for (index, vertex) in drawing.vertices.iter().enumerate() {
        for finding in &vertex.findings {
            findings[*finding].cards.push(index);
        }
    }
    for (index, line) in lines.iter().enumerate() {
        for finding in line.edges.iter().flat_map(|edge| &edge.findings) {
            findings[*finding].lines.push(index);
            findings[*finding].cards.extend([line.from, line.to]);
        }
    }
    for finding in &mut findings {
        // The steps of a path stay in their order.
        let mut seen = FxHashSet::default();
        finding.cards.retain(|card| seen.insert(*card));
        finding.lines.dedup();
    }
    findings
}

fn shown_line<'d>(drawing: &'d Drawing, line: &Line<'d>) -> Shown<'d> {
    let mut shown = Vec::new();
    let mut findings = Vec::new();
    for edge in &line.edges {
        shown.extend(edge.via.iter().map(|via| ("Through", told(via), false)));
        if !edge.evidence.is_empty() {
            shown.push((
                "Evidence",
                format!("{}: {}", edge.certainty.as_str(), edge.evidence.join(", ")),
                false,
            ));
        }
        shown.extend(facts(&edge.facts, &edge.defaults));
        shown.extend(edge.condition.iter().map(|when| ("There when", told(when), false)));
        findings.extend(edge.findings.iter().copied());
    }
    let mut seen = Vec::new();
    shown.retain(|fact| {
        !seen.contains(fact) && {
            seen.push(fact.clone());
            true
        }
    });
    findings.sort_unstable();
    findings.dedup();
    let (from, to) = (&drawing.vertices[line.from], &drawing.vertices[line.to]);
    Shown {
        name: told(&format!("{} → {}", from.label, to.label)),
        kind: match line.stroke {
            Stroke::Part => "belongs together".to_owned(),
            Stroke::Next if line.label().is_empty() => "the next state".to_owned(),
            Stroke::Waits
            | Stroke::GoesOn
            | Stroke::MayWait
            | Stroke::Polls
            | Stroke::Data
            | Stroke::DeadLetter
            | Stroke::Next
            | Stroke::Caught => line.label(),
        },
        place: line.edges.first().map(|edge| shown_place(&edge.place)).unwrap_or_default(),
        facts: shown,
        findings,
        ends: Some([line.from, line.to]),
    }
}

fn facts<'d>(
    facts: &'d serde_json::Map<String, serde_json::Value>,
    defaults: &[String],
) -> Vec<(&'d str, String, bool)> {
    let facts = facts.iter().filter(|(name, value)| is_worth_a_line(value) && *name != "WrittenAs");
    facts.map(|(name, value)| (name.as_str(), told(&fact(value)), defaults.contains(name))).collect()
}

fn shown_place(place: &Place) -> String {
    told(&format!("{}:{}:{}", place.path, place.line, place.column))
}

/// What the page shows as text must not turn the text around it either.
fn told(text: &str) -> String {
    inert(text).into_owned()
}

/// What the strokes mean that are there, each with a box to hide it; the colours of findings; the marks.
fn legend(drawing: &Drawing, lines: &[Line<'_>]) -> String {
    let mut html = String::from("<section id=\"legend\"><h2>Legend</h2>\n");
    for (stroke, meaning) in [
        (Stroke::Waits, "waits for the answer"),
        (Stroke::GoesOn, "goes on, nobody waits"),
        (Stroke::MayWait, "may wait: the template does not say"),
        (Stroke::Polls, "polled by"),
        (Stroke::Data, "reads, writes, connects"),
        (Stroke::DeadLetter, "failures go there"),
        (Stroke::Part, "belongs together"),
        (Stroke::Next, "the next state"),
        (Stroke::Caught, "the state after a failure"),
    ] {
        if lines.iter().any(|line| line.stroke == stroke) {
            let class = stroke_class(stroke);
            html.push_str(&format!(
                "<label><input type=\"checkbox\" class=\"stroke\" value=\"{class}\" checked>\
                 <svg width=\"40\" height=\"10\" class=\"line {class}\"><path class=\"ink\" d=\"M2 5H38\"/></svg>{meaning}</label>\n"
            ));
        }
    }
    if lines.iter().any(|line| line.certainty == crate::graph::Certainty::Possible) {
        html.push_str("<p>A pale line with ? rests on a permission or a reference alone.</p>\n");
    }
    html.push_str("<p>");
    for (severity, word) in
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "advice")]
    {
        let count = drawing.findings.iter().filter(|finding| finding.severity == severity).count();
        if count > 0 {
            html.push_str(&format!("<span class=\"dot {severity}\">{count}</span> {word} "));
        }
    }
    html.push_str("</p>\n<p class=\"families\">");
    for (family, word) in [
        (Family::Entry, "entry point"),
        (Family::Api, "API, front"),
        (Family::Compute, "code"),
        (Family::Queue, "queue, stream, pipe"),
        (Family::Topic, "topic, bus, rule"),
        (Family::Store, "data"),
        (Family::Workflow, "workflow"),
        (Family::State, "state"),
        (Family::Outside, "outside of the template"),
        (Family::Other, "other"),
    ] {
        if drawing.vertices.iter().any(|vertex| Family::of(vertex.kind) == family) {
            let (class, mark) = family_class(family);
            html.push_str(&format!("<span><b class=\"{class}\">{mark}</b>{word}</span> "));
        }
    }
    html.push_str("</p>\n<p>A dashed card is there under a condition only. Click keeps a card, Esc lets it go; drag, wheel, \
                   + − 0 and arrow keys move the picture.</p></section>\n");
    html
}

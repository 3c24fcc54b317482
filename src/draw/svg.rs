//! A drawing as SVG: text that can be selected and read aloud, in the reader's light or dark.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::Severity;
use crate::graph::Certainty;
use crate::report::inert::inert;

use super::Drawing;
use super::family::Family;
use super::layout::{Layout, Pieces, Point, Rectangle, Route, Size};
use super::line::{Line, Stroke};
use super::words::{kind, subtitle};

/// Colours and fonts, for the picture alone and in the page.
pub(super) const STYLE: &str = include_str!("drawing.css");

/// Characters of a name on a card, and of a label on a line; the whole is in the tooltip.
const LONGEST_NAME: usize = 36;
const LONGEST_LABEL: usize = 44;
const CARD_HEIGHT: f64 = 44.0;
const LINE_HEIGHT: f64 = 14.0;

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    let mut svg = String::new();
    push(drawing, &drawing.lines(), true, &mut svg);
    out.write_all(svg.as_bytes())
}

/// Adds the picture, alone or as a part of the page.
pub(super) fn push(drawing: &Drawing, lines: &[Line<'_>], is_alone: bool, svg: &mut String) {
    let labels: Vec<Vec<String>> = lines.iter().map(|line| words_on(line, drawing)).collect();
    let pieces = Pieces {
        lines,
        cards: drawing.vertices.iter().map(|vertex| card_size(&card_lines(vertex))).collect(),
        labels: labels.iter().map(|label| label_size(label)).collect(),
    };
    let layout = Layout::of(drawing, &pieces);
    let Size { width, height } = layout.size;
    let name = if is_alone { " xmlns=\"http://www.w3.org/2000/svg\"" } else { " id=\"drawing\"" };
    put(
        svg,
        format_args!(
            "<svg{name} role=\"img\" aria-labelledby=\"title desc\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n",
            escaped(&drawing.title()),
            escaped(&drawing.description())
        ),
    );
    if is_alone {
        put(svg, format_args!("<style>\n{STYLE}</style>\n"));
    }
    svg.push_str("<defs>\n");
    for class in ["plain", "part", "data", "poll", "dead", "error", "warning", "info"] {
        put(
            svg,
            format_args!(
                "<marker id=\"to-{class}\" class=\"head {class}\" viewBox=\"0 0 8 8\" refX=\"7.4\" refY=\"4\" \
             markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\">\
             <path d=\"M0 0.6 8 4 0 7.4z\"/></marker>\n"
            ),
        );
    }
    svg.push_str("</defs>\n<g id=\"all\">\n");
    if is_alone {
        put(svg, format_args!("<rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n"));
    }
    for frame in &layout.boxes {
        let Rectangle { x, y, width, height } = frame.rectangle;
        let (left, top) = (x - width / 2.0, y - height / 2.0);
        put(
            svg,
            format_args!(
                "<g class=\"box\"><rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             rx=\"10\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text></g>\n",
                left + 12.0,
                top + 18.0,
                escaped(&shortened(&frame.name, fitting(width - 24.0)))
            ),
        );
    }
    for (index, ((line, route), label)) in lines.iter().zip(&layout.routes).zip(&labels).enumerate() {
        push_line(drawing, index, line, route, label, svg);
    }
    for (index, place) in layout.cards.iter().enumerate() {
        push_card(drawing, index, *place, svg);
    }
    svg.push_str("</g>\n</svg>\n");
}

fn push_line(
    drawing: &Drawing,
    index: usize,
    line: &Line<'_>,
    route: &Route,
    label: &[String],
    svg: &mut String,
) {
    let stroke = stroke_class(line.stroke);
    let worst = line.worst(drawing).map(Severity::as_str);
    let sureness = match line.certainty {
        Certainty::Possible => " possible",
        Certainty::Likely => " likely",
        Certainty::Certain => "",
    };
    let found = worst.map(|worst| format!(" {worst}")).unwrap_or_default();
    let head = match (worst, line.stroke) {
        (_, Stroke::Part) => String::new(),
        (Some(worst), _) => format!(" marker-end=\"url(#to-{worst})\""),
        (None, Stroke::Data) => " marker-end=\"url(#to-data)\"".to_owned(),
        (None, Stroke::Polls) => " marker-end=\"url(#to-poll)\"".to_owned(),
        (None, Stroke::DeadLetter) => " marker-end=\"url(#to-dead)\"".to_owned(),
        (None, Stroke::Waits | Stroke::GoesOn | Stroke::MayWait) => {
            " marker-end=\"url(#to-plain)\"".to_owned()
        }
    };
    let (from, to) = (&drawing.vertices[line.from], &drawing.vertices[line.to]);
    let what = format!("{} {} {}", from.id, label.join(" "), to.id);
    let path = curve(&route.points);
    put(
        svg,
        format_args!(
            "<g class=\"line {stroke}{sureness}{found}\" id=\"e{index}\"><title>{}</title>\
         <path class=\"reach\" d=\"{path}\"/><path class=\"ink\" d=\"{path}\"{head}/>",
            escaped(&what)
        ),
    );
    let Size { width, height } = label_size(label);
    if !label.is_empty() {
        put(
            svg,
            format_args!(
                "<rect class=\"under\" x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"4\"/>",
                route.label.x - width / 2.0,
                route.label.y - height / 2.0
            ),
        );
    }
    let top = route.label.y - LINE_HEIGHT * (number(label.len()) - 1.0) / 2.0 + 3.5;
    for (row, text) in label.iter().enumerate() {
        put(
            svg,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                route.label.x,
                top + LINE_HEIGHT * number(row),
                escaped(text)
            ),
        );
    }
    svg.push_str("</g>\n");
}

fn push_card(drawing: &Drawing, index: usize, place: Rectangle, svg: &mut String) {
    let vertex = &drawing.vertices[index];
    let worst = drawing.worst(&vertex.findings).map(Severity::as_str);
    let (family, mark) = family_class(Family::of(vertex.kind));
    let found = worst.map(|worst| format!(" {worst}")).unwrap_or_default();
    let conditional = if vertex.condition.is_some() { " conditional" } else { "" };
    let Rectangle { x, y, width, height } = place;
    let mut title = format!("{} ({})", vertex.id, kind(vertex));
    for finding in vertex.findings.iter().map(|finding| &drawing.findings[*finding]) {
        title.push_str(&format!("\n{} {}: {}", finding.severity, finding.rule, finding.message));
    }
    put(
        svg,
        format_args!(
            "<g class=\"card {family}{found}{conditional}\" id=\"v{index}\" transform=\"translate({:.1} {:.1})\">\
         <title>{}</title><rect class=\"face\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"7\"/>\
         <path class=\"band\" d=\"M7 0H30V{height:.1}H7A7 7 0 0 1 0 {:.1}V7A7 7 0 0 1 7 0Z\"/>\
         <text class=\"mark\" x=\"15\" y=\"{:.1}\">{mark}</text>",
            x - width / 2.0,
            y - height / 2.0,
            escaped_lines(&title),
            height - 7.0,
            height / 2.0 + 4.0
        ),
    );
    for (row, text) in card_lines(vertex).iter().enumerate() {
        let class = if row == 0 { "name" } else { "about" };
        let baseline = 19.0 + 15.0 * number(row);
        put(
            svg,
            format_args!("<text class=\"{class}\" x=\"39\" y=\"{baseline:.1}\">{}</text>", escaped(text)),
        );
    }
    if worst.is_some() {
        put(
            svg,
            format_args!(
                "<g class=\"badge\"><circle cx=\"{width:.1}\" cy=\"0\" r=\"9.5\"/>\
             <text x=\"{width:.1}\" y=\"3.6\">{}</text></g>",
                vertex.findings.len()
            ),
        );
    }
    svg.push_str("</g>\n");
}

/// What stands on a card: the name, what it is, and when it is there.
fn card_lines(vertex: &super::Vertex) -> Vec<String> {
    let mut lines = vec![shortened(&vertex.label, LONGEST_NAME), shortened(&subtitle(vertex), LONGEST_LABEL)];
    lines.extend(vertex.condition.as_ref().map(|when| shortened(&format!("when {when}"), LONGEST_LABEL)));
    lines
}

fn words_on(line: &Line<'_>, drawing: &Drawing) -> Vec<String> {
    let said = [Some(line.label()).filter(|label| !label.is_empty()), line.when(drawing)];
    said.into_iter().flatten().map(|text| shortened(&text, LONGEST_LABEL)).collect()
}

fn card_size(lines: &[String]) -> Size {
    let widths = lines.iter().enumerate().map(|(row, text)| {
        let size = if row == 0 { 13.5 } else { 11.0 };
        width(text) * size
    });
    let widest = widths.fold(0.0, f64::max);
    Size {
        width: (widest + 39.0 + 14.0).max(120.0),
        height: CARD_HEIGHT + 15.0 * (number(lines.len()) - 2.0),
    }
}

fn label_size(lines: &[String]) -> Size {
    let widest = lines.iter().map(|text| width(text) * 10.5).fold(0.0, f64::max);
    if lines.is_empty() {
        return Size::default();
    }
    Size { width: widest + 10.0, height: LINE_HEIGHT * number(lines.len()) }
}

/// How wide a text is at most, in its own height: the reader's font is not known, so that of the widest counts.
fn width(text: &str) -> f64 {
    let widths = text.chars().map(|c| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | 'I' | ' ' | '(' | ')' | '/' | 'f' | 't' | 'r' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.0,
        'A'..='Z' => 0.74,
        _ if c.is_ascii() || ('\u{80}'..'\u{2000}').contains(&c) => 0.64,
        _ => 1.1,
    });
    widths.sum()
}

/// A line through the points that leaves and reaches each of them sideways, so that it climbs between the columns, where
/// no cards are.
fn curve(points: &[Point]) -> String {
    let mut path = String::new();
    for (index, here) in points.iter().enumerate() {
        let Some(before) = index.checked_sub(1).map(|before| points[before]) else {
            put(&mut path, format_args!("M{:.1} {:.1}", here.x, here.y));
            continue;
        };
        let middle = f64::midpoint(before.x, here.x);
        put(
            &mut path,
            format_args!(
                "C{middle:.1} {:.1} {middle:.1} {:.1} {:.1} {:.1}",
                before.y, here.y, here.x, here.y
            ),
        );
    }
    path
}

/// The class of a stroke, in the style sheet and in the page.
pub(super) fn stroke_class(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Part => "part",
        Stroke::Waits => "waits",
        Stroke::GoesOn => "goes-on",
        Stroke::MayWait => "may-wait",
        Stroke::Polls => "poll",
        Stroke::Data => "data",
        Stroke::DeadLetter => "dead",
    }
}

/// The class of a family, and its mark.
pub(super) fn family_class(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Entry => ("entry", "→"),
        Family::Api => ("api", "{ }"),
        Family::Compute => ("compute", "λ"),
        Family::Queue => ("queue", "≡"),
        Family::Topic => ("topic", "∗"),
        Family::Store => ("store", "▤"),
        Family::Workflow => ("workflow", "⇉"),
        Family::Outside => ("outside", "?"),
        Family::Other => ("other", "·"),
    }
}

/// Characters of the name of a box that find room in its width.
fn fitting(width: f64) -> usize {
    (8..100).rev().find(|count| number(*count) * 7.6 <= width).unwrap_or(8)
}

/// A number of lines or characters, of which there are few.
fn number(count: usize) -> f64 {
    f64::from(count as u32)
}

/// The beginning and the end of a long text.
fn shortened(text: &str, longest: usize) -> String {
    let text = inert(text);
    let count = text.chars().count();
    if count <= longest {
        return text.into_owned();
    }
    let start: String = text.chars().take(longest * 2 / 3).collect();
    let end: String = text.chars().skip(count - longest / 3 + 1).collect();
    format!("{start}…{end}")
}

/// Text in which nothing is markup, and that XML can hold: control characters are written out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in inert(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes all text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_markup() {
        assert_eq!(escaped("<b>'\"&\u{202e}\u{ffff}"), r"&lt;b&gt;&#39;&quot;&amp;\u{202e}\u{ffff}");
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        assert_eq!(shortened("short", 9), "short");
        assert_eq!(shortened("abcdefghijklmnop", 9), "abcdef…op");
    }

    #[test]
    fn a_curve_begins_and_ends_at_its_ends() {
        let points = [(0.0, 0.0), (10.0, 5.0), (20.0, 0.0)].map(|(x, y)| Point { x, y });
        assert_eq!(curve(&points), "M0.0 0.0C5.0 0.0 5.0 5.0 10.0 5.0C15.0 5.0 15.0 0.0 20.0 0.0");
    }
}

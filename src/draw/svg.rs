//! A drawing as SVG: text that can be selected and read aloud, in the reader's light or dark.

use std::io::{self, Write};

use crate::finding::Severity;
use crate::graph::Certainty;

use super::Drawing;
use super::card::Card;
use super::family::Family;
use super::layout::{Course, Layout, Pieces, Point, Rectangle, Route, Size};
use super::line::{Line, Stroke};
use super::text::{escaped, fitting, number, put, shortened, width};

/// Colours and fonts, for the picture alone and in the page.
pub(super) const STYLE: &str = include_str!("drawing.css");

/// Characters of a label on a line; the whole is in the tooltip.
const LONGEST_LABEL: usize = 44;
const LINE_HEIGHT: f64 = 14.0;

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    let mut svg = String::new();
    push(drawing, &drawing.lines(), true, &mut svg);
    out.write_all(svg.as_bytes())
}

/// Adds the picture, alone or as a part of the page.
pub(super) fn push(drawing: &Drawing, lines: &[Line<'_>], is_alone: bool, svg: &mut String) {
    let is_crowded = drawing.is_crowded();
    let labels: Vec<Vec<String>> = lines.iter().map(|line| words_on(line, drawing, is_crowded)).collect();
    let cards: Vec<Card<'_>> = drawing.vertices.iter().map(|vertex| Card::of(vertex, is_crowded)).collect();
    let pieces = Pieces {
        lines,
        cards: cards.iter().map(|card| card.size).collect(),
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
                escaped(&fitting(&frame.name, (width - 24.0) / 12.0))
            ),
        );
    }
    for Rectangle { x, y, width, height } in &layout.frames {
        put(
            svg,
            format_args!(
                "<rect class=\"frame\" x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"10\"/>\n",
                x - width / 2.0,
                y - height / 2.0
            ),
        );
    }
    for (index, ((line, route), label)) in lines.iter().zip(&layout.routes).zip(&labels).enumerate() {
        push_line(drawing, index, line, route, label, svg);
    }
    for (index, (card, place)) in cards.iter().zip(&layout.cards).enumerate() {
        card.push(drawing, (index, *place), is_alone, svg);
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
        (None, Stroke::DeadLetter | Stroke::Caught) => " marker-end=\"url(#to-dead)\"".to_owned(),
        (None, Stroke::Waits | Stroke::GoesOn | Stroke::MayWait | Stroke::Next) => {
            " marker-end=\"url(#to-plain)\"".to_owned()
        }
    };
    let (from, to) = (&drawing.vertices[line.from], &drawing.vertices[line.to]);
    let said = [line.label(), line.when(drawing).unwrap_or_default()];
    let what = format!("{} {} {}", from.id, said.join(" ").trim_end(), to.id);
    let path = curve(&route.points, route.course);
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

/// What stands on a line. In a crowd the stroke has to tell what is done, and the page tells the rest.
fn words_on(line: &Line<'_>, drawing: &Drawing, is_crowded: bool) -> Vec<String> {
    let label = if is_crowded && !line.is_flow() { line.doubt().to_owned() } else { line.label() };
    let said = [Some(label).filter(|label| !label.is_empty()), line.when(drawing)];
    said.into_iter().flatten().map(|text| shortened(&text, LONGEST_LABEL)).collect()
}

fn label_size(lines: &[String]) -> Size {
    let widest = lines.iter().map(|text| width(text) * 10.5).fold(0.0, f64::max);
    if lines.is_empty() {
        return Size::default();
    }
    Size { width: widest + 10.0, height: LINE_HEIGHT * number(lines.len()) }
}

/// A line through the points that leaves and reaches each of them along its course, so that it climbs between the columns,
/// where no cards are.
fn curve(points: &[Point], course: Course) -> String {
    let mut path = String::new();
    for (index, here) in points.iter().enumerate() {
        let Some(before) = index.checked_sub(1).map(|before| points[before]) else {
            put(&mut path, format_args!("M{:.1} {:.1}", here.x, here.y));
            continue;
        };
        let (leaves, arrives) = match course {
            Course::Sideways => {
                let x = f64::midpoint(before.x, here.x);
                (Point { x, ..before }, Point { x, ..*here })
            }
            Course::Down => {
                let y = f64::midpoint(before.y, here.y);
                (Point { y, ..before }, Point { y, ..*here })
            }
        };
        put(
            &mut path,
            format_args!(
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                leaves.x, leaves.y, arrives.x, arrives.y, here.x, here.y
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
        Stroke::Next => "next",
        Stroke::Caught => "caught",
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
        Family::State => ("state", "•"),
        Family::Outside => ("outside", "?"),
        Family::Other => ("other", "·"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_begins_and_ends_at_its_ends() {
        let points = [(0.0, 0.0), (10.0, 5.0), (20.0, 0.0)].map(|(x, y)| Point { x, y });
        assert_eq!(
            curve(&points, Course::Sideways),
            "M0.0 0.0C5.0 0.0 5.0 5.0 10.0 5.0C15.0 5.0 15.0 0.0 20.0 0.0"
        );
    }
}

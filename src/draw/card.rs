//! A card is what a picture shows of a vertex: its name, what it is, and when it is there; from afar the name alone, as large
//! as the card is.

use crate::finding::Severity;

use super::family::Family;
use super::kind::Kind;
use super::layout::{Rectangle, Size};
use super::svg::family_class;
use super::text::{escaped, escaped_lines, fitting, folded, number, put, shortened, width};
use super::words::{kind, subtitle};
use super::{Drawing, Vertex};

/// Characters of a name on a card, and of what stands below it; the whole is in the tooltip.
const LONGEST_NAME: usize = 36;
const LONGEST_ABOUT: usize = 44;
/// What a state's card is smaller by: it is one of many, beside the thing that they are about.
const LONGEST_OF_STATE: usize = 26;
/// The room for a name in a crowd, and how large it is there if it fits: it is read from afar.
const ROOM_IN_CROWD: f64 = 170.0;
const TYPE_IN_CROWD: f64 = 20.0;
/// No name is larger, and none is smaller: it is shortened.
const LARGEST_TYPE: f64 = 26.0;
const SMALLEST_TYPE: f64 = 13.0;
/// Between the lines of a name, in its type.
const LEADING: f64 = 1.1;

/// What stands on a card, and how large it is.
pub(super) struct Card<'d> {
    vertex: &'d Vertex,
    pub(super) size: Size,
    name: Vec<String>,
    about: Vec<String>,
    shape: Shape,
}

/// Where things stand on a card.
#[derive(Clone, Copy)]
struct Shape {
    /// Left of the text.
    left: f64,
    right: f64,
    /// The type of the name, and of what stands below it.
    name: f64,
    about: f64,
    /// Between lines, and above the first.
    step: f64,
    top: f64,
}

impl Shape {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Node(_) => Self { left: 39.0, right: 14.0, name: 13.5, about: 11.0, step: 15.0, top: 19.0 },
            Kind::State => Self { left: 9.0, right: 9.0, name: 12.0, about: 10.0, step: 13.0, top: 15.0 },
        }
    }
}

impl<'d> Card<'d> {
    pub(super) fn of(vertex: &'d Vertex, is_crowded: bool) -> Self {
        let shape = Shape::of(vertex.kind);
        match vertex.kind {
            Kind::Node(_) if is_crowded => Self::in_crowd(vertex, shape),
            Kind::Node(_) => Self::at_ease(vertex, shape, (LONGEST_NAME, LONGEST_ABOUT), (120.0, 14.0)),
            Kind::State => Self::at_ease(vertex, shape, (LONGEST_OF_STATE, LONGEST_OF_STATE), (90.0, 10.0)),
        }
    }

    fn at_ease(vertex: &'d Vertex, shape: Shape, longest: (usize, usize), (least, foot): (f64, f64)) -> Self {
        let name = vec![shortened(&vertex.label, longest.0)];
        let about: Vec<String> = about(vertex).map(|text| shortened(&text, longest.1)).collect();
        let widths = about.iter().map(|text| width(text) * shape.about);
        let widest = widths.fold(width(&name[0]) * shape.name, f64::max);
        let size = Size {
            width: (widest + shape.left + shape.right).max(least),
            height: foot + shape.step * (1.0 + number(about.len())),
        };
        Self { vertex, size, name, about, shape }
    }

    /// As large as its name is from afar.
    fn in_crowd(vertex: &'d Vertex, shape: Shape) -> Self {
        let name = folded(&shortened(&vertex.label, LONGEST_NAME));
        let widest = name.iter().map(|line| width(line)).fold(0.0, f64::max);
        let room = (widest * TYPE_IN_CROWD).clamp(80.0, ROOM_IN_CROWD);
        let whole = shortened(&vertex.label, LONGEST_NAME);
        let name = if width(&whole) * shape.name <= room { vec![whole] } else { name };
        let about = about(vertex).map(|text| fitting(&text, room / shape.about)).collect();
        let size = Size { width: shape.left + room + 8.0, height: 48.0 };
        Self { vertex, size, name, about, shape: Shape { top: 15.5, step: 13.5, ..shape } }
    }

    /// The name as it is seen from afar: its lines, and their type.
    fn afar(&self) -> (Vec<String>, f64) {
        let room = self.size.width - self.shape.left - 6.0;
        let lines = |lines: Vec<String>| {
            let widest = lines.iter().map(|line| width(line)).fold(0.0, f64::max);
            let high = (self.size.height - 6.0) / (LEADING * number(lines.len()));
            (lines, (room / widest).min(high).min(LARGEST_TYPE))
        };
        let one = lines(vec![shortened(&self.vertex.label, LONGEST_NAME)]);
        let two = lines(folded(&shortened(&self.vertex.label, LONGEST_NAME)));
        let (mut name, size) = if one.1 >= two.1 { one } else { two };
        if size < SMALLEST_TYPE {
            name = name.iter().map(|line| fitting(line, room / SMALLEST_TYPE)).collect();
        }
        let least = SMALLEST_TYPE.min(self.size.height / (LEADING * number(name.len())));
        (name, size.max(least))
    }

    /// Adds it to a picture. In one that stands alone nobody goes nearer or farther.
    pub(super) fn push(
        &self,
        drawing: &Drawing,
        (index, place): (usize, Rectangle),
        is_alone: bool,
        svg: &mut String,
    ) {
        let vertex = self.vertex;
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
             <title>{}</title><rect class=\"face\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"7\"/>",
                x - width / 2.0,
                y - height / 2.0,
                escaped_lines(&title)
            ),
        );
        if vertex.kind != Kind::State {
            put(
                svg,
                format_args!(
                    "<path class=\"band\" d=\"M7 0H30V{height:.1}H7A7 7 0 0 1 0 {:.1}V7A7 7 0 0 1 7 0Z\"/>\
                 <text class=\"mark\" x=\"15\" y=\"{:.1}\">{mark}</text>",
                    height - 7.0,
                    height / 2.0 + 4.0
                ),
            );
        }
        let Shape { left, step, top, .. } = self.shape;
        let lines = self.name.iter().map(|text| ("name", text));
        let lines = lines.chain(self.about.iter().map(|text| ("about", text)));
        for (row, (class, text)) in lines.enumerate() {
            let baseline = top + step * number(row);
            put(
                svg,
                format_args!(
                    "<text class=\"{class}\" x=\"{left:.0}\" y=\"{baseline:.1}\">{}</text>",
                    escaped(text)
                ),
            );
        }
        if !is_alone {
            self.push_afar(height, svg);
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

    fn push_afar(&self, height: f64, svg: &mut String) {
        let (lines, size) = self.afar();
        let left = self.shape.left - 4.0;
        let middle = height / 2.0 + size * 0.36;
        let first = middle - size * LEADING * (number(lines.len()) - 1.0) / 2.0;
        for (row, text) in lines.iter().enumerate() {
            let baseline = first + size * LEADING * number(row);
            put(
                svg,
                format_args!(
                    "<text class=\"afar\" x=\"{left:.0}\" y=\"{baseline:.1}\" font-size=\"{size:.1}\">{}</text>",
                    escaped(text)
                ),
            );
        }
    }
}

/// What stands below the name: what it is, and when it is there.
fn about(vertex: &Vertex) -> impl Iterator<Item = String> + use<'_> {
    let when = vertex.condition.as_ref().map(|when| format!("when {when}"));
    std::iter::once(subtitle(vertex)).chain(when)
}

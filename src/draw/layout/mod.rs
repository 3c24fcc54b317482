//! Where everything is put: dagre's algorithms, as Mermaid has them, lay out each part of a drawing that hangs together;
//! the parts are set in rows like words.

mod close;
mod group;
mod part;
mod rows;

use std::collections::BTreeMap;

use super::Drawing;
use super::line::Line;
use super::state::Nesting;

use part::Part;
use rows::rows;

/// Around everything.
const MARGIN: f64 = 24.0;
/// Above what is in a box, for its name.
const BOX_HEAD: f64 = 26.0;

/// What is put somewhere, by its middle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rectangle {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A frame around what belongs together, with its name at the top.
pub(super) struct Box {
    pub(super) name: String,
    pub(super) rectangle: Rectangle,
}

/// Width and height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where a line runs, and where its label stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    pub(super) course: Course,
    pub(super) points: Vec<Point>,
    pub(super) label: Point,
}

/// How a line leaves and reaches the points on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Course {
    /// From the left to the right, as applications are drawn.
    #[default]
    Sideways,
    /// From above, as workflows are.
    Down,
}

/// The places of a drawing's vertices, lines and boxes.
#[derive(Default)]
pub(super) struct Layout {
    pub(super) size: Size,
    pub(super) cards: Vec<Rectangle>,
    pub(super) routes: Vec<Route>,
    /// The outermost first.
    pub(super) boxes: Vec<Box>,
    /// Around a card and what is inside of it, the outermost first.
    pub(super) frames: Vec<Rectangle>,
}

/// What is put somewhere: the lines of a drawing, and how large the cards and the labels are.
pub(super) struct Pieces<'d> {
    pub(super) lines: &'d [Line<'d>],
    pub(super) cards: Vec<Size>,
    pub(super) labels: Vec<Size>,
}

impl Layout {
    pub(super) fn of(drawing: &Drawing, pieces: &Pieces<'_>) -> Self {
        let mut layout = Self {
            cards: vec![Rectangle::default(); drawing.vertices.len()],
            routes: vec![Route::default(); pieces.lines.len()],
            ..Self::default()
        };
        let is_framed = drawing.templates.len() > 1;
        let (inset, foot) =
            if is_framed { (Point { x: 16.0, y: BOX_HEAD }, 16.0) } else { (Point::default(), 0.0) };
        let nesting = Nesting::of(&drawing.vertices);
        let mut sheets = Vec::new();
        for (template, path) in drawing.templates.iter().enumerate() {
            let parts = drawing.parts(template, pieces.lines, &nesting);
            let mut parts: Vec<Part> =
                parts.iter().map(|part| Part::of(drawing, pieces, &nesting, part)).collect();
            // The highest first: those of a row are of one height then.
            parts.sort_by(|a, b| {
                b.size.height.total_cmp(&a.size.height).then_with(|| a.first().cmp(&b.first()))
            });
            let sizes: Vec<Size> = parts.iter().map(|part| part.size).collect();
            let (places, inside) = rows(&sizes);
            let size = Size { width: inside.width + 2.0 * inset.x, height: inside.height + inset.y + foot };
            if !parts.is_empty() {
                sheets.push((path, parts, places, size));
            }
        }
        let sizes: Vec<Size> = sheets.iter().map(|(.., size)| *size).collect();
        let (corners, size) = rows(&sizes);
        for ((path, parts, places, size), corner) in sheets.into_iter().zip(corners) {
            let (x, y) = (MARGIN + corner.x, MARGIN + corner.y);
            if is_framed {
                let Size { width, height } = size;
                let rectangle = Rectangle { x: x + width / 2.0, y: y + height / 2.0, width, height };
                layout.boxes.push(Box { name: path.clone(), rectangle });
            }
            for (part, place) in parts.into_iter().zip(places) {
                layout.put(part, Point { x: x + inset.x + place.x, y: y + inset.y + place.y });
            }
        }
        layout.size = Size { width: size.width + 2.0 * MARGIN, height: size.height + 2.0 * MARGIN };
        layout
    }

    fn put(&mut self, part: Part, at: Point) {
        for (vertex, card) in part.cards {
            self.cards[vertex] = moved(card, at);
        }
        for (line, route) in part.routes {
            self.routes[line] = shifted(route, at);
        }
        self.frames.extend(part.frames.into_iter().map(|frame| moved(frame, at)));
        let boxes = part.boxes.into_iter();
        self.boxes.extend(boxes.map(|frame| Box { rectangle: moved(frame.rectangle, at), ..frame }));
    }
}

impl Drawing {
    /// The vertices of a template that are inside of no other, by the parts that hang together: by lines, or in one stack.
    fn parts(&self, template: usize, lines: &[Line<'_>], nesting: &Nesting) -> Vec<Vec<usize>> {
        let mut roots: Vec<usize> = (0..self.vertices.len()).collect();
        let mut first_in: BTreeMap<&str, usize> = BTreeMap::new();
        let vertices = || self.vertices.iter().enumerate();
        let mine = || vertices().filter(|(_, it)| it.template == template && it.within.is_none());
        for line in lines {
            join(&mut roots, nesting.home[line.from], nesting.home[line.to]);
        }
        for (index, vertex) in mine() {
            if let Some(stack) = vertex.stacks.first() {
                join(&mut roots, *first_in.entry(stack).or_insert(index), index);
            }
        }
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, _) in mine() {
            parts.entry(root(&mut roots, index)).or_default().push(index);
        }
        parts.into_values().collect()
    }
}

fn root(roots: &mut [usize], mut of: usize) -> usize {
    while roots[of] != of {
        roots[of] = roots[roots[of]];
        of = roots[of];
    }
    of
}

fn join(roots: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(roots, a), root(roots, b));
    roots[a.max(b)] = a.min(b);
}

/// The upper left one and the lower right one.
fn corners(place: Rectangle) -> (Point, Point) {
    let (half_width, half_height) = (place.width / 2.0, place.height / 2.0);
    let least = Point { x: place.x - half_width, y: place.y - half_height };
    (least, Point { x: place.x + half_width, y: place.y + half_height })
}

/// A card somewhere else.
fn moved(place: Rectangle, by: Point) -> Rectangle {
    Rectangle { x: place.x + by.x, y: place.y + by.y, ..place }
}

/// A route somewhere else.
fn shifted(route: Route, by: Point) -> Route {
    let moved = |point: Point| Point { x: point.x + by.x, y: point.y + by.y };
    Route { points: route.points.into_iter().map(moved).collect(), label: moved(route.label), ..route }
}

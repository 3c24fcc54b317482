//! Where everything is put: dagre's algorithms, as Mermaid has them, lay out each part of a drawing that hangs together;
//! the parts are set in rows like words.

use std::collections::BTreeMap;

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, RankDir};

use super::Drawing;
use super::line::Line;

/// Between cards of one column, between columns, and around everything.
const BETWEEN_CARDS: f64 = 18.0;
const BETWEEN_COLUMNS: f64 = 46.0;
const MARGIN: f64 = 24.0;
/// Between parts that have nothing to do with one another.
const BETWEEN_PARTS: f64 = 36.0;
/// Above what is in a box, for its name; what a box has to grow for that, since it stands off from what is in it.
const BOX_HEAD: f64 = 26.0;
const BOX_GROWTH: f64 = 10.0;
/// How much wider than high a drawing should be.
const WIDTH_TO_HEIGHT: f64 = 1.6;

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
    pub(super) points: Vec<Point>,
    pub(super) label: Point,
}

/// The places of a drawing's vertices, lines and boxes.
#[derive(Default)]
pub(super) struct Layout {
    pub(super) size: Size,
    pub(super) cards: Vec<Rectangle>,
    pub(super) routes: Vec<Route>,
    /// The outermost first.
    pub(super) boxes: Vec<Box>,
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
        let mut sheets = Vec::new();
        for (template, path) in drawing.templates.iter().enumerate() {
            let parts = drawing.parts(template, pieces.lines);
            let mut parts: Vec<Part> = parts.iter().map(|part| Part::of(drawing, pieces, part)).collect();
            // The highest first: those of a row are of one height then.
            parts.sort_by(|a, b| {
                b.size.height.total_cmp(&a.size.height).then_with(|| a.vertices.cmp(&b.vertices))
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
        let moved = |place: Rectangle| Rectangle { x: place.x + at.x, y: place.y + at.y, ..place };
        let moved_point = |place: Point| Point { x: place.x + at.x, y: place.y + at.y };
        for (vertex, card) in part.vertices.into_iter().zip(part.cards) {
            self.cards[vertex] = moved(card);
        }
        for (line, route) in part.routes {
            let points = route.points.into_iter().map(moved_point).collect();
            self.routes[line] = Route { points, label: moved_point(route.label) };
        }
        let boxes = part.boxes.into_iter();
        self.boxes.extend(boxes.map(|frame| Box { rectangle: moved(frame.rectangle), ..frame }));
    }
}

/// Sets things in rows like words, so that all together is somewhat wider than high: the corner of each, and the size.
/// What is lower than its row stands below what came before as long as there is room: the highest come first.
fn rows(sizes: &[Size]) -> (Vec<Point>, Size) {
    let area: f64 =
        sizes.iter().map(|size| (size.width + BETWEEN_PARTS) * (size.height + BETWEEN_PARTS)).sum();
    let widest = sizes.iter().map(|size| size.width).fold(0.0, f64::max);
    let width = widest.max((area * WIDTH_TO_HEIGHT).sqrt());
    // Where the next goes if it finds room below the last, how wide that column is and where its row ends.
    let mut next = Point::default();
    let (mut column, mut bottom) = (0.0_f64, 0.0_f64);
    let mut used = Size::default();
    let mut top = 0.0;
    let mut corners = Vec::new();
    for size in sizes {
        if next.y + size.height > bottom && column > 0.0 {
            next = Point { x: next.x + column + BETWEEN_PARTS, y: top };
            column = 0.0;
            if next.x + size.width > width {
                top = bottom + BETWEEN_PARTS;
                next = Point { x: 0.0, y: top };
            }
        }
        corners.push(next);
        column = column.max(size.width);
        bottom = bottom.max(next.y + size.height);
        used.width = used.width.max(next.x + size.width);
        used.height = used.height.max(next.y + size.height);
        next.y += size.height + BETWEEN_PARTS;
    }
    (corners, used)
}

impl Drawing {
    /// The vertices of a template, by the parts that hang together: by lines, or in one stack.
    fn parts(&self, template: usize, lines: &[Line<'_>]) -> Vec<Vec<usize>> {
        let mut roots: Vec<usize> = (0..self.vertices.len()).collect();
        let mut first_in: BTreeMap<&str, usize> = BTreeMap::new();
        for line in lines {
            join(&mut roots, line.from, line.to);
        }
        for (index, vertex) in self.vertices.iter().enumerate().filter(|(_, it)| it.template == template) {
            if let Some(stack) = vertex.stacks.first() {
                join(&mut roots, *first_in.entry(stack).or_insert(index), index);
            }
        }
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, _) in self.vertices.iter().enumerate().filter(|(_, it)| it.template == template) {
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

/// A part that is laid out, from its own upper left corner.
struct Part {
    size: Size,
    vertices: Vec<usize>,
    cards: Vec<Rectangle>,
    routes: Vec<(usize, Route)>,
    boxes: Vec<Box>,
}

impl Part {
    fn of(drawing: &Drawing, pieces: &Pieces<'_>, vertices: &[usize]) -> Self {
        let options = GraphOptions { directed: true, multigraph: true, compound: true };
        let mut graph: Graph<NodeLabel, EdgeLabel, GraphLabel> = Graph::new(options);
        graph.set_graph(GraphLabel {
            rankdir: RankDir::LR,
            nodesep: BETWEEN_CARDS,
            ranksep: BETWEEN_COLUMNS,
            edgesep: 14.0,
            ..GraphLabel::default()
        });
        let mut stacks: BTreeMap<Vec<String>, String> = BTreeMap::new();
        for vertex in vertices {
            let Size { width, height } = pieces.cards[*vertex];
            let node = card(*vertex);
            graph.set_node(node.clone(), NodeLabel { width, height, ..NodeLabel::default() });
            let mut child = node;
            let within = &drawing.vertices[*vertex].stacks;
            for depth in (1..=within.len()).rev() {
                let known = stacks.len();
                let stack = within[..depth].to_vec();
                let name = stacks.entry(stack).or_insert_with(|| format!("s{known}")).clone();
                graph.ensure_node(name.clone());
                graph.set_parent(child, name.clone());
                child = name;
            }
        }
        let mine = |line: &Line<'_>| vertices.binary_search(&line.from).is_ok();
        let lines: Vec<usize> = (0..pieces.lines.len()).filter(|line| mine(&pieces.lines[*line])).collect();
        for line in &lines {
            let Line { from, to, .. } = pieces.lines[*line];
            let Size { width, height } = pieces.labels[*line];
            let label = EdgeLabel { width, height, weight: 1.0, ..EdgeLabel::default() };
            graph.set_edge_named(card(from), card(to), Some(line.to_string()), Some(label));
        }
        dugong::layout_dagreish(&mut graph);
        Self::read(pieces, &graph, vertices, &lines, &stacks)
    }

    fn read(
        pieces: &Pieces<'_>,
        graph: &Graph<NodeLabel, EdgeLabel, GraphLabel>,
        vertices: &[usize],
        lines: &[usize],
        stacks: &BTreeMap<Vec<String>, String>,
    ) -> Self {
        let rectangle = |name: &str| {
            let node = graph.node(name)?;
            Some(Rectangle { x: node.x?, y: node.y?, width: node.width, height: node.height })
        };
        let cards: Vec<Rectangle> =
            vertices.iter().map(|vertex| rectangle(&card(*vertex)).unwrap_or_default()).collect();
        // The cards of a column have one middle.
        let widest_of_column = |place: Rectangle| {
            let column = cards.iter().filter(|card| (card.x - place.x).abs() < 1.0);
            column.map(|card| card.width).fold(place.width, f64::max)
        };
        let routes = lines.iter().filter_map(|line| {
            let Line { from, to, .. } = pieces.lines[*line];
            let edge = graph.edge(&card(from), &card(to), Some(&line.to_string()))?;
            let points: Vec<Point> = edge.points.iter().map(|at| Point { x: at.x, y: at.y }).collect();
            let middle = points.get(points.len() / 2).copied().unwrap_or_default();
            let label = edge.x.zip(edge.y).map_or(middle, |(x, y)| Point { x, y });
            let ends = (rectangle(&card(from))?, rectangle(&card(to))?);
            let columns = (widest_of_column(ends.0), widest_of_column(ends.1));
            let points = sideways(points, ends, columns, (label, pieces.labels[*line]));
            Some((*line, Route { points, label }))
        });
        let boxes = stacks.iter().filter_map(|(stack, name)| {
            let rectangle = rectangle(name)?;
            Some(Box { name: stack.last()?.clone(), rectangle })
        });
        let (routes, boxes) = (routes.collect(), boxes.collect());
        let mut part = Self { size: Size::default(), vertices: vertices.to_vec(), cards, routes, boxes };
        part.fit();
        part
    }

    /// Moves everything so that it begins at 0, 0, with room for the names of boxes.
    fn fit(&mut self) {
        for frame in &mut self.boxes {
            frame.rectangle.y -= BOX_GROWTH / 2.0;
            frame.rectangle.height += BOX_GROWTH;
        }
        let frames = self.boxes.iter().map(|frame| frame.rectangle);
        let mut corners: Vec<(Point, Point)> =
            self.cards.iter().copied().chain(frames).map(corners).collect();
        let points = self.routes.iter().flat_map(|(_, route)| route.points.iter().copied());
        corners.extend(points.map(|point| (point, point)));
        let left = corners.iter().map(|(least, _)| least.x).fold(f64::INFINITY, f64::min);
        let top = corners.iter().map(|(least, _)| least.y).fold(f64::INFINITY, f64::min);
        let right = corners.iter().map(|(_, most)| most.x).fold(f64::NEG_INFINITY, f64::max);
        let bottom = corners.iter().map(|(_, most)| most.y).fold(f64::NEG_INFINITY, f64::max);
        self.size = Size { width: right - left, height: bottom - top };
        let frames = self.boxes.iter_mut().map(|frame| &mut frame.rectangle);
        for place in self.cards.iter_mut().chain(frames) {
            place.x -= left;
            place.y -= top;
        }
        for (_, route) in &mut self.routes {
            for point in route.points.iter_mut().chain([&mut route.label]) {
                point.x -= left;
                point.y -= top;
            }
        }
    }
}

/// The way from the right side of one card to the left side of the next, straight beside the cards of their columns and
/// where its label stands: it climbs where nothing is. A way back stays as it is.
fn sideways(
    points: Vec<Point>,
    (from, to): (Rectangle, Rectangle),
    (width_of_first, width_of_last): (f64, f64),
    (label, size): (Point, Size),
) -> Vec<Point> {
    let start = Point { x: from.x + from.width / 2.0, y: from.y };
    let leaves = Point { x: from.x + width_of_first / 2.0, y: from.y };
    let arrives = Point { x: to.x - width_of_last / 2.0, y: to.y };
    let end = Point { x: to.x - to.width / 2.0, y: to.y };
    if leaves.x >= arrives.x || points.len() < 2 {
        return points;
    }
    let half = size.width / 2.0;
    let is_between = |point: &Point| {
        let is_beside_label = size.width == 0.0 || (point.x - label.x).abs() > half;
        point.x > leaves.x && point.x < arrives.x && is_beside_label
    };
    let mut way: Vec<Point> = points[1..points.len() - 1].iter().copied().filter(is_between).collect();
    if size.width > 0.0 {
        let after = way.partition_point(|point| point.x < label.x);
        way.insert(after, Point { x: label.x + half, ..label });
        way.insert(after, Point { x: label.x - half, ..label });
    }
    [vec![start, leaves], way, vec![arrives, end]].concat()
}

fn corners(place: Rectangle) -> (Point, Point) {
    let (half_width, half_height) = (place.width / 2.0, place.height / 2.0);
    let least = Point { x: place.x - half_width, y: place.y - half_height };
    (least, Point { x: place.x + half_width, y: place.y + half_height })
}

fn card(vertex: usize) -> String {
    format!("v{vertex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_ends_where_the_next_would_be_too_far_right() {
        let size = Size { width: 100.0, height: 50.0 };
        let (corners, used) = rows(&[size; 4]);
        assert_eq!(corners[0], Point::default());
        assert!(corners[3].y > 0.0 && corners[1].x > size.width, "{corners:?}");
        assert!(used.width > used.height);
        assert_eq!(rows(&[]), (Vec::new(), Size::default()));
    }

    #[test]
    fn what_is_low_stands_below_the_other_beside_what_is_high() {
        let (high, low) = (Size { width: 100.0, height: 200.0 }, Size { width: 100.0, height: 50.0 });
        let (corners, used) = rows(&[high, low, low]);
        let beside = high.width + BETWEEN_PARTS;
        let below = Point { x: beside, y: low.height + BETWEEN_PARTS };
        assert_eq!(corners, [Point::default(), Point { x: beside, y: 0.0 }, below]);
        assert_eq!(used, Size { width: beside + low.width, height: high.height });
    }
}

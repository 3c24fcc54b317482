//! A part that hangs together, in columns from the left to the right.

use std::collections::BTreeMap;

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, RankDir};
use rustc_hash::FxHashMap;

use super::super::Drawing;
use super::super::line::Line;
use super::super::state::Nesting;
use super::close::{Item, close};
use super::group::Group;
use super::{Box, Course, Pieces, Point, Rectangle, Route, Size, corners, moved, shifted};

/// Between cards of one column and between columns, at ease and in a crowd; and between lines.
const AT_EASE: [f64; 2] = [18.0, 46.0];
const IN_CROWD: [f64; 2] = [12.0, 38.0];
const BETWEEN_LINES: f64 = 14.0;
/// What a box has to grow for its name, since it stands off from what is in it.
const BOX_GROWTH: f64 = 10.0;

/// What the library lays out.
pub(super) type Dagre = Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// A part that is laid out, from its own upper left corner.
pub(super) struct Part {
    pub(super) size: Size,
    pub(super) cards: Vec<(usize, Rectangle)>,
    pub(super) routes: Vec<(usize, Route)>,
    pub(super) boxes: Vec<Box>,
    pub(super) frames: Vec<Rectangle>,
}

impl Part {
    /// The vertex by which it is told from others.
    pub(super) fn first(&self) -> Option<usize> {
        self.cards.first().map(|(vertex, _)| *vertex)
    }

    pub(super) fn of(drawing: &Drawing, pieces: &Pieces<'_>, nesting: &Nesting, vertices: &[usize]) -> Self {
        let [gap, ranksep] = if drawing.is_crowded() { IN_CROWD } else { AT_EASE };
        let options = GraphOptions { directed: true, multigraph: true, compound: true };
        let mut graph: Dagre = Graph::new(options);
        graph.set_graph(GraphLabel {
            rankdir: RankDir::LR,
            nodesep: gap,
            ranksep,
            edgesep: BETWEEN_LINES,
            ..GraphLabel::default()
        });
        let mut stacks: BTreeMap<Vec<String>, String> = BTreeMap::new();
        let mut groups = Vec::new();
        for vertex in vertices {
            let group = Group::of(drawing, pieces, nesting, *vertex);
            let Size { width, height } = group.size;
            let node = card(*vertex);
            graph.set_node(node.clone(), NodeLabel { width, height, ..NodeLabel::default() });
            groups.push((*vertex, group));
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
        let ends = |line: usize| {
            let Line { from, to, .. } = pieces.lines[line];
            (nesting.home[from], nesting.home[to])
        };
        // A line from a thing to itself is laid out here; one between what is inside of it there.
        let is_here = |line: &usize| {
            let Line { from, to, .. } = pieces.lines[*line];
            let (home, other) = ends(*line);
            vertices.binary_search(&home).is_ok() && (home != other || (from == to && from == home))
        };
        let lines: Vec<usize> = (0..pieces.lines.len()).filter(is_here).collect();
        // What looks the same from one workflow to the same thing runs side by side: the states tell them apart.
        let mut strands: FxHashMap<_, usize> = FxHashMap::default();
        let mut strand_of: Vec<usize> = Vec::new();
        for index in &lines {
            let line = &pieces.lines[*index];
            let (from, to) = ends(*index);
            let Size { width, height } = pieces.labels[*index];
            let look =
                (from, to, line.stroke, line.certainty, line.condition, width.to_bits(), height.to_bits());
            let strand = *strands.entry(look).or_insert(*index);
            strand_of.push(strand);
            if strand == *index {
                let label = EdgeLabel { width, height, weight: 1.0, ..EdgeLabel::default() };
                graph.set_edge_named(card(from), card(to), Some(index.to_string()), Some(label));
            }
        }
        dugong::layout_dagreish(&mut graph);
        let mut part = Self {
            size: Size::default(),
            cards: Vec::new(),
            routes: Vec::new(),
            boxes: Vec::new(),
            frames: Vec::new(),
        };
        let columns = Columns::of(&graph, vertices);
        let mut places: FxHashMap<usize, Rectangle> = FxHashMap::default();
        for (vertex, _) in &groups {
            places.insert(*vertex, rectangle(&graph, &card(*vertex)).unwrap_or_default());
        }
        let mut ways: BTreeMap<usize, Way> = BTreeMap::new();
        for strand in &strand_of {
            let (from, to) = ends(*strand);
            let edge = graph.edge(&card(from), &card(to), Some(&strand.to_string()));
            ways.extend(edge.map(|edge| (*strand, Way::of(edge, pieces.labels[*strand]))));
        }
        if stacks.is_empty() {
            close_gaps(&mut places, &mut ways, gap);
        }
        for (vertex, group) in groups {
            part.put(group, places.get(&vertex).copied().unwrap_or_default());
        }
        let places: FxHashMap<usize, Rectangle> = part.cards.iter().copied().collect();
        for (line, strand) in lines.into_iter().zip(strand_of) {
            let Line { from, to, .. } = pieces.lines[line];
            let homes = ends(line);
            let (Some(way), Some(from), Some(to)) = (ways.get(&strand), places.get(&from), places.get(&to))
            else {
                continue;
            };
            let sides = (columns.right_of(homes.0), columns.left_of(homes.1));
            let label = (way.label, pieces.labels[line]);
            let points = sideways(columns.straight(&way.points), (*from, *to), sides, label);
            part.routes.push((line, Route { course: Course::Sideways, points, label: way.label }));
        }
        part.add_strays(pieces, nesting, &places);
        part.boxes.extend(stacks.iter().filter_map(|(stack, name)| {
            let rectangle = rectangle(&graph, name)?;
            Some(Box { name: stack.last()?.clone(), rectangle })
        }));
        part.fit();
        part
    }

    /// Sets a card, and what is inside of it, where the layout has made room.
    fn put(&mut self, group: Group, place: Rectangle) {
        let (corner, _) = corners(place);
        self.cards.extend(group.cards.into_iter().map(|(vertex, place)| (vertex, moved(place, corner))));
        self.frames.extend(group.frames.into_iter().map(|frame| moved(frame, corner)));
        self.routes.extend(group.routes.into_iter().map(|(line, route)| (line, shifted(route, corner))));
    }

    /// Lines between what is inside of one frame that are no flow: a workflow that starts itself. They pass on the left.
    fn add_strays(&mut self, pieces: &Pieces<'_>, nesting: &Nesting, places: &FxHashMap<usize, Rectangle>) {
        for (index, line) in pieces.lines.iter().enumerate() {
            let is_inside = nesting.home[line.from] == nesting.home[line.to] && line.from != line.to;
            let ends = places.get(&line.from).zip(places.get(&line.to));
            let Some((from, to)) = ends.filter(|_| is_inside && !line.is_flow()) else { continue };
            let side = |place: &Rectangle| Point { x: place.x - place.width / 2.0, y: place.y };
            let (start, end) = (side(from), side(to));
            let x = start.x.min(end.x) - 6.0;
            let points = vec![start, Point { x, ..start }, Point { x, ..end }, end];
            let label = Point { x, y: f64::midpoint(start.y, end.y) };
            self.routes.push((index, Route { course: Course::Sideways, points, label }));
        }
    }

    /// Moves everything so that it begins at 0, 0, with room for the names of boxes.
    fn fit(&mut self) {
        for frame in &mut self.boxes {
            frame.rectangle.y -= BOX_GROWTH / 2.0;
            frame.rectangle.height += BOX_GROWTH;
        }
        let frames = self.boxes.iter().map(|frame| frame.rectangle);
        let cards = self.cards.iter().map(|(_, card)| *card);
        let frames = frames.chain(self.frames.iter().copied());
        let mut corners: Vec<(Point, Point)> = cards.chain(frames).map(corners).collect();
        let points = self.routes.iter().flat_map(|(_, route)| route.points.iter().copied());
        corners.extend(points.map(|point| (point, point)));
        let left = corners.iter().map(|(least, _)| least.x).fold(f64::INFINITY, f64::min);
        let top = corners.iter().map(|(least, _)| least.y).fold(f64::INFINITY, f64::min);
        let right = corners.iter().map(|(_, most)| most.x).fold(f64::NEG_INFINITY, f64::max);
        let bottom = corners.iter().map(|(_, most)| most.y).fold(f64::NEG_INFINITY, f64::max);
        self.size = Size { width: right - left, height: bottom - top };
        let frames = self.boxes.iter_mut().map(|frame| &mut frame.rectangle).chain(&mut self.frames);
        for place in self.cards.iter_mut().map(|(_, card)| card).chain(frames) {
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

/// Where the library has led a line.
struct Way {
    points: Vec<Point>,
    label: Point,
    height: f64,
}

impl Way {
    fn of(edge: &EdgeLabel, size: Size) -> Self {
        let points: Vec<Point> = edge.points.iter().map(|at| Point { x: at.x, y: at.y }).collect();
        let middle = points.get(points.len() / 2).copied().unwrap_or_default();
        let label = edge.x.zip(edge.y).map_or(middle, |(x, y)| Point { x, y });
        Self { points, label, height: size.height }
    }

    /// The points where it passes columns, and its label if that stands between them; not its ends, which are at cards.
    fn bends(&mut self) -> impl Iterator<Item = &mut Point> {
        let last = self.points.len().saturating_sub(1);
        self.points.iter_mut().take(last).skip(1)
    }
}

/// Moves cards and lines nearer to one another, column by column.
fn close_gaps(places: &mut FxHashMap<usize, Rectangle>, ways: &mut BTreeMap<usize, Way>, gap: f64) {
    let mut vertices: Vec<usize> = places.keys().copied().collect();
    vertices.sort_unstable();
    let cards = vertices.iter().map(|vertex| {
        let Rectangle { x, y, height, .. } = places[vertex];
        Item { at: Point { x, y }, height, gap }
    });
    let mut items: Vec<Item> = cards.collect();
    for way in ways.values_mut() {
        let (label, height) = (way.label, way.height);
        items.extend(way.bends().map(|at| {
            let is_label = (at.x - label.x).abs() < 1.0 && height > 0.0;
            Item { at: *at, height: if is_label { height } else { 0.0 }, gap: BETWEEN_LINES / 2.0 }
        }));
    }
    close(&mut items);
    let mut moved = items.into_iter();
    for (vertex, item) in vertices.iter().zip(moved.by_ref()) {
        if let Some(place) = places.get_mut(vertex) {
            place.y = item.at.y;
        }
    }
    for way in ways.values_mut() {
        let label = way.label;
        let mut stands_at = None;
        for (bend, item) in way.bends().zip(moved.by_ref()) {
            if (bend.x - label.x).abs() < 1.0 {
                stands_at = Some(item.at.y);
            }
            bend.y = item.at.y;
        }
        way.label.y = stands_at.unwrap_or(label.y);
    }
}

/// The columns that cards stand in: those of a column have one middle.
struct Columns {
    /// Middle, left and right.
    sides: Vec<[f64; 3]>,
    of_vertices: FxHashMap<usize, usize>,
}

impl Columns {
    fn of(graph: &Dagre, vertices: &[usize]) -> Self {
        let places = vertices.iter().filter_map(|vertex| Some((*vertex, rectangle(graph, &card(*vertex))?)));
        let mut places: Vec<(usize, Rectangle)> = places.collect();
        places.sort_by(|(_, a), (_, b)| a.x.total_cmp(&b.x));
        let mut columns = Self { sides: Vec::new(), of_vertices: FxHashMap::default() };
        for column in places.chunk_by(|(_, a), (_, b)| (a.x - b.x).abs() < 1.0) {
            let widest = column.iter().map(|(_, place)| place.width).fold(0.0, f64::max);
            let middle = column[0].1.x;
            columns.of_vertices.extend(column.iter().map(|(vertex, _)| (*vertex, columns.sides.len())));
            columns.sides.push([middle, middle - widest / 2.0, middle + widest / 2.0]);
        }
        columns
    }

    /// A way that passes between the cards of a column goes straight there.
    fn straight(&self, points: &[Point]) -> Vec<Point> {
        let last = points.len().saturating_sub(1);
        let mut way = Vec::new();
        for (place, point) in points.iter().enumerate() {
            let passes =
                |[middle, ..]: &&[f64; 3]| place > 0 && place < last && (middle - point.x).abs() < 1.0;
            match self.sides.iter().find(passes) {
                Some([_, left, right]) => {
                    let is_back =
                        points.first().zip(points.last()).is_some_and(|(first, last)| first.x > last.x);
                    let sides = if is_back { [right, left] } else { [left, right] };
                    way.extend(sides.map(|x| Point { x: *x, ..*point }));
                }
                None => way.push(*point),
            }
        }
        way
    }

    fn left_of(&self, vertex: usize) -> f64 {
        self.of_vertices.get(&vertex).map_or(0.0, |column| self.sides[*column][1])
    }

    fn right_of(&self, vertex: usize) -> f64 {
        self.of_vertices.get(&vertex).map_or(0.0, |column| self.sides[*column][2])
    }
}

/// The way from the right side of one card to the left side of the next, straight beside the cards of their columns and
/// where its label stands: it climbs where nothing is. `right` and `left` are the sides of those columns. A way back stays as
/// it is, but for its ends inside of a frame.
fn sideways(
    points: Vec<Point>,
    (from, to): (Rectangle, Rectangle),
    (right, left): (f64, f64),
    (label, size): (Point, Size),
) -> Vec<Point> {
    let start = Point { x: from.x + from.width / 2.0, y: from.y };
    let leaves = Point { x: right, y: from.y };
    let arrives = Point { x: left, y: to.y };
    let end = Point { x: to.x - to.width / 2.0, y: to.y };
    if leaves.x >= arrives.x || points.len() < 2 {
        return back(points, (from, to));
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

/// A way back, from what is inside of a frame to its side, or from there.
fn back(mut points: Vec<Point>, (from, to): (Rectangle, Rectangle)) -> Vec<Point> {
    if let Some(first) = points.first().copied().filter(|first| !touches(from, *first)) {
        points.insert(0, Point { x: from.x + from.width / 2.0 * (first.x - from.x).signum(), y: from.y });
    }
    if let Some(last) = points.last().copied().filter(|last| !touches(to, *last)) {
        points.push(Point { x: to.x + to.width / 2.0 * (last.x - to.x).signum(), y: to.y });
    }
    points
}

/// Whether a point is at the rim of a card, as near as layouts are exact.
fn touches(place: Rectangle, point: Point) -> bool {
    let (least, most) = corners(place);
    point.x >= least.x - 2.0 && point.x <= most.x + 2.0 && point.y >= least.y - 2.0 && point.y <= most.y + 2.0
}

/// Where the library has put something.
pub(super) fn rectangle(graph: &Dagre, name: &str) -> Option<Rectangle> {
    let node = graph.node(name)?;
    Some(Rectangle { x: node.x?, y: node.y?, width: node.width, height: node.height })
}

pub(super) fn card(vertex: usize) -> String {
    format!("v{vertex}")
}

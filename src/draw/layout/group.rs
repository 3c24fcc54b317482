//! A card with what is inside of it: a workflow with its states, from above, in a frame.

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, RankDir};

use super::super::Drawing;
use super::super::line::Line;
use super::super::state::Nesting;
use super::part::{Dagre, card, rectangle};
use super::{Course, Pieces, Point, Rectangle, Route, Size, corners, moved, shifted};

/// Between states of one row, between rows, between lines, and around all inside of a frame.
const BETWEEN_STATES: f64 = 14.0;
const BETWEEN_ROWS: f64 = 24.0;
const BETWEEN_LINES: f64 = 10.0;
const PADDING: f64 = 12.0;

/// From its own upper left corner.
#[derive(Default)]
pub(super) struct Group {
    pub(super) size: Size,
    /// The card itself comes first.
    pub(super) cards: Vec<(usize, Rectangle)>,
    pub(super) routes: Vec<(usize, Route)>,
    /// The outermost first.
    pub(super) frames: Vec<Rectangle>,
}

impl Group {
    /// The recursion goes as deep as maps in maps are read, which is bounded.
    pub(super) fn of(drawing: &Drawing, pieces: &Pieces<'_>, nesting: &Nesting, vertex: usize) -> Self {
        let inside = &nesting.inside[vertex];
        let own = Self::card(pieces, vertex);
        if inside.is_empty() {
            return own;
        }
        let mut groups = vec![own];
        groups.extend(inside.iter().map(|inner| Self::of(drawing, pieces, nesting, *inner)));
        let mut graph: Dagre = Graph::new(GraphOptions { directed: true, multigraph: true, compound: true });
        graph.set_graph(GraphLabel {
            rankdir: RankDir::TB,
            nodesep: BETWEEN_STATES,
            ranksep: BETWEEN_ROWS,
            edgesep: BETWEEN_LINES,
            ..GraphLabel::default()
        });
        for group in &groups {
            let Size { width, height } = group.size;
            graph.set_node(card(group.vertex()), NodeLabel { width, height, ..NodeLabel::default() });
        }
        let is_here = |end: usize| end == vertex || drawing.vertices[end].within == Some(vertex);
        let lines = pieces.lines.iter().enumerate();
        let lines: Vec<(usize, &Line<'_>)> =
            lines.filter(|(_, line)| is_here(line.from) && is_here(line.to) && line.is_flow()).collect();
        for (index, line) in &lines {
            let Size { width, height } = pieces.labels[*index];
            let label = EdgeLabel { width, height, weight: 1.0, ..EdgeLabel::default() };
            graph.set_edge_named(card(line.from), card(line.to), Some(index.to_string()), Some(label));
        }
        dugong::layout_dagreish(&mut graph);
        let mut whole = Self::default();
        for group in groups {
            let place = rectangle(&graph, &card(group.vertex())).unwrap_or_default();
            whole.put(group, corners(place).0);
        }
        for (index, line) in lines {
            let edge = graph.edge(&card(line.from), &card(line.to), Some(&index.to_string()));
            let Some(edge) = edge else { continue };
            let points: Vec<Point> = edge.points.iter().map(|at| Point { x: at.x, y: at.y }).collect();
            let middle = points.get(points.len() / 2).copied().unwrap_or_default();
            let label = edge.x.zip(edge.y).map_or(middle, |(x, y)| Point { x, y });
            let points = whole.to_the_card(points, line.to);
            whole.routes.push((index, Route { course: Course::Down, points, label }));
        }
        whole.frame();
        whole
    }

    fn card(pieces: &Pieces<'_>, vertex: usize) -> Self {
        let size = pieces.cards[vertex];
        let Size { width, height } = size;
        let place = Rectangle { x: width / 2.0, y: height / 2.0, width, height };
        Self { size, cards: vec![(vertex, place)], routes: Vec::new(), frames: Vec::new() }
    }

    fn vertex(&self) -> usize {
        self.cards.first().map_or(0, |(vertex, _)| *vertex)
    }

    fn put(&mut self, group: Self, at: Point) {
        self.cards.extend(group.cards.into_iter().map(|(vertex, place)| (vertex, moved(place, at))));
        self.frames.extend(group.frames.into_iter().map(|frame| moved(frame, at)));
        self.routes.extend(group.routes.into_iter().map(|(line, route)| (line, shifted(route, at))));
    }

    /// What leads to a frame leads on to the card at its top.
    fn to_the_card(&self, mut points: Vec<Point>, vertex: usize) -> Vec<Point> {
        let place = self.cards.iter().find(|(known, _)| *known == vertex).map(|(_, place)| *place);
        if let Some((place, last)) = place.zip(points.last().copied()) {
            let top = place.y - place.height / 2.0;
            if last.y < top - 2.0 {
                points.push(Point { x: place.x, y: top });
            }
        }
        points
    }

    /// Puts the frame around all, which begins at 0, 0.
    fn frame(&mut self) {
        let places = self.cards.iter().map(|(_, place)| *place).chain(self.frames.iter().copied());
        let mut reached: Vec<(Point, Point)> = places.map(corners).collect();
        let points = self.routes.iter().flat_map(|(_, route)| route.points.iter().copied());
        reached.extend(points.map(|point| (point, point)));
        let least =
            |of: fn(&Point) -> f64| reached.iter().map(|(least, _)| of(least)).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&Point) -> f64| {
            reached.iter().map(|(_, most)| of(most)).fold(f64::NEG_INFINITY, f64::max)
        };
        let corner = Point { x: least(|at| at.x) - PADDING, y: least(|at| at.y) - PADDING };
        let width = most(|at| at.x) + PADDING - corner.x;
        let height = most(|at| at.y) + PADDING - corner.y;
        let back = Point { x: -corner.x, y: -corner.y };
        let frame = Rectangle { x: width / 2.0, y: height / 2.0, width, height };
        let inner = std::mem::take(self);
        self.put(inner, back);
        self.frames.insert(0, frame);
        self.size = Size { width, height };
    }
}

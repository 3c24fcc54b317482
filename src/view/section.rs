//! The sections of the view: `Graph` with its nodes, edges, synchronous paths and state machines, and
//! `Resources`.

use crate::facts::Circumstances;
use crate::graph::{Cycle, Edge, Fact, Graph, SyncPath, Vertex, VertexId};
use crate::guard::{Node, NodeId};
use crate::source::{FileId, Span};
use crate::template::{Origin, OriginKind, Resource, Stack};

use super::circumstances;
use super::lower::Lowering;
use super::{Resources, Sight, Unseen, workflow};

/// The place of what is about the template as a whole.
pub(super) const TOP: Origin = Origin {
    file: FileId::TEMPLATE,
    key: Span { start: 0, end: 0 },
    value: Span { start: 0, end: 0 },
    kind: OriginKind::Generated,
};

pub(super) fn root(
    lowering: &mut Lowering<'_>,
    graph: &Graph,
    resources: Resources,
    circumstances: &Circumstances,
) -> NodeId {
    let mut entries = Vec::new();
    match resources {
        Resources::Included => entries.push(("Resources", resources_section(lowering))),
        Resources::LeftOut => {}
    }
    entries.push(("Graph", graph_section(lowering, graph, circumstances)));
    lowering.map(entries, TOP)
}

fn resources_section(lowering: &mut Lowering<'_>) -> NodeId {
    let template = lowering.resolver().template();
    let mut entries = Vec::new();
    for (id, resource) in &template.resources {
        let node = resource_node(lowering, resource);
        let guard = lowering.resolver().guard_of(*id);
        entries.push((*id, lowering.under(guard, node)));
    }
    let is_open = template.stacks().any(Stack::is_open);
    lowering.map_of_names(entries, is_open.then_some(Unseen::Macro), Sight::construct(TOP))
}

fn resource_node(lowering: &mut Lowering<'_>, resource: &Resource) -> NodeId {
    let names = &lowering.resolver().template().names;
    let mut entries = vec![(names.intern("Type"), lowering.name(resource.type_name, resource.origin))];
    if let Some(properties) = resource.properties {
        entries.extend(lowering.value(properties).map(|node| (names.intern("Properties"), node)));
    }
    for (key, value) in &resource.attributes {
        entries.extend(lowering.value(*value).map(|node| (*key, node)));
    }
    lowering.add(Node::Map { entries, is_open: false }, Sight::construct(resource.origin))
}

fn graph_section(lowering: &mut Lowering<'_>, graph: &Graph, circumstances: &Circumstances) -> NodeId {
    let nodes: Vec<NodeId> = graph.vertices.iter().map(|vertex| vertex_node(lowering, vertex)).collect();
    let node_of = |vertex: VertexId| nodes[vertex.0 as usize];

    let mut by_id = Vec::new();
    for (vertex, node) in graph.vertices.iter().zip(&nodes) {
        by_id.push((vertex.id, lowering.under(vertex.guard, *node)));
    }
    let by_id = lowering.add(Node::Map { entries: by_id, is_open: false }, Sight::construct(TOP));

    let plain_edges: Vec<NodeId> =
        graph.edges.iter().map(|edge| edge_node(lowering, graph, edge, &node_of)).collect();
    let edges = graph.edges.iter().zip(&plain_edges);
    let edges = edges.map(|(edge, node)| lowering.under(edge.guard, *node)).collect();
    let edges = lowering.list(edges, TOP);

    let paths = graph.sync_paths.iter();
    let paths = paths.filter_map(|path| path_node(lowering, graph, path, &node_of, &plain_edges)).collect();
    let paths = lowering.list(paths, TOP);

    let cycles = graph.cycles.iter();
    let cycles = cycles.map(|cycle| cycle_node(lowering, graph, cycle, &node_of, &plain_edges)).collect();
    let cycles = lowering.list(cycles, TOP);

    let mut machines = Vec::new();
    for machine in &graph.machines {
        let owner = &graph.vertices[machine.vertex.0 as usize];
        let node = workflow::node(lowering, machine, (owner, node_of(machine.vertex)));
        machines.push((owner.id, lowering.under(owner.guard, node)));
    }
    let machines = lowering.add(Node::Map { entries: machines, is_open: false }, Sight::construct(TOP));

    let partition = lowering.text(lowering.resolver().template().partition(), TOP);
    let entries = vec![
        ("Partition", partition),
        ("AsOf", lowering.text(&circumstances.as_of.to_string(), TOP)),
        ("Limits", circumstances::limits(lowering, &circumstances.limits)),
        ("Runtimes", circumstances::runtimes(lowering, circumstances.as_of)),
        ("Nodes", by_id),
        ("Edges", edges),
        ("SyncPaths", paths),
        ("Cycles", cycles),
        ("StateMachines", machines),
    ];
    lowering.map(entries, TOP)
}

fn vertex_node(lowering: &mut Lowering<'_>, vertex: &Vertex) -> NodeId {
    let resource = lowering.resolver().template().resources.get(&vertex.id);
    let written_as = resource.map_or(vertex.type_name, |resource| resource.written_as);
    let mut entries = vec![
        ("Id", lowering.name(vertex.id, vertex.origin)),
        ("Kind", lowering.text(vertex.kind.as_str(), vertex.origin)),
        ("Type", lowering.name(vertex.type_name, vertex.origin)),
        ("WrittenAs", lowering.name(written_as, vertex.origin)),
    ];
    facts(lowering, &vertex.facts, &mut entries, vertex.origin);
    lowering.map(entries, vertex.origin)
}

/// The facts as entries, and `Stated` with those settings that some case leaves to the service's default.
pub(super) fn facts(
    lowering: &mut Lowering<'_>,
    facts: &[Fact],
    entries: &mut Vec<(&str, NodeId)>,
    owner: Origin,
) {
    let mut stated = Vec::new();
    for fact in facts {
        let nodes = lowering.fact(fact);
        entries.extend(nodes.node.map(|node| (nodes.name, node)));
        if let Some(node) = nodes.stated {
            stated.push((nodes.name, node));
        }
    }
    entries.push(("Stated", lowering.map(stated, owner)));
}

fn edge_node(
    lowering: &mut Lowering<'_>,
    graph: &Graph,
    edge: &Edge,
    node_of: &dyn Fn(VertexId) -> NodeId,
) -> NodeId {
    let from = &graph.vertices[edge.from.0 as usize];
    let to = &graph.vertices[edge.to.0 as usize];
    let evidence = edge.evidence.iter().map(|proof| lowering.text(proof.class.as_str(), proof.origin));
    let evidence = evidence.collect();
    let mut settings = Vec::new();
    facts(lowering, &edge.facts, &mut settings, edge.origin);
    let mut entries = vec![
        ("Kind", lowering.text(edge.kind.as_str(), edge.origin)),
        ("From", lowering.name(from.id, from.origin)),
        ("To", lowering.name(to.id, to.origin)),
        ("FromKind", lowering.text(from.kind.as_str(), from.origin)),
        ("ToKind", lowering.text(to.kind.as_str(), to.origin)),
        ("FromType", lowering.name(from.type_name, from.origin)),
        ("ToType", lowering.name(to.type_name, to.origin)),
        ("Certainty", lowering.text(edge.certainty.as_str(), edge.origin)),
        ("Evidence", lowering.list(evidence, edge.origin)),
        ("Source", node_of(edge.from)),
        ("Target", node_of(edge.to)),
        ("Settings", lowering.map(settings, edge.origin)),
    ];
    if let Some(via) = edge.via {
        entries.push(("Via", lowering.name(via, edge.origin)));
    }
    lowering.map(entries, edge.origin)
}

/// A path with its last hop named: `Caller` waits for `Callee`.
fn path_node(
    lowering: &mut Lowering<'_>,
    graph: &Graph,
    path: &SyncPath,
    node_of: &dyn Fn(VertexId) -> NodeId,
    edges: &[NodeId],
) -> Option<NodeId> {
    let last_id = *path.edges.last()?;
    let hops = path.edges.iter().map(|edge| &graph.edges[edge.0 as usize]);
    let last = &graph.edges[last_id.0 as usize];
    let nodes = hops.map(|hop| node_of(hop.to)).collect();
    let steps = path.edges.iter().map(|edge| edges[edge.0 as usize]).collect();
    let length = i64::try_from(path.edges.len()).unwrap_or(i64::MAX);
    let length = lowering.add(Node::Int(length), Sight::construct(last.origin));
    let entries = vec![
        ("Entry", node_of(path.entry)),
        ("Caller", node_of(last.from)),
        ("Callee", node_of(last.to)),
        ("Last", edges[last_id.0 as usize]),
        ("Length", length),
        ("Certainty", lowering.text(path.certainty.as_str(), last.origin)),
        ("Nodes", lowering.list(nodes, last.origin)),
        ("Edges", lowering.list(steps, last.origin)),
    ];
    let node = lowering.map(entries, last.origin);
    Some(lowering.under(path.guard, node))
}

/// A cycle, from the function that writes to the edge that calls it again.
fn cycle_node(
    lowering: &mut Lowering<'_>,
    graph: &Graph,
    cycle: &Cycle,
    node_of: &dyn Fn(VertexId) -> NodeId,
    edges: &[NodeId],
) -> NodeId {
    let [first, .., last] = cycle.edges[..] else { unreachable!("a cycle leaves its function and returns") };
    let hop = |edge: crate::graph::EdgeId| &graph.edges[edge.0 as usize];
    let origin = hop(last).origin;
    let construct = Sight::construct(origin);
    let nodes = cycle.edges.iter().map(|edge| node_of(hop(*edge).from)).collect();
    let steps = cycle.edges.iter().map(|edge| edges[edge.0 as usize]).collect();
    let length = i64::try_from(cycle.edges.len()).unwrap_or(i64::MAX);
    let is_apart = match cycle.is_apart {
        Some(is_apart) => lowering.add(Node::Bool(is_apart), construct),
        None => lowering.unknown(&[Unseen::Conclusion("Apart")], construct),
    };
    let entries = vec![
        ("Function", node_of(hop(first).from)),
        ("First", edges[first.0 as usize]),
        ("Last", edges[last.0 as usize]),
        ("Length", lowering.add(Node::Int(length), construct)),
        ("Certainty", lowering.text(cycle.certainty.as_str(), origin)),
        ("Apart", is_apart),
        ("Nodes", lowering.list(nodes, origin)),
        ("Edges", lowering.list(steps, origin)),
    ];
    let node = lowering.map(entries, origin);
    lowering.under(cycle.guard, node)
}

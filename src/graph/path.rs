//! Synchronous paths: which functions a caller waits for, one after another.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::code::HandlerCode;
use crate::template::{Guard, Origin};

use super::branch::Branch;
use super::draft::Draft;
use super::handler::{Handlers, Said};
use super::{
    Certainty, Edge, EdgeId, EdgeKind, Evidence, EvidenceClass, Graph, Plain, SyncPath, VertexId, VertexKind,
};

/// Edges in one path.
const MOST_HOPS: usize = 6;
/// Paths in one graph.
const MOST_PATHS: usize = 10_000;

/// Decides which calls between functions wait for their answer, and lists every way from an entry point.
pub(super) fn read(draft: &mut Draft<'_>, code: HandlerCode) {
    let mut handlers = Handlers::new(code);
    let mut refuted = refuted_starts(draft, &mut handlers);
    let calls = decide_calls(draft, &mut handlers, &mut refuted);
    let calls = without(draft, &refuted, calls);
    draft.graph.sources = handlers.sources;
    let entries = entries(&draft.graph);
    let mut search = Search { draft, calls: &calls, trail: Vec::new(), paths: Vec::new() };
    for entry in entries {
        search.follow(entry, Guard::ALWAYS, Certainty::Certain);
    }
    let paths = search.paths;
    draft.graph.sync_paths = paths;
}

/// The edges from the places at which a caller waits, where the template wires them or declares them.
fn entries(graph: &Graph) -> Vec<EdgeId> {
    (0..graph.edges.len() as u32)
        .map(EdgeId)
        .filter(|id| {
            let edge = &graph.edges[id.0 as usize];
            edge.kind == EdgeKind::InvokeSync
                && edge.certainty >= Certainty::Likely
                && graph.vertices[edge.from.0 as usize].kind.is_sync_entry()
                && graph.vertices[edge.to.0 as usize].kind == VertexKind::Function
        })
        .collect()
}

/// Makes `invoke.sync` or `invoke.async` of the calls between functions that the caller's code decides, or the template
/// says enough about: the SDK waits unless it is told otherwise, so a caller that is itself waited for likely waits too.
/// Returns each function's synchronous calls; those that its code does not make are `refuted`.
fn decide_calls(
    draft: &mut Draft<'_>,
    handlers: &mut Handlers,
    refuted: &mut FxHashSet<EdgeId>,
) -> Vec<Vec<EdgeId>> {
    let mut calls: Vec<Vec<EdgeId>> = vec![Vec::new(); draft.graph.vertices.len()];
    for (index, edge) in draft.graph.edges.iter().enumerate() {
        let is_between_functions =
            [edge.from, edge.to].map(|end| draft.vertex(end).kind) == [VertexKind::Function; 2];
        if edge.kind == EdgeKind::Invoke && is_between_functions {
            calls[edge.from.0 as usize].push(EdgeId(index as u32));
        }
    }
    let signs = AsyncSigns::of(draft);
    let mut seen: FxHashSet<VertexId> = FxHashSet::default();
    let called = entries(&draft.graph).into_iter().map(|id| draft.graph.edges[id.0 as usize].to);
    let mut waiting: Vec<VertexId> = called.filter(|function| seen.insert(*function)).collect();
    let mut sync = vec![Vec::new(); calls.len()];
    while let Some(function) = waiting.pop() {
        if !is_plain(draft, function) {
            continue;
        }
        let own = &calls[function.0 as usize];
        for &id in own {
            let to = draft.graph.edges[id.0 as usize].to;
            if to == function || !is_plain(draft, to) {
                continue;
            }
            let edge = |draft: &mut Draft<'_>, kind: EdgeKind| draft.graph.edges[id.0 as usize].kind = kind;
            // A variable alone proves no path; the code may.
            let is_reference = draft.graph.edges[id.0 as usize].is_by_reference_alone();
            match handlers.say(draft, function, to, own.len() == 1 && !is_reference) {
                Said::Waits { at, is_named } => {
                    edge(draft, EdgeKind::InvokeSync);
                    confirm(&mut draft.graph.edges[id.0 as usize], at, is_named);
                }
                Said::Passes { at } => {
                    edge(draft, EdgeKind::InvokeAsync);
                    confirm(&mut draft.graph.edges[id.0 as usize], at, false);
                    continue;
                }
                Said::NoCall => {
                    refuted.insert(id);
                    continue;
                }
                Said::Either => continue,
                Said::Nothing if is_reference || signs.are_on(draft, id) => continue,
                Said::Nothing => edge(draft, EdgeKind::InvokeSync),
            }
            sync[function.0 as usize].push(id);
            if seen.insert(to) {
                waiting.push(to);
            }
        }
    }
    for &id in calls.iter().flatten() {
        if draft.graph.edges[id.0 as usize].kind == EdgeKind::Invoke && signs.are_on(draft, id) {
            draft.graph.edges[id.0 as usize].kind = EdgeKind::InvokeAsync;
        }
    }
    sync
}

/// Adds the call in the caller's code to what proves an edge. Code that names what it calls leaves no doubt.
fn confirm(edge: &mut Edge, at: Origin, is_named: bool) {
    edge.evidence.push(Evidence { class: EvidenceClass::Code, origin: at });
    edge.certainty = edge.certainty.max(if is_named { Certainty::Certain } else { Certainty::Likely });
}

/// The starts of workflows that are allowed with `StartSyncExecution` and that the function's code does not make, or not
/// that way; what it does make is confirmed.
fn refuted_starts(draft: &mut Draft<'_>, handlers: &mut Handlers) -> FxHashSet<EdgeId> {
    let mut refuted = FxHashSet::default();
    let mut of_caller: FxHashMap<VertexId, Vec<EdgeId>> = FxHashMap::default();
    for (index, edge) in draft.graph.edges.iter().enumerate() {
        if edge.kind == EdgeKind::StartSync && draft.vertex(edge.from).kind == VertexKind::Function {
            of_caller.entry(edge.from).or_default().push(EdgeId(index as u32));
        }
    }
    // In the order of the functions, so that the files of code always get the same ids.
    let mut of_caller: Vec<(VertexId, Vec<EdgeId>)> = of_caller.into_iter().collect();
    of_caller.sort_by_key(|(caller, _)| *caller);
    for (caller, own) in &of_caller {
        for &id in own {
            let to = draft.graph.edges[id.0 as usize].to;
            match handlers.say(draft, *caller, to, own.len() == 1) {
                Said::Waits { at, is_named } => confirm(&mut draft.graph.edges[id.0 as usize], at, is_named),
                Said::Passes { .. } | Said::NoCall => drop(refuted.insert(id)),
                Said::Either | Said::Nothing => {}
            }
        }
    }
    refuted
}

/// Takes the refuted edges out of the graph; returns the calls by their new numbers.
fn without(draft: &mut Draft<'_>, refuted: &FxHashSet<EdgeId>, calls: Vec<Vec<EdgeId>>) -> Vec<Vec<EdgeId>> {
    if refuted.is_empty() {
        return calls;
    }
    let mut moved = Vec::with_capacity(draft.graph.edges.len());
    let mut next = 0;
    for index in 0..draft.graph.edges.len() as u32 {
        moved.push(EdgeId(next));
        next += u32::from(!refuted.contains(&EdgeId(index)));
    }
    let mut index = 0;
    draft.graph.edges.retain(|_| {
        index += 1;
        !refuted.contains(&EdgeId(index - 1))
    });
    let renumbered = |list: Vec<EdgeId>| list.into_iter().map(|id| moved[id.0 as usize]).collect();
    calls.into_iter().map(renumbered).collect()
}

/// Whether a function is known not to be durable: a durable one is suspended while it waits.
pub(super) fn is_plain(draft: &Draft<'_>, function: VertexId) -> bool {
    draft.vertex(function).claim("Durable").is_some_and(|(_, fails)| fails == Guard::ALWAYS)
}

/// What makes it likely that a caller does not wait.
struct AsyncSigns {
    /// Functions that are set up for being called without waiting.
    callees: FxHashSet<VertexId>,
    /// Pairs with a permission for it alone.
    permitted: FxHashSet<(VertexId, VertexId)>,
}

impl AsyncSigns {
    fn of(draft: &Draft<'_>) -> Self {
        let mut callees = FxHashSet::default();
        for (&id, resource) in &draft.template().resources {
            let Some(properties) = Branch::properties(resource) else { continue };
            match draft.text(resource.type_name) {
                "AWS::Lambda::EventInvokeConfig" => {
                    for name in draft.branches(properties, &["FunctionName"]) {
                        callees.extend(draft.functions_named(name));
                    }
                }
                "AWS::Lambda::Function" if !draft.branches(properties, &["DeadLetterConfig"]).is_empty() => {
                    callees.extend(draft.vertex_of(id));
                }
                _ => {}
            }
        }
        let edges = &draft.graph.edges;
        let permitted = edges
            .iter()
            .filter(|edge| edge.kind == EdgeKind::InvokeAsync && edge.certainty < Certainty::Certain);
        Self { callees, permitted: permitted.map(|edge| (edge.from, edge.to)).collect() }
    }

    fn are_on(&self, draft: &Draft<'_>, id: EdgeId) -> bool {
        let edge = &draft.graph.edges[id.0 as usize];
        let says_async = |text: &str| text.to_ascii_lowercase().contains("async");
        self.permitted.contains(&(edge.from, edge.to))
            || self.callees.contains(&edge.to)
            || says_async(draft.text(draft.vertex(edge.to).id))
            || matches!(edge.concluded("Variable"), Some(Plain::Name(name)) if says_async(draft.text(*name)))
    }
}

struct Search<'d, 't> {
    draft: &'d Draft<'t>,
    calls: &'d [Vec<EdgeId>],
    trail: Vec<EdgeId>,
    paths: Vec<SyncPath>,
}

impl Search<'_, '_> {
    fn follow(&mut self, id: EdgeId, guard: Guard, certainty: Certainty) {
        let edge = &self.draft.graph.edges[id.0 as usize];
        let guard = self.draft.and(guard, edge.guard);
        if self.paths.len() == MOST_PATHS || !self.draft.can_hold(guard) {
            return;
        }
        let certainty = certainty.min(edge.certainty);
        self.trail.push(id);
        let entry = self.draft.graph.edges[self.trail[0].0 as usize].from;
        self.paths.push(SyncPath { entry, edges: self.trail.clone(), certainty, guard });
        if self.trail.len() < MOST_HOPS {
            for &next in &self.calls[edge.to.0 as usize] {
                let to = self.draft.graph.edges[next.0 as usize].to;
                let is_new = self.trail.iter().all(|id| self.draft.graph.edges[id.0 as usize].to != to);
                if is_new {
                    self.follow(next, guard, certainty);
                }
            }
        }
        self.trail.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, resources, template};
    use super::*;
    use crate::template::{Resolver, Template};

    /// A chain `Url -> A -> B` by permission and reference; `rest` may add to it.
    fn chain(b: &str, rest: &str) -> Template {
        resources(&format!(
            "  Url: {{Type: 'AWS::Lambda::Url', Properties: {{TargetFunctionArn: !Ref A}}}}
  A: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn, Environment: {{Variables: {{NAME: !Ref {b}}}}}}}}}
  R:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{{PolicyDocument: {{Statement: {{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !GetAtt {b}.Arn}}}}}}]
{rest}"
        ))
    }

    fn paths(template: &Template) -> Vec<String> {
        let graph = Graph::build(Resolver::new(template), HandlerCode::Read);
        let id = |vertex: VertexId| template.names.text(graph.vertices[vertex.0 as usize].id);
        graph
            .sync_paths
            .iter()
            .map(|path| {
                let mut text = id(path.entry).to_owned();
                for edge in &path.edges {
                    text.push_str(&format!(" > {}", id(graph.edges[edge.0 as usize].to)));
                }
                format!("{text} [{}]", path.certainty.as_str())
            })
            .collect()
    }

    const B: &str = "  B: {Type: 'AWS::Lambda::Function'}\n";

    #[test]
    fn a_function_behind_two_entry_points_is_followed_once_from_each() {
        let second =
            format!("{B}  Again: {{Type: 'AWS::Lambda::Url', Properties: {{TargetFunctionArn: !Ref A}}}}\n");
        let longer = paths(&chain("B", &second)).into_iter().filter(|path| path.contains("> B")).count();
        assert_eq!(longer, 2);
    }

    #[test]
    fn a_call_from_a_function_that_is_waited_for_likely_waits() {
        let template = chain("B", B);
        assert_eq!(edges(&template), ["invoke.sync Url -> A [certain]", "invoke.sync A -> B [likely]"]);
        assert_eq!(paths(&template), ["Url > A [certain]", "Url > A > B [likely]"]);
    }

    #[test]
    fn a_call_from_a_function_that_nobody_waits_for_stays_a_call() {
        let template = chain("B", &format!("{B}  Url: {{Type: 'AWS::SNS::Topic'}}\n"));
        assert!(edges(&template).contains(&"invoke A -> B [likely]".to_owned()));
        assert_eq!(paths(&template), [""; 0]);
    }

    #[test]
    fn a_callee_that_is_set_up_for_events_is_likely_not_waited_for() {
        let by_name = chain("AsyncWorker", "  AsyncWorker: {Type: 'AWS::Lambda::Function'}\n");
        let by_config = chain(
            "B",
            &format!(
                "{B}  C: {{Type: 'AWS::Lambda::EventInvokeConfig', Properties: {{FunctionName: !Ref B}}}}\n"
            ),
        );
        for template in [by_name, by_config] {
            assert!(edges(&template).iter().any(|edge| edge.starts_with("invoke.async A -> ")));
            assert_eq!(paths(&template), ["Url > A [certain]"]);
        }
    }

    #[test]
    fn a_durable_function_is_no_part_of_a_chain() {
        let template = chain(
            "B",
            "  B: {Type: 'AWS::Lambda::Function', Properties: {DurableConfig: {ExecutionTimeout: 9}}}\n",
        );
        assert_eq!(paths(&template), ["Url > A [certain]"]);
        assert!(edges(&template).contains(&"invoke A -> B [likely]".to_owned()));
    }

    #[test]
    fn functions_that_call_one_another_make_paths_that_end() {
        let template = chain(
            "B",
            "  B: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R2.Arn}}
  R2: {Type: 'AWS::IAM::Role', Properties: {Policies: [{LambdaInvokePolicy: {FunctionName: !Ref A}}]}}
",
        );
        assert_eq!(paths(&template), ["Url > A [certain]", "Url > A > B [likely]"]);
    }

    #[test]
    fn a_path_whose_parts_exclude_each_other_is_none() {
        let template = template(
            "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1'], Dev: !Not [Condition: Prod]}
Resources:
  Url: {Type: 'AWS::Lambda::Url', Condition: Prod, Properties: {TargetFunctionArn: !Ref A}}
  A: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R.Arn}}
  B: {Type: 'AWS::Lambda::Function', Condition: Dev}
  R: {Type: 'AWS::IAM::Role', Properties: {Policies: [{LambdaInvokePolicy: {FunctionName: !Ref B}}]}}
",
        );
        assert_eq!(paths(&template), ["Url > A [certain]"]);
    }

    #[test]
    fn a_dense_mesh_of_calls_gives_a_bounded_number_of_paths() {
        let mut text =
            String::from("  Url: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref F0}}\n");
        let all: Vec<String> = (0..30).map(|n| format!("!GetAtt F{n}.Arn")).collect();
        for n in 0..30 {
            text.push_str(&format!(
                "  F{n}: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn}}}}\n"
            ));
        }
        text.push_str(&format!(
            "  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{{PolicyDocument: {{Statement: {{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: [{}]}}}}}}]}}}}\n",
            all.join(", ")
        ));
        let graph = Graph::build(Resolver::new(&resources(&text)), HandlerCode::Read);
        assert_eq!(graph.sync_paths.len(), MOST_PATHS);
    }
}

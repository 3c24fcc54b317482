//! What targets of Application Auto Scaling scale, and which dimensions of a table's provisioned capacity are among it.

use rustc_hash::FxHashMap;

use crate::template::{Guard, Origin, Stack};

use super::branch::Branch;
use super::draft::{Draft, GLOBAL_TABLE};
use super::{VertexId, VertexKind};

const DIMENSIONS: [(&str, &str); 2] = [
    ("ReadScaled", "dynamodb:table:ReadCapacityUnits"),
    ("WriteScaled", "dynamodb:table:WriteCapacityUnits"),
];

/// A global table says itself how its writes are scaled, and of its reads, and those of its indexes, it may.
const DIMENSIONS_OF_GLOBAL_TABLES: [(&str, &str); 2] = [
    ("ReadScaled", "dynamodb:table:ReadCapacityUnits"),
    ("IndexReadScaled", "dynamodb:index:ReadCapacityUnits"),
];

/// States of every table whether its reads and its writes are scaled.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let vertices = || (0..draft.graph.vertices.len() as u32).map(VertexId);
    let tables: Vec<VertexId> = vertices().filter(|&id| draft.vertex(id).kind == VertexKind::Table).collect();
    let global_tables: Vec<VertexId> = vertices().filter(|&id| is_global_table(draft, id)).collect();
    mark_dimensions(draft, &tables, DIMENSIONS);
    mark_dimensions(draft, &global_tables, DIMENSIONS_OF_GLOBAL_TABLES);
}

/// A global table is no vertex of its own kind.
fn is_global_table(draft: &Draft<'_>, id: VertexId) -> bool {
    draft.text(draft.vertex(id).type_name) == GLOBAL_TABLE
}

fn mark_dimensions(draft: &mut Draft<'_>, tables: &[VertexId], dimensions: [(&'static str, &str); 2]) {
    if tables.is_empty() {
        return;
    }
    for (fact, dimension) in dimensions {
        let scaled = Scaled::by_dimension(draft, dimension, &[VertexKind::Table, VertexKind::Other]);
        for &table in tables {
            let own = draft.vertex(table).origin;
            let (holds, origin) = scaled.found.get(&table).copied().unwrap_or((Guard::NEVER, own));
            draft.add_claim(table, fact, (holds, scaled.may_be_any), origin);
        }
    }
}

/// What the template's targets of Application Auto Scaling scale in one dimension.
pub(super) struct Targets {
    pub(super) named: Vec<ScalableTarget>,
    /// Whether there may be others.
    pub(super) may_be_unseen: bool,
}

/// An `AWS::ApplicationAutoScaling::ScalableTarget`.
pub(super) struct ScalableTarget {
    /// When it exists.
    pub(super) guard: Guard,
    pub(super) origin: Origin,
    /// What it scales: `table/orders/index/by-date`.
    pub(super) name: Branch,
}

impl Targets {
    pub(super) fn of(draft: &Draft<'_>, dimension: &str) -> Self {
        let may_be_unseen = draft.template().stacks().any(Stack::has_open_resources);
        let mut targets = Self { named: Vec::new(), may_be_unseen };
        for (&id, resource) in &draft.template().resources {
            if draft.text(resource.type_name) != "AWS::ApplicationAutoScaling::ScalableTarget" {
                continue;
            }
            let Some(properties) = Branch::properties(resource) else { continue };
            match draft.known_text_at(properties, &["ScalableDimension"]) {
                Some(text) if text == dimension => {}
                Some(_) => continue,
                None => {
                    targets.may_be_unseen = true;
                    continue;
                }
            }
            let guard = draft.resolver.guard_of(id);
            let names = draft.branches(properties, &["ResourceId"]).into_iter();
            targets.named.extend(names.map(|name| ScalableTarget { guard, origin: resource.origin, name }));
        }
        targets
    }
}

/// What is scaled in one dimension.
pub(super) struct Scaled {
    /// When each vertex is scaled, and by what.
    pub(super) found: FxHashMap<VertexId, (Guard, Origin)>,
    /// Whether some target may scale any of them.
    pub(super) may_be_any: bool,
}

impl Scaled {
    pub(super) fn by_dimension(draft: &Draft<'_>, dimension: &str, kinds: &[VertexKind]) -> Self {
        let targets = Targets::of(draft, dimension);
        let mut scaled = Self { found: FxHashMap::default(), may_be_any: targets.may_be_unseen };
        for target in targets.named {
            let mut named = draft.targets_inside(target.name, kinds);
            // What else the name is taken from, a parameter of Systems Manager, may hold the name of any.
            named.retain(|(_, to)| {
                draft.vertex(to.vertex).kind != VertexKind::Other || is_global_table(draft, to.vertex)
            });
            scaled.may_be_any |= named.is_empty();
            for (guard, named) in named {
                let guards = &draft.template().guards;
                let guard = guards.and(guard, target.guard);
                let entry = scaled.found.entry(named.vertex).or_insert((Guard::NEVER, target.origin));
                entry.0 = guards.or(entry.0, guard);
            }
        }
        scaled
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources, template};

    fn scaled(resource_id: &str, dimension: &str) -> [String; 2] {
        let template = resources(&format!(
            "  T: {{Type: 'AWS::DynamoDB::Table'}}
  Parameter: {{Type: 'AWS::SSM::Parameter'}}
  Made: {{Type: 'Custom::Names'}}
  S:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {{ResourceId: {resource_id}, ScalableDimension: {dimension}}}
"
        ));
        ["ReadScaled", "WriteScaled"].map(|name| fact(&template, "T", name))
    }

    #[test]
    fn a_scalable_target_scales_the_dimension_that_it_names() {
        assert_eq!(scaled("!Sub 'table/${T}'", "'dynamodb:table:ReadCapacityUnits'"), ["true", "false"]);
        assert_eq!(
            scaled("!Join ['/', [table, !Ref T]]", "'dynamodb:table:WriteCapacityUnits'"),
            ["false", "true"]
        );
        assert_eq!(
            scaled("!Sub 'table/${T}/index/i'", "'dynamodb:index:ReadCapacityUnits'"),
            ["false", "false"]
        );
    }

    #[test]
    fn a_target_of_a_global_table_scales_that_one_alone() {
        let facts = |resource_id: &str, dimension: &str| {
            let template = resources(&format!(
                "  T: {{Type: 'AWS::DynamoDB::Table'}}
  G: {{Type: 'AWS::DynamoDB::GlobalTable'}}
  S:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {{ResourceId: {resource_id}, ScalableDimension: {dimension}}}
"
            ));
            [("G", "ReadScaled"), ("G", "IndexReadScaled"), ("T", "ReadScaled")]
                .map(|(id, name)| fact(&template, id, name))
        };
        let (reads, reads_of_index) =
            ("'dynamodb:table:ReadCapacityUnits'", "'dynamodb:index:ReadCapacityUnits'");
        assert_eq!(facts("!Sub 'table/${G}'", reads), ["true", "false", "false"]);
        assert_eq!(facts("!Sub 'table/${G}/index/i'", reads_of_index), ["false", "true", "false"]);
        assert_eq!(facts("table/orders", reads), ["unknown", "false", "unknown"]);
    }

    #[test]
    fn a_target_of_something_unknown_may_scale_any_table() {
        for name in ["!Ref Somewhere", "!GetAtt Parameter.Value", "!GetAtt Made.ResourceId"] {
            assert_eq!(scaled(name, "'dynamodb:table:ReadCapacityUnits'"), ["unknown", "false"], "{name}");
        }
        assert_eq!(scaled("!Sub 'table/${T}'", "!Ref Dimension"), ["unknown", "unknown"]);
    }

    #[test]
    fn a_target_under_a_condition_scales_a_table_in_its_cases() {
        let scaled = |table: &str, target: &str, resource_id: &str| {
            let template = template(&format!(
                "Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1'], Dev: !Not [Condition: Prod]}}
Resources:
  T: {{Type: 'AWS::DynamoDB::Table', {table}}}
  S:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    {target}
    Properties: {{ResourceId: {resource_id}, ScalableDimension: 'dynamodb:table:ReadCapacityUnits'}}
"
            ));
            fact(&template, "T", "ReadScaled")
        };
        let (prod, dev) = ("Condition: Prod", "Condition: Dev");
        let always = "DeletionPolicy: Delete";
        let named = "!Sub 'table/${T}'";
        let chosen = "!If [Prod, !Sub 'table/${T}', table/other]";
        assert_eq!(scaled(always, prod, named), "true when Prod is true");
        assert_eq!(scaled(prod, prod, named), "true");
        assert_eq!(scaled(dev, prod, named), "false");
        assert_eq!(scaled(prod, always, named), "true");
        assert_eq!(scaled(always, always, chosen), "true when Prod is true");
        assert_eq!(scaled(prod, always, chosen), "true");
    }
}

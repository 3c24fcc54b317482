//! The global secondary indexes of tables: each has a capacity of its own, and targets of Application Auto Scaling of
//! its own, or none.

use crate::names::Name;
use crate::template::{Guard, Origin};

use super::branch::Branch;
use super::capacity::Targets;
use super::draft::Draft;
use super::mention::Reference;
use super::{Plain, Vertex, VertexId, VertexKind, settings};

const DIMENSIONS: [(&str, &str); 2] = [
    ("ReadScaled", "dynamodb:index:ReadCapacityUnits"),
    ("WriteScaled", "dynamodb:index:WriteCapacityUnits"),
];

/// An index, before it is a vertex.
struct Index {
    id: Name,
    table: VertexId,
    /// The map that describes it.
    settings: Branch,
}

/// Adds the indexes of all tables as vertices, and states of each whether its reads and its writes are scaled.
pub(super) fn read(draft: &mut Draft<'_>) {
    let mut indexes = Vec::new();
    for (table, resource) in draft.resources_of(VertexKind::Table) {
        let Some(properties) = Branch::properties(resource) else { continue };
        let id = draft.vertex(table).id;
        for index in draft.branches(properties, &["GlobalSecondaryIndexes", "*"]) {
            let found = draft.collections(index).into_iter();
            indexes.extend(found.map(|settings| Index { id, table, settings }));
        }
    }
    if indexes.is_empty() {
        return;
    }
    let targets = DIMENSIONS.map(|(fact, dimension)| (fact, Targets::of(draft, dimension)));
    for index in indexes {
        add(draft, &index, &targets);
    }
}

fn add(draft: &mut Draft<'_>, index: &Index, targets: &[(&'static str, Targets)]) {
    let origin = draft.values().origin(index.settings.value);
    let name = draft.known_text_at(index.settings, &["IndexName"]);
    let shown = format!("{} {}", draft.text(index.id), name.unwrap_or("index"));
    let vertex = draft.add_vertex(Vertex {
        id: draft.names().intern(&shown),
        kind: VertexKind::TableIndex,
        type_name: draft.names().intern("AWS::DynamoDB::Table"),
        guard: draft.and(index.settings.guard, draft.resolver.guard_of(index.id)),
        origin,
        facts: settings::facts(settings::TABLE_INDEX, Some(index.settings.value), origin),
    });
    draft.add_fact(vertex, "Table", Plain::Name(index.id), origin);
    for (fact, targets) in targets {
        let (holds, may_be_unseen, origin) = scaled(draft, index, targets);
        draft.add_claim(vertex, fact, (holds, may_be_unseen), origin);
    }
}

/// When one of the targets scales an index, whether something unseen may, and the place that shows it best.
fn scaled(draft: &Draft<'_>, index: &Index, targets: &Targets) -> (Guard, bool, Origin) {
    let own: Vec<String> = draft
        .branches(index.settings, &["IndexName"])
        .into_iter()
        .flat_map(|name| draft.references(name))
        .map(|(_, name)| name.text)
        .collect();
    let mut origin = draft.values().origin(index.settings.value);
    let (mut holds, mut may_be_unseen) = (Guard::NEVER, targets.may_be_unseen);
    for target in &targets.named {
        for (guard, reference) in draft.references(target.name) {
            let Some((table, name)) = reference.text.split_once("/index/") else {
                may_be_unseen |= is_open(&reference.text);
                continue;
            };
            let by_name = Reference::by_name(table.strip_prefix("table/").unwrap_or(table));
            let named = if reference.resources.is_empty() { &by_name } else { &reference };
            let tables = draft.inside(named, &[VertexKind::Table]);
            may_be_unseen |= tables.is_empty() && is_open(table);
            for (own_guard, _) in tables.into_iter().filter(|(_, table)| table.vertex == index.table) {
                if own.iter().any(|own| own == name) {
                    let guard = draft.and(draft.and(guard, own_guard), target.guard);
                    holds = draft.template().guards.or(holds, guard);
                    origin = target.origin;
                } else {
                    may_be_unseen |= is_open(name) || own.iter().any(|own| is_open(own));
                }
            }
        }
    }
    (holds, may_be_unseen || own.is_empty(), origin)
}

/// Whether a part of a text is only known when it is deployed.
fn is_open(text: &str) -> bool {
    text.contains("${")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources};

    fn scaled(resource_id: &str, dimension: &str) -> [String; 2] {
        let template = resources(&format!(
            "  T:
    Type: AWS::DynamoDB::Table
    Properties: {{TableName: orders, GlobalSecondaryIndexes: [{{IndexName: by-date}}, {{IndexName: by-name}}]}}
  S:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {{ResourceId: {resource_id}, ScalableDimension: {dimension}}}
"
        ));
        ["T by-date", "T by-name"].map(|index| fact(&template, index, "WriteScaled"))
    }

    #[test]
    fn a_scalable_target_scales_the_index_that_it_names() {
        let writes = "'dynamodb:index:WriteCapacityUnits'";
        for name in ["!Sub 'table/${T}/index/by-date'", "!Join ['/', [table, !Ref T, index, by-date]]"] {
            assert_eq!(scaled(name, writes), ["true", "false"], "{name}");
            assert_eq!(scaled(name, "'dynamodb:index:ReadCapacityUnits'"), ["false", "false"], "{name}");
        }
        assert_eq!(scaled("table/orders/index/by-date", writes), ["true", "false"]);
        assert_eq!(scaled("table/others/index/by-date", writes), ["false", "false"]);
        assert_eq!(scaled("!Sub 'table/${T}'", "'dynamodb:table:WriteCapacityUnits'"), ["false", "false"]);
    }

    #[test]
    fn a_target_of_something_unknown_may_scale_any_index() {
        let writes = "'dynamodb:index:WriteCapacityUnits'";
        assert_eq!(scaled("!ImportValue index", writes), ["unknown", "unknown"]);
        assert_eq!(scaled("!Sub 'table/${T}/index/by-${Key}'", writes), ["unknown", "unknown"]);
        assert_eq!(scaled("!Sub 'table/${T}/index/by-date'", "!Ref Dimension"), ["unknown", "unknown"]);
    }
}

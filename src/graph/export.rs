//! Exports: which resources something outside of the template may use as well.

use rustc_hash::FxHashSet;

use super::branch::Branch;
use super::draft::Draft;
use super::{Plain, VertexId};

/// States of every resource that others can use whether the template hands it out: by an export, or to a nested
/// stack.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let exported = exported(draft);
    for index in 0..draft.graph.vertices.len() {
        let id = VertexId(index as u32);
        let vertex = draft.vertex(id);
        if vertex.kind.name_property().is_some() {
            let origin = vertex.origin;
            draft.add_fact(id, "Exported", Plain::Bool(exported.contains(&id)), origin);
        }
    }
}

/// The vertices that are handed out.
pub(super) fn exported(draft: &Draft<'_>) -> FxHashSet<VertexId> {
    let mut values = Vec::new();
    let outputs = draft.template().stacks().filter_map(|stack| stack.outputs).map(Branch::always);
    for output in outputs.flat_map(|outputs| draft.branches(outputs, &["*"])) {
        if !draft.branches(output, &["Export"]).is_empty() {
            values.extend(draft.branches(output, &["Value"]));
        }
    }
    for resource in draft.template().resources.values() {
        if draft.text(resource.type_name) == "AWS::CloudFormation::Stack"
            && let Some(properties) = Branch::properties(resource)
        {
            values.extend(draft.branches(properties, &["Parameters", "*"]));
        }
    }
    values
        .into_iter()
        .flat_map(|value| draft.targets_inside(value, &[]))
        .map(|(_, target)| target.vertex)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, template};

    #[test]
    fn a_resource_is_exported_by_an_output_or_to_a_nested_stack() {
        let template = template(
            "Resources:
  Out: {Type: 'AWS::SQS::Queue'}
  Down: {Type: 'AWS::SQS::Queue'}
  Shown: {Type: 'AWS::SQS::Queue'}
  Nested: {Type: 'AWS::CloudFormation::Stack', Properties: {Parameters: {Q: !GetAtt Down.Arn}}}
Outputs:
  A: {Value: !GetAtt Out.Arn, Export: {Name: out}}
  B: {Value: !GetAtt Shown.Arn}
",
        );
        let exported = |id| fact(&template, id, "Exported");
        assert_eq!(["Out", "Down", "Shown"].map(exported), ["true", "true", "false"]);
    }
}

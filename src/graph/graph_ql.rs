//! GraphQL APIs of AppSync: a field waits for the function that resolves it.

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::{Caller, Draft};
use super::{Fact, Plain, Vertex, VertexId, VertexKind, limits};

/// Adds the field of an `AWS::AppSync::Resolver` as an entry point, if functions resolve it.
pub(super) fn read_resolver(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    let mut sources = draft.branches(properties, &["DataSourceName"]);
    for step in draft.branches(properties, &["PipelineConfig", "Functions", "*"]) {
        for step in resources_of(draft, step, "AWS::AppSync::FunctionConfiguration") {
            sources.extend(draft.branches(step, &["DataSourceName"]));
        }
    }
    let mut entry = None;
    for source in sources {
        for source in resources_of(draft, source, "AWS::AppSync::DataSource") {
            for arn in draft.branches(source, &["LambdaConfig", "LambdaFunctionArn"]) {
                if draft.targets_inside(arn, &[VertexKind::Function]).is_empty() {
                    continue;
                }
                let from = *entry.get_or_insert_with(|| add_field(draft, id, resource, properties));
                draft.call_functions(Caller::waiting(from, id, resource.origin), arn);
            }
        }
    }
}

fn add_field(draft: &mut Draft<'_>, id: Name, resource: &Resource, properties: Branch) -> VertexId {
    let names = draft.names();
    let part = |key| draft.known_text_at(properties, &[key]);
    let (type_name, field) = (part("TypeName"), part("FieldName"));
    let api = draft
        .branches(properties, &["ApiId"])
        .into_iter()
        .flat_map(|api| draft.references(api))
        .find_map(|(_, reference)| reference.resources.first().map(|mention| mention.id));
    let shown =
        format!("{} {}.{}", draft.text(api.unwrap_or(id)), type_name.unwrap_or("?"), field.unwrap_or("?"));
    let origin = resource.origin;
    let known = |text: Option<&str>| text.map_or(Plain::Unknown, |text| Plain::Name(names.intern(text)));
    let is_write = type_name.map_or(Plain::Unknown, |name| Plain::Bool(name == "Mutation"));
    draft.add_vertex(Vertex {
        id: names.intern(&shown),
        kind: VertexKind::GraphQlField,
        type_name: resource.type_name,
        guard: draft.resolver.guard_of(id),
        origin,
        facts: vec![
            Fact::Derived { name: "Api", value: api.map_or(Plain::Unknown, Plain::Name), origin },
            Fact::Derived { name: "TypeName", value: known(type_name), origin },
            Fact::Derived { name: "Field", value: known(field), origin },
            Fact::Derived { name: "Write", value: is_write, origin },
            Fact::Derived { name: "TimeoutInMillis", value: Plain::Int(limits::GRAPH_QL_TIMEOUT), origin },
        ],
    })
}

/// The properties of the resources of a type that a value refers to.
fn resources_of(draft: &Draft<'_>, value: Branch, type_name: &str) -> Vec<Branch> {
    draft
        .references(value)
        .into_iter()
        .filter_map(|(guard, reference)| {
            let resource = draft.resource(reference.resources.first()?.id)?;
            let properties =
                Branch::properties(resource).filter(|_| draft.text(resource.type_name) == type_name)?;
            Some(Branch { guard, ..properties })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, fact, resources};

    #[test]
    fn a_field_waits_for_the_functions_of_its_pipeline() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  Api: {Type: 'AWS::AppSync::GraphQLApi'}
  Source:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Api.ApiId, Name: s, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}}
  Step: {Type: 'AWS::AppSync::FunctionConfiguration', Properties: {DataSourceName: !GetAtt Source.Name}}
  Direct:
    Type: AWS::AppSync::Resolver
    Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: order, DataSourceName: !GetAtt Source.Name}
  Piped:
    Type: AWS::AppSync::Resolver
    Properties:
      ApiId: !GetAtt Api.ApiId
      TypeName: Mutation
      FieldName: place
      Kind: PIPELINE
      PipelineConfig: {Functions: [!GetAtt Step.FunctionId]}
",
        );
        assert_eq!(
            edges(&template),
            ["invoke.sync Api Query.order -> F [certain]", "invoke.sync Api Mutation.place -> F [certain]"]
        );
        assert_eq!(fact(&template, "Api Mutation.place", "Write"), "true");
        assert_eq!(fact(&template, "Api Query.order", "TimeoutInMillis"), "30000");
    }
}

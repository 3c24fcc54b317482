//! Where everything in an expanded template came from, as JSON: what `lenslint expand --provenance` adds.

use serde_json::{Map, Value, json};

use crate::source::{ColumnUnit, Location, Position};
use crate::template::{Resource, Template};

/// For each resource the resource that the author wrote it as, the author's place, and the places of its
/// properties. `path_to` gives the keys that lead to a place.
pub(crate) fn provenance(template: &Template, path_to: &dyn Fn(Location) -> Vec<String>) -> Value {
    let printer = Printer { template, path_to };
    let resources = template.resources.iter();
    let resources: Map<_, _> = resources
        .map(|(id, resource)| (template.names.text(*id).to_owned(), printer.resource(resource)))
        .collect();
    resources.into()
}

#[derive(Clone, Copy)]
struct Printer<'t> {
    template: &'t Template,
    path_to: &'t dyn Fn(Location) -> Vec<String>,
}

impl Printer<'_> {
    fn resource(self, resource: &Resource) -> Value {
        let mut printed = self.place(resource.origin.at_key());
        let from = resource.made_by.map(|author| self.template.names.text(author));
        printed.insert("from".to_owned(), from.into());
        let values = &self.template.values;
        let properties = resource.properties.map(|properties| values.entries(properties)).unwrap_or_default();
        let properties: Map<_, _> = properties
            .iter()
            .map(|entry| {
                let place = self.place(values.origin(entry.value).at_key());
                (self.template.names.text(entry.key).to_owned(), place.into())
            })
            .collect();
        printed.insert("properties".to_owned(), properties.into());
        printed.into()
    }

    fn place(self, location: Location) -> Map<String, Value> {
        let source = &self.template.sources[location.file.0 as usize];
        let Position { line, column } = source.position(location.span.start, ColumnUnit::CodePoints);
        let logical_path = (self.path_to)(location).join("/");
        let place = [
            ("path", json!(source.path())),
            ("line", json!(line)),
            ("column", json!(column)),
            ("logical_path", json!(logical_path)),
        ];
        place.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

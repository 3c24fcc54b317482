//! What a template declares: a parameter with what it allows, a resource with its attributes.

use rustc_hash::FxHashSet;

use crate::document::{NodeId, Scalar, Typed};
use crate::names::Name;
use crate::source::Span;

use super::bounds::{Bounds, Pattern};
use super::read::{Reader, opens};
use super::value::{Data, Entry};
use super::{NameMap, Parameter, Resource};

/// What a template declares of a parameter, and what it is given.
pub(super) fn parameter(reader: &mut Reader<'_>, name: &str, node: NodeId, key: Span) -> Parameter {
    let text = |key| reader.document.value(node, key).and_then(|node| reader.text(node));
    let type_text = text("Type").unwrap_or("String".into());
    let type_name = reader.names.intern(&type_text);
    let is_secret = text("NoEcho").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let allowed = reader.document.value(node, "AllowedValues").map_or_else(Vec::new, |values| {
        let mut seen = FxHashSet::default();
        let texts = reader.document.items(values).filter_map(|value| {
            let is_plain = reader.document.scalar(value).is_plain;
            Some(reader.names.intern(coerced(Scalar { text: &reader.text(value)?, is_plain })))
        });
        texts.filter(|text| seen.insert(*text)).collect()
    });
    let number = |key| text(key)?.trim().parse::<f64>().ok();
    let length = |key| text(key)?.trim().parse::<usize>().ok();
    let is_number = type_text == "Number";
    let bounds = Bounds {
        least: number("MinValue").filter(|_| is_number),
        most: number("MaxValue").filter(|_| is_number),
        min_length: length("MinLength").filter(|_| !is_number),
        max_length: length("MaxLength").filter(|_| !is_number),
        pattern: text("AllowedPattern").filter(|_| !is_number).map(|text| Pattern::new(text.into_owned())),
    };
    let document = reader.document;
    let default = document.entries(node).find(|entry| document.scalar(entry.key).text == "Default");
    let default = default.map(|entry| reader.value(entry.value, Some(document.span(entry.key))));
    let origin = reader.written(key, reader.span(node));
    let given = reader.deployment.value(name, &type_text, is_secret).map(|Scalar { text, is_plain }| {
        // What is given stands in no file of the template: its place is the parameter.
        reader.values.add(origin, Data::Scalar { text: reader.names.intern(text), is_plain })
    });
    Parameter { type_name, default, given, allowed, bounds, is_secret, passed: None, origin }
}

/// The text that CloudFormation takes a scalar for: the truth value `True` is the text `true`.
pub(super) fn coerced(scalar: Scalar<'_>) -> &str {
    match scalar.typed() {
        Typed::Bool(value) => ["false", "true"][usize::from(value)],
        Typed::Null | Typed::Int(_) | Typed::Float(_) | Typed::Text(_) => scalar.text,
    }
}

/// What a template declares as a resource.
pub(super) fn resource(reader: &mut Reader<'_>, type_name: Name, key: Span, body: NodeId) -> Resource {
    let document = reader.document;
    let mut resource = Resource {
        type_name,
        properties: None,
        condition: None,
        attributes: NameMap::default(),
        origin: reader.written(key, reader.span(body)),
        made_by: None,
        written_as: type_name,
        takes_globals: false,
        event: None,
    };
    let mut transform = None;
    for attribute in document.entries(body) {
        let (text, name, attribute_key) = reader.key(attribute.key);
        match &*text {
            "Type" => {}
            // The place to act on what `Properties` lacks is the resource.
            "Properties" if reader.is_nothing(attribute.value) => {}
            "Properties" => resource.properties = Some(reader.value(attribute.value, Some(key))),
            "Condition" if reader.text(attribute.value).is_some() => {
                resource.condition = reader.text(attribute.value).map(|text| reader.names.intern(&text));
            }
            _ => {
                let value = reader.value(attribute.value, Some(attribute_key));
                if opens(&text) {
                    reader.values.add_opening_key(name);
                    transform = Some(Entry { key: name, value });
                }
                resource.attributes.insert(name, value);
            }
        }
    }
    if let Some(transform) = transform {
        open_properties(reader, &mut resource, transform);
    }
    resource
}

/// A macro beside `Properties` rewrites the whole resource, its properties among it.
fn open_properties(reader: &mut Reader<'_>, resource: &mut Resource, transform: Entry) {
    let (origin, mut entries) = match resource.properties {
        None => (resource.origin, Vec::new()),
        Some(properties) => (reader.values.origin(properties), reader.values.entries(properties).to_vec()),
    };
    entries.push(transform);
    resource.properties = Some(reader.values.add(origin, Data::Map(entries)));
}

#[cfg(test)]
mod tests {
    use crate::template::tests::template;

    #[test]
    fn a_parameter_is_read_with_what_it_allows() {
        let template = template(
            "Parameters:\n  P: {Type: Number, Default: 5, NoEcho: 'TRUE', AllowedValues: [5, '6']}\nResources: {}\n",
        );
        let parameter = &template.parameters[&template.names.intern("P")];
        let allowed: Vec<&str> = parameter.allowed.iter().map(|name| template.names.text(*name)).collect();
        assert_eq!(allowed, ["5", "6"]);
        assert!(parameter.is_secret);
        assert_eq!(template.sources[0].slice(parameter.origin.key), "P");
    }

    #[test]
    fn attributes_are_kept_as_written() {
        let template = template(
            "Resources:\n  R:\n    Type: T\n    Condition: C\n    DependsOn: [A]\n    DeletionPolicy: Retain\n    IgnoreGlobals: '*'\n",
        );
        let resource = template.resources.values().next().unwrap();
        assert_eq!(resource.condition, template.names.find("C"));
        let attributes: Vec<&str> =
            resource.attributes.keys().map(|name| template.names.text(*name)).collect();
        assert_eq!(attributes, ["DependsOn", "DeletionPolicy", "IgnoreGlobals"]);
    }
}

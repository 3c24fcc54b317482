//! The JSON Schema of a configuration file, for editors and for whoever writes one by program.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::facts;
use crate::rule::Catalogue;

use super::key::{Key, SEVERITIES, Shape};

/// The schema of what stands in `lenslint.toml`, and in `[tool.lenslint]` of `pyproject.toml`.
pub fn schema(catalogue: &Catalogue) -> Value {
    let properties: Map<String, Value> =
        Key::ALL.into_iter().map(|key| (key.name().to_owned(), property(key))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "lenslint configuration",
        "description": "lenslint.toml, .lenslint.toml, or the table [tool.lenslint] of pyproject.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": {
            "rule": {
                "description": "An id, a name, a family or ALL.",
                // The first gives editors something to offer; the second lets users' own rules pass.
                "anyOf": [{"enum": names(catalogue)}, {"type": "string"}],
            },
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
            "texts": {"type": "array", "items": {"type": "string"}},
            "scalar": {"type": ["string", "number", "boolean"]},
        },
    })
}

fn property(key: Key) -> Value {
    let mut property = shape(key.shape());
    property["description"] = key.about().into();
    property
}

fn shape(shape: Shape) -> Value {
    match shape {
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Text => json!({"type": "string"}),
        Shape::Texts => json!({"$ref": "#/$defs/texts"}),
        Shape::Word(words) => json!({"enum": words}),
        Shape::Selectors => json!({"$ref": "#/$defs/rules"}),
        Shape::SelectorsByPattern => {
            json!({"type": "object", "additionalProperties": {"$ref": "#/$defs/rules"}})
        }
        Shape::Severities => json!({
            "type": "object",
            "propertyNames": {"$ref": "#/$defs/rule"},
            "additionalProperties": {"enum": SEVERITIES},
        }),
        Shape::Values => json!({
            "type": "object",
            "additionalProperties": {
                "anyOf": [{"$ref": "#/$defs/scalar"}, {"type": "array", "items": {"$ref": "#/$defs/scalar"}}],
            },
        }),
        Shape::Quotas => json!({"type": "object", "properties": quotas(), "additionalProperties": false}),
        Shape::Applications => json!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "files": {"$ref": "#/$defs/texts"}},
                "required": ["name", "files"],
                "additionalProperties": false,
            },
        }),
    }
}

fn quotas() -> Map<String, Value> {
    let raisable = facts::all().iter().filter(|fact| fact.is_raisable);
    let quota = |fact: &facts::Fact| {
        let about = format!("In {}: {}. Without it: {}.", fact.unit, fact.about, fact.value);
        (fact.name.to_owned(), json!({"type": "integer", "minimum": 1, "description": about}))
    };
    raisable.map(quota).collect()
}

/// What can be named: `ALL`, the families by both of their names, and the ids.
fn names(catalogue: &Catalogue) -> Vec<&str> {
    let pages = &catalogue.pages;
    let hundreds = pages.iter().filter_map(|page| page.id.get(..4));
    let families: BTreeSet<&str> = hundreds.chain(pages.iter().map(|page| page.family.as_str())).collect();
    let ids = pages.iter().map(|page| page.id.as_str());
    std::iter::once("ALL").chain(families).chain(ids).collect()
}

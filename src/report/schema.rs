//! A check of documents against `docs/report.schema.json` and the schema of the configuration, for the tests of the
//! format and of the program.

use serde_json::Value;

/// What in `document` is not as `schema` says, each with its place.
pub(super) fn breaks(schema: &Value, document: &Value) -> Vec<String> {
    let mut breaks = Vec::new();
    check(schema, schema, document, "", &mut breaks);
    breaks
}

/// Holds `value` against the keywords of JSON Schema that our schemas use. Beyond the
/// standard, each property that a schema lists must be required: our documents leave nothing out.
fn check(root: &Value, schema: &Value, value: &Value, at: &str, breaks: &mut Vec<String>) {
    for (keyword, argument) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            // Of tables with names of the author's; what `properties` leaves over is told there.
            "additionalProperties" if argument.is_boolean() => {}
            "additionalProperties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    check(root, argument, inner, &format!("{at}/{key}"), breaks);
                }
            }
            "propertyNames" => {
                for key in value.as_object().into_iter().flat_map(|entries| entries.keys()) {
                    check(root, argument, &Value::from(key.as_str()), &format!("{at}/{key}"), breaks);
                }
            }
            "$ref" => {
                let pointer = argument.as_str().unwrap().trim_start_matches('#');
                check(root, root.pointer(pointer).unwrap(), value, at, breaks);
            }
            "type" => {
                let kinds = match argument {
                    Value::Array(kinds) => kinds.clone(),
                    kind => vec![kind.clone()],
                };
                if !kinds.iter().any(|kind| is_a(value, kind.as_str().unwrap())) {
                    breaks.push(format!("{at}: {value} is no {}", Value::Array(kinds)));
                }
            }
            "const" if argument == value => {}
            "enum" if argument.as_array().unwrap().contains(value) => {}
            "const" | "enum" => breaks.push(format!("{at}: {value} is not allowed")),
            "minimum" => {
                if value.is_u64() && value.as_u64() < argument.as_u64() {
                    breaks.push(format!("{at}: {value} is below {argument}"));
                }
            }
            "anyOf" => {
                let fits = argument.as_array().unwrap().iter().any(|option| {
                    let mut inner = Vec::new();
                    check(root, option, value, at, &mut inner);
                    inner.is_empty()
                });
                if !fits {
                    breaks.push(format!("{at}: {value} fits no option"));
                }
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, argument, item, &format!("{at}/{i}"), breaks);
                }
            }
            "required" => {
                let named: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
                for key in argument.as_array().unwrap() {
                    let key = key.as_str().unwrap();
                    assert!(named.iter().any(|name| *name == key), "{key} is required and not described");
                    if value.get(key).is_none() {
                        breaks.push(format!("{at}: {key} is missing"));
                    }
                }
                assert_eq!(argument.as_array().unwrap().len(), named.len(), "{at}: not all is required");
            }
            "properties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    match argument.get(key) {
                        Some(schema) => check(root, schema, inner, &format!("{at}/{key}"), breaks),
                        None => breaks.push(format!("{at}: {key} is unknown")),
                    }
                }
            }
            other => panic!("{other} is a keyword that this check does not know"),
        }
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("{other} is a type that this check does not know"),
    }
}

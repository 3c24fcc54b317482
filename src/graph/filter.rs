//! The filters of a mapping or a pipe: which records its target gets, each a pattern in a text of JSON.

use serde_json::Value;

use crate::template::{Alt, Origin};

use super::branch::Branch;
use super::draft::Draft;
use super::json_text::has_hole;
use super::{Fact, Item, Plain, settings};

/// The filters at `path`, with what their patterns are.
pub(super) fn facts(draft: &Draft<'_>, properties: Branch, path: &[&str], origin: Origin) -> Fact {
    let filters = draft.branches(properties, path).into_iter();
    let filters = filters.flat_map(|filters| draft.branches(filters, &["Filters", "*"]));
    let items = filters.flat_map(|filter| draft.collections(filter)).map(|filter| item(draft, filter));
    Fact::List { name: "Filters", items: items.collect(), origin }
}

fn item(draft: &Draft<'_>, filter: Branch) -> Item {
    let origin = draft.values().origin(filter.value);
    let mut facts = settings::facts(settings::FILTER, Some(filter.value), origin);
    if let [pattern] = draft.branches(filter, &["Pattern"])[..]
        && let [(_, alt)] = draft.alternatives(pattern).as_slice()
    {
        let read = match alt {
            Alt::Map(_) | Alt::List(_) => Some(Ok(draft.json_tree(pattern))),
            Alt::Absent { .. }
            | Alt::Scalar { .. }
            | Alt::OneOf { .. }
            | Alt::Text(_)
            | Alt::Resource { .. }
            | Alt::Unknown(_) => draft.json_text(alt),
        };
        facts.extend(of_pattern(read, draft.values().origin(pattern.value)));
    }
    Item { guard: filter.guard, origin, facts }
}

fn of_pattern(pattern: Option<serde_json::Result<Value>>, origin: Origin) -> Vec<Fact> {
    let flaw = |flaw| Fact::Derived { name: "Flaw", value: Plain::Text(flaw), origin };
    match pattern {
        None => Vec::new(),
        Some(Err(_)) => vec![flaw("no JSON")],
        Some(Ok(Value::Object(pattern))) => {
            let pattern = Value::Object(pattern);
            let is_numeric = [("Numeric", is_numeric(&pattern)), ("NumericText", compares_text(&pattern))]
                .map(|(name, holds)| Fact::Derived { name, value: Plain::Bool(holds), origin });
            let bare = has_bare_value(&pattern).then(|| flaw("a pattern with a value outside of a list"));
            bare.into_iter().chain(is_numeric).collect()
        }
        Some(Ok(pattern)) if has_hole(&pattern) => Vec::new(),
        Some(Ok(_)) => vec![flaw("no JSON object")],
    }
}

/// Whether a field is to be equal to something: a pattern lists what it may be.
fn has_bare_value(pattern: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.values().any(has_bare_value),
        Value::Array(_) => false,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => !has_hole(pattern),
    }
}

/// Whether a field is compared as a number: `[{"numeric": [">", 100]}]`.
fn is_numeric(pattern: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.values().any(is_numeric),
        Value::Array(items) => items.iter().any(|item| item.get("numeric").is_some() || is_numeric(item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether something is compared as a number that a record of DynamoDB holds as a text: all but the record's time.
fn compares_text(pattern: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "ApproximateCreationDateTime")
            .any(|(_, field)| compares_text(field)),
        Value::Array(items) => items.iter().any(|item| item.get("numeric").is_some() || compares_text(item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_lists_what_a_field_may_be() {
        for (pattern, is_bare) in [
            (r#"{"a": ["x"], "b": {"c": [{"prefix": "p"}]}}"#, false),
            (r#"{"$or": [{"a": ["x"]}, {"b": ["y"]}]}"#, false),
            (r#"{"a": {"b": "x"}}"#, true),
            (r#"{"a": null}"#, true),
            (r#"{"a": "${?}"}"#, false),
        ] {
            let pattern: Value = serde_json::from_str(pattern).expect("the test's pattern is JSON");
            assert_eq!(has_bare_value(&pattern), is_bare, "{pattern}");
        }
    }

    #[test]
    fn the_time_of_a_record_is_no_text() {
        for (pattern, is_text) in [
            (r#"{"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 1]}]}}"#, false),
            (r#"{"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 1]}]}}}}"#, true),
            (
                r#"{"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 1]}], "Keys": {"n": {"N": [{"numeric": [">", 1]}]}}}}"#,
                true,
            ),
        ] {
            let pattern: Value = serde_json::from_str(pattern).expect("the test's pattern is JSON");
            assert!(is_numeric(&pattern), "{pattern}");
            assert_eq!(compares_text(&pattern), is_text, "{pattern}");
        }
    }

    #[test]
    fn a_number_is_compared_within_a_list_only() {
        for (pattern, numeric) in [
            (r#"{"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 1]}]}}}}"#, true),
            (r#"{"$or": [{"n": [{"numeric": [">", 1]}]}, {"a": ["x"]}]}"#, true),
            (r#"{"numeric": ["x"], "N": ["5"]}"#, false),
        ] {
            let pattern: Value = serde_json::from_str(pattern).expect("the test's pattern is JSON");
            assert_eq!(is_numeric(&pattern), numeric, "{pattern}");
        }
    }
}

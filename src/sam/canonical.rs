//! The text that the transform hashes where an id stands for a value: JSON in its shortest spelling, with the
//! values of parameters put in.

use serde_json::{Map, Value, json};

use crate::document::{Scalar, Typed};
use crate::names::Name;
use crate::template::{Call, Data, Parameter, Resolver, SubPart, ValueId};

use super::Expansion;
use super::ids::ten_digits;

/// The region that is assumed where the transform writes it out and none is given.
const REGION: &str = "us-east-1";

impl Expansion<'_> {
    /// The ten digits that stand for a value in an id.
    pub(super) fn digits_of(&self, value: ValueId) -> String {
        match self.canonical(value) {
            // A text is hashed as it is, without the quotes that it has in JSON.
            Value::String(text) => ten_digits(&text),
            value => ten_digits(&in_shortest_spelling(value)),
        }
    }

    /// The ten digits that stand for two values.
    pub(super) fn digits_of_both(&self, first: ValueId, second: &Value) -> String {
        ten_digits(&in_shortest_spelling(json!([self.canonical(first), second])))
    }

    /// A value as the transform has it before it hashes it. The recursion goes as deep as the template was read,
    /// which is bounded.
    pub(super) fn canonical(&self, value: ValueId) -> Value {
        if self.has_language_extensions()
            && let Some(text) = self.whole_text(value)
        {
            return text.into();
        }
        match self.template.values.data(value) {
            Data::Scalar { text, is_plain } => {
                match (Scalar { text: self.text_of(*text), is_plain: *is_plain }).typed() {
                    Typed::Null => Value::Null,
                    Typed::Bool(value) => value.into(),
                    Typed::Int(value) => value.into(),
                    Typed::Float(value) => value.into(),
                    Typed::Text(text) => text.into(),
                }
            }
            Data::List(items) => self.canonical_list(items),
            Data::Map(entries) => {
                let entries = entries.iter();
                let entries =
                    entries.map(|entry| (self.text_of(entry.key).to_owned(), self.canonical(entry.value)));
                Value::Object(entries.collect())
            }
            Data::Call(call) => self.canonical_call(call),
        }
    }

    /// The text that the language extensions make of a value before the transform sees it.
    fn whole_text(&self, value: ValueId) -> Option<String> {
        let resolver = Resolver::new(self.template);
        let cases = resolver.resolve(value);
        resolver.text(cases.only()?).map(str::to_owned)
    }

    fn canonical_list(&self, items: &[ValueId]) -> Value {
        items.iter().map(|item| self.canonical(*item)).collect()
    }

    fn canonical_call(&self, call: &Call) -> Value {
        let (function, argument) = match call {
            Call::Ref(name) => match self.parameter_text(*name) {
                Some(text) => return text.into(),
                None => match self.template.parameters.get(name).and_then(Parameter::setting) {
                    Some((setting, _)) => return self.canonical(setting),
                    None => ("Ref", self.text_of(*name).into()),
                },
            },
            Call::GetAtt(id, attribute) => {
                ("Fn::GetAtt", json!([self.text_of(*id), self.text_of(*attribute)]))
            }
            Call::Sub { parts, .. } => ("Fn::Sub", self.canonical_sub(parts)),
            Call::Join { separator, items } => {
                ("Fn::Join", json!([self.text_of(*separator), self.canonical(*items)]))
            }
            Call::Select { index, items } => {
                ("Fn::Select", json!([self.canonical(*index), self.canonical(*items)]))
            }
            Call::Split { separator, text } => {
                ("Fn::Split", json!([self.text_of(*separator), self.canonical(*text)]))
            }
            Call::If { condition, then, otherwise } => {
                let branches = (self.canonical(*then), self.canonical(*otherwise));
                ("Fn::If", json!([self.text_of(*condition), branches.0, branches.1]))
            }
            Call::FindInMap { map, top, second, default } => {
                let mut arguments = [map, top, second].map(|value| self.canonical(*value)).to_vec();
                arguments.extend(default.map(|default| json!({ "DefaultValue": self.canonical(default) })));
                ("Fn::FindInMap", arguments.into())
            }
            Call::ImportValue(value) => ("Fn::ImportValue", self.canonical(*value)),
            Call::Base64(value) => ("Fn::Base64", self.canonical(*value)),
            Call::ToJsonString(value) => ("Fn::ToJsonString", self.canonical(*value)),
            Call::Equals(a, b) => ("Fn::Equals", json!([self.canonical(*a), self.canonical(*b)])),
            Call::And(claims) => ("Fn::And", self.canonical_list(claims)),
            Call::Or(claims) => ("Fn::Or", self.canonical_list(claims)),
            Call::Not(claim) => ("Fn::Not", self.canonical(*claim)),
            Call::Condition(name) => ("Condition", self.text_of(*name).into()),
            Call::Transform(value) => ("Fn::Transform", self.canonical(*value)),
            Call::Other { function, argument } => (self.text_of(*function), self.canonical(*argument)),
        };
        Value::Object(Map::from_iter([(function.to_owned(), argument)]))
    }

    /// The transform puts parameters into the text, and leaves it a call even when nothing is left to put in.
    fn canonical_sub(&self, parts: &[SubPart]) -> Value {
        let mut text = String::new();
        let mut bound = Map::new();
        for part in parts {
            match part {
                SubPart::Text(part) => text.push_str(&self.text_of(*part).replace("${", "${!")),
                SubPart::Ref(name) => match self.parameter_text(*name) {
                    Some(known) => text.push_str(known),
                    None => text.push_str(&["${", self.text_of(*name), "}"].concat()),
                },
                SubPart::GetAtt(id, attribute) => {
                    text.push_str(&["${", self.text_of(*id), ".", self.text_of(*attribute), "}"].concat());
                }
                SubPart::Bound(name, value) => {
                    text.push_str(&["${", self.text_of(*name), "}"].concat());
                    bound.insert(self.text_of(*name).to_owned(), self.canonical(*value));
                }
            }
        }
        if bound.is_empty() { text.into() } else { json!([text, bound]) }
    }

    /// The text that a parameter is set to.
    fn parameter_text(&self, name: Name) -> Option<&str> {
        match self.text_of(name) {
            "AWS::Region" => Some(self.template.region().unwrap_or(REGION)),
            "AWS::Partition" => Some(self.template.partition()),
            _ => {
                let (setting, _) = self.template.parameters.get(&name)?.setting()?;
                let Data::Scalar { text, is_plain } = self.template.values.data(setting) else {
                    return None;
                };
                match (Scalar { text: self.text_of(*text), is_plain: *is_plain }).typed() {
                    Typed::Text(text) => Some(text),
                    Typed::Null | Typed::Bool(_) | Typed::Int(_) | Typed::Float(_) => None,
                }
            }
        }
    }
}

/// JSON without blanks, with sorted keys and with nothing but ASCII.
fn in_shortest_spelling(mut value: Value) -> String {
    value.sort_all_objects();
    let mut spelled = String::new();
    for c in value.to_string().chars() {
        if matches!(c, ' '..='~') {
            spelled.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            spelled.push_str(&format!("\\u{unit:04x}"));
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_a_map_do_not_depend_on_its_order_and_know_no_letter_beyond_ascii() {
        let map = json!({ "b": [1, true, null], "a": "é" });
        assert_eq!(ten_digits(&in_shortest_spelling(map)), "ce5b594710");
        let code = json!({ "S3Key": "hello.zip", "S3Bucket": "sam-demo-bucket" });
        assert_eq!(ten_digits(&in_shortest_spelling(code)), "640128d35d");
    }
}

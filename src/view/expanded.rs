//! The expanded template as JSON, with its intrinsics in their long spelling: what `lenslint expand` prints.

use serde_json::{Map, Value, json};

use crate::document::{Scalar, Typed};
use crate::names::Name;
use crate::template::{Call, Data, Resource, SubPart, Template, ValueId};

/// `{"Resources": …, "Conditions": …, "Outputs": …}`; sections that the template does not have are left out.
pub(crate) fn to_json(template: &Template) -> Value {
    let printer = Printer { template };
    let mut sections = Map::new();
    let resources = template.resources.iter();
    let resources: Map<_, _> =
        resources.map(|(id, resource)| (printer.key(*id), printer.resource(resource))).collect();
    sections.insert("Resources".to_owned(), resources.into());
    if !template.conditions.is_empty() {
        let conditions = template.conditions.iter();
        let conditions: Map<_, _> =
            conditions.map(|(name, value)| (printer.key(*name), printer.value(*value))).collect();
        sections.insert("Conditions".to_owned(), conditions.into());
    }
    if let Some(outputs) = template.own.outputs {
        sections.insert("Outputs".to_owned(), printer.value(outputs));
    }
    sections.into()
}

/// One value, with its intrinsics in their long spelling.
pub(super) fn value_to_json(template: &Template, value: ValueId) -> Value {
    Printer { template }.value(value)
}

#[derive(Clone, Copy)]
struct Printer<'t> {
    template: &'t Template,
}

impl<'t> Printer<'t> {
    fn text(self, name: Name) -> &'t str {
        self.template.names.text(name)
    }

    fn key(self, name: Name) -> String {
        self.text(name).to_owned()
    }

    fn resource(self, resource: &Resource) -> Value {
        let mut printed = Map::new();
        printed.insert("Type".to_owned(), self.text(resource.type_name).into());
        if let Some(condition) = resource.condition {
            printed.insert("Condition".to_owned(), self.text(condition).into());
        }
        for (attribute, value) in &resource.attributes {
            printed.insert(self.key(*attribute), self.value(*value));
        }
        if let Some(properties) = resource.properties {
            printed.insert("Properties".to_owned(), self.value(properties));
        }
        printed.into()
    }

    /// The recursion goes as deep as the template was read, which is bounded, and a few levels more.
    fn value(self, id: ValueId) -> Value {
        match self.template.values.data(id) {
            Data::Scalar { text, is_plain } => scalar(self.text(*text), *is_plain),
            Data::List(items) => self.list(items),
            Data::Map(entries) => {
                let entries = entries.iter().map(|entry| (self.key(entry.key), self.value(entry.value)));
                Value::Object(entries.collect())
            }
            Data::Call(call) => self.call(call),
        }
    }

    fn list(self, items: &[ValueId]) -> Value {
        items.iter().map(|item| self.value(*item)).collect()
    }

    fn call(self, call: &Call) -> Value {
        match call {
            Call::Ref(name) => json!({ "Ref": self.text(*name) }),
            Call::GetAtt(id, attribute) => json!({ "Fn::GetAtt": [self.text(*id), self.text(*attribute)] }),
            Call::Sub { parts, .. } => self.sub(parts),
            Call::Join { separator, items } => {
                json!({ "Fn::Join": [self.text(*separator), self.value(*items)] })
            }
            Call::Select { index, items } => {
                json!({ "Fn::Select": [self.value(*index), self.value(*items)] })
            }
            Call::Split { separator, text } => {
                json!({ "Fn::Split": [self.text(*separator), self.value(*text)] })
            }
            Call::If { condition, then, otherwise } => {
                json!({ "Fn::If": [self.text(*condition), self.value(*then), self.value(*otherwise)] })
            }
            Call::FindInMap { map, top, second, default } => {
                let mut arguments = vec![self.value(*map), self.value(*top), self.value(*second)];
                arguments.extend(default.map(|default| json!({ "DefaultValue": self.value(default) })));
                json!({ "Fn::FindInMap": arguments })
            }
            Call::ImportValue(value) => json!({ "Fn::ImportValue": self.value(*value) }),
            Call::Base64(value) => json!({ "Fn::Base64": self.value(*value) }),
            Call::ToJsonString(value) => json!({ "Fn::ToJsonString": self.value(*value) }),
            Call::Equals(a, b) => json!({ "Fn::Equals": [self.value(*a), self.value(*b)] }),
            Call::And(claims) => json!({ "Fn::And": self.list(claims) }),
            Call::Or(claims) => json!({ "Fn::Or": self.list(claims) }),
            Call::Not(claim) => json!({ "Fn::Not": [self.value(*claim)] }),
            Call::Condition(name) => json!({ "Condition": self.text(*name) }),
            Call::Transform(value) => json!({ "Fn::Transform": self.value(*value) }),
            Call::Other { function, argument } => {
                let mut call = Map::new();
                call.insert(self.key(*function), self.value(*argument));
                call.into()
            }
        }
    }

    fn sub(self, parts: &[SubPart]) -> Value {
        let mut text = String::new();
        let mut bound = Map::new();
        for part in parts {
            match part {
                // What looks like a variable in a plain text was escaped when it was read.
                SubPart::Text(part) => text.push_str(&self.text(*part).replace("${", "${!")),
                SubPart::Ref(name) => text.push_str(&["${", self.text(*name), "}"].concat()),
                SubPart::GetAtt(id, attribute) => {
                    text.push_str(&["${", self.text(*id), ".", self.text(*attribute), "}"].concat());
                }
                SubPart::Bound(name, value) => {
                    text.push_str(&["${", self.text(*name), "}"].concat());
                    bound.insert(self.key(*name), self.value(*value));
                }
            }
        }
        if bound.is_empty() { json!({ "Fn::Sub": text }) } else { json!({ "Fn::Sub": [text, bound] }) }
    }
}

fn scalar(text: &str, is_plain: bool) -> Value {
    match (Scalar { text, is_plain }).typed() {
        Typed::Null => Value::Null,
        Typed::Bool(value) => value.into(),
        Typed::Int(value) => value.into(),
        Typed::Float(value) => value.into(),
        Typed::Text(text) => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::sam;
    use crate::source::Source;
    use crate::template::{Deployment, Folder};

    fn expanded(path: &str, text: &str) -> Option<Value> {
        let document = Document::parse(path, text).document?;
        let (mut template, _) =
            Template::read(Source::new(path, text), &document, Folder::none(), &Deployment::default());
        sam::expand(&mut template);
        Some(to_json(&template))
    }

    #[test]
    fn intrinsics_have_their_long_spelling() {
        let text = "
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Condition: IsProd
    DependsOn: Topic
    Properties:
      DelaySeconds: 30
      QueueName: !Sub '${AWS::StackName}-${!literal}-${Topic.TopicName}'
      KmsMasterKeyId: !If [IsProd, !GetAtt Key.Arn, !Ref AWS::NoValue]
Conditions:
  IsProd: !Not [!Equals [!Ref Stage, dev]]
Outputs:
  Url: {Value: !Sub ['${Host}/', {Host: !Ref Queue}]}
";
        assert_eq!(
            expanded("t.yaml", text).unwrap(),
            json!({
                "Resources": {"Queue": {
                    "Type": "AWS::SQS::Queue",
                    "Condition": "IsProd",
                    "DependsOn": "Topic",
                    "Properties": {
                        "DelaySeconds": 30,
                        "QueueName": {"Fn::Sub": "${AWS::StackName}-${!literal}-${Topic.TopicName}"},
                        "KmsMasterKeyId": {"Fn::If": [
                            "IsProd", {"Fn::GetAtt": ["Key", "Arn"]}, {"Ref": "AWS::NoValue"},
                        ]},
                    },
                }},
                "Conditions": {"IsProd": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}]}},
                "Outputs": {"Url": {"Value": {"Fn::Sub": ["${Host}/", {"Host": {"Ref": "Queue"}}]}}},
            })
        );
    }
}

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
    if let Some(outputs) = template.outputs {
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
            Call::Sub(parts) => self.sub(parts),
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
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::document::Document;
    use crate::sam;
    use crate::source::Source;
    use crate::template::Folder;

    fn expanded(path: &str, text: &str) -> Option<Value> {
        let document = Document::parse(path, text).document?;
        let (mut template, _) = Template::read(Source::new(path, text), &document, Folder::none());
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

    /// The ids with hashes that the transform and this crate make differently, with the hash left out.
    fn ids_and_types(resources: &Value) -> BTreeSet<(String, String)> {
        let resources = resources.as_object().expect("an expansion has resources");
        resources
            .iter()
            .map(|(id, resource)| {
                let type_name = resource["Type"].as_str().unwrap_or_default().to_owned();
                let has_hash = matches!(
                    type_name.as_str(),
                    "AWS::ApiGateway::Deployment" | "AWS::Lambda::Version" | "AWS::Lambda::LayerVersion"
                );
                let is_digits = |end: &str| end.chars().all(|c| c.is_ascii_hexdigit());
                let bare = id.len().checked_sub(10).and_then(|end| id.split_at_checked(end));
                let id = match bare {
                    Some((bare, digits)) if has_hash && is_digits(digits) => bare.to_owned(),
                    _ => id.clone(),
                };
                (id, type_name)
            })
            .collect()
    }

    /// How many templates of a folder have the ids and types that the transform gives them, of how many.
    fn score(inputs: &Path, expected: &Path) -> (usize, usize) {
        let (mut equal, mut all) = (0, 0);
        for file in expectations(expected) {
            let wanted: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            if wanted["status"] != "ok" {
                continue;
            }
            let relative = file.strip_prefix(expected).unwrap().with_extension("");
            let Ok(text) = std::fs::read_to_string(inputs.join(&relative)) else {
                continue;
            };
            all += 1;
            let Some(found) = expanded(&relative.to_string_lossy(), &text) else {
                continue;
            };
            equal += usize::from(ids_and_types(&found["Resources"]) == ids_and_types(&wanted["resources"]));
        }
        (equal, all)
    }

    fn expectations(folder: &Path) -> Vec<PathBuf> {
        let files = ignore::Walk::new(folder).filter_map(Result::ok).map(ignore::DirEntry::into_path);
        let mut files: Vec<_> = files
            .filter(|path| {
                path.extension().is_some_and(|extension| extension == "json")
                    && path.file_stem().is_some_and(|stem| Path::new(stem).extension().is_some())
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    #[expect(clippy::print_stdout, reason = "the score is what a reader wants to know")]
    fn the_corpus_expands_to_the_ids_that_the_transform_gives() {
        let Some(corpus) = crate::corpus::folder() else { return };
        let fixtures = corpus.join("sam-fixtures");
        for (inputs, expected, floor) in [
            (corpus.join("patterns"), corpus.join("patterns-expected"), 96),
            (fixtures.join("input"), fixtures.join("expected"), 71),
        ] {
            let (equal, all) = score(&inputs, &expected);
            println!("{}: {equal} of {all} have the transform's ids", inputs.display());
            assert!(equal * 100 >= all * floor, "{equal} of {all} are less than {floor} %");
        }
    }
}

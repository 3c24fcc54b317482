//! What the transform must do, told in small templates; and that it survives the large ones.

mod apis;
mod applications;
mod capacity_providers;
mod connectors;
mod domains;
mod extensions;
mod functions;
mod globals;
mod graph_ql;
mod others;
mod resolved;
mod web_sockets;

use crate::corpus;
use crate::document::Document;
use crate::source::Source;
use crate::template::{Call, Data, Deployment, Folder, Origin, Resource, SubPart, Template, ValueId};

use super::{Unexpanded, expand};

/// An expanded template, and ways to look into it.
struct Expanded {
    template: Template,
    told: Vec<Unexpanded>,
}

fn expanded(text: &str) -> Expanded {
    let document = Document::parse("t.yaml", text).document.expect("the test's text is sound");
    let (mut template, _) =
        Template::read(Source::new("t.yaml", text), &document, Folder::none(), &Deployment::default());
    let told = expand(&mut template);
    Expanded { template, told }
}

impl Expanded {
    fn ids(&self) -> Vec<&str> {
        self.template.resources.keys().map(|id| self.template.names.text(*id)).collect()
    }

    fn resource(&self, id: &str) -> &Resource {
        let name = self.template.names.find(id).unwrap_or_else(|| panic!("no {id}"));
        self.template.resources.get(&name).unwrap_or_else(|| panic!("no {id} among {:?}", self.ids()))
    }

    fn type_of(&self, id: &str) -> &str {
        self.template.names.text(self.resource(id).type_name)
    }

    fn condition(&self, id: &str) -> Option<&str> {
        self.resource(id).condition.map(|condition| self.template.names.text(condition))
    }

    /// The value under a path of keys: `Targets.0.Arn`.
    fn find(&self, id: &str, path: &str) -> Option<ValueId> {
        let mut value = self.resource(id).properties?;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            value = match step.parse::<usize>() {
                Ok(place) => *self.template.values.items(value).get(place)?,
                Err(_) => self.template.values.get(value, self.template.names.find(step)?)?,
            };
        }
        Some(value)
    }

    /// The value under a path as it would be written.
    fn show(&self, id: &str, path: &str) -> String {
        self.find(id, path).map_or_else(|| "nothing".to_owned(), |value| self.write(value))
    }

    fn origin(&self, id: &str, path: &str) -> Origin {
        let value = self.find(id, path).unwrap_or_else(|| panic!("no {path} in {id}"));
        self.template.values.origin(value)
    }

    /// The author's text at the key of an origin, and at its value.
    fn texts(&self, origin: Origin) -> (&str, &str) {
        let source = &self.template.sources[0];
        (source.slice(origin.key), source.slice(origin.value))
    }

    fn write(&self, value: ValueId) -> String {
        let name = |name| self.template.names.text(name).to_owned();
        let join =
            |items: &[ValueId]| items.iter().map(|item| self.write(*item)).collect::<Vec<_>>().join(", ");
        match self.template.values.data(value) {
            Data::Scalar { text, .. } => name(*text),
            Data::List(items) => format!("[{}]", join(items)),
            Data::Map(entries) => {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|entry| format!("{}: {}", name(entry.key), self.write(entry.value)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Data::Call(call) => match call.as_ref() {
                Call::Ref(id) => format!("!Ref {}", name(*id)),
                Call::GetAtt(id, attribute) => format!("!GetAtt {}.{}", name(*id), name(*attribute)),
                Call::If { condition, then, otherwise } => {
                    format!("!If [{}, {}]", name(*condition), join(&[*then, *otherwise]))
                }
                Call::Or(claims) => format!("!Or [{}]", join(claims)),
                Call::Not(claim) => format!("!Not [{}]", self.write(*claim)),
                Call::Condition(condition) => format!("!Condition {}", name(*condition)),
                Call::Sub { parts, .. } => parts
                    .iter()
                    .map(|part| match part {
                        SubPart::Text(text) => name(*text),
                        SubPart::Ref(id) => format!("${{{}}}", name(*id)),
                        SubPart::GetAtt(id, attribute) => format!("${{{}.{}}}", name(*id), name(*attribute)),
                        SubPart::Bound(_, value) => format!("<{}>", self.write(*value)),
                    })
                    .collect(),
                other => format!("{other:?}"),
            },
        }
    }
}

/// A function with a queue, under a condition, with `Globals`.
const CONSUMER: &str = "
Globals:
  Function:
    Timeout: 20
    Environment: {Variables: {LEVEL: info, TABLE: !Ref Table}}
    Layers: [shared]
    Tracing: Active
Resources:
  Consumer:
    Type: AWS::Serverless::Function
    Condition: IsProd
    DeletionPolicy: Retain
    DependsOn: Table
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      MemorySize: 512
      Environment: {Variables: {LEVEL: debug}}
      Layers: [own]
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: !GetAtt Queue.Arn
            BatchSize: 5
  Queue:
    Type: AWS::SQS::Queue
";

#[test]
fn every_template_of_the_corpus_expands_within_its_own_text() {
    let Some(templates) = corpus::templates() else { return };
    for path in templates {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if !text.contains("AWS::Serverless") {
            continue;
        }
        let shown = path.display().to_string();
        let Some(document) = Document::parse(&shown, &text).document else { continue };
        let (mut template, _) = Template::read(
            Source::new(shown.clone(), text.clone()),
            &document,
            Folder::none(),
            &Deployment::default(),
        );
        let told = expand(&mut template);
        let inside = |span: crate::source::Span| text.get(span.range()).is_some();
        assert!(told.iter().all(|told| inside(told.location.span)), "{shown}");
        for resource in template.resources.values() {
            assert!(inside(resource.origin.key) && inside(resource.origin.value), "{shown}");
        }
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("error_")) {
            assert_eq!(told, [], "{shown}: the transform accepts it, so that all of it expands");
        }
    }
}

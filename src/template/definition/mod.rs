//! A definition is the body of a state machine or of an API: a map of the template, a text, or a file that the
//! template names. One stage makes values of all three, each with its place, so that no reader can tell them apart.

mod composed;
mod composer;
mod literal;

use crate::document::{Document, Kind};
use crate::names::Name;
use crate::source::{FileId, Location, Source, Span};

use super::value::{Call, Data, ValueId};
use super::{Alt, Flaw, Folder, Guard, Origin, Resolver, Resource, Template, Through};
use composed::Composed;
use composer::{Budget, Composer};
use literal::Reader;

/// What a resource's definition can be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    /// When it is this one.
    pub guard: Guard,
    /// What it holds; nothing where it cannot be read.
    pub content: Option<ValueId>,
}

/// A file that is a resource's definition. Two resources that name one file have one each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DefinitionFile {
    /// The file.
    pub file: FileId,
    /// Where the template names it.
    pub named_at: Origin,
    content: Option<ValueId>,
}

/// A file as a resource names it.
#[derive(Clone, Copy)]
struct NamedFile {
    /// Relative to the template's folder.
    location: Name,
    at: Origin,
}

/// A definition before it is read.
enum Written {
    /// A map of the template.
    Values(ValueId),
    Text(Composed),
    File(NamedFile),
    /// It is elsewhere, or not known before the deployment.
    Unknown,
}

/// A definition before it is read, and whose and when it is.
struct Found {
    owner: Name,
    guard: Guard,
    written: Written,
}

/// Where resources of a type have their definition.
struct Form {
    type_name: &'static str,
    /// The properties that hold it.
    inline: &'static [&'static str],
    /// The property that names a file.
    file: &'static str,
}

const FORMS: &[Form] = &[
    Form {
        type_name: "AWS::StepFunctions::StateMachine",
        inline: &["Definition", "DefinitionString"],
        file: "DefinitionS3Location",
    },
    Form { type_name: "AWS::ApiGateway::RestApi", inline: &["Body"], file: "BodyS3Location" },
    Form { type_name: "AWS::ApiGatewayV2::Api", inline: &["Body"], file: "BodyS3Location" },
];

/// A template that names more files is not written by hand.
const MOST_FILES: usize = 256;
/// All files of one template together: what one file may have.
const MOST_FILE_BYTES: usize = Folder::MOST_BYTES as usize;
/// All texts of one template together, on top of its own size: a variable may stand in them more than once.
const MOST_TEXT_BYTES: usize = 4 << 20;
/// The values that texts are put together from.
const MOST_STEPS: usize = 100_000;
/// A text cannot hold more values than bytes, so only aliases reach the bound: all may have this many on top.
const MOST_EXPANDED: usize = 100_000;

impl Template {
    /// Reads the definitions of all state machines and APIs, after the SAM transform. A file that is there and does
    /// not parse is a flaw, at its place in that file; one that is not there may be made before the deployment.
    pub(crate) fn read_definitions(&mut self) -> Vec<Flaw> {
        let bytes = self.sources.iter().map(|source| source.text().len()).sum::<usize>() + MOST_TEXT_BYTES;
        let budget = Budget { bytes, steps: MOST_STEPS };
        let mut search = Search { resolver: Resolver::new(self), budget, found: Vec::new() };
        for (id, resource) in &self.resources {
            search.definitions_of(*id, resource);
        }
        let found = search.found;
        let mut stage = Stage { template: self, flaws: Vec::new(), file_bytes: 0, left: MOST_EXPANDED };
        for Found { owner, guard, written } in found {
            let content = match written {
                Written::Values(content) => Some(content),
                Written::Text(text) => stage.read_text(&text),
                Written::File(file) => stage.read_file(owner, file),
                Written::Unknown => None,
            };
            stage.template.definitions.entry(owner).or_default().push(Definition { guard, content });
        }
        stage.flaws
    }

    /// What the definition of a state machine or an API can be; nothing for one that has none.
    pub(crate) fn definitions_of(&self, id: Name) -> &[Definition] {
        self.definitions.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The files that are definitions, in the order in which the resources name them.
    pub(crate) fn definition_files(&self) -> &[DefinitionFile] {
        &self.definition_files
    }

    /// The definition that a file is, if it is one.
    pub(crate) fn definition_file(&self, file: FileId) -> Option<&DefinitionFile> {
        let index = self.definition_files.binary_search_by_key(&file, |definition| definition.file).ok()?;
        Some(&self.definition_files[index])
    }

    /// The keys and indices that lead to a place in a file that is a definition.
    pub(crate) fn path_in_definition(&self, file: &DefinitionFile, span: Span) -> Vec<String> {
        let mut path = Vec::new();
        let mut at = file.content;
        while let Some(value) = at {
            let holds = |value: &ValueId| {
                let Origin { key, value, .. } = self.values.origin(*value);
                Span { start: key.start.min(value.start), end: value.end }.contains(span)
            };
            let entry = self.values.entries(value).iter().find(|entry| holds(&entry.value));
            let index = self.values.items(value).iter().position(&holds);
            path.extend(entry.map(|entry| self.names.text(entry.key).to_owned()));
            path.extend(index.map(|index| index.to_string()));
            at = entry.map(|entry| entry.value).or_else(|| self.values.items(value).get(index?).copied());
        }
        path
    }
}

/// Looks for definitions.
struct Search<'t> {
    resolver: Resolver<'t>,
    budget: Budget,
    found: Vec<Found>,
}

impl Search<'_> {
    fn definitions_of(&mut self, owner: Name, resource: &Resource) {
        let template = self.resolver.template();
        let type_name = template.names.text(resource.type_name);
        let Some(form) = FORMS.iter().find(|form| form.type_name == type_name) else { return };
        let keys = form.inline.iter().filter_map(|key| template.names.find(key));
        let inline: Vec<ValueId> =
            keys.filter_map(|key| template.values.get(resource.properties?, key)).collect();
        for value in inline {
            self.inline(owner, value, Guard::ALWAYS);
        }
        self.named_files(owner, resource, form.file);
    }

    /// The file that a resource names as its definition, case by case.
    fn named_files(&mut self, owner: Name, resource: &Resource, property: &str) {
        let template = self.resolver.template();
        let named = self.resolver.follow(resource.properties, &[property], resource.origin);
        for (guard, alt) in named.alternatives {
            let written = match alt {
                Alt::Absent { .. } => continue,
                Alt::Scalar { text, origin, .. } => Written::File(NamedFile { location: text, at: origin }),
                // An object in a bucket, unless the CDK has left its file beside the template.
                Alt::Map(map) => match template.asset_path(resource, property) {
                    Some(path) => Written::File(NamedFile {
                        location: template.names.intern(&path),
                        at: template.values.origin(map),
                    }),
                    None => Written::Unknown,
                },
                Alt::OneOf { .. } | Alt::List(_) | Alt::Resource { .. } | Alt::Text(_) | Alt::Unknown(_) => {
                    Written::Unknown
                }
            };
            self.found.push(Found { owner, guard, written });
        }
    }

    fn inline(&mut self, owner: Name, value: ValueId, under: Guard) {
        let template = self.resolver.template();
        let guards = &template.guards;
        if let Data::Call(call) = template.values.data(value) {
            if let Call::If { condition, then, otherwise } = **call {
                let condition = guards.condition(condition);
                for (guard, branch) in [(condition, then), (guards.not(condition), otherwise)] {
                    let guard = guards.and(under, guard);
                    if guards.can_hold(&[(guard, true)]) {
                        self.inline(owner, branch, guard);
                    }
                }
                return;
            }
            if matches!(**call, Call::Sub { .. } | Call::Join { .. }) {
                return self.composed(owner, value, under);
            }
        }
        for (guard, alt) in self.resolver.resolve(value).alternatives {
            let guard = guards.and(under, guard);
            let written = match alt {
                Alt::Absent { .. } => continue,
                Alt::Map(map) => Written::Values(map),
                Alt::Scalar { text, origin, through, .. } => {
                    let text = template.names.text(text);
                    let stands_at = through.and_then(|through| stands_at(template, through));
                    Written::Text(Composer::known(template, text, stands_at.unwrap_or(origin.at_value())))
                }
                Alt::OneOf { .. } | Alt::List(_) | Alt::Resource { .. } | Alt::Text(_) | Alt::Unknown(_) => {
                    Written::Unknown
                }
            };
            self.found.push(Found { owner, guard, written });
        }
    }

    fn composed(&mut self, owner: Name, value: ValueId, under: Guard) {
        match Composer::texts(self.resolver.template(), value, under, &mut self.budget) {
            Some(texts) => self.found.extend(texts.into_iter().map(|(guard, text)| Found {
                owner,
                guard,
                written: Written::Text(text),
            })),
            None => self.found.push(Found { owner, guard: under, written: Written::Unknown }),
        }
    }
}

/// Where the text of a parameter stands, which is shown where it is referred to.
fn stands_at(template: &Template, through: Through) -> Option<Location> {
    let set = || template.parameters.get(&through.parameter)?.setting();
    let passed = through.passed.map(|passed| passed.at);
    passed.or_else(|| set().map(|(value, _)| template.values.origin(value).at_value()))
}

/// Reads what was found.
struct Stage<'t> {
    template: &'t mut Template,
    flaws: Vec<Flaw>,
    /// How much of files was read.
    file_bytes: usize,
    /// How many values there may still be.
    left: usize,
}

impl Stage<'_> {
    /// A text that does not parse is not known: what is a hole to us may be just what makes it whole.
    fn read_text(&mut self, text: &Composed) -> Option<ValueId> {
        let parsed = Document::parse("definition.json", text.text());
        let document = parsed.document.filter(|_| parsed.errors.is_empty())?;
        Some(self.values(text, &document))
    }

    fn read_file(&mut self, owner: Name, NamedFile { location, at }: NamedFile) -> Option<ValueId> {
        let template = &mut *self.template;
        let location = template.names.text(location);
        if template.definition_files.len() == MOST_FILES {
            return None;
        }
        let text = template.folder_of(at.file).read(location)?;
        self.file_bytes += text.len();
        if self.file_bytes > MOST_FILE_BYTES {
            return None;
        }
        let shown = template.shown_beside(at.file, location);
        let file = FileId(template.sources.len() as u32);
        let composed = Composed::of_file(file, &text);
        let parsed = Document::parse(&shown, composed.text());
        template.sources.push(Source::new(shown, text));
        template.folders.push(template.folder_of(at.file).clone());
        template.named_by.push(template.named_by[at.file.0 as usize]);
        let error = parsed.errors.into_iter().next().map(|error| (error.span, error.message));
        let document = parsed.document.filter(|document| document.kind(document.root()) == Kind::Mapping);
        let content = match (error, document) {
            (None, Some(document)) => Ok(self.values(&composed, &document)),
            (error, _) => Err(error.unwrap_or_else(|| (Span::default(), "it is no map".to_owned()))),
        };
        let named = DefinitionFile { file, named_at: at, content: content.as_ref().ok().copied() };
        self.template.definition_files.push(named);
        content
            .map_err(|(span, message)| {
                let owner = self.template.names.text(owner);
                let message = format!("The definition of {owner} cannot be read: {message}");
                self.flaws
                    .push(Flaw { location: Location { file, span: composed.location(span).span }, message });
            })
            .ok()
    }

    fn values(&mut self, composed: &Composed, document: &Document) -> ValueId {
        self.left += composed.text().len();
        let Template { names, values, .. } = &mut *self.template;
        let left = &mut self.left;
        Reader { composed, document, names, values, left, depth: 0 }.root()
    }
}

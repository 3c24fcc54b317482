//! An assembly is a template, expanded, with all that is deployed together with it: its nested stacks as far as their
//! templates are at hand, and the stacks that it shares exports with.

use std::path::{Path, PathBuf};

use crate::discover::is_unfilled;
use crate::document::{Document, SyntaxError};
use crate::names::Name;
use crate::sam::{self, Unexpanded};
use crate::source::{ColumnUnit, FileId, Location, Source};
use crate::template::{
    Beside, Data, Deployment, Flaw, Folder, Named, Nested, Part, Resolver, Template, ValueId,
};

use super::Input;
use super::reading::{deployment_of, folder_of, is_template, parameters_of};
use super::suppression::ByPlace;

/// A template and what came with it.
pub(super) struct Assembly {
    /// All of it in one, expanded.
    pub(super) template: Template,
    /// The documents of the templates, by their files.
    pub(super) documents: Documents,
    /// What could not be expanded, or not be taken in.
    pub(super) told: Vec<Unexpanded>,
    /// The parameters that are given values, unless another of the templates passes them on.
    pub(super) parameters: Vec<String>,
    /// Values that are given and not allowed.
    pub(super) refused: Vec<String>,
    /// Sections that could not be understood.
    pub(super) flaws: Vec<Flaw>,
    pub(super) suppressions: ByPlace,
    /// Where the templates of its nested stacks lie.
    pub(super) nested: Vec<PathBuf>,
}

/// The documents that places can be named in.
pub(super) struct Documents(Vec<(FileId, Document)>);

impl Documents {
    /// That of a template alone.
    pub(super) fn of(document: Document) -> Self {
        Self(vec![(FileId::TEMPLATE, document)])
    }

    /// Each document with its file, in the order of the files.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FileId, &Document)> {
        self.0.iter().map(|(file, document)| (*file, document))
    }

    /// The keys that lead to a place in a template; to one in a file that is a definition, those that lead to its name,
    /// and then those in the file. None for a place in an included file.
    pub(super) fn path_to(&self, template: &Template, location: Location) -> Vec<String> {
        let Some(definition) = template.definition_file(location.file) else { return self.path_in(location) };
        let mut path = self.path_in(definition.named_at.at_value());
        if !path.is_empty() {
            path.extend(template.path_in_definition(definition, location.span));
        }
        path
    }

    /// The keys that lead to a place in a template itself, without the loops around it; none for one in another file.
    pub(super) fn path_in(&self, location: Location) -> Vec<String> {
        let Some(document) = self.of_file(location.file) else { return Vec::new() };
        let mut path = document.path_to(location.span);
        // `Fn::ForEach::Tables`, 2, `Table${Name}`: the key in the body is what the author calls the resource.
        while let Some(place) = path.iter().position(|key| key.starts_with("Fn::ForEach::")) {
            if path.get(place + 1).is_none_or(|part| part != "2") || place + 2 == path.len() {
                break;
            }
            path.drain(place..place + 2);
        }
        path
    }

    /// The document of a template; `None` for a file that a template names.
    pub(super) fn of_file(&self, file: FileId) -> Option<&Document> {
        let index = self.0.binary_search_by_key(&file, |(file, _)| *file).ok()?;
        Some(&self.0[index].1)
    }

    /// How many templates there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Assembly {
    /// The template of an input and its nested stacks.
    pub(super) fn of(input: &Input<'_>, text: &str, document: Document) -> Self {
        Self::merged(vec![(input, text, document)])
    }

    /// The template of an input alone.
    pub(super) fn alone(input: &Input<'_>, text: &str, document: Document) -> Self {
        let deployment = deployment_of(input);
        Self::expanded(vec![(Source::new(input.path, text), document, folder_of(input))], &deployment)
    }

    /// The one template that several inputs are parts of, and its nested stacks.
    pub(super) fn merged(parts: Vec<(&Input<'_>, &str, Document)>) -> Self {
        let roots = parts.iter().filter_map(|(input, ..)| input.on_disk).collect();
        let mut assembler = Assembler { roots, chain: Vec::new(), stacks: 0 };
        let mut deployment = Deployment::default();
        for (input, ..) in &parts {
            deployment.add(deployment_of(input));
        }
        let parts = parts.into_iter();
        let parts =
            parts.map(|(input, text, document)| (Source::new(input.path, text), document, folder_of(input)));
        assembler.assemble(parts.collect(), &deployment)
    }

    fn expanded(files: Vec<(Source, Document, Folder)>, deployment: &Deployment) -> Self {
        let (mut documents, mut rest) = (Documents(Vec::new()), Vec::new());
        for (index, (source, document, folder)) in files.into_iter().enumerate() {
            documents.0.push((FileId(index as u32), document));
            rest.push((source, folder));
        }
        let parts = rest.into_iter().zip(documents.iter());
        let parts = parts.map(|((source, folder), (_, document))| Part { source, document, folder });
        let (mut template, flaws) = Template::merge(parts.collect(), deployment);
        let (parameters, refused) = (parameters_of(&template), deployment.refused(&template));
        let suppressions = ByPlace::of(&template);
        let told = sam::expand(&mut template);
        Self { template, documents, told, parameters, refused, flaws, suppressions, nested: Vec::new() }
    }

    /// With the templates of other stacks, each told apart by a word of its own.
    pub(super) fn beside(mut self, mut other: Self, word: &str) -> Self {
        self.parameters.append(&mut other.parameters);
        self.refused.append(&mut other.refused);
        self.take_in(other, &Beside::Deployed(word));
        self
    }

    /// Reads the definitions, once all stacks are there. What waits for another program to fill it in is not broken.
    pub(super) fn read_definitions(&mut self) {
        for Flaw { location, message } in self.template.read_definitions() {
            let text = self.template.sources[location.file.0 as usize].text();
            if !is_unfilled(text.as_bytes()) {
                self.told.push(Unexpanded { location, message });
            }
        }
        self.suppressions.add_definitions(&self.template);
    }

    fn take_in(&mut self, other: Self, beside: &Beside<'_>) {
        let first = self.template.sources.len() as u32;
        let moved = |file: FileId| FileId(file.0 + first);
        let moved_location = |location: Location| Location { file: moved(location.file), ..location };
        self.template.take_in(other.template, beside);
        let documents = other.documents.0.into_iter();
        self.documents.0.extend(documents.map(|(file, document)| (moved(file), document)));
        let told = other.told.into_iter();
        self.told.extend(told.map(|it| Unexpanded { location: moved_location(it.location), ..it }));
        let flaws = other.flaws.into_iter();
        self.flaws.extend(flaws.map(|it| Flaw { location: moved_location(it.location), ..it }));
        self.suppressions.extend(other.suppressions, moved);
        self.nested.extend(other.nested);
    }
}

/// Puts a template and its nested stacks together.
struct Assembler<'p> {
    /// The templates of the inputs.
    roots: Vec<&'p Path>,
    /// The nested templates that the one at hand is nested in, and itself.
    chain: Vec<PathBuf>,
    /// Nested stacks so far.
    stacks: usize,
}

/// A resource that deploys a nested stack from a file.
struct Deploying {
    by: Nested,
    /// The file as the template names it, and where.
    named: String,
    at: Location,
    parameters: Option<ValueId>,
}

impl Assembler<'_> {
    /// A stack in a stack, and so on: more is a circle that no file names twice.
    const MOST_LEVELS: usize = 10;

    /// Nested stacks of one template, all together.
    const MOST_STACKS: usize = 100;

    fn is_root(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| root.canonicalize().is_ok_and(|root| root == path))
    }

    fn assemble(&mut self, files: Vec<(Source, Document, Folder)>, deployment: &Deployment) -> Assembly {
        let mut assembly = Assembly::expanded(files, deployment);
        for stack in deploying(&assembly.template) {
            if self.stacks == Self::MOST_STACKS || self.chain.len() > Self::MOST_LEVELS {
                break;
            }
            let Some(Named { path, text }) = assembly.template.folder_of(stack.at.file).file(&stack.named)
            else {
                continue;
            };
            if self.chain.contains(&path) || self.is_root(&path) {
                let message = format!("{} nests itself", stack.named);
                assembly.told.push(Unexpanded { location: stack.at, message });
                continue;
            }
            let shown = assembly.template.shown_beside(stack.at.file, &stack.named);
            match read_nested(&shown, &text) {
                Ok(None) => {}
                Ok(Some((source, document))) => {
                    self.stacks += 1;
                    let folder = Folder::of(&path);
                    self.chain.push(path.clone());
                    // Its parameters are its parent's to set.
                    let nested = self.assemble(vec![(source, document, folder)], &deployment.elsewhere());
                    self.chain.pop();
                    assembly.nested.push(path);
                    let passed = passed(&assembly.template, &stack, &nested.template);
                    assembly.take_in(nested, &Beside::Nested { by: stack.by, passed: &passed });
                }
                Err(why) => {
                    let message = format!("{} is not taken into account: {why}", stack.named);
                    assembly.told.push(Unexpanded { location: stack.at, message });
                }
            }
        }
        assembly
    }
}

/// The nested stacks whose templates may be files: what is deployed from a bucket has a URL.
fn deploying(template: &Template) -> Vec<Deploying> {
    let Template { names, values, resources, .. } = template;
    let keys = [names.find("TemplateURL"), names.find("Parameters")];
    let resolver = Resolver::new(template);
    let stacks = resources.iter().filter_map(|(id, resource)| {
        let properties = resource.properties?;
        let [url, parameters] = keys.map(|key| values.get(properties, key?));
        let url = url.filter(|_| names.text(resource.type_name) == "AWS::CloudFormation::Stack")?;
        // The CDK says which file beside the template it will upload to that URL.
        let named = template.asset_path(resource, "TemplateURL");
        let named = named.or_else(|| resolver.text(resolver.resolve(url).only()?).map(str::to_owned))?;
        let is_file = !named.contains("://") && !named.is_empty();
        let by = Nested { id: *id, origin: resource.origin };
        // What a macro writes may be parameters.
        let parameters = parameters.or(Some(properties).filter(|properties| values.is_open(*properties)));
        is_file.then(|| Deploying { by, named, at: values.origin(url).at_value(), parameters })
    });
    stacks.collect()
}

/// What a stack is handed, by its parameters' names.
fn passed(template: &Template, stack: &Deploying, nested: &Template) -> Vec<(Name, ValueId)> {
    let Some(parameters) = stack.parameters else { return Vec::new() };
    let Template { names, values, .. } = template;
    let mut passed: Vec<(Name, ValueId)> =
        values.entries(parameters).iter().map(|entry| (entry.key, entry.value)).collect();
    // Where a macro or a condition decides what is passed, any parameter may be: the whole stands for each.
    if values.is_open(parameters) || matches!(values.data(parameters), Data::Call(_)) {
        let all = nested.parameters.keys().map(|name| names.intern(nested.names.text(*name)));
        passed.extend(all.map(|name| (name, parameters)));
    }
    passed
}

/// The template in a file that a nested stack is said to be deployed from; nothing for what is none.
///
/// # Errors
///
/// Why it cannot be read.
fn read_nested(shown: &str, text: &str) -> Result<Option<(Source, Document)>, String> {
    let parsed = Document::parse(shown, text);
    let source = Source::new(shown, text);
    if let Some(SyntaxError { span, message, .. }) = parsed.errors.first() {
        let line = source.position(span.start, ColumnUnit::CodePoints).line;
        return Err(format!("line {line}: {message}"));
    }
    Ok(parsed.document.filter(is_template).map(|document| (source, document)))
}

/// The word that tells the names of a template apart: what its file is called, without what all are called.
pub(super) fn word_for(path: &str) -> &str {
    let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

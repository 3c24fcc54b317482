//! The sections of a template, read from the document's top map.

use elsa::FrozenVec;

use crate::document::{Document, Kind, NodeId};
use crate::names::Name;
use crate::source::{FileId, Location, Source, Span};

use super::declaration::{parameter, resource};
use super::deployment::Deployment;
use super::fragment;
use super::include::Includes;
use super::loops::{self, MapEntry};
use super::read::{Reader, opens};
use super::value::{Data, Entry, ValueId};
use super::{Flaw, Folder, Guards, Handovers, NameMap, Part, Resource, Stack, Template, equality};

/// Understands the documents of a template: see [`Template::merge`].
pub(super) fn read(parts: Vec<Part<'_>>, deployment: &Deployment) -> (Template, Vec<Flaw>) {
    let documents = FrozenVec::new();
    let mut reader = Reader::new(&parts, Includes::new(&parts, &documents), deployment);
    let mut sections = Sections::default();
    sections.read(&mut reader, &parts);
    let Reader {
        names,
        values,
        mut flaws,
        unexpanded,
        parameters,
        mappings,
        pseudo,
        has_foreign_tag,
        includes,
        ..
    } = reader;
    flaws.sort_by_key(|flaw| (flaw.location.file, flaw.location.span.start));
    let included = includes.read_files();
    let (mut sources, mut folders): (Vec<Source>, Vec<Folder>) =
        parts.into_iter().map(|Part { source, folder, .. }| (source, folder)).unzip();
    let mut named_by: Vec<FileId> = (0..sources.len()).map(|file| FileId(file as u32)).collect();
    for (source, by) in included {
        sources.push(source);
        folders.push(folders[by.0 as usize].clone());
        named_by.push(by);
    }
    let own = Stack {
        file: FileId::TEMPLATE,
        mappings,
        outputs: sections.outputs,
        nested: None,
        is_open: sections.is_open || has_foreign_tag,
        has_open_resources: sections.has_open_resources,
        lack: None,
    };
    let mut template = Template {
        sources,
        folders,
        named_by,
        names,
        values,
        guards: Guards::default(),
        transforms: sections.transforms,
        globals: sections.globals,
        parameters,
        conditions: sections.conditions,
        rules: sections.rules,
        resources: sections.resources,
        own,
        taken_in: Vec::new(),
        handovers: Handovers::default(),
        redefined: sections.redefined,
        unexpanded,
        pseudo,
        definitions: NameMap::default(),
        definition_files: Vec::new(),
    };
    template.own.is_open |= template.transforms.iter().any(|name| !is_followed(template.names.text(*name)));
    template.own.lack = fragment::lack(&template, &sections.unread);
    equality::define_conditions(&template);
    (template, flaws)
}

/// Whether a transform adds nothing to the resources that the author wrote, or is one that we follow.
fn is_followed(transform: &str) -> bool {
    matches!(transform, "AWS::Serverless-2016-10-31" | loops::TRANSFORM | "AWS::CodeDeployBlueGreen")
        || transform.starts_with("AWS::SecretsManager-")
}

#[derive(Default)]
struct Sections {
    transforms: Vec<Name>,
    globals: Option<ValueId>,
    conditions: NameMap<ValueId>,
    rules: NameMap<ValueId>,
    resources: NameMap<Resource>,
    /// Logical ids that stand in `Resources` and could not be read.
    unread: Vec<Name>,
    outputs: Option<ValueId>,
    redefined: Vec<(Location, Location)>,
    has_open_resources: bool,
    is_open: bool,
}

impl Sections {
    /// `Globals`, a type of resources, its properties.
    const LEVELS_OF_GLOBALS: usize = 3;

    fn read<'d>(&mut self, reader: &mut Reader<'d>, parts: &[Part<'d>]) {
        let mut sections: Vec<Section<'d>> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            (reader.file, reader.document) = (FileId(index as u32), part.document);
            let root = reader.document.root();
            if reader.document.kind(root) != Kind::Mapping {
                reader.flaw(root, "a template is a map of sections");
                continue;
            }
            reader.each_entry(root, &mut |reader, entry| {
                sections.push(Section { file: reader.file, document: reader.document, entry });
            });
        }
        // What loops run over may be in a section that comes after theirs.
        sections.sort_by_key(|section| match &*section.entry.text {
            "Transform" => 0,
            "Parameters" | "Mappings" => 1,
            _ => 2,
        });
        for Section { file, document, entry: MapEntry { text, key, value, .. } } in sections {
            (reader.file, reader.document) = (file, document);
            match &*text {
                "Transform" => self.read_transforms(reader, value),
                "Globals" => {
                    let section = section_value(reader, &text, value, key);
                    self.globals = joined(reader, self.globals, section, Self::LEVELS_OF_GLOBALS);
                }
                "Parameters" => read_parameters(reader, value),
                "Mappings" => read_mappings(reader, value),
                "Conditions" => read_claims(reader, &text, value, &mut self.conditions),
                "Rules" => read_claims(reader, &text, value, &mut self.rules),
                "Resources" => self.read_resources(reader, value),
                "Outputs" => {
                    let section = section_value(reader, &text, value, key);
                    self.outputs = joined(reader, self.outputs, section, 1);
                }
                _ => self.is_open |= opens(&text),
            }
        }
    }

    /// `Transform` is a name, a map with a `Name`, or a list of these.
    fn read_transforms(&mut self, reader: &mut Reader<'_>, node: NodeId) {
        let document = reader.document;
        match document.kind(node) {
            Kind::Sequence => {
                for item in document.items(node) {
                    self.read_transform(reader, item);
                }
            }
            Kind::Scalar if reader.is_nothing(node) => {}
            Kind::Scalar | Kind::Mapping => self.read_transform(reader, node),
        }
        let name = reader.names.find(loops::TRANSFORM);
        reader.loops.are_expanded = name.is_some_and(|name| self.transforms.contains(&name));
    }

    fn read_transform(&mut self, reader: &mut Reader<'_>, node: NodeId) {
        let name = reader.document.value(node, "Name").unwrap_or(node);
        match reader.text(name) {
            Some(text) => self.transforms.push(reader.names.intern(&text)),
            None => reader.flaw(node, "a transform is a name, or a map with a `Name`"),
        }
    }

    fn read_resources(&mut self, reader: &mut Reader<'_>, section: NodeId) {
        each_of_section(reader, "Resources", section, &mut |reader, entry| {
            let MapEntry { text, name: id, key, value: body } = entry;
            if opens(&text) {
                self.has_open_resources = true;
                return;
            }
            let type_node = reader.document.value(body, "Type");
            if let Some(type_name) = type_node.and_then(|node| reader.text(node)) {
                let type_name = reader.names.intern(&type_name);
                let resource = resource(reader, type_name, key, body);
                let again = resource.origin.at_key();
                let known = self.resources.insert(id, resource).map(|known| known.origin.at_key());
                // Twice in one file is a duplicate key, which is told without looking at what it says.
                self.redefined.extend(known.filter(|known| known.file != again.file).map(|it| (it, again)));
                return;
            }
            self.unread.push(id);
            // `Type: !Rain::Module x.yaml` is another tool's, and a macro beside it may write the type.
            let is_made = type_node.is_some_and(|node| reader.function_of_tag(node).is_some())
                || reader.document.value(body, "Fn::Transform").is_some();
            if is_made {
                self.has_open_resources = true;
            } else {
                reader.flaw(body, format!("resource `{text}` must be a map with a `Type` that is a text"));
            }
        });
    }
}

/// A section of the template, in the file that it stands in.
struct Section<'d> {
    file: FileId,
    document: &'d Document,
    entry: MapEntry<'d>,
}

/// A section of claims, in which `Condition` is an intrinsic.
fn read_claims(reader: &mut Reader<'_>, name: &str, section: NodeId, claims: &mut NameMap<ValueId>) {
    reader.is_condition = true;
    each_of_section(reader, name, section, &mut |reader, entry| {
        if !opens(&entry.text) {
            claims.insert(entry.name, reader.value(entry.value, Some(entry.key)));
        }
    });
    reader.is_condition = false;
}

fn read_parameters(reader: &mut Reader<'_>, section: NodeId) {
    each_of_section(reader, "Parameters", section, &mut |reader, entry| {
        let MapEntry { text, name, key, value } = entry;
        if opens(&text) {
            return;
        }
        if reader.document.kind(value) != Kind::Mapping {
            reader.flaw(value, format!("parameter `{text}` must be a map with a `Type`"));
        }
        let parameter = parameter(reader, &text, value, key);
        reader.parameters.insert(name, parameter);
    });
}

fn read_mappings(reader: &mut Reader<'_>, section: NodeId) {
    each_of_section(reader, "Mappings", section, &mut |reader, entry| {
        let MapEntry { text, name, value: rows, .. } = entry;
        if opens(&text) {
            return;
        }
        // Two parts of an application may each hold some of the rows.
        let mut mapping: NameMap<NameMap<ValueId>> = reader.mappings.swap_remove(&name).unwrap_or_default();
        each_of_map(reader, rows, || format!("mapping `{text}`"), &mut |reader, row| {
            if opens(&row.text) {
                return;
            }
            let mut columns: NameMap<ValueId> = mapping.swap_remove(&row.name).unwrap_or_default();
            let what = || format!("row `{}` of `{text}`", row.text);
            each_of_map(reader, row.value, what, &mut |reader, cell| {
                columns.insert(cell.name, reader.value(cell.value, Some(cell.key)));
            });
            mapping.insert(row.name, columns);
        });
        reader.mappings.insert(name, mapping);
    });
}

/// A section that is kept as one value, if it is a map.
fn section_value(reader: &mut Reader<'_>, name: &str, node: NodeId, key: Span) -> Option<ValueId> {
    match reader.document.kind(node) {
        Kind::Mapping => Some(reader.value(node, Some(key))),
        Kind::Scalar if reader.is_nothing(node) => None,
        Kind::Scalar | Kind::Sequence => {
            reader.flaw(node, format!("`{name}` must be a map"));
            None
        }
    }
}

/// A section that two files have: the maps in it are joined down to a level, and what both have is the later one's.
fn joined(
    reader: &mut Reader<'_>,
    first: Option<ValueId>,
    later: Option<ValueId>,
    levels: usize,
) -> Option<ValueId> {
    let (Some(one), Some(other)) = (first, later) else { return first.or(later) };
    let values = &reader.values;
    let (Data::Map(entries), Data::Map(others)) = (values.data(one), values.data(other)) else {
        return later;
    };
    if levels == 0 {
        return later;
    }
    let (origin, mut entries, others) = (values.origin(one), entries.clone(), others.clone());
    for Entry { key, value } in others {
        match entries.iter().position(|entry| entry.key == key) {
            None => entries.push(Entry { key, value }),
            Some(known) => {
                let both = joined(reader, Some(entries[known].value), Some(value), levels - 1);
                entries[known].value = both.unwrap_or(value);
            }
        }
    }
    Some(reader.values.add(origin, Data::Map(entries)))
}

/// What is done with each entry of a section.
type ReadEntry<'r, 'd> = dyn FnMut(&mut Reader<'d>, MapEntry<'d>) + 'r;

/// Reads the entries of a section.
fn each_of_section<'d>(reader: &mut Reader<'d>, name: &str, node: NodeId, read: &mut ReadEntry<'_, 'd>) {
    each_of_map(reader, node, || format!("`{name}`"), read);
}

/// Reads the entries of a map; for something else, a flaw that names it, and nothing.
fn each_of_map<'d>(
    reader: &mut Reader<'d>,
    node: NodeId,
    what: impl Fn() -> String,
    read: &mut ReadEntry<'_, 'd>,
) {
    if reader.document.kind(node) == Kind::Mapping {
        reader.each_entry(node, read);
    } else if !reader.is_nothing(node) {
        reader.flaw(node, format!("{} must be a map", what()));
    }
}

#[cfg(test)]
mod tests {
    use crate::template::tests::{read, template};

    #[test]
    fn a_section_of_the_wrong_shape_is_a_flaw_and_counts_as_empty() {
        let (template, flaws) = read(
            "Parameters: [a]\nMappings: {M: 1}\nConditions: x\nOutputs: [b]\nTransform: {a: b}\nResources: {A: {Type: T}, B: {}, C: 1, D: {Type: [T]}}\n",
        );
        let messages: Vec<&str> = flaws.iter().map(|flaw| flaw.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`Parameters` must be a map",
                "mapping `M` must be a map",
                "`Conditions` must be a map",
                "`Outputs` must be a map",
                "a transform is a name, or a map with a `Name`",
                "resource `B` must be a map with a `Type` that is a text",
                "resource `C` must be a map with a `Type` that is a text",
                "resource `D` must be a map with a `Type` that is a text",
            ]
        );
        assert_eq!(template.sources[0].slice(flaws[0].location.span), "[a]");
        assert_eq!(template.resources.len(), 1);
        assert!(template.parameters.is_empty() && template.own.outputs.is_none());
    }

    #[test]
    fn what_is_not_a_map_is_an_empty_template() {
        for text in ["[1, 2]", "just a text"] {
            let (template, flaws) = read(text);
            assert!(template.resources.is_empty());
            assert_eq!(flaws.len(), 1, "{text}");
        }
    }

    #[test]
    fn an_empty_section_is_as_good_as_none() {
        let template =
            template("Parameters:\nMappings: ~\nConditions: null\nOutputs:\nTransform:\nResources:\n");
        assert!(template.transforms.is_empty() && template.resources.is_empty());
    }

    #[test]
    fn a_transform_is_a_name_a_map_or_a_list() {
        for transform in ["X", "[X]", "{Name: X, Parameters: {}}", "[{Name: X}]"] {
            let template = template(&format!("Transform: {transform}\nResources: {{}}\n"));
            let names: Vec<&str> =
                template.transforms.iter().map(|name| template.names.text(*name)).collect();
            assert_eq!(names, ["X"], "{transform}");
        }
    }

    #[test]
    fn only_a_transform_that_is_not_followed_opens_the_template() {
        let is_open = |text: &str| template(text).own.is_open();
        assert!(!is_open("Transform: AWS::Serverless-2016-10-31\nResources: {}\n"));
        assert!(!is_open(
            "Transform: [AWS::LanguageExtensions, AWS::SecretsManager-2024-09-16]\nResources: {}\n"
        ));
        assert!(is_open("Transform: [AWS::Serverless-2016-10-31, MyMacro]\nResources: {}\n"));
        assert!(is_open("Transform: {Name: AWS::Include, Parameters: {Location: x}}\nResources: {}\n"));
        assert!(is_open("Fn::Transform: {Name: AWS::Include}\nResources: {}\n"));
    }

    #[test]
    fn a_loop_or_a_macro_in_resources_opens_them_and_keeps_the_rest() {
        for made in [
            "Fn::ForEach::X: [I, [a], {}]",
            "Fn::Transform: {Name: M}",
            "M: {Fn::Transform: {Name: M}}",
            "M: {Type: !Rain::Module x}",
        ] {
            let template = template(&format!("Resources:\n  {made}\n  A: {{Type: T}}\n"));
            assert!(template.own.has_open_resources() && !template.own.is_open(), "{made}");
            assert_eq!(template.resources.len(), 1);
        }
    }
}

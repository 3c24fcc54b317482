//! `AWS::Include` of a local file: the file's keys stand where the macro stood, each with its place in that file.

use elsa::FrozenVec;
use rustc_hash::FxHashMap;

use crate::document::{Document, Kind, NodeId};
use crate::source::{FileId, Source};

use super::folder::shown_beside;
use super::loops::MapEntry;
use super::read::{Argument, Reader};
use super::value::Data;
use super::{Folder, Part};

/// The files that a template includes.
pub(super) struct Includes<'d> {
    /// The template's own files: what each is called, which the others lie beside, and its folder.
    own: Vec<(String, Folder)>,
    documents: &'d FrozenVec<Box<Document>>,
    /// By the file that includes, and the location; nothing for a file that is not there.
    read: FxHashMap<(FileId, String), Option<(FileId, &'d Document)>>,
    /// The files that were read, in order, each with the one that includes it.
    sources: Vec<(Source, FileId)>,
    bytes: usize,
}

impl<'d> Includes<'d> {
    /// All files of one template together: what one file may have.
    const MOST_BYTES: usize = Folder::MOST_BYTES as usize;

    /// A template that includes many files is not written by hand.
    const MOST_FILES: usize = 256;

    /// Nothing read yet; `documents` keeps what will be.
    pub(super) fn new(parts: &[Part<'_>], documents: &'d FrozenVec<Box<Document>>) -> Self {
        let own = parts.iter().map(|part| (part.source.path().to_owned(), part.folder.clone())).collect();
        Self { own, documents, read: FxHashMap::default(), sources: Vec::new(), bytes: 0 }
    }

    /// The files that were read, in the order of their ids, each with the one that includes it.
    pub(super) fn read_files(self) -> Vec<(Source, FileId)> {
        self.sources
    }
}

impl<'d> Reader<'d> {
    /// Reads the entries of a local file in the place of `Fn::Transform` in a map; false if it stays.
    pub(super) fn include_entries(
        &mut self,
        map: NodeId,
        transform: NodeId,
        read: &mut dyn FnMut(&mut Self, MapEntry<'d>),
    ) -> bool {
        let Some((file, document)) = self.file_of(transform) else { return false };
        let around = self.document;
        self.within(file, document, |reader| {
            for entry in document.entries(document.root()) {
                let (text, name, key) = reader.key(entry.key);
                // What the author wrote beside the macro stays.
                if around.value(map, &text).is_none() {
                    read(reader, MapEntry { text, name, key, value: entry.value });
                }
            }
        });
        true
    }

    /// What a macro that stands alone gives: the map in a local file.
    pub(super) fn included(&mut self, argument: Argument) -> Option<Data> {
        let (file, document) = self.file_of(argument.node)?;
        Some(self.within(file, document, |reader| Data::Map(reader.entries(document.root()))))
    }

    /// The file that `AWS::Include` names, if it is one, lies below the template's folder and holds a map. A file
    /// that is included includes no other.
    fn file_of(&mut self, transform: NodeId) -> Option<(FileId, &'d Document)> {
        let document = self.document;
        if self.file.0 as usize >= self.includes.own.len()
            || self.text(document.value(transform, "Name")?).as_deref() != Some("AWS::Include")
        {
            return None;
        }
        let location = document.value(document.value(transform, "Parameters")?, "Location")?;
        let text = self.text(location)?;
        let named = (self.file, text.into_owned());
        if let Some(known) = self.includes.read.get(&named) {
            return *known;
        }
        let read = self.file(location, &named.1);
        self.includes.read.insert(named, read);
        read
    }

    /// Reads from another file.
    fn within<T>(&mut self, file: FileId, document: &'d Document, read: impl FnOnce(&mut Self) -> T) -> T {
        let around = (self.file, self.document);
        (self.file, self.document) = (file, document);
        let read = read(self);
        (self.file, self.document) = around;
        read
    }

    fn file(&mut self, node: NodeId, location: &str) -> Option<(FileId, &'d Document)> {
        if self.includes.sources.len() == Includes::MOST_FILES {
            return None;
        }
        // A template that came without a folder may have the file beside it; what lies in a bucket or outside of the
        // folder is there and not ours to read.
        let is_elsewhere = location.contains("://") || location.contains("..") || location.starts_with('/');
        let (including, folder) = &self.includes.own[self.file.0 as usize];
        let shown = shown_beside(including, location);
        let is_here = folder.is_known() && !is_elsewhere;
        let Some(text) = folder.read(location) else {
            if is_here {
                let message =
                    format!("{location} cannot be included: it is no text file below the template's folder");
                self.leave(self.span(node), message);
            }
            return None;
        };
        if self.includes.bytes + text.len() > Includes::MOST_BYTES {
            self.leave(self.span(node), format!("{location} cannot be included: there is too much already"));
            return None;
        }
        let parsed = Document::parse(&shown, &text);
        let error = parsed.errors.first();
        if let Some(error) = error {
            let source = Source::new(shown, text);
            let line = source.position(error.span.start, crate::source::ColumnUnit::CodePoints).line;
            let message = format!("{location} cannot be included: line {line}: {}", error.message);
            self.leave(self.span(node), message);
            return None;
        }
        let Some(document) =
            parsed.document.filter(|document| document.kind(document.root()) == Kind::Mapping)
        else {
            self.leave(self.span(node), format!("{location} cannot be included: it is no map"));
            return None;
        };
        self.includes.bytes += text.len();
        self.most_values += text.len();
        let file = FileId((self.includes.own.len() + self.includes.sources.len()) as u32);
        self.includes.sources.push((Source::new(shown, text), self.file));
        Some((file, self.includes.documents.push_get(Box::new(document))))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::document::Document;
    use crate::source::Source;
    use crate::template::{Deployment, Folder, Template};

    /// The template `app/t.yaml`, with a file `api.yaml` beside it.
    fn template(text: &str, included: &str) -> Template {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("api.yaml"), included).unwrap();
        let document = Document::parse("app/t.yaml", text).document.unwrap();
        let folder = Folder::of(&folder.path().join("t.yaml"));
        Template::read(Source::new("app/t.yaml", text), &document, folder, &Deployment::default()).0
    }

    fn include(location: &str) -> String {
        format!("Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: {location}}}}}")
    }

    #[test]
    fn the_keys_of_a_local_file_stand_where_the_macro_stood_with_their_places() {
        let text = format!(
            "Resources:\n  R:\n    Type: T\n    Properties:\n      Alone: {{{}}}\n      Beside: {{A: mine, {}}}\n      Short: !Transform {{Name: AWS::Include, Parameters: {{Location: api.yaml}}}}\n",
            include("./api.yaml"),
            include("api.yaml")
        );
        let template = template(&text, "A: theirs\nB: !Ref R\n");
        let key = |name| template.names.find(name).unwrap();
        for property in ["Alone", "Beside", "Short"] {
            let map = template.property("R", property);
            assert!(!template.values.is_open(map), "{property}");
            let b = template.values.origin(template.values.get(map, key("B")).unwrap());
            let source = &template.sources[b.file.0 as usize];
            assert_eq!(
                (source.path(), source.slice(b.key), source.slice(b.value)),
                ("app/api.yaml", "B", "!Ref R")
            );
            let a = template.values.text(template.values.get(map, key("A")).unwrap()).unwrap();
            assert_eq!(template.names.text(a), if property == "Beside" { "mine" } else { "theirs" });
        }
        assert!(template.unexpanded.is_empty());
    }

    #[test]
    fn resources_and_sections_are_included() {
        let text = format!("Resources:\n  A: {{Type: T}}\n  {}\n", include("api.yaml"));
        let template_of_resources = template(&text, "A: {Type: Other}\nB: {Type: T, Properties: {P: 1}}\n");
        let names = &template_of_resources.names;
        let types: Vec<(&str, &str)> = template_of_resources
            .resources
            .iter()
            .map(|(id, resource)| (names.text(*id), names.text(resource.type_name)))
            .collect();
        assert_eq!(types, [("A", "T"), ("B", "T")]);
        assert!(!template_of_resources.own.has_open_resources());
        let text = format!("{}\nResources: {{A: {{Type: T}}}}\n", include("api.yaml"));
        let template_of_sections = template(&text, "Conditions: {C: !Equals [a, b]}\n");
        assert_eq!(template_of_sections.conditions.len(), 1);
        assert!(!template_of_sections.own.is_open());
    }

    #[test]
    fn what_is_not_a_local_map_stays_open() {
        for (location, included, told) in [
            ("s3://bucket/api.yaml", "A: 1", None),
            ("../api.yaml", "A: 1", None),
            ("!Ref Location", "A: 1", None),
            ("nowhere.yaml", "A: 1", Some("it is no text file below the template's folder")),
            ("api.yaml", "[a]", Some("it is no map")),
            ("api.yaml", "", Some("it is no map")),
        ] {
            let text = format!("Resources: {{R: {{Type: T, Properties: {{P: {{{}}}}}}}}}", include(location));
            let template = template(&text, included);
            assert!(template.values.is_open(template.property("R", "P")), "{location}");
            let message = told.map(|told| format!("{location} cannot be included: {told}"));
            assert_eq!(template.unexpanded.first().map(|left| left.message.clone()), message, "{location}");
        }
    }

    #[test]
    fn a_file_that_does_not_parse_stays_open_and_is_told_where_it_is_included() {
        let text = format!("Resources: {{R: {{Type: T, Properties: {{P: {{{}}}}}}}}}", include("api.yaml"));
        let template = template(&text, "A: 1\nB: [\n");
        assert!(template.values.is_open(template.property("R", "P")));
        let [left] = &template.unexpanded[..] else { panic!("{:?}", template.unexpanded) };
        assert!(left.message.starts_with("api.yaml cannot be included: line 2: "), "{}", left.message);
        assert_eq!(template.sources[0].slice(left.location.span), "api.yaml");
    }

    #[test]
    fn an_included_file_includes_no_other() {
        let text = format!("Resources: {{R: {{Type: T, Properties: {{P: {{{}}}}}}}}}", include("api.yaml"));
        let template = template(&text, &format!("A: 1\n{}\n", include("api.yaml")));
        assert!(template.values.is_open(template.property("R", "P")));
        assert_eq!(template.sources.len(), 2);
    }
}

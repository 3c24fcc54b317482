//! A definition is what a workflow's states are read from, in one of three forms that are one to the reader:
//! values of the template, a text of JSON, or the text of another file.

use std::rc::Rc;

use crate::document::{Document, Kind, NodeId, Typed};
use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Resolver, TextPart, Unknown, Val, ValueId};

use super::place::Places;
use super::substitution::{Piece, Substitutions, split};

/// A place in a definition.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    /// A value of the template.
    Value(ValueId),
    /// A node of a text's own document.
    Text(NodeId),
}

/// One definition, with what fills its placeholders.
pub(super) struct Definition<'t> {
    resolver: Resolver<'t>,
    substitutions: Rc<Substitutions>,
    form: Form<'t>,
    /// Where the definition is written or named.
    origin: Origin,
}

enum Form<'t> {
    Values(ValueId),
    Text {
        document: Box<Document>,
        /// What is not known of a text with intrinsics; `${#0}` stands for the first.
        holes: Vec<TextPart>,
        /// Where its states stand; a text from another file has no places in the template.
        places: Option<Places<'t>>,
    },
}

impl<'t> Definition<'t> {
    /// A definition that is a map of the template.
    pub(super) fn of_map(resolver: Resolver<'t>, map: ValueId, substitutions: Rc<Substitutions>) -> Self {
        let origin = resolver.template().values.origin(map);
        Self { resolver, substitutions, form: Form::Values(map), origin }
    }

    /// A definition in the text of a property; nothing where the text is not one.
    pub(super) fn of_parts(
        resolver: Resolver<'t>,
        parts: &[TextPart],
        substitutions: Rc<Substitutions>,
        origin: Origin,
    ) -> Option<Self> {
        let names = &resolver.template().names;
        let mut text = Quoting::default();
        let mut holes = Vec::new();
        for part in parts {
            match part {
                TextPart::Known(known) => text.push(names.text(*known)),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => {
                    text.push(&format!("${{#{}}}", holes.len()));
                    holes.push(part.clone());
                }
            }
        }
        let document = Document::parse("definition.asl.json", &text.text).document?;
        let written = resolver.template().sources[origin.file.0 as usize].slice(origin.value);
        let places = Some(Places::new(written, origin));
        let form = Form::Text { document: Box::new(document), holes, places };
        Some(Self { resolver, substitutions, form, origin })
    }

    /// A definition in the file that the template names at `origin`.
    pub(super) fn of_file(
        resolver: Resolver<'t>,
        path: &str,
        substitutions: Rc<Substitutions>,
        origin: Origin,
    ) -> Option<Self> {
        let read = resolver.template().folders[origin.file.0 as usize].read(path)?;
        let is_json = read.trim_start().starts_with('{');
        let text = if is_json {
            let mut quoting = Quoting::default();
            quoting.push(&read);
            quoting.text
        } else {
            read
        };
        let document = Document::parse(path, &text).document?;
        let form = Form::Text { document: Box::new(document), holes: Vec::new(), places: None };
        Some(Self { resolver, substitutions, form, origin })
    }

    pub(super) fn root(&self) -> Node {
        match &self.form {
            Form::Values(map) => Node::Value(*map),
            Form::Text { document, .. } => Node::Text(document.root()),
        }
    }

    /// The place of a state. States are asked for in the order of the definition.
    pub(super) fn origin_of_state(&self, name: Name, body: Node) -> Origin {
        match (body, self.places()) {
            (Node::Value(value), _) => self.resolver.template().values.origin(value),
            (Node::Text(_), Some(places)) => places.state(self.resolver.template().names.text(name)),
            (Node::Text(_), None) => self.origin,
        }
    }

    /// The place of a setting of the state that was asked for last.
    pub(super) fn origin_of_setting(&self, key: &str, setting: Node) -> Option<Origin> {
        match setting {
            Node::Value(value) => Some(self.resolver.template().values.origin(value)),
            Node::Text(_) => self.places()?.setting(key),
        }
    }

    /// The maps that a node can be.
    pub(super) fn maps(&self, node: Node) -> Vec<(Guard, Node)> {
        match node {
            Node::Value(value) => self
                .resolver
                .resolve(value)
                .alternatives
                .into_iter()
                .filter_map(|(guard, alt)| {
                    let Alt::Map(map) = alt else { return None };
                    Some((guard, Node::Value(map)))
                })
                .collect(),
            Node::Text(node) if self.is_kind(node, Kind::Mapping) => vec![(Guard::ALWAYS, Node::Text(node))],
            Node::Text(_) => Vec::new(),
        }
    }

    /// A map's value for a key.
    pub(super) fn get(&self, map: Node, key: &str) -> Option<Node> {
        match map {
            Node::Value(value) => {
                let template = self.resolver.template();
                template.values.get(value, template.names.find(key)?).map(Node::Value)
            }
            Node::Text(node) => self.document()?.value(node, key).map(Node::Text),
        }
    }

    /// A map's entries.
    pub(super) fn entries(&self, map: Node) -> Vec<(Name, Node)> {
        let template = self.resolver.template();
        match (map, self.document()) {
            (Node::Value(value), _) => template
                .values
                .entries(value)
                .iter()
                .map(|entry| (entry.key, Node::Value(entry.value)))
                .collect(),
            (Node::Text(node), Some(document)) => document
                .entries(node)
                .map(|entry| {
                    (template.names.intern(document.scalar(entry.key).text), Node::Text(entry.value))
                })
                .collect(),
            (Node::Text(_), None) => Vec::new(),
        }
    }

    /// A list's items.
    pub(super) fn items(&self, list: Node) -> Vec<Node> {
        match list {
            Node::Value(value) => self
                .resolver
                .resolve(value)
                .alternatives
                .iter()
                .filter_map(|(_, alt)| {
                    let Alt::List(list) = alt else { return None };
                    Some(self.resolver.template().values.items(*list))
                })
                .flatten()
                .map(|item| Node::Value(*item))
                .collect(),
            Node::Text(node) => self
                .document()
                .into_iter()
                .flat_map(|document| document.items(node))
                .map(Node::Text)
                .collect(),
        }
    }

    /// What a node says once its placeholders are filled.
    pub(super) fn val(&self, node: Node) -> Val {
        match node {
            Node::Value(value) => {
                let mut val = self.resolver.resolve(value);
                if let [(guard, alt)] = &mut val.alternatives[..] {
                    let origin = self.resolver.template().values.origin(value);
                    let parts = match alt {
                        Alt::Scalar { text, .. } => vec![TextPart::Known(*text)],
                        Alt::Text(parts) => parts.clone(),
                        Alt::Absent { .. }
                        | Alt::OneOf { .. }
                        | Alt::List(_)
                        | Alt::Map(_)
                        | Alt::Resource { .. }
                        | Alt::Unknown(_) => return val,
                    };
                    if *guard == Guard::ALWAYS && self.has_placeholder(&parts) {
                        return self.filled(&parts, origin);
                    }
                }
                val
            }
            Node::Text(node) => {
                let Some(document) = self.document().filter(|_| self.is_kind(node, Kind::Scalar)) else {
                    return Val::always(Alt::Unknown(Unknown::Function));
                };
                let text = self.resolver.template().names.intern(document.scalar(node).text);
                self.filled(&[TextPart::Known(text)], self.origin)
            }
        }
    }

    /// The text that a node is in every case.
    pub(super) fn text(&self, node: Node) -> Option<&'t str> {
        let val = self.val(node);
        let Alt::Scalar { text, .. } = val.only()? else { return None };
        Some(self.resolver.template().names.text(*text))
    }

    /// Whether a node is nothing: `null`.
    pub(super) fn is_null(&self, node: Node) -> bool {
        match (node, self.document()) {
            (Node::Text(node), Some(document)) => {
                self.is_kind(node, Kind::Scalar) && document.scalar(node).typed() == Typed::Null
            }
            (Node::Text(_), None) | (Node::Value(_), _) => false,
        }
    }

    fn places(&self) -> Option<&Places<'t>> {
        match &self.form {
            Form::Values(_) => None,
            Form::Text { places, .. } => places.as_ref(),
        }
    }

    fn document(&self) -> Option<&Document> {
        match &self.form {
            Form::Values(_) => None,
            Form::Text { document, .. } => Some(document),
        }
    }

    fn is_kind(&self, node: NodeId, kind: Kind) -> bool {
        self.document().is_some_and(|document| document.kind(node) == kind)
    }

    fn has_placeholder(&self, parts: &[TextPart]) -> bool {
        parts.iter().any(|part| match part {
            TextPart::Known(text) => self.resolver.template().names.text(*text).contains("${"),
            TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => false,
        })
    }

    /// A text whose placeholders are filled by substitutions and holes.
    fn filled(&self, parts: &[TextPart], origin: Origin) -> Val {
        let names = &self.resolver.template().names;
        let mut pieces = Vec::new();
        for part in parts {
            match part {
                TextPart::Known(text) => split(names.text(*text), &mut pieces),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => {
                    pieces.push(Piece::Part(part.clone()));
                }
            }
        }
        if let [Piece::Placeholder(name)] = pieces.as_slice()
            && let Some(val) = self.substitution(name)
        {
            return val;
        }
        let mut filled = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => filled.push(TextPart::Known(names.intern(text))),
                Piece::Part(part) => filled.push(part),
                Piece::Placeholder(name) => self.fill(name, &mut filled),
            }
        }
        let known: Option<Vec<&str>> = filled
            .iter()
            .map(|part| match part {
                TextPart::Known(text) => Some(names.text(*text)),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => None,
            })
            .collect();
        Val::always(match (known, filled.as_slice()) {
            (Some(texts), _) => {
                Alt::Scalar { text: names.intern(&texts.concat()), is_plain: false, origin, through: None }
            }
            (None, [TextPart::Resource { id, attribute }]) => {
                Alt::Resource { id: *id, attribute: *attribute }
            }
            (None, [TextPart::Unknown(unknown)]) => Alt::Unknown(*unknown),
            (None, _) => Alt::Text(filled),
        })
    }

    fn fill(&self, name: &str, filled: &mut Vec<TextPart>) {
        if let Some(hole) = name.strip_prefix('#').and_then(|index| self.hole(index)) {
            filled.push(hole.clone());
            return;
        }
        match self.substitution(name).as_ref().and_then(Val::only) {
            Some(Alt::Scalar { text, .. }) => filled.push(TextPart::Known(*text)),
            Some(Alt::Resource { id, attribute }) => {
                filled.push(TextPart::Resource { id: *id, attribute: *attribute });
            }
            Some(Alt::Text(parts)) => filled.extend(parts.iter().cloned()),
            Some(Alt::Unknown(unknown)) => filled.push(TextPart::Unknown(*unknown)),
            Some(_) => filled.push(TextPart::Unknown(Unknown::TooMany)),
            None => filled
                .push(TextPart::Unknown(Unknown::Undefined(self.resolver.template().names.intern(name)))),
        }
    }

    fn hole(&self, index: &str) -> Option<&TextPart> {
        match &self.form {
            Form::Values(_) => None,
            Form::Text { holes, .. } => holes.get(index.parse::<usize>().ok()?),
        }
    }

    fn substitution(&self, name: &str) -> Option<Val> {
        self.substitutions.fill(self.resolver.template().names.find(name)?)
    }
}

/// JSON in the making, in which a placeholder that stands for a whole value (`"Seconds": ${Wait}`) is put in
/// quotes, so that it parses.
#[derive(Default)]
struct Quoting {
    text: String,
    is_in_string: bool,
    is_escaped: bool,
}

impl Quoting {
    fn push(&mut self, piece: &str) {
        let mut rest = piece;
        while let Some(c) = rest.chars().next() {
            let placeholder = rest.strip_prefix("${").and_then(|inner| inner.find('}')).map(|end| end + 3);
            if let (false, Some(end)) = (self.is_in_string, placeholder) {
                self.text.push('"');
                self.text.push_str(&rest[..end]);
                self.text.push('"');
                rest = &rest[end..];
                continue;
            }
            if self.is_escaped {
                self.is_escaped = false;
            } else if c == '"' {
                self.is_in_string = !self.is_in_string;
            } else {
                self.is_escaped = self.is_in_string && c == '\\';
            }
            self.text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
}

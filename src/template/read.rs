//! Reading a document into values: each node becomes one value with its origin, within bounds on depth and
//! number that hold whatever the file expands to.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::document::{Document, Kind, NodeId};
use crate::names::{Name, Names};
use crate::source::{FileId, Location, Span};

use super::deployment::{Deployment, Pseudo};
use super::include::Includes;
use super::loops::Loops;
use super::value::{Call, Data, Entry, ValueId, Values};
use super::{Flaw, NameMap, Origin, OriginKind, Parameter, Part};

/// Reads the nodes of a template's documents into one template's values.
pub(super) struct Reader<'d> {
    /// The document that is read at the moment: the template, or a file that it includes.
    pub(super) document: &'d Document,
    /// The file of that document.
    pub(super) file: FileId,
    pub(super) names: Names,
    pub(super) values: Values,
    pub(super) flaws: Vec<Flaw>,
    /// Loops and includes that stay as they are, for a reason that their author should hear.
    pub(super) unexpanded: Vec<Flaw>,
    /// The `Parameters` and `Mappings`, which are read first: what a loop runs over may be there.
    pub(super) parameters: NameMap<Parameter>,
    pub(super) mappings: NameMap<NameMap<NameMap<ValueId>>>,
    pub(super) deployment: &'d Deployment,
    pub(super) pseudo: Pseudo,
    pub(super) loops: Loops,
    pub(super) includes: Includes<'d>,
    /// Whether a `Condition` key is the intrinsic: only inside `Conditions` and `Rules`.
    pub(super) is_condition: bool,
    /// Whether another tool's tag (`!Rain::Embed`) stands in the file: that tool writes into it before
    /// CloudFormation sees it.
    pub(super) has_foreign_tag: bool,
    pub(super) depth: usize,
    pub(super) most_values: usize,
    /// What stands for everything beyond the bounds.
    beyond: Option<ValueId>,
}

/// The argument of an intrinsic. In the short spelling the function is the tag on the argument itself.
#[derive(Clone, Copy)]
pub(super) struct Argument {
    pub(super) node: NodeId,
    pub(super) is_tagged: bool,
}

impl<'d> Reader<'d> {
    /// Deeper than any template that CloudFormation accepts, and shallow enough for the stages that walk
    /// values by recursion on a thread's default stack.
    pub(super) const MOST_DEPTH: usize = 256;

    /// A file cannot hold more values than bytes, so only aliases reach the bound: a small file may grow to
    /// this many on top.
    const MOST_EXPANDED: usize = 100_000;

    /// Loops and includes that are told of: a template with more is not written by hand.
    const MOST_UNEXPANDED: usize = 100;

    /// A reader of the files of a template, of which there is one at least, and of those that they include.
    pub(super) fn new(parts: &[Part<'d>], includes: Includes<'d>, deployment: &'d Deployment) -> Self {
        let bytes: usize = parts.iter().map(|part| part.source.text().len()).sum();
        let names = Names::default();
        Self {
            document: parts[0].document,
            file: FileId::TEMPLATE,
            deployment,
            pseudo: Pseudo::of(deployment, &names),
            names,
            values: Values::default(),
            flaws: Vec::new(),
            unexpanded: Vec::new(),
            parameters: NameMap::default(),
            mappings: NameMap::default(),
            loops: Loops::default(),
            includes,
            is_condition: false,
            depth: 0,
            most_values: Self::MOST_EXPANDED + bytes,
            has_foreign_tag: false,
            beyond: None,
        }
    }

    /// The value of a node; `key` is the place that names it, or nothing for a list's item, which names itself.
    pub(super) fn value(&mut self, node: NodeId, key: Option<Span>) -> ValueId {
        let span = self.span(node);
        let origin = self.written(key.unwrap_or(span), span);
        self.bounded(origin, |reader| reader.data(node, origin.key))
    }

    /// The value of a whole argument: without the tag where the tag is the function.
    pub(super) fn argument(&mut self, argument: Argument, key: Span) -> ValueId {
        if !argument.is_tagged {
            return self.value(argument.node, Some(key));
        }
        let origin = self.written(key, self.document.span(argument.node));
        self.bounded(origin, |reader| reader.untagged(argument.node, key))
    }

    /// The bytes of a node with its tag: `!Sub "x"` starts at the `!`.
    pub(super) fn span(&self, node: NodeId) -> Span {
        let span = self.document.span(node);
        match self.document.tag(node) {
            Some((_, tag)) if tag.start < span.start => Span { start: tag.start, ..span },
            _ => span,
        }
    }

    /// The origin of what the author wrote in the file that is read.
    pub(super) fn written(&self, key: Span, value: Span) -> Origin {
        Origin { file: self.file, key, value, kind: OriginKind::Written }
    }

    /// A key's text and place.
    pub(super) fn key(&self, node: NodeId) -> (Cow<'d, str>, Name, Span) {
        let text = self.scalar_text(node);
        let name = self.names.intern(&text);
        (text, name, self.document.span(node))
    }

    /// The text of a scalar that is no intrinsic.
    pub(super) fn text(&self, node: NodeId) -> Option<Cow<'d, str>> {
        let is_text = self.document.kind(node) == Kind::Scalar && self.function_of_tag(node).is_none();
        is_text.then(|| self.scalar_text(node))
    }

    /// Nothing written: an empty section is as good as none.
    pub(super) fn is_nothing(&self, node: NodeId) -> bool {
        self.text(node).is_some_and(|text| {
            self.document.scalar(node).is_plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL")
        })
    }

    /// The text of a scalar, with the variables of the loops around it replaced.
    fn scalar_text(&self, node: NodeId) -> Cow<'d, str> {
        self.loops.replaced(self.document.scalar(node).text)
    }

    /// The function that a node's tag names, without `Fn::`; YAML's own tags name none.
    pub(super) fn function_of_tag(&self, node: NodeId) -> Option<&'d str> {
        let (tag, _) = self.document.tag(node)?;
        let function = tag.strip_prefix('!')?;
        (!function.is_empty() && !function.starts_with(['!', '<'])).then_some(function)
    }

    /// Notes something wrong at a node.
    pub(super) fn flaw(&mut self, node: NodeId, message: impl Into<String>) {
        let location = Location { file: self.file, span: self.span(node) };
        self.flaws.push(Flaw { location, message: message.into() });
    }

    /// Says why a loop or an include stays as it is.
    pub(super) fn leave(&mut self, span: Span, message: impl Into<String>) {
        let location = Location { file: self.file, span };
        let left = Flaw { location, message: message.into() };
        // A loop in a loop is read many times.
        if self.unexpanded.len() < Self::MOST_UNEXPANDED && !self.unexpanded.contains(&left) {
            self.unexpanded.push(left);
        }
    }

    fn bounded(&mut self, origin: Origin, data: impl FnOnce(&mut Self) -> Data) -> ValueId {
        if self.depth == Self::MOST_DEPTH || self.values.len() >= self.most_values {
            return self.beyond(origin);
        }
        self.depth += 1;
        let data = data(self);
        self.depth -= 1;
        self.values.add(origin, data)
    }

    /// What lies beyond the bounds is unknown, never absent. It is told once, and one value stands for it all.
    fn beyond(&mut self, origin: Origin) -> ValueId {
        if let Some(id) = self.beyond {
            return id;
        }
        let message = if self.depth == Self::MOST_DEPTH {
            format!(
                "the template is nested deeper than {} levels; what lies below is not read",
                Self::MOST_DEPTH
            )
        } else {
            "aliases expand to too many values; the rest is not read".to_owned()
        };
        self.flaws.push(Flaw { location: origin.at_value(), message });
        let nothing = self.names.intern("");
        let argument = self.values.add(origin, Data::Scalar { text: nothing, is_plain: true });
        let id = self.values.add(origin, Data::Call(Box::new(Call::Other { function: nothing, argument })));
        self.beyond = Some(id);
        id
    }

    fn data(&mut self, node: NodeId, key: Span) -> Data {
        match self.function_of_tag(node) {
            Some(function) => {
                self.has_foreign_tag |= function.contains("::");
                self.function(function, Argument { node, is_tagged: true }, key)
            }
            None => self.untagged(node, key),
        }
    }

    fn untagged(&mut self, node: NodeId, key: Span) -> Data {
        let document = self.document;
        match document.kind(node) {
            Kind::Scalar => {
                let is_plain = document.scalar(node).is_plain;
                Data::Scalar { text: self.names.intern(&self.scalar_text(node)), is_plain }
            }
            Kind::Sequence => Data::List(document.items(node).map(|item| self.value(item, None)).collect()),
            Kind::Mapping => match self.function_of_map(node) {
                Some((function, argument)) => {
                    self.function(function, Argument { node: argument, is_tagged: false }, key)
                }
                None => Data::Map(self.entries(node)),
            },
        }
    }

    /// What a function gives: mostly its call, and what the language extensions and an include put in its place.
    fn function(&mut self, function: &str, argument: Argument, key: Span) -> Data {
        let replaced = match function {
            "Ref" => self.loop_variable(argument),
            "Sub" => self.text_of_sub(argument),
            "Length" => self.length(argument, key),
            "Transform" => self.included(argument),
            _ => None,
        };
        replaced.unwrap_or_else(|| Data::Call(Box::new(self.call(function, argument, key))))
    }

    /// The entries of a map, each named by its own key.
    pub(super) fn entries(&mut self, node: NodeId) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.each_entry(node, &mut |reader, entry| {
            if opens(&entry.text) {
                reader.values.add_opening_key(entry.name);
            }
            entries.push(Entry { key: entry.name, value: reader.value(entry.value, Some(entry.key)) });
        });
        entries
    }

    /// The function, without `Fn::`, and the argument of a map whose one key names a function.
    pub(super) fn function_of_map(&self, node: NodeId) -> Option<(&'d str, NodeId)> {
        let mut entries = self.document.entries(node);
        let entry = entries.next()?;
        let key = self.document.scalar(entry.key).text;
        let function = match key {
            "Ref" => key,
            "Condition" if self.is_condition => key,
            // `Ref` and `Condition` have no long spelling, and a loop adds entries to the map it stands in.
            _ => {
                key.strip_prefix("Fn::").filter(|f| !matches!(*f, "Ref" | "Condition") && !f.contains(':'))?
            }
        };
        entries.next().is_none().then_some((function, entry.value))
    }

    /// The items of an argument that is a list.
    pub(super) fn list(&self, argument: Argument) -> Option<SmallVec<[NodeId; 4]>> {
        let Argument { node, is_tagged } = argument;
        let is_list =
            self.document.kind(node) == Kind::Sequence && (is_tagged || self.function_of_tag(node).is_none());
        is_list.then(|| self.document.items(node).collect())
    }

    /// The text of an argument that is a scalar.
    pub(super) fn argument_text(&self, argument: Argument) -> Option<Cow<'d, str>> {
        let Argument { node, is_tagged } = argument;
        if is_tagged && self.document.kind(node) == Kind::Scalar {
            return Some(self.scalar_text(node));
        }
        self.text(node)
    }
}

/// Whether an entry with this key makes its map open.
pub(super) fn opens(key: &str) -> bool {
    key == "Fn::Transform" || key.starts_with("Fn::ForEach::")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crate::template::tests::{read, template};
    use crate::template::{Data, Template, ValueId};

    /// What the origin's key and value cut out of the text.
    fn cut(template: &Template, id: ValueId) -> (&str, &str) {
        let origin = template.values.origin(id);
        (template.sources[0].slice(origin.key), template.sources[0].slice(origin.value))
    }

    #[test]
    fn an_origin_cuts_key_and_value_out_of_the_text() {
        let template = template(
            "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      A: !Sub \"x\"\n      B: {C: 'd'}\n      E: [f, !Ref Queue]\n",
        );
        let values = &template.values;
        let resource = &template.resources[&template.names.intern("Queue")];
        let properties = resource.properties.unwrap();
        assert_eq!(cut(&template, properties).0, "Queue");
        assert!(cut(&template, properties).1.starts_with("A: !Sub"));
        assert_eq!(template.sources[0].slice(resource.origin.key), "Queue");
        assert!(template.sources[0].slice(resource.origin.value).starts_with("Type: AWS"));
        assert_eq!(cut(&template, template.property("Queue", "A")), ("A", "!Sub \"x\""));
        let map = template.property("Queue", "B");
        assert_eq!(cut(&template, map), ("B", "{C: 'd'}"));
        assert_eq!(cut(&template, values.entries(map)[0].value), ("C", "'d'"));
        let list = template.property("Queue", "E");
        assert_eq!(cut(&template, values.items(list)[0]), ("f", "f"));
        assert_eq!(cut(&template, values.items(list)[1]), ("!Ref Queue", "!Ref Queue"));
    }

    #[test]
    fn what_lies_in_an_intrinsic_is_named_by_the_intrinsics_own_key() {
        let text = "Resources:\n  R:\n    Type: T\n    Properties:\n      A: !If [C, 1, 2]\n      B:\n        Fn::If: [C, {D: 3}, 2]\n";
        let template = template(text);
        let resolver = crate::template::Resolver::new(&template);
        let crate::template::Alt::Scalar { origin, .. } =
            resolver.resolve(template.property("R", "A")).alternatives[1].1
        else {
            panic!("a scalar");
        };
        assert_eq!(
            (template.sources[0].slice(origin.key), template.sources[0].slice(origin.value)),
            ("A", "2")
        );
        let crate::template::Alt::Map(map) = resolver.resolve(template.property("R", "B")).alternatives[0].1
        else {
            panic!("a map");
        };
        assert_eq!(cut(&template, map), ("B", "{D: 3}"));
    }

    #[test]
    fn a_map_that_a_macro_or_a_loop_writes_into_is_open() {
        let template = template(
            "Resources:\n  R:\n    Type: T\n    Properties:\n      A: {B: 1, Fn::Transform: {Name: M}}\n      C: {Fn::ForEach::X: [I, [a], {}]}\n      D: {Fn::Transform: {Name: M}}\n      E: {B: 1}\n  S:\n    Type: T\n    Fn::Transform: {Name: M}\n",
        );
        let is_open = |property| template.values.is_open(template.property("R", property));
        assert_eq!(["A", "C", "D", "E"].map(is_open), [true, true, true, false]);
        let b = template.names.intern("B");
        assert!(template.values.get(template.property("R", "A"), b).is_some());
        let beside = template.resources[&template.names.intern("S")].properties.unwrap();
        assert!(template.values.is_open(beside), "a macro beside the properties writes them too");
    }

    #[test]
    fn what_lies_too_deep_is_unknown_and_told_once() {
        let [lists, ends] = ["[", "]"].map(|bracket| bracket.repeat(400));
        let [maps, closed] = ["{\"a\": ", "}"].map(|bracket| bracket.repeat(400));
        let properties = format!("{{\"A\": {lists}{ends}, \"B\": {maps}1{closed}}}");
        let deep = format!("{{\"Resources\": {{\"R\": {{\"Type\": \"T\", \"Properties\": {properties}}}}}}}");
        let (template, flaws) = read(&deep);
        assert_eq!(flaws.len(), 1);
        assert!(flaws[0].message.contains("256 levels"), "{}", flaws[0].message);
        assert!(template.values.iter().any(|(_, value)| matches!(value.data, Data::Call(_))));
    }

    #[test]
    fn aliases_that_multiply_are_cut_off() {
        let mut text = "Metadata:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("  a{level}: &a{level} [{aliases}]\n"));
        }
        text.push_str("Resources: {}\n");
        let start = Instant::now();
        let (template, _) = read(&text);
        assert!(template.values.len() < 150_000);
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn an_unclosed_variable_costs_no_more_than_its_length() {
        let text = format!(
            "Metadata:\n  a: !Sub '{}'\n  b: !Sub '{}'\n",
            "${".repeat(200_000),
            "${!".repeat(200_000)
        );
        let start = Instant::now();
        read(&text);
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}

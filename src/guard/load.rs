//! A document as the tree that rules query, with the types that cfn-guard gives to scalars and tags. It has two
//! readers, and they differ.

mod rejection;

pub use rejection::{Rejection, rejection};

use super::tree::{Node, NodeId, Place, Tree};
use crate::document::{self, Document, Kind};
use crate::names::{Name, Names};

/// Which of cfn-guard's two readers is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// That of `cfn-guard validate`: `yes` is a truth value, `True` and an empty value are texts, `007` is seven.
    Validate,
    /// That of `cfn-guard test` and `json_parse`: YAML 1.2, `0x1F` is a number.
    Test,
}

/// A document's tree, and where each of its nodes stands.
pub struct Loaded {
    /// The tree; its places are this value's.
    pub tree: Tree,
    origins: Vec<Origin>,
}

struct Origin {
    node: document::NodeId,
    /// The key that it stands under, if it is a map's value.
    key: Option<document::NodeId>,
    /// The node around it, and the step from there.
    parent: Option<(Place, Step)>,
}

#[derive(Clone, Copy)]
enum Step {
    Key(Name),
    Index(usize),
}

/// Adds a whole document to a tree of values whose places nobody asks for.
pub(super) fn add_document(tree: &mut Tree, document: &Document, names: &Names) -> NodeId {
    Loading { document, names, typing: Typing::Test, tree, origins: Vec::new() }.node(document.root(), None)
}

impl Loaded {
    /// Reads the whole document. Keys are texts, whatever they look like; aliases stand for what they name.
    #[must_use]
    pub fn new(document: &Document, names: &Names, typing: Typing) -> Self {
        Self::at(document, document.root(), names, typing)
    }

    /// Reads a part of the document as if it were one.
    #[must_use]
    pub fn at(document: &Document, part: document::NodeId, names: &Names, typing: Typing) -> Self {
        let mut tree = Tree::default();
        let mut loading = Loading { document, names, typing, tree: &mut tree, origins: Vec::new() };
        let root = loading.node(part, None);
        let origins = loading.origins;
        tree.set_root(root);
        Self { tree, origins }
    }

    /// The document's node at a place.
    #[must_use]
    pub fn node(&self, place: Place) -> document::NodeId {
        self.origins[place.0 as usize].node
    }

    /// The key that the node at a place stands under; `None` for a list's item and the document itself.
    #[must_use]
    pub fn key(&self, place: Place) -> Option<document::NodeId> {
        self.origins[place.0 as usize].key
    }

    /// The path to a place as cfn-guard writes it: `/Resources/Queue/Properties/0`.
    #[must_use]
    pub fn path(&self, place: Place, names: &Names) -> String {
        let mut steps = Vec::new();
        let mut origin = &self.origins[place.0 as usize];
        while let Some((parent, step)) = origin.parent {
            steps.push(match step {
                Step::Key(key) => names.text(key).to_owned(),
                Step::Index(index) => index.to_string(),
            });
            origin = &self.origins[parent.0 as usize];
        }
        steps.push(String::new());
        steps.reverse();
        steps.join("/")
    }
}

struct Loading<'d> {
    document: &'d Document,
    names: &'d Names,
    typing: Typing,
    tree: &'d mut Tree,
    origins: Vec<Origin>,
}

impl Loading<'_> {
    /// A document is never deeper than the bound that it states.
    fn node(&mut self, node: document::NodeId, parent: Option<(Place, Step)>) -> NodeId {
        self.value(node, None, parent)
    }

    fn value(
        &mut self,
        node: document::NodeId,
        key: Option<document::NodeId>,
        parent: Option<(Place, Step)>,
    ) -> NodeId {
        let place = Place(self.origins.len() as u32);
        self.origins.push(Origin { node, key, parent });
        let tag = self.document.tag(node).map(|(tag, _)| tag);
        let value = match self.document.kind(node) {
            Kind::Scalar => self.scalar(node, tag),
            Kind::Sequence => {
                let items = self.document.items(node).enumerate();
                let items =
                    items.map(|(index, item)| self.node(item, Some((place, Step::Index(index))))).collect();
                Node::List(items)
            }
            Kind::Mapping => {
                let mut entries = Vec::new();
                for entry in self.document.entries(node) {
                    let key = self.names.intern(self.document.scalar(entry.key).text);
                    let value = self.value(entry.value, Some(entry.key), Some((place, Step::Key(key))));
                    entries.push((key, value));
                }
                Node::Map { entries, is_open: false }
            }
        };
        let value = match tag.and_then(|tag| self.long_form(tag, self.document.kind(node))) {
            Some(function) => self.call(&function, value, place),
            None => value,
        };
        self.tree.add(value, place)
    }

    fn scalar(&mut self, node: document::NodeId, tag: Option<&str>) -> Node {
        let scalar = self.document.scalar(node);
        let typed = match (self.typing, tag) {
            (Typing::Validate, Some(tag)) => of_yaml(tag).and_then(|tag| declared(tag, scalar.text)),
            (Typing::Test, Some(tag)) if of_yaml(tag).is_some() => retyped(of_yaml(tag), scalar.text),
            _ if !scalar.is_plain => None,
            (Typing::Validate, None) => plain(scalar.text),
            (Typing::Test, _) => core(scalar.text),
        };
        typed.unwrap_or_else(|| Node::Text(self.names.intern(scalar.text)))
    }

    /// The function that a tag stands for, on a value of this kind. Every other tag is dropped.
    fn long_form(&self, tag: &str, kind: Kind) -> Option<String> {
        let name = of_template(tag)?;
        let (of_scalars, of_lists) = (SCALAR_TAGS.contains(&name), SEQUENCE_TAGS.contains(&name));
        let is_call = match (self.typing, kind) {
            (Typing::Test, _) => of_scalars || of_lists,
            (Typing::Validate, Kind::Scalar) => of_scalars,
            (Typing::Validate, Kind::Sequence) => of_lists,
            (Typing::Validate, Kind::Mapping) => false,
        };
        let is_short = matches!(name, "Ref" | "Condition");
        is_call.then(|| if is_short { name.to_owned() } else { format!("Fn::{name}") })
    }

    /// `!Sub x` is `{"Fn::Sub": x}`.
    fn call(&mut self, function: &str, argument: Node, place: Place) -> Node {
        let argument = self.tree.add(argument, place);
        Node::Map { entries: vec![(self.names.intern(function), argument)], is_open: false }
    }
}

/// Tags that make a call of a scalar.
const SCALAR_TAGS: &[&str] =
    &["Ref", "Base64", "Sub", "GetAZs", "ImportValue", "GetAtt", "Condition", "RefAll"];
/// Tags that make a call of a list.
const SEQUENCE_TAGS: &[&str] = &[
    "GetAtt",
    "Sub",
    "Select",
    "Split",
    "Join",
    "FindInMap",
    "And",
    "Equals",
    "Contains",
    "EachMemberIn",
    "EachMemberEquals",
    "ValueOf",
    "If",
    "Not",
    "Or",
];

/// The name of one of YAML's own tags: `!!int`, `!<tag:yaml.org,2002:int>`.
fn of_yaml(tag: &str) -> Option<&str> {
    tag.strip_prefix("!!").or_else(|| verbatim(tag)?.strip_prefix("tag:yaml.org,2002:"))
}

/// The name of any other tag: `!Ref`, `!<!Ref>`.
fn of_template(tag: &str) -> Option<&str> {
    verbatim(tag).unwrap_or(tag).strip_prefix('!').filter(|name| !name.starts_with('!'))
}

fn verbatim(tag: &str) -> Option<&str> {
    tag.strip_prefix("!<")?.strip_suffix('>')
}

/// A scalar with one of YAML's own tags, in quotes or not.
fn declared(tag: &str, text: &str) -> Option<Node> {
    match tag {
        "bool" => text.parse().ok().map(Node::Bool),
        "int" => text.parse().ok().map(Node::Int),
        "float" => text.parse().ok().map(Node::Float),
        "null" => Some(Node::Null),
        _ => None,
    }
}

/// The same in tests, where such a tag is another look at the text.
fn retyped(tag: Option<&str>, text: &str) -> Option<Node> {
    match tag? {
        "int" | "bool" | "null" => core(text),
        "float" => text.parse().ok().map(Node::Float),
        _ => None,
    }
}

/// A scalar without quotes, unless it is a text. Numbers are what Rust reads as such, `007` and `inf` too; an empty
/// value is a text.
fn plain(text: &str) -> Option<Node> {
    if let Ok(number) = text.parse() {
        return Some(Node::Int(number));
    }
    if let Ok(number) = text.parse() {
        return Some(Node::Float(number));
    }
    match text {
        "true" | "yes" | "on" | "y" => Some(Node::Bool(true)),
        "false" | "no" | "off" | "n" => Some(Node::Bool(false)),
        "~" => Some(Node::Null),
        _ if text.eq_ignore_ascii_case("null") => Some(Node::Null),
        _ => None,
    }
}

/// A scalar without quotes in YAML 1.2, unless it is a text.
fn core(text: &str) -> Option<Node> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let radix = |prefix: &str, radix| {
        let digits = unsigned.strip_prefix(prefix)?;
        let number = u64::from_str_radix(digits, radix).ok()?;
        Some(Node::Int(number.cast_signed().wrapping_mul(sign)))
    };
    let has_leading_zero =
        unsigned.len() > 1 && unsigned.bytes().all(|byte| byte.is_ascii_digit()) && unsigned.starts_with('0');
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Node::Null),
        "true" | "True" | "TRUE" => return Some(Node::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Node::Bool(false)),
        _ if has_leading_zero => return None,
        _ => {}
    }
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            return Some(Node::Float(if sign < 0 { f64::NEG_INFINITY } else { f64::INFINITY }));
        }
        ".nan" | ".NaN" | ".NAN" if unsigned == text => return Some(Node::Float(f64::NAN)),
        _ => {}
    }
    let number = text.parse().ok().map(Node::Int);
    // Beyond its integers cfn-guard starts again at the lowest.
    let number = number.or_else(|| Some(Node::Int(text.parse::<u64>().ok()?.cast_signed())));
    let number = number.or_else(|| radix("0x", 16)).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2));
    number.or_else(|| text.parse().ok().filter(|number: &f64| number.is_finite()).map(Node::Float))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str) -> (Loaded, Names) {
        let names = Names::default();
        let document = Document::parse("t.yaml", text).document.unwrap();
        (Loaded::new(&document, &names, Typing::Validate), names)
    }

    /// The value of the only key of a document.
    fn only(text: &str, typing: Typing) -> Node {
        let document = Document::parse("t.yaml", &format!("k: {text}\n")).document.unwrap();
        let loaded = Loaded::new(&document, &Names::default(), typing);
        let Node::Map { entries, .. } = loaded.tree.node(loaded.tree.root().unwrap()) else {
            panic!("no map")
        };
        loaded.tree.node(entries[0].1).clone()
    }

    #[test]
    fn plain_scalars_have_the_types_that_validate_gives_them() {
        let only = |text| only(text, Typing::Validate);
        assert_eq!(only("007"), Node::Int(7));
        assert_eq!(only("1e3"), Node::Float(1000.0));
        assert_eq!(only("yes"), Node::Bool(true));
        assert_eq!(only("NULL"), Node::Null);
        for text in ["True", "0x1F", ".inf", "'5'", ""] {
            assert!(matches!(only(text), Node::Text(_)), "{text}");
        }
    }

    #[test]
    fn plain_scalars_have_other_types_in_tests() {
        let only = |text| only(text, Typing::Test);
        assert_eq!(only("True"), Node::Bool(true));
        assert_eq!(only("-0x1F"), Node::Int(-31));
        assert_eq!(only("-.inf"), Node::Float(f64::NEG_INFINITY));
        assert_eq!(only(""), Node::Null);
        assert_eq!(only("18446744073709551615"), Node::Int(-1));
        assert_eq!(only("0xFFFFFFFFFFFFFFFF"), Node::Int(-1));
        assert_eq!(only("!!int '5'"), Node::Int(5));
        assert_eq!(only("!!float 5"), Node::Float(5.0));
        assert_eq!(only("!Foo 5"), Node::Int(5));
        for text in ["yes", "007", "inf", "'5'", "1e400", "1_000", "0o8", "!!str 5"] {
            assert!(matches!(only(text), Node::Text(_)), "{text}");
        }
    }

    #[test]
    fn tags_of_yaml_give_a_type_in_quotes_too() {
        let only = |text| only(text, Typing::Validate);
        assert_eq!(only("!!int '5'"), Node::Int(5));
        assert_eq!(only("!<tag:yaml.org,2002:float> 5"), Node::Float(5.0));
        assert_eq!(only("!!null x"), Node::Null);
        for text in ["!!bool x", "!!str 5", "!Foo 5", "!int 5", "!!Ref x"] {
            assert!(matches!(only(text), Node::Text(_)), "{text}");
        }
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_value_counts() {
        let (loaded, _) = loaded("a: 1\na: 2\n");
        let Node::Map { entries, .. } = loaded.tree.node(loaded.tree.root().unwrap()) else {
            panic!("no map")
        };
        assert_eq!(loaded.tree.node(entries[0].1), &Node::Int(2));
        assert_eq!(entries.len(), 1);
    }

    #[test]
    fn short_forms_become_calls_and_unknown_tags_are_dropped() {
        let (loaded, names) = loaded("a: !GetAtt Q.Arn\nb: !Join ['', [!Ref A]]\nc: !Cidr [1]\n");
        let tree = &loaded.tree;
        let Node::Map { entries, .. } = tree.node(tree.root().unwrap()) else { panic!("no map") };
        let key = |at: usize| match tree.node(entries[at].1) {
            Node::Map { entries, .. } => names.text(entries[0].0).to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(key(0), "Fn::GetAtt");
        assert_eq!(key(1), "Fn::Join");
        assert!(key(2).starts_with("List"));
    }

    #[test]
    fn a_place_has_the_path_that_leads_to_it() {
        let (loaded, names) = loaded("Resources:\n  A: [1, {b: 2}]\n");
        let two = (0..loaded.origins.len() as u32).map(Place).next_back().unwrap();
        assert_eq!(loaded.path(two, &names), "/Resources/A/1/b");
    }
}

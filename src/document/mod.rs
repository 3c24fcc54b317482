//! A document is one YAML or JSON file as a tree that remembers the bytes of every key and value.

mod builder;
mod complaint;
mod json;
mod keys;
mod path;
mod recover;
mod scalar;
mod spelling;
mod tape;
mod yaml;

use std::cell::OnceCell;
use std::sync::Arc;

use path::Parents;
pub use scalar::{Scalar, Typed};
pub use spelling::Spelling;
use tape::{Form, Tape};

use crate::source::Span;

/// A node of a [`Document`]: an index into its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

/// What a node is. An alias is not a kind: asking a node follows it to what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, a number, a truth value or nothing, as written: [`Document::scalar`].
    Scalar,
    /// A list: [`Document::items`].
    Sequence,
    /// Keys with values: [`Document::entries`].
    Mapping,
}

/// Which language a file is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// RFC 8259, nothing else.
    Json,
    /// YAML 1.2 with what CloudFormation's YAML 1.1 makes of scalars.
    Yaml,
}

/// A mapping's entry in the order of the file; merge keys (`<<`) are resolved.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key: always a scalar.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
}

/// Why a text is not a document: where, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The culprit (the open quote, the tab, the line without a colon), not where the parser gave up.
    pub span: Span,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// A key that a mapping has twice; the last one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The first place of the key.
    pub first: Span,
    /// The place that overrides it.
    pub again: Span,
}

/// A comment, from its `#` to the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The bytes, `#` included.
    pub span: Span,
}

/// All that a text gave: the tree of what could be read, and everything that was wrong with it.
#[derive(Debug)]
pub struct Parsed {
    /// The tree; present also after errors when enough of the text could be read. `None` also for an empty text.
    pub document: Option<Document>,
    /// In the order of the text; empty for a sound document.
    pub errors: Vec<SyntaxError>,
}

/// The tree. It owns its text.
///
/// Aliases cost nothing and are safe to walk: a reader of the whole tree meets at most 250,000 nodes more than the
/// text has, and never goes deeper than 512 levels. An alias past either bound reads as null and is an error.
#[derive(Debug)]
pub struct Document {
    syntax: Syntax,
    tape: Tape,
    /// Made when a path is first asked for.
    parents: OnceCell<Parents>,
}

impl Document {
    /// Reads `text` as YAML or JSON, whichever its first character and `path`'s extension say.
    pub fn parse(path: &str, text: &str) -> Parsed {
        if text.len() > MAX_BYTES {
            let error = SyntaxError {
                span: Span::default(),
                message: "File is too large to be read".to_owned(),
                help: Some("CloudFormation takes templates of at most 1 MB".to_owned()),
            };
            return Parsed { document: None, errors: vec![error] };
        }
        let shared: Arc<str> = text.into();
        let is_bracketed = text.trim_start_matches(BYTE_ORDER_MARK).trim_start().starts_with(['{', '[']);
        if !is_bracketed {
            return parsed(Syntax::Yaml, recover::read(&shared));
        }
        let json = json::read(&shared);
        let is_json_by_name =
            path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"));
        if json.1.is_empty() || is_json_by_name {
            return parsed(Syntax::Json, json);
        }
        // Braces open a flow mapping too. Whichever language leaves less to complain about is the one it is in.
        let yaml = recover::read(&shared);
        if yaml.1.len() < json.1.len() { parsed(Syntax::Yaml, yaml) } else { parsed(Syntax::Json, json) }
    }

    /// Which language the text is in.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// The top node of the first YAML document.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// What the node is, aliases followed. An alias into itself, or past the bound on expansion, is a null scalar.
    pub fn kind(&self, node: NodeId) -> Kind {
        match self.tape.resolved(node).map(|node| self.tape.written(node).form) {
            Some(Form::Sequence { .. }) => Kind::Sequence,
            Some(Form::Mapping { .. }) => Kind::Mapping,
            Some(Form::Scalar { .. } | Form::Alias { .. }) | None => Kind::Scalar,
        }
    }

    /// The bytes of a node: quotes, brackets and block headers included; tag, anchor and comment not.
    /// For an alias, the bytes of the alias (`*name`), since that is what stands at the place.
    /// A block ends with its last text, not with the blank lines and the line break after it.
    pub fn span(&self, node: NodeId) -> Span {
        self.tape.written(node).span
    }

    /// The tag as written (`!Sub`), with its bytes; of an alias, the tag of what it stands for.
    pub fn tag(&self, node: NodeId) -> Option<(&str, Span)> {
        self.property(&self.tape.tags, self.tape.resolved(node)?)
    }

    /// The anchor as written (`&name`), with its bytes.
    pub fn anchor(&self, node: NodeId) -> Option<(&str, Span)> {
        self.property(&self.tape.anchors, node)
    }

    fn property(&self, table: &[(NodeId, Span)], node: NodeId) -> Option<(&str, Span)> {
        let index = table.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        let span = table[index].1;
        Some((&self.tape.text[span.range()], span))
    }

    /// Whether the node is an alias: what it holds is written, and must be changed, elsewhere.
    pub fn is_alias(&self, node: NodeId) -> bool {
        matches!(self.tape.written(node).form, Form::Alias { .. })
    }

    /// A scalar as written; for other kinds a null.
    pub fn scalar(&self, node: NodeId) -> Scalar<'_> {
        let null = Scalar { text: "", is_plain: true };
        let Some(node) = self.tape.resolved(node) else { return null };
        let Form::Scalar { is_plain, .. } = self.tape.written(node).form else { return null };
        Scalar { text: self.tape.scalar_text(node).unwrap_or_default(), is_plain }
    }

    /// A mapping's entries, merged ones last, overridden duplicates left out; nothing for other kinds.
    pub fn entries(&self, node: NodeId) -> impl Iterator<Item = Entry> + '_ {
        self.tape.entries(node)
    }

    /// The value of a mapping under a key.
    pub fn value(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entries(mapping).find(|entry| self.scalar(entry.key).text == key).map(|entry| entry.value)
    }

    /// A sequence's items; nothing for other kinds.
    pub fn items(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.tape.items(node)
    }

    /// The keys that stand twice in one mapping, in the order of the text.
    pub fn duplicate_keys(&self) -> &[DuplicateKey] {
        &self.tape.duplicates
    }

    /// All comments, in the order of the text.
    pub fn comments(&self) -> &[Comment] {
        &self.tape.comments
    }

    /// The keys and indices that lead from the root to the innermost key or value that holds `span`:
    /// `Resources`, `Queue`, `Properties`, `VisibilityTimeout`. The first call costs a pass over the document,
    /// every call the depth of the place.
    pub fn path_to(&self, span: Span) -> Vec<String> {
        self.parents.get_or_init(|| Parents::of(&self.tape)).path_to(&self.tape, span)
    }

    /// The bytes of the key of the innermost entry that holds `span`, at the cost of [`Self::path_to`].
    pub fn key_at(&self, span: Span) -> Option<Span> {
        self.parents.get_or_init(|| Parents::of(&self.tape)).key_at(&self.tape, span)
    }

    /// Whether a scalar stands on both sides of a place: what is written there becomes a part of its text.
    pub fn is_in_scalar(&self, offset: u32) -> bool {
        let before = self.tape.nodes.partition_point(|node| node.span.start < offset);
        before.checked_sub(1).is_some_and(|index| {
            let node = &self.tape.nodes[index];
            matches!(node.form, Form::Scalar { .. }) && offset < node.span.end
        })
    }

    /// Whether another text holds the same tree, whatever its layout and its comments: the same nodes with the same
    /// texts, tags, anchors and aliases.
    pub fn holds_the_same_as(&self, other: &Self) -> bool {
        self.syntax == other.syntax && self.tape.holds_the_same_as(&other.tape)
    }
}

/// Offsets are `u32`; half of them leave room for whoever adds two.
const MAX_BYTES: usize = (u32::MAX / 2) as usize;

/// So many errors are told per file; what is behind them is mostly their echo.
const ERROR_LIMIT: usize = 20;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// What reading a text gave: a tape, if there is anything on it, and the errors.
type Read = (Option<Tape>, Vec<SyntaxError>);

fn parsed(syntax: Syntax, (tape, errors): Read) -> Parsed {
    Parsed { document: tape.map(|tape| Document { syntax, tape, parents: OnceCell::new() }), errors }
}

/// Enough of a text to know it by.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

//! The syntax tree of a rules file. Texts and keys stand in tables of the file, so that an evaluation
//! looks each of them up once and compares numbers afterwards.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use super::functions::Function;
pub(super) use super::literal::{Literal, Pattern, Range};
use super::message::Message;
use crate::source::{ColumnUnit, Position, Source, Span};

/// A text of a rules file (a key, a literal, a variable's name): an index into [`Rules`]' table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct TextId(pub(super) u32);

/// A key that queries ask for: an index into [`Rules`]' table of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct KeyId(pub(super) u32);

/// A rule of a file: its place in the order of [`Rules::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleIndex(pub usize);

/// How messages are written, and which spellings a key is found under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dialect {
    /// A plain `.guard` file: messages are free text (`Violation: … Fix: …` is split), and an absent key is
    /// tried in other cases as cfn-guard does.
    Guard,
    /// A rule page: messages have lines with meanings and `{queries}` in them, and keys are found as written.
    Page,
}

/// A rules file, parsed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rules {
    /// The text, which stands beside the bytes of stored rules.
    #[serde(skip, default = "no_text")]
    pub(super) source: Source,
    /// The first call of a function that cfn-guard does not have.
    pub(super) extension: Option<Span>,
    pub(super) dialect: Dialect,
    pub(super) texts: IndexSet<Box<str>, FxBuildHasher>,
    pub(super) keys: Vec<Key>,
    pub(super) lets: Lets,
    pub(super) all: Vec<Rule>,
    pub(super) by_name: FxHashMap<TextId, Vec<RuleIndex>>,
    pub(super) parameterized: FxHashMap<TextId, ParameterizedRule>,
}

fn no_text() -> Source {
    Source::new("", "")
}

/// A key as written, and the spellings that are tried when it is absent (none on rule pages).
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) text: TextId,
    /// Where it is first asked for.
    pub(super) span: Span,
    pub(super) spellings: Vec<TextId>,
}

/// A named rule, or the clauses that stand outside of any (the rule `default`).
#[derive(Debug, Serialize, Deserialize)]
pub struct Rule {
    /// The name.
    pub name: String,
    /// The `#@ key: value` lines directly above the rule, in their order.
    pub headers: Vec<Header>,
    /// `rule` and its name, or the first clause outside of rules.
    pub span: Span,
    /// Where its failures point, if not at the failing values: `#@ at: query` in a plain file.
    pub(super) points_at: Option<Query>,
    pub(super) conditions: Vec<AnyOf>,
    pub(super) block: Block,
}

/// A `#@ key: value` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// What stands before the colon.
    pub key: String,
    /// What stands behind it.
    pub value: String,
    /// The bytes of the value.
    pub span: Span,
}

/// A rule that takes arguments and runs where it is called.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ParameterizedRule {
    pub(super) parameters: Vec<TextId>,
    pub(super) block: Block,
}

/// The `let`s of one scope, each name once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Lets {
    /// Which scope of the file this is.
    pub(super) id: u32,
    pub(super) all: Vec<Let>,
}

/// `let name = value`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Let {
    pub(super) span: Span,
    pub(super) name: TextId,
    pub(super) value: Operand,
}

/// Assignments and clauses in braces: all of the clauses must hold.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Block {
    pub(super) lets: Lets,
    pub(super) clauses: Vec<AnyOf>,
}

/// Clauses joined by `or`: one of them must hold.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnyOf(pub(super) Vec<Clause>);

/// One statement of a block.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Clause {
    /// `query operator value`.
    Check(Box<Check>),
    /// `query { … }`.
    Block(Box<QueryBlock>),
    /// `when conditions { … }`.
    When(Box<WhenBlock>),
    /// `AWS::Lambda::Function { … }`.
    Type(Box<TypeBlock>),
    /// The name of another rule.
    Reference(Box<Reference>),
    /// A parameterized rule with its arguments.
    Call(Box<Call>),
}

/// `query operator value <<message>>`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Check {
    pub(super) span: Span,
    pub(super) query: Query,
    /// A prefix `not` and the operator's own negation, taken together.
    pub(super) is_negated: bool,
    pub(super) test: Test,
    pub(super) message: Option<Message>,
}

/// What a [`Check`] asks of the query's values.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Test {
    /// The value is there.
    Exists,
    /// It has no members or characters.
    Empty,
    /// It has this type.
    Is(Type),
    /// It stands in this relation to another value.
    Compare(Operator, Operand),
}

/// A type that `is_…` tests for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Type {
    /// `is_string`
    String,
    /// `is_list`
    List,
    /// `is_struct`
    Struct,
    /// `is_bool`
    Bool,
    /// `is_int`
    Int,
    /// `is_float`
    Float,
    /// `is_null`
    Null,
}

/// A relation between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Operator {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in`
    In,
}

/// `query [not empty] { … }`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct QueryBlock {
    pub(super) span: Span,
    pub(super) query: Query,
    /// `query !empty { … }`: selecting nothing is a failure.
    pub(super) is_not_empty: bool,
    pub(super) block: Block,
}

/// `when conditions { … }`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WhenBlock {
    pub(super) span: Span,
    pub(super) conditions: Vec<AnyOf>,
    pub(super) block: Block,
}

/// `A::B::C [when conditions] { … }`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TypeBlock {
    pub(super) span: Span,
    /// `Resources.*[ Type == 'A::B::C' ]`.
    pub(super) query: Query,
    pub(super) conditions: Vec<AnyOf>,
    pub(super) block: Block,
}

/// `[not] rule_name`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Reference {
    pub(super) span: Span,
    pub(super) rule: TextId,
    pub(super) is_negated: bool,
    pub(super) message: Option<Message>,
}

/// `[not] rule_name(arguments)`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) span: Span,
    pub(super) rule: TextId,
    pub(super) arguments: Vec<Operand>,
    pub(super) is_negated: bool,
    pub(super) message: Option<Message>,
}

/// What stands right of an operator, in a `let` or as an argument.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Operand {
    /// A value written down.
    Literal(Literal),
    /// Values found in the document.
    Query(Query),
    /// Values computed from others.
    Function(FunctionCall),
}

/// `function(arguments)`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FunctionCall {
    pub(super) function: Function,
    pub(super) arguments: Vec<Operand>,
}

/// A path through the document, from the current value or a variable.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Query {
    /// `some`: one of the values is enough.
    pub(super) is_some: bool,
    pub(super) start: Start,
    pub(super) steps: Vec<Step>,
}

/// Where a [`Query`] starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Start {
    /// At the value that the block or filter is about; else at the document.
    Root,
    /// At each value of a variable; `is_spread` if `[*]` was written after it.
    Variable {
        /// The variable's name.
        name: TextId,
        /// `%v[*]` means the same values as `%v`, but is not a lone variable.
        is_spread: bool,
    },
}

/// One step of a [`Query`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Step {
    /// `.key`
    Key(KeyId),
    /// `.%variable`
    Variable(TextId),
    /// `[3]`, `.3`
    Index(i64),
    /// `.*`, `[ name ]`: every member of a list or map.
    Values(Option<TextId>),
    /// `[*]`, `[name]`: every element of a list, and a map itself unless its keys are captured.
    Elements(Option<TextId>),
    /// `[ name | clauses ]`
    Filter(Option<TextId>, Vec<AnyOf>),
    /// `[ keys operator value ]`
    Keys(KeyTest, Operand),
}

/// What a `keys` filter asks of each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum KeyTest {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

impl Rules {
    /// The rules in the order of the file; clauses outside of rules make a first one named `default`.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.all.iter()
    }

    /// The name of the rule that gathers the clauses outside of rules.
    pub const UNNAMED: &str = "default";

    /// The file's text.
    pub fn source_text(&self) -> &str {
        self.source.text()
    }

    /// The first call of a function that cfn-guard does not have.
    pub fn extension(&self) -> Option<Span> {
        self.extension
    }

    /// The line and column of a rule or clause, in code points.
    pub fn position(&self, span: Span) -> Position {
        self.source.position(span.start, ColumnUnit::CodePoints)
    }

    /// A clause as written, without its message, its block and comments, on one line; of a long one, the beginning.
    pub fn written(&self, clause: Span) -> String {
        const LONGEST: usize = 100;
        let lines = self.source.slice(clause).lines().filter(|line| !line.trim_start().starts_with('#'));
        let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
        let text = words.join(" ");
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", text[..end].trim_end()),
            None => text,
        }
    }

    /// Whether a query asks for this key.
    pub fn asks_for(&self, key: &str) -> bool {
        self.keys.iter().any(|asked| self.text(asked.text) == key)
    }

    pub(super) fn text(&self, id: TextId) -> &str {
        &self.texts[id.0 as usize]
    }
}

impl Operand {
    /// The literal, if it is one.
    pub(super) fn literal(&self) -> Option<&Literal> {
        if let Self::Literal(literal) = self { Some(literal) } else { None }
    }
}

impl Step {
    /// The clauses of a filter.
    pub(super) fn clauses(&self) -> Option<&[AnyOf]> {
        if let Self::Filter(_, clauses) = self { Some(clauses) } else { None }
    }
}

impl Clause {
    /// Its bytes, without its message and its block.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Check(check) => check.span,
            Self::Block(block) => block.span,
            Self::When(when) => when.span,
            Self::Type(block) => block.span,
            Self::Reference(reference) => reference.span,
            Self::Call(call) => call.span,
        }
    }
}

impl AnyOf {
    /// Whether evaluating it can come to nothing but a status, whatever it is about: it can be no error and captures
    /// no keys.
    pub(super) fn is_harmless(&self) -> bool {
        self.0.iter().all(|clause| match clause {
            Clause::Check(check) => check.is_harmless(),
            Clause::Block(_) | Clause::When(_) | Clause::Type(_) | Clause::Reference(_) | Clause::Call(_) => {
                false
            }
        })
    }
}

impl Check {
    fn is_harmless(&self) -> bool {
        self.query.is_plain()
            && match &self.test {
                Test::Exists | Test::Is(_) | Test::Compare(_, Operand::Literal(_)) => true,
                Test::Compare(_, Operand::Query(query)) => query.is_plain(),
                // Not every value can be asked whether it is empty.
                Test::Empty | Test::Compare(_, Operand::Function(_)) => false,
            }
    }
}

impl Query {
    /// Keys, indexes and all members, and nothing else.
    fn is_plain(&self) -> bool {
        let is_plain = |step: &Step| match step {
            Step::Key(_) | Step::Index(_) | Step::Values(None) | Step::Elements(None) => true,
            Step::Values(Some(_))
            | Step::Elements(Some(_))
            | Step::Variable(_)
            | Step::Filter(..)
            | Step::Keys(..) => false,
        };
        self.start == Start::Root && self.steps.iter().all(is_plain)
    }

    /// `%variable` and nothing else.
    pub(super) fn is_lone_variable(&self) -> bool {
        self.steps.is_empty() && matches!(self.start, Start::Variable { is_spread: false, .. })
    }

    /// Whether the query's last step selects among members, so that selecting nothing is an answer.
    pub(super) fn ends_in_filter(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Filter(..) | Step::Keys(..)))
    }
}

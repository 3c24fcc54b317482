//! From the text of a rules file to its syntax tree. The grammar is `grammar.pest`; what a grammar cannot say
//! (regexes compile, functions exist, ranges have one kind) is checked while the tree is built.

mod casing;
mod clauses;
mod messages;
mod nesting;
mod queries;
mod rules;

use std::fmt;

use indexmap::IndexSet;
use pest::Parser;
use pest::error::{Error as PestError, ErrorVariant, InputLocation};
use pest::iterators::Pair;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::ast::{Dialect, Key, KeyId, Rules, TextId};
use crate::source::{ColumnUnit, Position, Source, Span};

/// The parser that pest writes from the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "guard/parse/grammar.pest"]
struct GuardParser;

/// Why a text is no rules file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Where the parser could not go on.
    pub position: Position,
    /// What is wrong there, in one sentence without a full stop.
    pub message: String,
    /// The line of the text that it is about; of a long one, the part around the place.
    pub line: String,
    /// How many characters of that stand before the place.
    caret: usize,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position;
        writeln!(f, "{line}:{column}: {}", self.message)?;
        writeln!(f, "{line:>5} | {}", self.line)?;
        write!(f, "      | {:>1$}", '^', self.caret + 1)
    }
}

impl std::error::Error for ParseError {}

impl Rules {
    /// Parses a rules file.
    ///
    /// # Errors
    /// Where the text is not in the Guard language, or holds a regex that does not compile, a function that does
    /// not exist or a message whose queries are none.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, ParseError> {
        Builder::new(text, dialect).file()
    }
}

/// Something wrong at a place in the text, before it has a line and a column.
struct Fault {
    at: usize,
    message: String,
}

type Built<T> = Result<T, Fault>;

/// Builds the tree from what the grammar found.
struct Builder {
    source: Source,
    dialect: Dialect,
    /// Where the text being parsed begins in the source: a message's query is parsed on its own.
    base: usize,
    texts: IndexSet<Box<str>, FxBuildHasher>,
    keys: Vec<Key>,
    key_ids: FxHashMap<TextId, KeyId>,
    scopes: u32,
    extension: Option<Span>,
}

impl Builder {
    fn new(text: &str, dialect: Dialect) -> Self {
        Self {
            source: Source::new("", text),
            dialect,
            base: 0,
            texts: IndexSet::default(),
            keys: Vec::new(),
            key_ids: FxHashMap::default(),
            scopes: 0,
            extension: None,
        }
    }

    fn file(mut self) -> Result<Rules, ParseError> {
        let text = self.source.text().to_owned();
        match self.parsed_file(&text) {
            Ok(file) => Ok(Rules {
                source: self.source,
                extension: self.extension,
                dialect: self.dialect,
                texts: self.texts,
                keys: self.keys,
                lets: file.lets,
                all: file.rules,
                by_name: file.by_name,
                parameterized: file.parameterized,
            }),
            Err(fault) => Err(self.error(fault)),
        }
    }

    fn parsed_file(&mut self, text: &str) -> Built<rules::File> {
        if let Some(at) = nesting::first_too_deep(text) {
            return Err(Fault {
                at,
                message: format!("more than {} brackets inside one another", nesting::LIMIT),
            });
        }
        self.base = start(text);
        let text = &text[self.base..];
        let mut pairs = GuardParser::parse(Rule::file, text).map_err(|error| self.fault(error))?;
        self.rules_file(pairs.next().expect("a parsed file is one pair"))
    }

    fn fault(&self, error: PestError<Rule>) -> Fault {
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => self.base + at,
        };
        let text = self.source.text();
        let (before, after) = text.split_at(at);
        // What is missing at the end belongs behind what is there.
        let at = if after.trim_start().is_empty() { text.trim_end().len() } else { at };
        let message = match error.variant {
            ErrorVariant::ParsingError { positives, .. } => match after.chars().next() {
                Some('\'' | '"') if positives.contains(&Rule::string) => UNCLOSED_TEXT.to_owned(),
                Some('/') if positives.contains(&Rule::regex) => UNCLOSED_REGEX.to_owned(),
                Some('<') if after.starts_with("<<") && positives.contains(&Rule::message) => {
                    UNCLOSED_MESSAGE.to_owned()
                }
                Some('=' | '!' | '<' | '>') if before.trim_end().ends_with(')') => {
                    CALL_ON_THE_LEFT.to_owned()
                }
                Some('}') if positives.iter().any(|expected| spoken(*expected) == OPERATOR) => {
                    format!("{}, found `}}`{NAME_OF_A_RULE}", expectation(&positives))
                }
                _ => format!("{}, found {}", expectation(&positives), found(after)),
            },
            ErrorVariant::CustomError { message } => message,
        };
        Fault { at, message }
    }

    fn error(&self, fault: Fault) -> ParseError {
        let position = self.source.position(fault.at as u32, ColumnUnit::CodePoints);
        let span = self.source.line_span(position.line).unwrap_or_else(|| Span::new(0..0));
        let (line, caret) = around(self.source.slice(span), position.column as usize - 1);
        ParseError { position, message: fault.message, line, caret }
    }

    fn offset(&self, pair: &Pair<'_, Rule>) -> usize {
        self.base + pair.as_span().start()
    }

    /// The bytes of a rule or clause without its body, its block or its message.
    fn head(&self, pair: &Pair<'_, Rule>) -> Span {
        let body = pair.clone().into_inner().find(|part| {
            matches!(
                part.as_rule(),
                Rule::message | Rule::block | Rule::assignment | Rule::rule_items | Rule::clause_or_ref
            )
        });
        let end = body.map_or(pair.as_span().end(), |body| body.as_span().start());
        let start = pair.as_span().start();
        let head = pair.as_str()[..end - start].trim_end_matches([' ', '\t', '\r', '\n', '{']);
        Span::new(self.base + start..self.base + start + head.len())
    }

    fn text_id(&mut self, text: &str) -> TextId {
        if let Some(index) = self.texts.get_index_of(text) {
            return TextId(index as u32);
        }
        TextId(self.texts.insert_full(text.into()).0 as u32)
    }

    fn key_id(&mut self, key: &str, span: Span) -> KeyId {
        let text = self.text_id(key);
        if let Some(id) = self.key_ids.get(&text) {
            return *id;
        }
        let spellings = match self.dialect {
            Dialect::Guard => casing::spellings(key).iter().map(|spelling| self.text_id(spelling)).collect(),
            Dialect::Page => Vec::new(),
        };
        let id = KeyId(self.keys.len() as u32);
        self.keys.push(Key { text, span, spellings });
        self.key_ids.insert(text, id);
        id
    }
}

/// What of a line is shown, and where in it the character at `column` stands.
fn around(line: &str, column: usize) -> (String, usize) {
    const BEFORE: usize = 60;
    const SHOWN: usize = 110;
    if line.chars().nth(SHOWN).is_none() {
        return (line.to_owned(), column);
    }
    let from = column.saturating_sub(BEFORE);
    let mut shown: String = line.chars().skip(from).take(SHOWN).collect();
    if line.chars().nth(from + SHOWN).is_some() {
        shown.push('…');
    }
    if from > 0 {
        shown.insert(0, '…');
    }
    (shown, column - from + usize::from(from > 0))
}

const UNCLOSED_TEXT: &str = "this text has no closing quote";
const OPERATOR: &str = "an operator (`==`, `!=`, `in`, `exists`, `empty`, `is_string` …)";
const UNCLOSED_MESSAGE: &str = "this message has no closing `>>`";
const NAME_OF_A_RULE: &str = "; where the name of a rule is meant, it stands on a line of its own";
const UNCLOSED_REGEX: &str = "this regular expression has no closing `/`";
const CALL_ON_THE_LEFT: &str =
    "a function cannot stand on the left of an operator: give its result a name first, `let n = count(…)`";

/// The word that a text begins with.
fn found(text: &str) -> String {
    const LONGEST: usize = 24;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    match text.chars().next() {
        _ if text.trim_start().is_empty() => "the end of the file".to_owned(),
        Some(first) if is_word(first) => {
            format!("`{}`", text.chars().take_while(|c| is_word(*c)).take(LONGEST).collect::<String>())
        }
        Some(first) if !first.is_whitespace() => format!("`{first}`"),
        Some(_) | None => "a space".to_owned(),
    }
}

/// Where something other than spaces and comments stands for the first time. Files begin with long comments, and the
/// generated parser takes its time over each character.
fn start(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        match rest.strip_prefix('#') {
            Some(comment) => rest = &comment[comment.find('\n').unwrap_or(comment.len())..],
            None => return text.len() - rest.len(),
        }
    }
}

/// `expected a value, a function or a query`.
fn expectation(rules: &[Rule]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in rules.iter().map(|expected| spoken(*expected)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.split_last() {
        None => "this is not in the Guard language".to_owned(),
        Some((only, [])) => format!("expected {only}"),
        Some((last, others)) => format!("expected {} or {last}", others.join(", ")),
    }
}

/// What people call what a grammar rule stands for.
fn spoken(expected: Rule) -> &'static str {
    match expected {
        Rule::file | Rule::top | Rule::EOI => "the end of the file",
        Rule::kw_rule | Rule::param_rule | Rule::rule | Rule::rule_body => "a rule",
        Rule::when | Rule::when_any | Rule::when_block | Rule::kw_when | Rule::bad_when => "a `when` block",
        Rule::type_blocks | Rule::type_block | Rule::type_name => "a resource type",
        Rule::pname | Rule::name | Rule::ident => "a name",
        Rule::block => "a block",
        Rule::rule_items
        | Rule::rule_item
        | Rule::clause_or_ref
        | Rule::clauses_or
        | Rule::clause
        | Rule::query_clause
        | Rule::comparison => "a clause",
        Rule::conditions | Rule::cond_or | Rule::cond | Rule::cond_start => "a condition",
        Rule::call_clause | Rule::rule_ref => "the name of a rule",
        Rule::assignment | Rule::kw_let => "`let`",
        Rule::function | Rule::args | Rule::arg => "a function call",
        Rule::neg | Rule::not_empty => "`not`",
        Rule::or | Rule::no_word | Rule::no_bracket => "`or`",
        Rule::compare
        | Rule::unary
        | Rule::exists
        | Rule::empty
        | Rule::is_op
        | Rule::binary
        | Rule::operator_word
        | Rule::key_op => OPERATOR,
        Rule::message => "a message (`<<…>>`)",
        Rule::query | Rule::some | Rule::head | Rule::this | Rule::var | Rule::key => "a query",
        Rule::step
        | Rule::all_values
        | Rule::bracket
        | Rule::all_indices
        | Rule::idx
        | Rule::key_lookup
        | Rule::key_filter
        | Rule::kw_keys
        | Rule::bad_keys
        | Rule::filter
        | Rule::capture
        | Rule::index => "a step (`.key`, `[0]`, `[ filter ]`)",
        Rule::rhs
        | Rule::value
        | Rule::null
        | Rule::bool
        | Rule::float
        | Rule::exp
        | Rule::int
        | Rule::string
        | Rule::regex
        | Rule::rchar
        | Rule::list
        | Rule::range
        | Rule::rval
        | Rule::map
        | Rule::pair
        | Rule::map_key => "a value",
        Rule::ws | Rule::ws1 | Rule::sp | Rule::nl0 | Rule::comment | Rule::idc | Rule::kwend => "a space",
    }
}

#[cfg(test)]
mod tests;

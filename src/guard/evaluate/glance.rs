//! Clauses that a look at plain values settles: `Kind == 'queue'`, `Settings.BatchSize > %most`, `Runtime exists`. Most
//! filters are made of such, and run over every resource.

use smallvec::SmallVec;

use super::compare::{numbers, satisfies};
use super::index::Index;
use super::survey::Survey;
use super::value::{literal_shape, node_shape};
use super::vocabulary::Word;
use crate::guard::ast::{AnyOf, Clause, Literal, Operand, Operator, Pattern, Start, Step, Test, TextId};
use crate::guard::tree::{Node, NodeId};
use crate::names::Name;

/// A clause about what stands at the end of some keys, beside something that is written down. It holds all that a look
/// needs, since the rules themselves are long out of a processor's reach when a document's turn comes.
pub(super) struct Glance<'a> {
    /// Keys, one below the other; none for the member itself.
    path: SmallVec<[Word; 2]>,
    asks: Asks<'a>,
    is_negated: bool,
    /// Whether a key that is absent is tried in other spellings.
    has_spellings: bool,
}

/// What a [`Glance`] asks.
enum Asks<'a> {
    /// Whether something is there.
    Existence,
    /// Whether it has no members or characters.
    Emptiness,
    /// Whether it is one of these texts.
    Texts(SmallVec<[Word; 2]>),
    Pattern(&'a Pattern),
    Truth(bool),
    /// How it compares with a number.
    Number(Operator, &'a Literal),
}

/// What a look told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) holds: bool,
    /// The value that decided, if there is one.
    pub(super) at: Option<NodeId>,
}

impl<'a> Glance<'a> {
    /// The glance that a clause is, if it is one; `literal` gives what a variable stands for, where that is a literal.
    pub(super) fn of(
        clause: &'a AnyOf,
        survey: &Survey<'a>,
        literal: impl FnOnce(TextId) -> Option<&'a Literal>,
    ) -> Option<Self> {
        let [Clause::Check(check)] = clause.0.as_slice() else { return None };
        if check.query.start != Start::Root {
            return None;
        }
        let (mut path, mut has_spellings) = (SmallVec::new(), false);
        for step in &check.query.steps {
            let Step::Key(key) = step else { return None };
            let key = survey.key(*key);
            path.push(survey.word(key.text));
            has_spellings |= !key.spellings.is_empty();
        }
        let asks = match &check.test {
            Test::Exists => Asks::Existence,
            Test::Empty => Asks::Emptiness,
            Test::Compare(operator, Operand::Literal(literal)) => Asks::beside(*operator, literal, survey)?,
            Test::Compare(operator, Operand::Query(query)) => match query.start {
                Start::Variable { name, .. } if query.is_lone_variable() => {
                    Asks::beside(*operator, literal(name)?, survey)?
                }
                Start::Variable { .. } | Start::Root => return None,
            },
            Test::Compare(_, Operand::Function(_)) | Test::Is(_) => return None,
        };
        Some(Self { path, asks, is_negated: check.is_negated, has_spellings })
    }

    /// The one key that has to have one of some texts, and those texts, if that is what is asked.
    pub(super) fn texts(&self) -> Option<(Word, &[Word])> {
        match (self.path.as_slice(), &self.asks) {
            ([key], Asks::Texts(texts)) if !self.is_negated => Some((*key, texts)),
            _ => None,
        }
    }

    /// The same, as far as the document has these texts.
    pub(super) fn wanted(&self, index: &Index<'_>) -> Option<(Name, SmallVec<[Name; 4]>)> {
        let (key, texts) = self.texts()?;
        Some((index.name(key)?, texts.iter().filter_map(|text| index.name(*text)).collect()))
    }

    /// What it says of a member. `None` where that takes more than a look: it depends on a condition, is not known, or
    /// is nothing that the clause can be asked of.
    pub(super) fn seen(&self, index: &Index<'_>, member: NodeId) -> Option<Seen> {
        let mut node = member;
        for key in &self.path {
            match index.tree.node(node) {
                Node::Map { entries, is_open } => {
                    match index.name(*key).and_then(|key| index.entry(node, entries, key)) {
                        Some(value) => node = value,
                        None if *is_open || self.has_spellings => return None,
                        None => return Some(self.without_value()),
                    }
                }
                Node::Choice(_) | Node::OneOf(_) | Node::Bounded(_) | Node::Unknown => return None,
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Text(_)
                | Node::List(_) => return Some(self.without_value()),
            }
        }
        let holds = match (&self.asks, index.tree.node(node)) {
            (Asks::Existence, value) => is_settled(value).then_some(true),
            (Asks::Emptiness, _) => is_empty(index, node),
            (Asks::Texts(texts), Node::Text(text)) => {
                Some(texts.iter().any(|wanted| index.name(*wanted) == Some(*text)))
            }
            (Asks::Pattern(pattern), Node::Text(text)) => pattern.is_match(index.names.text(*text)),
            (Asks::Truth(wanted), Node::Bool(truth)) => Some(truth == wanted),
            (Asks::Number(operator, number), value @ (Node::Int(_) | Node::Float(_))) => {
                let ordering = numbers(node_shape(value), literal_shape(number));
                ordering.map(|ordering| satisfies(*operator, ordering))
            }
            _ => None,
        };
        Some(Seen { holds: holds? != self.is_negated, at: Some(node) })
    }

    /// What it says where the keys lead to nothing: that can be compared with nothing, negated or not.
    fn without_value(&self) -> Seen {
        let holds = match self.asks {
            Asks::Existence => self.is_negated,
            Asks::Emptiness => !self.is_negated,
            Asks::Texts(_) | Asks::Pattern(_) | Asks::Truth(_) | Asks::Number(..) => false,
        };
        Seen { holds, at: None }
    }
}

impl<'a> Asks<'a> {
    /// What an operator asks beside a literal.
    fn beside(operator: Operator, literal: &'a Literal, survey: &Survey<'a>) -> Option<Self> {
        let text = |literal: &Literal| {
            if let Literal::Text(text) = literal { Some(survey.word(*text)) } else { None }
        };
        match (operator, literal) {
            (Operator::Equal, Literal::Text(text)) => {
                Some(Self::Texts(SmallVec::from_iter([survey.word(*text)])))
            }
            (Operator::In, Literal::List(items)) => {
                items.iter().map(text).collect::<Option<_>>().map(Self::Texts)
            }
            (Operator::Equal, Literal::Pattern(pattern)) => Some(Self::Pattern(pattern)),
            (Operator::Equal, Literal::Bool(truth)) => Some(Self::Truth(*truth)),
            (
                Operator::Equal | Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast,
                Literal::Int(_) | Literal::Float(_),
            ) => Some(Self::Number(operator, literal)),
            _ => None,
        }
    }
}

/// Whether something stands at a node in every scenario.
fn is_settled(node: &Node) -> bool {
    !matches!(node, Node::Choice(_) | Node::OneOf(_))
}

fn is_empty(index: &Index<'_>, node: NodeId) -> Option<bool> {
    let has_first = |first: Option<NodeId>, is_open: bool| match first {
        Some(first) => is_settled(index.tree.node(first)).then_some(false),
        None => (!is_open).then_some(true),
    };
    match index.tree.node(node) {
        Node::List(items) => has_first(items.first().copied(), false),
        Node::Map { entries, is_open } => has_first(entries.first().map(|entry| entry.1), *is_open),
        Node::Text(text) => Some(index.names.text(*text).is_empty()),
        Node::Null
        | Node::Bool(_)
        | Node::Int(_)
        | Node::Float(_)
        | Node::Choice(_)
        | Node::OneOf(_)
        | Node::Bounded(_)
        | Node::Unknown => None,
    }
}

//! Clauses that a look at plain values settles: `Kind == 'queue'`, `Settings.BatchSize > %most`, `Runtime !exists or
//! Runtime != /^java/`. Most filters are made of such, and run over every resource.

use std::iter;

use smallvec::SmallVec;

use super::compare::{numbers, satisfies};
use super::index::Index;
use super::selection::{Chosen, Selection};
use super::survey::Survey;
use super::value::{literal_shape, node_shape};
use super::variables::{Beside, InFilter, Variables};
use super::vocabulary::{Grounds, Path, Question, Standing, Word};
use crate::guard::ast::{
    AnyOf, Check, Clause, Dialect, Literal, Operand, Operator, Pattern, Start, Step, Test,
};
use crate::guard::tree::{Node, NodeId};
use crate::names::Name;

/// Keys, one below the other, that lead from the member that a clause is about; none for the member itself.
pub(super) type Keys = SmallVec<[Word; 2]>;

/// A clause that asks nothing but plain values of a member, and of what is written down. It holds all that a look needs,
/// since the rules themselves are long out of a processor's reach when a document's turn comes.
pub(super) struct Glance<'a> {
    /// Most clauses are one check.
    first: Alternative<'a>,
    others: Box<[Alternative<'a>]>,
}

/// One of the checks joined by `or`.
struct Alternative<'a> {
    path: Keys,
    extent: Extent,
    asks: Asks<'a>,
    is_negated: bool,
    /// Whether a key that is absent is tried in other spellings.
    has_spellings: bool,
}

/// Of which values at the end of the keys something is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Of the one that stands there.
    Itself,
    /// `[*]`: of every item of a list.
    AllItems,
    /// `some …[*]`: of one of them at least.
    AnyItem,
}

/// What is asked.
enum Asks<'a> {
    /// Whether something is there.
    Existence,
    /// Whether it has no members or characters.
    Emptiness,
    /// Whether nothing of what it holds is selected: `Layers[ this == /x/ ] empty`.
    Absence(Selection<'a>),
    /// The same of a list or map of the document, whatever member the clause is about: `%queues empty`.
    AbsenceFromDocument(Path, Question, Selection<'a>),
    /// Whether it is one of these texts; `in` says so of them, and of a number that it is none, while `==` can compare
    /// it with nothing.
    Texts(SmallVec<[Word; 2]>, Operator),
    Pattern(&'a Pattern),
    Truth(bool),
    /// How it compares with a number.
    Number(Operator, Number<'a>),
}

/// A number that others are compared with.
enum Number<'a> {
    Written(&'a Literal),
    /// It stands in the document: `Graph.Limits.LambdaMemoryDefault`.
    At(Path),
}

/// How a query ends.
#[derive(Clone, Copy)]
enum Last<'a> {
    Key,
    /// `[*]`
    Elements,
    /// `[ clauses ]`
    Filter(&'a [AnyOf]),
}

impl<'a> Glance<'a> {
    /// The glance that a clause is, if it is one.
    pub(super) fn of(
        clause: &'a AnyOf,
        survey: &Survey<'a>,
        variables: &mut dyn Variables<'a>,
    ) -> Option<Self> {
        let mut alternatives = clause.0.iter().map(|alternative| match alternative {
            Clause::Check(check) => Alternative::of(check, survey, variables),
            Clause::Block(_) | Clause::When(_) | Clause::Type(_) | Clause::Reference(_) | Clause::Call(_) => {
                None
            }
        });
        let first = alternatives.next()??;
        Some(Self { first, others: alternatives.collect::<Option<_>>()? })
    }

    /// That there are no such members.
    pub(super) fn absence(members: Chosen<'a>) -> Self {
        Self { first: Alternative::absence(members, false), others: Box::new([]) }
    }

    /// The one key that has to have one of some texts, and those texts, if that is what is asked.
    pub(super) fn texts(&self) -> Option<(Word, &[Word])> {
        let Alternative { path, extent, asks, is_negated, .. } = &self.first;
        match (path.as_slice(), extent, asks) {
            ([key], Extent::Itself, Asks::Texts(texts, _)) if !is_negated && self.others.is_empty() => {
                Some((*key, texts))
            }
            _ => None,
        }
    }

    /// The same, as far as the document has these texts.
    pub(super) fn wanted(&self, index: &Index<'_>) -> Option<(Name, SmallVec<[Name; 4]>)> {
        let (key, texts) = self.texts()?;
        Some((index.name(key)?, texts.iter().filter_map(|text| index.name(*text)).collect()))
    }

    /// Whether it takes longer than to find a value or two: patterns, and whatever is asked of many.
    pub(super) fn is_costly(&self) -> bool {
        iter::once(&self.first).chain(&self.others).any(|alternative| match alternative.asks {
            Asks::Absence(_) | Asks::AbsenceFromDocument(..) | Asks::Pattern(_) => true,
            Asks::Existence | Asks::Emptiness | Asks::Texts(..) | Asks::Truth(_) | Asks::Number(..) => {
                alternative.extent != Extent::Itself
            }
        })
    }

    /// Whether a member satisfies it; what decides that is added to `grounds`. `None` where it takes more than a look:
    /// it depends on a condition, is not known, or is nothing that the clause can be asked of.
    pub(super) fn holds(&self, index: &Index<'_>, member: NodeId, grounds: &mut Grounds) -> Option<bool> {
        for alternative in iter::once(&self.first).chain(&self.others) {
            if alternative.holds(index, member, grounds)? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The same, where it does not matter what decides.
    pub(super) fn says(&self, index: &Index<'_>, member: NodeId) -> Option<bool> {
        self.holds(index, member, &mut Grounds::new())
    }
}

impl<'a> Alternative<'a> {
    fn of(check: &'a Check, survey: &Survey<'a>, variables: &mut dyn Variables<'a>) -> Option<Self> {
        if let Start::Variable { name, .. } = check.query.start {
            let is_asked = matches!(check.test, Test::Empty) && check.query.is_lone_variable();
            let members = if is_asked { variables.members(name)? } else { return None };
            return Some(Self::absence(members, check.is_negated));
        }
        let (keys, last) = match check.query.steps.as_slice() {
            [keys @ .., Step::Elements(None)] => (keys, Last::Elements),
            [keys @ .., Step::Filter(None, clauses)] if !keys.is_empty() => (keys, Last::Filter(clauses)),
            keys => (keys, Last::Key),
        };
        let (mut path, mut has_spellings) = (SmallVec::new(), false);
        for step in keys {
            let Step::Key(key) = step else { return None };
            let key = survey.key(*key);
            path.push(survey.word(key.text));
            has_spellings |= !key.spellings.is_empty();
        }
        let asks = match (&check.test, last) {
            // In a plain file every clause of a filter is asked, since it may be an error.
            (Test::Empty, Last::Filter(clauses)) if survey.rules.dialect == Dialect::Page => {
                let variables = &mut InFilter(variables);
                let clauses = clauses.iter().map(|clause| Glance::of(clause, survey, variables));
                Asks::Absence(Selection::by_filter(clauses.collect::<Option<_>>()?))
            }
            (Test::Exists, Last::Key) => Asks::Existence,
            (Test::Empty, Last::Key) => Asks::Emptiness,
            (Test::Compare(operator, Operand::Literal(literal)), Last::Key | Last::Elements) => {
                Asks::beside(*operator, Beside::Literal(literal), survey)?
            }
            (Test::Compare(operator, Operand::Query(query)), Last::Key | Last::Elements) => match query.start
            {
                Start::Variable { name, .. } if query.is_lone_variable() => {
                    Asks::beside(*operator, variables.value(name)?, survey)?
                }
                Start::Variable { .. } | Start::Root => return None,
            },
            (Test::Compare(_, Operand::Function(_)) | Test::Is(_), Last::Key | Last::Elements)
            | (Test::Exists | Test::Empty | Test::Compare(..) | Test::Is(_), Last::Filter(_))
            | (Test::Exists | Test::Empty, Last::Elements) => return None,
        };
        let extent = match (last, &asks) {
            (Last::Key | Last::Filter(_), _) => Extent::Itself,
            (Last::Elements, Asks::Texts(..) | Asks::Pattern(_)) if check.query.is_some => Extent::AnyItem,
            (Last::Elements, Asks::Texts(..) | Asks::Pattern(_)) => Extent::AllItems,
            (Last::Elements, _) => return None,
        };
        Some(Self { path, extent, asks, is_negated: check.is_negated, has_spellings })
    }

    /// That there are no such members, or that there are.
    fn absence(members: Chosen<'a>, is_negated: bool) -> Self {
        let (path, asks) = match members {
            Chosen::OfDocument(path, question, selection) => {
                (SmallVec::new(), Asks::AbsenceFromDocument(path, question, selection))
            }
            Chosen::OfMember(path, selection) => (path, Asks::Absence(selection)),
        };
        Self { path, extent: Extent::Itself, asks, is_negated, has_spellings: false }
    }

    fn holds(&self, index: &Index<'_>, member: NodeId, grounds: &mut Grounds) -> Option<bool> {
        let mut node = member;
        for key in &self.path {
            match index.tree.node(node) {
                Node::Map { entries, is_open } => {
                    match index.name(*key).and_then(|key| index.entry(node, entries, key)) {
                        Some(value) => node = value,
                        None if *is_open || self.has_spellings => return None,
                        None => return self.holds_of_nothing(),
                    }
                }
                Node::Choice(_) | Node::OneOf(_) | Node::Bounded(_) | Node::Unknown => return None,
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Text(_)
                | Node::List(_) => return self.holds_of_nothing(),
            }
        }
        let items = match index.tree.node(node) {
            Node::List(items) if self.extent != Extent::Itself => items.as_slice(),
            _ => return self.holds_of(index, node, grounds),
        };
        if items.is_empty() {
            return self.holds_of_nothing();
        }
        let (mut holds_of_all, mut holds_of_any) = (true, false);
        for item in items {
            let holds = self.holds_of(index, *item, grounds)?;
            holds_of_all &= holds;
            holds_of_any |= holds;
        }
        Some(if self.extent == Extent::AllItems { holds_of_all } else { holds_of_any })
    }

    /// Whether one value is as the clause asks.
    fn holds_of(&self, index: &Index<'_>, node: NodeId, grounds: &mut Grounds) -> Option<bool> {
        let is_so = match &self.asks {
            Asks::Absence(selection) => selection.is_empty(index, node, grounds)?,
            Asks::AbsenceFromDocument(path, question, selection) => {
                let (is_empty, read) = index.answer(*question, || selection.of_document(index, *path))?;
                grounds.extend_from_slice(read);
                is_empty
            }
            Asks::Existence
            | Asks::Emptiness
            | Asks::Texts(..)
            | Asks::Pattern(_)
            | Asks::Truth(_)
            | Asks::Number(..) => {
                grounds.push(node);
                match self.asks.is_so(index, node, grounds)? {
                    Comparison::Made(is_so) => is_so,
                    Comparison::Impossible => return Some(false),
                }
            }
        };
        Some(is_so != self.is_negated)
    }

    /// What it says where the keys lead to nothing: that can be compared with nothing, negated or not.
    fn holds_of_nothing(&self) -> Option<bool> {
        match &self.asks {
            Asks::Existence => Some(self.is_negated),
            Asks::Absence(selection) => {
                selection.is_empty_of_nothing().map(|is_empty| is_empty != self.is_negated)
            }
            Asks::Emptiness | Asks::AbsenceFromDocument(..) => Some(!self.is_negated),
            Asks::Texts(..) | Asks::Pattern(_) | Asks::Truth(_) | Asks::Number(..) => Some(false),
        }
    }
}

/// What comes of asking something of a value.
enum Comparison {
    Made(bool),
    /// Scalars of two types cannot be compared, and a clause that does fails, negated or not.
    Impossible,
}

impl<'a> Asks<'a> {
    /// What an operator asks beside something.
    fn beside(operator: Operator, other: Beside<'a>, survey: &Survey<'a>) -> Option<Self> {
        use Operator::{AtLeast, AtMost, Equal, Greater, In, Less};
        let text = |literal: &Literal| {
            if let Literal::Text(text) = literal { Some(survey.word(*text)) } else { None }
        };
        match (operator, other) {
            (Equal, Beside::Literal(Literal::Text(text))) => {
                Some(Self::Texts(SmallVec::from_iter([survey.word(*text)]), operator))
            }
            (In, Beside::Literal(Literal::List(items))) if !items.is_empty() => {
                Some(Self::Texts(items.iter().map(text).collect::<Option<_>>()?, operator))
            }
            (Equal, Beside::Literal(Literal::Pattern(pattern))) => Some(Self::Pattern(pattern)),
            (Equal, Beside::Literal(Literal::Bool(truth))) => Some(Self::Truth(*truth)),
            (
                Equal | Less | AtMost | Greater | AtLeast,
                Beside::Literal(literal @ (Literal::Int(_) | Literal::Float(_))),
            ) => Some(Self::Number(operator, Number::Written(literal))),
            // Two queries are equal as sets.
            (Less | AtMost | Greater | AtLeast, Beside::At(path)) => {
                Some(Self::Number(operator, Number::At(path)))
            }
            (_, Beside::Literal(_) | Beside::At(_)) => None,
        }
    }

    /// What comes of asking this of a value, where that is nothing about members.
    fn is_so(&self, index: &Index<'_>, node: NodeId, grounds: &mut Grounds) -> Option<Comparison> {
        let is_so = match (self, index.tree.node(node)) {
            (Self::Existence, value) => is_settled(value).then_some(true)?,
            (Self::Emptiness, _) => is_empty(index, node)?,
            (Self::Texts(texts, _), Node::Text(text)) => {
                texts.iter().any(|wanted| index.name(*wanted) == Some(*text))
            }
            (Self::Pattern(pattern), Node::Text(text)) => pattern.is_match(index.names.text(*text))?,
            (Self::Truth(wanted), Node::Bool(truth)) => truth == wanted,
            (Self::Number(operator, number), value @ (Node::Int(_) | Node::Float(_))) => {
                let other = match number {
                    Number::Written(literal) => literal_shape(literal),
                    Number::At(path) => {
                        let Standing::At(other) = index.standing(*path) else { return None };
                        grounds.push(other);
                        node_shape(index.tree.node(other))
                    }
                };
                satisfies(*operator, numbers(node_shape(value), other)?)
            }
            (Self::Texts(_, Operator::In), value) if is_scalar(value) => false,
            // What stands there may be a text; and members are asked for themselves.
            (Self::Number(_, Number::At(_)) | Self::Absence(_) | Self::AbsenceFromDocument(..), _) => {
                return None;
            }
            (Self::Texts(..) | Self::Pattern(_) | Self::Truth(_) | Self::Number(..), value) => {
                return is_scalar(value).then_some(Comparison::Impossible);
            }
        };
        Some(Comparison::Made(is_so))
    }
}

fn is_scalar(node: &Node) -> bool {
    matches!(node, Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) | Node::Text(_))
}

/// Whether something stands at a node in every scenario.
fn is_settled(node: &Node) -> bool {
    !matches!(node, Node::Choice(_) | Node::OneOf(_))
}

/// Whether a value certainly has no members or characters; `None` also where that is no question.
pub(super) fn is_empty(index: &Index<'_>, node: NodeId) -> Option<bool> {
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

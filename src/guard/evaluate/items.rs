//! What the statements of a rule are about, found through the scopes that they stand in.

use super::survey::{Body, Collection, Item, Kind, Members, Source, Survey};
use super::vocabulary::Vocabulary;
use crate::guard::ast::{
    AnyOf, Block, Check, Clause, Lets, Operand, Query, Start, Step, Test, TextId, WhenBlock,
};
use crate::source::Span;

/// Variables that stand for variables that are followed.
const ALIASES: usize = 16;

/// The variables of a block, and whether they are about the document and not about one of its members.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) lets: &'a Lets,
    pub(super) is_about_document: bool,
}

/// Looks for the items of a block.
pub(super) struct Scopes<'s, 'a> {
    /// Those around the block, the file's first.
    pub(super) lets: Vec<Scope<'a>>,
    /// What is known of the rules so far.
    pub(super) survey: &'s Survey<'a>,
    pub(super) vocabulary: &'s mut Vocabulary<'a>,
    /// How many variables are being followed that stand for members.
    pub(super) followed: usize,
}

impl<'s, 'a> Scopes<'s, 'a> {
    /// The scope of a file.
    pub(super) fn of_file(survey: &'s Survey<'a>, vocabulary: &'s mut Vocabulary<'a>) -> Self {
        let of_file = Scope { lets: &survey.rules.lets, is_about_document: true };
        Self { lets: vec![of_file], survey, vocabulary, followed: 0 }
    }

    pub(super) fn items_of(&mut self, block: &'a Block) -> Vec<Item<'a>> {
        let mut items = Vec::new();
        self.add_items(block, &[], &mut items);
        items
    }

    fn add_items(&mut self, block: &'a Block, gates: &[&'a WhenBlock], items: &mut Vec<Item<'a>>) {
        self.lets.push(Scope { lets: &block.lets, is_about_document: true });
        for clause in &block.clauses {
            if let [Clause::When(when)] = clause.0.as_slice() {
                let gates: Vec<_> = gates.iter().copied().chain([&**when]).collect();
                let mut inner = Vec::new();
                self.add_items(&when.block, &gates, &mut inner);
                if inner.iter().any(|item| !matches!(item.kind, Kind::Whole)) {
                    items.append(&mut inner);
                    continue;
                }
            }
            let kind = self.kind(clause);
            items.push(Item {
                gates: gates.to_vec(),
                span: clause.0.first().map_or_else(Span::default, Clause::span),
                clause,
                look: self.look(&kind, gates),
                kind,
            });
        }
        self.lets.pop();
    }

    fn kind(&self, clause: &'a AnyOf) -> Kind<'a> {
        let kind = match clause.0.as_slice() {
            [Clause::Block(block)] if !block.is_not_empty && !block.query.is_some => {
                self.source(&block.query).map(|source| Kind::Each(source, Body::Block(block)))
            }
            [Clause::Type(block)] => {
                self.source(&block.query).map(|source| Kind::Each(source, Body::Type(block)))
            }
            [Clause::Check(check)] if matches!(check.test, Test::Empty) && !check.is_negated => {
                let source = self.source(&check.query).filter(Source::is_filtered);
                source.map(|source| Kind::Gathered(source, check)).or_else(|| self.separate(check))
            }
            [Clause::Check(check)] => self.separate(check),
            _ => None,
        };
        kind.unwrap_or(Kind::Whole)
    }

    /// A check that says of all values of a variable together what it says of each of them.
    fn separate(&self, check: &'a Check) -> Option<Kind<'a>> {
        let Start::Variable { name, .. } = check.query.start else { return None };
        let is_about_each = match &check.test {
            Test::Exists | Test::Is(_) => true,
            // One member among all values is enough.
            Test::Empty => !(check.is_negated && check.query.ends_in_filter()),
            // Two queries are compared as sets.
            Test::Compare(_, operand) => matches!(operand, Operand::Literal(_)),
        };
        if check.query.is_some || check.query.steps.is_empty() || !is_about_each {
            return None;
        }
        let source = self.source_of_variable(name, self.lets.len() - 1, 0)?;
        Some(Kind::Each(source, Body::Check(name, check)))
    }

    fn source(&self, query: &'a Query) -> Option<Source<'a>> {
        self.source_in(query, self.lets.len() - 1, 0)
    }

    /// The source that a query in that scope stands for, if it leads to members and through nothing but keys and
    /// members.
    pub(super) fn source_in(&self, query: &'a Query, scope: usize, aliases: usize) -> Option<Source<'a>> {
        let mut source = match query.start {
            Start::Variable { name, .. } => self.source_of_variable(name, scope, aliases)?,
            Start::Root => Source(Vec::new()),
        };
        let mut keys = Vec::new();
        for step in &query.steps {
            let (members, filter) = match step {
                Step::Key(key) => {
                    keys.push(*key);
                    continue;
                }
                Step::Values(None) => (Members::Values, None),
                Step::Elements(None) => (Members::Elements, None),
                Step::Filter(None, clauses) => (Members::Filtered, Some((scope, clauses.as_slice()))),
                Step::Variable(_)
                | Step::Index(_)
                | Step::Values(Some(_))
                | Step::Elements(Some(_))
                | Step::Filter(Some(_), _)
                | Step::Keys(..) => return None,
            };
            let last = source.0.last_mut();
            match last.filter(|_| keys.is_empty() && filter.is_some()) {
                Some(last) => last.filters.extend(filter),
                None => source.0.push(Collection {
                    keys: std::mem::take(&mut keys),
                    members,
                    filters: filter.into_iter().collect(),
                }),
            }
        }
        (keys.is_empty() && !source.0.is_empty()).then_some(source)
    }

    fn source_of_variable(&self, name: TextId, scope: usize, aliases: usize) -> Option<Source<'a>> {
        let (scope, value) = self.variable(name, scope)?;
        match value {
            Operand::Query(query) if aliases < ALIASES => self.source_in(query, scope, aliases + 1),
            Operand::Query(_) | Operand::Literal(_) | Operand::Function(_) => None,
        }
    }

    /// What a variable stands for that a scope sees, and the scope that has it.
    pub(super) fn variable(&self, name: TextId, scope: usize) -> Option<(usize, &'a Operand)> {
        let of = |at: usize| {
            self.lets[at].lets.all.iter().find(|known| known.name == name).map(|known| (at, &known.value))
        };
        (0..=scope).rev().find_map(of)
    }
}

//! What a look can be told to ask: of the conditions of a rule, of the filters around what an item is about, and of what a
//! block asks.

use super::forecast::Forecast;
use super::glance::Glance;
use super::items::{Scope, Scopes};
use super::selection::{By, Chosen, Selection};
use super::shortlist::Look;
use super::survey::{Body, Collection, Conditions, Kind, Members};
use super::variables::{Beside, InFilter, Variables};
use super::vocabulary::{Path, Word};
use crate::guard::ast::{
    AnyOf, Block, Clause, Dialect, KeyId, Operand, Query, Start, Step, TextId, WhenBlock,
};

/// Variables that stand for variables that a look follows, each with all that its filters ask.
const SELECTIONS: usize = 4;

/// Where a clause stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// In a block or a `when`, about what these are about.
    InBlock,
    /// In a filter, about each of the members that it is asked of.
    InFilter,
}

/// The variables that clauses in one of the scopes see.
struct Seen<'x, 's, 'a> {
    scopes: &'x mut Scopes<'s, 'a>,
    scope: usize,
}

impl<'a> Variables<'a> for Seen<'_, '_, 'a> {
    fn value(&mut self, name: TextId) -> Option<Beside<'a>> {
        let (scope, value) = self.scopes.variable(name, self.scope)?;
        match value {
            Operand::Literal(literal) => Some(Beside::Literal(literal)),
            Operand::Query(query) => self.scopes.standing(query, scope).map(Beside::At),
            Operand::Function(_) => None,
        }
    }

    fn members(&mut self, name: TextId) -> Option<Chosen<'a>> {
        let (scope, value) = self.scopes.variable(name, self.scope)?;
        match value {
            Operand::Query(query) => self.scopes.selected(query, scope, By::Variable),
            Operand::Literal(_) | Operand::Function(_) => None,
        }
    }
}

impl<'a> Scopes<'_, 'a> {
    pub(super) fn conditions(&mut self, clauses: &'a [AnyOf]) -> Conditions<'a> {
        // In a plain file every condition may be an error, which has to be met.
        if self.survey.rules.dialect != Dialect::Page {
            return Conditions { glances: Vec::new(), are_all: clauses.is_empty() };
        }
        let (glances, _) = self.leading(clauses, 0, Stands::InBlock);
        Conditions { are_all: glances.len() == clauses.len(), glances }
    }

    pub(super) fn look(&mut self, kind: &Kind<'a>, gates: &[&'a WhenBlock]) -> Option<Look<'a>> {
        // In a plain file a filter may be an error, which has to be met.
        if self.survey.rules.dialect != Dialect::Page {
            return None;
        }
        let (source, body) = match kind {
            Kind::Each(source, Body::Block(block)) if source.0.len() == 1 => {
                (source, Some(self.forecast(&block.block)))
            }
            Kind::Each(source, _) | Kind::Gathered(source, _) => (source, None),
            Kind::Whole => return None,
        };
        let first = source.0.first()?;
        let mut glances = Vec::new();
        let mut is_all = true;
        for (scope, clauses) in &first.filters {
            // A clause that is broken need not be met where another turns a member away.
            let settled = clauses.iter().filter_map(|clause| self.glance(clause, *scope, Stands::InFilter));
            let settled: Vec<_> = settled.collect();
            is_all &= settled.len() == clauses.len();
            glances.extend(settled);
        }
        let path = self.path(&first.keys);
        let gates = self.gates(gates);
        let look = Look { path, members: first.members, gates, glances, is_all, body, group: None };
        Some(look.prepared(self.vocabulary))
    }

    /// The conditions around an item that a look settles, up to the first that may be an error.
    fn gates(&mut self, gates: &[&'a WhenBlock]) -> Vec<Glance<'a>> {
        let mut glances = Vec::new();
        // The conditions of the first stand in the scope of the rule, those of the next in that of the first.
        for (scope, gate) in (1..).zip(gates) {
            let (leading, is_through) = self.leading(&gate.conditions, scope, Stands::InBlock);
            glances.extend(leading);
            if !is_through {
                break;
            }
        }
        glances
    }

    /// Those of some clauses that a look settles, up to the first that may be an error, and whether none is.
    fn leading(&mut self, clauses: &'a [AnyOf], scope: usize, stands: Stands) -> (Vec<Glance<'a>>, bool) {
        let mut glances = Vec::new();
        for clause in clauses {
            match self.glance(clause, scope, stands) {
                Some(glance) => glances.push(glance),
                None if clause.is_harmless() => {}
                None => return (glances, false),
            }
        }
        (glances, true)
    }

    /// The glance that a clause in this scope is, if it is one.
    fn glance(&mut self, clause: &'a AnyOf, scope: usize, stands: Stands) -> Option<Glance<'a>> {
        let survey = self.survey;
        let mut seen = Seen { scopes: self, scope };
        match stands {
            Stands::InBlock => Glance::of(clause, survey, &mut seen),
            Stands::InFilter => Glance::of(clause, survey, &mut InFilter(&mut seen)),
        }
    }

    /// What a look tells of the statements of a block about a member.
    fn forecast(&mut self, block: &'a Block) -> Vec<Forecast<'a>> {
        self.lets.push(Scope { lets: &block.lets, is_about_document: false });
        let scope = self.lets.len() - 1;
        let mut statements = Vec::with_capacity(block.clauses.len());
        for clause in &block.clauses {
            statements.push(match clause.0.as_slice() {
                [Clause::When(when)] => {
                    let (conditions, is_harmless) = self.leading(&when.conditions, scope, Stands::InBlock);
                    Forecast::When { conditions, is_harmless, statements: self.forecast(&when.block) }
                }
                // What is about nothing fails nowhere.
                [Clause::Block(block)] if !block.is_not_empty => {
                    let members = self.selected(&block.query, scope, By::Block);
                    members.map_or(Forecast::Open, |members| Forecast::Clause(Glance::absence(members)))
                }
                _ => self.glance(clause, scope, Stands::InBlock).map_or(Forecast::Open, Forecast::Clause),
            });
        }
        self.lets.pop();
        statements
    }

    /// The path of the document that a query in that scope leads to by nothing but keys.
    fn standing(&mut self, query: &'a Query, scope: usize) -> Option<Path> {
        let is_of_document = query.start == Start::Root && self.lets[scope].is_about_document;
        let key = |step| if let &Step::Key(key) = step { Some(key) } else { None };
        let keys: Vec<KeyId> = query.steps.iter().map(key).collect::<Option<_>>()?;
        (is_of_document && !query.is_some).then(|| self.path(&keys))
    }

    /// The members that a query in that scope selects.
    fn selected(&mut self, query: &'a Query, scope: usize, by: By) -> Option<Chosen<'a>> {
        if query.is_some || self.followed == SELECTIONS {
            return None;
        }
        let source = self.source_in(query, scope, 0)?;
        let [Collection { keys, members, filters }] = source.0.as_slice() else { return None };
        if keys.is_empty() || *members == Members::Elements {
            return None;
        }
        let is_of_values = *members == Members::Values;
        let mut selection = Selection { clauses: Vec::new(), is_all: true, by, is_of_values };
        self.followed += 1;
        for (scope, clauses) in filters {
            let (leading, is_through) = self.leading(clauses, *scope, Stands::InFilter);
            selection.is_all &= leading.len() == clauses.len();
            selection.clauses.extend(leading);
            if !is_through {
                break;
            }
        }
        self.followed -= 1;
        if self.is_of_document(query, scope) {
            let question = self.vocabulary.question();
            return Some(Chosen::OfDocument(self.path(keys), question, selection));
        }
        Some(Chosen::OfMember(self.words(keys).collect(), selection))
    }

    /// Whether a query in that scope starts from the document, be it by way of variables.
    fn is_of_document(&self, query: &Query, scope: usize) -> bool {
        match query.start {
            Start::Root => self.lets[scope].is_about_document,
            Start::Variable { name, .. } => match self.variable(name, scope) {
                Some((scope, Operand::Query(query))) => self.is_of_document(query, scope),
                Some(_) | None => false,
            },
        }
    }

    /// Keys that lead somewhere from the document.
    fn path(&mut self, keys: &[KeyId]) -> Path {
        let words: Vec<Word> = self.words(keys).collect();
        self.vocabulary.path(words.into_iter())
    }

    fn words(&self, keys: &[KeyId]) -> impl Iterator<Item = Word> {
        keys.iter().map(|key| self.survey.word(self.survey.key(*key).text))
    }
}

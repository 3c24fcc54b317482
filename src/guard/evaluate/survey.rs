//! The items of a rule: its statements, and which values each of them is about.

use super::glance::Glance;
use super::index::Index;
use super::shortlist::Look;
use super::vocabulary::{Need, Vocabulary, Word};
use crate::guard::ast::{
    AnyOf, Block, Check, Clause, Key, KeyId, Lets, Operand, Query, QueryBlock, RuleIndex, Rules, Start, Step,
    Test, TextId, TypeBlock, WhenBlock,
};
use crate::names::Name;
use crate::source::Span;

/// Rules, and what they are about: all that is found out about them before there is a document.
pub struct Survey<'r> {
    pub(super) rules: &'r Rules,
    /// The words of the rules' texts.
    words: Vec<Word>,
    /// Of every rule.
    items: Vec<Vec<Item<'r>>>,
    /// Without one of these no rule has anything to say, if that is known of any.
    needs: Option<Vec<Need>>,
}

impl<'r> Survey<'r> {
    /// The survey of these rules, whose texts become words of the vocabulary.
    pub fn of(rules: &'r Rules, vocabulary: &mut Vocabulary<'r>) -> Self {
        let words = rules.texts.iter().map(|text| vocabulary.word(text)).collect();
        let begun = Self { rules, words, items: Vec::new(), needs: None };
        let mut items = Vec::with_capacity(rules.all.len());
        for rule in &rules.all {
            let mut scopes = Scopes { lets: vec![&rules.lets], survey: &begun, vocabulary };
            items.push(scopes.items_of(&rule.block));
        }
        let needs = items.iter().flatten().map(|item: &Item<'r>| item.look.as_ref()?.needs.clone());
        let needs = needs.collect::<Option<Vec<_>>>().map(|needs| needs.concat());
        Self { items, needs, ..begun }
    }

    /// Without one of these no rule has anything to say of a document, if that is known of any.
    #[must_use]
    pub fn needs(&self) -> Option<&[Need]> {
        self.needs.as_deref()
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &'r Rules {
        self.rules
    }

    /// The items of a rule: the statements of its body, and those of a `when` block that has subjects in it.
    pub(super) fn items(&self, rule: RuleIndex) -> &[Item<'r>] {
        &self.items[rule.0]
    }

    /// How many items a rule has.
    #[must_use]
    pub fn number_of_items(&self, rule: RuleIndex) -> usize {
        self.items(rule).len()
    }

    pub(super) fn key(&self, key: KeyId) -> &'r Key {
        &self.rules.keys[key.0 as usize]
    }

    pub(super) fn word(&self, text: TextId) -> Word {
        self.words[text.0 as usize]
    }

    /// A text of the rules among those of a document.
    pub(super) fn name(&self, text: TextId, index: &Index<'_>) -> Option<Name> {
        index.name(self.word(text))
    }
}

/// A top-level statement of a rule, or of a `when` block in it.
pub(super) struct Item<'a> {
    /// The `when` blocks around it, outermost first.
    pub(super) gates: Vec<&'a WhenBlock>,
    pub(super) span: Span,
    /// The statement.
    pub(super) clause: &'a AnyOf,
    pub(super) kind: Kind<'a>,
    /// How to look for its subjects, where a look tells anything of them.
    pub(super) look: Option<Look<'a>>,
}

/// What an item asks.
pub(super) enum Kind<'a> {
    /// A block, or a clause, about each of the values of a source.
    Each(Source<'a>, Body<'a>),
    /// `source empty`.
    Gathered(Source<'a>, &'a Check),
    /// Anything else.
    Whole,
}

/// What is asked of each value of a source.
#[derive(Clone, Copy)]
pub(super) enum Body<'a> {
    Block(&'a QueryBlock),
    Type(&'a TypeBlock),
    /// `%variable.key == 5`: the variable stands for one value at a time.
    Check(TextId, &'a Check),
}

/// Lists or maps of the document, the second inside of the members of the first, and so on; its values are the members
/// of the last. Never empty.
pub(super) struct Source<'a>(pub(super) Vec<Collection<'a>>);

/// Members of a list or map, with filters over them.
pub(super) struct Collection<'a> {
    /// The keys that lead to the list or map: from the document, or from a member of the collection before.
    pub(super) keys: Vec<KeyId>,
    pub(super) members: Members,
    /// Each with the scope that it stands in: 0 is the file's, 1 the rule's, then those of the gates.
    pub(super) filters: Vec<(usize, &'a [AnyOf])>,
}

/// Which members a [`Collection`] has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    /// `.*`, or a filter behind a key: items of a list, values of a map.
    Values,
    /// `[*]`: items of a list; a map is its own member.
    Elements,
}

impl Source<'_> {
    /// Whether not all members of the last collection are meant.
    fn is_filtered(&self) -> bool {
        self.0.last().is_some_and(|last| !last.filters.is_empty())
    }
}

/// Variables that stand for variables that are followed.
const ALIASES: usize = 16;

/// Looks for the items of a block.
struct Scopes<'s, 'a> {
    /// Those around the block, the file's first.
    lets: Vec<&'a Lets>,
    /// What is known of the rules so far.
    survey: &'s Survey<'a>,
    vocabulary: &'s mut Vocabulary<'a>,
}

impl<'a> Scopes<'_, 'a> {
    fn items_of(&mut self, block: &'a Block) -> Vec<Item<'a>> {
        let mut items = Vec::new();
        self.add_items(block, &[], &mut items);
        items
    }

    fn add_items(&mut self, block: &'a Block, gates: &[&'a WhenBlock], items: &mut Vec<Item<'a>>) {
        self.lets.push(&block.lets);
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
                look: self.look(&kind),
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
    fn source_in(&self, query: &'a Query, scope: usize, aliases: usize) -> Option<Source<'a>> {
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
                Step::Filter(None, clauses) => (Members::Values, Some((scope, clauses.as_slice()))),
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

    fn look(&mut self, kind: &Kind<'a>) -> Option<Look<'a>> {
        let (Kind::Each(source, _) | Kind::Gathered(source, _)) = kind else { return None };
        let first = source.0.first()?;
        let mut glances = Vec::new();
        let mut is_all = true;
        for (scope, clauses) in &first.filters {
            for clause in *clauses {
                let literal = |name| self.variable(name, *scope)?.1.literal();
                match Glance::of(clause, self.survey, literal) {
                    Some(glance) => glances.push(glance),
                    None => is_all = false,
                }
            }
        }
        Look::of(first, self.survey, self.vocabulary, glances, is_all)
    }

    /// What a variable stands for that a scope sees, and the scope that has it.
    fn variable(&self, name: TextId, scope: usize) -> Option<(usize, &'a Operand)> {
        let of = |at: usize| {
            self.lets[at].all.iter().find(|known| known.name == name).map(|known| (at, &known.value))
        };
        (0..=scope).rev().find_map(of)
    }
}

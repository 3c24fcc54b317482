//! The items of a rule: its statements, and which values each of them is about.

use smallvec::SmallVec;

use super::glance::Glance;
use super::index::Index;
use super::items::Scopes;
use super::shortlist::{Look, Shortlist};
use super::vocabulary::{Grounds, Need, Vocabulary, Word};
use crate::guard::ast::{
    AnyOf, Check, Key, KeyId, QueryBlock, RuleIndex, Rules, TextId, TypeBlock, WhenBlock,
};
use crate::guard::tree::NodeId;
use crate::names::Name;
use crate::source::Span;

/// Rules, and what they are about: all that is found out about them before there is a document.
pub struct Survey<'r> {
    pub(super) rules: &'r Rules,
    /// The words of the rules' texts.
    words: Vec<Word>,
    /// Of every rule.
    conditions: Vec<Conditions<'r>>,
    /// Of every rule.
    items: Vec<Vec<Item<'r>>>,
    /// Of every rule, of every item: without one of these it has nothing to say, if that is known of any. They stand
    /// apart from the items, of which most have nothing to say and need not be touched.
    needs: Vec<Vec<Option<Needs>>>,
}

/// Members of which one has to be there.
type Needs = SmallVec<[Need; 4]>;

impl<'r> Survey<'r> {
    /// The survey of these rules, whose texts become words of the vocabulary.
    pub fn of(rules: &'r Rules, vocabulary: &mut Vocabulary<'r>) -> Self {
        let words = rules.texts.iter().map(|text| vocabulary.word(text)).collect();
        let begun = Self { rules, words, conditions: Vec::new(), items: Vec::new(), needs: Vec::new() };
        let (mut conditions, mut items, mut needs) = (Vec::new(), Vec::new(), Vec::new());
        for rule in &rules.all {
            let mut scopes = Scopes::of_file(&begun, vocabulary);
            conditions.push(scopes.conditions(&rule.conditions));
            let of_rule = scopes.items_of(&rule.block);
            needs.push(of_rule.iter().map(|item| item.look.as_ref()?.needs(vocabulary)).collect());
            items.push(of_rule);
        }
        Self { conditions, items, needs, ..begun }
    }

    /// Without one of these no rule has anything to say of a document, if that is known of any.
    #[must_use]
    pub fn needs(&self) -> Option<Vec<Need>> {
        let needs = self.needs.iter().flatten().map(Option::as_deref);
        needs.collect::<Option<Vec<_>>>().map(|needs| needs.concat())
    }

    /// Who an item of a rule may be about.
    #[must_use]
    pub fn shortlist(&self, rule: RuleIndex, item: usize, index: &Index<'_>) -> Shortlist {
        let needs = self.needs[rule.0][item].as_ref();
        if needs.is_some_and(|needs| !needs.iter().any(|need| index.may_have(*need))) {
            return Shortlist::NOBODY;
        }
        self.items(rule)[item].look.as_ref().map_or(Shortlist::Open, |look| look.at(index))
    }

    /// What a look tells of whether a rule's `when` holds.
    #[must_use]
    pub fn applies(&self, rule: RuleIndex, index: &Index<'_>) -> Applies {
        let Conditions { glances, are_all } = &self.conditions[rule.0];
        let mut is_certain = *are_all;
        for glance in glances {
            let mut grounds = Grounds::new();
            match index.tree.root().and_then(|root| glance.holds(index, root, &mut grounds)) {
                Some(true) => {
                    let is_assumed = |ground: &NodeId| index.tree.is_assumed(index.tree.place(*ground));
                    is_certain &= !grounds.iter().any(is_assumed);
                }
                Some(false) => return Applies::Never,
                None => return Applies::Depends,
            }
        }
        if is_certain { Applies::Always } else { Applies::Depends }
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

/// What a look tells of whether a rule applies to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// It does in every scenario, which rests on nothing that is assumed.
    Always,
    /// It does in none.
    Never,
    /// It takes an evaluation to tell.
    Depends,
}

/// The conditions of a rule.
pub(super) struct Conditions<'a> {
    /// Those that a look settles, up to the first that may be an error.
    pub(super) glances: Vec<Glance<'a>>,
    /// Whether that is all of them.
    pub(super) are_all: bool,
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
    /// `.*`: items of a list, values of a map.
    Values,
    /// Those of a filter behind a key: the same, but for lists inside of lists and scalars.
    Filtered,
    /// `[*]`: items of a list; a map is its own member.
    Elements,
}

impl Source<'_> {
    /// Whether not all members of the last collection are meant.
    pub(super) fn is_filtered(&self) -> bool {
        self.0.last().is_some_and(|last| !last.filters.is_empty())
    }
}

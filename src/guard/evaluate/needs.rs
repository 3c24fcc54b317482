//! Whether rules have anything to say of a tree: most rules of a run are about resources that the template at hand does
//! not have, and a look at what is there tells.

use super::filters::Glance;
use super::index::Index;
use super::survey::{self, Kind, Source};
use crate::guard::ast::{KeyId, RuleIndex, Rules, TextId};

/// What there must be in a tree for each rule of a file to have subjects.
#[derive(Debug)]
pub struct Needs {
    /// For each rule what its items need. A rule with an item about the document as a whole needs nothing.
    of_rules: Vec<Option<Vec<Need>>>,
}

/// Members of a collection.
#[derive(Debug)]
struct Need {
    /// The keys that lead from the document to the list or map.
    keys: Vec<KeyId>,
    /// What one of its members has under a key: one of these texts.
    text: Option<(KeyId, Vec<TextId>)>,
}

impl Needs {
    /// The needs of these rules.
    #[must_use]
    pub fn of(rules: &Rules) -> Self {
        let need = |kind: &Kind<'_>| match kind {
            Kind::Each(source, _) | Kind::Gathered(source, _) => Need::of(source),
            Kind::Whole => None,
        };
        let items = survey::items(rules);
        let of_rules =
            items.iter().map(|items| items.iter().map(|item| need(&item.kind)).collect()).collect();
        Self { of_rules }
    }

    /// Whether a rule may have subjects in a tree. Where it has none, it has nothing to say.
    #[must_use]
    pub fn are_met(&self, rule: RuleIndex, rules: &Rules, index: &Index<'_>) -> bool {
        let needs = self.of_rules[rule.0].as_ref();
        needs.is_none_or(|needs| needs.iter().any(|need| need.is_met(rules, index)))
    }
}

impl Need {
    fn of(source: &Source<'_>) -> Option<Self> {
        let first = source.0.first()?;
        let glance = first.filters.first().and_then(|(_, clauses)| Glance::of(clauses.first()?));
        let text = glance.and_then(|glance| Some((glance.key()?, glance.texts().collect())));
        Some(Self { keys: first.keys.clone(), text })
    }

    fn is_met(&self, rules: &Rules, index: &Index<'_>) -> bool {
        let name = |text: TextId| index.names.find(rules.text(text));
        let named = |key: &KeyId| name(rules.keys[key.0 as usize].text);
        let path = self.keys.iter().map(named);
        match &self.text {
            None => index.may_have_members(path),
            Some((key, texts)) => named(key).is_some_and(|key| {
                index.may_have_member(path, key, texts.iter().filter_map(|text| name(*text)))
            }),
        }
    }
}

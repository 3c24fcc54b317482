//! Who a rule may be about, as far as a look at plain values tells: most rules of a run are about resources that the
//! template at hand does not have, and most filters keep few of the members that they are asked of.

use smallvec::SmallVec;

use super::glance::Glance;
use super::index::Index;
use super::survey::{Collection, Members, Survey};
use super::vocabulary::{Member, Need, Path, Standing, Vocabulary};
use crate::guard::ast::{Dialect, RuleIndex};
use crate::guard::tree::{Node, NodeId};

/// What a look tells of the subjects of an item.
#[derive(Clone, Debug)]
pub enum Shortlist {
    /// Nothing: it takes an evaluation.
    Open,
    /// They are among these members of the item's first collection, or inside of them.
    Among(Vec<NodeId>),
}

impl Shortlist {
    const NOBODY: Self = Self::Among(Vec::new());

    /// Whether there is certainly no subject.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Among(members) if members.is_empty())
    }
}

/// How to look for the subjects of an item: among the members of its first collection.
pub(super) struct Look<'a> {
    /// The collection.
    path: Path,
    members: Members,
    /// One of these members has to be there, if that is known of any.
    pub(super) needs: Option<Vec<Need>>,
    /// What a look can ask of a member; one that asks for texts comes first.
    glances: Vec<Glance<'a>>,
    /// Whether that is all that the filters ask.
    is_all: bool,
}

impl<'a> Look<'a> {
    /// A look at a collection, with those clauses of its filters that are glances. None in a plain file, where a filter
    /// may be an error, which has to be met.
    pub(super) fn of(
        collection: &Collection<'_>,
        survey: &Survey<'a>,
        vocabulary: &mut Vocabulary<'a>,
        mut glances: Vec<Glance<'a>>,
        is_all: bool,
    ) -> Option<Self> {
        if survey.rules.dialect != Dialect::Page {
            return None;
        }
        let path = vocabulary.path(collection.keys.iter().map(|key| survey.word(survey.key(*key).text)));
        glances.sort_by_key(|glance| glance.texts().is_none());
        let needs = glances.first().and_then(Glance::texts).map(|(key, texts)| {
            texts.iter().map(|text| vocabulary.need(Member { path, key, text: *text })).collect()
        });
        Some(Self { path, members: collection.members, needs, glances, is_all })
    }

    /// What it tells of a document.
    fn at(&self, index: &Index<'_>) -> Shortlist {
        if self.needs.as_ref().is_some_and(|needs| !needs.iter().any(|need| index.may_have(*need))) {
            return Shortlist::NOBODY;
        }
        let collection = match index.standing(self.path) {
            Standing::Nothing => return Shortlist::NOBODY,
            Standing::Other => return Shortlist::Open,
            Standing::Collection(collection) => collection,
        };
        let of_map = match index.tree.node(collection) {
            Node::Map { entries, is_open: false } if self.members == Members::Values => entries.as_slice(),
            Node::Map { .. } => return Shortlist::Open,
            _ => &[],
        };
        let of_list =
            if let Node::List(items) = index.tree.node(collection) { items.as_slice() } else { &[] };
        let mut glances = self.glances.as_slice();
        let mut members = match glances.first().and_then(|first| first.wanted(index)) {
            Some((key, texts)) => {
                let (members, are_certain) = index.members_with(collection, key, &texts);
                glances = &glances[usize::from(are_certain)..];
                members
            }
            None => of_list.iter().copied().chain(of_map.iter().map(|entry| entry.1)).collect(),
        };
        members.retain(|member| !is_turned_away(glances, index, *member));
        Shortlist::Among(members)
    }

    /// The values that decide that the filters keep a member, if a look tells that they do.
    pub(super) fn grounds(&self, index: &Index<'_>, member: NodeId) -> Option<SmallVec<[NodeId; 4]>> {
        if !self.is_all {
            return None;
        }
        let mut grounds = SmallVec::new();
        for glance in &self.glances {
            let seen = glance.seen(index, member).filter(|seen| seen.holds)?;
            grounds.extend(seen.at);
        }
        Some(grounds)
    }
}

/// Whether one of the glances turns a member away for certain, should it be there.
fn is_turned_away(glances: &[Glance<'_>], index: &Index<'_>, member: NodeId) -> bool {
    index.tree.if_present(member).is_some_and(|member| {
        glances.iter().filter_map(|glance| glance.seen(index, member)).any(|seen| !seen.holds)
    })
}

impl Survey<'_> {
    /// Who an item of a rule may be about.
    #[must_use]
    pub fn shortlist(&self, rule: RuleIndex, item: usize, index: &Index<'_>) -> Shortlist {
        self.items(rule)[item].look.as_ref().map_or(Shortlist::Open, |look| look.at(index))
    }
}

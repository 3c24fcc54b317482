//! Who a rule may be about, as far as a look at plain values tells: most rules of a run are about resources that the
//! template at hand does not have, and most filters keep few of the members that they are asked of.

use super::forecast::{Forecast, hold};
use super::glance::Glance;
use super::index::Index;
use super::survey::Members;
use super::vocabulary::{Grounds, Group, Grouped, Member, Need, Path, Standing, Vocabulary};
use crate::guard::tree::{Node, NodeId};

/// What a look tells of the subjects of an item.
#[derive(Clone, Debug)]
pub enum Shortlist {
    /// Nothing: it takes an evaluation.
    Open,
    /// Those of whom there is something to say are among these members of the item's first collection, or inside of them.
    Among(Vec<NodeId>),
}

impl Shortlist {
    pub(super) const NOBODY: Self = Self::Among(Vec::new());

    /// Whether there is certainly nothing to say of anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Among(members) if members.is_empty())
    }
}

/// How to look for the subjects of an item: among the members of its first collection.
pub(super) struct Look<'a> {
    /// The collection.
    pub(super) path: Path,
    pub(super) members: Members,
    /// Conditions around the item that a look settles, up to the first that may be an error.
    pub(super) gates: Vec<Glance<'a>>,
    /// What a look can ask of a member.
    pub(super) glances: Vec<Glance<'a>>,
    /// Whether that is all that the filters ask.
    pub(super) is_all: bool,
    /// What a block asks of each member; none for anything but a block over one collection.
    pub(super) body: Option<Vec<Forecast<'a>>>,
    /// Who satisfies the first of the glances, if that asks for texts.
    pub(super) group: Option<Group>,
}

impl<'a> Look<'a> {
    /// The look that asks first what settles most, and last what takes longest.
    pub(super) fn prepared(mut self, vocabulary: &mut Vocabulary<'a>) -> Self {
        self.glances.sort_by_key(|glance| (glance.texts().is_none(), glance.is_costly()));
        let texts = self.glances.first().and_then(Glance::texts);
        self.group = texts.map(|(key, texts)| vocabulary.group(self.path, key, texts));
        self
    }

    /// Members of which one has to be there, if that is known of any.
    pub(super) fn needs<N: FromIterator<Need>>(&self, vocabulary: &mut Vocabulary<'a>) -> Option<N> {
        let (key, texts) = self.glances.first()?.texts()?;
        Some(texts.iter().map(|text| vocabulary.need(Member { path: self.path, key, text: *text })).collect())
    }

    /// What it tells of a document.
    pub(super) fn at(&self, index: &Index<'_>) -> Shortlist {
        if index.tree.root().and_then(|root| hold(&self.gates, index, root)) == Some(false) {
            return Shortlist::NOBODY;
        }
        let collection = match index.standing(self.path) {
            Standing::Nothing => return Shortlist::NOBODY,
            Standing::Unclear => return Shortlist::Open,
            Standing::At(collection) => collection,
        };
        let is_itself =
            self.members == Members::Elements && !matches!(index.tree.node(collection), Node::List(_));
        let Some(members) = index.members(collection).filter(|_| !is_itself) else { return Shortlist::Open };
        let left = match self.group.map(|group| index.group(group, collection)) {
            Some(Grouped { members, are_certain }) => {
                let glances = &self.glances[usize::from(*are_certain)..];
                members.iter().copied().filter(|member| self.is_left(glances, index, *member)).collect()
            }
            None => members.filter(|member| self.is_left(&self.glances, index, *member)).collect(),
        };
        Shortlist::Among(left)
    }

    /// Whether there may be something to say of a member, of which these glances are still to be asked.
    fn is_left(&self, glances: &[Glance<'_>], index: &Index<'_>, member: NodeId) -> bool {
        let Some(member) = index.tree.if_present(member) else { return true };
        let mut is_certain = self.is_all;
        for glance in glances {
            match glance.says(index, member) {
                Some(true) => {}
                Some(false) => return false,
                None => is_certain = false,
            }
        }
        // A filter that takes more than a look may be an error.
        !(is_certain && self.cannot_fail(index, member))
    }

    /// The values that decide that the filters keep a member, if a look tells that they do.
    pub(super) fn grounds(&self, index: &Index<'_>, member: NodeId) -> Option<Grounds> {
        if !self.is_all {
            return None;
        }
        let mut grounds = Grounds::new();
        for glance in &self.glances {
            glance.holds(index, member, &mut grounds).filter(|holds| *holds)?;
        }
        Some(grounds)
    }

    /// Whether nothing that is asked of a member can fail.
    fn cannot_fail(&self, index: &Index<'_>, member: NodeId) -> bool {
        let cannot_fail = |statement: &Forecast<'_>| statement.cannot_fail(index, member);
        self.body.as_ref().is_some_and(|body| body.iter().all(cannot_fail))
    }
}

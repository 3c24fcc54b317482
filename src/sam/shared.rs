//! What is made once for several resources takes over what they say alike: a condition, the policies of its life.

use crate::names::Name;
use crate::template::{NameMap, ValueId};

use super::Expansion;

/// The attributes that are taken over, each with its values from the one that wins to the one that yields.
pub(super) type Orders = &'static [(&'static str, &'static [&'static str])];

/// The conditions of several resources, each once; none where one of them always exists.
pub(super) fn common_conditions(conditions: impl IntoIterator<Item = Option<Name>>) -> Option<Vec<Name>> {
    let mut common = Vec::new();
    for condition in conditions {
        let condition = condition?;
        if !common.contains(&condition) {
            common.push(condition);
        }
    }
    Some(common)
}

impl Expansion<'_> {
    /// The attributes that win; where an order names none of the values, none, or the first if `keeps_first`.
    pub(super) fn common_attributes(
        &self,
        all: &[&NameMap<ValueId>],
        orders: Orders,
        keeps_first: bool,
    ) -> NameMap<ValueId> {
        let mut attributes = NameMap::default();
        for (attribute, order) in orders {
            let attribute = self.name(attribute);
            let written = || all.iter().filter_map(|one| one.get(&attribute).copied());
            let wins = order
                .iter()
                .find_map(|policy| written().find(|value| self.scalar(Some(*value)) == Some(policy)));
            if let Some(value) = wins.or_else(|| written().next().filter(|_| keeps_first)) {
                attributes.insert(attribute, value);
            }
        }
        attributes
    }
}

//! What a run takes for granted, as rules see it: `Graph.Limits` and `Graph.Runtimes`.

use crate::date::Date;
use crate::facts::{self, Limits, Runtime};
use crate::guard::{Node, NodeId};

use super::Sight;
use super::lower::Lowering;
use super::section::TOP;

/// The facts, with the quotas that the account has had raised.
pub(super) fn limits(lowering: &mut Lowering<'_>, limits: &Limits) -> NodeId {
    let entries = facts::all().iter();
    let entries = entries.map(|fact| {
        let number = Node::Int(limits.of(fact));
        (fact.key, lowering.add(number, Sight::construct(TOP)))
    });
    let entries = entries.collect();
    lowering.map(entries, TOP)
}

/// Those of Lambda's runtimes that the template, or anything in it, may name.
pub(super) fn runtimes(lowering: &mut Lowering<'_>, as_of: Date) -> NodeId {
    let names = &lowering.resolver().template().names;
    let is_named = |runtime: &&Runtime| names.find(runtime.id).is_some();
    // All are found before the first is lowered: a runtime names its family's newest.
    let runtimes: Vec<&Runtime> = facts::runtimes().iter().filter(is_named).collect();
    let entries = runtimes.into_iter().map(|runtime| {
        let facts = [
            ("Id", runtime.id),
            ("Family", runtime.family),
            ("Newest", runtime.newest),
            ("Phase", runtime.phase(as_of).as_str()),
            ("Deprecated", &runtime.deprecated.to_string()),
            ("CreateBlocked", &runtime.blocks_create.to_string()),
            ("UpdateBlocked", &runtime.blocks_update.to_string()),
        ];
        let facts = facts.map(|(key, text)| (key, lowering.text(text, TOP)));
        (runtime.id, lowering.map(facts.to_vec(), TOP))
    });
    let entries = entries.collect();
    lowering.map(entries, TOP)
}

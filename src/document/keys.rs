//! The keys of one mapping: which of them stand twice, which merge another mapping in, and which are no keys.

use std::collections::HashSet;

use smallvec::SmallVec;

use super::tape::{Form, Tape};
use super::{DuplicateKey, Entry, NodeId, SyntaxError};

/// The entries of a mapping that are not just its children in pairs.
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    pub(super) duplicates: Vec<DuplicateKey>,
    pub(super) errors: Vec<SyntaxError>,
}

/// Looks at a closed mapping. `None` means that its children, pair by pair, are its entries.
pub(super) fn listing(tape: &Tape, mapping: NodeId) -> Option<Listing> {
    let mut own: SmallVec<[(&str, Entry); 16]> = SmallVec::new();
    let mut merges: SmallVec<[Entry; 1]> = SmallVec::new();
    let mut errors = Vec::new();
    for entry in tape.pairs(mapping) {
        if is_merge(tape, entry.key) {
            merges.push(entry);
        } else if let Some(text) = tape.scalar_text(entry.key) {
            own.push((text, entry));
        } else {
            errors.push(not_a_key(tape, entry.key));
        }
    }
    // Sorting has no worst case that a hostile file could aim at; a hash with a fixed seed has one.
    own.sort_unstable_by_key(|(text, entry)| (*text, entry.key));
    let duplicates = duplicates(tape, &own);
    if merges.is_empty() && duplicates.is_empty() && errors.is_empty() {
        return None;
    }

    own.dedup_by(|later, kept| {
        let is_same = later.0 == kept.0;
        if is_same {
            kept.1 = later.1;
        }
        is_same
    });
    let mut entries: Vec<Entry> = own.iter().map(|(_, entry)| *entry).collect();
    entries.sort_unstable_by_key(|entry| entry.key);
    if !merges.is_empty() {
        let mut taken: HashSet<&str> = own.iter().map(|(text, _)| *text).collect();
        for merge in merges {
            let Some(sources) = merge_sources(tape, merge.value) else {
                errors.push(not_to_be_merged(tape, merge.value));
                continue;
            };
            for entry in sources.into_iter().flat_map(|source| tape.entries(source)) {
                if tape.scalar_text(entry.key).is_some_and(|text| taken.insert(text)) {
                    entries.push(entry);
                }
            }
        }
    }
    Some(Listing { entries, duplicates, errors })
}

/// A quoted `<<` is a key like any other, as is JSON's, where every key is quoted.
fn is_merge(tape: &Tape, key: NodeId) -> bool {
    matches!(tape.written(key).form, Form::Scalar { is_plain: true, .. })
        && tape.scalar_text(key) == Some("<<")
}

/// The mappings that a merge key's value names, in their order; `None` if something else is among them. A broken alias
/// is an error already, and names none.
fn merge_sources(tape: &Tape, value: NodeId) -> Option<Vec<NodeId>> {
    let is_mapping = |node: &NodeId| {
        tape.resolved(*node).is_some_and(|node| matches!(tape.written(node).form, Form::Mapping { .. }))
    };
    if is_mapping(&value) {
        return Some(vec![value]);
    }
    let Some(sequence) = tape.resolved(value) else { return Some(Vec::new()) };
    let Form::Sequence { .. } = tape.written(sequence).form else { return None };
    let sources: Vec<NodeId> = tape.items(sequence).collect();
    sources.iter().all(is_mapping).then_some(sources)
}

/// Each key of the own ones that equals the one before, with the first of its name.
fn duplicates(tape: &Tape, own: &[(&str, Entry)]) -> Vec<DuplicateKey> {
    let mut duplicates = Vec::new();
    for same in own.chunk_by(|a, b| a.0 == b.0) {
        let span = |(_, entry): &(&str, Entry)| tape.written(entry.key).span;
        duplicates
            .extend(same[1..].iter().map(|again| DuplicateKey { first: span(&same[0]), again: span(again) }));
    }
    duplicates
}

fn not_to_be_merged(tape: &Tape, value: NodeId) -> SyntaxError {
    SyntaxError {
        span: tape.written(value).span,
        message: "Merge key `<<` has a value that is no mapping".to_owned(),
        help: Some("Give it an alias to a mapping, or a list of such aliases".to_owned()),
    }
}

fn not_a_key(tape: &Tape, key: NodeId) -> SyntaxError {
    let span = tape.written(key).span;
    let help = if tape.text[..span.start as usize].ends_with('{') && tape.text[span.range()].starts_with('{')
    {
        "Quote the whole value if `{{` is meant as text"
    } else {
        "Write the key as text; CloudFormation knows no other keys"
    };
    SyntaxError {
        span,
        message: "Key of a mapping is not a text but a list, a mapping or an unknown alias".to_owned(),
        help: Some(help.to_owned()),
    }
}

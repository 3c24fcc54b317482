//! What fills the placeholders of a definition (`${Name}`): `DefinitionSubstitutions`.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use crate::names::{Name, Names};
use crate::template::{Alt, Resolver, TextPart, Unknown, Val, ValueId};

/// The bound on the text that fills the placeholders of one machine, in bytes: a definition of more than 1 MB is
/// none that Step Functions takes.
const MOST_TEXT: usize = 1 << 20;

/// The substitutions of one machine, each resolved once.
pub(super) struct Substitutions {
    values: FxHashMap<Name, Substitution>,
    /// How much text may still be filled in.
    left: Cell<usize>,
}

struct Substitution {
    val: Val,
    /// How much text it is.
    size: usize,
}

impl Substitutions {
    /// The substitutions that a map of the template holds.
    pub(super) fn read(resolver: Resolver<'_>, map: Option<ValueId>) -> Self {
        let template = resolver.template();
        let entries = map.map_or(&[][..], |map| template.values.entries(map));
        let values = entries.iter().map(|entry| {
            let val = resolver.resolve(entry.value);
            let size = size(&template.names, &val);
            (entry.key, Substitution { val, size })
        });
        Self { values: values.collect(), left: Cell::new(MOST_TEXT) }
    }

    /// What a name stands for; past the bound it is not known. `None` if nothing says what it stands for.
    pub(super) fn fill(&self, name: Name) -> Option<Val> {
        let Substitution { val, size } = self.values.get(&name)?;
        let left = self.left.get().checked_sub(*size);
        self.left.set(left.unwrap_or(0));
        Some(left.map_or_else(|| Val::always(Alt::Unknown(Unknown::TooMany)), |_| val.clone()))
    }
}

/// How much text a value is: the bytes that are known, and one for everything else.
fn size(names: &Names, val: &Val) -> usize {
    let size_of_part = |part: &TextPart| match part {
        TextPart::Known(text) => names.text(*text).len(),
        TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => 1,
    };
    let size_of = |alt: &Alt| match alt {
        Alt::Scalar { text, .. } => names.text(*text).len(),
        Alt::Text(parts) => parts.iter().map(size_of_part).sum(),
        Alt::OneOf { values, .. } => values.len(),
        Alt::Absent { .. } | Alt::List(_) | Alt::Map(_) | Alt::Resource { .. } | Alt::Unknown(_) => 1,
    };
    val.alternatives.iter().map(|(_, alt)| size_of(alt)).sum()
}

/// A piece of a text with placeholders.
pub(super) enum Piece<'a> {
    /// Text between them.
    Text(&'a str),
    /// `${Name}`.
    Placeholder(&'a str),
    /// What the template itself puts there.
    Part(TextPart),
}

/// Takes a text apart at its placeholders.
pub(super) fn split<'a>(text: &'a str, pieces: &mut Vec<Piece<'a>>) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Placeholder(name));
        rest = tail;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest));
    }
}

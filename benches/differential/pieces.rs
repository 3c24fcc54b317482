//! A text made of pieces that know which of them may be left out, so that a case can be made smaller and stays in
//! the language.

/// A part of a generated text.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// As it stands.
    Text(String),
    /// One after the other; none may go.
    Whole(Vec<Piece>),
    /// May go.
    Optional(Box<Piece>),
    /// May be replaced by something simpler.
    Simpler(Box<Piece>, Box<Piece>),
    /// Members of which so many must stay, with a text between them.
    Several {
        /// The members.
        members: Vec<Piece>,
        /// What stands between two.
        between: &'static str,
        /// How many must stay.
        least: usize,
    },
}

/// A text that stays as it is.
pub(crate) fn text(text: impl Into<String>) -> Piece {
    Piece::Text(text.into())
}

/// A piece that may go.
pub(crate) fn optional(piece: Piece) -> Piece {
    Piece::Optional(Box::new(piece))
}

/// A piece that may become a simpler one.
pub(crate) fn simpler(piece: Piece, than: Piece) -> Piece {
    Piece::Simpler(Box::new(piece), Box::new(than))
}

/// Members of which `least` must stay.
pub(crate) fn several(members: Vec<Piece>, between: &'static str, least: usize) -> Piece {
    Piece::Several { members, between, least }
}

impl Piece {
    /// The text.
    pub(crate) fn written(&self) -> String {
        let mut written = String::new();
        self.write(&mut written);
        written
    }

    fn write(&self, into: &mut String) {
        match self {
            Self::Text(text) => into.push_str(text),
            Self::Whole(parts) => parts.iter().for_each(|part| part.write(into)),
            Self::Optional(part) | Self::Simpler(part, _) => part.write(into),
            Self::Several { members, between, .. } => {
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        into.push_str(between);
                    }
                    member.write(into);
                }
            }
        }
    }

    /// The same with one thing less, in every way: large cuts come first.
    pub(crate) fn smaller(&self) -> Vec<Piece> {
        match self {
            Self::Text(_) => Vec::new(),
            Self::Whole(parts) => within(parts).map(Self::Whole).collect(),
            Self::Optional(part) => {
                let inner = part.smaller().into_iter().map(optional);
                std::iter::once(Self::Whole(Vec::new())).chain(inner).collect()
            }
            Self::Simpler(part, than) => {
                let inner = part.smaller().into_iter().map(|part| simpler(part, (**than).clone()));
                std::iter::once((**than).clone()).chain(inner).collect()
            }
            Self::Several { members, between, least } => {
                let of = |members| Self::Several { members, between, least: *least };
                let mut smaller = Vec::new();
                if members.len() > *least {
                    for index in 0..members.len() {
                        let mut rest = members.clone();
                        rest.remove(index);
                        smaller.push(of(rest));
                    }
                }
                smaller.extend(within(members).map(of));
                smaller
            }
        }
    }
}

/// The parts with one of them made smaller, in every way.
fn within(parts: &[Piece]) -> impl Iterator<Item = Vec<Piece>> + '_ {
    parts.iter().enumerate().flat_map(move |(index, part)| {
        part.smaller().into_iter().map(move |smaller| {
            let mut changed = parts.to_vec();
            changed[index] = smaller;
            changed
        })
    })
}

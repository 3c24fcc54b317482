//! Names are the strings of one template, each kept once, so that the stages compare and copy four bytes.

use std::fmt;

use elsa::FrozenIndexSet;
use rustc_hash::FxBuildHasher;

/// One interned string: a key, a logical id, a scalar's text. Equal names of one [`Names`] are equal texts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The strings of one template. It grows behind a shared reference: a stage that computes a new text
/// (a joined ARN, a generated logical id) needs no more than `&Names`.
#[derive(Default)]
pub struct Names {
    texts: FrozenIndexSet<Box<str>, FxBuildHasher>,
}

impl Names {
    /// The name of `text`, which is kept if it is new.
    pub fn intern(&self, text: &str) -> Name {
        if let Some((index, _)) = self.texts.get_full(text) {
            return Name(index as u32);
        }
        Name(self.texts.insert_full(text.into()).0 as u32)
    }

    /// The name of `text` if it has been seen; a key that no one wrote cannot match anything.
    pub fn find(&self, text: &str) -> Option<Name> {
        self.texts.get_full(text).map(|(index, _)| Name(index as u32))
    }

    /// The text of a name that this collection gave out.
    ///
    /// # Panics
    ///
    /// For a name of another collection.
    pub fn text(&self, name: Name) -> &str {
        self.texts.get_index(name.0 as usize).expect("a name is made by the collection it is asked of")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_name() {
        let names = Names::default();
        let a = names.intern("Resources");
        assert_eq!(a, names.intern("Resources"));
        assert_ne!(a, names.intern("Outputs"));
        assert_eq!(names.text(a), "Resources");
        assert_eq!(names.find("Nowhere"), None);
    }
}

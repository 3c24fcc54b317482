//! The logical ids of what the transform makes. They are exact, since templates refer to them.

use sha1::{Digest, Sha1};

use crate::names::Name;
use crate::template::ValueId;

use super::Expansion;

impl Expansion<'_> {
    /// The name of a text.
    pub(super) fn name(&self, text: &str) -> Name {
        self.template.names.intern(text)
    }

    /// The text of a name.
    pub(super) fn text_of(&self, name: Name) -> &str {
        self.template.names.text(name)
    }

    /// `<base><suffix>`, both given as texts.
    pub(super) fn id(&self, parts: &[&str]) -> Name {
        self.name(&parts.concat())
    }

    /// `<base><suffix>`.
    pub(super) fn id_after(&self, base: Name, suffix: &str) -> Name {
        self.id(&[self.text_of(base), suffix])
    }

    /// `<base><kind><suffix>` for an alphanumeric suffix, ten digits in its place for another, nothing for none.
    pub(super) fn suffixed(&self, base: Name, kind: &str, suffix: &str) -> Name {
        let base = self.text_of(base);
        if suffix.chars().all(char::is_alphanumeric) {
            self.id(&[base, kind, suffix])
        } else {
            self.id(&[base, kind, &ten_digits(suffix)])
        }
    }

    /// `<base><kind><ten digits>` where the transform hashes what only packaging decides: the digits are
    /// stable, but not the transform's.
    pub(super) fn hashed(&self, base: Name, kind: &str) -> Name {
        let base = self.text_of(base);
        self.id(&[base, kind, &ten_digits(base)])
    }

    /// `<function>Alias<name>`: an id has no room for the hyphens and underscores of an alias's name.
    pub(super) fn alias_id(&self, function: Name, alias: &str) -> Name {
        let alias = alias.replace('-', "D").replace('_', "U");
        self.id(&[self.text_of(function), "Alias", &alias])
    }

    /// `<A>Stage` with the suffix of its name; an intrinsic adds nothing, since an API has one stage.
    pub(super) fn stage_id(&self, api: Name, stage_name: ValueId) -> Name {
        match self.stage_name(Some(stage_name)) {
            // An alphanumeric name stands before `Stage`, a digest after it.
            Some(name) if name.chars().all(char::is_alphanumeric) => {
                self.id(&[self.text_of(api), name, "Stage"])
            }
            Some(name) => self.suffixed(api, "Stage", name),
            None => self.id_after(api, "Stage"),
        }
    }

    /// A stage's name as ids have it: the language extensions, which run first, put in what is known of it.
    pub(super) fn stage_name(&self, stage_name: Option<ValueId>) -> Option<&str> {
        let name = if self.has_language_extensions() {
            self.name(&self.template.known_text(stage_name?)?)
        } else {
            self.template.values.text(stage_name?)?
        };
        Some(self.text_of(name))
    }

    /// Whether the language extensions run first and put in what parameters say.
    pub(super) fn has_language_extensions(&self) -> bool {
        self.template.transforms.iter().any(|transform| self.text_of(*transform) == "AWS::LanguageExtensions")
    }
}

/// The first ten hex digits of the SHA-1 of a text: what the transform puts where an id needs a suffix. Users
/// write such ids by hand, so they have to be the same.
pub(super) fn ten_digits(text: &str) -> String {
    let mut digits = format!("{:x}", Sha1::digest(text));
    digits.truncate(10);
    digits
}

#[cfg(test)]
mod tests {
    use super::ten_digits;

    #[test]
    fn the_digits_are_those_of_the_transform() {
        assert_eq!(ten_digits("example.com"), "0caaf24ab1");
        assert_eq!(ten_digits("v1-beta"), "2817521297");
        assert_eq!(ten_digits(r#"{"Ref":"X"}"#), "f07d98631e");
    }
}

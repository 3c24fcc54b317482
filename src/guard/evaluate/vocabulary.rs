//! What the rules have in common that are asked of the same documents: texts, paths, and members without which a rule has
//! nothing to say.

use std::cell::OnceCell;
use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::guard::tree::NodeId;
use crate::names::{Name, Names};

/// The texts of several rules files, each once, and what the rules need: what one of them has looked up in a document, it
/// has for all.
#[derive(Default)]
pub struct Vocabulary<'r> {
    words: IndexSet<&'r str, FxBuildHasher>,
    paths: IndexSet<Box<[Word]>, FxBuildHasher>,
    needs: IndexSet<Member, FxBuildHasher>,
    /// Where members are needed, and under which key they have a text.
    lists: IndexSet<(Path, Word), FxBuildHasher>,
}

/// A text of a [`Vocabulary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Word(u32);

/// Keys that lead somewhere from a document, in a [`Vocabulary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Path(u32);

/// A member of a list or map without which some rule has nothing to say, in a [`Vocabulary`].
#[derive(Clone, Copy, Debug)]
pub struct Need(u32);

/// A member of the list or map at the end of a path that has a text under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Member {
    pub(super) path: Path,
    pub(super) key: Word,
    pub(super) text: Word,
}

/// What stands at the end of a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing {
    Nothing,
    /// A list or map.
    Collection(NodeId),
    /// It depends on the scenario, or is something else.
    Other,
}

/// What a vocabulary is in one document, each part of it looked up when it is first needed.
pub(super) struct Dictionary<'v> {
    vocabulary: Arc<Vocabulary<'v>>,
    words: Box<[OnceCell<Option<Name>>]>,
    paths: Box<[OnceCell<Standing>]>,
    /// Whether there may be a member, for each that is needed.
    needs: OnceCell<Box<[bool]>>,
}

impl<'r> Vocabulary<'r> {
    pub(super) fn word(&mut self, text: &'r str) -> Word {
        Word(self.words.insert_full(text).0 as u32)
    }

    pub(super) fn path(&mut self, keys: impl Iterator<Item = Word>) -> Path {
        Path(self.paths.insert_full(keys.collect()).0 as u32)
    }

    pub(super) fn need(&mut self, member: Member) -> Need {
        self.lists.insert((member.path, member.key));
        Need(self.needs.insert_full(member).0 as u32)
    }

    /// Whether each of the members that are needed is there: `texts` gives what some member of a list has under a key;
    /// `None` where that is not known of all of them.
    pub(super) fn met<'t>(&self, texts: impl Fn(Path, Word) -> Option<Vec<&'t str>>) -> Box<[bool]> {
        let mut are_met = vec![false; self.needs.len()];
        for &(path, key) in &self.lists {
            match texts(path, key) {
                Some(texts) => {
                    let words = texts.into_iter().filter_map(|text| self.words.get_index_of(text));
                    let member = |word| Member { path, key, text: Word(word as u32) };
                    for need in words.filter_map(|word| self.needs.get_index_of(&member(word))) {
                        are_met[need] = true;
                    }
                }
                None => {
                    for (need, member) in self.needs.iter().enumerate() {
                        are_met[need] |= (member.path, member.key) == (path, key);
                    }
                }
            }
        }
        are_met.into()
    }
}

impl<'v> Dictionary<'v> {
    pub(super) fn of(vocabulary: Arc<Vocabulary<'v>>) -> Self {
        Self {
            words: vec![OnceCell::new(); vocabulary.words.len()].into(),
            paths: vec![OnceCell::new(); vocabulary.paths.len()].into(),
            needs: OnceCell::new(),
            vocabulary,
        }
    }

    /// The name of a word, if it is one of these.
    pub(super) fn name(&self, word: Word, names: &Names) -> Option<Name> {
        let find = || names.find(self.vocabulary.words[word.0 as usize]);
        *self.words[word.0 as usize].get_or_init(find)
    }

    /// What stands at the end of a path; `look` is given its keys and finds out.
    pub(super) fn standing(&self, path: Path, look: impl FnOnce(&[Word]) -> Standing) -> Standing {
        *self.paths[path.0 as usize].get_or_init(|| look(&self.vocabulary.paths[path.0 as usize]))
    }

    /// Whether there may be a member that is needed; `texts` is what [`Vocabulary::met`] asks for.
    pub(super) fn may_have<'t>(
        &self,
        need: Need,
        texts: impl Fn(Path, Word) -> Option<Vec<&'t str>>,
    ) -> bool {
        self.needs.get_or_init(|| self.vocabulary.met(texts))[need.0 as usize]
    }
}

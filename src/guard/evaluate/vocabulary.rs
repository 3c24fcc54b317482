//! What the rules have in common that are asked of the same documents: texts, paths, members without which a rule has
//! nothing to say, the groups of members that many rules begin with, and what is asked of a document itself.

use std::cell::OnceCell;
use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use crate::guard::tree::NodeId;
use crate::names::{Name, Names};

/// The texts of several rules files, each once, and what the rules need and ask: what one of them has looked up in a
/// document, it has for all.
#[derive(Default)]
pub struct Vocabulary<'r> {
    words: IndexSet<&'r str, FxBuildHasher>,
    paths: IndexSet<Box<[Word]>, FxBuildHasher>,
    needs: IndexSet<Member, FxBuildHasher>,
    /// Where members are needed, and under which key they have a text.
    lists: IndexSet<(Path, Word), FxBuildHasher>,
    /// Members that several rules begin with.
    groups: IndexSet<(Path, Word, Box<[Word]>), FxBuildHasher>,
    /// How many questions are asked of each document.
    questions: u32,
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

/// The members of the list or map at the end of a path that have one of some texts under a key, in a [`Vocabulary`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Group(u32);

/// Who belongs to a [`Group`] in a document: all that may, in order, and whether all of them certainly do.
#[derive(Clone)]
pub(super) struct Grouped {
    pub(super) members: Box<[NodeId]>,
    pub(super) are_certain: bool,
}

/// Something that is asked of each document once, in a [`Vocabulary`]; each clause that asks it has one of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question(u32);

/// Values that a look has read.
pub(super) type Grounds = SmallVec<[NodeId; 4]>;

/// What the answer to a [`Question`] is, and the values that tell it; `None` where it takes more than a look.
pub(super) type Answer = Option<(bool, Grounds)>;

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
    /// A value.
    At(NodeId),
    /// What that is depends on the scenario or is not seen, or there is something on the way that has no keys.
    Unclear,
}

/// What a vocabulary is in one document, each part of it looked up when it is first needed.
pub(super) struct Dictionary<'v> {
    vocabulary: Arc<Vocabulary<'v>>,
    words: Box<[OnceCell<Option<Name>>]>,
    paths: Box<[OnceCell<Standing>]>,
    /// Whether there may be a member, for each that is needed.
    needs: OnceCell<Box<[bool]>>,
    groups: Box<[OnceCell<Grouped>]>,
    answers: Box<[OnceCell<Answer>]>,
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

    pub(super) fn group(&mut self, path: Path, key: Word, texts: &[Word]) -> Group {
        Group(self.groups.insert_full((path, key, texts.into())).0 as u32)
    }

    pub(super) fn question(&mut self) -> Question {
        self.questions += 1;
        Question(self.questions - 1)
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
            groups: vec![OnceCell::new(); vocabulary.groups.len()].into(),
            answers: vec![OnceCell::new(); vocabulary.questions as usize].into(),
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

    /// Who belongs to a group; `find` is given the key and the texts and finds out.
    pub(super) fn group(&self, group: Group, find: impl FnOnce(Word, &[Word]) -> Grouped) -> &Grouped {
        self.groups[group.0 as usize].get_or_init(|| {
            let (_, key, texts) = &self.vocabulary.groups[group.0 as usize];
            find(*key, texts)
        })
    }

    /// The answer to a question; `find` is asked for it once.
    pub(super) fn answer(&self, question: Question, find: impl FnOnce() -> Answer) -> &Answer {
        self.answers[question.0 as usize].get_or_init(find)
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

//! A run: one evaluation in one scenario, with what it has read and what it has to tell.

use std::cell::Cell;
use std::rc::Rc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::doubts::Doubts;
use super::scope::Frame;
use super::value::Value;
use super::{Evaluator, Failure, Kept, Outcome, RunError, Stop};
use crate::guard::ast::{Dialect, Key, KeyId, Literal, Query, Rules, TextId};
use crate::guard::tree::{Node, Place, Scenario, Tree};

/// Blocks, filters, variables and rules inside one another that are followed.
const DEPTH: usize = 160;

/// Blocks, filters and steps that one evaluation may go into: a few seconds' worth. A rule that joins two lists of four
/// thousand takes most of them.
const STEPS: usize = 20_000_000;

/// Places, each once, in the order in which they were read.
pub(super) type Places = IndexSet<Place, FxBuildHasher>;

/// Which failures a run is to describe.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// None: inside of conditions and filters.
    None,
    /// The first that has something to say.
    First,
    /// All.
    All,
}

/// One evaluation in one scenario.
pub(super) struct Run<'r, 'a> {
    pub(super) evaluator: &'r mut Evaluator<'a>,
    pub(super) scenario: &'r mut dyn Scenario,
    pub(super) frames: Vec<Frame<'a>>,
    /// The innermost scope: an index into `frames`.
    pub(super) scope: usize,
    /// How often the scenario decided something, or a key was captured: what came of it cannot be kept.
    pub(super) asked: usize,
    /// Places of assumed values that were read, handed to the scenario at the end. What a filter turns away takes its places back.
    pub(super) reads: Places,
    /// Places that variables and referenced rules read, which no filter takes back.
    pub(super) shared_reads: Places,
    /// Of what was read, or might have been, what is not known.
    pub(super) doubts: Doubts,
    pub(super) wanted: Wanted,
    /// Where the rule wants its failures to point, if not at the failing values.
    pub(super) points_at: Option<&'a Query>,
    pub(super) failures: Vec<Failure>,
    pub(super) depth: usize,
    /// Blocks, filters and steps that were gone into so far.
    steps: usize,
    /// Whether a pattern ran into its bound on backtracking: there is no answer then.
    pub(super) pattern_gave_up: Cell<bool>,
    /// Rules being evaluated, to notice one that needs itself.
    pub(super) open_rules: Vec<TextId>,
}

impl<'r, 'a> Run<'r, 'a> {
    pub(super) fn new(
        evaluator: &'r mut Evaluator<'a>,
        scenario: &'r mut dyn Scenario,
        wanted: Wanted,
    ) -> Self {
        let frames = std::mem::take(&mut evaluator.frames);
        let mut run = Self {
            evaluator,
            scenario,
            frames,
            scope: 0,
            asked: 0,
            reads: Places::default(),
            shared_reads: Places::default(),
            doubts: Doubts::default(),
            wanted,
            points_at: None,
            failures: Vec::new(),
            depth: 0,
            steps: 0,
            pattern_gave_up: Cell::new(false),
            open_rules: Vec::new(),
        };
        let root = run.evaluator.tree.root().map(|root| run.settled(root));
        // A tree without a root is a document without a value.
        let root = root.flatten().unwrap_or(Value::Literal(&Literal::Null));
        let lets = &run.evaluator.rules.lets;
        run.frames.push(Frame::of_document(root, lets));
        run
    }

    /// Tells the scenario what was read, and what of it is not known.
    pub(super) fn finish(&mut self) {
        for place in self.shared_reads.union(&self.reads) {
            self.scenario.read(*place);
        }
        for place in self.doubts.places() {
            self.scenario.doubt(*place);
        }
        self.frames.clear();
        self.evaluator.frames = std::mem::take(&mut self.frames);
    }

    /// The result of `work`, to be kept if it asked the scenario nothing, and whether it may be.
    pub(super) fn keepable<T: Clone>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<(Kept<T>, bool)> {
        let outer = std::mem::take(&mut self.reads);
        let outer_doubts = std::mem::take(&mut self.doubts);
        let asked = self.asked;
        let result = work(self);
        let reads = std::mem::replace(&mut self.reads, outer);
        let doubts = std::mem::replace(&mut self.doubts, outer_doubts);
        let reads: Rc<[Place]> = reads.into_iter().collect();
        self.shared_reads.extend(reads.iter().copied());
        self.doubts.add_all(&doubts);
        Ok((Kept { value: result?, reads, doubts }, self.asked == asked))
    }

    /// What was kept, with its places read and doubted again.
    pub(super) fn recalled<T: Clone>(&mut self, kept: &Kept<T>) -> T {
        self.shared_reads.extend(kept.reads.iter().copied());
        self.doubts.add_all(&kept.doubts);
        kept.value.clone()
    }

    pub(super) fn rules(&self) -> &'a Rules {
        self.evaluator.rules
    }

    pub(super) fn tree(&self) -> &'a Tree {
        self.evaluator.tree
    }

    pub(super) fn key(&self, key: KeyId) -> &'a Key {
        &self.rules().keys[key.0 as usize]
    }

    /// Whether the first failure settles a conjunction and the rest of it need not be looked at. cfn-guard looks
    /// at all of it, which shows where a later clause is an error.
    pub(super) fn is_hasty(&self) -> bool {
        self.rules().dialect == Dialect::Page && self.wanted != Wanted::All
    }

    /// One level deeper, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= DEPTH {
            return Err(Stop::Broken(RunError::TooDeep));
        }
        self.steps += 1;
        if self.steps > STEPS {
            return Err(Stop::Broken(RunError::TooLong));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// Without describing failures: inside of filters, conditions and references.
    pub(super) fn silently<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let wanted = std::mem::replace(&mut self.wanted, Wanted::None);
        let result = work(self);
        self.wanted = wanted;
        result
    }

    /// Notes that a value was compared, tested or counted, if it rests on an assumption or is not known.
    pub(super) fn read(&mut self, value: Value<'a>) {
        if let Value::Node(node) = value {
            let place = self.tree().place(node);
            if self.tree().is_assumed(place) {
                self.reads.insert(place);
            }
            if let Node::Bounded(_) | Node::Unknown = self.tree().node(node) {
                self.doubt(value);
            }
        }
    }
}

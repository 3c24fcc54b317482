//! Evaluation of rules over a tree. It copies no subtree and interns what it computes; what it cannot know it says.

mod basis;
mod bounded;
mod checks;
mod clauses;
mod compare;
mod doubts;
mod epoch;
mod filters;
mod forecast;
mod functions;
mod glance;
mod index;
mod items;
mod joins;
mod looks;
mod members;
mod operators;
mod queries;
mod render;
mod run;
mod scope;
mod selection;
mod shortlist;
mod status;
mod subject;
mod survey;
mod value;
mod variables;
mod vocabulary;

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

pub use index::Index;
pub use render::{Anchor, Rendered, RenderedPiece};
pub use shortlist::Shortlist;
pub use status::Status;
pub use subject::{Candidate, Candidates};
pub use survey::{Applies, Survey};
pub use vocabulary::{Need, Vocabulary};

use super::ast::{Key, RuleIndex, Rules, TextId};
use super::traps::Trap;
use super::tree::{GuardId, NodeId, Place, Scenario, Tree};
use crate::names::{Name, Names};
use crate::source::Span;
use doubts::Doubts;
use index::ByText;
use run::{Run, Wanted};
use scope::Frame;
use value::Reached;

/// A failing clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Where the clause stands in the rules file.
    pub clause: Span,
    /// What its message says here.
    pub message: Option<Rendered>,
    /// What it is about.
    pub at: Anchor,
    /// The value that it is about, if it is one and the clause has no message to show it.
    pub seen: Option<String>,
    /// The clauses joined by `or` that it belongs to, by the first of them: they fail together, and the message that
    /// stands behind the last speaks for all.
    pub either: Option<Span>,
    /// By how much two ordered numbers miss each other, in their own unit; 0 for all other failures.
    pub apart: f64,
    /// Why there is no verdict, where the rule itself is broken.
    pub error: Option<RunError>,
}

/// Why a rule could not be evaluated. It fails; the other rules of its file do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// A variable that no scope around the clause has.
    UndefinedVariable(String),
    /// A rule that the file does not have.
    UndefinedRule(String),
    /// A variable or rule that needs itself.
    Cycle(String),
    /// A call with too many or too few arguments.
    WrongArguments(String),
    /// Rules, variables and blocks inside one another beyond the bound.
    TooDeep,
    /// An evaluation that goes on and on.
    TooLong,
    /// A regular expression that tries too many ways to match a value.
    PatternGaveUp,
    /// A variable as a step (`.%name`) whose value is no text.
    NotAKey(String),
    /// A function that cannot work with its arguments.
    Function(String),
    /// A test that a value's type does not allow, where no clause can fail for it (under [`Evaluator::strict`]).
    Unevaluatable,
    /// Something on which cfn-guard itself crashes, under [`Evaluator::strict`]: a filter behind a filter, a failing
    /// test of a literal.
    Crash,
}

impl Failure {
    /// What is wrong, in words for a clause that has no message: `Properties.Encrypted == true` does not hold for
    /// 'Bucket': it is false.
    #[must_use]
    pub fn in_words(&self, rules: &Rules, resource: Option<&str>) -> String {
        let clause = rules.written(self.clause);
        let subject = resource.map_or_else(String::new, |resource| format!(" for '{resource}'"));
        match (&self.error, &self.seen) {
            (Some(error), _) => format!("`{clause}` cannot be evaluated: {error}"),
            (None, Some(seen)) => format!("`{clause}` does not hold{subject}: it is {seen}"),
            (None, None) if self.at.is_missing => {
                format!("`{clause}` does not hold{subject}: there is no such value")
            }
            (None, None) => format!("`{clause}` does not hold{subject}"),
        }
    }
}

impl Failure {
    /// That a rule has no verdict, and why; `above` lines stand above the rules in their file.
    #[must_use]
    pub fn without_verdict(&self, rules: &Rules, rule: RuleIndex, above: usize) -> String {
        let line = rules.position(self.clause).line as usize + above;
        let error = self.error.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("line {line}: rule '{}' cannot be evaluated: {error}", rules.all[rule.0].name)
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UndefinedVariable(name) => {
                write!(f, "no scope around this clause has a variable `%{name}`")
            }
            Self::UndefinedRule(name) => write!(f, "the file has no rule `{name}`"),
            Self::Cycle(name) => write!(f, "`{name}` needs itself"),
            Self::WrongArguments(name) => write!(f, "`{name}` takes another number of arguments"),
            Self::TooDeep => f.write_str("rules, variables and blocks stand too deep inside one another"),
            Self::TooLong => f.write_str("it takes too many steps"),
            Self::PatternGaveUp => f.write_str("a regular expression takes too many steps on a value"),
            Self::NotAKey(name) => write!(f, "`%{name}` stands for a key and is no text"),
            Self::Function(what) => f.write_str(what),
            Self::Unevaluatable => f.write_str("a value has a type that this cannot be asked of"),
            Self::Crash => f.write_str("cfn-guard crashes here"),
        }
    }
}

impl std::error::Error for RunError {}

/// Which of the clauses that fail are to be told: not those joined by `or` to one that has a message, which speaks for
/// them.
pub fn speaks(failures: &[Failure]) -> impl Fn(&Failure) -> bool + use<> {
    let spoken = failures.iter().filter(|failure| failure.message.is_some());
    let spoken: FxHashSet<Span> = spoken.filter_map(|failure| failure.either).collect();
    move |failure| failure.message.is_some() || failure.either.is_none_or(|either| !spoken.contains(&either))
}

/// Why an evaluation stops before it has a status.
#[derive(Debug)]
enum Stop {
    /// A test that the value's type does not allow: the clause fails, or what its `when` guards.
    Unevaluatable,
    /// A broken rule.
    Broken(RunError),
}

type Outcome<T> = Result<T, Stop>;

/// The scenario of a tree without doubts.
pub struct Plain;

impl Scenario for Plain {
    fn holds(&mut self, _guard: GuardId) -> bool {
        true
    }

    fn pick(&mut self, _node: NodeId, _count: usize) -> usize {
        0
    }

    fn read(&mut self, _place: Place) {}

    fn doubt(&mut self, _place: Place) {}
}

/// Rules over a tree. What the rules look up by text is found once; what a `let` of a file or rule gave is kept for
/// later runs if its evaluation asked the scenario nothing.
pub struct Evaluator<'a> {
    survey: Arc<Survey<'a>>,
    rules: &'a Rules,
    tree: &'a Tree,
    names: &'a Names,
    index: Rc<Index<'a>>,
    is_strict: bool,
    /// What `json_parse` has read, by text.
    parsed: Tree,
    parsed_texts: FxHashMap<Name, Option<NodeId>>,
    /// Variables of scopes about the document itself, by scope and index in it.
    kept_lets: FxHashMap<(u32, usize), Kept<Rc<[Reached<'a>]>>>,
    kept_rules: FxHashMap<(TextId, Role), Kept<Status>>,
    /// The values of kept variables by the text under a key.
    joins: FxHashMap<((u32, usize), Name), ByText>,
    /// What values of variables rest on.
    bases: IndexSet<Rc<[Place]>, FxBuildHasher>,
    /// Room for the scopes of the next run.
    frames: Vec<Frame<'a>>,
    /// Keys that queries captured, by the variable that captures them.
    captures: FxHashMap<TextId, Vec<Reached<'a>>>,
    /// Keys that were found under another spelling, with that spelling.
    respelt: FxHashSet<(TextId, TextId)>,
}

/// What an evaluation gave, the places that it read, and those that it knows nothing of.
#[derive(Clone)]
struct Kept<T> {
    value: T,
    reads: Rc<[Place]>,
    doubts: Doubts,
}

/// What a clause is evaluated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Role {
    /// It asserts: what cannot be compared is a failure.
    Assertion,
    /// It decides whether something else applies.
    Gate,
}

impl<'a> Evaluator<'a> {
    /// An evaluator of these rules over this tree, whose texts are in `names`.
    pub fn new(rules: &'a Rules, tree: &'a Tree, names: &'a Names) -> Self {
        let mut vocabulary = Vocabulary::default();
        let survey = Survey::of(rules, &mut vocabulary);
        Self::over(Arc::new(survey), Rc::new(Index::new(tree, names, Arc::new(vocabulary))))
    }

    /// An evaluator of surveyed rules over a tree that evaluators of other rules, of one vocabulary with these, have
    /// looked things up in.
    pub fn over(survey: Arc<Survey<'a>>, index: Rc<Index<'a>>) -> Self {
        Self {
            rules: survey.rules,
            survey,
            tree: index.tree,
            names: index.names,
            index,
            is_strict: false,
            parsed: Tree::default(),
            parsed_texts: FxHashMap::default(),
            kept_lets: FxHashMap::default(),
            kept_rules: FxHashMap::default(),
            joins: FxHashMap::default(),
            bases: IndexSet::default(),
            frames: Vec::new(),
            captures: FxHashMap::default(),
            respelt: FxHashSet::default(),
        }
    }

    /// Keys that the document lacks and that were found under another spelling (`Tag` for `Tags`), which their author
    /// need not have meant; so far.
    #[must_use]
    pub fn respelt(&self) -> Vec<Trap> {
        let trap = |key: &Key| {
            let found = key.spellings.iter().filter(|found| self.respelt.contains(&(key.text, **found)));
            let mut found: Vec<String> =
                found.map(|found| format!("`{}`", self.rules.text(*found))).collect();
            // Several cases may be spelt alike.
            found.dedup();
            let key_text = self.rules.text(key.text);
            (!found.is_empty()).then(|| Trap {
                span: key.span,
                message: format!(
                    "where a document has no `{key_text}`, this finds {}: write the key as documents have it",
                    found.join(" and ")
                ),
            })
        };
        self.rules.keys.iter().filter_map(trap).collect()
    }

    /// The same without our deviations from cfn-guard: a filter behind `[*]` is about the value around it, and a
    /// filter on which cfn-guard crashes is an error.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// The status of a whole rule; what fails is added to `failures`. Rules of a plain file are asked in their
    /// order, since captured keys stay for the rules after.
    pub fn status(
        &mut self,
        rule: RuleIndex,
        scenario: &mut dyn Scenario,
        failures: &mut Vec<Failure>,
    ) -> Status {
        let mut run = Run::new(self, scenario, Wanted::All);
        let status = run.top_rule(rule);
        run.finish();
        failures.append(&mut run.failures);
        status
    }

    /// The status of a rule's `when`; PASS if it has none. A `when` that cannot be evaluated is a failure.
    pub fn gate(
        &mut self,
        rule: RuleIndex,
        scenario: &mut dyn Scenario,
        failure: &mut Option<Failure>,
    ) -> Status {
        if self.rules.all[rule.0].conditions.is_empty() {
            return Status::Pass;
        }
        self.captures.clear();
        let mut run = Run::new(self, scenario, Wanted::First);
        let status = run.top_gate(rule);
        run.finish();
        *failure = run.failures.drain(..).find(|failure| failure.error.is_some());
        status
    }

    fn text_name(&self, text: TextId) -> Option<Name> {
        self.survey.name(text, &self.index)
    }
}

#[cfg(test)]
mod tests;

//! A check is one rule against one view: each subject on its own, so that the conditions of one never
//! multiply with those of another.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::finding::{Finding, Undecided};
use crate::guard::{
    Anchor, Applies, Candidate, Candidates, Evaluator, Failure, Index, Place, Plain, RuleIndex, Scenario,
    Shortlist, Status, speaks,
};
use crate::rule::{Absence, Page, Profile};
use crate::source::Location;
use crate::template::{Guard, Guards, Literal, SetBy, Stack, Template, Through};
use crate::view::{Stated, View};

use super::agenda::Asked;
use super::join::{Placed, Subject, join};
use super::scenario::{Explored, Fired, explore};
use super::undecided::Ledger;
use super::wording::Wording;

/// What is checked.
#[derive(Clone, Copy)]
pub(crate) struct Checking<'a> {
    /// The expanded template.
    pub(crate) template: &'a Template,
    /// The view of it.
    pub(crate) view: &'a View,
    /// What was looked up in the view's tree so far.
    pub(crate) index: &'a Rc<Index<'a>>,
    /// The profile of the run: grades that need a stricter one stay silent.
    pub(crate) profile: Profile,
    /// Whether the template lies in a folder of tests or stubs; asked only where it matters.
    pub(crate) is_of_tests: &'a dyn Fn() -> bool,
    /// Whether what a page says of a place is not to be heard: it is left out of what is said of many at once.
    pub(crate) is_hidden: &'a dyn Fn(Location, &Page) -> bool,
    /// Whether what a page says of a place was known before the run, and what it says of others not: it is told of alone.
    pub(crate) is_known: &'a dyn Fn(Location, &Page) -> bool,
    /// The keys that lead to a place: `Resources`, `OrdersQueue`, `Properties`, `VisibilityTimeout`.
    pub(crate) path_to: &'a dyn Fn(Location) -> Vec<String>,
}

impl Checking<'_> {
    /// The condition in words, `IsProd is false and HasVpc is true`; none for what always holds, or never.
    pub(super) fn condition(&self, when: Guard) -> Option<String> {
        let Template { guards, names, .. } = self.template;
        let is_conditional = when != Guard::ALWAYS && guards.can_hold(&[(when, false)]);
        is_conditional.then(|| guards.words(names, (when, true)))
    }

    /// A label, with the condition under which it is true.
    pub(super) fn in_its_case(&self, label: String, when: Guard) -> String {
        match self.condition(when) {
            Some(condition) => format!("{label} (when {condition})"),
            None => label,
        }
    }
}

/// What a page says of a template, and what it cannot say.
#[derive(Default)]
pub(crate) struct Said {
    /// The findings.
    pub(crate) findings: Vec<Finding>,
    /// The subjects of which it is not known what to say.
    pub(crate) undecided: Vec<Undecided>,
    /// Whether it was asked with all of its grades and nothing of what it said was left out: where it is silent then,
    /// there is nothing.
    pub(crate) is_whole: bool,
}

/// The findings of a page, in the order of its rules and of the template. What a page misses in a part of a template,
/// which another file may have, is undecided.
///
/// # Errors
///
/// A rule of the page cannot be evaluated: it asks for a variable that is not there, or needs itself.
pub(crate) fn check<'a>(checking: Checking<'a>, asked: &Asked<'a>) -> Result<Said, String> {
    let Asked { page, survey, graded } = asked;
    let mut evaluator = None;
    let mut findings = Vec::new();
    let mut ledger = Ledger::default();
    let mut is_whole = true;
    for (at, grade) in graded {
        let at = *at;
        if grade.profile > checking.profile {
            is_whole = false;
            continue;
        }
        let applies = survey.applies(at, checking.index);
        if applies == Applies::Never && !cfg!(debug_assertions) {
            continue;
        }
        let before = findings.len();
        let mut of_rule = Ledger::default();
        let wording = Wording { checking, page, severity: grade.severity };
        for item in 0..survey.number_of_items(at) {
            let shortlist = survey.shortlist(at, item, checking.index);
            if shortlist.is_empty() && !cfg!(debug_assertions) {
                continue;
            }
            let evaluator = evaluator
                .get_or_insert_with(|| Evaluator::over(Arc::clone(survey), Rc::clone(checking.index)));
            if cfg!(debug_assertions) {
                let guards = &checking.template.guards;
                let misses_some = misses_some(guards, evaluator, (at, item), &shortlist);
                assert!(!misses_some, "{}: a look has misled", page.id);
            }
            let ledger = &mut of_rule;
            let mut subjects =
                Subjects { checking, evaluator, rule: at, applies, item, ledger, broken: None };
            subjects.check(shortlist, wording, &mut findings);
            if let Some(broken) = subjects.broken {
                if checking.template.stacks().all(|stack| may_be_elsewhere(page, stack)) {
                    return Ok(Said::default());
                }
                return Err(broken.without_verdict(survey.rules(), at, page.logic_line()));
            }
        }
        let has_said = findings.len() > before || !of_rule.is_empty();
        if grade.is_for_applications && has_said && (checking.is_of_tests)() {
            findings.truncate(before);
            is_whole = false;
        } else {
            ledger.add(of_rule);
        }
    }
    let is_silent = findings.is_empty() && ledger.is_empty();
    // Only a debug build asks pages that are not concerned.
    if cfg!(debug_assertions) && !asked.may_concern(checking.index) {
        assert!(is_silent, "{}: what it needs is not all that it speaks of", page.id);
        is_whole = true;
    }
    if is_silent {
        return Ok(Said { is_whole, ..Said::default() });
    }
    findings.retain(|placed| {
        let file = placed.finding.primary.location.file;
        !may_be_elsewhere(page, checking.template.stack_at(file))
    });
    Ok(Said {
        findings: join(checking, page, findings),
        undecided: ledger.undecided(checking, page),
        is_whole,
    })
}

/// Whether a shortlist leaves somebody out of whom the item has something to say in some scenario.
fn misses_some(
    guards: &Guards,
    evaluator: &mut Evaluator<'_>,
    (rule, item): (RuleIndex, usize),
    shortlist: &Shortlist,
) -> bool {
    let mut candidates = |shortlist| match evaluator.candidates(rule, item, shortlist, &mut Plain) {
        Candidates::Each(candidates) | Candidates::Gathered(candidates) => candidates,
        Candidates::Whole => Vec::new(),
    };
    let few = candidates(shortlist.clone());
    let all = candidates(Shortlist::Open);
    let mut others = all.iter().filter(|candidate| !few.contains(candidate));
    others.any(|other| {
        let mut judge = |scenario: &mut dyn Scenario| {
            let mut failure = None;
            let status = evaluator.judge(rule, item, Some(other), scenario, &mut failure);
            (status, failure)
        };
        let Explored { fired, open, is_cut_off } = explore(guards, &mut judge);
        // A broken clause is met only where no other settles the matter.
        fired.iter().any(|fired| fired.failure.error.is_none()) || !open.is_empty() || is_cut_off
    })
}

/// Whether what a page misses in a stack may stand in another file.
pub(crate) fn may_be_elsewhere(page: &Page, stack: &Stack) -> bool {
    page.absence == Absence::Elsewhere && stack.is_fragment()
}

/// Places of one clause in a template with conditions that are judged for themselves.
const MOST_PLACES: usize = 200;

/// One item of a rule, to be asked about each of its subjects.
struct Subjects<'a, 'e> {
    checking: Checking<'a>,
    evaluator: &'e mut Evaluator<'a>,
    rule: RuleIndex,
    /// What a look tells of whether the rule applies.
    applies: Applies,
    item: usize,
    /// What came of each subject.
    ledger: &'e mut Ledger,
    /// Why the rule cannot be evaluated.
    broken: Option<Failure>,
}

impl Subjects<'_, '_> {
    fn check(&mut self, shortlist: Shortlist, wording: Wording<'_>, findings: &mut Vec<Placed>) {
        match self.evaluator.candidates(self.rule, self.item, shortlist, &mut Plain) {
            // Whoever writes a page has a word for many members at once (`{#}`), and means one finding.
            Candidates::Gathered(candidates) if wording.page.has_grades() => {
                let members = candidates.iter().map(|candidate| self.judge(Some(candidate)));
                let members = members.filter(|fired| !fired.is_empty());
                // The others are still to be told of; what is hidden has a finding of its own, to be hidden.
                let (hidden, heard): (Vec<Vec<Fired>>, Vec<Vec<Fired>>) =
                    members.partition(|member| wording.is_hidden(member));
                let (known, new): (Vec<Vec<Fired>>, Vec<Vec<Fired>>) =
                    heard.into_iter().partition(|member| wording.is_known(member));
                let alone = hidden.iter().chain(&known).flatten();
                findings.extend(alone.map(|fired| wording.finding(fired, None)));
                findings.extend(wording.gathered(&new, known.is_empty()));
            }
            Candidates::Each(candidates) | Candidates::Gathered(candidates) => {
                for candidate in &candidates {
                    self.check_one(Some(candidate), wording, findings);
                }
            }
            Candidates::Whole if wording.page.has_grades() => self.check_one(None, wording, findings),
            Candidates::Whole => self.check_places(wording, findings),
        }
    }

    /// A clause of a plain file about the whole document: each place at which it fails, for itself.
    fn check_places(&mut self, wording: Wording<'_>, findings: &mut Vec<Placed>) {
        let guards = &self.checking.template.guards;
        let mut cases = 0;
        let mut places: IndexMap<Anchor, Failure, FxBuildHasher> = IndexMap::default();
        let explored = explore(guards, &mut |scenario| {
            cases += 1;
            let (status, failures) = self.run_whole(scenario);
            let speaks = speaks(&failures);
            for failure in failures.iter().filter(|failure| speaks(failure)) {
                places.entry(failure.at).or_insert_with(|| failure.clone());
            }
            (status, failures.into_iter().next())
        });
        self.note_broken(&explored.fired);
        let has_fired = !explored.fired.is_empty();
        self.ledger.note(None, &self.consistent(explored));
        if !has_fired {
            return;
        }
        let Checking { template, view, .. } = self.checking;
        let most = if cases == 1 { places.len() } else { MOST_PLACES };
        for (at, failure) in places.into_iter().take(most) {
            let mut fired = if cases == 1 {
                vec![Fired { claims: Vec::new(), failure, read: Vec::new() }]
            } else {
                let explored = explore(guards, &mut |scenario| {
                    let (status, failures) = self.run_whole(scenario);
                    let speaks = speaks(&failures);
                    let here = failures.into_iter().find(|failure| failure.at == at && speaks(failure));
                    (if here.is_some() { status } else { Status::Skip }, here)
                });
                explored.fired
            };
            // What the clause read elsewhere says nothing of this place.
            for fired in &mut fired {
                fired.read = vec![at.place];
            }
            fired.retain(|fired| is_consistent(template, view, &fired.claims, &fired.read));
            findings.extend(fired.iter().map(|fired| wording.finding(fired, None)));
        }
    }

    fn run_whole(&mut self, scenario: &mut dyn Scenario) -> (Status, Vec<Failure>) {
        let (gate, broken) = self.gate(scenario);
        if gate != Status::Pass {
            return (gate, broken.into_iter().collect());
        }
        let mut failures = Vec::new();
        let status = self.evaluator.judge_whole(self.rule, self.item, scenario, &mut failures);
        (status, failures)
    }

    /// Whether the rule applies: PASS, SKIP or, if nobody knows, UNKNOWN; FAIL where its `when` cannot be evaluated.
    fn gate(&mut self, scenario: &mut dyn Scenario) -> (Status, Option<Failure>) {
        if self.applies == Applies::Always && !cfg!(debug_assertions) {
            return (Status::Pass, None);
        }
        let mut broken = None;
        let status = self.evaluator.gate(self.rule, scenario, &mut broken);
        debug_assert!(
            match self.applies {
                Applies::Always => status == Status::Pass,
                Applies::Never => matches!(status, Status::Fail | Status::Skip),
                Applies::Depends => true,
            },
            "a look at the rule's conditions has misled"
        );
        match (status, &broken) {
            (_, Some(_)) => (Status::Fail, broken),
            (Status::Fail | Status::Skip, None) => (Status::Skip, None),
            (Status::Pass | Status::Unknown, None) => (status, None),
        }
    }

    fn note_broken(&mut self, fired: &[Fired]) {
        let broken =
            || fired.iter().map(|fired| &fired.failure).find(|failure| failure.error.is_some()).cloned();
        self.broken = self.broken.take().or_else(broken);
    }

    fn check_one(&mut self, subject: Option<&Candidate>, wording: Wording<'_>, findings: &mut Vec<Placed>) {
        let about = subject.map(|&Candidate { node, .. }| {
            let at = self.checking.view.sight_of(node).location();
            Subject { node, at }
        });
        findings.extend(self.judge(subject).iter().map(|fired| wording.finding(fired, about)));
    }

    /// The cases in which the item fails for a subject.
    fn judge(&mut self, candidate: Option<&Candidate>) -> Vec<Fired> {
        let guards = &self.checking.template.guards;
        let explored = explore(guards, &mut |scenario| self.run(candidate, scenario));
        let explored = self.consistent(explored);
        self.note_broken(&explored.fired);
        self.ledger.note(candidate.map(|candidate| candidate.node), &explored);
        explored.fired
    }

    /// Without the cases that the defaults which they rest on exclude.
    fn consistent(&self, mut explored: Explored) -> Explored {
        let Checking { template, view, .. } = self.checking;
        explored.fired.retain(|fired| is_consistent(template, view, &fired.claims, &fired.read));
        explored.open.retain(|open| is_consistent(template, view, &open.claims, &open.read));
        explored
    }

    fn run(
        &mut self,
        candidate: Option<&Candidate>,
        scenario: &mut dyn Scenario,
    ) -> (Status, Option<Failure>) {
        let (gate, broken) = self.gate(scenario);
        if !matches!(gate, Status::Pass | Status::Unknown) {
            return (gate, broken);
        }
        let mut failure = None;
        let status = self.evaluator.judge(self.rule, self.item, candidate, scenario, &mut failure);
        match (gate, status) {
            (Status::Unknown, Status::Fail) => (Status::Unknown, None),
            (_, status) => (status, failure),
        }
    }
}

/// Whether the parameters' defaults that were read in a case can be what they are there: in the branch "`Timeout` is
/// not 0" the default of 0 does not stand.
fn is_consistent(template: &Template, view: &View, claimed: &[Literal], read: &[Place]) -> bool {
    let mut claims = claimed.to_vec();
    for place in read {
        if let Stated::Parameter(Through { parameter: name, by: SetBy::Default, .. }) =
            view.sight(*place).stated
        {
            let parameter = template.parameters.get(&name);
            let default = parameter.and_then(|parameter| template.values.text(parameter.default?));
            claims.extend(default.map(|text| (template.guards.equal(name, text), true)));
        }
    }
    claims.len() == claimed.len() || template.guards.can_hold(&claims)
}

//! What was compared, and how it came out.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::process::ExitCode;

use crate::Case;
use crate::answer::Answer;
use crate::known::Known;
use crate::oracle::Oracle;
use crate::shrinking::{shrunk, shrunk_text};

/// So many reasons for errors are told.
const ERRORS: usize = 10;

/// Counts of comparisons.
#[derive(Default)]
pub(crate) struct Tally {
    evaluations: usize,
    agreeing: usize,
    both_errors: usize,
    /// Why cfn-guard gave no verdict where we gave none.
    errors: BTreeMap<String, usize>,
    /// Disagreements that are as they should be, by reason.
    known: BTreeMap<&'static str, usize>,
    /// PASS, FAIL and SKIP of cfn-guard.
    statuses: [usize; 3],
    /// Failing rules whose failing checks name resources, and those of them that name the same ones.
    failing: usize,
    same_resources: usize,
    mutants: usize,
    accepted_mutants: usize,
    disagreeing: Vec<(usize, Case)>,
    other_resources: Vec<(usize, String)>,
    disagreeing_mutants: Vec<(usize, String, bool)>,
}

impl Tally {
    /// Counts the answers to one case.
    pub(crate) fn compare(
        &mut self,
        number: usize,
        ours: &Answer,
        theirs: &Answer,
        case: impl FnOnce() -> Case,
    ) {
        if !ours.agrees(theirs) {
            self.evaluations += 1;
            if let Some(known) = Known::of(ours, theirs) {
                *self.known.entry(known.reason).or_default() += 1;
                return;
            }
            self.disagreeing.push((number, case()));
            return;
        }
        let (Answer::Verdicts(ours), Answer::Verdicts(theirs)) = (ours, theirs) else {
            self.evaluations += 1;
            self.both_errors += 1;
            *self.errors.entry(theirs.to_string()).or_default() += 1;
            return;
        };
        self.evaluations += theirs.len();
        self.agreeing += theirs.len();
        let mut other = None;
        for ((name, our), their) in ours.iter().zip(theirs.values()) {
            for (count, is_one) in self.statuses.iter_mut().zip([their.passes, their.fails > 0, their.skips])
            {
                *count += usize::from(is_one);
            }
            if their.fails > 0 {
                self.failing += 1;
                if our.resources == their.resources {
                    self.same_resources += 1;
                } else {
                    other = Some(format!("{name}: ours {:?}, theirs {:?}", our.resources, their.resources));
                }
            }
        }
        if let Some(other) = other {
            let Case { rules, document } = case();
            self.other_resources
                .push((number, format!("{}\n--\n{}\n{other}", rules.written(), document.written())));
        }
    }

    /// Counts what was said of one mutant.
    pub(crate) fn parsed(&mut self, number: usize, mutant: &str, ours: bool, theirs: bool) {
        self.mutants += 1;
        self.accepted_mutants += usize::from(theirs);
        if ours != theirs {
            self.disagreeing_mutants.push((number, mutant.to_owned(), ours));
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.evaluations += other.evaluations;
        self.agreeing += other.agreeing;
        self.both_errors += other.both_errors;
        self.failing += other.failing;
        self.same_resources += other.same_resources;
        self.mutants += other.mutants;
        self.accepted_mutants += other.accepted_mutants;
        for (count, more) in self.statuses.iter_mut().zip(other.statuses) {
            *count += more;
        }
        for (reason, count) in other.known {
            *self.known.entry(reason).or_default() += count;
        }
        for (why, count) in other.errors {
            *self.errors.entry(why).or_default() += count;
        }
        self.disagreeing.extend(other.disagreeing);
        self.other_resources.extend(other.other_resources);
        self.disagreeing_mutants.extend(other.disagreeing_mutants);
    }

    /// Shows the first disagreements, made small, and the figures. Any disagreement is a failure.
    pub(crate) fn show(mut self, oracle: &Oracle, shown: usize) -> ExitCode {
        self.disagreeing.sort_by_key(|(number, _)| *number);
        self.disagreeing_mutants.sort();
        self.other_resources.sort();
        let disagreeing = self.disagreeing.len();
        let mut last = None;
        for (number, case) in self
            .disagreeing
            .into_iter()
            .filter(|(number, _)| last.replace(*number) != Some(*number))
            .take(shown)
        {
            if let Some(found) = shrunk(oracle, case) {
                let (rules, document) = (found.case.rules.written(), found.case.document.written());
                println!("== case {number}\n{rules}\n--\n{document}");
                println!("ours: {}\ncfn-guard: {}\n", found.ours, found.theirs);
            }
        }
        for (number, mutant, ours) in self.disagreeing_mutants.iter().take(shown) {
            let who = if *ours { "only we" } else { "only they" };
            println!(
                "== mutant of case {number}, which {who} take\n{}\n",
                shrunk_text(oracle, mutant, *ours)
            );
        }
        for (number, case) in self.other_resources.iter().take(shown) {
            println!("== other resources in case {number}\n{case}\n");
        }
        let mut errors: Vec<_> = self.errors.into_iter().collect();
        errors.sort_by_key(|(_, count)| Reverse(*count));
        for (why, count) in errors.iter().take(ERRORS) {
            println!("{count} times: {why}");
        }
        let [passes, fails, skips] = self.statuses;
        println!("verdicts of cfn-guard: {passes} PASS, {fails} FAIL, {skips} SKIP");
        println!("failing rules: {}, of which {} name the same resources", self.failing, self.same_resources);
        println!(
            "mutants parsed: {}, {} of them accepted, {} disagreeing",
            self.mutants,
            self.accepted_mutants,
            self.disagreeing_mutants.len()
        );
        for (reason, count) in &self.known {
            println!("as it should be, {count} times: {reason}");
        }
        let known: usize = self.known.values().sum();
        println!(
            "evaluations: {}, agreeing: {}, both errors: {}, disagreeing as they should: {known}, unexplained: {disagreeing}",
            self.evaluations, self.agreeing, self.both_errors
        );
        if disagreeing == 0 && self.disagreeing_mutants.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

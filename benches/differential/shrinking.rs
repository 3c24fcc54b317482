//! The smallest case that still shows a disagreement.

use crate::Case;
use crate::answer::Answer;
use crate::mutants::tokens;
use crate::oracle::Oracle;
use crate::ours;

/// So many runs of the oracle go into one case.
const RUNS: usize = 600;

/// A case and what both engines say of it.
pub(crate) struct Disagreement {
    pub(crate) case: Case,
    pub(crate) ours: Answer,
    pub(crate) theirs: Answer,
}

/// Makes a case smaller as long as the engines go on to disagree in the same sort of way.
pub(crate) fn shrunk(oracle: &Oracle, first: Case) -> Option<Disagreement> {
    let mut runs = 0;
    let mut best = disagreement(oracle, first)?;
    let sort = |found: &Disagreement| (found.ours.kind(), found.theirs.kind());
    'smaller: loop {
        for case in best.case.clone().smaller() {
            runs += 1;
            if runs > RUNS {
                return Some(best);
            }
            if let Some(found) = disagreement(oracle, case)
                && sort(&found) == sort(&best)
            {
                best = found;
                continue 'smaller;
            }
        }
        return Some(best);
    }
}

/// Makes a text smaller, token by token, that only one of the two takes for a rules file.
pub(crate) fn shrunk_text(oracle: &Oracle, text: &str, is_ours: bool) -> String {
    let mut tokens = tokens(text);
    let mut length = tokens.len() / 2;
    while length > 0 {
        let starts = (0..tokens.len()).step_by(length);
        let without = |start: usize| {
            let end = (start + length).min(tokens.len());
            [&tokens[..start], &tokens[end..]].concat()
        };
        let candidates: Vec<Vec<String>> = starts.map(without).collect();
        let texts: Vec<String> = candidates.iter().map(|candidate| candidate.concat()).collect();
        let accepted = oracle.accepted(&texts);
        let is_one = |(text, theirs): (&String, &bool)| ours::accepts(text) == is_ours && *theirs != is_ours;
        match texts.iter().zip(&accepted).position(is_one) {
            Some(found) => tokens.clone_from(&candidates[found]),
            None => length /= 2,
        }
    }
    tokens.concat()
}

fn disagreement(oracle: &Oracle, case: Case) -> Option<Disagreement> {
    let (rules, document) = (case.rules.written(), [case.document.written()]);
    let ours = ours::answers(&rules, &document).pop()?;
    let theirs = oracle.answers(&rules, &document).pop()?;
    let is_one = !ours.agrees(&theirs);
    is_one.then_some(Disagreement { case, ours, theirs })
}

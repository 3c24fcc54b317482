//! Checks many files side by side, and together what belongs together.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::discover::{self, Found, Kind};
use crate::finding::{Checked, Finding, RunError};
use crate::parameters::Given;
use crate::source::{Location, Span};

use super::exchange::{Exchange, Trade};
use super::ignores::without_used_elsewhere;
use super::{Input, Linter};

/// What came of one file, or of several that belong together.
type Outcome = Result<Option<Checked>, RunError>;

/// A file after the first look at it.
enum Seen {
    /// It was checked.
    Checked(Outcome),
    /// It may share exports with others, which have to be seen first.
    Trading(Vec<u8>, Trade),
    /// It is a part of an application.
    Part(Vec<u8>),
}

/// Which files are parts of one application: their indices.
pub type Applications = Vec<Vec<usize>>;

/// Checks files, each with the linter of the index beside it and what is given for it, in their order whatever finishes
/// first. What is checked as a part of another template is not checked for itself; of several that are checked together
/// the first has the say. Each result comes with the index of its file. `seen` counts the files that have been looked at.
pub fn check_files(
    linters: &[Linter<'_>],
    files: &[(Found, usize)],
    given: &[Given],
    applications: &Applications,
    seen: &AtomicUsize,
) -> (Vec<(usize, Checked)>, Vec<RunError>) {
    let parts: HashSet<usize> = applications.iter().flatten().copied().collect();
    let look_at = |(index, (found, linter)): (usize, &(Found, usize))| {
        let looked_at = linters[*linter].look_at(found, &given[index], parts.contains(&index));
        seen.fetch_add(1, Ordering::Relaxed);
        looked_at
    };
    let linter_of = |index: usize| &linters[files[index].1];
    let seen: Vec<Seen> = files.par_iter().enumerate().map(look_at).collect();
    let mut outcomes = Vec::new();
    let mut held: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    let mut trades = Vec::new();
    for (index, seen) in seen.into_iter().enumerate() {
        match seen {
            Seen::Checked(outcome) => outcomes.push((index, outcome)),
            Seen::Part(bytes) => drop(held.insert(index, bytes)),
            Seen::Trading(bytes, trade) => {
                held.insert(index, bytes);
                trades.push((index, trade));
            }
        }
    }
    let input_of = |index: &usize| Some(input(&files[*index].0, held.get(index)?, &given[*index]));
    let with_parts = applications.par_iter().filter(|application| !application.is_empty());
    let merged = with_parts.flat_map_iter(|application| {
        let inputs: Vec<Input<'_>> = application.iter().filter_map(input_of).collect();
        let first = application[0];
        let path = inputs.first().map_or("", |input| input.path);
        let outcomes = match shielded(path, || linter_of(first).check_merged(&inputs)) {
            Ok(checked) => checked.into_iter().map(|checked| Ok(Some(checked))).collect(),
            Err(error) => vec![Err(error)],
        };
        outcomes.into_iter().map(move |outcome| (first, outcome)).collect::<Vec<_>>()
    });
    outcomes.par_extend(merged);
    outcomes.par_extend(groups(&trades, &input_of).into_par_iter().map(|group| {
        let inputs: Vec<Input<'_>> = group.iter().filter_map(input_of).collect();
        let outcome = match inputs.as_slice() {
            [alone] => linter_of(group[0]).check_read(alone),
            several => shielded(several[0].path, || linter_of(group[0]).check_together(several)),
        };
        (group[0], outcome)
    }));
    outcomes.sort_by_key(|(index, _)| *index);
    let mut errors = Vec::new();
    let mut checked: Vec<(usize, Checked)> = Vec::new();
    for (index, outcome) in outcomes {
        match outcome {
            Ok(one) => checked.extend(one.map(|one| (index, one))),
            Err(error) => errors.push(error),
        }
    }
    (without_repetitions(files, checked), errors)
}

impl Linter<'_> {
    /// Checks one file that has been read.
    ///
    /// # Errors
    ///
    /// A defect of ours: it does not take the other files' findings with it.
    pub fn check_read(&self, input: &Input<'_>) -> Result<Option<Checked>, RunError> {
        shielded(input.path, || self.check(input))
    }

    fn look_at(&self, found: &Found, given: &Given, is_part: bool) -> Seen {
        let (bytes, kind) = match discover::read(found) {
            Ok(read) => read,
            Err(error) => return Seen::Checked(Err(error)),
        };
        match kind {
            Kind::Template => {}
            Kind::TemplateOfTemplates | Kind::Other => return Seen::Checked(Ok(None)),
        }
        if is_part {
            return Seen::Part(bytes);
        }
        match Trade::of(&bytes) {
            trade if trade.is_possible() => Seen::Trading(bytes, trade),
            _ => Seen::Checked(self.check_read(&input(found, &bytes, given))),
        }
    }
}

/// Which files trade with one another; the others are groups of one.
fn groups<'i>(
    trades: &[(usize, Trade)],
    input_of: &(impl Fn(&usize) -> Option<Input<'i>> + Sync),
) -> Vec<Vec<usize>> {
    let any = |claim: fn(&Trade) -> bool| trades.iter().any(|(_, trade)| claim(trade));
    let is_traded = trades.len() > 1
        && any(|trade| trade.may_export || trade.may_nest)
        && any(|trade| trade.may_import || trade.may_nest);
    let exchange = |(index, trade): &(usize, Trade)| {
        let input = input_of(index)?;
        shielded(input.path, || Exchange::of(&input, *trade)).ok()
    };
    let mut exchanges: Vec<Exchange> = if is_traded {
        trades.par_iter().map(|trade| exchange(trade).unwrap_or_default()).collect()
    } else {
        Vec::new()
    };
    Exchange::through_parents(&mut exchanges, |index| {
        input_of(&trades[index].0)?.on_disk?.canonicalize().ok()
    });
    let mut groups = Exchange::groups(&exchanges);
    let together: HashSet<usize> = groups.iter().flatten().copied().collect();
    groups.extend((0..trades.len()).filter(|index| !together.contains(index)).map(|index| vec![index]));
    for group in &mut groups {
        for member in group {
            *member = trades[*member].0;
        }
    }
    groups
}

fn input<'i>(found: &'i Found, bytes: &'i [u8], given: &'i Given) -> Input<'i> {
    Input { path: &found.shown, on_disk: Some(&found.path), bytes, given: Some(given) }
}

fn shielded<T>(path: &str, check: impl FnOnce() -> T) -> Result<T, RunError> {
    catch_unwind(AssertUnwindSafe(check)).map_err(|_| RunError {
        path: path.to_owned(),
        message: "lenslint failed on this file: please report it, with the file if you can".to_owned(),
    })
}

/// Without what was checked for itself and as a part of another template, and without what two templates say of one
/// place in a file that both nest.
fn without_repetitions(
    files: &[(Found, usize)],
    mut checked: Vec<(usize, Checked)>,
) -> Vec<(usize, Checked)> {
    if checked.iter().any(|(_, one)| !one.nested.is_empty()) {
        let path_of: Vec<Option<PathBuf>> =
            checked.iter().map(|(index, _)| files[*index].0.path.canonicalize().ok()).collect();
        let nesting: Vec<usize> =
            (0..checked.len()).filter(|index| !checked[*index].1.nested.is_empty()).collect();
        let nests = |outer: usize, inner: usize| {
            path_of[inner].as_ref().is_some_and(|path| checked[outer].1.nested.contains(path))
        };
        // Of two that nest each other, the first stays.
        let is_part = |inner: usize| {
            let is_alone = checked[inner].1.templates - checked[inner].1.nested.len() <= 1;
            let is_in = |outer: usize| {
                outer != inner && nests(outer, inner) && (outer < inner || !nests(inner, outer))
            };
            is_alone && nesting.iter().any(|outer| is_in(*outer))
        };
        let mut is_part = (0..checked.len()).map(is_part).collect::<Vec<_>>().into_iter();
        checked.retain(|_| !is_part.next().unwrap_or_default());
    }
    without_used_elsewhere(checked.iter_mut().map(|(_, one)| one));
    let mut told: HashSet<(String, String, Span, String)> = HashSet::new();
    for (_, one) in &mut checked {
        let sources = &one.sources;
        let mut is_new = |rule: &str, location: Location, said: String| {
            let path = sources[location.file.0 as usize].path().to_owned();
            told.insert((rule.to_owned(), path, location.span, said))
        };
        one.findings.retain(|finding| {
            let Finding { rule, primary, logical_path, message, condition, members, .. } = finding;
            // One that gathers many says nothing new if each of them was gathered before.
            if !members.is_empty() {
                let are_new = members.iter().map(|member| is_new(rule, member.location, "member".to_owned()));
                return are_new.fold(false, |any, is_new| any | is_new);
            }
            // A file that two resources name is told of for each, and so are two values that one file is handed.
            let said = unqualified(&format!("{message} {}", condition.as_deref().unwrap_or_default()));
            is_new(rule, primary.location, format!("{logical_path} {said}"))
        });
        one.undecided.retain(|check| is_new(&check.rule, check.location, String::new()));
    }
    checked
}

/// A message without the names of the stacks before those of what they hold: `'Orders/Queue'` is `'Queue'`.
fn unqualified(message: &str) -> String {
    let bare = |word: &str| {
        let (quote, name) = if word.starts_with('\'') { word.split_at(1) } else { ("", word) };
        let is_stack =
            |stack: &str| !stack.is_empty() && stack.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match name.rsplit_once('/') {
            Some((stacks, own)) if stacks.split('/').all(is_stack) => format!("{quote}{own}"),
            Some(_) | None => word.to_owned(),
        }
    };
    message.split(' ').map(bare).collect::<Vec<_>>().join(" ")
}

//! Our evaluation beside that of cfn-guard 3.2.1, over rules files and documents that nobody wrote. Run by hand:
//! `cargo bench --bench differential -- --cfn-guard PATH`; `../README.md` says more.

#![expect(clippy::print_stdout, reason = "its report goes to the terminal")]

mod answer;
mod author;
mod clauses;
mod documents;
mod known;
mod literals;
mod mutants;
mod oracle;
mod ours;
mod pieces;
mod queries;
mod random;
mod samples;
mod shrinking;
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clap::Parser;

use answer::Answer;
use author::Author;
use documents::Sheet;
use oracle::Oracle;
use pieces::Piece;
use random::Random;
use tally::Tally;

/// Compares our evaluation with that of cfn-guard.
#[derive(Parser)]
struct Options {
    /// The program to compare with, of version 3.2.1.
    #[arg(long, value_name = "PATH")]
    cfn_guard: Option<PathBuf>,
    /// How many rules files to write.
    #[arg(long, default_value_t = 3500)]
    cases: usize,
    /// Where the random numbers begin.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many cases run side by side.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// How many disagreements are made smaller and shown.
    #[arg(long, default_value_t = 20)]
    shown: usize,
    /// What `cargo bench` passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A rules file and a document.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) rules: Piece,
    pub(crate) document: Sheet,
}

impl Case {
    /// The same with one thing less, in every way.
    fn smaller(&self) -> impl Iterator<Item = Self> + '_ {
        let rules =
            self.rules.smaller().into_iter().map(|rules| Self { rules, document: self.document.clone() });
        let documents = self.document.smaller().map(|document| Self { rules: self.rules.clone(), document });
        rules.chain(documents)
    }
}

const DOCUMENTS: usize = 8;
const MUTANTS: usize = 12;

fn main() -> ExitCode {
    let options = Options::parse();
    let Some(program) = options.cfn_guard else {
        println!("differential: nothing is compared without `--cfn-guard PATH`");
        return ExitCode::SUCCESS;
    };
    let oracle = Oracle::new(program);
    let next = AtomicUsize::new(0);
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs.max(1))
            .map(|_| {
                scope.spawn(|| {
                    let mut tally = Tally::default();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= options.cases {
                            return tally;
                        }
                        compare(&oracle, options.seed, number, &mut tally);
                    }
                })
            })
            .collect();
        for worker in workers {
            tally.add(worker.join().expect("what a worker runs catches panics"));
        }
    });
    tally.show(&oracle, options.shown)
}

/// One rules file over a few documents, and a few mutants of it.
fn compare(oracle: &Oracle, seed: u64, number: usize, tally: &mut Tally) {
    let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let first = Sheet::random(&mut random);
    let rules = Author::new(&mut random, &first.root).file();
    let mut sheets: Vec<Sheet> = (2..DOCUMENTS).map(|_| first.variant(&mut random)).collect();
    sheets.push(Sheet::random(&mut random));
    sheets.push(first);
    let text = rules.written();
    let documents: Vec<String> = sheets.iter().map(Sheet::written).collect();
    let ours = ours::answers(&text, &documents);
    let theirs = oracle.answers(&text, &documents);
    for (document, (ours, theirs)) in sheets.into_iter().zip(ours.iter().zip(&theirs)) {
        let case = || Case { rules: rules.clone(), document };
        tally.compare(number, ours, theirs, case);
    }
    if theirs.first() != Some(&Answer::ParseError) {
        let mutants: Vec<String> = (0..MUTANTS).map(|_| mutants::mutant(&mut random, &text)).collect();
        for (mutant, theirs) in mutants.iter().zip(oracle.accepted(&mutants)) {
            tally.parsed(number, mutant, ours::accepts(mutant), theirs);
        }
    }
}

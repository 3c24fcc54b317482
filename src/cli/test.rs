//! `lenslint test`: rules against the documents that their authors wrote for them.

use std::fmt;
use std::io::Write;

use crate::discover::{self, Found, RuleFile, Tested};
use crate::finding::RunError;
use crate::guard::testing::{CaseResult, Difference, TestFile};
use crate::guard::{Status, Trap, traps};
use crate::lint::run_example;
use crate::report::inert::inert;
use crate::rule::{Catalogue, GuardFile, Misfenced, Page};

use super::arguments::Test;
use super::terminal::{tell, tell_all};
use super::{Ending, Trouble};

pub(super) fn run(test: &Test, out: &mut dyn Write) -> Result<Ending, Trouble> {
    let (tested, orphans, mut errors) = discover::find_tests(&test.paths);
    let mut printer = Printer { out, counts: Counts::default() };
    for orphan in orphans {
        printer.warn(&orphan, "no rules file beside its folder has a name that this one begins with")?;
    }
    for Tested { rules, tests } in tested {
        match rules {
            RuleFile::Page(page) => printer.page(*page)?,
            RuleFile::Guard(file) => errors.extend(printer.guard_file(&file, &tests)?),
        }
    }
    let counts = printer.counts;
    if counts.tests == 0 && errors.is_empty() {
        tell("no tests found: expected rule pages with examples, or tests/X*.yaml beside X.guard");
        return Ok(Ending::Trouble);
    }
    writeln!(out, "{counts}")?;
    Ok(match tell_all(&errors) {
        true => Ending::Trouble,
        false if counts.failed > 0 => Ending::Findings,
        false => Ending::Clean,
    })
}

/// What was run.
#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failed: usize,
    warnings: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted =
            |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
        write!(f, "{}: {} passed", counted(self.tests, "test"), self.tests - self.failed)?;
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        if self.warnings > 0 {
            write!(f, "; {}", counted(self.warnings, "warning"))?;
        }
        f.write_str(".")
    }
}

struct Printer<'o> {
    out: &'o mut dyn Write,
    counts: Counts,
}

impl Printer<'_> {
    /// The examples of a page, each a test.
    fn page(&mut self, page: Page) -> Result<(), Trouble> {
        let path = page.file.clone().unwrap_or_default();
        if let Some(Ok(rules)) = page.rules() {
            for Trap { span, message } in traps(rules) {
                let line = rules.position(span).line as usize + page.logic_line();
                self.warn(&format!("{path}:{line}"), &format!("`{}`: {message}", rules.written(span)))?;
            }
        }
        let id = page.id.clone();
        let catalogue = Catalogue::of_one(page);
        let page = catalogue.page(&id).expect("the catalogue holds this page");
        for Misfenced { line, message } in page.misfenced() {
            self.counts.tests += 1;
            self.counts.failed += 1;
            self.line(&format!("{path}:{line}"), &message)?;
        }
        for example in &page.examples() {
            self.counts.tests += 1;
            let result = run_example(&catalogue, page, example);
            if result.is_as_marked(example) {
                continue;
            }
            self.counts.failed += 1;
            let place = format!("{path}:{}", example.line);
            if !result.is_template {
                self.line(&place, "the example is no template")?;
                continue;
            }
            for broken in &result.broken {
                self.line(&place, &broken.message)?;
            }
            if result.broken.is_empty() && result.fired != example.fires {
                let (expected, found) = (lines(&example.fires), lines(&result.fired));
                self.line(&place, &format!("expected {id} {expected} of the example, found it {found}"))?;
            }
            for (line, finding) in result.others {
                let place = format!("{path}:{}", example.line + line as usize - 1);
                self.line(&place, &format!("{}: {}", finding.rule, finding.message))?;
            }
        }
        Ok(())
    }

    /// The test files of a plain file. What is wrong with a test file is told at the end.
    fn guard_file(&mut self, file: &GuardFile, tests: &[Found]) -> Result<Vec<RunError>, Trouble> {
        let mut errors = Vec::new();
        let mut found = file.traps();
        for test in tests {
            let read = discover::read_any(test).and_then(|bytes| {
                let text = String::from_utf8_lossy(&bytes);
                TestFile::read(&test.shown, &text).map_err(|error| {
                    let message =
                        format!("{}:{}: {}", error.position.line, error.position.column, error.message);
                    RunError { path: test.shown.clone(), message }
                })
            });
            match read {
                Ok(read) => {
                    let (cases, noticed) = read.run(&file.rules);
                    found.extend(noticed);
                    for case in cases {
                        self.case(&test.shown, case)?;
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        found.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        found.dedup();
        for Trap { span, message } in found {
            let position = file.rules.position(span);
            let place = format!("{}:{}:{}", file.path, position.line, position.column);
            self.warn(&place, &format!("`{}`: {message}", file.rules.written(span)))?;
        }
        Ok(errors)
    }

    fn case(&mut self, path: &str, case: CaseResult) -> Result<(), Trouble> {
        self.counts.tests += 1;
        self.counts.failed += usize::from(!case.differences.is_empty());
        let name = case.name.map_or_else(String::new, |name| format!("{name}: "));
        for (rule, position) in case.unknown {
            let place = format!("{path}:{}:{}", position.line, position.column);
            self.warn(&place, &format!("{name}the file has no rule `{rule}`"))?;
        }
        for Difference { rule, position, expected, found, error, failures } in case.differences {
            let place = format!("{path}:{}:{}", position.line, position.column);
            if let Some(error) = error {
                self.line(&place, &format!("{name}{rule}: cannot be evaluated: {error}"))?;
                continue;
            }
            let found: Vec<&str> = found.into_iter().map(Status::as_str).collect();
            let found = found.join(" and ");
            self.line(&place, &format!("{name}{rule}: expected {}, found {found}", expected.as_str()))?;
            for (position, message) in failures {
                writeln!(self.out, "    {}:{}: {}", position.line, position.column, inert(&message))?;
            }
        }
        Ok(())
    }

    fn warn(&mut self, place: &str, message: &str) -> Result<(), Trouble> {
        self.counts.warnings += 1;
        self.line(place, &format!("warning: {message}"))
    }

    fn line(&mut self, place: &str, message: &str) -> Result<(), Trouble> {
        Ok(writeln!(self.out, "{}: {}", inert(place), inert(message))?)
    }
}

/// `on lines 3 and 9`
fn lines(lines: &[u32]) -> String {
    let numbers: Vec<String> = lines.iter().map(u32::to_string).collect();
    match numbers.split_last() {
        None => "nowhere".to_owned(),
        Some((only, [])) => format!("on line {only}"),
        Some((last, others)) => format!("on lines {} and {last}", others.join(", ")),
    }
}

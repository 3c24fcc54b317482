//! Guard mode: plain rules over documents as they were written, without transform, graph or conditions.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::document::{self, Document, Kind, Parsed, SyntaxError};
use crate::finding::{Checked, Finding, Label, RunError, Severity, fingerprint};
use crate::guard::load::{Loaded, Rejection, Typing, rejection};
use crate::guard::{
    Anchor, Evaluator, Failure, Index, Plain, Rendered, Rule, RuleIndex, Status, Survey, Vocabulary, speaks,
};
use crate::names::Names;
use crate::rule::{Catalogue, GuardFile, Page};
use crate::source::{ColumnUnit, FileId, Location, Source, Span};
use crate::verdict::{FailedCheck, Verdict, Verdicts};

use super::construct;
use super::reading::decode;
use super::suppression::ById;
use super::{Input, sorted};

/// Rules files, to be run over any number of documents.
pub struct GuardLinter<'r> {
    /// Each with the survey of its rules.
    files: Vec<(&'r GuardFile, Arc<Survey<'r>>)>,
    /// The texts of all files.
    vocabulary: Arc<Vocabulary<'r>>,
    /// The page of each rule, by its id in small letters.
    pages: FxHashMap<String, &'r Page>,
    is_strict: bool,
}

/// What the rules say of one document.
pub struct Judged {
    /// Verdict by verdict.
    pub verdicts: Verdicts,
    /// What fails, as findings.
    pub checked: Checked,
}

impl<'r> GuardLinter<'r> {
    /// A linter that runs these files, whose rules the catalogue has as pages. Under `is_strict` the verdicts are those
    /// of cfn-guard 3.2.1 to the letter.
    pub fn new(files: &'r [GuardFile], catalogue: &'r Catalogue, is_strict: bool) -> Self {
        let pages = catalogue.pages.iter().map(|page| (page.id.to_ascii_lowercase(), page)).collect();
        let mut vocabulary = Vocabulary::default();
        let surveyed = |file: &'r GuardFile| (file, Arc::new(Survey::of(&file.rules, &mut vocabulary)));
        let files = files.iter().map(surveyed).collect();
        Self { files, vocabulary: Arc::new(vocabulary), pages, is_strict }
    }

    /// Runs every rule over a document.
    ///
    /// # Errors
    ///
    /// The bytes are no YAML or JSON; or, where verdicts have to be those of cfn-guard, it would not read them.
    pub fn check(&self, input: &Input<'_>) -> Result<Judged, RunError> {
        let fail = |message: String| RunError { path: input.path.to_owned(), message };
        let text = decode(input.bytes).map_err(|undecodable| fail(undecodable.message))?;
        let source = Source::new(input.path, text);
        let fail_at = |span: Span, message: &str| {
            let position = source.position(span.start, ColumnUnit::CodePoints);
            Err(fail(format!("{}:{}: {message}", position.line, position.column)))
        };
        // cfn-guard reads JSON as the YAML that it nearly is, commas at the end and all; and of several documents one.
        let Parsed { document, errors } = Document::parse("", first_document(text));
        if let Some(SyntaxError { span, message, .. }) = errors.first() {
            return fail_at(*span, message);
        }
        let document = document.ok_or_else(|| fail("expected a document, found nothing".to_owned()))?;
        if let Some(Rejection { at, message }) = rejection(&document).filter(|_| self.is_strict) {
            return fail_at(document.span(at), &message);
        }
        let names = Names::default();
        let loaded = Loaded::new(&document, &names, Typing::Validate);
        let suppressions = if self.is_strict { ById::none() } else { ById::of(&document) };
        let judging = Judging { document, source, names, loaded, suppressions, linter: self };
        Ok(judging.all())
    }
}

/// The text up to where a second YAML document begins, or the first is said to end.
fn first_document(text: &str) -> &str {
    let mut has_begun = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mark = line.trim_end();
        let is_mark = |wanted: &str| {
            mark.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        if has_begun && (is_mark("---") || is_mark("...")) {
            return &text[..at];
        }
        let is_content = !mark.trim_start().is_empty() && !mark.starts_with(['#', '%']);
        has_begun |= is_content;
        at += line.len();
    }
    text
}

/// One document under judgement.
struct Judging<'r> {
    linter: &'r GuardLinter<'r>,
    document: Document,
    source: Source,
    names: Names,
    loaded: Loaded,
    suppressions: ById,
}

impl Judging<'_> {
    fn all(self) -> Judged {
        let mut verdicts =
            Verdicts { data: self.source.path().to_owned(), rules: Vec::new(), errors: Vec::new() };
        let mut findings = Vec::new();
        let index = Rc::new(Index::new(&self.loaded.tree, &self.names, Arc::clone(&self.linter.vocabulary)));
        for (file, survey) in &self.linter.files {
            match self.file(file, Evaluator::over(Arc::clone(survey), Rc::clone(&index))) {
                Ok((mut rules, mut of_file)) => {
                    verdicts.rules.append(&mut rules);
                    findings.append(&mut of_file);
                }
                Err(error) => verdicts.errors.push(error),
            }
        }
        let constructs =
            if findings.is_empty() { FxHashMap::default() } else { construct::by_id(&self.document) };
        for finding in &mut findings {
            let construct = finding.resource.as_deref().and_then(|resource| constructs.get(resource));
            finding.construct = construct.map(|construct| (*construct).to_owned());
        }
        let sources = vec![self.source];
        let checked = Checked { sources, templates: 1, findings, ..Checked::default() };
        Judged { verdicts, checked: sorted(checked, |finding| self.suppressions.hides(finding)) }
    }

    /// The verdicts of a file. Where cfn-guard would end without any, under `--strict`, so do we.
    fn file<'a>(
        &'a self,
        file: &'a GuardFile,
        mut evaluator: Evaluator<'a>,
    ) -> Result<(Vec<Verdict>, Vec<Finding>), RunError> {
        let fail = |message: String| RunError { path: file.path.clone(), message };
        if self.linter.is_strict {
            evaluator = evaluator.strict();
            if let Some(span) = file.rules.extension() {
                let line = file.rules.position(span).line;
                let function = file.rules.written(span);
                return Err(fail(format!("line {line}: cfn-guard has no function `{function}`")));
            }
        }
        let (mut verdicts, mut findings) = (Vec::new(), Vec::new());
        for (index, rule) in file.rules.rules().enumerate() {
            let mut failures = Vec::new();
            let status = evaluator.status(RuleIndex(index), &mut Plain, &mut failures);
            let broken = failures.iter().find(|failure| failure.error.is_some());
            if let Some(failure) = broken.filter(|_| self.linter.is_strict) {
                return Err(fail(failure.without_verdict(&file.rules, RuleIndex(index), 0)));
            }
            if status != Status::Fail {
                failures.clear();
            }
            let (verdict, mut of_rule) = self.verdict(file, RuleIndex(index), rule, status, &failures);
            verdicts.push(verdict);
            findings.append(&mut of_rule);
        }
        Ok((verdicts, findings))
    }

    /// A status as a verdict and as findings; what the author suppresses is no part of the verdict.
    fn verdict(
        &self,
        file: &GuardFile,
        index: RuleIndex,
        rule: &Rule,
        status: Status,
        failures: &[Failure],
    ) -> (Verdict, Vec<Finding>) {
        let id = GuardFile::id(rule);
        let page = self.linter.pages.get(&id.to_ascii_lowercase());
        let page = page.expect("every rule of the files is in the catalogue");
        let told: Vec<Told<'_>> = self.told(index, failures);
        let heard = told.iter().filter(|told| !self.is_suppressed(told, id, &rule.name));
        let checks: IndexSet<FailedCheck, FxBuildHasher> =
            heard.map(|told| self.check(file, page, told)).collect();
        // A rule that fails without naming a value fails as a whole.
        let is_suppressed = checks.is_empty() && !told.is_empty();
        let verdict = Verdict {
            file: file.path.clone(),
            rule: rule.name.clone(),
            status: if is_suppressed { Status::Skip } else { status },
            checks: checks.into_iter().collect(),
        };
        (verdict, findings_of(file, page, &told).collect())
    }

    fn told<'f>(&self, rule: RuleIndex, failures: &'f [Failure]) -> Vec<Told<'f>> {
        let speaks = speaks(failures);
        let told = |failure: &'f Failure| Told {
            failure,
            rule,
            is_heard: speaks(failure),
            path: self.loaded.path(failure.at.place, &self.names),
            span: self.span(failure.at),
        };
        failures.iter().map(told).collect()
    }

    fn is_suppressed(&self, told: &Told<'_>, id: &str, name: &str) -> bool {
        told.resource().is_some_and(|resource| {
            self.suppressions.hide(resource, id) || self.suppressions.hide(resource, name)
        })
    }

    fn check(&self, file: &GuardFile, page: &Page, told: &Told<'_>) -> FailedCheck {
        FailedCheck {
            path: told.path.clone(),
            position: self.source.position(told.span.start, ColumnUnit::CodePoints),
            message: told.message(file, page),
        }
    }

    /// What to point at: a scalar; the key of a list or map, and of what has something missing in it.
    fn span(&self, at: Anchor) -> Span {
        let node: document::NodeId = self.loaded.node(at.place);
        let is_scalar = self.document.kind(node) == Kind::Scalar;
        match self.loaded.key(at.place) {
            Some(key) if at.is_missing || !is_scalar => self.document.span(key),
            _ => self.document.span(node),
        }
    }
}

/// A failure, and what it is about in the author's document.
struct Told<'f> {
    failure: &'f Failure,
    rule: RuleIndex,
    /// Whether no other clause speaks for it.
    is_heard: bool,
    path: String,
    span: Span,
}

impl Told<'_> {
    fn has_message(&self) -> bool {
        self.failure.message.is_some()
    }

    /// The logical id of the resource that it is about.
    fn resource(&self) -> Option<&str> {
        self.path.strip_prefix("/Resources/")?.split('/').next()
    }

    fn message(&self, file: &GuardFile, page: &Page) -> String {
        if self.failure.error.is_some() {
            let without_verdict = self.failure.without_verdict(&file.rules, self.rule, 0);
            return format!("{}: {without_verdict}", file.path);
        }
        let said = self.failure.message.as_ref().map(Rendered::plain_text).filter(|said| !said.is_empty());
        said.unwrap_or_else(|| page.unsaid(|| self.failure.in_words(&file.rules, self.resource())))
    }
}

/// One finding for each place and message: clauses without one that fail where another has one are the same defect.
fn findings_of<'f>(
    file: &'f GuardFile,
    page: &'f Page,
    all: &'f [Told<'f>],
) -> impl Iterator<Item = Finding> + 'f {
    let spoken: FxHashSet<Span> =
        all.iter().filter(|told| told.has_message()).map(|told| told.span).collect();
    let mut places: IndexMap<(Span, Option<String>), Vec<&Told<'_>>, FxBuildHasher> = IndexMap::default();
    for told in all.iter().filter(|told| told.is_heard) {
        let said = told.failure.message.as_ref().map(Rendered::plain_text);
        places.entry((told.span, said)).or_default().push(told);
    }
    let of_each =
        places.into_iter().filter(move |((span, said), _)| said.is_some() || !spoken.contains(span));
    of_each.map(|(_, all)| {
        let mut finding = finding(file, page, all[0]);
        let resources: FxHashSet<Option<&str>> = all.iter().map(|told| told.resource()).collect();
        if resources.len() > 1 {
            finding.message.push_str(&format!(" (and {} more like it here)", resources.len() - 1));
        }
        finding
    })
}

fn finding(file: &GuardFile, page: &Page, told: &Told<'_>) -> Finding {
    let logical_path = told.path.trim_start_matches('/').to_owned();
    let said = told.failure.message.as_ref().map(Rendered::plain_fix);
    Finding {
        rule: page.id.clone(),
        name: page.slug.clone(),
        severity: if told.failure.error.is_some() { Severity::Error } else { page.severity },
        confidence: page.confidence,
        message: told.message(file, page),
        primary: Label {
            location: Location { file: FileId::TEMPLATE, span: told.span },
            message: String::new(),
        },
        related: Vec::new(),
        path: Vec::new(),
        members: Vec::new(),
        resource: told.resource().map(str::to_owned),
        construct: None,
        fingerprint: fingerprint(page.first_id(), &logical_path, &[]),
        logical_path,
        condition: None,
        help: said.filter(|fix| !fix.is_empty()).or_else(|| page.help()),
    }
}

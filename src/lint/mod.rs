//! The order of the stages, from bytes to findings; nothing outside of this module knows it.

mod assembly;
mod construct;
mod examples;
mod exchange;
mod expand;
mod files;
mod fingerprints;
mod guard;
mod ignores;
mod muted;
mod of_tests;
mod own;
mod reading;
mod suppression;

use std::path::Path;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::baseline::Apart;
use crate::config::Settings;
use crate::document::Parsed;
use crate::engine::{Agenda, Checking, check};
use crate::finding::{Checked, Confidence, Finding, Label, RunError, Severity, Suppression};
use crate::graph::Graph;
use crate::parameters::Given;
use crate::rule::{Catalogue, Page, Selection};
use crate::source::{FileId, Location, Source};
use crate::suppress::SUPPRESSION;
use crate::template::{Nested, Resolver, Template};
use crate::view::{Resources, View};

pub use crate::code::HandlerCode;
use assembly::{Assembly, Documents, word_for};
pub use examples::{ExampleResult, run_example};
pub use expand::{Expanded, Unreadable, expand, expand_with_provenance, graph};
pub use files::{Applications, check_files};
use fingerprints::number_equal_fingerprints;
pub use guard::{GuardLinter, Judged};
use ignores::{Ignores, Run};
use muted::Muted;
use of_tests::is_of_tests;
use own::{UNEXPANDED, UNREADABLE, in_template};
use reading::{Reading, read};
use suppression::sorted_out;

/// A linter is set up once and checks any number of files, from any number of threads.
pub struct Linter<'c> {
    catalogue: &'c Catalogue,
    settings: Settings,
    /// The severities that are not the rules' own, by id.
    severities: FxHashMap<&'c str, Severity>,
    /// The pages that run over a template.
    pages: Vec<&'c Page>,
    agenda: Agenda<'c>,
    resources: Resources,
    code: HandlerCode,
    /// What is told of alone.
    apart: Apart,
    onlooker: Option<&'c Onlooker<'c>>,
}

/// Sees each template that is checked, whole, between its graph and its findings: what is given with it is its first
/// file.
pub(crate) type Onlooker<'o> = dyn Fn(&Input<'_>, Resolver<'_>, &Graph, &View) + Sync + 'o;

/// A file that looks like a template, with its bytes.
pub struct Input<'i> {
    /// The path that reports show.
    pub path: &'i str,
    /// Where it lies, for the files that it names; `None` for an unnamed standard input.
    pub on_disk: Option<&'i Path>,
    /// What is in it.
    pub bytes: &'i [u8],
    /// What is given for its deployment, if anything.
    pub given: Option<&'i Given>,
}

impl<'c> Linter<'c> {
    /// A linter that runs the selected rules of a catalogue.
    pub fn new(catalogue: &'c Catalogue, selection: Selection, min_confidence: Confidence) -> Self {
        Self::configured(catalogue, Settings { selection, min_confidence, ..Settings::default() })
    }

    /// A linter for the templates of one configuration.
    pub fn configured(catalogue: &'c Catalogue, settings: Settings) -> Self {
        let pages: Vec<&Page> =
            catalogue.pages.iter().filter(|page| settings.selection.includes(page)).collect();
        let severity = |page: &'c Page| Some((page.id.as_str(), settings.severity_of(page)?));
        let severities = catalogue.pages.iter().filter_map(severity).collect();
        let asks = pages.par_iter().any(|page| asks_for_resources(page));
        let resources = if asks { Resources::Included } else { Resources::LeftOut };
        Self {
            catalogue,
            settings,
            severities,
            agenda: Agenda::of(&pages),
            pages,
            resources,
            code: HandlerCode::Read,
            apart: Apart::default(),
            onlooker: None,
        }
    }

    /// The same linter, which reads the code of functions or leaves it alone; a new one reads it.
    #[must_use]
    pub fn with_code(self, code: HandlerCode) -> Self {
        Self { code, ..self }
    }

    /// The same linter, which tells of these places alone where it would gather them with others.
    #[must_use]
    pub(crate) fn with_apart(self, apart: Apart) -> Self {
        Self { apart, ..self }
    }

    /// The same linter, and somebody who looks on.
    #[must_use]
    pub(crate) fn watched_by(self, onlooker: &'c Onlooker<'c>) -> Self {
        Self { onlooker: Some(onlooker), ..self }
    }

    /// The ids of the rules that run, in order.
    pub fn rules(&self) -> Vec<String> {
        self.pages.iter().map(|page| page.id.clone()).collect()
    }

    /// Checks one file; `None` when it only looked like a template, which is no reason to say anything.
    pub fn check(&self, input: &Input<'_>) -> Option<Checked> {
        let (text, parsed) = match read(input) {
            Reading::NoTemplate => return None,
            Reading::Undecodable(undecodable) => return Some(self.unreadable(input, undecodable)),
            Reading::Parsed { text, parsed } => (text, parsed),
        };
        let mut checked = Checked::default();
        for error in &parsed.errors {
            let at = in_template(error.span);
            let own = self.own(UNREADABLE, at, error.message.clone(), error.help.clone());
            checked.findings.extend(own);
        }
        let source = Source::new(input.path, text);
        let Some(document) = parsed.document else {
            checked.sources.push(source);
            return Some(self.finished(checked, |_| None));
        };
        // What could not be read may be just what a rule would miss: after a syntax error nothing is proved.
        if !parsed.errors.is_empty() {
            checked.findings.extend(self.duplicate_keys(FileId::TEMPLATE, &document));
            checked.sources.push(source);
            let documents = Documents::of(document);
            for finding in &mut checked.findings {
                place(finding, &documents.path_in(finding.primary.location));
            }
            return Some(self.finished(checked, |_| None));
        }
        Some(self.check_assembly(input, Assembly::of(input, text, document)))
    }

    /// Checks templates that are deployed beside one another and share exports as the one application that they are.
    pub fn check_together(&self, inputs: &[Input<'_>]) -> Option<Checked> {
        let assembled = inputs.iter().filter_map(|input| match read(input) {
            Reading::Parsed { text, parsed } if parsed.errors.is_empty() => {
                Some((input, Assembly::of(input, text, parsed.document?)))
            }
            Reading::Parsed { .. } | Reading::NoTemplate | Reading::Undecodable(_) => None,
        });
        let joined =
            assembled.reduce(|(first, all), (input, other)| (first, all.beside(other, word_for(input.path))));
        joined.map(|(first, assembly)| self.check_assembly(first, assembly))
    }

    /// Checks the parts of one application as the one template that is made of them. Where one of them cannot be read,
    /// nothing is said of the others: what they lack may be there.
    pub fn check_merged(&self, inputs: &[Input<'_>]) -> Vec<Checked> {
        let (mut parts, mut unsound, mut sound) = (Vec::new(), Vec::new(), Vec::new());
        for input in inputs {
            match read(input) {
                Reading::Parsed { text, parsed: Parsed { document: Some(document), errors } }
                    if errors.is_empty() =>
                {
                    sound.push(Checked {
                        sources: vec![Source::new(input.path, text)],
                        templates: 1,
                        ..Checked::default()
                    });
                    parts.push((input, text, document));
                }
                Reading::NoTemplate => {}
                Reading::Parsed { .. } | Reading::Undecodable(_) => unsound.extend(self.check(input)),
            }
        }
        match parts.first() {
            Some((first, ..)) if unsound.is_empty() => {
                let first: &Input<'_> = first;
                vec![self.check_assembly(first, Assembly::merged(parts))]
            }
            Some(_) | None => {
                unsound.append(&mut sound);
                unsound
            }
        }
    }

    /// The stages from the expanded template on.
    fn check_assembly(&self, input: &Input<'_>, mut assembly: Assembly) -> Checked {
        assembly.read_definitions();
        let Assembly { template, documents, told, parameters, refused, flaws: _, suppressions, nested } =
            assembly;
        let mut checked =
            Checked { templates: documents.len(), nested, parameters, notes: refused, ..Checked::default() };
        for (file, document) in documents.iter() {
            checked.findings.extend(self.duplicate_keys(file, document));
        }
        for (known, again) in &template.redefined {
            checked.findings.extend(self.redefined(&template, *known, *again));
        }
        let is_expanded = told.is_empty();
        for left in told {
            checked.findings.extend(self.own(UNEXPANDED, left.location, left.message, None));
        }
        let resolver = Resolver::new(&template);
        let graph = Graph::build(resolver, self.code);
        let view = View::build(resolver, &graph, self.resources, &self.settings.circumstances);
        if let Some(onlooker) = self.onlooker {
            onlooker(input, resolver, &graph, &view);
        }
        let path_to = |location: Location| documents.path_to(&template, location);
        let ignores = Ignores::read(&template, &documents, &suppressions, &self.settings, self.catalogue);
        let muted = Muted::of(&self.settings, &template.sources);
        let is_hidden = |at: Location, page: &Page| {
            muted.at(at.file, page) || ignores.hides(at, &page.id, &page.slug).is_some()
        };
        let is_known = |at: Location, page: &Page| {
            self.apart.has(&page.id, template.sources[at.file.0 as usize].path(), at.span)
        };
        let mut open: Vec<&str> = Vec::new();
        let index = self.agenda.index(&view.tree, &template.names);
        for asked in self.agenda.concerned(&index) {
            let page = asked.page;
            if muted.everywhere(page) {
                continue;
            }
            let checking = Checking {
                is_of_tests: &|| is_of_tests(input, &self.settings),
                template: &template,
                view: &view,
                index: &index,
                profile: self.settings.selection.grades_of(page),
                is_hidden: &is_hidden,
                is_known: &is_known,
                path_to: &path_to,
            };
            match check(checking, asked) {
                Ok(mut said) => {
                    if !said.is_whole || !said.undecided.is_empty() {
                        open.push(&page.id);
                    }
                    checked.findings.append(&mut said.findings);
                    if page.confidence >= self.settings.min_confidence {
                        checked.undecided.append(&mut said.undecided);
                    }
                }
                Err(message) => {
                    open.push(&page.id);
                    let path = page.file.clone().unwrap_or_else(|| page.id.clone());
                    checked.broken.push(RunError { path, message });
                }
            }
        }
        let is_any_deployment = template.parameters.values().all(|parameter| parameter.given.is_none());
        let is_complete = is_expanded && is_any_deployment;
        let told = ignores.told(&checked.findings, &Run { open, is_complete });
        checked.findings.retain(|finding| finding.confidence >= self.settings.min_confidence);
        let complaints = told.complaints.into_iter();
        let own = complaints.filter_map(|it| self.own(SUPPRESSION, it.at, it.message, it.help));
        checked.findings.extend(own);
        checked.unused = told.unused;
        let constructs = construct::ByPlace::of(&template);
        for finding in &mut checked.findings {
            lead_to(finding, &template);
            let construct = constructs.at(finding.primary.location);
            finding.construct = construct.map(|construct| template.names.text(construct).to_owned());
            place(finding, &documents.path_to(&template, finding.primary.location));
        }
        checked.undecided.retain(|check| ignores.hides(check.location, &check.rule, &check.name).is_none());
        let hidden = ignores.hidden(&checked.findings);
        checked.sources = template.sources;
        checked.sources.extend(graph.sources);
        self.finished(checked, |finding| {
            hidden.get(&(finding.rule.clone(), finding.primary.location)).cloned()
        })
    }

    /// The findings as the configuration wants them, in order, and without those that are suppressed.
    fn finished(&self, mut checked: Checked, hides: impl Fn(&Finding) -> Option<Suppression>) -> Checked {
        let muted = Muted::of(&self.settings, &checked.sources);
        let is_wanted = |location: Location, rule: &str| {
            muted.is_empty() || !self.catalogue.page(rule).is_some_and(|page| muted.at(location.file, page))
        };
        checked.findings.retain(|finding| is_wanted(finding.primary.location, &finding.rule));
        checked.undecided.retain(|check| is_wanted(check.location, &check.rule));
        for finding in &mut checked.findings {
            if let Some(severity) = self.severities.get(finding.rule.as_str()) {
                finding.severity = *severity;
            }
        }
        sorted(checked, hides)
    }
}

/// The findings and undecided checks in the order of the text, then of the rules, and without the findings that are
/// suppressed.
fn sorted(mut checked: Checked, hides: impl Fn(&Finding) -> Option<Suppression>) -> Checked {
    // A file that is nested twice is there twice: it is read once.
    let mut first_of: FxHashMap<&str, usize> = FxHashMap::default();
    let sources = checked.sources.iter().enumerate();
    let files: Vec<usize> =
        sources.map(|(file, source)| *first_of.entry(source.path()).or_insert(file)).collect();
    let place = |at: Location| (files[at.file.0 as usize], at.span);
    checked.findings.sort_by(|a, b| {
        let key = |finding: &Finding| {
            let (file, span) = place(finding.primary.location);
            (file, span.start)
        };
        key(a).cmp(&key(b)).then_with(|| a.rule.cmp(&b.rule))
    });
    checked.undecided.sort_by(|a, b| (place(a.location), &a.rule).cmp(&(place(b.location), &b.rule)));
    number_equal_fingerprints(&mut checked.findings);
    (checked.findings, checked.suppressed) = sorted_out(checked.findings, hides);
    checked
}

/// Whether a rule looks at the resources themselves; its logic is parsed to tell. A plain file may ask for them in
/// other cases.
fn asks_for_resources(page: &Page) -> bool {
    matches!(page.rules(), Some(Ok(rules)) if !page.has_grades() || rules.asks_for("Resources"))
}

/// Names the resource and the logical path of a finding that does not know its own, and its fingerprint.
fn place(finding: &mut Finding, path: &[String]) {
    if !finding.fingerprint.is_empty() {
        return;
    }
    if path.first().is_some_and(|section| section == "Resources") {
        finding.resource = path.get(1).cloned();
    }
    finding.logical_path = path.join("/");
}

/// Says through which stacks a finding in a nested one is reached, from the inside out, and of one in a file that is a
/// definition where the template names that file.
fn lead_to(finding: &mut Finding, template: &Template) {
    let mut file = finding.primary.location.file;
    // The code of functions belongs to no stack of its own.
    if file.0 as usize >= template.sources.len() {
        return;
    }
    if let Some(definition) = template.definition_file(file) {
        let location = definition.named_at.at_value();
        if finding.related.iter().all(|label| label.location != location) {
            finding.related.push(Label { location, message: "named here".to_owned() });
        }
    }
    while let Some(Nested { origin, .. }) = template.stack_at(file).nested {
        finding.related.push(Label { location: origin.at_key(), message: "nested here".to_owned() });
        file = origin.file;
    }
}

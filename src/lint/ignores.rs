//! What the authors of a template do not want to hear of, held against what is found and against what was looked for.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::Settings;
use crate::document::{Document, NodeId};
use crate::engine::may_be_elsewhere;
use crate::finding::{Finding, Suppression, SuppressionKind};
use crate::rule::{Catalogue, Page, Profile, Scope};
use crate::source::{FileId, Location, Source, Span};
use crate::suppress::{
    Complaint, File, Index, Meaning, Named, SUPPRESSION, Spot, Statement, Suppressions, lines_of,
};
use crate::template::Template;

use super::assembly::Documents;
use super::muted::Muted;
use super::suppression::ByPlace;

/// The suppressions of a template and of all that came with it.
pub(super) struct Ignores<'a> {
    template: &'a Template,
    documents: &'a Documents,
    /// Those of the files that are no templates, as far as they have suppressions.
    named: Vec<(FileId, Document)>,
    suppressions: Suppressions,
    index: Index,
    by_guard: &'a ByPlace,
    settings: &'a Settings,
    catalogue: &'a Catalogue,
}

/// The words of what each template exports, once they were asked for.
type Exported<'a> = FxHashMap<FileId, FxHashSet<&'a str>>;

/// How the rules ran over a template.
pub(super) struct Run<'a> {
    /// The rules that could have more to say: a check stayed undecided, or not all of their grades were asked.
    pub(super) open: Vec<&'a str>,
    /// Whether the whole application was seen as it is deployed in every case: nothing is left unexpanded, and no
    /// values are given that decide for one deployment what is otherwise in another.
    pub(super) is_complete: bool,
}

/// Suppressions that are told of one template: one with more is not written by hand.
const MOST_TOLD: usize = 100;

/// Each suppressed finding, by its rule and its place, with what suppresses it.
pub(super) type Hidden = FxHashMap<(String, Location), Suppression>;

/// What is wrong with the suppressions.
#[derive(Default)]
pub(super) struct Told {
    pub(super) complaints: Vec<Complaint>,
    /// The names that hold nothing back.
    pub(super) unused: Vec<Location>,
}

impl<'a> Ignores<'a> {
    /// Reads the suppressions of an assembly, unless they do not count.
    pub(super) fn read(
        template: &'a Template,
        documents: &'a Documents,
        by_guard: &'a ByPlace,
        settings: &'a Settings,
        catalogue: &'a Catalogue,
    ) -> Self {
        let (mut suppressions, mut named) = (Suppressions::default(), Vec::new());
        if settings.honours_suppressions {
            for (index, source) in template.sources.iter().enumerate() {
                let id = FileId(index as u32);
                let file = |document, is_template| File { id, source, document, is_template };
                if let Some(document) = documents.of_file(id) {
                    suppressions.read(file(document, true), catalogue);
                } else if source.text().contains("lenslint") {
                    // Whoever read the file for the template wanted other things of it.
                    let parsed = Document::parse(source.path(), source.text());
                    if let Some(document) = parsed.document.filter(|_| parsed.errors.is_empty()) {
                        suppressions.read(file(&document, false), catalogue);
                        named.push((id, document));
                    }
                }
            }
        }
        let index = Index::of(&suppressions.statements);
        Self { template, documents, named, suppressions, index, by_guard, settings, catalogue }
    }

    /// What suppresses a rule at a place.
    pub(super) fn hides(&self, at: Location, rule: &str, name: &str) -> Option<Suppression> {
        if !self.settings.honours_suppressions {
            return None;
        }
        let formerly = || self.catalogue.page(rule).into_iter().flat_map(|page| &page.formerly);
        if self.by_guard.hide(at, rule, name)
            || !self.by_guard.is_empty() && formerly().any(|former| self.by_guard.hide(at, former, former))
        {
            return Some(Suppression::of(SuppressionKind::GuardMetadata));
        }
        self.holding(at, rule).next().map(|(statement, name)| {
            let statement = &self.suppressions.statements[statement];
            statement.as_suppression(&statement.names[name])
        })
    }

    /// What is suppressed of some findings.
    pub(super) fn hidden(&self, findings: &[Finding]) -> Hidden {
        let hidden = findings.iter().filter_map(|finding| {
            let by = self.hides(finding.primary.location, &finding.rule, &finding.name)?;
            Some(((finding.rule.clone(), finding.primary.location), by))
        });
        hidden.collect()
    }

    /// What is wrong with the suppressions, all findings being known, whatever their confidence.
    pub(super) fn told(&self, findings: &[Finding], run: &Run<'_>) -> Told {
        let mut told = Told::default();
        if self.suppressions.is_empty() {
            return told;
        }
        told.complaints.extend(self.suppressions.garbled.iter().take(MOST_TOLD).cloned());
        let used = self.used(findings);
        let muted = Muted::of(self.settings, &self.template.sources);
        let mut exported = Exported::default();
        let is_strict = self.settings.selection.profile >= Profile::Strict;
        for statement in &self.suppressions.statements {
            if !statement.is_ours() {
                continue;
            }
            let has_expired = statement.has_expired(self.settings.circumstances.as_of);
            let mut blameless = None;
            for named in &statement.names {
                let at = (named.at.file, named.at.span.start);
                if told.complaints.len() >= MOST_TOLD {
                    return told;
                }
                if matches!(named.means, Meaning::Unknown) {
                    told.complaints.push(named.unknown(self.catalogue));
                } else if has_expired {
                    told.complaints.push(statement.expired(named));
                } else if !used.contains(&self.key(at))
                    && self.has_looked(statement, named, run, &muted, &mut exported)
                {
                    told.complaints.push(named.unused());
                    told.unused.push(named.at);
                } else if let Some(renamed) = named.renamed() {
                    told.complaints.push(renamed);
                } else {
                    blameless = blameless.or(Some(named));
                }
            }
            if is_strict && statement.reason.is_none() {
                told.complaints.extend(blameless.map(Named::reasonless));
            }
        }
        told
    }

    /// The names that hold something back, by their places: a file that two stacks nest has two copies of each.
    fn used(&self, findings: &[Finding]) -> FxHashSet<(&str, u32)> {
        let holding =
            findings.iter().flat_map(|finding| self.holding(finding.primary.location, &finding.rule));
        let places = holding.map(|(statement, name)| {
            let at = self.suppressions.statements[statement].names[name].at;
            self.key((at.file, at.span.start))
        });
        places.collect()
    }

    fn key(&self, (file, start): (FileId, u32)) -> (&str, u32) {
        (self.template.sources[file.0 as usize].path(), start)
    }

    /// The names that hold a rule back at a place: each by its statement and its place there.
    fn holding(&self, at: Location, rule: &str) -> impl Iterator<Item = (usize, usize)> {
        let statements = &self.suppressions.statements;
        // What is said of suppressions is not theirs to suppress.
        let is_asked = !statements.is_empty() && rule != SUPPRESSION;
        let page = is_asked.then(|| self.catalogue.page(rule)).flatten();
        let asked = page.map(|page| (page, self.index.at(self.spot(at))));
        asked.into_iter().flat_map(move |(page, here)| {
            let holding = here
                .into_iter()
                .filter(|number| !statements[*number].has_expired(self.settings.circumstances.as_of));
            holding.flat_map(move |number| {
                let names = statements[number].names.iter().enumerate();
                names.filter(move |(_, named)| named.names(page)).map(move |(name, _)| (number, name))
            })
        })
    }

    fn spot(&self, location: Location) -> Spot {
        let file = location.file;
        let document = self.documents.of_file(file);
        let of_named = || self.named.iter().find(|(id, _)| *id == file).map(|(_, document)| document);
        let lines =
            lines_of(&self.template.sources[file.0 as usize], document.or_else(of_named), location.span);
        // The files that a template names follow it; those of an application's parts follow the last of them.
        let is_template = document.is_some();
        let template = if is_template { file } else { self.template.stack_at(file).file };
        Spot { location, lines, template }
    }

    /// Whether every rule that a name stands for has looked for all that it could say where the suppression holds: if
    /// it said nothing, there is nothing.
    fn has_looked(
        &self,
        statement: &Statement,
        named: &Named,
        run: &Run<'_>,
        muted: &Muted<'_>,
        exported: &mut Exported<'a>,
    ) -> bool {
        let file = named.at.file;
        let stack = self.template.stack_at(file);
        let mut pages = self.catalogue.pages.iter().filter(|page| named.names(page)).peekable();
        run.is_complete
            && pages.peek().is_some()
            && pages.all(|page| {
                self.settings.selection.includes(page)
                    && !run.open.contains(&page.id.as_str())
                    && !muted.at(file, page)
                    && !may_be_elsewhere(page, stack)
                    && !self.is_others_to_tell(statement, page, file, exported)
            })
    }

    /// Whether a rule may find something there that other stacks bring about, which import what this one exports.
    fn is_others_to_tell(
        &self,
        statement: &Statement,
        page: &Page,
        file: FileId,
        exported: &mut Exported<'a>,
    ) -> bool {
        let Some(document) = self.documents.of_file(file) else { return true };
        if page.scope == Scope::Property || page.scope == Scope::Tool {
            return false;
        }
        let exported = exported.entry(file).or_insert_with(|| exported_words(document));
        if exported.is_empty() {
            return false;
        }
        let place = statement.place(&self.template.sources);
        let path = place.map(|place| {
            let span = Span { start: place.span.start, end: place.span.start };
            self.documents.path_in(Location { file: place.file, span })
        });
        match path.as_deref() {
            Some([section, resource, ..]) if section == "Resources" => exported.contains(resource.as_str()),
            Some(_) | None => true,
        }
    }
}

/// The words of the texts in the outputs that a template exports; the resources that they hand out are among them.
fn exported_words(document: &Document) -> FxHashSet<&str> {
    let outputs = document.value(document.root(), "Outputs");
    let outputs = outputs.into_iter().flat_map(|outputs| document.entries(outputs));
    let exported = outputs.filter(|output| document.value(output.value, "Export").is_some());
    let mut open: Vec<NodeId> = exported.map(|output| output.value).collect();
    let mut words = FxHashSet::default();
    while let Some(node) = open.pop() {
        words.extend(document.scalar(node).text.split(|c: char| !c.is_ascii_alphanumeric()));
        open.extend(document.items(node));
        open.extend(document.entries(node).map(|entry| entry.value));
    }
    words
}

/// Without what is told to hold nothing back in one report, and holds something back in another: a template that two
/// others nest.
pub(super) fn without_used_elsewhere<'c>(reports: impl Iterator<Item = &'c mut crate::finding::Checked>) {
    let mut reports: Vec<_> = reports.collect();
    let place =
        |sources: &[Source], at: Location| (sources[at.file.0 as usize].path().to_owned(), at.span.start);
    let mut used: FxHashSet<(String, u32)> = FxHashSet::default();
    for report in &reports {
        let locations = report.suppressed.iter().filter_map(|suppressed| suppressed.by.location);
        used.extend(locations.map(|at| place(&report.sources, at)));
    }
    for report in &mut reports {
        let (sources, unused) = (&report.sources, &report.unused);
        report.findings.retain(|finding| {
            let at = finding.primary.location;
            finding.rule != SUPPRESSION || !unused.contains(&at) || !used.contains(&place(sources, at))
        });
    }
}

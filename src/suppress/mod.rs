//! A suppression is what its author writes to hear no more of a rule at a place: in a comment, in `Metadata`, or in the
//! `Metadata` of another linter.

mod add;
mod alias;
mod attempt;
mod comment;
mod index;
mod metadata;
mod peers;
mod reason;

use crate::date::Date;
use crate::document::{Document, NodeId};
use crate::finding::{Suppression, SuppressionKind};
use crate::rule::{Catalogue, Page, Selector};
use crate::source::{ColumnUnit, FileId, Location, Source, Span};
use crate::spelling;

pub(crate) use add::{Addition, Asked, add};
use alias::Alias;
pub(crate) use index::Index;
pub(crate) use reason::Reason;

/// What one comment, or one entry of `Metadata`, says.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) kind: SuppressionKind,
    /// At least one.
    pub(crate) names: Vec<Named>,
    pub(crate) reason: Option<String>,
    /// The last day on which it holds.
    pub(crate) expires: Option<Date>,
    reach: Reach,
}

/// A name in a suppression.
#[derive(Debug)]
pub(crate) struct Named {
    /// As it is written.
    pub(crate) text: String,
    pub(crate) at: Location,
    pub(crate) means: Meaning,
}

/// What a name stands for.
#[derive(Debug)]
pub(crate) enum Meaning {
    /// A rule or a family of ours.
    Ours(Selector),
    /// A rule that had this name before, and the one that it has now.
    Renamed(Selector, String),
    /// A rule of ours that is called so elsewhere.
    Theirs(Selector, &'static Alias),
    /// No rule.
    Unknown,
}

/// Where a suppression holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// What is found on a line, from 1, or under a key on it.
    Line(FileId, u32),
    File(FileId),
    /// What is found inside of these bytes.
    Within(Location),
    /// A template and the files that it names.
    Template(FileId),
}

/// The place of a finding, as far as suppressions ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) location: Location,
    /// The line on which it begins, and that of the key that it stands under.
    pub(crate) lines: [u32; 2],
    /// The template that its file belongs to.
    pub(crate) template: FileId,
}

/// Something wrong with a suppression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) at: Location,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// All that the files of a template say.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    pub(crate) statements: Vec<Statement>,
    /// What speaks to us and cannot be read.
    pub(crate) garbled: Vec<Complaint>,
}

/// A file, as suppressions are read from it.
#[derive(Clone, Copy)]
pub(crate) struct File<'f> {
    pub(crate) id: FileId,
    pub(crate) source: &'f Source,
    pub(crate) document: &'f Document,
    /// Whether it is a template, and no file that one names.
    pub(crate) is_template: bool,
}

/// The rule that speaks of suppressions, and that none of them holds back.
pub(crate) const SUPPRESSION: &str = "SLP004";

/// The word that all of ours have in them.
const OURS: &str = "lenslint";
/// How it may be spelt by those who follow what else stands in `Metadata`.
const CASES: [&str; 4] = [OURS, "Lenslint", "LensLint", "LENSLINT"];

impl Suppressions {
    /// Reads what a file says.
    pub(crate) fn read(&mut self, file: File<'_>, catalogue: &Catalogue) {
        let is_named = |span: Span| attempt::names(file.source.slice(span)).next().is_some();
        if file.document.comments().iter().any(|comment| is_named(comment.span)) {
            for (comment, line) in comments(file) {
                self.comment(file, comment, line, catalogue);
            }
        }
        if CASES.iter().any(|name| file.source.text().contains(name)) {
            metadata::read(self, file, catalogue);
        }
        peers::read(self, file, catalogue);
    }

    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.garbled.is_empty()
    }

    fn comment(&mut self, file: File<'_>, span: Span, line: u32, catalogue: &Catalogue) {
        let said = match comment::read(file.source.slice(span)) {
            None => return,
            Some(Ok(said)) => said,
            Some(Err(garbled)) => {
                let help = "Write `# lenslint: ignore[SLP202] reason` on the line or above it, or \
                            `# lenslint: ignore-file[SLP202] reason` at the top of the file.";
                return self.garbled.push(Complaint {
                    at: file.within(span, garbled.at),
                    message: garbled.message,
                    help: Some(help.to_owned()),
                });
            }
        };
        let (kind, reach) = if said.is_for_file {
            if span.start > file.document.span(file.document.root()).start {
                return self.garbled.push(Complaint {
                    at: file.within(span, said.word),
                    message: "Suppression for a file stands in the middle of it, and holds nothing back"
                        .to_owned(),
                    help: Some("Move it above the first key, or write `ignore` for one line.".to_owned()),
                });
            }
            (SuppressionKind::FileComment, Reach::File(file.id))
        } else {
            (SuppressionKind::Comment, Reach::Line(file.id, line))
        };
        let names = said.names.iter().map(|(text, at)| Named {
            text: (*text).to_owned(),
            at: file.within(span, *at),
            means: Meaning::of(text, catalogue),
        });
        self.statements.push(Statement {
            kind,
            names: names.collect(),
            reason: said.reason.map(str::to_owned),
            expires: said.expires,
            reach,
        });
    }
}

/// The comments of a file, each with the line that it is about: its own, or the first below that is more than a comment.
fn comments(file: File<'_>) -> Vec<(Span, u32)> {
    let source = file.source;
    let mut found = Vec::new();
    // From below: what stands alone is about what the comment below it is about.
    let mut below = None;
    for comment in file.document.comments().iter().rev() {
        let own = line_of(source, comment.span.start);
        let line = source.line_span(own).unwrap_or(comment.span);
        let is_alone = source.slice(line).trim_start_matches(['\u{feff}', ' ', '\t']).starts_with('#');
        let about = match below {
            _ if !is_alone => own,
            Some((next, about)) if next == own + 1 => about,
            Some(_) | None => own + 1,
        };
        below = is_alone.then_some((own, about));
        found.push((comment.span, about));
    }
    found.reverse();
    found
}

pub(crate) fn line_of(source: &Source, offset: u32) -> u32 {
    source.position(offset, ColumnUnit::Bytes).line
}

/// The line on which a place begins, and that of the key that it stands under.
pub(crate) fn lines_of(source: &Source, document: Option<&Document>, span: Span) -> [u32; 2] {
    let own = line_of(source, span.start);
    let key = document.and_then(|document| document.key_at(span));
    [own, key.map_or(own, |key| line_of(source, key.start))]
}

impl File<'_> {
    /// A place in a node or a comment whose bytes are `outer`.
    fn within(self, outer: Span, inner: Span) -> Location {
        let span = Span { start: outer.start + inner.start, end: outer.start + inner.end };
        Location { file: self.id, span }
    }

    fn at(self, node: NodeId) -> Location {
        Location { file: self.id, span: self.document.span(node) }
    }

    /// The resources that the file defines, each with its key: in a file that templates include there is no section
    /// around them, and those in a loop stand in its body.
    fn resources(self) -> Vec<(NodeId, NodeId)> {
        let document = self.document;
        let section = document.value(document.root(), "Resources");
        let mut maps = vec![section.unwrap_or(document.root())];
        let mut found = Vec::new();
        while let Some(map) = maps.pop() {
            for entry in document.entries(map) {
                if document.scalar(entry.key).text.starts_with("Fn::ForEach::") {
                    maps.extend(document.items(entry.value).nth(2));
                } else if document.value(entry.value, "Type").is_some() {
                    found.push((entry.key, entry.value));
                }
            }
        }
        found
    }

    /// The `Metadata` of the template and of its resources, each with where it holds.
    fn metadata(self) -> Vec<(NodeId, Reach)> {
        let document = self.document;
        let of_template = document.value(document.root(), "Metadata").filter(|_| self.is_template);
        let of_template = of_template.map(|metadata| (metadata, Reach::Template(self.id)));
        let of_resources = self.resources().into_iter().filter_map(|(key, resource)| {
            let span = Span { start: document.span(key).start, end: document.span(resource).end };
            let reach = Reach::Within(Location { file: self.id, span });
            Some((document.value(resource, "Metadata")?, reach))
        });
        of_template.into_iter().chain(of_resources).collect()
    }
}

impl Meaning {
    /// What a name stands for: a rule or a family of ours before one of another linter.
    fn of(name: &str, catalogue: &Catalogue) -> Self {
        if let Some(page) = catalogue.renamed(name) {
            return Self::Renamed(Selector::Rule(page.id.clone()), page.now(name).to_owned());
        }
        match (Selector::known(name, catalogue), Alias::of(name)) {
            (Some(selector), _) => Self::Ours(selector),
            (None, Some(alias)) => Self::Theirs(alias.selector(), alias),
            (None, None) => Self::Unknown,
        }
    }

    /// What it selects.
    pub(crate) fn selector(&self) -> Option<&Selector> {
        match self {
            Self::Ours(selector) | Self::Renamed(selector, _) | Self::Theirs(selector, _) => Some(selector),
            Self::Unknown => None,
        }
    }
}

impl Statement {
    /// Whether its last day is over.
    pub(crate) fn has_expired(&self, as_of: Date) -> bool {
        self.expires.is_some_and(|last| as_of > last)
    }

    /// Whether it is ours to judge: what another linter reads may be of use there.
    pub(crate) fn is_ours(&self) -> bool {
        match self.kind {
            SuppressionKind::Comment
            | SuppressionKind::FileComment
            | SuppressionKind::ResourceMetadata
            | SuppressionKind::TemplateMetadata => true,
            SuppressionKind::GuardMetadata
            | SuppressionKind::CfnLintMetadata
            | SuppressionKind::CdkNagMetadata
            | SuppressionKind::Baseline
            | SuppressionKind::Revision => false,
        }
    }

    /// A place at which it holds, for whoever asks what is there.
    pub(crate) fn place(&self, sources: &[Source]) -> Option<Location> {
        match self.reach {
            Reach::Line(file, line) => {
                let source = sources.get(file.0 as usize)?;
                let span = source.line_span(line)?;
                let text = source.slice(span);
                let start = span.start + (text.len() - text.trim_start().len()) as u32;
                Some(Location { file, span: Span { start, end: start } })
            }
            Reach::Within(location) => Some(location),
            Reach::File(_) | Reach::Template(_) => None,
        }
    }

    /// As a finding tells what suppresses it.
    pub(crate) fn as_suppression(&self, named: &Named) -> Suppression {
        Suppression { kind: self.kind, reason: self.reason.clone(), location: Some(named.at) }
    }

    /// That its last day is over.
    pub(crate) fn expired(&self, named: &Named) -> Complaint {
        let last = self.expires.map(|date| format!(" on {date}")).unwrap_or_default();
        Complaint {
            at: named.at,
            message: format!("Suppression of '{}' expired{last}", named.text),
            help: Some("Mend what it holds back, or give it another date.".to_owned()),
        }
    }
}

impl Named {
    /// Whether it names a rule.
    pub(crate) fn names(&self, page: &Page) -> bool {
        self.means.selector().is_some_and(|selector| selector.names(page))
    }

    /// That no rule has this name.
    pub(crate) fn unknown(&self, catalogue: &Catalogue) -> Complaint {
        let nearest = catalogue.nearest(&self.text);
        Complaint {
            at: self.at,
            message: format!("No rule has the name '{}'{}", self.text, spelling::hint(nearest.as_deref())),
            help: Some("Write an id, a name or a family: `lenslint rules` lists them.".to_owned()),
        }
    }

    /// That the rule has another name now, if it has.
    pub(crate) fn renamed(&self) -> Option<Complaint> {
        let Meaning::Renamed(_, now) = &self.means else { return None };
        Some(Complaint {
            at: self.at,
            message: format!("Rule '{}' has another name now: '{now}'", self.text),
            help: Some(format!("Write `{now}`. The old name goes on holding back until then.")),
        })
    }

    /// That there is nothing to suppress.
    pub(crate) fn unused(&self) -> Complaint {
        let help = match &self.means {
            Meaning::Theirs(_, Alias { rule, because, .. }) => {
                format!("Remove it. It stands for {rule}: {because}.")
            }
            Meaning::Ours(_) | Meaning::Renamed(..) | Meaning::Unknown => "Remove it.".to_owned(),
        };
        Complaint {
            at: self.at,
            message: format!(
                "Suppression of '{}' holds nothing back: there is no such finding here",
                self.text
            ),
            help: Some(help),
        }
    }

    /// That its author does not say why.
    pub(crate) fn reasonless(&self) -> Complaint {
        Complaint {
            at: self.at,
            message: format!("Suppression of '{}' gives no reason", self.text),
            help: Some("Say why: behind the bracket of a comment, or as `reason` in `Metadata`.".to_owned()),
        }
    }
}

//! The order of the stages, from bytes to findings; no other file knows it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{self, Path};

use rayon::prelude::*;

use crate::document::{Document, DuplicateKey, Parsed, SyntaxError};
use crate::engine::{Checking, check};
use crate::finding::{Checked, Confidence, Finding, Label};
use crate::graph::Graph;
use crate::rule::{Catalogue, Page, Selection};
use crate::sam;
use crate::source::{ColumnUnit, FileId, Location, Position, Source, Span};
use crate::template::{Folder, Resolver, Template};
use crate::view::{Resources, View, expanded_to_json};

/// The linter's own findings, by what they are about.
const UNREADABLE: &str = "SLP001";
const DUPLICATE_KEY: &str = "SLP002";
const UNEXPANDED: &str = "SLP006";

/// Duplicate keys that are told of one file: one with more is not written by hand.
const MOST_DUPLICATES: usize = 100;

/// A linter is set up once and checks any number of files, from any number of threads.
pub struct Linter<'c> {
    catalogue: &'c Catalogue,
    selection: Selection,
    min_confidence: Confidence,
    /// The pages that run over a template.
    pages: Vec<&'c Page>,
    resources: Resources,
}

/// A file that looks like a template, with its bytes.
pub struct Input<'i> {
    /// The path that reports show.
    pub path: &'i str,
    /// Where it lies, for the files that it names; `None` for an unnamed standard input.
    pub on_disk: Option<&'i Path>,
    /// What is in it.
    pub bytes: &'i [u8],
}

impl<'c> Linter<'c> {
    /// A linter that runs the selected rules of a catalogue.
    pub fn new(catalogue: &'c Catalogue, selection: Selection, min_confidence: Confidence) -> Self {
        let pages: Vec<&Page> = catalogue.pages.iter().filter(|page| selection.includes(page)).collect();
        // Parsing the pages' logic is most of what a run over one small template costs: all threads take part.
        let asks: Vec<bool> = pages.par_iter().map(|page| asks_for_resources(page)).collect();
        let resources = if asks.contains(&true) { Resources::Included } else { Resources::LeftOut };
        Self { catalogue, selection, min_confidence, pages, resources }
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
        let mut findings = Vec::new();
        for error in &parsed.errors {
            findings.extend(self.own(UNREADABLE, error.span, error.message.clone(), error.help.clone()));
        }
        let source = Source::new(input.path, text);
        let Some(document) = parsed.document else {
            return Some(Self::checked(vec![source], false, findings));
        };
        for duplicate in document.duplicate_keys().iter().take(MOST_DUPLICATES) {
            findings.extend(self.duplicate_key(&document, *duplicate));
        }
        // What could not be read may be just what a rule would miss: after a syntax error nothing is proved.
        let is_sound = parsed.errors.is_empty();
        let sources = if is_sound {
            self.check_template(input, source, &document, &mut findings)
        } else {
            vec![source]
        };
        for finding in &mut findings {
            place(finding, &document);
        }
        Some(Self::checked(sources, is_sound, findings))
    }

    /// The stages from the template on. Gives back the sources that the findings point into.
    fn check_template(
        &self,
        input: &Input<'_>,
        source: Source,
        document: &Document,
        findings: &mut Vec<Finding>,
    ) -> Vec<Source> {
        // A section of the wrong shape is a schema checker's business: what it holds is left out here.
        let (mut template, _) = Template::read(source, document, folder_of(input));
        for left in sam::expand(&mut template) {
            findings.extend(self.own(UNEXPANDED, left.location.span, left.message, None));
        }
        let resolver = Resolver::new(&template);
        let graph = Graph::build(resolver);
        let view = View::build(resolver, &graph, self.resources);
        let path_to = |location: Location| {
            if location.file == FileId::TEMPLATE { document.path_to(location.span) } else { Vec::new() }
        };
        let checking = Checking {
            is_of_tests: &|| is_of_tests(input),
            template: &template,
            view: &view,
            profile: self.selection.grades(),
            path_to: &path_to,
        };
        for page in &self.pages {
            findings.extend(check(checking, page));
        }
        findings.retain(|finding| finding.confidence >= self.min_confidence);
        template.sources
    }

    fn checked(sources: Vec<Source>, is_template: bool, mut findings: Vec<Finding>) -> Checked {
        findings.sort_by(|a, b| {
            let place =
                |finding: &Finding| (finding.primary.location.file, finding.primary.location.span.start);
            place(a).cmp(&place(b)).then_with(|| a.rule.cmp(&b.rule))
        });
        number_equal_fingerprints(&mut findings);
        Checked { sources, is_template, findings }
    }

    /// One of the linter's own findings, unless it is ignored.
    fn own(&self, rule: &str, span: Span, message: String, help: Option<String>) -> Option<Finding> {
        let page = self.catalogue.page(rule).filter(|page| self.selection.includes(page))?;
        Some(Finding {
            rule: page.id.clone(),
            name: page.slug.clone(),
            severity: page.severity,
            confidence: page.confidence,
            message,
            primary: Label { location: Location { file: FileId::TEMPLATE, span }, message: String::new() },
            related: Vec::new(),
            resource: None,
            logical_path: String::new(),
            condition: None,
            help,
            fingerprint: String::new(),
        })
    }

    fn duplicate_key(
        &self,
        document: &Document,
        DuplicateKey { first, again }: DuplicateKey,
    ) -> Option<Finding> {
        let key = document.path_to(again).pop().unwrap_or_default();
        let message = format!("Key '{key}' stands twice in one map: the last one wins");
        let help = Some("Remove one of the two.".to_owned());
        let mut finding = self.own(DUPLICATE_KEY, again, message, help)?;
        let location = Location { file: FileId::TEMPLATE, span: first };
        finding.related.push(Label { location, message: "this value is lost".to_owned() });
        Some(finding)
    }

    fn unreadable(&self, input: &Input<'_>, undecodable: Undecodable) -> Checked {
        let Undecodable { text, span, message, help } = undecodable;
        let findings = self.own(UNREADABLE, span, message, Some(help)).into_iter().collect();
        Self::checked(vec![Source::new(input.path, text)], false, findings)
    }
}

/// Whether a rule looks at the resources themselves; its logic is parsed to tell.
fn asks_for_resources(page: &Page) -> bool {
    matches!(page.rules(), Some(Ok(rules)) if rules.asks_for("Resources"))
}

/// A template expanded, or its graph, as JSON.
pub struct Expanded {
    /// `None` for a file that is no template.
    pub json: Option<serde_json::Value>,
    /// What could not be understood or expanded, with its place: the first is left out, the second stays as it is.
    pub notes: Vec<String>,
}

/// Why a file cannot be expanded: the first thing in it that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it is.
    pub position: Position,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position: Position { line, column }, message, help } = self;
        write!(f, "{line}:{column}: {message}")?;
        match help {
            Some(help) => write!(f, ". {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Unreadable {}

/// What the SAM transform makes of a template.
///
/// # Errors
///
/// A file that looks like a template cannot be read as one.
pub fn expand(input: &Input<'_>) -> Result<Expanded, Unreadable> {
    expanded(input, expanded_to_json)
}

/// What rules query: the expanded resources, resolved where they are known, and the graph.
///
/// # Errors
///
/// As [`expand`].
pub fn graph(input: &Input<'_>) -> Result<Expanded, Unreadable> {
    expanded(input, |template| {
        let resolver = Resolver::new(template);
        let graph = Graph::build(resolver);
        View::build(resolver, &graph, Resources::Included).to_json(template)
    })
}

fn expanded(
    input: &Input<'_>,
    to_json: impl FnOnce(&Template) -> serde_json::Value,
) -> Result<Expanded, Unreadable> {
    let position = |source: &Source, span: Span| source.position(span.start, ColumnUnit::CodePoints);
    let (text, parsed) = match read(input) {
        Reading::NoTemplate => return Ok(Expanded { json: None, notes: Vec::new() }),
        Reading::Undecodable(Undecodable { text, span, message, help }) => {
            let position = position(&Source::new(input.path, text), span);
            return Err(Unreadable { position, message, help: Some(help) });
        }
        Reading::Parsed { text, parsed } => (text, parsed),
    };
    let source = Source::new(input.path, text);
    if let Some(SyntaxError { span, message, help }) = parsed.errors.into_iter().next() {
        return Err(Unreadable { position: position(&source, span), message, help });
    }
    let Some(document) = parsed.document else { return Ok(Expanded { json: None, notes: Vec::new() }) };
    let (mut template, flaws) = Template::read(source, &document, folder_of(input));
    let unexpanded = sam::expand(&mut template);
    let told = flaws.iter().map(|flaw| (flaw.location, &flaw.message));
    let told = told.chain(unexpanded.iter().map(|left| (left.location, &left.message)));
    let note = |(location, message): (Location, &String)| {
        let Position { line, column } = position(&template.sources[0], location.span);
        format!("{line}:{column}: {message}")
    };
    let notes = told.map(note).collect();
    Ok(Expanded { json: Some(to_json(&template)), notes })
}

/// What the bytes of a file are.
enum Reading<'i> {
    NoTemplate,
    Undecodable(Undecodable),
    /// A template, or what looks like one and does not parse.
    Parsed {
        text: &'i str,
        parsed: Parsed,
    },
}

fn read<'i>(input: &Input<'i>) -> Reading<'i> {
    let text = match decode(input.bytes) {
        Ok(text) => text,
        Err(undecodable) => return Reading::Undecodable(undecodable),
    };
    let parsed = Document::parse(input.path, text);
    let is_sound_and_no_template =
        parsed.errors.is_empty() && !parsed.document.as_ref().is_some_and(is_template);
    if is_sound_and_no_template { Reading::NoTemplate } else { Reading::Parsed { text, parsed } }
}

/// Whether a template lies below a folder of tests or stubs: in the path that was named, or below the root of the
/// repository.
fn is_of_tests(input: &Input<'_>) -> bool {
    let named = Path::new(input.path);
    let on_disk = input.on_disk.and_then(|path| path::absolute(path).ok());
    let root =
        on_disk.as_deref().and_then(|path| path.ancestors().find(|folder| folder.join(".git").exists()));
    let below_root = on_disk.as_deref().zip(root).and_then(|(path, root)| path.strip_prefix(root).ok());
    [Some(named).filter(|path| path.is_relative()), below_root]
        .into_iter()
        .flatten()
        .flat_map(|path| path.parent().into_iter().flat_map(Path::components))
        .any(|folder| is_folder_of_tests(&folder.as_os_str().to_string_lossy()))
}

fn is_folder_of_tests(name: &str) -> bool {
    ["test", "tests", "__tests__", "test-harness"].contains(&name)
        || name.ends_with("-stub")
        || name.ends_with("-stubs")
}

fn folder_of(input: &Input<'_>) -> Folder {
    input.on_disk.map_or_else(Folder::none, Folder::of)
}

/// Bytes that are no UTF-8 text.
struct Undecodable {
    /// What could be made of them, with U+FFFD for the rest; the same up to the place.
    text: String,
    span: Span,
    message: String,
    help: String,
}

fn decode(bytes: &[u8]) -> Result<&str, Undecodable> {
    let (found, at) = if is_utf16(bytes) {
        ("UTF-16", 0)
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(text),
            Err(error) => ("a byte that is not UTF-8", error.valid_up_to()),
        }
    };
    Err(Undecodable {
        text: String::from_utf8_lossy(bytes).into_owned(),
        span: Span::new(at..at),
        message: format!("Expected a template in UTF-8, found {found}"),
        help: "Save the file as UTF-8.".to_owned(),
    })
}

/// By its byte-order mark, or by the zero that is half of each ASCII letter, and that no template in UTF-8 starts
/// with.
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        [] | [_] => false,
    }
}

/// Whether a document is a template: a `Resources` map in which something has a type. What only looked like
/// one to the sniffer is left alone.
fn is_template(document: &Document) -> bool {
    let value_of = |map, key: &str| {
        document.entries(map).find(|entry| document.scalar(entry.key).text == key).map(|entry| entry.value)
    };
    value_of(document.root(), "Resources").is_some_and(|resources| {
        document.entries(resources).any(|resource| value_of(resource.value, "Type").is_some())
            || document.entries(resources).any(|entry| document.scalar(entry.key).text.starts_with("Fn::"))
    })
}

/// Names the resource and the logical path of a finding that does not know its own, and its fingerprint.
fn place(finding: &mut Finding, document: &Document) {
    if !finding.fingerprint.is_empty() {
        return;
    }
    let path = document.path_to(finding.primary.location.span);
    if path.first().is_some_and(|section| section == "Resources") {
        finding.resource = path.get(1).cloned();
    }
    finding.logical_path = path.join("/");
}

/// Findings of one rule at one logical path (two equal mappings) are told apart by their order.
fn number_equal_fingerprints(findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for finding in findings {
        if finding.fingerprint.is_empty() {
            finding.fingerprint = crate::finding::fingerprint(&finding.rule, &finding.logical_path, &[]);
        }
        let times = seen.entry(finding.fingerprint.clone()).or_default();
        *times += 1;
        if *times > 1 {
            finding.fingerprint =
                crate::finding::fingerprint(&finding.rule, &finding.logical_path, &[times.to_string()]);
        }
    }
}

//! A page read from its Markdown, with everything in it checked once, at load.

use std::borrow::Cow;
use std::fmt;

use crate::document::{Document, NodeId, Typed};
use crate::facts::{self, Fact};
use crate::finding::{Confidence, Severity};
use crate::spelling;

use super::logic::{Block, Logic, Parsed};
use super::markdown::{Halves, Outline, fences};
use super::misfenced::{Misfenced, misfenced};

/// Which runs a rule is part of; each profile includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Right nearly every time.
    Default,
    /// Sound, but it fires on most code or rests on weak evidence.
    Strict,
    /// Depends on the workload.
    Pedantic,
}

impl Profile {
    /// The profile of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Default, Self::Strict, Self::Pedantic].into_iter().find(|profile| profile.as_str() == name)
    }

    /// `default`, `strict`, `pedantic`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::Pedantic => "pedantic",
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One resource's properties.
    Property,
    /// Several resources and how they are wired.
    Graph,
    /// A workflow's definition.
    Workflow,
    /// The linter's own findings: there is no logic on the page.
    Tool,
}

impl Scope {
    /// The scope of that name.
    fn named(name: &str) -> Option<Self> {
        [Self::Property, Self::Graph, Self::Workflow, Self::Tool]
            .into_iter()
            .find(|scope| scope.as_str() == name)
    }

    /// `prop`, `graph`, `asl`, `tool`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Property => "prop",
            Self::Graph => "graph",
            Self::Workflow => "asl",
            Self::Tool => "tool",
        }
    }
}

/// What could supply a setting that the template leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// `Globals` or another resource, perhaps in another file: silent in a fragment.
    Elsewhere,
    /// The event or resource itself: absence there is proved.
    Here,
}

impl Absence {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "elsewhere" => Some(Self::Elsewhere),
            "here" => Some(Self::Here),
            _ => None,
        }
    }
}

/// How a finding of a rule can be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// By an edit that changes nothing but the defect.
    Auto,
    /// By an edit that a person decides on.
    Suggest,
    /// By thinking: there is no one edit.
    Text,
}

impl Remedy {
    /// `auto`, `suggest`, `text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Suggest => "suggest",
            Self::Text => "text",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Auto, Self::Suggest, Self::Text].into_iter().find(|remedy| remedy.as_str() == name)
    }
}

/// A rule page.
#[derive(Debug)]
pub struct Page {
    /// `SLP202`.
    pub id: String,
    /// `sqs-visibility-below-6x`.
    pub slug: String,
    /// The folder: `queues`.
    pub family: String,
    /// The ids and slugs that it had before, the oldest first: they go on naming it.
    pub formerly: Vec<String>,
    /// The file of a user's own rule, as reports show it; `None` for one that lenslint carries.
    pub file: Option<String>,
    /// The first heading, without a full stop.
    pub title: String,
    /// The highest grade.
    pub severity: Severity,
    /// How often a firing is right.
    pub confidence: Confidence,
    /// From which profile on it runs.
    pub profile: Profile,
    /// What it looks at.
    pub scope: Scope,
    /// What could supply what it misses.
    pub absence: Absence,
    /// How a finding can be mended; the linter's own findings leave it open.
    pub remedy: Option<Remedy>,
    /// The best practice: `PERF 1 / capacity units`.
    pub lens: String,
    /// The release that brought it.
    pub since: String,
    /// The numbers of AWS that it rests on.
    pub facts: Vec<&'static Fact>,
    /// The address of its documentation; pages that lenslint carries have theirs from the repository.
    pub docs: Option<String>,
    /// The whole page below the front matter, as Markdown. Most runs show nothing of it but the title: it is taken apart
    /// where somebody asks for a part.
    pub text: Cow<'static, str>,
    /// How many lines of the page stand above its text.
    pub(super) above: usize,
    pub(super) logic: Option<Logic>,
}

/// A template on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The template's text.
    pub text: String,
    /// Whether it is JSON.
    pub is_json: bool,
    /// The lines of the example, from 1, on which the rule fires; empty for one that passes.
    pub fires: Vec<u32>,
    /// The line of the page, from 1, where the example's text begins.
    pub line: usize,
}

/// Why a page is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageError {
    /// The page's file name without its extension.
    pub page: String,
    /// What was expected and what was found.
    pub message: String,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.page, self.message)
    }
}

impl std::error::Error for PageError {}

impl Page {
    /// Its first id: fingerprints are made of it, so that a rule may change its name and no finding is new.
    pub(crate) fn first_id(&self) -> &str {
        self.formerly.iter().find(|name| is_id(name)).unwrap_or(&self.id)
    }

    /// What a former name of it is now: the id for an id, the slug for a slug.
    pub(crate) fn now(&self, former: &str) -> &str {
        let had = self.formerly.iter().find(|name| name.eq_ignore_ascii_case(former));
        if had.is_some_and(|name| !is_id(name)) { &self.slug } else { &self.id }
    }

    /// Reads a page from its folder, the name of its file without `.md`, and its text.
    ///
    /// # Errors
    ///
    /// The file's name, the front matter or the sections are not those of a page. The logic is parsed later, by
    /// [`Page::rules`].
    pub fn read(family: &str, stem: &str, file: &str) -> Result<Self, PageError> {
        let halves = halves(stem, file)?;
        let logic = Outline::of(halves.body).logic();
        let logic = logic.map(|block| Block::written(block.text, halves.above + block.line));
        Self::of(family, stem, halves, Cow::Owned(halves.body.to_owned()), logic)
    }

    /// Reads a page that the program carries, of which the build script has parsed the logic.
    ///
    /// # Errors
    ///
    /// As of [`Page::read`].
    pub(super) fn built_in(
        family: &str,
        stem: &str,
        file: &'static str,
        logic: Option<&Parsed>,
    ) -> Result<Self, PageError> {
        let halves = halves(stem, file)?;
        let logic = logic.map(|parsed| Block::built_in(file, parsed));
        Self::of(family, stem, halves, Cow::Borrowed(halves.body), logic)
    }

    fn of(
        family: &str,
        stem: &str,
        halves: Halves<'_>,
        text: Cow<'static, str>,
        logic: Option<Block>,
    ) -> Result<Self, PageError> {
        let fail = |message: String| PageError { page: stem.to_owned(), message };
        let (id, slug) = stem.split_once('-').ok_or_else(|| {
            fail("a page is named by its id and its slug: SLP202-sqs-visibility-below-6x.md".into())
        })?;
        let front = FrontMatter::read(halves.front).map_err(fail)?;
        if logic.is_none() != (front.scope == Scope::Tool) {
            return Err(fail(
                "a page has a `guard` block in its section `Rule`, but for pages of scope tool".into(),
            ));
        }
        Ok(Self {
            id: id.to_owned(),
            slug: slug.to_owned(),
            family: family.to_owned(),
            formerly: front.formerly,
            file: None,
            title: Outline::title_of(&text).to_owned(),
            severity: front.severity,
            confidence: front.confidence,
            profile: front.profile,
            scope: front.scope,
            absence: front.absence,
            remedy: front.remedy,
            lens: front.lens,
            since: front.since,
            facts: front.facts,
            docs: front.docs,
            text,
            above: halves.above,
            logic: logic.map(Logic::Block),
        })
    }

    /// The paragraphs between the title and the first section, as Markdown: why it hurts.
    pub fn why(&self) -> &str {
        Outline::of(&self.text).lead
    }

    /// The section `Fix`, as Markdown; empty where there is none.
    pub fn fix(&self) -> &str {
        Outline::of(&self.text).section("Fix").unwrap_or_default()
    }

    /// The examples of `Fails` and `Passes`.
    pub fn examples(&self) -> Vec<Example> {
        examples(&Outline::of(&self.text), self.above)
    }

    /// Where examples stand that are not run, and what keeps them from it; the lines are those of the page's file.
    pub fn misfenced(&self) -> Vec<Misfenced> {
        misfenced(&self.text, self.above)
    }
}

fn halves<'p>(stem: &str, file: &'p str) -> Result<Halves<'p>, PageError> {
    let fail = |message: &str| PageError { page: stem.to_owned(), message: message.to_owned() };
    Halves::of(file).ok_or_else(|| fail("a page begins with front matter between two lines of `---`"))
}

/// Whether a former name was an id, which is written without small letters, and no slug.
fn is_id(name: &str) -> bool {
    !name.contains(char::is_lowercase)
}

struct FrontMatter {
    severity: Severity,
    confidence: Confidence,
    profile: Profile,
    scope: Scope,
    absence: Absence,
    remedy: Option<Remedy>,
    lens: String,
    since: String,
    facts: Vec<&'static Fact>,
    formerly: Vec<String>,
    docs: Option<String>,
}

impl FrontMatter {
    fn read(text: &str) -> Result<Self, String> {
        let mut front = Self {
            severity: Severity::Warning,
            confidence: Confidence::Medium,
            profile: Profile::Default,
            scope: Scope::Graph,
            absence: Absence::Here,
            remedy: None,
            lens: String::new(),
            since: String::new(),
            facts: Vec::new(),
            formerly: Vec::new(),
            docs: None,
        };
        let parsed = Document::parse("front.yaml", text);
        if let Some(error) = parsed.errors.first() {
            return Err(format!("the front matter is not YAML: {}", error.message));
        }
        let document = parsed.document.ok_or("the front matter is empty")?;
        for entry in document.entries(document.root()) {
            let key = document.scalar(entry.key).text;
            if key == "facts" {
                front.facts = facts_of(&document, entry.value)?;
                continue;
            }
            if key == "formerly" {
                front.formerly = former_names(&document, entry.value)?;
                continue;
            }
            let value = match document.scalar(entry.value).typed() {
                Typed::Text(text) => text,
                Typed::Null | Typed::Bool(_) | Typed::Int(_) | Typed::Float(_) => {
                    document.scalar(entry.value).text
                }
            };
            front.set(key, value)?;
        }
        Ok(front)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let known = |choices: &str| format!("`{key}: {value}`: known are {choices}");
        match key {
            "severity" => {
                self.severity = Severity::named(value).ok_or_else(|| known("error, warning and info"))?;
            }
            "confidence" => {
                self.confidence = Confidence::named(value).ok_or_else(|| known("high, medium and low"))?;
            }
            "profile" => {
                self.profile = Profile::named(value).ok_or_else(|| known("default, strict and pedantic"))?;
            }
            "scope" => self.scope = Scope::named(value).ok_or_else(|| known("prop, graph, asl and tool"))?,
            "fix" => self.remedy = Some(Remedy::named(value).ok_or_else(|| known("auto, suggest and text"))?),
            "absence" => self.absence = Absence::named(value).ok_or_else(|| known("elsewhere and here"))?,
            "lens" => value.clone_into(&mut self.lens),
            "since" => value.clone_into(&mut self.since),
            "docs" => self.docs = Some(value.to_owned()),
            _ => return Err(format!("`{key}` is no key of a page's front matter")),
        }
        Ok(())
    }
}

/// The facts that a list names.
fn facts_of(document: &Document, list: NodeId) -> Result<Vec<&'static Fact>, String> {
    let named = document.items(list).map(|item| {
        let name = document.scalar(item).text;
        facts::named(name)
            .map_err(|near| format!("`facts`: there is no fact '{name}'{}", spelling::hint(near)))
    });
    named.collect()
}

/// The names of `formerly`.
fn former_names(document: &Document, list: NodeId) -> Result<Vec<String>, String> {
    let names: Vec<String> = document.items(list).map(|name| document.scalar(name).text.to_owned()).collect();
    if names.is_empty() || names.iter().any(String::is_empty) {
        return Err("`formerly` is a list of the ids and slugs that the rule had before".to_owned());
    }
    Ok(names)
}

/// The examples of `Fails` and `Passes`, with the lines that their markers name.
fn examples(outline: &Outline<'_>, above: usize) -> Vec<Example> {
    let mut found = Vec::new();
    for section in &outline.sections {
        if section.heading != "Fails" && section.heading != "Passes" {
            continue;
        }
        for fence in fences(section.body) {
            let (language, options) = fence.info.split_once(' ').unwrap_or((fence.info, ""));
            found.push(Example {
                text: fence.text.to_owned(),
                is_json: language == "json",
                fires: marked_lines(fence.text, options),
                line: above + section.line + fence.line + 1,
            });
        }
    }
    found
}

/// Lines that end in `# fires`, and those of `fires=LINE[,LINE]` in the info string (JSON has no comments).
fn marked_lines(text: &str, options: &str) -> Vec<u32> {
    let mut lines: Vec<u32> = (1u32..)
        .zip(text.lines())
        .filter(|(_, line)| line.trim_end().ends_with("# fires"))
        .map(|(number, _)| number)
        .collect();
    let named = options.split_whitespace().find_map(|option| option.strip_prefix("fires="));
    lines.extend(
        named.into_iter().flat_map(|list| list.split(',')).filter_map(|number| number.parse::<u32>().ok()),
    );
    lines
}

//! The logic of a rule: the Guard block of its page, or a rule of a plain file.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::guard::{Dialect, Header, RuleIndex, Rules};

use super::guard_file::untitled;
use super::page::{Page, PageError, Profile};

/// What a rule asks.
#[derive(Debug)]
pub(super) enum Logic {
    /// The guard block of a page.
    Block(Block),
    /// Those rules of a `.guard` file that have this rule's name.
    Named { file: Arc<Rules>, rules: Vec<RuleIndex> },
}

/// The guard block of a page, parsed when it is first needed: `explain` and a narrow `--select` need few.
#[derive(Debug)]
pub(super) struct Block {
    text: Cow<'static, str>,
    /// How many lines of the page stand above it.
    line: usize,
    /// Its parsed form, of a page that the program carries.
    stored: Option<&'static [u8]>,
    rules: OnceLock<Result<Box<Rules>, PageError>>,
}

/// What the build script made of the guard block of a page.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Where the block stands in the page.
    pub(super) at: Range<usize>,
    /// How many lines of the page stand above it.
    pub(super) line: usize,
    /// What it was made into.
    pub(super) bytes: &'static [u8],
}

impl Block {
    /// The block of a user's page.
    pub(super) fn written(text: &str, line: usize) -> Self {
        Self { text: Cow::Owned(text.to_owned()), line, stored: None, rules: OnceLock::new() }
    }

    /// The block of a page that the program carries.
    pub(super) fn built_in(page: &'static str, parsed: &Parsed) -> Self {
        let Parsed { at, line, bytes } = parsed;
        let text = Cow::Borrowed(&page[at.clone()]);
        Self { text, line: *line, stored: Some(bytes), rules: OnceLock::new() }
    }
}

impl Page {
    /// The parsed logic; `None` for the linter's own findings.
    pub fn rules(&self) -> Option<Result<&Rules, &PageError>> {
        match self.logic.as_ref()? {
            Logic::Block(block) => Some(self.parsed(block)),
            Logic::Named { file, .. } => Some(Ok(file)),
        }
    }

    /// Whether a rule of the logic speaks for this one: all in a page's block do, as grades of it.
    pub fn owns(&self, rule: RuleIndex) -> bool {
        match &self.logic {
            Some(Logic::Block(_)) => true,
            Some(Logic::Named { rules, .. }) => rules.contains(&rule),
            None => false,
        }
    }

    /// The message of a clause that has none: a page's title is its fault; in a plain file it goes before the clause
    /// `in_words`, if there is one.
    pub fn unsaid(&self, in_words: impl FnOnce() -> String) -> String {
        if self.has_grades() {
            self.title.clone()
        } else if self.title == untitled(&self.slug) {
            in_words()
        } else {
            format!("{}: {}", self.title, in_words())
        }
    }

    /// What to write where a message does not say it: the `#@ fix` of a plain file. A page's `Fix` is prose.
    pub fn help(&self) -> Option<String> {
        let fix = if self.has_grades() { "" } else { self.fix() };
        (!fix.is_empty()).then(|| fix.to_owned())
    }

    /// Whether it is a Markdown page, in whose block a rule may be a grade.
    pub fn has_grades(&self) -> bool {
        matches!(self.logic, Some(Logic::Block(_)))
    }

    /// How many lines of the page stand above its logic.
    pub fn logic_line(&self) -> usize {
        match &self.logic {
            Some(Logic::Block(block)) => block.line,
            Some(Logic::Named { .. }) | None => 0,
        }
    }

    fn parsed<'p>(&self, block: &'p Block) -> Result<&'p Rules, &'p PageError> {
        block.rules.get_or_init(|| self.read_logic(block).map(Box::new)).as_deref()
    }

    fn read_logic(&self, block: &Block) -> Result<Rules, PageError> {
        let fail = |message: String| PageError { page: format!("{}-{}", self.id, self.slug), message };
        let rules = match block.stored {
            Some(bytes) => Rules::from_bytes(bytes, &block.text).map_err(|error| fail(error.to_string()))?,
            None => Rules::parse(&block.text, Dialect::Page).map_err(|mut error| {
                error.position.line += block.line as u32;
                fail(error.to_string())
            })?,
        };
        for rule in rules.rules() {
            let is_unknown = |header: &&Header| match header.key.as_str() {
                "profile" => Profile::named(&header.value).is_none(),
                "paths" => header.value != "application",
                _ => true,
            };
            if let Some(Header { key, value, .. }) = rule.headers.iter().find(is_unknown) {
                let known = "`profile:` with default, strict or pedantic, and `paths: application`";
                return Err(fail(format!("`#@ {key}: {value}` above rule {}: known are {known}", rule.name)));
            }
        }
        Ok(rules)
    }
}

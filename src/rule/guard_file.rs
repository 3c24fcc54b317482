//! A `.guard` file is rules without prose: what a page says in front matter and sections stands in its comments,
//! as `#@ key: value` above a rule or in the header that AWS's rules registry uses.

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;
use rustc_hash::FxBuildHasher;

use crate::finding::{Confidence, Severity};
use crate::guard::{Dialect, Header, ParseError, Rule, RuleIndex, Rules, Trap, traps};
use crate::source::{Position, Span};

use super::logic::Logic;
use super::page::{Absence, Page, Profile, Scope};

/// The rules of one plain file, and the id of each.
#[derive(Debug)]
pub struct GuardFile {
    /// The path as reports show it.
    pub path: String,
    /// The rules.
    pub rules: Arc<Rules>,
}

/// What `#@ key: value` can say of a rule.
const HEADER_KEYS: &[&str] = &[
    "id",
    "severity",
    "confidence",
    "profile",
    "title",
    "pillar",
    "lens",
    "docs",
    "fix",
    "at",
    "absence",
    "since",
    "formerly",
];

/// Why a text is no file of rules.
#[derive(Debug)]
pub enum GuardFileError {
    /// It is not in the language.
    Syntax(ParseError),
    /// A comment header has a value that it cannot have.
    Header {
        /// Where the value stands.
        position: Position,
        /// What it could be.
        message: String,
    },
}

impl std::fmt::Display for GuardFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::Header { position: Position { line, column }, message } => {
                write!(f, "{line}:{column}: {message}")
            }
        }
    }
}

impl std::error::Error for GuardFileError {}

impl GuardFile {
    /// Reads a plain rules file.
    ///
    /// # Errors
    ///
    /// The text is not in the Guard language, or a `#@` line has a value that its key does not take.
    pub fn read(path: &str, text: &str) -> Result<Self, GuardFileError> {
        let rules = Rules::parse(text, Dialect::Guard).map_err(GuardFileError::Syntax)?;
        for rule in rules.rules() {
            Comments::of(rule).map_err(|(header, message)| GuardFileError::Header {
                position: rules.position(header.span),
                message,
            })?;
        }
        Ok(Self { path: path.to_owned(), rules: Arc::new(rules) })
    }

    /// The id of a rule of this file: what `#@ id` says, else its name.
    pub fn id(rule: &Rule) -> &str {
        header(rule, "id").unwrap_or(&rule.name)
    }

    /// What is allowed in the file and does not mean what it seems to.
    pub fn traps(&self) -> Vec<Trap> {
        let mut found = traps(&self.rules);
        let headers = || self.rules.rules().flat_map(|rule| &rule.headers);
        let unknown = headers().filter(|header| !HEADER_KEYS.contains(&header.key.as_str()));
        found.extend(unknown.map(|header| Trap {
            span: header.span,
            message: format!("`#@ {}` says nothing: known are {}", header.key, HEADER_KEYS.join(", ")),
        }));
        let mut at = 0;
        for line in self.rules.source_text().split_inclusive('\n') {
            let span = Span::new(at..at + line.trim_end().len());
            at += line.len();
            if line.trim_start().starts_with("#@") && !headers().any(|header| span.contains(header.span)) {
                let message = "this says nothing: `#@ key: value` stands directly above a rule".to_owned();
                found.push(Trap { span, message });
            }
        }
        found
    }

    /// Each id of the file as a page, in the order of the rules; rules with one id are one.
    pub fn pages(&self) -> Vec<Page> {
        let family = self.path.rsplit('/').nth(1).unwrap_or_default();
        let registry = Registry::of(self.rules.source_text());
        let mut pages: IndexMap<String, Page, FxBuildHasher> = IndexMap::default();
        for (index, rule) in self.rules.rules().enumerate() {
            let page = self.page(family, RuleIndex(index), rule, &registry);
            match pages.entry(page.id.to_ascii_lowercase()) {
                Entry::Vacant(free) => {
                    free.insert(page);
                }
                Entry::Occupied(taken) => {
                    let known = taken.into_mut();
                    known.severity = known.severity.max(page.severity);
                    if let Some(Logic::Named { rules, .. }) = &mut known.logic {
                        rules.push(RuleIndex(index));
                    }
                }
            }
        }
        pages.into_values().collect()
    }

    fn page(&self, family: &str, index: RuleIndex, rule: &Rule, registry: &Registry) -> Page {
        let said = Comments::of(rule).unwrap_or_default();
        let description = (registry.identifier == rule.name).then_some(registry.description.as_str());
        let description = description.filter(|description| !description.is_empty());
        let title = said.title.or_else(|| description.map(first_sentence));
        let title = title.unwrap_or_else(|| untitled(&rule.name));
        let mut text = format!("# {title}\n");
        if let Some(why) = description {
            text.push_str(&format!("\n{why}\n"));
        }
        if let Some(fix) = said.fix {
            text.push_str(&format!("\n## Fix\n{fix}\n"));
        }
        Page {
            id: Self::id(rule).to_owned(),
            slug: rule.name.clone(),
            family: family.to_owned(),
            formerly: said.formerly,
            file: Some(self.path.clone()),
            title,
            severity: said.severity,
            confidence: said.confidence,
            profile: said.profile,
            scope: Scope::Property,
            absence: said.absence,
            remedy: None,
            lens: said.lens,
            since: said.since,
            facts: Vec::new(),
            docs: said.docs,
            text: Cow::Owned(text),
            above: 0,
            logic: Some(Logic::Named { file: Arc::clone(&self.rules), rules: vec![index] }),
        }
    }
}

/// The title of a rule whose author gave it none.
pub(super) fn untitled(name: &str) -> String {
    format!("Rule {name} does not hold")
}

/// What the `#@` lines above a rule say.
struct Comments {
    severity: Severity,
    confidence: Confidence,
    profile: Profile,
    absence: Absence,
    title: Option<String>,
    lens: String,
    docs: Option<String>,
    fix: Option<String>,
    since: String,
    formerly: Vec<String>,
}

impl Default for Comments {
    fn default() -> Self {
        Self {
            severity: Severity::Warning,
            // A rule says what its author wants of every template: there is nothing to be unsure of.
            confidence: Confidence::High,
            profile: Profile::Default,
            absence: Absence::Here,
            title: None,
            lens: String::new(),
            docs: None,
            fix: None,
            since: String::new(),
            formerly: Vec::new(),
        }
    }
}

impl Comments {
    /// What the lines above a rule say, or the line whose value its key does not take.
    fn of(rule: &Rule) -> Result<Self, (&Header, String)> {
        let mut comments = Self::default();
        for header in &rule.headers {
            if let Err(choices) = comments.set(&header.key, &header.value) {
                let message = format!("`#@ {}: {}`: expected {choices}", header.key, header.value);
                return Err((header, message));
            }
        }
        Ok(comments)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), &'static str> {
        match key {
            "id" if value.is_empty() || value.contains([' ', '\t', ',']) => return Err("one word"),
            "severity" => {
                self.severity =
                    severity(value).ok_or("high, medium, low or info (or error, warning, info)")?;
            }
            "confidence" => self.confidence = Confidence::named(value).ok_or("high, medium or low")?,
            "profile" => self.profile = Profile::named(value).ok_or("default, strict or pedantic")?,
            "absence" => self.absence = Absence::named(value).ok_or("here or elsewhere")?,
            "title" => self.title = Some(value.trim_end_matches('.').to_owned()),
            "pillar" | "lens" => value.clone_into(&mut self.lens),
            "docs" => self.docs = Some(value.to_owned()),
            "fix" => self.fix = Some(value.to_owned()),
            "since" => value.clone_into(&mut self.since),
            "formerly" => {
                let names = value.split([',', ' ']).filter(|name| !name.is_empty());
                self.formerly = names.map(str::to_owned).collect();
            }
            // The id is asked for by itself, `at` was parsed with the rule, and what else stands there is a comment to
            // us as it is to cfn-guard.
            _ => {}
        }
        Ok(())
    }
}

/// Guard files grade as security findings are graded.
fn severity(word: &str) -> Option<Severity> {
    match word {
        "high" => Some(Severity::Error),
        "medium" => Some(Severity::Warning),
        "low" => Some(Severity::Info),
        _ => Severity::named(word),
    }
}

fn header<'r>(rule: &'r Rule, wanted: &str) -> Option<&'r str> {
    rule.headers.iter().rev().find(|header| header.key == wanted).map(|header| header.value.as_str())
}

/// What the registry's comment header says: the rule that it is about, and the paragraph below `# Description:`.
#[derive(Default)]
struct Registry {
    identifier: String,
    description: String,
}

impl Registry {
    fn of(text: &str) -> Self {
        let Self { mut identifier, mut description } = Self::default();
        let mut section = None;
        for line in text.lines().map(str::trim) {
            let Some(comment) = line.strip_prefix('#') else { continue };
            let comment = comment.trim_matches(['#', ' ', '\t']);
            let heading = comment.split_once(':').filter(|(words, _)| HEADINGS.contains(words));
            if let Some((words, rest)) = heading {
                section = Some(words);
                match words {
                    "Rule Identifier" => rest.trim().clone_into(&mut identifier),
                    "Description" => rest.trim().clone_into(&mut description),
                    _ => {}
                }
            } else if comment.is_empty() {
                section = section.filter(|_| description.is_empty());
            } else {
                match section {
                    Some("Rule Identifier") => comment.clone_into(&mut identifier),
                    Some("Description") if description.is_empty() => comment.clone_into(&mut description),
                    Some("Description") => {
                        description.push(' ');
                        description.push_str(comment);
                    }
                    _ => {}
                }
            }
        }
        Self { identifier, description }
    }
}

/// The headings of the registry's comment header.
const HEADINGS: &[&str] = &[
    "Rule Identifier",
    "Description",
    "Reports on",
    "Evaluates",
    "Rule Parameters",
    "CFN_NAG Rule Id",
    "Scenarios",
];

fn first_sentence(text: &str) -> String {
    let end = text.find(". ").unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_above_a_rule_say_what_front_matter_says() {
        let text = "\
#@ id: ACME-001   \n#@ severity: high\n#@ title: Queue is not encrypted.\n#@ docs: https://example.com/acme\n\
rule encrypted { Resources.* { Properties.KmsMasterKeyId exists } }\nrule plain { Resources exists }\n";
        let file = GuardFile::read("rules/security/queues.guard", text).unwrap();
        let pages = file.pages();
        let shown =
            |page: &Page| (page.id.clone(), page.slug.clone(), page.family.clone(), page.title.clone());
        assert_eq!(
            shown(&pages[0]),
            ("ACME-001".into(), "encrypted".into(), "security".into(), "Queue is not encrypted".into())
        );
        assert_eq!(
            (pages[0].severity, pages[0].docs.as_deref()),
            (Severity::Error, Some("https://example.com/acme"))
        );
        assert_eq!((pages[1].id.as_str(), pages[1].severity), ("plain", Severity::Warning));
        assert!(pages[1].owns(RuleIndex(1)) && !pages[1].owns(RuleIndex(0)));
    }

    #[test]
    fn rules_with_one_name_are_one_page() {
        let file = GuardFile::read("r.guard", "rule r { A exists }\nrule r { B exists }\n").unwrap();
        let pages = file.pages();
        assert_eq!(pages.len(), 1);
        assert!(pages[0].owns(RuleIndex(0)) && pages[0].owns(RuleIndex(1)));
    }

    #[test]
    fn the_registrys_header_gives_a_title() {
        let text = "\
#
#####################################
##           Gherkin               ##
#####################################
# Rule Identifier:
#    BUCKET_LOGGING
#
# Description:
#   Checks whether logging is enabled
#   for every bucket. It does not look further.
#
# Reports on:
#    AWS::S3::Bucket

rule BUCKET_LOGGING { Resources exists }
rule OTHER { Resources exists }
";
        let pages = GuardFile::read("logging.guard", text).unwrap().pages();
        assert_eq!(pages[0].title, "Checks whether logging is enabled for every bucket");
        assert_eq!(pages[1].title, "Rule OTHER does not hold");
    }

    #[test]
    fn a_header_with_a_value_that_its_key_does_not_take_is_an_error() {
        let error = GuardFile::read("r.guard", "\n#@ severity: severe\nrule r { A exists }\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "2:14: `#@ severity: severe`: expected high, medium, low or info (or error, warning, info)"
        );
    }
}

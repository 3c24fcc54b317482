//! A `.guard` file is rules without prose: what a page says in front matter and sections stands in its comments,
//! as `#@ key: value` above a rule or in the header that AWS's rules registry uses.

use std::sync::Arc;

use crate::finding::{Confidence, Severity};
use crate::guard::{Dialect, ParseError, Rule, RuleIndex, Rules, Trap, traps};

use super::page::{Absence, Logic, Page, Profile, Scope};

/// The rules of one plain file, and the id of each.
#[derive(Debug)]
pub struct GuardFile {
    /// The path as reports show it.
    pub path: String,
    /// The rules.
    pub rules: Arc<Rules>,
    /// The text, for whoever shows a line of it.
    pub text: String,
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
];

/// Why a text is no file of rules.
#[derive(Debug)]
pub enum GuardFileError {
    /// It is not in the language.
    Syntax(ParseError),
    /// A comment header has a value that it cannot have; where, and what it could be.
    Header {
        /// The line of the rule below it.
        line: u32,
        /// What is known.
        message: String,
    },
}

impl std::fmt::Display for GuardFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::Header { line, message } => write!(f, "{line}: {message}"),
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
        let file = Self { path: path.to_owned(), rules: Arc::new(rules), text: text.to_owned() };
        for rule in file.rules.rules() {
            Comments::of(rule).map_err(|message| GuardFileError::Header {
                line: file.rules.position(rule.span).line,
                message,
            })?;
        }
        Ok(file)
    }

    /// The name of the rule that gathers the clauses outside of rules.
    pub const UNNAMED: &str = "default";

    /// The id of a rule of this file: what `#@ id` says, else its name.
    pub fn id(rule: &Rule) -> &str {
        header(rule, "id").unwrap_or(&rule.name)
    }

    /// What is allowed in the file and does not mean what it seems to.
    pub fn traps(&self) -> Vec<Trap> {
        let mut found = traps(&self.rules);
        for rule in self.rules.rules() {
            let unknown = rule.headers.iter().filter(|(key, _)| !HEADER_KEYS.contains(&key.as_str()));
            found.extend(unknown.map(|(key, _)| Trap {
                span: rule.span,
                message: format!(
                    "`#@ {key}` above this rule says nothing: known are {}",
                    HEADER_KEYS.join(", ")
                ),
            }));
        }
        found
    }

    /// Each id of the file as a page, in the order of the rules; rules with one id are one.
    pub fn pages(&self) -> Vec<Page> {
        let family = self.path.rsplit('/').nth(1).unwrap_or_default();
        let mut pages: Vec<Page> = Vec::new();
        for (index, rule) in self.rules.rules().enumerate() {
            let id = Self::id(rule);
            if let Some(page) = pages.iter_mut().find(|page| page.id == id) {
                if let Some(Logic::Named { rules, .. }) = &mut page.logic {
                    rules.push(RuleIndex(index));
                }
                continue;
            }
            pages.push(self.page(family, RuleIndex(index), rule));
        }
        pages
    }

    fn page(&self, family: &str, index: RuleIndex, rule: &Rule) -> Page {
        let said = Comments::of(rule).unwrap_or_default();
        let registry = registry_description(&self.text, &rule.name);
        let title = said.title.or_else(|| registry.as_deref().map(first_sentence));
        let title = title.unwrap_or_else(|| untitled(&rule.name));
        let why = registry.unwrap_or_default();
        let fix = said.fix.unwrap_or_default();
        let mut text = format!("# {title}\n");
        for part in [why.as_str(), fix.as_str()].into_iter().filter(|part| !part.is_empty()) {
            text.push_str(&format!("\n{part}\n"));
        }
        Page {
            id: Self::id(rule).to_owned(),
            slug: rule.name.clone(),
            family: family.to_owned(),
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
            docs: said.docs,
            why,
            fix,
            text,
            examples: Vec::new(),
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
        }
    }
}

impl Comments {
    fn of(rule: &Rule) -> Result<Self, String> {
        let mut comments = Self::default();
        for (key, value) in &rule.headers {
            let known = |choices: &str| format!("`#@ {key}: {value}`: expected {choices}");
            match key.as_str() {
                "severity" => {
                    comments.severity = severity(value)
                        .ok_or_else(|| known("high, medium, low or info (or error, warning, info)"))?;
                }
                "confidence" => {
                    comments.confidence =
                        Confidence::named(value).ok_or_else(|| known("high, medium or low"))?;
                }
                "profile" => {
                    comments.profile =
                        Profile::named(value).ok_or_else(|| known("default, strict or pedantic"))?;
                }
                "absence" => {
                    comments.absence = Absence::named(value).ok_or_else(|| known("here or elsewhere"))?;
                }
                "title" => comments.title = Some(value.trim_end_matches('.').to_owned()),
                "pillar" | "lens" => value.clone_into(&mut comments.lens),
                "docs" => comments.docs = Some(value.clone()),
                "fix" => comments.fix = Some(value.clone()),
                "since" => value.clone_into(&mut comments.since),
                // The id is asked for by itself, `at` was parsed with the rule, and what else stands there is a
                // comment to us as it is to cfn-guard.
                _ => {}
            }
        }
        Ok(comments)
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
    let of_key = |(key, value): &'r (String, String)| (key == wanted).then_some(value.as_str());
    rule.headers.iter().rev().find_map(of_key)
}

/// What the registry's header says of a rule: the paragraph below `# Description:` where `# Rule Identifier:` is
/// the rule's name.
fn registry_description(text: &str, rule: &str) -> Option<String> {
    let mut identifier = String::new();
    let mut description = String::new();
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
    (identifier == rule && !description.is_empty()).then_some(description)
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
            "3: `#@ severity: severe`: expected high, medium, low or info (or error, warning, info)"
        );
    }
}

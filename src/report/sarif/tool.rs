//! The tool and its rules as SARIF describes them, each with all that a service shows beside an alert.

use serde::Serialize;

use super::Level;
use super::message::{Text, one_line, sentence};
use crate::finding::{Confidence, Severity};
use crate::report::{REPOSITORY, cut, docs};
use crate::rule::Page;

/// Characters of a title, and of a description, that every service keeps.
const LONGEST_TITLE: usize = 255;
const LONGEST_DESCRIPTION: usize = 1024;

/// What made the log.
#[derive(Serialize)]
pub(super) struct Tool<'a> {
    driver: Driver<'a>,
}

impl<'a> Tool<'a> {
    /// The tool with the rules of `pages`, which results name by their index.
    pub(super) fn of(pages: &[&'a Page]) -> Self {
        Self { driver: Driver::of(pages) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    /// Part of an alert's identity: it can never change.
    name: &'static str,
    full_name: &'static str,
    organization: &'static str,
    semantic_version: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Rule<'a>>,
}

impl<'a> Driver<'a> {
    fn of(pages: &[&'a Page]) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self {
            name: env!("CARGO_PKG_NAME"),
            full_name: concat!("lenslint ", env!("CARGO_PKG_VERSION")),
            organization: "lenslint",
            semantic_version: version,
            version,
            information_uri: Some(REPOSITORY).filter(|address| !address.is_empty()),
            rules: pages.iter().map(|page| Rule::of(page)).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: RuleProperties<'a>,
}

impl<'a> Rule<'a> {
    fn of(page: &'a Page) -> Self {
        let why = one_line(page.why());
        let fix = page.fix().trim();
        Self {
            id: &page.id,
            name: pascal_case(&page.slug),
            short_description: Text::of(sentence(&cut(&one_line(&page.title), LONGEST_TITLE))),
            full_description: Text::of(sentence(&cut(
                if why.is_empty() { &page.title } else { &why },
                LONGEST_DESCRIPTION,
            ))),
            help: Help {
                text: if fix.is_empty() { sentence(&page.title) } else { fix.to_owned() },
                markdown: &page.text,
            },
            help_uri: docs(page, REPOSITORY),
            default_configuration: Configuration { level: page.severity.into() },
            properties: RuleProperties {
                tags: ["performance", "serverless", &page.family, &page.lens]
                    .into_iter()
                    .filter(|tag| !tag.is_empty())
                    .collect(),
                precision: page.confidence,
                problem_severity: match page.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Info => "recommendation",
                },
            },
        }
    }
}

#[derive(Serialize)]
struct Help<'a> {
    text: String,
    markdown: &'a str,
}

#[derive(Serialize)]
struct Configuration {
    level: Level,
}

#[derive(Serialize)]
struct RuleProperties<'a> {
    tags: Vec<&'a str>,
    /// GitHub's words for it are those of our confidence.
    precision: Confidence,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
}

/// `sqs-visibility-below-6x` as `SqsVisibilityBelow6x`.
fn pascal_case(slug: &str) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    slug.split('-').map(capitalised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_pascal_case() {
        assert_eq!(pascal_case("sqs-visibility-below-6x"), "SqsVisibilityBelow6x");
    }
}

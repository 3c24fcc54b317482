//! A report is what a run found, written for one kind of reader. Every format has one file and one signature;
//! none prints by itself.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use crate::finding::{Checked, Finding, Label, Report};
use crate::rule::{Catalogue, Page};
use crate::source::{Location, Source};

mod address;
mod azure;
mod checkstyle;
mod concise;
mod diagnostic;
mod full;
mod github;
mod gitlab;
pub(crate) mod inert;
mod json;
mod jsonl;
mod junit;
mod line;
mod line_hash;
mod markdown;
mod proof;
mod quoted;
mod rdjson;
#[cfg(test)]
mod sample;
mod sarif;
#[cfg(test)]
mod schema;
mod snippet;
mod summary;
mod suppressed;
mod undecided;
mod verdicts;
mod xml;

pub(crate) use full::write_problems;
pub(crate) use verdicts::write as write_verdicts;

/// Who reads the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A person at a terminal: snippets, labels, help, a summary.
    Full,
    /// An editor or `grep`: one line for each finding.
    Concise,
    /// A program: the document that `docs/report.schema.json` describes.
    Json,
    /// A program that reads line by line: the findings of `json`, one on each line.
    Jsonl,
    /// A code-scanning service: SARIF 2.1.0.
    Sarif,
    /// GitHub Actions: the full report and annotations.
    Github,
    /// GitLab's Code Quality.
    Gitlab,
    /// The test pages of CI servers: the XML of `JUnit`.
    Junit,
    /// reviewdog: its Diagnostic Format.
    Rdjson,
    /// A comment or a summary: a table.
    Markdown,
    /// Azure Pipelines: logging commands.
    Azure,
    /// Jenkins and others: the XML of Checkstyle.
    Checkstyle,
}

/// How a report looks and what its addresses start from. The command line decides; no format asks the terminal.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub(crate) struct Style {
    /// Whether `full` may write ANSI colours.
    pub colour: bool,
    /// Whether `full` may write its links as terminal hyperlinks (OSC 8); otherwise it spells them out.
    pub hyperlinks: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Absolute: the folder that the reports' relative paths start from.
    pub working_folder: PathBuf,
    /// Absolute: the folder that services know the files by. Addresses start here.
    pub repository_root: PathBuf,
    /// Whether `full`, `concise` and `json` list the checks that stayed undecided.
    pub shows_undecided: bool,
    /// Whether `full`, `concise`, `github` and `sarif` list what is suppressed. `json` and `junit` always do, and no
    /// other format has a place for it.
    pub shows_suppressed: bool,
}

impl Default for Style {
    /// Plain text for a file; relative paths stay as they are.
    fn default() -> Self {
        Self {
            colour: false,
            hyperlinks: false,
            width: 100,
            working_folder: PathBuf::new(),
            repository_root: PathBuf::new(),
            shows_undecided: false,
            shows_suppressed: false,
        }
    }
}

/// Writes `report` as `format`. The catalogue tells about the rules; those that ran are `report.rules`.
///
/// Findings appear in the order in which they are given. Equal input gives equal bytes.
///
/// # Errors
///
/// What `out` answers.
pub(crate) fn write(
    format: Format,
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Full => full::write(report, catalogue, style, out),
        Format::Concise => concise::write(report, catalogue, style, out),
        Format::Json => json::write(report, catalogue, style, out),
        Format::Jsonl => jsonl::write(report, catalogue, style, out),
        Format::Sarif => sarif::write(report, catalogue, style, out),
        Format::Github => github::write(report, catalogue, style, out),
        Format::Gitlab => gitlab::write(report, catalogue, style, out),
        Format::Junit => junit::write(report, catalogue, style, out),
        Format::Rdjson => rdjson::write(report, catalogue, style, out),
        Format::Markdown => markdown::write(report, catalogue, style, out),
        Format::Azure => azure::write(report, catalogue, style, out),
        Format::Checkstyle => checkstyle::write(report, catalogue, style, out),
    }
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Full,
        Self::Concise,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Rdjson,
        Self::Markdown,
        Self::Azure,
        Self::Checkstyle,
    ];

    /// The word on the command line.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Rdjson => "rdjson",
            Self::Markdown => "markdown",
            Self::Azure => "azure",
            Self::Checkstyle => "checkstyle",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == word)
            .ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Format::ALL.map(Format::as_str).join(", ");
        write!(f, "unknown output format '{}': expected one of {known}", self.0)
    }
}

impl std::error::Error for UnknownFormat {}

/// Where the project lives, as `Cargo.toml` says; empty while it says nothing.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The web page of a rule: the one that it names, or that of a rule that lenslint carries.
fn docs(page: &Page, repository: &str) -> Option<String> {
    let Page { id, slug, family, .. } = page;
    let is_published = !repository.is_empty() && id.starts_with("SLP");
    let version = env!("CARGO_PKG_VERSION");
    let published = || format!("{repository}/blob/v{version}/rules/{family}/{id}-{slug}.md");
    page.docs.clone().or_else(|| is_published.then(published))
}

/// The file that a label points into.
fn source<'a>(checked: &'a Checked, label: &Label) -> &'a Source {
    source_of(checked, label.location)
}

/// The file that a place is in.
fn source_of(checked: &Checked, location: Location) -> &Source {
    let index = location.file.0 as usize;
    checked.sources.get(index).expect("a place is in a source that was read for its template")
}

/// `1 template`, `2 templates`.
fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Every finding with the file that it was found in.
fn findings(report: &Report) -> impl Iterator<Item = (&Checked, &Finding)> {
    report.checked.iter().flat_map(|checked| checked.findings.iter().map(move |finding| (checked, finding)))
}

/// The same, the worst first and otherwise in their order: for readers that keep only so many.
fn worst_first(report: &Report) -> Vec<(&Checked, &Finding)> {
    let mut findings: Vec<_> = findings(report).collect();
    findings.sort_by_key(|(_, finding)| Reverse(finding.severity));
    findings
}

/// Related places that people are shown; a finding on a whole template may have dozens.
const RELATED: usize = 5;
/// Characters of a message: a template may have names of megabytes, and a message names the resource.
const LONGEST_MESSAGE: usize = 1000;
/// Characters of a label.
const LONGEST_LABEL: usize = 200;
/// Characters of a help.
const LONGEST_HELP: usize = 2000;

/// The message for people, with the condition in words unless it already says so.
fn message_with_condition(finding: &Finding) -> String {
    let message = cut(&finding.message, LONGEST_MESSAGE);
    match &finding.condition {
        Some(condition) if !finding.message.contains(condition.as_str()) => {
            format!("{message} (when {})", cut(condition, LONGEST_LABEL))
        }
        Some(_) | None => message.into_owned(),
    }
}

/// At most `longest` characters; three dots stand for what is cut off.
fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if text.chars().nth(longest).is_none() {
        return Cow::Borrowed(text);
    }
    let kept: String = text.chars().take(longest.saturating_sub(3)).collect();
    Cow::Owned(format!("{kept}..."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_read_from_its_own_word() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
    }

    #[test]
    fn an_unknown_format_is_told_with_those_that_exist() {
        let error = "yaml".parse::<Format>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown output format 'yaml': expected one of full, concise, json, jsonl, sarif, github, gitlab, \
             junit, rdjson, markdown, azure, checkstyle"
        );
    }

    #[test]
    fn only_our_own_rules_have_a_web_page_and_only_when_the_project_has_one() {
        let mut page = sample::page("SLP202", "sqs-visibility-below-6x");
        assert_eq!(docs(&page, ""), None);
        assert_eq!(
            docs(&page, "https://example.com/lenslint").unwrap(),
            concat!(
                "https://example.com/lenslint/blob/v",
                env!("CARGO_PKG_VERSION"),
                "/rules/queues/SLP202-sqs-visibility-below-6x.md"
            )
        );
        page.id = "ACME001".to_owned();
        assert_eq!(docs(&page, "https://example.com/lenslint"), None);
    }

    #[test]
    fn equal_input_gives_equal_bytes() {
        let (report, catalogue) = (sample::mixed(), sample::catalogue());
        for format in Format::ALL {
            let once = sample::written(format, &report, &catalogue, &Style::default());
            assert_eq!(once, sample::written(format, &report, &catalogue, &Style::default()));
        }
    }

    #[test]
    fn no_format_lets_a_template_drive_a_terminal_or_a_build_log() {
        let (report, catalogue) = (sample::hostile(), sample::catalogue());
        for format in Format::ALL {
            let text = sample::written(format, &report, &catalogue, &Style::default());
            for c in text.chars().filter(|c| *c != '\n') {
                assert!(
                    !c.is_control() && !inert::is_bidi_control(c),
                    "{format} lets {c:?} through:\n{text}"
                );
            }
            for line in text.lines() {
                // What two formats write to be obeyed is read back beside them.
                let ours = [(Format::Github, "::"), (Format::Azure, "##vso[")];
                let ours = ours.into_iter().find(|(obeyed, _)| *obeyed == format);
                let line = ours.and_then(|(_, start)| line.strip_prefix(start)).unwrap_or(line);
                assert!(!line.trim_start().starts_with("::"), "{format}: {line}");
                assert!(!line.contains("##[") && !line.to_lowercase().contains("##vso["), "{format}: {line}");
            }
        }
    }

    #[test]
    fn every_place_of_a_text_can_be_shown() {
        let catalogue = sample::catalogue();
        for text in
            ["\u{feff}a: é\t😀\r\n\r\rb: '漢\u{301}\u{1b}'\n\n", "", "\n", "long line".repeat(5).as_str()]
        {
            let bounds: Vec<_> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            for (i, start) in bounds.iter().enumerate() {
                for end in &bounds[i..] {
                    let report = sample::at(text, *start..*end);
                    for format in Format::ALL {
                        let narrow = Style { width: 1, ..Style::default() };
                        assert!(!sample::written(format, &report, &catalogue, &narrow).is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn a_name_of_megabytes_does_not_flood_those_who_read() {
        let name = "Orders".repeat(500_000);
        let mut report = sample::one(&format!("{name}: 1\n"), &name);
        let finding = &mut report.checked[0].findings[0];
        finding.message = format!("Queue '{name}' is slow");
        finding.condition = Some(format!("{name} is false"));
        finding.help = Some(format!("Speed '{name}' up."));
        finding.primary.message.clone_from(&name);
        finding.related = vec![finding.primary.clone(); 9];
        finding.resource = Some(name);
        let whole = [Format::Json, Format::Jsonl];
        for format in Format::ALL.into_iter().filter(|format| !whole.contains(format)) {
            let text = sample::written(format, &report, &sample::catalogue(), &Style::default());
            assert!(text.len() < 20_000, "{format} takes {} bytes", text.len());
        }
    }

    #[test]
    fn what_is_cut_says_so_and_keeps_whole_characters() {
        assert_eq!(cut("äöüß", 4), "äöüß");
        assert_eq!(cut("äöüßé", 4), "ä...");
    }
}

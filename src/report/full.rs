//! `full`: the report for people. Each finding with the lines that prove it, what to write, and at the end a count.

use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::inert::{inert, inert_lines};
use super::snippet::Snippet;
use super::{
    LONGEST_HELP, LONGEST_LABEL, LONGEST_MESSAGE, RELATED, REPOSITORY, Style, counted, cut, docs, findings,
    message_with_condition, source, suppressed, undecided,
};
use crate::config::Problem;
use crate::finding::{Checked, FileKind, Finding, Label, Report, Severity, SuppressionKind};
use crate::rule::Catalogue;
use crate::source::{FileId, Location, Source};

/// Columns that line numbers and frame take from a line of source.
const FRAME: usize = 12;
/// Below this many columns nothing can be laid out; the terminal wraps instead.
const NARROWEST: usize = 40;

/// Writes the findings and, if there was anything to check, a line that counts them and one for what stayed undecided.
/// Errors belong on standard error.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = style.width.max(NARROWEST);
    let handler = handler(style, width);
    for (checked, finding) in findings(report) {
        let shown = Shown::of(checked, finding, catalogue, width);
        let notes = notes(finding);
        let text = if notes.is_empty() {
            rendered(&handler, &shown)?
        } else {
            rendered_with_notes(&handler, shown, &notes)?
        };
        writeln!(out, "{text}")?;
    }
    if report.checked.is_empty() {
        return Ok(());
    }
    if style.shows_suppressed && suppressed::suppressed(report).next().is_some() {
        suppressed::write_lines(report, style, out)?;
        writeln!(out)?;
    }
    if style.shows_undecided && undecided::undecided(report).next().is_some() {
        undecided::write_lines(report, style, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(report))?;
    match undecided::summary(report, style) {
        Some(undecided) => writeln!(out, "{undecided}"),
        None => Ok(()),
    }
}

/// Writes what is wrong with a configuration file, as a finding is shown.
pub(crate) fn write_problems<'p>(
    source: &Source,
    problems: impl Iterator<Item = &'p Problem>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = style.width.max(NARROWEST);
    let handler = handler(style, width);
    for problem in problems {
        writeln!(out, "{}", rendered(&handler, &Shown::of_problem(source, problem, width))?)?;
    }
    Ok(())
}

fn handler(style: &Style, width: usize) -> GraphicalReportHandler {
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    // A word is never broken, for its second half could be a command to a build server.
    GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_break_words(false)
        .with_links(style.hyperlinks)
}

fn rendered(handler: &GraphicalReportHandler, shown: &Shown) -> io::Result<String> {
    let mut text = String::new();
    handler.render_report(&mut text, shown).map_err(io::Error::other)?;
    Ok(text)
}

/// What is said below the places that are shown: how many are not, and which construct the resource comes from.
fn notes(finding: &Finding) -> String {
    let mut notes = String::new();
    let hidden = finding.related.len().saturating_sub(RELATED);
    if hidden > 0 {
        notes += &format!("  and {}\n", counted(hidden, "more place"));
    }
    if let Some(construct) = &finding.construct {
        notes += &format!("  construct: {}\n", inert(&cut(construct, LONGEST_LABEL)));
    }
    notes
}

/// The finding with notes below the places that are shown. miette has no room between snippets and help; but help
/// comes last, so that the finding without it is how the whole one begins.
fn rendered_with_notes(
    handler: &GraphicalReportHandler,
    mut shown: Shown,
    notes: &str,
) -> io::Result<String> {
    let whole = rendered(handler, &shown)?;
    shown.help = None;
    let text = rendered(handler, &shown)?;
    Ok(match whole.strip_prefix(&text) {
        Some(help) => format!("{text}{notes}{help}"),
        None => whole + notes,
    })
}

/// A finding as miette sees it. All its text is inert.
#[derive(Debug)]
struct Shown {
    message: String,
    code: String,
    severity: Severity,
    help: Option<String>,
    docs: Option<String>,
    snippet: Snippet,
}

impl Shown {
    fn of(checked: &Checked, finding: &Finding, catalogue: &Catalogue, width: usize) -> Self {
        let labels = std::iter::once(&finding.primary).chain(finding.related.iter().take(RELATED));
        let labels: Vec<Label> = labels.map(|label| numbered(finding, label)).collect();
        let labels: Vec<_> = labels.iter().map(|label| (source(checked, label), label)).collect();
        Self {
            message: inert(&message_with_condition(finding)).into_owned(),
            code: format!("{}[{}]", finding.severity, inert(&finding.rule)),
            severity: finding.severity,
            help: finding.help.as_deref().map(shown_help),
            docs: catalogue.page(&finding.rule).and_then(|page| docs(page, REPOSITORY)),
            snippet: Snippet::of(&labels, width - FRAME),
        }
    }

    fn of_problem(source: &Source, problem: &Problem, width: usize) -> Self {
        let location = Location { file: FileId::TEMPLATE, span: problem.at };
        let label = Label { location, message: problem.label.clone() };
        Self {
            message: inert(&cut(&problem.message, LONGEST_MESSAGE)).into_owned(),
            code: format!("{}[configuration]", problem.severity),
            severity: problem.severity,
            help: problem.help.as_deref().map(shown_help),
            docs: None,
            snippet: Snippet::of(&[(source, &label)], width - FRAME),
        }
    }
}

/// A label with its number on the path, if it is a step: the snippets stand in the order of their lines.
fn numbered(finding: &Finding, label: &Label) -> Label {
    let step = finding.path.iter().position(|step| step.location == label.location);
    let Some(step) = step.filter(|_| finding.path.len() > 1) else { return label.clone() };
    let words = [&label.message, &finding.path[step].message].into_iter().find(|words| !words.is_empty());
    let message = format!("{}. {}", step + 1, words.map_or("", String::as_str));
    Label { message, ..label.clone() }
}

fn shown_help(help: &str) -> String {
    let help = cut(help, LONGEST_HELP);
    inert_lines(&help).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.docs.as_ref().map(|docs| Box::new(docs) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.snippet.labels()))
    }
}

/// `3 findings (1 error, 2 warnings) in 2 templates`
pub(super) fn summary(report: &Report) -> String {
    let count = |severity| findings(report).filter(|(_, finding)| finding.severity == severity).count();
    let grades: Vec<_> = [
        (count(Severity::Error), "error"),
        (count(Severity::Warning), "warning"),
        (count(Severity::Info), "info"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, grade)| if grade == "info" { format!("{number} info") } else { counted(number, grade) })
    .collect();
    let templates = report.checked.iter().map(|checked| checked.templates).sum();
    let unreadable = report.checked.iter().filter(|checked| checked.templates == 0).count();
    let noun = match report.kind {
        FileKind::Template => "template",
        FileKind::Document => "document",
    };
    let templates = (templates > 0).then(|| counted(templates, noun));
    let unreadable = (unreadable > 0).then(|| format!("{} that cannot be read", counted(unreadable, "file")));
    let places = templates.into_iter().chain(unreadable).collect::<Vec<_>>().join(" and ");
    let ignored = suppressed::suppressed(report).filter(|(_, one)| !one.by.kind.is_known()).count();
    let ignored = if ignored > 0 { format!("; {ignored} suppressed") } else { String::new() };
    let found = match findings(report).count() {
        0 => format!("No findings in {places}{ignored}."),
        number => format!("{} ({}) in {places}{ignored}.", counted(number, "finding"), grades.join(", ")),
    };
    found + &known(report)
}

/// ` 3 more are in the baseline.`
fn known(report: &Report) -> String {
    [(SuppressionKind::Baseline, "the baseline"), (SuppressionKind::Revision, "that revision")]
        .into_iter()
        .map(|(kind, place)| {
            (suppressed::suppressed(report).filter(|(_, one)| one.by.kind == kind).count(), place)
        })
        .filter(|(number, _)| *number > 0)
        .map(|(number, place)| {
            format!(" {number} more {} in {place}.", if number == 1 { "is" } else { "are" })
        })
        .collect::<Vec<_>>()
        .concat()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::finding::Report;
    use crate::report::{Format, Style, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Full, report, &sample::catalogue(), &Style::default())
    }

    #[test]
    fn a_finding_shows_every_place_that_proves_it() {
        assert_snapshot!(written(&sample::mixed()), @r"
        info[SLP301]

          ☞ Function 'Orders' has no MemorySize (when IsProd is false)
           ╭─[infra/template.yaml:4:5]
         3 │     Type: AWS::Serverless::Function
         4 │     Properties:
           ·     ──────────
         5 │       Timeout: 900
           ╰────

        warning[SLP202]

          ⚠ Queue 'OrdersQueue' hides messages for 30 s, its consumer 'Orders' may run for 900 s
            ╭─[infra/template.yaml:12:26]
         11 │     Properties:
         12 │       VisibilityTimeout: 30
            ·                          ─┬
            ·                           ╰── 1. 30 s
            ╰────
           ╭─[infra/template.yaml:5:16]
         4 │     Properties:
         5 │       Timeout: 900
           ·                ─┬─
           ·                 ╰── 2. the consumer's timeout
         6 │       Events:
           ╰────
           ╭─[infra/nested stäck.yaml:4:16]
         3 │     Properties:
         4 │       Timeout: !Ref Limit
           ·                ─────┬────
           ·                     ╰── the other consumer's timeout
           ╰────
          construct: Shop/Orders
          help: Set VisibilityTimeout to 5400.

        error[SLP001]

          × Expected ']', found the end of the file.
           ╭─[other/b.yaml:1:4]
         1 │ a: [
           ·    ┬
           ·    ╰── opened here
           ╰────

        3 findings (1 error, 1 warning, 1 info) in 1 template and 1 file that cannot be read.
        ");
    }

    #[test]
    fn a_clean_run_says_so() {
        assert_eq!(written(&sample::clean()), "No findings in 1 template.\n");
    }

    #[test]
    fn what_is_not_there_is_not_counted() {
        assert_eq!(written(&Report::default()), "");
        let mut report = sample::one("a: 1\n", "1");
        report.checked[0].templates = 0;
        let text = written(&report);
        assert!(text.ends_with("\n1 finding (1 warning) in 1 file that cannot be read.\n"), "{text}");
    }

    #[test]
    fn columns_are_code_points() {
        for case in sample::COLUMNS {
            let text = written(&case.report());
            assert!(text.contains(&format!("[t.yaml:{}:{}]", case.line, case.code_points)), "{text}");
        }
    }

    #[test]
    fn the_mark_stands_below_what_it_marks() {
        for case in sample::COLUMNS {
            let text = written(&case.report());
            let lines: Vec<_> = text.lines().collect();
            let marked = lines.iter().position(|line| line.contains('!')).unwrap();
            // Wide letters take two columns of a terminal.
            let columns = |line: &str, end: char| -> usize {
                line.chars().take_while(|c| *c != end).map(|c| if "漢字😀".contains(c) { 2 } else { 1 }).sum()
            };
            assert_eq!(columns(lines[marked], '!'), columns(lines[marked + 1], '┬'), "{text}");
        }
    }

    #[test]
    fn an_attack_is_shown_and_harmless() {
        assert_snapshot!(written(&sample::hostile()), @r"
        warning[SLP202]

          ⚠ :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}[31m\u{0}\u{7}\u{9b}
          │ 2J\u{202e} :\u{3a}set-output::z (when :\u{3a}error::pwned #\u{23}[warning]x #\u{23}
          │ vso[task.setvariable]y \u{1b}[31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z is false)
           ╭─[:\u{3a}error::x\u{1b}]8;;\u{7}\n#\u{23}[endgroup]#?%/t.yaml:2:23]
         1 │ :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}[31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z
         2 │ :\u{3a}warning::w \u{200f}  #\u{23}[x]\u{8} Target #\u{23}vso[z] \u{85}
           · ───────┬──────                              ───┬──
           ·        │                                       ╰── 2. :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}[31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z
           ·        ╰── 1. :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}[31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z
         3 │ :\u{3a}end
           ╰────
          construct: :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}[31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z
          help: :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}
                [31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z
                :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}
                [31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z

        1 finding (1 warning) in 1 template.
        ");
    }

    #[test]
    fn a_value_of_many_lines_shows_its_first() {
        let text = "a: 1\nResource:\n  Type: X\n  Properties:\n    Code: y\nz: 2\n";
        let shown = written(&sample::one(text, "Resource:\n  Type: X\n  Properties:\n    Code: y\n"));
        assert_snapshot!(shown, @r"
        warning[SLP202]

          ⚠ Something is wrong
           ╭─[t.yaml:2:1]
         1 │ a: 1
         2 │ Resource:
           · ────┬────
           ·     ╰── here
         3 │   Type: X
           ╰────

        1 finding (1 warning) in 1 template.
        ");
    }

    #[test]
    fn a_long_line_is_cut_to_where_the_labels_are() {
        let filler = "\"some\":\"thing\",".repeat(700_000);
        let mut report = sample::one(&format!("{{{filler}\"é\":TARGET,{filler}OTHER,{filler}}}"), "TARGET");
        let checked = &mut report.checked[0];
        checked.findings[0].related = vec![sample::label(&checked.sources[0], 0, "OTHER", "and here")];
        assert_snapshot!(written(&report), @r#"
        warning[SLP202]

          ⚠ Something is wrong
           ╭─[t.yaml:1:10500006]
         1 │ …":"thing","some":"thing","é":TARGET,"some":"thing","some":"thing","some":"thing","some":…
           ·                               ───┬──
           ·                                  ╰── here
           ╰────
           ╭─[t.yaml:1:21000013]
         1 │ …some":"thing","some":"thing",OTHER,"some":"thing","some":"thing","some":"thing","some":"…
           ·                               ──┬──
           ·                                 ╰── and here
           ╰────

        1 finding (1 warning) in 1 template.
        "#);
    }

    #[test]
    fn dozens_of_related_places_are_counted() {
        let text = (0..40).map(|i| format!("Function{i:02}: x\n\n\n\n")).collect::<Vec<_>>().concat();
        let mut report = sample::one(&text, "Function00");
        let checked = &mut report.checked[0];
        checked.findings[0].related = (1..=40)
            .map(|i| sample::label(&checked.sources[0], 0, &format!("Function{:02}", i % 40), "too"))
            .collect();
        let shown = written(&report);
        assert!(shown.contains("Function05") && !shown.contains("Function06"), "{shown}");
        assert!(shown.contains("\n  and 35 more places\n"), "{shown}");
        report.checked[0].findings[0].help = Some("Mend it.".to_owned());
        let with_help = written(&report);
        let expected = shown.replace("more places\n", "more places\n  help: Mend it.\n");
        assert_eq!(with_help, expected);
    }

    #[test]
    fn a_place_at_the_end_of_the_text_has_a_frame() {
        for (text, needle) in [("", ""), ("a: 1", "1"), ("a:\n", "\n")] {
            assert!(written(&sample::one(text, needle)).contains("here"), "{text:?}");
        }
    }

    #[test]
    fn a_rule_is_a_link_where_the_terminal_has_links_and_its_address_is_spelt_out_elsewhere() {
        let (report, catalogue) = (sample::mixed(), sample::documented());
        let style = |hyperlinks| Style { hyperlinks, width: 100, ..Style::default() };
        let linked = sample::written(Format::Full, &report, &catalogue, &style(true));
        assert!(linked.contains("\u{1b}]8;;https://rules.example/SLP202\u{1b}\\"), "{linked}");
        assert_eq!(linked.matches("\u{1b}]8;;\u{1b}\\").count(), 1, "each link ends: {linked}");
        let plain = sample::written(Format::Full, &report, &catalogue, &style(false));
        assert!(plain.contains("https://rules.example/SLP202") && !plain.contains('\u{1b}'), "{plain}");
    }

    #[test]
    fn colour_and_width_are_the_callers_choice() {
        let (report, catalogue) = (sample::mixed(), sample::catalogue());
        let style = Style { colour: true, width: 50, ..Style::default() };
        let coloured = sample::written(Format::Full, &report, &catalogue, &style);
        assert!(coloured.contains("\u{1b}["));
        assert!(!written(&report).contains('\u{1b}'));
        assert!(coloured.lines().count() > written(&report).lines().count(), "messages wrap at the width");
    }
}

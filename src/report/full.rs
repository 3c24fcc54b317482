//! `full`: the report for people. Each finding with the lines that prove it, what to write, and at the end a count.

use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::diagnostic::Shown;
use super::inert::inert;
use super::summary::summary;
use super::{LONGEST_LABEL, RELATED, Style, counted, cut, findings, suppressed, undecided};
use crate::config::Problem;
use crate::finding::{Finding, Report};
use crate::rule::Catalogue;
use crate::source::Source;

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

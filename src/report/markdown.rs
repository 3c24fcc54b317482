//! `markdown`: a table for people who read it rendered, in a comment on a pull request or the summary of a CI run.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::address::Address;
use super::inert::inert_lines;
use super::quoted::{code, link, quoted};
use super::summary::summary;
use super::{
    LONGEST_HELP, LONGEST_LABEL, RELATED, Style, counted, cut, message_with_condition, proof, worst_first,
};
use crate::finding::{Checked, Finding, Report, Severity};
use crate::rule::{BestPractice, Catalogue, PERF_1, best_practice};

/// Bytes of a report: GitHub refuses a comment of more than 65,536 characters.
const LONGEST: usize = 60_000;

/// What stands above the table by best practice.
const SCORECARD: &str = "\n### Serverless Applications Lens, PERF 1\n";

/// Writes the report, the worst finding first; what finds no room is counted.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = "## lenslint\n".to_owned();
    if !report.checked.is_empty() {
        text += &format!("\n{}\n", summary(report));
    }
    let findings = worst_first(report);
    if !findings.is_empty() {
        text += "\n| Severity | Rule | Place | Finding |\n| --- | --- | --- | --- |\n";
        let rows = findings.iter().map(|(checked, finding)| row(checked, finding, catalogue, style));
        push_all(rows, "more finding", &mut text);
    }
    if !report.errors.is_empty() {
        text += "\nNot checked:\n\n";
        let items = report.errors.iter().map(|error| {
            let message: Vec<_> = inert_lines(&error.message).map(|line| quoted(&line)).collect();
            format!("- {}: {}\n", code(&Address::of(&error.path, style).to_string()), message.join("<br>"))
        });
        push_all(items, "more file", &mut text);
    }
    if !report.checked.is_empty() {
        text += &scorecard(report);
    }
    out.write_all(text.as_bytes())
}

/// What the findings say of the Lens's performance pillar, as a Well-Architected review asks for it.
fn scorecard(report: &Report) -> String {
    let mut text = SCORECARD.to_owned();
    text += "\n| Best practice | Errors | Warnings | Infos | Rules |\n| --- | ---: | ---: | ---: | --- |\n";
    for BestPractice { lens, title, .. } in PERF_1 {
        let of_practice =
            |finding: &&Finding| best_practice(&finding.rule).is_some_and(|it| it.lens == *lens);
        let findings = report.checked.iter().flat_map(|checked| &checked.findings).filter(of_practice);
        let findings: Vec<&Finding> = findings.collect();
        let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let [errors, warnings, infos] = [Severity::Error, Severity::Warning, Severity::Info].map(number);
        let rules: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        text += &format!("| {title} | {errors} | {warnings} | {infos} | {rules} |\n");
    }
    text
}

/// Adds as many as there is room for, and the number of the others.
fn push_all(items: impl ExactSizeIterator<Item = String>, noun: &str, text: &mut String) {
    let mut left = items.len();
    for item in items {
        if text.len() + item.len() > LONGEST {
            break;
        }
        text.push_str(&item);
        left -= 1;
    }
    if left > 0 {
        *text += &format!("\nAnd {}.\n", counted(left, noun));
    }
}

fn row(checked: &Checked, finding: &Finding, catalogue: &Catalogue, style: &Style) -> String {
    let page = proof::page(finding, catalogue);
    let mut lines = vec![quoted(&message_with_condition(finding))];
    lines.extend(details(checked, finding, style));
    let cells = [
        finding.severity.to_string(),
        link(&finding.rule, page.as_deref()),
        code(&proof::place(checked, &finding.primary, style)),
        lines.join("<br>"),
    ];
    // In a table a bar ends the cell even in code; before it a backslash is no part of the text.
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// The other places and what to write, as lines of Markdown.
pub(super) fn details(checked: &Checked, finding: &Finding, style: &Style) -> Vec<String> {
    let related = finding.related.iter().take(RELATED).map(|label| {
        let place = code(&proof::place(checked, label, style));
        match label.message.as_str() {
            "" => place,
            message => format!("{place}: {}", quoted(&cut(message, LONGEST_LABEL))),
        }
    });
    let mut lines: Vec<_> = related.chain(proof::more(finding)).collect();
    lines.extend(help(finding));
    lines
}

/// What to write, as lines of Markdown.
pub(super) fn help(finding: &Finding) -> Vec<String> {
    let help = cut(finding.help.as_deref().unwrap_or_default(), LONGEST_HELP);
    let lines = help.lines().enumerate();
    lines.map(|(i, line)| if i == 0 { format!("Help: {}", quoted(line)) } else { quoted(line) }).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::{Format, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Markdown, report, &sample::documented(), &Style::default())
    }

    /// What stands above the scorecard.
    fn findings(report: &Report) -> String {
        written(report).split(SCORECARD).next().unwrap().to_owned()
    }

    /// The cells of each row of the table, as GitHub cuts them.
    fn cells(text: &str) -> Vec<Vec<String>> {
        let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
        rows.map(|row| {
            let mut cells = vec![String::new()];
            let mut is_escaped = false;
            for c in row.chars() {
                match c {
                    '|' if !is_escaped => cells.push(String::new()),
                    _ => cells.last_mut().unwrap().push(c),
                }
                is_escaped = c == '\\';
            }
            cells[1..cells.len() - 1].to_vec()
        })
        .collect()
    }

    #[test]
    fn the_table_has_a_row_for_each_finding_and_the_worst_is_first() {
        assert_snapshot!(findings(&sample::mixed()), @r"
        ## lenslint

        3 findings (1 error, 1 warning, 1 info) in 1 template and 1 file that cannot be read.

        | Severity | Rule | Place | Finding |
        | --- | --- | --- | --- |
        | error | SLP001 | `other/b.yaml:1:4` | Expected '`]`', found the end of the file. |
        | warning | [SLP202](https://rules.example/SLP202) | `infra/template.yaml:12:26` | Queue 'OrdersQueue' hides messages for 30 s, its consumer 'Orders' may run for 900 s<br>`infra/template.yaml:5:16`: the consumer's timeout<br>`infra/nested stäck.yaml:4:16`: the other consumer's timeout<br>Help: Set VisibilityTimeout to 5400. |
        | info | SLP301 | `infra/template.yaml:4:5` | Function 'Orders' has no MemorySize (when IsProd is false) |

        Not checked:

        - `locked.yaml`: Permission denied
        ");
    }

    #[test]
    fn the_scorecard_counts_by_best_practice() {
        let text = written(&sample::mixed());
        assert_snapshot!(text.split(SCORECARD).nth(1).unwrap(), @r"

        | Best practice | Errors | Warnings | Infos | Rules |
        | --- | ---: | ---: | ---: | --- |
        | Measure and optimize function startup time | 0 | 0 | 0 |  |
        | Design your function to take advantage of concurrency via asynchronous and stream-based invocations | 0 | 1 | 0 | SLP202 |
        | Measure, evaluate, and select optimal capacity units | 0 | 0 | 1 | SLP301 |
        | Integrate with managed services directly over functions when possible | 0 | 0 | 0 |  |
        | Optimize access patterns and apply caching where applicable | 0 | 0 | 0 |  |
        ");
    }

    #[test]
    fn columns_are_code_points() {
        for case in sample::COLUMNS {
            let text = written(&case.report());
            let expected = format!("`t.yaml:{}:{}`", case.line, case.code_points);
            assert!(text.contains(&expected), "{expected} in {text}");
        }
    }

    #[test]
    fn a_clean_run_says_so() {
        assert_eq!(findings(&sample::clean()), "## lenslint\n\nNo findings in 1 template.\n");
    }

    #[test]
    fn what_does_not_fit_into_a_comment_is_counted() {
        let mut report = sample::one("a: 1\n", "1");
        let finding = report.checked[0].findings[0].clone();
        report.checked[0].findings = vec![finding; 2000];
        let text = findings(&report);
        let shown = cells(&text).len();
        assert!(text.len() <= LONGEST + 100 && shown > 500, "{} bytes", text.len());
        assert!(text.ends_with(&format!("\nAnd {} more findings.\n", 2000 - shown)), "{shown}");
    }

    #[test]
    fn a_template_adds_neither_rows_nor_cells_nor_markup() {
        for text in sample::attacks() {
            let written = findings(&sample::attack(&text));
            let rows = cells(&written);
            assert_eq!(rows.len(), 1, "{written}");
            assert_eq!(rows[0].len(), 4, "{written}");
            for cell in &rows[0] {
                let outside = without_code(cell).replace("<br>", "");
                assert!(!outside.contains(['*', '_', '[', '<', '@', '#', '!', '\\']), "{outside}");
                assert!(!outside.contains("://") && !outside.contains("www."), "{outside}");
            }
        }
    }

    /// The text with each code span left out, as renderers find them: a run of backticks ends at its equal.
    fn without_code(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('`') {
            out.push_str(&rest[..start]);
            let run = rest[start..].chars().take_while(|c| *c == '`').count();
            let after = &rest[start + run..];
            let mut at = 0;
            let end = loop {
                let begin = at + after[at..].find('`').expect("every run of backticks is closed");
                let length = after[begin..].chars().take_while(|c| *c == '`').count();
                at = begin + length;
                if length == run {
                    break at;
                }
            };
            rest = &after[end..];
        }
        out + rest
    }
}

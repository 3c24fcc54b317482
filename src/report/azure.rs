//! `azure`: logging commands, which Azure Pipelines lists as the issues of a run.

use std::io::{self, Write};

use super::address::Address;
use super::inert::{inert, inert_lines};
use super::{Style, message_with_condition, proof, source, worst_first};
use crate::finding::{Checked, Finding, Report, RunError, Severity};
use crate::rule::Catalogue;
use crate::source::ColumnUnit;

/// Writes a command for each error and each finding, the worst first: of each type a run shows ten.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for error in &report.errors {
        write_error(error, style, out)?;
    }
    for (checked, finding) in worst_first(report) {
        write_finding(checked, finding, catalogue, style, out)?;
    }
    Ok(())
}

fn write_error(error: &RunError, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let path = Address::of(&error.path, style).to_string();
    let message = inert_lines(&error.message).collect::<Vec<_>>().join("\n");
    writeln!(out, "##vso[task.logissue type=error;sourcepath={};]{}", property(&path), data(&message))
}

fn write_finding(
    checked: &Checked,
    finding: &Finding,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let source = source(checked, &finding.primary);
    let start = source.position(finding.primary.location.span.start, ColumnUnit::CodePoints);
    let mut lines = vec![inert(&message_with_condition(finding)).into_owned()];
    lines.extend(proof::lines(checked, finding, catalogue, style));
    writeln!(
        out,
        "##vso[task.logissue type={kind};sourcepath={path};linenumber={line};columnnumber={column};code={rule};]{message}",
        kind = kind(finding.severity),
        path = property(&Address::of(source.path(), style).to_string()),
        line = start.line,
        column = start.column,
        rule = property(&finding.rule),
        message = data(&lines.join("\n")),
    )
}

/// There is no third type.
fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning | Severity::Info => "warning",
    }
}

/// Inert text as the agent decodes it.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property as the agent decodes it.
fn property(text: &str) -> String {
    data(&inert(text)).replace(']', "%5D").replace(';', "%3B")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::{Format, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Azure, report, &sample::documented(), &Style::default())
    }

    /// The commands of a line as the agent reads it: properties and message. It looks for them anywhere.
    fn read(line: &str) -> Option<(Vec<(String, String)>, String)> {
        let at = line.to_ascii_lowercase().find("##vso[")?;
        let (head, message) = line[at + "##vso[".len()..].split_once(']')?;
        let plain = |text: &str| {
            let text = text.replace("%3B", ";").replace("%5D", "]").replace("%0D", "\r").replace("%0A", "\n");
            text.replace("%AZP25", "%")
        };
        let properties = head.strip_prefix("task.logissue ")?.split(';');
        let properties = properties.filter_map(|property| property.split_once('='));
        let properties = properties.map(|(key, value)| (key.to_owned(), plain(value))).collect();
        Some((properties, plain(message)))
    }

    #[test]
    fn every_error_and_finding_is_an_issue_and_the_worst_is_first() {
        assert_snapshot!(written(&sample::mixed()), @r"
        ##vso[task.logissue type=error;sourcepath=locked.yaml;]Permission denied
        ##vso[task.logissue type=error;sourcepath=other/b.yaml;linenumber=1;columnnumber=4;code=SLP001;]Expected ']', found the end of the file.
        ##vso[task.logissue type=warning;sourcepath=infra/template.yaml;linenumber=12;columnnumber=26;code=SLP202;]Queue 'OrdersQueue' hides messages for 30 s, its consumer 'Orders' may run for 900 s%0Ainfra/template.yaml:5:16: the consumer's timeout%0Ainfra/nested stäck.yaml:4:16: the other consumer's timeout%0Ahelp: Set VisibilityTimeout to 5400.%0Adocs: https://rules.example/SLP202
        ##vso[task.logissue type=warning;sourcepath=infra/template.yaml;linenumber=4;columnnumber=5;code=SLP301;]Function 'Orders' has no MemorySize (when IsProd is false)
        ");
    }

    #[test]
    fn columns_are_code_points() {
        for case in sample::COLUMNS {
            let text = written(&case.report());
            let expected = format!(";linenumber={};columnnumber={};", case.line, case.code_points);
            assert!(text.contains(&expected), "{expected} in {text}");
        }
    }

    #[test]
    fn a_clean_run_prints_nothing() {
        assert_eq!(written(&sample::clean()), "");
    }

    #[test]
    fn the_agent_reads_our_commands_and_no_other_whatever_a_template_says() {
        for text in sample::attacks() {
            let written = written(&sample::attack(&text));
            assert_eq!(written.lines().count(), 2, "{written}");
            for line in written.lines() {
                assert_eq!(line.to_ascii_lowercase().matches("##vso[").count(), 1, "{line}");
                let (properties, message) = read(line).unwrap();
                assert_eq!(
                    properties[1],
                    ("sourcepath".to_owned(), inert(&sample::address(&text)).into_owned())
                );
                assert!(["sourcepath", "code"].contains(&properties.last().unwrap().0.as_str()), "{line}");
                assert!(message.starts_with(&*inert(text.lines().next().unwrap())), "{message:?}");
            }
        }
    }
}

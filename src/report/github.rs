//! `github`: the full report folded away, then workflow commands, which GitHub shows as annotations beside the lines
//! of a pull request.

use std::io::{self, Write};

use super::address::Address;
use super::inert::{inert, inert_lines};
use super::{Style, counted, full, message_with_condition, proof, source, worst_first};
use crate::finding::{Checked, Finding, Report, RunError, Severity};
use crate::rule::Catalogue;
use crate::source::{ColumnUnit, Position};

/// Of each level, the annotations that GitHub keeps of a step; it drops the others without a word.
const MOST_OF_A_LEVEL: usize = 10;

/// Writes the report. The worst comes first, and if not all findings become annotations the last one says so.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let errors = report.errors.iter().map(|error| Annotation::of_error(error, style));
    let findings = worst_first(report)
        .into_iter()
        .map(|(checked, finding)| Annotation::of(checked, finding, catalogue, style));
    let annotations: Vec<_> = errors.chain(findings).collect();
    if annotations.is_empty() {
        return full::write(report, catalogue, style, out);
    }
    writeln!(out, "::group::lenslint")?;
    full::write(report, catalogue, style, out)?;
    writeln!(out, "::endgroup::")?;
    let shown = shown(&annotations);
    for annotation in &shown {
        annotation.write(out)?;
    }
    match annotations.len() - shown.len() {
        0 => Ok(()),
        hidden => writeln!(
            out,
            "::notice title=lenslint::{} without an annotation: see the log",
            counted(hidden, "more finding")
        ),
    }
}

/// The first of each level. If some stay out, a notice has to say so, and takes the room of one.
fn shown(annotations: &[Annotation]) -> Vec<&Annotation> {
    let of = |level| annotations.iter().filter(move |annotation| annotation.level == level);
    let is_cut = Level::ALL.into_iter().any(|level| of(level).count() > MOST_OF_A_LEVEL);
    let room = |level| match level {
        Level::Notice if is_cut => MOST_OF_A_LEVEL - 1,
        Level::Error | Level::Warning | Level::Notice => MOST_OF_A_LEVEL,
    };
    Level::ALL.into_iter().flat_map(|level| of(level).take(room(level))).collect()
}

/// How an annotation looks, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// The name of the command.
    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Notice,
        }
    }
}

/// One command. Its texts are inert and not yet escaped.
struct Annotation {
    level: Level,
    file: String,
    /// Where it begins and ends, in UTF-16; a file that could not be read has no lines.
    range: Option<(Position, Position)>,
    title: String,
    message: String,
}

impl Annotation {
    fn of(checked: &Checked, finding: &Finding, catalogue: &Catalogue, style: &Style) -> Self {
        let source = source(checked, &finding.primary);
        let span = finding.primary.location.span;
        let position = |offset| source.position(offset, ColumnUnit::Utf16);
        let mut lines = vec![inert(&message_with_condition(finding)).into_owned()];
        lines.extend(proof::lines(checked, finding, catalogue, style));
        Self {
            level: finding.severity.into(),
            file: inert(&Address::of(source.path(), style).to_string()).into_owned(),
            range: Some((position(span.start), position(span.end))),
            title: format!("lenslint ({})", inert(&finding.rule)),
            message: lines.join("\n"),
        }
    }

    fn of_error(error: &RunError, style: &Style) -> Self {
        Self {
            level: Level::Error,
            file: inert(&Address::of(&error.path, style).to_string()).into_owned(),
            range: None,
            title: "lenslint".to_owned(),
            message: inert_lines(&error.message).collect::<Vec<_>>().join("\n"),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "::{} file={},", self.level.command(), property(&self.file))?;
        if let Some((start, end)) = self.range {
            write!(out, "line={},endLine={},", start.line, end.line)?;
            // GitHub drops the columns of an annotation over several lines, or the annotation.
            if start.line == end.line {
                write!(out, "col={},endColumn={},", start.column, end.column)?;
            }
        }
        writeln!(out, "title={}::{}", property(&self.title), data(&self.message))
    }
}

/// A message as the runner decodes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property as the runner decodes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::{Format, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Github, report, &sample::documented(), &Style::default())
    }

    type Properties = Vec<(String, String)>;

    /// A command as the runner reads it: name, properties, message.
    fn read(line: &str) -> Option<(&str, Properties, String)> {
        let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
        let of_property = |text: &str| plain(&text.replace("%3A", ":").replace("%2C", ","));
        let properties = properties
            .split(',')
            .filter_map(|property| property.split_once('='))
            .map(|(key, value)| (key.to_owned(), of_property(value)))
            .collect();
        Some((name, properties, plain(message)))
    }

    fn names(text: &str) -> Vec<&str> {
        text.lines().filter_map(read).map(|(name, ..)| name).collect()
    }

    #[test]
    fn annotations_follow_the_full_report_and_the_worst_is_first() {
        let text = written(&sample::mixed());
        let (group, annotations) = text.split_once("::endgroup::\n").unwrap();
        let full = sample::written(Format::Full, &sample::mixed(), &sample::documented(), &Style::default());
        assert_eq!(group, format!("::group::lenslint\n{full}"));
        assert_snapshot!(annotations, @r"
        ::error file=locked.yaml,title=lenslint::Permission denied
        ::error file=other/b.yaml,line=1,endLine=1,col=4,endColumn=5,title=lenslint (SLP001)::Expected ']', found the end of the file.
        ::warning file=infra/template.yaml,line=12,endLine=12,col=26,endColumn=28,title=lenslint (SLP202)::Queue 'OrdersQueue' hides messages for 30 s, its consumer 'Orders' may run for 900 s%0Ainfra/template.yaml:5:16: the consumer's timeout%0Ainfra/nested stäck.yaml:4:16: the other consumer's timeout%0Ahelp: Set VisibilityTimeout to 5400.%0Adocs: https://rules.example/SLP202
        ::notice file=infra/template.yaml,line=4,endLine=4,col=5,endColumn=15,title=lenslint (SLP301)::Function 'Orders' has no MemorySize (when IsProd is false)
        ");
    }

    #[test]
    fn columns_are_utf16() {
        for case in sample::COLUMNS {
            let text = written(&case.report());
            let expected = format!(
                "line={line},endLine={line},col={},endColumn={},",
                case.utf16,
                case.utf16 + 1,
                line = case.line
            );
            assert!(text.contains(&expected), "{expected} in {text}");
        }
    }

    #[test]
    fn a_place_of_several_lines_has_no_columns() {
        let text = written(&sample::one("a:\n  b\n", "a:\n  b"));
        assert!(text.contains(",line=1,endLine=2,title="), "{text}");
    }

    #[test]
    fn what_github_would_drop_is_counted_by_a_notice_that_has_room() {
        let with = |severities: &[(Severity, usize)]| {
            let mut report = sample::one("a: 1\n", "1");
            let finding = report.checked[0].findings[0].clone();
            report.checked[0].findings = severities
                .iter()
                .flat_map(|(severity, number)| {
                    vec![Finding { severity: *severity, ..finding.clone() }; *number]
                })
                .collect();
            written(&report)
        };
        let all = with(&[(Severity::Info, 10), (Severity::Warning, 10), (Severity::Error, 10)]);
        let count = |text: &str, wanted: &str| names(text).iter().filter(|name| **name == wanted).count();
        assert_eq!(["error", "warning", "notice"].map(|name| count(&all, name)), [10, 10, 10]);
        assert!(!all.contains("more finding"));
        let cut = with(&[(Severity::Info, 12), (Severity::Warning, 11), (Severity::Error, 1)]);
        assert_eq!(["error", "warning", "notice"].map(|name| count(&cut, name)), [1, 10, 10]);
        let last = cut.lines().last().unwrap();
        assert_eq!(last, "::notice title=lenslint::4 more findings without an annotation: see the log");
    }

    #[test]
    fn a_clean_run_has_no_command() {
        assert_eq!(written(&sample::clean()), "No findings in 1 template.\n");
    }

    #[test]
    fn the_runner_reads_our_commands_and_no_other_whatever_a_template_says() {
        for text in sample::attacks() {
            let report = sample::attack(&text);
            let written = written(&report);
            assert_eq!(names(&written), ["group", "endgroup", "error", "warning"], "{text:?}\n{written}");
            for (_, properties, message) in written.lines().filter_map(read).skip(2) {
                let file = &properties[0];
                assert_eq!(*file, ("file".to_owned(), inert(&sample::address(&text)).into_owned()));
                assert_eq!(properties.last().unwrap().0, "title", "{properties:?}");
                assert!(message.starts_with(&*inert(text.lines().next().unwrap())), "{message:?}");
            }
        }
    }
}

//! `concise`: one line for each finding, `path:line:col: level[ID] message`, which editors take apart.
//! The shape is a public interface; what is suppressed, if it is wanted, has `suppressed` for its level. Undecided
//! checks, if they are wanted, have lines of another shape below.

use std::io::{self, Write};

use super::line::line;
use super::undecided::write_lines;
use super::{Style, findings, suppressed};
use crate::finding::Report;
use crate::rule::Catalogue;

/// Writes the findings; neither errors nor a summary, which an editor would have to skip.
pub(super) fn write(report: &Report, _: &Catalogue, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for (checked, finding) in findings(report) {
        writeln!(out, "{}", line(checked, finding, finding.severity.as_str()))?;
    }
    suppressed::write_lines(report, style, out)?;
    write_lines(report, style, out)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::{Format, Style, sample};

    #[test]
    fn the_line_has_the_shape_that_editors_read() {
        let text =
            sample::written(Format::Concise, &sample::mixed(), &sample::catalogue(), &Style::default());
        assert_snapshot!(text, @r"
        infra/template.yaml:4:5: info[SLP301] Function 'Orders' has no MemorySize (when IsProd is false)
        infra/template.yaml:12:26: warning[SLP202] Queue 'OrdersQueue' hides messages for 30 s, its consumer 'Orders' may run for 900 s
        other/b.yaml:1:4: error[SLP001] Expected ']', found the end of the file.
        ");
    }

    #[test]
    fn columns_are_code_points() {
        let columns = sample::COLUMNS.map(|case| {
            let text =
                sample::written(Format::Concise, &case.report(), &sample::catalogue(), &Style::default());
            text.split(": ").next().unwrap().to_owned()
        });
        assert_eq!(columns, sample::COLUMNS.map(|case| format!("t.yaml:{}:{}", case.line, case.code_points)));
    }

    #[test]
    fn a_clean_run_prints_nothing() {
        let text =
            sample::written(Format::Concise, &sample::clean(), &sample::catalogue(), &Style::default());
        assert_eq!(text, "");
    }
}

//! `jsonl`: a line for each finding, for programs that read line by line. A line is an entry of `findings` in `json`.

use std::io::{self, Write};

use super::inert::write_json_line;
use super::json::Entry;
use super::{Style, findings};
use crate::finding::Report;
use crate::rule::Catalogue;

/// Writes the lines; what went wrong is on standard error.
pub(super) fn write(
    report: &Report,
    catalogue: &Catalogue,
    _: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    findings(report)
        .try_for_each(|(checked, finding)| write_json_line(&Entry::of(checked, finding, catalogue), out))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::finding::Report;
    use crate::report::{Format, Style, sample};

    fn written(format: Format, report: &Report) -> String {
        sample::written(format, report, &sample::catalogue(), &Style::default())
    }

    #[test]
    fn the_lines_are_the_findings_of_the_json_document() {
        for report in [sample::mixed(), sample::clean(), sample::hostile()] {
            let lines: Vec<Value> = written(Format::Jsonl, &report)
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            let document: Value = serde_json::from_str(&written(Format::Json, &report)).unwrap();
            assert_eq!(Value::Array(lines), document["findings"]);
        }
    }

    #[test]
    fn columns_are_code_points() {
        for case in sample::COLUMNS {
            let entry: Value = serde_json::from_str(&written(Format::Jsonl, &case.report())).unwrap();
            let start = &entry["range"]["start"];
            let expected = serde_json::json!({
                "line": case.line, "column": case.code_points, "offset": case.offset(),
            });
            assert_eq!(start, &expected, "{}", case.text);
        }
    }
}

//! `checkstyle`: the XML of the linter for Java, which Jenkins and many others read.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::inert::inert;
use super::xml::Element;
use super::{Style, findings, message_with_condition, source};
use crate::finding::{Finding, Report, Severity};
use crate::rule::Catalogue;
use crate::source::{ColumnUnit, Source};

/// Writes the document: files in the order of their first finding. Paths stay as they are, for its readers look for
/// the files in the folder that we ran in.
pub(super) fn write(report: &Report, _: &Catalogue, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut files: IndexMap<&str, Vec<Element>> = IndexMap::new();
    for (checked, finding) in findings(report) {
        let source = source(checked, &finding.primary);
        files.entry(source.path()).or_default().push(error(source, finding));
    }
    let files =
        files.into_iter().map(|(path, errors)| Element::new("file").with("name", path).around(errors));
    Element::new("checkstyle").with("version", "4.3").around(files.collect()).write_document(out)
}

fn error(source: &Source, finding: &Finding) -> Element {
    let start = source.position(finding.primary.location.span.start, ColumnUnit::CodePoints);
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    Element::new("error")
        .with("line", &start.line)
        .with("column", &start.column)
        .with("severity", severity)
        .with("message", &inert(&message_with_condition(finding)))
        .with("source", &format!("lenslint.{}", finding.rule))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::{Format, sample};

    fn written(report: &Report) -> String {
        sample::written(Format::Checkstyle, report, &sample::catalogue(), &Style::default())
    }

    #[test]
    fn a_file_holds_its_findings() {
        assert_snapshot!(written(&sample::mixed()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="infra/template.yaml">
            <error line="4" column="5" severity="info" message="Function 'Orders' has no MemorySize (when IsProd is false)" source="lenslint.SLP301"/>
            <error line="12" column="26" severity="warning" message="Queue 'OrdersQueue' hides messages for 30 s, its consumer 'Orders' may run for 900 s" source="lenslint.SLP202"/>
          </file>
          <file name="other/b.yaml">
            <error line="1" column="4" severity="error" message="Expected ']', found the end of the file." source="lenslint.SLP001"/>
          </file>
        </checkstyle>
        "#);
    }

    #[test]
    fn columns_are_code_points() {
        for case in sample::COLUMNS {
            let text = written(&case.report());
            let expected = format!(r#"<error line="{}" column="{}" "#, case.line, case.code_points);
            assert!(text.contains(&expected), "{expected} in {text}");
        }
    }

    #[test]
    fn a_clean_run_is_an_empty_document() {
        assert_snapshot!(written(&sample::clean()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3"/>
        "#);
    }

    #[test]
    fn a_reader_gets_one_error_and_the_path_whatever_a_template_says() {
        for text in sample::attacks() {
            let written = written(&sample::attack(&text));
            let document = roxmltree::Document::parse(&written).unwrap();
            let names: Vec<_> = document.descendants().filter(roxmltree::Node::is_element).collect();
            assert_eq!(names.len(), 3, "{written}");
            let spelt = |c: char| {
                if c.is_control() && !"\t\n\r".contains(c) && c < ' ' {
                    c.escape_unicode().to_string()
                } else {
                    c.to_string()
                }
            };
            let path: String = text.chars().map(spelt).collect();
            assert_eq!(names[1].attribute("name"), Some(path.as_str()));
            assert!(names[2].attribute("message").unwrap().starts_with(&*inert(&text)));
        }
    }
}

//! Undecided checks in words: a line for each, and one that counts them by what they wait for.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::inert::inert;
use super::{Style, counted, cut, source_of};
use crate::finding::{Checked, Reason, ReasonKind, Report, Undecided};
use crate::source::{ColumnUnit, Location};

/// Characters of a reason: a template may have names of megabytes.
const LONGEST_REASON: usize = 200;

/// Every undecided check with the file that it was found in.
pub(super) fn undecided(report: &Report) -> impl Iterator<Item = (&Checked, &Undecided)> {
    report.checked.iter().flat_map(|checked| checked.undecided.iter().map(move |check| (checked, check)))
}

/// Writes a line for each, if the reader wants to see them.
pub(super) fn write_lines(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for (checked, check) in undecided(report).filter(|_| style.shows_undecided) {
        writeln!(out, "{}", line(checked, check))?;
    }
    Ok(())
}

/// `t.yaml:12:5: SLP202 'Orders': undecided: parameter 'Timeout' has no value (at 9:16)`
fn line(checked: &Checked, check: &Undecided) -> String {
    let path = inert(source_of(checked, check.location).path());
    let place = place(checked, check.location);
    let resource = check.resource.as_ref();
    let resource = resource.map_or_else(String::new, |id| format!(" '{}'", inert(&cut(id, LONGEST_REASON))));
    let reasons = reasons_in_words(checked, check);
    format!("{path}:{place}: {rule}{resource}: undecided: {reasons}", rule = inert(&check.rule))
}

/// Each text once, with all its places that are not the subject's own.
fn reasons_in_words(checked: &Checked, check: &Undecided) -> String {
    let mut places_of: IndexMap<&str, Vec<String>> = IndexMap::new();
    for Reason { text, location, .. } in check.reasons() {
        let places = places_of.entry(text).or_default();
        if *location == check.location {
            continue;
        }
        let place = place(checked, *location);
        places.push(if location.file == check.location.file {
            place
        } else {
            format!("{}:{place}", inert(source_of(checked, *location).path()))
        });
    }
    let reasons = places_of.into_iter().map(|(text, places)| {
        let text = cut(text, LONGEST_REASON);
        let text = inert(&text);
        if places.is_empty() { text.into_owned() } else { format!("{text} (at {})", places.join(", ")) }
    });
    reasons.collect::<Vec<_>>().join("; ")
}

fn place(checked: &Checked, location: Location) -> String {
    let start = source_of(checked, location).position(location.span.start, ColumnUnit::CodePoints);
    format!("{}:{}", start.line, start.column)
}

/// `3 checks undecided: 2 for parameters without a value, 1 for an import (--show-unknown lists them).`
pub(super) fn summary(report: &Report, style: &Style) -> Option<String> {
    let all = undecided(report).count();
    let of_kind = |kind| undecided(report).filter(|(_, check)| check.kind() == kind).count();
    let parts: Vec<String> = ReasonKind::ALL
        .into_iter()
        .map(|kind| (kind, of_kind(kind)))
        .filter(|(_, number)| *number > 0)
        .map(|(kind, number)| format!("{number} for {}", in_words(kind, number)))
        .collect();
    let hint = if style.shows_undecided { "" } else { " (--show-unknown lists them)" };
    (all > 0).then(|| format!("{} undecided: {}{hint}.", counted(all, "check"), parts.join(", ")))
}

fn in_words(kind: ReasonKind, number: usize) -> &'static str {
    let (one, many) = match kind {
        ReasonKind::Parameter => ("a parameter without a value", "parameters without a value"),
        ReasonKind::Pseudo => ("a pseudo parameter", "pseudo parameters"),
        ReasonKind::OtherFile => ("another file", "other files"),
        ReasonKind::Import => ("an import", "imports"),
        ReasonKind::DynamicReference => {
            ("a value that is resolved at deployment", "values that are resolved at deployment")
        }
        ReasonKind::Attribute => {
            ("the name or an attribute of a resource", "names or attributes of resources")
        }
        ReasonKind::Macro => ("a macro or a loop", "macros or loops"),
        ReasonKind::Mapping => ("a row of a mapping", "rows of mappings"),
        ReasonKind::Form => ("a value of the wrong form", "values of the wrong form"),
        ReasonKind::Function => ("a function that is not evaluated", "functions that are not evaluated"),
        ReasonKind::TooMany => ("too many cases", "too many cases"),
        ReasonKind::Outside => ("what is not in the template", "what is not in the template"),
    };
    if number == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::finding::{ReasonKind, Undecided};
    use crate::report::{Format, Style, sample};

    fn written(format: Format, shows_undecided: bool) -> String {
        let style = Style { shows_undecided, ..Style::default() };
        sample::written(format, &sample::undecided(), &sample::catalogue(), &style)
    }

    #[test]
    fn each_check_has_a_line_and_its_reasons_their_places() {
        assert_snapshot!(written(Format::Full, true), @r"
        infra/template.yaml:7:9: SLP202 'Orders': undecided: it is imported from another stack (at 12:26); parameter 'Limit' has no value (at 5:16, infra/nested stäck.yaml:4:16)
        infra/template.yaml:9:3: SLP202 'OrdersQueue': undecided: parameter 'Limit' has no value (at 12:26)
        infra/template.yaml:1:1: SLP202: undecided: :\u{3a}error::pwned #\u{23}[warning]x #\u{23}vso[task.setvariable]y \u{1b}[31m\u{0}\u{7}\u{9b}2J\u{202e} :\u{3a}set-output::z

        No findings in 1 template.
        3 checks undecided: 2 for parameters without a value, 1 for an import.
        ");
    }

    #[test]
    fn without_the_lines_the_summary_says_how_to_see_them() {
        assert_snapshot!(written(Format::Full, false), @r"
        No findings in 1 template.
        3 checks undecided: 2 for parameters without a value, 1 for an import (--show-unknown lists them).
        ");
    }

    #[test]
    fn concise_has_the_lines_and_nothing_else() {
        let full = written(Format::Full, true);
        assert_eq!(written(Format::Concise, true), full.split_inclusive('\n').take(3).collect::<String>());
        assert_eq!(written(Format::Concise, false), "");
    }

    #[test]
    fn a_check_counts_once_for_what_it_waits_for_in_the_end() {
        let report = sample::undecided();
        let kinds: Vec<ReasonKind> = report.checked[0].undecided.iter().map(Undecided::kind).collect();
        assert_eq!(kinds, [ReasonKind::Import, ReasonKind::Parameter, ReasonKind::Parameter]);
    }
}

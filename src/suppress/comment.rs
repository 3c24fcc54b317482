//! Suppressions in comments: `# lenslint: ignore[SLP202] reason` for a line, `# lenslint: ignore-file[…]` for a file.

use crate::date::Date;
use crate::source::Span;
use crate::spelling;

use super::attempt;

/// What a comment says, if it speaks to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said<'t> {
    /// Whether it is for the whole file.
    pub(super) is_for_file: bool,
    /// The names, each with its bytes within the comment.
    pub(super) names: Vec<(&'t str, Span)>,
    /// What follows the bracket, without the date.
    pub(super) reason: Option<&'t str>,
    /// The last day on which it holds.
    pub(super) expires: Option<Date>,
    /// The bytes of `ignore` within the comment.
    pub(super) word: Span,
}

/// Why a comment that speaks to us cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Garbled {
    /// The bytes within the comment.
    pub(super) at: Span,
    pub(super) message: String,
}

/// What the comment of a line begins with, up to its rules.
pub(super) const START: &str = "# lenslint: ignore[";
pub(super) const EXPIRES: &str = "expires=";

const WORD: &str = "lenslint:";
const LINE: &str = "ignore";
const FILE: &str = "ignore-file";

/// Reads a comment, from its `#` on. `None` for one that is not for us; ours may follow that of another tool, behind a
/// `#` of its own.
pub(super) fn read(comment: &str) -> Option<Result<Said<'_>, Garbled>> {
    attempt::names(comment).find_map(|at| {
        let said = if comment[at..].starts_with(WORD) { read_at(comment, at) } else { None };
        said.or_else(|| Some(Err(attempt::read(comment, at)?)))
    })
}

/// Reads what follows our name at `at`.
fn read_at(comment: &str, at: usize) -> Option<Result<Said<'_>, Garbled>> {
    let after = at + WORD.len();
    let start = after + blanks(&comment[after..]);
    let length = comment[start..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let end = start + length.unwrap_or(comment.len() - start);
    let word = &comment[start..end];
    let is_bracketed = comment[end..].starts_with('[');
    let span = |from: usize, to: usize| Span::new(from..to);
    let garbled = |at: Span, found: &str| {
        let hint = attempt::hint(word, &comment[end..]);
        let message =
            format!("Suppression cannot be read: expected `ignore[RULE] reason`, found {found}{hint}");
        Some(Err(Garbled { at, message }))
    };
    if word != LINE && word != FILE {
        // What is only near, or only has brackets, was meant.
        let is_near = word.starts_with(LINE) || spelling::nearest(word, [LINE, FILE]).is_some();
        return if is_bracketed || is_near { garbled(span(start, end), &format!("`{word}`")) } else { None };
    }
    if !is_bracketed {
        return garbled(span(start, end), "no rule in brackets");
    }
    let inside = end + 1;
    let Some(length) = comment[inside..].find(']') else {
        return garbled(span(start, comment.len()), "no `]`");
    };
    let names = names(&comment[inside..inside + length], inside);
    if names.is_empty() {
        return garbled(span(start, inside + length + 1), "no rule in the brackets");
    }
    let rest = inside + length + 1;
    let text = comment[rest..].trim();
    let (expires, reason) = match text.strip_prefix(EXPIRES) {
        None => (None, text),
        Some(dated) => {
            let (date, reason) = dated.split_once(char::is_whitespace).unwrap_or((dated, ""));
            match date.parse() {
                Ok(date) => (Some(date), reason.trim()),
                Err(error) => {
                    let at =
                        rest + (comment[rest..].len() - comment[rest..].trim_start().len()) + EXPIRES.len();
                    let message = format!("Suppression cannot be read: {error}");
                    return Some(Err(Garbled { at: span(at, at + date.len()), message }));
                }
            }
        }
    };
    Some(Ok(Said {
        is_for_file: word == FILE,
        names,
        reason: (!reason.is_empty()).then_some(reason),
        expires,
        word: span(start, end),
    }))
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// What stands between the commas, with its bytes; `from` is where the text begins.
fn names(text: &str, from: usize) -> Vec<(&str, Span)> {
    let mut at = from;
    let mut names = Vec::new();
    for part in text.split(',') {
        let name = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        if !name.is_empty() {
            names.push((name, Span::new(start..start + name.len())));
        }
        at += part.len() + 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(comment: &str) -> Said<'_> {
        read(comment).unwrap().unwrap()
    }

    fn names_of(comment: &str) -> Vec<&str> {
        said(comment).names.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_comment_names_rules_and_says_why() {
        let comment = "#lenslint:ignore[SLP202,  queues ]  the consumer is idempotent #7";
        assert_eq!(names_of(comment), ["SLP202", "queues"]);
        assert_eq!(said(comment).reason, Some("the consumer is idempotent #7"));
        assert!(!said(comment).is_for_file && said("# lenslint: ignore-file[SLP2]").is_for_file);
        for (name, span) in said(comment).names {
            assert_eq!(&comment[span.range()], name);
        }
    }

    #[test]
    fn a_date_stands_before_the_reason() {
        let dated = said("# lenslint: ignore[SLP202] expires=2027-06-30 until the move");
        assert_eq!((dated.expires, dated.reason), ("2027-06-30".parse().ok(), Some("until the move")));
        let alone = said("# lenslint: ignore[SLP202] expires=2027-06-30");
        assert_eq!((alone.expires.is_some(), alone.reason), (true, None));
    }

    #[test]
    fn ours_may_follow_that_of_another_tool() {
        assert_eq!(names_of("# cfn: x # lenslint: ignore[SLP202]"), ["SLP202"]);
    }

    #[test]
    fn what_is_not_for_us_is_prose() {
        for comment in [
            "# lenslint is great",
            "# see lenslint: ignore[SLP202]",
            "# lenslint: a linter",
            "# lenslint:",
            "#",
            "# ignore[SLP202]",
            "# Lenslint: ignored here, see SLP202",
            "# lenslint ignores SLP202 here",
            "# lenslint ignore comments are not allowed in this file",
            "# lenslint-ignore comments are not allowed in this file",
            "# lenslint skip is what we would like to have",
            "# lenslint: SLP202 fires here, and is right",
            "# lenslint SLP202 fires here",
            "# lenslint: disable it when the move is over",
            "# lenslint --ignore SLP202 infra/",
            "# lenslint check --ignore=SLP202 infra/",
            "# lenslint.toml: ignore = [\"SLP202\"]",
            "# lenslints: ignore[SLP202]",
            "# mylenslint: ignore[SLP202]",
        ] {
            assert_eq!(read(comment), None, "{comment}");
        }
    }

    #[test]
    fn what_looks_like_a_suppression_and_is_none_is_told_with_what_was_meant() {
        for (comment, at, meant) in [
            ("# lenslint: disable=SLP202", "lenslint: disable", "ignore[SLP202]"),
            ("# lenslint: disable SLP202, slp301 why", "lenslint: disable", "ignore[SLP202, SLP301]"),
            ("# lenslint:disable-next-line SLP202", "lenslint:disable-next-line", "ignore[SLP202]"),
            ("# lenslint: disable-file=SLP202", "lenslint: disable-file", "ignore-file[SLP202]"),
            ("# Lenslint: ignore[SLP202]", "Lenslint: ignore", "ignore[SLP202]"),
            ("# LENSLINT: IGNORE-FILE[queues]", "LENSLINT: IGNORE-FILE", "ignore-file[queues]"),
            ("# lenslint ignore[SLP202] why", "lenslint ignore", "ignore[SLP202]"),
            ("# lenslint : ignore[SLP202] why", "lenslint : ignore", "ignore[SLP202]"),
            ("# lenslint ignore SLP202", "lenslint ignore", "ignore[SLP202]"),
            ("# lenslint-ignore: SLP202", "lenslint-ignore", "ignore[SLP202]"),
            ("# lenslint-disable ALL", "lenslint-disable", "ignore[ALL]"),
            ("# lenslint: noqa", "lenslint: noqa", "ignore[RULE]"),
            ("# lenslint: noqa: SLP202", "lenslint: noqa", "ignore[SLP202]"),
            ("# lenslint: SLP202", "lenslint: ", "ignore[SLP202]"),
            ("# x # Lenslint: ignore[SLP202]", "Lenslint: ignore", "ignore[SLP202]"),
        ] {
            let garbled = read(comment).unwrap_or_else(|| panic!("{comment}")).unwrap_err();
            let expected = format!("Suppression cannot be read: did you mean `# lenslint: {meant}`?");
            assert_eq!((&comment[garbled.at.range()], garbled.message), (at, expected), "{comment}");
        }
        for comment in
            ["# lenslint:ignore SLP202", "# lenslint: ignore [SLP202] why", "# lenslint: ignore=SLP202"]
        {
            let garbled = read(comment).unwrap().unwrap_err();
            let meant = "; did you mean `# lenslint: ignore[SLP202]`?";
            assert!(garbled.message.ends_with(meant), "{}", garbled.message);
        }
    }

    #[test]
    fn what_is_meant_for_us_and_cannot_be_read_is_told_at_its_bytes() {
        for (comment, at, found) in [
            ("# lenslint: ignore", "ignore", "no rule in brackets"),
            ("# lenslint: ignore SLP202", "ignore", "no rule in brackets"),
            ("# lenslint: ignore[]", "ignore[]", "no rule in the brackets"),
            ("# lenslint: ignore[SLP202", "ignore[SLP202", "no `]`"),
            ("# lenslint: disable[SLP202]", "disable", "`disable`"),
            ("# lenslint: ignore-line[SLP202]", "ignore-line", "`ignore-line`"),
            ("# lenslint: ignroe[SLP202]", "ignroe", "`ignroe`"),
            ("# lenslint: ignore[A]  expires=soon x", "soon", "'soon' is no date"),
        ] {
            let garbled = read(comment).unwrap().unwrap_err();
            assert_eq!(&comment[garbled.at.range()], at);
            assert!(garbled.message.contains(found), "{}", garbled.message);
        }
    }
}

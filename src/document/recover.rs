//! Several errors from a parser that stops at the first: the entry that holds it is blanked out, so that every offset
//! stays right, and the text is read again.

use std::ops::Range;
use std::sync::Arc;

use super::complaint::{Aftermath, Complaint, line_start};
use super::yaml::{self, Attempt, Indentation};
use super::{ERROR_LIMIT, Read, SyntaxError};

/// So many bytes are read again per file, whatever is wrong with it.
const REREAD_LIMIT: usize = 16 << 20;

/// Reads a YAML text, going on behind errors.
pub(super) fn read(text: &Arc<str>) -> Read {
    let first = yaml::attempt(text, text, Indentation::AsLibyaml);
    let Some(fatal) = first.fatal else { return first.read };
    let recovery =
        Recovery { text, shown: text.to_string(), floor: 0, errors: Vec::new(), before: Aftermath::Nothing };
    recovery.run(fatal, first.read)
}

struct Recovery<'t> {
    text: &'t Arc<str>,
    /// The text, broken entries blanked out.
    shown: String,
    /// The end of what was blanked out last.
    floor: usize,
    errors: Vec<SyntaxError>,
    /// What the error before does to the lines behind it.
    before: Aftermath,
}

impl Recovery<'_> {
    fn run(mut self, mut fatal: Complaint, mut read: Read) -> Read {
        // Each round reads the text twice.
        let rounds = (REREAD_LIMIT / (2 * self.text.len() + 1)).clamp(1, ERROR_LIMIT);
        for _ in 0..rounds {
            let earlier = self.strict_error(&fatal);
            let blamed = earlier.unwrap_or(fatal);
            let Some(wound) = self.wound(blamed.error.span.start as usize, blamed.aftermath) else {
                self.note(blamed);
                break;
            };
            self.note(blamed);
            self.blank_out(wound);
            let Attempt { read: again, fatal: next } =
                yaml::attempt(self.text, &self.shown, Indentation::AsLibyaml);
            read = again;
            let Some(next) = next else { break };
            fatal = next;
        }
        let (tape, mut errors) = read;
        errors.append(&mut self.errors);
        errors.sort_by_key(|error| error.span);
        errors.truncate(ERROR_LIMIT);
        (tape, errors)
    }

    /// Read as libyaml reads, an open quote swallows lines until the next quote, far behind the culprit. Strictly, the
    /// first line that is not deep enough stops it.
    fn strict_error(&self, lenient: &Complaint) -> Option<Complaint> {
        let strict = yaml::attempt(self.text, &self.shown, Indentation::Strict).fatal?;
        let start = strict.error.span.start;
        let is_open_quote = strict.aftermath == Aftermath::NextLine;
        (is_open_quote && start < lenient.error.span.start && start as usize >= self.floor).then_some(strict)
    }

    fn note(&mut self, fatal: Complaint) {
        let at = fatal.error.span.start as usize;
        let is_new = self.errors.is_empty() || at >= self.floor;
        let is_echo =
            self.before == Aftermath::NextLine && self.shown[self.floor.min(at)..at].trim().is_empty();
        self.before = fatal.aftermath;
        if is_new && !is_echo {
            self.errors.push(fatal.error);
        }
    }

    /// The lines of the entry that holds `at`; of the entry around it, if it was blanked out already.
    fn wound(&self, at: usize, aftermath: Aftermath) -> Option<Range<usize>> {
        let mut start = line_start(&self.shown, at);
        while self.indentation(start).is_none() && start > 0 {
            start = line_start(&self.shown, start - 1);
        }
        let mut depth = self.indentation(start).unwrap_or(0);
        if at < self.floor {
            let outer = depth;
            while depth >= outer {
                start = line_start(&self.shown, start.checked_sub(1)?);
                depth = self.indentation(start).unwrap_or(outer);
            }
        }
        let is_item = |line: usize, depth: usize| self.shown[line + depth..].starts_with('-');
        // A list may be no deeper than its key.
        let holds_items = !is_item(start, depth);
        let takes_siblings = aftermath == Aftermath::Siblings && depth > 0;
        let belongs = |line, of_line| {
            of_line > depth || (of_line == depth && (takes_siblings || (holds_items && is_item(line, depth))))
        };
        let mut end = self.line_end(start);
        while end < self.shown.len() && self.indentation(end).is_none_or(|of_line| belongs(end, of_line)) {
            end = self.line_end(end);
        }
        Some(start..end)
    }

    fn blank_out(&mut self, wound: Range<usize>) {
        let is_break = |char| matches!(char, '\n' | '\r');
        let blank: String = self.shown[wound.clone()]
            .chars()
            .flat_map(|char| std::iter::repeat_n(if is_break(char) { char } else { ' ' }, char.len_utf8()))
            .collect();
        self.floor = wound.end;
        self.shown.replace_range(wound, &blank);
    }

    /// The blanks that the line at `start` begins with; `None` for a line of nothing else.
    fn indentation(&self, start: usize) -> Option<usize> {
        let line = &self.shown[start..self.line_end(start)];
        let text = line.trim_start_matches([' ', '\t']);
        (!text.trim_end_matches(['\n', '\r']).is_empty()).then_some(line.len() - text.len())
    }

    /// The offset behind the line break of the line at `start`.
    fn line_end(&self, start: usize) -> usize {
        let rest = &self.shown.as_bytes()[start..];
        match memchr::memchr2(b'\n', b'\r', rest) {
            Some(at) if rest[at..].starts_with(b"\r\n") => start + at + 2,
            Some(at) => start + at + 1,
            None => self.shown.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of the root's keys, and how many errors there are.
    fn keys(text: &str) -> (Vec<String>, usize) {
        let (tape, errors) = read(&text.into());
        let tape = tape.unwrap();
        let keys = tape.entries(super::super::NodeId(0)).filter_map(|entry| tape.scalar_text(entry.key));
        (keys.map(str::to_owned).collect(), errors.len())
    }

    #[test]
    fn what_stands_around_a_broken_entry_is_read() {
        assert_eq!(keys("A: 1\nB: @x\nC: 3\n"), (vec!["A".into(), "C".into()], 1));
        assert_eq!(keys("A: 1\r\nÜ: @é\r\nC: \"é\"\r\n"), (vec!["A".into(), "C".into()], 1));
        assert_eq!(keys("A: 1\nB:\n- x\n- @y\nC: 3\n"), (vec!["A".into(), "B".into(), "C".into()], 1));
    }

    #[test]
    fn the_echo_of_an_open_quote_is_not_told() {
        assert_eq!(keys("A: \"x\nB: \"y\"\nC: \"z\"\n"), (vec!["B".into(), "C".into()], 1));
    }

    #[test]
    fn lines_that_are_as_wrong_as_the_first_are_told_once() {
        assert_eq!(keys("A:\n  B: 1\n   C: 2\n   D: 3\nE: 4\n"), (vec!["A".into(), "E".into()], 1));
    }

    #[test]
    fn errors_are_told_up_to_the_limit() {
        let text: String = ["A: 1\nB: @x\n"].repeat(50).concat();
        assert_eq!(keys(&text).1, ERROR_LIMIT);
    }
}

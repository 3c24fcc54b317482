//! A line hash names a line by what it and the hundred characters after it hold, so that GitHub knows an
//! alert again when it has moved. The algorithm is GitHub's own: its upload step warns about any other value.

use rustc_hash::FxHashMap;

/// Characters that one hash covers.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;
/// What GitHub feeds at the end of the text, where JavaScript's reader has no character left.
const END: u16 = u16::MAX;

/// The hashes of one text's lines.
pub(super) struct LineHashes {
    /// Of each line, the hash and how often it has occurred so far.
    lines: Vec<(u64, u32)>,
}

impl LineHashes {
    /// The hashes of `text`; `None` where bytes were replaced because they are no UTF-8, for GitHub hashes
    /// what the file really holds.
    pub(super) fn of(text: &str) -> Option<Self> {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        let mut hasher = Hasher::new();
        let mut follows_return = false;
        for unit in text.encode_utf16() {
            let is_skipped = unit == u16::from(b' ')
                || unit == u16::from(b'\t')
                || (follows_return && unit == u16::from(b'\n'));
            follows_return = unit == u16::from(b'\r');
            if !is_skipped {
                hasher.take(if follows_return { u16::from(b'\n') } else { unit });
            }
        }
        hasher.take(END);
        Some(hasher.finish())
    }

    /// The hash of a line, counted from 1: `30965108e8bfc875:1`.
    pub(super) fn line(&self, line: u32) -> Option<String> {
        let (hash, occurrence) = self.lines.get((line as usize).checked_sub(1)?)?;
        Some(format!("{hash:x}:{occurrence}"))
    }
}

struct Hasher {
    /// The last [`WINDOW`] units; the next one takes the place of the oldest.
    units: [u16; WINDOW],
    /// Whether the unit at the same place opened a line.
    opens_line: [bool; WINDOW],
    next: usize,
    hash: u64,
    /// `FACTOR` to the power of [`WINDOW`]: what the oldest unit weighs when it leaves.
    oldest: u64,
    at_line_start: bool,
    occurrences: FxHashMap<u64, u32>,
    lines: Vec<(u64, u32)>,
}

impl Hasher {
    fn new() -> Self {
        Self {
            units: [0; WINDOW],
            opens_line: [false; WINDOW],
            next: 0,
            hash: 0,
            oldest: FACTOR.wrapping_pow(WINDOW as u32),
            at_line_start: true,
            occurrences: FxHashMap::default(),
            lines: Vec::new(),
        }
    }

    fn take(&mut self, unit: u16) {
        self.close_line();
        self.opens_line[self.next] = std::mem::replace(&mut self.at_line_start, unit == u16::from(b'\n'));
        self.roll(unit);
    }

    /// A line whose first unit is about to leave the window has its hash.
    fn close_line(&mut self) {
        if std::mem::take(&mut self.opens_line[self.next]) {
            let occurrence = self.occurrences.entry(self.hash).or_default();
            *occurrence += 1;
            self.lines.push((self.hash, *occurrence));
        }
    }

    fn roll(&mut self, unit: u16) {
        let leaving = std::mem::replace(&mut self.units[self.next], unit);
        self.hash = self
            .hash
            .wrapping_mul(FACTOR)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.oldest.wrapping_mul(u64::from(leaving)));
        self.next = (self.next + 1) % WINDOW;
    }

    fn finish(mut self) -> LineHashes {
        for _ in 0..WINDOW {
            self.close_line();
            self.roll(0);
        }
        LineHashes { lines: self.lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For lines 1, 5, 10 and 20 the SARIF Multitool, which has the same algorithm, gives the same hashes.
    const TEMPLATE: &str = "\
AWSTemplateFormatVersion: \"2010-09-09\"
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      MemorySize: 128
      Timeout: 900
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt OrdersQueue.Arn
            BatchSize: 1
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
";

    fn line(text: &str, line: u32) -> String {
        LineHashes::of(text).unwrap().line(line).unwrap()
    }

    #[test]
    fn a_line_hashes_as_github_hashes_it() {
        let known = [
            (1, "18eee97f5cab3972:1"),
            (5, "f686fcdc45064ea8:1"),
            (10, "2a7b128ea4b8d168:1"),
            (20, "30965108e8bfc875:1"),
            (21, "c129715d7a2bc9a3:1"),
        ];
        for (number, hash) in known {
            assert_eq!(line(TEMPLATE, number), hash, "line {number}");
        }
        assert_eq!(LineHashes::of(TEMPLATE).unwrap().line(22), None);
        let unended = TEMPLATE.trim_end();
        assert_eq!(line(unended, 20), "37dc2de683fe466f:1", "no line break at the end");
        assert_eq!(LineHashes::of(unended).unwrap().line(21), None);
    }

    #[test]
    fn blanks_and_the_kind_of_line_break_do_not_matter() {
        let hashes = |text: &str| LineHashes::of(text).unwrap().lines;
        assert_eq!(hashes(&TEMPLATE.replace('\n', "\r\n")), hashes(TEMPLATE));
        assert_eq!(hashes(&TEMPLATE.replace('\n', "\r")), hashes(TEMPLATE));
        assert_eq!(hashes(&TEMPLATE.replace("  ", "\t")), hashes(TEMPLATE));
        assert_eq!(line("a\rb\r\rc", 4), "188ff2f224477a1e:1");
    }

    #[test]
    fn characters_beyond_ascii_and_the_byte_order_mark_count_as_utf16() {
        assert_eq!(line("\u{feff}a: 😀é\nb", 1), "825fa40ef3a220a3:1");
        assert_eq!(line("\u{feff}a: 😀é\nb", 2), "8ee5a81e681643c1:1");
    }

    #[test]
    fn equal_hashes_are_counted() {
        let text = "x\n".repeat(150);
        assert_eq!(line(&text, 1), "c0fe7b2700d6c254:1");
        assert_eq!(line(&text, 6), "c0fe7b2700d6c254:6");
    }

    #[test]
    fn an_empty_text_has_one_line() {
        assert_eq!(line("", 1), "c129715d7a2bc9a3:1");
    }

    #[test]
    fn a_text_that_lost_bytes_has_no_hashes() {
        assert!(LineHashes::of("a: \u{fffd}\n").is_none());
    }
}

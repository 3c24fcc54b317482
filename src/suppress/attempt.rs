//! Comments that look as if they were to suppress something, and do not: `# lenslint: disable=SLP202`. Passed over in
//! silence, they would leave their authors in the belief that something is suppressed; a sentence about us is no such
//! thing.

use crate::source::Span;

use super::OURS;
use super::comment::Garbled;

/// What other tools, or their users, call it. A word may go on behind a hyphen: `disable-next-line`.
const VERBS: [&str; 11] =
    ["ignore", "disable", "suppress", "skip", "noqa", "nolint", "allow", "exclude", "mute", "silence", "off"];
/// Rules that a hint repeats.
const MOST_NAMES: usize = 8;

/// Where our name stands behind a `#`, in whatever case.
pub(super) fn names(comment: &str) -> impl Iterator<Item = usize> {
    let bytes = comment.as_bytes();
    let all = bytes.windows(OURS.len()).enumerate();
    all.filter_map(|(at, found)| found.eq_ignore_ascii_case(OURS.as_bytes()).then_some(at))
        .filter(|at| comment[..*at].trim_end_matches([' ', '\t']).ends_with('#'))
}

/// What looks like a suppression behind our name at `at`.
pub(super) fn read(comment: &str, at: usize) -> Option<Garbled> {
    let rest = &comment[at + OURS.len()..];
    let unspaced = rest.trim_start_matches([' ', '\t']);
    let is_joined = rest.starts_with(['-', '_']);
    let has_colon = unspaced.starts_with(':');
    let after = if has_colon { &unspaced[1..] } else { rest.strip_prefix(['-', '_']).unwrap_or(unspaced) };
    if !is_joined && !has_colon && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let after = after.trim_start_matches([' ', '\t']);
    let start = comment.len() - after.len();
    let length = after.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_'));
    let (word, tail) = after.split_at(length.unwrap_or(after.len()));
    let verb = word.split(['-', '_']).next().unwrap_or_default();
    let garbled = |word: &str, tail: &str| Garbled {
        at: Span::new(at..start + word.len()),
        message: format!("Suppression cannot be read: did you mean `{}`?", meant(word, tail)),
    };
    if !VERBS.iter().any(|known| known.eq_ignore_ascii_case(verb)) {
        // A rule alone; with a sentence behind it, it may be said of the rule that it is right.
        let mut words = after.split([',', ' ']).filter(|word| !word.is_empty());
        let is_alone = has_colon && words.next().is_some_and(is_rule) && words.all(is_rule);
        return is_alone.then(|| garbled("", after));
    }
    let is_set_off = tail.starts_with(['=', ':', '(', '[']) || tail.trim_start().starts_with(['=', '[']);
    let is_all = tail.trim_start().is_empty() && (is_joined || has_colon);
    let names_a_rule = tail.split([',', ' ', '\t']).find(|word| !word.is_empty()).is_some_and(is_rule);
    (is_set_off || is_all || names_a_rule).then(|| garbled(word, tail))
}

/// The end of a sentence that says what was meant, if the rules that follow `word` can be told.
pub(super) fn hint(word: &str, tail: &str) -> String {
    let has_rules = !rules(tail).is_empty();
    if has_rules { format!("; did you mean `{}`?", meant(word, tail)) } else { String::new() }
}

fn meant(word: &str, tail: &str) -> String {
    let of_file = if word.to_ascii_lowercase().contains("file") { "-file" } else { "" };
    let rules = rules(tail);
    let rules = if rules.is_empty() { "RULE".to_owned() } else { rules.join(", ") };
    format!("# {OURS}: ignore{of_file}[{rules}]")
}

/// The rules at the start of `tail`: behind a sign that sets them off, whatever they are called.
fn rules(tail: &str) -> Vec<String> {
    let trimmed = tail.trim_start();
    let listed = trimmed.trim_start_matches(['=', ':', '(', '[', ' ', '"', '\'']);
    let is_set_off = listed.len() < trimmed.len();
    let mut rules = Vec::new();
    for part in listed.split_inclusive([',', ' ', '\t', ']', ')']).take(2 * MOST_NAMES) {
        let name = part.trim_end_matches([',', ' ', '\t', ']', ')']).trim_matches(['"', '\'']);
        let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        // Behind the first, only what follows a comma or is an id goes on the list.
        if is_rule(name) || is_set_off && is_word && !name.is_empty() && name.len() < 80 && rules.is_empty() {
            let is_id = is_rule(name);
            rules.push(if is_id { name.to_ascii_uppercase() } else { name.to_owned() });
        } else if !name.is_empty() {
            break;
        }
        if part.ends_with([']', ')']) || rules.len() == MOST_NAMES {
            break;
        }
    }
    rules
}

/// Whether a word is the id of a rule or a family of ours, or all of them.
fn is_rule(word: &str) -> bool {
    let number = word.get(..3).filter(|start| start.eq_ignore_ascii_case("SLP")).map(|_| &word[3..]);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    word == "ALL" || number.is_some_and(is_number)
}

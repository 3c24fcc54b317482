//! Which files are templates, and which hold rules: walks what the user named. A template is known by its bytes,
//! without being parsed.

mod assembly;
mod ignored;
mod outline;
mod placeholder;
mod read;
mod rules;
mod sniff;
mod test_files;
mod walk;

pub use placeholder::is_unfilled;
pub use read::{read, read_any, read_any_standard_input, read_standard_input};
pub use rules::{RuleFile, read_rules};
pub use sniff::{Kind, sniff};
pub use test_files::{Tested, find_tests};
pub use walk::{DATA, Discovered, Extensions, Found, GUARD_FILES, RULE_FILES, TEMPLATES, find};

/// The lines of `text` with the offset of each; `\n`, `\r\n` and a lone `\r` end a line, and the empty line
/// that `\r\n` then leaves behind is blank to every reader here.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let ends = memchr::memchr2_iter(b'\n', b'\r', text).chain(std::iter::once(text.len()));
    let mut start = 0;
    ends.map(move |end| {
        let line = (start, &text[start..end]);
        start = end + 1;
        line
    })
}

/// A line's indentation in bytes, and the rest of it.
fn split_indentation(line: &[u8]) -> (usize, &[u8]) {
    let depth = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (depth, &line[depth..])
}

/// The key that opens `line`, without its quotes, and where in `line` its value begins.
fn split_key(line: &[u8]) -> Option<(&[u8], usize)> {
    if let [quote @ (b'"' | b'\''), quoted @ ..] = line {
        let key = &quoted[..memchr::memchr(*quote, quoted)?];
        let after = &quoted[key.len() + 1..];
        let colon = after.trim_ascii_start().starts_with(b":").then(|| memchr::memchr(b':', after))??;
        return Some((key, key.len() + colon + 3));
    }
    let colon = memchr::memchr_iter(b':', line)
        .find(|colon| matches!(line.get(colon + 1), None | Some(b' ' | b'\t')))?;
    Some((line[..colon].trim_ascii_end(), colon + 1))
}

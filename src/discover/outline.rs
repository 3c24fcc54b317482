//! An outline is the top-level keys of a YAML or JSON text, found by its indentation or its brackets alone, so
//! that a text that is broken further down still has one.

use memchr::memmem;

use super::{lines, split_indentation, split_key};

/// Calls `visit` with each top-level key and the text that follows its colon; false when `text` is no mapping
/// (prose, a program, a list), whatever has been visited by then.
pub(super) fn each_key<'a>(text: &'a [u8], visit: impl FnMut(&'a [u8], &'a [u8])) -> bool {
    if is_bracketed(text) {
        each_key_in_brackets(without_preamble(text), visit);
        true
    } else {
        each_key_by_indentation(without_preamble(text), visit)
    }
}

/// Whether the outermost mapping has brackets: JSON, or YAML that is written so.
pub(super) fn is_bracketed(text: &[u8]) -> bool {
    without_preamble(text).trim_ascii_start().starts_with(b"{")
}

fn without_preamble(text: &[u8]) -> &[u8] {
    let first = lines(text).find(|(_, line)| !is_preamble(line.trim_ascii()));
    &text[first.map_or(text.len(), |(start, _)| start)..]
}

/// Whether a line may stand before the first key: a comment, a document marker, a statement of a template engine.
fn is_preamble(line: &[u8]) -> bool {
    const STARTS: [&[u8]; 8] = [b"#", b"//", b"---", b"%", b"{%", b"{#", b"{{", b"<%"];
    line.is_empty() || STARTS.iter().any(|start| line.starts_with(start))
}

fn each_key_by_indentation<'a>(text: &'a [u8], mut visit: impl FnMut(&'a [u8], &'a [u8])) -> bool {
    let mut top = None;
    for (start, line) in lines(text) {
        let (depth, line) = split_indentation(line);
        if top.is_some_and(|top| depth > top) || line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        // No YAML scalar starts with a backtick: this is Markdown that shows a template.
        if line.starts_with(b"`") {
            return false;
        }
        let line_start = start + depth;
        match split_key(line) {
            Some((key, value)) if !line.starts_with(b"- ") => visit(key, &text[line_start + value..]),
            _ if top.is_none() && !is_broken_start(line) => return false,
            _ => {}
        }
        top.get_or_insert(depth);
    }
    top.is_some()
}

/// Whether a first line that is no key may yet be that of a broken template: a merge conflict, or a key of
/// templates that lacks its colon or the space behind it.
fn is_broken_start(line: &[u8]) -> bool {
    const STARTS: [&[u8]; 6] =
        [b"<<<<<<<", b"AWSTemplateFormatVersion", b"Transform", b"Description", b"Parameters", b"Resources"];
    STARTS.iter().any(|start| line.starts_with(start))
}

fn each_key_in_brackets<'a>(text: &'a [u8], mut visit: impl FnMut(&'a [u8], &'a [u8])) {
    let mut depth = 0_usize;
    let mut last = 0;
    for at in structure(text) {
        match text[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' if depth <= 1 => visit(bare_key(&text[last..at]), &text[at + 1..]),
            _ => {}
        }
        last = at + 1;
    }
    // A bracket is missing somewhere, so the depths tell nothing: the name of the one key that matters does.
    if depth > 0 {
        let quoted = b"\"Resources\"";
        for at in memmem::find_iter(text, quoted) {
            let value = text[at + quoted.len()..].trim_ascii_start().strip_prefix(b":");
            if let Some(value) = value {
                visit(b"Resources", value);
            }
        }
    }
}

/// A key between brackets: what stands before its colon, without its quotes and without the lines before it, which
/// are comments or, where a quote or a comma is missing, the entry before.
fn bare_key(text: &[u8]) -> &[u8] {
    let line = lines(text).map(|(_, line)| line.trim_ascii()).filter(|line| !line.is_empty()).last();
    match line.unwrap_or_default() {
        [open @ (b'"' | b'\''), key @ .., close] if open == close => key,
        key => key,
    }
}

/// Where `text` has a bracket, a comma or a lone colon outside of strings and comments.
pub(super) fn structure(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        loop {
            let here = at;
            let byte = *text.get(here)?;
            let before = here.checked_sub(1).map_or(b' ', |before| text[before]);
            let after = text.get(here + 1).copied().unwrap_or(b' ');
            at = here + 1;
            match byte {
                b'"' => at = string_end(text, at, b'"'),
                // Elsewhere it is an apostrophe: `{Description: It's}`.
                b'\'' if opens_scalar(before) => at = string_end(text, at, b'\''),
                b'#' if opens_scalar(before) => at = line_end(text, at),
                b'/' if after == b'/' && opens_scalar(before) => at = line_end(text, at),
                b':' if before == b':' || after == b':' => {}
                b'{' | b'}' | b'[' | b']' | b',' | b':' => return Some(here),
                _ => {}
            }
        }
    })
}

fn opens_scalar(before: u8) -> bool {
    before.is_ascii_whitespace() || matches!(before, b'{' | b'[' | b',' | b':')
}

/// Where the string that begins at `start` has ended. A line break ends it too, so that one forgotten quote does
/// not turn the rest of a file inside out.
fn string_end(text: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start;
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr3(quote, b'\\', b'\n', rest)) {
        at += found;
        match text[at] {
            b'\\' if quote == b'"' => at += 2,
            b'\\' => at += 1,
            _ => return at + 1,
        }
    }
    text.len()
}

fn line_end(text: &[u8], start: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &text[start..]).map_or(text.len(), |end| start + end)
}

//! How deeply the brackets of a text nest. The generated parser recurses once per bracket, so depth is bounded
//! before it runs.

/// Brackets inside brackets that a rules file may have. The deepest published rule has seven.
pub(super) const LIMIT: usize = 48;

/// The offset of the first bracket that opens deeper than [`LIMIT`].
pub(super) fn first_too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'#' => past(bytes, at + 1, b"\n"),
            b'<' if bytes.get(at + 1) == Some(&b'<') => past(bytes, at + 2, b">>"),
            b'\'' | b'"' | b'/' => past_quoted(bytes, at + 1, *byte),
            b'[' | b'{' | b'(' => {
                depth += 1;
                if depth > LIMIT {
                    return Some(at);
                }
                at + 1
            }
            b']' | b'}' | b')' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
    }
    None
}

/// After the next `end`, or after the text.
fn past(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(end.len())
        .position(|window| window == end)
        .map_or(bytes.len(), |found| from + found + end.len())
}

/// After the closing quote; a backslash keeps the quote that follows it from closing.
fn past_quoted(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'\\' && bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else if *byte == quote {
            return at + 1;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_comments_messages_and_regexes_do_not_count() {
        let open = "[".repeat(LIMIT + 1);
        for text in
            [format!("'{open}'"), format!("# {open}\n"), format!("<<{open}>>"), format!("/\\/{open}/")]
        {
            assert_eq!(first_too_deep(&text), None, "{text}");
        }
        assert_eq!(first_too_deep(&open), Some(LIMIT));
    }

    #[test]
    fn closed_brackets_do_not_add_up() {
        assert_eq!(first_too_deep(&"[]".repeat(1000)), None);
    }
}

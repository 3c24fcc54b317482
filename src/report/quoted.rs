//! Quoted text is Markdown that shows the words of others and does nothing else. A word in which a renderer could
//! find markup, a link or a mention is set as code, where nothing is one; the others stay as they are, so that the
//! text reads well where nobody renders it.

use super::inert::inert;

/// What may surround a word without being part of it.
const AROUND: &[char] = &['\'', '"', '(', ')', ',', '.', ';', ':', '?'];

/// `text` on one line; what its author put between backticks is code, as they meant it.
pub(super) fn quoted(text: &str) -> String {
    let text = inert(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut parts = text.split('`').enumerate().peekable();
    while let Some((i, part)) = parts.next() {
        let is_between = i % 2 == 1;
        let is_closed = parts.peek().is_some();
        match (is_between, is_closed) {
            (true, true) if !part.is_empty() => push_code(part, &mut out),
            (true, true) => push_code("``", &mut out),
            (true, false) => {
                push_code("`", &mut out);
                push_words(part, &mut out);
            }
            (false, _) => push_words(part, &mut out),
        }
    }
    out
}

/// `text` as code.
pub(super) fn code(text: &str) -> String {
    let mut out = String::new();
    push_code(&inert(text), &mut out);
    out
}

/// `text` as a link to `address`, if that is one of the web.
pub(super) fn link(text: &str, address: Option<&str>) -> String {
    let is_web = |address: &&str| address.starts_with("https://") || address.starts_with("http://");
    let Some(address) = address.filter(is_web) else { return quoted(text) };
    let mut encoded = String::new();
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#@&+,;=%".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("[{}]({encoded})", quoted(text))
}

fn push_words(text: &str, out: &mut String) {
    for word in text.split_inclusive(char::is_whitespace) {
        let core = word.trim_end().trim_matches(AROUND);
        if core.is_empty() || is_plain(core) {
            out.push_str(word);
            continue;
        }
        let start = word.len() - word.trim_start_matches(AROUND).len();
        out.push_str(&word[..start]);
        push_code(core, out);
        out.push_str(&word[start + core.len()..]);
    }
}

/// Whether no flavour of Markdown sees more than letters in the word.
fn is_plain(word: &str) -> bool {
    const MARKUP: &[char] =
        &['\\', '`', '*', '_', '[', ']', '<', '>', '#', '@', '|', '~', '&', '!', '$', '^'];
    let lower = word.to_ascii_lowercase();
    // GitLab takes `%1` for a milestone.
    !word.contains(MARKUP) && !word.starts_with('%') && !lower.contains("://") && !lower.contains("www.")
}

fn push_code(text: &str, out: &mut String) {
    // Two fences that touch would be one longer fence.
    if out.ends_with('`') {
        out.push(' ');
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A renderer takes one blank off each end, where there is one at both.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    out.push_str(&format!("{fence}{pad}{text}{pad}{fence}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "Queue 'Q' of AWS::SQS::Queue hides messages for 30 s (50% of 60 s), e.g. not twelve-fold.",
            "é 漢字 👩\u{200d}💻",
            "",
            "Set `VisibilityTimeout: 180` on the queue, or lower the function's `Timeout`.",
        ] {
            assert_eq!(quoted(text), text);
        }
    }

    #[test]
    fn a_word_that_could_act_is_code() {
        for (text, expected) in [
            ("ask @admins, now", "ask `@admins`, now"),
            ("Queue '[x](http://evil.example)'", "Queue '`[x](http://evil.example`)'"),
            ("see www.evil.example.", "see `www.evil.example`."),
            ("(#12) <b>x</b> a_b_ *c* ~d~ &amp; !7", "(`#12`) `<b>x</b>` `a_b_` `*c*` `~d~` `&amp`; `!7`"),
            ("a|b", "`a|b`"),
            ("%3", "`%3`"),
            ("one\n```suggestion\nx", "`one\\n` ``` `` ``` `` ` `` `suggestion\\nx`"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn a_backtick_alone_is_shown() {
        assert_eq!(quoted("a ` b"), "a `` ` `` b");
        assert_eq!(quoted("`a``b`"), "`a` `b`");
    }

    #[test]
    fn code_is_fenced_by_more_backticks_than_it_has() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(code("##[x]"), r"`#\u{23}[x]`");
    }

    #[test]
    fn a_link_leads_to_the_web_and_nowhere_else() {
        assert_eq!(
            link("R1", Some("https://a.example/x(1)|<y>")),
            "[R1](https://a.example/x%281%29%7C%3Cy%3E)"
        );
        assert_eq!(link("R1", Some("javascript:alert(1)")), "R1");
        assert_eq!(link("a_b", None), "`a_b`");
    }
}

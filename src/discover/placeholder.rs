//! Placeholders are what Jinja, cookiecutter and their like leave in a file for later. A template that holds them
//! where YAML and JSON allow no such thing is not broken: it is not a template yet.

use memchr::memmem;

use super::{lines, outline, split_indentation, split_key};

/// Whether `text`, which looks like a template, waits for a template engine to fill it in.
///
/// `{{` alone proves nothing: dynamic references (`'{{resolve:ssm:…}}'`), Systems Manager documents, mail bodies
/// and `JSONata` (`"{% $states.input %}"`) have it in strings. It must stand where a string has not begun, or be
/// unmistakable.
pub fn is_unfilled(text: &[u8]) -> bool {
    if !["{{", "{%", "{#", "<%"].iter().any(|mark| memmem::find(text, mark.as_bytes()).is_some()) {
        return false;
    }
    mentions_cookiecutter(text)
        || if outline::is_bracketed(text) { shapes_brackets(text) } else { shapes_lines(text) }
}

/// `{{ cookiecutter.name }}`, wherever it stands.
fn mentions_cookiecutter(text: &[u8]) -> bool {
    memmem::find_iter(text, b"cookiecutter.").any(|at| text[..at].trim_ascii_end().ends_with(b"{{"))
}

/// `"MemorySize": {{ memory }}` and `{% if %}` in JSON.
fn shapes_brackets(text: &[u8]) -> bool {
    outline::structure(text).any(|at| is_placeholder(&text[at..]))
}

/// The same on the lines of YAML, outside of block scalars: these hold programs and documents with placeholders of their own.
fn shapes_lines(text: &[u8]) -> bool {
    let mut block_scalar = None;
    lines(text).any(|(_, line)| {
        let (depth, line) = split_item(line);
        if line.is_empty() || block_scalar.is_some_and(|parent| depth > parent) {
            return false;
        }
        block_scalar = opens_block_scalar(line).then_some(depth);
        let value = split_key(line).map_or(b"".as_slice(), |(_, value)| line[value..].trim_ascii_start());
        is_placeholder(line) || is_placeholder(value) || holds_statement(line) || holds_filter(line)
    })
}

/// A line's depth and text behind its indentation and the dashes of list items.
fn split_item(line: &[u8]) -> (usize, &[u8]) {
    let (mut depth, mut line) = split_indentation(line);
    while let Some(item) = line.strip_prefix(b"- ") {
        let (spaces, rest) = split_indentation(item);
        (depth, line) = (depth + 2 + spaces, rest);
    }
    (depth, line)
}

/// Whether the last word is `|`, `>-`, `|2+` or the like.
fn opens_block_scalar(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let word = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    matches!(word, [b'|' | b'>', header @ ..] if header.iter().all(|byte| b"+-0123456789".contains(byte)))
}

fn is_placeholder(text: &[u8]) -> bool {
    let mark = [b"{{", b"{%", b"{#", b"<%"].iter().any(|mark| text.starts_with(*mark));
    mark && !is_reference(text)
}

/// `{{resolve:…}}` is CloudFormation's own; without quotes it is a mistake in a template, and to be reported.
fn is_reference(text: &[u8]) -> bool {
    text.starts_with(b"{{resolve:")
}

/// `{% if … %}`, `{%- endfor %}`: a statement of Jinja; `JSONata` has no such words.
fn holds_statement(line: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] =
        [b"if", b"elif", b"else", b"endif", b"for", b"endfor", b"set", b"include", b"block"];
    memmem::find_iter(line, b"{%").any(|at| {
        let statement = &line[at + 2..];
        let statement = statement.strip_prefix(b"-").unwrap_or(statement).trim_ascii_start();
        let word = statement.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        WORDS.contains(&&statement[..word])
    })
}

/// `{{ name | default("orders") }}`: a filter of Jinja. Handlebars has `|` in block helpers, `{{#each …}}`, only.
fn holds_filter(line: &[u8]) -> bool {
    // Keeps the search linear on a line of nothing but `{{`.
    const LONGEST: usize = 256;
    memmem::find_iter(line, b"{{").any(|at| {
        let inside = &line[at + 2..line.len().min(at + LONGEST)];
        let inside = &inside[..memmem::find(inside, b"}}").unwrap_or(0)];
        !inside.starts_with(b"#") && inside.contains(&b'|')
    })
}

//! The tokens of a source file: words, texts and signs, without comments and blanks.
//!
//! Seven grammars as tree-sitter has them came to 13 MB of binary beside the 6 MB of all the rest, need a C compiler, and
//! would have C code parse what strangers wrote. What is asked of a file here is which words, texts and brackets stand in
//! it, and for that it is enough to know a language's comments and strings.

mod literal;

use crate::source::Span;

use super::Language;

/// A token; its text is that of its span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Without the quotes of a text.
    pub(super) span: Span,
    /// Of a bracket, the token that closes or opens it; of any other, itself.
    pub(super) partner: u32,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A text that is all written there.
    Text,
    /// A piece of a text that has expressions in it, whose tokens stand beside it.
    Piece,
    /// A bracket or an operator.
    Sign,
    /// The end of a line, where the language ends statements with it.
    Newline,
}

/// A file taken apart.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    /// Whether every text and bracket was closed: what is beside one that was not may have been misunderstood.
    pub(super) is_sound: bool,
}

/// Expressions in texts in expressions.
const MOST_LEVELS: usize = 32;

/// Takes a file apart.
pub(super) fn tokens(text: &str, language: Language) -> Tokens {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, language, all: Vec::new(), is_sound: true };
    lexer.run(0, Ending::File);
    let Lexer { mut all, is_sound, .. } = lexer;
    let are_matched = match_brackets(&mut all, text);
    Tokens { all, is_sound: is_sound && are_matched }
}

/// Writes its partner into every bracket.
fn match_brackets(tokens: &mut [Token], text: &str) -> bool {
    let mut open: Vec<usize> = Vec::new();
    let mut are_matched = true;
    for index in 0..tokens.len() {
        if tokens[index].kind != Kind::Sign {
            continue;
        }
        let opener = match &text[tokens[index].span.range()] {
            "(" | "[" | "{" => {
                open.push(index);
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        match open.pop().filter(|start| &text[tokens[*start].span.range()] == opener) {
            Some(start) => {
                tokens[start].partner = index as u32;
                tokens[index].partner = start as u32;
            }
            None => are_matched = false,
        }
    }
    are_matched && open.is_empty()
}

/// What ends a run of tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    File,
    /// The brace of an expression in a text.
    Brace,
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    language: Language,
    all: Vec<Token>,
    is_sound: bool,
}

impl Lexer<'_> {
    fn run(&mut self, level: usize, ending: Ending) {
        let mut braces = 0usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            // `f"{code:#x}"` has no comment in it.
            let is_format = byte == b'#' && ending == Ending::Brace;
            if !is_format && self.comment() || self.literal(level) {
                continue;
            }
            match byte {
                b'\n' => {
                    let is_first = self.all.last().is_none_or(|last| last.kind != Kind::Newline);
                    if is_first && self.language.ends_statements_with_lines() {
                        self.push(Kind::Newline, self.at, self.at + 1);
                    }
                    self.at += 1;
                }
                // A line that goes on.
                b'\\' => self.at += if self.rest().starts_with(b"\\\n") { 2 } else { 1 },
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ if is_word(byte) => self.word(),
                b'}' if braces == 0 && ending == Ending::Brace => {
                    self.at += 1;
                    return;
                }
                _ => {
                    match byte {
                        b'{' => braces += 1,
                        b'}' => braces = braces.saturating_sub(1),
                        _ => {}
                    }
                    let length =
                        SIGNS.iter().find(|sign| self.rest().starts_with(sign)).map_or(1, |it| it.len());
                    self.push(Kind::Sign, self.at, self.at + length);
                    self.at += length;
                }
            }
        }
        self.is_sound &= ending == Ending::File;
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let partner = self.all.len() as u32;
        self.all.push(Token { kind, span: Span::new(start..end), partner });
    }

    fn word(&mut self) {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| is_word(*byte)) {
            self.at += 1;
        }
        self.push(Kind::Word, start, self.at);
    }

    /// Skips a comment, if one starts here.
    fn comment(&mut self) -> bool {
        let rest = self.rest();
        let is_line_start = self.at == 0 || self.bytes[self.at - 1] == b'\n';
        let is_line_comment = match self.language {
            Language::Python | Language::Ruby => rest[0] == b'#',
            Language::JavaScript => rest.starts_with(b"//") || self.at == 0 && rest.starts_with(b"#!"),
            // A directive of the preprocessor is no code either.
            Language::CSharp => rest.starts_with(b"//") || rest[0] == b'#',
            Language::Java | Language::Go | Language::Rust => rest.starts_with(b"//"),
        };
        if is_line_comment {
            self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            return true;
        }
        if self.language == Language::Ruby && is_line_start && rest.starts_with(b"=begin") {
            self.skip_past("\n=end");
            return true;
        }
        let has_blocks = !matches!(self.language, Language::Python | Language::Ruby);
        if !has_blocks || !rest.starts_with(b"/*") {
            return false;
        }
        self.at += 2;
        let mut open = 1;
        while open > 0 {
            let rest = self.rest();
            let Some(next) = memchr::memchr2(b'*', b'/', rest) else {
                self.at = self.bytes.len();
                self.is_sound = false;
                break;
            };
            let (closes, opens) = (rest[next..].starts_with(b"*/"), rest[next..].starts_with(b"/*"));
            self.at += next + if closes || opens { 2 } else { 1 };
            if closes {
                open -= 1;
            } else if opens && self.language == Language::Rust {
                open += 1;
            }
        }
        true
    }

    fn skip_past(&mut self, end: &str) {
        if let Some(found) = self.text[self.at..].find(end) {
            self.at += found + end.len();
        } else {
            self.at = self.bytes.len();
            self.is_sound = false;
        }
    }
}

/// Signs of several bytes, the longer ones first; all others are of one byte.
const SIGNS: [&[u8]; 14] =
    [b"===", b"!==", b"...", b"==", b"!=", b"<=", b">=", b"=>", b"->", b":=", b"::", b"?.", b"&&", b"||"];

/// Letters beyond ASCII are letters to all seven; the marks of what a template puts into inline code are as well.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, language: Language) -> Vec<&str> {
        let tokens = tokens(text, language);
        let kept = tokens.all.iter().filter(|token| token.kind != Kind::Newline);
        kept.map(|token| &text[token.span.range()]).collect()
    }

    #[test]
    fn comments_are_no_code() {
        for (language, text) in [
            (Language::Python, "a # b\nc"),
            (Language::Ruby, "a # b\n=begin\nb\n=end\nc"),
            (Language::JavaScript, "a // b\n/* b\nb */ c"),
            (Language::Java, "a // b\n/* b\nb */ c"),
            (Language::Go, "a // b\n/* b\nb */ c"),
            (Language::CSharp, "a // b\n/* b */\n#region b\nc"),
            (Language::Rust, "a // b\n/* b /* b */ b */ c"),
        ] {
            assert_eq!(told(text, language), ["a", "c"], "{text}");
            assert!(tokens(text, language).is_sound, "{text}");
        }
    }

    #[test]
    fn texts_are_one_token_each() {
        for (language, text) in [
            (Language::Python, "r'x(' \"\"\"y\"\n(\"\"\" 'z'"),
            (Language::Ruby, "'x(' \"y\\\"(\" 'z'"),
            (Language::JavaScript, "'x(' \"y\\\"(\" `z`"),
            (Language::Java, "\"x(\" \"\"\"\ny(\"\"\" 'z'"),
            (Language::Go, "\"x(\" `y\\` 'z'"),
            (Language::CSharp, "\"x(\" @\"y\"\"(\" 'z'"),
            (Language::Rust, "\"x(\" r#\"y\"(\"# 'z'"),
        ] {
            let tokens = tokens(text, language);
            assert_eq!(tokens.all.iter().filter(|token| token.kind == Kind::Text).count(), 3, "{text}");
            assert!(tokens.is_sound, "{text}");
        }
    }

    #[test]
    fn an_expression_in_a_text_is_code() {
        for (language, text) in [
            (Language::Python, "f'a{b}c'"),
            (Language::JavaScript, "`a${b}c`"),
            (Language::CSharp, "$\"a{b}c\""),
            (Language::Ruby, "\"a#{b}c\""),
        ] {
            assert_eq!(told(text, language), ["a", "b", "c"], "{text}");
        }
        assert_eq!(told("f'{a:#}'\nb", Language::Python), ["", "a", ":", "#", "", "b"]);
        assert_eq!(told("`a${ {b: `c`} }d`", Language::JavaScript), ["a", "{", "b", ":", "c", "}", "d"]);
    }

    #[test]
    fn a_regular_expression_is_no_text_and_a_division_is_no_regular_expression() {
        assert_eq!(told("a = /['\"/]/.test(b)", Language::JavaScript)[..3], ["a", "=", "."]);
        assert_eq!(told("a / b / c", Language::JavaScript), ["a", "/", "b", "/", "c"]);
    }

    #[test]
    fn what_is_left_open_is_not_sound() {
        for (language, text) in [
            (Language::Python, "'a\nb"),
            (Language::JavaScript, "(a"),
            (Language::JavaScript, "`a${b"),
            (Language::Go, "/* a"),
            (Language::Rust, "\"a"),
            (Language::JavaScript, &"`${".repeat(1000)),
            (Language::Python, "'é\\é"),
        ] {
            assert!(!tokens(text, language).is_sound, "{text}");
        }
    }

    #[test]
    fn a_here_document_is_no_code() {
        assert_eq!(told("a = <<~SQL\n  invoke('x')\nSQL\nb", Language::Ruby), ["a", "=", "b"]);
    }
}

//! Texts and regular expressions: how they start and end in each language, and what in them is code.

use super::{Ending, Kind, Language, Lexer, MOST_LEVELS, is_word};

impl Lexer<'_> {
    /// Reads a text, if one starts here.
    pub(super) fn literal(&mut self, level: usize) -> bool {
        let Some(opening) = self.opening() else { return false };
        let Opening { prefix, end, escapes, holes, is_of_one_line, is_text } = opening;
        self.at += prefix;
        let (mut start, mut kind) = (self.at, Kind::Text);
        loop {
            let rest = self.rest();
            let Some(&byte) = rest.first() else {
                self.is_sound = false;
                break;
            };
            if rest.starts_with(end.as_bytes()) {
                // `""` in a verbatim text of C# is a quote.
                if escapes == Escapes::Doubling && rest[1..].starts_with(end.as_bytes()) {
                    self.at += 2;
                    continue;
                }
                break;
            }
            if byte == b'\\' && escapes == Escapes::Backslash {
                self.at += 2.min(rest.len());
                continue;
            }
            if byte == b'\n' && is_of_one_line {
                self.is_sound = false;
                break;
            }
            if let Some(hole) = holes.filter(|hole| rest.starts_with(hole.as_bytes())) {
                // `{{` in a formatted text is a brace.
                if hole == "{" && rest.starts_with(b"{{") {
                    self.at += 2;
                    continue;
                }
                kind = Kind::Piece;
                self.push(kind, start, self.at);
                self.at += hole.len();
                if level == MOST_LEVELS {
                    self.is_sound = false;
                    self.at = self.bytes.len();
                    return true;
                }
                self.run(level + 1, Ending::Brace);
                start = self.at;
                continue;
            }
            self.at += 1;
        }
        // An escape may have skipped the first byte of a longer character.
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        if is_text {
            self.push(kind, start, self.at);
        }
        if self.rest().starts_with(end.as_bytes()) {
            self.at += end.len();
        }
        true
    }

    fn opening(&self) -> Option<Opening> {
        let plain = |quote: &str| Opening::new(quote, Escapes::Backslash, true);
        let rest = self.rest();
        let is = |start: &str| rest.starts_with(start.as_bytes());
        match self.language {
            Language::Python => {
                let letters = rest.iter().take(2).take_while(|byte| b"rRbBfFuU".contains(byte)).count();
                let follows_word = self.at > 0 && is_word(self.bytes[self.at - 1]);
                let quoted = &rest[letters..];
                let quote =
                    ["\"\"\"", "'''", "\"", "'"].into_iter().find(|it| quoted.starts_with(it.as_bytes()))?;
                if letters > 0 && follows_word {
                    return None;
                }
                let is_formatted = rest[..letters].iter().any(|byte| b"fF".contains(byte));
                let mut opening = Opening::new(quote, Escapes::Backslash, quote.len() == 1);
                opening.prefix += letters;
                opening.holes = is_formatted.then_some("{");
                Some(opening)
            }
            Language::JavaScript if is("`") => {
                Some(Opening { holes: Some("${"), ..Opening::new("`", Escapes::Backslash, false) })
            }
            Language::JavaScript | Language::Ruby if rest[0] == b'/' && self.expects_value() => {
                Some(self.pattern())
            }
            Language::Java if is("\"\"\"") => Some(Opening::new("\"\"\"", Escapes::Backslash, false)),
            Language::CSharp if is("\"\"\"") => Some(Opening::new("\"\"\"", Escapes::None, false)),
            Language::Go if is("`") => Some(Opening::new("`", Escapes::None, false)),
            Language::CSharp if is("@\"") => {
                Some(Opening { prefix: 2, ..Opening::new("\"", Escapes::Doubling, false) })
            }
            Language::CSharp if is("$@\"") || is("@$\"") => {
                Some(Opening { prefix: 3, holes: Some("{"), ..Opening::new("\"", Escapes::Doubling, false) })
            }
            Language::CSharp if is("$\"\"\"") => {
                Some(Opening { prefix: 4, holes: Some("{"), ..Opening::new("\"\"\"", Escapes::None, false) })
            }
            Language::CSharp if is("$\"") => Some(Opening { prefix: 2, holes: Some("{"), ..plain("\"") }),
            Language::Ruby if is("\"") => {
                Some(Opening { holes: Some("#{"), ..Opening::new("\"", Escapes::Backslash, false) })
            }
            Language::Ruby if is("'") => Some(Opening::new("'", Escapes::Backslash, false)),
            Language::Ruby if is("<<~") || is("<<-") => self.here_document(),
            Language::Rust if is("r\"") => {
                Some(Opening { prefix: 2, ..Opening::new("\"", Escapes::None, false) })
            }
            Language::Rust if is("r#\"") => {
                Some(Opening { prefix: 3, ..Opening::new("\"#", Escapes::None, false) })
            }
            Language::Rust if is("\"") => Some(Opening::new("\"", Escapes::Backslash, false)),
            // `'a'` is a character, `'a` a lifetime.
            Language::Rust if is("'") => {
                let is_character = rest.get(1) == Some(&b'\\') || rest.get(2) == Some(&b'\'');
                is_character.then(|| plain("'"))
            }
            Language::JavaScript | Language::Java | Language::Go | Language::CSharp => {
                ["\"", "'"].into_iter().find(|quote| is(quote)).map(plain)
            }
            Language::Ruby | Language::Rust => None,
        }
    }

    /// Whether an expression starts here, so that `/` is no division.
    fn expects_value(&self) -> bool {
        let Some(last) = self.all.iter().rev().find(|token| token.kind != Kind::Newline) else { return true };
        let text = &self.text[last.span.range()];
        match last.kind {
            Kind::Sign => !matches!(text, ")" | "]" | "}"),
            Kind::Word => matches!(
                text,
                "return" | "typeof" | "case" | "in" | "of" | "if" | "unless" | "when" | "and" | "or"
            ),
            Kind::Text | Kind::Piece => false,
            Kind::Newline => true,
        }
    }

    /// A regular expression: a slash in a class of characters does not end it, and must not be taken for the end.
    fn pattern(&self) -> Opening {
        let mut is_in_class = false;
        let mut at = self.at + 1;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'[' => is_in_class = true,
                b']' => is_in_class = false,
                b'/' if !is_in_class => break,
                b'\n' => break,
                _ => {}
            }
            at += 1;
        }
        let mut prefix = (at.min(self.bytes.len()) - self.at).max(1);
        while !self.text.is_char_boundary(self.at + prefix) {
            prefix -= 1;
        }
        Opening { prefix, is_text: false, ..Opening::new("/", Escapes::Backslash, true) }
    }

    /// `<<~TEXT` up to the line that says `TEXT`. What stands on the rest of the first line is lost.
    fn here_document(&self) -> Option<Opening> {
        let rest = &self.text[self.at + 3..];
        let name = rest.trim_start_matches(['\'', '"']);
        let length = name.bytes().take_while(|byte| is_word(*byte)).count();
        let name = &name[..length];
        let lines = rest.find('\n')?;
        let mut at = lines + 1;
        for line in rest[lines + 1..].split_inclusive('\n') {
            if !name.is_empty() && line.trim() == name {
                return Some(Opening {
                    prefix: 3 + at + line.trim_end().len(),
                    is_text: false,
                    ..Opening::new("\n", Escapes::None, false)
                });
            }
            at += line.len();
        }
        None
    }
}

/// How a text starts and ends.
struct Opening {
    /// Bytes before what it says.
    prefix: usize,
    end: &'static str,
    escapes: Escapes,
    /// What starts an expression in it.
    holes: Option<&'static str>,
    is_of_one_line: bool,
    /// False for a regular expression, of which nothing is kept.
    is_text: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    None,
    Backslash,
    /// The closing quote twice.
    Doubling,
}

impl Opening {
    fn new(quote: &str, escapes: Escapes, is_of_one_line: bool) -> Self {
        let end = match quote {
            "\"\"\"" => "\"\"\"",
            "'''" => "'''",
            "\"#" => "\"#",
            "'" => "'",
            "`" => "`",
            "/" => "/",
            "\n" => "\n",
            _ => "\"",
        };
        Self { prefix: end.len(), end, escapes, holes: None, is_of_one_line, is_text: true }
    }
}

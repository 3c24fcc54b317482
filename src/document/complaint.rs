//! What the YAML parser's errors mean to the author of a template: which bytes are at fault, and what to do about them.

use granit_parser::ErrorKind;

use super::{SyntaxError, shortened};
use crate::source::Span;

/// Where the parser gave up, and what was open there.
pub(super) struct Scene<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// The bracket of the innermost flow collection that is open.
    pub(super) bracket: Option<usize>,
    /// Where the last node begins that reaches the line or, if none does, what follows it: the parser is in that,
    /// or not far behind.
    pub(super) token: usize,
}

/// An error, and what it does to the lines behind it.
pub(super) struct Complaint {
    pub(super) error: SyntaxError,
    pub(super) aftermath: Aftermath,
}

/// What else goes wrong because of an error, and is not to be told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Aftermath {
    /// Nothing behind the entry that holds it.
    Nothing,
    /// An open quote may have swallowed what the next line needs.
    NextLine,
    /// The entry's depth is wrong, and so is that of those behind it that are as deep.
    Siblings,
}

/// How much of the text behind a place is shown as its culprit.
enum Extent {
    Char,
    Word,
    Line,
}

impl Scene<'_> {
    /// What to say about `kind`. An open quote or bracket is to blame if the lines behind it are no deeper than its own.
    pub(super) fn complaint(&self, kind: &ErrorKind) -> Complaint {
        if let Some(quote) = self.open_quote().filter(|quote| is_open_quote(kind) || self.runs_out_of(*quote))
        {
            let quoted = self.char_at(quote);
            let message = format!("Quote `{quoted}` is never closed");
            let error =
                self.error(quote, &Extent::Char, message, &format!("Write `{quoted}` where the text ends"));
            return Complaint { error, aftermath: Aftermath::NextLine };
        }
        if let Some(bracket) = self.bracket.filter(|bracket| self.runs_out_of(*bracket)) {
            return Complaint { error: self.unclosed(bracket), aftermath: Aftermath::Nothing };
        }
        if *kind == ErrorKind::MappingValueNotAllowed
            && let Some(complaint) = self.deeper_than_a_text()
        {
            return complaint;
        }
        let is_misfit = matches!(
            kind,
            ErrorKind::ExpectedBlockMappingKey
                | ErrorKind::ExpectedBlockSequenceEntry
                | ErrorKind::InvalidIndentation
        );
        let aftermath = if is_misfit { Aftermath::Siblings } else { Aftermath::Nothing };
        Complaint { error: self.plainly(kind), aftermath }
    }

    /// The quote of the text that the parser is in.
    fn open_quote(&self) -> Option<usize> {
        [self.at, self.token].into_iter().find(|start| {
            let quote = self.char_at(*start);
            let inside = self.text.get(start + 1..self.at).unwrap_or_default();
            matches!(quote, '"' | '\'') && !inside.contains(quote)
        })
    }

    /// A key below a plain text continues that text, until its colon. If the text stands alone in its line, it
    /// should have been a key; if it is a value, the key below is too deep.
    fn deeper_than_a_text(&self) -> Option<Complaint> {
        let (start, _) = self.line();
        let above = self.text.get(self.token..start)?;
        let first = above.split(['\n', '\r']).next().unwrap_or_default().trim_end();
        if above.contains(['\n', '\r']) && !first.is_empty() && !first.contains([':', '#', '"', '\'', ' ']) {
            let is_alone =
                matches!(self.text[line_start(self.text, self.token)..self.token].trim(), "" | "-");
            if is_alone {
                let error = self.no_colon(self.token, first);
                return Some(Complaint { error, aftermath: Aftermath::Nothing });
            }
        }
        let above = self.text[..start].trim_end();
        if indentation(self.text, start) <= indentation(above, above.len()) {
            return None;
        }
        let message = "This line is deeper than the entry above it, which already has a value".to_owned();
        let error = self.error(start, &Extent::Line, message, "Indent it like that entry");
        Some(Complaint { error, aftermath: Aftermath::Siblings })
    }

    fn no_colon(&self, start: usize, key: &str) -> SyntaxError {
        let message = format!("No colon follows the key `{}`", shortened(key));
        let help = "Write `:` behind it, or indent the line to the text that it belongs to";
        self.error(start, &Extent::Line, message, help)
    }

    fn plainly(&self, kind: &ErrorKind) -> SyntaxError {
        self.layout(kind)
            .or_else(|| self.collection(kind))
            .or_else(|| self.scalar(kind))
            .or_else(|| self.property(kind))
            // What is left are errors of granit's inputs, which a text has none of, and those of its later releases.
            .unwrap_or_else(|| {
                let message = format!("YAML cannot be read here: {kind}");
                self.error(self.at, &Extent::Word, message, "Mend this line, or quote the value")
            })
    }

    /// Errors of indentation, and of keys and items in their lines.
    fn layout(&self, kind: &ErrorKind) -> Option<SyntaxError> {
        Some(match kind {
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar => self.tab(),
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
                let (start, end) = self.line();
                let line = &self.text[start..end];
                match line.split_once(':') {
                    Some((key, value)) if !key.is_empty() && !value.is_empty() => {
                        let help = format!("Write a blank, or begin a new line, after `{}:`", shortened(key));
                        self.line_error("No blank follows the colon of a key", &help)
                    }
                    _ => self.no_colon(start, line),
                }
            }
            ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => self.char_error(
                "A colon stands where no key can be",
                "Quote the whole value if it holds `: `, or indent the line like its neighbours",
            ),
            ErrorKind::MappingKeyNotAllowed
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::InvalidIndentation
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::InvalidBlockScalarIndent
            | ErrorKind::UnexpectedEofBlockMapping
            | ErrorKind::UnexpectedEofBlockSequence => self.line_error(
                "This line fits neither the mapping above it nor one around that",
                "Indent it exactly like the entries that it belongs to, and write it as `Key: value`",
            ),
            ErrorKind::ExpectedBlockSequenceEntry => self.line_error(
                "An item of a list does not begin with `-`",
                "Begin it with `- `, or indent it like the entry that it belongs to",
            ),
            ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => self
                .char_error(
                    "A list begins where it cannot",
                    "Begin it on a line of its own, or write it in brackets: `[a, b]`",
                ),
            ErrorKind::InvalidBlockEntryWhitespace | ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
                self.char_error("No blank follows `-`", "Write `- ` before an item, or quote the value")
            }
            ErrorKind::InvalidMappingValueWhitespace | ErrorKind::FlowMappingValueAdjacentCollection => {
                self.char_error("No blank follows the colon of a key", "Write `: ` between key and value")
            }
            ErrorKind::RecursionLimitExceeded => {
                self.char_error("More than 255 levels are nested here", "Nest less")
            }
            ErrorKind::CommentNotSeparated | ErrorKind::CommentInterceptedScalar => {
                let message = "A comment stands where it cannot".to_owned();
                let help = "Write a blank before `#`, or quote the value if `#` belongs to it";
                self.error(self.at, &Extent::Line, message, help)
            }
            _ => return None,
        })
    }

    /// Errors of lists and mappings in brackets.
    fn collection(&self, kind: &ErrorKind) -> Option<SyntaxError> {
        Some(match kind {
            ErrorKind::UnclosedFlowCollection { .. } => self.unclosed(self.at),
            ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping => self.unclosed(self.bracket.unwrap_or(self.at)),
            ErrorKind::MismatchedFlowCollectionEnd { open, close } => self.char_error(
                &format!("`{open}` is closed by `{close}`"),
                &format!("Write `{}` where it ends", closing(*open)),
            ),
            ErrorKind::MisplacedFlowCollectionEnd => self.char_error(
                &format!("`{}` closes nothing", self.char_at(self.at)),
                "Remove it, or quote the value if it is part of the text",
            ),
            ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => self
                .word_error(
                    "A comma or the closing bracket is missing before this",
                    "Write `,` between two entries",
                ),
            _ => return None,
        })
    }

    /// Errors of texts, plain, quoted and in blocks.
    fn scalar(&self, kind: &ErrorKind) -> Option<SyntaxError> {
        Some(match kind {
            ErrorKind::UnexpectedCharacter { character } if character.is_control() => self.char_error(
                &format!("The control character U+{:04X} cannot stand here", u32::from(*character)),
                "Remove it, or write it as an escape in double quotes",
            ),
            ErrorKind::UnexpectedCharacter { character: '`' } => {
                self.word_error("No value can begin with a backtick", "Quote the value")
            }
            ErrorKind::UnexpectedCharacter { character } => {
                self.word_error(&format!("No value can begin with `{character}`"), "Quote the value")
            }
            ErrorKind::InvalidTrailingSingleQuotedScalar => self.word_error(
                "Text follows the closing quote",
                "Double a quote that belongs to the text (`''`), or put the whole value in quotes",
            ),
            ErrorKind::InvalidTrailingDoubleQuotedScalar => self.word_error(
                "Text follows the closing quote",
                "Write `\\\"` for a quote that belongs to the text, or put the whole value in quotes",
            ),
            ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar => self.word_error(
                "A quoted text does not end where it should",
                "Write the quote where the text ends",
            ),
            ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => {
                self.escape("is no escape", "Write `\\\\` for a backslash, or use single quotes")
            }
            ErrorKind::InvalidLowSurrogateHexEscape
            | ErrorKind::InvalidLowSurrogate
            | ErrorKind::MissingLowSurrogate
            | ErrorKind::UnpairedLowSurrogate
            | ErrorKind::InvalidUnicodeEscape => {
                self.escape("stands for no character", "Write the character itself")
            }
            ErrorKind::ZeroBlockScalarIndent | ErrorKind::InvalidBlockScalarHeader => {
                let message =
                    "The header of a block text holds more than `|`, `>`, `+`, `-` and a digit".to_owned();
                self.error(
                    self.at,
                    &Extent::Line,
                    message,
                    "Begin the text on the next line, or quote the value",
                )
            }
            _ => return None,
        })
    }

    /// Errors of anchors, aliases, tags and directives.
    fn property(&self, kind: &ErrorKind) -> Option<SyntaxError> {
        Some(match kind {
            ErrorKind::MissingAnchorOrAliasName => self.word_error(
                &format!(
                    "No value can begin with `{}`, which is for anchors and aliases",
                    self.char_at(self.at)
                ),
                "Quote the value",
            ),
            ErrorKind::UndeclaredTagHandle
            | ErrorKind::ExpectedTagBang
            | ErrorKind::InvalidGlobalTagCharacter
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidTagUtf8LeadingByte
            | ErrorKind::InvalidTagUtf8TrailingByte
            | ErrorKind::InvalidTagUtf8 => self.word_error(
                "The tag is not well formed",
                "Write the tag, a blank and the value: `!Ref Name`",
            ),
            ErrorKind::DuplicateVersionDirective
            | ErrorKind::UnsupportedYamlMajorVersion
            | ErrorKind::DuplicateTagDirective
            | ErrorKind::ExpectedDocumentStart
            | ErrorKind::MissingDocumentEndBeforeDirective
            | ErrorKind::ExpectedTagDirectiveBang
            | ErrorKind::InvalidDirectiveTerminator
            | ErrorKind::MissingYamlVersionSeparator
            | ErrorKind::MissingDirectiveName
            | ErrorKind::InvalidDirectiveName
            | ErrorKind::DirectiveByteLimitExceeded { .. }
            | ErrorKind::YamlVersionTooLong
            | ErrorKind::MissingYamlVersion
            | ErrorKind::InvalidTagDirectiveTerminator
            | ErrorKind::InvalidDocumentEnd => self.line_error(
                "No document can begin or end with this",
                "Remove the line: a template needs neither `%` directives nor text after `...`",
            ),
            _ => return None,
        })
    }

    fn char_error(&self, message: &str, help: &str) -> SyntaxError {
        self.error(self.at, &Extent::Char, message.to_owned(), help)
    }

    fn word_error(&self, message: &str, help: &str) -> SyntaxError {
        self.error(self.at, &Extent::Word, message.to_owned(), help)
    }

    fn line_error(&self, message: &str, help: &str) -> SyntaxError {
        self.error(self.line().0, &Extent::Line, message.to_owned(), help)
    }

    /// Blames the first tab of the line's indentation or, since the parser may have stopped before it, the next one.
    fn tab(&self) -> SyntaxError {
        let line_start = line_start(self.text, self.at);
        let indentation = &self.text[line_start..self.line().0];
        let tab = match indentation.find('\t') {
            Some(column) => line_start + column,
            None => self.at + self.text[self.at..].find('\t').unwrap_or(0),
        };
        let message = "A tab stands where only spaces indent".to_owned();
        self.error(tab, &Extent::Char, message, "Indent with spaces; YAML forbids tabs")
    }

    /// Blames the first escape that is none in the double-quoted text at the place, which is all that the parser names.
    fn escape(&self, message: &str, help: &str) -> SyntaxError {
        let mut at = self.at;
        while let Some(next) = self.text[at..].find('\\') {
            at += next;
            let escape = escape_length(&self.text[at..]);
            match escape {
                Ok(length) => at += length,
                Err(length) => {
                    let shown = self.text[at..at + length].trim_end_matches(char::is_control);
                    let span = Span::new(at..at + shown.len());
                    return SyntaxError {
                        span,
                        message: format!("`{shown}` {message}"),
                        help: Some(help.to_owned()),
                    };
                }
            }
        }
        self.error(self.at, &Extent::Word, format!("An escape in this text {message}"), help)
    }

    fn unclosed(&self, bracket: usize) -> SyntaxError {
        let open = self.char_at(bracket);
        self.error(
            bracket,
            &Extent::Char,
            format!("`{open}` is never closed"),
            &format!("Write `{}` where it ends", closing(open)),
        )
    }

    /// Whether the parser gave up on a later line than `opener`'s that is no deeper than it.
    fn runs_out_of(&self, opener: usize) -> bool {
        let between = self.text.get(opener..self.at).unwrap_or_default();
        between.contains(['\n', '\r']) && indentation(self.text, self.at) <= indentation(self.text, opener)
    }

    /// The line of the place, without its indentation and trailing blanks.
    fn line(&self) -> (usize, usize) {
        let start = line_start(self.text, self.at) + indentation(self.text, self.at);
        let line = self.text[start..].split(['\n', '\r']).next().unwrap_or_default();
        (start, start + line.trim_end().len())
    }

    fn char_at(&self, at: usize) -> char {
        self.text[at..].chars().next().unwrap_or(' ')
    }

    fn error(&self, at: usize, extent: &Extent, message: String, help: &str) -> SyntaxError {
        let rest = self.text[at..].split(['\n', '\r']).next().unwrap_or_default();
        let length = match extent {
            Extent::Char => rest.chars().next().map_or(0, char::len_utf8),
            Extent::Word => rest.split([' ', '\t']).next().unwrap_or_default().len(),
            Extent::Line => rest.trim_end().len(),
        };
        SyntaxError { span: Span::new(at..at + length), message, help: Some(help.to_owned()) }
    }
}

/// The length of the escape that `text` begins with, whether it is one or not.
fn escape_length(text: &str) -> Result<usize, usize> {
    let Some(letter) = text.chars().nth(1) else { return Err(1) };
    let digits = match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ if "0abt\tnvfre \"/\\N_LP\r\n".contains(letter) => return Ok(2),
        _ => return Err(1 + letter.len_utf8()),
    };
    let found = text[2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
    let unit = |text: &str| u32::from_str_radix(text.get(2..2 + digits)?, 16).ok();
    let is_low_surrogate = |unit: u32| (0xdc00..0xe000).contains(&unit);
    match unit(text) {
        Some(0xd800..0xdc00) if digits == 4 => {
            let is_pair = text[6..].starts_with("\\u") && unit(&text[6..]).is_some_and(is_low_surrogate);
            if is_pair { Ok(12) } else { Err(6) }
        }
        Some(unit) if found == digits && char::from_u32(unit).is_some() => Ok(2 + digits),
        Some(_) | None => Err(2 + found),
    }
}

/// Whether the parser was still inside a quoted text.
fn is_open_quote(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar
    )
}

/// Where the line begins that `at` is in.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |line_break| line_break + 1)
}

/// How many blanks the line of `at` begins with.
fn indentation(text: &str, at: usize) -> usize {
    let line = &text[line_start(text, at)..];
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn closing(open: char) -> char {
    if open == '{' { '}' } else { ']' }
}

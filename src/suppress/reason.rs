//! The reason that a suppression gets when it is written on request: words that are read back as they were meant.

use std::fmt;

use crate::date::Date;

use super::comment;

/// Why findings are suppressed, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// May be empty.
    pub(super) text: String,
    /// The last day on which it holds.
    pub(super) expires: Option<Date>,
}

impl Reason {
    /// Reads what was typed: a reason, which `expires=2027-06-30` may precede.
    ///
    /// # Errors
    ///
    /// It would be read back as something else; in one line.
    pub(crate) fn read(typed: &str) -> Result<Self, String> {
        let typed = typed.trim();
        if let Some(odd) = typed.chars().find(|c| cannot_stand_in_a_line(*c)) {
            return Err(match odd {
                '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                    "the reason has to be one line, and has a line break".to_owned()
                }
                odd => {
                    format!("the reason has a character that no comment can hold: {}", odd.escape_unicode())
                }
            });
        }
        let comment = format!("{}ALL] {typed}", comment::START);
        match comment::read(&comment) {
            Some(Ok(said)) => {
                Ok(Self { text: said.reason.unwrap_or_default().to_owned(), expires: said.expires })
            }
            Some(Err(garbled)) => {
                Err(garbled.message.replacen("Suppression cannot be read: ", "the reason cannot be: ", 1))
            }
            None => Err("the reason cannot be read back".to_owned()),
        }
    }
}

/// As it stands behind the bracket of a comment.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expires {
            Some(date) => write!(f, "{}{date} {}", comment::EXPIRES, self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// What ends a line, what YAML does not allow, and what makes a line look like another.
fn cannot_stand_in_a_line(c: char) -> bool {
    c.is_control() && c != '\t'
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_back_as_it_was_typed() {
        for typed in ["", "not yet looked at", "see #7 ] [x]", "x # lenslint: ignore[ALL]", "ticket: 12"] {
            let reason = Reason::read(typed).unwrap();
            assert_eq!(
                (reason.text.as_str(), reason.expires, reason.to_string()),
                (typed, None, typed.to_owned())
            );
        }
        let dated = Reason::read(" expires=2027-06-30  until the move ").unwrap();
        assert_eq!(
            (dated.text.as_str(), dated.to_string().as_str()),
            ("until the move", "expires=2027-06-30 until the move")
        );
    }

    #[test]
    fn what_would_be_read_as_something_else_is_refused() {
        for (typed, expected) in [
            ("expires=zzz", "'zzz' is no date"),
            ("expires=2027-02-30 x", "'2027-02-30' is no date"),
            ("a\nb", "has a line break"),
            ("a\u{85}b", "has a line break"),
            ("a\u{7}b", "\\u{7}"),
            ("\u{202e}a", "\\u{202e}"),
        ] {
            let wrong = Reason::read(typed).unwrap_err();
            assert!(wrong.contains(expected), "{wrong}");
        }
    }
}

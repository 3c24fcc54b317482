//! The mode of a request: whether the caller waits for what it calls, as the program says it.

use super::expression::{Code, Region};
use super::field::Fields;
use super::request::{Reader, is_first};
use super::token::Kind;

/// Whether the caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// `RequestResponse`, which is also the default; `StartSyncExecution`.
    Waits,
    /// `Event`, `StartExecution`; and `DryRun`, which calls nothing.
    Passes,
    /// It waits, unless a condition of the program sets `Event`.
    Either,
    /// It is decided elsewhere.
    Unknown,
}

impl Reader<'_> {
    /// What an expression for the invocation type says.
    pub(super) fn mode(&self, regions: &[Region]) -> Mode {
        let mut modes = Modes::default();
        for region in regions {
            self.read_modes(region, &mut modes, Fields::MOST_STEPS);
        }
        match modes {
            Modes { waits: true, passes: false, is_open: false } => Mode::Waits,
            Modes { waits: false, passes: true, is_open: false } => Mode::Passes,
            Modes { .. } => Mode::Unknown,
        }
    }

    fn read_modes(&self, region: &Region, modes: &mut Modes, steps: usize) {
        let code = &self.files[region.file];
        // `{ InvocationType }` is a name like any other.
        let is_name_alone = region.range.len() == 1;
        for at in region.range.clone().take(MOST_OF_MODE) {
            let kind = code.kind(at);
            let said = match kind {
                Some(Kind::Text | Kind::Word) => mode_word(code.at(at)),
                Some(Kind::Piece) => None,
                Some(Kind::Sign | Kind::Newline) | None => continue,
            };
            match said {
                Some(Mode::Waits) => modes.waits = true,
                Some(Mode::Passes) => modes.passes = true,
                Some(Mode::Unknown | Mode::Either) if !is_name_alone => {}
                Some(Mode::Unknown | Mode::Either) | None if kind == Some(Kind::Word) => {
                    if is_first(code, at) || matches!(code.at(at), "new" | "await") {
                        continue;
                    }
                    let regions =
                        if steps == 0 { Vec::new() } else { self.bindings.seen_from(region.file, code, at) };
                    modes.is_open |= regions.is_empty();
                    for assigned in regions {
                        self.read_modes(assigned, modes, steps - 1);
                    }
                }
                Some(Mode::Unknown | Mode::Either) | None => modes.is_open = true,
            }
        }
        modes.is_open |= region.range.len() > MOST_OF_MODE;
    }
}

/// Whether the statement that a token is in stands below an `if`.
pub(super) fn is_conditional(code: &Code, at: usize) -> bool {
    let text = &code.text[..code.token(at).map_or(0, |token| token.span.start as usize)];
    let line = text.rsplit('\n').next().unwrap_or_default();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_branch = |line: &str| {
        let line = line.trim_start().trim_start_matches(['}', ' ']);
        ["if ", "if(", "elif ", "else", "unless "].iter().any(|word| line.starts_with(word))
    };
    let around = text.lines().rev().find(|above| !above.trim().is_empty() && indent(above) < indent(line));
    is_branch(line) || around.is_some_and(is_branch)
}

/// Tokens of an invocation type.
const MOST_OF_MODE: usize = 16;

#[derive(Default)]
struct Modes {
    waits: bool,
    passes: bool,
    is_open: bool,
}

/// What a word of an invocation type says; [`Mode::Unknown`] for one that is part of how it is written.
fn mode_word(word: &str) -> Option<Mode> {
    let plain: String = word.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    let name = plain.strip_prefix("invocationtype").unwrap_or(&plain);
    match name {
        "event" | "dryrun" => Some(Mode::Passes),
        "requestresponse" => Some(Mode::Waits),
        "" | "tostring" | "string" | "value" | "some" | "into" | "as" | "const" | "await" => {
            Some(Mode::Unknown)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Language;
    use crate::code::bindings::Bindings;
    use crate::code::request::requests;

    /// The mode of the one request of a file.
    fn mode(language: Language, text: &str) -> Mode {
        let files = [Code::new(text.to_owned(), language)];
        let mut bindings = Bindings::default();
        bindings.add(0, &files[0]);
        let (found, _) = requests(&files, &bindings, &[]);
        assert_eq!(found.len(), 1, "{text}");
        found[0].mode
    }

    #[test]
    fn a_mode_is_read_as_each_language_writes_it() {
        for (language, text, expected) in [
            (Language::Python, "c.invoke(FunctionName='a', InvocationType='RequestResponse')", Mode::Waits),
            (
                Language::JavaScript,
                "new InvokeCommand({FunctionName: 'a', InvocationType: InvocationType.Event})",
                Mode::Passes,
            ),
            (
                Language::Java,
                "InvokeRequest.builder().functionName(\"a\").invocationType(InvocationType.EVENT).build()",
                Mode::Passes,
            ),
            (
                Language::Go,
                "&lambda.InvokeInput{FunctionName: aws.String(\"a\"), InvocationType: types.InvocationTypeRequestResponse}",
                Mode::Waits,
            ),
            (
                Language::CSharp,
                "new InvokeRequest { FunctionName = \"a\", InvocationType = InvocationType.Event }",
                Mode::Passes,
            ),
            (Language::Ruby, "l.invoke(function_name: 'a', invocation_type: 'Event')", Mode::Passes),
            (
                Language::Rust,
                "c.invoke().function_name(\"a\").invocation_type(InvocationType::Event).send()",
                Mode::Passes,
            ),
        ] {
            assert_eq!(mode(language, text), expected, "{text}");
        }
    }

    #[test]
    fn a_mode_that_is_not_stated_waits_and_one_that_two_words_dispute_is_unknown() {
        for (argument, expected) in [
            ("", Mode::Waits),
            (", InvocationType='DryRun'", Mode::Passes),
            (", InvocationType=kind", Mode::Unknown),
            (", InvocationType='Event' if slow else 'RequestResponse'", Mode::Unknown),
            (", InvocationType='Later'", Mode::Unknown),
        ] {
            let text = format!("c.invoke(FunctionName='a'{argument})");
            assert_eq!(mode(Language::Python, &text), expected, "{text}");
        }
    }

    #[test]
    fn a_statement_is_conditional_below_an_if_and_not_beside_it() {
        let is_below = |text: &str| {
            let code = Code::new(text.to_owned(), Language::Python);
            let at = (0..code.len()).find(|at| code.word(*at) == "here").unwrap();
            is_conditional(&code, at)
        };
        assert!(is_below("if slow:\n    here = 1\n"));
        assert!(is_below("if slow:\n    a = 1\n\nelse:\n    b = 2\n    here = 1\n"));
        assert!(!is_below("if slow:\n    a = 1\nhere = 1\n"));
        assert!(!is_below("def f():\n    here = 1\n"));
    }
}

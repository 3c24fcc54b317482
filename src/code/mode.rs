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
    let line = text.lines().next_back().unwrap_or_default();
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

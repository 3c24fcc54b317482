//! One binary for all that is tested from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its own fixture has failed")]
#![allow(clippy::print_stdout, reason = "a test says aloud what it measured, and that it skips")]

mod anchors;
mod architecture;
mod cli;
mod discover;
mod docs;
mod document;
mod editors;
mod fixtures;
mod joining;
mod sam;
mod traps;
mod values;

/// The program, as a user runs it; colours and links off.
fn lenslint(arguments: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lenslint"));
    command.args(arguments).env("NO_COLOR", "1");
    command
}

/// Real templates to be measured against: the folder that `LENSLINT_CORPUS` names, or `../shared/corpus`. A test
/// that wants it says that it skips where there is none.
fn corpus() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("LENSLINT_CORPUS").map(std::path::PathBuf::from);
    let beside = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    Some(named.unwrap_or_else(beside)).filter(|folder| folder.is_dir())
}

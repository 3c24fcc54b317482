//! As hooks run it: a list of files, cut into pieces by whoever passes it, at a terminal that nobody looks at.

use std::collections::BTreeSet;
use std::fs;

use super::{SLOW, folder_with, run, stderr, stdout};

/// pre-commit cuts a list that is longer than a command line may be; without `require_serial` it gives each processor
/// a piece, and runs them side by side.
#[test]
fn two_hundred_files_in_pieces_give_what_they_give_in_one_run() {
    let names: Vec<String> = (0..200).map(|n| format!("infra/{n:03}.yaml")).collect();
    let texts: Vec<String> = (0..200)
        .map(|n| match n % 5 {
            0 => format!("# lenslint: disable=SLP202\n{SLOW}"),
            1 => "on: push\njobs: {}\n".to_owned(),
            2 => format!("{SLOW}  Open: [\n"),
            _ => SLOW.replace("Orders", &format!("Orders{n}")),
        })
        .collect();
    let files: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder_with(&files);
    let found = |pieces: &[&[String]]| -> (BTreeSet<String>, i32) {
        let mut lines = BTreeSet::new();
        let mut worst = 0;
        for piece in pieces {
            let options = ["check", "--quiet", "--force-exclude", "--output", "concise"];
            let arguments: Vec<&str> =
                options.into_iter().chain(piece.iter().map(String::as_str)).collect();
            let output = run(folder.path(), &arguments);
            assert_eq!(stderr(&output), "");
            lines.extend(stdout(&output).lines().map(str::to_owned));
            worst = worst.max(output.status.code().unwrap());
        }
        (lines, worst)
    };
    let (whole, code) = found(&[&names]);
    assert_eq!((whole.len(), code), (200, 1), "{whole:#?}");
    // In another order: that of pre-commit is shuffled.
    let mut shuffled = names.clone();
    shuffled.sort_by_key(|name| name.chars().rev().collect::<String>());
    for size in [7, 64] {
        let pieces: Vec<&[String]> = shuffled.chunks(size).collect();
        assert_eq!(found(&pieces), (whole.clone(), 1));
    }
}

/// What `script` has seen at the terminal of a command, which reads a template that comes after more than a second.
#[cfg(target_os = "linux")]
fn seen(folder: &std::path::Path, variables: &str) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_lenslint");
    let command = format!(
        "(sleep 1.5; cat t.yaml) | env -u NO_COLOR -u CI -u PRE_COMMIT -u CLICOLOR_FORCE -u FORCE_COLOR \
         TERM=xterm-256color {variables} {program} check /dev/stdin"
    );
    let status = std::process::Command::new("script")
        .args(["-qefc", &command, "log"])
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .status();
    if status.is_err() {
        println!("skipped: there is no `script`");
        return None;
    }
    let log = fs::read_to_string(folder.join("log")).unwrap();
    assert!(log.contains("SLP202"), "{log}");
    Some(log)
}

/// pre-commit gives its hooks a terminal only where it is to be coloured itself, and keeps all that they write.
#[cfg(target_os = "linux")]
#[test]
fn under_pre_commit_no_progress_is_drawn_and_colour_is_left_to_who_asks() {
    let folder = folder_with(&[("t.yaml", SLOW)]);
    let Some(alone) = seen(folder.path(), "") else { return };
    assert!(alone.contains("lenslint: 0 of 1 files"), "a person sees how far it has come: {alone}");
    for variables in ["PRE_COMMIT=1", "CI=true"] {
        let hook = seen(folder.path(), variables).unwrap();
        assert!(!hook.contains("of 1 files") && !hook.contains("\u{1b}[K"), "{hook}");
    }
    let plain = seen(folder.path(), "PRE_COMMIT=1 NO_COLOR=1").unwrap();
    let (_, seen) = plain.split_once('\n').unwrap();
    assert!(!seen.contains('\u{1b}'), "{plain:?}");
}

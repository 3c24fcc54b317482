//! What shells and `man` are told of the arguments.

use std::path::Path;
use std::process::Command;

use super::{run, stderr, stdout};

#[test]
fn every_shell_gets_a_script_that_it_accepts() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, check) in [
        ("bash", Some(&["bash", "-n"][..])),
        ("zsh", Some(&["zsh", "-n"])),
        ("fish", Some(&["fish", "--no-execute"])),
        ("powershell", None),
        ("elvish", None),
    ] {
        let output = run(folder.path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}: {}", stderr(&output));
        let script = stdout(&output);
        assert!(script.contains("write-baseline") && script.contains("completions"), "{shell}");
        let Some([program, flag]) = check else { continue };
        std::fs::write(folder.path().join(shell), script).unwrap();
        match Command::new(program).arg(flag).arg(shell).current_dir(folder.path()).output() {
            Ok(checked) => {
                assert!(checked.status.success(), "{shell}: {}", String::from_utf8_lossy(&checked.stderr));
            }
            Err(_) => println!("skipped: there is no {program}"),
        }
    }
    assert_eq!(run(folder.path(), &["completions", "csh"]).status.code(), Some(2));
}

#[test]
fn the_manual_has_a_page_for_the_program_and_for_each_command() {
    let here = Path::new(".");
    let page = stdout(&run(here, &["man"]));
    assert!(page.contains(".TH lenslint 1") && page.contains("lenslint\\-check(1)"), "{page}");
    let check = stdout(&run(here, &["man", "check"]));
    assert!(check.contains(".TH lenslint-check 1") && check.contains("\\-\\-new\\-since"), "{check}");
    let unknown = run(here, &["man", "chekc"]);
    assert_eq!((unknown.status.code(), stdout(&unknown)), (Some(2), String::new()));
}

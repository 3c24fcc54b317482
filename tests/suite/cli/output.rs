//! Where reports go: several at once, through links and pipes, each to a place of its own.

use std::fs;
use std::process::Stdio;

use super::{SLOW, folder_with, run, stderr, stdout};

#[test]
fn several_reports_can_be_written_at_once() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let output =
        run(folder.path(), &["check", "--output", "concise", "--output", "sarif=out.sarif", "slow.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("SLP202"));
    assert!(fs::read_to_string(folder.path().join("out.sarif")).unwrap().contains("\"ruleId\": \"SLP202\""));
    let nowhere = run(folder.path(), &["check", "--output", "json=no/such/folder/x.json", "slow.yaml"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn two_reports_cannot_go_to_one_file() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    for file in ["out.txt", "./out.txt"] {
        let second = format!("sarif={file}");
        let output =
            run(folder.path(), &["check", "--output", "json=out.txt", "--output", &second, "slow.yaml"]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stderr(&output), format!("lenslint: two --output name the same file: {file}\n"));
        assert!(!folder.path().join("out.txt").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_report_replaces_the_text_of_a_file_and_neither_its_mode_nor_the_link_to_it() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = folder_with(&[("slow.yaml", SLOW), ("real/out.json", "old")]);
    let path = |name: &str| folder.path().join(name);
    fs::set_permissions(path("real/out.json"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/out.json", path("link.json")).unwrap();
    symlink("real/new.json", path("ahead.json")).unwrap();
    for (link, target) in [("link.json", "real/out.json"), ("ahead.json", "real/new.json")] {
        let output = run(folder.path(), &["check", "--output", &format!("json={link}"), "slow.yaml"]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(path(link).is_symlink());
        assert!(fs::read_to_string(path(target)).unwrap().contains("SLP202"));
    }
    assert_eq!(fs::metadata(path("real/out.json")).unwrap().permissions().mode() & 0o777, 0o640);
    let left: Vec<_> = fs::read_dir(path("real")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_report_goes_through_a_pipe_and_leaves_it_in_place() {
    use std::os::unix::fs::FileTypeExt as _;

    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let pipe = folder.path().join("pipe");
    if !std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo here");
        return;
    }
    let reader = std::process::Command::new("cat").arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    let output = run(folder.path(), &["check", "--output", "concise=pipe", "slow.yaml"]);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&reader.wait_with_output().unwrap()).contains("SLP202"));
}

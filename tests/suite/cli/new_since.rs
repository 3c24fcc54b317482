//! `--new-since` tells the findings that a revision does not have, of real repositories.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::{SLOW, folder_with, piped_in, run, stderr, stdout};

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with these files in its only commit.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = folder_with(files);
    commit_all(folder.path());
    folder
}

/// Makes a repository of a folder, with all of it in the only commit.
pub(super) fn commit_all(folder: &Path) {
    git(folder, &["init", "-q", "-b", "main"]);
    commit(folder);
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "x"]);
}

fn since(folder: &Path, revision: &str, more: &[&str]) -> Output {
    let since = format!("--new-since={revision}");
    run(folder, &[&["check", "--output", "concise", &since], more].concat())
}

fn resources(output: &Output) -> Vec<String> {
    let named = |line: &str| Some(line.split_once("Queue '")?.1.split_once('\'')?.0.to_owned());
    stdout(output).lines().filter_map(named).collect()
}

/// The defect of [`SLOW`] with other names.
fn returns() -> String {
    let (_, resources) = SLOW.split_once("Resources:\n").unwrap();
    resources.replace("Orders", "Returns").replace("Worker", "Clerk")
}

#[test]
fn only_what_the_revision_does_not_have_is_told_and_fails_the_run() {
    let folder = repository(&[("infra/slow.yaml", SLOW), ("fine.yaml", &SLOW.replace("60", "180"))]);
    let same = since(folder.path(), "HEAD", &[]);
    assert_eq!((same.status.code(), stdout(&same), stderr(&same)), (Some(0), String::new(), String::new()));
    let moved = format!("# moved\n{SLOW}{}", returns());
    fs::write(folder.path().join("infra/slow.yaml"), moved).unwrap();
    let more = since(folder.path(), "HEAD", &[]);
    assert_eq!((more.status.code(), resources(&more)), (Some(1), vec!["Returns".to_owned()]));
    commit(folder.path());
    assert_eq!(since(folder.path(), "HEAD", &[]).status.code(), Some(0));
    assert_eq!(resources(&since(folder.path(), "HEAD~1", &[])), ["Returns"]);
    fs::write(folder.path().join("new.yaml"), SLOW).unwrap();
    assert!(stdout(&since(folder.path(), "main", &[])).starts_with("new.yaml:6:26: "));
}

#[test]
fn it_works_from_any_folder_and_for_standard_input() {
    let folder = repository(&[("infra/app/slow.yaml", SLOW)]);
    let infra = folder.path().join("infra");
    assert_eq!(since(&infra, "HEAD", &["app"]).status.code(), Some(0));
    assert_eq!(since(&infra.join("app"), "HEAD", &["../app/slow.yaml"]).status.code(), Some(0));
    let named = ["check", "--new-since", "HEAD", "--stdin-filename", "app/slow.yaml", "-"];
    assert_eq!(piped_in(&infra, &named, SLOW).status.code(), Some(0));
    let more = format!("{SLOW}{}", returns());
    assert_eq!(piped_in(&infra, &named, &more).status.code(), Some(1));
    let nameless = piped_in(&infra, &["check", "--new-since", "HEAD", "-"], SLOW);
    assert_eq!(nameless.status.code(), Some(2));
    assert!(stderr(&nameless).contains("--stdin-filename"), "{}", stderr(&nameless));
}

#[test]
fn a_file_that_was_moved_keeps_its_findings() {
    let folder = repository(&[("slow.yaml", SLOW)]);
    fs::create_dir(folder.path().join("infra")).unwrap();
    git(folder.path(), &["mv", "slow.yaml", "infra/queue.yaml"]);
    assert_eq!(stdout(&since(folder.path(), "HEAD", &[])), "");
}

#[test]
fn what_a_template_nests_and_names_is_as_it_was_then() {
    let parent = "Resources:\n  Queue:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      \
                  TemplateURL: ../shared/queue.yaml\n      Parameters:\n        Visibility: 60\n";
    let nested = format!("Parameters:\n  Visibility: {{Type: Number}}\n{SLOW}")
        .replace("VisibilityTimeout: 60", "VisibilityTimeout: !Ref Visibility");
    let folder = repository(&[("infra/parent.yaml", parent), ("shared/queue.yaml", &nested)]);
    assert_eq!(stdout(&since(folder.path(), "HEAD", &["infra"])), "");
    assert_eq!(resources(&run(folder.path(), &["check", "--output", "concise", "infra"])), ["Queue/Orders"]);
    // The parent alone has changed, and with it what is found in the file that it nests.
    fs::write(folder.path().join("infra/parent.yaml"), parent.replace("60", "180")).unwrap();
    commit(folder.path());
    fs::write(folder.path().join("infra/parent.yaml"), parent).unwrap();
    assert_eq!(resources(&since(folder.path(), "HEAD", &["infra"])), ["Queue/Orders"]);
}

#[test]
fn programs_are_told_what_is_hidden() {
    let folder = repository(&[("slow.yaml", SLOW)]);
    let output = run(folder.path(), &["check", "--new-since", "HEAD", "--output", "json"]);
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 0);
    assert_eq!(document["suppressed"][0]["suppression"]["kind"], "revision");
    let full = run(folder.path(), &["check", "--new-since", "HEAD"]);
    assert!(stdout(&full).starts_with("No findings in 1 template. 1 more is in that revision.\n"));
}

#[test]
fn links_and_names_of_the_revision_lead_nowhere() {
    let folder = repository(&[("a b/ö.yaml", SLOW)]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.yaml")).unwrap();
    commit_if_changed(folder.path());
    assert_eq!(stdout(&since(folder.path(), "HEAD", &["a b"])), "");
}

fn commit_if_changed(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", "x"]);
}

#[test]
fn what_is_missing_is_told_in_one_line() {
    let folder = repository(&[("slow.yaml", SLOW)]);
    for revision in ["nowhere", "--output=pwned", "HEAD; touch pwned", "HEAD:slow.yaml"] {
        let output = since(folder.path(), revision, &[]);
        assert_eq!(output.status.code(), Some(2), "{revision}");
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains("revision"), "{}", stderr(&output));
        assert!(!folder.path().join("pwned").exists());
    }
    let outside = folder_with(&[("slow.yaml", SLOW)]);
    let output = since(outside.path(), "HEAD", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("not a git repository"), "{}", stderr(&output));
    let without_git = crate::lenslint(&["check", "--new-since", "HEAD"])
        .current_dir(folder.path())
        .env("PATH", "")
        .output();
    let without_git = without_git.unwrap();
    assert_eq!(without_git.status.code(), Some(2));
    assert!(stderr(&without_git).contains("`git` is not there"), "{}", stderr(&without_git));
}

#[test]
fn the_repository_is_left_as_it_is() {
    let folder = repository(&[("slow.yaml", SLOW)]);
    fs::write(folder.path().join("slow.yaml"), SLOW.replace("60", "61")).unwrap();
    let index = || fs::read(folder.path().join(".git/index")).unwrap();
    let before = index();
    since(folder.path(), "HEAD", &[]);
    assert_eq!(index(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_template_is_known_by_what_it_led_to() {
    use std::os::unix::fs::symlink;

    let folder = folder_with(&[
        ("real/slow.txt", SLOW),
        ("infra/.keep", ""),
        ("fine.yaml", &SLOW.replace("60", "180")),
    ]);
    let link = |target: &str, path: &str| symlink(target, folder.path().join(path)).unwrap();
    link("../infra/second.yaml", "infra/first.yaml");
    link("../real/./slow.txt", "infra/second.yaml");
    link("loop.yaml", "loop.yaml");
    link("/etc/hostname", "outside.yaml");
    link("nowhere", "gone.yaml");
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(folder.path());
    for name in ["infra/first.yaml", "infra/second.yaml"] {
        let same = since(folder.path(), "HEAD", &[name]);
        let ended = (same.status.code(), stdout(&same));
        assert_eq!(ended, (Some(0), String::new()), "{name}: {}", stderr(&same));
    }
    // Where it leads now is what is checked, and what it led to then is what is known.
    fs::remove_file(folder.path().join("infra/second.yaml")).unwrap();
    fs::write(folder.path().join("more.yaml"), format!("{SLOW}{}", returns())).unwrap();
    link("../more.yaml", "infra/second.yaml");
    assert_eq!(resources(&since(folder.path(), "HEAD", &["infra/first.yaml"])), ["Returns"]);
}

#[test]
fn what_git_takes_for_more_or_less_than_a_commit_is_no_revision() {
    let folder = repository(&[("slow.yaml", SLOW)]);
    for name in ["^HEAD", "--all", ""] {
        let output = since(folder.path(), name, &[]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{name}");
        let expected = format!("'{name}' is no revision: expected a branch, a tag or a commit\n");
        assert!(stderr(&output).ends_with(&expected), "{}", stderr(&output));
    }
    for name in ["HEAD..HEAD", "HEAD^!", "HEAD^@", "HEAD:slow.yaml", "@{-9}", "a b", "\u{1b}[2J"] {
        let output = since(folder.path(), name, &[]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{name}");
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_known_by_what_was_in_it() {
    use std::os::unix::fs::symlink;

    let parent = "Resources:\n  Queue:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      \
                  TemplateURL: shared/queue.yaml\n";
    let folder = folder_with(&[("infra/parent.yaml", parent), ("real/deep/queue.yaml", SLOW)]);
    symlink("../link", folder.path().join("infra/shared")).unwrap();
    symlink("real/deep", folder.path().join("link")).unwrap();
    symlink(".", folder.path().join("real/around")).unwrap();
    symlink("/etc", folder.path().join("outside")).unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(folder.path());
    for path in ["infra/parent.yaml", "link/queue.yaml", "link", "."] {
        let now = run(folder.path(), &["check", "--output", "concise", path]);
        assert_eq!(now.status.code(), Some(1), "{path}: {}", stderr(&now));
        let same = since(folder.path(), "HEAD", &[path]);
        let ended = (same.status.code(), stdout(&same), stderr(&same));
        assert_eq!(ended, (Some(0), String::new(), String::new()), "{path}");
    }
}

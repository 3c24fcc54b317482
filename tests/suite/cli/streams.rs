//! How a run over standard input ends, whatever it is called, and whether or not anybody reads what it says.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use super::{SLOW, folder_with, stderr, stdout};
use crate::lenslint;

/// The ways to ask for standard input.
const WAYS: [&[&str]; 3] = [&["-"], &["--stdin-filename", "t.yaml"], &["--stdin-filename", "t.yaml", "-"]];

fn ended(folder: &Path, arguments: &[&str], text: &str, is_read: bool) -> Output {
    let mut child = lenslint(&[&["check", "--output", "concise"][..], arguments].concat())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if !is_read {
        drop(child.stdout.take());
    }
    // One that ends before it has read everything closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn the_end_of_a_run_depends_on_what_comes_and_not_on_how_it_is_asked_for() {
    let folder = folder_with(&[("excluding.toml", "exclude = ['t.yaml']\n")]);
    let good = SLOW.replace("60", "180");
    let broken = format!("{SLOW}  Returns: {{Type: [AWS::SQS::Queue\n");
    let (bad, broken, other) = (SLOW, broken.as_str(), "a: 1\n");
    let none: &[&str] = &[];
    for (text, options, code, is_told) in [
        (good.as_str(), none, 0, false),
        (bad, none, 1, true),
        (bad, &["--exit-zero"], 0, true),
        (bad, &["--fail-on", "error"], 0, true),
        (bad, &["--config", "excluding.toml"], 1, true),
        (bad, &["--config", "nowhere.toml"], 2, false),
        (bad, &["--select", "SLP9999"], 2, false),
        (bad, &["--output", "json"], 2, false),
        (bad, &["--output", "json=no/such/folder.json"], 2, true),
        (broken, none, 1, true),
        (broken, &["--exit-zero"], 0, true),
        (other, none, 0, false),
        (other, &["--require-templates"], 2, false),
        ("", none, 0, false),
        ("", &["--require-templates", "--exit-zero"], 2, false),
    ] {
        for way in WAYS {
            let arguments = [options, way].concat();
            let read = ended(folder.path(), &arguments, text, true);
            assert_eq!(read.status.code(), Some(code), "{arguments:?}: {}", stderr(&read));
            assert_eq!(!stdout(&read).is_empty(), is_told, "{arguments:?}: {}", stdout(&read));
        }
        // Who closes the pipe has seen enough: that is no failure, whatever was told.
        let unread = ended(folder.path(), &[options, WAYS[0]].concat(), text, false);
        let code = if is_told { 0 } else { code };
        assert_eq!(unread.status.code(), Some(code), "{options:?}: {}", stderr(&unread));
        assert!(!stderr(&unread).contains("panicked"), "{}", stderr(&unread));
    }
}

#[test]
fn what_is_excluded_is_checked_unless_exclusions_are_forced() {
    let folder = folder_with(&[("lenslint.toml", "exclude = ['t.yaml']\n")]);
    let named = ["--stdin-filename", "t.yaml"];
    assert_eq!(ended(folder.path(), &named, SLOW, true).status.code(), Some(1));
    let forced = ended(folder.path(), &[&named[..], &["--force-exclude"]].concat(), SLOW, true);
    assert_eq!((forced.status.code(), stdout(&forced)), (Some(0), String::new()));
}

#[test]
fn what_became_of_each_file_is_told_to_whoever_asks() {
    let placeholders =
        "Resources:\n  {% for name in names %}\n  {{ name }}:\n    Type: AWS::SQS::Queue\n  {% endfor %}\n";
    let nesting =
        "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: n.yaml}\n";
    let folder = folder_with(&[
        ("a.yaml", SLOW),
        ("infra/lenslint.toml", "exclude = ['old.yaml']\n"),
        ("infra/parent.yaml", nesting),
        ("infra/n.yaml", "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n"),
        ("infra/old.yaml", SLOW),
        ("made.yaml", placeholders),
        ("values.yaml", "a: 1\n"),
    ]);
    let checked = |more: &[&str], text: &str| ended(folder.path(), &[more, &["-v"]].concat(), text, true);
    let told = checked(&["."], "");
    let expected = "\
lenslint: a.yaml: checked with no configuration
lenslint: infra/n.yaml: checked as a part of infra/parent.yaml with infra/lenslint.toml
lenslint: infra/old.yaml: passed over: infra/lenslint.toml excludes it
lenslint: infra/parent.yaml: checked with infra/lenslint.toml
lenslint: made.yaml: passed over: it makes templates, and is none before it is filled in
lenslint: values.yaml: passed over: it is no template
";
    assert_eq!((stderr(&told).as_str(), told.status.code()), (expected, Some(1)));
    let plain = ended(folder.path(), &["."], "", true);
    assert_eq!((stdout(&plain), stderr(&plain)), (stdout(&told), String::new()));
    let piped = checked(&["--stdin-filename", "infra/new.yaml"], SLOW);
    assert_eq!(stderr(&piped), "lenslint: infra/new.yaml: checked with infra/lenslint.toml\n");
    let unnamed = checked(&["-"], "a: 1\n");
    assert!(stderr(&unnamed).starts_with("lenslint: -: passed over: it is no template\n"));
}

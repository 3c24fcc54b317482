//! Which files are checked: a list of them, a name each or a line each; and watching them.

use std::fs;

use super::{SLOW, folder_with, piped_in, run, stderr, stdout};

#[test]
fn a_list_names_a_file_on_each_line() {
    let folder = folder_with(&[
        ("a.yaml", SLOW),
        ("b c.yaml", SLOW),
        ("d.yaml", SLOW),
        ("list", "a.yaml\r\n\n./b c.yaml\n"),
    ]);
    let checked = |arguments: &[&str], list: &str| -> Vec<String> {
        let output = piped_in(folder.path(), &[&["check", "--output", "concise"], arguments].concat(), list);
        assert_eq!(stderr(&output), "");
        stdout(&output).lines().map(|line| line.split(':').next().unwrap().to_owned()).collect()
    };
    assert_eq!(checked(&["--files-from", "list"], ""), ["a.yaml", "b c.yaml"]);
    assert_eq!(checked(&["--files-from", "-"], "a.yaml\nb c.yaml"), ["a.yaml", "b c.yaml"]);
    assert_eq!(checked(&["--files-from", "-"], "a.yaml\0b c.yaml\0"), ["a.yaml", "b c.yaml"]);
    assert_eq!(checked(&["--files-from", "-", "d.yaml"], "a.yaml\n"), ["a.yaml", "d.yaml"]);
}

#[test]
fn an_empty_list_is_not_the_whole_folder() {
    let folder = folder_with(&[("a.yaml", SLOW)]);
    let output = piped_in(folder.path(), &["check", "--files-from", "-"], "\n");
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert_eq!(stderr(&output), "lenslint: no template found\n");
}

#[test]
fn a_list_that_is_none_is_told() {
    let folder = folder_with(&[("a.yaml", SLOW)]);
    for (arguments, text, expected) in [
        (&["--files-from", "nowhere"][..], "", "nowhere: cannot be read"),
        (&["--files-from", "-"], SLOW, "expected a list of files, found a template"),
        (&["--files-from", "-", "-"], "a.yaml\n", "standard input cannot be the list of files and a file"),
        (&["--files-from", "-"], "gone.yaml\n", "gone.yaml: no such file"),
    ] {
        let output = piped_in(folder.path(), &[&["check"], arguments].concat(), text);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn watching_never_waits_where_nobody_can_end_it() {
    let folder = folder_with(&[("a.yaml", SLOW)]);
    let piped = run(folder.path(), &["check", "--watch"]);
    assert_eq!(piped.status.code(), Some(2));
    assert!(stderr(&piped).contains("needs a terminal"), "{}", stderr(&piped));
    let stdin = piped_in(folder.path(), &["check", "--watch", "-"], SLOW);
    assert_eq!(stdin.status.code(), Some(2));
    assert!(stderr(&stdin).contains("not standard input"), "{}", stderr(&stdin));
}

/// `script` gives its command a terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_change_is_checked_and_what_a_check_writes_is_no_change() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let folder = folder_with(&[("t/a.yaml", SLOW)]);
    let program = env!("CARGO_BIN_EXE_lenslint");
    // What a shell starts in the background ignores the interrupt, and so would all that it starts in turn.
    let watch = format!(
        "exec env --default-signal=INT {program} check --watch --color never \
         --output concise --output json=t/report.json t"
    );
    let log = folder.path().join("log");
    let child = Command::new("script")
        .args(["-qefc", &watch, "log"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: there is no `script`");
        return;
    };
    let checks = || fs::read_to_string(&log).unwrap_or_default().matches("waiting for a change").count();
    let reached = |wanted: usize| {
        let since = Instant::now();
        while checks() < wanted && since.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        checks()
    };
    let first = reached(1);
    fs::write(folder.path().join("t/a.yaml"), SLOW.replace("60", "90")).unwrap();
    let second = reached(2);
    std::thread::sleep(Duration::from_millis(500));
    let last = checks();
    // Ctrl-C, typed at that terminal: one that comes while `script` looks elsewhere is lost, and is typed again.
    let since = Instant::now();
    while child.try_wait().unwrap().is_none() && since.elapsed() < Duration::from_secs(10) {
        let _ = std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"\x03");
        std::thread::sleep(Duration::from_millis(200));
    }
    let has_ended = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    let text = fs::read_to_string(&log).unwrap();
    assert_eq!((first, second, last), (1, 2, 2), "{text}");
    assert!(text.contains("hides messages for 60 s") && text.contains("hides messages for 90 s"), "{text}");
    assert!(has_ended, "an interrupt ends it");
}

#[test]
fn statistics_count_what_stricter_profiles_add() {
    let page = |profile: &str, id: &str, wanted: &str| {
        format!(
            "---\nseverity: warning\nconfidence: high\nprofile: {profile}\n---\n# {id}\n\nWhy.\n\n## Rule\n\n\
             ```guard\nrule named {{\n    Resources.*[ Type == 'AWS::SQS::Queue' ] {{\n        \
             Properties.{wanted} exists\n        <<\n            No {wanted}\n        >>\n    }}\n}}\n```\n\n\
             ## Fix\n\nMend it.\n"
        )
    };
    let folder = folder_with(&[
        ("a.yaml", SLOW),
        ("rules/ours/AC001-strict.md", &page("strict", "AC001", "QueueName")),
        ("rules/ours/AC002-pedantic.md", &page("pedantic", "AC002", "KmsMasterKeyId")),
    ]);
    let told = |more: &[&str]| {
        let all = ["check", "--output", "concise", "--rules", "rules", "--statistics", "a.yaml"];
        stderr(&run(folder.path(), &[&all[..], more].concat()))
    };
    // The pedantic ones are the page's and SLP306: the function states no architecture.
    assert_eq!(
        told(&[]),
        "lenslint:      1  SLP202 sqs-visibility-below-6x\n\
         lenslint:      1  more with --profile strict\n\
         lenslint:      3  more with --profile pedantic\n"
    );
    assert!(told(&["--profile", "strict"]).ends_with("lenslint:      2  more with --profile pedantic\n"));
    assert!(!told(&["--profile", "pedantic"]).contains("more with"));
    assert!(!told(&["--select", "SLP202"]).contains("more with"));
}

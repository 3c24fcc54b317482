//! What a user, a script and a hook rely on: streams, exit codes, and one clear line for what went wrong.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::lenslint;

mod baseline;
mod cdk;
mod code;
pub(crate) mod config;
mod definitions;
mod deployment;
mod expand;
mod extensions;
mod files;
mod fingerprints;
mod gathered;
mod graph;
mod guard;
mod manual;
mod new_since;
mod output;
mod own_rules;
mod renamed;
mod stacks;
mod streams;
mod suppress;
mod test;
mod unknown;
// The program's reports and the format's own samples are held against the schema by one check.
#[path = "../../src/report/schema.rs"]
mod schema;

/// A queue that hides messages for less than six times its consumer's timeout: one warning of SLP202.
const SLOW: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {maxReceiveCount: 5}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      MemorySize: 512
      Timeout: 30
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: 1
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    lenslint(arguments).current_dir(folder).output().unwrap()
}

fn piped(arguments: &[&str], text: &str) -> Output {
    piped_in(Path::new("."), arguments, text)
}

fn piped_in(folder: &Path, arguments: &[&str], text: &str) -> Output {
    let mut command = lenslint(arguments);
    command.current_dir(folder);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that ends before it has read everything closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn findings_end_with_one_and_a_clean_template_with_zero() {
    let folder = folder_with(&[("slow.yaml", SLOW), ("good.yaml", &SLOW.replace("60", "180"))]);
    let slow = run(folder.path(), &["check", "--output", "concise", "slow.yaml"]);
    assert_eq!(slow.status.code(), Some(1), "{}", stderr(&slow));
    assert!(
        stdout(&slow).starts_with("slow.yaml:6:26: warning[SLP202] Queue 'Orders' hides"),
        "{}",
        stdout(&slow)
    );
    let good = run(folder.path(), &["check", "--output", "concise", "good.yaml"]);
    assert_eq!((good.status.code(), stdout(&good)), (Some(0), String::new()));
}

#[test]
fn what_fails_a_run_is_the_users_choice() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    for (arguments, code) in [
        (&["--fail-on", "error"][..], 0),
        (&["--fail-on", "warning"], 1),
        (&["--fail-on", "never"], 0),
        (&["--exit-zero"], 0),
        (&["--ignore", "SLP202"], 0),
        (&["--ignore", "queues"], 0),
        (&["--select", "SLP3"], 0),
        (&["--select", "sqs-visibility-below-6x,SLP101"], 1),
    ] {
        let mut all = vec!["check", "slow.yaml"];
        all.extend(arguments);
        assert_eq!(run(folder.path(), &all).status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_missing_path_ends_with_two_and_the_others_are_still_checked() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let output = run(folder.path(), &["check", "--output", "concise", "nowhere.yaml", "slow.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("SLP202"), "{}", stdout(&output));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("nowhere.yaml"), "{}", stderr(&output));
}

#[test]
fn bad_usage_ends_with_two_and_says_what_was_meant() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    for (arguments, expected) in [
        (&["check", "--select", "SLP20"][..], "did you mean"),
        (&["check", "--output", "yaml"], "full"),
        (&["check", "--output", "json", "--output", "sarif"], "only one --output"),
        (&["explain", "SLP999"], "no rule"),
        (&["chekc"], "check"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

#[test]
fn other_yaml_is_passed_over_in_silence() {
    let workflow = "name: ci\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: []\n";
    let folder = folder_with(&[("ci.yaml", workflow), ("package.json", "{\"name\": \"x\"}")]);
    let output = run(folder.path(), &["check", "--output", "concise", "ci.yaml", "package.json"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    let full = run(folder.path(), &["check", "ci.yaml"]);
    assert_eq!((stdout(&full).as_str(), stderr(&full).as_str()), ("", "lenslint: no template found\n"));
    let required = run(folder.path(), &["check", "--require-templates", "ci.yaml"]);
    assert_eq!(required.status.code(), Some(2));
}

#[test]
fn a_template_that_does_not_parse_is_a_finding_at_its_place() {
    let folder =
        folder_with(&[("open.yaml", &SLOW.replace("Type: AWS::SQS::Queue", "Type: \"AWS::SQS::Queue"))]);
    let output = run(folder.path(), &["check", "--output", "concise", "open.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with("open.yaml:4:11: error[SLP001] "), "{}", stdout(&output));
}

#[test]
fn bytes_that_are_no_text_are_a_finding() {
    let folder = folder_with(&[]);
    let little: Vec<u8> = SLOW.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = SLOW.encode_utf16().flat_map(u16::to_be_bytes).collect();
    fs::write(folder.path().join("little.yaml"), &little).unwrap();
    fs::write(folder.path().join("big.yaml"), big).unwrap();
    fs::write(folder.path().join("marked.yaml"), [&[0xff, 0xfe][..], &little].concat()).unwrap();
    let mut latin = SLOW.as_bytes().to_vec();
    latin.extend(b"# caf\xe9\n");
    fs::write(folder.path().join("latin.yaml"), latin).unwrap();
    let output = run(folder.path(), &["check", "--output", "concise", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("latin.yaml:22:6: error[SLP001]"), "{}", stdout(&output));
    for name in ["little", "big", "marked"] {
        let line = format!("{name}.yaml:1:1: error[SLP001] Expected text in UTF-8, found UTF-16\n");
        assert!(stdout(&output).contains(&line), "{}", stdout(&output));
    }
    assert_eq!(stdout(&output).lines().count(), 4, "{}", stdout(&output));
}

#[test]
fn standard_input_is_checked_under_the_name_it_is_given() {
    let output = piped(&["check", "--output", "concise", "--stdin-filename", "infra/t.yaml", "-"], SLOW);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with("infra/t.yaml:6:26: "), "{}", stdout(&output));
    let others = ["check", "--output", "concise", "-", "other.yaml"];
    let noted = piped(&others, SLOW);
    assert!(stderr(&noted).contains("standard input is checked alone"), "{}", stderr(&noted));
    let quiet = piped(&[&others[..], &["-q"]].concat(), SLOW);
    assert_eq!((stdout(&quiet), stderr(&quiet)), (stdout(&noted), String::new()));
    let unnamed = piped(&["check", "--output", "concise", "-"], SLOW);
    assert!(stdout(&unnamed).starts_with("-:6:26: "), "{}", stdout(&unnamed));
}

#[test]
fn the_report_does_not_depend_on_threads_or_on_the_order_of_arguments() {
    let names: Vec<String> = (0..40).map(|number| format!("t{number:02}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), SLOW)).collect();
    let folder = folder_with(&files);
    let one = run(folder.path(), &["check", "--output", "json", "-j1", "."]);
    let many = run(folder.path(), &["check", "--output", "json", "-j8", "."]);
    assert_eq!(stdout(&one), stdout(&many));
    let far_too_many = run(folder.path(), &["check", "--output", "json", "-j", "20000", "."]);
    assert_eq!(stdout(&one), stdout(&far_too_many));
    let mut backwards = vec!["check", "--output", "json"];
    backwards.extend(names.iter().rev().map(String::as_str));
    assert_eq!(stdout(&one), stdout(&run(folder.path(), &backwards)));
}

#[test]
fn a_page_is_explained_by_id_and_by_name() {
    let folder = folder_with(&[]);
    let by_id = run(folder.path(), &["explain", "slp202"]);
    assert_eq!(by_id.status.code(), Some(0));
    assert!(stdout(&by_id).contains("# Queue hides messages"), "{}", stdout(&by_id));
    // With the numbers that it rests on, and where they come from.
    let fact = "- 30 s: a queue's `VisibilityTimeout` where it is not set (`sqs-visibility-timeout-default`: \
                CloudFormation reference, AWS::SQS::Queue, checked on ";
    assert!(stdout(&by_id).contains(fact), "{}", stdout(&by_id));
    assert_eq!(stdout(&by_id), stdout(&run(folder.path(), &["explain", "sqs-visibility-below-6x"])));
}

#[test]
fn a_file_that_cannot_be_read_does_not_take_the_others_along() {
    let folder = folder_with(&[("a.yaml", SLOW), ("b.yaml", SLOW), ("c.yaml", SLOW)]);
    let Some(closed) = unreadable(folder.path(), "b.yaml") else {
        println!("skipped: this user may read everything");
        return;
    };
    let checked = run(folder.path(), &["check", "--output", "concise", "a.yaml", &closed, "c.yaml"]);
    assert_eq!(checked.status.code(), Some(2));
    assert_eq!(stdout(&checked).lines().count(), 2, "{}", stdout(&checked));
    assert_eq!(stderr(&checked).lines().count(), 1, "{}", stderr(&checked));
    assert!(stderr(&checked).contains(&format!("{closed}: cannot be read: ")), "{}", stderr(&checked));
    let expanded = run(folder.path(), &["expand", "--out-dir", "out", "a.yaml", &closed, "c.yaml"]);
    assert_eq!(expanded.status.code(), Some(2));
    assert_eq!(stderr(&expanded), stderr(&checked));
    assert!(folder.path().join("out/a.yaml.json").exists());
    assert!(folder.path().join("out/c.yaml.json").exists());
}

/// A path that is there and that nobody may read: the file `name` with its permissions taken away. The
/// superuser reads it all the same; on Linux, a process's own memory below its first page takes its place.
fn unreadable(folder: &Path, name: &str) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(folder.join(name)).is_err() {
        return Some(name.to_owned());
    }
    let memory = "/proc/self/mem";
    (Path::new(memory).exists() && fs::read(memory).is_err()).then(|| memory.to_owned())
}

/// What would recolour a terminal, turn its direction and command three kinds of build server.
const HOSTILE: &str = "::error::x ##[group] ##vso[task] \u{1b}[31m\u{9b}\u{202e}";

#[cfg(unix)]
#[test]
fn names_of_files_are_listed_and_act_on_nothing() {
    let folder = folder_with(&[(&format!("{HOSTILE}\r\n::error::y.yaml"), SLOW)]);
    let output = run(folder.path(), &["check", "--show-files"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 1);
    assert!(stdout(&output).starts_with(r":\u{3a}error"), "{}", stdout(&output));
    assert_is_inert(&stdout(&output));
}

#[test]
fn bad_usage_echoes_arguments_that_act_on_nothing() {
    let folder = folder_with(&[]);
    let argument = format!("--{HOSTILE}\n::error::y");
    for arguments in
        [&["check", &argument][..], &["check", "--select", HOSTILE], &["explain", HOSTILE], &[HOSTILE]]
    {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains("error"), "{arguments:?}: {}", stderr(&output));
        assert_is_inert(&stderr(&output));
    }
}

fn assert_is_inert(text: &str) {
    for c in text.chars().filter(|c| *c != '\n') {
        assert!(!c.is_control() && c != '\u{202e}', "{c:?} in:\n{text}");
    }
    assert!(!text.contains("##[") && !text.contains("##vso["), "{text}");
    assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let closed = |arguments: &[&str], text: &str| {
        let mut command = lenslint(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        // One that ends before it has read everything closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        child.wait_with_output().unwrap()
    };
    for arguments in [&["check", "-"][..], &["check", "--output", "json", "-"], &["expand", "-"]] {
        let output = closed(arguments, SLOW);
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{arguments:?}");
    }
    let help = closed(&["--help"], "");
    assert_eq!((help.status.code(), stderr(&help)), (Some(0), String::new()));
}

#[test]
fn what_cannot_be_explained_is_answered_with_rules_only() {
    let folder = folder_with(&[]);
    for (asked, expected) in [
        ("queues", "there is no rule 'queues'; `lenslint rules` lists them"),
        ("zzz", "there is no rule 'zzz'; `lenslint rules` lists them"),
        ("SLP20", "there is no rule 'SLP20'; did you mean 'SLP201'? `lenslint rules` lists them"),
    ] {
        let output = run(folder.path(), &["explain", asked]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stderr(&output), format!("lenslint: {expected}\n"));
    }
}

#[test]
fn a_key_that_stands_twice_is_named_without_its_quotes() {
    for key in ["Name", "\"Name\"", "'Name'", "\"\\u004eame\"", "&anchor Name"] {
        let template = format!("{SLOW}    Metadata:\n      Name: 1\n      {key}: 2\n");
        let output = piped(&["check", "--output", "concise", "--ignore", "SLP202", "-"], &template);
        let expected = "warning[SLP002] Key 'Name' stands twice in one map: the last one wins\n";
        assert!(stdout(&output).ends_with(expected), "{}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn help_lists_each_value_once() {
    let folder = folder_with(&[]);
    let short = stdout(&run(folder.path(), &["check", "-h"]));
    for value in ["strict", "pedantic", "medium"] {
        assert_eq!(short.matches(value).count(), 1, "{value}: {short}");
    }
}

#[test]
fn the_linters_own_findings_stay_whatever_is_selected() {
    let folder = folder_with(&[("open.yaml", "Resources:\n  A:\n    Type: \"AWS::SQS::Queue\n")]);
    let select = ["check", "--output", "concise", "--select", "SLP3", "open.yaml"];
    assert!(stdout(&run(folder.path(), &select)).contains("error[SLP001]"));
    let ignore = [&select[..], &["--ignore", "SLP0"]].concat();
    assert_eq!(stdout(&run(folder.path(), &ignore)), "");
    assert!(stdout(&run(folder.path(), &["check", "-h"])).contains("(SLP0) stay"));
}

#[test]
fn a_second_too_much_is_not_told_of_templates_that_only_tests_use() {
    let slow = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: src/\n      Handler: a.b\n      Runtime: python3.13\n      MemorySize: 512\n      Timeout: 30\n      Events:\n        Get: {Type: Api, Properties: {Path: /, Method: get}}\n";
    let folder = folder_with(&[("app/t.yaml", slow), ("tests/t.yaml", slow), ("billing-stub/t.yaml", slow)]);
    let output = run(folder.path(), &["check", "--output", "concise", "--select", "SLP102", "."]);
    let paths: Vec<String> =
        stdout(&output).lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect();
    assert_eq!(paths, ["app/t.yaml"]);
}

#[test]
fn which_templates_only_tests_use_a_configuration_may_say() {
    let verbose = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Environment: {Variables: {LOG_LEVEL: DEBUG}}}\n";
    let templates = ["app/t.yaml", "app/tests/t.yaml", "mocks/t.yaml", "sandbox.yaml"];
    let told = |configuration: &[(&str, &str)], options: &[&str]| {
        let files = templates.map(|path| (path, verbose));
        let folder = folder_with(&[&files, configuration].concat());
        let arguments = [&["check", "--output", "concise", "--select", "SLP902"], options].concat();
        let output = run(folder.path(), &arguments);
        let paths = stdout(&output);
        let paths = paths.lines().filter_map(|line| line.split_once(':'));
        paths.map(|(path, _)| path.to_owned()).collect::<Vec<String>>()
    };
    let usual = ["app/t.yaml", "mocks/t.yaml", "sandbox.yaml"];
    assert_eq!(told(&[], &[]), usual);
    let ours = ("lenslint.toml", "test-paths = ['mocks', 'sand*.yaml']\n");
    assert_eq!(told(&[ours], &[]), ["app/t.yaml", "app/tests/t.yaml"]);
    assert_eq!(told(&[ours], &["--isolated"]), usual);
    assert_eq!(told(&[("lenslint.toml", "test-paths = []\n")], &[]), templates);
    let base = ("base.toml", "test-paths = ['app/']\n");
    assert_eq!(
        told(&[base, ("lenslint.toml", "extend = 'base.toml'\n")], &[]),
        ["mocks/t.yaml", "sandbox.yaml"]
    );
    let nearer = ("lenslint.toml", "extend = 'base.toml'\ntest-paths = ['mocks']\n");
    assert_eq!(told(&[base, nearer], &[]), ["app/t.yaml", "app/tests/t.yaml", "sandbox.yaml"]);
}

#[test]
fn the_schema_in_docs_describes_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let folder = folder_with(&[("slow.yaml", SLOW), ("open.yaml", "Resources:\n  A: {Type: A::B\n")]);
    for (paths, findings) in [(&["."][..], 2), (&["slow.yaml", "nowhere.yaml"], 1), (&["nowhere.yaml"], 0)] {
        let output = run(folder.path(), &[&["check", "--output", "json"], paths].concat());
        let document: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(schema::breaks(&schema, &document), Vec::<String>::new());
        assert_eq!(document["findings"].as_array().unwrap().len(), findings, "{document}");
    }
}

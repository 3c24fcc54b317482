//! A baseline hides what a project lives with for now, and nothing else.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{SLOW, folder_with, piped_in, run, schema, stderr, stdout};

/// The options of a run with the baseline of a folder.
const WITH: [&str; 5] = ["check", "--output", "concise", "--baseline", "known.json"];

fn with(folder: &Path, more: &[&str]) -> Output {
    run(folder, &[&WITH[..], more].concat())
}

fn written(folder: &Path, more: &[&str]) -> String {
    let output = with(folder, &[more, &["--write-baseline"]].concat());
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()), "{}", stderr(&output));
    fs::read_to_string(folder.join("known.json")).unwrap()
}

/// The same defect again, with other names.
fn second(template: &str) -> String {
    let (_, resources) = template.split_once("Resources:\n").unwrap();
    format!("{template}{}", resources.replace("Orders", "Returns").replace("Worker", "Clerk"))
}

#[test]
fn what_is_listed_is_hidden_and_what_is_new_fails_the_run() {
    let folder = folder_with(&[("infra/slow.yaml", SLOW)]);
    written(folder.path(), &[]);
    let same = with(folder.path(), &[]);
    assert_eq!((same.status.code(), stdout(&same), stderr(&same)), (Some(0), String::new(), String::new()));
    fs::write(folder.path().join("infra/slow.yaml"), second(SLOW)).unwrap();
    let more = with(folder.path(), &[]);
    assert_eq!(more.status.code(), Some(1));
    assert_eq!(stdout(&more).lines().count(), 1, "{}", stdout(&more));
    assert!(stdout(&more).contains("Queue 'Returns'"), "{}", stdout(&more));
}

#[test]
fn the_summary_says_how_many_are_hidden() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    written(folder.path(), &[]);
    let output = run(folder.path(), &["check", "--baseline", "known.json", "--color", "never"]);
    assert!(
        stdout(&output).starts_with("No findings in 1 template. 1 more is in the baseline.\n"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn an_entry_is_a_line_and_the_same_findings_give_the_same_bytes() {
    let folder = folder_with(&[("b.yaml", &second(SLOW)), ("a.yaml", SLOW)]);
    let text = written(folder.path(), &["b.yaml", "a.yaml"]);
    let entries: Vec<Value> = text
        .lines()
        .filter(|line| line.contains("\"path\""))
        .map(|line| serde_json::from_str(line.trim().trim_end_matches(',')).unwrap())
        .collect();
    let paths: Vec<&str> = entries.iter().map(|entry| entry["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["a.yaml", "b.yaml", "b.yaml"]);
    assert_eq!(entries[0]["rule"], "SLP202");
    assert_eq!(entries[0]["logical_path"], "Resources/Orders/Properties/VisibilityTimeout");
    assert_eq!(written(folder.path(), &["-j1", "."]), text);
}

#[test]
fn a_defect_stays_known_while_everything_around_it_moves() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    written(folder.path(), &[]);
    let moved = SLOW
        .replace("Resources:\n", "# A comment.\n\nResources:\n  Topic: {Type: AWS::SNS::Topic}\n")
        .replace("VisibilityTimeout: 60", "MessageRetentionPeriod: 600\n      VisibilityTimeout:   70")
        .replace('\n', "\r\n");
    fs::write(folder.path().join("slow.yaml"), moved).unwrap();
    let output = with(folder.path(), &[]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
}

#[test]
fn of_two_alike_only_as_many_are_hidden_as_are_listed() {
    // Two mappings that cannot be told apart by what they are called, only by where they stand.
    let mapping = "        - VisibilityTimeout: 60\n          VisibilityTimeout: 70\n";
    let metadata = |times: usize| format!("{SLOW}    Metadata:\n      List:\n{}", mapping.repeat(times));
    let folder = folder_with(&[("t.yaml", &metadata(2))]);
    written(folder.path(), &["--ignore", "SLP202"]);
    let known = with(folder.path(), &["--ignore", "SLP202"]);
    assert_eq!((known.status.code(), stdout(&known)), (Some(0), String::new()));
    fs::write(folder.path().join("t.yaml"), metadata(3)).unwrap();
    let third = with(folder.path(), &["--ignore", "SLP202"]);
    assert_eq!(stdout(&third).lines().count(), 1, "{}", stdout(&third));
}

#[test]
fn a_count_hides_that_many() {
    let folder = folder_with(&[("t.yaml", SLOW)]);
    let text = written(folder.path(), &[]);
    fs::write(folder.path().join("known.json"), text.replace("\"count\": 1", "\"count\": 0")).unwrap();
    assert_eq!(with(folder.path(), &[]).status.code(), Some(1));
}

#[test]
fn what_is_stale_is_told_and_removed_when_the_file_is_written() {
    let folder = folder_with(&[("slow.yaml", SLOW), ("other.yaml", SLOW), ("gone.yaml", SLOW)]);
    written(folder.path(), &[]);
    fs::write(folder.path().join("slow.yaml"), SLOW.replace("60", "180")).unwrap();
    fs::remove_file(folder.path().join("gone.yaml")).unwrap();
    let told = with(folder.path(), &["."]);
    assert_eq!(
        stderr(&told),
        "lenslint: known.json: 2 findings that are gone; `--write-baseline` removes what is stale\n"
    );
    assert_eq!(told.status.code(), Some(0));
    assert_eq!(stderr(&with(folder.path(), &["-q", "."])), "");
    let text = written(folder.path(), &[]);
    assert!(!text.contains("slow.yaml") && !text.contains("gone.yaml"), "{text}");
    assert!(text.contains("other.yaml"), "{text}");
}

#[test]
fn what_was_not_asked_about_is_not_stale_and_stays_listed() {
    let folder = folder_with(&[("slow.yaml", SLOW), ("infra/other.yaml", SLOW), ("none.yaml", "a: 1\n")]);
    let text = written(folder.path(), &[]);
    for narrower in [&["slow.yaml"][..], &["infra"], &["--select", "workflows"], &["none.yaml"]] {
        let output = with(folder.path(), &[narrower, &["-q"]].concat());
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{narrower:?}");
        assert_eq!(written(folder.path(), narrower), text, "{narrower:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding_like_others_and_keeps_its_entries() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let text = written(folder.path(), &[]);
    fs::write(folder.path().join("slow.yaml"), format!("{SLOW}  Open: [\n")).unwrap();
    let broken = with(folder.path(), &[]);
    assert_eq!((broken.status.code(), stderr(&broken)), (Some(1), String::new()));
    assert!(stdout(&broken).contains("error[SLP001]"), "{}", stdout(&broken));
    let both = written(folder.path(), &[]);
    assert!(both.contains("SLP001") && both.contains("SLP202"), "{both}");
    assert_eq!(with(folder.path(), &[]).status.code(), Some(0));
    fs::write(folder.path().join("slow.yaml"), SLOW).unwrap();
    assert_eq!(written(folder.path(), &[]), text);
}

#[test]
fn paths_start_from_the_folder_of_the_file_wherever_it_is_used() {
    let folder = folder_with(&[("infra/app/slow.yaml", SLOW), ("lint/.keep", "")]);
    let root = folder.path();
    let from_root = ["check", "--baseline", "lint/known.json", "--write-baseline", "infra"];
    assert_eq!(run(root, &from_root).status.code(), Some(0));
    let text = fs::read_to_string(root.join("lint/known.json")).unwrap();
    assert!(text.contains("\"path\": \"../infra/app/slow.yaml\""), "{text}");
    let absolute = root.join("infra").display().to_string();
    for (working_folder, baseline, path) in [
        ("infra", "../lint/known.json", "app"),
        ("infra/app", "../../lint/known.json", "./slow.yaml"),
        ("lint", "known.json", "../infra"),
        (".", "lint/known.json", absolute.as_str()),
    ] {
        let output = run(&root.join(working_folder), &["check", "--baseline", baseline, path]);
        assert_eq!(output.status.code(), Some(0), "{working_folder}: {}", stdout(&output));
    }
    let named = ["check", "--baseline", "../lint/known.json", "--stdin-filename", "app/slow.yaml", "-"];
    assert_eq!(piped_in(&root.join("infra"), &named, SLOW).status.code(), Some(0));
}

#[test]
fn programs_are_told_what_is_hidden_and_what_is_new() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    written(folder.path(), &[]);
    fs::write(folder.path().join("slow.yaml"), second(SLOW)).unwrap();
    let output = run(folder.path(), &["check", "--baseline", "known.json", "--output", "json"]);
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(document["summary"]["suppressed"], 1);
    assert_eq!(document["suppressed"][0]["suppression"]["kind"], "baseline");
    assert_eq!(document["suppressed"][0]["resource"], "Orders");
    assert_eq!(document["findings"][0]["resource"], "Returns");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    let shape: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(schema::breaks(&shape, &document), Vec::<String>::new());
    let output = run(folder.path(), &["check", "--baseline", "known.json", "--output", "sarif"]);
    let log: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let states: Vec<&Value> =
        log["runs"][0]["results"].as_array().unwrap().iter().map(|result| &result["baselineState"]).collect();
    assert_eq!(states, ["new"]);
    let plain = stdout(&run(folder.path(), &["check", "--output", "sarif"]));
    assert!(!plain.contains("baselineState"));
}

#[test]
fn a_list_is_not_made_of_what_is_left_when_a_path_names_nothing() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let slip = with(folder.path(), &["slow.yml", "--write-baseline"]);
    assert_eq!((slip.status.code(), stdout(&slip)), (Some(2), String::new()));
    assert_eq!(
        stderr(&slip),
        "lenslint: known.json: is not written, since not everything could be read\n\
         lenslint: slow.yml: no such file or folder\n"
    );
    assert!(!folder.path().join("known.json").exists());
    let text = written(folder.path(), &[]);
    assert_eq!(with(folder.path(), &[".", "slow.yml", "--write-baseline"]).status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("known.json")).unwrap(), text);
}

#[test]
fn a_file_that_is_no_baseline_ends_with_two_and_one_line() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let missing = with(folder.path(), &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(
        stderr(&missing),
        "lenslint: known.json: there is no such baseline; `--write-baseline` makes it\n"
    );
    let good = written(folder.path(), &[]);
    for (text, expected) in [
        (String::new(), "is no baseline: it is empty"),
        ("[]".to_owned(), "is no baseline: it has no `schema` like 'lenslint-baseline/1'"),
        ("{\"schema\": 1}".to_owned(), "is no baseline: it has no `schema` like"),
        ("{\"schema\":".to_owned(), "is no baseline: it ends in the middle"),
        (format!("<<<<<<< HEAD\n{good}"), "is no baseline: line 1 is not JSON"),
        (good.replace("baseline/1", "baseline/2"), "is of the version 'lenslint-baseline/2'"),
        (good.replace("\"count\"", "\"times\""), "is no baseline: expected `findings`"),
        (good.replace("\"count\": 1", "\"count\": -1"), "found something else on line 4"),
    ] {
        fs::write(folder.path().join("known.json"), text).unwrap();
        for more in [&[][..], &["--write-baseline"]] {
            let output = with(folder.path(), more);
            assert_eq!(output.status.code(), Some(2));
            assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
            assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        }
    }
    let alone = run(folder.path(), &["check", "--write-baseline"]);
    assert_eq!(alone.status.code(), Some(2));
}

#[test]
fn a_list_that_cannot_be_written_keeps_the_report_back_from_nobody() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    for baseline in ["no/such/known.json", "slow.yaml/known.json"] {
        let output = run(
            folder.path(),
            &["check", "--output", "concise", "slow.yaml", "--baseline", baseline, "--write-baseline"],
        );
        assert_eq!(output.status.code(), Some(2), "{baseline}");
        assert!(stdout(&output).starts_with("slow.yaml:6:26: warning[SLP202]"), "{}", stdout(&output));
        let told = format!("lenslint: {baseline}: cannot be written: ");
        assert!(stderr(&output).starts_with(&told), "{}", stderr(&output));
    }
}

#[test]
fn what_another_parent_says_of_a_nested_stack_is_not_stale() {
    let parent = |seconds: u32| {
        format!(
            "Resources:\n  Queue:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: \
             n.yaml\n      Parameters: {{Visibility: {seconds}}}\n"
        )
    };
    let nested = format!("Parameters:\n  Visibility: {{Type: Number}}\n{SLOW}")
        .replace("VisibilityTimeout: 60", "VisibilityTimeout: !Ref Visibility");
    let folder = folder_with(&[("a.yaml", &parent(60)), ("b.yaml", &parent(90)), ("n.yaml", &nested)]);
    let text = written(folder.path(), &["."]);
    for paths in [&["a.yaml"][..], &["b.yaml"], &["a.yaml", "n.yaml"], &["a.yaml", "b.yaml"], &["."]] {
        let known = with(folder.path(), paths);
        let ended = (known.status.code(), stdout(&known), stderr(&known));
        assert_eq!(ended, (Some(0), String::new(), String::new()), "{paths:?}");
        assert_eq!(written(folder.path(), paths), text, "{paths:?}");
    }
    // Where both are searched for, what is gone is told.
    fs::write(folder.path().join("b.yaml"), parent(180)).unwrap();
    assert!(stderr(&with(folder.path(), &["."])).contains("1 finding that is gone"));
    assert_eq!(stderr(&with(folder.path(), &["b.yaml"])), "");
}

//! One finding for many places is held against what is known place by place.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{folder_with, run, stderr, stdout};

/// Functions that state no memory, below `Globals` if they are named.
fn functions(names: &[&str], globals: &str) -> String {
    let function = |name: &&str| {
        format!(
            "  {name}:\n    Type: AWS::Serverless::Function\n    Properties: {{CodeUri: {name}/, Handler: app.handler, Runtime: python3.13}}\n"
        )
    };
    let functions: String = names.iter().map(function).collect();
    format!("Transform: AWS::Serverless-2016-10-31\n{globals}Resources:\n{functions}")
}

/// What a run in a folder says: the message and the line of each finding of SLP301, and its standard error.
fn said(folder: &Path, more: &[&str]) -> (Vec<(String, u64)>, String) {
    let output =
        run(folder, &[&["check", "--isolated", "--select", "SLP301", "--output", "json"], more].concat());
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let told = |finding: &Value| {
        let message = finding["message"].as_str().unwrap().split(':').next().unwrap().to_owned();
        (message, finding["range"]["start"]["line"].as_u64().unwrap())
    };
    (report["findings"].as_array().unwrap().iter().map(told).collect(), stderr(&output))
}

const KNOWN: [&str; 2] = ["--baseline", "known.json"];

fn write_baseline(folder: &Path) -> String {
    said(folder, &[&KNOWN[..], &["--write-baseline", "-q"]].concat());
    fs::read_to_string(folder.join("known.json")).unwrap()
}

#[test]
fn of_a_finding_for_many_only_what_is_new_is_told_and_where_it_stands() {
    for globals in ["", "Globals: {Function: {Timeout: 10}}\n"] {
        let folder = folder_with(&[("t.yaml", &functions(&["Take", "Ship"], globals))]);
        let listed = write_baseline(folder.path());
        assert_eq!(listed.matches("\"rule\"").count(), 2, "{listed}");
        assert!(listed.contains("Resources/Take") && listed.contains("Resources/Ship"), "{listed}");
        assert_eq!(said(folder.path(), &KNOWN), (Vec::new(), String::new()));
        let more = functions(&["First", "Take", "Ship", "Last"], globals);
        fs::write(folder.path().join("t.yaml"), &more).unwrap();
        let line = more.lines().position(|line| line == "  First:").unwrap() as u64 + 1;
        let message = "MemorySize is stated nowhere for 'First' and 1 more".to_owned();
        assert_eq!(said(folder.path(), &KNOWN), (vec![(message, line)], String::new()), "{globals}");
        let report = run(
            folder.path(),
            &["check", "--isolated", "--baseline", "known.json", "-q", "--output", "json"],
        );
        let report: Value = serde_json::from_str(&stdout(&report)).unwrap();
        let hidden = report["suppressed"].as_array().unwrap().iter().filter(|one| one["rule"] == "SLP301");
        let hidden: Vec<_> = hidden.map(|one| (&one["resource"], &one["suppression"]["kind"])).collect();
        assert_eq!(hidden, [(&"Take".into(), &"baseline".into()), (&"Ship".into(), &"baseline".into())]);
        // What is written now lists all of them, and the next run is silent.
        assert_eq!(write_baseline(folder.path()).matches("SLP301").count(), 4);
        assert_eq!(said(folder.path(), &KNOWN), (Vec::new(), String::new()));
    }
}

#[test]
fn mending_one_of_many_is_no_news_but_leaves_a_stale_entry() {
    let folder = folder_with(&[("t.yaml", &functions(&["Take", "Ship", "Bill"], ""))]);
    write_baseline(folder.path());
    fs::write(folder.path().join("t.yaml"), functions(&["Ship", "Bill"], "")).unwrap();
    let (findings, told) = said(folder.path(), &KNOWN);
    assert_eq!(findings, []);
    assert_eq!(
        told,
        "lenslint: known.json: 1 finding that is gone; `--write-baseline` removes what is stale\n"
    );
    let listed = write_baseline(folder.path());
    assert!(!listed.contains("Take") && listed.contains("Ship") && listed.contains("Bill"), "{listed}");
}

#[test]
fn a_revision_knows_each_of_many_too() {
    let folder = folder_with(&[("t.yaml", &functions(&["Take", "Ship"], ""))]);
    super::new_since::commit_all(folder.path());
    fs::write(folder.path().join("t.yaml"), functions(&["Ship", "Bill"], "")).unwrap();
    let (findings, told) = said(folder.path(), &["--new-since", "HEAD"]);
    assert_eq!(findings, [("MemorySize is stated nowhere for 'Bill'".to_owned(), 6)], "{told}");
    // What the baseline lists of the rest counts beside it.
    fs::write(folder.path().join("t.yaml"), functions(&["Bill"], "")).unwrap();
    write_baseline(folder.path());
    fs::write(folder.path().join("t.yaml"), functions(&["Ship", "Bill", "Pack"], "")).unwrap();
    let (findings, _) = said(folder.path(), &[&KNOWN[..], &["--new-since", "HEAD"]].concat());
    assert_eq!(findings, [("MemorySize is stated nowhere for 'Pack'".to_owned(), 9)]);
}

#[test]
fn a_nested_file_is_told_of_once_and_known_whichever_template_nests_it() {
    let nests = |stacks: &[&str]| {
        let stack = |id: &&str| {
            format!(
                "  {id}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: sub/x.yaml}}\n"
            )
        };
        format!("Resources:\n{}", stacks.iter().map(stack).collect::<String>())
    };
    let folder = folder_with(&[
        ("a.yaml", &nests(&["One"])),
        ("b.yaml", &nests(&["Two", "Three"])),
        ("sub/x.yaml", &functions(&["Take", "Ship"], "")),
    ]);
    let (findings, _) = said(folder.path(), &[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    write_baseline(folder.path());
    for named in [&["a.yaml"][..], &["b.yaml"], &["."], &["sub/x.yaml"]] {
        assert_eq!(
            said(folder.path(), &[&KNOWN[..], named].concat()),
            (Vec::new(), String::new()),
            "{named:?}"
        );
    }
    fs::write(folder.path().join("sub/x.yaml"), functions(&["Take", "Ship", "Bill"], "")).unwrap();
    for named in ["a.yaml", "b.yaml", "."] {
        let (findings, _) = said(folder.path(), &[&KNOWN[..], &[named]].concat());
        let lines: Vec<u64> = findings.iter().map(|(_, line)| *line).collect();
        assert_eq!(lines, [9], "{named}: {findings:?}");
    }
}

#[test]
fn a_finding_for_many_is_fingerprinted_as_its_first_in_every_format() {
    let folder = folder_with(&[("t.yaml", &functions(&["Take", "Ship"], ""))]);
    let listed = write_baseline(folder.path());
    let fingerprint = |format: &str, pointer: &str| {
        let output = run(folder.path(), &["check", "--isolated", "--select", "SLP301", "--output", format]);
        let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
        document.pointer(pointer).unwrap().as_str().unwrap().to_owned()
    };
    let json = fingerprint("json", "/findings/0/fingerprint");
    assert!(listed.contains(&json), "{json} {listed}");
    assert_eq!(fingerprint("sarif", "/runs/0/results/0/partialFingerprints/lenslint~1v1"), json);
    let gitlab = fingerprint("gitlab", "/0/fingerprint");
    // Another member beside it changes none of them.
    fs::write(folder.path().join("t.yaml"), functions(&["Take", "Ship", "Bill"], "")).unwrap();
    assert_eq!(fingerprint("json", "/findings/0/fingerprint"), json);
    assert_eq!(fingerprint("gitlab", "/0/fingerprint"), gitlab);
}

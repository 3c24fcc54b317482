//! A rule that has another name now goes on by its old ones, and whoever uses one is told.

use std::fs;

use serde_json::Value;

use super::own_rules::PAGE;
use super::{folder_with, run, stderr, stdout};

const SLOW: &str =
    "Resources:\n  Worker:\n    Type: AWS::Lambda::Function\n    Properties:\n      Timeout: 30\n";

/// The page after it was renamed twice.
fn renamed() -> String {
    PAGE.replacen("lens: ours\n", "lens: ours\nformerly: [ACME1, ACME2, late-answer]\n", 1)
}

/// The findings of the rule below `rules/`, and what is told beside them.
fn said(folder: &std::path::Path, more: &[&str]) -> (usize, String) {
    let output = run(folder, &[&["check", "--rules", "rules", "--output", "json"], more].concat());
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap_or_default();
    let findings = report["findings"].as_array().map_or(0, |findings| {
        findings.iter().filter(|finding| finding["path"] == "t.yaml" && finding["rule"] != "SLP301").count()
    });
    (findings, stderr(&output))
}

#[test]
fn options_take_a_former_name_and_tell_the_one_of_now_once() {
    let folder = folder_with(&[("t.yaml", SLOW), ("rules/ACME9-slow.md", &renamed())]);
    for (former, now) in [("ACME1", "ACME9"), ("acme2", "ACME9"), ("late-answer", "slow")] {
        let told = format!("lenslint: warning: rule '{former}' has another name now: '{now}'\n");
        assert_eq!(said(folder.path(), &["--isolated", "--select", former]), (1, told.clone()));
        assert_eq!(said(folder.path(), &["--isolated", "--ignore", former, "--ignore", former]), (0, told));
        assert_eq!(said(folder.path(), &["--isolated", "--select", former, "-q"]), (1, String::new()));
        let explained = run(folder.path(), &["explain", "--rules", "rules", former]);
        assert!(stdout(&explained).starts_with("ACME9 slow\n"), "{}", stderr(&explained));
    }
    assert_eq!(said(folder.path(), &["--isolated", "--select", "ACME9"]), (1, String::new()));
}

#[test]
fn a_configuration_takes_a_former_name_and_is_told_where_it_stands() {
    let folder = folder_with(&[
        ("t.yaml", SLOW),
        ("rules/ACME9-slow.md", &renamed()),
        ("lenslint.toml", "ignore = [\"ACME1\"]\n"),
    ]);
    let (findings, told) = said(folder.path(), &[]);
    assert_eq!(findings, 0);
    assert!(
        told.contains("lenslint.toml:1:11") && told.contains("'ACME1' has another name now: 'ACME9'"),
        "{told}"
    );
}

#[test]
fn a_suppression_takes_a_former_name_and_is_told_by_the_rule_for_suppressions() {
    for (key, metadata) in [
        (" # lenslint: ignore[ACME1] measured", ""),
        ("", "    Metadata: {lenslint: {ignore: [{id: late-answer, reason: measured}]}}\n"),
    ] {
        let text = SLOW.replace("Timeout: 30", &format!("Timeout: 30{key}"));
        let text = text.replace("    Properties:\n", &format!("{metadata}    Properties:\n"));
        let folder = folder_with(&[("t.yaml", &text), ("rules/ACME9-slow.md", &renamed())]);
        let arguments =
            ["check", "--isolated", "--rules", "rules", "--select", "ACME9", "--output", "concise"];
        let output = run(folder.path(), &arguments);
        assert!(stdout(&output).contains("[SLP004] Rule '"), "{}", stdout(&output));
        assert!(stdout(&output).contains("has another name now"), "{}", stdout(&output));
        assert_eq!(stdout(&output).lines().filter(|line| line.contains("ACME9]")).count(), 0);
    }
    let guard = "    Metadata: {guard: {SuppressedRules: [ACME1]}}\n    Properties:\n";
    let text = SLOW.replace("    Properties:\n", guard);
    let folder = folder_with(&[("t.yaml", &text), ("rules/ACME9-slow.md", &renamed())]);
    assert_eq!(said(folder.path(), &["--isolated", "--select", "ACME9"]), (0, String::new()));
}

#[test]
fn a_baseline_of_before_goes_on_hiding_what_it_lists() {
    let folder = folder_with(&[("t.yaml", SLOW), ("rules/ACME1-late-answer.md", PAGE)]);
    let known = ["--isolated", "--select", "rules", "--baseline", "known.json"];
    said(folder.path(), &[&known[..], &["--write-baseline", "-q"]].concat());
    assert!(fs::read_to_string(folder.path().join("known.json")).unwrap().contains("\"ACME1\""));
    fs::remove_file(folder.path().join("rules/ACME1-late-answer.md")).unwrap();
    fs::write(folder.path().join("rules/ACME9-slow.md"), renamed()).unwrap();
    assert_eq!(said(folder.path(), &known), (0, String::new()));
    said(folder.path(), &[&known[..], &["--write-baseline", "-q"]].concat());
    let written = fs::read_to_string(folder.path().join("known.json")).unwrap();
    assert!(written.contains("\"ACME9\"") && !written.contains("\"ACME1\""), "{written}");
}

#[test]
fn a_former_name_is_nobody_elses() {
    let taken =
        |formerly: &str| PAGE.replacen("lens: ours\n", &format!("lens: ours\nformerly: {formerly}\n"), 1);
    for (first, second) in
        [("[SLP202]", "[OLD1]"), ("[ACME8]", "[OLD1]"), ("[OLD1]", "[old1]"), ("[ACME9]", "[OLD1]")]
    {
        let folder = folder_with(&[
            ("t.yaml", SLOW),
            ("rules/ACME9-slow.md", &taken(first)),
            ("rules/ACME8-slower.md", &taken(second)),
        ]);
        let output = run(folder.path(), &["check", "--isolated", "--rules", "rules"]);
        assert_eq!(output.status.code(), Some(2), "{first} {second}");
        assert!(stderr(&output).contains("give "), "{}", stderr(&output));
    }
    let folder = folder_with(&[("t.yaml", SLOW), ("rules/ACME9-slow.md", &taken("ACME1"))]);
    let output = run(folder.path(), &["check", "--isolated", "--rules", "rules"]);
    assert!(stderr(&output).contains("`formerly` is a list"), "{}", stderr(&output));
}

#[test]
fn a_rule_of_a_plain_file_has_former_names_too() {
    let rule =
        "#@ id: ACME-7\n#@ formerly: ACME-1, late\nrule quick { Resources.*.Properties.Timeout <= 10 }\n";
    let folder = folder_with(&[("t.yaml", SLOW), ("rules/r.guard", rule)]);
    for former in ["ACME-1", "late"] {
        let (findings, told) = said(folder.path(), &["--isolated", "--select", former]);
        assert_eq!(findings, 1, "{told}");
        assert!(told.contains("has another name now"), "{told}");
    }
}

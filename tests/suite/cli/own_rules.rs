//! `check --rules`: a user's own rules beside the built-in ones, on the same view.

use super::{SLOW, folder_with, run, stderr, stdout};

pub(super) const PAGE: &str = "\
---
severity: error
lens: ours
---
# Function is slow

Everybody waits for it.

## Rule

```guard
rule error {
    Graph.Nodes.*[ Kind == 'function' ] {
        Timeout <= 10 << Function '{Id}' may run for {Timeout} s{Timeout:source} >>
    }
}
```

## Fix

Lower it.

## Fails

```yaml
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 30   # fires
```

## Passes

```yaml
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 3
```
";

pub(super) const PLAIN: &str = "\
let functions = Resources.*[ Type == 'AWS::Lambda::Function' ]

#@ id: ACME-7
#@ severity: low
#@ title: Function is not traced
rule traced when %functions !empty {
    %functions.Properties.TracingConfig exists
}

rule quick when Graph exists {
    Graph.Edges[ Kind == 'poll'  Target.Timeout > 10 ] empty << Violation: slow reader. Fix: make it quick. >>
}
";

#[test]
fn pages_and_plain_files_run_on_the_view_under_their_own_ids() {
    let folder = folder_with(&[
        ("t.yaml", SLOW),
        ("own/ACME001-slow-function.md", PAGE),
        ("own/README.md", "# Our rules\n"),
        ("own/rules.guard", PLAIN),
    ]);
    let output = run(folder.path(), &["check", "--rules", "own", "--output", "concise", "t.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "t.yaml:6:26: warning[SLP202] Queue 'Orders' hides messages for 60 s, but its consumer 'Worker' may run for \
         30 s: six times that is 180 s\n\
         t.yaml:8:3: info[ACME-7] Function is not traced: `%functions.Properties.TracingConfig exists` does not hold for \
         'Worker': there is no such value\n\
         t.yaml:15:16: error[ACME001] Function 'Worker' may run for 30 s\n\
         t.yaml:17:9: warning[quick] slow reader.\n"
    );
    let only =
        run(folder.path(), &["check", "--rules", "own", "--select", "acme-7", "--fail-on", "info", "t.yaml"]);
    assert_eq!(only.status.code(), Some(1));
    let ignored = ["check", "--rules", "own", "--ignore", "own,SLP202", "t.yaml"];
    assert_eq!(run(folder.path(), &ignored).status.code(), Some(0));
    assert_eq!(run(folder.path(), &["explain", "SLP202", "--rules", "nowhere"]).status.code(), Some(2));
    let explained = stdout(&run(folder.path(), &["explain", "ACME001", "--rules", "own"]));
    assert!(explained.contains("# Function is slow"), "{explained}");
    let listed = stdout(&run(folder.path(), &["rules", "--rules", "own"]));
    assert!(listed.contains("ACME-7  info") && listed.contains("SLP202"), "{listed}");
}

#[test]
fn a_plain_file_speaks_of_each_resource() {
    let second = "  Second:\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: 3}\n";
    let folder = folder_with(&[("t.yaml", &format!("{SLOW}{second}")), ("own.guard", PLAIN)]);
    let output = run(
        folder.path(),
        &["check", "--rules", "own.guard", "--select", "ACME-7", "--output", "concise", "."],
    );
    let told: Vec<String> =
        stdout(&output).lines().map(|line| line.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(told, ["t.yaml:8:3", "t.yaml:22:3"]);
}

#[test]
fn a_condition_of_the_template_is_said() {
    let template = "\
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      TracingConfig: !If [IsProd, {Mode: Active}, !Ref AWS::NoValue]
";
    let folder = folder_with(&[("t.yaml", template), ("own.guard", PLAIN)]);
    let output = run(
        folder.path(),
        &["check", "--rules", "own.guard", "--select", "ACME-7", "--output", "concise", "."],
    );
    assert!(stdout(&output).ends_with("(when IsProd is false)\n"), "{}", stdout(&output));
}

#[test]
fn a_resource_can_suppress_any_rule() {
    let suppressing = SLOW.replace(
        "  Orders:\n    Type: AWS::SQS::Queue\n",
        "  Orders:\n    Type: AWS::SQS::Queue\n    Metadata: {guard: {SuppressedRules: [SLP202]}}\n",
    );
    let folder = folder_with(&[("t.yaml", &suppressing)]);
    let output = run(folder.path(), &["check", "--output", "json", "t.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(json["findings"], serde_json::json!([]));
    assert_eq!(json["summary"]["suppressed"], 1);
    assert_eq!(json["suppressed"][0]["rule"], "SLP202");
    assert_eq!(
        json["suppressed"][0]["suppression"],
        serde_json::json!({"kind": "guard-metadata", "reason": null})
    );
}

#[test]
fn rules_that_cannot_be_read_end_with_two_and_the_others_still_run() {
    let broken = PAGE.replace("Timeout <= 10", "Timeout <=");
    let folder = folder_with(&[
        ("t.yaml", SLOW),
        ("own/ACME001-slow-function.md", &broken),
        ("own/rules.guard", PLAIN),
        ("own/worse.guard", "rule {"),
    ]);
    let output = run(folder.path(), &["check", "--rules", "own", "--output", "concise", "t.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("warning[quick]"), "{}", stdout(&output));
    let told = stderr(&output);
    assert!(
        told.contains("own/ACME001-slow-function.md: 14:20: expected a query, a value or a name"),
        "{told}"
    );
    assert!(told.contains("own/worse.guard: 1:6: expected a name"), "{told}");
}

#[test]
fn two_rules_with_one_id_cannot_run() {
    let folder = folder_with(&[
        ("t.yaml", SLOW),
        ("a.guard", "rule same { Resources exists }"),
        ("b.guard", "rule SAME { Resources exists }"),
        ("c.guard", "#@ id: SLP202\nrule mine { Resources exists }"),
    ]);
    for (rules, told) in [
        (&["--rules", "a.guard", "--rules", "b.guard"][..], "b.guard: a.guard has a rule 'SAME' too"),
        (&["--rules", "c.guard"], "c.guard: lenslint itself has a rule 'SLP202'"),
    ] {
        let mut arguments = vec!["check", "t.yaml"];
        arguments.extend(rules);
        let output = run(folder.path(), &arguments);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_an_error_and_no_finding() {
    let rules = "rule a { Resources.* { %nope exists } }\nrule b when %nope exists { Resources exists }\n\
                 rule c { Resources !exists << no resources please >> }\n";
    let folder = folder_with(&[("t.yaml", SLOW), ("u.yaml", SLOW), ("own.guard", rules)]);
    let output = run(
        folder.path(),
        &["check", "--rules", "own.guard", "--select", "a,b,c", "--output", "concise", "."],
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output).lines().count(), 2, "{}", stdout(&output));
    assert!(stdout(&output).contains("[c] no resources please"), "{}", stdout(&output));
    let missing = "cannot be evaluated: no scope around this clause has a variable `%nope`";
    assert_eq!(
        stderr(&output),
        format!(
            "lenslint: own.guard: line 1: rule 'a' {missing}\nlenslint: own.guard: line 2: rule 'b' {missing}\n"
        )
    );
}

#[test]
fn a_clause_about_the_document_is_a_finding_for_each_place_in_its_own_case() {
    let template = "\
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  One:
    Type: AWS::SQS::Queue
    Metadata: {guard: {SuppressedRules: [delay]}}
    Properties: {DelaySeconds: 4}
  Two:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: !If [IsProd, 5, 4]}
  Three:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: 6}
";
    let rules = "rule delay { Resources.*[ Type == 'AWS::SQS::Queue' ].Properties.DelaySeconds == 5 << delay is not 5 >> }\n";
    let folder = folder_with(&[("t.yaml", template), ("own.guard", rules)]);
    let output = run(
        folder.path(),
        &["check", "--rules", "own.guard", "--select", "delay", "--output", "concise", "."],
    );
    assert_eq!(
        stdout(&output),
        "t.yaml:10:48: warning[delay] delay is not 5 (when IsProd is false)\nt.yaml:13:32: warning[delay] delay is not 5\n"
    );
}

#[test]
fn a_resource_in_a_loop_or_an_included_file_suppresses_for_itself() {
    let looped = |name: &str, metadata: &str| {
        format!(
            "  Fn::ForEach::{name}:\n    - N\n    - [A, B]\n    - {name}Queue${{N}}:\n        Type: AWS::SQS::Queue\n        {metadata}\n"
        )
    };
    let template = format!(
        "Transform: [AWS::LanguageExtensions]\nResources:\n{}{}  Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: more.yaml}}}}\n",
        looped("First", "Metadata: {guard: {SuppressedRules: [secret]}}"),
        looped("Second", "Properties: {DelaySeconds: 5}")
    );
    let more = "Third:\n  Type: AWS::SQS::Queue\n  Metadata: {guard: {SuppressedRules: secret}}\n";
    let rules =
        "rule secret { Resources.*[ Type == 'AWS::SQS::Queue' ] { Properties.KmsMasterKeyId exists } }\n";
    let folder = folder_with(&[("t.yaml", &template), ("more.yaml", more), ("own.guard", rules)]);
    let arguments = ["check", "--rules", "own.guard", "--select", "secret", "--output", "json", "t.yaml"];
    let output = run(folder.path(), &arguments);
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let places = |section: &str| -> Vec<(String, u64)> {
        let all = json[section].as_array().unwrap().iter();
        all.map(|one| {
            (one["path"].as_str().unwrap().to_owned(), one["range"]["start"]["line"].as_u64().unwrap())
        })
        .collect()
    };
    assert_eq!(places("findings"), [("t.yaml".to_owned(), 12)], "{json:#}");
    assert_eq!(places("suppressed"), [("t.yaml".to_owned(), 6), ("more.yaml".to_owned(), 1)], "{json:#}");
}

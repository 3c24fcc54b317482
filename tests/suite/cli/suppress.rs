//! Suppressions: what holds a finding back, what is told of those that do not, and how they are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{SLOW, folder_with, piped, run, stderr, stdout};

/// `SLOW` as plain JSON.
const SLOW_JSON: &str = r#"{
  "Resources": {
    "Orders": {
      "Type": "AWS::SQS::Queue",
      "Properties": {"VisibilityTimeout": 60, "RedrivePolicy": {"maxReceiveCount": 5}}
    },
    "Worker": {
      "Type": "AWS::Lambda::Function",
      "Properties": {
        "Code": {"S3Bucket": "code", "S3Key": "worker.zip"}, "Handler": "app.handler", "Runtime": "python3.13",
        "Role": "arn:aws:iam::123456789012:role/worker", "MemorySize": 512, "Timeout": 30
      }
    },
    "Mapping": {
      "Type": "AWS::Lambda::EventSourceMapping",
      "Properties": {
        "EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]}, "FunctionName": {"Ref": "Worker"}, "BatchSize": 1
      }
    }
  }
}
"#;

/// The report of one template.
fn report(name: &str, text: &str, arguments: &[&str]) -> Value {
    let folder = folder_with(&[(name, text)]);
    report_of(folder.path(), &[&[name], arguments].concat())
}

fn report_of(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["check", "--output", "json"], arguments].concat());
    serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

/// Rules and lines of the findings.
fn found(report: &Value) -> Vec<(&str, u64)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|it| (it["rule"].as_str().unwrap(), it["range"]["start"]["line"].as_u64().unwrap()))
        .collect()
}

fn messages(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap()).collect()
}

/// `SLOW` with a line before the queue's timeout, or with more on its line.
fn above(comment: &str) -> String {
    SLOW.replace("      VisibilityTimeout: 60\n", &format!("      {comment}\n      VisibilityTimeout: 60\n"))
}

fn beside(comment: &str) -> String {
    SLOW.replace("VisibilityTimeout: 60\n", &format!("VisibilityTimeout: 60 {comment}\n"))
}

/// `SLOW` with an attribute of the queue.
fn with_metadata(metadata: &str) -> String {
    let queue = "    Type: AWS::SQS::Queue\n";
    SLOW.replace(queue, &format!("{queue}    Metadata: {metadata}\n"))
}

#[test]
fn a_comment_on_the_line_or_directly_above_it_holds_a_finding_back() {
    for text in [
        above("# lenslint: ignore[SLP202] idempotent"),
        above("# lenslint: ignore[SLP202] idempotent\n      # and more to say"),
        beside("# lenslint: ignore[SLP202] idempotent"),
        above("# lenslint: ignore[sqs-visibility-below-6x] idempotent"),
        above("# lenslint: ignore[SLP101, queues] idempotent"),
        above("# lenslint: ignore[ALL] idempotent"),
        format!("# lenslint: ignore-file[SLP2] idempotent\n{SLOW}"),
        SLOW.replace("Timeout: 60\n", "Timeout:\n        !If [C, 60, 60]\n")
            .replace(
                "      VisibilityTimeout",
                "      # lenslint: ignore[SLP202] idempotent\n      VisibilityTimeout",
            )
            .replace("Resources:", "Conditions: {C: !Equals [!Ref AWS::Region, x]}\nResources:"),
    ] {
        let report = report("t.yaml", &text, &[]);
        assert!(found(&report).iter().all(|(rule, _)| *rule == "SLP004"), "{report:#}\n{text}");
        assert_eq!(report["suppressed"][0]["rule"], "SLP202", "{text}");
        assert_eq!(report["suppressed"][0]["suppression"]["reason"], "idempotent");
    }
}

#[test]
fn a_comment_holds_nothing_back_farther_away() {
    for text in [
        above("# lenslint: ignore[SLP202] idempotent\n"),
        SLOW.replace("  Orders:", "  # lenslint: ignore[SLP202] idempotent\n  Orders:"),
        above("# lenslint: ignore[SLP201] idempotent"),
        with_metadata("{Note: \"# lenslint: ignore[SLP202]\"}"),
        SLOW.replace("Resources:", "Description: |\n  # lenslint: ignore-file[SLP202] text\nResources:"),
    ] {
        let report = report("t.yaml", &text, &[]);
        assert!(found(&report).iter().any(|(rule, _)| *rule == "SLP202"), "{text}");
        assert_eq!(report["suppressed"], json!([]), "{text}");
    }
}

#[test]
fn metadata_of_a_resource_and_of_the_template_hold_findings_back_in_json_too() {
    let of_resource = |ignore: &str| {
        SLOW_JSON.replacen(
            "\"Properties\"",
            &format!("\"Metadata\": {{\"lenslint\": {{\"ignore\": {ignore}}}}},\n      \"Properties\""),
            1,
        )
    };
    let template = "{\"Metadata\": {\"lenslint\": {\"ignore\": [\"SLP202\"]}},";
    for (text, kind, reason) in [
        (
            of_resource(r#"[{"id": "SLP202", "reason": "idempotent"}]"#),
            "resource-metadata",
            json!("idempotent"),
        ),
        (of_resource(r#""SLP202""#), "resource-metadata", Value::Null),
        (SLOW_JSON.replacen('{', template, 1), "template-metadata", Value::Null),
    ] {
        let report = report("t.json", &text, &[]);
        assert_eq!(found(&report), [], "{text}");
        assert_eq!(report["suppressed"][0]["suppression"], json!({"kind": kind, "reason": reason}));
    }
}

#[test]
fn what_sam_makes_of_a_resource_is_suppressed_with_it() {
    let large = SLOW.replace("BatchSize: 1", "BatchSize: 100").replace("60", "360");
    let worker = "    Type: AWS::Serverless::Function\n";
    assert!(found(&report("t.yaml", &large, &[])).contains(&("SLP203", 21)));
    let suppressed =
        large.replace(worker, &format!("{worker}    Metadata: {{lenslint: {{ignore: [SLP203, SLP209]}}}}\n"));
    let report = report("t.yaml", &suppressed, &[]);
    assert_eq!((found(&report), report["summary"]["suppressed"].as_u64()), (vec![], Some(2)), "{report:#}");
}

#[test]
fn all_that_a_rule_says_of_one_place_is_held_back() {
    let event = "Events:\n        # lenslint: ignore[SLP006] to be written\n        Order: {Type: Api, Properties: {}}\n";
    let text = format!("{}{event}", SLOW.split_once("Events:\n").unwrap().0);
    let report = report("t.yaml", &text, &["--ignore", "SLP313"]);
    assert_eq!((found(&report), report["summary"]["suppressed"].as_u64()), (vec![], Some(2)), "{report:#}");
}

#[test]
fn what_stands_in_the_metadata_of_another_linter_holds_the_same_rule_back_here() {
    let without_memory = SLOW.replace("      MemorySize: 512\n", "").replace("60", "360");
    let worker = "    Type: AWS::Serverless::Function\n";
    let with =
        |metadata: &str| without_memory.replace(worker, &format!("{worker}    Metadata: {metadata}\n"));
    assert_eq!(found(&report("t.yaml", &without_memory, &[])), [("SLP301", 8)]);
    for (metadata, kind, reason) in [
        ("{cfn-lint: {config: {ignore_checks: [E1234, ES1005]}}}", "cfn-lint-metadata", Value::Null),
        (
            "{cdk_nag: {rules_to_suppress: [{id: Serverless-LambdaDefaultMemorySize, reason: small}]}}",
            "cdk-nag-metadata",
            json!("small"),
        ),
        ("{lenslint: {ignore: {id: ES1005, reason: small}}}", "resource-metadata", json!("small")),
    ] {
        let report = report("t.yaml", &with(metadata), &[]);
        assert_eq!(found(&report), [], "{metadata}: {report:#}");
        assert_eq!(report["suppressed"][0]["suppression"], json!({"kind": kind, "reason": reason}));
    }
    let theirs = "{cfn-lint: {config: {ignore_checks: [E3505, ES1006]}}, cdk_nag: {rules_to_suppress: [x]}}";
    assert_eq!(found(&report("t.yaml", &with(theirs), &[])), [("SLP301", 8)], "what is theirs is not judged");
}

#[test]
fn one_of_many_members_is_suppressed_alone() {
    let function = |id: &str, metadata: &str| {
        format!(
            "  {id}:\n    Type: AWS::Serverless::Function\n{metadata}    Properties: {{CodeUri: src/, Handler: app.handler, Runtime: python3.13, Events: {{A: {{Type: Api, Properties: {{Path: /{id}, Method: get}}}}}}}}\n"
        )
    };
    let text = |first: &str, second: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n{}{}",
            function("First", first),
            function("Second", second)
        )
    };
    let metadata = "    Metadata: {lenslint: {ignore: [SLP301]}}\n";
    let found_of = |text: &str| {
        let report = report("t.yaml", text, &["--select", "SLP301"]);
        (
            found(&report).iter().map(|(_, line)| *line).collect::<Vec<_>>(),
            report["summary"]["suppressed"].as_u64(),
        )
    };
    assert_eq!(found_of(&text("", "")), (vec![3], Some(0)));
    assert_eq!(found_of(&text(metadata, "")), (vec![7], Some(1)));
    assert_eq!(found_of(&text("", metadata)), (vec![3], Some(1)));
    assert_eq!(found_of(&text(metadata, metadata)), (vec![], Some(2)));
}

#[test]
fn a_suppression_without_a_finding_is_told_at_the_name() {
    let mended = above("# lenslint: ignore[SLP202] idempotent").replace("60", "360");
    let report = report("t.yaml", &mended, &[]);
    assert_eq!(found(&report), [("SLP004", 6)]);
    assert_eq!(report["findings"][0]["range"]["start"]["column"], 26);
    assert!(messages(&report)[0].starts_with("Suppression of 'SLP202' holds nothing back"), "{report:#}");
}

#[test]
fn a_suppression_is_not_told_to_be_unused_where_its_rule_has_not_looked() {
    let mended = above("# lenslint: ignore[SLP202] idempotent").replace("60", "360");
    let unknown = mended
        .replace("Timeout: 30", "Timeout: !Ref Long")
        .replace("Resources:", "Parameters: {Long: {Type: Number}}\nResources:");
    let given = mended
        .replace("Timeout: 30", "Timeout: !Ref Long")
        .replace("Resources:", "Parameters: {Long: {Type: Number, Default: 30}}\nResources:");
    let exported =
        format!("{mended}Outputs: {{Arn: {{Value: !GetAtt Orders.Arn, Export: {{Name: orders}}}}}}\n");
    let unexpanded = mended.replace("Type: SQS", "Type: SQS2");
    for (text, arguments) in [
        (&mended, &["--select", "SLP101"][..]),
        (&mended, &["--ignore", "SLP202"]),
        (&mended, &["--ignore", "SLP004"]),
        (&mended, &["--no-ignores"]),
        (&unknown, &[]),
        (&given, &["--parameter", "Long=20"]),
        (&exported, &[]),
        (&unexpanded, &["--ignore", "SLP006"]),
    ] {
        assert_eq!(found(&report("t.yaml", text, arguments)), [], "{arguments:?}\n{text}");
    }
    assert_eq!(found(&report("t.yaml", &given, &[])).len(), 1, "a default decides");
}

#[test]
fn a_rule_that_has_a_grade_in_another_profile_has_not_looked() {
    let page = "---\nseverity: warning\n---\n# Own\n\nWhy.\n\n## Rule\n```guard\n#@ profile: strict\nrule info { Resources.*.Properties.VisibilityTimeout < 0 }\n```\n\n## Fix\nNo.\n";
    let folder = folder_with(&[
        ("t.yaml", &above("# lenslint: ignore[ACME1] idempotent").replace("60", "360")),
        ("rules/ACME1-own.md", page),
    ]);
    let arguments = ["--rules", "rules", "t.yaml", "--profile"];
    assert_eq!(found(&report_of(folder.path(), &[&arguments[..], &["default"]].concat())), []);
    let strict = report_of(folder.path(), &[&arguments[..], &["strict"]].concat());
    assert_eq!(strict["suppressed"][0]["rule"], "ACME1", "{strict:#}");
}

#[test]
fn a_name_that_no_rule_has_is_told_with_the_nearest() {
    let report = report("t.yaml", &above("# lenslint: ignore[SLP2O2, quues] idempotent"), &[]);
    assert_eq!(
        messages(&report)[..2],
        [
            "No rule has the name 'SLP2O2'; did you mean 'SLP202'?",
            "No rule has the name 'quues'; did you mean 'queues'?"
        ]
    );
}

#[test]
fn a_reason_is_asked_for_in_the_strict_profile_alone() {
    let text = above("# lenslint: ignore[SLP202]");
    assert_eq!(found(&report("t.yaml", &text, &[])), []);
    let strict = report("t.yaml", &text, &["--profile", "strict", "--ignore", "SLP209,SLP217"]);
    assert_eq!(messages(&strict), ["Suppression of 'SLP202' gives no reason"], "{strict:#}");
}

#[test]
fn a_suppression_holds_until_the_day_on_which_it_expires() {
    for text in [
        above("# lenslint: ignore[SLP202] expires=2027-06-30 until the move"),
        with_metadata("{lenslint: {ignore: [{id: SLP202, reason: x, expires: 2027-06-30}]}}"),
    ] {
        let of_day = |day: &[&str]| report("t.yaml", &text, day);
        assert_eq!(found(&of_day(&[])), []);
        assert_eq!(found(&of_day(&["--as-of", "2027-06-30"])), []);
        let over = of_day(&["--as-of", "2027-07-01"]);
        assert_eq!(found(&over).iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["SLP004", "SLP202"]);
        assert_eq!(messages(&over)[0], "Suppression of 'SLP202' expired on 2027-06-30");
    }
    let folder = folder_with(&[("t.yaml", SLOW)]);
    let output = run(folder.path(), &["check", "--as-of", "tomorrow", "t.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn without_ignores_everything_is_found_and_nothing_said_of_suppressions() {
    for text in [
        above("# lenslint: ignore[SLP202, NONE]"),
        with_metadata("{guard: {SuppressedRules: [SLP202]}}"),
        with_metadata("{lenslint: {ignore: [SLP202]}}"),
    ] {
        let report = report("t.yaml", &text, &["--no-ignores"]);
        assert_eq!(found(&report).iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["SLP202"], "{text}");
    }
}

#[test]
fn what_is_suppressed_is_shown_on_request_and_marked() {
    let folder = folder_with(&[("t.yaml", &above("# lenslint: ignore[SLP202] idempotent"))]);
    let shown = |format: &str, more: &[&str]| {
        stdout(&run(folder.path(), &[&["check", "--output", format, "t.yaml"], more].concat()))
    };
    assert_eq!(shown("concise", &[]), "");
    let line = shown("concise", &["--show-suppressed"]);
    assert!(line.starts_with("t.yaml:7:26: suppressed[SLP202] Queue 'Orders'"), "{line}");
    assert!(line.ends_with(" (comment: idempotent)\n"), "{line}");
    assert!(shown("full", &["--show-suppressed"]).starts_with(&line));
    assert_eq!(shown("full", &[]), "No findings in 1 template; 1 suppressed.\n");
    assert!(shown("junit", &[]).contains("<skipped message=\"suppressed by comment: idempotent\"/>"));
    let sarif = |more: &[&str]| serde_json::from_str::<Value>(&shown("sarif", more)).unwrap();
    assert_eq!(sarif(&[])["runs"][0]["results"], json!([]));
    let log = sarif(&["--show-suppressed"]);
    let suppression = &log["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(
        (&suppression["kind"], &suppression["justification"]),
        (&json!("inSource"), &json!("idempotent"))
    );
    let region = &suppression["location"]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&json!(6), &json!(26)));
}

#[test]
fn all_results_of_a_log_say_what_suppresses_them_or_none_does() {
    let text = above("# lenslint: ignore[SLP202] idempotent").replace("      MemorySize: 512\n", "");
    let folder = folder_with(&[("t.yaml", &text)]);
    let log = run(folder.path(), &["check", "--output", "sarif", "--show-suppressed", "t.yaml"]);
    let log: Value = serde_json::from_str(&stdout(&log)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let numbers: Vec<usize> = results.iter().map(|it| it["suppressions"].as_array().unwrap().len()).collect();
    assert_eq!(numbers.iter().sum::<usize>(), 1);
    assert_eq!(numbers.len(), 2, "{log:#}");
}

#[test]
fn a_suppression_in_a_nested_stack_is_told_when_no_stack_needs_it() {
    let nested = |default: &str| {
        format!(
            "Parameters: {{Seconds: {{Type: Number, Default: {default}}}}}\n{}",
            above("# lenslint: ignore[SLP202] idempotent").replace("Timeout: 60", "Timeout: !Ref Seconds")
        )
    };
    let parent = |seconds: &str| {
        format!(
            "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: child.yaml, Parameters: {{Seconds: {seconds}}}}}\n"
        )
    };
    let found_of = |first: &str, second: &str| {
        let files =
            [("child.yaml", &*nested("360")), ("a.yaml", &parent(first)), ("b.yaml", &parent(second))];
        let folder = folder_with(&files);
        let report = report_of(folder.path(), &["."]);
        found(&report).iter().map(|(rule, _)| (*rule).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found_of("60", "360"), Vec::<String>::new(), "one of two needs it");
    assert_eq!(found_of("360", "360"), ["SLP004"]);
}

#[test]
fn comments_of_an_included_file_count() {
    let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: queue.yaml}}\n".to_owned()
        + SLOW.split_once("5}\n").unwrap().1;
    let queue = "Orders:\n  Type: AWS::SQS::Queue\n  Properties:\n    # lenslint: ignore[SLP202] idempotent\n    VisibilityTimeout: 60\n    RedrivePolicy: {maxReceiveCount: 5}\n";
    let folder = folder_with(&[("t.yaml", &template), ("queue.yaml", queue)]);
    let report = report_of(folder.path(), &["t.yaml"]);
    assert_eq!((found(&report), report["summary"]["suppressed"].as_u64()), (vec![], Some(1)), "{report:#}");
}

#[test]
fn suppressions_are_written_for_all_that_is_found_and_hold() {
    let text = SLOW
        .replace("BatchSize: 1", "BatchSize: 100")
        .replace("      MemorySize: 512\n", "")
        .replace('\n', "\r\n");
    let folder = folder_with(&[("t.yaml", &text)]);
    let path = folder.path().join("t.yaml");
    let output = run(folder.path(), &["check", "--add-ignore=not now", "t.yaml"]);
    assert_eq!(stdout(&output), "No findings in 1 template; 4 suppressed.\n");
    assert_eq!(
        (stderr(&output).as_str(), output.status.code()),
        ("lenslint: t.yaml: suppressed 4 findings (SLP202, SLP203, SLP209, SLP301)\n", Some(0))
    );
    let written = fs::read_to_string(&path).unwrap();
    assert!(
        written.contains("\r\n      # lenslint: ignore[SLP202] not now\r\n      VisibilityTimeout: 60\r\n"),
        "{written}"
    );
    assert_eq!(without_comments(&written), text);
    let again = run(folder.path(), &["check", "--add-ignore", "t.yaml"]);
    assert_eq!((stderr(&again).as_str(), fs::read_to_string(&path).unwrap()), ("", written.clone()));
    fs::write(&path, written.replace("Timeout: 60", "Timeout: 360")).unwrap();
    assert_eq!(found(&report_of(folder.path(), &["t.yaml"])), [("SLP004", 6)]);
}

#[test]
fn several_rules_of_one_line_share_a_comment() {
    let own = "---\nseverity: warning\nscope: prop\n---\n# Own\n\nWhy.\n\n## Rule\n```guard\nrule own { Resources.*[ Type == 'AWS::SQS::Queue' ].Properties.VisibilityTimeout == 0 <<No>> }\n```\n\n## Fix\nNo.\n";
    let folder = folder_with(&[("t.yaml", SLOW), ("rules/ACME1-own.md", own)]);
    let output = run(folder.path(), &["check", "--rules", "rules", "--add-ignore", "t.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let text = fs::read_to_string(folder.path().join("t.yaml")).unwrap();
    assert_eq!(text, above("# lenslint: ignore[ACME1, SLP202]"));
}

#[test]
fn in_json_the_metadata_of_the_resource_is_written() {
    let folder = folder_with(&[("t.json", SLOW_JSON)]);
    let output = run(folder.path(), &["check", "--add-ignore=so \"it\" is", "t.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let text = fs::read_to_string(folder.path().join("t.json")).unwrap();
    let entry = r#"{"id": "SLP202", "reason": "so \"it\" is"}"#;
    let metadata = format!(
        "    \"Orders\": {{\n      \"Metadata\": {{\"lenslint\": {{\"ignore\": [{entry}]}}}},\n      \"Type\""
    );
    assert_eq!(text, SLOW_JSON.replace("    \"Orders\": {\n      \"Type\"", &metadata));
}

#[test]
fn what_cannot_be_suppressed_is_told_and_stays_found() {
    let flow = "Resources: {Orders: {Type: 'AWS::SQS\n ::Queue', Properties: {VisibilityTimeout: 1, VisibilityTimeout: 2}}}\n";
    let folder = folder_with(&[("t.yaml", flow)]);
    let output = run(folder.path(), &["check", "--add-ignore", "--output", "concise", "t.yaml"]);
    assert_eq!(stderr(&output), "lenslint: t.yaml:2: SLP002 is not suppressed: no comment can stand there\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(folder.path().join("t.yaml")).unwrap(), flow);
    let stdin = piped(&["check", "--add-ignore", "-"], SLOW);
    assert_eq!(stdin.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let folder = folder_with(&[("elsewhere/t.yaml", SLOW), ("here/readme", "")]);
    let link = folder.path().join("here/t.yaml");
    std::os::unix::fs::symlink("../elsewhere/t.yaml", &link).unwrap();
    let output = run(&folder.path().join("here"), &["check", "--add-ignore", "t.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(folder.path().join("elsewhere/t.yaml")).unwrap(), SLOW);
}

/// A text without the comments that were written into it.
fn without_comments(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("# lenslint: ignore[")).collect()
}

/// Every template of the corpus is as it was once the comments are gone, and clean while they are there.
#[test]
fn what_is_written_into_real_templates_holds_and_comes_out_again() {
    const TEMPLATES: usize = 200;
    let Some(corpus) = crate::corpus() else { return println!("skipped: there is no corpus") };
    let folder = tempfile::tempdir().unwrap();
    let mut copies = BTreeSet::new();
    let walk = ignore::Walk::new(corpus.join("patterns")).filter_map(Result::ok);
    let mut files: Vec<_> = walk.map(ignore::DirEntry::into_path).collect();
    files.sort();
    for file in files {
        let is_yaml = file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        let Some(text) = fs::read_to_string(&file).ok().filter(|text| is_yaml && text.contains("AWS::"))
        else {
            continue;
        };
        let name = format!("{:03}.yaml", copies.len());
        fs::write(folder.path().join(&name), &text).unwrap();
        copies.insert((name, text));
        if copies.len() == TEMPLATES {
            break;
        }
    }
    let arguments = ["--ignore", "SLP001,SLP006", "."];
    let before = report_of(folder.path(), &arguments)["findings"].as_array().unwrap().len();
    assert!(before > TEMPLATES / 2, "{before} findings");
    let after = report_of(folder.path(), &[&["--add-ignore=as it is"], &arguments[..]].concat());
    assert_eq!(found(&after), [], "{after:#}");
    let mut written = 0;
    for (name, text) in &copies {
        let now = fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(without_comments(&now), *text, "{name}");
        written += usize::from(now != *text);
    }
    println!("{before} findings; {written} of {} templates written", copies.len());
    let again = run(folder.path(), &[&["check", "--add-ignore"], &arguments[..]].concat());
    assert_eq!(stderr(&again), "");
}

/// The cells of the rows of a table of docs/from-cfn-lint.md, by its heading.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/from-cfn-lint.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let rows = section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| "));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    // Below the names of the columns.
    rows.skip(2).map(cells).collect()
}

/// The ids of a cell.
fn ids(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// A template on which a rule fires, with its line marked.
fn failing(rule: &str) -> String {
    let page = stdout(&run(Path::new(env!("CARGO_MANIFEST_DIR")), &["explain", rule]));
    let example = page.split("```yaml\n").find(|block| block.contains("# fires")).unwrap();
    example.split("```").next().unwrap().to_owned()
}

#[test]
fn every_id_of_a_peer_that_is_ours_by_another_name_holds_our_finding_back() {
    let table = rows("Ids that are ours by another name");
    assert!(table.len() >= 5, "{table:?}");
    for row in &table {
        let [theirs, _, rule, _] = row.as_slice() else { panic!("{row:?}") };
        let id = ids(theirs)[0].replace('*', "AwsSolutions");
        let failing = failing(rule);
        let counts = |text: &str| {
            let folder = folder_with(&[("t.yaml", text)]);
            let output = run(folder.path(), &["check", "--isolated", "--select", rule, "--output", "json"]);
            let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
            ["findings", "suppressed"].map(|list| report[list].as_array().unwrap().len())
        };
        let [told, none] = counts(&failing);
        assert!(told > 0 && none == 0, "{id}");
        let ignored = format!("# lenslint: ignore-file[{id}] as before\n{failing}");
        let [told, suppressed] = counts(&ignored);
        assert!(told == 0 && suppressed > 0, "{id}: {ignored}");
    }
}

#[test]
fn an_id_of_a_peer_that_asks_for_something_else_holds_nothing_back_and_is_not_told() {
    let others: Vec<String> = rows("Everything else").into_iter().map(|row| row[0].clone()).collect();
    let all: Vec<&str> = others.iter().flat_map(|cell| ids(cell)).collect();
    assert!(all.len() > 40, "{all:?}");
    let nag: Vec<String> = all.iter().map(|id| format!("{{id: AwsSolutions-{id}, reason: x}}")).collect();
    let nag = nag.join(", ");
    let metadata = format!(
        "    Metadata:\n      cfn-lint: {{config: {{ignore_checks: [{}]}}}}\n      cdk_nag: {{rules_to_suppress: [{nag}]}}\n",
        all.join(", ")
    );
    let of_queue = "    Type: AWS::SQS::Queue\n";
    let folder = folder_with(&[("t.yaml", &SLOW.replace(of_queue, &format!("{of_queue}{metadata}")))]);
    let output = run(folder.path(), &["check", "--isolated", "--profile", "strict", "--output", "concise"]);
    let text = stdout(&output);
    assert!(text.contains("SLP202") && !text.contains("SLP004"), "{text}");
}

#[test]
fn a_try_at_a_suppression_is_told_with_what_was_meant_and_prose_is_not() {
    for comment in [
        "# lenslint: disable=SLP202",
        "# Lenslint: ignore[SLP202]",
        "# lenslint ignore[SLP202]",
        "# lenslint:ignore SLP202",
        "# lenslint-disable-next-line SLP202",
    ] {
        let report = report("t.yaml", &above(comment), &[]);
        assert_eq!(found(&report), [("SLP004", 6), ("SLP202", 7)], "{comment}");
        let meant = "did you mean `# lenslint: ignore[SLP202]`?";
        assert!(messages(&report)[0].ends_with(meant), "{}", messages(&report)[0]);
    }
    for comment in ["# Lenslint reports SLP202 here, and is right", "# run lenslint --ignore SLP202 here"] {
        assert_eq!(found(&report("t.yaml", &above(comment), &[])), [("SLP202", 7)], "{comment}");
    }
}

#[test]
fn in_metadata_our_name_in_other_letters_is_told() {
    let metadata = |name: &str, inside: &str| {
        let before = "    Properties:\n      Visib";
        SLOW.replace(before, &format!("    Metadata: {{{name}: {inside}}}\n{before}"))
    };
    let misspelt = report("t.yaml", &metadata("Lenslint", "{ignore: SLP202}"), &[]);
    assert_eq!(found(&misspelt), [("SLP004", 5), ("SLP202", 7)]);
    assert_eq!(messages(&misspelt)[0], "Suppression cannot be read: expected `lenslint`, found 'Lenslint'");
    assert_eq!(found(&report("t.yaml", &metadata("Lenslint", "{version: 1}"), &[])), [("SLP202", 7)]);
}

#[test]
fn a_reason_that_would_be_read_as_something_else_is_refused_before_anything_is_written() {
    let folder = folder_with(&[("t.yaml", SLOW), ("t.json", SLOW_JSON)]);
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    for (reason, expected) in [
        ("expires=zzz", "the reason cannot be: 'zzz' is no date"),
        ("expires=2027-13-01 x", "the reason cannot be: '2027-13-01' is no date"),
        ("a\nb", "the reason has to be one line"),
        ("a\u{1b}[2Jb", "the reason has a character that no comment can hold: \\u{1b}"),
    ] {
        let output = run(folder.path(), &["check", &format!("--add-ignore={reason}")]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{reason:?}");
        let told = stderr(&output);
        assert!(told.starts_with(&format!("lenslint: --add-ignore: {expected}")), "{told}");
        assert_eq!((text("t.yaml"), text("t.json")), (SLOW.to_owned(), SLOW_JSON.to_owned()));
    }
    let output = run(folder.path(), &["check", "--add-ignore=expires=2027-06-30 a ] b # c"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(text("t.yaml").contains("# lenslint: ignore[SLP202] expires=2027-06-30 a ] b # c\n"));
    let entry = r#"{"id": "SLP202", "reason": "a ] b # c", "expires": "2027-06-30"}"#;
    assert!(text("t.json").contains(entry), "{}", text("t.json"));
    let later = run(folder.path(), &["check", "--as-of", "2027-07-01", "--output", "concise"]);
    assert_eq!(stdout(&later).matches("expired on 2027-06-30").count(), 2, "{}", stdout(&later));
}

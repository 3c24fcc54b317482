//! What stays undecided: how much of it there is, why, and that nothing else changes for it.

use serde_json::Value;

use super::{SLOW, folder_with, run, stderr, stdout};

/// The queue's consumer has a timeout that is known at deployment.
fn open(timeout: &str) -> String {
    let parameters = "\
Parameters:
  Timeout: {Type: Number}
  Secret: {Type: Number, NoEcho: true, Default: 77001}
  Stored: {Type: 'AWS::SSM::Parameter::Value<Number>', Default: /timeout}
  Stage: {Type: String}
Mappings:
  Rows: {dev: {Timeout: 10}, prod: {Timeout: 10}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
";
    format!("{parameters}{}", SLOW.replace("Timeout: 30", &format!("Timeout: {timeout}")))
}

/// Why the rule about the visibility timeout cannot be decided; nothing if it can.
fn reason(timeout: &str) -> Option<String> {
    let folder = folder_with(&[("t.yaml", &open(timeout))]);
    let output =
        run(folder.path(), &["check", "--select", "SLP202", "--output", "concise", "--show-unknown", "."]);
    assert_eq!(stderr(&output), "");
    let line = stdout(&output).lines().find(|line| line.contains("undecided"))?.to_owned();
    let place = "t.yaml:26:9: SLP202 'Worker': undecided: ";
    Some(line.strip_prefix(place).unwrap_or_else(|| panic!("{line}")).to_owned())
}

#[test]
fn each_reason_is_told_in_words_with_its_place() {
    for (timeout, wanted) in [
        ("!Ref Timeout", "parameter 'Timeout' has no value (at 24:16)"),
        ("!Ref Secret", "parameter 'Secret' is a secret (at 24:16)"),
        ("!Ref Stored", "parameter 'Stored' is filled in by Parameter Store at deployment (at 24:16)"),
        ("!ImportValue other", "it is imported from another stack (at 24:16)"),
        ("'{{resolve:ssm:/t}}'", "it is resolved at deployment ({{resolve:...}}) (at 24:16)"),
        ("!Ref AWS::AccountId", "`AWS::AccountId` is known at deployment (at 24:16)"),
        ("!Ref Nowhere", "'Nowhere' is not defined here (at 24:16)"),
        ("!GetAtt Orders.Size", "attribute 'Size' of 'Orders' is known at deployment (at 24:16)"),
        ("!Transform {Name: Ours}", "a macro writes it (at 24:16)"),
        ("!GetStackOutput x", "a function here is not evaluated (at 24:16)"),
        ("!Base64 x", "the value does not have the form that it should (at 24:16)"),
        ("soon", "the value does not have the form that it should (at 24:16)"),
        (
            "!FindInMap [Rows, !ImportValue x, Timeout]",
            "the row of a mapping depends on what is not known (at 24:16)",
        ),
    ] {
        assert_eq!(reason(timeout).as_deref(), Some(wanted), "{timeout}");
    }
}

#[test]
fn what_is_known_in_every_case_is_decided() {
    for timeout in [
        "10",
        "30",
        "!If [IsProd, 10, 20]",
        // Where the mapping has no such row nothing is deployed.
        "!FindInMap [Rows, !Ref Stage, Timeout]",
    ] {
        assert_eq!(reason(timeout), None, "{timeout}");
    }
}

#[test]
fn a_check_that_speaks_in_one_case_may_be_undecided_in_another() {
    let folder = folder_with(&[("t.yaml", &open("!If [IsProd, 30, !Ref Timeout]"))]);
    let output =
        run(folder.path(), &["check", "--select", "SLP202", "--show-unknown", "--output", "concise"]);
    let lines: Vec<_> = stdout(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("warning[SLP202]") && lines[0].contains("when IsProd is true"), "{lines:?}");
    assert!(lines[1].contains("undecided: parameter 'Timeout' has no value"), "{lines:?}");
    let everywhere = folder_with(&[("t.yaml", &open("!If [IsProd, 30, 40]"))]);
    let output = run(everywhere.path(), &["check", "--select", "SLP202", "--show-unknown"]);
    assert!(!stdout(&output).contains("undecided"), "{}", stdout(&output));
}

#[test]
fn a_check_that_one_of_the_deployers_choices_settles_is_decided() {
    let batch = SLOW
        .replace(
            "BatchSize: 1",
            "BatchSize: !Ref Size\n            MaximumBatchingWindowInSeconds: !ImportValue w",
        )
        .replace("Resources:", "Parameters:\n  Size: {Type: Number, AllowedValues: [100, 5]}\nResources:");
    let folder = folder_with(&[("t.yaml", &batch), ("u.yaml", &batch.replace("[100, 5]", "[100, 50]"))]);
    let output =
        run(folder.path(), &["check", "--select", "SLP203", "--show-unknown", "--output", "concise"]);
    let lines: Vec<_> = stdout(&output).lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        ["u.yaml:19:9: SLP203 'Worker': undecided: it is imported from another stack (at 24:45)"]
    );
}

#[test]
fn the_summary_tells_clean_from_unseen() {
    let folder = folder_with(&[("t.yaml", &open("!Ref Timeout")), ("u.yaml", &open("!ImportValue x"))]);
    let summary = "No findings in 2 templates.\n\
        4 checks undecided: 2 for parameters without a value, 2 for imports";
    let silent = run(folder.path(), &["check", "--select", "SLP201,SLP202"]);
    assert_eq!(stdout(&silent), format!("{summary} (--show-unknown lists them).\n"));
    let shown = run(folder.path(), &["check", "--select", "SLP201,SLP202", "--show-unknown"]);
    let lines: Vec<_> = stdout(&shown).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 7, "{lines:?}");
    assert_eq!(
        lines[0],
        "t.yaml:26:9: SLP201 'Worker': undecided: parameter 'Timeout' has no value (at 24:16)"
    );
    assert!(lines[3].starts_with("u.yaml:26:9: SLP202 'Worker': undecided: "), "{lines:?}");
    assert_eq!(lines[4..].join("\n"), format!("\n{summary}."));
    assert_eq!((silent.status.code(), shown.status.code()), (Some(0), Some(0)));
}

#[test]
fn a_secret_is_named_and_never_told() {
    let folder = folder_with(&[("t.yaml", &open("!Ref Secret"))]);
    for format in ["full", "concise", "json"] {
        let output = run(folder.path(), &["check", "--show-unknown", "--output", format]);
        assert!(stdout(&output).contains("parameter 'Secret' is a secret"), "{format}");
        assert!(!stdout(&output).contains("77001"), "{format}");
    }
}

#[test]
fn json_counts_always_and_lists_when_asked() {
    let folder = folder_with(&[("t.yaml", &open("!Ref Timeout"))]);
    let json = |arguments: &[&str]| -> Value {
        let all = [&["check", "--select", "SLP202", "--output", "json"], arguments].concat();
        serde_json::from_str(&stdout(&run(folder.path(), &all))).unwrap()
    };
    let silent = json(&[]);
    assert_eq!((&silent["summary"]["undecided"], &silent["undecided"]), (&1.into(), &Value::Null));
    let shown = json(&["--show-unknown"]);
    let [check] = shown["undecided"].as_array().unwrap().as_slice() else { panic!("{shown}") };
    assert_eq!((&check["rule"], &check["resource"]), (&"SLP202".into(), &"Worker".into()));
    assert_eq!(check["range"]["start"]["line"], 26);
    assert_eq!(check["reasons"][0]["kind"], "parameter");
    assert_eq!(check["reasons"][0]["range"]["start"]["line"], 24);
    let schema: Value = serde_json::from_str(include_str!("../../../docs/report.schema.json")).unwrap();
    for document in [silent, shown] {
        assert_eq!(super::schema::breaks(&schema, &document), Vec::<String>::new());
    }
}

#[test]
fn other_formats_and_the_findings_do_not_change() {
    let folder = folder_with(&[("t.yaml", &open("!Ref Timeout")), ("slow.yaml", SLOW)]);
    let sarif = |arguments: &[&str]| {
        stdout(&run(folder.path(), &[&["check", "--output", "sarif"], arguments].concat()))
    };
    assert_eq!(sarif(&[]), sarif(&["--show-unknown"]));
    let concise =
        |arguments: &[&str]| run(folder.path(), &[&["check", "--output", "concise"], arguments].concat());
    let (silent, shown) = (concise(&[]), concise(&["--show-unknown"]));
    assert!(stdout(&shown).starts_with(&stdout(&silent)) && !stdout(&silent).contains("undecided"));
    assert_eq!((silent.status.code(), shown.status.code()), (Some(1), Some(1)));
}

#[test]
fn in_a_part_of_a_template_what_another_file_may_have_is_undecided() {
    let whole = SLOW.replace("      MemorySize: 512\n", "");
    for (part, lack) in [
        (
            whole.replace("Transform: AWS::Serverless-2016-10-31\n", ""),
            "this one has SAM resources and no SAM transform",
        ),
        (whole.replace("CodeUri: src/", "CodeUri: !Ref Code"), "'Code' is not defined here"),
    ] {
        let folder = folder_with(&[("t.yaml", &part)]);
        let output = run(folder.path(), &["check", "--select", "SLP301", "--show-unknown"]);
        let expected = format!("SLP301 'Worker': undecided: another file may set it: {lack}\n");
        assert!(stdout(&output).contains(&expected), "{}", stdout(&output));
        assert!(
            stdout(&output).ends_with("\n1 check undecided: 1 for another file.\n"),
            "{}",
            stdout(&output)
        );
    }
}

#[test]
fn what_a_resource_wants_to_hear_nothing_of_is_not_counted() {
    let hushed = open("!Ref Timeout").replace(
        "    Type: AWS::Serverless::Function\n",
        "    Type: AWS::Serverless::Function\n    Metadata: {guard: {SuppressedRules: [SLP202]}}\n",
    );
    let folder = folder_with(&[("t.yaml", &hushed)]);
    let output = run(folder.path(), &["check", "--select", "SLP202"]);
    assert_eq!(stdout(&output), "No findings in 1 template.\n");
}

#[test]
fn a_check_with_more_cases_than_are_tried_is_undecided() {
    let nested = |condition: &str, value: u32| {
        (0..12).fold(value.to_string(), |inner, n| format!("!If [{condition}{n}, {}, {inner}]", value + n))
    };
    let claims = |condition: &str, parameter: &str| -> String {
        let claim = |n| format!("  {condition}{n}: !Equals [!Ref {parameter}, v{n}]\n");
        (0..12).map(claim).collect::<Vec<_>>().concat()
    };
    let sections = format!(
        "Parameters: {{P: {{Type: String}}, Q: {{Type: String}}}}\nConditions:\n{}{}Resources:",
        claims("A", "P"),
        claims("B", "Q")
    );
    let template = SLOW
        .replace("VisibilityTimeout: 60", &format!("VisibilityTimeout: {}", nested("A", 100)))
        .replace(" Timeout: 30", &format!(" Timeout: {}", nested("B", 1)))
        .replace("Resources:", &sections);
    let folder = folder_with(&[("t.yaml", &template)]);
    let output = run(folder.path(), &["check", "--select", "SLP201", "--show-unknown"]);
    let expected = "SLP201 'Worker': undecided: it depends on more conditions than are followed\n";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
    assert!(stdout(&output).ends_with("1 check undecided: 1 for too many cases.\n"), "{}", stdout(&output));
}

#[test]
fn a_rule_of_a_plain_file_is_undecided_about_its_subject_or_the_document() {
    let rules = "\
rule each { Resources.*[ Type == 'AWS::SQS::Queue' ].Properties.KmsMasterKeyId == 'key' }
rule document { some Resources.*.Properties.KmsMasterKeyId == 'key' }
";
    let template = SLOW.replace("VisibilityTimeout: 60", "KmsMasterKeyId: !ImportValue key");
    let folder = folder_with(&[("t.yaml", &template), ("r.guard", rules)]);
    let output = run(
        folder.path(),
        &["check", "--rules", "r.guard", "--select", "each,document", "--show-unknown", "t.yaml"],
    );
    let lines: Vec<_> = stdout(&output).lines().take(2).map(str::to_owned).collect();
    assert_eq!(
        lines,
        [
            "t.yaml:6:23: document 'Orders': undecided: it is imported from another stack",
            "t.yaml:6:23: each 'Orders': undecided: it is imported from another stack",
        ]
    );
}

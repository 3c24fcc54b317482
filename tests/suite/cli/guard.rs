//! `guard`: plain Guard rules over documents as they were written.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use super::{HOSTILE, assert_is_inert, folder_with, piped, run, stderr, stdout};

const BUCKETS: &str = "\
Resources:
  Open:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
  Closed:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: Private
      VersioningConfiguration:
        Status: Enabled
";

const RULES: &str = "\
let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]

#@ id: ACME-1
#@ severity: high
rule private when %buckets !empty {
    %buckets.Properties.AccessControl == 'Private'
    << Violation: Bucket is public.
       Fix: Set AccessControl to Private. >>
}

rule versioned when %buckets !empty {
    %buckets.Properties.VersioningConfiguration exists
}

rule no_queues when Resources.*[ Type == 'AWS::SQS::Queue' ] !empty { Nothing exists }
";

fn guard(folder: &Path, arguments: &[&str]) -> Output {
    let mut all = vec!["guard"];
    all.extend(arguments);
    run(folder, &all)
}

fn results(output: &Output) -> Value {
    let document: Value =
        serde_json::from_str(&stdout(output)).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)));
    document["results"].clone()
}

#[test]
fn every_verdict_is_told_with_the_place_of_what_fails() {
    let folder = folder_with(&[("r.guard", RULES), ("t.yaml", BUCKETS)]);
    let output = guard(folder.path(), &["--rules", "r.guard", "--data", "t.yaml", "--output", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let check = |path: &str, line: u32, column: u32, message: &str| json!({"path": path, "line": line, "column": column, "message": message});
    assert_eq!(
        results(&output),
        json!([{
            "data": "t.yaml",
            "rules": [
                {"file": "r.guard", "rule": "private", "status": "FAIL", "checks": [
                    check("/Resources/Open/Properties/AccessControl", 5, 22, "Bucket is public."),
                ]},
                {"file": "r.guard", "rule": "versioned", "status": "FAIL", "checks": [
                    check("/Resources/Open/Properties", 4, 5, "`%buckets.Properties.VersioningConfiguration \
                        exists` does not hold for 'Open': there is no such value"),
                ]},
                {"file": "r.guard", "rule": "no_queues", "status": "SKIP", "checks": []},
            ],
            "errors": [],
        }])
    );
}

#[test]
fn findings_have_the_ids_grades_and_fixes_of_comments_and_messages() {
    let folder = folder_with(&[("r.guard", RULES), ("t.yaml", BUCKETS)]);
    let arguments = ["-r", "r.guard", "-d", "t.yaml", "--output", "concise", "--output", "sarif=out.sarif"];
    let output = guard(folder.path(), &arguments);
    assert_eq!(
        stdout(&output),
        "t.yaml:4:5: warning[versioned] `%buckets.Properties.VersioningConfiguration exists` does not hold for \
         'Open': there is no such value\n\
         t.yaml:5:22: error[ACME-1] Bucket is public.\n"
    );
    let sarif: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out.sarif")).unwrap()).unwrap();
    let run = &sarif["runs"][0];
    let ids: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert_eq!(ids, ["ACME-1", "no_queues", "versioned"]);
    assert_eq!(run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], 5);
    let full = stdout(&guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml"]));
    assert!(full.contains("help: Set AccessControl to Private."), "{full}");
}

#[test]
fn a_resource_can_suppress_a_rule_unless_strictness_is_asked_for() {
    let suppressing = BUCKETS
        .replace("  Open:\n", "  Open:\n    Metadata: {guard: {SuppressedRules: [ACME-1, versioned]}}\n");
    let folder = folder_with(&[("r.guard", RULES), ("t.yaml", &suppressing)]);
    let arguments = ["-r", "r.guard", "-d", "t.yaml", "--output", "json"];
    let output = guard(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(results(&output)[0]["rules"][0]["status"], "SKIP");
    let mut strict = arguments.to_vec();
    strict.push("--strict");
    let output = guard(folder.path(), &strict);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(results(&output)[0]["rules"][0]["status"], "FAIL");
}

#[test]
fn a_rules_file_that_does_not_parse_is_an_error_and_the_others_still_speak() {
    let folder = folder_with(&[
        ("rules/a.guard", "rule x {\n  Resources.*.Type =\n}\n"),
        ("rules/b.ruleset", "rule y { Resources exists }\n"),
        ("rules/notes.txt", "rule z {"),
        ("t.yaml", BUCKETS),
    ]);
    let output = guard(folder.path(), &["-r", "rules", "-d", "t.yaml", "--output", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let results = results(&output);
    assert_eq!(
        results[0]["rules"],
        json!([{"file": "rules/b.ruleset", "rule": "y", "status": "PASS", "checks": []}])
    );
    assert_eq!(results[0]["errors"][0]["file"], "rules/a.guard");
    let told = stderr(&output);
    assert!(told.starts_with("lenslint: rules/a.guard: 2:20: expected "), "{told}");
    assert!(told.contains("    2 |   Resources.*.Type ="), "{told}");
}

#[test]
fn a_rule_that_cannot_be_evaluated_fails_alone_and_strictly_its_file_has_no_verdict() {
    let folder = folder_with(&[
        ("r.guard", "rule a { %nope exists }\nrule b { Resources exists }\n"),
        ("t.yaml", BUCKETS),
    ]);
    let output = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml", "--output", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let statuses = results(&output)[0]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["status"].clone())
        .collect::<Vec<_>>();
    assert_eq!(statuses, ["FAIL", "PASS"]);
    let strict = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml", "--output", "json", "--strict"]);
    assert_eq!(strict.status.code(), Some(2));
    assert_eq!(results(&strict)[0]["rules"], json!([]));
    let message = results(&strict)[0]["errors"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        message,
        "line 1: rule 'a' cannot be evaluated: no scope around this clause has a variable `%nope`"
    );
}

#[test]
fn a_document_that_cannot_be_read_is_an_error_and_the_others_are_still_judged() {
    let folder =
        folder_with(&[("r.guard", RULES), ("data/a.yaml", "a: [\n"), ("data/b.json", "{\"Resources\": {}}")]);
    let output = guard(folder.path(), &["-r", "r.guard", "-d", "data", "nowhere.yaml", "--output", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let results = results(&output);
    let data: Vec<&Value> = results.as_array().unwrap().iter().map(|result| &result["data"]).collect();
    assert_eq!(data, ["data/a.yaml", "data/b.json", "nowhere.yaml"]);
    assert_eq!(results[1]["rules"][0]["status"], "SKIP");
    assert_eq!(stderr(&output).lines().count(), 2, "{}", stderr(&output));
}

#[test]
fn what_cfn_guard_would_not_read_is_an_error_only_where_strictness_is_asked_for() {
    let folder = folder_with(&[("r.guard", "rule r { b == 1 }\n"), ("t.yaml", "a: &x 1\nb: *x\n")]);
    let lenient = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml"]);
    assert_eq!(lenient.status.code(), Some(0), "{}", stdout(&lenient));
    let strict = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml", "--strict"]);
    assert_eq!(strict.status.code(), Some(2));
    assert_eq!(stderr(&strict), "lenslint: t.yaml: 2:4: cfn-guard reads no aliases\n");
}

#[test]
fn two_files_with_one_id_are_an_error_and_clauses_outside_of_rules_are_not() {
    let folder = folder_with(&[
        ("a.guard", "rule same { Resources exists }\n"),
        ("b.guard", "#@ id: same\nrule other { Resources exists }\n"),
        ("loose.guard", "Resources exists\n"),
        ("looser.guard", "Nothing exists\n"),
        ("t.yaml", BUCKETS),
    ]);
    let twice = guard(folder.path(), &["-r", "a.guard", "b.guard", "-d", "t.yaml", "--output", "json"]);
    assert_eq!(twice.status.code(), Some(2));
    assert_eq!(results(&twice)[0]["rules"].as_array().unwrap().len(), 2);
    assert!(stderr(&twice).contains("b.guard: a.guard has a rule 'same' too"), "{}", stderr(&twice));
    let loose =
        guard(folder.path(), &["-r", "loose.guard", "looser.guard", "-d", "t.yaml", "--output", "json"]);
    assert_eq!(loose.status.code(), Some(1), "{}", stderr(&loose));
    let verdicts = results(&loose)[0]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["rule"].clone(), rule["status"].clone()))
        .collect::<Vec<_>>();
    assert_eq!(verdicts, [(json!("default"), json!("PASS")), (json!("default"), json!("FAIL"))]);
}

#[test]
fn json_is_read_as_the_yaml_that_it_nearly_is_and_of_several_documents_the_first() {
    let folder = folder_with(&[
        ("r.guard", "rule r { a == 1 }\n"),
        ("comma.json", "{\"a\": 1,}"),
        ("comment.json", "{\"a\": 1 # one\n}"),
        ("several.yaml", "# first\n---\na: 1\n---\na: 2\n"),
        ("ended.yaml", "a: 1\n...\nanything [\n"),
        ("marked.yaml", "b: |\n  ---\na: 1\n"),
    ]);
    for strict in [&[][..], &["--strict"]] {
        let mut arguments = vec!["-r", "r.guard", "-d", ".", "--output", "json"];
        arguments.extend(strict);
        let output = guard(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
        assert_eq!(results(&output).as_array().unwrap().len(), 5);
    }
}

#[test]
fn our_own_functions_are_an_error_where_strictness_is_asked_for() {
    let folder = folder_with(&[("r.guard", "let n = add(a, 1)\nrule r { %n == 2 }\n"), ("t.yaml", "a: 1\n")]);
    let arguments = ["-r", "r.guard", "-d", "t.yaml", "--strict"];
    assert_eq!(guard(folder.path(), &arguments[..4]).status.code(), Some(0));
    let strict = guard(folder.path(), &arguments);
    assert_eq!(strict.status.code(), Some(2));
    assert_eq!(stderr(&strict), "lenslint: r.guard: line 1: cfn-guard has no function `add`\n");
}

#[test]
fn clauses_outside_of_rules_have_comments_too() {
    let folder = folder_with(&[
        ("a.guard", "#@ id: ACME-1\n#@ severity: high\nNothing exists\n"),
        ("b.guard", "Nothing exists\n"),
        ("t.yaml", BUCKETS),
    ]);
    let output = guard(folder.path(), &["-r", "a.guard", "b.guard", "-d", "t.yaml", "--output", "concise"]);
    let ids: Vec<String> =
        stdout(&output).lines().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(ids, ["error[ACME-1]", "warning[default]"]);
}

#[test]
fn standard_input_is_data_and_nothing_to_do_is_an_error() {
    let folder = folder_with(&[("r.guard", RULES), ("empty/readme.txt", "")]);
    let rules = folder.path().join("r.guard");
    let output = piped(&["guard", "-r", rules.to_str().unwrap(), "-d", "-", "--output", "json"], BUCKETS);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(results(&output)[0]["data"], "-");
    let document = folder.path().join("t.yaml");
    std::fs::write(&document, BUCKETS).unwrap();
    let document = document.to_str().unwrap();
    let both =
        piped(&["guard", "-r", rules.to_str().unwrap(), "-d", "-", document, "--output", "json"], BUCKETS);
    assert_eq!(results(&both).as_array().unwrap().len(), 2);
    for (rules, data) in [("empty", "t.yaml"), ("r.guard", "empty")] {
        let output = guard(folder.path(), &["-r", rules, "-d", data]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[test]
fn every_failure_is_told_however_many_there_are() {
    let suppressing = |number: usize| {
        format!("\"R{number}\": {{\"Metadata\": {{\"guard\": {{\"SuppressedRules\": [\"all\"]}}}}}}")
    };
    let resources: Vec<String> = (0..1500).map(suppressing).collect();
    let document = format!("{{\"Resources\": {{{}, \"Z\": {{}}}}}}", resources.join(", "));
    let folder =
        folder_with(&[("r.guard", "rule all { Resources.*.Properties exists }\n"), ("t.json", &document)]);
    let output = guard(folder.path(), &["-r", "r.guard", "-d", "t.json", "--output", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(results(&output)[0]["rules"][0]["checks"][0]["path"], "/Resources/Z");
    let strict = guard(folder.path(), &["-r", "r.guard", "-d", "t.json", "--output", "json", "--strict"]);
    assert_eq!(results(&strict)[0]["rules"][0]["checks"].as_array().unwrap().len(), 1501);
}

#[test]
fn a_pattern_that_gives_up_is_no_verdict() {
    let rules = "rule a { s not in [/(?=a)(a|a)*$/] }\nrule b when s == /(?=a)(a|a)*$/ { Nope exists }\nrule c { s exists }\n";
    let document = format!("s: {}!\n", "a".repeat(40));
    let folder = folder_with(&[("r.guard", rules), ("t.yaml", &document)]);
    let output = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml", "--output", "concise"]);
    assert_eq!(output.status.code(), Some(1));
    let told = stdout(&output);
    assert_eq!(told.matches("a regular expression takes too many steps").count(), 2, "{told}");
    let strict = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml", "--strict"]);
    assert_eq!(strict.status.code(), Some(2));
}

#[test]
fn clauses_with_messages_of_their_own_are_findings_of_their_own_and_what_is_shared_counts() {
    let rules = "rule two {\n  Resources.*.A exists << no A >>\n  Resources.*.B exists << no B >>\n  Resources.*.C exists\n}\n\
                 rule name { Resources.*.Name == 'good' }\n";
    let document =
        "x: &x {Name: bad, C: 1, A: 1, B: 1}\nResources:\n  One: *x\n  Two: *x\n  Three: {Name: good}\n";
    let folder = folder_with(&[("r.guard", rules), ("t.yaml", document)]);
    let output = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml", "--output", "concise"]);
    assert_eq!(
        stdout(&output),
        "t.yaml:1:14: warning[name] `Resources.*.Name == 'good'` does not hold for 'One': it is bad (and 1 more like it here)\n\
         t.yaml:5:3: warning[two] no A\n\
         t.yaml:5:3: warning[two] no B\n"
    );
}

#[test]
fn neither_rules_nor_documents_drive_a_terminal() {
    let document = format!("{}\n{BUCKETS}", "a: \"\\e[31m\\n::error::pwned\"");
    let rules = format!(
        "rule r {{ a == 1 <<{HOSTILE}>> }}\nrule s {{ a == 1 }}\nrule t {{ \"{HOSTILE}\" exists }}\n"
    );
    let folder = folder_with(&[("r.guard", &rules), ("t.yaml", &document)]);
    for format in ["full", "concise", "json", "sarif"] {
        let output = guard(folder.path(), &["-r", "r.guard", "-d", "t.yaml", "--output", format]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert_is_inert(&stdout(&output));
    }
}

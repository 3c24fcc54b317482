//! What `check` says of definitions in files of their own: at the line in that file, with the place that names it.

use std::process::Output;

use serde_json::Value;

use super::{folder_with, run, stderr, stdout};

const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flows/flow.asl.json
";

const FLOW: &str = "\
{
  \"StartAt\": \"Convert\",
  \"States\": {
    \"Convert\": {
      \"Type\": \"Task\",
      \"Resource\": \"arn:aws:states:::batch:submitJob.sync\",
      \"TimeoutSeconds\": ${Seconds}
    }
  }
}
";

/// A rule of a user's own that points at states.
const RULE: &str = "\
---
severity: warning
---
# Workflow waits for a job

It may take long.

## Rule
```guard
rule waits when Graph.StateMachines !empty {
    Graph.StateMachines.* {
        States[ Integration == 'sync' ] empty
        <<
            Workflow '{Id}' waits for a job
            At: States[ Integration == 'sync' ].Resource
        >>
    }
}
```

## Fix
Wait for nothing.

## Fails
```yaml
Resources:
  Flow:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition: {States: {Convert: {Type: Task, Resource: 'arn:aws:states:::batch:submitJob.sync'}}} # fires
```
";

fn check(template: &str, flow: &str, select: &str) -> Output {
    let files =
        [("app/t.yaml", template), ("app/flows/flow.asl.json", flow), ("rules/OWN001-waits.md", RULE)];
    let folder = folder_with(&files);
    let arguments = ["check", "--rules", "rules", "--select", select, "--output", "json", "app/t.yaml"];
    run(folder.path(), &arguments)
}

fn findings(output: &Output) -> Value {
    let json: Value = serde_json::from_str(&stdout(output)).unwrap_or_else(|_| panic!("{}", stderr(output)));
    json["findings"].clone()
}

/// Where a finding or a label points: `flow.asl.json:4:5`.
fn place(label: &Value) -> String {
    let start = &label["range"]["start"];
    format!("{}:{}:{}", label["path"].as_str().unwrap(), start["line"], start["column"])
}

#[test]
fn a_finding_about_a_state_stands_in_its_file_and_says_where_that_is_named() {
    let found = findings(&check(TEMPLATE, FLOW, "OWN001"));
    let finding = &found[0];
    assert_eq!(finding["message"], "Workflow 'Flow' waits for a job");
    assert_eq!(place(finding), "app/flows/flow.asl.json:6:19");
    let offset = |end: &str| usize::try_from(finding["range"][end]["offset"].as_u64().unwrap()).unwrap();
    assert_eq!(&FLOW[offset("start")..offset("end")], "\"arn:aws:states:::batch:submitJob.sync\"");
    assert_eq!(finding["resource"], "Flow");
    let path = "Resources/Flow/Properties/DefinitionUri/States/Convert/Resource";
    assert_eq!(finding["logical_path"], path);
    let related = finding["related"].as_array().unwrap();
    assert_eq!(related.len(), 1);
    assert_eq!(
        (place(&related[0]).as_str(), related[0]["message"].as_str()),
        ("app/t.yaml:6:22", Some("named here"))
    );
}

#[test]
fn a_line_above_a_state_changes_no_fingerprint() {
    let fingerprint = |flow: &str| findings(&check(TEMPLATE, flow, "OWN001"))[0]["fingerprint"].clone();
    let moved = FLOW.replace("  \"States\"", "\n  \"Comment\": \"moved\",\n  \"States\"");
    assert_eq!(fingerprint(FLOW), fingerprint(&moved));
}

#[test]
fn a_resource_suppresses_rules_for_its_file_too() {
    let suppressing = TEMPLATE.replace(
        "    Properties:\n",
        "    Metadata: {guard: {SuppressedRules: [OWN001, SLP006]}}\n    Properties:\n",
    );
    assert_eq!(findings(&check(&suppressing, FLOW, "OWN001")), Value::Array(Vec::new()));
    assert_eq!(findings(&check(&suppressing, "{", "SLP006")), Value::Array(Vec::new()));
}

#[test]
fn two_workflows_of_one_file_are_two_findings_that_name_their_own_place() {
    let second = TEMPLATE.lines().skip(2).collect::<Vec<&str>>().join("\n").replace("Flow:", "Other:");
    let found = findings(&check(&format!("{TEMPLATE}{second}\n"), FLOW, "OWN001"));
    let found = found.as_array().unwrap().iter();
    let found: Vec<(String, String)> =
        found.map(|finding| (place(finding), place(&finding["related"][0]))).collect();
    let at = |named: &str| ("app/flows/flow.asl.json:6:19".to_owned(), named.to_owned());
    assert_eq!(found, [at("app/t.yaml:6:22"), at("app/t.yaml:10:22")]);
}

#[test]
fn a_file_that_does_not_parse_is_told_at_the_place_in_it() {
    for (flow, at, said) in [
        (FLOW.replace("\"Task\",", "\"Task\""), "app/flows/flow.asl.json:5:21", "comma"),
        ("[]".to_owned(), "app/flows/flow.asl.json:1:1", "it is no map"),
        (String::new(), "app/flows/flow.asl.json:1:1", "it is no map"),
    ] {
        let found = findings(&check(TEMPLATE, &flow, "ALL"));
        let [finding] = found.as_array().unwrap().as_slice() else { panic!("{found}") };
        assert_eq!((finding["rule"].as_str(), place(finding).as_str()), (Some("SLP006"), at), "{finding}");
        let message = finding["message"].as_str().unwrap();
        assert!(message.starts_with("The definition of Flow cannot be read: "), "{message}");
        assert!(message.to_lowercase().contains(said), "{message}");
        assert_eq!(finding["resource"], "Flow");
        assert_eq!(place(&finding["related"][0]), "app/t.yaml:6:22");
    }
}

#[test]
fn a_file_that_is_made_or_filled_in_before_the_deployment_is_not_told() {
    for (template, flow) in [
        (TEMPLATE.replace("flows/", "made/"), FLOW),
        (TEMPLATE.replace("flows/", "../"), FLOW),
        (TEMPLATE.replace("flows/flow.asl.json", "s3://bucket/flow.asl.json"), FLOW),
        (TEMPLATE.to_owned(), "{\"StartAt\": {{ start }}, \"States\": {}}"),
    ] {
        assert_eq!(findings(&check(&template, flow, "ALL")), Value::Array(Vec::new()), "{template}");
    }
}

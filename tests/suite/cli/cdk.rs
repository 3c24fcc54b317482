//! What a user of the CDK sees: constructs beside logical ids, in every format that has room for them.

use std::path::Path;

use serde_json::{Value, json};

use super::{folder_with, run, stdout};

/// A queue for which its consumer is too slow, as `cdk synth` writes it.
const SLOW: &str = r#"{
 "Resources": {
  "Orders": {
   "Type": "AWS::SQS::Queue",
   "Properties": {"VisibilityTimeout": 60},
   "Metadata": {"aws:cdk:path": "Shop/Orders/Resource"}
  },
  "Worker": {
   "Type": "AWS::Lambda::Function",
   "Properties": {"MemorySize": 512, "Timeout": 30},
   "Metadata": {"aws:cdk:path": "Shop/Worker/Resource"}
  },
  "Mapping": {
   "Type": "AWS::Lambda::EventSourceMapping",
   "Properties": {
    "BatchSize": 1,
    "EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]},
    "FunctionName": {"Ref": "Worker"}
   }
  }
 }
}
"#;

fn findings(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let document: Value = serde_json::from_str(&stdout(&run(folder, arguments))).unwrap();
    document["findings"].as_array().unwrap().clone()
}

#[test]
fn a_finding_names_the_construct_of_its_resource() {
    let folder = folder_with(&[("t.json", SLOW)]);
    let check = ["check", "--select", "SLP202", "t.json"];
    let found = findings(folder.path(), &[&check[..], &["--output", "json"]].concat());
    assert_eq!((&found[0]["resource"], &found[0]["construct"]), (&json!("Orders"), &json!("Shop/Orders")));

    let full = stdout(&run(folder.path(), &check));
    assert!(full.contains("\n  construct: Shop/Orders\n  help: "), "{full}");

    let sarif = stdout(&run(folder.path(), &[&check[..], &["--output", "sarif"]].concat()));
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(
        sarif["runs"][0]["results"][0]["locations"][0]["logicalLocations"],
        json!([
            {"fullyQualifiedName": "Resources/Orders/Properties/VisibilityTimeout"},
            {"fullyQualifiedName": "Shop/Orders", "kind": "construct"},
        ])
    );
}

#[test]
fn where_the_cdk_notes_nothing_there_is_no_construct() {
    let folder = folder_with(&[("t.json", &SLOW.replace("aws:cdk:path", "path"))]);
    let found = findings(folder.path(), &["check", "--output", "json", "--select", "SLP202", "t.json"]);
    assert_eq!((found.len(), &found[0]["construct"]), (1, &Value::Null));
    let full = stdout(&run(folder.path(), &["check", "t.json"]));
    assert!(!full.contains("construct"), "{full}");
}

#[test]
fn what_lies_outside_of_resources_has_no_construct() {
    let twice = SLOW.replace("{\n \"Res", "{\n \"Description\": \"a\",\n \"Description\": \"b\",\n \"Res");
    let folder = folder_with(&[("t.json", &twice)]);
    let found = findings(folder.path(), &["check", "--output", "json", "--select", "SLP002", "t.json"]);
    assert_eq!((found.len(), &found[0]["construct"]), (1, &Value::Null));
}

#[test]
fn a_resource_in_an_included_file_has_its_construct_there() {
    let included = "Orders:\n  Type: AWS::SQS::Queue\n  Properties: {VisibilityTimeout: 60}\n  Metadata: {'aws:cdk:path': Shop/Orders}\n";
    let include = r#""Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "queue.yaml"}},
  "Worker": {"#;
    let start = SLOW.find("  \"Orders\"").unwrap();
    let end = SLOW.find("\"Worker\"").unwrap();
    let template = SLOW.replace(&SLOW[start..end], "  ").replacen("\"Worker\": {", include, 1);
    let folder = folder_with(&[("t.json", &template), ("queue.yaml", included)]);
    let found = findings(folder.path(), &["check", "--output", "json", "--select", "SLP202", "t.json"]);
    let of_first = (&found[0]["path"], &found[0]["construct"]);
    assert_eq!(of_first, (&json!("queue.yaml"), &json!("Shop/Orders")), "{template}");
}

#[test]
fn guard_mode_names_constructs_too() {
    let rule = "rule slow { AWS::SQS::Queue { Properties.VisibilityTimeout >= 180 } }\n";
    let folder = folder_with(&[("t.json", SLOW), ("slow.guard", rule)]);
    let guard = ["guard", "--rules", "slow.guard", "--data", "t.json", "--output", "full"];
    let full = stdout(&run(folder.path(), &guard));
    assert!(full.contains("\n  construct: Shop/Orders\n"), "{full}");
}

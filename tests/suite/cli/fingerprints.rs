//! A fingerprint names a defect, whatever moves around it: it changes when the resource has another name, and else not.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{folder_with, run};

/// Three defects: a queue's timeout, a function's memory, and a chain of two functions.
const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/worker.zip
      Handler: app.handler
      Runtime: python3.13
      Timeout: 30
      Environment:
        Variables:
          INVOICE: !Ref Invoice
      Policies:
        - LambdaInvokePolicy:
            FunctionName: !Ref Invoice
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
        Post:
          Type: Api
          Properties:
            Path: /order
            Method: post
  Invoice:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/invoice.zip
      Handler: app.handler
      Runtime: python3.13
";

const JSON: &str = r#"{
  "Transform": "AWS::Serverless-2016-10-31",
  "Resources": {
    "Invoice": {
      "Type": "AWS::Serverless::Function",
      "Properties": {"CodeUri": "s3://code/invoice.zip", "Handler": "app.handler", "Runtime": "python3.13"}
    },
    "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}},
    "Worker": {
      "Type": "AWS::Serverless::Function",
      "Properties": {
        "CodeUri": "s3://code/worker.zip", "Handler": "app.handler", "Runtime": "python3.13", "Timeout": 30,
        "Environment": {"Variables": {"INVOICE": {"Ref": "Invoice"}}},
        "Policies": [{"LambdaInvokePolicy": {"FunctionName": {"Ref": "Invoice"}}}],
        "Events": {
          "Post": {"Type": "Api", "Properties": {"Path": "/order", "Method": "post"}},
          "Order": {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": ["Orders", "Arn"]}}}
        }
      }
    }
  }
}
"#;

/// The fingerprints of a template, each with its rule. Those of a finding for many are in the baseline.
fn fingerprints(name: &str, text: &str) -> BTreeSet<(String, String)> {
    let folder = folder_with(&[(name, text)]);
    let arguments = ["check", "--isolated", "--baseline", "known.json", "--write-baseline", "-q"];
    run(folder.path(), &arguments);
    let known = std::fs::read_to_string(folder.path().join("known.json")).unwrap();
    let known: Value = serde_json::from_str(&known).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = known["findings"].as_array().unwrap().iter();
    entries.map(|entry| (text(&entry["rule"]), text(&entry["fingerprint"]))).collect()
}

/// The template with each block of its resources moved to the front in turn.
fn reordered(template: &str) -> Vec<String> {
    let (head, resources) = template.split_once("Resources:\n").unwrap();
    let mut blocks: Vec<String> = Vec::new();
    for line in resources.lines() {
        if !line.starts_with("   ") {
            blocks.push(String::new());
        }
        blocks.last_mut().unwrap().push_str(&format!("{line}\n"));
    }
    (0..blocks.len())
        .map(|_| {
            blocks.rotate_left(1);
            format!("{head}Resources:\n{}", blocks.concat())
        })
        .collect()
}

/// Each line with twice its indentation, or behind a comment and an empty line.
fn every_line(template: &str, change: impl Fn(&str, &str) -> String) -> String {
    let lines = template.lines().map(|line| {
        let own = line.trim_start();
        change(&line[..line.len() - own.len()], own)
    });
    lines.collect()
}

#[test]
fn whatever_moves_around_a_defect_leaves_its_fingerprint() {
    let known = fingerprints("t.yaml", TEMPLATE);
    let rules: BTreeSet<&str> = known.iter().map(|(rule, _)| rule.as_str()).collect();
    for rule in ["SLP101", "SLP202", "SLP301"] {
        assert!(rules.contains(rule), "{rules:?}");
    }
    let mut moved = reordered(TEMPLATE);
    moved.push(every_line(TEMPLATE, |indentation, own| format!("{indentation}{indentation}{own}\n")));
    moved.push(every_line(TEMPLATE, |indentation, own| {
        format!("\n{indentation}# A comment.\n{indentation}{own}\n")
    }));
    moved.push(TEMPLATE.replace('\n', "\r\n"));
    moved.push(format!("\u{feff}# ö\n{TEMPLATE}"));
    moved.push(TEMPLATE.replace("VisibilityTimeout: 60", "VisibilityTimeout: '90'"));
    moved.push(TEMPLATE.replace("!GetAtt Orders.Arn", "{Fn::GetAtt: [Orders, Arn]}"));
    for text in &moved {
        assert_eq!(fingerprints("t.yaml", text), known, "{text}");
    }
    assert_eq!(fingerprints("t.json", JSON), known);
}

#[test]
fn another_name_of_the_resource_is_another_defect() {
    let known = fingerprints("t.yaml", TEMPLATE);
    let of = |fingerprints: &BTreeSet<(String, String)>, rule: &str| -> BTreeSet<String> {
        let of_rule = fingerprints.iter().filter(|(of, _)| of == rule);
        of_rule.map(|(_, fingerprint)| fingerprint.clone()).collect()
    };
    for (from, to, rule) in [
        ("Orders", "Returns", "SLP202"),
        ("Worker", "Clerk", "SLP301"),
        ("Worker", "Clerk", "SLP101"),
        ("Invoice", "Bill", "SLP101"),
    ] {
        let renamed = fingerprints("t.yaml", &TEMPLATE.replace(from, to));
        assert_eq!(renamed.len(), known.len(), "{from}");
        assert_ne!(of(&renamed, rule), of(&known, rule), "{from}");
    }
    // What does not rest on it stays.
    let renamed = fingerprints("t.yaml", &TEMPLATE.replace("Orders", "Returns"));
    assert_eq!(of(&renamed, "SLP101"), of(&known, "SLP101"));
}

//! Values that are known in part, from a template to what a rule says of it, and templates that are built to take long.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use crate::lenslint;

/// What a rule page, or the built-in rules, say of a template: messages, with the condition if there is one.
fn findings(template: &str, page: Option<&str>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("template.yaml"), template).unwrap();
    let mut arguments = vec!["check", "--output", "json", "template.yaml"];
    if let Some(page) = page {
        fs::create_dir(folder.path().join("ours")).unwrap();
        fs::write(folder.path().join("ours/OUR001-ours.md"), page).unwrap();
        arguments.extend(["--rules", "ours", "--select", "OUR001"]);
    }
    let output = lenslint(&arguments).current_dir(folder.path()).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let said = |finding: &serde_json::Value| {
        let message = finding["message"].as_str().unwrap();
        match finding["condition"].as_str() {
            Some(condition) => format!("{message} | {condition}"),
            None => message.to_owned(),
        }
    };
    report["findings"].as_array().unwrap().iter().map(said).collect()
}

/// What one clause about a function's properties says in a template with these sections and this property.
fn told(sections: &str, property: &str, clause: &str) -> Vec<String> {
    let template = format!(
        "{sections}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      {property}\n"
    );
    let page = format!(
        "---\nseverity: warning\n---\n# A property is not what it should be\n\nIt hurts.\n\n## Rule\n```guard\nlet functions = Resources.*[ Type == 'AWS::Lambda::Function' ]\n\nrule ours {{\n    %functions {{\n        Properties.{clause} << it is {{Properties.P}} >>\n    }}\n}}\n```\n"
    );
    findings(&template, Some(&page))
}

#[test]
fn a_parameter_without_a_value_is_held_to_its_bounds() {
    let sections = "Parameters:
  Slow: {Type: Number, MinValue: 60}
  Any: {Type: Number}
  Likely: {Type: Number, MinValue: 60, Default: 70}
  Name: {Type: String, MinLength: 3}";
    assert_eq!(
        told(sections, "P: !Ref Slow", "P <= 30"),
        ["it is at least 60 (for every allowed value of 'Slow')"]
    );
    assert_eq!(told(sections, "P: !Ref Slow", "P <= 60"), [""; 0]);
    assert_eq!(told(sections, "P: !Ref Slow", "P > 30"), [""; 0]);
    assert_eq!(told(sections, "P: !Ref Any", "P <= 30"), [""; 0]);
    assert_eq!(
        told(sections, "P: !Ref Likely", "P <= 30"),
        ["it is 70 (with the default of parameter 'Likely')"]
    );
    assert_eq!(told(sections, "P: !Ref Name", "P empty").len(), 1);
    assert_eq!(told(sections, "P: !Ref Name", "P !empty"), [""; 0]);
}

#[test]
fn a_text_with_a_choice_in_it_is_held_to_every_choice() {
    let sections = "Parameters: {Env: {Type: String, AllowedValues: [dev, prod]}, Free: {Type: String}}";
    let property = "P: !Sub 'x-${Env}'";
    assert_eq!(told(sections, property, "P == /^y/"), ["it is x-dev (for every allowed value of 'Env')"]);
    assert_eq!(told(sections, property, "P == 'x-dev'"), [""; 0]);
    assert_eq!(told(sections, "P: !Sub 'x-${Free}'", "P == 'y-dev'").len(), 1);
    assert_eq!(told(sections, "P: !Sub 'x-${Free}'", "P == 'x-dev'"), [""; 0]);
}

#[test]
fn a_choice_is_one_place_to_a_plain_rule_too() {
    let template = "Parameters: {Env: {Type: String, AllowedValues: [dev, prod]}}
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Env}}
";
    let holds = |clause: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("template.yaml"), template).unwrap();
        fs::write(folder.path().join("ours.guard"), format!("rule ours {{ {clause} }}\n")).unwrap();
        let arguments = ["check", "--rules", "ours.guard", "--select", "ours", "template.yaml"];
        lenslint(&arguments).current_dir(folder.path()).output().unwrap().status.success()
    };
    assert!(!holds("Resources.Q.Properties.QueueName == /^y/"));
    assert!(holds("Resources.Q.Properties.QueueName == 'dev'"));
}

#[test]
fn a_made_list_has_members_and_a_length() {
    let sections = "Parameters:
  L: {Type: CommaDelimitedList, Default: 'a,b'}
  Open: {Type: CommaDelimitedList}";
    assert_eq!(
        told(sections, "P: !Ref L", "P.* == 'a'"),
        ["it is [a, b] (with the default of parameter 'L')"]
    );
    assert_eq!(told(sections, "P: !Split [',', 'a,b']", "P empty"), ["it is [a, b]"]);
    assert_eq!(told(sections, "P: !Ref Open", "P empty"), [""; 0]);
    assert_eq!(told(sections, "P: !GetAZs ''", "P empty").len(), 1);
    assert_eq!(told(sections, "P: !GetAZs ''", "P !empty"), [""; 0]);
}

#[test]
fn a_list_is_passed_to_a_nested_stack_as_a_text() {
    let parent = "Parameters: {Env: {Type: String, AllowedValues: [dev, prod]}}
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./child.yaml, Parameters: {L: 'a,b', E: !Ref Env}}
";
    let child = "Parameters: {L: {Type: CommaDelimitedList}, E: {Type: String}}
Rules: {R: {Assertions: [{Assert: !Not [!Equals [!Ref E, prod]]}]}}
Conditions: {IsProd: !Equals [!Ref E, prod]}
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {Tags: !Ref L, DelaySeconds: !If [IsProd, 1, 2]}}
";
    let holds = |clause: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("template.yaml"), parent).unwrap();
        fs::write(folder.path().join("child.yaml"), child).unwrap();
        let rule = format!("rule ours {{ Resources.*[ Type == 'AWS::SQS::Queue' ].Properties.{clause} }}\n");
        fs::write(folder.path().join("ours.guard"), rule).unwrap();
        let arguments = ["check", "--rules", "ours.guard", "--select", "ours", "template.yaml", "child.yaml"];
        let output = lenslint(&arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
        output.status.success()
    };
    assert!(holds("Tags == ['a', 'b']"));
    assert!(!holds("Tags == ['a', 'c']"));
    assert!(holds("DelaySeconds == 2"), "the child's own rules exclude the other case");
    assert!(!holds("DelaySeconds == 1"));
}

#[test]
fn what_rules_exclude_is_no_case() {
    let sections = |rules: &str| {
        format!(
            "Parameters: {{Env: {{Type: String}}}}\n{rules}\nConditions: {{IsProd: !Equals [!Ref Env, prod]}}"
        )
    };
    let property = "P: !If [IsProd, 10, 100]";
    assert_eq!(told(&sections(""), property, "P > 50"), ["it is 10 | IsProd is true"]);
    let rules = "Rules: {R: {Assertions: [{Assert: {'Fn::Contains': [[dev, test], !Ref Env]}}]}}";
    assert_eq!(told(&sections(rules), property, "P > 50"), [""; 0]);
}

#[test]
fn past_the_bound_nothing_is_known_to_be_there_or_not() {
    let nested = (0..40).fold("!Ref AWS::NoValue".to_owned(), |inner, n| format!("!If [C{n}, {n}, {inner}]"));
    for clause in ["P exists", "P !exists", "P < 0", "P >= 0", "Q exists"] {
        let fires = told("", &format!("P: {nested}"), clause);
        assert_eq!(fires, [""; 0], "{clause}");
    }
    for clause in ["P empty", "P !empty", "P.* < 0"] {
        assert_eq!(told("", &format!("P: [{nested}]"), clause), [""; 0], "{clause}");
    }
}

/// Checks a template with all rules, and holds it to a time. A debug build, its start and the reading of the rules are
/// in it.
fn takes_at_most(what: &str, template: &str) -> Vec<String> {
    let start = Instant::now();
    let found = findings(template, None);
    let took = start.elapsed();
    println!("{what}: {took:?}, {} findings, {} bytes", found.len(), template.len());
    assert!(took < Duration::from_secs(5), "{what} takes {took:?}");
    found
}

/// So many conditions that have nothing to do with one another.
fn independent_conditions(count: usize) -> String {
    let mut text = "Parameters:\n".to_owned();
    for n in 0..count {
        writeln!(text, "  P{n}: {{Type: String}}").unwrap();
    }
    text.push_str("Conditions:\n");
    for n in 0..count {
        writeln!(text, "  C{n}: !Equals [!Ref P{n}, x]").unwrap();
    }
    text
}

const FUNCTION: &str = "    Type: AWS::Lambda::Function
    Properties:
      Code: {S3Bucket: code, S3Key: worker.zip}
      Handler: app.handler
      Runtime: python3.13
      Role: arn:aws:iam::123456789012:role/worker
";

#[test]
fn forty_properties_each_under_a_condition_of_its_own() {
    let mut template = independent_conditions(40) + "Resources:\n  F:\n" + FUNCTION;
    template.push_str("      Timeout: !If [C0, 900, 3]\n      MemorySize: !If [C1, 128, 512]\n      Environment:\n        Variables:\n");
    for n in 2..40 {
        writeln!(template, "          V{n}: !If [C{n}, a, !Ref AWS::NoValue]").unwrap();
    }
    takes_at_most("40 conditions", &template);
}

#[test]
fn two_hundred_branches_inside_one_another() {
    let nested = (0..200).fold("900".to_owned(), |inner, n| format!("!If [C{n}, {n}, {inner}]"));
    let mut template = independent_conditions(200) + "Resources:\n  F:\n" + FUNCTION;
    writeln!(template, "      MemorySize: 512\n      Timeout: {nested}").unwrap();
    assert_eq!(takes_at_most("200 nested branches", &template), [""; 0]);
}

#[test]
fn two_hundred_conditions_in_a_chain() {
    let mut template =
        "Parameters: {P: {Type: String}, Q: {Type: String}}\nConditions:\n  C0: !Equals [!Ref P, x]\n"
            .to_owned();
    for n in 1..200 {
        let before = n - 1;
        writeln!(
            template,
            "  C{n}: !Or [Condition: C{before}, !And [!Equals [!Ref Q, q{n}], !Not [Condition: C{before}]]]"
        )
        .unwrap();
    }
    template.push_str("Resources:\n  F:\n");
    template.push_str(FUNCTION);
    template.push_str("      Timeout: !If [C199, 900, 3]\n      MemorySize: !If [C100, 128, 512]\n");
    takes_at_most("200 conditions in a chain", &template);
}

#[test]
fn a_thousand_rows_that_a_parameter_chooses_from() {
    let mut template = "Parameters: {P: {Type: String}}\nMappings:\n  M:\n".to_owned();
    for n in 0..1000 {
        writeln!(template, "    r{n}: {{Timeout: {}, Memory: {}}}", n % 900 + 1, 128 + n % 2).unwrap();
    }
    template.push_str("Resources:\n");
    for n in 0..20 {
        write!(template, "  F{n}:\n{FUNCTION}").unwrap();
        template.push_str("      Timeout: !FindInMap [M, !Ref P, Timeout]\n      MemorySize: !FindInMap [M, !Ref P, Memory]\n");
    }
    takes_at_most("1,000 rows", &template);
}

#[test]
fn sixty_conditions_on_a_hundred_functions_and_fifty_queues() {
    let mut template = independent_conditions(60) + "Resources:\n";
    for n in 0..50 {
        let condition = n % 60;
        writeln!(
            template,
            "  Q{n}:\n    Type: AWS::SQS::Queue\n    Condition: C{condition}\n    Properties: {{VisibilityTimeout: !If [C{}, 30, 600]}}",
            (n + 7) % 60
        )
        .unwrap();
    }
    for n in 0..100 {
        write!(template, "  F{n}:\n    Condition: C{}\n{FUNCTION}", (n + 3) % 60).unwrap();
        writeln!(template, "      Timeout: !If [C{}, 30, !If [C{}, 60, 900]]", (n + 11) % 60, (n + 13) % 60)
            .unwrap();
        writeln!(
            template,
            "  M{n}:\n    Type: AWS::Lambda::EventSourceMapping\n    Condition: C{}\n    Properties:\n      EventSourceArn: !GetAtt Q{}.Arn\n      FunctionName: !Ref F{n}\n      BatchSize: !If [C{}, 10, 100]",
            (n + 17) % 60,
            n % 50,
            (n + 19) % 60
        )
        .unwrap();
    }
    takes_at_most("60 conditions on 250 resources", &template);
}

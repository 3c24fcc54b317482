//! What one rule says several times of one place is one finding, and what that finding says is true in its case.

use std::fs;

use crate::lenslint;

/// A function, up to what a test says of it.
const FUNCTION: &str = "Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
";

/// The findings of one rule in a SAM template with a condition `IsProd`, without the path.
fn findings(rule: &str, resources: &str) -> Vec<String> {
    let said = |finding: &serde_json::Value| {
        let message = finding["message"].as_str().unwrap();
        match finding["condition"].as_str() {
            Some(condition) => format!("{message} | {condition}"),
            None => message.to_owned(),
        }
    };
    reported(rule, resources).iter().map(said).collect()
}

fn reported(rule: &str, resources: &str) -> Vec<serde_json::Value> {
    let report: serde_json::Value = serde_json::from_str(&printed(rule, resources, "json")).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// What is printed in a format.
fn printed(rule: &str, resources: &str, format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let template = format!(
        "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {{Stage: {{Type: String}}, Kind: {{Type: String, Default: EDGE}}, On: {{Type: String, Default: 'true'}}}}
Conditions: {{IsProd: !Equals [!Ref Stage, prod], IsTest: !Equals [!Ref Stage, test]}}
Resources:
{}",
        resources.replace("FUNCTION", FUNCTION.trim_end())
    );
    fs::write(folder.path().join("template.yaml"), template).unwrap();
    let arguments = ["check", "--select", rule, "--output", format, "template.yaml"];
    let output = lenslint(&arguments).current_dir(folder.path()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_branch_that_misses_by_most_has_the_word() {
    let told = findings(
        "SLP202",
        "  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 90}}
  Worker:
    FUNCTION
      Timeout: !If [IsProd, 30, 60]
      Events: {Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}}
",
    );
    let [only] = told.as_slice() else { panic!("one value, one finding: {told:?}") };
    assert!(only.contains("is 360 s") && only.ends_with("| IsProd is false"), "{only}");
}

#[test]
fn the_consumer_that_misses_by_most_has_the_word() {
    let told = findings(
        "SLP202",
        "  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 90}}
  Quick:
    FUNCTION
      Timeout: 20
      Events: {Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}}
  Slow:
    FUNCTION
      Timeout: 80
      Events: {Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}}
",
    );
    let [only] = told.as_slice() else { panic!("one value, one finding: {told:?}") };
    assert!(only.contains("'Slow'") && only.ends_with("is 480 s (and 1 more like it here)"), "{only}");
}

#[test]
fn one_event_with_two_sources_is_one_mapping() {
    let told = findings(
        "SLP216",
        "  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Worker:
    FUNCTION
      Events:
        Click:
          Type: Kinesis
          Properties:
            Stream: !If [IsProd, !ImportValue clicks, !GetAtt Clicks.Arn]
            StartingPosition: LATEST
",
    );
    let [only] = told.as_slice() else { panic!("one mapping, one finding: {told:?}") };
    assert!(!only.contains("more"), "{only}");
}

#[test]
fn what_a_loop_makes_of_one_place_is_counted_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let template = format!(
        "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Fn::ForEach::Functions:
    - Name
    - [Take, Ship, Bill]
    - ${{Name}}Order:
        {}
  Other:
    {FUNCTION}",
        FUNCTION.replace('\n', "\n    ").trim_end()
    );
    fs::write(folder.path().join("template.yaml"), template).unwrap();
    let arguments = ["check", "--select", "SLP301", "--output", "concise", "template.yaml"];
    let output = lenslint(&arguments).current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("'TakeOrder' and 3 more") && told.lines().count() == 1, "{told}");
}

#[test]
fn what_is_one_finding_for_a_template_names_a_member_that_is_one_in_every_case() {
    let told = findings(
        "SLP301",
        "  Sometimes:
    FUNCTION
      MemorySize: !If [IsProd, 1024, !Ref AWS::NoValue]
  Always:
    FUNCTION
",
    );
    let [only] = told.as_slice() else { panic!("one template, one finding: {told:?}") };
    assert!(only.contains("'Always' and 1 more") && !only.contains('|'), "{only}");
}

#[test]
fn a_label_names_every_case_in_which_its_place_counts() {
    let reported = reported(
        "SLP217",
        "  Orders: {Type: AWS::SQS::Queue}
  First:
    FUNCTION
      Events: {Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}}
  Second:
    FUNCTION
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: !If [IsProd, 5, !If [IsTest, 6, 1]]
",
    );
    let [finding] = reported.as_slice() else { panic!("one finding: {reported:?}") };
    let label = finding["related"][0]["message"].as_str();
    assert_eq!(label, Some("no batch window (when IsProd is true or IsTest is true)"));
}

#[test]
fn what_is_as_bad_of_another_source_in_the_other_case_is_told_too() {
    let told = findings(
        "SLP209",
        "  Orders: {Type: AWS::SQS::Queue}
  Worker:
    FUNCTION
      Events:
        Order: {Type: SQS, Properties: {Queue: !If [IsProd, 'arn:aws:sqs:eu-west-1:123456789012:shared', !GetAtt Orders.Arn]}}
",
    );
    let [only] = told.as_slice() else { panic!("one mapping, one finding: {told:?}") };
    assert!(only.contains("(when IsProd is true, and likewise when IsProd is false)"), "{only}");
}

#[test]
fn a_reader_is_told_once_in_which_cases_it_is_as_bad() {
    let resources = "  Orders: {Type: AWS::SQS::Queue}
  Worker:
    FUNCTION
      Timeout: !If [IsProd, 20, 30]
      Events: {Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}}
";
    let told = printed("SLP210", resources, "concise");
    let (_, cases) = told.lines().find_map(|line| line.split_once(" h (the default)")).unwrap();
    assert_eq!(cases, " (when IsProd is true, and likewise when IsProd is false)");
}

#[test]
fn what_globals_write_for_several_is_told_of_all_of_them() {
    let told = findings(
        "SLP407",
        "  First:
    FUNCTION
  Second:
    FUNCTION
Globals:
  Function: {AutoPublishAlias: live, ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 20}}
",
    );
    let [only] = told.as_slice() else { panic!("one number, one finding: {told:?}") };
    assert!(only.contains("'First'") && only.ends_with("(and 1 more like it here)"), "{only}");
}

#[test]
fn what_a_loop_makes_is_told_of_all_of_it() {
    let functions = "  Fn::ForEach::Functions:
    - Name
    - [First, Second, Third]
    - ${Name}Function:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          FunctionUrlConfig: {AuthType: AWS_IAM}
";
    let [one_for_all] = findings("SLP301", functions).try_into().unwrap();
    assert!(one_for_all.contains("'FirstFunction' and 2 more"), "{one_for_all}");
    let [each_at_one_place] = findings("SLP401", functions).try_into().unwrap();
    assert!(each_at_one_place.ends_with("(and 2 more like it here)"), "{each_at_one_place}");
}

#[test]
fn what_others_rest_on_is_not_said_of_one() {
    let told = findings(
        "SLP316",
        "  Stated: {Type: AWS::Serverless::Api, Properties: {StageName: prod, EndpointConfiguration: {Type: EDGE}}}
  Chosen: {Type: AWS::Serverless::Api, Properties: {StageName: prod, EndpointConfiguration: {Type: !Ref Kind}}}
  Worker:
    FUNCTION
      Events:
        A: {Type: Api, Properties: {RestApiId: !Ref Stated, Path: /a, Method: get, TimeoutInMillis: 60000}}
        B: {Type: Api, Properties: {RestApiId: !Ref Chosen, Path: /b, Method: get}}
",
    );
    let [only] = told.as_slice() else { panic!("one route, one finding: {told:?}") };
    assert!(only.ends_with("the deployment fails"), "{only}");

    let told = findings(
        "SLP218",
        "  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Views: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Worker:
    FUNCTION
      Events:
        A: {Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST}}
        B: {Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST}}
        C: {Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST}}
        D: {Type: Kinesis, Properties: {Stream: !GetAtt Views.Arn, StartingPosition: LATEST, Enabled: !Ref On}}
",
    );
    let [only] = told.as_slice() else { panic!("one stream, one finding: {told:?}") };
    assert!(only.ends_with("and fall behind"), "{only}");
}

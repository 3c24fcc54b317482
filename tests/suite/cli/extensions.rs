//! What `check` says of loops and included files: under the author's names, at the author's places.

use super::{folder_with, run, stderr, stdout};

const LOOP: &str = "\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Fn::ForEach::Queues:
    - Name
    - [A, B]
    - Queue${Name}:
        Type: AWS::SQS::Queue
        Properties: {VisibilityTimeout: 60}
      Worker${Name}:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          MemorySize: 512
          Timeout: 30
          Events:
            Order:
              Type: SQS
              Properties: {Queue: !GetAtt ['Queue${Name}', Arn], BatchSize: 1}
";

#[test]
fn a_finding_in_a_loop_names_what_the_loop_makes_at_its_place_in_the_body() {
    let folder = folder_with(&[("t.yaml", LOOP)]);
    let output = run(folder.path(), &["check", "--select", "SLP202", "--output", "json", "t.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let finding = &json["findings"][0];
    let message = finding["message"].as_str().unwrap();
    assert!(message.starts_with("Queue 'QueueA' hides messages for 60 s"), "{message}");
    assert_eq!(finding["resource"], "Queue${Name}");
    assert_eq!(finding["logical_path"], "Resources/Queue${Name}/Properties/VisibilityTimeout");
    let suppressed = LOOP.replace(
        "    - Queue${Name}:\n",
        "    - Queue${Name}:\n        Metadata: {guard: {SuppressedRules: [SLP202]}}\n",
    );
    let folder = folder_with(&[("t.yaml", &suppressed)]);
    let output = run(folder.path(), &["check", "--select", "SLP202", "t.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn a_loop_without_its_transform_is_told_at_the_loop() {
    let folder = folder_with(&[("t.yaml", &LOOP.replace("AWS::LanguageExtensions, ", ""))]);
    let output = run(folder.path(), &["check", "--output", "concise", "t.yaml"]);
    let expected = "t.yaml:3:3: warning[SLP006] `Fn::ForEach::Queues` needs the transform AWS::LanguageExtensions, which the template does not name\n";
    assert_eq!(stdout(&output), expected, "{}", stderr(&output));
}

#[test]
fn a_finding_in_an_included_file_is_shown_there() {
    let queue = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: parts/queue.yaml}}\n";
    let included = LOOP.replace("${Name}", "");
    let body: Vec<&str> = included.lines().skip(5).map(|line| &line[6..]).collect();
    let included = body.join("\n");
    let folder = folder_with(&[("app/t.yaml", queue), ("app/parts/queue.yaml", &included)]);
    let output = run(folder.path(), &["check", "--select", "SLP202", "--output", "concise", "app/t.yaml"]);
    let said = stdout(&output);
    assert!(said.starts_with("app/parts/queue.yaml:3:35: warning[SLP202] Queue 'Queue'"), "{said}");
}

#[test]
fn what_globals_could_mend_for_functions_of_a_loop_points_there() {
    let template = LOOP
        .replace("          MemorySize: 512\n", "")
        .replace("Resources:\n", "Globals:\n  Function: {Tracing: Active}\nResources:\n");
    let folder = folder_with(&[("t.yaml", &template)]);
    let output = run(folder.path(), &["check", "--select", "SLP301", "--output", "concise", "t.yaml"]);
    assert!(stdout(&output).starts_with("t.yaml:3:3: warning[SLP301] "), "{}", stdout(&output));
}

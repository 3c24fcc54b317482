//! Templates that are deployed together: nested stacks, exports, and the parts of one application.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{folder_with, run, stderr, stdout};

/// A queue whose time to hide messages its parent decides.
const QUEUE: &str = "\
Parameters:
  Hide: {Type: Number}
  Env: {Type: String, Default: dev}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !Ref Hide
  Tests:
    Type: AWS::SQS::Queue
    Condition: IsDev
Outputs:
  Arn: {Value: !GetAtt Jobs.Arn}
";

/// Its consumer, in another stack.
const WORKER: &str = "\
Transform: AWS::Serverless-2016-10-31
Parameters:
  QueueArn: {Type: String}
  Wait: {Type: Number, Default: 5}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      MemorySize: 512
      Timeout: !Ref Wait
      Events:
        Job:
          Type: SQS
          Properties: {Queue: !Ref QueueArn, BatchSize: 1}
";

/// Both in one application.
const ROOT: &str = "\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Env: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Queues:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: stacks/queue.yaml
      Parameters:
        Hide: !If [IsProd, 300, 45]
        Env: !Ref Env
  Workers:
    Type: AWS::Serverless::Application
    Properties:
      Location: ./stacks/worker.yaml
      Parameters: {QueueArn: !GetAtt Queues.Outputs.Arn, Wait: 30}
";

/// The findings of SLP202: place, message, and the places of the labels.
fn slow_queues(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = run(folder, &[&["check", "--select", "SLP202", "--output", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let place =
        |label: &Value| format!("{}:{}", label["path"].as_str().unwrap(), label["range"]["start"]["line"]);
    let told = |finding: &Value| {
        let related: Vec<String> = finding["related"].as_array().unwrap().iter().map(place).collect();
        let when = finding["condition"].as_str().unwrap_or("ever");
        format!(
            "{} {} when {when} [{}]",
            place(finding),
            finding["message"].as_str().unwrap(),
            related.join(" ")
        )
    };
    report["findings"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn parameters_go_down_into_nested_stacks_and_outputs_come_up() {
    let folder =
        folder_with(&[("app.yaml", ROOT), ("stacks/queue.yaml", QUEUE), ("stacks/worker.yaml", WORKER)]);
    let [finding] = &slow_queues(folder.path(), &["app.yaml"])[..] else { panic!("one finding") };
    assert!(
        finding.starts_with(
            "stacks/queue.yaml:10 Queue 'Queues/Jobs' hides messages for 45 s (passed for parameter 'Queues/Hide'), but its consumer 'Workers/Worker' may run for 30 s (passed for parameter 'Workers/Wait')"
        ),
        "{finding}"
    );
    // Where it is passed, the consumer's timeout and where that is passed, the mapping, and where the stack is nested.
    let related = "[app.yaml:12 stacks/worker.yaml:13 app.yaml:18 stacks/worker.yaml:15 app.yaml:7]";
    assert!(finding.ends_with(related), "{finding}");
    assert!(finding.contains("when IsProd is false"), "{finding}");
    // What is checked as a part of the application is not checked for itself.
    assert_eq!(slow_queues(folder.path(), &["."]), std::slice::from_ref(finding));
    assert_eq!(slow_queues(folder.path(), &["stacks/queue.yaml", "app.yaml"]), std::slice::from_ref(finding));
    // For itself, nobody knows what it is handed.
    assert!(slow_queues(folder.path(), &["stacks"]).is_empty());
}

#[test]
fn a_finding_in_a_nested_stack_leads_to_it() {
    let queue = QUEUE.replace("!Ref Hide", "45");
    let folder =
        folder_with(&[("app.yaml", ROOT), ("stacks/queue.yaml", &queue), ("stacks/worker.yaml", WORKER)]);
    let [finding] = &slow_queues(folder.path(), &["."])[..] else { panic!("one finding") };
    assert!(finding.starts_with("stacks/queue.yaml:10 "), "{finding}");
    assert!(finding.ends_with("stacks/worker.yaml:15 app.yaml:7]"), "{finding}");
}

#[test]
fn a_nested_stack_exists_where_its_resource_does() {
    let root = ROOT.replace(
        "Type: AWS::Serverless::Application\n",
        "Type: AWS::Serverless::Application\n    Condition: IsProd\n",
    );
    let folder =
        folder_with(&[("app.yaml", &root), ("stacks/queue.yaml", QUEUE), ("stacks/worker.yaml", WORKER)]);
    assert!(slow_queues(folder.path(), &["app.yaml"]).is_empty(), "in production it hides them long enough");
}

#[test]
fn what_a_nested_stack_is_not_handed_is_its_default() {
    let queue = "Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>'}
Mappings: {Seconds: {dev: {Hide: 600}, prod: {Hide: 45}}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsStored: !Equals [!Ref Stored, prod]
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !If [IsProd, 45, !If [IsStored, 60, !FindInMap [Seconds, !Ref Env, Hide]]]
Outputs:
  Arn: {Value: !GetAtt Jobs.Arn}
";
    let root = ROOT.replace("        Hide: !If [IsProd, 300, 45]\n", "        Stored: /app/env\n");
    let files = |root: &str| {
        folder_with(&[("app.yaml", root), ("stacks/queue.yaml", queue), ("stacks/worker.yaml", WORKER)])
    };
    let found = |root: &str| {
        let found = slow_queues(files(root).path(), &["app.yaml"]);
        let hides = |finding: &String| {
            finding
                .split(" hides messages for ")
                .nth(1)
                .and_then(|rest| rest.split(" s").next())
                .map(str::to_owned)
        };
        found.iter().filter_map(hides).collect::<Vec<_>>()
    };
    // What SSM holds under the name that is passed is not known.
    assert_eq!(found(&root.replace("        Env: !Ref Env\n", "")), ["60"]);
    assert_eq!(found(&root), ["45", "60"]);
}

#[test]
fn an_export_and_its_import_join_up() {
    let queue = QUEUE.replace("!Ref Hide", "45").replace("Jobs.Arn}", "Jobs.Arn, Export: {Name: jobs}}");
    let worker = WORKER.replace("!Ref QueueArn", "!ImportValue jobs").replace("!Ref Wait", "30");
    let folder = folder_with(&[("queue.yaml", &queue), ("worker.yaml", &worker)]);
    let [finding] = &slow_queues(folder.path(), &["."])[..] else { panic!("one finding") };
    assert!(
        finding.starts_with("queue.yaml:10 Queue 'Jobs' hides messages for 45 s, but its consumer 'Worker'")
    );
    assert!(slow_queues(folder.path(), &["worker.yaml"]).is_empty());
    // Which of two stacks that export one name is meant is not known.
    let folder = folder_with(&[("queue.yaml", &queue), ("other.yaml", &queue), ("worker.yaml", &worker)]);
    assert!(slow_queues(folder.path(), &["."]).is_empty());
}

#[test]
fn what_a_nested_stack_exports_is_what_its_parent_makes_of_it() {
    let queue = QUEUE
        .replace("Hide: {Type: Number}", "Hide: {Type: Number, Default: 45}")
        .replace("Jobs.Arn}", "Jobs.Arn, Export: {Name: jobs}}");
    let root = |hide: &str| {
        format!(
            "Resources:\n  Queues: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: stacks/queue.yaml, Parameters: {{Hide: {hide}}}}}}}\n"
        )
    };
    let worker = WORKER.replace("!Ref QueueArn", "!ImportValue jobs").replace("!Ref Wait", "30");
    let told = |hide: &str, paths: &[&str]| {
        let files =
            [("app.yaml", &*root(hide)), ("stacks/queue.yaml", &queue), ("other/worker.yaml", &worker)];
        slow_queues(folder_with(&files).path(), paths)
    };
    assert!(told("300", &["."]).is_empty(), "the default of the parameter is nothing that is deployed");
    let [finding] = &told("60", &["."])[..] else { panic!("one finding") };
    let expected = "stacks/queue.yaml:10 Queue 'Queues/Jobs' hides messages for 60 s (passed for parameter 'Queues/Hide'), but";
    assert!(finding.starts_with(expected), "{finding}");
    // The nested template is seen, whether it is among the paths or not.
    assert_eq!(told("60", &["other", "app.yaml"]), std::slice::from_ref(finding));
}

#[test]
fn what_a_nested_stack_is_not_passed_is_the_default_and_nothing_else() {
    let queue = QUEUE
        .replace("Hide: {Type: Number}", "Hide: {Type: Number, Default: 45}")
        .replace("Default: dev", "Default: dev, AllowedValues: [dev, prod]")
        .replace("!Ref Hide", "!If [IsDev, !Ref Hide, 5]");
    let told = |parameters: &str| {
        let root = ROOT.replace(
            "      Parameters:\n        Hide: !If [IsProd, 300, 45]\n        Env: !Ref Env\n",
            parameters,
        );
        let folder = folder_with(&[
            ("app.yaml", &root),
            ("stacks/queue.yaml", &queue),
            ("stacks/worker.yaml", WORKER),
        ]);
        slow_queues(folder.path(), &["app.yaml"])
    };
    let expected =
        "Queue 'Queues/Jobs' hides messages for 45 s (the default of parameter 'Queues/Hide'), but";
    for parameters in ["", "      Parameters: {Hide: !Ref AWS::NoValue}\n"] {
        let [finding] = &told(parameters)[..] else { panic!("one finding for {parameters}") };
        assert!(finding.contains(expected) && finding.contains("when ever"), "{finding}");
    }
    let [when_dev] = &told("      Parameters: {Hide: !If [IsProd, 300, !Ref AWS::NoValue]}\n")[..] else {
        panic!("one finding")
    };
    assert!(when_dev.contains(expected) && when_dev.contains("when IsProd is false"), "{when_dev}");
    assert!(told("      Fn::Transform: {Name: Parameters}\n").is_empty(), "a macro may pass anything");
}

#[test]
fn an_export_whose_name_is_given_is_found_and_one_by_default_is_not() {
    let named =
        |text: &str| text.replace("Parameters:\n", "Parameters:\n  Stage: {Type: String, Default: dev}\n");
    let queue = named(QUEUE)
        .replace("!Ref Hide", "45")
        .replace("Jobs.Arn}", "Jobs.Arn, Export: {Name: !Sub '${Stage}-jobs'}}");
    let worker = named(WORKER)
        .replace("!Ref QueueArn", "!ImportValue {Fn::Sub: '${Stage}-jobs'}")
        .replace("!Ref Wait", "30");
    let folder = folder_with(&[("queue.yaml", &queue), ("worker.yaml", &worker)]);
    assert_eq!(slow_queues(folder.path(), &[".", "--parameter", "Stage=prod"]).len(), 1);
    // Nothing in a finding could say that an ARN rests on a default.
    assert!(slow_queues(folder.path(), &["."]).is_empty());
    fs::write(folder.path().join("queue.yaml"), queue.replace("!Sub '${Stage}-jobs'", "dev-jobs")).unwrap();
    assert!(slow_queues(folder.path(), &["."]).is_empty());
}

#[test]
fn what_two_stacks_call_alike_is_told_apart_unless_it_is_alike() {
    let export = |env: &str| {
        format!(
            "Parameters: {{Env: {{Type: String{env}}}}}\nConditions: {{IsProd: !Equals [!Ref Env, prod]}}\nResources:\n  Worker: {{Type: AWS::SNS::Topic}}\n  Jobs: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: !If [IsProd, 45, 300]}}}}\nOutputs: {{Arn: {{Value: !GetAtt Jobs.Arn, Export: {{Name: jobs}}}}}}\n"
        )
    };
    let worker = WORKER
        .replace("!Ref QueueArn", "!ImportValue jobs")
        .replace("!Ref Wait", "!If [IsProd, 5, 30]")
        .replace(
            "Parameters:\n",
            "Conditions: {IsProd: !Equals [!Ref Env, prod]}\nParameters:\n  Env: {Type: String}\n",
        );
    let told = |exporting: &str| {
        let folder = folder_with(&[("queue.yaml", exporting), ("worker.yaml", &worker)]);
        slow_queues(folder.path(), &["."])
    };
    assert!(told(&export("")).is_empty(), "both are in production or none is");
    let [finding] = &told(&export(", AllowedValues: [prod, test]"))[..] else { panic!("one finding") };
    assert!(finding.contains("'worker/Worker'"), "{finding}");
    assert!(finding.contains("worker/IsProd is false and IsProd is true"), "{finding}");
}

#[test]
fn the_parts_of_an_application_are_merged() {
    let queue = QUEUE.replace("!Ref Hide", "45");
    let worker = WORKER
        .replace("Transform: AWS::Serverless-2016-10-31\n", "")
        .replace("!Ref QueueArn", "!GetAtt Jobs.Arn")
        .replace("!Ref Wait", "30");
    let folder = folder_with(&[
        ("main.yaml", "Transform: AWS::Serverless-2016-10-31\nResources: {Topic: {Type: AWS::SNS::Topic}}\n"),
        ("queue.yaml", &queue),
        ("worker.yaml", &worker),
    ]);
    assert!(slow_queues(folder.path(), &["."]).is_empty());
    let [finding] = &slow_queues(folder.path(), &["--merge", "."])[..] else { panic!("one finding") };
    assert!(finding.starts_with("queue.yaml:10 Queue 'Jobs' hides messages for 45 s"), "{finding}");
    assert!(finding.contains("worker.yaml:"), "{finding}");

    let written = "[[application]]\nname = 'jobs'\nfiles = ['main.yaml', 'queue.yaml', 'worker.yaml']\n";
    fs::write(folder.path().join("lenslint.toml"), written).unwrap();
    assert_eq!(slow_queues(folder.path(), &["."]), [finding.as_str()], "a configuration says so too");
    let incomplete = written.replace("'queue.yaml', ", "");
    fs::write(folder.path().join("lenslint.toml"), incomplete).unwrap();
    assert!(slow_queues(folder.path(), &["."]).is_empty());
}

#[test]
fn globals_of_one_part_lend_to_the_others_and_a_resource_of_two_parts_is_told() {
    let folder = folder_with(&[
        (
            "a.yaml",
            "Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Timeout: 30}}\nResources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 45}}\n",
        ),
        (
            "b.yaml",
            &WORKER
                .replace("      Timeout: !Ref Wait\n", "")
                .replace("!Ref QueueArn", "!GetAtt Jobs.Arn")
                .replace("Parameters:", "Globals: {Function: {MemorySize: 512}}\nParameters:"),
        ),
        ("c.yaml", "Resources: {Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 46}}}\n"),
    ]);
    let [finding, twice] = &slow_queues(folder.path(), &["--merge", "."])[..] else { panic!("two findings") };
    let (slow, twice) = if finding.contains("defined in two") { (twice, finding) } else { (finding, twice) };
    assert!(slow.contains("hides messages for 46 s") && slow.contains("30 s (from Globals)"), "{slow}");
    assert!(twice.starts_with("c.yaml:1 Resource 'Jobs' is defined in two files"), "{twice}");
}

#[test]
fn a_file_that_is_nested_twice_is_told_of_for_each_value_that_it_is_handed() {
    let worker = WORKER.replace("!Ref QueueArn", "!GetAtt Jobs.Arn").replace("!Ref Wait", "30");
    let child =
        format!("{worker}  Jobs: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: !Ref Wait}}}}\n");
    let stack = |hide: u32| {
        format!(
            "{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: child.yaml, Parameters: {{Wait: {hide}, QueueArn: x}}}}}}"
        )
    };
    let root = format!(
        "Resources:\n  A: {}\n  B: {}\n  C: {}\n  D: {}\n",
        stack(45),
        stack(46),
        stack(45),
        stack(180)
    );
    let folder = folder_with(&[("root.yaml", &root), ("child.yaml", &child)]);
    let told = slow_queues(folder.path(), &["root.yaml"]);
    let [first, second] = &told[..] else { panic!("two findings: {told:#?}") };
    assert!(
        first.contains("hides messages for 45 s") && second.contains("hides messages for 46 s"),
        "{told:#?}"
    );
}

#[test]
fn two_parts_may_each_hold_rows_of_one_mapping() {
    let part =
        |row: &str, rest: &str| format!("Mappings: {{M: {{{row}: {{Hide: 45}}}}}}\nResources:\n{rest}");
    let queue =
        "  Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !FindInMap [M, dev, Hide]}}\n";
    let worker = WORKER.replace("!Ref QueueArn", "!GetAtt Jobs.Arn").replace("!Ref Wait", "30");
    let folder = folder_with(&[
        ("a.yaml", &part("dev", queue)),
        ("b.yaml", &part("test", "  Topic: {Type: AWS::SNS::Topic}\n")),
        ("c.yaml", &worker),
    ]);
    let [finding] = &slow_queues(folder.path(), &["--merge", "."])[..] else { panic!("one finding") };
    assert!(finding.contains("hides messages for 45 s"), "{finding}");
}

#[test]
fn a_part_that_cannot_be_read_silences_the_others() {
    let folder = folder_with(&[
        ("a.yaml", "Resources:\n  Jobs: {Type: AWS::SQS::Queue\n"),
        (
            "b.yaml",
            &WORKER.replace("!Ref QueueArn", "!GetAtt Jobs.Arn").replace("      MemorySize: 512\n", ""),
        ),
    ]);
    let output = run(folder.path(), &["check", "--merge", "--output", "concise"]);
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
    assert!(stdout(&output).starts_with("a.yaml:"));
}

#[test]
fn what_is_hidden_in_one_stack_does_not_hide_what_another_lacks() {
    let function = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: src/, Handler: app.handler, Runtime: python3.13}\n";
    let suppressing = function
        .replace("    Properties:", "    Metadata: {guard: {SuppressedRules: [SLP301]}}\n    Properties:");
    let stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL";
    let root = format!("Resources:\n  A: {stack}: a.yaml}}}}\n  B: {stack}: b.yaml}}}}\n");
    let folder = folder_with(&[("app.yaml", &root), ("a.yaml", &suppressing), ("b.yaml", function)]);
    let said =
        || stdout(&run(folder.path(), &["check", "--select", "SLP301", "--output", "concise", "app.yaml"]));
    let expected = "b.yaml:3:3: warning[SLP301] MemorySize is stated nowhere for 'B/F': Lambda gives 128 MB, the default\n";
    assert_eq!(said(), expected);
    fs::write(folder.path().join("a.yaml"), function).unwrap();
    fs::write(folder.path().join("lenslint.toml"), "[per-file-ignores]\n'a.yaml' = ['SLP301']\n").unwrap();
    assert_eq!(said(), expected);
}

#[test]
fn stacks_that_nest_each_other_end_and_are_told() {
    let nesting = |other: &str| {
        format!(
            "Resources: {{S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {other}, Parameters: {{P: !GetAtt S.Outputs.O}}}}}}}}\nParameters: {{P: {{Type: String}}}}\nOutputs: {{O: {{Value: !Ref P}}}}\n"
        )
    };
    let folder = folder_with(&[("a.yaml", &nesting("b.yaml")), ("b.yaml", &nesting("a.yaml"))]);
    let output = run(folder.path(), &["check", "--output", "concise"]);
    assert!(stdout(&output).starts_with("b.yaml:1:"), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("a.yaml nests itself"), "{}", stdout(&output));
    assert_eq!(stdout(&output).lines().count(), 1);
}

#[test]
fn nothing_outside_of_the_project_is_nested_and_what_is_broken_is_told() {
    let folder = folder_with(&[
        ("queue.yaml", QUEUE),
        ("app/stacks/worker.yaml", "Resources: [\n"),
        ("app/app.yaml", &ROOT.replace("stacks/queue.yaml", "../queue.yaml")),
    ]);
    let graph = |path: &str| {
        let output = run(&folder.path().join("app"), &["expand", "--graph", path]);
        (stdout(&output), stderr(&output))
    };
    let (printed, told) = graph("app.yaml");
    assert!(!printed.contains("Queues/Jobs"), "{printed}");
    assert!(told.contains("./stacks/worker.yaml is not taken into account: line "), "{told}");
    // Inside of the repository it is.
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert!(graph("app.yaml").0.contains("Queues/Jobs"));
}

#[test]
fn a_file_that_is_nested_twice_is_told_of_from_top_to_bottom() {
    let stack = |id: &str, hide: u8| {
        format!(
            "  {id}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: stack.yaml, Parameters: {{Hide: {hide}}}}}}}\n"
        )
    };
    let root = format!("Resources:\n{}{}", stack("A", 200), stack("B", 6));
    let worker =
        WORKER.replace("!Ref QueueArn", "!GetAtt Jobs.Arn").replace("  QueueArn: {Type: String}\n", "");
    let nested = worker
        .replace("BatchSize: 1}", "BatchSize: 10}")
        .replace(
            "Resources:\n",
            "Resources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hide}}\n",
        )
        .replace("Parameters:\n", "Parameters:\n  Hide: {Type: Number}\n");
    let folder = folder_with(&[("app.yaml", &root), ("stack.yaml", &nested)]);
    let output = stdout(&run(folder.path(), &["check", "--output", "concise", "app.yaml"]));
    let lines: Vec<u32> =
        output.lines().map(|line| line.split(':').nth(1).unwrap().parse().unwrap()).collect();
    assert!(lines.len() > 1 && lines.is_sorted(), "{output}");
    assert!(output.contains("'A/") && output.contains("'B/"), "{output}");
}

#[test]
fn the_report_counts_nested_templates_and_says_things_once() {
    let folder = folder_with(&[
        ("app.yaml", ROOT),
        ("other.yaml", ROOT),
        ("stacks/queue.yaml", QUEUE),
        ("stacks/worker.yaml", &WORKER.replace("Resources:\n", "Resources:\n  Again: {Type: T, Type: T}\n")),
    ]);
    let output = run(folder.path(), &["check", "--select", "SLP002", "--output", "json", "."]);
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let [finding] = &report["findings"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!(
        (finding["path"].as_str(), finding["resource"].as_str()),
        (Some("stacks/worker.yaml"), Some("Again"))
    );
    assert_eq!(report["summary"]["templates"], 6);
}

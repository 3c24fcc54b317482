//! What the values that are given for a deployment change, and what they never show.

use super::{folder_with, piped, run, stderr, stdout};

/// One template for all stages: `Env` decides a condition and a mapping's row, `Timeout` is a number, `Token` a
/// secret that stands everywhere.
const STAGED: &str = "\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
  Timeout: {Type: Number, Default: 10}
  Token: {Type: String, NoEcho: true, Default: nobody}
  Tokens: {Type: CommaDelimitedList, NoEcho: true}
  Path: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /nowhere}
Mappings:
  Visibility: {dev: {Seconds: 60}, prod: {Seconds: 600}}
  Batches: {eu-west-1: {Size: 5}, cn-north-1: {Size: 100}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsChina: !Equals [!Ref AWS::Partition, aws-cn]
  IsKnown: !Equals [!Ref Token, sesame]
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub '${Token}-orders'
      VisibilityTimeout: !FindInMap [Visibility, !Ref Env, Seconds]
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: !Ref Token}
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: s3://layers/x.zip, Description: !Ref Token}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Ref Token
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      MemorySize: !If [IsProd, 512, 128]
      Timeout: !Ref Timeout
      Environment:
        Variables: {A: !Ref Token, B: !Join ['-', !Ref Tokens], C: !If [IsKnown, !Ref Token, x], D: !Ref Path}
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: !FindInMap [Batches, !Ref AWS::Region, Size]
            FunctionResponseTypes: [ReportBatchItemFailures]
";

/// A loop over secrets.
const LOOP: &str = "  Fn::ForEach::Made: [Name, !Ref Tokens, {'Topic${Name}': {Type: AWS::SNS::Topic}}]\n";

const SAM_CONFIG: &str = "\
version = 0.1
[dev.deploy.parameters]
region = \"eu-west-1\"
parameter_overrides = \"Env=\\\"dev\\\" Timeout=30\"
[prod.global.parameters]
region = \"cn-north-1\"
[prod.deploy.parameters]
parameter_overrides = [\"Env=prod\", \"Timeout=200\"]
";

fn concise(arguments: &[&str]) -> String {
    let folder = folder_with(&[("t.yaml", STAGED), ("samconfig.toml", SAM_CONFIG)]);
    let check = ["check", "--output", "concise", "--select", "SLP202,SLP203,SLP313"];
    stdout(&run(folder.path(), &[&check[..], arguments].concat()))
}

#[test]
fn two_environments_of_one_template_have_findings_of_their_own() {
    assert_eq!(
        concise(&["--env", "dev"]),
        "t.yaml:9:31: warning[SLP202] Queue 'Orders' hides messages for 60 s (with Env = 'dev' as given), but its consumer \
         'Worker' may run for 30 s (given for parameter 'Timeout'): six times that is 180 s\n\
         t.yaml:21:3: info[SLP313] REST API 'Api' does not state its endpoint type: it will be edge-optimized\n"
    );
    assert_eq!(
        concise(&["--env", "prod"]),
        "t.yaml:9:52: warning[SLP202] Queue 'Orders' hides messages for 600 s (with Env = 'prod' as given), but its consumer \
         'Worker' may run for 200 s (given for parameter 'Timeout'): six times that is 1200 s\n\
         t.yaml:10:54: error[SLP203] A batch of 100 messages (with AWS::Region = 'cn-north-1' as given) from queue 'Orders' \
         needs a batch window of at least 1 s, and 'Worker' has none: Lambda rejects the mapping\n"
    );
}

#[test]
fn what_is_given_is_as_sure_as_what_is_written_and_a_default_is_not() {
    let confidence = |arguments: &[&str]| {
        let template = super::SLOW
            .replace("Timeout: 30", "Timeout: !Ref Timeout")
            .replace("Resources:\n", "Parameters: {Timeout: {Type: Number, Default: 30}}\nResources:\n");
        let output = piped(&[&["check", "--output", "json", "-"], arguments].concat(), &template);
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        let finding = &report["findings"][0];
        (finding["confidence"].clone(), finding["fingerprint"].clone())
    };
    let (by_default, fingerprint) = confidence(&[]);
    let (given, same) = confidence(&["--parameter", "Timeout=31"]);
    assert_eq!((by_default, given), ("medium".into(), "high".into()));
    assert_eq!(fingerprint, same);
}

#[test]
fn the_region_decides_conditions_rows_and_whether_there_are_edge_endpoints() {
    let folder = folder_with(&[("t.yaml", STAGED)]);
    let graph = |region: &str| -> serde_json::Value {
        let output = run(folder.path(), &["expand", "--graph", "--region", region, "t.yaml"]);
        serde_json::from_str(&stdout(&output)).unwrap()
    };
    for (region, partition, endpoint, batch) in
        [("eu-west-1", "aws", "EDGE", 5), ("cn-north-1", "aws-cn", "REGIONAL", 100)]
    {
        let json = graph(region);
        assert_eq!(json["Graph"]["Partition"], partition);
        assert_eq!(json["Graph"]["Nodes"]["Api"]["EndpointType"], endpoint);
        assert_eq!(json["Resources"]["WorkerOrder"]["Properties"]["BatchSize"], batch);
    }
    let expanded = run(folder.path(), &["expand", "--region", "us-gov-west-1", "t.yaml"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&expanded)).unwrap();
    assert_eq!(json["Resources"]["Api"]["Properties"]["EndpointConfiguration"]["Types"][0], "REGIONAL");
    let policy = &json["Resources"]["WorkerRole"]["Properties"]["ManagedPolicyArns"][0];
    assert_eq!(*policy, "arn:aws-us-gov:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
    let plain = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi}\n";
    for (region, expected) in [("eu-west-1", 1), ("us-gov-west-1", 0), ("cn-north-1", 0)] {
        let output =
            piped(&["check", "--output", "concise", "--select", "SLP313", "--region", region, "-"], plain);
        assert_eq!(stdout(&output).lines().count(), expected, "{region}");
    }
    let fronted = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {EndpointConfiguration: {Types: [EDGE]}}}\n  D: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Origins: [{Id: a, DomainName: !Sub '${A}.execute-api.${AWS::Region}.${AWS::URLSuffix}'}]}}}\n";
    for (region, expected) in [("eu-west-1", 1), ("eusc-de-east-1", 0)] {
        let output =
            piped(&["check", "--output", "concise", "--select", "SLP314", "--region", region, "-"], fronted);
        assert_eq!(stdout(&output).lines().count(), expected, "{region}");
    }
}

#[test]
fn a_secret_makes_no_difference_to_anything_that_is_put_out() {
    let page = "---\nseverity: warning\nconfidence: high\nprofile: default\nlens: x\nsince: 0.1.0\n---\n# Names\n\nWhy.\n\n## Rule\n```guard\nrule named {\n    Resources.* {\n        Properties.Nothing exists\n        <<\n            {Properties.QueueName} {Properties.FunctionName} {Properties.Environment}\n            At: this\n        >>\n    }\n}\n```\n\n## Fix\nNo.\n";
    let all = |secret: &str| -> String {
        let parameters = format!(
            "[{{\"ParameterKey\": \"Token\", \"ParameterValue\": \"{secret}\"}}, {{\"ParameterKey\": \"Path\", \"ParameterValue\": \"{secret}\"}}]"
        );
        let config =
            format!("[dev.deploy.parameters]\nparameter_overrides = \"Tokens={secret} Odd={secret}\"\n");
        let loops = STAGED.replace("Resources:\n", &format!("Resources:\n{LOOP}"));
        let folder = folder_with(&[
            ("t.yaml", STAGED),
            ("loops.yaml", &loops),
            ("p.json", &parameters),
            ("samconfig.toml", &config),
            ("own/OWN001-names.md", page),
        ]);
        let argument = format!("Tokens={secret},{secret}");
        let given = ["--env", "dev", "--parameter-file", "p.json", "--parameter", &argument];
        let mut put_out = String::new();
        let checks = ["full", "concise", "json", "sarif"];
        let checks = checks.map(|format| {
            vec!["check", "--profile", "pedantic", "--rules", "own", "--statistics", "--output", format]
        });
        let expands = [vec!["expand"], vec!["expand", "--graph"], vec!["expand", "--provenance"]];
        for command in checks.into_iter().chain(expands) {
            for template in ["t.yaml", "loops.yaml"] {
                let output = run(folder.path(), &[&command[..], &given, &[template]].concat());
                assert_ne!(output.status.code(), Some(2), "{}", stderr(&output));
                put_out += &stdout(&output);
                put_out += &stderr(&output);
            }
        }
        put_out.replace(&folder.path().display().to_string(), "")
    };
    let put_out = all("hunter2");
    assert!(put_out.contains("OWN001") && put_out.contains("-orders"), "{put_out}");
    assert!(!put_out.contains("hunter2"), "{put_out}");
    assert_eq!(put_out, all("sesame"));
}

#[test]
fn what_is_wrong_with_a_file_of_secrets_is_told_without_them() {
    for (name, text) in [
        ("p.json", "{\"Token\": hunter2}"),
        ("p.json", "[{\"ParameterKey\": \"Token\", \"ParameterValue\": {\"hunter2\": \"hunter2\"}}]"),
        ("p.yaml", "parameters:\n  Token: 'hunter2\n"),
        ("p.yaml", "- hunter2\n"),
        ("p.yaml", "hunter2\n"),
    ] {
        let folder = folder_with(&[("t.yaml", STAGED), (name, text)]);
        let output = run(folder.path(), &["check", "--parameter-file", name, "t.yaml"]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{text}");
        assert!(stderr(&output).starts_with(&format!("lenslint: {name}:")), "{}", stderr(&output));
        assert!(!stderr(&output).contains("hunter2"), "{}", stderr(&output));
    }
}

#[test]
fn what_no_template_can_use_is_a_warning_and_changes_no_exit_code() {
    let folder = folder_with(&[("t.yaml", STAGED), ("u.yaml", "Resources: {A: {Type: AWS::SNS::Topic}}\n")]);
    let arguments = ["--select", "SLP701", "--parameter", "Env=prd", "--parameter", "Timout=3"];
    let output = run(folder.path(), &[&["check", "."], &arguments[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        stderr(&output),
        "lenslint: warning: t.yaml: parameter 'Env' is given 'prd', which is not among its AllowedValues; did you mean 'prod'?\n\
         lenslint: warning: no template declares the parameter 'Timout'; did you mean 'Timeout'?\n"
    );
    let quiet = run(folder.path(), &[&["check", "-q", "."], &arguments[..]].concat());
    assert_eq!((quiet.status.code(), stderr(&quiet)), (Some(0), String::new()));
    let expand = run(folder.path(), &["expand", "t.yaml", "--parameter", "Timout=3"]);
    assert_eq!(expand.status.code(), Some(0));
    assert!(stderr(&expand).ends_with("did you mean 'Timeout'?\n"), "{}", stderr(&expand));
}

#[test]
fn what_cannot_be_had_is_an_error_in_one_line() {
    let folder = folder_with(&[("t.yaml", STAGED), ("samconfig.toml", SAM_CONFIG), (".git/x", "")]);
    for (arguments, expected) in [
        (
            ["--env", "prodd"],
            "samconfig.toml: there is no environment 'prodd': it has dev, prod; did you mean 'prod'?",
        ),
        (["--region", "prod"], "'prod' is no region; one is written as in eu-west-1"),
        (["--parameter", "hunter2"], "--parameter number 1 is not of the form NAME=VALUE"),
    ] {
        for command in ["check", "expand"] {
            let output = run(folder.path(), &[&[command, "t.yaml"], &arguments[..]].concat());
            assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{arguments:?}");
            assert_eq!(stderr(&output), format!("lenslint: {expected}\n"));
        }
    }
}

#[test]
fn each_template_takes_the_environment_of_its_nearest_samconfig() {
    let template = "Parameters: {Time: {Type: Number}}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: !Ref Time}\n";
    let config = |time: u32| format!("[dev.deploy.parameters]\nparameter_overrides = 'Time={time}'\n");
    let folder = folder_with(&[
        ("a/t.yaml", template),
        ("a/samconfig.toml", &config(3)),
        ("b/deep/t.yaml", template),
        ("samconfig.toml", &config(4)),
    ]);
    let output = run(folder.path(), &["expand", "--graph", "--env", "dev", "--out-dir", "out", "a", "b"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (name, timeout) in [("t.yaml.json", 3), ("deep/t.yaml.json", 4)] {
        let text = std::fs::read_to_string(folder.path().join("out").join(name)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["Graph"]["Nodes"]["F"]["Timeout"], timeout, "{name}");
    }
}

//! Applications with the code of their functions: which chains are confirmed, refuted and left open by what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{run, stdout};

mod applications;
mod reached;

use applications::{APPLICATIONS, Application, Expected};
use reached::REACHED;

/// `POST /order` calls `Order`, which may invoke `Invoice` and knows its name; and `Price`, if two are asked for.
fn template(application: &Application) -> String {
    let Application { runtime, handler, rest, .. } = application;
    format!(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  Order:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: order/
      Handler: '{handler}'
      Runtime: {runtime}
      Environment: {{Variables: {{INVOICE: !Ref Invoice, PRICE: !Ref Price, TABLE: orders}}}}
      Policies:
        - LambdaInvokePolicy: {{FunctionName: !Ref Invoice}}
{rest}      Events:
        Post: {{Type: Api, Properties: {{Path: /order, Method: post}}}}
  Invoice:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: s3://code/invoice.zip, Handler: app.handler, Runtime: python3.13}}
  Price:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: s3://code/price.zip, Handler: app.handler, Runtime: python3.13}}
"
    )
}

/// A second function that may be invoked.
pub(super) const PRICE: &str = "        - LambdaInvokePolicy: {FunctionName: !Ref Price}\n";

/// Lays an application out in a folder.
fn laid_out(application: &Application) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("template.yaml"), template(application)).unwrap();
    for (path, text) in application.files {
        let path = folder.path().join("order").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The findings of SLP101: the function that is waited for, and the places in code.
fn chains(folder: &Path, arguments: &[&str]) -> BTreeSet<String> {
    let output = run(folder, &[&["check", "--select", "SLP101", "--output", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let told = |finding: &Value| {
        let callee = finding["message"].as_str().unwrap().split('\'').nth(5).unwrap().to_owned();
        let places = finding["related"].as_array().unwrap().iter().filter_map(|label| {
            let path = label["path"].as_str().unwrap();
            (!path.contains("template")).then(|| format!(" {path}:{}", label["range"]["start"]["line"]))
        });
        callee + &places.collect::<String>()
    };
    report["findings"].as_array().unwrap().iter().map(told).collect()
}

/// The line that is marked with `HERE`.
fn marked(application: &Application) -> String {
    let of_file = |(path, text): &(&str, &str)| {
        let line = text.lines().position(|line| line.contains("HERE"))?;
        Some(format!("order/{path}:{}", line + 1))
    };
    application.files.iter().find_map(of_file).expect("the call that waits is marked")
}

#[test]
fn exactly_those_chains_are_reported_whose_code_waits() {
    let mut wrong = Vec::new();
    for application in APPLICATIONS.iter().chain(REACHED) {
        let found = chains(laid_out(application).path(), &[]);
        let expected = match application.expected {
            Expected::Waits(callee) => BTreeSet::from([format!("{callee} {}", marked(application))]),
            Expected::Silent => BTreeSet::new(),
            Expected::Open => BTreeSet::from(["Invoice".to_owned()]),
        };
        if found != expected {
            wrong.push(format!("{}: {found:?}, expected {expected:?}", application.about));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_way_to_the_function_that_is_waited_for_is_a_code_flow() {
    let waits = |it: &&Application| matches!(it.expected, Expected::Waits("Invoice"));
    let application = APPLICATIONS.iter().find(waits).expect("an application waits");
    let folder = laid_out(application);
    let written = |format: &str| {
        let output = run(folder.path(), &["check", "--select", "SLP101", "--output", format]);
        serde_json::from_str::<Value>(&stdout(&output)).unwrap()
    };
    let log = written("sarif");
    let steps = &log["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
    let told = steps.as_array().unwrap().iter().map(|step| {
        let at = &step["location"]["physicalLocation"];
        let file = at["artifactLocation"]["uri"].as_str().unwrap().rsplit_once("order/");
        let file = file.map_or_else(|| "template".to_owned(), |(_, below)| format!("order/{below}"));
        let line = if file == "template" { String::new() } else { format!(":{}", at["region"]["startLine"]) };
        format!("{file}{line} {}", step["location"]["message"]["text"].as_str().unwrap())
    });
    let expected = [
        "template the client waits here".to_owned(),
        "template waits for 'Invoice'".to_owned(),
        format!("{} calls and waits", marked(application)),
        "template called and waited for".to_owned(),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let weights: Vec<_> = steps.as_array().unwrap().iter().map(|step| &step["importance"]).collect();
    assert_eq!(weights, ["important", "essential", "important", "important"]);
    // JSON has the same way, without the place that the finding points at.
    let related = &written("json")["findings"][0]["related"];
    let words: Vec<_> = related.as_array().unwrap().iter().map(|label| &label["message"]).collect();
    let expected = [
        "the client waits here",
        "calls and waits",
        "called and waited for",
        "allows the call or names its target",
        "allows the call or names its target",
    ];
    assert_eq!(words, expected);
}

#[test]
fn there_are_applications_in_every_language() {
    let of = |runtime: &str, expected: fn(&Expected) -> bool| {
        APPLICATIONS.iter().any(|it| it.runtime.starts_with(runtime) && expected(&it.expected))
    };
    for runtime in ["python", "nodejs", "java", "provided", "dotnet", "ruby"] {
        assert!(of(runtime, |expected| matches!(expected, Expected::Waits(_))), "{runtime}");
        assert!(of(runtime, |expected| matches!(expected, Expected::Silent)), "{runtime}");
    }
    assert!(APPLICATIONS.len() >= 30);
}

#[test]
fn without_code_every_application_is_what_its_template_makes_likely() {
    for application in APPLICATIONS {
        assert!(
            chains(laid_out(application).path(), &["--no-code"]).contains("Invoice"),
            "{}",
            application.about
        );
    }
}

/// A function that may start a Standard workflow and wait, which such a workflow does not allow.
fn starter(code: &str) -> String {
    format!(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  Start:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Environment: {{Variables: {{FLOW: !Ref Flow}}}}
      Policies:
        - Statement:
            - {{Effect: Allow, Action: 'states:Start*Execution', Resource: !Ref Flow}}
            - {{Effect: Allow, Action: 'states:StartSyncExecution', Resource: !Ref Flow}}
      InlineCode: |
        import os

        import boto3
        client = boto3.client('stepfunctions')

{code}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {{StartAt: A, States: {{A: {{Type: Succeed}}}}}}
"
    )
}

/// The edges of a kind, with their evidence.
fn edges(template: &str, kind: &str) -> Vec<String> {
    let folder = super::folder_with(&[("template.yaml", template)]);
    let graph: Value =
        serde_json::from_str(&stdout(&run(folder.path(), &["expand", "--graph", "template.yaml"]))).unwrap();
    let edges = graph["Graph"]["Edges"].as_array().unwrap().iter().filter(|edge| edge["Kind"] == kind);
    edges.map(|edge| format!("{} {}", edge["Certainty"].as_str().unwrap(), edge["Evidence"])).collect()
}

#[test]
fn a_graph_without_code_rests_on_the_template() {
    let call = "        def handler(event, context):\n            client.start_execution(stateMachineArn=os.environ['FLOW'])";
    let folder = super::folder_with(&[("template.yaml", &starter(call))]);
    let output = run(folder.path(), &["expand", "--graph", "--no-code", "template.yaml"]);
    assert!(stdout(&output).contains("\"start.sync\""), "{}", stdout(&output));
}

#[test]
fn a_workflow_is_started_as_the_code_says() {
    let start = |call: &str| starter(&format!("        def handler(event, context):\n            {call}"));
    for (call, expected) in [
        (
            "client.start_sync_execution(stateMachineArn=os.environ['FLOW'])",
            &["certain [\"EV3\",\"EV3\",\"EV7\"]"][..],
        ),
        ("client.start_execution(stateMachineArn=os.environ['FLOW'])", &[]),
        ("return {}", &["likely [\"EV3\",\"EV3\"]"]),
    ] {
        assert_eq!(edges(&start(call), "start.sync"), expected, "{call}");
    }
}

#[test]
fn a_call_in_inline_code_is_shown_in_its_line() {
    let call = "        def handler(event, context):\n            client.start_sync_execution(stateMachineArn=os.environ['FLOW'])";
    let template = starter(call);
    let rule = "let starts = Graph.Edges[ Kind == 'start.sync' ]\nrule never when %starts !empty {\n    %starts.Evidence[ this == 'EV7' ] { this != 'EV7' }\n}\n";
    let folder = super::folder_with(&[("template.yaml", &template), ("never.guard", rule)]);
    let output =
        run(folder.path(), &["check", "--rules", "never.guard", "--output", "concise", "template.yaml"]);
    let line = template.lines().position(|line| line.contains("start_sync")).unwrap() + 1;
    assert!(stdout(&output).contains(&format!("template.yaml:{line}:20: ")), "{}", stdout(&output));
}

/// A function in the template itself, as `Fn::Sub` names the one that it calls.
#[test]
fn inline_code_may_name_what_it_calls_by_the_template() {
    let template = |arguments: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31
Resources:
  Order:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Runtime: nodejs22.x
      Policies: [{{LambdaInvokePolicy: {{FunctionName: !Ref Invoice}}}}]
      FunctionUrlConfig: {{AuthType: NONE}}
      InlineCode: !Sub |
        const {{ Lambda }} = require('@aws-sdk/client-lambda');
        exports.handler = () => new Lambda().invoke({{ FunctionName: '${{Invoice}}'{arguments} }});
  Invoice:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: s3://code/invoice.zip, Handler: app.handler, Runtime: python3.13}}
"
        )
    };
    let last = |edges: Vec<String>| edges.last().cloned().unwrap_or_default();
    assert_eq!(last(edges(&template(""), "invoke.sync")), "certain [\"EV4\",\"EV7\"]");
    let passes = template(", InvocationType: 'Event'");
    assert_eq!(edges(&passes, "invoke.async"), ["likely [\"EV4\",\"EV7\"]"]);
}

/// Where the role is not to be seen, a variable that names a function makes no chain; code that calls it does.
#[test]
fn a_variable_alone_is_confirmed_or_refuted_by_the_code() {
    let template = |code: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31
Resources:
  Order:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Runtime: nodejs22.x
      Role: !ImportValue role
      Environment: {{Variables: {{INVOICE: !Ref Invoice, PRICE: !Ref Price}}}}
      FunctionUrlConfig: {{AuthType: NONE}}
      InlineCode: |
        const {{ Lambda }} = require('@aws-sdk/client-lambda');
        {code}
  Invoice:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: s3://code/invoice.zip, Handler: app.handler, Runtime: python3.13}}
  Price:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: s3://code/price.zip, Handler: app.handler, Runtime: python3.13}}
"
        )
    };
    let call = |arguments: &str| {
        template(&format!("exports.handler = (event) => new Lambda().invoke({{ {arguments} }});"))
    };
    let waits = call("FunctionName: process.env.INVOICE");
    assert_eq!(edges(&waits, "invoke.sync")[1..], ["certain [\"EV5\",\"EV7\"]"]);
    // The code names the one and not the other.
    assert_eq!(edges(&waits, "invoke"), [""; 0]);
    let passes = call("FunctionName: process.env.INVOICE, InvocationType: 'Event'");
    assert_eq!(edges(&passes, "invoke.async"), ["likely [\"EV5\",\"EV7\"]"]);
    let unclear = call("FunctionName: event.name");
    assert_eq!(edges(&unclear, "invoke"), ["possible [\"EV5\"]", "possible [\"EV5\"]"]);
    assert_eq!(edges(&unclear, "invoke.sync").len(), 1);
}

#[test]
fn the_code_of_a_stack_of_the_cdk_is_its_asset() {
    let hash = "0123456789abcdef".repeat(4);
    let template = format!(
        "{{\"Resources\": {{
  \"Url\": {{\"Type\": \"AWS::Lambda::Url\", \"Properties\": {{\"TargetFunctionArn\": {{\"Ref\": \"Order\"}}, \"AuthType\": \"NONE\"}}}},
  \"Role\": {{\"Type\": \"AWS::IAM::Role\", \"Properties\": {{\"Policies\": [{{\"PolicyDocument\": {{\"Statement\": [
    {{\"Effect\": \"Allow\", \"Action\": \"lambda:InvokeFunction\", \"Resource\": {{\"Fn::GetAtt\": [\"Invoice\", \"Arn\"]}}}}]}}}}]}}}},
  \"Invoice\": {{\"Type\": \"AWS::Lambda::Function\", \"Properties\": {{}}}},
  \"Order\": {{\"Type\": \"AWS::Lambda::Function\",
    \"Properties\": {{\"Code\": {{\"S3Bucket\": \"b\", \"S3Key\": \"{hash}.zip\"}}, \"Handler\": \"index.handler\", \"Runtime\": \"nodejs22.x\",
      \"Role\": {{\"Fn::GetAtt\": [\"Role\", \"Arn\"]}}, \"Environment\": {{\"Variables\": {{\"INVOICE\": {{\"Ref\": \"Invoice\"}}}}}}}},
    \"Metadata\": {{\"aws:asset:path\": \"asset.{hash}\", \"aws:asset:property\": \"Code\"}}}}
}}}}"
    );
    let waits = "const { Lambda } = require('@aws-sdk/client-lambda');\nexports.handler = () => new Lambda().invoke({ FunctionName: process.env.INVOICE });\n";
    let asset = format!("asset.{hash}/index.js");
    let folder = super::folder_with(&[("Shop.template.json", &template), (&asset, waits)]);
    assert_eq!(chains(folder.path(), &[]), BTreeSet::from([format!("Invoice {asset}:2")]));
    fs::write(folder.path().join(&asset), "exports.handler = async () => 1;\n").unwrap();
    assert_eq!(chains(folder.path(), &[]), BTreeSet::new());
}

#[test]
fn code_outside_of_the_template_s_folder_is_not_read() {
    let application = APPLICATIONS.iter().find(|it| it.about == "Python, Event").unwrap();
    let folder = laid_out(application);
    let inner = folder.path().join("infra");
    fs::create_dir(&inner).unwrap();
    let text = template(application);
    let silent = |folder: &Path| chains(folder, &[]).is_empty();
    assert!(silent(folder.path()));
    fs::remove_file(folder.path().join("template.yaml")).unwrap();
    fs::write(inner.join("template.yaml"), text.replace("CodeUri: order/", "CodeUri: ../order/")).unwrap();
    assert!(!silent(&inner));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_of_the_code_is_not_followed() {
    let application = APPLICATIONS.iter().find(|it| it.about == "Python, Event").unwrap();
    let folder = laid_out(application);
    let secret = tempfile::tempdir().unwrap();
    fs::rename(folder.path().join("order/app.py"), secret.path().join("app.py")).unwrap();
    std::os::unix::fs::symlink(secret.path().join("app.py"), folder.path().join("order/app.py")).unwrap();
    assert!(!chains(folder.path(), &[]).is_empty());
}

//! Wall time of Guard mode: many rules files in the style of the AWS rules registry over one big template.
//! `README.md` beside this file says how cfn-guard is run on the same files, and what was found.

#![expect(clippy::print_stderr, reason = "a benchmark says aloud where it writes")]

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lenslint::document::Document;
use lenslint::guard::load::{Loaded, Typing};
use lenslint::guard::{Dialect, Evaluator, Failure, Index, Plain, RuleIndex, Rules, Survey, Vocabulary};
use lenslint::names::Names;

const RULES_FILES: usize = 200;
const RESOURCES: usize = 500;

/// The types of the template's resources, in turn; the rules ask for them too.
const TYPES: [&str; 40] = [
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::Function",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Instance",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::Volume",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::Method",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::Distribution",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeBuild::Project",
    "AWS::ECR::Repository",
    "AWS::ECS::Cluster",
    "AWS::ECS::TaskDefinition",
    "AWS::EFS::FileSystem",
    "AWS::EKS::Cluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::Events::Rule",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::OpenSearchService::Domain",
    "AWS::Redshift::Cluster",
    "AWS::SageMaker::NotebookInstance",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
    "AWS::WAFv2::WebACL",
];

fn stages(criterion: &mut Criterion) {
    let texts: Vec<String> = (0..RULES_FILES).map(rules_file).collect();
    let template = template(RESOURCES);
    write_inputs(&texts, &template);
    let mut group = criterion.benchmark_group("guard");
    group.bench_function("parse", |bencher| bencher.iter(|| parsed(&texts)));
    group.bench_function("load", |bencher| bencher.iter(|| loaded(&template)));
    let rules = parsed(&texts);
    let (document, names) = loaded(&template);
    group.bench_function("evaluate", |bencher| bencher.iter(|| evaluated(&rules, &document, &names)));
    group.finish();
}

/// The time of an evaluation per resource should not depend on how many there are.
fn growth(criterion: &mut Criterion) {
    let texts: Vec<String> = (0..RULES_FILES).map(rules_file).collect();
    let rules = parsed(&texts);
    let mut group = criterion.benchmark_group("guard/growth");
    group.sample_size(10);
    for resources in [100, 1_000, 10_000] {
        let (document, names) = loaded(&template(resources));
        group.throughput(Throughput::Elements(resources as u64));
        group.bench_function(BenchmarkId::from_parameter(resources), |bencher| {
            bencher.iter(|| evaluated(&rules, &document, &names));
        });
    }
    group.finish();
}

fn parsed(texts: &[String]) -> Vec<Rules> {
    texts.iter().map(|text| Rules::parse(text, Dialect::Guard).expect("a rules file")).collect()
}

fn loaded(template: &str) -> (Loaded, Names) {
    let names = Names::default();
    let document = Document::parse("template.json", template).document.expect("a document");
    (Loaded::new(&document, &names, Typing::Validate), names)
}

fn evaluated(rules: &[Rules], document: &Loaded, names: &Names) {
    let mut vocabulary = Vocabulary::default();
    let surveys: Vec<_> = rules.iter().map(|rules| Arc::new(Survey::of(rules, &mut vocabulary))).collect();
    let index = Rc::new(Index::new(&document.tree, names, Arc::new(vocabulary)));
    for survey in &surveys {
        let mut evaluator = Evaluator::over(Arc::clone(survey), Rc::clone(&index));
        let mut failures: Vec<Failure> = Vec::new();
        for (index, _) in survey.rules().rules().enumerate() {
            black_box(evaluator.status(RuleIndex(index), &mut Plain, &mut failures));
        }
        black_box(failures);
    }
}

/// Writes the inputs into the folder `$LENSLINT_BENCH_OUT`, for other programs to be run on them.
fn write_inputs(rules: &[String], template: &str) {
    let Some(folder) = std::env::var_os("LENSLINT_BENCH_OUT").map(PathBuf::from) else { return };
    let rules_folder = folder.join("rules");
    fs::create_dir_all(&rules_folder).expect("a folder that can be made");
    for (number, text) in rules.iter().enumerate() {
        fs::write(rules_folder.join(format!("rule_{number:03}.guard")), text).expect("a folder to write in");
    }
    fs::write(folder.join("template.json"), template).expect("a folder to write in");
    eprintln!("the inputs are in {}", folder.display());
}

/// A template of so many resources, of some 700 bytes each. One in fifty has a suppressed rule.
fn template(resources: usize) -> String {
    let resources: Vec<String> = (0..resources).map(resource).collect();
    format!(
        "{{\"AWSTemplateFormatVersion\": \"2010-09-09\", \"Resources\": {{\n{}\n}}}}\n",
        resources.join(",\n")
    )
}

fn resource(number: usize) -> String {
    let kind = TYPES[number % TYPES.len()];
    let metadata = if number % 50 == 49 {
        let suppressed = rule_name(number % RULES_FILES);
        format!("\"Metadata\": {{\"guard\": {{\"SuppressedRules\": [\"{suppressed}\"]}}}}, ")
    } else {
        String::new()
    };
    let round = number / TYPES.len();
    let is_enabled = !round.is_multiple_of(3);
    let mode = ["provisioned", "on-demand", "legacy"][round % 3];
    let action = ["s3:GetObject", "sqs:*", "*", "dynamodb:Query"][round % 4];
    let logging = if round.is_multiple_of(2) {
        "\"Logging\": {\"Destination\": {\"Ref\": \"Logs\"}, \"Prefix\": \"logs/\", \"Level\": \"INFO\"}, "
    } else {
        ""
    };
    format!(
        "\"Resource{number}\": {{\"Type\": \"{kind}\", {metadata}\"Properties\": {{\
         \"Name\": {{\"Fn::Sub\": \"${{AWS::StackName}}-resource-{number}\"}}, \
         \"Size\": {size}, \"Mode\": \"{mode}\", \"Version\": \"{round}.{number}\", \
         \"Encryption\": {{\"IsEnabled\": {is_enabled}, \"KeyId\": {{\"Fn::GetAtt\": [\"Key\", \"Arn\"]}}, \
         \"Algorithm\": \"aws:kms\"}}, {logging}\
         \"PolicyDocument\": {{\"Version\": \"2012-10-17\", \"Statement\": [\
         {{\"Effect\": \"Allow\", \"Action\": [\"logs:PutLogEvents\", \"{action}\"], \"Resource\": \"*\"}}, \
         {{\"Effect\": \"Deny\", \"Action\": [\"*\"], \"Resource\": \"*\", \
         \"Condition\": {{\"Bool\": {{\"aws:SecureTransport\": false}}}}}}]}}, \
         \"Ports\": [443, {port}], \
         \"Tags\": [{{\"Key\": \"Owner\", \"Value\": \"team-{round}\"}}, {{\"Key\": \"Stage\", \"Value\": \"prod\"}}]\
         }}}}",
        size = 10 + number % 90,
        port = if is_enabled { 8443 } else { 22 },
    )
}

fn rule_name(number: usize) -> String {
    let kind = TYPES[number % TYPES.len()].trim_start_matches("AWS::").replace("::", "_").to_uppercase();
    let subject =
        ["ENCRYPTED", "SETTINGS_VALID", "NO_WILDCARD", "MODE_ALLOWED", "LOGGED", "TAGGED"][number % 6];
    format!("{kind}_{subject}_{number}")
}

/// A rules file as the registry has them: a header of comments, a selection that honours suppressions, one rule.
fn rules_file(number: usize) -> String {
    let name = rule_name(number);
    let kind = TYPES[number % TYPES.len()];
    let other = TYPES[(number + 7) % TYPES.len()];
    let types = if number % 6 == 3 {
        format!("Type in [ '{kind}', '{other}' ]")
    } else {
        format!("Type == '{kind}'")
    };
    let body = match number % 6 {
        0 => ENCRYPTED,
        1 => SETTINGS,
        2 => WILDCARD,
        3 => MODE,
        4 => LOGGED,
        _ => TAGGED,
    };
    let header = header(&name, kind);
    let body = body.replace("RULE_NAME", &name);
    format!(
        "{header}
#
# Select all {kind} resources of the template
#
let selected = Resources.*[ {types}
  Metadata.guard.SuppressedRules not exists or
  Metadata.guard.SuppressedRules.* != \"{name}\"
]

{body}"
    )
}

fn header(name: &str, kind: &str) -> String {
    format!(
        "#
#####################################
##              Guard              ##
#####################################
# Rule Identifier:
#    {name}
#
# Description:
#   Looks at each {kind} of a template, and at how it is set up
#
# Reports on:
#    {kind}
#
# Evaluates:
#    CloudFormation templates
#
# Rule Parameters:
#    none
#
# Scenarios:
# a) SKIP: where the template holds no resource of this type
# b) SKIP: where every resource of this type names the rule among its suppressed ones
# c) FAIL: where a property that the rule asks for is not there
# d) FAIL: where such a property has a value that the rule does not allow
# e) PASS: where each of these properties has a value that is allowed
#
# Background:
#   One of two hundred files that differ in what they select and in what they ask of it
"
    )
}

const ENCRYPTED: &str = r"rule RULE_NAME when %selected !empty {
  %selected.Properties.Encryption exists
  %selected.Properties.Encryption.KeyId exists
  %selected.Properties.Encryption.IsEnabled == true
  <<
    Violation: What is stored here is not encrypted at rest.
    Fix: Set Encryption.IsEnabled to true, and name a key in Encryption.KeyId.
  >>
}
";

const SETTINGS: &str = r"rule RULE_NAME when %selected !empty {
  %selected.Properties {
    Size exists
    Size >= 20
    <<
      Violation: The size is too small for what is run here.
      Fix: Set Size to 20 or more.
    >>
    Version is_string
    Version != ''
    Ports[*] in [ 443, 8443 ]
    <<
      Violation: A port is open that should not be.
      Fix: Leave only 443 and 8443 in Ports.
    >>
  }
}
";

const WILDCARD: &str = r#"rule RULE_NAME when %selected !empty {
  let violations = %selected[
    some Properties.PolicyDocument.Statement[*] {
      some Action[*] in [ "*", /^[a-zA-Z0-9]*:\*$/ ]
      Effect == "Allow"
      Resource == "*"
    }
  ]
  %violations empty
  <<
    Violation: A policy statement allows every action of a service on every resource.
    Fix: List the actions that are needed in Action.
  >>
}
"#;

const MODE: &str = r"rule RULE_NAME when %selected !empty {
  %selected.Properties.Mode exists
  %selected.Properties.Mode in [ 'provisioned', 'on-demand' ]
  <<
    Violation: The mode is one that is no longer supported.
    Fix: Set Mode to 'provisioned' or 'on-demand'.
  >>
}
";

const LOGGED: &str = r"rule RULE_NAME_SELECTED when %selected !empty {
  %selected.Properties exists
}

rule RULE_NAME when RULE_NAME_SELECTED {
  %selected.Properties {
    when Logging exists {
      Logging.Destination exists
      Logging.Prefix is_string
      Logging.Level in [ 'INFO', 'WARN', 'ERROR' ]
    }
    Logging exists or
    LoggingRole exists or
    Mode == 'legacy'
    <<
      Violation: Nothing is written to a log.
      Fix: Set Logging.Destination to a log group.
    >>
  }
}
";

const TAGGED: &str = r"rule RULE_NAME when %selected !empty {
  %selected.Properties.Tags !empty
  %selected {
    some Properties.Tags[*].Key == 'Owner'
    Properties.Tags[ Key == 'Stage' ] {
      Value in [ 'prod', 'test' ]
    }
    Properties.Tags[ Key == 'CostCenter' ] !empty
    <<
      Violation: The tag that costs are counted by is missing.
      Fix: Add a tag with the key 'CostCenter'.
    >>
  }
}
";

criterion_group!(benches, stages, growth);
criterion_main!(benches);

//! The properties that a graph and its rules read are the transform's, but for a known share.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Corpus, type_of};

/// Which properties of a type are compared.
#[derive(Clone, Copy)]
enum Compared {
    All,
    These(&'static [&'static str]),
}

use Compared::{All, These};

/// The properties that rules read; those of other types are not compared.
const SELECTED: &[(&str, Compared)] = &[
    (
        "AWS::Lambda::Function",
        These(&[
            "Architectures",
            "CapacityProviderConfig",
            "DeadLetterConfig",
            "DurableConfig",
            "Environment",
            "EphemeralStorage",
            "FileSystemConfigs",
            "Layers",
            "LoggingConfig",
            "MemorySize",
            "PackageType",
            "RecursiveLoop",
            "ReservedConcurrentExecutions",
            "Role",
            "Runtime",
            "SnapStart",
            "Timeout",
            "TracingConfig",
            "VpcConfig",
        ]),
    ),
    ("AWS::Lambda::EventSourceMapping", All),
    ("AWS::Lambda::Permission", These(&["FunctionName", "Principal", "SourceArn", "Action"])),
    ("AWS::Lambda::EventInvokeConfig", All),
    (
        "AWS::Lambda::Alias",
        These(&["FunctionName", "Name", "ProvisionedConcurrencyConfig", "FunctionVersion"]),
    ),
    ("AWS::Lambda::Version", These(&["FunctionName"])),
    ("AWS::Lambda::Url", All),
    ("AWS::Lambda::LayerVersion", These(&["LayerName", "CompatibleRuntimes"])),
    ("AWS::Events::Rule", All),
    ("AWS::Scheduler::Schedule", All),
    ("AWS::SNS::Subscription", All),
    ("AWS::SQS::Queue", All),
    ("AWS::DynamoDB::Table", All),
    ("AWS::Logs::SubscriptionFilter", All),
    ("AWS::IoT::TopicRule", All),
    (
        "AWS::ApiGateway::Stage",
        These(&[
            "AccessLogSetting",
            "CacheClusterEnabled",
            "CacheClusterSize",
            "CanarySetting",
            "MethodSettings",
            "RestApiId",
            "StageName",
            "TracingEnabled",
        ]),
    ),
    ("AWS::ApiGateway::RestApi", These(&["EndpointConfiguration", "MinimumCompressionSize"])),
    (
        "AWS::ApiGatewayV2::Stage",
        These(&["ApiId", "StageName", "DefaultRouteSettings", "RouteSettings", "AccessLogSettings"]),
    ),
    (
        "AWS::StepFunctions::StateMachine",
        These(&["RoleArn", "LoggingConfiguration", "TracingConfiguration", "StateMachineType"]),
    ),
    ("AWS::ApiGateway::BasePathMapping", All),
    ("AWS::ApiGateway::BasePathMappingV2", All),
    ("AWS::ApiGateway::DomainName", All),
    ("AWS::ApiGateway::DomainNameAccessAssociation", All),
    ("AWS::ApiGateway::DomainNameV2", All),
    ("AWS::ApiGateway::UsagePlan", All),
    ("AWS::ApiGateway::UsagePlanKey", All),
    ("AWS::ApiGatewayV2::ApiMapping", All),
    ("AWS::ApiGatewayV2::Authorizer", All),
    ("AWS::ApiGatewayV2::DomainName", All),
    ("AWS::ApiGatewayV2::Integration", All),
    ("AWS::ApiGatewayV2::Route", All),
    ("AWS::AppSync::DataSource", All),
    ("AWS::AppSync::FunctionConfiguration", All),
    ("AWS::AppSync::GraphQLApi", All),
    ("AWS::AppSync::Resolver", All),
    ("AWS::CloudFormation::Stack", These(&["Parameters", "TimeoutInMinutes", "NotificationARNs"])),
    ("AWS::IAM::ManagedPolicy", These(&["Roles"])),
    ("AWS::Lambda::CapacityProvider", All),
    ("AWS::Route53::RecordSetGroup", All),
    ("AWS::SNS::TopicPolicy", All),
    ("AWS::SQS::QueuePolicy", All),
    ("AWS::S3::Bucket", These(&["NotificationConfiguration"])),
    ("AWS::Cognito::UserPool", These(&["LambdaConfig"])),
    (
        "AWS::CodeDeploy::DeploymentGroup",
        These(&["DeploymentConfigName", "AlarmConfiguration", "AutoRollbackConfiguration"]),
    ),
];

#[test]
fn properties_that_rules_read_are_the_transforms() {
    let Some(corpora) = Corpus::all() else { return };
    for (corpus, least) in corpora.into_iter().zip([0.995, 0.98]) {
        let (mut equal, mut all) = (0_u32, 0_u32);
        let mut wrong: BTreeMap<String, u32> = BTreeMap::new();
        for template in corpus.templates() {
            for (id, wanted) in &template.wanted {
                let Some(found) = template.found.get(id).filter(|found| type_of(found) == type_of(wanted))
                else {
                    continue;
                };
                for property in compared(wanted, found) {
                    let [wanted, found] =
                        [wanted, found].map(|resource| &resource["Properties"][property.as_str()]);
                    if wanted.is_null() && found.is_null() {
                        continue;
                    }
                    all += 1;
                    if unordered(wanted) == unordered(found) {
                        equal += 1;
                    } else {
                        let type_name = type_of(&template.wanted[id]);
                        *wrong.entry(format!("{type_name}.{property}")).or_default() += 1;
                    }
                }
            }
        }
        let share = f64::from(equal) / f64::from(all);
        println!("{}: {equal} of {all} properties are the transform's; wrong: {wrong:?}", corpus.name);
        assert!(share >= least, "{}: {share:.4} of the properties, not {least}: {wrong:#?}", corpus.name);
    }
}

fn compared(wanted: &Value, found: &Value) -> BTreeSet<String> {
    let type_name = type_of(wanted);
    match SELECTED.iter().find(|(selected, _)| *selected == type_name) {
        None => BTreeSet::new(),
        Some((_, These(properties))) => properties.iter().map(|&property| property.to_owned()).collect(),
        Some((_, All)) => {
            let maps = [wanted, found].map(|resource| resource["Properties"].as_object());
            maps.into_iter().flatten().flat_map(|map| map.keys().cloned()).collect()
        }
    }
}

/// The value with its lists in an order of their own: the real transform's has no meaning.
fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(unordered).collect();
            items.sort_by_cached_key(Value::to_string);
            items.into()
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> =
                entries.iter().map(|(key, value)| (key.clone(), unordered(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

//! Hashes in generated ids: the real transform's digits cannot be known before packaging, so that both sides have
//! them masked, in the ids and wherever the ids are named.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Resources, type_of};

const HASH: &str = "<HASH>";

/// The digits of a hash.
const DIGITS: usize = 10;

/// The types whose logical id ends with a hash, with what stands before it, if that is the same for all.
const HASHED: &[(&str, &[&str])] = &[
    ("AWS::ApiGateway::Deployment", &[]),
    ("AWS::Lambda::Version", &[]),
    ("AWS::Lambda::LayerVersion", &[]),
    ("AWS::ApiGateway::DomainName", &["ApiGatewayDomainName"]),
    ("AWS::ApiGateway::DomainNameV2", &["ApiGatewayDomainNameV2"]),
    ("AWS::ApiGatewayV2::DomainName", &["ApiGatewayDomainNameV2"]),
    ("AWS::ApiGateway::DomainNameAccessAssociation", &["DomainNameAccessAssociation"]),
    ("AWS::Route53::RecordSetGroup", &["RecordSetGroup"]),
];

/// The resources with the hashes in their ids masked, in what they are called and in what names them.
pub(super) fn masked(resources: &Resources) -> Resources {
    let masks: BTreeMap<&str, String> =
        resources.iter().filter_map(|(id, resource)| Some((id.as_str(), mask(id, resource)?))).collect();
    let name = |id: &String| masks.get(id.as_str()).unwrap_or(id).clone();
    resources.iter().map(|(id, resource)| (name(id), in_value(resource, &masks))).collect()
}

/// The masked id of a resource whose id has a hash.
fn mask(id: &str, resource: &Value) -> Option<String> {
    let type_name = type_of(resource);
    let (_, starts) = HASHED.iter().find(|(hashed, _)| *hashed == type_name)?;
    // A version has what its author gave for a hash, of any length up to ten.
    if type_name == "AWS::Lambda::Version" {
        let (start, end) = id.rsplit_once("Version")?;
        let is_hash = (1..=DIGITS).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric());
        return is_hash.then(|| format!("{start}Version{HASH}"));
    }
    let (start, end) = id.split_at_checked(id.len().checked_sub(DIGITS)?)?;
    let is_hash =
        end.chars().all(|c| c.is_ascii_hexdigit()) && (starts.is_empty() || starts.contains(&start));
    is_hash.then(|| format!("{start}{HASH}"))
}

fn in_value(value: &Value, masks: &BTreeMap<&str, String>) -> Value {
    match value {
        Value::String(text) => Value::String(in_text(text, masks)),
        Value::Array(items) => items.iter().map(|item| in_value(item, masks)).collect(),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), in_value(value, masks)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A text that is an id, or that names one as `${Id}` or `${Id.Attribute}`.
fn in_text(text: &str, masks: &BTreeMap<&str, String>) -> String {
    if let Some(mask) = masks.get(text) {
        return mask.clone();
    }
    if text.starts_with("RestApi deployment id: ") {
        return format!("RestApi deployment id: {HASH}");
    }
    let mut masked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let id = &after[..end];
        masked += before;
        masked += "${";
        masked += masks.get(id).filter(|_| after[end..].starts_with(['.', '}'])).map_or(id, String::as_str);
        rest = &after[end..];
    }
    masked + rest
}

#[test]
fn a_hash_is_masked_in_the_id_and_where_the_id_is_named() {
    let resources = serde_json::json!({
        "ApiDeployment0123456789": {"Type": "AWS::ApiGateway::Deployment"},
        "FnVersionabc": {"Type": "AWS::Lambda::Version", "DependsOn": "ApiDeployment0123456789"},
        "Queue0123456789": {"Type": "AWS::SQS::Queue", "Properties": {"A": {"Fn::Sub": "x${FnVersionabc.Version}${FnVersionabcd}"}}},
        "RecordSetGroup0123456789": {"Type": "AWS::Route53::RecordSetGroup"},
        "MyGroup0123456789": {"Type": "AWS::Route53::RecordSetGroup"},
    });
    let expected = serde_json::json!({
        "ApiDeployment<HASH>": {"Type": "AWS::ApiGateway::Deployment"},
        "FnVersion<HASH>": {"Type": "AWS::Lambda::Version", "DependsOn": "ApiDeployment<HASH>"},
        "Queue0123456789": {"Type": "AWS::SQS::Queue", "Properties": {"A": {"Fn::Sub": "x${FnVersion<HASH>.Version}${FnVersionabcd}"}}},
        "RecordSetGroup<HASH>": {"Type": "AWS::Route53::RecordSetGroup"},
        "MyGroup0123456789": {"Type": "AWS::Route53::RecordSetGroup"},
    });
    assert_eq!(Value::Object(masked(resources.as_object().unwrap())), expected);
}

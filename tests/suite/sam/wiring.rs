//! What the real transform wires together is an edge of the graph of the author's template, or is left out for a
//! reason that stands here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::lenslint;

use super::{Corpus, Resources, type_of};

/// What ties two resources of a plain template together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    /// An event source mapping.
    Mapping,
    /// A permission with the source that may call.
    Permission,
    /// A subscription to a topic.
    Subscription,
    /// A target of a rule.
    Target,
    /// A statement of a function's role that names the resource.
    Grant,
    /// A variable of a function's environment that names the resource.
    Variable,
}

/// A tie between two resources, by their logical ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wire {
    tie: Tie,
    from: String,
    to: String,
}

/// Templates whose functions are there under conditions that never hold.
const NEVER_THERE: &[&str] = &[
    "implicit_and_explicit_api_with_conditions.yaml",
    "implicit_api_with_auth_and_conditions_max.yaml",
    "implicit_api_with_many_conditions.yaml",
    "implicit_http_api_with_many_conditions.yaml",
];

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tie, from, to } = self;
        write!(f, "{tie:?} from {from} to {to}")
    }
}

#[test]
fn what_the_real_transform_wires_is_in_the_graph() {
    let Some(corpora) = Corpus::all() else { return };
    let mut counts: BTreeMap<Tie, (usize, usize)> = BTreeMap::new();
    let mut lost = BTreeSet::new();
    for corpus in &corpora {
        let folder = tempfile::tempdir().unwrap();
        let mut command = lenslint(&["expand", "--graph", "--no-code", "--out-dir"]);
        command.arg(folder.path()).arg(&corpus.inputs).output().unwrap();
        let templates = corpus.templates().into_iter();
        for template in templates.filter(|it| !NEVER_THERE.contains(&it.name.as_str())) {
            let Some(graph) = graph(&folder.path().join(format!("{}.json", template.name))) else { continue };
            let joined = joined(&graph);
            let plain = Plain(&template.wanted);
            for wire in plain.wires() {
                let (all, left_out) = counts.entry(wire.tie).or_default();
                *all += 1;
                // What a mapping reads is granted the other way round.
                let ends = (wire.from.as_str(), wire.to.as_str());
                if joined.contains(&ends) || wire.tie == Tie::Grant && joined.contains(&(ends.1, ends.0)) {
                    continue;
                }
                if plain.is_no_edge(&wire, &graph) {
                    *left_out += 1;
                } else {
                    lost.insert(format!("{}/{}: {wire}", corpus.name, template.name));
                }
            }
        }
    }
    println!("ties, and those of them that are no edges for a reason: {counts:?}");
    assert!(counts[&Tie::Mapping].0 > 60 && counts[&Tie::Grant].0 > 100, "{counts:?}");
    assert!(lost.is_empty(), "{lost:#?}");
}

/// The section `Graph` of a view that was written to a file.
fn graph(path: &Path) -> Option<Value> {
    let mut view: Value = serde_json::from_str(&fs::read_to_string(path).ok()?).unwrap();
    Some(view["Graph"].take())
}

/// What edges join, by logical ids: their ends, what an entry point belongs to, and the resource that makes the edge.
fn joined(graph: &Value) -> BTreeSet<(&str, &str)> {
    let mut pairs = BTreeSet::new();
    for edge in edges(&graph["Edges"]) {
        let ids = |end: &str| {
            let id = edge[end].as_str().unwrap_or_default();
            let vertex = vertex(graph, id);
            ["Api", "UserPool"].map(|owner| vertex[owner].as_str()).into_iter().flatten().chain([id])
        };
        let via = || edge["Via"].as_str();
        for from in ids("From").chain(via()) {
            pairs.extend(ids("To").chain(via()).map(|to| (from, to)));
        }
    }
    pairs
}

/// A vertex, also one that is there under a condition alone.
fn vertex<'a>(graph: &'a Value, id: &str) -> &'a Value {
    let mut found = &graph["Nodes"][id];
    while let Some(branches) = found["Fn::If"].as_array() {
        found = branches[1..].iter().find(|branch| branch["Ref"].is_null()).unwrap_or(&Value::Null);
    }
    found
}

/// All edges, those under a condition among them.
fn edges(list: &Value) -> Vec<&Value> {
    let mut open: Vec<&Value> = list.as_array().into_iter().flatten().collect();
    let mut found = Vec::new();
    while let Some(value) = open.pop() {
        match &value["Fn::If"] {
            Value::Array(branches) => open.extend(&branches[1..]),
            _ if value["From"].is_string() => found.push(value),
            _ => {}
        }
    }
    found
}

/// A plain template, as the real transform leaves it. It is read here in the simplest way: by the references in it.
struct Plain<'a>(&'a Resources);

impl Plain<'_> {
    fn wires(&self) -> BTreeSet<Wire> {
        let mut wires = BTreeSet::new();
        for (id, resource) in self.0 {
            let properties = &resource["Properties"];
            let mut tie = |tie, from: &[String], to: &[String]| {
                for from in from {
                    let ends = to.iter().map(|to| Wire { tie, from: from.clone(), to: to.clone() });
                    wires.extend(ends.filter(|wire| wire.from != wire.to));
                }
            };
            let named = |property: &str| self.references(&properties[property]);
            let one = |property: &str| named(property).into_iter().take(1).collect::<Vec<_>>();
            let id = [id.clone()];
            match type_of(resource).as_str() {
                "AWS::Lambda::EventSourceMapping" => {
                    tie(Tie::Mapping, &one("EventSourceArn"), &one("FunctionName"));
                }
                "AWS::Lambda::Permission" => tie(Tie::Permission, &one("SourceArn"), &one("FunctionName")),
                "AWS::SNS::Subscription" => tie(Tie::Subscription, &one("TopicArn"), &one("Endpoint")),
                "AWS::Events::Rule" => {
                    for target in properties["Targets"].as_array().into_iter().flatten() {
                        tie(Tie::Target, &id, &self.references(&target["Arn"])[..]);
                    }
                }
                "AWS::Lambda::Function" => {
                    tie(Tie::Variable, &id, &self.references(&properties["Environment"]["Variables"]));
                    for role in named("Role") {
                        tie(Tie::Grant, &id, &self.granted(&role));
                    }
                }
                _ => {}
            }
        }
        wires
    }

    /// What the policies of a role name as resources.
    fn granted(&self, role: &str) -> Vec<String> {
        let of_role = self.0.get(role).map(|role| &role["Properties"]["Policies"]);
        let inline = of_role.and_then(Value::as_array).into_iter().flatten();
        let attached = self.0.values().map(|resource| &resource["Properties"]);
        let attached = attached.filter(|policy| {
            policy["PolicyDocument"].is_object() && references(&policy["Roles"]).contains(&role)
        });
        let mut found = Vec::new();
        for policy in inline.chain(attached) {
            let statements = &policy["PolicyDocument"]["Statement"];
            let one = std::slice::from_ref(statements);
            for statement in statements.as_array().map_or(one, Vec::as_slice) {
                if statement["Effect"] == "Allow" && !is_for_polling(&statement["Action"]) {
                    found.extend(self.references(&statement["Resource"]));
                }
            }
        }
        found
    }

    /// The resources that a value refers to, in order; of an alias or a version, the function.
    fn references(&self, value: &Value) -> Vec<String> {
        let there = references(value).into_iter().filter(|id| self.0.contains_key(*id));
        there.map(|id| self.unqualified(id).to_owned()).collect()
    }

    /// Whether a tie is none that the graph has to show.
    fn is_no_edge(&self, wire: &Wire, graph: &Value) -> bool {
        let Wire { tie, from, to } = wire;
        let [from_type, to_type] = [from, to].map(|id| self.type_of(id));
        let is_wired_by_rule = from_type == "AWS::Events::Rule";
        let state = || &self.0[from]["Properties"]["State"];
        match tie {
            // Services that no rule asks about.
            _ if [from, to].into_iter().any(|id| vertex(graph, id)["Kind"] == "other") => true,
            // Disabled, also by a parameter's default.
            Tie::Permission | Tie::Target if is_wired_by_rule => state() == "DISABLED" || state().is_object(),
            // It is the distribution that calls the function's URL, and the URL that calls the function.
            Tie::Permission => from_type == "AWS::CloudFront::Distribution",
            // The stream that a consumer is registered with is where records come from.
            Tie::Mapping => from_type == "AWS::Kinesis::StreamConsumer",
            // To answer the clients of a WebSocket API, to run a task, to call one's own GraphQL API or to take a
            // snapshot of a database is no edge that there is a kind for.
            Tie::Grant => [
                "AWS::ApiGatewayV2::Api",
                "AWS::ECS::TaskDefinition",
                "AWS::AppSync::GraphQLApi",
                "AWS::RDS::DBInstance",
                "AWS::DocDB::DBCluster",
            ]
            .contains(&to_type.as_str()),
            // All that the function may do is to be seen: it is the permission that is missing.
            Tie::Variable => vertex(graph, from)["OpaqueRole"] == false,
            Tie::Subscription | Tie::Target => false,
        }
    }

    /// Of an alias or a version, what it is one of.
    fn unqualified<'a>(&'a self, id: &'a str) -> &'a str {
        let property = match self.type_of(id).as_str() {
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => "FunctionName",
            "AWS::StepFunctions::StateMachineAlias" => "DeploymentPreference",
            "AWS::StepFunctions::StateMachineVersion" => "StateMachineArn",
            _ => return id,
        };
        let named = references(&self.0[id]["Properties"][property]);
        named.first().map_or(id, |named| self.unqualified(named))
    }

    fn type_of(&self, id: &str) -> String {
        self.0.get(id).map(type_of).unwrap_or_default()
    }
}

/// Whether all that these actions allow is what an event source mapping does.
fn is_for_polling(actions: &Value) -> bool {
    let mut actions = actions.as_array().into_iter().flatten().filter_map(Value::as_str).peekable();
    let is_polling = |action: &str| {
        [
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        ]
        .contains(&action)
    };
    actions.peek().is_some() && actions.all(is_polling)
}

/// The names that the intrinsics in a value refer to.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(entries) => {
            let mut found = Vec::new();
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("Ref", Value::String(name)) => found.push(name.as_str()),
                    ("Fn::GetAtt", Value::String(name)) => found.extend(name.split('.').next()),
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        found.extend(parts.first().and_then(Value::as_str));
                    }
                    ("Fn::Sub", Value::String(text)) => found.extend(placeholders(text)),
                    ("Fn::Sub", Value::Array(parts)) => {
                        found.extend(
                            parts.first().and_then(Value::as_str).map(placeholders).unwrap_or_default(),
                        );
                        found.extend(parts.iter().skip(1).flat_map(references));
                    }
                    _ => found.extend(references(value)),
                }
            }
            found
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// What stands between `${` and `}`, up to the first dot.
fn placeholders(text: &str) -> Vec<&str> {
    let inner = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    inner.filter(|name| !name.starts_with('!')).filter_map(|name| name.split('.').next()).collect()
}

//! What a function is for, and what its configuration makes of it.

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Alt, Guard, Resource};

use super::branch::Branch;
use super::draft::Draft;
use super::{EdgeKind, Plain, VertexId, VertexKind, distribution};

/// States what every function is, once all wired edges are there.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let purposes = purposes(draft);
    for (vertex, resource) in draft.resources_of(VertexKind::Function) {
        let origin = resource.origin;
        for (name, property) in [
            ("Durable", "DurableConfig"),
            ("ManagedInstances", "CapacityProviderConfig"),
            ("TenantIsolation", "TenancyConfig"),
        ] {
            let fact = draft.presences(resource, &[property]).claim(name, origin);
            draft.add_facts(vertex, [fact]);
        }
        draft.add_fact(vertex, "Throttled", Plain::Bool(is_throttled(draft, resource)), origin);
        let purpose = purposes.get(&vertex).copied().unwrap_or("application");
        draft.add_fact(vertex, "Purpose", Plain::Text(purpose), origin);
    }
}

/// Whether a function is kept from running in every case, and not by what is chosen at deployment.
fn is_throttled(draft: &Draft<'_>, function: &Resource) -> bool {
    let path = ["ReservedConcurrentExecutions"];
    let reserved = draft.resolver.follow(function.properties, &path, function.origin).alternatives;
    match reserved.as_slice() {
        [(Guard::ALWAYS, Alt::Scalar { text, through: None, .. })] => draft.text(*text) == "0",
        _ => false,
    }
}

const MACRO: &str = "macro";

/// The types of resources that take a function for something of their own, where they name it, and what that is.
const NAMED_FOR: [(&str, &[&str], &str); 4] = [
    ("AWS::CloudFormation::Macro", &["FunctionName"], MACRO),
    // A core device of Greengrass runs a copy, with a memory, a timeout and a processor that are not Lambda's.
    ("AWS::Greengrass::FunctionDefinition", &["InitialVersion", "Functions", "*", "FunctionArn"], "device"),
    ("AWS::Greengrass::FunctionDefinitionVersion", &["Functions", "*", "FunctionArn"], "device"),
    ("AWS::GreengrassV2::ComponentVersion", &["LambdaFunction", "LambdaArn"], "device"),
];

/// Purposes other than serving the application; the first that is found stays.
fn purposes(draft: &Draft<'_>) -> FxHashMap<VertexId, &'static str> {
    let mut found = FxHashMap::default();
    for (&id, resource) in &draft.template().resources {
        if let Some(properties) = Branch::properties(resource) {
            for token in draft.branches(properties, &["ServiceToken"]) {
                for function in draft.functions_named(token) {
                    found.entry(function).or_insert("custom-resource");
                }
            }
        }
        for function in provider_functions(draft, (id, resource)) {
            found.entry(function).or_insert("custom-resource");
        }
        for function in deployment_hooks(draft, resource).into_iter().chain(triggered(draft, resource)) {
            found.entry(function).or_insert("deployment-hook");
        }
        if is_for_the_edge(draft, resource)
            && let Some(function) = draft.vertex_of(id)
        {
            found.entry(function).or_insert("edge");
        }
        let named = NAMED_FOR.iter().filter(|(kind, ..)| draft.text(resource.type_name) == *kind);
        for ((_, path, purpose), properties) in named.zip(Branch::properties(resource)) {
            for name in draft.branches(properties, path) {
                for function in draft.functions_named(name) {
                    found.entry(function).or_insert(purpose);
                }
            }
        }
        if draft.text(resource.type_name) == "AWS::CloudFront::Distribution" {
            for function in distribution::edge_functions(draft, resource) {
                found.entry(function).or_insert("edge");
            }
        }
    }
    for function in told_to_macros(draft, &found) {
        found.insert(function, MACRO);
    }
    for function in log_forwarders(draft) {
        found.entry(function).or_insert("log-forwarder");
    }
    found
}

/// The variables by which the CDK's provider framework knows the functions whose custom resource it serves
/// (`custom-resources/lib/provider-framework/runtime/consts.ts`).
const PROVIDER_VARIABLES: [&str; 2] = ["USER_ON_EVENT_FUNCTION_ARN", "USER_IS_COMPLETE_FUNCTION_ARN"];

/// A function of the provider framework, of which only the first has a `ServiceToken` that names it, and the functions
/// that it calls.
fn provider_functions(draft: &Draft<'_>, (id, framework): (Name, &Resource)) -> Vec<VertexId> {
    let Some(properties) = Branch::properties(framework) else { return Vec::new() };
    let arns = PROVIDER_VARIABLES
        .iter()
        .flat_map(|variable| draft.branches(properties, &["Environment", "Variables", variable]));
    let served: Vec<Branch> = arns.collect();
    let framework = draft.vertex_of(id).filter(|_| !served.is_empty());
    served.into_iter().flat_map(|arn| draft.functions_named(arn)).chain(framework).collect()
}

fn deployment_hooks(draft: &Draft<'_>, alias: &Resource) -> Vec<VertexId> {
    let update_policy = draft.names().find("UpdatePolicy").and_then(|key| alias.attributes.get(&key));
    let Some(&value) = update_policy else { return Vec::new() };
    let start = Branch::always(value);
    ["BeforeAllowTrafficHook", "AfterAllowTrafficHook"]
        .iter()
        .flat_map(|hook| draft.branches(start, &["CodeDeployLambdaAliasUpdate", hook]))
        .flat_map(|name| draft.functions_named(name))
        .collect()
}

/// The function that a trigger of the CDK calls once, at deployment (`aws-cdk-lib/triggers`).
fn triggered(draft: &Draft<'_>, trigger: &Resource) -> Vec<VertexId> {
    let properties =
        Branch::properties(trigger).filter(|_| draft.text(trigger.type_name) == "Custom::Trigger");
    let Some(properties) = properties else { return Vec::new() };
    let arns = draft.branches(properties, &["HandlerArn"]).into_iter();
    arns.flat_map(|arn| draft.functions_named(arn)).collect()
}

/// The service that takes on the role of a function at an edge location.
const EDGE: &str = "edgelambda.amazonaws.com";

/// Whether Lambda@Edge may take on a function's role. The distribution is in another stack, unless that too is in the
/// one region that such functions come from.
fn is_for_the_edge(draft: &Draft<'_>, function: &Resource) -> bool {
    let properties = Branch::properties(function).filter(|_| draft.names().find(EDGE).is_some());
    let roles = properties.map_or_else(Vec::new, |properties| draft.branches(properties, &["Role"]));
    roles
        .into_iter()
        .flat_map(|role| draft.references(role))
        .filter_map(|(_, role)| draft.resource(role.resources.first()?.id))
        .filter_map(Branch::properties)
        .any(|role| trusts(draft, role, EDGE))
}

fn trusts(draft: &Draft<'_>, role: Branch, service: &str) -> bool {
    draft
        .branches(role, &["AssumeRolePolicyDocument", "Statement"])
        .into_iter()
        .flat_map(|statements| draft.one_or_many(statements))
        .flat_map(|statement| draft.branches(statement, &["Principal", "Service"]))
        .flat_map(|services| draft.one_or_many(services))
        .any(|trusted| draft.known_text(trusted) == Some(service))
}

/// What the environment of a macro's function names and nothing else calls: the macro writes it into templates, as the
/// `ServiceToken` of their custom resources, or asks it while it writes.
fn told_to_macros(draft: &Draft<'_>, purposes: &FxHashMap<VertexId, &'static str>) -> Vec<VertexId> {
    let is_macro = |vertex: &VertexId| purposes.get(vertex) == Some(&MACRO);
    let calls = draft.graph.edges.iter().filter(|edge| is_call(edge.kind) && !is_macro(&edge.from));
    let called: FxHashSet<VertexId> = calls.map(|edge| edge.to).collect();
    let mut told = Vec::new();
    for (&id, resource) in &draft.template().resources {
        let properties =
            Branch::properties(resource).filter(|_| draft.vertex_of(id).is_some_and(|v| is_macro(&v)));
        let Some(properties) = properties else { continue };
        for variable in draft.branches(properties, &["Environment", "Variables", "*"]) {
            told.extend(draft.functions_named(variable));
        }
    }
    told.retain(|function| !purposes.contains_key(function) && !called.contains(function));
    told
}

/// Functions that are called by log subscriptions and by nothing else.
fn log_forwarders(draft: &Draft<'_>) -> Vec<VertexId> {
    let mut only_logs: IndexMap<VertexId, bool> = IndexMap::new();
    for edge in &draft.graph.edges {
        if is_call(edge.kind) && !edge.is_by_reference_alone() {
            let is_log = edge.via.is_some_and(|via| draft.resource_type(via) == LOG_SUBSCRIPTION);
            *only_logs.entry(edge.to).or_insert(true) &= is_log;
        }
    }
    only_logs.into_iter().filter(|(_, only)| *only).map(|(function, _)| function).collect()
}

/// Whether an edge of this kind calls the function that it leads to.
fn is_call(kind: EdgeKind) -> bool {
    match kind {
        EdgeKind::InvokeSync
        | EdgeKind::InvokeAsync
        | EdgeKind::Invoke
        | EdgeKind::Poll
        | EdgeKind::Step
        | EdgeKind::Authorize => true,
        EdgeKind::StartSync
        | EdgeKind::StartAsync
        | EdgeKind::Publish
        | EdgeKind::Send
        | EdgeKind::Write
        | EdgeKind::Read
        | EdgeKind::DeadLetter
        | EdgeKind::Front
        | EdgeKind::Connect
        | EdgeKind::Qualify => false,
    }
}

const LOG_SUBSCRIPTION: &str = "AWS::Logs::SubscriptionFilter";

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources, template};

    #[test]
    fn a_function_serves_the_application_unless_something_else_uses_it() {
        let template = resources(
            "  Plain: {Type: 'AWS::Lambda::Function'}
  Custom: {Type: 'AWS::Lambda::Function'}
  C: {Type: 'Custom::Thing', Properties: {ServiceToken: !GetAtt Custom.Arn}}
  Framework:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {USER_ON_EVENT_FUNCTION_ARN: !GetAtt OnEvent.Arn}}}
  OnEvent: {Type: 'AWS::Lambda::Function'}
  Provided: {Type: 'Custom::Thing', Properties: {ServiceToken: !GetAtt Framework.Arn}}
  Hook: {Type: 'AWS::Lambda::Function'}
  Alias:
    Type: AWS::Lambda::Alias
    Properties: {FunctionName: !Ref Plain}
    UpdatePolicy: {CodeDeployLambdaAliasUpdate: {BeforeAllowTrafficHook: !Ref Hook}}
  Forwarder: {Type: 'AWS::Lambda::Function'}
  L: {Type: 'AWS::Logs::SubscriptionFilter', Properties: {DestinationArn: !GetAtt Forwarder.Arn}}
  Both: {Type: 'AWS::Lambda::Function'}
  L2: {Type: 'AWS::Logs::SubscriptionFilter', Properties: {DestinationArn: !GetAtt Both.Arn}}
  R: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Arn: !GetAtt Both.Arn, Id: a}]}}
",
        );
        let purpose = |id| fact(&template, id, "Purpose");
        assert_eq!(
            ["Plain", "Custom", "OnEvent", "Hook", "Forwarder", "Both"].map(purpose),
            [
                "application",
                "custom-resource",
                "custom-resource",
                "deployment-hook",
                "log-forwarder",
                "application"
            ]
        );
    }

    #[test]
    fn what_the_cdk_calls_at_deployment_does_not_serve_the_application() {
        let template = resources(
            "  OnEvent:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {USER_ON_EVENT_FUNCTION_ARN: !GetAtt User.Arn}}}
  IsComplete:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {USER_ON_EVENT_FUNCTION_ARN: !ImportValue elsewhere}}}
  User: {Type: 'AWS::Lambda::Function'}
  Other: {Type: 'AWS::Lambda::Function', Properties: {Environment: {Variables: {QUEUE: q}}}}
  Migrate: {Type: 'AWS::Lambda::Function'}
  V: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref Migrate}}
  T: {Type: 'Custom::Trigger', Properties: {ServiceToken: 'arn:x', HandlerArn: !Ref V}}
",
        );
        let purpose = |id| fact(&template, id, "Purpose");
        assert_eq!(
            ["OnEvent", "IsComplete", "User", "Other", "Migrate"].map(purpose),
            ["custom-resource", "custom-resource", "custom-resource", "application", "deployment-hook"]
        );
    }

    #[test]
    fn what_a_macro_writes_into_templates_serves_deployments_too() {
        let template = resources(
            "  Macro: {Type: 'AWS::CloudFormation::Macro', Properties: {FunctionName: !GetAtt Writes.Arn}}
  Writes:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {ONE: !GetAtt Serves.Arn, TWO: !Ref Called}}}
  Serves: {Type: 'AWS::Lambda::Function'}
  Called: {Type: 'AWS::Lambda::Function'}
  Url: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref Called}}
",
        );
        let purpose = |id| fact(&template, id, "Purpose");
        assert_eq!(["Writes", "Serves", "Called"].map(purpose), ["macro", "macro", "application"]);
    }

    #[test]
    fn what_a_core_device_runs_is_no_function_of_the_cloud() {
        for resource in [
            "{Type: 'AWS::Greengrass::FunctionDefinition', Properties: {InitialVersion: {Functions: [{FunctionArn: !Ref V}]}}}",
            "{Type: 'AWS::Greengrass::FunctionDefinitionVersion', Properties: {Functions: [{FunctionArn: !Ref V}]}}",
            "{Type: 'AWS::GreengrassV2::ComponentVersion', Properties: {LambdaFunction: {LambdaArn: !Ref V}}}",
        ] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function'}}
  Other: {{Type: 'AWS::Lambda::Function'}}
  V: {{Type: 'AWS::Lambda::Version', Properties: {{FunctionName: !GetAtt F.Arn}}}}
  Device: {resource}
"
            ));
            let purpose = |id| fact(&template, id, "Purpose");
            assert_eq!(["F", "Other"].map(purpose), ["device", "application"], "{resource}");
        }
    }

    #[test]
    fn a_function_whose_role_lambda_at_edge_takes_on_is_there_for_that() {
        for (services, purpose) in [
            ("[lambda.amazonaws.com, edgelambda.amazonaws.com]", "edge"),
            ("edgelambda.amazonaws.com", "edge"),
            ("lambda.amazonaws.com", "application"),
        ] {
            let template = resources(&format!(
                "  F: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn}}}}
  R:
    Type: AWS::IAM::Role
    Properties: {{AssumeRolePolicyDocument: {{Statement: [{{Principal: {{Service: {services}}}}}]}}}}
  Trust: {{Type: T, Properties: {{Service: edgelambda.amazonaws.com}}}}
"
            ));
            assert_eq!(fact(&template, "F", "Purpose"), purpose, "{services}");
        }
    }

    #[test]
    fn a_function_is_throttled_where_nothing_but_an_edit_gives_it_an_execution() {
        let template = template(
            "Parameters: {Most: {Type: Number, Default: 0}}
Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1']}
Resources:
  Zero: {Type: 'AWS::Lambda::Function', Properties: {ReservedConcurrentExecutions: '0'}}
  One: {Type: 'AWS::Lambda::Function', Properties: {ReservedConcurrentExecutions: 1}}
  None: {Type: 'AWS::Lambda::Function'}
  Chosen: {Type: 'AWS::Lambda::Function', Properties: {ReservedConcurrentExecutions: !Ref Most}}
  Stopped:
    Type: AWS::Lambda::Function
    Properties: {ReservedConcurrentExecutions: !If [Prod, 5, 0]}
",
        );
        let throttled = |id| fact(&template, id, "Throttled");
        assert_eq!(
            ["Zero", "One", "None", "Chosen", "Stopped"].map(throttled),
            ["true", "false", "false", "false", "false"]
        );
    }

    #[test]
    fn a_configuration_that_depends_on_a_condition_is_known_case_by_case() {
        let template = template(
            "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1']}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {DurableConfig: !If [Prod, {ExecutionTimeout: 60}, !Ref 'AWS::NoValue']}
  D: {Type: 'AWS::Lambda::Function', Properties: {DurableConfig: {ExecutionTimeout: 60}}}
",
        );
        assert_eq!(fact(&template, "F", "Durable"), "true when Prod is true");
        assert_eq!(fact(&template, "D", "Durable"), "true");
        assert_eq!(fact(&template, "D", "ManagedInstances"), "false");
    }
}

//! What `Globals` lend to resources, and where it points.

use crate::template::OriginKind;

use super::{CONSUMER, expanded};

#[test]
fn globals_merge_maps_join_lists_and_yield_to_local_scalars() {
    let template = expanded(CONSUMER);
    assert_eq!(template.told, []);
    assert_eq!(template.show("Consumer", "Timeout"), "20");
    assert_eq!(template.show("Consumer", "Environment"), "{Variables: {LEVEL: debug, TABLE: !Ref Table}}");
    assert_eq!(template.show("Consumer", "Layers"), "[shared, own]");
    assert_eq!(template.show("Consumer", "TracingConfig"), "{Mode: Active}");
}

#[test]
fn what_globals_lend_points_into_globals() {
    let template = expanded(CONSUMER);
    for (path, key, value) in [
        ("Timeout", "Timeout", "20"),
        ("Environment.Variables.TABLE", "TABLE", "!Ref Table"),
        ("Layers.0", "shared", "shared"),
        ("TracingConfig.Mode", "Tracing", "Active"),
    ] {
        let origin = template.origin("Consumer", path);
        assert_eq!((template.texts(origin), origin.kind), ((key, value), OriginKind::Globals), "{path}");
    }
    let own = template.origin("Consumer", "Environment.Variables.LEVEL");
    assert_eq!((template.texts(own), own.kind), (("LEVEL", "debug"), OriginKind::Written));
}

#[test]
fn an_intrinsic_on_either_side_is_not_merged() {
    let template = expanded(
        "
Globals:
  Function:
    VpcConfig: !If [A, {SubnetIds: [a]}, !Ref AWS::NoValue]
    Tags: {team: a}
    Timeout: 20
    Architectures: [x86_64]
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {SecurityGroupIds: [b]}
      Timeout: null
      Architectures: [arm64]
",
    );
    assert_eq!(template.show("F", "VpcConfig"), "{SecurityGroupIds: [b]}");
    assert_eq!(template.show("F", "Timeout"), "nothing", "a null takes back what globals give");
    assert_eq!(template.show("F", "Architectures"), "[arm64]", "a function has one architecture");
    assert_eq!(template.show("F", "Tags.1"), "{Key: team, Value: a}");
}

#[test]
fn a_resource_may_ignore_globals() {
    let template = expanded(
        "
Globals:
  Function: {Timeout: 20, MemorySize: 512, Policies: [A], Tracing: Active}
  Fonction: {}
Resources:
  All: {Type: AWS::Serverless::Function, IgnoreGlobals: '*'}
  Some: {Type: AWS::Serverless::Function, IgnoreGlobals: [Timeout, Runtime]}
",
    );
    assert_eq!(template.show("All", "MemorySize"), "nothing");
    assert_eq!(template.show("Some", "Timeout"), "nothing");
    assert_eq!(template.show("Some", "MemorySize"), "512");
    let told: Vec<_> = template
        .told
        .iter()
        .map(|told| (template.template.sources[0].slice(told.location.span), told.message.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Policies", "Policies cannot be set in Globals.Function"),
            ("Fonction", "Globals has no section Fonction"),
            ("Runtime", "Runtime in IgnoreGlobals is not set in Globals"),
        ]
    );
}

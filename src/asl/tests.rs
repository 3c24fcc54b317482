//! Definitions in every form that a template can give them.

mod durations;
mod places;

use crate::document::Document;
use crate::source::Source;
use crate::template::{Alt, Deployment, Folder, Resolver, Template, TextPart};

use super::*;

fn template_in(folder: Folder, properties: &str) -> Template {
    let text = format!(
        "Resources:
  F: {{Type: 'AWS::Lambda::Function'}}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
{properties}"
    );
    let document = Document::parse("t.yaml", &text).document.expect("the test's text is sound");
    let mut template =
        Template::read(Source::new("t.yaml", text), &document, folder, &Deployment::default()).0;
    assert_eq!(template.read_definitions(), []);
    template
}

fn template(properties: &str) -> Template {
    template_in(Folder::none(), properties)
}

fn machine(template: &Template) -> Option<Machine> {
    let id = template.names.find("M").expect("the test's machine is M");
    Machine::read(Resolver::new(template), id)
}

/// What a task calls, if it is one thing.
fn target(state: &State) -> Option<&Alt> {
    let StateKind::Task(task) = &state.kind else { panic!("it is a task") };
    let [(_, target)] = task.call.targets.as_slice() else { return None };
    target.only()
}

/// Every state in a line: `A task arn:… request-response`.
fn states(template: &Template) -> Vec<String> {
    let machine = machine(template).expect("the definition can be read");
    machine
        .states
        .iter()
        .map(|state| {
            let kind = match &state.kind {
                StateKind::Task(task) => {
                    let resource = task.resource.map_or("?", |name| template.names.text(name));
                    format!("task {resource} {}", task.integration.as_str().unwrap_or("?"))
                }
                StateKind::Map(map) => {
                    (if map.is_distributed { "distributed map" } else { "map" }).to_owned()
                }
                other => other.as_str().unwrap_or("?").to_lowercase(),
            };
            let child = if state.is_in_express_child { " in an express child" } else { "" };
            format!("{} {kind}{child}", template.names.text(state.name))
        })
        .collect()
}

#[test]
fn a_definition_that_is_a_map_is_read_with_the_place_of_each_state() {
    let template = template("      Definition: {States: {A: {Type: Pass}}}\n");
    assert_eq!(states(&template), ["A pass"]);
    let machine = machine(&template).unwrap();
    let text = template.sources[0].text();
    assert_eq!(&text[machine.states[0].origin.key.range()], "A");
    assert_eq!(&text[machine.states[0].origin.value.range()], "{Type: Pass}");
    assert!(machine.is_complete);
}

#[test]
fn a_definition_in_a_text_keeps_the_order_of_its_states() {
    let template = template(
        "      DefinitionString: |
        {\"States\": {\"Z\": {\"Type\": \"Wait\"}, \"A\": {\"Type\": \"Task\", \"Resource\": \"arn:aws:states:::sqs:sendMessage.waitForTaskToken\"}}}
",
    );
    assert_eq!(
        states(&template),
        ["Z wait", "A task arn:aws:states:::sqs:sendMessage.waitForTaskToken callback"]
    );
}

#[test]
fn intrinsics_in_a_text_are_filled_in() {
    let template = template(
        "      DefinitionString: !Sub |
        {\"States\": {
          \"A\": {\"Type\": \"Task\", \"Resource\": \"${F.Arn}\", \"TimeoutSeconds\": ${Seconds}},
          \"B\": {\"Type\": \"Task\", \"Resource\": \"arn:${AWS::Partition}:states:::ecs:runTask.sync\"}
        }}
",
    );
    let states = states(&template);
    assert_eq!(states[0], "A task ? request-response");
    assert!(
        states[1].starts_with("B task arn:") && states[1].ends_with(":states:::ecs:runTask.sync sync"),
        "{states:?}"
    );
    let machine = machine(&template).unwrap();
    assert!(matches!(target(&machine.states[0]), Some(Alt::Resource { .. })));
}

#[test]
fn a_substitution_stands_for_its_value() {
    let template = template(
        "      DefinitionSubstitutions: {Task: 'arn:aws:states:::glue:startJobRun.sync', Wait: 5}
      DefinitionString: '{\"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": \"${Task}\", \"HeartbeatSeconds\": ${Wait}}}}'
",
    );
    assert_eq!(states(&template), ["A task arn:aws:states:::glue:startJobRun.sync sync"]);
}

#[test]
fn a_placeholder_that_nothing_fills_leaves_the_task_unknown() {
    let template = template("      Definition: {States: {A: {Type: Task, Resource: '${Task}'}}}\n");
    assert_eq!(states(&template), ["A task ? ?"]);
    assert!(!machine(&template).unwrap().is_complete);
}

#[test]
fn every_level_is_read_and_an_express_child_is_told_from_its_parent() {
    let template = template(
        "      Definition:
        States:
          M:
            Type: Map
            ItemProcessor:
              ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: EXPRESS}
              States:
                In: {Type: Map, Iterator: {States: {Deep: {Type: Pass}}}}
          P: {Type: Parallel, Branches: [{States: {Left: {Type: Pass}}}, {States: {Right: {Type: Pass}}}]}
",
    );
    assert_eq!(
        states(&template),
        [
            "M distributed map",
            "In map in an express child",
            "Deep pass in an express child",
            "P parallel",
            "Left pass",
            "Right pass"
        ]
    );
}

#[test]
fn a_definition_in_a_file_beside_the_template_is_read_with_its_placeholders() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("flow.asl.json"),
        "{\"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": \"${Task}\", \"TimeoutSeconds\": ${N}},
         \"B\": {\"Type\": \"Task\", \"Resource\": \"arn:aws:states:::lambda:invoke\", \"Parameters\": {\"FunctionName\": \"${Other}:live\"}}}}",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("flow.asl.yaml"),
        "States:\n  A:\n    Type: Task\n    Resource: ${Task}\n  B:\n    Type: Task\n    Resource: !GetAtt F.Arn\n",
    )
    .unwrap();
    for (file, b) in [
        ("flow.asl.json", "B task arn:aws:states:::lambda:invoke request-response"),
        ("./flow.asl.yaml", "B task ? ?"),
    ] {
        let template = template_in(
            Folder::of(&folder.path().join("t.yaml")),
            &format!(
                "      DefinitionSubstitutions: {{Task: !GetAtt F.Arn}}\n      DefinitionS3Location: {file}\n"
            ),
        );
        assert_eq!(states(&template), ["A task ? request-response", b]);
        let machine = machine(&template).unwrap();
        assert!(matches!(target(&machine.states[0]), Some(Alt::Resource { .. })), "{file}");
    }
}

#[test]
fn a_definition_that_the_cdk_uploads_is_read_beside_the_template() {
    let folder = tempfile::tempdir().unwrap();
    let key = "0123456789abcdef".repeat(4) + ".json";
    let definition = "{\"States\": {\"A\": {\"Type\": \"Pass\"}}}";
    std::fs::write(folder.path().join(format!("asset.{key}")), definition).unwrap();
    std::fs::write(folder.path().join("noted.json"), definition.replace('A', "B")).unwrap();
    let location = "      DefinitionS3Location: {Bucket: !Sub 'cdk-${AWS::Region}', Key: KEY}\n";
    let noted = "    Metadata: {'aws:asset:path': noted.json, 'aws:asset:property': DefinitionS3Location}\n";
    for (key, metadata, expected) in [
        (key.as_str(), "", Some("A pass")),
        (&format!("prefix/{key}"), "", Some("A pass")),
        (&key, noted, Some("B pass")),
        (&key, &noted.replace("DefinitionS3Location", "Code"), Some("A pass")),
        ("noted.json", "", None),
        (&key.replace('0', "f"), "", None),
    ] {
        let properties = location.replace("KEY", key) + metadata;
        let template = template_in(Folder::of(&folder.path().join("t.yaml")), &properties);
        let found = machine(&template).map(|_| states(&template));
        assert_eq!(found, expected.map(|state| vec![state.to_owned()]), "{properties}");
    }
}

#[test]
fn what_is_no_definition_is_none() {
    for properties in [
        "      RoleArn: x\n",
        "      DefinitionS3Location: {Bucket: b, Key: k}\n",
        "      DefinitionString: !ImportValue d\n",
        "      DefinitionS3Location: missing.json\n",
    ] {
        assert!(machine(&template(properties)).is_none(), "{properties}");
    }
}

#[test]
fn states_in_states_end_at_a_bound() {
    let mut text = String::from("{\"States\": {}}");
    for _ in 0..100 {
        text = format!("{{\"States\": {{\"M\": {{\"Type\": \"Map\", \"Iterator\": {text}}}}}}}");
    }
    let template = template(&format!("      DefinitionString: '{text}'\n"));
    let machine = machine(&template).unwrap();
    assert_eq!((machine.states.len(), machine.is_complete), (32, false));
}

#[test]
fn substitutions_that_multiply_are_cut_off() {
    let (text, resource) = ("x".repeat(80_000), "${Long}".repeat(20_000));
    for (key, definition) in [
        ("Definition", format!("{{States: {{A: {{Type: Task, Resource: '{resource}'}}}}}}")),
        (
            "DefinitionString",
            format!("'{{\"States\": {{\"A\": {{\"Type\": \"Task\", \"Resource\": \"{resource}\"}}}}}}'"),
        ),
    ] {
        let template = template(&format!(
            "      DefinitionSubstitutions: {{Long: {text}}}\n      {key}: {definition}\n"
        ));
        let start = std::time::Instant::now();
        let machine = machine(&template).unwrap();
        assert!(start.elapsed() < std::time::Duration::from_secs(2), "{key}");
        let Some(Alt::Text(parts)) = target(&machine.states[0]) else {
            panic!("{key}: most of it is not known")
        };
        let known = |part: &&TextPart| matches!(part, TextPart::Known(_));
        assert_eq!((parts.len(), parts.iter().filter(known).count()), (20_000, 13), "{key}");
    }
}

#[test]
fn variables_and_conditions_that_multiply_are_cut_off() {
    let variables = |text: &str| {
        (0..100).fold(text.to_owned(), |inner, _| format!("!Sub ['${{A}}${{A}}', {{A: {inner}}}]"))
    };
    let choices: Vec<String> = (0..100).map(|n| format!("!If [C{n}, ' ', '']")).collect();
    let choices = format!("!Join ['', ['{{', {}, '}}']]", choices.join(", "));
    for definition in [variables("''"), variables("'{\"States\": {}}'"), choices] {
        let start = std::time::Instant::now();
        assert!(machine(&template(&format!("      DefinitionString: {definition}\n"))).is_none());
        assert!(start.elapsed() < std::time::Duration::from_secs(5), "{:?}", start.elapsed());
    }
}

#[test]
fn a_state_knows_its_language_what_it_is_inside_of_and_its_loop() {
    let template = template(
        "      Definition:
        QueryLanguage: JSONata
        StartAt: A
        States:
          A: {Type: Wait, Seconds: 1, Next: B}
          B: {Type: Choice, Choices: [{Next: A}], Default: P, QueryLanguage: JSONPath}
          P: {Type: Parallel, Branches: [{StartAt: In, States: {In: {Type: Pass}}}]}
",
    );
    let machine = machine(&template).unwrap();
    let text = |name: Option<_>| name.map_or("-", |name| template.names.text(name));
    let told: Vec<String> = machine
        .states
        .iter()
        .map(|state| {
            let language = state.language.map_or("?", Language::as_str);
            format!(
                "{} {language} {} {}",
                text(Some(state.name)),
                text(state.inside.map(|index| machine.states[index].name)),
                text(state.in_loop)
            )
        })
        .collect();
    assert_eq!(told, ["A JSONata - A", "B JSONPath - A", "P JSONata - -", "In JSONata P -"]);
}

#[test]
fn the_resource_tells_the_action_and_how_it_is_called() {
    for (resource, expected) in [
        ("arn:aws:states:::sqs:sendMessage", "sqs:sendMessage request-response"),
        ("arn:aws:states:::glue:startJobRun.sync", "glue:startJobRun sync"),
        ("arn:aws:states:::states:startExecution.sync:2", "states:startExecution sync"),
        ("arn:aws-cn:states:::aws-sdk:glue:getJobRun", "aws-sdk:glue:getJobRun request-response"),
        ("arn:aws:states:::http:invoke", "http:invoke request-response"),
        ("arn:aws:states:eu-west-1:1:activity:ask", "? activity"),
        ("arn:aws:lambda:eu-west-1:1:function:f", "lambda:invoke request-response"),
        ("arn:aws:states:::sqs:${Unknown}", "? ?"),
        ("${Unknown}", "? ?"),
    ] {
        let template = template(&format!(
            "      Definition: {{States: {{A: {{Type: Task, Resource: '{resource}'}}}}}}\n"
        ));
        let machine = machine(&template).unwrap();
        let StateKind::Task(task) = &machine.states[0].kind else { panic!("A is a task") };
        let action = task.call.action.map_or("?", |action| template.names.text(action));
        let integration = task.integration.as_str().unwrap_or("?");
        assert_eq!(format!("{action} {integration}"), expected, "{resource}");
        assert_eq!(machine.is_complete, integration != "?", "{resource}");
    }
}

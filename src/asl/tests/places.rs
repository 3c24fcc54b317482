//! Where the states of a definition stand: in a map, in a text however it is written, and in a file of its own.

use super::*;

/// The machine `M` of a whole template, and for each state what its name, its body and its resource cut out of the
/// text.
fn cut(path: &str, text: &str) -> Vec<[String; 3]> {
    let document = Document::parse(path, text).document.expect("the test's text is sound");
    let mut template =
        Template::read(Source::new(path, text), &document, Folder::none(), &Deployment::default()).0;
    assert_eq!(template.read_definitions(), []);
    places(&template)
}

fn places(template: &Template) -> Vec<[String; 3]> {
    let states = machine(template).expect("the definition can be read").states.into_iter();
    let cut = |origin: Origin, span| template.sources[origin.file.0 as usize].slice(span).to_owned();
    let cut = states.map(|state| {
        let resource = match state.kind {
            StateKind::Task(task) => cut(task.origin, task.origin.value),
            StateKind::Map(map) => cut(map.mode_at, map.mode_at.value),
            _ => String::new(),
        };
        [cut(state.origin, state.origin.key), cut(state.origin, state.origin.value), resource]
    });
    cut.collect()
}

fn assert_cut(text: &str, expected: &[[&str; 3]]) {
    let path = if text.starts_with('{') { "t.json" } else { "t.yaml" };
    assert_eq!(cut(path, text), expected, "{text}");
}

/// A YAML template whose machine has this `DefinitionString`.
fn with_string(definition: &str) -> String {
    format!(
        "Resources:
  F: {{Type: 'AWS::Lambda::Function'}}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionString: {definition}"
    )
}

#[test]
fn a_state_of_a_map_stands_at_its_key() {
    assert_cut(
        "Resources: {M: {Type: 'AWS::StepFunctions::StateMachine', Properties: {Definition: {States: {Send it: {Type: Task, Resource: a}}}}}}",
        &[["Send it", "{Type: Task, Resource: a}", "a"]],
    );
}

#[test]
fn a_state_in_a_block_stands_on_its_line() {
    for header in ["|", "|-", "!Sub |", "!Sub\n        |"] {
        assert_cut(
            &with_string(&format!(
                "{header}
        {{\"StartAt\": \"Send it\", \"States\": {{
          \"Send it\": {{\"Type\": \"Task\",
            \"Resource\": \"arn:aws:states:::sqs:sendMessage\"}},

          \"Bäh\": {{\"Type\": \"Pass\"}}
        }}}}
"
            )),
            &[
                [
                    "\"Send it\"",
                    "{\"Type\": \"Task\",\n            \"Resource\": \"arn:aws:states:::sqs:sendMessage\"}",
                    "\"arn:aws:states:::sqs:sendMessage\"",
                ],
                ["\"Bäh\"", "{\"Type\": \"Pass\"}", ""],
            ],
        );
    }
}

#[test]
fn variables_move_no_place() {
    let states = r#"{"States": {"${!Literal}": {"Type": "Wait", "Seconds": ${Wait}}, "A": {"Type": "Task", "Resource": "${F.Arn}"}, "B": {"Type": "Task", "Resource": "arn:${AWS::Partition}:states:::aws-sdk:s3:getObject"}}}"#;
    let expected = [
        ["\"${!Literal}\"", "{\"Type\": \"Wait\", \"Seconds\": ${Wait}}", ""],
        ["\"A\"", "{\"Type\": \"Task\", \"Resource\": \"${F.Arn}\"}", "${F.Arn}"],
        [
            "\"B\"",
            "{\"Type\": \"Task\", \"Resource\": \"arn:${AWS::Partition}:states:::aws-sdk:s3:getObject\"}",
            "\"arn:${AWS::Partition}:states:::aws-sdk:s3:getObject\"",
        ],
    ];
    for definition in [
        format!("!Sub '{states}'\n"),
        format!("!Sub\n        - '{states}'\n        - {{Wait: 5}}\n"),
        format!("!Sub ['{states}', {{Wait: !Ref Wait}}]\n"),
        format!("\n        Fn::Sub: '{states}'\n"),
        format!("\n        Fn::Sub:\n          - |\n            {states}\n          - {{Wait: 5}}\n"),
        format!("{{'Fn::Sub': ['{states}', {{}}]}}\n"),
    ] {
        assert_cut(&with_string(&definition), &expected);
    }
}

#[test]
fn a_variable_of_the_functions_own_map_has_its_place_in_the_text() {
    assert_cut(
        &with_string(
            "!Sub\n        - '{\"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": \"${Arn}\"}}}'\n        - Arn: !GetAtt F.Arn\n",
        ),
        &[["\"A\"", "{\"Type\": \"Task\", \"Resource\": \"${Arn}\"}", "${Arn}"]],
    );
}

#[test]
fn a_state_in_quotes_keeps_its_escapes() {
    assert_cut(
        &with_string(
            r#""{\"States\": {\n\"Say \\\"\u0041\\\"\": {\"Type\": \"Task\", \"Resource\": \"a\"}}}""#,
        ),
        &[[r#"\"Say \\\"\u0041\\\"\""#, r#"{\"Type\": \"Task\", \"Resource\": \"a\"}"#, r#"\"a\""#]],
    );
}

#[test]
fn a_state_in_folded_lines_may_go_over_several() {
    for definition in [
        ">-\n        {\"States\": {\n          \"A\":\n        {\"Type\":\n        \"Pass\"}}}\n",
        "'{\"States\": {\n          \"A\":\n        {\"Type\":\n        \"Pass\"}}}'\n",
    ] {
        assert_cut(&with_string(definition), &[["\"A\"", "{\"Type\":\n        \"Pass\"}", ""]]);
    }
}

#[test]
fn a_state_stands_in_the_piece_that_holds_it() {
    assert_cut(
        r#"{
  "Resources": {
    "F": {"Type": "AWS::Lambda::Function"},
    "M": {
      "Type": "AWS::StepFunctions::StateMachine",
      "Properties": {
        "DefinitionString": {
          "Fn::Join": ["", [
            "{\"StartAt\":\"First\",\"States\":{\"First\":{\"Next\":\"Then\",\"Type\":\"Task\",\"Resource\":\"",
            {"Fn::GetAtt": ["F", "Arn"]},
            "\"},\"Then\":{\"Type\":\"Task\",\"Resource\":\"arn:",
            {"Ref": "AWS::Partition"},
            ":states:::states:startExecution.sync:2\"},\"Last\":{\"Type\":\"Succeed\"}},\"TimeoutSeconds\":300}"
          ]]
        }
      }
    }
  }
}"#,
        &[
            [
                r#"\"First\""#,
                "{\\\"Next\\\":\\\"Then\\\",\\\"Type\\\":\\\"Task\\\",\\\"Resource\\\":\\\"\",
            {\"Fn::GetAtt\": [\"F\", \"Arn\"]},
            \"\\\"}",
                r#"{"Fn::GetAtt": ["F", "Arn"]}"#,
            ],
            [
                r#"\"Then\""#,
                "{\\\"Type\\\":\\\"Task\\\",\\\"Resource\\\":\\\"arn:\",
            {\"Ref\": \"AWS::Partition\"},
            \":states:::states:startExecution.sync:2\\\"}",
                "\\\"arn:\",
            {\"Ref\": \"AWS::Partition\"},
            \":states:::states:startExecution.sync:2\\\"",
            ],
            [r#"\"Last\""#, r#"{\"Type\":\"Succeed\"}"#, ""],
        ],
    );
}

#[test]
fn pieces_of_yaml_are_joined_with_what_separates_them() {
    assert_cut(
        &with_string(
            "!Join\n        - \"\\n\"\n        - - '{\"States\":'\n          - '{\"A\": {\"Type\": \"Pass\"},'\n          - !Ref AWS::NoValue\n          - !Sub '\"B\": {\"Type\": \"Task\", \"Resource\": \"${F.Arn}\"}}}'\n",
        ),
        &[
            ["\"A\"", "{\"Type\": \"Pass\"}", ""],
            ["\"B\"", "{\"Type\": \"Task\", \"Resource\": \"${F.Arn}\"}", "${F.Arn}"],
        ],
    );
}

#[test]
fn a_piece_that_depends_on_a_condition_makes_two_definitions_of_one_text() {
    let text = with_string(
        "!Join ['', ['{\"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": \"', !If [C, !GetAtt F.Arn, b], '\"}', !If [C, ', \"B\": {\"Type\": \"Pass\"}', ''], '}}']]\n",
    );
    let expected = ["\"A\"", "\"B\"", "\"A\""];
    let names: Vec<String> = cut("t.yaml", &text).into_iter().map(|[name, ..]| name).collect();
    assert_eq!(names, expected);
}

#[test]
fn a_default_that_is_a_definition_has_its_place_in_the_parameter() {
    let text = format!(
        "Parameters: {{D: {{Type: String, Default: '{{\"States\": {{\"A\": {{\"Type\": \"Pass\"}}}}}}'}}}}\n{}",
        with_string("!Ref D\n")
    );
    assert_cut(&text, &[["\"A\"", "{\"Type\": \"Pass\"}", ""]]);
}

#[test]
fn a_state_in_a_file_stands_on_its_line_in_that_file() {
    let folder = tempfile::tempdir().unwrap();
    let json = "\u{feff}{\"States\": {\n  \"W\": {\"Type\": \"Wait\", \"Seconds\": ${N}},\n  \"A\": {\"Type\": \"Task\", \"Resource\": \"${Task}\"}\n}}\n";
    let yaml = "States:\n  W: {Type: Wait}\n  A:\n    Type: Task\n    Resource: ${Task}\n";
    std::fs::create_dir(folder.path().join("flows")).unwrap();
    std::fs::write(folder.path().join("flows/flow.asl.json"), json).unwrap();
    std::fs::write(folder.path().join("flows/flow.asl.yaml"), yaml).unwrap();
    for (file, expected) in [
        (
            "flows/flow.asl.json",
            [
                ["\"W\"", "{\"Type\": \"Wait\", \"Seconds\": ${N}}", ""],
                ["\"A\"", "{\"Type\": \"Task\", \"Resource\": \"${Task}\"}", "\"${Task}\""],
            ],
        ),
        (
            "flows/flow.asl.yaml",
            [["W", "{Type: Wait}", ""], ["A", "Type: Task\n    Resource: ${Task}", "${Task}"]],
        ),
    ] {
        let template = template_in(
            Folder::of(&folder.path().join("t.yaml")),
            &format!("      DefinitionS3Location: {file}\n"),
        );
        assert_eq!(places(&template), expected);
        assert_eq!(template.sources[1].path(), file);
        let named_at = template.definition_files()[0].named_at;
        assert_eq!(template.sources[0].slice(named_at.value), file);
        let state = machine(&template).unwrap().states[1].origin.value;
        assert_eq!(template.path_in_definition(&template.definition_files()[0], state), ["States", "A"]);
    }
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how many states stand in which kind of place is what a reader wants to know"
)]
fn every_state_of_the_corpus_stands_where_its_name_is_written() {
    let Some(templates) = crate::corpus::templates() else { return };
    let (mut in_template, mut in_files) = (0, 0);
    for path in templates {
        let shown = path.display().to_string();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Some(document) = Document::parse(&shown, &text).document else { continue };
        let mut template = Template::read(
            Source::new(shown.clone(), text),
            &document,
            Folder::of(&path),
            &Deployment::default(),
        )
        .0;
        let _ = crate::sam::expand(&mut template);
        let _ = template.read_definitions();
        let ids: Vec<_> = template.resources.keys().copied().collect();
        for machine in ids.into_iter().filter_map(|id| Machine::read(Resolver::new(&template), id)) {
            for state in machine.states {
                let Origin { file, key, .. } = state.origin;
                let written = template.sources[file.0 as usize].slice(key);
                let name = template.names.text(state.name);
                assert_eq!(written.trim_matches(['"', '\'', '\\']), name, "{shown}");
                *(if file.0 == 0 { &mut in_template } else { &mut in_files }) += 1;
            }
        }
    }
    println!("{in_template} states in templates, {in_files} in files of their own");
    assert!(in_template > 50 && in_files > 50, "{in_template} in templates, {in_files} in files");
}

//! What `expand` prints or writes, and which files it takes.

use std::fs;

use super::{HOSTILE, SLOW, assert_is_inert, folder_with, piped, run, stderr, stdout};

#[test]
fn the_expansion_is_one_json_document() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let output = run(folder.path(), &["expand", "slow.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(json["Resources"]["WorkerOrder"]["Type"], "AWS::Lambda::EventSourceMapping");
    let graph = run(folder.path(), &["expand", "--graph", "slow.yaml"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&graph)).unwrap();
    assert_eq!(json["Graph"]["Nodes"]["Orders"]["VisibilityTimeout"], 60);
    assert_eq!(json["Graph"]["Edges"][0]["Kind"], "poll");
    let into = run(folder.path(), &["expand", "--out-dir", "out", "."]);
    assert_eq!(into.status.code(), Some(0), "{}", stderr(&into));
    assert!(folder.path().join("out/slow.yaml.json").exists());
}

#[test]
fn provenance_leads_from_what_is_made_to_what_its_author_wrote() {
    let template = SLOW.replace("Resources:", "Globals: {Function: {Tracing: Active}}\nResources:");
    let folder = folder_with(&[("slow.yaml", &template)]);
    let output = run(folder.path(), &["expand", "--provenance", "slow.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let mut provenance = json["Provenance"].clone();
    let ids =
        |value: &serde_json::Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(ids(&provenance), ids(&json["Resources"]));
    let place = |line: u32, column: u32, path: &str| serde_json::json!({"path": "slow.yaml", "line": line, "column": column, "logical_path": path});
    let tracing = place(2, 22, "Globals/Function/Tracing");
    assert_eq!(provenance["Worker"]["properties"]["TracingConfig"], tracing);
    let batch = place(22, 13, "Resources/Worker/Properties/Events/Order/Properties/BatchSize");
    assert_eq!(provenance["WorkerOrder"]["properties"]["BatchSize"], batch);
    for (id, from, line, column, path) in [
        ("Orders", None, 4, 3, "Resources/Orders"),
        ("Worker", Some("Worker"), 9, 3, "Resources/Worker"),
        ("WorkerRole", Some("Worker"), 9, 3, "Resources/Worker"),
        ("WorkerOrder", Some("Worker"), 18, 9, "Resources/Worker/Properties/Events/Order"),
    ] {
        let mut expected = place(line, column, path);
        expected["from"] = from.into();
        let found = provenance[id].as_object_mut().unwrap();
        found.remove("properties");
        assert_eq!(*found, *expected.as_object().unwrap(), "{id}");
    }
}

#[test]
fn provenance_leads_into_loops_and_included_files() {
    let template = "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Queues:\n    - Name\n    - [A, B]\n    - Queue${Name}:\n        Type: AWS::SQS::Queue\n        Properties: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: queue.yaml}}}\n";
    let folder = folder_with(&[("t.yaml", template), ("queue.yaml", "# Queues\nDelaySeconds: 5\n")]);
    let output = run(folder.path(), &["expand", "--provenance", "t.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let delay = serde_json::json!({"path": "queue.yaml", "line": 2, "column": 1, "logical_path": ""});
    for id in ["QueueA", "QueueB"] {
        assert_eq!(json["Resources"][id]["Properties"]["DelaySeconds"], 5);
        let place = serde_json::json!({
            "from": null, "path": "t.yaml", "line": 6, "column": 7, "logical_path": "Resources/Queue${Name}",
            "properties": {"DelaySeconds": delay},
        });
        assert_eq!(json["Provenance"][id], place);
    }
}

#[test]
fn only_templates_are_expanded_and_counted() {
    let folder = folder_with(&[("t.yaml", SLOW), ("package.json", "{\"name\": \"x\"}")]);
    let one = run(folder.path(), &["expand", "."]);
    assert_eq!(one.status.code(), Some(0), "{}", stderr(&one));
    assert!(serde_json::from_str::<serde_json::Value>(&stdout(&one)).is_ok());
    fs::write(folder.path().join("u.yaml"), SLOW).unwrap();
    let two = run(folder.path(), &["expand", "."]);
    assert_eq!(two.status.code(), Some(2));
    assert!(stderr(&two).starts_with("lenslint: 2 templates are"), "{}", stderr(&two));
    let none = run(folder.path(), &["expand", "package.json"]);
    assert_eq!(none.status.code(), Some(2));
    assert_eq!(stderr(&none), "lenslint: package.json: this is no template\n");
}

#[test]
fn two_expansions_cannot_go_to_one_file() {
    let folder = folder_with(&[("a/t.yaml", SLOW), ("b/t.yaml", SLOW)]);
    let output = run(folder.path(), &["expand", "--out-dir", "out", "a/t.yaml", "b/t.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("a/t.yaml and b/t.yaml would both be"), "{}", stderr(&output));
    assert!(!folder.path().join("out").exists());
    let together = run(folder.path(), &["expand", "--out-dir", "out", "."]);
    assert_eq!(together.status.code(), Some(0), "{}", stderr(&together));
    assert!(folder.path().join("out/b/t.yaml.json").exists());
}

#[test]
fn standard_input_is_expanded_alone_and_to_standard_output() {
    let output = piped(&["expand", "-"], SLOW);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let folder = folder_with(&[("t.yaml", SLOW)]);
    for arguments in [&["expand", "-", "--out-dir", "d"][..], &["expand", "-", "t.yaml"]] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains("standard input"), "{}", stderr(&output));
    }
}

#[test]
fn an_expansion_says_where_the_template_cannot_be_read_and_what_to_do() {
    let output = piped(&["expand", "-"], &format!("{SLOW}\tTabs: 1\n"));
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
    assert!(stderr(&output).starts_with("lenslint: -:22:1: "), "{}", stderr(&output));
    let wide: String = SLOW.chars().flat_map(|c| ['\0', c]).collect();
    let output = piped(&["expand", "-"], &wide);
    let expected = "lenslint: -:1:1: Expected text in UTF-8, found UTF-16. Save the file as UTF-8.\n";
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(2), expected));
}

#[test]
fn the_expansion_of_a_hostile_template_is_inert_and_says_the_same() {
    let mut escaped = String::new();
    for c in HOSTILE.chars() {
        escaped += &format!("\\U{:08x}", u32::from(c));
    }
    let template = format!("{SLOW}      Description: \"{escaped}\"\n");
    for arguments in [&["expand", "-"][..], &["expand", "--graph", "-"]] {
        let output = piped(arguments, &template);
        assert_is_inert(&stdout(&output));
        let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        let description = &json["Resources"]["Worker"]["Properties"]["Description"];
        assert_eq!(description, HOSTILE, "{}", stderr(&output));
    }
}

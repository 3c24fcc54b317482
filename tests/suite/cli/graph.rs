//! What `graph` draws, for which templates, and that nothing in a template can act through it.

use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use super::{HOSTILE, SLOW, assert_is_inert, folder_with, piped, run, stderr, stdout};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn drawn(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, &[&["graph"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&drawn(folder, &[&["--format", "json"], arguments].concat())).unwrap()
}

fn ids(drawing: &Value) -> Vec<&str> {
    drawing["vertices"].as_array().unwrap().iter().map(|vertex| vertex["id"].as_str().unwrap()).collect()
}

fn rules(thing: &Value) -> Vec<&str> {
    thing["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
}

#[test]
fn the_picture_in_the_readme_is_the_one_that_is_drawn() {
    let drawing = drawn(root(), &["--select", "SLP101,SLP202,SLP203,SLP701", "fixtures/shop"]);
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains(&format!("```mermaid\n{drawing}```\n")), "README.md should have\n{drawing}");
}

#[test]
fn findings_stand_at_their_resources_and_on_their_edges() {
    let shop = json(root(), &["fixtures/shop"]);
    assert_eq!(shop["schema"], "lenslint-graph/1");
    let vertex = |id: &str| shop["vertices"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    assert_eq!(rules(vertex("Shipments")), ["SLP202"]);
    assert_eq!(vertex("Shipments")["place"]["line"], 74);
    assert_eq!(vertex("FailedShipments")["facts"]["VisibilityTimeout"], 30);
    assert_eq!(vertex("FailedShipments")["defaults"], serde_json::json!(["Fifo", "VisibilityTimeout"]));
    assert_eq!(vertex("ShopApi POST /orders")["label"], "POST /orders");
    let edges = shop["edges"].as_array().unwrap();
    let poll = edges.iter().find(|edge| edge["from"] == "Shipments" && edge["kind"] == "poll").unwrap();
    assert!(rules(poll).contains(&"SLP203") && rules(poll).contains(&"SLP202"), "{poll}");
    // A path is shown on each of its edges.
    let between = |from: &str, to: &str| {
        edges.iter().find(|edge| edge["from"] == from && edge["to"] == to).map(rules).unwrap()
    };
    assert!(between("ShopApi POST /orders", "PlaceOrder").contains(&"SLP101"));
    assert!(between("PlaceOrder", "ChargeCard").contains(&"SLP101"));
    assert!(!between("PlaceOrder", "Orders").contains(&"SLP101"));
    // The mapping is the edge: it has no card of its own, and neither has what no edge touches.
    assert!(!ids(&shop).contains(&"ShipShipment") && !ids(&shop).contains(&"ShipRole"));
    assert!(ids(&json(root(), &["--all", "fixtures/shop"])).contains(&"ShipRole"));
    let bare = json(root(), &["--no-findings", "fixtures/shop"]);
    assert!(bare["vertices"].as_array().unwrap().iter().all(|vertex| rules(vertex).is_empty()));
}

#[test]
fn states_stand_inside_of_their_workflow_and_call_what_they_call() {
    let shop = json(root(), &["fixtures/shop"]);
    let vertices = shop["vertices"].as_array().unwrap();
    let state = vertices.iter().find(|vertex| vertex["id"] == "Report Query").unwrap();
    assert_eq!(
        (&state["kind"], &state["type"], &state["within"]),
        (&"state".into(), &"Task".into(), &"Report".into())
    );
    assert_eq!(state["facts"]["Action"], "athena:startQueryExecution");
    let ways = |drawing: &Value| -> Vec<String> {
        let edges = drawing["edges"].as_array().unwrap().iter();
        let text = |edge: &Value, key: &str| edge[key].as_str().unwrap().to_owned();
        let ways = edges.filter(|edge| text(edge, "from").starts_with("Report"));
        ways.map(|edge| ["from", "kind", "to"].map(|key| text(edge, key)).join(" ")).collect()
    };
    assert_eq!(
        ways(&shop),
        [
            "Report flow.start Report Query",
            "Report Query flow.next Report Tell",
            "Report Tell publish Reports"
        ]
    );
    let folded = json(root(), &["--states", "none", "fixtures/shop"]);
    assert_eq!(ways(&folded), ["Report publish Reports"]);
    assert!(!ids(&folded).contains(&"Report Query"));
    let mermaid = drawn(root(), &["--states", "none", "fixtures/shop"]);
    assert!(mermaid.contains("State machine · EXPRESS · 2 states"), "{mermaid}");
    // What is near a workflow is drawn with all of it, whichever of its states is near.
    let near = json(root(), &["--around", "Reports", "--depth", "1", "fixtures/shop"]);
    assert_eq!(ids(&near), ["Report", "Reports", "Report Query", "Report Tell"]);
}

#[test]
fn a_picture_of_much_shows_the_states_of_short_workflows_alone() {
    let workflow = |name: &str, states: usize| {
        let task = |index: usize| {
            let next =
                if index + 1 == states { "End: true".to_owned() } else { format!("Next: S{}", index + 1) };
            format!("S{index}: {{Type: Pass, {next}}}")
        };
        let states = (0..states).map(task).collect::<Vec<_>>().join(", ");
        format!(
            "  {name}: {{Type: AWS::StepFunctions::StateMachine, Properties: {{Definition: {{StartAt: S0, States: {{{states}}}}}}}}}\n"
        )
    };
    let text = format!("Resources:\n{}{}", workflow("Long", 38), workflow("Short", 3));
    let folder = folder_with(&[("t.yaml", &text)]);
    let auto = drawn(folder.path(), &["t.yaml"]);
    assert!(auto.contains("Long<br><small>State machine · STANDARD · 38 states"), "{auto}");
    assert_eq!(auto.matches("<small>Pass</small>").count(), 3);
    let all = drawn(folder.path(), &["--states", "all", "t.yaml"]);
    assert_eq!(all.matches("<small>Pass</small>").count(), 41);
    let near = drawn(folder.path(), &["--around", "Long", "t.yaml"]);
    assert_eq!(near.matches("<small>Pass</small>").count(), 38);
}

#[test]
fn maps_and_parallel_states_have_what_they_run_inside_of_them() {
    let text = "Resources:
  F: {Type: AWS::Lambda::Function}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        StartAt: Check
        States:
          Check: {Type: Choice, Choices: [{Next: Each}, {Next: Each}], Default: Fork}
          Each:
            Type: Map
            ItemProcessor: {StartAt: Do, States: {Do: {Type: Task, Resource: !GetAtt F.Arn, End: true}}}
            Catch: [{ErrorEquals: [States.ALL], Next: Fork}]
            End: true
          Fork:
            Type: Parallel
            Branches:
              - {StartAt: Left, States: {Left: {Type: Pass, End: true}}}
              - {StartAt: Right, States: {Right: {Type: Wait, Seconds: 5, Next: Left}}}
            Next: Check
";
    let folder = folder_with(&[("t.yaml", text)]);
    let drawing = json(folder.path(), &["t.yaml"]);
    let vertices = drawing["vertices"].as_array().unwrap().iter();
    let within = vertices.filter_map(|it| Some((it["id"].as_str()?, it["within"].as_str()?)));
    assert_eq!(
        within.collect::<Vec<_>>(),
        [
            ("M Check", "M"),
            ("M Each", "M"),
            ("M Do", "M Each"),
            ("M Fork", "M"),
            ("M Left", "M Fork"),
            ("M Right", "M Fork")
        ]
    );
    let edges = drawing["edges"].as_array().unwrap().iter();
    let edges = edges.map(|edge| ["from", "kind", "to"].map(|key| edge[key].as_str().unwrap()).join(" "));
    assert_eq!(
        edges.collect::<Vec<_>>(),
        [
            "M flow.start M Check",
            "M Check flow.choice M Each",
            "M Check flow.default M Fork",
            "M Each flow.catch M Fork",
            "M Fork flow.next M Check",
            "M Each flow.start M Do",
            "M Fork flow.start M Left",
            "M Fork flow.start M Right",
            "M Do step F"
        ]
    );
    for format in ["mermaid", "dot", "svg", "html"] {
        let text = drawn(folder.path(), &["--format", format, "t.yaml"]);
        assert!(text.contains("Wait · 5 s") && text.contains("on failure"), "{format}: {text}");
    }
}

#[test]
fn neither_threads_nor_the_order_of_arguments_show_in_a_drawing() {
    let folders = ["shop", "marketplace", "payments-cfn"].map(|name| format!("fixtures/{name}"));
    let with = |format: &str, threads: &str, paths: &[&String]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lenslint"));
        command.current_dir(root()).env("RAYON_NUM_THREADS", threads);
        let output = command.args(["graph", "--format", format]).args(paths).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        output.stdout
    };
    let (forwards, backwards) =
        (folders.iter().collect::<Vec<_>>(), folders.iter().rev().collect::<Vec<_>>());
    for format in ["mermaid", "dot", "svg", "html", "json"] {
        let one = with(format, "1", &forwards);
        assert!(one == with(format, "8", &forwards), "{format}");
        assert!(one == with(format, "8", &backwards), "{format}");
    }
}

#[test]
fn a_part_is_what_is_near() {
    let around = |arguments: &[&str]| {
        let drawing = json(root(), &[&["fixtures/shop", "--around"], arguments].concat());
        ids(&drawing).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(around(&["Shipments", "--depth", "1"]), ["Shipments", "FailedShipments", "Ship"]);
    assert_eq!(around(&["Ship", "--depth", "1"]), ["Shipments", "Ship"]);
    assert_eq!(around(&["Ship"]), ["Shipments", "FailedShipments", "Ship"]);
    assert_eq!(around(&["Reports", "--depth", "0"]), ["Reports"]);
    let unknown = run(root(), &["graph", "fixtures/shop", "--around", "Shipment"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(
        stderr(&unknown),
        "lenslint: nothing that is drawn is called 'Shipment'; did you mean 'Shipments'?\n"
    );
}

#[test]
fn what_belongs_together_is_one_drawing_and_the_rest_stands_beside_it() {
    let marketplace = json(root(), &["fixtures/marketplace/template.yaml"]);
    assert_eq!(marketplace["templates"], serde_json::json!(["fixtures/marketplace/template.yaml"]));
    let order = marketplace["vertices"].as_array().unwrap().iter();
    let order = order.clone().find(|vertex| vertex["id"] == "MessagingStack/OrderQueue").unwrap();
    assert_eq!(
        (&order["label"], &order["stacks"]),
        (&"OrderQueue".into(), &serde_json::json!(["MessagingStack"]))
    );

    let folder = folder_with(&[("a.yaml", SLOW), ("b.yaml", SLOW)]);
    let both = drawn(folder.path(), &["b.yaml", "a.yaml"]);
    assert_eq!(both.matches("subgraph").count(), 2);
    assert_eq!(both, drawn(folder.path(), &["."]), "the order of the arguments shows");
    assert_eq!(both, drawn(folder.path(), &["a.yaml", "b.yaml"]));
}

#[test]
fn a_deployment_leaves_out_what_it_rules_out() {
    let template = SLOW.replace("Resources:", "Parameters: {Stage: {Type: String}}\nConditions: {IsProd: !Equals [!Ref Stage, prod]}\nResources:\n  Archive: {Type: AWS::S3::Bucket, Condition: IsProd}");
    let folder = folder_with(&[("t.yaml", &template)]);
    let any = drawn(folder.path(), &["t.yaml"]);
    assert!(any.contains("Archive") && any.contains("when IsProd is true"), "{any}");
    assert!(!drawn(folder.path(), &["--parameter", "Stage=dev", "t.yaml"]).contains("Archive"));
}

#[test]
fn standard_input_and_files_to_write_work_as_elsewhere() {
    let output = piped(&["graph", "-"], SLOW);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("flowchart LR\n"), "{}", stdout(&output));
    let folder = folder_with(&[
        ("t.yaml", SLOW),
        ("broken.yaml", "Resources: {A: {Type: [AWS::SQS::Queue"),
        ("x.txt", "x"),
    ]);
    assert_eq!(drawn(folder.path(), &["t.yaml", "--format", "dot", "--output", "t.dot"]), "");
    assert!(std::fs::read_to_string(folder.path().join("t.dot")).unwrap().starts_with("digraph"));
    for path in ["broken.yaml", "x.txt", "gone.yaml"] {
        let output = run(folder.path(), &["graph", path]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{path}");
        assert!(stderr(&output).contains("no template found") || path == "gone.yaml", "{}", stderr(&output));
    }
}

#[test]
fn names_act_on_nothing_in_any_format() {
    let name = format!("{HOSTILE}\"]]; click v0 %%{{init: {{}}}}%% </script><b>&amp;\\N\n");
    let template = serde_json::json!({"Resources": {
        name.clone(): {"Type": "AWS::SQS::Queue"},
        "end": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": {
            "deadLetterTargetArn": {"Fn::GetAtt": [name.clone(), "Arn"]}, "maxReceiveCount": 5,
        }}},
    }});
    let folder = folder_with(&[("t.json", &template.to_string())]);
    let mermaid = drawn(folder.path(), &["t.json"]);
    assert_is_inert(&mermaid);
    assert!(!mermaid.contains("%%") && !mermaid.contains("</script>"), "{mermaid}");
    // Every line is one of ours: what follows a card's opening quote is closed at its end.
    assert!(
        mermaid.lines().filter(|line| line.contains("click")).all(|line| line.ends_with("\"]]")),
        "{mermaid}"
    );
    let dot = drawn(folder.path(), &["--format", "dot", "t.json"]);
    assert_is_inert(&dot);
    for line in dot.lines().filter(|line| line.contains("click")) {
        let unescaped = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(unescaped.matches('"').count() % 2, 0, "{line}");
    }
    let read = json(folder.path(), &["t.json"]);
    assert_eq!(ids(&read), [name.as_str(), "end"]);
    assert_is_inert(&drawn(folder.path(), &["--format", "json", "t.json"]));
    for format in ["svg", "html"] {
        let text = drawn(folder.path(), &["--format", format, "t.json"]);
        assert_is_inert(&text);
        assert_eq!(text.matches("</script>").count(), if format == "html" { 2 } else { 0 });
        assert!(!text.contains("<b>&amp;"), "{format}");
    }
}

#[test]
fn a_picture_is_xml_with_a_card_for_each_resource_and_no_two_in_one_place() {
    for fixture in ["fixtures/shop", "fixtures/marketplace"] {
        let svg = drawn(root(), &["--format", "svg", "--states", "all", fixture]);
        let document = roxmltree::Document::parse(&svg).unwrap();
        let has = |node: &roxmltree::Node<'_, '_>, class: &str| {
            node.attribute("class").is_some_and(|classes| classes.split(' ').any(|it| it == class))
        };
        let cards: Vec<_> = document.descendants().filter(|node| has(node, "card")).collect();
        assert_eq!(cards.len(), json(root(), &[fixture])["vertices"].as_array().unwrap().len());
        let number = |text: &str| text.parse::<f64>().unwrap();
        let places: Vec<[f64; 4]> = cards
            .iter()
            .map(|card| {
                let moved = card.attribute("transform").unwrap();
                let (x, y) =
                    moved.trim_start_matches("translate(").trim_end_matches(')').split_once(' ').unwrap();
                let face = card.descendants().find(|node| has(node, "face")).unwrap();
                let size = |name| number(face.attribute(name).unwrap());
                [number(x), number(y), number(x) + size("width"), number(y) + size("height")]
            })
            .collect();
        for (index, a) in places.iter().enumerate() {
            for b in &places[..index] {
                let is_apart = a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3];
                assert!(is_apart, "{fixture}: {a:?} {b:?}");
            }
        }
        assert_eq!(svg, drawn(root(), &["--format", "svg", "--states", "all", fixture]));
    }
}

#[test]
fn a_page_needs_nothing_else_and_runs_its_own_script_alone() {
    let page = drawn(root(), &["--format", "html", "fixtures/shop"]);
    assert!(page.contains("default-src 'none'"), "{page}");
    for outside in ["http://", "https://", "src=", "@import", "url(h"] {
        let own = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!own.contains(outside), "{outside}");
    }
}

#[test]
fn what_is_too_much_for_a_picture_is_refused_in_words() {
    let queues: Vec<String> =
        (0..1_001).map(|index| format!("  Q{index}: {{Type: AWS::SQS::Queue}}\n")).collect();
    let queues = queues.concat();
    let folder = folder_with(&[("t.yaml", &format!("Resources:\n{queues}"))]);
    let output = run(folder.path(), &["graph", "--format", "svg", "t.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("1001 cards, of at most 1000") && stderr(&output).contains("--around"));
    assert_eq!(
        drawn(folder.path(), &["t.yaml"]).lines().filter(|line| line.contains("SQS queue")).count(),
        1_001
    );
    assert!(drawn(folder.path(), &["--format", "svg", "--around", "Q7", "t.yaml"]).contains("Q7"));
}

#[test]
fn ten_times_the_resources_take_no_more_than_some_ten_times_as_long() {
    let took = |count: usize| {
        let queues = (0..count).map(|index| {
            format!(
                "  Q{index}: {{Type: AWS::SQS::Queue}}\n  F{index}: {{Type: AWS::Lambda::Function}}\n  \
                 M{index}: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt Q{index}.Arn, \
                 FunctionName: !Ref F{index}}}}}\n"
            )
        });
        let folder =
            folder_with(&[("t.yaml", &format!("Resources:\n{}", queues.collect::<Vec<_>>().concat()))]);
        let start = Instant::now();
        let drawing = json(folder.path(), &["t.yaml"]);
        assert_eq!(drawing["edges"].as_array().unwrap().len(), count);
        start.elapsed()
    };
    // What starts up with the program is in both; a machine that is busy elsewhere slows one of them.
    let (few, many) = (took(60), took(600));
    assert!(many < few * 40, "{few:?}, then {many:?}");
}

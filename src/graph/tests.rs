//! Graphs of small templates, shown as text, for the tests of the families of links.

use std::collections::BTreeMap;

use crate::code::HandlerCode;
use crate::corpus;
use crate::document::Document;
use crate::source::Source;
use crate::template::{Alt, Deployment, Folder, Resolver, Template, Val};

use super::*;

/// A template from YAML that holds only the entries of `Resources`.
pub(super) fn resources(text: &str) -> Template {
    template(&format!("Resources:\n{text}"))
}

/// A template from the whole text of one.
pub(super) fn template(text: &str) -> Template {
    let mut template = unread(text);
    assert_eq!(template.read_definitions(), []);
    template
}

/// A template from YAML that holds only the entries of `Resources`, with the file `api.yaml` beside it.
pub(super) fn beside(file: &str, text: &str) -> Template {
    let folder = tempfile::tempdir().expect("the test has a folder");
    std::fs::write(folder.path().join("api.yaml"), file).expect("the test can write a file");
    let folder = Folder::of(&folder.path().join("t.yaml"));
    let mut template = read_in(folder, &format!("Resources:\n{text}"));
    assert_eq!(template.read_definitions(), []);
    template
}

/// A template whose definitions are still to be read.
fn unread(text: &str) -> Template {
    read_in(Folder::none(), text)
}

fn read_in(folder: Folder, text: &str) -> Template {
    let document = Document::parse("t.yaml", text).document.expect("the test's text is sound");
    let (template, flaws) =
        Template::read(Source::new("t.yaml", text), &document, folder, &Deployment::default());
    assert_eq!(flaws, [], "the test's template is sound");
    template
}

/// Every edge, one in a line: `poll Orders -> Worker [certain]`, with its condition. What an alias stands for is
/// no news to most tests.
pub(super) fn edges(template: &Template) -> Vec<String> {
    let graph = Graph::build(Resolver::new(template), HandlerCode::Read);
    let told = graph.edges.iter().filter(|edge| edge.kind != EdgeKind::Qualify);
    told.map(|edge| shown(template, &graph, edge)).collect()
}

/// The edges of one kind.
pub(super) fn edges_of(template: &Template, kind: EdgeKind) -> Vec<String> {
    let graph = Graph::build(Resolver::new(template), HandlerCode::Read);
    graph.edges.iter().filter(|edge| edge.kind == kind).map(|edge| shown(template, &graph, edge)).collect()
}

pub(super) fn shown(template: &Template, graph: &Graph, edge: &Edge) -> String {
    let id = |vertex: VertexId| template.names.text(graph.vertices[vertex.0 as usize].id);
    let mut text =
        format!("{} {} -> {} [{}]", edge.kind.as_str(), id(edge.from), id(edge.to), edge.certainty.as_str());
    if edge.guard != Guard::ALWAYS {
        text.push_str(&format!(" when {}", template.guards.words(&template.names, (edge.guard, true))));
    }
    text
}

/// A fact of a vertex.
pub(super) fn fact(template: &Template, vertex: &str, name: &str) -> String {
    let graph = Graph::build(Resolver::new(template), HandlerCode::Read);
    let vertex = graph
        .vertices
        .iter()
        .find(|candidate| template.names.text(candidate.id) == vertex)
        .expect("the test names a vertex that there is");
    fact_in(template, &vertex.facts, name)
}

/// A fact of the first edge of a kind.
pub(super) fn edge_fact(template: &Template, kind: EdgeKind, name: &str) -> String {
    let graph = Graph::build(Resolver::new(template), HandlerCode::Read);
    let edge = graph.edges.iter().find(|edge| edge.kind == kind).expect("there is such an edge");
    fact_in(template, &edge.facts, name)
}

fn fact_in(template: &Template, facts: &[Fact], wanted: &str) -> String {
    let plain = |value: &Plain| match value {
        Plain::Bool(value) => value.to_string(),
        Plain::Int(value) => value.to_string(),
        Plain::Text(text) => (*text).to_owned(),
        Plain::Name(name) => template.names.text(*name).to_owned(),
        Plain::Unknown => "unknown".to_owned(),
    };
    let of_alt = |alt: &Alt, default: &Default| match alt {
        Alt::Absent { .. } => match default {
            Default::Value(value) => format!("{} by default", plain(value)),
            Default::Missing => "missing".to_owned(),
            Default::Elsewhere | Default::Unknown => "unknown".to_owned(),
        },
        Alt::Scalar { text, .. } => template.names.text(*text).to_owned(),
        other => format!("{other:?}"),
    };
    let of_val = |val: &Val, default: &Default| {
        let cases = val.alternatives.iter().map(|(guard, alt)| {
            let told = of_alt(alt, default);
            let words = || template.guards.words(&template.names, (*guard, true));
            if *guard == Guard::ALWAYS { told } else { format!("{told} when {}", words()) }
        });
        cases.collect::<Vec<_>>().join(", ")
    };
    let found: Vec<String> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Derived { name, value, .. } => (*name == wanted).then(|| plain(value)),
            Fact::Claim { name, holds, fails, .. } => {
                (*name == wanted).then(|| claimed(template, *holds, *fails))
            }
            Fact::Words { name, words, .. } => (*name == wanted).then(|| listed(template, words.as_deref())),
            Fact::Setting { name, base, path, default, origin, .. } => (*name == wanted)
                .then(|| of_val(&Resolver::new(template).follow(*base, path, *origin), default)),
            Fact::Resolved { name, val, default, .. } => (*name == wanted).then(|| of_val(val, default)),
            Fact::List { name, items, .. } => (*name == wanted).then(|| items.len().to_string()),
        })
        .collect();
    assert!(found.len() <= 1, "{wanted} is stated twice: {found:?}");
    found.into_iter().next().unwrap_or_else(|| "no such fact".to_owned())
}

fn claimed(template: &Template, holds: Guard, fails: Guard) -> String {
    let words = |guard| template.guards.words(&template.names, (guard, true));
    match (holds, fails) {
        (Guard::ALWAYS, _) => "true".to_owned(),
        (_, Guard::ALWAYS) => "false".to_owned(),
        (Guard::NEVER, Guard::NEVER) => "unknown".to_owned(),
        (holds, Guard::NEVER) => format!("true when {}, else unknown", words(holds)),
        (holds, _) => format!("true when {}", words(holds)),
    }
}

fn listed(template: &Template, words: Option<&[(Guard, Name, Origin)]>) -> String {
    let Some(words) = words else { return "unknown".to_owned() };
    let words: Vec<String> = words
        .iter()
        .map(|(guard, word, _)| {
            let word = template.names.text(*word);
            match *guard {
                Guard::ALWAYS => word.to_owned(),
                guard => {
                    format!("{word} when {}", template.guards.words(&template.names, (guard, true)))
                }
            }
        })
        .collect();
    words.join(", ")
}

#[test]
fn a_resource_is_a_vertex_with_the_service_defaults_of_what_it_leaves_out() {
    let template = resources(
        "  F: {Type: 'AWS::Lambda::Function', Properties: {Timeout: '30'}}
  Q: {Type: 'AWS::SQS::Queue'}
  T: {Type: 'AWS::DynamoDB::Table'}
  M: {Type: 'AWS::StepFunctions::StateMachine'}
",
    );
    assert_eq!(fact(&template, "F", "Timeout"), "30");
    assert_eq!(fact(&template, "F", "MemorySize"), "128 by default");
    assert_eq!(fact(&template, "F", "Runtime"), "missing");
    assert_eq!(fact(&template, "Q", "VisibilityTimeout"), "30 by default");
    assert_eq!(fact(&template, "T", "BillingMode"), "PROVISIONED by default");
    assert_eq!(fact(&template, "M", "WorkflowType"), "STANDARD by default");
}

#[test]
fn a_resource_of_the_cdk_knows_its_construct() {
    let template = resources(
        "  Q: {Type: 'AWS::SQS::Queue', Metadata: {'aws:cdk:path': Shop/Orders/Resource}}
  R: {Type: 'AWS::SQS::Queue'}
",
    );
    assert_eq!(["Q", "R"].map(|id| fact(&template, id, "Construct")), ["Shop/Orders", "no such fact"]);
}

/// A template with SAM's transform, expanded.
pub(super) fn expanded(text: &str) -> Template {
    let mut template = unread(&format!("Transform: AWS::Serverless-2016-10-31\nResources:\n{text}"));
    assert_eq!(crate::sam::expand(&mut template), []);
    assert_eq!(template.read_definitions(), []);
    template
}

/// The same from the whole text of a template, of which the transform refuses a part.
pub(super) fn expanded_in_part(text: &str) -> Template {
    let mut template = unread(text);
    assert_ne!(crate::sam::expand(&mut template), []);
    assert_eq!(template.read_definitions(), []);
    template
}

#[test]
fn what_a_sam_event_makes_is_acted_on_at_the_event() {
    let template = expanded(
        "  Orders: {Type: 'AWS::SQS::Queue'}
  News: {Type: 'AWS::SNS::Topic'}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      CodeUri: .
      Events:
        FromQueue: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
        FromNews: {Type: SNS, Properties: {Topic: !Ref News, SqsSubscription: true}}
        Place: {Type: Api, Properties: {Path: /orders, Method: post}}
        List: {Type: HttpApi, Properties: {Path: /orders, Method: get}}
",
    );
    let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
    let text = template.sources[0].text();
    let mut found: Vec<String> = graph
        .edges
        .iter()
        .map(|edge| format!("{} @ {}", shown(&template, &graph, edge), &text[edge.origin.key.range()]))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "invoke.sync ServerlessHttpApi GET /orders -> Worker [certain] @ List",
            "invoke.sync ServerlessRestApi POST /orders -> Worker [certain] @ Place",
            "poll Orders -> Worker [certain] @ FromQueue",
            "poll WorkerFromNewsQueue -> Worker [certain] @ FromNews",
            "send News -> WorkerFromNewsQueue [certain] @ FromNews",
        ]
    );
    assert_eq!(fact(&template, "WorkerFromNewsQueue", "Implicit"), "true");
    assert_eq!(fact(&template, "Orders", "Implicit"), "false");
    assert_eq!(fact(&template, "ServerlessRestApi", "Implicit"), "true");
    assert_eq!(
        fact(
            &resources("  ServerlessRestApi: {Type: 'AWS::ApiGateway::RestApi'}\n"),
            "ServerlessRestApi",
            "Implicit"
        ),
        "false"
    );
}

#[test]
fn a_sam_web_socket_api_waits_for_the_functions_of_its_routes_and_of_its_authorizer() {
    let template = expanded(
        "  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Auth: {AuthType: CUSTOM, AuthArn: !GetAtt Guard.Arn}
      Routes:
        $connect: {FunctionArn: !Ref Worker.Alias, IntegrationTimeout: 5000}
        send: {FunctionArn: !GetAtt Guard.Arn}
  Worker: {Type: 'AWS::Serverless::Function', Properties: {AutoPublishAlias: live}}
  Guard: {Type: 'AWS::Serverless::Function'}
",
    );
    assert_eq!(
        edges(&template),
        [
            "invoke.sync Chat ANY $connect -> Worker [certain]",
            "invoke.sync Chat ANY send -> Guard [certain]",
            "authorize Chat -> Guard [certain]",
        ]
    );
    assert_eq!(fact(&template, "Chat ANY send", "ApiKind"), "WEBSOCKET");
    assert_eq!(fact(&template, "Chat ANY send", "TimeoutInMillis"), "29000 by default");
    assert_eq!(fact(&template, "Chat ANY $connect", "TimeoutInMillis"), "5000");
}

#[test]
fn a_chain_of_sam_functions_is_a_path() {
    let template = expanded(
        "  Front:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      CodeUri: .
      Environment: {Variables: {BACK: !Ref Back}}
      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Back}}]
      Events: {Place: {Type: Api, Properties: {Path: /orders, Method: post}}}
  Back: {Type: 'AWS::Serverless::Function', Properties: {Runtime: python3.13, Handler: a.b, CodeUri: .}}
",
    );
    let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
    let lengths: Vec<usize> = graph.sync_paths.iter().map(|path| path.edges.len()).collect();
    assert_eq!(lengths, [1, 2]);
    assert_eq!(graph.sync_paths[1].certainty, Certainty::Likely);
}

#[test]
fn a_field_of_a_sam_api_waits_for_the_functions_of_its_pipeline() {
    let template = expanded(
        "  F: {Type: 'AWS::Lambda::Function'}
  G: {Type: 'AWS::Lambda::Function'}
  Shop:
    Type: AWS::Serverless::GraphQLApi
    Condition: IsProd
    Properties:
      SchemaInline: s
      Auth: {Type: AWS_IAM}
      DataSources: {Lambda: {Stock: {FunctionArn: !GetAtt F.Arn}}, DynamoDb: {Items: {TableName: t}}}
      Functions:
        check: {DataSource: Stock, InlineCode: c, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}}
        find: {DataSource: Items, InlineCode: c, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}}
        pay: {Id: !GetAtt Pay.FunctionId}
      Resolvers:
        Mutation: {place: {Pipeline: [check, pay]}}
        Query: {item: {Pipeline: [find]}}
  Source: {Type: 'AWS::AppSync::DataSource', Properties: {LambdaConfig: {LambdaFunctionArn: !GetAtt G.Arn}}}
  Pay: {Type: 'AWS::AppSync::FunctionConfiguration', Properties: {DataSourceName: !GetAtt Source.Name}}
",
    );
    let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
    let place = |origin: Origin| template.sources[0].slice(origin.key);
    let edges = graph.edges.iter();
    let edges: Vec<String> =
        edges.map(|edge| format!("{} @ {}", shown(&template, &graph, edge), place(edge.origin))).collect();
    assert_eq!(
        edges,
        [
            "invoke.sync Shop Mutation.place -> F [certain] when IsProd is true @ place",
            "invoke.sync Shop Mutation.place -> G [certain] when IsProd is true @ place",
        ]
    );
    let fields = graph.vertices.iter().filter(|vertex| vertex.kind == VertexKind::GraphQlField);
    let fields: Vec<&str> = fields.map(|field| place(field.origin)).collect();
    assert_eq!(fields, ["place"], "no function answers the other field");
    assert_eq!(fact(&template, "Shop Mutation.place", "Write"), "true");
}

#[test]
fn globals_elsewhere_may_set_what_a_function_of_a_fragment_leaves_out() {
    let mut template = resources(
        "  F: {Type: 'AWS::Serverless::Function', Properties: {Runtime: python3.13, Handler: a.b, CodeUri: .}}
  G: {Type: 'AWS::Lambda::Function'}
",
    );
    let _ = crate::sam::expand(&mut template);
    assert_eq!(fact(&template, "F", "Timeout"), "unknown");
    assert_eq!(fact(&template, "G", "Timeout"), "3 by default");
}

#[test]
#[expect(clippy::print_stdout, reason = "how many edges there are is what a reader wants to know")]
fn the_whole_corpus_has_a_graph_whose_edges_are_proved_inside_their_file() {
    let Some(templates) = corpus::templates() else { return };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = 0;
    for path in templates {
        let shown_path = path.display().to_string();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Some(document) = Document::parse(&shown_path, &text).document else { continue };
        let (mut template, _) = Template::read(
            Source::new(shown_path.clone(), text),
            &document,
            Folder::of(&path),
            &Deployment::default(),
        );
        let _ = crate::sam::expand(&mut template);
        let _ = template.read_definitions();
        let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
        count += 1;
        for edge in &graph.edges {
            *kinds.entry(edge.kind.as_str()).or_default() += 1;
            assert!(!edge.evidence.is_empty(), "{shown_path}: {}", shown(&template, &graph, edge));
            for origin in edge.evidence.iter().map(|evidence| evidence.origin).chain([edge.origin]) {
                let text = template.sources[origin.file.0 as usize].text();
                assert!(text.get(origin.value.range()).is_some(), "{shown_path}");
            }
        }
    }
    println!("{count} graphs: {kinds:?}");
    assert!(kinds.len() > 10, "a corpus of this size has edges of nearly every kind");
}

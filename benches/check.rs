//! Wall time of the stages on one template of 4 KB, on the corpus where it is there, and on templates that grow.
//! `README.md` beside this file says how whole processes are measured, and what was found.

#![expect(clippy::print_stderr, reason = "a benchmark says aloud what it skips")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group};
use lenslint::document::Document;
use lenslint::finding::Confidence;
use lenslint::lint::{HandlerCode, Input, Linter, expand, graph};
use lenslint::rule::{Catalogue, Profile, Selection, Selector};

fn stages(criterion: &mut Criterion) {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop/template.yaml");
    measure(criterion, "shop", &[shop]);
    match corpus() {
        Some(files) => measure(criterion, "corpus", &files),
        None => eprintln!("the corpus is not there: it is skipped"),
    }
}

/// The time of a check per resource should not depend on how many there are.
fn growth(criterion: &mut Criterion) {
    let linter = linter();
    let mut group = criterion.benchmark_group("growth");
    group.sample_size(10);
    for resources in [100, 1_000, 10_000] {
        let text = applications(resources / 2);
        group.throughput(Throughput::Elements(resources));
        group.bench_function(resources.to_string(), |bencher| {
            let input = Input { path: "t.yaml", on_disk: None, bytes: text.as_bytes(), given: None };
            bencher.iter(|| drop(black_box(linter.check(&input))));
        });
        group.bench_function(format!("graph/{resources}"), |bencher| {
            let input = Input { path: "t.yaml", on_disk: None, bytes: text.as_bytes(), given: None };
            bencher.iter(|| drop(black_box(graph(&input, HandlerCode::LeftAlone))));
        });
    }
    group.finish();
}

/// A template of so many queues, each with a function that polls it and answers a route.
fn applications(pairs: u64) -> String {
    let mut text = "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function: {Runtime: python3.13, Timeout: 30}\nResources:\n".to_owned();
    for number in 0..pairs {
        text.push_str(&format!(
            "  Queue{number}:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
  Function{number}:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      MemorySize: 512
      Environment:
        Variables:
          QUEUE: !Ref Queue{number}
      Policies:
        - SQSSendMessagePolicy:
            QueueName: !GetAtt Queue{number}.QueueName
      Events:
        Message:
          Type: SQS
          Properties:
            Queue: !GetAtt Queue{number}.Arn
        Call:
          Type: Api
          Properties:
            Path: /path{number}
            Method: post
"
        ));
    }
    text
}

fn linter() -> Linter<'static> {
    selecting(&[])
}

/// What a rule about unreadable files alone leaves is all but the rules.
const WITHOUT_RULES: [&str; 1] = ["SLP001"];

/// A linter of these rules, or of the default ones.
fn selecting(select: &[&str]) -> Linter<'static> {
    let catalogue = Catalogue::built_in();
    let select = select.iter().map(|rule| Selector::read(rule, catalogue).expect("a rule")).collect();
    let selection = Selection { profile: Profile::Default, select, extend: Vec::new(), ignore: Vec::new() };
    Linter::new(catalogue, selection, Confidence::Low)
}

fn measure(criterion: &mut Criterion, name: &str, paths: &[PathBuf]) {
    let texts = texts(paths);
    let (linter, without_rules) = (linter(), selecting(&WITHOUT_RULES));
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(texts.iter().map(|(_, text)| text.len() as u64).sum()));
    group.bench_function("parse", |bencher| bencher.iter(|| parse(&texts)));
    group.bench_function("expand", |bencher| {
        bencher.iter(|| texts.iter().for_each(|text| drop(black_box(expand(&input(text))))));
    });
    group.bench_function("check", |bencher| bencher.iter(|| check(&linter, &texts)));
    group.bench_function("check-without-rules", |bencher| bencher.iter(|| check(&without_rules, &texts)));
    group.finish();
}

/// A path and what stands there.
type Text = (String, String);

/// The files that are text.
fn texts(paths: &[PathBuf]) -> Vec<Text> {
    let text = |path: &PathBuf| {
        let bytes = fs::read(path).expect("a listed file");
        Some((path.display().to_string(), String::from_utf8(bytes).ok()?))
    };
    paths.iter().filter_map(text).collect()
}

fn input((path, text): &Text) -> Input<'_> {
    Input { path, on_disk: None, bytes: text.as_bytes(), given: None }
}

fn parse(texts: &[Text]) {
    for (path, text) in texts {
        drop(black_box(Document::parse(path, text)));
    }
}

fn check(linter: &Linter<'_>, texts: &[Text]) {
    for text in texts {
        drop(black_box(linter.check(&input(text))));
    }
}

/// Rounds of [`ratios`].
const ROUNDS: usize = 41;

/// What a check of the corpus takes beside parsing it. The stages take turns, since a machine's speed wanders more
/// between one benchmark and the next than what the rules add.
fn ratios() {
    let Some(paths) = corpus() else { return eprintln!("the corpus is not there: nothing is measured") };
    let texts = texts(&paths);
    let time = |stage: &dyn Fn()| {
        let start = Instant::now();
        stage();
        start.elapsed()
    };
    let without_rules = selecting(&WITHOUT_RULES);
    for (name, linter) in [("default", linter()), ("all", selecting(&["ALL"]))] {
        let rounds: Vec<[Duration; 3]> = (0..ROUNDS)
            .map(|_| {
                [
                    time(&|| parse(&texts)),
                    time(&|| check(&without_rules, &texts)),
                    time(&|| check(&linter, &texts)),
                ]
            })
            .collect();
        let median = |of: &dyn Fn(&[Duration; 3]) -> f64| {
            let mut values: Vec<f64> = rounds.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[ROUNDS / 2]
        };
        let milliseconds = [0, 1, 2].map(|stage| median(&|round| round[stage].as_secs_f64() * 1e3));
        let [parse, without_rules, check] = milliseconds;
        let ratio = median(&|[parse, _, check]| check.as_secs_f64() / parse.as_secs_f64());
        let rules = median(&|[parse, without_rules, check]| {
            (check.as_secs_f64() - without_rules.as_secs_f64()) / parse.as_secs_f64()
        });
        eprintln!(
            "{name} rules: parse {parse:.1} ms, check {check:.1} ms, without rules {without_rules:.1} ms: \
             check ÷ parse {ratio:.2}, rules ÷ parse {rules:.2}"
        );
    }
}

/// The templates below `$LENSLINT_CORPUS`.
fn corpus() -> Option<Vec<PathBuf>> {
    let root = PathBuf::from(std::env::var_os("LENSLINT_CORPUS")?);
    let mut files = Vec::new();
    let mut folders = vec![root.join("patterns"), root.join("cfn")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).ok()? {
            let path = entry.ok()?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Some(files)
}

criterion_group!(benches, stages, growth);

fn main() {
    if std::env::args().any(|argument| argument == "ratios") {
        return ratios();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}

//! Wall time of the stages on one template of 4 KB, on the corpus where it is there, and on templates that grow.
//! `README.md` beside this file says how whole processes are measured, and what was found.

#![expect(clippy::print_stderr, reason = "a benchmark says aloud what it skips")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
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

/// A linter of these rules, or of the default ones.
fn selecting(select: &[&str]) -> Linter<'static> {
    let catalogue = Catalogue::built_in();
    let select = select.iter().map(|rule| Selector::read(rule, catalogue).expect("a rule")).collect();
    let selection = Selection { profile: Profile::Default, select, extend: Vec::new(), ignore: Vec::new() };
    Linter::new(catalogue, selection, Confidence::Low)
}

fn measure(criterion: &mut Criterion, name: &str, paths: &[PathBuf]) {
    let files: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| (path.display().to_string(), fs::read(path).expect("a listed file")))
        .collect();
    let texts: Vec<(&str, &str)> = files
        .iter()
        .filter_map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?)))
        .collect();
    // What a rule about unreadable files alone leaves is all but the rules.
    let (linter, without_rules) = (linter(), selecting(&["SLP001"]));
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(texts.iter().map(|(_, text)| text.len() as u64).sum()));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| texts.iter().for_each(|(path, text)| drop(black_box(Document::parse(path, text)))));
    });
    group.bench_function("expand", |bencher| {
        bencher.iter(|| {
            for (path, text) in &texts {
                drop(black_box(expand(&Input { path, on_disk: None, bytes: text.as_bytes(), given: None })));
            }
        });
    });
    for (name, linter) in [("check", &linter), ("check-without-rules", &without_rules)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for (path, text) in &texts {
                    drop(black_box(linter.check(&Input {
                        path,
                        on_disk: None,
                        bytes: text.as_bytes(),
                        given: None,
                    })));
                }
            });
        });
    }
    group.finish();
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
criterion_main!(benches);

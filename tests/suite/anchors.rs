//! Where findings point, over the corpus: at the offending value where there is one, and where something is
//! missing at the key of what it would be added to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lenslint::finding::{Confidence, Finding};
use lenslint::lint::{Input, Linter};
use lenslint::rule::{Catalogue, Profile, Selection, Selector};
use lenslint::source::Location;

/// What the text at a finding's primary place may be.
#[derive(Clone, Copy)]
enum Anchor {
    /// The key of a construct: a logical id, an event's name, a section.
    Key,
    /// The value of one of these properties, or the key of the construct that lacks it.
    Value(&'static [&'static str]),
}

const ANCHORS: &[(&str, Anchor)] = &[
    ("SLP101", Anchor::Key),
    ("SLP102", Anchor::Value(&["Timeout"])),
    ("SLP103", Anchor::Value(&["Timeout"])),
    ("SLP104", Anchor::Key),
    ("SLP108", Anchor::Key),
    ("SLP109", Anchor::Value(&["ExecutionTimeout"])),
    ("SLP110", Anchor::Key),
    ("SLP111", Anchor::Value(&["InvocationType", "Type", "StateMachineType"])),
    ("SLP112", Anchor::Value(&["Timeout"])),
    ("SLP201", Anchor::Value(&["VisibilityTimeout"])),
    ("SLP202", Anchor::Value(&["VisibilityTimeout"])),
    ("SLP203", Anchor::Value(&["BatchSize"])),
    ("SLP204", Anchor::Value(&["MaximumBatchingWindowInSeconds"])),
    ("SLP205", Anchor::Value(&["BatchSize"])),
    ("SLP206", Anchor::Value(&["ScalingConfig"])),
    ("SLP207", Anchor::Value(&["MaximumConcurrency", "ReservedConcurrentExecutions"])),
    ("SLP208", Anchor::Value(&["MaximumConcurrency", "MinimumPollers", "MaximumPollers"])),
    ("SLP209", Anchor::Value(&["FunctionResponseTypes"])),
    ("SLP210", Anchor::Key),
    ("SLP211", Anchor::Value(&["RedrivePolicy", "maxReceiveCount"])),
    (
        "SLP212",
        Anchor::Value(&["DeadLetterQueue", "DeadLetterConfig", "EventInvokeConfig", "DestinationConfig"]),
    ),
    ("SLP213", Anchor::Value(&["MaximumRetryAttempts"])),
    ("SLP214", Anchor::Key),
    ("SLP215", Anchor::Value(&["BisectBatchOnFunctionError", "OnPartialBatchItemFailure"])),
    ("SLP216", Anchor::Value(&["MaximumBatchingWindowInSeconds"])),
    ("SLP217", Anchor::Value(&["MaximumBatchingWindowInSeconds"])),
    ("SLP218", Anchor::Key),
    ("SLP220", Anchor::Value(&["ParallelizationFactor"])),
    ("SLP221", Anchor::Key),
    ("SLP222", Anchor::Key),
    ("SLP223", Anchor::Value(&["Pattern"])),
    ("SLP225", Anchor::Key),
    ("SLP228", Anchor::Value(&["Timeout"])),
    ("SLP301", Anchor::Value(&["MemorySize"])),
    ("SLP302", Anchor::Value(&["MemorySize"])),
    ("SLP303", Anchor::Value(&["Timeout"])),
    ("SLP306", Anchor::Value(&["Architectures"])),
    ("SLP307", Anchor::Value(&["Runtime"])),
    ("SLP308", Anchor::Value(&["BillingMode", "ReadCapacityUnits"])),
    ("SLP309", Anchor::Value(&["IndexName"])),
    ("SLP312", Anchor::Value(&["ShardCount"])),
    ("SLP313", Anchor::Key),
    ("SLP314", Anchor::Value(&["EndpointConfiguration", "Type", "Types"])),
    ("SLP315", Anchor::Key),
    ("SLP316", Anchor::Value(&["TimeoutInMillis", "timeoutInMillis"])),
    ("SLP317", Anchor::Value(&["EndpointConfiguration"])),
    ("SLP318", Anchor::Value(&["CachingEnabled", "MinimumCompressionSize"])),
    ("SLP322", Anchor::Value(&["ReservedConcurrentExecutions"])),
    ("SLP401", Anchor::Key),
    ("SLP413", Anchor::Value(&["SubnetIds"])),
    ("SLP416", Anchor::Key),
    ("SLP501", Anchor::Key),
    ("SLP502", Anchor::Key),
    ("SLP503", Anchor::Key),
    ("SLP601", Anchor::Value(&["CacheClusterEnabled"])),
    ("SLP602", Anchor::Value(&["CacheClusterEnabled"])),
    (
        "SLP604",
        Anchor::Value(&["ReauthorizeEvery", "AuthorizerResultTtlInSeconds", "authorizerResultTtlInSeconds"]),
    ),
    ("SLP605", Anchor::Key),
    ("SLP606", Anchor::Value(&["Compress"])),
    ("SLP608", Anchor::Key),
    ("SLP611", Anchor::Value(&["CompressionFormat"])),
    ("SLP701", Anchor::Value(&["Type", "StateMachineType"])),
    ("SLP704", Anchor::Key),
    ("SLP705", Anchor::Value(&["Type", "StateMachineType"])),
    ("SLP706", Anchor::Value(&["Retry"])),
    ("SLP708", Anchor::Value(&["Level"])),
    ("SLP901", Anchor::Value(&["Tracing", "Mode"])),
    ("SLP902", Anchor::Value(&["ApplicationLogLevel", "DataTraceEnabled", "Variables"])),
];

#[test]
fn every_finding_on_the_corpus_points_at_what_it_is_about() {
    let Some(corpus) = crate::corpus() else {
        println!("skipped: the corpus is not there");
        return;
    };
    let selection = Selection {
        profile: Profile::Pedantic,
        select: vec![Selector::All],
        extend: Vec::new(),
        ignore: Vec::new(),
    };
    let linter = Linter::new(Catalogue::built_in(), selection, Confidence::Low);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for path in templates(&corpus) {
        let bytes = fs::read(&path).unwrap();
        let shown = path.display().to_string();
        let Some(checked) =
            linter.check(&Input { path: &shown, on_disk: Some(&path), bytes: &bytes, given: None })
        else {
            continue;
        };
        for finding in &checked.findings {
            let text_at = |location: Location| checked.sources[location.file.0 as usize].slice(location.span);
            let text = text_at(finding.primary.location);
            *seen.entry(finding.rule.clone()).or_default() += 1;
            if !is_right(finding, text) {
                wrong.push(format!("{shown}: {} at {text:?} ({})", finding.rule, finding.logical_path));
            }
            for label in &finding.related {
                assert!(!text_at(label.location).is_empty(), "{shown}: {label:?}");
            }
        }
    }
    println!("{seen:?}");
    assert!(seen.values().sum::<usize>() > 100, "{seen:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_right(finding: &Finding, text: &str) -> bool {
    let Some((_, anchor)) = ANCHORS.iter().find(|(rule, _)| *rule == finding.rule) else {
        return finding.rule.starts_with("SLP0");
    };
    let last = finding.logical_path.rsplit('/').next().unwrap_or_default();
    let is_key = text.trim_matches(['"', '\'']) == last;
    match anchor {
        Anchor::Key => is_key,
        Anchor::Value(properties) => {
            let names_one = finding.logical_path.split('/').any(|key| properties.contains(&key));
            is_key || names_one && !text.contains('\n')
        }
    }
}

fn templates(corpus: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![corpus.join("patterns"), corpus.join("cfn")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

//! cfn-guard itself, run as a process.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::answer::{Answer, Verdict, resource};

/// Longer than this no evaluation of small cases takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The oracle.
pub(crate) struct Oracle {
    program: PathBuf,
}

struct Output {
    status: Option<ExitStatus>,
    out: String,
    errors: String,
}

impl Oracle {
    pub(crate) fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Its answer for each of the documents. A process that ends early says nothing of any of them: then each is
    /// asked about on its own.
    pub(crate) fn answers(&self, rules: &str, documents: &[String]) -> Vec<Answer> {
        let output = self.run(&[rules.to_owned()], documents);
        match answers(&output) {
            Ok(answers) if answers.len() == documents.len() => answers,
            Err(Answer::ParseError) => vec![Answer::ParseError; documents.len()],
            _ if documents.len() == 1 => {
                vec![answers(&output).err().unwrap_or(Answer::Error("no answer".to_owned()))]
            }
            _ => documents
                .iter()
                .flat_map(|document| self.answers(rules, std::slice::from_ref(document)))
                .collect(),
        }
    }

    /// Which of these texts are rules files.
    pub(crate) fn accepted(&self, texts: &[String]) -> Vec<bool> {
        let output = self.run(texts, &[]);
        let refused: BTreeSet<usize> = refused_rules(&output.errors).collect();
        (1..=texts.len()).map(|number| !refused.contains(&number)).collect()
    }

    fn run(&self, rules: &[String], documents: &[String]) -> Output {
        let payload = json!({ "rules": rules, "data": documents }).to_string();
        let mut child = Command::new(&self.program)
            .args(["validate", "--payload", "--structured", "-o", "json", "--show-summary", "none"])
            .env("NO_COLOR", "1")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the path given leads to cfn-guard");
        let mut input = child.stdin.take().expect("its input was asked for");
        let mut out = child.stdout.take().expect("its output was asked for");
        let mut errors = child.stderr.take().expect("its errors were asked for");
        thread::scope(|scope| {
            let writing = scope.spawn(move || input.write_all(payload.as_bytes()));
            let read_out = scope.spawn(move || read(&mut out));
            let read_errors = scope.spawn(move || read(&mut errors));
            let started = Instant::now();
            let status = loop {
                match child.try_wait() {
                    Ok(Some(status)) => break Some(status),
                    Ok(None) if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(1)),
                    Ok(None) | Err(_) => {
                        child.kill().ok();
                        child.wait().ok();
                        break None;
                    }
                }
            };
            // It may end before it has read everything.
            writing.join().map(Result::ok).ok();
            let out = read_out.join().unwrap_or_default();
            let errors = read_errors.join().unwrap_or_default();
            Output { status, out, errors }
        })
    }
}

fn read(from: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The numbers of the rules files that did not parse, counted from 1.
fn refused_rules(errors: &str) -> impl Iterator<Item = usize> + '_ {
    let named = errors.split("Parsing error handling rule file = RULES_STDIN[").skip(1);
    named.filter_map(|rest| rest.split(']').next()?.parse().ok())
}

fn answers(output: &Output) -> Result<Vec<Answer>, Answer> {
    if refused_rules(&output.errors).next().is_some() {
        return Err(Answer::ParseError);
    }
    let why = || reason(&output.errors);
    match output.status.and_then(|status| status.code()) {
        Some(0 | 19) => {}
        Some(255) if is_about_data(&output.errors) => return Err(Answer::Refused),
        Some(code) => return Err(Answer::Error(format!("{code}: {}", why()))),
        None => return Err(Answer::Error(format!("killed: {}", why()))),
    }
    let Ok(Value::Array(files)) = serde_json::from_str(&output.out) else {
        return Err(Answer::Error(format!("no JSON: {}", why())));
    };
    Ok(files.iter().map(|file| Answer::Verdicts(verdicts(file))).collect())
}

/// The last line of the errors, or where cfn-guard panics.
fn reason(errors: &str) -> String {
    let panic = errors.lines().find(|line| line.contains("panicked at"));
    let line = panic.or_else(|| errors.lines().last()).unwrap_or_default();
    let start = if panic.is_some() { line.rfind('/').map_or(0, |slash| slash + 1) } else { 0 };
    line[start..].chars().take(200).collect()
}

fn is_about_data(errors: &str) -> bool {
    ["parsing data file", "Unable to parse a template", "non string type", "key type", "aliases"]
        .iter()
        .any(|part| errors.contains(part))
}

fn verdicts(file: &Value) -> BTreeMap<String, Verdict> {
    let mut verdicts: BTreeMap<String, Verdict> = BTreeMap::new();
    let of_list = |name: &str| file[name].as_array().cloned().unwrap_or_default();
    for name in of_list("compliant") {
        verdicts.entry(rule_name(&name)).or_default().passes = true;
    }
    for name in of_list("not_applicable") {
        verdicts.entry(rule_name(&name)).or_default().skips = true;
    }
    for failure in of_list("not_compliant") {
        let rule = &failure["Rule"];
        let verdict = verdicts.entry(rule_name(&rule["name"])).or_default();
        verdict.fails += 1;
        add_resources(&rule["checks"], &mut verdict.resources);
    }
    verdicts
}

/// `RULES_STDIN[1]/default` is the rule `default`.
fn rule_name(name: &Value) -> String {
    let name = name.as_str().unwrap_or_default();
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The first path of each check.
fn add_resources(value: &Value, resources: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| add_resources(item, resources)),
        Value::Object(entries) => {
            for name in ["from", "value", "traversed_to"] {
                if let Some(path) = entries.get(name).and_then(|about| about["path"].as_str()) {
                    resources.extend(resource(path));
                    return;
                }
            }
            entries.values().for_each(|value| add_resources(value, resources));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

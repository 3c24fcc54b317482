//! The traps of reading templates, as a table: each row is a template in two twins that differ in one place, of which
//! one has a finding and the other has none.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::lenslint;

mod elsewhere;
mod purposes;
mod sam_forms;
mod values;

/// Something that is easily read wrongly.
struct Trap {
    /// `T1` to `T24`. A trap that has several sides has several rows.
    code: &'static str,
    /// What holds, in a few words.
    says: &'static str,
    /// The rule that tells the twins apart.
    rule: &'static str,
    /// What the place `TWIN` holds, in the twin that has the finding and in the one that has none.
    firing: &'static str,
    silent: &'static str,
    /// A part of what is said: message, condition, confidence and help.
    told: &'static str,
    /// Paths and texts; the first is checked. Some words in them stand for lines that are always alike, and the line
    /// of the finding ends in `# fires`.
    files: &'static [(&'static str, &'static str)],
    /// Options of `check`, which may hold `TWIN` as the files may.
    options: &'static [&'static str],
}

/// Words that stand for what a row is not about.
const WORDS: &[(&str, &str)] = &[
    (
        "WORKER",
        "Worker:\n    FUNCTION\n      Timeout: 30\n      Events: {Order: {Type: SQS, Properties: {Queue: ORDERS, BatchSize: 1}}}",
    ),
    ("ORDERS", "!GetAtt Orders.Arn"),
    ("FUNCTION", "UNSIZED\n      MemorySize: 512"),
    (
        "UNSIZED",
        "Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: src/\n      Handler: app.handler\n      Runtime: python3.13",
    ),
    ("SAM", "AWS::Serverless-2016-10-31"),
];

/// How many traps there are.
const TRAPS: usize = 24;

fn rows() -> impl Iterator<Item = &'static Trap> {
    [values::ROWS, sam_forms::ROWS, elsewhere::ROWS, purposes::ROWS].into_iter().flatten()
}

#[test]
fn every_trap_has_a_row() {
    let codes: BTreeSet<&str> = rows().map(|row| row.code).collect();
    let expected: BTreeSet<String> = (1..=TRAPS).map(|number| format!("T{number}")).collect();
    assert!(codes.into_iter().eq(&expected), "{expected:?}");
}

#[test]
fn each_trap_is_told_from_its_twin() {
    let mut wrong = String::new();
    for row in rows() {
        let fired = findings(row, row.firing);
        let place = marked(row);
        let is_right =
            matches!(&fired[..], [finding] if finding.starts_with(&place) && finding.contains(row.told));
        if !is_right {
            wrong += &format!(
                "{}: {}\n  expected {place}… {} …\n  found {fired:#?}\n",
                row.code, row.says, row.told
            );
        }
        let kept_silent = findings(row, row.silent);
        if !kept_silent.is_empty() {
            wrong += &format!("{}: {}\n  expected nothing\n  found {kept_silent:#?}\n", row.code, row.says);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Where the row has its finding: path and line.
fn marked(row: &Trap) -> String {
    let marked = row.files.iter().find_map(|(path, text)| {
        let line = written(text, row.firing).lines().position(|line| line.ends_with("# fires"))?;
        Some(format!("{}:{}: ", written(path, row.firing), line + 1))
    });
    marked.unwrap_or_else(|| panic!("{}: {}: no line is marked", row.code, row.says))
}

fn findings(row: &Trap, twin: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in row.files {
        let path = folder.path().join(written(path, twin));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, written(text, twin)).unwrap();
    }
    let checked = written(row.files[0].0, twin);
    let arguments = ["check", "--output", "json", "--select", row.rule];
    let options: Vec<String> = row.options.iter().map(|option| written(option, twin)).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let arguments = [&arguments, &*options, &[&*checked]].concat();
    let output = lenslint(&arguments).current_dir(folder.path()).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}: {}: {}", row.code, row.says, String::from_utf8_lossy(&output.stderr))
    });
    report["findings"].as_array().unwrap().iter().map(told).collect()
}

fn written(text: &str, twin: &str) -> String {
    WORDS.iter().fold(text.replace("TWIN", twin), |text, (word, lines)| text.replace(word, lines))
}

/// `path:line: message (when …) [confidence] help`
fn told(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap_or_default();
    let when = finding["condition"].as_str().map(|condition| format!(" (when {condition})"));
    format!(
        "{}:{}: {}{} [{}] {}",
        text("path"),
        finding["range"]["start"]["line"],
        text("message"),
        when.unwrap_or_default(),
        text("confidence"),
        text("help"),
    )
}

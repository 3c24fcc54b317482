//! Whole templates with their expected findings: each folder of `fixtures/` that holds an `expected.txt` is a
//! case. One with a `runs.txt` is checked several ways: each line names what is expected, and the arguments that it
//! is checked with. One with a folder `rules` is checked with those as well, has what Guard mode says of the template in
//! `expected-guard.txt`, and its rules pass their own tests. To accept what is printed now, run with
//! `UPDATE_FIXTURES=1` and read the difference.

use std::fs;
use std::path::Path;

use crate::lenslint;

#[test]
fn every_case_prints_its_expected_findings() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut differences = String::new();
    let mut cases = 0;
    for entry in fs::read_dir(&fixtures).unwrap() {
        let case = entry.unwrap().path();
        if !case.join("expected.txt").exists() {
            continue;
        }
        cases += 1;
        let mut compare = |file: &str, arguments: &[&str]| {
            differences += &difference(&case.join(file), &printed(&case, arguments));
        };
        if case.join("rules").exists() {
            let guard = ["guard", "--output", "concise", "--rules", "rules", "--data", "template.yaml"];
            compare("expected.txt", &["check", "--output", "concise", "--rules", "rules", "."]);
            compare("expected-guard.txt", &guard);
            let tested = printed(&case, &["test", "rules"]);
            assert!(tested.ends_with(" passed.\n"), "{}: {tested}", case.display());
        } else {
            for run in runs(&case).lines() {
                let mut words = run.split_whitespace();
                let expected = words.next().unwrap();
                let arguments: Vec<&str> =
                    ["check", "--output", "concise"].into_iter().chain(words).collect();
                compare(expected, &arguments);
            }
        }
    }
    assert!(cases > 0, "no case in {}", fixtures.display());
    assert!(differences.is_empty(), "{differences}");
}

fn runs(case: &Path) -> String {
    fs::read_to_string(case.join("runs.txt")).unwrap_or_else(|_| "expected.txt .".to_owned())
}

fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = lenslint(arguments).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// What is found and not expected, and the other way round; nothing if they are equal.
fn difference(expected: &Path, found: &str) -> String {
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        fs::write(expected, found).unwrap();
    }
    let wanted = fs::read_to_string(expected).unwrap();
    if found == wanted {
        return String::new();
    }
    format!("{}\n--- expected\n{wanted}--- found\n{found}\n", expected.display())
}

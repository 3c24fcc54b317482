//! Whole templates with their expected findings: each folder of `fixtures/` that holds an `expected.txt` is a
//! case. To accept what is printed now, run with `UPDATE_FIXTURES=1` and read the difference.

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
        let expected = case.join("expected.txt");
        if !expected.exists() {
            continue;
        }
        cases += 1;
        let output = lenslint(&["check", "--output", "concise", "."]).current_dir(&case).output().unwrap();
        let found = String::from_utf8(output.stdout).unwrap();
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap();
        if found != wanted {
            differences += &format!("{}\n--- expected\n{wanted}--- found\n{found}\n", case.display());
        }
    }
    assert!(cases > 0, "no case in {}", fixtures.display());
    assert!(differences.is_empty(), "{differences}");
}

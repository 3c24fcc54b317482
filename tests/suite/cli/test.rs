//! `test`: rules against the documents that their authors wrote for them.

use super::{folder_with, run, stderr, stdout};

const RULES: &str = "\
rule encrypted when Resources.*[ Type == 'AWS::SQS::Queue' ] !empty {
    Resources.*[ Type == 'AWS::SQS::Queue' ].Properties.KmsMasterKeyId exists
}
";

const TESTS: &str = "\
- name: a queue with a key
  input: {Resources: {Q: {Type: 'AWS::SQS::Queue', Properties: {KmsMasterKeyId: k}}}}
  expectations:
    rules:
      encrypted: PASS
- name: a queue without one
  input:
    Resources:
      Q:
        Type: AWS::SQS::Queue
        Properties: {}
  expectations:
    rules:
      encrypted: FAIL
- input: {}
  expectations:
    rules:
      encrypted: SKIP
";

#[test]
fn tests_in_cfn_guards_layout_are_found_and_pass() {
    let folder = folder_with(&[
        ("rules/sqs/queues.guard", RULES),
        ("rules/sqs/tests/queues_tests.yaml", TESTS),
        (
            "rules/sqs/tests/queues-2.json",
            "[{\"input\": {}, \"expectations\": {\"rules\": {\"encrypted\": \"SKIP\"}}}]",
        ),
    ]);
    for path in ["rules", "rules/sqs/queues.guard", "."] {
        let output = run(folder.path(), &["test", path]);
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
        assert_eq!(stdout(&output), "4 tests: 4 passed.\n");
    }
    let twice = run(folder.path(), &["test", "rules", "rules/sqs/tests/queues_tests.yaml"]);
    assert_eq!(stdout(&twice), "4 tests: 4 passed.\n");
    let one = run(folder.path(), &["test", "rules/sqs/tests/queues_tests.yaml"]);
    assert_eq!((one.status.code(), stdout(&one)), (Some(0), "3 tests: 3 passed.\n".to_owned()));
}

#[test]
fn a_difference_is_told_with_what_fails_and_where() {
    let wrong = TESTS.replace("encrypted: FAIL", "encrypted: PASS");
    let folder = folder_with(&[("queues.guard", RULES), ("tests/queues.yaml", &wrong)]);
    let output = run(folder.path(), &["test"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stdout(&output),
        "tests/queues.yaml:14:7: a queue without one: encrypted: expected PASS, found FAIL\n    \
         11:21: /Resources/Q/Properties: `Resources.*[ Type == 'AWS::SQS::Queue' ].Properties.KmsMasterKeyId exists` \
         does not hold: there is no such value\n\
         3 tests: 2 passed, 1 failed.\n"
    );
}

#[test]
fn a_test_belongs_to_the_rules_file_with_the_longest_name_that_begins_its_own() {
    let folder = folder_with(&[
        ("queue.guard", "rule one { Resources exists }"),
        ("queue_policy.guard", "rule two { Resources exists }"),
        ("tests/queue_policy_tests.yaml", "[{input: {Resources: {}}, expectations: {rules: {two: PASS}}}]"),
        ("tests/queue_tests.yaml", "[{input: {Resources: {}}, expectations: {rules: {one: PASS}}}]"),
        ("tests/topic_tests.yaml", "[]"),
    ]);
    let output = run(folder.path(), &["test", "."]);
    assert_eq!(
        stdout(&output),
        "tests/topic_tests.yaml: warning: no rules file beside its folder has a name that this one begins with\n\
         2 tests: 2 passed; 1 warning.\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_expectation_for_no_rule_and_traps_are_warnings() {
    let rules = "\
#@ severty: high
rule r when Resources exists {
    Resources.*.Type in 'AWS::SQS::Queue'
    Resources.*.propertys !exists or
    Resources.*.Tags exists
}
rule s {
r
}
";
    let tests = "\
- input: {Resources: {Q: {Type: 'AWS::SQS::Queue', Tag: 1}}}
  expectations: {rules: {r: PASS, t: FAIL}}
";
    let folder = folder_with(&[("r.guard", rules), ("tests/r.yaml", tests)]);
    let output = run(folder.path(), &["test", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let told = stdout(&output);
    let warnings: Vec<&str> = told.lines().map(|line| line.split(": ").take(3).last().unwrap()).collect();
    assert_eq!(
        warnings,
        [
            "the file has no rule `t`",
            "`high`",
            "`Resources.*.Type in 'AWS::SQS::Queue'`",
            "`r`",
            "1 passed; 4 warnings.",
        ],
        "{told}"
    );
}

#[test]
fn a_rule_that_cannot_be_evaluated_passes_no_test() {
    let tests = "[{name: typo, input: {}, expectations: {rules: {r: FAIL}}}]";
    let folder = folder_with(&[("r.guard", "rule r { %nope == 1 }\n"), ("tests/r.yaml", tests)]);
    let output = run(folder.path(), &["test", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).starts_with("tests/r.yaml:1:49: typo: r: cannot be evaluated: no scope around"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn comments_that_say_nothing_are_told() {
    let rules = "#@ severity: high\n\n#@ nokey\n#@ titel: x\nrule r { Resources exists }\n";
    let folder = folder_with(&[
        ("r.guard", rules),
        ("tests/r.yaml", "[{input: {}, expectations: {rules: {r: FAIL}}}]"),
    ]);
    let told = stdout(&run(folder.path(), &["test", "."]));
    let places: Vec<&str> = told.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["r.guard:1:1", "r.guard:3:1", "r.guard:4:11", "1 test"], "{told}");
}

#[test]
fn what_is_found_under_another_spelling_is_told() {
    let rules = "rule r { Resources.*.Properties.Tags exists }\n";
    let tests = "[{input: {Resources: {Q: {Properties: {Tag: 1}}}}, expectations: {rules: {r: PASS}}}]";
    let folder = folder_with(&[("r.guard", rules), ("tests/r.yaml", tests)]);
    let told = stdout(&run(folder.path(), &["test", "."]));
    assert!(
        told.starts_with("r.guard:1:33: warning: `Tags`: where a document has no `Tags`, this finds `Tag`:"),
        "{told}"
    );
}

#[test]
fn the_examples_of_pages_are_tests() {
    let page = |fires: &str| {
        format!(
            "---\nseverity: info\n---\n# Queue is there\n\nWhy.\n\n## Rule\n\n```guard\nrule info {{\n    \
             Graph.Nodes.*[ Kind == 'queue' ] {{ Fifo == true << Queue '{{Id}}' is no FIFO queue >> }}\n}}\n```\n\n\
             ## Fix\n\nMend it.\n\n## Fails\n\n```yaml\nResources:\n  Q:{fires}\n    Type: AWS::SQS::Queue\n```\n"
        )
    };
    let folder = folder_with(&[
        ("ACME001-queue.md", &page(" # fires")),
        ("notes.md", "---\ntitle: x\n---\n# Notes\n"),
    ]);
    let output = run(folder.path(), &["test", "."]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), "1 test: 1 passed.\n".to_owned()));
    let broken = page(" # fires").replace("Type: AWS", "Type: 'AWS");
    let folder = folder_with(&[("ACME001-queue.md", &broken)]);
    let told = stdout(&run(folder.path(), &["test", "."]));
    assert!(told.contains("ACME001-queue.md:25: SLP001: "), "{told}");
    let folder = folder_with(&[("ACME001-queue.md", &page(""))]);
    let output = run(folder.path(), &["test", "ACME001-queue.md"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stdout(&output),
        "ACME001-queue.md:23: expected ACME001 nowhere of the example, found it on line 2\n1 test: 0 passed, 1 failed.\n"
    );
}

#[test]
fn an_example_that_no_block_holds_is_told_and_not_passed_over() {
    let page = |examples: &str| {
        format!(
            "---\nseverity: info\n---\n# Queue is there\n\nWhy.\n\n## Rule\n```guard\nrule info {{\n    \
             Graph.Nodes.*[ Kind == 'queue' ] {{ Fifo == true << Queue '{{Id}}' is no FIFO queue >> }}\n}}\n```\n\
             ## Fails\n```yaml\nResources:\n  Q: # fires\n    Type: AWS::SQS::Queue\n```\n## Passes\n{examples}"
        )
    };
    let template = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {FifoQueue: true}\n";
    for (examples, told) in [
        (
            format!("```yaml\n{template}```\n{template}"),
            "ACME001-queue.md:27: expected a template in a block between a line ```yaml or ```json and a line ```: what \
             stands outside of one is not run\n3 tests: 2 passed, 1 failed.\n",
        ),
        (
            format!("```yaml\n{template}"),
            "ACME001-queue.md:21: expected a line ``` that closes this block\n3 tests: 2 passed, 1 failed.\n",
        ),
    ] {
        let folder = folder_with(&[("ACME001-queue.md", &page(&examples))]);
        let output = run(folder.path(), &["test", "."]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(1), told.to_owned()));
    }
}

#[test]
fn what_cannot_be_read_ends_with_two_and_the_other_tests_still_run() {
    let folder = folder_with(&[
        ("queues.guard", RULES),
        ("tests/queues_a.yaml", "[{input: 1}]"),
        ("tests/queues_b.yaml", "[{input: {a: 1, a: 2}, expectations: {rules: {encrypted: SKIP}}}]"),
        ("tests/queues_c.yaml", "[{input: {}, expectations: {rules: {encrypted: MAYBE}}}]"),
        ("tests/queues_d.yaml", TESTS),
        ("tests/queues_e.yaml", "[{input: {}, expectations: {rules: [encrypted]}}]"),
    ]);
    let output = run(folder.path(), &["test", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "3 tests: 3 passed.\n");
    assert_eq!(
        stderr(&output),
        "lenslint: tests/queues_a.yaml: 1:2: expected `expectations` in this case\n\
         lenslint: tests/queues_b.yaml: 1:17: this key stands twice in one map\n\
         lenslint: tests/queues_c.yaml: 1:48: expected PASS, FAIL or SKIP, found `MAYBE`\n\
         lenslint: tests/queues_e.yaml: 1:28: expected a map `rules` below `expectations`\n"
    );
    let empty = folder_with(&[("readme.txt", "")]);
    let output = run(empty.path(), &["test"]);
    assert_eq!((output.status.code(), stderr(&output).lines().count()), (Some(2), 1));
}

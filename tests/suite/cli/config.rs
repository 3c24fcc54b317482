//! Configuration files: which one holds, what it changes, and how a mistake in it is told.

use std::fs;

use serde_json::Value;

use super::own_rules::PLAIN;
use super::{SLOW, folder_with, piped_in, run, schema, stderr, stdout};

/// `level[rule]` of each finding, with its path, in order.
fn found(folder: &tempfile::TempDir, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let mut all = vec!["check", "--output", "concise"];
    all.extend(arguments);
    let output = run(folder.path(), &all);
    let short = |line: &str| {
        let (path, rest) = line.split_once(':').unwrap();
        format!("{path} {}", rest.split(' ').nth(1).unwrap())
    };
    (output.status.code(), stdout(&output).lines().map(short).collect())
}

#[test]
fn the_configuration_of_a_template_is_the_nearest_one_above_it() {
    let folder = folder_with(&[
        ("lenslint.toml", "ignore = ['SLP202']"),
        ("a/slow.yaml", SLOW),
        ("b/lenslint.toml", "severity = {SLP202 = 'error'}"),
        ("b/c/slow.yaml", SLOW),
        ("b/d/.lenslint.toml", "severity = {SLP202 = 'info'}"),
        ("b/d/slow.yaml", SLOW),
    ]);
    let expected = ["b/c/slow.yaml error[SLP202]", "b/d/slow.yaml info[SLP202]"];
    assert_eq!(found(&folder, &["."]), (Some(1), expected.map(str::to_owned).to_vec()));
    assert_eq!(found(&folder, &["a"]), (Some(0), vec![]));
    assert_eq!(found(&folder, &["b/d/slow.yaml"]).0, Some(0), "info does not fail a run");
    // From inside, and by way of a detour, it is the same folder.
    let output = run(&folder.path().join("b/d"), &["check", "--output", "concise", "../c/slow.yaml"]);
    assert!(stdout(&output).contains("error[SLP202]"), "{}", stdout(&output));
}

#[test]
fn in_one_folder_the_plainest_name_wins_and_a_pyproject_counts_if_it_has_our_table() {
    let folder = folder_with(&[
        ("slow.yaml", SLOW),
        ("pyproject.toml", "[tool.ruff]\nline-length = 88\n[tool.lenslint.severity]\nSLP202 = 'error'\n"),
    ]);
    assert_eq!(found(&folder, &["."]).1, ["slow.yaml error[SLP202]"]);
    fs::write(folder.path().join(".lenslint.toml"), "severity = {SLP202 = 'info'}").unwrap();
    assert_eq!(found(&folder, &["."]).1, ["slow.yaml info[SLP202]"]);
    fs::write(folder.path().join("lenslint.toml"), "ignore = ['ALL']").unwrap();
    assert_eq!(found(&folder, &["."]).1, [""; 0]);
}

#[test]
fn a_pyproject_of_other_tools_is_passed_over_even_if_it_is_broken() {
    for text in ["[project]\nname = 'x'\n", "[tool.lenslin]\n", "= =\n", "a = 'lenslint'\n= =\n"] {
        let folder = folder_with(&[
            (".lenslint.toml", "ignore = ['SLP202']"),
            ("a/pyproject.toml", text),
            ("a/slow.yaml", SLOW),
        ]);
        assert_eq!(found(&folder, &["a"]), (Some(0), vec![]), "{text}");
    }
}

#[test]
fn a_pyproject_that_is_broken_is_told_if_it_has_our_table() {
    for text in ["[tool.lenslint]\nprofile = \n", "[tool.lenslint\n", "= =\n[tool]\nlenslint = {}\n"] {
        let folder = folder_with(&[("pyproject.toml", text), ("slow.yaml", SLOW)]);
        let output = run(folder.path(), &["check"]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(stderr(&output).contains("[pyproject.toml:"), "{}", stderr(&output));
    }
}

#[test]
fn a_file_builds_on_the_one_that_it_extends() {
    let folder = folder_with(&[
        ("base/lenslint.toml", "ignore = ['SLP202']\n[severity]\nSLP203 = 'error'\nSLP202 = 'error'"),
        ("plain/lenslint.toml", "extend = '../base/lenslint.toml'"),
        ("plain/slow.yaml", SLOW),
        ("again/lenslint.toml", "extend = '../base/lenslint.toml'\nextend-select = ['SLP202']"),
        ("again/slow.yaml", SLOW),
        ("over/lenslint.toml", "extend = '../again/lenslint.toml'\nseverity = {SLP202 = 'info'}"),
        ("over/slow.yaml", SLOW),
    ]);
    let expected = ["again/slow.yaml error[SLP202]", "over/slow.yaml info[SLP202]"];
    assert_eq!(found(&folder, &["."]).1, expected);
}

#[test]
fn files_that_extend_each_other_are_told_where_the_circle_closes() {
    let folder = folder_with(&[
        ("lenslint.toml", "extend = 'a/base.toml'"),
        ("a/base.toml", "profile = 'strict'\nextend = '../lenslint.toml'"),
        ("slow.yaml", SLOW),
    ]);
    let output = run(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("[a/base.toml:2:10]"), "{}", stderr(&output));
    assert!(stderr(&output).contains("extends itself"), "{}", stderr(&output));
}

#[test]
fn a_base_that_cannot_be_had_is_told_at_the_extend() {
    for (base, said) in [("nowhere.toml", "nowhere.toml cannot be read"), ("pyproject.toml", "has no table")]
    {
        let folder = folder_with(&[
            ("lenslint.toml", &format!("\nextend = '{base}'")),
            ("pyproject.toml", "[project]"),
            ("slow.yaml", SLOW),
        ]);
        let output = run(folder.path(), &["check"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("[lenslint.toml:2:10]"), "{}", stderr(&output));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}

#[test]
fn what_is_typed_outranks_what_is_written() {
    let folder = folder_with(&[
        (
            "lenslint.toml",
            "select = ['SLP101']\nignore = ['SLP202']\nfail-on = 'never'\nmin-confidence = 'high'",
        ),
        ("slow.yaml", SLOW),
    ]);
    for (arguments, code, findings) in [
        (&[][..], 0, 0),
        (&["--select", "SLP202"], 0, 1),
        (&["--select", "queues", "--fail-on", "warning"], 1, 1),
        (&["--select", "queues", "--ignore", "SLP202"], 0, 0),
        // A profile that is typed decides what runs; what is ignored stays ignored.
        (&["--profile", "pedantic"], 0, 0),
    ] {
        let (ended, told) = found(&folder, &[arguments, &["."]].concat());
        assert_eq!((ended, told.len()), (Some(code), findings), "{arguments:?}: {told:?}");
    }
    fs::write(folder.path().join("lenslint.toml"), "select = ['SLP101']\nmin-confidence = 'high'").unwrap();
    assert_eq!(found(&folder, &["--profile", "default", "."]).1, ["slow.yaml warning[SLP202]"]);
}

#[test]
fn confidence_and_the_level_that_fails_are_those_of_each_files_configuration() {
    let assumed = SLOW.replace("      Timeout: 30\n", "      Timeout: !Ref Limit\n");
    let assumed = format!("{assumed}Parameters: {{Limit: {{Type: Number, Default: 30}}}}\n");
    let folder = folder_with(&[
        ("sure/lenslint.toml", "min-confidence = 'high'"),
        ("sure/t.yaml", &assumed),
        ("lax/lenslint.toml", "fail-on = 'error'"),
        ("lax/t.yaml", &assumed),
        ("usual/t.yaml", &assumed),
    ]);
    assert_eq!(found(&folder, &["sure"]), (Some(0), vec![]));
    assert_eq!(found(&folder, &["lax"]), (Some(0), vec!["lax/t.yaml warning[SLP202]".to_owned()]));
    assert_eq!(found(&folder, &["."]).0, Some(1), "one file's level is not another's");
}

#[test]
fn a_severity_decides_whether_a_run_fails() {
    for (severity, fail_on, code) in [("error", "error", 1), ("info", "warning", 0), ("info", "info", 1)] {
        let text = format!("fail-on = '{fail_on}'\n[severity]\nsqs-visibility-below-6x = '{severity}'\n");
        let folder = folder_with(&[("lenslint.toml", &text), ("slow.yaml", SLOW)]);
        let expected = vec![format!("slow.yaml {severity}[SLP202]")];
        assert_eq!(found(&folder, &["."]), (Some(code), expected), "{text}");
    }
}

#[test]
fn rules_are_ignored_where_a_pattern_says_so() {
    let twice = format!("{SLOW}Resources: {{}}\n");
    let folder = folder_with(&[
        ("lenslint.toml", "[per-file-ignores]\ntests = ['queues']\n'old/*.yaml' = ['SLP0', 'SLP202']\n"),
        ("old/slow.yaml", &twice),
        ("old/deeper/slow.yaml", SLOW),
        ("a/tests/slow.yaml", SLOW),
    ]);
    assert_eq!(found(&folder, &["."]).1, ["old/deeper/slow.yaml warning[SLP202]"]);
    // Patterns start from the configuration, not from where the program is run.
    let output = run(&folder.path().join("old"), &["check", "--output", "concise", "slow.yaml"]);
    assert_eq!(stdout(&output), "");
}

#[test]
fn what_is_found_in_a_nested_stack_is_ignored_by_the_stacks_own_file() {
    let root = "Resources: {Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner/slow.yaml}}}\n";
    let folder = folder_with(&[("root.yaml", root), ("inner/slow.yaml", SLOW)]);
    assert_eq!(found(&folder, &["root.yaml"]).1, ["inner/slow.yaml warning[SLP202]"]);
    for (pattern, findings) in [("inner", 0), ("root.yaml", 1), ("*.yaml", 0)] {
        let text = format!("[per-file-ignores]\n'{pattern}' = ['SLP202']\n");
        fs::write(folder.path().join("lenslint.toml"), text).unwrap();
        assert_eq!(found(&folder, &["root.yaml"]).1.len(), findings, "{pattern}");
    }
}

#[test]
fn excluded_files_are_not_checked_unless_they_are_named() {
    let folder = folder_with(&[
        ("lenslint.toml", "exclude = ['vendor', 'a/*.json']"),
        ("vendor/b/slow.yaml", SLOW),
        ("slow.yaml", SLOW),
    ]);
    let (here, vendor) = ("slow.yaml warning[SLP202]", "vendor/b/slow.yaml warning[SLP202]");
    assert_eq!(found(&folder, &["."]).1, [here]);
    assert_eq!(found(&folder, &["vendor"]).1, [""; 0]);
    assert_eq!(found(&folder, &[".", "./vendor/b/slow.yaml"]).1, [here, vendor]);
    assert_eq!(found(&folder, &["--force-exclude", "vendor/b/slow.yaml", "slow.yaml"]).1, [here]);
    assert_eq!(found(&folder, &["--isolated", "vendor"]).1, [vendor]);
    let listed = run(folder.path(), &["check", "--show-files"]);
    assert_eq!(stdout(&listed), "slow.yaml\n");
    let forced = "exclude = ['vendor']\nforce-exclude = true";
    fs::write(folder.path().join("lenslint.toml"), forced).unwrap();
    assert_eq!(found(&folder, &["vendor/b/slow.yaml"]), (Some(0), vec![]));
}

#[test]
fn standard_input_has_the_configuration_of_the_folder_that_its_name_is_in() {
    let folder = folder_with(&[
        ("infra/lenslint.toml", "exclude = ['gone.yaml']\n[severity]\nSLP202 = 'error'"),
        ("lenslint.toml", "ignore = ['SLP202']"),
    ]);
    let said = |arguments: &[&str]| {
        let all = [&["check", "--output", "concise"], arguments].concat();
        stdout(&piped_in(folder.path(), &all, SLOW))
    };
    assert_eq!(said(&["-"]), "");
    assert!(said(&["--stdin-filename", "infra/t.yaml", "-"]).contains("error[SLP202]"));
    assert!(said(&["--stdin-filename", "infra/gone.yaml", "-"]).contains("error[SLP202]"));
    assert_eq!(said(&["--force-exclude", "--stdin-filename", "infra/gone.yaml", "-"]), "");
}

#[test]
fn a_configuration_can_be_named_or_left_alone() {
    let folder = folder_with(&[
        ("lenslint.toml", "ignore = ['SLP202']"),
        ("ci/strict.toml", "fail-on = 'error'"),
        ("broken.toml", "="),
        ("slow.yaml", SLOW),
    ]);
    let warned = vec!["slow.yaml warning[SLP202]".to_owned()];
    assert_eq!(found(&folder, &["--config", "ci/strict.toml", "."]), (Some(0), warned.clone()));
    assert_eq!(found(&folder, &["--isolated", "."]), (Some(1), warned));
    for named in ["nowhere.toml", "broken.toml"] {
        let output = run(folder.path(), &["check", "--config", named, "."]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
        assert!(stderr(&output).contains(named), "{}", stderr(&output));
    }
    // It is checked even where there is no template.
    fs::remove_file(folder.path().join("slow.yaml")).unwrap();
    assert_eq!(run(folder.path(), &["check", "--config", "broken.toml", "ci"]).status.code(), Some(2));
    assert_eq!(run(folder.path(), &["check", "--config", "a.toml", "--isolated"]).status.code(), Some(2));
}

#[test]
fn every_mistake_is_told_at_its_place_with_what_was_meant() {
    let text = "\
profil = 'strict'
select = ['queus', 'SLP20', 3]
min-confidence = 'hihg'
exclude = ['../x']
rules = ['nowhere']
region = 'Frankfurt'
parameters = {'Data-Base' = 'x', When = 2020-01-01}
application = [{name = 'shop', fils = ['a.yaml']}]
[severity]
SLP202 = 'eror'
";
    let folder = folder_with(&[("lenslint.toml", text), ("slow.yaml", SLOW)]);
    let output = run(folder.path(), &["check"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
    let said = stderr(&output);
    for place in
        ["1:1", "2:11", "2:20", "2:29", "3:18", "4:12", "5:10", "6:10", "7:15", "7:41", "8:16", "8:32"]
    {
        assert!(said.contains(&format!("[lenslint.toml:{place}]")), "{place}\n{said}");
    }
    for meant in ["profile", "queues", "SLP201", "high", "files", "error"] {
        assert!(said.contains(&format!("did you mean '{meant}'?")), "{meant}\n{said}");
    }
}

#[test]
fn a_file_that_is_not_toml_is_told_line_by_line() {
    let text = "profile = = 'strict'\nselect = ['SLP202'\nignore = []\nfail-on = 'never\n";
    let folder = folder_with(&[("lenslint.toml", text), ("slow.yaml", SLOW)]);
    let output = run(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("[lenslint.toml:1:11]"), "{}", stderr(&output));
    assert!(stderr(&output).contains("[lenslint.toml:4:"), "{}", stderr(&output));
}

#[test]
fn a_rule_of_a_newer_release_is_a_warning() {
    let folder = folder_with(&[("lenslint.toml", "select = ['SLP999', 'SLP8']"), ("slow.yaml", SLOW)]);
    let output = run(folder.path(), &["check", "--output", "concise"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()), "it selects nothing");
    assert!(stderr(&output).contains("warning[configuration]"), "{}", stderr(&output));
    for place in ["1:11", "1:21"] {
        assert!(stderr(&output).contains(&format!("[lenslint.toml:{place}]")), "{}", stderr(&output));
    }
    assert_eq!(stderr(&run(folder.path(), &["check", "--output", "concise", "-q"])), "");
}

#[test]
fn another_release_is_asked_for_before_anything_else_is_read() {
    let version = env!("CARGO_PKG_VERSION");
    for (required, code) in [
        (">=0.1, <1", 1),
        (version, 1),
        (&format!("=={version}"), 1),
        (">=99", 2),
        ("99.0.0", 2),
        ("newest", 2),
    ] {
        let text = format!("required-version = '{required}'\n");
        let folder = folder_with(&[("lenslint.toml", &text), ("slow.yaml", SLOW)]);
        assert_eq!(run(folder.path(), &["check"]).status.code(), Some(code), "{required}");
    }
    let text = "a-key-to-come = 1\nrequired-version = '>=99'\n";
    let folder = folder_with(&[("lenslint.toml", text), ("slow.yaml", SLOW)]);
    let said = stderr(&run(folder.path(), &["check"]));
    assert!(said.contains("[lenslint.toml:2:20]") && !said.contains("a-key-to-come = 1\n   ·"), "{said}");
}

#[test]
fn rules_of_a_configuration_run_over_its_own_templates_only() {
    let folder = folder_with(&[
        ("ours/rules/plain.guard", PLAIN),
        ("ours/lenslint.toml", "rules = ['rules']\nselect = ['ACME-7']"),
        ("ours/slow.yaml", SLOW),
        ("nested/lenslint.toml", "rules = ['../ours/rules/plain.guard']\nselect = ['ACME-7']"),
        ("nested/slow.yaml", SLOW),
        ("theirs/slow.yaml", SLOW),
    ]);
    let (ours, theirs) = ("ours/slow.yaml info[ACME-7]", "theirs/slow.yaml warning[SLP202]");
    assert_eq!(found(&folder, &["."]).1, ["nested/slow.yaml info[ACME-7]", ours, theirs]);
}

#[test]
fn what_a_configuration_gives_for_the_deployment_holds_unless_something_else_is_typed() {
    let template = SLOW
        .replace("Resources:", "Parameters: {Hide: {Type: Number}, Wait: {Type: Number}}\nResources:")
        .replace("VisibilityTimeout: 60", "VisibilityTimeout: !Ref Hide")
        .replace("Timeout: 30", "Timeout: !Ref Wait");
    let folder = folder_with(&[
        ("slow.yaml", &template),
        ("other/slow.yaml", &template),
        ("other/lenslint.toml", "parameters = {Hide = 180}\nparameter-files = ['p.json']"),
        ("other/p.json", "{\"Hide\": \"60\", \"Wait\": \"30\"}"),
        ("lenslint.toml", "env = 'test'"),
        (
            "samconfig.toml",
            "[test.deploy.parameters]\nparameter_overrides = 'Hide=60 Wait=30'\n[prod.deploy.parameters]\nparameter_overrides = 'Hide=180 Wait=30'",
        ),
    ]);
    let slow = |arguments: &[&str]| found(&folder, arguments).1;
    let found_of = |path: &str| vec![format!("{path} warning[SLP202]")];
    assert_eq!(slow(&["."]), found_of("slow.yaml"), "the parameters of a configuration beat its files");
    assert!(slow(&["--env", "prod", "."]).is_empty());
    assert_eq!(slow(&["--isolated", "other"]), Vec::<String>::new(), "nothing is known");
    assert_eq!(slow(&["--parameter", "Hide=60", "other"]), found_of("other/slow.yaml"));
}

#[test]
fn a_part_of_an_application_is_never_checked_without_the_others() {
    let part = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Ship: {Type: AWS::Serverless::Function, Properties: {CodeUri: s, Handler: a.b, Runtime: python3.13}}\n";
    let folder = folder_with(&[
        ("lenslint.toml", "application = [{name = 'shop', files = ['shop/*.yaml']}]"),
        ("shop/a.yaml", part),
        (
            "shop/b.yaml",
            "Globals: {Function: {MemorySize: 512}}\nResources: {Topic: {Type: AWS::SNS::Topic}}\n",
        ),
    ]);
    for arguments in [&["."][..], &["shop/a.yaml"], &["shop"]] {
        assert_eq!(found(&folder, arguments), (Some(0), vec![]), "{arguments:?}");
    }
    let typed = ["check", "--output", "concise", "--stdin-filename", "shop/a.yaml", "-"];
    assert_eq!(stdout(&piped_in(folder.path(), &typed, part)), "");
    assert_eq!(found(&folder, &["--isolated", "shop/a.yaml"]).1, ["shop/a.yaml warning[SLP301]"]);
}

#[test]
fn a_configuration_that_is_written_for_us_is_the_start_of_one() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let before = found(&folder, &["."]);
    let output = run(folder.path(), &["init"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(found(&folder, &["."]), before);
    let again = run(folder.path(), &["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("lenslint.toml is there already"), "{}", stderr(&again));

    // Each line of it that is no prose is a setting that can be had by removing the mark.
    let path = folder.path().join("lenslint.toml");
    let text = fs::read_to_string(&path).unwrap();
    let is_setting = |line: &&str| line.contains(" = ") || line.starts_with("# [");
    let settings: Vec<&str> =
        text.lines().filter(is_setting).map(|line| line.trim_start_matches("# ")).collect();
    let settings = settings.join("\n");
    fs::write(&path, &settings).unwrap();
    let output = run(folder.path(), &["check", "--output", "concise"]);
    assert!(stdout(&output).contains("error[SLP202]"), "{settings}\n{}", stderr(&output));
    assert_eq!(stderr(&output), "", "{settings}");
    assert_eq!(breaks(&settings), [""; 0]);
}

#[test]
fn the_schema_finds_what_the_program_finds() {
    for wrong in
        ["profil = 'strict'", "profile = 'loud'", "select = 'SLP202'", "severity = {SLP202 = 'eror'}"]
    {
        assert_ne!(breaks(wrong), [""; 0], "{wrong}");
    }
}

/// What in a configuration is not as the schema says.
pub(crate) fn breaks(text: &str) -> Vec<String> {
    let printed = run(std::path::Path::new("."), &["config", "schema"]);
    let schema: Value = serde_json::from_slice(&printed.stdout).unwrap();
    schema::breaks(&schema, &toml::from_str::<Value>(text).unwrap())
}

/// Passed over in silence, each would leave its author in the belief that it holds.
#[cfg(unix)]
#[test]
fn what_is_called_like_a_configuration_and_cannot_be_read_is_told() {
    use std::os::unix::fs::symlink;

    let folder = folder_with(&[("a/t.yaml", SLOW)]);
    let told = |name: &str| {
        let output = run(folder.path(), &["check", "--output", "concise", "a"]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{name}");
        stderr(&output)
    };
    for name in ["lenslint.toml", "a/.lenslint.toml"] {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        assert_eq!(told(name), format!("lenslint: {name}: is a folder: expected a file\n"));
        fs::remove_dir(&path).unwrap();
        symlink("nowhere", &path).unwrap();
        assert_eq!(told(name), format!("lenslint: {name}: cannot be read: No such file or directory\n"));
        fs::remove_file(&path).unwrap();
        if std::process::Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
            assert_eq!(told(name), format!("lenslint: {name}: is a pipe: expected a file\n"));
            fs::remove_file(&path).unwrap();
        }
    }
    // A file of many tools may be anything.
    fs::create_dir(folder.path().join("pyproject.toml")).unwrap();
    assert_eq!(found(&folder, &["a"]).1, ["a/t.yaml warning[SLP202]"]);
}

#[test]
fn a_broken_pyproject_is_told_if_it_opens_our_table_and_is_not_ours_otherwise() {
    for (text, is_ours) in [
        ("[project\nname = 'x'\n[tool.lenslint]\nfail-on = 'error'\n", true),
        ("x = \"\"\"\n[ tool . lenslint ]\nfail-on = 'error'\n", true),
        ("x = '''\n[tool.\"lenslint\".severity]\n", true),
        ("x = [1,\ntool.lenslint.fail-on = 'error'\n", true),
        ("[project\nname = 'x' # see tool.lenslint\n", false),
        ("[project\ndependencies = ['lenslint']\n", false),
    ] {
        let folder = folder_with(&[("t.yaml", SLOW), ("pyproject.toml", text)]);
        let output = run(folder.path(), &["check", "--output", "concise"]);
        assert_eq!(output.status.code(), Some(if is_ours { 2 } else { 1 }), "{text}: {}", stderr(&output));
        assert_eq!(stderr(&output).contains("The file is not TOML"), is_ours, "{text}: {}", stderr(&output));
    }
    let latin = folder_with(&[("t.yaml", SLOW)]);
    fs::write(latin.path().join("pyproject.toml"), b"[project]\nname = 'caf\xe9'\n").unwrap();
    assert_eq!(run(latin.path(), &["check"]).status.code(), Some(1));
}

#[test]
fn a_path_that_leads_to_no_rules_or_no_file_is_told_at_its_place_before_anything_is_checked() {
    for (text, place, message) in [
        ("rules = ['nope/**']", "1:10", "No file matches 'nope/**'"),
        ("rules = [\n  'empty',\n]", "2:3", "There are no rules in 'empty': expected rule pages"),
        ("extend = '.'", "1:10", ". is a folder: expected a file"),
    ] {
        let folder = folder_with(&[("t.yaml", SLOW), ("lenslint.toml", text), ("empty/.keep", "")]);
        let output = run(folder.path(), &["check", "--output", "concise"]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{text}");
        let told = stderr(&output);
        assert!(told.contains(&format!("lenslint.toml:{place}]")) && told.contains(message), "{told}");
    }
}

//! Where reports go: several at once, through links and pipes, each to a place of its own.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use super::{SLOW, folder_with, run, stderr, stdout};
use crate::lenslint;

#[test]
fn several_reports_can_be_written_at_once() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let output =
        run(folder.path(), &["check", "--output", "concise", "--output", "sarif=out.sarif", "slow.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("SLP202"));
    assert!(fs::read_to_string(folder.path().join("out.sarif")).unwrap().contains("\"ruleId\": \"SLP202\""));
}

#[test]
fn a_report_that_cannot_be_written_ends_with_two_and_keeps_none_of_the_others_back() {
    let folder = folder_with(&[("slow.yaml", SLOW), ("closed/.keep", ""), ("kept.json", "old")]);
    let rule = "rule is_tagged { Resources.*.Properties.Tags exists <<No tags>> }\n";
    fs::write(folder.path().join("r.guard"), rule).unwrap();
    let paths = ["no/such/folder/x.json", "closed/x.json", "slow.yaml/x.json"];
    let mut closed = fs::metadata(folder.path().join("closed")).unwrap().permissions();
    closed.set_readonly(true);
    fs::set_permissions(folder.path().join("closed"), closed).unwrap();
    for path in paths {
        let output = format!("json={path}");
        for command in [&["check", "slow.yaml"][..], &["guard", "-r", "r.guard", "-d", "slow.yaml"]] {
            let outputs = ["--output", &output, "--output", "concise", "--output", "sarif=out.sarif"];
            let ended = run_outside(folder.path(), &[command, &outputs].concat());
            if path.starts_with("closed") && folder.path().join(path).exists() {
                println!("skipped: this user may write everywhere");
                continue;
            }
            assert_eq!(ended.status.code(), Some(2), "{path}");
            assert!(
                stderr(&ended).starts_with(&format!("lenslint: cannot write {path}: ")),
                "{}",
                stderr(&ended)
            );
            assert!(!stderr(&ended).contains("os error"), "{}", stderr(&ended));
            assert!(stdout(&ended).starts_with("slow.yaml:"), "{}", stdout(&ended));
            fs::remove_file(folder.path().join("out.sarif")).unwrap();
        }
    }
    // One that is closed itself is left as it is.
    let mut closed = fs::metadata(folder.path().join("kept.json")).unwrap().permissions();
    closed.set_readonly(true);
    fs::set_permissions(folder.path().join("kept.json"), closed).unwrap();
    if fs::OpenOptions::new().write(true).open(folder.path().join("kept.json")).is_err() {
        assert_eq!(run(folder.path(), &["check", "--output", "json=kept.json"]).status.code(), Some(2));
        assert_eq!(fs::read_to_string(folder.path().join("kept.json")).unwrap(), "old");
    }
}

#[test]
fn nothing_that_a_run_reads_is_overwritten() {
    let page = "rule is_tagged { Resources.*.Properties.Tags exists <<No tags>> }\n";
    let nested = "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: n.yaml\n";
    let folder = folder_with(&[
        ("slow.yaml", SLOW),
        ("parent.yaml", nested),
        ("n.yaml", SLOW),
        ("lenslint.toml", "extend = 'base.toml'\n"),
        ("base.toml", "fail-on = 'error'\n"),
        ("other.toml", "parameter-files = ['p.json']\n"),
        ("p.json", "{\"A\": \"b\"}"),
        ("r.guard", page),
        ("list", "slow.yaml\n"),
        ("known.json", "{\"schema\": \"lenslint-baseline/1\", \"findings\": []}"),
        ("samconfig.toml", "version = 0.1\n[prod.deploy.parameters]\nregion = 'eu-west-1'\n"),
        ("report.json", "{\"findings\": []}"),
        ("filed/samconfig.toml", "[prod.deploy.parameters]\nparameter_overrides = 'file://p.json'\n"),
        ("filed/p.json", "{\"A\": \"b\"}"),
        ("filed/slow.yaml", SLOW),
    ]);
    let files = [
        "slow.yaml",
        "n.yaml",
        "lenslint.toml",
        "base.toml",
        "p.json",
        "r.guard",
        "list",
        "known.json",
        "filed/p.json",
    ];
    let texts = || files.map(|file| fs::read_to_string(folder.path().join(file)).unwrap());
    let before = texts();
    fs::hard_link(folder.path().join("slow.yaml"), folder.path().join("z.json")).unwrap();
    for (arguments, target, expected) in [
        (&["slow.yaml"][..], "./slow.yaml", "slow.yaml, which is a template that is checked"),
        (&["."], "slow.yaml", "slow.yaml, which is a template that is checked"),
        (&["slow.yaml"], "z.json", "slow.yaml, which is a template that is checked"),
        (&["parent.yaml"], "n.yaml", "n.yaml, which is a file that a template names"),
        (&["slow.yaml"], "lenslint.toml", "lenslint.toml, which is a configuration"),
        (&["slow.yaml"], "base.toml", "base.toml, which is a configuration"),
        (&["slow.yaml", "--config", "other.toml"], "p.json", "p.json, which is a file of parameters"),
        (&["slow.yaml", "--env", "prod"], "samconfig.toml", "samconfig.toml, which is a file of parameters"),
        (
            &["filed/slow.yaml", "--env", "prod"],
            "filed/p.json",
            "filed/p.json, which is a file of parameters",
        ),
        (&["slow.yaml", "--rules", "r.guard"], "r.guard", "r.guard, which is a file of rules"),
        (&["--files-from", "list"], "list", "list, which is the list of files"),
        (&["slow.yaml", "--baseline", "known.json"], "known.json", "known.json, which is the baseline"),
        (
            &["slow.yaml", "--baseline", "new.json", "--write-baseline"],
            "new.json",
            "new.json, which is the baseline",
        ),
    ] {
        let output = format!("json={target}");
        let ended = run(folder.path(), &[&["check", "--output", &output], arguments].concat());
        assert_eq!(ended.status.code(), Some(2), "{arguments:?} {target}");
        let target = target.trim_start_matches("./");
        let option = format!("lenslint: `--output json={target}` would overwrite {expected}\n");
        assert!(stderr(&ended).replace("=./", "=").ends_with(&option), "{}", stderr(&ended));
        assert_eq!(texts(), before, "{arguments:?} {target}");
    }
    for target in ["lenslint.toml", "slow.yaml"] {
        let ended = run(folder.path(), &["check", "slow.yaml", "--baseline", target, "--write-baseline"]);
        assert_eq!(ended.status.code(), Some(2));
        assert_eq!(texts(), before);
    }
    for target in ["r.guard", "slow.yaml"] {
        let output = format!("json={target}");
        let ended = run(folder.path(), &["guard", "-r", "r.guard", "-d", "slow.yaml", "--output", &output]);
        assert_eq!(ended.status.code(), Some(2));
        assert_eq!(texts(), before);
    }
    for target in ["slow.yaml", "n.yaml", "lenslint.toml", "r.guard"] {
        let arguments = ["graph", "slow.yaml", "parent.yaml", "--rules", "r.guard", "--output", target];
        let ended = run(folder.path(), &arguments);
        let told = format!("lenslint: `--output` would overwrite {target}, which is ");
        assert!(stderr(&ended).contains(&told), "{}", stderr(&ended));
        assert_eq!(ended.status.code(), Some(2));
        assert_eq!(texts(), before);
    }
    // What was written before and lies among the files is no template, and is written again.
    for _ in 0..2 {
        let again = run(folder.path(), &["check", ".", "--output", "json=report.json"]);
        assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_on_both_ends_is_written_to() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let ended =
        run(folder.path(), &["check", "slow.yaml", "--config", "/dev/null", "--output", "json=/dev/null"]);
    assert_eq!((ended.status.code(), stderr(&ended)), (Some(1), String::new()));
}

#[test]
fn the_number_of_threads_shows_in_no_format() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for format in FORMATS {
        let with = |jobs: &str| {
            let folders = ["shop", "payments-cfn", "orders-fragment"].map(|name| format!("fixtures/{name}"));
            let arguments = ["check", "--profile", "pedantic", "--output", format, jobs];
            let output =
                run_outside(root, &[&arguments[..], &folders.each_ref().map(String::as_str)].concat());
            assert!(output.status.code() < Some(2) || !stderr(&output).is_empty(), "{format}");
            (output.status.code(), stdout(&output), stderr(&output))
        };
        let one = with("-j1");
        assert!(one.1.contains("SLP"), "{format}");
        assert!(one == with("-j8"), "{format}");
    }
}

#[test]
fn a_line_of_a_megabyte_is_cut_in_every_format() {
    let long = "x".repeat(1 << 20);
    let folder = folder_with(&[(
        "t.yaml",
        &SLOW.replace("VisibilityTimeout: 60", &format!("VisibilityTimeout: 60 # {long}")),
    )]);
    for format in FORMATS {
        let output = run_outside(folder.path(), &["check", "--output", format, "t.yaml"]);
        assert_eq!(output.status.code(), Some(1), "{format}: {}", stderr(&output));
        assert!(stdout(&output).contains("SLP202"), "{format}");
        assert!(!stdout(&output).contains(&long[..1 << 12]), "{format}");
    }
}

#[test]
fn two_reports_cannot_go_to_one_file() {
    let folder = folder_with(&[("slow.yaml", SLOW)]);
    for file in ["out.txt", "./out.txt"] {
        let second = format!("sarif={file}");
        let output =
            run(folder.path(), &["check", "--output", "json=out.txt", "--output", &second, "slow.yaml"]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stderr(&output), format!("lenslint: two --output name the same file: {file}\n"));
        assert!(!folder.path().join("out.txt").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_report_replaces_the_text_of_a_file_and_neither_its_mode_nor_the_link_to_it() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = folder_with(&[("slow.yaml", SLOW), ("real/out.json", "old")]);
    let path = |name: &str| folder.path().join(name);
    fs::set_permissions(path("real/out.json"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/out.json", path("link.json")).unwrap();
    symlink("real/new.json", path("ahead.json")).unwrap();
    for (link, target) in [("link.json", "real/out.json"), ("ahead.json", "real/new.json")] {
        let output = run(folder.path(), &["check", "--output", &format!("json={link}"), "slow.yaml"]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(path(link).is_symlink());
        assert!(fs::read_to_string(path(target)).unwrap().contains("SLP202"));
    }
    assert_eq!(fs::metadata(path("real/out.json")).unwrap().permissions().mode() & 0o777, 0o640);
    let left: Vec<_> = fs::read_dir(path("real")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_report_goes_through_a_pipe_and_leaves_it_in_place() {
    use std::os::unix::fs::FileTypeExt as _;

    let folder = folder_with(&[("slow.yaml", SLOW)]);
    let pipe = folder.path().join("pipe");
    if !std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo here");
        return;
    }
    let reader = std::process::Command::new("cat").arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    let output = run(folder.path(), &["check", "--output", "concise=pipe", "slow.yaml"]);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&reader.wait_with_output().unwrap()).contains("SLP202"));
}

const FORMATS: [&str; 12] = [
    "full",
    "concise",
    "json",
    "jsonl",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "rdjson",
    "markdown",
    "azure",
    "checkstyle",
];

/// Without what GitHub and GitLab may say of the run that these tests are a part of.
fn run_outside(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = lenslint(arguments);
    command
        .env_remove("GITHUB_STEP_SUMMARY")
        .env_remove("CI_PROJECT_DIR")
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn no_format_changes_how_a_run_ends() {
    let good = SLOW.replace("VisibilityTimeout: 60", "VisibilityTimeout: 180");
    let folder = folder_with(&[("slow.yaml", SLOW), ("good.yaml", &good)]);
    for format in FORMATS {
        for (paths, code) in
            [(&["good.yaml"][..], 0), (&["slow.yaml"], 1), (&["slow.yaml", "nowhere.yaml"], 2)]
        {
            let arguments = [&["check", "--output", format][..], paths].concat();
            let output = run_outside(folder.path(), &arguments);
            assert_eq!(output.status.code(), Some(code), "{format} {paths:?}: {}", stderr(&output));
            assert_eq!(
                stdout(&output).contains("SLP202"),
                code > 0 || format == "sarif",
                "{format} {paths:?}"
            );
        }
    }
}

#[test]
fn guard_mode_prints_every_format() {
    let rule = "rule is_tagged { Resources.*.Properties.Tags exists <<No tags>> }\n";
    let folder = folder_with(&[("t.yaml", SLOW), ("r.guard", rule)]);
    for format in FORMATS {
        let arguments = ["guard", "-r", "r.guard", "-d", "t.yaml", "--output", format];
        let output = run_outside(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{format}: {}", stderr(&output));
        assert!(stdout(&output).contains("No tags"), "{format}: {}", stdout(&output));
    }
}

#[test]
fn the_step_summary_gets_a_table_below_what_it_has() {
    let folder = folder_with(&[("slow.yaml", SLOW), ("summary.md", "before\n")]);
    let with_summary = |format: &str, file: &str| {
        let mut command = lenslint(&["check", "--output", format, "slow.yaml"]);
        command.env("GITHUB_STEP_SUMMARY", folder.path().join(file)).current_dir(folder.path());
        command.output().unwrap()
    };
    let summary = || fs::read_to_string(folder.path().join("summary.md")).unwrap();
    with_summary("concise", "summary.md");
    assert_eq!(summary(), "before\n");
    let output = with_summary("github", "summary.md");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(summary().starts_with("before\n## lenslint\n"), "{}", summary());
    assert!(summary().contains("| warning | SLP202 | `slow.yaml:6:26` | "), "{}", summary());

    fs::write(folder.path().join("summary.md"), "x".repeat(1 << 20)).unwrap();
    let full = with_summary("github", "summary.md");
    assert_eq!(full.status.code(), Some(1));
    assert_eq!(stderr(&full), "lenslint: cannot write to the step summary: it is full\n");
    assert_eq!(summary().len(), 1 << 20);
    assert_eq!(with_summary("github", "no/such/folder/summary.md").status.code(), Some(1));
}

#[test]
fn services_get_paths_from_the_root_of_the_project() {
    let folder = folder_with(&[("shop/infra/slow.yaml", SLOW)]);
    let root = folder.path().canonicalize().unwrap();
    let path = |project: Option<&Path>| {
        let mut command = lenslint(&["check", "--output", "gitlab", "slow.yaml"]);
        command.env_remove("CI_PROJECT_DIR").current_dir(root.join("shop/infra"));
        if let Some(project) = project {
            command.env("CI_PROJECT_DIR", project);
        }
        let text = stdout(&command.output().unwrap());
        serde_json::from_str::<Value>(&text).unwrap()[0]["location"]["path"].clone()
    };
    assert_eq!(path(Some(&root)), "shop/infra/slow.yaml");
    assert_eq!(path(Some(&root.join("elsewhere"))), "slow.yaml");
    fs::create_dir(root.join("shop/.git")).unwrap();
    assert_eq!(path(None), "infra/slow.yaml");
    assert_eq!(path(Some(&root)), "shop/infra/slow.yaml");
}

/// As many topics, of each of which a rule says something, and of the first something worse.
fn topics(number: usize) -> tempfile::TempDir {
    let topics = (0..number).map(|at| format!("  T{at}: {{Type: AWS::SNS::Topic}}\n"));
    let topics = topics.collect::<Vec<_>>().concat();
    let rules = "#@ severity: high\nrule last { Resources.T1 { Properties.Name exists } }\n\
                 #@ severity: low\nrule each { Resources.*[ Type == 'AWS::SNS::Topic' ] { Properties.Topic exists } }\n";
    folder_with(&[("t.yaml", &format!("Resources:\n{topics}")), ("rules/r.guard", rules)])
}

#[test]
fn a_sarif_log_with_more_results_than_services_keep_has_the_worst_first_and_is_told() {
    let folder = topics(5_000);
    let arguments = ["check", "--isolated", "--rules", "rules", "--select", "each,last"];
    let output = run(folder.path(), &[&arguments[..], &["--output", "sarif"]].concat());
    let told = "the SARIF log has 5001 results, and code scanning keeps the first 5000, which are the worst";
    assert_eq!(stderr(&output), format!("lenslint: {told}\n"));
    let log: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["ruleId"]), (5_001, &"last".into()));
    let quiet = run(folder.path(), &[&arguments[..], &["--output", "json"]].concat());
    assert_eq!(stderr(&quiet), "");
}

//! What a file says, as the stages and the command line get it.

use std::fs;
use std::path::Path;

use crate::facts::{self, Limits};
use crate::finding::Severity;
use crate::rule::{Catalogue, Profile};

use super::{Files, Settings};

/// The settings of a folder with these files in it, and what is wrong with them.
fn read(files: &[(&str, &str)]) -> (tempfile::TempDir, Settings, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut configs = Files::new(folder.path().to_owned());
    let found = configs.nearest(Path::new("a/b")).unwrap();
    let layers = configs.resolve(Catalogue::built_in());
    let settings = Settings::of(configs.chain(found).iter().map(|id| &layers[id.index()]));
    let problems = configs.problems().flat_map(|(_, problems)| problems);
    let problems = problems.map(|problem| problem.message.clone()).collect();
    (folder, settings, problems)
}

#[test]
fn what_is_known_of_the_deployment_is_plain_text_and_full_paths() {
    let text = "\
parameters = {Stage = 'prod', Size = 0x10, Ratio = 1.50, IsOn = true, Subnets = ['a', 'b', 3]}
parameter-files = ['p.json']
env = 'prod'
region = 'us-gov-west-1'
";
    let (folder, settings, problems) = read(&[("lenslint.toml", text), ("p.json", "[]")]);
    assert_eq!(problems, [""; 0]);
    let deployment = settings.deployment;
    let parameters: Vec<(&str, &str)> =
        deployment.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected =
        [("IsOn", "true"), ("Ratio", "1.50"), ("Size", "16"), ("Stage", "prod"), ("Subnets", "a,b,3")];
    assert_eq!(parameters, expected);
    assert_eq!(deployment.parameter_files, [folder.path().join("p.json")]);
    assert_eq!(deployment.environment.as_deref(), Some("prod"));
    assert_eq!(deployment.region.as_deref(), Some("us-gov-west-1"));
}

#[test]
fn what_a_file_sets_replaces_entry_by_entry_what_its_base_sets() {
    let base = "\
profile = 'strict'
region = 'eu-west-1'
[parameters]
Stage = 'dev'
Size = 1
[[application]]
name = 'shop'
files = ['old.yaml']
[[application]]
name = 'mail'
files = ['mail.yaml']
";
    let own = "\
extend = 'base.toml'
region = 'eu-central-1'
parameters.Stage = 'prod'
[[application]]
name = 'shop'
files = ['new.yaml']
";
    let (folder, settings, problems) = read(&[("base.toml", base), ("lenslint.toml", own)]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(settings.selection.profile, Profile::Strict);
    assert_eq!(settings.deployment.region.as_deref(), Some("eu-central-1"));
    assert_eq!(settings.deployment.parameters["Stage"], "prod");
    assert_eq!(settings.deployment.parameters["Size"], "1");
    let names: Vec<&str> =
        settings.applications.iter().map(|application| application.name.as_str()).collect();
    assert_eq!(names, ["mail", "shop"]);
    assert!(settings.applications[1].holds(&folder.path().join("new.yaml")));
}

#[test]
fn an_application_has_a_name_of_its_own_and_files() {
    let text = "\
[[application]]
name = 'shop'
files = []
[[application]]
name = 'shop'
files = ['a.yaml']
[[application]]
files = ['']
";
    let (_folder, _, problems) = read(&[("lenslint.toml", text)]);
    let expected = [
        "The application has no files",
        "There are two applications 'shop'",
        "The application has no `name`",
        "A member of `files` is empty",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn regions_have_the_form_of_regions() {
    for (region, is_right) in [
        ("eu-central-1", true),
        ("us-iso-east-1", true),
        ("eu-central", false),
        ("EU-central-1", false),
        ("eu--1", false),
        ("1", false),
    ] {
        let (_folder, settings, problems) = read(&[("lenslint.toml", &format!("region = '{region}'"))]);
        assert_eq!(settings.deployment.region.is_some(), is_right, "{region}");
        assert_eq!(problems.is_empty(), is_right, "{region}");
    }
}

#[test]
fn limits_are_quotas_that_can_be_raised() {
    let base = "[limits]\nrest-integration-timeout = 60_000\nlambda-concurrency = 5000\n";
    let own = "extend = 'base.toml'\nlimits.lambda-concurrency = 0x2000\n";
    let (_folder, settings, problems) = read(&[("base.toml", base), ("lenslint.toml", own)]);
    assert_eq!(problems, [""; 0]);
    let limit = |name: &str| settings.circumstances.limits.of(facts::named(name).unwrap());
    assert_eq!(limit("rest-integration-timeout"), 60_000);
    assert_eq!(limit("lambda-concurrency"), 8192);
    assert_eq!(limit("lambda-timeout-default"), 3);
    let text = "\
[limits]
rest-integration-timout = 60000
lambda-timeout-max = 1000
event-filters-max = 0
lambda-concurrency = '5000'
";
    let (_folder, settings, problems) = read(&[("lenslint.toml", text)]);
    let mut told: Vec<&str> = problems.iter().map(String::as_str).collect();
    told.sort_unstable();
    let expected = [
        "No account can have 'lambda-timeout-max' raised",
        "There is no quota 'rest-integration-timout'",
        "`event-filters-max` cannot be 0",
        "`lambda-concurrency` takes a whole number (executions), not text",
    ];
    assert_eq!(told, expected);
    assert_eq!(settings.circumstances.limits, Limits::default());
}

#[test]
fn a_byte_order_mark_moves_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lenslint.toml");
    fs::write(&path, "\u{feff}profil = 1\r\n").unwrap();
    let mut configs = Files::new(folder.path().to_owned());
    configs.named(&path);
    let (source, problems) = configs.problems().next().unwrap();
    assert_eq!(source.slice(problems[0].at), "profil");
    assert_eq!(problems[0].severity, Severity::Error);
}

#[test]
fn what_cannot_be_read_is_an_error_and_no_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lenslint.toml");
    for (bytes, said) in
        [(b"a = '\xff'".to_vec(), "is not UTF-8"), (vec![b'#'; 2 << 20], "is larger than 1 MB")]
    {
        fs::write(&path, bytes).unwrap();
        let mut configs = Files::new(folder.path().to_owned());
        assert_eq!(configs.nearest(Path::new("")), None);
        assert_eq!(configs.errors()[0].message, said);
    }
}

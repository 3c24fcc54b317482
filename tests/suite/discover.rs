//! Which files are taken for templates: labelled files of our own in many guises, real ones where the corpus is
//! at hand, and what arguments find.

use std::fs;
use std::path::{Path, PathBuf};

use lenslint::discover::{DATA, Discovered, Kind, TEMPLATES, find, read, sniff};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/discover");

/// The folders of `fixtures/discover`, and what their files are.
const LABELS: [(&str, Kind); 3] =
    [("template", Kind::Template), ("unfilled", Kind::TemplateOfTemplates), ("other", Kind::Other)];

#[test]
fn every_guise_of_a_file_is_seen_through() {
    let mut mistakes = Vec::new();
    let mut others = 0;
    for (folder, label) in LABELS {
        for (name, text) in fixtures(folder) {
            for (guise, bytes) in guises(&name, &text) {
                others += usize::from(label == Kind::Other);
                let kind = sniff(&bytes);
                if kind != label {
                    mistakes.push(format!("{folder}/{name}, {guise}: {kind:?}"));
                }
            }
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    assert!(others >= 200, "{others} files that are no templates are too few to trust the sniff");
}

#[test]
fn a_template_inside_something_else_is_something_else() {
    for (name, text) in fixtures("template") {
        if name.starts_with("broken") {
            continue;
        }
        let wrapped = match parsed(&name, &text) {
            Some(json) => serde_json::json!({ "stacks": [{ "template": json }] }).to_string(),
            // A line that starts with `%` or `---` would not be the same further in.
            None if text.contains("---") => continue,
            None => format!("stacks:\n  orders:\n{}", each_line(&text, |line| format!("    {line}"))),
        };
        assert_eq!(sniff(wrapped.as_bytes()), Kind::Other, "{name}:\n{wrapped}");
    }
}

#[test]
fn a_template_that_is_cut_short_is_still_a_template() {
    let (_, text) =
        fixtures("template").into_iter().find(|(name, _)| name == "systems-manager-document.yaml").unwrap();
    let evidence = text.find("Properties").unwrap();
    for end in evidence..=text.len() {
        assert_eq!(sniff(&text.as_bytes()[..end]), Kind::Template, "{}", &text[..end]);
    }
}

#[test]
fn the_sniff_is_linear_whatever_the_bytes() {
    let started = std::time::Instant::now();
    for unit in [
        "::",
        "{",
        "{{",
        "{%",
        "'",
        "\"",
        "\"\\",
        "Type:",
        "Type: A::B ",
        "\nResources:\n",
        "\"Resources\":",
        "\n#\n",
        "- ",
        " ",
        "\t",
        "a: |\n",
        "{\"Resources\":1,",
        "\0",
        "\r",
        "AWSTemplateFormatVersion",
        "cookiecutter.",
    ] {
        for start in ["", "{", "Resources:\n Type: A::B\n{{", "{\"Resources\":{\"Type\":\"A::B\"}"] {
            let _ = sniff((start.to_owned() + &unit.repeat(1_000_000 / unit.len())).as_bytes());
        }
    }
    // A quadratic step over one megabyte takes minutes for each of the 84.
    assert!(started.elapsed().as_secs() < 60, "took {:?}", started.elapsed());
}

/// Precision and recall on real files, against a labeller that shares nothing with the sniff.
#[test]
fn real_templates_are_told_from_the_files_beside_them() {
    let Some(corpus) = crate::corpus() else {
        println!("skipped: no corpus of real templates here");
        return;
    };
    let folders = ["patterns", "cfn", "sam-fixtures/input"];
    let arguments = folders.map(|folder| corpus.join(folder).display().to_string());
    let Discovered { files: found, errors, .. } = find(&arguments, TEMPLATES);
    assert_eq!(errors, []);
    let [mut hits, mut false_alarms, mut misses, mut silences] = [0_u32; 4];
    for found in found {
        let (bytes, kind) = read(&found).unwrap();
        match (has_resource_of_a_type(&String::from_utf8_lossy(&bytes)), kind == Kind::Template) {
            (true, true) => hits += 1,
            (false, false) => silences += 1,
            (false, true) => {
                println!("taken for a template: {}", found.shown);
                false_alarms += 1;
            }
            (true, false) => {
                println!("not taken for a template: {}", found.shown);
                misses += 1;
            }
        }
    }
    let precision = f64::from(hits) / f64::from(hits + false_alarms);
    let recall = f64::from(hits) / f64::from(hits + misses);
    println!("{hits} templates, {silences} others: precision {precision:.4}, recall {recall:.4}");
    assert!(precision >= 0.99 && recall >= 0.99, "precision {precision:.4}, recall {recall:.4}");
}

#[test]
fn a_file_is_shown_as_it_was_typed() {
    let plain = "fixtures/discover/template/plain.yaml";
    let absolute = format!("{FIXTURES}/template/plain.yaml");
    let from_folder = |folder: &str| {
        let shown = shown(&[folder]);
        shown.into_iter().find(|shown| shown.ends_with("plain.yaml")).unwrap()
    };
    assert_eq!(shown(&[&format!("./{plain}")]), [plain]);
    assert_eq!(from_folder("./fixtures/discover/"), plain);
    assert_eq!(from_folder("fixtures//discover/template"), plain);
    assert_eq!(from_folder("src/../fixtures"), format!("src/../{plain}"));
    assert_eq!(shown(&[&absolute]), [absolute]);
}

#[test]
fn each_file_is_found_once_whatever_the_order_of_the_arguments() {
    let folder = "fixtures/discover/template";
    let alone = shown(&[folder]);
    let plain = format!("./{folder}/plain.yaml");
    let absolute = format!("{FIXTURES}/template/flow.yaml");
    let one_way = shown(&[&plain, folder, &absolute, folder]);
    let other_way = shown(&[folder, &absolute, &plain]);
    assert_eq!(one_way, other_way);
    assert_eq!(one_way.len(), alone.len());
}

#[test]
fn a_folder_gives_what_templates_may_be_called_and_nothing_ignored() {
    let scratch = Scratch::new(&[
        ("template.yaml", ""),
        ("a.YML", ""),
        ("b.template", ""),
        ("c.template.json", ""),
        ("d.cfn", ""),
        ("notes.md", ""),
        ("app.py", ""),
        (".infra/hidden.yaml", ""),
        ("cdk.out/Orders.template.json", ""),
        (".aws-sam/build/template.yaml", ""),
        ("web/node_modules/p/template.yaml", ""),
        (".git/template.yaml", ""),
        (".gitignore", "generated\n*.tmp.yaml\n"),
        ("generated/template.yaml", ""),
        ("x.tmp.yaml", ""),
        ("stacks/.gitignore", "local.yaml\n"),
        ("stacks/local.yaml", ""),
        ("stacks/shared.yaml", ""),
    ]);
    let expected = [
        ".infra/hidden.yaml",
        "a.YML",
        "b.template",
        "c.template.json",
        "cdk.out/Orders.template.json",
        "d.cfn",
        "stacks/shared.yaml",
        "template.yaml",
    ];
    assert_eq!(scratch.found(&["."]), expected);
    assert_eq!(
        scratch.found(&["notes.md", "x.tmp.yaml"]),
        ["notes.md", "x.tmp.yaml"],
        "what is named is taken"
    );
    assert_eq!(
        scratch.found(&["generated", ".aws-sam"]),
        [".aws-sam/build/template.yaml", "generated/template.yaml"]
    );
}

#[test]
fn of_several_files_that_leave_out_the_nearest_has_the_say() {
    let scratch = Scratch::new(&[
        (".gitignore", "\u{feff}*.yaml\n!keep.yaml\n/only/at/top.yml\nfolder/\n[\n"),
        ("keep.yaml", ""),
        ("dropped.yaml", ""),
        ("only/at/top.yml", ""),
        ("deep/only/at/top.yml", ""),
        ("deep/.gitignore", "!*.yaml\n"),
        ("deep/back.yaml", ""),
        ("deep/folder/t.yml", ""),
        ("deep/repository/.git/HEAD", ""),
        ("deep/repository/dropped.yml", ""),
        ("deep/repository/own.json", ""),
        ("deep/repository/.gitignore", "*.yml\n"),
        ("deep/repository/.ignore", "!dropped.yml\nown.json\n"),
        ("beside/last.yml", ""),
    ]);
    let all = [
        "beside/last.yml",
        "deep/back.yaml",
        "deep/only/at/top.yml",
        "deep/repository/dropped.yml",
        "keep.yaml",
    ];
    assert_eq!(scratch.found(&["."]), all);
    assert_eq!(scratch.found(&["deep/repository"]), ["deep/repository/dropped.yml"]);
    assert_eq!(scratch.found(&["deep"]), &all[1..4], "what lies above counts too");
    assert_eq!(scratch.found(&["deep/folder"]), ["deep/folder/t.yml"], "what is named is searched");
    assert_eq!(scratch.found(&["**/*.y*ml"]), all);
}

/// A walker that reads them itself waits for a pipe, and for the end of a device until there is no memory left.
#[cfg(unix)]
#[test]
fn what_is_called_like_an_ignore_file_and_is_none_is_told_and_leaves_nothing_out() {
    let scratch = Scratch::new(&[("a/t.yaml", ""), ("b/t.yaml", ""), ("c/t.yaml", ""), ("d/t.yaml", "")]);
    std::os::unix::fs::symlink("/dev/zero", scratch.path(".gitignore")).unwrap();
    std::os::unix::fs::symlink("nowhere", scratch.path("d/.gitignore")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(scratch.path("a/.ignore")).status();
    fs::write(scratch.path("b/.gitignore"), "*.yaml\n".repeat(1 << 18)).unwrap();
    fs::create_dir(scratch.path("c/.ignore")).unwrap();
    for argument in ["", "*/*.yaml"] {
        let discovered = find(&[scratch.path(argument).display().to_string()], TEMPLATES);
        assert_eq!((discovered.files.len(), discovered.errors.len()), (4, 0));
        let told: Vec<String> = discovered
            .unread_ignores
            .iter()
            .map(|one| format!("{} {}", one.path.rsplit('/').next().unwrap(), one.message))
            .collect();
        let all = [
            ".gitignore is a device: expected a file; nothing is left out for it",
            ".ignore is a pipe: expected a file; nothing is left out for it",
            ".gitignore is larger than 1 MB; nothing is left out for it",
            ".ignore is a folder: expected a file; nothing is left out for it",
        ];
        let has_pipe = pipe.as_ref().is_ok_and(std::process::ExitStatus::success);
        let expected: Vec<&str> =
            all.into_iter().filter(|line| has_pipe || !line.contains("a pipe")).collect();
        assert_eq!(told, expected);
    }
}

const ASSEMBLY: &str = r#"{"version": "55.0.0", "artifacts": {
    "Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
    "Shop": {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1",
        "properties": {"templateFile": "Shop.template.json"}}}}"#;
const STAGE: &str = r#"{"version": "55.0.0", "artifacts": {
    "Shop": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "Shop.template.json"}}}}"#;

/// An application of the CDK that has been synthesized: `ignore` is its `.gitignore`.
fn synthesized(ignore: &str) -> Scratch {
    let code = format!("cdk.out/asset.{}/node_modules.yaml", "0123456789abcdef".repeat(4));
    Scratch::new(&[
        (".gitignore", ignore),
        ("cdk.out/manifest.json", ASSEMBLY),
        ("cdk.out/Shop.template.json", ""),
        ("cdk.out/Renamed.template.json", "what `cdk synth` left of an earlier run"),
        ("cdk.out/tree.json", ""),
        (&code, ""),
        ("cdk.out/assembly-Prod/manifest.json", STAGE),
        ("cdk.out/assembly-Prod/Shop.template.json", ""),
        ("infra/template.yaml", ""),
    ])
}

#[test]
fn a_cloud_assembly_is_the_templates_that_its_manifest_names() {
    let stacks = ["cdk.out/Shop.template.json", "cdk.out/assembly-Prod/Shop.template.json"];
    let both = [stacks[0], stacks[1], "infra/template.yaml"];
    assert_eq!(synthesized("").found(&["."]), both);
    assert_eq!(synthesized("").found(&["cdk.out"]), stacks);
    assert_eq!(synthesized("").found(&["cdk.out/assembly-Prod"]), stacks[1..]);
}

#[test]
fn an_ignored_assembly_is_found_where_it_is_named() {
    for ignore in ["cdk.out\n", "cdk.out/*\n", "*.template.json\n"] {
        let scratch = synthesized(ignore);
        assert_eq!(scratch.found(&["."]), ["infra/template.yaml"], "{ignore}");
        assert_eq!(
            scratch.found(&["cdk.out"]),
            ["cdk.out/Shop.template.json", "cdk.out/assembly-Prod/Shop.template.json"],
            "{ignore}"
        );
    }
}

#[test]
fn a_template_of_an_assembly_has_the_region_of_its_stack_however_it_is_named() {
    let scratch = synthesized("");
    for argument in ["cdk.out", "cdk.out/Shop.template.json", "cdk.out/Sh*.json", "", "cdk.*"] {
        let Discovered { files: found, errors, .. } =
            find(&[scratch.path(argument).display().to_string()], TEMPLATES);
        assert_eq!(errors, []);
        let regions: Vec<_> = found.iter().map(|found| found.region.as_deref()).collect();
        let expected: &[_] = match argument {
            "" => &[Some("eu-west-1"), None, None],
            _ if argument.contains("Sh") => &[Some("eu-west-1")],
            _ => &[Some("eu-west-1"), None],
        };
        assert_eq!(regions, expected, "{argument}");
    }
}

#[test]
fn a_folder_with_another_manifest_is_walked_but_for_its_assets() {
    let asset = format!("cdk.out/asset.{}/template.yaml", "0123456789abcdef".repeat(4));
    for manifest in
        ["{", "{}", r#"{"name": "a web page"}"#, &ASSEMBLY.replace("Shop.template", "Gone.template")]
    {
        let scratch = Scratch::new(&[
            ("cdk.out/manifest.json", manifest),
            ("cdk.out/Shop.template.json", ""),
            ("cdk.out/asset.icons/t.yaml", ""),
            (&asset, ""),
        ]);
        let expected = ["cdk.out/Shop.template.json", "cdk.out/asset.icons/t.yaml", "cdk.out/manifest.json"];
        assert_eq!(scratch.found(&["."]), expected, "{manifest}");
        assert_eq!(scratch.found(&["cdk.out"]), expected, "{manifest}");
    }
}

#[test]
fn guard_rules_run_over_every_file_of_an_assembly() {
    let scratch = synthesized("");
    let Discovered { files: found, .. } = find(&[scratch.path("cdk.out").display().to_string()], DATA);
    assert_eq!(found.len(), 6, "all but what lies in an asset's folder");
}

#[test]
fn of_a_serverless_framework_package_the_template_that_is_deployed_is_found() {
    let whole = ".serverless/cloudformation-template-update-stack.json";
    let begin = ".serverless/cloudformation-template-create-stack.json";
    let copy = ".serverless/compiled-cloudformation-template.json";
    let scratch = Scratch::new(&[(".gitignore", ".serverless\n"), (whole, ""), (begin, ""), (copy, "")]);
    assert_eq!(scratch.found(&[".serverless"]), [whole]);
    assert_eq!(scratch.found(&["."]), [""; 0]);
    assert_eq!(scratch.found(&[begin]), [begin], "what is named is taken");
    let partial = Scratch::new(&[(begin, "")]);
    assert_eq!(partial.found(&[".serverless"]), [begin]);
}

#[test]
fn a_glob_finds_what_a_shell_would() {
    let scratch = Scratch::new(&[
        ("a/t.yaml", ""),
        ("a/deep/t.yaml", ""),
        ("a/t.txt", ""),
        ("b/t.yaml", ""),
        ("b/node_modules/t.yaml", ""),
        ("[c]/t.yaml", ""),
    ]);
    assert_eq!(scratch.found(&["*/t.yaml"]), ["[c]/t.yaml", "a/t.yaml", "b/t.yaml"]);
    assert_eq!(scratch.found(&["a/**/*.yaml"]), ["a/deep/t.yaml", "a/t.yaml"]);
    assert_eq!(scratch.found(&["{a,b}/t.*"]), ["a/t.txt", "a/t.yaml", "b/t.yaml"]);
    assert_eq!(scratch.found(&["[ab]"]), ["a/deep/t.yaml", "a/t.yaml", "b/t.yaml"]);
    assert_eq!(scratch.found(&["[c]"]), ["[c]/t.yaml"], "a path that exists is no glob");
}

#[test]
fn an_argument_that_names_nothing_is_an_error_and_the_rest_is_found() {
    let arguments =
        ["absent.yaml", "fixtures/discover/template/plain.yaml", "absent/*.yaml", "fixtures/*.absent", ""];
    let Discovered { files: found, errors, .. } = find(&arguments.map(str::to_owned), TEMPLATES);
    assert_eq!(found.len(), 1);
    let errors: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.path, error.message)).collect();
    assert_eq!(
        errors,
        [
            ": no such file or folder",
            "absent.yaml: no such file or folder",
            "absent/*.yaml: no file matches this pattern",
            "fixtures/*.absent: no file matches this pattern",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_twice() {
    use std::os::unix::fs::symlink;

    let scratch = Scratch::new(&[("real/t.yaml", "")]);
    symlink(scratch.path(""), scratch.path("real/up")).unwrap();
    symlink("loop.yaml", scratch.path("loop.yaml")).unwrap();
    symlink("real/t.yaml", scratch.path("link.yaml")).unwrap();
    assert_eq!(scratch.found(&["."]), ["real/t.yaml"]);
    assert_eq!(scratch.found(&["link.yaml"]), ["link.yaml"]);
    assert_eq!(scratch.found(&["link.yaml", "real"]), ["link.yaml"]);
    let Discovered { files: found, errors, .. } =
        find(&[scratch.path("loop.yaml").display().to_string()], TEMPLATES);
    assert_eq!(found, []);
    assert!(errors[0].message.starts_with("cannot be read: "), "{errors:?}");
    assert!(!errors[0].message.contains("os error"), "{errors:?}");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let scratch = Scratch::new(&[("closed/t.yaml", ""), ("closed.yaml", ""), ("open.yaml", "")]);
    for path in ["closed", "closed.yaml"] {
        fs::set_permissions(scratch.path(path), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(scratch.path("closed.yaml")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let Discovered { files: found, errors, .. } = find(&[scratch.path("").display().to_string()], TEMPLATES);
    fs::set_permissions(scratch.path("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].path.ends_with("closed"), "{errors:?}");
    assert_eq!(read(&found[0]).unwrap_err().message, "cannot be read: Permission denied");
}

/// A folder of its own for one test.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new(files: &[(&str, &str)]) -> Self {
        let scratch = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = scratch.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        scratch
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// What `arguments` below this folder find, as paths below it.
    fn found(&self, arguments: &[&str]) -> Vec<String> {
        let arguments = arguments.iter().map(|argument| self.path(argument).display().to_string());
        let Discovered { files: found, errors, .. } = find(&arguments.collect::<Vec<_>>(), TEMPLATES);
        assert_eq!(errors, []);
        let below = |path: &Path| path.strip_prefix(self.0.path()).unwrap().display().to_string();
        found.iter().map(|found| below(&found.path)).collect()
    }
}

fn shown(arguments: &[&str]) -> Vec<String> {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let Discovered { files: found, errors, .. } = find(&arguments, TEMPLATES);
    assert_eq!(errors, []);
    found.into_iter().map(|found| found.shown).collect()
}

/// Name and text of each file in a folder of the fixtures.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(Path::new(FIXTURES).join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The same file as other editors, systems and programs would have written it.
fn guises(name: &str, text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |unit: u16| unit.to_le_bytes();
    let mut guises = vec![
        ("as it is", text.to_owned().into_bytes()),
        ("with a byte-order mark", format!("\u{feff}{text}").into_bytes()),
        ("with CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("with CR", text.replace('\n', "\r").into_bytes()),
        ("in UTF-16", format!("\u{feff}{text}").encode_utf16().flat_map(utf16).collect()),
        ("in UTF-16 without a mark", text.encode_utf16().flat_map(utf16).collect()),
        ("in Latin-1", [text.as_bytes(), b"\n# caf\xe9\n"].concat()),
    ];
    if let Some(json) = parsed(name, text) {
        guises.push(("minified", json.to_string().into_bytes()));
        guises.push(("pretty-printed", format!("{json:#}").into_bytes()));
    } else if name.ends_with("yaml") || name.ends_with("yml") {
        guises.push(("below a comment", format!("# Resources:\n#  Type: AWS::A::B\n\n{text}").into_bytes()));
        guises.push(("deeper", each_line(text, |line| format!("  {line}")).into_bytes()));
    }
    guises
}

fn parsed(name: &str, text: &str) -> Option<serde_json::Value> {
    name.ends_with("json").then(|| serde_json::from_str(text).ok()).flatten()
}

fn each_line(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { change(line) + "\n" }).collect()
}

/// A crude labeller for well-behaved files: a `Type` of a resource one level below a top-level `Resources`.
fn has_resource_of_a_type(text: &str) -> bool {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(text) {
        let resources = json.get("Resources").and_then(|resources| resources.as_object());
        return resources.is_some_and(|resources| {
            resources.values().any(|resource| resource.to_string().contains(r#""Type":"AWS::"#))
        });
    }
    let is_nested = |line: &&str| line.starts_with([' ', '#', '\r']) || line.is_empty();
    let is_key = |line: &str| ["Resources:", "\"Resources\":"].iter().any(|key| line.starts_with(key));
    text.lines()
        .skip_while(|line| !is_key(line))
        .skip(1)
        .take_while(is_nested)
        .any(|line| line.trim_start().trim_matches('"').starts_with("Type") && line.contains("::"))
}

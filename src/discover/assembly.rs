//! A cloud assembly is what `cdk synth` leaves: a folder whose `manifest.json` names the templates of the stacks, the
//! files that they need, and further assemblies below it (`cdk.out/assembly-Prod`, one for each stage).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Above the manifest of an application of thousands of constructs; what is larger is no manifest.
const MOST_BYTES: u64 = 64 << 20;
/// Stages in stages.
const MOST_LEVELS: usize = 8;

/// The templates of an assembly and of those nested in it.
pub(super) struct Assembly {
    folder: PathBuf,
    /// By their templates.
    stacks: BTreeMap<PathBuf, Stack>,
}

/// What an assembly says of the stack that a template makes, or of the one that it is nested in.
#[derive(Clone)]
pub(super) struct Stack {
    /// Where it is bound to be: `eu-west-1`.
    pub(super) region: Option<String>,
}

impl Assembly {
    /// The assembly in `folder`. Nothing where there is no manifest, where it is another tool's or broken, names no
    /// stack, or one whose template is not there: such a folder is like any other.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let mut reading = Reading::default();
        reading.folder(folder, 0)?;
        let stacks = reading.stacks;
        (!stacks.is_empty()).then(|| Self { folder: folder.to_owned(), stacks })
    }

    /// Whether a path lies in it.
    pub(super) fn contains(&self, path: &Path) -> bool {
        path.starts_with(&self.folder)
    }

    /// Its templates and those of the assemblies nested in it, each with its stack.
    pub(super) fn into_stacks(self) -> impl Iterator<Item = (PathBuf, Stack)> {
        self.stacks.into_iter()
    }

    /// The stack of a template; nothing for what is no template of the assembly.
    pub(super) fn stack(&self, template: &Path) -> Option<&Stack> {
        self.stacks.get(template)
    }
}

/// `manifest.json`, as far as it is read here (`cloud-assembly-schema` of the CDK).
#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "version")]
    _version: String,
    artifacts: BTreeMap<String, Artifact>,
}

#[derive(Deserialize)]
struct Artifact {
    #[serde(rename = "type")]
    kind: String,
    environment: Option<String>,
    #[serde(default)]
    properties: Value,
    #[serde(default)]
    dependencies: Vec<String>,
}

/// `STACK.assets.json`: the files that a stack needs, its own template and those of its nested stacks among them.
#[derive(Deserialize)]
struct AssetManifest {
    #[serde(default)]
    files: BTreeMap<String, FileAsset>,
}

#[derive(Deserialize)]
struct FileAsset {
    source: Value,
}

/// An assembly that is being read.
#[derive(Default)]
struct Reading {
    stacks: BTreeMap<PathBuf, Stack>,
    /// The folders and asset manifests that have been read: whoever names one twice gains nothing by it.
    seen: BTreeSet<PathBuf>,
}

impl Reading {
    fn folder(&mut self, folder: &Path, level: usize) -> Option<()> {
        let Manifest { artifacts, .. } = parsed(&folder.join("manifest.json"))?;
        for artifact in artifacts.values() {
            match artifact.kind.as_str() {
                "aws:cloudformation:stack" => {
                    let stack = Stack { region: artifact.environment.as_deref().and_then(region) };
                    let own = below(folder, artifact.properties.get("templateFile")?)?;
                    self.stacks.insert(own, stack.clone());
                    let needed = artifact.dependencies.iter().filter_map(|id| artifacts.get(id));
                    for assets in needed.filter(|artifact| artifact.kind == "cdk:asset-manifest") {
                        let assets = below(folder, assets.properties.get("file")?)?;
                        if self.seen.insert(assets.clone()) {
                            let nested = nested_templates(folder, &assets).into_iter();
                            self.stacks.extend(nested.map(|template| (template, stack.clone())));
                        }
                    }
                }
                "cdk:cloud-assembly" if level < MOST_LEVELS => {
                    let nested = below(folder, artifact.properties.get("directoryName")?)?;
                    if self.seen.insert(nested.clone()) {
                        self.folder(&nested, level + 1)?;
                    }
                }
                _ => {}
            }
        }
        Some(())
    }
}

/// The templates among a stack's assets. One that is not there is left out: its parent is none the worse for it.
fn nested_templates(folder: &Path, assets: &Path) -> Vec<PathBuf> {
    let manifest: Option<AssetManifest> = parsed(assets);
    let files = manifest.into_iter().flat_map(|manifest| manifest.files.into_values());
    files
        .filter(|file| file.source.get("packaging").is_none_or(|packaging| packaging == "file"))
        .filter_map(|file| below(folder, file.source.get("path")?))
        .filter(|path| is_named_as_template(path))
        .collect()
}

/// Whether a file has the name that the CDK gives to templates.
pub(super) fn is_named_as_template(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(b".template.json"))
}

/// What lies directly in `folder` under a name, if it is there; links are not followed.
fn below(folder: &Path, name: &Value) -> Option<PathBuf> {
    let name = Path::new(name.as_str()?);
    let mut components = name.components();
    let is_lone = matches!((components.next(), components.next()), (Some(Component::Normal(_)), None));
    let path = folder.join(name);
    (is_lone && !fs::symlink_metadata(&path).ok()?.is_symlink()).then_some(path)
}

/// The region of `aws://ACCOUNT/REGION`, unless it is left to the deployment.
fn region(environment: &str) -> Option<String> {
    let (_, region) = environment.strip_prefix("aws://")?.split_once('/')?;
    let is_region =
        region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (is_region && !region.is_empty() && region != "unknown-region").then(|| region.to_owned())
}

fn parsed<T: DeserializeOwned>(path: &Path) -> Option<T> {
    // Opening a pipe would wait for its writer.
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > MOST_BYTES {
        return None;
    }
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn templates(files: &[(&str, &str)]) -> Option<Vec<String>> {
        let folder = folder_with(files);
        let assembly = Assembly::read(folder.path())?;
        let shown = assembly.stacks.iter().map(|(path, stack)| {
            let path = path.strip_prefix(folder.path()).unwrap().display().to_string().replace('\\', "/");
            format!("{path} {}", stack.region.as_deref().unwrap_or("-"))
        });
        Some(shown.collect())
    }

    const MANIFEST: &str = r#"{"version": "55.0.0", "artifacts": {
        "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}},
        "Shop": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/eu-west-1",
            "properties": {"templateFile": "Shop.template.json"}, "dependencies": ["Other", "Shop.assets"]},
        "Other": {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/unknown-region",
            "properties": {"templateFile": "Other.template.json"}},
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}}"#;
    const ASSETS: &str = r#"{"files": {
        "1": {"source": {"path": "Shop.template.json", "packaging": "file"}},
        "2": {"source": {"path": "ShopNested.nested.template.json", "packaging": "file"}},
        "3": {"source": {"path": "asset.3.json", "packaging": "file"}},
        "4": {"source": {"executable": ["make"]}},
        "5": {"source": {"path": "../elsewhere.template.json", "packaging": "file"}}}}"#;

    #[test]
    fn the_stacks_of_the_manifest_and_the_templates_nested_in_them_are_the_assembly() {
        let found = templates(&[
            ("manifest.json", MANIFEST),
            ("Shop.assets.json", ASSETS),
            ("Shop.template.json", ""),
            ("ShopNested.nested.template.json", ""),
            ("Other.template.json", ""),
            ("asset.3.json", ""),
            ("Renamed.template.json", "a stack that is no more"),
        ]);
        let expected = [
            "Other.template.json -",
            "Shop.template.json eu-west-1",
            "ShopNested.nested.template.json eu-west-1",
        ];
        assert_eq!(found.unwrap(), expected);
    }

    #[test]
    fn a_stage_is_an_assembly_in_the_assembly() {
        let outer = r#"{"version": "1", "artifacts": {"Prod": {"type": "cdk:cloud-assembly",
            "properties": {"directoryName": "assembly-Prod"}}}}"#;
        let inner = r#"{"version": "1", "artifacts": {"A": {"type": "aws:cloudformation:stack",
            "environment": "aws://1/us-gov-west-1", "properties": {"templateFile": "A.template.json"}}}}"#;
        let found = templates(&[
            ("manifest.json", outer),
            ("assembly-Prod/manifest.json", inner),
            ("assembly-Prod/A.template.json", ""),
        ]);
        assert_eq!(found.unwrap(), ["assembly-Prod/A.template.json us-gov-west-1"]);
    }

    #[test]
    fn what_is_no_sound_manifest_makes_no_assembly() {
        let stack = |file: &str| {
            format!(
                r#"{{"version": "1", "artifacts": {{"A": {{"type": "aws:cloudformation:stack", "properties": {{"templateFile": "{file}"}}}}}}}}"#
            )
        };
        for manifest in [
            "",
            "{",
            "[]",
            r#"{"name": "A web app", "icons": []}"#,
            r#"{"version": 3, "artifacts": {}}"#,
            r#"{"version": "1", "artifacts": []}"#,
            r#"{"version": "1", "artifacts": {"Build": {"type": "zip"}}}"#,
            &stack("missing.template.json"),
            &stack("../A.template.json"),
            &stack("/etc/passwd"),
            &stack(""),
        ] {
            assert_eq!(
                templates(&[("manifest.json", manifest), ("A.template.json", "")]),
                None,
                "{manifest}"
            );
        }
        assert!(
            templates(&[("manifest.json", &stack("A.template.json")), ("A.template.json", "")]).is_some()
        );
        assert_eq!(templates(&[("A.template.json", "")]), None);
    }

    #[test]
    fn what_is_named_a_thousand_times_is_read_once() {
        let many = |kind: &str, properties: &str| {
            let one = |n: usize| format!(r#""{n}": {{"type": "{kind}", "properties": {{{properties}}}}}"#);
            let all: Vec<_> = (0..1000).map(one).collect();
            format!(r#"{{"version": "1", "artifacts": {{{}}}}}"#, all.join(", "))
        };
        let stages = many("cdk:cloud-assembly", r#""directoryName": "a""#);
        let stacks = many("aws:cloudformation:stack", r#""templateFile": "A.template.json""#);
        let started = std::time::Instant::now();
        let found = templates(&[
            ("manifest.json", &stages),
            ("a/manifest.json", &stages),
            ("a/a/manifest.json", &stages),
            ("a/a/a/manifest.json", &stacks),
            ("a/a/a/A.template.json", ""),
        ]);
        assert_eq!(found.unwrap(), ["a/a/a/A.template.json -"]);
        assert!(
            started.elapsed() < std::time::Duration::from_secs(5),
            "a thousand to the fourth power is too many"
        );
    }
}

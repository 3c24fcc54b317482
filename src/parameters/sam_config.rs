//! `samconfig.toml` (or `.yaml`, `.yml`), where SAM's command line keeps what it deploys with, environment by
//! environment.

use std::path::{Path, PathBuf};

use crate::source::Source;

use super::overrides::{self, NoParameter};
use super::parameter_file::ParameterFile;
use super::tree::{Data, Node};
use super::{Error, Pair, is_region, is_same, no_region, text_file};

/// In the order in which SAM looks for them.
const NAMES: [&str; 3] = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];

/// The commands whose settings count, the first that has one wins: what is deployed is what `deploy` says.
const COMMANDS: [&str; 3] = ["deploy", "global", "build"];

/// A file, read.
pub(super) struct SamConfig {
    source: Source,
    folder: PathBuf,
    root: Node,
}

/// What an environment gives.
#[derive(Default)]
pub(super) struct Env {
    pub(super) parameters: Vec<Pair>,
    pub(super) region: Option<String>,
    /// The templates that it is for; where it names none that its author wrote, it is for all.
    templates: Vec<PathBuf>,
    /// The files that its parameters are read from.
    pub(super) files: Vec<PathBuf>,
}

/// The nearest file beside or above a folder, within its repository.
pub(super) fn nearest(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let files = NAMES.iter().map(|name| folder.join(name));
        if let Some(file) = files.into_iter().find(|file| file.is_file()) {
            return Some(file);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    None
}

impl SamConfig {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let source = text_file::read(path)?;
        let is_toml = path.extension().is_some_and(|extension| extension == "toml");
        let root = if is_toml { Node::of_toml(&source)? } else { Node::of_json_or_yaml(&source)? };
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { source, folder, root })
    }

    /// The environments that it has.
    pub(super) fn envs(&self) -> impl Iterator<Item = &str> {
        let tables = self.root.entries().iter().filter(|(_, value)| matches!(value.data, Data::Map(_)));
        tables.map(|(name, _)| name.as_str())
    }

    /// What an environment gives, if there is one of that name.
    pub(super) fn env(&self, name: &str) -> Result<Option<Env>, Error> {
        let Some(table) = self.root.get(name).filter(|table| matches!(table.data, Data::Map(_))) else {
            return Ok(None);
        };
        let commands: Vec<&Node> =
            COMMANDS.iter().filter_map(|command| table.get(command)?.get("parameters")).collect();
        let setting = |name: &str| commands.iter().find_map(|command| setting_of(command, name));
        let mut env = Env::default();
        if let Some(overrides) = setting("parameter_overrides") {
            self.read_parameters(overrides, &mut env)?;
        }
        if let Some(region) = setting("region") {
            let text = region.text().unwrap_or_default();
            if !is_region(text) {
                return Err(Error::at(&self.source, region.span, &no_region(text)));
            }
            env.region = Some(text.to_owned());
        }
        for command in commands {
            for name in ["template_file", "template"] {
                let named = setting_of(command, name).and_then(Node::text);
                env.templates.extend(named.and_then(|named| self.written_template(named)));
            }
        }
        Ok(Some(env))
    }

    /// `parameter_overrides`: a text, a list of texts, or a table.
    fn read_parameters(&self, overrides: &Node, env: &mut Env) -> Result<(), Error> {
        match &overrides.data {
            Data::Map(_) => env.parameters.extend(overrides.pairs(&self.source)?),
            Data::Text(text) => {
                if let Some(name) = text.trim().strip_prefix("file://") {
                    let file = self.file(name, overrides)?;
                    env.parameters.extend(ParameterFile::read(&file.to_string_lossy(), &[])?.parameters);
                    env.files.push(file);
                    return Ok(());
                }
                let pairs = overrides::read(text);
                env.parameters.extend(
                    pairs.map_err(|NoParameter| {
                        Error::at(&self.source, overrides.span, overrides::EXPECTED)
                    })?,
                );
            }
            Data::List(items) => items.iter().try_for_each(|item| self.read_parameters(item, env))?,
            Data::Nothing => {}
        }
        Ok(())
    }

    /// The file that stands in the place of overrides. It is named by a file that came with the template, perhaps from
    /// a stranger: nothing outside of the repository is read, and no pipe.
    fn file(&self, name: &str, overrides: &Node) -> Result<PathBuf, Error> {
        let folder = self.folder.canonicalize().unwrap_or_default();
        let root = folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&folder);
        let path = folder.join(name).canonicalize().ok();
        path.filter(|path| path.starts_with(root) && path.is_file()).ok_or_else(|| {
            let message = "there is no such file of parameters in the repository";
            Error::at(&self.source, overrides.span, message)
        })
    }

    /// A template by its name, unless it is what a build or a packaging has made or will make.
    fn written_template(&self, named: &str) -> Option<PathBuf> {
        let path = self.folder.join(named).canonicalize().ok()?;
        let is_built = path.components().any(|part| part.as_os_str() == ".aws-sam");
        (!is_built && path.is_file()).then_some(path)
    }
}

impl Env {
    /// Whether it is for the template at `path`.
    pub(super) fn is_for(&self, path: Option<&Path>) -> bool {
        self.templates.is_empty() || self.templates.iter().any(|template| is_same(template, path))
    }
}

/// A setting of a command, whose words stand between `_` or `-`.
fn setting_of<'n>(command: &'n Node, name: &str) -> Option<&'n Node> {
    let entries = command.entries().iter();
    entries.rev().find(|(key, _)| key.replace('-', "_") == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, Instant};

    use super::*;

    /// What the environment `prod` gives in a file with this text, or what is wrong with it.
    fn told_of(name: &str, text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::write(folder.path().join("p.json"), r#"{"Env": "filed"}"#).unwrap();
        let env = SamConfig::read(&path).and_then(|config| config.env("prod"));
        match env {
            Ok(None) => "none".to_owned(),
            Ok(Some(Env { parameters, region, .. })) => {
                let pairs: String =
                    parameters.iter().map(|(name, value)| ["[", name, "=", value, "]"].concat()).collect();
                pairs + &region.unwrap_or_default()
            }
            Err(error) => error.to_string().rsplit_once('/').map_or(String::new(), |(_, end)| end.to_owned()),
        }
    }

    fn told(text: &str) -> String {
        told_of("samconfig.toml", text)
    }

    #[test]
    fn overrides_are_a_text_a_list_or_a_table() {
        for overrides in [
            r#""Env=prod Note=\"two words\"""#,
            "'Env=prod Note=\"two words\"'",
            "\"\"\"\nEnv=prod\nNote=\"two words\"\n\"\"\"",
            r#"["Env=prod", "Note=\"two words\""]"#,
            r#"["Env=prod Note=\"two words\""]"#,
            r#"{Env = "prod", Note = "two words"}"#,
            r#""ParameterKey=Env,ParameterValue=prod ParameterKey=Note,ParameterValue=\"two words\"""#,
        ] {
            let text =
                format!("version = 0.1\n[prod.deploy.parameters]\nparameter_overrides = {overrides}\n");
            assert_eq!(told(&text), "[Env=prod][Note=two words]", "{overrides}");
        }
        let table =
            "[prod.deploy.parameters.parameter_overrides]\nA = 30\nB = true\nC = [\"a\", \"b\"]\nD = 0x10\n";
        assert_eq!(told(table), "[A=30][B=true][C=a,b][D=16]");
        assert_eq!(told("[prod.deploy.parameters]\nparameter-overrides = 'file://p.json'\n"), "[Env=filed]");
    }

    #[test]
    fn yaml_says_the_same() {
        let text = "version: 0.1\nprod:\n  deploy:\n    parameters:\n      region: eu-west-1\n      parameter_overrides: [Env=prod, 'Note=\"two words\"']\n";
        assert_eq!(told_of("samconfig.yaml", text), "[Env=prod][Note=two words]eu-west-1");
    }

    #[test]
    fn what_deploy_says_wins_and_global_beats_build() {
        let table = |command: &str| {
            format!(
                "[prod.{command}.parameters]\nparameter_overrides = 'Env={command}'\nregion = 'eu-west-1'\n"
            )
        };
        assert_eq!(
            told(&[table("build"), table("global"), table("deploy")].concat()),
            "[Env=deploy]eu-west-1"
        );
        assert_eq!(told(&[table("build"), table("global")].concat()), "[Env=global]eu-west-1");
        assert_eq!(told(&[table("build"), table("local_invoke")].concat()), "[Env=build]eu-west-1");
    }

    #[test]
    fn an_environment_may_be_missing_or_say_nothing() {
        assert_eq!(told("version = 0.1\n[default.deploy.parameters]\nregion = 'x'\n"), "none");
        assert_eq!(told("prod = 1\n"), "none");
        assert_eq!(told("[prod.deploy]\n"), "");
        assert_eq!(told("[prod.deploy.parameters]\nparameter_overrides = ''\n"), "");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_its_value() {
        for (text, expected) in [
            (
                "[prod.deploy.parameters]\nparameter_overrides = 'Secret=hunter2 hunter2'\n",
                "samconfig.toml:2:23: a parameter is written NAME=VALUE, with double quotes around a value that has blanks",
            ),
            (
                "[prod.deploy.parameters]\nregion = 'hunter'\n",
                "samconfig.toml:2:10: 'hunter' is no region; one is written as in eu-west-1",
            ),
            (
                "[prod.deploy.parameters]\nparameter_overrides = 'file://nowhere.json'\n",
                "samconfig.toml:2:23: there is no such file of parameters in the repository",
            ),
            (
                "[prod.deploy.parameters]\na = hunter2\n",
                "samconfig.toml:2:5: this cannot be read as TOML: string values must be quoted, expected literal string",
            ),
            (
                "é = 1\n",
                "samconfig.toml:1:1: this cannot be read as TOML: invalid unquoted key, expected letters, numbers, `-`, `_`",
            ),
        ] {
            assert_eq!(told(text), expected);
        }
    }

    #[test]
    fn a_file_outside_of_the_repository_is_not_read() {
        let outside = tempfile::tempdir().unwrap();
        let inside = outside.path().join("app/deep");
        fs::create_dir_all(&inside).unwrap();
        for folder in [outside.path(), &outside.path().join("app")] {
            fs::write(folder.join("p.json"), r#"{"A": "x"}"#).unwrap();
        }
        fs::create_dir(outside.path().join("app/.git")).unwrap();
        let read = |name: &str| {
            let text = format!("[prod.deploy.parameters]\nparameter_overrides = 'file://{name}'\n");
            fs::write(inside.join("samconfig.toml"), text).unwrap();
            SamConfig::read(&inside.join("samconfig.toml")).and_then(|config| config.env("prod")).is_ok()
        };
        assert!(read("../p.json"));
        assert!(!read("../../p.json"));
        assert!(!read(&outside.path().join("p.json").to_string_lossy()));
    }

    #[test]
    fn hostile_files_end_soon() {
        let start = Instant::now();
        for text in [
            format!("{} = 1\n", vec!["a"; 200_000].join(".")),
            format!("[{}]\n", vec!["a"; 200_000].join(".")),
            format!("a = {}\n", "[".repeat(500_000)),
            format!("a = {}\n", "{a=".repeat(300_000)),
            "[[a]]\n".repeat(100_000),
        ] {
            assert!(!told(&text).contains("Env"));
        }
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn the_nearest_file_counts_up_to_the_root_of_the_repository() {
        let outside = tempfile::tempdir().unwrap();
        let repository = outside.path().join("repository");
        let deep = repository.join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir(repository.join(".git")).unwrap();
        fs::write(outside.path().join("samconfig.toml"), "").unwrap();
        assert_eq!(nearest(&deep), None);
        fs::write(repository.join("samconfig.yml"), "").unwrap();
        assert_eq!(nearest(&deep), Some(repository.join("samconfig.yml")));
        fs::write(repository.join("samconfig.toml"), "").unwrap();
        assert_eq!(nearest(&deep), Some(repository.join("samconfig.toml")));
        fs::write(deep.join("samconfig.yaml"), "").unwrap();
        assert_eq!(nearest(&deep), Some(deep.join("samconfig.yaml")));
    }
}

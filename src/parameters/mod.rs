//! The values that are given for a deployment: where they are read from, and which template gets which. Nothing
//! here knows a template, nor which values are secrets: so no message ever shows one.

mod argument;
mod error;
mod git_sync;
mod list;
mod map;
mod overrides;
mod parameter_file;
mod sam_config;
mod text_file;
mod tree;

use std::collections::BTreeMap;
use std::path::{self, Path, PathBuf};

pub use error::Error;
use parameter_file::ParameterFile;
use sam_config::{Env, SamConfig};

use crate::spelling;

/// The name and the text of a parameter. The items of a list stand between commas.
type Pair = (String, String);

/// What was asked for on the command line. It cannot be printed, as it may hold secrets.
#[derive(Default)]
pub struct Asked<'a> {
    /// `NAME=VALUE`.
    pub parameters: &'a [String],
    /// Files of parameters.
    pub files: &'a [String],
    /// The environment of `samconfig.toml`.
    pub env: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
}

/// What is given for one template. It cannot be printed, as it may hold secrets.
#[derive(Default)]
pub struct Given {
    /// The texts of parameters by their names.
    pub parameters: BTreeMap<String, String>,
    /// The region.
    pub region: Option<String>,
}

impl Given {
    /// With what is given besides, and beats it.
    #[must_use]
    pub fn under(mut self, other: Self) -> Self {
        self.parameters.extend(other.parameters);
        Self { parameters: self.parameters, region: other.region.or(self.region) }
    }

    /// With a region that the template is bound to, unless another is given.
    #[must_use]
    pub fn or_region(self, region: Option<&str>) -> Self {
        Self { region: self.region.or_else(|| region.map(str::to_owned)), ..self }
    }
}

/// What is given for the templates of a run.
#[derive(Default)]
pub struct Deployments {
    region: Option<String>,
    arguments: Vec<Pair>,
    files: Vec<ParameterFile>,
    /// The environment that was asked for, by the folders in which there are templates.
    envs: BTreeMap<PathBuf, Option<Env>>,
    notes: Vec<String>,
    read: Vec<PathBuf>,
}

impl Deployments {
    /// Reads what was asked for, for templates at these places; nothing is the place of standard input without a
    /// name.
    ///
    /// # Errors
    ///
    /// Something that was named is not there, cannot be understood, or is an environment that no file has.
    pub fn read(asked: &Asked<'_>, templates: &[Option<&Path>]) -> Result<Self, Error> {
        let region = asked.region.map(|region| {
            is_region(region).then(|| region.to_owned()).ok_or_else(|| Error::new(no_region(region)))
        });
        let files = asked.files.iter().map(|file| ParameterFile::read(file, templates));
        let mut deployments = Self {
            region: region.transpose()?,
            arguments: argument::read(asked.parameters)?,
            files: files.collect::<Result<_, _>>()?,
            envs: asked.env.map_or(Ok(BTreeMap::new()), |env| envs(env, templates))?,
            notes: Vec::new(),
            read: asked.files.iter().map(PathBuf::from).collect(),
        };
        deployments.read.extend(deployments.envs.keys().filter_map(|folder| sam_config::nearest(folder)));
        let of_envs = deployments.envs.values().flatten().flat_map(|env| env.files.iter().cloned());
        deployments.read.extend(of_envs);
        if let Some(name) = asked.env
            && !templates.is_empty()
            && !templates.iter().any(|template| deployments.env_of(*template).is_some())
        {
            deployments.notes.push(format!("the environment '{name}' is for other templates than these"));
        }
        Ok(deployments)
    }

    /// The files that it was read from.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.read.iter().map(PathBuf::as_path)
    }

    /// What is odd about it, each in one line.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What is given for the template at `path`. The later beats the earlier: `samconfig.toml`, the files in their
    /// order, the arguments.
    pub fn of(&self, path: Option<&Path>) -> Given {
        let mut given = Given::default();
        if let Some(env) = self.env_of(path) {
            given.parameters.extend(env.parameters.iter().cloned());
            given.region.clone_from(&env.region);
        }
        for file in self.files.iter().filter(|file| file.is_for(path)) {
            given.parameters.extend(file.parameters.iter().cloned());
        }
        given.parameters.extend(self.arguments.iter().cloned());
        if self.region.is_some() {
            given.region.clone_from(&self.region);
        }
        given
    }

    fn env_of(&self, path: Option<&Path>) -> Option<&Env> {
        let env = self.envs.get(&folder_of(path)).and_then(Option::as_ref);
        env.filter(|env| env.is_for(path))
    }

    /// The parameters that the command line itself names, in order.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().map(|(name, _)| name.as_str())
    }
}

/// The environment of each folder, from the nearest `samconfig` beside or above it; an error if none has it.
fn envs(name: &str, templates: &[Option<&Path>]) -> Result<BTreeMap<PathBuf, Option<Env>>, Error> {
    let mut configs: BTreeMap<PathBuf, SamConfig> = BTreeMap::new();
    let mut envs = BTreeMap::new();
    for template in templates {
        let folder = folder_of(*template);
        if envs.contains_key(&folder) {
            continue;
        }
        let env = match sam_config::nearest(&folder) {
            None => None,
            Some(file) => {
                let config = match configs.remove(&file) {
                    Some(config) => config,
                    None => SamConfig::read(&file)?,
                };
                let env = config.env(name)?;
                configs.insert(file, config);
                env
            }
        };
        envs.insert(folder, env);
    }
    if envs.is_empty() || envs.values().any(Option::is_some) {
        return Ok(envs);
    }
    Err(no_env(name, &configs))
}

fn no_env(name: &str, configs: &BTreeMap<PathBuf, SamConfig>) -> Error {
    let Some((path, _)) = configs.first_key_value() else {
        return Error::new(format!(
            "no samconfig.toml beside or above the templates has the environment '{name}'"
        ));
    };
    let mut known: Vec<&str> = configs.values().flat_map(SamConfig::envs).collect();
    known.sort_unstable();
    known.dedup();
    let hint = spelling::hint(spelling::nearest(name, known.iter().copied()));
    let there = match (configs.len(), known.as_slice()) {
        (1, []) => "it has none".to_owned(),
        (1, _) => format!("it has {}", known.join(", ")),
        (files, _) => format!("this and {} more have {}", files - 1, known.join(", ")),
    };
    Error::new(format!("{}: there is no environment '{name}': {there}{hint}", error::shown(path)))
}

/// The folder of a template, and of standard input the one in which we run.
fn folder_of(template: Option<&Path>) -> PathBuf {
    let template = template.and_then(|path| path::absolute(path).ok());
    let folder = template.as_deref().and_then(Path::parent).map(Path::to_owned);
    folder.or_else(|| std::env::current_dir().ok()).unwrap_or_default()
}

/// Whether two paths lead to one file; of standard input that is not known, and what is asked for holds.
fn is_same(file: &Path, template: Option<&Path>) -> bool {
    template.is_none_or(|template| template.canonicalize().is_ok_and(|template| template == file))
}

/// Whether a text looks like a region: `eu-west-1`, `us-gov-east-1`, `us-isob-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [area @ .., number] => {
            area.len() >= 2
                && area.iter().all(is_word)
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        [] => false,
    }
}

fn no_region(text: &str) -> String {
    format!("'{text}' is no region; one is written as in eu-west-1")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder with these files; a `.git` in it bounds the search for `samconfig`.
    fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn told(given: &Given) -> String {
        let pairs: String =
            given.parameters.iter().map(|(name, value)| ["[", name, "=", value, "]"].concat()).collect();
        pairs + given.region.as_deref().unwrap_or_default()
    }

    #[test]
    fn the_later_source_beats_the_earlier() {
        let config = "[prod.deploy.parameters]\nregion = 'eu-west-1'\nparameter_overrides = 'A=config B=config C=config D=config'\n";
        let folder = folder_with(&[
            ("samconfig.toml", config),
            ("one.json", r#"{"B": "one", "C": "one", "D": "one"}"#),
            ("two.json", r#"{"C": "two", "D": "two"}"#),
            ("t.yaml", ""),
        ]);
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let (parameters, files) = (["D=argument".to_owned()], [at("one.json"), at("two.json")]);
        let template = folder.path().join("t.yaml");
        for (region, expected) in [(None, "eu-west-1"), (Some("cn-north-1"), "cn-north-1")] {
            let asked = Asked { parameters: &parameters, files: &files, env: Some("prod"), region };
            let deployments = Deployments::read(&asked, &[Some(&template)]).ok().unwrap();
            let told = told(&deployments.of(Some(&template)));
            assert_eq!(told, format!("[A=config][B=one][C=two][D=argument]{expected}"));
        }
    }

    #[test]
    fn an_environment_is_for_the_template_that_it_names_unless_a_build_has_made_that() {
        let config =
            |named: &str| format!("[prod.deploy.parameters]\n{named}\nparameter_overrides = 'A=x'\n");
        for (named, expected) in [
            ("", ["[A=x]", "[A=x]"]),
            ("template_file = 'a.yaml'", ["[A=x]", ""]),
            ("template = 'sub/b.yaml'", ["", "[A=x]"]),
            ("template_file = '.aws-sam/build/template.yaml'", ["[A=x]", "[A=x]"]),
            ("template_file = 'packaged.yaml'", ["[A=x]", "[A=x]"]),
        ] {
            let folder = folder_with(&[
                ("samconfig.toml", &config(named)),
                ("a.yaml", ""),
                ("sub/b.yaml", ""),
                (".aws-sam/build/template.yaml", ""),
            ]);
            let [a, b] = ["a.yaml", "sub/b.yaml"].map(|name| folder.path().join(name));
            let asked = Asked { env: Some("prod"), ..Asked::default() };
            let deployments = Deployments::read(&asked, &[Some(&a), Some(&b)]).ok().unwrap();
            assert_eq!([&a, &b].map(|path| told(&deployments.of(Some(path)))), expected, "{named}");
            assert_eq!(deployments.notes(), [""; 0]);
            let alone = Deployments::read(&asked, &[Some(&b)]).ok().unwrap();
            assert_eq!(alone.notes().is_empty(), !expected[1].is_empty(), "{named}");
        }
    }

    #[test]
    fn a_deployment_file_is_for_its_template_where_that_is_at_hand() {
        let folder = folder_with(&[
            ("deployments/prod.yaml", "template-file-path: app/a.yaml\nparameters: {A: x}\n"),
            ("app/a.yaml", ""),
            ("b.yaml", ""),
        ]);
        let [a, b] = ["app/a.yaml", "b.yaml"].map(|name| folder.path().join(name));
        let files = [folder.path().join("deployments/prod.yaml").to_string_lossy().into_owned()];
        let asked = Asked { files: &files, ..Asked::default() };
        let both = Deployments::read(&asked, &[Some(&a), Some(&b)]).ok().unwrap();
        assert_eq!([&a, &b].map(|path| told(&both.of(Some(path)))), ["[A=x]", ""]);
        let other = Deployments::read(&asked, &[Some(&b)]).ok().unwrap();
        assert_eq!(told(&other.of(Some(&b))), "[A=x]");
    }

    #[test]
    fn an_environment_that_no_file_has_is_an_error_that_names_those_there_are() {
        let message = |files: &[(&str, &str)]| {
            let folder = folder_with(files);
            let templates = ["a/t.yaml", "b/t.yaml"].map(|name| folder.path().join(name));
            let asked = Asked { env: Some("prodd"), ..Asked::default() };
            let places = templates.each_ref().map(|path| Some(path.as_path()));
            let error = Deployments::read(&asked, &places).err().unwrap().to_string();
            error.replace(&folder.path().to_string_lossy().replace('\\', "/"), "")
        };
        let (two, one) = ("[default.x]\n[prod.x]\n", "[stage.x]\n");
        assert_eq!(
            message(&[("samconfig.toml", two)]),
            "/samconfig.toml: there is no environment 'prodd': it has default, prod; did you mean 'prod'?"
        );
        assert_eq!(
            message(&[("a/samconfig.toml", two), ("b/samconfig.toml", one)]),
            "/a/samconfig.toml: there is no environment 'prodd': this and 1 more have default, prod, stage; did you mean 'prod'?"
        );
        assert_eq!(
            message(&[]),
            "no samconfig.toml beside or above the templates has the environment 'prodd'"
        );
    }

    #[test]
    fn a_region_is_known_by_its_shape() {
        for text in ["eu-west-1", "us-gov-east-1", "us-isob-west-1", "eusc-de-east-1", "ap-southeast-12"] {
            assert!(is_region(text), "{text}");
        }
        for text in
            ["", "prod", "eu-west", "EU-WEST-1", "eu--1", "eu-1", "eu-west-1a", "-eu-west-1", "eu west-1"]
        {
            assert!(!is_region(text), "{text}");
        }
    }
}

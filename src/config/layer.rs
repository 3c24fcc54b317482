//! A layer is what one configuration file says, or the command line: only what is set. Layers lie one over the other,
//! and `settings` says what shows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use crate::facts::Limits;
use crate::finding::{Confidence, FailOn, Severity};
use crate::rule::{Catalogue, Profile, Selector, UnknownRule};
use crate::source::Span;

use super::key::{CONFIDENCES, FAIL_ON, Key, PROFILES, SEVERITIES};
use super::pattern::FilePattern;
use super::problem::Problem;
use super::reader::{Reader, Value};

/// A rule or a family as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// `SLP202`.
    pub text: String,
    /// Where it is written.
    pub at: Span,
}

/// A path as a configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPath {
    /// Absolute, perhaps a glob.
    pub path: PathBuf,
    /// Where it is written.
    pub at: Span,
}

/// What a file or the command line sets. Its rules are [`Named`] as long as nobody has looked for them in the
/// catalogue.
#[derive(Clone, Debug)]
pub struct Layer<S = Selector> {
    /// What names rules.
    pub choices: Choices<S>,
    /// Findings that are less sure are left out.
    pub min_confidence: Option<Confidence>,
    /// From which severity on findings fail a run.
    pub fail_on: Option<FailOn>,
    /// What is not checked.
    pub exclude: Vec<FilePattern>,
    /// Whether that holds for files that are named on the command line.
    pub force_exclude: Option<bool>,
    /// Which templates only tests use.
    pub test_paths: Option<Vec<FilePattern>>,
    /// Files and folders with rules.
    pub rules: Vec<NamedPath>,
    /// What is known of the deployment.
    pub deployment: Deployment,
    /// The quotas that the account has had raised.
    pub limits: Limits,
    /// Templates that are one application.
    pub applications: Vec<Application>,
}

/// What a layer says of rules.
#[derive(Clone, Debug)]
pub struct Choices<S = Selector> {
    /// Which rules run, unless some are selected by name.
    pub profile: Option<Profile>,
    /// Which rules run, by name.
    pub select: Option<Vec<S>>,
    /// Which rules run besides.
    pub extend_select: Vec<S>,
    /// Which rules do not run.
    pub ignore: Vec<S>,
    /// The severities that are not the rules' own.
    pub severities: Vec<(S, Severity)>,
    /// Which rules do not run over which files.
    pub file_ignores: Vec<FileIgnore<S>>,
}

/// Rules that do not run over some files.
#[derive(Clone, Debug)]
pub struct FileIgnore<S = Selector> {
    /// The files.
    pub files: FilePattern,
    /// The rules.
    pub rules: Vec<S>,
}

/// What is known of the deployment of the templates that a configuration is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The values of parameters, by name; a list's members stand between commas.
    pub parameters: BTreeMap<String, String>,
    /// Files of such values, absolute; a later one outranks an earlier one.
    pub parameter_files: Vec<PathBuf>,
    /// The environment of `samconfig.toml`.
    pub environment: Option<String>,
    /// The region: `eu-central-1`.
    pub region: Option<String>,
}

/// Templates that are one application.
#[derive(Clone, Debug)]
pub struct Application {
    /// What it is called; no two of a configuration have one name.
    pub name: String,
    /// Its templates.
    pub files: Vec<FilePattern>,
}

impl Application {
    /// The folder that its templates lie in or below; nothing where it names none.
    pub fn folder(&self) -> Option<&Path> {
        self.files.first().map(FilePattern::folder)
    }

    /// Whether a file is one of its templates; its path is absolute and [`without_dots`](super::without_dots).
    pub fn holds(&self, path: &Path) -> bool {
        self.files.iter().any(|pattern| pattern.matches(path))
    }
}

// Derived, these would ask for a default of the rules' names too.
impl<S> Default for Layer<S> {
    fn default() -> Self {
        Self {
            choices: Choices::default(),
            min_confidence: None,
            fail_on: None,
            exclude: Vec::new(),
            force_exclude: None,
            test_paths: None,
            rules: Vec::new(),
            deployment: Deployment::default(),
            limits: Limits::default(),
            applications: Vec::new(),
        }
    }
}

impl<S> Default for Choices<S> {
    fn default() -> Self {
        Self {
            profile: None,
            select: None,
            extend_select: Vec::new(),
            ignore: Vec::new(),
            severities: Vec::new(),
            file_ignores: Vec::new(),
        }
    }
}

/// What a file says, and the file that it builds on.
pub(super) struct Read {
    pub(super) layer: Layer<Named>,
    /// The path as a full one, and the place of the text.
    pub(super) extend: Option<(PathBuf, Range<usize>)>,
}

impl Layer<Named> {
    /// Reads the table of a file that lies in `folder`, and tells all that is wrong with it.
    pub(super) fn read(table: &DeTable<'_>, folder: &Path) -> (Read, Vec<Problem>) {
        let mut reader = Reader { folder, problems: Vec::new() };
        let mut read = Read { layer: Self::default(), extend: None };
        // What another release understands is not for this one to judge.
        if let Some(value) = table.get(Key::RequiredVersion.name()) {
            reader.required_version(value);
        }
        if reader.problems.is_empty() {
            for (key, value) in table {
                read.set(&mut reader, key, value);
            }
        }
        (read, reader.problems)
    }

    /// The layer with its rules looked up. A rule that does not exist is an error; one that a newer release may well
    /// have is a warning, and names nothing.
    pub(super) fn resolve(&self, catalogue: &Catalogue) -> (Layer, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut find = |named: &Named| match Selector::read(&named.text, catalogue) {
            Ok(selector) => {
                problems.extend(renamed_rule(named, catalogue));
                Some(selector)
            }
            Err(unknown) => {
                let may_come = is_our_form(&named.text);
                problems.push(unknown_rule(&unknown, named, may_come));
                may_come.then(|| Selector::Rule(named.text.to_ascii_uppercase()))
            }
        };
        let choices = &self.choices;
        let choices = Choices {
            profile: choices.profile,
            select: choices.select.as_ref().map(|select| select.iter().filter_map(&mut find).collect()),
            extend_select: choices.extend_select.iter().filter_map(&mut find).collect(),
            ignore: choices.ignore.iter().filter_map(&mut find).collect(),
            severities: choices
                .severities
                .iter()
                .filter_map(|(named, severity)| Some((find(named)?, *severity)))
                .collect(),
            file_ignores: choices
                .file_ignores
                .iter()
                .map(|ignore| FileIgnore {
                    files: ignore.files.clone(),
                    rules: ignore.rules.iter().filter_map(&mut find).collect(),
                })
                .collect(),
        };
        let layer = Layer {
            choices,
            min_confidence: self.min_confidence,
            fail_on: self.fail_on,
            exclude: self.exclude.clone(),
            force_exclude: self.force_exclude,
            test_paths: self.test_paths.clone(),
            rules: self.rules.clone(),
            deployment: self.deployment.clone(),
            limits: self.limits.clone(),
            applications: self.applications.clone(),
        };
        (layer, problems)
    }
}

/// Whether a name has the form of one of ours: `SLP` and three digits, or one for a family.
fn is_our_form(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let number = name.strip_prefix("SLP");
    number.is_some_and(|number| {
        matches!(number.len(), 1 | 3) && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn renamed_rule(named: &Named, catalogue: &Catalogue) -> Option<Problem> {
    let now = catalogue.renamed(&named.text)?.now(&named.text);
    let message = format!("Rule '{}' has another name now: '{now}'", named.text);
    let problem = Problem { severity: Severity::Warning, ..Problem::error(named.at.range(), message) };
    Some(problem.help(format!("Write `{now}`.")))
}

fn unknown_rule(unknown: &UnknownRule, named: &Named, may_come: bool) -> Problem {
    let message = format!("There is no rule or family '{}'", named.text);
    let problem = Problem::error(named.at.range(), message).near(unknown.nearest.as_deref());
    if may_come {
        let help = "`lenslint rules` lists the rules. A newer release may have this one: it is passed over.";
        Problem { severity: Severity::Warning, ..problem }.help(help)
    } else {
        problem.help("`lenslint rules` lists the rules.")
    }
}

impl Read {
    fn set(&mut self, reader: &mut Reader<'_>, written: &Spanned<impl AsRef<str>>, value: &Value<'_>) {
        let name = written.get_ref().as_ref();
        let key = match Key::named(name) {
            Ok(key) => key,
            Err(near) => {
                let known = Key::ALL.map(Key::name).join(", ");
                let problem = Problem::error(written.span(), format!("There is no key '{name}'"));
                reader.problems.push(problem.near(near).help(format!("The keys are {known}.")));
                return;
            }
        };
        let Self { layer, extend } = self;
        match key {
            Key::RequiredVersion => {}
            Key::Extend => {
                let path = reader.full_text(name, value);
                *extend = path.map(|path| (reader.folder.join(path), value.span()));
            }
            Key::Profile => layer.choices.profile = reader.word(name, value, PROFILES, Profile::named),
            Key::Select => {
                let before = reader.problems.len();
                let select = reader.selectors(name, value);
                if select.is_empty() && reader.problems.len() == before {
                    let help = "Leave `select` out, and `profile` decides which rules run.";
                    reader.problems.push(Problem::error(value.span(), "`select` is empty").help(help));
                }
                layer.choices.select = Some(select);
            }
            Key::ExtendSelect => layer.choices.extend_select = reader.selectors(name, value),
            Key::Ignore => layer.choices.ignore = reader.selectors(name, value),
            Key::PerFileIgnores => layer.choices.file_ignores = reader.file_ignores(name, value),
            Key::Severity => layer.choices.severities = reader.severities(name, value, SEVERITIES),
            Key::MinConfidence => {
                layer.min_confidence = reader.word(name, value, CONFIDENCES, Confidence::named);
            }
            Key::FailOn => layer.fail_on = reader.word(name, value, FAIL_ON, FailOn::named),
            Key::Exclude => layer.exclude = reader.patterns(name, value),
            Key::ForceExclude => layer.force_exclude = reader.flag(name, value),
            Key::TestPaths => layer.test_paths = Some(reader.patterns(name, value)),
            Key::Rules => layer.rules = reader.rules(name, value),
            Key::Parameters => layer.deployment.parameters = reader.parameters(name, value),
            Key::ParameterFiles => {
                let files = reader.paths(name, "a list of files", value);
                layer.deployment.parameter_files = files.into_iter().map(|file| file.path).collect();
            }
            Key::Env => layer.deployment.environment = reader.full_text(name, value).map(str::to_owned),
            Key::Region => layer.deployment.region = reader.region(name, value),
            Key::Limits => layer.limits = reader.limits(name, value),
            Key::Application => layer.applications = reader.applications(name, value),
        }
    }
}

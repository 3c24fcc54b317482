//! The values that only one key has: what is right about them is a matter of that key.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};
use toml::de::DeValue;

use crate::facts::{self, Fact, Limits};
use crate::finding::Severity;
use crate::source::Span;
use crate::spelling::nearest;

use super::key::Key;
use super::layer::{Application, FileIgnore, Named, NamedPath};
use super::problem::{FROM_FOLDER, Problem};
use super::reader::{Reader, Value};

impl Reader<'_> {
    pub(super) fn required_version(&mut self, value: &Value<'_>) {
        let key = Key::RequiredVersion.name();
        let Some(text) = self.full_text(key, value) else { return };
        let running = Version::parse(env!("CARGO_PKG_VERSION")).expect("Cargo takes no other versions");
        match requirement(text) {
            Ok(required) if required.matches(&running) => {}
            Ok(_) => {
                let message = format!("This configuration asks for lenslint {text}, and this is {running}");
                let help = "Install such a release, or change `required-version`.";
                self.problems.push(Problem::error(value.span(), message).help(help));
            }
            Err(error) => {
                let message = format!("`{key}` cannot be '{text}': {error}");
                self.problems.push(
                    Problem::error(value.span(), message).help("Write it like `>=0.1, <0.3` or `0.1.4`."),
                );
            }
        }
    }

    pub(super) fn file_ignores(&mut self, key: &str, value: &Value<'_>) -> Vec<FileIgnore<Named>> {
        let table = self.table(key, "a table of patterns and lists of rules", value);
        let mut ignores = Vec::new();
        for (pattern, value) in table.into_iter().flatten() {
            let rules = self.selectors(pattern.get_ref(), value);
            let files = self.pattern(pattern.get_ref(), pattern.span());
            ignores.extend(files.map(|files| FileIgnore { files, rules }));
        }
        ignores
    }

    /// The severity of each rule in a table.
    pub(super) fn severities(
        &mut self,
        key: &str,
        value: &Value<'_>,
        known: &[&'static str],
    ) -> Vec<(Named, Severity)> {
        let table = self.table(key, "a table of rules and their severities", value);
        let mut severities = Vec::new();
        for (rule, value) in table.into_iter().flatten() {
            let text = rule.get_ref();
            if let Some(severity) = self.word(text, value, known, Severity::named) {
                severities.push((Named { text: text.to_string(), at: Span::new(rule.span()) }, severity));
            }
        }
        severities
    }

    pub(super) fn rules(&mut self, key: &str, value: &Value<'_>) -> Vec<NamedPath> {
        let wanted = "a list of files and folders with rules of your own (no rule has options)";
        self.paths(key, wanted, value)
    }

    /// Paths of a list, from the folder of the file. One that is no glob and leads nowhere is a problem.
    pub(super) fn paths(&mut self, key: &str, wanted: &str, value: &Value<'_>) -> Vec<NamedPath> {
        let texts = self.texts(key, wanted, value);
        let mut paths = Vec::new();
        for (text, item) in texts {
            let path = self.folder.join(text);
            if !text.contains(['*', '?', '[', '{']) && !path.exists() {
                let message = format!("There is no file or folder '{text}'");
                self.problems.push(Problem::error(item.span(), message).help(FROM_FOLDER));
            }
            paths.push(NamedPath { path, at: Span::new(item.span()) });
        }
        paths
    }

    pub(super) fn parameters(&mut self, key: &str, value: &Value<'_>) -> BTreeMap<String, String> {
        let table = self.table(key, "a table of parameters and their values", value);
        let mut parameters = BTreeMap::new();
        for (name, value) in table.into_iter().flatten() {
            let text = name.get_ref();
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                let message = format!("'{text}' is no name of a parameter: it has letters and digits only");
                self.problems.push(Problem::error(name.span(), message));
            }
            parameters.extend(self.parameter(text, value).map(|value| (text.to_string(), value)));
        }
        parameters
    }

    /// A value of a template's parameter, as CloudFormation takes it: text; of a list, its members between commas.
    fn parameter(&mut self, name: &str, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => {
                let decimal = i64::from_str_radix(number.as_str(), number.radix());
                Some(decimal.map_or_else(|_| number.to_string(), |decimal| decimal.to_string()))
            }
            DeValue::Float(number) => Some(number.to_string()),
            DeValue::Boolean(flag) => Some(flag.to_string()),
            DeValue::Array(items) => {
                let items: Vec<Option<String>> = items
                    .iter()
                    .map(|item| match item.get_ref() {
                        DeValue::Array(_) => self.unexpected(name, "text or a number", item),
                        _ => self.parameter(name, item),
                    })
                    .collect();
                items.into_iter().collect::<Option<Vec<_>>>().map(|items| items.join(","))
            }
            DeValue::Datetime(_) | DeValue::Table(_) => {
                self.unexpected(name, "text, a number, true or false, or a list of them", value)
            }
        }
    }

    pub(super) fn region(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        let text = self.full_text(key, value)?;
        let parts: Vec<&str> = text.split('-').collect();
        let is_region = parts.len() >= 3
            && parts.iter().enumerate().all(|(i, part)| {
                let is_last = i + 1 == parts.len();
                let fits = |byte: u8| {
                    if is_last { byte.is_ascii_digit() } else { byte.is_ascii_lowercase() }
                };
                !part.is_empty() && part.bytes().all(fits)
            });
        if !is_region {
            let problem = Problem::error(value.span(), format!("'{text}' is no name of a region"));
            self.problems.push(problem.help("Regions are written like `eu-central-1`."));
            return None;
        }
        Some(text.to_owned())
    }

    /// The quotas of a table.
    pub(super) fn limits(&mut self, key: &str, value: &Value<'_>) -> Limits {
        let mut limits = Limits::default();
        for (written, value) in self.table(key, "a table of quotas and numbers", value).into_iter().flatten()
        {
            let name = written.get_ref().as_ref();
            match facts::raisable(name) {
                Ok(fact) => {
                    if let Some(number) = self.limit(fact, value) {
                        limits.raise(fact, number);
                    }
                }
                Err(near) => {
                    let fixed = facts::named(name).is_ok();
                    let message = if fixed {
                        format!("No account can have '{name}' raised")
                    } else {
                        format!("There is no quota '{name}'")
                    };
                    let known = facts::all().iter().filter(|fact| fact.is_raisable);
                    let known = known.map(|fact| fact.name).collect::<Vec<_>>().join(", ");
                    let problem = Problem::error(written.span(), message).near(near.filter(|_| !fixed));
                    self.problems.push(problem.help(format!("The quotas are {known}.")));
                }
            }
        }
        limits
    }

    fn limit(&mut self, fact: &Fact, value: &Value<'_>) -> Option<i64> {
        let DeValue::Integer(written) = value.get_ref() else {
            return self.unexpected(fact.name, &format!("a whole number ({})", fact.unit), value);
        };
        let number = i64::from_str_radix(written.as_str(), written.radix()).ok().filter(|number| *number > 0);
        if number.is_none() {
            let message = format!("`{}` cannot be {written}", fact.name);
            let help = format!("It is {} {} where it is not raised.", fact.value, fact.unit);
            self.problems.push(Problem::error(value.span(), message).help(help));
        }
        number
    }

    pub(super) fn applications(&mut self, key: &str, value: &Value<'_>) -> Vec<Application> {
        let mut applications: Vec<Application> = Vec::new();
        for item in self.list(key, "tables of the form [[application]]", value) {
            let Some(application) = self.application(key, item) else { continue };
            if applications.iter().any(|known| known.name == application.name) {
                let message = format!("There are two applications '{}'", application.name);
                self.problems.push(Problem::error(item.span(), message));
            }
            applications.push(application);
        }
        applications
    }

    fn application(&mut self, key: &str, item: &Value<'_>) -> Option<Application> {
        let (mut name, mut files) = (None, Vec::new());
        let table = self.table(key, "a table with `name` and `files`", item)?;
        for (written, value) in table {
            match written.get_ref().as_ref() {
                key @ "name" => name = self.full_text(key, value).map(str::to_owned),
                key @ "files" => {
                    let before = self.problems.len();
                    files = self.patterns(key, value);
                    if files.is_empty() && self.problems.len() == before {
                        self.problems.push(Problem::error(value.span(), "The application has no files"));
                    }
                }
                other => {
                    let message = format!("There is no key '{other}' of an application");
                    let problem = Problem::error(written.span(), message);
                    let near = nearest(other, ["name", "files"]);
                    self.problems.push(problem.near(near).help("The keys are name and files."));
                }
            }
        }
        for (key, is_missing) in
            [("name", table.get("name").is_none()), ("files", table.get("files").is_none())]
        {
            if is_missing {
                self.problems.push(Problem::error(item.span(), format!("The application has no `{key}`")));
            }
        }
        Some(Application { name: name?, files })
    }
}

/// A requirement of versions. A version alone is that version, as everywhere but in Cargo; `==` is `=`.
fn requirement(text: &str) -> Result<VersionReq, semver::Error> {
    let parts = text.split(',').map(|part| {
        let part = part.trim();
        match part.strip_prefix("==") {
            Some(version) => format!("={version}"),
            None if part.starts_with(|first: char| first.is_ascii_digit()) => format!("={part}"),
            None => part.to_owned(),
        }
    });
    VersionReq::parse(&parts.collect::<Vec<_>>().join(", "))
}

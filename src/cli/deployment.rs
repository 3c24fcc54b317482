//! What is given for a deployment on the command line, and what is odd about it.

use std::path::{Path, PathBuf};

use crate::config::{self, Settings};
use crate::parameters::{Asked, Deployments, Error, Given};
use crate::spelling;

use super::Trouble;
use super::arguments::{Check, Deployment};
use super::terminal::tell;

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Usage(error.to_string())
    }
}

/// What is given for the templates of a run: by the configuration that each has, and over it on the command line.
pub(super) struct Configured {
    /// By the index of the settings.
    of_settings: Vec<Deployments>,
    typed: Deployments,
}

/// Reads what is given for templates at these places, each with the index of its settings.
pub(super) fn configured(
    check: &Check,
    settings: &[Settings],
    templates: &[(Option<&Path>, usize)],
) -> Result<Configured, Trouble> {
    let all: Vec<Option<&Path>> = templates.iter().map(|(path, _)| *path).collect();
    let of_settings = settings.iter().enumerate().map(|(index, settings)| {
        let config::Deployment { parameters, parameter_files, environment, region } = &settings.deployment;
        let parameters: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let files: Vec<String> =
            parameter_files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
        let own: Vec<Option<&Path>> =
            templates.iter().filter(|(_, of)| *of == index).map(|(path, _)| *path).collect();
        let asked = Asked {
            parameters: &parameters,
            files: &files,
            // An environment that is typed takes the place of the project's.
            env: environment.as_deref().filter(|_| check.terms.deployment.env.is_none()),
            region: region.as_deref(),
        };
        Ok(Deployments::read(&asked, &own)?)
    });
    let of_settings = of_settings.collect::<Result<_, Trouble>>()?;
    Ok(Configured { of_settings, typed: read(&check.terms.deployment, &all)? })
}

impl Configured {
    /// What is given for a template with these settings.
    pub(super) fn of(&self, settings: usize, path: Option<&Path>) -> Given {
        self.of_settings[settings].of(path).under(self.typed.of(path))
    }

    /// The files that it was read from.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let all = self.of_settings.iter().chain([&self.typed]);
        all.flat_map(Deployments::files).map(Path::to_owned).collect()
    }

    /// Says what is odd about what is given, whatever the templates say.
    pub(super) fn tell_notes(&self) {
        self.of_settings.iter().chain([&self.typed]).for_each(tell_notes);
    }

    /// Says which parameters of the command line no template declares: what a configuration gives is for several.
    pub(super) fn tell_undeclared(&self, declared: &[&str]) {
        tell_undeclared(&self.typed, declared);
    }
}

/// Reads what is given for templates at these places.
pub(super) fn read(asked: &Deployment, templates: &[Option<&Path>]) -> Result<Deployments, Trouble> {
    let asked = Asked {
        parameters: &asked.parameter,
        files: &asked.parameter_file,
        env: asked.env.as_deref(),
        region: asked.region.as_deref(),
    };
    Ok(Deployments::read(&asked, templates)?)
}

/// Says what is odd about what is given, whatever the templates say.
pub(super) fn tell_notes(deployments: &Deployments) {
    for note in deployments.notes() {
        tell(&format!("warning: {note}"));
    }
}

/// Says which parameters of the command line no template declares.
pub(super) fn tell_undeclared(deployments: &Deployments, declared: &[&str]) {
    for name in deployments.named().filter(|name| !declared.contains(name)) {
        let hint = spelling::hint(spelling::nearest(name, declared.iter().copied()));
        tell(&format!("warning: no template declares the parameter '{name}'{hint}"));
    }
}

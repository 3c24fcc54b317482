//! What is given for a deployment on the command line, and what is odd about it.

use std::path::Path;

use crate::parameters::{Asked, Deployments, Error};
use crate::spelling;

use super::Trouble;
use super::arguments::Deployment;
use super::terminal::tell;

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Usage(error.to_string())
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

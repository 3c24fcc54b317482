//! `lenslint expand`: what the transform makes of a template, or what rules query, as JSON.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::discover::{self, Discovered, Found, Kind};
use crate::finding::RunError;
use crate::lint::{self, Expanded, Input};
use crate::parameters::{Deployments, Given};
use crate::report::inert::write_json;
use crate::shown;

use super::arguments::{Expand, handler_code};
use super::reads::Reads;
use super::terminal::{tell, tell_all};
use super::{Ending, Trouble, deployment, output};

pub(super) fn run(expand: &Expand, out: &mut dyn Write) -> Result<Ending, Trouble> {
    if expand.paths.iter().any(|path| path == "-") {
        return standard_input(expand, out);
    }
    let Discovered { files: found, mut errors, unread_ignores } =
        discover::find(&expand.paths, discover::TEMPLATES);
    tell_all(&unread_ignores);
    let places: Vec<Option<&Path>> = found.iter().map(|found| Some(found.path.as_path())).collect();
    let deployments = deployment::read(&expand.deployment, &places)?;
    let files = read(found, &deployments, &mut errors);
    let ending = if tell_all(&errors) { Ending::Trouble } else { Ending::Clean };
    let mut declared = Vec::new();
    let ending = ending.max(match (&expand.out_dir, files.as_slice()) {
        (_, []) if errors.is_empty() => {
            tell("no template found");
            Ending::Trouble
        }
        (_, []) => Ending::Trouble,
        (Some(folder), files) => write_all(expand, files, folder, &mut declared)?,
        (None, [file]) => print(expand, &file.input(), &mut declared, out)?,
        (None, files) => {
            let templates = files.len();
            return Err(Trouble::Usage(format!(
                "{templates} templates are one JSON document each: name a folder for them (--out-dir)"
            )));
        }
    });
    Ok(told(ending, &deployments, &declared))
}

/// Says what was given for nobody, if all that could declare it has been seen.
fn told(ending: Ending, deployments: &Deployments, declared: &[String]) -> Ending {
    deployment::tell_notes(deployments);
    if ending == Ending::Clean {
        let declared: Vec<&str> = declared.iter().map(String::as_str).collect();
        deployment::tell_undeclared(deployments, &declared);
    }
    ending
}

fn standard_input(expand: &Expand, out: &mut dyn Write) -> Result<Ending, Trouble> {
    if expand.out_dir.is_some() {
        return Err(Trouble::Usage("standard input has no name to call a file in --out-dir by".to_owned()));
    }
    if expand.paths.iter().any(|path| path != "-") {
        return Err(Trouble::Usage("standard input is expanded alone: leave out the other paths".to_owned()));
    }
    let (bytes, _) = discover::read_standard_input("-")?;
    let deployments = deployment::read(&expand.deployment, &[None])?;
    let given = Some(&deployments.of(None));
    let mut declared = Vec::new();
    let input = Input { path: "-", on_disk: None, bytes: &bytes, given };
    let ending = print(expand, &input, &mut declared, out)?;
    Ok(told(ending, &deployments, &declared))
}

/// A file that is to be expanded, with its bytes: what is read from a pipe cannot be read again.
struct File {
    found: Found,
    bytes: Vec<u8>,
    given: Given,
}

impl File {
    fn input(&self) -> Input<'_> {
        let Self { found, bytes, given } = self;
        Input { path: &found.shown, on_disk: Some(&found.path), bytes, given: Some(given) }
    }
}

/// The templates among the files. One file alone is taken for what its user takes it for.
fn read(found: Vec<Found>, deployments: &Deployments, errors: &mut Vec<RunError>) -> Vec<File> {
    let is_alone = found.len() == 1;
    let mut files = Vec::new();
    for found in found {
        let given = deployments.of(Some(&found.path)).or_region(found.region.as_deref());
        match discover::read(&found) {
            Ok((bytes, Kind::Template)) => files.push(File { found, bytes, given }),
            Ok((bytes, Kind::TemplateOfTemplates | Kind::Other)) if is_alone => {
                files.push(File { found, bytes, given });
            }
            Ok((_, Kind::TemplateOfTemplates | Kind::Other)) => {}
            Err(error) => errors.push(error),
        }
    }
    files
}

/// A file that does not parse prints nothing, and says why.
fn print(
    expand: &Expand,
    input: &Input<'_>,
    declared: &mut Vec<String>,
    out: &mut dyn Write,
) -> Result<Ending, Trouble> {
    match expanded(expand, input, declared) {
        Ok(Some(json)) => {
            write_json(&json, out)?;
            Ok(Ending::Clean)
        }
        Ok(None) => {
            tell(&format!("{}: this is no template", input.path));
            Ok(Ending::Trouble)
        }
        Err(ending) => Ok(ending),
    }
}

/// Writes a file for each template, or none if two would have the same name.
fn write_all(
    expand: &Expand,
    files: &[File],
    folder: &Path,
    declared: &mut Vec<String>,
) -> Result<Ending, Trouble> {
    let mut targets: BTreeMap<PathBuf, &File> = BTreeMap::new();
    for file in files {
        let target = folder.join(name_below(&expand.paths, &file.found));
        if let Some(first) = targets.get(&target) {
            return Err(Trouble::Usage(format!(
                "{} and {} would both be {}: name a folder that holds the two, or expand one at a time",
                first.found.shown,
                file.found.shown,
                shown::joined(&target)
            )));
        }
        targets.insert(target, file);
    }
    let mut reads = Reads::default();
    reads.add(files.iter().map(|file| file.found.path.clone()), "a template that is expanded");
    let written: Vec<(String, PathBuf)> =
        targets.keys().map(|target| ("--out-dir".to_owned(), target.clone())).collect();
    reads.spare(&written)?;
    let mut ending = Ending::Clean;
    for (target, file) in targets {
        ending = ending.max(write(expand, &file.input(), &target, declared)?);
    }
    Ok(ending)
}

fn write(
    expand: &Expand,
    input: &Input<'_>,
    path: &Path,
    declared: &mut Vec<String>,
) -> Result<Ending, Trouble> {
    let json = match expanded(expand, input, declared) {
        Ok(Some(json)) => json,
        Ok(None) => return Ok(Ending::Clean),
        Err(ending) => return Ok(ending),
    };
    if let Some(folder) = path.parent() {
        let fail =
            |error| Trouble::Usage(format!("cannot make the folder {}: {error}", shown::joined(folder)));
        fs::create_dir_all(folder).map_err(fail)?;
    }
    output::write_file(path, |out| write_json(&json, out))
        .map_err(|error| Trouble::Usage(output::cannot_write(path, &error)))?;
    Ok(Ending::Clean)
}

/// Adds the template's parameters to those that are `declared`.
fn expanded(expand: &Expand, input: &Input<'_>, declared: &mut Vec<String>) -> Result<Option<Value>, Ending> {
    let made = if expand.graph {
        lint::graph(input, handler_code(expand.no_code))
    } else if expand.provenance {
        lint::expand_with_provenance(input)
    } else {
        lint::expand(input)
    };
    let Expanded { json, parameters, notes } = made.map_err(|error| {
        tell(&format!("{}:{error}", input.path));
        Ending::Trouble
    })?;
    for note in notes {
        tell(&note);
    }
    declared.extend(parameters);
    Ok(json)
}

/// The file's path below the folder that was named, or its name if it was named itself, with `.json` added.
fn name_below(arguments: &[String], file: &Found) -> PathBuf {
    let below = arguments.iter().filter_map(|argument| file.path.strip_prefix(argument).ok());
    let below = below.filter(|rest| !rest.as_os_str().is_empty()).min_by_key(|rest| rest.as_os_str().len());
    let below = below.unwrap_or_else(|| Path::new(file.path.file_name().unwrap_or_default()));
    let mut name = below.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}

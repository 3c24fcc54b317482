//! A deployment file of CloudFormation's Git sync: `template-file-path`, `parameters` and `tags`, in YAML.

use std::path::{Path, PathBuf};

use crate::source::Source;

use super::tree::{Data, Node};
use super::{Error, Pair, is_same};

const TEMPLATE: &str = "template-file-path";

/// What a deployment file gives.
pub(super) struct DeploymentFile {
    pub(super) parameters: Vec<Pair>,
    /// The template that it is for, if that is one of those at hand.
    pub(super) template: Option<PathBuf>,
}

/// Whether a map is a deployment file.
pub(super) fn is_one(root: &Node) -> bool {
    root.get(TEMPLATE).is_some()
        || root.get("parameters").is_some_and(|parameters| matches!(parameters.data, Data::Map(_)))
}

/// Reads a deployment file at `path`, whose template may be one of `templates`.
pub(super) fn read(
    source: &Source,
    root: &Node,
    path: &Path,
    templates: &[Option<&Path>],
) -> Result<DeploymentFile, Error> {
    let parameters = match root.get("parameters") {
        None | Some(Node { data: Data::Nothing, .. }) => Vec::new(),
        Some(parameters) if matches!(parameters.data, Data::Map(_)) => parameters.pairs(source)?,
        Some(odd) => return Err(Error::at(source, odd.span, "parameters must be a map")),
    };
    let named = root.get(TEMPLATE).and_then(Node::text);
    let is_at_hand = |file: &PathBuf| templates.iter().any(|template| is_same(file, *template));
    let template = named.and_then(|named| candidates(path, named).find(is_at_hand));
    Ok(DeploymentFile { parameters, template })
}

/// Git sync takes the path from the root of the repository; people also write it from the file itself.
fn candidates(path: &Path, named: &str) -> impl Iterator<Item = PathBuf> {
    let path = path.canonicalize().unwrap_or_default();
    let root = path.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
    let beside = path.parent().map(Path::to_owned);
    let named = named.trim_start_matches('/').to_owned();
    root.into_iter().chain(beside).filter_map(move |folder| folder.join(&named).canonicalize().ok())
}

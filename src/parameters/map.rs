//! `{"Parameters": {NAME: VALUE}}`, as AWS's pipelines and `aws cloudformation deploy` take it, or the inner map alone.

use crate::source::Source;

use super::tree::{Data, Node};
use super::{Error, Pair, list};

/// The parameters of a map.
pub(super) fn read(source: &Source, root: &Node) -> Result<Vec<Pair>, Error> {
    match root.get("Parameters") {
        Some(parameters) if matches!(parameters.data, Data::Map(_)) => parameters.pairs(source),
        // As `--cli-input-json` has it. A list of texts is a parameter of that name.
        Some(Node { data: Data::List(items), .. })
            if items.iter().any(|item| matches!(item.data, Data::Map(_))) =>
        {
            list::read(source, items)
        }
        Some(_) | None => root.pairs(source),
    }
}

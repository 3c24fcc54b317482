//! CloudFormation's own form, `[{"ParameterKey": …, "ParameterValue": …}]`, and a list of texts `NAME=VALUE`.

use crate::source::Source;

use super::tree::{Data, Node};
use super::{Error, Pair, overrides};

/// The parameters of a list; those that keep the stack's value are left out.
pub(super) fn read(source: &Source, items: &[Node]) -> Result<Vec<Pair>, Error> {
    let pairs = items.iter().filter_map(|item| pair(source, item).transpose());
    pairs.collect()
}

fn pair(source: &Source, item: &Node) -> Result<Option<Pair>, Error> {
    match &item.data {
        Data::Text(text) => {
            // The whole item is one parameter: nothing but the list's own syntax ends its value.
            let pair = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
            let (name, value) = pair.ok_or_else(|| Error::at(source, item.span, overrides::EXPECTED))?;
            Ok(Some((name.trim().to_owned(), value.to_owned())))
        }
        Data::Map(_) => {
            let name = item.get("ParameterKey").and_then(Node::text);
            let name =
                name.ok_or_else(|| Error::at(source, item.span, "this parameter has no ParameterKey"))?;
            match item.get("ParameterValue") {
                _ if item.get("UsePreviousValue").and_then(Node::text) == Some("true") => Ok(None),
                Some(value) => Ok(Some((name.to_owned(), value.value(source)?))),
                None => {
                    Err(Error::at(source, item.span, &format!("parameter '{name}' has no ParameterValue")))
                }
            }
        }
        Data::Nothing | Data::List(_) => Err(Error::at(
            source,
            item.span,
            "a parameter is a map with ParameterKey and ParameterValue, or a text NAME=VALUE",
        )),
    }
}

//! What the language extensions put in the place of intrinsics before any other transform runs: texts that are
//! written, and what parameters are set to.

use crate::names::{Name, Names};

use super::deployment::Pseudo;
use super::evaluate::{is_filled_by_ssm, is_list};
use super::value::{Call, Data, SubPart, ValueId, Values};
use super::{NameMap, Parameter, Template};

/// What is known before a template is deployed.
#[derive(Clone, Copy)]
pub(super) struct Known<'t> {
    pub(super) names: &'t Names,
    pub(super) values: &'t Values,
    pub(super) parameters: &'t NameMap<Parameter>,
    pub(super) mappings: &'t NameMap<NameMap<NameMap<ValueId>>>,
    pub(super) pseudo: &'t Pseudo,
}

impl Template {
    /// A text as the language extensions leave it, if nothing in it waits for the deployment.
    pub(crate) fn known_text(&self, id: ValueId) -> Option<String> {
        let Self { names, values, parameters, pseudo, .. } = self;
        Known { names, values, parameters, mappings: &self.own.mappings, pseudo }.text(id)
    }
}

impl<'t> Known<'t> {
    /// The texts in a list. The recursion goes as deep as the template was read, which is bounded.
    pub(super) fn texts(self, id: ValueId) -> Option<Vec<String>> {
        match self.values.data(id) {
            Data::List(items) => items.iter().map(|item| self.text(*item)).collect(),
            Data::Scalar { .. } | Data::Map(_) => None,
            Data::Call(call) => match &**call {
                Call::Ref(name) => {
                    let texts = self.setting(*name, true)?.split(',');
                    Some(texts.map(|text| text.trim().to_owned()).collect())
                }
                Call::Split { separator, text } => {
                    let (separator, text) = (self.names.text(*separator), self.text(*text)?);
                    (!separator.is_empty()).then(|| text.split(separator).map(str::to_owned).collect())
                }
                Call::FindInMap { map, top, second, default } => {
                    self.texts(self.found(*map, *top, *second).or(*default)?)
                }
                _ => None,
            },
        }
    }

    /// A text.
    pub(super) fn text(self, id: ValueId) -> Option<String> {
        match self.values.data(id) {
            Data::Scalar { text, .. } => Some(self.names.text(*text).to_owned()),
            Data::List(_) | Data::Map(_) => None,
            Data::Call(call) => match &**call {
                Call::Ref(name) => self.setting(*name, false).map(str::to_owned),
                Call::Sub { parts, .. } => parts.iter().map(|part| self.part(*part)).collect(),
                Call::Join { separator, items } => {
                    Some(self.texts(*items)?.join(self.names.text(*separator)))
                }
                Call::FindInMap { map, top, second, default } => {
                    self.text(self.found(*map, *top, *second).or(*default)?)
                }
                _ => None,
            },
        }
    }

    fn part(self, part: SubPart) -> Option<String> {
        match part {
            SubPart::Text(text) => Some(self.names.text(text).to_owned()),
            SubPart::Ref(name) => self.setting(name, false).map(str::to_owned),
            SubPart::GetAtt(..) => None,
            SubPart::Bound(_, value) => self.text(value),
        }
    }

    /// What a parameter is set to that is a list, or one that is none. What SSM fills in is not known, and
    /// nobody is to know a secret.
    fn setting(self, name: Name, is_of_list: bool) -> Option<&'t str> {
        let Some(parameter) = self.parameters.get(&name) else {
            let pseudo = self.pseudo.text(self.names.text(name)).filter(|_| !is_of_list)?;
            return Some(self.names.text(*pseudo));
        };
        let type_name = self.names.text(parameter.type_name);
        if is_list(type_name) != is_of_list || is_filled_by_ssm(type_name) || parameter.is_secret {
            return None;
        }
        Some(self.names.text(self.values.text(parameter.setting()?.0)?))
    }

    /// What stands in a mapping under keys that are known.
    fn found(self, map: ValueId, top: ValueId, second: ValueId) -> Option<ValueId> {
        let key = |id| self.names.find(&self.text(id)?);
        self.mappings.get(&key(map)?)?.get(&key(top)?)?.get(&key(second)?).copied()
    }
}

//! Texts that are cut into lists: `Fn::Split`, and what a parameter that is a list is given.

use smallvec::SmallVec;

use crate::names::Name;

use super::Template;
use super::alternative::{Alt, TextPart, Through, Unknown};
use super::condition::Guard;
use super::evaluate::{Cases, is_filled_by_ssm, is_list};
use super::resolve::Resolver;
use super::sequence::Sequence;
use super::value::{Making, ValueId};

impl Resolver<'_> {
    /// A list with more items than a template can hold by hand is not made.
    const MOST_ITEMS: usize = 10_000;

    /// `Fn::Split` as a value: a list where its text is known.
    pub(super) fn split_list(
        self,
        id: ValueId,
        separator: Name,
        text: ValueId,
        under: Guard,
        cases: &mut Cases,
    ) {
        for (guard, sequence) in self.split(id, separator, text, under) {
            let alt = match sequence {
                Sequence::List(list) => Alt::List(list),
                Sequence::Pieces(_) => Alt::Unknown(Unknown::Function),
                Sequence::Unknown(unknown) => Alt::Unknown(unknown),
            };
            cases.push(guard, alt);
        }
    }

    pub(super) fn split(
        self,
        id: ValueId,
        separator: Name,
        text: ValueId,
        under: Guard,
    ) -> SmallVec<[(Guard, Sequence); 1]> {
        let template = self.template();
        let mut found = SmallVec::new();
        if template.names.text(separator).is_empty() {
            found.push((under, Sequence::Unknown(Unknown::Function)));
            return found;
        }
        let cut = |text: Name, through| self.cut(id, text, template.names.text(separator), through);
        for (guard, alt) in self.resolve_under(text, under).alternatives {
            let sequence = match alt {
                Alt::Scalar { text, through, .. } => cut(text, through),
                Alt::Resource { id, attribute } => {
                    Sequence::Pieces(vec![TextPart::Resource { id, attribute }])
                }
                Alt::Text(parts) => Sequence::Pieces(parts),
                Alt::Unknown(unknown) => Sequence::Unknown(unknown.in_part()),
                Alt::OneOf { parameter, values } => {
                    for text in values {
                        let is_text = template.guards.and(guard, self.equals(parameter, text));
                        if template.guards.can_hold(&[(is_text, true)]) {
                            found.push((is_text, cut(text, None)));
                        }
                    }
                    continue;
                }
                Alt::Absent { .. } | Alt::List(_) | Alt::Map(_) => Sequence::Unknown(Unknown::Function),
            };
            found.push((guard, sequence));
        }
        found
    }

    /// The list that a text is cut into by `Fn::Split`.
    fn cut(self, id: ValueId, text: Name, separator: &str, through: Option<Through>) -> Sequence {
        let texts = self.template().names.text(text).split(separator);
        self.texts(id, texts, false, through).map_or(Sequence::Unknown(Unknown::TooMany), Sequence::List)
    }

    fn texts<'a>(
        self,
        id: ValueId,
        texts: impl Iterator<Item = &'a str>,
        is_plain: bool,
        through: Option<Through>,
    ) -> Option<ValueId> {
        let Template { names, values, .. } = self.template();
        let texts: Vec<Name> = texts.take(Self::MOST_ITEMS + 1).map(|text| names.intern(text)).collect();
        let is_short = texts.len() <= Self::MOST_ITEMS;
        is_short.then(|| values.list_made(names, id, Making::Texts { texts, is_plain, through }))
    }

    /// Adds to `cases` what a reference to a parameter that is a list gives, by what it is passed or set to; false
    /// if nothing says so.
    pub(super) fn collect_list(self, id: ValueId, name: Name, under: Guard, cases: &mut Cases) -> bool {
        let template = self.template();
        let Some(parameter) = template.parameters.get(&name) else { return false };
        let type_name = template.names.text(parameter.type_name);
        if parameter.is_secret || is_filled_by_ssm(type_name) || !is_list(type_name) {
            return false;
        }
        let is_plain = type_name == "List<Number>";
        let mut passed = Cases::default();
        if self.collect_passed(name, template.values.origin(id), under, &mut passed) {
            for (guard, alt) in passed.into_val(under).alternatives {
                let alt = match alt {
                    Alt::Scalar { text, through, .. } => self.at_commas(id, text, is_plain, through),
                    Alt::Unknown(unknown) => Alt::Unknown(unknown.in_part()),
                    Alt::OneOf { parameter, .. } => Alt::Unknown(Unknown::PartOf(parameter)),
                    Alt::List(_) => alt,
                    Alt::Absent { .. } | Alt::Map(_) | Alt::Resource { .. } | Alt::Text(_) => {
                        Alt::Unknown(Unknown::Function)
                    }
                };
                cases.push(guard, alt);
            }
            return true;
        }
        let Some((value, by)) = self.setting(parameter) else { return false };
        let Some(text) = template.values.text(value) else { return false };
        cases.push(under, self.at_commas(id, text, is_plain, Some(Through::value(name, by))));
        true
    }

    /// The list that a text is for a parameter. An empty one may be a list of nothing or of one empty text.
    fn at_commas(self, id: ValueId, text: Name, is_plain: bool, through: Option<Through>) -> Alt {
        let text = self.template().names.text(text);
        if text.is_empty() {
            return Alt::Unknown(
                through.map_or(Unknown::Function, |through| Unknown::PartOf(through.parameter)),
            );
        }
        let list = self.texts(id, text.split(',').map(str::trim), is_plain, through);
        list.map_or(Alt::Unknown(Unknown::TooMany), Alt::List)
    }
}

/// A text that is cut from another: it may have something of the resources in that one, and something before
/// and after.
pub(super) fn cut_from(parts: &[TextPart]) -> Alt {
    let unknown = TextPart::Unknown(Unknown::Function);
    let resources = parts.iter().filter(|part| matches!(part, TextPart::Resource { .. })).cloned();
    let mut cut: Vec<TextPart> = std::iter::once(unknown.clone()).chain(resources).collect();
    if cut.len() == 1 {
        return Alt::Unknown(Unknown::Function);
    }
    cut.push(unknown);
    Alt::Text(cut)
}

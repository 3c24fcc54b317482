//! A definition as the reader of states sees it: values whose placeholders are filled.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::document::{Scalar, Typed};
use crate::names::Name;
use crate::template::{Alt, Data, Guard, Origin, Resolver, TextPart, Unknown, Val, ValueId};

use super::limits::MOST_ITEMS;
use super::substitution::{Piece, Substitutions, split};
use super::{Field, Listed};

/// One definition, with what fills its placeholders.
pub(super) struct Definition<'t> {
    resolver: Resolver<'t>,
    substitutions: Rc<Substitutions>,
}

impl<'t> Definition<'t> {
    /// What stands in a definition with these substitutions.
    pub(super) fn new(resolver: Resolver<'t>, substitutions: Rc<Substitutions>) -> Self {
        Self { resolver, substitutions }
    }

    /// The place of a value.
    pub(super) fn origin(&self, value: ValueId) -> Origin {
        self.resolver.template().values.origin(value)
    }

    /// The maps that a value can be.
    pub(super) fn maps(&self, value: ValueId) -> Vec<(Guard, ValueId)> {
        let alternatives = self.resolver.resolve(value).alternatives.into_iter();
        let maps = alternatives.filter_map(|(guard, alt)| {
            let Alt::Map(map) = alt else { return None };
            Some((guard, map))
        });
        maps.collect()
    }

    /// A map's value for a key.
    pub(super) fn get(&self, map: ValueId, key: &str) -> Option<ValueId> {
        let template = self.resolver.template();
        template.values.get(map, template.names.find(key)?)
    }

    /// The values at the end of a path of keys, and `*` for each item.
    pub(super) fn at(&self, value: ValueId, path: &[&str], under: Guard, found: &mut Vec<(Guard, ValueId)>) {
        let Some((key, rest)) = path.split_first() else {
            found.push((under, value));
            return;
        };
        let template = self.resolver.template();
        for (guard, alt) in self.resolver.resolve(value).alternatives {
            let guard = template.guards.and(under, guard);
            match alt {
                Alt::Map(map) => {
                    if let Some(value) = self.get(map, key) {
                        self.at(value, rest, guard, found);
                    }
                }
                Alt::List(list) if *key == "*" => {
                    for item in template.values.items(list).iter().take(MOST_ITEMS) {
                        self.at(*item, rest, guard, found);
                    }
                }
                Alt::List(_)
                | Alt::Absent { .. }
                | Alt::Scalar { .. }
                | Alt::OneOf { .. }
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => {}
            }
        }
    }

    /// A map's entries.
    pub(super) fn entries(&self, map: ValueId) -> impl Iterator<Item = (Name, ValueId)> + use<'t> {
        self.resolver.template().values.entries(map).iter().map(|entry| (entry.key, entry.value))
    }

    /// What stands under a key of a map, or under the key that has a path into the input instead: what that finds
    /// only an execution tells.
    pub(super) fn field(&self, map: ValueId, key: &str, path: Option<&str>, owner: Origin) -> Field {
        if let Some(value) = self.get(map, key) {
            return Field { val: Some(self.val(value)), origin: self.origin(value) };
        }
        if let Some(value) = path.and_then(|path| self.get(map, path)) {
            return Field { val: None, origin: self.origin(value) };
        }
        let is_open = self.resolver.template().values.is_open(map);
        let alt = if is_open { Alt::Unknown(Unknown::Macro) } else { Alt::Absent { at: owner } };
        Field { val: Some(Val::always(alt)), origin: owner }
    }

    /// The list under a key of a map, item by item.
    pub(super) fn items<T>(
        &self,
        map: ValueId,
        key: &str,
        owner: Origin,
        mut item: impl FnMut(ValueId) -> T,
    ) -> Listed<T> {
        let template = self.resolver.template();
        let Some(value) = self.get(map, key) else {
            return Listed { items: Vec::new(), is_known: !template.values.is_open(map), origin: owner };
        };
        let mut listed = Listed { items: Vec::new(), is_known: true, origin: self.origin(value) };
        for (guard, alt) in self.resolver.resolve(value).alternatives {
            match alt {
                Alt::List(list) => {
                    let items = template.values.items(list);
                    listed.is_known &= items.len() <= MOST_ITEMS;
                    listed.items.extend(items.iter().take(MOST_ITEMS).map(|value| (guard, item(*value))));
                }
                Alt::Absent { .. } => {}
                Alt::Scalar { .. }
                | Alt::OneOf { .. }
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => listed.is_known = false,
            }
        }
        listed
    }

    /// The list of maps under a key of a map.
    pub(super) fn listed<T>(
        &self,
        map: ValueId,
        key: &str,
        owner: Origin,
        item: impl Fn(ValueId) -> T,
    ) -> Listed<T> {
        let guards = &self.resolver.template().guards;
        let listed = self.items(map, key, owner, |value| self.resolver.resolve(value).alternatives);
        let mut maps = Listed { items: Vec::new(), is_known: listed.is_known, origin: listed.origin };
        for (guard, alternatives) in listed.items {
            for (own, alt) in alternatives {
                match alt {
                    Alt::Map(map) => maps.items.push((guards.and(guard, own), item(map))),
                    Alt::Absent { .. } => {}
                    Alt::Scalar { .. }
                    | Alt::OneOf { .. }
                    | Alt::List(_)
                    | Alt::Resource { .. }
                    | Alt::Text(_)
                    | Alt::Unknown(_) => maps.is_known = false,
                }
            }
        }
        maps
    }

    /// The list of texts under a key of a map.
    pub(super) fn texts(&self, map: ValueId, key: &str, owner: Origin) -> Listed<Field> {
        let text = |value| Field { val: Some(self.val(value)), origin: self.origin(value) };
        self.items(map, key, owner, text)
    }

    /// What a value says once its placeholders are filled.
    pub(super) fn val(&self, value: ValueId) -> Val {
        let val = self.resolver.resolve(value);
        if !val.alternatives.iter().any(|(_, alt)| self.has_placeholder(alt)) {
            return val;
        }
        let guards = &self.resolver.template().guards;
        let mut filled = SmallVec::new();
        for (guard, alt) in val.alternatives {
            let own = match &alt {
                Alt::Scalar { text, .. } => self.filled(&[TextPart::Known(*text)], self.origin(value)),
                Alt::Text(parts) => self.filled(parts, self.origin(value)),
                Alt::Absent { .. }
                | Alt::OneOf { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Unknown(_) => Val::always(alt),
            };
            filled.extend(own.alternatives.into_iter().map(|(own, alt)| (guards.and(guard, own), alt)));
        }
        if filled.len() > Val::MOST_ALTERNATIVES {
            return Val::always(Alt::Unknown(Unknown::TooMany));
        }
        Val { alternatives: filled }
    }

    /// The text that a value is in every case.
    pub(super) fn text(&self, value: ValueId) -> Option<&'t str> {
        let val = self.val(value);
        let Alt::Scalar { text, .. } = val.only()? else { return None };
        Some(self.resolver.template().names.text(*text))
    }

    /// Whether a value is nothing: `null`.
    pub(super) fn is_null(&self, value: ValueId) -> bool {
        let template = self.resolver.template();
        let Data::Scalar { text, is_plain } = *template.values.data(value) else { return false };
        Scalar { text: template.names.text(text), is_plain }.typed() == Typed::Null
    }

    fn has_placeholder(&self, alt: &Alt) -> bool {
        let has_one = |text: &Name| self.resolver.template().names.text(*text).contains("${");
        match alt {
            Alt::Scalar { text, .. } => has_one(text),
            Alt::Text(parts) => parts.iter().any(|part| match part {
                TextPart::Known(text) => has_one(text),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => false,
            }),
            Alt::Absent { .. }
            | Alt::OneOf { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Unknown(_) => false,
        }
    }

    /// A text whose placeholders are filled by substitutions.
    fn filled(&self, parts: &[TextPart], origin: Origin) -> Val {
        let names = &self.resolver.template().names;
        let mut pieces = Vec::new();
        for part in parts {
            match part {
                TextPart::Known(text) => split(names.text(*text), &mut pieces),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => {
                    pieces.push(Piece::Part(part.clone()));
                }
            }
        }
        if let [Piece::Placeholder(name)] = pieces.as_slice()
            && let Some(val) = self.substitution(name)
        {
            return val;
        }
        let mut filled = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => filled.push(TextPart::Known(names.intern(text))),
                Piece::Part(part) => filled.push(part),
                Piece::Placeholder(name) => self.fill(name, &mut filled),
            }
        }
        let known: Option<Vec<&str>> = filled
            .iter()
            .map(|part| match part {
                TextPart::Known(text) => Some(names.text(*text)),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => None,
            })
            .collect();
        Val::always(match (known, filled.as_slice()) {
            (Some(texts), _) => {
                Alt::Scalar { text: names.intern(&texts.concat()), is_plain: false, origin, through: None }
            }
            (None, [TextPart::Resource { id, attribute }]) => {
                Alt::Resource { id: *id, attribute: *attribute }
            }
            (None, [TextPart::Unknown(unknown)]) => Alt::Unknown(*unknown),
            (None, _) => Alt::Text(filled),
        })
    }

    fn fill(&self, name: &str, filled: &mut Vec<TextPart>) {
        match self.substitution(name).as_ref().and_then(Val::only) {
            Some(Alt::Scalar { text, .. }) => filled.push(TextPart::Known(*text)),
            Some(Alt::Resource { id, attribute }) => {
                filled.push(TextPart::Resource { id: *id, attribute: *attribute });
            }
            Some(Alt::Text(parts)) => filled.extend(parts.iter().cloned()),
            Some(Alt::Unknown(unknown)) => filled.push(TextPart::Unknown(*unknown)),
            Some(_) => filled.push(TextPart::Unknown(Unknown::TooMany)),
            None => filled
                .push(TextPart::Unknown(Unknown::Undefined(self.resolver.template().names.intern(name)))),
        }
    }

    fn substitution(&self, name: &str) -> Option<Val> {
        self.substitutions.fill(self.resolver.template().names.find(name)?)
    }
}

//! Reads what the author wrote: properties, and the few values that the transform itself looks into.

use crate::document::{Scalar, Typed};
use crate::names::Name;
use crate::template::{Call, Data, Entry, Origin, Resolver, ValueId};

use super::Expansion;

impl Expansion<'_> {
    /// The value of a property that is there and not null: a null takes back what `Globals` give.
    pub(super) fn property(&self, map: Option<ValueId>, key: &str) -> Option<ValueId> {
        let value = self.template.values.get(map?, self.template.names.find(key)?)?;
        (!self.is_null(value)).then_some(value)
    }

    pub(super) fn is_null(&self, value: ValueId) -> bool {
        self.typed(value) == Some(Typed::Null)
    }

    /// Whether the value is known to be true.
    pub(super) fn is_true(&self, value: Option<ValueId>) -> bool {
        value.and_then(|value| self.typed(value)) == Some(Typed::Bool(true))
    }

    /// Whether the value is known to be false.
    pub(super) fn is_false(&self, value: Option<ValueId>) -> bool {
        value.and_then(|value| self.typed(value)) == Some(Typed::Bool(false))
    }

    pub(super) fn typed(&self, value: ValueId) -> Option<Typed<'_>> {
        match self.template.values.data(value) {
            Data::Scalar { text, is_plain } => {
                Some(Scalar { text: self.text_of(*text), is_plain: *is_plain }.typed())
            }
            Data::List(_) | Data::Map(_) | Data::Call(_) => None,
        }
    }

    /// The text of a scalar.
    pub(super) fn scalar(&self, value: Option<ValueId>) -> Option<&str> {
        Some(self.text_of(self.template.values.text(value?)?))
    }

    /// The scalar that a value is or, through a `Ref`, that a parameter is set to: the transform resolves
    /// so much where it must name a resource.
    pub(super) fn resolved_scalar(&self, value: ValueId) -> Option<Name> {
        let value = match self.reference_in(value) {
            Some(parameter) => self.template.parameters.get(&parameter)?.setting()?.0,
            None => value,
        };
        self.template.values.text(value)
    }

    /// The value itself or, for a `Ref`, what the parameter is set to.
    pub(super) fn resolved(&self, value: ValueId) -> ValueId {
        let setting =
            self.reference_in(value).and_then(|name| self.template.parameters.get(&name)?.setting());
        setting.map_or(value, |(value, _)| value)
    }

    /// The text that a value is or, through a `Ref`, that a parameter is set to; a number is none.
    pub(super) fn resolved_text(&self, value: ValueId) -> Option<Name> {
        let resolved = self.resolved(value);
        let Typed::Text(_) = self.typed(resolved)? else {
            return None;
        };
        self.template.values.text(resolved)
    }

    /// The name in a `Ref`.
    pub(super) fn reference_in(&self, value: ValueId) -> Option<Name> {
        let Data::Call(call) = self.template.values.data(value) else {
            return None;
        };
        if let Call::Ref(name) = call.as_ref() { Some(*name) } else { None }
    }

    /// The resource or parameter that a value refers to: by `Ref`, or where SAM allows it by its plain id.
    pub(super) fn referred(&self, value: ValueId) -> Option<Name> {
        self.reference_in(value).or_else(|| self.template.values.text(value))
    }

    /// Whether the value is `Ref: AWS::NoValue`.
    pub(super) fn is_no_value(&self, value: ValueId) -> bool {
        self.reference_in(value).is_some_and(|name| self.text_of(name) == "AWS::NoValue")
    }

    /// Whether the value is a map, so that its entries can be read.
    pub(super) fn is_map(&self, value: ValueId) -> bool {
        matches!(self.template.values.data(value), Data::Map(_))
    }

    /// The place of what a value is made from.
    pub(super) fn place_of(&self, value: ValueId) -> Origin {
        self.template.values.origin(value).generated()
    }

    /// The condition and branches of an `Fn::If`.
    pub(super) fn branches(&self, value: ValueId) -> Option<(Name, ValueId, ValueId)> {
        let Data::Call(call) = self.template.values.data(value) else {
            return None;
        };
        if let Call::If { condition, then, otherwise } = call.as_ref() {
            Some((*condition, *then, *otherwise))
        } else {
            None
        }
    }

    /// Whether a resource hands its tags on to all that is made of it.
    pub(super) fn hands_tags_on(&self, properties: Option<ValueId>) -> bool {
        let written = self.property(properties, "PropagateTags");
        written.is_some_and(|written| !self.is_false(Some(written)))
    }

    /// The one text that a value is, also through parameters, mappings and `Fn::Sub`.
    pub(super) fn known_text(&self, value: ValueId) -> Option<Name> {
        // The transform finds a key by what its parameter is unless told otherwise, however many it may be.
        if let Data::Call(call) = self.template.values.data(value)
            && let Call::FindInMap { map, top, second, default } = call.as_ref()
        {
            let [map, top, second] = [map, top, second].map(|key| self.resolved_scalar(*key));
            let rows = self.template.own.mappings.get(&map?)?;
            let found = rows.get(&top?).and_then(|row| row.get(&second?)).copied();
            // Only the language extensions know of a default, and they run first.
            return self.template.values.text(found.or(default.filter(|_| self.has_language_extensions()))?);
        }
        let resolver = Resolver::new(self.template);
        resolver.text(resolver.resolve(value).only()?).map(|text| self.name(text))
    }

    /// The text in the place of a parameter that is known to be one: the transform looks it up.
    pub(super) fn looked_up(&mut self, value: ValueId) -> ValueId {
        let origin = self.template.values.origin(value);
        if let Some((condition, then, otherwise)) = self.branches(value) {
            let branches = (self.looked_up(then), self.looked_up(otherwise));
            if branches == (then, otherwise) {
                return value;
            }
            let (then, otherwise) = branches;
            return self.call(origin, Call::If { condition, then, otherwise });
        }
        match self.reference_in(value).and_then(|_| self.known_text(value)) {
            Some(text) => self.text_named(origin, text),
            None => value,
        }
    }

    /// Whether two values say the same in the same way, as far as that can be seen in so many steps.
    pub(super) fn is_written_alike(&self, a: ValueId, b: ValueId, steps: &mut usize) -> bool {
        let Some(left) = steps.checked_sub(1) else {
            return false;
        };
        *steps = left;
        let values = &self.template.values;
        match (values.data(a), values.data(b)) {
            (Data::Scalar { text: a, .. }, Data::Scalar { text: b, .. }) => a == b,
            (Data::List(a), Data::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.is_written_alike(*a, *b, steps))
            }
            (Data::Map(in_a), Data::Map(in_b)) => {
                let mut is_in_b = |entry: &Entry| {
                    let other = values.get(b, entry.key);
                    other.is_some_and(|other| self.is_written_alike(entry.value, other, steps))
                };
                in_a.len() == in_b.len() && in_a.iter().all(&mut is_in_b)
            }
            (Data::Call(a), Data::Call(b)) => {
                if let (Call::Ref(a), Call::Ref(b)) = (a.as_ref(), b.as_ref()) {
                    a == b
                } else if let (Call::GetAtt(a, of_a), Call::GetAtt(b, of_b)) = (a.as_ref(), b.as_ref()) {
                    (a, of_a) == (b, of_b)
                } else if let (Call::Sub { parts: a, .. }, Call::Sub { parts: b, .. }) =
                    (a.as_ref(), b.as_ref())
                {
                    a == b
                } else if let (Call::ImportValue(a), Call::ImportValue(b)) = (a.as_ref(), b.as_ref()) {
                    self.is_written_alike(*a, *b, steps)
                } else {
                    false
                }
            }
            (Data::Scalar { .. } | Data::List(_) | Data::Map(_) | Data::Call(_), _) => false,
        }
    }
}

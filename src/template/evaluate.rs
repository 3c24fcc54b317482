//! What each intrinsic function gives.

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::names::Name;

use super::alternative::{Alt, SetBy, Through, Unknown, Val};
use super::condition::Guard;
use super::resolve::Resolver;
use super::text::{Composer, scalar};
use super::value::{Call, Data, SubPart, ValueId};
use super::{Origin, Parameter, Template};

/// The alternatives found so far. One more than a [`Val`] may have ends the search for more.
#[derive(Default)]
pub(super) struct Cases {
    alternatives: SmallVec<[(Guard, Alt); 1]>,
}

impl Cases {
    pub(super) fn push(&mut self, guard: Guard, alt: Alt) {
        if !self.are_too_many() {
            self.alternatives.push((guard, alt));
        }
    }

    pub(super) fn are_too_many(&self) -> bool {
        self.alternatives.len() > Val::MOST_ALTERNATIVES
    }

    /// The value of all that `collect` finds where `under` holds.
    fn collected(under: Guard, collect: impl FnOnce(&mut Self)) -> Val {
        let mut cases = Self::default();
        collect(&mut cases);
        cases.into_val(under)
    }

    /// Adds what a parameter decided, if one did. What is no scalar has nowhere to say so: where the deployment may
    /// have another, it is not known.
    pub(super) fn add_decided(&mut self, others: Self, under: Guard, by: Option<Through>) {
        if others.are_too_many() {
            return self.push(under, Alt::Unknown(Unknown::TooMany));
        }
        for (guard, mut alt) in others.alternatives {
            match (&mut alt, by) {
                (Alt::Scalar { through, .. }, Some(_)) => {
                    *through = Through::both(*through, by.map(Through::decided));
                }
                (
                    Alt::List(_) | Alt::Map(_) | Alt::Resource { .. } | Alt::Text(_),
                    Some(Through { parameter, by, .. }),
                ) if by.is_overridable() => alt = Alt::Unknown(Unknown::PartOf(parameter)),
                (
                    Alt::Absent { .. }
                    | Alt::Scalar { .. }
                    | Alt::OneOf { .. }
                    | Alt::List(_)
                    | Alt::Map(_)
                    | Alt::Resource { .. }
                    | Alt::Text(_)
                    | Alt::Unknown(_),
                    _,
                ) => {}
            }
            self.push(guard, alt);
        }
    }

    pub(super) fn into_val(self, under: Guard) -> Val {
        // Past its bound, what can hold is only guessed: two guesses may leave nothing.
        if self.are_too_many() || self.alternatives.is_empty() {
            return Val { alternatives: smallvec![(under, Alt::Unknown(Unknown::TooMany))] };
        }
        Val { alternatives: self.alternatives }
    }
}

impl<'t> Resolver<'t> {
    /// Adds to `cases` what a value can be where `under` holds.
    pub(super) fn collect(self, id: ValueId, under: Guard, cases: &mut Cases) {
        let template = self.template();
        match template.values.data(id) {
            Data::Scalar { text, is_plain } => {
                let origin = template.values.origin(id);
                let through = template.values.through(id);
                cases.push(under, scalar(&template.names, *text, *is_plain, origin, through));
            }
            Data::List(_) => cases.push(under, Alt::List(id)),
            Data::Map(_) => cases.push(under, Alt::Map(id)),
            Data::Call(call) => self.collect_call(id, call, under, cases),
        }
    }

    fn collect_call(self, id: ValueId, call: &'t Call, under: Guard, cases: &mut Cases) {
        let unknown = match call {
            Call::Ref(name) => {
                return self.collect_named(id, *name, under, cases);
            }
            Call::GetAtt(resource, attribute) => {
                return self.collect_attribute(*resource, *attribute, under, cases);
            }
            Call::Sub { parts, .. } => return self.sub(id, parts, under, cases),
            Call::Join { separator, items } => return self.join(id, *separator, *items, under, cases),
            Call::Select { index, items } => return self.select(*index, *items, under, cases),
            Call::Split { separator, text } => return self.split_list(id, *separator, *text, under, cases),
            Call::If { condition, then, otherwise } => {
                return self.either(*condition, *then, *otherwise, under, cases);
            }
            Call::FindInMap { .. } => return self.look_up(id, call, under, cases),
            Call::ToJsonString(value) => return self.json(*value, under, cases),
            Call::Base64(value) => return self.base64(id, *value, under, cases),
            Call::Other { function, argument } => match self.template().names.text(*function) {
                "Fn::Length" => return self.length(id, *argument, under, cases),
                "Fn::Cidr" => return self.blocks(id, *argument, under, cases),
                "Fn::GetAZs" => Unknown::Zones,
                _ => Unknown::Function,
            },
            Call::ImportValue(name) => return self.collect_import(*name, under, cases),
            Call::Transform(_) => Unknown::Macro,
            Call::Equals(..) | Call::And(_) | Call::Or(_) | Call::Not(_) | Call::Condition(_) => {
                Unknown::Function
            }
        };
        cases.push(under, Alt::Unknown(unknown));
    }

    /// `Ref`, which also gives lists.
    fn collect_named(self, id: ValueId, name: Name, under: Guard, cases: &mut Cases) {
        if !self.collect_list(id, name, under, cases) {
            self.collect_reference(name, self.template().values.origin(id), under, cases);
        }
    }

    /// `Ref`, also as a part of `Fn::Sub`, through the stacks that pass it on.
    fn collect_reference(self, name: Name, origin: Origin, under: Guard, cases: &mut Cases) {
        if !self.collect_passed(name, origin, under, cases) {
            cases.push(under, self.reference(name, origin));
        }
    }

    /// `Fn::GetAtt`, also as a part of `Fn::Sub`, through the outputs of nested stacks.
    fn collect_attribute(self, resource: Name, attribute: Name, under: Guard, cases: &mut Cases) {
        if !self.collect_output(resource, attribute, under, cases) {
            cases.push(under, self.attribute(resource, attribute));
        }
    }

    /// `Ref` within one stack.
    fn reference(self, name: Name, origin: Origin) -> Alt {
        let template = self.template();
        if let Some(parameter) = template.parameters.get(&name) {
            return self.parameter(name, parameter, origin);
        }
        if template.resources.contains_key(&name) {
            return Alt::Resource { id: name, attribute: None };
        }
        match template.names.text(name) {
            "AWS::NoValue" => Alt::Absent { at: origin },
            text if text.starts_with("AWS::") => template
                .pseudo
                .text(text)
                .map_or(Alt::Unknown(Unknown::Pseudo(name)), |text| self.decided(*text, origin)),
            // That of another stack is qualified: `Orders/AWS::StackName`.
            text if text.contains("/AWS::") => Alt::Unknown(Unknown::Pseudo(name)),
            // SAM: `!Ref Function.Alias`.
            text => match text.split_once('.') {
                Some((id, attribute)) => {
                    self.attribute(template.names.intern(id), template.names.intern(attribute))
                }
                None => Alt::Unknown(Unknown::Undefined(name)),
            },
        }
    }

    fn attribute(self, id: Name, attribute: Name) -> Alt {
        if self.template().resources.contains_key(&id) {
            Alt::Resource { id, attribute: Some(attribute) }
        } else {
            Alt::Unknown(Unknown::Undefined(id))
        }
    }

    /// The value of a parameter, shown where it is referred to, as far as the template decides it. A secret is unknown
    /// whatever its default, so that nothing can print it.
    fn parameter(self, name: Name, parameter: &Parameter, referred_at: Origin) -> Alt {
        let template = self.template();
        let type_name = template.names.text(parameter.type_name);
        if parameter.is_secret || is_filled_by_ssm(type_name) || is_list(type_name) {
            return Alt::Unknown(Unknown::Parameter(name));
        }
        let is_number = type_name == "Number";
        match parameter.allowed[..] {
            [text] if parameter.given.is_none() => {
                scalar(&template.names, text, is_number, parameter.origin, None)
            }
            [_, _, ..] if parameter.given.is_none() => {
                Alt::OneOf { parameter: name, values: parameter.allowed.clone() }
            }
            _ => {
                let setting = self.setting(parameter);
                let setting = setting.map(|(value, by)| (by, template.values.data(value)));
                let Some((by, Data::Scalar { text, is_plain })) = setting else {
                    return Alt::Unknown(Unknown::Parameter(name));
                };
                let through = Some(Through::value(name, by));
                scalar(&template.names, *text, *is_plain || is_number, referred_at, through)
            }
        }
    }

    /// A pseudo parameter that the region decides.
    fn decided(self, text: Name, origin: Origin) -> Alt {
        let template = self.template();
        let region = template.region().map(|_| template.names.intern("AWS::Region"));
        let through = region.map(|region| Through::value(region, SetBy::Given).decided());
        Alt::Scalar { text, is_plain: false, origin, through }
    }

    fn either(self, condition: Name, then: ValueId, otherwise: ValueId, under: Guard, cases: &mut Cases) {
        let guards = &self.template().guards;
        let guard = guards.condition(condition);
        for (guard, branch) in [(guard, then), (guards.not(guard), otherwise)] {
            let both = guards.and(under, guard);
            if !cases.are_too_many() && guards.can_hold(&[(both, true)]) {
                self.collect(branch, both, cases);
            }
        }
    }

    fn sub(self, id: ValueId, parts: &[SubPart], under: Guard, cases: &mut Cases) {
        let origin = self.template().values.origin(id);
        match *parts {
            [SubPart::Ref(name)] => return self.collect_reference(name, origin, under, cases),
            [SubPart::GetAtt(id, attribute)] => return self.collect_attribute(id, attribute, under, cases),
            [SubPart::Bound(_, value)] => return self.collect(value, under, cases),
            _ => {}
        }
        let mut composer = Composer::new(self.template(), under, None);
        let mut bound: FxHashMap<ValueId, Val> = FxHashMap::default();
        for part in parts {
            match *part {
                SubPart::Text(text) => composer.add_text(self.template().names.text(text)),
                SubPart::Ref(name) => {
                    composer.add_val(&Cases::collected(under, |cases| {
                        self.collect_reference(name, origin, under, cases);
                    }));
                }
                SubPart::GetAtt(id, attribute) => {
                    composer.add_val(&Cases::collected(under, |cases| {
                        self.collect_attribute(id, attribute, under, cases);
                    }));
                }
                SubPart::Bound(_, value) => {
                    composer.add_val(bound.entry(value).or_insert_with(|| self.resolve_under(value, under)));
                }
            }
        }
        composer.finish(origin, cases);
    }

    /// `Fn::Base64` of a text that is known.
    fn base64(self, id: ValueId, value: ValueId, under: Guard, cases: &mut Cases) {
        let Template { names, values, .. } = self.template();
        for (guard, alt) in self.resolve_under(value, under).alternatives {
            let alt = match alt {
                Alt::Scalar { text, through, .. } => {
                    let encoded = names.intern(&base64(names.text(text).as_bytes()));
                    scalar(names, encoded, false, values.origin(id), through)
                }
                Alt::Unknown(unknown) => Alt::Unknown(unknown.in_part()),
                Alt::OneOf { parameter, .. } => Alt::Unknown(Unknown::PartOf(parameter)),
                Alt::Absent { .. } | Alt::List(_) | Alt::Map(_) | Alt::Resource { .. } | Alt::Text(_) => {
                    Alt::Unknown(Unknown::Function)
                }
            };
            cases.push(guard, alt);
        }
    }

    /// `Fn::ToJsonString` keeps the tree: those who read the text read JSON.
    fn json(self, value: ValueId, under: Guard, cases: &mut Cases) {
        for (guard, alt) in self.resolve_under(value, under).alternatives {
            let alt = match alt {
                Alt::List(_) | Alt::Map(_) | Alt::Unknown(_) => alt,
                Alt::Absent { .. }
                | Alt::Scalar { .. }
                | Alt::OneOf { .. }
                | Alt::Resource { .. }
                | Alt::Text(_) => Alt::Unknown(Unknown::Function),
            };
            cases.push(guard, alt);
        }
    }
}

/// The text of bytes in base 64, with the alphabet and the padding of RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = ALPHABET[(bits >> shift & 63) as usize];
            text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// `AWS::SSM::Parameter::Value<String>`: the default is the name of the value.
pub(crate) fn is_filled_by_ssm(type_name: &str) -> bool {
    type_name.starts_with("AWS::SSM::Parameter::Value")
}

/// `CommaDelimitedList`, `List<Number>`.
pub(crate) fn is_list(type_name: &str) -> bool {
    type_name == "CommaDelimitedList" || type_name.starts_with("List<")
}

//! What each intrinsic function gives.

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::names::Name;

use super::alternative::{Alt, SetBy, TextPart, Through, Unknown, Val};
use super::condition::Guard;
use super::resolve::Resolver;
use super::text::{Composer, scalar};
use super::value::{Call, Data, SubPart, ValueId};
use super::{Origin, Parameter, Resource};

const FUNCTION: &str = "AWS::Lambda::Function";

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

    pub(super) fn into_val(self, under: Guard) -> Val {
        if self.are_too_many() {
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
                cases.push(under, scalar(&template.names, *text, *is_plain, origin, None));
            }
            Data::List(_) => cases.push(under, Alt::List(id)),
            Data::Map(_) => cases.push(under, Alt::Map(id)),
            Data::Call(call) => self.collect_call(id, call, under, cases),
        }
    }

    fn collect_call(self, id: ValueId, call: &'t Call, under: Guard, cases: &mut Cases) {
        let unknown = match call {
            Call::Ref(name) => {
                return self.collect_reference(*name, self.template().values.origin(id), under, cases);
            }
            Call::GetAtt(resource, attribute) => {
                return self.collect_attribute(*resource, *attribute, under, cases);
            }
            Call::Sub(parts) => return self.sub(id, parts, under, cases),
            Call::Join { separator, items } => return self.join(id, *separator, *items, under, cases),
            Call::Select { index, items } => return self.select(id, *index, *items, under, cases),
            Call::If { condition, then, otherwise } => {
                return self.either(*condition, *then, *otherwise, under, cases);
            }
            Call::FindInMap { .. } => return self.look_up(id, call, under, cases),
            Call::ToJsonString(value) => return self.json(*value, under, cases),
            Call::Other { function, argument } if self.template().names.text(*function) == "Fn::Length" => {
                return self.length(id, *argument, under, cases);
            }
            Call::ImportValue(name) => return self.collect_import(*name, under, cases),
            Call::Transform(_) => Unknown::Macro,
            Call::Split { .. }
            | Call::Base64(_)
            | Call::Equals(..)
            | Call::And(_)
            | Call::Or(_)
            | Call::Not(_)
            | Call::Condition(_)
            | Call::Other { .. } => Unknown::Function,
        };
        cases.push(under, Alt::Unknown(unknown));
    }

    /// `Ref`, also as a part of `Fn::Sub`, through the stacks that pass it on.
    fn collect_reference(self, name: Name, origin: Origin, under: Guard, cases: &mut Cases) {
        if !self.collect_passed(name, under, cases) {
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
            return self.parameter(name, parameter);
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

    /// The value of a parameter as far as the template decides it. A secret is unknown whatever its default,
    /// so that nothing can print it.
    fn parameter(self, name: Name, parameter: &Parameter) -> Alt {
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
                let setting = parameter.setting().map(|(value, by)| (value, by, template.values.data(value)));
                let Some((value, by, Data::Scalar { text, is_plain })) = setting else {
                    return Alt::Unknown(Unknown::Parameter(name));
                };
                let origin = template.values.origin(value);
                let through = Some(Through::value(name, by));
                scalar(&template.names, *text, *is_plain || is_number, origin, through)
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

    fn join(self, id: ValueId, separator: Name, items: ValueId, under: Guard, cases: &mut Cases) {
        let template = self.template();
        let origin = template.values.origin(id);
        let separator = template.names.text(separator);
        for (guard, sequence) in self.sequences(items, under) {
            let mut composer = Composer::new(template, guard, Some(separator));
            match sequence {
                Sequence::Items(items) => {
                    for item in items {
                        composer.add_val(&self.resolve_under(*item, guard));
                    }
                }
                Sequence::Texts { texts, through } => {
                    for text in texts {
                        composer.add_text(text);
                    }
                    composer.rests_on(through);
                }
                Sequence::Pieces(parts) => {
                    cases.push(guard, cut_from(&parts));
                    continue;
                }
                Sequence::Unknown(unknown) => {
                    cases.push(guard, Alt::Unknown(unknown));
                    continue;
                }
            }
            composer.finish(origin, cases);
        }
    }

    fn select(self, id: ValueId, index: ValueId, items: ValueId, under: Guard, cases: &mut Cases) {
        let template = self.template();
        let origin = template.values.origin(id);
        let index = self.resolve_under(index, under);
        let index =
            index.only().and_then(|alt| self.integer(alt)).and_then(|index| usize::try_from(index).ok());
        let Some(index) = index else {
            return cases.push(under, Alt::Unknown(Unknown::Function));
        };
        for (guard, sequence) in self.sequences(items, under) {
            match sequence {
                Sequence::Items(items) => match items.get(index) {
                    Some(item) if !items[..=index].iter().any(|item| self.may_vanish(*item)) => {
                        self.collect(*item, guard, cases);
                    }
                    _ => cases.push(guard, Alt::Unknown(Unknown::Function)),
                },
                Sequence::Texts { texts, through } => cases.push(
                    guard,
                    texts.get(index).map_or(Alt::Unknown(Unknown::Function), |text| {
                        scalar(&template.names, template.names.intern(text), false, origin, through)
                    }),
                ),
                Sequence::Pieces(parts) => {
                    let function = self.function_in_arn(items, index, &parts);
                    cases.push(guard, function.unwrap_or_else(|| cut_from(&parts)));
                }
                Sequence::Unknown(unknown) => cases.push(guard, Alt::Unknown(unknown)),
            }
        }
    }

    /// The function whose name `Fn::Select` cuts from the ARN of one, of its alias or of its version, which is how the
    /// CDK names the function of an alias: `arn:aws:lambda:REGION:ACCOUNT:function:NAME:ALIAS`.
    fn function_in_arn(self, items: ValueId, index: usize, parts: &[TextPart]) -> Option<Alt> {
        const NAME: usize = 6;
        let template = self.template();
        let Data::Call(call) = template.values.data(items) else { return None };
        let Call::Split { separator, .. } = **call else { return None };
        let [TextPart::Resource { id, attribute }] = *parts else { return None };
        if index != NAME || template.names.text(separator) != ":" {
            return None;
        }
        let resource = template.resources.get(&id)?;
        let attribute = attribute.map(|attribute| template.names.text(attribute));
        let function = match (template.names.text(resource.type_name), attribute) {
            (FUNCTION, Some("Arn")) => id,
            ("AWS::Lambda::Alias" | "AWS::Lambda::Version", None) => {
                let named = template.names.find("FunctionName")?;
                let named = template.values.get(resource.properties?, named)?;
                let Data::Call(call) = template.values.data(named) else { return None };
                let (Call::Ref(function) | Call::GetAtt(function, _)) = **call else { return None };
                let is_function = |resource: &Resource| template.names.text(resource.type_name) == FUNCTION;
                template.resources.get(&function).is_some_and(is_function).then_some(function)?
            }
            _ => return None,
        };
        Some(Alt::Resource { id: function, attribute: None })
    }

    /// `Fn::Length` of the language extensions.
    fn length(self, id: ValueId, list: ValueId, under: Guard, cases: &mut Cases) {
        let template = self.template();
        for (guard, sequence) in self.sequences(list, under) {
            let (length, through) = match sequence {
                Sequence::Items(items) if !items.iter().any(|item| self.may_vanish(*item)) => {
                    (items.len(), None)
                }
                Sequence::Texts { texts, through } => (texts.len(), through),
                Sequence::Items(_) | Sequence::Pieces(_) => {
                    cases.push(guard, Alt::Unknown(Unknown::Function));
                    continue;
                }
                Sequence::Unknown(unknown) => {
                    cases.push(guard, Alt::Unknown(unknown));
                    continue;
                }
            };
            let length = template.names.intern(&length.to_string());
            let origin = template.values.origin(id);
            cases.push(guard, scalar(&template.names, length, true, origin, through));
        }
    }

    /// Whether a list's item may be `AWS::NoValue`, so that those behind it move up.
    fn may_vanish(self, item: ValueId) -> bool {
        let Data::Call(call) = self.template().values.data(item) else { return false };
        let is_no_value = |name| self.template().names.text(name) == "AWS::NoValue";
        matches!(**call, Call::If { .. }) || matches!(**call, Call::Ref(name) if is_no_value(name))
    }

    /// The list that `Fn::Join` and `Fn::Select` work on.
    fn sequences(self, id: ValueId, under: Guard) -> SmallVec<[(Guard, Sequence<'t>); 1]> {
        let template = self.template();
        let values = &template.values;
        if let Data::Call(call) = values.data(id) {
            if let Call::Split { separator, text } = **call {
                let separator = template.names.text(separator);
                let texts = self.resolve_under(text, under).alternatives.into_iter();
                return texts.map(|(guard, alt)| (guard, self.split(separator, alt))).collect();
            }
            if let Call::Ref(name) = **call
                && let Some(sequence) = self.list_parameter(name)
            {
                return smallvec![(under, sequence)];
            }
        }
        let lists = self.resolve_under(id, under).alternatives.into_iter();
        let sequence = |alt| match alt {
            Alt::List(list) => Sequence::Items(values.items(list)),
            Alt::Unknown(unknown) => Sequence::Unknown(unknown),
            Alt::Absent { .. }
            | Alt::Scalar { .. }
            | Alt::OneOf { .. }
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Text(_) => Sequence::Unknown(Unknown::Function),
        };
        lists.map(|(guard, alt)| (guard, sequence(alt))).collect()
    }

    fn split(self, separator: &str, alt: Alt) -> Sequence<'t> {
        match alt {
            Alt::Scalar { text, through, .. } if !separator.is_empty() => {
                let texts = self.template().names.text(text).split(separator).collect();
                Sequence::Texts { texts, through }
            }
            Alt::Resource { id, attribute } => Sequence::Pieces(vec![TextPart::Resource { id, attribute }]),
            Alt::Text(parts) => Sequence::Pieces(parts),
            Alt::Unknown(unknown) => Sequence::Unknown(unknown),
            Alt::OneOf { parameter, .. } => Sequence::Unknown(Unknown::Parameter(parameter)),
            Alt::Absent { .. } | Alt::Scalar { .. } | Alt::List(_) | Alt::Map(_) => {
                Sequence::Unknown(Unknown::Function)
            }
        }
    }

    /// What a parameter that is a list is set to.
    fn list_parameter(self, name: Name) -> Option<Sequence<'t>> {
        let template = self.template();
        let parameter = template.parameters.get(&name)?;
        let type_name = template.names.text(parameter.type_name);
        let is_passed = parameter.passed.is_some();
        if is_passed || parameter.is_secret || is_filled_by_ssm(type_name) || !is_list(type_name) {
            return None;
        }
        let (value, by) = parameter.setting()?;
        let texts = template.names.text(template.values.text(value)?).split(',').map(str::trim).collect();
        Some(Sequence::Texts { texts, through: Some(Through::value(name, by)) })
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

/// A list of texts, as `Fn::Join` and `Fn::Select` take it.
enum Sequence<'t> {
    /// Values, to be resolved.
    Items(&'t [ValueId]),
    /// Texts, cut from one that is known.
    Texts {
        texts: Vec<&'t str>,
        through: Option<Through>,
    },
    /// Texts cut from one that is known in part: somewhere in the list are these parts.
    Pieces(Vec<TextPart>),
    Unknown(Unknown),
}

/// A text that is cut from another: it may have something of the resources in that one, and something before
/// and after.
fn cut_from(parts: &[TextPart]) -> Alt {
    let unknown = TextPart::Unknown(Unknown::Function);
    let resources = parts.iter().filter(|part| matches!(part, TextPart::Resource { .. })).cloned();
    let mut cut: Vec<TextPart> = std::iter::once(unknown.clone()).chain(resources).collect();
    if cut.len() == 1 {
        return Alt::Unknown(Unknown::Function);
    }
    cut.push(unknown);
    Alt::Text(cut)
}

/// `AWS::SSM::Parameter::Value<String>`: the default is the name of the value.
pub(crate) fn is_filled_by_ssm(type_name: &str) -> bool {
    type_name.starts_with("AWS::SSM::Parameter::Value")
}

/// `CommaDelimitedList`, `List<Number>`.
pub(crate) fn is_list(type_name: &str) -> bool {
    type_name == "CommaDelimitedList" || type_name.starts_with("List<")
}

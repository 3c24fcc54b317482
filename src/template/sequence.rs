//! Functions that take a list or give one: `Fn::Join`, `Fn::Select`, `Fn::Length`, `Fn::Cidr`.

use smallvec::{SmallVec, smallvec};

use crate::names::Name;

use super::alternative::{Alt, TextPart, Unknown, Val};
use super::condition::Guard;
use super::cut::cut_from;
use super::evaluate::Cases;
use super::resolve::Resolver;
use super::text::{Composer, scalar};
use super::value::{Call, Data, Making, ValueId};
use super::{Resource, Template};

const FUNCTION: &str = "AWS::Lambda::Function";

/// A list, as the functions that take one see it.
pub(super) enum Sequence {
    /// A list, whose items are to be resolved.
    List(ValueId),
    /// Texts cut from one that is known in part: somewhere in the list are these parts.
    Pieces(Vec<TextPart>),
    Unknown(Unknown),
}

/// How many of a list's items are there so far, and where.
type Counts = SmallVec<[(usize, Guard); 2]>;

/// Where an item is there, and where it has vanished.
struct Presence {
    present: Guard,
    absent: Guard,
}

impl Resolver<'_> {
    /// The most addresses that `Fn::Cidr` gives.
    const MOST_BLOCKS: usize = 256;

    /// `Fn::Join`.
    pub(super) fn join(self, id: ValueId, separator: Name, items: ValueId, under: Guard, cases: &mut Cases) {
        let template = self.template();
        let origin = template.values.origin(id);
        let separator = template.names.text(separator);
        for (guard, sequence) in self.sequences(items, under) {
            match sequence {
                Sequence::List(list) => {
                    let mut composer = Composer::new(template, guard, Some(separator));
                    for item in template.values.items(list) {
                        if composer.is_given_up() {
                            break;
                        }
                        composer.add_val(&self.resolve_under(*item, guard));
                    }
                    composer.finish(origin, cases);
                }
                Sequence::Pieces(parts) => cases.push(guard, cut_from(&parts)),
                Sequence::Unknown(unknown) => cases.push(guard, Alt::Unknown(unknown)),
            }
        }
    }

    /// `Fn::Select`.
    pub(super) fn select(self, index: ValueId, items: ValueId, under: Guard, cases: &mut Cases) {
        for (guard, index) in self.resolve_under(index, under).alternatives {
            match index {
                Alt::Scalar { through, .. } => {
                    let mut selected = Cases::default();
                    self.select_at(self.integer(&index), items, guard, &mut selected);
                    cases.add_decided(selected, guard, through);
                }
                Alt::OneOf { parameter, values } => {
                    let guards = &self.template().guards;
                    for text in values {
                        let is_text = guards.and(guard, self.equals(parameter, text));
                        if !cases.are_too_many() && guards.can_hold(&[(is_text, true)]) {
                            self.select_at(self.integer_of(text), items, is_text, cases);
                        }
                    }
                }
                Alt::Absent { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => cases.push(guard, Alt::Unknown(Unknown::Function)),
            }
        }
    }

    fn select_at(self, index: Option<i64>, items: ValueId, under: Guard, cases: &mut Cases) {
        let index = index.and_then(|index| usize::try_from(index).ok());
        // The items of a made list of blocks are selected from the function itself.
        let Some(index) = index.filter(|_| !self.is_of_blocks(items)) else {
            return cases.push(under, Alt::Unknown(Unknown::Function));
        };
        for (guard, sequence) in self.sequences(items, under) {
            match sequence {
                Sequence::List(list) => self.pick(list, index, guard, cases),
                Sequence::Pieces(parts) => {
                    let function = self.function_in_arn(items, index, &parts);
                    cases.push(guard, function.unwrap_or_else(|| cut_from(&parts)));
                }
                Sequence::Unknown(unknown) => cases.push(guard, Alt::Unknown(unknown)),
            }
        }
    }

    /// The item at an index among those that are there: `AWS::NoValue` makes those behind it move up.
    fn pick(self, list: ValueId, index: usize, under: Guard, cases: &mut Cases) {
        let guards = &self.template().guards;
        let mut counts: Counts = smallvec![(0, under)];
        for item in self.template().values.items(list) {
            let mut next = Counts::new();
            for (count, guard) in counts {
                let Some(Presence { present, absent }) = self.presence(*item, guard) else {
                    return cases.push(under, Alt::Unknown(Unknown::TooMany));
                };
                if present != Guard::NEVER && count == index {
                    self.collect(*item, present, cases);
                } else {
                    self.add_count(&mut next, count + 1, present);
                }
                self.add_count(&mut next, count, absent);
            }
            counts = next;
            if counts.len() > Val::MOST_ALTERNATIVES {
                return cases.push(under, Alt::Unknown(Unknown::TooMany));
            }
            if cases.are_too_many() {
                return;
            }
        }
        if let Some(none) = counts.into_iter().map(|(_, guard)| guard).reduce(|a, b| guards.or(a, b)) {
            cases.push(none, Alt::Unknown(Unknown::Function));
        }
    }

    /// `Fn::Length` of the language extensions.
    pub(super) fn length(self, id: ValueId, list: ValueId, under: Guard, cases: &mut Cases) {
        let template = self.template();
        let origin = template.values.origin(id);
        for (guard, sequence) in self.sequences(list, under) {
            match sequence {
                Sequence::List(list) => match self.counts(list, guard) {
                    Some(counts) => {
                        for (count, guard) in counts {
                            let length = template.names.intern(&count.to_string());
                            let through = template.values.through(list);
                            cases.push(guard, scalar(&template.names, length, true, origin, through));
                        }
                    }
                    None => cases.push(guard, Alt::Unknown(Unknown::TooMany)),
                },
                Sequence::Pieces(_) => cases.push(guard, Alt::Unknown(Unknown::Function)),
                Sequence::Unknown(unknown) => cases.push(guard, Alt::Unknown(unknown)),
            }
        }
    }

    /// How many items are there, case by case; nothing past a bound.
    fn counts(self, list: ValueId, under: Guard) -> Option<Counts> {
        let mut counts: Counts = smallvec![(0, under)];
        for item in self.template().values.items(list) {
            let mut next = Counts::new();
            for (count, guard) in counts {
                let Presence { present, absent } = self.presence(*item, guard)?;
                self.add_count(&mut next, count, absent);
                self.add_count(&mut next, count + 1, present);
            }
            if next.len() > Val::MOST_ALTERNATIVES {
                return None;
            }
            counts = next;
        }
        Some(counts)
    }

    fn add_count(self, counts: &mut Counts, count: usize, under: Guard) {
        let guards = &self.template().guards;
        if under == Guard::NEVER || !guards.can_hold(&[(under, true)]) {
            return;
        }
        match counts.iter_mut().find(|(known, _)| *known == count) {
            Some((_, guard)) => *guard = guards.or(*guard, under),
            None => counts.push((count, under)),
        }
    }

    /// Where an item is there; nothing if nobody knows.
    fn presence(self, item: ValueId, under: Guard) -> Option<Presence> {
        let always = Presence { present: under, absent: Guard::NEVER };
        if !matches!(self.template().values.data(item), Data::Call(_)) {
            return Some(always);
        }
        let guards = &self.template().guards;
        let (mut present, mut absent) = (Guard::NEVER, Guard::NEVER);
        for (guard, alt) in self.resolve_under(item, under).alternatives {
            match alt {
                Alt::Absent { .. } => absent = guards.or(absent, guard),
                Alt::Unknown(Unknown::TooMany | Unknown::Macro) => return None,
                Alt::Scalar { .. }
                | Alt::OneOf { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => present = guards.or(present, guard),
            }
        }
        Some(if absent == Guard::NEVER { always } else { Presence { present, absent } })
    }

    /// The lists that a value can be.
    fn sequences(self, id: ValueId, under: Guard) -> SmallVec<[(Guard, Sequence); 1]> {
        if let Data::Call(call) = self.template().values.data(id)
            && let Call::Split { separator, text } = **call
        {
            return self.split(id, separator, text, under);
        }
        let lists = self.resolve_under(id, under).alternatives.into_iter();
        let sequence = |alt| match alt {
            Alt::List(list) => Sequence::List(list),
            Alt::Unknown(unknown) => Sequence::Unknown(unknown.in_part()),
            Alt::Absent { .. }
            | Alt::Scalar { .. }
            | Alt::OneOf { .. }
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Text(_) => Sequence::Unknown(Unknown::Function),
        };
        lists.map(|(guard, alt)| (guard, sequence(alt))).collect()
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

    fn is_of_blocks(self, list: ValueId) -> bool {
        let Template { names, values, .. } = self.template();
        let Data::Call(call) = values.data(list) else { return false };
        matches!(**call, Call::Other { function, .. } if names.text(function) == "Fn::Cidr")
    }

    /// `Fn::Cidr`: so many address blocks, whatever they are.
    pub(super) fn blocks(self, id: ValueId, argument: ValueId, under: Guard, cases: &mut Cases) {
        let Template { names, values, .. } = self.template();
        let [_, count, ..] = *values.items(argument) else {
            return cases.push(under, Alt::Unknown(Unknown::Function));
        };
        for (guard, alt) in self.resolve_under(count, under).alternatives {
            let count = self.integer(&alt).and_then(|count| usize::try_from(count).ok());
            // How many there are by a parameter's default has nowhere to say so.
            let is_certain =
                !matches!(alt, Alt::Scalar { through: Some(through), .. } if through.by.is_overridable());
            let count = count.filter(|count| is_certain && (1..=Self::MOST_BLOCKS).contains(count));
            let list = count.map(|count| values.list_made(names, id, Making::Length(count)));
            cases.push(guard, list.map_or(Alt::Unknown(Unknown::Function), Alt::List));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crate::template::tests::told;

    const SECTIONS: &str = "Parameters:
  L: {Type: CommaDelimitedList, Default: 'a, b'}
  N: {Type: List<Number>, Default: '1,2,3'}
  Empty: {Type: CommaDelimitedList, Default: ''}
  Open: {Type: CommaDelimitedList}
  Env: {Type: String, AllowedValues: [dev, prod]}
  Index: {Type: Number, AllowedValues: [0, 1]}
  Likely: {Type: Number, Default: 1}
  Text: {Type: String, AllowedValues: ['p,q', 'r']}
Mappings: {M: {dev: {Index: 0, Zones: [x]}, prod: {Index: 1, Zones: [x, y]}}}
Conditions:
  A: !Equals [!Ref X, a]
  B: !Equals [!Ref X, b]
  C: !Equals [!Ref Y, c]";

    fn assert_told(cases: &[(&str, &[&str])]) {
        for (value, expected) in cases {
            assert_eq!(told(SECTIONS, value), *expected, "{value}");
        }
    }

    #[test]
    fn what_gives_a_list_is_one_wherever_it_stands() {
        assert_told(&[
            ("!Split [',', 'a,b']", &["list"]),
            ("!Ref L", &["list"]),
            ("!Cidr [10.0.0.0/16, 4, 8]", &["list"]),
            ("!If [A, !Ref L, !Split ['-', x-y]]", &["list when A is true", "list when A is false"]),
            ("!Split [',', !Ref Text]", &["list when Text is 'p,q'", "list when Text is 'r'"]),
            // Not known in part is not known in number.
            ("!Split [',', !Sub '${R},b']", &["Function"]),
            ("!Split ['', ab]", &["Function"]),
            ("!Ref Open", &["any Open"]),
            ("!Ref Empty", &["part of Empty"]),
            ("!Cidr [10.0.0.0/16, !Ref Nowhere, 8]", &["Function"]),
            ("!Cidr [10.0.0.0/16, !Ref Likely, 8]", &["Function"]),
        ]);
    }

    #[test]
    fn the_items_of_a_made_list_rest_on_what_the_list_rests_on() {
        assert_told(&[
            (
                "!Select [1, !If [A, !Ref L, !Split ['-', x-y]]]",
                &["b by default of L when A is true", "y when A is false"],
            ),
            (
                "!Join ['-', !If [A, !Ref L, [!Ref R]]]",
                &["a-b by default of L when A is true", "<R> when A is false"],
            ),
            ("!Select [2, !Ref N]", &["3 by default of N"]),
            ("!Select [0, !Ref Open]", &["part of Open"]),
            ("!Join [',', !Ref Empty]", &["part of Empty"]),
            ("!Select [1, !Split [',', !Ref Text]]", &["q when Text is 'p,q'", "Function when Text is 'r'"]),
            ("!Select [0, !Cidr [10.0.0.0/16, 4, 8]]", &["Function"]),
            ("!Select [0, !GetAZs '']", &["Function"]),
            ("!Join [',', !GetAZs '']", &["Function"]),
        ]);
    }

    #[test]
    fn an_index_may_depend_on_something() {
        assert_told(&[
            ("!Select [!If [A, 0, 1], [x, y]]", &["x when A is true", "y when A is false"]),
            (
                "!Select [!FindInMap [M, !Ref Env, Index], [x, y]]",
                &["x when Env is 'dev'", "y when Env is 'prod'"],
            ),
            ("!Select [!Ref Index, [x, y]]", &["x when Index is '0'", "y when Index is '1'"]),
            ("!Select [!Ref Likely, [x, y]]", &["y by default of Likely"]),
            ("!Select [!Ref Likely, [[x], [y]]]", &["part of Likely"]),
            ("!Select [!Ref Nowhere, [x, y]]", &["Function"]),
            ("!Select [x, [x, y]]", &["Function"]),
            ("!Select [-1, [x, y]]", &["Function"]),
        ]);
    }

    #[test]
    fn items_that_vanish_let_the_others_move_up() {
        assert_told(&[
            ("!Select [0, [!If [A, x, !Ref AWS::NoValue], y]]", &["x when A is true", "y when A is false"]),
            (
                "!Select [1, [!If [A, x, !Ref AWS::NoValue], y]]",
                &["y when A is true", "Function when A is false"],
            ),
            (
                "!Select [0, [!If [A, x, !Ref AWS::NoValue], !If [B, y, !Ref AWS::NoValue], z]]",
                &["x when A is true", "y when B is true", "z when A is false and B is false"],
            ),
            ("!Length [!If [A, x, !Ref AWS::NoValue], y]", &["1 when A is false", "2 when A is true"]),
            (
                "!Length [!If [A, x, !Ref AWS::NoValue], !If [B, x, !Ref AWS::NoValue]]",
                &["0 when A is false and B is false", "1 when B is true or A is true"],
            ),
        ]);
    }

    #[test]
    fn the_length_of_a_list_is_known_where_its_items_are_counted() {
        assert_told(&[
            ("!Length [a, !Ref R, !Ref AWS::NoValue]", &["2"]),
            ("!Length {'Fn::Split': [',', 'a,b,c']}", &["3"]),
            ("!Length {Ref: N}", &["3 by default of N"]),
            ("!Length {'Fn::Cidr': [10.0.0.0/16, 4, 8]}", &["4"]),
            (
                "!Length {'Fn::FindInMap': [M, !Ref Env, Zones]}",
                &["1 when Env is 'dev'", "2 when Env is 'prod'"],
            ),
            ("!Length {'Fn::GetAZs': ''}", &["Function"]),
            ("!Length {Ref: Open}", &["part of Open"]),
            ("!Length {Ref: Empty}", &["part of Empty"]),
            ("!Length {'Fn::Split': [',', !GetAtt R.Names]}", &["Function"]),
        ]);
    }

    #[test]
    fn conditional_members_are_joined_case_by_case() {
        assert_told(&[
            (
                "!Join ['-', [a, !If [A, b, !Ref AWS::NoValue], c]]",
                &["a-b-c when A is true", "a-c when A is false"],
            ),
            ("!Join ['-', !If [A, [a, b], [c]]]", &["a-b when A is true", "c when A is false"]),
            (
                "!Join ['-', !If [Undefined, [a], [c]]]",
                &["a when Undefined is true", "c when Undefined is false"],
            ),
        ]);
    }

    #[test]
    fn many_items_that_may_vanish_are_cut_off_in_time() {
        let items: Vec<String> = (0..300).map(|n| format!("!If [C{n}, x{n}, !Ref AWS::NoValue]")).collect();
        let start = Instant::now();
        for function in ["!Select [299, LIST]", "!Length LIST", "!Join [',', LIST]"] {
            let value = function.replace("LIST", &format!("[{}]", items.join(", ")));
            assert_eq!(told("", &value), ["TooMany"], "{function}");
        }
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
}

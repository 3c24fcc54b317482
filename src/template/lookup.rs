//! `Fn::FindInMap`: the rows that a key can choose, each under the claim that it does.

use std::slice;

use smallvec::SmallVec;

use crate::names::Name;

use super::NameMap;
use super::alternative::{Alt, TextPart, Through, Unknown, Val};
use super::condition::Guard;
use super::evaluate::{Cases, is_filled_by_ssm, is_list};
use super::resolve::Resolver;
use super::text::scalar;
use super::value::{Call, Data, ValueId};

/// A key that a look-up can have.
#[derive(Clone, Copy)]
enum Key {
    /// This one, with the parameter that it comes through.
    Text(Name, Option<Through>),
    /// None of those that are there.
    Missing,
    /// Nobody knows.
    Unknown,
}

/// What a look-up can find.
#[derive(Clone, Copy)]
enum Found {
    /// A value, with the parameter that its keys come through.
    Value(ValueId, Option<Through>),
    Missing,
    Unknown,
}

impl<'t> Resolver<'t> {
    /// A key that chooses among more rows is not followed, unless its parameter allows fewer.
    const MOST_ROWS: usize = 64;
    /// With both keys unknown.
    const MOST_FOUND: usize = 256;

    /// Adds to `cases` what a look-up can find where `under` holds.
    pub(super) fn look_up(self, id: ValueId, call: &'t Call, under: Guard, cases: &mut Cases) {
        let Call::FindInMap { map, top, second, default } = call else { return };
        let mappings = &self.template().stack_at(self.template().values.origin(id).file).mappings;
        for (guard, map) in self.keys(*map, under, mappings) {
            let rows = match map {
                Key::Text(map, through) => mappings.get(&map).map(|rows| (rows, through)),
                Key::Missing | Key::Unknown => None,
            };
            let Some((rows, map_through)) = rows else {
                cases.push(guard, Alt::Unknown(Unknown::Mapping));
                continue;
            };
            let Some(found) = self.cells(rows, *top, *second, guard) else {
                cases.push(guard, Alt::Unknown(Unknown::TooMany));
                continue;
            };
            for (guard, found) in self.by_text(found) {
                match (found, default) {
                    (Found::Value(value, through), _) => {
                        let through = Through::both(map_through, through).map(Through::decided);
                        cases.push(guard, self.cell(value, through));
                    }
                    (Found::Missing, Some(default)) => self.collect(*default, guard, cases),
                    (Found::Missing, None) => cases.push(guard, Alt::Unknown(Unknown::NoRow)),
                    (Found::Unknown, _) => cases.push(guard, Alt::Unknown(Unknown::Mapping)),
                }
            }
        }
    }

    /// What stands under the keys of a mapping that the two can be; nothing if that is too much.
    fn cells(
        self,
        rows: &NameMap<NameMap<ValueId>>,
        top: ValueId,
        second: ValueId,
        under: Guard,
    ) -> Option<SmallVec<[(Guard, Found); 1]>> {
        let mut found: SmallVec<[(Guard, Found); 1]> = SmallVec::new();
        for (guard, top) in self.keys(top, under, rows) {
            let row = match top {
                Key::Text(top, through) => rows.get(&top).map(|row| (row, through)).ok_or(Found::Missing),
                Key::Missing => Err(Found::Missing),
                Key::Unknown => Err(Found::Unknown),
            };
            match row {
                Err(nothing) => found.push((guard, nothing)),
                Ok((row, top_through)) => {
                    for (guard, second) in self.keys(second, guard, row) {
                        let cell = match second {
                            Key::Text(second, through) => row.get(&second).map_or(Found::Missing, |value| {
                                Found::Value(*value, Through::both(top_through, through))
                            }),
                            Key::Missing => Found::Missing,
                            Key::Unknown => Found::Unknown,
                        };
                        found.push((guard, cell));
                    }
                }
            }
            if found.len() > Self::MOST_FOUND {
                return None;
            }
        }
        Some(found)
    }

    /// What stands in a mapping: a text or a list.
    fn cell(self, value: ValueId, through: Option<Through>) -> Alt {
        let template = self.template();
        match template.values.data(value) {
            Data::Scalar { text, is_plain } => {
                scalar(&template.names, *text, *is_plain, template.values.origin(value), through)
            }
            Data::List(_) => Alt::List(value),
            Data::Map(_) | Data::Call(_) => Alt::Unknown(Unknown::Mapping),
        }
    }

    /// The keys that a value can be, among those of a row or a mapping. A parameter is followed whatever its
    /// default, unless it is given a value: each row is a case.
    fn keys<V>(self, id: ValueId, under: Guard, rows: &NameMap<V>) -> SmallVec<[(Guard, Key); 1]> {
        let mut keys = SmallVec::new();
        for (guard, alt) in self.without_defaults().resolve_under(id, under).alternatives {
            let parts = match alt {
                Alt::Scalar { text, through, .. } => {
                    keys.push((guard, Key::Text(text, through)));
                    continue;
                }
                Alt::OneOf { parameter, .. } => vec![TextPart::Unknown(Unknown::Parameter(parameter))],
                Alt::Unknown(Unknown::Pseudo(name)) => vec![TextPart::Pseudo(name)],
                Alt::Unknown(unknown) => vec![TextPart::Unknown(unknown)],
                Alt::Text(parts) => parts,
                Alt::Absent { .. } | Alt::List(_) | Alt::Map(_) | Alt::Resource { .. } => {
                    keys.push((guard, Key::Unknown));
                    continue;
                }
            };
            self.choices(&parts, rows, guard, &mut keys);
        }
        keys
    }

    /// One case for each row that a text can name, and one for all others.
    fn choices<V>(
        self,
        parts: &[TextPart],
        rows: &NameMap<V>,
        under: Guard,
        keys: &mut SmallVec<[(Guard, Key); 1]>,
    ) {
        let guards = &self.template().guards;
        let allowed = match parts {
            [TextPart::Unknown(Unknown::Parameter(name))] => self.texts_of(*name).unwrap_or_default(),
            _ => &[],
        };
        // Truth values may be spelt otherwise in a mapping: `Yes` is `true`.
        let is_truth = |text: &Name| matches!(self.template().names.text(*text), "true" | "false");
        let allowed = if allowed.iter().any(is_truth) { &[] } else { allowed };
        let of_rows = rows.keys().filter(|_| allowed.is_empty());
        let mut rest = under;
        let mut count = 0;
        for key in allowed.iter().filter(|key| rows.contains_key(*key)).chain(of_rows) {
            let Some(is_key) = self.is_text(parts, *key).filter(|_| count < Self::MOST_ROWS) else {
                keys.push((rest, Key::Unknown));
                return;
            };
            let both = guards.and(under, is_key);
            if guards.can_hold(&[(both, true)]) {
                keys.push((both, Key::Text(*key, None)));
                count += 1;
            }
            rest = guards.and(rest, guards.not(is_key));
        }
        if guards.can_hold(&[(rest, true)]) {
            keys.push((rest, Key::Missing));
        }
    }

    /// If conditions can ask what a name is: the texts that it can be, of which what is given leaves one, or
    /// nothing where they are not listed.
    pub(super) fn texts_of(self, name: Name) -> Option<&'t [Name]> {
        let template = self.template();
        let Some(parameter) = template.parameters.get(&name) else {
            let text = template.names.text(name);
            let is_pseudo = text.starts_with("AWS::") && text != "AWS::NoValue";
            return is_pseudo.then(|| template.pseudo.text(text).map_or(&[][..], slice::from_ref));
        };
        let type_name = template.names.text(parameter.type_name);
        if parameter.passed.is_some() || is_list(type_name) {
            return None;
        }
        if let Some(Data::Scalar { text, .. }) = parameter.given.map(|given| template.values.data(given)) {
            return Some(slice::from_ref(text));
        }
        (!is_filled_by_ssm(type_name)).then_some(&parameter.allowed)
    }

    /// Where there would be too many alternatives, those with the same text become one.
    fn by_text(self, found: SmallVec<[(Guard, Found); 1]>) -> SmallVec<[(Guard, Found); 1]> {
        if found.len() <= Val::MOST_ALTERNATIVES {
            return found;
        }
        let template = self.template();
        let is_same = |a: Found, b: Found| match (a, b) {
            (Found::Value(a, _), Found::Value(b, _)) => {
                let (a, b) = (template.values.text(a), template.values.text(b));
                a.is_some() && a == b
            }
            (Found::Missing, Found::Missing) | (Found::Unknown, Found::Unknown) => true,
            (Found::Value(..) | Found::Missing | Found::Unknown, _) => false,
        };
        let mut merged: SmallVec<[(Guard, Found); 1]> = SmallVec::new();
        for (guard, value) in found {
            match merged.iter_mut().find(|(_, other)| is_same(*other, value)) {
                Some((all, _)) => *all = template.guards.or(*all, guard),
                None => merged.push((guard, value)),
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use crate::template::tests::template;

    fn told(parameters: &str, mapping: &str, value: &str) -> Vec<String> {
        let text = format!(
            "Parameters: {{{parameters}}}\nMappings: {{M: {mapping}}}\nConditions: {{IsProd: !Equals [!Ref Env, prod]}}\nResources:\n  R:\n    Type: T\n    Properties:\n      P: {value}\n"
        );
        template(&text).told("R", "P")
    }

    const ROWS: &str = "{prod: {Size: 10, Zones: [a]}, dev: {Size: 1}}";

    #[test]
    fn known_keys_find_their_value() {
        assert_eq!(told("", ROWS, "!FindInMap [M, prod, Size]"), ["10"]);
        assert_eq!(told("", ROWS, "!FindInMap [M, prod, Zones]"), ["list"]);
        assert_eq!(told("", ROWS, "!Select [0, !FindInMap [M, prod, Zones]]"), ["a"]);
        assert_eq!(told("", ROWS, "!FindInMap [M, prod, Nothing]"), ["NoRow"]);
        assert_eq!(told("", ROWS, "!FindInMap [N, prod, Size]"), ["Mapping"]);
        assert_eq!(told("", ROWS, "!FindInMap [M, test, Size, {DefaultValue: 5}]"), ["5"]);
    }

    #[test]
    fn a_parameter_chooses_a_row_under_the_claim_that_it_does() {
        assert_eq!(
            told("Env: {Type: String, AllowedValues: [dev, prod]}", ROWS, "!FindInMap [M, !Ref Env, Size]"),
            ["1 when Env is 'dev'", "10 when Env is 'prod'"]
        );
        assert_eq!(
            told("Env: {Type: String, Default: dev}", ROWS, "!FindInMap [M, !Ref Env, Size]"),
            [
                "10 when Env is 'prod'",
                "1 when Env is 'dev'",
                "NoRow when Env is not 'prod' and Env is not 'dev'"
            ]
        );
        assert_eq!(
            told("Env: {Type: String, AllowedValues: [prod]}", ROWS, "!FindInMap [M, !Ref Env, Size]"),
            ["10"]
        );
    }

    #[test]
    fn rows_that_a_condition_excludes_are_dropped() {
        assert_eq!(
            told(
                "Env: {Type: String, AllowedValues: [dev, prod]}",
                ROWS,
                "!If [IsProd, !FindInMap [M, !Ref Env, Size], none]"
            ),
            ["10 when IsProd is true", "none when IsProd is false"]
        );
    }

    #[test]
    fn the_region_chooses_among_the_rows_and_others() {
        assert_eq!(
            told("", "{eu-west-1: {A: 1}}", "!FindInMap [M, !Ref AWS::Region, A]"),
            ["1 when AWS::Region is 'eu-west-1'", "NoRow when AWS::Region is not 'eu-west-1'"]
        );
    }

    #[test]
    fn many_rows_are_followed_only_if_their_values_are_few() {
        let rows = |value: fn(usize) -> usize| {
            let rows: Vec<String> = (0..30).map(|row| format!("r{row}: {{A: {}}}", value(row))).collect();
            told("", &format!("{{{}}}", rows.join(", ")), "!FindInMap [M, !Ref AWS::Region, A]")
        };
        assert_eq!(rows(|row| row), ["TooMany"]);
        assert_eq!(rows(|row| row % 2).len(), 3);
    }

    #[test]
    fn a_key_may_be_conditional_or_put_together() {
        let env = "Env: {Type: String, AllowedValues: [dev, prod]}, Any: {Type: String, Default: dev}";
        assert_eq!(
            told(env, ROWS, "!FindInMap [M, !If [IsProd, prod, dev], Size]"),
            ["10 when IsProd is true", "1 when IsProd is false"]
        );
        assert_eq!(
            told(env, ROWS, "!FindInMap [!Sub 'M', !Sub '${Env}', !Join ['', [Si, ze]]]"),
            ["1 when Env is 'dev'", "10 when Env is 'prod'"]
        );
        assert_eq!(
            told(env, "{x-dev: {A: 1}, y: {A: 2}}", "!FindInMap [M, !Sub 'x-${Any}', A]"),
            ["1 when Any is 'dev'", "NoRow when Any is not 'dev'"]
        );
        assert_eq!(
            told(env, ROWS, "!FindInMap [M, !If [IsProd, !Ref Env, dev], Size]"),
            ["10 when IsProd is true", "1 when IsProd is false"]
        );
    }

    #[test]
    fn a_default_stands_where_the_key_is_certainly_not_there() {
        assert_eq!(
            told("Env: {Type: String}", "{a: {A: 1}}", "!FindInMap [M, !Ref Env, A, {DefaultValue: 5}]"),
            ["1 when Env is 'a'", "5 when Env is not 'a'"]
        );
        assert_eq!(
            told("", "{a: {A: 1}}", "!FindInMap [M, !ImportValue x, A, {DefaultValue: 5}]"),
            ["Mapping"]
        );
        assert_eq!(told("", "{a: {A: 1}}", "!FindInMap [M, a, !Ref R, {DefaultValue: 5}]"), ["Mapping"]);
        let many: Vec<String> = (0..1000).map(|row| format!("r{row}: {{A: 1}}")).collect();
        assert_eq!(
            told(
                "",
                &format!("{{{}}}", many.join(", ")),
                "!FindInMap [M, !Ref AWS::Region, A, {DefaultValue: 5}]"
            )
            .len(),
            2
        );
    }

    #[test]
    fn a_truth_value_finds_its_row_however_it_is_spelt() {
        assert_eq!(
            told(
                "Env: {Type: String, AllowedValues: [Yes, No]}",
                "{Yes: {A: 1}, 'false': {A: 2}}",
                "!FindInMap [M, !Ref Env, A, {DefaultValue: 5}]"
            ),
            ["1 when Env is 'true'", "2 when Env is 'false'"]
        );
    }

    #[test]
    fn rows_that_a_parameter_does_not_admit_are_no_cases() {
        assert_eq!(
            told("Env: {Type: String, MinLength: 4}", ROWS, "!FindInMap [M, !Ref Env, Size]"),
            ["10 when Env is 'prod'", "NoRow when Env is not 'prod'"]
        );
    }

    #[test]
    fn an_intrinsic_in_a_mapping_is_not_followed() {
        assert_eq!(told("", "{a: {b: !FindInMap [M, a, b]}}", "!FindInMap [M, a, b]"), ["Mapping"]);
    }
}

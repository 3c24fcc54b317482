//! `Fn::FindInMap`: the rows that a key can choose, each under the claim that it does.

use std::slice;

use smallvec::SmallVec;

use crate::names::Name;

use super::NameMap;
use super::alternative::{Alt, Through, Unknown, Val};
use super::condition::Guard;
use super::evaluate::{Cases, is_filled_by_ssm, is_list};
use super::resolve::Resolver;
use super::text::scalar;
use super::value::{Call, Data, ValueId};

/// A key that a look-up can have, with the parameter that it comes through; or why there is none.
type Key = (Guard, Result<(Name, Option<Through>), Unknown>);

/// A value that a look-up can find, with the parameter that its keys come through; or why there is none.
type Found = (Guard, Result<(ValueId, Option<Through>), Unknown>);

impl<'t> Resolver<'t> {
    /// A key that chooses among more rows is not followed, unless its parameter allows fewer.
    const MOST_ROWS: usize = 64;
    /// With both keys unknown.
    const MOST_FOUND: usize = 256;

    /// Adds to `cases` what a look-up can find where `under` holds.
    pub(super) fn look_up(self, id: ValueId, call: &'t Call, under: Guard, cases: &mut Cases) {
        let Call::FindInMap { map, top, second, default } = call else { return };
        let map = self.resolve_under(*map, under);
        let mapping =
            map.only().and_then(|map| self.text(map)).and_then(|text| self.template().names.find(text));
        let stack = self.template().stack_at(self.template().values.origin(id).file);
        let rows = mapping.and_then(|mapping| stack.mappings.get(&mapping));
        let mut found: SmallVec<[Found; 1]> = SmallVec::new();
        for (guard, top) in self.keys(*top, under, rows) {
            let row = top.and_then(|(top, through)| {
                let row = rows.ok_or(Unknown::Mapping)?.get(&top).ok_or(Unknown::NoRow)?;
                Ok((row, through))
            });
            let (row, top_through) = match row {
                Ok(row) => row,
                Err(unknown) => {
                    found.push((guard, Err(unknown)));
                    continue;
                }
            };
            for (guard, second) in self.keys(*second, guard, Some(row)) {
                let value = second.and_then(|(second, second_through)| {
                    let value = *row.get(&second).ok_or(Unknown::NoRow)?;
                    Ok((value, Through::both(top_through, second_through)))
                });
                found.push((guard, value));
            }
            if found.len() > Self::MOST_FOUND {
                return cases.push(under, Alt::Unknown(Unknown::TooMany));
            }
        }
        for (guard, value) in self.by_text(found) {
            match (value, default) {
                (Ok((value, through)), _) => {
                    cases.push(guard, self.cell(value, through.map(Through::decided)));
                }
                (Err(_), Some(default)) => self.collect(*default, guard, cases),
                (Err(unknown), None) => cases.push(guard, Alt::Unknown(unknown)),
            }
        }
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

    /// The keys that a value can be, among those of a row or a mapping.
    fn keys<V>(self, id: ValueId, under: Guard, row: Option<&NameMap<V>>) -> SmallVec<[Key; 1]> {
        let template = self.template();
        let id = self.behind_passed(id);
        if let Data::Call(call) = template.values.data(id)
            && let Call::Ref(name) = **call
            && let Some(texts) = self.texts_of(name)
            && !self.is_decided(name)
        {
            let rows: Vec<Name> = match texts {
                [] => row.into_iter().flat_map(NameMap::keys).copied().collect(),
                texts => texts.to_vec(),
            };
            return self.choices(name, &rows, under);
        }
        let alternatives = self.resolve_under(id, under).alternatives.into_iter();
        let key = |(guard, alt)| match alt {
            Alt::Scalar { text, through, .. } => (guard, Ok((text, through))),
            Alt::Absent { .. }
            | Alt::OneOf { .. }
            | Alt::List(_)
            | Alt::Map(_)
            | Alt::Resource { .. }
            | Alt::Text(_)
            | Alt::Unknown(_) => (guard, Err(Unknown::Mapping)),
        };
        alternatives.map(key).collect()
    }

    /// One case for each text that a term can equal, and one for all others.
    fn choices(self, term: Name, texts: &[Name], under: Guard) -> SmallVec<[Key; 1]> {
        let guards = &self.template().guards;
        let mut keys = SmallVec::new();
        let mut none = under;
        for text in texts.iter().take(Self::MOST_ROWS) {
            let is_text = guards.equal(term, *text);
            let both = guards.and(under, is_text);
            if guards.can_hold(&[(both, true)]) {
                keys.push((both, Ok((*text, None))));
            }
            none = guards.and(none, guards.not(is_text));
        }
        if guards.can_hold(&[(none, true)]) {
            let are_all = texts.len() <= Self::MOST_ROWS;
            keys.push((none, Err(if are_all { Unknown::NoRow } else { Unknown::Mapping })));
        }
        keys
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

    /// Whether the deployment has decided what a name is.
    fn is_decided(self, name: Name) -> bool {
        let template = self.template();
        match template.parameters.get(&name) {
            Some(parameter) => parameter.given.is_some(),
            None => template.pseudo.text(template.names.text(name)).is_some(),
        }
    }

    /// Where there would be too many alternatives, those with the same text become one.
    fn by_text(self, found: SmallVec<[Found; 1]>) -> SmallVec<[Found; 1]> {
        if found.len() <= Val::MOST_ALTERNATIVES {
            return found;
        }
        let template = self.template();
        let text = |value: Result<(ValueId, Option<Through>), Unknown>| {
            value.map(|(value, _)| template.values.text(value))
        };
        let mut merged: SmallVec<[Found; 1]> = SmallVec::new();
        for (guard, value) in found {
            let same =
                merged.iter_mut().find(|(_, other)| text(*other) == text(value) && text(value) != Ok(None));
            match same {
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
    fn an_intrinsic_in_a_mapping_is_not_followed() {
        assert_eq!(told("", "{a: {b: !FindInMap [M, a, b]}}", "!FindInMap [M, a, b]"), ["Mapping"]);
    }
}

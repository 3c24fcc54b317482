//! Resolving a value: what it will be when the template is deployed, as far as the template itself says.

use crate::document::{Scalar, Typed};
use crate::names::Name;

use super::alternative::{Alt, SetBy, Val};
use super::condition::Guard;
use super::declaration::coerced;
use super::evaluate::Cases;
use super::value::ValueId;
use super::{Parameter, Template};

/// Resolves values of one template.
#[derive(Clone, Copy)]
pub(crate) struct Resolver<'t> {
    template: &'t Template,
    defaults: Defaults,
}

/// Whether a parameter is what it is by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defaults {
    Taken,
    Left,
}

impl<'t> Resolver<'t> {
    /// A resolver for `template`.
    pub(crate) fn new(template: &'t Template) -> Self {
        Self { template, defaults: Defaults::Taken }
    }

    /// The same, to which a parameter that is given no value is whatever it allows: a condition holds for some of
    /// its values, whether or not one of them is the default.
    pub(super) fn without_defaults(self) -> Self {
        Self { defaults: Defaults::Left, ..self }
    }

    /// Whether a parameter counts as what it is by default.
    pub(super) fn takes_defaults(self) -> bool {
        self.defaults == Defaults::Taken
    }

    /// What a parameter is set to, and by whom.
    pub(super) fn setting(self, parameter: &Parameter) -> Option<(ValueId, SetBy)> {
        parameter.setting().filter(|(_, by)| self.takes_defaults() || !by.is_overridable())
    }

    /// The template.
    pub(crate) fn template(self) -> &'t Template {
        self.template
    }

    /// What the value will be. Never fails: what cannot be told is [`Alt::Unknown`].
    pub(crate) fn resolve(self, id: ValueId) -> Val {
        self.resolve_under(id, Guard::ALWAYS)
    }

    /// The guard of a resource: its `Condition` and those of the stacks that it is nested in, or
    /// [`Guard::ALWAYS`].
    pub(crate) fn guard_of(self, resource: Name) -> Guard {
        let guards = &self.template.guards;
        let mut guard = Guard::ALWAYS;
        let mut deployed = self.template.resources.get(&resource);
        while let Some(resource) = deployed {
            let own = resource.condition.map_or(Guard::ALWAYS, |name| guards.condition(name));
            guard = guards.and(guard, own);
            let nested = self.template.stack_at(resource.origin.file).nested;
            deployed = nested.and_then(|by| self.template.resources.get(&by.id));
        }
        guard
    }

    /// The claim that a term equals a text: a parameter does not equal what its bounds leave out.
    pub(super) fn equals(self, term: Name, text: Name) -> Guard {
        let Template { guards, names, parameters, .. } = self.template;
        let Some(parameter) = parameters.get(&term) else { return guards.equal(term, text) };
        // `AllowedValues: [Yes]` is compared with 'Yes' and with 'true': either may be what is meant.
        let truth = names.intern(coerced(Scalar { text: names.text(text), is_plain: true }));
        let is_spelt_otherwise = parameter.allowed.contains(&truth) && !parameter.allowed.contains(&text);
        let text = if is_spelt_otherwise { truth } else { text };
        if self.template.admits(term, text) { guards.equal(term, text) } else { Guard::NEVER }
    }

    /// The integer that CloudFormation takes a scalar for: `"30"` is 30.
    pub(super) fn integer(self, alt: &Alt) -> Option<i64> {
        let Alt::Scalar { text, .. } = alt else { return None };
        self.integer_of(*text)
    }

    /// The integer that CloudFormation takes a text for; quotes do not matter.
    pub(super) fn integer_of(self, text: Name) -> Option<i64> {
        match (Scalar { text: self.template.names.text(text), is_plain: true }).typed() {
            Typed::Int(integer) => Some(integer),
            #[expect(clippy::cast_precision_loss, reason = "the bounds are far below 2^53")]
            Typed::Float(float) if float.fract() == 0.0 && float.abs() < (1_i64 << 53) as f64 => {
                Some(float as i64)
            }
            Typed::Float(_) | Typed::Null | Typed::Bool(_) | Typed::Text(_) => None,
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(self, alt: &Alt) -> Option<&'t str> {
        let Alt::Scalar { text, .. } = alt else { return None };
        Some(self.template.names.text(*text))
    }

    /// What is not known is only what holds under `under`.
    pub(super) fn resolve_under(self, id: ValueId, under: Guard) -> Val {
        let mut cases = Cases::default();
        self.collect(id, under, &mut cases);
        cases.into_val(under)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::template::tests::{template, told};

    #[test]
    fn a_parameter_is_what_it_may_be() {
        let sections = "Parameters:\n  Default: {Type: String, Default: x}\n  One: {Type: String, AllowedValues: [x]}\n  Two: {Type: String, AllowedValues: [x, y], Default: x}\n  Free: {Type: Number}\n  Ssm: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}\n  Secret: {Type: String, NoEcho: true, Default: hidden}\n  List: {Type: CommaDelimitedList, Default: 'a, b'}";
        for (name, expected) in [
            ("Default", "x by default of Default"),
            ("One", "x"),
            ("Two", "x or y"),
            ("Free", "any Free"),
            ("Ssm", "any Ssm"),
            ("Secret", "any Secret"),
            ("List", "list"),
        ] {
            assert_eq!(told(sections, &format!("!Ref {name}")), [expected]);
        }
        assert_eq!(told(sections, "!Select [1, !Ref List]"), ["b by default of List"]);
        assert_eq!(told(sections, "!Join ['-', !Ref List]"), ["a-b by default of List"]);
        assert_eq!(told(sections, "!Sub '${Default}${Secret}'"), ["x<any Secret>"]);
    }

    #[test]
    fn a_default_is_shown_where_the_parameter_is_referred_to() {
        for value in ["!Ref A", "!If [C, 1, !Ref A]"] {
            let template = template(&format!(
                "Parameters: {{A: {{Type: Number, Default: '30'}}}}\nConditions: {{C: !Equals [!Ref B, b]}}\nResources: {{R: {{Type: T, Properties: {{P: {value}}}}}}}"
            ));
            let val = Resolver::new(&template).resolve(template.property("R", "P"));
            let Some((_, Alt::Scalar { origin, is_plain: true, .. })) = val.alternatives.last() else {
                panic!("{val:?}")
            };
            assert_eq!(template.sources[0].slice(origin.key), "P");
            assert_eq!(template.sources[0].slice(origin.value), "!Ref A");
        }
    }

    #[test]
    fn references_name_resources_pseudo_parameters_or_nothing() {
        for (value, expected) in [
            ("!Ref R", "<R>"),
            ("!GetAtt R.Arn", "<R.Arn>"),
            ("!Sub '${R.Arn}'", "<R.Arn>"),
            ("!Ref AWS::Region", "any AWS::Region"),
            ("!Ref AWS::NoValue", "absent at P"),
            ("!Ref Nowhere", "undefined Nowhere"),
            ("!GetAtt Nowhere.Arn", "undefined Nowhere"),
            ("!ImportValue x", "Import"),
            ("!Base64 x", "eA=="),
            ("!GetAZs ''", "Zones"),
            ("!GetAZs eu-west-1", "Zones"),
            ("{Fn::Transform: {Name: M}}", "Macro"),
            ("!ToJsonString {a: 1}", "map"),
            ("[a]", "list"),
        ] {
            assert_eq!(told("", value), [expected], "{value}");
        }
    }

    #[test]
    fn texts_are_put_together_as_far_as_they_are_known() {
        for (value, expected) in [
            ("!Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}'", "arn:aws:sqs:<AWS::Region>"),
            ("!Sub ['${A}-b', {A: a}]", "a-b"),
            ("!Join ['/', [a, !Ref R, !Ref AWS::NoValue, !Join ['', [b, c]]]]", "a/<R>/bc"),
            ("!Join ['', []]", ""),
            ("!Join [',', !Split ['-', a-b]]", "a,b"),
            ("!Select [1, [a, b]]", "b"),
            ("!Select ['1', !Split ['-', a-b]]", "b"),
            ("!Select [2, [a, b]]", "Function"),
            ("!Select [1, [!Ref AWS::NoValue, a, b]]", "b"),
            ("!Select [2, !Split ['/', !GetAtt R.Url]]", "<Function><R.Url><Function>"),
            ("!Select [0, !Split ['-', !Ref AWS::StackName]]", "part of AWS::StackName"),
            ("'{{resolve:ssm:/x}}'", "DynamicReference"),
            ("'a{{resolve:ssm:/x}}b'", "a<DynamicReference>b"),
            ("!Sub '${Nowhere}x'", "<undefined Nowhere>x"),
        ] {
            assert_eq!(told("", value), [expected], "{value}");
        }
    }

    #[test]
    fn a_function_is_named_by_the_seventh_part_of_its_arn() {
        let resources = "  F: {Type: 'AWS::Lambda::Function'}
  Alias: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F, Name: live}}
  Version: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !GetAtt F.Arn}}
  Loop: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Select [6, !Split [':', !Ref Loop]]}}
  Queue: {Type: 'AWS::SQS::Queue'}
";
        for (index, of, expected) in [
            (6, "!Ref Alias", "<F>"),
            (6, "!Ref Version", "<F>"),
            (6, "!GetAtt F.Arn", "<F>"),
            (7, "!Ref Alias", "<Function><Alias><Function>"),
            (6, "!Ref Loop", "<Function><Loop><Function>"),
            (6, "!GetAtt Queue.Arn", "<Function><Queue.Arn><Function>"),
        ] {
            let name = format!("!Select [{index}, !Split [':', {of}]]");
            let template =
                template(&format!("Resources:\n{resources}  R: {{Type: T, Properties: {{P: {name}}}}}\n"));
            assert_eq!(template.told("R", "P"), [expected], "{name}");
        }
    }

    const CONDITIONS: &str = "Parameters: {Env: {Type: String}}\nConditions:\n  A: !Equals [!Ref Env, a]\n  B: !Equals [!Ref Env, b]\n  C: !Equals [!Ref Other, c]";

    #[test]
    fn branches_are_alternatives_under_their_conditions() {
        assert_eq!(told(CONDITIONS, "!If [A, 1, 2]"), ["1 when A is true", "2 when A is false"]);
        assert_eq!(
            told(CONDITIONS, "!If [A, 1, !If [C, 2, !Ref AWS::NoValue]]"),
            [
                "1 when A is true",
                "2 when A is false and C is true",
                "absent at P when A is false and C is false"
            ]
        );
    }

    #[test]
    fn branches_that_cannot_be_are_dropped() {
        assert_eq!(told(CONDITIONS, "!If [A, !If [B, 1, 2], 3]"), ["2 when A is true", "3 when A is false"]);
        assert_eq!(
            told(CONDITIONS, "!Sub ['${X}${Y}', {X: !If [A, 1, 2], Y: !If [B, 1, 2]}]"),
            ["12 when A is true", "21 when B is true", "22 when A is false and B is false"]
        );
    }

    #[test]
    fn two_hundred_nested_branches_are_resolved_in_time() {
        for is_first in [true, false] {
            let nested = (0..200).fold("x".to_owned(), |inner, n| {
                if is_first {
                    format!("!If [C{n}, {inner}, y{n}]")
                } else {
                    format!("!If [C{n}, y{n}, {inner}]")
                }
            });
            let text = format!("Resources:\n  R:\n    Type: T\n    Properties:\n      P: {nested}\n");
            let template = template(&text);
            let start = Instant::now();
            assert_eq!(template.told("R", "P"), ["TooMany"]);
            assert!(start.elapsed() < Duration::from_millis(500));
        }
    }

    #[test]
    fn texts_that_multiply_are_cut_off() {
        let nested = (0..12).fold("0123456789".to_owned(), |inner, _| {
            format!("!Sub ['{}', {{X: {inner}}}]", "${X}".repeat(10))
        });
        let text = format!(
            "Resources:\n  R:\n    Type: T\n    Properties:\n      P: {nested}\nConditions:\n  C: !Equals [{nested}, x]\n"
        );
        let start = Instant::now();
        let told = template(&text).told("R", "P");
        assert!(told.len() == 1 && told[0].contains("TooMany") && told[0].len() < 1 << 20);
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn numbers_are_read_through_their_quotes() {
        let template = template(
            "Resources:\n  R:\n    Type: T\n    Properties: {A: '30', B: 30, C: '30.0', D: thirty, E: [1]}\n",
        );
        let resolver = Resolver::new(&template);
        let alt = |property| resolver.resolve(template.property("R", property)).only().unwrap().clone();
        assert_eq!(
            ["A", "B", "C", "D", "E"].map(|it| resolver.integer(&alt(it))),
            [Some(30), Some(30), Some(30), None, None]
        );
    }

    #[test]
    fn a_resource_exists_where_its_condition_holds() {
        let template = template(
            "Conditions: {A: !Equals [!Ref X, a]}\nResources: {R: {Type: T, Condition: A}, S: {Type: T}}",
        );
        let resolver = Resolver::new(&template);
        let name = |text| template.names.intern(text);
        assert_eq!(resolver.guard_of(name("R")), template.guards.condition(name("A")));
        assert_eq!(resolver.guard_of(name("S")), Guard::ALWAYS);
    }
}

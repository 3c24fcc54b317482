//! What is given for a deployment: values of parameters and the region, which together say what a template
//! leaves open.

use std::collections::BTreeMap;

use crate::document::{Scalar, Typed};
use crate::names::{Name, Names};
use crate::spelling;

use super::Template;
use super::declaration::coerced;
use super::evaluate::{is_filled_by_ssm, is_list};
use super::value::Data;

/// What is given for one template. It cannot be printed, since a value may be a secret: only the template says
/// which are (`NoEcho`), and it never takes those in.
#[derive(Default)]
pub(crate) struct Deployment {
    parameters: BTreeMap<String, String>,
    region: Option<String>,
}

impl Deployment {
    /// A deployment into a region, with the texts of parameters by their names; the items of a list stand between
    /// commas.
    pub(crate) fn new(parameters: BTreeMap<String, String>, region: Option<String>) -> Self {
        Self { parameters, region }
    }

    /// What is given for another part of the same template as well.
    pub(crate) fn add(&mut self, other: Self) {
        self.parameters.extend(other.parameters);
        self.region = self.region.take().or(other.region);
    }

    /// The same place for another stack, whose parameters have nothing to do with these.
    pub(crate) fn elsewhere(&self) -> Self {
        Self { parameters: BTreeMap::new(), region: self.region.clone() }
    }

    /// The text that a parameter is given, where it may be known: what SSM fills in has only its name here, and
    /// a secret is nobody's to see.
    pub(super) fn value(&self, name: &str, type_name: &str, is_secret: bool) -> Option<Scalar<'_>> {
        let text = self.parameters.get(name).filter(|_| !is_secret && !is_filled_by_ssm(type_name))?;
        Some(Scalar { text, is_plain: is_number_or_truth(text) })
    }

    /// The values that are given and that `AllowedValues` do not have, each in a line that can be told.
    pub(crate) fn refused(&self, template: &Template) -> Vec<String> {
        let text = |name: &Name| template.names.text(*name);
        let mut refused = Vec::new();
        for (name, parameter) in &template.parameters {
            let (name, type_name) = (text(name), text(&parameter.type_name));
            let allowed: Vec<&str> = parameter.allowed.iter().map(text).collect();
            let Some(given) = self.parameters.get(name) else { continue };
            if allowed.is_empty() || is_filled_by_ssm(type_name) {
                continue;
            }
            let mut texts: Vec<&str> =
                if is_list(type_name) { given.split(',').map(str::trim).collect() } else { vec![given] };
            // `AllowedValues: [Yes]` may mean 'Yes' and 'true'.
            let coerced = |text| coerced(Scalar { text, is_plain: true });
            texts.retain(|text| !allowed.contains(text) && !allowed.contains(&coerced(text)));
            let Some(odd) = texts.first() else { continue };
            refused.push(if parameter.is_secret {
                format!("parameter '{name}' is given a value that is not among its AllowedValues")
            } else {
                let hint = spelling::hint(spelling::nearest(odd, allowed));
                let odd = shortened(odd);
                format!("parameter '{name}' is given '{odd}', which is not among its AllowedValues{hint}")
            });
        }
        refused
    }
}

/// A given value is a text. One that spells a number or a truth value is taken for it, as `Default` is.
fn is_number_or_truth(text: &str) -> bool {
    match (Scalar { text, is_plain: true }).typed() {
        Typed::Int(_) | Typed::Float(_) => true,
        Typed::Bool(_) => matches!(text, "true" | "false"),
        Typed::Null | Typed::Text(_) => false,
    }
}

/// Enough of a value to know it by, in one line.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The texts of the pseudo parameters that a region decides.
pub(crate) struct Pseudo {
    region: Option<Name>,
    partition: Name,
    url_suffix: Name,
}

impl Pseudo {
    /// Without a region the partition is `aws`.
    pub(super) fn of(deployment: &Deployment, names: &Names) -> Self {
        let region = deployment.region.as_deref();
        let partition = region.map_or(&AWS, partition_of);
        Self {
            region: region.map(|region| names.intern(region)),
            partition: names.intern(partition.name),
            url_suffix: names.intern(partition.url_suffix),
        }
    }

    /// The text of `AWS::Region`, `AWS::Partition` or `AWS::URLSuffix`, if it is known.
    pub(super) fn text(&self, name: &str) -> Option<&Name> {
        match name {
            "AWS::Region" => self.region.as_ref(),
            "AWS::Partition" => Some(&self.partition),
            "AWS::URLSuffix" => Some(&self.url_suffix),
            _ => None,
        }
    }
}

impl Template {
    /// What is given for a parameter, `AWS::Region` among them.
    pub(crate) fn given(&self, parameter: Name) -> Option<Scalar<'_>> {
        let Some(parameter) = self.parameters.get(&parameter) else {
            let is_region = self.names.text(parameter) == "AWS::Region";
            return self.region().filter(|_| is_region).map(|text| Scalar { text, is_plain: false });
        };
        match self.values.data(parameter.given?) {
            Data::Scalar { text, is_plain } => {
                Some(Scalar { text: self.names.text(*text), is_plain: *is_plain })
            }
            Data::List(_) | Data::Map(_) | Data::Call(_) => None,
        }
    }

    /// The region that it is deployed to, if one is given.
    pub(crate) fn region(&self) -> Option<&str> {
        self.pseudo.region.map(|region| self.names.text(region))
    }

    /// The partition that it is deployed to.
    pub(crate) fn partition(&self) -> &str {
        self.names.text(self.pseudo.partition)
    }

    /// Whether API Gateway has edge-optimized endpoints there: in `aws` and nowhere else.
    pub(crate) fn has_edge_endpoints(&self) -> bool {
        self.partition() == AWS.name
    }
}

/// A group of regions, with the end of its services' domains.
struct Partition {
    name: &'static str,
    url_suffix: &'static str,
    /// What the names of its regions start with.
    prefixes: &'static [&'static str],
}

const AWS: Partition = Partition { name: "aws", url_suffix: "amazonaws.com", prefixes: &[] };

/// The others, from the endpoint data that AWS's SDKs carry (botocore's `partitions.json`).
const OTHERS: &[Partition] = &[
    Partition { name: "aws-cn", url_suffix: "amazonaws.com.cn", prefixes: &["cn-"] },
    Partition { name: "aws-us-gov", url_suffix: "amazonaws.com", prefixes: &["us-gov-"] },
    Partition { name: "aws-iso", url_suffix: "c2s.ic.gov", prefixes: &["us-iso-"] },
    Partition { name: "aws-iso-b", url_suffix: "sc2s.sgov.gov", prefixes: &["us-isob-"] },
    Partition { name: "aws-iso-e", url_suffix: "cloud.adc-e.uk", prefixes: &["eu-isoe-"] },
    Partition { name: "aws-iso-f", url_suffix: "csp.hci.ic.gov", prefixes: &["us-isof-", "eu-isof-"] },
    Partition { name: "aws-eusc", url_suffix: "amazonaws.eu", prefixes: &["eusc-"] },
];

fn partition_of(region: &str) -> &'static Partition {
    let is_of = |partition: &&Partition| partition.prefixes.iter().any(|prefix| region.starts_with(prefix));
    OTHERS.iter().find(is_of).unwrap_or(&AWS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::tests::read_for;
    use crate::template::{Alt, Resolver};

    fn deployment(given: &[(&str, &str)], region: Option<&str>) -> Deployment {
        let parameters = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Deployment::new(parameters.collect(), region.map(str::to_owned))
    }

    const SECTIONS: &str = "Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
  Size: {Type: Number, Default: 5}
  Free: {Type: String}
  Slow: {Type: Number, MinValue: 60}
  Truth: {Type: String, AllowedValues: [Yes, No]}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
  Ports: {Type: List<Number>}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}
  Secret: {Type: String, NoEcho: true, Default: hidden, AllowedValues: [hidden, sesame]}
Mappings: {M: {prod: {Size: 10}, dev: {Size: 1}, eu-west-1: {Size: 2}}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsFirst: !Equals [!Select [0, !Ref Zones], x]
  IsQuick: !Equals [!Ref Slow, 30]
  IsBig: !Equals [!Sub '${Env}-${Size}', prod-9]
  IsHidden: !Equals [!Ref Secret, sesame]
  IsHere: !Equals [!Ref AWS::Region, eu-west-1]
  IsChina: !Equals [!Ref AWS::Partition, aws-cn]
";

    const GIVEN: &[(&str, &str)] = &[
        ("Env", "prod"),
        ("Size", "9"),
        ("Free", "true"),
        ("Zones", "x, y"),
        ("Ports", "80,443"),
        ("Stored", "sesame"),
        ("Secret", "sesame"),
    ];

    fn template(value: &str, given: &[(&str, &str)], region: Option<&str>) -> Template {
        let text = format!("{SECTIONS}Resources:\n  R:\n    Type: T\n    Properties:\n      P: {value}\n");
        read_for(&text, &deployment(given, region)).0
    }

    fn told(value: &str, given: &[(&str, &str)], region: Option<&str>) -> Vec<String> {
        template(value, given, region).told("R", "P")
    }

    #[test]
    fn what_is_given_beats_defaults_and_allowed_values() {
        for (value, expected) in [
            ("!Ref Env", "prod as given for Env"),
            ("!Ref Size", "9 as given for Size"),
            ("!Ref Free", "true as given for Free"),
            ("!Sub '${Env}-x'", "prod-x as given for Env"),
            ("!Select [1, !Ref Zones]", "y as given for Zones"),
            ("!Join ['-', !Ref Ports]", "80-443 as given for Ports"),
            ("!FindInMap [M, !Ref Env, Size]", "10 as given for Env"),
            ("!If [IsProd, 1, 2]", "1"),
            ("!If [IsFirst, 1, 2]", "1"),
            ("!If [IsBig, 1, 2]", "1"),
        ] {
            assert_eq!(told(value, GIVEN, None), [expected], "{value}");
        }
    }

    #[test]
    fn a_value_that_is_not_allowed_counts_all_the_same() {
        assert_eq!(told("!If [IsProd, 1, 2]", &[("Env", "test")], None), ["2"]);
        assert_eq!(told("!FindInMap [M, !Ref Env, Size]", &[("Env", "test")], None), ["NoRow"]);
    }

    #[test]
    fn a_value_that_is_out_of_bounds_counts_all_the_same() {
        let quick = &[("Slow", "30")];
        assert_eq!(told("!Ref Slow", quick, None), ["30 as given for Slow"]);
        assert_eq!(told("!If [IsQuick, 1, 2]", quick, None), ["1"]);
        assert_eq!(told("!If [IsQuick, 1, 2]", &[], None), ["2"]);
        let has_bounds = |given| {
            let template = template("x", given, None);
            template.bounds(template.names.intern("Slow")).is_some()
        };
        assert!(has_bounds(&[]) && !has_bounds(quick), "what is known needs none");
    }

    #[test]
    fn a_list_is_the_one_that_is_given() {
        for (value, given, by_default) in [
            ("!Ref Zones", "list", "list"),
            ("!Select [2, !Ref Zones]", "z as given for Zones", "Function"),
            ("!Length {Ref: Zones}", "3 as given for Zones", "2 by default of Zones"),
            ("!Select [!Length {Ref: Zones}, [a, b, c, d]]", "d as given for Zones", "c by default of Zones"),
            // A list cannot say what it rests on: only what may be overridden has to.
            ("!Select [!Length {Ref: Zones}, [a, b, [c], [d]]]", "list", "part of Zones"),
            ("!Cidr [10.0.0.0/16, !Length {Ref: Zones}, 8]", "list", "Function"),
            ("!FindInMap [M, !Select [0, !Ref Zones], Size]", "1 as given for Zones", "Mapping"),
        ] {
            assert_eq!(told(value, &[("Zones", "dev, y, z")], None), [given], "{value}");
            assert_eq!(told(value, &[], None), [by_default], "{value}");
        }
    }

    #[test]
    fn what_rests_on_a_default_too_stays_overridable() {
        assert_eq!(told("!Sub '${Env}-${Size}'", &[("Env", "prod")], None), ["prod-5 by default of Size"]);
        assert_eq!(told("!If [IsBig, 1, 2]", &[("Env", "prod")], None).len(), 2);
    }

    #[test]
    fn a_number_and_a_truth_value_are_what_they_spell_and_the_rest_is_text() {
        for (text, is_plain) in
            [("30", true), ("false", true), ("", false), ("null", false), ("on", false), ("0123", false)]
        {
            let template = template("!Ref Free", &[("Free", text)], None);
            let val = Resolver::new(&template).resolve(template.property("R", "P"));
            let Some(Alt::Scalar { is_plain: found, .. }) = val.only() else { panic!("{val:?}") };
            assert_eq!(*found, is_plain, "{text}");
        }
    }

    #[test]
    fn secrets_and_what_ssm_fills_in_are_never_taken_in() {
        for value in ["!Ref Stored", "!Ref Secret", "!Sub '${Secret}${Stored}'", "!If [IsHidden, 1, 2]"] {
            let template = template(value, GIVEN, None);
            let told = template.told("R", "P");
            assert_eq!(told, self::told(value, &[], None), "{value}");
            let secret = &template.parameters[&template.names.intern("Secret")];
            assert!(secret.given.is_none() && template.given(template.names.intern("Stored")).is_none());
        }
    }

    #[test]
    fn a_region_decides_its_partition() {
        for (region, partition, suffix, has_edge) in [
            (None, "aws", "amazonaws.com", true),
            (Some("eu-west-1"), "aws", "amazonaws.com", true),
            (Some("cn-north-1"), "aws-cn", "amazonaws.com.cn", false),
            (Some("us-gov-west-1"), "aws-us-gov", "amazonaws.com", false),
            (Some("us-iso-east-1"), "aws-iso", "c2s.ic.gov", false),
            (Some("us-isob-east-1"), "aws-iso-b", "sc2s.sgov.gov", false),
            (Some("eu-isoe-west-1"), "aws-iso-e", "cloud.adc-e.uk", false),
            (Some("us-isof-south-1"), "aws-iso-f", "csp.hci.ic.gov", false),
            (Some("eusc-de-east-1"), "aws-eusc", "amazonaws.eu", false),
        ] {
            let template = template("!Ref AWS::URLSuffix", &[], region);
            assert_eq!((template.partition(), template.has_edge_endpoints()), (partition, has_edge));
            assert!(template.told("R", "P")[0].starts_with(suffix), "{region:?}");
        }
    }

    #[test]
    fn a_region_decides_conditions_and_rows() {
        let here = Some("eu-west-1");
        assert_eq!(told("!If [IsHere, 1, 2]", &[], here), ["1"]);
        assert_eq!(told("!If [IsHere, 1, 2]", &[], Some("eu-west-2")), ["2"]);
        assert_eq!(told("!If [IsHere, 1, 2]", &[], None).len(), 2);
        assert_eq!(told("!If [IsChina, 1, 2]", &[], None), ["2"]);
        assert_eq!(told("!If [IsChina, 1, 2]", &[], Some("cn-north-1")), ["1"]);
        assert_eq!(told("!FindInMap [M, !Ref AWS::Region, Size]", &[], here), ["2 as given for AWS::Region"]);
        assert_eq!(told("!Sub 'a:${AWS::Partition}:${AWS::Region}'", &[], None), ["a:aws:<AWS::Region>"]);
    }

    #[test]
    fn loops_run_over_what_is_given() {
        let text = "Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}, Secrets: {Type: CommaDelimitedList, NoEcho: true}}
Resources:
  Fn::ForEach::A: [Name, !Ref Names, {'A${Name}': {Type: T}}]
  Fn::ForEach::B: [Name, !Ref Secrets, {'B${Name}': {Type: T}}]
  Fn::ForEach::C: [Name, [!Ref AWS::Region], {'C&{Name}': {Type: T}}]
";
        let given = [("Names", "x, y"), ("Secrets", "sesame")];
        let (template, _) = read_for(text, &deployment(&given, Some("eu-west-1")));
        let ids: Vec<&str> = template.resources.keys().map(|id| template.names.text(*id)).collect();
        assert_eq!(ids, ["Ax", "Ay", "Ceuwest1"]);
    }

    #[test]
    fn a_value_that_is_not_allowed_is_told_and_a_secret_is_not_shown() {
        let refused = |given: &[(&str, &str)]| {
            let template = template("x", &[], None);
            deployment(given, None).refused(&template)
        };
        assert_eq!(refused(&[("Env", "dev"), ("Free", "x"), ("Secret", "sesame")]), Vec::<String>::new());
        assert!(refused(&[("Truth", "Yes")]).is_empty() && refused(&[("Truth", "true")]).is_empty());
        assert_eq!(
            refused(&[("Env", "prd")]),
            ["parameter 'Env' is given 'prd', which is not among its AllowedValues; did you mean 'prod'?"]
        );
        assert_eq!(
            refused(&[("Secret", "hidde")]),
            ["parameter 'Secret' is given a value that is not among its AllowedValues"]
        );
        let long = "x".repeat(1000);
        assert!(refused(&[("Env", &long)])[0].len() < 200);
    }
}

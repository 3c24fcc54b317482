//! Bounds are what the declaration of a parameter says of every value that it can have.

use std::cell::OnceCell;

use fancy_regex::{Regex, RegexBuilder};

use crate::names::Name;

use super::evaluate::{is_filled_by_ssm, is_list};
use super::{Alt, Parameter, Template, Unknown};

/// `MinValue`, `MaxValue`, `MinLength`, `MaxLength` and `AllowedPattern`, as far as they are declared.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bounds {
    /// `MinValue`.
    pub least: Option<f64>,
    /// `MaxValue`.
    pub most: Option<f64>,
    /// `MinLength`, in characters.
    pub min_length: Option<usize>,
    /// `MaxLength`, in characters.
    pub max_length: Option<usize>,
    /// `AllowedPattern`.
    pub pattern: Option<Pattern>,
}

/// A regular expression that is compiled when it is first asked.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    compiled: OnceCell<Option<Regex>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Template {
    /// What is certain of every value of a parameter; nothing for one that is given or passed a value, that is a
    /// list or that SSM fills, whose declaration is about the names of values, and for one whose own default is out
    /// of bounds.
    pub(crate) fn bounds(&self, parameter: Name) -> Option<&Bounds> {
        let Parameter { type_name, default, given, bounds, passed, .. } = self.parameters.get(&parameter)?;
        let type_name = self.names.text(*type_name);
        if given.is_some() || passed.is_some() || is_list(type_name) || is_filled_by_ssm(type_name) {
            return None;
        }
        let default = default.and_then(|default| self.values.text(default));
        let is_sound = default.is_none_or(|default| bounds.admits(self.names.text(default)));
        Some(bounds).filter(|_| is_sound)
    }

    /// Whether a parameter can be a text: a `Number` is one that spells a number, and all are within their bounds.
    pub(super) fn admits(&self, parameter: Name, text: Name) -> bool {
        let Some(bounds) = self.bounds(parameter) else { return true };
        let is_number = |text: Name| self.names.text(text).trim().parse::<f64>().is_ok();
        let declared = &self.parameters[&parameter];
        // A default that is no number shows that not all of them have to be.
        let default = declared.default.and_then(|default| self.values.text(default));
        let are_numbers = self.names.text(declared.type_name) == "Number" && default.is_none_or(is_number);
        (!are_numbers || is_number(text)) && bounds.admits(self.names.text(text))
    }

    /// What a parameter is without a default: one of the values that it allows, or unknown.
    pub(super) fn one_of(&self, name: Name) -> Alt {
        let is_known = |parameter: &&Parameter| {
            let type_name = self.names.text(parameter.type_name);
            !parameter.is_secret && !is_filled_by_ssm(type_name) && !is_list(type_name)
        };
        match self.parameters.get(&name).filter(is_known) {
            Some(Parameter { allowed, .. }) if !allowed.is_empty() => {
                Alt::OneOf { parameter: name, values: allowed.clone() }
            }
            _ => Alt::Unknown(Unknown::Parameter(name)),
        }
    }
}

impl Bounds {
    /// Whether a text may be within the bounds: a text of which that is not certain may be.
    fn admits(&self, text: &str) -> bool {
        let number = text.trim().parse::<f64>().ok();
        let is_out = |number: f64| {
            self.least.is_some_and(|least| number < least) || self.most.is_some_and(|most| number > most)
        };
        if number.is_some_and(is_out) {
            return false;
        }
        // How CloudFormation counts and matches other characters is not said.
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return true;
        }
        self.min_length.is_none_or(|min| text.len() >= min)
            && self.max_length.is_none_or(|max| text.len() <= max)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.may_match(text))
    }
}

impl Pattern {
    /// A pattern that tries more ways to match a text than these may match it.
    const MOST_STEPS: usize = 10_000;

    /// The pattern of a text.
    pub(super) fn new(text: String) -> Self {
        Self { text, compiled: OnceCell::new() }
    }

    /// Whether the pattern may match a text, which it has to match as a whole. A pattern that could mean something else in
    /// Java may match anything.
    fn may_match(&self, text: &str) -> bool {
        let build = || {
            let whole = format!("^(?:{})$", self.text);
            RegexBuilder::new(&whole).backtrack_limit(Self::MOST_STEPS).build().ok()
        };
        let compile = || is_plain(&self.text).then(build).flatten();
        let regex = self.compiled.get_or_init(compile).as_ref();
        regex.is_none_or(|regex| regex.is_match(text).unwrap_or(true))
    }
}

/// Whether a pattern has only what Java and we read alike for ASCII texts: `\h`, `\Z`, `a++`, `[a[b]]` and `(?i)`
/// are not among it.
fn is_plain(pattern: &str) -> bool {
    let mut characters = pattern.chars().peekable();
    let mut is_in_class = false;
    let mut is_after_repetition = false;
    while let Some(character) = characters.next() {
        let mut is_repetition = false;
        match character {
            '\\' => match characters.next() {
                Some('d' | 'D' | 's' | 'S' | 'w' | 'W') => {}
                Some(escaped) if escaped.is_ascii_punctuation() => {}
                Some(_) | None => return false,
            },
            '[' if is_in_class => return false,
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '&' | '-' | '~' if is_in_class && characters.peek() == Some(&character) => return false,
            '(' if !is_in_class && characters.peek() == Some(&'?') => {
                characters.next();
                if !matches!(characters.next(), Some(':' | '=' | '!')) {
                    return false;
                }
            }
            '+' if is_after_repetition => return false,
            '*' | '+' | '?' | '}' if !is_in_class => is_repetition = true,
            ' '..='~' => {}
            _ => return false,
        }
        is_after_repetition = is_repetition;
    }
    !is_in_class
}

#[cfg(test)]
mod tests {
    use crate::template::Guard;
    use crate::template::tests::template;

    /// Whether a parameter of this declaration may be a text.
    fn may_be(declaration: &str, text: &str) -> bool {
        let template = template(&format!(
            "Parameters: {{P: {{{declaration}}}}}\nConditions: {{Is: !Equals [!Ref P, '{text}']}}\nResources: {{}}\n"
        ));
        template.guards.condition(template.names.intern("Is")) != Guard::NEVER
    }

    #[test]
    fn a_parameter_is_not_what_its_bounds_leave_out() {
        for (declaration, inside, outside) in [
            ("Type: String, MinLength: 1", "x", ""),
            ("Type: String, MaxLength: 3", "abc", "abcd"),
            ("Type: Number, MinValue: 60", "60", "30"),
            ("Type: Number, MaxValue: 60", "6e1", "61"),
            ("Type: Number", "-6.5", "prod"),
            ("Type: Number, Default: 30", "0", ""),
            ("Type: String, AllowedPattern: '^[a-z]+$'", "dev", ""),
            ("Type: String, AllowedPattern: '^(arn:aws:.+|[\\w.-]{2,5})$'", "ab", "a"),
            ("Type: String, AllowedPattern: '.+', Default: dev", "prod", ""),
            ("Type: String, AllowedPattern: 'dev|test'", "test", "tests"),
        ] {
            assert!(may_be(declaration, inside), "{declaration}: {inside}");
            assert!(!may_be(declaration, outside), "{declaration}: {outside}");
        }
    }

    #[test]
    fn a_pattern_that_tries_ever_more_is_given_up_in_time() {
        let started = std::time::Instant::now();
        for length in 30..130 {
            let text = format!("{}!", "a".repeat(length));
            assert!(may_be("Type: String, AllowedPattern: '((?=a)a*)*x'", &text));
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(2));
    }

    #[test]
    fn bounds_that_are_not_certain_leave_nothing_out() {
        for (declaration, text) in [
            // The default shows that they do not mean what they seem to.
            ("Type: String, MinLength: 1, Default: ''", ""),
            ("Type: Number, MinValue: 60, Default: 30", "40"),
            ("Type: Number, Default: none", "prod"),
            // What SSM fills in is another text than the one that is declared, and a list is several.
            ("Type: 'AWS::SSM::Parameter::Value<String>', MinLength: 5", "x"),
            ("Type: CommaDelimitedList, AllowedPattern: '^[a-z]$'", "a,b"),
            // Java reads these otherwise.
            ("Type: String, AllowedPattern: '^a\\h$'", "a b"),
            ("Type: String, AllowedPattern: '^(?i)abc$'", "ABC"),
            ("Type: String, AllowedPattern: '^a++$'", "b"),
            ("Type: String, AllowedPattern: '^[a[b]]$'", "b"),
            ("Type: String, AllowedPattern: '^(($'", "b"),
            ("Type: String, AllowedPattern: '^\\W$'", "é"),
            // They are of no use for this type.
            ("Type: String, MinValue: 60", "30"),
            ("Type: Number, MinLength: 5", "30"),
        ] {
            assert!(may_be(declaration, text), "{declaration}: {text}");
        }
    }
}

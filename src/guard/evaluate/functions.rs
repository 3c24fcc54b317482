//! What functions compute. Each maps over the values of its first argument and drops those that it has no use for;
//! from what is not known it computes what is not known.

use std::cell::OnceCell;
use std::time::{SystemTime, UNIX_EPOCH};

use smallvec::smallvec;

use super::epoch::epoch_seconds;
use super::value::{Made, Reached, Results, Shape, Text, Value, What};
use super::{Evaluator, Outcome, Run, RunError, Stop};
use crate::document::Document;
use crate::guard::ast::FunctionCall;
use crate::guard::functions::{Calculation, Conversion, Function};
use crate::guard::load::add_document;
use crate::guard::tree::{Node, NodeId, Place};

/// What a function makes of one value: nothing if it is of no use.
type Mapped<'a> = Outcome<Option<Value<'a>>>;

impl<'a> Run<'_, 'a> {
    /// The results of a call.
    pub(super) fn function(&mut self, call: &'a FunctionCall) -> Outcome<Results<'a>> {
        let mut arguments = call.arguments.iter();
        let mut next =
            |run: &mut Self| arguments.next().map_or_else(|| Ok(Results::new()), |a| run.operand(a));
        match call.function {
            Function::Now => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
                Ok(made(Made::Int(i64::try_from(now).unwrap_or(i64::MAX))))
            }
            Function::Count => {
                let values = next(self)?;
                Ok(made(self.counted(&values)))
            }
            Function::Sum => {
                let values = next(self)?;
                Ok(self.summed(&values))
            }
            Function::Join => {
                let (values, separator) = (next(self)?, next(self)?);
                self.joined(&values, &separator)
            }
            Function::RegexReplace => {
                let (values, pattern, replacement) = (next(self)?, next(self)?, next(self)?);
                self.replaced(&values, &pattern, &replacement)
            }
            Function::Substring => {
                let (values, from, to) = (next(self)?, next(self)?, next(self)?);
                self.cut(&values, &from, &to)
            }
            Function::Convert(conversion) => {
                let values = next(self)?;
                self.mapped(&values, |run, value| run.converted(conversion, value))
            }
            Function::Calculate(calculation) => {
                let (left, right) = (next(self)?, next(self)?);
                Ok(self.calculated(calculation, &left, &right))
            }
        }
    }

    fn counted(&mut self, values: &[Reached<'a>]) -> Made {
        let mut count = 0;
        for reached in values {
            if reached.is_possible || matches!(reached.what, What::Undetermined(_)) {
                return Made::Unknown;
            }
            if let Some(value) = reached.found() {
                self.read(value);
                count += 1;
            }
        }
        Made::Int(count)
    }

    /// The sum; unknown where it is not known whether a value is one of them.
    fn summed(&mut self, values: &[Reached<'a>]) -> Results<'a> {
        let mut sum = made(Made::Int(0));
        for reached in values {
            if reached.is_possible {
                return made(Made::Unknown);
            }
            let next = self.calculated(Calculation::Add, &sum, std::slice::from_ref(reached));
            // What is missing, or no number, adds nothing.
            if !next.is_empty() {
                sum = next;
            }
        }
        sum
    }

    fn mapped(
        &mut self,
        values: &[Reached<'a>],
        map: impl Fn(&mut Self, Value<'a>) -> Mapped<'a>,
    ) -> Outcome<Results<'a>> {
        let mut results = Results::new();
        for reached in values {
            let value = match (reached.what, reached.found()) {
                (What::Undetermined(_), _) => Some(Value::Made(Made::Unknown)),
                (_, None) => None,
                (_, Some(value)) => {
                    self.read(value);
                    if self.shape(value).is_unknown() {
                        Some(Value::Made(Made::Unknown))
                    } else {
                        map(self, value)?
                    }
                }
            };
            let result = |value| Reached::new(What::Value(value), reached.is_possible);
            results.extend(value.map(result));
        }
        Ok(results)
    }

    fn converted(&mut self, conversion: Conversion, value: Value<'a>) -> Mapped<'a> {
        let shape = self.shape(value);
        if let Shape::Text(text) = shape {
            return self.converted_text(conversion, text);
        }
        let digit = |value: char| value.to_digit(10).ok_or(Stop::Unevaluatable);
        let converted = match (conversion, shape) {
            (Conversion::ParseBoolean, Shape::Bool(value)) => Made::Bool(value),
            (Conversion::ParseChar, Shape::Int(value)) => {
                let digit = u32::try_from(value).ok().and_then(|digit| char::from_digit(digit, 10));
                Made::Char(digit.ok_or(Stop::Unevaluatable)?)
            }
            (Conversion::ParseFloat, Shape::Int(_) | Shape::Float(_)) => match shape.fraction() {
                Some(value) => Made::Float(value),
                None => return Ok(None),
            },
            (Conversion::ParseFloat, Shape::Char(value)) => Made::Float(f64::from(digit(value)?)),
            (Conversion::ParseInt, Shape::Int(value)) => Made::Int(value),
            (Conversion::ParseInt, Shape::Float(value)) => Made::Int(value as i64),
            (Conversion::ParseInt, Shape::Char(value)) => Made::Int(i64::from(digit(value)?)),
            (Conversion::ParseString, Shape::Int(value)) => {
                return Ok(Some(self.made_text(&value.to_string())));
            }
            (Conversion::ParseString, Shape::Float(value)) => {
                return Ok(Some(self.made_text(&value.to_string())));
            }
            (Conversion::ParseString, Shape::Bool(value)) => {
                return Ok(Some(self.made_text(&value.to_string())));
            }
            (Conversion::ParseString | Conversion::ParseChar, Shape::Char(value)) => {
                return Ok(Some(self.made_text(&value.to_string())));
            }
            _ => return Ok(None),
        };
        Ok(Some(Value::Made(converted)))
    }

    fn converted_text(&mut self, conversion: Conversion, written: Text) -> Mapped<'a> {
        let text = self.text(written);
        let converted = match conversion {
            Conversion::ToLower => self.made_text(&text.to_lowercase()),
            Conversion::ToUpper => self.made_text(&text.to_uppercase()),
            Conversion::ParseString => self.made_text(text),
            Conversion::UrlDecode => match percent_decoded(text) {
                Some(decoded) => self.made_text(&decoded),
                None => return Ok(None),
            },
            Conversion::ParseInt => Value::Made(Made::Int(text.parse().map_err(|_| Stop::Unevaluatable)?)),
            Conversion::ParseFloat => {
                Value::Made(Made::Float(text.parse().map_err(|_| Stop::Unevaluatable)?))
            }
            Conversion::ParseBoolean => {
                let text = text.to_lowercase();
                Value::Made(Made::Bool(text.parse().map_err(|_| Stop::Unevaluatable)?))
            }
            Conversion::ParseChar => {
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    // cfn-guard counts bytes.
                    (Some(only), None) if only.is_ascii() || !self.evaluator.is_strict => {
                        Value::Made(Made::Char(only))
                    }
                    (None, _) => return Ok(None),
                    (Some(_), _) => return Err(Stop::Unevaluatable),
                }
            }
            Conversion::ParseEpoch => Value::Made(Made::Int(epoch_seconds(text).ok_or(Stop::Unevaluatable)?)),
            Conversion::JsonParse => Value::Parsed(self.parsed(text)?),
        };
        Ok(Some(converted))
    }

    fn made_text(&self, text: &str) -> Value<'a> {
        Value::Made(Made::Text(self.evaluator.names.intern(text)))
    }

    /// The value that a text in JSON (or YAML, as in cfn-guard) holds. Each text is read once.
    fn parsed(&mut self, text: &str) -> Outcome<NodeId> {
        let Evaluator { names, parsed, parsed_texts, .. } = &mut *self.evaluator;
        let known = parsed_texts.entry(names.intern(text)).or_insert_with(|| {
            let read = Document::parse("", text);
            if !read.errors.is_empty() {
                return None;
            }
            // A text without a value is null, as in YAML.
            Some(match read.document {
                Some(document) => add_document(parsed, &document, names),
                None => parsed.add(Node::Null, Place(0)),
            })
        });
        known.ok_or_else(|| argument("json_parse", "a text that is JSON"))
    }

    fn joined(&mut self, values: &[Reached<'a>], separator: &[Reached<'a>]) -> Outcome<Results<'a>> {
        let separator = match self.first_shape(separator) {
            Some(Shape::Text(text)) => self.text(text).to_owned(),
            Some(Shape::Char(character)) => character.to_string(),
            Some(Shape::Unknown) => return Ok(made(Made::Unknown)),
            _ => return Err(argument("join", "a text to put between")),
        };
        let mut joined = String::new();
        for (index, reached) in values.iter().enumerate() {
            if reached.is_possible || matches!(reached.what, What::Undetermined(_)) {
                return Ok(made(Made::Unknown));
            }
            let value = reached.found().ok_or(Stop::Unevaluatable)?;
            self.read(value);
            if index > 0 {
                joined.push_str(&separator);
            }
            match self.shape(value) {
                Shape::Text(text) => joined.push_str(self.text(text)),
                Shape::Unknown => return Ok(made(Made::Unknown)),
                _ => return Err(Stop::Unevaluatable),
            }
        }
        Ok(smallvec![Reached::value(self.made_text(&joined))])
    }

    fn replaced(
        &mut self,
        values: &[Reached<'a>],
        pattern: &[Reached<'a>],
        replacement: &[Reached<'a>],
    ) -> Outcome<Results<'a>> {
        let texts = (self.first_shape(pattern), self.first_shape(replacement));
        let (pattern, replacement) = match texts {
            (Some(Shape::Text(pattern)), Some(Shape::Text(replacement))) => {
                (self.text(pattern), self.text(replacement))
            }
            (Some(Shape::Unknown), _) | (_, Some(Shape::Unknown)) => return Ok(made(Made::Unknown)),
            _ => return Err(argument("regex_replace", "a pattern and a replacement, both texts")),
        };
        let compiled = OnceCell::new();
        self.mapped(values, |run, value| {
            let Shape::Text(text) = run.shape(value) else { return Ok(None) };
            // A pattern that nothing is matched with may be none.
            let regex = compiled.get_or_init(|| fancy_regex::Regex::new(pattern).ok()).as_ref();
            let regex = regex.ok_or_else(|| argument("regex_replace", "a pattern that compiles"))?;
            let mut replaced = String::new();
            for captures in regex.captures_iter(run.text(text)) {
                captures.map_err(|_| Stop::Unevaluatable)?.expand(replacement, &mut replaced);
            }
            Ok(Some(run.made_text(&replaced)))
        })
    }

    fn cut(
        &mut self,
        values: &[Reached<'a>],
        from: &[Reached<'a>],
        to: &[Reached<'a>],
    ) -> Outcome<Results<'a>> {
        let offset = |shape: Option<Shape<'a>>| match shape {
            Some(Shape::Int(offset)) => usize::try_from(offset).ok(),
            Some(Shape::Float(offset)) if offset.is_finite() => usize::try_from(offset as i64).ok(),
            _ => None,
        };
        let (from, to) = (self.first_shape(from), self.first_shape(to));
        if matches!(from, Some(Shape::Unknown)) || matches!(to, Some(Shape::Unknown)) {
            return Ok(made(Made::Unknown));
        }
        let (Some(from), Some(to)) = (offset(from), offset(to)) else {
            return Err(argument("substring", "two offsets"));
        };
        self.mapped(values, |run, value| {
            let Shape::Text(text) = run.shape(value) else { return Ok(None) };
            let text = run.text(text);
            if from >= to || to > text.chars().count() {
                return Ok(None);
            }
            let part: String = text.chars().skip(from).take(to - from).collect();
            Ok(Some(run.made_text(&part)))
        })
    }

    /// The first values of both sides, calculated with; nothing if one of them is missing or no number.
    fn calculated(
        &mut self,
        calculation: Calculation,
        left: &[Reached<'a>],
        right: &[Reached<'a>],
    ) -> Results<'a> {
        let is_possible = left.iter().chain(right).any(|reached| reached.is_possible);
        let first = |reached: &[Reached<'a>]| reached.first().and_then(|first| first.found());
        let values = (first(left), first(right));
        let (Some(left), Some(right)) = (self.first_shape(left), self.first_shape(right)) else {
            return Results::new();
        };
        let result = match (left, right) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => {
                Some(self.calculated_within(calculation, values.0, values.1))
            }
            (Shape::Int(left), Shape::Int(right)) => of_integers(calculation, left, right),
            (left, right) => {
                let numbers = left.fraction().zip(right.fraction());
                numbers.and_then(|(left, right)| of_fractions(calculation, left, right))
            }
        };
        let reached = |made| Reached::new(What::Value(Value::Made(made)), is_possible);
        result.map(reached).into_iter().collect()
    }

    fn first_shape(&mut self, reached: &[Reached<'a>]) -> Option<Shape<'a>> {
        let first = reached.first()?;
        if let What::Undetermined(_) = first.what {
            return Some(Shape::Unknown);
        }
        let value = first.found()?;
        self.read(value);
        Some(self.shape(value))
    }
}

fn made<'a>(made: Made) -> Results<'a> {
    smallvec![Reached::value(Value::Made(made))]
}

fn argument(function: &str, wanted: &str) -> Stop {
    Stop::Broken(RunError::Function(format!("`{function}` needs {wanted}")))
}

/// Past their ends integers stop there; nothing is divided by zero.
fn of_integers(calculation: Calculation, left: i64, right: i64) -> Option<Made> {
    Some(Made::Int(match calculation {
        Calculation::Add => left.saturating_add(right),
        Calculation::Subtract => left.saturating_sub(right),
        Calculation::Multiply => left.saturating_mul(right),
        Calculation::Divide if left.checked_rem(right) == Some(0) => left.checked_div(right)?,
        Calculation::Divide => {
            let (left, right) = (Shape::Int(left).fraction()?, Shape::Int(right).fraction()?);
            return of_fractions(calculation, left, right);
        }
        Calculation::Max => left.max(right),
        Calculation::Min => left.min(right),
    }))
}

fn of_fractions(calculation: Calculation, left: f64, right: f64) -> Option<Made> {
    Some(Made::Float(match calculation {
        Calculation::Add => left + right,
        Calculation::Subtract => left - right,
        Calculation::Multiply => left * right,
        Calculation::Divide if right == 0.0 => return None,
        Calculation::Divide => left / right,
        Calculation::Max => left.max(right),
        Calculation::Min => left.min(right),
    }))
}

/// The text without percent escapes; `None` if what they stand for is not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (*byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_escapes_that_are_none_stay() {
        assert_eq!(percent_decoded("a%20b%zz%"), Some("a b%zz%".to_owned()));
        assert_eq!(percent_decoded("%ff"), None);
    }

    #[test]
    fn sums_beyond_the_integers_stop_at_their_end() {
        let is_integer = |made, wanted| matches!(made, Some(Made::Int(value)) if value == wanted);
        assert!(is_integer(of_integers(Calculation::Add, i64::MAX, 1), i64::MAX));
        assert!(is_integer(of_integers(Calculation::Multiply, i64::MIN, 2), i64::MIN));
    }

    #[test]
    fn a_division_is_an_integer_where_it_comes_out_even() {
        let divided = |left, right| of_integers(Calculation::Divide, left, right);
        assert!(matches!(divided(29_000, 1000), Some(Made::Int(29))));
        assert!(matches!(divided(28_500, 1000), Some(Made::Float(seconds)) if (seconds - 28.5).abs() < 1e-9));
        assert!(divided(1, 0).is_none());
        assert!(matches!(divided(i64::MIN, -1), Some(Made::Float(_))));
    }
}

//! Values that are not known, but not everything: what is true of each value within their bounds is true.

use super::Run;
use super::compare::Verdict;
use super::value::{Made, Shape, Value};
use crate::guard::ast::{Operator, Range};
use crate::guard::functions::Calculation;
use crate::guard::tree::{Bounds, Node};

/// All that a number can be, ends included.
#[derive(Clone, Copy)]
struct Between {
    low: f64,
    high: f64,
}

impl<'a> Run<'_, 'a> {
    /// The bounds of a value that is not known, if it has any.
    pub(super) fn bounds(&self, value: Value<'a>) -> Option<Bounds> {
        match value {
            Value::Node(node) => match self.tree().node(node) {
                Node::Bounded(bounds) => Some(*bounds),
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Float(_)
                | Node::Text(_)
                | Node::List(_)
                | Node::Map { .. }
                | Node::Choice(_)
                | Node::OneOf(_)
                | Node::Unknown => None,
            },
            Value::Made(Made::Between { low, high }) => Some(Bounds::Number { low, high }),
            Value::Parsed(_) | Value::Literal(_) | Value::Made(_) => None,
        }
    }

    /// Whether a value is a number or a text within bounds.
    pub(super) fn is_bounded_scalar(&self, value: Value<'a>) -> bool {
        matches!(self.bounds(value), Some(Bounds::Number { .. } | Bounds::Text { .. }))
    }

    /// All that a number can be; nothing for what is no number, or one that a fraction does not hold exactly.
    fn between(&self, value: Value<'a>) -> Option<Between> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self.bounds(value) {
            Some(Bounds::Number { low, high }) => Some(Between { low, high }),
            Some(Bounds::Text { .. } | Bounds::List { .. }) => None,
            None => {
                let number = self.shape(value).fraction().filter(|number| number.abs() < EXACT)?;
                Some(Between { low: number, high: number })
            }
        }
    }

    /// `a < b` and its kin, if one of them is not known.
    pub(super) fn ordered_within(&self, a: Value<'a>, operator: Operator, b: Value<'a>) -> Verdict {
        let Some((a, b)) = self.between(a).zip(self.between(b)) else { return Verdict::Unknown };
        let (always, never) = match operator {
            Operator::Less => (a.high < b.low, a.low >= b.high),
            Operator::AtMost => (a.high <= b.low, a.low > b.high),
            Operator::Greater => (a.low > b.high, a.high <= b.low),
            Operator::AtLeast => (a.low >= b.high, a.high < b.low),
            Operator::Equal | Operator::In => return Verdict::Unknown,
        };
        verdict(always, never)
    }

    /// `a == b`, if one of them is not known.
    pub(super) fn same_within(&self, a: Value<'a>, b: Value<'a>, takes_ranges: bool) -> Verdict {
        match (self.bounds(a), self.shape(a), self.bounds(b), self.shape(b)) {
            (Some(Bounds::Number { low, high }), _, _, Shape::IntRange(range)) if takes_ranges => {
                let end = |end: i64| Shape::Int(end).fraction();
                match end(range.low).zip(end(range.high)) {
                    Some((start, end)) => {
                        inside(Between { low, high }, Between { low: start, high: end }, range)
                    }
                    None => Verdict::Unknown,
                }
            }
            (Some(Bounds::Number { low, high }), _, _, Shape::FloatRange(range)) if takes_ranges => {
                inside(Between { low, high }, Between { low: range.low, high: range.high }, range)
            }
            (Some(Bounds::Text { starts, ends, least }), _, _, Shape::Text(text))
            | (_, Shape::Text(text), Some(Bounds::Text { starts, ends, least }), _) => {
                let text = self.text(text);
                let names = self.evaluator.names;
                let (starts, ends) = (names.text(starts), names.text(ends));
                let may_be = text.starts_with(starts)
                    && text.ends_with(ends)
                    && text.chars().count() >= least.max(starts.chars().count() + ends.chars().count());
                verdict(false, !may_be)
            }
            _ => match self.between(a).zip(self.between(b)) {
                Some((a, b)) => verdict(a.low >= b.high && b.low >= a.high, a.high < b.low || b.high < a.low),
                None => Verdict::Unknown,
            },
        }
    }

    /// Whether something that is not known certainly has characters or items.
    pub(super) fn is_empty_within(&self, value: Value<'a>) -> Verdict {
        match self.bounds(value) {
            Some(Bounds::Text { least, .. } | Bounds::List { least }) => verdict(false, least > 0),
            Some(Bounds::Number { .. }) | None => Verdict::Unknown,
        }
    }

    /// What a calculation gives, if one of its numbers is not known. Each of them only ever grows, or only ever
    /// shrinks, with each of its numbers, so that the ends give the ends.
    pub(super) fn calculated_within(
        &self,
        calculation: Calculation,
        a: Option<Value<'a>>,
        b: Option<Value<'a>>,
    ) -> Made {
        let between = |value: Option<Value<'a>>| self.between(value?);
        let Some((a, b)) = between(a).zip(between(b)) else { return Made::Unknown };
        if calculation == Calculation::Divide && b.low <= 0.0 && b.high >= 0.0 {
            return Made::Unknown;
        }
        let mut all = Between { low: f64::INFINITY, high: f64::NEG_INFINITY };
        for (a, b) in [(a.low, b.low), (a.low, b.high), (a.high, b.low), (a.high, b.high)] {
            let end = match calculation {
                Calculation::Add => a + b,
                Calculation::Subtract => a - b,
                Calculation::Multiply => a * b,
                Calculation::Divide => a / b,
                Calculation::Max => a.max(b),
                Calculation::Min => a.min(b),
            };
            if end.is_nan() {
                return Made::Unknown;
            }
            all = Between { low: all.low.min(end), high: all.high.max(end) };
        }
        Made::Between { low: all.low, high: all.high }
    }
}

fn inside<T>(value: Between, range: Between, ends: &Range<T>) -> Verdict {
    let is_above = if ends.has_low { value.low >= range.low } else { value.low > range.low };
    let is_below = if ends.has_high { value.high <= range.high } else { value.high < range.high };
    let is_under = if ends.has_low { value.high < range.low } else { value.high <= range.low };
    let is_over = if ends.has_high { value.low > range.high } else { value.low >= range.high };
    verdict(is_above && is_below, is_under || is_over)
}

fn verdict(always: bool, never: bool) -> Verdict {
    match (always, never) {
        (true, _) => Verdict::Yes,
        (false, true) => Verdict::No,
        (false, false) => Verdict::Unknown,
    }
}

//! Two values side by side: equal, ordered, contained, or not to be compared.

use std::cmp::Ordering;

use super::Run;
use super::status::Status;
use super::value::{Reached, Shape, Text, Value, What};
use crate::guard::ast::{KeyTest, Operator, Range};

/// What a comparison of two values says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The relation holds.
    Yes,
    /// It does not.
    No,
    /// One of them is not known.
    Unknown,
    /// Their types have nothing to do with one another.
    Incomparable,
}

/// Lists and maps inside one another that are compared.
const DEPTH: usize = 100;

impl Verdict {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// The status of a clause that wants the relation, or wants it not. What cannot be compared fails both.
    pub(super) fn status(self, is_negated: bool) -> Status {
        match self {
            Self::Yes => Status::of(!is_negated),
            Self::No => Status::of(is_negated),
            Self::Unknown => Status::Unknown,
            Self::Incomparable => Status::Fail,
        }
    }

    /// As membership in a list sees it: what cannot be compared is not equal.
    fn or_no(self) -> Self {
        match self {
            Self::Incomparable => Self::No,
            Self::Yes | Self::No | Self::Unknown => self,
        }
    }
}

/// How lists and maps are compared with one another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// `==`: items that cannot be compared spoil the whole; numbers are in ranges.
    Comparison,
    /// Membership: they are just not equal, and a range is only equal to itself.
    Membership,
}

impl<'a> Run<'_, 'a> {
    /// `a == b`.
    pub(super) fn equal(&mut self, a: Value<'a>, b: Value<'a>) -> Verdict {
        self.same(a, b, Strictness::Comparison, 0)
    }

    /// Whether one of the members is equal to the value.
    pub(super) fn is_among(&mut self, value: Value<'a>, members: &[Value<'a>]) -> Verdict {
        let mut verdict = Verdict::No;
        for member in members {
            match self.same(value, *member, Strictness::Membership, 0) {
                Verdict::Yes => return Verdict::Yes,
                Verdict::Unknown => verdict = Verdict::Unknown,
                Verdict::No | Verdict::Incomparable => {}
            }
        }
        verdict
    }

    /// `a < b` and its kin.
    pub(super) fn ordered(&mut self, a: Value<'a>, operator: Operator, b: Value<'a>) -> Verdict {
        self.read(a);
        self.read(b);
        let (left, right) = (self.shape(a), self.shape(b));
        if left.is_unknown() || right.is_unknown() {
            return self.ordered_within(a, operator, b);
        }
        let ordering = self.ordering(left, right);
        ordering.map_or(Verdict::Incomparable, |ordering| Verdict::of(satisfies(operator, ordering)))
    }

    /// How far apart two numbers are; 0 for all else.
    pub(super) fn apart(&self, a: Value<'a>, b: Value<'a>) -> f64 {
        let (a, b) = (self.shape(a).fraction(), self.shape(b).fraction());
        a.zip(b).map_or(0.0, |(a, b)| (a - b).abs())
    }

    /// Whether the text of `a` is part of that of `b`.
    pub(super) fn is_part(&mut self, a: Value<'a>, b: Value<'a>) -> Verdict {
        self.read(a);
        self.read(b);
        match (self.shape(a), self.shape(b)) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => Verdict::Unknown,
            (Shape::Text(a), Shape::Text(b)) => Verdict::of(self.text(b).contains(self.text(a))),
            _ => Verdict::Incomparable,
        }
    }

    /// Whether a map's key satisfies a `keys` filter.
    pub(super) fn key_matches(&mut self, key: Text, test: KeyTest, wanted: &[Reached<'a>]) -> Status {
        // cfn-guard reads `keys == %several` as membership.
        let (is_negated, is_membership) = match test {
            KeyTest::Equal => (false, wanted.len() > 1),
            KeyTest::NotEqual => (true, wanted.len() > 1),
            KeyTest::In => (false, true),
            KeyTest::NotIn => (true, true),
        };
        let mut status = Status::Fail;
        for reached in wanted {
            let verdict = match reached.found() {
                Some(value) => self.key_equals(key, value, is_membership),
                None if matches!(reached.what, What::Undetermined(_)) => Verdict::Unknown,
                None => Verdict::Incomparable,
            };
            match verdict.status(is_negated) {
                Status::Pass => return if reached.is_possible { Status::Unknown } else { Status::Pass },
                Status::Unknown => status = Status::Unknown,
                Status::Fail | Status::Skip => {}
            }
        }
        status
    }

    fn key_equals(&mut self, key: Text, wanted: Value<'a>, is_membership: bool) -> Verdict {
        self.read(wanted);
        let key = Shape::Text(key);
        match self.shape(wanted) {
            Shape::List => {
                let items = self.items(wanted);
                if !is_membership && items.len() != 1 {
                    return Verdict::Incomparable;
                }
                let mut verdict = Verdict::No;
                for item in items {
                    let shape = self.shape(item);
                    if shape.is_unknown() {
                        self.doubt(item);
                    }
                    match self.same_scalar(key, shape, Strictness::Comparison) {
                        Verdict::Incomparable => return Verdict::Incomparable,
                        Verdict::No => {}
                        Verdict::Unknown if verdict == Verdict::Yes => {}
                        better => verdict = better,
                    }
                }
                verdict
            }
            Shape::Text(wanted) if is_membership => {
                let Shape::Text(key) = key else { return Verdict::Incomparable };
                Verdict::of(self.text(wanted).contains(self.text(key)))
            }
            wanted => self.same_scalar(key, wanted, Strictness::Comparison),
        }
    }

    fn same(&mut self, a: Value<'a>, b: Value<'a>, strictness: Strictness, depth: usize) -> Verdict {
        self.read(a);
        self.read(b);
        match (self.shape(a), self.shape(b)) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => {
                self.same_within(a, b, strictness == Strictness::Comparison)
            }
            _ if depth > DEPTH => Verdict::Incomparable,
            (Shape::List, Shape::List) => {
                let (a, b) = (self.items(a), self.items(b));
                if a.len() != b.len() {
                    return Verdict::No;
                }
                let mut verdict = Verdict::Yes;
                for (a, b) in a.into_iter().zip(b) {
                    match self.inner(a, b, strictness, depth) {
                        Verdict::Yes => {}
                        Verdict::Unknown => verdict = Verdict::Unknown,
                        other @ (Verdict::No | Verdict::Incomparable) => return other,
                    }
                }
                verdict
            }
            (Shape::Map { is_open: a_open }, Shape::Map { is_open: b_open }) => {
                let a = OpenMap { value: a, is_open: a_open };
                let b = OpenMap { value: b, is_open: b_open };
                self.same_map(a, b, strictness, depth)
            }
            (a, b) => self.same_scalar(a, b, strictness),
        }
    }

    fn inner(&mut self, a: Value<'a>, b: Value<'a>, strictness: Strictness, depth: usize) -> Verdict {
        let verdict = self.same(a, b, strictness, depth + 1);
        if strictness == Strictness::Membership { verdict.or_no() } else { verdict }
    }

    fn same_map(&mut self, a: OpenMap<'a>, b: OpenMap<'a>, strictness: Strictness, depth: usize) -> Verdict {
        let (a_entries, b_entries) = (self.entries(a.value), self.entries(b.value));
        if a_entries.len() != b_entries.len() && !a.is_open && !b.is_open {
            return Verdict::No;
        }
        let mut verdict = Verdict::Yes;
        for (key, value) in &a_entries {
            let other = b_entries.iter().find(|entry| self.same_text(entry.0, *key));
            let here = match other {
                Some((_, other)) => self.inner(*value, *other, strictness, depth),
                None if b.is_open => {
                    self.doubt(b.value);
                    Verdict::Unknown
                }
                None => Verdict::No,
            };
            match here {
                Verdict::Yes => {}
                Verdict::Unknown => verdict = Verdict::Unknown,
                Verdict::No | Verdict::Incomparable => return here,
            }
        }
        let is_unmatched = |key: &Text| !a_entries.iter().any(|entry| self.same_text(entry.0, *key));
        if b_entries.iter().any(|(key, _)| is_unmatched(key)) {
            if a.is_open {
                self.doubt(a.value);
                return Verdict::Unknown;
            }
            return Verdict::No;
        }
        for map in [a, b] {
            if map.is_open {
                self.doubt(map.value);
                verdict = Verdict::Unknown;
            }
        }
        verdict
    }

    fn entries(&mut self, map: Value<'a>) -> Vec<(Text, Value<'a>)> {
        let members = self.members(map);
        let entry =
            |member: &super::members::Member<'a>| Some((member.key?, self.settled_content(member.content)?));
        members.iter().filter_map(entry).collect()
    }

    fn same_scalar(&self, a: Shape<'a>, b: Shape<'a>, strictness: Strictness) -> Verdict {
        match (a, b) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => Verdict::Unknown,
            (Shape::Text(a), Shape::Text(b)) => Verdict::of(self.same_text(a, b)),
            (Shape::Text(text), Shape::Pattern(pattern)) | (Shape::Pattern(pattern), Shape::Text(text)) => {
                pattern.is_match(self.text(text)).map_or_else(
                    || {
                        self.pattern_gave_up.set(true);
                        Verdict::Incomparable
                    },
                    Verdict::of,
                )
            }
            (Shape::Pattern(a), Shape::Pattern(b)) => Verdict::of(a.text() == b.text()),
            (Shape::Bool(a), Shape::Bool(b)) => Verdict::of(a == b),
            (Shape::IntRange(a), Shape::IntRange(b)) if strictness == Strictness::Membership => {
                Verdict::of(a == b)
            }
            (Shape::FloatRange(a), Shape::FloatRange(b)) if strictness == Strictness::Membership => {
                Verdict::of(a == b)
            }
            (Shape::CharRange(a), Shape::CharRange(b)) if strictness == Strictness::Membership => {
                Verdict::of(a == b)
            }
            (value, Shape::IntRange(range)) if strictness == Strictness::Comparison => {
                let ends = (Shape::Int(range.low), Shape::Int(range.high));
                self.within(value, ends, range)
            }
            (value, Shape::FloatRange(range)) if strictness == Strictness::Comparison => {
                let ends = (Shape::Float(range.low), Shape::Float(range.high));
                self.within(value, ends, range)
            }
            (value, Shape::CharRange(range)) if strictness == Strictness::Comparison => {
                let ends = (Shape::Char(range.low), Shape::Char(range.high));
                self.within(value, ends, range)
            }
            (a, b) => {
                self.ordering(a, b).map_or(Verdict::Incomparable, |ordering| Verdict::of(ordering.is_eq()))
            }
        }
    }

    fn within<T>(&self, value: Shape<'a>, (low, high): (Shape<'a>, Shape<'a>), range: &Range<T>) -> Verdict {
        let (Some(low), Some(high)) = (self.ordering(value, low), self.ordering(value, high)) else {
            return Verdict::Incomparable;
        };
        let is_above = low.is_gt() || range.has_low && low.is_eq();
        let is_below = high.is_lt() || range.has_high && high.is_eq();
        Verdict::of(is_above && is_below)
    }

    fn ordering(&self, a: Shape<'a>, b: Shape<'a>) -> Option<Ordering> {
        match (a, b) {
            (Shape::Null, Shape::Null) => Some(Ordering::Equal),
            (Shape::Char(a), Shape::Char(b)) => Some(a.cmp(&b)),
            (Shape::Text(a), Shape::Text(b)) => Some(self.text(a).cmp(self.text(b))),
            (a, b) => numbers(a, b),
        }
    }
}

/// How two numbers compare; `None` of anything else.
pub(super) fn numbers(a: Shape<'_>, b: Shape<'_>) -> Option<Ordering> {
    match (a, b) {
        (Shape::Int(a), Shape::Int(b)) => Some(a.cmp(&b)),
        (Shape::Float(a), Shape::Float(b)) => a.partial_cmp(&b),
        (Shape::Int(a), Shape::Float(b)) => int_to_float(a, b),
        (Shape::Float(a), Shape::Int(b)) => int_to_float(b, a).map(Ordering::reverse),
        _ => None,
    }
}

/// Whether what compares so stands in a relation.
pub(super) fn satisfies(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::Less => ordering.is_lt(),
        Operator::AtMost => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::AtLeast => ordering.is_ge(),
        Operator::Equal | Operator::In => ordering.is_eq(),
    }
}

/// A map, and whether it may have keys that nobody sees.
#[derive(Clone, Copy)]
struct OpenMap<'a> {
    value: Value<'a>,
    is_open: bool,
}

/// How an integer compares with a fraction, without rounding the integer.
fn int_to_float(int: i64, float: f64) -> Option<Ordering> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() {
        return None;
    }
    if float >= BEYOND {
        return Some(Ordering::Less);
    }
    if float < -BEYOND {
        return Some(Ordering::Greater);
    }
    let whole = float.floor();
    Some(int.cmp(&(whole as i64)).then(if float > whole { Ordering::Less } else { Ordering::Equal }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_fractions_compare_without_rounding() {
        assert_eq!(int_to_float(5, 5.0), Some(Ordering::Equal));
        assert_eq!(int_to_float(5, 5.5), Some(Ordering::Less));
        assert_eq!(int_to_float(-5, -5.5), Some(Ordering::Greater));
        assert_eq!(int_to_float(i64::MAX, 9_223_372_036_854_775_807.0), Some(Ordering::Less));
        assert_eq!(int_to_float(0, f64::NAN), None);
    }
}

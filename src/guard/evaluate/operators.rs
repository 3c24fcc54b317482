//! `==`, `in` and the orders over what two queries found. Literals and queries, scalars and lists each have their
//! own rule; this file is that table.

use smallvec::SmallVec;

use super::Run;
use super::compare::Verdict;
use super::status::{Status, Tally};
use super::value::{Reached, Shape, Value, What};
use crate::guard::ast::Operator;

/// The statuses of a clause's values. Two long lists have very many, so passing ones are only counted.
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    pub(super) certain: Tally,
    /// Of values of which a filter could not tell whether they belong to what is compared.
    pub(super) possible: Tally,
    /// The certain ones that fail.
    pub(super) failing: Vec<Failing<'a>>,
}

/// What fails a clause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failing<'a> {
    /// The value, or the place where the query ended.
    pub(super) about: Reached<'a>,
    /// See [`Failure::apart`](super::Failure::apart).
    pub(super) apart: f64,
}

/// So many failing values of one clause that do not stand in the document are told.
const COMPUTED: usize = 1000;

impl<'a> Entries<'a> {
    /// Adds the status of a value.
    pub(super) fn add(&mut self, status: Status, about: Reached<'a>, is_possible: bool) {
        if is_possible {
            self.possible.add(status);
            return;
        }
        self.certain.add(status);
        // A value that fails against each of many others fails once.
        let is_told = match (self.failing.last().map(|last| last.about.last_value()), about.last_value()) {
            (Some(Value::Node(last)), Value::Node(node)) => last == node,
            (_, Value::Node(_)) => false,
            (_, Value::Parsed(_) | Value::Literal(_) | Value::Made(_)) => self.failing.len() >= COMPUTED,
        };
        if status == Status::Fail && !is_told {
            self.failing.push(Failing { about, apart: 0.0 });
        }
    }
}

/// Both sides of a comparison.
#[derive(Clone, Copy)]
pub(super) struct Sides<'s, 'a> {
    pub(super) left: &'s [Reached<'a>],
    pub(super) right: &'s [Reached<'a>],
    pub(super) is_negated: bool,
}

/// One entry or more being added to a clause's.
struct Adding<'e, 'a> {
    entries: &'e mut Entries<'a>,
    is_negated: bool,
}

impl<'a> Adding<'_, 'a> {
    fn verdict(&mut self, verdict: Verdict, about: Reached<'a>, other: Reached<'a>) {
        self.status(verdict.status(self.is_negated), about, other);
    }

    fn status(&mut self, status: Status, about: Reached<'a>, other: Reached<'a>) {
        self.entries.add(status, about, about.is_possible || other.is_possible);
    }

    /// For a side that did not resolve: a failure under both polarities, unless nobody knows.
    fn unresolved(&mut self, unresolved: Reached<'a>, about: Reached<'a>) {
        let status = match unresolved.what {
            What::Undetermined(_) => Status::Unknown,
            What::Missing(_) | What::Value(_) | What::Literal(_) => Status::Fail,
        };
        self.status(status, about, unresolved);
    }
}

impl<'a> Run<'_, 'a> {
    /// The entries of `left operator right`, neither of which is empty.
    pub(super) fn compared(&mut self, operator: Operator, sides: Sides<'_, 'a>) -> Entries<'a> {
        let mut entries = Entries::default();
        let adding = Adding { entries: &mut entries, is_negated: sides.is_negated };
        match operator {
            Operator::Equal => self.all_equal(sides, adding),
            Operator::In => self.all_in(sides, adding),
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
                self.all_ordered(operator, sides, adding);
            }
        }
        entries
    }

    /// Every value of the left with every value of the right, lists opened on both sides.
    fn all_ordered(&mut self, operator: Operator, sides: Sides<'_, 'a>, mut adding: Adding<'_, 'a>) {
        for left in sides.left {
            let Some(left_value) = left.found() else {
                adding.unresolved(*left, *left);
                continue;
            };
            for left_item in self.opened(left_value) {
                let about = Reached { what: What::Value(left_item), ..*left };
                for right in sides.right {
                    let Some(right_value) = right.found() else {
                        adding.unresolved(*right, about);
                        continue;
                    };
                    for right_item in self.opened(right_value) {
                        let verdict = self.ordered(left_item, operator, right_item);
                        let failed = adding.entries.failing.len();
                        adding.verdict(verdict, about, *right);
                        if let Some(failing) = adding.entries.failing.get_mut(failed) {
                            failing.apart = self.apart(left_item, right_item);
                        }
                    }
                }
            }
        }
    }

    fn all_equal(&mut self, sides: Sides<'_, 'a>, mut adding: Adding<'_, 'a>) {
        match (lone_literal(sides.left), lone_literal(sides.right)) {
            (Some(left), Some(right)) => {
                let verdict = self.equal(left, right);
                adding.verdict(verdict, sides.left[0], sides.right[0]);
            }
            (Some(left), None) => {
                let is_list = self.shape(left).is_list();
                for right in sides.right {
                    let Some(value) = right.found() else {
                        adding.unresolved(*right, sides.left[0]);
                        continue;
                    };
                    let values = if is_list { smallvec::smallvec![value] } else { self.opened(value) };
                    for value in values {
                        let verdict = self.equal(left, value);
                        adding.verdict(verdict, sides.left[0], *right);
                    }
                }
            }
            (None, Some(right)) => {
                for left in sides.left {
                    let Some(value) = left.found() else {
                        adding.unresolved(*left, *left);
                        continue;
                    };
                    self.equal_to_literal(*left, value, right, &mut adding);
                }
            }
            (None, None) => self.equal_sets(sides, adding),
        }
    }

    fn equal_to_literal(
        &mut self,
        left: Reached<'a>,
        value: Value<'a>,
        literal: Value<'a>,
        adding: &mut Adding<'_, 'a>,
    ) {
        let other = Reached::value(literal);
        if !self.shape(literal).is_list() {
            for item in self.opened(value) {
                let verdict = self.equal(item, literal);
                adding.verdict(verdict, Reached { what: What::Value(item), ..left }, other);
            }
            return;
        }
        let items = self.items(literal);
        let verdict = match items.as_slice() {
            [only] if self.shape(value).is_scalar() => self.equal(value, *only),
            [] | [_, ..] => self.equal(value, literal),
        };
        adding.verdict(verdict, left, other);
    }

    /// Two queries are equal if no value of the one with more is missing among the other's; they are unequal if
    /// they share none.
    fn equal_sets(&mut self, sides: Sides<'_, 'a>, mut adding: Adding<'_, 'a>) {
        let (left, right) = resolved(sides, &mut adding);
        let (longer, shorter) = if left.len() > right.len() { (&left, &right) } else { (&right, &left) };
        let members: SmallVec<[Value<'a>; 4]> =
            shorter.iter().filter_map(|reached| reached.found()).collect();
        let mut verdicts = SmallVec::<[(Verdict, Reached<'a>); 4]>::new();
        for reached in longer {
            if let Some(value) = reached.found() {
                verdicts.push((self.is_among(value, &members), *reached));
            }
        }
        set_entries(&verdicts, &left, &right, adding);
    }

    fn all_in(&mut self, sides: Sides<'_, 'a>, mut adding: Adding<'_, 'a>) {
        match (lone_literal(sides.left), lone_literal(sides.right)) {
            (Some(left), Some(right)) => {
                let (about, other) = (sides.left[0], sides.right[0]);
                match self.is_part(left, right) {
                    Verdict::Yes => adding.verdict(Verdict::Yes, about, other),
                    Verdict::No | Verdict::Unknown | Verdict::Incomparable => {
                        let status = self.contained(left, right, adding.is_negated);
                        adding.status(status, about, other);
                    }
                }
            }
            (Some(left), None) => self.literal_in_query(left, sides, adding),
            (None, Some(right)) => {
                let is_text = matches!(self.shape(right), Shape::Text(_));
                for left in sides.left {
                    let Some(value) = left.found() else {
                        adding.unresolved(*left, *left);
                        continue;
                    };
                    if !is_text {
                        let status = self.contained(value, right, adding.is_negated);
                        adding.status(status, *left, sides.right[0]);
                        continue;
                    }
                    for item in self.opened(value) {
                        let verdict = self.is_part(item, right);
                        adding.verdict(verdict, Reached { what: What::Value(item), ..*left }, sides.right[0]);
                    }
                }
            }
            (None, None) => {
                let (left, right) = resolved(sides, &mut adding);
                let mut verdicts = SmallVec::<[(Verdict, Reached<'a>); 4]>::new();
                for reached in &left {
                    if let Some(value) = reached.found() {
                        verdicts.push((self.in_any(value, &right), *reached));
                    }
                }
                set_entries(&verdicts, &left, &right, adding);
            }
        }
    }

    fn literal_in_query(&mut self, left: Value<'a>, sides: Sides<'_, 'a>, mut adding: Adding<'_, 'a>) {
        let about = sides.left[0];
        let mut values = SmallVec::<[(Value<'a>, Reached<'a>); 4]>::new();
        for right in sides.right {
            match right.found() {
                Some(value) => values.push((value, *right)),
                None => adding.unresolved(*right, about),
            }
        }
        let has_list = values.iter().any(|(value, _)| self.shape(*value).is_list());
        if has_list || !self.shape(left).is_list() {
            for (value, right) in values {
                let status = self.contained(left, value, adding.is_negated);
                adding.status(status, about, right);
            }
            return;
        }
        let members: SmallVec<[Value<'a>; 4]> = values.iter().map(|(value, _)| *value).collect();
        let verdict = self.all_among(left, &members);
        // Negated, cfn-guard fails whatever the list holds.
        let status = if adding.is_negated && verdict == Verdict::No {
            Status::Fail
        } else {
            verdict.status(adding.is_negated)
        };
        adding.status(status, about, about);
    }

    /// Whether a value of the left is contained in some value of the right.
    fn in_any(&mut self, value: Value<'a>, right: &[Reached<'a>]) -> Verdict {
        let mut verdict = Verdict::No;
        for reached in right {
            let Some(other) = reached.found() else { continue };
            match self.contained(value, other, false) {
                Status::Pass if reached.is_possible => verdict = Verdict::Unknown,
                Status::Pass => return Verdict::Yes,
                Status::Unknown => verdict = Verdict::Unknown,
                Status::Fail | Status::Skip => {}
            }
        }
        verdict
    }

    /// `value in container`, or `not in`: a list is in a list if all of its items are, and not in it if none is.
    fn contained(&mut self, value: Value<'a>, container: Value<'a>, is_negated: bool) -> Status {
        self.read(value);
        self.read(container);
        match (self.shape(value), self.shape(container)) {
            (Shape::Unknown, Shape::List) if self.is_bounded_scalar(value) => {
                let members = self.items(container);
                self.is_among(value, &members).status(is_negated)
            }
            (Shape::Unknown, Shape::List) | (Shape::List, Shape::Unknown) => Status::Unknown,
            (Shape::List, Shape::List) => {
                let members = self.items(container);
                let is_of_lists = members.first().is_some_and(|first| self.shape(*first).is_list());
                if !is_of_lists {
                    return self.all_contained(value, &members, is_negated);
                }
                match self.is_among(value, &members) {
                    // cfn-guard takes the list's items for members here, and finds all of them.
                    Verdict::No if is_negated => Status::of(self.items(value).is_empty()),
                    verdict => verdict.status(is_negated),
                }
            }
            (Shape::List, _) => Status::Fail,
            (_, Shape::List) => {
                let members = self.items(container);
                self.is_among(value, &members).status(is_negated)
            }
            _ => self.equal(value, container).status(is_negated),
        }
    }

    fn all_contained(&mut self, list: Value<'a>, members: &[Value<'a>], is_negated: bool) -> Status {
        if !is_negated {
            return self.all_among(list, members).status(false);
        }
        let items = self.items(list);
        if items.is_empty() {
            return Status::Fail;
        }
        let mut status = Status::Pass;
        for item in items {
            match self.is_among(item, members) {
                Verdict::Yes => return Status::Fail,
                Verdict::Unknown => status = Status::Unknown,
                Verdict::No | Verdict::Incomparable => {}
            }
        }
        status
    }

    fn all_among(&mut self, list: Value<'a>, members: &[Value<'a>]) -> Verdict {
        let mut verdict = Verdict::Yes;
        for item in self.items(list) {
            match self.is_among(item, members) {
                Verdict::Yes => {}
                Verdict::Unknown => verdict = Verdict::Unknown,
                Verdict::No | Verdict::Incomparable => return Verdict::No,
            }
        }
        verdict
    }

    /// A list's items, or the value itself.
    pub(super) fn opened(&mut self, value: Value<'a>) -> SmallVec<[Value<'a>; 4]> {
        if self.shape(value).is_list() { self.items(value) } else { smallvec::smallvec![value] }
    }
}

fn lone_literal<'a>(reached: &[Reached<'a>]) -> Option<Value<'a>> {
    match reached {
        [Reached { what: What::Literal(literal), .. }] => Some(Value::Literal(literal)),
        _ => None,
    }
}

type Resolved<'a> = SmallVec<[Reached<'a>; 1]>;

/// The values of both sides; what did not resolve becomes an entry.
fn resolved<'a>(sides: Sides<'_, 'a>, adding: &mut Adding<'_, 'a>) -> (Resolved<'a>, Resolved<'a>) {
    let mut left = Resolved::new();
    for reached in sides.left {
        match reached.found() {
            Some(_) => left.push(*reached),
            None => adding.unresolved(*reached, *reached),
        }
    }
    let mut right = Resolved::new();
    for reached in sides.right {
        match reached.found() {
            Some(_) => right.push(*reached),
            None => left.iter().for_each(|about| adding.unresolved(*reached, *about)),
        }
    }
    (left, right)
}

/// The entries of a comparison of two sets, from what was found of each member. A set passes or fails as a whole;
/// the entries name the members that decide.
fn set_entries<'a>(
    verdicts: &[(Verdict, Reached<'a>)],
    left: &[Reached<'a>],
    right: &[Reached<'a>],
    mut adding: Adding<'_, 'a>,
) {
    let culprit = if adding.is_negated { Verdict::Yes } else { Verdict::No };
    let is_culprit =
        |verdict: Verdict| verdict == culprit || !adding.is_negated && verdict == Verdict::Incomparable;
    let is_doubtful = left.iter().chain(right).any(|reached| reached.is_possible);
    let culprits: SmallVec<[Reached<'a>; 4]> =
        verdicts.iter().filter(|(verdict, _)| is_culprit(*verdict)).map(|(_, reached)| *reached).collect();
    let is_unknown =
        is_doubtful || culprits.is_empty() && verdicts.iter().any(|(v, _)| *v == Verdict::Unknown);
    let (status, about) = match (is_unknown, culprits.as_slice()) {
        (true, _) => (Status::Unknown, left),
        (false, []) if adding.is_negated && verdicts.is_empty() => (Status::Fail, left),
        (false, []) => (Status::Pass, left),
        (false, culprits) => (Status::Fail, culprits),
    };
    for reached in about {
        adding.status(status, *reached, *reached);
    }
}

//! `query operator value`: the status of each value that the query found, and of all of them.

use super::compare::Verdict;
use super::operators::{Entries, Failing, Sides};
use super::status::{Status, Tally};
use super::value::{Reached, Results, Shape, Text, Value, What};
use super::{Outcome, Role, Run, RunError, Stop};
use crate::guard::ast::{Check, Operator, Test, Type};

impl<'a> Run<'_, 'a> {
    /// The status of a check.
    pub(super) fn check(&mut self, check: &'a Check, role: Role) -> Outcome<Status> {
        let status = match &check.test {
            Test::Compare(operator, operand) => {
                let right = self.operand(operand);
                if self.evaluator.is_strict && right.is_err() {
                    // cfn-guard makes a failure of what goes wrong on the left, and ends over the right.
                    return right.map(|_| Status::Fail);
                }
                right.and_then(|right| self.comparison(check, *operator, &right, role))
            }
            Test::Exists => self.existence(check, role),
            Test::Empty => self.emptiness(check, role),
            Test::Is(wanted) => self.typing(check, *wanted, role),
        };
        if self.pattern_gave_up.take() {
            return Err(Stop::Broken(RunError::PatternGaveUp));
        }
        match status {
            Err(Stop::Unevaluatable) if role == Role::Assertion => Ok(self.fails_as_a_whole(check)),
            status => status,
        }
    }

    fn comparison(
        &mut self,
        check: &'a Check,
        operator: Operator,
        right: &Results<'a>,
        role: Role,
    ) -> Outcome<Status> {
        let left = self.query(&check.query)?;
        if left.is_empty() {
            let is_failure = check.query.is_lone_variable() && role == Role::Assertion;
            return Ok(if is_failure { self.fails_as_a_whole(check) } else { Status::Skip });
        }
        if right.is_empty() {
            let is_failure = role == Role::Assertion;
            return Ok(if is_failure { self.fails_as_a_whole(check) } else { Status::Skip });
        }
        let sides = Sides { left: &left, right, is_negated: check.is_negated };
        let entries = self.compared(operator, sides);
        Ok(self.decided(check, entries, role))
    }

    fn existence(&mut self, check: &'a Check, role: Role) -> Outcome<Status> {
        let results = self.query(&check.query)?;
        if results.is_empty() {
            return Ok(Status::Skip);
        }
        let entries = self.tested(check, &results, |_, reached| match reached.what {
            What::Value(_) | What::Literal(_) => Verdict::Yes,
            What::Missing(_) => Verdict::No,
            What::Undetermined(_) => Verdict::Unknown,
        });
        Ok(self.decided(check, entries, role))
    }

    fn typing(&mut self, check: &'a Check, wanted: Type, role: Role) -> Outcome<Status> {
        let results = self.query(&check.query)?;
        if results.is_empty() {
            return Ok(Status::Skip);
        }
        let entries = self.tested(check, &results, |run, reached| match (reached.what, reached.found()) {
            (What::Undetermined(_), _) => Verdict::Unknown,
            (_, None) => Verdict::No,
            (_, Some(value)) => is_of_type(run.shape(value), wanted),
        });
        Ok(self.decided(check, entries, role))
    }

    /// A query that ends in a filter is empty if it selects nothing (or nulls); a variable is if it has no value
    /// or an empty one; any other query if its value is.
    fn emptiness(&mut self, check: &'a Check, role: Role) -> Outcome<Status> {
        let results = self.query(&check.query)?;
        let is_selection = check.query.ends_in_filter();
        if results.is_empty() {
            return Ok(match (is_selection || check.query.is_lone_variable(), check.is_negated) {
                (false, _) => Status::Skip,
                (true, false) => Status::Pass,
                (true, true) => self.fails_as_a_whole(check),
            });
        }
        let mut entries = Entries::default();
        for reached in &results {
            let emptiness = match (reached.what, reached.found()) {
                (What::Undetermined(_), _) => Some(Verdict::Unknown),
                (_, None) => Some(Verdict::Yes),
                (_, Some(value)) if is_selection => {
                    self.read(value);
                    Some(match self.shape(value) {
                        Shape::Null => Verdict::Yes,
                        Shape::Unknown => Verdict::Unknown,
                        _ => Verdict::No,
                    })
                }
                (_, Some(value)) => self.is_empty(value),
            };
            let status = match (emptiness, role) {
                (Some(emptiness), _) => emptiness.status(check.is_negated),
                (None, Role::Assertion) => Status::Fail,
                (None, Role::Gate) => return Err(Stop::Unevaluatable),
            };
            entries.add(status, *reached, reached.is_possible);
        }
        Ok(self.decided(check, entries, role))
    }

    /// Whether a value has no members or characters; `None` where that is no question.
    fn is_empty(&mut self, value: Value<'a>) -> Option<Verdict> {
        self.read(value);
        let shape = self.shape(value);
        match shape {
            Shape::Unknown => Some(self.is_empty_within(value)),
            Shape::Text(text @ (Text::Named(_) | Text::Written(_))) => {
                Some(if self.text(text).is_empty() { Verdict::Yes } else { Verdict::No })
            }
            Shape::List | Shape::Map { .. } => {
                let members = self.members(value);
                let has_members = members.iter().any(|member| self.settled_content(member.content).is_some());
                Some(match shape {
                    _ if has_members => Verdict::No,
                    Shape::Map { is_open: true } => {
                        self.doubt(value);
                        Verdict::Unknown
                    }
                    _ => Verdict::Yes,
                })
            }
            Shape::Null
            | Shape::Bool(_)
            | Shape::Int(_)
            | Shape::Float(_)
            | Shape::Char(_)
            | Shape::Pattern(_)
            | Shape::IntRange(_)
            | Shape::FloatRange(_)
            | Shape::CharRange(_) => None,
        }
    }

    fn tested(
        &mut self,
        check: &'a Check,
        results: &Results<'a>,
        test: impl Fn(&mut Self, Reached<'a>) -> Verdict,
    ) -> Entries<'a> {
        let mut entries = Entries::default();
        for reached in results {
            if let Some(value) = reached.found() {
                self.read(value);
            }
            let status = test(self, *reached).status(check.is_negated);
            entries.add(status, *reached, reached.is_possible);
        }
        entries
    }

    /// The status of a check from those of its values; failing ones are described.
    fn decided(&mut self, check: &'a Check, entries: Entries<'a>, role: Role) -> Status {
        // Whether there is anything is certain from one value that belongs to the results for certain.
        let is_about_presence = matches!(check.test, Test::Exists | Test::Empty);
        if is_about_presence && entries.certain.is_empty() && !entries.possible.is_empty() {
            return Status::Unknown;
        }
        let is_some = check.query.is_some;
        let Entries { certain: mut tally, possible, failing } = entries;
        // A condition about nothing does not hold, so what possible values alone pass is none that is certain.
        let is_condition = role == Role::Gate && tally.is_empty();
        tally.unknowns += possible.fails;
        tally.unknowns += if is_about_presence { 0 } else { possible.unknowns };
        *(if is_some || is_condition { &mut tally.unknowns } else { &mut tally.passes }) += possible.passes;
        let status = match (is_some, tally) {
            (false, tally) if tally.is_empty() => Status::Pass,
            (false, _) => tally.all(),
            (true, Tally { passes: 0, unknowns: 0, .. }) => Status::Fail,
            (true, _) => tally.any(),
        };
        if status == Status::Fail {
            for &Failing { about, apart } in &failing {
                if self.evaluator.is_strict && self.crashes(check, about) {
                    self.describe_crash(check.span);
                } else {
                    self.describe_apart(check.span, check.message.as_ref(), Some(about), apart);
                }
            }
            if failing.is_empty() {
                self.describe(check.span, check.message.as_ref(), None);
            }
        }
        status
    }

    /// Whether cfn-guard's report crashes over a failing value: over a literal that was tested, save one whose
    /// emptiness was.
    fn crashes(&self, check: &'a Check, about: Reached<'a>) -> bool {
        let What::Literal(literal) = about.what else { return false };
        match check.test {
            Test::Compare(..) => false,
            Test::Exists | Test::Is(_) => true,
            Test::Empty => {
                let shape = self.shape(Value::Literal(literal));
                let has_emptiness = shape.is_list() || shape.is_map() || matches!(shape, Shape::Text(_));
                !check.query.is_lone_variable() || !has_emptiness
            }
        }
    }

    fn fails_as_a_whole(&mut self, check: &'a Check) -> Status {
        self.describe(check.span, check.message.as_ref(), None);
        Status::Fail
    }
}

fn is_of_type(shape: Shape<'_>, wanted: Type) -> Verdict {
    let is_one = match shape {
        Shape::Unknown => return Verdict::Unknown,
        Shape::Text(_) => wanted == Type::String,
        Shape::List => wanted == Type::List,
        Shape::Map { .. } => wanted == Type::Struct,
        Shape::Bool(_) => wanted == Type::Bool,
        Shape::Int(_) => wanted == Type::Int,
        Shape::Float(_) => wanted == Type::Float,
        Shape::Null => wanted == Type::Null,
        Shape::Char(_)
        | Shape::Pattern(_)
        | Shape::IntRange(_)
        | Shape::FloatRange(_)
        | Shape::CharRange(_) => false,
    };
    if is_one { Verdict::Yes } else { Verdict::No }
}

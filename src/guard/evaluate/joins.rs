//! Joins: `%mappings[ From == %queue ]`, asked for each queue of a template, would look at each mapping as often. The
//! values of a variable are sorted by what stands under the key, once.

use std::rc::Rc;

use super::index::{ByText, LARGE};
use super::value::{Made, Reached, Value};
use super::{Outcome, Run};
use crate::guard::ast::{Clause, KeyId, Operand, Operator, Query, Start, Step, Test, TextId};
use crate::names::Name;

/// A clause of the form `Key == %variable`.
struct Join {
    key: KeyId,
    variable: TextId,
}

impl Join {
    /// The join that a query's first step begins with.
    fn of(query: &Query) -> Option<Self> {
        let Some(Step::Filter(_, clauses)) = query.steps.first() else { return None };
        let [Clause::Check(check)] = clauses.first()?.0.as_slice() else { return None };
        let ([Step::Key(key)], Start::Root) = (check.query.steps.as_slice(), check.query.start) else {
            return None;
        };
        let Test::Compare(Operator::Equal, Operand::Query(other)) = &check.test else { return None };
        let Start::Variable { name, .. } = other.start else { return None };
        let is_plain = !check.is_negated && !other.is_some && other.is_lone_variable();
        is_plain.then_some(Self { key: *key, variable: name })
    }
}

impl<'a> Run<'_, 'a> {
    /// The values of a variable that the filter behind it has to be asked of: without those that its first clause turns
    /// away for certain. `None` if that is all of them.
    pub(super) fn few_of(
        &mut self,
        query: &'a Query,
        values: &Rc<[Reached<'a>]>,
    ) -> Outcome<Option<Vec<Reached<'a>>>> {
        let (Start::Variable { name, .. }, Some(Step::Filter(_, clauses))) =
            (query.start, query.steps.first())
        else {
            return Ok(None);
        };
        let Some(join) = Join::of(query).filter(|_| values.len() > LARGE && self.may_skip(&clauses[1..]))
        else {
            return Ok(None);
        };
        // Of values that are found anew each time there would be an index each time.
        let Some(at) = self.kept_variable(name) else { return Ok(None) };
        let wanted = self.variable(join.variable)?;
        let (Some(key), [wanted]) = (self.evaluator.text_name(self.key(join.key).text), &*wanted) else {
            return Ok(None);
        };
        let Some(wanted) = self.certain_text(*wanted) else { return Ok(None) };
        if !self.evaluator.joins.contains_key(&(at, key)) {
            let by_text = self.by_text(key, values);
            self.evaluator.joins.insert((at, key), by_text);
        }
        let places = self.evaluator.joins[&(at, key)].places_of(&[wanted]);
        Ok(Some(places.into_iter().map(|place| values[place]).collect()))
    }

    fn by_text(&self, key: Name, values: &[Reached<'a>]) -> ByText {
        let member = |reached: &Reached<'a>| match reached.found() {
            Some(Value::Node(node)) => Some(node),
            Some(Value::Parsed(_) | Value::Literal(_) | Value::Made(_)) | None => None,
        };
        self.evaluator.index.by_text(key, values.iter().map(member))
    }

    fn certain_text(&self, reached: Reached<'a>) -> Option<Name> {
        match reached.found().filter(|_| !reached.is_possible)? {
            Value::Node(node) => self.evaluator.index.text_at(node),
            Value::Made(Made::Text(text)) => Some(text),
            Value::Made(_) | Value::Parsed(_) | Value::Literal(_) => None,
        }
    }
}

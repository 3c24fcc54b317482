//! Conjunctions, disjunctions, blocks, `when`, references and calls.

use std::rc::Rc;

use super::status::{Status, Tally};
use super::value::{Reached, Value, What};
use super::{Outcome, Role, Run, RunError, Stop};
use crate::guard::ast::{
    AnyOf, Block, Call, Clause, Operand, QueryBlock, Reference, Rule, RuleIndex, TextId, TypeBlock, WhenBlock,
};
use crate::source::Span;

impl<'a> Run<'_, 'a> {
    /// The status of a rule; a broken one fails.
    pub(super) fn top_rule(&mut self, index: RuleIndex) -> Status {
        let rule = &self.rules().all[index.0];
        self.points_at = rule.points_at.as_ref();
        let result = self.rule(rule, Role::Assertion);
        let status = self.settled_status(result, rule.span);
        if status != Status::Fail {
            self.failures.clear();
        }
        status
    }

    /// The status of a rule's conditions.
    pub(super) fn top_gate(&mut self, index: RuleIndex) -> Status {
        let rule = &self.rules().all[index.0];
        let result = self.conditions(&rule.conditions);
        self.settled_status(result, rule.span)
    }

    /// A status, also where the evaluation stopped before it had one.
    pub(super) fn settled_status(&mut self, result: Outcome<Status>, span: Span) -> Status {
        match result {
            Ok(status) => status,
            Err(Stop::Unevaluatable) if !self.evaluator.is_strict => {
                self.describe(span, None, None);
                Status::Fail
            }
            Err(Stop::Unevaluatable) => {
                self.describe_error(span, RunError::Unevaluatable);
                Status::Fail
            }
            Err(Stop::Broken(error)) => {
                self.describe_error(span, error);
                Status::Fail
            }
        }
    }

    fn rule(&mut self, named: &'a Rule, role: Role) -> Outcome<Status> {
        self.guarded(&named.conditions, &named.block, role, named.span)
    }

    /// A block under conditions.
    fn guarded(
        &mut self,
        conditions: &'a [AnyOf],
        block: &'a Block,
        role: Role,
        span: Span,
    ) -> Outcome<Status> {
        if conditions.is_empty() {
            return self.block(block, role);
        }
        self.weighed(|run| match run.conditions(conditions) {
            Ok(Status::Pass) => run.block(block, role),
            Ok(Status::Unknown) => run.doubting(|run| run.block(block, role)),
            Ok(Status::Fail | Status::Skip) => Ok(Status::Skip),
            Err(Stop::Unevaluatable) if role == Role::Assertion => {
                run.describe(span, None, None);
                Ok(Status::Fail)
            }
            Err(stop) => Err(stop),
        })
    }

    /// The status of a `when`.
    pub(super) fn conditions(&mut self, conditions: &'a [AnyOf]) -> Outcome<Status> {
        self.silently(|run| run.all_of(conditions, Role::Gate))
    }

    /// What `work` says of something that may not apply: it cannot fail.
    pub(super) fn doubting(&mut self, work: impl FnOnce(&mut Self) -> Outcome<Status>) -> Outcome<Status> {
        let described = self.failures.len();
        let status = work(self)?.doubted();
        self.failures.truncate(described);
        Ok(status)
    }

    /// A block about the current root.
    pub(super) fn block(&mut self, block: &'a Block, role: Role) -> Outcome<Status> {
        self.deeper(|run| run.in_block(&block.lets, |run| run.all_of(&block.clauses, role)))
    }

    /// Clauses that must all hold.
    pub(super) fn all_of(&mut self, clauses: &'a [AnyOf], role: Role) -> Outcome<Status> {
        self.weighed(|run| {
            let mut tally = Tally::default();
            for clause in clauses {
                let status = run.any_of(clause, role)?;
                tally.add(status);
                if status == Status::Fail && run.is_hasty() {
                    break;
                }
            }
            Ok(tally.all())
        })
    }

    /// Clauses one of which must hold; those after it are not looked at.
    pub(super) fn any_of(&mut self, clauses: &'a AnyOf, role: Role) -> Outcome<Status> {
        if let [only] = clauses.0.as_slice() {
            return self.clause(only, role);
        }
        let described = self.failures.len();
        let status = self.weighed(|run| {
            let mut tally = Tally::default();
            for clause in &clauses.0 {
                let status = run.clause(clause, role)?;
                tally.add(status);
                if status == Status::Pass {
                    break;
                }
            }
            Ok(tally.any())
        })?;
        if status != Status::Fail {
            self.failures.truncate(described);
        }
        let first = clauses.0.first().map(Clause::span);
        for failure in self.failures.iter_mut().skip(described) {
            failure.either = first;
        }
        Ok(status)
    }

    fn clause(&mut self, clause: &'a Clause, role: Role) -> Outcome<Status> {
        self.weighed(|run| match clause {
            Clause::Check(check) => run.check(check, role),
            Clause::Block(block) => run.query_block(block, role),
            Clause::When(when) => run.when_block(when, role),
            Clause::Type(block) => run.type_block(block, role),
            Clause::Reference(reference) => run.reference(reference, role),
            Clause::Call(call) => run.call(call, role),
        })
    }

    fn when_block(&mut self, when: &'a WhenBlock, role: Role) -> Outcome<Status> {
        self.guarded(&when.conditions, &when.block, role, when.span)
    }

    fn query_block(&mut self, block: &'a QueryBlock, role: Role) -> Outcome<Status> {
        let results = self.query(&block.query)?;
        if results.is_empty() {
            if !block.is_not_empty {
                return Ok(Status::Skip);
            }
            self.describe(block.span, None, None);
            return Ok(Status::Fail);
        }
        let described = self.failures.len();
        let is_some = block.query.is_some;
        let is_condition = is_condition_on_possible(&results, role);
        let mut tally = Tally::default();
        for reached in results {
            let status = match (reached.what, reached.found()) {
                (_, Some(value)) if reached.is_possible => {
                    self.doubting(|run| run.about(value, |run| run.block(&block.block, role)))?
                }
                (_, Some(value)) => self.about(value, |run| run.block(&block.block, role))?,
                (What::Undetermined(_), None) => Status::Unknown,
                (_, None) if reached.is_possible => Status::Unknown,
                (_, None) => {
                    self.describe(block.span, None, Some(reached));
                    Status::Fail
                }
            };
            let is_doubtful = (is_some && reached.is_possible || is_condition) && status == Status::Pass;
            tally.add(if is_doubtful { Status::Unknown } else { status });
            if status == Status::Fail && !is_some && self.is_hasty() {
                break;
            }
        }
        let status = if is_some { tally.any() } else { tally.all() };
        if status != Status::Fail {
            self.failures.truncate(described);
        }
        Ok(status)
    }

    fn type_block(&mut self, block: &'a TypeBlock, role: Role) -> Outcome<Status> {
        let results = self.query(&block.query)?;
        let is_condition = is_condition_on_possible(&results, role);
        let mut tally = Tally::default();
        for reached in results {
            let status = match reached.found() {
                Some(value) if reached.is_possible => {
                    self.doubting(|run| run.about(value, |run| run.typed_resource(block, role)))?
                }
                Some(value) => self.about(value, |run| run.typed_resource(block, role))?,
                None => match reached.what {
                    What::Undetermined(_) => Status::Unknown,
                    What::Missing(_) | What::Value(_) | What::Literal(_) => Status::Skip,
                },
            };
            tally.add(if is_condition && status == Status::Pass { Status::Unknown } else { status });
            if status == Status::Fail && self.is_hasty() {
                break;
            }
        }
        Ok(tally.all())
    }

    /// One resource of a type block, as the current root.
    pub(super) fn typed_resource(&mut self, block: &'a TypeBlock, role: Role) -> Outcome<Status> {
        self.guarded(&block.conditions, &block.block, role, block.span)
    }

    fn reference(&mut self, reference: &'a Reference, role: Role) -> Outcome<Status> {
        let status = self.rule_status(reference.rule, role)?;
        let status = referenced(status, reference.is_negated, role);
        if status == Status::Fail {
            self.describe(reference.span, reference.message.as_ref(), None);
        }
        Ok(status)
    }

    /// The status of the first rule of this name that applies.
    fn rule_status(&mut self, name: TextId, role: Role) -> Outcome<Status> {
        if let Some(kept) = self.evaluator.kept_rules.get(&(name, role)).cloned() {
            return Ok(self.recalled(&kept));
        }
        let rules = self.rules();
        let Some(indexes) = rules.by_name.get(&name) else {
            return Err(Stop::Broken(RunError::UndefinedRule(rules.text(name).to_owned())));
        };
        if self.open_rules.contains(&name) {
            return Err(Stop::Broken(RunError::Cycle(rules.text(name).to_owned())));
        }
        self.open_rules.push(name);
        let result = self.keepable(|run| {
            for index in indexes {
                let named = &rules.all[index.0];
                let status = run.silently(|run| run.at_top(|run| run.deeper(|run| run.rule(named, role))))?;
                if status != Status::Skip {
                    return Ok(status);
                }
            }
            Ok(Status::Skip)
        });
        self.open_rules.pop();
        let (kept, may_keep) = result?;
        let status = kept.value;
        if may_keep {
            self.evaluator.kept_rules.insert((name, role), kept);
        }
        Ok(status)
    }

    fn call(&mut self, call: &'a Call, role: Role) -> Outcome<Status> {
        let rules = self.rules();
        let name = || rules.text(call.rule).to_owned();
        let Some(called) = rules.parameterized.get(&call.rule) else {
            return Err(Stop::Broken(RunError::UndefinedRule(name())));
        };
        if called.parameters.len() != call.arguments.len() {
            if self.evaluator.is_strict {
                return Err(Stop::Unevaluatable);
            }
            return Err(Stop::Broken(RunError::WrongArguments(name())));
        }
        let mut parameters = Vec::with_capacity(called.parameters.len());
        for (parameter, argument) in called.parameters.iter().zip(&call.arguments) {
            let mut values = self.operand(argument)?;
            // A parameter is a variable with values, also where the call gives a literal.
            if let Operand::Literal(literal) = argument {
                values = smallvec::smallvec![Reached::value(Value::Literal(literal))];
            }
            parameters.push((*parameter, Rc::from(values.as_slice())));
        }
        let described = self.failures.len();
        let status = self.with_parameters(parameters, |run| run.block(&called.block, role))?;
        let status = referenced(status, call.is_negated, role);
        if status != Status::Fail || call.message.is_some() || call.is_negated {
            // The call speaks for all of them, but what is broken stays so if the rule fails.
            let failures = self.failures.split_off(described);
            self.failures.extend(failures.into_iter().filter(|failure| failure.error.is_some()));
        }
        if status == Status::Fail && self.failures.len() == described {
            self.describe(call.span, call.message.as_ref(), None);
        }
        Ok(status)
    }
}

/// Whether a condition is about nothing but what is possible: without that it would not hold, so it is not certain
/// even where all of it passes.
fn is_condition_on_possible(results: &[Reached<'_>], role: Role) -> bool {
    role == Role::Gate && results.iter().all(|reached| reached.is_possible)
}

/// What a rule's status is worth where it is named: one that does not apply is no assertion, negated or not.
fn referenced(status: Status, is_negated: bool, role: Role) -> Status {
    match (status, role) {
        (Status::Pass, _) => Status::of(!is_negated),
        (Status::Fail, _) => Status::of(is_negated),
        (Status::Unknown, _) => Status::Unknown,
        (Status::Skip, Role::Assertion) => Status::Fail,
        (Status::Skip, Role::Gate) if is_negated => Status::Pass,
        (Status::Skip, Role::Gate) => Status::Skip,
    }
}

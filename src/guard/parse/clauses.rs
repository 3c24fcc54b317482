//! Clauses: checks, blocks, `when`, references and calls.

use pest::iterators::{Pair, Pairs};

use super::{Builder, Built, Rule as Grammar};
use crate::guard::ast::{
    AnyOf, Call, Check, Clause, Literal, Operand, Operator, Query, QueryBlock, Reference, Start, Step, Test,
    Type, TypeBlock, WhenBlock,
};
use crate::guard::message::Message;

impl Builder {
    /// A disjunction, or a lone clause as one.
    pub(super) fn any_of(&mut self, pair: Pair<'_, Grammar>) -> Built<AnyOf> {
        match pair.as_rule() {
            Grammar::rule_items
            | Grammar::clause_or_ref
            | Grammar::type_blocks
            | Grammar::clauses_or
            | Grammar::cond_or => {
                let clauses = pair.into_inner().filter(|part| part.as_rule() != Grammar::or);
                Ok(AnyOf(clauses.map(|part| self.clause(part)).collect::<Built<_>>()?))
            }
            _ => Ok(AnyOf(vec![self.clause(pair)?])),
        }
    }

    fn clause(&mut self, pair: Pair<'_, Grammar>) -> Built<Clause> {
        match pair.as_rule() {
            Grammar::type_block => self.type_block(pair),
            Grammar::when_any | Grammar::when_block => self.when_block(pair),
            Grammar::call_clause => self.call(pair),
            Grammar::rule_ref => self.reference(pair),
            _ => self.check_or_block(pair),
        }
    }

    /// The conditions of a `when`.
    pub(super) fn conditions(&mut self, when: Pair<'_, Grammar>) -> Built<Vec<AnyOf>> {
        let conditions = when.into_inner().flat_map(Pair::into_inner);
        conditions.map(|condition| self.any_of(condition)).collect()
    }

    fn when_block(&mut self, pair: Pair<'_, Grammar>) -> Built<Clause> {
        let span = self.head(&pair);
        let mut parts = pair.into_inner();
        let conditions = self.conditions(parts.next().expect("a `when` block begins with its conditions"))?;
        let block = match parts.peek() {
            Some(block) if block.as_rule() == Grammar::block => self.block_of(block.into_inner())?,
            _ => self.block_of(parts)?,
        };
        Ok(Clause::When(Box::new(WhenBlock { span, conditions, block })))
    }

    fn type_block(&mut self, pair: Pair<'_, Grammar>) -> Built<Clause> {
        let span = self.head(&pair);
        let mut name = String::new();
        let mut conditions = Vec::new();
        let mut body = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Grammar::type_name => part.as_str().trim_end_matches("::MODULE").clone_into(&mut name),
                Grammar::when => conditions = self.conditions(part)?,
                Grammar::block => body.extend(part.into_inner()),
                _ => body.push(part),
            }
        }
        let is_type = Check {
            span,
            query: Query {
                is_some: false,
                start: Start::Root,
                steps: vec![Step::Key(self.key_id("Type", span))],
            },
            is_negated: false,
            test: Test::Compare(Operator::Equal, Operand::Literal(Literal::Text(self.text_id(&name)))),
            message: None,
        };
        let steps = vec![
            Step::Key(self.key_id("Resources", span)),
            Step::Values(None),
            Step::Filter(None, vec![AnyOf(vec![Clause::Check(Box::new(is_type))])]),
        ];
        let query = Query { is_some: false, start: Start::Root, steps };
        let block = self.block_of(body)?;
        Ok(Clause::Type(Box::new(TypeBlock { span, query, conditions, block })))
    }

    fn call(&mut self, pair: Pair<'_, Grammar>) -> Built<Clause> {
        let span = self.head(&pair);
        let mut is_negated = false;
        let mut rule = None;
        let mut arguments = Vec::new();
        let mut message = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Grammar::neg => is_negated = true,
                Grammar::name => rule = Some(self.text_id(part.as_str())),
                Grammar::args => {
                    arguments = part.into_inner().map(|part| self.operand(part)).collect::<Built<_>>()?;
                }
                _ => message = Some(self.message(&part)?),
            }
        }
        let rule = rule.expect("a call names a rule");
        Ok(Clause::Call(Box::new(Call { span, rule, arguments, is_negated, message })))
    }

    fn reference(&mut self, pair: Pair<'_, Grammar>) -> Built<Clause> {
        let span = self.head(&pair);
        let mut is_negated = false;
        let mut rule = None;
        let mut message = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Grammar::neg => is_negated = true,
                Grammar::name => rule = Some(self.text_id(part.as_str())),
                Grammar::message => message = Some(self.message(&part)?),
                // The grammar looks ahead for an `or` to know a reference from a property.
                _ => {}
            }
        }
        let rule = rule.expect("a reference names a rule");
        Ok(Clause::Reference(Box::new(Reference { span, rule, is_negated, message })))
    }

    fn check_or_block(&mut self, pair: Pair<'_, Grammar>) -> Built<Clause> {
        let span = self.head(&pair);
        let mut parts = pair.into_inner();
        let is_negated = next_is(&mut parts, Grammar::neg).is_some();
        let query = self.query(parts.next().expect("a clause has a query"))?;
        let is_not_empty = next_is(&mut parts, Grammar::not_empty).is_some();
        let next = parts.next().expect("a query is followed by a block or an operator");
        match next.as_rule() {
            Grammar::block => {
                let block = self.block_of(next.into_inner())?;
                Ok(Clause::Block(Box::new(QueryBlock { span, query, is_not_empty, block })))
            }
            Grammar::unary => {
                let (is_not, test) = unary(next);
                let message = self.optional_message(parts)?;
                let is_negated = is_negated != is_not;
                Ok(Clause::Check(Box::new(Check { span, query, is_negated, test, message })))
            }
            _ => {
                let (is_not, operator) = binary(&next);
                let operand = self.operand(parts.next().expect("a comparison has a right side"))?;
                let message = self.optional_message(parts)?;
                let is_negated = is_negated != is_not;
                let test = Test::Compare(operator, operand);
                Ok(Clause::Check(Box::new(Check { span, query, is_negated, test, message })))
            }
        }
    }

    fn optional_message(&mut self, mut parts: Pairs<'_, Grammar>) -> Built<Option<Message>> {
        parts.next().map(|message| self.message(&message)).transpose()
    }
}

fn next_is<'p>(parts: &mut Pairs<'p, Grammar>, expected: Grammar) -> Option<Pair<'p, Grammar>> {
    parts.peek().filter(|next| next.as_rule() == expected)?;
    parts.next()
}

/// Whether a unary operator is negated, and its test.
fn unary(pair: Pair<'_, Grammar>) -> (bool, Test) {
    let mut parts = pair.into_inner();
    let is_negated = next_is(&mut parts, Grammar::neg).is_some();
    let operator = parts.next().expect("a unary operator has a name");
    let test = match operator.as_rule() {
        Grammar::exists => Test::Exists,
        Grammar::empty => Test::Empty,
        _ => Test::Is(match operator.as_str()["is_".len()..].to_ascii_lowercase().as_str() {
            "string" => Type::String,
            "list" => Type::List,
            "struct" => Type::Struct,
            "bool" => Type::Bool,
            "int" => Type::Int,
            "float" => Type::Float,
            _ => Type::Null,
        }),
    };
    (is_negated, test)
}

/// Whether a binary operator is negated, and its relation.
fn binary(pair: &Pair<'_, Grammar>) -> (bool, Operator) {
    match pair.as_str() {
        "==" => (false, Operator::Equal),
        "!=" => (true, Operator::Equal),
        ">=" => (false, Operator::AtLeast),
        "<=" => (false, Operator::AtMost),
        ">" => (false, Operator::Greater),
        "<" => (false, Operator::Less),
        _ => (pair.clone().into_inner().next().is_some(), Operator::In),
    }
}

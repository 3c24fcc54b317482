//! Rules, `let`s and what stands around them in a file.

use pest::iterators::Pair;
use rustc_hash::FxHashMap;

use super::{Builder, Built, Rule as Grammar};
use crate::guard::ast::{
    AnyOf, Block, Dialect, Header, Let, Lets, Operand, ParameterizedRule, Query, Rule, RuleIndex, Rules,
    TextId,
};
use crate::source::Span;

/// What a file holds.
pub(super) struct File {
    pub(super) lets: Lets,
    pub(super) rules: Vec<Rule>,
    pub(super) by_name: FxHashMap<TextId, Vec<RuleIndex>>,
    pub(super) parameterized: FxHashMap<TextId, ParameterizedRule>,
}

impl Builder {
    pub(super) fn rules_file(&mut self, file: Pair<'_, Grammar>) -> Built<File> {
        let mut lets = Vec::new();
        let mut rules = Vec::new();
        let mut loose: Vec<(Span, AnyOf)> = Vec::new();
        let mut parameterized = FxHashMap::default();
        for part in file.into_inner() {
            match part.as_rule() {
                Grammar::assignment => lets.push(self.assignment(part)?),
                Grammar::rule => rules.push(self.rule(part)?),
                Grammar::param_rule => {
                    let (name, rule) = self.parameterized_rule(part)?;
                    parameterized.insert(name, rule);
                }
                Grammar::EOI => {}
                _ => loose.push((self.head(&part), self.any_of(part)?)),
            }
        }
        if let Some((span, _)) = loose.first() {
            let span = *span;
            let clauses = loose.into_iter().map(|(_, clause)| clause).collect();
            let block = Block { lets: self.scope(Vec::new()), clauses };
            let headers = headers_above(self.source.text(), span.start as usize);
            let points_at = self.points_at(&headers)?;
            let name = Rules::UNNAMED.to_owned();
            rules.insert(0, Rule { name, headers, span, points_at, conditions: Vec::new(), block });
        }
        let mut by_name: FxHashMap<TextId, Vec<RuleIndex>> = FxHashMap::default();
        for (index, rule) in rules.iter().enumerate() {
            by_name.entry(self.text_id(&rule.name)).or_default().push(RuleIndex(index));
        }
        Ok(File { lets: self.scope(lets), rules, by_name, parameterized })
    }

    fn rule(&mut self, pair: Pair<'_, Grammar>) -> Built<Rule> {
        let span = self.head(&pair);
        let headers = headers_above(self.source.text(), self.offset(&pair));
        let mut name = String::new();
        let mut conditions = Vec::new();
        let mut body = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Grammar::name => part.as_str().clone_into(&mut name),
                Grammar::when => conditions = self.conditions(part)?,
                _ => body.push(part),
            }
        }
        let points_at = self.points_at(&headers)?;
        let block = self.block_of(body)?;
        Ok(Rule { name, headers, span, points_at, conditions, block })
    }

    /// The query of `#@ at: query`. On a page a message says where it points.
    fn points_at(&mut self, headers: &[Header]) -> Built<Option<Query>> {
        let at = headers.iter().rfind(|header| self.dialect == Dialect::Guard && header.key == "at");
        at.map(|header| self.query_at(&header.value, header.span.start as usize)).transpose()
    }

    fn parameterized_rule(&mut self, pair: Pair<'_, Grammar>) -> Built<(TextId, ParameterizedRule)> {
        let mut names = Vec::new();
        let mut body = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Grammar::name => names.push(self.text_id(part.as_str())),
                _ => body.push(part),
            }
        }
        let name = names.remove(0);
        Ok((name, ParameterizedRule { parameters: names, block: self.block_of(body)? }))
    }

    /// A block from its parts: assignments and disjunctions.
    pub(super) fn block_of<'p>(
        &mut self,
        parts: impl IntoIterator<Item = Pair<'p, Grammar>>,
    ) -> Built<Block> {
        let mut lets = Vec::new();
        let mut clauses = Vec::new();
        for part in parts {
            match part.as_rule() {
                Grammar::assignment => lets.push(self.assignment(part)?),
                _ => clauses.push(self.any_of(part)?),
            }
        }
        Ok(Block { lets: self.scope(lets), clauses })
    }

    fn assignment(&mut self, pair: Pair<'_, Grammar>) -> Built<Let> {
        let span = self.head(&pair);
        let mut parts = pair.into_inner();
        let name = parts.next().expect("an assignment has a name");
        let name = self.text_id(name.as_str());
        let value = self.operand(parts.next().expect("an assignment has a value"))?;
        Ok(Let { span, name, value })
    }

    /// The scope of these `let`s. Of those with one name a literal wins over a function, that over a query, and
    /// among equals the last.
    pub(super) fn scope(&mut self, lets: Vec<Let>) -> Lets {
        let mut all: Vec<Let> = Vec::with_capacity(lets.len());
        for new in lets {
            match all.iter_mut().find(|old| old.name == new.name) {
                Some(old) if precedence(&new.value) >= precedence(&old.value) => *old = new,
                Some(_) => {}
                None => all.push(new),
            }
        }
        self.scopes += 1;
        Lets { id: self.scopes, all }
    }
}

fn precedence(value: &Operand) -> u8 {
    match value {
        Operand::Query(_) => 0,
        Operand::Function(_) => 1,
        Operand::Literal(_) => 2,
    }
}

/// The `#@ key: value` lines among the comment lines that end directly above `offset`.
fn headers_above(text: &str, offset: usize) -> Vec<Header> {
    let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let mut headers = Vec::new();
    let mut end = line_start;
    for line in text[..line_start].split_inclusive('\n').rev() {
        end -= line.len();
        let Some(comment) = line.trim_start().strip_prefix('#') else { break };
        if let Some((key, value)) = comment.strip_prefix('@').and_then(|header| header.split_once(':')) {
            let blank = value.len() - value.trim_start().len();
            let at = end + line.len() - value.len() + blank;
            let value = value.trim();
            let span = Span::new(at..at + value.len());
            headers.push(Header { key: key.trim().to_owned(), value: value.to_owned(), span });
        }
    }
    headers.reverse();
    headers
}

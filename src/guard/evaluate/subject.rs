//! Rules subject by subject: which values an item of a rule is about, and what it says of one of them.

use std::rc::Rc;

use smallvec::SmallVec;

use super::members::Content;
use super::status::Status;
use super::value::{Reached, Shape, Value};
use super::{Evaluator, Failure, Outcome, Role, Run, Wanted};
use crate::guard::ast::{
    AnyOf, Block, Check, Clause, KeyId, Lets, Operand, Query, QueryBlock, RuleIndex, Rules, Start, Step,
    Test, TextId, TypeBlock, WhenBlock,
};
use crate::guard::tree::{NodeId, Scenario};
use crate::source::Span;

/// What an item of a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidates {
    /// Each of these that the item's filters keep is judged for itself.
    Each(Vec<NodeId>),
    /// Those of these that the item's filters keep are the members of one finding.
    Gathered(Vec<NodeId>),
    /// The document.
    Whole,
}

/// A top-level statement of a rule, or of a `when` block in it.
pub(super) struct Item<'a> {
    /// The `when` blocks around it, outermost first.
    gates: Vec<&'a WhenBlock>,
    span: Span,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// A block, or a clause, about each of the values of a source.
    Each(Source<'a>, Body<'a>),
    /// `source empty`.
    Gathered(Source<'a>, &'a Check),
    /// Anything else.
    Whole(&'a AnyOf),
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Block(&'a QueryBlock),
    Type(&'a TypeBlock),
    /// `%variable.key == 5`: the variable stands for one value at a time.
    Check(TextId, &'a Check),
}

/// Members of a list or map of the document, with filters over them.
struct Source<'a> {
    /// The keys that lead from the document to the list or map.
    keys: Vec<KeyId>,
    members: Members,
    /// Each with the scope that it stands in: 0 is the file's, 1 the rule's, then those of the gates.
    filters: Vec<(usize, &'a [AnyOf])>,
}

/// Which members a [`Source`] has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Members {
    /// `.*`, or a filter behind a key: items of a list, values of a map.
    Values,
    /// `[*]`: items of a list; a map is its own member.
    Elements,
}

/// Variables that stand for variables that are followed.
const ALIASES: usize = 16;

/// The items of every rule.
pub(super) fn items(rules: &Rules) -> Vec<Rc<[Item<'_>]>> {
    rules.all.iter().map(|rule| Survey { scopes: vec![&rules.lets] }.items_of(&rule.block)).collect()
}

/// Looks for the items of a block.
struct Survey<'a> {
    /// The file's first.
    scopes: Vec<&'a Lets>,
}

impl<'a> Survey<'a> {
    fn items_of(&mut self, block: &'a Block) -> Rc<[Item<'a>]> {
        let mut items = Vec::new();
        self.add_items(block, &[], &mut items);
        items.into()
    }

    fn add_items(&mut self, block: &'a Block, gates: &[&'a WhenBlock], items: &mut Vec<Item<'a>>) {
        self.scopes.push(&block.lets);
        for clause in &block.clauses {
            if let [Clause::When(when)] = clause.0.as_slice() {
                let gates: Vec<_> = gates.iter().copied().chain([&**when]).collect();
                let mut inner = Vec::new();
                self.add_items(&when.block, &gates, &mut inner);
                if inner.iter().any(|item| !matches!(item.kind, Kind::Whole(_))) {
                    items.append(&mut inner);
                    continue;
                }
            }
            let kind = self.kind(clause);
            items.push(Item {
                gates: gates.to_vec(),
                span: clause.0.first().map_or_else(Span::default, Clause::span),
                kind,
            });
        }
        self.scopes.pop();
    }

    fn kind(&self, clause: &'a AnyOf) -> Kind<'a> {
        let kind = match clause.0.as_slice() {
            [Clause::Block(block)] if !block.is_not_empty && !block.query.is_some => {
                self.source(&block.query).map(|source| Kind::Each(source, Body::Block(block)))
            }
            [Clause::Type(block)] => {
                self.source(&block.query).map(|source| Kind::Each(source, Body::Type(block)))
            }
            [Clause::Check(check)] if matches!(check.test, Test::Empty) && !check.is_negated => {
                let source = self.source(&check.query).filter(|source| !source.filters.is_empty());
                source.map(|source| Kind::Gathered(source, check)).or_else(|| self.separate(check))
            }
            [Clause::Check(check)] => self.separate(check),
            _ => None,
        };
        kind.unwrap_or(Kind::Whole(clause))
    }

    /// A check that says of all values of a variable together what it says of each of them.
    fn separate(&self, check: &'a Check) -> Option<Kind<'a>> {
        let Start::Variable { name, .. } = check.query.start else { return None };
        let is_about_each = match &check.test {
            Test::Exists | Test::Is(_) => true,
            // One member among all values is enough.
            Test::Empty => !(check.is_negated && check.query.ends_in_filter()),
            // Two queries are compared as sets.
            Test::Compare(_, operand) => matches!(operand, Operand::Literal(_)),
        };
        if check.query.is_some || check.query.steps.is_empty() || !is_about_each {
            return None;
        }
        let source = self.source_of_variable(name, self.scopes.len() - 1, 0)?;
        Some(Kind::Each(source, Body::Check(name, check)))
    }

    fn source(&self, query: &'a Query) -> Option<Source<'a>> {
        self.source_in(query, self.scopes.len() - 1, 0)
    }

    /// The source that a query in that scope stands for.
    fn source_in(&self, query: &'a Query, scope: usize, aliases: usize) -> Option<Source<'a>> {
        let is_filter = |step: &Step| matches!(step, Step::Filter(None, _));
        let filters_start = query.steps.iter().rposition(|step| !is_filter(step)).map_or(0, |last| last + 1);
        let (path, filters) = query.steps.split_at(filters_start);
        let filters = filters.iter().filter_map(|step| {
            let Step::Filter(_, clauses) = step else { return None };
            Some((scope, clauses.as_slice()))
        });
        let mut source = match query.start {
            Start::Variable { name, .. } if path.is_empty() => {
                self.source_of_variable(name, scope, aliases)?
            }
            Start::Variable { .. } => return None,
            Start::Root => direct_source(path, filters_start < query.steps.len())?,
        };
        source.filters.extend(filters);
        Some(source)
    }

    fn source_of_variable(&self, name: TextId, scope: usize, aliases: usize) -> Option<Source<'a>> {
        let of =
            |at: usize| self.scopes[at].all.iter().find(|known| known.name == name).map(|known| (at, known));
        let (scope, variable) = (0..=scope).rev().find_map(of)?;
        match &variable.value {
            Operand::Query(query) if aliases < ALIASES => self.source_in(query, scope, aliases + 1),
            Operand::Query(_) | Operand::Literal(_) | Operand::Function(_) => None,
        }
    }
}

/// The source of a path that only has keys and perhaps a last step to all members.
fn direct_source<'a>(path: &[Step], is_filtered: bool) -> Option<Source<'a>> {
    let (path, members) = match path.split_last() {
        Some((Step::Values(None), path)) => (path, Members::Values),
        Some((Step::Elements(None), path)) => (path, Members::Elements),
        Some((Step::Key(_), _)) if is_filtered => (path, Members::Values),
        _ => return None,
    };
    let key = |step: &Step| if let Step::Key(key) = step { Some(*key) } else { None };
    let keys = path.iter().map(key).collect::<Option<_>>()?;
    Some(Source { keys, members, filters: Vec::new() })
}

impl Evaluator<'_> {
    /// How many items a rule has: the statements of its body, and those of a `when` block that has subjects in it.
    #[must_use]
    pub fn items(&self, rule: RuleIndex) -> usize {
        self.items[rule.0].len()
    }

    /// What an item is about. Values that its filters turn away in every scenario are left out.
    pub fn candidates(&mut self, rule: RuleIndex, item: usize, scenario: &mut dyn Scenario) -> Candidates {
        let items = self.items[rule.0].clone();
        let item = &items[item];
        let (source, is_gathered) = match &item.kind {
            Kind::Each(source, _) => (source, false),
            Kind::Gathered(source, _) => (source, true),
            Kind::Whole(_) => return Candidates::Whole,
        };
        self.captures.clear();
        let mut run = Run::new(self, scenario, Wanted::None);
        let block = &run.rules().all[rule.0].block;
        let mut nodes = run.source_members(source);
        run.in_item(block, item, &mut |run, scopes| {
            nodes.retain(|node| run.may_belong(source, *node, scopes));
            Ok(Status::Pass)
        })
        .ok();
        if is_gathered { Candidates::Gathered(nodes) } else { Candidates::Each(nodes) }
    }

    /// What an item says of a candidate: SKIP if its filters turn it away. The status of a gathered candidate is
    /// FAIL if it is a member. Without a candidate, what the item says of the document.
    pub fn judge(
        &mut self,
        rule: RuleIndex,
        item: usize,
        candidate: Option<NodeId>,
        scenario: &mut dyn Scenario,
        failure: &mut Option<Failure>,
    ) -> Status {
        let items = self.items[rule.0].clone();
        let item = &items[item];
        self.captures.clear();
        let mut run = Run::new(self, scenario, Wanted::First);
        let rule = &run.rules().all[rule.0];
        run.points_at = rule.points_at.as_ref();
        let block = &rule.block;
        let result = run.in_item(block, item, &mut |run, scopes| match (&item.kind, candidate) {
            (Kind::Each(source, body), Some(node)) => run.each(item, source, *body, node, scopes),
            (Kind::Gathered(source, check), Some(node)) => run.gathered(item, source, check, node, scopes),
            (Kind::Each(..) | Kind::Gathered(..), None) => Ok(Status::Skip),
            (Kind::Whole(clause), _) => {
                run.under_gates(item, scopes, |run| run.any_of(clause, Role::Assertion))
            }
        });
        let status = run.settled_status(result, item.span);
        run.finish();
        *failure = run.failures.drain(..).next();
        status
    }
}

impl Evaluator<'_> {
    /// What an item about the whole document says of it, and all that fails.
    pub fn judge_whole(
        &mut self,
        rule: RuleIndex,
        item: usize,
        scenario: &mut dyn Scenario,
        failures: &mut Vec<Failure>,
    ) -> Status {
        let items = self.items[rule.0].clone();
        let item = &items[item];
        let Kind::Whole(clause) = &item.kind else { return Status::Skip };
        self.captures.clear();
        let mut run = Run::new(self, scenario, Wanted::All);
        let rule = &run.rules().all[rule.0];
        run.points_at = rule.points_at.as_ref();
        let result = run.in_item(&rule.block, item, &mut |run, scopes| {
            run.under_gates(item, scopes, |run| run.any_of(clause, Role::Assertion))
        });
        let status = run.settled_status(result, item.span);
        run.finish();
        failures.append(&mut run.failures);
        status
    }
}

/// Something to be done inside of an item's scopes, of which it is given the indexes.
type InScopes<'w, 'r, 'a> = dyn FnMut(&mut Run<'r, 'a>, &[usize]) -> Outcome<Status> + 'w;

impl<'r, 'a> Run<'r, 'a> {
    /// Inside the scopes of the rule and of the `when` blocks around an item.
    fn in_item(
        &mut self,
        block: &'a Block,
        item: &Item<'a>,
        work: &mut InScopes<'_, 'r, 'a>,
    ) -> Outcome<Status> {
        let lets: SmallVec<[&'a Lets; 4]> =
            std::iter::once(&block.lets).chain(item.gates.iter().map(|gate| &gate.block.lets)).collect();
        self.in_scopes(&lets, &mut vec![0], work)
    }

    fn in_scopes(
        &mut self,
        lets: &[&'a Lets],
        scopes: &mut Vec<usize>,
        work: &mut InScopes<'_, 'r, 'a>,
    ) -> Outcome<Status> {
        match lets.split_first() {
            None => work(self, scopes),
            Some((first, rest)) => self.in_block(first, |run| {
                scopes.push(run.scope);
                run.in_scopes(rest, scopes, work)
            }),
        }
    }

    /// What `work` says if the conditions around an item hold.
    fn under_gates(
        &mut self,
        item: &Item<'a>,
        scopes: &[usize],
        work: impl FnOnce(&mut Self) -> Outcome<Status>,
    ) -> Outcome<Status> {
        let mut is_doubtful = false;
        for (index, gate) in item.gates.iter().enumerate() {
            // The conditions stand outside of the block whose scope comes after the file's and the rule's.
            match self.in_scope(scopes[index + 1], |run| run.conditions(&gate.conditions))? {
                Status::Pass => {}
                Status::Unknown => is_doubtful = true,
                Status::Fail | Status::Skip => return Ok(Status::Skip),
            }
        }
        if is_doubtful { self.doubting(work) } else { work(self) }
    }

    /// A candidate as the root of a block.
    fn each(
        &mut self,
        item: &Item<'a>,
        source: &Source<'a>,
        body: Body<'a>,
        node: NodeId,
        scopes: &[usize],
    ) -> Outcome<Status> {
        let Some((value, is_certain)) = self.member(source, node, scopes)? else { return Ok(Status::Skip) };
        self.under_gates(item, scopes, |run| {
            if run.settled(node).is_none() {
                return Ok(Status::Skip);
            }
            let judged = |run: &mut Self| match body {
                Body::Block(block) => run.about(value, |run| run.block(&block.block, Role::Assertion)),
                Body::Type(block) => run.about(value, |run| run.typed_resource(block, Role::Assertion)),
                Body::Check(variable, check) => {
                    let only: Rc<[Reached<'a>]> = Rc::from([Reached::value(value)]);
                    run.with_parameters(vec![(variable, only)], |run| run.check(check, Role::Assertion))
                }
            };
            if is_certain { judged(run) } else { run.doubting(judged) }
        })
    }

    /// Whether a candidate is a member; its message is that of a failure.
    fn gathered(
        &mut self,
        item: &Item<'a>,
        source: &Source<'a>,
        check: &'a Check,
        node: NodeId,
        scopes: &[usize],
    ) -> Outcome<Status> {
        let Some((value, is_certain)) = self.member(source, node, scopes)? else { return Ok(Status::Pass) };
        self.under_gates(item, scopes, |run| {
            if run.settled(node).is_none() {
                return Ok(Status::Pass);
            }
            if !is_certain {
                return Ok(Status::Unknown);
            }
            run.about(value, |run| {
                run.describe(check.span, check.message.as_ref(), Some(Reached::value(value)));
            });
            Ok(Status::Fail)
        })
    }

    /// A candidate that the filters of a source keep, before it is asked whether it exists, and whether that they
    /// keep it is certain.
    fn member(
        &mut self,
        source: &Source<'a>,
        node: NodeId,
        scopes: &[usize],
    ) -> Outcome<Option<(Value<'a>, bool)>> {
        let Some(value) = self.if_present(node).or_else(|| self.settled(node)) else { return Ok(None) };
        let mut is_certain = true;
        for (scope, clauses) in &source.filters {
            match self.in_scope(scopes[*scope], |run| run.filter(clauses, value))? {
                Status::Pass => {}
                Status::Unknown => is_certain = false,
                Status::Fail | Status::Skip => return Ok(None),
            }
        }
        Ok(Some((value, is_certain)))
    }

    /// Whether there is a scenario in which the filters may keep a candidate.
    fn may_belong(&mut self, source: &Source<'a>, node: NodeId, scopes: &[usize]) -> bool {
        let asked = self.asked;
        let is_turned_away = matches!(self.member(source, node, scopes), Ok(None));
        !is_turned_away || self.asked != asked
    }

    /// The members of a source as they stand in the tree: conditional ones are not decided.
    fn source_members(&mut self, source: &Source<'a>) -> Vec<NodeId> {
        let mut value = self.root();
        for key in &source.keys {
            match self.child_at(*key, value) {
                Some(child) => value = child,
                None => return Vec::new(),
            }
        }
        if let (Members::Elements, Value::Node(node), Shape::Map { .. }) =
            (source.members, value, self.shape(value))
        {
            return vec![node];
        }
        let members = self.members(value);
        let node = |content: Content<'a>| match content {
            Content::Node(node) => Some(node),
            Content::Value(_) => None,
        };
        members.iter().filter_map(|member| node(member.content)).collect()
    }
}

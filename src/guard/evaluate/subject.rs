//! Rules subject by subject: which values an item of a rule is about, and what it says of one of them.

use std::rc::Rc;

use smallvec::SmallVec;

use super::members::Content;
use super::status::Status;
use super::survey::{Body, Item, Kind, Members, Source};
use super::value::{Reached, Shape, Value};
use super::{Evaluator, Failure, Outcome, Role, Run, Wanted};
use crate::guard::ast::{Block, Check, Lets, RuleIndex};
use crate::guard::tree::{NodeId, Scenario};

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

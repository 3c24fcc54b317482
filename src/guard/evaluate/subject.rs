//! Rules subject by subject: which values an item of a rule is about, and what it says of one of them.

use std::rc::Rc;
use std::sync::Arc;

use smallvec::SmallVec;

use super::members::Content;
use super::shortlist::Shortlist;
use super::status::Status;
use super::survey::{Body, Collection, Item, Kind, Members, Source};
use super::value::{Reached, Shape, Value};
use super::{Evaluator, Failure, Outcome, Role, Run, Wanted};
use crate::guard::ast::{Block, Check, KeyId, Lets, RuleIndex};
use crate::guard::tree::{NodeId, Scenario};

/// What an item of a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidates {
    /// Each of these that the item's filters keep is judged for itself.
    Each(Vec<Candidate>),
    /// Those of these that the item's filters keep are the members of one finding.
    Gathered(Vec<Candidate>),
    /// The document.
    Whole,
}

/// A value that an item of a rule may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The value.
    pub node: NodeId,
    /// The members of other collections that it is inside of, outermost first: the state machine around a state.
    within: SmallVec<[NodeId; 1]>,
}

impl Candidate {
    /// A member of an item's first collection.
    fn outermost(node: NodeId) -> Self {
        Self { node, within: SmallVec::new() }
    }

    /// The members on the way, and the value itself.
    fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.within.iter().copied().chain([self.node])
    }

    /// A member of a collection that is inside of this one.
    fn member(&self, node: NodeId) -> Self {
        Self { node, within: self.nodes().collect() }
    }
}

impl Evaluator<'_> {
    /// What an item is about, which is among those of its shortlist: without values that a look turns away, and without
    /// those around others that its filters turn away in every scenario.
    pub fn candidates(
        &mut self,
        rule: RuleIndex,
        item: usize,
        shortlist: Shortlist,
        scenario: &mut dyn Scenario,
    ) -> Candidates {
        let survey = Arc::clone(&self.survey);
        let item = &survey.items(rule)[item];
        let (source, is_gathered) = match &item.kind {
            Kind::Each(source, _) => (source, false),
            Kind::Gathered(source, _) => (source, true),
            Kind::Whole => return Candidates::Whole,
        };
        let found = match shortlist {
            Shortlist::Among(members) if source.0.len() == 1 => {
                Some(members.into_iter().map(Candidate::outermost).collect())
            }
            Shortlist::Among(_) | Shortlist::Open => {
                self.captures.clear();
                let mut run = Run::new(self, scenario, Wanted::None);
                let block = &run.rules().all[rule.0].block;
                let mut found = None;
                run.in_item(block, item, &mut |run, scopes| {
                    found = run.candidates_of(item, source, &shortlist, scopes);
                    Ok(Status::Pass)
                })
                .ok();
                run.finish();
                found
            }
        };
        match found {
            None => Candidates::Whole,
            Some(candidates) if is_gathered => Candidates::Gathered(candidates),
            Some(candidates) => Candidates::Each(candidates),
        }
    }

    /// What an item says of a candidate: SKIP if its filters turn it away. The status of a gathered candidate is
    /// FAIL if it is a member. Without a candidate, what the item says of the document.
    pub fn judge(
        &mut self,
        rule: RuleIndex,
        item: usize,
        candidate: Option<&Candidate>,
        scenario: &mut dyn Scenario,
        failure: &mut Option<Failure>,
    ) -> Status {
        let survey = Arc::clone(&self.survey);
        let item = &survey.items(rule)[item];
        self.captures.clear();
        let mut run = Run::new(self, scenario, Wanted::First);
        let rule = &run.rules().all[rule.0];
        run.points_at = rule.points_at.as_ref();
        let block = &rule.block;
        let result = run.in_item(block, item, &mut |run, scopes| match (&item.kind, candidate) {
            (Kind::Each(source, body), Some(candidate)) => run.each(item, source, *body, candidate, scopes),
            (Kind::Gathered(source, check), Some(candidate)) => {
                run.gathered(item, source, check, candidate, scopes)
            }
            (Kind::Each(..) | Kind::Gathered(..) | Kind::Whole, _) => {
                run.under_gates(item, scopes, |run| run.any_of(item.clause, Role::Assertion))
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
        let survey = Arc::clone(&self.survey);
        let item = &survey.items(rule)[item];
        self.captures.clear();
        let mut run = Run::new(self, scenario, Wanted::All);
        let rule = &run.rules().all[rule.0];
        run.points_at = rule.points_at.as_ref();
        let result = run.in_item(&rule.block, item, &mut |run, scopes| {
            run.under_gates(item, scopes, |run| run.any_of(item.clause, Role::Assertion))
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
        self.in_scopes(&lets, &mut SmallVec::from_iter([0]), work)
    }

    fn in_scopes(
        &mut self,
        lets: &[&'a Lets],
        scopes: &mut SmallVec<[usize; 4]>,
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
        candidate: &Candidate,
        scopes: &[usize],
    ) -> Outcome<Status> {
        let Some((value, is_certain)) = self.member(item, source, candidate, scopes)? else {
            return Ok(Status::Skip);
        };
        self.under_gates(item, scopes, |run| {
            if !run.is_there(candidate) {
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
        candidate: &Candidate,
        scopes: &[usize],
    ) -> Outcome<Status> {
        let Some((value, is_certain)) = self.member(item, source, candidate, scopes)? else {
            return Ok(Status::Pass);
        };
        self.under_gates(item, scopes, |run| {
            if !run.is_there(candidate) {
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

    /// Whether a candidate exists, and what it is inside of.
    fn is_there(&mut self, candidate: &Candidate) -> bool {
        candidate.nodes().all(|node| self.settled(node).is_some())
    }

    /// A candidate that the filters of a source keep, before it is asked whether it exists, and whether that they
    /// keep it is certain.
    fn member(
        &mut self,
        item: &Item<'a>,
        source: &Source<'a>,
        candidate: &Candidate,
        scopes: &[usize],
    ) -> Outcome<Option<(Value<'a>, bool)>> {
        let mut is_certain = true;
        let mut last = None;
        // Most are members of the first collection, of which a look tells.
        let mut look = item.look.as_ref();
        for (collection, node) in source.0.iter().zip(candidate.nodes()) {
            let Some(value) = self.if_present(node).or_else(|| self.settled(node)) else { return Ok(None) };
            if let (Some(look), Value::Node(node)) = (look.take(), value)
                && let Some(grounds) = look.grounds(&self.evaluator.index, node)
            {
                for ground in grounds {
                    self.read(Value::Node(ground));
                }
                last = Some((value, is_certain));
                continue;
            }
            for (scope, clauses) in &collection.filters {
                match self.in_scope(scopes[*scope], |run| run.filter(clauses, value))? {
                    Status::Pass => {}
                    Status::Unknown => is_certain = false,
                    Status::Fail | Status::Skip => return Ok(None),
                }
            }
            last = Some((value, is_certain));
        }
        Ok(last)
    }

    /// Whether there is a scenario in which the filters may keep a candidate.
    fn may_belong(
        &mut self,
        item: &Item<'a>,
        source: &Source<'a>,
        candidate: &Candidate,
        scopes: &[usize],
    ) -> bool {
        let asked = self.asked;
        let is_turned_away = matches!(self.member(item, source, candidate, scopes), Ok(None));
        !is_turned_away || self.asked != asked
    }

    /// The members of a source as they stand in the tree, conditional ones not decided, without those that its filters
    /// turn away in every scenario. `None` where a member of one collection lacks the next, or it depends on the
    /// scenario which it has: then the query as a whole tells.
    fn candidates_of(
        &mut self,
        item: &Item<'a>,
        source: &Source<'a>,
        shortlist: &Shortlist,
        scopes: &[usize],
    ) -> Option<Vec<Candidate>> {
        let (first, inner) = source.0.split_first()?;
        let mut candidates: Vec<Candidate> = match shortlist {
            Shortlist::Among(members) => members.iter().copied().map(Candidate::outermost).collect(),
            Shortlist::Open => {
                let root = self.root();
                let Some(list) = self.child_under(&first.keys, root) else { return Some(Vec::new()) };
                self.member_nodes(first, list).into_iter().map(Candidate::outermost).collect()
            }
        };
        candidates.retain(|candidate| self.may_belong(item, source, candidate, scopes));
        for collection in inner {
            let mut next = Vec::new();
            for candidate in &candidates {
                let value = self.if_present(candidate.node)?;
                let asked = self.asked;
                let list = self.child_under(&collection.keys, value)?;
                if self.asked != asked
                    || !matches!(self.shape(list), Shape::List | Shape::Map { is_open: false })
                {
                    return None;
                }
                let members = self.member_nodes(collection, list);
                next.extend(members.into_iter().map(|node| candidate.member(node)));
            }
            next.retain(|candidate| self.may_belong(item, source, candidate, scopes));
            candidates = next;
        }
        Some(candidates)
    }

    fn child_under(&mut self, keys: &[KeyId], value: Value<'a>) -> Option<Value<'a>> {
        keys.iter().try_fold(value, |value, key| self.child_at(*key, value))
    }

    fn member_nodes(&self, collection: &Collection<'a>, list: Value<'a>) -> Vec<NodeId> {
        if let (Members::Elements, Value::Node(node), Shape::Map { .. }) =
            (collection.members, list, self.shape(list))
        {
            return vec![node];
        }
        let members = self.members(list);
        let node = |content: Content<'a>| match content {
            Content::Node(node) => Some(node),
            Content::Value(_) => None,
        };
        members.iter().filter_map(|member| node(member.content)).collect()
    }
}

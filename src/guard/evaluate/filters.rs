//! Filters: which members of a list or map a query goes on with. Whether a conditional member exists is asked last.

use smallvec::SmallVec;

use super::glance::Glance;
use super::members::{Content, Member};
use super::queries::Way;
use super::selection::Chosen;
use super::status::Status;
use super::value::{Reached, Results, Shape, Value, What};
use super::variables::{Beside, Variables};
use super::vocabulary::Grounds;
use super::{Outcome, Role, Run, RunError, Stop};
use crate::guard::ast::{AnyOf, Dialect, KeyTest, Operand, Query, Start, Step, TextId};
use crate::guard::tree::{Node, NodeId};
use crate::names::Name;

/// How a filter runs over members.
#[derive(Clone, Copy, Default)]
struct Filtering<'a> {
    /// The variable that captures the keys of those it keeps.
    capture: Option<TextId>,
    /// What its clauses are about, if not the member.
    root: Option<Value<'a>>,
}

/// What a filter is about, which depends on the step before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A key: the filter is about the members of a map.
    Key,
    /// `.*`: about a map itself, and no scalar.
    Values,
    /// `[*]` or a variable: about a map or scalar itself.
    Elements,
    /// Anything else: the same, but cfn-guard crashes on a map here.
    Other,
}

/// The variables of an evaluation, of which a glance asks those alone that are written down.
struct Literals<'r, 'e, 'a>(&'r Run<'e, 'a>);

impl<'a> Variables<'a> for Literals<'_, '_, 'a> {
    fn value(&mut self, name: TextId) -> Option<Beside<'a>> {
        self.0.literal(name).map(Beside::Literal)
    }

    fn members(&mut self, _name: TextId) -> Option<Chosen<'a>> {
        None
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn by_filter(
        &mut self,
        query: &'a Query,
        at: usize,
        way: Way<'a>,
        capture: Option<TextId>,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        let before = before(query, at);
        let itself = Member { key: None, content: Content::Value(way.value) };
        match (self.shape(way.value), before) {
            (Shape::Map { .. }, Before::Key) => {
                for member in self.candidates(query, at, way.value).unwrap_or_else(|| self.members(way.value))
                {
                    self.filtered(query, at, way, member, Filtering { capture, root: None }, results)?;
                }
                self.add_unseen(way, results);
                Ok(())
            }
            (Shape::Map { .. }, Before::Other) if self.evaluator.is_strict => {
                Err(Stop::Broken(RunError::Crash))
            }
            (Shape::List, _) => {
                let clauses = query.steps.get(at).and_then(Step::clauses);
                let items = clauses.and_then(|clauses| self.likely_items(clauses, way.value));
                let members = match items {
                    Some(items) => items.into_iter().map(Member::of_item).collect(),
                    None => self.members(way.value),
                };
                for member in members {
                    self.filtered(query, at, way, member, Filtering::default(), results)?;
                }
                Ok(())
            }
            (Shape::Unknown, Before::Key | Before::Values) => {
                self.doubt(way.value);
                results.push(Reached::new(What::Undetermined(way.value), true));
                Ok(())
            }
            (shape, _) if shape.is_scalar() && self.is_lost_on_scalars(before) => {
                results.push(Reached::new(What::Missing(way.value), way.is_possible));
                Ok(())
            }
            _ => {
                let root = self.strict_root(query, at, way, way.value);
                self.filtered(query, at, way, itself, Filtering { capture: None, root }, results)
            }
        }
    }

    /// A member that `.*` or `[*]` gave to the filter at step `at`.
    pub(super) fn filtered_member(
        &mut self,
        query: &'a Query,
        at: usize,
        way: Way<'a>,
        member: Member<'a>,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        let is_asked_itself = self.content_if_present(member.content).is_some_and(|value| {
            let shape = self.shape(value);
            let is_ready = shape.is_map() || shape.is_unknown() || before(query, at) == Before::Elements;
            is_ready && !shape.is_list()
        });
        if is_asked_itself {
            let value = self.content_if_present(member.content).filter(|_| member.key.is_none());
            let root = value.and_then(|value| self.strict_root(query, at, way, value));
            return self.filtered(query, at, way, member, Filtering { capture: None, root }, results);
        }
        match self.settled_content(member.content) {
            Some(value) => {
                let around = member.key.map(|_| value).or(way.around);
                self.deeper(|run| run.walk(query, at, Way { value, around, ..way }, results))
            }
            None => Ok(()),
        }
    }

    /// What cfn-guard asks a filter behind `[*]` about: not an element that is a map, but what stands around the query.
    fn strict_root(
        &self,
        query: &'a Query,
        at: usize,
        way: Way<'a>,
        element: Value<'a>,
    ) -> Option<Value<'a>> {
        let is_behind_members = at > 0 && matches!(query.steps[at - 1], Step::Values(_) | Step::Elements(_));
        let is_elsewhere = self.evaluator.is_strict && is_behind_members && self.shape(element).is_map();
        is_elsewhere.then(|| way.around.unwrap_or_else(|| self.root()))
    }

    /// Whether a way ends at a scalar where there is a filter.
    fn is_lost_on_scalars(&self, before: Before) -> bool {
        match before {
            Before::Key | Before::Values => true,
            Before::Elements => false,
            Before::Other => self.evaluator.is_strict,
        }
    }

    /// Asks the filters from step `at` on of a member, then whether it exists, and goes on from it.
    fn filtered(
        &mut self,
        query: &'a Query,
        at: usize,
        way: Way<'a>,
        member: Member<'a>,
        filtering: Filtering<'a>,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        if way.is_on_its_own {
            let way = Way { is_on_its_own: false, ..way };
            return self.each_on_its_own(results, |run, results| {
                run.filtered(query, at, way, member, filtering, results)
            });
        }
        let present = self.content_if_present(member.content);
        let Some(value) = present.or_else(|| self.settled_content(member.content)) else {
            return Ok(());
        };
        let around = member.key.map(|_| value).or(way.around);
        let mut way = Way { value, around, ..way };
        let mut next = at;
        let mut root = filtering.root.unwrap_or(value);
        while let Some(Step::Filter(_, clauses)) = query.steps.get(next) {
            if next > at {
                let shape = self.shape(value);
                if shape.is_list() {
                    break;
                }
                if shape.is_map() && self.evaluator.is_strict {
                    return Err(Stop::Broken(RunError::Crash));
                }
                if shape.is_scalar() && self.is_lost_on_scalars(Before::Other) {
                    results.push(Reached::new(What::Missing(value), way.is_possible));
                    return Ok(());
                }
                root = value;
            }
            match self.filter(clauses, root)? {
                Status::Pass => {}
                Status::Unknown => way.is_possible = true,
                Status::Fail | Status::Skip => return Ok(()),
            }
            next += 1;
        }
        if present.is_some() && self.settled_content(member.content).is_none() {
            return Ok(());
        }
        if let (Some(capture), Some(key)) = (filtering.capture, member.key) {
            self.capture_key(capture, key);
        }
        self.deeper(|run| run.walk(query, next, way, results))
    }

    /// Whether a member is one that the filter keeps. The places that were read for one it turns away do not count.
    pub(super) fn filter(&mut self, clauses: &'a [AnyOf], member: Value<'a>) -> Outcome<Status> {
        let reads = self.reads.len();
        let mut rest = clauses;
        while let Some((first, others)) = rest.split_first() {
            match self.at_a_glance(first, member) {
                Some(true) => rest = others,
                Some(false) if self.may_skip(others) => {
                    self.reads.truncate(reads);
                    return Ok(Status::Fail);
                }
                Some(false) | None => break,
            }
        }
        if rest.is_empty() {
            return Ok(Status::Pass);
        }
        let asked =
            self.silently(|run| run.deeper(|run| run.about(member, |run| run.all_of(rest, Role::Gate))));
        let status = match asked {
            // Of what a clause cannot be asked a page's filter does not keep.
            Err(Stop::Unevaluatable) if self.rules().dialect == Dialect::Page => Status::Fail,
            asked => asked?,
        };
        match status {
            Status::Pass | Status::Unknown => {}
            // Those at a glance have passed already.
            Status::Skip if rest.len() < clauses.len() => return Ok(Status::Pass),
            Status::Fail | Status::Skip => self.reads.truncate(reads),
        }
        Ok(status)
    }

    /// Whether a member satisfies a clause that a look at plain values settles.
    fn at_a_glance(&mut self, clause: &'a AnyOf, member: Value<'a>) -> Option<bool> {
        let Value::Node(member) = member else { return None };
        let glance = Glance::of(clause, &self.evaluator.survey, &mut Literals(self))?;
        let mut grounds = Grounds::new();
        let holds = glance.holds(&self.evaluator.index, member, &mut grounds)?;
        for ground in grounds {
            self.read(Value::Node(ground));
        }
        Some(holds)
    }

    /// The members of a large map that the filter at step `at` has to be asked of: without those that its first
    /// clause turns away for certain. `None` if that is all of them.
    pub(super) fn candidates(
        &mut self,
        query: &'a Query,
        at: usize,
        value: Value<'a>,
    ) -> Option<SmallVec<[Member<'a>; 4]>> {
        let (Value::Node(map), Some(Step::Filter(_, clauses))) = (value, query.steps.get(at)) else {
            return None;
        };
        let Node::Map { entries, .. } = self.tree().node(map) else { return None };
        let (key, wanted) = self.wanted_texts(clauses)?;
        let entries = self.evaluator.index.entries_with(map, entries, key, &wanted)?;
        Some(entries.map(|(key, member)| Member::of_entry(*key, *member)).collect())
    }

    /// The items of a list of the document that a filter of a page has to be asked of, in the same way. Pages ask few
    /// lists, and each of them again and again.
    pub(super) fn likely_items(&mut self, clauses: &'a [AnyOf], list: Value<'a>) -> Option<Vec<NodeId>> {
        let Value::Node(list) = list else { return None };
        if self.rules().dialect != Dialect::Page || !matches!(self.tree().node(list), Node::List(_)) {
            return None;
        }
        let (key, wanted) = self.wanted_texts(clauses)?;
        Some(self.evaluator.index.members_with(list, key, &wanted).0)
    }

    /// The key and the texts of a filter's first clause, where it asks for nothing else and settles whether a member is
    /// turned away.
    fn wanted_texts(&self, clauses: &'a [AnyOf]) -> Option<(Name, SmallVec<[Name; 4]>)> {
        let (first, others) = clauses.split_first()?;
        let glance = Glance::of(first, &self.evaluator.survey, &mut Literals(self))
            .filter(|_| self.may_skip(others))?;
        glance.wanted(&self.evaluator.index)
    }

    /// Whether clauses need not be asked once another one failed. cfn-guard asks them, which shows where they are an
    /// error.
    pub(super) fn may_skip(&self, clauses: &[AnyOf]) -> bool {
        self.is_hasty() || clauses.iter().all(AnyOf::is_harmless)
    }

    pub(super) fn by_keys(
        &mut self,
        query: &'a Query,
        at: usize,
        way: Way<'a>,
        test: KeyTest,
        operand: &'a Operand,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        if !self.shape(way.value).is_map() {
            results.push(Reached::new(What::Missing(way.value), way.is_possible));
            return Ok(());
        }
        let wanted = self.about(way.value, |run| run.operand(operand))?;
        for member in self.members(way.value) {
            let Some(key) = member.key else { continue };
            let is_possible = match self.key_matches(key, test, &wanted) {
                Status::Pass => way.is_possible,
                Status::Unknown => true,
                Status::Fail | Status::Skip => continue,
            };
            if let Some(value) = self.settled_content(member.content) {
                let way = Way { value, is_possible, ..way };
                self.deeper(|run| run.walk(query, at + 1, way, results))?;
            }
        }
        self.add_unseen(way, results);
        Ok(())
    }
}

fn before(query: &Query, at: usize) -> Before {
    match (at.checked_sub(1).map(|at| &query.steps[at]), query.start) {
        (Some(Step::Key(_)), _) => Before::Key,
        (Some(Step::Values(_)), _) => Before::Values,
        (Some(Step::Elements(_)), _) | (None, Start::Variable { .. }) => Before::Elements,
        (Some(Step::Variable(_) | Step::Index(_) | Step::Filter(..) | Step::Keys(..)), _)
        | (None, Start::Root) => Before::Other,
    }
}

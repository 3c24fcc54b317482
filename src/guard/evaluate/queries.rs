//! Queries: from a value, step by step, to all that the steps lead to.

use super::members::{Entry, offset};
use super::value::{Made, Reached, Results, Shape, Text, Value, What};
use super::{Outcome, Run, RunError, Stop};
use crate::guard::ast::{KeyId, Query, Start, Step, TextId};

/// How far a query has come on one way.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) value: Value<'a>,
    pub(super) is_possible: bool,
    /// The other spelling under which a key was found: only this one is tried for the keys after it.
    pub(super) spelling: Option<usize>,
    /// The last member of a map on the way: what cfn-guard asks a filter behind `[*]` about.
    pub(super) around: Option<Value<'a>>,
    /// What filters read of a member is the basis of what is found in it, and of nothing else.
    pub(super) is_on_its_own: bool,
}

impl<'a> Way<'a> {
    fn from(value: Value<'a>) -> Self {
        Self { value, is_possible: false, spelling: None, around: None, is_on_its_own: false }
    }
}

impl<'a> Run<'_, 'a> {
    /// All that a query leads to from the current root.
    pub(super) fn query(&mut self, query: &'a Query) -> Outcome<Results<'a>> {
        let mut results = Results::new();
        match query.start {
            Start::Root => self.walk(query, 0, Way::from(self.root()), &mut results)?,
            Start::Variable { name, .. } => {
                let values = self.variable(name)?;
                if query.steps.is_empty() {
                    for reached in values.iter() {
                        self.rest_on(*reached);
                    }
                    results.extend_from_slice(&values);
                    return Ok(results);
                }
                let few = self.few_of(query, &values)?;
                for reached in few.as_deref().unwrap_or(&values) {
                    let (read, found) = (self.reads.len(), results.len());
                    self.walk_from(query, *reached, &mut results)?;
                    if results.len() == found {
                        self.reads.truncate(read);
                    }
                }
            }
        }
        Ok(results)
    }

    /// The same for a variable. Nothing of it is used yet: what was read for a value counts where that is used.
    pub(super) fn query_of_let(&mut self, query: &'a Query) -> Outcome<Results<'a>> {
        let mut results = Results::new();
        match query.start {
            Start::Root => {
                let way = Way { is_on_its_own: true, ..Way::from(self.root()) };
                self.walk(query, 0, way, &mut results)?;
            }
            Start::Variable { name, .. } => {
                let values = self.variable(name)?;
                if query.steps.is_empty() {
                    results.extend_from_slice(&values);
                    return Ok(results);
                }
                let few = self.few_of(query, &values)?;
                for reached in few.as_deref().unwrap_or(&values) {
                    self.each_on_its_own(&mut results, |run, results| {
                        run.walk_from(query, *reached, results)
                    })?;
                }
            }
        }
        Ok(results)
    }

    /// From a value of a variable.
    fn walk_from(&mut self, query: &'a Query, from: Reached<'a>, results: &mut Results<'a>) -> Outcome<()> {
        self.rest_on(from);
        let Some(value) = from.found() else {
            results.push(from);
            return Ok(());
        };
        self.walk(query, 0, Way { is_possible: from.is_possible, ..Way::from(value) }, results)
    }

    pub(super) fn walk(
        &mut self,
        query: &'a Query,
        from: usize,
        way: Way<'a>,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        let mut way = way;
        let mut at = from;
        while let Some(step) = query.steps.get(at) {
            let shape = self.shape(way.value);
            let next = match step {
                _ if shape.is_unknown() && !matches!(step, Step::Filter(..)) => {
                    Err(What::Undetermined(way.value))
                }
                Step::Key(key) => self.by_key(*key, &mut way, shape),
                Step::Index(index) => self.by_index(way.value, *index).ok_or(What::Missing(way.value)),
                Step::Elements(None) if shape.is_map() => Ok(way.value),
                Step::Elements(_) | Step::Values(_) if shape.is_scalar() => Ok(way.value),
                Step::Elements(capture) | Step::Values(capture) => {
                    return self.by_member(query, at, way, *capture, results);
                }
                Step::Variable(name) => return self.by_variable(query, at, way, *name, results),
                Step::Filter(capture, _) => return self.by_filter(query, at, way, *capture, results),
                Step::Keys(test, operand) => return self.by_keys(query, at, way, *test, operand, results),
            };
            match next {
                Ok(value) => way.value = value,
                Err(what) => {
                    if let What::Undetermined(value) = what {
                        self.doubt(value);
                    }
                    results.push(Reached::new(what, way.is_possible));
                    return Ok(());
                }
            }
            at += 1;
        }
        results.push(Reached::new(What::Value(way.value), way.is_possible));
        Ok(())
    }

    /// What stands under a key of a map.
    pub(super) fn child_at(&mut self, key: KeyId, value: Value<'a>) -> Option<Value<'a>> {
        let mut way = Way::from(value);
        let shape = self.shape(value);
        self.by_key(key, &mut way, shape).ok()
    }

    fn by_key(&mut self, key: KeyId, way: &mut Way<'a>, shape: Shape<'a>) -> Result<Value<'a>, What<'a>> {
        let Shape::Map { is_open } = shape else {
            return Err(What::Missing(way.value));
        };
        let key = self.key(key);
        match self.entry_of(way.value, key.text) {
            Entry::Present(value) => return Ok(value),
            Entry::Vanished => return Err(What::Missing(way.value)),
            Entry::Absent => {}
        }
        for (index, spelling) in key.spellings.iter().enumerate() {
            if way.spelling.is_none_or(|found| found == index)
                && let Entry::Present(value) = self.entry_of(way.value, *spelling)
            {
                way.spelling = Some(index);
                self.evaluator.respelt.insert((key.text, *spelling));
                return Ok(value);
            }
        }
        Err(if is_open { What::Undetermined(way.value) } else { What::Missing(way.value) })
    }

    fn by_member(
        &mut self,
        query: &'a Query,
        at: usize,
        way: Way<'a>,
        capture: Option<TextId>,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        let is_filtered = matches!(query.steps.get(at + 1), Some(Step::Filter(..)));
        // The keys of all members are captured, also of those that a filter turns away.
        let candidates = if capture.is_none() { self.candidates(query, at + 1, way.value) } else { None };
        let are_some = candidates.is_some();
        let members = candidates.unwrap_or_else(|| self.members(way.value));
        // A filter asks whether a member exists only once it keeps it.
        let mut has_members = is_filtered && (are_some || !members.is_empty());
        for member in &members {
            if let (Some(capture), Some(key)) = (capture, member.key) {
                self.capture_key(capture, key);
            }
            if is_filtered {
                self.filtered_member(query, at + 1, way, *member, results)?;
            } else if let Some(value) = self.settled_content(member.content) {
                has_members = true;
                let around = member.key.map(|_| value).or(way.around);
                self.deeper(|run| run.walk(query, at + 1, Way { value, around, ..way }, results))?;
            }
        }
        if self.add_unseen(way, results) || has_members {
            return Ok(());
        }
        results.push(Reached::new(What::Missing(way.value), way.is_possible));
        Ok(())
    }

    /// An open map may have members that nobody sees; whether this is one.
    pub(super) fn add_unseen(&mut self, way: Way<'a>, results: &mut Results<'a>) -> bool {
        let is_open = matches!(self.shape(way.value), Shape::Map { is_open: true });
        if is_open {
            self.doubt(way.value);
            results.push(Reached::new(What::Undetermined(way.value), true));
        }
        is_open
    }

    fn by_variable(
        &mut self,
        query: &'a Query,
        at: usize,
        way: Way<'a>,
        name: TextId,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        let ends_here = |what| Reached::new(what, way.is_possible);
        if !self.shape(way.value).is_map() {
            results.push(ends_here(What::Missing(way.value)));
            return Ok(());
        }
        let keys = self.variable(name)?;
        let (keys, next) = match query.steps.get(at + 1) {
            Some(Step::Index(index)) => {
                let Some(offset) = offset(*index, keys.len()) else {
                    results.push(ends_here(What::Missing(way.value)));
                    return Ok(());
                };
                (&keys[offset..=offset], at + 2)
            }
            Some(Step::Filter(..) | Step::Values(_) | Step::Keys(..)) if self.evaluator.is_strict => {
                return Err(Stop::Unevaluatable);
            }
            Some(_) | None => (&keys[..], at + 1),
        };
        for key in keys {
            let way = Way { is_possible: way.is_possible || key.is_possible, ..way };
            let Some(key) = key.found() else {
                let what = match key.what {
                    What::Undetermined(_) => What::Undetermined(way.value),
                    What::Missing(_) | What::Value(_) | What::Literal(_) => What::Missing(way.value),
                };
                results.push(Reached::new(what, way.is_possible));
                continue;
            };
            self.read(key);
            for text in self.opened(key) {
                self.by_computed_key(query, next, way, name, text, results)?;
            }
        }
        Ok(())
    }

    fn by_computed_key(
        &mut self,
        query: &'a Query,
        next: usize,
        way: Way<'a>,
        name: TextId,
        key: Value<'a>,
        results: &mut Results<'a>,
    ) -> Outcome<()> {
        let what = match self.shape(key) {
            Shape::Text(text) => match self.entry_named(way.value, text) {
                Entry::Present(value) => {
                    return self.deeper(|run| run.walk(query, next, Way { value, ..way }, results));
                }
                Entry::Absent if matches!(self.shape(way.value), Shape::Map { is_open: true }) => {
                    self.doubt(way.value);
                    What::Undetermined(way.value)
                }
                Entry::Absent | Entry::Vanished => What::Missing(way.value),
            },
            Shape::Unknown => {
                self.doubt(key);
                What::Undetermined(way.value)
            }
            _ => return Err(Stop::Broken(RunError::NotAKey(self.rules().text(name).to_owned()))),
        };
        results.push(Reached::new(what, way.is_possible));
        Ok(())
    }

    pub(super) fn capture_key(&mut self, name: TextId, key: Text) {
        let key = match key {
            Text::Named(name) => name,
            Text::Written(text) => self.evaluator.names.intern(self.rules().text(text)),
        };
        self.capture(name, Value::Made(Made::Text(key)));
    }
}

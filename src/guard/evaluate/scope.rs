//! Scopes: what a clause is about, and the variables that it sees.

use std::rc::Rc;

use super::doubts::Doubts;
use super::value::{Reached, Results, Value, What};
use super::{Outcome, Run, RunError, Stop};
use crate::guard::ast::{Lets, Literal, Operand, TextId};

/// One scope.
pub(super) struct Frame<'a> {
    /// The scope around it.
    parent: Option<usize>,
    /// The value that queries start from.
    pub(super) root: Value<'a>,
    lets: Option<&'a Lets>,
    /// The values of the `let`s so far, by their index.
    values: Vec<Variable<'a>>,
    parameters: Vec<(TextId, Rc<[Reached<'a>]>)>,
    /// About the document itself and nothing that changes: its values may be kept for later runs.
    is_lasting: bool,
}

/// Where a variable comes from.
enum Declared<'f, 'a> {
    /// An argument.
    Parameter(&'f Rc<[Reached<'a>]>),
    /// A `let`: the frame, and which of its `let`s.
    Let(usize, &'a Lets, usize),
}

/// How far the evaluation of a `let` is.
#[derive(Clone)]
enum Variable<'a> {
    Unasked,
    Open,
    /// With what is not known of them, which every use rests on.
    Known(Rc<[Reached<'a>]>, Doubts),
}

impl<'a> Frame<'a> {
    /// The scope of a file.
    pub(super) fn of_document(root: Value<'a>, lets: &'a Lets) -> Self {
        Self { is_lasting: true, ..Self::new(None, root, Some(lets)) }
    }

    fn new(parent: Option<usize>, root: Value<'a>, lets: Option<&'a Lets>) -> Self {
        let values = lets.map_or_else(Vec::new, |lets| vec![Variable::Unasked; lets.all.len()]);
        Self { parent, root, lets, values, parameters: Vec::new(), is_lasting: false }
    }
}

impl<'a> Run<'_, 'a> {
    /// The value that queries start from.
    pub(super) fn root(&self) -> Value<'a> {
        self.frames[self.scope].root
    }

    /// Inside a block: the same root, more variables.
    pub(super) fn in_block<T>(&mut self, lets: &'a Lets, work: impl FnOnce(&mut Self) -> T) -> T {
        if lets.all.is_empty() {
            return work(self);
        }
        let around = &self.frames[self.scope];
        let is_lasting = around.is_lasting;
        let frame = Frame { is_lasting, ..Frame::new(Some(self.scope), around.root, Some(lets)) };
        self.in_frame(frame, work)
    }

    /// About another value, with the same variables.
    pub(super) fn about<T>(&mut self, root: Value<'a>, work: impl FnOnce(&mut Self) -> T) -> T {
        self.in_frame(Frame::new(Some(self.scope), root, None), work)
    }

    /// With the arguments of a call.
    pub(super) fn with_parameters<T>(
        &mut self,
        parameters: Vec<(TextId, Rc<[Reached<'a>]>)>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let frame = Frame { parameters, ..Frame::new(Some(self.scope), self.root(), None) };
        self.in_frame(frame, work)
    }

    /// In the scope of the file, wherever the evaluation is.
    pub(super) fn at_top<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.in_scope(0, work)
    }

    pub(super) fn in_scope<T>(&mut self, scope: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let inner = std::mem::replace(&mut self.scope, scope);
        let result = work(self);
        self.scope = inner;
        result
    }

    fn in_frame<T>(&mut self, frame: Frame<'a>, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, self.frames.len());
        self.frames.push(frame);
        let result = work(self);
        self.frames.pop();
        self.scope = outer;
        result
    }

    /// The values of a variable: of the innermost scope that has it.
    pub(super) fn variable(&mut self, name: TextId) -> Outcome<Rc<[Reached<'a>]>> {
        match self.declared(name) {
            Some(Declared::Parameter(values)) => return Ok(values.clone()),
            Some(Declared::Let(scope, lets, at)) => return self.let_value(scope, lets, at),
            None => {}
        }
        match self.evaluator.captures.get(&name) {
            Some(keys) => {
                self.asked += 1;
                Ok(keys.as_slice().into())
            }
            None => Err(Stop::Broken(RunError::UndefinedVariable(self.rules().text(name).to_owned()))),
        }
    }

    /// The scope and index of a variable whose values are kept for later runs.
    pub(super) fn kept_variable(&self, name: TextId) -> Option<(u32, usize)> {
        match self.declared(name)? {
            Declared::Let(_, lets, at) => {
                Some((lets.id, at)).filter(|at| self.evaluator.kept_lets.contains_key(at))
            }
            Declared::Parameter(_) => None,
        }
    }

    /// The literal that a variable stands for, if it is one.
    pub(super) fn literal(&self, name: TextId) -> Option<&'a Literal> {
        match self.declared(name)? {
            Declared::Let(_, lets, at) => lets.all[at].value.literal(),
            Declared::Parameter(_) => None,
        }
    }

    fn declared(&self, name: TextId) -> Option<Declared<'_, 'a>> {
        let mut scope = Some(self.scope);
        while let Some(index) = scope {
            let frame = &self.frames[index];
            if let Some((_, values)) = frame.parameters.iter().find(|(parameter, _)| *parameter == name) {
                return Some(Declared::Parameter(values));
            }
            if let Some(lets) = frame.lets
                && let Some(at) = lets.all.iter().position(|known| known.name == name)
            {
                return Some(Declared::Let(index, lets, at));
            }
            scope = frame.parent;
        }
        None
    }

    /// Notes a key under a variable's name.
    pub(super) fn capture(&mut self, name: TextId, key: Value<'a>) {
        self.asked += 1;
        self.evaluator.captures.entry(name).or_default().push(Reached::value(key));
    }

    fn let_value(&mut self, scope: usize, lets: &'a Lets, at: usize) -> Outcome<Rc<[Reached<'a>]>> {
        match &self.frames[scope].values[at] {
            Variable::Known(values, doubts) => {
                let (values, doubts) = (values.clone(), doubts.clone());
                self.doubts.add_all(&doubts);
                return Ok(values);
            }
            Variable::Open => {
                let name = self.rules().text(lets.all[at].name);
                return Err(Stop::Broken(RunError::Cycle(format!("%{name}"))));
            }
            Variable::Unasked => {}
        }
        let is_lasting = self.frames[scope].is_lasting;
        if is_lasting && let Some(kept) = self.evaluator.kept_lets.get(&(lets.id, at)).cloned() {
            let values = self.recalled(&kept);
            self.frames[scope].values[at] = Variable::Known(values.clone(), kept.doubts);
            return Ok(values);
        }
        self.frames[scope].values[at] = Variable::Open;
        let value = &lets.all[at].value;
        let evaluated = self.keepable(|run| {
            let results = run.deeper(|run| run.in_scope(scope, |run| run.let_results(value)))?;
            Ok(Rc::<[Reached<'a>]>::from(results.as_slice()))
        });
        // What failed stays unasked, so that the next use says so too.
        self.frames[scope].values[at] = Variable::Unasked;
        let (kept, may_keep) = evaluated?;
        let values = kept.value.clone();
        self.frames[scope].values[at] = Variable::Known(values.clone(), kept.doubts.clone());
        if is_lasting && may_keep {
            self.evaluator.kept_lets.insert((lets.id, at), kept);
        }
        Ok(values)
    }

    /// The values of a `let`. With `some`, what did not resolve is dropped, and so are literals.
    fn let_results(&mut self, value: &'a Operand) -> Outcome<Results<'a>> {
        let Operand::Query(query) = value else { return self.operand(value) };
        let mut results = self.query_of_let(query)?;
        if query.is_some {
            results.retain(|reached| match reached.what {
                What::Value(_) | What::Undetermined(_) => true,
                What::Literal(_) | What::Missing(_) => false,
            });
        }
        Ok(results)
    }

    /// The values of an operand.
    pub(super) fn operand(&mut self, operand: &'a Operand) -> Outcome<Results<'a>> {
        match operand {
            Operand::Literal(literal) => Ok(smallvec::smallvec![Reached::literal(literal)]),
            Operand::Query(query) => self.query(query),
            Operand::Function(call) => self.function(call),
        }
    }
}

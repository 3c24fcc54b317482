//! What a variable's values rest on: the filters that kept one of them may have read assumed values, and whoever uses
//! that one has read them too. Who uses another one has not.

use std::rc::Rc;

use super::value::{Reached, Results};
use super::{Outcome, Run};
use crate::guard::tree::Place;

/// The places that were read to find a value, as a number among those that an evaluator knows; 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Basis(u32);

impl<'a> Run<'_, 'a> {
    /// Makes what `work` reads the basis of the results that it adds, rather than of all of them.
    pub(super) fn each_on_its_own(
        &mut self,
        results: &mut Results<'a>,
        work: impl FnOnce(&mut Self, &mut Results<'a>) -> Outcome<()>,
    ) -> Outcome<()> {
        let (read, found) = (self.reads.len(), results.len());
        work(self, results)?;
        if self.reads.len() > read {
            let places: Rc<[Place]> = self.reads.drain(read..).collect();
            if results.len() > found {
                let basis = Basis(self.evaluator.bases.insert_full(places).0 as u32 + 1);
                for reached in &mut results[found..] {
                    reached.basis = basis;
                }
            }
        }
        Ok(())
    }

    /// Reads again what was read to find a value.
    pub(super) fn rest_on(&mut self, reached: Reached<'a>) {
        if let Some(known) = reached.basis.0.checked_sub(1) {
            self.reads.extend(self.evaluator.bases[known as usize].iter().copied());
        }
    }
}

//! Doubts: the places of what is not known that a status of UNKNOWN rests on. What is met on the way to a certain
//! status is none.

use smallvec::SmallVec;

use super::status::Status;
use super::value::Value;
use super::{Outcome, Run};
use crate::guard::tree::Place;

/// The places, each once, in the order in which they were met.
#[derive(Clone, Default)]
pub(super) struct Doubts(SmallVec<[Place; 4]>);

impl Doubts {
    /// So many are kept: whoever learns the first ones asks again.
    const MOST: usize = 8;

    pub(super) fn add(&mut self, place: Place) {
        if self.0.len() < Self::MOST && !self.0.contains(&place) {
            self.0.push(place);
        }
    }

    pub(super) fn add_all(&mut self, others: &Self) {
        for place in &others.0 {
            self.add(*place);
        }
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.0
    }
}

impl<'a> Run<'_, 'a> {
    /// Notes that what came of a value, or of what may stand in it, is not known.
    pub(super) fn doubt(&mut self, value: Value<'a>) {
        if let Value::Node(node) = value {
            self.doubts.add(self.tree().place(node));
        }
    }

    /// What `work` says. If that is certain, nothing that it met is a doubt.
    pub(super) fn weighed(&mut self, work: impl FnOnce(&mut Self) -> Outcome<Status>) -> Outcome<Status> {
        let before = self.doubts.0.len();
        let status = work(self);
        match status {
            Ok(Status::Unknown) => {}
            Ok(Status::Pass | Status::Fail | Status::Skip) | Err(_) => self.doubts.0.truncate(before),
        }
        status
    }
}

//! The engine asks every rule about every subject, in every case that matters, and words what fails.

mod agenda;
mod check;
mod join;
mod scenario;
mod undecided;
mod wording;

pub(crate) use agenda::Agenda;
pub(crate) use check::{Checking, check, may_be_elsewhere};

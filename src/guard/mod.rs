//! The Guard rule language: grammar, syntax tree and evaluation over a tree of plain data.

mod ast;
mod evaluate;
mod functions;
mod literal;
pub mod load;
mod message;
mod parse;
#[cfg(test)]
mod probes;
mod stored;
pub mod testing;
mod traps;
mod tree;

pub use ast::{Dialect, Header, Rule, RuleIndex, Rules};
pub use evaluate::{
    Anchor, Applies, Candidate, Candidates, Evaluator, Failure, Index, Need, Plain, Rendered, RenderedPiece,
    RunError, Shortlist, Status, Survey, Vocabulary, speaks,
};
pub use parse::ParseError;
pub use traps::{Trap, traps};
pub use tree::{Bounds, GuardId, Node, NodeId, Place, Scenario, Tree};

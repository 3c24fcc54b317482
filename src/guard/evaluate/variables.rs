//! What a look can learn of the variables that a clause sees.

use super::selection::Chosen;
use super::vocabulary::Path;
use crate::guard::ast::{Literal, TextId};

/// What a glance can be beside.
pub(super) enum Beside<'a> {
    Literal(&'a Literal),
    /// What stands at a path of the document.
    At(Path),
}

/// The variables that a clause sees, as far as a glance can ask about them.
pub(super) trait Variables<'a> {
    /// The one value that a variable stands for.
    fn value(&mut self, name: TextId) -> Option<Beside<'a>>;

    /// The members that it stands for.
    fn members(&mut self, name: TextId) -> Option<Chosen<'a>>;
}

/// The variables that a filter sees. It is asked of another value than the clause that it stands in, and a variable of
/// what that one is about is none of that value's.
pub(super) struct InFilter<'v, 'a>(pub(super) &'v mut dyn Variables<'a>);

impl<'a> Variables<'a> for InFilter<'_, 'a> {
    fn value(&mut self, name: TextId) -> Option<Beside<'a>> {
        self.0.value(name)
    }

    fn members(&mut self, name: TextId) -> Option<Chosen<'a>> {
        self.0.members(name).filter(|members| matches!(members, Chosen::OfDocument(..)))
    }
}

//! The way from the root to a place, found from below: each node knows its parent, so that the cost is the
//! depth of the place and not the number of its siblings.

use super::NodeId;
use super::tape::{Form, Tape};
use crate::source::Span;

/// Parents of all nodes of a tape, by index.
#[derive(Debug)]
pub(super) struct Parents {
    above: Vec<Step>,
}

/// Where a node hangs. The root hangs below itself.
#[derive(Clone, Copy, Debug)]
struct Step {
    parent: NodeId,
    /// Which child it is, from 0; in a mapping, keys are even and values odd.
    ordinal: u32,
}

impl Parents {
    /// The parents of a tape's nodes, in one pass.
    pub(super) fn of(tape: &Tape) -> Self {
        let mut above = Vec::with_capacity(tape.nodes.len());
        // Collections that are open, each with where it ends and how many children it has had.
        let mut open: Vec<(NodeId, u32, u32)> = Vec::new();
        for (index, node) in tape.nodes.iter().enumerate() {
            let index = index as u32;
            while open.last().is_some_and(|(_, after, _)| *after <= index) {
                open.pop();
            }
            let step = match open.last_mut() {
                None => Step { parent: NodeId(index), ordinal: 0 },
                Some((parent, _, children)) => {
                    *children += 1;
                    Step { parent: *parent, ordinal: *children - 1 }
                }
            };
            above.push(step);
            if matches!(node.form, Form::Sequence { .. } | Form::Mapping { .. }) {
                open.push((NodeId(index), node.after, 0));
            }
        }
        Self { above }
    }

    /// The bytes of the innermost key whose entry holds `span`: the key itself, its value, or what is between.
    pub(super) fn key_at(&self, tape: &Tape, span: Span) -> Option<Span> {
        let mut at = tape.nodes.partition_point(|node| node.span.start <= span.start).checked_sub(1)?;
        loop {
            let Step { parent, ordinal } = self.above[at];
            if parent.0 as usize == at {
                return None;
            }
            if matches!(tape.written(parent).form, Form::Mapping { .. })
                && Self::name_in(tape, parent, at, ordinal, span).is_some()
            {
                let key = if ordinal.is_multiple_of(2) { at } else { at - 1 };
                return Some(tape.nodes[key].span);
            }
            at = parent.0 as usize;
        }
    }

    /// The keys and indices that lead to the innermost key or value that holds `span`.
    pub(super) fn path_to(&self, tape: &Tape, span: Span) -> Vec<String> {
        // Nodes stand in the order in which they start: what holds the place is the last that starts before it,
        // or above that.
        let Some(mut at) = tape.nodes.partition_point(|node| node.span.start <= span.start).checked_sub(1)
        else {
            return Vec::new();
        };
        let mut path = Vec::new();
        loop {
            let Step { parent, ordinal } = self.above[at];
            if parent.0 as usize == at {
                break;
            }
            path.extend(Self::name_in(tape, parent, at, ordinal, span));
            at = parent.0 as usize;
        }
        path.reverse();
        path
    }

    /// What a child is called in its parent, if it holds the place: in a mapping an entry holds what lies
    /// between key and value too (the value's tag).
    fn name_in(tape: &Tape, parent: NodeId, child: usize, ordinal: u32, span: Span) -> Option<String> {
        match tape.written(parent).form {
            Form::Sequence { .. } => tape.nodes[child].span.contains(span).then(|| ordinal.to_string()),
            Form::Mapping { .. } => {
                // A key is one node; one that is a collection is an error, and leads nowhere.
                let key = if ordinal.is_multiple_of(2) { child } else { child - 1 };
                let value = tape.nodes.get(tape.nodes[key].after as usize)?;
                let key = NodeId(key as u32);
                let start = tape.written(key).span.start;
                let end = tape.written(key).span.end.max(value.span.end);
                let holds = start <= span.start && span.end <= end;
                holds.then(|| tape.scalar_text(key).unwrap_or_default().to_owned())
            }
            Form::Scalar { .. } | Form::Alias { .. } => None,
        }
    }
}

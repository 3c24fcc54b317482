//! The states of workflows: drawn inside of their state machines, or folded into the card of each.

use super::kind::Link;
use super::{Drawing, Edge, MOST_AT_EASE, Vertex};

/// What stands inside of what.
pub(super) struct Nesting {
    /// For each vertex the one around it that is inside of no other, which may be itself.
    pub(super) home: Vec<usize>,
    /// For each vertex what is directly inside of it.
    pub(super) inside: Vec<Vec<usize>>,
}

impl Nesting {
    pub(super) fn of(vertices: &[Vertex]) -> Self {
        let mut home: Vec<usize> = (0..vertices.len()).collect();
        let mut inside = vec![Vec::new(); vertices.len()];
        for (index, vertex) in vertices.iter().enumerate() {
            // What is around a vertex comes before it.
            if let Some(around) = vertex.within {
                home[index] = home[around];
                inside[around].push(index);
            }
        }
        Self { home, inside }
    }
}

impl Drawing {
    /// With one card for each workflow, at which stands what was found at its states.
    pub(crate) fn without_states(self) -> Self {
        let all = vec![true; self.vertices.len()];
        self.folded(&all)
    }

    /// With the states of as many workflows as a screen has room for: the longest are one card each. A reader of more
    /// looks for the way through the application, and finds it sooner where a workflow is one card.
    pub(crate) fn with_few_states(self) -> Self {
        let Nesting { home, .. } = Nesting::of(&self.vertices);
        let mut states = vec![0; home.len()];
        for (index, home) in home.iter().enumerate() {
            states[*home] += usize::from(index != *home);
        }
        let mut longest: Vec<usize> = (0..home.len()).filter(|index| states[*index] > 0).collect();
        longest.sort_by_key(|index| std::cmp::Reverse((states[*index], *index)));
        let mut cards = home.len();
        let mut is_folded = vec![false; home.len()];
        for workflow in longest {
            if cards > MOST_AT_EASE {
                cards -= states[workflow];
                is_folded[workflow] = true;
            }
        }
        self.folded(&is_folded)
    }

    fn folded(mut self, is_folded: &[bool]) -> Self {
        let Nesting { home, .. } = Nesting::of(&self.vertices);
        let home_is_folded = |end: usize| is_folded[home[end]];
        let moved: Vec<usize> =
            (0..home.len()).map(|index| if home_is_folded(index) { home[index] } else { index }).collect();
        for (index, home) in moved.iter().enumerate().filter(|(index, home)| index != *home) {
            let findings = std::mem::take(&mut self.vertices[index].findings);
            let known = &mut self.vertices[*home].findings;
            known.extend(findings);
            known.sort_unstable();
            known.dedup();
        }
        for (vertex, is_folded) in self.vertices.iter_mut().zip(is_folded) {
            vertex.is_folded = *is_folded && !vertex.states.is_empty();
        }
        self.edges.retain(|edge| !(matches!(edge.link, Link::Flow(_)) && home_is_folded(edge.to)));
        for Edge { from, to, .. } in &mut self.edges {
            (*from, *to) = (moved[*from], moved[*to]);
        }
        for finding in &mut self.findings {
            for step in &mut finding.steps {
                *step = moved[*step];
            }
            finding.steps.dedup();
        }
        let kept: Vec<bool> = moved.iter().enumerate().map(|(index, home)| index == *home).collect();
        self.only(&kept)
    }
}

//! A part of a drawing: what edges touch, or what is near one resource.

use super::family::Family;
use super::kind::Link;
use super::state::Nesting;
use super::{Drawing, Edge};

impl Drawing {
    /// Without the resources that do nothing, that no edge of the graph touches and where nothing was found.
    pub(crate) fn without_bystanders(self) -> Self {
        let mut is_touched = vec![false; self.vertices.len()];
        for edge in self.edges.iter().filter(|edge| edge.link != Link::Entry) {
            is_touched[edge.from] = true;
            is_touched[edge.to] = true;
        }
        let kept = self.vertices.iter().zip(&is_touched);
        let kept = kept.map(|(vertex, is_touched)| {
            *is_touched || Family::of(vertex.kind) != Family::Other || !vertex.findings.is_empty()
        });
        let kept = kept.collect::<Vec<_>>();
        self.only(&kept)
    }

    /// What so many steps lead to from the resources of this name, whatever their direction.
    ///
    /// # Errors
    ///
    /// The name that is spelt most like it, where nothing has this one.
    pub(crate) fn around(self, name: &str, steps: usize) -> Result<Self, Option<String>> {
        let mut kept: Vec<bool> = self.vertices.iter().map(|vertex| vertex.id == name).collect();
        if !kept.contains(&true) {
            kept = self.vertices.iter().map(|vertex| vertex.label == name).collect();
        }
        if !kept.contains(&true) {
            let known = self.vertices.iter().map(|vertex| vertex.label.as_str());
            return Err(crate::spelling::nearest(name, known).map(str::to_owned));
        }
        // A workflow is one step away from what its states call, and is drawn with all of them.
        let Nesting { home, .. } = Nesting::of(&self.vertices);
        for (index, home) in home.iter().enumerate() {
            kept[*home] |= kept[index];
        }
        for _ in 0..steps {
            let before = kept.clone();
            for Edge { from, to, .. } in &self.edges {
                let (from, to) = (home[*from], home[*to]);
                kept[from] |= before[to];
                kept[to] |= before[from];
            }
        }
        let kept: Vec<bool> = home.iter().map(|home| kept[*home]).collect();
        Ok(self.only(&kept))
    }

    /// The vertices that are kept, with the edges between them. Without what is around it nothing is kept.
    pub(super) fn only(mut self, kept: &[bool]) -> Self {
        let mut kept = kept.to_vec();
        for (index, vertex) in self.vertices.iter().enumerate() {
            kept[index] &= vertex.within.is_none_or(|around| kept[around]);
        }
        let mut moved = Vec::with_capacity(kept.len());
        let mut count = 0;
        for is_kept in &kept {
            moved.push(count);
            count += usize::from(*is_kept);
        }
        let mut is_kept = kept.iter().copied();
        self.vertices.retain(|_| is_kept.next().unwrap_or_default());
        self.edges.retain(|edge| kept[edge.from] && kept[edge.to]);
        for vertex in &mut self.vertices {
            vertex.within = vertex.within.map(|around| moved[around]);
        }
        for edge in &mut self.edges {
            (edge.from, edge.to) = (moved[edge.from], moved[edge.to]);
        }
        for finding in &mut self.findings {
            finding.steps.retain(|step| kept[*step]);
            for step in &mut finding.steps {
                *step = moved[*step];
            }
        }
        self
    }
}

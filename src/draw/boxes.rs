//! The boxes of a drawing that is written from top to bottom: a nested stack has one around what is in it.

use super::Drawing;

/// What comes next in such a text.
pub(super) enum Boxed<'d> {
    /// The box of a stack begins, with the first vertex inside.
    Open(&'d str, usize),
    /// A vertex.
    Vertex(usize),
    /// The innermost box ends.
    Close,
}

impl Drawing {
    /// The vertices of a template that are inside of no other, each in the boxes of its stacks: those of a stack one
    /// after the other and after those that are in none of its own.
    pub(super) fn boxed(&self, template: usize) -> Vec<Boxed<'_>> {
        let vertices = self.vertices.iter().enumerate();
        let vertices = vertices.filter(|(_, it)| it.template == template && it.within.is_none());
        let mut vertices: Vec<_> =
            vertices.map(|(index, vertex)| (vertex.stacks.as_slice(), index)).collect();
        vertices.sort();
        let mut boxed = Vec::new();
        let mut open: &[String] = &[];
        for (stacks, index) in vertices {
            let shared = open.iter().zip(stacks).take_while(|(open, stack)| open == stack).count();
            boxed.extend(open[shared..].iter().map(|_| Boxed::Close));
            boxed.extend(stacks[shared..].iter().map(|stack| Boxed::Open(stack, index)));
            boxed.push(Boxed::Vertex(index));
            open = stacks;
        }
        boxed.extend(open.iter().map(|_| Boxed::Close));
        boxed
    }
}

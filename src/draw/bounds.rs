//! What is too much to be laid out: nothing that is drawn may take minutes, and nobody reads a wall of cards.

use super::Drawing;
use super::line::Line;

/// Cards that are laid out.
pub(super) const MOST_VERTICES: usize = 1_000;
/// Lines that are laid out.
pub(super) const MOST_LINES: usize = 2_000;
/// Columns that lines pass, all together: each is a bend that the layout places.
const MOST_BENDS: usize = 10_000;

impl Drawing {
    /// What is too much for a layout, in words; nothing if it can be laid out.
    pub(super) fn excess(&self, lines: &[Line<'_>]) -> Option<String> {
        if self.vertices.len() > MOST_VERTICES {
            return Some(format!("{} resources, of at most {MOST_VERTICES},", self.vertices.len()));
        }
        if lines.len() > MOST_LINES {
            return Some(format!("{} lines, of at most {MOST_LINES},", lines.len()));
        }
        let bends = bends(self.vertices.len(), lines);
        (bends > MOST_BENDS).then(|| format!("lines with {bends} bends, of at most {MOST_BENDS},"))
    }
}

/// About how many columns the lines pass, if each vertex stands right of all before it; circles aside.
fn bends(vertices: usize, lines: &[Line<'_>]) -> usize {
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); vertices];
    let mut before = vec![0_usize; vertices];
    for line in lines.iter().filter(|line| line.from != line.to) {
        followers[line.from].push(line.to);
        before[line.to] += 1;
    }
    let mut column = vec![0_usize; vertices];
    let mut ready: Vec<usize> = (0..vertices).filter(|vertex| before[*vertex] == 0).collect();
    while let Some(vertex) = ready.pop() {
        for follower in &followers[vertex] {
            column[*follower] = column[*follower].max(column[vertex] + 1);
            before[*follower] -= 1;
            if before[*follower] == 0 {
                ready.push(*follower);
            }
        }
    }
    lines.iter().map(|line| column[line.to].abs_diff(column[line.from])).sum()
}

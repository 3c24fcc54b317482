//! What is too much to be laid out: nothing that is drawn may take minutes, and nobody reads a wall of cards.

use super::Drawing;
use super::line::Line;
use super::state::Nesting;

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
            return Some(format!("{} cards, of at most {MOST_VERTICES},", self.vertices.len()));
        }
        if lines.len() > MOST_LINES {
            return Some(format!("{} lines, of at most {MOST_LINES},", lines.len()));
        }
        let bends = bends(&Nesting::of(&self.vertices), lines);
        (bends > MOST_BENDS).then(|| format!("lines with {bends} bends, of at most {MOST_BENDS},"))
    }
}

/// About how many columns or rows the lines pass, if each vertex stands after all before it; circles aside. What is
/// inside of a card is laid out for itself.
fn bends(nesting: &Nesting, lines: &[Line<'_>]) -> usize {
    let vertices = nesting.home.len();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); vertices];
    let mut before = vec![0_usize; vertices];
    let ends = lines.iter().map(|line| {
        let home = |end: usize| if line.is_flow() { end } else { nesting.home[end] };
        (home(line.from), home(line.to))
    });
    let ends: Vec<(usize, usize)> = ends.filter(|(from, to)| from != to).collect();
    for (from, to) in &ends {
        followers[*from].push(*to);
        before[*to] += 1;
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
    ends.iter().map(|(from, to)| column[*to].abs_diff(column[*from])).sum()
}

//! Rows of things that have nothing to do with one another.

use super::{Point, Size};

/// Between things, both ways.
const BETWEEN_PARTS: f64 = 36.0;
/// How much wider than high all together should be.
const WIDTH_TO_HEIGHT: f64 = 1.6;

/// Sets things in rows like words, so that all together is somewhat wider than high: the corner of each, and the size.
/// What is lower than its row stands below what came before as long as there is room: the highest come first.
pub(super) fn rows(sizes: &[Size]) -> (Vec<Point>, Size) {
    let area: f64 =
        sizes.iter().map(|size| (size.width + BETWEEN_PARTS) * (size.height + BETWEEN_PARTS)).sum();
    let widest = sizes.iter().map(|size| size.width).fold(0.0, f64::max);
    let width = widest.max((area * WIDTH_TO_HEIGHT).sqrt());
    // Where the next goes if it finds room below the last, how wide that column is and where its row ends.
    let mut next = Point::default();
    let (mut column, mut bottom) = (0.0_f64, 0.0_f64);
    let mut used = Size::default();
    let mut top = 0.0;
    let mut corners = Vec::new();
    for size in sizes {
        if next.y + size.height > bottom && column > 0.0 {
            next = Point { x: next.x + column + BETWEEN_PARTS, y: top };
            column = 0.0;
            if next.x + size.width > width {
                top = bottom + BETWEEN_PARTS;
                next = Point { x: 0.0, y: top };
            }
        }
        corners.push(next);
        column = column.max(size.width);
        bottom = bottom.max(next.y + size.height);
        used.width = used.width.max(next.x + size.width);
        used.height = used.height.max(next.y + size.height);
        next.y += size.height + BETWEEN_PARTS;
    }
    (corners, used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_ends_where_the_next_would_be_too_far_right() {
        let size = Size { width: 100.0, height: 50.0 };
        let (corners, used) = rows(&[size; 4]);
        assert_eq!(corners[0], Point::default());
        assert!(corners[3].y > 0.0 && corners[1].x > size.width, "{corners:?}");
        assert!(used.width > used.height);
        assert_eq!(rows(&[]), (Vec::new(), Size::default()));
    }

    #[test]
    fn what_is_low_stands_below_the_other_beside_what_is_high() {
        let (high, low) = (Size { width: 100.0, height: 200.0 }, Size { width: 100.0, height: 50.0 });
        let (corners, used) = rows(&[high, low, low]);
        let beside = high.width + BETWEEN_PARTS;
        let below = Point { x: beside, y: low.height + BETWEEN_PARTS };
        assert_eq!(corners, [Point::default(), Point { x: beside, y: 0.0 }, below]);
        assert_eq!(used, Size { width: beside + low.width, height: high.height });
    }
}

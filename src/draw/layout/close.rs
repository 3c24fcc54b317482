//! Closes the gaps that a layout leaves for the sake of straight lines: on a screen that shows all, they cost more than bends.

use super::Point;

/// How much higher than its fullest column a part may be. More room than that only makes all else smaller.
const MOST_ROOM: f64 = 1.1;

/// What stands in a column: a card, or a line that passes.
pub(super) struct Item {
    /// Its middle.
    pub(super) at: Point,
    pub(super) height: f64,
    /// Below it.
    pub(super) gap: f64,
}

/// Moves the items of each column nearer to one another, in the order that they have, so that the fullest column says how
/// high all is: each goes as near as it can to where it was, in proportion.
pub(super) fn close(items: &mut [Item]) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (items[*a].at, items[*b].at);
        a.x.total_cmp(&b.x).then_with(|| a.y.total_cmp(&b.y))
    });
    let mut columns: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match columns.last_mut() {
            Some(column) if (items[column[0]].at.x - items[index].at.x).abs() < 1.0 => column.push(index),
            Some(_) | None => columns.push(vec![index]),
        }
    }
    for column in &mut columns {
        column.sort_by(|a, b| items[*a].at.y.total_cmp(&items[*b].at.y));
    }
    let needed =
        |column: &Vec<usize>| column.iter().map(|index| items[*index].height + items[*index].gap).sum();
    let needed = columns.iter().map(needed).fold(0.0, f64::max);
    let least = items.iter().map(|item| item.at.y - item.height / 2.0).fold(f64::INFINITY, f64::min);
    let most = items.iter().map(|item| item.at.y + item.height / 2.0).fold(f64::NEG_INFINITY, f64::max);
    let scale = needed * MOST_ROOM / (most - least);
    if !scale.is_finite() || scale >= 1.0 {
        return;
    }
    for column in columns {
        // How far each would be below the first, were there no gaps but those that have to be.
        let mut below = 0.0;
        let mut wanted = Vec::new();
        for (place, index) in column.iter().enumerate() {
            let item = &items[*index];
            if let Some(before) = place.checked_sub(1).map(|before| &items[column[before]]) {
                below += f64::midpoint(before.height, item.height) + before.gap;
            }
            wanted.push((below, (item.at.y - least) * scale - below));
        }
        let moved = in_order(wanted.iter().map(|(_, place)| *place));
        for ((index, (below, _)), moved) in column.into_iter().zip(wanted).zip(moved) {
            items[index].at.y = moved + below;
        }
    }
}

/// The numbers nearest to these, by squares, none of which is less than the one before.
fn in_order(wanted: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for number in wanted {
        let (mut sum, mut count) = (number, 1);
        while let Some((before, many)) =
            runs.last().copied().filter(|(before, many)| before / as_f64(*many) > sum / as_f64(count))
        {
            runs.pop();
            (sum, count) = (sum + before, count + many);
        }
        runs.push((sum, count));
    }
    runs.into_iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / as_f64(count), count)).collect()
}

/// A number of items, of which there are few.
fn as_f64(count: usize) -> f64 {
    f64::from(count as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(places: &[f64]) -> Vec<Item> {
        places.iter().map(|y| Item { at: Point { x: 0.0, y: *y }, height: 10.0, gap: 2.0 }).collect()
    }

    #[test]
    fn what_is_out_of_order_meets_in_the_middle() {
        assert_eq!(in_order([1.0, 5.0, 3.0, 9.0].into_iter()), [1.0, 4.0, 4.0, 9.0]);
        assert_eq!(in_order([3.0, 2.0, 1.0].into_iter()), [2.0, 2.0, 2.0]);
    }

    #[test]
    fn a_column_keeps_its_order_and_the_room_between_its_cards() {
        let mut items = column(&[0.0, 500.0, 510.0, 1000.0]);
        close(&mut items);
        let places: Vec<f64> = items.iter().map(|item| item.at.y).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 12.0 - 1e-6), "{places:?}");
        assert!(places[3] < 80.0, "{places:?}");
    }

    #[test]
    fn what_has_no_room_to_lose_stays() {
        let mut items = column(&[0.0, 12.0, 24.0]);
        close(&mut items);
        assert_eq!(items[2].at, Point { x: 0.0, y: 24.0 });
    }
}

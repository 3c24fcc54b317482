//! Dates as seconds since 1970.

/// Seconds since 1970 of an RFC 3339 text: `2024-01-01T00:00:00Z`, `…+01:00`.
pub(super) fn epoch_seconds(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let is = |at: usize, wanted: &[u8]| text.as_bytes().get(at).is_some_and(|byte| wanted.contains(byte));
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let has_marks = is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":");
    let in_bounds = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !has_marks || !in_bounds {
        return None;
    }
    let rest = &text[19..];
    let fraction =
        rest.strip_prefix('.').map_or(0, |digits| 1 + digits.bytes().take_while(u8::is_ascii_digit).count());
    let zone = rest.get(fraction..).filter(|_| fraction != 1)?;
    let offset = if zone == "Z" || zone == "z" {
        0
    } else {
        let at = 19 + fraction;
        let sign = if is(at, b"+") { 1 } else { -1 };
        let is_zone = zone.len() == 6 && is(at, b"+-") && is(at + 3, b":");
        let (hours, minutes) = (number(at + 1..at + 3)?, number(at + 4..at + 6)?);
        if !is_zone || hours > 23 || minutes > 59 {
            return None;
        }
        sign * (hours * 3600 + minutes * 60)
    };
    Some(days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days in the proleptic Gregorian calendar, counted in years that begin in March so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_texts_become_seconds() {
        assert_eq!(epoch_seconds("2024-01-01T00:00:00Z"), Some(1_704_067_200));
        assert_eq!(epoch_seconds("2024-02-29T12:30:15.25+01:30"), Some(1_709_204_415));
        assert_eq!(epoch_seconds("1969-12-31T23:59:59Z"), Some(-1));
        for text in
            ["2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "é"]
        {
            assert_eq!(epoch_seconds(text), None, "{text}");
        }
    }
}

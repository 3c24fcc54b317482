//! A date is a day as people and programs write it: `2027-06-30`.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    /// From 1.
    month: u8,
    /// From 1.
    day: u8,
}

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoDate(String);

impl Date {
    /// The day of a year, a month and a day that the caller knows to be in the calendar.
    pub(crate) const fn of(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// The day that a clock shows, in seconds since 1970, UTC.
    pub fn of_clock(seconds: u64) -> Self {
        let mut days = seconds / (24 * 60 * 60);
        let mut year = 1970;
        while days >= days_of_year(year) && year < u16::MAX {
            days -= days_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while month < 12 && days >= u64::from(days_of(year, month)) {
            days -= u64::from(days_of(year, month));
            month += 1;
        }
        Self { year, month: month as u8, day: days as u8 + 1 }
    }

    /// Whether a year or more has passed since `earlier`.
    pub fn is_a_year_after(self, earlier: Self) -> bool {
        self >= Self { year: earlier.year + 1, ..earlier }
    }
}

impl FromStr for Date {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let fail = || NoDate(text.chars().take(40).collect());
        let is_shaped = text.len() == "2027-06-30".len()
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_shaped {
            return Err(fail());
        }
        let number = |range: std::ops::Range<usize>| text[range].parse::<u16>().map_err(|_| fail());
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
            return Err(fail());
        }
        Ok(Self { year, month: month as u8, day: day as u8 })
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_year(year: u16) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for NoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no date: expected a day of the calendar, as in 2027-06-30", self.0)
    }
}

impl std::error::Error for NoDate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_calendar_is_read_and_written_the_same() {
        for text in ["2027-06-30", "2028-02-29", "2000-02-29", "0001-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_day_of_the_calendar_is_refused() {
        for text in
            ["2027-02-29", "1900-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "27-6-3", "", "2027-06-3é"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_clock_shows_a_day_of_the_calendar() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_798_761_599, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
        ] {
            assert_eq!(Date::of_clock(seconds).to_string(), day);
        }
    }

    #[test]
    fn a_year_is_over_on_its_day() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert!(!date("2027-11-25").is_a_year_after(date("2026-11-26")));
        assert!(date("2027-11-26").is_a_year_after(date("2026-11-26")));
        assert!(date("2029-03-01").is_a_year_after(date("2028-02-29")));
    }

    #[test]
    fn days_are_in_the_order_of_time() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert!(date("2026-12-31") < date("2027-01-01") && date("2027-01-31") < date("2027-02-01"));
    }
}

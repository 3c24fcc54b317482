//! The one thing that reads the clock: a notice on standard error when the facts of this release are a year old.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::config::Settings;
use crate::date::Date;
use crate::facts;
use crate::rule::Catalogue;

use super::terminal::tell;

const OLD_FACTS: &str = "SLP005";

/// Tells it, unless every configuration of the run ignores it.
pub(super) fn tell_of_age(catalogue: &Catalogue, settings: &[Settings]) {
    let Some(page) = catalogue.page(OLD_FACTS) else { return };
    if !settings.iter().any(|settings| settings.selection.includes(page)) {
        return;
    }
    // A clock that stands before 1970 tells nothing.
    let Ok(since) = SystemTime::now().duration_since(UNIX_EPOCH) else { return };
    if let Some(notice) = notice(Date::of_clock(since.as_secs()), facts::checked()) {
        tell(&notice);
    }
}

fn notice(today: Date, checked: Date) -> Option<String> {
    today.is_a_year_after(checked).then(|| {
        format!(
            "warning: {OLD_FACTS}: this release knows the limits of AWS and the dates of Lambda's runtimes as of \
             {checked}, more than a year ago: install a newer one"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_old_after_a_year() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(notice(date("2027-11-25"), date("2026-11-26")), None);
        let said = notice(date("2027-11-26"), date("2026-11-26")).unwrap();
        assert!(said.contains("SLP005") && said.contains("2026-11-26"), "{said}");
    }
}

//! Which of the known names a misspelt one was meant to be.

/// Nobody misspells longer names, and comparing them would take long.
const LONGEST: usize = 100;

/// The known name that is spelt most like `name`, whatever its case, if any is near.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase();
    known
        .into_iter()
        .filter(|known| known.len() <= LONGEST)
        .map(|known| (strsim::levenshtein(&name, &known.to_ascii_lowercase()), known))
        .filter(|(edits, known)| *edits <= 1 + known.len() / 4)
        .min()
        .map(|(_, known)| known)
}

/// The end of a sentence that offers the nearest name: `; did you mean 'prod'?`, or nothing.
pub(crate) fn hint(nearest: Option<&str>) -> String {
    nearest.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_letter_or_two_away_is_offered_and_nothing_else() {
        let known = ["Environment", "Timeout", "prod"];
        assert_eq!(nearest("environmnet", known), Some("Environment"));
        assert_eq!(nearest("prodd", known), Some("prod"));
        assert_eq!(nearest("Memory", known), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
    }
}

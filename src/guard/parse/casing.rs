//! The other spellings under which cfn-guard looks for an absent key: `camelCase`, `ClassCase` (whose last word is
//! made singular), `kebab-case`, `PascalCase`, `snake_case`, `Title Case` and `Train-Case`, in this order.

/// The spellings of `key`, in the order in which they are tried.
pub(super) fn spellings(key: &str) -> [String; 7] {
    [
        joined(key, &Words { starts_new: false, separator: None, digit_ends_word: true }),
        class_case(key),
        separated(key, '-'),
        joined(key, &Words { starts_new: true, separator: None, digit_ends_word: true }),
        separated(key, '_'),
        joined(key, &Words { starts_new: true, separator: Some(' '), digit_ends_word: false }),
        joined(key, &Words { starts_new: true, separator: Some('-'), digit_ends_word: true }),
    ]
}

/// How [`joined`] puts words together.
struct Words {
    /// The first word begins with a capital too.
    starts_new: bool,
    separator: Option<char>,
    digit_ends_word: bool,
}

/// Words with capitals: `batch_size` becomes `batchSize`, `BatchSize`, `Batch Size`.
fn joined(key: &str, words: &Words) -> String {
    let mut is_new = words.starts_new;
    let mut is_first = true;
    let mut last_small = ' ';
    let mut has_begun = false;
    let mut result = String::with_capacity(key.len() + 4);
    for character in key.trim_end_matches(|c: char| !c.is_alphanumeric()).chars() {
        if !character.is_alphanumeric() {
            is_new |= has_begun;
            continue;
        }
        has_begun = true;
        if character.is_numeric() && words.digit_ends_word {
            is_new = true;
            result.push(character);
        } else if is_new || last_small.is_lowercase() && character.is_uppercase() {
            is_new = false;
            if let (Some(separator), false) = (words.separator, is_first) {
                result.push(separator);
            }
            is_first = false;
            result.push(character.to_ascii_uppercase());
        } else {
            last_small = character;
            result.push(character.to_ascii_lowercase());
        }
    }
    result
}

/// Small words with a separator: `BatchSize` becomes `batch-size`.
fn separated(key: &str, separator: char) -> String {
    let characters: Vec<char> = key.trim_end_matches(|c: char| !c.is_alphanumeric()).chars().collect();
    let is_small = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|c| c.is_lowercase());
    let mut is_first = true;
    let mut result = String::with_capacity(key.len() + 4);
    for (at, character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            if !is_first {
                result.push(separator);
            }
            is_first = true;
            continue;
        }
        let is_capital = *character == character.to_ascii_uppercase();
        if !is_first && is_capital && (is_small(Some(at + 1)) || is_small(at.checked_sub(1))) {
            result.push(separator);
        }
        is_first = false;
        result.push(character.to_ascii_lowercase());
    }
    result
}

/// Pascal case with the last word in the singular: `SecurityGroupIds` becomes `SecurityGroupId`.
fn class_case(key: &str) -> String {
    let pascal = joined(key, &Words { starts_new: true, separator: None, digit_ends_word: true });
    let (before, last) = pascal.split_at(pascal.rfind(char::is_uppercase).unwrap_or(0));
    format!("{before}{}", singular(last))
}

/// Endings of plurals: what the word must end in, how much of that goes, and what comes instead. The first that
/// fits is taken. They are those of the library that cfn-guard uses, so `Data` becomes `Datum`.
const PLURALS: &[(&[&str], usize, &str)] = &[
    (&["databases"], 1, ""),
    (&["quizzes"], 3, ""),
    (&["matrices"], 4, "ix"),
    (&["vertices", "indices"], 4, "ex"),
    (&["alias", "status"], 0, ""),
    (&["aliases", "statuses"], 2, ""),
    (&["octopus", "virus"], 0, ""),
    (&["octopi", "viri"], 1, "us"),
    (&["crisis", "crises", "testis", "testes"], 2, "is"),
    (&["shoes"], 1, ""),
    (&["bus"], 0, ""),
    (&["buses"], 2, ""),
    (&["mice", "lice"], 3, "ouse"),
    (&["xes", "ches", "sses", "shes"], 2, ""),
    (&["movies"], 1, ""),
    (&["series"], 0, ""),
    (&["quies"], 3, "y"),
    (&["aies", "eies", "iies", "oies", "uies", "yies"], 1, ""),
    (&["ies"], 3, "y"),
    (&["lves", "rves"], 3, "f"),
    (&["tives", "hives"], 1, ""),
    (&["fves"], 1, ""),
    (&["ves"], 3, "fe"),
    (&["analyses", "bases", "diagnoses", "parentheses", "prognoses", "synopses", "theses"], 3, "sis"),
    (&["analysis", "basis", "diagnosis", "parenthesis", "prognosis", "synopsis", "thesis"], 0, ""),
    (&["ta", "ia"], 1, "um"),
    (&["oes"], 2, ""),
    (&["news"], 0, ""),
    (&["ss"], 0, ""),
    (&["s"], 1, ""),
];

fn singular(word: &str) -> String {
    let fitting = PLURALS.iter().find(|(endings, ..)| endings.iter().any(|ending| word.ends_with(ending)));
    match fitting {
        Some((_, cut, instead)) => format!("{}{instead}", &word[..word.len() - cut]),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_tried_in_seven_cases() {
        assert_eq!(
            spellings("SecurityGroupIds"),
            [
                "securityGroupIds",
                "SecurityGroupId",
                "security-group-ids",
                "SecurityGroupIds",
                "security_group_ids",
                "Security Group Ids",
                "Security-Group-Ids"
            ]
        );
        assert_eq!(spellings("awsX")[4], "aws_x");
        assert_eq!(spellings("SIZE")[3], "Size");
    }

    #[test]
    fn the_singular_of_a_last_word_follows_its_ending() {
        let class = |key: &str| spellings(key)[1].clone();
        assert_eq!(class("Policies"), "Policy");
        assert_eq!(class("Classes"), "Class");
        assert_eq!(class("Access"), "Access");
        assert_eq!(class("Boxes"), "Box");
        assert_eq!(class("Metadata"), "Metadatum");
    }
}

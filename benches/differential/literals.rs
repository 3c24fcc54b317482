//! Literals, as an author writes them: often what the document holds, sometimes near it, sometimes far off.

use crate::author::Author;
use crate::documents::Entry;
use crate::pieces::{Piece, several, simpler, text};

const LITERALS: &[&str] = &[
    "5",
    "0",
    "-3",
    "1",
    "2.5",
    "1.0",
    "1e3",
    "-0.5",
    "'abc'",
    "\"a b\"",
    "''",
    "'5'",
    "/^a/",
    "/(?i)ABC/",
    "/^(?!a).*$/",
    "/(?<=a)b/",
    "/(.)\\1/",
    "true",
    "false",
    "True",
    "null",
    "NULL",
    "[]",
    "{}",
    "[1, 2]",
    "['abc', 5]",
    "[/a/, /b/]",
    "{a: 1}",
    "{ 'a': [1] }",
    "r[1,5]",
    "r(0, 42)",
    "r[0.5,2.5)",
    "r[a,z]",
    "r(a, c]",
    "r[5,1]",
    "[r[1,5]]",
    "[[1, 2], [3]]",
    "[null]",
    "[true]",
    "9223372036854775807",
    "'it\\'s'",
    "/a\\/b/",
    "[{Key: 'env', Value: 'prod'}]",
];

impl Author<'_> {
    /// A literal near a value.
    pub(crate) fn literal(&mut self, near: Option<&Entry>) -> Piece {
        let literal = match (near, self.random.below(100)) {
            (Some(entry), 0..62) => spelt(entry),
            (Some(Entry::Scalar(scalar)), 62..80) => text(self.around(scalar)),
            (Some(entry), 80..88) => Piece::Whole(vec![text("["), spelt(entry), text("]")]),
            _ => text(self.random.word(LITERALS)),
        };
        simpler(literal, text("1"))
    }

    /// What may stand behind `in`.
    pub(crate) fn container(&mut self, near: Option<&Entry>) -> Piece {
        let mut members = Vec::new();
        match near {
            Some(Entry::List(items)) if self.random.percent(70) => {
                members.extend(items.iter().filter(|_| self.random.percent(80)).map(spelt));
            }
            Some(entry) if self.random.percent(70) => members.push(spelt(entry)),
            _ => {}
        }
        if let Some(Entry::Scalar(scalar)) = near
            && self.random.percent(30)
        {
            return text(self.around(scalar));
        }
        for _ in 0..self.random.below(3) {
            members.push(text(self.random.word(LITERALS)));
        }
        if members.len() == 1 && self.random.percent(15) {
            return members.remove(0);
        }
        Piece::Whole(vec![text("["), several(members, ", ", 0), text("]")])
    }

    /// A range, a regex or a longer text that a scalar is in, perhaps.
    fn around(&mut self, scalar: &str) -> String {
        let bare = scalar.trim_matches(['\'', '"']);
        if let Ok(number) = scalar.parse::<i32>() {
            let low = i64::from(number) - 1;
            let high = low + self.random.pick(&[1, 2, 3]);
            let (open, close) = (self.random.word(&["[", "("]), self.random.word(&["]", ")"]));
            return format!("r{open}{low},{high}{close}");
        }
        if scalar.parse::<f64>().is_ok_and(f64::is_finite)
            && !scalar.ends_with('.')
            && !scalar.starts_with('.')
        {
            return self.random.word(&["r[0.0,2.5]", "r(1.0, 9.5]", "r[-10.5,10.5]"]).to_owned();
        }
        let is_tame =
            bare.chars().all(|letter| letter.is_alphanumeric() || letter == ' ') && !bare.is_empty();
        match self.random.below(4) {
            0 if is_tame => format!("/^{bare}$/"),
            1 if is_tame => format!("/{}/", bare.chars().take(2).collect::<String>()),
            2 if bare.len() == 1 && bare.starts_with(char::is_alphabetic) => format!("r[{bare},z]"),
            _ if is_tame => format!("'x{bare}y'"),
            _ => "/./".to_owned(),
        }
    }
}

/// A value in the spelling of rules.
fn spelt(entry: &Entry) -> Piece {
    match entry {
        Entry::List(items) => {
            Piece::Whole(vec![text("["), several(items.iter().map(spelt).collect(), ", ", 0), text("]")])
        }
        Entry::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Piece::Whole(vec![text(format!("'{key}': ")), spelt(value)]));
            Piece::Whole(vec![text("{"), several(entries.collect(), ", ", 0), text("}")])
        }
        Entry::Tagged(_, value) => spelt(value),
        Entry::Scalar(scalar) => text(spelt_scalar(scalar)),
    }
}

fn spelt_scalar(scalar: &str) -> String {
    let is_number = scalar.parse::<i64>().is_ok() && !scalar.starts_with('+')
        || scalar.contains('.')
            && scalar.parse::<f64>().is_ok()
            && !scalar.starts_with(['.', '-'])
            && !scalar.ends_with('.');
    match scalar {
        "true" | "yes" | "on" | "y" => "true".to_owned(),
        "false" | "no" | "off" | "n" => "false".to_owned(),
        "null" | "~" | "NULL" | "Null" => "null".to_owned(),
        _ if is_number => scalar.to_owned(),
        _ if scalar.starts_with('\'') && !scalar.contains("''") && scalar.len() > 1 => scalar.to_owned(),
        _ if scalar.starts_with('"') && !scalar.contains('\\') => scalar.to_owned(),
        _ => format!("'{}'", scalar.replace(['\'', '\\'], "")),
    }
}

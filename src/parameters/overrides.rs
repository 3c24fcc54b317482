//! The text in which SAM's command line takes parameters: `Env=prod Note="two words"`, or the longer
//! `ParameterKey=Env,ParameterValue=prod`.

use super::Pair;

/// What a text is not that should be a parameter.
pub(super) const EXPECTED: &str =
    "a parameter is written NAME=VALUE, with double quotes around a value that has blanks";

/// A word that should be a parameter and is none.
pub(super) struct NoParameter;

/// The parameters in a text, with blanks between them.
pub(super) fn read(text: &str) -> Result<Vec<Pair>, NoParameter> {
    words(text).into_iter().filter_map(|word| pair(word).transpose()).collect()
}

/// The parameter in one word; nothing for one that keeps the stack's own value (`UsePreviousValue`).
pub(super) fn pair(word: &str) -> Result<Option<Pair>, NoParameter> {
    let word = if is_wrapped(word) { unquoted(word) } else { word.to_owned() };
    let (name, value) = match word.strip_prefix("ParameterKey=") {
        Some(long) => {
            let (name, rest) = long.split_once(',').ok_or(NoParameter)?;
            if rest == "UsePreviousValue=true" {
                return Ok(None);
            }
            // In the long form a comma in a value may have a backslash before it.
            (name, rest.strip_prefix("ParameterValue=").ok_or(NoParameter)?.replace("\\,", ","))
        }
        None => word.split_once('=').map(|(name, value)| (name, value.to_owned())).ok_or(NoParameter)?,
    };
    let name = unquoted(name);
    if name.is_empty() { Err(NoParameter) } else { Ok(Some((name, unquoted(&value)))) }
}

/// The words of a text. Blanks in double quotes, and those after a backslash, do not end a word.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = None;
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() && !is_quoted && !is_escaped {
            words.extend(start.take().map(|start| &text[start..at]));
            continue;
        }
        start.get_or_insert(at);
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
    }
    words.extend(start.map(|start| &text[start..]));
    words
}

/// Without the quotes around it, and without the backslashes before quotes and blanks.
fn unquoted(text: &str) -> String {
    let inner = if is_wrapped(text) { &text[1..text.len() - 1] } else { text };
    inner.replace("\\ ", " ").replace("\\\"", "\"")
}

fn is_wrapped(text: &str) -> bool {
    text.len() >= 2 && text.starts_with('"') && text.ends_with('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> String {
        match read(text) {
            Ok(pairs) => pairs.iter().map(|(name, value)| ["[", name, "=", value, "]"].concat()).collect(),
            Err(NoParameter) => "none".to_owned(),
        }
    }

    #[test]
    fn parameters_stand_between_blanks_and_values_in_quotes() {
        for (text, expected) in [
            ("", ""),
            ("Env=prod", "[Env=prod]"),
            (" Env=prod\n  Size=\"10\" ", "[Env=prod][Size=10]"),
            ("Note=\"two words\" Env=prod", "[Note=two words][Env=prod]"),
            (r"Note=two\ words", "[Note=two words]"),
            (r#"Note="say \"so\"""#, r#"[Note=say "so"]"#),
            ("Url=https://a.b/?c=d", "[Url=https://a.b/?c=d]"),
            ("Empty= Also=\"\"", "[Empty=][Also=]"),
            ("\"Note=two words\"", "[Note=two words]"),
            ("Path=C:\\\\a", "[Path=C:\\\\a]"),
        ] {
            assert_eq!(pairs(text), expected, "{text}");
        }
    }

    #[test]
    fn the_long_form_is_read_too() {
        for (text, expected) in [
            (
                "ParameterKey=Env,ParameterValue=prod ParameterKey=Size,ParameterValue=10",
                "[Env=prod][Size=10]",
            ),
            ("ParameterKey=Note,ParameterValue=\"two words\"", "[Note=two words]"),
            ("ParameterKey=\"Zones\",ParameterValue=a,b", "[Zones=a,b]"),
            (r"ParameterKey=Zones,ParameterValue=a\,b", "[Zones=a,b]"),
            ("ParameterKey=Old,UsePreviousValue=true Env=prod", "[Env=prod]"),
        ] {
            assert_eq!(pairs(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_parameter_makes_the_text_none() {
        for text in ["Env", "=x", "Env=prod x", "ParameterKey=Env", "ParameterKey=Env,Value=x"] {
            assert_eq!(pairs(text), "none", "{text}");
        }
    }

    #[test]
    fn odd_quotes_do_no_harm() {
        for text in ["\"", "\"\"", "\\", "A=\"", "A=\"b c", "A=b\\", "é=\"ü \\\"", "\"=\""] {
            assert!(read(text).is_ok_and(|pairs| pairs.len() < 3) || read(text).is_err(), "{text}");
        }
        assert_eq!(pairs("A=\"b c"), "[A=\"b c]");
    }
}

//! A scalar is kept as it is written; what type it has is asked, not stored.

/// A scalar's text and whether it was quoted (or a block), which decides what it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scalar<'a> {
    /// The text after YAML's or JSON's escapes and folding.
    pub text: &'a str,
    /// Neither quoted nor a block: may be a number, a truth value or null.
    pub is_plain: bool,
}

/// What a scalar is to CloudFormation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Typed<'a> {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true`, `false` and YAML 1.1's other spellings.
    Bool(bool),
    /// A decimal integer without a leading zero.
    Int(i64),
    /// A decimal fraction or exponent.
    Float(f64),
    /// Everything else: dates and account ids with leading zeros among it.
    Text(&'a str),
}

impl<'a> Scalar<'a> {
    /// The type that the spelling has.
    pub fn typed(self) -> Typed<'a> {
        if !self.is_plain {
            return Typed::Text(self.text);
        }
        match self.text {
            "" | "~" | "null" | "Null" | "NULL" => Typed::Null,
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Typed::Bool(true),
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Typed::Bool(false),
            text => number(text).unwrap_or(Typed::Text(text)),
        }
    }
}

/// A decimal number. `007`, `1_000`, `0x1F`, `1:30` and `2012-10-17` are none: YAML 1.1 would make numbers or
/// dates of them, which no property of a template ever means.
fn number(text: &str) -> Option<Typed<'_>> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = [Some(whole), fraction, exponent];
    let is_decimal = parts.into_iter().flatten().all(is_digits)
        && !(whole.is_empty() && fraction.unwrap_or_default().is_empty())
        && exponent != Some("")
        && !(whole.len() > 1 && whole.starts_with('0'));
    if !is_decimal {
        return None;
    }
    if fraction.is_none()
        && exponent.is_none()
        && let Ok(number) = text.parse()
    {
        return Some(Typed::Int(number));
    }
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Typed::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Typed<'_> {
        Scalar { text, is_plain: true }.typed()
    }

    #[test]
    fn plain_words_and_numbers_have_a_type() {
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(plain(text), Typed::Null);
        }
        for (text, truth) in
            [("true", true), ("Yes", true), ("ON", true), ("False", false), ("no", false), ("Off", false)]
        {
            assert_eq!(plain(text), Typed::Bool(truth));
        }
        for (text, number) in [("0", 0), ("-1", -1), ("+900", 900), ("9223372036854775807", i64::MAX)] {
            assert_eq!(plain(text), Typed::Int(number));
        }
        for (text, number) in [("0.5", 0.5), (".5", 0.5), ("1.", 1.0), ("-1e3", -1000.0), ("1.5E-1", 0.15)] {
            assert_eq!(plain(text), Typed::Float(number));
        }
        assert_eq!(plain("9223372036854775808"), Typed::Float(9_223_372_036_854_775_808.0));
    }

    #[test]
    fn dates_account_ids_and_odd_numbers_stay_text() {
        let texts = [
            "2012-10-17",
            "012345678901",
            "0777",
            "00",
            "1_000",
            "0x1F",
            "0o17",
            "1:30",
            "1.2.3",
            "1e",
            "e5",
            ".",
            "-",
            "+",
            "1e999",
            "nan",
            "inf",
            ".inf",
            "yEs",
            "y",
            "n",
            "None",
            "- 1",
            "1 ",
        ];
        for text in texts {
            assert_eq!(plain(text), Typed::Text(text));
        }
    }

    #[test]
    fn what_is_quoted_is_text() {
        for text in ["", "true", "1", "null"] {
            assert_eq!(Scalar { text, is_plain: false }.typed(), Typed::Text(text));
        }
    }
}

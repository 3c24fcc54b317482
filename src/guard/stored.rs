//! Rules as bytes: the build script parses the pages that the program carries, so that no run has to.

use super::ast::Rules;
use crate::source::Source;

impl Rules {
    /// The rules as bytes, without their text. Only the version of the program that made them can read them.
    ///
    /// # Errors
    ///
    /// None that is known: what rules are made of has a form in bytes.
    pub fn to_bytes(&self) -> postcard::Result<Vec<u8>> {
        postcard::to_allocvec(self)
    }

    /// The rules that these bytes were made of, with their text.
    ///
    /// # Errors
    ///
    /// They were made of nothing, or by another version of the program.
    pub fn from_bytes(bytes: &[u8], text: &str) -> postcard::Result<Self> {
        let rules: Self = postcard::from_bytes(bytes)?;
        Ok(Self { source: Source::new("", text), ..rules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Dialect;

    /// One of everything that is kept in a form of its own.
    const EVERYTHING: &str = "let wanted = ['a', /(?i)b$/, r[1, 5), 2.5, {k: null}]
#@ profile: strict
rule of_all when Resources !empty {
    some Resources.*[ Type in %wanted  keys == /x/ ].%wanted[0] exists or
    AWS::S3::Bucket { Properties[ name | Size > 3 ] !empty <<
        {Id:source} of {#}
        Fix: write {{it}}
        At: Properties
        Label: here
        Also: Name - there
        Path: Other - on the way
    >> }
    let n = count(Resources)
    takes(%n)
    not of_all
}
rule takes(n) { %n < 3 }
";

    #[test]
    fn rules_come_back_as_they_were() {
        let rules = Rules::parse(EVERYTHING, Dialect::Page).expect("rules");
        let bytes = rules.to_bytes().expect("bytes");
        let again = Rules::from_bytes(&bytes, EVERYTHING).expect("the same rules");
        assert_eq!(again.to_bytes().expect("bytes"), bytes);
        assert_eq!(again.source_text(), EVERYTHING);
    }

    #[test]
    fn other_bytes_are_no_rules() {
        assert!(Rules::from_bytes(&[], "").is_err());
        assert!(Rules::from_bytes(&[0xff; 64], "").is_err());
    }
}

//! What an engine says of a rules file and a document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A verdict for every rule, by name.
    Verdicts(BTreeMap<String, Verdict>),
    /// The rules file is none.
    ParseError,
    /// The document is none.
    Refused,
    /// The evaluation ends without a verdict, and why.
    Error(String),
}

/// The verdict of a rule; several rules of one name have one verdict together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) passes: bool,
    pub(crate) skips: bool,
    /// How many rules of this name fail.
    pub(crate) fails: usize,
    /// The resources that the failing checks are about.
    pub(crate) resources: BTreeSet<String>,
}

impl Verdict {
    /// Whether two verdicts have the same statuses.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        (self.passes, self.skips, self.fails) == (other.passes, other.skips, other.fails)
    }
}

impl Answer {
    /// Whether two answers are the same, resources and the wording of errors apart.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Verdicts(ours), Self::Verdicts(theirs)) => {
                let agree = |(our, their): ((&String, &Verdict), (&String, &Verdict))| {
                    our.0 == their.0 && our.1.agrees(their.1)
                };
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(agree)
            }
            (ours, theirs) => ours.kind() == theirs.kind(),
        }
    }

    /// What sort of answer it is.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Verdicts(_) => "verdicts",
            Self::ParseError => "parse error",
            Self::Refused => "document refused",
            Self::Error(_) => "error",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verdicts(verdicts) => {
                for (rule, verdict) in verdicts {
                    write!(f, "{rule}:{verdict} ")?;
                }
                Ok(())
            }
            Self::Error(why) => write!(f, "error ({why})"),
            Self::ParseError | Self::Refused => f.write_str(self.kind()),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marks = [(self.passes, " PASS"), (self.skips, " SKIP"), (self.fails > 0, " FAIL")];
        marks.iter().filter(|(is_so, _)| *is_so).try_for_each(|(_, mark)| f.write_str(mark))?;
        if self.resources.is_empty() { Ok(()) } else { write!(f, " {:?}", self.resources) }
    }
}

/// The resource that a path leads to.
pub(crate) fn resource(path: &str) -> Option<String> {
    let rest = path.strip_prefix("/Resources/")?;
    rest.split('/').next().filter(|id| !id.is_empty()).map(str::to_owned)
}

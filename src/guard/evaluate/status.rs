//! Four statuses, and how those of parts make that of the whole.

/// What came of a rule, a block or a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It holds.
    Pass,
    /// It does not hold, and that is certain.
    Fail,
    /// It does not apply.
    Skip,
    /// It depends on what is not known.
    Unknown,
}

/// Counts statuses towards that of the whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) passes: usize,
    pub(super) fails: usize,
    pub(super) unknowns: usize,
}

impl Status {
    /// `PASS`, `FAIL`, `SKIP`, `UNKNOWN`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Skip => "SKIP",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// What a body's status is worth if it is not certain that the body applies: it can fail no more.
    pub(super) fn doubted(self) -> Self {
        match self {
            Self::Fail => Self::Unknown,
            Self::Pass | Self::Skip | Self::Unknown => self,
        }
    }

    /// PASS for true, FAIL for false.
    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::Pass } else { Self::Fail }
    }
}

impl Tally {
    /// Counts one status.
    pub(super) fn add(&mut self, status: Status) {
        match status {
            Status::Pass => self.passes += 1,
            Status::Fail => self.fails += 1,
            Status::Unknown => self.unknowns += 1,
            Status::Skip => {}
        }
    }

    /// Whether nothing was counted, SKIP apart.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Self { passes: 0, fails: 0, unknowns: 0 })
    }

    /// All must pass: FAIL wins, then UNKNOWN.
    pub(super) fn all(self) -> Status {
        match self {
            Self { fails: 1.., .. } => Status::Fail,
            Self { unknowns: 1.., .. } => Status::Unknown,
            Self { passes: 1.., .. } => Status::Pass,
            Self { .. } => Status::Skip,
        }
    }

    /// One must pass: PASS wins, then UNKNOWN.
    pub(super) fn any(self) -> Status {
        match self {
            Self { passes: 1.., .. } => Status::Pass,
            Self { unknowns: 1.., .. } => Status::Unknown,
            Self { fails: 1.., .. } => Status::Fail,
            Self { .. } => Status::Skip,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(statuses: &[Status]) -> Tally {
        let mut tally = Tally::default();
        for status in statuses {
            tally.add(*status);
        }
        tally
    }

    #[test]
    fn a_conjunction_fails_before_it_doubts_and_doubts_before_it_passes() {
        use Status::{Fail, Pass, Skip, Unknown};
        assert_eq!(tally(&[Pass, Unknown, Fail]).all(), Fail);
        assert_eq!(tally(&[Pass, Unknown, Skip]).all(), Unknown);
        assert_eq!(tally(&[Pass, Skip]).all(), Pass);
        assert_eq!(tally(&[Skip]).all(), Skip);
    }

    #[test]
    fn a_disjunction_passes_before_it_doubts_and_doubts_before_it_fails() {
        use Status::{Fail, Pass, Skip, Unknown};
        assert_eq!(tally(&[Fail, Unknown, Pass]).any(), Pass);
        assert_eq!(tally(&[Fail, Unknown, Skip]).any(), Unknown);
        assert_eq!(tally(&[Fail, Skip]).any(), Fail);
        assert_eq!(tally(&[Skip]).any(), Skip);
    }
}

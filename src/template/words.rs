//! Guards in words, for the people who read a finding.

use crate::names::{Name, Names};

use super::condition::{Formula, Formulas, Guard, Literal};

/// A claim in words: `IsProd is false`, `Env is not 'prod'`.
pub(super) fn words(formulas: &Formulas, names: &Names, claim: Literal) -> String {
    Writer { formulas, names }.phrase(claim, Writer::MOST_LEVELS)
}

struct Writer<'f> {
    formulas: &'f Formulas,
    names: &'f Names,
}

/// How the pieces of a formula hang together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

impl Writer<'_> {
    /// More pieces than this do not help anybody; the rest is counted.
    const MOST_PIECES: usize = 4;
    /// Pieces past this many are not compared with one another.
    const MOST_GATHERED: usize = 64;
    /// `a and (b or c)` has two.
    const MOST_LEVELS: usize = 3;

    fn phrase(&self, claim: Literal, levels: usize) -> String {
        let (guard, holds) = self.bare(claim);
        let Some(formula) = self.formulas.formula(guard) else {
            return if (guard == Guard::ALWAYS) == holds { "always" } else { "never" }.to_owned();
        };
        let is = if holds { "is" } else { "is not" };
        match formula {
            Formula::Condition { name, .. } => format!("{} is {holds}", self.names.text(name)),
            Formula::Equal { term, text } => match self.only_other(term, text).filter(|_| !holds) {
                Some(other) => format!("{} is '{}'", self.names.text(term), self.names.text(other)),
                None => format!("{} {is} '{}'", self.names.text(term), self.names.text(text)),
            },
            Formula::Same(a, b) => format!("{} {is} {}", self.names.text(a), self.names.text(b)),
            Formula::Not(_) | Formula::And(..) | Formula::Or(..) => self.pieces((guard, holds), levels),
        }
    }

    /// What a term equals when it does not equal `text`, where it can only equal two texts.
    fn only_other(&self, term: Name, text: Name) -> Option<Name> {
        let [a, b] = *self.formulas.allowed(term)? else { return None };
        if a == text { Some(b) } else { (b == text).then_some(a) }
    }

    fn pieces(&self, claim: Literal, levels: usize) -> String {
        let Some(connective) = self.connective(claim).filter(|_| levels > 0) else {
            return "a combination of conditions holds".to_owned();
        };
        let pieces = self.needed(self.gathered(claim, connective), connective);
        let phrase = |piece: &Literal| {
            let phrase = self.phrase(*piece, levels - 1);
            if self.connective(*piece).is_some() && pieces.len() > 1 { format!("({phrase})") } else { phrase }
        };
        let mut phrases: Vec<String> = pieces.iter().take(Self::MOST_PIECES).map(phrase).collect();
        if let Some(more) = pieces.len().checked_sub(Self::MOST_PIECES).filter(|more| *more > 0) {
            phrases.push(format!("{more} more"));
        }
        phrases.join(match connective {
            Connective::And => " and ",
            Connective::Or => " or ",
        })
    }

    /// The claims that hang together by one connective, in order, each once.
    fn gathered(&self, claim: Literal, by: Connective) -> Vec<Literal> {
        let mut gathered: Vec<Literal> = Vec::new();
        let mut open = vec![claim];
        while let Some(claim) = open.pop() {
            let (guard, holds) = self.bare(claim);
            if let Some(Formula::And(a, b) | Formula::Or(a, b)) = self.formulas.formula(guard)
                && self.connective((guard, holds)) == Some(by)
                && gathered.len() < Self::MOST_GATHERED
            {
                open.extend([(b, holds), (a, holds)]);
            } else if !gathered.contains(&(guard, holds)) {
                gathered.push((guard, holds));
            }
        }
        gathered
    }

    /// `Env is 'prod' and Env is not 'dev'` needs no second half.
    fn needed(&self, mut pieces: Vec<Literal>, connective: Connective) -> Vec<Literal> {
        let telling = connective == Connective::And;
        let term = |(guard, holds): Literal, wanted: bool| {
            let Some(Formula::Equal { term, .. }) = self.formulas.formula(guard) else { return None };
            (holds == wanted).then_some(term)
        };
        let told: Vec<Name> = pieces.iter().filter_map(|piece| term(*piece, telling)).collect();
        pieces.retain(|piece| term(*piece, !telling).is_none_or(|term| !told.contains(&term)));
        pieces
    }

    fn connective(&self, claim: Literal) -> Option<Connective> {
        let (guard, holds) = self.bare(claim);
        match (self.formulas.formula(guard)?, holds) {
            (Formula::And(..), true) | (Formula::Or(..), false) => Some(Connective::And),
            (Formula::And(..), false) | (Formula::Or(..), true) => Some(Connective::Or),
            (Formula::Condition { .. } | Formula::Equal { .. } | Formula::Same(..) | Formula::Not(_), _) => {
                None
            }
        }
    }

    /// The claim without the negations around it.
    fn bare(&self, (mut guard, mut holds): Literal) -> Literal {
        while let Some(Formula::Not(inner)) = self.formulas.formula(guard) {
            guard = inner;
            holds = !holds;
        }
        (guard, holds)
    }
}

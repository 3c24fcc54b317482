//! Guards in words, for the people who read a finding.

use crate::names::{Name, Names};

use super::condition::{Formula, Formulas, Guard, Literal};
use super::search;

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
    /// Past this many, pieces are not asked whether the others imply them.
    const MOST_WEIGHED: usize = 8;
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
            Formula::Equal { term, text } => match self.only_other(term, &[text]).filter(|_| !holds) {
                Some(other) => self.equal(term, other),
                None => format!("{} {is} '{}'", self.names.text(term), self.names.text(text)),
            },
            Formula::Same(a, b) => format!("{} {is} {}", self.names.text(a), self.names.text(b)),
            Formula::Not(_) | Formula::And(..) | Formula::Or(..) => self.pieces((guard, holds), levels),
        }
    }

    fn equal(&self, term: Name, text: Name) -> String {
        format!("{} is '{}'", self.names.text(term), self.names.text(text))
    }

    /// What a term equals when it equals none of `excluded`, where only one text is left.
    fn only_other(&self, term: Name, excluded: &[Name]) -> Option<Name> {
        let mut left = self.formulas.allowed(term)?.iter().filter(|text| !excluded.contains(text));
        left.next().copied().filter(|_| left.next().is_none())
    }

    fn pieces(&self, claim: Literal, levels: usize) -> String {
        let Some(connective) = self.connective(claim).filter(|_| levels > 0) else {
            return "a combination of conditions holds".to_owned();
        };
        self.joined(&self.needed(self.gathered(claim, connective), connective), connective, levels)
    }

    fn joined(&self, pieces: &[Literal], connective: Connective, levels: usize) -> String {
        let mut phrases: Vec<String> = Vec::new();
        let pieces = self.weighed(pieces, connective);
        for piece in &pieces {
            if let Some(phrase) = self.beside(*piece, &pieces, connective, levels)
                && !phrases.contains(&phrase)
            {
                phrases.push(phrase);
            }
        }
        if let Some(more) = phrases.len().checked_sub(Self::MOST_PIECES).filter(|more| *more > 0) {
            phrases.truncate(Self::MOST_PIECES);
            phrases.push(format!("{more} more"));
        }
        phrases.join(match connective {
            Connective::And => " and ",
            Connective::Or => " or ",
        })
    }

    /// Without the pieces that say nothing beside the others: `IsProd is false and Env is 'dev'` needs no first half.
    /// Of two that say the same, the one without "not" stays, and a name rather than what it stands for.
    fn weighed(&self, pieces: &[Literal], connective: Connective) -> Vec<Literal> {
        if !(2..=Self::MOST_WEIGHED).contains(&pieces.len()) {
            return pieces.to_vec();
        }
        let mut weighed = match connective {
            Connective::And => self.settled(pieces),
            Connective::Or => pieces.to_vec(),
        };
        // `a or b` is all that is not both `not a` and `not b`.
        let claimed = |(guard, holds): Literal| (guard, holds == (connective == Connective::And));
        let is_named = |guard| matches!(self.formulas.formula(guard), Some(Formula::Condition { .. }));
        let mut least_first = weighed.clone();
        least_first.sort_by_key(|(guard, holds)| (*holds, is_named(*guard)));
        for piece in least_first {
            let (guard, holds) = claimed(piece);
            let others = weighed.iter().filter(|other| **other != piece).map(|other| claimed(*other));
            let claims: Vec<Literal> = others.chain([(guard, !holds)]).collect();
            if claims.len() > 1 && !search::can_hold(self.formulas, &claims) {
                weighed.retain(|other| *other != piece);
            }
        }
        weighed
    }

    /// With what a term equals instead of what it does not, where the pieces leave just one text of those that it can.
    fn settled(&self, pieces: &[Literal]) -> Vec<Literal> {
        let excluding = |(guard, holds): Literal| {
            let Some(Formula::Equal { term, .. }) = self.formulas.formula(guard) else { return None };
            (!holds).then_some(term)
        };
        let mut settled = pieces.to_vec();
        for term in pieces.iter().filter_map(|piece| excluding(*piece)) {
            if let Some(only) = self.only_left(term, pieces) {
                settled.retain(|piece| excluding(*piece) != Some(term) && *piece != (only, true));
                settled.push((only, true));
            }
        }
        settled
    }

    fn only_left(&self, term: Name, pieces: &[Literal]) -> Option<Guard> {
        let allowed = self.formulas.allowed(term).filter(|texts| texts.len() <= Self::MOST_GATHERED)?;
        let mut left = None;
        for &text in allowed {
            let guard = self.formulas.guard(Formula::Equal { term, text })?;
            if search::can_hold(self.formulas, &[pieces, &[(guard, true)]].concat())
                && left.replace(guard).is_some()
            {
                return None;
            }
        }
        left
    }

    /// What a piece says beside its siblings: `a and (not a or b)` is `a and b`, `a and (a or b)` is `a`, and the
    /// same with both connectives the other way round.
    fn beside(
        &self,
        piece: Literal,
        siblings: &[Literal],
        connective: Connective,
        levels: usize,
    ) -> Option<String> {
        let Some(inner) = self.connective(piece).filter(|_| levels > 1) else {
            return Some(self.among(piece, siblings, connective, levels));
        };
        let mut parts = self.needed(self.gathered(piece, inner), inner);
        if parts.iter().any(|part| siblings.contains(part)) {
            return None;
        }
        parts.retain(|&(guard, holds)| !siblings.contains(&(guard, !holds)));
        let parts = self.weighed(&parts, inner);
        match *parts.as_slice() {
            [] => Some(self.phrase(piece, levels - 1)),
            [only] => Some(self.phrase(only, levels - 1)),
            [_, _, ..] if siblings.len() > 1 => Some(format!("({})", self.joined(&parts, inner, levels - 1))),
            [_, _, ..] => Some(self.joined(&parts, inner, levels - 1)),
        }
    }

    /// A piece that is not taken apart. All but one of the texts that a term can equal excluded say which it is.
    fn among(&self, piece: Literal, siblings: &[Literal], connective: Connective, levels: usize) -> String {
        let excluded = |(guard, holds): Literal| match self.formulas.formula(guard)? {
            Formula::Equal { term, text } if !holds && connective == Connective::And => Some((term, text)),
            _ => None,
        };
        let only = excluded(piece).and_then(|(term, _)| {
            let all = siblings.iter().filter_map(|sibling| excluded(*sibling));
            let texts: Vec<Name> = all.filter(|(of, _)| *of == term).map(|(_, text)| text).collect();
            Some((term, self.only_other(term, &texts)?))
        });
        match only {
            Some((term, text)) => self.equal(term, text),
            None => self.phrase(piece, levels - 1),
        }
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

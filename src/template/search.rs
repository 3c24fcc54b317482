//! Whether claims about formulas can hold together: a search over their cases, bounded in its steps.

use smallvec::SmallVec;

use super::condition::{Formula, Formulas, Guard, Literal};
use crate::names::Name;

/// Whether the claims can hold together. Past [`Search::MOST_STEPS`] the answer is yes.
pub(super) fn can_hold(formulas: &Formulas, claims: &[Literal]) -> bool {
    let mut search = Search { formulas, facts: Facts::new(), open: SmallVec::new(), steps: 0 };
    search.run(claims)
}

type Facts = SmallVec<[Fact; 8]>;
type Open = SmallVec<[(Literal, Literal); 8]>;

/// A variable's claim that has been taken for true.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fact {
    variable: Variable,
    /// For a term, the text that it equals or does not; nothing for the others.
    text: Option<Name>,
    holds: bool,
}

/// What can be decided freely.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variable {
    Term(Name),
    Condition(Name),
    Same(Name, Name),
}

/// What a claim comes down to.
enum Bare {
    Constant(bool),
    Fact(Fact),
    Both(Literal, Literal),
    Either(Literal, Literal),
}

struct Search<'f> {
    formulas: &'f Formulas,
    facts: Facts,
    /// Claims of which one or the other must hold.
    open: Open,
    steps: usize,
}

/// Where the search can go back to, to try the other claim.
struct Choice {
    facts: usize,
    open: Open,
    other: Literal,
}

impl Search<'_> {
    /// About a millisecond.
    const MOST_STEPS: usize = 200_000;

    fn run(&mut self, claims: &[Literal]) -> bool {
        let mut holds = claims.iter().all(|claim| self.assume(*claim));
        let mut choices: Vec<Choice> = Vec::new();
        while self.steps <= Self::MOST_STEPS {
            if holds && self.settle() {
                if self.open.is_empty() {
                    return true;
                }
                let (first, other) = self.open.swap_remove(0);
                self.steps += self.open.len();
                choices.push(Choice { facts: self.facts.len(), open: self.open.clone(), other });
                holds = self.assume(first);
            } else {
                let Some(choice) = choices.pop() else { return false };
                self.facts.truncate(choice.facts);
                self.open = choice.open;
                holds = self.assume(choice.other);
            }
        }
        true
    }

    /// Assumes what is left where one of two claims is decided, before anything is tried. False if that
    /// contradicts the facts.
    fn settle(&mut self) -> bool {
        let mut at = 0;
        while let Some((a, b)) = self.open.get(at).copied() {
            if self.steps > Self::MOST_STEPS {
                return true;
            }
            let left = match (self.known(a), self.known(b)) {
                (None, None) => {
                    at += 1;
                    continue;
                }
                (Some(true), _) | (_, Some(true)) => None,
                (Some(false), _) => Some(b),
                (None, Some(false)) => Some(a),
            };
            self.open.swap_remove(at);
            if let Some(left) = left {
                if !self.assume(left) {
                    return false;
                }
                at = 0;
            }
        }
        true
    }

    /// Takes a claim for true, with all that follows from it alone. False if that contradicts the facts.
    fn assume(&mut self, claim: Literal) -> bool {
        let mut claims: SmallVec<[Literal; 8]> = SmallVec::new();
        claims.push(claim);
        while let Some(claim) = claims.pop() {
            if self.steps > Self::MOST_STEPS {
                return true;
            }
            match self.bare(claim) {
                Bare::Constant(true) => {}
                Bare::Constant(false) => return false,
                Bare::Fact(fact) => match self.follows(fact) {
                    Some(true) => {}
                    Some(false) => return false,
                    None => self.facts.push(fact),
                },
                Bare::Both(a, b) => claims.extend([b, a]),
                Bare::Either(a, b) => self.open.push((a, b)),
            }
        }
        true
    }

    /// Whether a claim about a single variable is decided.
    fn known(&mut self, claim: Literal) -> Option<bool> {
        match self.bare(claim) {
            Bare::Constant(holds) => Some(holds),
            Bare::Fact(fact) => self.follows(fact),
            Bare::Both(..) | Bare::Either(..) => None,
        }
    }

    /// Whether a fact follows from the others, or contradicts them.
    fn follows(&mut self, fact: Fact) -> Option<bool> {
        self.steps += self.facts.len();
        let mut excluded = 0;
        for known in self.facts.iter().filter(|known| known.variable == fact.variable) {
            if known.text == fact.text {
                return Some(known.holds == fact.holds);
            }
            if known.holds {
                // The term equals another text.
                return Some(!fact.holds);
            }
            excluded += 1;
        }
        let Variable::Term(term) = fact.variable else { return None };
        let allowed = self.formulas.allowed(term)?;
        // All allowed texts but this one are excluded.
        (excluded + 1 == allowed.len()).then_some(fact.holds)
    }

    /// What a claim says, without names and negations around it.
    fn bare(&mut self, (mut guard, mut holds): Literal) -> Bare {
        loop {
            self.steps += 1;
            let Some(formula) = self.formulas.formula(guard) else {
                return Bare::Constant((guard == Guard::ALWAYS) == holds);
            };
            let (variable, text) = match formula {
                Formula::Condition { meaning: Some(meaning), .. } => {
                    guard = meaning;
                    continue;
                }
                Formula::Not(inner) => {
                    guard = inner;
                    holds = !holds;
                    continue;
                }
                Formula::And(a, b) if holds => return Bare::Both((a, true), (b, true)),
                Formula::Or(a, b) if !holds => return Bare::Both((a, false), (b, false)),
                Formula::And(a, b) | Formula::Or(a, b) => return Bare::Either((a, holds), (b, holds)),
                Formula::Condition { name, meaning: None } => (Variable::Condition(name), None),
                Formula::Same(a, b) => (Variable::Same(a, b), None),
                Formula::Equal { term, text } => (Variable::Term(term), Some(text)),
            };
            return Bare::Fact(Fact { variable, text, holds });
        }
    }
}

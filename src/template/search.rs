//! Whether claims about formulas can hold together: a search over their cases, bounded in its steps.

use smallvec::{SmallVec, smallvec};

use super::condition::{Formula, Formulas, Guard, Literal};
use crate::names::Name;

/// Whether the claims can hold together, and with what is assumed. Past so many steps the answer is yes.
pub(super) fn can_hold(formulas: &Formulas, claims: &[Literal]) -> bool {
    let run = |claims: &[Literal], most_steps| {
        let mut search = Search::over(formulas, most_steps);
        search.run(claims)
    };
    let assumed = formulas.assumptions().iter().map(|guard| (*guard, true));
    let with_assumed = || claims.iter().copied().chain(assumed.clone()).collect::<Vec<Literal>>();
    run(claims, Search::MOST_STEPS)
        && (assumed.len() == 0 || run(&with_assumed(), Search::MOST_STEPS_ASSUMING))
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
    /// Whether some fact is about two terms.
    has_same: bool,
    steps: usize,
    most_steps: usize,
}

/// Terms that are equal to one another.
type Class = SmallVec<[Name; 2]>;

/// What the terms of a class can be.
struct Range {
    /// The one text that is left.
    text: Option<Name>,
    excluded: SmallVec<[Name; 4]>,
    /// All that is left, where that is finite.
    allowed: Option<Vec<Name>>,
}

impl Range {
    fn excludes(&self, text: Name) -> bool {
        self.excluded.contains(&text) || self.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&text))
    }
}

/// Where the search can go back to, to try the other claim.
struct Choice {
    facts: usize,
    open: Open,
    other: Literal,
}

impl<'f> Search<'f> {
    /// About a millisecond.
    const MOST_STEPS: usize = 200_000;
    /// What is assumed comes with every question.
    const MOST_STEPS_ASSUMING: usize = 20_000;

    fn over(formulas: &'f Formulas, most_steps: usize) -> Self {
        let facts = Facts::new();
        Self { formulas, facts, open: SmallVec::new(), has_same: false, steps: 0, most_steps }
    }

    fn run(&mut self, claims: &[Literal]) -> bool {
        let mut holds = claims.iter().all(|claim| self.assume(*claim));
        let mut choices: Vec<Choice> = Vec::new();
        while self.steps <= self.most_steps {
            if holds && self.settle() {
                if self.open.is_empty() {
                    if self.is_consistent() {
                        return true;
                    }
                    holds = false;
                    continue;
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
            if self.steps > self.most_steps {
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
            if self.steps > self.most_steps {
                return true;
            }
            match self.bare(claim) {
                Bare::Constant(true) => {}
                Bare::Constant(false) => return false,
                Bare::Fact(fact) => match self.follows(fact) {
                    Some(true) => {}
                    Some(false) => return false,
                    None => {
                        self.has_same |= matches!(fact.variable, Variable::Same(..));
                        self.facts.push(fact);
                    }
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
        let text = match (fact.variable, fact.text) {
            (Variable::Term(term), Some(text)) => return self.term_is(term, text).map(|is| is == fact.holds),
            (Variable::Same(a, b), _) => return self.are_same(a, b).map(|are| are == fact.holds),
            (Variable::Term(_) | Variable::Condition(_), text) => text,
        };
        let known = self.facts.iter().find(|known| known.variable == fact.variable && known.text == text)?;
        Some(known.holds == fact.holds)
    }

    /// Whether a term equals a text.
    fn term_is(&mut self, term: Name, text: Name) -> Option<bool> {
        if !self.has_same {
            return self.lone_term_is(term, text);
        }
        let class = self.class(term);
        let range = self.range(&class);
        if let Some(known) = range.text {
            return Some(known == text);
        }
        if range.excludes(text) {
            return Some(false);
        }
        // What is another term's only text is not the text of one that differs from it.
        for other in self.different_from(&class) {
            let other = self.class(other);
            if self.range(&other).text == Some(text) {
                return Some(false);
            }
        }
        None
    }

    /// Whether a term equals a text, if no fact is about two terms: the usual case, in one pass.
    fn lone_term_is(&self, term: Name, text: Name) -> Option<bool> {
        let mut excluded = 0;
        for known in self.facts.iter().filter(|known| known.variable == Variable::Term(term)) {
            if known.text == Some(text) {
                return Some(known.holds);
            }
            if known.holds {
                return Some(false);
            }
            excluded += 1;
        }
        let allowed = self.formulas.allowed(term)?;
        // All allowed texts but this one are excluded.
        (excluded + 1 == allowed.len()).then_some(true)
    }

    /// Whether two terms are equal.
    fn are_same(&mut self, a: Name, b: Name) -> Option<bool> {
        let (a, b) = (self.class(a), self.class(b));
        if a.iter().any(|term| b.contains(term)) {
            return Some(true);
        }
        if self.different_from(&a).iter().any(|other| b.contains(other)) {
            return Some(false);
        }
        let (of_a, of_b) = (self.range(&a), self.range(&b));
        match (of_a.text, of_b.text) {
            (Some(a), Some(b)) => Some(a == b),
            (Some(text), None) if of_b.excludes(text) => Some(false),
            (None, Some(text)) if of_a.excludes(text) => Some(false),
            (None, None) => {
                let allowed = of_a.allowed.as_ref()?;
                allowed.iter().all(|text| of_b.excludes(*text)).then_some(false)
            }
            (Some(_), None) | (None, Some(_)) => None,
        }
    }

    /// The terms that are equal to a term, with itself.
    fn class(&mut self, term: Name) -> Class {
        let mut class: Class = smallvec![term];
        let mut at = 0;
        while let Some(term) = class.get(at).copied() {
            at += 1;
            if !self.has_same {
                break;
            }
            self.steps += self.facts.len();
            for fact in self.facts.iter().filter(|fact| fact.holds) {
                let Variable::Same(a, b) = fact.variable else { continue };
                for (one, other) in [(a, b), (b, a)] {
                    if one == term && !class.contains(&other) {
                        class.push(other);
                    }
                }
            }
        }
        class
    }

    /// The terms that are known to differ from those of a class.
    fn different_from(&self, class: &[Name]) -> Class {
        let mut different = Class::new();
        for fact in self.facts.iter().filter(|fact| self.has_same && !fact.holds) {
            let Variable::Same(a, b) = fact.variable else { continue };
            for (one, other) in [(a, b), (b, a)] {
                if class.contains(&one) {
                    different.push(other);
                }
            }
        }
        different
    }

    /// What the terms of a class can be.
    fn range(&mut self, class: &[Name]) -> Range {
        self.steps += self.facts.len();
        let mut range = Range { text: None, excluded: SmallVec::new(), allowed: None };
        for fact in &self.facts {
            match (fact.variable, fact.text) {
                (Variable::Term(term), Some(text)) if class.contains(&term) => {
                    if fact.holds {
                        range.text = Some(text);
                    } else {
                        range.excluded.push(text);
                    }
                }
                (Variable::Term(_) | Variable::Condition(_) | Variable::Same(..), _) => {}
            }
        }
        for allowed in class.iter().filter_map(|term| self.formulas.allowed(*term)) {
            self.steps += allowed.len();
            range.allowed = Some(match range.allowed {
                None => allowed.iter().filter(|text| !range.excluded.contains(text)).copied().collect(),
                Some(known) => known.into_iter().filter(|text| allowed.contains(text)).collect(),
            });
        }
        if let Some([only]) = range.allowed.as_deref() {
            range.text = range.text.or(Some(*only));
        }
        range
    }

    /// Whether no two terms that differ have come to be the same text.
    fn is_consistent(&mut self) -> bool {
        let different: Vec<(Name, Name)> = self
            .facts
            .iter()
            .filter_map(|fact| match fact.variable {
                Variable::Same(a, b) if !fact.holds => Some((a, b)),
                Variable::Same(..) | Variable::Term(_) | Variable::Condition(_) => None,
            })
            .collect();
        different.into_iter().all(|(a, b)| {
            let (a, b) = (self.class(a), self.class(b));
            let (a, b) = (self.range(&a).text, self.range(&b).text);
            a.is_none() || a != b
        })
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

//! The conditions that the transform makes from those of the template.

use crate::names::Name;
use crate::template::{Call, Guard, Origin};

use super::ids::ten_digits;
use super::{Expansion, Subject};

impl Expansion<'_> {
    /// A new condition `name` that holds where one of others does.
    pub(super) fn any_of(&mut self, at: Origin, name: &str, conditions: &[Name]) -> Name {
        let guards = &self.template.guards;
        let meanings = conditions.iter().map(|condition| guards.condition(*condition));
        let meaning = meanings.fold(Guard::NEVER, |any, one| guards.or(any, one));
        let claim = match conditions {
            [only] => Call::Condition(*only),
            several => Call::Or(several.iter().map(|one| self.call(at, Call::Condition(*one))).collect()),
        };
        let name = self.name(name);
        self.define(at, name, claim, meaning)
    }

    /// The new condition `NOT<condition><digits>`.
    pub(super) fn opposite(&mut self, at: Origin, condition: Name, digits: &str) -> Name {
        let guards = &self.template.guards;
        let meaning = guards.not(guards.condition(condition));
        let claim = self.call(at, Call::Condition(condition));
        let name = self.id(&["NOT", self.text_of(condition), digits]);
        self.define(at, name, Call::Not(claim), meaning)
    }

    /// The new condition `<a>AND<b><digits>`.
    pub(super) fn both(&mut self, subject: &Subject, at: Origin, a: Name, b: Name) -> Name {
        let guards = &self.template.guards;
        let meaning = guards.and(guards.condition(a), guards.condition(b));
        let claims = vec![self.call(at, Call::Condition(a)), self.call(at, Call::Condition(b))];
        let digits = ten_digits(self.text_of(subject.id));
        let name = self.id(&[self.text_of(a), "AND", self.text_of(b), &digits]);
        self.define(at, name, Call::And(claims), meaning)
    }

    fn define(&mut self, at: Origin, name: Name, claim: Call, meaning: Guard) -> Name {
        let value = self.call(at, claim);
        self.template.conditions.insert(name, value);
        self.template.guards.define(name, meaning);
        name
    }
}

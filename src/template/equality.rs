//! The `Conditions` section as formulas: what its `Fn::Equals` compare, and how named conditions rest on one
//! another.

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::document::Scalar;
use crate::names::Name;

use super::Template;
use super::alternative::{Alt, TextPart, Unknown};
use super::condition::Guard;
use super::declaration::coerced;
use super::resolve::Resolver;
use super::value::{Call, Data, SubPart, ValueId};

/// Gives every named condition its meaning.
pub(super) fn define_conditions(template: &Template) {
    let resolver = Resolver::new(template).without_defaults();
    let mut definer = Definer { resolver, open: FxHashSet::default(), depth: 0 };
    definer.allow_texts();
    for name in template.conditions.keys() {
        definer.condition(*name);
    }
    for rule in template.rules.values() {
        definer.rule(*rule);
    }
}

/// An expression as text: expressions of one text are one term.
pub(super) fn spelled(template: &Template, id: ValueId) -> String {
    let mut text = String::new();
    let resolver = Resolver::new(template);
    Definer { resolver, open: FxHashSet::default(), depth: 0 }.spell(id, &mut text);
    text
}

struct Definer<'t> {
    resolver: Resolver<'t>,
    /// The conditions whose meaning is being worked out.
    open: FxHashSet<Name>,
    depth: usize,
}

/// One side of a comparison, in one case.
enum Side {
    /// A text.
    Known(Name),
    /// Something that conditions can ask about.
    Term(Name),
    /// A text that is put together.
    Text(Vec<TextPart>),
    /// A list.
    List(ValueId),
    /// Nothing: a mapping has no such row, and nothing is deployed that asks for it.
    Nothing,
}

impl Definer<'_> {
    /// How deep conditions may rest on one another; what lies deeper is free.
    const MOST_DEPTH: usize = 256;
    /// How many comparisons one `Fn::EachMemberIn` may come to; one that takes more is free.
    const MOST_PAIRS: usize = 4096;

    fn allow_texts(&self) {
        let template = self.resolver.template();
        for name in template.parameters.keys() {
            let texts = self.resolver.texts_of(*name).unwrap_or_default();
            if !texts.is_empty() {
                template.guards.allow(*name, texts.to_vec());
            }
        }
    }

    /// A rule of the `Rules` section: where its condition holds, what it asserts does.
    fn rule(&mut self, rule: ValueId) {
        let Template { names, values, guards, .. } = self.resolver.template();
        let at = |value, key: &str| names.find(key).and_then(|key| values.get(value, key));
        let applies = at(rule, "RuleCondition").map_or(Guard::ALWAYS, |condition| self.meaning(condition));
        for assertion in at(rule, "Assertions").map_or(&[][..], |assertions| values.items(assertions)) {
            if let Some(assert) = at(*assertion, "Assert") {
                let holds = self.meaning(assert);
                guards.assume(guards.or(guards.not(applies), holds));
            }
        }
    }

    /// A condition that rests on itself, and one that nothing defines, is free to hold.
    fn condition(&mut self, name: Name) -> Guard {
        let template = self.resolver.template();
        if let Some(guard) = template.guards.defined(name) {
            return guard;
        }
        let Some(value) = template.conditions.get(&name) else { return template.guards.condition(name) };
        if self.depth >= Self::MOST_DEPTH || !self.open.insert(name) {
            return template.guards.define_free(name);
        }
        let meaning = self.meaning(*value);
        self.open.remove(&name);
        template.guards.define(name, meaning)
    }

    fn meaning(&mut self, id: ValueId) -> Guard {
        let template = self.resolver.template();
        let guards = &template.guards;
        let Data::Call(call) = template.values.data(id) else { return self.free(id) };
        self.depth += 1;
        let guard = match &**call {
            _ if self.depth > Self::MOST_DEPTH => self.free(id),
            Call::Condition(name) => self.condition(*name),
            Call::Equals(a, b) => self.equals(*a, *b),
            Call::Not(inner) => guards.not(self.meaning(*inner)),
            Call::And(all) => all.iter().fold(Guard::ALWAYS, |all, one| guards.and(all, self.meaning(*one))),
            Call::Or(any) => any.iter().fold(Guard::NEVER, |any, one| guards.or(any, self.meaning(*one))),
            Call::Ref(_)
            | Call::GetAtt(..)
            | Call::Sub { .. }
            | Call::Join { .. }
            | Call::Select { .. }
            | Call::Split { .. }
            | Call::If { .. }
            | Call::FindInMap { .. }
            | Call::ImportValue(_)
            | Call::Base64(_)
            | Call::ToJsonString(_)
            | Call::Transform(_) => self.free(id),
            Call::Other { function, argument } => {
                let members = self.members(template.names.text(*function), *argument);
                members.unwrap_or_else(|| self.free(id))
            }
        };
        self.depth -= 1;
        guard
    }

    /// A claim that nothing is known about.
    fn free(&self, id: ValueId) -> Guard {
        let names = &self.resolver.template().names;
        self.resolver.template().guards.equal(self.term(id), names.intern("true"))
    }

    /// What the functions of the `Rules` section say of lists that are written out.
    fn members(&mut self, function: &str, argument: ValueId) -> Option<Guard> {
        let Template { values, guards, .. } = self.resolver.template();
        let [members, wanted] = *values.items(argument) else { return None };
        let written = |list| matches!(values.data(list), Data::List(_)).then(|| values.items(list));
        let contains = |value, list: &[ValueId]| {
            list.iter().fold(Guard::NEVER, |any, item| guards.or(any, self.equals(*item, value)))
        };
        let members = written(members)?;
        Some(match function {
            "Fn::Contains" => contains(wanted, members),
            "Fn::EachMemberEquals" => members
                .iter()
                .fold(Guard::ALWAYS, |all, member| guards.and(all, self.equals(*member, wanted))),
            "Fn::EachMemberIn" => {
                let wanted = written(wanted)?;
                if members.len().saturating_mul(wanted.len()) > Self::MOST_PAIRS {
                    return None;
                }
                members.iter().fold(Guard::ALWAYS, |all, member| guards.and(all, contains(*member, wanted)))
            }
            _ => return None,
        })
    }

    fn equals(&self, a: ValueId, b: ValueId) -> Guard {
        let guards = &self.resolver.template().guards;
        let mut equal = Guard::NEVER;
        let others = self.sides(b);
        for (guard, side) in self.sides(a) {
            for (other_guard, other) in &others {
                let same = self.same((a, &side), (b, other));
                equal = guards.or(equal, guards.and(guards.and(guard, *other_guard), same));
            }
        }
        equal
    }

    fn same(&self, (a, side): (ValueId, &Side), (b, other): (ValueId, &Side)) -> Guard {
        let Template { values, guards, .. } = self.resolver.template();
        let as_term = |id, side: &Side| match side {
            Side::Term(term) => *term,
            Side::Known(_) | Side::Text(_) | Side::List(_) | Side::Nothing => self.term(id),
        };
        match (side, other) {
            (Side::Known(a), Side::Known(b)) if a == b => Guard::ALWAYS,
            (Side::Nothing, _) | (_, Side::Nothing) | (Side::Known(_), Side::Known(_)) => Guard::NEVER,
            (Side::Term(term), Side::Known(text)) | (Side::Known(text), Side::Term(term)) => {
                self.resolver.equals(*term, *text)
            }
            (Side::Text(parts), Side::Known(text)) => {
                self.resolver.is_text(parts, *text).unwrap_or_else(|| guards.equal(self.term(a), *text))
            }
            (Side::Known(text), Side::Text(parts)) => {
                self.resolver.is_text(parts, *text).unwrap_or_else(|| guards.equal(self.term(b), *text))
            }
            (Side::List(list), Side::Known(text)) | (Side::Known(text), Side::List(list)) => {
                guards.equal(self.term(*list), *text)
            }
            (Side::List(a), Side::List(b)) if self.is_written_out(*a) && self.is_written_out(*b) => {
                let (a, b) = (values.items(*a), values.items(*b));
                if a.len() != b.len() {
                    return Guard::NEVER;
                }
                let pairs = a.iter().zip(b);
                pairs.fold(Guard::ALWAYS, |all, (a, b)| guards.and(all, self.equals(*a, *b)))
            }
            (
                Side::Term(_) | Side::Text(_) | Side::List(_),
                Side::Term(_) | Side::Text(_) | Side::List(_),
            ) => guards.same(as_term(a, side), as_term(b, other)),
        }
    }

    /// Whether a list's items are all there, and none is a list again.
    fn is_written_out(&self, list: ValueId) -> bool {
        let values = &self.resolver.template().values;
        let is_one = |item: &ValueId| match values.data(*item) {
            Data::Scalar { .. } => true,
            Data::Call(call) => matches!(**call, Call::Ref(_) | Call::Sub { .. }),
            Data::List(_) | Data::Map(_) => false,
        };
        values.items(list).iter().all(is_one)
    }

    fn sides(&self, id: ValueId) -> SmallVec<[(Guard, Side); 1]> {
        let id = self.resolver.behind_passed(id);
        let names = &self.resolver.template().names;
        let coerced_name =
            |text, is_plain| names.intern(coerced(Scalar { text: names.text(text), is_plain }));
        let side = |alt| match alt {
            Alt::Scalar { text, is_plain, .. } => Side::Known(coerced_name(text, is_plain)),
            Alt::OneOf { parameter: name, .. }
            | Alt::Unknown(Unknown::Parameter(name) | Unknown::Pseudo(name)) => Side::Term(name),
            Alt::Text(parts) => Side::Text(parts),
            Alt::List(list) => Side::List(list),
            Alt::Absent { .. } | Alt::Map(_) | Alt::Resource { .. } | Alt::Unknown(_) => {
                Side::Term(self.term(id))
            }
        };
        let alternatives = self.resolver.resolve(id).alternatives;
        // Where no row is ever found, we do not see them all.
        let has_rows = alternatives.len() > 1;
        let side = |alt| match alt {
            Alt::Unknown(Unknown::NoRow) if has_rows => Side::Nothing,
            alt => side(alt),
        };
        alternatives.into_iter().map(|(guard, alt)| (guard, side(alt))).collect()
    }

    /// An expression by its text: equal expressions are one term.
    fn term(&self, id: ValueId) -> Name {
        let mut text = String::new();
        self.spell(id, &mut text);
        self.resolver.template().names.intern(&text)
    }

    fn spell(&self, id: ValueId, out: &mut String) {
        let template = self.resolver.template();
        let text = |name: Name| template.names.text(name);
        match template.values.data(id) {
            Data::Scalar { text: scalar, .. } => {
                out.push('\'');
                out.push_str(text(*scalar));
                out.push('\'');
            }
            Data::List(items) => self.spell_all("[", items, "]", out),
            Data::Map(entries) => {
                for entry in entries {
                    out.push_str(text(entry.key));
                    self.spell_all(": ", &[entry.value], "; ", out);
                }
            }
            Data::Call(call) => match &**call {
                Call::Ref(name) | Call::Condition(name) => out.push_str(text(*name)),
                Call::GetAtt(resource, attribute) => {
                    out.push_str(text(*resource));
                    out.push('.');
                    out.push_str(text(*attribute));
                }
                Call::Sub { parts, .. } => self.spell_sub(parts, out),
                Call::Join { separator, items } => {
                    out.push_str("Fn::Join('");
                    out.push_str(text(*separator));
                    self.spell_all("', ", &[*items], ")", out);
                }
                Call::Split { separator, text: whole } => {
                    out.push_str("Fn::Split('");
                    out.push_str(text(*separator));
                    self.spell_all("', ", &[*whole], ")", out);
                }
                Call::Select { index, items } => self.spell_all("Fn::Select(", &[*index, *items], ")", out),
                Call::If { condition, then, otherwise } => {
                    out.push_str("Fn::If(");
                    out.push_str(text(*condition));
                    self.spell_all(", ", &[*then, *otherwise], ")", out);
                }
                Call::FindInMap { map, top, second, default } => {
                    let mut arguments = vec![*map, *top, *second];
                    arguments.extend(*default);
                    self.spell_all("Fn::FindInMap(", &arguments, ")", out);
                }
                Call::ImportValue(value) => self.spell_all("Fn::ImportValue(", &[*value], ")", out),
                Call::Base64(value) => self.spell_all("Fn::Base64(", &[*value], ")", out),
                Call::ToJsonString(value) => self.spell_all("Fn::ToJsonString(", &[*value], ")", out),
                Call::Equals(a, b) => self.spell_all("Fn::Equals(", &[*a, *b], ")", out),
                Call::And(all) => self.spell_all("Fn::And(", all, ")", out),
                Call::Or(any) => self.spell_all("Fn::Or(", any, ")", out),
                Call::Not(value) => self.spell_all("Fn::Not(", &[*value], ")", out),
                Call::Transform(value) => self.spell_all("Fn::Transform(", &[*value], ")", out),
                Call::Other { function, argument } => {
                    out.push_str(text(*function));
                    self.spell_all("(", &[*argument], ")", out);
                }
            },
        }
    }

    fn spell_all(&self, before: &str, ids: &[ValueId], after: &str, out: &mut String) {
        out.push_str(before);
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.spell(*id, out);
        }
        out.push_str(after);
    }

    /// Each variable's value is spelled once, however often the text has it.
    fn spell_sub(&self, parts: &[SubPart], out: &mut String) {
        let text = |name: Name| self.resolver.template().names.text(name);
        let mut bound: Vec<ValueId> = Vec::new();
        let mut spelled: FxHashSet<ValueId> = FxHashSet::default();
        out.push_str("Fn::Sub('");
        for part in parts {
            match *part {
                SubPart::Text(known) => out.push_str(text(known)),
                SubPart::Ref(name) => out.extend(["${", text(name), "}"]),
                SubPart::GetAtt(resource, attribute) => {
                    out.extend(["${", text(resource), ".", text(attribute), "}"]);
                }
                SubPart::Bound(name, value) => {
                    out.extend(["${", text(name), "}"]);
                    if spelled.insert(value) {
                        bound.push(value);
                    }
                }
            }
        }
        self.spell_all("', ", &bound, ")", out);
    }
}

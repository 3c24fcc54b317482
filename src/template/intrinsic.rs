//! Intrinsic functions: both spellings, `!Sub x` and `Fn::Sub: x`, become one call.

use std::ops::Range;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::document::{Kind, NodeId};
use crate::names::{Name, Names};
use crate::source::Span;

use super::read::{Argument, Reader};
use super::value::{Call, SubPart, ValueId};

/// The variables that a `Fn::Sub` binds.
type Bound = FxHashMap<Name, ValueId>;

impl Reader<'_> {
    /// The call of `function` (`Sub`, `Ref`), whatever its argument looks like: one of the wrong shape is kept
    /// as [`Call::Other`]. What lies in it is named by `key`, as the call itself is.
    pub(super) fn call(&mut self, function: &str, argument: Argument, key: Span) -> Call {
        let call = match function {
            "Ref" => self.argument_text(argument).map(|text| Call::Ref(self.names.intern(&text))),
            "Condition" => self.argument_text(argument).map(|text| Call::Condition(self.names.intern(&text))),
            "GetAtt" => self.get_att(argument),
            "Sub" => self.sub(argument, key),
            "Join" => self.join(argument, key),
            "Select" => self.pair(argument, key).map(|(index, items)| Call::Select { index, items }),
            "Split" => self.split(argument, key),
            "If" => self.fn_if(argument, key),
            "FindInMap" => self.find_in_map(argument, key),
            "ImportValue" => Some(Call::ImportValue(self.argument(argument, key))),
            "Base64" => Some(Call::Base64(self.argument(argument, key))),
            "ToJsonString" => Some(Call::ToJsonString(self.argument(argument, key))),
            "Transform" => Some(Call::Transform(self.argument(argument, key))),
            "Equals" => self.pair(argument, key).map(|(a, b)| Call::Equals(a, b)),
            "And" => self.all(argument, key).map(Call::And),
            "Or" => self.all(argument, key).map(Call::Or),
            "Not" => self.not(argument, key),
            _ => None,
        };
        call.unwrap_or_else(|| self.other(function, argument, key))
    }

    fn other(&mut self, function: &str, argument: Argument, key: Span) -> Call {
        let function = match function {
            "Ref" | "Condition" => self.names.intern(function),
            _ => self.names.intern(&format!("Fn::{function}")),
        };
        Call::Other { function, argument: self.argument(argument, key) }
    }

    fn get_att(&self, argument: Argument) -> Option<Call> {
        let name = |text: &str| self.names.intern(text);
        let Some(items) = self.list(argument) else {
            let text = self.argument_text(argument)?;
            let (resource, attribute) = text.split_once('.')?;
            return Some(Call::GetAtt(name(resource), name(attribute)));
        };
        let [resource, attribute] = items[..] else { return None };
        Some(Call::GetAtt(name(&self.text_in_loop(resource)?), name(&self.text_in_loop(attribute)?)))
    }

    fn sub(&mut self, argument: Argument, key: Span) -> Option<Call> {
        let Some(items) = self.list(argument) else {
            let text = self.argument_text(argument)?;
            let place = Some(self.document.span(argument.node));
            return Some(Call::Sub { parts: parts(&self.names, &text, &Bound::default()), text: place });
        };
        let (node, variables) = match items[..] {
            [text] => (text, None),
            [text, variables] => (text, Some(variables)),
            _ => return None,
        };
        let text = self.text(node)?;
        let bound = match variables {
            None => Bound::default(),
            Some(variables) => self.variables(variables, key)?,
        };
        let place = Some(self.document.span(node));
        Some(Call::Sub { parts: parts(&self.names, &text, &bound), text: place })
    }

    fn variables(&mut self, node: NodeId, key: Span) -> Option<Bound> {
        let document = self.document;
        if document.kind(node) != Kind::Mapping || self.function_of_tag(node).is_some() {
            return None;
        }
        let bind = |entry: crate::document::Entry| {
            let (_, name, _) = self.key(entry.key);
            (name, self.value(entry.value, Some(key)))
        };
        Some(document.entries(node).map(bind).collect())
    }

    fn join(&mut self, argument: Argument, key: Span) -> Option<Call> {
        let [separator, items] = self.list(argument)?[..] else { return None };
        let separator = self.names.intern(&self.text(separator)?);
        Some(Call::Join { separator, items: self.value(items, Some(key)) })
    }

    fn split(&mut self, argument: Argument, key: Span) -> Option<Call> {
        let [separator, text] = self.list(argument)?[..] else { return None };
        let separator = self.names.intern(&self.text(separator)?);
        Some(Call::Split { separator, text: self.value(text, Some(key)) })
    }

    fn fn_if(&mut self, argument: Argument, key: Span) -> Option<Call> {
        let [condition, then, otherwise] = self.list(argument)?[..] else { return None };
        let condition = self.condition_name(condition)?;
        let then = self.value(then, Some(key));
        Some(Call::If { condition, then, otherwise: self.value(otherwise, Some(key)) })
    }

    /// The name of a condition, also where it is written as `!Condition Name`.
    fn condition_name(&self, node: NodeId) -> Option<Name> {
        let is_tagged = self.function_of_tag(node) == Some("Condition");
        self.argument_text(Argument { node, is_tagged }).map(|text| self.names.intern(&text))
    }

    fn find_in_map(&mut self, argument: Argument, key: Span) -> Option<Call> {
        let items = self.list(argument)?;
        let (map, top, second, options) = match items[..] {
            [map, top, second] => (map, top, second, None),
            [map, top, second, options] => (map, top, second, Some(options)),
            _ => return None,
        };
        let map = self.value(map, Some(key));
        let top = self.value(top, Some(key));
        let second = self.value(second, Some(key));
        let mut entries = options.into_iter().flat_map(|options| self.document.entries(options));
        let default = entries.find(|entry| self.document.scalar(entry.key).text == "DefaultValue");
        let default = default.map(|entry| self.value(entry.value, Some(key)));
        Some(Call::FindInMap { map, top, second, default })
    }

    fn pair(&mut self, argument: Argument, key: Span) -> Option<(ValueId, ValueId)> {
        let [first, second] = self.list(argument)?[..] else { return None };
        Some((self.value(first, Some(key)), self.value(second, Some(key))))
    }

    fn all(&mut self, argument: Argument, key: Span) -> Option<Vec<ValueId>> {
        let items: SmallVec<[NodeId; 4]> = self.list(argument)?;
        Some(items.into_iter().map(|item| self.value(item, Some(key))).collect())
    }

    fn not(&mut self, argument: Argument, key: Span) -> Option<Call> {
        let [item] = self.list(argument)?[..] else { return None };
        Some(Call::Not(self.value(item, Some(key))))
    }
}

/// The text of `Fn::Sub` taken apart. What does not have the form of a variable is text.
fn parts(names: &Names, text: &str, bound: &Bound) -> Vec<SubPart> {
    let mut parts = Vec::new();
    let mut known = String::new();
    each_piece(text, &mut |piece| match piece {
        Piece::Text(range) => known.push_str(&text[range]),
        Piece::Variable { name, .. } => {
            if !known.is_empty() {
                parts.push(SubPart::Text(names.intern(&known)));
                known.clear();
            }
            parts.push(part(names, name, bound));
        }
    });
    if !known.is_empty() || parts.is_empty() {
        parts.push(SubPart::Text(names.intern(&known)));
    }
    parts
}

/// A piece of the text of `Fn::Sub`.
pub(super) enum Piece<'a> {
    /// These bytes stand for themselves.
    Text(Range<usize>),
    /// `${Name}`.
    Variable {
        /// `Name`.
        name: &'a str,
        /// The bytes, `${` and `}` among them.
        range: Range<usize>,
    },
}

/// Takes the text of `Fn::Sub` apart, in its order. Of `${!Literal}` the `!` is left out.
pub(super) fn each_piece<'a>(text: &'a str, visit: &mut dyn FnMut(Piece<'a>)) {
    let mut at = 0;
    while let Some(start) = text[at..].find("${").map(|start| at + start) {
        let inner = start + 2;
        let rest = &text[inner..];
        // A variable holds no `$`: where another one starts first, this `${` is an inline script's own.
        let end = rest.find(['}', '$']).filter(|end| rest[*end..].starts_with('}'));
        let variable = end.map(|end| &rest[..end]);
        let after = inner + end.map_or(0, |end| end + 1);
        match variable {
            Some(literal) if literal.starts_with('!') => {
                visit(Piece::Text(at..inner));
                visit(Piece::Text(inner + 1..after));
                at = after;
            }
            Some(variable) if is_variable(variable.trim()) => {
                visit(Piece::Text(at..start));
                visit(Piece::Variable { name: variable.trim(), range: start..after });
                at = after;
            }
            Some(_) | None => {
                visit(Piece::Text(at..inner));
                at = inner;
            }
        }
    }
    visit(Piece::Text(at..text.len()));
}

fn is_variable(text: &str) -> bool {
    let can_be_in_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '_' | '-' | '&' | '#');
    !text.is_empty() && text.chars().all(can_be_in_one)
}

fn part(names: &Names, variable: &str, bound: &Bound) -> SubPart {
    let name = names.intern(variable);
    if let Some(value) = bound.get(&name) {
        return SubPart::Bound(name, *value);
    }
    match variable.split_once('.') {
        Some((resource, attribute)) => SubPart::GetAtt(names.intern(resource), names.intern(attribute)),
        None => SubPart::Ref(name),
    }
}

#[cfg(test)]
mod tests {
    use crate::template::tests::template;
    use crate::template::{Call, Data, Template, ValueId};

    /// A value in one line, whichever spelling it was read from.
    fn shape(template: &Template, id: ValueId) -> String {
        match template.values.data(id) {
            Data::Call(call) => {
                let mut shape = match &**call {
                    // The text's place differs.
                    Call::Sub { parts, .. } => format!("Sub({parts:?})"),
                    call => format!("{call:?}"),
                };
                // Ids differ between the spellings only by what was read before.
                while let Some((before, after)) = shape.split_once("ValueId(") {
                    let (id, after) = after.split_once(')').unwrap();
                    let inner = template.values.iter().nth(id.parse().unwrap()).unwrap().0;
                    shape = format!("{before}{}{after}", self::shape(template, inner));
                }
                shape
            }
            Data::Scalar { text, .. } => template.names.text(*text).to_owned(),
            Data::List(items) => {
                let items: Vec<String> = items.iter().map(|item| shape(template, *item)).collect();
                format!("[{}]", items.join(","))
            }
            Data::Map(entries) => {
                let entry = |key, value| format!("{}:{}", template.names.text(key), shape(template, value));
                let entries: Vec<String> = entries.iter().map(|it| entry(it.key, it.value)).collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    fn assert_same(short: &str, long: &str) {
        let text =
            format!("Resources:\n  R:\n    Type: T\n    Properties:\n      S: {short}\n      L: {long}\n");
        let template = template(&text);
        let [s, l] = ["S", "L"].map(|property| template.property("R", property));
        assert!(matches!(template.values.data(s), Data::Call(_)), "{short} is a call");
        assert_eq!(shape(&template, s), shape(&template, l), "{short} and {long}");
    }

    #[test]
    fn both_spellings_of_an_intrinsic_are_one_call() {
        for (short, long) in [
            ("!Ref A", "{Ref: A}"),
            ("!GetAtt A.B.C", "{'Fn::GetAtt': [A, B.C]}"),
            ("!GetAtt [A, B]", "{'Fn::GetAtt': A.B}"),
            ("!Sub 'x${A}'", "{'Fn::Sub': ['x${A}', {}]}"),
            ("!Sub ['${A}', {A: 1}]", "{'Fn::Sub': ['${A}', {A: 1}]}"),
            ("!Join ['-', [a, !Ref B]]", "{'Fn::Join': ['-', [a, {Ref: B}]]}"),
            ("!Select [0, [a]]", "{'Fn::Select': [0, [a]]}"),
            ("!Split [',', a]", "{'Fn::Split': [',', a]}"),
            ("!If [C, 1, !Ref AWS::NoValue]", "{'Fn::If': [C, 1, {Ref: 'AWS::NoValue'}]}"),
            ("!FindInMap [M, a, b]", "{'Fn::FindInMap': [M, a, b]}"),
            ("!FindInMap [M, a, b, {DefaultValue: 1}]", "{'Fn::FindInMap': [M, a, b, {DefaultValue: 1}]}"),
            ("!ImportValue x", "{'Fn::ImportValue': x}"),
            ("!Base64 x", "{'Fn::Base64': x}"),
            ("!ToJsonString {a: 1}", "{'Fn::ToJsonString': {a: 1}}"),
            ("!Equals [a, b]", "{'Fn::Equals': [a, b]}"),
            ("!And [a, b]", "{'Fn::And': [a, b]}"),
            ("!Or [a, b]", "{'Fn::Or': [a, b]}"),
            ("!Not [a]", "{'Fn::Not': [a]}"),
            ("!Transform {Name: M}", "{'Fn::Transform': {Name: M}}"),
            ("!Cidr [a, 1, 2]", "{'Fn::Cidr': [a, 1, 2]}"),
            ("!GetAZs ''", "{'Fn::GetAZs': ''}"),
            // Of the wrong shape.
            ("!Ref [A]", "{Ref: [A]}"),
            ("!GetAtt A", "{'Fn::GetAtt': A}"),
            ("!If [C, 1]", "{'Fn::If': [C, 1]}"),
            ("!Join {a: 1}", "{'Fn::Join': {a: 1}}"),
        ] {
            assert_same(short, long);
        }
    }

    #[test]
    fn condition_is_an_intrinsic_inside_conditions_only() {
        let template = template(
            "Conditions:\n  A: !Equals [a, b]\n  B: {Condition: A}\nResources:\n  R:\n    Type: T\n    Properties:\n      P: {Condition: A}\n",
        );
        let condition = template.conditions[&template.names.intern("B")];
        assert!(matches!(template.values.data(condition), Data::Call(_)));
        assert!(matches!(template.values.data(template.property("R", "P")), Data::Map(_)));
    }

    #[test]
    fn a_map_with_a_second_key_is_no_intrinsic() {
        let template = template("Resources: {R: {Type: T, Properties: {P: {Ref: A, Other: 1}}}}");
        assert!(matches!(template.values.data(template.property("R", "P")), Data::Map(_)));
    }

    #[test]
    fn the_text_of_sub_is_taken_apart() {
        let told = |text: &str| {
            let source = format!(
                "Parameters: {{P: {{Type: String}}}}\nResources:\n  R:\n    Type: T\n    Properties:\n      S: !Sub {text}\n"
            );
            template(&source).told("R", "S")
        };
        assert_eq!(told("'a${P}b${R}c${R.Arn}'"), ["a<any P>b<R>c<R.Arn>"]);
        assert_eq!(told("'${!Literal} ${ P }'"), ["${Literal} <any P>"]);
        assert_eq!(told("'${a b} ${} ${ $${P}'"), ["${a b} ${} ${ $<any P>"]);
        assert_eq!(told("'${P'"), ["${P"]);
        assert_eq!(told("'${é}'"), ["${é}"]);
        assert_eq!(told("['${V}-${V}', {V: !Sub '${P}x'}]"), ["<any P>x-<any P>x"]);
        assert_eq!(told("''"), [""]);
    }
}

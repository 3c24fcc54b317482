//! `Fn::ForEach` of the language extensions: a loop's body is read once for each item, with its variable in place.

use std::borrow::Cow;
use std::cell::Cell;

use rustc_hash::FxHashSet;

use crate::document::{Kind, NodeId};
use crate::names::Name;
use crate::source::Span;

use super::known::Known;
use super::read::{Argument, Reader};
use super::value::{Data, ValueId};

/// The transform that expands loops.
pub(super) const TRANSFORM: &str = "AWS::LanguageExtensions";

/// What the key of a loop starts with.
const LOOP: &str = "Fn::ForEach::";

/// The loops around what is being read.
#[derive(Default)]
pub(super) struct Loops {
    /// Whether the template names the transform.
    pub(super) are_expanded: bool,
    /// The variables with their values, the innermost last.
    variables: Vec<(String, String)>,
    /// What loops have cost so far.
    cost: Cell<usize>,
    /// Whether it has been told that they cost too much.
    is_cut_off: bool,
}

/// An entry of a map, as loops and includes leave it.
pub(super) struct MapEntry<'d> {
    /// The key.
    pub(super) text: Cow<'d, str>,
    /// The key.
    pub(super) name: Name,
    /// The key's place.
    pub(super) key: Span,
    /// What stands under it, in the document that is being read.
    pub(super) value: NodeId,
}

/// What is done with each entry of a map.
type Read<'r, 'd> = dyn FnMut(&mut Reader<'d>, MapEntry<'d>) + 'r;

impl Loops {
    /// In bytes of text that variables were put into. CloudFormation takes templates of 1 MB, what loops make of
    /// them included.
    const MOST_COST: usize = 8 << 20;

    /// What a turn of a loop costs, and each entry in it, so that loops without any text end as well.
    const STEP: usize = 64;

    /// The text with the variables of the loops in place: `${Name}`, and `&{Name}` for its letters and digits.
    /// Beyond the bound it stays as it is: nobody reads on from there.
    pub(super) fn replaced<'d>(&self, text: &'d str) -> Cow<'d, str> {
        if self.variables.is_empty() || !text.contains('{') || self.are_spent() {
            return Cow::Borrowed(text);
        }
        let mut replaced = String::new();
        let mut rest = text;
        while let Some(brace) = rest.find('{') {
            let (before, after) = rest.split_at(brace);
            let sign = before.chars().next_back();
            let variable = after[1..].split_once('}').and_then(|(name, end)| Some((self.value(name)?, end)));
            let (Some(sign @ ('$' | '&')), Some((value, end))) = (sign, variable) else {
                replaced.push_str(before);
                replaced.push('{');
                rest = &after[1..];
                continue;
            };
            replaced.push_str(&before[..before.len() - 1]);
            if sign == '$' {
                replaced.push_str(value);
            } else {
                replaced.extend(value.chars().filter(char::is_ascii_alphanumeric));
            }
            rest = end;
        }
        replaced.push_str(rest);
        self.spend(replaced.len());
        Cow::Owned(replaced)
    }

    fn value(&self, variable: &str) -> Option<&str> {
        self.variables.iter().rev().find(|(name, _)| name == variable).map(|(_, value)| value.as_str())
    }

    fn spend(&self, cost: usize) {
        self.cost.set(self.cost.get().saturating_add(cost));
    }

    fn are_spent(&self) -> bool {
        self.cost.get() > Self::MOST_COST
    }
}

impl<'d> Reader<'d> {
    /// Reads each entry of a map: loops turn into their entries, and a local `AWS::Include` into those of its
    /// file. One that is not followed is an entry itself.
    pub(super) fn each_entry(&mut self, map: NodeId, read: &mut Read<'_, 'd>) {
        let document = self.document;
        let has_loop =
            || document.entries(map).any(|entry| document.scalar(entry.key).text.starts_with(LOOP));
        if !self.loops.are_expanded || !has_loop() {
            return self.each_turned_entry(map, read);
        }
        let mut seen = FxHashSet::default();
        self.each_turned_entry(map, &mut |reader, entry| {
            if seen.insert(entry.name) {
                read(reader, entry);
            } else {
                let message = format!("A loop makes the key `{}`, which is already there", entry.text);
                reader.leave(entry.key, message);
            }
        });
    }

    fn each_turned_entry(&mut self, map: NodeId, read: &mut Read<'_, 'd>) {
        let document = self.document;
        for entry in document.entries(map) {
            if !self.loops.variables.is_empty() {
                self.loops.spend(Loops::STEP);
                if self.is_full() {
                    return;
                }
            }
            let (text, name, key) = self.key(entry.key);
            let is_followed = if text.starts_with(LOOP) {
                self.turn(&text, key, entry.value, read)
            } else {
                text == "Fn::Transform" && self.include_entries(map, entry.value, read)
            };
            if !is_followed {
                read(self, MapEntry { text, name, key, value: entry.value });
            }
        }
    }

    /// Reads the body of a loop once for each item; false if something of it is left.
    fn turn(&mut self, text: &str, key: Span, node: NodeId, read: &mut Read<'_, 'd>) -> bool {
        if !self.loops.are_expanded {
            self.leave(
                key,
                format!("`{text}` needs the transform {TRANSFORM}, which the template does not name"),
            );
            return false;
        }
        let document = self.document;
        let parts: Vec<NodeId> = document.items(node).collect();
        let (variable, collection, body) = match parts[..] {
            [variable, collection, body] if document.kind(body) == Kind::Mapping => {
                (variable, collection, body)
            }
            _ => {
                self.leave(key, format!("`{text}` must be a list of a variable, a collection and a map"));
                return false;
            }
        };
        let Some(variable) = self.text(variable).filter(|variable| !variable.is_empty()) else {
            self.leave(key, format!("The variable of `{text}` must be a text"));
            return false;
        };
        let Some(items) = self.collection(collection) else {
            self.flaw(
                collection,
                format!("`{text}` runs over what is known only at deployment: it is left out here"),
            );
            return false;
        };
        self.depth += 1;
        let mut is_whole = true;
        for item in items {
            self.loops.spend(Loops::STEP);
            is_whole = !self.is_full();
            if !is_whole {
                break;
            }
            self.loops.variables.push((variable.clone().into_owned(), item));
            self.each_turned_entry(body, read);
            self.loops.variables.pop();
        }
        self.depth -= 1;
        is_whole &= !self.is_full();
        if !is_whole && !self.loops.is_cut_off {
            self.loops.is_cut_off = true;
            self.leave(key, format!("`{text}` makes more than can be read here; the rest is left out"));
        }
        is_whole
    }

    /// Whether loops have made as much as they may.
    fn is_full(&self) -> bool {
        self.loops.are_spent() || self.values.len() >= self.most_values || self.depth >= Self::MOST_DEPTH
    }

    /// The items of a loop's collection, if they are known.
    fn collection(&mut self, node: NodeId) -> Option<Vec<String>> {
        let span = self.span(node);
        let id = self.value(node, Some(span));
        let Self { names, values, parameters, mappings, pseudo, .. } = self;
        Known { names, values, parameters, mappings, pseudo }.texts(id)
    }

    /// `Ref` to the variable of a loop: its value.
    pub(super) fn loop_variable(&self, argument: Argument) -> Option<Data> {
        if self.loops.variables.is_empty() {
            return None;
        }
        let value = self.loops.value(&self.argument_text(argument)?)?;
        Some(Data::Scalar { text: self.names.intern(value), is_plain: false })
    }

    /// `Fn::Sub` of a text that a loop has left no variable in: the text.
    pub(super) fn text_of_sub(&self, argument: Argument) -> Option<Data> {
        if self.loops.variables.is_empty() {
            return None;
        }
        let text = self.argument_text(argument).filter(|text| !text.contains("${"))?;
        Some(Data::Scalar { text: self.names.intern(&text), is_plain: false })
    }

    /// The text of a node, or what a loop gives it where it is `Ref` or `Fn::Sub`: the language extensions allow
    /// that for the parts of `Fn::GetAtt`.
    pub(super) fn text_in_loop(&self, node: NodeId) -> Option<Cow<'d, str>> {
        let (function, argument) = match self.function_of_tag(node) {
            Some(function) => (function, Argument { node, is_tagged: true }),
            None => match self.function_of_map(node) {
                Some((function, node)) => (function, Argument { node, is_tagged: false }),
                None => return self.text(node),
            },
        };
        let text = self.argument_text(argument)?;
        match function {
            "Ref" => Some(Cow::Owned(self.loops.value(&text)?.to_owned())),
            "Sub" if !text.contains("${") => Some(text),
            _ => None,
        }
    }

    /// `Fn::Length` of a list whose items are all there.
    pub(super) fn length(&mut self, argument: Argument, key: Span) -> Option<Data> {
        if !self.loops.are_expanded || self.list(argument).is_none() {
            return None;
        }
        let list = self.argument(argument, key);
        let items = self.values.items(list);
        // `AWS::NoValue` takes an item away.
        let is_there = |item: &ValueId| !matches!(self.values.data(*item), Data::Call(_));
        let length = items.iter().all(is_there).then_some(items.len())?;
        Some(Data::Scalar { text: self.names.intern(&length.to_string()), is_plain: true })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crate::template::Template;
    use crate::template::tests::{read, template};

    /// A template with the transform and these sections.
    fn extended(sections: &str) -> Template {
        template(&format!("Transform: AWS::LanguageExtensions\n{sections}"))
    }

    fn ids(template: &Template) -> Vec<&str> {
        template.resources.keys().map(|id| template.names.text(*id)).collect()
    }

    fn left(template: &Template) -> Vec<&str> {
        template.unexpanded.iter().map(|left| left.message.as_str()).collect()
    }

    #[test]
    fn a_loop_makes_its_body_for_each_item_in_keys_and_values() {
        let template = extended(
            "Resources:\n  Fn::ForEach::Queues:\n    - Name\n    - [a, b.c]\n    - Queue&{Name}:\n        Type: AWS::SQS::Queue\n        Condition: Is&{Name}\n        DependsOn: Topic&{Name}\n        Properties:\n          A: !Ref Name\n          B: !Sub '${Name}-${AWS::Region}-${!Name}'\n          C: '${Name}.&{Name}'\n          D: !GetAtt [!Sub 'Queue${Name}', !Ref Name]\n          E: !GetAtt Topic&{Name}.Arn\n          F: !If ['Is&{Name}', x, '{Name}']\n",
        );
        assert_eq!(ids(&template), ["Queuea", "Queuebc"]);
        assert_eq!(template.told("Queuebc", "A"), ["b.c"]);
        assert_eq!(template.told("Queuebc", "B"), ["b.c-<AWS::Region>-${Name}"]);
        assert_eq!(template.told("Queuebc", "C"), ["b.c.bc"]);
        assert_eq!(template.told("Queuea", "C"), ["a.a"]);
        let call = |property| format!("{:?}", template.values.data(template.property("Queuea", property)));
        let named = |text| format!("{:?}", template.names.find(text).unwrap());
        assert!(call("D").contains(&named("Queuea")) && call("D").contains(&named("a")), "{}", call("D"));
        assert!(call("E").contains(&named("Topica")), "{}", call("E"));
        assert!(call("F").contains(&named("Isa")), "{}", call("F"));
        let resource = &template.resources[&template.names.find("Queuebc").unwrap()];
        assert_eq!(resource.condition, template.names.find("Isbc"));
        assert_eq!(template.sources[0].slice(resource.origin.key), "Queue&{Name}");
        assert!(!template.own.has_open_resources());
    }

    #[test]
    fn loops_nest_and_stand_in_conditions_outputs_and_properties() {
        let template = extended(
            "Conditions:\n  Fn::ForEach::C: [N, [a, b], {'Is${N}': !Equals [!Ref N, a]}]\nOutputs:\n  Fn::ForEach::O: [N, [a], {'Fn::ForEach::P': [M, [x, y], {'${N}${M}': {Value: !Ref N}}]}]\nResources:\n  R:\n    Type: T\n    Properties:\n      Variables:\n        Z: 1\n        Fn::ForEach::V: [N, [a, b], {'${N}': '${N}!'}]\n",
        );
        let keys = |id| -> Vec<&str> {
            template.values.entries(id).iter().map(|entry| template.names.text(entry.key)).collect()
        };
        let conditions: Vec<&str> =
            template.conditions.keys().map(|name| template.names.text(*name)).collect();
        assert_eq!(conditions, ["Isa", "Isb"]);
        assert_eq!(keys(template.own.outputs.unwrap()), ["ax", "ay"]);
        let variables = template.property("R", "Variables");
        assert_eq!(keys(variables), ["Z", "a", "b"]);
        assert!(!template.values.is_open(variables));
    }

    #[test]
    fn a_collection_is_a_list_or_what_is_known_to_give_one() {
        let parameters = "Parameters:\n  List: {Type: CommaDelimitedList, Default: 'a, b'}\n  Stage: {Type: String, Default: dev}\n  Open: {Type: CommaDelimitedList}\n  Stored: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /x}\nMappings:\n  M: {dev: {Names: [p, q], Name: r}}\n";
        for (collection, expected) in [
            ("[a, b]", &["Ra", "Rb"][..]),
            ("!Ref List", &["Ra", "Rb"]),
            ("{Ref: List}", &["Ra", "Rb"]),
            ("[!Ref Stage, x]", &["Rdev", "Rx"]),
            ("[!Sub '${Stage}1', !FindInMap [M, !Ref Stage, Name]]", &["Rdev1", "Rr"]),
            ("!FindInMap [M, !Ref Stage, Names]", &["Rp", "Rq"]),
            ("!FindInMap [M, prod, Names, {DefaultValue: [z]}]", &["Rz"]),
            ("!Split ['-', 'a-b']", &["Ra", "Rb"]),
            ("[]", &[]),
        ] {
            // What a loop runs over may be written after it.
            let template = extended(&format!(
                "Resources:\n  Fn::ForEach::L: [N, {collection}, {{'R${{N}}': {{Type: T}}}}]\n{parameters}"
            ));
            assert_eq!(ids(&template), expected, "{collection}");
            assert!(!template.own.has_open_resources(), "{collection}");
        }
        for unknown in ["!Ref Open", "!Ref Stored", "!Ref Stage", "[!Ref AWS::Region]", "text", "!GetAZs ''"]
        {
            let (template, flaws) = read(&format!(
                "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L: [N, {unknown}, {{'R${{N}}': {{Type: T}}}}]\n  A: {{Type: T}}\n{parameters}"
            ));
            assert!(flaws[0].message.contains("known only at deployment"), "{flaws:?}");
            assert_eq!(ids(&template), ["A"], "{unknown}");
            assert!(template.own.has_open_resources() && left(&template).is_empty(), "{unknown}");
        }
    }

    #[test]
    fn a_loop_without_the_transform_or_of_the_wrong_shape_stays_and_is_told() {
        let without = template("Resources:\n  Fn::ForEach::L: [N, [a], {'R${N}': {Type: T}}]\n");
        assert_eq!(
            left(&without),
            [
                "`Fn::ForEach::L` needs the transform AWS::LanguageExtensions, which the template does not name"
            ]
        );
        assert!(without.own.has_open_resources() && without.resources.is_empty());
        for wrong in ["[N, [a]]", "{N: a}", "x", "[N, [a], x]", "[[N], [a], {}]"] {
            let template = extended(&format!("Resources:\n  Fn::ForEach::L: {wrong}\n"));
            assert_eq!(left(&template).len(), 1, "{wrong}");
            assert!(template.own.has_open_resources(), "{wrong}");
        }
    }

    #[test]
    fn a_key_that_is_there_already_is_told_and_the_first_stays() {
        let template = extended(
            "Resources:\n  Ra: {Type: First}\n  Fn::ForEach::L: [N, [a, b, b], {'R${N}': {Type: T}}]\n",
        );
        assert_eq!(ids(&template), ["Ra", "Rb"]);
        assert_eq!(template.names.text(template.resources[0].type_name), "First");
        assert_eq!(
            left(&template),
            [
                "A loop makes the key `Ra`, which is already there",
                "A loop makes the key `Rb`, which is already there"
            ]
        );
    }

    #[test]
    fn a_bomb_of_loops_ends_in_a_message() {
        let items = vec!["x"; 60].join(", ");
        let long = "${N0}".repeat(200);
        for (body, values) in [
            ("{}".to_owned(), "x"),
            ("{'R${N1}': {Type: T}}".to_owned(), "x"),
            (format!("{{'{long}': {{Type: T, Properties: {{A: '{long}'}}}}}}"), long.as_str()),
        ] {
            let mut nested = body;
            for level in 0..8 {
                nested = format!(
                    "{{'Fn::ForEach::L{level}': [N{level}, [{items}, '{}'], {nested}]}}",
                    values.replace('$', "")
                );
            }
            let start = Instant::now();
            let (template, _) = read(&format!("Transform: AWS::LanguageExtensions\nResources: {nested}\n"));
            assert!(template.unexpanded.iter().any(|left| left.message.contains("more than can be read")));
            let told = template.unexpanded.iter().filter(|left| left.message.contains("more than"));
            assert_eq!(told.count(), 1);
            assert!(template.own.has_open_resources());
            assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        }
    }

    #[test]
    fn the_length_of_a_list_is_known() {
        let template = extended(
            "Parameters: {List: {Type: CommaDelimitedList, Default: 'a, b'}}\nResources:\n  R:\n    Type: T\n    Properties:\n      A: {Fn::Length: [a, b, c]}\n      B: {Fn::Length: !Ref List}\n      C: {Fn::Length: [!Ref AWS::NoValue]}\n",
        );
        assert_eq!(template.told("R", "A"), ["3"]);
        assert_eq!(template.told("R", "B"), ["2 by default of List"]);
        assert_eq!(template.told("R", "C"), ["0"]);
    }
}

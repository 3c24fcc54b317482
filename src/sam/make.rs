//! Makes values and resources, each with the place of what asked for it.

use crate::names::Name;
use crate::template::{Call, Data, Entry, NameMap, Origin, Resource, SubPart, ValueId};

use super::{Expansion, Subject};

/// The attributes that a SAM resource hands on to the resource that takes its place. `Connectors` wait there
/// until they are expanded.
const KEPT: &[&str] =
    &["DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "Metadata", "Connectors"];

/// The attributes that it hands on to everything else that is made of it, beside its condition.
const SHARED: &[&str] = &["DeletionPolicy", "UpdateReplacePolicy"];

/// Whether an entry under this key stands for entries that are not known: a macro or a loop writes them.
pub(super) fn is_macro(key: &str) -> bool {
    key.starts_with("Fn::")
}

/// What events and settings of a resource point at.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// A function, by its own name.
    Function(Name),
    /// A function's alias: its `Ref` is its ARN.
    Alias(Name),
    /// A state machine or its alias: its `Ref` is its ARN.
    StateMachine(Name),
}

/// How a property of a SAM resource becomes one of the resource in its place.
pub(super) struct PropertyTable {
    /// Properties that get another name.
    pub(super) renamed: &'static [(&'static str, &'static str)],
    /// Properties that are used up elsewhere.
    pub(super) consumed: &'static [&'static str],
}

impl Expansion<'_> {
    /// A text.
    pub(super) fn text(&mut self, at: Origin, text: &str) -> ValueId {
        let text = self.name(text);
        self.text_named(at, text)
    }

    /// A text that has a name already.
    pub(super) fn text_named(&mut self, at: Origin, text: Name) -> ValueId {
        self.template.values.add(at, Data::Scalar { text, is_plain: false })
    }

    /// A number or a truth value.
    pub(super) fn plain(&mut self, at: Origin, text: &str) -> ValueId {
        let text = self.name(text);
        self.template.values.add(at, Data::Scalar { text, is_plain: true })
    }

    /// A list.
    pub(super) fn list(&mut self, at: Origin, items: Vec<ValueId>) -> ValueId {
        self.template.values.add(at, Data::List(items))
    }

    /// A map of keys that are known here.
    pub(super) fn map(&mut self, at: Origin, entries: &[(&str, ValueId)]) -> ValueId {
        let entries =
            entries.iter().map(|(key, value)| Entry { key: self.name(key), value: *value }).collect();
        self.template.values.add(at, Data::Map(entries))
    }

    /// A map.
    pub(super) fn map_of(&mut self, at: Origin, entries: Vec<Entry>) -> ValueId {
        self.template.values.add(at, Data::Map(entries))
    }

    /// An intrinsic.
    pub(super) fn call(&mut self, at: Origin, call: Call) -> ValueId {
        self.template.values.add(at, Data::Call(Box::new(call)))
    }

    /// `Ref`.
    pub(super) fn reference(&mut self, at: Origin, id: Name) -> ValueId {
        self.call(at, Call::Ref(id))
    }

    /// `Fn::GetAtt`.
    pub(super) fn attribute(&mut self, at: Origin, id: Name, attribute: &str) -> ValueId {
        let attribute = self.name(attribute);
        self.call(at, Call::GetAtt(id, attribute))
    }

    /// `Ref: AWS::NoValue`.
    pub(super) fn no_value(&mut self, at: Origin) -> ValueId {
        let name = self.name("AWS::NoValue");
        self.reference(at, name)
    }

    /// The value where the condition holds, nothing elsewhere; the value itself without a condition.
    pub(super) fn when(&mut self, condition: Option<Name>, then: ValueId) -> ValueId {
        let Some(condition) = condition else {
            return then;
        };
        let at = self.template.values.origin(then);
        let otherwise = self.no_value(at);
        self.call(at, Call::If { condition, then, otherwise })
    }

    /// The target's ARN.
    pub(super) fn arn(&mut self, at: Origin, target: Target) -> ValueId {
        match target {
            Target::Function(id) => self.attribute(at, id, "Arn"),
            Target::Alias(id) | Target::StateMachine(id) => self.reference(at, id),
        }
    }

    /// What a `FunctionName` property takes.
    pub(super) fn function_name(&mut self, at: Origin, target: Target) -> ValueId {
        match target {
            Target::Function(id) | Target::Alias(id) | Target::StateMachine(id) => self.reference(at, id),
        }
    }

    /// The piece of a text that is the target's ARN.
    pub(super) fn arn_part(&self, target: Target) -> SubPart {
        match target {
            Target::Function(id) => SubPart::GetAtt(id, self.name("Arn")),
            Target::Alias(id) | Target::StateMachine(id) => SubPart::Ref(id),
        }
    }

    /// `arn:<partition>:<service>:${AWS::Region}:${AWS::AccountId}:`, to which the resource is added.
    pub(super) fn arn_of_account(&self, partition: &[SubPart], service: &str) -> Vec<SubPart> {
        let mut parts = vec![self.part("arn:")];
        parts.extend_from_slice(partition);
        parts.extend([
            self.part(&format!(":{service}:")),
            SubPart::Ref(self.name("AWS::Region")),
            self.part(":"),
            SubPart::Ref(self.name("AWS::AccountId")),
        ]);
        parts
    }

    /// A piece of text.
    pub(super) fn part(&self, text: &str) -> SubPart {
        SubPart::Text(self.name(text))
    }

    /// `Fn::Sub`; neighbouring texts become one.
    pub(super) fn sub(&mut self, at: Origin, parts: Vec<SubPart>) -> ValueId {
        let mut joined: Vec<SubPart> = Vec::with_capacity(parts.len());
        for part in parts {
            if let (SubPart::Text(more), Some(SubPart::Text(text))) = (part, joined.last_mut()) {
                *text = self.id(&[self.text_of(*text), self.text_of(more)]);
            } else {
                joined.push(part);
            }
        }
        self.call(at, Call::Sub { parts: joined, text: None })
    }

    /// Adds an entry.
    pub(super) fn put(&self, entries: &mut Vec<Entry>, key: &str, value: ValueId) {
        entries.push(Entry { key: self.name(key), value });
    }

    /// Adds an entry if there is a value.
    pub(super) fn put_some(&self, entries: &mut Vec<Entry>, key: &str, value: Option<ValueId>) {
        if let Some(value) = value {
            self.put(entries, key, value);
        }
    }

    /// Adds those of a map's properties that keep their names. What a macro writes into the map may be any of
    /// them, so that the macro is added too.
    pub(super) fn put_same(&self, entries: &mut Vec<Entry>, map: Option<ValueId>, keys: &[&str]) {
        for key in keys {
            self.put_some(entries, key, self.property(map, key));
        }
        let Some(map) = map.filter(|map| self.template.values.is_open(*map)) else {
            return;
        };
        for entry in self.template.values.entries(map) {
            if is_macro(self.text_of(entry.key)) && entries.iter().all(|known| known.key != entry.key) {
                entries.push(*entry);
            }
        }
    }

    /// A SAM resource's properties as its table has them, in the author's order.
    pub(super) fn carried(&self, properties: Option<ValueId>, table: &PropertyTable) -> Vec<Entry> {
        let Some(properties) = properties else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        for entry in self.template.values.entries(properties) {
            let key = self.text_of(entry.key);
            if table.consumed.contains(&key) || self.is_null(entry.value) {
                continue;
            }
            let key = match table.renamed.iter().find(|(from, _)| *from == key) {
                Some((_, to)) => self.name(to),
                None => entry.key,
            };
            entries.push(Entry { key, value: entry.value });
        }
        entries
    }

    /// The resource that takes the place of a SAM resource, with all that its author said of it.
    pub(super) fn replace(&mut self, subject: &Subject, type_name: &str, entries: Vec<Entry>) {
        let at =
            subject.properties.map_or(subject.origin, |properties| self.template.values.origin(properties));
        let resource = Resource {
            type_name: self.name(type_name),
            properties: Some(self.map_of(at, entries)),
            condition: subject.condition,
            attributes: self.attributes(subject, KEPT),
            origin: subject.origin,
            made_by: Some(subject.author),
            written_as: subject.written_as,
            takes_globals: subject.takes_globals,
            event: None,
        };
        self.made.entry(subject.id).or_default().push((subject.id, resource));
    }

    /// Another resource that is made of a SAM resource, on account of what stands at `at`.
    pub(super) fn make(
        &mut self,
        subject: &Subject,
        at: Origin,
        id: Name,
        type_name: &str,
        entries: Vec<Entry>,
    ) -> &mut Resource {
        let at = at.generated();
        let properties = (!entries.is_empty()).then(|| self.map_of(at, entries));
        let resource = Resource {
            type_name: self.name(type_name),
            properties,
            condition: subject.condition,
            attributes: self.attributes(subject, SHARED),
            origin: at,
            made_by: Some(subject.author),
            written_as: subject.written_as,
            takes_globals: false,
            event: None,
        };
        let made = self.made.entry(subject.id).or_default();
        made.push((id, resource));
        &mut made.last_mut().expect("a resource was pushed one line above").1
    }

    fn attributes(&self, subject: &Subject, keys: &[&str]) -> NameMap<ValueId> {
        let kept = |name: &Name| keys.contains(&self.text_of(*name));
        subject
            .attributes
            .iter()
            .filter(|(name, _)| kept(name))
            .map(|(name, value)| (*name, *value))
            .collect()
    }

    /// A map of tags as the list that most services take, after the tag that tells that SAM made it.
    pub(super) fn tags(
        &mut self,
        at: Origin,
        tags: Option<ValueId>,
        made_by_sam: Option<&str>,
    ) -> Option<ValueId> {
        let at = tags.map_or(at, |tags| self.place_of(tags));
        let mut items = Vec::new();
        if let Some(key) = made_by_sam {
            let (key, value) = (self.text(at, key), self.text(at, "SAM"));
            items.push(self.map(at, &[("Key", key), ("Value", value)]));
        }
        if let Some(tags) = tags {
            if !self.is_map(tags) {
                return Some(tags);
            }
            for entry in self.template.values.entries(tags).to_vec() {
                let at = self.place_of(entry.value);
                let key = self.text_named(at, entry.key);
                items.push(self.map(at, &[("Key", key), ("Value", entry.value)]));
            }
        }
        (!items.is_empty()).then(|| self.list(at, items))
    }

    /// Two maps of tags as one list. Where an intrinsic stands for one of them, it is all that is known.
    pub(super) fn joined_tags(&mut self, at: Origin, maps: [Option<ValueId>; 2]) -> ValueId {
        let mut items = Vec::new();
        for map in maps.into_iter().flatten() {
            let Some(tags) = self.tags(at, Some(map), None) else {
                continue;
            };
            match self.template.values.data(tags) {
                Data::List(tags) => items.extend_from_slice(tags),
                Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => return tags,
            }
        }
        self.list(at, items)
    }
}

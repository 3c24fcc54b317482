//! Taking in: the template of another stack becomes a part of one that nests it or shares exports with it, so that
//! the graph of both is one.

use rustc_hash::FxHashSet;

use crate::names::{Name, Names};
use crate::source::{FileId, Location};

use super::equality::{define_conditions, spelled};
use super::fragment::names_in;
use super::value::{Call, Data, Entry, SubPart, Value, ValueId};
use super::{Flaw, Lack, NameMap, Nested, Origin, Parameter, Resource, SamEvent, Stack, Template};

/// How another stack comes to be beside the template's own.
pub(crate) enum Beside<'s> {
    /// A resource of the template deploys it.
    Nested {
        /// The resource.
        by: Nested,
        /// What it hands down, by the parameter's name.
        passed: &'s [(Name, ValueId)],
    },
    /// It is deployed for itself. What both templates call alike and is not alike is told apart by this text.
    Deployed(&'s str),
}

impl Template {
    /// Takes in the template of another stack, after the SAM transform. A name of it that could be taken for one of
    /// this template is qualified: `Orders/Queue`.
    pub(crate) fn take_in(&mut self, other: Self, beside: &Beside<'_>) {
        let (nested, passed) = match *beside {
            Beside::Nested { by, passed } => (Some(by), passed),
            Beside::Deployed(_) => (None, &[][..]),
        };
        let transfer = Transfer {
            from: &other.names,
            into: &self.names,
            qualifier: match *beside {
                Beside::Nested { by, .. } => self.names.text(by.id),
                Beside::Deployed(text) => text,
            },
            qualified: match *beside {
                Beside::Nested { .. } => Qualified::All,
                Beside::Deployed(_) => Qualified::between(self, &other),
            },
            first_file: self.sources.len() as u32,
            first_value: self.values.len(),
        };
        let opening_keys: Vec<Name> =
            other.values.opening_keys().iter().map(|key| transfer.text(*key)).collect();
        let values: Vec<Value> = other.values.iter().map(|(_, value)| transfer.whole_value(value)).collect();
        // A nested stack has its defaults where it is passed nothing, unless a macro may write what passes it.
        let has_defaults = nested.is_some() && !self.own.is_open;
        let parameters = other.parameters.iter().map(|(name, parameter)| {
            let handed = passed.iter().find(|(to, _)| self.names.text(*to) == other.names.text(*name));
            let is_own = other.stack_at(parameter.origin.file).file == other.own.file;
            let default = parameter.default.filter(|_| has_defaults && is_own);
            let default = default.map(|default| transfer.value(default));
            (transfer.id(*name), transfer.parameter(parameter, handed.map(|(_, value)| *value).or(default)))
        });
        let parameters: Vec<(Name, Parameter)> = parameters.collect();
        let conditions = other.conditions.iter();
        let conditions: Vec<(Name, ValueId)> =
            conditions.map(|(name, id)| (transfer.condition(*name), transfer.value(*id))).collect();
        let rules = other.rules.iter();
        let rules: Vec<(Name, ValueId)> = rules
            .map(|(name, id)| (transfer.qualified(other.names.text(*name)), transfer.value(*id)))
            .collect();
        let resources = other.resources.iter();
        let resources: Vec<(Name, Resource)> =
            resources.map(|(id, resource)| (transfer.id(*id), transfer.resource(resource))).collect();
        let unexpanded: Vec<Flaw> = other.unexpanded.iter().map(|flaw| transfer.flaw(flaw)).collect();
        let named_by: Vec<FileId> = other.named_by.iter().map(|file| transfer.file(*file)).collect();
        let redefined: Vec<(Location, Location)> = other
            .redefined
            .iter()
            .map(|(known, again)| (transfer.location(*known), transfer.location(*again)))
            .collect();
        // What the other has taken in itself stays behind it.
        let mut stacks = vec![transfer.stack(&other.own, nested)];
        for stack in &other.taken_in {
            let nested = stack.nested;
            let nested = nested
                .map(|Nested { id, origin }| Nested { id: transfer.id(id), origin: transfer.origin(origin) });
            stacks.push(transfer.stack(stack, nested));
        }

        for key in opening_keys {
            self.values.add_opening_key(key);
        }
        for Value { origin, data } in values {
            self.values.add(origin, data);
        }
        // What both have alike stays as it is.
        for (name, parameter) in parameters {
            self.parameters.entry(name).or_insert(parameter);
        }
        for (name, condition) in conditions {
            self.conditions.entry(name).or_insert(condition);
        }
        self.rules.extend(rules);
        self.resources.extend(resources);
        self.unexpanded.extend(unexpanded);
        self.taken_in.extend(stacks);
        self.sources.extend(other.sources);
        self.folders.extend(other.folders);
        self.named_by.extend(named_by);
        self.redefined.extend(redefined);
        self.learn_exports();
        define_conditions(self);
    }
}

/// Which names of the other template get another one.
enum Qualified {
    All,
    Only { ids: FxHashSet<Name>, conditions: FxHashSet<Name> },
}

impl Qualified {
    /// What two templates call alike, and is not alike. A parameter that both declare in the same words is one: who
    /// deploys both gives it one value, and a condition that both word alike is one with it.
    fn between(one: &Template, other: &Template) -> Self {
        let named = |name: Name| one.names.find(other.names.text(name));
        let mut ids = FxHashSet::default();
        let mut conditions = FxHashSet::default();
        let mut are_alike = true;
        for (name, parameter) in &other.parameters {
            let Some(known) = named(*name) else { continue };
            let is_alike = one.parameters.get(&known).is_none_or(|own| alike((one, own), (other, parameter)));
            are_alike &= is_alike;
            if !is_alike || one.resources.contains_key(&known) {
                ids.insert(*name);
            }
        }
        for id in other.resources.keys() {
            if named(*id)
                .is_some_and(|id| one.resources.contains_key(&id) || one.parameters.contains_key(&id))
            {
                ids.insert(*id);
            }
        }
        are_alike &= !other.own.mappings.keys().any(|mapping| {
            named(*mapping).is_some_and(|mapping| one.stacks().any(|it| it.mappings.contains_key(&mapping)))
        });
        for (name, condition) in &other.conditions {
            if let Some(own) = named(*name).and_then(|name| one.conditions.get(&name)) {
                conditions.insert(*name);
                are_alike &= spelled(one, *own) == spelled(other, *condition);
            }
        }
        if are_alike {
            conditions.clear();
        }
        // What nothing defines there is not what this template defines.
        for (_, value) in other.values.iter() {
            let Data::Call(call) = &value.data else { continue };
            for name in names_in(call) {
                let text = other.names.text(name);
                let id = text.split_once('.').map_or(text, |(id, _)| id);
                let is_defined = other.names.find(id).is_some_and(|id| {
                    other.resources.contains_key(&id) || other.parameters.contains_key(&id)
                });
                let is_here = one
                    .names
                    .find(id)
                    .is_some_and(|id| one.resources.contains_key(&id) || one.parameters.contains_key(&id));
                if is_here && !is_defined {
                    ids.insert(name);
                }
            }
            if let Call::If { condition: name, .. } | Call::Condition(name) = **call
                && !other.conditions.contains_key(&name)
                && named(name).is_some_and(|name| one.conditions.contains_key(&name))
            {
                conditions.insert(name);
            }
        }
        Self::Only { ids, conditions }
    }
}

/// Whether two templates declare a parameter in the same words.
fn alike((one, a): (&Template, &Parameter), (other, b): (&Template, &Parameter)) -> bool {
    let default = |template: &Template, parameter: &Parameter| {
        parameter.default.map(|default| spelled(template, default))
    };
    let allowed = a.allowed.iter().map(|name| one.names.text(*name));
    one.names.text(a.type_name) == other.names.text(b.type_name)
        && a.is_secret == b.is_secret
        && a.bounds == b.bounds
        && a.passed.is_none()
        && default(one, a) == default(other, b)
        && allowed.eq(b.allowed.iter().map(|name| other.names.text(*name)))
}

/// The way from one template's names, values and files to another's.
struct Transfer<'n> {
    from: &'n Names,
    into: &'n Names,
    qualifier: &'n str,
    qualified: Qualified,
    first_file: u32,
    first_value: usize,
}

impl Transfer<'_> {
    /// Pseudo parameters that are another's in another stack.
    const OF_THE_STACK: &'static [&'static str] =
        &["AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"];

    /// A text that is no name of the template's own.
    fn text(&self, name: Name) -> Name {
        self.into.intern(self.from.text(name))
    }

    /// A logical id, a parameter, a pseudo parameter, or `Function.Alias`.
    fn id(&self, name: Name) -> Name {
        let text = self.from.text(name);
        let is_qualified = match &self.qualified {
            _ if text.starts_with("AWS::") => Self::OF_THE_STACK.contains(&text),
            Qualified::All => true,
            Qualified::Only { ids, .. } => {
                let id = text.split_once('.').and_then(|(id, _)| self.from.find(id));
                ids.contains(&name) || id.is_some_and(|id| ids.contains(&id))
            }
        };
        if is_qualified { self.qualified(text) } else { self.into.intern(text) }
    }

    fn condition(&self, name: Name) -> Name {
        match &self.qualified {
            Qualified::Only { conditions, .. } if !conditions.contains(&name) => self.text(name),
            Qualified::Only { .. } | Qualified::All => self.qualified(self.from.text(name)),
        }
    }

    fn qualified(&self, text: &str) -> Name {
        self.into.intern(&format!("{}/{text}", self.qualifier))
    }

    fn value(&self, id: ValueId) -> ValueId {
        id.moved_by(self.first_value)
    }

    fn values(&self, ids: &[ValueId]) -> Vec<ValueId> {
        ids.iter().map(|id| self.value(*id)).collect()
    }

    fn file(&self, file: FileId) -> FileId {
        FileId(file.0 + self.first_file)
    }

    fn origin(&self, origin: Origin) -> Origin {
        Origin { file: self.file(origin.file), ..origin }
    }

    fn flaw(&self, flaw: &Flaw) -> Flaw {
        Flaw { location: self.location(flaw.location), message: flaw.message.clone() }
    }

    fn location(&self, location: Location) -> Location {
        Location { file: self.file(location.file), ..location }
    }

    fn stack(&self, stack: &Stack, nested: Option<Nested>) -> Stack {
        let columns = |row: &NameMap<ValueId>| -> NameMap<ValueId> {
            row.iter().map(|(key, value)| (self.text(*key), self.value(*value))).collect()
        };
        let rows = |rows: &NameMap<NameMap<ValueId>>| -> NameMap<NameMap<ValueId>> {
            rows.iter().map(|(key, row)| (self.text(*key), columns(row))).collect()
        };
        Stack {
            file: self.file(stack.file),
            mappings: stack.mappings.iter().map(|(name, it)| (self.text(*name), rows(it))).collect(),
            outputs: stack.outputs.map(|outputs| self.value(outputs)),
            nested,
            is_open: stack.is_open,
            has_open_resources: stack.has_open_resources,
            lack: stack.lack.map(|lack| match lack {
                Lack::Transform => Lack::Transform,
                Lack::Definition(name) => Lack::Definition(self.text(name)),
            }),
        }
    }

    fn parameter(&self, parameter: &Parameter, passed: Option<ValueId>) -> Parameter {
        Parameter {
            type_name: self.text(parameter.type_name),
            default: parameter.default.map(|default| self.value(default)),
            given: parameter.given.map(|given| self.value(given)),
            allowed: parameter.allowed.iter().map(|text| self.text(*text)).collect(),
            bounds: parameter.bounds.clone(),
            is_secret: parameter.is_secret,
            // What it is handed by a stack that the other template took in before is the other's own.
            passed: passed.or(parameter.passed.map(|value| self.value(value))),
            origin: self.origin(parameter.origin),
        }
    }

    fn resource(&self, resource: &Resource) -> Resource {
        let attributes = resource.attributes.iter();
        Resource {
            type_name: self.text(resource.type_name),
            properties: resource.properties.map(|properties| self.value(properties)),
            condition: resource.condition.map(|condition| self.condition(condition)),
            attributes: attributes.map(|(key, value)| (self.text(*key), self.value(*value))).collect(),
            origin: self.origin(resource.origin),
            made_by: resource.made_by.map(|id| self.id(id)),
            written_as: self.text(resource.written_as),
            takes_globals: resource.takes_globals,
            event: resource.event.map(|event| SamEvent {
                name: self.text(event.name),
                type_name: self.text(event.type_name),
                properties: event.properties.map(|properties| self.value(properties)),
            }),
        }
    }

    fn whole_value(&self, value: &Value) -> Value {
        let data = match &value.data {
            Data::Scalar { text, is_plain } => Data::Scalar { text: self.text(*text), is_plain: *is_plain },
            Data::List(items) => Data::List(self.values(items)),
            Data::Map(entries) => {
                let entry =
                    |entry: &Entry| Entry { key: self.text(entry.key), value: self.value(entry.value) };
                Data::Map(entries.iter().map(entry).collect())
            }
            Data::Call(call) => Data::Call(Box::new(self.call(call))),
        };
        Value { origin: self.origin(value.origin), data }
    }

    fn call(&self, call: &Call) -> Call {
        match *call {
            Call::Ref(name) => Call::Ref(self.id(name)),
            Call::GetAtt(id, attribute) => Call::GetAtt(self.id(id), self.text(attribute)),
            Call::Sub { ref parts, text } => {
                Call::Sub { parts: parts.iter().map(|part| self.part(*part)).collect(), text }
            }
            Call::Join { separator, items } => {
                Call::Join { separator: self.text(separator), items: self.value(items) }
            }
            Call::Select { index, items } => {
                Call::Select { index: self.value(index), items: self.value(items) }
            }
            Call::Split { separator, text } => {
                Call::Split { separator: self.text(separator), text: self.value(text) }
            }
            Call::If { condition, then, otherwise } => Call::If {
                condition: self.condition(condition),
                then: self.value(then),
                otherwise: self.value(otherwise),
            },
            Call::FindInMap { map, top, second, default } => Call::FindInMap {
                map: self.value(map),
                top: self.value(top),
                second: self.value(second),
                default: default.map(|default| self.value(default)),
            },
            Call::ImportValue(value) => Call::ImportValue(self.value(value)),
            Call::Base64(value) => Call::Base64(self.value(value)),
            Call::ToJsonString(value) => Call::ToJsonString(self.value(value)),
            Call::Equals(a, b) => Call::Equals(self.value(a), self.value(b)),
            Call::And(ref all) => Call::And(self.values(all)),
            Call::Or(ref any) => Call::Or(self.values(any)),
            Call::Not(value) => Call::Not(self.value(value)),
            Call::Condition(name) => Call::Condition(self.condition(name)),
            Call::Transform(value) => Call::Transform(self.value(value)),
            Call::Other { function, argument } => {
                Call::Other { function: self.text(function), argument: self.value(argument) }
            }
        }
    }

    fn part(&self, part: SubPart) -> SubPart {
        match part {
            SubPart::Text(text) => SubPart::Text(self.text(text)),
            SubPart::Ref(name) => SubPart::Ref(self.id(name)),
            SubPart::GetAtt(id, attribute) => SubPart::GetAtt(self.id(id), self.text(attribute)),
            SubPart::Bound(name, value) => SubPart::Bound(self.text(name), self.value(value)),
        }
    }
}

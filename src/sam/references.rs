//! References that the transform rewrites: to what it renames, and by names like `Function.Alias`.

use rustc_hash::FxHashMap;

use crate::names::Name;
use crate::template::{Call, Data, Entry, SubPart, ValueId};

use super::Expansion;

/// What references become.
struct Rewriting {
    /// `Ref` and `DependsOn`: the id or the dotted name, and what it becomes.
    refs: FxHashMap<Name, Name>,
    /// `Fn::GetAtt` and `${A.B}`: the resource and the attribute up to its first dot.
    attributes: FxHashMap<(Name, Name), Name>,
    /// What was rewritten already: values are shared.
    seen: FxHashMap<ValueId, ValueId>,
}

/// What a reference to an attribute means after the transform.
enum Made {
    /// A resource itself.
    Resource(Name),
    /// An attribute of a resource.
    Attribute(Name, Name),
}

impl Expansion<'_> {
    /// Lets templates call a made resource `<owner>.<name>`. The last of several wins.
    pub(super) fn refer(&mut self, owner: Name, name: &str, id: Name) {
        let name = self.name(name);
        self.referable.insert((owner, name), id);
    }

    /// Rewrites the references of all resources and outputs.
    pub(super) fn rewrite_references(&mut self) {
        let mut rewriting = Rewriting {
            refs: self.renamed.iter().map(|(from, to)| (*from, *to)).collect(),
            attributes: FxHashMap::default(),
            seen: FxHashMap::default(),
        };
        for ((owner, name), id) in std::mem::take(&mut self.referable) {
            rewriting.attributes.insert((owner, name), id);
            // Nobody refers to a name that was never seen.
            let dotted = [self.text_of(owner), ".", self.text_of(name)].concat();
            if let Some(dotted) = self.template.names.find(&dotted) {
                rewriting.refs.insert(dotted, id);
            }
        }
        if rewriting.refs.is_empty() && rewriting.attributes.is_empty() {
            return;
        }
        let depends_on = self.name("DependsOn");
        let mut resources = std::mem::take(&mut self.template.resources);
        for resource in resources.values_mut() {
            if let Some(properties) = &mut resource.properties {
                *properties = self.rewrite(&mut rewriting, *properties);
            }
            for (attribute, value) in &mut resource.attributes {
                *value = if *attribute == depends_on {
                    self.rewrite_depends_on(&rewriting, *value)
                } else {
                    self.rewrite(&mut rewriting, *value)
                };
            }
        }
        self.template.resources = resources;
        if let Some(outputs) = self.template.own.outputs {
            self.template.own.outputs = Some(self.rewrite(&mut rewriting, outputs));
        }
    }

    /// The value with its references rewritten; the value itself when there are none. The recursion goes as
    /// deep as the template was read, which is bounded, and a few levels more.
    fn rewrite(&mut self, rewriting: &mut Rewriting, value: ValueId) -> ValueId {
        if let Data::Scalar { .. } = self.template.values.data(value) {
            return value;
        }
        if let Some(seen) = rewriting.seen.get(&value) {
            return *seen;
        }
        let data = match self.template.values.data(value) {
            Data::Scalar { .. } => None,
            Data::List(_) => self.rewrite_list(rewriting, value),
            Data::Map(_) => self.rewrite_map(rewriting, value),
            Data::Call(call) => {
                let call = call.as_ref().clone();
                self.rewrite_call(rewriting, call).map(|call| Data::Call(Box::new(call)))
            }
        };
        let rewritten = match data {
            Some(data) => {
                let origin = self.template.values.origin(value);
                self.template.values.add(origin, data)
            }
            None => value,
        };
        rewriting.seen.insert(value, rewritten);
        rewritten
    }

    /// A list is copied only when something in it changes, which is rare.
    fn rewrite_list(&mut self, rewriting: &mut Rewriting, list: ValueId) -> Option<Data> {
        let mut copy: Option<Vec<ValueId>> = None;
        for place in 0..self.template.values.items(list).len() {
            let mut item = self.template.values.items(list)[place];
            if self.rewrite_at(rewriting, &mut item) {
                copy.get_or_insert_with(|| self.template.values.items(list).to_vec())[place] = item;
            }
        }
        copy.map(Data::List)
    }

    /// The same for a map.
    fn rewrite_map(&mut self, rewriting: &mut Rewriting, map: ValueId) -> Option<Data> {
        let mut copy: Option<Vec<Entry>> = None;
        for place in 0..self.template.values.entries(map).len() {
            let mut value = self.template.values.entries(map)[place].value;
            if self.rewrite_at(rewriting, &mut value) {
                copy.get_or_insert_with(|| self.template.values.entries(map).to_vec())[place].value = value;
            }
        }
        copy.map(Data::Map)
    }

    fn rewrite_at(&mut self, rewriting: &mut Rewriting, value: &mut ValueId) -> bool {
        let rewritten = self.rewrite(rewriting, *value);
        let changed = rewritten != *value;
        *value = rewritten;
        changed
    }

    fn rewrite_call(&mut self, rewriting: &mut Rewriting, mut call: Call) -> Option<Call> {
        if let Call::GetAtt(id, attribute) = call {
            return Some(match self.made_attribute(rewriting, id, attribute)? {
                Made::Resource(id) => Call::Ref(id),
                Made::Attribute(id, attribute) => Call::GetAtt(id, attribute),
            });
        }
        let mut each = |expansion: &mut Self, value: &mut ValueId| expansion.rewrite_at(rewriting, value);
        let changed = match &mut call {
            Call::Ref(name) => {
                *name = *rewriting.refs.get(name)?;
                true
            }
            Call::Sub { parts, .. } => {
                let mut changed = false;
                for part in parts {
                    let new = match *part {
                        SubPart::Text(_) => None,
                        SubPart::Ref(name) => rewriting.refs.get(&name).map(|id| SubPart::Ref(*id)),
                        SubPart::GetAtt(id, attribute) => {
                            self.made_attribute(rewriting, id, attribute).map(|made| match made {
                                Made::Resource(id) => SubPart::Ref(id),
                                Made::Attribute(id, attribute) => SubPart::GetAtt(id, attribute),
                            })
                        }
                        SubPart::Bound(name, mut value) => {
                            self.rewrite_at(rewriting, &mut value).then_some(SubPart::Bound(name, value))
                        }
                    };
                    if let Some(new) = new {
                        *part = new;
                        changed = true;
                    }
                }
                changed
            }
            Call::Join { items, .. } => each(self, items),
            Call::Select { index, items } => each(self, index) | each(self, items),
            Call::Split { text, .. } => each(self, text),
            Call::If { then, otherwise, .. } => each(self, then) | each(self, otherwise),
            Call::FindInMap { map, top, second, default } => {
                let changed = each(self, map) | each(self, top) | each(self, second);
                changed | default.as_mut().is_some_and(|default| each(self, default))
            }
            Call::ImportValue(value)
            | Call::Base64(value)
            | Call::ToJsonString(value)
            | Call::Not(value)
            | Call::Transform(value)
            | Call::Other { argument: value, .. } => each(self, value),
            Call::Equals(a, b) => each(self, a) | each(self, b),
            Call::And(values) | Call::Or(values) => {
                let mut changed = false;
                for value in values {
                    changed |= each(self, value);
                }
                changed
            }
            Call::GetAtt(..) | Call::Condition(_) => false,
        };
        changed.then_some(call)
    }

    /// `Function.Alias` is the alias; `Function.Alias.Arn` an attribute of it; a layer's attribute one of its
    /// new id.
    fn made_attribute(&self, rewriting: &Rewriting, id: Name, attribute: Name) -> Option<Made> {
        let text = self.text_of(attribute);
        let (first, rest) = match text.split_once('.') {
            Some((first, rest)) => (self.template.names.find(first)?, Some(rest)),
            None => (attribute, None),
        };
        match (rewriting.attributes.get(&(id, first)), rest) {
            (Some(made), None) => Some(Made::Resource(*made)),
            (Some(made), Some(rest)) => Some(Made::Attribute(*made, self.name(rest))),
            (None, _) => rewriting.refs.get(&id).map(|renamed| Made::Attribute(*renamed, attribute)),
        }
    }

    fn rewrite_depends_on(&mut self, rewriting: &Rewriting, value: ValueId) -> ValueId {
        match self.template.values.data(value) {
            Data::Scalar { text, .. } => match rewriting.refs.get(text) {
                Some(id) => {
                    let origin = self.template.values.origin(value);
                    self.text_named(origin, *id)
                }
                None => value,
            },
            Data::List(items) => {
                let items = items.clone();
                let rewritten: Vec<ValueId> = items
                    .iter()
                    .map(|item| match self.template.values.data(*item) {
                        Data::Scalar { .. } => self.rewrite_depends_on(rewriting, *item),
                        Data::List(_) | Data::Map(_) | Data::Call(_) => *item,
                    })
                    .collect();
                if rewritten == items {
                    return value;
                }
                let origin = self.template.values.origin(value);
                self.list(origin, rewritten)
            }
            Data::Map(_) | Data::Call(_) => value,
        }
    }
}

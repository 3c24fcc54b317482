//! What depends on connectors: what its author says, and what must wait for the policy of its role.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Data, NameMap, Origin, ValueId};

use super::super::Expansion;
use super::product::Waiter;

impl Expansion<'_> {
    /// What depends on a connector depends on all that it became.
    pub(super) fn depend_on_products(&mut self, replaced: &FxHashMap<Name, Vec<ValueId>>) {
        let key = self.name("DependsOn");
        let mut resources = std::mem::take(&mut self.template.resources);
        for resource in resources.values_mut() {
            let Some(value) = resource.attributes.get_mut(&key) else { continue };
            let written = self.listed(*value);
            let products = |item: &ValueId| replaced.get(&self.template.values.text(*item)?);
            if written.iter().any(|item| products(item).is_some()) {
                let mut items = Vec::with_capacity(written.len());
                for item in &written {
                    match products(item) {
                        Some(products) => items.extend_from_slice(products),
                        None => items.push(*item),
                    }
                }
                let origin = self.template.values.origin(*value);
                *value = self.list_once(origin, items);
            }
        }
        self.template.resources = resources;
    }

    /// Lets each of `waits` depend on its policy, on account of the connector at the place beside it.
    pub(super) fn wait_for_policies(&mut self, waits: Vec<(Waiter, Name, Origin)>) {
        if waits.is_empty() {
            return;
        }
        let mappings = self.mappings();
        let mut needed: NameMap<Vec<ValueId>> = NameMap::default();
        for (waiter, policy, at) in waits {
            let resource = match waiter {
                Waiter::Resource(id) => Some(id),
                Waiter::Mapping(source, function) => mappings.get(&(source, function)).copied().flatten(),
            };
            if let Some(resource) = resource {
                let policy = self.text_named(at.generated(), policy);
                needed.entry(resource).or_default().push(policy);
            }
        }
        let key = self.name("DependsOn");
        for (resource, policies) in needed {
            let Some(waiting) = self.template.resources.get(&resource) else { continue };
            let written = waiting.attributes.get(&key).copied();
            let Some(first) = written.or(policies.first().copied()) else { continue };
            let mut items = written.map_or_else(Vec::new, |written| self.listed(written));
            items.extend(policies);
            let at = self.template.values.origin(first);
            let list = self.list_once(at, items);
            if let Some(waiting) = self.template.resources.get_mut(&resource) {
                waiting.attributes.insert(key, list);
            }
        }
    }

    /// The event source mapping of each pair of a source and a function; nothing where a pair has several.
    fn mappings(&self) -> FxHashMap<(Name, Name), Option<Name>> {
        let mut found: FxHashMap<(Name, Name), Option<Name>> = FxHashMap::default();
        for (id, resource) in &self.template.resources {
            if self.text_of(resource.type_name) != "AWS::Lambda::EventSourceMapping" {
                continue;
            }
            let named = |key| self.named_resource(self.property(resource.properties, key)?);
            if let Some(pair) = named("EventSourceArn").zip(named("FunctionName")) {
                found.entry(pair).and_modify(|mapping| *mapping = None).or_insert(Some(*id));
            }
        }
        found
    }

    /// A list that has each text once.
    fn list_once(&mut self, at: Origin, mut items: Vec<ValueId>) -> ValueId {
        let mut seen = FxHashSet::default();
        items.retain(|item| self.template.values.text(*item).is_none_or(|text| seen.insert(text)));
        self.list(at, items)
    }

    /// The items of a list, or the one value that stands for a list.
    fn listed(&self, value: ValueId) -> Vec<ValueId> {
        match self.template.values.data(value) {
            Data::List(items) => items.clone(),
            Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => vec![value],
        }
    }
}

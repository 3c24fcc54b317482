//! `AWS::Serverless::Connector` and the `Connectors` of any resource: the policies and permissions with which
//! one resource may read or write another.

mod dependency;
mod end;
mod product;
mod profile;

pub(super) use profile::{Profile, profiles};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::source::Location;
use crate::template::{Data, Entry, NameMap, Origin, Template, ValueId};

use super::make::is_macro;
use super::{Expansion, Subject};
use product::{Link, Outcome, Product};

/// The type of a connector that is a resource.
const CONNECTOR: &str = "AWS::Serverless::Connector";

/// The attribute with the connectors of a resource.
const EMBEDDED: &str = "Connectors";

/// The properties of a connector; that of an embedded one has a `SourceReference` in the place of a `Source`.
const PROPERTIES: &[&str] = &["Source", "SourceReference", "Destination", "Permissions"];

/// How many resources a stack can have: what connectors make beyond it could not be deployed.
const MOST_RESOURCES: usize = 500;

/// The attributes that a connector hands on to what is made of it, beside its condition.
const KEPT: &[&str] = &["DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "Metadata"];

/// Whether any resource carries connectors.
pub(super) fn has_embedded(template: &Template) -> bool {
    let attribute = template.names.find(EMBEDDED);
    attribute
        .is_some_and(|key| template.resources.values().any(|resource| resource.attributes.contains_key(&key)))
}

/// Why a connector stays as it is.
enum Refusal {
    /// What decides is in another file, is a macro's or was told already.
    Unknown,
    /// The transform refuses it, for this reason.
    Told(Location, String),
}

/// A connector while it is expanded.
struct Connector {
    subject: Subject,
    /// The resource that carries it, and its name there.
    embedded: Option<(Name, Name)>,
}

impl Expansion<'_> {
    /// Replaces all connectors by what they become. They come last, since they look at what the other
    /// resources have become: at roles and event source mappings.
    pub(super) fn expand_connectors(&mut self) {
        let mut replaced: FxHashMap<Name, Vec<ValueId>> = FxHashMap::default();
        let mut waits = Vec::new();
        let mut gone: NameMap<FxHashSet<Name>> = NameMap::default();
        let mut room = MOST_RESOURCES;
        for connector in self.gather_connectors() {
            let subject = &connector.subject;
            match self.outcome(&connector) {
                Ok(outcome) => {
                    let Some(left) = room.checked_sub(outcome.products.len()) else {
                        let reason = "connectors make more resources than a stack can have";
                        self.tell_of_connector(subject.id, subject.origin.at_key(), reason);
                        continue;
                    };
                    room = left;
                    let at = subject.origin.generated();
                    waits.extend(outcome.waits.into_iter().map(|(waiter, policy)| (waiter, policy, at)));
                    let products = &outcome.products;
                    let ids = products.iter().map(|product| self.text_named(at, product.id)).collect();
                    replaced.insert(subject.id, ids);
                    for product in outcome.products {
                        self.make_product(subject, product);
                    }
                    if let Some((carrier, name)) = connector.embedded {
                        gone.entry(carrier).or_default().insert(name);
                    }
                }
                Err(Refusal::Unknown) => {}
                Err(Refusal::Told(location, reason)) => self.tell_of_connector(subject.id, location, &reason),
            }
        }
        self.remove_embedded(&gone);
        if replaced.is_empty() {
            return;
        }
        self.splice();
        self.depend_on_products(&replaced);
        self.wait_for_policies(waits);
    }

    /// Tells of a connector that stays as it is.
    fn tell_of_connector(&mut self, id: Name, location: Location, reason: &str) {
        let message = format!("{} does not expand: {reason}", self.text_of(id));
        self.tell(location, message);
    }

    /// The connectors that are resources, then those that resources carry.
    fn gather_connectors(&mut self) -> Vec<Connector> {
        let mut found = Vec::new();
        let mut carriers = Vec::new();
        let (type_name, attribute) = (self.name(CONNECTOR), self.name(EMBEDDED));
        for (id, resource) in &self.template.resources {
            if let Some(connectors) = resource.attributes.get(&attribute) {
                carriers.push((*id, *connectors));
            }
            if resource.type_name == type_name {
                let subject = Subject::of(*id, resource, false);
                found.push(Connector { subject, embedded: None });
            }
        }
        for (carrier, connectors) in carriers {
            if !self.is_map(connectors) {
                if !self.template.values.is_open(connectors) {
                    let message = format!("The Connectors of {} are not a map", self.text_of(carrier));
                    self.tell(self.template.values.origin(connectors).at_key(), message);
                }
                continue;
            }
            let entries = self.template.values.entries(connectors).to_vec();
            if let Some(resource) = self.template.resources.get_mut(&carrier).filter(|_| entries.is_empty()) {
                resource.attributes.shift_remove(&attribute);
            }
            for entry in entries {
                if !is_macro(self.text_of(entry.key)) {
                    found.extend(self.embedded_connector(carrier, entry));
                }
            }
        }
        found
    }

    /// A connector that a resource carries, as the resource that it stands for.
    fn embedded_connector(&mut self, carrier: Name, Entry { key, value }: Entry) -> Option<Connector> {
        let id = self.id_after(carrier, self.text_of(key));
        let origin = self.template.values.origin(value);
        if !self.is_map(value) {
            if !self.template.values.is_open(value) {
                self.tell_of_connector(id, origin.at_key(), "it is not a map");
            }
            return None;
        }
        if self.template.resources.contains_key(&id) {
            self.tell_of_connector(id, origin.at_key(), "the template already has a resource of this name");
            return None;
        }
        let mut attributes: NameMap<ValueId> = NameMap::default();
        let (mut properties, mut condition) = (None, None);
        for entry in self.template.values.entries(value) {
            match self.text_of(entry.key) {
                "Properties" => properties = Some(entry.value),
                "Condition" => condition = self.template.values.text(entry.value),
                _ => {
                    attributes.insert(entry.key, entry.value);
                }
            }
        }
        let subject = Subject {
            id,
            properties,
            condition,
            attributes,
            origin,
            author: carrier,
            written_as: self.name(CONNECTOR),
            takes_globals: false,
        };
        Some(Connector { subject, embedded: Some((carrier, key)) })
    }

    /// What a connector becomes, all of it or nothing.
    fn outcome(&mut self, connector: &Connector) -> Result<Outcome, Refusal> {
        let subject = &connector.subject;
        let at = subject.origin;
        let told = |message: &str| Refusal::Told(at.at_key(), message.to_owned());
        let properties = subject.properties.filter(|properties| !self.is_null(*properties));
        let properties = properties.ok_or_else(|| told("it has no Properties"))?;
        let is_open = self.template.values.is_open(properties);
        if !self.is_map(properties) {
            return Err(if is_open { Refusal::Unknown } else { told("its Properties are not a map") });
        }
        for entry in self.template.values.entries(properties) {
            let key = self.text_of(entry.key);
            if !PROPERTIES.contains(&key) && !is_macro(key) {
                let place = self.template.values.origin(entry.value).at_key();
                return Err(Refusal::Told(place, format!("a connector has no property {key}")));
            }
        }
        let required = |expansion: &Self, key: &str| match expansion.property(Some(properties), key) {
            Some(value) => Ok(value),
            None if is_open => Err(Refusal::Unknown),
            None => Err(told(&format!("it has no {key}"))),
        };
        let source = match connector.embedded {
            None => required(self, "Source")?,
            Some((carrier, _)) => self.embedding_source(properties, at, carrier)?,
        };
        let destination = required(self, "Destination")?;
        let permissions = required(self, "Permissions")?;
        let accesses = self.accesses(permissions)?;

        let mut outcome = Outcome::default();
        if let Data::List(destinations) = self.template.values.data(destination) {
            if destinations.is_empty() {
                return Err(told("its Destination is an empty list"));
            }
            if destinations.len() > MOST_RESOURCES {
                return Err(told("it makes more resources than a stack can have"));
            }
            for (place, destination) in destinations.clone().into_iter().enumerate() {
                let suffix = format!("Destination{place}");
                let link = self.link(source, destination, suffix)?;
                self.add_products(&mut outcome, subject, &link, (&accesses, permissions))?;
            }
        } else {
            let link = self.link(source, destination, String::new())?;
            self.add_products(&mut outcome, subject, &link, (&accesses, permissions))?;
        }
        Ok(outcome)
    }

    /// The source of an embedded connector: the resource that carries it.
    fn embedding_source(
        &mut self,
        properties: ValueId,
        at: Origin,
        carrier: Name,
    ) -> Result<ValueId, Refusal> {
        let reference = self.property(Some(properties), "SourceReference");
        if let Some(reference) = reference {
            let place = self.template.values.origin(reference).at_value();
            if self.template.values.is_open(reference) {
                return Err(Refusal::Unknown);
            }
            if !self.is_map(reference) {
                return Err(Refusal::Told(place, "its SourceReference is not a map".to_owned()));
            }
            if self.property(Some(reference), "Id").is_some() {
                let reason = "its source is the resource that carries it, so that SourceReference has no Id";
                return Err(Refusal::Told(place, reason.to_owned()));
            }
        }
        Ok(self.embedded_source(at, carrier, reference))
    }

    /// Both ends, read with an eye on each other.
    fn link(&mut self, source: ValueId, destination: ValueId, suffix: String) -> Result<Link, Refusal> {
        Ok(Link {
            destination: self.connector_end("Destination", destination, source)?,
            source: self.connector_end("Source", source, destination)?,
            suffix,
        })
    }

    /// The texts in `Permissions`.
    fn accesses(&self, permissions: ValueId) -> Result<Vec<Name>, Refusal> {
        let Data::List(items) = self.template.values.data(permissions) else {
            let is_given_before = self.reference_in(permissions).is_some() && self.has_language_extensions();
            if is_given_before || self.template.values.is_open(permissions) {
                return Err(Refusal::Unknown);
            }
            let at = self.template.values.origin(permissions).at_value();
            return Err(Refusal::Told(at, "its Permissions are not a list".to_owned()));
        };
        let mut texts = Vec::new();
        for item in items {
            let text = self.plain_text(*item, "its Permissions are not all texts")?;
            // More than two differ only where some are wrong.
            if texts.len() <= 2 && !texts.contains(&text) {
                texts.push(text);
            }
        }
        Ok(texts)
    }

    /// Makes a resource with all that the connector's author said of it.
    fn make_product(&mut self, subject: &Subject, product: Product) {
        let Product { id, type_name, entries, metadata } = product;
        let kept = |name: &Name| KEPT.contains(&self.text_of(*name));
        let mut attributes: NameMap<ValueId> = subject
            .attributes
            .iter()
            .filter(|(name, _)| kept(name))
            .map(|(name, value)| (*name, *value))
            .collect();
        attributes.insert(self.name("Metadata"), metadata);
        self.make(subject, subject.origin, id, type_name, entries).attributes = attributes;
    }

    /// Takes the connectors that were expanded out of the resources that carry them.
    fn remove_embedded(&mut self, gone: &NameMap<FxHashSet<Name>>) {
        let attribute = self.name(EMBEDDED);
        for (carrier, names) in gone {
            let Some(resource) = self.template.resources.get_mut(carrier) else { continue };
            let Some(connectors) = resource.attributes.get(&attribute).copied() else { continue };
            let entries = self.template.values.entries(connectors).iter();
            let left: Vec<Entry> = entries.filter(|entry| !names.contains(&entry.key)).copied().collect();
            if left.is_empty() {
                resource.attributes.shift_remove(&attribute);
            } else {
                let origin = self.template.values.origin(connectors);
                let left = self.template.values.add(origin, Data::Map(left));
                resource.attributes.insert(attribute, left);
            }
        }
    }
}

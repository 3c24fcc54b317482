//! `AWS::Serverless::LayerVersion`: a layer whose id changes with its content.

use super::make::PropertyTable;
use super::{Expansion, Subject};

const LAYER: PropertyTable = PropertyTable {
    renamed: &[("ContentUri", "Content")],
    consumed: &["PublishLambdaVersion", "RetentionPolicy"],
};

/// The properties of which the transform looks parameters up.
const LOOKED_UP: &[&str] = &["Description", "LayerName", "LicenseInfo"];

impl Expansion<'_> {
    /// The layer `<L><digits>`, kept when it is replaced unless its author says otherwise.
    pub(super) fn expand_layer_version(&mut self, subject: &Subject) {
        let mut entries = self.carried(subject.properties, &LAYER);
        for entry in &mut entries {
            if LOOKED_UP.contains(&self.text_of(entry.key)) {
                entry.value = self.looked_up(entry.value);
            }
        }
        if self.property(subject.properties, "LayerName").is_none() {
            let name = self.text_named(subject.origin.generated(), subject.id);
            self.put(&mut entries, "LayerName", name);
        }
        let retention = match self.property(subject.properties, "RetentionPolicy") {
            Some(policy) => policy,
            None => self.text(subject.origin.generated(), "Retain"),
        };
        let key = self.name("DeletionPolicy");
        let id = self.hashed(subject.id, "");
        self.replace(subject, "AWS::Lambda::LayerVersion", entries);
        if let Some((made, layer)) = self.made.get_mut(&subject.id).and_then(|made| made.last_mut()) {
            *made = id;
            layer.attributes.entry(key).or_insert(retention);
        }
        self.renamed.insert(subject.id, id);
    }
}

//! `AWS::Serverless::SimpleTable`: a table with one key.

use crate::template::{Entry, ValueId};

use super::make::PropertyTable;
use super::{Expansion, Subject};

const TABLE: PropertyTable =
    PropertyTable { renamed: &[], consumed: &["PrimaryKey", "PropagateTags", "Tags"] };

/// SAM's names of the key types.
const KEY_TYPES: &[(&str, &str)] = &[("String", "S"), ("Number", "N"), ("Binary", "B")];

impl Expansion<'_> {
    /// The table `<T>`: on demand unless its throughput is provisioned.
    pub(super) fn expand_simple_table(&mut self, subject: &Subject) {
        let at = subject.origin.generated();
        let properties = subject.properties;
        let mut entries: Vec<Entry> = self.carried(properties, &TABLE);
        let key = self.property(properties, "PrimaryKey");
        let name = match self.property(key, "Name") {
            Some(name) => name,
            None => self.text(at, "id"),
        };
        let kind = self.key_type(at, self.property(key, "Type"));
        let place = key.map_or(at, |key| self.place_of(key));
        let hash = self.text(place, "HASH");
        let attribute = self.map(place, &[("AttributeName", name), ("AttributeType", kind)]);
        let attributes = self.list(place, vec![attribute]);
        let part = self.map(place, &[("AttributeName", name), ("KeyType", hash)]);
        let schema = self.list(place, vec![part]);
        self.put(&mut entries, "AttributeDefinitions", attributes);
        self.put(&mut entries, "KeySchema", schema);
        if self.property(properties, "ProvisionedThroughput").is_none() {
            let mode = self.text(at, "PAY_PER_REQUEST");
            self.put(&mut entries, "BillingMode", mode);
        }
        let tags = self.property(properties, "Tags");
        let tags = self.tags(at, tags, None);
        self.put_some(&mut entries, "Tags", tags);
        self.replace(subject, "AWS::DynamoDB::Table", entries);
    }

    fn key_type(&mut self, at: crate::template::Origin, written: Option<ValueId>) -> ValueId {
        let Some(written) = written else {
            return self.text(at, "S");
        };
        let short = KEY_TYPES.iter().find(|(long, _)| self.scalar(Some(written)) == Some(long));
        match short {
            Some((_, short)) => {
                let origin = self.template.values.origin(written);
                self.text(origin, short)
            }
            None => written,
        }
    }
}

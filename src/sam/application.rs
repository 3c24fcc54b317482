//! `AWS::Serverless::Application`: a nested stack, from a template or from the Serverless Application
//! Repository.

use crate::template::{Call, Data, ValueId};

use super::make::PropertyTable;
use super::{Expansion, Subject};

const APPLICATION: PropertyTable =
    PropertyTable { renamed: &[("Location", "TemplateURL")], consumed: &["Tags"] };

/// What an application of the repository is known by, and the tags that tell it.
const REPOSITORY: &[(&str, &str)] = &[
    ("ApplicationId", "serverlessrepo:applicationId"),
    ("SemanticVersion", "serverlessrepo:semanticVersion"),
];

/// The tag that every nested stack has.
const MADE_BY_SAM: &str = "lambda:createdBy";

impl Expansion<'_> {
    /// The stack `<App>`. Only the repository knows where it keeps its templates, so that the `TemplateURL` of
    /// what comes from there is the `Location` itself.
    pub(super) fn expand_application(&mut self, subject: &Subject) {
        let properties = subject.properties;
        let location = self.property(properties, "Location");
        if let Some(location) = location {
            self.check_location(location);
        } else {
            let message = format!("{} has no Location", self.text_of(subject.id));
            self.tell_unless_open(properties, subject.origin.at_key(), &message);
        }
        let mut entries = self.carried(properties, &APPLICATION);
        let tags = self.application_tags(subject, location);
        self.put(&mut entries, "Tags", tags);
        self.replace(subject, "AWS::CloudFormation::Stack", entries);
    }

    /// Tells of a location that the transform cannot look up.
    fn check_location(&mut self, location: ValueId) {
        let origin = self.template.values.origin(location);
        match self.template.values.data(location) {
            Data::Scalar { .. } => {}
            Data::Map(_) => {
                for (key, _) in REPOSITORY {
                    let Some(value) = self.property(Some(location), key) else {
                        let message = format!("The Location of an application has no {key}");
                        self.tell_unless_open(Some(location), origin.at_key(), &message);
                        continue;
                    };
                    if !self.can_be_looked_up(value) {
                        let location = self.template.values.origin(value).at_value();
                        let message = format!("{key} is neither a plain text nor a Ref nor an Fn::FindInMap");
                        self.tell_unless_open(Some(value), location, &message);
                    }
                }
            }
            Data::List(_) | Data::Call(_) => {
                let message = "The Location of an application is neither a text nor a map";
                self.tell_unless_open(Some(location), origin.at_value(), message);
            }
        }
    }

    fn can_be_looked_up(&self, value: ValueId) -> bool {
        match self.template.values.data(value) {
            // What a dynamic reference gives is known only when the stack is deployed.
            Data::Scalar { text, .. } => !self.text_of(*text).contains("{{resolve:"),
            Data::Call(call) => {
                matches!(**call, Call::Ref(_) | Call::FindInMap { .. }) && !self.is_no_value(value)
            }
            Data::List(_) | Data::Map(_) => false,
        }
    }

    /// SAM's tag, those of the repository, and the author's.
    fn application_tags(&mut self, subject: &Subject, location: Option<ValueId>) -> ValueId {
        let at = subject.origin.generated();
        let written = self.property(subject.properties, "Tags");
        for reserved in REPOSITORY.iter().map(|(_, tag)| *tag).chain([MADE_BY_SAM]) {
            if let Some(tag) = self.property(written, reserved) {
                let location = self.template.values.origin(tag).at_key();
                self.tell(location, format!("{reserved} is a tag that SAM keeps to itself"));
            }
        }
        let by_sam = self.text(at, "SAM");
        let mut entries = Vec::new();
        self.put(&mut entries, MADE_BY_SAM, by_sam);
        for (key, tag) in REPOSITORY {
            let value = self.property(location, key);
            self.put_some(&mut entries, tag, value);
        }
        let own = self.map_of(at, entries);
        self.joined_tags(at, [Some(own), written])
    }
}

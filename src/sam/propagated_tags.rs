//! `PropagateTags` of a function or a state machine: its tags on all that is made of it.

use super::{Expansion, Subject};

/// The types that SAM gives tags.
const TAGGED: &[&str] = &[
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::IAM::Role",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::Function",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
];

impl Expansion<'_> {
    /// Puts the author's tags in the place of all others.
    pub(super) fn propagate_tags(&mut self, subject: &Subject) {
        if !self.hands_tags_on(subject.properties) {
            return;
        }
        let Some(tags) = self.property(subject.properties, "Tags") else {
            return;
        };
        let Some(tags) = self.tags(subject.origin.generated(), Some(tags), None) else {
            return;
        };
        let mut made = self.made.get_mut(&subject.id).map(std::mem::take).unwrap_or_default();
        for (_, resource) in &mut made {
            if TAGGED.contains(&self.text_of(resource.type_name)) {
                let at = resource.origin.generated();
                resource.properties = Some(self.with_entry(resource.properties, at, "Tags", tags));
            }
        }
        self.made.insert(subject.id, made);
    }
}

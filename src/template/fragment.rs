//! Whether a file is a whole template or a part of an application (`rules.md` T10).

use rustc_hash::FxHashSet;

use crate::names::Name;

use super::Template;
use super::value::{Call, Data, SubPart, ValueId};

/// What a file lacks that is a part of an application and no whole template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// It has SAM resources, and not the SAM transform.
    Transform,
    /// It names a logical id that nothing defines: no resource, no parameter, and nothing that a transform makes.
    Definition(Name),
}

/// What the file lacks; none of a whole template. The `unread` entries of `Resources` are defined as well.
pub(super) fn lack(template: &Template, unread: &[Name]) -> Option<Lack> {
    let names = &template.names;
    let makers = Makers::of(template);
    if makers.has_sam && !template.transforms.iter().any(|name| names.text(*name) == SAM_TRANSFORM) {
        return Some(Lack::Transform);
    }
    // What a macro or a loop makes has names that are not in the file.
    if template.own.has_open_resources() || template.values.has_loop(names) {
        return None;
    }
    let mut known = FxHashSet::default();
    known.extend(unread.iter().copied());
    known.extend(template.resources.keys().copied());
    known.extend(template.parameters.keys().copied());
    let mut is_undefined = |name: Name| {
        let text = names.text(name);
        let id = text.split_once('.').map_or(text, |(id, _)| id);
        known.insert(name)
            && !id.starts_with("AWS::")
            && !names.find(id).is_some_and(|id| id != name && known.contains(&id))
            && !makers.may_make(id)
    };
    let in_values = template.values.iter().find_map(|(_, value)| match &value.data {
        Data::Call(call) => names_in(call).find(|name| is_undefined(*name)),
        Data::Scalar { .. } | Data::List(_) | Data::Map(_) => None,
    });
    in_values.or_else(|| depended_on(template).find(|name| is_undefined(*name))).map(Lack::Definition)
}

const SAM_TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// What a call itself refers to.
pub(super) fn names_in(call: &Call) -> impl Iterator<Item = Name> + '_ {
    let (one, parts): (Option<Name>, &[SubPart]) = match call {
        Call::Ref(name) | Call::GetAtt(name, _) => (Some(*name), &[]),
        Call::Sub { parts, .. } => (None, parts),
        Call::Join { .. }
        | Call::Select { .. }
        | Call::Split { .. }
        | Call::If { .. }
        | Call::FindInMap { .. }
        | Call::ImportValue(_)
        | Call::Base64(_)
        | Call::ToJsonString(_)
        | Call::Equals(..)
        | Call::And(_)
        | Call::Or(_)
        | Call::Not(_)
        | Call::Condition(_)
        | Call::Transform(_)
        | Call::Other { .. } => (None, &[]),
    };
    let in_text = parts.iter().filter_map(|part| match part {
        SubPart::Ref(name) | SubPart::GetAtt(name, _) => Some(*name),
        SubPart::Text(_) | SubPart::Bound(..) => None,
    });
    one.into_iter().chain(in_text)
}

/// Every name in a `DependsOn`.
fn depended_on(template: &Template) -> impl Iterator<Item = Name> + '_ {
    let values = &template.values;
    let key = template.names.find("DependsOn");
    let attributes = template.resources.values().filter_map(move |resource| resource.attributes.get(&key?));
    attributes.flat_map(move |value: &ValueId| {
        let one = values.text(*value);
        let many = values.items(*value).iter().filter_map(move |item| values.text(*item));
        one.into_iter().chain(many)
    })
}

/// The resources from which a transform makes others, whose names start with theirs or are the author's choice.
struct Makers<'t> {
    ids: FxHashSet<&'t str>,
    chosen: FxHashSet<&'t str>,
    has_sam: bool,
}

impl<'t> Makers<'t> {
    /// The longest logical id that CloudFormation accepts.
    const LONGEST_ID: usize = 255;

    /// What the SAM transform makes once for the whole template, or names after a hash.
    const OF_THE_TEMPLATE: &'static [&'static str] = &[
        "ServerlessRestApi",
        "ServerlessHttpApi",
        "ServerlessDeploymentApplication",
        "CodeDeployServiceRole",
        "ApiGatewayDomainName",
        "DomainNameAccessAssociation",
        "RecordSetGroup",
        "ServerlessApiKey",
        "ServerlessUsagePlan",
    ];

    /// Properties of events in which an author names what is made.
    const NAMING: &'static [&'static str] = &["QueueLogicalId", "QueuePolicyLogicalId"];

    fn of(template: &'t Template) -> Self {
        let mut makers = Self { ids: FxHashSet::default(), chosen: chosen_ids(template), has_sam: false };
        let connectors = template.names.find("Connectors");
        for (id, resource) in &template.resources {
            let type_name = template.names.text(resource.type_name);
            let is_sam = type_name.starts_with("AWS::Serverless::");
            makers.has_sam |= is_sam;
            let is_source = connectors.is_some_and(|key| resource.attributes.contains_key(&key));
            if is_sam || is_source || type_name.ends_with("::MODULE") {
                makers.ids.insert(template.names.text(*id));
            }
        }
        makers
    }

    fn may_make(&self, id: &str) -> bool {
        let starts_like_a_maker = || {
            (1..=id.len().min(Self::LONGEST_ID))
                .any(|end| id.get(..end).is_some_and(|id| self.ids.contains(id)))
        };
        !self.ids.is_empty()
            && (starts_like_a_maker()
                || self.chosen.contains(id)
                || self.has_sam && Self::OF_THE_TEMPLATE.iter().any(|made| id.starts_with(made)))
    }
}

/// The ids that events give to what SAM makes for them.
fn chosen_ids(template: &Template) -> FxHashSet<&str> {
    let keys: Vec<Name> = Makers::NAMING.iter().filter_map(|key| template.names.find(key)).collect();
    let values = template.values.iter().filter(|_| !keys.is_empty());
    let entries = values.flat_map(|(id, _)| template.values.entries(id));
    let named = entries.filter(|entry| keys.contains(&entry.key));
    named.filter_map(|entry| Some(template.names.text(template.values.text(entry.value)?))).collect()
}

#[cfg(test)]
mod tests {
    use crate::template::tests::template;

    fn is_fragment(text: &str) -> bool {
        template(text).own.is_fragment()
    }

    fn sam(rest: &str) -> String {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn: {{Type: AWS::Serverless::Function}}\n  Api: {{Type: AWS::Serverless::Api}}\n{rest}"
        )
    }

    #[test]
    fn sam_resources_without_the_sam_transform_are_a_fragment() {
        assert!(is_fragment("Resources: {F: {Type: AWS::Serverless::Function}}"));
        assert!(!is_fragment("Resources: {F: {Type: AWS::Lambda::Function}}"));
        assert!(!is_fragment(&sam("")));
    }

    #[test]
    fn a_reference_to_what_nothing_defines_makes_a_fragment() {
        for value in [
            "!Ref Missing",
            "!GetAtt Missing.Arn",
            "!Sub 'x${Missing}'",
            "!Sub '${Missing.Arn}'",
            "{Ref: Missing}",
        ] {
            let text = format!("Resources:\n  R:\n    Type: T\n    Properties:\n      P: [{{a: {value}}}]\n");
            assert!(is_fragment(&text), "{value}");
        }
        assert!(is_fragment("Resources: {R: {Type: T, DependsOn: Missing}}"));
        assert!(is_fragment("Resources: {R: {Type: T, DependsOn: [R, Missing]}}"));
        assert!(is_fragment("Resources: {R: {Type: T}}\nOutputs:\n  O: {Value: !Ref Missing}\n"));
    }

    #[test]
    fn what_is_defined_or_bound_or_a_pseudo_parameter_makes_none() {
        assert!(!is_fragment(
            "Parameters: {P: {Type: String}}\nResources:\n  R:\n    Type: T\n    DependsOn: R\n    Properties:\n      A: !Ref P\n      B: !Sub ['${V}${AWS::Region}${!No}${R.Arn}', {V: !GetAtt R.A.B}]\n      C: !Ref AWS::NoValue\n"
        ));
    }

    #[test]
    fn what_the_sam_transform_makes_is_defined() {
        for name in [
            "ServerlessRestApi",
            "ServerlessRestApiProdStage",
            "ServerlessHttpApi",
            "FnRole",
            "FnAliaslive",
            "Fn.Alias",
            "FnEvent",
            "ApiProdStage",
            "Api.Stage",
            "ServerlessUsagePlanKey",
            "DomainNameAccessAssociation0123456789",
        ] {
            assert!(!is_fragment(&sam(&format!("Outputs:\n  O: {{Value: !Ref {name}}}\n"))), "{name}");
        }
        assert!(is_fragment(&sam("Outputs:\n  O: {Value: !Ref Other}\n")));
        assert!(is_fragment(
            "Resources: {Fn: {Type: AWS::Lambda::Function}}\nOutputs:\n  O: {Value: !Ref FnRole}\n"
        ));
    }

    #[test]
    fn what_connectors_make_and_what_an_event_names_is_defined() {
        let topic = "  Topic:\n    Type: AWS::SNS::Topic\n    Connectors: {ToQ: {Properties: {Destination: {Id: Q}}}}\n  Q: {Type: AWS::SQS::Queue}\n";
        assert!(!is_fragment(&sam(&format!("{topic}Outputs:\n  O: {{Value: !Ref TopicToQQueuePolicy}}\n"))));
        let event = "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events: {S: {Type: Schedule, Properties: {DeadLetterConfig: {Type: SQS, QueueLogicalId: MyDlq}}}}\n";
        assert!(!is_fragment(&sam(&format!("{event}Outputs:\n  O: {{Value: !GetAtt MyDlq.Arn}}\n"))));
        assert!(is_fragment(&sam("Outputs:\n  O: {Value: !GetAtt MyDlq.Arn}\n")));
    }

    #[test]
    fn under_a_macro_or_a_loop_nothing_is_known_to_be_undefined() {
        assert!(!is_fragment("Transform: M\nResources: {R: {Type: T, DependsOn: Missing}}"));
        assert!(!is_fragment(
            "Resources:\n  Fn::ForEach::X: [I, [a], {}]\n  R: {Type: T, DependsOn: Missing}\n"
        ));
    }
}

//! A target is what a value names: a resource of this template, behind aliases and registered consumers, or
//! something outside.

use crate::names::Name;
use crate::template::{Guard, Origin};

use super::branch::Branch;
use super::draft::Draft;
use super::mention::{Reference, UNKNOWN};
use super::{EdgeKind, Fact, Plain, VertexId, VertexKind};

/// How often an alias of an alias is followed.
const MOST_HOPS: usize = 4;

/// What a value names, once it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) vertex: VertexId,
    /// A function's alias or version stands between.
    pub(super) is_qualified: bool,
    /// A registered consumer of a stream stands between.
    pub(super) is_fanned_out: bool,
    /// Only the text of the resource's own name says so.
    pub(super) is_by_name: bool,
}

impl Target {
    /// The vertex itself, with nothing between.
    pub(super) fn of(vertex: VertexId) -> Self {
        Self { vertex, is_qualified: false, is_fanned_out: false, is_by_name: false }
    }

    /// Whether a version or an alias is called, where the edge is a call.
    pub(super) fn qualified(self, kind: EdgeKind, origin: Origin) -> Option<Fact> {
        let value = Plain::Bool(self.is_qualified);
        (kind == EdgeKind::InvokeAsync).then_some(Fact::Derived { name: "Qualified", value, origin })
    }
}

/// Something that this template does not define.
#[derive(Clone, Copy)]
pub(super) struct Outside {
    /// What it is called in messages.
    pub(super) name: Name,
    /// The service, where the text of the reference tells.
    pub(super) service: Option<&'static str>,
}

impl Draft<'_> {
    /// The vertices that a value names, among those of the wanted kind; others and what cannot be told are
    /// placeholders. `role` tells two unknown things of one resource apart: `Orders source`.
    pub(super) fn targets(
        &mut self,
        branch: Branch,
        wanted: &[VertexKind],
        (owner, role): (Name, &str),
    ) -> Vec<(Guard, Target)> {
        let origin = self.values().origin(branch.value);
        let mut found = Vec::new();
        for (guard, reference) in self.references(branch) {
            let inside = self.inside(&reference, wanted);
            if inside.is_empty() {
                let mut outside = self.outside_of(&reference, owner, role);
                if wanted == [VertexKind::Topic] {
                    outside.service = Some("sns");
                }
                found.push((guard, Target::of(self.outside(outside, origin))));
            }
            found.extend(inside.into_iter().map(|(own, target)| (self.and(guard, own), target)));
        }
        found
    }

    /// The vertices of the wanted kinds that a value names; nothing for what lies outside.
    pub(super) fn targets_inside(&self, branch: Branch, wanted: &[VertexKind]) -> Vec<(Guard, Target)> {
        let mut found = Vec::new();
        for (guard, reference) in self.references(branch) {
            found.extend(
                self.inside(&reference, wanted).into_iter().map(|(own, to)| (self.and(guard, own), to)),
            );
        }
        found
    }

    /// The functions that a value names in one case or another.
    pub(super) fn functions_named(&self, branch: Branch) -> impl Iterator<Item = VertexId> {
        let functions = self.targets_inside(branch, &[VertexKind::Function]).into_iter();
        functions.map(|(_, function)| function.vertex)
    }

    /// The vertices of the wanted kinds that a reference names, aliases followed; all kinds where none is named.
    pub(super) fn inside(&self, reference: &Reference, wanted: &[VertexKind]) -> Vec<(Guard, Target)> {
        let mut found = Vec::new();
        for mention in reference.resources.iter().filter(|mention| mention.is_whole(&reference.text)) {
            self.behind(mention.id, MOST_HOPS, &mut |guard, target| {
                if wanted.is_empty() || wanted.contains(&self.vertex(target.vertex).kind) {
                    found.push((guard, target));
                }
            });
            if !found.is_empty() {
                for (_, target) in &mut found {
                    target.is_qualified |= mention.is_qualified(&reference.text);
                }
                return found;
            }
        }
        if reference.is_fully_named()
            && let Some((vertex, is_qualified)) = self.by_own_name(reference, wanted)
        {
            found.push((Guard::ALWAYS, Target { is_qualified, is_by_name: true, ..Target::of(vertex) }));
        }
        found
    }

    /// The vertex behind a resource: an alias and a version stand for their function or workflow, a registered
    /// consumer for its stream.
    fn behind(&self, id: Name, hops: usize, found: &mut dyn FnMut(Guard, Target)) {
        let Some(resource) = self.resource(id) else { return };
        let steps: &[&[&str]] = match self.text(resource.type_name) {
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => &[&["FunctionName"]],
            "AWS::Kinesis::StreamConsumer" => &[&["StreamARN"]],
            "AWS::StepFunctions::StateMachineAlias" => &[
                &["RoutingConfiguration", "*", "StateMachineVersionArn"],
                &["DeploymentPreference", "StateMachineVersionArn"],
            ],
            "AWS::StepFunctions::StateMachineVersion" => &[&["StateMachineArn"]],
            _ => {
                if let Some(vertex) = self.vertex_of(id) {
                    found(Guard::ALWAYS, Target::of(vertex));
                }
                return;
            }
        };
        let is_fanned_out = self.text(resource.type_name) == "AWS::Kinesis::StreamConsumer";
        let Some(properties) = Branch::properties(resource).filter(|_| hops > 0) else { return };
        for branch in steps.iter().flat_map(|step| self.branches(properties, step)) {
            for (guard, reference) in self.references(branch) {
                let mut keep = |own, target: Target| {
                    let target = Target {
                        is_qualified: target.is_qualified || !is_fanned_out,
                        is_fanned_out: target.is_fanned_out || is_fanned_out,
                        ..target
                    };
                    found(self.and(guard, own), target);
                };
                match reference.resources.first() {
                    Some(next) => self.behind(next.id, hops - 1, &mut keep),
                    None => {
                        for (own, target) in self.inside(&reference, &[]) {
                            keep(own, target);
                        }
                    }
                }
            }
        }
    }

    fn by_own_name(&self, reference: &Reference, wanted: &[VertexKind]) -> Option<(VertexId, bool)> {
        const NAMED: &[VertexKind] = &[
            VertexKind::Function,
            VertexKind::Queue,
            VertexKind::Topic,
            VertexKind::Stream,
            VertexKind::Table,
            VertexKind::Bucket,
            VertexKind::EventBus,
            VertexKind::StateMachine,
        ];
        let wanted = if wanted.is_empty() { NAMED } else { wanted };
        wanted.iter().find_map(|&kind| {
            let (name, is_qualified) = own_name(kind, reference)?;
            let name = self.names().find(name)?;
            Some((self.named(kind, name)?, is_qualified))
        })
    }

    fn outside_of(&self, reference: &Reference, owner: Name, role: &str) -> Outside {
        let is_unknown = reference.text.is_empty() || reference.text == UNKNOWN;
        let name = if is_unknown {
            self.names().intern(&format!("{} {role}", self.text(owner)))
        } else {
            self.names().intern(&reference.text)
        };
        Outside { name, service: reference.service() }
    }
}

/// The name by which a text refers to a resource of this kind, and whether a qualifier follows it.
fn own_name(kind: VertexKind, reference: &Reference) -> Option<(&str, bool)> {
    let text = reference.text.as_str();
    let is_arn = text.starts_with("arn:");
    match kind {
        VertexKind::Function => {
            if let Some((_, rest)) = text.split_once(":function:") {
                let rest = rest.split_once('/').map_or(rest, |(name, _)| name);
                return Some(rest.split_once(':').map_or((rest, false), |(name, _)| (name, true)));
            }
            (!is_arn).then(|| text.split_once(':').map_or((text, false), |(name, _)| (name, true)))
        }
        VertexKind::Table => {
            let name = text.split_once(":table/").map_or(text, |(_, rest)| rest);
            Some((name.split_once('/').map_or(name, |(name, _)| name), false))
        }
        VertexKind::Bucket => {
            let name = text.split_once(":::").map_or(text, |(_, rest)| rest);
            Some((name.split_once('/').map_or(name, |(name, _)| name), false))
        }
        VertexKind::StateMachine => {
            let name = text.split_once(":stateMachine:").map_or(text, |(_, rest)| rest);
            Some(name.split_once(':').map_or((name, false), |(name, _)| (name, true)))
        }
        VertexKind::Queue
        | VertexKind::Topic
        | VertexKind::Stream
        | VertexKind::DeliveryStream
        | VertexKind::EventBus => Some((reference.last_segment(), false)),
        VertexKind::StreamConsumer
        | VertexKind::Rule
        | VertexKind::Schedule
        | VertexKind::Pipe
        | VertexKind::RestApi
        | VertexKind::HttpApi
        | VertexKind::WebSocketApi
        | VertexKind::Qualifier
        | VertexKind::Stage
        | VertexKind::Distribution
        | VertexKind::MethodSetting
        | VertexKind::CacheBehavior
        | VertexKind::TableIndex
        | VertexKind::GraphQlApi
        | VertexKind::GraphQlCache
        | VertexKind::GraphQlResolver
        | VertexKind::UserPool
        | VertexKind::Database
        | VertexKind::DatabaseProxy
        | VertexKind::Cache
        | VertexKind::TaskDefinition
        | VertexKind::Route
        | VertexKind::FunctionUrl
        | VertexKind::UserPoolTrigger
        | VertexKind::GraphQlField
        | VertexKind::TargetGroup
        | VertexKind::External
        | VertexKind::Other => None,
    }
}

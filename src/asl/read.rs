//! Reading the states of a definition.

use std::rc::Rc;

use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Resolver, TextPart, Val, ValueId};

use super::definition::Definition;
use super::substitution::Substitutions;
use super::{Call, Integration, Machine, State, StateKind};

/// The bound on maps in maps.
const MOST_LEVELS: usize = 32;
/// The bound on one machine's states; Step Functions takes a definition of 1 MB.
const MOST_STATES: usize = 10_000;

pub(super) fn machine(resolver: Resolver<'_>, id: Name) -> Option<Machine> {
    let template = resolver.template();
    let resource = template.resources.get(&id)?;
    let substitutions = resolver.follow(resource.properties, &["DefinitionSubstitutions"], resource.origin);
    let substitutions = substitutions.alternatives.into_iter().find_map(|(_, alt)| {
        let Alt::Map(map) = alt else { return None };
        Some(map)
    });
    let definition = Definition::new(resolver, Rc::new(Substitutions::read(resolver, substitutions)));
    let mut reader = Reader { resolver, machine: Machine { states: Vec::new(), is_complete: true } };
    let definitions = template.definitions_of(id);
    for can_be in definitions {
        match can_be.content {
            Some(root) => {
                let place = Place { guard: can_be.guard, is_in_express_child: false, depth: 0 };
                reader.level(&definition, root, place);
            }
            None => reader.machine.is_complete = false,
        }
    }
    definitions.iter().any(|can_be| can_be.content.is_some()).then_some(reader.machine)
}

struct Reader<'t> {
    resolver: Resolver<'t>,
    machine: Machine,
}

/// Where in a definition the reader is.
#[derive(Clone, Copy)]
struct Place {
    guard: Guard,
    is_in_express_child: bool,
    depth: usize,
}

impl Reader<'_> {
    /// The states of a definition, of a map's processor, or of a branch.
    fn level(&mut self, definition: &Definition<'_>, level: ValueId, place: Place) {
        let Some(states) = definition.get(level, "States") else {
            self.machine.is_complete = false;
            return;
        };
        let maps = definition.maps(states);
        self.machine.is_complete &= !maps.is_empty() && place.depth < MOST_LEVELS;
        if place.depth == MOST_LEVELS {
            return;
        }
        for (guard, states) in maps {
            for (name, body) in definition.entries(states) {
                let bodies = definition.maps(body);
                self.machine.is_complete &= !bodies.is_empty();
                for (own, state) in bodies {
                    let guard = self.and(self.and(place.guard, guard), own);
                    self.state(definition, (name, body), state, Place { guard, ..place });
                }
            }
        }
    }

    fn state(
        &mut self,
        definition: &Definition<'_>,
        (name, body): (Name, ValueId),
        state: ValueId,
        place: Place,
    ) {
        if self.machine.states.len() == MOST_STATES {
            self.machine.is_complete = false;
            return;
        }
        let origin = definition.origin(body);
        let kind = definition.get(state, "Type").and_then(|kind| definition.text(kind));
        let processor = definition.get(state, "ItemProcessor").or_else(|| definition.get(state, "Iterator"));
        let children = processor.map_or_else(Vec::new, |processor| definition.maps(processor));
        let mut is_express = place.is_in_express_child;
        let kind = match kind {
            Some("Task") => self.task(definition, state, origin),
            Some("Map") => {
                let config = children.iter().find_map(|(_, map)| definition.get(*map, "ProcessorConfig"));
                let setting = |key| config.and_then(|config| definition.get(config, key));
                let says = |key, word| {
                    setting(key).filter(|node| definition.text(*node).is_some_and(|text| text == word))
                };
                is_express |= says("ExecutionType", "EXPRESS").is_some();
                let mode = says("Mode", "DISTRIBUTED");
                let origin = mode.map_or(origin, |mode| definition.origin(mode));
                StateKind::Map { is_distributed: mode.is_some(), origin }
            }
            Some(_) => StateKind::Other,
            None => {
                self.machine.is_complete = false;
                StateKind::Other
            }
        };
        let Place { guard, is_in_express_child, depth } = place;
        self.machine.states.push(State { name, kind, is_in_express_child, guard, origin });
        for (own, child) in children {
            let guard = self.and(guard, own);
            self.level(definition, child, Place { guard, is_in_express_child: is_express, depth: depth + 1 });
        }
        let branches = definition.get(state, "Branches").map_or_else(Vec::new, |list| definition.items(list));
        for branch in branches {
            for (own, branch) in definition.maps(branch) {
                let guard = self.and(guard, own);
                self.level(
                    definition,
                    branch,
                    Place { guard, is_in_express_child: is_express, depth: depth + 1 },
                );
            }
        }
    }

    fn task(&mut self, definition: &Definition<'_>, state: ValueId, origin: Origin) -> StateKind {
        let unknown =
            StateKind::Task { resource: None, integration: Integration::Unknown, call: None, origin };
        let Some(node) = definition.get(state, "Resource") else {
            self.machine.is_complete = false;
            return unknown;
        };
        let origin = definition.origin(node);
        let val = definition.val(node);
        let [(_, alt)] = &val.alternatives[..] else {
            // Whichever function it is, it is called: only another kind of call would matter.
            let integration = if val.alternatives.iter().all(|(_, alt)| matches!(alt, Alt::Resource { .. })) {
                Integration::RequestResponse
            } else {
                self.machine.is_complete = false;
                Integration::Unknown
            };
            let call = Some(Call { action: None, target: val });
            return StateKind::Task { resource: None, integration, call, origin };
        };
        let (resource, text) = match alt {
            Alt::Scalar { text, .. } => (Some(*text), self.resolver.template().names.text(*text).to_owned()),
            Alt::Text(parts) => (None, self.shown(parts)),
            Alt::Resource { id, .. } => {
                let integration = self.of_resource(*id);
                let call = Some(Call { action: None, target: val });
                return StateKind::Task { resource: None, integration, call, origin };
            }
            Alt::Absent { .. } | Alt::OneOf { .. } | Alt::List(_) | Alt::Map(_) | Alt::Unknown(_) => {
                self.machine.is_complete = false;
                return StateKind::Task {
                    resource: None,
                    integration: Integration::Unknown,
                    call: None,
                    origin,
                };
            }
        };
        let Some((_, action)) = text.split_once(":states:::") else {
            let integration = if text.contains(":activity:") {
                Integration::Activity
            } else {
                Integration::RequestResponse
            };
            let call = Some(Call { action: None, target: val });
            return StateKind::Task { resource, integration, call, origin };
        };
        let (action, integration) = match action.split_once('.') {
            None => (action, Integration::RequestResponse),
            Some((action, suffix)) if suffix.starts_with("sync") => (action, Integration::Sync),
            Some((action, "waitForTaskToken")) => (action, Integration::Callback),
            Some((action, _)) => (action, Integration::Unknown),
        };
        let resource = resource.or_else(|| Some(self.resolver.template().names.intern(&text)));
        let call = argument(definition, state, action)
            .map(|target| Call { action: Some(self.resolver.template().names.intern(action)), target });
        StateKind::Task { resource, integration, call, origin }
    }

    fn of_resource(&self, id: Name) -> Integration {
        let template = self.resolver.template();
        let type_name = template.resources.get(&id).map(|resource| template.names.text(resource.type_name));
        if type_name == Some("AWS::StepFunctions::Activity") {
            Integration::Activity
        } else {
            Integration::RequestResponse
        }
    }

    /// A text with `*` for what is not known: enough to tell a service's action and its suffix.
    fn shown(&self, parts: &[TextPart]) -> String {
        parts
            .iter()
            .map(|part| match part {
                TextPart::Known(text) => self.resolver.template().names.text(*text),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => "*",
            })
            .collect()
    }

    fn and(&self, a: Guard, b: Guard) -> Guard {
        self.resolver.template().guards.and(a, b)
    }
}

/// What an action is on, from the task's arguments. A path into the input (`FunctionName.$`) is not known.
fn argument(definition: &Definition<'_>, state: ValueId, action: &str) -> Option<Val> {
    let (_, key) = ARGUMENTS.iter().find(|(name, _)| *name == action)?;
    let arguments = definition.get(state, "Parameters").or_else(|| definition.get(state, "Arguments"))?;
    let (_, arguments) = *definition.maps(arguments).first()?;
    let argument = definition.get(arguments, key)?;
    (!definition.is_null(argument)).then(|| definition.val(argument))
}

/// The argument that names what an action is on.
const ARGUMENTS: &[(&str, &str)] = &[
    ("lambda:invoke", "FunctionName"),
    ("aws-sdk:lambda:invoke", "FunctionName"),
    ("states:startExecution", "StateMachineArn"),
    ("aws-sdk:sfn:startExecution", "StateMachineArn"),
    ("aws-sdk:sfn:startSyncExecution", "StateMachineArn"),
    ("sqs:sendMessage", "QueueUrl"),
    ("aws-sdk:sqs:sendMessage", "QueueUrl"),
    ("sns:publish", "TopicArn"),
    ("aws-sdk:sns:publish", "TopicArn"),
    ("dynamodb:getItem", "TableName"),
    ("dynamodb:putItem", "TableName"),
    ("dynamodb:updateItem", "TableName"),
    ("dynamodb:deleteItem", "TableName"),
    ("aws-sdk:dynamodb:query", "TableName"),
    ("aws-sdk:dynamodb:scan", "TableName"),
];

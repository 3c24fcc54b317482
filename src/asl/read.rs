//! Reading the states of a definition, level by level.

use std::rc::Rc;

use crate::names::Name;
use crate::template::{Alt, Guard, Origin, Resolver, Val, ValueId};

use super::definition::Definition;
use super::limits::{MOST_LEVELS, MOST_STATES};
use super::substitution::Substitutions;
use super::{Field, Language, Level, Machine, Map, Next, State, StateKind, Task, call, retry};

pub(super) fn machine(resolver: Resolver<'_>, id: Name) -> Option<Machine> {
    let template = resolver.template();
    let resource = template.resources.get(&id)?;
    let substitutions = resolver.follow(resource.properties, &["DefinitionSubstitutions"], resource.origin);
    let substitutions = substitutions.alternatives.into_iter().find_map(|(_, alt)| {
        let Alt::Map(map) = alt else { return None };
        Some(map)
    });
    let definition = Definition::new(resolver, Rc::new(Substitutions::read(resolver, substitutions)));
    let machine = Machine { is_complete: true, ..Machine::default() };
    let mut reader = Reader { resolver, definition, machine };
    let definitions = template.definitions_of(id);
    for can_be in definitions {
        match can_be.content {
            Some(root) => {
                let place = Place {
                    guard: can_be.guard,
                    is_in_express_child: false,
                    inside: None,
                    language: Some(Language::JsonPath),
                    depth: 0,
                };
                let level = reader.level(root, resource.origin, place);
                reader.machine.definitions.extend(level);
            }
            None => reader.machine.is_complete = false,
        }
    }
    definitions.iter().any(|can_be| can_be.content.is_some()).then_some(reader.machine)
}

struct Reader<'t> {
    resolver: Resolver<'t>,
    definition: Definition<'t>,
    machine: Machine,
}

/// Where in a definition the reader is.
#[derive(Clone, Copy)]
struct Place {
    guard: Guard,
    is_in_express_child: bool,
    /// The map or the parallel state around it.
    inside: Option<usize>,
    /// What its values are written in where they do not say it.
    language: Option<Language>,
    depth: usize,
}

impl Reader<'_> {
    /// The states of a definition, of a map's processor, or of a branch. `None` where there are none to be read.
    fn level(&mut self, level: ValueId, owner: Origin, place: Place) -> Option<usize> {
        let Some(states) = self.definition.get(level, "States") else {
            self.machine.is_complete = false;
            return None;
        };
        let maps = self.definition.maps(states);
        self.machine.is_complete &= !maps.is_empty() && place.depth < MOST_LEVELS;
        if place.depth == MOST_LEVELS {
            return None;
        }
        let place = Place { language: self.language(level, place.language), ..place };
        let start = self.definition.get(level, "StartAt").and_then(|start| self.name(start));
        let timeout = self.definition.field(level, "TimeoutSeconds", Some("TimeoutSecondsPath"), owner);
        let index = self.machine.levels.len();
        self.machine.levels.push(Level { guard: place.guard, start, states: Vec::new(), timeout });
        for (guard, states) in maps {
            let entries: Vec<_> = self.definition.entries(states).collect();
            for (name, body) in entries {
                let bodies = self.definition.maps(body);
                self.machine.is_complete &= !bodies.is_empty();
                for (own, state) in bodies {
                    let guard = self.and(self.and(place.guard, guard), own);
                    let state = self.state((name, body), state, Place { guard, ..place });
                    self.machine.levels[index].states.extend(state);
                }
            }
        }
        Some(index)
    }

    fn state(&mut self, (name, body): (Name, ValueId), state: ValueId, place: Place) -> Option<usize> {
        if self.machine.states.len() == MOST_STATES {
            self.machine.is_complete = false;
            return None;
        }
        let origin = self.definition.origin(body);
        let index = self.machine.states.len();
        let inside = place.inside;
        let place = Place { language: self.language(state, place.language), inside: Some(index), ..place };
        let next = self.definition.get(state, "End").and_then(|end| self.definition.text(end));
        self.machine.states.push(State {
            name,
            kind: StateKind::Unknown,
            language: place.language,
            next: Next {
                state: self.definition.field(state, "Next", None, origin),
                is_end: next == Some("true"),
            },
            retriers: retry::retriers(&self.definition, state, origin),
            catchers: retry::catchers(&self.definition, state, origin),
            in_loop: None,
            is_in_express_child: place.is_in_express_child,
            inside,
            guard: place.guard,
            origin,
        });
        let kind = self.definition.get(state, "Type").and_then(|kind| self.definition.text(kind));
        let kind = match kind {
            Some("Task") => self.task(state, origin),
            Some("Map") => self.map(state, origin, place),
            Some("Parallel") => StateKind::Parallel(self.branches(state, origin, place)),
            Some("Choice") => StateKind::Choice {
                rules: self.definition.listed(state, "Choices", origin, |rule| {
                    self.definition.field(rule, "Next", None, self.definition.origin(rule))
                }),
                default: self.definition.field(state, "Default", None, origin),
            },
            Some("Wait") => StateKind::Wait(self.wait(state, origin)),
            Some("Pass") => StateKind::Pass,
            Some("Succeed") => StateKind::Succeed,
            Some("Fail") => StateKind::Fail,
            Some(_) | None => {
                self.machine.is_complete = false;
                StateKind::Unknown
            }
        };
        self.machine.states[index].kind = kind;
        Some(index)
    }

    fn task(&mut self, state: ValueId, owner: Origin) -> StateKind {
        let called = call::read(self.resolver, &self.definition, state, owner);
        self.machine.is_complete &= called.is_known;
        let seconds = |key, path| self.definition.field(state, key, Some(path), owner);
        StateKind::Task(Box::new(Task {
            resource: called.resource,
            integration: called.integration,
            call: called.call,
            timeout: seconds("TimeoutSeconds", "TimeoutSecondsPath"),
            heartbeat: seconds("HeartbeatSeconds", "HeartbeatSecondsPath"),
            origin: called.origin,
            through: called.through,
        }))
    }

    /// How long a wait is: a time of day, and a path into the input, only the execution tells.
    fn wait(&self, state: ValueId, owner: Origin) -> Field {
        let otherwise = ["SecondsPath", "Timestamp", "TimestampPath"];
        let otherwise = otherwise.into_iter().find(|key| self.definition.get(state, key).is_some());
        self.definition.field(state, "Seconds", otherwise, owner)
    }

    fn map(&mut self, state: ValueId, owner: Origin, place: Place) -> StateKind {
        let processor = self.definition.get(state, "ItemProcessor");
        let processor = processor.or_else(|| self.definition.get(state, "Iterator"));
        let children = processor.map_or_else(Vec::new, |processor| self.definition.maps(processor));
        let config = children.iter().find_map(|(_, map)| self.definition.get(*map, "ProcessorConfig"));
        let config = config.and_then(|config| self.definition.maps(config).first().copied());
        let mode = config.and_then(|(_, config)| self.definition.get(config, "Mode"));
        let mode = mode.filter(|mode| self.definition.text(*mode) == Some("DISTRIBUTED"));
        let execution_type = match config {
            Some((_, config)) => self.definition.field(config, "ExecutionType", None, owner),
            None => Field { val: Some(Val::always(Alt::Absent { at: owner })), origin: owner },
        };
        let is_express = config
            .and_then(|(_, config)| self.definition.get(config, "ExecutionType"))
            .is_some_and(|kind| self.definition.text(kind) == Some("EXPRESS"));
        let inside = Place {
            is_in_express_child: place.is_in_express_child || is_express,
            depth: place.depth + 1,
            ..place
        };
        let mut levels = Vec::new();
        for (own, child) in children {
            let guard = self.and(place.guard, own);
            levels.extend(self.level(child, owner, Place { guard, ..inside }));
        }
        let beside = |key: &str| {
            let holder = self.definition.get(state, key)?;
            let (_, holder) = *self.definition.maps(holder).first()?;
            let called = call::read(self.resolver, &self.definition, holder, owner);
            Some((called.call, called.origin))
        };
        let concurrency = self.definition.field(state, "MaxConcurrency", Some("MaxConcurrencyPath"), owner);
        let (reader, writer) = (beside("ItemReader"), beside("ResultWriter"));
        StateKind::Map(Box::new(Map {
            levels,
            is_distributed: mode.is_some(),
            mode_at: mode.map_or(owner, |mode| self.definition.origin(mode)),
            execution_type,
            concurrency,
            reader,
            writer,
        }))
    }

    fn branches(&mut self, state: ValueId, owner: Origin, place: Place) -> Vec<usize> {
        let branches = self.definition.listed(state, "Branches", owner, |branch| branch);
        self.machine.is_complete &= branches.is_known;
        let mut levels = Vec::new();
        for (own, branch) in branches.items {
            let place = Place { guard: self.and(place.guard, own), depth: place.depth + 1, ..place };
            levels.extend(self.level(branch, owner, place));
        }
        levels
    }

    /// What the values of a state or a level are written in: as it says, or as what is around it.
    fn language(&self, holder: ValueId, otherwise: Option<Language>) -> Option<Language> {
        match self.definition.get(holder, "QueryLanguage") {
            Some(stated) => self.definition.text(stated).and_then(Language::named),
            None => otherwise,
        }
    }

    fn name(&self, value: ValueId) -> Option<Name> {
        self.resolver.template().names.find(self.definition.text(value)?)
    }

    fn and(&self, a: Guard, b: Guard) -> Guard {
        self.resolver.template().guards.and(a, b)
    }
}

//! Variables: what a function, a task or a workflow is told, where that names a resource of the template.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::names::Name;
use crate::template::{Guard, Origin, OriginKind};

use super::branch::Branch;
use super::draft::Draft;
use super::{Fact, Plain, VertexId, VertexKind};

/// The variables in which one resource is told the name of another.
pub(super) type Mentions = IndexMap<(VertexId, VertexId), Vec<Variable>, FxBuildHasher>;

/// A variable that names a resource.
pub(super) struct Variable {
    pub(super) guard: Guard,
    pub(super) name: Name,
    pub(super) origin: Origin,
    /// What it says, the resource included: `https://${Api}.execute-api…`.
    pub(super) text: String,
    pub(super) attribute: Option<Name>,
    /// Only the text of the resource's own name says so.
    pub(super) is_by_name: bool,
    /// In another case it is what nobody knows here: a parameter, or what another stack exports.
    pub(super) is_open: bool,
}

impl Variable {
    pub(super) fn fact(&self) -> Fact {
        Fact::Derived { name: "Variable", value: Plain::Name(self.name), origin: self.origin }
    }

    /// Whether all functions of the template are told the same, which says of none that it uses it.
    pub(super) fn is_of_globals(&self) -> bool {
        self.origin.kind == OriginKind::Globals
    }
}

/// The environment variables of every function and every task that name a resource of the template.
pub(super) fn of_environments(draft: &Draft<'_>) -> Mentions {
    let mut found = Mentions::default();
    for (&id, resource) in &draft.template().resources {
        let Some((vertex, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else {
            continue;
        };
        let kind = draft.vertex(vertex).kind;
        if kind == VertexKind::Function {
            mention_all(draft, vertex, draft.branches(properties, &["Environment", "Variables"]), &mut found);
        } else if kind == VertexKind::TaskDefinition {
            mention_in_containers(draft, vertex, properties, &mut found);
        }
    }
    found
}

/// The substitutions of every workflow whose definition is not at hand: one that is says itself what they are for.
pub(super) fn of_unread_workflows(draft: &Draft<'_>) -> Mentions {
    let mut found = Mentions::default();
    for (vertex, resource) in draft.resources_of(VertexKind::StateMachine) {
        let Some(properties) = Branch::properties(resource) else { continue };
        if !draft.graph.machines.iter().any(|machine| machine.vertex == vertex) {
            mention_all(draft, vertex, draft.branches(properties, &["DefinitionSubstitutions"]), &mut found);
        }
    }
    found
}

fn mention_all(draft: &Draft<'_>, owner: VertexId, variables: Vec<Branch>, found: &mut Mentions) {
    for (name, value) in variables.into_iter().flat_map(|variables| draft.entries(variables)) {
        mention(draft, owner, name, value, found);
    }
}

fn mention_in_containers(draft: &Draft<'_>, task: VertexId, properties: Branch, found: &mut Mentions) {
    for variable in draft.branches(properties, &["ContainerDefinitions", "*", "Environment", "*"]) {
        let Some(name) = draft.known_text_at(variable, &["Name"]) else { continue };
        let name = draft.names().intern(name);
        for value in draft.branches(variable, &["Value"]) {
            mention(draft, task, name, value, found);
        }
    }
}

fn mention(draft: &Draft<'_>, owner: VertexId, name: Name, value: Branch, found: &mut Mentions) {
    let references = draft.references(value);
    let is_open = references.iter().any(|(_, other)| other.is_unknown());
    for (guard, reference) in references {
        for (own, target) in draft.inside(&reference, &[]) {
            found.entry((owner, target.vertex)).or_default().push(Variable {
                guard: draft.and(guard, own),
                name,
                origin: draft.values().origin(value.value),
                text: reference.text.clone(),
                attribute: reference.resources.first().and_then(|mention| mention.attribute),
                is_by_name: target.is_by_name,
                is_open,
            });
        }
    }
}

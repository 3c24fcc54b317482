//! Archives of EventBridge: what a bus carried is kept, and can be sent again.

use crate::names::Name;
use crate::template::{Guard, Resource};

use super::branch::{Branch, Presence};
use super::draft::Draft;
use super::{VertexId, VertexKind};

/// A bus of events.
#[derive(PartialEq, Eq)]
enum Bus {
    /// One of this template.
    Here(VertexId),
    /// One that only its name tells of.
    Named(String),
}

/// The bus of whatever names none.
const DEFAULT_BUS: &str = "default";

/// States of every rule whether its bus has an archive in the template, and whether the bus is not in the template, so that
/// an archive of it would not be either: it is another stack's, or only the deployment tells its name.
pub(super) fn mark(draft: &mut Draft<'_>) {
    let mut archives: Vec<(Guard, Option<Bus>)> = Vec::new();
    for (id, archive) in each(draft, "AWS::Events::Archive") {
        let own = draft.resolver.guard_of(id);
        let kept = buses(draft, archive, "SourceArn").into_iter();
        archives.extend(kept.map(|(guard, bus)| (draft.and(own, guard), bus)));
    }
    let rules: Vec<_> = each(draft, "AWS::Events::Rule")
        .filter_map(|(id, rule)| {
            Some((draft.vertex_of(id)?, rule.origin, buses(draft, rule, "EventBusName")))
        })
        .collect();
    for (vertex, origin, buses) in rules {
        let guards = &draft.template().guards;
        let (mut holds, mut unsure) = (Guard::NEVER, Guard::NEVER);
        for (guard, bus) in &buses {
            for (when, kept) in &archives {
                let both = guards.and(*guard, *when);
                match (bus, kept) {
                    (Some(bus), Some(kept)) if bus == kept => holds = guards.or(holds, both),
                    (Some(_), Some(_)) => {}
                    (None, _) | (_, None) => unsure = guards.or(unsure, both),
                }
            }
        }
        let elsewhere = buses.iter().filter(|(_, bus)| match bus {
            None => true,
            Some(Bus::Named(name)) => name != DEFAULT_BUS,
            Some(Bus::Here(_)) => false,
        });
        let elsewhere = elsewhere.fold(Guard::NEVER, |either, (guard, _)| guards.or(either, *guard));
        draft.add_claim_unless(vertex, "Archived", (holds, unsure), origin);
        draft.add_claim_unless(vertex, "BusElsewhere", (elsewhere, Guard::NEVER), origin);
    }
}

fn each<'d>(draft: &'d Draft<'_>, kind: &'static str) -> impl Iterator<Item = (Name, &'d Resource)> {
    let resources = draft.template().resources.iter();
    resources
        .filter(move |(_, resource)| draft.text(resource.type_name) == kind)
        .map(|(id, resource)| (*id, resource))
}

/// The buses that a property names, each when it does; `None` for one that cannot be told from another.
fn buses(draft: &Draft<'_>, resource: &Resource, property: &str) -> Vec<(Guard, Option<Bus>)> {
    let Presence { absent, .. } = draft.presences(resource, &[property]);
    let mut found = vec![(absent, Some(Bus::Named(DEFAULT_BUS.to_owned())))];
    let named = Branch::properties(resource).map(|properties| draft.branches(properties, &[property]));
    for name in named.into_iter().flatten() {
        for (guard, reference) in draft.references(name) {
            let here = draft.inside(&reference, &[VertexKind::EventBus]);
            if here.is_empty() {
                let name =
                    reference.is_fully_named().then(|| Bus::Named(reference.last_segment().to_owned()));
                found.push((guard, name));
            }
            let here = here.into_iter();
            found.extend(here.map(|(own, bus)| (draft.and(guard, own), Some(Bus::Here(bus.vertex)))));
        }
    }
    found.retain(|(guard, _)| *guard != Guard::NEVER);
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, resources};

    #[test]
    fn a_bus_that_is_named_and_not_defined_here_is_elsewhere() {
        for (bus, elsewhere) in [
            ("", "false"),
            ("EventBusName: default", "false"),
            ("EventBusName: !Ref Bus", "false"),
            ("EventBusName: shop", "true"),
            ("EventBusName: !ImportValue bus", "true"),
            ("EventBusName: !Ref Name", "true"),
        ] {
            let template = resources(&format!(
                "  Bus: {{Type: 'AWS::Events::EventBus'}}
  R: {{Type: 'AWS::Events::Rule', Properties: {{{bus}}}}}
"
            ));
            assert_eq!(fact(&template, "R", "BusElsewhere"), elsewhere, "{bus}");
        }
    }

    fn archived(bus: &str, source: &str) -> String {
        let template = resources(&format!(
            "  Bus: {{Type: 'AWS::Events::EventBus', Properties: {{Name: orders}}}}
  R: {{Type: 'AWS::Events::Rule', Properties: {{{bus}}}}}
  A: {{Type: 'AWS::Events::Archive', Properties: {{SourceArn: {source}}}}}
"
        ));
        fact(&template, "R", "Archived")
    }

    #[test]
    fn a_rule_is_archived_where_its_bus_has_an_archive() {
        let default =
            "!Sub 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default'";
        for (bus, source, is_archived) in [
            ("EventBusName: !Ref Bus", "!GetAtt Bus.Arn", "true"),
            ("EventBusName: orders", "!GetAtt Bus.Arn", "true"),
            ("State: ENABLED", "!GetAtt Bus.Arn", "false"),
            ("State: ENABLED", default, "true"),
            ("EventBusName: default", default, "true"),
            ("EventBusName: !GetAtt Bus.Arn", default, "false"),
            ("EventBusName: !ImportValue bus", default, "unknown"),
            ("EventBusName: !Ref Bus", "!ImportValue bus", "unknown"),
        ] {
            assert_eq!(archived(bus, source), is_archived, "{bus}, {source}");
        }
    }
}

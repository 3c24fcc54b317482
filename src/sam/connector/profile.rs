//! What a connector allows between two types, read from the table beside this file.

/// One statement, or one permission of a function, that a connector makes.
#[derive(Clone, Copy, Debug)]
pub(in crate::sam) struct Profile {
    pub(super) source: &'static str,
    pub(super) destination: &'static str,
    /// `Read` or `Write`.
    pub(in crate::sam) access: &'static str,
    /// Whether the pair takes no set of permissions without this one.
    pub(super) is_required: bool,
    pub(super) output: Output,
    pub(super) waiting: Option<Waiting>,
    /// The service that may act, in a policy of the destination.
    pub(super) principal: &'static str,
    actions: &'static str,
    resources: &'static str,
    /// The ARN that the service acts for.
    pub(super) caller: &'static str,
}

/// What states the permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// A managed policy for the source's role.
    SourcePolicy,
    /// A managed policy for the destination's role.
    DestinationPolicy,
    /// A permission on the function.
    Permission,
    /// A policy of the topic.
    TopicPolicy,
    /// A policy of the queue.
    QueuePolicy,
}

/// What must not be made before its role has the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// The event source mapping from the source to the function.
    Mapping,
    /// The source itself.
    Source,
}

impl Profile {
    pub(in crate::sam) fn actions(self) -> impl Iterator<Item = &'static str> {
        self.actions.split(' ')
    }

    /// ARNs in which `{Source.Arn}` and the like stand for what an end of the connector says.
    pub(super) fn resources(self) -> impl Iterator<Item = &'static str> {
        self.resources.split(' ')
    }

    fn of_line(line: &'static str) -> Option<Self> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [source, destination, access, demand, output, waiting, principal, actions, resources, caller] =
            columns[..]
        else {
            return None;
        };
        let output = match output {
            "source-policy" => Output::SourcePolicy,
            "destination-policy" => Output::DestinationPolicy,
            "permission" => Output::Permission,
            "topic-policy" => Output::TopicPolicy,
            "queue-policy" => Output::QueuePolicy,
            _ => return None,
        };
        let waiting = match waiting {
            "mapping" => Some(Waiting::Mapping),
            "source" => Some(Waiting::Source),
            _ => None,
        };
        let is_required = demand == "required";
        Some(Self {
            source,
            destination,
            access,
            is_required,
            output,
            waiting,
            principal,
            actions,
            resources,
            caller,
        })
    }
}

/// What connectors from one type to another can allow; nothing where there are none.
pub(in crate::sam) fn profiles(source: &str, destination: &str) -> Vec<Profile> {
    lines()
        .filter_map(Profile::of_line)
        .filter(|profile| profile.source == source && profile.destination == destination)
        .collect()
}

/// The lines after the comments and the names of the columns.
fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("profiles.tsv").lines().filter(|line| !line.starts_with('#')).skip(1)
}

#[cfg(test)]
mod tests {
    use super::{Profile, lines};

    #[test]
    fn every_line_of_the_table_is_a_profile() {
        for line in lines() {
            let profile = Profile::of_line(line).unwrap_or_else(|| panic!("{line}"));
            assert!(matches!(profile.access, "Read" | "Write"), "{line}");
            assert!(profile.actions().all(|action| action.contains(':')), "{line}");
            assert!(profile.resources().all(|resource| !resource.is_empty()), "{line}");
        }
    }
}

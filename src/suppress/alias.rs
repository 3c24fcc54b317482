//! The rules of other linters that are rules of ours by another name: what is suppressed there stays suppressed here.

use crate::rule::Selector;

/// The linter that an id is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// cfn-lint with its plug-in serverless-rules: ids like `ES1005`.
    CfnLint,
    /// cdk-nag: ids like `Serverless-LambdaDefaultMemorySize`, the pack's name before that of the rule.
    CdkNag,
}

/// An id of another linter, and the rule of ours that asks for the same.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) peer: Peer,
    /// The id; of cdk-nag the name of the rule, which is the same in every pack.
    pub(crate) id: &'static str,
    /// Our id.
    pub(crate) rule: &'static str,
    /// Why they are the same.
    pub(crate) because: &'static str,
}

/// All of them. What asks for less or for something else is no alias: docs/from-cfn-lint.md has the rest.
pub(crate) const ALIASES: &[Alias] = &[
    Alias {
        peer: Peer::CfnLint,
        id: "E3505",
        rule: "SLP201",
        because: "both hold the queue's VisibilityTimeout against its consumer's Timeout, once",
    },
    Alias {
        peer: Peer::CfnLint,
        id: "ES1005",
        rule: "SLP301",
        because: "both ask for a MemorySize that somebody has chosen",
    },
    Alias {
        peer: Peer::CfnLint,
        id: "I2530",
        rule: "SLP401",
        because: "both ask for SnapStart on Java functions, SLP401 only on those that someone waits for",
    },
    Alias {
        peer: Peer::CfnLint,
        id: "W2530",
        rule: "SLP402",
        because: "both ask for a published version of a function with SnapStart",
    },
    Alias {
        peer: Peer::CfnLint,
        id: "ES1001",
        rule: "SLP214",
        because: "both ask for a failure destination of a stream's mapping, SLP214 only where it gives up at all",
    },
    Alias {
        peer: Peer::CfnLint,
        id: "ES1006",
        rule: "SLP303",
        because: "both ask for a Timeout that somebody has chosen, SLP303 only where the default is short",
    },
    Alias {
        peer: Peer::CfnLint,
        id: "ES6000",
        rule: "SLP210",
        because: "both ask for a dead-letter queue of a queue, SLP210 only of one that feeds a function",
    },
    Alias {
        peer: Peer::CdkNag,
        id: "LambdaDefaultMemorySize",
        rule: "SLP301",
        because: "both ask for a MemorySize that somebody has chosen",
    },
    Alias {
        peer: Peer::CdkNag,
        id: "LambdaEventSourceSQSVisibilityTimeout",
        rule: "SLP202",
        because: "both ask for six times the consumer's Timeout",
    },
    Alias {
        peer: Peer::CdkNag,
        id: "DynamoDBAutoScalingEnabled",
        rule: "SLP308",
        because: "both ask for scalable targets for reads and writes of a provisioned table; \
                  where only an index lacks them, SLP308 is silent anyway",
    },
    Alias {
        peer: Peer::CdkNag,
        id: "LambdaDefaultTimeout",
        rule: "SLP303",
        because: "both ask for a Timeout that somebody has chosen, SLP303 only where the default is short",
    },
    Alias {
        peer: Peer::CdkNag,
        id: "LambdaEventSourceMappingDestination",
        rule: "SLP214",
        because: "both ask for a failure destination of a stream's mapping, SLP214 only where it gives up at all",
    },
    Alias {
        peer: Peer::CdkNag,
        id: "SQSRedrivePolicy",
        rule: "SLP210",
        because: "both ask for a dead-letter queue of a queue, SLP210 only of one that feeds a function",
    },
];

impl Alias {
    /// The alias of an id as people write it.
    pub(crate) fn of(id: &str) -> Option<&'static Self> {
        ALIASES.iter().find(|alias| alias.is_written(id))
    }

    /// What it selects.
    pub(crate) fn selector(&self) -> Selector {
        Selector::Rule(self.rule.to_owned())
    }

    fn is_written(&self, id: &str) -> bool {
        match self.peer {
            Peer::CfnLint => id.eq_ignore_ascii_case(self.id),
            Peer::CdkNag => {
                id.rsplit_once('-').is_some_and(|(pack, name)| !pack.is_empty() && name == self.id)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::rule::Catalogue;

    #[test]
    fn every_alias_leads_to_a_rule_and_none_hides_one() {
        let catalogue = Catalogue::built_in();
        for alias in ALIASES {
            assert!(catalogue.page(alias.rule).is_some(), "{} leads to no rule", alias.id);
            assert!(catalogue.page(alias.id).is_none(), "{} is a rule of ours", alias.id);
        }
        let ids: BTreeSet<&str> = ALIASES.iter().map(|alias| alias.id).collect();
        assert_eq!(ids.len(), ALIASES.len(), "one id leads to two rules");
    }

    #[test]
    fn a_rule_of_cdk_nag_is_known_in_every_pack_and_only_whole() {
        let rule = |id: &str| Alias::of(id).map(|alias| alias.rule);
        assert_eq!(rule("Serverless-LambdaDefaultMemorySize"), Some("SLP301"));
        assert_eq!(rule("HIPAA.Security-DynamoDBAutoScalingEnabled"), Some("SLP308"));
        assert_eq!(rule("LambdaDefaultMemorySize"), None);
        assert_eq!(rule("es1005"), Some("SLP301"));
        assert_eq!(rule("ES100"), None);
    }

    #[test]
    fn the_page_for_those_who_switch_has_every_alias_with_its_reason() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/from-cfn-lint.md");
        let page = fs::read_to_string(page).unwrap();
        for Alias { id, rule, because, .. } in ALIASES {
            let is_there = |line: &str| {
                line.contains(&format!("{id}`")) && line.contains(rule) && line.contains(because)
            };
            assert!(page.lines().any(is_there), "{id} → {rule}: {because}");
        }
        let claims = page.lines().filter(|line| line.contains("| SLP")).count();
        assert_eq!(claims, ALIASES.len(), "the page claims other aliases than the program knows");
    }
}

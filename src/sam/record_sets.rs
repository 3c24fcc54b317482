//! `Route53` of a custom domain: the records by which its name leads to it, in a group for each hosted zone.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::names::Name;
use crate::template::{Entry, Origin, ValueId};

use super::domain::Domain;
use super::{Expansion, Subject};

/// How a custom domain is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// Through the CloudFront distribution that comes with the domain.
    Edge,
    /// In its region.
    Regional,
    /// Through a VPC endpoint.
    Private,
}

/// The records of one domain.
pub(super) struct RecordSets {
    subject: Subject,
    at: Origin,
    /// The group that they belong to.
    group: Name,
    /// The group's hosted zone.
    zone: Vec<Entry>,
    sets: Vec<ValueId>,
}

/// The hosted zone of every CloudFront distribution.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

const RECORD_SET_GROUP: &str = "AWS::Route53::RecordSetGroup";

impl Expansion<'_> {
    /// The records of a domain: into the group of its hosted zone, or where it may be and its author wants it,
    /// into one of their own.
    pub(super) fn add_records(&mut self, subject: &Subject, domain: &Domain, may_stand_alone: bool) {
        let Some(route) = self.property(Some(domain.map), "Route53") else {
            return;
        };
        let at = self.place_of(route);
        let zone_name =
            ["HostedZoneId", "HostedZoneName"].iter().find_map(|key| self.property(Some(route), key));
        let Some(zone_name) = zone_name else {
            if !self.template.values.is_open(route) {
                let message = "Route53 has neither HostedZoneId nor HostedZoneName, so that no record leads to the domain";
                self.tell(at.at_key(), message.to_owned());
            }
            return;
        };
        let mut zone = Vec::new();
        self.put_same(&mut zone, Some(route), &["HostedZoneId", "HostedZoneName"]);
        let sets = self.record_sets(domain, route);
        let alone = self.property(Some(route), "SeparateRecordSetGroup").filter(|_| may_stand_alone);
        if alone.is_some_and(|alone| self.is_true(Some(self.resolved(alone)))) {
            let digits = self.digits_of_both(zone_name, &self.canonical(domain.name));
            let group = self.id(&["RecordSetGroup", &digits]);
            self.make_record_set_group(RecordSets { subject: subject.clone(), at, group, zone, sets });
        } else {
            let group = self.id(&["RecordSetGroup", &self.digits_of(zone_name)]);
            self.record_sets.push(RecordSets { subject: subject.clone(), at, group, zone, sets });
        }
    }

    /// The groups that APIs share. The first of them in the template decides what else there is to say of one.
    pub(super) fn make_record_set_groups(&mut self) {
        let mut records = std::mem::take(&mut self.record_sets);
        records.sort_by_key(|records| self.places.get(&records.subject.id).copied());
        let mut groups: IndexMap<Name, RecordSets, FxBuildHasher> = IndexMap::default();
        for records in records {
            match groups.get_mut(&records.group) {
                Some(group) => group.sets.extend(records.sets),
                None => {
                    groups.insert(records.group, records);
                }
            }
        }
        for group in groups.into_values() {
            self.make_record_set_group(group);
        }
    }

    fn make_record_set_group(&mut self, records: RecordSets) {
        let RecordSets { subject, at, group, zone: mut entries, sets } = records;
        let sets = self.list(at, sets);
        self.put(&mut entries, "RecordSets", sets);
        self.make(&subject, at, group, RECORD_SET_GROUP, entries);
    }

    /// One record for IPv4, and one for IPv6 where it is asked for.
    fn record_sets(&mut self, domain: &Domain, route: ValueId) -> Vec<ValueId> {
        let at = self.place_of(route);
        let target = self.alias_target(domain, route);
        let has_ipv6 =
            self.property(Some(route), "IpV6").is_some_and(|ipv6| self.is_true(Some(self.resolved(ipv6))));
        let kinds: &[&str] = if has_ipv6 { &["A", "AAAA"] } else { &["A"] };
        let mut sets = Vec::new();
        for kind in kinds {
            let kind = self.text(at, kind);
            let mut entries = Vec::new();
            self.put(&mut entries, "Name", domain.name);
            self.put(&mut entries, "Type", kind);
            self.put(&mut entries, "AliasTarget", target);
            self.put_same(&mut entries, Some(route), &["Region", "SetIdentifier"]);
            sets.push(self.map_of(at, entries));
        }
        sets
    }

    fn alias_target(&mut self, domain: &Domain, route: ValueId) -> ValueId {
        let at = self.place_of(route);
        let (zone, host) = match domain.endpoint {
            Endpoint::Regional => (
                Some(self.attribute(at, domain.id, "RegionalHostedZoneId")),
                Some(self.attribute(at, domain.id, "RegionalDomainName")),
            ),
            Endpoint::Edge => {
                let zone = self.text(at, CLOUDFRONT_ZONE);
                let host = match self.property(Some(route), "DistributionDomainName") {
                    Some(host) => host,
                    None => self.attribute(at, domain.id, "DistributionDomainName"),
                };
                (Some(zone), Some(host))
            }
            Endpoint::Private => (
                self.property(Some(route), "VpcEndpointHostedZoneId"),
                self.property(Some(route), "VpcEndpointDomainName"),
            ),
        };
        let mut entries = Vec::new();
        self.put_same(&mut entries, Some(route), &["EvaluateTargetHealth"]);
        self.put_some(&mut entries, "HostedZoneId", zone);
        self.put_some(&mut entries, "DNSName", host);
        self.map_of(at, entries)
    }
}

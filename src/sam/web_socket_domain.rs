//! `Domain` of a WebSocket API: the domain name, the paths on which the API answers there, and the records that
//! lead to it.

use serde_json::json;

use crate::names::Name;
use crate::template::{Call, Data, Entry, Origin, SubPart, ValueId};

use super::ids::ten_digits;
use super::{Expansion, Subject};

/// The only kind of endpoint that such a domain can have.
const REGIONAL: &str = "REGIONAL";

/// The properties of a domain's configuration that keep their names.
const CONFIGURATION: &[&str] = &["OwnershipVerificationCertificateArn", "SecurityPolicy"];

/// The properties of `Route53` that are each record's.
const RECORD: &[&str] = &["Region", "SetIdentifier"];

/// The domain name of one API.
struct Domain {
    /// `Domain`.
    settings: ValueId,
    name: ValueId,
    id: Name,
}

impl Expansion<'_> {
    /// The domain name `ApiGatewayDomainNameV2<digits>`, what maps it to the API's stage, and its records.
    pub(super) fn make_web_socket_domain(&mut self, subject: &Subject, stage: Name, tags: ValueId) {
        let Some(settings) = self.property(subject.properties, "Domain") else {
            return;
        };
        let certificate = self.property(Some(settings), "CertificateArn");
        let name = self.property(Some(settings), "DomainName");
        let (Some(certificate), Some(name)) = (certificate, name) else {
            if !self.template.values.is_open(settings) {
                let location = self.template.values.origin(settings).at_key();
                self.tell(location, "Domain needs both DomainName and CertificateArn".to_owned());
            }
            return;
        };
        let at = self.place_of(settings);
        let id = self.id(&["ApiGatewayDomainNameV2", &self.digits_of_name(subject, name)]);
        let endpoint = match self.property(Some(settings), "EndpointConfiguration") {
            Some(endpoint) => {
                self.tell_about_endpoint(endpoint);
                endpoint
            }
            None => self.text(at, REGIONAL),
        };
        let mut configuration: Vec<Entry> = Vec::new();
        self.put(&mut configuration, "CertificateArn", certificate);
        self.put(&mut configuration, "EndpointType", endpoint);
        self.put_same(&mut configuration, Some(settings), CONFIGURATION);
        let configuration = self.map_of(at, configuration);
        let configurations = self.list(at, vec![configuration]);
        let mut entries = Vec::new();
        self.put(&mut entries, "DomainName", name);
        self.put(&mut entries, "DomainNameConfigurations", configurations);
        self.put(&mut entries, "Tags", tags);
        self.make(subject, at, id, "AWS::ApiGatewayV2::DomainName", entries);
        self.refer(subject.id, "DomainName", id);

        let domain = Domain { settings, name, id };
        self.make_mappings(subject, &domain, stage);
        self.make_records(subject, &domain);
    }

    fn tell_about_endpoint(&mut self, endpoint: ValueId) {
        let is_other = match self.resolved_scalar(endpoint) {
            Some(kind) => self.text_of(kind) != REGIONAL,
            None => false,
        };
        if is_other {
            let location = self.template.values.origin(endpoint).at_value();
            self.tell(location, format!("The domain of a WebSocket API can only be {REGIONAL}"));
        }
    }

    /// The mapping `<W>ApiMapping`, or one `<W><path>ApiMapping` for each of `BasePath`.
    fn make_mappings(&mut self, subject: &Subject, domain: &Domain, stage: Name) {
        let Some(paths) = self.property(Some(domain.settings), "BasePath") else {
            let at = self.place_of(domain.settings);
            let id = self.id_after(subject.id, "ApiMapping");
            self.make_mapping(subject, at, id, (domain, stage), None);
            return;
        };
        let paths = match self.template.values.data(paths) {
            Data::List(paths) => paths.clone(),
            Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => vec![paths],
        };
        for path in paths {
            let origin = self.template.values.origin(path);
            let Some(text) = self.resolved_scalar(path).map(|path| self.text_of(path).to_owned()) else {
                self.tell(origin.at_value(), "An entry of BasePath is not a text".to_owned());
                continue;
            };
            if !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_')) {
                let message =
                    format!("BasePath {text} has other characters than letters, digits, /, - and _");
                self.tell(origin.at_value(), message);
            }
            // The slashes around a path are no part of it.
            let key = self.text(origin, text.trim_matches('/'));
            let part: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            let id = self.id(&[self.text_of(subject.id), &part, "ApiMapping"]);
            self.make_mapping(subject, origin, id, (domain, stage), Some(key));
        }
    }

    fn make_mapping(
        &mut self,
        subject: &Subject,
        at: Origin,
        id: Name,
        (domain, stage): (&Domain, Name),
        key: Option<ValueId>,
    ) {
        let at = at.generated();
        let api = self.reference(at, subject.id);
        let (domain, stage) = (self.reference(at, domain.id), self.reference(at, stage));
        let mut entries = Vec::new();
        self.put(&mut entries, "DomainName", domain);
        self.put(&mut entries, "ApiId", api);
        self.put(&mut entries, "Stage", stage);
        self.put_some(&mut entries, "ApiMappingKey", key);
        self.make(subject, at, id, "AWS::ApiGatewayV2::ApiMapping", entries);
    }

    /// The group of the domain's records, `RecordSetGroup<digits>`. Of several WebSocket APIs in one zone, the
    /// last has the group for itself.
    fn make_records(&mut self, subject: &Subject, domain: &Domain) {
        let Some(route53) = self.property(Some(domain.settings), "Route53") else {
            return;
        };
        let by_id = self.property(Some(route53), "HostedZoneId").map(|zone| ("HostedZoneId", zone));
        let by_name = || self.property(Some(route53), "HostedZoneName").map(|zone| ("HostedZoneName", zone));
        let Some((zone_key, zone)) = by_id.or_else(by_name) else {
            if !self.template.values.is_open(route53) {
                let location = self.template.values.origin(route53).at_key();
                self.tell(location, "Route53 needs HostedZoneId or HostedZoneName".to_owned());
            }
            return;
        };
        let at = self.place_of(route53);
        let mut records = vec![self.record(at, "A", domain, route53)];
        if self.is_true(self.property(Some(route53), "IpV6")) {
            records.push(self.record(at, "AAAA", domain, route53));
        }
        let digits = self.digits_of_name(subject, zone);
        let group = self.id(&["RecordSetGroup", &digits]);
        let records = self.list(at, records);
        let mut entries = Vec::new();
        self.put(&mut entries, zone_key, zone);
        self.put(&mut entries, "RecordSets", records);
        self.make(subject, at, group, "AWS::Route53::RecordSetGroup", entries);
    }

    fn record(&mut self, at: Origin, kind: &str, domain: &Domain, route53: ValueId) -> ValueId {
        let host = self.attribute(at, domain.id, "RegionalDomainName");
        let zone = self.attribute(at, domain.id, "RegionalHostedZoneId");
        let mut alias = Vec::new();
        self.put_same(&mut alias, Some(route53), &["EvaluateTargetHealth"]);
        self.put(&mut alias, "HostedZoneId", zone);
        self.put(&mut alias, "DNSName", host);
        let alias = self.map_of(at, alias);
        let kind = self.text(at, kind);
        let mut entries = Vec::new();
        self.put(&mut entries, "Name", domain.name);
        self.put(&mut entries, "Type", kind);
        self.put(&mut entries, "AliasTarget", alias);
        self.put_same(&mut entries, Some(route53), RECORD);
        self.map_of(at, entries)
    }

    /// Ten digits of a text, a `Ref`, an `Fn::GetAtt` or an `Fn::Sub`: the transform's own. Of another intrinsic
    /// they are only stable.
    fn digits_of_name(&self, subject: &Subject, value: ValueId) -> String {
        if let Some(text) = self.resolved_scalar(value) {
            return ten_digits(self.text_of(text));
        }
        let Data::Call(call) = self.template.values.data(value) else {
            return ten_digits(self.text_of(subject.id));
        };
        let json = if let Call::Ref(name) = call.as_ref() {
            json!({ "Ref": self.text_of(*name) })
        } else if let Call::GetAtt(id, attribute) = call.as_ref() {
            json!({ "Fn::GetAtt": [self.text_of(*id), self.text_of(*attribute)] })
        } else if let Call::Sub(parts) = call.as_ref() {
            let text: String = parts.iter().map(|part| self.resolved_part(*part)).collect();
            json!({ "Fn::Sub": text })
        } else {
            return ten_digits(self.text_of(subject.id));
        };
        ten_digits(&json.to_string())
    }

    /// A piece of `Fn::Sub` with parameters replaced by what they are unless told otherwise.
    fn resolved_part(&self, part: SubPart) -> String {
        match part {
            SubPart::Text(text) => self.text_of(text).to_owned(),
            SubPart::Ref(name) | SubPart::Bound(name, _) => {
                let parameter = self.template.parameters.get(&name).and_then(|parameter| parameter.default);
                match self.scalar(parameter) {
                    Some(default) => default.to_owned(),
                    None => ["${", self.text_of(name), "}"].concat(),
                }
            }
            SubPart::GetAtt(id, attribute) => {
                ["${", self.text_of(id), ".", self.text_of(attribute), "}"].concat()
            }
        }
    }
}

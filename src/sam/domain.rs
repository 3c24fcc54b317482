//! `Domain` of an API: its custom domain, the paths under which the API is reached there, and the private
//! access to it.

use crate::names::Name;
use crate::template::{Data, Entry, Origin, ValueId};

use super::record_sets::Endpoint;
use super::{Expansion, Subject};

/// Types that an author may write under an id of a made one: the made one takes its place.
pub(super) const REPLACING: &[&str] = &[
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::BasePathMappingV2",
];

/// The kinds of API that have custom domains of different types.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Rest,
    Http,
}

/// A custom domain as its author wants it.
pub(super) struct Domain {
    /// The map.
    pub(super) map: ValueId,
    at: Origin,
    /// `DomainName`.
    pub(super) name: ValueId,
    certificate: ValueId,
    pub(super) endpoint: Endpoint,
    /// What the author says of the endpoint.
    endpoint_type: ValueId,
    /// The resource that the domain is.
    pub(super) id: Name,
}

/// A path of the domain under which the API is reached.
struct BasePath {
    at: Origin,
    /// `None` where the API is reached without one, or where it is not known yet.
    text: Option<Name>,
    /// What the author wrote.
    value: Option<ValueId>,
}

/// What a REST API's domain is made of.
struct RestForm {
    domain: &'static str,
    mapping: &'static str,
    /// The mapping's property for the domain.
    address: &'static str,
    /// The domain's name in references like `Api.DomainName`.
    referred_as: &'static str,
    /// The properties that keep their names.
    same: &'static [&'static str],
    /// The property that only the other form has.
    refused: &'static str,
}

const PUBLIC: RestForm = RestForm {
    domain: "AWS::ApiGateway::DomainName",
    mapping: "AWS::ApiGateway::BasePathMapping",
    address: "DomainName",
    referred_as: "DomainName",
    same: &[
        "SecurityPolicy",
        "EndpointAccessMode",
        "MutualTlsAuthentication",
        "OwnershipVerificationCertificateArn",
    ],
    refused: "Policy",
};

const PRIVATE: RestForm = RestForm {
    domain: "AWS::ApiGateway::DomainNameV2",
    mapping: "AWS::ApiGateway::BasePathMappingV2",
    address: "DomainNameArn",
    referred_as: "DomainNameV2",
    same: &["SecurityPolicy", "EndpointAccessMode", "Policy"],
    refused: "OwnershipVerificationCertificateArn",
};

/// What `MutualTlsAuthentication` may say.
const TRUSTSTORE: &[&str] = &["TruststoreUri", "TruststoreVersion"];

impl Expansion<'_> {
    /// A REST API's `ApiGatewayDomainName<digits>`, or `ApiGatewayDomainNameV2<digits>` for a private one, with
    /// its mappings `<A><path>BasePathMapping`.
    pub(super) fn make_rest_domain(&mut self, subject: &Subject, stage: Name) {
        let Some(domain) = self.wanted_domain(subject, Family::Rest) else {
            return;
        };
        let (form, certificate) = match domain.endpoint {
            Endpoint::Edge => (&PUBLIC, "CertificateArn"),
            Endpoint::Regional => (&PUBLIC, "RegionalCertificateArn"),
            Endpoint::Private => (&PRIVATE, "CertificateArn"),
        };
        if let Some(refused) = self.property(Some(domain.map), form.refused) {
            let kind = if domain.endpoint == Endpoint::Private { "A private" } else { "A public" };
            let location = self.template.values.origin(refused).at_key();
            self.tell(location, format!("{kind} custom domain has no {}", form.refused));
        }
        let mut entries = Vec::new();
        self.put(&mut entries, "DomainName", domain.name);
        self.put(&mut entries, certificate, domain.certificate);
        let configuration = self.endpoint_configuration(&domain);
        self.put(&mut entries, "EndpointConfiguration", configuration);
        self.put_same(&mut entries, Some(domain.map), form.same);
        let tags = self.propagated_tags(subject);
        self.put_some(&mut entries, "Tags", tags);
        self.make(subject, domain.at, domain.id, form.domain, entries);
        self.refer(subject.id, form.referred_as, domain.id);
        self.map_rest_paths(subject, &domain, form, stage);
        if domain.endpoint == Endpoint::Private {
            self.make_access_association(subject, &domain, tags);
        }
        self.add_records(subject, &domain, true);
    }

    /// `{Types: [REGIONAL]}`.
    fn endpoint_configuration(&mut self, domain: &Domain) -> ValueId {
        let at = self.place_of(domain.endpoint_type);
        let types = self.list(at, vec![domain.endpoint_type]);
        let mut entries = Vec::new();
        self.put(&mut entries, "Types", types);
        let addresses = self.property(Some(domain.map), "IpAddressType");
        self.put_some(&mut entries, "IpAddressType", addresses);
        self.map_of(at, entries)
    }

    /// `<A><path>BasePathMapping`: letters and digits only, in the path too unless its author says otherwise.
    fn map_rest_paths(&mut self, subject: &Subject, domain: &Domain, form: &RestForm, stage: Name) {
        let keeps_path = self
            .property(Some(domain.map), "NormalizeBasePath")
            .is_some_and(|normalize| self.is_false(Some(self.resolved(normalize))));
        for path in self.base_paths(domain) {
            let (id, value) = match path.text {
                Some(text) => {
                    let text = self.text_of(text);
                    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
                    let stays = keeps_path || bare == text;
                    let value = path.value.filter(|_| stays).unwrap_or_else(|| self.text(path.at, &bare));
                    (self.id(&[self.text_of(subject.id), &bare, "BasePathMapping"]), Some(value))
                }
                None => (self.id_after(subject.id, "BasePathMapping"), path.value),
            };
            let mut entries = Vec::new();
            self.put_some(&mut entries, "BasePath", value);
            self.put_mapped(&mut entries, domain, form.address, ("RestApiId", subject.id), stage);
            self.make(subject, path.at, id, form.mapping, entries);
        }
    }

    /// An HTTP API's `ApiGatewayDomainNameV2<digits>`, with its mappings `<H><path>ApiMapping`.
    pub(super) fn make_http_domain(&mut self, subject: &Subject, stage: Name, tags: ValueId) {
        let Some(domain) = self.wanted_domain(subject, Family::Http) else {
            return;
        };
        let at = domain.at;
        let mut configuration = Vec::new();
        self.put(&mut configuration, "CertificateArn", domain.certificate);
        self.put(&mut configuration, "EndpointType", domain.endpoint_type);
        let same = ["OwnershipVerificationCertificateArn", "SecurityPolicy"];
        self.put_same(&mut configuration, Some(domain.map), &same);
        let configuration = self.map_of(at, configuration);
        let configurations = self.list(at, vec![configuration]);
        let mut entries = Vec::new();
        self.put(&mut entries, "DomainName", domain.name);
        self.put(&mut entries, "DomainNameConfigurations", configurations);
        self.put_same(&mut entries, Some(domain.map), &["MutualTlsAuthentication"]);
        self.put(&mut entries, "Tags", tags);
        self.make(subject, at, domain.id, "AWS::ApiGatewayV2::DomainName", entries);
        self.refer(subject.id, "DomainName", domain.id);

        self.map_http_paths(subject, &domain, stage);
        self.add_records(subject, &domain, false);
    }

    /// `<H><path>ApiMapping`: without slashes, hyphens and underscores in the id.
    fn map_http_paths(&mut self, subject: &Subject, domain: &Domain, stage: Name) {
        for path in self.base_paths(domain) {
            let (id, key) = match path.text {
                Some(text) => {
                    let text = self.text_of(text).to_owned();
                    if !text.chars().all(|c| c.is_ascii_alphanumeric() || "/-_".contains(c)) {
                        let message =
                            format!("BasePath {text} has characters other than letters, digits, /, - and _");
                        self.tell(path.at.at_value(), message);
                        continue;
                    }
                    let (bare, key) = (text.replace(['/', '-', '_'], ""), text.trim_matches('/'));
                    let value = path.value.filter(|_| key == text).unwrap_or_else(|| self.text(path.at, key));
                    (self.id(&[self.text_of(subject.id), &bare, "ApiMapping"]), Some(value))
                }
                None => (self.id_after(subject.id, "ApiMapping"), path.value),
            };
            let mut entries = Vec::new();
            self.put_some(&mut entries, "ApiMappingKey", key);
            self.put_mapped(&mut entries, domain, "DomainName", ("ApiId", subject.id), stage);
            self.make(subject, path.at, id, "AWS::ApiGatewayV2::ApiMapping", entries);
        }
    }

    /// The tags that an API hands on to all that is made of it.
    pub(super) fn propagated_tags(&mut self, subject: &Subject) -> Option<ValueId> {
        let propagates = self.property(subject.properties, "PropagateTags")?;
        if self.is_false(Some(propagates)) {
            return None;
        }
        let tags = self.property(subject.properties, "Tags")?;
        self.tags(subject.origin.generated(), Some(tags), None)
    }

    /// The custom domain of an API, unless it lacks what makes one.
    fn wanted_domain(&mut self, subject: &Subject, family: Family) -> Option<Domain> {
        let map = self.property(subject.properties, "Domain")?;
        let at = self.place_of(map);
        let is_open = self.template.values.is_open(map);
        if !self.is_map(map) {
            if !is_open {
                self.tell_of_domain(subject, at, "Domain is not a map");
            }
            return None;
        }
        let (name, certificate) =
            (self.property(Some(map), "DomainName"), self.property(Some(map), "CertificateArn"));
        let (Some(name), Some(certificate)) = (name, certificate) else {
            // What a macro writes into the map may be what is missing.
            if !is_open {
                let missing = if name.is_none() { "DomainName" } else { "CertificateArn" };
                self.tell_of_domain(subject, at, &format!("Domain has no {missing}"));
            }
            return None;
        };
        let (endpoint, endpoint_type) = match self.property(Some(map), "EndpointConfiguration") {
            Some(written) => (self.endpoint_of(subject, family, written)?, written),
            None => (Endpoint::Regional, self.text(at, "REGIONAL")),
        };
        let is_private = endpoint == Endpoint::Private;
        if let Some(trust) = self.property(Some(map), "MutualTlsAuthentication").filter(|_| !is_private) {
            self.check_truststore(trust);
        }
        let prefix = match (family, endpoint) {
            (Family::Rest, Endpoint::Edge | Endpoint::Regional) => "ApiGatewayDomainName",
            (Family::Rest, Endpoint::Private) | (Family::Http, _) => "ApiGatewayDomainNameV2",
        };
        let id = self.id(&[prefix, &self.digits_of(name)]);
        Some(Domain { map, at, name, certificate, endpoint, endpoint_type, id })
    }

    /// What kind of endpoint the author means. A parameter without a default decides when it is deployed: until
    /// then its domain is taken for a regional one, as one that says nothing.
    fn endpoint_of(&mut self, subject: &Subject, family: Family, written: ValueId) -> Option<Endpoint> {
        let resolved = self.resolved(written);
        if self.reference_in(resolved).is_some_and(|name| self.template.parameters.contains_key(&name)) {
            return Some(Endpoint::Regional);
        }
        match (family, self.scalar(Some(resolved))) {
            (_, Some("REGIONAL")) => return Some(Endpoint::Regional),
            (Family::Rest, Some("EDGE")) => return Some(Endpoint::Edge),
            (Family::Rest, Some("PRIVATE")) => return Some(Endpoint::Private),
            (Family::Rest | Family::Http, _) => {}
        }
        let at = self.place_of(written);
        let expected = match family {
            Family::Rest => "EDGE, REGIONAL or PRIVATE",
            Family::Http => "REGIONAL",
        };
        self.tell_of_domain(subject, at, &format!("EndpointConfiguration of Domain is not {expected}"));
        None
    }

    fn tell_of_domain(&mut self, subject: &Subject, at: Origin, why: &str) {
        let message = format!("{why}, so that {} gets no custom domain", self.text_of(subject.id));
        self.tell(at.at_key(), message);
    }

    fn check_truststore(&mut self, trust: ValueId) {
        if self.template.values.is_open(trust) {
            return;
        }
        let is_sound = self.is_map(trust)
            && self
                .template
                .values
                .entries(trust)
                .iter()
                .all(|entry| TRUSTSTORE.contains(&self.text_of(entry.key)));
        if !is_sound {
            let location = self.template.values.origin(trust).at_key();
            let message = format!("MutualTlsAuthentication is not a map of {}", TRUSTSTORE.join(" and "));
            self.tell(location, message);
        }
    }

    /// The paths of the domain; one without a text where the whole domain is the API's.
    fn base_paths(&mut self, domain: &Domain) -> Vec<BasePath> {
        let written = self.property(Some(domain.map), "BasePath");
        let resolved = written.map(|written| self.resolved(written));
        let at = written.map_or(domain.at, |written| self.place_of(written));
        if let Some(Data::List(items)) = resolved.map(|resolved| self.template.values.data(resolved))
            && !items.is_empty()
        {
            let mut paths = Vec::new();
            for item in items.clone() {
                let at = self.place_of(item);
                match self.resolved_text(item) {
                    Some(text) => paths.push(BasePath { at, text: Some(text), value: Some(item) }),
                    None => self.tell(at.at_value(), "A BasePath is not a text".to_owned()),
                }
            }
            return paths;
        }
        let text = written.and_then(|written| self.resolved_text(written));
        let text = text.filter(|text| !self.text_of(*text).is_empty());
        let is_call = |value: &ValueId| matches!(self.template.values.data(*value), Data::Call(_));
        let value = written.filter(|written| text.is_some() || is_call(written));
        vec![BasePath { at, text, value }]
    }

    /// What every mapping has: the domain, the API and its stage.
    fn put_mapped(
        &mut self,
        entries: &mut Vec<Entry>,
        domain: &Domain,
        address: &str,
        (api_key, api): (&str, Name),
        stage: Name,
    ) {
        for (key, id) in [(address, domain.id), (api_key, api), ("Stage", stage)] {
            let reference = self.reference(domain.at, id);
            self.put(entries, key, reference);
        }
    }

    /// `DomainNameAccessAssociation<digits>`: the VPC endpoint through which a private domain is reached.
    fn make_access_association(&mut self, subject: &Subject, domain: &Domain, tags: Option<ValueId>) {
        let Some(access) = self.property(Some(domain.map), "AccessAssociation") else {
            return;
        };
        let at = self.place_of(access);
        let Some(source) = self.property(Some(access), "VpcEndpointId") else {
            if !self.template.values.is_open(access) {
                self.tell(at.at_key(), "AccessAssociation has no VpcEndpointId".to_owned());
            }
            return;
        };
        let digits = self.digits_of_both(source, &self.text_of(domain.id).into());
        let id = self.id(&["DomainNameAccessAssociation", &digits]);
        let (arn, kind) = (self.reference(at, domain.id), self.text(at, "VPCE"));
        let mut entries = Vec::new();
        self.put(&mut entries, "DomainNameArn", arn);
        self.put(&mut entries, "AccessAssociationSourceType", kind);
        self.put(&mut entries, "AccessAssociationSource", source);
        self.put_some(&mut entries, "Tags", tags);
        self.make(subject, at, id, "AWS::ApiGateway::DomainNameAccessAssociation", entries);
    }
}

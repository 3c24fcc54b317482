//! `AWS::Serverless::HttpApi`: an HTTP API with its stage and the permissions of its authorizers.

use crate::names::Name;
use crate::template::{Entry, Origin, SubPart, ValueId};

use super::body::{Clash, Language};
use super::make::PropertyTable;
use super::{Expansion, Kind, Subject};

const HTTP_API: PropertyTable = PropertyTable {
    renamed: &[("DefinitionUri", "BodyS3Location")],
    consumed: &[
        "AccessLogSettings",
        "Auth",
        // Into the body, as `info.title`, `info.description`, `tags` and `x-amazon-apigateway-cors`.
        "CorsConfiguration",
        "Description",
        "Name",
        "DefaultRouteSettings",
        "DefinitionBody",
        "DisableExecuteApiEndpoint",
        "Domain",
        "PropagateTags",
        "RouteSettings",
        "StageName",
        "StageVariables",
        "Tags",
    ],
};

/// The properties that are the stage's.
const STAGE: &[&str] = &["StageVariables", "AccessLogSettings", "DefaultRouteSettings"];

/// The properties that need a body in the template.
const BODY_ONLY: &[&str] = &[
    "Auth",
    "CorsConfiguration",
    "DefinitionBody",
    "Description",
    "DisableExecuteApiEndpoint",
    "Name",
    "Tags",
];

/// The name of the stage that an HTTP API has unless its author says otherwise.
const DEFAULT_STAGE: &str = "$default";

/// The tag that tells that SAM made it.
const CREATED_BY: &str = "httpapi:createdBy";

impl Expansion<'_> {
    /// The HTTP API `<H>` and its stage, `<H>ApiGatewayDefaultStage` for the default one.
    pub(super) fn expand_http_api(&mut self, subject: &Subject) {
        let at = subject.origin.generated();
        let properties = subject.properties;
        let routes = self.routes.swap_remove(&subject.id).unwrap_or_default();
        let route_settings = self.route_settings(
            at,
            self.property(properties, "RouteSettings"),
            routes.iter().filter_map(|route| route.settings),
        );
        self.check_body_only(subject, BODY_ONLY);
        let mut entries = self.carried(properties, &HTTP_API);
        let schemes = self.security_schemes(properties);
        let body = match self.property(properties, "DefinitionBody") {
            Some(body) => {
                let body = self.extended_body(body, routes, Clash::Keep);
                Some(match schemes {
                    Some(schemes) => self.with_schemes(body, at, Language::OpenApi, schemes),
                    None => body,
                })
            }
            None if self.property(properties, "DefinitionUri").is_some() => None,
            None => Some(self.managed_body(at, Language::OpenApi, routes, schemes)),
        };
        self.put_some(&mut entries, "Body", body);
        self.replace(subject, "AWS::ApiGatewayV2::Api", entries);

        let api = self.reference(at, subject.id);
        let (stage_name, stage) = match self.property(properties, "StageName") {
            Some(name) if self.scalar(Some(name)) != Some(DEFAULT_STAGE) => {
                (name, self.stage_id(subject.id, name))
            }
            Some(name) => (name, self.id_after(subject.id, "ApiGatewayDefaultStage")),
            None => (self.text(at, DEFAULT_STAGE), self.id_after(subject.id, "ApiGatewayDefaultStage")),
        };
        let deploys = self.plain(at, "true");
        let mut entries = Vec::new();
        self.put(&mut entries, "ApiId", api);
        self.put(&mut entries, "StageName", stage_name);
        self.put_same(&mut entries, properties, STAGE);
        self.put_some(&mut entries, "RouteSettings", route_settings);
        self.put(&mut entries, "AutoDeploy", deploys);
        let tags = self.stage_tags(at, properties);
        self.put_some(&mut entries, "Tags", tags);
        self.make(subject, at, stage, "AWS::ApiGatewayV2::Stage", entries);
        self.refer(subject.id, "Stage", stage);
        let tags = match tags {
            Some(tags) if body.is_some() => tags,
            Some(_) | None => {
                let by_sam = self.text(at, "SAM");
                self.map(at, &[(CREATED_BY, by_sam)])
            }
        };
        self.make_http_domain(subject, stage, tags);

        self.check_default_authorizer(Kind::HttpApi, subject);
        let authorizers = self.property(self.property(properties, "Auth"), "Authorizers");
        self.check_payload_format(authorizers);
        for entry in authorizers.map_or_else(Vec::new, |map| self.template.values.entries(map).to_vec()) {
            let function = self.property(Some(entry.value), "FunctionArn");
            let is_wanted =
                self.is_true(self.property(Some(entry.value), "EnableFunctionDefaultPermissions"));
            if let Some(function) = function.filter(|_| is_wanted) {
                let partition = [SubPart::Ref(self.name("AWS::Partition"))];
                self.make_authorizer_permission(subject, api, &partition, entry, function);
            }
        }
    }

    /// The API's own settings by route, with those of its events in front.
    fn route_settings(
        &mut self,
        at: Origin,
        written: Option<ValueId>,
        added: impl Iterator<Item = (Name, ValueId)>,
    ) -> Option<ValueId> {
        let mut settings = written;
        for (route, added) in added {
            let of_route = settings.and_then(|settings| self.template.values.get(settings, route));
            let mut merged = self.template.values.entries(added).to_vec();
            for entry in of_route.map_or(&[][..], |of_route| self.template.values.entries(of_route)) {
                if merged.iter().all(|added| added.key != entry.key) {
                    merged.push(*entry);
                }
            }
            let value = if self.is_map(added) {
                let origin = self.template.values.origin(added);
                self.map_of(origin, merged)
            } else {
                added
            };
            let route = self.text_of(route).to_owned();
            settings = Some(self.with_entry(settings, at, &route, value));
        }
        settings
    }

    /// A stage's tags stay a map. Without a body there are none but the author's.
    fn stage_tags(&mut self, at: Origin, properties: Option<ValueId>) -> Option<ValueId> {
        let tags = self.property(properties, "Tags");
        if self.property(properties, "DefinitionUri").is_some() {
            return tags;
        }
        let by_sam = self.text(at, "SAM");
        let mut entries: Vec<Entry> = Vec::new();
        self.put(&mut entries, CREATED_BY, by_sam);
        if let Some(tags) = tags {
            entries.extend_from_slice(self.template.values.entries(tags));
        }
        Some(self.map_of(at, entries))
    }
}

//! `Auth` of a WebSocket API: who may connect, and the function that is asked.

use crate::names::Name;
use crate::template::{Entry, SubPart, ValueId};

use super::web_socket_api::CONNECT;
use super::{Expansion, Subject};

/// What `Auth` makes of the `$connect` route.
#[derive(Clone, Copy)]
pub(super) struct Authorization {
    /// `AuthorizationType`.
    pub(super) kind: ValueId,
    /// The function that is asked.
    pub(super) function: Option<ValueId>,
    /// `Auth`.
    pub(super) settings: ValueId,
}

/// The kinds of authorization.
const AUTH_TYPES: &[&str] = &["NONE", "AWS_IAM", CUSTOM];

/// The kind of authorization that asks a function.
const CUSTOM: &str = "CUSTOM";

impl Expansion<'_> {
    /// What `Auth` asks for; what the transform rejects or takes for something else is told.
    pub(super) fn authorization(&mut self, subject: &Subject, has_connect: bool) -> Option<Authorization> {
        let settings = self.property(subject.properties, "Auth")?;
        let location = self.template.values.origin(settings).at_key();
        let id = self.text_of(subject.id).to_owned();
        if !self.is_map(settings) {
            if !self.template.values.is_open(settings) {
                self.tell(location, format!("The Auth of {id} is not a map"));
            }
            return None;
        }
        let Some(written) = self.property(Some(settings), "AuthType") else {
            if !self.template.values.is_open(settings) {
                self.tell(location, format!("The Auth of {id} has no AuthType"));
            }
            return None;
        };
        if !has_connect {
            let routes = self.property(subject.properties, "Routes");
            if !routes.is_some_and(|routes| self.template.values.is_open(routes)) {
                self.tell(location, format!("{id} has Auth but no {CONNECT} route, which is what it is for"));
            }
            return None;
        }
        let function = self.property(Some(settings), "AuthArn");
        let Some(kind) = self.resolved_scalar(written) else {
            // A parameter without a default: only a function that is to be asked tells the kind.
            return Some(Authorization { kind: written, function, settings });
        };
        let text = self.text_of(kind).to_owned();
        let Some(known) = AUTH_TYPES.iter().find(|known| known.eq_ignore_ascii_case(&text)) else {
            let message = format!("The AuthType {text} is none of {}", AUTH_TYPES.join(", "));
            self.tell(location, message);
            return None;
        };
        if *known != CUSTOM {
            if self.template.values.entries(settings).len() > 1 {
                let message =
                    format!("The Auth of {id} has settings that an AuthType of {known} does not take");
                self.tell(location, message);
            }
        } else if function.is_none() {
            if !self.template.values.is_open(settings) {
                self.tell(location, format!("The Auth of {id} is {CUSTOM} but has no AuthArn"));
            }
            return None;
        }
        // Checked without regard to case, but compared with it.
        let effective = if AUTH_TYPES.contains(&text.as_str()) { known } else { "NONE" };
        if effective != *known {
            let message = format!("The transform takes the AuthType {text} of {id} for NONE: write {known}");
            self.tell(location, message);
        }
        let origin = self.template.values.origin(written);
        let kind = self.text(origin, effective);
        Some(Authorization { kind, function: function.filter(|_| effective == CUSTOM), settings })
    }

    /// The authorizer `<W>ConnectAuthorizer`, and the permission by which it is asked unless a role is.
    pub(super) fn make_authorizer(&mut self, subject: &Subject, api: ValueId, authorization: Authorization) {
        let Authorization { function, settings, .. } = authorization;
        let Some(function) = function else {
            return;
        };
        let at = self.place_of(settings);
        let id = self.authorizer_id(subject);
        let kind = self.text(at, "REQUEST");
        let function_at = self.place_of(function);
        let asked = SubPart::Bound(self.name("AuthArn"), function);
        let uri = self.invocation_uri(function_at, asked, false);
        let name = match self.property(Some(settings), "Name") {
            Some(name) => name,
            None => self.text_named(at, id),
        };
        let role = self.property(Some(settings), "InvokeRole");
        let mut entries = Vec::new();
        self.put(&mut entries, "ApiId", api);
        self.put_some(&mut entries, "AuthorizerCredentialsArn", role);
        self.put(&mut entries, "AuthorizerType", kind);
        self.put(&mut entries, "AuthorizerUri", uri);
        self.put_same(&mut entries, Some(settings), &["IdentitySource"]);
        self.put(&mut entries, "Name", name);
        self.make(subject, at, id, "AWS::ApiGatewayV2::Authorizer", entries);
        if role.is_none() {
            let partition = [SubPart::Ref(self.name("AWS::Partition"))];
            // There is one authorizer, which needs no name.
            let authorizer = Entry { key: self.name(""), value: settings };
            self.make_authorizer_permission(subject, api, &partition, authorizer, function);
        }
    }

    pub(super) fn authorizer_id(&self, subject: &Subject) -> Name {
        self.id_after(subject.id, "ConnectAuthorizer")
    }
}

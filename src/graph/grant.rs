//! A grant is a permission that the role of a function or a task has on a resource of this template.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Name;
use crate::template::{Guard, Origin};

use super::branch::Branch;
use super::connector::{is_usual, made_of_connector};
use super::draft::Draft;
use super::{EdgeKind, EvidenceClass, VertexId, VertexKind};

/// A permission on a known resource.
#[derive(Clone, Copy)]
pub(super) struct Grant {
    /// The function or the task definition that has it.
    pub(super) holder: VertexId,
    /// What it is on.
    pub(super) target: VertexId,
    /// What it is good for.
    pub(super) kind: EdgeKind,
    pub(super) guard: Guard,
    /// The role or policy.
    pub(super) via: Name,
    /// The resource in the statement; of a connector's policy, the connector.
    pub(super) origin: Origin,
    /// A connector's policy says more than another one.
    pub(super) class: EvidenceClass,
    pub(super) breadth: Breadth,
    /// Of `ACTIONS`: a bit for each that it permits.
    actions: u32,
}

/// How much beside the action at hand a permission is for.
#[derive(Clone, Copy)]
pub(super) struct Breadth {
    /// All that the service does, or reading as well as writing: `sqs:*`, a `CrudPolicy`.
    pub(super) is_broad: bool,
    /// Of a bucket: which objects, `out/*`.
    pub(super) keys: Option<Name>,
    /// Of a table: it is on the table's stream.
    pub(super) is_on_stream: bool,
}

/// The grants of all functions and task definitions. A wildcard is none: it says nothing about any resource.
pub(super) fn grants(draft: &Draft<'_>) -> Vec<Grant> {
    let roles = holders_by_role(draft);
    let mut found = Vec::new();
    let mut denied = Vec::new();
    for (&id, resource) in &draft.template().resources {
        let Some(properties) = Branch::properties(resource) else { continue };
        let connector = made_of_connector(draft, resource);
        // The policy under which Lambda polls is no call of the function's own.
        if connector.is_some_and(|connector| !connector.is_of_function()) {
            continue;
        }
        let own_guard = draft.resolver.guard_of(id);
        let (mut permissions, mut denials) = (Vec::new(), Vec::new());
        let mut holding: Vec<Name> = Vec::new();
        match draft.text(resource.type_name) {
            "AWS::IAM::Role" => {
                holding.push(id);
                for policy in draft.branches(properties, &["Policies", "*"]) {
                    read_statements(draft, policy, &mut permissions);
                    read_denials(draft, policy, &mut denials);
                    read_policy_template(draft, policy, &mut permissions);
                }
            }
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy" => {
                read_statements(draft, properties, &mut permissions);
                read_denials(draft, properties, &mut denials);
                holding.extend(roles_of_policy(draft, properties));
            }
            _ => continue,
        }
        if draft.text(resource.type_name) == "AWS::IAM::ManagedPolicy" {
            holding.extend(roles.by_managed_policy.get(&id).into_iter().flatten());
        }
        if connector.is_some() {
            // It names a table and the table's indexes.
            let mut seen = FxHashSet::default();
            permissions.retain(|Permission { target, kind, guard, .. }| {
                is_usual(*kind) && seen.insert((*target, *kind, *guard))
            });
        }
        for role in holding {
            for &(guard, holder) in roles.holders.get(&role).into_iter().flatten() {
                for denial in &denials {
                    let guard = draft.and(draft.and(guard, denial.guard), own_guard);
                    denied.push((holder, Denial { guard, ..*denial }));
                }
                for permission in &permissions {
                    if found.len() == MOST_GRANTS {
                        return found;
                    }
                    let guard = draft.and(draft.and(guard, permission.guard), own_guard);
                    let Permission { target, kind, breadth, actions, .. } = *permission;
                    let speaks = connector.is_some_and(|connector| connector.speaks_of(holder));
                    let (class, origin) = if speaks {
                        (EvidenceClass::Connector, resource.origin)
                    } else {
                        (EvidenceClass::Permission, permission.origin)
                    };
                    found.push(Grant {
                        holder,
                        target,
                        kind,
                        guard,
                        via: id,
                        origin,
                        class,
                        breadth,
                        actions,
                    });
                }
            }
        }
    }
    for grant in &mut found {
        for (holder, denial) in &denied {
            if *holder == grant.holder && denial.is_on(draft, grant) {
                denial.take_from(draft, grant);
            }
        }
    }
    found.retain(|grant| grant.guard != Guard::NEVER);
    found
}

/// A role that many functions share multiplies its grants; past this many, the rest says little.
const MOST_GRANTS: usize = 20_000;

/// A permission, whoever has it.
pub(super) struct Permission {
    pub(super) target: VertexId,
    pub(super) kind: EdgeKind,
    pub(super) guard: Guard,
    origin: Origin,
    breadth: Breadth,
    actions: u32,
}

/// What a statement forbids.
#[derive(Clone, Copy)]
struct Denial {
    /// `None`: whatever there is.
    target: Option<VertexId>,
    kind: EdgeKind,
    actions: u32,
    guard: Guard,
    keys: Option<Name>,
    is_on_stream: bool,
}

impl Denial {
    /// Whether it is on all that a permission is on.
    fn is_on(&self, draft: &Draft<'_>, grant: &Grant) -> bool {
        let Some(target) = self.target else { return self.kind == grant.kind };
        let covers = self.keys == grant.breadth.keys || self.keys.is_some_and(|keys| draft.text(keys) == "*");
        target == grant.target
            && self.kind == grant.kind
            && covers
            && self.is_on_stream == grant.breadth.is_on_stream
    }

    fn take_from(&self, draft: &Draft<'_>, grant: &mut Grant) {
        let left = draft.and(grant.guard, draft.template().guards.not(self.guard));
        if grant.actions & !self.actions == 0 {
            grant.guard = if draft.can_hold(left) { left } else { Guard::NEVER };
        } else if !draft.can_hold(left) {
            grant.actions &= !self.actions;
        }
    }
}

struct Roles {
    holders: FxHashMap<Name, Vec<(Guard, VertexId)>>,
    by_managed_policy: FxHashMap<Name, Vec<Name>>,
}

fn holders_by_role(draft: &Draft<'_>) -> Roles {
    let mut roles = Roles { holders: FxHashMap::default(), by_managed_policy: FxHashMap::default() };
    for (&id, resource) in &draft.template().resources {
        let Some(properties) = Branch::properties(resource) else { continue };
        match draft.text(resource.type_name) {
            "AWS::Lambda::Function" | "AWS::ECS::TaskDefinition" => {
                let Some(holder) = draft.vertex_of(id) else { continue };
                let property =
                    if draft.vertex(holder).kind == VertexKind::Function { "Role" } else { "TaskRoleArn" };
                for role in draft.branches(properties, &[property]) {
                    for (guard, role) in mentions(draft, role) {
                        roles.holders.entry(role).or_default().push((guard, holder));
                    }
                }
            }
            "AWS::IAM::Role" => {
                for policy in draft.branches(properties, &["ManagedPolicyArns", "*"]) {
                    for (_, policy) in mentions(draft, policy) {
                        roles.by_managed_policy.entry(policy).or_default().push(id);
                    }
                }
            }
            _ => {}
        }
    }
    roles
}

/// The roles that a policy beside them is attached to.
pub(super) fn roles_of_policy(draft: &Draft<'_>, properties: Branch) -> Vec<Name> {
    [["Roles", "*"].as_slice(), &["RoleName"]]
        .iter()
        .flat_map(|path| draft.branches(properties, path))
        .flat_map(|role| mentions(draft, role))
        .map(|(_, role)| role)
        .collect()
}

/// The resources that a value refers to.
pub(super) fn mentions(draft: &Draft<'_>, branch: Branch) -> Vec<(Guard, Name)> {
    draft
        .references(branch)
        .into_iter()
        .filter_map(|(guard, reference)| Some((guard, reference.resources.first()?.id)))
        .collect()
}

/// Adds the permissions of a policy's statements.
pub(super) fn read_statements(draft: &Draft<'_>, policy: Branch, found: &mut Vec<Permission>) {
    // The expansion keeps an inline policy of a SAM resource as its author wrote it: a map with the statements.
    let written = [["PolicyDocument", "Statement"].as_slice(), &["Statement"]];
    for statements in written.iter().flat_map(|path| draft.branches(policy, path)) {
        for statement in draft.one_or_many(statements) {
            if draft.known_text_at(statement, &["Effect"]) != Some("Allow") {
                continue;
            }
            let kinds = kinds_of_statement(draft, statement);
            if kinds.is_empty() {
                continue;
            }
            for resources in draft.branches(statement, &["Resource"]) {
                for resource in draft.one_or_many(resources) {
                    grant(draft, (resource, Spelling::Arn), &kinds, found);
                }
            }
        }
    }
}

/// Adds what a policy's statements forbid. What depends on the request forbids nothing for good.
fn read_denials(draft: &Draft<'_>, policy: Branch, found: &mut Vec<Denial>) {
    let written = [["PolicyDocument", "Statement"].as_slice(), &["Statement"]];
    for statements in written.iter().flat_map(|path| draft.branches(policy, path)) {
        for statement in draft.one_or_many(statements) {
            if draft.known_text_at(statement, &["Effect"]) != Some("Deny")
                || !draft.branches(statement, &["Condition"]).is_empty()
            {
                continue;
            }
            let kinds = kinds_of_statement(draft, statement);
            for resources in draft.branches(statement, &["Resource"]) {
                for resource in draft.one_or_many(resources) {
                    if draft.known_text(resource) == Some("*") {
                        let guard = resource.guard;
                        found.extend(kinds.iter().map(|&Purpose { kind, actions, .. }| Denial {
                            target: None,
                            kind,
                            actions,
                            guard,
                            keys: None,
                            is_on_stream: false,
                        }));
                        continue;
                    }
                    let mut permissions = Vec::new();
                    grant(draft, (resource, Spelling::Arn), &kinds, &mut permissions);
                    found.extend(permissions.into_iter().map(|it| Denial {
                        target: Some(it.target),
                        kind: it.kind,
                        actions: it.actions,
                        guard: it.guard,
                        keys: it.breadth.keys,
                        is_on_stream: it.breadth.is_on_stream,
                    }));
                }
            }
        }
    }
}

/// What some actions of a statement are good for.
#[derive(Clone, Copy)]
struct Purpose {
    kind: EdgeKind,
    is_broad: bool,
    /// Which of `ACTIONS` they are.
    actions: u32,
}

/// How a permission names what it is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// In a statement.
    Arn,
    /// In a policy template of SAM, which makes the ARNs of it.
    Name,
}

fn grant(
    draft: &Draft<'_>,
    (resource, spelling): (Branch, Spelling),
    kinds: &[Purpose],
    found: &mut Vec<Permission>,
) {
    for (guard, reference) in draft.references(resource) {
        for (own, target) in draft.inside(&reference, &[]) {
            let vertex = draft.vertex(target.vertex);
            // Objects are read and written, and the ARN of a bucket is that of none of them.
            if vertex.kind == VertexKind::Bucket && spelling == Spelling::Arn && reference.is_bucket_alone() {
                continue;
            }
            // A name that is spelt like a resource's proves too little: it may be another stack's. A bucket's is its
            // own all over the world, and a function that its bucket notifies cannot refer to it otherwise.
            if target.is_by_name && vertex.kind != VertexKind::Bucket {
                continue;
            }
            let keys = (vertex.kind == VertexKind::Bucket).then(|| reference.key_pattern()).flatten();
            let keys = keys.map(|keys| draft.names().intern(keys));
            let is_on_stream = vertex.kind == VertexKind::Table && reference.is_on_stream(draft);
            for &Purpose { kind, is_broad, actions } in kinds {
                if vertex.kind.uses().contain(kind) {
                    found.push(Permission {
                        target: target.vertex,
                        kind,
                        guard: draft.and(guard, own),
                        origin: draft.values().origin(resource.value),
                        breadth: Breadth { is_broad, keys, is_on_stream },
                        actions,
                    });
                }
            }
        }
    }
}

/// What a statement's actions are good for, and whether it is for all that the service does, or for reading as well.
fn kinds_of_statement(draft: &Draft<'_>, statement: Branch) -> Vec<Purpose> {
    let mut kinds: Vec<Purpose> = Vec::new();
    for actions in draft.branches(statement, &["Action"]) {
        for action in draft.one_or_many(actions) {
            let Some(action) = draft.known_text(action) else { continue };
            for (index, &(name, kind, is_exact_only)) in ACTIONS.iter().enumerate() {
                let is_meant = name.eq_ignore_ascii_case(action)
                    || !is_exact_only && action.len() > 1 && matches_wildcard(action, name);
                if !is_meant {
                    continue;
                }
                let is_broad = action.contains(":*");
                let actions = 1 << index;
                match kinds.iter_mut().find(|known| known.kind == kind) {
                    Some(known) => {
                        known.is_broad &= is_broad;
                        known.actions |= actions;
                    }
                    None => kinds.push(Purpose { kind, is_broad, actions }),
                }
            }
        }
    }
    // One statement for all that is done with a resource was not thought of as leave to write to it.
    if kinds.iter().any(|it| it.kind == EdgeKind::Read) {
        for it in kinds.iter_mut().filter(|it| it.kind != EdgeKind::Read) {
            it.is_broad = true;
        }
    }
    kinds
}

/// What an action is good for. The last column keeps `lambda:*` and `states:*` from proving the rarer of two ways.
const ACTIONS: &[(&str, EdgeKind, bool)] = &[
    ("lambda:InvokeFunction", EdgeKind::Invoke, false),
    ("lambda:InvokeAsync", EdgeKind::InvokeAsync, true),
    ("execute-api:Invoke", EdgeKind::Invoke, false),
    ("states:StartExecution", EdgeKind::StartAsync, false),
    ("states:StartSyncExecution", EdgeKind::StartSync, true),
    ("sqs:SendMessage", EdgeKind::Send, false),
    ("sqs:SendMessageBatch", EdgeKind::Send, false),
    ("sqs:ReceiveMessage", EdgeKind::Read, false),
    ("sns:Publish", EdgeKind::Publish, false),
    ("sns:PublishBatch", EdgeKind::Publish, false),
    ("events:PutEvents", EdgeKind::Publish, false),
    ("kinesis:PutRecord", EdgeKind::Write, false),
    ("kinesis:PutRecords", EdgeKind::Write, false),
    ("kinesis:GetRecords", EdgeKind::Read, false),
    ("firehose:PutRecord", EdgeKind::Write, false),
    ("firehose:PutRecordBatch", EdgeKind::Write, false),
    ("dynamodb:PutItem", EdgeKind::Write, false),
    ("dynamodb:UpdateItem", EdgeKind::Write, false),
    ("dynamodb:DeleteItem", EdgeKind::Write, false),
    ("dynamodb:BatchWriteItem", EdgeKind::Write, false),
    ("dynamodb:GetItem", EdgeKind::Read, false),
    ("dynamodb:BatchGetItem", EdgeKind::Read, false),
    ("dynamodb:Query", EdgeKind::Read, false),
    ("dynamodb:Scan", EdgeKind::Read, false),
    ("dynamodb:GetRecords", EdgeKind::Read, false),
    ("s3:PutObject", EdgeKind::Write, false),
    ("s3:GetObject", EdgeKind::Read, false),
];

/// A policy template of SAM that the transform left in the role: `{LambdaInvokePolicy: {FunctionName: …}}`.
fn read_policy_template(draft: &Draft<'_>, policy: Branch, found: &mut Vec<Permission>) {
    for (name, parameters) in draft.entries(policy) {
        let name = draft.text(name);
        for (_, parameter, kinds) in POLICY_TEMPLATES.iter().filter(|(template, ..)| *template == name) {
            let is_broad = kinds.len() > 1;
            // What a template permits is more than `ACTIONS` tells.
            let kinds: Vec<_> =
                kinds.iter().map(|&kind| Purpose { kind, is_broad, actions: u32::MAX }).collect();
            for resource in draft.branches(parameters, &[parameter]) {
                grant(draft, (resource, Spelling::Name), &kinds, found);
            }
        }
    }
}

const POLICY_TEMPLATES: &[(&str, &str, &[EdgeKind])] = &[
    ("LambdaInvokePolicy", "FunctionName", &[EdgeKind::Invoke]),
    ("StepFunctionsExecutionPolicy", "StateMachineName", &[EdgeKind::StartAsync]),
    ("StepFunctionsExecutionPolicy_v2", "StateMachineName", &[EdgeKind::StartAsync]),
    ("SQSSendMessagePolicy", "QueueName", &[EdgeKind::Send]),
    ("SQSPollerPolicy", "QueueName", &[EdgeKind::Read]),
    ("SNSPublishMessagePolicy", "TopicName", &[EdgeKind::Publish]),
    ("SNSCrudPolicy", "TopicName", &[EdgeKind::Publish]),
    ("EventBridgePutEventsPolicy", "EventBusName", &[EdgeKind::Publish]),
    ("KinesisCrudPolicy", "StreamName", &[EdgeKind::Write]),
    ("KinesisStreamReadPolicy", "StreamName", &[EdgeKind::Read]),
    ("DynamoDBCrudPolicy", "TableName", &[EdgeKind::Read, EdgeKind::Write]),
    ("DynamoDBReadPolicy", "TableName", &[EdgeKind::Read]),
    ("DynamoDBWritePolicy", "TableName", &[EdgeKind::Write]),
    ("S3CrudPolicy", "BucketName", &[EdgeKind::Read, EdgeKind::Write]),
    ("S3FullAccessPolicy", "BucketName", &[EdgeKind::Read, EdgeKind::Write]),
    ("S3ReadPolicy", "BucketName", &[EdgeKind::Read]),
    ("S3WritePolicy", "BucketName", &[EdgeKind::Write]),
];

/// Whether an IAM action with `*` and `?` covers `name`. Case does not matter to IAM.
pub(super) fn matches_wildcard(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut of) = (0, 0);
    let mut retry = None;
    while of < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at, of));
                at += 1;
            }
            Some(&c) if c == b'?' || c == name[of] => {
                at += 1;
                of += 1;
            }
            Some(_) | None => {
                let Some((star, taken)) = retry else { return false };
                retry = Some((star, taken + 1));
                at = star + 1;
                of = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|&c| c == b'*')
}

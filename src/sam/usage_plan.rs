//! `Auth.UsagePlan` of a REST API: a usage plan with a key, for the API alone or for all that share one.

use crate::names::Name;
use crate::template::{Entry, NameMap, Origin, ValueId};

use super::make::is_macro;
use super::shared::{Orders, common_conditions};
use super::{Expansion, Subject};

/// An API that shares the usage plan.
pub(super) struct SharedPlan {
    subject: Subject,
    at: Origin,
    plan: ValueId,
    stage: Name,
}

/// The plan that APIs share, its key, and what ties them.
const SHARED: [&str; 3] = ["ServerlessUsagePlan", "ServerlessApiKey", "ServerlessUsagePlanKey"];
/// The condition under which these exist, when all their APIs are conditional.
const CONDITION: &str = "SharedUsagePlanCondition";

/// What an author may say of a plan, beside whom it is for.
const SAME: &[&str] = &["UsagePlanName", "Description", "Quota", "Throttle"];
const WHOM_FOR: &str = "CreateUsagePlan";

/// Attributes of the shared plan: a policy takes the place of those that stand after it here.
const POLICIES: Orders = &[("DeletionPolicy", &["Retain"]), ("UpdateReplacePolicy", &["Retain", "Snapshot"])];

impl Expansion<'_> {
    /// `<A>UsagePlan`, `<A>ApiKey` and `<A>UsagePlanKey`; those that are shared are made when all are known.
    pub(super) fn make_usage_plan(&mut self, subject: &Subject, stage: Name) {
        let auth = self.property(subject.properties, "Auth");
        let Some(plan) = self.property(auth, "UsagePlan") else {
            return;
        };
        let at = self.place_of(plan);
        if !self.is_map(plan) {
            if !self.template.values.is_open(plan) {
                self.tell(at.at_key(), "UsagePlan is not a map, so that there is none".to_owned());
            }
            return;
        }
        for entry in self.template.values.entries(plan).to_vec() {
            let key = self.text_of(entry.key);
            if !SAME.contains(&key) && !["Tags", WHOM_FOR].contains(&key) && !is_macro(key) {
                let message = format!("{key} is not a property of UsagePlan");
                let location = self.template.values.origin(entry.value).at_key();
                self.tell(location, message);
            }
        }
        let whom_for = self.property(Some(plan), WHOM_FOR);
        match whom_for.and_then(|whom_for| self.resolved_scalar(whom_for)).map(|name| self.text_of(name)) {
            Some("PER_API") => {
                let names = ["UsagePlan", "ApiKey", "UsagePlanKey"];
                let ids = names.map(|name| self.id_after(subject.id, name));
                self.refer_to_plan(subject, ids);
                let tags = self.plan_tags(subject, plan);
                let stages = [(subject.id, stage)];
                self.make_plan(subject, &Plan { at, written: plan, ids, tags, stages: &stages });
            }
            Some("SHARED") => {
                self.refer_to_plan(subject, SHARED.map(|id| self.name(id)));
                self.shared_plans.push(SharedPlan { subject: subject.clone(), at, plan, stage });
            }
            Some("NONE") => {}
            None if whom_for.is_none() && self.template.values.is_open(plan) => {}
            Some(_) | None => {
                let message =
                    format!("{WHOM_FOR} is not PER_API, SHARED or NONE, so that there is no usage plan");
                self.tell(at.at_key(), message);
            }
        }
    }

    /// The usage plan that APIs share. The last of them in the template says what it is like.
    pub(super) fn make_shared_usage_plan(&mut self) {
        let mut shared = std::mem::take(&mut self.shared_plans);
        shared.sort_by_key(|shared| self.places.get(&shared.subject.id).copied());
        let Some(SharedPlan { subject, at, plan, .. }) = shared.last() else {
            return;
        };
        let (mut subject, at, plan) = (subject.clone(), *at, *plan);
        subject.condition = self.shared_condition(at, &shared);
        subject.attributes = self.shared_policies(&shared);
        let stages: Vec<(Name, Name)> =
            shared.iter().map(|shared| (shared.subject.id, shared.stage)).collect();
        let tags = self.plan_tags(&subject, plan);
        let ids = SHARED.map(|id| self.name(id));
        self.make_plan(&subject, &Plan { at, written: plan, ids, tags, stages: &stages });
    }

    fn refer_to_plan(&mut self, subject: &Subject, [plan, key, tie]: [Name; 3]) {
        self.refer(subject.id, "UsagePlan", plan);
        self.refer(subject.id, "ApiKey", key);
        self.refer(subject.id, "UsagePlanKey", tie);
    }

    /// The tags of the plan and those of its key: an API that hands on its tags leaves neither any of its own.
    fn plan_tags(&mut self, subject: &Subject, plan: ValueId) -> [Option<ValueId>; 2] {
        match self.propagated_tags(subject) {
            Some(tags) => [Some(tags); 2],
            None => [self.property(Some(plan), "Tags"), None],
        }
    }

    fn make_plan(&mut self, subject: &Subject, wanted: &Plan<'_>) {
        let Plan { at, written, ids: [plan_id, key_id, tie_id], tags: [plan_tags, key_tags], stages } =
            *wanted;
        let lists = [("ApiId", "Stage"), ("RestApiId", "StageName")].map(|(api_key, stage_key)| {
            let items = stages.iter().map(|(api, stage)| {
                let (api, stage) = (self.reference(at, *api), self.reference(at, *stage));
                self.map(at, &[(api_key, api), (stage_key, stage)])
            });
            items.collect::<Vec<_>>()
        });
        let [api_stages, stage_keys] = lists.map(|items| self.list(at, items));

        let mut entries = Vec::new();
        self.put(&mut entries, "ApiStages", api_stages);
        self.put_same(&mut entries, Some(written), SAME);
        self.put_some(&mut entries, "Tags", plan_tags);
        let apis: Vec<Name> = stages.iter().map(|(api, _)| *api).collect();
        self.make_after(subject, at, plan_id, "AWS::ApiGateway::UsagePlan", entries, &apis);

        let enabled = self.plain(at, "true");
        let mut entries = Vec::new();
        self.put(&mut entries, "Enabled", enabled);
        self.put(&mut entries, "StageKeys", stage_keys);
        self.put_some(&mut entries, "Tags", key_tags);
        self.make_after(subject, at, key_id, "AWS::ApiGateway::ApiKey", entries, &[plan_id]);

        let (key, kind, plan) =
            (self.reference(at, key_id), self.text(at, "API_KEY"), self.reference(at, plan_id));
        let mut entries = Vec::new();
        self.put(&mut entries, "KeyId", key);
        self.put(&mut entries, "KeyType", kind);
        self.put(&mut entries, "UsagePlanId", plan);
        self.make_after(subject, at, tie_id, "AWS::ApiGateway::UsagePlanKey", entries, &[key_id]);
    }

    /// A resource that is made after others.
    fn make_after(
        &mut self,
        subject: &Subject,
        at: Origin,
        id: Name,
        type_name: &str,
        entries: Vec<Entry>,
        others: &[Name],
    ) {
        let others = others.iter().map(|other| self.text_named(at, *other)).collect();
        let others = self.list(at, others);
        let depends_on = self.name("DependsOn");
        self.make(subject, at, id, type_name, entries).attributes.insert(depends_on, others);
    }

    /// The condition that holds wherever one of the APIs exists: none when one always does.
    fn shared_condition(&mut self, at: Origin, shared: &[SharedPlan]) -> Option<Name> {
        let conditions = common_conditions(shared.iter().map(|shared| shared.subject.condition))?;
        Some(self.any_of(at, CONDITION, &conditions))
    }

    fn shared_policies(&self, shared: &[SharedPlan]) -> NameMap<ValueId> {
        let attributes = shared.iter().map(|shared| &shared.subject.attributes);
        self.common_attributes(&attributes.collect::<Vec<_>>(), POLICIES, true)
    }
}

/// A usage plan that is wanted.
struct Plan<'s> {
    at: Origin,
    /// What its author says of it.
    written: ValueId,
    /// The plan's, the key's, and what ties them.
    ids: [Name; 3],
    tags: [Option<ValueId>; 2],
    /// The APIs, each with its stage.
    stages: &'s [(Name, Name)],
}

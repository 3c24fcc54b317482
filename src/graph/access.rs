//! Access: what a function or a task may do to other resources, and how likely it is that it does.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::template::Guard;

use super::draft::Draft;
use super::grant::{Grant, grants};
use super::variable::{Mentions, Variable};
use super::{Certainty, Edge, EdgeKind, Evidence, EvidenceClass, Fact, Plain, VertexId, VertexKind};

/// Adds the edges that functions' permissions and environments make likely or possible.
pub(super) fn read(draft: &mut Draft<'_>, mentions: &Mentions) {
    let explained = explained(draft);
    let mut accesses: Map<(VertexId, VertexId, EdgeKind), Access> = Map::default();
    for grant in grants(draft) {
        let access = accesses.entry((grant.holder, grant.target, grant.kind)).or_default();
        access.guard = draft.template().guards.or(access.guard, grant.guard);
        access.grants.push(grant);
    }
    for ((from, to, kind), access) in accesses {
        // A variable that names the resource in a case where the function may not call it is no evidence.
        let when = draft.and(access.guard, draft.vertex(from).guard);
        let named = mentions.get(&(from, to)).into_iter().flatten();
        let variables: Vec<&Variable> =
            named.filter(|variable| draft.can_hold(draft.and(when, variable.guard))).collect();
        let explained = explained.get(&(from, to)).map(Vec::as_slice).unwrap_or_default();
        // A connector that is for more than the destination says that there is another use.
        let is_explained =
            if access.is_of_connector() { explained.contains(&kind) } else { !explained.is_empty() };
        if variables.is_empty() && is_explained {
            continue;
        }
        draft.add_edge(access.edge(draft, (from, to, kind), &variables));
    }
}

/// Where a function's destinations and dead letters go: Lambda needs the permission for that, and nothing says
/// that the function's own code uses it too.
fn explained(draft: &Draft<'_>) -> FxHashMap<(VertexId, VertexId), Vec<EdgeKind>> {
    let mut found: FxHashMap<(VertexId, VertexId), Vec<EdgeKind>> = FxHashMap::default();
    for edge in draft.graph.edges.iter().filter(|edge| draft.vertex(edge.from).kind == VertexKind::Function) {
        found.entry((edge.from, edge.to)).or_default().push(edge.kind);
    }
    found
}

type Map<K, V> = IndexMap<K, V, FxBuildHasher>;

/// All grants of one kind that one holder has on one resource.
struct Access {
    guard: Guard,
    grants: Vec<Grant>,
}

impl Default for Access {
    fn default() -> Self {
        Self { guard: Guard::NEVER, grants: Vec::new() }
    }
}

impl Access {
    fn is_of_connector(&self) -> bool {
        self.grants.iter().any(|grant| grant.class == EvidenceClass::Connector)
    }

    fn edge(
        &self,
        draft: &Draft<'_>,
        (from, to, kind): (VertexId, VertexId, EdgeKind),
        variables: &[&Variable],
    ) -> Edge {
        let class = if self.is_of_connector() {
            EvidenceClass::Connector
        } else if variables.is_empty() {
            EvidenceClass::Permission
        } else {
            EvidenceClass::PermissionAndReference
        };
        let origins = self.grants.iter().map(|grant| grant.origin).chain(variables.iter().map(|v| v.origin));
        Edge {
            kind,
            from,
            to,
            via: self.grants.first().map(|grant| grant.via),
            guard: self.guard,
            certainty: if class == EvidenceClass::Permission {
                Certainty::Possible
            } else {
                Certainty::Likely
            },
            evidence: origins.map(|origin| Evidence { class, origin }).collect(),
            origin: draft.vertex(from).origin,
            facts: self.facts(draft, (from, to, kind), variables),
        }
    }

    fn facts(
        &self,
        draft: &Draft<'_>,
        (from, to, kind): (VertexId, VertexId, EdgeKind),
        variables: &[&Variable],
    ) -> Vec<Fact> {
        let origin = draft.vertex(from).origin;
        let is_broad = self.grants.iter().all(|grant| grant.breadth.is_broad);
        let mut facts = vec![Fact::Derived { name: "Broad", value: Plain::Bool(is_broad), origin }];
        facts.extend(variables.first().map(|variable| variable.fact()));
        if kind == EdgeKind::Read && draft.vertex(to).kind == VertexKind::Table {
            let is_on_stream = self.grants.iter().any(|grant| grant.breadth.is_on_stream);
            facts.push(Fact::Derived { name: "Stream", value: Plain::Bool(is_on_stream), origin });
        }
        if kind == EdgeKind::Write && draft.vertex(to).kind == VertexKind::Bucket {
            let keys = self.grants.iter().map(|grant| Some((grant.guard, grant.breadth.keys?, grant.origin)));
            facts.push(Fact::Words { name: "Keys", words: keys.collect(), origin });
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::super::EdgeKind;
    use super::super::tests::{edge_fact, edges, resources};

    /// A function `A` with a role `R` that holds one policy, and a function `B`.
    fn with_policy(environment: &str, policy: &str) -> Vec<String> {
        edges(&resources(&format!(
            "  A: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn, Environment: {{Variables: {{{environment}}}}}}}}}
  B: {{Type: 'AWS::Lambda::Function'}}
  Flow: {{Type: 'AWS::StepFunctions::StateMachine'}}
  T: {{Type: 'AWS::DynamoDB::Table'}}
  Api: {{Type: 'AWS::ApiGateway::RestApi'}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{policy}]}}}}
"
        )))
    }

    fn allow(action: &str, resource: &str) -> String {
        format!(
            "{{PolicyDocument: {{Statement: {{Effect: Allow, Action: {action}, Resource: {resource}}}}}}}"
        )
    }

    #[test]
    fn a_permission_and_a_reference_make_a_call_likely_and_a_permission_alone_possible() {
        let policy = allow("'lambda:InvokeFunction'", "!GetAtt B.Arn");
        assert_eq!(with_policy("NAME: !Ref B", &policy), ["invoke A -> B [likely]"]);
        assert_eq!(with_policy("", &policy), ["invoke A -> B [possible]"]);
    }

    #[test]
    fn a_reference_where_there_is_no_permission_makes_no_call_likely() {
        let told = |policy_condition: &str, caller_condition: &str| {
            let policy = allow("'lambda:InvokeFunction'", "!GetAtt B.Arn");
            edges(&resources(&format!(
                "  A:
    Type: AWS::Lambda::Function
    {caller_condition}
    Properties: {{Role: !GetAtt R.Arn, Environment: {{Variables: {{NAME: !If [IsProd, !Ref B, none]}}}}}}
  B: {{Type: 'AWS::Lambda::Function'}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [!If [{policy_condition}, {policy}, !Ref AWS::NoValue]]}}}}
Conditions: {{IsProd: !Equals [!Ref Stage, prod], IsTest: !Equals [!Ref Stage, test]}}
"
            )))
        };
        let certainty = |edges: Vec<String>| edges.iter().any(|edge| edge.contains("[likely"));
        assert!(certainty(told("IsProd", "")));
        assert!(!certainty(told("IsTest", "")));
        assert!(!certainty(told("IsProd", "Condition: IsTest")));
    }

    #[test]
    fn a_policy_template_that_was_left_in_the_role_is_a_permission() {
        assert_eq!(
            with_policy("NAME: !Ref B", "{LambdaInvokePolicy: {FunctionName: !Ref B}}"),
            ["invoke A -> B [likely]"]
        );
        assert_eq!(
            with_policy("", "{DynamoDBCrudPolicy: {TableName: !Ref T}}"),
            ["read A -> T [possible]", "write A -> T [possible]"]
        );
    }

    #[test]
    fn a_permission_that_is_forbidden_as_well_is_none() {
        let told = |denied: &str| {
            let policy = format!(
                "{{PolicyDocument: {{Statement: [{{Effect: Allow, Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], Resource: !GetAtt T.Arn}}, {{Effect: Deny, {denied}}}]}}}}"
            );
            with_policy("", &policy)
        };
        let still = ["write A -> T [possible]"];
        assert!(told("Action: 'dynamodb:*', Resource: !GetAtt T.Arn").is_empty());
        assert!(told("Action: 'dynamodb:*', Resource: '*'").is_empty());
        assert_eq!(told("Action: 'dynamodb:PutItem', Resource: !GetAtt T.Arn"), still);
        assert_eq!(told("Action: 'dynamodb:*', Resource: !GetAtt Other.Arn"), still);
        assert_eq!(
            told("Action: 'dynamodb:*', Resource: '*', Condition: {Bool: {'aws:SecureTransport': 'false'}}"),
            still
        );
    }

    #[test]
    fn a_permission_by_name_is_on_a_bucket_alone() {
        let template = |resource: &str| {
            resources(&format!(
                "  A: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn}}}}
  B: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Sub 'in-${{AWS::StackName}}'}}}}
  Q: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: !Sub 'in-${{AWS::StackName}}'}}}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{}]}}}}
",
                allow("['s3:PutObject', 'sqs:SendMessage']", resource)
            ))
        };
        let keys = |resource: &str| edge_fact(&template(resource), EdgeKind::Write, "Keys");
        for resource in ["!Sub 'arn:aws:s3:::in-${AWS::StackName}/out/*'", "!Sub '${B.Arn}/out/*'"] {
            assert_eq!(edges(&template(resource)), ["write A -> B [possible]"], "{resource}");
            assert_eq!(keys(resource), "out/*", "{resource}");
        }
        let queue = "!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:in-${AWS::StackName}'";
        assert_eq!(edges(&template(queue)), [""; 0]);
    }

    #[test]
    fn a_wildcard_is_no_evidence() {
        assert_eq!(with_policy("NAME: !Ref B", &allow("'lambda:InvokeFunction'", "'*'")), [""; 0]);
        assert_eq!(with_policy("NAME: !Ref B", &allow("'*'", "!GetAtt B.Arn")), [""; 0]);
    }

    #[test]
    fn a_denial_is_no_permission() {
        let policy = allow("'lambda:InvokeFunction'", "!GetAtt B.Arn").replace("Allow", "Deny");
        assert_eq!(with_policy("NAME: !Ref B", &policy), [""; 0]);
    }

    #[test]
    fn actions_may_be_lists_and_hold_wildcards() {
        assert_eq!(
            with_policy("", &allow("['dynamodb:Put*', 'dynamodb:Batch*Item']", "[!Sub '${T.Arn}/index/*']")),
            ["write A -> T [possible]", "read A -> T [possible]"]
        );
    }

    #[test]
    fn reading_the_stream_of_a_table_is_told_from_reading_the_table() {
        for (action, resource, is_of_stream) in [
            ("'dynamodb:GetRecords'", "!GetAtt T.StreamArn", "true"),
            ("'dynamodb:GetRecords'", "!Sub '${T.Arn}/stream/*'", "true"),
            ("'dynamodb:GetItem'", "!GetAtt T.Arn", "false"),
        ] {
            let template = resources(&format!(
                "  A: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn}}}}
  T: {{Type: 'AWS::DynamoDB::Table'}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{}]}}}}
",
                allow(action, resource)
            ));
            assert_eq!(edge_fact(&template, EdgeKind::Read, "Stream"), is_of_stream, "{resource}");
        }
    }

    #[test]
    fn only_its_own_action_starts_a_workflow_and_waits() {
        assert_eq!(
            with_policy("ARN: !Ref Flow", &allow("'states:StartSyncExecution'", "!Ref Flow")),
            ["start.sync A -> Flow [likely]"]
        );
        assert_eq!(with_policy("", &allow("'states:*'", "!Ref Flow")), ["start.async A -> Flow [possible]"]);
    }

    #[test]
    fn a_policy_beside_the_role_counts_as_well() {
        let template = resources(
            "  A: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt R.Arn}}
  B: {Type: 'AWS::Lambda::Function'}
  C: {Type: 'AWS::Lambda::Function'}
  R: {Type: 'AWS::IAM::Role', Properties: {ManagedPolicyArns: [!Ref M]}}
  P:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref R]
      PolicyDocument: {Statement: [{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !GetAtt B.Arn}]}
  M:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !GetAtt C.Arn}]}
",
        );
        assert_eq!(edges(&template), ["invoke A -> B [possible]", "invoke A -> C [possible]"]);
    }

    #[test]
    fn a_permission_that_a_destination_needs_is_no_call() {
        let template = |environment: &str| {
            resources(&format!(
                "  A: {{Type: 'AWS::Lambda::Function', Properties: {{Role: !GetAtt R.Arn, Environment: {{Variables: {{{environment}}}}}}}}}
  Next: {{Type: 'AWS::Lambda::Function'}}
  R: {{Type: 'AWS::IAM::Role', Properties: {{Policies: [{{LambdaInvokePolicy: {{FunctionName: !Ref Next}}}}]}}}}
  C:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {{FunctionName: !Ref A, DestinationConfig: {{OnSuccess: {{Destination: !GetAtt Next.Arn}}}}}}
"
            ))
        };
        assert_eq!(edges(&template("")), ["invoke.async A -> Next [certain]"]);
        assert_eq!(edges(&template("NEXT: !Ref Next")).len(), 2);
    }
}

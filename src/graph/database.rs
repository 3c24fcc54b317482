//! Databases and caches: who keeps connections to them, by the address that an environment holds.

use crate::names::Name;
use crate::template::{Guard, Resource};

use super::branch::Branch;
use super::draft::{Draft, Wiring};
use super::variable::{Mentions, Variable};
use super::{Certainty, Edge, EdgeKind, Evidence, EvidenceClass, Fact, Plain, VertexKind};

/// Adds the edges of an `AWS::RDS::DBProxyTargetGroup`: a proxy keeps connections to its databases.
pub(super) fn read_proxy_targets(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some(properties) = Branch::properties(resource) else { return };
    for proxy in draft.branches(properties, &["DBProxyName"]) {
        for (guard, proxy) in draft.targets_inside(proxy, &[VertexKind::DatabaseProxy]) {
            for list in ["DBInstanceIdentifiers", "DBClusterIdentifiers"] {
                for database in draft.branches(properties, &[list, "*"]) {
                    for (own, target) in draft.targets_inside(database, &[VertexKind::Database]) {
                        let wiring = Wiring {
                            kind: EdgeKind::Connect,
                            from: proxy.vertex,
                            to: target.vertex,
                            via: Some(id),
                            guard: draft.and(guard, own),
                            origin: resource.origin,
                            proof: draft.values().origin(database.value),
                        };
                        draft.wire(wiring, Vec::new());
                    }
                }
            }
        }
    }
}

/// A function or a task that is told the address of a database or a cache connects to it: likely where it is in a
/// network as well.
///
/// It is proxied where the template has a proxy, in whatever case, or where its variable holds what may be one in another
/// case: who has one for production alone has chosen to do without elsewhere.
pub(super) fn read_connections(draft: &mut Draft<'_>, mentions: &Mentions) {
    let has_proxy = draft.graph.vertices.iter().any(|vertex| vertex.kind == VertexKind::DatabaseProxy);
    for (&(from, to), variables) in mentions {
        let is_connected_to = matches!(
            draft.vertex(to).kind,
            VertexKind::Database | VertexKind::DatabaseProxy | VertexKind::Cache
        );
        let told: Vec<&Variable> = variables.iter().filter(|it| is_address(draft, it)).collect();
        let Some(first) = told.first().filter(|_| is_connected_to) else { continue };
        let guards = &draft.template().guards;
        let guard = told.iter().fold(Guard::NEVER, |guard, variable| guards.or(guard, variable.guard));
        let owner = draft.resource(draft.vertex(from).id);
        let is_in_network =
            owner.is_some_and(|owner| draft.presence(owner, &["VpcConfig"]) == Plain::Bool(true));
        let origin = draft.vertex(from).origin;
        let is_proxied = has_proxy || told.iter().any(|variable| variable.is_open);
        let proxied = Fact::Derived { name: "Proxied", value: Plain::Bool(is_proxied), origin };
        draft.add_edge(Edge {
            kind: EdgeKind::Connect,
            from,
            to,
            via: None,
            guard,
            certainty: if is_in_network { Certainty::Likely } else { Certainty::Possible },
            evidence: told
                .iter()
                .map(|variable| Evidence { class: EvidenceClass::Reference, origin: variable.origin })
                .collect(),
            origin,
            facts: vec![first.fact(), proxied],
        });
    }
}

/// `Endpoint.Address`, `ReadEndpoint.Address`, `PrimaryEndPoint.Address`, `ClusterDiscoveryEndpoint`, and a proxy's
/// `Endpoint`. Who is told an ARN calls the Data API, which needs no connection.
fn is_address(draft: &Draft<'_>, variable: &Variable) -> bool {
    variable.attribute.is_some_and(|attribute| {
        let attribute = draft.text(attribute).to_ascii_lowercase();
        attribute.contains("endpoint") && attribute.rsplit('.').next() != Some("port")
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, resources, template};
    use super::super::{EdgeKind, Graph, Plain};
    use crate::code::HandlerCode;
    use crate::template::Resolver;

    fn told(variable: &str, rest: &str) -> Vec<String> {
        edges(&resources(&format!(
            "  F:
    Type: AWS::Lambda::Function
    Properties: {{Environment: {{Variables: {{HOST: {variable}}}}}{rest}}}
  Db: {{Type: 'AWS::RDS::DBCluster'}}
  Redis: {{Type: 'AWS::ElastiCache::ReplicationGroup'}}
  Proxy: {{Type: 'AWS::RDS::DBProxy'}}
"
        )))
    }

    #[test]
    fn a_function_connects_to_the_database_whose_address_it_is_told() {
        assert_eq!(told("!GetAtt Db.Endpoint.Address", ""), ["connect F -> Db [possible]"]);
        assert_eq!(
            told("!GetAtt Redis.PrimaryEndPoint.Address", ", VpcConfig: {SubnetIds: [a]}"),
            ["connect F -> Redis [likely]"]
        );
        assert_eq!(told("!Sub 'pg://${Proxy.Endpoint}:5432/shop'", ""), ["connect F -> Proxy [possible]"]);
    }

    #[test]
    fn a_port_or_an_arn_is_no_address() {
        assert_eq!(told("!GetAtt Db.Endpoint.Port", ""), [""; 0]);
        assert_eq!(told("!GetAtt Db.DBClusterArn", ""), [""; 0]);
    }

    #[test]
    fn a_connection_exists_where_its_variable_names_the_database() {
        let template = template(
            "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1']}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {HOST: !If [Prod, !GetAtt Db.Endpoint.Address, localhost]}}}
  Db: {Type: 'AWS::RDS::DBInstance'}
",
        );
        assert_eq!(edges(&template), ["connect F -> Db [possible] when Prod is true"]);
    }

    #[test]
    fn who_has_a_proxy_in_another_case_has_thought_of_one() {
        let proxied = |variable: &str, rest: &str| {
            let template = template(&format!(
                "Parameters: {{Proxy: {{Type: String}}}}
Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  F: {{Type: 'AWS::Lambda::Function', Properties: {{Environment: {{Variables: {{HOST: {variable}}}}}}}}}
  Db: {{Type: 'AWS::RDS::DBInstance'}}
{rest}"
            ));
            let graph = Graph::build(Resolver::new(&template), HandlerCode::LeftAlone);
            let edge = graph.edges.iter().find(|edge| edge.kind == EdgeKind::Connect);
            let proxied = edge.and_then(|edge| edge.concluded("Proxied").cloned());
            proxied == Some(Plain::Bool(true))
        };
        let address = "!GetAtt Db.Endpoint.Address";
        assert!(!proxied(address, ""));
        assert!(!proxied(&format!("!If [Prod, {address}, localhost]"), ""));
        assert!(proxied(address, "  P: {Type: 'AWS::RDS::DBProxy', Condition: Prod}\n"));
        assert!(proxied(&format!("!If [Prod, !ImportValue proxy, {address}]"), ""));
        assert!(proxied(&format!("!If [Prod, !Ref Proxy, {address}]"), ""));
    }

    #[test]
    fn a_proxy_connects_to_the_databases_of_its_target_group() {
        let template = resources(
            "  Db: {Type: 'AWS::RDS::DBInstance'}
  Proxy: {Type: 'AWS::RDS::DBProxy'}
  G:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties: {DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Db]}
",
        );
        assert_eq!(edges(&template), ["connect Proxy -> Db [certain]"]);
    }

    #[test]
    fn a_task_connects_and_calls_as_a_function_does() {
        let template = resources(
            "  Db: {Type: 'AWS::RDS::DBInstance'}
  Q: {Type: 'AWS::SQS::Queue'}
  T:
    Type: AWS::ECS::TaskDefinition
    Properties:
      TaskRoleArn: !GetAtt R.Arn
      ContainerDefinitions:
        - Environment: [{Name: HOST, Value: !GetAtt Db.Endpoint.Address}, {Name: QUEUE, Value: !Ref Q}]
  R: {Type: 'AWS::IAM::Role', Properties: {Policies: [{SQSSendMessagePolicy: {QueueName: !GetAtt Q.QueueName}}]}}
",
        );
        assert_eq!(edges(&template), ["send T -> Q [likely]", "connect T -> Db [possible]"]);
    }
}

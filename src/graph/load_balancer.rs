//! Application load balancers: a request waits for the function in the target group.

use crate::names::Name;
use crate::template::Resource;

use super::branch::Branch;
use super::draft::{Caller, Draft};

/// Adds the edges of an `AWS::ElasticLoadBalancingV2::TargetGroup`, which is an entry point itself.
pub(super) fn read_target_group(draft: &mut Draft<'_>, id: Name, resource: &Resource) {
    let Some((from, properties)) = draft.vertex_of(id).zip(Branch::properties(resource)) else { return };
    for arn in draft.branches(properties, &["Targets", "*", "Id"]) {
        draft.call_functions(Caller::waiting(from, id, resource.origin), arn);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{edges, resources};

    #[test]
    fn a_load_balancer_waits_for_the_function_in_its_target_group() {
        let template = resources(
            "  F: {Type: 'AWS::Lambda::Function'}
  G:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt F.Arn}]}
  P:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref F, Principal: elasticloadbalancing.amazonaws.com}
",
        );
        assert_eq!(edges(&template), ["invoke.sync G -> F [certain]"]);
    }
}

//! What custom domains and usage plans of APIs become. The digits are those of the transform.

use super::{Expanded, expanded};

/// What is written to the three APIs of these templates.
fn apis(text: &str) -> Expanded {
    expanded(&format!(
        "
Parameters:
  Name: {{Type: String, Default: api.example.com}}
  Path: {{Type: String, Default: /v1}}
  Later: {{Type: String}}
Resources:
{text}
"
    ))
}

#[test]
fn a_rest_api_gets_a_domain_and_a_mapping_for_each_path() {
    let template = apis(
        "  One: {Type: 'AWS::Serverless::Api', Condition: C, Properties: {StageName: v1, Domain: {DomainName: !Ref Name, CertificateArn: arn, EndpointConfiguration: EDGE, SecurityPolicy: TLS_1_2, BasePath: [!Ref Path, '/a-b_c']}}}",
    );
    assert_eq!(template.told, []);
    let domain = "ApiGatewayDomainName1bc412bb08";
    assert_eq!(template.type_of(domain), "AWS::ApiGateway::DomainName");
    assert_eq!(template.condition(domain), Some("C"));
    assert_eq!(template.show(domain, "CertificateArn"), "arn");
    assert_eq!(template.show(domain, "EndpointConfiguration"), "{Types: [EDGE]}");
    assert_eq!(template.show(domain, "SecurityPolicy"), "TLS_1_2");
    assert_eq!(template.show("Onev1BasePathMapping", "BasePath"), "v1");
    assert_eq!(template.show("OneabcBasePathMapping", "BasePath"), "abc");
    assert_eq!(template.show("OneabcBasePathMapping", "DomainName"), format!("!Ref {domain}"));
    assert_eq!(template.show("OneabcBasePathMapping", "Stage"), "!Ref Onev1Stage");
    assert_eq!(template.texts(template.resource("OneabcBasePathMapping").origin).1, "'/a-b_c'");
    assert_eq!(template.texts(template.resource(domain).origin).0, "Domain");
}

#[test]
fn a_path_stays_as_it_is_where_its_author_wants_it() {
    let template = apis(
        "  One: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {DomainName: a.b, CertificateArn: arn, BasePath: a-b, NormalizeBasePath: false}}}",
    );
    assert_eq!(template.show("OneabBasePathMapping", "BasePath"), "a-b");
}

#[test]
fn a_path_that_is_decided_later_is_carried() {
    let template = apis(
        "  One: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {DomainName: a.b, CertificateArn: arn, BasePath: !Ref Later, EndpointConfiguration: !Ref Later}}}",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.show("OneBasePathMapping", "BasePath"), "!Ref Later");
}

#[test]
fn a_name_is_hashed_as_the_transform_has_it() {
    for (name, digits) in [
        ("!Sub 'x.${Name}'", "1df61595f6"),
        ("!Join ['.', [x, !Ref Name]]", "9226caf2f7"),
        ("!ImportValue name", "787d4875bf"),
        ("!GetAtt Other.Name", "4551dfe009"),
        ("!If [C, 'ü', !Select [0, [!Ref 'AWS::StackName', '${x}']]]", "c5df28ded9"),
        ("!Sub ['${A}.${!x}.${Other.Name}', {A: !Ref Name}]", "88fa798f37"),
    ] {
        let template = apis(&format!(
            "  One: {{Type: 'AWS::Serverless::Api', Properties: {{StageName: v1, Domain: {{DomainName: {name}, CertificateArn: arn}}}}}}"
        ));
        let id = format!("ApiGatewayDomainName{digits}");
        assert!(template.ids().contains(&id.as_str()), "{name} {:?}", template.ids());
    }
}

#[test]
fn the_language_extensions_put_the_whole_name_in_first() {
    let template = expanded(
        "
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Name: {Type: String, Default: api.example.com}}
Resources:
  One: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {DomainName: !Sub 'x.${Name}', CertificateArn: arn}}}
",
    );
    assert_eq!(template.type_of("ApiGatewayDomainName860f08f939"), "AWS::ApiGateway::DomainName");
}

#[test]
fn a_private_domain_is_reached_through_a_vpc_endpoint() {
    let template = apis(
        "  One: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, PropagateTags: true, Tags: {a: b}, Domain: {DomainName: !Ref Name, CertificateArn: arn, EndpointConfiguration: PRIVATE, Policy: {Version: x}, AccessAssociation: {VpcEndpointId: vpce-1}, Route53: {HostedZoneId: Z, VpcEndpointDomainName: vpce.host, VpcEndpointHostedZoneId: ZV}}}}",
    );
    let domain = "ApiGatewayDomainNameV21bc412bb08";
    assert_eq!(template.type_of(domain), "AWS::ApiGateway::DomainNameV2");
    assert_eq!(template.show(domain, "Policy"), "{Version: x}");
    assert_eq!(template.show(domain, "Tags"), "[{Key: a, Value: b}]");
    assert_eq!(template.type_of("OneBasePathMapping"), "AWS::ApiGateway::BasePathMappingV2");
    assert_eq!(template.show("OneBasePathMapping", "DomainNameArn"), format!("!Ref {domain}"));
    let association = template.ids().into_iter().find(|id| id.starts_with("DomainNameAccessAssociation"));
    assert_eq!(template.show(association.unwrap(), "AccessAssociationSource"), "vpce-1");
    let group = template.ids().into_iter().find(|id| id.starts_with("RecordSetGroup")).unwrap();
    assert_eq!(template.show(group, "RecordSets.0.AliasTarget"), "{HostedZoneId: ZV, DNSName: vpce.host}");
}

#[test]
fn apis_of_one_hosted_zone_share_a_group_of_records() {
    let template = apis(
        "  Web: {Type: 'AWS::Serverless::HttpApi', Properties: {Domain: {DomainName: web.example.com, CertificateArn: arn, Route53: {HostedZoneName: example.com., IpV6: true}}}}
  One: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {DomainName: a.example.com, CertificateArn: arn, Route53: {HostedZoneName: example.com., Region: eu-west-1, SetIdentifier: s, EvaluateTargetHealth: true}}}}
  Two: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {DomainName: b.example.com, CertificateArn: arn, EndpointConfiguration: EDGE, Route53: {HostedZoneName: example.com., SeparateRecordSetGroup: true}}}}",
    );
    let group = "RecordSetGroup22b77bea9d";
    assert_eq!(template.show(group, "HostedZoneName"), "example.com.");
    let names = ["0", "1", "2", "3"].map(|set| template.show(group, &format!("RecordSets.{set}.Name")));
    assert_eq!(names, ["web.example.com", "web.example.com", "a.example.com", "nothing"]);
    let kinds = ["0", "1"].map(|set| template.show(group, &format!("RecordSets.{set}.Type")));
    assert_eq!(kinds, ["A", "AAAA"]);
    assert_eq!(template.show(group, "RecordSets.2.Region"), "eu-west-1");
    assert_eq!(template.show(group, "RecordSets.2.AliasTarget.EvaluateTargetHealth"), "true");
    let groups = template.ids().iter().filter(|id| id.starts_with("RecordSetGroup")).count();
    assert_eq!(groups, 2, "one stands alone");
}

#[test]
fn an_http_api_gets_a_domain_of_its_own_type() {
    let template = apis(
        "  Web: {Type: 'AWS::Serverless::HttpApi', Properties: {Tags: {a: b}, Domain: {DomainName: !Ref Name, CertificateArn: arn, BasePath: [/v1/x-y_z/, !Ref Path, 'a b'], MutualTlsAuthentication: {TruststoreUri: s, Other: x}}}}
  User: {Type: T, Properties: {Domain: !GetAtt Web.DomainName.RegionalDomainName}}",
    );
    let domain = "ApiGatewayDomainNameV21bc412bb08";
    assert_eq!(template.type_of(domain), "AWS::ApiGatewayV2::DomainName");
    assert_eq!(
        template.show(domain, "DomainNameConfigurations"),
        "[{CertificateArn: arn, EndpointType: REGIONAL}]"
    );
    assert_eq!(template.show(domain, "Tags"), "{httpapi:createdBy: SAM, a: b}");
    assert_eq!(template.show("Webv1xyzApiMapping", "ApiMappingKey"), "v1/x-y_z");
    assert_eq!(template.show("Webv1ApiMapping", "Stage"), "!Ref WebApiGatewayDefaultStage");
    assert_eq!(template.show("User", "Domain"), format!("!GetAtt {domain}.RegionalDomainName"));
    let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "MutualTlsAuthentication is not a map of TruststoreUri and TruststoreVersion",
            "BasePath a b has characters other than letters, digits, /, - and _"
        ]
    );
}

#[test]
fn a_domain_that_lacks_what_makes_one_is_told_and_the_api_is_there() {
    for (domain, why) in [
        ("{DomainName: a.b}", "Domain has no CertificateArn"),
        ("{CertificateArn: arn}", "Domain has no DomainName"),
        ("a.b", "Domain is not a map"),
        ("!If [C, {DomainName: a.b, CertificateArn: c}, !Ref 'AWS::NoValue']", "Domain is not a map"),
        (
            "{DomainName: a.b, CertificateArn: c, EndpointConfiguration: LOCAL}",
            "EndpointConfiguration of Domain is not EDGE, REGIONAL or PRIVATE",
        ),
    ] {
        let template = apis(&format!(
            "  One: {{Type: 'AWS::Serverless::Api', Properties: {{StageName: v1, Domain: {domain}}}}}"
        ));
        let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
        assert_eq!(told, [format!("{why}, so that One gets no custom domain")], "{domain}");
        assert_eq!(template.ids().len(), 3, "{domain}");
    }
}

#[test]
fn a_property_of_the_other_form_of_domain_is_told() {
    for (property, why) in [
        ("Policy: {Version: x}", "A public custom domain has no Policy"),
        (
            "EndpointConfiguration: PRIVATE, OwnershipVerificationCertificateArn: arn",
            "A private custom domain has no OwnershipVerificationCertificateArn",
        ),
    ] {
        let template = apis(&format!(
            "  One: {{Type: 'AWS::Serverless::Api', Properties: {{StageName: v1, Domain: {{DomainName: a.b, CertificateArn: arn, {property}}}}}}}"
        ));
        let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
        assert_eq!(told, [why]);
    }
}

#[test]
fn an_author_may_write_the_mapping_that_a_domain_makes() {
    let template = apis(
        "  OneBasePathMapping: {Type: 'AWS::ApiGateway::BasePathMapping', Properties: {DomainName: own}}
  One: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {DomainName: a.b, CertificateArn: arn}}}
  Last: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {DomainName: a.b, CertificateArn: arn}}}
  LastBasePathMapping: {Type: 'AWS::ApiGateway::BasePathMapping', Properties: {DomainName: own}}",
    );
    assert_eq!(template.told, []);
    for mapping in ["OneBasePathMapping", "LastBasePathMapping"] {
        assert!(template.show(mapping, "DomainName").starts_with("!Ref ApiGatewayDomainName"), "{mapping}");
    }
}

#[test]
fn a_usage_plan_is_for_one_api_or_for_all_that_share_it() {
    let template = expanded(
        "
Globals: {Api: {Auth: {UsagePlan: {CreateUsagePlan: SHARED, Quota: {Limit: 5, Period: DAY}}}}}
Resources:
  One: {Type: 'AWS::Serverless::Api', Condition: A, UpdateReplacePolicy: Delete, Properties: {StageName: v1}}
  Two: {Type: 'AWS::Serverless::Api', Condition: B, UpdateReplacePolicy: Snapshot, Properties: {StageName: v1}}
  Own: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Auth: {UsagePlan: {CreateUsagePlan: PER_API, UsagePlanName: own}}}}
  No: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Auth: {UsagePlan: {CreateUsagePlan: NONE}}}}
  User: {Type: T, Properties: {Key: !Ref Own.ApiKey, Plan: !Ref One.UsagePlan}}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(
        template.show("ServerlessUsagePlan", "ApiStages"),
        "[{ApiId: !Ref One, Stage: !Ref Onev1Stage}, {ApiId: !Ref Two, Stage: !Ref Twov1Stage}]"
    );
    assert_eq!(template.show("ServerlessUsagePlan", "Quota"), "{Limit: 5, Period: DAY}");
    let either = template.template.names.find("SharedUsagePlanCondition").unwrap();
    assert_eq!(template.write(template.template.conditions[&either]), "!Or [!Condition A, !Condition B]");
    let attribute = |id: &str, name: &str| {
        let name = template.template.names.find(name).unwrap();
        template.resource(id).attributes.get(&name).map(|value| template.write(*value))
    };
    for id in ["ServerlessUsagePlan", "ServerlessApiKey", "ServerlessUsagePlanKey"] {
        assert_eq!(template.condition(id), Some("SharedUsagePlanCondition"), "{id}");
        assert_eq!(attribute(id, "UpdateReplacePolicy").as_deref(), Some("Snapshot"), "{id}");
    }
    assert_eq!(attribute("ServerlessUsagePlan", "DependsOn").as_deref(), Some("[One, Two]"));
    assert_eq!(template.show("OwnUsagePlan", "UsagePlanName"), "own");
    assert_eq!(
        template.show("OwnApiKey", "StageKeys"),
        "[{RestApiId: !Ref Own, StageName: !Ref Ownv1Stage}]"
    );
    assert_eq!(template.show("OwnUsagePlanKey", "KeyId"), "!Ref OwnApiKey");
    assert_eq!(template.show("User", "Key"), "!Ref OwnApiKey");
    assert_eq!(template.show("User", "Plan"), "!Ref ServerlessUsagePlan");
    assert!(!template.ids().contains(&"NoUsagePlan"));
}

#[test]
fn one_unconditional_api_makes_the_shared_plan_unconditional() {
    let shared = |condition: &str| {
        apis(&format!(
            "  One: {{Type: 'AWS::Serverless::Api', Condition: A, Properties: {{StageName: v1, Auth: {{UsagePlan: {{CreateUsagePlan: SHARED}}}}}}}}
  Two: {{Type: 'AWS::Serverless::Api', {condition} Properties: {{StageName: v1, Auth: {{UsagePlan: {{CreateUsagePlan: SHARED}}}}}}}}"
        ))
    };
    assert_eq!(shared("").condition("ServerlessUsagePlan"), None);
    let same = shared("Condition: A,");
    assert_eq!(same.condition("ServerlessUsagePlan"), Some("SharedUsagePlanCondition"));
    let condition = same.template.names.find("SharedUsagePlanCondition").unwrap();
    assert_eq!(same.write(same.template.conditions[&condition]), "!Condition A");
}

#[test]
fn a_usage_plan_for_nobody_is_told() {
    for (plan, why) in [
        (
            "{Quota: {Limit: 1}}",
            "CreateUsagePlan is not PER_API, SHARED or NONE, so that there is no usage plan",
        ),
        ("{CreateUsagePlan: NONE, Limit: 1}", "Limit is not a property of UsagePlan"),
        ("[1]", "UsagePlan is not a map, so that there is none"),
    ] {
        let template = apis(&format!(
            "  One: {{Type: 'AWS::Serverless::Api', Properties: {{StageName: v1, Auth: {{UsagePlan: {plan}}}}}}}"
        ));
        let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
        assert_eq!(told, [why], "{plan}");
    }
}

#[test]
fn what_a_macro_writes_into_a_domain_may_be_what_is_missing() {
    let template = apis(
        "  One: {Type: 'AWS::Serverless::Api', Properties: {StageName: v1, Domain: {'Fn::Transform': {Name: M}}, Auth: {UsagePlan: {'Fn::Transform': {Name: M}}}}}",
    );
    assert_eq!(template.told, []);
}

#[test]
fn an_implicit_api_takes_the_place_of_its_namesake_and_the_tags_of_its_callers() {
    let template = expanded(
        "
Resources:
  F: {Type: 'AWS::Serverless::Function', Properties: {PropagateTags: true, Tags: {a: b}, Events: {E: {Type: Api, Properties: {Path: /, Method: get}}}}}
  ServerlessRestApi: {Type: 'AWS::Serverless::Function', Properties: {Handler: h}}
",
    );
    assert_eq!(template.type_of("ServerlessRestApi"), "AWS::ApiGateway::RestApi");
    assert_eq!(template.show("ServerlessRestApi", "Tags"), "[{Key: a, Value: b}]");
    assert_eq!(template.show("ServerlessRestApiProdStage", "Tags"), "[{Key: a, Value: b}]");
    assert_eq!(template.type_of("FEPermissionProd"), "AWS::Lambda::Permission");
}

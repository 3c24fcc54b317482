//! What WebSocket APIs become.

use super::expanded;

const CHAT: &str = "
Parameters:
  Zone: {Type: String, Default: Z123}
Globals:
  WebSocketApi:
    Tags: {team: chat}
    RouteSelectionExpression: $request.body.action
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    DependsOn: F
    Properties:
      StageName: prod
      PropagateTags: true
      Auth: {AuthType: CUSTOM, AuthArn: !GetAtt Guard.Arn, IdentitySource: [route.request.querystring.token]}
      RouteSettings: {sendMessage: {ThrottlingBurstLimit: 5}}
      StageVariables: {a: b}
      Domain:
        DomainName: chat.example.com
        CertificateArn: arn
        BasePath: [/v1-beta/]
        Route53: {HostedZoneId: !Ref Zone, IpV6: true}
      Routes:
        $connect: {FunctionArn: !GetAtt F.Arn, OperationName: open}
        sendMessage: {FunctionArn: !GetAtt F.Arn, IntegrationTimeout: 5000}
  F: {Type: AWS::Serverless::Function}
  Guard: {Type: AWS::Serverless::Function}
Outputs:
  Stage: {Value: !Ref Chat.Stage}
";

#[test]
fn each_route_has_an_integration_and_a_permission_of_its_own() {
    let template = expanded(CHAT);
    assert_eq!(template.told, []);
    assert_eq!(
        template.ids(),
        [
            "Chat",
            "ChatConnectRoute",
            "ChatConnectIntegration",
            "ChatConnectPermission",
            "ChatSendmessageRoute",
            "ChatSendmessageIntegration",
            "ChatSendmessagePermission",
            "ChatprodStage",
            "ChatConnectAuthorizer",
            "ChatAuthorizerPermission",
            "ApiGatewayDomainNameV2ce78a13742",
            "Chatv1betaApiMapping",
            "RecordSetGroupdc5493edf0",
            "F",
            "FRole",
            "Guard",
            "GuardRole",
        ]
    );
    assert_eq!(template.show("Chat", "ProtocolType"), "WEBSOCKET");
    assert_eq!(template.show("Chat", "Name"), "Chat");
    assert_eq!(template.show("Chat", "RouteSelectionExpression"), "$request.body.action");
    assert_eq!(template.show("ChatSendmessageRoute", "RouteKey"), "sendMessage");
    assert_eq!(template.show("ChatConnectRoute", "OperationName"), "open");
    assert_eq!(
        template.show("ChatSendmessageIntegration", ""),
        "{ApiId: !Ref Chat, IntegrationType: AWS_PROXY, IntegrationUri: arn:${AWS::Partition}:apigateway:\
         ${AWS::Region}:lambda:path/2015-03-31/functions/<!GetAtt F.Arn>/invocations, TimeoutInMillis: 5000}"
    );
    assert_eq!(
        template.show("ChatSendmessagePermission", "SourceArn"),
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Chat.ApiId}/prod/sendMessage"
    );
    let timeout = template.origin("ChatSendmessageIntegration", "TimeoutInMillis");
    assert_eq!(template.texts(timeout), ("IntegrationTimeout", "5000"));
    assert_eq!(template.texts(template.origin("ChatSendmessageRoute", "RouteKey")).0, "sendMessage");
}

#[test]
fn the_stage_waits_for_the_routes_that_it_has_settings_for() {
    let template = expanded(CHAT);
    let depends_on = template.template.names.find("DependsOn").unwrap();
    assert_eq!(
        template.write(template.resource("ChatprodStage").attributes[&depends_on]),
        "[ChatConnectRoute, ChatSendmessageRoute]"
    );
    assert_eq!(template.write(template.resource("Chat").attributes[&depends_on]), "F");
    assert_eq!(template.show("ChatprodStage", "RouteSettings"), "{sendMessage: {ThrottlingBurstLimit: 5}}");
    assert_eq!(
        template.write(template.template.own.outputs.unwrap()),
        "{Stage: {Value: !Ref ChatprodStage}}"
    );
}

#[test]
fn tags_are_handed_on_only_when_the_author_says_so() {
    let tags = "{team: chat, websocketapi:createdBy: SAM}";
    let template = expanded(CHAT);
    assert_eq!(template.show("Chat", "Tags"), tags);
    assert_eq!(template.show("ChatprodStage", "Tags"), tags);
    let template = expanded(&CHAT.replace("PropagateTags: true", "PropagateTags: false"));
    assert_eq!(template.show("Chat", "Tags"), tags);
    assert_eq!(template.show("ChatprodStage", "Tags"), "{websocketapi:createdBy: SAM}");
}

#[test]
fn a_function_is_asked_by_permission_unless_a_role_is_given() {
    let template = expanded(CHAT);
    assert_eq!(template.show("ChatConnectRoute", "AuthorizationType"), "CUSTOM");
    assert_eq!(template.show("ChatConnectRoute", "AuthorizerId"), "!Ref ChatConnectAuthorizer");
    assert_eq!(template.show("ChatSendmessageRoute", "AuthorizationType"), "nothing");
    assert_eq!(template.show("ChatConnectAuthorizer", "Name"), "ChatConnectAuthorizer");
    assert_eq!(template.show("ChatAuthorizerPermission", "FunctionName"), "!GetAtt Guard.Arn");
    let template = expanded(&CHAT.replace("AuthType: CUSTOM,", "AuthType: CUSTOM, InvokeRole: role,"));
    assert_eq!(template.show("ChatConnectAuthorizer", "AuthorizerCredentialsArn"), "role");
    assert!(!template.ids().contains(&"ChatAuthorizerPermission"));
}

#[test]
fn a_domain_is_mapped_to_the_stage_and_found_by_its_records() {
    let template = expanded(CHAT);
    let domain = "ApiGatewayDomainNameV2ce78a13742";
    assert_eq!(
        template.show(domain, "DomainNameConfigurations"),
        "[{CertificateArn: arn, EndpointType: REGIONAL}]"
    );
    assert_eq!(template.show("Chatv1betaApiMapping", "ApiMappingKey"), "v1-beta");
    assert_eq!(template.show("Chatv1betaApiMapping", "Stage"), "!Ref ChatprodStage");
    assert_eq!(template.show("RecordSetGroupdc5493edf0", "HostedZoneId"), "!Ref Zone");
    assert_eq!(template.show("RecordSetGroupdc5493edf0", "RecordSets.1.Type"), "AAAA");
    assert_eq!(
        template.show("RecordSetGroupdc5493edf0", "RecordSets.0.AliasTarget.DNSName"),
        format!("!GetAtt {domain}.RegionalDomainName")
    );
}

#[test]
fn a_stage_has_a_name_of_its_own_or_the_parameters() {
    let api = |stage: &str| {
        format!(
            "
Parameters: {{Stage: {{Type: String}}}}
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      {stage}
      RouteSelectionExpression: $request.body.action
      Routes: {{$default: {{FunctionArn: arn}}}}
"
        )
    };
    let template = expanded(&api(""));
    assert_eq!(template.show("ChatDefaultStage", "StageName"), "default");
    let template = expanded(&api("StageName: !Ref Stage"));
    assert_eq!(template.show("ChatStage", "StageName"), "!Ref Stage");
    let source = template.show("ChatDefaultPermission", "SourceArn");
    assert!(source.ends_with("/<!Ref Stage>/$default"), "{source}");
}

#[test]
fn what_the_transform_rejects_or_loses_is_told_and_the_rest_expands() {
    let template = expanded(
        "
Conditions: {IsProd: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Condition: IsProd
    Properties:
      StageName: $default
      IpAddressType: ipv6
      Auth: {AuthType: custom, AuthArn: arn}
      Domain: {DomainName: a.b, MutualTlsAuthentication: {TruststoreUri: s3}}
      Routes:
        send-message: {FunctionArn: arn}
        default: {FunctionArn: arn}
        $default: {FunctionArn: arn, RequestParameters: {}}
        Nothing: {}
        $connect: {FunctionArn: arn}
  Bare:
    Type: AWS::Serverless::WebSocketApi
    Properties: {RouteSelectionExpression: a, Routes: {a: {FunctionArn: arn}}, Auth: {AuthType: AWS_IAM, Name: n}}
  Odd: {Type: AWS::Serverless::WebSocketApi, Properties: {RouteSelectionExpression: a, Routes: [a], Auth: 1}}
",
    );
    let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "Chat has no RouteSelectionExpression",
            "IpAddressType is neither ipv4 nor dualstack",
            "A WebSocket API cannot have MutualTlsAuthentication",
            "The stage of a WebSocket API cannot be named $default: only letters and digits",
            "SAM has no name for the route send-message: only $connect, $disconnect, $default and keys of letters \
             and digits are accepted",
            "The route $default has RequestParameters, which only $connect can have",
            "The route $default replaces default, since SAM names both of them alike",
            "The route Nothing has no FunctionArn",
            "The transform takes the AuthType custom of Chat for NONE: write CUSTOM",
            "Domain has no CertificateArn, so that Chat gets no custom domain",
            "Bare has Auth but no $connect route, which is what it is for",
            "Routes is not a map of routes",
            "The Auth of Odd is not a map",
        ]
    );
    assert_eq!(template.show("ChatConnectRoute", "AuthorizationType"), "NONE");
    assert_eq!(template.condition("ChatSendmessageRoute"), None);
    assert_eq!(template.show("ChatDefaultRoute", "RouteKey"), "$default");
    assert!(!template.ids().contains(&"ChatConnectAuthorizer"));
}

#[test]
fn what_a_macro_may_write_is_not_missed() {
    let template = expanded(
        "
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      Fn::Transform: {Name: Api}
      Auth: {Fn::Transform: {Name: Auth}}
      Domain: {Fn::Transform: {Name: Domain}}
      Routes:
        Fn::Transform: {Name: Routes}
        send: {Fn::Transform: {Name: Send}}
  Known:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: a
      Auth: {AuthType: AWS_IAM}
      Routes: {Fn::Transform: {Name: Routes}}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.ids(), ["Chat", "ChatDefaultStage", "Known", "KnownDefaultStage"]);
}

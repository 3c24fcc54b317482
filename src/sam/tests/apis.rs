//! What APIs and their routes become.

use crate::template::OriginKind;

use super::expanded;

const APIS: &str = "
Globals:
  Api: {TracingEnabled: true, EndpointConfiguration: REGIONAL}
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: A
    Properties:
      Events:
        List: {Type: Api, Properties: {Path: '/orders/{id}', Method: GET, TimeoutInMillis: 5000}}
        Rest: {Type: HttpApi}
        Put: {Type: HttpApi, Properties: {Path: /x, Method: put}}
  G:
    Type: AWS::Serverless::Function
    Condition: B
    Properties:
      Events:
        Add: {Type: Api, Properties: {Path: /orders, Method: any, ResponseTransferMode: RESPONSE_STREAM}}
";

#[test]
fn events_without_an_api_share_an_implicit_one() {
    let template = expanded(APIS);
    assert_eq!(template.told, []);
    assert_eq!(template.type_of("ServerlessRestApi"), "AWS::ApiGateway::RestApi");
    assert_eq!(template.show("ServerlessRestApi", "EndpointConfiguration"), "{Types: [REGIONAL]}");
    let endpoint = template.origin("ServerlessRestApi", "EndpointConfiguration.Types.0");
    assert_eq!((template.texts(endpoint).1, endpoint.kind), ("REGIONAL", OriginKind::Globals));
    assert_eq!(template.show("ServerlessRestApiProdStage", "TracingEnabled"), "true");
    assert_eq!(template.texts(template.resource("ServerlessRestApi").origin).0, "List");
    assert_eq!(template.resource("ServerlessRestApi").made_by, template.template.names.find("F"));
    assert_eq!(
        template.show("FListPermissionProd", "SourceArn"),
        "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:<!Ref ServerlessRestApi>/<*>/GET/orders/*"
    );
    assert_eq!(template.show("ServerlessHttpApiApiGatewayDefaultStage", "StageName"), "$default");
    assert!(!template.ids().contains(&"FPutPermission"), "the default route's permission covers it");
}

#[test]
fn an_implicit_api_exists_where_one_of_its_functions_does() {
    let template = expanded(APIS);
    assert_eq!(template.condition("ServerlessRestApi"), Some("ServerlessRestApiCondition"));
    assert_eq!(template.condition("ServerlessRestApiProdStage"), Some("ServerlessRestApiCondition"));
    let either = template.template.names.find("ServerlessRestApiCondition").unwrap();
    assert_eq!(template.write(template.template.conditions[&either]), "!Or [!Condition A, !Condition B]");
    assert_eq!(template.condition("ServerlessHttpApi"), Some("A"));
    let guards = &template.template.guards;
    let [a, b, either] = ["A", "B", "ServerlessRestApiCondition"]
        .map(|name| guards.condition(template.template.names.find(name).unwrap()));
    assert!(!guards.can_hold(&[(a, true), (either, false)]), "the new condition has its meaning");
    assert!(guards.can_hold(&[(a, false), (b, true), (either, true)]));
    let unconditional = expanded(&APIS.replace("    Condition: B\n", ""));
    assert_eq!(unconditional.condition("ServerlessRestApi"), None);
}

#[test]
fn a_route_has_its_integration_and_points_at_its_event() {
    let template = expanded(APIS);
    let route = "Body.paths./orders/{id}.get";
    let operation = template.show("ServerlessRestApi", route);
    assert_eq!(
        operation,
        "!If [A, {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, \
         uri: arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations, \
         timeoutInMillis: 5000}}, !Ref AWS::NoValue]"
    );
    assert_eq!(template.texts(template.origin("ServerlessRestApi", route)).0, "List");
    let streamed = template.show("ServerlessRestApi", "Body.paths./orders.x-amazon-apigateway-any-method");
    assert!(streamed.contains("responseTransferMode: STREAM"), "{streamed}");
    let http = template.show("ServerlessHttpApi", "Body.paths./x.put");
    assert!(http.contains("payloadFormatVersion: 2.0"), "{http}");
}

#[test]
fn an_api_has_a_stage_and_authorizers_that_routes_name() {
    let template = expanded(
        "
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1-beta
      CacheClusterEnabled: true
      Auth:
        DefaultAuthorizer: Check
        Authorizers:
          Check: {FunctionArn: !GetAtt Checker.Arn, Identity: {ReauthorizeEvery: 0}}
          Pool: {UserPoolArn: !GetAtt Users.Arn}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /a, Method: get}}
        B: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /b, Method: get, Auth: {Authorizer: Pool}}}
        C: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /c, Method: get, Auth: {Authorizer: NONE}}}
Outputs:
  Stage: {Value: !Ref Api.Stage}
",
    );
    assert_eq!(template.told, []);
    assert_eq!(template.show("ApiStage2817521297", "CacheClusterEnabled"), "true");
    let output = template.write(template.template.own.outputs.unwrap());
    assert_eq!(output, "{Stage: {Value: !Ref ApiStage2817521297}}");
    assert_eq!(template.type_of("FAPermission2817521297"), "AWS::Lambda::Permission");
    assert_eq!(template.show("ApiCheckAuthorizerPermission", "FunctionName"), "!GetAtt Checker.Arn");
    let check = "Body.securityDefinitions.Check.x-amazon-apigateway-authorizer";
    assert_eq!(template.show("Api", &format!("{check}.authorizerResultTtlInSeconds")), "0");
    assert!(template.show("Api", &format!("{check}.authorizerUri")).contains("<!GetAtt Checker.Arn>"));
    let security = |path: &str| template.show("Api", &format!("Body.paths.{path}.get.security"));
    assert_eq!(security("/a"), "[{Check: []}]");
    assert_eq!(security("/b"), "[{Pool: []}]");
    assert_eq!(security("/c"), "nothing");
}

#[test]
fn a_body_of_the_authors_takes_routes_as_the_transform_lets_it() {
    let template = expanded(
        "
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties: {StageName: dev, DefinitionBody: {paths: {/a: {get: {summary: mine}}}}}
  Merged:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      MergeDefinitions: true
      DefinitionBody: {paths: {/a: {get: {summary: mine}}}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        paths: {/a: {get: {x-amazon-apigateway-integration: {uri: theirs}}, post: null}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        R: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}
        M: {Type: Api, Properties: {RestApiId: !Ref Merged, Path: /a, Method: get}}
        H: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: get}}
        P: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: post}}
",
    );
    assert_eq!(template.show("Rest", "Body"), "{paths: {/a: {get: {summary: mine}}}}");
    assert_eq!(template.show("Merged", "Body.paths./a.get.summary"), "mine");
    assert!(template.find("Merged", "Body.paths./a.get.x-amazon-apigateway-integration.uri").is_some());
    assert_eq!(template.show("Http", "Body.paths./a.get.x-amazon-apigateway-integration.uri"), "theirs");
    assert!(template.find("Http", "Body.paths./a.post.x-amazon-apigateway-integration.uri").is_some());
}

#[test]
fn a_stage_named_by_a_parameter_has_its_value_in_its_id_only_after_the_language_extensions() {
    let text = "
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Env: {Type: String, Default: dev}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: !Ref Env}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events: {A: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get}}}
";
    let after = expanded(text);
    assert_eq!(after.type_of("ApidevStage"), "AWS::ApiGateway::Stage");
    assert_eq!(after.type_of("FAPermissiondev"), "AWS::Lambda::Permission");
    for named in ["!Sub '${Env}1'", "!Join ['', [!Ref Env, 1]]", "!FindInMap [M, x, y, {DefaultValue: dev1}]"]
    {
        let after = expanded(&text.replace("!Ref Env", named));
        assert_eq!(after.type_of("Apidev1Stage"), "AWS::ApiGateway::Stage", "{named}");
    }
    let without = expanded(&text.replace("AWS::LanguageExtensions, ", ""));
    assert_eq!(without.type_of("ApiStage"), "AWS::ApiGateway::Stage");
    assert_eq!(without.type_of("FAPermissionStage"), "AWS::Lambda::Permission");
}

#[test]
fn settings_of_a_route_join_those_of_its_stage() {
    let template = expanded(
        "
Resources:
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: v1
      RouteSettings: {'GET /a': {ThrottlingRateLimit: 5, ThrottlingBurstLimit: 9}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A:
          Type: HttpApi
          Properties: {ApiId: !Ref Http, Path: /a, Method: get, RouteSettings: {ThrottlingRateLimit: 7}}
",
    );
    assert_eq!(
        template.show("Httpv1Stage", "RouteSettings"),
        "{GET /a: {ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9}}"
    );
    let limit = template.origin("Httpv1Stage", "RouteSettings.GET /a.ThrottlingRateLimit");
    assert_eq!(template.texts(limit), ("ThrottlingRateLimit", "7"));
}

#[test]
fn a_transfer_mode_that_the_deployment_tells_stays_in_the_body() {
    for (mode, kept) in [
        ("RESPONSE_STREAM", "STREAM"),
        ("BUFFERED", "nothing"),
        ("!Ref Mode", "!Ref Mode"),
        ("!If [A, RESPONSE_STREAM, BUFFERED]", "!If [A, STREAM, BUFFERED]"),
        ("!If [A, RESPONSE_STREAM, !Ref Mode]", "!If [A, STREAM, !Ref Mode]"),
    ] {
        let template = expanded(&format!(
            "
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Chat: {{Type: Api, Properties: {{Path: /chat, Method: post, ResponseTransferMode: {mode}}}}}
"
        ));
        let integration = "Body.paths./chat.post.x-amazon-apigateway-integration";
        assert_eq!(
            template.show("ServerlessRestApi", &format!("{integration}.responseTransferMode")),
            kept,
            "{mode}"
        );
    }
}

#[test]
fn an_authorizer_that_nobody_defines_is_told() {
    let told = |kind: &str, key: &str, auth: &str, authorizer: &str| {
        let template = expanded(&format!(
            "
Resources:
  A: {{Type: 'AWS::Serverless::{kind}', Properties: {{StageName: v1, Auth: {auth}}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E: {{Type: {kind}, Properties: {{{key}: !Ref A, Path: /, Method: get, Auth: {{Authorizer: {authorizer}}}}}}}
"
        ));
        template.told.iter().map(|told| told.message.clone()).collect::<Vec<_>>()
    };
    let defined = "{DefaultAuthorizer: Own, Authorizers: {Own: {UserPoolArn: arn}}}";
    for authorizer in ["Own", "NONE", "AWS_IAM"] {
        assert_eq!(told("Api", "RestApiId", defined, authorizer), [""; 0], "{authorizer}");
    }
    assert_eq!(told("Api", "RestApiId", defined, "Other"), ["Other is not among the Authorizers of A"]);
    assert_eq!(
        told("Api", "RestApiId", "{DefaultAuthorizer: Other, Authorizers: {Own: {UserPoolArn: arn}}}", "Own"),
        ["Other is not among the Authorizers of A"]
    );
    assert_eq!(told("Api", "RestApiId", "{Authorizers: {'Fn::Transform': {Name: M}}}", "Other"), [""; 0]);
    assert_eq!(told("HttpApi", "ApiId", "{EnableIamAuthorizer: true}", "AWS_IAM"), [""; 0]);
    assert_eq!(
        told("HttpApi", "ApiId", "{Authorizers: {Own: {FunctionArn: arn}}}", "Own"),
        ["Own has no AuthorizerPayloadFormatVersion"]
    );
}

#[test]
fn an_event_may_give_the_bodys_own_integration_another_timeout() {
    let template = expanded(
        "
Resources:
  A:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        paths: {/x: {get: {x-amazon-apigateway-integration: {type: http_proxy, timeoutInMillis: 29000}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E: {Type: HttpApi, Properties: {ApiId: !Ref A, Path: /x, Method: get, TimeoutInMillis: 5000}}
",
    );
    assert_eq!(
        template.show("A", "Body.paths./x.get.x-amazon-apigateway-integration"),
        "{type: http_proxy, timeoutInMillis: 5000}"
    );
    let timeout = template.origin("A", "Body.paths./x.get.x-amazon-apigateway-integration.timeoutInMillis");
    assert_eq!(template.texts(timeout), ("TimeoutInMillis", "5000"));
}

#[test]
fn what_belongs_into_a_body_is_told_where_the_body_is_a_file() {
    let template = expanded(
        "
Resources:
  A:
    Type: AWS::Serverless::Api
    Properties: {StageName: v1, DefinitionUri: api.yaml, Description: x, MergeDefinitions: false, Auth: {ApiKeyRequired: true}}
  W: {Type: 'AWS::Serverless::HttpApi', Properties: {DefinitionUri: api.yaml, DefinitionBody: {openapi: 3.0.1}}}
",
    );
    let told: Vec<&str> = template.told.iter().map(|told| told.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "Auth of A does not go with DefinitionUri: it needs a DefinitionBody",
            "W has both DefinitionBody and DefinitionUri"
        ]
    );
}

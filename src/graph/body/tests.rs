//! Bodies of APIs: in the template, in files that it names, and in files that it includes.

use super::super::tests::{beside, edges, fact, resources, template};
use crate::code::HandlerCode;
use crate::graph::{Fact, Graph, VertexKind};
use crate::template::{Resolver, Template};

const FUNCTION: &str = "  F: {Type: 'AWS::Lambda::Function'}\n";

#[test]
fn a_route_below_a_condition_exists_under_it() {
    let template = template(
        "Conditions: {Prod: !Equals [!Ref 'AWS::AccountId', '1']}
Resources:
  F: {Type: 'AWS::Lambda::Function'}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        paths:
          /a: !If
            - Prod
            - {get: {x-amazon-apigateway-integration: {uri: !GetAtt F.Arn}}}
            - !Ref AWS::NoValue
",
    );
    assert_eq!(edges(&template), ["invoke.sync Api GET /a -> F [certain] when Prod is true"]);
}

#[test]
fn authorizers_are_asked_and_are_no_part_of_the_route() {
    let uri =
        "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'";
    let template = resources(&format!(
        "{FUNCTION}  Pool: {{Type: 'AWS::Cognito::UserPool'}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        securityDefinitions:
          Mine: {{x-amazon-apigateway-authorizer: {{authorizerUri: {uri}}}}}
  A: {{Type: 'AWS::ApiGateway::Authorizer', Properties: {{RestApiId: !Ref Api, ProviderARNs: [!GetAtt Pool.Arn]}}}}
"
    ));
    assert_eq!(edges(&template), ["authorize Api -> F [certain]", "authorize Api -> Pool [certain]"]);
}

/// Each route with the bytes that it points at, and the file that they are in.
fn routes(template: &Template) -> Vec<String> {
    let graph = Graph::build(Resolver::new(template), HandlerCode::Read);
    let routes = graph.vertices.iter().filter(|vertex| vertex.kind == VertexKind::Route);
    let shown = routes.map(|route| {
        let source = &template.sources[route.origin.file.0 as usize];
        let id = template.names.text(route.id);
        format!("{id} @ {} in {}", source.slice(route.origin.key), source.path())
    });
    shown.collect()
}

/// What is cut out of its file by the place of the first edge of each route, and by its proof.
fn proofs(template: &Template) -> Vec<&str> {
    let graph = Graph::build(Resolver::new(template), HandlerCode::Read);
    let edges = graph.edges.iter().map(|edge| edge.evidence[0].origin);
    edges.map(|proof| template.sources[proof.file.0 as usize].slice(proof.value)).collect()
}

const NAMED_API: &str = "  F: {Type: 'AWS::Lambda::Function', Properties: {FunctionName: orders}}
  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {BodyS3Location: ./api.yaml}}
";

#[test]
fn a_body_in_a_file_has_routes_that_point_into_it() {
    let arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:orders/invocations";
    let template = beside(
        &format!(
            "swagger: '2.0'
paths:
  /orders/{{id}}:
    parameters: []
    get:
      x-amazon-apigateway-integration:
        type: aws_proxy
        timeoutInMillis: 5000
        responseTransferMode: STREAM
        uri: {arn}
  /health:
    options: {{x-amazon-apigateway-integration: {{type: mock}}}}
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-integration: {{type: http_proxy, connectionType: VPC_LINK, uri: 'http://internal'}}
"
        ),
        NAMED_API,
    );
    assert_eq!(
        routes(&template),
        [
            "Api GET /orders/{id} @ get in api.yaml",
            "Api OPTIONS /health @ options in api.yaml",
            "Api ANY /health @ x-amazon-apigateway-any-method in api.yaml",
        ]
    );
    assert_eq!(edges(&template), ["invoke.sync Api GET /orders/{id} -> F [certain]"]);
    assert_eq!(proofs(&template), [arn]);
    let fact = |name| fact(&template, "Api GET /orders/{id}", name);
    assert_eq!(["TimeoutInMillis", "Streaming", "ApiKind"].map(fact), ["5000", "true", "REST"]);
}

#[test]
fn a_json_body_of_an_http_api_is_read_too() {
    let template = beside(
        r#"{"openapi": "3.0.1", "paths": {"/$default": {"x-amazon-apigateway-any-method": {
            "x-amazon-apigateway-integration": {"uri": "arn:aws:lambda:eu-west-1:123456789012:function:orders:live"}}}}}"#,
        &NAMED_API.replace("ApiGateway::RestApi", "ApiGatewayV2::Api"),
    );
    assert_eq!(routes(&template), ["Api ANY $default @ \"x-amazon-apigateway-any-method\" in api.yaml"]);
    assert_eq!(edges(&template), ["invoke.sync Api ANY $default -> F [certain]"]);
}

/// A body whose uri CloudFormation would fill in, if it were not in a bucket.
const UNFILLED: &str = "paths:
  /orders/{id}:
    post:
      x-amazon-apigateway-integration:
        uri: arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations
  /other:
    get:
      x-amazon-apigateway-integration:
        uri: {Fn::Sub: 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}
  /third:
    get:
      x-amazon-apigateway-integration: {uri: !GetAtt F.Arn}
";

#[test]
fn nothing_is_filled_in_in_a_file_of_its_own() {
    let template = beside(UNFILLED, NAMED_API);
    assert_eq!(routes(&template).len(), 3);
    assert_eq!(edges(&template), [""; 0]);
}

#[test]
fn a_permission_connects_a_route_of_a_file_that_does_not_tell_its_function() {
    let permission = |call: &str| {
        format!(
            "{NAMED_API}  P:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref F
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub 'arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/*/{call}'
"
        )
    };
    let template = beside(UNFILLED, &permission("POST/orders/*"));
    assert_eq!(edges(&template), ["invoke.sync Api POST /orders/{id} -> F [likely]"]);
    assert_eq!(fact(&template, "Api POST /orders/{id}", "TimeoutInMillis"), "29000 by default");
    let template = beside(UNFILLED, &permission("*/*"));
    assert_eq!(edges(&template), ["invoke.sync Api ? /* -> F [likely]"]);
}

const INCLUDE: &str = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}}";

#[test]
fn what_is_included_is_filled_in() {
    let integration = "x-amazon-apigateway-integration:
        uri: {Fn::Sub: 'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}
";
    for (file, body) in [
        (format!("paths:\n  /a:\n    get:\n      {integration}"), INCLUDE.to_owned()),
        (format!("/a:\n    get:\n      {integration}"), format!("{{paths: {INCLUDE}}}")),
        (format!("get:\n      {integration}"), format!("{{paths: {{/a: {INCLUDE}}}}}")),
    ] {
        let template = beside(
            &file,
            &format!("{FUNCTION}  Api: {{Type: 'AWS::ApiGateway::RestApi', Properties: {{Body: {body}}}}}\n"),
        );
        assert_eq!(routes(&template), ["Api GET /a @ get in api.yaml"]);
        assert_eq!(edges(&template), ["invoke.sync Api GET /a -> F [certain]"]);
        assert!(proofs(&template)[0].starts_with("{Fn::Sub"), "{:?}", proofs(&template));
    }
}

#[test]
fn an_integration_that_several_routes_refer_to_is_followed() {
    let template = resources(&format!(
        "{FUNCTION}  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        paths:
          /a: {{get: {{x-amazon-apigateway-integration: {{$ref: '#/components/x-amazon-apigateway-integrations/to~1F'}}}}}}
          /b: {{$ref: '#/paths/~1a'}}
          /c: {{$ref: '#/paths/~1c'}}
          /d: {{$ref: 'other.yaml#/a'}}
        components:
          x-amazon-apigateway-integrations:
            to/F: {{uri: !GetAtt F.Arn, timeoutInMillis: 7000}}
"
    ));
    assert_eq!(
        edges(&template),
        ["invoke.sync Api GET /a -> F [certain]", "invoke.sync Api GET /b -> F [certain]"]
    );
    assert_eq!(fact(&template, "Api GET /b", "TimeoutInMillis"), "7000");
}

#[test]
fn a_request_names_what_it_acts_on_by_a_reference_or_by_its_own_name() {
    let template = beside(
        r#"paths:
  /start:
    post:
      x-amazon-apigateway-integration:
        uri: arn:aws:apigateway:eu-west-1:states:action/StartSyncExecution
        requestTemplates:
          application/json: |
            {"input": "$util.escapeJavaScript($input.json('$'))",
             "stateMachineArn" : "arn:aws:states:eu-west-1:123456789012:stateMachine:flow"}
  /put:
    post:
      x-amazon-apigateway-integration:
        uri: arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem
        requestTemplates: {application/json: '{"TableName": "orders", "Item": {"TableName": "x"}}'}
  /send:
    post:
      x-amazon-apigateway-integration:
        uri: arn:aws:apigateway:eu-west-1:sqs:path/123456789012/jobs
  /stream:
    post:
      x-amazon-apigateway-integration:
        uri: arn:aws:apigateway:eu-west-1:kinesis:action/PutRecord
        requestTemplates: {application/json: '{"StreamName": "$input.params(''stream'')"}'}
"#,
        "  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {BodyS3Location: api.yaml}}
  Flow: {Type: 'AWS::StepFunctions::StateMachine', Properties: {StateMachineName: flow}}
  Orders: {Type: 'AWS::DynamoDB::Table', Properties: {TableName: orders}}
  Jobs: {Type: 'AWS::SQS::Queue', Properties: {QueueName: jobs}}
  Clicks: {Type: 'AWS::Kinesis::Stream', Properties: {Name: clicks}}
",
    );
    assert_eq!(
        edges(&template),
        [
            "start.sync Api POST /start -> Flow [certain]",
            "write Api POST /put -> Orders [certain]",
            "send Api POST /send -> Jobs [certain]",
        ]
    );
}

#[test]
fn a_scheme_of_a_file_asks_its_function_at_its_place() {
    let arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:orders/invocations";
    let template = beside(
        &format!(
            "components:
  securitySchemes:
    Mine:
      type: apiKey
      x-amazon-apigateway-authorizer: {{type: token, authorizerUri: '{arn}'}}
    Theirs: {{type: apiKey}}
"
        ),
        NAMED_API,
    );
    assert_eq!(edges(&template), ["authorize Api -> F [certain]"]);
    assert_eq!(proofs(&template), [format!("'{arn}'")]);
}

#[test]
fn a_body_that_cannot_be_read_leaves_its_routes_to_permissions() {
    for location in ["nowhere.yaml", "s3://bucket/api.yaml", "{Bucket: b, Key: k}", "!Ref Elsewhere"] {
        let template = beside(UNFILLED, &NAMED_API.replace("./api.yaml", location));
        let graph = Graph::build(Resolver::new(&template), HandlerCode::Read);
        let routes = graph.vertices.iter().flat_map(|vertex| &vertex.facts);
        assert!(!routes.into_iter().any(|fact| matches!(fact, Fact::Derived { name: "Path", .. })));
    }
}

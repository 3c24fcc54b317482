//! What a GraphQL API becomes.

use crate::template::OriginKind;

use super::expanded;

/// An API with a function and a table behind it.
const PRICES: &str = "
Resources:
  Prices:
    Type: AWS::Serverless::GraphQLApi
    Condition: IsProd
    DependsOn: Topic
    DeletionPolicy: Retain
    Metadata: {owner: us}
    Properties:
      SchemaUri: schema.graphql
      XrayEnabled: true
      Tags: {team: prices}
      Auth:
        Type: API_KEY
        Additional:
          - {Type: AWS_LAMBDA, LambdaAuthorizer: {AuthorizerUri: !GetAtt Guard.Arn}}
          - {Type: AMAZON_COGNITO_USER_POOLS, UserPool: {UserPoolId: p, DefaultAction: DENY}}
      ApiKeys: {Web: {ExpiresOn: 1893456000}}
      Cache: {ApiCachingBehavior: FULL_REQUEST_CACHING, Ttl: 60, Type: SMALL}
      DomainName: {CertificateArn: c, DomainName: api.example.com}
      DataSources:
        Lambda: {Reader: {FunctionArn: !GetAtt Read.Arn}}
        DynamoDb:
          Items: {TableName: !Ref Table, TableArn: !GetAtt Table.Arn, Permissions: [Read]}
          Logged: {TableName: log, ServiceRoleArn: role, Region: eu-west-1}
      Functions:
        read: {DataSource: Reader, CodeUri: read.js, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}}
        pass: {DataSource: none, InlineCode: c, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}}
        shared: {Id: !ImportValue shared}
        own: {DataSource: !GetAtt Own.Name, InlineCode: c, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}}
      Resolvers:
        Query:
          price: {Pipeline: [pass, read, shared], Caching: {Ttl: 30}}
          named:
            FieldName: other
            Pipeline: [own]
            InlineCode: c
            Runtime: {Name: APPSYNC_JS, Version: 1.0.0}
";

#[test]
fn a_graph_ql_api_has_the_ids_that_the_transform_gives() {
    let template = expanded(PRICES);
    assert_eq!(template.told, []);
    assert_eq!(
        template.ids(),
        [
            "Prices",
            "PricesSchema",
            "PricesToLambdaAuthConnector1WriteLambdaPermission",
            "PricesCloudWatchRole",
            "PricesWeb",
            "PricesApiCache",
            "PricesItemsDynamoDBDataSource",
            "PricesItemsDynamoDBDataSourceRole",
            "PricesItemsDynamoDBDataSourceToTableConnectorPolicy",
            "PricesLoggedDynamoDBDataSource",
            "PricesReaderLambdaDataSource",
            "PricesReaderLambdaDataSourceRole",
            "PricesReaderLambdaDataSourceToLambdaConnectorPolicy",
            "PricesDomainName",
            "PricesDomainNameApiAssociation",
            "Pricesread",
            "Pricespass",
            "Pricesown",
            "PricesQueryprice",
            "PricesQuerynamed",
            "PricesNoneDataSource",
        ]
    );
}

#[test]
fn an_api_has_its_authorizers_and_logs_every_field_unless_told_otherwise() {
    let template = expanded(PRICES);
    assert_eq!(template.show("Prices", "Name"), "Prices");
    assert_eq!(template.show("Prices", "AuthenticationType"), "API_KEY");
    assert_eq!(
        template.show("Prices", "AdditionalAuthenticationProviders"),
        "[{AuthenticationType: AWS_LAMBDA, LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt Guard.Arn}}, \
         {AuthenticationType: AMAZON_COGNITO_USER_POOLS, UserPoolConfig: {UserPoolId: p}}]"
    );
    let permission = "PricesToLambdaAuthConnector1WriteLambdaPermission";
    assert_eq!(template.show(permission, "FunctionName"), "!GetAtt Guard.Arn");
    assert!(template.show(permission, "SourceArn").ends_with(":apis/<!GetAtt Prices.ApiId>"));
    assert_eq!(
        template.show("Prices", "LogConfig"),
        "{FieldLogLevel: ALL, CloudWatchLogsRoleArn: !GetAtt PricesCloudWatchRole.Arn}"
    );
    assert_eq!(template.show("Prices", "Tags.1"), "{Key: graphqlapi:createdBy, Value: SAM}");
    assert_eq!(template.show("PricesWeb", "Expires"), "1893456000");
    assert_eq!(template.show("PricesSchema", "DefinitionS3Location"), "schema.graphql");

    let quiet = expanded(&PRICES.replace("XrayEnabled: true", "Logging: false"));
    assert_eq!(quiet.show("Prices", "LogConfig"), "nothing");
    assert!(!quiet.ids().contains(&"PricesCloudWatchRole"));
    let own = expanded(&PRICES.replace("XrayEnabled: true", "Logging: {CloudWatchLogsRoleArn: r}"));
    assert_eq!(own.show("Prices", "LogConfig"), "{CloudWatchLogsRoleArn: r, FieldLogLevel: ALL}");
    assert!(!own.ids().contains(&"PricesCloudWatchRole"));
}

#[test]
fn what_a_part_is_made_of_is_where_its_author_named_it() {
    let template = expanded(PRICES);
    for (id, key) in [
        ("PricesSchema", "SchemaUri"),
        ("PricesWeb", "Web"),
        ("PricesApiCache", "Cache"),
        ("PricesReaderLambdaDataSourceRole", "Reader"),
        ("PricesItemsDynamoDBDataSourceToTableConnectorPolicy", "Items"),
        ("Pricesread", "read"),
        ("PricesQueryprice", "price"),
        ("PricesNoneDataSource", "DataSource"),
    ] {
        let origin = template.resource(id).origin;
        assert_eq!((template.texts(origin).0, origin.kind), (key, OriginKind::Generated), "{id}");
    }
    let arn = template.origin("PricesReaderLambdaDataSource", "LambdaConfig.LambdaFunctionArn");
    assert_eq!((template.texts(arn).0, arn.kind), ("FunctionArn", OriginKind::Written));
}

#[test]
fn a_data_source_has_a_role_that_may_use_it_and_no_more() {
    let template = expanded(PRICES);
    let reads = "PricesItemsDynamoDBDataSourceToTableConnectorPolicy";
    assert_eq!(template.show(reads, "Roles"), "[!Ref PricesItemsDynamoDBDataSourceRole]");
    assert_eq!(
        template.show(reads, "PolicyDocument.Statement.0.Resource"),
        "[!GetAtt Table.Arn, <!GetAtt Table.Arn>/index/*]"
    );
    assert_eq!(template.show(reads, "PolicyDocument.Statement.0.Action.0"), "dynamodb:GetItem");
    assert_eq!(template.show(reads, "PolicyDocument.Statement.1"), "nothing");
    let calls = "PricesReaderLambdaDataSourceToLambdaConnectorPolicy";
    assert_eq!(
        template.show(calls, "PolicyDocument.Statement"),
        "[{Effect: Allow, Action: [lambda:InvokeAsync, lambda:InvokeFunction], \
         Resource: [!GetAtt Read.Arn, <!GetAtt Read.Arn>:*]}]"
    );
    assert_eq!(template.show("PricesLoggedDynamoDBDataSource", "ServiceRoleArn"), "role");
    assert_eq!(
        template.show("PricesLoggedDynamoDBDataSource", "DynamoDBConfig"),
        "{AwsRegion: eu-west-1, TableName: log}"
    );
}

#[test]
fn a_pipeline_lines_up_functions_and_functions_name_their_sources() {
    let template = expanded(PRICES);
    assert_eq!(
        template.show("PricesQueryprice", "PipelineConfig.Functions.0"),
        "!GetAtt Pricespass.FunctionId"
    );
    assert!(template.show("PricesQueryprice", "PipelineConfig.Functions.2").starts_with("ImportValue"));
    assert_eq!(template.show("PricesQueryprice", "CachingConfig"), "{Ttl: 30}");
    assert_eq!(template.show("PricesQueryprice", "Runtime"), "{Name: APPSYNC_JS, RuntimeVersion: 1.0.0}");
    assert_eq!(template.show("PricesQuerynamed", "FieldName"), "other");
    assert_eq!(template.show("PricesQuerynamed", "Code"), "c");
    for (function, source) in [
        ("Pricesread", "!GetAtt PricesReaderLambdaDataSource.Name"),
        ("Pricespass", "!GetAtt PricesNoneDataSource.Name"),
        ("Pricesown", "!GetAtt Own.Name"),
    ] {
        assert_eq!(template.show(function, "DataSourceName"), source);
    }
}

#[test]
fn all_parts_have_the_attributes_of_the_api_save_those_of_a_connector() {
    let template = expanded(PRICES);
    let written = |id: &str| -> Vec<String> {
        let attributes = template.resource(id).attributes.iter();
        let mut shown: Vec<_> = attributes
            .map(|(name, value)| {
                format!("{}: {}", template.template.names.text(*name), template.write(*value))
            })
            .collect();
        shown.sort();
        shown
    };
    for id in ["Prices", "PricesSchema", "PricesWeb", "PricesReaderLambdaDataSourceRole", "Pricesread"] {
        assert_eq!(template.condition(id), Some("IsProd"), "{id}");
        assert_eq!(
            written(id),
            ["DeletionPolicy: Retain", "DependsOn: Topic", "Metadata: {owner: us}"],
            "{id}"
        );
    }
    assert!(written("PricesQueryprice").contains(&"DependsOn: [PricesSchema]".to_owned()));
    let policy = "PricesReaderLambdaDataSourceToLambdaConnectorPolicy";
    assert_eq!(template.condition(policy), None);
    assert!(matches!(&written(policy)[..], [one] if one.starts_with("Metadata: {aws:sam:connectors: ")));
}

#[test]
fn what_the_transform_would_refuse_is_told_at_its_place() {
    let template = expanded(
        "
Resources:
  Bare: {Type: AWS::Serverless::GraphQLApi, Properties: {SchemaInline: s}}
  Odd:
    Type: AWS::Serverless::GraphQLApi
    Properties:
      SchemaInline: s
      Auth: {Type: AWS_LAMBDA}
      ApiKeys: !If [IsProd, {Key: {}}, !Ref AWS::NoValue]
      DataSources: {Http: {h: {}}, Lambda: {l: {Name: n}}}
      Functions:
        f: {DataSource: missing, InlineCode: c, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}}
        g: {DataSource: l}
      Resolvers: {Query: {a: {Pipeline: [h]}, b: {}, c: 3}}
",
    );
    let source = &template.template.sources[0];
    let places: Vec<_> = template.told.iter().map(|told| source.slice(told.location.span)).collect();
    let keys = "!If [IsProd, {Key: {}}, !Ref AWS::NoValue]";
    assert_eq!(places, ["Bare", "Auth", keys, "Http", "l", "missing", "g", "g", "c", "h", "b"]);
    assert_eq!(template.show("Oddf", "DataSourceName"), "missing");
    assert_eq!(template.type_of("OddQueryb"), "AWS::AppSync::Resolver");
}

#[test]
fn what_a_macro_may_write_is_not_missing() {
    let template = expanded(
        "
Resources:
  A: {Type: AWS::Serverless::GraphQLApi, Properties: {'Fn::Transform': {Name: M}, Resolvers: {Query: {a: {Pipeline: [f]}}}}}
  B:
    Type: AWS::Serverless::GraphQLApi
    Properties:
      SchemaInline: {'Fn::Transform': {Name: AWS::Include}}
      Auth: {'Fn::Transform': {Name: M}}
      DataSources: {'Fn::Transform': {Name: M}, Lambda: {l: {'Fn::Transform': {Name: M}}}}
      Functions:
        f: {DataSource: hidden, 'Fn::Transform': {Name: M}}
        g: {'Fn::Transform': {Name: M}}
        h: {Description: d, 'Fn::Transform': {Name: M}}
      Resolvers: {Query: {a: {'Fn::Transform': {Name: M}}, b: {FieldName: c, 'Fn::Transform': {Name: M}}}}
",
    );
    assert_eq!(template.told, []);
    assert!(template.template.values.is_open(template.find("Bh", "").unwrap()));
    assert_eq!(template.show("BQueryb", "Code"), "nothing");
}

//! Loops and includes come first: the transform sees what they leave.

use super::expanded;

#[test]
fn what_a_loop_makes_is_expanded_like_any_other_resource_with_places_in_the_body() {
    let template = expanded(
        "
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Globals: {Function: {Timeout: 20}}
Resources:
  Fn::ForEach::Workers:
    - Name
    - [Order, Bill]
    - ${Name}Worker:
        Type: AWS::Serverless::Function
        Properties:
          AutoPublishAlias: !Sub 'live${Name}'
          Environment:
            Variables:
              Fn::ForEach::Variables: [Key, [A, B], {'${Name}${Key}': !Ref Key}]
          Events:
            Fn::ForEach::Sources:
              - Source
              - [One, Two]
              - From${Source}: {Type: SQS, Properties: {Queue: !GetAtt ['${Source}Queue', Arn]}}
      ${Name}Api:
        Type: AWS::Serverless::Api
        Properties: {StageName: !Sub 's${Name}'}
  OneQueue: {Type: AWS::SQS::Queue}
  TwoQueue: {Type: AWS::SQS::Queue}
",
    );
    assert_eq!(template.told, []);
    for id in ["OrderWorker", "BillWorkerRole", "BillWorkerAliasliveBill", "OrderApisOrderStage"] {
        template.resource(id);
    }
    assert_eq!(template.type_of("BillWorkerFromTwo"), "AWS::Lambda::EventSourceMapping");
    assert_eq!(template.show("BillWorkerFromTwo", "EventSourceArn"), "!GetAtt TwoQueue.Arn");
    assert_eq!(template.show("OrderWorker", "Environment.Variables"), "{OrderA: A, OrderB: B}");
    assert_eq!(template.show("BillWorker", "Timeout"), "20");
    let mapping = template.resource("BillWorkerFromTwo");
    assert_eq!(template.texts(mapping.origin).0, "From${Source}");
    assert_eq!(mapping.made_by, template.template.names.find("BillWorker"));
}

#[test]
fn a_loop_that_stays_is_told_in_templates_without_sam_too() {
    for sam in ["AWS::SQS::Queue", "AWS::Serverless::SimpleTable"] {
        let template =
            expanded(&format!("Resources:\n  Fn::ForEach::L: [N, [a], {{}}]\n  A: {{Type: {sam}}}\n"));
        let messages: Vec<&str> = template.told.iter().map(|left| left.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`Fn::ForEach::L` needs the transform AWS::LanguageExtensions, which the template does not name"
            ]
        );
    }
}

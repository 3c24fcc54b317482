//! Programs that hold a call that waits and one that does not, of which the handler comes to one, to both, or to who
//! knows which.

use super::applications::{Application, Expected};

pub(super) const REACHED: &[Application] = &[
    Application {
        about: "Java, two methods, of which the handler comes to the one that waits",
        runtime: "java21",
        handler: "com.acme.OrderHandler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            ("src/main/java/com/acme/OrderHandler.java", JAVA_HANDLER),
            ("src/main/java/com/acme/Billing.java", JAVA_CALLS),
        ],
    },
    Application {
        about: "Java, two methods of an interface, of which each class has its own",
        runtime: "java21",
        handler: "com.acme.OrderHandler::handleRequest",
        rest: "",
        expected: Expected::Silent,
        files: &[
            ("src/main/java/com/acme/OrderHandler.java", JAVA_HANDLER),
            (
                "src/main/java/com/acme/Billing.java",
                r#"package com.acme;

import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.*;

interface Bills {
    String now(String order);
    void later(String order);
}

class Billing implements Bills {
    private final LambdaClient client = LambdaClient.create();

    public String now(String order) {
        return client.invoke(it -> it.functionName(System.getenv("INVOICE"))).payload().asUtf8String();
    }

    public void later(String order) {
        client.invoke(it -> it.functionName(System.getenv("INVOICE")).invocationType(InvocationType.EVENT));
    }
}
"#,
            ),
        ],
    },
    Application {
        about: "Java, two methods, and the handler comes to both",
        runtime: "java21",
        handler: "com.acme.OrderHandler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "src/main/java/com/acme/OrderHandler.java",
                "package com.acme;

public class OrderHandler {
    public String handleRequest(Order order) {
        if (order.isUrgent()) { return new Billing().now(order.text()); }
        new Billing().later(order.text());
        return \"accepted\";
    }
}
",
            ),
            ("src/main/java/com/acme/Billing.java", JAVA_CALLS),
        ],
    },
    Application {
        about: "C#, two methods, of which the handler comes to the one that waits",
        runtime: "dotnet8",
        handler: "Order::Acme.Order.Function::Handle",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[(
            "Function.cs",
            r#"using Amazon.Lambda;
using Amazon.Lambda.Model;

namespace Acme.Order;

public class Function
{
    private readonly IAmazonLambda _lambda = new AmazonLambdaClient();
    private static string Invoice => Environment.GetEnvironmentVariable("INVOICE");

    public async Task<string> Handle(string order) => await Now(order);

    private async Task<string> Now(string order)
    {
        var response = await _lambda.InvokeAsync(new InvokeRequest { FunctionName = Invoice, Payload = order }); // HERE
        return $"{response.StatusCode}";
    }

    private Task Later(string order) => _lambda.InvokeAsync(
        new InvokeRequest { FunctionName = Invoice, InvocationType = InvocationType.Event, Payload = order });
}
"#,
        )],
    },
    Application {
        about: "Go, two functions, of which the handler comes to the one that waits",
        runtime: "provided.al2023",
        handler: "bootstrap",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            ("go.mod", "module example.com/order\n\ngo 1.24\n"),
            (
                "main.go",
                "package main\n\nimport \"example.com/order/billing\"\n\nfunc main() { start(billing.Now) }\n",
            ),
            (
                "billing/billing.go",
                r#"package billing

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

var invoice = aws.String(os.Getenv("INVOICE"))

func Now(ctx context.Context, order []byte) (map[string]interface{}, error) {
	out, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: invoice, Payload: order}) // HERE
	return read(out), err
}

func Later(ctx context.Context, order []byte) error {
	_, err := client.Invoke(ctx, &lambda.InvokeInput{
		FunctionName:   invoice,
		InvocationType: types.InvocationTypeEvent,
		Payload:        order,
	})
	return err
}
"#,
            ),
        ],
    },
    Application {
        about: "Rust, two functions, of which the handler comes to the one that waits",
        runtime: "provided.al2023",
        handler: "bootstrap",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            ("Cargo.toml", "[package]\nname = \"order\"\n"),
            (
                "src/main.rs",
                "mod billing;\n\n#[tokio::main]\nasync fn main() { run(service_fn(billing::now)).await }\n",
            ),
            (
                "src/billing.rs",
                r#"use aws_sdk_lambda::types::InvocationType;

pub async fn now(client: &Client, order: Blob) -> Result<(), Error> {
    let name = std::env::var("INVOICE").unwrap();
    client.invoke().function_name(name).payload(order).send().await?; // HERE
    Ok(())
}

pub async fn later(client: &Client, order: Blob) -> Result<(), Error> {
    let name = std::env::var("INVOICE").unwrap();
    client.invoke().function_name(name).invocation_type(InvocationType::Event).payload(order).send().await?;
    Ok(())
}
"#,
            ),
        ],
    },
    Application {
        about: "Ruby, two methods, whose uses are not followed",
        runtime: "ruby3.4",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[(
            "app.rb",
            r"require 'aws-sdk-lambda'

CLIENT = Aws::Lambda::Client.new

def now
  CLIENT.invoke(function_name: ENV['INVOICE'])
end

def later
  CLIENT.invoke(function_name: ENV['INVOICE'], invocation_type: 'Event')
end

def handler(event:, context:)
  now
end
",
        )],
    },
];

const JAVA_HANDLER: &str = "package com.acme;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

public class OrderHandler implements RequestHandler<String, String> {
    private final Billing billing = new Billing();

    @Override
    public String handleRequest(String order, Context context) {
        return billing.now(order);
    }
}
";

const JAVA_CALLS: &str = r#"package com.acme;

import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.*;

class Billing {
    private final LambdaClient client = LambdaClient.create();

    String now(String order) throws LambdaException {
        InvokeRequest request = InvokeRequest.builder().functionName(System.getenv("INVOICE")).build(); // HERE
        return client.invoke(request).payload().asUtf8String();
    }

    void later(String order) {
        client.invoke(it -> it.functionName(System.getenv("INVOICE")).invocationType(InvocationType.EVENT));
    }
}
"#;

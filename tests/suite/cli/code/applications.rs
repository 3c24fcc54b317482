//! The applications: the code of `Order`, and what is to be found in it.

use super::PRICE;

/// An application.
pub(super) struct Application {
    pub(super) about: &'static str,
    pub(super) runtime: &'static str,
    pub(super) handler: &'static str,
    /// What of the template is its own.
    pub(super) rest: &'static str,
    /// The files of `order/`.
    pub(super) files: &'static [(&'static str, &'static str)],
    pub(super) expected: Expected,
}

/// What is to be found.
pub(super) enum Expected {
    /// The code waits for this function, in the line that is marked with `HERE`.
    Waits(&'static str),
    /// The code does not wait.
    Silent,
    /// The code does not tell, and the template makes it likely.
    Open,
}

pub(super) const APPLICATIONS: &[Application] = &[
    Application {
        about: "Python, the default waits",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.py",
                r#"import os
import boto3

client = boto3.client("lambda")


def handler(event, context):
    return client.invoke(  # HERE
        FunctionName=os.environ["INVOICE"],
        Payload=b"{}",
    )
"#,
            ),
        ],
    },
    Application {
        about: "Python, RequestResponse through a constant",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.py",
                r#"import os, json
import boto3

MODE = "RequestResponse"
INVOICE = os.getenv("INVOICE")

def handler(event, context):
    lambda_client = boto3.client('lambda')
    response = lambda_client.invoke(FunctionName=INVOICE, InvocationType=MODE, Payload=json.dumps(event))  # HERE
    return json.loads(response['Payload'].read())
"#,
            ),
        ],
    },
    Application {
        about: "Python, Event",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.py",
                r#"import os
import boto3

client = boto3.client("lambda")

def handler(event, context):
    client.invoke(FunctionName=os.environ.get("INVOICE"), InvocationType="Event", Payload=b"{}")
    return {"statusCode": 202}
"#,
            ),
        ],
    },
    Application {
        about: "Python, Event in a dictionary",
        runtime: "python3.13",
        handler: "src/app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "src/app.py",
                r#"import os
import boto3

def handler(event, context):
    params = {
        "FunctionName": os.environ["INVOICE"],
        "InvocationType": "Event",
        "Payload": b"{}",
    }
    boto3.client("lambda").invoke(**params)
"#,
            ),
        ],
    },
    Application {
        about: "Python, a call in a comment and one in a text",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.py",
                r#""""Once this was client.invoke(FunctionName=x)."""
import json

# client.invoke(FunctionName=os.environ["INVOICE"])
USAGE = 'client.invoke(FunctionName=os.environ["INVOICE"])'

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({})}
"#,
            ),
        ],
    },
    Application {
        about: "Python, in a module that is imported",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.py",
                "from services import billing

def handler(event, context):
    return billing.invoice(event)
",
            ),
            (
                "services/billing.py",
                r#"import os
import boto3

def invoice(order):
    client = boto3.client("lambda")
    return client.invoke(FunctionName=os.environ["INVOICE"])  # HERE
"#,
            ),
        ],
    },
    Application {
        about: "Python, in a module that nobody imports",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.py",
                r#"def handler(event, context):
    return {"statusCode": 200}
"#,
            ),
            (
                "other.py",
                r#"import os
import boto3

def handler(event, context):
    return boto3.client("lambda").invoke(FunctionName=os.environ["INVOICE"])
"#,
            ),
        ],
    },
    Application {
        about: "Python, a wrapper of the program's own",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.py",
                r#"import os
from clients.functions import call

def handler(event, context):
    return call(os.environ["INVOICE"], event)
"#,
            ),
            (
                "clients/__init__.py",
                "",
            ),
            (
                "clients/functions.py",
                r#"import json
import boto3

_client = boto3.client("lambda")

def call(name, payload):
    return _client.invoke(FunctionName=name, Payload=json.dumps(payload))  # HERE
"#,
            ),
        ],
    },
    Application {
        about: "Python, a wrapper of the program's own that does not wait",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.py",
                r#"import os
from .functions import fire

def handler(event, context):
    fire(os.environ["INVOICE"], event)
"#,
            ),
            (
                "functions.py",
                r#"import json
import boto3

def fire(name, payload):
    boto3.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(payload))
"#,
            ),
        ],
    },
    Application {
        about: "Python, a wrapper in a package",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Open,
        files: &[
            (
                "app.py",
                r#"import os
from acme_functions import call

def handler(event, context):
    return call(os.environ["INVOICE"], event)
"#,
            ),
        ],
    },
    Application {
        about: "Python, two functions of which one is waited for",
        runtime: "python3.13",
        handler: "app.handler",
        rest: PRICE,
        expected: Expected::Waits("Price"),
        files: &[
            (
                "app.py",
                r#"import os
import boto3

client = boto3.client("lambda")

def handler(event, context):
    price = client.invoke(FunctionName=os.environ["PRICE"], InvocationType="RequestResponse")  # HERE
    client.invoke(FunctionName=os.environ["INVOICE"], InvocationType="Event", Payload=price["Payload"].read())
"#,
            ),
        ],
    },
    Application {
        about: "Python, two functions by parameters of one name",
        runtime: "python3.13",
        handler: "app.handler",
        rest: PRICE,
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.py",
                r#"import os
import boto3

client = boto3.client("lambda")

def bill():
    params = {"FunctionName": os.environ["INVOICE"]}
    return client.invoke(**params)  # HERE

def note():
    params = {"FunctionName": os.environ["PRICE"], "InvocationType": "Event"}
    client.invoke(**params)

def handler(event, context):
    note()
    return bill()
"#,
            ),
        ],
    },
    Application {
        about: "Python, a mode that the event decides",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Open,
        files: &[
            (
                "app.py",
                r#"import os
import boto3

client = boto3.client("lambda")

def handler(event, context):
    return client.invoke(FunctionName=os.environ["INVOICE"], InvocationType=event["mode"])
"#,
            ),
        ],
    },
    Application {
        about: "Python, many at once, and all waited for",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.py",
                r#"import asyncio
import os
import aioboto3

async def bill(client, order):
    return await client.invoke(FunctionName=os.environ["INVOICE"], Payload=order)  # HERE

async def main(orders):
    async with aioboto3.Session().client("lambda") as client:
        return await asyncio.gather(*(bill(client, order) for order in orders))

def handler(event, context):
    return asyncio.run(main(event["orders"]))
"#,
            ),
        ],
    },
    Application {
        about: "JavaScript, version 3, the default waits",
        runtime: "nodejs22.x",
        handler: "index.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "index.mjs",
                r#"import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";

const client = new LambdaClient({});

export const handler = async (event) => {
  // once: InvocationType: "Event"
  const command = new InvokeCommand({ FunctionName: process.env.INVOICE, Payload: JSON.stringify(event) }); // HERE
  return client.send(command);
};
"#,
            ),
        ],
    },
    Application {
        about: "JavaScript, version 3, Event",
        runtime: "nodejs22.x",
        handler: "index.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "index.js",
                r#"const { LambdaClient, InvokeCommand } = require("@aws-sdk/client-lambda");
const { INVOICE, TABLE: table } = process.env;

const client = new LambdaClient({});

exports.handler = async (event) => {
  await client.send(new InvokeCommand({ FunctionName: INVOICE, InvocationType: "Event", Payload: "{}" }));
  return { statusCode: 202 };
};
"#,
            ),
        ],
    },
    Application {
        about: "JavaScript, version 2, parameters that are set later",
        runtime: "nodejs22.x",
        handler: "src/index.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "src/index.js",
                "const AWS = require('aws-sdk')
const lambda = new AWS.Lambda()

exports.handler = (event, context, callback) => {
  const params = {
    FunctionName: process.env['INVOICE']
  }
  params.InvocationType = 'Event'
  lambda.invoke(params, (err, data) => callback(err, data))
}
",
            ),
        ],
    },
    Application {
        about: "JavaScript, version 2, with a callback",
        runtime: "nodejs22.x",
        handler: "index.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "index.js",
                "const AWS = require('aws-sdk')
const lambda = new AWS.Lambda({ apiVersion: '2015-03-31' })

exports.handler = function (event, context, callback) {
  const params = { FunctionName: process.env.INVOICE, Payload: '{}' }
  lambda.invoke(params, function (err, data) { // HERE
    if (err) callback(err)
    else callback(null, data.Payload)
  })
}
",
            ),
        ],
    },
    Application {
        about: "TypeScript, in a class of another module",
        runtime: "nodejs22.x",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.ts",
                "import type { APIGatewayProxyEvent } from 'aws-lambda';
import { Billing } from './lib/billing';

const billing = new Billing(process.env.INVOICE!);

export const handler = async (event: APIGatewayProxyEvent): Promise<unknown> => billing.bill(event.body ?? '');
",
            ),
            (
                "lib/billing.ts",
                "import { InvokeCommand, InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';

export class Billing {
  private readonly client = new LambdaClient({});

  constructor(private readonly functionName: string) {}

  async bill(body: string): Promise<string> {
    const input: InvokeCommandInput = {
      FunctionName: this.functionName,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(body),
    };
    const { Payload } = await this.client.send(new InvokeCommand(input)); // HERE
    return `${Payload}`;
  }
}
",
            ),
        ],
    },
    Application {
        about: "TypeScript, an enumeration says Event",
        runtime: "nodejs22.x",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.ts",
                r#"import { InvocationType, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const client = new LambdaClient({});
const functionName = process.env.INVOICE as string;

export async function handler(event: { orders: string[] }): Promise<void> {
  for (const order of event.orders) {
    await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: InvocationType.Event,
        Payload: Buffer.from(`{"order": "${order}"}`),
      }),
    );
  }
}
"#,
            ),
        ],
    },
    Application {
        about: "JavaScript, no call, and a package that has an invoke of its own",
        runtime: "nodejs22.x",
        handler: "index.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "index.mjs",
                r#"import { chain } from "langchain";

/* await client.send(new InvokeCommand({ FunctionName: process.env.INVOICE })); */
const pattern = /new InvokeCommand\(["']/;

export const handler = async (event) => chain.invoke({ input: event.body, pattern });
"#,
            ),
        ],
    },
    Application {
        about: "JavaScript, a client that a package gets",
        runtime: "nodejs22.x",
        handler: "index.handler",
        rest: "",
        expected: Expected::Open,
        files: &[
            (
                "index.mjs",
                r#"import { LambdaClient } from "@aws-sdk/client-lambda";
import { Billing } from "@acme/billing";

const billing = new Billing(new LambdaClient({}));

export const handler = async (event) => billing.bill(event);
"#,
            ),
        ],
    },
    Application {
        about: "JavaScript, one of two modes",
        runtime: "nodejs22.x",
        handler: "index.handler",
        rest: "",
        expected: Expected::Open,
        files: &[
            (
                "index.mjs",
                r#"import { Lambda } from "@aws-sdk/client-lambda";

const lambda = new Lambda();

export const handler = async (event) =>
  lambda.invoke({
    FunctionName: process.env.INVOICE,
    InvocationType: event.dryRun ? "DryRun" : event.wait ? "RequestResponse" : "Event",
  });
"#,
            ),
        ],
    },
    Application {
        about: "Java, version 2, the default waits",
        runtime: "java21",
        handler: "com.acme.OrderHandler::handleRequest",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "src/main/java/com/acme/OrderHandler.java",
                "package com.acme;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

public class OrderHandler implements RequestHandler<String, String> {
    private final Billing billing = new Billing();

    @Override
    public String handleRequest(String order, Context context) {
        return billing.bill(order);
    }
}
",
            ),
            (
                "src/main/java/com/acme/Billing.java",
                r#"package com.acme;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;

class Billing {
    private static final String INVOICE = System.getenv("INVOICE");
    private final LambdaClient client = LambdaClient.create();

    String bill(String order) {
        InvokeRequest request = InvokeRequest.builder() // HERE
            .functionName(INVOICE)
            .payload(SdkBytes.fromUtf8String(order))
            .build();
        return client.invoke(request).payload().asUtf8String();
    }
}
"#,
            ),
            (
                "src/test/java/com/acme/BillingTest.java",
                "class BillingTest {}
",
            ),
        ],
    },
    Application {
        about: "Java, version 2, Event",
        runtime: "java21",
        handler: "com.acme.OrderHandler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "src/main/java/com/acme/OrderHandler.java",
                r#"package com.acme;

import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.*;

public class OrderHandler {
    private final LambdaClient client = LambdaClient.create();

    public String handleRequest(String order) {
        client.invoke(request -> request.functionName(System.getenv("INVOICE")).invocationType(InvocationType.EVENT));
        return "accepted";
    }
}
"#,
            ),
        ],
    },
    Application {
        about: "Java, version 1, setters say Event",
        runtime: "java21",
        handler: "com.acme.OrderHandler::handle",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "src/main/java/com/acme/OrderHandler.java",
                r#"package com.acme;

public class OrderHandler {
    private final AWSLambda client = AWSLambdaClientBuilder.defaultClient();

    public void handle(String order) {
        InvokeRequest request = new InvokeRequest();
        request.setFunctionName(System.getenv("INVOICE"));
        request.setInvocationType("Event");
        client.invoke(request);
    }
}
"#,
            ),
        ],
    },
    Application {
        about: "Java, a class that another handler uses",
        runtime: "java21",
        handler: "com.acme.OrderHandler::handle",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "src/main/java/com/acme/OrderHandler.java",
                "package com.acme;

public class OrderHandler {
    public String handle(String order) {
        return order;
    }
}
",
            ),
            (
                "src/main/java/com/acme/OtherHandler.java",
                r#"package com.acme;

public class OtherHandler {
    public void handle(String order) {
        client.invoke(new InvokeRequest().withFunctionName(System.getenv("INVOICE")));
    }
}
"#,
            ),
        ],
    },
    Application {
        about: "Go, version 2, the default waits",
        runtime: "provided.al2023",
        handler: "bootstrap",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "go.mod",
                "module example.com/order

go 1.24
",
            ),
            (
                "main.go",
                r#"package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

var invoice = os.Getenv("INVOICE")

func handle(ctx context.Context, order []byte) ([]byte, error) {
	out, err := client.Invoke(ctx, &lambda.InvokeInput{ // HERE
		FunctionName: aws.String(invoice),
		Payload:      order,
	})
	return out.Payload, err
}

func main() { start(handle) }
"#,
            ),
        ],
    },
    Application {
        about: "Go, version 2, Event in a package of its own",
        runtime: "provided.al2023",
        handler: "bootstrap",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "go.mod",
                "module example.com/order

go 1.24
",
            ),
            (
                "main.go",
                r#"package main

import "example.com/order/internal/billing"

func main() { start(billing.Bill) }
"#,
            ),
            (
                "internal/billing/billing.go",
                r#"package billing

func Bill(ctx context.Context, order []byte) error {
	input := &lambda.InvokeInput{
		FunctionName:   aws.String(os.Getenv("INVOICE")),
		InvocationType: types.InvocationTypeEvent,
		Payload:        order,
	}
	_, err := lambda.NewFromConfig(cfg).Invoke(ctx, input)
	return err
}
"#,
            ),
            (
                "internal/billing/billing_test.go",
                r#"package billing

var in = &lambda.InvokeInput{FunctionName: aws.String(os.Getenv("INVOICE"))}
"#,
            ),
        ],
    },
    Application {
        about: "Go, no call",
        runtime: "provided.al2023",
        handler: "bootstrap",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "go.mod",
                "module example.com/order

go 1.24
",
            ),
            (
                "main.go",
                "package main

func main() { start(func() string { return `lambda.InvokeInput{}` }) }
",
            ),
            (
                "vendor/x/x.go",
                r#"package x

var in = &lambda.InvokeInput{FunctionName: aws.String(os.Getenv("INVOICE"))}
"#,
            ),
        ],
    },
    Application {
        about: "Rust, the default waits",
        runtime: "provided.al2023",
        handler: "bootstrap",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "Cargo.toml",
                r#"[package]
name = "order"
"#,
            ),
            (
                "src/main.rs",
                r#"use aws_sdk_lambda::Client;

async fn handle(client: &Client, order: String) -> Result<(), Error> {
    let name = std::env::var("INVOICE").expect("INVOICE is set");
    client.invoke().function_name(name).payload(Blob::new(order)).send().await?; // HERE
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}
"#,
            ),
        ],
    },
    Application {
        about: "Rust, Event",
        runtime: "provided.al2023",
        handler: "bootstrap",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "Cargo.toml",
                r#"[package]
name = "order"
"#,
            ),
            (
                "src/main.rs",
                "mod billing;

fn main() { run(billing::bill) }
",
            ),
            (
                "src/billing.rs",
                r#"use aws_sdk_lambda::types::InvocationType;

pub async fn bill<'a>(client: &'a Client) {
    client
        .invoke()
        .function_name(std::env::var("INVOICE").unwrap())
        .invocation_type(InvocationType::Event)
        .send()
        .await;
}
"#,
            ),
        ],
    },
    Application {
        about: "C#, the default waits",
        runtime: "dotnet8",
        handler: "Order::Acme.Order.Function::Handle",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "Function.cs",
                r#"using Amazon.Lambda;
using Amazon.Lambda.Model;

namespace Acme.Order;

public class Function
{
    private readonly string _invoice = Environment.GetEnvironmentVariable("INVOICE");
    private readonly IAmazonLambda _lambda = new AmazonLambdaClient();

    public async Task<string> Handle(string order)
    {
        var request = new InvokeRequest // HERE
        {
            FunctionName = _invoice,
            Payload = order,
        };
        var response = await _lambda.InvokeAsync(request);
        return $"{response.StatusCode}";
    }
}
"#,
            ),
        ],
    },
    Application {
        about: "C#, Event behind an interface",
        runtime: "dotnet8",
        handler: "Order::Acme.Order.Function::Handle",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "Function.cs",
                "namespace Acme.Order;

public class Function
{
    private readonly IBilling _billing = Services.Get<IBilling>();

    public Task Handle(string order) => _billing.Bill(order);
}
",
            ),
            (
                "IBilling.cs",
                "namespace Acme.Order;

public interface IBilling { Task Bill(string order); }
",
            ),
            (
                "Billing.cs",
                r#"using Amazon.Lambda.Model;

namespace Acme.Order;

public class Billing : IBilling
{
    public async Task Bill(string order)
    {
        await new AmazonLambdaClient().InvokeAsync(new InvokeRequest
        {
            FunctionName = Environment.GetEnvironmentVariable("INVOICE"),
            InvocationType = InvocationType.Event,
            Payload = order,
        });
    }
}
"#,
            ),
        ],
    },
    Application {
        about: "Ruby, the default waits",
        runtime: "ruby3.3",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.rb",
                "require 'aws-sdk-lambda'
require_relative 'lib/billing'

def handler(event:, context:)
  Billing.new.bill(event)
end
",
            ),
            (
                "lib/billing.rb",
                "require 'json'

class Billing
  def bill(order)
    client = Aws::Lambda::Client.new
    client.invoke(function_name: ENV['INVOICE'], payload: JSON.generate(order)) # HERE
  end
end
",
            ),
        ],
    },
    Application {
        about: "Ruby, Event",
        runtime: "ruby3.3",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.rb",
                r##"require 'aws-sdk-lambda'

=begin
client.invoke(function_name: ENV['INVOICE'])
=end
def handler(event:, context:)
  client = Aws::Lambda::Client.new
  client.invoke({
    function_name: ENV.fetch('INVOICE'),
    invocation_type: 'Event',
    payload: "{\"id\": \"#{event['id']}\"}"
  })
end
"##,
            ),
        ],
    },
    Application {
        about: "Ruby, no call",
        runtime: "ruby3.3",
        handler: "app.Orders.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.rb",
                r#"class Orders
  def self.handler(event:, context:)
    { statusCode: 200, body: 'client.invoke(function_name: "x")' }
  end
end
"#,
            ),
        ],
    },
    Application {
        about: "a handler that is not there",
        runtime: "python3.13",
        handler: "missing.handler",
        rest: "",
        expected: Expected::Open,
        files: &[
            (
                "app.py",
                "def handler(event, context): pass
",
            ),
        ],
    },
    Application {
        about: "code that is not all there",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Open,
        files: &[
            (
                "app.py",
                "from shared import gone

from .nowhere import call

def handler(event, context):
    return call(event)
",
            ),
        ],
    },
    Application {
        about: "a module that the event names",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Open,
        files: &[
            (
                "app.py",
                r#"import importlib

def handler(event, context):
    return importlib.import_module(event["module"]).run(event)
"#,
            ),
        ],
    },
    Application {
        about: "Python, a module with a call of each kind, of which the handler comes to the one that does not wait",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.py",
                r#"from calls import tell


def handler(event, context):
    tell(b"{}")
    return {"statusCode": 202}
"#,
            ),
            (
                "calls.py",
                r#""""Calls of other functions."""
import os
import boto3

client = boto3.client("lambda")


def ask(payload):
    return client.invoke(FunctionName=os.environ["INVOICE"], Payload=payload)


def tell(payload):
    client.invoke(FunctionName=os.environ["INVOICE"], InvocationType="Event", Payload=payload)
"#,
            ),
        ],
    },
    Application {
        about: "Python, the same module, and the other call",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.py",
                r#"import calls


def handler(event, context):
    return calls.ask(b"{}")
"#,
            ),
            (
                "calls.py",
                r#""""Calls of other functions."""
import os
import boto3

client = boto3.client("lambda")


def ask(payload):
    return client.invoke(FunctionName=os.environ["INVOICE"], Payload=payload)  # HERE


def tell(payload):
    client.invoke(FunctionName=os.environ["INVOICE"], InvocationType="Event", Payload=payload)
"#,
            ),
        ],
    },
    Application {
        about: "Python, the same module, and a call by a name that the event gives",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.py",
                r#"import calls


def handler(event, context):
    return getattr(calls, event["how"])(b"{}")
"#,
            ),
            (
                "calls.py",
                r#""""Calls of other functions."""
import os
import boto3

client = boto3.client("lambda")


def ask(payload):
    return client.invoke(FunctionName=os.environ["INVOICE"], Payload=payload)


def tell(payload):
    client.invoke(FunctionName=os.environ["INVOICE"], InvocationType="Event", Payload=payload)
"#,
            ),
        ],
    },
    Application {
        about: "Python, Event where a condition holds",
        runtime: "python3.13",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.py",
                r#"import os
import boto3


def handler(event, context):
    request = {"FunctionName": os.environ["INVOICE"], "Payload": b"{}"}
    if event.get("later"):
        request["InvocationType"] = "Event"
    boto3.client("lambda").invoke(**request)
"#,
            ),
        ],
    },
    Application {
        about: "TypeScript, a module with a call of each kind, of which the handler comes to the one that does not wait",
        runtime: "nodejs22.x",
        handler: "app.handler",
        rest: "",
        expected: Expected::Silent,
        files: &[
            (
                "app.ts",
                r#"import { tell } from "./calls";

export const handler = async (event: unknown) => {
  await tell("{}");
  return { statusCode: 202 };
};
"#,
            ),
            (
                "calls.ts",
                r#"import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";

const client = new LambdaClient({});

export const ask = async (payload) =>
  client.send(new InvokeCommand({ FunctionName: process.env.INVOICE, Payload: payload }));

export async function tell(payload) {
  await client.send(
    new InvokeCommand({ FunctionName: process.env.INVOICE, InvocationType: "Event", Payload: payload }),
  );
}
"#,
            ),
        ],
    },
    Application {
        about: "TypeScript, the same module, and the other call",
        runtime: "nodejs22.x",
        handler: "app.handler",
        rest: "",
        expected: Expected::Waits("Invoice"),
        files: &[
            (
                "app.ts",
                r#"import { ask } from "./calls";

export const handler = async (event: unknown) => {
  return ask("{}");
};
"#,
            ),
            (
                "calls.ts",
                r#"import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";

const client = new LambdaClient({});

export const ask = async (payload) =>
  client.send(new InvokeCommand({ FunctionName: process.env.INVOICE, Payload: payload })); // HERE

export async function tell(payload) {
  await client.send(
    new InvokeCommand({ FunctionName: process.env.INVOICE, InvocationType: "Event", Payload: payload }),
  );
}
"#,
            ),
        ],
    },
];

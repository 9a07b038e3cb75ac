//! Each rule is broken once, in one way at a time: a guard that was never seen to fail proves nothing.

use xtask::tidy::{self, RULES};

use crate::fixture::Fixture;

/// A way to break a rule: the rule, a part of what it must say, and how to break it.
struct Plant(&'static str, &'static str, fn(&Fixture));

const MANIFEST: &str = "functions/commerce/orders/Cargo.toml";
const ORDERS: &str = "functions/commerce/orders/template.yaml";
const PACK: &str = "functions/commerce/template.yaml";
const STREAM: &str = "functions/platform/platform/template.yaml";
const DOMAIN: &str = "functions/platform/platform/src/domain/mod.rs";
const PUBLISH: &str = "functions/platform/platform/src/consumers/publish_events.rs";
const CANCEL_ORDER: &str = "functions/commerce/orders/src/api/cancel_order.rs";
const GET_ORDER: &str = "tests/e2e/orders/get_order.rs";
const AUTHORITY: &str = "tests/e2e/authority.rs";
const PARTIAL: &str = "FunctionResponseTypes: [ReportBatchItemFailures]";
const LOCAL: &str = "infra/local/functions/Cargo.toml";
const BUDGETS: &str = "tests/budgets.json";
const KEYS: &str = "Condition: { \"ForAllValues:StringLike\": { dynamodb:LeadingKeys: [\"orders#*\"] } }";

fn continue_receipts(fixture: &Fixture) {
    fixture.edit("functions/commerce/orders/src/bin/send_receipt.rs", "sqs::serve(", "sqs::serve_in_parts(");
}

const PLANTS: &[Plant] = &[
    Plant("readable", "cannot be read", |fixture| fixture.append(ORDERS, "  Broken: [\n")),
    Plant("shape", "README.md:1", |fixture| fixture.remove("functions/commerce/orders/README.md")),
    Plant("shape", "src/utils.rs", |fixture| fixture.write("functions/commerce/orders/src/utils.rs", "")),
    Plant("shape", "is not deployed", |fixture| {
        fixture.edit(PACK, "Location: orders/", "Location: others/");
    }),
    Plant("index", "does not say what `GET /v1/commerce/orders/{id}` does", |fixture| {
        fixture.edit("functions/commerce/orders/README.md", "`GET /v1/commerce/orders/{id}`", "orders");
    }),
    Plant("index", "does not say what `platform-publish-events` does", |fixture| {
        fixture.edit("functions/platform/platform/README.md", "`platform-publish-events`", "publishes");
    }),
    Plant("key-table", "Order is an item", |fixture| {
        fixture.append("functions/commerce/orders/src/store.rs", "impl Entity for Order {\n}\n");
    }),
    Plant("independence", "the context platform", |fixture| {
        fixture.edit(MANIFEST, "kit.workspace", "platform.workspace");
    }),
    Plant("independence", "the context platform", |fixture| {
        fixture.append(MANIFEST, "\n[dev-dependencies]\nplatform.workspace = true\n");
    }),
    Plant("independence", "outside of shared/", |fixture| {
        fixture.edit(MANIFEST, "kit.workspace = true", "kit = { path = \"../../platform/kit\" }");
    }),
    Plant("independence", "no part of the product", |fixture| {
        fixture.edit(MANIFEST, "kit.workspace", "tests.workspace");
    }),
    Plant("shared", "depends on the context orders", |fixture| {
        fixture.write(
            "shared/ledger/Cargo.toml",
            "[package]\nname = \"ledger\"\n[dependencies]\norders.workspace = true\n",
        );
    }),
    Plant("shared", "names the context orders", |fixture| {
        fixture.write("shared/ledger/src/lib.rs", "use orders::domain::Order;\n");
    }),
    Plant("shared", "names the context orders", |fixture| {
        fixture.write("shared/ledger/src/keys.rs", "fn key() -> crate::orders::Key {}\n");
    }),
    Plant("pure-domain", "`aws_`", |fixture| fixture.append(DOMAIN, "use aws_sdk_sqs::Client;\n")),
    Plant("pure-domain", "`async fn`", |fixture| fixture.append(DOMAIN, "async fn later() {}\n")),
    Plant("pure-domain", "`.await`", |fixture| fixture.append(DOMAIN, "fn a() { b().await }\n")),
    Plant("pure-domain", "`std::env`", |fixture| fixture.append(DOMAIN, "use std::env;\n")),
    Plant("pure-domain", "`Timestamp::now`", |fixture| fixture.append(DOMAIN, "fn a() { Timestamp::now() }\n")),
    Plant("pure-domain", "`::generate()`", |fixture| fixture.append(DOMAIN, "fn a() { UserId::generate() }\n")),
    Plant("pure-domain", "`new_uuid`", |fixture| fixture.append(DOMAIN, "fn a() { types::new_uuid() }\n")),
    Plant("pure-domain", "`random::`", |fixture| fixture.append(DOMAIN, "fn a() { types::random::u64() }\n")),
    Plant("pure-domain", "`SystemTime`", |fixture| fixture.edit(DOMAIN, "    of / 2", "    SystemTime::now()")),
    Plant("names", "should be called orders-", |fixture| fixture.edit(MANIFEST, "orders-get-order", "orders-getOrder")),
    Plant("names", "src/bin/get_order.rs", |fixture| fixture.edit(MANIFEST, "bin/get_order.rs", "bin/got_order.rs")),
    Plant("names", "`test = false`", |fixture| fixture.edit(MANIFEST, "test = false", "test = true")),
    Plant("names", "sort the binaries", |fixture| {
        let text = fixture.read(MANIFEST);
        let text = text.replace("list", "x").replace("send", "list").replace("receipt", "orders");
        fixture.write(MANIFEST, &text.replace("x-orders", "send-receipt").replace("x_orders", "send_receipt"));
    }),
    Plant("names", "has neither src/api", |fixture| fixture.remove("functions/commerce/orders/src/api/get_order.rs")),
    Plant("names", "has no function in a template", |fixture| {
        fixture.append(MANIFEST, "\n[[bin]]\nname = \"orders-sum-up\"\npath = \"src/bin/sum_up.rs\"\ntest = false\n");
        fixture.write("functions/commerce/orders/src/bin/sum_up.rs", "fn main() {}\n");
        fixture.write("functions/commerce/orders/src/consumers/sum_up.rs", "");
    }),
    Plant("names", "no [[bin]] in", |fixture| fixture.write("functions/commerce/orders/src/bin/sum_up.rs", "")),
    Plant("names", "no [[bin]] in", |fixture| {
        fixture.write("functions/commerce/orders/src/api/sum_up.rs", "#[utoipa::path(get)]\n");
    }),
    Plant("names", "`autobins = false`", |fixture| fixture.edit(MANIFEST, "autobins = false\n", "")),
    Plant("names", "the package is called", |fixture| fixture.edit(MANIFEST, "name = \"orders\"", "name = \"shop\"")),
    Plant("names", "call it SendReceipt", |fixture| fixture.edit(ORDERS, "  SendReceipt:", "  MailReceipt:")),
    Plant("names", "set CodeUri to ../../../target/lambda/orders-get-order/", |fixture| {
        fixture.edit(ORDERS, "target/lambda/orders-get-order/", "target/lambda/orders-list-orders/");
    }),
    Plant("names", "belongs in that context's template", |fixture| {
        fixture.append(
            STREAM,
            "\n  GetOrder:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: orders-get-order\n",
        );
    }),
    Plant("routes", "starts with /v1/", |fixture| {
        fixture.edit("docs/openapi/commerce.json", "\"/v1/commerce/orders\"", "\"/v2/orders\"");
    }),
    Plant("routes", "which no function of the pack", |fixture| {
        fixture.edit("docs/openapi/commerce.json", "\"list_orders\"", "\"orders\"");
    }),
    Plant("routes", "paths of a pack start with its name", |fixture| {
        fixture.edit("docs/openapi/commerce.json", "\"/v1/commerce/orders\"", "\"/v1/orders\"");
    }),
    Plant("routes", "is in no operation", |fixture| fixture.write("docs/openapi/commerce.json", "{ \"paths\": {} }")),
    Plant("apis", "is not what is generated", |fixture| {
        fixture.edit("functions/commerce/api.yaml", "httpMethod: POST", "httpMethod: GET");
    }),
    Plant("apis", "has no function in the pack", |fixture| {
        fixture.edit("docs/openapi/commerce.json", "\"list_orders\"", "\"orders\"");
    }),
    Plant("apis", "is part of an HTTP API", |fixture| {
        fixture.edit(
            STREAM,
            "      ApiId: !Ref WebSocketApiId\n      RouteKey",
            "      ApiId: !Ref ApiId\n      RouteKey",
        );
    }),
    Plant("socket-routes", "leads to no function", |fixture| {
        fixture.edit(STREAM, "functions/${Connect.Arn}/invocations", "functions/connect/invocations");
    }),
    Plant("socket-routes", "call it ConnectRoute", |fixture| {
        fixture.edit(STREAM, "  ConnectRoute:", "  OpenRoute:");
    }),
    Plant("socket-routes", "what the route `$connect` does", |fixture| {
        fixture.edit("functions/platform/platform/README.md", "`$connect`", "connects");
    }),
    Plant("samples", "its routeKey should be $connect", |fixture| {
        fixture.edit("events/invoke/platform-connect.json", "$connect", "$default");
    }),
    Plant("samples", "has no sample", |fixture| fixture.remove("events/invoke/orders-get-order.json")),
    Plant("samples", "has no sample", |fixture| fixture.remove("events/invoke/platform-publish-events.json")),
    Plant("samples", "is a sample of no function", |fixture| fixture.write("events/invoke/orders-eat.json", "{}")),
    Plant("samples", "is no JSON", |fixture| fixture.write("events/invoke/orders-get-order.json", "{")),
    Plant("samples", "is a sample of another route", |fixture| {
        fixture.edit(
            "events/invoke/orders-get-order.json",
            "\"routeKey\": \"GET /v1/commerce/orders/{id}\",\n  \"version\"",
            "\"version\"",
        );
    }),
    Plant("tested-routes", "has no end-to-end test", |fixture| fixture.remove(GET_ORDER)),
    Plant("tested-routes", "has no end-to-end test", |fixture| {
        fixture.write(GET_ORDER, "//! `GET /v1/commerce/orders/{id}`\n");
    }),
    Plant("tested-routes", "Covers `$connect`", |fixture| fixture.remove("tests/e2e/platform/connect.rs")),
    Plant("tested-routes", "Covers `GET /v1/commerce/orders`", |fixture| {
        fixture.edit("tests/e2e/orders/list_orders.rs", "`GET /v1/commerce/orders`", "`GET /v1/commerce/orders/{id}`");
    }),
    Plant("tested-authority", "/v1/commerce/orders/{id}", |fixture| {
        fixture.edit(AUTHORITY, "tests::documents()", "[]");
    }),
    Plant("tested-authority", "/v1/commerce/orders/{id}", |fixture| fixture.edit(AUTHORITY, "#[tokio::test]", "")),
    Plant("tested-authority", "/v1/commerce/orders/{id}", |fixture| {
        fixture.edit("tests/e2e/main.rs", "mod authority;\n", "");
    }),
    Plant("local-binary", "is missing", |fixture| fixture.remove(LOCAL)),
    Plant("local-binary", "does not depend on orders", |fixture| {
        fixture.edit(LOCAL, "orders = { workspace = true, optional = true }", "");
    }),
    Plant("local-binary", "add `optional = true`", |fixture| fixture.edit(LOCAL, ", optional = true", "")),
    Plant("local-binary", "drop `optional = true`", |fixture| {
        fixture.edit(LOCAL, "platform.workspace = true", "platform = { workspace = true, optional = true }");
    }),
    Plant("local-binary", "add \"dep:orders\" to pack-commerce", |fixture| fixture.edit(LOCAL, "\"dep:orders\"", "")),
    Plant("local-binary", "builds without pack-commerce", |fixture| {
        fixture.edit(LOCAL, "default = [\"pack-commerce\"]", "default = []");
    }),
    Plant("logs", "an undeclared log group", |fixture| fixture.edit(ORDERS, ", LogGroup: !Ref Logs }", " }")),
    Plant("logs", "an undeclared log group", |fixture| {
        fixture.edit(STREAM, "LogGroup: !Ref Logs", "LogGroup: elsewhere");
    }),
    Plant("logs", "share Logs", |fixture| {
        let text = fixture.read(STREAM).replace("Ref Logs", "Ref OwnLogs").replace("  Logs:", "  OwnLogs:");
        fixture.write(STREAM, &text);
    }),
    Plant("logs", "keeps logs for ever", |fixture| fixture.edit(ORDERS, "RetentionInDays:", "LogGroupClass:")),
    Plant("tracing", "is not traced", |fixture| fixture.edit(ORDERS, "Tracing: !Ref Tracing", "Tracing: PassThrough")),
    Plant("own-keys", "items of other contexts", |fixture| fixture.edit(ORDERS, KEYS, "")),
    Plant("own-keys", "items of other contexts", |fixture| {
        fixture.edit(ORDERS, "\"orders#*\"", "\"orders#*\", \"identity#*\"");
    }),
    Plant("own-keys", "items of other contexts", |fixture| fixture.edit(ORDERS, "\"orders#*\"", "\"*\"")),
    Plant("own-keys", "may dynamodb:Scan", |fixture| {
        fixture.edit(ORDERS, "dynamodb:GetItem", "dynamodb:GetItem, dynamodb:Scan");
    }),
    Plant("own-keys", "RunExportRole may touch", |fixture| {
        fixture.append(STREAM, &export("dynamodb:PutItem", "orders#user#*"));
    }),
    Plant("own-keys", "RunExportRole may touch", |fixture| {
        fixture.append(STREAM, &export("dynamodb:Query", "orders#order#*"));
    }),
    Plant("own-keys", "items of other contexts", |fixture| {
        // Functions that accept API keys read single records of them; this one may also write.
        fixture.edit(ORDERS, "\"orders#*\"", "\"identity#apikey#*\"");
        fixture.edit(ORDERS, "dynamodb:GetItem", "dynamodb:PutItem");
    }),
    Plant("own-keys", "items of other contexts", |fixture| {
        fixture.edit(ORDERS, "[pk, sk, standing]", "[pk, sk, password]");
    }),
    Plant("fresh-standing", "does not check the standing", |fixture| {
        fixture.edit(CANCEL_ORDER, "standing: Standing", "caller: Caller");
        fixture.edit(CANCEL_ORDER, "    let caller = standing.check().await?;\n", "");
    }),
    Plant("fresh-standing", "does not check the standing", |fixture| {
        // A buyer who is not checked.
        fixture.edit(CANCEL_ORDER, "standing: Standing", "buyer: Buyer");
        fixture.edit(CANCEL_ORDER, "    let caller = standing.check().await?;\n", "");
    }),
    Plant("fresh-standing", "does not check it", |fixture| {
        fixture.edit(CANCEL_ORDER, "    let caller = standing.check().await?;\n", "");
    }),
    Plant("fresh-standing", "does not check the standing", |fixture| {
        let handler = "functions/commerce/orders/src/api/get_order.rs";
        fixture.edit(handler, "(\"bearer\" = [])", "(\"bearer\" = [\"admin\"])");
    }),
    Plant("fresh-standing", "may not read standing", |fixture| fixture.edit(ORDERS, ", !Ref ReadStanding", "")),
    Plant("least-privilege", "may sqs:*", |fixture| fixture.edit(ORDERS, "[sqs:SendMessage]", "[\"sqs:*\"]")),
    Plant("least-privilege", "to every resource", |fixture| {
        fixture.edit(STREAM, "Resource: !Ref BusArn", "Resource: \"*\"");
    }),
    Plant("least-privilege", "to every resource", |fixture| {
        fixture.edit(
            "template.yaml",
            "Resource: !Sub \"arn:aws:lambda:function:atoll-${Stage}-*\"",
            "Resource: [\"*\"]",
        );
    }),
    Plant("least-privilege", "NotAction", |fixture| {
        fixture.edit(STREAM, "Action: [events:PutEvents]", "NotAction: [events:PutEvents]");
    }),
    Plant("own-role", "AdministratorAccess", |fixture| {
        let managed = "ManagedPolicyArns: [!Ref FunctionPolicy, arn:aws:iam::aws:policy/AdministratorAccess]";
        fixture.edit(ORDERS, "ManagedPolicyArns: [!Ref FunctionPolicy]", managed);
    }),
    Plant("own-role", "has no role of its own", |fixture| {
        fixture.edit(ORDERS, "      Role: !GetAtt GetOrderRole.Arn\n", "");
    }),
    Plant("own-role", "has no role of its own", |fixture| {
        fixture.edit(ORDERS, "Role: !GetAtt GetOrderRole.Arn", "Role: !GetAtt ListOrdersRole.Arn");
    }),
    Plant("own-role", "has Policies, which SAM ignores", |fixture| {
        fixture.edit(STREAM, "Role: !GetAtt ConnectRole.Arn", "Role: !GetAtt ConnectRole.Arn\n      Policies: [x]");
    }),
    Plant("own-role", "may receive from", |fixture| {
        let own = "sqs:ReceiveMessage]\n                Resource: !GetAtt SendReceiptQueue.Arn";
        fixture.edit(ORDERS, own, "sqs:ReceiveMessage]\n                Resource: !GetAtt DeadLetters.Arn");
    }),
    Plant("names", "set FunctionName to !Sub atoll-${Stage}-orders-get-order", |fixture| {
        fixture.edit(ORDERS, "      FunctionName: !Sub atoll-${Stage}-orders-get-order\n", "");
    }),
    Plant("names", "and Lambda takes 64", |fixture| {
        fixture.edit(ORDERS, "Handler: orders-get-order", &format!("Handler: orders-get-{}", "x".repeat(31)));
    }),
    Plant("queues", "one message of Source", |fixture| fixture.edit(ORDERS, PARTIAL, "BatchingWindow: 1")),
    Plant("queues", "needs a dead-letter queue", |fixture| {
        fixture.edit(ORDERS, "RedrivePolicy:", "RedriveAllowPolicy:");
    }),
    Plant("queues", "needs an alarm", |fixture| {
        fixture.edit(ORDERS, "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage");
    }),
    Plant("queues", "set maxReceiveCount to 10", |fixture| {
        fixture.edit(ORDERS, "maxReceiveCount: 10", "maxReceiveCount: 5");
    }),
    Plant("queues", "set QueueName to !Sub atoll-${Stage}-orders-send-receipt", |fixture| {
        fixture.edit(ORDERS, "QueueName: !Sub atoll-${Stage}-orders-send-receipt", "DelaySeconds: 0");
    }),
    Plant("queues", "all of the account's concurrency", |fixture| {
        let text = fixture.read(ORDERS).replace("SendReceipt", "SendDeliveries");
        fixture.write(ORDERS, &text);
    }),
    Plant("dead-letters", "is a second dead-letter queue", |fixture| {
        fixture.edit(ORDERS, "deadLetterTargetArn: !GetAtt DeadLetters.Arn", "deadLetterTargetArn: !GetAtt OwnDlq.Arn");
        fixture.append(ORDERS, "\n  OwnDlq:\n    Type: AWS::SQS::Queue\n");
    }),
    Plant("dead-letters", "set QueueName to !Sub atoll-${Stage}-orders-dead-letters", |fixture| {
        fixture.edit(ORDERS, "QueueName: !Sub atoll-${Stage}-orders-dead-letters", "QueueName: dead");
    }),
    Plant("queues", "set VisibilityTimeout to 180", |fixture| {
        fixture.edit(ORDERS, "VisibilityTimeout: 180", "VisibilityTimeout: 179");
    }),
    Plant("queues", "names no queue of this template", |fixture| {
        fixture.edit(ORDERS, "Queue: !GetAtt SendReceiptQueue.Arn", "Queue: arn");
    }),
    Plant("queues", "is an event source by itself", |fixture| {
        fixture.append(STREAM, "\n  Mapping:\n    Type: AWS::Lambda::EventSourceMapping\n");
    }),
    Plant("continuations", "set QUEUE_URL to !Ref SendReceiptQueue", continue_receipts),
    Plant("continuations", "set RecursiveLoop to Allow", continue_receipts),
    Plant("continuations", "allow sqs:SendMessage to !GetAtt SendReceiptQueue.Arn", continue_receipts),
    Plant("continuations", "may send to the queue that feeds it", |fixture| {
        let own = "sqs:ReceiveMessage]\n                Resource: !GetAtt SendReceiptQueue.Arn";
        fixture.edit(ORDERS, own, &own.replace("sqs:ReceiveMessage", "sqs:ReceiveMessage, sqs:SendMessage"));
    }),
    Plant("continuations", "no queue of this template feeds it", |fixture| {
        continue_receipts(fixture);
        fixture.edit(ORDERS, "Queue: !GetAtt SendReceiptQueue.Arn", "Queue: arn");
    }),
    Plant("streams", "one message of Changes", |fixture| fixture.edit(STREAM, PARTIAL, "BatchSize: 1")),
    Plant("streams", "as OnFailure of Changes", |fixture| {
        fixture.edit(
            STREAM,
            "            DestinationConfig: { OnFailure: {",
            "            DestinationConfig: { OnSuccess: {",
        );
    }),
    Plant("streams", "set BisectBatchOnFunctionError to true", |fixture| {
        fixture.edit(STREAM, "            BisectBatchOnFunctionError: true\n", "");
    }),
    Plant("topics", "Feedback stores messages in plain text", |fixture| {
        fixture.append(ORDERS, "\n  Feedback:\n    Type: AWS::SNS::Topic\n");
    }),
    Plant("bus-rules", "as DeadLetterConfig of its target", |fixture| {
        fixture.edit(ORDERS, "          DeadLetterConfig: { Arn: !GetAtt DeadLetters.Arn }", "          Input: x");
    }),
    Plant("bus-rules", "set Name to !Sub atoll-${Stage}-orders-send-receipt", |fixture| {
        fixture.edit(ORDERS, "      Name: !Sub atoll-${Stage}-orders-send-receipt\n", "");
    }),
    Plant("bus-rules", "name it in DependsOn", |fixture| {
        fixture.edit(ORDERS, "DependsOn: [SendReceiptQueuePolicy, DeadLettersPolicy]", "DependsOn: DeadLettersPolicy");
    }),
    Plant("bus-rules", "may not send to SendReceiptQueue", |fixture| {
        fixture.edit(
            ORDERS,
            "${BusName}/atoll-${Stage}-orders-send-receipt\"",
            "${BusName}/atoll-${Stage}-orders-other\"",
        );
    }),
    Plant("bus-rules", "may not send to DeadLetters", |fixture| {
        fixture.edit(ORDERS, "Queues: [!Ref DeadLetters]", "Queues: [!Ref Others]");
    }),
    Plant("schedules", "as DeadLetterConfig of Hourly", |fixture| {
        fixture.edit(STREAM, "DeadLetterConfig: { Arn: !GetAtt DeadLetters.Arn }", "Enabled: true");
    }),
    Plant("schedules", "in its EventInvokeConfig", |fixture| {
        fixture.edit(STREAM, "EventInvokeConfig: { DestinationConfig", "EventInvokeConfig: { Qualifier");
    }),
    Plant("schedules", "in its EventInvokeConfig", |fixture| {
        fixture.edit(
            ORDERS,
            "EventInvokeConfig: { MaximumRetryAttempts: 2, DestinationConfig",
            "EventInvokeConfig: { Other",
        );
    }),
    Plant("schedules", "a rule without a fixed name", |fixture| {
        fixture.edit(ORDERS, "RuleName: !Sub atoll-${Stage}-orders-greet-user", "State: ENABLED");
    }),
    Plant("schedules", "name it in DependsOn", |fixture| {
        fixture.edit(STREAM, "    DependsOn: DeadLettersPolicy\n", "");
    }),
    Plant("schedules", "as DeadLetterConfig of its target", |fixture| {
        fixture.append(STREAM, "\n  Daily:\n    Type: AWS::Scheduler::Schedule\n");
    }),
    Plant("heartbeats", "PublishEvents's Invocations", |fixture| fixture.edit(STREAM, "Invocations", "Errors")),
    Plant("heartbeats", "to be at least 7200 s", |fixture| {
        fixture.edit(STREAM, "EvaluationPeriods: 2", "EvaluationPeriods: 1");
    }),
    Plant("heartbeats", "treat missing data as breaching", |fixture| {
        fixture.edit(STREAM, "TreatMissingData: breaching", "TreatMissingData: missing");
    }),
    Plant("heartbeats", "needs a rate", |fixture| fixture.edit(STREAM, "rate(1 hour)", "cron(0 * * * ? *)")),
    Plant("streams", "may be starved", |fixture| {
        fixture.edit(STREAM, "      ReservedConcurrentExecutions: !Ref PublisherConcurrency\n", "");
    }),
    Plant("kept", "cannot become a global table", |fixture| {
        fixture.edit("template.yaml", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table");
    }),
    Plant("kept", "Table goes with its stack", |fixture| {
        fixture.edit("template.yaml", "    DeletionPolicy: RetainExceptOnCreate\n", "");
    }),
    Plant("kept", "SigningKeys goes with its stack", |fixture| {
        let kept = "Custom::SigningKeys\n    DeletionPolicy: RetainExceptOnCreate";
        fixture.edit("template.yaml", kept, "Custom::SigningKeys");
    }),
    Plant("kept", "a change of the stage", |fixture| {
        fixture.edit("template.yaml", "Properties: { Stage: !Ref Stage }", "Properties: { Generation: 1 }");
    }),
    Plant("published", "AuthJwks reads /atoll/${Stage}/core/auth-jwks", |fixture| {
        fixture.edit("template.yaml", "core/auth-jwks", "core/keys");
    }),
    Plant("published", "the URL of its API", |fixture| {
        fixture.edit(PACK, "packs/commerce/api-url", "packs/other/api-url");
    }),
    Plant("published", "does not publish its version", |fixture| {
        fixture.edit(PACK, "packs/commerce/version", "packs/other/version");
    }),
    Plant("published", "set Value to 1.2.3", |fixture| fixture.edit(PACK, "Value: 1.2.3", "Value: 1.2.2")),
    Plant("events", "waits for identity.user_moved.v1", |fixture| {
        fixture.edit(ORDERS, "[identity.user_registered.v1]", "[identity.user_registered.v1, identity.user_moved.v1]");
    }),
    Plant("events", "waits for catalog.", |fixture| {
        fixture.edit(ORDERS, "[identity.user_registered.v1]", "[{ prefix: catalog. }]");
    }),
    Plant("events", "has no example", |fixture| fixture.remove("events/identity/user_registered.v1.example.json")),
    Plant("budgets", "has no case of it", |fixture| {
        let handler = "functions/commerce/orders/src/api/get_order.rs";
        fixture.write(handler, &fixture.read(handler).replace("_ctx", "ctx"));
    }),
    Plant("budgets", "orders-eat is no function", |fixture| {
        fixture.write(BUDGETS, r#"{ "functions": { "orders-eat": { "bytes": 1, "cases": {} } } }"#);
    }),
    Plant("budgets", "cannot be read", |fixture| fixture.write(BUDGETS, "{")),
    Plant("limits", "deploys 4", |fixture| fixture.append(STREAM, &many(400, "  T#: { Type: AWS::SNS::Topic }\n"))),
    Plant("limits", "one deployment of commerce changes 2", |fixture| {
        fixture.append(ORDERS, &many(2_000, "  T#: { Type: AWS::SNS::Topic }\n"));
    }),
    Plant("limits", "5 packs as large as the largest", |fixture| {
        fixture.append(ORDERS, &many(180, "  R#: { Type: AWS::IAM::Role }\n"));
    }),
    Plant("limits", "280 operations", |fixture| {
        // Operations by the hundred break other rules too: what counts is that they are counted.
        let paths = many(280, "\"/v1/commerce/r#\": { \"get\": {} },");
        fixture.write("docs/openapi/commerce.json", &format!("{{ \"paths\": {{ {} }} }}", paths.trim_end_matches(',')));
    }),
    Plant("length", "has 501 lines", |fixture| {
        fixture.append(DOMAIN, &"\n".repeat(501 - fixture.read(DOMAIN).lines().count()));
    }),
    Plant("length", "has 801 lines", |fixture| {
        fixture.append(GET_ORDER, &"\n".repeat(801 - fixture.read(GET_ORDER).lines().count()));
    }),
    Plant("left-overs", "finish it", |fixture| fixture.append(DOMAIN, concat!("fn a() { todo", "!() }\n"))),
    Plant("left-overs", "remove it", |fixture| fixture.append(DOMAIN, concat!("fn a() { dbg", "!(1); }\n"))),
    Plant("left-overs", "protects nothing", |fixture| {
        fixture.append(GET_ORDER, concat!("#[", "ignore = \"flaky\"]\n#[test]\nfn a() {}\n"));
    }),
    Plant("bounded-waits", "sleeps", |fixture| fixture.append(GET_ORDER, "fn a() { tokio::time::sleep(x) }\n")),
    Plant("bounded-waits", "sleeps", |fixture| fixture.append(GET_ORDER, "fn a() { sleep(x) }\n")),
    Plant("replayable", "chooses by chance", |fixture| fixture.append(PUBLISH, "fn a() { tokio::select! {\n} }\n")),
    Plant("replayable", "`thread::Builder`", |fixture| fixture.append(PUBLISH, "fn a() { thread::Builder::new() }\n")),
    Plant("replayable", "`thread::scope`", |fixture| fixture.append(PUBLISH, "fn a() { thread::scope(b) }\n")),
    Plant("replayable", "`spawn_blocking`", |fixture| fixture.append(PUBLISH, "fn a() { spawn_blocking(b) }\n")),
    Plant("replayable", "`RandomState`", |fixture| fixture.append(PUBLISH, "fn a() { RandomState::new() }\n")),
    Plant("replayable", "`SystemRandom`", |fixture| fixture.append(PUBLISH, "fn a() { SystemRandom::new() }\n")),
    Plant("replayable", "`from_conf(`", |fixture| fixture.append(PUBLISH, "fn a() { Client::from_conf(b) }\n")),
    Plant("replayable", "`random::seeded`", |fixture| fixture.append(PUBLISH, "fn a() { random::seeded(1, b) }\n")),
    Plant("replayable", "`simulation::enter`", |fixture| fixture.append(PUBLISH, "fn a() { simulation::enter(1) }\n")),
];

/// The role of the function that may read what other contexts hold on people, with another permission than that.
fn export(action: &str, keys: &str) -> String {
    format!(
        "\n  RunExportRole:\n    Type: AWS::IAM::Role\n    Properties:\n      Policies:\n        - PolicyName: own\n          PolicyDocument:\n            \
         Statement:\n              - Effect: Allow\n                Action: [{action}]\n                Resource: !Ref TableArn\n                \
         Condition: {{ \"ForAllValues:StringLike\": {{ dynamodb:LeadingKeys: [\"{keys}\"] }} }}\n"
    )
}

/// So many of a text, each with its number for `#`.
fn many(count: usize, text: &str) -> String {
    (0..count).map(|number| text.replace('#', &number.to_string())).collect()
}

#[test]
fn the_valid_repository_breaks_no_rule() {
    assert_eq!(tidy::check(&Fixture::new().repository).unwrap(), []);
}

#[test]
fn each_rule_fails_on_what_it_forbids() {
    let mut unseen = Vec::new();
    for Plant(rule, says, plant) in PLANTS {
        let fixture = Fixture::new();
        plant(&fixture);
        let found = tidy::check(&fixture.repository).unwrap();
        if !found.iter().any(|one| one.rule == *rule && one.to_string().contains(says)) {
            unseen.push(format!("{rule} should say {says:?} and the rules said {found:#?}"));
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}

#[test]
fn no_rule_has_never_been_seen_to_fail() {
    let unseen: Vec<_> = RULES.iter().filter(|rule| !PLANTS.iter().any(|plant| plant.0 == rule.name)).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn a_violation_names_its_place() {
    let fixture = Fixture::new();
    fixture.edit(ORDERS, "VisibilityTimeout: 180", "VisibilityTimeout: 1");
    let found = tidy::check(&fixture.repository).unwrap();
    let line = 1 + fixture.read(ORDERS).lines().position(|line| line == "  SendReceiptQueue:").unwrap();
    let places: Vec<_> = found.iter().map(|one| (one.path.as_str(), one.line, one.rule)).collect();
    assert_eq!(places, [(ORDERS, line, "queues")]);
}

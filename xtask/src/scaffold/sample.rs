//! Sample events, as AWS sends them.

use serde_json::{Value, json};

use super::route::Route;

const SAMPLE_ID: &str = "019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d";
const HOST: &str = "abc123defg.execute-api.eu-central-1.amazonaws.com";

/// A request as the HTTP API hands it to a function (payload format 2.0).
pub fn request(route: &Route, with_token: bool) -> String {
    let path = route.path_with(SAMPLE_ID);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key(),
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "accept": "application/json", "host": HOST, "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123defg",
            "domainName": HOST,
            "domainPrefix": "abc123defg",
            "http": { "method": route.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "sample" },
            "requestId": "Zb1cXhVsjoEEJ9w=",
            "routeKey": route.key(),
            "stage": "$default",
            "time": "14/Mar/2026:09:26:53 +0000",
            "timeEpoch": 1_773_480_413_589_u64,
        },
        "isBase64Encoded": false,
    });
    if with_token {
        event["headers"]["authorization"] = "Bearer ACCESS_TOKEN".into();
    }
    if route.has_body() {
        event["headers"]["content-type"] = "application/json".into();
        event["body"] = json!({ "name": "Harbour" }).to_string().into();
    }
    if !route.parameters.is_empty() {
        event["pathParameters"] = route.parameters.iter().map(|name| (name.clone(), Value::from(SAMPLE_ID))).collect();
    }
    pretty(&event)
}

/// An event as the bus hands it on.
pub fn event(detail_type: &str, envelope: &Value) -> Value {
    let context = detail_type.split('.').next().unwrap_or_default();
    json!({
        "version": "0",
        "id": "7d3f0c1a-2b4e-4f60-8a91-b2c3d4e5f607",
        "detail-type": detail_type,
        "source": format!("atoll.{context}"),
        "account": "123456789012",
        "time": "2026-03-14T09:26:53Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": envelope,
    })
}

/// A message with an event from the bus, as a queue hands it to a function.
pub fn message(event: &Value, queue: &str) -> String {
    pretty(&json!({ "Records": [{
        "messageId": "2e1424d4-f796-459a-8184-9c92662be6da",
        "receiptHandle": "AQEBzWwaftRI0KuVm4tP-sample",
        "body": event.to_string(),
        "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1773480413700" },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:eu-central-1:123456789012:{queue}"),
        "awsRegion": "eu-central-1",
    }]}))
}

/// The text of a sample's file.
pub fn pretty(event: &Value) -> String {
    format!("{event:#}\n")
}

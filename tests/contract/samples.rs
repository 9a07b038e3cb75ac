//! Samples for `events/invoke`, read by the types that read the real events.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use aws_lambda_events::sqs::SqsEvent;
use badges::consumers::recount_badges::RecountBadges;
use contracts::Envelope;
use events::timer::Occurrence;
use kit::bucket::ObjectCreated;
use kit::sqs::Message;
use kit::stream::StreamEvent;
use notifications::consumers::suppress_addresses::MailFeedback;
use serde_json::Value;
use timeline::consumers::recount_timeline::RecountTimeline;
use timeline::wake::Wake;
use wallet::saga::StepInput;

/// Every sample: the name of its function, and the event.
fn samples() -> Vec<(String, String)> {
    let folder = tests::root().join("events/invoke");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn every_sample_is_an_event_of_its_kind() {
    let mut seen = 0;
    for (name, text) in samples() {
        let event: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let source = event["Records"][0]["eventSource"].as_str().unwrap_or_default();
        if event.get("routeKey").is_some() {
            lambda_http::request::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        } else if let Some(kind) = event["requestContext"]["eventType"].as_str() {
            assert!(["CONNECT", "MESSAGE", "DISCONNECT"].contains(&kind), "{name}: {kind}");
            let event: ApiGatewayWebsocketProxyRequest =
                serde_json::from_value(event).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(event.request_context.connection_id.is_some(), "{name}");
        } else if source == "aws:sqs" {
            let batch: SqsEvent = serde_json::from_value(event).unwrap_or_else(|error| panic!("{name}: {error}"));
            for record in batch.records {
                let text = record.body.as_deref().unwrap();
                let body: Value = serde_json::from_str(text).unwrap();
                if name == "notifications-suppress-addresses" {
                    MailFeedback::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
                    continue;
                }
                if name == "timeline-fire-task" {
                    Wake::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
                    continue;
                }
                if name == "events-fire-schedule" {
                    Occurrence::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
                    continue;
                }
                if body["source"] == "aws.s3" {
                    ObjectCreated::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
                    continue;
                }
                let envelope: Envelope<Value> = serde_json::from_value(body["detail"].clone()).unwrap();
                assert_eq!(body["detail-type"], envelope.detail_type(), "{name}");
            }
        } else if source == "aws:dynamodb" {
            let batch: StreamEvent = serde_json::from_value(event).unwrap_or_else(|error| panic!("{name}: {error}"));
            let outbox = batch.records[0].new_text(dynamo::outbox::ATTRIBUTE).unwrap();
            assert!(!dynamo::Outbox::parse(outbox).unwrap().is_empty(), "{name}");
        } else if event["detail"].get("correlationId").is_some() {
            let envelope: Envelope<Value> = serde_json::from_value(event["detail"].clone()).unwrap();
            assert_eq!(event["detail-type"], envelope.detail_type(), "{name}");
        } else if event.get("donationId").is_some() {
            // What the state machine gives each of its steps.
            serde_json::from_value::<StepInput>(event).unwrap_or_else(|error| panic!("{name}: {error}"));
        } else if name == "badges-recount-badges" {
            // What an operator sends.
            serde_json::from_value::<RecountBadges>(event).unwrap_or_else(|error| panic!("{name}: {error}"));
        } else if name == "timeline-recount-timeline" {
            serde_json::from_value::<RecountTimeline>(event).unwrap_or_else(|error| panic!("{name}: {error}"));
        } else {
            assert!(
                event.get("RequestType").is_some() || event.get("detail-type").is_some(),
                "{name} is of no known kind"
            );
        }
        seen += 1;
    }
    assert!(seen > 0, "there are no samples");
}

//! A queue of SQS inside the test's process, for what functions send: dead letters and continuations.
//!
//! It speaks HTTP, so that tests run the SDK's real client.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use serde_json::{Value, json};
use tokio::io::BufStream;
use tokio::net::TcpStream;

use crate::wire;

/// A queue that takes messages, or refuses them if a test wants that.
#[derive(Debug, Clone)]
pub struct TestQueue {
    url: String,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    sent: Mutex<Vec<Value>>,
    refusals: AtomicU32,
}

impl TestQueue {
    /// Starts one. It ends with the test's runtime.
    pub async fn start() -> Self {
        let (url, state) = wire::start(serve).await;
        Self { url, state }
    }

    /// Its address, which is also the endpoint for a client.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Refuses the next calls.
    pub fn refuse(&self, calls: u32) {
        self.state.refusals.store(calls, Ordering::SeqCst);
    }

    /// Removes the requests `SendMessage` that were accepted so far, oldest first.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.state.sent.lock().expect("no test panics with this lock"))
    }
}

/// A batch as Lambda delivers what was sent. Message ids are `0`, `1`, … in the order of `sent`.
pub fn queue_event(sent: &[Value]) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = sent.iter().enumerate().map(|(number, request)| message(number, request)).collect();
    event
}

fn message(number: usize, request: &Value) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(number.to_string());
    message.body = request["MessageBody"].as_str().map(str::to_owned);
    for (name, value) in request["MessageAttributes"].as_object().into_iter().flatten() {
        let attribute = json!({
            "dataType": value["DataType"], "stringValue": value["StringValue"],
            "stringListValues": [], "binaryListValues": [],
        });
        let attribute = serde_json::from_value(attribute).expect("an attribute");
        message.message_attributes.insert(name.clone(), attribute);
    }
    message
}

async fn serve(mut stream: BufStream<TcpStream>, state: Arc<State>) {
    while let Some(request) = wire::read(&mut stream).await {
        assert_eq!(request.target, "AmazonSQS.SendMessage", "an operation that no function asks for");
        let refused = state.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        let written = if refused.is_ok() {
            let headers = ["x-amzn-errortype: AccessDenied".to_owned()];
            wire::write(&mut stream, 403, &headers, b"{}").await
        } else {
            let sent = serde_json::from_slice(&request.body).expect("a JSON text");
            state.sent.lock().expect("no test panics with this lock").push(sent);
            wire::write(&mut stream, 200, &[], br#"{"MessageId":"1"}"#).await
        };
        if written.is_none() {
            return;
        }
    }
}

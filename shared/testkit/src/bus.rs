//! EventBridge inside the test's process, for what the publisher sends.
//!
//! It speaks HTTP, so that tests run the SDK's real client.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::BufStream;
use tokio::net::TcpStream;

use crate::wire;

/// A bus that takes events, or refuses those that a test names.
#[derive(Debug, Clone)]
pub struct TestBus {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    published: Vec<Value>,
    /// A text that an event contains, and the code with which the bus refuses the event.
    entries: Vec<(String, &'static str)>,
    /// The same for whole calls.
    calls: Vec<(String, &'static str)>,
}

impl TestBus {
    /// Starts one. It ends with the test's runtime.
    pub async fn start() -> Self {
        let (url, state) = wire::start(serve).await;
        Self { url, state }
    }

    /// The endpoint for a client.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Refuses events that contain a text, with this code.
    pub fn refuse_events(&self, containing: &str, code: &'static str) {
        lock(&self.state).entries.push((containing.to_owned(), code));
    }

    /// Refuses whole calls with an event that contains a text, with this code.
    pub fn refuse_calls(&self, containing: &str, code: &'static str) {
        lock(&self.state).calls.push((containing.to_owned(), code));
    }

    /// The published events, in their order.
    pub fn published(&self) -> Vec<Value> {
        lock(&self.state).published.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no test panics with this lock")
}

async fn serve(mut stream: BufStream<TcpStream>, state: Arc<Mutex<State>>) {
    while let Some(request) = wire::read(&mut stream).await {
        assert_eq!(request.target, "AWSEvents.PutEvents", "an operation that no function asks for");
        let body: Value = serde_json::from_slice(&request.body).expect("a JSON text");
        let answer = put(&mut lock(&state), body["Entries"].as_array().expect("entries"));
        let written = match answer {
            Ok(answer) => wire::write(&mut stream, 200, &[], answer.to_string().as_bytes()).await,
            Err(code) => {
                let headers = [format!("x-amzn-errortype: {code}")];
                wire::write(&mut stream, 400, &headers, json!({ "__type": code }).to_string().as_bytes()).await
            }
        };
        if written.is_none() {
            return;
        }
    }
}

fn put(state: &mut State, entries: &[Value]) -> Result<Value, &'static str> {
    let details: Vec<_> = entries.iter().map(|entry| entry["Detail"].as_str().expect("a detail")).collect();
    let refused = |rules: &[(String, &'static str)], detail: &str| {
        rules.iter().find(|(text, _)| detail.contains(text)).map(|(_, code)| *code)
    };
    if let Some(code) = details.iter().find_map(|detail| refused(&state.calls, detail)) {
        return Err(code);
    }
    let mut results = Vec::new();
    for detail in details {
        results.push(if let Some(code) = refused(&state.entries, detail) {
            json!({ "ErrorCode": code })
        } else {
            state.published.push(serde_json::from_str(detail).expect("a JSON text"));
            json!({ "EventId": state.published.len().to_string() })
        });
    }
    let failed = results.iter().filter(|result| result["ErrorCode"].is_string()).count();
    Ok(json!({ "FailedEntryCount": failed, "Entries": results }))
}

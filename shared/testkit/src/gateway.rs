//! The gateway's side of open sockets, inside the test's process: it takes what functions send, and closes.
//!
//! It speaks HTTP, so that tests run the SDK's real client of that API.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use serde_json::{Value, json};
use tokio::io::BufStream;
use tokio::net::TcpStream;

use crate::wire;

/// Sockets that are open, by connection id, with what was sent to each.
#[derive(Debug, Clone)]
pub struct TestGateway {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    open: HashMap<String, Vec<Value>>,
    closed: HashMap<String, Vec<Value>>,
    failures: u32,
}

impl TestGateway {
    /// Starts one; it ends with the test's runtime.
    pub async fn start() -> Self {
        let (url, state) = wire::start(serve).await;
        Self { url, state }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens a socket: from now on what is sent to it arrives.
    pub fn open(&self, connection: &str) {
        self.state().open.entry(connection.to_owned()).or_default();
    }

    /// A socket dies without a word.
    pub fn break_off(&self, connection: &str) {
        let mut state = self.state();
        if let Some(sent) = state.open.remove(connection) {
            state.closed.insert(connection.to_owned(), sent);
        }
    }

    /// The next calls fail.
    pub fn fail(&self, calls: u32) {
        self.state().failures = calls;
    }

    /// True while a socket is open.
    pub fn is_open(&self, connection: &str) -> bool {
        self.state().open.contains_key(connection)
    }

    /// What was sent to a socket, open or closed.
    pub fn sent(&self, connection: &str) -> Vec<Value> {
        let state = self.state();
        state.open.get(connection).or_else(|| state.closed.get(connection)).cloned().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no test panics with this lock")
}

async fn serve(mut stream: BufStream<TcpStream>, state: Arc<Mutex<State>>) {
    while let Some(request) = wire::read(&mut stream).await {
        let connection = request.path.rsplit('/').next().unwrap_or_default().replace("%3D", "=");
        let (status, error) = lock(&state).answer(&request.method, &connection, &request.body);
        let headers = error.map(|error| format!("x-amzn-errortype: {error}"));
        if wire::write(&mut stream, status, headers.as_slice(), b"{}").await.is_none() {
            return;
        }
    }
}

impl State {
    fn answer(&mut self, method: &str, connection: &str, body: &[u8]) -> (u16, Option<&'static str>) {
        if self.failures > 0 {
            self.failures -= 1;
            return (500, Some("InternalServerError"));
        }
        if !self.open.contains_key(connection) {
            return (410, Some("GoneException"));
        }
        if method == "DELETE" {
            let sent = self.open.remove(connection).unwrap_or_default();
            self.closed.insert(connection.to_owned(), sent);
            return (200, None);
        }
        let frame = serde_json::from_slice(body).expect("a JSON text");
        self.open.entry(connection.to_owned()).or_default().push(frame);
        (200, None)
    }
}

/// An event as the gateway makes it, of the kind `CONNECT`, `MESSAGE` or `DISCONNECT`, with more fields.
pub fn socket_event(kind: &str, connection: &str, more: &Value) -> ApiGatewayWebsocketProxyRequest {
    let mut event = json!({ "requestContext": {
        "eventType": kind, "connectionId": connection, "requestId": "test", "connectedAt": 0, "requestTimeEpoch": 0,
    }});
    let fields = event.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    serde_json::from_value(event).expect("an event")
}

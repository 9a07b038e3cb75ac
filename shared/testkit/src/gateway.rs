//! The gateway's side of open sockets, inside the test's process: it takes what functions send, and closes.
//!
//! It speaks as much HTTP as the SDK's client of that API needs, so that tests run the real client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

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
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let gateway = Self { url, state: Arc::default() };
        let serving = gateway.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let gateway = serving.clone();
                tokio::spawn(async move { gateway.serve(BufStream::new(stream)).await });
            }
        });
        gateway
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
        self.state.lock().expect("no test panics with this lock")
    }

    async fn serve(self, mut stream: BufStream<TcpStream>) {
        while let Some((method, path, body)) = request(&mut stream).await {
            let connection = path.rsplit('/').next().unwrap_or_default().replace("%3D", "=");
            let (status, error) = self.answer(&method, &connection, &body);
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: 2\r\ncontent-type: application/json\r\n{error}\r\n{{}}"
            );
            if stream.write_all(head.as_bytes()).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
    }

    fn answer(&self, method: &str, connection: &str, body: &[u8]) -> (u16, &'static str) {
        let mut state = self.state();
        if state.failures > 0 {
            state.failures -= 1;
            return (500, "x-amzn-errortype: InternalServerError\r\n");
        }
        if !state.open.contains_key(connection) {
            return (410, "x-amzn-errortype: GoneException\r\n");
        }
        if method == "DELETE" {
            let sent = state.open.remove(connection).unwrap_or_default();
            state.closed.insert(connection.to_owned(), sent);
            return (200, "");
        }
        let frame = serde_json::from_slice(body).expect("a JSON text");
        state.open.entry(connection.to_owned()).or_default().push(frame);
        (200, "")
    }
}

/// One request: method, path, body. None when the client has gone.
async fn request(stream: &mut BufStream<TcpStream>) -> Option<(String, String, Vec<u8>)> {
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((method, path, body))
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

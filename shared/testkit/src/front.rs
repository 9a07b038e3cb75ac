//! A server in front of the test's database that changes what clients see of it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
pub(crate) struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    /// The name of the operation.
    pub(crate) fn operation(&self) -> &str {
        let target = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with("x-amz-target:"));
        target.and_then(|line| line.rsplit('.').next()).unwrap_or_default().trim()
    }

    /// The parameters of the operation.
    pub(crate) fn parameters(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The request as it is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}

/// A connection to a database.
pub(crate) struct Upstream(TcpStream);

impl Upstream {
    pub(crate) async fn connect(database: SocketAddr) -> io::Result<Self> {
        Ok(Self(TcpStream::connect(database).await?))
    }

    /// Sends a request and returns the response. None if the database has gone.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        self.0.write_all(request).await.ok()?;
        let Request { head, body } = message(&mut self.0).await?;
        Some([head.as_bytes(), &body].concat())
    }
}

/// What a front does with each request.
pub(crate) trait Rule: Send + Sync + 'static {
    /// The response to a request. None ends the connection.
    fn answer(&self, upstream: &mut Upstream, request: Request) -> impl Future<Output = Option<Vec<u8>>> + Send;
}

/// Starts a front of the database at `database` and returns its address. It ends with the test's runtime.
pub(crate) async fn start(database: SocketAddr, rule: impl Rule) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let rule = Arc::new(rule);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, database, rule.clone()));
        }
    });
    address
}

/// Serves one connection, request by request, until either side ends it.
async fn serve(mut client: TcpStream, database: SocketAddr, rule: Arc<impl Rule>) {
    let Ok(mut upstream) = Upstream::connect(database).await else { return };
    while let Some(request) = message(&mut client).await {
        let Some(answer) = rule.answer(&mut upstream, request).await else { return };
        if client.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// A response of DynamoDB with this status and body.
pub(crate) fn response(status: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {length}");
    format!("{head}\r\n\r\n{body}").into_bytes()
}

/// A request or a response: its head with the empty line, and its body. None at the end of the connection.
async fn message(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths =
        lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim());
    let length: usize = lengths.next().and_then(|text| text.parse().ok()).unwrap_or_default();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { head, body })
}

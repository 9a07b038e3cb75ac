//! The WebSocket API as clients speak it.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{Cloud, redelivery};

/// How long a frame may take: functions start in a fraction of a second.
const BOUND: Duration = Duration::from_secs(30);
/// How long a frame is waited for before the queues' time passes, if redeliveries are held.
const PAUSE: Duration = Duration::from_secs(2);
const SUB_PROTOCOL: &str = "Sec-WebSocket-Protocol";

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Cloud {
    /// Connects with an access token as browsers do, or fails the test.
    pub async fn socket(&self, token: &str) -> Socket {
        self.try_socket(token).await.expect("an open socket")
    }

    /// Connects with an access token in the sub-protocol. An error has the status of the refusal.
    pub async fn try_socket(&self, token: &str) -> Result<Socket, u16> {
        self.handshake("", Some(&format!("atoll.v1, {token}"))).await
    }

    /// Connects with any query and sub-protocols.
    pub async fn handshake(&self, query: &str, protocols: Option<&str>) -> Result<Socket, u16> {
        let mut request = format!("{}{query}", self.web_socket_url()).into_client_request().expect("a request");
        if let Some(protocols) = protocols {
            request.headers_mut().insert(SUB_PROTOCOL, HeaderValue::from_str(protocols).expect("a header"));
        }
        let connecting = tokio::time::timeout(BOUND, connect_async(request)).await.expect("an answer in time");
        match connecting {
            Ok((stream, answer)) => {
                let chosen = answer.headers().get(SUB_PROTOCOL).map(|value| value.to_str().expect("a text"));
                assert_eq!(chosen, protocols.map(|_| "atoll.v1"), "the sub-protocol that is spoken");
                Ok(Socket { stream })
            }
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("the handshake failed: {error}"),
        }
    }
}

impl Socket {
    /// Sends a message.
    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("an open socket");
    }

    /// The next frame; none once the socket is closed. It fails the test if nothing comes in time. A frame may follow from a message
    /// that is delivered again.
    pub async fn next(&mut self) -> Option<Value> {
        let started = Instant::now();
        loop {
            if let Ok(frame) = tokio::time::timeout(PAUSE, self.frame()).await {
                return frame;
            }
            assert!(started.elapsed() < BOUND, "no frame within {BOUND:?}");
            redelivery::skip_if_held().await;
        }
    }

    /// The next frame, if one comes within `bound`.
    pub async fn next_within(&mut self, bound: Duration) -> Option<Value> {
        tokio::time::timeout(bound, self.frame()).await.ok().flatten()
    }

    async fn frame(&mut self) -> Option<Value> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).expect("a JSON text")),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_) | Err(_)) | None => return None,
            }
        }
    }

    /// The next frame of a type; what comes before it is passed over.
    pub async fn expect(&mut self, name: &str) -> Value {
        loop {
            let frame = self.next().await.unwrap_or_else(|| panic!("closed before {name}"));
            if frame["type"] == name {
                return frame;
            }
        }
    }

    /// Waits until the server closes the socket; the frames until then.
    pub async fn closed(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames
    }

    /// Asks whether the server is there. Whatever was sent before the answer is returned: it shows what did not come.
    pub async fn ping(&mut self) -> Vec<Value> {
        self.send(&json!({ "type": "ping", "id": "ping" })).await;
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.expect("an open socket");
            if frame["type"] == "pong" {
                return frames;
            }
            frames.push(frame);
        }
    }
}

/// A client that follows the rule in realtime's README: apply what follows, pass over what it has, ask on a gap.
#[derive(Debug, Default)]
pub struct Follower {
    /// The number of the last message that it has.
    pub last: u64,
    /// The notifications that it has, in its order.
    pub applied: Vec<String>,
    /// How often it lost its place.
    pub resets: usize,
    asked: bool,
}

impl Follower {
    /// To be called for each new socket.
    pub async fn opened(&mut self, socket: &mut Socket) {
        self.asked = false;
        self.ask(socket).await;
    }

    /// Takes a frame.
    pub async fn hear(&mut self, frame: &Value, socket: &mut Socket) {
        let number = |value: &Value| value.as_str().and_then(|text| text.parse::<u64>().ok()).expect("a number");
        let behind = match frame["type"].as_str().expect("a type") {
            "notification" if number(&frame["id"]) == self.last + 1 => {
                self.last += 1;
                self.applied.push(frame["data"]["notificationId"].as_str().expect("an id").to_owned());
                false
            }
            "notification" => number(&frame["id"]) > self.last,
            "pong" | "resumed" => {
                self.asked = false;
                frame["data"]["more"] == true || number(&frame["data"]["last"]) > self.last
            }
            "reset" => {
                (self.asked, self.last) = (false, number(&frame["data"]["last"]));
                self.resets += 1;
                false
            }
            _ => {
                self.asked = false;
                false
            }
        };
        if behind {
            self.ask(socket).await;
        }
    }

    async fn ask(&mut self, socket: &mut Socket) {
        if !std::mem::replace(&mut self.asked, true) {
            socket.send(&json!({ "type": "resume", "data": { "after": self.last.to_string() } })).await;
        }
    }
}

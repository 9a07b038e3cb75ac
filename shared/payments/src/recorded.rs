//! A provider in this process that answers with recorded bodies, one after the other, and keeps what it was asked.

#![allow(clippy::disallowed_methods, reason = "a server on a thread of its own")]

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit::outbound::{Limits, Outbound};
use serde_json::Value;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// `METHOD /path?query`.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A field of a form or of the query.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let query = self.line.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(self.body.as_bytes()));
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone, Default)]
struct State {
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// The provider.
pub(crate) struct Recorded {
    pub(crate) url: String,
    state: State,
}

impl Recorded {
    pub(crate) fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answers = answers
            .into_iter()
            .map(|(status, body)| (status, if body.is_null() { String::new() } else { body.to_string() }));
        let state = State { answers: Arc::new(Mutex::new(answers.collect())), requests: Arc::default() };
        let kept = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &kept);
            }
        });
        Self { url, state }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        assert!(self.state.answers.lock().unwrap().is_empty(), "answers are left");
        self.state.requests.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, state: &State) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = Request::default();
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    line.trim_end().rsplit_once(' ').unwrap().0.clone_into(&mut request.line);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request.body = String::from_utf8(body).unwrap();
    state.requests.lock().unwrap().push(request);
    let (status, body) = state.answers.lock().unwrap().pop_front().unwrap_or((418, "{}".to_owned()));
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
}

/// A client that does not wait between attempts.
pub(crate) fn outbound() -> Outbound {
    let pause = (Duration::from_millis(1), Duration::from_millis(2));
    Outbound::new(Limits { pause, ..Limits::within(Duration::from_secs(20)) }).unwrap()
}

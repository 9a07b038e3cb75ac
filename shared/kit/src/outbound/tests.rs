//! Against a server in this process that answers as it is told.

#![allow(clippy::disallowed_methods, reason = "a server on threads of its own, and real time")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Call, Limits, Outbound, OutboundError};

/// What the server does with a request.
#[derive(Clone, Copy)]
enum Act {
    Status(u16),
    Hang,
    HangUp,
    Huge,
}

struct Server {
    url: String,
    asked: Arc<AtomicUsize>,
    act: Arc<Mutex<Act>>,
}

impl Server {
    fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (asked, act) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(act)));
        let server = Self { url, asked: asked.clone(), act: act.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (asked, act) = (asked.clone(), act.clone());
                std::thread::spawn(move || answer(stream.unwrap(), &asked, &act));
            }
        });
        server
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn now(&self, act: Act) {
        *self.act.lock().unwrap() = act;
    }

    fn post(&self) -> Call {
        Call::post(&self.url).body("text/plain", "x")
    }
}

fn answer(mut stream: TcpStream, asked: &AtomicUsize, act: &Mutex<Act>) {
    let mut buffer = [0; 4096];
    let mut text = String::new();
    while !text.contains("\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => text.push_str(&String::from_utf8_lossy(&buffer[..read])),
            _ => return,
        }
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let act = *act.lock().unwrap();
    let (status, body) = match act {
        Act::Status(status) => (status, format!("{{\"status\":{status}}}")),
        Act::Huge => (200, "x".repeat(10_000)),
        Act::HangUp => return,
        // Until the client gives up.
        Act::Hang => return drop(stream.read(&mut buffer)),
    };
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    drop(stream.write_all(format!("{head}{body}").as_bytes()));
}

fn quick() -> Limits {
    Limits {
        attempt: Duration::from_millis(200),
        total: Duration::from_secs(5),
        pause: (Duration::from_millis(1), Duration::from_millis(5)),
        open: (Duration::from_millis(300), Duration::from_secs(1)),
        answer_bytes: 1_000,
    }
}

fn client() -> Outbound {
    Outbound::new(quick()).unwrap()
}

#[tokio::test]
async fn an_answer_is_given_as_it_came_and_nothing_is_retried() {
    let client = client();
    for status in [200, 201, 302, 400, 402, 404, 409] {
        let server = Server::start(Act::Status(status));
        let answer = client.send(server.post().repeatable()).await.unwrap();
        assert_eq!((answer.status, server.asked()), (status, 1));
        assert_eq!(answer.json::<serde_json::Value>().unwrap()["status"], status);
        assert_eq!(answer.is_success(), status < 300);
    }
}

#[tokio::test]
async fn what_may_be_repeated_is_tried_three_times_and_the_rest_once() {
    for (act, error) in [
        (Act::Status(500), OutboundError::Status { status: 500 }),
        (Act::Status(429), OutboundError::Status { status: 429 }),
        (Act::Hang, OutboundError::TimedOut),
        (Act::HangUp, OutboundError::Broken),
    ] {
        let server = Server::start(act);
        assert_eq!(client().send(server.post().repeatable()).await.unwrap_err(), error);
        assert_eq!(server.asked(), 3, "{error}");
        assert_eq!(client().send(server.post()).await.unwrap_err(), error);
        assert_eq!(server.asked(), 4, "{error}");
        assert_eq!(client().send(Call::get(&server.url)).await.unwrap_err(), error);
        assert_eq!(server.asked(), 7, "{error}");
    }
}

#[tokio::test]
async fn a_call_ends_within_its_total() {
    let server = Server::start(Act::Hang);
    let limits = Limits { attempt: Duration::from_secs(10), total: Duration::from_millis(300), ..quick() };
    let started = Instant::now();
    let error = Outbound::new(limits).unwrap().send(server.post().repeatable()).await.unwrap_err();
    assert_eq!(error, OutboundError::TimedOut);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_circuit_opens_after_five_failures_and_closes_when_the_provider_is_back() {
    let (server, other, client) = (Server::start(Act::Status(503)), Server::start(Act::Status(200)), client());
    for _ in 0..5 {
        assert_eq!(client.send(server.post()).await.unwrap_err(), OutboundError::Status { status: 503 });
    }
    let opened = Instant::now();
    let error = client.send(server.post().repeatable()).await.unwrap_err();
    let OutboundError::Open { retry_after } = error.clone() else { panic!("{error}") };
    assert!(retry_after <= quick().open.0 && !retry_after.is_zero());
    assert!(!error.may_have_happened());
    assert_eq!(server.asked(), 5, "an open circuit asks nobody");
    assert_eq!(client.send(other.post()).await.unwrap().status, 200, "each host has its own");
    // A try that fails opens it for longer; one that succeeds closes it.
    let mut statuses = Vec::new();
    server.now(Act::Status(200));
    while statuses.last() != Some(&200) {
        assert!(opened.elapsed() < Duration::from_secs(20), "it never closed");
        match client.send(server.post()).await {
            Ok(answer) => statuses.push(answer.status),
            Err(error) => {
                assert!(matches!(error, OutboundError::Open { .. }), "{error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    assert!(opened.elapsed() + Duration::from_millis(50) > quick().open.0);
    assert_eq!(server.asked(), 6);
    for _ in 0..4 {
        server.now(Act::Status(500));
        assert_eq!(client.send(server.post()).await.unwrap_err(), OutboundError::Status { status: 500 });
    }
    assert_eq!(server.asked(), 10, "counting starts anew");
}

#[tokio::test]
async fn refusals_of_the_provider_do_not_open_the_circuit() {
    let (server, client) = (Server::start(Act::Status(402)), client());
    for _ in 0..10 {
        assert_eq!(client.send(server.post()).await.unwrap().status, 402);
    }
}

#[tokio::test]
async fn an_open_circuit_does_not_hide_that_an_earlier_attempt_may_have_been_done() {
    let (server, client) = (Server::start(Act::Hang), client());
    for _ in 0..3 {
        assert_eq!(client.send(server.post()).await.unwrap_err(), OutboundError::TimedOut);
    }
    // Two attempts more open it; the third is refused.
    let error = client.send(server.post().repeatable()).await.unwrap_err();
    assert_eq!((error, server.asked()), (OutboundError::TimedOut, 5));
}

#[tokio::test]
async fn nobody_there_is_told_apart_from_no_answer() {
    let error = client().send(Call::get("http://127.0.0.1:9/")).await.unwrap_err();
    assert_eq!(error, OutboundError::Unreachable);
    assert!(!error.may_have_happened() && OutboundError::TimedOut.may_have_happened());
    assert!(!OutboundError::Status { status: 429 }.may_have_happened());
    assert!(OutboundError::Status { status: 500 }.may_have_happened());
}

#[tokio::test]
async fn answers_are_bounded_and_calls_show_nothing() {
    let server = Server::start(Act::Huge);
    let error = client().send(server.post().repeatable()).await.unwrap_err();
    assert_eq!((error, server.asked()), (OutboundError::TooLarge, 1));
    let call = Call::post("https://key@example.com/?secret").header("authorization", "Bearer secret").body("a/b", "1");
    assert_eq!(format!("{call:?}"), "Call(POST)");
    assert!(matches!(client().send(Call::get("no url")).await, Err(OutboundError::Invalid(_))));
}

#[test]
fn clients_are_told_when_to_try_again() {
    let open = OutboundError::Open { retry_after: Duration::from_millis(29_001) };
    let response = open.problem("wallet.payment_provider_unavailable").render();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "30");
    assert_eq!(OutboundError::TimedOut.problem("x").render().headers()["retry-after"], "1");
}

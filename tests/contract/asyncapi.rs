//! `docs/asyncapi.json`: the messages of the WebSocket API and the published events, as an AsyncAPI 3.0 document.

use contracts::identity::SessionEndReason;
use realtime::domain::incoming::{Incoming, Refusal};
use realtime::domain::log::Notification;
use realtime::frames::Frame;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::bless;
use crate::events::published;

/// A type of message: its name, what it means, and the schema of its `data`.
struct Kind {
    name: &'static str,
    summary: &'static str,
    data: Value,
}

fn kind(name: &'static str, summary: &'static str, data: Value) -> Kind {
    Kind { name, summary, data }
}

/// An object with these properties, all required.
fn object(properties: &Value) -> Value {
    let required: Vec<_> = properties.as_object().unwrap().keys().cloned().collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

fn number(description: &str) -> Value {
    json!({ "type": "string", "pattern": "^[0-9]+$", "description": description })
}

/// What clients send.
fn commands() -> Vec<Kind> {
    let after = number("Number of the last message that the client has. Absent for a new client");
    vec![
        kind("ping", "Checks the connection. The answer is `pong`", object(&json!({}))),
        kind(
            "resume",
            "Requests the messages after a number. The answer is up to 50 `notification`s and `resumed`, or `reset`",
            json!({ "type": "object", "additionalProperties": false, "properties": { "after": after } }),
        ),
        kind(
            "authenticate",
            "Extends the connection with a new access token of the same session. The answer is `authenticated`",
            object(&json!({ "token": { "type": "string" } })),
        ),
    ]
}

/// What the server sends.
fn frames() -> Vec<Kind> {
    let last = || number("Number of the newest message up to which the client is now informed");
    let reason = serde_json::to_value(SessionEndReason::schema()).unwrap();
    let text = || json!({ "type": "string" });
    vec![
        kind(
            "notification",
            "A notification was added to the inbox. `id` is its number in the user's log, from 1, without gaps",
            json!({ "$ref": format!("#/components/schemas/{}", Notification::name()) }),
        ),
        kind("resumed", "End of a `resume`", object(&json!({ "last": last(), "more": { "type": "boolean" } }))),
        kind(
            "reset",
            "The requested messages have expired: read the inbox over HTTP",
            object(&json!({ "last": last() })),
        ),
        kind("pong", "Answer to `ping`", object(&json!({ "last": last() }))),
        kind(
            "authenticated",
            "The new token was accepted",
            object(&json!({ "until": { "type": "string", "format": "date-time" } })),
        ),
        kind("reauthenticate", "The access token has expired; the connection is closed next", object(&json!({}))),
        kind(
            "session_ended",
            "The session is over; the connection is closed next",
            object(&json!({ "reason": reason })),
        ),
        kind("error", "A message was refused", object(&json!({ "code": text(), "detail": text() }))),
    ]
}

fn payload(kind: &Kind) -> Value {
    let is_empty = kind.data["properties"].as_object().is_some_and(Map::is_empty);
    let required = if kind.name == "ping" || is_empty || kind.name == "resume" {
        json!(["type"])
    } else {
        json!(["type", "data"])
    };
    json!({
        "type": "object",
        "properties": {
            "type": { "const": kind.name },
            "id": { "type": "string", "maxLength": 64 },
            "data": kind.data,
        },
        "required": required,
        "additionalProperties": false,
    })
}

/// The schemas that payloads refer to.
fn components() -> Map<String, Value> {
    let mut schemas = vec![(Notification::name().into_owned(), Notification::schema())];
    Notification::schemas(&mut schemas);
    schemas.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap())).collect()
}

fn document() -> Value {
    let mut messages = Map::new();
    let (mut channels, mut operations) = (Map::new(), Map::new());
    let mut of_socket = |kinds: Vec<Kind>, direction: &str| {
        for kind in kinds {
            let id = format!("{direction}.{}", kind.name);
            messages.insert(id, json!({ "name": kind.name, "summary": kind.summary, "payload": payload(&kind) }));
        }
    };
    of_socket(commands(), "client");
    of_socket(frames(), "server");
    let ids: Vec<String> = messages.keys().cloned().collect();
    let in_channel = |id: &String| (id.clone(), json!({ "$ref": format!("#/components/messages/{id}") }));
    channels.insert(
        "live".to_owned(),
        json!({
            "address": "/",
            "title": "WebSocket API",
            "description": "Send the access token as subprotocol: `Sec-WebSocket-Protocol: atoll.v1, <token>`. The URL is the output `WebSocketUrl`.",
            "messages": ids.iter().map(in_channel).collect::<Map<_, _>>(),
        }),
    );
    for (action, direction) in [("receive", "client"), ("send", "server")] {
        let of_direction = ids.iter().filter(|id| id.starts_with(direction));
        let references: Vec<_> =
            of_direction.map(|id| json!({ "$ref": format!("#/channels/live/messages/{id}") })).collect();
        operations.insert(
            format!("{action}Live"),
            json!({ "action": action, "channel": { "$ref": "#/channels/live" }, "messages": references }),
        );
    }
    for event in published() {
        let payload = json!({ "$ref": format!("../{}.schema.json", event.path) });
        let message = json!({ "name": event.name, "contentType": "application/json", "payload": payload });
        messages.insert(event.name.clone(), message);
        let reference = json!({ "$ref": format!("#/components/messages/{}", event.name) });
        let address = json!({ "address": event.name, "title": "EventBridge bus", "messages": { "event": reference } });
        channels.insert(event.name.clone(), address);
        operations.insert(
            format!("publish.{}", event.name),
            json!({ "action": "send", "channel": { "$ref": format!("#/channels/{}", event.name) } }),
        );
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Atoll messages",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Messages of the WebSocket API, and events on the EventBridge bus, whose `detail-type` is the name of the message. Delivery of events is at least once and in any order.",
            "license": { "name": "Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": components() },
    })
}

#[test]
fn the_committed_document_is_generated_from_the_code() {
    bless::check("docs/asyncapi.json", &(serde_json::to_string_pretty(&document()).unwrap() + "\n"));
}

fn fits(id: &str, message: &Value) -> bool {
    let api = document();
    let schema = &api["components"]["messages"][id]["payload"];
    let whole = json!({ "components": { "schemas": api["components"]["schemas"] }, "allOf": [schema] });
    jsonschema::validator_for(&whole).unwrap().is_valid(message)
}

#[test]
fn frames_are_what_the_server_writes() {
    let until = "2026-11-29T10:00:00.5Z".parse().unwrap();
    let frames = [
        ("resumed", Frame::Resumed { last: 3, more: true }),
        ("reset", Frame::Reset { last: 3 }),
        ("pong", Frame::Pong { last: 0 }),
        ("authenticated", Frame::Authenticated { until }),
        ("reauthenticate", Frame::Reauthenticate),
        ("session_ended", Frame::SessionEnded(SessionEndReason::DeviceLimit)),
        ("error", Frame::Error(Refusal::Malformed)),
    ];
    // The remaining one is a message of the log, whose schema is derived from its type.
    assert_eq!(frames.len() + 1, self::frames().len());
    for (name, frame) in frames {
        for answers in [None, Some("a")] {
            let message: Value = serde_json::from_str(&frame.text(answers)).unwrap();
            assert!(fits(&format!("server.{name}"), &message), "{message}");
            assert!(!fits("server.notification", &message), "{message}");
        }
    }
}

#[test]
fn commands_are_what_the_server_reads() {
    let messages = [
        ("ping", json!({ "type": "ping" }), true),
        ("ping", json!({ "type": "ping", "id": "a", "data": {} }), true),
        ("ping", json!({ "type": "ping", "data": { "a": 1 } }), false),
        ("resume", json!({ "type": "resume" }), true),
        ("resume", json!({ "type": "resume", "data": { "after": "17" } }), true),
        ("resume", json!({ "type": "resume", "data": { "after": 17 } }), false),
        ("resume", json!({ "type": "resume", "data": ["17"] }), false),
        ("authenticate", json!({ "type": "authenticate", "data": { "token": "t" } }), true),
        ("authenticate", json!({ "type": "authenticate" }), false),
    ];
    for (name, message, is_valid) in messages {
        assert_eq!(fits(&format!("client.{name}"), &message), is_valid, "{message}");
        assert_eq!(Incoming::read(Some(&message.to_string())).ask.is_ok(), is_valid, "{message}");
    }
}

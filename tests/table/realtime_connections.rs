//! Sockets: who may connect, what reaches them, and how they end.

use std::time::Duration;

use contracts::identity::SessionEndReason;
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::sqs::Done;
use realtime::domain::connection::{Connection, ConnectionId, GRACE, MAX_CONNECTIONS, OPENING};
use serde_json::json;

use crate::realtime_support::{Deployment, Person, notification};

#[tokio::test]
async fn the_token_is_a_sub_protocol_or_a_parameter_and_nobody_connects_without() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    let token = deployment.token(person, Timestamp::now());
    let old = deployment.token(person, Timestamp::now() - SignedDuration::from_mins(20));
    let header = |value: String| json!({ "headers": { "Sec-WebSocket-Protocol": value } });
    let (accepted, _) = deployment.offer("a", &header(format!("atoll.v1, {token}"))).await;
    assert_eq!(accepted, json!({ "statusCode": 200, "headers": { "Sec-WebSocket-Protocol": "atoll.v1" } }));
    let (accepted, _) = deployment.offer("b", &json!({ "queryStringParameters": { "token": token } })).await;
    assert_eq!(accepted, json!({ "statusCode": 200 }));
    for offer in [
        json!({}),
        header("atoll.v1".into()),
        header(format!("chat, {token}")),
        header(format!("atoll.v1, {token}x")),
        header(format!("atoll.v1, {old}")),
        json!({ "queryStringParameters": { "token": "nonsense" } }),
    ] {
        assert_eq!(deployment.offer("c", &offer).await.0, json!({ "statusCode": 401 }), "{offer}");
    }
    assert_eq!(deployment.held(person.user).await, ["connection#a", "connection#b"]);
}

#[tokio::test]
async fn only_pages_of_allowed_origins_and_clients_without_an_origin_connect() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    let token = deployment.token(person, Timestamp::now());
    let from = |origin: &str| json!({ "headers": { "Origin": origin, "Sec-WebSocket-Protocol": format!("atoll.v1, {token}") } });
    for origin in ["https://evil.example", "https://app.example.com.evil.example", "http://app.example.com", "null", ""]
    {
        assert_eq!(deployment.offer("a", &from(origin)).await.0["statusCode"], 403, "{origin}");
    }
    assert_eq!(deployment.held(person.user).await, Vec::<String>::new());
    assert_eq!(deployment.offer("b", &from("https://app.example.com")).await.0["statusCode"], 200);
    assert_eq!(deployment.connect(person, "c").await, 200);
}

#[tokio::test]
async fn connections_beyond_one_page_are_closed_too() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    // Opened at the same time by many functions, none of which saw the others.
    let store = &deployment.store();
    futures::future::join_all((0..130).map(|number| async move {
        let id = ConnectionId::new(format!("c{number:03}"));
        let now = Timestamp::now();
        let connection = Connection {
            user_id: person.user,
            connection_id: id,
            session_id: person.session,
            connected_at: now,
            authorized_until: now + Duration::from_mins(10),
            ended: None,
        };
        store.connect(&connection).await.unwrap().unwrap();
    }))
    .await;
    (0..130).for_each(|number| deployment.gateway.open(&format!("c{number:03}")));
    assert_eq!(deployment.connect(person, "last").await, 200);
    assert_eq!(deployment.held(person.user).await.len(), MAX_CONNECTIONS);
    deployment.end_session(person, SessionEndReason::Revoked).await.0.unwrap();
    assert!((0..130).all(|number| !deployment.gateway.is_open(&format!("c{number:03}"))));
}

#[tokio::test]
async fn an_ended_session_may_not_connect_and_its_sockets_are_closed_with_the_reason() {
    let deployment = Deployment::start().await;
    let (ended, other) = (Person::new(), Person::new());
    let same_user = Person { user: ended.user, ..other };
    for (person, connection) in [(ended, "a"), (ended, "b"), (same_user, "c"), (other, "d")] {
        assert_eq!(deployment.connect(person, connection).await, 200);
    }
    let end = async || deployment.end_session(ended, SessionEndReason::DeviceLimit).await.0.unwrap();
    assert_eq!(end().await, Done::Applied);
    for connection in ["a", "b"] {
        let told = json!({ "type": "session_ended", "data": { "reason": "device_limit" } });
        assert_eq!(deployment.gateway.sent(connection), [told]);
        assert!(!deployment.gateway.is_open(connection));
    }
    assert!(deployment.gateway.is_open("c") && deployment.gateway.is_open("d"));
    assert_eq!(end().await, Done::Duplicate);
    assert_eq!(deployment.connect(ended, "e").await, 401, "its token is still valid");
    assert_eq!(deployment.connect(same_user, "f").await, 200);
    let held = deployment.held(ended.user).await;
    assert_eq!(held, ["connection#c", "connection#f", &format!("ended#{}", ended.session)]);
}

#[tokio::test]
async fn a_session_that_ends_while_it_connects_is_left_with_no_open_socket() {
    let deployment = Deployment::start().await;
    for round in 0..20 {
        let (person, connection) = (Person::new(), format!("c{round}"));
        let (status, (ended, _)) = futures::join!(
            deployment.connect(person, &connection),
            deployment.end_session(person, SessionEndReason::Logout),
        );
        ended.unwrap();
        if status == 200 && deployment.gateway.is_open(&connection) {
            // It was accepted between the two; the mark on its record closes it when it is met.
            deployment.say(&connection, &json!({ "type": "resume" })).await;
        }
        assert!(!deployment.gateway.is_open(&connection), "round {round}");
    }
}

#[tokio::test]
async fn a_session_that_ends_before_its_socket_is_open_is_closed_by_whoever_meets_it() {
    let deployment = Deployment::start().await;
    for meets in ["a message", "a notification"] {
        let (person, connection) = (Person::new(), meets.replace(' ', "-"));
        let token = deployment.token(person, Timestamp::now());
        deployment.offer(&connection, &json!({ "queryStringParameters": { "token": token } })).await;
        deployment.end_session(person, SessionEndReason::Revoked).await.0.unwrap();
        // The gateway opens what `$connect` accepted.
        deployment.gateway.open(&connection);
        if meets == "a message" {
            deployment.say(&connection, &json!({ "type": "resume", "data": { "after": "0" } })).await;
        } else {
            deployment.notify(&notification(person.user)).await.0.unwrap();
        }
        assert_eq!(deployment.heard(&connection), ["session_ended"], "{meets}");
        assert!(!deployment.gateway.is_open(&connection), "{meets}");
    }
}

#[tokio::test]
async fn a_connection_that_is_about_to_open_is_not_taken_for_dead() {
    let clock = Clock::manual(Timestamp::now());
    let deployment = Deployment::at(clock.clone()).await;
    let person = Person::new();
    let token = deployment.token(person, Timestamp::now());
    deployment.offer("a", &json!({ "queryStringParameters": { "token": token } })).await;
    assert_eq!(deployment.notify(&notification(person.user)).await.0.unwrap(), Done::Applied);
    deployment.gateway.open("a");
    deployment.say("a", &json!({ "type": "resume", "data": { "after": "0" } })).await;
    assert_eq!(deployment.heard("a"), ["notification:1", "resumed"]);
    // DeliveryOutcome when it is dead for sure, it goes.
    deployment.gateway.break_off("a");
    clock.advance(OPENING);
    deployment.notify(&notification(person.user)).await.0.unwrap();
    assert!(!deployment.held(person.user).await.contains(&"connection#a".to_owned()));
}

#[tokio::test]
async fn the_oldest_socket_makes_room() {
    let clock = Clock::manual(Timestamp::now());
    let deployment = Deployment::at(clock.clone()).await;
    let person = Person::new();
    for number in 0..=MAX_CONNECTIONS {
        assert_eq!(deployment.connect(person, &format!("c{number}")).await, 200);
        clock.advance(Duration::from_secs(1));
    }
    assert_eq!(deployment.gateway.sent("c0")[0]["data"]["code"], "realtime.too_many_connections");
    assert!(!deployment.gateway.is_open("c0"));
    assert!((1..=MAX_CONNECTIONS).all(|number| deployment.gateway.is_open(&format!("c{number}"))));
    assert_eq!(deployment.held(person.user).await.len(), MAX_CONNECTIONS);
}

#[tokio::test]
async fn nothing_is_delivered_once_the_token_has_run_out() {
    let (start, clock) = (Timestamp::now(), Clock::manual(Timestamp::now()));
    let deployment = Deployment::at(clock.clone()).await;
    let person = Person::new();
    for connection in ["a", "b", "c"] {
        deployment.connect(person, connection).await;
    }
    let newer = deployment.token(person, start + SignedDuration::from_secs(4));
    let authenticate = json!({ "type": "authenticate", "id": "1", "data": { "token": newer } });
    // Until its end and a grace it is as good as ever.
    clock.advance(Duration::from_mins(10));
    deployment.notify(&notification(person.user)).await.0.unwrap();
    deployment.say("c", &authenticate).await;
    clock.advance(GRACE + Duration::from_secs(2));
    deployment.notify(&notification(person.user)).await.0.unwrap();
    assert_eq!(deployment.heard("a"), ["notification:1", "reauthenticate"]);
    assert_eq!(deployment.heard("c"), ["notification:1", "authenticated:1", "notification:2"]);
    assert!(!deployment.gateway.is_open("a") && deployment.gateway.is_open("c"));
    // Who speaks is told, and closed.
    deployment.connect(person, "d").await;
    clock.advance(Duration::from_mins(20));
    deployment.say("d", &json!({ "type": "ping", "id": "2" })).await;
    assert_eq!(deployment.heard("d"), ["error:2", "reauthenticate"]);
    assert_eq!(deployment.gateway.sent("d")[0]["data"]["code"], "realtime.token_expired");
    assert!(!deployment.gateway.is_open("d"));
}

#[tokio::test]
async fn a_new_token_is_taken_from_the_same_session_only() {
    let deployment = Deployment::start().await;
    let (person, stranger) = (Person::new(), Person::new());
    deployment.connect(person, "a").await;
    let other_device = Person { session: stranger.session, ..person };
    for (token, code) in [
        ("nonsense".to_owned(), "realtime.token_invalid"),
        (deployment.token(stranger, Timestamp::now()), "realtime.other_session"),
        (deployment.token(other_device, Timestamp::now()), "realtime.other_session"),
    ] {
        deployment.say("a", &json!({ "type": "authenticate", "data": { "token": token } })).await;
        assert_eq!(deployment.gateway.sent("a").pop().unwrap()["data"]["code"], code);
    }
    assert!(deployment.gateway.is_open("a"));
}

#[tokio::test]
async fn what_is_not_understood_is_an_error_and_the_socket_stays() {
    let deployment = Deployment::start().await;
    deployment.connect(Person::new(), "a").await;
    for (text, code) in [
        (json!("x"), "realtime.malformed_message"),
        (json!({ "type": "dance" }), "realtime.unknown_type"),
        (json!({ "type": "resume", "data": { "after": 3 } }), "realtime.malformed_message"),
        (json!({ "type": "ping", "data": { "pad": "x".repeat(9_000) } }), "realtime.message_too_large"),
    ] {
        deployment.say("a", &text).await;
        assert_eq!(deployment.gateway.sent("a").pop().unwrap()["data"]["code"], code);
    }
    deployment.say("a", &json!({ "type": "ping", "id": "p" })).await;
    assert_eq!(deployment.heard("a").pop().unwrap(), "pong:p");
}

#[tokio::test]
async fn a_socket_without_a_record_is_closed_when_it_speaks() {
    let deployment = Deployment::start().await;
    deployment.gateway.open("ghost");
    deployment.say("ghost", &json!({ "type": "ping" })).await;
    assert_eq!(deployment.gateway.sent("ghost")[0]["data"]["code"], "realtime.unknown_connection");
    assert!(!deployment.gateway.is_open("ghost"));
}

#[tokio::test]
async fn a_deleted_user_leaves_no_socket_and_no_trace_and_does_not_come_back() {
    let deployment = Deployment::start().await;
    let person = Person::new();
    deployment.connect(person, "a").await;
    deployment.notify(&notification(person.user)).await.0.unwrap();
    deployment
        .end_session(Person { session: Person::new().session, ..person }, SessionEndReason::Logout)
        .await
        .0
        .unwrap();
    assert_eq!(deployment.delete(person.user).await.0.unwrap(), Done::Applied);
    assert_eq!(deployment.gateway.sent("a").pop().unwrap()["data"]["reason"], "deleted");
    assert!(!deployment.gateway.is_open("a"));
    assert_eq!(deployment.delete(person.user).await.0.unwrap(), Done::Duplicate);
    // What comes late: a notification, the end of a session, a token that still holds.
    assert_eq!(deployment.notify(&notification(person.user)).await.0.unwrap(), Done::Ignored);
    assert_eq!(deployment.end_session(person, SessionEndReason::Deleted).await.0.unwrap(), Done::Ignored);
    assert_eq!(deployment.connect(person, "b").await, 401);
    assert_eq!(deployment.held(person.user).await, ["forgotten"]);
}

//! `$default`: what a client says, and what it hears.

use serde_json::json;
use tests::{Cloud, User, inbox_item};

#[tokio::test]
async fn a_ping_is_answered_with_the_newest_number() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut socket = cloud.socket(&user.access_token).await;
    socket.send(&json!({ "type": "ping", "id": "a" })).await;
    assert_eq!(socket.next().await, Some(json!({ "type": "pong", "id": "a", "data": { "last": "0" } })));
    cloud.publish(&inbox_item(&user, "One")).await;
    socket.expect("notification").await;
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, Some(json!({ "type": "pong", "data": { "last": "1" } })));
}

#[tokio::test]
async fn what_is_not_understood_is_an_error_and_the_socket_stays() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut socket = cloud.socket(&user.access_token).await;
    let long = format!(r#"{{"type":"ping","id":"{}"}}"#, "x".repeat(9_000));
    for (text, code) in [
        ("hello", "realtime.malformed_message"),
        (r#"{"type":"ping","userId":"1"}"#, "realtime.malformed_message"),
        (r#"{"type":"resume","data":{"after":"-1"}}"#, "realtime.malformed_message"),
        (r#"{"type":"dance"}"#, "realtime.unknown_type"),
        (&long, "realtime.message_too_large"),
    ] {
        socket.send_text(text).await;
        let frame = socket.next().await.expect("an open socket");
        assert_eq!((&frame["type"], &frame["data"]["code"]), (&json!("error"), &json!(code)), "{text:.60}");
    }
    // The names of the other routes are types like any other.
    for name in ["$connect", "$disconnect"] {
        socket.send(&json!({ "type": name })).await;
    }
    assert!(socket.ping().await.is_empty());
}

#[tokio::test]
async fn a_new_token_of_the_same_session_is_taken_and_no_other() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let mut socket = cloud.socket(&user.access_token).await;
    let refresh = cloud.post("/v1/auth/refresh").json(&json!({ "refreshToken": user.refresh_token }));
    let reply = refresh.send().await.expect(200);
    let newer = reply["accessToken"].as_str().or(reply["tokens"]["accessToken"].as_str()).expect("a token");
    let mut show = async |token: &str| {
        socket.send(&json!({ "type": "authenticate", "id": "t", "data": { "token": token } })).await;
        socket.next().await.expect("an open socket")
    };
    let taken = show(newer).await;
    assert_eq!((&taken["type"], &taken["id"]), (&json!("authenticated"), &json!("t")));
    assert!(taken["data"]["until"].as_str().unwrap().ends_with('Z'), "{taken}");
    for (token, code) in
        [(stranger.access_token.as_str(), "realtime.other_session"), ("nonsense", "realtime.token_invalid")]
    {
        assert_eq!(show(token).await["data"]["code"], code);
    }
    let log = cloud.log();
    let mut lines = log.iter().filter(|line| line.starts_with("realtime-"));
    assert!(lines.all(|line| !line.contains(newer)), "a token is in the log");
}

#[tokio::test]
async fn a_client_that_was_away_gets_what_it_missed() {
    let cloud = Cloud::connect().await;
    let user: User = cloud.sign_up().await;
    let mut socket = cloud.socket(&user.access_token).await;
    cloud.publish(&inbox_item(&user, "One")).await;
    assert_eq!(socket.expect("notification").await["id"], "1");
    drop(socket);
    for number in ["2", "3", "4"] {
        cloud.publish(&inbox_item(&user, "Missed")).await;
        let mut other = cloud.socket(&user.access_token).await;
        tests::eventually("the log to have it", async || {
            other.send(&json!({ "type": "ping" })).await;
            (other.expect("pong").await["data"]["last"] == number).then_some(())
        })
        .await;
    }
    let mut socket = cloud.socket(&user.access_token).await;
    socket.send(&json!({ "type": "resume", "id": "r", "data": { "after": "1" } })).await;
    for number in 2..=4 {
        let frame = socket.next().await.expect("an open socket");
        assert_eq!((&frame["type"], &frame["id"]), (&json!("notification"), &json!(number.to_string())));
    }
    let end = json!({ "type": "resumed", "id": "r", "data": { "last": "4", "more": false } });
    assert_eq!(socket.next().await, Some(end));
    socket.send(&json!({ "type": "resume", "data": { "after": "99" } })).await;
    assert_eq!(socket.next().await, Some(json!({ "type": "reset", "data": { "last": "4" } })));
}

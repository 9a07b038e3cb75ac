//! `$connect`: only who proves a session that goes on gets a socket.

use tests::{Cloud, eventually};

use super::held;

/// What the function answers without a valid token, or after the session has ended.
const REFUSED: u16 = 401;

#[tokio::test]
async fn a_token_opens_a_socket_as_a_sub_protocol_and_as_a_parameter() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut by_protocol = cloud.socket(&user.access_token).await;
    let mut by_query = cloud.handshake(&format!("?token={}", user.access_token), None).await.expect("a socket");
    assert!(by_protocol.ping().await.is_empty() && by_query.ping().await.is_empty());
    let connections = held(&cloud, &user).await;
    assert_eq!(connections.iter().filter(|key| key.starts_with("connection#")).count(), 2);
}

#[tokio::test]
async fn nobody_connects_without_a_token_that_holds() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let (head, signature) = user.access_token.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    for (query, protocols) in [
        (String::new(), None),
        (String::new(), Some("atoll.v1".to_owned())),
        ("?token=".to_owned(), None),
        ("?token=nonsense".to_owned(), None),
        (format!("?token={forged}"), None),
        (format!("?token={}", user.refresh_token), None),
        (String::new(), Some(format!("atoll.v1, {forged}"))),
        // A token under another name is nobody's.
        (format!("?access_token={}", user.access_token), None),
    ] {
        let refused = cloud.handshake(&query, protocols.as_deref()).await.map(drop);
        assert_eq!(refused, Err(REFUSED), "{query} {protocols:?}");
    }
    assert!(held(&cloud, &user).await.is_empty());
    let log = cloud.log();
    let mut lines = log.iter().filter(|line| line.starts_with("realtime-connect"));
    assert!(lines.all(|line| !line.contains(&user.access_token) && !line.contains(&forged)), "a token is in the log");
}

#[tokio::test]
async fn a_session_that_has_ended_connects_no_more() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = cloud.post("/v1/auth/logout").bearer(&user.access_token).send().await;
    assert!(reply.status < 300, "{} {}", reply.status, reply.body);
    let refused = eventually("the end to be known", async || cloud.try_socket(&user.access_token).await.err()).await;
    assert_eq!(refused, REFUSED);
}

//! Many devices of one account at once.

use std::collections::HashSet;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use identity::domain::password::PasswordHashText;

use crate::identity_support::Deployment;

const DEVICES: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_logins_at_once_leave_one_session_on_a_free_plan() {
    let deployment = Deployment::start().await;
    let first = deployment.sign_up("ann@example.com").await;
    let login = deployment.login();
    let body = serde_json::json!({ "email": "ann@example.com", "password": crate::identity_support::PASSWORD });
    let mut tasks = Vec::new();
    for _ in 0..DEVICES {
        let (login, body) = (login.clone(), body.clone());
        tasks.push(tokio::spawn(async move {
            crate::identity_support::call(&login, "POST", "/v1/auth/login", None, Some(&body)).await
        }));
    }
    let session = |reply: &testkit::Reply| reply.body["tokens"]["sessionId"].as_str().map(str::to_owned);
    let mut sessions: HashSet<_> = session(&first).into_iter().collect();
    for task in tasks {
        let reply = task.await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        sessions.extend(session(&reply));
    }
    assert_eq!(sessions.len(), DEVICES + 1);
    let id = first.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let account = deployment.ctx.store.account(id).await.unwrap().unwrap();
    let live: Vec<_> =
        account.value.sessions.live(deployment.ctx.clock.now()).map(|session| session.id.to_string()).collect();
    assert_eq!(live.len(), 1);
    assert!(sessions.contains(&live[0]));
    // One version per sign-in: no write was lost or repeated.
    assert_eq!(account.version, u64::try_from(DEVICES).unwrap() + 1);
}

#[tokio::test]
async fn a_hash_of_the_bytes_as_typed_is_replaced_at_the_next_sign_in() {
    const COMPOSED: &str = "mañana über Straße grün";
    const DECOMPOSED: &str = "man\u{303}ana u\u{308}ber Straße gru\u{308}n";
    let deployment = Deployment::start().await;
    let id = deployment.sign_up("ann@example.com").await.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let raw = Argon2::default().hash_password_with_salt(DECOMPOSED.as_bytes(), &[3; 16]).unwrap().to_string();
    let old: PasswordHashText = serde_json::from_value(serde_json::json!(raw)).unwrap();
    deployment.change(id, |account| account.password = Some(old.clone())).await;
    let stored = async || deployment.ctx.store.account(id).await.unwrap().unwrap().value.password.unwrap();

    assert_eq!(deployment.sign_in_with("ann@example.com", "manana uber Strasse grun").await.status, 401);
    assert_eq!(stored().await, old);
    assert_eq!(deployment.sign_in_with("ann@example.com", COMPOSED).await.status, 200);
    let new = stored().await;
    assert_ne!(new, old);
    assert_eq!(deployment.sign_in_with("ann@example.com", DECOMPOSED).await.status, 200);
    assert_eq!(stored().await, new, "it is replaced once");
}

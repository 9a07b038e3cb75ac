//! Many devices of one account at once.

use std::collections::HashSet;

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

//! What each endpoint may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use serde_json::{Value, json};
use testkit::Reply;
use tests::{MiniApp, TelegramUser};

use crate::identity_support::{BOT_TOKEN, Deployment, PASSWORD, call};

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
    assert!(reply.status < 300, "{}", reply.body);
    reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

#[tokio::test]
async fn identity_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    let registered = deployment.sign_up("ann@example.com").await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let signed_in = deployment.sign_in("ann@example.com").await;
    let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap();
    let me = call(&deployment.get_me(), "GET", "/v1/users/me", Some(token), None).await;
    assert_eq!(me.status, 200, "{}", me.body);

    let used = |timing: &str| timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned();
    // Two new items in one transaction: two units for each of the account's two kilobytes and the claim's one.
    assert_eq!(used(&registered.server_timing), "calls=1 read=0 write=6");
    // The claim and the account, strongly; then the account with its outbox.
    assert_eq!(used(&signed_in.server_timing), "calls=3 read=2 write=2");
    assert_eq!(used(&me.server_timing), "calls=1 read=1 write=0");
}

#[tokio::test]
async fn what_people_do_with_their_own_account_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    deployment.sign_up("ann@example.com").await;
    let signed_in = deployment.sign_in("ann@example.com").await;
    let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap();
    let me = async |endpoint, method: &str, path: &str, body: Option<Value>| {
        used(&call(&endpoint, method, path, Some(token), body.as_ref()).await)
    };
    let proof = || json!({ "initData": MiniApp::opened_by(&TelegramUser::new()).init_data(BOT_TOKEN) });

    let renamed = me(deployment.update_me(), "PATCH", "/v1/users/me", Some(json!({ "name": "Bea" }))).await;
    assert_eq!(renamed, "calls=2 read=1 write=2");
    // The account of two kilobytes and the claim of one in one transaction: two units for each.
    let linked = me(deployment.link_telegram.clone(), "POST", "/v1/users/me/telegram", Some(proof())).await;
    assert_eq!(linked, "calls=2 read=1 write=6");
    let unlinked = me(deployment.unlink_telegram(), "DELETE", "/v1/users/me/telegram", None).await;
    assert_eq!(unlinked, "calls=2 read=1 write=4");
    // One query for each context that holds something on people.
    let exported = me(deployment.export_me.clone(), "GET", "/v1/users/me/export", None).await;
    assert_eq!(exported, "calls=2 read=2 write=0");
    let deleted = me(deployment.delete_me(), "DELETE", "/v1/users/me", Some(json!({ "password": PASSWORD }))).await;
    assert_eq!(deleted, "calls=2 read=1 write=6");
}

#[tokio::test]
async fn signing_in_with_telegram_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    let body = json!({ "initData": MiniApp::opened_by(&TelegramUser::new()).init_data(BOT_TOKEN) });
    let sign_in =
        async || used(&call(&deployment.sign_in_with_telegram, "POST", "/v1/auth/telegram", None, Some(&body)).await);
    // No claim yet; then the account and the claim in one transaction.
    assert_eq!(sign_in().await, "calls=2 read=1 write=6");
    // The claim and the account, strongly; then the account with its outbox.
    assert_eq!(sign_in().await, "calls=3 read=2 write=2");
}

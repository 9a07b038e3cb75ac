//! What each endpoint may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use kit::auth::Purpose;
use kit::http::Endpoint;
use serde_json::{Value, json};

use crate::identity_support::{Deployment, call};

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
async fn mailed_links_and_passwords_keep_to_their_budget() {
    let deployment = Deployment::start().await;
    let registered = deployment.sign_up("ann@example.com").await;
    let token = registered.body["tokens"]["accessToken"].as_str().unwrap();
    let id = registered.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let account = async || deployment.links.store.account(id).await.unwrap().unwrap().value;
    let used = async |endpoint: &Endpoint, token: Option<&str>, body: Option<Value>| {
        let reply = call(endpoint, "POST", "/v1/auth", token, body.as_ref()).await;
        assert!(matches!(reply.status, 202 | 204 | 429), "{}", reply.body);
        reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
    };
    let link = |purpose, proof| json!(deployment.links.link_key.sign(purpose, id, proof));

    // Refused before it writes: the mail of the registration went out a moment ago.
    assert_eq!(used(&deployment.resend_verification(), Some(token), None).await, "calls=1 read=1 write=0");
    let verification = link(Purpose::VerifyEmail, account().await.verification.unwrap().id);
    let body = json!({ "token": verification });
    assert_eq!(used(&deployment.verify_email(), None, Some(body)).await, "calls=2 read=1 write=2");
    // Two reads and a write for everybody; a stranger's write is smaller, which nobody outside sees.
    let forgot = deployment.forgot_password();
    let known = used(&forgot, None, Some(json!({ "email": "ann@example.com" }))).await;
    assert_eq!(known, "calls=3 read=2 write=2");
    let unknown = used(&forgot, None, Some(json!({ "email": "bob@example.com" }))).await;
    assert_eq!(unknown, "calls=3 read=2 write=1");
    let reset = link(Purpose::ResetPassword, account().await.reset.unwrap().id);
    let body = json!({ "token": reset, "password": "seven green lanterns over water" });
    assert_eq!(used(&deployment.reset_password(), None, Some(body)).await, "calls=2 read=1 write=2");
    let body =
        json!({ "currentPassword": "seven green lanterns over water", "newPassword": "another eight purple whales" });
    assert_eq!(used(&deployment.change_password(), Some(token), Some(body)).await, "calls=2 read=1 write=2");
}

//! What each endpoint may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use identity::domain::plan::Plan;
use kit::auth::Purpose;
use kit::http::Endpoint;
use serde_json::{Value, json};
use testkit::Reply;
use tests::{MiniApp, TelegramUser};

use crate::identity_support::{BOT_TOKEN, Deployment, PASSWORD, call};
use crate::mfa_support::{STEP, Secured, confirm, disable, enrol};

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
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

    let refreshed = deployment.present(signed_in.body["tokens"]["refreshToken"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);

    // Three new items in one transaction: two units for each of the account's two kilobytes, the claim's one and the
    // listing's one, and one for the listing's place in the index.
    assert_eq!(used(&registered), "calls=1 read=0 write=9");
    // The claim with three counters, then the account, all strongly; then the account with its outbox.
    assert_eq!(used(&signed_in), "calls=3 read=5 write=2");
    assert_eq!(used(&refreshed), "calls=2 read=1 write=2");
    assert_eq!(used(&me), "calls=1 read=1 write=0");
}

#[tokio::test]
async fn the_second_factor_keeps_to_its_budget() {
    let secured = Secured::start().await;
    let (deployment, token) = (&secured.deployment, &secured.access_token);
    // Room for two devices: the second sign-in is not to end the session that goes on.
    secured.change(|account| account.plan = Plan::try_from("premium".to_owned()).unwrap()).await;
    secured.wait(STEP);
    let challenged = deployment.sign_in("ann@example.com").await;
    let mfa_token = challenged.body["mfaToken"].as_str().unwrap();
    let wrong = secured.verify(mfa_token, &secured.app.wrong_code(secured.now())).await;
    let verified = secured.verify(mfa_token, &secured.app.code(secured.now())).await;
    assert_eq!((wrong.status, verified.status), (401, 200));
    let disabled = disable(deployment, token, PASSWORD, &secured.recovery_codes[0]).await;
    let enrolled = enrol(deployment, token).await;
    let app = tests::Authenticator::new(enrolled.body["secret"].as_str().unwrap());
    let confirmed = confirm(deployment, token, &app.code(secured.now())).await;
    assert_eq!((disabled.status, enrolled.status, confirmed.status), (204, 200, 200));

    // The claim with three counters, then the account; nothing is written until the second factor is proven.
    assert_eq!(used(&challenged), "calls=2 read=5 write=0");
    // The account with its recovery codes has two kilobytes; the events of a sign-in, told now or before, take one more.
    assert_eq!(used(&wrong), "calls=2 read=1 write=2");
    assert_eq!(used(&verified), "calls=2 read=1 write=3");
    assert_eq!(used(&disabled), "calls=2 read=1 write=3");
    assert_eq!(used(&enrolled), "calls=2 read=1 write=2");
    assert_eq!(used(&confirmed), "calls=2 read=1 write=2");
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
    assert_eq!(exported, "calls=3 read=3 write=0");
    let deleted = me(deployment.delete_me(), "DELETE", "/v1/users/me", Some(json!({ "password": PASSWORD }))).await;
    // The account, its claim and its listing, with the listing's place in the index.
    assert_eq!(deleted, "calls=2 read=1 write=9");
}

#[tokio::test]
async fn signing_in_with_telegram_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    let body = json!({ "initData": MiniApp::opened_by(&TelegramUser::new()).init_data(BOT_TOKEN) });
    let sign_in =
        async || used(&call(&deployment.sign_in_with_telegram, "POST", "/v1/auth/telegram", None, Some(&body)).await);
    // No claim yet; then the account, the claim and the listing in one transaction.
    assert_eq!(sign_in().await, "calls=2 read=1 write=9");
    // The claim and the account, strongly; then the account with its outbox.
    assert_eq!(sign_in().await, "calls=3 read=2 write=2");
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
    let signed_in = deployment.sign_in_with("ann@example.com", "seven green lanterns over water").await;
    let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap();
    let body =
        json!({ "currentPassword": "seven green lanterns over water", "newPassword": "another eight purple whales" });
    assert_eq!(used(&deployment.change_password(), Some(token), Some(body)).await, "calls=2 read=1 write=2");
}

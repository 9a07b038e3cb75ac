//! What each endpoint of identity asks of the table. The figures are in `tests/budgets.json`; what is said here is why.

use identity::domain::plan::Plan;
use kit::auth::Purpose;
use kit::http::Endpoint;
use serde_json::{Value, json};
use testkit::Reply;
use tests::{Cost, MiniApp, TelegramUser, budget};

use crate::identity_support::{BOT_TOKEN, Deployment, PASSWORD, call};
use crate::mfa_support::{STEP, Secured, confirm, disable, enrol};

#[tokio::test]
async fn identity_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    // Four new items in one transaction: two units for each of the account's two kilobytes, the claim's one, the listing's
    // one and the history's one, and one for the listing's place in the index.
    let registered = deployment.sign_up("ann@example.com").await;
    budget("identity-register", "new account", &registered);
    // The claim with three counters, then the account, all strongly; then the account of two kilobytes with its outbox and
    // the entry of the history in one transaction: two units for each kilobyte.
    let signed_in = deployment.sign_in("ann@example.com").await;
    budget("identity-login", "signed in", &signed_in);
    // The claim and three counters, then the account; then the three counters and that of
    // the history, one more each, all at once.
    let refused = deployment.sign_in_with("ann@example.com", "another password than hers").await;
    budget("identity-login", "wrong password", Cost::refused(&refused));
    let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap();
    let me = call(&deployment.get_me(), "GET", "/v1/users/me", Some(token), None).await;
    budget("identity-get-me", "own account", &me);
    let refreshed = deployment.present(signed_in.body["tokens"]["refreshToken"].as_str().unwrap()).await;
    budget("identity-refresh", "new tokens", &refreshed);
}

#[tokio::test]
async fn the_second_factor_keeps_to_its_budget() {
    let secured = Secured::start().await;
    let (deployment, token) = (&secured.deployment, &secured.access_token);
    // Room for two devices: the second sign-in is not to end the session that goes on.
    secured.change(|account| account.plan = Plan::try_from("premium".to_owned()).unwrap()).await;
    secured.wait(STEP);
    // The claim with three counters, then the account; nothing is written until the second factor is proven, but the number
    // of such sign-ins in the history.
    let challenged = deployment.sign_in("ann@example.com").await;
    budget("identity-login", "second factor asked for", &challenged);
    // The account with its recovery codes has two kilobytes; the events of a sign-in, told now or before, take one more. An
    // entry of the history is written in the same transaction, so all counts twice.
    let mfa_token = challenged.body["mfaToken"].as_str().unwrap();
    let wrong = secured.verify(mfa_token, &secured.app.wrong_code(secured.now())).await;
    budget("identity-verify-mfa", "wrong code", Cost::refused(&wrong));
    let verified = secured.verify(mfa_token, &secured.app.code(secured.now())).await;
    budget("identity-verify-mfa", "signed in", &verified);
    let disabled = disable(deployment, token, PASSWORD, &secured.recovery_codes[0]).await;
    budget("identity-disable-totp", "turned off", &disabled);
    let enrolled = enrol(deployment, token).await;
    budget("identity-enrol-totp", "secret made", &enrolled);
    let app = tests::Authenticator::new(enrolled.body["secret"].as_str().unwrap());
    let confirmed = confirm(deployment, token, &app.code(secured.now())).await;
    budget("identity-confirm-totp", "turned on", &confirmed);
}

#[tokio::test]
async fn what_people_do_with_their_own_account_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    deployment.sign_up("ann@example.com").await;
    let signed_in = deployment.sign_in("ann@example.com").await;
    let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap();
    let me = async |endpoint, method: &str, path: &str, body: Option<Value>| {
        call(&endpoint, method, path, Some(token), body.as_ref()).await
    };
    let proof = MiniApp::opened_by(&TelegramUser::new()).init_data(BOT_TOKEN);
    let proof = json!({ "initData": proof, "password": PASSWORD });
    let link =
        async || me(deployment.link_telegram.clone(), "POST", "/v1/users/me/telegram", Some(proof.clone())).await;

    let renamed = me(deployment.update_me(), "PATCH", "/v1/users/me", Some(json!({ "name": "Bea" }))).await;
    budget("identity-update-me", "new name", &renamed);
    let renamed = me(deployment.update_me(), "PATCH", "/v1/users/me", Some(json!({ "name": "Bea" }))).await;
    budget("identity-update-me", "no change", &renamed);
    // The account of two kilobytes and the claim of one in one transaction: two units for each.
    budget("identity-link-telegram", "linked", &link().await);
    budget("identity-link-telegram", "linked before", &link().await);
    let unlinked = me(deployment.unlink_telegram(), "DELETE", "/v1/users/me/telegram", None).await;
    budget("identity-unlink-telegram", "unlinked", &unlinked);
    // The account, its claim and its listing, with the listing's place in the index.
    let deleted = me(deployment.delete_me(), "DELETE", "/v1/users/me", Some(json!({ "password": PASSWORD }))).await;
    budget("identity-delete-me", "deleted", &deleted);
}

#[tokio::test]
async fn sessions_keep_to_their_budget() {
    let deployment = Deployment::start().await;
    let registered = deployment.sign_up("ann@example.com").await.body;
    let user = registered["user"]["id"].as_str().unwrap().parse().unwrap();
    deployment.change(user, |account| account.plan = Plan::try_from("premium".to_owned()).unwrap()).await;
    let [other, token] = [deployment.sign_in("ann@example.com").await, deployment.sign_in("ann@example.com").await]
        .map(|reply| reply.body["tokens"].clone());
    let [other, token] = [other["sessionId"].as_str().unwrap(), token["accessToken"].as_str().unwrap()];
    let listed = deployment.with_session(token, "list_sessions", None).await;
    budget("identity-list-sessions", "some devices", &listed);
    // The account, here and below: it holds the sessions, and tells of their end.
    let revoked = deployment.with_session(token, "revoke_session", Some(other)).await;
    budget("identity-revoke-session", "ended", &revoked);
    deployment.sign_in("ann@example.com").await;
    let revoked = deployment.with_session(token, "revoke_other_sessions", None).await;
    budget("identity-revoke-other-sessions", "ended", &revoked);
    let revoked = deployment.with_session(token, "revoke_other_sessions", None).await;
    budget("identity-revoke-other-sessions", "no others", &revoked);
    let left = deployment.with_session(token, "logout", None).await;
    budget("identity-logout", "ended", &left);
    let left = deployment.with_session(token, "logout", None).await;
    budget("identity-logout", "ended before", &left);
}

#[tokio::test]
async fn signing_in_with_telegram_keeps_to_its_budget() {
    let deployment = Deployment::start().await;
    let body = json!({ "initData": MiniApp::opened_by(&TelegramUser::new()).init_data(BOT_TOKEN) });
    let sign_in =
        async || call(&deployment.sign_in_with_telegram, "POST", "/v1/auth/telegram", None, Some(&body)).await;
    // No claim yet; then the account, the claim, the listing, the sign-in and the count of registrations in one transaction.
    budget("identity-sign-in-with-telegram", "new account", &sign_in().await);
    // The claim and the account, strongly; then the account with its outbox and the entry of the history.
    budget("identity-sign-in-with-telegram", "signed in", &sign_in().await);
}

#[tokio::test]
async fn mailed_links_and_passwords_keep_to_their_budget() {
    let deployment = Deployment::start().await;
    let registered = deployment.sign_up("ann@example.com").await;
    let token = registered.body["tokens"]["accessToken"].as_str().unwrap();
    let id = registered.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let account = async || deployment.links.store.account(id).await.unwrap().unwrap().value;
    let ask = async |endpoint: &Endpoint, token: Option<&str>, body: Option<Value>| -> Reply {
        call(endpoint, "POST", "/v1/auth", token, body.as_ref()).await
    };
    let link = |purpose, proof| json!(deployment.links.link_key.sign(purpose, id, proof));

    // Refused before it writes: the mail of the registration went out a moment ago.
    let refused = ask(&deployment.resend_verification(), Some(token), None).await;
    budget("identity-resend-verification", "too soon", Cost::refused(&refused));
    deployment.change(id, |account| account.verification = None).await;
    let mailed = ask(&deployment.resend_verification(), Some(token), None).await;
    budget("identity-resend-verification", "sent", &mailed);
    let verification = link(Purpose::VerifyEmail, account().await.verification.unwrap().newest().unwrap().id);
    let body = json!({ "token": verification });
    for case in ["proven", "proven before"] {
        let proven = ask(&deployment.verify_email(), Some(token), Some(body.clone())).await;
        budget("identity-verify-email", case, &proven);
    }
    // Two reads and a write for everybody; a stranger's write is smaller, which nobody outside sees.
    let forgot = deployment.forgot_password();
    let known = ask(&forgot, None, Some(json!({ "email": "ann@example.com" }))).await;
    budget("identity-forgot-password", "known address", &known);
    let unknown = ask(&forgot, None, Some(json!({ "email": "bob@example.com" }))).await;
    budget("identity-forgot-password", "unknown address", &unknown);
    let reset = link(Purpose::ResetPassword, account().await.reset.unwrap().newest().unwrap().id);
    let body = json!({ "token": reset, "password": "seven green lanterns over water" });
    budget("identity-reset-password", "new password", &ask(&deployment.reset_password(), None, Some(body)).await);
    let signed_in = deployment.sign_in_with("ann@example.com", "seven green lanterns over water").await;
    let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap();
    let body =
        json!({ "currentPassword": "seven green lanterns over water", "newPassword": "another eight purple whales" });
    let changed = ask(&deployment.change_password(), Some(token), Some(body)).await;
    budget("identity-change-password", "new password", &changed);
}

//! What signing in by e-mail and a change of address ask of the table. The figures are in `tests/budgets.json`; what is said
//! here is why.

use kit::auth::Purpose;
use serde_json::{Value, json};
use tests::{Cost, budget};
use types::{UserId, Uuid};

use crate::email_sign_in::{EMAIL, World};
use crate::identity_support::{PASSWORD, call};

#[tokio::test]
async fn signing_in_by_email_keeps_to_its_budget() {
    let world = World::start().await;
    world.deployment.sign_up(EMAIL).await;
    // The claim, the codes and a counter at once, while the request is counted; then one item, for every address.
    budget("identity-begin-email-sign-in", "unknown address", &world.begin("bob@example.com").await);
    let mailed = world.mailed(EMAIL).await;
    world.wait(60);
    budget("identity-begin-email-sign-in", "known address", &world.begin(EMAIL).await);
    let body = json!({ "requestToken": mailed.request_token, "code": mailed.code });
    budget("identity-complete-email-sign-in", "stale", Cost::refused(&world.complete(&body).await));
    world.wait(60);
    // As before; the account; then the account and the codes in one transaction.
    budget("identity-complete-email-sign-in", "reclaimed", &world.sign_in(EMAIL, None).await);
    world.wait(60);
    budget("identity-complete-email-sign-in", "signed in", &world.sign_in(EMAIL, None).await);
    world.wait(60);
    let mailed = world.mailed(EMAIL).await;
    let code = format!("{:08}", (mailed.code.parse::<u32>().unwrap() + 1) % 100_000_000);
    let body = json!({ "requestToken": mailed.request_token, "code": code });
    // The guess is counted in the codes, then for the network address.
    budget("identity-complete-email-sign-in", "wrong code", Cost::refused(&world.complete(&body).await));
    world.wait(60);
    // The registration is counted; then account, claim, listing and codes in one transaction.
    budget("identity-complete-email-sign-in", "new account", &world.sign_in("cleo@example.com", Some("Cleo")).await);
}

#[tokio::test]
async fn a_change_of_address_keeps_to_its_budget() {
    let world = World::start().await;
    let registered = world.deployment.sign_up(EMAIL).await;
    let (id, token) = (&registered.body["user"]["id"], registered.body["tokens"]["accessToken"].as_str());
    let user: UserId = id.as_str().unwrap().parse().unwrap();
    world.deployment.change(user, |account| account.email_verified_at = Some(account.created_at)).await;
    let body = json!({ "email": "ann.winter@example.com", "password": PASSWORD });
    let requested = call(&world.deployment.change_email(), "POST", "/v1/users/me/email", token, Some(&body)).await;
    // The account; then the account and the counter of the day in one transaction.
    budget("identity-change-email", "requested", &requested);
    let data = world.told("account").await.pop().unwrap().data;
    let link = |purpose, name: &str| -> Value {
        let proof: Uuid = data[name].as_str().unwrap().parse().unwrap();
        json!(world.deployment.links.link_key.sign(purpose, user, proof))
    };
    let body = json!({ "token": link(Purpose::ConfirmNewEmail, "confirmationId") });
    let confirmed = call(&world.deployment.confirm_email(), "POST", "/v1/auth/confirm-email", token, Some(&body)).await;
    // The account; then the account and both claims in one transaction.
    budget("identity-confirm-email", "confirmed", &confirmed);
    let body =
        json!({ "token": link(Purpose::UndoEmailChange, "undoId"), "password": "seven green lanterns over water" });
    let undone = call(&world.deployment.undo_email_change(), "POST", "/v1/auth/undo-email", None, Some(&body)).await;
    // As before.
    budget("identity-undo-email-change", "undone", &undone);
}

//! Removal of a lost second factor by admins, and new recovery codes, with the endpoints on a table.

use std::time::Duration;

use futures::future::join_all;
use identity::api::{
    cancel_mfa_removal, cancel_mfa_removal_by_link, cancel_own_mfa_removal, confirm_mfa_removal,
    replace_recovery_codes, request_mfa_removal,
};
use identity::domain::mfa_removal::{DELAY, WINDOW};
use identity::{Public, Removals};
use kit::auth::Purpose;
use kit::http::{Endpoint, endpoint};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, request};
use tests::{Cost, budget};
use types::{Role, UserId};

use crate::identity_support::{Deployment, PASSWORD, call, stage};
use crate::mfa_support::{EMAIL, STEP, Secured};

/// A user with a verified address and a second factor, and two admins.
struct Support {
    secured: Secured,
    user: UserId,
    admins: [Admin; 2],
}

struct Admin {
    id: UserId,
    token: String,
}

fn removals(deployment: &Deployment) -> &'static Removals {
    let (store, clock) = (deployment.ctx.store.clone(), deployment.ctx.clock.clone());
    Box::leak(Box::new(Removals::new(Public::new(store, clock, deployment.verifier()), DELAY)))
}

impl Support {
    async fn start() -> Self {
        let secured = Secured::start().await;
        secured.change(|account| account.email_verified_at = Some(account.created_at)).await;
        let user = secured.account().await.id;
        let admins = [admin(&secured.deployment, 1).await, admin(&secured.deployment, 2).await];
        Self { secured, user, admins }
    }

    async fn send(&self, endpoint: Endpoint, token: &str, body: Option<&Value>) -> Reply {
        let bearer = format!("Bearer {token}");
        let request = request("POST", "/v1/users", &[("authorization", &bearer)], body);
        let parameters = [("id".to_owned(), self.user.to_string())];
        endpoint.call(request.with_path_parameters(std::collections::HashMap::from(parameters))).await.into()
    }

    async fn request(&self, admin: usize) -> Reply {
        let endpoint = endpoint(request_mfa_removal::request_mfa_removal, removals(&self.secured.deployment), stage());
        self.send(endpoint, &self.token(admin).await, Some(&json!({ "reason": "ticket 4711" }))).await
    }

    async fn confirm(&self, admin: usize) -> Reply {
        let endpoint = endpoint(confirm_mfa_removal::confirm_mfa_removal, removals(&self.secured.deployment), stage());
        self.send(endpoint, &self.token(admin).await, None).await
    }

    async fn cancel(&self, admin: usize) -> Reply {
        let endpoint = endpoint(cancel_mfa_removal::cancel_mfa_removal, self.secured.deployment.public, stage());
        self.send(endpoint, &self.token(admin).await, None).await
    }

    /// A token of now: those of before have expired where days have passed.
    async fn token(&self, admin: usize) -> String {
        let signed_in = self.secured.deployment.sign_in(&format!("admin-{admin}@example.com")).await;
        signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned()
    }

    fn wait(&self, duration: jiff::SignedDuration) {
        self.secured.wait(duration.unsigned_abs());
    }

    async fn events(&self) -> String {
        self.secured.item().await
    }
}

async fn admin(deployment: &Deployment, number: usize) -> Admin {
    let email = format!("admin-{}@example.com", number - 1);
    let id = deployment.sign_up(&email).await.body["user"]["id"].as_str().unwrap().parse().unwrap();
    deployment.change(id, |account| account.roles.push(Role::Admin)).await;
    let token = deployment.sign_in(&email).await.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    Admin { id, token }
}

#[track_caller]
fn assert_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{}", reply.body);
}

#[tokio::test]
async fn the_first_sign_in_after_the_delay_removes_the_factor_and_ends_all_sessions() {
    let support = Support::start().await;
    let requested = support.request(0).await;
    assert_eq!(requested.status, 200, "{}", requested.body);
    assert_eq!(requested.body["mfaRemoval"]["requestedBy"], json!(support.admins[0].id));
    let events = support.events().await;
    assert!(events.contains("identity.mfa_removal_requested") && events.contains("identity.mfa_removal_scheduled"));
    support.wait(DELAY - jiff::SignedDuration::from_secs(1));
    assert!(support.secured.deployment.sign_in(EMAIL).await.body["mfaToken"].is_string(), "the delay has not passed");
    support.wait(jiff::SignedDuration::from_secs(1));
    let before = support.secured.account().await.sessions.live(support.secured.now()).count();
    assert_eq!(before, 1);
    let signed_in = support.secured.deployment.sign_in(EMAIL).await;
    assert!(signed_in.body["tokens"].is_object(), "{}", signed_in.body);
    let events = support.events().await;
    assert!(events.contains("identity.mfa_removed") && events.contains("mfa_removed\\\""), "{events}");
    let account = support.secured.account().await;
    assert!(!account.mfa.is_on());
    assert_eq!(account.sessions.live(support.secured.now()).count(), 1, "the new one only");
    assert_problem(&support.cancel(0).await, 404, "identity.no_such_mfa_removal");
}

#[tokio::test]
async fn a_sign_in_with_the_factor_cancels_the_removal() {
    let support = Support::start().await;
    support.request(0).await;
    support.secured.wait(STEP);
    let code = support.secured.app.code(support.secured.now());
    assert_eq!(support.secured.verify(&support.secured.challenge().await, &code).await.status, 200);
    assert!(support.events().await.contains("identity.mfa_removal_cancelled"));
    support.wait(DELAY);
    assert!(support.secured.deployment.sign_in(EMAIL).await.body["mfaToken"].is_string());
    // So does a code that is wrong not.
    support.request(0).await;
    let wrong = support.secured.app.wrong_code(support.secured.now());
    assert_eq!(support.secured.verify(&support.secured.challenge().await, &wrong).await.status, 401);
    support.wait(DELAY);
    assert!(support.secured.deployment.sign_in(EMAIL).await.body["tokens"].is_object());
}

#[tokio::test]
async fn a_removal_lapses_and_the_factor_of_an_admin_needs_another_one() {
    let support = Support::start().await;
    support.request(0).await;
    support.wait(DELAY + WINDOW);
    assert!(support.secured.deployment.sign_in(EMAIL).await.body["mfaToken"].is_string(), "it has lapsed");
    support.secured.change(|account| account.roles.push(Role::Admin)).await;
    support.request(0).await;
    assert_problem(&support.confirm(0).await, 409, "identity.second_admin_required");
    support.wait(DELAY);
    assert!(support.secured.deployment.sign_in(EMAIL).await.body["mfaToken"].is_string(), "nobody has confirmed it");
    assert_eq!(support.confirm(1).await.body["mfaRemoval"]["confirmedBy"], json!(support.admins[1].id));
    support.wait(DELAY);
    assert!(support.secured.deployment.sign_in(EMAIL).await.body["tokens"].is_object());
}

#[tokio::test]
async fn removals_keep_to_their_budget() {
    let support = Support::start().await;
    let (deployment, token) = (&support.secured.deployment, support.admins[0].token.clone());
    let request = || endpoint(request_mfa_removal::request_mfa_removal, removals(deployment), stage());
    let body = json!({ "reason": "ticket 4711" });
    // The admin's standing and the account at once; then the account of three kilobytes with its events.
    let requested = support.send(request(), &token, Some(&body)).await;
    budget("identity-request-mfa-removal", "requested", &requested);
    let pending = support.send(request(), &token, Some(&body)).await;
    budget("identity-request-mfa-removal", "pending", Cost::refused(&pending));
    let cancel = endpoint(cancel_mfa_removal::cancel_mfa_removal, deployment.public, stage());
    budget("identity-cancel-mfa-removal", "cancelled", &support.send(cancel, &token, None).await);
    support.send(request(), &token, Some(&body)).await;
    let own = endpoint(cancel_own_mfa_removal::cancel_own_mfa_removal, deployment.public, stage());
    let own = call(&own, "DELETE", "/v1/users/me/mfa-removal", Some(&support.secured.access_token), None).await;
    budget("identity-cancel-own-mfa-removal", "cancelled", &own);
    support.send(request(), &token, Some(&body)).await;
    let removal = support.secured.account().await.mfa.removal().unwrap().id;
    let link = json!({ "token": deployment.links.link_key.sign(Purpose::CancelMfaRemoval, support.user, removal) });
    let by_link = endpoint(cancel_mfa_removal_by_link::cancel_mfa_removal_by_link, deployment.links, stage());
    let by_link = call(&by_link, "POST", "/v1/auth/mfa/cancel-removal", None, Some(&link)).await;
    budget("identity-cancel-mfa-removal-by-link", "cancelled", &by_link);
    support.secured.change(|account| account.roles.push(Role::Admin)).await;
    support.send(request(), &token, Some(&body)).await;
    let confirm = endpoint(confirm_mfa_removal::confirm_mfa_removal, removals(deployment), stage());
    let confirmed = support.send(confirm, &support.admins[1].token, None).await;
    budget("identity-confirm-mfa-removal", "confirmed", &confirmed);
}

#[tokio::test]
async fn new_recovery_codes_keep_to_their_budget() {
    let secured = Secured::start().await;
    secured.wait(STEP);
    let replaced = replace(&secured, &secured.app.code(secured.now())).await;
    // The account of two kilobytes with its event.
    budget("identity-replace-recovery-codes", "replaced", &replaced);
}

async fn replace(secured: &Secured, code: &str) -> Reply {
    let endpoint = endpoint(replace_recovery_codes::replace_recovery_codes, secured.deployment.mfa(), stage());
    let body = json!({ "password": PASSWORD, "code": code });
    call(&endpoint, "POST", "/v1/users/me/mfa/recovery-codes", Some(&secured.access_token), Some(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_replace_the_codes_at_once_with_one_code_one_does_and_the_old_ones_are_void() {
    let secured = Secured::start().await;
    let replies = join_all((0..5).map(|_| replace(&secured, &secured.recovery_codes[0]))).await;
    let new: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(new.len(), 1, "{:?}", replies.iter().map(|reply| &reply.body).collect::<Vec<_>>());
    assert!(secured.item().await.contains("identity.recovery_codes_replaced") || new.len() == 1);
    secured.wait(Duration::from_mins(15));
    let old = secured.verify(&secured.challenge().await, &secured.recovery_codes[1]).await;
    assert_problem(&old, 401, "identity.mfa_code_wrong");
    let code = new[0].body["recoveryCodes"][0].as_str().unwrap();
    assert_eq!(secured.verify(&secured.challenge().await, code).await.status, 200);
}

//! Standing: what a token states is compared with the account, in one read that runs beside the handler's own.

use axum::extract::State;
use dynamo::Outbox;
use identity::Public;
use identity::domain::account::Status;
use kit::Clock;
use kit::auth::{AccountItems, Admin, Caller, Requirement, SignedIn, Standing, Standings, VerifiedEmail};
use kit::http::{NoContent, Problem, endpoint};
use serde_json::Value;
use tests::Cost;
use types::{Role, UserId};

use crate::identity_support::{Deployment, call, stage};

async fn guarded<A: Requirement>(
    State(ctx): State<&'static Public>,
    standing: Standing<A>,
) -> Result<NoContent, Problem> {
    let id = standing.user_id();
    let (checked, own) = standing.with(ctx.store.account(id)).await?;
    assert_eq!(own.map(|own| own.value.id), Some(checked.user_id));
    Ok(NoContent)
}

/// A user and an access token.
struct Member {
    deployment: Deployment,
    id: UserId,
    token: String,
}

impl Member {
    async fn sign_up() -> Self {
        let deployment = Deployment::start().await;
        let body = deployment.sign_up("ann@example.com").await.body;
        let id = body["user"]["id"].as_str().unwrap().parse().unwrap();
        Self { deployment, id, token: access_token(&body) }
    }

    async fn admin() -> Self {
        let member = Self::sign_up().await;
        member.deployment.change(member.id, |account| account.roles.push(Role::Admin)).await;
        let body = member.deployment.sign_in("ann@example.com").await.body;
        Self { token: access_token(&body), ..member }
    }

    async fn call<A: Requirement>(&self) -> (u16, String) {
        let endpoint = endpoint(guarded::<A>, self.deployment.public, stage());
        let reply = call(&endpoint, "POST", "/v1/guarded", Some(&self.token), None).await;
        (reply.status, reply.body["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn access_token(body: &Value) -> String {
    body["tokens"]["accessToken"].as_str().unwrap().to_owned()
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_token_of_an_ended_session_is_refused() {
    let member = Member::sign_up().await;
    assert_eq!(member.call::<SignedIn>().await.0, 204);
    assert_eq!(member.deployment.with_session(&member.token, "logout", None).await.status, 204);
    assert_eq!(member.call::<SignedIn>().await, refused(401, "auth.session_ended"));
}

#[tokio::test]
async fn a_suspended_user_is_refused_and_a_deleted_one_too() {
    let member = Member::sign_up().await;
    member.deployment.change(member.id, |account| account.status = Status::Suspended).await;
    assert_eq!(member.call::<SignedIn>().await, refused(403, "auth.suspended"));
    member.deployment.change(member.id, |account| account.status = Status::Active).await;
    assert_eq!(member.call::<SignedIn>().await.0, 204);
    member.deployment.change(member.id, |account| account.status = Status::Deleted).await;
    assert_eq!(member.call::<SignedIn>().await, refused(401, "auth.session_ended"));
}

#[tokio::test]
async fn a_role_counts_while_token_and_account_have_it() {
    let member = Member::admin().await;
    assert_eq!(member.call::<Admin>().await.0, 204);
    member.deployment.change(member.id, |account| account.roles.retain(|role| *role != Role::Admin)).await;
    assert_eq!(member.call::<Admin>().await, refused(403, "auth.forbidden"));
    assert_eq!(member.call::<SignedIn>().await.0, 204);
    // A token from before the promotion: the user refreshes it first.
    let user = Member::sign_up().await;
    user.deployment.change(user.id, |account| account.roles.push(Role::Admin)).await;
    assert_eq!(user.call::<Admin>().await, refused(403, "auth.forbidden"));
}

#[tokio::test]
async fn an_operation_can_require_a_proven_address() {
    let member = Member::sign_up().await;
    assert_eq!(member.call::<VerifiedEmail>().await, refused(403, "auth.email_unverified"));
    let now = Clock::System.now();
    member.deployment.change(member.id, |account| account.email_verified_at = Some(now)).await;
    assert_eq!(member.call::<VerifiedEmail>().await.0, 204);
}

#[tokio::test]
async fn the_check_costs_one_call_and_no_round_trip_of_its_own() {
    let member = Member::sign_up().await;
    let endpoint = endpoint(guarded::<SignedIn>, member.deployment.public, stage());
    let cost = Cost::from(&call(&endpoint, "POST", "/v1/guarded", Some(&member.token), None).await);
    assert_eq!((cost.calls, cost.rounds), (2, 1));
}

#[tokio::test]
async fn a_missing_account_is_refused() {
    let (member, empty) = (Member::sign_up().await, Deployment::start().await);
    let accounts = Standings::new(empty.table.of::<AccountItems>());
    let verifier = member.deployment.verifier().with_accounts(accounts);
    let public = Public::new(member.deployment.public.store.clone(), Clock::System, verifier);
    let endpoint = endpoint(guarded::<SignedIn>, &*Box::leak(Box::new(public)), stage());
    let reply = call(&endpoint, "POST", "/v1/guarded", Some(&member.token), None).await;
    assert_eq!((reply.status, &reply.body["code"]), (401, &"auth.session_ended".into()));
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_stops_a_change_of_the_own_account() {
    let member = Member::sign_up().await;
    let claims = member.deployment.verifier().verify(&member.token).unwrap();
    let store = &member.deployment.public.store;
    let own = store.account_of(&Caller::from(claims), Clock::System.now()).await.unwrap();
    assert_eq!(member.deployment.with_session(&member.token, "logout", None).await.status, 204);
    let decisions = std::cell::Cell::new(0);
    let changed = store.change(own, |account| {
        decisions.set(decisions.get() + 1);
        account.plan = identity::domain::plan::Plan::free();
        Ok::<_, Problem>(((), Outbox::none()))
    });
    assert_eq!(changed.await.unwrap_err().code(), "auth.session_ended");
    assert_eq!(decisions.get(), 1, "the newer state is not decided on");
}

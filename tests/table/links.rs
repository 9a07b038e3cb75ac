//! Mailed links: when they work, how often, and what following them changes.

use std::time::Duration;

use contracts::Envelope;
use dynamo::{Outbox, Versioned};
use identity::domain::account::Account;
use identity::domain::plan::Plan;
use jiff::Timestamp;
use kit::Clock;
use kit::auth::Purpose;
use kit::http::Problem;
use serde_json::{Value, json};
use testkit::Reply;
use tests::Cost;
use types::{UserId, Uuid};

use crate::identity_support::{Deployment, PASSWORD, call};

const EMAIL: &str = "ann@example.com";
const NEW: &str = "seven green lanterns over water";

/// A deployment with one account, and the time in the test's hand.
struct Fixture {
    deployment: Deployment,
    clock: Clock,
    user_id: UserId,
    access_token: String,
}

impl Fixture {
    async fn start() -> Self {
        let clock = Clock::manual(Timestamp::now());
        let deployment = Deployment::at(clock.clone()).await;
        let reply = deployment.sign_up(EMAIL).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let user_id = text(&reply.body["user"]["id"]).parse().unwrap();
        let access_token = text(&reply.body["tokens"]["accessToken"]);
        Self { deployment, clock, user_id, access_token }
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn account(&self) -> Versioned<Account> {
        self.deployment.links.store.account(self.user_id).await.unwrap().unwrap()
    }

    /// Changes the account as an endpoint of another slice of time would.
    async fn edit(&self, edit: impl Fn(&mut Account)) {
        let read = self.account().await;
        let changed = self.deployment.links.store.change(read, |account| {
            edit(account);
            Ok::<_, Problem>(((), Outbox::none()))
        });
        changed.await.unwrap();
    }

    /// The events of the account's last change, by type.
    async fn told(&self) -> Vec<String> {
        let items = self.deployment.table.items().await;
        let account = items.iter().find(|item| item["sk"].as_s().is_ok_and(|sk| sk == "account")).unwrap();
        let Some(outbox) = account.get("outbox") else { return Vec::new() };
        let events: Vec<Envelope<Value>> = Outbox::parse(outbox.as_s().unwrap()).unwrap();
        events.into_iter().map(|event| event.event_type).collect()
    }

    fn sign(&self, purpose: Purpose, proof: Uuid) -> String {
        self.deployment.links.link_key.sign(purpose, self.user_id, proof)
    }

    async fn verification(&self) -> String {
        self.sign(Purpose::VerifyEmail, self.account().await.value.verification.unwrap().id)
    }

    async fn reset_link(&self) -> String {
        self.sign(Purpose::ResetPassword, self.account().await.value.reset.unwrap().id)
    }

    async fn verify(&self, token: &str) -> Reply {
        let body = json!({ "token": token });
        call(&self.deployment.verify_email(), "POST", "/v1/auth/verify-email", None, Some(&body)).await
    }

    async fn resend(&self) -> Reply {
        let token = Some(self.access_token.as_str());
        call(&self.deployment.resend_verification(), "POST", "/v1/auth/resend-verification", token, None).await
    }

    async fn forgot(&self, email: &str) -> Reply {
        let body = json!({ "email": email });
        call(&self.deployment.forgot_password(), "POST", "/v1/auth/forgot-password", None, Some(&body)).await
    }

    async fn reset(&self, token: &str) -> Reply {
        let body = json!({ "token": token, "password": NEW });
        call(&self.deployment.reset_password(), "POST", "/v1/auth/reset-password", None, Some(&body)).await
    }

    async fn change_password(&self, current: &str) -> Reply {
        let body = json!({ "currentPassword": current, "newPassword": NEW });
        let token = Some(self.access_token.as_str());
        call(&self.deployment.change_password(), "POST", "/v1/users/me/password", token, Some(&body)).await
    }
}

fn expect(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{}", reply.body);
}

#[tokio::test]
async fn links_work_until_their_end() {
    // Seconds since the mail was asked for, and the answer.
    for (seconds, status) in [(0, 204), (86_399, 204), (86_400, 422), (500_000, 422)] {
        let fixture = Fixture::start().await;
        let token = fixture.verification().await;
        fixture.wait(seconds);
        assert_eq!(fixture.verify(&token).await.status, status, "verification after {seconds} s");
    }
    for (seconds, status) in [(0, 204), (1_799, 204), (1_800, 422), (500_000, 422)] {
        let fixture = Fixture::start().await;
        assert_eq!(fixture.forgot(EMAIL).await.status, 202);
        let token = fixture.reset_link().await;
        fixture.wait(seconds);
        assert_eq!(fixture.reset(&token).await.status, status, "reset after {seconds} s");
    }
}

#[tokio::test]
async fn a_link_has_its_effect_once() {
    let fixture = Fixture::start().await;
    let token = fixture.verification().await;
    assert_eq!(fixture.verify(&token).await.status, 204);
    assert_eq!(fixture.told().await, ["identity.email_verified"]);
    let verified = fixture.account().await;
    assert_eq!(fixture.verify(&token).await.status, 204);
    assert_eq!(fixture.account().await, verified, "the second use changes nothing");

    fixture.forgot(EMAIL).await;
    let token = fixture.reset_link().await;
    assert_eq!(fixture.reset(&token).await.status, 204);
    expect(&fixture.reset(&token).await, 422, "identity.link_invalid");
}

#[tokio::test]
async fn a_link_is_for_its_purpose_its_account_and_its_request() {
    let fixture = Fixture::start().await;
    fixture.forgot(EMAIL).await;
    let (verification, reset) = (fixture.verification().await, fixture.reset_link().await);
    expect(&fixture.verify(&reset).await, 422, "identity.link_invalid");
    expect(&fixture.reset(&verification).await, 422, "identity.link_invalid");
    // Well signed, and of no use: the other proof's id, an id of nobody's, another account.
    let account = fixture.account().await.value;
    let (open, asked) = (account.verification.unwrap().id, account.reset.unwrap().id);
    for proof in [asked, Uuid::now_v7()] {
        let token = fixture.sign(Purpose::VerifyEmail, proof);
        expect(&fixture.verify(&token).await, 422, "identity.link_invalid");
    }
    let token = fixture.sign(Purpose::ResetPassword, open);
    expect(&fixture.reset(&token).await, 422, "identity.link_invalid");
    let stranger = fixture.deployment.links.link_key.sign(Purpose::ResetPassword, UserId::generate(), asked);
    expect(&fixture.reset(&stranger).await, 422, "identity.link_invalid");
}

#[tokio::test]
async fn a_newer_mail_takes_the_place_of_an_older_one() {
    let fixture = Fixture::start().await;
    let old = fixture.verification().await;
    let early = fixture.resend().await;
    expect(&early, 429, "identity.too_soon");
    fixture.wait(60);
    assert_eq!(fixture.resend().await.status, 204);
    assert_eq!(fixture.told().await, ["identity.verification_requested"]);
    expect(&fixture.verify(&old).await, 422, "identity.link_invalid");
    assert_eq!(fixture.verify(&fixture.verification().await).await.status, 204);
    fixture.wait(60);
    expect(&fixture.resend().await, 409, "identity.email_already_verified");
    fixture
        .edit(|account| {
            account.email = None;
            account.email_verified_at = None;
        })
        .await;
    expect(&fixture.resend().await, 409, "identity.no_email");
}

#[tokio::test]
async fn asking_costs_the_same_whoever_is_asked_for() {
    let fixture = Fixture::start().await;
    let calls = |reply: &Reply| {
        assert_eq!((reply.status, &reply.body), (202, &Value::Null));
        let Cost { calls, rounds, .. } = reply.into();
        (calls, rounds)
    };
    let known = calls(&fixture.forgot(EMAIL).await);
    assert_eq!(fixture.told().await, ["identity.password_reset_requested"]);
    let asked = fixture.account().await;
    let too_soon = calls(&fixture.forgot(EMAIL).await);
    assert_eq!(fixture.account().await, asked, "one mail per minute");
    let unknown = calls(&fixture.forgot("bob@example.com").await);
    assert_eq!((known, known), (too_soon, unknown));
    // What is written for a stranger holds no word of who was asked for, and is swept.
    let items = fixture.deployment.table.items().await;
    let decoys: Vec<_> = items.iter().filter(|item| item["sk"].as_s().is_ok_and(|sk| sk == "decoy")).collect();
    assert_eq!(decoys.len(), 2);
    for decoy in decoys {
        assert!(decoy.contains_key("expires_at") && !decoy.contains_key("outbox"), "{decoy:?}");
        assert!(!format!("{decoy:?}").contains("example.com"), "{decoy:?}");
    }
}

#[tokio::test]
async fn a_reset_ends_all_sessions_and_proves_the_address() {
    let fixture = Fixture::start().await;
    fixture.edit(|account| account.plan = Plan::try_from("premium".to_owned()).unwrap()).await;
    for _ in 0..2 {
        assert_eq!(fixture.deployment.sign_in(EMAIL).await.status, 200);
    }
    fixture.forgot(EMAIL).await;
    assert_eq!(fixture.reset(&fixture.reset_link().await).await.status, 204);
    let account = fixture.account().await.value;
    assert_eq!(account.sessions.live(fixture.clock.now()).count(), 0);
    assert!(account.email_verified_at.is_some() && account.verification.is_none());
    let ended = ["identity.session_ended"; 3];
    assert_eq!(fixture.told().await, [&["identity.password_changed", "identity.email_verified"][..], &ended].concat());
    assert_eq!(fixture.deployment.sign_in(EMAIL).await.status, 401, "the old password");
}

#[tokio::test]
async fn a_changed_password_leaves_the_callers_session_only() {
    let fixture = Fixture::start().await;
    fixture.edit(|account| account.plan = Plan::try_from("premium".to_owned()).unwrap()).await;
    let own = fixture.account().await.value.sessions.live(fixture.clock.now()).next().unwrap().id;
    for _ in 0..2 {
        assert_eq!(fixture.deployment.sign_in(EMAIL).await.status, 200);
    }
    expect(&fixture.change_password("not the password").await, 403, "identity.wrong_password");
    assert_eq!(fixture.change_password(PASSWORD).await.status, 204);
    let account = fixture.account().await.value;
    let live: Vec<_> = account.sessions.live(fixture.clock.now()).map(|session| session.id).collect();
    assert_eq!(live, [own]);
    assert_eq!(fixture.told().await, ["identity.password_changed", "identity.session_ended", "identity.session_ended"]);
    expect(&fixture.change_password(PASSWORD).await, 403, "identity.wrong_password");
}

#[tokio::test]
async fn an_account_without_a_password_gets_one_by_mail_only() {
    let fixture = Fixture::start().await;
    fixture.edit(|account| account.password = None).await;
    expect(&fixture.change_password(PASSWORD).await, 409, "identity.no_password");
    fixture.forgot(EMAIL).await;
    assert_eq!(fixture.reset(&fixture.reset_link().await).await.status, 204);
    assert!(fixture.account().await.value.password.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_has_an_effect() {
    const RIVALS: usize = 10;
    let fixture: &'static Fixture = Box::leak(Box::new(Fixture::start().await));
    let before = fixture.account().await.version;
    let asking: Vec<_> = (0..RIVALS).map(|_| tokio::spawn(fixture.forgot(EMAIL))).collect();
    for rival in asking {
        assert_eq!(rival.await.unwrap().status, 202);
    }
    assert_eq!(fixture.account().await.version, before + 1, "one mail");

    let token: &'static str = Box::leak(fixture.reset_link().await.into_boxed_str());
    let resetting: Vec<_> = (0..RIVALS).map(|_| tokio::spawn(fixture.reset(token))).collect();
    let mut done = 0;
    for rival in resetting {
        let reply = rival.await.unwrap();
        done += usize::from(reply.status == 204);
        assert!(matches!(reply.status, 204 | 422), "{}", reply.body);
    }
    assert_eq!(done, 1);
    assert_eq!(fixture.account().await.version, before + 2);
}

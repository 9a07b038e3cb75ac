//! Links in e-mails: when they work, how often, and what opening them changes.

use std::time::Duration;

use contracts::Envelope;
use dynamo::{Outbox, Versioned};
use identity::domain::account::Account;
use identity::domain::attempts::Source;
use identity::domain::plan::Plan;
use jiff::Timestamp;
use kit::Clock;
use kit::auth::Purpose;
use kit::http::Problem;
use serde_json::{Value, json};
use testkit::Reply;
use tests::{Authenticator, Cost, MiniApp, TelegramUser};
use types::{UserId, Uuid};

use crate::identity_support::{BOT_TOKEN, Deployment, PASSWORD, call};
use crate::mfa_support::{confirm, enrol};

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
        self.sign(Purpose::VerifyEmail, self.account().await.value.verification.unwrap().newest().unwrap().id)
    }

    async fn reset_link(&self) -> String {
        self.sign(Purpose::ResetPassword, self.account().await.value.reset.unwrap().newest().unwrap().id)
    }

    /// Opens a verification link on a signed-in device.
    async fn verify(&self, token: &str) -> Reply {
        self.verify_with(Some(&self.access_token), &json!({ "token": token })).await
    }

    async fn verify_with(&self, access_token: Option<&str>, body: &Value) -> Reply {
        call(&self.deployment.verify_email(), "POST", "/v1/auth/verify-email", access_token, Some(body)).await
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
    for (seconds, status) in [(0, 204), (129_599, 204), (129_600, 422), (500_000, 422)] {
        let fixture = Fixture::start().await;
        let token = fixture.verification().await;
        fixture.wait(seconds);
        // Access tokens expire earlier.
        let body = json!({ "token": token, "password": PASSWORD });
        assert_eq!(fixture.verify_with(None, &body).await.status, status, "verification after {seconds} s");
    }
    for (seconds, status) in [(0, 204), (2_699, 204), (2_700, 422), (500_000, 422)] {
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
    let (open, requested) =
        (account.verification.unwrap().newest().unwrap().id, account.reset.unwrap().newest().unwrap().id);
    for proof in [requested, Uuid::now_v7()] {
        let token = fixture.sign(Purpose::VerifyEmail, proof);
        expect(&fixture.verify(&token).await, 422, "identity.link_invalid");
    }
    let token = fixture.sign(Purpose::ResetPassword, open);
    expect(&fixture.reset(&token).await, 422, "identity.link_invalid");
    let stranger = fixture.deployment.links.link_key.sign(Purpose::ResetPassword, UserId::generate(), requested);
    expect(&fixture.reset(&stranger).await, 422, "identity.link_invalid");
}

#[tokio::test]
async fn a_newer_email_does_not_invalidate_an_older_one() {
    let fixture = Fixture::start().await;
    let old = fixture.verification().await;
    let early = fixture.resend().await;
    expect(&early, 429, "identity.too_soon");
    fixture.wait(60);
    assert_eq!(fixture.resend().await.status, 204);
    assert_eq!(fixture.told().await, ["identity.verification_requested"]);
    assert_eq!(fixture.verify(&old).await.status, 204);
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
    let first = ["identity.password_changed", "identity.email_verified", "identity.account_reclaimed"];
    assert_eq!(fixture.told().await, [&first[..], &ended].concat());
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

#[tokio::test]
async fn the_link_alone_verifies_nothing_and_discards_nothing() {
    let fixture = Fixture::start().await;
    let token = fixture.verification().await;
    let before = fixture.account().await;
    expect(&fixture.verify_with(None, &json!({ "token": token })).await, 403, "identity.password_required");
    // The session of another account proves nothing about this one.
    let other = fixture.deployment.sign_up("bob@example.com").await;
    let other = other.body["tokens"]["accessToken"].as_str();
    expect(&fixture.verify_with(other, &json!({ "token": token })).await, 403, "identity.password_required");
    assert_eq!(fixture.account().await, before);

    let wrong = json!({ "token": token, "password": "not the password" });
    expect(&fixture.verify_with(None, &wrong).await, 403, "identity.wrong_password");
    let both = json!({ "token": token, "password": PASSWORD, "newPassword": NEW });
    expect(&fixture.verify_with(None, &both).await, 422, "request.invalid");
    let right = json!({ "token": token, "password": PASSWORD });
    assert_eq!(fixture.verify_with(None, &right).await.status, 204);
    let after = fixture.account().await.value;
    assert!(after.email_verified_at.is_some());
    assert_eq!((after.password, after.sessions), (before.value.password, before.value.sessions));
}

#[tokio::test]
async fn the_session_must_be_live() {
    let fixture = Fixture::start().await;
    let token = fixture.verification().await;
    fixture.deployment.with_session(&fixture.access_token, "logout", None).await;
    expect(&fixture.verify(&token).await, 403, "identity.password_required");
}

#[tokio::test]
async fn guesses_with_a_link_are_counted() {
    let fixture = Fixture::start().await;
    let token = fixture.verification().await;
    let guess = json!({ "token": token, "password": "not the password" });
    for _ in 0..5 {
        expect(&fixture.verify_with(None, &guess).await, 403, "identity.wrong_password");
    }
    let right = json!({ "token": token, "password": PASSWORD });
    expect(&fixture.verify_with(None, &right).await, 429, "identity.too_many_attempts");
    fixture.wait(900);
    assert_eq!(fixture.verify_with(None, &right).await.status, 204);
}

/// A registrant who does not own the mailbox prepares the account; the mailbox owner gets it alone, on both ways.
#[tokio::test]
async fn nothing_that_the_registrant_set_up_survives_the_mailbox_owner() {
    for with_reset in [false, true] {
        let fixture = Fixture::start().await;
        let app = MiniApp::opened_by(&TelegramUser::new()).init_data(BOT_TOKEN);
        let link = json!({ "initData": app, "password": PASSWORD });
        let token = Some(fixture.access_token.as_str());
        let linked = call(&fixture.deployment.link_telegram, "POST", "/v1/users/me/telegram", token, Some(&link)).await;
        assert_eq!(linked.status, 204, "{}", linked.body);
        assert_eq!(fixture.told().await, ["identity.telegram_linked"]);
        let enrolled = enrol(&fixture.deployment, &fixture.access_token).await;
        let authenticator = Authenticator::new(enrolled.body["secret"].as_str().unwrap());
        let code = authenticator.code(fixture.clock.now());
        assert_eq!(confirm(&fixture.deployment, &fixture.access_token, &code).await.status, 200);
        assert!(fixture.account().await.value.mfa.is_on());
        let registrants = Source::of("203.0.113.9");
        fixture.edit(|account| account.known_sources.remember(&registrants)).await;

        let taken_over = if with_reset {
            fixture.forgot(EMAIL).await;
            fixture.reset(&fixture.reset_link().await).await
        } else {
            let body = json!({ "token": fixture.verification().await, "newPassword": NEW });
            fixture.verify_with(None, &body).await
        };
        assert_eq!(taken_over.status, 204, "{}", taken_over.body);
        let events = fixture.told().await;
        assert!(events.contains(&"identity.account_reclaimed".to_owned()), "{events:?}");
        assert!(!events.contains(&"identity.telegram_unlinked".to_owned()), "{events:?}");
        let account = fixture.account().await.value;
        assert_eq!((account.telegram, account.mfa.is_on()), (None, false));
        assert!(!account.known_sources.contains(&registrants), "guesses from there count as those of strangers");
        assert_eq!(account.sessions.live(fixture.clock.now()).count(), 0);
        assert_eq!(fixture.deployment.sign_in(EMAIL).await.status, 401, "the registrant's password");
        let signed_in = fixture.deployment.sign_in_with(EMAIL, NEW).await;
        assert!(signed_in.body["tokens"].is_object(), "no second factor is asked for: {}", signed_in.body);
        // The registrant's Telegram account opens an account of its own.
        let body = json!({ "initData": link["initData"] });
        let elsewhere =
            call(&fixture.deployment.sign_in_with_telegram, "POST", "/v1/auth/telegram", None, Some(&body)).await;
        assert_eq!(elsewhere.status, 200, "{}", elsewhere.body);
        assert_ne!(elsewhere.body["user"]["id"], fixture.user_id.to_string());
    }
}

#[tokio::test]
async fn a_new_password_needs_an_open_verification() {
    let fixture = Fixture::start().await;
    let token = fixture.verification().await;
    assert_eq!(fixture.verify(&token).await.status, 204);
    let late = json!({ "token": token, "newPassword": NEW });
    expect(&fixture.verify_with(None, &late).await, 422, "identity.link_invalid");
    assert_eq!(fixture.deployment.sign_in(EMAIL).await.status, 200);
}

#[tokio::test]
async fn a_stranger_cannot_invalidate_an_open_reset() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.forgot(EMAIL).await.status, 202);
    let link = fixture.reset_link().await;
    for _ in 0..20 {
        fixture.wait(61);
        assert_eq!(fixture.forgot(EMAIL).await.status, 202);
    }
    assert_eq!(fixture.reset(&link).await.status, 204);
}

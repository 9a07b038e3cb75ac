//! Sign-in by e-mail: what a code opens, how often, and for whom.

use std::time::Duration;

use contracts::Envelope;
use dynamo::Outbox;
use identity::domain::account::{Account, Status};
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::auth::Purpose;
use kit::http::Endpoint;
use serde_json::{Value, json};
use testkit::{Reply, TestTable};
use tests::{Authenticator, Cost};
use types::{UserId, Uuid};

use crate::identity_support::{Deployment, PASSWORD, call};
use crate::mfa_support::{confirm, enrol};

pub const EMAIL: &str = "ann@example.com";
const BEGIN: &str = "/v1/auth/email/begin";
const COMPLETE: &str = "/v1/auth/email/complete";

/// A deployment, its two endpoints, and the time in the test's hand.
pub struct World {
    pub deployment: Deployment,
    pub clock: Clock,
    begin: Endpoint,
    complete: Endpoint,
}

/// What the newest e-mail of a mailbox says.
pub struct Mailed {
    pub request_token: String,
    pub code: String,
    pub link: String,
}

impl World {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await)
    }

    pub fn on(table: TestTable) -> Self {
        // Noon: a test that waits for minutes stays within the day.
        let clock = Clock::manual("2026-11-29T12:00:00.123456789Z".parse().unwrap());
        let deployment = Deployment::of(table, &clock);
        let (begin, complete) = (deployment.begin_email_sign_in(), deployment.complete_email_sign_in());
        Self { deployment, clock, begin, complete }
    }

    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub async fn begin(&self, email: &str) -> Reply {
        call(&self.begin, "POST", BEGIN, None, Some(&json!({ "email": email }))).await
    }

    pub async fn complete(&self, body: &Value) -> Reply {
        call(&self.complete, "POST", COMPLETE, None, Some(body)).await
    }

    /// Requests a code, and reads the e-mail.
    pub async fn mailed(&self, email: &str) -> Mailed {
        let begun = self.begin(email).await;
        assert_eq!(begun.status, 202, "{}", begun.body);
        let request_token = begun.body["requestToken"].as_str().unwrap().to_owned();
        let mut told = self.told("code").await.into_iter().map(|event| event.data);
        let data = told.find(|data| data["email"] == email).unwrap();
        let id = |name: &str| data[name].as_str().unwrap().parse::<Uuid>().unwrap();
        let (user, request) = (UserId::new(id("userId")), id("requestId"));
        let key = &self.deployment.links.link_key;
        Mailed {
            request_token,
            code: key.long_code(Purpose::SignIn, user, request),
            link: key.sign(Purpose::SignIn, user, request),
        }
    }

    /// Signs in with a code.
    pub async fn sign_in(&self, email: &str, name: Option<&str>) -> Reply {
        let mailed = self.mailed(email).await;
        let body = json!({ "requestToken": mailed.request_token, "code": mailed.code, "name": name });
        self.complete(&without_null(body)).await
    }

    /// The events of the last change of the items with this sort key.
    pub async fn told(&self, sort_key: &str) -> Vec<Envelope<Value>> {
        let mut items = self.deployment.table.items().await;
        items.retain(|item| item["sk"].as_s().is_ok_and(|sk| sk == sort_key));
        let outboxes = items.iter().filter_map(|item| item.get("outbox"));
        outboxes.flat_map(|outbox| Outbox::parse(outbox.as_s().unwrap()).unwrap()).collect()
    }

    pub async fn account(&self, id: &str) -> Account {
        self.deployment.ctx.store.account(id.parse().unwrap()).await.unwrap().unwrap().value
    }
}

fn without_null(mut body: Value) -> Value {
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    body
}

pub fn expect(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{}", reply.body);
}

fn user(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["user"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_unknown_address_gets_an_account_once_its_owner_says_their_name() {
    let world = World::start().await;
    let mailed = world.mailed(EMAIL).await;
    assert_eq!(world.deployment.ctx.store.owner_of(&EMAIL.parse().unwrap()).await.unwrap(), None);
    let body = json!({ "requestToken": mailed.request_token, "code": mailed.code });
    let nameless = world.complete(&body).await;
    expect(&nameless, 422, "request.invalid");
    assert_eq!(nameless.body["errors"][0]["field"], "name");
    let named = json!({ "requestToken": mailed.request_token, "code": mailed.code, "name": "Ann" });
    let reply = world.complete(&named).await;
    let account = world.account(&user(&reply)).await;
    assert_eq!(reply.body["status"], "signed_in");
    assert_eq!((reply.body["user"]["emailVerified"].clone(), account.password), (json!(true), None));
    assert_eq!(reply.body["user"]["signInMethods"], json!(["email"]));
    let told: Vec<_> = world.told("account").await.into_iter().map(|event| event.event_type).collect();
    assert_eq!(told, ["identity.session_started", "identity.user_registered", "identity.email_verified"]);
    expect(&world.complete(&named).await, 401, "identity.email_code_invalid");
    world.wait(60);
    assert_eq!(user(&world.sign_in(EMAIL, None).await), account.id.to_string(), "the same account");
}

#[tokio::test]
async fn asking_costs_the_same_whoever_is_asked_for() {
    let world = World::start().await;
    world.deployment.sign_up(EMAIL).await;
    let cost = |reply: &Reply| {
        assert_eq!(reply.status, 202, "{}", reply.body);
        Cost::from(reply)
    };
    let (known, unknown) = (cost(&world.begin(EMAIL).await), cost(&world.begin("bob@example.com").await));
    assert_eq!((known.calls, known.rounds, known.write_units), (unknown.calls, unknown.rounds, unknown.write_units));
    // The item holds no address but for that of the event, and is swept.
    let items = world.deployment.table.items().await;
    for item in items.iter().filter(|item| item["sk"].as_s().is_ok_and(|sk| sk == "code")) {
        assert!(item.contains_key("expires_at") && !format!("{:?}", item["pk"]).contains("example"), "{item:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_guesses_at_once_five_are_judged() {
    const GUESSES: usize = 1_000;
    let world: &'static World = Box::leak(Box::new(World::start().await));
    let mailed = world.mailed(EMAIL).await;
    let right: u32 = mailed.code.parse().unwrap();
    let guesses = (1..=GUESSES).map(|step| {
        let code = format!("{:08}", (right + u32::try_from(step).unwrap()) % 100_000_000);
        let body = json!({ "requestToken": mailed.request_token, "code": code, "name": "Eve" });
        tokio::spawn(async move { world.complete(&body).await })
    });
    let (mut wrong, mut dead) = (0, 0);
    for guess in guesses.collect::<Vec<_>>() {
        let reply = guess.await.unwrap();
        match reply.body["code"].as_str() {
            Some("identity.email_code_wrong") => wrong += 1,
            Some("identity.email_code_invalid") => dead += 1,
            _ => panic!("{} {}", reply.status, reply.body),
        }
    }
    assert_eq!((wrong, dead), (5, GUESSES - 5));
    let body = json!({ "requestToken": mailed.request_token, "code": mailed.code, "name": "Ann" });
    expect(&world.complete(&body).await, 401, "identity.email_code_invalid");
    expect(&world.begin(EMAIL).await, 429, "identity.too_soon");
    world.wait(60);
    assert_eq!(world.sign_in(EMAIL, Some("Ann")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_once_however_many_use_it_at_once() {
    for registered in [true, false] {
        let world: &'static World = Box::leak(Box::new(World::start().await));
        if registered {
            world.deployment.sign_up(EMAIL).await;
        }
        let mailed = world.mailed(EMAIL).await;
        let uses: Vec<_> = (0..20)
            .map(|number| {
                let proof = if number % 2 == 0 { ("code", &mailed.code) } else { ("linkToken", &mailed.link) };
                let body = json!({ "requestToken": mailed.request_token, proof.0: proof.1, "name": "Ann" });
                tokio::spawn(async move { world.complete(&body).await })
            })
            .collect();
        let mut signed_in = 0;
        for one in uses {
            let reply = one.await.unwrap();
            signed_in += usize::from(reply.status == 200);
            assert!(matches!(reply.status, 200 | 401), "{}", reply.body);
        }
        assert_eq!(signed_in, 1, "registered: {registered}");
    }
}

#[tokio::test]
async fn a_link_works_with_its_own_request_only_and_a_scanner_uses_nothing_up() {
    let world = World::start().await;
    let scanned = world.mailed(EMAIL).await;
    // A scanner has the link and makes up the rest; another browser has a request of its own.
    let other = world.mailed("bob@example.com").await;
    for token in ["atoll_mail_AAAA", "", other.request_token.as_str(), &scanned.request_token[..40]] {
        let body = json!({ "requestToken": token, "linkToken": scanned.link, "name": "Eve" });
        expect(&world.complete(&body).await, 401, "identity.email_code_invalid");
    }
    // Nor does the link of another mailbox with the token of this request, however often.
    for _ in 0..10 {
        let body = json!({ "requestToken": scanned.request_token, "linkToken": other.link, "name": "Eve" });
        expect(&world.complete(&body).await, 401, "identity.email_code_invalid");
    }
    let both = json!({ "requestToken": scanned.request_token, "linkToken": scanned.link, "code": scanned.code });
    expect(&world.complete(&both).await, 422, "request.invalid");
    let body = json!({ "requestToken": scanned.request_token, "linkToken": scanned.link, "name": "Ann" });
    assert_eq!(world.complete(&body).await.status, 200);
}

#[tokio::test]
async fn the_newest_request_counts_for_ten_minutes() {
    let world = World::start().await;
    let old = world.mailed(EMAIL).await;
    expect(&world.begin(EMAIL).await, 429, "identity.too_soon");
    expect(&world.begin("ann+news@example.com").await, 429, "identity.too_soon");
    world.wait(60);
    let new = world.mailed(EMAIL).await;
    let body = |mailed: &Mailed| json!({ "requestToken": mailed.request_token, "code": mailed.code, "name": "Ann" });
    expect(&world.complete(&body(&old)).await, 401, "identity.email_code_invalid");
    world.wait(599);
    assert_eq!(world.complete(&body(&new)).await.status, 200);
    world.wait(60);
    let late = world.mailed(EMAIL).await;
    world.wait(600);
    expect(&world.complete(&body(&late)).await, 401, "identity.email_code_invalid");
}

#[tokio::test]
async fn a_mailbox_gets_twenty_codes_a_day_whatever_label_is_added() {
    let world = World::start().await;
    for number in 0..20 {
        // An hour has room for sixty requests of one network address.
        world.wait(61);
        assert_eq!(world.begin(&format!("ann+{number}@example.com")).await.status, 202, "{number}");
    }
    world.wait(61);
    let refused = world.begin(EMAIL).await;
    expect(&refused, 429, "identity.too_soon");
    world.wait(12 * 3_600);
    assert_eq!(world.begin(EMAIL).await.status, 202);
}

#[tokio::test]
async fn requests_of_one_network_address_are_limited() {
    let world = World::start().await;
    for number in 0..60 {
        assert_eq!(world.begin(&format!("user{number}@example.com")).await.status, 202);
    }
    expect(&world.begin("one-more@example.com").await, 429, "request.limit_exceeded");
}

#[tokio::test]
async fn nothing_of_an_account_survives_whose_address_another_person_registered() {
    let world = World::start().await;
    let registered = world.deployment.sign_up(EMAIL).await;
    let id = registered.body["user"]["id"].as_str().unwrap();
    let token = registered.body["tokens"]["accessToken"].as_str().unwrap();
    let secret = enrol(&world.deployment, token).await.body["secret"].as_str().unwrap().to_owned();
    let code = Authenticator::new(&secret).code(world.clock.now());
    assert_eq!(confirm(&world.deployment, token, &code).await.status, 200);
    let reply = world.sign_in(EMAIL, None).await;
    assert_eq!((user(&reply).as_str(), reply.body["status"].as_str()), (id, Some("signed_in")));
    let account = world.account(id).await;
    assert!(account.password.is_none() && !account.mfa.is_on() && account.email_verified_at.is_some());
    assert_eq!(account.sessions.live(world.clock.now()).count(), 1);
    let mut told: Vec<_> = world.told("account").await.into_iter().map(|event| event.event_type).collect();
    told.sort();
    let reclaimed = ["identity.account_reclaimed", "identity.email_verified", "identity.session_ended"];
    assert_eq!(told, [&reclaimed[..], &["identity.session_started"]].concat());
    assert_eq!(world.deployment.sign_in(EMAIL).await.status, 401, "the registrant's password");
    let me = call(&world.deployment.get_me(), "GET", "/v1/users/me", Some(token), None).await;
    expect(&me, 401, "auth.session_ended");
}

#[tokio::test]
async fn a_verified_account_keeps_everything_and_its_second_factor_is_required() {
    let world = World::start().await;
    let registered = world.deployment.sign_up(EMAIL).await;
    let id = registered.body["user"]["id"].as_str().unwrap();
    let token = registered.body["tokens"]["accessToken"].as_str().unwrap();
    world.deployment.change(id.parse().unwrap(), |account| account.email_verified_at = Some(account.created_at)).await;
    let secret = enrol(&world.deployment, token).await.body["secret"].as_str().unwrap().to_owned();
    let app = Authenticator::new(&secret);
    assert_eq!(confirm(&world.deployment, token, &app.code(world.clock.now())).await.status, 200);
    let before = world.account(id).await;
    let mailed = world.mailed(EMAIL).await;
    let body = json!({ "requestToken": mailed.request_token, "code": mailed.code });
    let reply = world.complete(&body).await;
    assert_eq!((reply.status, reply.body["status"].as_str()), (200, Some("mfa_required")), "{}", reply.body);
    assert_eq!(world.account(id).await, before);
    expect(&world.complete(&body).await, 401, "identity.email_code_invalid");
    world.wait(30);
    let second = json!({ "mfaToken": reply.body["mfaToken"], "code": app.code(world.clock.now()) });
    let done = call(&world.deployment.verify_mfa(), "POST", "/v1/auth/mfa/verify", None, Some(&second)).await;
    assert_eq!(done.status, 200, "{}", done.body);
}

#[tokio::test]
async fn suspended_accounts_stay_closed_and_deleted_ones_are_gone() {
    let world = World::start().await;
    let id = world.deployment.sign_up(EMAIL).await.body["user"]["id"].as_str().unwrap().to_owned();
    world.deployment.change(id.parse().unwrap(), |account| account.status = Status::Suspended).await;
    let before = world.account(&id).await;
    expect(&world.sign_in(EMAIL, None).await, 403, "auth.suspended");
    assert_eq!(world.account(&id).await, before, "nothing was discarded");
    world.deployment.change(id.parse().unwrap(), |account| account.status = Status::Active).await;
    let token = world.deployment.sign_in(EMAIL).await.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    let body = json!({ "password": PASSWORD });
    let deleted = call(&world.deployment.delete_me(), "DELETE", "/v1/users/me", Some(&token), Some(&body)).await;
    assert_eq!(deleted.status, 204, "{}", deleted.body);
    world.wait(60);
    let new = world.sign_in(EMAIL, Some("Ann")).await;
    assert_ne!(user(&new), id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_and_a_sign_in_at_once_make_one_account() {
    for _ in 0..5 {
        let world = World::start().await;
        let mailed = world.mailed(EMAIL).await;
        let body = json!({ "requestToken": mailed.request_token, "code": mailed.code, "name": "Ann" });
        let (registered, signed_in) = tokio::join!(world.deployment.sign_up(EMAIL), world.complete(&body));
        let id = user(&signed_in);
        assert!(matches!(registered.status, 201 | 409), "{}", registered.body);
        let account = world.account(&id).await;
        assert!(account.email_verified_at.is_some() && account.password.is_none(), "the mailbox owner alone is in");
        let items = world.deployment.table.items().await;
        assert_eq!(items.iter().filter(|item| item["sk"].as_s().is_ok_and(|sk| sk == "account")).count(), 1);
    }
}

#[tokio::test]
async fn a_sign_in_whose_response_was_lost_happens_once() {
    for known in [false, true] {
        let (table, lost) = TestTable::start_losing_responses().await;
        let world = World::on(table);
        if known {
            world.deployment.sign_up(EMAIL).await;
        }
        lost.lose_next("PutItem");
        let mailed = world.mailed(EMAIL).await;
        lost.lose_next("TransactWriteItems");
        let body = json!({ "requestToken": mailed.request_token, "code": mailed.code, "name": "Ann" });
        let id = user(&world.complete(&body).await);
        assert!(lost.are_lost());
        assert_eq!(world.account(&id).await.sessions.live(world.clock.now()).count(), 1);
    }
}

#[tokio::test]
async fn an_account_without_a_password_uses_a_recent_sign_in_instead() {
    let world = World::start().await;
    let reply = world.sign_in(EMAIL, Some("Ann")).await;
    let token = |reply: &Reply| reply.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    let first = token(&reply);
    let enrol_totp = async |token: &str| {
        let mfa = kit::http::endpoint(
            identity::api::enrol_totp::enrol_totp,
            world.deployment.mfa(),
            crate::identity_support::stage(),
        );
        call(&mfa, "POST", "/v1/auth/mfa/totp", Some(token), Some(&json!({}))).await
    };
    assert_eq!(enrol_totp(&first).await.status, 200);
    world.wait(301);
    let delete = async |token: &str| {
        call(&world.deployment.delete_me(), "DELETE", "/v1/users/me", Some(token), Some(&json!({}))).await
    };
    expect(&enrol_totp(&first).await, 403, "identity.reauthentication_required");
    expect(&delete(&first).await, 403, "identity.reauthentication_required");
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "seven green lanterns over water" });
    let set =
        call(&world.deployment.change_password(), "POST", "/v1/users/me/password", Some(&first), Some(&body)).await;
    expect(&set, 409, "identity.no_password");
    let again = token(&world.sign_in(EMAIL, None).await);
    assert_eq!(delete(&again).await.status, 204);
}

#[tokio::test]
async fn the_time_between_two_days_is_no_way_around_the_minute() {
    let world = World::start().await;
    let midnight: Timestamp = "2026-11-30T00:00:00Z".parse().unwrap();
    let until = (midnight - SignedDuration::from_secs(1)).duration_since(world.clock.now()).unsigned_abs();
    world.clock.advance(until);
    assert_eq!(world.begin(EMAIL).await.status, 202);
    world.wait(2);
    expect(&world.begin(EMAIL).await, 429, "identity.too_soon");
}

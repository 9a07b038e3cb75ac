//! What wallet's functions may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use contracts::identity::{UserDeleted, UserSuspended};
use contracts::points::{PointCreated, PointKind, PointRemoved};
use serde_json::json;
use testkit::Reply;
use types::{CurrencyCode, GeoPoint, Money, PointId, UserId};
use wallet::consumers::forget_user::forget_user;
use wallet::domain::account::Account;

use crate::identity_support::Deployment;
use crate::media_support::cost;
use crate::users::Administration;
use crate::wallet_support::{Api, Purse, call, eur, event, registered, reported};

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
    assert!(reply.status < 300, "{}", reply.body);
    reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

fn created(point_id: PointId, keeper: UserId) -> PointCreated {
    let (name, kind) = ("Harbour".to_owned(), PointKind::Food);
    let location = GeoPoint::new(53.54, 9.98).unwrap();
    PointCreated { point_id, name, kind, location, keeper_id: Some(keeper), revision: 1 }
}

/// Compares figures and tells all that differ at once.
#[derive(Default)]
struct Budget(Vec<String>);

impl Budget {
    #[track_caller]
    fn check(&mut self, used: impl AsRef<str>, budget: &str) {
        let used = used.as_ref();
        if used != budget {
            self.0.push(format!("line {}: {used}, not {budget}", std::panic::Location::caller().line()));
        }
    }

    fn kept(self) {
        assert!(self.0.is_empty(), "{:#?}", self.0);
    }
}

#[tokio::test]
async fn endpoints_keep_to_their_budget() {
    let mut budget = Budget::default();
    let (purse, identity) = (Purse::start().await, Deployment::start().await);
    let ann = identity.sign_up("ann@example.com").await;
    let token = ann.body["tokens"]["accessToken"].as_str().unwrap();
    let (ann, bob): (UserId, _) = (ann.body["user"]["id"].as_str().unwrap().parse().unwrap(), purse.person().await);
    purse.hear(registered(ann)).await.unwrap();
    let point = PointId::generate();
    purse.hear(created(point, ann)).await.unwrap();
    purse.give(Account::user(ann), eur(10_000)).await;
    let api = Api(purse.ctx(&identity));
    let none = ("id", "");
    let post = ("POST", "/v1/x");

    let body = json!({ "recipientId": bob, "money": eur(100), "message": "For the food" });
    let sent = call(&api.send(), post, token, "a", none, Some(&body)).await;
    // Who takes part, and whether it happened before; then the record with its events, two lines, two balances, and that
    // neither was forgotten.
    budget.check(used(&sent), "calls=2 read=2 write=16");
    let again = call(&api.send(), post, token, "a", none, Some(&body)).await;
    budget.check(used(&again), "calls=1 read=2 write=0");

    let gift = |kind: &str, id: String| json!({ "recipient": { "kind": kind, "id": id }, "money": eur(100) });
    let given = call(&api.donate(), post, token, "b", none, Some(&gift("user", bob.to_string()))).await;
    // The same with the donation and its place in two lists.
    budget.check(used(&given), "calls=2 read=2 write=24");
    let to_point = call(&api.donate(), post, token, "c", none, Some(&gift("point", point.to_string()))).await;
    budget.check(used(&to_point), "calls=2 read=1.5 write=20");

    let spend = json!({ "recipientId": bob, "money": eur(100), "fromPointId": point });
    let of_point = call(&api.send(), post, token, "d", none, Some(&spend)).await;
    // The parts of the point's balance beside.
    budget.check(used(&of_point), "calls=3 read=3.5 write=14");

    let id = given.body["id"].as_str().unwrap();
    let get = |path: &'static str| ("GET", path);
    let point_query = format!("/v1/x?pointId={point}");
    let point_route = ("GET", point_query.as_str());
    let ask = async |endpoint, route: (&str, &str), parameter: (&str, &str)| {
        used(&call(&endpoint, route, token, "-", parameter, None).await)
    };
    budget.check(ask(api.get_donation(), get("/v1/x"), ("id", id)).await, "calls=1 read=1 write=0");
    // The list, and the two donations in it.
    budget.check(ask(api.list_donations(), get("/v1/x"), none).await, "calls=2 read=1.5 write=0");
    budget.check(ask(api.wallet(), get("/v1/x"), none).await, "calls=1 read=1 write=0");
    budget.check(ask(api.wallet(), point_route, none).await, "calls=2 read=1.5 write=0");
    budget.check(ask(api.transactions(), get("/v1/x"), none).await, "calls=1 read=0.5 write=0");
    budget.check(ask(api.transactions(), point_route, none).await, "calls=2 read=1 write=0");
    budget.check(ask(api.currencies(), get("/v1/x"), none).await, "calls=1 read=0.5 write=0");
    // It has no prices: is there such a currency? That it is built in is known without asking.
    budget.check(ask(api.prices(), get("/v1/x"), ("code", "EUR")).await, "calls=1 read=0.5 write=0");
    budget.kept();
}

#[tokio::test]
async fn setting_a_currency_keeps_to_its_budget() {
    let mut budget = Budget::default();
    let (purse, admin) = (Purse::start().await, Administration::start().await);
    let (api, token) = (Api(purse.ctx(&admin.deployment)), admin.token.clone());
    let body = json!({ "name": "Fish", "exponent": 0, "price": eur(5) });
    let set = async |body: &serde_json::Value| {
        used(&call(&api.set_currency(), ("PUT", "/v1/x"), &token, "-", ("code", "FISH"), Some(body)).await)
    };
    // What stands there, then the currency and its price.
    budget.check(set(&body).await, "calls=2 read=1 write=4");
    budget.check(set(&body).await, "calls=1 read=1 write=0");
    budget.kept();
}

#[tokio::test]
async fn consumers_keep_to_their_budget() {
    let mut budget = Budget::default();
    let purse = Purse::start().await;
    let (ann, point) = (UserId::generate(), PointId::generate());
    // What is known, then the copy and that its person was not forgotten.
    budget.check(cost(purse.hear(registered(ann))).await, "calls=2 read=1 write=4");
    budget.check(cost(purse.hear(registered(ann))).await, "calls=1 read=1 write=0");
    budget.check(cost(purse.hear(UserSuspended { user_id: UserId::generate() })).await, "calls=2 read=1 write=4");
    budget.check(cost(purse.hear(created(point, ann))).await, "calls=2 read=1 write=2");
    budget.check(cost(purse.hear(PointRemoved { point_id: point, revision: 2 })).await, "calls=2 read=1 write=2");

    let reward = Some(Money::new(5, CurrencyCode::parse("POINTS").unwrap()));
    let told = reported(ann, reward);
    // The person; then the record, a line, a balance, and that they were not forgotten.
    budget.check(cost(purse.reward(told.clone())).await, "calls=2 read=0.5 write=8");
    budget.check(cost(purse.reward(told)).await, "calls=2 read=0.5 write=0");

    let gone = event(UserDeleted { user_id: ann }, purse.clock.now());
    // The marker, the balances, their money to `unclaimed`, three lists of what they wrote, and their items.
    budget.check(cost(forget_user(purse.following, gone.clone())).await, "calls=12 read=5 write=11");
    budget.check(cost(forget_user(purse.following, gone)).await, "calls=7 read=5 write=0");
    budget.kept();
}

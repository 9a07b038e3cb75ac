//! What wallet's functions ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use contracts::identity::{UserDeleted, UserSuspended};
use contracts::points::{PointCreated, PointKind, PointRemoved};
use kit::Deadline;
use serde_json::json;
use tests::{budget, cost};
use types::{CurrencyCode, GeoPoint, Money, PointId, UserId};
use wallet::consumers::forget_user::forget_user;
use wallet::domain::account::Account;

use crate::identity_support::Deployment;
use crate::takeovers::early_takeover;
use crate::users::Administration;
use crate::wallet_support::{Api, Purse, call, eur, event, registered, reported};

fn created(point_id: PointId, keeper: UserId) -> PointCreated {
    let (name, kind) = ("Harbour".to_owned(), PointKind::Food);
    let location = GeoPoint::new(53.54, 9.98).unwrap();
    PointCreated { point_id, name, kind, location, keeper_id: Some(keeper), revision: 1 }
}

#[tokio::test]
async fn endpoints_keep_to_their_budget() {
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
    // Who takes part, and whether it happened before; then the record with its events, two lines, two balances, and that
    // neither was forgotten.
    let sent = call(&api.send(), post, token, "a", none, Some(&body)).await;
    budget("wallet-send-transfer", "to a person", &sent);
    let again = call(&api.send(), post, token, "a", none, Some(&body)).await;
    budget("wallet-send-transfer", "to a person, again", &again);

    let gift = |kind: &str, id: String| json!({ "recipient": { "kind": kind, "id": id }, "money": eur(100) });
    // The same with the donation and its place in two lists.
    let given = call(&api.donate(), post, token, "b", none, Some(&gift("user", bob.to_string()))).await;
    budget("wallet-donate", "to a person", &given);
    let to_point = call(&api.donate(), post, token, "c", none, Some(&gift("point", point.to_string()))).await;
    budget("wallet-donate", "to a point", &to_point);

    let spend = json!({ "recipientId": bob, "money": eur(100), "fromPointId": point });
    // The parts of the point's balance beside.
    let of_point = call(&api.send(), post, token, "d", none, Some(&spend)).await;
    budget("wallet-send-transfer", "from a point", &of_point);

    let id = given.body["id"].as_str().unwrap();
    let get = |path: &'static str| ("GET", path);
    let point_query = format!("/v1/x?pointId={point}");
    let point_route = ("GET", point_query.as_str());
    let ask = async |endpoint, route: (&str, &str), parameter: (&str, &str)| {
        call(&endpoint, route, token, "-", parameter, None).await
    };
    budget("wallet-get-donation", "given", &ask(api.get_donation(), get("/v1/x"), ("id", id)).await);
    // The list, and the two donations in it.
    budget("wallet-list-donations", "two given", &ask(api.list_donations(), get("/v1/x"), none).await);
    budget("wallet-get-wallet", "own", &ask(api.wallet(), get("/v1/x"), none).await);
    budget("wallet-get-wallet", "of a point", &ask(api.wallet(), point_route, none).await);
    budget("wallet-list-transactions", "own", &ask(api.transactions(), get("/v1/x"), none).await);
    budget("wallet-list-transactions", "of a point", &ask(api.transactions(), point_route, none).await);
    budget("wallet-list-currencies", "those built in", &ask(api.currencies(), get("/v1/x"), none).await);
    budget("wallet-get-currency", "built in", &ask(api.currency(), get("/v1/x"), ("code", "EUR")).await);
    // It has no prices: is there such a currency? That it is built in is known without asking.
    budget("wallet-list-prices", "built in, no prices", &ask(api.prices(), get("/v1/x"), ("code", "EUR")).await);
}

#[tokio::test]
async fn setting_a_currency_keeps_to_its_budget() {
    let (purse, admin) = (Purse::start().await, Administration::start().await);
    let (api, token) = (Api(purse.ctx(&admin.deployment)), admin.token.clone());
    let body = json!({ "name": "Fish", "exponent": 0, "price": eur(5) });
    let set = async |body: &serde_json::Value| {
        call(&api.set_currency(), ("PUT", "/v1/x"), &token, "-", ("code", "FISH"), Some(body)).await
    };
    // What stands there, then the currency and its price.
    budget("wallet-set-currency", "new with a price", &set(&body).await);
    budget("wallet-set-currency", "no change", &set(&body).await);
}

#[tokio::test]
async fn consumers_keep_to_their_budget() {
    let keep = "wallet-keep-copies";
    let purse = Purse::start().await;
    let (ann, point) = (UserId::generate(), PointId::generate());
    // What is known, then the copy and that its person was not forgotten.
    budget(keep, "person", cost(purse.hear(registered(ann))).await);
    budget(keep, "person, again", cost(purse.hear(registered(ann))).await);
    budget(keep, "standing", cost(purse.hear(UserSuspended { user_id: UserId::generate() })).await);
    budget(keep, "point", cost(purse.hear(created(point, ann))).await);
    budget(keep, "point removed", cost(purse.hear(PointRemoved { point_id: point, revision: 2 })).await);

    let reward = Some(Money::new(5, CurrencyCode::parse("POINTS").unwrap()));
    let told = reported(ann, reward);
    // The person; then the record, a line, a balance, and that they were not forgotten.
    budget("wallet-credit-rewards", "credited", cost(purse.reward(told.clone())).await);
    budget("wallet-credit-rewards", "credited before", cost(purse.reward(told)).await);

    // Balances, the lines since, points, and the four kinds of items with a time.
    budget(
        "wallet-forget-user",
        "takeover, nothing before it",
        cost(forget_user(purse.consumer, early_takeover(ann), Deadline::never())).await,
    );
    let gone = event(UserDeleted { user_id: ann }, purse.clock.now());
    // The marker, the balances, their money to `unclaimed`, three lists of what they wrote, and their items.
    budget(
        "wallet-forget-user",
        "one balance",
        cost(forget_user(purse.consumer, gone.clone(), Deadline::never())).await,
    );
    budget("wallet-forget-user", "again", cost(forget_user(purse.consumer, gone, Deadline::never())).await);
}

//! `POST /v1/community/wallet/transfers`

use futures::StreamExt;
use serde_json::json;
use tests::Cloud;

use super::support::{eur, get, nobody, rich, send, titled, told, wrong_fields};

#[tokio::test]
async fn money_arrives_once_with_its_words_and_its_receiver_is_told() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 1_000).await, cloud.sign_up_with_wallet().await);
    let body = json!({ "recipientId": bob.id, "money": eur(250), "message": "For the food" });
    let sent = send(&cloud, &ann, "a", &body).send().await.expect(201);
    assert_eq!((&sent["recipientId"], &sent["money"], &sent["message"]), (&json!(bob.id), &eur(250), &body["message"]));
    let again = send(&cloud, &ann, "a", &body).send().await.expect(201);
    assert_eq!(again, sent);
    assert_eq!((cloud.available(&ann, "EUR").await, cloud.available(&bob, "EUR").await), (750, 250));

    let other = json!({ "recipientId": bob.id, "money": eur(251), "message": "For the food" });
    send(&cloud, &ann, "a", &other).send().await.expect_problem(422, "request.idempotency_key_reused");
    let line = get(&cloud, &bob, "/v1/community/wallet/transactions").await["items"][0].clone();
    assert_eq!((&line["transferId"], &line["message"]), (&sent["id"], &body["message"]));
    assert_eq!(line["counterparty"], json!({ "kind": "user", "id": ann.id }));
    told(&cloud, &bob, "You received €2.50").await;
    assert_eq!(titled(&cloud, &bob, "You received €2.50").await.len(), 1);
}

#[tokio::test]
async fn whoever_has_too_little_keeps_it() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let body = json!({ "recipientId": bob.id, "money": eur(101) });
    let refused = send(&cloud, &ann, "a", &body).send().await;
    refused.expect_problem(409, "wallet.insufficient_funds");
    let available = |amount: &str| format!("The available balance is {amount}. Reduce the amount or create a deposit.");
    assert_eq!(refused.body["detail"], available("1.00 EUR"));
    let refused = send(&cloud, &bob, "a", &json!({ "recipientId": ann.id, "money": eur(1) })).send().await;
    refused.expect_problem(409, "wallet.insufficient_funds");
    assert_eq!(refused.body["detail"], available("0.00 EUR"));
    let all = json!({ "recipientId": bob.id, "money": eur(100) });
    let sent = send(&cloud, &ann, "b", &all).send().await.expect(201);
    // The repeat of the request that took the last money is no refusal.
    assert_eq!(send(&cloud, &ann, "b", &all).send().await.expect(201), sent);
    assert_eq!((cloud.available(&ann, "EUR").await, cloud.available(&bob, "EUR").await), (0, 100));
}

#[tokio::test]
async fn requests_at_once_never_spend_more_than_there_is() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let body = json!({ "recipientId": bob.id, "money": eur(30) });
    let keys: Vec<_> = (0..8).map(|number| format!("race-{number}")).collect();
    let answers = futures::stream::iter(&keys).map(|key| send(&cloud, &ann, key, &body).send()).buffer_unordered(8);
    let statuses: Vec<_> = answers.map(|reply| reply.status).collect().await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 3, "{statuses:?}");
    assert_eq!((cloud.available(&ann, "EUR").await, cloud.available(&bob, "EUR").await), (10, 90));
}

#[tokio::test]
async fn only_who_is_known_and_another_gets_something() {
    let cloud = Cloud::connect().await;
    let ann = rich(&cloud, 100).await;
    let to = |id: &str| json!({ "recipientId": id, "money": eur(1) });
    send(&cloud, &ann, "a", &to(&nobody())).send().await.expect_problem(404, "wallet.no_such_recipient");
    send(&cloud, &ann, "a", &to(&ann.id)).send().await.expect_problem(422, "wallet.to_oneself");
    let shells = json!({ "recipientId": nobody(), "money": { "amountMinor": 1, "currency": "SHELLS" } });
    send(&cloud, &ann, "a", &shells).send().await.expect_problem(422, "wallet.no_such_currency");
}

#[tokio::test]
async fn all_wrong_fields_are_named_and_none_is_the_sender() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({
        "recipientId": "x", "money": { "amountMinor": 0, "currency": "euro" }, "message": "x".repeat(501),
        "fromPointId": "y",
    });
    let wrong = wrong_fields(&send(&cloud, &user, "a", &body).send().await);
    assert_eq!(wrong, ["recipientId", "money.amountMinor", "money.currency", "message", "fromPointId"]);
    let body = json!({ "recipientId": nobody(), "money": eur(1), "senderId": nobody() });
    assert_eq!(wrong_fields(&send(&cloud, &user, "a", &body).send().await), ["senderId"]);
    let body = json!({ "recipientId": nobody(), "money": eur(1) });
    let without = cloud.post("/v1/community/wallet/transfers").bearer(&user.access_token).json(&body).send().await;
    without.expect_problem(400, "request.idempotency_key_missing");
}

#[tokio::test]
async fn the_keeper_of_a_point_spends_what_it_has_and_nobody_else() {
    let cloud = Cloud::connect().await;
    let (keeper, donor) = (cloud.sign_up_with_wallet().await, rich(&cloud, 500).await);
    let point = cloud.point_with_wallet(&keeper, "Harbour").await;
    let gift = super::support::gift("point", &point.to_string(), 400);
    assert_eq!(super::support::donate(&cloud, &donor, "a", &gift).send().await.status, 201);
    let spend =
        |cents| json!({ "recipientId": keeper.id, "money": eur(cents), "fromPointId": point, "message": "Food" });
    send(&cloud, &donor, "p", &spend(100)).send().await.expect_problem(404, "wallet.no_such_point");
    let refused = send(&cloud, &keeper, "p", &spend(401)).send().await;
    refused.expect_problem(409, "wallet.insufficient_funds");
    assert!(!refused.body["detail"].as_str().unwrap().contains("EUR"), "{}", refused.body);
    let sent = send(&cloud, &keeper, "q", &spend(300)).send().await.expect(201);
    assert_eq!(sent["fromPointId"], json!(point));
    assert_eq!(send(&cloud, &keeper, "q", &spend(300)).send().await.expect(201), sent);
    assert_eq!(cloud.available_at(&keeper, point, "EUR").await, 100);
    assert_eq!(cloud.available(&keeper, "EUR").await, 300);
    let other = json!({ "recipientId": donor.id, "money": eur(50), "fromPointId": point });
    assert_eq!(send(&cloud, &keeper, "r", &other).send().await.status, 201);
    assert_eq!(cloud.available(&donor, "EUR").await, 150);
}

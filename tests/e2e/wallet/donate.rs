//! `POST /v1/community/donations`

use serde_json::json;
use tests::Cloud;

use super::support::{donate, eur, get, gift, nobody, rich, titled, told, wrong_fields};

#[tokio::test]
async fn a_donation_to_a_person_arrives_once_and_both_are_told() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 2_000).await, cloud.sign_up_with_wallet().await);
    let mut body = gift("user", &bob.id, 1_250);
    body["message"] = json!("For the cats");
    let reply = donate(&cloud, &ann, "a", &body).send().await;
    let given = reply.clone().expect(201);
    assert_eq!(reply.header("location"), format!("/v1/community/donations/{}", given["id"].as_str().unwrap()));
    assert_eq!((&given["status"], &given["funding"]), (&json!("completed"), &json!("balance")));
    assert_eq!(given["recipient"], json!({ "kind": "user", "id": bob.id }));
    assert_eq!(given["steps"][0]["outcome"], "done");
    assert_eq!(donate(&cloud, &ann, "a", &body).send().await.expect(201), given);
    assert_eq!((cloud.available(&ann, "EUR").await, cloud.available(&bob, "EUR").await), (750, 1_250));

    told(&cloud, &ann, "Thank you for your donation of €12.50").await;
    told(&cloud, &bob, "You received a donation of €12.50").await;
    assert_eq!(titled(&cloud, &bob, "You received a donation of €12.50").await.len(), 1);
    let line = get(&cloud, &bob, "/v1/community/wallet/transactions?kind=donation").await["items"][0].clone();
    assert_eq!((&line["reference"], &line["money"]), (&given["id"], &eur(1_250)));
    body["money"] = eur(1);
    donate(&cloud, &ann, "a", &body).send().await.expect_problem(422, "request.idempotency_key_reused");
}

#[tokio::test]
async fn a_donation_to_a_point_is_its_own_and_its_keeper_is_told() {
    let cloud = Cloud::connect().await;
    let (ann, keeper) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let point = cloud.point_with_wallet(&keeper, "Harbour").await;
    assert_eq!(donate(&cloud, &ann, "a", &gift("point", &point.to_string(), 60)).send().await.status, 201);
    assert_eq!(cloud.available_at(&keeper, point, "EUR").await, 60);
    assert_eq!((cloud.available(&keeper, "EUR").await, cloud.available(&ann, "EUR").await), (0, 40));
    let notice = told(&cloud, &keeper, "You received a donation of €0.60").await;
    assert!(notice["body"].as_str().unwrap().contains("Harbour"), "{notice}");
}

#[tokio::test]
async fn what_cannot_be_given_changes_nothing() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let ask = async |key: &str, body: &serde_json::Value| donate(&cloud, &ann, key, body).send().await;
    let refused = ask("a", &gift("user", &bob.id, 101)).await;
    refused.expect_problem(409, "wallet.insufficient_funds");
    assert!(refused.body["detail"].as_str().unwrap().contains("1.00 EUR"), "{}", refused.body);
    ask("b", &gift("user", &ann.id, 1)).await.expect_problem(422, "wallet.to_oneself");
    ask("c", &gift("user", &nobody(), 1)).await.expect_problem(404, "wallet.no_such_recipient");
    ask("d", &gift("point", &nobody(), 1)).await.expect_problem(404, "wallet.no_such_recipient");
    let mut shells = gift("user", &bob.id, 1);
    shells["money"]["currency"] = json!("SHELLS");
    ask("e", &shells).await.expect_problem(422, "wallet.no_such_currency");
    assert_eq!(get(&cloud, &ann, "/v1/community/donations").await["items"], json!([]));
    assert_eq!(cloud.available(&ann, "EUR").await, 100);
    // A key whose request was refused is good for the one that is not.
    ask("a", &gift("user", &bob.id, 101)).await.expect_problem(409, "wallet.insufficient_funds");
    assert_eq!(ask("a", &gift("user", &bob.id, 99)).await.status, 201);
}

#[tokio::test]
async fn whoever_is_suspended_neither_gives_nor_gets() {
    let cloud = Cloud::connect().await;
    let (ann, bob, admin) = (rich(&cloud, 100).await, rich(&cloud, 100).await, cloud.admin().await);
    let path = format!("/v1/users/{}/suspend", bob.id);
    assert_eq!(cloud.post(&path).bearer(&admin.access_token).send().await.status, 200);
    tests::eventually("the suspension", async || {
        let item = cloud.wallet_item(&format!("wallet#user#{}", bob.id), "person").await?;
        item["suspended"].as_bool().ok()?.then_some(())
    })
    .await;
    let body = gift("user", &bob.id, 1);
    donate(&cloud, &ann, "a", &body).send().await.expect_problem(409, "wallet.recipient_unavailable");
    // His token outlives the suspension by some minutes.
    let body = gift("user", &ann.id, 1);
    donate(&cloud, &bob, "a", &body).send().await.expect_problem(403, "auth.suspended");
    let path = format!("/v1/users/{}/restore", bob.id);
    assert_eq!(cloud.post(&path).bearer(&admin.access_token).send().await.status, 200);
    let body = gift("user", &bob.id, 1);
    tests::eventually("his return", async || {
        (donate(&cloud, &ann, "a", &body).send().await.status == 201).then_some(())
    })
    .await;
}

#[tokio::test]
async fn all_wrong_fields_are_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({
        "recipient": { "kind": "shop", "id": "x" }, "money": { "amountMinor": -1, "currency": "E" },
        "message": "\u{7}", "funding": { "kind": "card", "paymentMethod": "" },
    });
    let wrong = wrong_fields(&donate(&cloud, &user, "a", &body).send().await);
    let all =
        ["recipient.id", "recipient.kind", "money.amountMinor", "money.currency", "message", "funding.paymentMethod"];
    assert_eq!(wrong, all);
    let mut body = gift("user", &nobody(), 1);
    body["donorId"] = json!(nobody());
    assert_eq!(wrong_fields(&donate(&cloud, &user, "a", &body).send().await), ["donorId"]);
}

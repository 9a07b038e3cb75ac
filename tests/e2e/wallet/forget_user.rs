//! `wallet-forget-user` on `identity.user_deleted.v1`

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually, money};

use super::support::{donate, eur, get, gift, rich, send};

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("wallet#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn whoever_goes_leaves_no_words_and_their_money_is_unclaimed() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 1_000).await, rich(&cloud, 10).await);
    let transfer = json!({ "recipientId": bob.id, "money": eur(100), "message": "a secret" });
    assert_eq!(send(&cloud, &ann, "a", &transfer).send().await.status, 201);
    let mut donation = gift("user", &bob.id, 50);
    donation["message"] = json!("another secret");
    let given = donate(&cloud, &ann, "b", &donation).send().await.expect(201);
    assert_eq!(donate(&cloud, &bob, "c", &gift("user", &ann.id, 5)).send().await.status, 201);
    let exported = cloud.export(&ann).await;
    let recipient = json!({ "kind": "user", "id": bob.id });
    assert_eq!(exported["sections"]["wallet"]["donationsGiven"][0]["recipient"], recipient);
    assert!(
        exported["sections"]["wallet"]["donationsReceived"][0].get("recipient").is_none_or(serde_json::Value::is_null)
    );
    let exported = exported.to_string();
    assert!(exported.contains("another secret") && exported.contains("-100"), "{exported}");

    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&ann.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the items to go", async || (held(&cloud, &ann).await == ["forgotten"]).then_some(())).await;

    // What others had stays, without her words.
    assert_eq!(cloud.available(&bob, "EUR").await, 10 + 100 + 50 - 5);
    let lines = get(&cloud, &bob, "/v1/community/wallet/transactions").await;
    let line = lines["items"].as_array().unwrap().iter().find(|line| line["kind"] == "transfer").unwrap();
    assert_eq!((&line["money"], &line["message"]), (&eur(100), &json!(null)));
    let seen = get(&cloud, &bob, &format!("/v1/community/donations/{}", given["id"].as_str().unwrap())).await;
    assert_eq!((&seen["money"], &seen["message"]), (&eur(50), &json!(null)));

    // Her token outlives her account by some minutes, and events come late: neither brings her back.
    let back = donate(&cloud, &bob, "d", &gift("user", &ann.id, 5)).send().await;
    back.expect_problem(404, "wallet.no_such_recipient");
    let late = tests::reported(&ann, Some(money(5, "POINTS")));
    cloud.publish(&late).await;
    eventually("the late reward", async || cloud.logged("wallet-credit-rewards", &late.correlation_id).then_some(()))
        .await;
    let spend = send(&cloud, &ann, "e", &json!({ "recipientId": bob.id, "money": eur(1) })).send().await;
    spend.expect_problem(401, "auth.session_ended");
    assert_eq!(held(&cloud, &ann).await, ["forgotten"]);
}

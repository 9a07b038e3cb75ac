//! `PUT /v1/commerce/promotions/{id}`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{call, code, refuses_strangers, ten_percent};

#[tokio::test]
async fn a_promotion_is_set_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("orders.promotion_changed.v1").await;
    let id = Uuid::now_v7().to_string();
    let path = format!("/v1/commerce/promotions/{id}");
    let target = json!({ "kind": "variants", "ids": [Uuid::now_v7()] });
    // Already ended, so that it changes no cart of another test.
    let body = json!({
        "name": "Past sale", "effect": { "kind": "line_percentage", "rate": 150_000, "target": target },
        "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2026-01-02T00:00:00Z",
    });
    let set = call(&cloud, "PUT", &path, &manager, Some(&body)).await;
    assert_eq!(set.header("etag"), "\"1\"");
    assert_eq!(set.expect(200)["effect"], body["effect"]);
    let event = eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["promotionId"] == id.as_str())
    })
    .await;
    assert_eq!(event["data"]["reduction"], json!({ "rateMillionths": 150_000, "target": target }));
    let stale = cloud.call("PUT", &path).bearer(&manager.access_token).header("if-match", "\"7\"").json(&body);
    stale.send().await.expect_problem(412, "request.version_changed");
    refuses_strangers(&cloud, "PUT", &path, Some(&body)).await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let path = format!("/v1/commerce/promotions/{}", Uuid::now_v7());
    let put = async |body: serde_json::Value| call(&cloud, "PUT", &path, &manager, Some(&body)).await;
    let (_, taken) = code(&cloud, &manager).await;
    put(ten_percent(&[&taken])).await.expect_problem(409, "orders.code_taken");
    let mut body = ten_percent(&[]);
    put(body.clone()).await.expect_problem(422, "request.invalid");
    body["limits"] = json!({});
    body["effect"] = json!({ "kind": "order_amount", "amountMinor": 500 });
    let refused = put(body).await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "currency");
}

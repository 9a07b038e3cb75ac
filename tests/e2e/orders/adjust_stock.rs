//! `POST /v1/commerce/stock/{variantId}/{locationId}/adjustments`

use serde_json::json;
use tests::{Cloud, LOCATIONS, eventually};
use types::Uuid;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn units_are_added_once_per_key_and_only_changes_of_the_availability_are_told() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("orders.availability_changed.v1").await;
    let variant = cloud.stocked_variant(&manager).await;
    let (key, body) = (Uuid::now_v7().to_string(), json!({ "quantity": 6, "reason": "received" }));
    let first = cloud.adjust_stock(&manager, &variant, &key, &body).await;
    assert!(first.header("location").ends_with(&format!("{}/movements", LOCATIONS[0])));
    let first = first.expect(201);
    assert_eq!((&first["quantity"], &first["reason"]), (&json!(6), &json!("received")));
    assert_eq!(cloud.adjust_stock(&manager, &variant, &key, &body).await.expect(201), first);
    let other = json!({ "quantity": 7, "reason": "received" });
    cloud.adjust_stock(&manager, &variant, &key, &other).await.expect_problem(422, "request.idempotency_key_reused");
    for quantity in [2, -1, -4, -3] {
        assert_eq!(cloud.add_units(&manager, &variant, quantity).await.status, 201);
    }
    let stock = cloud.stock(&manager, &variant).await.expect(200);
    assert_eq!((&stock["levels"][0]["onHand"], &stock["availability"]), (&json!(0), &json!("out_of_stock")));
    let mut told = Vec::new();
    eventually("three events", async || {
        let events = watch.take().await.into_iter().filter(|event| event["data"]["variantId"] == variant);
        told.extend(events.map(|event| (event["data"]["revision"].as_u64(), event["data"]["availability"].clone())));
        (told.len() >= 3).then_some(())
    })
    .await;
    told.sort_by_key(|(revision, _)| *revision);
    let expected = [(2, "in_stock"), (5, "low_stock"), (6, "out_of_stock")];
    assert_eq!(told, expected.map(|(revision, availability)| (Some(revision), json!(availability))));
}

#[tokio::test]
async fn what_is_not_free_cannot_be_removed() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let variant = cloud.stocked_variant(&manager).await;
    assert_eq!(cloud.add_units(&manager, &variant, 3).await.status, 201);
    let refused = cloud.add_units(&manager, &variant, -4).await;
    refused.expect_problem(409, "orders.not_enough_stock");
    assert!(refused.body["detail"].as_str().unwrap().contains("3 are free"), "{}", refused.body);
    for quantity in [0, 1_000_001, 1_000_000_000] {
        cloud.add_units(&manager, &variant, quantity).await.expect_problem(422, "request.invalid");
    }
    let path = format!("/v1/commerce/stock/{variant}/{}/adjustments", LOCATIONS[1]);
    let body = json!({ "quantity": 1, "reason": "counted" });
    call(&cloud, "POST", &path, &manager, Some(&body)).await.expect_problem(404, "orders.no_such_stock");
    refuses_strangers(&cloud, "POST", &path, Some(&body)).await;
    assert_eq!(cloud.stock(&manager, &variant).await.expect(200)["levels"][0]["onHand"], 3);
}

//! The aquarium pack as keepers use it: everything over the public API.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, User, eventually};
use types::Uuid;

/// A kind of aquarium that no other test creates, since figures are those of all.
const KIND: &str = "pond";

/// How many aquariums of the kind were created in these days.
async fn created(cloud: &Cloud, manager: &User) -> u64 {
    let now = Timestamp::now();
    let (from, to) = (now - SignedDuration::from_hours(24), now + SignedDuration::from_secs(1));
    let path = format!("/v1/analytics/metrics/aquariums_created?from={from}&to={to}&by=kind");
    let values = cloud.get(&path).bearer(&manager.access_token).send().await.expect(200);
    let of_kind = values["series"].as_array().unwrap().iter().filter(|series| series["value"] == KIND);
    of_kind.flat_map(|series| series["values"].as_array().unwrap()).filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn a_new_aquarium_is_counted_welcomed_and_on_the_home_of_its_owner() {
    let cloud = Cloud::connect().await;
    let (manager, owner) = (cloud.manager().await, cloud.sign_up().await);
    let before = created(&cloud, &manager).await;
    let body = json!({ "name": "Koi", "kind": KIND, "netVolumeMl": 4_000_000, "timeZone": "Europe/Berlin" });
    let call = cloud.post("/v1/aquarium/aquariums").bearer(&owner.access_token);
    let call = call.header("idempotency-key", &Uuid::now_v7().to_string());
    let aquarium = call.json(&body).send().await.expect(201);
    eventually("the statistics", async || (created(&cloud, &manager).await > before).then_some(())).await;
    eventually("the welcome", async || {
        let inbox = cloud.get("/v1/notifications").bearer(&owner.access_token).send().await.expect(200);
        let items = inbox["items"].as_array()?;
        let is_welcome =
            |item: &Value| item["kind"] == "aquarium_welcome" && item["data"]["aquariumId"] == aquarium["id"];
        items.iter().any(is_welcome).then_some(())
    })
    .await;
    eventually("the card", async || {
        let home = cloud.get("/v1/aquarium/mobile/home").bearer(&owner.access_token).send().await.expect(200);
        home["aquariums"].as_array()?.iter().any(|card| card["name"] == "Koi").then_some(())
    })
    .await;
}

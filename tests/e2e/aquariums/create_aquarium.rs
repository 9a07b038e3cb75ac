//! `POST /v1/aquarium/aquariums`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{AQUARIUMS, call, call_if, post, reef, wrong_fields};

#[tokio::test]
async fn an_aquarium_is_created_once_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("aquariums.aquarium_created.v1").await;
    let first = post(&cloud, AQUARIUMS, &user, "a", &reef()).await;
    let location = first.header("location").to_owned();
    let first = first.expect(201);
    assert_eq!(location, format!("{AQUARIUMS}/{}", first["id"].as_str().unwrap()));
    assert_eq!((&first["name"], &first["role"]), (&json!("Reef"), &json!("owner")));
    assert_eq!((&first["netVolumeMl"], &first["timeZone"]), (&json!(180_000), &json!("Europe/Berlin")));
    let event = eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["aquariumId"] == first["id"])
    })
    .await;
    assert_eq!((&event["data"]["ownerId"], &event["data"]["revision"]), (&json!(user.id), &json!(1)));

    assert_eq!(post(&cloud, AQUARIUMS, &user, "a", &reef()).await.expect(201), first, "a repeat gets the same");
    let mut other = reef();
    other["kind"] = json!("pond");
    post(&cloud, AQUARIUMS, &user, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
    assert_eq!(call_if(&cloud, "DELETE", &location, &user, "\"1\"", None).await.status, 204);
    post(&cloud, AQUARIUMS, &user, "a", &reef()).await.expect_problem(409, "aquariums.removed");
}

#[tokio::test]
async fn the_first_aquarium_causes_one_notification() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let first = post(&cloud, AQUARIUMS, &user, "a", &reef()).await.expect(201);
    assert_eq!(post(&cloud, AQUARIUMS, &user, "b", &reef()).await.status, 201);
    let welcomes = async || {
        let inbox = call(&cloud, "GET", "/v1/notifications", &user, None).await.expect(200);
        let items = inbox["items"].as_array().unwrap().clone().into_iter();
        items.filter(|item| item["kind"] == "aquarium_welcome").collect::<Vec<_>>()
    };
    let welcome = eventually("the notification", async || welcomes().await.into_iter().next()).await;
    assert_eq!((&welcome["data"]["aquariumId"], welcomes().await.len()), (&first["id"], 1));
}

#[tokio::test]
async fn the_plan_limits_the_number_of_aquariums() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for key in ["a", "b"] {
        assert_eq!(post(&cloud, AQUARIUMS, &user, key, &reef()).await.status, 201);
    }
    post(&cloud, AQUARIUMS, &user, "c", &reef()).await.expect_problem(409, "aquariums.quota_used");
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({ "name": " ", "kind": "soup", "netVolumeMl": 99, "timeZone": "Mars/Olympus" });
    let reply = post(&cloud, AQUARIUMS, &user, "a", &body).await;
    assert_eq!(wrong_fields(&reply), ["name", "kind", "netVolumeMl", "timeZone"]);
    let mut body = reef();
    body["ownerId"] = json!(user.id);
    assert_eq!(wrong_fields(&post(&cloud, AQUARIUMS, &user, "b", &body).await), ["ownerId"]);
    let without_key = cloud.post(AQUARIUMS).bearer(&user.access_token).json(&reef()).send().await;
    without_key.expect_problem(400, "request.idempotency_key_missing");
    cloud.post(AQUARIUMS).json(&reef()).send().await.expect_problem(401, "auth.token_missing");
}

//! `POST /v1/aquarium/readings`

use serde_json::json;

use super::readings_support::Tank;

#[tokio::test]
async fn a_device_records_samples_with_its_key() {
    let tank = Tank::new().await;
    let (id, key) = tank.device().await;
    let sensor = tank.sensor(Some(&id)).await;
    let sample = json!({ "sensorId": sensor, "at": jiff::Timestamp::now(), "value": "25.31" });
    let body = json!({ "samples": [sample] });
    let record = |key: &str| tank.cloud.post("/v1/aquarium/readings").header("x-api-key", key).json(&body);
    assert_eq!(
        record(&key).send().await.expect(200),
        json!({ "stored": 1, "duplicates": 0, "conflicts": 0, "ignored": 0 })
    );
    assert_eq!(
        record(&key).send().await.expect(200),
        json!({ "stored": 0, "duplicates": 1, "conflicts": 0, "ignored": 0 })
    );
    record("atd_x").send().await.expect_problem(401, "auth.key_invalid");
    let anonymous = tank.cloud.post("/v1/aquarium/readings").json(&body).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
    let token = tank.cloud.post("/v1/aquarium/readings").bearer(&tank.owner.access_token).json(&body).send().await;
    token.expect_problem(401, "auth.token_invalid");
}

#[tokio::test]
async fn wrong_samples_are_named() {
    let tank = Tank::new().await;
    let (id, key) = tank.device().await;
    let sensor = tank.sensor(Some(&id)).await;
    let body = json!({ "samples": [{ "sensorId": sensor, "at": "2999-01-01T00:00:00Z", "value": "25" }] });
    let reply = tank.cloud.post("/v1/aquarium/readings").header("x-api-key", &key).json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "samples[0].at");
    let at = |hours: i64| jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
    let samples: Vec<_> = (0..30).map(|hours| json!({ "sensorId": sensor, "at": at(hours), "value": "25" })).collect();
    let body = json!({ "samples": samples });
    let reply = tank.cloud.post("/v1/aquarium/readings").header("x-api-key", &key).json(&body).send().await;
    reply.expect_problem(422, "aquariums.too_many_hours");
}

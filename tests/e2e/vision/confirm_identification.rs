//! `POST /v1/aquarium/identifications/{id}/confirmation`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};
use types::Uuid;

use super::support::{PATH, ended, identified_strip, photo, requested};

async fn confirm(cloud: &Cloud, user: &User, id: &str, values: &Value) -> Reply {
    let call = cloud.post(&format!("{PATH}/{id}/confirmation")).bearer(&user.access_token);
    call.json(&json!({ "values": values })).send().await
}

#[tokio::test]
async fn a_user_confirms_and_corrects_the_values_of_a_test_strip() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let confirmed = cloud.watch("vision.identification_confirmed.v1").await;
    let id = identified_strip(&cloud, &user, (305, 31)).await;
    let values = json!([
        { "parameter": "nitrate", "value": "40", "unit": "mg_l_as_no3" },
        { "parameter": "ph", "value": "6.8", "unit": "ph" },
    ]);
    confirm(&cloud, &stranger, &id, &values).await.expect_problem(404, "vision.no_such_identification");
    let seen = confirm(&cloud, &user, &id, &values).await.expect(200);
    assert_eq!(seen["confirmation"]["values"], values);
    assert_eq!(confirm(&cloud, &user, &id, &values).await.expect(200)["confirmation"], seen["confirmation"]);
    confirm(&cloud, &user, &id, &json!([])).await.expect_problem(409, "vision.already_confirmed");
    let event = eventually("the event", async || {
        confirmed.take().await.into_iter().find(|event| event["subject"] == id.as_str())
    })
    .await;
    let data = &event["data"];
    assert_eq!((&data["unchanged"], &data["values"][0]["enteredValue"]), (&json!(1), &json!("40")));
    assert_eq!(data["values"][1]["value"], 6_800);
}

#[tokio::test]
async fn values_that_were_not_suggested_are_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let id = identified_strip(&cloud, &user, (306, 31)).await;
    let reply = confirm(&cloud, &user, &id, &json!([{ "parameter": "co2", "value": "1", "unit": "mg_l" }])).await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "values[0].parameter");
}

#[tokio::test]
async fn species_and_what_is_not_there_cannot_be_confirmed() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let photo = photo(&cloud, &user, (307, 31)).await;
    let id = requested(&cloud, &user, &photo, "species").await;
    ended(&cloud, &user, &id).await;
    confirm(&cloud, &user, &id, &json!([])).await.expect_problem(409, "vision.not_a_test_strip");
    let unknown = Uuid::now_v7().to_string();
    confirm(&cloud, &user, &unknown, &json!([])).await.expect_problem(404, "vision.no_such_identification");
    let body = json!({ "values": [] });
    let reply = cloud.post(&format!("{PATH}/{id}/confirmation")).json(&body).send().await;
    reply.expect_problem(401, "auth.token_missing");
    let more = json!({ "values": [], "confirmedAt": "2026-11-20T12:00:00Z" });
    let call = cloud.post(&format!("{PATH}/{id}/confirmation")).bearer(&user.access_token);
    call.json(&more).send().await.expect_problem(422, "request.invalid");
}

//! `POST /v1/aquarium/identifications`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{PATH, create, ended, photo, requested};

#[tokio::test]
async fn a_photo_is_identified_and_a_repeated_request_gets_the_same() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let identified = cloud.watch("vision.identified.v1").await;
    let photo = photo(&cloud, &user, (301, 31)).await;
    let id = requested(&cloud, &user, &photo, "species").await;
    let seen = ended(&cloud, &user, &id).await;
    assert_eq!(
        (&seen["status"], &seen["mediaId"], &seen["values"]),
        (&json!("identified"), &json!(photo.id), &json!([]))
    );
    assert_eq!(seen["species"][0], json!({ "name": "Paracheirodon innesi", "confidencePercent": 93 }));
    let event = tests::eventually("the event", async || {
        identified.take().await.into_iter().find(|event| event["subject"] == id.as_str())
    })
    .await;
    assert_eq!((&event["data"]["userId"], &event["data"]["count"]), (&json!(user.id), &json!(2)));

    let key = Uuid::now_v7().to_string();
    let body = json!({ "mediaId": photo.id, "kind": "test_strip" });
    let first = create(&cloud, &user, &key).json(&body).send().await;
    let location = first.header("location").to_owned();
    let new = first.expect(202);
    assert_eq!(location, format!("{PATH}/{}", new["id"].as_str().unwrap()));
    assert_eq!(create(&cloud, &user, &key).json(&body).send().await.expect(202)["id"], new["id"]);
    let other = json!({ "mediaId": photo.id, "kind": "species" });
    create(&cloud, &user, &key).json(&other).send().await.expect_problem(422, "request.idempotency_key_reused");
}

#[tokio::test]
async fn pictures_of_others_and_requests_without_a_token_or_key_are_refused() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let photo = photo(&cloud, &user, (302, 31)).await;
    requested(&cloud, &user, &photo, "species").await;
    let body = json!({ "mediaId": photo.id, "kind": "species" });
    let reply = create(&cloud, &stranger, "a").json(&body).send().await;
    reply.expect_problem(409, "vision.picture_not_published");
    cloud.post(PATH).header("idempotency-key", "a").json(&body).send().await.expect_problem(401, "auth.token_missing");
    let keyless = cloud.post(PATH).bearer(&user.access_token).json(&body).send().await;
    keyless.expect_problem(400, "request.idempotency_key_missing");
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({ "mediaId": Uuid::now_v7(), "kind": "species", "status": "identified" });
    let reply = create(&cloud, &user, "a").json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "status");
}

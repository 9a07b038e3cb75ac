//! `POST /v1/community/events`

use contracts::identity::{UserRestored, UserSuspended};
use contracts::media::{MediaDeleted, MediaPublished};
use serde_json::json;
use tests::{Cloud, eventually};
use types::{MediaId, Uuid};

use super::support::{PLACE, ask, call, fact, item, kind, point, wrong};

const PATH: &str = "/v1/community/events";

#[tokio::test]
async fn an_event_is_reported_once_under_its_key_and_cools_down() {
    let cloud = Cloud::connect().await;
    let (user, point) = (cloud.sign_up_proven().await, point(&cloud).await);
    let reward = json!({ "amountMinor": 5, "currency": "POINTS" });
    let kind = kind(&cloud, &json!({ "cooldownMinutes": 60, "reward": reward })).await;
    let body = json!({ "pointId": point, "eventTypeId": kind, "note": "Two cats,\nboth look well." });
    let first = ask(&cloud, &user, PATH, "a", &body).await;
    assert_eq!(first.header("location"), format!("/v1/community/events/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(201);
    assert_eq!((&first["authorId"], &first["reward"]), (&json!(user.id), &reward));
    assert_eq!((&first["typeName"], &first["photoMediaIds"]), (&json!("Feeding"), &json!([])));
    assert_eq!(ask(&cloud, &user, PATH, "a", &body).await.expect(201), first);
    let other = json!({ "pointId": point, "eventTypeId": kind });
    ask(&cloud, &user, PATH, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
    let early = ask(&cloud, &user, PATH, "b", &body).await;
    early.expect_problem(409, "events.cooling_down");
    let wait: u64 = early.header("retry-after").parse().unwrap();
    assert!((60 * 60 - 120..=60 * 60).contains(&wait), "{wait}");
    // Another user has a cooldown of their own, and gets no reward without a verified address.
    let stranger = cloud.sign_up().await;
    let other = ask(&cloud, &stranger, PATH, "a", &body).await.expect(201);
    assert_ne!(other["id"], first["id"]);
    assert_eq!((&other["reward"], &other["rewardWithheld"]), (&json!(null), &json!("email_unverified")));
    let read = cloud.get(&format!("{PATH}/{}", other["id"].as_str().unwrap())).bearer(&user.access_token).send().await;
    assert_eq!(read.expect(200)["rewardWithheld"], json!(null), "others are not told why");
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once_and_nothing_else_is_read() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let photo = Uuid::now_v7();
    let ids = json!({ "pointId": Uuid::now_v7(), "eventTypeId": Uuid::now_v7() });
    let mut body = ids.clone();
    body["note"] = json!(" ");
    body["photoMediaIds"] = json!([photo, photo]);
    body["occurredAt"] = json!("2020-01-01T00:00:00Z");
    assert_eq!(wrong(&ask(&cloud, &user, PATH, "a", &body).await), ["note", "occurredAt", "photoMediaIds"]);
    for (field, value) in [
        ("authorId", json!(user.id)),
        ("reward", json!({ "amountMinor": 1, "currency": "EUR" })),
        ("location", json!({ "lat": 91, "lng": 0 })),
        ("occurredAt", json!("3020-01-01T00:00:00Z")),
    ] {
        let mut body = ids.clone();
        body[field] = value;
        wrong(&ask(&cloud, &user, PATH, "a", &body).await);
    }
    let keyless = cloud.post(PATH).bearer(&user.access_token).json(&ids).send().await;
    keyless.expect_problem(400, "request.idempotency_key_missing");
}

#[tokio::test]
async fn a_point_and_a_kind_must_be_known_and_the_kind_not_retired() {
    let cloud = Cloud::connect().await;
    let (user, point, kind) = (cloud.sign_up().await, point(&cloud).await, kind(&cloud, &json!({})).await);
    let unknown = json!({ "pointId": Uuid::now_v7(), "eventTypeId": kind });
    ask(&cloud, &user, PATH, "a", &unknown).await.expect_problem(404, "events.no_such_point");
    let unknown = json!({ "pointId": point, "eventTypeId": Uuid::now_v7() });
    ask(&cloud, &user, PATH, "a", &unknown).await.expect_problem(404, "events.no_such_event_type");
    let admin = cloud.admin().await;
    let retired =
        cloud.call("DELETE", &format!("/v1/community/events/types/{kind}")).bearer(&admin.access_token).send().await;
    assert_eq!(retired.status, 204);
    let body = json!({ "pointId": point, "eventTypeId": kind });
    ask(&cloud, &user, PATH, "a", &body).await.expect_problem(409, "events.type_retired");
}

#[tokio::test]
async fn who_must_be_near_is_near_and_where_they_are_is_not_kept() {
    let cloud = Cloud::connect().await;
    let (user, point) = (cloud.sign_up().await, point(&cloud).await);
    let kind = kind(&cloud, &json!({ "maxDistanceM": 100 })).await;
    let mut body = json!({ "pointId": point, "eventTypeId": kind });
    ask(&cloud, &user, PATH, "a", &body).await.expect_problem(422, "events.location_missing");
    body["location"] = json!({ "lat": PLACE.0 + 0.01, "lng": PLACE.1 });
    ask(&cloud, &user, PATH, "a", &body).await.expect_problem(422, "events.too_far");
    body["location"] = json!({ "lat": PLACE.0 + 0.000_512_3, "lng": PLACE.1 });
    let made = ask(&cloud, &user, PATH, "a", &body).await.expect(201);
    let stored = item(&cloud, &format!("events#event#{}", made["id"].as_str().unwrap()), "event").await.unwrap();
    assert!(!format!("{stored:?}").contains("0005123"), "{stored:?}");
}

#[tokio::test]
async fn only_published_pictures_of_ones_own_are_shown() {
    let cloud = Cloud::connect().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let (point, kind) = (point(&cloud).await, kind(&cloud, &json!({})).await);
    let media_id = MediaId::generate();
    let body = json!({ "pointId": point, "eventTypeId": kind, "photoMediaIds": [media_id] });
    ask(&cloud, &user, PATH, "a", &body).await.expect_problem(422, "events.photo_not_published");
    let published = MediaPublished {
        media_id,
        owner_id: user.user_id(),
        purpose: "photo".into(),
        content_type: "image/jpeg".into(),
        width: 1,
        height: 1,
        variants: Vec::new(),
        path: Some(format!("published/{}/{media_id}/r/", user.id)),
    };
    cloud.publish(&fact(published)).await;
    let (pk, sk) = (format!("events#user#{}", user.id), format!("medium#{media_id}"));
    eventually("the copy of the picture", async || item(&cloud, &pk, &sk).await).await;
    let made = ask(&cloud, &user, PATH, "a", &body).await.expect(201);
    assert_eq!((&made["photoMediaIds"], &made["pointName"]), (&json!([media_id]), &json!("Pier")));
    assert_eq!(made["photos"][0]["mediaId"], json!(media_id));
    assert!(made["photos"][0]["url"].as_str().unwrap().contains(&format!("{media_id}/r/large.jpg")), "{made}");
    // A picture that is deleted afterwards is not shown any more.
    let deleted = MediaDeleted { media_id, owner_id: user.user_id(), purpose: "photo".into() };
    cloud.publish(&fact(deleted)).await;
    let path = format!("/v1/community/events/{}", made["id"].as_str().unwrap());
    eventually("the photo to go", async || {
        let seen = call(&cloud, &other, "GET", &path).await.expect(200);
        (seen["photos"] == json!([])).then_some(())
    })
    .await;
    ask(&cloud, &other, PATH, "a", &body).await.expect_problem(422, "events.photo_not_published");
}

#[tokio::test]
async fn somebody_who_is_suspended_reports_nothing_until_they_are_restored() {
    let cloud = Cloud::connect().await;
    let (user, point, kind) = (cloud.sign_up().await, point(&cloud).await, kind(&cloud, &json!({})).await);
    let body = json!({ "pointId": point, "eventTypeId": kind });
    let (suspended, user_id) = (fact(UserSuspended { user_id: user.user_id() }), user.user_id());
    cloud.publish(&suspended).await;
    let pk = format!("events#user#{}", user.id);
    eventually("the suspension", async || item(&cloud, &pk, "standing").await).await;
    ask(&cloud, &user, PATH, "b", &body).await.expect_problem(403, "auth.suspended");
    cloud.publish(&fact(UserRestored { user_id })).await;
    eventually("the restoration", async || (ask(&cloud, &user, PATH, "b", &body).await.status == 201).then_some(()))
        .await;
}

//! `POST /v1/community/events/schedules`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{ask, kind, point_of, schedule_body, wrong};

const PATH: &str = "/v1/community/events/schedules";

#[tokio::test]
async fn a_schedule_is_made_once_under_its_key_and_says_what_is_next() {
    let cloud = Cloud::connect().await;
    let (user, kind) = (cloud.sign_up().await, kind(&cloud, &json!({})).await);
    let point = point_of(&cloud, &user).await;
    let body = schedule_body(point, &kind);
    let first = ask(&cloud, &user, PATH, "a", &body).await;
    assert_eq!(first.header("location"), format!("{PATH}/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(201);
    assert_eq!((&first["creatorId"], &first["rrule"]), (&json!(user.id), &body["rrule"]));
    let next: jiff::Timestamp = first["nextAt"].as_str().unwrap().parse().unwrap();
    let local = next.in_tz("Europe/Berlin").unwrap();
    assert!([6, 18].contains(&local.hour()) && next > jiff::Timestamp::now(), "{local}");
    assert_eq!(ask(&cloud, &user, PATH, "a", &body).await.expect(201)["id"], first["id"]);
    let mut other = body.clone();
    other["title"] = json!("Evening round");
    ask(&cloud, &user, PATH, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut body = json!({ "pointId": Uuid::now_v7(), "eventTypeId": Uuid::now_v7(), "rrule": "FREQ=HOURLY",
        "timeZone": "Mars/Olympus", "startsAt": "2026-04-01", "title": "" });
    assert_eq!(wrong(&ask(&cloud, &user, PATH, "a", &body).await), ["rrule", "startsAt", "timeZone", "title"]);
    body = schedule_body(types::PointId::generate(), &Uuid::now_v7().to_string());
    body["startsAt"] = json!("2020-01-01T08:00");
    assert_eq!(wrong(&ask(&cloud, &user, PATH, "a", &body).await), ["startsAt"]);
    body["creatorId"] = json!(user.id);
    assert_eq!(wrong(&ask(&cloud, &user, PATH, "a", &body).await), ["creatorId"]);
}

#[tokio::test]
async fn a_stranger_reminds_nobody_at_a_point_of_others() {
    let cloud = Cloud::connect().await;
    let (keeper, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let body = schedule_body(point_of(&cloud, &keeper).await, &kind(&cloud, &json!({})).await);
    ask(&cloud, &stranger, PATH, "a", &body).await.expect_problem(403, "events.not_keeper");
    assert_eq!(ask(&cloud, &cloud.admin().await, PATH, "a", &body).await.status, 201);
}

#[tokio::test]
async fn a_point_and_a_kind_must_be_known() {
    let cloud = Cloud::connect().await;
    let (user, kind) = (cloud.sign_up().await, kind(&cloud, &json!({})).await);
    let nowhere = schedule_body(types::PointId::generate(), &kind);
    ask(&cloud, &user, PATH, "a", &nowhere).await.expect_problem(404, "events.no_such_point");
    let point = point_of(&cloud, &user).await;
    let nothing = schedule_body(point, &Uuid::now_v7().to_string());
    ask(&cloud, &user, PATH, "a", &nothing).await.expect_problem(404, "events.no_such_event_type");
}

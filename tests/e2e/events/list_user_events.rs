//! `GET /v1/community/users/{id}/events`

use serde_json::{Value, json};
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{ask, call, kind, point};

#[tokio::test]
async fn everybody_sees_what_happened_the_latest_first_in_pages() {
    let cloud = Cloud::connect().await;
    let (author, reader) = (cloud.sign_up().await, cloud.sign_up().await);
    let (point, kind) = (point(&cloud).await, kind(&cloud, &json!({})).await);
    let now = jiff::Timestamp::now();
    // Reported in another order than it happened.
    for hours in [2, 1, 3] {
        let at = now - jiff::SignedDuration::from_hours(hours);
        let body = json!({ "pointId": point, "eventTypeId": kind, "occurredAt": at, "note": format!("{hours}") });
        let made = ask(&cloud, &author, "/v1/community/events", &format!("{hours}"), &body).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let path = format!("/v1/community/users/{}/events", author.id);
    eventually("three events in two pages", async || {
        let first = call(&cloud, &reader, "GET", &format!("{path}?limit=2")).await.expect(200);
        let cursor = first["nextCursor"].as_str()?.to_owned();
        let second = call(&cloud, &reader, "GET", &format!("{path}?limit=2&cursor={cursor}")).await.expect(200);
        let notes =
            |page: &Value| page["items"].as_array().unwrap().iter().map(|e| e["note"].clone()).collect::<Vec<_>>();
        (notes(&first) == ["1", "2"] && notes(&second) == ["3"] && second["nextCursor"].is_null()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_not_known_has_no_events_and_a_page_has_its_bounds() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/community/users/{}/events", Uuid::now_v7());
    assert_eq!(call(&cloud, &user, "GET", &path).await.expect(200), json!({ "items": [], "nextCursor": null }));
    call(&cloud, &user, "GET", &format!("{path}?limit=0")).await.expect_problem(422, "request.invalid");
}

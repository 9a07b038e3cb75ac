//! `events-forget-user` on `identity.user_deleted.v1`

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::support::{ask, call, follow, kind, point_of, report, schedule, schedule_body};

/// The sort keys of what this context holds on somebody.
async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let query = aws_sdk_dynamodb::Client::new(&cloud.sdk().await)
        .query()
        .table_name(cloud.table_name())
        .consistent_read(true)
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(format!("events#user#{}", user.id)));
    let items = query.send().await.expect("the table").items.unwrap_or_default();
    items.iter().map(|item| item["sk"].as_s().expect("a text").clone()).collect()
}

#[tokio::test]
async fn a_deleted_account_leaves_its_events_without_a_name_and_nothing_else() {
    let cloud = Cloud::connect().await;
    let (user, reader) = (cloud.sign_up().await, cloud.sign_up().await);
    let (point, kind) = (point_of(&cloud, &user).await, kind(&cloud, &json!({})).await);
    let event = report(&cloud, &user, point, &kind).await;
    let made = schedule(&cloud, &user, &schedule_body(point, &kind)).await;
    follow(&cloud, &user, point).await;
    let exported = cloud.export(&user).await;
    assert!(exported.to_string().contains("Two cats."), "the export knows of events: {exported}");

    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the items to go", async || (held(&cloud, &user).await == ["forgotten"]).then_some(())).await;
    let seen = call(&cloud, &reader, "GET", &format!("/v1/community/events/{}", event["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!((&seen["typeName"], &seen["authorId"], &seen["note"]), (&json!("Feeding"), &json!(null), &json!(null)));
    let schedules = format!("/v1/community/events/schedules/{}", made["id"].as_str().unwrap());
    call(&cloud, &reader, "GET", &schedules).await.expect_problem(404, "events.no_such_schedule");

    // The access token outlives the account for some minutes, and brings nothing back.
    let body = json!({ "pointId": point, "eventTypeId": kind });
    ask(&cloud, &user, "/v1/community/events", "late", &body).await.expect_problem(401, "auth.session_ended");
    let late = ask(&cloud, &user, "/v1/community/events/schedules", "late", &schedule_body(point, &kind)).await;
    late.expect_problem(401, "auth.session_ended");
    assert_eq!(held(&cloud, &user).await, ["forgotten"]);
}

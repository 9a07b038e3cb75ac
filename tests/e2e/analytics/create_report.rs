//! `POST /v1/analytics/reports`

use serde_json::json;
use tests::Cloud;

use super::reports_support::{create, path, sign_ups};

#[tokio::test]
async fn a_report_is_created_once_per_key() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let first = create(&cloud, &manager, "a", &sign_ups("csv")).await;
    assert_eq!(first.header("location"), path(&first.body));
    let first = first.expect(201);
    assert_eq!((&first["name"], &first["schedule"]["timeZone"]), (&json!("Sign-ups"), &json!("Europe/Berlin")));
    assert!(first["nextRunAt"].is_string(), "{first}");
    assert_eq!(create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201)["id"], first["id"]);
    create(&cloud, &manager, "a", &sign_ups("parquet")).await.expect_problem(422, "request.idempotency_key_reused");
}

#[tokio::test]
async fn what_the_server_decides_and_unknown_metrics_are_refused() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    for (field, value) in [("ownerId", json!("me")), ("metrics", json!([{ "name": "moon_phase" }]))] {
        let mut body = sign_ups("csv");
        body[field] = value;
        let reply = create(&cloud, &manager, "a", &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn only_managers_and_admins_create_reports() {
    let cloud = Cloud::connect().await;
    let stranger = cloud.sign_up().await;
    create(&cloud, &stranger, "a", &sign_ups("csv")).await.expect_problem(403, "auth.forbidden");
    let nobody = cloud.post("/v1/analytics/reports").header("idempotency-key", "a").json(&sign_ups("csv"));
    nobody.send().await.expect_problem(401, "auth.token_missing");
}

//! `POST /v1/aquarium/aquariums/{id}/dose-plans`

use serde_json::json;

use super::support::Shared;
use super::support_dosing::plan_body;

#[tokio::test]
async fn keepers_plan_doses_that_sum_to_the_daily_amount() {
    let shared = Shared::start().await;
    let plan = shared.dosing("POST", &shared.keeper, "/dose-plans", 0, Some(&plan_body())).await.expect(201);
    let amounts: Vec<_> = plan["doses"].as_array().unwrap().iter().map(|dose| &dose["amountUl"]).collect();
    assert_eq!(json!(amounts), json!([3_334, 3_333, 3_333]));
    assert_eq!(plan["doses"][0]["runMs"], 21_057);
    assert_eq!((&plan["status"], &plan["reservoir"]["sizeUl"]), (&json!("active"), &json!(300_000)));
    assert!(plan["reservoir"]["emptyAt"].is_string(), "{plan}");
}

#[tokio::test]
async fn viewers_strangers_and_callers_without_a_token_plan_nothing() {
    let shared = Shared::start().await;
    let by = async |user| shared.dosing("POST", user, "/dose-plans", 0, Some(&plan_body())).await;
    by(&shared.viewer).await.expect_problem(403, "timeline.role_too_low");
    by(&shared.stranger).await.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("POST", "/dose-plans").await.expect_problem(401, "auth.token_missing");
}

#[tokio::test]
async fn a_plan_that_is_not_valid_names_its_fields() {
    let shared = Shared::start().await;
    for (field, value) in [
        ("times", json!(["08:00", "08:00"])),
        ("dailyUl", json!(2)),
        ("timeZone", json!("Mars/Olympus")),
        ("weekdays", json!(["monday", "monday"])),
        ("until", json!("2020-01-01")),
        ("ownerId", json!("me")),
    ] {
        let mut body = plan_body();
        body[field] = value;
        let reply = shared.dosing("POST", &shared.owner, "/dose-plans", 0, Some(&body)).await;
        reply.expect_problem(422, "request.invalid");
        assert!(reply.body["errors"][0]["field"].as_str().unwrap().starts_with(field), "{}", reply.body);
    }
}

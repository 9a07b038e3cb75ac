//! `POST /v1/aquarium/aquariums/{id}/dose-plans/{planId}/refill`

use serde_json::json;

use super::support::Shared;

#[tokio::test]
async fn a_refill_sets_what_the_reservoir_contains() {
    let shared = Shared::start().await;
    let path = format!("{}/refill", shared.plan().await);
    let refill = async |user, body| shared.dosing("POST", user, &path, 0, Some(&body)).await;
    let half = refill(&shared.keeper, json!({ "volumeUl": 150_000 })).await.expect(200);
    assert_eq!(half["reservoir"]["leftUl"], 150_000);
    let full = refill(&shared.owner, json!({})).await.expect(200);
    assert_eq!(full["reservoir"]["leftUl"], 300_000);
    for (body, field) in [
        (json!({ "volumeUl": 300_001 }), "volumeUl"),
        (json!({ "filledAt": "2999-01-01T00:00:00Z" }), "filledAt"),
        (json!({ "filledAt": "2020-01-01T00:00:00Z" }), "filledAt"),
    ] {
        let reply = refill(&shared.owner, body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
    refill(&shared.viewer, json!({})).await.expect_problem(403, "timeline.role_too_low");
    refill(&shared.stranger, json!({})).await.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("POST", &path).await.expect_problem(401, "auth.token_missing");
}

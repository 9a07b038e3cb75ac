//! `POST /v1/aquarium/aquariums/{id}/dose-plans/{planId}/missed`

use serde_json::json;

use super::support::Shared;

/// A new plan has no dose in the past: the table tests record missed ones with a clock of their own.
#[tokio::test]
async fn what_was_no_dose_is_not_missed() {
    let shared = Shared::start().await;
    let path = format!("{}/missed", shared.plan().await);
    let missed = async |user, at: &str| shared.dosing("POST", user, &path, 0, Some(&json!({ "doseAt": at }))).await;
    for at in ["2020-01-01T07:00:00Z", "2999-01-01T07:00:00Z"] {
        let reply = missed(&shared.keeper, at).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], "doseAt");
    }
    missed(&shared.viewer, "2020-01-01T07:00:00Z").await.expect_problem(403, "timeline.role_too_low");
    missed(&shared.stranger, "2020-01-01T07:00:00Z").await.expect_problem(404, "timeline.no_such_aquarium");
    shared.anonymous("POST", &path).await.expect_problem(401, "auth.token_missing");
}

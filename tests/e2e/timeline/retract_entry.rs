//! `POST /v1/aquarium/aquariums/{id}/timeline/entries/{seq}/retraction`

use serde_json::json;

use super::support::Shared;

#[tokio::test]
async fn a_retracted_entry_stays_and_no_longer_counts() {
    let shared = Shared::start().await;
    shared.append(&shared.keeper, 5_000).await;
    let body = json!({ "note": "Wrong aquarium." });
    let entry = shared.post(&shared.keeper, "/entries/1/retraction", 1, &body).await.expect(201);
    assert_eq!(entry["status"], "retracted");
    assert_eq!(shared.get(&shared.owner, "/state").await.expect(200)["waterChangedMl"], 0);
    let again = shared.post(&shared.keeper, "/entries/1/retraction", 2, &body).await;
    again.expect_problem(409, "timeline.entry_retracted");
}

#[tokio::test]
async fn viewers_and_strangers_do_not_retract() {
    let shared = Shared::start().await;
    shared.append(&shared.owner, 5_000).await;
    let by = async |user| shared.post(user, "/entries/1/retraction", 1, &json!({})).await;
    by(&shared.viewer).await.expect_problem(403, "timeline.role_too_low");
    by(&shared.stranger).await.expect_problem(404, "timeline.no_such_aquarium");
    let wrong = shared.post(&shared.owner, "/entries/1/retraction", 1, &json!({ "note": "" })).await;
    wrong.expect_problem(422, "request.invalid");
}

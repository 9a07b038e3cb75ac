//! `POST /v1/aquarium/aquariums/{id}/timeline/entries/{seq}/corrections`

use serde_json::json;

use super::support::Shared;

#[tokio::test]
async fn a_correction_changes_the_entry_and_stays_in_the_log() {
    let shared = Shared::start().await;
    shared.append(&shared.keeper, 5_000).await;
    let body = json!({ "content": { "type": "water_change", "volumeMl": 6_000 }, "note": "Wrong scale." });
    let entry = shared.post(&shared.owner, "/entries/1/corrections", 1, &body).await.expect(201);
    assert_eq!((&entry["status"], &entry["amendedBy"]), (&json!("corrected"), &json!([2])));
    assert_eq!(shared.get(&shared.viewer, "/entries/2").await.expect(200)["note"], "Wrong scale.");
    assert_eq!(shared.get(&shared.viewer, "/state").await.expect(200)["waterChangedMl"], 6_000);
    let stale = shared.post(&shared.owner, "/entries/1/corrections", 1, &body).await;
    stale.expect_problem(412, "request.version_changed");
    let missing = shared.post(&shared.owner, "/entries/1/corrections", 0, &body).await;
    missing.expect_problem(428, "request.if_match_missing");
    let other = json!({ "content": { "type": "observation" } });
    let changed = shared.post(&shared.owner, "/entries/1/corrections", 2, &other).await;
    changed.expect_problem(422, "timeline.type_changed");
    let of_correction = shared.post(&shared.owner, "/entries/2/corrections", 1, &body).await;
    of_correction.expect_problem(409, "timeline.not_correctable");
}

#[tokio::test]
async fn viewers_and_strangers_do_not_correct() {
    let shared = Shared::start().await;
    shared.append(&shared.owner, 5_000).await;
    let body = json!({ "content": { "type": "water_change", "volumeMl": 6_000 } });
    let by = async |user| shared.post(user, "/entries/1/corrections", 1, &body).await;
    by(&shared.viewer).await.expect_problem(403, "timeline.role_too_low");
    by(&shared.stranger).await.expect_problem(404, "timeline.no_such_aquarium");
    let none = shared.post(&shared.keeper, "/entries/9/corrections", 1, &body).await;
    none.expect_problem(404, "timeline.no_such_entry");
}

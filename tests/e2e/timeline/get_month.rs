//! `GET /v1/aquarium/aquariums/{id}/timeline/months/{month}`

use serde_json::json;
use tests::eventually;

use super::support::Shared;

#[tokio::test]
async fn a_month_includes_an_entry_soon_after_it_was_appended() {
    let shared = Shared::start().await;
    let content = json!({ "type": "water_change", "volumeMl": 5_000 });
    let entry = json!({ "content": content, "happenedAt": "2026-01-31T23:30:00Z" });
    let body = json!({ "timeZone": "Europe/Berlin", "entries": [entry] });
    let seq = shared.post(&shared.keeper, "", 0, &body).await.expect(201)["lastSeq"].clone();
    let path = format!("/months/202602?atLeast={seq}");
    let month = eventually("the month", async || {
        let reply = shared.get(&shared.viewer, &path).await;
        assert!(matches!(reply.status, 200 | 202), "{}", reply.body);
        (reply.status == 200).then_some(reply.body)
    })
    .await;
    let counts = json!([{ "type": "water_change", "count": 1 }]);
    assert_eq!(month["days"], json!([{ "date": "2026-02-01", "counts": counts, "waterChangedMl": 5_000 }]));
    shared.get(&shared.stranger, "/months/202602").await.expect_problem(404, "timeline.no_such_aquarium");
    shared.get(&shared.owner, "/months/202613").await.expect_problem(422, "request.invalid");
}
